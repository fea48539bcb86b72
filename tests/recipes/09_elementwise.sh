#!/bin/sh
# SPDX-License-Identifier: MIT
# 09_elementwise.sh PROGRAM - the lesson on every kind of device, and the playground: expressions,
# reductions and scans on files and on made-up data, their values, what is written, and an exit code
# and a reason for every malformed file and every text that is no expression.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
program=$1
cd "$work" || exit 1

# ---- The lesson ----
for n in 0 1 33 1009; do
    run "$program" -n $n --repeat 1
    expect 0
    says_nothing
    prints "verified   yes: sum, 100 elements"
    prints "refused    sum: argument 1 'a': expected an array of int, given an array of long"
    prints "unchecked  with these arrays the first 50 of 100 sums would be right"
    prints "verified   yes: fused, "
done
prints "GB/s (7 arrays: x u, u y v, v z)"
prints "GB/s (3 arrays: x y z)"
run "$program" -n 1000 --repeat 1 --compare-all --json
expect 0
prints_one_object
prints '"verified":true,"max_error":0,'
prints '"unchecked_right":50'
run "$program" -n 1000 --repeat 1 --compare-all
expect 0
prints "OpenCL        right"
prints "C             right"
grep -qE '^ +CUDA( \(cusim\)|  ) +(right|skipped) ' "$work/out" || fail "nothing about CUDA"
run "$program" -n 1000 --repeat 1 --show-source
expect 0
prints "__kernel void"
prints "c[i] = a[i] + b[i]"
run "$program" -n 1000 --repeat 1 --as-c --show-source
expect 0
prints "c[i] = a[i] + b[i]"
prints_not "__kernel"
run "$program" -n 1000 --quiet
expect 0
says_nothing
prints_nothing
run "$program" --help
expect 0
for option in expr reduce scan data example let type to map neutral output exclusive out show-source compare-all as-c; do
    prints "--$option"
done

# What follows runs on cusim where it is, since kernels compile there in a fraction of the time.
by=OpenCL
run "$program" --list-devices
if grep -q '^sim' "$work/out"; then
    by="CUDA (cusim)"
    export HC_DEVICE=sim
fi

# ---- Expressions ----
run "$program" -n 33 --expr "z = sqrt(x*x + y*y)"
expect 0
says_nothing
prints "statement  z[i] = sqrt(x[i]*x[i] + y[i]*y[i])"
prints "arguments  const double *x, const double *y, double *z"
prints "verified   yes: z by $by and C, 33 elements, max error 0 (allowed: 0, equal)"
for type in f32 f64 i8 u8 i16 u16 i32 u32 i64 u64; do
    run "$program" -n 1009 --type $type --expr "z = x + y"
    expect 0
    prints "by $by and C, 1 009 elements, max error 0 (allowed: 0, equal)"
done
run "$program" -n 1009 --expr "z = sin(x)*exp(y)" --compare-all
expect 0
prints "(allowed: "
prints "or 64 ulp)"
run "$program" -n 1000 --as-c --expr "z = x*y" --show-source
expect 0
prints "verified   yes: z by C and $by"
prints_not "__kernel"
run "$program" -n 0 --expr "z = x*y" --reduce "sum(z)" --scan "sum(x)"
expect 0
prints "sum(z) = 0 "

printf 't, speed\n1, 2\n2, 4.5   # measured twice\n3, -1\n\n4, nan\n' >a.csv
run "$program" --data a.csv
expect 0
prints "data       a.csv: 4 rows of double t, double speed"
prints "speed   double   -1  4.5  1.83333    1"
run "$program" --data a.csv --expr "way = speed*t" --json
expect 0
prints_one_object
prints '"name":"way","type":"double","n":4,"nan":1,"min":-3,"max":9,"mean":2.6666666666666665,"values":[2,9,-3,null]'
run "$program" --data a.csv --expr "t = t*t; late = t > 5" --json
expect 0
prints '"values":[1,4,9,16]'
prints '"values":[0,0,1,1]'
run "$program" --data a.csv --expr "z = k*t + h" --let k=3,h=0.5 --json
expect 0
prints '"values":[3.5,6.5,9.5,12.5]'
run "$program" --data a.csv --expr "z = i + 1 < n ? t[i + 1] - t : 0" --json
expect 0
prints '"values":[1,1,1,0]'
run "$program" --data a.csv --expr "double u = t, v = u*u; z = v + u" --json
expect 0
prints '"values":[2,6,12,20]'
printf '7 9223372036854775807\n-2 1\n' >whole.txt
run "$program" --data whole.txt --type i64 --expr "z = y - x; w = x/2" --json
expect 0
prints '"values":[9223372036854775800,3]'
prints '"values":[3,-1]'
run "$program" --data whole.txt --type i64 --expr "w = x/2.0"
expect 0
prints "--to f64 keeps fractions"
run "$program" --data whole.txt --type i64 --expr "w = x/2.0" --to f64 --json
prints '"values":[3.5,-1]'
seq 10 >ten.txt
run sh -c '"$1" --data - --expr "x*x" --type i32 --json <ten.txt' sh "$program"
expect 0
prints '"values":[1,4,9,16,25,36,49,64,81,100]'
printf 'inf\n-inf\n1\n' >inf.txt
run "$program" --data inf.txt --expr "z = x + 1; w = x - x" --json
expect 0
prints '"values":[null,null,2]'

