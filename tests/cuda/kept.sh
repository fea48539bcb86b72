#!/bin/sh
# SPDX-License-Identifier: MIT
# The PTX in tests/cuda/ptx/ belongs to the kernels as they are now: each kernel has its file, whose
# first line names the hash of its source; and it is whole. Needs no compiler.
# shellcheck source=../lib.sh
. "$HC_SOURCE/tests/lib.sh"
# shellcheck source=ptx.sh
. "$HC_SOURCE/tests/cuda/ptx.sh"

# kept PTX - 0 if the file is good.
kept() {
    line=$(head -n 1 "$1")
    case $line in
    "// kernels/"*.cu" sha256:"*" NVRTC "*" compute_"*) ;;
    *) echo "$1: the first line does not say where it comes from: $line" && return 1 ;;
    esac
    source=${line#// } && source=$here/${source%% *}
    hash=${line#*sha256:} && hash=${hash%% *}
    if [ "$(sha256sum <"$source" | cut -d ' ' -f 1)" != "$hash" ]; then
        echo "$1: $source has changed since; make it anew with nvrtc.sh PROGRAM --update"
        return 1
    fi
    good_ptx "$1" "$source" sm_75
}

for source in "$here"/kernels/*.cu; do
    ptx=$here/ptx/$(basename "$source" .cu).ptx
    [ -f "$ptx" ] || fail "$source has no PTX in $here/ptx"
done
n=0
for ptx in "$here"/ptx/*.ptx; do
    run kept "$ptx"
    expect 0
    n=$((n + 1))
done

# What must be found: a stale hash, a lost kernel, a function that nobody has.
ptx=$here/ptx/print.ptx
for change in 's/sha256:./sha256:x/' 's/\.entry print(/.entry sprint(/' 's/vprintf/somewhere_else/'; do
    sed "$change" "$ptx" >"$work/wrong.ptx"
    run kept "$work/wrong.ptx"
    expect 1
done
echo "$n files of PTX are up to date"
