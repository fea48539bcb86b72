// SPDX-License-Identifier: MIT
/* exec_float.c - single precision: add, sub, mul, fma, div, rcp, sqrt with their four roundings,
 * and abs, neg, min, max, copysign, testp.
 *
 * An instruction such as add.rp.ftz.sat.f32 is an operation and modifiers. Every operation is
 * written once, as an expression of one lane, and the macro F32_HANDLERS makes four handlers of it:
 * as it is, with .ftz, with any other modifiers, and with a directed rounding. The first two are
 * what compilers emit in nearly all places (.ftz with -use_fast_math), and are a few vector
 * instructions for each 16 lanes; the other two look at inst->aux for their modifiers.
 *
 * The order is that of the ISA: subnormal operands are flushed, the operation is done and rounded
 * once, a subnormal result is flushed, a NaN becomes the one NaN, and the result is saturated.
 *
 * Source: PTX ISA, "Floating-Point Instructions". */
#include <math.h>

#include "exec_round.h"

/* a * b + c, rounded once. */
CUSIM_ALWAYS_INLINE float fused(float a, float b, float c) {
#if defined(__FMA__) || defined(__aarch64__)
    return __builtin_fmaf(a, b, c);
#else
    /* The product has 48 bits, so that it is exact as a double. */
    return (float)cusim_add_odd((double)a * (double)b, (double)c);
#endif
}
/* The same in whatever mode the CPU is. */
CUSIM_ALWAYS_INLINE float fused_directed(float a, float b, float c) { return fmaf(a, b, c); }

/* ---- Operations: F is what is done to an operand first ---- */
#define ADD(F) (F(a[lane]) + F(b[lane]))
#define SUB(F) (F(a[lane]) - F(b[lane]))
#define MUL(F) (F(a[lane]) * F(b[lane]))
#define DIV(F) (F(a[lane]) / F(b[lane]))
#define RCP(F) (1.0f / F(a[lane]))
#define SQRT(F) sqrtf(F(a[lane]))
#define FMA(F) fused(F(a[lane]), F(b[lane]), F(c[lane]))
#define FMA_DIRECTED(F) fused_directed(F(a[lane]), F(b[lane]), F(c[lane]))

#define AS_IS(x) (x)
#define FLUSH_IF(x) cusim_flush_if(x, keep)

#define OPERANDS                                                                                   \
    float *d = CUSIM_AT(float, 0);                                                                 \
    const float *a = CUSIM_AT(float, 1), *b = CUSIM_AT(float, 2), *c = CUSIM_AT(float, 3);         \
    (void)b;                                                                                       \
    (void)c

CUSIM_ALWAYS_INLINE float finish(float x, uint32_t keep, bool saturate) {
    float result = cusim_canonical(cusim_flush_if(x, keep));
    return saturate ? cusim_saturate(result) : result;
}

#define F32_HANDLERS(name, operation, directed_operation)                                          \
    CUSIM_HANDLER(name##_rn) {                                                                     \
        OPERANDS;                                                                                  \
        CUSIM_EACH(d, cusim_canonical(operation(AS_IS)));                                          \
        return CUSIM_NEXT;                                                                         \
    }                                                                                              \
    CUSIM_HANDLER(name##_rn_ftz) {                                                                 \
        OPERANDS;                                                                                  \
        CUSIM_EACH(d, cusim_canonical(cusim_flush(operation(cusim_flush))));                       \
        return CUSIM_NEXT;                                                                         \
    }                                                                                              \
    CUSIM_HANDLER(name##_modified) {                                                               \
        OPERANDS;                                                                                  \
        uint32_t keep = cusim_flush_keep(inst->aux);                                               \
        bool saturate = inst->aux & CUSIM_AUX_SAT;                                                 \
        CUSIM_EACH(d, finish(operation(FLUSH_IF), keep, saturate));                                \
        return CUSIM_NEXT;                                                                         \
    }                                                                                              \
    CUSIM_HANDLER(name##_directed) {                                                               \
        OPERANDS;                                                                                  \
        uint32_t keep = cusim_flush_keep(inst->aux);                                               \
        bool saturate = inst->aux & CUSIM_AUX_SAT;                                                 \
        uint64_t old = cusim_rounding_set(inst->aux & CUSIM_AUX_ROUNDING);                         \
        CUSIM_EACH_LANE(lane) d[lane] = finish(directed_operation(FLUSH_IF), keep, saturate);      \
        cusim_rounding_restore(old, d);                                                            \
        return CUSIM_NEXT;                                                                         \
    }                                                                                              \
    static CusimHandler *const name##_handlers[4] = {name##_rn, name##_rn_ftz, name##_modified,    \
                                                     name##_directed};

