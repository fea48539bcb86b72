// SPDX-License-Identifier: MIT
/* What compiled code calls: the C library's mathematics, and a few functions that are too long to
 * be written in LLVM's IR. Compiled code finds them by name in a table, and finds nothing else. */
#include <math.h>
#include <string.h>

#include "hc.h"
#include "internal.h"

/* ---- Powers: a to b by squaring. mode: 1 is NumPy's error model, 2 says that b is unsigned. What
 * is odd about them is Numba's: integers come back by way of a double. ---- */

enum { NUMPY = 1, UNSIGNED = 2, LONG_WAY = 0x10000 };

/* The loop of all of them; what a * a gives is left to the type. */
#define SQUARE_AND_MULTIPLY(result, a, exponent)                                                   \
    for (; (exponent) != 0; (exponent) >>= 1) {                                                    \
        if ((exponent)&1) (result) *= (a);                                                         \
        (a) *= (a);                                                                                \
    }

static int32_t jit_power_u64(uint64_t a, int64_t b, int32_t mode, uint64_t *out) {
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

static int32_t jit_power_i64(int64_t a, int64_t b, int32_t mode, int64_t *out) {
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
static int32_t jit_power_f64(double a, int64_t b, int32_t mode, double *out)
    REAL_POWER(double, pow) static int32_t
    jit_power_f32(float a, int64_t b, int32_t mode, float *out) REAL_POWER(float, powf)

        static double ten_to(int64_t n) {
    double result = 1, a = 10;
    SQUARE_AND_MULTIPLY(result, a, n)
    return result;
}

/* round(x, n), as CPython's fallback and Numba compute it. */
static double jit_round(double x, int64_t n) {
    if (isinf(x) || isnan(x)) return x;
    if (n > 400) return x;
    if (n < -400) return 0 * x;
    if (n < 0) return rint(x / ten_to(-n)) * ten_to(-n);
    double pow1 = ten_to(n > 22 ? n - 22 : n), pow2 = n > 22 ? 1e22 : 1;
    double y = (x * pow1) * pow2;
    return isinf(y) ? x : (rint(y) / pow2) / pow1;
}

static uint64_t jit_gcd(uint64_t a, uint64_t b) {
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* ---- prange: a loop's rounds in as many chunks as there are cores ---- */

enum { MAX_CHUNKS = 256 }; /* as in emit_parallel.c */

typedef int32_t Chunk(void *context, int64_t begin, int64_t end, void *out);

typedef struct Rounds {
    Chunk *chunk;
    void *context;
    int64_t n, chunks, slots;
    uint64_t *out;
    int32_t status[MAX_CHUNKS];
} Rounds;

static void run_chunks(size_t begin, size_t end, void *context) {
    Rounds *r = context;
    for (int64_t c = (int64_t)begin; c < (int64_t)end; c++) {
        int64_t share = r->n / r->chunks, rest = r->n % r->chunks;
        int64_t from = c * share + (c < rest ? c : rest), to = from + share + (c < rest);
        r->status[c] = r->chunk(r->context, from, to, r->out + c * r->slots);
    }
}

/* The chunks depend on the machine, not on its load: so does the order of a sum. */
static int32_t jit_parallel(Chunk *chunk, void *context, int64_t n, uint64_t *out, int64_t slots,
                            int64_t *chunks) {
    Rounds r = {.chunk = chunk, .context = context, .n = n, .slots = slots};
    r.out = out;
    r.chunks = hc_cores() < MAX_CHUNKS ? hc_cores() : MAX_CHUNKS;
    if (r.chunks > n) r.chunks = n;
    *chunks = r.chunks;
    hc_parallel_for((size_t)r.chunks, (unsigned)r.chunks, run_chunks, &r);
    for (int64_t c = 0; c < r.chunks; c++)
        if (r.status[c]) return r.status[c];
    return RAISE_NONE;
}

static _Thread_local int raised_status;
static void jit_set_raised(int32_t status) { raised_status = status; }

int jit_take_raised(void) {
    int status = raised_status;
    raised_status = 0;
    return status;
}

/* ---- The table ---- */

typedef void Any(void);
#define OWN(f)                                                                                     \
    { #f, (Any *)(f) }
#define BOTH(x)                                                                                    \
    {#x, (Any *)(x)}, { #x "f", (Any *)(x##f) }
static const struct {
    const char *name;
    Any *address;
} table[] = {
    OWN(jit_power_u64), OWN(jit_power_i64), OWN(jit_power_f64),  OWN(jit_power_f32), OWN(jit_round),
    OWN(jit_gcd),       OWN(jit_parallel),  OWN(jit_set_raised), BOTH(sqrt),         BOTH(exp),
    BOTH(log),          BOTH(log2),         BOTH(log10),         BOTH(sin),          BOTH(cos),
    BOTH(tan),          BOTH(asin),         BOTH(acos),          BOTH(atan),         BOTH(sinh),
    BOTH(cosh),         BOTH(tanh),         BOTH(asinh),         BOTH(acosh),        BOTH(atanh),
    BOTH(expm1),        BOTH(log1p),        BOTH(erf),           BOTH(erfc),         BOTH(tgamma),
    BOTH(lgamma),       BOTH(atan2),        BOTH(hypot),         BOTH(fmod),         BOTH(pow),
    BOTH(nextafter),    BOTH(floor),        BOTH(ceil),          BOTH(trunc),        BOTH(rint),
    BOTH(exp2),         BOTH(ldexp),        BOTH(fabs),          OWN(memcpy),        OWN(memmove),
    OWN(memset)};
enum { FUNCTIONS = sizeof table / sizeof table[0] };

const char *jit_runtime(size_t index, void **address) {
    if (index >= FUNCTIONS) return NULL;
    memcpy(address, &table[index].address, sizeof *address);
    return table[index].name;
}
