#!/bin/sh
# SPDX-License-Identifier: MIT
# The kernels of tests/cuda/kernels, compiled anew, run and verified.
#   compiled.sh nvrtc TEST_NVRTC ARCH PROGRAM   by NVRTC, for compute_ARCH
#   compiled.sh clang CLANG ARCH PROGRAM        by clang, for sm_ARCH
# shellcheck source=../../lib.sh
. "$HC_SOURCE/tests/lib.sh"
how=$1 compiler=$2 arch=$3 program=$4
include=$HC_SOURCE/common/cuda/include
mkdir "$work/ptx" "$work/no_toolkit"
if [ "$how" = nvrtc ]; then
    run "$compiler" version
    if [ "$rc" -eq 77 ]; then cat "$work/out" && exit 77; fi
    expect 0
else
    command -v "$compiler" >/dev/null || skip "no $compiler (Debian: clang)"
    "$compiler" --print-targets 2>/dev/null | grep -q nvptx64 ||
        skip "$compiler was built without NVPTX"
    [ "$("$compiler" -dumpversion | cut -d . -f 1)" -ge 14 ] || skip "$compiler is older than 14"
fi
for source in "$HC_SOURCE"/tests/cuda/kernels/*.cu; do
    name=$(basename "$source" .cu)
    if [ "$how" = nvrtc ]; then
        run "$compiler" "$source" "$name.cu" --gpu-architecture=compute_"$arch"
        expect 0
        mv "$work/out" "$work/ptx/$name.ptx"
    else
        run "$compiler" -x cuda --cuda-device-only -nocudainc -nocudalib \
            --cuda-path="$work/no_toolkit" --cuda-gpu-arch=sm_"$arch" -Xclang -target-feature \
            -Xclang +ptx63 -O2 -S -include "$include/hc_cuda_device.h" "$source" \
            -o "$work/ptx/$name.ptx"
        expect 0
    fi
done
run "$program" "$work/ptx"
expect 0
cat "$work/out"