F32_HANDLERS(add, ADD, ADD)
F32_HANDLERS(sub, SUB, SUB)
F32_HANDLERS(mul, MUL, MUL)
F32_HANDLERS(fma, FMA, FMA_DIRECTED)
F32_HANDLERS(div, DIV, DIV)
F32_HANDLERS(rcp, RCP, RCP)
F32_HANDLERS(sqrt, SQRT, SQRT)

static CusimHandler *choose(CusimHandler *const handlers[4], uint32_t aux) {
    if (aux & CUSIM_AUX_ROUNDING) return handlers[3];
    if (aux & ~(uint32_t)CUSIM_AUX_FTZ) return handlers[2];
    return aux & CUSIM_AUX_FTZ ? handlers[1] : handlers[0];
}

/* ---- abs, neg, copysign ----
 * The ISA leaves open what abs and neg give for NaN; as other f32 instructions, the one NaN. */
CUSIM_ALWAYS_INLINE float absolute(float x) {
    return cusim_bits_float(cusim_float_bits(x) & 0x7fffffff);
}
CUSIM_ALWAYS_INLINE float negated(float x) {
    return cusim_bits_float(cusim_float_bits(x) ^ 0x80000000);
}
CUSIM_HANDLER(abs_rn) {
    OPERANDS;
    CUSIM_EACH(d, cusim_canonical(absolute(a[lane])));
    return CUSIM_NEXT;
}
CUSIM_HANDLER(abs_ftz) {
    OPERANDS;
    CUSIM_EACH(d, cusim_canonical(cusim_flush(absolute(a[lane]))));
    return CUSIM_NEXT;
}
CUSIM_HANDLER(neg_rn) {
    OPERANDS;
    CUSIM_EACH(d, cusim_canonical(negated(a[lane])));
    return CUSIM_NEXT;
}
CUSIM_HANDLER(neg_ftz) {
    OPERANDS;
    CUSIM_EACH(d, cusim_canonical(cusim_flush(negated(a[lane]))));
    return CUSIM_NEXT;
}
/* The sign of a on the value of b: the other way round than C's copysign. */
CUSIM_HANDLER(copysign_f32) {
    uint32_t *d = CUSIM_AT(uint32_t, 0);
    const uint32_t *a = CUSIM_AT(uint32_t, 1), *b = CUSIM_AT(uint32_t, 2);
    CUSIM_EACH(d, (a[lane] & 0x80000000) | (b[lane] & 0x7fffffff));
    return CUSIM_NEXT;
}

/* ---- min and max ----
 * A number wins over NaN, two NaNs give the one NaN. Where operands compare equal they have the
 * same bits or are zeros, of which -0 is the lesser: or, and of their bits. */
CUSIM_ALWAYS_INLINE float least(float a, float b) {
    uint32_t x = cusim_float_bits(a), y = cusim_float_bits(b);
    uint32_t one = (a < b || b != b) ? x : y;
    return cusim_canonical(cusim_bits_float(a == b ? x | y : one));
}
CUSIM_ALWAYS_INLINE float greatest(float a, float b) {
    uint32_t x = cusim_float_bits(a), y = cusim_float_bits(b);
    uint32_t one = (a > b || b != b) ? x : y;
    return cusim_canonical(cusim_bits_float(a == b ? x & y : one));
}

/* The modifiers of min and max as masks, so that one loop does them all. */
typedef struct {
    uint32_t keep;      /* .ftz: see cusim_flush_keep */
    uint32_t magnitude; /* .abs: the operands' bits that are left */
    uint32_t sign;      /* .xorsign: the bits of the result that are replaced */
    bool nan;           /* .NaN: NaN wins */
} Extremes;
static Extremes extremes(uint32_t aux) {
    return (Extremes){
        .keep = cusim_flush_keep(aux),
        .magnitude = aux & CUSIM_AUX_ABS ? 0x7fffffff : 0xffffffff,
        .sign = aux & CUSIM_AUX_XORSIGN ? 0x80000000 : 0,
        .nan = aux & CUSIM_AUX_NAN,
    };
}
CUSIM_ALWAYS_INLINE float extreme(float a, float b, Extremes how, bool max) {
    uint32_t sign = (cusim_float_bits(a) ^ cusim_float_bits(b)) & how.sign;
    float x = cusim_bits_float(cusim_float_bits(cusim_flush_if(a, how.keep)) & how.magnitude);
    float y = cusim_bits_float(cusim_float_bits(cusim_flush_if(b, how.keep)) & how.magnitude);
    float result = max ? greatest(x, y) : least(x, y);
    float with_sign = cusim_bits_float((cusim_float_bits(result) & ~how.sign) | sign);
    float nan = cusim_bits_float(CUSIM_NAN32);
    result = result != result ? nan : with_sign;
    return how.nan & ((x != x) | (y != y)) ? nan : result;
}

