#!/bin/sh
# SPDX-License-Identifier: MIT
# check.sh - check a solution of a PTX exercise: build its checker, run it on cusim with the memory
# check.
#
#   sh common/cusim/exercises/check.sh NAME FILE.ptx     NAME: a folder beside this file
#
# Exit code 0: right; 1: wrong; 2: usage; 3: could not be checked; 4: no PTX.
set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P) || exit 3
root=$(CDPATH='' cd -- "$here/../../.." && pwd -P) || exit 3
build=${HC_BUILD:-$root/build/${HC_PRESET:-release}}
if [ $# -ne 2 ] || [ ! -d "$here/$1/check" ] || [ ! -f "$2" ]; then
    echo "usage: sh common/cusim/exercises/check.sh NAME FILE.ptx; there are:" >&2
    for folder in "$here"/*/check; do echo "  $(basename "$(dirname "$folder")")"; done >&2
    exit 2
fi
checker=$build/tests/bin/check_$1
if [ ! -x "$checker" ]; then
    cmake --build "$build" --target "check_$1" >&2 || {
        echo "cannot build the checker; remedy: ./cook test -N, which builds all there is" >&2
        exit 3
    }
fi
exec sh "$root/common/tools/sim.sh" "$build" --check -- "$checker" "$2"
