// SPDX-License-Identifier: MIT
/* exec_convert.c - cvt: integers and floating point of every width into each other.
 *
 * Most of cvt's some thousand forms are rare. They go one way in three steps: the source of each
 * lane becomes a 64-bit integer or a double, either of which holds it exactly; that is rounded,
 * clamped and turned into the bits of the result; these go into the destination register, extended
 * to its width as PTX says, by the sign for signed integers, by zeros for all else. The forms that
 * programs use all the time have a loop of their own, at the end.
 *
 * Rounding in a given direction is integer arithmetic (half.h): exact, and independent of the
 * rounding mode that the host's floating point unit is in. To nearest is that mode, in all threads
 * that execute kernels; C's own conversions and rint round so. */
#include "exec.h"
#include "half.h"

/* NOLINTBEGIN(bugprone-macro-parentheses): arguments of the macros here are types. */
#define HANDLER(name) static int name(CusimWarp *warp, const CusimInst *inst, uint32_t mask)
#define A a[lane]
#define B b[lane]
#define ALIGNED __attribute__((aligned(64)))
#define EACH_LANE CUSIM_SIMD for (int lane = 0; lane < CUSIM_LANES; lane++)

/* ---- What inst->aux says ---- */

enum {
    ROUNDING = 3,   /* CusimRounding; to an integer: RN is rni, RZ rzi, RM rmi, RP rpi */
    TO_INTEGER = 4, /* rni rzi rmi rpi: floating point rounded to a whole number */
    SATURATE = 8,   /* integers: to the destination's range; floating point: to [0, 1] */
    RELU = 0x10,    /* negative results become 0 */
    FLUSH = 0x20,   /* .ftz: f32 sources and results that are subnormal become 0 */
    FINITE = 0x40,  /* .satfinite: the largest number in place of infinity */
    FROM = 8,
    TO = 16,       /* where in aux the types stand: one byte each */
    FROM_LOG = 24, /* the registers: log2 of their bytes, two bits each */
    TO_LOG = 26
};

static inline CusimType type_from(const CusimInst *inst) { return inst->aux >> FROM & 0xff; }
static inline CusimType type_to(const CusimInst *inst) { return inst->aux >> TO & 0xff; }
static inline CusimRounding rounding_of(const CusimInst *inst) { return inst->aux & ROUNDING; }

static inline uint32_t bits_of(CusimType type) {
    switch (type) {
    case CUSIM_U8:
    case CUSIM_S8: return 8;
    case CUSIM_U16:
    case CUSIM_S16:
    case CUSIM_F16:
    case CUSIM_BF16: return 16;
    case CUSIM_U64:
    case CUSIM_S64:
    case CUSIM_F64: return 64;
    default: return 32;
    }
}
static inline bool is_signed(CusimType type) {
    return type == CUSIM_S8 || type == CUSIM_S16 || type == CUSIM_S32 || type == CUSIM_S64;
}

/* ---- First and last step: registers ---- */

