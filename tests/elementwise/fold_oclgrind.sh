#!/bin/sh
# SPDX-License-Identifier: MIT
# fold_oclgrind.sh REDUCE SCAN - the kernels of reductions and scans in the simulator oclgrind:
# those for CPUs, and those for GPUs, whose lanes share local memory. In three passes, as of every
# recipe (tests/recipes/oclgrind.sh); what counts is that its log stays empty.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$work" || exit 1
command -v oclgrind >/dev/null || skip "oclgrind is not installed (Debian: oclgrind)"
[ "$HC_SANITIZER" = none ] || skip "oclgrind's preloaded library does not go with the $HC_SANITIZER sanitizer"
unset POCL_DEVICES OCL_ICD_VENDORS

pass() {
    name=$1
    shift
    : >"$work/log"
    run oclgrind --log "$work/log" --max-errors 100 "$@"
    cat "$work/log" >>"$work/err" # so that a failure shows it
    [ ! -s "$work/log" ] || fail "oclgrind reported, pass: $name"
    says_not "OCLGRIND FATAL"
    prints_not "OCLGRIND FATAL"
    expect 0
}

# All cases of the kernels for GPUs once; then those that differ in their kernels. The last pass has
# a process for each case: memory that was freed and comes again is taken for uninitialised by this
# simulator, although it has been written since.
passes() {
    program=$1 kind=$2
    shift 2
    pass "races" --check-api --data-races "$program" "$kind" up_to=4097 "$@"
    for case in "$@"; do
        pass "uninitialised values" --uninitialized --build-options -cl-opt-disable \
            "$program" "$kind" up_to=4097 "$case"
    done
}

pass "bounds and API" --check-api "$1" strides up_to=4097
pass "bounds and API" --check-api "$2" strides up_to=4097
passes "$1" strides sizes
passes "$2" strides in_order copy_if
passes "$1" opencl sizes
passes "$2" opencl in_order copy_if
