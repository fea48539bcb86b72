// SPDX-License-Identifier: MIT
/* What a launch costs: a kernel with next to nothing to do is launched k times in a row, and then
 * waited for. What counts is the host's clock: when can it go on?
 */
#include "architecture.h"

static void plan(Launch *launch, uint32_t point, unsigned curve, size_t n, uint32_t steps) {
    (void)curve, (void)steps;
    size_t few = n < 32 ? n : 32; /* one warp */
    *launch = (Launch){.across = few,
                       .down = 1,
                       .numbers = 1,
                       .number = {(uint32_t)few},
                       .times = point,
                       .n = few};
}

//> reference
/* The reference: y = 0 after k launches that add x is k * x. */
static void reference(const Launch *launch, uint32_t *y, const uint32_t *x) {
    for (size_t i = 0; i < launch->n; i++) y[i] = launch->times * x[i];
}
//< reference

static void read_times(Launch (*launch)[MOST_CURVES], double (*ms)[MOST_CURVES], Findings *f) {
    size_t last = f->rows - 1;
    f->title = "What a launch costs";
    f->heading[0] = ">launches";
    f->columns = 3;
    f->heading[1] = ">us/launch", f->key[1] = "us_per_launch", f->digits[1] = 2;
    f->heading[2] = ">us in all", f->key[2] = "us", f->digits[2] = 1;
    f->y_label = "time for each launch, microseconds";
    for (size_t i = 0; i < f->rows; i++) {
        f->value[i][1] = 1000 * ms[i][0] / launch[i][0].times;
        f->value[i][2] = 1000 * ms[i][0];
    }
    double one = f->value[0][1], many = f->value[last][1];
    snprintf(
        f->sentence, sizeof f->sentence,
        "One launch with its wait takes %.3g us; %g launches with one wait take %.3g us each, "
        "so that waiting makes up %.0f %% of a single one. A kernel that computes for less than "
        "%.2g us spends most of its time on being launched.",
        one, f->value[last][0], many, one > many ? 100 * (1 - many / one) : 0.0, one);
}

static void read_counts(Launch (*launch)[MOST_CURVES], Counts (*counts)[MOST_CURVES], Findings *f) {
    size_t last = f->rows - 1;
    (void)launch;
    f->title = "What a launch carries out";
    f->heading[0] = ">launches";
    f->columns = 4;
    f->heading[1] = ">instructions", f->key[1] = "instructions", f->digits[1] = 0;
    f->heading[2] = ">launches counted", f->key[2] = "launches", f->digits[2] = 0;
    f->heading[3] = ">instructions/launch", f->key[3] = "per_launch", f->digits[3] = 1;
    f->y_label = "instructions that warps carry out, in all";
    for (size_t i = 0; i < f->rows; i++) {
        f->value[i][1] = counts[i][0].warp_instructions;
        f->value[i][2] = counts[i][0].launches;
        f->value[i][3] = counts[i][0].warp_instructions / counts[i][0].launches;
    }
    snprintf(f->sentence, sizeof f->sentence,
             "%g launches carry out %g instructions, %.3g each: the first and the last alike. What "
             "driver and device do around them is no instruction of the kernel, so only a clock "
             "beside a real device shows the rest of the cost.",
             f->value[last][2], f->value[last][1], f->value[last][3]);
}

const Experiment launch_cost = {.name = "tick",
                                .varied = "launches in a row before the host waits",
                                .curve = {"launches"},
                                .point = {1, 2, 4, 8, 16, 32, 64, 128, 256},
                                .by_host_clock = true,
                                .plan = plan,
                                .reference = reference,
                                .read_times = read_times,
                                .read_counts = read_counts};