/* Operand 1 as it is, in 64 bits. */
static void load(CusimWarp *warp, const CusimInst *inst, uint64_t *x) {
    const uint16_t *half = CUSIM_AT(const uint16_t, 1);
    const uint32_t *word = CUSIM_AT(const uint32_t, 1);
    const uint64_t *whole = CUSIM_AT(const uint64_t, 1);
    switch (inst->aux >> FROM_LOG & 3) {
    case 1: EACH_LANE x[lane] = half[lane]; return;
    case 2: EACH_LANE x[lane] = word[lane]; return;
    default: EACH_LANE x[lane] = whole[lane];
    }
}
/* The integer that the type's low bits mean, sign-extended if it is signed. */
static void load_integer(CusimWarp *warp, const CusimInst *inst, uint64_t *x) {
    uint32_t unused = 64 - bits_of(type_from(inst));
    load(warp, inst, x);
    if (is_signed(type_from(inst)))
        EACH_LANE x[lane] = (uint64_t)((int64_t)(x[lane] << unused) >> unused);
    else EACH_LANE x[lane] = x[lane] << unused >> unused;
}
/* The number as a double. With .ftz a subnormal f32 is a zero of its sign. */
static void load_double(CusimWarp *warp, const CusimInst *inst, double *x) {
    uint64_t bits[CUSIM_LANES] ALIGNED;
    load(warp, inst, bits);
    uint32_t least = inst->aux & FLUSH ? 0x00800000 : 0;
    switch (type_from(inst)) {
    case CUSIM_F16: EACH_LANE x[lane] = half_to_double((uint16_t)bits[lane]); return;
    case CUSIM_F64: EACH_LANE x[lane] = cusim_bits_double(bits[lane]); return;
    default:
        EACH_LANE {
            uint32_t word = (uint32_t)bits[lane];
            word = (word & 0x7fffffff) < least ? word & 0x80000000 : word;
            x[lane] = (double)cusim_bits_float(word);
        }
    }
}
static void store(CusimWarp *warp, const CusimInst *inst, uint32_t mask, const uint64_t *x) {
    uint16_t *half = CUSIM_AT(uint16_t, 0);
    uint32_t *word = CUSIM_AT(uint32_t, 0);
    uint64_t *whole = CUSIM_AT(uint64_t, 0);
    switch (inst->aux >> TO_LOG & 3) {
    case 1: CUSIM_EACH(half, (uint16_t)x[lane]); return;
    case 2: CUSIM_EACH(word, (uint32_t)x[lane]); return;
    default: CUSIM_EACH(whole, x[lane]);
    }
}
/* The low bits of x are an integer of the destination's type. */
static void store_integer(CusimWarp *warp, const CusimInst *inst, uint32_t mask, uint64_t *x) {
    uint32_t unused = 64 - bits_of(type_to(inst));
    if (is_signed(type_to(inst)))
        EACH_LANE x[lane] = (uint64_t)((int64_t)(x[lane] << unused) >> unused);
    else EACH_LANE x[lane] = x[lane] << unused >> unused;
    store(warp, inst, mask, x);
}

/* ---- Integer to integer ---- */

HANDLER(integer_to_integer) {
    uint64_t x[CUSIM_LANES] ALIGNED;
    load_integer(warp, inst, x);
    if (inst->aux & SATURATE) {
        uint32_t bits = bits_of(type_to(inst));
        bool to_signed = is_signed(type_to(inst));
        uint64_t most = to_signed ? UINT64_MAX >> (65 - bits) : UINT64_MAX >> (64 - bits);
        if (is_signed(type_from(inst))) { /* no signed number is above most of u64 */
            int64_t high = most > INT64_MAX ? INT64_MAX : (int64_t)most;
            int64_t low = to_signed ? -high - 1 : 0;
            EACH_LANE {
                int64_t value = (int64_t)x[lane];
                value = value > high ? high : value;
                x[lane] = (uint64_t)(value < low ? low : value);
            }
        } else {
            EACH_LANE x[lane] = x[lane] > most ? most : x[lane];
        }
    }
    store_integer(warp, inst, mask, x);
    return CUSIM_NEXT;
}

/* ---- Floating point to integer ----
 * The result is clamped to the destination's range, .sat or not. NaN gives 0, but 2^(bits-1) if the
 * source is f64 or the destination has 64 bits: so says the PTX ISA, and so does the hardware. */

static inline void round_to_integer(CusimRounding rounding, double *x) {
    switch (rounding) {
    case CUSIM_RN: EACH_LANE x[lane] = __builtin_rint(x[lane]); return;
    case CUSIM_RZ: EACH_LANE x[lane] = __builtin_trunc(x[lane]); return;
    case CUSIM_RM: EACH_LANE x[lane] = __builtin_floor(x[lane]); return;
    default: EACH_LANE x[lane] = __builtin_ceil(x[lane]);
    }
}

/* a within [low, high], both of which the host's conversion can do; NaN gives low. */
static inline double clamp(double a, double low, double high) {
    a = a > low ? a : low;
    return a < high ? a : high;
}