#define EXTREME_HANDLERS(name, function, max)                                                      \
    CUSIM_HANDLER(name##_rn) {                                                                     \
        OPERANDS;                                                                                  \
        CUSIM_EACH(d, function(a[lane], b[lane]));                                                 \
        return CUSIM_NEXT;                                                                         \
    }                                                                                              \
    CUSIM_HANDLER(name##_rn_ftz) {                                                                 \
        OPERANDS;                                                                                  \
        CUSIM_EACH(d, function(cusim_flush(a[lane]), cusim_flush(b[lane])));                       \
        return CUSIM_NEXT;                                                                         \
    }                                                                                              \
    CUSIM_HANDLER(name##_modified) {                                                               \
        OPERANDS;                                                                                  \
        Extremes how = extremes(inst->aux);                                                        \
        CUSIM_EACH(d, extreme(a[lane], b[lane], how, max));                                        \
        return CUSIM_NEXT;                                                                         \
    }                                                                                              \
    static CusimHandler *const name##_handlers[4] = {name##_rn, name##_rn_ftz, name##_modified,    \
                                                     name##_modified};
EXTREME_HANDLERS(min, least, false)
EXTREME_HANDLERS(max, greatest, true)

/* ---- testp: zeros count as normal ---- */
#define TESTP(name, test)                                                                          \
    CUSIM_HANDLER(testp_##name) {                                                                  \
        const uint32_t *a = CUSIM_AT(uint32_t, 1);                                                 \
        uint32_t result = 0;                                                                       \
        _Pragma("omp simd reduction(| : result)") for (int lane = 0; lane < CUSIM_LANES; lane++) { \
            uint32_t x = a[lane] & 0x7fffffff;                                                     \
            result |= (uint32_t)(test) << lane;                                                    \
        }                                                                                          \
        cusim_set_pred(warp, inst, 0, mask, result);                                               \
        return CUSIM_NEXT;                                                                         \
    }
TESTP(finite, x < 0x7f800000)
TESTP(infinite, x == 0x7f800000)
TESTP(number, x <= 0x7f800000)
TESTP(notanumber, x > 0x7f800000)
TESTP(normal, x == 0 || (x >= 0x00800000 && x < 0x7f800000))
TESTP(subnormal, x != 0 && x < 0x00800000)

static CusimHandler *bind_testp(const CusimForm *form) {
    if (cusim_has(form, CUSIM_M_finite)) return testp_finite;
    if (cusim_has(form, CUSIM_M_infinite)) return testp_infinite;
    if (cusim_has(form, CUSIM_M_number)) return testp_number;
    if (cusim_has(form, CUSIM_M_notanumber)) return testp_notanumber;
    if (cusim_has(form, CUSIM_M_normal)) return testp_normal;
    return testp_subnormal;
}

CusimHandler *CUSIM_ISA(bind_float)(const CusimForm *form, CusimInst *inst) {
    uint32_t aux = cusim_float_aux(form);
    inst->aux = aux;
    switch (form->op) {
    case CUSIM_OP_add_f32: return choose(add_handlers, aux);
    case CUSIM_OP_sub_f32: return choose(sub_handlers, aux);
    case CUSIM_OP_mul_f32: return choose(mul_handlers, aux);
    case CUSIM_OP_fma_f32:
    case CUSIM_OP_mad_f32: return choose(fma_handlers, aux);
    case CUSIM_OP_div_f32: return choose(div_handlers, aux);
    case CUSIM_OP_rcp_f32: return choose(rcp_handlers, aux);
    case CUSIM_OP_sqrt_f32: return choose(sqrt_handlers, aux);
    case CUSIM_OP_abs_f32: return aux & CUSIM_AUX_FTZ ? abs_ftz : abs_rn;
    case CUSIM_OP_neg_f32: return aux & CUSIM_AUX_FTZ ? neg_ftz : neg_rn;
    case CUSIM_OP_copysign_f32: return copysign_f32;
    case CUSIM_OP_min_f32: return choose(min_handlers, aux);
    case CUSIM_OP_max_f32: return choose(max_handlers, aux);
    case CUSIM_OP_testp_f32: return bind_testp(form);
    default: {
        CusimHandler *handler = CUSIM_ISA(bind_double)(form, inst);
        return handler != NULL ? handler : CUSIM_ISA(bind_approx)(form, inst);
    }
    }
}
