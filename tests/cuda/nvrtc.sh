#!/bin/sh
# SPDX-License-Identifier: MIT
# Kernels compiled by NVRTC for compute_75 and compute_90, and the calls of nvrtc.h. And the keeper
# of tests/cuda/ptx/: PTX that NVRTC made from kernels/, for tests on machines without NVRTC.
#   nvrtc.sh PROGRAM           the test; PROGRAM is nvrtc.c, compiled; 77 without NVRTC
#   nvrtc.sh PROGRAM --update  write ptx/ anew, after a kernel has changed
# shellcheck source=../lib.sh
. "$HC_SOURCE/tests/lib.sh"
# shellcheck source=ptx.sh
. "$HC_SOURCE/tests/cuda/ptx.sh"
program=${1:?usage: nvrtc.sh PROGRAM [--update]}
run "$program" version
if [ "$rc" -eq 77 ]; then cat "$work/out" && exit 77; fi
expect 0
version=$(cat "$work/out")

# write_ptx SOURCE NAME OPTION... - ptx/NAME.ptx: the first line says where it comes from.
write_ptx() {
    source=$1 name=$2
    shift 2
    run "$program" "$here/kernels/$source" "kernels/$source" --gpu-architecture=compute_75 "$@"
    expect 0
    hash=$(sha256sum <"$here/kernels/$source" | cut -d ' ' -f 1)
    {
        echo "// kernels/$source sha256:$hash NVRTC $version compute_75${*:+ }$*"
        # Without the compiler's own first lines, and without the name of this folder in .file.
        grep -v '^//' "$work/out" | sed -e '/./,$!d' -e "s|\"[^\"]*/kernels/|\"kernels/|"
    } >"$here/ptx/$name.ptx"
}
if [ "${2:-}" = --update ]; then
    mkdir -p "$here/ptx" && rm -f "$here"/ptx/*.ptx
    for source in "$here"/kernels/*.cu; do
        source=$(basename "$source")
        write_ptx "$source" "${source%.cu}"
    done
    write_ptx check.cu check_lineinfo -lineinfo
    exit
fi

run "$program" interface
expect 0
n=0
for source in $(sources); do
    for arch in 75 90; do
        run "$program" "$source" "$(basename "$source")" --gpu-architecture=compute_$arch
        expect 0
        says_nothing
        mv "$work/out" "$work/k.ptx"
        run good_ptx "$work/k.ptx" "$source" sm_$arch
        expect 0
        n=$((n + 1))
    done
done
[ "$n" -ge 36 ] || fail "only $n files of PTX were made"

printf 'extern "C" __global__ void wrong(float *x) {\n    x[threadIdx.q] = 1.0f;\n}\n' >"$work/wrong.cu"
run "$program" "$work/wrong.cu" wrong.cu --gpu-architecture=compute_75
expect 4
says 'wrong.cu(2): error'
echo "NVRTC $version: $n files of PTX"
