// SPDX-License-Identifier: MIT
/* soft.c - floating-point arithmetic by integers: see soft.h. */
#include "soft.h"

#include <string.h>

const Format f16 = {5, 10}, bf16 = {8, 7}, f32 = {8, 23}, f64 = {11, 52};

/* An exact number: a long integer whose lowest bit counts 2^LOWEST. The product of the two
 * smallest doubles is 2^-2148, that of the two largest is below 2^2048, and a quotient needs
 * some bits below. */
enum { LOWEST = -2304, LIMBS = 140 };
typedef struct {
    bool negative;
    uint32_t limb[LIMBS]; /* lowest first */
} Exact;

/* A finite number taken apart: mantissa * 2^exponent. */
typedef struct {
    bool negative;
    uint64_t mantissa;
    int exponent;
} Parts;

static int bias(Format f) { return (1 << (f.exponent_bits - 1)) - 1; }
static uint64_t sign_bit(Format f) { return 1ull << (f.exponent_bits + f.mantissa_bits); }
static uint64_t infinity(Format f) { return ((1ull << f.exponent_bits) - 1) << f.mantissa_bits; }
uint64_t soft_nan(Format f) { return sign_bit(f) - 1; }
uint64_t soft_one(Format f) { return (uint64_t)bias(f) << f.mantissa_bits; }
static uint64_t magnitude(Format f, uint64_t a) { return a & (sign_bit(f) - 1); }
bool soft_is_nan(Format f, uint64_t a) { return magnitude(f, a) > infinity(f); }
bool soft_is_inf(Format f, uint64_t a) { return magnitude(f, a) == infinity(f); }
bool soft_is_zero(Format f, uint64_t a) { return magnitude(f, a) == 0; }
bool soft_negative(Format f, uint64_t a) { return (a & sign_bit(f)) != 0; }
bool soft_is_subnormal(Format f, uint64_t a) {
    return magnitude(f, a) != 0 && magnitude(f, a) < 1ull << f.mantissa_bits;
}
uint64_t soft_flush(Format f, uint64_t a) { return soft_is_subnormal(f, a) ? a & sign_bit(f) : a; }
uint64_t soft_negate(Format f, uint64_t a) { return a ^ sign_bit(f); }

int soft_compare(Format f, uint64_t a, uint64_t b) {
    if (soft_is_nan(f, a) || soft_is_nan(f, b)) return 2;
    int64_t x = (int64_t)magnitude(f, a), y = (int64_t)magnitude(f, b);
    if (soft_negative(f, a)) x = -x;
    if (soft_negative(f, b)) y = -y;
    return x < y ? -1 : x > y;
}

static Parts apart(Format f, uint64_t a) {
    Parts p = {.negative = soft_negative(f, a)};
    uint64_t field = magnitude(f, a) >> f.mantissa_bits;
    p.mantissa = a & ((1ull << f.mantissa_bits) - 1);
    p.exponent = 1 - bias(f) - f.mantissa_bits;
    if (field) {
        p.mantissa |= 1ull << f.mantissa_bits;
        p.exponent += (int)field - 1;
    }
    return p;
}

/* x = high:low * 2^exponent */
static void place(Exact *x, bool negative, uint64_t high, uint64_t low, int exponent) {
    memset(x, 0, sizeof *x);
    x->negative = negative;
    int at = exponent - LOWEST;
    uint64_t word[2] = {low, high};
    for (int bit = 0; bit < 128; bit++)
        if (word[bit / 64] >> bit % 64 & 1) x->limb[(at + bit) / 32] |= 1u << (at + bit) % 32;
}

static int compare_magnitude(const Exact *x, const Exact *y) {
    for (int i = LIMBS - 1; i >= 0; i--)
        if (x->limb[i] != y->limb[i]) return x->limb[i] < y->limb[i] ? -1 : 1;
    return 0;
}

/* x += y; a sum of exactly 0 keeps the sign of x. */
static void accumulate(Exact *x, const Exact *y) {
    if (x->negative == y->negative) {
        uint64_t carry = 0;
        for (int i = 0; i < LIMBS; i++) {
            carry += (uint64_t)x->limb[i] + y->limb[i];
            x->limb[i] = (uint32_t)carry;
            carry >>= 32;
        }
        return;
    }
    int order = compare_magnitude(x, y);
    Exact big = order < 0 ? *y : *x;
    const Exact *small = order < 0 ? x : y;
    int64_t borrow = 0;
    for (int i = 0; i < LIMBS; i++) {
        int64_t d = (int64_t)big.limb[i] - small->limb[i] - borrow;
        borrow = d < 0;
        big.limb[i] = (uint32_t)(d + (borrow << 32));
    }
    *x = big;
}

static int top_bit(const Exact *x) { /* -1: the number is 0 */
    for (int i = LIMBS - 1; i >= 0; i--)
        for (int bit = 31; bit >= 0; bit--)
            if (x->limb[i] >> bit & 1) return i * 32 + bit;
    return -1;
}
static unsigned bit_at(const Exact *x, int at) { return x->limb[at / 32] >> at % 32 & 1; }
static bool any_below(const Exact *x, int at) {
    for (int i = 0; i < at / 32; i++)
        if (x->limb[i]) return true;
    return at % 32 && (x->limb[at / 32] & ((1u << at % 32) - 1)) != 0;
}

