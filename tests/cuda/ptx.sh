# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# ptx.sh - what the tests of compiled kernels share. Read it after tests/lib.sh.
# shellcheck disable=SC2034,SC2154  # work comes from lib.sh; include is for the scripts
here=$HC_SOURCE/tests/cuda
include=$HC_SOURCE/common/cuda/include

# sources - every kernel there is. Those of the cookbook leave the type T to the host; they are given
# one in front of their text, as a loader would, and not by -DT=float: NVRTC's own headers have
# templates whose parameter is called T, and the macro breaks them.
sources() {
    mkdir -p "$work/sources"
    for file in "$HC_SOURCE"/kernels/*.cu; do
        {
            printf 'typedef float T;\n'
            ! grep -q hc_random_ "$file" || cat "$HC_SOURCE/kernels/philox.h"
            printf '#line 1\n'
            cat "$file"
        } >"$work/sources/$(basename "$file")"
    done
    ls "$here"/kernels/*.cu "$work"/sources/*.cu
}

# good_ptx PTX SOURCE [TARGET] - 0 if the PTX has each kernel of the source, is for the target, and
# calls no function that it lacks, but those which the driver has. Else says what is wrong.
good_ptx() {
    tr '\n' ' ' <"$2" | sed 's/__launch_bounds__([^)]*)//g' |
        grep -o 'extern "C" __global__ void *[A-Za-z_0-9]*' | sed 's/.* //' >"$work/kernels"
    if [ ! -s "$work/kernels" ]; then
        echo "$2: no kernel found"
        return 1
    fi
    while read -r kernel; do
        if ! grep -q "\.visible \.entry $kernel(" "$1"; then
            echo "$2: no .entry $kernel in the PTX"
            return 1
        fi
    done <"$work/kernels"
    if [ -n "${3:-}" ] && ! grep -q "^\.target $3\( \|,\|\$\)" "$1"; then
        echo "$2: not for $3: $(grep '^\.target' "$1")"
        return 1
    fi
    unknown=$(awk '
        /^\.extern \.func/ { waiting = 1; sub(/^\.extern \.func */, ""); sub(/^\([^)]*\) */, "") }
        waiting && /^[A-Za-z_$]/ {
            sub(/[^A-Za-z_0-9$].*/, "")
            if ($0 !~ /^(vprintf|__assertfail|malloc|free)$/) print
            waiting = 0
        }' "$1")
    if [ -n "$unknown" ]; then
        echo "$2: calls what no driver has: $unknown"
        return 1
    fi
}
