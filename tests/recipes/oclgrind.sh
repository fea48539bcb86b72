#!/bin/sh
# SPDX-License-Identifier: MIT
# oclgrind.sh RECIPE'S_PROGRAM ARGS - run it, small, in the simulator oclgrind and let its checkers speak.
# Three passes, since messages of one checker crowd out another's: bounds and the use of the API;
# races; uninitialised values. The last builds kernels without optimisation: the optimiser removes
# such reads, or turns them into an instruction that this simulator does not know. oclgrind's exit
# code is always the program's, so what counts is its log, which must be empty. Exit code: 0 clean,
# 1 reported, 77 oclgrind absent.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$work" || exit 1 # where a recipe leaves its pictures
command -v oclgrind >/dev/null || skip "oclgrind is not installed (Debian: oclgrind)"
[ "$HC_SANITIZER" = none ] || skip "oclgrind's preloaded library does not go with the $HC_SANITIZER sanitizer"
unset POCL_DEVICES OCL_ICD_VENDORS
program=$1
shift
set -- "$program" -n "$(shape "$program" 1000)" "$@"

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

pass "bounds and API" --check-api "$@"
pass "races" --data-races "$@"
pass "uninitialised values" --uninitialized --build-options -cl-opt-disable "$@"
