#!/bin/sh
# SPDX-License-Identifier: MIT
# injected.sh CASE LAYER - faults of the driver: a layer between program and driver (layer.c) makes
# one call fail. Each case is a function injected_CASE, which CMake finds by its name.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
program=$HC_BIN/08_opencl_application

# inject CALL:K:CODE OPTIONS - run with that call failing; the layer must have been there.
inject() {
    call=$1
    shift
    run env "OPENCL_LAYERS=$layer" "FAULT_CALL=$call" "$program" -n 100 --repeat 1 "$@"
    grep -q "^fault layer: loaded" "$work/err" || fail "the layer was not loaded"
}

injected_none() {
    inject count
    expect 0
    says "fault layer: clCreateBuffer 3"
    prints "verified   yes"
}

injected_out_of_device_memory() {
    inject clCreateBuffer:2:-4
    expect 3
    grep -q "^recipes/08_opencl_application/main.c:[0-9]*: d_y = clCreateBuffer(context, CL_MEM_READ_ONLY, bytes" \
        "$work/err" || fail "file, line and call are not shown"
    says "    CL_MEM_OBJECT_ALLOCATION_FAILURE (-4): the device has no room for this buffer"
    says "    hint: take a smaller --size"
    prints_not "verified"
    inject clCreateBuffer:2:-4 --json
    expect 3
    prints_one_object
    prints '"code":-4,"name":"CL_MEM_OBJECT_ALLOCATION_FAILURE"'
    prints '"file":"recipes/08_opencl_application/main.c"'
}

injected_context() {
    inject clCreateContext:1:-2
    expect 3
    says "CL_DEVICE_NOT_AVAILABLE (-2)"
    says "context = clCreateContext("
}

injected_download() {
    inject clEnqueueReadBuffer:1:-5
    expect 3
    says "clEnqueueReadBuffer(queue, d_z, CL_TRUE, 0, bytes, z, 0, NULL, NULL)"
    says "CL_OUT_OF_RESOURCES (-5)"
    says "hint: use smaller work-groups, and run the kernel under oclgrind"
}

injected_finish() {
    inject clFinish:1:-36 --mapped
    expect 3
    says "mapped.c:"
    says "clFinish(app->queue)"
    says "CL_INVALID_COMMAND_QUEUE (-36)"
}

injected_map() {
    inject clEnqueueMapBuffer:3:-12 --mapped
    expect 3
    says "CL_MAP_FAILURE (-12)"
}

injected_unknown_code() {
    inject clEnqueueNDRangeKernel:1:-4711
    expect 3
    says "unknown OpenCL error (-4711)"
    says "hint: "
}

# Times that the device does not tell are null, and the answer still counts.
injected_no_times() {
    inject clGetEventProfilingInfo:1:-7 --json
    expect 0
    prints_one_object
    prints '"verified":true'
    inject clGetEventProfilingInfo:3:-7 --json
    expect 0
    prints_one_object
    prints ':null'
}

injected_library_exit() {
    inject clEnqueueReadBuffer:1:exit
    expect 3
    says "a library ended the program"
    prints_not "verified"
    inject clEnqueueReadBuffer:1:exit --json
    expect 3
    prints_one_object
    prints '"status":"error"'
}

# Every OpenCL call of the recipe, failing at its first and at its last turn, in both variants.
injected_every_call() {
    for variant in --json --mapped; do
        inject count $variant
        expect 0
        sed -n 's/^fault layer: \(cl[A-Za-z]*\) \([0-9]*\)$/\1 \2/p' "$work/err" >"$work/calls"
        [ "$(wc -l <"$work/calls")" -ge 18 ] || fail "too few calls were counted"
        while read -r name count; do
            for turn in 1 "$count"; do
                [ "$name" = clGetEventProfilingInfo ] && continue # injected_no_times
                inject "$name:$turn:-6" $variant
                # A compiler that fails, for whatever reason, is a build error.
                if [ "$name" = clBuildProgram ]; then expect 4; else expect 3; fi
                case $name in
                clBuildProgram) says "hc_cl_build(" ;; # the helper that shows the log
                clCreateKernel) says "hc_cl_kernel(" ;;
                *) says "$name(" ;;
                esac
                says "CL_OUT_OF_HOST_MEMORY (-6)"
                says "hint: "
                says "recipes/08_opencl_application/"
                if [ $variant = --json ]; then prints_one_object; else prints_not "verified"; fi
            done
        done <"$work/calls"
    done
}

[ $# -eq 2 ] || { echo "usage: injected.sh CASE LAYER"; exit 2; }
layer=$2
"injected_$1"
