// SPDX-License-Identifier: MIT
/* Rounds. What is compared is measured in turn, not one after the other: a neighbour that takes the
 * memory bus for half a second then slows both sides. Every second round runs backwards, so that no
 * side always follows the same neighbour and finds its data in the cache.
 */
#include "bench.h"

int bench_interleave(size_t rounds, size_t count, BenchSample *sample, void *context,
                     double *const *out) {
    for (size_t r = 0; r < rounds; r++) {
        bench_progress_round(r, rounds);
        for (size_t i = 0; i < count; i++) {
            size_t v = r % 2 ? count - 1 - i : i;
            int status = sample(context, v, &out[v][r]);
            if (status != HC_OK) return status;
        }
    }
    return HC_OK;
}
