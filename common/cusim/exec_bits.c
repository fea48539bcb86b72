// SPDX-License-Identifier: MIT
/* exec_bits.c - logic, shifts, bit fields, bit counts, permutations of bytes.
 *
 * Tables of rows as in exec_int.c: name, C types, and what a lane computes from A, B, C and D, its
 * elements of the sources. C leaves a shift by the width of its operand or more undefined, and x86
 * takes such an amount modulo the width; PTX says for each instruction what it does, and so do the
 * rows. */
#include "exec.h"

/* NOLINTBEGIN(bugprone-macro-parentheses): arguments of the macros here are types. */
#define HANDLER(name) static int name(CusimWarp *warp, const CusimInst *inst, uint32_t mask)
#define A a[lane]
#define B b[lane]
#define C c[lane]
#define D e[lane] /* the fourth source; d is the result */

/* ---- Counting and finding bits ----
 * In plain arithmetic, since baseline x86-64 has no vector instruction for any of it. */

static inline uint32_t popc_32(uint32_t x) {
    x -= x >> 1 & 0x55555555;                                /* pairs of bits: how many are 1 */
    x = (x & 0x33333333) + (x >> 2 & 0x33333333);            /* fours */
    return ((x + (x >> 4)) & 0x0f0f0f0f) * 0x01010101 >> 24; /* bytes, and their sum on top */
}
static inline uint32_t popc_64(uint64_t x) {
    return popc_32((uint32_t)x) + popc_32((uint32_t)(x >> 32));
}
/* Leading zeros: make all bits below the first 1 ones, too, and count the zeros. */
static inline uint32_t clz_32(uint32_t x) {
    x |= x >> 1;
    x |= x >> 2;
    x |= x >> 4;
    x |= x >> 8;
    x |= x >> 16;
    return popc_32(~x);
}
static inline uint32_t clz_64(uint64_t x) {
    uint32_t high = (uint32_t)(x >> 32);
    return high ? clz_32(high) : 32 + clz_32((uint32_t)x);
}
/* The highest bit of value that differs from its sign: ~0 if there is none, which is what
 * msb - zeros gives. shiftamt asks for the shift that brings it to the top. */
static inline uint32_t bfind(uint32_t zeros, uint32_t msb, uint32_t shiftamt) {
    return zeros > msb ? UINT32_MAX : shiftamt ? zeros : msb - zeros;
}
static inline uint32_t brev_32(uint32_t x) {
    x = (x >> 1 & 0x55555555) | (x & 0x55555555) << 1;
    x = (x >> 2 & 0x33333333) | (x & 0x33333333) << 2;
    x = (x >> 4 & 0x0f0f0f0f) | (x & 0x0f0f0f0f) << 4;
    x = (x >> 8 & 0x00ff00ff) | (x & 0x00ff00ff) << 8;
    return x >> 16 | x << 16;
}
static inline uint64_t brev_64(uint64_t x) {
    return (uint64_t)brev_32((uint32_t)x) << 32 | brev_32((uint32_t)(x >> 32));
}

#define UNARY_ROWS(X)                                                                              \
    X(not_b16, uint16_t, uint16_t, ~A)                                                             \
    X(not_b32, uint32_t, uint32_t, ~A)                                                             \
    X(not_b64, uint64_t, uint64_t, ~A)                                                             \
    X(cnot_b16, uint16_t, uint16_t, A == 0)                                                        \
    X(cnot_b32, uint32_t, uint32_t, A == 0)                                                        \
    X(cnot_b64, uint64_t, uint64_t, A == 0)                                                        \
    X(popc_b32, uint32_t, uint32_t, popc_32(A))                                                    \
    X(popc_b64, uint32_t, uint64_t, popc_64(A))                                                    \
    X(clz_b32, uint32_t, uint32_t, clz_32(A))                                                      \
    X(clz_b64, uint32_t, uint64_t, clz_64(A))                                                      \
    X(brev_b32, uint32_t, uint32_t, brev_32(A))                                                    \
    X(brev_b64, uint64_t, uint64_t, brev_64(A))                                                    \
    X(bfind_u32, uint32_t, uint32_t, bfind(clz_32(A), 31, inst->aux))                              \
    X(bfind_s32, uint32_t, int32_t, bfind(clz_32((uint32_t)(A < 0 ? ~A : A)), 31, inst->aux))      \
    X(bfind_u64, uint32_t, uint64_t, bfind(clz_64(A), 63, inst->aux))                              \
    X(bfind_s64, uint32_t, int64_t, bfind(clz_64((uint64_t)(A < 0 ? ~A : A)), 63, inst->aux))

