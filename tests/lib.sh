# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# lib.sh - what the shell tests share: run a program, then say what must have come of it.
#   run PROGRAM ARGS; expect 2; says "unknown option"; prints_nothing
# A failed expectation shows the command, its exit code and both outputs, and ends the test with 1.
# CTest gives HC_BIN, HC_LIB, HC_SOURCE, HC_BUILD, HC_SANITIZER (address, thread or none) and CC.
# shellcheck disable=SC2034  # variables are for the scripts that read this file
set -u

mkdir -p "$HC_BUILD/tests/work"
work=$(mktemp -d "$HC_BUILD/tests/work/XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
ran='' rc=0
# No search for leaks, but in the test .leaks: PoCL's compiler leaks when a kernel is not in its cache
# yet, and a program that ends in an error releases nothing, as main.c stops at the failing call.
ASAN_OPTIONS=detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}
export ASAN_OPTIONS
kernels=$HC_SOURCE/kernels

# run - run a command without input; its code is in rc, its output in $work/out and $work/err.
run() {
    ran=$*
    rc=0
    "$@" >"$work/out" 2>"$work/err" </dev/null || rc=$?
}

fail() {
    echo "FAILED: $*"
    echo "  command: $ran"
    echo "  exit code: $rc"
    for file in out err; do
        [ -f "$work/$file" ] && head -n 60 "$work/$file" | cut -c 1-400 | sed "s/^/  $file| /"
    done
    exit 1
}

skip() {
    echo "skipped: $*"
    exit 77
}

expect() { [ "$rc" -eq "$1" ] || fail "expected exit code $1"; }

# says, prints: the exact text stands somewhere on stderr, on stdout.
says() { grep -qF -- "$1" "$work/err" || fail "stderr does not say: $1"; }
prints() { grep -qF -- "$1" "$work/out" || fail "stdout does not print: $1"; }
says_not() { ! grep -qF -- "$1" "$work/err" || fail "stderr says: $1"; }
prints_not() { ! grep -qF -- "$1" "$work/out" || fail "stdout prints: $1"; }
says_nothing() { [ ! -s "$work/err" ] || fail "stderr is not empty"; }
prints_nothing() { [ ! -s "$work/out" ] || fail "stdout is not empty"; }

# prints_one_object - stdout is exactly one line, and it is JSON of the form in result.schema.json.
prints_one_object() {
    [ "$(wc -l <"$work/out")" -eq 1 ] || fail "stdout is not one line"
    case $(cat "$work/out") in
    '{'*'}') ;;
    *) fail "stdout is not one JSON object" ;;
    esac
    validate "$work/out" || fail "$(cat "$work/valid")"
}

# validate FILE [SCHEMA] - 0 if it is valid JSON of that form, or of SCHEMA's below the cookbook's
# folder, or if no Python here has the module that knows.
validate() {
    interpreter=$(python)
    [ -n "$interpreter" ] || return 0
    "$interpreter" "$HC_SOURCE/tests/validate.py" "$HC_SOURCE/${2-common/hc/result.schema.json}" "$1" \
        >"$work/valid" 2>&1
}

# python - a Python that has the module jsonschema, or nothing. Debian's own comes first: another
# one in PATH does not see Debian's modules.
python() {
    for interpreter in /usr/bin/python3 python3; do
        "$interpreter" -c '
from importlib.util import find_spec
import sys
sys.exit(not find_spec("jsonschema"))' 2>/dev/null || continue
        echo "$interpreter"
        return
    done
}

# need_validator - end as skipped where validate could not tell.
need_validator() {
    [ -n "$(python)" ] || skip "Python's module jsonschema is absent (Debian: python3-jsonschema)"
}

# shape PROGRAM N - a --size for any recipe: N where a size is one number, else a small shape with as
# many numbers as its default has, which --help shows.
shape() {
    case $("$1" --help | sed -n 's/^Defaults: --size \([0-9x]*\).*/\1/p') in
    *x*x*) echo 67x31x129 ;;
    *x*) echo 61x67 ;;
    *) echo "$2" ;;
    esac
}

# kernel_dir NAME - a copy of the kernels, to be spoilt, in $work/NAME.
kernel_dir() {
    cp -r "$kernels" "$work/$1"
}

# wait_until_catching PID - wait until the process is the program, no longer the shell that starts
# it, and has set up its handler for Ctrl-C: the second bit of SigCgt, a mask in hexadecimal.
wait_until_catching() {
    tries=0
    read -r shell <"/proc/$$/comm"
    while [ $tries -lt 200 ]; do
        mask=$(sed -n 's/^SigCgt:.*\(........\)$/\1/p' "/proc/$1/status" 2>/dev/null)
        comm=$(cat "/proc/$1/comm" 2>/dev/null)
        if [ "$comm" != "$shell" ] && [ -n "$mask" ] && [ $((0x$mask & 2)) -ne 0 ]; then
            [ "$HC_SANITIZER" != thread ] || sleep 0.5 # it holds signals back until the next wait
            return
        fi
        tries=$((tries + 1))
        sleep 0.05
    done
    kill "$1"
    fail "the program did not start within 10 seconds"
}
