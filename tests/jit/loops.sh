#!/bin/sh
# SPDX-License-Identifier: MIT
# loops.sh PROGRAM - what the speed of loops, and of compiling them, rests on. The condition of a
# while stands twice, before the loop and at its end, and yet is evaluated as often as in Python. A
# loop with vector instructions leaves one for single elements, which is not unrolled, but only
# where each round's elements are beside the ones of the round before.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
program=$1

cat >"$work/loops.py" <<'END'
from numba import njit


@njit
def scale(x, y, a):
    for i in range(len(x)):
        y[i] = a * x[i]


@njit
def rows(a, b):
    for i in range(1, a.shape[0]):
        for j in range(1, a.shape[1] - 1, 1):
            b[i, j] = a[i, j - 1] + a[i, j + 1] + a[0, j]


@njit
def columns(a, b):
    for j in range(a.shape[1]):
        for i in range(a.shape[0]):
            b[i, j] = a[i, j]


@njit
def product(a, b):
    s = 0.0
    for k in range(a.shape[1]):
        s += a[0, k] * b[k, 0]
    return s


@njit
def spread(x, y, s):
    for i in range(len(x) // s):
        y[i] = x[i * s]


@njit
def steps(x, y, s):
    for i in range(0, len(x), s):
        y[i] = x[i]


@njit
def view(x, y, s):
    every = x[::s]
    for i in range(len(every)):
        y[i] = every[i]


@njit
def passed_on(x, y):
    for i in range(len(x)):
        y[i] = x[i]
        scale(x, y, i)


@njit
def nothing(x):
    t = 0
    for i in range(len(x)):
        t += i
    return t


@njit
def count(calls, n):
    calls[0] += 1
    return calls[0] <= n


@njit
def repeat(calls, n):
    odd = 0
    while count(calls, n) and calls[0] != 7:
        if calls[0] % 2 == 0:
            continue
        odd += 1
    else:
        odd += 100
    return odd
END

# lines PATTERN N: N lines of the output match
lines() { [ "$(grep -c -- "$1" "$work/out")" -eq "$2" ] || fail "not $2 lines with '$1'"; }

run "$program" "$work/loops.py" scale 'float32[9]' 'float32[9]' float32:2 --inspect optimised
expect 0
grep -q 'store <' "$work/out" || fail "no vector instructions"
lines '^ *store float' 1

# hinted N FUNCTION ARGS...: in N of its loops, the rest is to be kept short
hinted() {
    hints=$1
    shift
    run "$program" "$work/loops.py" "$@" --inspect llvm
    expect 0
    lines 'llvm.loop.vectorize.followup_epilogue' "$((hints > 0))"
    lines '!llvm.loop !' "$hints"
}
hinted 1 scale 'float32[9]' 'float32[9]' float32:2
hinted 1 rows 'float32[5x9]' 'float32[5x9]'
hinted 0 columns 'float32[5x9]' 'float32[5x9]'
hinted 0 product 'float32[5x9]' 'float32[9x5]'
hinted 0 spread 'float32[9]' 'float32[9]' 2
hinted 0 steps 'float32[9]' 'float32[9]' 2
hinted 0 view 'float32[9]' 'float32[9]' 1
hinted 1 passed_on 'float32[9]' 'float32[9]' # in scale alone
hinted 0 nothing 'float32[9]'

run "$program" "$work/loops.py" repeat 'int64[1]=0' 4 --inspect flow
expect 0
lines '= call count' 2
run "$program" "$work/loops.py" repeat 'int64[1]=0' 4
expect 0
prints "result     int64 102"
prints "argument   int64[1] 5"
run "$program" "$work/loops.py" repeat 'int64[1]=0' 100
expect 0
prints "result     int64 103"
prints "argument   int64[1] 7"
run "$program" "$work/loops.py" repeat 'int64[1]=0' 0
expect 0
prints "result     int64 100"
prints "argument   int64[1] 1"
