// SPDX-License-Identifier: MIT
/* hc_cuda_math.h - sin, exp, pow and their like for kernels that clang compiles. NVIDIA's compilers
 * bring such functions along as libdevice; clang has none without the toolkit, and a call of sinf
 * that stays unresolved is refused by every driver. hc_cuda_device.h includes this file.
 *
 * How: most functions compute with pairs of doubles ("double-double"): a value hi and what is left
 * over, lo, some 100 bits together. The leftovers of a sum or a product are found exactly by a few
 * more instructions, so that what is rounded at the end is very near the true value, also where
 * terms cancel. A float's function is the double's, rounded once more; exp, log, pow, sin and cos
 * of floats have shorter ways. The bounds, in units of the last place (ulp), stand in
 * tests/cuda/math.def, and a test measures them. Exact rather than fast: NVRTC's functions are
 * faster, and are used where NVRTC is.
 *
 * The numbers come from math_tables.py. Sources of the methods:
 *   pairs        Dekker, A floating-point technique for extending the available precision, 1971;
 *                Knuth, The Art of Computer Programming, vol. 2, 4.2.2
 *   exp, log     Tang, Table-driven implementation of the exponential function (1989), of the
 *                logarithm function (1990)
 *   large angles Payne and Hanek, Radian reduction for trigonometric functions, 1983
 *   small ones   Cody and Waite, Software Manual for the Elementary Functions, 1980
 *   erf, gamma   Abramowitz and Stegun, Handbook of Mathematical Functions, 6.1 and 7.1
 * Special values are those of C11, Annex F. */
#ifndef HC_CUDA_MATH_H
#define HC_CUDA_MATH_H

#define HC_FN static __inline__ __attribute__((device))
#define HC_ONE static __inline__ __attribute__((always_inline, device)) /* a few instructions */
#define HC_TABLE static const __attribute__((device))

/* ---- Bits of a number ---- */

HC_ONE unsigned long long hc_bits(double x) { return __builtin_bit_cast(unsigned long long, x); }
HC_ONE double hc_double(unsigned long long bits) { return __builtin_bit_cast(double, bits); }
HC_ONE unsigned int hc_bits(float x) { return __builtin_bit_cast(unsigned int, x); }
HC_ONE float hc_float(unsigned int bits) { return __builtin_bit_cast(float, bits); }
HC_ONE double hc_inf() { return hc_double(0x7ffull << 52); }
HC_ONE double hc_nan() { return hc_double(0x7ff8ull << 48); }

HC_ONE bool isnan(double x) { return x != x; }
HC_ONE bool isnan(float x) { return x != x; }
HC_ONE bool isinf(double x) { return (hc_bits(x) << 1) == 0x7ffull << 53; }
HC_ONE bool isinf(float x) { return (hc_bits(x) << 1) == 0xffu << 24; }
HC_ONE bool isfinite(double x) { return (hc_bits(x) << 1) < 0x7ffull << 53; }
HC_ONE bool isfinite(float x) { return (hc_bits(x) << 1) < 0xffu << 24; }
HC_ONE bool isnormal(double x) { return isfinite(x) && (hc_bits(x) << 1) >= 1ull << 53; }
HC_ONE bool isnormal(float x) { return isfinite(x) && (hc_bits(x) << 1) >= 1u << 24; }
HC_ONE bool signbit(double x) { return hc_bits(x) >> 63; }
HC_ONE bool signbit(float x) { return hc_bits(x) >> 31; }
HC_ONE double copysign(double x, double y) {
    return hc_double((hc_bits(x) & ~(1ull << 63)) | (hc_bits(y) & 1ull << 63));
}
HC_ONE float copysignf(float x, float y) {
    return hc_float((hc_bits(x) & ~(1u << 31)) | (hc_bits(y) & 1u << 31));
}
HC_ONE double nan(const char *) { return hc_nan(); }
HC_ONE float nanf(const char *) { return hc_float(0x7fc00000u); }

HC_ONE double sqrt(double x) { return __builtin_sqrt(x); }
HC_ONE float sqrtf(float x) { return __builtin_sqrtf(x); }
HC_ONE float rsqrtf(float x) { return __nvvm_rsqrt_approx_f(x); } /* 2 ulp, as NVIDIA states */
HC_ONE double fabs(double x) { return __builtin_fabs(x); }
HC_ONE float fabsf(float x) { return __builtin_fabsf(x); }
HC_ONE double fmin(double x, double y) { return __builtin_fmin(x, y); }
HC_ONE float fminf(float x, float y) { return __builtin_fminf(x, y); }
HC_ONE double fmax(double x, double y) { return __builtin_fmax(x, y); }
HC_ONE float fmaxf(float x, float y) { return __builtin_fmaxf(x, y); }

/* ---- To whole numbers: one instruction each, but round ---- */

HC_ONE double floor(double x) { return __builtin_floor(x); }
HC_ONE float floorf(float x) { return __builtin_floorf(x); }
HC_ONE double ceil(double x) { return __builtin_ceil(x); }
HC_ONE float ceilf(float x) { return __builtin_ceilf(x); }
HC_ONE double trunc(double x) { return __builtin_trunc(x); }
HC_ONE float truncf(float x) { return __builtin_truncf(x); }
HC_ONE double rint(double x) { return __builtin_rint(x); }
HC_ONE float rintf(float x) { return __builtin_rintf(x); }
HC_ONE double nearbyint(double x) { return __builtin_rint(x); }
HC_ONE float nearbyintf(float x) { return __builtin_rintf(x); }
HC_ONE double round(double x) { /* halves away from 0; x - t is exact */
    double t = trunc(x);
    return copysign(__builtin_fabs(x - t) >= 0.5 ? t + copysign(1.0, x) : t, x);
}
HC_ONE float roundf(float x) {
    float t = truncf(x);
    return copysignf(__builtin_fabsf(x - t) >= 0.5f ? t + copysignf(1.0f, x) : t, x);
}
HC_ONE long long llrint(double x) { return (long long)rint(x); }
HC_ONE long long llrintf(float x) { return (long long)rintf(x); }
HC_ONE long lrint(double x) { return (long)rint(x); }
HC_ONE long lrintf(float x) { return (long)rintf(x); }
HC_ONE long long llround(double x) { return (long long)round(x); }
HC_ONE long long llroundf(float x) { return (long long)roundf(x); }
HC_ONE long lround(double x) { return (long)round(x); }
HC_ONE long lroundf(float x) { return (long)roundf(x); }

/* ---- Exponents ---- */

/* x * 2^n. A step is 2^-969, not 2^-1022: if it ends below the normal numbers and is rounded there,
 * what is left to do makes it 0 or the smallest number, so nothing is rounded twice. */
HC_FN double ldexp(double x, int n) {
    const double up = hc_double(2046ull << 52), down = hc_double(54ull << 52);
    for (int i = 0; i < 2 && n > 1023; i++) x *= up, n -= 1023;
    for (int i = 0; i < 2 && n < -1022; i++) x *= down, n += 969;
    n = n > 1023 ? 1023 : n < -1022 ? -1022 : n;
    return x * hc_double((unsigned long long)(1023 + n) << 52);
}
HC_ONE double scalbn(double x, int n) { return ldexp(x, n); }
HC_ONE double scalbln(double x, long n) {
    return ldexp(x, n > 5000 ? 5000 : n < -5000 ? -5000 : (int)n);
}

/* The exponent of the leading bit; x is finite and not 0. */
HC_FN int hc_exponent(double x) {
    unsigned long long m = hc_bits(x) << 1 >> 1;
    int e = (int)(m >> 52);
    return e ? e - 1023 : -1011 - __builtin_clzll(m);
}
HC_FN int ilogb(double x) {
    if (!isfinite(x)) return isinf(x) ? 0x7fffffff : (int)0x80000000;
    return x == 0.0 ? (int)0x80000000 : hc_exponent(x);
}
HC_FN double logb(double x) {
    if (!isfinite(x)) return x * x;
    return x == 0.0 ? -hc_inf() : (double)hc_exponent(x);
}
HC_FN double frexp(double x, int *e) {
    *e = 0;
    if (x == 0.0 || !isfinite(x)) return x;
    *e = hc_exponent(x) + 1;
    return ldexp(x, -*e);
}
HC_FN double modf(double x, double *whole) {
    *whole = trunc(x);
    return copysign(isinf(x) ? 0.0 : x - *whole, x);
}
HC_FN double nextafter(double x, double y) {
    if (isnan(x) || isnan(y)) return x + y;
    if (x == y) return y;
    if (x == 0.0) return copysign(hc_double(1), y);
    return hc_double(hc_bits(x) + ((x < y) == (x > 0.0) ? 1ull : -1ull));
}
HC_FN float nextafterf(float x, float y) {
    if (isnan(x) || isnan(y)) return x + y;
    if (x == y) return y;
    if (x == 0.0f) return copysignf(hc_float(1), y);
    return hc_float(hc_bits(x) + ((x < y) == (x > 0.0f) ? 1u : -1u));
}
HC_ONE double fdim(double x, double y) { return x <= y ? 0.0 : x - y; }
HC_ONE float fdimf(float x, float y) { return x <= y ? 0.0f : x - y; }

/* ---- Pairs of doubles ---- */

struct hc_Pair {
    double hi, lo;
};

/* Sums and products that stay alone: the compiler must not fuse them with their neighbours, or what
 * is left over is no longer exact. */
#define HC_ALONE(name, instruction)                                                                \
    HC_ONE double name(double x, double y) {                                                       \
        double result;                                                                             \
        asm(instruction " %0, %1, %2;" : "=d"(result) : "d"(x), "d"(y));                           \
        return result;                                                                             \
    }
HC_ALONE(hc_add, "add.rn.f64")
HC_ALONE(hc_sub, "sub.rn.f64")
HC_ALONE(hc_mul, "mul.rn.f64")
#undef HC_ALONE
HC_ONE double hc_fma(double x, double y, double z) { return __builtin_fma(x, y, z); }

HC_ONE hc_Pair hc_fast(double x, double y) { /* x + y where |x| >= |y| */
    double s = hc_add(x, y);
    return {s, hc_sub(y, hc_sub(s, x))};
}
HC_ONE hc_Pair hc_sum(double x, double y) {
    double s = hc_add(x, y), t = hc_sub(s, x);
    return {s, hc_add(hc_sub(x, hc_sub(s, t)), hc_sub(y, t))};
}
HC_ONE hc_Pair hc_product(double x, double y) {
    double p = hc_mul(x, y);
    return {p, hc_fma(x, y, -p)};
}
HC_ONE hc_Pair hc_minus(hc_Pair x) { return {-x.hi, -x.lo}; }
HC_ONE hc_Pair hc_scale(hc_Pair x, double power) { return {x.hi * power, x.lo * power}; }
HC_FN hc_Pair hc_plus(hc_Pair x, hc_Pair y) {
    hc_Pair s = hc_sum(x.hi, y.hi), t = hc_sum(x.lo, y.lo);
    s = hc_fast(s.hi, hc_add(s.lo, t.hi));
    return hc_fast(s.hi, hc_add(s.lo, t.lo));
}
HC_FN hc_Pair hc_plus(hc_Pair x, double y) {
    hc_Pair s = hc_sum(x.hi, y);
    return hc_fast(s.hi, hc_add(s.lo, x.lo));
}
HC_ONE hc_Pair hc_times(hc_Pair x, hc_Pair y) {
    hc_Pair p = hc_product(x.hi, y.hi);
    return hc_fast(p.hi, hc_fma(x.hi, y.lo, hc_fma(x.lo, y.hi, p.lo)));
}
HC_ONE hc_Pair hc_times(hc_Pair x, double y) {
    hc_Pair p = hc_product(x.hi, y);
    return hc_fast(p.hi, hc_fma(x.lo, y, p.lo));
}
HC_FN hc_Pair hc_over(hc_Pair x, hc_Pair y) {
    double q = x.hi / y.hi;
    hc_Pair rest = hc_plus(x, hc_minus(hc_times(y, q)));
    return hc_fast(q, rest.hi / y.hi);
}
HC_FN hc_Pair hc_root(hc_Pair x) {
    double s = __builtin_sqrt(x.hi);
    if (s == 0.0) return {0.0, 0.0};
    double rest = hc_fma(-s, s, x.hi) + x.lo;
    return hc_fast(s, rest / (2.0 * s));
}