#define UNARY(name, result, source, expression)                                                    \
    HANDLER(name) {                                                                                \
        result *d = CUSIM_AT(result, 0);                                                           \
        const source *a = CUSIM_AT(const source, 1);                                               \
        CUSIM_EACH(d, (result)(expression));                                                       \
        return CUSIM_NEXT;                                                                         \
    }
UNARY_ROWS(UNARY)

/* ---- Logic, and shifts by an amount of 32 bits ----
 * An amount of the width or more shifts everything out: 0, or copies of the sign. */

#define SHIFT(type, value, amount, width, direction)                                               \
    ((amount) < (width) ? (type)((value)direction((amount) & ((width)-1))) : 0)

#define BINARY_ROWS(X)                                                                             \
    X(and_b16, uint16_t, uint16_t, A &B)                                                           \
    X(and_b32, uint32_t, uint32_t, A &B)                                                           \
    X(and_b64, uint64_t, uint64_t, A &B)                                                           \
    X(or_b16, uint16_t, uint16_t, A | B)                                                           \
    X(or_b32, uint32_t, uint32_t, A | B)                                                           \
    X(or_b64, uint64_t, uint64_t, A | B)                                                           \
    X(xor_b16, uint16_t, uint16_t, A ^ B)                                                          \
    X(xor_b32, uint32_t, uint32_t, A ^ B)                                                          \
    X(xor_b64, uint64_t, uint64_t, A ^ B)                                                          \
    X(shl_b16, uint16_t, uint32_t, SHIFT(uint32_t, (uint32_t)A, B, 16, <<))                        \
    X(shl_b32, uint32_t, uint32_t, SHIFT(uint32_t, A, B, 32, <<))                                  \
    X(shl_b64, uint64_t, uint32_t, SHIFT(uint64_t, A, B, 64, <<))                                  \
    X(shr_u16, uint16_t, uint32_t, SHIFT(uint32_t, (uint32_t)A, B, 16, >>))                        \
    X(shr_u32, uint32_t, uint32_t, SHIFT(uint32_t, A, B, 32, >>))                                  \
    X(shr_u64, uint64_t, uint32_t, SHIFT(uint64_t, A, B, 64, >>))                                  \
    X(shr_s16, int16_t, uint32_t, A >> (B < 16 ? B : 15))                                          \
    X(shr_s32, int32_t, uint32_t, A >> (B < 32 ? B : 31))                                          \
    X(shr_s64, int64_t, uint32_t, A >> (B < 64 ? B : 63))                                          \
    X(szext_u32, uint32_t, uint32_t, szext(A, B, inst->aux, false))                                \
    X(szext_s32, uint32_t, uint32_t, szext(A, B, inst->aux, true))                                 \
    X(bmsk_b32, uint32_t, uint32_t, bmsk(A, B, inst->aux))

enum { WRAP = 1 }; /* inst->aux of szext, bmsk and shf: amounts modulo 32, else clamped */

/* The low n bits of value, zero- or sign-extended. */
static inline uint32_t szext(uint32_t value, uint32_t n, uint32_t wrap, bool is_signed) {
    n = wrap ? n & 31 : n;
    uint32_t unused = n > 31 ? 0 : 32 - n, shift = unused & 31;
    uint32_t top = value << shift;
    uint32_t result = is_signed ? (uint32_t)((int32_t)top >> shift) : top >> shift;
    return n == 0 ? 0 : result;
}
/* width ones, beginning at bit start; those past bit 31 fall off. */
static inline uint32_t bmsk(uint32_t start, uint32_t width, uint32_t wrap) {
    start = wrap ? start & 31 : start;
    width = wrap ? width & 31 : width;
    uint32_t ones = width > 31 ? UINT32_MAX : (1u << (width & 31)) - 1;
    return start > 31 ? 0 : ones << (start & 31);
}

