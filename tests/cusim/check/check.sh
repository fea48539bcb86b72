#!/bin/sh
# SPDX-License-Identifier: MIT
# The memory check: each fault is reported with what it is, where, by whom and how far off; each
# mended version is clean; and the command's exit code says which of the two it was.
#
#   check.sh CASE FAULTS PTX     CASE: a function check_CASE below; FAULTS: the program; PTX: its
#                                kernels
# shellcheck source-path=SCRIPTDIR source=../../lib.sh
. "$(dirname "$0")/../../lib.sh"
case_name=$1
program=$2
ptx=$3
sim=$HC_SOURCE/common/tools/sim.sh
unset CUSIM_STATS CUSIM_STATS_FILE CUSIM_CHECK CUSIM_CHECK_FILE CUSIM_SCHEDULE

# checked NAME - run one fault under the check.
checked() { run sh "$sim" "$HC_BUILD" --check=memory -- "$program" "$ptx" "$1"; }

# finds RESULT - the last run ended with that CUresult, and one error was reported. The program
# itself ended with 0, so that the 1 is the check's.
finds() {
    expect 1
    [ "$(cat "$work/out")" = "$1" ] || fail "the launch did not end with $1"
    says "cusim: check memory: invalid "
    says "cusim: check memory: 1 error, in "
    [ "$(grep -c 'check memory: invalid' "$work/err")" -eq 1 ] || fail "not one report"
    says "hint: "
}

# clean NAME - the check has nothing to say about it.
clean() {
    checked "$1"
    expect 0
    [ "$(cat "$work/out")" = 0 ] || fail "the launch did not end with 0"
    [ "$(cat "$work/err")" = "cusim: check memory: no errors" ] || fail "it is not clean"
}

check_past_end() {
    checked past_end
    finds 700
    says "invalid global write of 4 bytes"
    says "at kernel store_global, kernels/faults.cu:12 (PTX line 22: st.global.u32)"
    says "by thread (97,0,0) of block (9,0,0)"
    says "is the first byte past the end of allocation 2 (cuMemAlloc, 4008 bytes)"
    says "by thread (98,0,0) of block (9,0,0)"
    says "is 4 bytes past the end of allocation 2"
    says "by thread (99,0,0) of block (9,0,0)"
    says "is 8 bytes past the end of allocation 2"
    says_not "more thread"
    says "1 error, in 3 accesses"
    clean good
}

# One thread of 33, in bytes that only exist because sizes are rounded up.
check_one_past_end() {
    checked one_past_end
    finds 700
    says "invalid global read of 4 bytes"
    says "at kernel load_global, kernels/faults.cu:22 (PTX line 37: ld.global.u32)"
    says "by thread (32,0,0) of block (0,0,0)"
    says "1 error, in 1 accesses"
    clean one_past_end_mended
}

check_far_past_end() {
    checked far_past_end
    finds 700
    says "is 40 bytes past the end of allocation 2 (cuMemAlloc, 4008 bytes)"
    says "by thread (2,0,0)"
    says_not "by thread (3,0,0)"
    says "and by 29 more threads of this warp"
    says "1 error, in 32 accesses"
}

check_before_start() {
    checked before_start
    finds 700
    says "by thread (0,0,0)"
    says "by thread (1,0,0)"
    says_not "by thread (2,0,0)"
    says "of allocation "
}

check_wide() {
    checked wide_across_end
    finds 700
    says "invalid global read of 16 bytes"
    says "is 8 bytes before the end of allocation 2"
    clean wide_good
}

check_misaligned() {
    checked misaligned
    finds 716
    says "is not a multiple of 4"
    checked misaligned_vector
    finds 716
    says "is not a multiple of 16"
    says "1 error, in 32 accesses"
}

check_atomic() {
    checked atomic
    finds 700
    says "invalid global atomic access of 4 bytes"
    says "kernels/faults.cu:42 (PTX line 67: atom.global.add.u32)"
}

check_freed() {
    checked freed
    finds 700
    says "is 16 bytes into allocation 2 (cuMemAlloc, 4008 bytes), which has been freed"
    says "synchronize"
}

check_null() {
    checked null
    finds 700
    says "is a null pointer"
}

check_host_memory() {
    checked stack
    finds 700
    says "is host memory (a variable on the stack)"
    checked heap
    finds 700
    [ "$HC_SANITIZER" = none ] || says "is host memory ("
    [ "$HC_SANITIZER" != none ] || says "is host memory (malloc's heap)"
    checked mapped
    finds 700
    says "is host memory (malloc or mmap)"
    clean pinned
}

check_shared() {
    checked shared_past_end
    finds 700
    says "invalid shared write of 4 bytes"
    says "kernels/faults.cu:52"
    says "by thread (37,0,0)"
    says "address 0x94 is past the end of the block's 148 bytes of shared memory (20 of them"
    says "1 error, in 3 accesses"
    checked shared_before_start
    finds 700
    says "by thread (0,0,0)"
    says "1 error, in 1 accesses"
    clean shared_good
}

check_local() {
    checked local_past_end
    finds 700
    says "invalid local read of 4 bytes"
    says "kernels/faults.cu:62"
    says "bytes of local memory"
    clean local_good
}

check_const() {
    checked write_const
    finds 700
    says "invalid global write of 4 bytes"
    says "kernels/faults.cu:72"
    says "lies in the variable table (16 bytes), which kernels can only read"
}

check_in_function() {
    checked in_function
    finds 700
    says "at kernel call_put in function put, kernels/faults.cu:82 (PTX line 126: st.global.u32)"
}

# What a compiler wrote, with the lines of kernels/check.cu.
check_compiled() {
    lineinfo=$HC_SOURCE/tests/cuda/ptx/check_lineinfo.ptx
    run sh "$sim" "$HC_BUILD" --check=memory -- "$program" "$lineinfo" compiled 33
    finds 700
    line=$(grep -n 'ld.global.u32' "$lineinfo" | head -n 1 | cut -d : -f 1)
    says "at kernel check, kernels/check.cu:7 (PTX line $line: ld.global.u32)"
    says "by thread (32,0,0) of block (0,0,0)"
    says "is the first byte past the end of allocation"
    run sh "$sim" "$HC_BUILD" --check=memory -- "$program" "$lineinfo" compiled 32
    expect 0
    prints 0
    says "no errors"
}

# Without the check the launch ends with 700, too; the check adds the words.
check_off() {
    run sh "$sim" "$HC_BUILD" -- "$program" "$ptx" past_end
    expect 0
    prints 700
    says_not "check memory"
    run env CUSIM_CHECK=memory LD_LIBRARY_PATH="$HC_BUILD/lib/cusim" "$program" "$ptx" past_end
    expect 0
    says "check memory: invalid global write"
    # Without CUSIM_CHECK_FILE the library itself says how many.
    says "cusim: check memory: 1 error, in 3 accesses"
}

# The host's own code that follows a device pointer dies, as on a GPU, and is told why.
check_dereference() {
    [ "$HC_SANITIZER" = none ] || skip "the sanitizer's own handler speaks first"
    run "$program" "$ptx" dereference
    [ "$rc" -eq 139 ] || fail "expected the end by SIGSEGV"
    prints "dereferencing"
    prints_not "nothing happened"
    says "device"
}

"check_$case_name"
