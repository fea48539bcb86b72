#!/bin/sh
# SPDX-License-Identifier: MIT
# oclgrind_selftest.sh CASE - does oclgrind.sh catch what it is for? Each faulty kernel gives the
# right answer on PoCL, and so would pass without the simulator; the fixed one must pass in it.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
program=$HC_BIN/08_opencl_application
kernel_dir k

# spoil LINE - put LINE in place of the one that computes.
spoil() {
    grep -q 'if (i < n) z\[i\] = x\[i\] + y\[i\];' "$work/k/vector_sum.cl" || fail "the kernel has changed"
    sed -i "s/if (i < n) z\[i\] = x\[i\] + y\[i\];/$1/" "$work/k/vector_sum.cl"
}

# unseen - the fault does not show in the answer.
unseen() {
    run "$program" -n 1000 --repeat 1 --kernel-dir "$work/k"
    expect 0
}

check() {
    run sh "$(dirname "$0")/oclgrind.sh" "$program" -n 1000 --repeat 1 --kernel-dir "$work/k"
    [ $rc -ne 77 ] || skip "$(sed 's/^skipped: //' "$work/out")"
}

case $1 in
bounds)
    spoil 'if (i <= n) z[i] = (i < n ? x[i] + y[i] : 0);'
    check
    expect 1
    prints "oclgrind reported, pass: bounds and API"
    prints "Invalid write"
    ;;
race)
    # Each item also writes its neighbour's element, which comes after it within a group on PoCL.
    spoil 'if (i < n) { if (i + 1 < n \&\& (i + 1) % 64) z[i + 1] = 0; z[i] = x[i] + y[i]; }'
    unseen
    check
    expect 1
    prints "oclgrind reported, pass: races"
    prints "data race"
    ;;
uninitialised)
    spoil 'T w[2]; w[0] = i; if (i < n) z[i] = x[i] + y[i] + (w[i % 2] == 0.125f ? 1 : 0);'
    unseen
    check
    expect 1
    prints "oclgrind reported, pass: uninitialised values"
    prints "ninitialized"
    ;;
usage)
    # The program's own failure is not hidden by an empty log.
    spoil 'if (i < n) z[i] = x[i] - y[i];'
    check
    expect 1
    prints "expected exit code 0"
    ;;
fixed)
    check
    expect 0
    ;;
esac
