#!/bin/sh
# SPDX-License-Identifier: MIT
# random.sh JIT_CORPUS PROGRAMS.py - random programs give, compiled, what CPython gives: bit for
# bit, and mathematics within the units in the last place that the generator states. First some of
# them are altered after CPython ran them: exactly the calls that this changes must be found wrong.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
compare=$1
programs=$2
command -v python3 >/dev/null || skip "no python3, which says what the programs are to give"
python3 -c 'import ast; ast.unparse' 2>/dev/null || skip "python3 is older than 3.9"

# both SEED COUNT [PLANTED] - make programs, run them, and demand what the generator foretells.
both() {
    run python3 -B "$programs" "$work" "$@"
    expect 0
    foretold=$(cat "$work/out")
    run "$compare" "$work" random
    [ "$rc" -ne 77 ] || skip "no LLVM in this build"
    prints "$foretold"
}

both 11 40 4
expect 1
case $foretold in *", 0 wrong") fail "nothing was planted" ;; esac
both 1 100
expect 0
