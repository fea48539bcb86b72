#!/bin/sh
# SPDX-License-Identifier: MIT
# wrong_evaluation.sh BENCH - wrong kernels in the areas limits and evaluation: no time is shown of any
# of them.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
bench=$1

"$bench" --list | grep -q '^evaluation:' || skip "this build has no area evaluation"

# measure AREA CASE SIZE: with the kernels of $work/kernels
measure() {
    run "$bench" "$1" --json --case "$1.$2" --size "$3" --rounds 2 --work-dir "$work/bench" \
        --kernel-dir "$work/kernels"
}
# spoil FILE SED: fresh kernels with one of them changed
spoil() {
    rm -rf "$work/kernels"
    cp -r "$kernels" "$work/kernels"
    sed -i "$2" "$work/kernels/$1"
    ! cmp -s "$work/kernels/$1" "$kernels/$1" || fail "nothing was spoilt in $1"
}
shows_no_time() {
    expect 1
    prints '"status":"wrong"'
    prints '"cases":[]'
    prints_not '"median"'
}

spoil tuned/vector_copy.cpu.cl 's/blocks \* 16; i < n/blocks * 16 + 1; i < n/'
measure limits copy_kernel_nt 70001
shows_no_time
spoil tuned/reduction.cpu.cl 's/sum1 + /sum0 + /; s/(sum0 + sum1)/(sum0 + sum0)/'
measure evaluation sum 70001
shows_no_time
says "sum by tuned kernel with n = 70001"
spoil tuned/matmul.cpu.cl 's/from\[r\]\[l\] \* right/from[r][l] * left/'
measure evaluation product_to_tiled small
shows_no_time
says "product by tuned kernel with n = 96"
spoil stencil.cl 's/0\.25f/0.2501f/'
measure evaluation stencil_to_plain small
shows_no_time
says "stencil by kernel with n = 200"
