// SPDX-License-Identifier: MIT
/* The five problems by vectors of sixteen floats, in C with the vector extension that gcc and clang
 * share: V is a type with + and *, and the compiler takes the widest registers that it may use.
 * This file is compiled for several kinds of x86-64, and the right one is picked when the program
 * starts (target_clones); elsewhere once. The polynomials are those of kernels/tuned/map.cpu.cl.
 */
#include "evaluation.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#if !defined __x86_64__ || defined HC_SANITIZE
#define EACH_CPU /* other CPUs have one kind of vector; sanitizers start too late for the choice */
#elif defined __clang__
#define EACH_CPU __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define EACH_CPU __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif

enum { LANES = 16, TWO = 32, THREE = 48, FOUR = 64 }; /* floats of one vector, of 2, 3, 4 */
enum { CACHED_BYTES = 4 << 20, MAP_BLOCK = 1024 };
typedef float V __attribute__((vector_size(64), aligned(4), may_alias));
typedef int32_t VI __attribute__((vector_size(64), aligned(4), may_alias));
#define AT(p) (*(const V *)(p))
#define TO(p) (*(V *)(p))

/* Sixteen floats past the cache: what is not read again soon need not displace what is. */
static inline __attribute__((always_inline)) void stream(float *to, const V *v) {
#ifdef __SSE2__
    const float *from = (const float *)v;
    for (int i = 0; i < LANES; i += 4) _mm_stream_ps(to + i, _mm_loadu_ps(from + i));
#else
    TO(to) = *v;
#endif
}

//> simd
EACH_CPU static void range_vector_sum(const Shape *s, float *out, const float *const *in,
                                      size_t begin, size_t end) {
    const float *x = in[0], *y = in[1];
    bool large = s->out_n * sizeof(float) > CACHED_BYTES;
    size_t i = begin;
    for (; i < end && (uintptr_t)(out + i) % 64; i++) out[i] = x[i] + y[i];
    for (; i + LANES <= end; i += LANES) {
        V sum = AT(x + i) + AT(y + i);
        if (large) stream(out + i, &sum);
        else TO(out + i) = sum;
    }
    for (; i < end; i++) out[i] = x[i] + y[i];
}
//< simd

EACH_CPU static void range_reduction(const Shape *s, float *out, const float *const *in,
                                     size_t begin, size_t end) {
    const float *x = in[0];
    size_t n = s->in_n[0], each = s->out_n ? (n + s->out_n - 1) / s->out_n : 0;
    for (size_t part = begin; part < end; part++) {
        size_t i = part * each < n ? part * each : n, stop = i + each < n ? i + each : n;
        V sum0 = {0}, sum1 = {0}, sum2 = {0}, sum3 = {0};
        for (; i + FOUR <= stop; i += FOUR) {
            sum0 += AT(x + i);
            sum1 += AT(x + i + LANES);
            sum2 += AT(x + i + TWO);
            sum3 += AT(x + i + THREE);
        }
        sum0 = (sum0 + sum1) + (sum2 + sum3);
        float all = 0;
        for (int lane = 0; lane < LANES; lane++) all += sum0[lane];
        for (; i < stop; i++) all += x[i];
        out[part] = all;
    }
}

/* sin x + cos x + exp(-x), lane by lane; kernels/tuned/map.cpu.cl explains each line. */
static inline __attribute__((always_inline)) void sin_cos_exp_of(V *to, const V *from) {
    const float nearest = 12582912.0f;
    V x = *from, q = (x * 0.636619772f + nearest) - nearest;
    V r = x - q * 1.5703125f;
    r = r - q * 4.837512969970703125e-4f;
    r = r - q * 7.54978995489188216e-8f;
    V r2 = r * r;
    V sine = (r2 * -1.9515295891e-4f + 8.3321608736e-3f) * r2 + -1.6666654611e-1f;
    sine = sine * (r * r2) + r;
    V cosine = (r2 * 2.443315711809948e-5f + -1.388731625493765e-3f) * r2 + 4.166664568298827e-2f;
    cosine = cosine * (r2 * r2) + (r2 * -0.5f + 1.0f);
    VI turn = __builtin_convertvector(q, VI), two = (turn & 2) << 30;
    sine = (V)((VI)sine ^ two ^ (turn << 31));
    cosine = (V)((VI)cosine ^ two);

    V n = (x * -1.44269504f + nearest) - nearest;
    r = -x - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    V p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + (r + 1.0f);
    VI all = __builtin_convertvector(n, VI), first = all >> 1, second = all - first;
    *to = sine + cosine + p * (V)((first + 127) << 23) * (V)((second + 127) << 23);
}

