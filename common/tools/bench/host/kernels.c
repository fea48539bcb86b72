// SPDX-License-Identifier: MIT
/* The loops of host.h, compiled once for each instruction set with HOST_ISA set to plain, v3 (AVX2)
 * or v4 (AVX-512), and with -O3 -ffast-math: the C that a driver which compiles for this processor
 * has to be as fast as.
 */
#include <math.h>
#if defined __SSE__
#include <immintrin.h>
#endif

#include "host.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

#if defined __AVX512F__
enum { LANES = 16, CHAINS = 24 }; /* 32 registers: 24 sums, factor, summand */
#define STREAM(to, from) _mm512_stream_ps(to, (__m512)(from))
#elif defined __AVX__
enum { LANES = 8, CHAINS = 12 }; /* 16 registers */
#define STREAM(to, from) _mm256_stream_ps(to, (__m256)(from))
#elif defined __SSE__
enum { LANES = 4, CHAINS = 12 };
#define STREAM(to, from) _mm_stream_ps(to, (__m128)(from))
#else
enum { LANES = 4, CHAINS = 24 };
#endif

/* One vector register of floats, and one at any address. */
typedef float V __attribute__((vector_size(LANES * sizeof(float)), may_alias));
typedef float Loose
    __attribute__((vector_size(LANES * sizeof(float)), aligned(sizeof(float)), may_alias));
#define LOAD(p) (*(const Loose *)(p))

/* The asm, which does nothing, keeps the compiler from making this a call of memcpy, which chooses
 * its own kind of stores. */
static void copy(float *restrict z, const float *restrict x, size_t begin, size_t end) {
    size_t i = begin;
    for (; i + LANES <= end; i += LANES) {
        *(Loose *)(z + i) = LOAD(x + i);
        __asm__ volatile("");
    }
    for (; i < end; i++) z[i] = x[i];
}

static void add(float *restrict z, const float *restrict x, const float *restrict y, size_t begin,
                size_t end) {
    for (size_t i = begin; i < end; i++) z[i] = x[i] + y[i];
}

static void triad(float *restrict z, const float *restrict x, const float *restrict y, float a,
                  size_t begin, size_t end) {
    for (size_t i = begin; i < end; i++) z[i] = x[i] + a * y[i];
}

#ifdef STREAM
static void copy_nt(float *restrict z, const float *restrict x, size_t begin, size_t end) {
    size_t i = begin;
    for (; i + LANES <= end; i += LANES) STREAM(z + i, LOAD(x + i));
    for (; i < end; i++) z[i] = x[i];
    _mm_sfence();
}

static void add_nt(float *restrict z, const float *restrict x, const float *restrict y,
                   size_t begin, size_t end) {
    size_t i = begin;
    for (; i + LANES <= end; i += LANES) STREAM(z + i, LOAD(x + i) + LOAD(y + i));
    for (; i < end; i++) z[i] = x[i] + y[i];
    _mm_sfence();
}

static void triad_nt(float *restrict z, const float *restrict x, const float *restrict y, float a,
                     size_t begin, size_t end) {
    size_t i = begin;
    for (; i + LANES <= end; i += LANES) STREAM(z + i, LOAD(x + i) + a * LOAD(y + i));
    for (; i < end; i++) z[i] = x[i] + a * y[i];
    _mm_sfence();
}
#define NT(function) function
#else
#define NT(function) NULL
#endif

/* Eight sums side by side, since an addition takes several cycles and the next one need not
 * wait. */
static float sum(const float *x, size_t begin, size_t end) {
    V part[8] = {{0}};
    size_t i = begin;
    float total = 0;
    for (; i + (size_t)8 * LANES <= end; i += (size_t)8 * LANES)
        for (size_t k = 0; k < 8; k++) part[k] += LOAD(x + i + k * LANES);
    for (size_t k = 1; k < 8; k++) part[0] += part[k];
    for (size_t k = 0; k < LANES; k++) total += part[0][k];
    for (; i < end; i++) total += x[i];
    return total;
}

/* Three loops over a short block, not one: a compiler that sees sin and cos of one number side by
 * side may merge them into a call of sincos, which it cannot vectorise. */
