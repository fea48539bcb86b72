#!/bin/sh
# SPDX-License-Identifier: MIT
# cl_error_table.sh - every error code that this machine's OpenCL headers define stands in
# common/hc/cl_errors.def, with the same number: a code without words would be a bare number to a
# reader. In the headers only the limits of floating types are negative beside them.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
table=$HC_SOURCE/common/hc/cl_errors.def
printf '%s\n' '#define CL_TARGET_OPENCL_VERSION 300' '#include <CL/cl.h>' '#include <CL/cl_ext.h>' \
    '#include <CL/cl_gl.h>' '#include <CL/cl_egl.h>' >"$work/all.c"
run "$CC" -E -dM "$work/all.c"
expect 0
grep -v -E '_(MIN|MAX|EXP) ' "$work/out" | sed -n 's/^#define \(CL_[A-Z0-9_]*\) *(\{0,1\}\(-[0-9]\{1,\}\))\{0,1\}$/\2 \1/p' >"$work/codes"
[ "$(wc -l <"$work/codes")" -ge 60 ] || fail "only $(wc -l <"$work/codes") codes found in the headers"
while read -r number name; do
    grep -q "^CL_CODE($number, " "$table" || fail "$name ($number) is not in cl_errors.def"
done <"$work/codes"