/* c[0] + c[1] x + ... + c[n-1] x^(n-1) */
template <int n> HC_ONE double hc_poly(double x, const double (&c)[n]) {
    double sum = c[n - 1];
#pragma unroll
    for (int i = n - 2; i >= 0; i--) sum = hc_fma(sum, x, c[i]);
    return sum;
}

HC_ONE hc_Pair hc_ln2() { return {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56}; }
HC_ONE hc_Pair hc_pi() { return {0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53}; }
HC_ONE hc_Pair hc_half_pi() { return {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54}; }

/* ---- exp: 2^(n/32) from a table, and e^r - 1 for the rest r, which is below 0.011 ---- */

HC_TABLE hc_Pair hc_exp_table[32] = {{0x1.000000p+0, 0x0.0p+0},
                                     {0x1.059b0d3158574p+0, 0x1.d73e2a475b465p-55},
                                     {0x1.0b5586cf9890fp+0, 0x1.8a62e4adc610bp-54},
                                     {0x1.11301d0125b51p+0, -0x1.6c51039449b3ap-54},
                                     {0x1.172b83c7d517bp+0, -0x1.19041b9d78a76p-55},
                                     {0x1.1d4873168b9aap+0, 0x1.e016e00a2643cp-54},
                                     {0x1.2387a6e756238p+0, 0x1.9b07eb6c70573p-54},
                                     {0x1.29e9df51fdee1p+0, 0x1.612e8afad1255p-55},
                                     {0x1.306fe0a31b715p+0, 0x1.6f46ad23182e4p-55},
                                     {0x1.371a7373aa9cbp+0, -0x1.63aeabf42eae2p-54},
                                     {0x1.3dea64c123422p+0, 0x1.ada0911f09ebcp-55},
                                     {0x1.44e086061892dp+0, 0x1.89b7a04ef80d0p-59},
                                     {0x1.4bfdad5362a27p+0, 0x1.d4397afec42e2p-56},
                                     {0x1.5342b569d4f82p+0, -0x1.07abe1db13cadp-55},
                                     {0x1.5ab07dd485429p+0, 0x1.6324c054647adp-54},
                                     {0x1.6247eb03a5585p+0, -0x1.383c17e40b497p-54},
                                     {0x1.6a09e667f3bcdp+0, -0x1.bdd3413b26456p-54},
                                     {0x1.71f75e8ec5f74p+0, -0x1.16e4786887a99p-55},
                                     {0x1.7a11473eb0187p+0, -0x1.41577ee04992fp-55},
                                     {0x1.82589994cce13p+0, -0x1.d4c1dd41532d8p-54},
                                     {0x1.8ace5422aa0dbp+0, 0x1.6e9f156864b27p-54},
                                     {0x1.93737b0cdc5e5p+0, -0x1.75fc781b57ebcp-57},
                                     {0x1.9c49182a3f090p+0, 0x1.c7c46b071f2bep-56},
                                     {0x1.a5503b23e255dp+0, -0x1.d2f6edb8d41e1p-54},
                                     {0x1.ae89f995ad3adp+0, 0x1.7a1cd345dcc81p-54},
                                     {0x1.b7f76f2fb5e47p+0, -0x1.5584f7e54ac3bp-56},
                                     {0x1.c199bdd85529cp+0, 0x1.11065895048ddp-55},
                                     {0x1.cb720dcef9069p+0, 0x1.503cbd1e949dbp-56},
                                     {0x1.d5818dcfba487p+0, 0x1.2ed02d75b3707p-55},
                                     {0x1.dfc97337b9b5fp+0, -0x1.1a5cd4f184b5cp-54},
                                     {0x1.ea4afa2a490dap+0, -0x1.e9c23179c2893p-54},
                                     {0x1.f50765b6e4540p+0, 0x1.9d3e12dd8a18bp-54}};

/* e^x is 2^(n/32) * (1 + p): returns n; |x| < 800. */
HC_FN int hc_exp_parts(hc_Pair x, hc_Pair *p) {
    const double step[] = {0x1.62e42fefa0000p-6, 0x1.cf79abc9e3b3ap-45};
    const double c[] = {1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040, 1.0 / 40320};
    double k = rint(x.hi * 0x1.71547652b82fep+5);
    hc_Pair fine = hc_product(k, step[1]), r = hc_sum(hc_fma(-k, step[0], x.hi), -fine.hi);
    r = hc_fast(r.hi, r.lo + (x.lo - fine.lo));
    hc_Pair square = hc_product(r.hi, r.hi);
    square.lo = hc_fma(2.0 * r.hi, r.lo, square.lo);
    double tail = r.hi * square.hi * hc_poly(r.hi, c);
    hc_Pair s = hc_fast(r.hi, 0.5 * square.hi);
    *p = hc_fast(s.hi, s.lo + (r.lo + 0.5 * square.lo + tail));
    return (int)k;
}
/* e^x as a pair from 1 to 2, times 2^e. */
HC_FN hc_Pair hc_exp_pair(hc_Pair x, int *e) {
    hc_Pair p;
    int n = hc_exp_parts(x, &p);
    hc_Pair t = hc_exp_table[n & 31];
    *e = n >> 5;
    return hc_plus(t, hc_times(t, p));
}
/* e^x - 1; |x| < 300 */
HC_FN hc_Pair hc_expm1_pair(hc_Pair x) {
    hc_Pair p;
    int n = hc_exp_parts(x, &p);
    if (n == 0) return p;
    hc_Pair t = hc_exp_table[n & 31];
    double power = hc_double((unsigned long long)(1023 + (n >> 5)) << 52);
    return hc_plus(hc_scale(hc_plus(t, hc_times(t, p)), power), -1.0);
}
HC_FN double hc_exp_of(hc_Pair x) {
    int e;
    if (isnan(x.hi)) return x.hi;
    if (x.hi > 710.0) return hc_inf();
    if (x.hi < -746.0) return 0.0;
    double m = hc_exp_pair(x, &e).hi;
    return ldexp(m, e);
}
HC_FN double exp(double x) { return hc_exp_of({x, 0.0}); }
HC_FN double exp2(double x) {
    return isfinite(x) && __builtin_fabs(x) < 2000.0 ? hc_exp_of(hc_times(hc_ln2(), x))
                                                     : hc_exp_of({x, 0.0});
}
HC_FN double exp10(double x) {
    const hc_Pair ln10 = {0x1.26bb1bbb55516p+1, -0x1.f48ad494ea3e9p-53};
    return isfinite(x) && __builtin_fabs(x) < 2000.0 ? hc_exp_of(hc_times(ln10, x))
                                                     : hc_exp_of({x, 0.0});
}
HC_FN double expm1(double x) {
    if (isnan(x) || __builtin_fabs(x) < 0x1p-54) return x;
    if (x < -50.0) return -1.0;
    return x > 100.0 ? exp(x) : hc_expm1_pair({x, 0.0}).hi;
}
HC_FN double sinh(double x) {
    double a = __builtin_fabs(x);
    int e;
    if (!isfinite(x) || a < 0x1p-28) return x;
    if (a > 711.0) return copysign(hc_inf(), x);
    if (a > 40.0) {
        hc_Pair m = hc_exp_pair({a, 0.0}, &e);
        return copysign(ldexp(m.hi, e - 1), x);
    }
    hc_Pair p = hc_expm1_pair({a, 0.0});
    return copysign(0.5 * hc_plus(p, hc_over(p, hc_plus(p, 1.0))).hi, x);
}
HC_FN double cosh(double x) {
    double a = __builtin_fabs(x);
    int e;
    if (!isfinite(x)) return x * x;
    if (a > 711.0) return hc_inf();
    hc_Pair m = hc_exp_pair({a, 0.0}, &e);
    if (a > 40.0) return ldexp(m.hi, e - 1);
    m = hc_scale(m, hc_double((unsigned long long)(1023 + e) << 52));
    return 0.5 * hc_plus(m, hc_over({1.0, 0.0}, m)).hi;
}
HC_FN double tanh(double x) {
    double a = __builtin_fabs(x);
    if (isnan(x) || a < 0x1p-28) return x;
    if (a > 22.0) return copysign(1.0, x);
    hc_Pair p = hc_expm1_pair({2.0 * a, 0.0});
    return copysign(hc_over(p, hc_plus(p, 2.0)).hi, x);
}

/* ---- log: x is 2^e c (1 + r) with c from a table, so that r is below 1/128 ---- */

