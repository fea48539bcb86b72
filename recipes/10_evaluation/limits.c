// SPDX-License-Identifier: MIT
/* Limits: what this machine can do, measured in the same run and in the same ways as the problems
 * that are compared with them. A copy does nothing but move data; a chain of multiplications and
 * additions does nothing but compute. They are problems like the others: computed by serial C,
 * vectors, threads and kernels, and verified. A limit is what the fastest round reached: whatever
 * came between in the others is no property of the machine.
 */
#include <float.h>

#include "evaluation.h"

enum { CHAINS = 8, STEPS = 128, SHARE = 32 };

static void copy_shape(size_t n, Shape *s) {
    *s = (Shape){.out_n = n,
                 .in_n = {n},
                 .size = {n},
                 .sizes = 1,
                 .units = n,
                 .along = n,
                 .down = 1,
                 .bytes = 2.0 * sizeof(float) * (double)n};
}

static void copy_reference(const Shape *s, float *want, const float *const *in) {
    memcpy(want, in[0], s->out_n * sizeof *want);
}

static HcTolerance copy_tolerance(const Shape *s) {
    (void)s;
    return HC_EXACT;
}

const Problem copy_limit = {.name = "copy",
                            .what = "z = x",
                            .shape = copy_shape,
                            .scale = 1,
                            .reference = copy_reference,
                            .tolerance = copy_tolerance,
                            .typed = true,
                            .serial = serial_copy,
                            .simd = simd_copy,
                            .cl = {{"vector_copy.cl", "vector_copy", one_each},
                                   {"tuned/vector_copy.cpu.cl", "vector_copy", chunks}},
                            .cu = {{"vector_copy.cu", "vector_copy", one_each}}};

static void flops_shape(size_t size, Shape *s) {
    size_t n = size / SHARE ? size / SHARE : size;
    *s = (Shape){.out_n = n,
                 .in_n = {n},
                 .size = {n, STEPS},
                 .sizes = 2,
                 .units = n,
                 .along = n,
                 .down = 1,
                 .flops = 2.0 * CHAINS * STEPS * (double)n};
}

/* After so many steps each v is 2, where v = v / 2 + 1, whatever it was. */
static void flops_reference(const Shape *s, float *want, const float *const *in) {
    (void)in;
    for (size_t i = 0; i < s->out_n; i++) want[i] = CHAINS * 2;
}

static HcTolerance flops_tolerance(const Shape *s) {
    (void)s;
    return HC_REL(4 * FLT_EPSILON);
}

const Problem flops_limit = {.name = "multiply_add",
                             .what = "v = v / 2 + 1, again and again",
                             .shape = flops_shape,
                             .scale = 1,
                             .reference = flops_reference,
                             .tolerance = flops_tolerance,
                             .computes = true,
                             .serial = serial_multiply_add,
                             .simd = simd_multiply_add,
                             .cl = {{"multiply_add.cl", "multiply_add", one_each},
                                    {"tuned/multiply_add.cpu.cl", "multiply_add", chunks}},
                             .cu = {{"multiply_add.cu", "multiply_add", one_each}}};

/* The yardstick's row that is most like this one: the same device and form, else the same device,
 * or for a library of the host the threads. */
static const Row *like(const Plan *limits, const Row *row) {
    const Row *found = NULL;
    for (size_t r = 0; r < limits->rows; r++) {
        const Row *l = &limits->row[r];
        if (is_left_out(l) || l->device != row->device) continue;
        if (l->backend == row->backend && l->form == row->form) return l;
        if (!found || peak_rate(limits, l, 0) > peak_rate(limits, found, 0)) found = l;
    }
    return found;
}

void set_limits(Plan *plan, const Plan *copy, const Plan *flops) {
    const Plan *limits = plan->problem->computes ? flops : copy;
    for (size_t r = 0; r < plan->rows; r++) {
        const Row *l = like(limits, &plan->row[r]);
        plan->row[r].limit = l ? peak_rate(limits, l, 0) : 0;
    }
}
