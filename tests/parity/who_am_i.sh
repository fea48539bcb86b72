#!/bin/sh
# SPDX-License-Identifier: MIT
# who_am_i.sh size SHAPE | mutant cu|cl - recipe 3 with --all: the same numbers from CUDA C (on cusim),
# OpenCL C and C; a change to one of the kernels is seen.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
program=$HC_BIN/03_gpu_programming
run "$program" --list-devices
grep -q '^opencl' "$work/out" || skip "this build has no OpenCL"

case $1 in
size)
    run "$program" -n "$2" --device sim --all
    expect 0
    says_nothing
    for what in who owner 'who as by opencl' 'owner as by opencl' 'who as by cpu' 'owner as by cpu'; do
        prints "verified   yes: $what, "
    done
    ;;
mutant)
    kernel_dir k
    sed -i 's/in_block \/ warp_size/in_block % warp_size/' "$work/k/who_am_i.$2"
    ! cmp -s "$kernels/who_am_i.$2" "$work/k/who_am_i.$2" || fail "the kernel has changed"
    run "$program" -n 33 --device sim --all --kernel-dir "$work/k"
    expect 1
    says "WRONG: who as by opencl: "
    if [ "$2" = cu ]; then says "WRONG: who: "; else says_not "WRONG: who: "; fi
    ;;
esac
