// SPDX-License-Identifier: MIT
/* exec_int.c - integer arithmetic: add, sub, mul, mad, div, min, carries, dot products.
 *
 * Each row of ops.def is one line of a table here: its name, the C types of result and sources, and
 * what a lane computes from A, B and C, its elements of the sources. Macros turn the line into a
 * handler, a loop over 32 lanes that the compiler makes vector instructions of, and into a case of
 * the bind function at the end. Logic, shifts and bit fields are in exec_bits.c.
 *
 * PTX integers wrap around. C's signed integers do not (overflow is undefined), and C turns 16-bit
 * operands into int before it multiplies them; so rows add and multiply as unsigned, and use signed
 * types where the sign matters: high halves, comparisons, division. */
#include "exec.h"

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 Uint128;

/* NOLINTBEGIN(bugprone-macro-parentheses): arguments of the macros here are types. */
#define HANDLER(name) static int name(CusimWarp *warp, const CusimInst *inst, uint32_t mask)
#define A a[lane]
#define B b[lane]
#define C c[lane]

/* ---- One source ---- */

#define UNARY_ROWS(X)                                                                              \
    X(abs_s16, uint16_t, int16_t, A < 0 ? -A : A)                                                  \
    X(abs_s32, uint32_t, int32_t, A < 0 ? 0 - (uint32_t)A : (uint32_t)A)                           \
    X(abs_s64, uint64_t, int64_t, A < 0 ? 0 - (uint64_t)A : (uint64_t)A)                           \
    X(neg_s16, uint16_t, int16_t, -A)                                                              \
    X(neg_s32, uint32_t, uint32_t, 0 - A)                                                          \
    X(neg_s64, uint64_t, uint64_t, 0 - A)

#define UNARY(name, result, source, expression)                                                    \
    HANDLER(name) {                                                                                \
        result *d = CUSIM_AT(result, 0);                                                           \
        const source *a = CUSIM_AT(const source, 1);                                               \
        CUSIM_EACH(d, (result)(expression));                                                       \
        return CUSIM_NEXT;                                                                         \
    }
UNARY_ROWS(UNARY)

/* ---- Two sources ---- */

static inline int32_t saturate(int64_t x) {
    x = x > INT32_MAX ? INT32_MAX : x;
    return (int32_t)(x < INT32_MIN ? INT32_MIN : x);
}

/* Division. PTX leaves the quotient and the remainder by zero open; here both are all ones, as on
 * NVIDIA's hardware, and the smallest number divided by -1 wraps around to itself. The host must
 * not trap on either. There are no vector instructions for integer division, but for floating
 * point: the quotient of two integers of n bits, rounded to at least 2n bits, has the right integer
 * part, since no quotient lies closer than 1/b below an integer. (16 bits: a float's 24 bits do,
 * the error being below 2^-24 * a/b < 1/b.) */
static inline uint32_t divide_16(uint32_t x, uint32_t y) {
    uint32_t safe = y == 0 ? 1 : y;
    return y == 0 ? UINT32_MAX : (uint32_t)(int32_t)((float)(int32_t)x / (float)(int32_t)safe);
}
static inline uint32_t divide_32(uint32_t x, uint32_t y) {
    uint32_t safe = y == 0 ? 1 : y;
    return y == 0 ? UINT32_MAX : (uint32_t)((double)x / (double)safe);
}
static inline uint32_t magnitude(int32_t x) { return x < 0 ? 0 - (uint32_t)x : (uint32_t)x; }
static inline uint32_t negate_if(int32_t negative, uint32_t x) { return negative ? 0 - x : x; }
static inline uint32_t divide_s32(int32_t x, int32_t y) {
    uint32_t quotient = divide_32(magnitude(x), magnitude(y));
    return y == 0 ? UINT32_MAX : negate_if((x ^ y) < 0, quotient);
}
static inline uint32_t divide_s16(int32_t x, int32_t y) {
    uint32_t quotient = divide_16(magnitude(x), magnitude(y));
    return y == 0 ? UINT32_MAX : negate_if((x ^ y) < 0, quotient);
}
/* The remainder has the sign of the dividend. */
static inline uint32_t remainder_of(uint32_t x, uint32_t y, uint32_t quotient) {
    return y == 0 ? UINT32_MAX : x - y * quotient;
}

