// SPDX-License-Identifier: MIT
/* exec_half.c - half precision (f16) and bfloat16 (bf16), one number or two in a register.
 *
 * A number is widened to float, computed with, and rounded once to 16 bits; half.h has both steps.
 * Two numbers in a 32-bit register, f16x2, are nothing new: a register of 32 lanes with two numbers
 * each is an array of 64 numbers, and lane l has those at 2 l and 2 l + 1. So each handler is
 * written once for a count n of numbers, 32 or 64. CPUs with the F16C instructions widen and narrow
 * by them.
 *
 * Why one rounding is enough: float has 24 bits, more than twice the 11 of f16 and two more, so
 * that a sum or product rounded to float and then to f16 is as if rounded once. (Figueroa, "When is
 * double rounding innocuous?") That is not so for fma, where the float, or double for the wide
 * exponents of bf16, is rounded to odd instead: see cusim_add_odd.
 *
 * A result that is NaN is 0x7fff. Source: PTX ISA, "Half Precision Floating-Point Instructions" and
 * "Half Precision Comparison Instructions". */
#include "exec_approx.h"
#include "exec_round.h"

#if defined(__F16C__)
#include <immintrin.h>
#endif

enum { NUMBERS = 2 * CUSIM_LANES }; /* in a register, at most */
enum { SIGN = 0x8000, MAGNITUDE = 0x7fff, F16_INFINITY = 0x7c00, BF16_INFINITY = 0x7f80 };
enum { F16_ONE = 0x3c00 };

#define OPERANDS                                                                                   \
    uint16_t *d = CUSIM_AT(uint16_t, 0);                                                           \
    const uint16_t *a = CUSIM_AT(uint16_t, 1), *b = CUSIM_AT(uint16_t, 2);                         \
    const uint16_t *c = CUSIM_AT(uint16_t, 3);                                                     \
    (void)b;                                                                                       \
    (void)c

#define EACH(n) CUSIM_SIMD for (int i = 0; i < (n); i++)

/* d = results, for the n numbers of the lanes of mask. */
CUSIM_ALWAYS_INLINE void store(uint16_t *d, const uint16_t *results, int n, uint32_t mask) {
    if (mask == CUSIM_ALL) {
        EACH(n) d[i] = results[i];
    } else {
        int half = n / CUSIM_LANES - 1; /* two numbers are one lane's */
        EACH(n) d[i] = mask >> (i >> half) & 1 ? results[i] : d[i];
    }
}

/* ---- Modifiers ---- */

/* What a subnormal f16 retains: its sign with .ftz, all without. */
CUSIM_ALWAYS_INLINE uint16_t kept_of_subnormal(uint32_t aux) {
    return aux & CUSIM_AUX_FTZ ? SIGN : 0xffff;
}
CUSIM_ALWAYS_INLINE uint16_t flush(uint16_t h, uint16_t keep) {
    return (uint16_t)((h & F16_INFINITY) == 0 ? h & keep : h);
}
CUSIM_ALWAYS_INLINE bool is_nan(uint16_t h, uint16_t infinity) {
    return (h & MAGNITUDE) > infinity;
}
CUSIM_ALWAYS_INLINE uint16_t canonical(uint16_t h, uint16_t infinity) {
    return is_nan(h, infinity) ? CUSIM_NAN16 : h;
}
/* .sat: into [0, 1], NaN is 0. .relu: negative is 0; here NaN is the one NaN already. */
CUSIM_ALWAYS_INLINE uint16_t saturated(uint16_t h) {
    uint16_t low = h > F16_INFINITY ? 0 : h; /* negative numbers are among the largest integers */
    return low > F16_ONE ? F16_ONE : low;
}
CUSIM_ALWAYS_INLINE uint16_t rectified(uint16_t h) { return h & SIGN ? 0 : h; }

/* ---- add, sub, mul, fma ----
 * In steps, each a loop over the numbers: widen the operands, compute, narrow the results. */