static bool rounds_up(Rounding r, bool negative, bool odd, bool half, bool more) {
    switch (r) {
    case RN: return half && (more || odd);
    case RNA: return half;
    case RZ: return false;
    case RM: return negative && (half || more);
    case RP: return !negative && (half || more);
    }
    return false;
}

/* The nearest number of a format, as the rounding means it; x is not 0. */
static uint64_t round_to(Format f, Rounding r, const Exact *x) {
    uint64_t sign = x->negative ? sign_bit(f) : 0;
    int top = top_bit(x) + LOWEST;
    int least = 1 - bias(f) - f.mantissa_bits; /* the weight of a subnormal's last bit */
    int last = top - f.mantissa_bits > least ? top - f.mantissa_bits : least;
    int at = last - LOWEST;
    uint64_t mantissa = 0;
    for (int i = 0; i <= f.mantissa_bits; i++) mantissa |= (uint64_t)bit_at(x, at + i) << i;
    bool half = bit_at(x, at - 1) != 0, more = any_below(x, at - 1);
    if (rounds_up(r, x->negative, mantissa & 1, half, more)) mantissa++;
    if (mantissa >> (f.mantissa_bits + 1)) mantissa >>= 1, last++;
    if (!(mantissa >> f.mantissa_bits)) return sign | mantissa; /* subnormal or 0 */
    uint64_t field = (uint64_t)(int64_t){last - least + 1};
    if (field >= (1ull << f.exponent_bits) - 1) {
        bool to_infinity =
            r == RN || r == RNA || (r == RM && x->negative) || (r == RP && !x->negative);
        return sign | (to_infinity ? infinity(f) : infinity(f) - 1);
    }
    return sign | field << f.mantissa_bits | (mantissa & ((1ull << f.mantissa_bits) - 1));
}

/* The zero that x + y gives when it is exactly 0: IEEE 754, 6.3. */
static uint64_t zero_sum(Format f, Rounding r, bool a_negative, bool b_negative) {
    bool negative = a_negative == b_negative ? a_negative : r == RM;
    return negative ? sign_bit(f) : 0;
}

uint64_t soft_fma(Format f, Rounding r, uint64_t a, uint64_t b, uint64_t c) {
    if (soft_is_nan(f, a) || soft_is_nan(f, b) || soft_is_nan(f, c)) return soft_nan(f);
    bool negative = soft_negative(f, a) != soft_negative(f, b);
    bool a_inf = soft_is_inf(f, a), b_inf = soft_is_inf(f, b), c_inf = soft_is_inf(f, c);
    if ((a_inf && soft_is_zero(f, b)) || (b_inf && soft_is_zero(f, a))) return soft_nan(f);
    if (a_inf || b_inf) {
        if (c_inf && negative != soft_negative(f, c)) return soft_nan(f);
        return infinity(f) | (negative ? sign_bit(f) : 0);
    }
    if (c_inf) return c;
    Parts x = apart(f, a), y = apart(f, b), z = apart(f, c);
    /* 53 x 53 bits by halves, so that no wider type is needed */
    uint64_t x1 = x.mantissa >> 32, x0 = x.mantissa & 0xffffffffu;
    uint64_t y1 = y.mantissa >> 32, y0 = y.mantissa & 0xffffffffu;
    uint64_t middle = x1 * y0 + (x0 * y0 >> 32), low = x0 * y1 + (middle & 0xffffffffu);
    uint64_t high = x1 * y1 + (middle >> 32) + (low >> 32);
    low = low << 32 | (x0 * y0 & 0xffffffffu);
    Exact sum, other;
    place(&sum, negative, high, low, x.exponent + y.exponent);
    place(&other, z.negative, 0, z.mantissa, z.exponent);
    accumulate(&sum, &other);
    if (top_bit(&sum) < 0) return zero_sum(f, r, negative, z.negative);
    return round_to(f, r, &sum);
}

uint64_t soft_add(Format f, Rounding r, uint64_t a, uint64_t b) {
    return soft_fma(f, r, a, soft_one(f), b);
}

uint64_t soft_mul(Format f, Rounding r, uint64_t a, uint64_t b) {
    /* Adding a zero of the product's sign changes nothing. */
    bool negative = soft_negative(f, a) != soft_negative(f, b);
    return soft_fma(f, r, a, b, negative ? sign_bit(f) : 0);
}

