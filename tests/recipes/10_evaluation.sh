#!/bin/sh
# SPDX-License-Identifier: MIT
# 10_evaluation.sh PROGRAM - every way to compute is verified before it is timed, on every device, with
# every library; reports, JSON and plot files have the form that is said; no time is judged.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
program=$1
cd "$work" || exit 1
problems='vector_sum map reduction stencil matmul'
mkdir -p none
printf 'no library\n' >none/libopenblas.so.0 # what is installed here is not to decide
cp none/libopenblas.so.0 none/libopenblas.so
cp none/libopenblas.so.0 none/libclblast.so.1
cp none/libopenblas.so.0 none/libclblast.so
LD_LIBRARY_PATH=$work/none${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH

# The report, numbers hidden: what is left is the same on every machine with PoCL.
run "$program" -n 4096 --repeat 2 --device cpu --threads 2 --output plots
expect 0
says_nothing
masked() { sed -n "/^$1: /,/^plot\|^no plot/p" "$work/out" | sed -e 's/ *[0-9][0-9.e+-]*/ #/g' -e 's/  */ /g'; }
masked matmul | grep -v '^ shape\|the kernel alone\|^plot\|^no plot\|^ plot' >matmul.txt
sed 's/, OpenCL [a-z]*, total/, OpenCL, total/' matmul.txt >got
cat >want <<'END'
matmul: c = a b, side x side, n = #, side = #; # MB, # MFLOP
 way build ms upload kernel download total GFLOP/s of peak serial/total
 serial # # # # % #
 SIMD # # # # % #
 threads # # # # % #
 OpenCL plain # # # # # # # % #
 OpenCL tuned # # # # # # # % #
 without OpenBLAS: not installed (Debian: libopenblas #)
 without CLBlast: not installed (Debian: libclblast #)
 kernel ms by size
 n serial SIMD threads OpenCL plain OpenCL tuned OpenCL, total
 # # # # # # #
 # # # # # # #
 # # # # # # #
 # # # # # # #
 faster than the best of the host:
 threads ms speed-up per thread
 # # # # %
 # # # # %
 # # # # %
END
sed -i 's/OpenCL tuned OpenCL [a-z]*, total/OpenCL tuned OpenCL, total/' got
cmp -s got want || { diff want got >"$work/err"; fail "the report of matmul has changed"; }
# shellcheck disable=SC2086
for problem in $problems; do
    prints "verified   yes: $problem, "
    prints "$problem: "
    [ "$(grep -c "^# " plots/$problem.tsv)" -eq 1 ] || fail "$problem.tsv does not say what it is"
    sed -n 2p plots/$problem.tsv | grep -Eq "^x	serial	SIMD	threads	OpenCL (plain|tuned)	OpenCL (plain|tuned) with transfers$" ||
        fail "$problem.tsv: other columns"
    [ "$(tail -n +3 plots/$problem.tsv | cut -f 1 | tr '\n' ' ')" = "64 256 1024 4096 " ] ||
        fail "$problem.tsv: other sizes"
    grep -q "plot '$problem.tsv'" plots/$problem.gp || fail "$problem.gp does not draw its numbers"
done
sed -n 2p plots/speed_up.tsv | grep -q "^x	vector_sum	map	reduction	stencil	matmul$" || fail "speed_up.tsv"
[ "$(grep -c 'the kernel alone .*; with transfers ' "$work/out")" -eq 10 ] || fail "not a line for each kernel"
[ "$(grep -c 'shape: OpenCL tuned is .* times as fast as OpenCL plain' "$work/out")" -eq 5 ] || fail "no ratio of shapes"

# JSON: rates are bytes or flops by the kernel's time, and a total holds all steps.
run "$program" -n 4096 --repeat 2 --device cpu --sizes 2 --json --output plots
expect 0
prints_one_object
interpreter=$(command -v python3) && "$interpreter" - "$work/out" >"$work/valid" 2>&1 <<'END' || [ -z "$interpreter" ] || fail "$(cat "$work/valid")"
import json, sys
results = json.load(open(sys.argv[1]))['results']
work = {'vector_sum': 12 * 4096, 'map': 51 * 4096, 'reduction': 4 * 4096, 'stencil': 8 * 4096, 'matmul': 2 * 40**3}
found = {p['name']: p for p in results['problems']}
assert set(found) == set(work) | {'copy', 'multiply_add'}, set(found)
for name, amount in work.items():
    ways = {w['name']: w for w in found[name]['ways']}
    for way in ('serial', 'SIMD', 'threads', 'OpenCL plain', 'OpenCL tuned'):
        points = ways[way]['points']
        assert [p['n'] for p in points] == [1024, 4096], (name, way, points)
        last = points[-1]
        assert abs(last['rate'] * last['kernel_ms'] * 1e6 - amount) < 1e-6 * amount, (name, way, last)
        assert last['total_ms'] > 0 and ways[way]['limit'] > 0, (name, way)
        if way.startswith('OpenCL'):
            assert last['upload_ms'] > 0 and last['download_ms'] > 0, (name, way)
            for key in ('wins_from_n', 'kernel_wins_from_n'):
                assert 0 <= ways[way][key] <= 4096, (name, way, key)
    assert found[name]['threads'][0]['threads'] == 1, name
assert 'left_out' in {w['name']: w for w in found['matmul']['ways']}['OpenBLAS']
assert len(results.get('pictures', [])) in (0, 6) # without gnuplot none
END

# Awkward sizes are verified like others.
for n in 0 1 2 31 33 257 1009; do
    run "$program" -n $n --device cpu --quiet
    expect 0
    prints_nothing
    says_nothing
done
run "$program" -n 0 --device cpu --output empty
expect 0
prints ": nothing to measure"
[ ! -e empty ] || fail "nothing was measured, and yet a folder was made"

# One way alone; names that are none; limits.
run "$program" -n 1000 --device cpu --only "OpenCL tuned" --problem map
expect 0
prints "verified   yes: map, "
prints_not "GFLOP/s"
run "$program" -n 1000 --device cpu --only abacus
expect 2
says "--only: nothing here is computed by 'abacus'"
says "OpenCL plain"
run "$program" -n 1000 --device cpu --only OpenBLAS
expect 77
says "matmul by OpenBLAS: not installed"
for wrong in '--sizes 0' '--sizes 9' '--threads 257' '--problem sum'; do
    # shellcheck disable=SC2086
    run "$program" $wrong
    expect 2
done
run "$program" -n 10000000000000 --device cpu
expect 3
says "asked for a buffer of 40000000000000"
run "$program" -n 100 --device cpu --output /proc/self/x
expect 3
says "cannot make the folder /proc/self/x"

# Wrong kernels: no time, and the guilty way is named.
kernel_dir k
spoil() {
    cp "$kernels/$1" k/saved
    sed -i "$2" "k/$1"
    ! cmp -s k/saved "k/$1" || fail "the kernel has changed"
    run "$program" -n 3000 --repeat 1 --device "$4" --kernel-dir k --problem "$3"
    [ "$rc" -ne 77 ] || return 0
    expect 1
    says "WRONG: $3"
    [ "$#" -lt 5 ] || says "WRONG: $3 by $5, n = "
    prints "verified   NO"
    prints_not " ms"
    cp k/saved "k/$1"
}
spoil vector_sum.cl 's/x\[i\] + y/x[i] - y/' vector_sum cpu "OpenCL plain"
spoil tuned/stencil.cpu.cl 's/0\.25f/0.26f/' stencil cpu "OpenCL tuned"
spoil reduction.cl 's/i += stride/i += stride + 1/' reduction cpu "OpenCL plain"
spoil tuned/reduction.gpu.cu 's/step = 16/step = 8/' reduction sim "CUDA tuned"
cp "$kernels/vector_copy.cl" k/saved
sed -i 's/z\[i\] = x\[i\]/z[i] = -x[i]/' k/vector_copy.cl
run "$program" -n 3000 --repeat 1 --device cpu --kernel-dir k --problem map
expect 1 # the yardstick itself
says "WRONG: copy by OpenCL plain"
prints_not " ms"

# A library's answer is not trusted either.
if [ "$HC_SANITIZER" = none ]; then
    cat >blas.c <<'END'
void cblas_sgemm(int layout, int at, int bt, int m, int n, int k, float alpha, const float *a, int lda,
                 const float *b, int ldb, float beta, float *c, int ldc) {
    for (int i = 0; i < m; i++)
        for (int j = 0; j < n; j++) {
            float sum = 0;
            for (int l = 0; l < k; l++) sum += a[i * lda + l] * b[B];
            c[i * ldc + j] = alpha * sum + beta * 0 * (float)(layout + at + bt);
        }
}
END
    for index in 'l*ldb+j' 'j*ldb+l'; do
        mkdir -p blas
        run "${CC:-cc}" -shared -fPIC "-DB=$index" blas.c -o blas/libopenblas.so.0
        expect 0
        run env LD_LIBRARY_PATH="$work/blas:$LD_LIBRARY_PATH" "$program" -n 1000 --repeat 1 --device cpu --problem matmul
        if [ "$index" = 'l*ldb+j' ]; then
            expect 0
            grep -Eq '^  OpenBLAS +[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9]+ % ' "$work/out" || fail "no row of the library"
        else
            expect 1
            says "WRONG: matmul by OpenBLAS, n = "
        fi
    done
fi

# How not to measure: each mistake has its two numbers; what was not compared is half wrong.
run "$program" -n 1000 --how-not-to --device cpu
expect 0
for mistake in 'a loop that the compiler removes' 'the clock read before the device is ready' \
    'the first run, which builds' 'transfers left out' 'one run; ' 'one core of the host'; do
    grep -Eq "^$mistake.* +[0-9.e+-]+ +[0-9.e+-]+  [a-zA-Z]" "$work/out" || fail "no row: $mistake"
done
grep -Eq '^int64 for a kernel of int, not compared: wrong elements +0 +500  elements$' "$work/out" || fail "not half of the elements"
prints "verified   yes: removed_loop, 1 000 elements"
run "$program" -n 1000 --how-not-to --device cpu --json
expect 0
prints_one_object
prints '"unchecked_said":0,"unchecked_is":500'
run "$program" -n 0 --how-not-to --device cpu
expect 2

# On cusim: counts, by the rules of chapter 2, and the same on every machine.
run "$program" -n 65536 --device sim --output counts
[ "$rc" -ne 77 ] || skip "cusim cannot run here: $(sed -n 2p "$work/err")"
expect 0
says_nothing
row() { grep -Eq "^ *$1 *$" "$work/out" || fail "no row: $1"; }
row 'vector_sum +vector_sum\.cu +[0-9]+ +24576 +100 % +0 +0 +32\.0' # 3 arrays of 8192 sectors
row 'map +map\.cu +[0-9]+ +16384 +100 % +0 +0 +[0-9.]+'
row 'reduction +reduction\.cu +[0-9]+ +8256 +99 % +[0-9]+ +0 +[0-9.]+' # 64 blocks leave 64 sums
row 'reduction +tuned/reduction\.gpu\.cu +[0-9]+ +8256 +99 % +576 +0 +[0-9.]+' # 9 requests a block
row 'stencil +stencil\.cu +[0-9]+ +[0-9]+ +[0-9]+ % +0 +0 +[0-9.]+'
row 'matmul +matmul_naive\.cu .*'
conflicts='[0-9]+' # NVRTC's code has none, that of clang 14 some
if grep -q '^compiler   NVRTC' "$work/out"; then conflicts=0; fi
row "matmul +tuned/matmul\.gpu\.cu +[0-9]+ +[0-9]+ +[0-9]+ % +[0-9]+ +$conflicts +[0-9.]+"
[ "$(wc -l <counts/counts.json)" -eq 8 ] || fail "counts.json has not a line for each kernel"
prints_not "serial/total"
run "$program" -n 4096 --device sim --output counts --json --problem stencil
expect 0
prints_one_object
prints '"file":"tuned/stencil.gpu.cu"'
[ "$(wc -l <counts/counts.json)" -eq 2 ] || fail "counts of an earlier run were kept"
run "$program" --device sim --how-not-to
expect 2
says "measures by OpenCL, and the device is sim"
