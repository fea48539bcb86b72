// SPDX-License-Identifier: MIT
/* half.h - half precision (f16) and bfloat16 (bf16) numbers as the 16-bit integers that they are.
 *
 *              sign  exponent  fraction   largest   smallest normal, subnormal
 *   f16        1     5         10         65504     2^-14, 2^-24
 *   bf16       1     8         7          3.39e38   2^-126, 2^-133
 *   f32        1     8         23         3.40e38   2^-126, 2^-149
 *
 * Every f16 or bf16 is exactly a float, so arithmetic on them is: widen, compute, round once. All
 * here is integer arithmetic without branches, and so exact, the same for every instruction set,
 * independent of the host's rounding mode, and a loop over lanes turns into vector instructions.
 *
 * A NaN made here is the one that NVIDIA's hardware gives: 0x7fff, as a float 0x7fffffff.
 *
 *   float    half_to_float(h)            bf16_to_float(b)         exact
 *   double   half_to_double(h)           bf16_to_double(b)        exact
 *   uint16_t half_from_float_rn(x)       bf16_from_float_rn(x)    to nearest, ties to even
 *            ..._rz toward zero, ..._rm down, ..._rp up
 *   uint16_t half_from_double_rn(x) ...  bf16_from_double_rn(x)   likewise, rounded once
 *   float    float_from_double_rn(x) ...                          likewise */
#ifndef CUSIM_HALF_H
#define CUSIM_HALF_H

#include <stdint.h>
#include <string.h>

/* The four roundings of PTX, as numbers for functions that take one. */
typedef enum { CUSIM_RN, CUSIM_RZ, CUSIM_RM, CUSIM_RP } CusimRounding;

#define CUSIM_NAN16 0x7fffu
#define CUSIM_NAN32 0x7fffffffu

#define CUSIM_ALWAYS_INLINE static inline __attribute__((always_inline, unused))