HANDLER(float_to_integer) {
    double x[CUSIM_LANES] ALIGNED;
    uint64_t y[CUSIM_LANES] ALIGNED;
    uint32_t bits = bits_of(type_to(inst));
    uint64_t nan = 0;
    if (type_from(inst) == CUSIM_F64 || bits == 64) nan = (uint64_t)1 << (bits - 1);
    load_double(warp, inst, x);
    round_to_integer(rounding_of(inst), x);
    if (type_to(inst) == CUSIM_U64) {
        EACH_LANE {
            uint64_t value = (uint64_t)clamp(x[lane], 0, 0x1.fffffffffffffp63);
            value = x[lane] >= 0x1p64 ? UINT64_MAX : value;
            y[lane] = x[lane] != x[lane] ? nan : value;
        }
    } else {
        /* 2^63 - 1 is no double: the one below it is where the conversion ends. */
        uint64_t most = UINT64_MAX >> (64 - bits + is_signed(type_to(inst)));
        double over = (double)(most + 1), low = is_signed(type_to(inst)) ? -over : 0;
        double high = bits == 64 ? 0x1.fffffffffffffp62 : (double)most;
        EACH_LANE {
            uint64_t value = (uint64_t)(int64_t)clamp(x[lane], low, high);
            value = x[lane] >= over ? most : value;
            y[lane] = x[lane] != x[lane] ? nan : value;
        }
    }
    store_integer(warp, inst, mask, y);
    return CUSIM_NEXT;
}

/* ---- Integer to floating point ---- */

/* The bits of a number whose type has exponents with the given bias, 0 at most infinity. */
static uint64_t float_of_integer(uint64_t magnitude, uint32_t negative, CusimRounding rounding,
                                 uint32_t fraction_bits, uint32_t bias, uint64_t infinity) {
    if (magnitude == 0) return 0;
    uint32_t top = 63 - (uint32_t)__builtin_clzll(magnitude);    /* the number of the highest one */
    uint64_t base = (uint64_t)(top + bias - 1) << fraction_bits; /* -1: the leading 1 adds it */
    if (top <= fraction_bits) return base + (magnitude << (fraction_bits - top));
    uint32_t shift = top - fraction_bits;
    uint64_t kept = magnitude >> shift, rest = magnitude & (((uint64_t)1 << shift) - 1);
    kept += cusim_round_up(rounding, negative, kept & 1, rest, (uint64_t)1 << (shift - 1));
    uint64_t result = base + kept;
    if (result < infinity) return result; /* only f16 is too small for an integer */
    return cusim_overflow(rounding, negative, (uint32_t)infinity);
}

HANDLER(integer_to_float) {
    uint64_t x[CUSIM_LANES] ALIGNED;
    CusimRounding rounding = rounding_of(inst);
    bool from_signed = is_signed(type_from(inst));
    load_integer(warp, inst, x);
    for (int lane = 0; lane < CUSIM_LANES; lane++) {
        uint32_t negative = from_signed ? (uint32_t)(x[lane] >> 63) : 0;
        uint64_t magnitude = negative ? 0 - x[lane] : x[lane];
        if (inst->aux & SATURATE) {
            magnitude = !negative && magnitude != 0;
            negative = 0;
        }
        switch (type_to(inst)) {
        case CUSIM_F16:
            x[lane] = float_of_integer(magnitude, negative, rounding, 10, 15, 0x7c00);
            x[lane] |= (uint64_t)negative << 15;
            break;
        case CUSIM_F32:
            x[lane] = float_of_integer(magnitude, negative, rounding, 23, 127, 0x7f800000);
            x[lane] |= (uint64_t)negative << 31;
            break;
        default:
            x[lane] = float_of_integer(magnitude, negative, rounding, 52, 1023, UINT64_MAX);
            x[lane] |= (uint64_t)negative << 63;
        }
    }
    store(warp, inst, mask, x);
    return CUSIM_NEXT;
}

/* ---- Floating point to floating point ---- */