struct hc_LogEntry {
    double inverse; /* 1/c, of so few bits that x/c is exact as a pair */
    hc_Pair log;    /* of c */
};
HC_TABLE hc_LogEntry hc_log_table[128] = {
    {0x1.000000p+0, {0x0.0p+0, 0x0.0p+0}},
    {0x1.fa0000p-1, {0x1.82448a388a2aap-7, 0x1.04b16137f09a0p-62}},
    {0x1.f60000p-1, {0x1.432a925980cc1p-6, -0x1.8cdaf39004192p-60}},
    {0x1.f20000p-1, {0x1.c63d2ec14aaf2p-6, -0x1.ce030a686bd86p-60}},
    {0x1.ef0000p-1, {0x1.149e3e4005a8dp-5, -0x1.53482d1f9d7d7p-61}},
    {0x1.eb0000p-1, {0x1.5715c4c03ceefp-5, -0x1.bbf88ec501b56p-61}},
    {0x1.e70000p-1, {0x1.9a187b573de7cp-5, -0x1.727626c86b3abp-59}},
    {0x1.e40000p-1, {0x1.ccb73cdddb2ccp-5, -0x1.e48fb0500efd4p-59}},
    {0x1.e00000p-1, {0x1.08598b59e3a07p-4, -0x1.dd7009902bf32p-58}},
    {0x1.dd0000p-1, {0x1.2207b5c78549ep-4, -0x1.cc0fbce104eaap-58}},
    {0x1.d90000p-1, {0x1.4485e03dbdfadp-4, 0x1.1ba349aadbc6ep-58}},
    {0x1.d60000p-1, {0x1.5e95a4d9791cbp-4, 0x1.f38745c5c450ap-58}},
    {0x1.d20000p-1, {0x1.8197e2f40e3f0p-4, 0x1.b9f2dffbeed43p-60}},
    {0x1.cf0000p-1, {0x1.9c0c32d4d2548p-4, 0x1.fb0be3ccc1532p-59}},
    {0x1.cc0000p-1, {0x1.b6ac88dad5b1cp-4, -0x1.0057eed1ca59fp-59}},
    {0x1.c90000p-1, {0x1.d179788219364p-4, 0x1.9daf7df76ad2ap-59}},
    {0x1.c60000p-1, {0x1.ec739830a1120p-4, -0x1.a2bf991780d3fp-59}},
    {0x1.c20000p-1, {0x1.08598b59e3a07p-3, -0x1.dd7009902bf32p-57}},
    {0x1.bf0000p-1, {0x1.160c8024b27b1p-3, -0x1.2d56ff61c2bfbp-57}},
    {0x1.bc0000p-1, {0x1.23d712a49c202p-3, -0x1.6e38161051d69p-57}},
    {0x1.b90000p-1, {0x1.31b994d3a4f85p-3, -0x1.c4716bdfc0cc9p-58}},
    {0x1.b60000p-1, {0x1.3fb45a59928ccp-3, -0x1.d87e6a354d056p-57}},
    {0x1.b30000p-1, {0x1.4dc7b897bc1c8p-3, -0x1.927d47803c5f4p-57}},
    {0x1.b10000p-1, {0x1.5737cc9018cddp-3, 0x1.4f4d710fec38ep-57}},
    {0x1.ae0000p-1, {0x1.6574ebe8c133ap-3, -0x1.d34f0f4621bedp-60}},
    {0x1.ab0000p-1, {0x1.73cb9074fd14dp-3, -0x1.521a000b4cf01p-57}},
    {0x1.a80000p-1, {0x1.823c16551a3c2p-3, -0x1.1232ce70be781p-57}},
    {0x1.a50000p-1, {0x1.90c6db9fcbcd9p-3, 0x1.054473941ad99p-57}},
    {0x1.a30000p-1, {0x1.9a8778debaa38p-3, 0x1.f47dfd871f87fp-57}},
    {0x1.a00000p-1, {0x1.a93ed3c8ad9e3p-3, 0x1.bcafa9de97203p-57}},
    {0x1.9d0000p-1, {0x1.b811730b823d2p-3, 0x1.a0ee735d9f0ecp-60}},
    {0x1.9b0000p-1, {0x1.c2028ab17f9b4p-3, 0x1.f11aa3853a5f1p-57}},
    {0x1.980000p-1, {0x1.d1037f2655e7bp-3, 0x1.60629242471a2p-57}},
    {0x1.960000p-1, {0x1.db13db0d48940p-3, 0x1.aa11d49f96cb9p-58}},
    {0x1.930000p-1, {0x1.ea4449f04aaf5p-3, -0x1.d33919ab94074p-57}},
    {0x1.910000p-1, {0x1.f474b134df229p-3, -0x1.27c77ded76aadp-58}},
    {0x1.8e0000p-1, {0x1.01eae5626c691p-2, -0x1.18290bd2932e2p-59}},
    {0x1.8c0000p-1, {0x1.07138604d5862p-2, 0x1.cdb16ed4e9138p-56}},
    {0x1.8a0000p-1, {0x1.0c42d676162e3p-2, 0x1.162c79d5d11eep-58}},
    {0x1.870000p-1, {0x1.14167ef367783p-2, 0x1.e0936abd4fa6ep-62}},
    {0x1.850000p-1, {0x1.1956d3b9bc2fap-2, 0x1.7b9d68d50a15dp-56}},
    {0x1.830000p-1, {0x1.1e9e1678899f4p-2, 0x1.512c3749a1e4ep-56}},
    {0x1.800000p-1, {0x1.269621134db92p-2, 0x1.e0efadd9db02bp-56}},
    {0x1.7e0000p-1, {0x1.2bef07cdc9354p-2, -0x1.82dad7fd86088p-56}},
    {0x1.7c0000p-1, {0x1.314f1e1d35ce4p-2, -0x1.3d69909e5c3dcp-56}},
    {0x1.7a0000p-1, {0x1.36b6776be1117p-2, -0x1.324f0e883858ep-58}},
    {0x1.780000p-1, {0x1.3c25277333184p-2, -0x1.2ad27e50a8ec6p-56}},
    {0x1.750000p-1, {0x1.44591e0539f49p-2, -0x1.2b125247b0fa5p-56}},
    {0x1.730000p-1, {0x1.49da7f3bcc41fp-2, -0x1.9964a168ccacap-57}},
    {0x1.710000p-1, {0x1.4f637ebba9810p-2, -0x1.58cb3124b9245p-56}},
    {0x1.6f0000p-1, {0x1.54f431b7be1a9p-2, -0x1.aacfdbbdab914p-56}},
    {0x1.6d0000p-1, {0x1.5a8cadbbedfa1p-2, -0x1.e6c2bdfb3e037p-58}},
    {0x1.6b0000p-1, {0x1.602d08af091ecp-2, -0x1.6e8920c09b73fp-58}},
    {0x1.690000p+0, {-0x1.5ff3070a793d4p-2, 0x1.bc60efafc6f6ep-57}},
    {0x1.670000p+0, {-0x1.5a42ab0f4cfe2p-2, 0x1.8ebcb7dee9a3dp-56}},
    {0x1.650000p+0, {-0x1.548a2c3add263p-2, 0x1.819cf7e308ddbp-57}},
    {0x1.630000p+0, {-0x1.4ec973260026ap-2, 0x1.42a87d977dc5ep-56}},
    {0x1.618000p+0, {-0x1.4a7373cecf997p-2, -0x1.cb140cabb6bdbp-56}},
    {0x1.5f8000p+0, {-0x1.44a41b463c47cp-2, 0x1.d70c8309edcfcp-56}},
    {0x1.5d8000p+0, {-0x1.3ecc460ef5f50p-2, 0x1.4313e09807affp-58}},
    {0x1.5b8000p+0, {-0x1.38ebdb38ed321p-2, 0x1.3e8cc159afd10p-56}},
    {0x1.5a0000p+0, {-0x1.347dd9a987d55p-2, 0x1.4dd4c580919f8p-57}},
    {0x1.580000p+0, {-0x1.2e8e2bae11d31p-2, 0x1.8f4cdb95ebdf9p-56}},
    {0x1.560000p+0, {-0x1.2895a13de86a3p-2, -0x1.7ad24c13f040ep-56}},
    {0x1.548000p+0, {-0x1.241558bfd1404p-2, 0x1.9bae06a5c872dp-65}},
    {0x1.528000p+0, {-0x1.1e0d0c33716bep-2, -0x1.e55361a93fe61p-57}},
    {0x1.510000p+0, {-0x1.1980d2dd4236fp-2, -0x1.9d3d1b0e4d147p-56}},
    {0x1.4f0000p+0, {-0x1.136870293a8b0p-2, -0x1.7b66298edd24ap-56}},
    {0x1.4d8000p+0, {-0x1.0ed005f657da4p-2, -0x1.c56bd2abfe82ap-56}},
    {0x1.4c0000p+0, {-0x1.0a324e27390e3p-2, -0x1.7dcfde8061c03p-56}},
    {0x1.4a0000p+0, {-0x1.0402594b4d041p-2, 0x1.28ec217a5022dp-57}},
    {0x1.488000p+0, {-0x1.feb0233e607ccp-3, -0x1.6e32d5e8c707fp-57}},
    {0x1.470000p+0, {-0x1.f550a564b7b37p-3, -0x1.c5f6dfd018c37p-61}},
    {0x1.450000p+0, {-0x1.e8c0252aa5a60p-3, 0x1.6e03a39bfc89bp-59}},
    {0x1.438000p+0, {-0x1.df46c0c722d2fp-3, -0x1.05616f20722e7p-57}},
    {0x1.420000p+0, {-0x1.d5c216b4fbb91p-3, -0x1.6e443597e4d40p-57}},
    {0x1.408000p+0, {-0x1.cc320c0176502p-3, -0x1.039a653793a85p-57}},
    {0x1.3f0000p+0, {-0x1.c2968558c18c1p-3, 0x1.73dee38a3fb6bp-57}},
    {0x1.3d8000p+0, {-0x1.b8ef670420c3bp-3, 0x1.999bd0ee3fe88p-57}},
    {0x1.3c0000p+0, {-0x1.af3c94e80bff3p-3, 0x1.398cff3641985p-58}},
    {0x1.3a8000p+0, {-0x1.a57df28244dcdp-3, 0x1.b9af132a24e39p-59}},
    {0x1.390000p+0, {-0x1.9bb362e7dfb83p-3, -0x1.575e31f003e0cp-57}},
    {0x1.378000p+0, {-0x1.91dcc8c340bdep-3, -0x1.aaf77bfd17182p-58}},
    {0x1.360000p+0, {-0x1.87fa06520c911p-3, 0x1.bf7fdbfa08d9ap-57}},
    {0x1.348000p+0, {-0x1.7e0afd630c274p-3, 0x1.83e270efcc373p-58}},
    {0x1.330000p+0, {-0x1.740f8f54037a5p-3, 0x1.b264062a84cdbp-58}},
    {0x1.318000p+0, {-0x1.6a079d0f7aad2p-3, 0x1.eedcbac2a7f18p-62}},
    {0x1.300000p+0, {-0x1.5ff3070a793d4p-3, 0x1.bc60efafc6f6ep-58}},
    {0x1.2e8000p+0, {-0x1.55d1ad4232d6fp-3, 0x1.ac8966e060839p-58}},
    {0x1.2d8000p+0, {-0x1.4f099f4a230b2p-3, -0x1.a0a02a1b24794p-61}},
    {0x1.2c0000p+0, {-0x1.44d2b6ccb7d1ep-3, -0x1.9f4f6543e1f88p-57}},
    {0x1.2a8000p+0, {-0x1.3a8eb2d31a376p-3, 0x1.220a8abf098f4p-60}},
    {0x1.290000p+0, {-0x1.303d718e47fd3p-3, 0x1.6b9c7d96091fap-63}},
    {0x1.280000p+0, {-0x1.29552f81ff523p-3, -0x1.301771c407dbfp-57}},
    {0x1.268000p+0, {-0x1.1eed90e2dc2c3p-3, 0x1.4e47b44db8540p-57}},
    {0x1.250000p+0, {-0x1.14785846742acp-3, -0x1.a28813e3a7f07p-57}},
    {0x1.240000p+0, {-0x1.0d77e7cd08e59p-3, -0x1.9a5dc5e9030acp-57}},
    {0x1.228000p+0, {-0x1.02ebb42bf3d4bp-3, 0x1.f4b9c01cb92c6p-59}},
    {0x1.218000p+0, {-0x1.f7b79fec37ddfp-4, 0x1.87e897ed01783p-59}},
    {0x1.200000p+0, {-0x1.e27076e2af2e6p-4, 0x1.61578001e0162p-60}},
    {0x1.1f0000p+0, {-0x1.d4313d66cb35dp-4, -0x1.790dd951d90fap-58}},
    {0x1.1d8000p+0, {-0x1.beba818146765p-4, 0x1.e2db7c7d5a130p-58}},
    {0x1.1c8000p+0, {-0x1.b05b49bee43fep-4, -0x1.160c7c252f298p-58}},
    {0x1.1b0000p+0, {-0x1.9ab42462033adp-4, 0x1.2099e1c184e8ep-59}},
    {0x1.1a0000p+0, {-0x1.8c345d6319b21p-4, 0x1.4a697ab3424a9p-61}},
    {0x1.188000p+0, {-0x1.765bf23a6be13p-4, -0x1.0ff28ef6a592fp-58}},
    {0x1.178000p+0, {-0x1.67bb0726ec0fcp-4, 0x1.b692c214ddbecp-58}},
    {0x1.168000p+0, {-0x1.590cafdf01c28p-4, -0x1.3d5c8aaea76d2p-58}},
    {0x1.150000p+0, {-0x1.42edcbea646f0p-4, -0x1.ddd4f935996c9p-59}},
    {0x1.140000p+0, {-0x1.341d7961bd1d1p-4, 0x1.b599f227becbbp-58}},
    {0x1.130000p+0, {-0x1.253f62f0a1417p-4, 0x1.c125963fc4cfdp-62}},
    {0x1.118000p+0, {-0x1.0ed839b5526fep-4, -0x1.7256ea8988a68p-61}},
    {0x1.108000p+0, {-0x1.ffae9119b9303p-5, -0x1.ba13162a9c446p-60}},
    {0x1.0f8000p+0, {-0x1.e19070c276016p-5, 0x1.19918a7a17dc1p-59}},
    {0x1.0e8000p+0, {-0x1.c355dd0921f2dp-5, 0x1.9b2a03e3be3a7p-60}},
    {0x1.0d0000p+0, {-0x1.95c830ec8e3ebp-5, -0x1.f5a0e80520bf2p-59}},
    {0x1.0c0000p+0, {-0x1.77458f632dcfcp-5, -0x1.18d3ca87b9296p-59}},
    {0x1.0b0000p+0, {-0x1.58a5bafc8e4d5p-5, 0x1.ce55c2b4e2b72p-59}},
    {0x1.0a0000p+0, {-0x1.39e87b9febd60p-5, 0x1.5bfa937f551bbp-59}},
    {0x1.090000p+0, {-0x1.1b0d98923d980p-5, 0x1.e9ae889bac481p-60}},
    {0x1.078000p+0, {-0x1.d91a66c543cc4p-6, 0x1.d34e608cbdaabp-62}},
    {0x1.068000p+0, {-0x1.9ace7551cc514p-6, -0x1.3409c1df8167fp-60}},
    {0x1.058000p+0, {-0x1.5c45a51b8d389p-6, 0x1.b10b6c3ec21b4p-60}},
    {0x1.048000p+0, {-0x1.1d7f7eb9eebe7p-6, 0x1.d41fe63d2dbf9p-61}},
    {0x1.038000p+0, {-0x1.bcf712c74384cp-7, 0x1.f6842688f499ap-62}},
    {0x1.028000p+0, {-0x1.3e7295d25a7d9p-7, 0x1.ff29a11443a06p-65}},
    {0x1.018000p+0, {-0x1.7ee11ebd82e94p-8, 0x1.61e96e2fc5d90p-62}},
    {0x1.000000p+0, {0x0.0p+0, 0x0.0p+0}},
};