EACH_CPU static void range_map(const Shape *s, float *out, const float *const *in, size_t begin,
                               size_t end) {
    const float *x = in[0], most = 80; /* beyond, exp(-x) may not be a normal number */
    VI bits, largest;
    memcpy(&bits, &most, sizeof most);
    for (size_t block = begin; block < end; block += MAP_BLOCK) {
        size_t i = block, stop = end - block < MAP_BLOCK ? end : block + MAP_BLOCK;
        largest = (VI){0};
        for (; i + LANES <= stop; i += LANES) {
            VI size = *(const VI *)(x + i) & 0x7fffffff, larger = size > largest;
            largest = (size & larger) | (largest & ~larger);
            sin_cos_exp_of((V *)(out + i), (const V *)(x + i));
        }
        for (int lane = 0; lane < LANES; lane++) /* NaN is larger than all */
            if (largest[lane] > bits[0]) i = block;
        serial_map(s, out, in, i, stop);
    }
}

EACH_CPU static void range_stencil(const Shape *s, float *out, const float *const *in, size_t begin,
                                   size_t end) {
    size_t m = s->size[0], n = s->size[1];
    for (size_t i = begin; i < end; i++) {
        const float *here = in[0] + i * n, *above = here - n, *below = here + n;
        float *to = out + i * n;
        size_t j = 1;
        if (i == 0 || i == m - 1 || n < 2) {
            serial_stencil(s, out, in, i, i + 1);
            continue;
        }
        for (; j + LANES < n; j += LANES)
            TO(to + j) =
                0.25f * ((AT(above + j) + AT(below + j)) + (AT(here + j - 1) + AT(here + j + 1)));
        for (; j + 1 < n; j++)
            to[j] = 0.25f * ((above[j] + below[j]) + (here[j - 1] + here[j + 1]));
        to[0] = here[0];
        to[n - 1] = here[n - 1];
    }
}

/* The same products and sums in another order: along the rows of b and c, so that neighbours are
 * used one after the other. That alone makes vectors possible. */
EACH_CPU static void range_matmul(const Shape *s, float *out, const float *const *in, size_t begin,
                                  size_t end) {
    size_t n = s->size[0];
    for (size_t i = begin; i < end; i++) {
        float *restrict c = out + i * n;
        for (size_t j = 0; j < n; j++) c[j] = 0;
        for (size_t l = 0; l < n; l++) {
            const float a = in[0][i * n + l], *restrict b = in[1] + l * n;
            size_t j = 0;
            for (; j + LANES <= n; j += LANES) TO(c + j) += a * AT(b + j);
            for (; j < n; j++) c[j] += a * b[j];
        }
    }
}

/* The yardsticks of limits.c. */
EACH_CPU static void range_copy(const Shape *s, float *out, const float *const *in, size_t begin,
                                size_t end) {
    const float *x = in[0];
    bool large = s->out_n * sizeof(float) > CACHED_BYTES;
    size_t i = begin;
    for (; i < end && (uintptr_t)(out + i) % 64; i++) out[i] = x[i];
    for (; i + LANES <= end; i += LANES) {
        if (large) stream(out + i, &AT(x + i));
        else TO(out + i) = AT(x + i);
    }
    for (; i < end; i++) out[i] = x[i];
}

EACH_CPU static void range_multiply_add(const Shape *s, float *out, const float *const *in,
                                        size_t begin, size_t end) {
    size_t i = begin, steps = s->size[1];
    for (; i + LANES <= end; i += LANES) {
        V x = AT(in[0] + i), v0 = x, v1 = x + 1, v2 = x + 2, v3 = x + 3, v4 = x + 4, v5 = x + 5,
          v6 = x + 6, v7 = x + 7;
        for (size_t k = 0; k < steps; k++) {
            v0 = v0 * 0.5f + 1, v1 = v1 * 0.5f + 1, v2 = v2 * 0.5f + 1, v3 = v3 * 0.5f + 1;
            v4 = v4 * 0.5f + 1, v5 = v5 * 0.5f + 1, v6 = v6 * 0.5f + 1, v7 = v7 * 0.5f + 1;
        }
        TO(out + i) = ((v0 + v1) + (v2 + v3)) + ((v4 + v5) + (v6 + v7));
    }
    serial_multiply_add(s, out, in, i, end);
}

/* What other files call: clang 14 gives a function that is there for several CPUs no name
 * outside. */
#define SIMD(name)                                                                                 \
    void simd_##name(const Shape *s, float *out, const float *const *in, size_t begin,             \
                     size_t end) {                                                                 \
        range_##name(s, out, in, begin, end);                                                      \
    }
SIMD(vector_sum)
SIMD(reduction)
SIMD(map)
SIMD(stencil)
SIMD(matmul)
SIMD(copy)
SIMD(multiply_add)

static int prepare(Row *row, const Shape *s) {
    (void)row, (void)s;
    return HC_OK;
}

static void run(Row *row, const Shape *s, float *out, const float *const *in, Times *times) {
    double start_ms = hc_now_ms();
    row->problem->simd(s, out, in, 0, s->units);
    times->total = times->kernel = hc_now_ms() - start_ms;
}

static void finish(Row *row) { (void)row; }

const Backend simd_backend = {"SIMD", prepare, run, finish};
