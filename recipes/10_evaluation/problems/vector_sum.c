// SPDX-License-Identifier: MIT
/* z = x + y: one addition for twelve bytes. Memory decides, and nothing else. */
#include "../evaluation.h"

static void shape(size_t n, Shape *s) {
    *s = (Shape){.out_n = n,
                 .in_n = {n, n},
                 .size = {n},
                 .sizes = 1,
                 .units = n,
                 .along = n,
                 .down = 1,
                 .bytes = 3.0 * sizeof(float) * (double)n,
                 .flops = (double)n,
                 .in_a_row = 1};
}

/* The reference: one addition is rounded once, in the same way everywhere. */
static void reference(const Shape *s, float *want, const float *const *in) {
    for (size_t i = 0; i < s->out_n; i++) want[i] = in[0][i] + in[1][i];
}

static HcTolerance tolerance(const Shape *s) {
    (void)s;
    return HC_EXACT;
}

const Problem vector_sum = {.name = "vector_sum",
                            .what = "z = x + y",
                            .shape = shape,
                            .scale = 1,
                            .reference = reference,
                            .tolerance = tolerance,
                            .typed = true,
                            .serial = serial_vector_sum,
                            .simd = simd_vector_sum,
                            .cl = {{"vector_sum.cl", "vector_sum", one_each},
                                   {"tuned/vector_sum.cpu.cl", "vector_sum", chunks}},
                            .cu = {{"vector_sum.cu", "vector_sum", one_each}}};
