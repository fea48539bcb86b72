#!/bin/sh
# SPDX-License-Identifier: MIT
# 03_gpu_programming.sh PROGRAM - what the picture of the threads promises: any shape of one to three
# numbers, the same picture from CUDA, OpenCL and C, as many characters as threads, lines that fit a
# terminal, and words for a grid that is too small, a kernel without a guard, and shapes that are none.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
program=$1
picture() { # SIZE OPTIONS... - the picture alone, from each device, must be the same; it is left in $work/picture
    rm -f "$work/picture"
    for device in $devices; do
        run "$program" -n "$@" --device "$device"
        expect 0
        says_nothing
        prints "verified   yes: who, "
        prints "verified   yes: owner, "
        [ "$(awk 'length > 80 && !/^(device|verified|compiler)/' "$work/out" | wc -l)" -eq 0 ] || fail "a line of more than 80 characters"
        sed -e '/^device/d' -e '/^verified/,$d' "$work/out" >"$work/this"
        [ -f "$work/picture" ] || mv "$work/this" "$work/picture"
        [ ! -f "$work/this" ] || cmp -s "$work/this" "$work/picture" || {
            diff "$work/this" "$work/picture"
            fail "$device draws another picture"
        }
    done
}
run "$program" --list-devices
devices='sim opencl'
grep -q '^opencl' "$work/out" || devices=sim
prints "host threads"

for size in 0 1 31 32 33 63 64 65 1009 0x5 5x0 1x1 31x33 33x31 40x10 10x40 7x1x1 1x7 9x5x3 5x9x33 0x0x0 1x1x257; do
    picture $size
done
picture 4099 --block 1024 --show lane
picture 33x7 --block 1x1
picture 129x65x17 --block 32x2x3 --show block
picture 100 --block 7 --warp 4

# Counted by hand: 40 x 10 in blocks of 16 x 4.
run "$program" -n 40x10 --device sim
prints "threads    576 (blocks: 9); 400 have an element, 176 are idle"
prints "warps      18 of 32 lanes: 10 full, 5 partly idle, 3 idle"
prints "Element (39, 9) has thread 535: lane 23 of warp 0 of its block"
[ "$(grep '^ *[0-9]* |' "$work/out" | tr -cd '01' | wc -c)" -ge 400 ] || fail "too few busy threads drawn"
[ "$(grep '^ *[0-9]* |' "$work/out" | cut -d '|' -f 2- | tr -cd . | wc -c)" -eq 176 ] || fail "not 176 idle threads drawn"
grep -q '^ *8 |0000000000000000|0000000000000000|00000000\.\.\.\.\.\.\.\.|$' "$work/out" || fail "row 8 is another one"
run "$program" -n 40x10 --device sim --element 37x6
prints "Element (37, 6) has thread 357: lane 5 of warp 1 of its block"
prints "  its place in the block   threadIdx  get_local_id            5      2"
run "$program" -n 9x5x3 --device sim --json
expect 0
prints_one_object
prints '"params":{"size":[9,5,3],"block":null,"grid":null,"warp":32,'
prints '"threads":512,"idle_threads":377,"warps":16,'
run "$program" -n 100 --device sim --grid 5 # more blocks than it takes: all of the last ones are idle
expect 0
prints "threads    320 (blocks: 5); 100 have an element, 220 are idle"

# Too few blocks: elements without a thread are wrong, and the first is named.
run "$program" -n 100 --device sim --grid 1
expect 1
says "WRONG: owner: 36 of 100 elements differ"
says "[64] has no thread"
prints "verified   NO"

# A kernel that lets only whole blocks pass, and one whose threads do not know their block.
kernel_dir k
sed -i 's/x < nx \&\& y/x + 1 < nx \&\& y/' "$work/k"/who_am_i.c[lu]
for device in $devices; do
    run "$program" -n 33 --device "$device" --kernel-dir "$work/k"
    expect 1
    says "WRONG: who: 1 of 512 elements differ"
    says "[32] has no thread"
    run "$program" -n 40x10 --device "$device" --kernel-dir "$work/k"
    expect 1
done
kernel_dir j
sed -i 's/who\[0\] = [^,]*,/who[0] = 0,/' "$work/j"/who_am_i.c[lu]
run "$program" -n 65 --device sim --kernel-dir "$work/j"
expect 1
says "WRONG: who: 64 of 1024 elements differ"

# --all: the other language and plain C wrote the same; one that is wrong is noticed.
for device in $devices; do
    for size in 0 1 33x31 33x7x3; do
        run "$program" -n $size --device "$device" --all
        expect 0
        says_nothing
        prints "also       cpu  "
        prints "verified   yes: who as by cpu, "
        for other in $devices; do
            [ "$other" = "$device" ] || prints "verified   yes: owner as by $other, "
        done
    done
done
run "$program" -n 65 --device sim --all --kernel-dir "$work/j"
expect 1
says "WRONG: who as by cpu: 64 of 1024 elements differ"
cp "$kernels/who_am_i.cu" "$work/j/"
run "$program" -n 65 --device sim --all --kernel-dir "$work/j"
case $devices in
*opencl) expect 1 && says "WRONG: who as by opencl: 64 of 1024 elements differ" ;;
*) expect 0 ;;
esac

# What is no shape, and what is too much.
for option in '--block 0' '--block 8x' '--block 8x8x8x8' '--block -1' '--grid 0' '--grid x' '--warp 0' '--warp 9999' \
    '--element 100' '--element 1x1' '-n 5x' '-n 1x2x3x4' '--show threads'; do
    # shellcheck disable=SC2086  # two words
    run "$program" --device sim $option
    expect 2
done
run "$program" --device sim --block 2048
expect 3
says "a block of 2048 threads; this device allows 1024"
run "$program" --device sim -n 70000x1x70000
expect 3
says "are too many"
run "$program" --device sim -n 1x70000 --block 1x1
expect 3
says "a grid of 70000 blocks in y; this device allows 65535"
for size in 4194304 99999999999 18446744073709551615x18446744073709551615; do
    run "$program" --device sim -n $size --quiet
    prints_nothing
    [ $rc -eq 0 ] || [ $rc -eq 3 ] || fail "exit code"
done

# Colour only where it is wanted: never into a file, never with NO_COLOR.
escape=$(printf '\033')
if command -v script >/dev/null; then
    (unset NO_COLOR; TERM=xterm script -qec "$program -n 33 --device sim" /dev/null) >"$work/out" 2>"$work/err" </dev/null
    prints "${escape}["
    TERM=xterm NO_COLOR=1 script -qec "$program -n 33 --device sim" /dev/null >"$work/out" 2>"$work/err" </dev/null
    prints_not "${escape}["
fi
(unset NO_COLOR; TERM=xterm "$program" -n 33 --device sim) >"$work/out" 2>"$work/err"
prints_not "${escape}["
