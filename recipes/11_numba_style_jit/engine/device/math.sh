#!/bin/sh
# SPDX-License-Identifier: MIT
# math.sh --update | --check - the keeper of math.bc, the device's mathematics as LLVM's bitcode.
#   --update  make it anew with clang (CLANG may name one; 14 or 15, so that LLVM 15 can read it)
#   --check   was it made from the texts as they are now? Needs no compiler
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../../../.." && pwd)
include=$root/common/cuda/include
hashes() {
    (cd "$here" && sha256sum math.cu ../numbers.h math.bc)
    (cd "$include" && sha256sum hc_cuda_device.h hc_cuda_math.h)
}
case ${1-} in
--update)
    "${CLANG:-clang-14}" -x cuda --cuda-device-only -nocudainc -nocudalib --cuda-path=/nonexistent \
        -nostdinc -std=c++17 -Os -emit-llvm -c -ffp-contract=off -D__CUDACC_RTC__=1 \
        --cuda-gpu-arch=sm_60 -include "$include/hc_cuda_device.h" "$here/math.cu" -o "$here/math.bc"
    hashes >"$here/math.sha256"
    ;;
--check)
    hashes | diff "$here/math.sha256" - && exit
    echo "math.bc is not what its texts are now: sh $0 --update" >&2
    exit 1
    ;;
*) echo "usage: $0 --update | --check" >&2 && exit 2 ;;
esac