#define BINARY(name, result, second, expression)                                                   \
    HANDLER(name) {                                                                                \
        result *d = CUSIM_AT(result, 0);                                                           \
        const result *a = CUSIM_AT(const result, 1);                                               \
        const second *b = CUSIM_AT(const second, 2);                                               \
        CUSIM_EACH(d, (result)(expression));                                                       \
        return CUSIM_NEXT;                                                                         \
    }
BINARY_ROWS(BINARY)

/* ---- Bit fields, funnel shifts, bytes ----
 * bfe and bfi take position and length from the low 8 bits of their operands; a field may reach
 * beyond the number's last bit. */

#define BIT_FIELDS(bits, u, s)                                                                     \
    static inline u low_ones_##bits(uint32_t n) {                                                  \
        return n < (bits) ? ((u)1 << (n & ((bits)-1))) - 1 : ~(u)0;                                \
    }                                                                                              \
    static inline u bfe_u##bits##_of(u value, uint32_t position, uint32_t length) {                \
        position &= 0xff;                                                                          \
        length &= 0xff;                                                                            \
        return SHIFT(u, value, position, bits, >>) & low_ones_##bits(length);                      \
    }                                                                                              \
    /* The sign is the field's last bit, or the number's if the field reaches beyond that. */      \
    static inline u bfe_s##bits##_of(s value, uint32_t position, uint32_t length) {                \
        position &= 0xff;                                                                          \
        length &= 0xff;                                                                            \
        position = position < (bits) ? position : (bits)-1;                                        \
        s field = value >> position;                                                               \
        uint32_t unused = length < (bits)-position ? (bits)-length : 0;                            \
        field = (s)((u)field << (unused & ((bits)-1))) >> (unused & ((bits)-1));                   \
        return length == 0 ? 0 : (u)field;                                                         \
    }                                                                                              \
    static inline u bfi_b##bits##_of(u field, u value, uint32_t position, uint32_t length) {       \
        position &= 0xff;                                                                          \
        length &= 0xff;                                                                            \
        u ones = SHIFT(u, low_ones_##bits(length), position, bits, <<);                            \
        return (value & ~ones) | (SHIFT(u, field, position, bits, <<) & ones);                     \
    }
BIT_FIELDS(32, uint32_t, int32_t)
BIT_FIELDS(64, uint64_t, int64_t)

/* b:a is one number of 64 bits; .l keeps the upper half of it shifted left, .r the lower half of it
 * shifted right. */
static inline uint32_t shf_l(uint32_t a, uint32_t b, uint32_t n, uint32_t wrap) {
    n = wrap ? n & 31 : n > 32 ? 32 : n;
    return (uint32_t)(((uint64_t)b << 32 | a) << n >> 32);
}
static inline uint32_t shf_r(uint32_t a, uint32_t b, uint32_t n, uint32_t wrap) {
    n = wrap ? n & 31 : n > 32 ? 32 : n;
    return (uint32_t)(((uint64_t)b << 32 | a) >> n);
}

/* Byte n of the result is byte number selector[4n+2..4n] of b:a; with selector[4n+3] set, eight
 * copies of that byte's sign. */
static inline uint32_t permute(uint32_t a, uint32_t b, uint32_t selector) {
    uint64_t bytes = (uint64_t)b << 32 | a;
    uint32_t result = 0;
    for (int n = 0; n < 4; n++) {
        uint32_t s = selector >> 4 * n;
        uint32_t byte = (uint32_t)(bytes >> 8 * (s & 7)) & 0xff;
        uint32_t sign = byte >> 7 ? 0xff : 0;
        result |= (s & 8 ? sign : byte) << 8 * n;
    }
    return result;
}
/* The modes of prmt as selectors for c & 3 = 3, 2, 1, 0. */
static const uint64_t permute_modes[] = {
    0x6543543243213210, /* f4e, forward four: from byte c upward */
    0x0123701267015670, /* b4e, backward four: from byte c downward, 0 after 7 */
    0x3333222211110000, /* rc8, replicate a byte */
    0x3333322232113210, /* ecl: bytes below c become byte c */
    0x3210221011100000, /* ecr: bytes above c become byte c */
    0x3232101032321010, /* rc16, replicate a half */
};

