// SPDX-License-Identifier: MIT
/* table.c - each kernel of tests/cuda/kernels: set-up, launch shape, reference in C, and how
 * near the result must be. Where operands are small whole numbers every sum and product is
 * exact, fused or not, so that the result must be equal; where not, the tolerance says why. */
#define _POSIX_C_SOURCE 200809L // NOLINT: dup2, fileno
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernels.h"

static void *array(size_t n, size_t bytes) {
    void *p = calloc(n ? n : 1, bytes);
    if (!p) exit(3);
    return p;
}
static unsigned ceil_div(int n, int by) { return (unsigned)((n + by - 1) / by); }

static void vector_add(CUmodule module, int n) {
    float *x = array((size_t)n, 4), *y = array((size_t)n, 4), *z = array((size_t)n + 8, 4);
    for (int i = 0; i < n; i++) x[i] = any_float(), y[i] = any_float();
    for (int i = 0; i < n + 8; i++) z[i] = -77.0f;
    size_t bytes = (size_t)n * 4;
    CUdeviceptr d_x = upload(x, bytes), d_y = upload(y, bytes), d_z = upload(z, bytes + 32);
    void *arguments[] = {&d_z, &d_x, &d_y, &n};
    CHECK(launch(kernel_of(module, "vector_add"), ceil_div(n, 96), 1, 1, 96, 1, 1, 0, arguments));
    download(z, d_z, bytes + 32);
    CHECK(cuMemFree(d_x));
    CHECK(cuMemFree(d_y));
    for (int i = 0; i < n + 8; i++) {
        float want = i < n ? x[i] + y[i] : -77.0f;
        if (z[i] != want) { // NOLINT: one rounding, the same everywhere
            wrong("z[%d] is %.9g, wanted %.9g", i, z[i], want);
            break;
        }
    }
    free(x), free(y), free(z);
}

static void saxpy(CUmodule module, int n) {
    float *x = array((size_t)n, 4), *y = array((size_t)n, 4), *got = array((size_t)n, 4), a = 1.7f;
    for (int i = 0; i < n; i++) x[i] = any_float(), y[i] = any_float();
    CUdeviceptr d_x = upload(x, (size_t)n * 4), d_y = upload(y, (size_t)n * 4);
    size_t count = (size_t)n;
    void *arguments[] = {&d_y, &d_x, &a, &count};
    CHECK(launch(kernel_of(module, "saxpy"), 3, 1, 1, 64, 1, 1, 0, arguments));
    download(got, d_y, (size_t)n * 4);
    CHECK(cuMemFree(d_x));
    for (int i = 0; i < n; i++)
        if (got[i] != fmaf(a, x[i], y[i])) { // NOLINT: fmaf rounds once, everywhere
            wrong("y[%d] is %.9g, wanted %.9g", i, got[i], fmaf(a, x[i], y[i]));
            break;
        }
    free(x), free(y), free(got);
}

static void matmul(CUmodule module, int size) {
    /* not square: m x k by k x n */
    int m = size, n = size + 5, k = size / 2 + 3;
    float *a = array((size_t)m * (size_t)k, 4), *b = array((size_t)k * (size_t)n, 4),
          *c = array((size_t)m * (size_t)n, 4);
    for (int i = 0; i < m * k; i++) a[i] = small_float();
    for (int i = 0; i < k * n; i++) b[i] = small_float();
    CUdeviceptr d_a = upload(a, (size_t)m * (size_t)k * 4),
                d_b = upload(b, (size_t)k * (size_t)n * 4),
                d_c = upload(c, (size_t)m * (size_t)n * 4);
    void *arguments[] = {&d_c, &d_a, &d_b, &m, &n, &k};
    CHECK(launch(kernel_of(module, "matmul_tiled"), ceil_div(n, 16), ceil_div(m, 16), 1, 16, 16, 1,
                 0, arguments));
    download(c, d_c, (size_t)m * (size_t)n * 4);
    CHECK(cuMemFree(d_a));
    CHECK(cuMemFree(d_b));
    for (int i = 0; i < m * n; i++) {
        float want = 0.0f;
        for (int j = 0; j < k; j++) want += a[i / n * k + j] * b[j * n + i % n];
        if (c[i] != want) { // NOLINT: small whole numbers
            wrong("c[%d][%d] is %g, wanted %g", i / n, i % n, c[i], want);
            break;
        }
    }
    free(a), free(b), free(c);
}

