// SPDX-License-Identifier: MIT
/* The functions that compiled code calls on the CUDA device: those of C's mathematics, as
 * hc_cuda_math.h has them, and those of numbers.h. math.sh makes math.bc from this text, LLVM's
 * bitcode, which every LLVM from 15 on reads; cuda.c links into each module what that needs.
 * LLVM's own intrinsics will not do: its NVPTX back end has no sine, and ends the process. */
typedef int int32_t;
typedef long long int64_t;
typedef unsigned long long uint64_t;
#define INT64_MIN (-0x7fffffffffffffffll - 1)
#define UINT64_MAX 0xffffffffffffffffull

/* inline: LLVM's linker takes only what is called. used: the compiler keeps it all the same. */
#define EXPORT extern "C" __device__ inline __attribute__((used))
#define JIT_FN EXPORT
#include "../numbers.h"

#define ONE(name)                                                                                  \
    EXPORT double hc_##name(double x) { return name(x); }                                          \
    EXPORT float hc_##name##f(float x) { return name##f(x); }
#define TWO(name)                                                                                  \
    EXPORT double hc_##name(double x, double y) { return name(x, y); }                             \
    EXPORT float hc_##name##f(float x, float y) { return name##f(x, y); }
ONE(exp)
ONE(exp2)
ONE(log)
ONE(log2)
ONE(log10)
ONE(sin)
ONE(cos)
ONE(tan)
ONE(asin)
ONE(acos)
ONE(atan)
ONE(sinh)
ONE(cosh)
ONE(tanh)
ONE(asinh)
ONE(acosh)
ONE(atanh)
ONE(expm1)
ONE(log1p)
ONE(erf)
ONE(erfc)
ONE(tgamma)
ONE(lgamma)
ONE(cbrt)
TWO(atan2)
TWO(hypot)
TWO(pow)
TWO(fmod)
TWO(nextafter)
EXPORT double hc_ldexp(double x, int n) { return ldexp(x, n); }
EXPORT float hc_ldexpf(float x, int n) { return ldexpf(x, n); }
EXPORT double hc_frexp(double x, int *n) { return frexp(x, n); }
EXPORT float hc_frexpf(float x, int *n) { return frexpf(x, n); }