#define TERNARY_ROWS(X)                                                                            \
    X(bfe_u32, uint32_t, uint32_t, bfe_u32_of(A, B, C))                                            \
    X(bfe_s32, int32_t, uint32_t, bfe_s32_of(A, B, C))                                             \
    X(bfe_u64, uint64_t, uint32_t, bfe_u64_of(A, B, C))                                            \
    X(bfe_s64, int64_t, uint32_t, bfe_s64_of(A, B, C))                                             \
    X(shf_l_b32, uint32_t, uint32_t, shf_l(A, B, C, inst->aux))                                    \
    X(shf_r_b32, uint32_t, uint32_t, shf_r(A, B, C, inst->aux))

#define TERNARY(name, result, amount, expression)                                                  \
    HANDLER(name) {                                                                                \
        result *d = CUSIM_AT(result, 0);                                                           \
        const result *a = CUSIM_AT(const result, 1);                                               \
        const amount *b = CUSIM_AT(const amount, 2), *c = CUSIM_AT(const amount, 3);               \
        CUSIM_EACH(d, (result)(expression));                                                       \
        return CUSIM_NEXT;                                                                         \
    }
TERNARY_ROWS(TERNARY)
TERNARY(prmt, uint32_t, uint32_t, permute(A, B, C))
TERNARY(prmt_mode, uint32_t, uint32_t,
        permute(A, B, (uint32_t)(permute_modes[inst->aux] >> 16 * (C & 3)) & 0xffff))

#define INSERT(name, type, expression)                                                             \
    HANDLER(name) {                                                                                \
        type *d = CUSIM_AT(type, 0);                                                               \
        const type *a = CUSIM_AT(const type, 1), *b = CUSIM_AT(const type, 2);                     \
        const uint32_t *c = CUSIM_AT(const uint32_t, 3), *e = CUSIM_AT(const uint32_t, 4);         \
        CUSIM_EACH(d, (expression));                                                               \
        return CUSIM_NEXT;                                                                         \
    }
INSERT(bfi_b32, uint32_t, bfi_b32_of(A, B, C, D))
INSERT(bfi_b64, uint64_t, bfi_b64_of(A, B, C, D))

/* The n-th one of a from position base on: upward for n > 0, downward for n < 0. */
static uint32_t find_nth(uint32_t a, uint32_t base, int32_t n) {
    if (base > 31) return UINT32_MAX; /* undefined in PTX */
    if (n == 0) return a >> base & 1 ? base : UINT32_MAX;
    uint32_t left = n < 0 ? 0 - (uint32_t)n : (uint32_t)n;
    for (int at = (int)base; at >= 0 && at<32; at += n> 0 ? 1 : -1)
        if (a >> at & 1 && --left == 0) return (uint32_t)at;
    return UINT32_MAX;
}
HANDLER(fns_b32) {
    uint32_t *d = CUSIM_AT(uint32_t, 0);
    const uint32_t *a = CUSIM_AT(const uint32_t, 1), *b = CUSIM_AT(const uint32_t, 2);
    const int32_t *c = CUSIM_AT(const int32_t, 3);
    CUSIM_EACH_LANE(lane) d[lane] = find_nth(A, B, C);
    return CUSIM_NEXT;
}

/* ---- lop3: any function of three bits ----
 * Bit 4a+2b+c of the table is the result for the bits a, b, c. Each table bit is spread over 32
 * bits; then c picks among pairs of them, b among what is left, a between the last two. */
#define PICK(selector, one, zero) ((zero) ^ (((one) ^ (zero)) & (selector)))
#define LOP3(a, b, c)                                                                              \
    PICK(a, PICK(b, PICK(c, t[7], t[6]), PICK(c, t[5], t[4])),                                     \
         PICK(b, PICK(c, t[3], t[2]), PICK(c, t[1], t[0])))

