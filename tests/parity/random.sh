#!/bin/sh
# SPDX-License-Identifier: MIT
# random.sh opencl|mutant|cuda|cuda_mutant PROGRAM [COMPILER] - kernels/philox.h in the languages of
# kernels. As OpenCL C and as CUDA C it must give the host's numbers; one constant changed, it must
# not. CUDA C is compiled by NVRTC or clang, and runs on cusim.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
here=$HC_SOURCE/tests/parity
mkdir "$work/k"
cp "$here/random.cl" "$here/random.cu" "$kernels/philox.h" "$work/k"

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
    run env HC_CUDA_COMPILER="$3" "$2" --device sim --kernel-dir "$work/k" --no-cache
    [ "$rc" -ne 77 ] || skip "$(grep -o 'nothing here can compile.*' "$work/err")"
    expect 0
    says_nothing
    [ "$(grep -c '^verified   yes: bits, 1 009 elements' "$work/out")" -ge 30 ] || fail "too few comparisons"
    prints "verified   yes: floats, 1 009 elements, max error 0"
    ;;
cuda_mutant)
    sed -i 's/0xBB67AE85/0xBB67AE84/' "$work/k/philox.h"
    run "$2" --device sim --kernel-dir "$work/k" --no-cache
    [ "$rc" -ne 77 ] || skip "$(grep -o 'nothing here can compile.*' "$work/err")"
    expect 1
    says "WRONG: bits"
    ;;
esac
