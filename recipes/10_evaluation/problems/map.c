// SPDX-License-Identifier: MIT
/* y = sin x + cos x + exp(-x): three functions for eight bytes. Whether the compiler can make
 * vectors of them decides.
 *
 * Tolerance: by the OpenCL specification (7.4) sin and cos are within 4 ulp and exp within 3; each
 * sum adds half an ulp. 1e-6 is 8 ulp of 1. Operations are counted as the polynomials of
 * kernels/tuned/map.cpu.cl need them.
 */
#include <math.h>

#include "../evaluation.h"

enum { OPERATIONS = 51 };

static void shape(size_t n, Shape *s) {
    *s = (Shape){.out_n = n,
                 .in_n = {n},
                 .size = {n},
                 .sizes = 1,
                 .units = n,
                 .along = n,
                 .down = 1,
                 .bytes = 2.0 * sizeof(float) * (double)n,
                 .flops = (double)OPERATIONS * (double)n};
}

typedef struct Arrays {
    float *want;
    const float *x;
} Arrays;

static void reference_range(size_t begin, size_t end, void *context) {
    const Arrays *a = context;
    for (size_t i = begin; i < end; i++) {
        double x = a->x[i];
        a->want[i] = (float)(sin(x) + cos(x) + exp(-x));
    }
}

/* The reference: the C library's functions of double precision. */
static void reference(const Shape *s, float *want, const float *const *in) {
    Arrays arrays;
    arrays.want = want;
    arrays.x = in[0];
    hc_parallel_for(s->out_n, 0, reference_range, &arrays);
}

static HcTolerance tolerance(const Shape *s) {
    (void)s;
    return (HcTolerance){.abs = 1e-6, .rel = 1e-6};
}

const Problem sin_cos_exp = {
    .name = "map",
    .what = "y = sin x + cos x + exp(-x)",
    .shape = shape,
    .scale = 8,
    .reference = reference,
    .tolerance = tolerance,
    .computes = true,
    .serial = serial_map,
    .simd = simd_map,
    .cl = {{"map.cl", "map", one_each}, {"tuned/map.cpu.cl", "map", chunks}},
    .cu = {{"map.cu", "map", one_each}}};
