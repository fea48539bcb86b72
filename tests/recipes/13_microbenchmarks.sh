#!/bin/sh
# SPDX-License-Identifier: MIT
# 13_microbenchmarks.sh PROGRAM - the five experiments: each alone and all together, verified for any n;
# data, scripts and plots hold the numbers of the JSON; on cusim counts are those of the rules.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
program=$1
experiments='occupancy banks latency bandwidth launch'
cd "$work" || exit 1

run "$program" -n 0 --device cpu --output at_0
expect 0
prints "verified   yes: nothing, 0 elements"
[ ! -e at_0 ] || fail "nothing was measured, and yet a folder was made"
for n in 1 1009; do
    run "$program" -n $n --repeat 1 --device cpu --output at_$n
    expect 0
    says_nothing
    for name in $experiments; do
        prints "verified   yes: $name, "
        for kind in tsv gp; do [ -s "at_$n/$name.$kind" ] || fail "no at_$n/$name.$kind"; done
    done
done

# same TSV - the numbers of a plot are the medians of the JSON, which lie between their quartiles.
same() {
    interpreter=$(command -v python3) || return 0
    run "$interpreter" -c '
import json, sys
name, folder = sys.argv[1:3]
found = json.load(open(sys.argv[3]))["results"][name]
rows = [line.rstrip("\n").split("\t") for line in open(f"{folder}/{name}.tsv")][1:]
curves = rows[0][1:]
assert len(rows) - 1 == len(found["points"]) >= 1, "not a row for each point"
for row, point in zip(rows[1:], found["points"]):
    keys = [key for key in point if not key.endswith(("_q1", "_q3"))][: len(row)]
    for text, key in zip(row, keys):
        assert abs(float(text) - point[key]) <= 1e-5 * abs(point[key]), (name, key, text, point[key])
    for key in [key[:-3] for key in point if key.endswith("_q1")]:
        assert 0 < point[key + "_q1"] <= point[key] <= point[key + "_q3"], (name, key, point)
' "$@"
    expect 0
}
for name in $experiments; do
    run "$program" --experiment "$name" -n 65536 --repeat 3 --device cpu --json --output "alone's $name"
    expect 0
    prints_one_object
    prints '"verified":true,"max_error":0,'
    prints "\"experiment\":\"$name\""
    prints "{\"$name\":{\"points\":["
    prints '"reads":"'
    cp out "$name.json"
    same "$name" "alone's $name" "$name.json"
    for other in $experiments; do
        [ "$other" = "$name" ] || [ ! -e "alone's $name/$other.tsv" ] || fail "$other was run, too"
    done
    if command -v gnuplot >/dev/null; then
        head -c 4 "alone's $name/$name.png" | grep -q PNG || fail "$name.png is no picture"
        grep -q '<svg' "alone's $name/$name.svg" || fail "$name.svg is no picture"
    fi
done
grep -q '"pageable_half_kib":[0-9]' bandwidth.json || fail "no n1/2"
# What latency is compared with is what the operating system reports.
cache=/sys/devices/system/cpu/cpu0/cache/index0
size=$(cat $cache/size 2>/dev/null)
case $(cat $cache/level $cache/type 2>/dev/null | tr -d '\n')$size in
1Data*[0-9]K) grep -q "L1d (${size%K} KiB): " latency.json || fail "no word about the first cache, $size" ;;
esac

# Without gnuplot: the numbers, and a word about it. A folder that cannot be: an error.
mkdir none
ln -s "$(command -v env)" none/env
run env PATH="$work/none" "$program" -n 1000 --repeat 1 --device cpu --output plain --experiment launch
expect 0
prints "no plot    gnuplot is not installed, so plain/launch.tsv is there"
[ -s plain/launch.tsv ] || fail "no numbers"
for place in /proc/self/x plain/launch.tsv; do
    run "$program" -n 1000 --repeat 1 --device cpu --experiment launch --output $place
    expect 3
    says "cannot make the folder $place"
done
run "$program" -n 1000 --quiet --device cpu --output quiet
expect 0
prints_nothing
[ ! -e quiet ] || fail "--quiet wrote files"

# One launch alone, for a profiler; and what cannot be asked for.
run "$program" -n 1000 --device cpu --only banks=8/padded
expect 0
prints "verified   yes: banks, "
prints_not "yes: latency"
prints_not "plot "
for usage in "--only banks=7/plain" "--only banks=8" "--only banks" "--experiment bank" "--experiment" \
    "--conflict-free" "--conflict-free --device cpu --only banks=8/plain" "-n 2147483648" "-n 1x1" \
    "--repeat 0" "extra"; do
    # shellcheck disable=SC2086  # several words
    run "$program" $usage
    expect 2