#define NARROW(function)                                                                           \
    do {                                                                                           \
        switch (rounding) {                                                                        \
        case CUSIM_RN: EACH_LANE y[lane] = function(x[lane], CUSIM_RN); break;                     \
        case CUSIM_RZ: EACH_LANE y[lane] = function(x[lane], CUSIM_RZ); break;                     \
        case CUSIM_RM: EACH_LANE y[lane] = function(x[lane], CUSIM_RM); break;                     \
        default: EACH_LANE y[lane] = function(x[lane], CUSIM_RP);                                  \
        }                                                                                          \
    } while (0)

static inline uint32_t canonical(float x) { return x != x ? CUSIM_NAN32 : cusim_float_bits(x); }
CUSIM_ALWAYS_INLINE uint32_t float_bits_from_double(double x, CusimRounding rounding) {
    if (rounding == CUSIM_RN) return canonical((float)x); /* the host rounds so, and faster */
    return cusim_float_bits(cusim_float_from_double(x, rounding));
}
/* A NaN stays the NaN it is, but quiet. */
CUSIM_ALWAYS_INLINE uint64_t quiet(double x) {
    return cusim_double_bits(x) | (x != x ? (uint64_t)1 << 51 : 0);
}

/* x, which may change, as the bits of the destination's type. */
static void narrow(const CusimInst *inst, double *x, uint64_t *y) {
    CusimRounding rounding = rounding_of(inst);
    if (inst->aux & TO_INTEGER) round_to_integer(rounding, x);
    if (inst->aux & SATURATE) EACH_LANE x[lane] = clamp(x[lane], 0, 1); /* NaN gives +0 */
    if (inst->aux & RELU) EACH_LANE x[lane] = x[lane] <= 0 ? 0 : x[lane];
    switch (type_to(inst)) {
    case CUSIM_F64: EACH_LANE y[lane] = quiet(x[lane]); return;
    case CUSIM_F16: NARROW(cusim_half_from_double); break;
    case CUSIM_BF16: NARROW(cusim_bf16_from_double); break;
    default:
        NARROW(float_bits_from_double);
        if (inst->aux & FLUSH) EACH_LANE y[lane] &= y[lane] & 0x7f800000 ? UINT32_MAX : 0x80000000;
    }
    if (inst->aux & FINITE) {
        uint64_t infinity = type_to(inst) == CUSIM_F16 ? 0x7c00 : 0x7f80;
        EACH_LANE y[lane] -= (y[lane] & 0x7fff) == infinity;
    }
}

HANDLER(float_to_float) {
    double x[CUSIM_LANES] ALIGNED;
    uint64_t y[CUSIM_LANES] ALIGNED;
    load_double(warp, inst, x);
    narrow(inst, x, y);
    store(warp, inst, mask, y);
    return CUSIM_NEXT;
}

/* cvt.rn.f16x2.f32 d, a, b: a goes into the upper half. */
HANDLER(two_floats) {
    double x[2][CUSIM_LANES] ALIGNED;
    uint64_t y[2][CUSIM_LANES] ALIGNED;
    const float *a = CUSIM_AT(const float, 1), *b = CUSIM_AT(const float, 2);
    uint32_t *d = CUSIM_AT(uint32_t, 0);
    EACH_LANE x[0][lane] = (double)A;
    EACH_LANE x[1][lane] = (double)B;
    narrow(inst, x[0], y[0]);
    narrow(inst, x[1], y[1]);
    CUSIM_EACH(d, (uint32_t)(y[0][lane] << 16 | y[1][lane]));
    return CUSIM_NEXT;
}

HANDLER(cvt_f32_bf16) {
    uint32_t *d = CUSIM_AT(uint32_t, 0);
    const uint16_t *a = CUSIM_AT(const uint16_t, 1);
    CUSIM_EACH(d, cusim_float_bits(bf16_to_float(A)));
    return CUSIM_NEXT;
}

/* tf32: a float of which the upper 10 bits of the fraction count; the rest is made 0. To nearest,
 * ties away from zero: add half a unit and cut. */
