#!/bin/sh
# SPDX-License-Identifier: MIT
# 05_runtime_api.sh compiles|runs [PROGRAM] - the runtime API's version of recipe 5: nvcc compiles it
# without a warning, and it runs and verifies itself on a GPU. Each is skipped by name where nvcc, or a
# GPU, is absent. A GPU is not needed to see that it refuses what it should.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
source=$HC_SOURCE/recipes/05_cuda_program/runtime_api.cu
nvcc=$(command -v nvcc || ls /usr/local/cuda/bin/nvcc 2>/dev/null) || skip "no nvcc (NVIDIA's CUDA toolkit)"
echo 'int main() { return 0; }' >"$work/empty.cu"
run "$nvcc" -o "$work/empty" "$work/empty.cu"
[ $rc -eq 0 ] || skip "nvcc finds no C++ compiler that it takes"

run "$nvcc" -O2 -Werror all-warnings -Xcompiler -Wall,-Wextra,-Werror -o "$work/program" "$source"
expect 0
says_nothing
for argument in -1 12x 9999999 ''; do
    run "$work/program" 5 "$argument"
    expect 2
    says "is not a number from 0 to 524280"
done
run "$work/program" 0 5
expect 0
prints "0 x 5: 0 of 0 elements are wrong"
[ "$1" = runs ] || exit 0
for size in '5 5' '1 1' '31 33' '1009 3' '1 4099'; do
    # shellcheck disable=SC2086  # two words
    run "$work/program" $size
    [ "$rc" -ne 77 ] || skip "no NVIDIA GPU"
    expect 0
    prints ": 0 of "
done
