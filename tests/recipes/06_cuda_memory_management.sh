#!/bin/sh
# SPDX-License-Identifier: MIT
# 06_cuda_memory_management.sh PROGRAM - the matrix product through each kind of memory: any shape, both
# kernels; each kind sees a wrong kernel, and one that does nothing; the leak report sees a leak; what is
# held, hidden, too large or impossible is said.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
program=$1
recipe=$HC_SOURCE/recipes/06_cuda_memory_management
device_kinds='pageable pinned mapped registered managed pitched async overlapped'
kinds="$device_kinds arrays arguments pool"
HC_DEVICE=sim
export HC_DEVICE
run "$program" -n 1x1x1 --repeat 1
[ "$rc" -ne 77 ] || skip "$(sed -n 2p "$work/err")"

# Any shape: empty ones, one element, around a tile and a warp, primes, none of them square.
shapes='0x5x7 5x0x7 5x7x0 0x0x0 1x1x1 1x33x257 15x16x17 31x33x31 33x31x33 127x131x13'
[ "$HC_SANITIZER" = none ] || shapes='0x5x7 5x0x7 33x31x17' # ten times as slow
for shape in $shapes; do
    for kernel in naive tiled; do
        run "$program" -n "$shape" --kernel $kernel --repeat 1
        expect 0
        says_nothing
        prints "device     sim:0  "
        prints "verified   yes: c, by each kind of memory, "
        prints "These are times of a CPU that plays the device."
        for kind in $kinds; do grep -q "^$kind  " "$work/out" || fail "no row for $kind"; done
    done
    run "$program" -n "$shape" --device cpu
    expect 0
    says_nothing
    prints "verified   yes: c, "
done

# More rows than one grid has blocks for.
for kind in pageable arguments; do
    [ "$HC_SANITIZER" = none ] || break
    run "$program" -n 1048577x1x1 --kind $kind --repeat 1
    expect 0
    prints "verified   yes: c, by each kind of memory, 1 048 577 elements"
done

# Every kind compares what it computed: a kernel that leaves out one product, or does nothing at all.
kernel_dir wrong
sed -i 's/l < k;/l + 1 < k;/' "$work/wrong/matmul_naive.cu"
kernel_dir idle
sed -i 's/if (row >= m .*/return;/' "$work/idle/matmul_naive.cu"
kernel_dir width
sed -i 's/a\[row \* lda/a[row * k/' "$work/width/matmul_naive.cu"
for broken in wrong idle width; do
    ! cmp -s "$kernels/matmul_naive.cu" "$work/$broken/matmul_naive.cu" || fail "the kernel has changed"
done
for kind in all $kinds; do
    for broken in wrong idle; do
        run "$program" -n 33x31x17 --kernel naive --kind "$kind" --repeat 2 --kernel-dir "$work/$broken"
        expect 1
        says "WRONG: "
        says "561 of 561 elements differ"
        prints "verified   NO"
        prints_not "ms, medians"
        prints_not "time in ms"
    done
done
# The width taken for the pitch does no harm where rows are dense.
run "$program" -n 33x31x17 --kernel naive --kind pinned --kernel-dir "$work/width"
expect 0
run "$program" -n 33x31x17 --kernel naive --kind pitched --kernel-dir "$work/width"
expect 1
says "WRONG: pitched: "

# The leak report: it names the line, and is silent where nothing is lost.
line=$(grep -n 'CHECK_HC(array_create(&a, ' "$recipe/pycuda/arrays.c" | cut -d : -f 1)
[ -n "$line" ] || fail "arrays.c has changed"
for repeat in 1 3; do
    run "$program" -n 16x32x48 --leak --repeat $repeat
    expect 1
    says "never given back"
    says "recipes/06_cuda_memory_management/pycuda/arrays.c:$line: array_create, $repeat time"
    says ", $((2048 * repeat)) ("
    [ "$(grep -c 'recipes/.*\.c:[0-9]*: array_create' "$work/err")" -eq 1 ] || fail "not one line of leaks"
    run "$program" -n 16x32x48 --kind arrays --repeat $repeat
    expect 0
    says_nothing
