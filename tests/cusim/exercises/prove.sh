#!/bin/sh
# SPDX-License-Identifier: MIT
# prove.sh FOLDER WHICH - is the verdict on one version of a PTX exercise as its exercise.json
# states? WHICH: starter, solution, or a folder below wrong/.
# shellcheck source-path=SCRIPTDIR source=../../lib.sh
. "$(dirname "$0")/../../lib.sh"
folder=$1
which=$2
name=$(basename "$folder")
unset CUSIM_STATS CUSIM_CHECK CUSIM_SCHEDULE HC_EXERCISE_SEED

# value KEY [FOLDER] - the text of a key, one key a line; of the wrong one in FOLDER if named.
value() {
    awk -v key="\"$1\":" -v folder="${2-}" '
        $1 == "\"folder\":" { in_it = index($0, "\"" folder "\"") }
        $1 == key && (folder == "" || in_it) {
            sub(/^[^:]*: "/, ""); sub(/",?$/, ""); gsub(/\\\\/, "\\"); print; exit }' \
        "$folder/exercise.json"
}

case $which in
starter | solution) version=$folder/$which ;;
*) version=$folder/wrong/$which ;;
esac
for file in "$version"/*.ptx; do
    if [ "$which" != solution ] && cmp -s "$file" "$folder/solution/$(basename "$file")"; then
        fail "$file is the solution"
    fi
    run sh "$HC_SOURCE/common/cusim/exercises/check.sh" "$name" "$file"
done
cat "$work/out" "$work/err"
case $which in
solution)
    expect 0
    prints "passed: "
    says "cusim: check memory: no errors"
    ;;
*)
    case $which in
    starter) want=$(value starter_fails_because) ;;
    *) want=$(value says "$which") ;;
    esac
    [ -n "$want" ] || fail "exercise.json does not say what the verdict on $which is"
    expect 1
    cat "$work/out" "$work/err" | grep -qiE -e "$want" || fail "the verdict does not match: $want"
    ;;
esac
