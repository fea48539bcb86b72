#!/bin/sh
# SPDX-License-Identifier: MIT
# A kernel with cooperative groups, compiled by NVRTC with the toolkit's headers, and run on one
# thread of the host and on many.
#   cooperative.sh TEST_NVRTC PROGRAM
# shellcheck source=../../lib.sh
. "$HC_SOURCE/tests/lib.sh"
compiler=$1 program=$2
run "$compiler" version
if [ "$rc" -eq 77 ]; then cat "$work/out" && exit 77; fi
expect 0
headers=''
for folder in "${CUDA_HOME:-}/include" /usr/local/cuda/include /usr/include; do
    if [ -f "$folder/cooperative_groups.h" ]; then headers=$folder && break; fi
done
[ -n "$headers" ] || skip "no cooperative_groups.h (of the CUDA toolkit)"
run "$compiler" "$HC_SOURCE/tests/cusim/kernels/grid.cu" grid.cu --gpu-architecture=compute_80 \
    -I"$headers" -I"$headers/cccl"
expect 0
mv "$work/out" "$work/grid.ptx"
CUSIM_SMS=8 # room for all blocks at once, however many threads work on them
export CUSIM_SMS
for threads in 1 2 8; do
    run env CUSIM_THREADS=$threads "$program" "$work/grid.ptx"
    expect 0
done
run env CUSIM_SCHEDULE=inorder "$program" "$work/grid.ptx"
expect 0
