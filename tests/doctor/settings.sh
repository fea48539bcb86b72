#!/bin/sh
# SPDX-License-Identifier: MIT
# settings.sh DOCTOR - environment variables that mislead, and a second loader in the way.
: "${HC_SOURCE:=$(cd "$(dirname "$0")/../.." && pwd)}" "${HC_BUILD:=$(dirname "$1")/..}"
# shellcheck source=../lib.sh
. "$HC_SOURCE/tests/lib.sh"
doctor=$1
last() { tail -n 1 "$work/out" | grep -qF -- "$1" || fail "the last line does not say: $1"; }
finds() { grep -qE -- "^  $1" "$work/out" || fail "no finding: $1"; }

run env HC_DEVICE=nosuchdevice "$doctor"
expect 3
finds "problem +HC_DEVICE +device 'nosuchdevice'"
last '1 problem; first remedy: unset HC_DEVICE'
run env HC_DEVICE=opencl:0:0 "$doctor"
expect 0
finds 'note +HC_DEVICE +opencl:0:0'

run env OPENCL_LAYERS=/nonexistent/layer.so "$doctor"
expect 0
finds 'note +OPENCL_LAYERS +/nonexistent/layer.so is not there'

run env LIBRARY_PATH=/usr/local/cuda/lib64/stubs "$doctor"
expect 0
finds 'note +LIBRARY_PATH +/usr/local/cuda/lib64/stubs'
run env -u LIBRARY_PATH -u OPENCL_LAYERS -u HC_DEVICE "$doctor"
expect 0
prints_not LIBRARY_PATH
prints_not OPENCL_LAYERS
prints_not HC_DEVICE

run env HC_KERNEL_DIR=/nonexistent "$doctor"
expect 3
finds 'problem +HC_KERNEL_DIR +/nonexistent'

# A copy of the loader: the doctor says which one programs get, and where the other is.
loader=$(sed -n 's/^  ok  *loader  *\(\/[^:]*\).*/\1/p' "$work/out" | head -n 1)
mkdir "$work/other"
cp -L "$loader" "$work/other/libOpenCL.so.1" || exit 1
run env LD_LIBRARY_PATH="$work/other" "$doctor"
expect 0
finds "ok +loader +$work/other/libOpenCL.so.1"
finds 'note +loader +there is another: /'
finds "note +loader +it is not the system's: LD_LIBRARY_PATH="
