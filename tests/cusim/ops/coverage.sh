#!/bin/sh
# SPDX-License-Identifier: MIT
# Each row of ops.def has a case, and each case names rows that there are. (That each row has an
# executor is what the cases themselves show: PTX with an instruction that has none does not load.)
#   coverage.sh PROGRAM
# shellcheck source=../../lib.sh
. "$HC_SOURCE/tests/lib.sh"
program=${1:?usage: coverage.sh PROGRAM}
sed -n 's/^CUSIM_OP(\([A-Za-z0-9_]*\),.*/\1/p' "$HC_SOURCE/common/cusim/ops.def" |
    LC_ALL=C sort >"$work/rows"
[ "$(wc -l <"$work/rows")" -gt 300 ] || fail "ops.def could not be read"
[ -z "$(uniq -d <"$work/rows")" ] || fail "rows that occur twice: $(uniq -d <"$work/rows")"
run "$program" --list
expect 0
cut -d ' ' -f 1 "$work/out" | LC_ALL=C sort -u >"$work/cases"
missing=$(LC_ALL=C comm -23 "$work/rows" "$work/cases" | tr '\n' ' ')
unknown=$(LC_ALL=C comm -13 "$work/rows" "$work/cases" | tr '\n' ' ')
[ -z "$missing" ] || fail "rows without a case: $missing"
[ -z "$unknown" ] || fail "cases of rows that do not exist: $unknown"
echo "$(wc -l <"$work/rows") rows, $(wc -l <"$work/out") cases"