static void reduce(CUmodule module, int n) {
    float *x = array((size_t)n, 4);
    double sum = 0.0, want = 3.0;
    uint64_t wide = 5;
    for (int i = 0; i < n; i++) want += x[i] = small_float();
    CUdeviceptr d_x = upload(x, (size_t)n * 4);
    sum = 3.0;
    CUdeviceptr d_sum = upload(&sum, 8), d_wide = upload(&wide, 8);
    void *arguments[] = {&d_sum, &d_wide, &d_x, &n};
    CHECK(launch(kernel_of(module, "reduce_shuffle"), ceil_div(n, 160), 1, 1, 160, 1, 1, 0,
                 arguments));
    download(&sum, d_sum, 8);
    download(&wide, d_wide, 8);
    CHECK(cuMemFree(d_x));
    if (sum != want) wrong("the sum is %g, wanted %g", sum, want); // NOLINT: whole numbers
    if (wide != 5 + (uint64_t)n)
        wrong("%llu elements, wanted %d more than 5", (unsigned long long)wide, n);
    free(x);
}

static void scan(CUmodule module, int n) {
    int *x = array((size_t)n, 4), *y = array((size_t)n, 4), block = 192, sum = 0;
    for (int i = 0; i < n; i++) x[i] = (int)(random64() % 1000) - 500;
    CUdeviceptr d_x = upload(x, (size_t)n * 4), d_y = upload(y, (size_t)n * 4);
    void *arguments[] = {&d_y, &d_x, &n};
    CHECK(launch(kernel_of(module, "scan"), ceil_div(n, block), 1, 1, (unsigned)block, 1, 1,
                 (unsigned)block / 32 * 4, arguments));
    download(y, d_y, (size_t)n * 4);
    CHECK(cuMemFree(d_x));
    for (int i = 0; i < n; i++) {
        sum = (i % block ? sum : 0) + x[i];
        if (y[i] != sum) {
            wrong("y[%d] is %d, wanted %d", i, y[i], sum);
            break;
        }
    }
    free(x), free(y);
}

static void histogram(CUmodule module, int n) {
    unsigned char *x = array((size_t)n, 1);
    unsigned counts[256] = {0}, want[256] = {0};
    for (int i = 0; i < n; i++)
        want[x[i] = (unsigned char)(random64() >> 20 & (i % 3 ? 255 : 7))]++;
    CUdeviceptr d_x = upload(x, (size_t)n), d_counts = upload(counts, sizeof counts);
    void *arguments[] = {&d_counts, &d_x, &n};
    CHECK(launch(kernel_of(module, "histogram"), 5, 1, 1, 100, 1, 1, 0, arguments));
    download(counts, d_counts, sizeof counts);
    CHECK(cuMemFree(d_x));
    for (int b = 0; b < 256; b++)
        if (counts[b] != want[b]) {
            wrong("counts[%d] is %u, wanted %u", b, counts[b], want[b]);
            break;
        }
    free(x);
}

static void transpose(CUmodule module, int size) {
    int rows = size, cols = size / 3 + 7;
    size_t n = (size_t)rows * (size_t)cols;
    float *x = array(n, 4), *y = array(n, 4);
    for (size_t i = 0; i < n; i++) x[i] = any_float();
    CUdeviceptr d_x = upload(x, n * 4), d_y = upload(y, n * 4);
    void *arguments[] = {&d_y, &d_x, &rows, &cols};
    CHECK(launch(kernel_of(module, "transpose"), ceil_div(cols, 32), ceil_div(rows, 32), 1, 32, 8,
                 1, 0, arguments));
    download(y, d_y, n * 4);
    CHECK(cuMemFree(d_x));
    for (size_t i = 0; i < n; i++) {
        float want = x[i % (size_t)rows * (size_t)cols + i / (size_t)rows];
        if (y[i] != want) { // NOLINT: a copy
            wrong("y[%zu] is %g, wanted %g", i, y[i], want);
            break;
        }
    }
    free(x), free(y);
}

/* Sums of five products, each rounded: 5 eps times the sum of their sizes. */
static void stencil(CUmodule module, int n) {
    float weights[5] = {0.1f, 0.2f, 0.4f, 0.2f, 0.1f}, *x = array((size_t)n, 4),
          *y = array((size_t)n, 4);
    long long ticks = -1;
    int turn = n % 5, calls = 0, depth = 1;
    for (int i = 0; i < n; i++) x[i] = any_float();
    CUdeviceptr d_x = upload(x, (size_t)n * 4), d_y = upload(y, (size_t)n * 4),
                d_ticks = upload(&ticks, 8), variable;
    size_t bytes;
    if (n > 100) { /* the host sets the constant, too */
        weights[1] = 0.35f;
        CHECK(cuModuleGetGlobal(&variable, &bytes, module, "weights"));
        if (bytes != 20) wrong("weights has %zu bytes, wanted 20", bytes);
        CHECK(cuMemcpyHtoD(variable, weights, sizeof weights));
    }
    CHECK(cuModuleGetGlobal(&variable, &bytes, module, "calls"));
    CHECK(cuMemcpyDtoH(&calls, variable, 4));
    if (calls != 3) wrong("calls begins as %d, wanted 3", calls);
    void *arguments[] = {&d_y, &d_ticks, &d_x, &n, &turn};
    CHECK(launch(kernel_of(module, "stencil"), ceil_div(n, 100), 1, 1, 100, 1, 1, 0, arguments));
    CHECK(cuMemcpyDtoH(&calls, variable, 4));
    for (int m = n; m > 1; m /= 2) depth++;
    if (calls != depth) wrong("depth(%d) is %d, wanted %d", n, calls, depth);
    download(y, d_y, (size_t)n * 4);
    download_unhashed(&ticks, d_ticks, 8);
    CHECK(cuMemFree(d_x));
    if (ticks <= 0) wrong("%lld ticks", ticks);
    for (int i = 0; i < n; i++) {
        double want = 0.0, size = 0.0;
        for (int k = 0; k < 5; k++) {
            int at = i + (k + turn) % 5 - 2;
            double product = at >= 0 && at < n ? (double)weights[k] * (double)x[at] : 0.0;
            want += product;
            size += fabs(product);
        }
        if (!(fabs((double)y[i] - want) <= 5 * 0x1p-23 * size)) {
            wrong("y[%d] is %.9g, wanted %.9g", i, (double)y[i], want);
            break;
        }
    }
    free(x), free(y);
}