# A column that the text reads after it wrote it: each run begins with zeros.
run "$program" --data a.csv --expr "for (int k = 0; k < 3; k++) z = z + t" --json
expect 0
prints '"values":[3,6,9,12]'

# ---- Reductions and scans ----
reduces() { # reduces TEXT VALUE MORE...
    text=$1 value=$2
    shift 2
    run "$program" --data ten.txt --reduce "$text" "$@" --json
    expect 0
    prints_one_object
    prints '"verified":true'
    prints "\"value\":$value"
}
reduces "sum(x)" 55
reduces "sum(x*x)" 385
reduces "sum(x*x)" 385 --type i32
reduces "product(x)" 3628800
reduces "min(x - 3)" -2
reduces "max(x)" 10 --type u8
reduces "min(x)" 1 --type i64
reduces "count(x > 4)" 6
reduces "argmax(x*(7 - x))" '12,"index":2'
reduces "argmin(x)" '1,"index":0' --type i16
reduces "a + b" 110 --map "2*x" --neutral 0
reduces "a > b ? a : b" 100 --map "x*x" --neutral 0
reduces "sum(k*x)" 165 --let k=3
reduces "sum(z)" 440 --expr "z = 8*x"
run "$program" --data a.csv --reduce "argmin(speed)" --json # NaN is no number, so it is left out
prints '"value":-1,"index":2'
run "$program" --data a.csv --reduce "argmax(0*speed)"
prints "argmax(0*speed) = 0 at i = 0"
printf 'nan\n' >nan.txt
run "$program" --data nan.txt --reduce "argmin(x)"
expect 0
prints "argmin(x): there is no number"
run "$program" -n 1009 --scan "sum(sin(x))"
expect 0
prints "or 64 ulp)"
run "$program" -n 100000 --reduce "sum(sin(x))"
expect 0
prints "or 64 ulp)"

scans() {
    text=$1 values=$2
    shift 2
    run "$program" --data ten.txt --scan "$text" "$@" --json
    expect 0
    prints_one_object
    prints '"verified":true'
    prints "\"values\":[$values]"
}
scans "sum(x)" 1,3,6,10,15,21,28,36,45,55
scans "t = sum(x)" 0,1,3,6,10,15,21,28,36,45 --exclusive
scans "max(x*(7 - x))" 6,10,12,12,12,12,12,12,12,12
scans "a*b" 1,2,6,24,120,720,5040,40320,362880,3628800 --map x --neutral 1
scans "count(x > 7)" 8,9,10,0,0,0,0,0,0,0 --output "if (x > 7) z[item - 1] = x"
for n in 1 31 33 4097; do
    run "$program" -n $n --scan "sum(x)" --reduce "sum(x*y)" --type f32
    expect 0
    prints "verified   yes: s by $by and C"
done

# ---- Examples ----
for example in argmin mean_variance float_sums copy_if histogram; do
    run "$program" -n 1009 --example $example
    expect 0
    says_nothing
    prints "example    $example: "
    prints "verified   yes: "
done
run "$program" --example average
expect 2
says "no example of that name"
run "$program" --example argmin --expr "z = x"
expect 2

# ---- Files that are written ----
run "$program" --data a.csv --expr "way = speed*t; twice = 2*t" --out b.tsv
expect 0
printf 'way\ttwice\n2\t2\n9\t4\n-3\t6\nnan\t8\n' | cmp -s - b.tsv || fail "b.tsv: $(cat b.tsv)"
run "$program" --data b.tsv --expr "z = twice - way" --out c.npy
expect 0
run "$program" --data c.npy --json
expect 0
prints '"name":"x","type":"double","n":4,"nan":1,"min":-5,"max":9'
run "$program" --data ten.txt --type u16 --expr "z = x*x; w = x + 1" --out d.npy
expect 0
run "$program" --data d.npy --json
prints '"type":"uint16_t","n":10,"nan":0,"min":1,"max":100,"mean":38.5'
prints '"name":"y","type":"uint16_t","n":10,"nan":0,"min":2,"max":11'
run "$program" --data ten.txt --reduce "sum(x)" --out e.npy
expect 2
says "no column to write"
run "$program" --data ten.txt --expr "z = x" --out /nonexistent/e.npy
expect 3
says "/nonexistent/e.npy: cannot be written"

