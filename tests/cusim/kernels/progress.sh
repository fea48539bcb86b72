#!/bin/sh
# SPDX-License-Identifier: MIT
# One case of progress.c on so many threads of the host. What cannot end must end in an error, and
# stderr must name the kernel, the instruction that waits and its line.
#   progress.sh PROGRAM CASE THREADS
# shellcheck source=../../lib.sh
. "$HC_SOURCE/tests/lib.sh"
program=${1:?usage: progress.sh PROGRAM CASE THREADS} name=$2 threads=$3
kind=$("$program" --list | sed -n "s/^\([a-z]*\) $name\$/\1/p")
[ -n "$kind" ] || fail "no case is called $name"
# Two seconds without any change are enough to tell an endless wait; that nobody changes anything is
# known at once in the other cases.
# A barrier of the grid needs room for all blocks, however many threads work on them.
CUSIM_THREADS=$threads CUSIM_DEADLOCK_SECONDS=2 CUSIM_SMS=8
export CUSIM_THREADS CUSIM_DEADLOCK_SECONDS CUSIM_SMS
run "$program" "$name"
expect 0
if [ "$kind" = ends ]; then
    says_nothing
    exit 0
fi
says 'cusim: '
says 'deadlock'
says ' k ' # the kernel
case $name in
bar_*) says 'bar' ;;
shfl_*) says 'shfl.sync' ;;
esac
grep -q 'line [1-9]' "$work/err" || fail "stderr names no line of the PTX"
cat "$work/err"