uint64_t soft_div(Format f, Rounding r, uint64_t a, uint64_t b) {
    if (soft_is_nan(f, a) || soft_is_nan(f, b)) return soft_nan(f);
    uint64_t sign = soft_negative(f, a) != soft_negative(f, b) ? sign_bit(f) : 0;
    if (soft_is_inf(f, a)) return soft_is_inf(f, b) ? soft_nan(f) : sign | infinity(f);
    if (soft_is_inf(f, b)) return sign;
    if (soft_is_zero(f, b)) return soft_is_zero(f, a) ? soft_nan(f) : sign | infinity(f);
    if (soft_is_zero(f, a)) return sign;
    Parts x = apart(f, a), y = apart(f, b);
    while (!(x.mantissa >> 62)) x.mantissa <<= 1, x.exponent--;
    while (!(y.mantissa >> 62)) y.mantissa <<= 1, y.exponent--;
    /* x / y is in (1/2, 2): 62 bits of it, by long division, and whether something remains. */
    uint64_t quotient = 0, rest = x.mantissa;
    for (int i = 0; i < 62; i++) {
        quotient <<= 1;
        if (rest >= y.mantissa) rest -= y.mantissa, quotient |= 1;
        rest <<= 1;
    }
    Exact exact;
    place(&exact, sign != 0, quotient >> 63, quotient << 1 | (rest != 0),
          x.exponent - y.exponent - 62);
    return round_to(f, r, &exact);
}

uint64_t soft_sqrt(Format f, Rounding r, uint64_t a) {
    if (soft_is_nan(f, a)) return soft_nan(f);
    if (soft_is_zero(f, a)) return a;
    if (soft_negative(f, a)) return soft_nan(f);
    if (soft_is_inf(f, a)) return a;
    Parts x = apart(f, a);
    while (!(x.mantissa >> 52)) x.mantissa <<= 1, x.exponent--;
    if (x.exponent & 1) x.mantissa <<= 1, x.exponent--;
    /* The root of mantissa * 2^64, digit by digit; the rest stays below 2 * root + 1. */
    uint64_t root = 0, rest = 0;
    for (int i = 0; i < 59; i++) {
        int shift = 54 - 2 * i; /* the two next bits of the mantissa, then zeros */
        uint64_t next = shift >= 0 ? x.mantissa >> shift & 3 : 0;
        rest = rest << 2 | next;
        root <<= 1;
        if (rest >= 2 * root + 1) rest -= 2 * root + 1, root++;
    }
    Exact exact;
    /* 59 digits of a 56-bit number: 28 before the point, 31 behind it. */
    place(&exact, false, 0, root << 1 | (rest != 0), x.exponent / 2 - 31 - 1);
    return round_to(f, r, &exact);
}

uint64_t soft_convert(Format to, Rounding r, Format from, uint64_t a) {
    uint64_t sign = soft_negative(from, a) ? sign_bit(to) : 0;
    if (soft_is_nan(from, a)) return soft_nan(to);
    if (soft_is_inf(from, a)) return sign | infinity(to);
    if (soft_is_zero(from, a)) return sign;
    Parts x = apart(from, a);
    Exact exact;
    place(&exact, x.negative, 0, x.mantissa, x.exponent);
    return round_to(to, r, &exact);
}

uint64_t soft_from_int(Format to, Rounding r, bool negative, uint64_t value) {
    if (!value) return 0;
    Exact exact;
    place(&exact, negative, 0, value, 0);
    return round_to(to, r, &exact);
}

/* |a| rounded to an integer; *beyond if it needs more than 64 bits. */
static uint64_t whole(Format f, Rounding r, uint64_t a, bool *beyond) {
    Parts x = apart(f, a);
    *beyond = false;
    if (x.exponent >= 0) {
        for (int i = 0; i < x.exponent; i++) {
            if (x.mantissa >> 63) *beyond = true;
            x.mantissa <<= 1;
            if (*beyond) break;
        }
        return x.mantissa;
    }
    int shift = -x.exponent;
    uint64_t integer = shift < 64 ? x.mantissa >> shift : 0;
    bool half = shift <= 64 && x.mantissa >> (shift - 1) & 1;
    bool more = shift > 64 ? x.mantissa != 0 : (x.mantissa & ((1ull << (shift - 1)) - 1)) != 0;
    if (rounds_up(r, x.negative, integer & 1, half, more)) integer++;
    return integer;
}

uint64_t soft_integral(Format f, Rounding r, uint64_t a) {
    if (soft_is_nan(f, a)) return soft_nan(f);
    if (soft_is_inf(f, a) || soft_is_zero(f, a)) return a;
    Parts x = apart(f, a);
    if (x.exponent >= 0) return a;
    bool beyond;
    uint64_t integer = whole(f, r, a, &beyond);
    uint64_t sign = x.negative ? sign_bit(f) : 0;
    return sign | soft_from_int(f, RZ, false, integer);
}

uint64_t soft_to_int(Format f, Rounding r, uint64_t a, int bits, bool is_signed) {
    bool negative = soft_negative(f, a), beyond = soft_is_inf(f, a);
    uint64_t integer = beyond ? 0 : whole(f, r, a, &beyond);
    uint64_t all = bits == 64 ? ~0ull : (1ull << bits) - 1;
    uint64_t most = is_signed ? (negative ? 1ull << (bits - 1) : all >> 1) : (negative ? 0 : all);
    if (beyond || integer > most) integer = most;
    return (negative ? 0 - integer : integer) & all;
}

double soft_to_double(Format f, uint64_t a) {
    uint64_t bits = soft_convert(f64, RN, f, a);
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}
