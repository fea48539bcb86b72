#!/bin/sh
# SPDX-License-Identifier: MIT
# 01_heterogeneous_computing.sh PROGRAM - the picture of recipe 1: the same for every split, on every
# device; it is the Mandelbrot set; marks show who computed what; a wrong kernel leaves no picture.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
program=$1
cd "$work" || exit 1

devices=cpu
run "$program" -n 1x1 --device sim --repeat 1
[ "$rc" -eq 77 ] || devices='cpu sim'

# Any size, any split, and the default one.
for device in $devices; do
    for size in 1x1 31x33 32x32 33x31 1009x1 1x1009 127x61; do
        for split in 0 0.5 1 measured; do
            run "$program" -n $size --split $split --device "$device" --repeat 1 --mark none --output p.png
            expect 0
            says_nothing
            prints "verified   yes: counts, "
            prints "(allowed: 0, equal)"
            prints "picture    p.png"
            [ -e first_$size.png ] || cp p.png first_$size.png
            cmp -s p.png first_$size.png || fail "another picture than on the first device and split"
        done
    done
    run "$program" -n 0x7 --device "$device"
    expect 0
    prints "nothing to compute, and no picture"
done
[ ! -e mandelbrot.png ] || rm mandelbrot.png

# More rows than one grid has blocks of one row for, and both at the same time.
run "$program" -n 3x70001 --split 0.34 --repeat 1 --device "${devices##* }" --json
expect 0
prints_one_object
prints '"verified":true,"max_error":0,'
prints '"pictures":["mandelbrot.png"]'
for key in serial_ms host_ms device_ms both_ms overlap_percent amdahl_predicted amdahl_observed amdahl_limit; do
    prints "\"$key\":"
done
[ -s mandelbrot.png ] || fail "no mandelbrot.png where it was run"

# The set itself, found by another program; the marks change the picture, and are where they should be.
picture=$HC_BUILD/tests/bin/test_01_picture
if [ -x "$picture" ]; then
    for size in '300 200' '97 211'; do
        # shellcheck disable=SC2086  # two numbers
        set -- $size
        run "$program" -n "$1x$2" --mark none --output p.png --quiet
        run "$picture" p.png "$1" "$2" 256
        expect 0
        run "$program" -n "$1x$2" --mark none --limit 40 --output q.png --quiet
        run "$picture" q.png "$1" "$2" 5 # points that leave later would be inside
        expect 1
        run "$picture" q.png "$2" "$1" 40
        expect 1
        run "$picture" q.png "$1" "$2" 40
        expect 0
    done
fi
for mark in none line tint; do
    run "$program" -n 200x100 --split 0.5 --mark $mark --output $mark.png --quiet
    expect 0
    prints_nothing
    says_nothing
done
if [ -x "$picture" ]; then
    run "$picture" none.png 200 100 256
    expect 0
    run "$picture" tint.png 200 100 256 # half of it has other colours
    expect 1
fi
for pair in 'none line' 'none tint' 'line tint'; do
    ! cmp -s "${pair% *}.png" "${pair#* }.png" || fail "marks make no difference: $pair"
done

# What cannot be written; nothing is left behind.
mkdir folder
for place in /nonexistent/p.png folder /proc/self/p.png; do
    run "$program" -n 20x20 --output $place
    expect 3
    says "cannot write the picture $place"
done
[ -z "$(find . -name '*.part*')" ] || fail "a part of a picture is left behind"
run "$program" -n 20x20 --output /dev/null --quiet
expect 0
[ -c /dev/null ] || fail "/dev/null was replaced"
run "$program" -n 20x20 --output /dev/full
expect 3

for wrong in '--split 1.1' '--split x' '--split -1' '--split nan' '--mark dots' '-n 1000001x1' '-n 20' \
    '--limit 2147483648'; do
    # shellcheck disable=SC2086
    run "$program" $wrong
    expect 2
    prints_nothing
done

# A kernel that is wrong: exit code 1, no time, no picture. One that joins product and sum into one
# rounding is seen, too.
rm -f p.png
for change in 's/x = next;/x = next + 0.001f;/' 's/n++;/n += 2;/' 's/first + column/column/' \
    's/x \* x - y \* y + cx/fma(x, x, fma(-y, y, cx))/'; do
    kernel_dir k
    sed -i "$change" k/mandelbrot.cl k/mandelbrot.cu
    ! cmp -s "$kernels/mandelbrot.cl" k/mandelbrot.cl || fail "the kernel has changed"
    for device in $devices; do
        run "$program" -n 601x401 --split 0.4 --device "$device" --kernel-dir k --output p.png --repeat 1
        expect 1
        says "WRONG: counts: "
        prints "verified   NO"
        prints_not " ms"
        [ ! -e p.png ] || fail "a picture of a wrong answer"
    done
    rm -r k
done
