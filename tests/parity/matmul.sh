#!/bin/sh
# SPDX-License-Identifier: MIT
# matmul.sh size PROGRAM MxKxN | mutant PROGRAM NAME - the matrix products in CUDA C on cusim, in
# OpenCL C on PoCL, and in C: the same bits, for every shape and both kernels. Each mutant breaks one
# thing in both languages, and in each of them it must be seen.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
program=$2

case $1 in
size)
    for kernel in matmul_naive matmul_tiled; do
        for seed in 1 2; do
            run "$program" -n "$3" --kernel $kernel --seed $seed
            [ "$rc" -ne 77 ] || skip "$(sed -n 2p "$work/err")"
            expect 0
            says_nothing
            prints "verified   yes: OpenCL C, "
            prints "verified   yes: CUDA C, "
            [ "$(grep -c 'max error 0 (allowed: 0, equal)' "$work/out")" -eq 2 ] || fail "not exact"
        done
    done
    ;;
mutant)
    kernel_dir k
    kernel=matmul_tiled
    case $3 in
    tail) change='s/ && first + x < k ?/ ?/;s/first + y < k && //' ;; # what lies behind a row is summed up, too
    width) change='s/a\[row \* lda/a[row * k/' ;;                     # the width taken for the pitch
    transposed) change='s/tile_b\[l\]\[x\]/tile_b[x][l]/' ;;
    naive_last) kernel=matmul_naive change='s/l < k/l + 1 < k/' ;;
    naive_pitch) kernel=matmul_naive change='s/row \* ldc/row * n/' ;;
    naive_guard) kernel=matmul_naive change='s/col >= n/col > n/' ;;
    esac
    sed -i "$change" "$work/k/$kernel.cl" "$work/k/$kernel.cu"
    for language in opencl cuda; do
        suffix=cl
        [ $language = opencl ] || suffix=cu
        ! cmp -s "$kernels/$kernel.$suffix" "$work/k/$kernel.$suffix" || fail "the kernel has changed"
        run "$program" -n 33x31x17 --kernel $kernel --language $language --kernel-dir "$work/k"
        expect 1
        says "WRONG: "
    done
    ;;
esac
