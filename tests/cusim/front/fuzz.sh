#!/bin/sh
# SPDX-License-Identifier: MIT
# 20 seconds of libFuzzer, from the inputs in corpus/ and the PTX of tests/cuda: the parser must not
# crash, leak, or stand still. An input that does so is kept in the build folder; add it to corpus/.
# shellcheck source=../../lib.sh
. "$HC_SOURCE/tests/lib.sh"
here=$HC_SOURCE/tests/cusim/front
cusim=$HC_SOURCE/common/cusim
clang=${CLANG:-clang}
command -v "$clang" >/dev/null || skip "no $clang (Debian: clang)"
echo 'int LLVMFuzzerTestOneInput(const char *d, unsigned long n) { return !d && n; }' >"$work/try.c"
run "$clang" -fsanitize=fuzzer,address,undefined "$work/try.c" -o "$work/try"
[ "$rc" -eq 0 ] || skip "$clang has no libFuzzer (Debian: libclang-rt-14-dev)"

run "$clang" -std=gnu11 -D_GNU_SOURCE -O1 -g -fno-strict-aliasing \
    -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -I"$cusim" \
    "$cusim/ops.c" "$cusim/arena.c" "$cusim"/ptx_*.c "$here/fuzz.c" -o "$work/fuzz" -lpthread
expect 0
mkdir "$work/new"
run "$work/fuzz" -max_total_time=20 -timeout=5 -max_len=3000 -rss_limit_mb=1500 \
    -print_final_stats=1 -artifact_prefix="$HC_BUILD/fuzz-" \
    "$work/new" "$here/corpus" "$HC_SOURCE/tests/cuda/ptx"
expect 0
grep -E 'number_of_executed_units|^Done' "$work/err" || fail "the fuzzer did not run"
