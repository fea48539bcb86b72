#!/bin/sh
# SPDX-License-Identifier: MIT
# cache.sh PROGRAM cpu|cuda - cache=True: a second process takes what the first has compiled, and
# only that. Each call is a process of its own, which says what the cache did: hit or miss.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
program=$1
HC_CACHE_DIR=$work/cache
export HC_CACHE_DIR

# call hit|miss|off TEXT FILE FUNCTION ARGS - TEXT is in what it prints: the result.
call() {
    want=$1 text=$2 file=$3
    shift 3
    run "$program" "$work/$file.py" "$@"
    [ "$rc" -ne 77 ] || skip "$(tail -n 1 "$work/err")"
    expect 0
    says_nothing
    prints "$text"
    prints "cache      $want: "
}

# twice TEXT FILE FUNCTION ARGS - first compiled, then found.
twice() {
    call miss "$@"
    call hit "$@"
}

# source_of FILE - its text, from stdin, after the lines that all have.
source_of() {
    {
        echo "import math"
        echo "from numba import cuda, guvectorize, njit, prange, vectorize"
        cat
    } >"$work/$1.py"
}

# changed FILE SED - the file with something else in it.
changed() {
    sed "$2" "$work/$1.py" >"$work/new.py"
    ! cmp -s "$work/new.py" "$work/$1.py" || fail "nothing matches $2"
    mv "$work/new.py" "$work/$1.py"
}