CUSIM_ALWAYS_INLINE uint32_t cusim_float_bits(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}
CUSIM_ALWAYS_INLINE float cusim_bits_float(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}
CUSIM_ALWAYS_INLINE uint64_t cusim_double_bits(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}
CUSIM_ALWAYS_INLINE double cusim_bits_double(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* ---- Widening ---- */

/* The bits of h as a float's. A subnormal is fraction * 2^-24: an integer below 1024 turned into a
 * float, which is exact, with 24 taken off its exponent. */
CUSIM_ALWAYS_INLINE uint32_t cusim_half_to_float_bits(uint32_t h) {
    uint32_t magnitude = h & 0x7fff, sign = (h & 0x8000) << 16;
    uint32_t normal = (magnitude << 13) + (112u << 23); /* 112: the exponents' biases, 127 - 15 */
    uint32_t small = cusim_float_bits((float)(int32_t)magnitude) - (24u << 23);
    small = magnitude == 0 ? 0 : small;
    uint32_t bits = magnitude < 0x400 ? small : normal;
    bits = magnitude == 0x7c00 ? 0x7f800000 : bits;
    return magnitude > 0x7c00 ? CUSIM_NAN32 : bits | sign;
}
CUSIM_ALWAYS_INLINE float half_to_float(uint16_t h) {
    return cusim_bits_float(cusim_half_to_float_bits(h));
}
CUSIM_ALWAYS_INLINE float bf16_to_float(uint16_t b) {
    return cusim_bits_float((b & 0x7fffu) > 0x7f80 ? CUSIM_NAN32 : (uint32_t)b << 16);
}

/* A NaN keeps its payload on the way up, as on the GPU: 0x7fffffff becomes 0x7fffffffe0000000. */
CUSIM_ALWAYS_INLINE double half_to_double(uint16_t h) { return (double)half_to_float(h); }
CUSIM_ALWAYS_INLINE double bf16_to_double(uint16_t b) { return (double)bf16_to_float(b); }

/* ---- Narrowing ----
 * One scheme for all. The fraction with its leading 1 is shifted right until its last bit has the
 * weight of the result's last bit; what falls out decides whether 1 is to be added. The sum of the
 * shifted fraction and the exponent field carries over from fraction to exponent, and from the
 * largest number to infinity, as it should. */

/* Whether to add 1: odd is the last bit kept, rest what fell out, tie half of one unit of it. */
CUSIM_ALWAYS_INLINE uint64_t cusim_round_up(CusimRounding rounding, uint64_t negative, uint64_t odd,
                                            uint64_t rest, uint64_t tie) {
    switch (rounding) {
    case CUSIM_RN: return (uint64_t)(rest > tie) | ((uint64_t)(rest == tie) & odd);
    case CUSIM_RZ: return 0;
    case CUSIM_RM: return (uint64_t)(rest != 0) & negative;
    default: return (uint64_t)(rest != 0) & (negative ^ 1);
    }
}
/* The same in 32 bits, for vectors of 32-bit lanes. */
CUSIM_ALWAYS_INLINE uint32_t cusim_round_up_32(CusimRounding rounding, uint32_t negative,
                                               uint32_t odd, uint32_t rest, uint32_t tie) {
    switch (rounding) {
    case CUSIM_RN: return (uint32_t)(rest > tie) | ((uint32_t)(rest == tie) & odd);
    case CUSIM_RZ: return 0;
    case CUSIM_RM: return (uint32_t)(rest != 0) & negative;
    default: return (uint32_t)(rest != 0) & (negative ^ 1);
    }
}
/* What a finite number too large for its type becomes: infinity, or the largest number below it. */
CUSIM_ALWAYS_INLINE uint32_t cusim_overflow(CusimRounding rounding, uint32_t negative,
                                            uint32_t infinity) {
    switch (rounding) {
    case CUSIM_RN: return infinity;
    case CUSIM_RZ: return infinity - 1;
    case CUSIM_RM: return infinity - 1 + negative;
    default: return infinity - negative;
    }
}

CUSIM_ALWAYS_INLINE uint16_t cusim_half_from_float(float x, CusimRounding rounding) {
    uint32_t bits = cusim_float_bits(x), magnitude = bits & 0x7fffffff, negative = bits >> 31;
    uint32_t exponent = magnitude >> 23, fraction = (magnitude & 0x7fffff) | 0x800000;
    fraction = exponent == 0 ? magnitude : fraction;
    /* 2^-14 has exponent 113; below it, the unit stays 2^-24; past 25 places all has fallen out. */
    uint32_t shift = exponent >= 113 ? 13 : 126 - exponent;
    shift = shift > 25 ? 25 : shift;
    uint32_t kept = fraction >> shift, rest = fraction & ((1u << shift) - 1);
    uint32_t base = exponent >= 113 ? (exponent - 113) << 10 : 0;
    uint32_t up = cusim_round_up_32(rounding, negative, kept & 1, rest, 1u << (shift - 1));
    uint32_t h = base + kept + up;
    h = h >= 0x7c00 ? cusim_overflow(rounding, negative, 0x7c00) : h;
    h = magnitude == 0x7f800000 ? 0x7c00 : h;
    h |= negative << 15;
    return (uint16_t)(magnitude > 0x7f800000 ? CUSIM_NAN16 : h);
}

CUSIM_ALWAYS_INLINE uint16_t cusim_bf16_from_float(float x, CusimRounding rounding) {
    uint32_t bits = cusim_float_bits(x), magnitude = bits & 0x7fffffff, negative = bits >> 31;
    /* The same exponents: half of the bits fall out, subnormal or not. */
    uint32_t kept = magnitude >> 16, rest = magnitude & 0xffff;
    uint32_t b = kept + cusim_round_up_32(rounding, negative, kept & 1, rest, 0x8000);
    b = b >= 0x7f80 ? cusim_overflow(rounding, negative, 0x7f80) : b;
    b = magnitude == 0x7f800000 ? 0x7f80 : b;
    b |= negative << 15;
    return (uint16_t)(magnitude > 0x7f800000 ? CUSIM_NAN16 : b);
}

/* From a double: least is the double's exponent of the smallest normal result, fraction_bits the
 * result's; returns the result's bits without sign, for all but NaN. */
CUSIM_ALWAYS_INLINE uint64_t cusim_narrow(uint64_t bits, CusimRounding rounding, uint64_t least,
                                          uint32_t fraction_bits, uint32_t infinity) {
    uint64_t magnitude = bits & 0x7fffffffffffffff, negative = bits >> 63;
    uint64_t exponent = magnitude >> 52, fraction = (magnitude & 0xfffffffffffff) | 1ull << 52;
    fraction = exponent == 0 ? magnitude : fraction;
    uint64_t shift = 52 - fraction_bits;
    shift = exponent >= least ? shift : shift + least - exponent;
    shift = shift > 54 ? 54 : shift;
    uint64_t kept = fraction >> shift, rest = fraction & ((1ull << shift) - 1);
    uint64_t base = exponent >= least ? exponent - least : 0;
    uint64_t up = cusim_round_up(rounding, negative, kept & 1, rest, 1ull << (shift - 1));
    uint64_t result = (base << fraction_bits) + kept + up;
    uint64_t over = rounding == CUSIM_RN   ? infinity
                    : rounding == CUSIM_RZ ? infinity - 1
                    : rounding == CUSIM_RM ? infinity - 1 + negative
                                           : infinity - negative;
    result = result >= infinity ? over : result;
    return magnitude == 0x7ff0000000000000 ? infinity : result;
}
CUSIM_ALWAYS_INLINE uint16_t cusim_half_from_double(double x, CusimRounding rounding) {
    uint64_t bits = cusim_double_bits(x);
    uint64_t h = cusim_narrow(bits, rounding, 1023 - 14, 10, 0x7c00);
    h |= bits >> 63 << 15;
    return (uint16_t)(x != x ? CUSIM_NAN16 : h);
}
CUSIM_ALWAYS_INLINE uint16_t cusim_bf16_from_double(double x, CusimRounding rounding) {
    uint64_t bits = cusim_double_bits(x);
    uint64_t b = cusim_narrow(bits, rounding, 1023 - 126, 7, 0x7f80);
    b |= bits >> 63 << 15;
    return (uint16_t)(x != x ? CUSIM_NAN16 : b);
}
CUSIM_ALWAYS_INLINE float cusim_float_from_double(double x, CusimRounding rounding) {
    uint64_t bits = cusim_double_bits(x);
    uint64_t f = cusim_narrow(bits, rounding, 1023 - 126, 23, 0x7f800000);
    f |= bits >> 63 << 31;
    return cusim_bits_float((uint32_t)(x != x ? CUSIM_NAN32 : f));
}

#define CUSIM_NARROWING(name, result, source, function)                                            \
    CUSIM_ALWAYS_INLINE result name##_rn(source x) { return function(x, CUSIM_RN); }               \
    CUSIM_ALWAYS_INLINE result name##_rz(source x) { return function(x, CUSIM_RZ); }               \
    CUSIM_ALWAYS_INLINE result name##_rm(source x) { return function(x, CUSIM_RM); }               \
    CUSIM_ALWAYS_INLINE result name##_rp(source x) { return function(x, CUSIM_RP); }
CUSIM_NARROWING(half_from_float, uint16_t, float, cusim_half_from_float)
CUSIM_NARROWING(bf16_from_float, uint16_t, float, cusim_bf16_from_float)
CUSIM_NARROWING(half_from_double, uint16_t, double, cusim_half_from_double)
CUSIM_NARROWING(bf16_from_double, uint16_t, double, cusim_bf16_from_double)
CUSIM_NARROWING(float_from_double, float, double, cusim_float_from_double)
#undef CUSIM_NARROWING
#endif
