#!/bin/sh
# SPDX-License-Identifier: MIT
# link.sh RECIPE - a CUDA recipe is a genuine CUDA program: built with -DHC_CUDA=link, against the
# toolkit's own headers, its stub of the driver and its NVRTC, with none of our forwarders, it finds its
# driver as every CUDA program does, and runs on cusim, whose folder stands in LD_LIBRARY_PATH.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
recipe=$1
cusim=$HC_BUILD/lib/cusim
toolkit=${CUDA_HOME:-/usr/local/cuda}
for header in cuda.h nvrtc.h; do
    [ -f "$toolkit/include/$header" ] || skip "there is no CUDA toolkit in $toolkit"
done
[ "$HC_SANITIZER" = none ] || skip "cusim of this build needs the sanitizer's own program"
cd "$work" || exit 1
launcher=''
if command -v ccache >/dev/null; then launcher=-DCMAKE_C_COMPILER_LAUNCHER=ccache; fi
# shellcheck disable=SC2086  # no word or one
run cmake -S "$HC_SOURCE/recipes/$recipe" -B b -DHC_CUDA=link "-DCUDAToolkit_ROOT=$toolkit" \
    "-DCMAKE_C_COMPILER=$CC" $launcher
expect 0
run cmake --build b -j 2
expect 0
! grep -i 'warning:' "$work/out" "$work/err" || fail "the compiler warns"
program=$work/b/bin/$recipe

run nm "$program"
grep -qE ' U cuInit(@|$)' "$work/out" || fail "cuInit is not the linked driver's"
grep -qE ' U nvrtcCompileProgram(@|$)' "$work/out" || fail "nvrtcCompileProgram is not the linked library's"
! grep -E ' [TtDd] (cu[A-Z]|nvrtc[A-Z])' "$work/out" || fail "a forwarder is in the program"

size=$(shape "$HC_BIN/$recipe" 1000)
for device in "" "--device sim"; do
    # shellcheck disable=SC2086  # no word or two
    run env "LD_LIBRARY_PATH=$cusim" "$program" -n "$size" --no-cache $device
    expect 0
    prints "device     sim:0  cusim"
    prints_not "verified   NO"
done
run env "LD_LIBRARY_PATH=$cusim" "$program" --list-devices
expect 0
prints "sim:0"
run env "LD_LIBRARY_PATH=$cusim" "$program" -n "$size" --device cuda
expect 77
says "this program is linked to cusim"
run env "LD_LIBRARY_PATH=$cusim" "$program" -n "$size" --device sim:9
expect 2
# Without it, it does not even start on a machine without a driver: what the forwarders are for.
run "$program" --version
[ "$rc" -eq 0 ] || says "libcuda.so.1"
