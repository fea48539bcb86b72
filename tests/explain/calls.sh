#!/bin/sh
# SPDX-License-Identifier: MIT
# What --explain says of a program whose every transfer is known (calls.c), on a device that shares the
# host's memory, and on one that does not (apart.c).
: "${HC_SOURCE:=$(cd "$(dirname "$0")/../.." && pwd)}" "${HC_BIN:=${1:?folder of the programs}}"
: "${HC_BUILD:=$(dirname "$HC_BIN")}" "${HC_LIB:=$HC_BUILD/lib/hc}" "${HC_SANITIZER:=none}" "${CC:=cc}"
# shellcheck source=../lib.sh
. "$HC_SOURCE/tests/lib.sh"

layer=$HC_LIB/libhc_explain_cl.so
flags=
[ "$HC_SANITIZER" = none ] || flags=-fsanitize=$HC_SANITIZER
for file in calls apart; do
    [ $file = apart ] && flags="$flags -shared -fPIC"
    # shellcheck disable=SC2086  # flags are words
    "$CC" -std=c11 $flags -o "$work/$file" "$HC_SOURCE/tests/explain/$file.c" -lOpenCL -pthread || exit 1
done

# matches: an extended regular expression is found on stderr.
matches() { grep -qE -- "$1" "$work/err" || fail "stderr does not match: $1"; }
count() { [ "$(grep -cE -- "$1" "$work/err")" -eq "$2" ] || fail "not $2 lines match: $1"; }

# Without the layer the program is silent: what is said below comes from the layer.
run "$work/calls" copies
expect 0 && says_nothing

run env OPENCL_LAYERS="$layer" "$work/calls" copies
expect 0
[ "$(cat "$work/out")" = 'done' ] || fail "stdout is not the program's own"
matches '^clCreateBuffer\(context1, CL_MEM_READ_WRITE \| CL_MEM_COPY_HOST_PTR, 1 MiB\) .*buffer1, hidden upload of 1 MiB'
matches '^clCreateBuffer\(context1, CL_MEM_USE_HOST_PTR, 1 MiB\) .*buffer3, no copy: host and device share memory'
matches '^clCreateSubBuffer\(buffer2, 0\) .*buffer4, a part of buffer2'
matches '^clEnqueueWriteBuffer\(queue1, buffer2, not blocking, 1 MiB\) .*upload of 1 MiB, queued'
matches '^clEnqueueCopyBuffer\(queue1, buffer2, buffer1, 1 MiB, after 1 event\) .*copy on the device of 1 MiB, queued'
matches '^clEnqueueFillBuffer\(queue1, buffer4, 512 KiB of 4 B\) .*the device writes 512 KiB, queued'
matches '^clEnqueueMapBuffer\(queue1, buffer1, blocking, CL_MAP_READ \| CL_MAP_WRITE, 1 MiB\) .*no copy: host and'
matches '^clEnqueueReadBufferRect\(queue1, buffer2, blocking, 1024 x 16 x 1\) .*download of 16 KiB'
matches '^ +upload +[0-9.]+  on the device'
matches '^ +copy +[0-9.]+  on the device'
# Up: COPY_HOST_PTR 1, write 1, SVM 1. Down: read 1 MiB, rectangle 16 KiB, SVM 1 MiB.
matches '^ +uploaded 3 MiB, downloaded 2\.016 MiB, copied on the device 1 MiB; hidden copies: 1 MiB$'

# The same with memories apart: mapping to read and write copies both ways, to read only down.
run env OPENCL_LAYERS="$work/apart:$layer" "$work/calls" copies
expect 0
says_not 'no copy: host and device share memory'
matches 'CL_MAP_READ \| CL_MAP_WRITE, 1 MiB\) .*hidden download of 1 MiB'
matches 'clEnqueueUnmapMemObject.*hidden upload of 1 MiB'
matches 'clEnqueueUnmapMemObject.*no copy: it was mapped for reading'
matches '^ +uploaded 4 MiB, downloaded 4\.016 MiB, .*; hidden copies: 4 MiB$'

# A call that fails shows its code by name, and no bytes.
run env OPENCL_LAYERS="$layer" "$work/calls" fail
expect 0
matches '^clCreateBuffer\(context1, CL_MEM_READ_ONLY, 0 B\) .*CL_INVALID_BUFFER_SIZE \(-61\)'
matches 'uploaded 0 B'

# A loop is shown twice, then counted; the totals know all of it.
run env OPENCL_LAYERS="$layer" "$work/calls" loop
expect 0
matches 'these 2 calls over again: 9[0-9] more'
matches 'transfers +100 calls'
matches 'uploaded 50 MiB, downloaded 50 MiB'

# Two threads: no call is lost, and each line is whole.
run env OPENCL_LAYERS="$layer" "$work/calls" threads
expect 0
matches 'transfers +200 calls'
matches '^\[thread [23]\] clCreateBuffer'
count 'clEnqueue[A-Za-z]*\(.*clEnqueue' 0
