#!/bin/sh
# SPDX-License-Identifier: MIT
# What ./cook says without building anything: wrong commands and names, the lists, the kernels side by
# side. That it sets up, builds and runs is seen by tests/bare on a bare machine.
. "$(dirname "$0")/../lib.sh"
cook=$HC_SOURCE/cook

run "$cook"
expect 2
says "Usage: ./cook"
run "$cook" frobnicate
expect 2
says "no command is called 'frobnicate'"
run "$cook" help
expect 0
prints "diff NAME"
for name in 99 nosuch; do
    run "$cook" run $name
    expect 2
    says "no recipe is called '$name'"
    says "08_opencl_application"
done
run "$cook" run opencl
expect 2
says "'opencl' means several recipes"
run "$cook" run --json
expect 2
says "a recipe before its options"
run "$cook" setup nosuch
expect 2
says "no package group is called 'nosuch'"
run sh "$HC_SOURCE/common/tools/nvrtc.sh" "$work" no # nobody accepts the licence
if [ "$rc" -ne 77 ]; then # NVIDIA has none for this kind of machine
    expect 3
    says "CUDA Toolkit End User License"
    says "./cook --yes setup nvrtc"
    [ ! -e "$work/build" ] || fail "something was made in build/"
fi
for name in 7x 07_opencl_device_query ../x 12_Big; do
    run "$cook" new $name
    expect 2
done

run "$cook" list
expect 0
prints "08_opencl_application"
ln -s "$cook" "$work/elsewhere" # also through a link, from another folder
cd / && run "$work/elsewhere" list --json
expect 0
if command -v /usr/bin/python3 >/dev/null; then
    /usr/bin/python3 -c '
import json, sys
recipes = json.load(open(sys.argv[1]))
assert [r["number"] for r in recipes] == sorted(r["number"] for r in recipes)
assert all(1 <= r["difficulty"] <= 4 and r["minutes"] > 0 and r["apis"] for r in recipes)
' "$work/out" || fail "list --json is not what it should be"
fi

# The kernels side by side: every line of both twins is there, however narrow the terminal.
for COLUMNS in 200 60; do
    export COLUMNS
    run "$cook" diff 8
    expect 0
    prints "OpenCL C: vector"
    prints "C: the ref"
    prints "|" # the lines that differ
    awk -v most=$COLUMNS 'length($0) > most { bad = 1 } END { exit bad }' "$work/out" ||
        fail "a line is wider than $COLUMNS columns"
done
COLUMNS=200
run "$cook" diff vector_copy
expect 0
prints "blockIdx.x * blockDim.x + threadIdx.x;"
prints "get_global_id(0);"
prints_not "the reference"
run "$cook" diff nosuch
expect 2
says "vector_sum"
