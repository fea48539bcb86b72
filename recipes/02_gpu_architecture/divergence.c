// SPDX-License-Identifier: MIT
/* Divergence against time: each work-item takes one of several paths through the kernel, all of the
 * same length. "together": 32 neighbours take the same path, the next 32 another. "mixed":
 * neighbours take different paths. Every path is taken as often in both, so the work is the same.
 */
#include "architecture.h"

enum { TOGETHER = 32 };

static void plan(Launch *launch, uint32_t point, unsigned curve, size_t n, uint32_t steps) {
    size_t m = n < 1024         ? n
               : n / 128 < 1024 ? 1024
                                : n / 128; /* each has much more to do than copy */
    *launch = (Launch){.across = m,
                       .down = 1,
                       .numbers = 4,
                       .number = {(uint32_t)m, point, curve == 0 ? TOGETHER : 1, steps},
                       .times = 1,
                       .n = m};
}

//> reference
/* The reference: one path after the other is no different from the right one at once. */
static void reference(const Launch *launch, uint32_t *y, const uint32_t *x) {
    uint32_t paths = launch->number[1], together = launch->number[2], steps = launch->number[3];
    for (uint32_t i = 0; i < launch->n; i++) {
        uint32_t path = i / together % paths, value = x[i];
        for (uint32_t k = 0; k < steps; k++) value = 1664525u * value + 2u * path + 1u;
        y[i] = value;
    }
}
//< reference

static void read_times(Launch (*launch)[MOST_CURVES], double (*ms)[MOST_CURVES], Findings *f) {
    size_t last = f->rows - 1;
    (void)launch;
    f->title = "Divergence against time";
    f->heading[0] = ">paths";
    f->columns = 4;
    f->heading[1] = ">ms together", f->key[1] = "together_ms", f->digits[1] = 3;
    f->heading[2] = ">ms mixed", f->key[2] = "mixed_ms", f->digits[2] = 3;
    f->heading[3] = ">mixed/together", f->key[3] = "ratio", f->digits[3] = 2;
    f->curves = 2;
    f->y_label = "time of the kernel, ms";
    for (size_t i = 0; i < f->rows; i++) {
        f->value[i][1] = ms[i][0];
        f->value[i][2] = ms[i][1];
        f->value[i][3] = ms[i][1] / ms[i][0];
    }
    double paths = f->value[last][0], ratio = f->value[last][3];
    const char *meaning =
        ratio < 1.5 ? "each work-item goes its own way here at little cost"
        : ratio < paths / 2
            ? "neighbours wait for each other to some degree"
            : "neighbours go in lock step, and walk every path that one of them takes";
    snprintf(f->sentence, sizeof f->sentence,
             "The same work with %g paths takes %.3g times as long when neighbours take different "
             "ones: %s.",
             paths, ratio, meaning);
}

static void read_counts(Launch (*launch)[MOST_CURVES], Counts (*counts)[MOST_CURVES], Findings *f) {
    size_t last = f->rows - 1;
    (void)launch;
    f->title = "Divergence against instructions";
    f->heading[0] = ">paths";
    f->columns = 6;
    f->heading[1] = ">instructions/warp, together", f->key[1] = "together", f->digits[1] = 1;
    f->heading[2] = ">mixed", f->key[2] = "mixed", f->digits[2] = 1;
    f->heading[3] = ">mixed/together", f->key[3] = "ratio", f->digits[3] = 2;
    f->heading[4] = ">lanes at work, mixed", f->key[4] = "mixed_lanes", f->digits[4] = 1;
    f->heading[5] = ">divergent branches", f->key[5] = "mixed_divergent", f->digits[5] = 0;
    f->curves = 2;
    f->y_label = "instructions that a warp carries out";
    for (size_t i = 0; i < f->rows; i++) {
        for (int c = 0; c < 2; c++)
            f->value[i][1 + c] = counts[i][c].warp_instructions / counts[i][c].warps;
        f->value[i][3] = f->value[i][2] / f->value[i][1];
        f->value[i][4] = counts[i][1].lane_instructions / counts[i][1].warp_instructions;
        f->value[i][5] = counts[i][1].divergent_branches;
    }
    snprintf(f->sentence, sizeof f->sentence,
             "With %g paths mixed a warp carries out %.3g times the instructions that it does when "
             "its lanes agree, since it walks every path that one of them takes: of its 32 lanes "
             "%.3g are at work on average.",
             f->value[last][0], f->value[last][3], f->value[last][4]);
}

const Experiment divergence = {.name = "divergence",
                               .varied = "paths through the kernel",
                               .curve = {"together", "mixed"},
                               .point = {1, 2, 4, 8, 16, 32},
                               .plan = plan,
                               .reference = reference,
                               .read_times = read_times,
                               .read_counts = read_counts};