/* Near the set's edge one rounding, fused or not, decides how long a point stays: two in a hundred
 * pixels may differ; the others must be equal. */
static void mandelbrot(CUmodule module, int size) {
    int width = size, height = size / 2 + 3, limit = 200, differ = 0;
    size_t n = (size_t)width * (size_t)height;
    int *steps = array(n, 4);
    CUdeviceptr d_steps = upload(steps, n * 4);
    void *arguments[] = {&d_steps, &width, &height, &limit};
    CHECK(launch(kernel_of(module, "mandelbrot"), ceil_div(width, 16), ceil_div(height, 4), 1, 16,
                 4, 1, 0, arguments));
    download(steps, d_steps, n * 4);
    for (int p = 0; p < width * height; p++) {
        float cx = 3.0f * (float)(p % width) / (float)width - 2.25f;
        int row = p / width;
        float cy = 2.5f * (float)row / (float)height - 1.25f, x = 0.0f, y = 0.0f;
        int k = 0;
        while (k < limit && x * x + y * y <= 4.0f) {
            float next = x * x - y * y + cx;
            y = 2.0f * x * y + cy;
            x = next;
            k++;
        }
        differ += steps[p] != k;
    }
    if (differ > (int)(n / 50) + 1) wrong("%d of %zu pixels differ", differ, n);
    free(steps);
}

/* rsqrtf and some ten roundings a body, and n of them add up: 1e-4 of the largest term's size. */
static void nbody(CUmodule module, int n) {
    float *from = array((size_t)n * 4, 4), *to = array((size_t)n * 4, 4),
          *v = array((size_t)n * 4, 4), *v_got = array((size_t)n * 4, 4), dt = 0.01f,
          softening = 0.1f;
    for (int i = 0; i < 4 * n; i++) from[i] = any_float(), v[i] = any_float();
    size_t bytes = (size_t)n * 16;
    CUdeviceptr d_from = upload(from, bytes), d_to = upload(to, bytes), d_v = upload(v, bytes);
    void *arguments[] = {&d_to, &d_v, &d_from, &n, &dt, &softening};
    CHECK(launch(kernel_of(module, "nbody"), ceil_div(n, 128), 1, 1, 128, 1, 1, 0, arguments));
    download(to, d_to, bytes);
    download(v_got, d_v, bytes);
    CHECK(cuMemFree(d_from));
    for (int i = 0; i < n; i++)
        for (int axis = 0; axis < 4; axis++) {
            double pull = 0.0, size = 0.0;
            for (int j = 0; axis < 3 && j < n; j++) {
                double r2 = (double)softening;
                for (int k = 0; k < 3; k++) {
                    double d = (double)from[4 * j + k] - (double)from[4 * i + k];
                    r2 += d * d;
                }
                double term = (double)from[4 * j + 3] *
                              ((double)from[4 * j + axis] - (double)from[4 * i + axis]) /
                              (r2 * sqrt(r2));
                pull += term;
                size += fabs(term);
            }
            double speed = (double)v[4 * i + axis] + (double)dt * pull;
            double place = (double)from[4 * i + axis] + (axis < 3 ? (double)dt * speed : 0.0);
            double bound = 1e-4 * (double)dt * size + 4 * 0x1p-23 * (fabs(speed) + fabs(place));
            if (!(fabs((double)v_got[4 * i + axis] - speed) <= bound) ||
                !(fabs((double)to[4 * i + axis] - place) <= bound)) {
                wrong("body %d axis %d: at %g with speed %g, wanted %g and %g", i, axis,
                      (double)to[4 * i + axis], (double)v_got[4 * i + axis], place, speed);
                i = n;
                break;
            }
        }
    free(from), free(to), free(v), free(v_got);
}

