// SPDX-License-Identifier: MIT
/* Verification: is the device's answer the reference's, within a stated tolerance?
 * The test is written !(difference <= tolerance), so that a NaN, for which every comparison is
 * false, fails instead of passing. Differences are shown with their index, since the first wrong
 * index often names the defect: n, a multiple of the group size, or the last elements.
 */
#include <inttypes.h>
#include <math.h>

#include "hc.h"

size_t hc_type_size(HcType type) {
    return type == HC_I32 || type == HC_U32 || type == HC_F32 ? 4 : 8;
}

/* Floats as integers that count the representable values: neighbours differ by one, and both zeros
 * are the same. */
static int64_t ordered_f32(float x) {
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits < 0 ? -(int64_t)(bits & INT32_MAX) : bits;
}

static int64_t ordered_f64(double x) {
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits < 0 ? -(bits & INT64_MAX) : bits;
}

static uint64_t distance(int64_t a, int64_t b) {
    return a > b ? (uint64_t)a - (uint64_t)b : (uint64_t)b - (uint64_t)a;
}

/* One element of either array: its value for people, and what the tolerance needs. */
typedef struct Pair {
    double got, want, error; /* error: |got - want| */
    uint64_t ulps;
    bool equal, is_float;
} Pair;

static Pair load(HcType type, const void *got, const void *want, size_t i) {
    Pair p = {0};
#define INTEGER(tag, T)                                                                            \
    case tag: {                                                                                    \
        T g = ((const T *)got)[i], w = ((const T *)want)[i];                                       \
        if ((p.equal = g == w)) break; /* nearly always, and all that is needed */                 \
        p.got = (double)g, p.want = (double)w;                                                     \
        p.error = (double)(g > w ? (uint64_t)g - (uint64_t)w : (uint64_t)w - (uint64_t)g);         \
        break;                                                                                     \
    }
#define FLOATING(tag, T, ordered)                                                                  \
    case tag: {                                                                                    \
        T g = ((const T *)got)[i], w = ((const T *)want)[i];                                       \
        if ((p.equal = g == w)) break;                                                             \
        p.got = (double)g, p.want = (double)w, p.is_float = true;                                  \
        p.error = fabs(p.got - p.want);                                                            \
        p.ulps = isnan(p.got) || isnan(p.want) ? UINT64_MAX : distance(ordered(g), ordered(w));    \
        break;                                                                                     \
    }
    switch (type) {
        INTEGER(HC_I32, int32_t)
        INTEGER(HC_U32, uint32_t)
        INTEGER(HC_I64, int64_t)
        INTEGER(HC_U64, uint64_t)
        FLOATING(HC_F32, float, ordered_f32)
        FLOATING(HC_F64, double, ordered_f64)
    }
    return p;
}

/* An element exactly as it is: all digits of integers, shortest safe form of floats. */
static void print_value(HcType type, const void *x, size_t i, char *text, size_t size) {
    switch (type) {
    case HC_I32: snprintf(text, size, "%" PRId32, ((const int32_t *)x)[i]); break;
    case HC_U32: snprintf(text, size, "%" PRIu32, ((const uint32_t *)x)[i]); break;
    case HC_I64: snprintf(text, size, "%" PRId64, ((const int64_t *)x)[i]); break;
    case HC_U64: snprintf(text, size, "%" PRIu64, ((const uint64_t *)x)[i]); break;
    case HC_F32: snprintf(text, size, "%.9g", (double)((const float *)x)[i]); break;
    case HC_F64: snprintf(text, size, "%.17g", ((const double *)x)[i]); break;
    }
}

static void print_tolerance(HcTolerance t, char *text, size_t size) {
    size_t at = 0;
    text[0] = '\0';
    if (t.abs > 0) at += (size_t)snprintf(text + at, size - at, " or %.3g", t.abs);
    if (t.rel > 0) at += (size_t)snprintf(text + at, size - at, " or %.3g of the value", t.rel);
    if (t.ulp > 0) at += (size_t)snprintf(text + at, size - at, " or %" PRIu64 " ulp", t.ulp);
    if (at) memmove(text, text + 4, at - 3);
    else snprintf(text, size, "0, equal");
}

HcVerdict hc_compare(HcType type, const void *got, const void *want, size_t n,
                     HcTolerance tolerance) {
    enum { SHOWN = 5 };
    HcVerdict v = {.n = n};
    print_tolerance(tolerance, v.allowed, sizeof v.allowed);
    for (size_t i = 0; i < n; i++) {
        Pair p = load(type, got, want, i);
        if (p.equal) continue;
        if (p.error > v.max_error || isnan(p.error)) v.max_error = p.error;
        bool near = p.error <= tolerance.abs || p.error <= tolerance.rel * fabs(p.want) ||
                    (p.is_float && p.ulps <= tolerance.ulp);
        if (near && isfinite(p.error)) continue;
        if (v.wrong++ >= SHOWN) continue;
        char g[32], w[32];
        print_value(type, got, i, g, sizeof g);
        print_value(type, want, i, w, sizeof w);
        size_t at = strlen(v.first);
        snprintf(v.first + at, sizeof v.first - at, "    [%zu] got %s, want %s\n", i, g, w);
    }
    return v;
}
