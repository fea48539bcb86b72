#!/bin/sh
# SPDX-License-Identifier: MIT
# double_matrix.sh PROGRAM size MxN | mutant cu|cl - the twins of double_matrix give the same matrix as
# plain C; a change to one of them is seen.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
program=$1

case $2 in
size)
    run "$program" -n "$3" --device sim
    expect 0
    says_nothing
    prints "verified   yes: CUDA and C, "
    prints "verified   yes: OpenCL and C, "
    prints "verified   yes: CUDA and OpenCL, "
    ;;
mutant)
    kernel_dir k
    sed -i 's/i \* n + j/i * 4 + j/' "$work/k/double_matrix.$3"
    ! cmp -s "$kernels/double_matrix.$3" "$work/k/double_matrix.$3" || fail "the kernel has changed"
    run "$program" -n 5x5 --device sim --kernel-dir "$work/k"
    expect 1
    says "WRONG: CUDA and OpenCL: "
    if [ "$3" = cu ]; then says "WRONG: CUDA and C: "; else says "WRONG: OpenCL and C: "; fi
    ;;
esac
