#!/bin/sh
# SPDX-License-Identifier: MIT
# exact.sh KERNEL size SIZE | mutant NAME - the kernels of recipes 1, 2, 12 and 13 (mandelbrot, stride,
# divergence, tick, kuwahara, chains, banks, chase) in OpenCL C and in CUDA C against plain C: the recipes
# compare every element with their reference, so here it is asked whether they did, and whether they
# would see a kernel that is wrong everywhere, or in a single element, in one of the two languages and
# not in the other.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$work" || exit 1
kernel=$1 size=$3
case $kernel in
mandelbrot)
    program=$HC_BIN/01_heterogeneous_computing
    points=all
    ;;
chains | banks | chase)
    program=$HC_BIN/13_microbenchmarks
    case $kernel in
    chains) points='occupancy=1/dependent occupancy=16/independent' ;;
    banks) points='banks=3/padded banks=32/plain' ;;
    chase) points='latency=4/chase latency=256/chase' ;;
    esac
    ;;
kuwahara)
    program=$HC_BIN/12_work_sharing
    points=all
    ;;
*)
    program=$HC_BIN/02_gpu_architecture
    case $kernel in
    stride) points='stride=1 stride=2 stride=8 stride=32' ;;
    divergence) points='divergence=1/mixed divergence=4/mixed divergence=32/together' ;;
    tick) points='tick=1 tick=2 tick=256' ;;
    esac
    ;;
esac

# compute DEVICE SIZE POINT ARGS - the kernel alone does all of it.
compute() {
    device=$1 what=$2 point=$3
    shift 3
    if [ "$kernel" = mandelbrot ]; then
        set -- -n "$what" --split 0 --repeat 1 --output p.png "$@"
    elif [ "$kernel" = kuwahara ]; then
        set -- -n "$what" --work photo --host 0 --repeat 1 "$@"
    else
        set -- -n "$what" --only "$point" "$@"
    fi
    run "$program" --device "$device" "$@"
}

case $2 in
size)
    for device in cpu sim; do
        for point in $points; do
            compute "$device" "$size" "$point" --json
            [ "$device$rc" != sim77 ] || skip "CUDA C was not compared: $(sed -n 2p "$work/err")"
            expect 0
            prints '"verified":true,"max_error":0,'
        done
    done
    ;;
mutant)
    case $3 in
    add) change='s/next = x \* x - y \* y + cx/next = x * x - y * y - cx/' ;;
    fused) change='s/next = x \* x - y \* y + cx/next = fma(x, x, fma(-y, y, cx))/' ;;
    corner) change='s/= mean;/= mean + (row + 1 == rows \&\& column + 1 == columns);/' ;;
    edge) change='s/y > below ? below : y/y > right ? right : y/' ;;
    last_column) change='s/x <= left + r; x++/x < left + r; x++/' ;;
    last_pixel) change='s/= n;/= n + (row + 1 == rows \&\& column + 1 == columns);/' ;;
    transposed) change='s/x\[k \* stride + phase\]/x[k + phase * rows]/' ;;
    last) change='s/k < rows/k + 1 < rows || phase > 0 \&\& k < rows/' ;;
    path) change='s/path == mine/path == mine + (i + 1 == n)/' ;;
    step) change='s/k < steps/k + 1 < steps/' ;;
    step_less) change='s/v1 \* v1 + c/v1 * v1 + c - (k == 0)/; s/k < 4 \* steps/k + 1 < 4 * steps/' ;;
    one_lane) change='s/y\[i\] = v/y[i] = (i == 31) + v/' ;;
    wrong_row) change='s/(row + 1) % 32/(row + 2) % 32/' ;;
    last_lane) change='s/= sum;/= sum + (me == 255);/' ;;
    early) change='s/k < steps/k + 1 < steps/' ;;
    neighbour) change='s/p = x\[p\]/p = x[p] ^ 1u/' ;;
    twice) change='s/y\[i\] = x/y[i] = (i == 31) + x/' ;;
    esac
    for language in cl cu; do
        device=cpu
        [ $language = cl ] || device=sim
        kernel_dir k
        sed -i "$change" "k/$kernel.$language"
        ! cmp -s "$kernels/$kernel.$language" "k/$kernel.$language" || fail "the kernel has changed"
        for point in $points; do
            [ "$3.$point" != transposed.stride=1 ] || continue # nothing is transposed then
            what=1009
            [ "$kernel" != mandelbrot ] || what=601x401
            [ "$kernel" != kuwahara ] || what=61x129
            compute "$device" "$what" "$point" --kernel-dir k
            [ "$rc" -ne 77 ] || skip "$(sed -n 2p "$work/err")"
            expect 1
            says "WRONG: "
            prints "verified   NO"
        done
        # The other language's kernel is as it was.
        other=sim
        [ $language = cl ] || other=cpu
        compute $other "$what" "${points%% *}" --kernel-dir k
        [ "$rc" -eq 77 ] || expect 0
        rm -r k
    done
    ;;
esac
