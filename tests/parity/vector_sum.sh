#!/bin/sh
# SPDX-License-Identifier: MIT
# vector_sum.sh size N | mutant NAME - the vector sum in OpenCL C against plain C: recipe 8 compares
# every element with its reference, so here it is asked whether it did, for which n, and whether it
# would see a kernel that is wrong in all elements, in the last, or in the first.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
program=$HC_BIN/08_opencl_application

case $1 in
size)
    n=$2
    grouped=$(echo "$n" | sed -e :a -e 's/\([0-9]\)\([0-9]\{3\}\)\($\| \)/\1 \2\3/;ta')
    for type in f32 i32; do
        for mapped in '' --mapped; do
            # shellcheck disable=SC2086  # no word, if empty
            run "$program" --device cpu -n "$n" --type $type --repeat 1 $mapped
            expect 0
            says_nothing
            prints "n          $n elements of $type"
            prints "verified   yes: z, $grouped elements, max error 0 (allowed: 0, equal)"
        done
    done
    run "$program" --device cpu -n "$n" --repeat 1 --json
    expect 0
    prints_one_object
    prints '"verified":true,"max_error":0,'
    prints "\"size\":$n,"
    ;;
mutant)
    kernel_dir k
    case $2 in
    minus) change='s/x\[i\] + y\[i\]/x[i] - y[i]/' wrong=1000 ;;
    last) change='s/i < n/i + 1 < n/' wrong=1 ;;
    first) change='s/i < n/i > 0 \&\& i < n/' wrong=1 ;;
    esac
    sed -i "$change" "$work/k/vector_sum.cl"
    ! cmp -s "$kernels/vector_sum.cl" "$work/k/vector_sum.cl" || fail "the kernel has changed"
    for type in f32 i32; do
        for mapped in '' --mapped; do
            # shellcheck disable=SC2086
            run "$program" --device cpu -n 1000 --type $type --repeat 1 --kernel-dir "$work/k" $mapped
            expect 1
            # In i32 a sum may equal the difference, where y is 0.
            if [ $type = f32 ] || [ "$wrong" -eq 1 ]; then says "WRONG: z: $wrong of 1000 elements differ"; fi
            says "WRONG: z: "
            prints "verified   NO"
            prints_not "GB/s"
            prints_not "time in ms"
        done
    done
    run "$program" --device cpu -n 1000 --repeat 1 --kernel-dir "$work/k" --json
    expect 1
    prints_one_object
    prints '"verified":false'
    prints '"results":{},"timings_ms":{}'
    ;;
esac
