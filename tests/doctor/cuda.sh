#!/bin/sh
# SPDX-License-Identifier: MIT
# cuda.sh DOCTOR - the CUDA side: a driver that works, is old, fails, crashes or shows no device; a GPU on
# which no kernel runs; cusim in its place, or not there; compilers, kept kernels, cache. The driver is
# tests/cuda/fake_driver.c, so that this does not depend on what the machine has.
: "${HC_SOURCE:=$(cd "$(dirname "$0")/../.." && pwd)}" "${HC_BUILD:=$(dirname "$1")/..}" "${CC:=cc}"
# shellcheck source=../lib.sh
. "$HC_SOURCE/tests/lib.sh"
doctor=$1
fake=$HC_BUILD/tests/fake
[ -f "$fake/libcuda.so.1" ] || skip "the driver for tests is not built"
unset CUDA_VISIBLE_DEVICES HC_DEVICE HC_CUSIM_DIR HC_CUDA_LAYERS HC_NVRTC_LIBRARY HC_CLANG container
last() { tail -n 1 "$work/out" | grep -qF -- "$1" || fail "the last line does not say: $1"; }
finds() { grep -qE -- "^  $1" "$work/out" || fail "no finding: $1"; }
gpu() { run env LD_LIBRARY_PATH="$fake" "$@" "$doctor"; } # [VARIABLE=VALUE ...]

gpu FAKE_RUNS=1
grep -q '^CUDA$' "$work/out" || skip "this build has no CUDA, or links it"
expect 0
finds "ok +driver +$fake/libcuda.so.1: CUDA 12.4\$"
finds 'ok +device +cuda:0  Fake GPU A \(compute capability 9.0; 80 GiB\), ran a kernel in [0-9]+ ms; the recipes choose it$'
finds 'ok +device +sim:0  cusim software device .*ran a kernel in [0-9]+ ms$'
finds 'ok +cusim +/.*/lib/cusim/libcuda.so.1: CUDA 13.0$'
run env LD_LIBRARY_PATH="$fake" FAKE_RUNS=1 FAKE_DEVICES=2 "$doctor" --json
expect 0
prints '{"spec":"cuda:1","name":"Fake GPU B","detail":"CUDA 12.4, compute capability 9.0","cpu":false,"gpu":true,"kernel_ms":'
prints '{"spec":"sim:0",'

# Chosen by HC_DEVICE, which is then worth a note; one that no API has is a problem.
gpu FAKE_RUNS=1 HC_DEVICE=sim
expect 0
finds 'note +HC_DEVICE +sim$'
finds 'ok +device +sim:0 .*; the recipes choose it$'
finds 'ok +device +cuda:0 .*ran a kernel in [0-9]+ ms$'
gpu FAKE_RUNS=1 FAKE_DEVICES=2 HC_DEVICE=cuda:1
expect 0
finds 'ok +device +cuda:1 .*; the recipes choose it$'
gpu FAKE_RUNS=1 HC_DEVICE=cuda:5
expect 3
finds "problem +HC_DEVICE +device 'cuda:5'"

# A GPU on which no kernel runs: a problem if the recipes choose it.
gpu FAKE_RUNS=2
expect 3
finds 'problem +device +cuda:0  Fake GPU A cannot run a kernel: the answer is wrong at element 0: 0$'
prints 'remedy: sudo nvidia-smi -i 0 -c DEFAULT'
gpu FAKE_RUNS=0
expect 3
finds 'problem +device +cuda:0 .*CUDA_ERROR_NO_BINARY_FOR_GPU'
gpu FAKE_BUSY=46 HC_DEVICE=sim
expect 0
finds 'note +device +cuda:0 .*cannot run a kernel: CUDA_ERROR_DEVICE_UNAVAILABLE'
prints 'its compute mode allows one process at a time'

# An old driver; one that fails; one that crashes when it is loaded.
gpu FAKE_RUNS=1 FAKE_VERSION=11040
expect 0
finds 'note +driver +.*: CUDA 11.4$'
prints "remedy: update NVIDIA's driver"
gpu FAKE_INIT=804
expect 3
finds 'problem +driver +CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE: '
last '1 problem; first remedy: take its folder out of LD_LIBRARY_PATH'
cat >"$work/crash.c" <<'C'
#include <stdio.h>
#include <stdlib.h>
__attribute__((constructor)) static void crash(void) { fputs("bad day\n", stderr); abort(); }
C
mkdir "$work/crash" && "$CC" -shared -fPIC -o "$work/crash/libcuda.so.1" "$work/crash.c" || exit 1
run env LD_LIBRARY_PATH="$work/crash" "$doctor"
expect 3
finds 'problem +driver +the CUDA driver crashed \(Aborted\): bad day$'
last 'first remedy: export HC_DEVICE=sim'