/* Every operation is rounded once, and none can be fused: equal. */
static void doubles(CUmodule module, int n) {
    double *x = array((size_t)n, 8), *y = array((size_t)n, 8);
    long long *whole = array((size_t)n, 8);
    for (int i = 0; i < n; i++) x[i] = (double)(int64_t)random64() * (i % 3 ? 0x1p-60 : 0x1p-30);
    CUdeviceptr d_x = upload(x, (size_t)n * 8), d_y = upload(y, (size_t)n * 8),
                d_whole = upload(whole, (size_t)n * 8);
    void *arguments[] = {&d_y, &d_whole, &d_x, &n};
    CHECK(launch(kernel_of(module, "doubles"), ceil_div(n, 64), 1, 1, 64, 1, 1, 0, arguments));
    download(y, d_y, (size_t)n * 8);
    download(whole, d_whole, (size_t)n * 8);
    CHECK(cuMemFree(d_x));
    for (int i = 0; i < n; i++) {
        double b = x[i], d = fma(b, b, 4.0), root = (sqrt(d) - b) / 2.0;
        double want = fmax(fmin(root, 1e300), fabs(b) * 1e-300) + (double)i + (double)(float)b;
        long long w = (long long)root + (long long)(unsigned)i;
        if (y[i] != want || whole[i] != w) { // NOLINT: equal, see above
            wrong("y[%d] is %.17g, whole[%d] is %lld, wanted %.17g and %lld", i, y[i], i, whole[i],
                  want, w);
            break;
        }
    }
    free(x), free(y), free(whole);
}

static void atomics(CUmodule module, int n) {
    int i[9] = {0}, want_i[9] = {0};
    unsigned u[11] = {0}, want_u[11] = {0}, threads = (unsigned)n, block = 64;
    unsigned long long w[10] = {0}, want_w[10] = {0};
    long long s[2] = {0}, want_s[2] = {0};
    float f[2] = {0};
    double d = 0;
    unsigned blocks = ceil_div(n, (int)block);
    threads = blocks * block;
    i[4] = -1, u[2] = 0xffffffffu, u[4] = 0xffffffffu, w[1] = ~0ull, w[3] = ~0ull;
    memcpy(want_i, i, sizeof i), memcpy(want_u, u, sizeof u), memcpy(want_w, w, sizeof w);
    for (unsigned t = 0; t < threads; t++) {
        unsigned long long wide = (unsigned long long)t << 33 | t;
        want_i[0] += (int)t, want_i[1] -= (int)t;
        want_i[2] = -(int)t < want_i[2] ? -(int)t : want_i[2];
        want_i[3] = (int)t > want_i[3] ? (int)t : want_i[3];
        want_i[4] &= ~(int)(t & 0xffu), want_i[5] |= (int)t, want_i[6] ^= (int)t;
        want_u[0] += t, want_u[1] -= t, want_u[2] = 0, want_u[3] = t > want_u[3] ? t : want_u[3];
        want_u[4] &= ~(t & 0xffu), want_u[5] |= t, want_u[6] ^= t;
        want_u[9] = want_u[9] >= 6 ? 0 : want_u[9] + 1;
        want_u[10] = want_u[10] == 0 || want_u[10] > 6 ? 6 : want_u[10] - 1;
        want_w[0] += wide, want_w[1] = 0, want_w[2] = wide > want_w[2] ? wide : want_w[2];
        want_w[3] &= ~wide, want_w[4] |= wide, want_w[5] ^= wide;
        want_s[0] = -(long long)wide < want_s[0] ? -(long long)wide : want_s[0];
        want_s[1] = (long long)wide > want_s[1] ? (long long)wide : want_s[1];
    }
    CUdeviceptr d_i = upload(i, sizeof i), d_u = upload(u, sizeof u), d_w = upload(w, sizeof w),
                d_s = upload(s, sizeof s), d_f = upload(f, sizeof f), d_d = upload(&d, 8);
    void *arguments[] = {&d_i, &d_u, &d_w, &d_s, &d_f, &d_d};
    CHECK(launch(kernel_of(module, "atomics"), blocks, 1, 1, block, 1, 1, 0, arguments));
    download_unhashed(i, d_i, sizeof i), download_unhashed(u, d_u, sizeof u),
        download_unhashed(w, d_w, sizeof w);
    download(s, d_s, sizeof s), download_unhashed(f, d_f, sizeof f), download(&d, d_d, 8);
    /* Whichever came last, or first, is a thread's. w[8] is set to 1 by all, before or after others
     * count under the lock; w[9] is the lock. */
    if ((unsigned)i[7] >= threads || u[7] >= threads || (unsigned)i[8] - 1 >= threads ||
        u[8] - 1 >= threads)
        wrong("exch and cas: %d %d %u %u", i[7], i[8], u[7], u[8]);
    if ((w[6] & 0x1ffffffffull) >= threads || w[6] >> 33 != (w[6] & 0x1ffffffffull))
        wrong("w[6] is 0x%llx", w[6]);
    if (w[9] != 0) wrong("the lock is %llu", w[9]);
    if (w[8] < 1 || w[8] > 1 + blocks) wrong("w[8] is %llu", w[8]);
    if (!(f[0] == 0.5f * (float)threads) || !(f[1] >= 0 && f[1] < (float)threads) ||
        !(d == 0.25 * threads))
        wrong("f is %g %g, d is %g", (double)f[0], (double)f[1], d);
    for (int k = 0; k < 7; k++)
        if (i[k] != want_i[k]) wrong("i[%d] is %d, wanted %d", k, i[k], want_i[k]);
    for (int k = 0; k < 11; k++)
        if (k != 7 && k != 8 && u[k] != want_u[k])
            wrong("u[%d] is %u, wanted %u", k, u[k], want_u[k]);
    for (int k = 0; k < 6; k++)
        if (w[k] != want_w[k]) wrong("w[%d] is 0x%llx, wanted 0x%llx", k, w[k], want_w[k]);
    for (int k = 0; k < 2; k++)
        if (s[k] != want_s[k]) wrong("s[%d] is %lld, wanted %lld", k, s[k], want_s[k]);
}

