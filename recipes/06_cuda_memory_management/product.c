// SPDX-License-Identifier: MIT
/* The matrix product as all files of this recipe use it: launched, timed, and compared.
 */
#include "product.h"

#include <math.h>

/* rows x cols floats, or one: what does not fit into 64 bits is refused by hc_alloc. */
static int make_array(size_t rows, size_t cols, size_t *bytes, float **x) {
    size_t n;
    if (__builtin_mul_overflow(rows, cols, &n)) n = SIZE_MAX;
    *bytes = n < SIZE_MAX / sizeof(float) ? (n ? n : 1) * sizeof(float) : 0;
    return hc_alloc(n ? n : 1, sizeof(float), x);
}

int make_arrays(Product *p) {
    int status = make_array(p->m, p->k, &p->bytes_a, &p->a);
    if (status == HC_OK) status = make_array(p->k, p->n, &p->bytes_b, &p->b);
    if (status == HC_OK) status = make_array(p->m, p->n, &p->bytes_c, &p->c);
    if (status == HC_OK) status = make_array(p->m, p->n, &p->bytes_c, &p->want);
    return status;
}

void free_arrays(Product *p) { free(p->want), free(p->c), free(p->b), free(p->a); }

Layout dense(const Product *p) { return (Layout){p->m, p->n, p->k, p->n}; }

//> launch
void launch(const Product *p, Layout layout, CUdeviceptr d_c, CUdeviceptr d_a, CUdeviceptr d_b,
            CUstream stream) {
    /* A grid has at most 65,535 blocks in y. More rows than these have take another launch. */
    const size_t most = (size_t)65535 * TILE;
    size_t n = p->n, k = p->k;
    for (size_t first = 0; first < layout.rows && n > 0; first += most) {
        size_t left = layout.rows - first, m = left < most ? left : most;
        CUdeviceptr c = d_c + first * layout.ldc * sizeof(float);
        CUdeviceptr a = d_a + first * layout.lda * sizeof(float);
        void *parameters[] = {&c, &a, &d_b, &m, &n, &k, &layout.ldc, &layout.lda, &layout.ldb};
        unsigned grid_x = (unsigned)((n + TILE - 1) / TILE);
        unsigned grid_y = (unsigned)((m + TILE - 1) / TILE);
        CHECK_CU(cuLaunchKernel(p->kernel, grid_x, grid_y, 1, TILE, TILE, 1, 0, stream, parameters,
                                NULL));
    }
}
//< launch

void lap(Laps *laps, Part part) {
    double now_ms = hc_now_ms();
    if (part != NOT_COUNTED) laps->ms[part] += now_ms - laps->last_ms;
    laps->last_ms = hc_now_ms();
}

/* Rounding. Each of the k steps of a sum rounds once if the compiler joins product and sum into one
 * instruction (FMA, which all CUDA compilers do unless told not to), else twice. With u = 2^-24 the
 * error is at most k u S for S = sum of |a| |b|, and, unless roundings conspire, at most 6 sqrt(k)
 * u S (Higham and Mary, A New Approach to Probabilistic Rounding Error Analysis, 2019). |b| < 1
 * here, so that S is at most the largest sum of |a| in a row. One u more for the rounded
 * reference. */
HcTolerance tolerance(const Product *p) {
    double largest = 0, k = (double)p->k;
    for (size_t row = 0; row < p->m; row++) {
        double sum = 0;
        for (size_t l = 0; l < p->k; l++) sum += fabs((double)p->a[row * p->k + l]);
        largest = fmax(largest, sum);
    }
    return (HcTolerance){.abs = (fmin(k, 6 * sqrt(k)) + 1) * 0x1p-24 * largest};
}

static HcVerdict all;

void check(const Product *p, const char *kind, float *c) {
    HcVerdict v = hc_compare(HC_F32, c, p->want, p->m * p->n, p->tolerance);
    if (v.wrong) hc_verify(kind, v);
    if (v.max_error < all.max_error) v.max_error = all.max_error;
    v.wrong += all.wrong;
    all = v;
    memset(c, 0xff, p->bytes_c); /* all bits set is a NaN */
}

HcVerdict checked(void) { return all; }

/* Rows [begin, end) of c. For each l a whole row is added, which reads b in the order of memory. */
static void rows_on_host(size_t begin, size_t end, void *context) {
    const Product *p = context;
    memset(p->c + begin * p->n, 0, (end - begin) * p->n * sizeof(float));
    for (size_t row = begin; row < end; row++)
        for (size_t l = 0; l < p->k; l++)
            for (size_t col = 0; col < p->n; col++)
                p->c[row * p->n + col] += p->a[row * p->k + l] * p->b[l * p->n + col];
}

void multiply_on_host(const Product *p) {
    Product copy = *p;
    hc_parallel_for(p->m, 0, rows_on_host, &copy);
}
