#!/bin/sh
# SPDX-License-Identifier: MIT
# The cases are PTX as NVIDIA's assembler understands it: where ptxas is found, it accepts every
# module. (A case that only cusim takes would prove nothing.)
#   ptxas.sh PROGRAM
# shellcheck source=../../lib.sh
. "$HC_SOURCE/tests/lib.sh"
program=${1:?usage: ptxas.sh PROGRAM}
ptxas=$(command -v ptxas || ls /usr/local/cuda/bin/ptxas 2>/dev/null) || true
[ -n "$ptxas" ] || skip "no ptxas (of the CUDA toolkit)"
mkdir "$work/ptx"
run "$program" --ptx "$work/ptx"
expect 0
n=0
for module in "$work"/ptx/*.ptx; do
    # ptxas of CUDA 13 begins at sm_75, and takes PTX for older targets.
    target=$(sed -n 's/^\.target //p' "$module")
    [ "$target" != sm_60 ] || target=sm_75
    run "$ptxas" -arch="$target" -O0 "$module" -o /dev/null
    [ "$rc" -eq 0 ] || cp "$module" "$work/out"
    expect 0
    n=$((n + 1))
done
[ "$n" -gt 500 ] || fail "only $n modules"
echo "$n modules, each accepted by ptxas"