empty() { rm -rf "$HC_CACHE_DIR"; }
stored() { find "$HC_CACHE_DIR" -type f 2>/dev/null | wc -l; }
entry() {
    [ "$(stored)" -eq 1 ] || fail "$(stored) entries, not one"
    echo "$HC_CACHE_DIR"/*
}

newest() {
    find "$HC_CACHE_DIR" -type f -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d ' ' -f 2
}

# body ENTRY FILE, put_body FILE ENTRY - what is stored, without and with the line that proves it
# whole.
body() { tail -c +97 "$1" >"$2"; }
put_body() {
    line="hc1 $(wc -c <"$1") $(sha256sum "$1" | cut -c 1-64)"
    {
        printf '%-95s\n' "$line"
        cat "$1"
    } >"$2"
}

# refused FILE TEXT... - an entry that is whole, but holds what is in FILE: compiled anew, mended.
refused() {
    put_body "$1" "$(entry)"
    shift
    call miss "$@"
    call hit "$@"
}

source_of first <<'END'
SCALE = 10


def python_only():
    return []


@njit
def helper(a):
    return math.sin(a) * SCALE


@njit(cache=True)
def f(a):
    return a + 1 + helper(a * 0)


@njit
def uncached(a):
    return a + 1


@njit(cache=True)
def ratio(a, b):
    return a // b


@njit(cache=True)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


@njit(cache=True)
def power(x, n):
    return x ** n


@njit(cache=True, parallel=True)
def total(x):
    s = 0
    for i in prange(len(x)):
        s += x[i]
    return s


@njit(cache=True)
def pick(x, i):
    return x[i]


@vectorize(cache=True, fastmath=True)
def wave(x):
    return math.sin(x)


@vectorize(["int64(int64, int64)"], cache=True, target="parallel")
def plus(a, b):
    return a + b


@guvectorize(["void(int64[:], int64, int64[:])"], "(n),()->(n)", cache=True)
def shifted(x, a, y):
    for i in range(len(x)):
        y[i] = x[i] + a


@cuda.jit(cache=True)
def kernel(x):
    i = cuda.grid(1)
    if i < x.size:
        x[i] += round(math.exp(x[i] * 0.0))
END

# options FUNCTION OPTIONS - from now on it is compiled with these.
options() {
    sed "/^@/{N;s/(.*)\n\(def $1(\)/(cache=True, $2)\n\1/}" "$work/first.py" >"$work/new.py"
    ! cmp -s "$work/new.py" "$work/first.py" || fail "no options of $1 to change"
    mv "$work/new.py" "$work/first.py"
}

by_zero() {
    run "$program" "$work/first.py" ratio 7 0
    expect 3
    says "first.py:$(grep -n 'a // b' "$work/first.py" | cut -d : -f 1): ZeroDivisionError"
}

if [ "$2" = cuda ]; then
    [ -e "$HC_BUILD/lib/cusim/libcuda.so.1" ] || skip "no cusim in this build"
    HC_DEVICE=sim
    export HC_DEVICE
    numbers="int64[3]=1,2,3"
    twice " 2 3 4" first kernel "$numbers"
    body "$(entry)" "$work/ptx"
    grep -q '^.visible .entry kernel' "$work/ptx" || fail "what is stored is no PTX"
    echo "no PTX" >"$work/garbage"
    sed 's/entry kernel/entry other_/' "$work/ptx" >"$work/renamed"
    for file in garbage renamed; do
        refused "$work/$file" " 2 3 4" first kernel "$numbers"
    done
    # What is stored is what runs: the entry of another kernel in its place.
    changed first 's/x\[i\] += round/x[i] -= round/'
    call miss " 0 1 2" first kernel "$numbers"
    put_body "$work/ptx" "$(newest)"
    call hit " 2 3 4" first kernel "$numbers"
    empty
    export CUSIM_CC=7.0 # another device, whose code the newer one would take, too
    twice " 0 1 2" first kernel "$numbers"
    unset CUSIM_CC
    twice " 0 1 2" first kernel "$numbers"
    export HC_LIBDEVICE="$work/nosuch" # other mathematics: read, not passed over for what is stored
    run "$program" "$work/first.py" kernel "$numbers"
    expect 3
    says "HC_LIBDEVICE="
    echo "this is no file of LLVM's, whatever its name says" >"$work/junk.bc"
    HC_LIBDEVICE=$work/junk.bc
    run "$program" "$work/first.py" kernel "$numbers"
    expect 3
    says "junk.bc cannot be linked"
    unset HC_LIBDEVICE
    options kernel "debug=True"
    twice " 0 1 2" first kernel "$numbers"
    twice " 0 0" first wave "float64[2]=0" --target cuda
    twice "float64 3" first f 2 --target cuda
    empty
    call off " 0 1 2" first kernel "$numbers" --no-cache
    changed first 's/^@cuda.jit(.*/@cuda.jit/'
    run "$program" "$work/first.py" kernel "$numbers"
    expect 0
    prints " 0 1 2"
    prints_not cache
    [ "$(stored)" -eq 0 ] || fail "a kernel without cache=True, or with --no-cache, was stored"
    exit 0
fi

# This checker itself: a miss is not taken for a hit.
(call hit "int64 3" first fib 4) >/dev/null && fail "a miss was taken for a hit"
empty

# A second process, and what makes a difference.
twice "float64 3" first f 2
twice "float64 3.5" first f 2.5 # another type
changed first 's/a + 1 + helper/a + 2 + helper/'
twice "float64 4" first f 2
changed first 's/sin(a)/cos(a)/' # in a function that is called
twice "float64 14" first f 2
changed first 's/SCALE = 10/SCALE = 20/' # a constant, of a function that is called
twice "float64 24" first f 2
changed first 's/return \[\]/return [1]/' # nothing that it uses
call hit "float64 24" first f 2
cp "$work/first.py" "$work/other.py"
call hit "float64 24" other f 2 # the same function in another file
changed other 's/a + 2 + helper/a + 3 + helper/'
twice "float64 25" other f 2 # one of the same name
call hit "float64 24" first f 2
twice "int64 3" first ratio 7 2
by_zero # an exception, out of code from the cache
changed first 's/return a \/\/ b/\n    &/'
by_zero # and with another line, so out of other code
call hit "int64 3" first ratio 7 2
options ratio 'error_model="numpy"'
twice "int64 3" first ratio 7 2
twice "int64 6" first pick "int64[3]=4,5,6" 2
options pick "boundscheck=True"
twice "int64 6" first pick "int64[3]=4,5,6" 2
twice " 0 0" first wave "float64[2]=0"
options wave "fastmath=False"
twice " 0 0" first wave "float64[2]=0"

# The processor; Numba's own variables.
export NUMBA_CPU_NAME=generic
twice "float64 24" first f 2
export NUMBA_CPU_FEATURES=+sse3
case $(uname -m) in x86_64) twice "float64 24" first f 2 ;; esac
unset NUMBA_CPU_NAME NUMBA_CPU_FEATURES
call hit "float64 24" first f 2

