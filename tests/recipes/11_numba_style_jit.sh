#!/bin/sh
# SPDX-License-Identifier: MIT
# 11_numba_style_jit.sh PROGRAM - the lesson, and FILE.py FUNCTION ARGS: results as text and as JSON,
# what --inspect shows, and an exit code and a reason for everything that goes wrong.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
program=$1
first=$HC_SOURCE/recipes/11_numba_style_jit/programs/first.py
programs=$HC_SOURCE/recipes/11_numba_style_jit/programs
matmul=$programs/matmul.py

run "$program" -n 1000
expect 0
prints "%sum = fadd double %xx, %yy"
prints "verified   yes: z, 1 000 elements"

run "$program" -n 1000 --via cc # the same by a C compiler
expect 0
prints "return a * a + b * b;"
prints "verified   yes: z, 1 000 elements"
run env HC_CC=/nonexistent "$program" -n 1000 --via cc
expect 77
says "no C compiler"
run env HC_CC=false "$program" -n 1000 --via cc
expect 4
says "ended with 1"
run env TMPDIR=/nonexistent "$program" -n 1000 --via cc
expect 3
says "set TMPDIR"

run "$program" "$first" power 3 5
expect 0
says_nothing
prints "result     int64 243"
run "$program" "$first" power -2 3
prints "result     int64 -8"
run "$program" "$first" power 0.5 3
prints "result     float64 0.125"
run "$program" "$first" power float32:0.5 uint8:3
prints "result     float64 0.125"
run "$program" "$first" power True 3
prints "result     int64 1"
run "$program" "$first" power -nan 2
prints "result     float64 nan"
run "$program" "$first" mean 'float64[4]=1,2,3,6'
prints "result     float64 3"
prints "argument   float64[4] 1 2 3 6"
run "$program" "$first" mean 'int32[1000]' --seed 3
expect 0
prints "result     float64"
run "$program" "$matmul" matmul 'int64[2,3]=1,2,3,4,5,6' 'int64[3x2]=1,0,0,1,1,1' 'int64[2x2]=9'
expect 0
prints "argument   int64[2x2] 4 5 10 11"
# A stack of matrices; the output is made by the program.
for target in cpu parallel; do
    run "$program" "$matmul" matmul 'int64[33x2x3]=1..' 'int64[3x2]=1,0,0,1,1,1' --target $target
    expect 0
    prints "result     int64[33x2x2] 4 5 10 11 16 17 22 23 ..."
    run "$program" "$matmul" matmul 'int64[33x2x3]' 'int64[2x2]' --target $target
    expect 2
    says "the axis n is 2 in 'B', and 3 before"
done
run "$program" "$matmul" matmul 'int64[33x2x3]' 'int64[3x2]' --inspect types
expect 0
prints "matmul.guvectorize("

run "$program" "$first" power 3 5 --json
expect 0
prints_one_object
prints '"returned":[{"type":"int64","value":"243"}]'
for form in tokens tree flow types llvm optimised asm; do
    run "$program" "$first" power 3 5 --inspect $form
    expect 0
    says_nothing
    prints power
done
run "$program" "$first" power 3 5 --inspect types
prints "power(x: int64, n: int64) -> int64"

# The Python book's script, and the recipe's programs, on the host and on the CUDA device.
run "$program" "$programs/reduce.py" sum_reduce 'int64[10000]=1..' --target cpu
expect 0
prints "result     int64 50005000"
run "$program" "$programs/pi.py" pi 1000000 1
prints "result     float64 3.1377160000000002" # as Numba says
run "$program" "$programs/fused.py" exact 'float64[2x3]=0..'
prints "result     float64[2x3] 2 1."
run "$program" "$programs/fused.py" exact 2.5 --json
prints_one_object
prints '"returned":[{"type":"float64","value":"-0.1205864'
run "$program" "$programs/mandelbrot.py" picture 'uint8[60x90]=0' --png "$work/host.png"
expect 0
run "$program" "$programs/reduce.py" sum_reduce 'int64[10000]=1..' --device sim
case $rc in
0)
    prints "result     int64 50005000"
    prints "upload"
    run "$program" "$programs/pi.py" throw 10000 1 'int64[1]=0' --grid 4 --block 256 --device sim
    expect 0
    prints "argument   int64[1] 7919"
    run "$program" "$matmul" matmul 'int64[33x2x3]=1..' 'int64[3x2]=1,0,0,1,1,1' --device sim
    expect 0
    prints "result     int64[33x2x2] 4 5 10 11 16 17 22 23 ..."
    prints "upload"
    run "$program" "$programs/fused.py" exact 'float64[2x3]=0..' --target cuda --device sim
    prints "result     float64[2x3] 2 1."
    run "$program" "$programs/mandelbrot.py" kernel 'uint8[60x90]=0' --png "$work/device.png" \
        --device sim
    expect 0
    [ ! -f "$work/host.png" ] || cmp "$work/host.png" "$work/device.png" || fail "two pictures"
    run "$program" "$programs/mandelbrot.py" kernel 'uint8[0x5]=0' --device sim
    expect 0
    prints "argument   uint8[0x5]"
    run "$program" "$first" power 3 5 --device sim # a device that is a target
    expect 0
    prints "upload"
    run "$program" "$programs/mandelbrot.py" kernel 'uint8[6x9]=0' --device cpu
    expect 2
    run "$program" "$programs/saxpy.py" saxpy 'float32[n]' 'float32[n]' float32:2 -n 777 \
        --same-as plain --device sim --json
    expect 0
    prints_one_object
    prints '"verified":true'
    run "$program" "$programs/saxpy.py" saxpy 'float32[n]' 'float32[n]' float32:2 -n 777 \
        --block 64 --grid 12 --same-as plain --device sim # a block too few
    expect 1
    says "9 of 777 elements differ"
    run "$program" "$first" power 3 5 --inspect ptx --device sim
    expect 0
    prints ".visible .entry power"
    run "$program" "$first" power 3 5 --target cuda --device sim --json
    expect 0
    prints_one_object
    prints '"value":"243"'
    for bad in '--grid 0' '--grid 1x' '--grid x' '--block 1x2x3x4' '--block -1' '--grid 99999999999' '--grid 4x99999999999'; do
        # shellcheck disable=SC2086  # two words
        run "$program" "$programs/mandelbrot.py" kernel 'uint8[6x9]=0' $bad --device sim
        expect 2
        says "no shape"
    done
    run "$program" "$programs/mandelbrot.py" kernel 'uint8[6x9]=0' --block 4096 --device sim
    expect 3
    says "CUDA_ERROR_INVALID_VALUE"
    run "$program" "$programs/mandelbrot.py" kernel 'uint8[6x9]=0' --target cpu
    expect 2
    says "kernel() is a kernel"
    ;;
