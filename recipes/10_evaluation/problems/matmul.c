// SPDX-License-Identifier: MIT
/* c = a b for square matrices: 2 side^3 operations for 12 side^2 bytes, so that arithmetic decides,
 * once values that were fetched are used often. side^3 is 16 n, to take about as long as the rest.
 *
 * Tolerance: side products and sums, each rounded once, fused or not: side eps times the sum of
 * |a| |b|, which is at most side; that bound is far too wide, so its usual size is taken, where
 * errors of random sign grow with the square root (Higham, ch. 4).
 */
#include <float.h>
#include <math.h>

#include "../evaluation.h"

static void shape(size_t n, Shape *s) {
    size_t side = (size_t)cbrt(16.0 * (double)n);
    if (side >= 64) side -= side % 16; /* whole vectors, like the sizes that people choose */
    double work = (double)side * (double)side * (double)side;
    *s = (Shape){.out_n = side * side,
                 .in_n = {side * side, side * side},
                 .size = {side, side, side, side, side, side},
                 .sizes = 6,
                 .units = side,
                 .along = side,
                 .down = side,
                 .bytes = 3.0 * sizeof(float) * (double)side * (double)side,
                 .flops = 2 * work,
                 .in_a_row = (double)side};
}

typedef struct Matrices {
    float *want;
    const float *a, *b;
    size_t side;
} Matrices;

static void reference_rows(size_t begin, size_t end, void *context) {
    const Matrices *m = context;
    size_t side = m->side;
    double *sums = calloc(side, sizeof *sums);
    for (size_t i = begin; sums && i < end; i++) {
        for (size_t j = 0; j < side; j++) sums[j] = 0;
        for (size_t l = 0; l < side; l++) {
            double a = m->a[i * side + l];
            for (size_t j = 0; j < side; j++) sums[j] += a * m->b[l * side + j];
        }
        for (size_t j = 0; j < side; j++) m->want[i * side + j] = (float)sums[j];
    }
    free(sums);
}

/* The reference: products and sums in double precision. */
static void reference(const Shape *s, float *want, const float *const *in) {
    Matrices matrices = {.a = in[0], .b = in[1], .side = s->size[0]};
    matrices.want = want;
    hc_parallel_for(s->units, hc_cores(), reference_rows, &matrices);
}

static HcTolerance tolerance(const Shape *s) {
    return (HcTolerance){.abs = 8 * sqrt(s->in_a_row) * FLT_EPSILON * sqrt(s->in_a_row)};
}

/* A panel of 32 columns and at most 512 rows for each work-item. */
static void panels(const Shape *s, Launch *launch) {
    *launch = (Launch){.global = {(s->along + 31) / 32, (s->down + 511) / 512}, .local = {1, 1}};
}

/* 128 x 128 elements for 256 threads. */
static void tiles(const Shape *s, Launch *launch) {
    size_t x = (s->along + 127) / 128, y = (s->down + 127) / 128;
    *launch = (Launch){.global = {x * 256, y}, .local = {256, 1}};
}

const Problem matmul = {.name = "matmul",
                        .what = "c = a b, side x side",
                        .has_blas = true,
                        .shape = shape,
                        .scale = 1,
                        .reference = reference,
                        .tolerance = tolerance,
                        .computes = true,
                        .serial = serial_matmul,
                        .simd = simd_matmul,
                        .cl = {{"matmul_naive.cl", "matmul_naive", one_each},
                               {"tuned/matmul.cpu.cl", "matmul", panels}},
                        .cu = {{"matmul_naive.cu", "matmul_naive", one_each},
                               {"tuned/matmul.gpu.cu", "matmul", tiles}}};
