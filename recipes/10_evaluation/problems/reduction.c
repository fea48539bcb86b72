// SPDX-License-Identifier: MIT
/* The sum of x: one addition for four bytes, and a single number to show for it. Everybody adds up
 * parts, PARTS of them, and the host adds those.
 *
 * Tolerance: adding up m elements of random sign, one after the other, errs by about 0.2 eps m, and
 * PARTS parts by the square root of PARTS times that: each rounding is half an ulp of a sum that
 * grows with the square root (Higham, Accuracy and Stability of Numerical Algorithms, ch. 4). Ten
 * times that is allowed, m being n / PARTS and a tree. The bound that holds for every input is far
 * wider: a sum that left out a hundred elements would pass it.
 */
#include <float.h>

#include "../evaluation.h"

static void shape(size_t n, Shape *s) {
    *s = (Shape){.out_n = n ? PARTS : 0,
                 .in_n = {n},
                 .size = {n},
                 .sizes = 1,
                 .units = n ? PARTS : 0,
                 .along = n ? PARTS : 0,
                 .down = 1,
                 .bytes = sizeof(float) * (double)n,
                 .flops = (double)n,
                 .in_a_row = (double)n / PARTS + 64};
}

/* The reference: added in double precision. */
static void reference(const Shape *s, float *want, const float *const *in) {
    double sum = 0;
    for (size_t i = 0; i < s->in_n[0]; i++) sum += in[0][i];
    if (s->out_n) want[0] = (float)sum;
}

static HcTolerance tolerance(const Shape *s) {
    return (HcTolerance){.abs = 64 * FLT_EPSILON * s->in_a_row};
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
