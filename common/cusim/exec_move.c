// SPDX-License-Identifier: MIT
/* exec_move.c - compare, select, move: setp, set, selp, slct, mov.
 *
 * A comparison of 32 lanes gives 32 bits: a predicate. There are eighteen operators for ten types,
 * but only a few comparisons: a > b is b < a, and a >= b is not a < b for integers. So setp is
 * one handler for each comparison and type below, and two bits in inst->aux that swap the operands
 * and invert the result. For floating point "not less" holds for NaN, too, which is what gtu, geu,
 * ltu, leu, neu and equ mean ("or unordered"), so that these are inversions of the ordered ones. */
#include "exec.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

/* NOLINTBEGIN(bugprone-macro-parentheses): arguments of the macros here are types. */
#define HANDLER(name) static int name(CusimWarp *warp, const CusimInst *inst, uint32_t mask)
#define A a[lane]
#define B b[lane]

/* ---- Comparisons: what of 32 lanes is true, as a mask ---- */

typedef uint32_t Compare(const void *a, const void *b);

/* In plain C: each lane that is true adds its bit. A table of bits, since SSE2 cannot shift lanes
 * by different amounts. */
__attribute__((unused)) static const uint32_t lane_bit[CUSIM_LANES] __attribute__((aligned(64))) = {
    1u << 0,  1u << 1,  1u << 2,  1u << 3,  1u << 4,  1u << 5,  1u << 6,  1u << 7,
    1u << 8,  1u << 9,  1u << 10, 1u << 11, 1u << 12, 1u << 13, 1u << 14, 1u << 15,
    1u << 16, 1u << 17, 1u << 18, 1u << 19, 1u << 20, 1u << 21, 1u << 22, 1u << 23,
    1u << 24, 1u << 25, 1u << 26, 1u << 27, 1u << 28, 1u << 29, 1u << 30, 1u << 31};

#define COMPARE_PLAIN(name, type, condition)                                                       \
    static inline uint32_t name(const void *left, const void *right) {                             \
        const type *a = __builtin_assume_aligned(left, 64);                                        \
        const type *b = __builtin_assume_aligned(right, 64);                                       \
        uint32_t bits = 0;                                                                         \
        _Pragma("omp simd reduction(| : bits)") for (int lane = 0; lane < CUSIM_LANES; lane++)     \
            bits |= (0u - (uint32_t)(condition)) & lane_bit[lane];                                 \
        return bits;                                                                               \
    }

/* With AVX-512 a comparison gives a mask by itself. code is _MM_CMPINT_* or _CMP_*. */
#define COMPARE_512(name, part, bits_each, load, code)                                             \
    static inline uint32_t name(const void *left, const void *right) {                             \
        const char *a = left, *b = right;                                                          \
        uint32_t bits = 0;                                                                         \
        for (int n = 0; n < CUSIM_LANES / (bits_each); n++)                                        \
            bits |= (uint32_t)part(load(a + 64L * n), load(b + 64L * n), code) << n * (bits_each); \
        return bits;                                                                               \
    }
#define LOAD_INT(p) _mm512_load_si512(p)
#define LOAD_F32(p) _mm512_load_ps(p)
#define LOAD_F64(p) _mm512_load_pd(p)

/* With AVX2 it gives lanes of ones or zeros, whose signs vmovmskps gathers. */
#define COMPARE_256(name, part)                                                                    \
    static inline uint32_t name(const void *left, const void *right) {                             \
        const __m256i *a = left, *b = right;                                                       \
        uint32_t bits = 0;                                                                         \
        for (int n = 0; n < 4; n++)                                                                \
            bits |= (uint32_t)_mm256_movemask_ps(part(a[n], b[n])) << 8 * n;                       \
        return bits;                                                                               \
    }

