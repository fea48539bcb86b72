#!/bin/sh
# SPDX-License-Identifier: MIT
# What --explain says of a program whose every transfer is known (calls.c): on cusim, where host and
# device share memory, and on one that says that it is a GPU (apart.c).
# shellcheck source-path=SCRIPTDIR source=../../lib.sh
. "$(dirname "$0")/../../lib.sh"
program=$HC_BUILD/tests/bin/test_explain_cu
layer=$HC_LIB/libhc_explain_cu.so
apart=$HC_LIB/test_explain_apart.so
unset HC_CUDA_LAYERS CUSIM_DEVICES CUDA_VISIBLE_DEVICES
export HC_CUSIM_DIR="$HC_BUILD/lib/cusim" LD_LIBRARY_PATH="$HC_BUILD/lib/cusim" # cusim, also beside a GPU

# matches: an extended regular expression is found on stderr.
matches() { grep -qE -- "$1" "$work/err" || fail "stderr does not match: $1"; }
count() { [ "$(grep -cE -- "$1" "$work/err")" -eq "$2" ] || fail "not $2 lines match: $1"; }

# Without the layer the program is silent: what is said below comes from the layer.
run "$program" copies
expect 0 && says_nothing

run env HC_CUDA_LAYERS="$layer" "$program" copies
expect 0
[ "$(cat "$work/out")" = 'done' ] || fail "stdout is not the program's own"
matches '^cuInit\(0\) +[0-9.]+$'
matches '^cuDevicePrimaryCtxRetain\(device 0\) +[0-9.]+  context1$'
matches '^cuCtxSetCurrent\(context1\) +[0-9.]+$'
matches '^cuStreamCreate\(0\) +[0-9.]+  stream1$'
matches '^cuMemAlloc\(1 MiB\) +[0-9.]+  memory1$'
matches '^cuMemAllocHost\(1 MiB\) +[0-9.]+  pinned1$'
matches '^cuMemHostAlloc\(64 KiB, DEVICEMAP *\) +[0-9.]+  pinned2$'
matches '^cuMemHostGetDevicePointer\(pinned2\) +[0-9.]+  no copy: host and device share memory$'
matches '^cuMemAllocManaged\(1 MiB, flags 1\) +[0-9.]+  managed1$'
matches '^cuMemcpyHtoD\(memory1, host memory, 1 MiB\) +[0-9.]+  upload of 1 MiB$'
matches '^cuMemcpyHtoDAsync\(memory1, pinned1, 1 MiB, stream1\) +[0-9.]+  upload of 1 MiB, queued$'
matches '^cuMemcpyDtoHAsync\(host memory, memory1, 1 MiB, stream1\) +[0-9.]+  download of 1 MiB, queued$'
matches '^cuMemcpyDtoD\(memory2, memory1, 1 MiB\) +[0-9.]+  copy on the device of 1 MiB, queued$'
matches '^cuMemcpy\(memory2 \+ 4096, pinned1, 64 KiB\) +[0-9.]+  upload of 64 KiB$'
matches '^cuMemcpy2D\(rows of 1 KiB, 16 of them\) +[0-9.]+  upload of 16 KiB$'
matches '^cuMemsetD32Async\(memory1, 0, 262144, stream1\) +[0-9.]+  the device writes 1 MiB, queued$'
matches '^cuMemPrefetchAsync\(managed1, 1 MiB, to device 0, stream1\) +[0-9.]+  no copy: host and device share memory$'
matches '^cuModuleLoadData\(PTX of [0-9.]+ B\) +[0-9.]+  module1$'
matches '^cuModuleGetFunction\(module1, "clear"\) '
matches '^cuLaunchKernel\(clear, grid 1024, block 256, stream1\) +[0-9.]+  queued, no copy of managed memory'
matches '^cuEventRecord\(event1, stream1\) +[0-9.]+  queued$'
matches '^cuStreamSynchronize\(stream1\) +[0-9.]+  waited for all that was queued in it$'
matches '^cuMemFree\(managed1\) '
for label in upload download fill clear; do
    matches "^    $label +[0-9.]+  on the device\$"
