#!/bin/sh
# SPDX-License-Identifier: MIT
# arguments.sh BENCH - what the bench says to wrong arguments and to files that are no results: exit
# code 2, in words, before anything is measured, and nothing on stdout.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
bench=$1

refuses() {
    words=$1
    shift
    run "$bench" "$@" --work-dir "$work/bench"
    expect 2
    says "$words"
    says_not "..."
    prints_nothing
}

refuses "nosucharea: no such area" nosucharea
refuses "--nosuch: unknown option" --nosuch
run "$bench" --compare
expect 2
says "--compare: needs a value"
refuses "--rounds 0: must be a number from 1" --rounds 0
refuses "--rounds 12x: must be a number" --rounds 12x
refuses "--rounds -3: must be a number" --rounds -3
refuses "--size 0: must be a number from 1" --size 0
refuses "--size 99999999999999999999: must be" --size 99999999999999999999
refuses "--size tiny: must be" --size tiny
refuses "--measured: needs --compare FILE" --measured "$work/none"
refuses "--fail-on-regression: needs --compare FILE" --fail-on-regression
refuses "--measured: measures no area, as limits" limits --compare x --measured y
refuses "--case area.none: no such case" --case area.none
refuses "--compare $work/none: No such file" --compare "$work/none"
refuses "--compare $work: Is a directory" --compare "$work"
echo 'not json' >"$work/text"
refuses "--compare $work/text: not JSON" --compare "$work/text"
echo '{"schema": 1, "recipe": "08"}' >"$work/other.json"
refuses "not a result of the bench: it was not written by hc_bench" --compare "$work/other.json"
refuses "not a result" --json --compare "$work/other.json"
[ ! -e "$work/bench" ] || fail "a refused run left files"

run "$bench" --help
expect 0
prints "Usage: hc_bench"
prints "A missed target and a regression are findings"
says_nothing
run "$bench" --version
expect 0
prints "hc_bench 0."
run "$bench" --list
expect 0

run sh -c "'$bench' --help >/dev/full"
expect 3
says "could not write"
