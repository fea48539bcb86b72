#!/bin/sh
# SPDX-License-Identifier: MIT
# keep.sh AREA [WORK] - take the newest result of the area AREA from the bench's work folder into the
# book: book/measured/AREA.json for its table, book/measured/AREA.*.tsv and book/figures/bench_AREA.*.svg
# for its pictures, each of which carries the hash of its data file.
#
#   ./cook bench evaluation && sh common/tools/bench/keep.sh evaluation
set -eu
root=$(cd "$(dirname "$0")/../../.." && pwd)
area=${1:?usage: keep.sh AREA [WORK]}
work=${2-$root/build/bench}
result=
for file in "$work"/results/*.json; do # by date, so that the last one is the newest
    if grep -q "\"name\":.*\"$area\\." "$file"; then result=$file; fi
done
[ -n "$result" ] || {
    echo "keep.sh: no result of $area in $work/results: run ./cook bench $area" >&2
    exit 2
}
# Of this machine's paths nothing is kept.
python3 -B - "$result" "$area" >"$root/book/measured/$area.json" <<'EOF'
import json, sys
result = json.load(open(sys.argv[1], encoding="utf-8"))
result["cases"] = [c for c in result["cases"] if c["name"].split(".")[0] in (sys.argv[2], "limits")]
result["files"], result["compared"] = [], None
print(json.dumps(result, indent=2))
EOF
echo "book/measured/$area.json of $result"
for data in "$work/$area".*.tsv; do
    name=$(basename "$data" .tsv)
    svg=$work/$name.svg
    [ -f "$svg" ] || continue
    cp "$data" "$root/book/measured/$name.tsv"
    cp "$svg" "$root/book/figures/bench_$name.svg"
    echo "book/measured/$name.tsv, book/figures/bench_$name.svg"
done
