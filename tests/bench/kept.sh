#!/bin/sh
# SPDX-License-Identifier: MIT
# kept.sh BENCH - what the book keeps of the bench belongs together: each picture carries the hash of
# the data file beside it, and each result can still be compared with.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
bench=$1

for data in "$HC_SOURCE"/book/measured/*.tsv; do
    [ -f "$data" ] || continue
    hash=$(sha256sum <"$data" | cut -d ' ' -f 1)
    picture=$HC_SOURCE/book/figures/bench_$(basename "$data" .tsv).svg
    grep -q "Data-SHA256: $hash" "$picture" || fail "$picture was drawn from other data than $data"
done
for result in "$HC_SOURCE"/book/measured/*.json; do
    run "$bench" --compare "$result" --measured "$result"
    expect 0
    prints " 0 worse"
    ! grep -q '"/' "$result" || fail "$result has paths of the machine where it was made"
done