#define BINARY_ROWS(X)                                                                             \
    X(add_i16, uint16_t, uint16_t, A + B)                                                          \
    X(add_i32, uint32_t, uint32_t, A + B)                                                          \
    X(add_i64, uint64_t, uint64_t, A + B)                                                          \
    X(add_sat_s32, int32_t, int32_t, saturate((int64_t)A + B))                                     \
    X(sub_i16, uint16_t, uint16_t, A - B)                                                          \
    X(sub_i32, uint32_t, uint32_t, A - B)                                                          \
    X(sub_i64, uint64_t, uint64_t, A - B)                                                          \
    X(sub_sat_s32, int32_t, int32_t, saturate((int64_t)A - B))                                     \
    X(mul_lo_i16, uint16_t, uint16_t, (uint32_t)A *B)                                              \
    X(mul_lo_i32, uint32_t, uint32_t, A *B)                                                        \
    X(mul_lo_i64, uint64_t, uint64_t, A *B)                                                        \
    X(mul_hi_u16, uint16_t, uint16_t, (uint32_t)A *B >> 16)                                        \
    X(mul_hi_s16, uint16_t, int16_t, A *B >> 16)                                                   \
    X(mul_hi_u32, uint32_t, uint32_t, (uint64_t)A *B >> 32)                                        \
    X(mul_hi_s32, uint32_t, int32_t, (int64_t)A *B >> 32)                                          \
    X(mul_hi_u64, uint64_t, uint64_t, (Uint128)A *B >> 64)                                         \
    X(mul_hi_s64, uint64_t, int64_t, (Int128)A *B >> 64)                                           \
    X(mul_wide_u16, uint32_t, uint16_t, (uint32_t)A *B)                                            \
    X(mul_wide_s16, int32_t, int16_t, A *B)                                                        \
    X(mul_wide_u32, uint64_t, uint32_t, (uint64_t)A *B)                                            \
    X(mul_wide_s32, int64_t, int32_t, (int64_t)A *B)                                               \
    X(div_u16, uint16_t, uint16_t, divide_16(A, B))                                                \
    X(div_s16, uint16_t, int16_t, divide_s16(A, B))                                                \
    X(div_u32, uint32_t, uint32_t, divide_32(A, B))                                                \
    X(div_s32, uint32_t, int32_t, divide_s32(A, B))                                                \
    X(rem_u16, uint16_t, uint16_t, remainder_of(A, B, divide_16(A, B)))                            \
    X(rem_s16, uint16_t, int16_t, remainder_of((uint32_t)A, (uint32_t)B, divide_s16(A, B)))        \
    X(rem_u32, uint32_t, uint32_t, remainder_of(A, B, divide_32(A, B)))                            \
    X(rem_s32, uint32_t, int32_t, remainder_of((uint32_t)A, (uint32_t)B, divide_s32(A, B)))        \
    X(min_u32, uint32_t, uint32_t, A < B ? A : B)                                                  \
    X(min_s32, int32_t, int32_t, A < B ? A : B)                                                    \
    X(min_u64, uint64_t, uint64_t, A < B ? A : B)                                                  \
    X(min_s64, int64_t, int64_t, A < B ? A : B)                                                    \
    X(max_u32, uint32_t, uint32_t, A > B ? A : B)                                                  \
    X(max_s32, int32_t, int32_t, A > B ? A : B)                                                    \
    X(max_u64, uint64_t, uint64_t, A > B ? A : B)                                                  \
    X(max_s64, int64_t, int64_t, A > B ? A : B)

