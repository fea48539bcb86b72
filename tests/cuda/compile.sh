#!/bin/sh
# SPDX-License-Identifier: MIT
# compile.sh CASE PROGRAM [OLD_NVRTC] - hc_cu_compile: which compiler is taken, what it is told, what
# is kept, and what is said when it cannot be done. Each case has a cache of its own, and cusim as the device.
# The case math_spoilt gets test_math as its program.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
program=$2 old_nvrtc=${3-}
HC_CACHE_DIR=$work/cache
export HC_CACHE_DIR
unset HC_CUDA_COMPILER HC_NVRTC_LIBRARY HC_CLANG
type='typedef float T;'
empty=$work/empty
mkdir "$empty"

# has WAY - end as skipped if this machine does not have it.
has() {
    if [ "$1" = clang ]; then
        command -v clang >/dev/null || skip "no clang (Debian: clang)"
        return
    fi
    run env HC_CUDA_COMPILER=nvrtc "$program" --device sim --front "$type"
    [ "$rc" -ne 77 ] || skip "$(sed -n 's/^ *nothing here can compile/nothing here can compile/p' "$work/err")"
    rm -rf "$HC_CACHE_DIR"
}

# by WAY ARGUMENTS... - compile by one way.
by() {
    way=$1
    shift
    run env HC_CUDA_COMPILER="$way" "$program" --device sim "$@"
}

# a kernel of our own: kernel NAME, text on stdin
kernel() {
    mkdir -p "$work/k"
    cp "$kernels/philox.h" "$work/k"
    cat >"$work/k/$1"
}

way_nvrtc() { has nvrtc && works nvrtc NVRTC && options nvrtc && failure nvrtc; }
way_clang() { has clang && works clang clang && options clang && failure clang; }

works() {
    by "$1" --front "$type" --json
    expect 0
    says_nothing
    prints_one_object
    prints "\"compiler\":\"$2 "
    prints '"cache":"miss"'
    prints '"build":{'
    by "$1" --front "$type"
    expect 0
    prints ", from the cache"
    by "$1" --front 'typedef double T;' --json
    prints '"cache":"miss"'
    by "$1" --front "$type" --compile -DN=3 --json
    prints '"cache":"miss"'
    by "$1" --front "$type" --no-cache --json
    prints '"cache":"off"'
}

options() {
    kernel options.cu <<'EOF'
/* Line 1
 * and 2 */
extern "C" __global__ void options(float *x) {
    x[0] = x[1] * x[2] + x[3];
    x[4] = x[5] / x[6] + N;
}
EOF
    set -- "$1" --kernel-dir "$work/k" --file options.cu --show --compile
    by "$@" -DN=4
    expect 0
    prints "fma.rn.f32"
    prints_not ".loc"
    by "$@" "-DN=4 --fmad=false"
    expect 0
    prints_not "fma.rn"
    by "$@" "-DN=4   -fmad=false -lineinfo"
    expect 0
    prints_not "fma.rn"
    grep -q '\.loc.*[[:space:]]4 ' "$work/out" || fail "no .loc of line 4"
    grep -q '\.file.*"options.cu"' "$work/out" || fail "the file is not called as it was given"
    by "$@" "-DN=4 --use_fast_math"
    expect 0
    prints "div.approx.ftz.f32"
    by "$@" "-DN=4 --no-such-option"
    expect 4
    says "--no-such-option"
    prints_not ".visible"
}

# The file's own line numbers, also with the random numbers' text in front.
failure() {
    kernel broken.cu <<'EOF'
/* A kernel with a mistake in line 4. */
extern "C" __global__ void broken(float *x, unsigned long long seed) {
    float u = hc_random_f32(seed, 0, threadIdx.x);
    x[threadIdx.x] = u + undefined_thing;
}
EOF
    by "$1" --kernel-dir "$work/k" --file broken.cu --compile "-DN=4 --fmad=false" --json
    expect 4
    says "tests/cuda/compile.c:"
    says "broken.cu did not compile by "
    says "options '-DN=4 --fmad=false'"
    says "undefined_thing"
    grep -qE '^ *broken\.cu[(:]4' "$work/err" || fail "broken.cu, line 4, is not named"
    says ">    4 |     x[threadIdx.x] = u + undefined_thing;"
    says "     3 |     float u = hc_random_f32(seed, 0, threadIdx.x);"
    prints_one_object
    prints '"status":"error"'
    by "$1" --kernel-dir "$work/k" --file broken.cu --no-cache
    expect 4
}

way_ptx() {
    by ptx --front "$type"
    expect 0
    prints "PTX kept in kernels/ptx/vector_sum.f32.ptx for sm_60"
    by ptx --front 'typedef double T;'
    prints "vector_sum.f64.ptx"
    by ptx --front "$type" --compile "--fmad=false -lineinfo"
    expect 0
    by ptx --front "$type" --compile -DN=4
    expect 77
    says "-DN=4"
    by ptx --front "$type" --compile --fmad=true
    expect 77
    kernel_dir k # an unchanged copy is as good; a changed one is not
    by ptx --front "$type" --kernel-dir "$work/k"
    expect 0
    sed -i 's/x\[i\] + y\[i\]/x[i] - y[i]/' "$work/k/vector_sum.cu"
    by ptx --front "$type" --kernel-dir "$work/k"
    expect 77
    says "vector_sum.cu is not the text that kernels/ptx was made from"
    says "apt install clang"
}

