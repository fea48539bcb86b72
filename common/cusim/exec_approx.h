// SPDX-License-Identifier: MIT
/* exec_approx.h - 2^x, log2, tanh, sin and cos in double precision, for arguments that are floats.
 *
 * All but the reduction of large angles is plain arithmetic without branches, calls or tables, so
 * that a loop over lanes turns into vector instructions. Each is good to 37 bits or more, and NaN
 * gives NaN: see exec_approx.c for the methods.
 *
 * A trick in ex2 and sin: 1.5 * 2^52 added to a small x leaves no bits for a fraction, so that the
 * sum is x rounded to an integer, and this integer stands in the low bits of the sum. */
#ifndef CUSIM_EXEC_APPROX_H
#define CUSIM_EXEC_APPROX_H

#include "half.h"

#define CUSIM_TO_INTEGER 0x1.8p52

/* 2^x. Beyond [-300, 300], where floats have long ended, it stays what it is there. */
CUSIM_ALWAYS_INLINE double cusim_ex2(double x) {
    double low = x < -300 ? -300 : x;
    double in = low > 300 ? 300 : low;
    double sum = in + CUSIM_TO_INTEGER;
    double f = in - (sum - CUSIM_TO_INTEGER); /* |f| <= 1/2 */
    /* exp(f ln 2) to f^10: coefficients ln(2)^k / k!; the rest is below 2^-42. Even and odd powers
     * apart are two chains that a CPU works on at once. */
    double f2 = f * f, even = 0x1.e4cf5158b8ecap-28, odd = 0x1.b5253d395e7c4p-24;
    even = even * f2 + 0x1.62c0223a5c824p-20;
    odd = odd * f2 + 0x1.ffcbfc588b0c7p-17;
    even = even * f2 + 0x1.430912f86c787p-13;
    odd = odd * f2 + 0x1.5d87fe78a6731p-10;
    even = even * f2 + 0x1.3b2ab6fba4e77p-7;
    odd = odd * f2 + 0x1.c6b08d704a0c0p-5;
    even = even * f2 + 0x1.ebfbdff82c58fp-3;
    odd = odd * f2 + 0x1.62e42fefa39efp-1;
    double p = even * f2 + 1 + odd * f;
    uint64_t exponent = cusim_double_bits(sum) + 1023; /* in the low bits; the others go now */
    return p * cusim_bits_double(exponent << 52);
}

CUSIM_ALWAYS_INLINE double cusim_lg2(double x) {
    const uint64_t root_half = 0x3fe6a09e667f3bcd; /* bits of sqrt(1/2) */
    const uint64_t bias = (uint64_t)1024 << 52;    /* keeps the exponent positive */
    uint64_t bits = cusim_double_bits(x), shifted = bits - root_half + bias;
    double m = cusim_bits_double(bits - (shifted & 0xfff0000000000000) + bias);
    double n = cusim_bits_double(shifted >> 52 | 0x4330000000000000) - (0x1p52 + 1024);
    double s = (m - 1) / (m + 1), s2 = s * s; /* s2 < 0.0295 */
    /* 2 / ln 2 * atanh(s) to s^13: coefficients 2 / (ln 2 * (2 k + 1)); the rest is below 2^-39. */
    double p = 0x1.c68f568d31760p-3;
    p = p * s2 + 0x1.0c9a84994022dp-2;
    p = p * s2 + 0x1.484b13d7c02a9p-2;
    p = p * s2 + 0x1.a61762a7aded9p-2;
    p = p * s2 + 0x1.2776c50ef9bfep-1;
    p = p * s2 + 0x1.ec709dc3a03fdp-1;
    p = p * s2 + 0x1.71547652b82fep+1;
    double infinity = cusim_bits_double(0x7ff0000000000000), nan = infinity - infinity;
    double positive = x < infinity ? n + s * p : x, other = x == 0 ? -infinity : nan;
    return x > 0 ? positive : other;
}