#if defined(__AVX512BW__)
COMPARE_512(eq_16, _mm512_cmp_epi16_mask, 32, LOAD_INT, _MM_CMPINT_EQ)
COMPARE_512(lt_u16, _mm512_cmp_epu16_mask, 32, LOAD_INT, _MM_CMPINT_LT)
COMPARE_512(lt_s16, _mm512_cmp_epi16_mask, 32, LOAD_INT, _MM_CMPINT_LT)
COMPARE_512(eq_32, _mm512_cmp_epi32_mask, 16, LOAD_INT, _MM_CMPINT_EQ)
COMPARE_512(lt_u32, _mm512_cmp_epu32_mask, 16, LOAD_INT, _MM_CMPINT_LT)
COMPARE_512(lt_s32, _mm512_cmp_epi32_mask, 16, LOAD_INT, _MM_CMPINT_LT)
COMPARE_512(eq_64, _mm512_cmp_epi64_mask, 8, LOAD_INT, _MM_CMPINT_EQ)
COMPARE_512(lt_u64, _mm512_cmp_epu64_mask, 8, LOAD_INT, _MM_CMPINT_LT)
COMPARE_512(lt_s64, _mm512_cmp_epi64_mask, 8, LOAD_INT, _MM_CMPINT_LT)
COMPARE_512(eq_f32, _mm512_cmp_ps_mask, 16, LOAD_F32, _CMP_EQ_OQ)
COMPARE_512(lt_f32, _mm512_cmp_ps_mask, 16, LOAD_F32, _CMP_LT_OQ)
COMPARE_512(le_f32, _mm512_cmp_ps_mask, 16, LOAD_F32, _CMP_LE_OQ)
COMPARE_512(lg_f32, _mm512_cmp_ps_mask, 16, LOAD_F32, _CMP_NEQ_OQ)
COMPARE_512(num_f32, _mm512_cmp_ps_mask, 16, LOAD_F32, _CMP_ORD_Q)
COMPARE_512(eq_f64, _mm512_cmp_pd_mask, 8, LOAD_F64, _CMP_EQ_OQ)
COMPARE_512(lt_f64, _mm512_cmp_pd_mask, 8, LOAD_F64, _CMP_LT_OQ)
COMPARE_512(le_f64, _mm512_cmp_pd_mask, 8, LOAD_F64, _CMP_LE_OQ)
COMPARE_512(lg_f64, _mm512_cmp_pd_mask, 8, LOAD_F64, _CMP_NEQ_OQ)
COMPARE_512(num_f64, _mm512_cmp_pd_mask, 8, LOAD_F64, _CMP_ORD_Q)
#else
#if defined(__AVX2__)
#define CMP_F32(a, b, code) _mm256_cmp_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b), code)
#define EQ_32(a, b) _mm256_castsi256_ps(_mm256_cmpeq_epi32(a, b))
#define LT_S32(a, b) _mm256_castsi256_ps(_mm256_cmpgt_epi32(b, a))
#define TOP _mm256_set1_epi32(INT32_MIN) /* unsigned order is signed order of x ^ TOP */
#define LT_U32(a, b) LT_S32(_mm256_xor_si256(a, TOP), _mm256_xor_si256(b, TOP))
#define EQ_F32(a, b) CMP_F32(a, b, _CMP_EQ_OQ)
#define LT_F32(a, b) CMP_F32(a, b, _CMP_LT_OQ)
#define LE_F32(a, b) CMP_F32(a, b, _CMP_LE_OQ)
#define LG_F32(a, b) CMP_F32(a, b, _CMP_NEQ_OQ)
#define NUM_F32(a, b) CMP_F32(a, b, _CMP_ORD_Q)
COMPARE_256(eq_32, EQ_32)
COMPARE_256(lt_u32, LT_U32)
COMPARE_256(lt_s32, LT_S32)
COMPARE_256(eq_f32, EQ_F32)
COMPARE_256(lt_f32, LT_F32)
COMPARE_256(le_f32, LE_F32)
COMPARE_256(lg_f32, LG_F32)
COMPARE_256(num_f32, NUM_F32)
#else
COMPARE_PLAIN(eq_32, uint32_t, A == B)
COMPARE_PLAIN(lt_u32, uint32_t, A < B)
COMPARE_PLAIN(lt_s32, int32_t, A < B)
COMPARE_PLAIN(eq_f32, float, A == B)
COMPARE_PLAIN(lt_f32, float, A < B)
COMPARE_PLAIN(le_f32, float, A <= B)
COMPARE_PLAIN(lg_f32, float, (A < B) | (A > B))
COMPARE_PLAIN(num_f32, float, (A == A) & (B == B))
#endif
COMPARE_PLAIN(eq_16, uint16_t, A == B)
COMPARE_PLAIN(lt_u16, uint16_t, A < B)
COMPARE_PLAIN(lt_s16, int16_t, A < B)
COMPARE_PLAIN(eq_64, uint64_t, A == B)
COMPARE_PLAIN(lt_u64, uint64_t, A < B)
COMPARE_PLAIN(lt_s64, int64_t, A < B)
COMPARE_PLAIN(eq_f64, double, A == B)
COMPARE_PLAIN(lt_f64, double, A < B)
COMPARE_PLAIN(le_f64, double, A <= B)
COMPARE_PLAIN(lg_f64, double, (A < B) | (A > B))
COMPARE_PLAIN(num_f64, double, (A == A) & (B == B))
#endif

