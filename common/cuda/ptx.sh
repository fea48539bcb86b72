#!/bin/sh
# SPDX-License-Identifier: MIT
# ptx.sh --update [NAME...] | --check - the keeper of kernels/ptx: PTX for each kernel, for machines
# that have no CUDA compiler.
#   --update  make all files anew, or those of the named kernels, with clang (CLANG may name one)
#   --check   are they what the kernels are now? Needs no compiler
# Each is for the oldest architecture and PTX version that it needs: sm_60 and 5.0, or 6.3 with warp
# functions. A kernel that leaves its element type T to the host gets a file for each usual type, as
# vector_sum.f32.ptx. Sums and products are not fused, so the PTX is right with --fmad=false and
# without. A file's first line has the hash of the text it was made from, without #line directives
# and empty lines, as hc_cu_compile computes it; and that of the device headers.
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
kernels=$root/kernels ptx=$root/kernels/ptx include=$root/common/cuda/include
types='f32:float f64:double i32:int i64:long_long'
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT

# text NAME [TYPE] - what a recipe hands to hc_cu_compile: type, random numbers if it uses them, kernel.
text() {
    [ -z "${2-}" ] || echo "typedef $(echo "$2" | tr _ ' ') T;"
    ! grep -q hc_random_ "$kernels/$1.cu" || cat "$kernels/philox.h"
    cat "$kernels/$1.cu"
}
hash_of() { text "$@" | grep -v -e '^#line' -e '^$' | sha256sum | cut -d ' ' -f 1; }
headers() { cat "$include"/hc_cuda_*.h | sha256sum | cut -c 1-16; }

# to_ptx ARCH [FEATURE...] - $work/k.cu to $work/k.ptx.
to_ptx() {
    arch=$1
    shift
    "$clang" -x cuda --cuda-device-only -nocudainc -nocudalib --cuda-path=/nonexistent -nostdinc \
        -std=c++17 -O2 -S -ffp-contract=off -D__CUDACC_RTC__=1 --cuda-gpu-arch="$arch" "$@" \
        -include "$include/hc_cuda_device.h" "$work/k.cu" -o "$work/k.ptx" 2>"$work/log"
}

# make NAME [TYPE SUFFIX] - one file; false if it does not compile.
make() {
    text "$1" "${2-}" >"$work/k.cu"
    for arch in sm_60 sm_70 sm_80; do
        to_ptx "$arch" || continue
        if grep -qE '(shfl|vote|match|warp|redux)\.?[a-z.]*sync|activemask|nanosleep' "$work/k.ptx"; then
            to_ptx "$arch" -Xclang -target-feature -Xclang +ptx63 || continue
        fi
        {
            echo "// kernels/$1.cu${2:+, T=$2,} sha256:$(hash_of "$1" "${2-}")" \
                "headers:$(headers) clang $("$clang" -dumpversion) $arch"
            grep -v '^//' "$work/k.ptx" | sed '/./,$!d'
        } >"$ptx/$1${3:+.$3}.ptx"
        return 0
    done
    return 1
}

update() {
    clang=${CLANG:-clang}
    command -v "$clang" >/dev/null || { echo "ptx.sh: no $clang" >&2 && exit 77; }
    mkdir -p "$ptx"
    if [ $# -eq 0 ]; then
        rm -f "$ptx"/*.ptx
        for kernel in "$kernels"/*.cu; do set -- "$@" "$(basename "$kernel" .cu)"; done
    fi
    for name; do
        [ -f "$kernels/$name.cu" ] || { echo "ptx.sh: no kernels/$name.cu" >&2 && exit 2; }
        make "$name" && continue
        cp "$work/log" "$work/first"
        made=
        for type in $types; do
            make "$name" "${type#*:}" "${type%:*}" && made=yes
        done
        [ -n "$made" ] || { echo "ptx.sh: $name.cu compiles neither alone nor with a type T:" &&
            cat "$work/first" && exit 4; } >&2
    done
}

check() {
    bad=0
    for kernel in "$kernels"/*.cu; do
        name=$(basename "$kernel" .cu)
        set -- "$ptx/$name".ptx "$ptx/$name".[fi][0-9]*.ptx
        if [ -f "$1" ] || [ -f "$2" ]; then continue; fi
        echo "kernels/$name.cu has no PTX in kernels/ptx" && bad=1
    done
    for file in "$ptx"/*.ptx; do
        stem=$(basename "$file" .ptx) && name=${stem%.*} type=
        for pair in $types; do [ "$stem" != "$name.${pair%:*}" ] || type=${pair#*:}; done
        if [ ! -f "$kernels/$name.cu" ]; then
            echo "kernels/ptx/$stem.ptx belongs to no kernel" && bad=1
        elif ! head -n 1 "$file" | grep -q "sha256:$(hash_of "$name" "$type") headers:$(headers) "; then
            echo "kernels/ptx/$stem.ptx is not what kernels/$name.cu and the device headers are now" && bad=1
        fi
    done
    [ $bad -eq 0 ] || echo "remedy: sh common/cuda/ptx.sh --update"
    return $bad
}

case ${1-} in
--update) shift && update "$@" ;;
--check) check ;;
*) sed -n '3,6s/^# //p' "$0" >&2 && exit 2 ;;
esac