HC_FN hc_Pair hc_log_pair(hc_Pair x) { /* x > 0 and finite */
    const double ln2[] = {0x1.62e42fefa3800p-1, 0x1.ef35793c76730p-45};
    const double c[] = {1.0 / 3, -1.0 / 4, 1.0 / 5, -1.0 / 6,
                        1.0 / 7, -1.0 / 8, 1.0 / 9, -1.0 / 10};
    int e = hc_exponent(x.hi);
    x = {ldexp(x.hi, -e), ldexp(x.lo, -e)};
    int j = (int)(hc_bits(x.hi) >> 45 & 127);
    if (j >= 53) x = hc_scale(x, 0.5), e++;
    hc_LogEntry t = hc_log_table[j];
    hc_Pair p = hc_product(x.hi, t.inverse), r = hc_sum(hc_sub(p.hi, 1.0), p.lo);
    r = hc_sum(r.hi, hc_fma(x.lo, t.inverse, r.lo));
    hc_Pair square = hc_product(r.hi, r.hi);
    square.lo = hc_fma(2.0 * r.hi, r.lo, square.lo);
    double tail = r.hi * square.hi * hc_poly(r.hi, c);
    hc_Pair s = hc_fast(r.hi, -0.5 * square.hi);
    s = hc_fast(s.hi, s.lo + (r.lo - 0.5 * square.lo + tail));
    return hc_plus(hc_plus(hc_sum(e * ln2[0], e * ln2[1]), t.log), s);
}
/* What log, log2 and log10 have in common: the values that need no computing. */
HC_ONE bool hc_log_special(double x, double *y) {
    *y = x == 0.0 ? -hc_inf() : x < 0.0 ? hc_nan() : x;
    return !(x > 0.0) || isinf(x);
}
HC_FN double log(double x) {
    double y;
    return hc_log_special(x, &y) ? y : hc_log_pair({x, 0.0}).hi;
}
HC_FN double log2(double x) {
    double y;
    return hc_log_special(x, &y) ? y
                                 : hc_times(hc_log_pair({x, 0.0}),
                                            hc_Pair{0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56})
                                       .hi;
}
HC_FN double log10(double x) {
    double y;
    return hc_log_special(x, &y) ? y
                                 : hc_times(hc_log_pair({x, 0.0}),
                                            hc_Pair{0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57})
                                       .hi;
}
HC_FN hc_Pair hc_log1p_pair(hc_Pair x) { /* x > -1 */
    hc_Pair s = hc_sum(1.0, x.hi);
    return hc_log_pair(hc_fast(s.hi, s.lo + x.lo));
}
HC_FN double log1p(double x) {
    if (!(x > -1.0)) return x == -1.0 ? -hc_inf() : hc_nan();
    if (isinf(x) || __builtin_fabs(x) < 0x1p-54) return x;
    return hc_log1p_pair({x, 0.0}).hi;
}
HC_FN double asinh(double x) {
    double a = __builtin_fabs(x);
    if (!isfinite(x)) return x;
    if (a < 0x1p-28) return x;
    if (a < 0x1p-12) return hc_fma(x * x * x, hc_fma(x * x, 3.0 / 40, -1.0 / 6), x);
    if (a > 0x1p40) return copysign(hc_plus(hc_log_pair({a, 0.0}), hc_ln2()).hi, x);
    hc_Pair square = hc_product(a, a), root = hc_root(hc_plus(square, 1.0));
    hc_Pair y = hc_log1p_pair(hc_plus(hc_over(square, hc_plus(root, 1.0)), a));
    return copysign(y.hi, x);
}
HC_FN double acosh(double x) {
    if (!(x >= 1.0)) return hc_nan();
    if (isinf(x)) return x;
    if (x > 0x1p40) return hc_plus(hc_log_pair({x, 0.0}), hc_ln2()).hi;
    double t = x - 1.0; /* exact below 2, and of no weight above it */
    hc_Pair s = hc_sum(x, -1.0), root = hc_root(hc_times(s, hc_sum(x, 1.0)));
    return t == 0.0 ? 0.0 : hc_log1p_pair(hc_plus(s, root)).hi;
}
HC_FN double atanh(double x) {
    double a = __builtin_fabs(x);
    if (!(a < 1.0)) return a == 1.0 ? copysign(hc_inf(), x) : hc_nan();
    if (a < 0x1p-12) return hc_fma(x * x * x, hc_fma(x * x, 0.2, 1.0 / 3), x);
    hc_Pair y = hc_log_pair(hc_over(hc_sum(1.0, a), hc_sum(1.0, -a)));
    return copysign(0.5 * y.hi, x);
}

/* ---- pow ---- */

HC_FN double pow(double x, double y) {
    double a = __builtin_fabs(x), b = __builtin_fabs(y);
    if (y == 0.0 || x == 1.0) return 1.0;
    if (isnan(x) || isnan(y)) return x + y;
    bool whole = rint(y) == y, odd = whole && b < 0x1p53 && rint(0.5 * y) != 0.5 * y;
    double sign = odd ? copysign(1.0, x) : 1.0;
    if (a == 1.0 && (isinf(y) || x > 0.0)) return 1.0;
    if (isinf(y)) return (a > 1.0) == (y > 0.0) ? hc_inf() : 0.0;
    if (a == 0.0 || isinf(x)) return sign * ((a == 0.0) == (y < 0.0) ? hc_inf() : 0.0);
    if (x < 0.0 && !whole) return hc_nan();
    hc_Pair l = hc_log_pair({a, 0.0});
    double estimate = l.hi * y;
    if (!(__builtin_fabs(estimate) < 800.0)) return sign * (estimate > 0.0 ? hc_inf() : 0.0);
    return sign * hc_exp_of(hc_times(l, y));
}

/* ---- Roots ---- */

HC_ONE double rsqrt(double x) { return 1.0 / __builtin_sqrt(x); }
HC_FN double cbrt(double x) {
    if (x == 0.0 || !isfinite(x)) return x;
    double a = __builtin_fabs(x);
    int e = hc_exponent(a), third = e >= 0 ? e / 3 : -((2 - e) / 3);
    a = ldexp(a, -3 * third); /* from 1 to 8 */
    double y = hc_fma(hc_fma(-0.0157, a, 0.283), a, 0.76);
    for (int i = 0; i < 4; i++) y -= (y - a / (y * y)) * (1.0 / 3); /* Newton: 4 to 60 bits */
    hc_Pair square = hc_product(y, y), cube = hc_times(square, y);
    y -= ((cube.hi - a) + cube.lo) / (3.0 * square.hi);
    return copysign(ldexp(y, third), x);
}
HC_FN double rcbrt(double x) { return 1.0 / cbrt(x); }
/* The hypotenuse is the result times 2^e; x and y are finite, and not both are 0. */
HC_FN double hc_hypot(double x, double y, int *e) {
    double a = __builtin_fabs(x), b = __builtin_fabs(y);
    if (a < b) x = a, a = b, b = x;
    *e = hc_exponent(a);
    a = ldexp(a, -*e), b = ldexp(b, -*e);
    return hc_root(hc_plus(hc_product(a, a), hc_product(b, b))).hi;
}
HC_FN double hypot(double x, double y) {
    int e;
    if (isinf(x) || isinf(y)) return hc_inf();
    if (isnan(x) || isnan(y)) return x + y;
    double h = x == 0.0 && y == 0.0 ? 0.0 : hc_hypot(x, y, &e);
    return h == 0.0 ? h : ldexp(h, e);
}
HC_FN double rhypot(double x, double y) {
    int e;
    if (isinf(x) || isinf(y)) return 0.0;
    if (isnan(x) || isnan(y)) return x + y;
    double h = x == 0.0 && y == 0.0 ? 0.0 : hc_hypot(x, y, &e);
    return h == 0.0 ? hc_inf() : ldexp(1.0 / h, -e);
}

/* ---- sin, cos, tan: x less a multiple of pi/2, as a pair ---- */