static void widen(float *x, const uint16_t *h, int n, uint32_t aux) {
    uint16_t keep = kept_of_subnormal(aux);
#if defined(__F16C__)
    for (int i = 0; i < n; i += 8) {
        uint16_t flushed[8];
        CUSIM_SIMD for (int j = 0; j < 8; j++) flushed[j] = flush(h[i + j], keep);
        __m128i eight;
        memcpy(&eight, flushed, sizeof eight);
        _mm256_storeu_ps(x + i, _mm256_cvtph_ps(eight));
    }
#else
    EACH(n) x[i] = half_to_float(flush(h[i], keep));
#endif
}

/* Narrows n results, applies the modifiers, and stores those of the lanes of mask. */
static void finish(uint16_t *d, const float *x, int n, uint32_t mask, uint32_t aux) {
    uint16_t h[NUMBERS], keep = kept_of_subnormal(aux);
#if defined(__F16C__)
    for (int i = 0; i < n; i += 8) {
        __m128i eight = _mm256_cvtps_ph(_mm256_loadu_ps(x + i), _MM_FROUND_TO_NEAREST_INT);
        memcpy(h + i, &eight, sizeof eight);
    }
#else
    EACH(n) h[i] = half_from_float_rn(x[i]);
#endif
    EACH(n) h[i] = canonical(flush(h[i], keep), F16_INFINITY);
    if (aux & CUSIM_AUX_RELU) EACH(n) h[i] = rectified(h[i]);
    if (aux & CUSIM_AUX_SAT) EACH(n) h[i] = saturated(h[i]);
    store(d, h, n, mask);
}

/* As cusim_add_odd, for floats. */
CUSIM_ALWAYS_INLINE float add_odd(float a, float b) {
    float sum = a + b, of_b = sum - a;
    float lost = (a - (sum - of_b)) + (b - of_b);
    uint32_t bits = cusim_float_bits(sum);
    uint32_t away = (lost > 0) == (sum > 0) ? 1 : UINT32_MAX;
    uint32_t inexact = lost > 0 || lost < 0 ? 1u : 0u;
    return cusim_bits_float((inexact & ~bits) != 0 ? bits + away : bits);
}

#define ARITHMETIC(name, n, expression)                                                            \
    CUSIM_HANDLER(name) {                                                                          \
        OPERANDS;                                                                                  \
        float x[NUMBERS], y[NUMBERS];                                                              \
        widen(x, a, n, inst->aux);                                                                 \
        widen(y, b, n, inst->aux);                                                                 \
        EACH(n) x[i] = expression;                                                                 \
        finish(d, x, n, mask, inst->aux);                                                          \
        return CUSIM_NEXT;                                                                         \
    }
ARITHMETIC(add_half, 32, x[i] + y[i])
ARITHMETIC(add_half2, 64, x[i] + y[i])
ARITHMETIC(sub_half, 32, x[i] - y[i])
ARITHMETIC(sub_half2, 64, x[i] - y[i])
ARITHMETIC(mul_half, 32, x[i] * y[i])
ARITHMETIC(mul_half2, 64, x[i] * y[i])

/* The product of two f16 has 22 bits and is exact. */
#define FMA_HALF(name, n)                                                                          \
    CUSIM_HANDLER(name) {                                                                          \
        OPERANDS;                                                                                  \
        float x[NUMBERS], y[NUMBERS], z[NUMBERS];                                                  \
        widen(x, a, n, inst->aux);                                                                 \
        widen(y, b, n, inst->aux);                                                                 \
        widen(z, c, n, inst->aux);                                                                 \
        EACH(n) x[i] = add_odd(x[i] * y[i], z[i]);                                                 \
        finish(d, x, n, mask, inst->aux);                                                          \
        return CUSIM_NEXT;                                                                         \
    }
FMA_HALF(fma_half, 32)
FMA_HALF(fma_half2, 64)

/* bf16 has a float's exponents: the product of two needs a double's. */
#define FMA_BFLOAT(name, n)                                                                        \
    CUSIM_HANDLER(name) {                                                                          \
        OPERANDS;                                                                                  \
        double sum[NUMBERS];                                                                       \
        uint16_t h[NUMBERS];                                                                       \
        EACH(n) {                                                                                  \
            double product = (double)bf16_to_float(a[i]) * (double)bf16_to_float(b[i]);            \
            sum[i] = cusim_add_odd(product, (double)bf16_to_float(c[i]));                          \
        }                                                                                          \
        EACH(n) h[i] = bf16_from_double_rn(sum[i]);                                                \
        if (inst->aux & CUSIM_AUX_RELU) EACH(n) h[i] = rectified(h[i]);                            \
        store(d, h, n, mask);                                                                      \
        return CUSIM_NEXT;                                                                         \
    }
