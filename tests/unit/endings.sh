#!/bin/sh
# SPDX-License-Identifier: MIT
# endings.sh FAKE - every way in which a run can end: exit code, words, and one JSON object.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
fake=$1

# ends HOW CODE STATUS - the same ending in text and in JSON.
ends() {
    run "$fake" --end "$1"
    expect "$2"
    [ "$2" -eq 0 ] && prints "9 GB/s"
    [ "$2" -ne 0 ] && prints_not "GB/s"
    run "$fake" --end "$1" --json
    expect "$2"
    if [ "$3" = nothing ]; then
        prints_nothing
    else
        prints_one_object
        prints "\"status\":\"$3\""
    fi
}

ends ok 0 ok
says_nothing
prints '"verified":true'
prints '"rate_gbps":9'
ends wrong 1 wrong
says "WRONG: x: 1 of 3 elements differ"
says "[1] got 7, want 2"
prints '"verified":false'
prints '"results":{},"timings_ms":{}'
ends nan 1 wrong
says "[2] got nan, want 3"
prints '"max_error":null'
ends error 3 error
says "tests/unit/fake.c:"
says "EIO (5): something failed"
says "hint: try again"
prints '"hint":"try again"'
ends skip 77 skip
says "there is no such thing here"
ends usage 2 nothing
says "no such file"
ends build 4 error
says "CL_BUILD (-11): it does not compile"
ends exit1 3 error
says "a library ended the program"
ends exit0 3 error # an early exit(0) would look like success
says "a library ended the program"
if [ "$HC_SANITIZER" = none ]; then
    ends crash 3 error
    says "99_fake: SIGSEGV"
    says "memory outside an array was touched"
    says "hint: run it under oclgrind"
    ends abort 3 error
    says "SIGABRT"
fi
if [ "$HC_SANITIZER" = address ]; then # what the tests .leaks rely on
    run env "ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=1" "$fake" --end leak
    says "LeakSanitizer: detected memory leaks"
    [ "$rc" -ne 0 ] || fail "a leak is not reported"
    run env "ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=1" "$fake"
    expect 0
fi

run "$fake" --end none --json
expect 0
prints_one_object
prints '"verified":null,"max_error":null,"results":{"rate_gbps":null}'

run "$fake" --end loop --timeout 0.2
expect 124
says "--timeout reached"
run "$fake" --end loop --timeout 0.0000001 --json
expect 124
prints_one_object

ran="$fake --end loop & kill -INT" rc=0
"$fake" --end loop --json --timeout 50 >"$work/out" 2>"$work/err" </dev/null &
wait_until_catching $!
kill -INT $!
wait $! || rc=$?
expect 130
prints_one_object

run "$fake" --quiet
expect 0
prints_nothing
says_nothing
run "$fake" --quiet --end wrong # quiet about success only
expect 1
prints_nothing
says "WRONG"

if [ -c /dev/full ]; then
    for option in --json --help --version --end=wrong --end=ok; do
        ran="$fake $option >/dev/full" rc=0
        "$fake" $option >/dev/full 2>"$work/err" || rc=$?
        expect 3
        says "stdout: could not write the result"
    done
fi

# Off a terminal nothing moves (progress.sh: on one).
run "$fake" --end loop --timeout 1.6
says_not "waiting"
