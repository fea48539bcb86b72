// SPDX-License-Identifier: MIT
/* exec_double.c - double precision: add, sub, mul, fma, div, rcp, sqrt with their four roundings,
 * and abs, neg, min, max, copysign, testp.
 *
 * Double precision has no .ftz and no .sat; subnormal numbers are numbers like others. What needs
 * care is NaN: an operation hands on its operand's NaN with its payload, and which of two operands
 * is up to the CPU, its compiler and the order of operands of one machine instruction. So a handler
 * computes all lanes first, then asks whether any became NaN, and only then settles lane by lane
 * which NaN it is to be (exec_round.h).
 *
 * Source: PTX ISA, "Floating-Point Instructions". */
#include <math.h>

#include "exec_round.h"

#define ADD (a[lane] + b[lane])
#define SUB (a[lane] - b[lane])
#define MUL (a[lane] * b[lane])
#define DIV (a[lane] / b[lane])
#define RCP (1.0 / a[lane])
#define SQRT sqrt(a[lane])
#define FMA fma(a[lane], b[lane], c[lane])

#define OPERANDS                                                                                   \
    double *d = CUSIM_AT(double, 0);                                                               \
    const double *a = CUSIM_AT(double, 1), *b = CUSIM_AT(double, 2), *c = CUSIM_AT(double, 3);     \
    (void)b;                                                                                       \
    (void)c

static __attribute__((noinline, cold)) void settle_nans(double *result, const double *a,
                                                        const double *b, const double *c) {
    static const double none[CUSIM_LANES];
    for (int lane = 0; lane < CUSIM_LANES; lane++) {
        if (result[lane] == result[lane]) continue;
        result[lane] = cusim_pick_nan(a[lane], (b ? b : none)[lane], (c ? c : none)[lane]);
    }
}

/* n: the number of operands. */
#define F64_HANDLERS(name, n, operation, SIMD)                                                     \
    CUSIM_HANDLER(name##_rn) {                                                                     \
        OPERANDS;                                                                                  \
        double result[CUSIM_LANES] __attribute__((aligned(64)));                                   \
        uint64_t nan = 0;                                                                          \
        SIMD(nan) for (int lane = 0; lane < CUSIM_LANES; lane++) {                                 \
            result[lane] = operation;                                                              \
            nan |= (uint64_t)(result[lane] != result[lane]);                                       \
        }                                                                                          \
        if (nan) settle_nans(result, a, (n) > 1 ? b : NULL, (n) > 2 ? c : NULL);                   \
        CUSIM_EACH(d, result[lane]);                                                               \
        return CUSIM_NEXT;                                                                         \
    }                                                                                              \
    CUSIM_HANDLER(name##_directed) {                                                               \
        OPERANDS;                                                                                  \
        double result[CUSIM_LANES] = {0};                                                          \
        uint64_t old = cusim_rounding_set(inst->aux & CUSIM_AUX_ROUNDING);                         \
        CUSIM_EACH_LANE(lane) result[lane] = operation;                                            \
        cusim_rounding_restore(old, result);                                                       \
        settle_nans(result, a, (n) > 1 ? b : NULL, (n) > 2 ? c : NULL);                            \
        CUSIM_EACH(d, result[lane]);                                                               \
        return CUSIM_NEXT;                                                                         \
    }
#define VECTORS(nan) _Pragma("omp simd reduction(| : nan)")
#define SCALARS(nan)

F64_HANDLERS(add, 2, ADD, VECTORS)
F64_HANDLERS(sub, 2, SUB, VECTORS)
F64_HANDLERS(mul, 2, MUL, VECTORS)
F64_HANDLERS(div, 2, DIV, VECTORS)
F64_HANDLERS(rcp, 1, RCP, VECTORS)
F64_HANDLERS(sqrt, 1, SQRT, VECTORS)
#if defined(__FMA__) || defined(__aarch64__)
F64_HANDLERS(fma, 3, FMA, VECTORS)
#else
F64_HANDLERS(fma, 3, FMA, SCALARS) /* a call of the C library for each lane */
#endif

/* ---- Bits: abs and neg hand on NaN unchanged, copysign takes the sign of a ---- */
#define SIGN 0x8000000000000000u
#define INFINITY_BITS 0x7ff0000000000000u

#define BITS_HANDLER(name, expression)                                                             \
    CUSIM_HANDLER(name) {                                                                          \
        uint64_t *d = CUSIM_AT(uint64_t, 0);                                                       \
        const uint64_t *a = CUSIM_AT(uint64_t, 1), *b = CUSIM_AT(uint64_t, 2);                     \
        (void)b;                                                                                   \
        CUSIM_EACH(d, expression);                                                                 \
        return CUSIM_NEXT;                                                                         \
    }