done
run "$program" --only banks=7/plain
says "--only: no launch is called 'banks=7/plain'"
says "banks=1/plain ..."

# Wrong kernels, in each language: no table, no files, and no word of a time.
devices=cpu
run "$program" -n 32 --only launch=1/waited --device sim
[ "$rc" -eq 77 ] || devices='cpu sim'
kernel_dir k
sed -i 's/v \* v + c/v * v - c/' k/chains.c[lu]
sed -i 's/3 \* sum/2 * sum/' k/banks.c[lu]
sed -i 's/p = x\[p\]/p = x[x[p]]/' k/chase.c[lu]
sed -i 's/= x\[i\] + y\[i\]/= x[i]/' k/tick.c[lu]
sed -i 's/k \* stride/k * stride * 2 % rows/' k/stride.c[lu] # copies mapped memory in CUDA
for device in $devices; do
    for name in $experiments; do
        [ "$device.$name" != cpu.bandwidth ] || continue # no kernel copies there
        run "$program" -n 1000 --repeat 1 --device "$device" --kernel-dir k --output wrong --experiment "$name"
        expect 1
        says "WRONG: $name: "
        prints "verified   NO"
        prints_not "against"
        [ ! -e "wrong/$name.tsv" ] || fail "numbers of a wrong answer"
    done
done

# The counts, by the rules of chapter 13.
[ "$devices" != cpu ] || skip "cusim cannot run here: $(sed -n 2p "$work/err")"
run "$program" --device sim --output counts
expect 0
says_nothing
row() { grep -Eq "^ *$1 *$" "$work/out" || fail "no row: $1"; }
# Plain, stride s: gcd(s, 32) lanes meet in a bank. Padded: counted out lane by lane. 8 warps load 16
# times each.
awk '
function most(stride, width,    lane, e, bank, used, worst, seen) {
    for (lane = 0; lane < 32; lane++) {
        e = int(lane * stride / 32) * width + lane * stride % 32
        bank = e % 32
        if (!((bank, e) in seen)) used[bank]++
        seen[bank, e] = 1
        if (used[bank] > worst) worst = used[bank]
    }
    return worst
}
/^Stride in shared memory/ { on = 1; next }
on && /^ +[0-9]+ / {
    plain = most($1, 32) - 1; padded = most($1, 33) - 1; rows++
    if ($2 != plain || $3 != padded || $4 != plain || $5 != 128 || $6 != plain * $5 || $7 != padded * $5) {
        print "wrong: " $0; bad = 1
    }
}
/^A load has/ { on = 0 }
END { exit bad || rows != 10 }' "$work/out" >awk.out || fail "bank conflicts are not those of the rule: $(cat awk.out)"
prints "A load has 0 conflicts at stride 1 and 31 at stride 32"
prints "Rows padded to 33 elements leave 0 at stride 32"
row "4 +1\.00 +98 +12\.5"     # 64 slots, once and a half round and one more, and the load of y[0]
row "1024 +1\.00 +24578 +12\.5"
row "2 +64 +2048 +1\.00"      # 2 KiB are 64 sectors
row "2048 +65536 +2097152 +1\.00"
for launches in 1 4 16 64 256; do row "$launches +([0-9.]+) +\1 +$launches"; done
[ "$(grep -c '"kernels"' counts/counts.json)" -eq 57 ] || fail "counts.json has not a line for each launch"
# Blocks of one warp: the number of blocks is what limits them, 16 in compute capability 8.6, 32 in 8.0.
for limit in 8.6:16 8.0:32; do
    run env CUSIM_CC=${limit%:*} "$program" --device sim --output counts --experiment occupancy
    expect 0
    row "1 +[0-9.]+ +[0-9.]+ +${limit#*:}"
done
run "$program" --device sim --output counts --experiment banks --json
expect 0
prints_one_object
cp out banks.json
prints '"point":32,"plain":31,"padded":0,"rule":31,'
[ "$(wc -l <counts/counts.json)" -eq 20 ] || fail "counts of an earlier run were kept"
same banks counts banks.json

# --conflict-free: cusim's count is part of the answer.
run "$program" --device sim --only banks=32/padded --conflict-free
expect 0
prints "verified   yes: count of bank conflicts, "
run "$program" --device sim --only banks=32/plain --conflict-free
expect 1
says "WRONG: count of bank conflicts: "
run "$program" --device sim --only banks=32/plain --conflict-free --kernel-dir k
expect 1
says "WRONG: banks: "
