#!/bin/sh
# SPDX-License-Identifier: MIT
# 12_work_sharing.sh PROGRAM LAYER - two pictures by host and devices together: the same whoever
# computes them, recipe 1's and the filter's; the timelines are whole. A device that fails midway, by
# the layer of 12_layer.c, loses no tile. What is no picture is refused.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
program=$1
layer=$2
here=$(cd "$(dirname "$0")" && pwd)
cd "$work" || exit 1

# whole NAME TILES [FAILED] - the timeline of that job.
whole() {
    [ -n "$(python)" ] || return 0
    run "$(python)" -B "$here/12_trace.py" "work_sharing/$1.json" "work_sharing/$1.svg" "$2" ${3:+"$3"}
    expect 0
}

# Whoever computes it, and however it is cut: the same pictures. The first one is recipe 1's.
first=$HC_BIN/01_heterogeneous_computing
for size in 31x33 127x61; do
    rm -f mandelbrot_first.png photo_first.png
    [ ! -x "$first" ] || run "$first" -n $size --mark none --output mandelbrot_first.png --quiet
    for who in '--host 1 --device cpu' '--host 0 --tile 7' '--host 3 --tile 1'; do
        # shellcheck disable=SC2086
        run env "POCL_DEVICES=basic pthread" "$program" -n $size $who --repeat 1 --mark none
        expect 0
        says_nothing
        prints "verified   yes: mandelbrot, "
        prints "verified   yes: photo, "
        for job in mandelbrot photo; do
            [ -e ${job}_first.png ] || cp work_sharing/$job.png ${job}_first.png
            cmp -s work_sharing/$job.png ${job}_first.png || fail "another $job by: $who"
        done
    done
done
whole mandelbrot 127
whole photo 127
run "$program" -n 0x7
expect 0
prints_not "picture"
rm -r work_sharing

# The filter by its definition, computed by another program; a radius of 0 is the photograph itself.
picture=$HC_BUILD/tests/bin/test_12_picture
if [ -x "$picture" ]; then
    run "$program" --work photo -n 101x67 --radius 0 --mark none --quiet
    mv work_sharing/photo.png before.png
    for radius in 1 11; do
        run "$program" --work photo --picture before.png --radius $radius --mark none --quiet
        expect 0
        run "$picture" before.png work_sharing/photo.png $radius
        expect 0
    done
    run "$picture" before.png work_sharing/photo.png 10
    expect 1
    run "$program" --work photo --picture before.png --radius 0 --mark none --quiet
    cmp -s before.png work_sharing/photo.png || fail "radius 0 changes the picture"
    run "$program" --work photo --picture before.png --radius 0 --quiet
    ! cmp -s before.png work_sharing/photo.png || fail "the tint is not seen"
fi

# Several devices, or one, in JSON; only the job that was asked for; the times.
run env "POCL_DEVICES=basic pthread" "$program" -n 200x100 --repeat 2 --json
expect 0
prints_one_object
prints '"devices":[{"api":"opencl",'
prints '"spec":"opencl:0:1"},{"api":"cpu",'
prints '"verified":true,"max_error":0,'
prints '"pictures":["work_sharing/mandelbrot.png","work_sharing/mandelbrot.svg",'
for key in alone_ms together_ms best_alone_ms speedup speedup_if_added tile_times_as_long end_percent \
    between_percent; do
    prints "\"$key\":"
done
run "$program" --work photo --host 0 --repeat 1 --json
expect 0
prints_one_object
prints '"device":{"api":"opencl",'
prints_not '"speedup"'
prints_not mandelbrot.png
run env OCL_ICD_VENDORS=/nonexistent "$program" -n 100x50 --host 2 --repeat 1 --json
expect 0
prints_one_object
prints '"device":{"api":"cpu",'
run env OCL_ICD_VENDORS=/nonexistent "$program" --host 0
expect 2
says "nobody is there to work"

# faulty VARIABLES PROGRAM ARGS - a run in which something fails. A worker that waits for a tile that
# was lost would wait for ever.
faulty() { run timeout 100 env "$@"; }

# A device that fails. First: the fault is real, and who has nobody beside him ends with it.
export "OPENCL_LAYERS=$layer"
faulty POCL_DEVICES=basic FAULT_DEVICE=basic FAULT_CALL=launch:3 "$program" --host 0 --json
expect 3
prints_one_object
prints '"name":"CL_OUT_OF_RESOURCES"'
says "opencl:0:0 failed at tile 1: clEnqueueNDRangeKernel("
says "layer 12: 1 calls failed"
faulty "POCL_DEVICES=basic pthread" FAULT_DEVICE= FAULT_CALL=launch:4 "$program" --host 0
expect 3
says "since every worker has failed"
prints_not " ms"

