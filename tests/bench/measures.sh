#!/bin/sh
# SPDX-License-Identifier: MIT
# measures.sh BENCH - small runs of the area opencl from end to end: text, JSON, files, picture,
# comparison with an earlier result, and cases that are skipped by name. The figures mean
# nothing here.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
bench=$1
schema=$HC_SOURCE/common/tools/bench/bench.schema.json
small="--size 3001 --rounds 15 --work-dir $work/bench"

"$bench" --list | grep -q '^opencl:' || skip "this build has no area opencl"

valid() {
    [ "$(wc -l <"$work/out")" -eq 1 ] || fail "stdout is not one line"
    [ -n "$(python)" ] || return 0
    "$(python)" "$HC_SOURCE/tests/validate.py" "$schema" "$work/out" >"$work/valid" 2>&1 ||
        fail "$(cat "$work/valid")"
}

# Everything but the network: the peer is skipped by name, the rest is measured. The cold build
# leaks inside PoCL's compiler, so AddressSanitizer looks for leaks in the other runs only.
# shellcheck disable=SC2086 # $small is several words
run env "ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0" \
    "$bench" opencl --json $small --python /no/python
expect 0
valid
prints '"name":"opencl.whole_process"'
prints '"skipped":"there is no /no/python; name one with --python"'
says 'opencl.whole_process: skipped: there is no /no/python'
for name in sum_to_copy upload download map launch launch_queued build_cold build_warm; do
    prints "\"name\":\"opencl.$name\""
    says_not "opencl.$name: skipped"
done
cp "$work/out" "$work/before.json"
data=$work/bench/opencl.ratios.tsv
[ "$(grep -c '^1	' "$data")" -eq 16 ] || fail "not a line for the case and for each of 15 rounds"
prints '"outliers":'

# The run is kept as a file, and said where.
result=$(sed -n 's/^hc_bench: result: //p' "$work/err")
[ "$(find "$work/bench/results" -name '*.json')" = "$result" ] || fail "no result file: $result"
grep -q '"name":.*"opencl.sum_to_copy"' "$result" || fail "$result holds no result"

# Both pictures carry the hash of the data file they were drawn from.
if command -v gnuplot >/dev/null; then
    hash=$(sha256sum <"$data" | cut -d ' ' -f 1)
    prints "\"sha256\":\"$hash\""
    grep -q '</svg>' "$work/bench/opencl.ratios.svg" || fail "the picture is not complete"
    grep -q "<metadata>Data-SHA256: $hash</metadata>" "$work/bench/opencl.ratios.svg" ||
        fail "the metadata of the SVG lack the hash"
    grep -q " SHA-256 $hash" "$work/bench/opencl.ratios.svg" ||
        fail "the SVG does not show the hash"
    tr '\0' ' ' <"$work/bench/opencl.ratios.png" | grep -qa "tEXtData-SHA256 $hash" ||
        fail "the PNG lacks the hash"
fi

# Few rounds are shown, but not judged.
# shellcheck disable=SC2086
run "$bench" opencl --case opencl.sum_to_copy $small --rounds 3
expect 0
prints "too few rounds"
prints_not "met"

# Compared with a ratio of 1000: worse, whatever the noise. With one of 1/1000: better.
# with_ratio MEDIAN: that earlier result
with_ratio() {
    sed "s/\"ratio\":{[^}]*}/\"ratio\":{\"median\":$1,\"iqr\":[$1,$1]}/" "$work/before.json"
}
with_ratio 1000 >"$work/fast.json"
# shellcheck disable=SC2086
run "$bench" opencl --case opencl.sum_to_copy --json --compare "$work/fast.json" $small
expect 0
valid
prints '"name":"opencl.sum_to_copy","verdict":"worse","regression":true,"of":"ratio","before":1000'
prints '"regressions":1'
prints '"name":"opencl.map","verdict":"only before"'
with_ratio 0.001 >"$work/slow.json"
# shellcheck disable=SC2086
run "$bench" opencl --case opencl.sum_to_copy --compare "$work/slow.json" $small
expect 0
prints "better"

# Two files, and nothing is measured: the same comparison. A regression is a finding, unless it is
# to be a failure.
run "$bench" --compare "$work/fast.json" --measured "$work/before.json"
expect 0
prints "!  opencl.sum_to_copy"
prints "worse (marked !)"
says_nothing
run "$bench" --compare "$work/fast.json" --measured "$work/before.json" --json
expect 0
valid
prints '"regression":true'
run "$bench" --compare "$work/fast.json" --measured "$work/before.json" --fail-on-regression
expect 1
says "worse than in $work/fast.json (--fail-on-regression)"
run "$bench" --compare "$work/before.json" --measured "$work/before.json" --fail-on-regression
expect 0
prints "0 worse, 0 better"

# Without gnuplot the picture is skipped by name, and the data is still there.
rm -rf "$work/bench"
# shellcheck disable=SC2086
run env PATH=/no/programs "$bench" opencl --json --case opencl.sum_to_copy $small
expect 0
valid
says "plot: skipped: gnuplot is not installed"
prints '"svg":null,"png":null'
[ -s "$work/bench/opencl.ratios.tsv" ] || fail "no data file"

# A device that is not there, and no device at all.
# shellcheck disable=SC2086
run "$bench" opencl --case opencl.map --device nosuchdevice $small
expect 2
says "matches no device"
says "opencl:0:0"
prints_nothing
# shellcheck disable=SC2086
run env OCL_ICD_VENDORS=/nonexistent "$bench" opencl --json --case opencl.map,opencl.launch $small
expect 77
valid
says "every case was skipped"

# A folder that cannot be made is noticed before anything is measured.
run "$bench" opencl --case opencl.map --size 100 --work-dir /proc/none
expect 3
says "choose another folder with --work-dir"
says_not "opencl.map"