# ---- Malformed files: named by line and column, and nothing is computed ----
malformed() { # malformed CONTENT MESSAGE
    printf '%b' "$1" >bad.txt
    run "$program" --data bad.txt --expr "z = x" ${3:+--type "$3"}
    expect 2
    says "$2"
    prints_not "took"
    prints_not "verified"
}
malformed '1 2\n3\n' "bad.txt:2: 1 column, and the lines before have 2"
malformed '1 2\n3 4 5\n' "bad.txt:2: 3 columns, and the lines before have 2"
malformed '1,2\n,4\n' "bad.txt:2: column 1 (x): '' is empty"
malformed '# numbers\n\n1\nfive\n' "bad.txt:4: column 1 (x): 'five' is not a number"
malformed 'x,v\n1,2\n1,2.3.4\n' "bad.txt:3: column 2 (v): '2.3.4' is not a number"
malformed '1\n2.5\n' "bad.txt:2: column 1 (x): '2.5' does not fit into int" i32
malformed '1\n300\n' "bad.txt:2: column 1 (x): '300' does not fit into uint8_t" u8
malformed '1\n1e999\n' "'1e999' is not a number"
malformed '' "no numbers in it"
malformed '1\0\n' "a byte 0: this is not text"
malformed '\223NUMPY' "not a .npy file, or a damaged one"
head -c 100 d.npy >bad.npy
run "$program" --data bad.npy
expect 2
run "$program" --data nosuch.txt
expect 2
says "nosuch.txt: cannot be opened"
run "$program" --data .
expect 2
run "$program" --data bad.npy --json
expect 2
prints_nothing

# ---- Texts that are no expressions ----
refused() { # refused CODE MESSAGE ARGS...
    code=$1 message=$2
    shift 2
    run "$program" -n 100 "$@"
    expect "$code"
    says "$message"
    prints_not "verified"
}
refused 2 "'q' is neither a column nor a number with a name" --expr "z = x + q"
says "        z = x + q"
says "                ^"
refused 2 "--let q=2.5" --expr "z = x + q"
refused 2 "there is no such operator in C" --expr "z = x**2"
refused 2 "'k' cannot be assigned to" --expr "k = x" --let k=2
refused 2 "nothing in it" --expr " "
refused 2 "never closed" --expr "z = (x + y"
refused 2 "--let: 'k'" --expr "z = k*x" --let k
refused 2 "--let: 'k=two'" --expr "z = k*x" --let k=two
refused 2 "'f99' is no type" --expr "z = x" --type f99
refused 2 "'f99' is no type" --expr "z = x" --to f99
refused 2 "none of the reductions with a name" --reduce "average(x)"
refused 2 "needs --map and --neutral" --reduce "a + b"
refused 2 "--map and --neutral belong to" --expr "z = x" --map x
refused 2 "--map and --neutral belong to" --reduce "a + b" --scan "a + b" --map x --neutral 0
refused 2 "--output and --exclusive need --scan" --expr "z = x" --exclusive
refused 2 "--output says itself" --scan "sum(x)" --output "z = item" --exclusive
refused 2 "there is a reduction only" --scan "argmin(x)"
refused 2 "an assignment within what is reduced" --reduce "sum(z = x)"
refused 4 "sqrtt" --expr "z = sqrtt(x)"
refused 4 "z[i] = x[i] +" --expr "z = x +"
refused 2 "unexpected argument" --expr z = x
run "$program" -n 100 --expr "z = sqrtt(x)" --json
expect 4
prints_one_object
prints '"status":"error"'

unset HC_DEVICE
# ---- Without a C compiler: the other API to compare with; without that, too, no success ----
run env HC_CC=/nonexistent "$program" -n 1000 --repeat 1 --compare-all
expect 0
prints "C             skipped  HC_CC=/nonexistent: no such program"
run env HC_CC=/nonexistent "$program" -n 100 --as-c --expr "z = x"
expect 77
run env HC_CC=/nonexistent HC_CUSIM_DIR=/nonexistent CUDA_VISIBLE_DEVICES= "$program" -n 100 --expr "z = x*y"
expect 77
says "computed, but compared with nothing: HC_CC=/nonexistent: no such program"
prints "99  "
run env HC_CC=/nonexistent HC_CUSIM_DIR=/nonexistent CUDA_VISIBLE_DEVICES= "$program" -n 100 --expr "z = x*y" --json
expect 77
prints_one_object
prints '"status":"skip"'
run env HC_CC=/nonexistent "$program" -n 100 --expr "z = x*y"
case $rc in
0) prints "by OpenCL and CUDA" ;;
77) says "compared with nothing" ;; # no cusim in this build
*) fail "neither compared nor skipped" ;;
esac

# ---- On OpenCL ----
run "$program" --device cpu -n 1009 --expr "z = x*y" --scan "t = sum(x)" --reduce "argmin(z)" --type f32
expect 0
says_nothing
prints "verified   yes: z by OpenCL and C, 1 009 elements, max error 0 (allowed: 0, equal)"
prints "verified   yes: t by OpenCL and C, 1 009 elements, max error 0 (allowed: 0, equal)"
prints "verified   yes: argmin(z) by OpenCL and C"
