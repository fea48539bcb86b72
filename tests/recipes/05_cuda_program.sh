#!/bin/sh
# SPDX-License-Identifier: MIT
# 05_cuda_program.sh PROGRAM - what doubling a matrix promises: any size on the device and on the host,
# NVRTC's own calls, and that the well-known wrong kernel (a stride of 4 for 5 columns) is caught:
# which elements are never doubled, and which are written twice.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
program=$1
defect=$HC_SOURCE/recipes/05_cuda_program/defect
CUSIM_SCHEDULE=inorder # the same outcome of a race each time
export CUSIM_SCHEDULE

for size in 0x0 0x7 7x0 1x1 1x31 31x1 32x8 33x9 31x33 33x31 5x4 4x5 257x127 1009x3 1x4099; do
    count=$(($(echo "$size" | tr x '*')))
    grouped=$(echo "$count" | sed 's/\([0-9]\)\([0-9]\{3\}\)$/\1 \2/')
    for device in sim cpu; do
        run "$program" -n $size --device $device --repeat 2
        expect 0
        says_nothing
        prints "a          ${size%x*} x ${size#*x} floats"
        prints "verified   yes: b, $grouped elements, max error 0 (allowed: 0, equal)"
    done
done
prints "host threads"
run "$program" -n 524281x1 --device sim --repeat 1 # more rows than 65535 blocks of 8 in y
expect 0
prints "verified   yes: b, 524 281 elements"

# A small matrix is shown: the second one is the double of the first, seen by another program.
run "$program" -n 5x5 --device sim
expect 0
prints "device     sim:0  "
awk '$1 == "a" || $1 == "b" { which = $1; n = 0; next }
    /^ +-?[0-9]/ && which { for (i = 1; i <= NF; i++) value[which, ++n] = $i }
    /^verified/ { which = "" }
    END { for (i = 1; i <= 25; i++) {
              d = value["b", i] - 2 * value["a", i]
              if (d < -2e-5 || d > 2e-5 || value["a", i] == "") bad++ }
          exit bad > 0 }' "$work/out" || fail "the matrix shown as b is not twice the one shown as a"
run "$program" -n 5x9 --device sim
expect 0
[ "$(grep -c '^ *-*0\.' "$work/out")" -eq 0 ] || fail "a matrix of 9 columns is shown"

# --nvrtc: the same by NVRTC's own calls; its log comes with the file's name and line.
run "$program" -n 33x9 --device sim --nvrtc --repeat 1
if [ "$rc" -eq 77 ]; then
    says "NVRTC"
    echo "not checked: --nvrtc, since there is no NVRTC here"
else
    expect 0
    prints "verified   yes: b, 297 elements"
    prints "build"
    kernel_dir broken
    sed -i 's/\*= 2;/*= two;/' "$work/broken/double_matrix.cu"
    run "$program" --device sim --nvrtc --kernel-dir "$work/broken"
    expect 4
    says 'double_matrix.cu does not compile, with options --gpu-architecture=compute_'
    says 'double_matrix.cu(8): error'
    says '"two"'
fi
for how in '' --no-cache; do
    kernel_dir broken
    sed -i 's/\*= 2;/*= two;/' "$work/broken/double_matrix.cu"
    # shellcheck disable=SC2086  # no word, if empty
    run "$program" --device sim --kernel-dir "$work/broken" $how
    expect 4
    says "double_matrix.cu"
    says "two"
done

# The defect. 5 x 5: row i is taken to begin at 4 i. The last row's end is never reached, and the first
# element of each row is the last one of the row before it, so it is doubled twice.
run "$program" --device sim --kernel-dir "$defect"
expect 1
says "WRONG: b: 8 of 25 elements differ"
for index in 4 8 12 16; do says "[$index] got "; done
sed -n '/divided by what it was before/,$p' "$work/out" | sed '1d' | head -n 5 | tr -s ' \n' ' ' >"$work/factors"
ran="factors: $(cat "$work/factors")"
[ "$(cat "$work/factors")" = " 2 2 2 2 4 2 2 2 4 2 2 2 4 2 2 2 4 2 2 2 2 1 1 1 1 " ] || fail "another pattern"
prints "verified   NO"
prints_not "time in ms"
# Where n is 4 it is right by chance; where n is less, it writes beyond the end, and cusim's check says so.
run "$program" -n 9x4 --device sim --kernel-dir "$defect"
expect 0
check() { run sh "$HC_SOURCE/common/tools/sim.sh" "$HC_BUILD" --check=memory -- "$program" --device sim --repeat 1 "$@"; }
check -n 9x3 --kernel-dir "$defect"
[ "$rc" -ne 0 ] || fail "writing beyond the end is not reported"
says "cusim: check memory: invalid global"
says "double_matrix.cu:"
check -n 9x3
expect 0
says "cusim: check memory: no errors"

# A kernel of another name, and one that is not there.
kernel_dir named
sed -i 's/void double_matrix/void twice/' "$work/named/double_matrix.cu"
run "$program" --device sim --kernel-dir "$work/named"
expect 4
says "cuModuleGetFunction"
run "$program" --device sim --kernel-dir "$work"
expect 2
says "double_matrix.cu not found"

# Another seed makes other data; sizes that are none, or too many, end in words.
run "$program" -n 3x3 --device cpu --seed 2
expect 0
mv "$work/out" "$work/two"
run "$program" -n 3x3 --device cpu --seed 3
! cmp -s "$work/out" "$work/two" || fail "seeds 2 and 3 give the same matrix"
for size in 5 5x5x5 5x-1 x 5x; do
    run "$program" -n $size
    expect 2
    says "--size $size: not a size (MxN"
done
for device in sim cpu; do
    run "$program" -n 18446744073709551615x3 --device $device
    expect 3
done
run "$program" -n 4x6 --device sim --json --seed 7 --repeat 3
expect 0
prints_one_object
prints '"params":{"size":[4,6],"seed":7,"repeat":3,"nvrtc":false}'
prints '"verified":true,"max_error":0,'
for time in build upload kernel download; do prints "\"$time\":{\"median\":"; done
run "$program" --device opencl
expect 2
says "this recipe does not use opencl"
run "$program" --quiet --device sim
expect 0
prints_nothing
says_nothing
