#!/bin/sh
# SPDX-License-Identifier: MIT
# 02_gpu_architecture.sh PROGRAM - the three experiments: verified for any n; on cusim the counts are
# those of the rules; data, scripts and plots are written, and without gnuplot said not to be.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
program=$1
cd "$work" || exit 1

for n in 0 1 31 32 33 257 1009; do
    run "$program" -n $n --repeat 1 --device cpu --output at_$n
    expect 0
    says_nothing
    prints "verified   yes: stride, "
    [ $n -eq 0 ] || prints "verified   yes: divergence, "
    [ $n -eq 0 ] || prints "verified   yes: tick, 288 elements"
done
[ ! -e at_0 ] || fail "nothing was measured, and yet a folder was made"
for name in stride divergence tick; do
    for kind in tsv gp; do [ -s at_257/$name.$kind ] || fail "no at_257/$name.$kind"; done
    [ "$(grep -c '^[0-9]' at_257/$name.tsv)" -ge 6 ] || fail "$name.tsv has not a line for each point"
done
if command -v gnuplot >/dev/null; then
    for name in stride divergence tick; do
        head -c 4 at_257/$name.png | grep -q PNG || fail "$name.png is no picture"
        grep -q '<svg' at_257/$name.svg || fail "$name.svg is no picture"
        rm at_257/$name.png
        run sh -c "cd at_257 && gnuplot $name.gp" # as the script says of itself
        expect 0
        [ -s at_257/$name.png ] || fail "$name.gp does not draw"
    done
fi

# Without gnuplot: the numbers, and a word about it. With one that fails: an error.
mkdir none fails
ln -s "$(command -v env)" none/env
printf '#!/bin/sh\necho no terminal here >&2\nexit 1\n' >fails/gnuplot
chmod +x fails/gnuplot
run env PATH="$work/none" "$program" -n 1000 --repeat 1 --device cpu --output plain
expect 0
prints "no plot    gnuplot is not installed, so plain/stride.tsv is there"
prints "./cook setup run"
[ -s plain/tick.tsv ] || fail "no numbers"
[ ! -e plain/tick.png ] || fail "a picture from nowhere"
run env PATH="$work/fails:$PATH" "$program" -n 1000 --repeat 1 --device cpu --output plain
expect 3
says "gnuplot did not draw plain/stride.gp: no terminal here"

run "$program" -n 1000 --repeat 1 --device cpu --output "with space's/and more" --json
expect 0
prints_one_object
prints '"verified":true,"max_error":0,'
prints '"reads":"From stride 1 to stride 32'
[ -s "with space's/and more/stride.tsv" ] || fail "no numbers in a folder with spaces"
for place in /proc/self/x plain/tick.tsv; do
    run "$program" -n 1000 --repeat 1 --output $place
    expect 3
    says "cannot make the folder $place"
done
run "$program" -n 1000 --quiet --output quiet
expect 0
prints_nothing
[ ! -e quiet ] || fail "--quiet wrote files"

# One launch alone, for a profiler.
run "$program" -n 1000 --only divergence=4/mixed
expect 0
prints "verified   yes: divergence, "
prints_not "yes: stride"
run "$program" --only stride=3
expect 2
says "--only: no launch is called 'stride=3'"
says "stride=2 "
run "$program" -n 1073741825
expect 2

# Wrong kernels, in each language: no table.
devices=cpu
run "$program" -n 32 --only tick=1 --device sim
[ "$rc" -eq 77 ] || devices='cpu sim'
for change in 's/k \* stride + phase/k + phase * rows/' 's/2u \* path/3u * path/' 's/x\[i\] + y\[i\]/x[i]/'; do
    kernel_dir k
    sed -i "$change" k/stride.c[lu] k/divergence.c[lu] k/tick.c[lu]
    for device in $devices; do
        run "$program" -n 1000 --repeat 1 --device "$device" --kernel-dir k --output wrong
        expect 1
        says "WRONG: "
        prints "verified   NO"
        prints_not "GB/s"
        prints_not "sectors"
        [ ! -e wrong ] || fail "numbers of a wrong answer"
    done
    rm -r k
done

# The counts, by the rules of chapter 2: 32 lanes of 4 bytes, 32 bytes a sector.
[ "$devices" != cpu ] || skip "cusim cannot run here: $(sed -n 2p "$work/err")"
run "$program" -n 65536 --device sim --output counts
expect 0
says_nothing
row() { grep -Eq "^ *$1 *$" "$work/out" || fail "no row: $1"; }
row "1 +4\.00 +2048 +4\.00 +100\.0"
row "2 +8\.00 +2048 +4\.00 +50\.0"
row "4 +16\.00 +2048 +4\.00 +25\.0"
for stride in 8 16 32; do row "$stride +32\.00 +2048 +4\.00 +12\.5"; done
prints "touches 4 sectors of 32 bytes at stride 1 and 32 at stride 32: 8 times"
# 1024 elements are 32 warps; mixed, a warp walks all paths: one divergent branch or more for each path.
row "1 +[0-9.]+ +[0-9.]+ +1\.00 +32\.0 +0"
row "32 +[0-9.]+ +[0-9.]+ +([2-9]|[1-9][0-9])\.[0-9]+ +[0-9]\.[0-9] +[0-9]+"
row "256 +[0-9]+ +256 +[0-9.]+"
[ "$(wc -l <counts/counts.json)" -eq 27 ] || fail "counts.json has not a line for each launch"
run "$program" -n 65536 --device sim --output counts --json
expect 0
prints_one_object
prints '"sectors_per_load":32'
[ "$(wc -l <counts/counts.json)" -eq 27 ] || fail "counts of an earlier run were kept"