FMA_BFLOAT(fma_bfloat, 32)
FMA_BFLOAT(fma_bfloat2, 64)

/* ---- abs, neg; infinity tells f16 from bf16, which has no .ftz ---- */
#define SIGN_HANDLER(name, n, infinity, and_mask, xor_mask)                                        \
    CUSIM_HANDLER(name) {                                                                          \
        OPERANDS;                                                                                  \
        uint16_t keep = (infinity) == F16_INFINITY ? kept_of_subnormal(inst->aux) : 0xffff;        \
        uint16_t h[NUMBERS];                                                                       \
        EACH(n) {                                                                                  \
            uint16_t turned = (uint16_t)((flush(a[i], keep) & (and_mask)) ^ (xor_mask));           \
            h[i] = canonical(turned, infinity);                                                    \
        }                                                                                          \
        store(d, h, n, mask);                                                                      \
        return CUSIM_NEXT;                                                                         \
    }
SIGN_HANDLER(abs_half, 32, F16_INFINITY, MAGNITUDE, 0)
SIGN_HANDLER(abs_half2, 64, F16_INFINITY, MAGNITUDE, 0)
SIGN_HANDLER(abs_bfloat, 32, BF16_INFINITY, MAGNITUDE, 0)
SIGN_HANDLER(abs_bfloat2, 64, BF16_INFINITY, MAGNITUDE, 0)
SIGN_HANDLER(neg_half, 32, F16_INFINITY, 0xffff, SIGN)
SIGN_HANDLER(neg_half2, 64, F16_INFINITY, 0xffff, SIGN)
SIGN_HANDLER(neg_bfloat, 32, BF16_INFINITY, 0xffff, SIGN)
SIGN_HANDLER(neg_bfloat2, 64, BF16_INFINITY, 0xffff, SIGN)

/* ---- min and max ----
 * Turned over where negative, the bits of a number are an integer of the same order, -0 below +0.
 * */
CUSIM_ALWAYS_INLINE int16_t rank(uint16_t h) { return (int16_t)(h & SIGN ? h ^ MAGNITUDE : h); }
typedef struct {
    uint16_t keep;      /* .ftz: what a subnormal retains */
    uint16_t magnitude; /* .abs: the operands' bits that are left */
    uint16_t sign;      /* .xorsign: the bits of the result that are replaced */
    uint16_t nan;       /* .NaN: NaN wins; 1 or 0 */
} Extremes;
static Extremes extremes(uint32_t aux) {
    return (Extremes){
        .keep = kept_of_subnormal(aux),
        .magnitude = aux & CUSIM_AUX_ABS ? MAGNITUDE : 0xffff,
        .sign = (uint16_t)(aux & CUSIM_AUX_XORSIGN ? SIGN : 0),
        .nan = aux & CUSIM_AUX_NAN ? 1 : 0,
    };
}
CUSIM_ALWAYS_INLINE uint16_t extreme(uint16_t a, uint16_t b, Extremes how, uint16_t infinity,
                                     bool max) {
    uint16_t sign = (uint16_t)((a ^ b) & how.sign);
    uint16_t x = a & how.magnitude, y = b & how.magnitude;
    if (infinity == F16_INFINITY) {
        x = flush(x, how.keep);
        y = flush(y, how.keep);
    }
    uint16_t x_nan = is_nan(x, infinity), y_nan = is_nan(y, infinity);
    uint16_t x_wins = max ? rank(x) > rank(y) : rank(x) < rank(y);
    uint16_t result = (x_wins | y_nan) & (x_nan ^ 1) ? x : y;
    result = (uint16_t)((result & ~how.sign) | sign);
    uint16_t nan = (x_nan & y_nan) | (how.nan & (x_nan | y_nan));
    return nan ? CUSIM_NAN16 : result;
}
#define EXTREME_HANDLER(name, n, infinity, max)                                                    \
    CUSIM_HANDLER(name) {                                                                          \
        OPERANDS;                                                                                  \
        Extremes how = extremes(inst->aux);                                                        \
        uint16_t h[NUMBERS];                                                                       \
        EACH(n) h[i] = extreme(a[i], b[i], how, infinity, max);                                    \
        store(d, h, n, mask);                                                                      \
        return CUSIM_NEXT;                                                                         \
    }
