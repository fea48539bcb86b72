// SPDX-License-Identifier: MIT
/* The index space in plain C, for --device cpu where there is no OpenCL: what a device does for
 * each thread by itself are six loops here. The blocks are shared among the cores of the host, as a
 * GPU shares them among its multiprocessors.
 */
#include "space.h"

typedef struct Job {
    const Space *space;
    Who *who;
    uint32_t *owner;
} Job;

static void block(const Job *job, size_t number) {
    const Space *s = job->space;
    uint32_t b[3] = {(uint32_t)(number % s->grid[0]), (uint32_t)(number / s->grid[0] % s->grid[1]),
                     (uint32_t)(number / s->grid[0] / s->grid[1])};
    size_t me = number * s->in_block;
    for (uint32_t z = 0; z < s->block[2]; z++)
        for (uint32_t y = 0; y < s->block[1]; y++)
            for (uint32_t x = 0; x < s->block[0]; x++, me++) {
                size_t i = (size_t)b[0] * s->block[0] + x, j = (size_t)b[1] * s->block[1] + y;
                size_t k = (size_t)b[2] * s->block[2] + z;
                bool inside = i < s->n[0] && j < s->n[1] && k < s->n[2];
                if (inside) job->owner[(k * s->n[1] + j) * s->n[0] + i] = (uint32_t)me;
                job->who[me] = (Who){.block = {b[0], b[1], b[2]},
                                     .thread = {x, y, z},
                                     .warp = (uint32_t)(me % s->in_block) / s->warp,
                                     .inside = inside};
            }
}

static void blocks(size_t begin, size_t end, void *context) {
    for (size_t number = begin; number < end; number++) block(context, number);
}

void run_host(const Space *space, Who *who, uint32_t *owner) {
    Job job = {.space = space, .who = who};
    job.owner = owner;
    hc_parallel_for(space->blocks, 0, blocks, &job);
}
