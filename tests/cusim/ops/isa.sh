#!/bin/sh
# SPDX-License-Identifier: MIT
# All cases with the executors of one instruction set, if this processor has it.
#   isa.sh PROGRAM ISA
# shellcheck source=../../lib.sh
. "$HC_SOURCE/tests/lib.sh"
program=${1:?usage: isa.sh PROGRAM ISA} isa=${2:?usage: isa.sh PROGRAM ISA}
case $isa in
x86-64-v3) flags='avx2 bmi2 fma' ;;
x86-64-v4) flags='avx512f avx512bw avx512cd avx512dq avx512vl' ;;
*) flags='' ;;
esac
for flag in $flags; do
    grep -qw "$flag" /proc/cpuinfo || skip "this processor has no $flag"
done
run env CUSIM_ISA="$isa" "$program"
expect 0
cat "$work/out"
