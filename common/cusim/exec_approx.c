// SPDX-License-Identifier: MIT
/* exec_approx.c - the approximate functions: sin, cos, lg2, ex2, tanh, rcp, sqrt, rsqrt and div
 * with .approx, div.full, and the reciprocals of double precision.
 *
 * A GPU computes these from tables, with errors that the PTX ISA bounds and does not fix to the
 * bit. Here each is computed in double precision, with a relative error below 2^-37, and rounded to
 * single precision: in all but one of some millions of cases that is the float nearest to the true
 * value. So a result is more exact than a GPU's and not equal to it bit for bit, lies within the
 * ISA's bounds, and has the special values of the ISA's tables. It is also the same on every
 * machine, for only operations that IEEE 754 defines exactly are used, in a fixed order, and no
 * library.
 *
 *   ex2   2^a = 2^n * 2^f, n the integer next to a: n goes into the exponent, f into a series
 *   lg2   a = 2^n * m, m within [sqrt(1/2), sqrt(2)]: n + 2 atanh((m - 1) / (m + 1)) / ln 2
 *   sin   a = n pi/2 + r, |r| <= pi/4: the Taylor series of sin r or cos r, by n modulo 4; a large
 *         a is reduced with as many digits of 2/pi as it takes (Payne and Hanek)
 *   tanh  (1 - e) / (1 + e), e = exp(-2 |a|); near 0 its Taylor series
 *
 * Source: PTX ISA, "Floating-Point Instructions"; methods: Muller, "Elementary Functions". */
#include <math.h>

#include "exec_approx.h"
#include "exec_round.h"

/* d = function(a), rounded from double; with .ftz, subnormal operands and results become zeros. */
#define UNARY_PLAIN(name, function)                                                                \
    CUSIM_HANDLER(name##_plain) {                                                                  \
        float *d = CUSIM_AT(float, 0);                                                             \
        const float *a = CUSIM_AT(float, 1);                                                       \
        CUSIM_EACH(d, cusim_canonical((float)function((double)a[lane])));                          \
        return CUSIM_NEXT;                                                                         \
    }
#define UNARY_FTZ(name, function)                                                                  \
    CUSIM_HANDLER(name##_ftz) {                                                                    \
        float *d = CUSIM_AT(float, 0);                                                             \
        const float *a = CUSIM_AT(float, 1);                                                       \
        CUSIM_EACH(d,                                                                              \
                   cusim_canonical(cusim_flush((float)function((double)cusim_flush(a[lane])))));   \
        return CUSIM_NEXT;                                                                         \
    }

CUSIM_ALWAYS_INLINE double reciprocal_root(double x) { return 1.0 / sqrt(x); }

UNARY_PLAIN(ex2, cusim_ex2)
UNARY_FTZ(ex2, cusim_ex2)
UNARY_PLAIN(lg2, cusim_lg2)
UNARY_FTZ(lg2, cusim_lg2)
UNARY_PLAIN(rsqrt, reciprocal_root)
UNARY_FTZ(rsqrt, reciprocal_root)
UNARY_PLAIN(tanh, cusim_tanh) /* there is no tanh with .ftz */

/* ---- rcp, sqrt, div: a CPU has them exact ---- */
CUSIM_HANDLER(rcp_plain) {
    float *d = CUSIM_AT(float, 0);
    const float *a = CUSIM_AT(float, 1);
    CUSIM_EACH(d, cusim_canonical(1.0f / a[lane]));
    return CUSIM_NEXT;
}
CUSIM_HANDLER(rcp_ftz) {
    float *d = CUSIM_AT(float, 0);
    const float *a = CUSIM_AT(float, 1);
    CUSIM_EACH(d, cusim_canonical(cusim_flush(1.0f / cusim_flush(a[lane]))));
    return CUSIM_NEXT;
}
CUSIM_HANDLER(sqrt_plain) {
    float *d = CUSIM_AT(float, 0);
    const float *a = CUSIM_AT(float, 1);
    CUSIM_EACH(d, cusim_canonical(sqrtf(a[lane])));
    return CUSIM_NEXT;
}
CUSIM_HANDLER(sqrt_ftz) {
    float *d = CUSIM_AT(float, 0);
    const float *a = CUSIM_AT(float, 1);
    CUSIM_EACH(d, cusim_canonical(sqrtf(cusim_flush(a[lane]))));
    return CUSIM_NEXT;
}