/* ---- setp and set ---- */

/* inst->aux: a comparison and what to do with its result. */
enum {
    WHICH = 0x1f,      /* which comparison: for set, and setp with .ftz */
    SWAP = 0x100,      /* b with a instead of a with b */
    INVERT = 0x200,    /* the opposite */
    AND = 0x400,       /* with the predicate c; at most one of these */
    OR = 0x800,        /* */
    XOR = 0x1000,      /* */
    COMBINE = 0x1c00,  /* any of them */
    FLUSH = 0x2000,    /* .ftz: subnormal sources count as zero */
    SET_FLOAT = 0x4000 /* set: true is 1.0f, else all ones */
};

static inline uint32_t combine(uint32_t result, uint32_t c, uint32_t aux) {
    if (aux & AND) return result & c;
    if (aux & OR) return result | c;
    return aux & XOR ? result ^ c : result;
}

/* setp.lt.and p|q, a, b, c: p = (a < b) and c, q = !(a < b) and c. */
static __attribute__((noinline)) int setp_combine(CusimWarp *warp, const CusimInst *inst,
                                                  uint32_t mask, uint32_t result) {
    uint32_t c = inst->aux & COMBINE ? CUSIM_PRED_AT(4) : 0;
    cusim_set_pred(warp, inst, 0, mask, combine(result, c, inst->aux));
    if (inst->r[1]) cusim_set_pred(warp, inst, 1, mask, combine(~result, c, inst->aux));
    return CUSIM_NEXT;
}
static inline int setp_finish(CusimWarp *warp, const CusimInst *inst, uint32_t mask,
                              uint32_t result) {
    if ((inst->aux & COMBINE) | (uint32_t)inst->r[1]) return setp_combine(warp, inst, mask, result);
    cusim_set_pred(warp, inst, 0, mask, result);
    return CUSIM_NEXT;
}

/* The sources are operands first and first + 1. */
static inline uint32_t compare(CusimWarp *warp, const CusimInst *inst, int first, Compare *how) {
    int swap = inst->aux & SWAP ? 1 : 0;
    uint32_t result =
        how(warp->frame + inst->r[first + swap], warp->frame + inst->r[first + !swap]);
    return inst->aux & INVERT ? ~result : result;
}

/* clang-format off */
#define COMPARISONS(X)                                                                             \
    X(eq_16) X(lt_u16) X(lt_s16) X(eq_32) X(lt_u32) X(lt_s32) X(eq_64) X(lt_u64) X(lt_s64)         \
    X(eq_f32) X(lt_f32) X(le_f32) X(lg_f32) X(num_f32)                                             \
    X(eq_f64) X(lt_f64) X(le_f64) X(lg_f64) X(num_f64)
/* clang-format on */

#define NUMBER(name) IS_##name,
enum { COMPARISONS(NUMBER) };

