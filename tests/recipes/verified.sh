#!/bin/sh
# SPDX-License-Identifier: MIT
# verified.sh RECIPE cpu|gpu|leaks [FIND_GPU] - a small run on that kind of device must end well: exit
# code 0, and the answer verified, or nothing to verify, but never an answer that is not. leaks: on
# the CPU; the second run finds its kernels in PoCL's cache, and must release all that it took.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
device=cpu
if [ "$2" = gpu ]; then
    device=$("$3") || skip "${device#skipped: }"
fi
program=$HC_BIN/$1
size=$(shape "$program" 4099)

run "$program" -n "$size" --repeat 1 --device "$device" --json
expect 0
prints_one_object
prints '"status":"ok"'
prints_not '"verified":false'
[ "$2" != leaks ] || export ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=1"
run "$program" -n "$size" --repeat 1 --device "$device"
expect 0
says_nothing
prints_not "verified   NO"
