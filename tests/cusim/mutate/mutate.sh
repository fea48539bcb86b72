#!/bin/sh
# SPDX-License-Identifier: MIT
# For each row of ops.def, break its executor (CUSIM_FAULT=op:ROW) and run the cases of the row: one
# must fail, by a wrong value or an error; a mere timeout does not count. A row that survives has no
# case that looks at it. First, without the variable, all cases pass.
#   mutate.sh PROGRAM [ROW...]   ROW: only these
# shellcheck source=../../lib.sh
. "$HC_SOURCE/tests/lib.sh"
program=${1:?usage: mutate.sh PROGRAM [ROW...]}
shift
CUSIM_DEADLOCK_SECONDS=0
export CUSIM_DEADLOCK_SECONDS
if [ $# -eq 0 ]; then
    run "$program"
    expect 0
    # shellcheck disable=SC2046  # names of rows, one word each
    set -- $(sed -n 's/^CUSIM_OP(\([A-Za-z0-9_]*\),.*/\1/p' "$HC_SOURCE/common/cusim/ops.def")
    [ $# -gt 300 ] || fail "ops.def could not be read"
fi
survivors='' slow='' crashed='' n=0
for row in "$@"; do
    run env CUSIM_FAULT="op:$row" timeout 60 "$program" --row "$row"
    case $rc in
    1) ;;
    0) survivors="$survivors $row" ;;
    124) slow="$slow $row" ;;
    *) crashed="$crashed $row($rc)" ;;
    esac
    n=$((n + 1))
done
ran='' rc=0
rm -f "$work/out" "$work/err"
[ -z "$survivors$slow$crashed" ] || fail "broken rows that no case noticed:$survivors;" \
    "that ended in a timeout:$slow; in another exit code:$crashed"
echo "$n rows broken, each one noticed"
