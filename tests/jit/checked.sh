#!/bin/sh
# SPDX-License-Identifier: MIT
# checked.sh JIT_CUDA FILE - the compiled kernels under cusim's memory check: no report.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
run env CUSIM_CHECK=memory "CUSIM_CHECK_FILE=$work/check" "$@"
[ "$rc" -ne 77 ] || skip "no LLVM in this build"
expect 0
grep -q '^memory active' "$work/check" || fail "the check was not active"
! grep -q '^memory error' "$work/check" || fail "cusim's memory check has something to say"