static int brev(unsigned v) {
    unsigned r = 0;
    for (int i = 0; i < 32; i++) r |= (v >> i & 1) << (31 - i);
    return (int)r;
}
static int popc(uint64_t v) {
    int n = 0;
    for (; v; v &= v - 1) n++;
    return n;
}
static int clz(uint64_t v, int bits) {
    int n = 0;
    for (int i = bits - 1; i >= 0 && !(v >> i & 1); i--) n++;
    return n;
}
static int ffs64(uint64_t v) {
    for (int i = 0; i < 64; i++)
        if (v >> i & 1) return i + 1;
    return 0;
}
static uint64_t high_u64(uint64_t a, uint64_t b) {
    uint64_t a1 = a >> 32, a0 = a & 0xffffffffu, b1 = b >> 32, b0 = b & 0xffffffffu;
    uint64_t m = a1 * b0 + (a0 * b0 >> 32), k = a0 * b1 + (m & 0xffffffffu);
    return a1 * b1 + (m >> 32) + (k >> 32);
}
static int extend24(int v) { return (int)((unsigned)v << 8) >> 8; }
static void bits(CUmodule module, int n) {
    int *x = array((size_t)n, 4), *y = array((size_t)n, 4), *out = array((size_t)n * 16, 4);
    long long *wide = array((size_t)n * 6, 8);
    static const int special[] = {0, 1, -1, INT32_MIN, INT32_MAX, 0xff, 0x800000, 0x7fffff, 31, 32};
    for (int i = 0; i < n; i++) {
        x[i] = i % 3 == 0 ? special[random64() % 10] : (int)random64();
        y[i] = i % 5 == 0 ? special[random64() % 10] : (int)random64();
    }
    CUdeviceptr d_x = upload(x, (size_t)n * 4), d_y = upload(y, (size_t)n * 4),
                d_out = upload(out, (size_t)n * 64), d_wide = upload(wide, (size_t)n * 48);
    void *arguments[] = {&d_out, &d_wide, &d_x, &d_y, &n};
    CHECK(launch(kernel_of(module, "bits"), ceil_div(n, 77), 1, 1, 77, 1, 1, 0, arguments));
    download(out, d_out, (size_t)n * 64);
    download(wide, d_wide, (size_t)n * 48);
    CHECK(cuMemFree(d_x));
    CHECK(cuMemFree(d_y));
    for (int i = 0; i < n; i++) {
        int a = x[i], b = y[i], o[16];
        unsigned ua = (unsigned)a, ub = (unsigned)b;
        uint64_t w = (uint64_t)ua << 32 | ub, both = (uint64_t)ub << 32 | ua;
        long long l[6];
        float af;
        double wd;
        memcpy(&af, &a, 4);
        memcpy(&wd, &w, 8);
        o[0] = popc(ua), o[1] = clz(ua, 32), o[2] = ffs64(ua), o[3] = brev(ua);
        o[4] = (int)((int64_t)a * b >> 32), o[5] = (int)((uint64_t)ua * ub >> 32);
        o[6] = (int)((int64_t)extend24(a) * extend24(b)),
        o[7] = (int)((uint64_t)(ua & 0xffffff) * (ub & 0xffffff));
        /* __byte_perm(a, b, 0x5140): bytes 0, 4, 1, 5 from the lowest */
        o[8] =
            (int)((ua & 0xff) | (ub & 0xff) << 8 | (ua >> 8 & 0xff) << 16 | (ub >> 8 & 0xff) << 24);
        unsigned turn = ua & 31;
        o[9] = turn ? (int)(both >> (32 - turn)) : b;
        o[10] = (int)(both >> turn);
        o[11] = (int)((a < b ? ub - ua : ua - ub) + 7),
        o[12] = (int)((ua < ub ? ub - ua : ua - ub) + 7);
        o[13] = (a < b ? a : b) ^ (int)(ua > ub ? ua : ub);
        o[14] = b != 0 && b != -1 ? (int)((unsigned)(a / b) + (unsigned)(a % b)) : b < 0 ? -b : b;
        af = af + 1.0f;
        memcpy(&o[15], &af, 4);
        l[0] = popc(w) + 100 * clz(w, 64) + 10000 * ffs64(w);
        l[1] = (long long)((uint64_t)(unsigned)brev((unsigned)w) << 32 |
                           (unsigned)brev((unsigned)(w >> 32)));
        uint64_t wb = (uint64_t)(int64_t)b, high = high_u64(w, wb);
        if (w >> 63) high -= wb;
        if (wb >> 63) high -= w;
        l[2] = (long long)high;
        l[3] = (long long)high_u64(w, w);
        l[4] = ub != 0 ? (long long)(w / ub) : 0;
        wd = wd + 1.0;
        memcpy(&l[5], &wd, 8);
        bool nan = af != af, nan_w = wd != wd; // NOLINT: NaN
        for (int k = 0; k < 16; k++)
            if (out[16 * i + k] != o[k] && !(k == 15 && nan)) {
                wrong("x 0x%x, y 0x%x: o[%d] is 0x%x, wanted 0x%x", ua, ub, k,
                      (unsigned)out[16 * i + k], (unsigned)o[k]);
                i = n;
                break;
            }
        if (i == n) break;
        for (int k = 0; k < 6; k++)
            if (wide[6 * i + k] != l[k] && !(k == 5 && nan_w)) {
                wrong("x 0x%x, y 0x%x: l[%d] is 0x%llx, wanted 0x%llx", ua, ub, k,
                      (unsigned long long)wide[6 * i + k], (unsigned long long)l[k]);
                i = n;
                break;
            }
    }
    free(x), free(y), free(out), free(wide);
}

