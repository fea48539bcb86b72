#!/bin/sh
# SPDX-License-Identifier: MIT
# --explain of a recipe: calls and bytes on stderr; stdout as without it, one object under --json.
: "${HC_SOURCE:=$(cd "$(dirname "$0")/../.." && pwd)}" "${HC_BIN:=${1:?folder of the programs}}"
: "${HC_BUILD:=$(dirname "$HC_BIN")}"
# shellcheck source=../lib.sh
. "$HC_SOURCE/tests/lib.sh"
recipe=$HC_BIN/08_opencl_application

run "$recipe" --explain -n 262144 --repeat 1
expect 0
prints 'verified   yes'
prints_not clEnqueue
grep -qE '^clEnqueueNDRangeKernel\(queue1, vector_sum, global 262144, local 256\) +[0-9.]+  queued' "$work/err" ||
    fail "the launch is not shown"
grep -qE '^clEnqueueReadBuffer\(queue1, buffer3, blocking, 1 MiB\) +[0-9.]+  download of 1 MiB' "$work/err" ||
    fail "the download is not shown"
grep -qE '^ +vector_sum +[0-9.]+  on the device' "$work/err" || fail "no device time"
# Two inputs, then one transfer each way that is measured.
says 'uploaded 3 MiB, downloaded 2 MiB, copied on the device 0 B; hidden copies: 0 B'
if grep -q "$(printf '\033')" "$work/err"; then fail "colour although stderr is no terminal"; fi

run "$recipe" --explain --json -n 1000 --repeat 1
expect 0
prints_one_object
says 'OpenCL calls'

run "$recipe" --explain --mapped -n 1000 --repeat 1
expect 0
says 'no copy: host and device share memory'
says 'uploaded 0 B, downloaded 0 B'

# An error still ends in words, after the call that was the cause.
run "$recipe" --explain -n 1000 --kernel-dir "$work"
expect 2
says 'clCreateCommandQueue'