# Then with others: they do its tile. (A device whose thread comes late may find no tile: once more.)
for fault in launch:2:clEnqueueNDRangeKernel read:3:clEnqueueReadBufferRect; do
    call=${fault##*:}
    tries=0
    while :; do
        faulty "POCL_DEVICES=basic pthread" FAULT_DEVICE=basic "FAULT_CALL=${fault%:*}" "$program" \
            -n 400x300 --limit 2000 --tile 4 --work mandelbrot --repeat 1 --json
        expect 0
        tries=$((tries + 1))
        ! grep -q '"done_by":"' "$work/out" || break
        [ $tries -lt 8 ] || fail "the device did not come to fail in $tries runs"
    done
    says "opencl:0:0 failed at tile "
    says ": $call("
    says "CL_OUT_OF_RESOURCES (-5)"
    prints_one_object
    prints '"status":"ok"'
    prints '"verified":true,"max_error":0,'
    prints '"failures":[{"worker":"opencl:0:0","name":"CL_OUT_OF_RESOURCES","code":-5,'
    whole mandelbrot 100 1
done
# One that cannot even begin is left out, unless it was asked for.
faulty "POCL_DEVICES=basic pthread" FAULT_DEVICE=basic FAULT_CALL=buffer:1 "$program" -n 61x67 --repeat 1
expect 0
says "opencl:0:0 failed before it began: "
prints "failed   opencl:0:0, CL_MEM_OBJECT_ALLOCATION_FAILURE (-4)"
prints_not "was done by"
whole photo 2
faulty "POCL_DEVICES=basic pthread" FAULT_DEVICE=basic FAULT_CALL=buffer:1 "$program" --device opencl:0:0
expect 3
says "CL_MEM_OBJECT_ALLOCATION_FAILURE"
# Without a fault the layer changes nothing.
faulty FAULT_DEVICE=basic "$program" -n 61x67 --repeat 1 --json
expect 0
says "layer 12: 0 calls failed"
prints '"failures":[]'
unset OPENCL_LAYERS

# The same in CUDA, by the layer that fault.cuda's tests have.
if [ -e "$HC_LIB/fault_layer_cu.so" ]; then
    export "HC_CUDA_LAYERS=$HC_LIB/fault_layer_cu.so"
    faulty FAULT_CALL=cuLaunchKernel:3:719 "$program" --device sim --host 0
    if [ $rc -ne 77 ]; then
        expect 3
        says "sim:0 failed at tile 1: cuLaunchKernel("
        tries=0
        while :; do
            faulty FAULT_CALL=cuStreamSynchronize:3:700 "$program" --device sim -n 400x300 \
                --limit 500 --tile 4 --work mandelbrot --repeat 1 --json
            expect 0
            tries=$((tries + 1))
            ! grep -q '"done_by":"' "$work/out" || break
            [ $tries -lt 8 ] || fail "the device did not come to fail in $tries runs"
        done
        says "sim:0 failed at tile "
        prints '"verified":true,"max_error":0,'
        prints '"failures":[{"worker":"sim:0","name":"CUDA_ERROR_ILLEGAL_ADDRESS","code":700,'
        whole mandelbrot 100 1
    fi
    unset HC_CUDA_LAYERS
    run "$program" --sim -n 61x67 --repeat 1 # all together
    expect 0
    prints "device     sim:0  "
    prints "device     opencl:0:0  "
    prints "device     cpu  "
fi

# A kernel that is wrong: exit code 1, no time, no picture of what is wrong.
for change in 's/x < 0 ? 0 : x > right ? right : x/x < 0 ? 0 : x > below ? below : x/' \
    's/(red + n \/ 2) \/ n/red \/ n/' 's/first + column/column/'; do
    rm -rf k work_sharing
    kernel_dir k
    sed -i "$change" k/kuwahara.cl
    ! cmp -s "$kernels/kuwahara.cl" k/kuwahara.cl || fail "the kernel has changed"
    run "$program" --host 0 --work photo -n 120x160 --kernel-dir k --repeat 1
    expect 1
    says "WRONG: photo: "
    prints "verified   NO"
    prints_not " ms"
    [ ! -e work_sharing/photo.png ] || fail "a picture of a wrong answer"
done

# What is no picture, and what is one of another kind.
echo "no picture" >text.png
: >empty.png
head -c 20000 "$HC_SOURCE/recipes/12_work_sharing/chelsea.png" >short.png
mkfifo pipe.png
for bad in text.png empty.png short.png pipe.png . /dev/zero nonexistent.png; do
    run timeout 20 "$program" --picture $bad
    expect 2
    says "cannot read the picture $bad: "
    prints_nothing
done
if [ -n "$(python)" ]; then
    "$(python)" -c '
import struct, zlib
def png(name, width, height, depth, colour, rows):
    def part(kind, data): return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    open(name, "wb").write(b"\x89PNG\r\n\x1a\n" + part(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
        + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b""))
png("huge.png", 900000, 900000, 8, 2, b"")
png("gray.png", 40, 30, 8, 0, b"".join(b"\0" + bytes(range(i, i + 40)) for i in range(30)))
png("alpha16.png", 40, 30, 16, 6, b"".join(b"\0" + bytes((i * k) % 256 for k in range(320)) for i in range(30)))
'
    run "$program" --picture huge.png
    expect 2
    says "huge.png has 900000x900000 pixels; 67108864 are the most"
    for good in gray.png alpha16.png; do
        run "$program" --picture $good --work photo --repeat 1
        expect 0
        prints "photo: 40x30 pixels"
    done
fi
for wrong in '--host 257' '--tile 0' '--radius 12' '--limit 2147483648' '--work all' '-n 20' '-n 1000001x1'; do
    # shellcheck disable=SC2086
    run "$program" $wrong
    expect 2
    prints_nothing
done
run "$program" -n 20x20 --output /proc/self/none
expect 3
says "/proc/self/none"