BITS_HANDLER(abs_f64, (a[lane] & ~SIGN) > INFINITY_BITS ? a[lane] : a[lane] & ~SIGN)
BITS_HANDLER(neg_f64, (a[lane] & ~SIGN) > INFINITY_BITS ? a[lane] : a[lane] ^ SIGN)
BITS_HANDLER(copysign_f64, (a[lane] & SIGN) | (b[lane] & ~SIGN))

/* ---- min and max: as in exec_float.c; of two NaNs, the first, quiet ---- */
CUSIM_ALWAYS_INLINE double least(double a, double b) {
    uint64_t x = cusim_double_bits(a), y = cusim_double_bits(b);
    uint64_t one = (a < b || b != b) ? x : y;
    double result = cusim_bits_double(a == b ? x | y : one);
    return result != result ? cusim_quiet(result) : result;
}
CUSIM_ALWAYS_INLINE double greatest(double a, double b) {
    uint64_t x = cusim_double_bits(a), y = cusim_double_bits(b);
    uint64_t one = (a > b || b != b) ? x : y;
    double result = cusim_bits_double(a == b ? x & y : one);
    return result != result ? cusim_quiet(result) : result;
}
CUSIM_HANDLER(min_f64) {
    OPERANDS;
    CUSIM_EACH(d, least(a[lane], b[lane]));
    return CUSIM_NEXT;
}
CUSIM_HANDLER(max_f64) {
    OPERANDS;
    CUSIM_EACH(d, greatest(a[lane], b[lane]));
    return CUSIM_NEXT;
}

/* ---- testp: zeros count as normal ---- */
#define TESTP(name, test)                                                                          \
    CUSIM_HANDLER(testp_##name) {                                                                  \
        const uint64_t *a = CUSIM_AT(uint64_t, 1);                                                 \
        uint32_t result = 0;                                                                       \
        for (int lane = 0; lane < CUSIM_LANES; lane++) {                                           \
            uint64_t x = a[lane] & ~SIGN;                                                          \
            result |= (uint32_t)(test) << lane;                                                    \
        }                                                                                          \
        cusim_set_pred(warp, inst, 0, mask, result);                                               \
        return CUSIM_NEXT;                                                                         \
    }
#define LEAST_NORMAL 0x0010000000000000u
TESTP(finite, x < INFINITY_BITS)
TESTP(infinite, x == INFINITY_BITS)
TESTP(number, x <= INFINITY_BITS)
TESTP(notanumber, x > INFINITY_BITS)
TESTP(normal, x == 0 || (x >= LEAST_NORMAL && x < INFINITY_BITS))
TESTP(subnormal, x != 0 && x < LEAST_NORMAL)

static CusimHandler *bind_testp(const CusimForm *form) {
    if (cusim_has(form, CUSIM_M_finite)) return testp_finite;
    if (cusim_has(form, CUSIM_M_infinite)) return testp_infinite;
    if (cusim_has(form, CUSIM_M_number)) return testp_number;
    if (cusim_has(form, CUSIM_M_notanumber)) return testp_notanumber;
    if (cusim_has(form, CUSIM_M_normal)) return testp_normal;
    return testp_subnormal;
}

CusimHandler *CUSIM_ISA(bind_double)(const CusimForm *form, CusimInst *inst) {
    bool directed = inst->aux & CUSIM_AUX_ROUNDING;
    switch (form->op) {
    case CUSIM_OP_add_f64: return directed ? add_directed : add_rn;
    case CUSIM_OP_sub_f64: return directed ? sub_directed : sub_rn;
    case CUSIM_OP_mul_f64: return directed ? mul_directed : mul_rn;
    case CUSIM_OP_fma_f64:
    case CUSIM_OP_mad_f64: return directed ? fma_directed : fma_rn;
    case CUSIM_OP_div_f64: return directed ? div_directed : div_rn;
    case CUSIM_OP_rcp_f64: return directed ? rcp_directed : rcp_rn;
    case CUSIM_OP_sqrt_f64: return directed ? sqrt_directed : sqrt_rn;
    case CUSIM_OP_abs_f64: return abs_f64;
    case CUSIM_OP_neg_f64: return neg_f64;
    case CUSIM_OP_copysign_f64: return copysign_f64;
    case CUSIM_OP_min_f64: return min_f64;
    case CUSIM_OP_max_f64: return max_f64;
    case CUSIM_OP_testp_f64: return bind_testp(form);
    default: return NULL;
    }
}
