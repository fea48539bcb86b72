#!/bin/sh
# SPDX-License-Identifier: MIT
# Kernels compiled by clang's NVPTX back end with hc_cuda_device.h, for sm_60 and sm_75: they compile
# without a warning, and the PTX has the kernels and calls nothing that is not there. Where ptxas is,
# it must accept the PTX too. Then a kernel that calls an undefined function, and one with an error,
# must be refused.
#   clang.sh CLANG
# shellcheck source=../lib.sh
. "$HC_SOURCE/tests/lib.sh"
# shellcheck source=ptx.sh
. "$HC_SOURCE/tests/cuda/ptx.sh"
clang=${1:?usage: clang.sh CLANG}
command -v "$clang" >/dev/null || skip "no $clang (Debian: clang)"
"$clang" --print-targets 2>/dev/null | grep -q nvptx64 || skip "$clang was built without NVPTX"
[ "$("$clang" -dumpversion | cut -d . -f 1)" -ge 14 ] || skip "$clang is older than 14"
assembler=$(command -v ptxas || ls /usr/local/cuda/bin/ptxas 2>/dev/null)

# to_ptx ARCH SOURCE - PTX into $work/k.ptx. An empty --cuda-path keeps clang from taking the PTX
# version from a toolkit that happens to be there.
to_ptx() {
    mkdir -p "$work/no_toolkit"
    "$clang" -x cuda --cuda-device-only -nocudainc -nocudalib --cuda-path="$work/no_toolkit" \
        --cuda-gpu-arch="$1" -Xclang -target-feature -Xclang +ptx63 -O2 -S -Wall -Wextra -Werror \
        -include "$include/hc_cuda_device.h" "$2" -o "$work/k.ptx"
}

# Every function of hc_cuda_math.h, for float and double.
{
    sed -n 's/^ONE(\([a-z0-9]*\),.*/    y[i] += \1(x[i]);/p; s/^TWO(\([a-z0-9]*\),.*/    y[i] += \1(x[i], y[i]);/p' "$here/math.def"
    cat <<'EOF'
    y[i] += pow(x[i], 2) + fmax(x[i], 1) + sqrt(i) + sin(1) + nextafter(x[i], x[0]) + scalbn(x[i], i);
    y[i] += ldexp(x[i], 3) + frexp(x[i], &n) + modf(x[i], y) + remquo(x[i], x[1], &n) + ilogb(x[i]);
    y[i] += lrint(x[i]) + llrint(x[i]) + lround(x[i]) + llround(x[i]) + isnan(x[i]) + isinf(x[i]);
    y[i] += isfinite(x[i]) + isnormal(x[i]) + signbit(x[i]) + nan("") + nanf("") + n;
    sincos(x[i], y, y + 1);
EOF
} >"$work/calls"
{
    for type in float double; do
        echo "extern \"C\" __global__ void all_$type($type *y, const $type *x, int n) {"
        echo '    int i = threadIdx.x;'
        cat "$work/calls"
        echo '}'
    done
    echo 'extern "C" __global__ void fast(float *y, float x) {'
    for name in sin cos tan exp exp10 log log2 log10; do echo "    *y += __${name}f(x) + ${name}f(x);"; done
    echo '    __sincosf(x, y, y + 1), sincosf(x, y + 2, y + 3), sincospif(x, y + 4, y + 5);'
    echo '    *y += __powf(x, 2) + __fdividef(x, 3) + __frcp_rn(x) + __saturatef(x) + __fadd_rz(x, 1) + __fsub_rn(x, 2);'
    echo '}'
} >"$work/math.cu"

n=0
for source in $(sources) "$work/math.cu"; do
    archs=sm_60
    case $source in "$here"/*) archs='sm_60 sm_75' ;; esac
    for arch in $archs; do
        run to_ptx "$arch" "$source"
        expect 0
        says_nothing
        run good_ptx "$work/k.ptx" "$source" "$arch"
        expect 0
        # ptxas of CUDA 13 begins at sm_75, and takes PTX for older targets.
        if [ -n "$assembler" ]; then
            run "$assembler" -arch=sm_75 "$work/k.ptx" -o /dev/null
            expect 0
        fi
        n=$((n + 1))
    done
done
[ "$n" -ge 37 ] || fail "only $n files of PTX were made"

# A kernel without warp functions needs nothing newer than PTX 5.0.
to_ptx_50() {
    "$clang" -x cuda --cuda-device-only -nocudainc -nocudalib --cuda-path="$work/no_toolkit" \
        --cuda-gpu-arch=sm_60 -O2 -S -include "$include/hc_cuda_device.h" \
        "$here/kernels/matmul_tiled.cu" -o "$work/k.ptx"
}
run to_ptx_50
expect 0
grep -q '^\.version 5\.0' "$work/k.ptx" || fail "not PTX 5.0: $(grep '^\.version' "$work/k.ptx")"

cat >"$work/wrong.cu" <<'EOF'
extern "C" __device__ float somewhere_else(float x);
extern "C" __global__ void wrong(float *x) { *x = somewhere_else(*x); }
EOF
run to_ptx sm_75 "$work/wrong.cu"
expect 0
run good_ptx "$work/k.ptx" "$work/wrong.cu"
expect 1
prints somewhere_else
cat >"$work/wrong.cu" <<'EOF'
extern "C" __global__ void wrong(float *x) { x[threadIdx.q] = 1.0f; }
EOF
run to_ptx sm_75 "$work/wrong.cu"
expect 1
says "no member named 'q'"
echo "$clang: $n files of PTX${assembler:+, each accepted by ptxas}"
