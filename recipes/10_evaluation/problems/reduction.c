// SPDX-License-Identifier: MIT
/* The sum of x: one addition for four bytes, and a single number to show for it. Everybody adds up
 * parts, and the host adds those: one for every 1,024 elements, and at most PARTS.
 *
 * Tolerance: adding up m elements of random sign, one after the other, errs by about 0.2 eps m, and
 * so many parts by the square root of their number times that: each rounding is half an ulp of a
 * sum that grows with the square root (Higham, Accuracy and Stability of Numerical Algorithms, ch.
 * 4). Ten times that is allowed, m being the part of one and a tree. The bound that holds for every
 * input is far wider: a sum that left out a hundred elements would pass it.
 */
#include <float.h>
#include <math.h>

#include "../evaluation.h"

static void shape(size_t n, Shape *s) {
    size_t count = n / 1024 > PARTS ? PARTS : n / 1024 ? n / 1024 : n > 0;
    *s = (Shape){.out_n = count,
                 .in_n = {n},
                 .size = {n},
                 .sizes = 1,
                 .units = count,
                 .along = count,
                 .down = 1,
                 .bytes = sizeof(float) * (double)n,
                 .flops = (double)n,
                 .in_a_row = (double)n / (double)(count ? count : 1) + 64};
}

/* The reference: added in double precision. */
static void reference(const Shape *s, float *want, const float *const *in) {
    double sum = 0;
    for (size_t i = 0; i < s->in_n[0]; i++) sum += in[0][i];
    if (s->out_n) want[0] = (float)sum;
}

static HcTolerance tolerance(const Shape *s) {
    return (HcTolerance){.abs = 2 * FLT_EPSILON * s->in_a_row * sqrt((double)s->out_n)};
}

/* Groups of 256 work-items, one for each part. */
static void groups(const Shape *s, Launch *launch) {
    *launch = (Launch){.global = {s->along * 256, 1}, .local = {256, 1}};
}

const Problem reduction = {
    .name = "reduction",
    .what = "the sum of x",
    .shape = shape,
    .scale = 1,
    .reference = reference,
    .tolerance = tolerance,
    .partial = true,
    .serial = serial_reduction,
    .simd = simd_reduction,
    .cl = {{"reduction.cl", "reduction", groups}, {"tuned/reduction.cpu.cl", "reduction", parts}},
    .cu = {{"reduction.cu", "reduction", groups}, {"tuned/reduction.gpu.cu", "reduction", groups}}};
