#!/bin/sh
# SPDX-License-Identifier: MIT
# verified.sh RECIPE cpu|gpu|leaks|cuda|sim|check|host [FIND_GPU] - a small run on that kind of device must end well: exit
# code 0, and the answer verified, or nothing to verify, but never an answer that is not. leaks: on
# the CPU; the second run finds its kernels in PoCL's cache, and must release all that it took.
# cuda: skipped without a GPU. check: on cusim, watched by its checks. host: a recipe that computes
# nothing without a device refuses --device cpu.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$work" || exit 1 # where a recipe leaves its pictures
device=cpu
program=$HC_BIN/$1
case $2 in
gpu) device=$("$3") || skip "${device#skipped: }" ;;
cuda | sim) device=$2 ;;
host)
    run "$program" --list-devices
    grep -q '^cpu  ' "$work/out" || skip "recipe $1 computes nothing on the host"
    ;;
esac
size=$(shape "$program" 4099)

if [ "$2" = check ]; then
    run sh "$HC_SOURCE/common/tools/sim.sh" "$HC_BUILD" --check -- "$program" -n "$size" --repeat 1 \
        --device sim
    expect 0
    says "no errors"
    exit
fi

run "$program" -n "$size" --repeat 1 --device "$device" --json
[ "$2" != cuda ] || [ $rc -ne 77 ] || skip "no CUDA GPU"
expect 0
prints_one_object
prints '"status":"ok"'
prints_not '"verified":false'
[ "$2" != leaks ] || export ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=1"
run "$program" -n "$size" --repeat 1 --device "$device"
expect 0
says_nothing
prints_not "verified   NO"
