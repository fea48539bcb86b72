#!/bin/sh
# SPDX-License-Identifier: MIT
# pocl.sh DOCTOR - the settings that leave PoCL without a device, or make it crash.
: "${HC_SOURCE:=$(cd "$(dirname "$0")/../.." && pwd)}" "${HC_BUILD:=$(dirname "$1")/..}"
# shellcheck source=../lib.sh
. "$HC_SOURCE/tests/lib.sh"
doctor=$1
[ -f /etc/OpenCL/vendors/pocl.icd ] || skip "PoCL is not installed here"
export OCL_ICD_VENDORS=/etc/OpenCL/vendors/pocl.icd
last() { tail -n 1 "$work/out" | grep -qF -- "$1" || fail "the last line does not say: $1"; }
finds() { grep -qE -- "^  $1" "$work/out" || fail "no finding: $1"; }

run env POCL_CACHE_DIR=/proc/nowhere "$doctor"
expect 3
finds "problem +PoCL's cache +/proc/nowhere: cannot write there"
last '1 problem; first remedy: export POCL_CACHE_DIR='

run env POCL_DEVICES=nonsense "$doctor"
expect 3
finds "problem +POCL_DEVICES +nonsense: PoCL has no device 'nonsense'"
last '1 problem; first remedy: unset POCL_DEVICES'

run env POCL_DEVICES=basic "$doctor"
expect 0
finds 'note +POCL_DEVICES +basic'

run env POCL_KERNEL_CACHE=0 "$doctor"
expect 0
finds "note +PoCL's setting +POCL_KERNEL_CACHE=0"

if [ "${HC_SANITIZER:-none}" = none ]; then # which need more stack themselves
    # shellcheck disable=SC2016 # for the inner shell
    run sh -c 'ulimit -s 64 && exec "$1"' sh "$doctor"
    expect 3
    finds 'problem +stack +limited to 64 KiB'
    last 'first remedy: ulimit -s 8192'
fi