#define SETP(name)                                                                                 \
    HANDLER(setp_##name) { return setp_finish(warp, inst, mask, compare(warp, inst, 2, name)); }
COMPARISONS(SETP)

/* The same as a table, for what is rare enough for a call. */
#define ENTRY(name) [IS_##name] = name,
static Compare *const comparisons[] = {COMPARISONS(ENTRY)};
#define SETP_ENTRY(name) [IS_##name] = setp_##name,
static CusimHandler *const setp[] = {COMPARISONS(SETP_ENTRY)};

/* Subnormals have exponent 0: only their sign is left of them. */
static inline void flush(uint32_t *to, const uint32_t *a) {
    CUSIM_SIMD for (int lane = 0; lane < CUSIM_LANES; lane++) to[lane] =
        A & 0x7f800000 ? A : A & 0x80000000;
}
static uint32_t compare_any(CusimWarp *warp, const CusimInst *inst, int first) {
    Compare *how = comparisons[inst->aux & WHICH];
    if (!(inst->aux & FLUSH)) return compare(warp, inst, first, how);
    uint32_t left[CUSIM_LANES] __attribute__((aligned(64)));
    uint32_t right[CUSIM_LANES] __attribute__((aligned(64)));
    int swap = inst->aux & SWAP ? 1 : 0;
    flush(left, CUSIM_AT(const uint32_t, first + swap));
    flush(right, CUSIM_AT(const uint32_t, first + !swap));
    uint32_t result = how(left, right);
    return inst->aux & INVERT ? ~result : result;
}
HANDLER(setp_flush) { return setp_finish(warp, inst, mask, compare_any(warp, inst, 2)); }

HANDLER(set) {
    uint32_t result = compare_any(warp, inst, 1), *d = CUSIM_AT(uint32_t, 0);
    if (inst->aux & COMBINE) result = combine(result, CUSIM_PRED_AT(3), inst->aux);
    uint32_t yes = inst->aux & SET_FLOAT ? 0x3f800000 : UINT32_MAX; /* 1.0f */
    CUSIM_EACH(d, (result >> lane & 1) ? yes : 0);
    return CUSIM_NEXT;
}
HANDLER(set_half) {
    uint32_t result = compare_any(warp, inst, 1);
    if (inst->aux & COMBINE) result = combine(result, CUSIM_PRED_AT(3), inst->aux);
    uint16_t *d = CUSIM_AT(uint16_t, 0);
    CUSIM_EACH(d, (result >> lane & 1) ? 0x3c00 : 0); /* 1.0 */
    return CUSIM_NEXT;
}

/* ---- selp, slct, mov ---- */

/* Functions, so that both sources are read before one is chosen: no masked loads. */
static inline uint16_t pick_16(bool first, uint16_t x, uint16_t y) { return first ? x : y; }
static inline uint32_t pick_32(bool first, uint32_t x, uint32_t y) { return first ? x : y; }
static inline uint64_t pick_64(bool first, uint64_t x, uint64_t y) { return first ? x : y; }

#define SELECT(name, bits, third, condition)                                                       \
    HANDLER(name) {                                                                                \
        uint##bits##_t *d = CUSIM_AT(uint##bits##_t, 0);                                           \
        const uint##bits##_t *a = CUSIM_AT(const uint##bits##_t, 1);                               \
        const uint##bits##_t *b = CUSIM_AT(const uint##bits##_t, 2);                               \
        third;                                                                                     \
        CUSIM_EACH(d, pick_##bits(condition, A, B));                                               \
        return CUSIM_NEXT;                                                                         \
    }
#define SELECTS(bits)                                                                              \
    SELECT(selp_b##bits, bits, uint32_t p = CUSIM_PRED_AT(3), p >> lane & 1)                       \
    SELECT(slct_b##bits##_s32, bits, const int32_t *c = CUSIM_AT(const int32_t, 3), c[lane] >= 0)  \
    SELECT(slct_b##bits##_f32, bits, const float *c = CUSIM_AT(const float, 3), c[lane] >= 0)      \
    SELECT(slct_b##bits##_f32_ftz, bits, const float *c = CUSIM_AT(const float, 3),                \
           c[lane] > -0x1p-126f) /* what flushes to -0 is >= 0 */
SELECTS(16)
SELECTS(32)
SELECTS(64)

#define MOVE(name, type)                                                                           \
    HANDLER(name) {                                                                                \
        type *d = CUSIM_AT(type, 0);                                                               \
        const type *a = CUSIM_AT(const type, 1);                                                   \
        CUSIM_EACH(d, A);                                                                          \
        return CUSIM_NEXT;                                                                         \
    }
MOVE(mov_b16, uint16_t)
MOVE(mov_b32, uint32_t)
MOVE(mov_b64, uint64_t)
HANDLER(mov_pred) {
    cusim_set_pred(warp, inst, 0, mask, CUSIM_PRED_AT(1));
    return CUSIM_NEXT;
}

/* mov.b64 d, {a, b}: the first element is the lowest. part is an element's register, which for an
 * element of 8 bits is 16 wide. */
#define PACK2(name, whole, part, bits)                                                             \
    HANDLER(name) {                                                                                \
        whole *d = CUSIM_AT(whole, 0);                                                             \
        const part *a = CUSIM_AT(const part, 1), *b = CUSIM_AT(const part, 2);                     \
        const whole low = (whole)(((whole)1 << (bits)) - 1);                                       \
        CUSIM_EACH(d, (whole)((whole)(A & low) | (whole)B << (bits)));                             \
        return CUSIM_NEXT;                                                                         \
    }                                                                                              \
    HANDLER(un##name) {                                                                            \
        part *d = CUSIM_AT(part, 0), *e = CUSIM_AT(part, 1);                                       \
        const whole *a = CUSIM_AT(const whole, 2);                                                 \
        const whole low = (whole)(((whole)1 << (bits)) - 1);                                       \
        CUSIM_EACH(d, (part)(A & low));                                                            \
        CUSIM_EACH(e, (part)(A >> (bits)));                                                        \
        return CUSIM_NEXT;                                                                         \
    }
PACK2(pack2_b16, uint16_t, uint16_t, 8)
PACK2(pack2_b32, uint32_t, uint16_t, 16)
PACK2(pack2_b64, uint64_t, uint32_t, 32)

#define PACK4(name, whole, bits)                                                                   \
    HANDLER(name) {                                                                                \
        whole *d = CUSIM_AT(whole, 0);                                                             \
        const uint16_t *a = CUSIM_AT(const uint16_t, 1), *b = CUSIM_AT(const uint16_t, 2);         \
        const uint16_t *c = CUSIM_AT(const uint16_t, 3), *e = CUSIM_AT(const uint16_t, 4);         \
        const whole low = ((whole)1 << (bits)) - 1;                                                \
        CUSIM_EACH(d, (A & low) | (B & low) << (bits) | (c[lane] & low) << 2 * (bits) |            \
                          (e[lane] & low) << 3 * (bits));                                          \
        return CUSIM_NEXT;                                                                         \
    }                                                                                              \
    HANDLER(un##name) {                                                                            \
        const whole *a = CUSIM_AT(const whole, 4);                                                 \
        const whole low = ((whole)1 << (bits)) - 1;                                                \
        for (int n = 0; n < 4; n++) {                                                              \
            uint16_t *d = CUSIM_AT(uint16_t, n);                                                   \
            CUSIM_EACH(d, (uint16_t)(A >> n * (bits)&low));                                        \
        }                                                                                          \
        return CUSIM_NEXT;                                                                         \
    }
PACK4(pack4_b32, uint32_t, 8)
PACK4(pack4_b64, uint64_t, 16)

/* ---- Bind ---- */

/* Which comparison an operator is. For floating point eq to ge are false for NaN, and equ to geu,
 * each the opposite of an ordered one, true. lo ls hi hs are lt le gt ge of unsigned numbers. */
static uint32_t bind_compare(const CusimForm *form, uint32_t eq, uint32_t lt, bool is_float) {
#define IS(name) cusim_has(form, CUSIM_M_##name)
    uint32_t aux = IS(and) ? AND : IS(or) ? OR : IS(xor) ? XOR : 0;
    if (IS(ftz)) aux |= FLUSH;
    if (IS(eq)) return aux | eq;
    if (is_float) {
        uint32_t le = lt + 1, lg = lt + 2, num = lt + 3; /* as in COMPARISONS */
        if (IS(ne)) return aux | lg;
        if (IS(lt)) return aux | lt;
        if (IS(le)) return aux | le;
        if (IS(gt)) return aux | lt | SWAP;
        if (IS(ge)) return aux | le | SWAP;
        if (IS(equ)) return aux | lg | INVERT;
        if (IS(neu)) return aux | eq | INVERT;
        if (IS(ltu)) return aux | le | SWAP | INVERT;
        if (IS(leu)) return aux | lt | SWAP | INVERT;
        if (IS(gtu)) return aux | le | INVERT;
        if (IS(geu)) return aux | lt | INVERT;
        return aux | num | (IS(nan) ? INVERT : 0);
    }
    if (IS(ne)) return aux | eq | INVERT;
    if (IS(lt) || IS(lo)) return aux | lt;
    if (IS(le) || IS(ls)) return aux | lt | SWAP | INVERT;
    if (IS(gt) || IS(hi)) return aux | lt | SWAP;
    return aux | lt | INVERT;
#undef IS
}
static CusimHandler *bind_setp(const CusimForm *form, CusimInst *inst, uint32_t eq, uint32_t lt,
                               bool is_float) {
    inst->aux = bind_compare(form, eq, lt, is_float);
    return inst->aux & FLUSH ? setp_flush : setp[inst->aux & WHICH];
}
static CusimHandler *bind_set(const CusimForm *form, CusimInst *inst, uint32_t eq, uint32_t lt,
                              bool is_float) {
    inst->aux = bind_compare(form, eq, lt, is_float);
    if (form->type[0] == CUSIM_F32) inst->aux |= SET_FLOAT;
    return form->type[0] == CUSIM_F16 ? set_half : set;
}

CUSIM_BIND(move) {
    bool ftz = cusim_has(form, CUSIM_M_ftz), four = inst->vector == 4;
    switch (form->op) {
#define COMPARE_ROW(type, eq, lt, is_float)                                                        \
    case CUSIM_OP_setp_##type: return bind_setp(form, inst, IS_##eq, IS_##lt, is_float);           \
    case CUSIM_OP_set_##type: return bind_set(form, inst, IS_##eq, IS_##lt, is_float);
        COMPARE_ROW(b16, eq_16, lt_u16, false)
        COMPARE_ROW(b32, eq_32, lt_u32, false)
        COMPARE_ROW(b64, eq_64, lt_u64, false)
        COMPARE_ROW(u16, eq_16, lt_u16, false)
        COMPARE_ROW(u32, eq_32, lt_u32, false)
        COMPARE_ROW(u64, eq_64, lt_u64, false)
        COMPARE_ROW(s16, eq_16, lt_s16, false)
        COMPARE_ROW(s32, eq_32, lt_s32, false)
        COMPARE_ROW(s64, eq_64, lt_s64, false)
        COMPARE_ROW(f32, eq_f32, lt_f32, true)
        COMPARE_ROW(f64, eq_f64, lt_f64, true)
#undef COMPARE_ROW
#define SELECT_ROWS(bits)                                                                          \
    case CUSIM_OP_selp_b##bits: return selp_b##bits;                                               \
    case CUSIM_OP_slct_b##bits##_s32: return slct_b##bits##_s32;                                   \
    case CUSIM_OP_slct_b##bits##_f32: return ftz ? slct_b##bits##_f32_ftz : slct_b##bits##_f32;
        SELECT_ROWS(16)
        SELECT_ROWS(32)
        SELECT_ROWS(64)
#undef SELECT_ROWS
    case CUSIM_OP_mov_pred: return mov_pred;
    case CUSIM_OP_mov_b16: return mov_b16;
    case CUSIM_OP_mov_b32: return mov_b32;
    case CUSIM_OP_mov_b64: return mov_b64;
    case CUSIM_OP_mov_pack_b16: return pack2_b16;
    case CUSIM_OP_mov_pack_b32: return four ? pack4_b32 : pack2_b32;
    case CUSIM_OP_mov_pack_b64: return four ? pack4_b64 : pack2_b64;
    case CUSIM_OP_mov_unpack_b16: return unpack2_b16;
    case CUSIM_OP_mov_unpack_b32: return four ? unpack4_b32 : unpack2_b32;
    case CUSIM_OP_mov_unpack_b64: return four ? unpack4_b64 : unpack2_b64;
    default: return NULL;
    }
}
/* NOLINTEND(bugprone-macro-parentheses) */