done
run "$program" -n 16x32x48 --leak --kind arrays --json --repeat 1
expect 1
prints_one_object
prints '"name":"LEAK"'

# What the pool counts, and what a convenient launch hides.
run "$program" -n 33x31x17 --kind pool --repeat 2
expect 0
prints "pool       0 active, 3 held, 3 times asked the driver: an earlier product has come and gone"
prints "pool       3 active, 0 held, 3 times asked the driver: this product has its arrays"
prints "pool       1 active, 2 held, 3 times asked the driver: two arrays are given back"
prints "pool       1 active, 0 held, 3 times asked the driver: free_held"
prints "pool       0 active, 0 held, 3 times asked the driver: stop_holding"
run "$program" -n 32x64x16 --kind arguments --repeat 2
expect 0
[ "$(grep -c '^hidden     argument [0-2]: upload of ' "$work/out")" -eq 5 ] || fail "not 3 + 2 uploads"
[ "$(grep -c '^hidden     argument [0-2]: download of ' "$work/out")" -eq 4 ] || fail "not 3 + 1 downloads"
prints "hidden     all InOut: 28 KiB copied; c Out, a and b In: 14 KiB"

# Out of memory: what was asked for, what is free, what there is. Mapped memory is the host's.
run env CUSIM_MEMORY=1M "$program" -n 512x256x384
expect 3
says "CUDA_ERROR_OUT_OF_MEMORY (2): asked for"
says "1703936 (1.625 MiB)"
says " free of "
run env CUSIM_MEMORY=1M "$program" -n 512x256x384 --json
expect 3
prints_one_object
null=allocator_may_return_null=1 # as malloc does without a sanitizer
for shape in 1000000x1000000x1000000 18446744073709551615x18446744073709551615x1; do
    run "$program" -n $shape
    expect 3
    says "asked for"
    run env "ASAN_OPTIONS=$null:$ASAN_OPTIONS" "TSAN_OPTIONS=$null:${TSAN_OPTIONS-}" "$program" \
        -n $shape --device cpu
    expect 3
done

# Under cusim's memory check, every kind: no kernel and no copy strays.
run env CUSIM_CHECK=memory CUSIM_CHECK_FILE="$work/check" "$program" -n 33x31x17 --repeat 1
expect 0
grep -q '^memory active' "$work/check" || fail "the check was not on"
! grep -q '^memory error' "$work/check" || fail "the check has found something: $(cat "$work/check")"

# Both CUDA compilers, a kernel that does not compile, JSON, and what cannot be asked for.
if command -v clang >/dev/null; then
    run env HC_CUDA_COMPILER=clang "$program" -n 33x31x17 --repeat 1
    expect 0
    prints "compiler   clang "
else
    echo "not checked: clang as the CUDA compiler, since it is not installed"
fi
echo "this is no CUDA C" >"$work/idle/matmul_tiled.cu"
run "$program" -n 33x31x17 --kernel-dir "$work/idle"
expect 4
run "$program" -n 33x31x17 --json --repeat 3 --seed 5
expect 0
says_nothing
prints_one_object
prints '"params":{"size":[33,31,17],"seed":5,"repeat":3,"kind":"all","kernel":"tiled","leak":false}'
for kind in $kinds; do prints "\"$kind\":{\"allocate_ms\":"; done
for usage in "-n 5" "-n 5x5" "--kind page" "--kernel fast" "--leak --kind pinned" \
    "--device cpu --kind pinned" "--device cpu --leak" "--device opencl"; do
    # shellcheck disable=SC2086  # several words
    run "$program" $usage
    expect 2
    prints_not "verified"
done
run "$program" -n 33x31x17 --quiet
expect 0
says_nothing
prints_nothing
run "$program" --help
expect 0
for option in kind kernel leak size seed repeat device timeout kernel-dir no-cache explain json quiet; do
    prints "--$option"
done
