// SPDX-License-Identifier: MIT
/* What compiled code calls: the C library's mathematics, and a few functions that are too long to
 * be written in LLVM's IR. Compiled code finds them by name in a table, and finds nothing else. */
#define _GNU_SOURCE /* sincos, exp10 */
#include <math.h>
#include <string.h>

#include "hc.h"

#define JIT_FN static
#include "numbers.h"
// internal.h includes it, too, for the names of the exceptions
#include "internal.h"

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

/* Beside what programs call, the table has what LLVM makes of it: sin and cos of the same number
 * become sincos, 10.0 ** x with fastmath exp10, x ** float(n) a function of the C compiler's
 * own. */
double __powidf2(double x, int n);
float __powisf2(float x, int n);

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
    BOTH(exp2),         BOTH(exp10),        BOTH(cbrt),          BOTH(fmin),         BOTH(fmax),
    BOTH(fma),          BOTH(round),        BOTH(nearbyint),     BOTH(sincos),       OWN(__powidf2),
    OWN(__powisf2),     BOTH(ldexp),        BOTH(frexp),         BOTH(fabs),         OWN(memcpy),
    OWN(memmove),       OWN(memset)};
enum { FUNCTIONS = sizeof table / sizeof table[0] };

const char *jit_runtime(size_t index, void **address) {
    if (index >= FUNCTIONS) return NULL;
    memcpy(address, &table[index].address, sizeof *address);
    return table[index].name;
}
