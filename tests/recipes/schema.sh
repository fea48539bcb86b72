#!/bin/sh
# SPDX-License-Identifier: MIT
# schema.sh RECIPE - what --json prints is one object of the form in common/hc/result.schema.json,
# for success and for every way to fail that can be had cheaply, and nothing at all for usage
# errors.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$work" || exit 1 # where a recipe leaves its pictures
need_validator
program=$HC_BIN/$1
size=$(shape "$program" 1000)

run "$program" -n "$size" --repeat 1 --json
expect 0
prints_one_object
prints '"status":"ok"'
prints "\"recipe\":\"$1\""

run "$program" -n "$(echo "$size" | sed 's/[0-9][0-9]*/0/g')" --json
expect 0
prints_one_object

run env OCL_ICD_VENDORS=/nonexistent "$program" --json -n "$size"
if [ "$rc" -ne 0 ]; then # 0: the recipe does not need OpenCL, or says that there is none
    expect 77
    prints '"status":"skip"'
fi
prints_one_object

# A kernel that does not compile, for each kernel file: the recipe may not use it.
kernel_dir k
for file in "$work"/k/*.c[lu] "$work"/k/*/*.cl; do echo "this is no kernel" >"$file"; done
run "$program" -n "$size" --json --kernel-dir "$work/k"
if [ "$rc" -ne 0 ]; then # 0: the recipe has no kernels
    expect 4
    prints '"status":"error"'
    prints '"detail":'
fi
prints_one_object

# Without a CUDA driver; 2: the recipe does not use CUDA. Tests hide a driver that is there.
run "$program" --json -n "$size" --device cuda
case $rc in
0) prints_one_object ;; # a recipe that only lists devices
2) prints_nothing ;;
*)
    expect 77
    prints_one_object
    prints '"status":"skip"'
    ;;
esac

run "$program" --json -n 12x
expect 2
prints_nothing
run "$program" --json --device nosuchdevice
[ "$rc" -eq 0 ] && exit 0 # a recipe that only lists devices chooses none
expect 2
prints_nothing
