#!/bin/sh
# SPDX-License-Identifier: MIT
# compilers.sh DOCTOR - what compiles CUDA kernels: what is here is named, what is not is no problem,
# and where nothing is, the doctor says what that means. And the cache.
: "${HC_SOURCE:=$(cd "$(dirname "$0")/../.." && pwd)}" "${HC_BUILD:=$(dirname "$1")/..}"
# shellcheck source=../lib.sh
. "$HC_SOURCE/tests/lib.sh"
doctor=$1
mkdir "$work/empty"
ln -s "$(command -v cc)" "$(command -v cmake)" "$(command -v ninja)" "$work/empty"

run env HC_CACHE_DIR="$work/cache" "$doctor"
expect 0
grep -q '^CUDA C$' "$work/out" || skip "built without CUDA"
grep -qE '^  ok +nvrtc +(NVRTC [0-9.]+, up to compute_[0-9]+: /.*libnvrtc|none: )' "$work/out" || fail "nothing about NVRTC"
grep -qE '^  ok +clang +(clang [0-9.]+, up to sm_[0-9]+: /|none: )' "$work/out" || fail "nothing about clang"
grep -qE '^  (ok|note) +kept PTX +[1-9][0-9]* files' "$work/out" || fail "nothing about kept PTX"
prints "$work/cache: "

run env HC_CACHE_DIR=/proc/nothing PATH="$work/empty" HC_NVRTC_LIBRARY=/nonexistent "$doctor"
expect 0
grep -qE '^  ok +nvrtc +none: HC_NVRTC_LIBRARY=/nonexistent is no NVRTC' "$work/out" || fail "NVRTC"
grep -qE '^  ok +clang +none: no clang in PATH' "$work/out" || fail "clang"
grep -qE '^  note +kept PTX +.*the only way here' "$work/out" || fail "kept PTX"
prints "remedy: ./cook setup exercise (installs clang), or ./cook setup nvrtc"
grep -qE '^  note +cache +/proc/nothing: ' "$work/out" || fail "cache"