static inline uint32_t tf32_of(uint32_t x, bool finite) {
    uint32_t rounded = (x + 0x1000) & 0xffffe000;
    rounded = (x & 0x7fffffff) >= 0x7f800000 ? x : rounded; /* infinity */
    rounded = finite && (rounded & 0x7fffffff) == 0x7f800000 ? rounded - 0x2000 : rounded;
    return (x & 0x7fffffff) > 0x7f800000 ? CUSIM_NAN32 : rounded;
}
HANDLER(cvt_tf32_f32) {
    uint32_t *d = CUSIM_AT(uint32_t, 0);
    const uint32_t *a = CUSIM_AT(const uint32_t, 1);
    CUSIM_EACH(d, tf32_of(A, inst->aux & FINITE));
    return CUSIM_NEXT;
}

/* ---- cvt.pack: a and b, clamped, side by side, a on the left; the rest is the low bits of c ----
 * aux: bits 0 to 7 the number of bits of each, bit 8 signed. */

static inline uint32_t clamped(int32_t x, int32_t low, int32_t high) {
    x = x > high ? high : x;
    return (uint32_t)(x < low ? low : x);
}
HANDLER(pack) {
    uint32_t bits = inst->aux & 0xff, ones = (1u << bits) - 1;
    int32_t high = (int32_t)(inst->aux & 0x100 ? ones >> 1 : ones);
    int32_t low = inst->aux & 0x100 ? -high - 1 : 0;
    uint32_t *d = CUSIM_AT(uint32_t, 0);
    const int32_t *a = CUSIM_AT(const int32_t, 1), *b = CUSIM_AT(const int32_t, 2);
    const uint32_t *c = CUSIM_AT(const uint32_t, bits == 16 ? 2 : 3);
    uint32_t rest = bits == 16 ? 0 : 1, shift = bits == 16 ? 0 : 2 * bits;
    CUSIM_EACH(d, (clamped(A, low, high) & ones) << bits | (clamped(B, low, high) & ones) |
                      (c[lane] * rest) << shift);
    return CUSIM_NEXT;
}

/* ---- The forms that programs use all the time ---- */

#define DIRECT(name, result, source, expression)                                                   \
    HANDLER(name) {                                                                                \
        result *d = CUSIM_AT(result, 0);                                                           \
        const source *a = CUSIM_AT(const source, 1);                                               \
        CUSIM_EACH(d, (expression));                                                               \
        return CUSIM_NEXT;                                                                         \
    }
DIRECT(widen_s32_64, int64_t, int32_t, A)
DIRECT(widen_u32_64, uint64_t, uint32_t, A)
DIRECT(widen_s16_32, int32_t, int16_t, A)
DIRECT(widen_u16_32, uint32_t, uint16_t, A)
DIRECT(widen_s16_64, int64_t, int16_t, A)
DIRECT(widen_u16_64, uint64_t, uint16_t, A)
DIRECT(narrow_64_32, uint32_t, uint64_t, (uint32_t)A)
DIRECT(narrow_64_16, uint16_t, uint64_t, (uint16_t)A)
DIRECT(narrow_32_16, uint16_t, uint32_t, (uint16_t)A)
DIRECT(copy_16, uint16_t, uint16_t, A)
DIRECT(copy_32, uint32_t, uint32_t, A)
DIRECT(copy_64, uint64_t, uint64_t, A)
DIRECT(s32_to_f32, float, int32_t, (float)A)
DIRECT(u32_to_f32, float, uint32_t, (float)A)
DIRECT(s32_to_f64, double, int32_t, (double)A)
DIRECT(u32_to_f64, double, uint32_t, (double)A)
DIRECT(s64_to_f32, float, int64_t, (float)A)
DIRECT(u64_to_f32, float, uint64_t, (float)A)
DIRECT(s64_to_f64, double, int64_t, (double)A)
DIRECT(u64_to_f64, double, uint64_t, (double)A)
DIRECT(f32_to_f64, double, float, (double)A)
DIRECT(f16_to_f32, uint32_t, uint16_t, cusim_half_to_float_bits(A))
DIRECT(f32_to_f16, uint16_t, float, half_from_float_rn(A))
DIRECT(f32_to_bf16, uint16_t, float, bf16_from_float_rn(A))