static void votes(CUmodule module, int n) {
    unsigned block = 96, blocks = ceil_div(n, (int)block);
    size_t warps = (size_t)blocks * 3;
    int *x = array((size_t)n, 4), *out = array(warps * 8, 4), *of_block = array(warps, 4);
    for (int i = 0; i < n; i++)
        x[i] = i / 32 % 3 == 0 ? 1 : i / 32 % 5 == 1 ? 2 : (int)(random64() >> 60);
    CUdeviceptr d_x = upload(x, (size_t)n * 4), d_out = upload(out, warps * 32),
                d_blocks = upload(of_block, warps * 4);
    void *arguments[] = {&d_out, &d_blocks, &d_x, &n};
    CHECK(launch(kernel_of(module, "votes"), blocks, 1, 1, block, 1, 1, 0, arguments));
    download(out, d_out, warps * 32);
    download(of_block, d_blocks, warps * 4);
    CHECK(cuMemFree(d_x));
    for (size_t w = 0; w < warps; w++) {
        unsigned lanes = 0;
        for (int lane = 0; lane < 32; lane++) {
            int i = (int)w * 32 + lane;
            if (i < n && x[i] & 1) lanes |= 1u << lane;
        }
        int want[8] = {lanes == 0xffffffffu, lanes != 0, (int)lanes, ffs64(lanes),
                       (int)lanes,           0,          0,          0},
            seen = 0;
        for (int lane = 0; lane < 32; lane++)
            if (lanes >> lane & 1 && seen++ == 3) want[5] = lane;
        for (int k = 0; k < 8; k++)
            if (out[8 * w + (size_t)k] != want[k]) {
                wrong("warp %zu: out[%d] is 0x%x, wanted 0x%x", w, k,
                      (unsigned)out[8 * w + (size_t)k], (unsigned)want[k]);
                w = warps;
                break;
            }
    }
    for (unsigned b = 0; b < blocks; b++) {
        int odd = 0;
        for (int i = (int)(b * block); i < (int)((b + 1) * block); i++) odd += i < n && x[i] & 1;
        int *got = of_block + (size_t)b * 3;
        if (got[0] != odd || got[1] != (odd == (int)block) || got[2] != (odd > 0))
            wrong("block %u: %d %d %d, wanted %d %d %d", b, got[0], got[1], got[2], odd,
                  odd == (int)block, odd > 0);
    }
    free(x), free(out), free(of_block);
}

