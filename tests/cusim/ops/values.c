// SPDX-License-Identifier: MIT
/* values.c - the operands that instructions are tried with: each kind has a list of values that are
 * known to be difficult, and random ones from a fixed seed.
 *
 * Kinds: a any integer, s shift amounts, f f32, d f64, e f16, E two f16, b bf16, B two bf16,
 * p predicate, m small integers (selectors, positions, lengths).
 * Two operands of at most 60 special values each are tried in all pairs; three are drawn. */
#include <string.h>

#include "ops.h"
#include "soft.h"

static uint64_t state;
void random_start(uint64_t seed) { state = seed * 0x9e3779b97f4a7c15ull + 88172645463325252ull; }
uint64_t random64(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * 0x2545f4914f6cdd1dull;
}

double double_of(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}
uint64_t bits_of(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}
float float_of(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}
uint32_t bits_of_float(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static const uint64_t integers[] = {0,
                                    1,
                                    2,
                                    3,
                                    5,
                                    7,
                                    8,
                                    0x7f,
                                    0x80,
                                    0xff,
                                    0x100,
                                    0x7fff,
                                    0x8000,
                                    0x8001,
                                    0xffff,
                                    0x10000,
                                    0x7fffff,
                                    0x800000,
                                    0xffffff,
                                    0x7ffffffe,
                                    0x7fffffff,
                                    0x80000000,
                                    0x80000001,
                                    0xfffffffe,
                                    0xffffffff,
                                    1ull << 32,
                                    0x12345678u,
                                    0xaaaaaaaau,
                                    0x55555555u,
                                    0x7fffffffffffffffull,
                                    1ull << 63,
                                    ~0ull,
                                    ~0ull - 1,
                                    (1ull << 63) + 1,
                                    0xffff0000ffff0000ull,
                                    0xffffffff80000000ull,
                                    0xffffffffffff8000ull,
                                    0xffffffffffffff80ull,
                                    0x0123456789abcdefull};
static const uint64_t shifts[] = {0,   1,   2,   7,   8,          15,         16,        17,
                                  31,  32,  33,  48,  62,         63,         64,        65,
                                  127, 255, 256, 257, 0x7fffffff, 0x80000000, 0xffffffff};
static const uint64_t smalls[] = {0,  1,   2,   3,   4,   5,   7,          8,         15,
                                  16, 24,  30,  31,  32,  33,  40,         63,        64,
                                  65, 128, 224, 255, 256, 258, 0xffffffff, 0xffffffe0};
static const double reals[] = {0.0,
                               0.25,
                               0.5,
                               0.75,
                               0.99999994,
                               1.0,
                               1.0000001,
                               1.5,
                               2.0,
                               2.5,
                               3.0,
                               3.5,
                               10.0,
                               100.0,
                               126.5,
                               127.0,
                               127.5,
                               128.0,
                               255.0,
                               255.5,
                               256.0,
                               2047.0,
                               2049.0,
                               32767.0,
                               32767.5,
                               32768.0,
                               65504.0,
                               65519.0,
                               65520.0,
                               65535.0,
                               65535.5,
                               65536.0,
                               8388607.5,
                               8388608.0,
                               16777217.0,
                               2147483520.0,
                               2147483647.0,
                               2147483648.0,
                               4294967040.0,
                               4294967295.5,
                               4294967296.0,
                               9.2233715e18,
                               9223372036854775808.0,
                               1.8446743e19,
                               18446744073709551616.0,
                               1e-3,
                               1e30,
                               1e-30,
                               3.4028235e38,
                               1.17549435e-38,
                               6.1035156e-5,
                               5.9604645e-8,
                               3.0e-8,
                               2.98023224e-8,
                               6.0975552e-5,
                               0.1};

/* A special value as bits of a format; the plain list, then what has no decimal notation. */
static size_t special_real(Format f, size_t i, uint64_t *bits) {
    size_t n = sizeof reals / sizeof *reals;
    uint64_t inf = soft_convert(f, RN, f64, bits_of(1e300 * 1e300));
    uint64_t more[] = {inf,
                       soft_nan(f),
                       inf | 1,                       /* a signalling NaN */
                       inf - 1,                       /* the largest number */
                       1,                             /* the smallest */
                       3,                             /* subnormal */
                       (1ull << f.mantissa_bits) - 1, /* the largest subnormal */
                       1ull << f.mantissa_bits,       /* the smallest normal */
                       (1ull << f.mantissa_bits) | 1,
                       1ull << (f.mantissa_bits - 1),
                       soft_one(f) + 1,
                       soft_one(f) - 1};
    size_t count = 2 * (n + sizeof more / sizeof *more);
    if (i >= count) return count;
    size_t k = i / 2;
    *bits = k < n ? soft_convert(f, RN, f64, bits_of(reals[k])) : more[k - n];
    if (i & 1) *bits = soft_negate(f, *bits);
    return count;
}

static size_t special(char kind, size_t i, uint64_t *bits) {
    uint64_t scratch = 0;
    size_t count = 1;
    *bits = 0;
    switch (kind) {
    case 'a':
        count = sizeof integers / sizeof *integers;
        if (i < count) *bits = integers[i];
        break;
    case 's':
        count = sizeof shifts / sizeof *shifts;
        if (i < count) *bits = shifts[i];
        break;
    case 'm':
        count = sizeof smalls / sizeof *smalls;
        if (i < count) *bits = smalls[i];
        break;
    case 'p':
        count = 2;
        *bits = i & 1;
        break;
    case 'f': count = special_real(f32, i, bits); break;
    case 'd': count = special_real(f64, i, bits); break;
    case 'e': count = special_real(f16, i, bits); break;
    case 'b': count = special_real(bf16, i, bits); break;
    case 'E':
    case 'B':
        count = special_real(kind == 'E' ? f16 : bf16, i, bits);
        (void)special_real(kind == 'E' ? f16 : bf16, i * 7 % count, &scratch);
        *bits |= scratch << 16;
        break;
    default: break;
    }
    return count;
}

/* Random bits; half of the floating-point ones of about the size of 1, so that they meet. */
static uint64_t any_real(Format f) {
    uint64_t bits = random64() >> (63 - f.exponent_bits - f.mantissa_bits);
    if (random64() & 1) return bits;
    uint64_t field = (soft_one(f) >> f.mantissa_bits) + random64() % 13 - 6;
    uint64_t sign = bits >> (f.exponent_bits + f.mantissa_bits)
                                << (f.exponent_bits + f.mantissa_bits);
    return sign | field << f.mantissa_bits | (bits & ((1ull << f.mantissa_bits) - 1));
}
static uint64_t any(char kind) {
    switch (kind) {
    case 'f': return any_real(f32);
    case 'd': return any_real(f64);
    case 'e': return any_real(f16);
    case 'b': return any_real(bf16);
    case 'E': return any_real(f16) | any_real(f16) << 16;
    case 'B': return any_real(bf16) | any_real(bf16) << 16;
    case 'p': return random64() & 1;
    case 's': return random64() % 80;
    case 'm': return random64() % 70;
    default: {
        uint64_t bits = random64();
        return random64() & 1 ? bits : bits >> random64() % 64; /* of every length */
    }
    }
}

static uint64_t draw(char kind) {
    uint64_t bits;
    size_t count = special(kind, 0, &bits);
    if (random64() % 8 < 3) return any(kind);
    (void)special(kind, random64() % count, &bits);
    return bits;
}

/* The third operand that nearly takes a product away: there a fused operation shows. */
static uint64_t opposite(char kind, uint64_t a, uint64_t b) {
    Format f = kind == 'f' ? f32 : kind == 'd' ? f64 : kind == 'e' ? f16 : bf16;
    if (kind == 'E' || kind == 'B') {
        char half = kind == 'E' ? 'e' : 'b';
        return opposite(half, a & 0xffff, b & 0xffff) |
               opposite(half, a >> 16 & 0xffff, b >> 16 & 0xffff) << 16;
    }
    return soft_negate(f, soft_mul(f, RN, a, b));
}

static bool is_real(char kind) { return kind && strchr("fdeEbB", kind) != NULL; }

size_t make_values(const Case *c, uint64_t (*in)[MOST_INPUTS], size_t most) {
    size_t arity = strlen(c->in), n = 0;
    uint64_t ignored;
    memset(in, 0, most * sizeof *in);
    if (c->n && (size_t)c->n < most) most = (size_t)c->n;
    if (arity == 1) {
        size_t count = special(c->kind[0], 0, &ignored);
        for (size_t i = 0; i < count && n < most; i++) (void)special(c->kind[0], i, &in[n++][0]);
        for (int i = 0; i < 400 && n < most; i++) in[n++][0] = any(c->kind[0]);
        return n;
    }
    if (arity == 2 && !c->n) {
        size_t first = special(c->kind[0], 0, &ignored), second = special(c->kind[1], 0, &ignored);
        size_t step = first * second > 2000 ? 7 : 1; /* a prime that divides no count here */
        for (size_t k = 0; k < first * second && n < most; k += step) {
            (void)special(c->kind[0], k / second, &in[n][0]);
            (void)special(c->kind[1], k % second, &in[n++][1]);
        }
        if (most > n + 300) most = n + 300;
    } else if (!c->n && most > 1213) {
        most = 1213;
    }
    for (; n < most; n++) {
        for (size_t k = 0; k < arity; k++) in[n][k] = draw(c->kind[k]);
        if (arity >= 2 && random64() % 8 == 0) in[n][1] = in[n][0];
        if (arity == 3 && is_real(c->kind[2]) && c->kind[0] == c->kind[2] && random64() % 4 == 0) {
            in[n][0] = any(c->kind[0]);
            in[n][1] = any(c->kind[1]);
            in[n][2] = opposite(c->kind[2], in[n][0], in[n][1]);
        }
    }
    return n;
}