#define BINARY(name, result, source, expression)                                                   \
    HANDLER(name) {                                                                                \
        result *d = CUSIM_AT(result, 0);                                                           \
        const source *a = CUSIM_AT(const source, 1), *b = CUSIM_AT(const source, 2);               \
        CUSIM_EACH(d, (result)(expression));                                                       \
        return CUSIM_NEXT;                                                                         \
    }
BINARY_ROWS(BINARY)

/* gcc 12 stops with an internal error at a masked 16-bit minimum or maximum for AVX-512; so these
 * are computed for all lanes first, and then copied to those of mask. */
#define EXTREME_16_ROWS(X)                                                                         \
    X(min_u16, uint16_t, A < B ? A : B)                                                            \
    X(min_s16, int16_t, A < B ? A : B)                                                             \
    X(max_u16, uint16_t, A > B ? A : B)                                                            \
    X(max_s16, int16_t, A > B ? A : B)

#define EXTREME_16(name, type, expression)                                                         \
    HANDLER(name) {                                                                                \
        type *d = CUSIM_AT(type, 0), result[CUSIM_LANES] __attribute__((aligned(64)));             \
        const type *a = CUSIM_AT(const type, 1), *b = CUSIM_AT(const type, 2);                     \
        CUSIM_SIMD for (int lane = 0; lane < CUSIM_LANES; lane++) result[lane] = (expression);     \
        CUSIM_EACH(d, result[lane]);                                                               \
        return CUSIM_NEXT;                                                                         \
    }
EXTREME_16_ROWS(EXTREME_16)

/* 64-bit division is one lane after the other: a double has too few bits for it. */
#define DIVISION_ROWS(X)                                                                           \
    X(div_u64, uint64_t, B == 0 ? UINT64_MAX : A / B)                                              \
    X(rem_u64, uint64_t, B == 0 ? UINT64_MAX : A % B)                                              \
    X(div_s64, int64_t, B == 0 ? -1 : B == -1 ? (int64_t)(0 - (uint64_t)A) : A / B)                \
    X(rem_s64, int64_t, B == 0 ? -1 : B == -1 ? 0 : A % B)

#define DIVISION(name, type, expression)                                                           \
    HANDLER(name) {                                                                                \
        type *d = CUSIM_AT(type, 0);                                                               \
        const type *a = CUSIM_AT(const type, 1), *b = CUSIM_AT(const type, 2);                     \
        CUSIM_EACH_LANE(lane) d[lane] = (expression);                                              \
        return CUSIM_NEXT;                                                                         \
    }
DIVISION_ROWS(DIVISION)

/* ---- Three sources: name, type of d and c, type of a and b, expression ---- */

/* |a - b|: the smaller is taken from the larger, as unsigned, so that nothing overflows. */
#define DISTANCE(type) (A < B ? (type)B - (type)A : (type)A - (type)B)