static inline void lop3(CusimWarp *warp, const CusimInst *inst, uint32_t mask, int first,
                        uint32_t *result) {
    const uint32_t *a = CUSIM_AT(const uint32_t, first), *b = CUSIM_AT(const uint32_t, first + 1);
    const uint32_t *c = CUSIM_AT(const uint32_t, first + 2);
    uint32_t table = CUSIM_AT(const uint32_t, first + 3)[0], t[8]; /* an immediate */
    for (int i = 0; i < 8; i++) t[i] = 0u - (table >> i & 1);
    CUSIM_EACH(result, LOP3(A, B, C));
}
HANDLER(lop3_b32) {
    lop3(warp, inst, mask, 1, CUSIM_AT(uint32_t, 0));
    return CUSIM_NEXT;
}
/* lop3.or.b32 d|p, a, b, c, table, q: p = (d != 0) or q. */
HANDLER(lop3_bool_b32) {
    uint32_t result[CUSIM_LANES] __attribute__((aligned(64))) = {0}, nonzero = 0;
    uint32_t *d = CUSIM_AT(uint32_t, 0), q = CUSIM_PRED_AT(6);
    lop3(warp, inst, mask, 2, result);
    for (int lane = 0; lane < CUSIM_LANES; lane++) nonzero |= (uint32_t)(result[lane] != 0) << lane;
    CUSIM_EACH(d, result[lane]);
    if (inst->r[1]) cusim_set_pred(warp, inst, 1, mask, inst->aux ? nonzero | q : nonzero & q);
    return CUSIM_NEXT;
}

/* ---- Predicates: one bit for each lane, so that an instruction is one operation ---- */

#define PREDICATE_ROWS(X)                                                                          \
    X(and_pred, CUSIM_PRED_AT(1) & CUSIM_PRED_AT(2))                                               \
    X(or_pred, CUSIM_PRED_AT(1) | CUSIM_PRED_AT(2))                                                \
    X(xor_pred, CUSIM_PRED_AT(1) ^ CUSIM_PRED_AT(2))                                               \
    X(not_pred, ~CUSIM_PRED_AT(1))
#define PREDICATE(name, expression)                                                                \
    HANDLER(name) {                                                                                \
        cusim_set_pred(warp, inst, 0, mask, expression);                                           \
        return CUSIM_NEXT;                                                                         \
    }
PREDICATE_ROWS(PREDICATE)

/* ---- Bind ---- */

static CusimHandler *bind_prmt(const CusimForm *form, CusimInst *inst) {
    static const CusimMod modes[] = {CUSIM_M_f4e, CUSIM_M_b4e, CUSIM_M_rc8,
                                     CUSIM_M_ecl, CUSIM_M_ecr, CUSIM_M_rc16};
    for (uint32_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        if (!cusim_has(form, modes[i])) continue;
        inst->aux = i;
        return prmt_mode;
    }
    return prmt;
}

CUSIM_BIND(bits) {
    switch (form->op) {
    case CUSIM_OP_bfind_u32:
    case CUSIM_OP_bfind_s32:
    case CUSIM_OP_bfind_u64:
    case CUSIM_OP_bfind_s64: inst->aux = cusim_has(form, CUSIM_M_shiftamt); break;
    case CUSIM_OP_szext_u32:
    case CUSIM_OP_szext_s32:
    case CUSIM_OP_bmsk_b32:
    case CUSIM_OP_shf_l_b32:
    case CUSIM_OP_shf_r_b32: inst->aux = cusim_has(form, CUSIM_M_wrap) ? WRAP : 0; break;
    case CUSIM_OP_lop3_bool_b32: inst->aux = cusim_has(form, CUSIM_M_or); break;
    default: break;
    }
    switch (form->op) {
#define ROW(name, ...)                                                                             \
    case CUSIM_OP_##name: return name;
        UNARY_ROWS(ROW)
        BINARY_ROWS(ROW)
        TERNARY_ROWS(ROW)
        PREDICATE_ROWS(ROW)
        ROW(bfi_b32, one)
        ROW(bfi_b64, one)
        ROW(fns_b32, one)
        ROW(lop3_b32, one)
        ROW(lop3_bool_b32, one)
#undef ROW
    case CUSIM_OP_prmt_b32: return bind_prmt(form, inst);
    default: return NULL;
    }
}
/* NOLINTEND(bugprone-macro-parentheses) */