HC_TABLE unsigned long long hc_two_over_pi[21] = {0, /* then its first 1280 bits */
                                                  0xa2f9836e4e441529,
                                                  0xfc2757d1f534ddc0,
                                                  0xdb6295993c439041,
                                                  0xfe5163abdebbc561,
                                                  0xb7246e3a424dd2e0,
                                                  0x06492eea09d1921c,
                                                  0xfe1deb1cb129a73e,
                                                  0xe88235f52ebb4484,
                                                  0xe99c7026b45f7e41,
                                                  0x3991d639835339f4,
                                                  0x9c845f8bbdf9283b,
                                                  0x1ff897ffde05980f,
                                                  0xef2f118b5a0a6d1f,
                                                  0x6d367ecf27cb09b7,
                                                  0x4f463f669e5fea2d,
                                                  0x7527bac7ebe5f17b,
                                                  0x3d0739f78a5292ea,
                                                  0x6bfb5fb11f8d5d08,
                                                  0x56033046fc7b6bab,
                                                  0xf0cfbc209af4361d};

/* x = quadrant * pi/2 + r for a large x: the part of x * 2/pi below 4, in whole numbers. Bits of
 * 2/pi that give multiples of 4 are left out; 192 of the next are taken, of which no x of double
 * precision cancels more than 62. */
HC_FN int hc_reduce_large(double x, hc_Pair *r) {
    unsigned long long bits = hc_bits(x), m = (bits & ((1ull << 52) - 1)) | 1ull << 52, w[3], f[3];
    int start = 62 + (int)(bits >> 52 & 0x7ff) - 1075, shift = start & 63;
    for (int i = 0; i < 3; i++) {
        const unsigned long long *words = hc_two_over_pi + (start >> 6) + i;
        w[i] = shift ? words[0] << shift | words[1] >> (64 - shift) : words[0];
    }
    unsigned __int128 p2 = (unsigned __int128)m * w[2], p1 = (unsigned __int128)m * w[1];
    p1 += (unsigned long long)(p2 >> 64);
    f[0] = m * w[0] + (unsigned long long)(p1 >> 64);
    f[1] = (unsigned long long)p1, f[2] = (unsigned long long)p2;
    int quadrant = (int)(f[0] >> 62);
    f[0] = f[0] << 2 | f[1] >> 62; /* now the fraction, of which a half and more is negative */
    f[1] = f[1] << 2 | f[2] >> 62;
    f[2] <<= 2;
    double sign = 1.0;
    if (f[0] >> 63) {
        quadrant++, sign = -1.0;
        f[2] = -f[2];
        f[1] = ~f[1] + !f[2];
        f[0] = ~f[0] + (!f[2] && !f[1]);
    }
    int zeros = f[0] ? __builtin_clzll(f[0]) : 63;
    if (zeros) {
        f[0] = f[0] << zeros | f[1] >> (64 - zeros);
        f[1] = f[1] << zeros | f[2] >> (64 - zeros);
    }
    double unit = sign * hc_double((unsigned long long)(1023 - 53 - zeros) << 52);
    hc_Pair part = {(double)(f[0] >> 11) * unit,
                    (double)(f[0] << 53 | f[1] >> 11) * (unit * 0x1p-64)};
    *r = hc_times(hc_half_pi(), part);
    if (x < 0.0) *r = hc_minus(*r), quadrant = -quadrant;
    return quadrant;
}
HC_FN int hc_reduce(double x, hc_Pair *r) {
    const double half_pi[] = {0x1.921fb54400000p+0, 0x1.0b4611a600000p-34, 0x1.3198a2e000000p-69,
                              0x1.b839a252049c1p-104};
    double a = __builtin_fabs(x);
    *r = {x, 0.0};
    if (a < 0.785) return 0;
    if (a > 0x1p20) return hc_reduce_large(x, r);
    double k = rint(x * 0x1.45f306dc9c883p-1);
    hc_Pair s = hc_sum(hc_fma(-k, half_pi[0], x), -k * half_pi[1]); /* products are exact */
    hc_Pair t = hc_sum(s.hi, -k * half_pi[2]), u = hc_sum(s.lo, t.lo);
    t = hc_sum(t.hi, u.hi);
    hc_Pair last = hc_product(k, half_pi[3]);
    *r = hc_plus(t, hc_plus(hc_minus(last), u.lo));
    return (int)k;
}
/* For |r| <= pi/4, with some 56 bits. */
HC_FN hc_Pair hc_sin_pair(hc_Pair r) {
    const double c[] = {-0x1.5555555555555p-3, 0x1.1111111111110p-7,   -0x1.a01a01a019936p-13,
                        0x1.71de3a54605eep-19, -0x1.ae64541266378p-26, 0x1.61217ec01749dp-33,
                        -0x1.ab17a79237a19p-41};
    double z = r.hi * r.hi;
    double cosine = hc_fma(z, hc_fma(z, 1.0 / 24, -0.5), 1.0);
    return hc_fast(r.hi, hc_fma(r.lo, cosine, r.hi * z * hc_poly(z, c)));
}
HC_FN hc_Pair hc_cos_pair(hc_Pair r) {
    const double c[] = {0x1.5555555555555p-5,   -0x1.6c16c16c16c16p-10, 0x1.a01a01a019d0ap-16,
                        -0x1.27e4fb7712bdfp-22, 0x1.1eed8deb6d561p-29,  -0x1.9394b9c9c20a4p-37,
                        0x1.ab783376962cfp-45};
    hc_Pair z = hc_product(r.hi, r.hi), w = hc_fast(1.0, -0.5 * z.hi);
    double sine = r.hi * hc_fma(z.hi, -1.0 / 6, 1.0);
    return hc_fast(w.hi,
                   w.lo + hc_fma(z.hi * z.hi, hc_poly(z.hi, c), hc_fma(-sine, r.lo, -0.5 * z.lo)));
}
HC_ONE hc_Pair hc_turned(hc_Pair r, int quadrant) { /* sin(r + quadrant * pi/2) */
    hc_Pair y = quadrant & 1 ? hc_cos_pair(r) : hc_sin_pair(r);
    return quadrant & 2 ? hc_minus(y) : y;
}
HC_FN double sin(double x) {
    hc_Pair r;
    if (!isfinite(x)) return hc_nan();
    if (__builtin_fabs(x) < 0x1p-27) return x;
    int quadrant = hc_reduce(x, &r);
    return hc_turned(r, quadrant).hi;
}
HC_FN double cos(double x) {
    hc_Pair r;
    if (!isfinite(x)) return hc_nan();
    int quadrant = hc_reduce(x, &r);
    return hc_turned(r, quadrant + 1).hi;
}
HC_FN void sincos(double x, double *s, double *c) { *s = sin(x), *c = cos(x); }
HC_FN double tan(double x) {
    hc_Pair r;
    if (!isfinite(x)) return hc_nan();
    if (__builtin_fabs(x) < 0x1p-27) return x;
    int quadrant = hc_reduce(x, &r);
    return hc_over(hc_turned(r, quadrant), hc_turned(r, quadrant + 1)).hi;
}
/* pi * x less whole turns, exactly reduced. */
HC_FN int hc_reduce_pi(double x, hc_Pair *r) {
    x -= 2.0 * rint(0.5 * x);
    double k = rint(2.0 * x);
    *r = hc_times(hc_pi(), hc_fma(-0.5, k, x));
    return (int)k;
}
HC_FN double sinpi(double x) {
    hc_Pair r;
    if (!isfinite(x)) return hc_nan();
    if (rint(x) == x) return copysign(0.0, x);
    if (__builtin_fabs(x) < 0x1p-900) return x * hc_pi().hi;
    int quadrant = hc_reduce_pi(x, &r);
    return hc_turned(r, quadrant).hi;
}
HC_FN double cospi(double x) {
    hc_Pair r;
    if (!isfinite(x)) return hc_nan();
    int quadrant = hc_reduce_pi(x, &r);
    return r.hi == 0.0 && (quadrant & 1) ? 0.0 : hc_turned(r, quadrant + 1).hi;
}
HC_FN void sincospi(double x, double *s, double *c) { *s = sinpi(x), *c = cospi(x); }

/* ---- atan and what comes from it: the angle of the point (x, y), less that of (8, k) ---- */

HC_TABLE hc_Pair hc_atan_table[9] = {{0x0.0p+0, 0x0.0p+0},
                                     {0x1.fd5ba9aac2f6ep-4, -0x1.cd37686760c17p-59},
                                     {0x1.f5b75f92c80ddp-3, 0x1.8ab6e3cf7afbdp-57},
                                     {0x1.6f61941e4def1p-2, -0x1.c63aae6f6e918p-56},
                                     {0x1.dac670561bb4fp-2, 0x1.a2b7f222f65e2p-56},
                                     {0x1.1e00babdefeb4p-1, -0x1.928df287a668fp-58},
                                     {0x1.4978fa3269ee1p-1, 0x1.2419a87f2a458p-56},
                                     {0x1.700a7c5784634p-1, -0x1.8c34d25aadef6p-56},
                                     {0x1.921fb54442d18p-1, 0x1.1a62633145c07p-55}};

HC_FN hc_Pair hc_angle(hc_Pair y, hc_Pair x) { /* both >= 0, not both 0 */
    const double c[] = {-1.0 / 3,  1.0 / 5,  -1.0 / 7,  1.0 / 9,
                        -1.0 / 11, 1.0 / 13, -1.0 / 15, 1.0 / 17};
    bool steep = y.hi > x.hi;
    hc_Pair a = steep ? x : y, b = steep ? y : x; /* the angle of a / b <= 1 */
    double k = rint(8.0 * (a.hi / b.hi)), slope = 0.125 * k;
    hc_Pair t = hc_over(hc_plus(a, hc_times(b, -slope)), hc_plus(b, hc_times(a, slope)));
    double z = t.hi * t.hi;
    t = hc_fast(t.hi, hc_fma(t.hi * z, hc_poly(z, c), t.lo));
    t = hc_plus(hc_atan_table[(int)k], t);
    return steep ? hc_plus(hc_half_pi(), hc_minus(t)) : t;
}
HC_FN double atan(double x) {
    double a = __builtin_fabs(x);
    if (isnan(x) || a < 0x1p-27) return x;
    return copysign(a > 0x1p60 ? hc_half_pi().hi : hc_angle({a, 0.0}, {1.0, 0.0}).hi, x);
}
HC_FN double atan2(double y, double x) {
    if (isnan(x) || isnan(y)) return x + y;
    double a = __builtin_fabs(x), b = __builtin_fabs(y);
    if (isinf(x)) a = 1.0, b = isinf(y) ? 1.0 : 0.0;
    else if (isinf(y)) a = 0.0, b = 1.0;
    int steps = a == 0.0 ? 100 : b == 0.0 ? -100 : hc_exponent(b) - hc_exponent(a);
    if (b == 0.0) return copysign(signbit(x) ? hc_pi().hi : 0.0, y);
    if (steps > 60) return copysign(hc_half_pi().hi, y);
    if (steps < -60) return signbit(x) ? copysign(hc_pi().hi, y) : y / x;
    int e = -hc_exponent(a);
    hc_Pair t = hc_angle({ldexp(b, e), 0.0}, {ldexp(a, e), 0.0});
    return copysign(signbit(x) ? hc_plus(hc_pi(), hc_minus(t)).hi : t.hi, y);
}
/* sqrt(1 - x^2) */
HC_FN hc_Pair hc_other_side(double x) { return hc_root(hc_times(hc_sum(1.0, -x), hc_sum(1.0, x))); }
HC_FN double asin(double x) {
    double a = __builtin_fabs(x);
    if (!(a <= 1.0)) return hc_nan();
    return a < 0x1p-27 ? x : copysign(hc_angle({a, 0.0}, hc_other_side(a)).hi, x);
}
HC_FN double acos(double x) {
    double a = __builtin_fabs(x);
    if (!(a <= 1.0)) return hc_nan();
    hc_Pair t = hc_angle(hc_other_side(a), {a, 0.0});
    return x < 0.0 ? hc_plus(hc_pi(), hc_minus(t)).hi : t.hi;
}

