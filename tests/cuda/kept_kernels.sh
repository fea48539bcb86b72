#!/bin/sh
# SPDX-License-Identifier: MIT
# The PTX in kernels/ptx belongs to the kernels as they are now, has all of their entries, and calls
# nothing but what a driver has. What is stale, missing or left over must be found. Needs no compiler.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source-path=SCRIPTDIR source=ptx.sh
. "$(dirname "$0")/ptx.sh"
keeper=$HC_SOURCE/common/cuda/ptx.sh
run sh "$keeper" --check
expect 0
prints_nothing
n=0
for ptx in "$kernels"/ptx/*.ptx; do
    name=$(basename "$ptx" .ptx)
    run good_ptx "$ptx" "$kernels/${name%%.*}.cu"
    expect 0
    n=$((n + 1))
done

mkdir -p "$work/tree/common/cuda"
cp "$keeper" "$work/tree/common/cuda/ptx.sh"
keeper=$work/tree/common/cuda/ptx.sh
copy() {
    rm -rf "$work/tree/kernels" "$work/tree/common/cuda/include"
    cp -r "$kernels" "$work/tree/kernels"
    cp -r "$HC_SOURCE/common/cuda/include" "$work/tree/common/cuda/include"
}
finds() {
    run sh "$keeper" --check
    expect 1
    prints "$1"
    prints "remedy: sh common/cuda/ptx.sh --update"
    copy
}
copy
run sh "$keeper" --check
expect 0
echo '// changed' >>"$work/tree/kernels/vector_sum.cu"
finds "vector_sum.f32.ptx is not what"
echo '// changed' >>"$work/tree/common/cuda/include/hc_cuda_math.h"
finds "vector_sum.f64.ptx is not what"
rm "$work/tree/kernels/ptx"/vector_sum.*
finds "kernels/vector_sum.cu has no PTX"
rm "$work/tree/kernels/vector_copy.cu"
finds "vector_copy.i32.ptx belongs to no kernel"

# What is made anew is what is kept, if the compiler is the one that made it.
if command -v clang >/dev/null; then
    echo '// changed' >>"$work/tree/kernels/vector_sum.cu"
    run sh "$keeper" --update vector_sum
    expect 0
    run sh "$keeper" --check
    expect 0
    run sh "$keeper" --update nosuch
    expect 2
    echo 'extern "C" __global__ void broken(T *x) { *x = y; }' >"$work/tree/kernels/broken.cu"
    run sh "$keeper" --update
    expect 4
    says "broken.cu compiles neither alone nor with a type T"
fi
echo "$n files of PTX are up to date"