#define DIRECT_TWO(name, function)                                                                 \
    HANDLER(name) {                                                                                \
        uint32_t *d = CUSIM_AT(uint32_t, 0);                                                       \
        const float *a = CUSIM_AT(const float, 1), *b = CUSIM_AT(const float, 2);                  \
        CUSIM_EACH(d, (uint32_t)function(A) << 16 | function(B));                                  \
        return CUSIM_NEXT;                                                                         \
    }
DIRECT_TWO(f32_to_f16x2, half_from_float_rn)
DIRECT_TWO(f32_to_bf16x2, bf16_from_float_rn)

DIRECT(f64_to_f32, uint32_t, double, canonical((float)A))
DIRECT(f32_rni, uint32_t, float, canonical(__builtin_rintf(A)))
DIRECT(f32_rzi, uint32_t, float, canonical(__builtin_truncf(A)))
DIRECT(f32_rmi, uint32_t, float, canonical(__builtin_floorf(A)))
DIRECT(f32_rpi, uint32_t, float, canonical(__builtin_ceilf(A)))

/* Toward zero, as C converts. The constants are the largest floats below 2^31 and 2^32. */
static inline uint32_t s32_of_f32(float x) {
    float within = x > -0x1p31f ? x : -0x1p31f;
    within = within < 0x1.fffffep30f ? within : 0x1.fffffep30f;
    int32_t value = (int32_t)within;
    value = x >= 0x1p31f ? INT32_MAX : value;
    return x != x ? 0 : (uint32_t)value;
}
static inline uint32_t u32_of_f32(float x) {
    float within = x > 0 ? x : 0;
    within = within < 0x1.fffffep31f ? within : 0x1.fffffep31f;
    uint32_t value = (uint32_t)within;
    return x >= 0x1p32f ? UINT32_MAX : value;
}
static inline uint32_t s32_of_f64(double x) {
    int32_t value = (int32_t)clamp(x, -0x1p31, 0x1.fffffffcp30); /* NaN: -2^31, as it should be */
    return (uint32_t)value;
}
DIRECT(f32_to_s32, uint32_t, float, s32_of_f32(A))
DIRECT(f32_to_u32, uint32_t, float, u32_of_f32(A))
DIRECT(f64_to_s32, uint32_t, double, s32_of_f64(A))

/* ---- Bind ---- */

static uint32_t log2_bytes(uint32_t bytes) { return bytes == 8 ? 3 : bytes == 4 ? 2 : 1; }

static uint32_t bind_aux(const CusimForm *form, const CusimInst *inst) {
    static const struct {
        CusimMod mod;
        uint32_t aux;
    } mods[] = {{CUSIM_M_rn, CUSIM_RN},
                {CUSIM_M_rz, CUSIM_RZ},
                {CUSIM_M_rm, CUSIM_RM},
                {CUSIM_M_rp, CUSIM_RP},
                {CUSIM_M_rni, CUSIM_RN | TO_INTEGER},
                {CUSIM_M_rzi, CUSIM_RZ | TO_INTEGER},
                {CUSIM_M_rmi, CUSIM_RM | TO_INTEGER},
                {CUSIM_M_rpi, CUSIM_RP | TO_INTEGER},
                {CUSIM_M_sat, SATURATE},
                {CUSIM_M_relu, RELU},
                {CUSIM_M_ftz, FLUSH},
                {CUSIM_M_satfinite, FINITE}};
    uint32_t aux = (uint32_t)form->type[1] << FROM | (uint32_t)form->type[0] << TO;
    for (size_t i = 0; i < sizeof mods / sizeof mods[0]; i++)
        if (cusim_has(form, mods[i].mod)) aux |= mods[i].aux;
    /* A width of 0, for a constant, is that of the type; 8-bit types have 16-bit registers. */
    uint32_t to = inst->bytes ? inst->bytes : bits_of(form->type[0]) / 8;
    uint32_t from = inst->register_bytes ? inst->register_bytes : bits_of(form->type[1]) / 8;
    return aux | log2_bytes(from) << FROM_LOG | log2_bytes(to) << TO_LOG;
}

