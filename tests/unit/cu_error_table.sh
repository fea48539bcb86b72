#!/bin/sh
# SPDX-License-Identifier: MIT
# cu_error_table.sh - every code of CUresult and nvrtcResult, in our headers and in the toolkit's where
# there is one, stands in common/cuda/cu_errors.def or nvrtc_errors.def, with the same number: a code
# without words would be a bare number to a reader.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
cuda=$HC_SOURCE/common/cuda

# check INCLUDE - the enumerators of the headers in that folder.
check() {
    printf '%s\n' '#include <cuda.h>' '#include <nvrtc.h>' >"$work/all.c"
    run "$CC" -E -P "-I$1" "$work/all.c"
    expect 0
    tr -d ' \n' <"$work/out" | grep -oE '(CUDA|NVRTC)_(SUCCESS|ERROR_[A-Z0-9_]+)=(0x)?[0-9a-fA-F]+' |
        sort -u >"$work/codes"
    [ "$(wc -l <"$work/codes")" -ge 100 ] || fail "only $(wc -l <"$work/codes") codes found in $1"
    while IFS='=' read -r name number; do
        grep -qE "^(CU|NVRTC)_CODE\($((number)), $name, " "$cuda"/*_errors.def ||
            fail "$name ($number) of $1 is not in the tables"
    done <"$work/codes"
}

check "$cuda/include"
toolkit=${CUDA_HOME:-/usr/local/cuda}/include
if [ -f "$toolkit/cuda.h" ] && [ -f "$toolkit/nvrtc.h" ]; then check "$toolkit"; fi
