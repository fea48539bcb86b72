#!/bin/sh
# SPDX-License-Identifier: MIT
# 07_opencl_device_query.sh PROGRAM LAYER - what the device query promises: every view, one or
# several devices, and three kinds of "no value", which the layer 07_layer.c provokes.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
program=$1
layer=$2
here=$(dirname "$0")

# row LABEL TEXT - the report has that line.
row() {
    grep -qE -- "^ +$1 +$2\$" "$work/out" || fail "the report has no row: $1  $2"
}

# The four fields of a platform and the nine of a device that the Python book's script shows.
run "$program"
expect 0
says_nothing
prints "Platform opencl:0"
for label in name vendor version profile; do
    sed '/^Device/,$d' "$work/out" | grep -q "^    $label  *[^ ]" || fail "platform: no $label"
done
prints "Device opencl:0:0"
row type "CPU"
row clock "[0-9]+ MHz"
row "compute units" "[1-9][0-9]*"
for label in "local memory" "constant memory" "global memory" "one buffer, at most"; do
    row "$label" "[0-9]{4,} \([0-9.]+ [KMGT]iB\)"
done
row "work-group size, at most" "[1-9][0-9]* work-items"
row "local memory is" "(emulated in global memory|real: memory of its own)"
row "timer resolution" "[0-9]+ ns"
prints_not "query failed"
! grep -q ' $' "$work/out" || fail "a line ends in a space"

# Three kinds of "no value".
run env "OPENCL_LAYERS=$layer" "$program"
expect 0
says_nothing
row clock "query failed \(CL_INVALID_VALUE, -30\)"
row "wavefront width" "n/a \(needs cl_amd_device_attribute_query\)"
row "double \(fp64\)" "not supported"
row "sub-groups in a group" "not supported"
row "sub-groups progress alone" "n/a \(needs sub-groups in a group\)"
row "local memory is" "real: memory of its own"
row cl_khr_fp16 "not supported" # the list has only cl_khr_fp16_not
row images "not supported"
row "2D width, at most" "n/a \(needs images\)"
row UUID "dead0203-0405-0607-0809-0a0b0c0d0eff"
row "PCI address" "0001:2a:03.4"
row address "query failed \(the driver's answer has 3 bytes\)"
row "shared virtual memory" "coarse-grained buffers, 0x100 \(unknown here\)"
row "global memory" "18446744073709551615 \(16 EiB\)"
run env "OPENCL_LAYERS=$layer" "$program" --json
expect 0
prints_one_object
prints '"clock_mhz":{"error":-30,"name":"CL_INVALID_VALUE"}'
prints '"double_config":"not supported"'
prints '"wavefront_width":null'
prints '"max_2d_width":null'
prints '"uuid":"dead0203-0405-0607-0809-0a0b0c0d0eff"'
prints '"svm":["CL_DEVICE_SVM_COARSE_GRAIN_BUFFER",256]'
prints '"global_bytes":18446744073709551615,'
# Where the version or the list of extensions is not known, "n/a" would be a guess.
run env "OPENCL_LAYERS=$layer" LAYER_FAILS=0x102F "$program" # CL_DEVICE_VERSION
expect 0
row "sub-groups in a group" "query failed \(CL_OUT_OF_HOST_MEMORY, -6\)"
run env "OPENCL_LAYERS=$layer" LAYER_FAILS=0x1030 "$program" # CL_DEVICE_EXTENSIONS
expect 0
row "wavefront width" "query failed \(CL_OUT_OF_HOST_MEMORY, -6\)"
row "cl_khr_fp16" "query failed \(CL_OUT_OF_HOST_MEMORY, -6\)"

# A kernel that cannot be built costs one row, not the report.
kernel_dir k
echo "not OpenCL C" >"$work/k/vector_copy.cl"
run "$program" --kernel-dir "$work/k"
expect 0
row "\.\.\. of a copy kernel" "query failed \(CL_BUILD_PROGRAM_FAILURE, -11\)"
row "compute units" "[1-9][0-9]*"

# The tree, by both names; two devices, all and one of them.
run "$program" --tree
expect 0
cp "$work/out" "$work/tree"
run "$program" -l
cmp -s "$work/out" "$work/tree" || fail "-l is not --tree"
[ "$(wc -l <"$work/out")" -eq 2 ] || fail "one platform with one device should be two lines"
run env "POCL_DEVICES=basic pthread" "$program" -l
expect 0
grep -q "^ |-- opencl:0:0  .* (CPU)$" "$work/out" || fail "no first device"
name=$(sed -n 's/^ `-- opencl:0:1  \(.*\) (CPU)$/\1/p' "$work/out")
[ -n "$name" ] || fail "no second device"
run env "POCL_DEVICES=basic pthread" "$program"
prints "Device opencl:0:0"
prints "Device opencl:0:1"
for device in opencl:0:1 "$name"; do
    run env "POCL_DEVICES=basic pthread" "$program" --device "$device"
    expect 0
    prints "device     opencl:0:1  $name"
    prints "Device opencl:0:1"
    prints_not "Device opencl:0:0"
    run env "POCL_DEVICES=basic pthread" "HC_DEVICE=$device" "$program" -l
    expect 0
    prints_not "opencl:0:0"
done
run env "POCL_DEVICES=basic pthread" "$program" --json
expect 0
prints_one_object
prints '"device":null,'
prints '"verified":null,'
prints '"spec":"opencl:0:0"'
prints '"spec":"opencl:0:1"'
run env "POCL_DEVICES=basic pthread" "$program" --json --device "$name"
expect 0
prints '"spec":"opencl:0:1"'
prints_not '"spec":"opencl:0:0"'
prints_not '"device":null'

# Nothing to show.
run env OCL_ICD_VENDORS=/nonexistent "$program"
expect 77
says "CL_PLATFORM_NOT_FOUND_KHR (-1001)"
says "hint: install PoCL"
run env POCL_DEVICES=nosuch "$program" --tree
expect 77
says "none has a device"
run env POCL_CACHE_DIR=/dev/null/cache "$program"
expect 3
says "cannot write its kernel cache /dev/null/cache"
run "$program" --device nosuchdevice
expect 2
says "opencl:0:0  "
run "$program" --quiet
expect 0
prints_nothing

# One table, many readers: the README's is the program's, and JSON has every row; clinfo agrees.
run env OCL_ICD_VENDORS=/nonexistent "$program" --meanings
expect 0
sed -n '/^<!-- meanings/,/^<!-- end/{/^<!--/d;p;}' \
    "$HC_SOURCE/recipes/07_opencl_device_query/README.md" >"$work/readme"
cmp -s "$work/out" "$work/readme" || fail "the table in README.md is not what --meanings prints"
if [ -n "$(python)" ]; then
    "$program" --meanings --json >"$work/table.json"
    "$program" --json >"$work/query.json"
    set -- "$work/table.json" "$work/query.json"
    if command -v clinfo >/dev/null; then
        clinfo --raw >"$work/clinfo" 2>/dev/null
        set -- "$@" "$work/clinfo"
    else
        echo "not checked against clinfo, which is not installed"
    fi
    run "$(python)" "$here/07_compare.py" "$@"
    expect 0
    cat "$work/out"
fi
