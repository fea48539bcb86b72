// SPDX-License-Identifier: MIT
/* What the picture shows, as numbers and words: how many threads and warps have work, and who the
 * thread of one element is, as both languages call it.
 */
#include <cjson/cJSON.h>

#include "space.h"

void count(const Space *s, const Who *who) {
    size_t busy = 0, warps = 0, full = 0, empty = 0;
    for (size_t block = 0; block < s->blocks; block++)
        for (size_t first = 0; first < s->in_block; first += s->warp) {
            size_t lanes = s->in_block - first < s->warp ? s->in_block - first : s->warp, here = 0;
            for (size_t lane = 0; lane < lanes; lane++)
                here += who[block * s->in_block + first + lane].inside;
            busy += here;
            warps++;
            full += here == s->warp;
            empty += here == 0;
        }
    hc_say("threads    %zu (blocks: %zu); %zu have an element, %zu are idle\n", s->threads,
           s->blocks, busy, s->threads - busy);
    hc_say("warps      %zu of %u lanes: %zu full, %zu partly idle, %zu idle\n", warps, s->warp,
           full, warps - full - empty, empty);
    struct cJSON *results = hc_results();
    hc_json_u64(results, "elements", s->elements);
    hc_json_u64(results, "blocks", s->blocks);
    hc_json_u64(results, "threads", s->threads);
    hc_json_u64(results, "idle_threads", s->threads - busy);
    hc_json_u64(results, "warps", warps);
    hc_json_u64(results, "full_warps", full);
    hc_json_u64(results, "idle_warps", empty);
}

/* One line: what it is, in both languages, and its numbers in as many directions as there are. */
static void row(int rank, const char *what, const char *cuda, const char *opencl,
                const size_t value[3]) {
    hc_say("  %-24s %-10s %-18s", what, cuda, opencl);
    for (int d = 0; d < rank; d++) hc_say(" %6zu", value[d]);
    hc_say("\n");
}

static void note(const char *key, const size_t value[3]) {
    cJSON *array = cJSON_AddArrayToObject(hc_results(), key);
    for (int d = 0; d < 3; d++) cJSON_AddItemToArray(array, cJSON_CreateNumber((double)value[d]));
}

void ask(const Space *s, const Who *who, const uint32_t *owner, const uint32_t element[3]) {
    if (s->elements == 0) return;
    int rank = space_rank(s);
    uint32_t me = owner[((size_t)element[2] * s->n[1] + element[1]) * s->n[0] + element[0]];
    const Who *w = &who[me];
    size_t block[3], place[3], size[3], blocks[3], at[3], in_block = 0;
    for (int d = 2; d >= 0; d--) {
        block[d] = w->block[d], place[d] = w->thread[d];
        size[d] = s->block[d], blocks[d] = s->grid[d];
        at[d] = block[d] * size[d] + place[d];
        in_block = in_block * size[d] + place[d];
    }
    hc_say("\nElement ");
    for (int d = 0; d < rank; d++) hc_say("%s%u", d ? ", " : rank > 1 ? "(" : "", element[d]);
    hc_say("%s has thread %u: lane %zu of warp %u of its block\n", rank > 1 ? ")" : "", me,
           in_block % s->warp, w->warp);
    hc_say("  %-24s %-10s %-18s", "", "CUDA", "OpenCL");
    for (int d = 0; d < rank; d++) hc_say("   %c, %d", "xyz"[d], d);
    hc_say("\n");
    row(rank, "its block", "blockIdx", "get_group_id", block);
    row(rank, "its place in the block", "threadIdx", "get_local_id", place);
    row(rank, "threads of a block", "blockDim", "get_local_size", size);
    row(rank, "blocks", "gridDim", "get_num_groups", blocks);
    row(rank, "its element", "*", "get_global_id", at);
    hc_say("  * blockIdx * blockDim + threadIdx, in each direction\n\n");
    hc_json_u64(hc_results(), "thread", me);
    hc_json_u64(hc_results(), "warp", w->warp);
    hc_json_u64(hc_results(), "lane", in_block % s->warp);
    note("block", block);
    note("place", place);
}