/* ---- Remainders: long division in whole numbers, 11 bits a step ---- */

/* |x| mod |y|, and the last bits of the quotient; both are finite, and y is not 0. The remainder is
 * m * 2^e, as is |y| with *divisor. */
HC_FN unsigned long long hc_divide(double x, double y, unsigned long long *divisor, int *e,
                                   unsigned int *quotient) {
    unsigned long long bx = hc_bits(x) << 1 >> 1, by = hc_bits(y) << 1 >> 1;
    unsigned long long m = bx & ((1ull << 52) - 1), d = by & ((1ull << 52) - 1);
    int ex = (int)(bx >> 52), ey = (int)(by >> 52);
    if (ex) m |= 1ull << 52, ex--;
    if (ey) d |= 1ull << 52, ey--;
    *quotient = 0;
    *divisor = d;
    *e = ey - 1074;
    if (ex < ey) { /* the quotient is 0; half of y is what matters then */
        if (ey - ex > 2) *divisor = ~0ull >> 1;
        else *divisor = d << (ey - ex);
        *e = ex - 1074;
        return m;
    }
    *quotient = (unsigned int)(m / d);
    m %= d;
    for (int steps = ex - ey; steps > 0;) {
        int step = steps < 11 ? steps : 11;
        m <<= step;
        *quotient = *quotient << step | (unsigned int)(m / d);
        m %= d;
        steps -= step;
    }
    return m;
}
HC_FN double fmod(double x, double y) {
    unsigned long long d;
    unsigned int q;
    int e;
    if (!isfinite(x) || isnan(y) || y == 0.0) return hc_nan();
    if (isinf(y) || __builtin_fabs(x) < __builtin_fabs(y)) return x;
    unsigned long long m = hc_divide(x, y, &d, &e, &q);
    return copysign(ldexp((double)m, e), x);
}
HC_FN double remquo(double x, double y, int *quotient) {
    unsigned long long d;
    unsigned int q;
    int e;
    *quotient = 0;
    if (!isfinite(x) || isnan(y) || y == 0.0) return hc_nan();
    if (isinf(y)) return x;
    unsigned long long m = hc_divide(x, y, &d, &e, &q);
    bool up = 2 * m > d || (2 * m == d && (q & 1));
    q = (q + up) & 0x7fffffff;
    *quotient = signbit(x) == signbit(y) ? (int)q : -(int)q;
    double r = up ? -ldexp((double)(d - m), e) : ldexp((double)m, e);
    return r == 0.0 ? copysign(0.0, x) : signbit(x) ? -r : r;
}
HC_FN double remainder(double x, double y) {
    int quotient;
    return remquo(x, y, &quotient);
}

/* ---- erf: a series below 1/2, from there e^(-x^2) times a smooth function ---- */

/* c0 + v * (c[0] + c[1] v + ...) */
template <int n> HC_ONE hc_Pair hc_poly_pair(double v, hc_Pair c0, const double (&c)[n]) {
    return hc_plus(hc_product(v, hc_poly(v, c)), c0);
}
HC_FN hc_Pair hc_erf_small(double x) { /* |x| <= 1/2 */
    const double c[] = {-0x1.812746b0379e7p-2,  0x1.ce2f21a042be0p-4,   -0x1.b82ce312889f1p-6,
                        0x1.565bcd0e5f524p-8,   -0x1.c02db3f9d2e63p-11, 0x1.f9a324a1fafb9p-14,
                        -0x1.f4d1cfbaa6a39p-17, 0x1.b9d19916428c3p-20,  -0x1.5d762279d8204p-23,
                        0x1.c6059fbd11bd2p-27};
    return hc_times(hc_poly_pair(x * x, {0x1.20dd750429b6dp+0, 0x1.1ae31059f63d4p-56}, c), x);
}
HC_FN hc_Pair hc_erfcx_pair(double x) { /* e^(x^2) erfc(x) for x >= 1/2 */
    const double c1[] = {-0x1.78cdd551ee51ap-2,  0x1.d90093ae10928p-3,   -0x1.09e77d40e0239p-3,
                         0x1.1192f5bd686e0p-4,   -0x1.054d68295b1e7p-5,  0x1.d43a7c7a8d2edp-7,
                         -0x1.8c97dd4ebbc8ap-8,  0x1.3f8189568e487p-9,   -0x1.ec0cf4b59fcdap-11,
                         0x1.6b9854f9dee14p-12,  -0x1.02b1788882ce9p-13, 0x1.635a1ca888cf3p-15,
                         -0x1.d89e5750955abp-17, 0x1.384edb1c811a0p-18,  -0x1.870db7bbda793p-20};
    const double c2[] = {-0x1.4f1988444caf7p-3,  0x1.37ea271bc54bdp-4,   -0x1.0dc51d2941e6bp-5,
                         0x1.b65944f34f7abp-7,   -0x1.513ed7600d679p-8,  0x1.ee705e7364af4p-10,
                         -0x1.5b0abfe60eb7ep-11, 0x1.d4509d0cf712fp-13,  -0x1.30c0ec9d0de4fp-14,
                         0x1.7f99794b93823p-16,  -0x1.d415579eabdaep-18, 0x1.156c86a413bc6p-19,
                         -0x1.4009e6dbe4d91p-21, 0x1.67d4440338f94p-23,  -0x1.89bb86efe1cd8p-25,
                         0x1.a65d02ec951dep-27,  -0x1.dfedf0fc63352p-29, 0x1.ebbcb67e59cfep-31};
    const double c4[] = {-0x1.bd6ae4d14b16fp-5,  0x1.043fe1a98c0cdp-6,   -0x1.259061ba856a8p-8,
                         0x1.409cc2ed3ff0dp-10,  -0x1.53dec9d087803p-12, 0x1.5e73930483978p-14,
                         -0x1.6025103d3b493p-16, 0x1.595f1b5ea5bbbp-18,  -0x1.4b146223f9af1p-20,
                         0x1.3699046b31997p-22,  -0x1.1d79285a0355bp-24, 0x1.01509deec3c79p-26,
                         -0x1.c74ced82aca93p-29, 0x1.8bbb282ea5609p-31,  -0x1.529089dffbe4ep-33,
                         0x1.1c92875e5825cp-35,  -0x1.cc3e6ba75f9d4p-38, 0x1.779a0c4fb5558p-40,
                         -0x1.79f83442454f5p-42, 0x1.29b71cb181b72p-44};
    const double c8[] = {-0x1.ed7f66d9d09fep-7,  0x1.3c7764a81f453p-9,   -0x1.9106a7cd79e2cp-12,
                         0x1.f64cd9c07dc28p-15,  -0x1.370d06417898fp-17, 0x1.7d0e03ec8b2b5p-20,
                         -0x1.cde4cecbb11a2p-23, 0x1.151346e8ae22cp-25,  -0x1.491bb11845652p-28,
                         0x1.832004ec3d6e4p-31,  -0x1.c312b391f19fap-34, 0x1.0461f39621b5ap-36,
                         -0x1.29e7ea64ec2e6p-39, 0x1.519ffa4478e24p-42,  -0x1.7ba3218ba50eap-45,
                         0x1.aba7e0d93601cp-48,  -0x1.d8b4cc0837307p-51, 0x1.d27c095dabbc0p-54,
                         -0x1.fd76e574c83dap-57, 0x1.c2ad9ac6b4efap-59,  -0x1.e0432d2d9df09p-62};
    const double c_up[] = {-0x1.20dd750429b6dp-2, 0x1.b14c2f863e79cp-2,  -0x1.0ecf9db3ca673p+0,
                           0x1.d9eb53d7ea82cp+1,  -0x1.0a9458f321d2ap+4, 0x1.6e8a9145d26dep+6,
                           -0x1.29b5984aaf6d9p+9, 0x1.15c17e535081bp+12, -0x1.1bc01c3556634p+15,
                           0x1.141c81b485958p+18, -0x1.5e7c994045e81p+20};
    if (x < 1.0) return hc_poly_pair(x - 0.75, {0x1.038d54ea3d834p-1, -0x1.ec28a7936474fp-55}, c1);
    if (x < 2.0) return hc_poly_pair(x - 1.5, {0x1.494daffa2ad68p-2, 0x1.39bdf0f0d8e21p-56}, c2);
    if (x < 4.0) return hc_poly_pair(x - 3.0, {0x1.6e9827d229d2dp-3, -0x1.90753de713593p-58}, c4);
    if (x < 8.0) return hc_poly_pair(x - 6.0, {0x1.7c0348489d721p-4, 0x1.d28d60d8c96ebp-58}, c8);
    double inverse = 1.0 / x;
    return hc_over(
        hc_poly_pair(inverse * inverse, {0x1.20dd750429b6dp-1, 0x1.1ae0067db808ep-57}, c_up),
        {x, 0.0});
}
/* erfc(x) is the pair times 2^e; 1/2 <= x < 28 */
HC_FN hc_Pair hc_erfc_pair(double x, int *e) {
    return hc_times(hc_exp_pair(hc_minus(hc_product(x, x)), e), hc_erfcx_pair(x));
}
HC_FN double erfc(double x) {
    double a = __builtin_fabs(x);
    int e;
    if (isnan(x)) return x;
    if (a < 0.5) return hc_plus(hc_minus(hc_erf_small(x)), 1.0).hi;
    if (a >= 28.0) return x > 0.0 ? 0.0 : 2.0;
    hc_Pair y = hc_erfc_pair(a, &e);
    if (x > 0.0) return ldexp(y.hi, e);
    return hc_plus(hc_minus({ldexp(y.hi, e), ldexp(y.lo, e)}), 2.0).hi;
}
HC_FN double erf(double x) {
    double a = __builtin_fabs(x);
    int e;
    if (isnan(x) || x == 0.0) return x;
    if (a < 0.5) return a < 0x1p-1000 ? x * 0x1.20dd750429b6dp+0 : hc_erf_small(x).hi;
    if (a > 6.0) return copysign(1.0, x);
    hc_Pair y = hc_erfc_pair(a, &e);
    return copysign(hc_plus(hc_minus({ldexp(y.hi, e), ldexp(y.lo, e)}), 1.0).hi, x);
}
HC_FN double erfcx(double x) {
    int e;
    if (isnan(x)) return x;
    if (x > 0x1p30) return 0x1.20dd750429b6dp-1 / x; /* 1 / (sqrt(pi) x) */
    if (x >= 0.5) return hc_erfcx_pair(x).hi;
    if (x < -27.0) return hc_inf();
    hc_Pair m = hc_exp_pair(hc_product(x, x), &e), y;
    if (x > -0.5) return ldexp(hc_times(m, hc_plus(hc_minus(hc_erf_small(x)), 1.0)).hi, e);
    y = hc_plus(hc_minus(hc_erfcx_pair(-x)), 0.0);
    m = hc_plus(hc_scale(m, 2.0), hc_scale(y, e < 1000 ? ldexp(1.0, -e) : 0.0));
    return ldexp(m.hi, e);
}

