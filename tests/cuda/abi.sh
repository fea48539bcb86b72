#!/bin/sh
# SPDX-License-Identifier: MIT
# cuda.h and nvrtc.h against the toolkit's headers of the same names: constants, sizes and layouts as
# printed by abi.c, the type of every call, and the CUDA version in which each form of it came. Then
# errors are put into a copy of our headers, one at a time, to see that each of them is found.
#   abi.sh           skipped by name without a toolkit of CUDA 12 or later
# shellcheck source=../lib.sh
. "$HC_SOURCE/tests/lib.sh"
ours=$HC_SOURCE/common/cuda/include
here=$HC_SOURCE/tests/cuda

# The toolkit: where its variables say, else where it installs itself, else Debian's package.
toolkit=
for dir in "${CUDA_HOME:-}" "${CUDA_PATH:-}" /usr/local/cuda /usr/lib/cuda /usr; do
    if [ -n "$dir" ] && [ -f "$dir/include/cuda.h" ] && [ -f "$dir/include/nvrtc.h" ]; then
        toolkit=$dir/include
        break
    fi
done
if [ -z "$toolkit" ]; then
    echo "skipped: no CUDA toolkit with cuda.h and nvrtc.h (looked at CUDA_HOME, CUDA_PATH, /usr/local/cuda, /usr)"
    exit 77
fi
# Headers are preprocessed and small programs run: the sanitizer's flags have no part in it.
cc=${CC:-cc}
headers='cuda.h nvrtc.h' profiler=
if [ -f "$toolkit/cudaProfiler.h" ]; then headers="$headers cudaProfiler.h" profiler=yes; fi
for header in $headers; do echo "#include <$header>"; done >"$work/toolkit.c"
"$cc" -E -P -D__CUDA_API_VERSION_INTERNAL -I"$toolkit" "$work/toolkit.c" >"$work/toolkit.i" || exit 1
"$cc" -E -dM -I"$toolkit" -include cuda.h -x c /dev/null >>"$work/toolkit.i" || exit 1
tr -cs '[:alnum:]_' '\n' <"$work/toolkit.i" | sort -u >"$work/toolkit.names"
version=$(awk '$1 == "#define" && $2 == "CUDA_VERSION" { print $3 }' "$work/toolkit.i")
if [ "$version" -lt 12000 ]; then skip "$toolkit is of CUDA $version, and our ABI of 12000"; fi

