#!/bin/sh
# SPDX-License-Identifier: MIT
# jit.sh BENCH - the process that the area jit times, without Numba: each job verifies and gives a
# time, and a compiler, or a function, that is wrong is noticed before one is given.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
worker=$HC_BIN/hc_bench_jit
functions=$HC_SOURCE/common/tools/bench/jit_functions.py
[ -x "$worker" ] || skip "this build has no compiler of recipe 11"

# ask FILE JOBS [MEMORY]: JOBS, a line each, to a worker with the functions of FILE
ask() {
    ran="printf '$2' | $worker $1 ${3-}"
    rc=0
    printf '%b' "$2" | "$worker" "$1" ${3:+"$3"} >"$work/out" 2>"$work/err" || rc=$?
}

ask "$functions" 'saxpy 1\nsaxpy 1003\nsaxpy 1003\ntotal 1003\nsines 1003\nexponentials 1003\nmandelbrot 33\nmatmul 17\ncompile 1\n'
expect 0
[ "$(grep -c '^ok [0-9.e-]*$' "$work/out")" -eq 9 ] || fail "not nine times"
run "$worker" "$functions" --once
expect 0

# x, y and z lie in the file that is named, which another process may use, too: it never shrinks.
: >"$work/memory"
ask "$functions" 'saxpy 10\n' "$work/memory"
expect 0
[ "$(wc -c <"$work/memory")" -eq 120 ] || fail "no three arrays of 10 in the file"
[ "$(tail -c 40 "$work/memory" | tr -d '\0' | wc -c)" -gt 20 ] || fail "what was computed is not there"
ask "$functions" 'saxpy 100\nsaxpy 10\n' "$work/memory"
expect 0
[ "$(wc -c <"$work/memory")" -eq 1200 ] || fail "not as long as the longest arrays"
ask "$functions" 'saxpy 10\n' "$work/absent"
expect 3
prints "absent cannot be opened"

# spoilt SED: a copy of the functions with one of them changed
spoilt() {
    sed "$1" "$functions" >"$work/functions.py"
    ! cmp -s "$functions" "$work/functions.py" || fail "nothing was spoilt"
}
spoilt 's/a \* x\[i\] + y\[i\]/a * x[i] - y[i]/'
ask "$work/functions.py" 'saxpy 100\n'
expect 1
prints "wrong saxpy 100"
run "$worker" "$work/functions.py" --once
expect 1
spoilt 's/range(1, len(x))/range(2, len(x))/'
ask "$work/functions.py" 'total 5\n'
expect 1
spoilt 's/math.sin(x/math.cos(x/'
ask "$work/functions.py" 'sines 5\n'
expect 1
prints "wrong sines 5"
spoilt 's/math.exp(x\[i\])/math.exp(x[i]) * 1.000001/'
ask "$work/functions.py" 'exponentials 100\n'
expect 1
spoilt 's/<= 4.0/<= 3.0/'
ask "$work/functions.py" 'mandelbrot 32\n'
expect 1
spoilt 's/b\[k, j\]/b[j, k]/'
ask "$work/functions.py" 'matmul 16\n'
expect 1
spoilt 's/s = x\[0\]/s = nothing/'
ask "$work/functions.py" 'total 5\n'
expect 3
prints "nothing"
ask "$functions" 'jump 3\n'
expect 3
prints "no such job: jump"
ask "$functions" 'saxpy 0\n'
expect 3
prints "bad line"