/* ---- Gamma: Stirling's series from 13 on; below it, the product of the steps up to there ---- */

/* log of gamma(x + n), n such that x + n >= 13, and the product of x to x + n - 1; x > 0 */
HC_FN hc_Pair hc_stirling(double x, hc_Pair *steps) {
    const double c[] = {0x1.5555555555555p-4,   -0x1.6c16c16c16c16p-9, 0x1.a01a01a018c47p-11,
                        -0x1.381381318c8d0p-11, 0x1.b951d1c4cc5c6p-11, -0x1.f69f1796a5042p-10,
                        0x1.a1be71bab0f5bp-8,   -0x1.a5071e7357e82p-6};
    *steps = {1.0, 0.0};
    hc_Pair y = {x, 0.0};
    for (double n = 0.0; y.hi < 13.0;) {
        *steps = hc_times(*steps, y);
        n += 1.0;
        y = hc_sum(n, x);
    }
    double inverse = 1.0 / y.hi;
    hc_Pair s = hc_times(hc_plus(y, -0.5), hc_log_pair(y));
    s = hc_plus(hc_plus(s, hc_minus(y)), hc_Pair{0x1.d67f1c864beb5p-1, -0x1.65b5a1b7ff5dfp-55});
    return hc_plus(s, inverse * hc_poly(inverse * inverse, c));
}
HC_FN hc_Pair hc_sinpi_pair(double x) {
    hc_Pair r;
    int quadrant = hc_reduce_pi(x, &r);
    return hc_turned(r, quadrant);
}
HC_FN double tgamma(double x) {
    double a = __builtin_fabs(x);
    hc_Pair steps;
    int e;
    if (!isfinite(x)) return x > 0.0 ? x : hc_nan();
    if (a < 0x1p-60) return 1.0 / x;
    if (x < 0.0 && rint(x) == x) return hc_nan();
    if (x > 172.0) return hc_inf();
    if (x < -186.0) return rint(0.5 * floor(x)) == 0.5 * floor(x) ? 0.0 : -0.0;
    hc_Pair m = hc_exp_pair(hc_stirling(a, &steps), &e);
    if (x > 0.0) return ldexp(hc_over(m, steps).hi, e);
    m = hc_over(hc_times(hc_pi(), steps), hc_times(hc_times(hc_sinpi_pair(x), a), m));
    return ldexp(m.hi, -e);
}
HC_FN double lgamma(double x) {
    const hc_Pair c0 = {0x1.eeb95b094c191p-2, 0x1.3ed67ec9d8eb1p-56},
                  c2 = {0x1.2383e809a67e8p-1, -0x1.82d119411ab36p-55};
    const double c12[] = {-0x1.2aed059bd608ap-3,  0x1.01af62a2929c0p-4,   -0x1.007aa83cee1adp-5,
                          0x1.133423527f202p-6,   -0x1.34dbda149713ap-7,  0x1.64f0664c4eb23p-8,
                          -0x1.a5035232ae8fcp-9,  0x1.f814bab5002cep-10,  -0x1.313e8a3cab149p-10,
                          0x1.750a78f482f51p-11,  -0x1.cb44df2a2f19ep-12, 0x1.1c7e3b17aa5ddp-12,
                          -0x1.623f0c5e7b884p-13, 0x1.b9e41d98399f8p-14,  -0x1.156aec0a8b373p-14,
                          0x1.68f1e11c4a544p-15,  -0x1.c85bf9e84d4adp-16, 0x1.ba6df8b926f10p-17,
                          -0x1.18620af8ad52ep-17, 0x1.975e268eddd34p-17,  -0x1.0460ea1a837b0p-17};
    const double c23[] = {0x1.1200f695b0dd9p-2,   -0x1.6f0ca9a1c2746p-5,  0x1.646ae6e418adap-7,
                          -0x1.95b11573d7e2ap-9,  0x1.f7e46161117f4p-11,  -0x1.4a5d12d1b75f0p-12,
                          0x1.c135f7f491ec2p-14,  -0x1.3957c0bb77c32p-15, 0x1.bd762ba319324p-17,
                          -0x1.41352f7ea209dp-18, 0x1.d46e5d019522ep-20,  -0x1.58c6ba7a338c4p-21,
                          0x1.ff01e2a56530ep-23,  -0x1.78327e0f1a573p-24, 0x1.19d8059c25ff3p-25,
                          -0x1.f9c18cbe3c67cp-27, 0x1.7e707155e5ce5p-28};
    double a = __builtin_fabs(x);
    hc_Pair steps;
    if (!isfinite(x)) return x * x;
    if (x <= 0.0 && rint(x) == x) return hc_inf();
    if (a < 0x1p-60) return -log(a);
    if (x >= 0.5 && x < 1.0)
        return hc_plus(hc_times(hc_product(x, x - 1.0), hc_poly_pair(x - 0.5, c0, c12)),
                       hc_minus(hc_log_pair({x, 0.0})))
            .hi;
    if (x >= 1.0 && x < 2.0)
        return hc_times(hc_product(x - 1.0, x - 2.0), hc_poly_pair(x - 1.5, c0, c12)).hi;
    if (x >= 2.0 && x < 3.0) return hc_times(hc_poly_pair(x - 2.5, c2, c23), x - 2.0).hi;
    if (a > 0x1p60) {
        if (a > 0x1.754d9278b51a8p+1014 || x < 0.0) return hc_inf();
        return hc_times(hc_plus(hc_log_pair({x, 0.0}), -1.0), x).hi;
    }
    hc_Pair y = hc_stirling(a, &steps);
    y = hc_plus(y, hc_minus(hc_log_pair(steps)));
    if (x > 0.0) return y.hi;
    hc_Pair s = hc_times(hc_sinpi_pair(x), a);
    if (s.hi < 0.0) s = hc_minus(s);
    return hc_plus(hc_log_pair(hc_over(hc_pi(), s)), hc_minus(y)).hi;
}

/* ---- float: the double's result, rounded once more, which is exact for the last group ---- */

#define HC_FLOAT(name)                                                                             \
    HC_FN float name##f(float x) { return (float)name((double)x); }
#define HC_FLOAT2(name)                                                                            \
    HC_FN float name##f(float x, float y) { return (float)name((double)x, (double)y); }
HC_FLOAT(expm1)
HC_FLOAT(log1p)
HC_FLOAT(sinpi)
HC_FLOAT(cospi)
HC_FLOAT(asin)
HC_FLOAT(acos)
HC_FLOAT(atan)
HC_FLOAT(sinh)
HC_FLOAT(cosh)
HC_FLOAT(tanh)
HC_FLOAT(asinh)
HC_FLOAT(acosh)
HC_FLOAT(atanh)
HC_FLOAT(cbrt)
HC_FLOAT(rcbrt)
HC_FLOAT(erf)
HC_FLOAT(erfc)
HC_FLOAT(erfcx)
HC_FLOAT(tgamma)
HC_FLOAT(lgamma)
HC_FLOAT2(atan2)
HC_FLOAT2(hypot)
HC_FLOAT2(rhypot)
HC_FLOAT2(fmod)
HC_FLOAT2(remainder)
HC_FLOAT(logb)
#undef HC_FLOAT
#undef HC_FLOAT2

/* The common ones, in arithmetic of floats. */
HC_ONE float hc_fma(float x, float y, float z) { return __builtin_fmaf(x, y, z); }
template <int n> HC_ONE float hc_poly(float x, const float (&c)[n]) {
    float sum = c[n - 1];
#pragma unroll
    for (int i = n - 2; i >= 0; i--) sum = hc_fma(sum, x, c[i]);
    return sum;
}
HC_ONE float hc_inff() { return hc_float(0xffu << 23); }

/* b^x: b^(k step) is 2^k, the rest is 1 + slope r + r^2 times a polynomial. */
HC_ONE float hc_power(float x, float most, float least, float per_step, const float (&step)[3],
                      const float (&slope)[2], const float (&c)[6]) {
    if (!(x < most)) return isnan(x) ? x : hc_inff();
    if (x < least) return 0.0f;
    float k = rintf(x * per_step), r = hc_fma(-k, step[0], x);
    r = hc_fma(-k, step[2], hc_fma(-k, step[1], r));
    float y = 1.0f + hc_fma(r, slope[0], hc_fma(r, slope[1], r * r * hc_poly(r, c)));
    int n = (int)k, half = n / 2; /* 2^n may be beyond the floats when y * 2^n is not */
    return y * hc_float((unsigned int)(127 + half) << 23) *
           hc_float((unsigned int)(127 + n - half) << 23);
}
HC_FN float expf(float x) {
    const float c[] = {0x1.000000p-1f, 0x1.555556p-3f,  0x1.5554e8p-5f,
                       0x1.1110e0p-7f, 0x1.6d434ep-10f, 0x1.a12516p-13f},
                step[] = {0x1.62e430p-1f, -0x1.05c610p-29f, -0x1.950d88p-54f},
                slope[] = {0x1.000000p+0f, 0x0.0p+0f};
    return hc_power(x, 89.0f, -105.0f, 0x1.715476p+0f, step, slope, c);
}
HC_FN float exp2f(float x) {
    const float c[] = {0x1.ebfbe0p-3f,  0x1.c6b08ep-5f,  0x1.3b2a54p-7f,
                       0x1.5d87c0p-10f, 0x1.44138ap-13f, 0x1.008a20p-16f},
                step[] = {0x1.000000p+0f, 0x0.0p+0f, 0x0.0p+0f},
                slope[] = {0x1.62e430p-1f, -0x1.05c610p-29f};
    return hc_power(x, 128.0f, -151.0f, 0x1.000000p+0f, step, slope, c);
}
HC_FN float exp10f(float x) {
    const float c[] = {0x1.53524cp+1f, 0x1.04705ap+1f, 0x1.2bd702p+0f,
                       0x1.1429d0p-1f, 0x1.a94b86p-3f, 0x1.1797f4p-4f},
                step[] = {0x1.344136p-2f, -0x1.ec10c0p-27f, -0x1.0cee0ep-54f},
                slope[] = {0x1.26bb1cp+1f, -0x1.12aabap-25f};
    return hc_power(x, 39.0f, -46.0f, 0x1.a934f0p+1f, step, slope, c);
}

