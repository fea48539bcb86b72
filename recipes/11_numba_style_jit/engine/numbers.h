// SPDX-License-Identifier: MIT
/* What compiled code calls because it is too long to be written in LLVM's IR: powers, round() to
 * digits, gcd(). One text for two machines: runtime.c includes it for the host, device/math.cu for
 * the CUDA device. JIT_FN says how a function is declared there. */
#ifndef JIT_NUMBERS_H
#define JIT_NUMBERS_H

/* Exceptions, in the low byte of what a compiled function returns; the line is above it. The texts
 * are in api.c. */
enum {
    RAISE_NONE,
    RAISE_DIVISION,
    RAISE_MODULO,
    RAISE_INT_DIVISION,
    RAISE_INT_MODULO,
    RAISE_POWER,
    RAISE_OVERFLOW,
    RAISE_INDEX,
    RAISE_TUPLE_INDEX,
    RAISE_RANGE,
    RAISE_SLICE
};

#ifdef JIT_FN
/* ---- Powers: a to b by squaring. mode: 1 is NumPy's error model, 2 says that b is unsigned. What
 * is odd about them is Numba's: integers come back by way of a double. ---- */

enum { NUMPY = 1, UNSIGNED = 2, LONG_WAY = 0x10000 };

/* The loop of all of them; what a * a gives is left to the type. */
#define SQUARE_AND_MULTIPLY(result, a, exponent)                                                   \
    for (; (exponent) != 0; (exponent) >>= 1) {                                                    \
        if ((exponent)&1) (result) *= (a);                                                         \
        (a) *= (a);                                                                                \
    }

JIT_FN int32_t jit_power_u64(uint64_t a, int64_t b, int32_t mode, uint64_t *out) {
    uint64_t exponent = (uint64_t)b, result = 1;
    if (!(mode & UNSIGNED) && b < 0) {
        if (b == INT64_MIN) return RAISE_OVERFLOW;
        if (a == 0 && !(mode & NUMPY)) return RAISE_POWER;
        *out = a == 0 ? (uint64_t)INT64_MIN : a == 1 ? 1 : 0;
        return RAISE_NONE;
    }
    if (exponent > LONG_WAY) {
        double power = pow((double)a, (double)exponent);
        *out = power < 18446744073709551616.0 ? (uint64_t)power : 0;
        return RAISE_NONE;
    }
    SQUARE_AND_MULTIPLY(result, a, exponent)
    double rounded = (double)result;
    *out = rounded < 18446744073709551616.0 ? (uint64_t)rounded : UINT64_MAX;
    return RAISE_NONE;
}

JIT_FN int32_t jit_power_i64(int64_t a, int64_t b, int32_t mode, int64_t *out) {
    uint64_t base = (uint64_t)a, result = 1, exponent = (uint64_t)b;
    bool invert = !(mode & UNSIGNED) && b < 0;
    if (invert) {
        if (b == INT64_MIN) return RAISE_OVERFLOW;
        if (a == 0 && !(mode & NUMPY)) return RAISE_POWER;
        if (a != 1 && a != -1) {
            *out = a == 0 ? INT64_MIN : 0;
            return RAISE_NONE;
        }
        exponent = 0 - exponent;
    }
    if (exponent > LONG_WAY) {
        double power = pow((double)a, (double)exponent);
        bool fits = power >= -9223372036854775808.0 && power < 9223372036854775808.0;
        *out = fits ? (int64_t)power : INT64_MIN; /* what the processor says to what does not fit */
        return RAISE_NONE;
    }
    SQUARE_AND_MULTIPLY(result, base, exponent)
    double rounded = (double)(int64_t)result;
    *out = rounded < 9223372036854775808.0 ? (int64_t)rounded : INT64_MIN;
    return RAISE_NONE;
}

/* The body of both functions for floats. */
#define REAL_POWER(type, power)                                                                    \
    {                                                                                              \
        uint64_t exponent = (uint64_t)b;                                                           \
        type result = 1;                                                                           \
        bool invert = !(mode & UNSIGNED) && b < 0;                                                 \
        if (b == INT64_MIN && invert) return RAISE_OVERFLOW;                                       \
        if (invert) exponent = 0 - exponent;                                                       \
        if (exponent > LONG_WAY) {                                                                 \
            *out = power(a, (type)exponent);                                                       \
            return RAISE_NONE;                                                                     \
        }                                                                                          \
        SQUARE_AND_MULTIPLY(result, a, exponent)                                                   \
        if (invert && result == 0) return RAISE_DIVISION;                                          \
        *out = invert ? 1 / result : result;                                                       \
        return RAISE_NONE;                                                                         \
    }
// clang-format off: it takes the second function for part of the first
JIT_FN int32_t jit_power_f64(double a, int64_t b, int32_t mode, double *out)
    REAL_POWER(double, pow) JIT_FN int32_t
    jit_power_f32(float a, int64_t b, int32_t mode, float *out) REAL_POWER(float, powf)
    // clang-format on

    JIT_FN double jit_ten_to(int64_t n) {
    double result = 1, a = 10;
    SQUARE_AND_MULTIPLY(result, a, n)
    return result;
}

/* round(x, n), as CPython's fallback and Numba compute it. */
JIT_FN double jit_round(double x, int64_t n) {
    if (isinf(x) || isnan(x)) return x;
    if (n > 400) return x;
    if (n < -400) return 0 * x;
    if (n < 0) return rint(x / jit_ten_to(-n)) * jit_ten_to(-n);
    double pow1 = jit_ten_to(n > 22 ? n - 22 : n), pow2 = n > 22 ? 1e22 : 1;
    double y = (x * pow1) * pow2;
    return isinf(y) ? x : (rint(y) / pow2) / pow1;
}

JIT_FN uint64_t jit_gcd(uint64_t a, uint64_t b) {
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}
#endif
#endif
