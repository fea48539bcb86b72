#!/bin/sh
# SPDX-License-Identifier: MIT
# The PTX that clang makes of the kernels in tests/cuda/kernels, plain and with debug information,
# for two targets: it must be read, printed and read again as NVRTC's is.
#   clang.sh TEST_CUSIM_FRONT CLANG
# shellcheck source=../../lib.sh
. "$HC_SOURCE/tests/lib.sh"
front=$1 clang=$2
command -v "$clang" >/dev/null || skip "no $clang (Debian: clang)"
"$clang" --print-targets 2>/dev/null | grep -q nvptx64 || skip "$clang was built without NVPTX"
[ "$("$clang" -dumpversion | cut -d . -f 1)" -ge 14 ] || skip "$clang is older than 14"
mkdir -p "$work/no_toolkit"

# to_ptx ARCH OPTIONS SOURCE OUT
to_ptx() {
    # shellcheck disable=SC2086  # OPTIONS are words
    "$clang" -x cuda --cuda-device-only -nocudainc -nocudalib --cuda-path="$work/no_toolkit" \
        --cuda-gpu-arch="$1" -Xclang -target-feature -Xclang +ptx63 $2 -S \
        -include "$HC_SOURCE/common/cuda/include/hc_cuda_device.h" "$3" -o "$4"
}

for source in "$HC_SOURCE"/tests/cuda/kernels/*.cu; do
    name=$(basename "$source" .cu)
    run to_ptx sm_60 -O2 "$source" "$work/$name.60.ptx"
    expect 0
    run to_ptx sm_75 "-O0 -g" "$source" "$work/$name.75.ptx"
    expect 0
done
run "$front" files "$work"/*.ptx
expect 0
cat "$work/out"