/* The logarithm of 2^e (1 + f), f from -0.3 to 0.4: e step + slope f + a polynomial times f^2. */
HC_ONE float hc_logarithm(float x, const float (&step)[2], const float (&slope)[2],
                          const float (&c)[10]) {
    if (!(x > 0.0f) || isinf(x)) return x == 0.0f ? -hc_inff() : x < 0.0f ? nanf("") : x;
    float e = 0.0f;
    if (x < 0x1p-126f) x *= 0x1p24f, e = -24.0f;
    unsigned int bits = hc_bits(x) + (0x3f800000u - 0x3f3504f3u); /* carries from sqrt(1/2) on */
    e += (float)((int)(bits >> 23) - 127);
    float f = hc_float((bits & 0x7fffffu) + 0x3f3504f3u) - 1.0f;
    float rest = hc_fma(f, slope[1], f * f * hc_poly(f, c));
    return hc_fma(e, step[0], hc_fma(e, step[1], hc_fma(f, slope[0], rest)));
}
HC_FN float logf(float x) {
    const float c[] = {-0x1.000000p-1f, 0x1.55554ep-2f, -0x1.000008p-2f, 0x1.99a130p-3f,
                       -0x1.5559dap-3f, 0x1.237a2ap-3f, -0x1.fcc31ap-4f, 0x1.e3d7c2p-4f,
                       -0x1.d95b80p-4f, 0x1.152d5ap-4f},
                step[] = {0x1.62e430p-1f, -0x1.05c610p-29f}, slope[] = {0x1.000000p+0f, 0x0.0p+0f};
    return hc_logarithm(x, step, slope, c);
}
HC_FN float log2f(float x) {
    const float c[] = {-0x1.715476p-1f, 0x1.ec7094p-2f, -0x1.715482p-2f, 0x1.277c3ep-2f,
                       -0x1.ec7724p-3f, 0x1.a48342p-3f, -0x1.6efe8ap-3f, 0x1.5d04d0p-3f,
                       -0x1.557488p-3f, 0x1.8fe1d2p-4f},
                step[] = {0x1.000000p+0f, 0x0.0p+0f}, slope[] = {0x1.715476p+0f, 0x1.4ae0c0p-26f};
    return hc_logarithm(x, step, slope, c);
}
HC_FN float log10f(float x) {
    const float c[] = {-0x1.bcb7b2p-3f, 0x1.287a70p-3f, -0x1.bcb7bep-4f, 0x1.63ccc0p-4f,
                       -0x1.287e64p-4f, 0x1.fa5906p-5f, -0x1.b9e7b8p-5f, 0x1.a442b2p-5f,
                       -0x1.9b272cp-5f, 0x1.e1818cp-6f},
                step[] = {0x1.344136p-2f, -0x1.ec10c0p-27f},
                slope[] = {0x1.bcb7b2p-2f, -0x1.5b235ep-27f};
    return hc_logarithm(x, step, slope, c);
}

/* In doubles, with the tables of exp and log, but without pairs. */
HC_FN float powf(float x, float y) {
    const double cl[] = {-1.0 / 2, 1.0 / 3, -1.0 / 4, 1.0 / 5, -1.0 / 6};
    const double ce[] = {1.0, 1.0 / 2, 1.0 / 6, 1.0 / 24};
    if (!(x >= 0x1p-126f) || isinf(x) || !isfinite(y)) return (float)pow((double)x, (double)y);
    unsigned long long bits = hc_bits((double)x);
    int e = (int)(bits >> 52) - 1023, j = (int)(bits >> 45 & 127);
    double m = hc_double((bits & ((1ull << 52) - 1)) | 1023ull << 52);
    if (j >= 53) m *= 0.5, e++;
    double r = hc_fma(m, hc_log_table[j].inverse, -1.0);
    double l =
        hc_fma((double)e, hc_ln2().hi, hc_log_table[j].log.hi + hc_fma(r * r, hc_poly(r, cl), r));
    l *= (double)y;
    if (!(__builtin_fabs(l) < 200.0)) return l > 0.0 ? hc_inff() : 0.0f;
    double k = rint(l * 0x1.71547652b82fep+5); /* 32 / ln 2 */
    r = hc_fma(-k, 0x1.62e42fefa39efp-6, l);
    int n = (int)k;
    double t = hc_exp_table[n & 31].hi,
           power = hc_double((unsigned long long)(1023 + (n >> 5)) << 52);
    return (float)(hc_fma(t * r, hc_poly(r, ce), t) * power);
}

/* As hc_reduce; beyond 30000 by it. */
HC_ONE int hc_reduce(float x, float *r) {
    const float half_pi[] = {0x1.921fb6p+0f, -0x1.777a5cp-25f, -0x1.ee59dap-50f};
    float k = rintf(x * 0x1.45f306p-1f);
    *r = hc_fma(-k, half_pi[0], x); /* exact */
    *r = hc_fma(-k, half_pi[2], hc_fma(-k, half_pi[1], *r));
    return (int)k;
}
HC_ONE float hc_turned(float r, int quadrant) {
    const float s[] = {-0x1.555556p-3f, 0x1.11110ep-7f, -0x1.a013a6p-13f, 0x1.6dbdd2p-19f},
                c[] = {0x1.555556p-5f, -0x1.6c16c0p-10f, 0x1.a015c4p-16f, -0x1.25242ap-22f};
    float z = r * r, y = quadrant & 1 ? hc_fma(z, hc_fma(z, hc_poly(z, c), -0.5f), 1.0f)
                                      : hc_fma(r * z, hc_poly(z, s), r);
    return quadrant & 2 ? -y : y;
}
HC_FN float sinf(float x) {
    float r;
    if (!(__builtin_fabsf(x) < 30000.0f)) return (float)sin((double)x);
    if (x == 0.0f) return x;
    int quadrant = hc_reduce(x, &r);
    return hc_turned(r, quadrant);
}
HC_FN float cosf(float x) {
    float r;
    if (!(__builtin_fabsf(x) < 30000.0f)) return (float)cos((double)x);
    int quadrant = hc_reduce(x, &r);
    return hc_turned(r, quadrant + 1);
}
HC_FN float tanf(float x) { return (float)tan((double)x); }
HC_FN void sincosf(float x, float *s, float *c) { *s = sinf(x), *c = cosf(x); }
HC_FN void sincospif(float x, float *s, float *c) { *s = sinpif(x), *c = cospif(x); }
HC_FN float ldexpf(float x, int n) { return (float)ldexp((double)x, n); }
HC_ONE float scalbnf(float x, int n) { return ldexpf(x, n); }
HC_ONE float scalblnf(float x, long n) { return (float)scalbln((double)x, n); }
HC_FN float frexpf(float x, int *e) { return (float)frexp((double)x, e); }
HC_FN int ilogbf(float x) { return ilogb((double)x); }
HC_FN float modff(float x, float *whole) {
    *whole = truncf(x);
    return copysignf(isinf(x) ? 0.0f : x - *whole, x);
}
HC_FN float remquof(float x, float y, int *quotient) {
    return (float)remquo((double)x, (double)y, quotient);
}

/* ---- Fast and inexact: what the hardware has for float ---- */

#define HC_APPROX(name, instruction)                                                               \
    HC_ONE float name(float x) {                                                                   \
        float y;                                                                                   \
        asm(instruction " %0, %1;" : "=f"(y) : "f"(x));                                            \
        return y;                                                                                  \
    }
HC_APPROX(__sinf, "sin.approx.f32")
HC_APPROX(__cosf, "cos.approx.f32")
HC_APPROX(hc_exp2_approx, "ex2.approx.f32")
HC_APPROX(__log2f, "lg2.approx.f32")
HC_APPROX(__frcp_rn, "rcp.rn.f32")
HC_APPROX(__saturatef, "cvt.sat.f32.f32")
#undef HC_APPROX
HC_ONE float __fdividef(float x, float y) {
    float q;
    asm("div.approx.f32 %0, %1, %2;" : "=f"(q) : "f"(x), "f"(y));
    return q;
}
HC_ONE float __tanf(float x) { return __fdividef(__sinf(x), __cosf(x)); }
HC_ONE void __sincosf(float x, float *s, float *c) { *s = __sinf(x), *c = __cosf(x); }
HC_ONE float __expf(float x) { return hc_exp2_approx(x * 0x1.715476p+0f); }  /* 1 / ln 2 */
HC_ONE float __exp10f(float x) { return hc_exp2_approx(x * 0x1.a934fp+1f); } /* 1 / log 2 */
HC_ONE float __logf(float x) { return __log2f(x) * 0x1.62e43p-1f; }          /* ln 2 */
HC_ONE float __log10f(float x) { return __log2f(x) * 0x1.344136p-2f; }       /* log 2 */
HC_ONE float __powf(float x, float y) { return hc_exp2_approx(y * __log2f(x)); }

#ifdef __USE_FAST_MATH__ /* --use_fast_math: the inexact ones under the usual names */
#define sinf __sinf
#define cosf __cosf
#define tanf __tanf
#define sincosf __sincosf
#define expf __expf
#define exp10f __exp10f
#define logf __logf
#define log2f __log2f
#define log10f __log10f
#define powf __powf
#endif

/* ---- One name for all types, as in C++: sin(1.0f) is a float, sin(1) a double ---- */

template <bool> struct hc_DoubleIf {};
template <> struct hc_DoubleIf<true> { typedef double type; };
template <class A> struct hc_Is {
    static constexpr bool whole = __is_integral(A), number = __is_arithmetic(A);
};
#define HC_ANY(name)                                                                               \
    HC_ONE float name(float x) { return name##f(x); }                                              \
    template <class A> HC_ONE typename hc_DoubleIf<hc_Is<A>::whole>::type name(A x) {              \
        return name((double)x);                                                                    \
    }
#define HC_ANY2(name)                                                                              \
    HC_ONE float name(float x, float y) { return name##f(x, y); }                                  \
    template <class A, class B>                                                                    \
    HC_ONE typename hc_DoubleIf<hc_Is<A>::number && hc_Is<B>::number>::type name(A x, B y) {       \
        return name((double)x, (double)y);                                                         \
    }
#define HC_EACH(one, two)                                                                          \
    one(sqrt) one(rsqrt) one(fabs) one(exp) one(exp2) one(exp10) one(expm1) one(log) one(log2)     \
        one(log10) one(log1p) one(sin) one(cos) one(tan) one(sinpi) one(cospi) one(asin) one(acos) \
            one(atan) one(sinh) one(cosh) one(tanh) one(asinh) one(acosh) one(atanh) one(cbrt)     \
                one(rcbrt) one(erf) one(erfc) one(erfcx) one(tgamma) one(lgamma) one(logb)         \
                    one(floor) one(ceil) one(trunc) one(rint) one(nearbyint) one(round) two(pow)   \
                        two(atan2) two(hypot) two(rhypot) two(fmod) two(remainder) two(fdim)       \
                            two(copysign) two(nextafter) two(fmin) two(fmax)
HC_EACH(HC_ANY, HC_ANY2)
HC_ONE long lrint(float x) { return lrintf(x); }
HC_ONE long lround(float x) { return lroundf(x); }
HC_ONE long long llrint(float x) { return llrintf(x); }
HC_ONE long long llround(float x) { return llroundf(x); }
HC_ONE int ilogb(float x) { return ilogbf(x); }
HC_ONE float ldexp(float x, int n) { return ldexpf(x, n); }
HC_ONE float scalbn(float x, int n) { return scalbnf(x, n); }
HC_ONE float frexp(float x, int *e) { return frexpf(x, e); }
HC_ONE float modf(float x, float *whole) { return modff(x, whole); }
HC_ONE float remquo(float x, float y, int *quotient) { return remquof(x, y, quotient); }
HC_ONE void sincos(float x, float *s, float *c) { sincosf(x, s, c); }

#undef HC_FN
#undef HC_ONE
#undef HC_TABLE
#undef HC_EACH
#endif
