#!/bin/sh
# SPDX-License-Identifier: MIT
# How CUSIM_STATS shows its numbers: as text, as JSON that a parser reads, on stderr or in a file.
# shellcheck source-path=SCRIPTDIR source=../../lib.sh
. "$(dirname "$0")/../../lib.sh"
program=$1
ptx=$2
unset CUSIM_STATS CUSIM_STATS_FILE CUSIM_CHECK CUSIM_CHECK_FILE

run "$program" "$ptx" coalesced
expect 0
says_nothing

run env CUSIM_STATS=text "$program" "$ptx" coalesced
expect 0
prints_nothing
says "cusim: load: launches 1, blocks 1, warps 1"
says "288 lane instructions: 32.00 of 32 lanes active, 100.0 %"
says "1 requests, 128 bytes, 4 sectors: 4.00 a request, ideal 4.00"
says_not "shared" # what does not occur is left out
run env CUSIM_STATS=text "$program" "$ptx" banks_2_ways
says "shared loads"
says "2 wavefronts, 1 by bank conflicts"
run env CUSIM_STATS=text "$program" "$ptx" divergent
says ", 1 divergent"

# Each process adds one line to the file; nothing goes to stderr.
for case in coalesced barriers; do
    run env CUSIM_STATS=json CUSIM_STATS_FILE="$work/stats" "$program" "$ptx" $case
    expect 0
    says_nothing
done
[ "$(wc -l <"$work/stats")" -eq 2 ] || fail "not one line for each process: $(cat "$work/stats")"
if command -v python3 >/dev/null; then
    run python3 -c '
import json, sys
one, two = [json.loads(line) for line in open(sys.argv[1])]
assert [k["name"] for k in one["kernels"]] == ["load"]
assert one["total"]["global_load_sectors"] == one["kernels"][0]["global_load_sectors"] == 4
assert [k["name"] for k in two["kernels"]] == ["barriers"]
assert two["total"]["barriers"] == 6
' "$work/stats"
    expect 0
fi

# Launches of a kernel are added up by its name, kernels in total.
rm "$work/stats"
run env CUSIM_STATS=json CUSIM_STATS_FILE="$work/stats" "$program" "$ptx" coalesced barriers tail
expect 0
if command -v python3 >/dev/null; then
    run python3 -c '
import json, sys
stats = json.load(open(sys.argv[1]))
load, barriers = stats["kernels"]
assert (load["name"], load["launches"], load["warps"]) == ("load", 2, 1 + 6), load
assert (barriers["name"], barriers["launches"], barriers["warps"]) == ("barriers", 1, 9), barriers
assert (stats["total"]["launches"], stats["total"]["warps"]) == (3, 16), stats["total"]
assert stats["total"]["lane_instructions"] == 288 + 1080 + 1152, stats["total"]
' "$work/stats"
    expect 0
fi
run env CUSIM_STATS=text "$program" "$ptx" coalesced barriers tail
says "cusim: load: launches 2, blocks 4, warps 7"
says "cusim: all kernels: launches 3, blocks 7, warps 16"

# A file that cannot be written does not lose the numbers.
run env CUSIM_STATS=json CUSIM_STATS_FILE=/nonexistent/file "$program" "$ptx" coalesced
expect 0
says "/nonexistent/file"
says '{"schema": 1, '

# A misspelt wish is refused, not ignored.
run env CUSIM_STATS=xml "$program" "$ptx" coalesced
expect 3
says "CUSIM_STATS=xml is neither text nor json"
run env CUSIM_CHECK=memroy "$program" "$ptx" coalesced
expect 3
says "no check is called 'memroy'; there are: memory"
