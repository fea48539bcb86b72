// SPDX-License-Identifier: MIT
/* What is true of the program and the picture of this exercise, found by trying: work is dealt out
 * in small pieces to workers, always to the one that is free first, and the clock is read when the
 * last is done. Nothing here is a formula of the learner's.
 */
#include <cjson/cJSON.h>

#include "hc.h"

enum {
    SERIAL = 20000,
    SHARED = 80000,
    MOST_THREADS = 2000,
    COLUMNS = 1000
}; /* ms; threads; columns */

/* How long the program takes, in ms: the part for one thread, then pieces of 1 ms for all. */
static uint64_t program_ms(unsigned threads) {
    static uint64_t busy[MOST_THREADS];
    uint64_t last = 0;
    for (unsigned t = 0; t < threads; t++) busy[t] = SERIAL;
    for (unsigned piece = 0; piece < SHARED; piece++) {
        unsigned t = piece % threads; /* all pieces are alike, so the next one is free first */
        busy[t]++;
        if (busy[t] > last) last = busy[t];
    }
    return last;
}

static uint64_t fewest_threads(uint64_t limit_ms) {
    for (unsigned threads = 1; threads <= MOST_THREADS; threads++)
        if (program_ms(threads) <= limit_ms) return threads;
    return 0;
}

/* When both are done, in 1/800 s: the host needs 20 of these for a column, the device 5. */
static uint64_t both_done(unsigned host_columns, unsigned late) {
    uint64_t host = 0, device = 0;
    for (unsigned column = 0; column < COLUMNS; column++)
        if (column < host_columns) host += 20;
        else device += 5;
    if (device) device += late;
    return host > device ? host : device;
}

static uint64_t best_share(unsigned late) {
    unsigned best = 0;
    for (unsigned h = 1; h <= COLUMNS; h++)
        if (both_done(h, late) < both_done(best, late)) best = h;
    return best;
}

static const HcRecipe recipe = {.name = "01_predict_the_speedup",
                                .summary = "finds out what the exercise asks for"};

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    cJSON *results = hc_results();
    hc_json_u64(results, "four_threads_s", program_ms(4) / 1000);
    uint64_t many_ms = program_ms(MOST_THREADS); /* hardly more than with endless threads: round */
    hc_json_u64(results, "most_times", (program_ms(1) + many_ms / 2) / many_ms);
    hc_json_u64(results, "threads_for_4_times", fewest_threads(program_ms(1) / 4));
    hc_json_u64(results, "threads_for_20_times", fewest_threads(program_ms(1) / 20));
    hc_json_u64(results, "both_host_columns", best_share(0));
    hc_json_u64(results, "both_s", both_done((unsigned)best_share(0), 0) / 800);
    hc_json_u64(results, "late_host_columns", best_share(800));
    return hc_end();
}
