#!/bin/sh
# SPDX-License-Identifier: MIT
# lib_selftest.sh - do the expectations of tests/lib.sh fail when they should? A test that cannot
# fail proves nothing, so each is given a run that does not fulfil it.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2317  # called through run
say() { echo "$1"; echo "$2" >&2; return "$3"; }

# In a subshell, because a failed expectation ends the shell; its traps would remove $work.
holds() { (trap - EXIT && "$@") >/dev/null || { echo "should hold: $*"; exit 1; }; }
breaks() { ! (trap - EXIT && "$@") >/dev/null || { echo "should fail: $*"; exit 1; }; }

run say "an out.put" "an error" 2
holds expect 2
breaks expect 0
holds prints "out.put"
breaks prints "out-put" # the dot is no pattern
holds says "an error"
breaks says "output"
holds prints_not "error"
breaks prints_not "out"
holds says_not "out"
breaks says_not "error"
breaks prints_nothing
breaks says_nothing
breaks prints_one_object
run true
holds prints_nothing
holds says_nothing
breaks prints_one_object
run printf '{}\n{}\n'
breaks prints_one_object
need_validator # the rest passed
run printf '{"schema":1}\n'
breaks prints_one_object