77) ;; # a build without CUDA, or without cusim
*) fail "neither computed nor skipped" ;;
esac
run "$program" "$first" power 3 5 --target gpu
expect 2
says "must be one of"
run "$program" "$first" mean 'float64[4]' --png "$work/x.png"
[ "$rc" -eq 2 ] || [ "$rc" -eq 77 ] || fail "a picture of what?"
run "$program" "$programs/fused.py" fused 'float32[3]' 'float32[3]' # the second is for the results
expect 0
run "$program" "$programs/fused.py" fused 'float32[3]' 'float32[4]'
expect 2
says "the array for the results must be of float32"

# Arrays that do not go together, and results that no memory holds, of a vectorized function.
printf '%s\n' 'from numba import vectorize' '@vectorize' 'def mean(a, b, c):' '    return (a + b + c) / 3' >"$work/mean.py"
run "$program" "$work/mean.py" mean 'float64[3]' 'float64[2]' 'float64[3]'
expect 2
says "do not go together"
run "$program" "$work/mean.py" mean 'float32[4194304x1x1]' 'float32[1x4194304x1]' 'float32[1x1x4194304]'
expect 2
says "more than 2^63 bytes"

# What can be wrong with the arguments.
run "$program" "$work/nosuch.py" f
expect 2
says "cannot be opened"
run "$program" "$work" f
expect 2
run "$program" "$first"
expect 2
says "collatz" # the functions that there are
run "$program" "$first" nosuch 1
expect 2
says "no compiled function is called 'nosuch'"
run "$program" "$first" power 3
expect 2
says "power() takes 2 arguments, not 1"
for bad in 12x 1e int8:128 int8:-129 uint8:-1 uint8:256 float64: int64:1.5 'float64[' 'float64[]' \
    'float64[x]' 'float64[1' 'float64[1x2x3x4]' 'float64[-1]' 'float64[2]=1,2,3' 'int8[2]=1,x' \
    'float64[99999999999999999999]' 'float64[4000000000x4000000000]' 99999999999999999999; do
    run "$program" "$first" power "$bad" 2
    expect 2
    says "$bad"
done
null=allocator_may_return_null=1 # the sanitizers end a program that asks for too much, else
run env "ASAN_OPTIONS=$null:$ASAN_OPTIONS" "TSAN_OPTIONS=$null:${TSAN_OPTIONS-}" \
    "$program" "$first" power 'float64[1000000000000000]' 2
expect 3
run "$program" "$first" power 'float64[3]' 2
expect 4
says "the operator * takes numbers"

# What can be wrong with the program.
cat >"$work/bad.py" <<'END'
from numba import njit


@njit
def divide(a, b):
    return a // b


@njit
def forever(n):
    while n > 0:
        n += 0
    return n


@njit(boundscheck=True)
def beyond(x):
    return x[len(x)]
END
run "$program" "$work/bad.py" divide 1 0
expect 3
says "bad.py:6: ZeroDivisionError: integer division by zero"
run "$program" "$work/bad.py" divide 1 0 --json
expect 3
prints_one_object
prints "ZeroDivisionError"
run "$program" "$work/bad.py" beyond 'float64[3]'
expect 3
says "IndexError: index is out of bounds"
if [ "$HC_SANITIZER" != thread ]; then # it holds signals back until the next call, and none comes
    run "$program" "$work/bad.py" forever 1 --timeout 0.5
    expect 124
fi
printf '@njit\ndef f(a:\n' >"$work/syntax.py"
run "$program" "$work/syntax.py"
expect 2 # without an import, this njit is nobody's: nothing is compiled
printf 'from numba import njit\n@njit\ndef f(a, :\n    return a\n' >"$work/syntax.py"
run "$program" "$work/syntax.py" f 1
expect 4
says "syntax.py:3:10: expected a parameter, not ':'"
head -c 2000 /dev/urandom >"$work/noise.py"
run "$program" "$work/noise.py" f 1
case $rc in 2 | 4) ;; *) fail "noise is no program" ;; esac

run "$program" "$first" --help
expect 0
prints "float64[1000]=0   int64[3]=4,5,6"

# Without the compiler's library, as in a build that found no LLVM, everything is skipped by name.
for words in '-n 1000' '--via cc' "$first power 3 5" "--json --call first.py"; do
    # shellcheck disable=SC2086  # several words
    run env HC_JIT_LIB=/nonexistent "$program" $words
    expect 77
done
prints_one_object
