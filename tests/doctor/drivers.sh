#!/bin/sh
# SPDX-License-Identifier: MIT
# drivers.sh DOCTOR - .icd files that name no driver, a missing one, or one that crashes: a problem if
# nothing else works, a note beside a driver that does. A crash stays in the child process.
: "${HC_SOURCE:=$(cd "$(dirname "$0")/../.." && pwd)}" "${HC_BUILD:=$(dirname "$1")/..}" "${CC:=cc}"
# shellcheck source=../lib.sh
. "$HC_SOURCE/tests/lib.sh"
doctor=$1
unset OPENCL_VENDOR_PATH
last() { tail -n 1 "$work/out" | grep -qF -- "$1" || fail "the last line does not say: $1"; }
finds() { grep -qE -- "^  $1" "$work/out" || fail "no finding: $1"; }

run env OCL_ICD_VENDORS=/nonexistent "$doctor"
expect 3
finds 'problem +drivers +no driver: /nonexistent is not there'
last '1 problem; first remedy: unset OCL_ICD_VENDORS'

run env OPENCL_VENDOR_PATH=/nonexistent OCL_ICD_VENDORS= "$doctor"
expect 3
last '1 problem; first remedy: unset OPENCL_VENDOR_PATH'

mkdir "$work/vendors"
run env OCL_ICD_VENDORS="$work/vendors" "$doctor" --json
expect 3
prints '"status":"problem","problems":1,"remedy":"unset OCL_ICD_VENDORS"'
prints 'has no .icd file'

echo libnosuch.so.7 >"$work/vendors/nosuch.icd"
run env OCL_ICD_VENDORS="$work/vendors" "$doctor"
expect 3
finds 'problem +driver +.*/nosuch.icd: libnosuch.so.7: cannot open shared object file'
last 'reinstall the package of that driver'

# Beside one that works the missing driver is a note, and the recipes run.
cp /etc/OpenCL/vendors/pocl.icd "$work/vendors" 2>/dev/null || skip "PoCL is not installed here"
run env OCL_ICD_VENDORS="$work/vendors" "$doctor"
expect 0
finds 'note +driver +.*/nosuch.icd: libnosuch.so.7'
finds 'ok +driver +.*/pocl.icd'

# A driver that aborts when it is loaded takes every OpenCL program with it; the doctor names it.
cat >"$work/crash.c" <<'C'
#include <stdio.h>
#include <stdlib.h>
__attribute__((constructor)) static void crash(void) { fputs("bad day\n", stderr); abort(); }
C
"$CC" -shared -fPIC -o "$work/libcrash.so" "$work/crash.c" || exit 1
echo "$work/libcrash.so" >"$work/vendors/crash.icd"
run env OCL_ICD_VENDORS="$work/vendors" "$doctor"
expect 3
finds 'problem +devices +a driver crashed \(Aborted\): bad day; it is that of [^ ]*/crash.icd$'
finds 'ok +loader +/'
last "1 problem; first remedy: reinstall that driver's package, or move its .icd file away"