EXTREME_HANDLER(min_half, 32, F16_INFINITY, false)
EXTREME_HANDLER(min_half2, 64, F16_INFINITY, false)
EXTREME_HANDLER(min_bfloat, 32, BF16_INFINITY, false)
EXTREME_HANDLER(min_bfloat2, 64, BF16_INFINITY, false)
EXTREME_HANDLER(max_half, 32, F16_INFINITY, true)
EXTREME_HANDLER(max_half2, 64, F16_INFINITY, true)
EXTREME_HANDLER(max_bfloat, 32, BF16_INFINITY, true)
EXTREME_HANDLER(max_bfloat2, 64, BF16_INFINITY, true)

/* ---- ex2, tanh: the nearest f16, subnormal numbers included ---- */
#define FUNCTION_HANDLER(name, n, function)                                                        \
    CUSIM_HANDLER(name) {                                                                          \
        OPERANDS;                                                                                  \
        float x[NUMBERS];                                                                          \
        double y[NUMBERS];                                                                         \
        uint16_t h[NUMBERS];                                                                       \
        widen(x, a, n, 0);                                                                         \
        EACH(n) y[i] = function((double)x[i]);                                                     \
        EACH(n) h[i] = half_from_double_rn(y[i]);                                                  \
        store(d, h, n, mask);                                                                      \
        return CUSIM_NEXT;                                                                         \
    }
FUNCTION_HANDLER(ex2_half, 32, cusim_ex2)
FUNCTION_HANDLER(ex2_half2, 64, cusim_ex2)
FUNCTION_HANDLER(tanh_half, 32, cusim_tanh)
FUNCTION_HANDLER(tanh_half2, 64, cusim_tanh)

/* ---- Comparison ----
 * A pair of numbers is less, equal, greater or unordered (one is NaN), and a comparison names those
 * of the four for which it is true: ltu is LESS | UNORDERED. */
enum {
    LESS = 1,
    EQUAL = 2,
    GREATER = 4,
    UNORDERED = 8,
    COMPARE_FTZ = 16,
    COMBINE_AND = 32,
    COMBINE_OR = 64,
    COMBINE_XOR = 128
};
static uint32_t compare_aux(const CusimForm *form) {
    static const struct {
        CusimMod mod;
        uint32_t true_for;
    } comparison[] = {
        {CUSIM_M_eq, EQUAL},
        {CUSIM_M_ne, LESS | GREATER},
        {CUSIM_M_lt, LESS},
        {CUSIM_M_le, LESS | EQUAL},
        {CUSIM_M_gt, GREATER},
        {CUSIM_M_ge, GREATER | EQUAL},
        {CUSIM_M_equ, EQUAL | UNORDERED},
        {CUSIM_M_neu, LESS | GREATER | UNORDERED},
        {CUSIM_M_ltu, LESS | UNORDERED},
        {CUSIM_M_leu, LESS | EQUAL | UNORDERED},
        {CUSIM_M_gtu, GREATER | UNORDERED},
        {CUSIM_M_geu, GREATER | EQUAL | UNORDERED},
        {CUSIM_M_num, LESS | EQUAL | GREATER},
        {CUSIM_M_nan, UNORDERED},
        {CUSIM_M_ftz, COMPARE_FTZ},
        {CUSIM_M_and, COMBINE_AND},
        {CUSIM_M_or, COMBINE_OR},
        {CUSIM_M_xor, COMBINE_XOR},
    };
    uint32_t aux = 0;
    for (size_t i = 0; i < sizeof comparison / sizeof *comparison; i++) {
        if (cusim_has(form, comparison[i].mod)) aux |= comparison[i].true_for;
    }
    return aux;
}