#define TERNARY_ROWS(X)                                                                            \
    X(mad_lo_i16, uint16_t, uint16_t, (uint32_t)A *B + C)                                          \
    X(mad_lo_i32, uint32_t, uint32_t, A *B + C)                                                    \
    X(mad_lo_i64, uint64_t, uint64_t, A *B + C)                                                    \
    X(mad_hi_u16, uint16_t, uint16_t, ((uint32_t)A * B >> 16) + C)                                 \
    X(mad_hi_s16, uint16_t, int16_t, (A * B >> 16) + C)                                            \
    X(mad_hi_u32, uint32_t, uint32_t, (uint32_t)((uint64_t)A * B >> 32) + C)                       \
    X(mad_hi_s32, uint32_t, int32_t, (uint32_t)((int64_t)A * B >> 32) + C)                         \
    X(mad_hi_u64, uint64_t, uint64_t, (uint64_t)((Uint128)A * B >> 64) + C)                        \
    X(mad_hi_s64, uint64_t, int64_t, (uint64_t)((Int128)A * B >> 64) + C)                          \
    X(mad_hi_sat_s32, int32_t, int32_t, saturate(((int64_t)A * B >> 32) + C))                      \
    X(mad_wide_u16, uint32_t, uint16_t, (uint32_t)A *B + C)                                        \
    X(mad_wide_s16, uint32_t, int16_t, (uint32_t)(A * B) + C)                                      \
    X(mad_wide_u32, uint64_t, uint32_t, (uint64_t)A *B + C)                                        \
    X(mad_wide_s32, uint64_t, int32_t, (uint64_t)((int64_t)A * B) + C)                             \
    X(sad_u16, uint16_t, uint16_t, DISTANCE(uint16_t) + C)                                         \
    X(sad_s16, uint16_t, int16_t, (A < B ? B - A : A - B) + C)                                     \
    X(sad_u32, uint32_t, uint32_t, DISTANCE(uint32_t) + C)                                         \
    X(sad_s32, uint32_t, int32_t, DISTANCE(uint32_t) + C)                                          \
    X(sad_u64, uint64_t, uint64_t, DISTANCE(uint64_t) + C)                                         \
    X(sad_s64, uint64_t, int64_t, DISTANCE(uint64_t) + C)

#define TERNARY(name, result, source, expression)                                                  \
    HANDLER(name) {                                                                                \
        result *d = CUSIM_AT(result, 0);                                                           \
        const source *a = CUSIM_AT(const source, 1), *b = CUSIM_AT(const source, 2);               \
        const result *c = CUSIM_AT(const result, 3);                                               \
        CUSIM_EACH(d, (result)(expression));                                                       \
        return CUSIM_NEXT;                                                                         \
    }
TERNARY_ROWS(TERNARY)

/* ---- 24 bits: the low 24 bits of each factor; .hi is bits 47..16 of the product ---- */

static inline uint64_t product_u24(uint32_t x, uint32_t y) {
    return (uint64_t)(x & 0xffffff) * (y & 0xffffff);
}
static inline int64_t product_s24(uint32_t x, uint32_t y) {
    return (int64_t)((int32_t)(x << 8) >> 8) * ((int32_t)(y << 8) >> 8);
}
BINARY(mul24_lo_u32, uint32_t, uint32_t, product_u24(A, B))
BINARY(mul24_hi_u32, uint32_t, uint32_t, product_u24(A, B) >> 16)
BINARY(mul24_lo_s32, uint32_t, uint32_t, product_s24(A, B))
BINARY(mul24_hi_s32, uint32_t, uint32_t, product_s24(A, B) >> 16)
TERNARY(mad24_lo_u32, uint32_t, uint32_t, (uint32_t)product_u24(A, B) + C)
TERNARY(mad24_hi_u32, uint32_t, uint32_t, (uint32_t)(product_u24(A, B) >> 16) + C)
TERNARY(mad24_lo_s32, uint32_t, uint32_t, (uint32_t)product_s24(A, B) + C)
TERNARY(mad24_hi_s32, uint32_t, uint32_t, (uint32_t)(product_s24(A, B) >> 16) + C)
TERNARY(mad24_sat_s32, int32_t, uint32_t, saturate((product_s24(A, B) >> 16) + C))

/* ---- Dot products of bytes: a has four bytes (dp4a) or two 16-bit numbers (dp2a), b has bytes;
 * each is signed or unsigned by its own type; the sum wraps around ---- */