#define PAIR(to, from) ((uint32_t)(to) << 8 | (uint32_t)(from))

/* Neither .sat nor 8 bits: the type is as wide as the register. */
static CusimHandler *bind_direct_integer(uint32_t to, uint32_t from, bool from_signed) {
    switch (PAIR(to, from)) {
    case PAIR(16, 16): return copy_16;
    case PAIR(32, 32): return copy_32;
    case PAIR(64, 64): return copy_64;
    case PAIR(32, 16): return from_signed ? widen_s16_32 : widen_u16_32;
    case PAIR(64, 16): return from_signed ? widen_s16_64 : widen_u16_64;
    case PAIR(64, 32): return from_signed ? widen_s32_64 : widen_u32_64;
    case PAIR(16, 32): return narrow_32_16;
    case PAIR(16, 64): return narrow_64_16;
    default: return narrow_64_32;
    }
}

/* A loop of its own for this form, or NULL. flags: the bits of aux below FROM. */
static CusimHandler *bind_direct(const CusimForm *form, uint32_t flags) {
    uint32_t rounding = flags & (ROUNDING | TO_INTEGER), rest = flags & ~(rounding | FLUSH);
    bool ftz = flags & FLUSH;
    if (rest) return NULL;
    switch (PAIR(form->type[0], form->type[1])) {
    case PAIR(CUSIM_F32, CUSIM_S32): return rounding == CUSIM_RN ? s32_to_f32 : NULL;
    case PAIR(CUSIM_F32, CUSIM_U32): return rounding == CUSIM_RN ? u32_to_f32 : NULL;
    case PAIR(CUSIM_F32, CUSIM_S64): return rounding == CUSIM_RN ? s64_to_f32 : NULL;
    case PAIR(CUSIM_F32, CUSIM_U64): return rounding == CUSIM_RN ? u64_to_f32 : NULL;
    case PAIR(CUSIM_F64, CUSIM_S32): return s32_to_f64; /* exact */
    case PAIR(CUSIM_F64, CUSIM_U32): return u32_to_f64;
    case PAIR(CUSIM_F64, CUSIM_S64): return rounding == CUSIM_RN ? s64_to_f64 : NULL;
    case PAIR(CUSIM_F64, CUSIM_U64): return rounding == CUSIM_RN ? u64_to_f64 : NULL;
    case PAIR(CUSIM_F64, CUSIM_F32): return ftz ? NULL : f32_to_f64;
    case PAIR(CUSIM_F32, CUSIM_F64): return ftz || rounding != CUSIM_RN ? NULL : f64_to_f32;
    case PAIR(CUSIM_F32, CUSIM_F16): return f16_to_f32; /* no f16 is a subnormal f32 */
    case PAIR(CUSIM_F16, CUSIM_F32): return rounding == CUSIM_RN ? f32_to_f16 : NULL;
    case PAIR(CUSIM_BF16, CUSIM_F32): return rounding == CUSIM_RN ? f32_to_bf16 : NULL;
    case PAIR(CUSIM_F16X2, CUSIM_F32): return rounding == CUSIM_RN ? f32_to_f16x2 : NULL;
    case PAIR(CUSIM_BF16X2, CUSIM_F32): return rounding == CUSIM_RN ? f32_to_bf16x2 : NULL;
    /* Toward zero a subnormal becomes 0 with .ftz or without. */
    case PAIR(CUSIM_S32, CUSIM_F32): return rounding == (CUSIM_RZ | TO_INTEGER) ? f32_to_s32 : NULL;
    case PAIR(CUSIM_U32, CUSIM_F32): return rounding == (CUSIM_RZ | TO_INTEGER) ? f32_to_u32 : NULL;
    case PAIR(CUSIM_S32, CUSIM_F64): return rounding == (CUSIM_RZ | TO_INTEGER) ? f64_to_s32 : NULL;
    case PAIR(CUSIM_F32, CUSIM_F32):
        if (ftz || !(rounding & TO_INTEGER)) return NULL;
        switch (rounding & ROUNDING) {
        case CUSIM_RN: return f32_rni;
        case CUSIM_RZ: return f32_rzi;
        case CUSIM_RM: return f32_rmi;
        default: return f32_rpi;
        }
    default: return NULL;
    }
}