/* What printf gives goes to stdout: caught in a file, and compared line by line in any order. */
static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}
static void print(CUmodule module, int n) {
    double *x = array((size_t)n, 8);
    for (int i = 0; i < n; i++) x[i] = (double)(int64_t)random64() * 0x1p-50;
    long long first = 10000000000LL;
    CUdeviceptr d_x = upload(x, (size_t)n * 8);
    void *arguments[] = {&d_x, &first, &n};
    FILE *caught = tmpfile();
    fflush(stdout);
    int kept = dup(1);
    if (!caught || kept < 0 || dup2(fileno(caught), 1) < 0) exit(3);
    CUresult result =
        launch(kernel_of(module, "print"), ceil_div(n, 40), 1, 1, 40, 1, 1, 0, arguments);
    fflush(stdout);
    dup2(kept, 1);
    close(kept);
    CHECK(result);
    CHECK(cuMemFree(d_x));
    char **got = array((size_t)n + 2, sizeof *got), **want = array((size_t)n + 2, sizeof *want),
         line[300];
    int lines = 0;
    rewind(caught);
    while (lines < n + 2 && fgets(line, sizeof line, caught))
        got[lines++] = strcpy(array(strlen(line) + 1, 1), line);
    fclose(caught);
    for (int i = 0; i <= n; i++) {
        if (i == n) snprintf(line, sizeof line, "begin\n");
        else
            snprintf(line, sizeof line, "%d: x[%lld] = %.3f ok %c 100%%\n", i, first + i, x[i],
                     'a' + i % 26);
        want[i] = strcpy(array(strlen(line) + 1, 1), line);
    }
    if (lines != n + 1) wrong("%d lines, wanted %d", lines, n + 1);
    qsort(got, (size_t)lines, sizeof *got, by_text);
    qsort(want, (size_t)n + 1, sizeof *want, by_text);
    for (int i = 0; i < lines && i <= n; i++)
        if (strcmp(got[i], want[i]) != 0) {
            wrong("printed \"%s\", wanted \"%s\"", got[i], want[i]);
            break;
        }
    for (int i = 0; i < lines; i++) free(got[i]);
    for (int i = 0; i <= n; i++) free(want[i]);
    free((void *)got), free((void *)want), free(x);
}

static int in_bits(float f) {
    int v;
    memcpy(&v, &f, 4);
    return v;
}
static long long in_wide_bits(double d) {
    long long v;
    memcpy(&v, &d, 8);
    return v;
}
/* o[4] is a sum of two roots that a compiler may approximate, o[19] a product and a sum that it
 * may fuse: 2^-21 of their size. All else is equal. l[6] has a clock's and, from sm_70 on, a
 * match's part. */
static void floats(CUmodule module, int n) {
    float *x = array((size_t)n * 4, 4), *y = array((size_t)n * 4, 4),
          *out = array((size_t)n * 20, 4);
    double *d = array((size_t)n, 8);
    long long *w = array((size_t)n * 8, 8);
    for (int i = 0; i < 4 * n; i++) x[i] = any_float() * 100.0f, y[i] = any_float() * 100.0f;
    for (int i = 0; i < n; i++) d[i] = (double)any_float() * 1000.0;
    CUdeviceptr d_x = upload(x, (size_t)n * 16), d_y = upload(y, (size_t)n * 16),
                d_d = upload(d, (size_t)n * 8), d_out = upload(out, (size_t)n * 80),
                d_w = upload(w, (size_t)n * 64);
    void *arguments[] = {&d_out, &d_w, &d_x, &d_y, &d_d, &n};
    CHECK(launch(kernel_of(module, "floats"), ceil_div(n, 64), 1, 1, 64, 1, 1, 0, arguments));
    download(out, d_out, (size_t)n * 80);
    download(w, d_w, (size_t)n * 64);
    CHECK(cuMemFree(d_x));
    CHECK(cuMemFree(d_y));
    CHECK(cuMemFree(d_d));
#define AT(t) ((t) < n ? (t) : n - 1)
    for (int i = 0; i < n; i++) {
        int base = i / 32 * 32, lane = i % 32;
        const float *a = x + (size_t)i * 4, *b = y + (size_t)i * 4;
        double e = d[i];
        float o[20];
        o[0] = a[0] + b[0], o[1] = a[1] * b[1];
        o[1] = o[1] + a[2];
        o[2] = fmaf(a[0], b[0], a[2]), o[3] = a[0] / b[0],
        o[4] = sqrtf(fabsf(a[0])) + sqrtf(fabsf(b[0]));
        o[5] = fminf(a[3], b[3]), o[6] = fmaxf(a[3], b[3]);
        o[7] = rintf(a[0]), o[8] = truncf(a[0]), o[9] = ceilf(a[0]), o[10] = floorf(a[0]);
        for (int k = 7; k <= 10; k++) o[k] = o[k] + 0.0f; /* through an int: no -0 */
        o[11] = fminf(a[1], b[1]) - fmaxf(a[1], b[1]);
        o[12] = fabsf(a[2]) + (float)fabs(e), o[13] = -a[0];
        o[14] = x[4 * (size_t)AT(base + 3)], o[15] = (float)d[AT(base + (lane ^ 1))];
        o[16] = lane % 8 ? y[4 * AT(i - 1) + 1] : b[1];
        o[17] = (float)(lane % 16 + 2 < 16 ? i + 2 : i), o[18] = (float)(i % 64);
        o[19] = a[1] * a[0] + b[0];
        for (int k = 0; k < 20; k++) {
            float got = out[20 * (size_t)i + (size_t)k];
            float bound = k == 4    ? o[4] * 0x1p-21f
                          : k == 19 ? (fabsf(a[1] * a[0]) + fabsf(b[0])) * 0x1p-21f
                                    : 0.0f;
            if (!(k >= 7 && k <= 10 ? got == o[k]
                  : bound > 0       ? fabsf(got - o[k]) <= bound
                                    : in_bits(got) == in_bits(o[k]))) {
                wrong("thread %d: o[%d] is %.9g, wanted %.9g", i, k, (double)got, (double)o[k]);
                i = n;
                break;
            }
        }
        if (i >= n) break;
        long long l[8];
        l[0] = (long long)(base + 5) << 40, l[1] = (long long)(lane < 31 ? i + 1 : i) << 40;
        l[2] = in_wide_bits(e + 1.0), l[3] = in_wide_bits(e * 3.0),
        l[4] = in_wide_bits(fma(e, e, 1.0));
        l[5] = (i < 7 ? i : 7) + (i > 9 ? i : 9);
        l[6] = base + 32 <= n;
        l[7] = (long long)in_bits(a[0]) + in_wide_bits(e);
        const long long *got = w + (size_t)i * 8;
        long long matched = 4LL * (0xfLL << (lane / 4 * 4));
        for (int k = 0; k < 8; k++)
            if (got[k] != l[k] && !(k == 6 && got[k] == l[k] + matched)) {
                wrong("thread %d: l[%d] is 0x%llx, wanted 0x%llx", i, k, (unsigned long long)got[k],
                      (unsigned long long)l[k]);
                i = n;
                break;
            }
    }
    free(x), free(y), free(out), free(d), free(w);
}