done
says_not CUDA_ERROR
# Up: 1 + 1 MiB, 64 KiB, 16 KiB. Down: 1 + 1 MiB.
matches '^ +uploaded 2\.078 MiB, downloaded 2 MiB, copied on the device 1 MiB; hidden copies: 0 B$'
matches '^ +clear +1 times +[0-9.]+ ms on the device$'
matches '^ +launches +1 calls '
# Its own events are not the program's: one was created, and cusim sees none that was left over.
count '^cuEventCreate' 1
run sh "$HC_SOURCE/common/tools/sim.sh" "$HC_BUILD" --check -- env HC_CUDA_LAYERS="$layer" "$program" copies
expect 0
says 'no errors'

# A GPU: plain memory is staged, the prefetch moves, and of managed memory what is touched.
run env HC_CUDA_LAYERS="$apart:$layer" "$program" copies
expect 0
says_not 'share memory'
matches '^cuMemHostGetDevicePointer\(pinned2\) .*no copy: kernels reach it over the bus'
matches '^cuMemcpyHtoD\(memory1, host memory, 1 MiB\) .*upload of 1 MiB, staged: a hidden copy of 1 MiB into pinned memory$'
matches '^cuMemcpyHtoDAsync\(memory1, pinned1, 1 MiB, stream1\) +[0-9.]+  upload of 1 MiB, queued$'
matches '^cuMemcpyDtoHAsync\(host memory, .*staged: a hidden copy of 1 MiB'
matches '^cuMemcpy2D\(.*staged: a hidden copy of 16 KiB'
matches '^cuMemPrefetchAsync\(.*upload of 1 MiB, queued$'
matches '^cuLaunchKernel\(.*queued, of 1 MiB of managed memory, what it touches is copied$'
matches '^ +uploaded 3\.078 MiB, downloaded 2 MiB, .*; hidden copies: 2\.016 MiB$'
run env APART_WHOLE=1 HC_CUDA_LAYERS="$apart:$layer" "$program" copies
expect 0
matches '^cuLaunchKernel\(.*queued, hidden upload of 1 MiB$'
matches '^ +uploaded 4\.078 MiB, .*; hidden copies: 3\.016 MiB$'

# A call that fails shows its code by name, and no bytes.
run env HC_CUDA_LAYERS="$layer" "$program" fail
expect 0
matches '^cuMemAlloc\(0 B\) +[0-9.]+  CUDA_ERROR_INVALID_VALUE \(1\)$'
matches 'uploaded 0 B'

# A loop is shown twice, then counted; the totals know all of it.
run env HC_CUDA_LAYERS="$layer" "$program" loop
expect 0
matches 'these 2 calls over again: 9[0-9] more'
matches 'transfers +100 calls'
matches 'uploaded 50 MiB, downloaded 50 MiB'

# Two threads: no call is lost, and each line is whole.
run env HC_CUDA_LAYERS="$layer" "$program" threads
expect 0
matches 'transfers +200 calls'
matches '^\[thread [23]\] cuMemAlloc'
count 'cuMemcpy[A-Za-z]*\(.*cuMemcpy' 0

# A layer that is not there, or is none.
for wrong in /nonexistent/layer.so "$HC_BUILD/lib/cusim/libcuda.so.1"; do
    run env HC_CUDA_LAYERS="$wrong" "$program" fail
    [ $rc -ne 0 ] || fail "a wrong layer is not noticed"
    says "the CUDA layer '$wrong' cannot be loaded"
done

# A recipe: calls on stderr, stdout as without them, one object under --json; NVRTC's compiling, too.
recipe=$HC_BIN/05_cuda_program
[ -x "$recipe" ] || recipe=
unset LD_LIBRARY_PATH
if [ -n "$recipe" ]; then
    run "$recipe" --explain --device sim --no-cache
    expect 0
    prints 'verified   yes'
    prints_not cuLaunchKernel
    matches '^cuLaunchKernel\(double_matrix, grid '
    matches '^cuMemcpyHtoD\(memory1, host memory, '
    matches '^    double_matrix +[0-9.]+  on the device$'
    if "$HC_BIN/04_cuda_device_query" --device sim | grep -q '^NVRTC *[0-9]'; then
        matches '^nvrtcCompileProgram\(.*--gpu-architecture=.*\) +[0-9.]+$'
    fi
    run "$recipe" --explain --json --device sim
    expect 0
    prints_one_object
    says 'CUDA calls'
    run "$recipe" --explain --device cpu
    [ $rc -eq 2 ] || expect 0
    says_not cuLaunchKernel
fi
if grep -q "$(printf '\033')" "$work/err"; then fail "colour although stderr is no terminal"; fi