CUSIM_ALWAYS_INLINE double cusim_tanh(double x) {
    uint64_t bits = cusim_double_bits(x), sign = bits & 0x8000000000000000;
    double magnitude = cusim_bits_double(bits ^ sign), x2 = x * x;
    double e = cusim_ex2(magnitude * -0x1.71547652b82fep+1); /* -2 / ln 2 */
    double far = (1 - e) / (1 + e);
    /* Near 0 the difference would lose bits: x - x^3/3 + 2 x^5/15 - 17 x^7/315. */
    double p = -0x1.ba1ba1ba1ba1cp-5;
    p = p * x2 + 0x1.1111111111111p-3;
    p = p * x2 - 0x1.5555555555555p-2;
    p = p * x2 + 1;
    double result = magnitude < 0x1p-4 ? magnitude * p : far;
    return cusim_bits_double(cusim_double_bits(result) | sign);
}

/* sin(r + n pi/2), |r| <= pi/4; only the last two bits of n matter. */
CUSIM_ALWAYS_INLINE double cusim_sin_octant(double r, uint64_t n) {
    double r2 = r * r;
    double s = 0x1.6124613a86d09p-33; /* 1/13!, -1/11!, ... -1/3!; the rest is below 2^-45 */
    s = s * r2 - 0x1.ae64567f544e4p-26;
    s = s * r2 + 0x1.71de3a556c734p-19;
    s = s * r2 - 0x1.a01a01a01a01ap-13;
    s = s * r2 + 0x1.1111111111111p-7;
    s = s * r2 - 0x1.5555555555555p-3;
    s = (s * r2 + 1) * r;
    double c = 0x1.1eed8eff8d898p-29; /* 1/12!, -1/10!, ... -1/2!; the rest is below 2^-40 */
    c = c * r2 - 0x1.27e4fb7789f5cp-22;
    c = c * r2 + 0x1.a01a01a01a01ap-16;
    c = c * r2 - 0x1.6c16c16c16c17p-10;
    c = c * r2 + 0x1.5555555555555p-5;
    c = c * r2 - 0x1.0000000000000p-1;
    c = c * r2 + 1;
    uint64_t bits = (n & 1) != 0 ? cusim_double_bits(c) : cusim_double_bits(s);
    return cusim_bits_double(bits ^ (n & 2) << 62);
}

/* sin(x + quarter pi/2) for |x| up to the limit: 2/pi times it is below 2^20, so that n has 20
 * bits, the first part of pi/2 has 33, and their product is exact. Beyond the limit, any number. */
#define CUSIM_ANGLE_LIMIT 1e6f
CUSIM_ALWAYS_INLINE double cusim_sin(double x, uint32_t quarter) {
    double sum = x * 0x1.45f306dc9c883p-1 + CUSIM_TO_INTEGER;
    double n = sum - CUSIM_TO_INTEGER;
    double r = (x - n * 0x1.921fb544p+0) - n * 0x1.0b4611a626331p-34;
    return cusim_sin_octant(r, cusim_double_bits(sum) + quarter);
}

/* The same beyond the limit. |x| = m 2^e with an integer m of 24 bits. Of 2/pi 2^e only the part
 * below 4 matters, for m times a multiple of 4 is a number of whole turns. So 128 bits are taken
 * out of the digits of 2/pi, the first of weight 2, and m times them, modulo 4, is the angle in
 * quarter turns: 2 bits in front of the point, 62 behind it. */
static inline double cusim_sin_large(float x, uint32_t quarter) {
    /* 2/pi, the point after the first 64 bits */
    static const uint64_t digits[6] = {
        0, 0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041, 0xfe5163abdebbc561, 0};
    uint32_t bits = cusim_float_bits(x);
    uint64_t m = (bits & 0x7fffff) | 0x800000;
    uint32_t first = (bits >> 23 & 0xff) - 150 + 64 - 2; /* e >= -4 */
    const uint64_t *word = digits + first / 64;
    unsigned shift = first % 64;
    uint64_t high = word[0], low = word[1];
    if (shift != 0) {
        high = high << shift | word[1] >> (64 - shift);
        low = low << shift | word[2] >> (64 - shift);
    }
    uint64_t carry = ((low >> 32) * m + ((low & 0xffffffff) * m >> 32)) >> 32;
    uint64_t turns = high * m + carry;
    uint64_t n = (turns + ((uint64_t)1 << 61)) >> 62;
    double r = (double)(int64_t)(turns << 2) * 0x1.921fb54442d18p-64; /* 2^-64 pi/2 */
    double result = cusim_sin_octant(r, n + quarter);
    return quarter == 0 && bits >> 31 != 0 ? -result : result;
}
#endif