/* The lanes for which number `which` of a and of b compare as aux says. */
CUSIM_ALWAYS_INLINE uint32_t compare(const uint16_t *a, const uint16_t *b, int per_lane, int which,
                                     uint32_t aux) {
    uint16_t keep = aux & COMPARE_FTZ ? SIGN : 0xffff;
    uint32_t less = 0, equal = 0, unordered = 0;
    for (int lane = 0; lane < CUSIM_LANES; lane++) {
        uint16_t x = flush(a[lane * per_lane + which], keep);
        uint16_t y = flush(b[lane * per_lane + which], keep);
        int32_t rank_x = x & SIGN ? -(x & MAGNITUDE) : x, rank_y = y & SIGN ? -(y & MAGNITUDE) : y;
        less |= (uint32_t)(rank_x < rank_y) << lane;
        equal |= (uint32_t)(rank_x == rank_y) << lane;
        unordered |= (uint32_t)(is_nan(x, F16_INFINITY) || is_nan(y, F16_INFINITY)) << lane;
    }
    uint32_t greater = ~(less | equal);
    uint32_t result = (aux & LESS ? less : 0) | (aux & EQUAL ? equal : 0);
    result = (result | (aux & GREATER ? greater : 0)) & ~unordered;
    return result | (aux & UNORDERED ? unordered : 0);
}
CUSIM_ALWAYS_INLINE uint32_t combine(uint32_t result, uint32_t predicate, uint32_t aux) {
    if (aux & COMBINE_AND) return result & predicate;
    if (aux & COMBINE_OR) return result | predicate;
    if (aux & COMBINE_XOR) return result ^ predicate;
    return result;
}

/* p|q: of one number, q is for the comparison turned round; of two, q is for the upper one. */
CUSIM_HANDLER(setp_half) {
    const uint16_t *a = CUSIM_AT(uint16_t, 2), *b = CUSIM_AT(uint16_t, 3);
    uint32_t result = compare(a, b, 1, 0, inst->aux), with = CUSIM_PRED_AT(4);
    cusim_set_pred(warp, inst, 0, mask, combine(result, with, inst->aux));
    if (inst->r[1] != 0) cusim_set_pred(warp, inst, 1, mask, combine(~result, with, inst->aux));
    return CUSIM_NEXT;
}
CUSIM_HANDLER(setp_half2) {
    const uint16_t *a = CUSIM_AT(uint16_t, 2), *b = CUSIM_AT(uint16_t, 3);
    uint32_t low = compare(a, b, 2, 0, inst->aux), high = compare(a, b, 2, 1, inst->aux);
    uint32_t with = CUSIM_PRED_AT(4);
    cusim_set_pred(warp, inst, 0, mask, combine(low, with, inst->aux));
    if (inst->r[1] != 0) cusim_set_pred(warp, inst, 1, mask, combine(high, with, inst->aux));
    return CUSIM_NEXT;
}

/* set: true is 1.0 for a floating-point result, all ones for an integer. */
CUSIM_ALWAYS_INLINE uint32_t set_lanes(CusimWarp *warp, const CusimInst *inst) {
    const uint16_t *a = CUSIM_AT(uint16_t, 1), *b = CUSIM_AT(uint16_t, 2);
    return combine(compare(a, b, 1, 0, inst->aux), CUSIM_PRED_AT(3), inst->aux);
}
CUSIM_ALWAYS_INLINE void set_16(CusimWarp *warp, const CusimInst *inst, uint32_t mask,
                                uint16_t truth) {
    uint16_t *d = CUSIM_AT(uint16_t, 0);
    uint32_t result = set_lanes(warp, inst);
    CUSIM_EACH_LANE(lane) d[lane] = result >> lane & 1 ? truth : 0;
}
CUSIM_HANDLER(set_half) {
    set_16(warp, inst, mask, F16_ONE);
    return CUSIM_NEXT;
}
CUSIM_HANDLER(set_half_16) {
    set_16(warp, inst, mask, 0xffff);
    return CUSIM_NEXT;
}
CUSIM_HANDLER(set_half_32) {
    uint32_t *d = CUSIM_AT(uint32_t, 0);
    uint32_t result = set_lanes(warp, inst);
    CUSIM_EACH_LANE(lane) d[lane] = result >> lane & 1 ? 0xffffffff : 0;
    return CUSIM_NEXT;
}