# No device: a note, since cusim takes its place; unless cusim is not there either.
gpu FAKE_INIT=100 CUDA_VISIBLE_DEVICES=7
expect 0
finds 'note +driver +CUDA_ERROR_NO_DEVICE: the CUDA driver shows no device: CUDA_VISIBLE_DEVICES="7"'
prints 'remedy: unset CUDA_VISIBLE_DEVICES'
finds 'ok +device +sim:0 .*; the recipes choose it$'
gpu FAKE_INIT=100 CUDA_VISIBLE_DEVICES=7 HC_CUSIM_DIR=/nonexistent
expect 3
finds 'problem +cusim +cusim, the software CUDA device, was not found'
last '1 problem; first remedy: unset HC_CUSIM_DIR'
alone=$(mktemp -d) && cp "$doctor" "$alone/doctor" || exit 1 # as if cusim were not built yet
run env LD_LIBRARY_PATH="$fake" FAKE_INIT=100 CUDA_VISIBLE_DEVICES=7 "$alone/doctor"
rm -rf "$alone"
expect 0
finds 'note +cusim +cusim, the software CUDA device, was not found$'
prints 'remedy: build it, as ./cook run does'
gpu FAKE_RUNS=1 HC_CUSIM_DIR=/nonexistent
expect 0
finds 'note +cusim +'
gpu FAKE_INIT=100 CUSIM_DEVICES=0
expect 3
finds 'problem +cusim +CUDA_ERROR_NO_DEVICE'
last '1 problem; first remedy: unset the variables that begin with CUSIM_'

# Compilers.
gpu FAKE_RUNS=1 HC_NVRTC_LIBRARY=/nonexistent
expect 0
finds 'note +NVRTC +none: HC_NVRTC_LIBRARY=/nonexistent is no NVRTC$'
prints "remedy: ./cook setup nvrtc, or do without"
gpu FAKE_RUNS=1 HC_NVRTC_LIBRARY=/nonexistent HC_CLANG=/nonexistent
expect 0
finds 'note +clang +none: '
prints 'why: without a compiler, kernels that you change cannot run in CUDA'
prints 'remedy: ./cook setup test (installs clang)'
if command -v clang >/dev/null; then
    gpu FAKE_RUNS=1
    finds 'ok +clang +/.*: clang [0-9.]+, NVPTX$'
fi
gpu FAKE_RUNS=1 FAKE_VERSION=12000
if grep -q '^  [a-z]* *NVRTC *.*CUDA 1[3-9]' "$work/out"; then # a toolkit that is newer than that
    finds 'note +NVRTC +/.*libnvrtc.*: CUDA '
    prints "remedy: update NVIDIA's driver, or take a toolkit of CUDA 12.0"
fi

# The cache, and the kernels that are kept.
gpu FAKE_RUNS=1 HC_CACHE_DIR=/proc/nowhere
expect 0
if [ "$(id -u)" -ne 0 ]; then # root may write everywhere
    finds 'note +cache +/proc/nowhere: cannot write there'
fi
gpu FAKE_RUNS=1 HC_CACHE_DIR="$work/cache"
finds "ok +cache +$work/cache: .* free\$"
[ ! -e "$work/cache" ] || fail "the doctor made the cache's folder"
mkdir "$work/empty"
unshare -m true 2>/dev/null || skip "no name space of one's own here (it takes root); the rest passed"
run env LD_LIBRARY_PATH="$fake" FAKE_RUNS=1 unshare -m sh -c \
    "mount --bind '$work/empty' '$HC_SOURCE/kernels/ptx' && exec '$doctor'"
expect 0
finds 'note +kernels/ptx +/.*/kernels/ptx: none$'
run env LD_LIBRARY_PATH="$fake" FAKE_RUNS=1 HC_NVRTC_LIBRARY=/nonexistent HC_CLANG=/nonexistent unshare -m sh -c \
    "mount --bind '$work/empty' '$HC_SOURCE/kernels/ptx' && exec '$doctor'"
expect 3
finds 'problem +kernels/ptx +'
last 'first remedy: git checkout -- kernels/ptx'
