#!/bin/sh
# SPDX-License-Identifier: MIT
# healthy.sh DOCTOR - a machine on which the recipes run: exit code 0, the last line says so, and --json
# holds the same findings.
: "${HC_SOURCE:=$(cd "$(dirname "$0")/../.." && pwd)}" "${HC_BUILD:=$(dirname "$1")/..}"
# shellcheck source=../lib.sh
. "$HC_SOURCE/tests/lib.sh"
doctor=$1

run "$doctor"
expect 0
[ "$(tail -n 1 "$work/out")" = 'everything needed to run the recipes is here' ] || fail "last line"
grep -qE '^  ok +device +opencl:0:0 .*ran a kernel in [0-9]+ ms; the recipes choose it$' "$work/out" ||
    fail "no device that the recipes choose"
grep -qE '^  ok +loader +/.*libOpenCL' "$work/out" || fail "no loader"
grep -qE '^  ok +cmake ' "$work/out" || fail "no cmake"
if grep -q '^CUDA$' "$work/out"; then
    grep -qE '^  ok +cusim +/.*libcuda.so.1: CUDA [0-9]+\.[0-9]' "$work/out" || fail "no cusim"
    grep -qE '^  ok +device +sim:0 .*compute capability .*ran a kernel in [0-9]+ ms' "$work/out" ||
        fail "cusim ran no kernel"
    grep -qE '^  ok +kernels/ptx +[1-9][0-9]* kernels as PTX$' "$work/out" || fail "no kernels as PTX"
    grep -qE '^  ok +cache +/.* free$' "$work/out" || fail "no cache of compiled kernels"
fi
says_nothing

run "$doctor" --json
expect 0
[ "$(wc -l <"$work/out")" -eq 1 ] || fail "not one line"
if [ -n "$(python)" ]; then
    "$(python)" - "$work/out" <<'PYTHON' || fail "the object is not of the form in doctor.c"
import json, sys
r = json.load(open(sys.argv[1]))
assert list(r) == ["schema", "status", "problems", "remedy", "devices", "checks"], list(r)
assert (r["schema"], r["status"], r["problems"], r["remedy"]) == (1, "ok", 0, None)
d = r["devices"][0]
assert d["spec"] == "opencl:0:0" and d["cpu"] is True and d["kernel_ms"] > 0 and d["name"], d
if any(c["group"] == "CUDA" for c in r["checks"]):
    (sim,) = [d for d in r["devices"] if d["spec"] == "sim:0"]
    assert sim["kernel_ms"] > 0 and not sim["gpu"] and "compute capability" in sim["detail"], sim
for c in r["checks"]:
    assert list(c) == ["group", "check", "state", "found", "why", "remedy"], c
    assert c["state"] in ("ok", "note"), c
    assert c["state"] != "ok" or c["why"] is None, c
PYTHON
fi

run "$doctor" --help
expect 0
prints 'Exit code'
for wrong in --nonsense extra '--json --json'; do
    # shellcheck disable=SC2086 # words
    run "$doctor" $wrong
    expect 2
    says Usage
    prints_nothing
done

rc=0
"$doctor" >/dev/full 2>"$work/err" || rc=$?
ran="$doctor >/dev/full"
expect 3
says 'could not write to stdout'