/* div.approx is a * (1 / b), and 1 / b is taken for 0 where |b| > 2^126: the quotient is a zero,
 * and NaN for infinite a. This the ISA prescribes. Multiplying by a zero of b's sign does it. */
CUSIM_ALWAYS_INLINE float divide_approx(float a, float b) {
    uint32_t bits = cusim_float_bits(b), magnitude = bits & 0x7fffffff;
    bool huge = magnitude > 0x7e800000 && magnitude < 0x7f800000;
    float zero = cusim_bits_float(bits & 0x80000000);
    return huge ? a * zero : a / b;
}
#define DIV_HANDLERS(name, divide)                                                                 \
    CUSIM_HANDLER(name##_plain) {                                                                  \
        float *d = CUSIM_AT(float, 0);                                                             \
        const float *a = CUSIM_AT(float, 1), *b = CUSIM_AT(float, 2);                              \
        CUSIM_EACH(d, cusim_canonical(divide(a[lane], b[lane])));                                  \
        return CUSIM_NEXT;                                                                         \
    }                                                                                              \
    CUSIM_HANDLER(name##_ftz) {                                                                    \
        float *d = CUSIM_AT(float, 0);                                                             \
        const float *a = CUSIM_AT(float, 1), *b = CUSIM_AT(float, 2);                              \
        CUSIM_EACH(                                                                                \
            d, cusim_canonical(cusim_flush(divide(cusim_flush(a[lane]), cusim_flush(b[lane])))));  \
        return CUSIM_NEXT;                                                                         \
    }
#define DIVIDE(a, b) ((a) / (b))
DIV_HANDLERS(div_approx, divide_approx)
DIV_HANDLERS(div_full, DIVIDE)

/* ---- sin and cos: quarter is 0 for sin, 1 for cos, which is sin one quarter turn on ---- */

/* Lanes with a large operand, one by one. */
static __attribute__((noinline, cold)) void large_angles(float *result, const float *a,
                                                         uint32_t quarter) {
    for (int lane = 0; lane < CUSIM_LANES; lane++) {
        if (fabsf(a[lane]) > CUSIM_ANGLE_LIMIT && fabsf(a[lane]) < INFINITY) {
            result[lane] = (float)cusim_sin_large(a[lane], quarter);
        }
    }
}
CUSIM_ALWAYS_INLINE void sine(CusimWarp *warp, const CusimInst *inst, uint32_t mask,
                              uint32_t quarter, uint32_t keep) {
    float *d = CUSIM_AT(float, 0);
    const float *a = CUSIM_AT(float, 1);
    float result[CUSIM_LANES] __attribute__((aligned(64)));
    uint32_t large = 0;
    _Pragma("omp simd reduction(| : large)") for (int lane = 0; lane < CUSIM_LANES; lane++) {
        result[lane] = (float)cusim_sin((double)cusim_flush_if(a[lane], keep), quarter);
        large |= fabsf(a[lane]) > CUSIM_ANGLE_LIMIT ? 1 : 0;
    }
    if (large) large_angles(result, a, quarter);
    CUSIM_EACH(d, cusim_canonical(cusim_flush_if(result[lane], keep)));
}
#define SINE_HANDLERS(name, quarter)                                                               \
    CUSIM_HANDLER(name##_plain) {                                                                  \
        sine(warp, inst, mask, quarter, 0xffffffff);                                               \
        return CUSIM_NEXT;                                                                         \
    }                                                                                              \
    CUSIM_HANDLER(name##_ftz) {                                                                    \
        sine(warp, inst, mask, quarter, 0x80000000);                                               \
        return CUSIM_NEXT;                                                                         \
    }