static CusimHandler *bind_pack(const CusimForm *form, CusimInst *inst) {
    bool u2 = cusim_has(form, CUSIM_M_u2), s2 = cusim_has(form, CUSIM_M_s2);
    bool u4 = cusim_has(form, CUSIM_M_u4), s4 = cusim_has(form, CUSIM_M_s4);
    uint32_t bits = u2 || s2 ? 2 : u4 || s4 ? 4 : bits_of(form->type[0]);
    bool negative = s2 || s4 || (bits >= 8 && is_signed(form->type[0]));
    inst->aux = bits | (negative ? 0x100 : 0);
    return pack;
}

CUSIM_BIND(convert) {
    uint32_t aux = bind_aux(form, inst);
    uint32_t to = bits_of(form->type[0]), from = bits_of(form->type[1]);
    bool natural = to == 8u << (aux >> TO_LOG & 3) && from == 8u << (aux >> FROM_LOG & 3);
    CusimHandler *direct = natural ? bind_direct(form, aux & 0xff) : NULL;
    inst->aux = aux;
    switch (form->op) {
    case CUSIM_OP_cvt_u8_int:
    case CUSIM_OP_cvt_u16_int:
    case CUSIM_OP_cvt_u32_int:
    case CUSIM_OP_cvt_u64_int:
    case CUSIM_OP_cvt_s8_int:
    case CUSIM_OP_cvt_s16_int:
    case CUSIM_OP_cvt_s32_int:
    case CUSIM_OP_cvt_s64_int:
        if (natural && !(aux & SATURATE))
            return bind_direct_integer(to, from, is_signed(form->type[1]));
        return integer_to_integer;
    case CUSIM_OP_cvt_u8_float:
    case CUSIM_OP_cvt_u16_float:
    case CUSIM_OP_cvt_u32_float:
    case CUSIM_OP_cvt_u64_float:
    case CUSIM_OP_cvt_s8_float:
    case CUSIM_OP_cvt_s16_float:
    case CUSIM_OP_cvt_s32_float:
    case CUSIM_OP_cvt_s64_float:
        inst->aux &= ~(uint32_t)SATURATE; /* it is always done */
        if (natural) direct = bind_direct(form, inst->aux & 0xff);
        return direct ? direct : float_to_integer;
    case CUSIM_OP_cvt_f16_int:
    case CUSIM_OP_cvt_f32_int:
    case CUSIM_OP_cvt_f64_int: return direct ? direct : integer_to_float;
    case CUSIM_OP_cvt_f16_f16:
    case CUSIM_OP_cvt_f16_f32:
    case CUSIM_OP_cvt_f16_f64:
    case CUSIM_OP_cvt_f32_f16:
    case CUSIM_OP_cvt_f32_f32:
    case CUSIM_OP_cvt_f32_f64:
    case CUSIM_OP_cvt_f64_f16:
    case CUSIM_OP_cvt_f64_f32:
    case CUSIM_OP_cvt_f64_f64:
    case CUSIM_OP_cvt_bf16_f32: return direct ? direct : float_to_float;
    case CUSIM_OP_cvt_f32_bf16: return cvt_f32_bf16;
    case CUSIM_OP_cvt_f16x2_f32:
        inst->aux = (aux & ~(0xffu << TO)) | (uint32_t)CUSIM_F16 << TO;
        return direct ? direct : two_floats;
    case CUSIM_OP_cvt_bf16x2_f32:
        inst->aux = (aux & ~(0xffu << TO)) | (uint32_t)CUSIM_BF16 << TO;
        return direct ? direct : two_floats;
    case CUSIM_OP_cvt_tf32_f32: return cvt_tf32_f32;
    case CUSIM_OP_cvt_pack_16:
    case CUSIM_OP_cvt_pack_8: return bind_pack(form, inst);
    default: return NULL;
    }
}
/* NOLINTEND(bugprone-macro-parentheses) */