CUSIM_ALWAYS_INLINE void set_pair(CusimWarp *warp, const CusimInst *inst, uint32_t mask,
                                  uint32_t truth) {
    uint32_t *d = CUSIM_AT(uint32_t, 0);
    const uint16_t *a = CUSIM_AT(uint16_t, 1), *b = CUSIM_AT(uint16_t, 2);
    uint32_t with = CUSIM_PRED_AT(3);
    uint32_t low = combine(compare(a, b, 2, 0, inst->aux), with, inst->aux);
    uint32_t high = combine(compare(a, b, 2, 1, inst->aux), with, inst->aux);
    CUSIM_EACH_LANE(lane) {
        d[lane] = (low >> lane & 1 ? truth : 0) | (high >> lane & 1 ? truth << 16 : 0);
    }
}
CUSIM_HANDLER(set_half2) {
    set_pair(warp, inst, mask, F16_ONE);
    return CUSIM_NEXT;
}
CUSIM_HANDLER(set_half2_32) {
    set_pair(warp, inst, mask, 0xffff);
    return CUSIM_NEXT;
}

static CusimHandler *bind_set(const CusimForm *form) {
    switch (form->type[0]) {
    case CUSIM_F16: return set_half;
    case CUSIM_U16:
    case CUSIM_S16: return set_half_16;
    default: return set_half_32;
    }
}

CusimHandler *CUSIM_ISA(bind_half)(const CusimForm *form, CusimInst *inst) {
    inst->aux = cusim_float_aux(form);
    switch (form->op) {
    case CUSIM_OP_add_f16: return add_half;
    case CUSIM_OP_add_f16x2: return add_half2;
    case CUSIM_OP_sub_f16: return sub_half;
    case CUSIM_OP_sub_f16x2: return sub_half2;
    case CUSIM_OP_mul_f16: return mul_half;
    case CUSIM_OP_mul_f16x2: return mul_half2;
    case CUSIM_OP_fma_f16: return fma_half;
    case CUSIM_OP_fma_f16x2: return fma_half2;
    case CUSIM_OP_fma_bf16: return fma_bfloat;
    case CUSIM_OP_fma_bf16x2: return fma_bfloat2;
    case CUSIM_OP_neg_f16: return neg_half;
    case CUSIM_OP_neg_f16x2: return neg_half2;
    case CUSIM_OP_neg_bf16: return neg_bfloat;
    case CUSIM_OP_neg_bf16x2: return neg_bfloat2;
    case CUSIM_OP_abs_f16: return abs_half;
    case CUSIM_OP_abs_f16x2: return abs_half2;
    case CUSIM_OP_abs_bf16: return abs_bfloat;
    case CUSIM_OP_abs_bf16x2: return abs_bfloat2;
    case CUSIM_OP_min_f16: return min_half;
    case CUSIM_OP_min_f16x2: return min_half2;
    case CUSIM_OP_min_bf16: return min_bfloat;
    case CUSIM_OP_min_bf16x2: return min_bfloat2;
    case CUSIM_OP_max_f16: return max_half;
    case CUSIM_OP_max_f16x2: return max_half2;
    case CUSIM_OP_max_bf16: return max_bfloat;
    case CUSIM_OP_max_bf16x2: return max_bfloat2;
    case CUSIM_OP_ex2_approx_f16: return ex2_half;
    case CUSIM_OP_ex2_approx_f16x2: return ex2_half2;
    case CUSIM_OP_tanh_approx_f16: return tanh_half;
    case CUSIM_OP_tanh_approx_f16x2: return tanh_half2;
    case CUSIM_OP_setp_f16: inst->aux = compare_aux(form); return setp_half;
    case CUSIM_OP_setp_f16x2: inst->aux = compare_aux(form); return setp_half2;
    case CUSIM_OP_set_f16: inst->aux = compare_aux(form); return bind_set(form);
    case CUSIM_OP_set_f16x2:
        inst->aux = compare_aux(form);
        return form->type[0] == CUSIM_F16X2 ? set_half2 : set_half2_32;
    default: return NULL;
    }
}