# Another compiler: a copy is one.
cp "$HC_LIB/libhc_jit.so" "$work/libhc_jit.so"
export HC_JIT_LIB="$work/libhc_jit.so"
twice "float64 24" first f 2
touch -d 2001-01-01 "$HC_JIT_LIB"
twice "float64 24" first f 2
unset HC_JIT_LIB

# Everything that can be compiled: recursion, functions of the C library, threads, vectors.
twice "int64 6765" first fib 20
twice "int64 1024" first power 2 10
twice "int64 50005000" first total "int64[10000]=1.."
twice "int64[3] 5 7 9" first plus "int64[3]=1,2,3" "int64[3]=4,5,6"
twice "int64 9" first plus 4 5
twice "int64[3] 11 12 13" first shifted "int64[3]=1,2,3" 10 "int64[3]=0"
options wave "fastmath=True"
call hit " 0 0" first wave "float64[2]=0" # compiled above
run "$program" "$work/first.py" wave "float64[1000]" --no-cache
grep '^result' "$work/out" >"$work/plain"
call hit "$(cat "$work/plain")" first wave "float64[1000]"

# What is stored is what runs: the code of another function in the place of this one's.
empty
source_of swap <<'END'
@njit(cache=True)
def g(a):
    return a + 1
END
twice "int64 8" swap g 7
body "$(entry)" "$work/code"
changed swap 's/a + 1/a + 2/'
call miss "int64 9" swap g 7
put_body "$work/code" "$(newest)"
call hit "int64 8" swap g 7

# Damage: what the cache notices, and what only the linker does.
empty
call miss "int64 1024" first power 2 10
entry=$(entry)
body "$entry" "$work/code"
for spoil in 's/ELF/ELV/' "\$d" 's/^hc1/hc0/'; do
    sed "$spoil" "$entry" >"$work/spoilt"
    cat "$work/spoilt" >"$entry"
    twice "int64 1024" first power 2 10
done
echo "no code" >"$work/garbage"
: >"$work/nothing"
head -c 64 "$work/code" >"$work/head"
sed 's/^.ELF/.ELV/' "$work/code" >"$work/magic"
sed 's/jit_power_/jit_tower_/' "$work/code" >"$work/unknown"
sed 's/power\.0000/tower.0000/' "$work/code" >"$work/renamed"
sed 's/\.text/.tixt/; s/jit_power_/jit_tower_/' "$work/code" >"$work/sections"
for file in garbage nothing head magic unknown renamed sections; do
    ! cmp -s "$work/$file" "$work/code" || fail "$file is not spoilt"
    refused "$work/$file" "int64 1024" first power 2 10
done

# Many processes at once, with nothing there yet.
empty
for i in 1 2 3 4 5 6; do
    "$program" "$work/first.py" total "int64[10000]=1.." >"$work/race$i" 2>&1 &
done
wait
for i in 1 2 3 4 5 6; do
    grep -q "int64 50005000" "$work/race$i" || fail "one of six at once: $(cat "$work/race$i")"
done
[ "$(stored)" -eq 1 ] || fail "$(stored) entries after six processes at once"
call hit "int64 50005000" first total "int64[10000]=1.."

# Nothing is stored where nobody asked for it, nor read.
empty
call off "int64 1024" first power 2 10 --no-cache
run "$program" "$work/first.py" uncached 2
expect 0
prints_not cache
[ "$(stored)" -eq 0 ] || fail "stored without cache=True, or with --no-cache"

# No folder to store in: it works, and says why it will be slow.
HC_CACHE_DIR=/proc/nowhere
call off "int64 1024" first power 2 10
prints "/proc/nowhere: "