SINE_HANDLERS(sin, 0)
SINE_HANDLERS(cos, 1)

/* ---- Double precision ----
 * rcp.approx.ftz.f64 and rsqrt.approx.ftz.f64 look at the upper 32 bits of their operand and give
 * 32 bits, rounded to nearest here; the lower 32 are zeros. */
#define UPPER 0xffffffff00000000u
#define NAN64_UPPER 0x7fffffff00000000u

CUSIM_ALWAYS_INLINE uint64_t flush_double(uint64_t bits) {
    return (bits & 0x7ff0000000000000) == 0 ? bits & 0x8000000000000000 : bits;
}
CUSIM_ALWAYS_INLINE uint64_t upper_result(double x) {
    uint64_t bits = flush_double(cusim_double_bits(x));
    uint64_t rounded = bits + 0x7fffffff + (bits >> 32 & 1);
    return x == x ? rounded & UPPER : NAN64_UPPER;
}
CUSIM_HANDLER(rcp_f64_ftz) {
    uint64_t *d = CUSIM_AT(uint64_t, 0);
    const uint64_t *a = CUSIM_AT(uint64_t, 1);
    CUSIM_EACH(d, upper_result(1.0 / cusim_bits_double(flush_double(a[lane] & UPPER))));
    return CUSIM_NEXT;
}
CUSIM_HANDLER(rsqrt_f64_ftz) {
    uint64_t *d = CUSIM_AT(uint64_t, 0);
    const uint64_t *a = CUSIM_AT(uint64_t, 1);
    CUSIM_EACH(d, upper_result(reciprocal_root(cusim_bits_double(flush_double(a[lane] & UPPER)))));
    return CUSIM_NEXT;
}
/* Without .ftz it is double precision but for the last bit or two; NaN keeps its payload. */
CUSIM_HANDLER(rsqrt_f64_plain) {
    double *d = CUSIM_AT(double, 0);
    const double *a = CUSIM_AT(double, 1);
    CUSIM_EACH_LANE(lane) {
        double root = reciprocal_root(a[lane]);
        d[lane] = root == root ? root : cusim_pick_nan(a[lane], 0, 0);
    }
    return CUSIM_NEXT;
}

CusimHandler *CUSIM_ISA(bind_approx)(const CusimForm *form, CusimInst *inst) {
    bool ftz = inst->aux & CUSIM_AUX_FTZ;
    switch (form->op) {
    case CUSIM_OP_div_approx_f32: return ftz ? div_approx_ftz : div_approx_plain;
    case CUSIM_OP_div_full_f32: return ftz ? div_full_ftz : div_full_plain;
    case CUSIM_OP_rcp_approx_f32: return ftz ? rcp_ftz : rcp_plain;
    case CUSIM_OP_rcp_approx_f64: return rcp_f64_ftz;
    case CUSIM_OP_sqrt_approx_f32: return ftz ? sqrt_ftz : sqrt_plain;
    case CUSIM_OP_rsqrt_approx_f32: return ftz ? rsqrt_ftz : rsqrt_plain;
    case CUSIM_OP_rsqrt_approx_f64: return ftz ? rsqrt_f64_ftz : rsqrt_f64_plain;
    case CUSIM_OP_sin_approx_f32: return ftz ? sin_ftz : sin_plain;
    case CUSIM_OP_cos_approx_f32: return ftz ? cos_ftz : cos_plain;
    case CUSIM_OP_lg2_approx_f32: return ftz ? lg2_ftz : lg2_plain;
    case CUSIM_OP_ex2_approx_f32: return ftz ? ex2_ftz : ex2_plain;
    case CUSIM_OP_tanh_approx_f32: return tanh_plain;
    default: return NULL;
    }
}
