#!/bin/sh
# SPDX-License-Identifier: MIT
# wrong.sh BENCH - kernels that are wrong, in each way that a tuned kernel can be: no time is shown
# of any of them.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
bench=$1
schema=$HC_SOURCE/common/tools/bench/bench.schema.json

"$bench" --list | grep -q '^opencl:' || skip "this build has no area opencl"

# measure CASE: with the kernels of $work/kernels
measure() {
    run "$bench" opencl --json --case "opencl.$1" --size 70001 --rounds 2 --work-dir "$work/bench" \
        --kernel-dir "$work/kernels"
    [ "$(wc -l <"$work/out")" -eq 1 ] || fail "stdout is not one line"
    [ -n "$(python)" ] || return 0
    "$(python)" "$HC_SOURCE/tests/validate.py" "$schema" "$work/out" >"$work/valid" 2>&1 ||
        fail "$(cat "$work/valid")"
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

spoil vector_sum.cl 's/x\[i\] + y\[i\]/x[i] - y[i]/'
measure sum_to_copy
shows_no_time
says "opencl.sum_to_copy with n = 1: 1 elements are wrong"
measure build_warm
shows_no_time

spoil vector_sum.cl 's/if (i < n) //' # the classic: rounded up to whole groups, without the guard
measure sum_to_copy
shows_no_time
says "wrote beyond its n = 1 elements"

spoil vector_copy.cl 's/= x\[i\]/= x[i ^ 1]/'
measure sum_to_copy
shows_no_time
says "the reference with n = "

spoil tuned/vector_sum.cpu.cl 's/i = blocks \* 16; i < n/i = n; i < n/' # the tail is left out
measure tuned_sum_to_sum
shows_no_time
says "with n = 1: 1 elements are wrong"

spoil tuned/vector_sum.cpu.cl 's/min(begin + each, blocks)/begin + each/' # beyond the last block
measure tuned_sum_to_sum
shows_no_time
says "wrote beyond its n"

# A compiler without the builtin: skipped by name. A mistake in the kernel: not.
spoil tuned/vector_sum.cpu.cl 's/^#if .*/#if 1/'
measure tuned_sum_to_sum
expect 77
says "this device's compiler has no __builtin_nontemporal_store"
spoil tuned/vector_sum.cpu.cl 's/size_t items =/size_t items/'
measure tuned_sum_to_sum
expect 4
says "vector_sum.cpu.cl"
spoil tuned/vector_sum.cpu.cl 's/void vector_sum/void vector_sun/'
measure tuned_sum_to_sum
expect 4
says "kernels found: vector_sun"
rm "$work/kernels/tuned/vector_sum.cpu.cl"
run "$bench" opencl --case opencl.tuned_sum_to_sum --size 100 --work-dir "$work/bench" \
    --kernel-dir "$work/kernels"
expect 2
says "vector_sum.cpu.cl not found in"