static inline uint32_t field(uint32_t x, int position, int bits, bool is_signed) {
    uint32_t top = x << (32 - position - bits);
    return is_signed ? (uint32_t)((int32_t)top >> (32 - bits)) : top >> (32 - bits);
}
static inline uint32_t dot4(uint32_t a, uint32_t b, uint32_t c, bool sa, bool sb) {
    for (int i = 0; i < 4; i++) c += field(a, 8 * i, 8, sa) * field(b, 8 * i, 8, sb);
    return c;
}
static inline uint32_t dot2(uint32_t a, uint32_t b, uint32_t c, bool sa, bool sb, int first) {
    for (int i = 0; i < 2; i++) c += field(a, 16 * i, 16, sa) * field(b, first + 8 * i, 8, sb);
    return c;
}
#define DOT(name, sa, sb)                                                                          \
    TERNARY(dp4a_##name, uint32_t, uint32_t, dot4(A, B, C, sa, sb))                                \
    TERNARY(dp2a_lo_##name, uint32_t, uint32_t, dot2(A, B, C, sa, sb, 0))                          \
    TERNARY(dp2a_hi_##name, uint32_t, uint32_t, dot2(A, B, C, sa, sb, 16))
DOT(uu, false, false)
DOT(us, false, true)
DOT(su, true, false)
DOT(ss, true, true)

/* ---- Carries: numbers of more than 64 bits, word by word ----
 * CC.CF, one bit for each lane, is the carry out of an addition and the borrow out of a
 * subtraction; PTX defines subc as a - (b + CC.CF). Lanes outside mask keep theirs. */

enum { CARRY_IN = 1, CARRY_OUT = 2 }; /* inst->aux */

static inline uint32_t carry_in(const CusimWarp *warp, const CusimInst *inst) {
    const CusimFrameHead *head = (const void *)warp->frame;
    return inst->aux & CARRY_IN ? head->carry : 0;
}
static inline void carry_out(CusimWarp *warp, const CusimInst *inst, uint32_t mask,
                             uint32_t carries) {
    CusimFrameHead *head = (void *)warp->frame;
    if (inst->aux & CARRY_OUT) head->carry = (head->carry & ~mask) | (carries & mask);
}

/* x + y or x - y, and the bit of carry; first is the first step without the bit that comes in. */
#define CHAIN(name, type, source, last, x, y, first, second, carried)                              \
    HANDLER(name) {                                                                                \
        type *d = CUSIM_AT(type, 0);                                                               \
        const source *a = CUSIM_AT(const source, 1), *b = CUSIM_AT(const source, 2);               \
        const type *c = CUSIM_AT(const type, last);                                                \
        uint32_t in = carry_in(warp, inst), out = 0;                                               \
        type result[CUSIM_LANES] __attribute__((aligned(64)));                                     \
        _Pragma("omp simd reduction(| : out)") for (int lane = 0; lane < CUSIM_LANES; lane++) {    \
            type left = (x), right = (y), bit = in >> lane & 1, half = (first), whole = (second);  \
            out |= (uint32_t)(carried) << lane;                                                    \
            result[lane] = whole;                                                                  \
        }                                                                                          \
        (void)b;                                                                                   \
        CUSIM_EACH(d, result[lane]);                                                               \
        carry_out(warp, inst, mask, out);                                                          \
        return CUSIM_NEXT;                                                                         \
    }
#define ADD_CHAIN(name, type, source, last, x)                                                     \
    CHAIN(name, type, source, last, x, C, left + right, half + bit, (half < left) | (whole < half))
#define SUB_CHAIN(name, type)                                                                      \
    CHAIN(name, type, type, 2, A, C, left - right, half - bit, (left < right) | (half < bit))
ADD_CHAIN(add_chain_32, uint32_t, uint32_t, 2, A)
ADD_CHAIN(add_chain_64, uint64_t, uint64_t, 2, A)
SUB_CHAIN(sub_chain_32, uint32_t)
SUB_CHAIN(sub_chain_64, uint64_t)
ADD_CHAIN(mad_lo_chain_32, uint32_t, uint32_t, 3, A *B)
ADD_CHAIN(mad_lo_chain_64, uint64_t, uint64_t, 3, A *B)
ADD_CHAIN(mad_hi_chain_u32, uint32_t, uint32_t, 3, (uint32_t)((uint64_t)A *B >> 32))
ADD_CHAIN(mad_hi_chain_s32, uint32_t, int32_t, 3, (uint32_t)((int64_t)A *B >> 32))
ADD_CHAIN(mad_hi_chain_u64, uint64_t, uint64_t, 3, (uint64_t)((Uint128)A *B >> 64))
ADD_CHAIN(mad_hi_chain_s64, uint64_t, int64_t, 3, (uint64_t)((Int128)A *B >> 64))

/* ---- Bind ---- */

CUSIM_BIND(int) {
    bool hi = cusim_has(form, CUSIM_M_hi);
    int dot = 2 * (form->type[0] == CUSIM_S32) + (form->type[1] == CUSIM_S32);
    static CusimHandler *const dp4a[] = {dp4a_uu, dp4a_us, dp4a_su, dp4a_ss};
    static CusimHandler *const dp2a_lo[] = {dp2a_lo_uu, dp2a_lo_us, dp2a_lo_su, dp2a_lo_ss};
    static CusimHandler *const dp2a_hi[] = {dp2a_hi_uu, dp2a_hi_us, dp2a_hi_su, dp2a_hi_ss};
    uint32_t out = cusim_has(form, CUSIM_M_cc) ? CARRY_OUT : 0;

    switch (form->op) {
#define ROW(name, ...)                                                                             \
    case CUSIM_OP_##name: return name;
        UNARY_ROWS(ROW)
        BINARY_ROWS(ROW)
        EXTREME_16_ROWS(ROW)
        DIVISION_ROWS(ROW)
        TERNARY_ROWS(ROW)
#undef ROW
    case CUSIM_OP_mul24_u32: return hi ? mul24_hi_u32 : mul24_lo_u32;
    case CUSIM_OP_mul24_s32: return hi ? mul24_hi_s32 : mul24_lo_s32;
    case CUSIM_OP_mad24_u32: return hi ? mad24_hi_u32 : mad24_lo_u32;
    case CUSIM_OP_mad24_s32: return hi ? mad24_hi_s32 : mad24_lo_s32;
    case CUSIM_OP_mad24_sat_s32: return mad24_sat_s32;
    case CUSIM_OP_dp4a: return dp4a[dot];
    case CUSIM_OP_dp2a:
        return hi ? dp2a_hi[dot] : dp2a_lo[dot];
        /* add.cc starts a chain; addc goes on with it, and passes the carry on if it has .cc. */
#define CHAIN_ROWS(starts, goes_on, handler)                                                       \
    case CUSIM_OP_##starts: inst->aux = CARRY_OUT; return handler;                                 \
    case CUSIM_OP_##goes_on: inst->aux = CARRY_IN | out; return handler;
        CHAIN_ROWS(add_cc_i32, addc_i32, add_chain_32)
        CHAIN_ROWS(add_cc_i64, addc_i64, add_chain_64)
        CHAIN_ROWS(sub_cc_i32, subc_i32, sub_chain_32)
        CHAIN_ROWS(sub_cc_i64, subc_i64, sub_chain_64)
        CHAIN_ROWS(mad_lo_cc_i32, madc_lo_i32, mad_lo_chain_32)
        CHAIN_ROWS(mad_lo_cc_i64, madc_lo_i64, mad_lo_chain_64)
        CHAIN_ROWS(mad_hi_cc_u32, madc_hi_u32, mad_hi_chain_u32)
        CHAIN_ROWS(mad_hi_cc_s32, madc_hi_s32, mad_hi_chain_s32)
        CHAIN_ROWS(mad_hi_cc_u64, madc_hi_u64, mad_hi_chain_u64)
        CHAIN_ROWS(mad_hi_cc_s64, madc_hi_s64, mad_hi_chain_s64)
#undef CHAIN_ROWS
    default: return CUSIM_ISA(bind_bits)(form, inst);
    }
}
/* NOLINTEND(bugprone-macro-parentheses) */
