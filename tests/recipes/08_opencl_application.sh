#!/bin/sh
# SPDX-License-Identifier: MIT
# 08_opencl_application.sh PROGRAM - what the vector sum promises: any n, both types, both ways to
# share memory, other data for another seed, and quiet, explained and listed runs.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
program=$1

for n in 0 1 31 32 33 257 1009; do
    for type in f32 i32; do
        run "$program" -n $n --type $type --repeat 2
        expect 0
        says_nothing
        prints "device     opencl:0:0  "
        prints "n          $n elements of $type"
        prints "verified   yes: z, "
        if [ $n -eq 0 ]; then
            prints "the sum of two empty vectors is empty"
            prints_not "GB/s"
        else
            prints "GB/s (reads x and y, writes z)"
            prints "kernel"
        fi
    done
    run "$program" -n $n --mapped
    expect 0
    prints "verified   yes: z, "
done

run "$program" --size=257 --type=i32 --mapped --json --seed 18446744073709551615 --repeat 3
expect 0
says_nothing
prints_one_object
prints '"verified":true,"max_error":0,'
prints '"params":{"size":257,"seed":18446744073709551615,"repeat":3,"type":"i32","mapped":true}'
prints '"sum_gbps":'

# Another seed makes other data: with a kernel that is wrong, the differences shown are others.
kernel_dir k
sed -i 's/x\[i\] + y\[i\];/x[i];/' "$work/k/vector_sum.cl"
for seed in 1 1 2; do
    run "$program" -n 33 --seed $seed --kernel-dir "$work/k"
    expect 1
    mv "$work/err" "$work/seed$seed"
done
run "$program" -n 33 --kernel-dir "$work/k" # 1 is the default
cmp -s "$work/err" "$work/seed1" || fail "seed 1 gives two different runs"
! cmp -s "$work/seed1" "$work/seed2" || fail "seeds 1 and 2 give the same data"

run "$program" -n 33 --quiet
expect 0
says_nothing
prints_nothing

run "$program" --help
expect 0
says_nothing
for option in size seed repeat device list-devices timeout kernel-dir no-cache explain json quiet help \
    version type mapped; do
    prints "--$option"
done
run "$program" --version
expect 0
prints "08_opencl_application "
run "$program" --list-devices
expect 0
prints "opencl:0:0  "

# A device that allows small groups only, and PoCL's other one, which computes in the host's thread.
run env POCL_MAX_WORK_GROUP_SIZE=64 "$program" -n 1009 --device cpu
expect 0
run env POCL_DEVICES=basic "$program" -n 1009 --device cpu
expect 0
prints_not "pthread-" # "basic-..." in PoCL 3, "cpu-minimal-..." in PoCL 6
run "$program" -n 33 --no-cache
expect 0

if [ -f "$HC_LIB/libhc_explain_cl.so" ]; then
    run "$program" -n 1024 --explain
    expect 0
    prints "verified   yes"
    for call in clCreateBuffer clEnqueueWriteBuffer clEnqueueNDRangeKernel clEnqueueReadBuffer; do
        says "$call"
    done
    says "upload of 4 KiB"
    says "download of 4 KiB"
    run "$program" -n 1000 --explain --json
    expect 0
    prints_one_object
else
    echo "not checked: --explain, since this build has no $HC_LIB/libhc_explain_cl.so"
fi