# No compiler at all: the kept PTX, or the reason, with every place that was looked at.
missing() {
    none() { run env PATH="$empty" HC_NVRTC_LIBRARY=/nonexistent/libnvrtc.so "$program" --device sim "$@"; }
    none --front "$type"
    expect 0
    prints "PTX kept in"
    kernel new.cu <<'EOF'
extern "C" __global__ void k(int *x) { *x = 1; }
EOF
    none --kernel-dir "$work/k" --file new.cu --json
    expect 77
    says "nothing here can compile new.cu: HC_NVRTC_LIBRARY=/nonexistent/libnvrtc.so is no NVRTC; no clang in PATH; kernels/ptx has nothing for new.cu"
    says "hint: install clang"
    prints_one_object
    prints '"status":"skip"'
    run env HC_CLANG=/bin/false HC_CUDA_COMPILER=clang "$program" --device sim --front "$type"
    expect 77
    says "/bin/false is no clang >= 14"
    by gcc --front "$type"
    expect 2
    says "HC_CUDA_COMPILER=gcc: not one of nvrtc, clang, ptx"
}

# A driver older than NVRTC.
old_driver() {
    has nvrtc
    has clang
    CUSIM_DRIVER_VERSION=12.0
    export CUSIM_DRIVER_VERSION
    by nvrtc --front "$type"
    expect 77
    says "is too new for a driver of CUDA 12.0"
    by '' --front "$type"
    expect 0
    prints "clang"
    # An older NVRTC beside the newer one is better still.
    mkdir -p "$work/cuda/lib64"
    cp "$old_nvrtc" "$work/cuda/lib64/libnvrtc.so.12"
    run env CUDA_HOME="$work/cuda" "$program" --device sim --front "$type" --show
    expect 0
    prints "made by the old one"
    prints "NVRTC 12.0 for compute_80"
    # Where both are too new, the older one is asked.
    run env CUDA_HOME="$work/cuda" OLD_NVRTC_MINOR=1 HC_CUDA_COMPILER=nvrtc "$program" --device sim \
        --front "$type"
    expect 77
    says "the PTX of NVRTC 12.1 is too new for a driver of CUDA 12.0"
    unset CUSIM_DRIVER_VERSION
    run env CUDA_HOME="$work/cuda" "$program" --device sim --front "$type" --show
    expect 0
    prints_not "made by the old one"
}

# A GPU whose driver is older than the only NVRTC, of the same major version: code for that GPU.
cubin() {
    for pair in '12040:compute_80: PTX' '12050:compute_80: PTX' '12030:sm_80: a cubin'; do
        run env HC_NVRTC_LIBRARY="$old_nvrtc" OLD_NVRTC_MINOR=4 "$program" --as-gpu "${pair%%:*}"
        expect 0
        prints "NVRTC 12.4 for ${pair#*:}"
    done
    run env HC_NVRTC_LIBRARY="$old_nvrtc" OLD_NVRTC_MINOR=4 "$program" --as-gpu 11080
    expect 77
    says "the PTX of NVRTC 12.4 is too new for a driver of CUDA 11.8"
}

# The device decides the architecture, within what the compiler knows.
architecture() {
    has clang
    for pair in 6.0:sm_60 7.5:sm_75 8.6:sm_86; do
        run env CUSIM_CC="${pair%:*}" HC_CUDA_COMPILER=clang "$program" --device sim --front "$type" --show
        expect 0
        prints ".target ${pair#*:}"
    done
    run env CUSIM_CC=9.0 HC_CUDA_COMPILER=clang "$program" --device sim --front "$type"
    expect 0
    has nvrtc
    run env CUSIM_CC=9.0 HC_CUDA_COMPILER=nvrtc "$program" --device sim --front "$type" --show
    expect 0
    prints ".target sm_90"
    run env CUSIM_CC=2.0 "$program" --device sim --front "$type"
    if [ "$rc" -ne 0 ]; then expect 77; fi
}

cache() {
    has clang
    by clang --front "$type" --json
    prints '"cache":"miss"'
    for file in "$HC_CACHE_DIR"/*; do # a damaged entry is as none, and replaced
        size=$(wc -c <"$file")
        dd if=/dev/zero of="$file" bs=1 count=4 seek=$((size - 8)) conv=notrunc 2>/dev/null
    done
    by clang --front "$type" --json
    expect 0
    prints '"cache":"miss"'
    by clang --front "$type" --json
    prints '"cache":"hit"'
    run env HC_CACHE_DIR=/proc/nothing HC_CUDA_COMPILER=clang "$program" --device sim --front "$type"
    expect 0
    says_nothing
    prints "not cached: /proc/nothing: "
    prints "HC_CACHE_DIR may name another folder"
    # Nothing of the compiler's is left over, even if it is killed.
    [ -z "$(find "$HC_CACHE_DIR" -name 'new-*')" ] || fail "a file is left in the cache"
}

# The test of the functions' errors sees an error of 12 ulp, in each function but whole numbers.
math_spoilt() {
    has clang
    run env HC_CUDA_COMPILER=clang "$program" --device sim --break --only sin
    expect 1
    says "WRONG: 1"
    says "WRONG: float, "
}

"$1"