# compare HEADERS - 0 if the headers in that folder agree with the toolkit's; else says where not.
compare() {
    rm -rf "$work/run" && mkdir "$work/run" || return 3

    # Enumerators, and those #defines that are numbers.
    {
        grep -ohE '\<(CU|NVRTC)[A-Za-z0-9_]+ = ' "$1/cuda.h" "$1/nvrtc.h" | sed 's/ = //'
        awk '/^#define CU[A-Z0-9_]+ +[-0-9(]/ && $2 != "CUDA_VERSION" { print $2 }' "$1/cuda.h"
    } | sort -u >"$work/run/constants"
    # A toolkit older than 13 lacks what came after it; newer ones have all of it.
    comm -23 "$work/run/constants" "$work/toolkit.names" >"$work/run/absent"
    if [ "$version" -ge 13000 ] && [ -s "$work/run/absent" ]; then
        echo "not in the toolkit's headers:" && cat "$work/run/absent"
        return 1
    fi
    comm -12 "$work/run/constants" "$work/toolkit.names" |
        sed 's/.*/CONSTANT(&)/' >"$work/run/constants.inc"
    for side in ours toolkit; do
        include=$1
        [ $side = ours ] || include=$toolkit
        "$cc" -std=gnu11 -w -D__CUDA_API_VERSION_INTERNAL -I"$include" "-DABI_CONSTANTS=\"$work/run/constants.inc\"" \
            "$here/abi.c" -o "$work/run/$side" && "$work/run/$side" >"$work/run/$side.txt" || return 1
    done
    diff "$work/run/ours.txt" "$work/run/toolkit.txt" || return 1

    # Calls: a pointer of our type, set to the toolkit's function. Each form that the toolkit
    # declares is checked, the older and newer ones too.
    echo '#define HC_CU(name, suffix, since, parameters, arguments) @ name##suffix since #name parameters
#define HC_CU_OTHER HC_CU
#define HC_NVRTC(name, parameters, arguments) @ name 0 "" parameters
#include "hc_cuda_api.def"
#include "hc_nvrtc_api.def"' >"$work/run/calls.c"
    "$cc" -E -P -I"$1" "$work/run/calls.c" | tr '\n' ' ' | tr '@' '\n' | awk 'NF > 3' |
        sort >"$work/run/calls"
    if [ -z "$profiler" ]; then # a part that can be left out of a toolkit
        sed -i '/^ *cuProfiler/d' "$work/run/calls"
    fi
    awk '
        NR == FNR { known[$1] = 1; next }
        $2 <= version && !($1 in known) { print $1 ": not in the headers of the toolkit"; bad = 1 }
        END { exit bad }' version="$version" "$work/toolkit.names" "$work/run/calls" || return 1
    {
        echo '#define __CUDA_API_VERSION_INTERNAL'
        cat "$work/toolkit.c"
        awk '
            NR == FNR { known[$1] = 1; next }
            $1 in known {
                parameters = $0
                sub(/^[^(]*/, "", parameters)
                result = $1 ~ /^nvrtc/ ? "nvrtcResult" : "CUresult"
                print result " (*check_" $1 ")" parameters " = " $1 ";"
            }' "$work/toolkit.names" "$work/run/calls"
    } >"$work/run/types.c"
    "$cc" -std=gnu11 -Werror -Wincompatible-pointer-types -I"$toolkit" -c "$work/run/types.c" \
        -o "$work/run/types.o" || return 1

    # The version in which a form came is part of the name of its type in the toolkit.
    if [ -f "$toolkit/cudaTypedefs.h" ]; then
        cat "$toolkit/cudaTypedefs.h" "$toolkit"/cudaProfilerTypedefs.h | tr -cs '[:alnum:]_' '\n' |
            sort -u >"$work/run/typedefs"
        awk '
            NR == FNR { known[$1] = 1; next }
            $2 > 0 && $2 <= version {
                name = $3
                gsub(/"/, "", name)
                if (!("PFN_" name "_v" $2 in known)) { print $1 ": not from CUDA " $2; bad = 1 }
            }
            END { exit bad }' version="$version" "$work/run/typedefs" "$work/run/calls" || return 1
    fi
}

run compare "$ours"
expect 0
calls=$(grep -c '^CUresult\|^nvrtcResult' "$work/run/types.c")
constants=$(wc -l <"$work/run/constants.inc")
lines=$(wc -l <"$work/run/ours.txt")
if [ "$calls" -lt 250 ] || [ "$constants" -lt 450 ]; then
    fail "only $constants constants and $calls calls were compared: the lists are not complete"
fi

# A program against the toolkit's header, by the plain names: each means a call of the same type as
# ours, but for these, which changed in 13: cuCtxCreate takes a struct of its parameters as well,
# and where managed memory goes is a CUmemLocation instead of a device.
changed='cuCtxCreate cuMemAdvise cuMemPrefetchAsync'
[ "$version" -ge 13000 ] || changed=
echo '#define HC_CU(name, suffix, since, parameters, arguments) @ #name parameters
#include "hc_cuda_api.def"' >"$work/plain.c"
"$cc" -E -P -I"$ours" "$work/plain.c" | tr '\n' ' ' | tr '@' '\n' | sed -n 's/^ "\(cu[^"]*\)" */\1 /p' |
    if [ -n "$profiler" ]; then cat; else sed '/^cuProfiler/d'; fi >"$work/plain"

# plain FILE - compile a pointer to each call of the file, which has a name and parameters a line.
plain() {
    {
        cat "$work/toolkit.c"
        awk '{ name = $1; sub(/^[^ ]* /, ""); print "CUresult (*of_" name ")" $0 " = " name ";" }' "$1"
    } >"$work/plain_types.c"
    "$cc" -std=gnu11 -Werror -Wincompatible-pointer-types -Wno-deprecated-declarations \
        -I"$toolkit" -c "$work/plain_types.c" -o "$work/plain_types.o"
}
cp "$work/plain" "$work/same"
for name in $changed; do
    grep "^$name " "$work/plain" >"$work/one"
    run plain "$work/one"
    expect 1
    sed -i "/^$name /d" "$work/same"
done
run plain "$work/same"
expect 0

# Errors that must be found: file, what it says, what it would say. (A name of a constant that is
# not in an older toolkit may be one that came later.)
found=0
while IFS='|' read -r file from to; do
    rm -rf "$work/wrong" && cp -r "$ours" "$work/wrong" && sed "s/$from/$to/" "$ours/$file" >"$work/wrong/$file"
    if cmp -s "$ours/$file" "$work/wrong/$file"; then fail "nothing in $file says: $from"; fi
    if [ "$version" -lt 13000 ] && [ "$to" = 'CU_JIT_LOG_LOUD = 12' ]; then continue; fi
    run compare "$work/wrong"
    expect 1
    found=$((found + 1))
done <<'EOF'
cuda.h|CUDA_ERROR_NOT_FOUND = 500|CUDA_ERROR_NOT_FOUND = 501
cuda.h|CU_JIT_LOG_VERBOSE = 12|CU_JIT_LOG_LOUD = 12
cuda.h|CU_MEMHOSTALLOC_DEVICEMAP 0x02|CU_MEMHOSTALLOC_DEVICEMAP 0x04
cuda.h|    size_t dstPitch;|    unsigned int dstPitch;
nvrtc.h|NVRTC_ERROR_COMPILATION = 6|NVRTC_ERROR_COMPILATION = 7
hc_cuda_api.def|cuMemAlloc, _v2, 3020, (CUdeviceptr \*address, size_t|cuMemAlloc, _v2, 3020, (CUdeviceptr *address, unsigned
hc_cuda_api.def|cuMemAlloc, _v2, 3020|cuMemAlloc, _v2, 3010
hc_cuda_api.def|cuCtxSynchronize, , 2000|cuCtxWait, , 2000
hc_nvrtc_api.def|nvrtcVersion, (int \*major|nvrtcVersion, (long *major
EOF
echo "toolkit $version: $constants constants, $lines lines of values and layouts, $calls calls agree; $found errors found"