/* The three ends: all good, an assertion, a trap. After a failure the context is made anew. */
static void check(CUmodule module, int n) {
    int *x = array((size_t)n, 4), sum = 0, want = 0;
    for (int i = 0; i < n; i++) want += x[i] = (int)(random64() % 90);
    bool assertion = n % 2 == 1;
    CUfunction kernel = kernel_of(module, "check");
    CUdeviceptr d_x = upload(x, (size_t)n * 4), d_sum = upload(&sum, 4);
    void *arguments[] = {&d_sum, &d_x, &n};
    CHECK(launch(kernel, ceil_div(n, 64), 1, 1, 64, 1, 1, 0, arguments));
    CHECK(cuMemcpyDtoH(&sum, d_sum, 4));
    if (sum != want) wrong("the sum is %d, wanted %d", sum, want);
    x[n / 2] = assertion ? -5 : 99;
    CHECK(cuMemcpyHtoD(d_x, x, (size_t)n * 4));
    CUresult result = launch(kernel, ceil_div(n, 64), 1, 1, 64, 1, 1, 0, arguments);
    if (assertion && result != CUDA_ERROR_ASSERT)
        wrong("an assertion gives %d, wanted 710", (int)result);
    if (!assertion && result != CUDA_ERROR_LAUNCH_FAILED &&
        result != CUDA_ERROR_ILLEGAL_INSTRUCTION)
        wrong("a trap gives %d, wanted 719 or 715", (int)result);
    CUresult later = cuMemcpyDtoH(&sum, d_sum, 4);
    if (later != result)
        wrong("after it a copy gives %d, wanted the same %d", (int)later, (int)result);
    CUcontext context;
    CUdevice device;
    CHECK(cuDeviceGet(&device, 0));
    CHECK(cuDevicePrimaryCtxReset(device));
    CHECK(cuDevicePrimaryCtxRelease(device));
    CHECK(cuDevicePrimaryCtxRetain(&context, device));
    CHECK(cuCtxSetCurrent(context));
    free(x);
}

static const int many[] = {1, 31, 32, 33, 97, 1000, 4099, 0}, some[] = {1, 31, 33, 127, 0},
                 few[] = {1, 33, 260, 0}, pixels[] = {1, 17, 100, 0}, two[] = {32, 97, 0};
const KernelTest kernel_tests[] = {{"vector_add", vector_add, many},
                                   {"saxpy", saxpy, many},
                                   {"matmul_tiled", matmul, some},
                                   {"reduce_shuffle", reduce, many},
                                   {"scan", scan, many},
                                   {"histogram", histogram, many},
                                   {"transpose", transpose, some},
                                   {"stencil", stencil, many},
                                   {"mandelbrot", mandelbrot, pixels},
                                   {"nbody", nbody, few},
                                   {"doubles", doubles, many},
                                   {"atomics", atomics, some},
                                   {"bits", bits, many},
                                   {"votes", votes, many},
                                   {"print", print, some},
                                   {"floats", floats, many},
                                   {"check", check, two}};
const size_t n_kernel_tests = sizeof kernel_tests / sizeof *kernel_tests;
