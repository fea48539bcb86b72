#!/bin/sh
# SPDX-License-Identifier: MIT
# cuda.sh CASE LAYER - what can go wrong in a CUDA program, made to go wrong: by the program's own
# mistakes, by cusim with little memory, and by a layer that makes one call fail
# (tests/cuda/fault_layer.c). Each case is a function cuda_CASE, which CMake finds by its name.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
program=$HC_BUILD/tests/bin/98_cuda_probe

# inject CALL:K:CODE OPTIONS - run with that call failing; the layer must have been there.
inject() {
    call=$1
    shift
    run env "HC_CUDA_LAYERS=$layer" "FAULT_CALL=$call" "$program" --device sim "$@"
    grep -q "^fault layer: loaded" "$work/err" || fail "the layer was not loaded"
}

cuda_none() {
    inject count
    expect 0
    says "fault layer: cuMemAlloc_v2 2"
    prints "verified   yes"
    run env HC_CUDA_LAYERS=/nonexistent.so "$program"
    expect 3
    says "the CUDA layer '/nonexistent.so' cannot be loaded: "
    cp "$layer" "$work/second.so"
    run env "HC_CUDA_LAYERS=$layer:$work/second.so" FAULT_CALL=count "$program"
    expect 0
    [ "$(grep -c '^fault layer: cuMemAlloc_v2 2' "$work/err")" -eq 2 ] || fail "not both layers were there"
}

cuda_out_of_memory() {
    run env CUSIM_MEMORY=1048576 "$program" -n 200000
    expect 3
    says "hc_cu_check_alloc(n, sizeof *x, 2)"
    says "CUDA_ERROR_OUT_OF_MEMORY (2): asked for 2 arrays of 800000 (781.2 KiB); the device has "
    says " free of 1 MiB"
    says "hint: take a smaller --size"
    prints_not verified
    run env CUSIM_MEMORY=1048576 "$program" -n 200000 --json
    expect 3
    prints_one_object
    prints '"code":2'
    inject cuMemAlloc_v2:2:2
    expect 3
    grep -q "probe.c:[0-9]*: cuMemAlloc(&d_y, n \* sizeof \*y)" "$work/err" || fail "file, line or call is not shown"
    says "    CUDA_ERROR_OUT_OF_MEMORY (2): the device has no room for this"
    says "    hint: take a smaller --size"
}

# A kernel that reads behind its array: the code is named, and cusim says where.
cuda_kernel_fault() {
    run "$program" --device sim --fault bounds
    expect 3
    says "CUDA_ERROR_ILLEGAL_ADDRESS (700): a kernel accessed memory that is not its to use"
    says "hint: the launch before is to blame"
    says "cusim: kernel probe failed: read of 4 bytes"
    prints_not verified
    run "$program" --device sim --fault bounds --json
    expect 3
    prints_one_object
    prints '"code":700'
}

cuda_no_context() {
    run "$program" --device sim --fault early
    expect 3
    says "CUDA_ERROR_INVALID_CONTEXT (201): no current context on this thread"
    says "hint: call cuDevicePrimaryCtxRetain and cuCtxSetCurrent first"
}

cuda_bad_ptx() {
    run "$program" --device sim --fault ptx
    expect 4
    says "CUDA_ERROR_INVALID_PTX (218)"
    says "build log:"
    says "no instruction nad"
    run "$program" --device sim --fault ptx --json
    expect 4
    prints_one_object
    prints '"detail":'
}

cuda_ptx_too_new() {
    run env CUSIM_DRIVER_VERSION=12.2 "$program" --device sim --fault version
    expect 4
    says "CUDA_ERROR_UNSUPPORTED_PTX_VERSION (222): the kernel is PTX of version 9.9, too new for this driver (CUDA 12.2)"
    says "hint: update the driver"
}

cuda_no_kernel() {
    run "$program" --device sim --fault name
    expect 4
    says "CUDA_ERROR_NOT_FOUND (500): no kernel 'prob' in the program; kernels found: probe"
}

cuda_wrong_answer() {
    run "$program" --device sim --fault wrong
    expect 1
    prints "verified   NO"
    prints_not kernel
}

cuda_unknown_code() {
    inject cuCtxSynchronize:1:4711
    expect 3
    says "unknown CUDA error (4711)"
    says "hint: "
}

# A time that the driver does not tell is null, and the answer still counts.
cuda_no_times() {
    inject cuEventElapsedTime:1:600 --json
    expect 0
    prints_one_object
    prints '"verified":true'
    prints '"median":null'
}

cuda_library_exit() {
    run env "HC_CUDA_LAYERS=$layer" FAULT_CALL=cuCtxSynchronize:1:exit "$program" --json
    expect 3
    prints_one_object
    says "a library ended the program"
}

# Every call that the program makes, failing at its first and at its last turn.
cuda_every_call() {
    inject count
    expect 0
    sed -n 's/^fault layer: \(cu[A-Za-z0-9_]*\) \([0-9]*\)$/\1 \2/p' "$work/err" >"$work/calls"
    [ "$(wc -l <"$work/calls")" -ge 18 ] || fail "too few calls were counted"
    while read -r name count; do
        case $name in # what is only shown to people
        cuDriverGetVersion | cuDeviceGetAttribute | cuEventElapsedTime) continue ;;
        esac
        for turn in 1 "$count"; do
            inject "$name:$turn:304"
            expect 3
            says "CUDA_ERROR_OPERATING_SYSTEM (304)"
            says "hint: "
            says "probe.c:"
            prints_not verified
        done
    done <"$work/calls"
}

[ $# -eq 2 ] || { echo "usage: cuda.sh CASE LAYER"; exit 2; }
layer=$2
"cuda_$1"
