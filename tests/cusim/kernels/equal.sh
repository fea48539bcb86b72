#!/bin/sh
# SPDX-License-Identifier: MIT
# The same bits on every instruction set, on one thread and on many, in order and not: a hash of all
# that the kernels give is the same. Instruction sets that the processor lacks are left out by name.
#   equal.sh PROGRAM
# shellcheck source=../../lib.sh
. "$HC_SOURCE/tests/lib.sh"
program=${1:?usage: equal.sh PROGRAM}
ptx=$HC_SOURCE/tests/cuda/ptx

has() {
    for flag in "$@"; do
        grep -qw "$flag" /proc/cpuinfo || return 1
    done
}
# hashes VARIABLE=VALUE... - run it all; the first run's hashes are what the others must give.
hashes() {
    run env "$@" "$program" "$ptx" --hash
    expect 0
    grep -E '^[a-z_]+ [0-9a-f]{16}$' "$work/out" >"$work/now"
    [ "$(wc -l <"$work/now")" -ge 17 ] || fail "too few hashes"
    [ -f "$work/first" ] || cp "$work/now" "$work/first"
    if ! cmp -s "$work/first" "$work/now"; then
        other=$(diff "$work/first" "$work/now" | sed -n 's/^> \([a-z_]*\) .*/\1/p' | tr '\n' ' ')
        fail "with $* other bits: $other"
    fi
    done="$done $*;"
}
done='' left=''
hashes CUSIM_ISA=plain
if has avx2 bmi2 fma; then hashes CUSIM_ISA=x86-64-v3; else left="$left x86-64-v3"; fi
if has avx512f avx512bw avx512cd avx512dq avx512vl; then
    hashes CUSIM_ISA=x86-64-v4
else
    left="$left x86-64-v4"
fi
hashes CUSIM_SCHEDULE=inorder
hashes CUSIM_THREADS=1
hashes CUSIM_THREADS=5
echo "equal with$done${left:+ not tried, since this processor lacks it:$left}"
