// SPDX-License-Identifier: MIT
/* Each element becomes the mean of its four neighbours: four operations for eight bytes, if each
 * element comes from memory once and from a cache, or from shared memory, the other times.
 *
 * Tolerance: none. Three sums in a fixed order, and a product by a power of two, which no fused
 * multiplication can change.
 */
#include <math.h>

#include "../evaluation.h"

static void shape(size_t n, Shape *s) {
    size_t side = (size_t)sqrt((double)n);
    *s = (Shape){.out_n = side * side,
                 .in_n = {side * side},
                 .size = {side, side},
                 .sizes = 2,
                 .units = side,
                 .along = side,
                 .down = side,
                 .bytes = 2.0 * sizeof(float) * (double)side * (double)side,
                 .flops = 4.0 * (double)side * (double)side};
}

static void reference(const Shape *s, float *want, const float *const *in) {
    serial_stencil(s, want, in, 0, s->units);
}

static HcTolerance tolerance(const Shape *s) {
    (void)s;
    return HC_EXACT;
}

/* 32 x 32 elements for 32 x 8 threads. */
static void tiles(const Shape *s, Launch *launch) {
    size_t x = (s->along + 31) / 32, y = (s->down + 31) / 32;
    *launch = (Launch){.global = {x * 32, y * 8}, .local = {32, 8}};
}

const Problem stencil = {
    .name = "stencil",
    .what = "y = the mean of the four neighbours, side x side",
    .shape = shape,
    .scale = 1,
    .reference = reference,
    .tolerance = tolerance,
    .serial = serial_stencil,
    .simd = simd_stencil,
    .cl = {{"stencil.cl", "stencil", one_each}, {"tuned/stencil.cpu.cl", "stencil", chunks}},
    .cu = {{"stencil.cu", "stencil", one_each}, {"tuned/stencil.gpu.cu", "stencil", tiles}}};