static void map(float *restrict z, const float *restrict x, size_t begin, size_t end) {
    enum { BLOCK = 512 };
    for (size_t b = begin; b < end; b += BLOCK) {
        size_t stop = b + BLOCK < end ? b + BLOCK : end;
        for (size_t i = b; i < stop; i++) z[i] = sinf(x[i]);
        for (size_t i = b; i < stop; i++) z[i] += cosf(x[i]);
        for (size_t i = b; i < stop; i++) z[i] += expf(-x[i]);
    }
}

static void stencil(float *restrict z, const float *restrict x, size_t rows, size_t cols,
                    size_t begin, size_t end) {
    for (size_t r = begin; r < end; r++) {
        const float *restrict row = x + r * cols;
        float *restrict out = z + r * cols;
        if (r == 0 || r + 1 == rows || cols < 3) {
            for (size_t c = 0; c < cols; c++) out[c] = row[c];
            continue;
        }
        const float *restrict up = row - cols, *restrict down = row + cols;
        out[0] = row[0];
        for (size_t c = 1; c + 1 < cols; c++)
            out[c] = 0.25f * (up[c] + down[c] + row[c - 1] + row[c + 1]);
        out[cols - 1] = row[cols - 1];
    }
}

/* The order of the loops makes the compiler's work easy: along a row of y and of z. Four rows of z
 * at once, so that a row of y is fetched a quarter as often. */
static void product(float *restrict z, const float *restrict x, const float *restrict y, size_t n,
                    size_t begin, size_t end) {
    for (size_t i = begin; i < end; i += 4) {
        size_t rows = end - i < 4 ? end - i : 4;
        for (size_t r = 0; r < rows; r++)
            for (size_t j = 0; j < n; j++) z[(i + r) * n + j] = 0;
        float *restrict z0 = z + i * n, *restrict z1 = z0 + n, *restrict z2 = z1 + n,
                        *restrict z3 = z2 + n;
        for (size_t k = 0; k < n; k++) {
            const float *restrict row = y + k * n;
            if (rows == 4) {
                float a0 = x[i * n + k], a1 = x[(i + 1) * n + k], a2 = x[(i + 2) * n + k],
                      a3 = x[(i + 3) * n + k];
                for (size_t j = 0; j < n; j++) {
                    z0[j] += a0 * row[j];
                    z1[j] += a1 * row[j];
                    z2[j] += a2 * row[j];
                    z3[j] += a3 * row[j];
                }
            } else {
                for (size_t r = 0; r < rows; r++)
                    for (size_t j = 0; j < n; j++)
                        z[(i + r) * n + j] += x[(i + r) * n + k] * row[j];
            }
        }
    }
}

#define TWELVE(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11)
#define MORE(X) X(12) X(13) X(14) X(15) X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23)

static float fma_chains(size_t steps, float factor, float summand) {
    V f = factor - (V){0}, s = summand - (V){0}; /* the same number in all lanes */
    float total = 0;
#define BEGIN(k) V v##k = f * (float)((k) + 1);
#define STEP(k) v##k = v##k * f + s;
#define END(k) t += v##k;
    TWELVE(BEGIN)
    V t = {0};
#if defined __AVX512F__ || !defined __SSE__
    MORE(BEGIN)
    for (size_t i = 0; i < steps; i++) {
        TWELVE(STEP)
        MORE(STEP)
    }
    MORE(END)
#else
    for (size_t i = 0; i < steps; i++) {
        TWELVE(STEP)
    }
#endif
    TWELVE(END)
    for (size_t k = 0; k < LANES; k++) total += t[k];
    return total;
}

const HostKernels JOIN(host_kernels_, HOST_ISA) = {.lanes = LANES,
                                                   .copy = copy,
                                                   .copy_nt = NT(copy_nt),
                                                   .add = add,
                                                   .add_nt = NT(add_nt),
                                                   .triad = triad,
                                                   .triad_nt = NT(triad_nt),
                                                   .sum = sum,
                                                   .map = map,
                                                   .stencil = stencil,
                                                   .product = product,
                                                   .fma = fma_chains,
                                                   .fma_chains = CHAINS};
