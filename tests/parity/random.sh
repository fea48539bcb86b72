#!/bin/sh
# SPDX-License-Identifier: MIT
# random.sh opencl|mutant PROGRAM | cuda - kernels/philox.h in the languages of kernels. As OpenCL C
# it must give the host's numbers; one constant changed, it must not. As CUDA C it is compiled to
# PTX by clang, without NVIDIA's headers; it runs with the CUDA recipes, where there is a device for
# it.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
here=$HC_SOURCE/tests/parity
mkdir "$work/k"
cp "$here/random.cl" "$kernels/philox.h" "$work/k"

case $1 in
opencl)
    run "$2" --device cpu --kernel-dir "$work/k"
    expect 0
    says_nothing
    [ "$(grep -c '^verified   yes: bits, 1 009 elements' "$work/out")" -ge 30 ] || fail "too few comparisons"
    prints "verified   yes: floats, 1 009 elements, max error 0"
    ;;
mutant)
    sed -i 's/0xBB67AE85/0xBB67AE84/' "$work/k/philox.h"
    run "$2" --device cpu --kernel-dir "$work/k"
    expect 1
    says "WRONG: bits"
    ;;
cuda)
    command -v clang >/dev/null || skip "clang is not installed (Debian: clang)"
    device=$HC_SOURCE/common/cuda/include/hc_cuda_device.h # what other CUDA compilers bring along
    for kernel in "$here/random.cu" "$kernels"/*.cu; do
        name=$(basename "$kernel" .cu)
        cat "$kernels/philox.h" "$kernel" >"$work/$name.cu"
        run clang -x cuda --cuda-device-only -nocudainc -nocudalib --cuda-gpu-arch=sm_60 -O2 -S \
            -Wall -Wextra -Wno-unknown-cuda-version -include "$device" -DT=float "$work/$name.cu" -o "$work/$name.ptx"
        expect 0
        grep -q "^\.visible \.entry " "$work/$name.ptx" || fail "$name.ptx has no kernel"
        ! grep '\.extern' "$work/$name.ptx" || fail "$name.ptx calls something that is not there"
    done
    grep -q "entry random_numbers(" "$work/random.ptx" || fail "random_numbers is not in the PTX"
    grep -q "$((0xD2511F53))\|-$((0x100000000 - 0xD2511F53))" "$work/random.ptx" || fail "the cipher is not in the PTX"
    ;;
esac
