#!/bin/sh
# SPDX-License-Identifier: MIT
# tuned.sh PROGRAM size KERNEL | magnitudes | oclgrind | check | mutant NAME - the kernels of chapter 10,
# twins and tuned, in OpenCL C on PoCL and in CUDA C on cusim, against plain C; the same watched by the
# checkers of oclgrind and cusim; and whether a kernel that is wrong in one place would be seen.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
program=$1

# sizes KERNEL - shapes around a vector, a warp, a block, a tile and a panel; primes; nothing.
sizes() {
    case $1 in
    reduction) echo '0 1 65 1023 10007 65537' ;;
    map | multiply_add | removed_loop) echo '0 1 17 1023 1040 10007' ;;
    stencil) echo '0x7 1x1 2x2 3x18 17x19 64x65 33x257' ;;
    matmul) echo '0x5x7 5x0x7 5x7x0 1x1x1 7x256x31 9x257x33 17x513x65 127x31x129' ;;
    esac
}

both_ok() {
    expect 0
    says_nothing
    [ "$(grep -c '^verified   yes: ' "$work/out")" -eq 2 ] || fail "not both are verified"
}

# compare ARGS - the same in both languages.
compare() {
    run "$program" "$@" --device cpu
    both_ok
    case "$*" in *map*--tuned* | *multiply_add*--tuned*) return 0 ;; esac # GPUs need no other shape
    run "$program" "$@" --language cuda
    [ "$rc" -ne 77 ] || skip "CUDA C was not compared: $(sed -n 2p "$work/err")"
    both_ok
}

case $2 in
size)
    for form in '' --tuned; do
        case $3$form in matmul | removed_loop--tuned) continue ;; esac # parity.matmul; there is none
        for n in $(sizes "$3"); do
            # shellcheck disable=SC2086  # no word, if empty
            compare --kernel "$3" -n "$n" $form
        done
        # shellcheck disable=SC2086
        for items in 1 300; do compare --kernel "$3" -n "$n" $form --items $items; done
    done
    case $3 in matmul) n=29x300x75 ;; multiply_add) n=75 ;; *) exit ;; esac
    for width in 4 8; do
        run "$program" -n $n --kernel "$3" --tuned --width $width --device cpu
        both_ok
    done
    ;;
magnitudes)
    for form in '' --tuned; do
        for seed in 1 2 3; do
            # shellcheck disable=SC2086
            run "$program" --kernel map -n 100000 --magnitudes --seed $seed $form --device cpu
            both_ok
        done
    done
    ;;
oclgrind)
    for kernel in reduction map stencil matmul multiply_add removed_loop; do
        n=1111
        case $kernel in stencil) n=21x37 ;; matmul) n=9x17x35 ;; esac
        for form in '' --tuned; do
            case $kernel$form in matmul | removed_loop--tuned) continue ;; esac
            # shellcheck disable=SC2086
            sh "$HC_SOURCE/tests/recipes/oclgrind.sh" "$program" -n $n --kernel $kernel $form --device opencl || exit
        done
    done
    ;;
check)
    for kernel in reduction map stencil matmul multiply_add removed_loop; do
        for form in '' --tuned; do
            case $kernel$form in matmul | map--tuned | multiply_add--tuned | removed_loop--tuned) continue ;; esac
            n=$(sizes $kernel)
            # shellcheck disable=SC2086
            run sh "$HC_SOURCE/common/tools/sim.sh" "$HC_BUILD" --check -- "$program" --language cuda \
                --kernel $kernel -n ${n##* } $form
            [ "$rc" -ne 77 ] || skip "$(sed -n 2p "$work/err")"
            expect 0
            says "no errors"
        done
    done
    ;;
mutant)
    kernel_dir k
    form=--tuned language=opencl n=
    case $3 in
    reduction_rest) kernel=reduction file=tuned/reduction.cpu.cl n=1000 change='s/i = blocks \* 64; i < n/i = blocks * 64 + 1; i < n/' ;;
    reduction_end) kernel=reduction file=tuned/reduction.cpu.cl n=1000 change='s/min(begin + each, blocks)/begin + each - 1/' ;;
    reduction_tree) kernel=reduction file=reduction.cl n=1000 form='' change='s/step > 0/step > 1/' ;;
    reduction_shuffle) kernel=reduction file=tuned/reduction.gpu.cu n=1000 language=cuda change='s/step = 16/step = 8/' ;;
    reduction_rest_cuda) kernel=reduction file=tuned/reduction.gpu.cu n=1003 language=cuda change='s/first < n % 4/first + 1 < n % 4/' ;;
    map_sign) kernel=map file=tuned/map.cpu.cl n=10000 change='s/ ^ two ^ odd/ ^ two/' ;;
    map_coefficient) kernel=map file=tuned/map.cpu.cl n=10000 change='s/8\.3321608736e-3f/8.3e-3f/' ;;
    map_large) kernel=map file=tuned/map.cpu.cl n=10000 change='s/if (any(largest > as_int(REDUCIBLE)))/if (0)/' ;;
    map_scale) kernel=map file=tuned/map.cpu.cl n=10000 change='s/first = all >> 1/first = all/' ;;
    stencil_edge) kernel=stencil file=tuned/stencil.cpu.cl n=17x35 change='s/to\[n - 1\] = here\[n - 1\]/to[n - 1] = here[n - 2]/' ;;
    stencil_rest) kernel=stencil file=tuned/stencil.cpu.cl n=17x35 change='s/j + 1 < n; j++/j + 2 < n; j++/' ;;
    stencil_tile) kernel=stencil file=tuned/stencil.gpu.cu n=33x33 language=cuda change='s/j > 0 \&\& j <= n/j > 0 \&\& j < n/' ;;
    multiply_add_rest) kernel=multiply_add file=tuned/multiply_add.cpu.cl n=1001 change='s/i + l < n; l++) y/i + l + 1 < n; l++) y/' ;;
    removed_loop_sum) kernel=removed_loop file=removed_loop.cl n=1001 form='' change='s/c = a + b/c = a - b/' ;;
    matmul_depth) kernel=matmul file=tuned/matmul.cpu.cl n=9x300x40 change='s/first > 0, ldc/false, ldc/' ;;
    matmul_edge) kernel=matmul file=tuned/matmul.cpu.cl n=9x30x40 change='s/j < columns; j++/j + 1 < columns; j++/' ;;
    matmul_rows) kernel=matmul file=tuned/matmul.cpu.cl n=9x30x40 change='s/r >= rows/r > rows/' ;;
    matmul_cuda) kernel=matmul file=tuned/matmul.gpu.cu n=9x30x40 language=cuda change='s/first + l < k/first + l + 1 < k/' ;;
    esac
    sed -i "$change" "$work/k/$file"
    ! cmp -s "$kernels/$file" "$work/k/$file" || fail "the kernel has changed"
    # shellcheck disable=SC2086
    set -- --kernel $kernel -n $n $form --language $language --device cpu --kernel-dir "$work/k"
    [ "$kernel" != map ] || set -- "$@" --magnitudes
    run "$program" "$@"
    [ "$rc" -ne 77 ] || skip "$(sed -n 2p "$work/err")"
    expect 1
    says "WRONG: "
    ;;
esac
