// SPDX-License-Identifier: MIT
/* The machine of this exercise, tried out: both times for n = 1, 2, 3, ..., in picoseconds, so that
 * they are whole numbers; the first n at which the device is faster is the answer. Nothing here is
 * a formula of the learner's.
 */
#include <cjson/cJSON.h>

#include "hc.h"

enum { US = 1000000, LAUNCH = 10 * US, LATENCY = 10 * US, MOST = 10000000 }; /* ps; tries */

typedef struct Work {
    uint64_t bytes, flops, transfers; /* transfers: arrays that are sent, either way */
} Work;

static uint64_t larger(uint64_t a, uint64_t b) { return a > b ? a : b; }

/* 20 GB/s is 50 ps for a byte; 100 GFLOP/s is 10 ps for an operation. */
static uint64_t host(Work w, unsigned cores) { return larger(50 * w.bytes, 10 * w.flops / cores); }

/* 1000 GB/s is 1 ps for a byte; 10000 GFLOP/s is a tenth for an operation. */
static uint64_t kernel(Work w) { return LAUNCH + larger(w.bytes, w.flops / 10); }

/* 10 GB/s is 100 ps for a byte. */
static uint64_t way(Work w) { return w.transfers * LATENCY + 100 * w.bytes; }

static Work sum(uint64_t n) { return (Work){12 * n, n, 3}; }
static Work map(uint64_t n) { return (Work){8 * n, 200 * n, 2}; }
static Work matmul(uint64_t side) { return (Work){12 * side * side, 2 * side * side * side, 3}; }

static uint64_t first(Work (*of)(uint64_t), bool sent, unsigned cores) {
    for (uint64_t n = 1; n <= MOST; n++)
        if (kernel(of(n)) + (sent ? way(of(n)) : 0) < host(of(n), cores)) return n;
    return 0;
}

static uint64_t fewest_steps(void) {
    const Work step = {8 * 1000000, 4 * 1000000, 2};
    for (uint64_t steps = 1; steps <= MOST; steps++)
        if (way(step) + steps * kernel(step) < steps * host(step, 1)) return steps;
    return 0;
}

static const HcRecipe recipe = {.name = "10_predict_the_crossover",
                                .summary = "finds out what the exercise asks for"};

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    cJSON *results = hc_results();
    hc_json_u64(results, "sum_kernel_n", first(sum, false, 1));
    hc_json_u64(results, "sum_total_n", first(sum, true, 1));
    hc_json_u64(results, "map_total_n", first(map, true, 1));
    hc_json_u64(results, "matmul_side", first(matmul, true, 1));
    hc_json_u64(results, "stencil_steps", fewest_steps());
    hc_json_u64(results, "map_two_cores_n", first(map, true, 2));
    return hc_end();
}
