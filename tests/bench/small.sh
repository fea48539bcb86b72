#!/bin/sh
# SPDX-License-Identifier: MIT
# small.sh BENCH - every area from end to end with its quick sizes, in one round: whatever is here to
# be measured verifies, the result has the form of the schema, and each picture is there. What needs
# a network is skipped by name.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
bench=$1
schema=$HC_SOURCE/common/tools/bench/bench.schema.json

run "$bench" --rounds 1 --size small --json --python /no/python --work-dir "$work/bench"
expect 0
[ "$(wc -l <"$work/out")" -eq 1 ] || fail "stdout is not one line"
if [ -n "$(python)" ]; then
    "$(python)" "$HC_SOURCE/tests/validate.py" "$schema" "$work/out" >"$work/valid" 2>&1 ||
        fail "$(cat "$work/valid")"
fi
"$bench" --list >"$work/list"
sed -n 's/^\([a-z]*\): .*/\1/p' "$work/list" >"$work/areas"
while read -r area; do
    prints "\"name\":\"$area."
done <"$work/areas"
for name in copy copy_nt triad triad_nt read fma; do
    prints "\"name\":\"limits.$name\""
done
# Each picture of the list was drawn, or its absence explained.
sed -n 's/^ *\([a-z_.]*\)  *picture .*/\1/p' "$work/list" >"$work/pictures"
while read -r name; do
    find "$work/bench" -name "${name%_sizes}*.tsv" | grep -q . || says "$name: skipped"
done <"$work/pictures"
if command -v gnuplot >/dev/null; then
    for data in "$work"/bench/*.tsv; do
        [ "$data" != "$work/bench/durations.tsv" ] || continue
        hash=$(sha256sum <"$data" | cut -d ' ' -f 1)
        grep -q "Data-SHA256: $hash" "${data%.tsv}.svg" || fail "no picture of $data"
        grep -qa "$hash" "${data%.tsv}.png" || fail "no PNG of $data"
    done
fi

# On a terminal: a bar, and the time left, which the first run has taught it. `script` makes one.
command -v script >/dev/null || skip "no script: the bar on a terminal was not tried, the rest passed"
script -qec "'$bench' limits --rounds 15 --size small --work-dir '$work/bench'" "$work/out" \
    >/dev/null </dev/null || fail "it failed on a terminal"
grep -qa '\[####*-*\] [0-9]*/[0-9]*  limits\.' "$work/out" || fail "no bar on a terminal"
grep -qa 'about [0-9]* s left' "$work/out" || fail "no time left"
! grep -qa 'hc_bench: limits.copy \.\.\.' "$work/out" || fail "plain lines on a terminal"
