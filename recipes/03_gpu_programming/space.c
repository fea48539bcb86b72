// SPDX-License-Identifier: MIT
/* Cut an index space into blocks, and see that the numbers stay in range. */
#include "space.h"

/* "8x4" to {8, 4, absent}. */
static bool parse_shape(const char *text, uint32_t shape[3], uint32_t absent) {
    char copy[40];
    if (strlen(text) >= sizeof copy) return false;
    shape[0] = shape[1] = shape[2] = absent;
    int rank = 0;
    for (char *part = strcpy(copy, text), *next; part; part = next) {
        uint64_t value;
        if ((next = strchr(part, 'x')) != NULL) *next++ = '\0';
        if (rank == 3 || !hc_parse_count(part, UINT32_MAX, &value)) return false;
        shape[rank++] = (uint32_t)value;
    }
    return true;
}

int space_rank(const Space *space) { return space->n[2] != 1 ? 3 : space->n[1] != 1 ? 2 : 1; }

/* The product of three numbers, or SIZE_MAX if it is more. */
static size_t product(const uint32_t v[3]) {
    size_t p = (size_t)v[0] * v[1];
    return v[2] && p > SIZE_MAX / v[2] ? SIZE_MAX : p * v[2];
}

enum { MOST_THREADS = 1 << 22 }; /* of each, 32 bytes are kept, three times over */

static int too_many(size_t count) {
    return hc_set_error(HC_ERROR, 0, NULL, "a picture needs few: take a smaller --size",
                        "%zu are too many: at most %d threads can be drawn", count, MOST_THREADS);
}

int space_make(const size_t n[3], const char *block, const char *grid, size_t warp, Space *space) {
    static const uint32_t usual[3][3] = {{64, 1, 1}, {16, 4, 1}, {8, 4, 2}}; /* 64 threads each */
    *space = (Space){.warp = (uint32_t)warp};
    if (warp < 1 || warp > 1024)
        return hc_set_error(HC_USAGE, 0, NULL, "32 on NVIDIA's GPUs, 32 or 64 on AMD's",
                            "--warp %zu: not from 1 to 1024", warp);
    for (int d = 0; d < 3; d++) {
        if (n[d] > MOST_THREADS) return too_many(n[d]);
        space->n[d] = (uint32_t)n[d];
    }
    if (!block) memcpy(space->block, usual[space_rank(space) - 1], sizeof space->block);
    else if (!parse_shape(block, space->block, 1) || product(space->block) == 0)
        return hc_set_error(HC_USAGE, 0, NULL, NULL, "--block %s: not a shape, as 32 or 16x4x2",
                            block);
    //> grid
    /* As many blocks as cover all elements: rounded up, in each direction. */
    for (int d = 0; d < 3; d++)
        space->grid[d] = (uint32_t)(((size_t)space->n[d] + space->block[d] - 1) / space->block[d]);
    //< grid
    if (grid && (!parse_shape(grid, space->grid, 1) || product(space->grid) == 0))
        return hc_set_error(HC_USAGE, 0, NULL, NULL, "--grid %s: not a shape, as 4 or 3x3x1", grid);
    space->elements = product(space->n);
    space->in_block = product(space->block);
    space->blocks = space->elements ? product(space->grid) : 0;
    if (space->elements > MOST_THREADS) return too_many(space->elements);
    if (space->in_block > MOST_THREADS) return too_many(space->in_block);
    if (space->blocks > MOST_THREADS / space->in_block) return too_many(space->blocks);
    space->threads = space->blocks * space->in_block;
    return HC_OK;
}

int space_fits(const Space *space, const Limits *limits) {
    static const char *const hint = "take another --block; recipes 4 and 7 show a device's limits";
    if (space->in_block > limits->in_block)
        return hc_set_error(HC_ERROR, 0, NULL, hint,
                            "a block of %zu threads; this device allows %zu", space->in_block,
                            limits->in_block);
    for (int d = 0; d < 3; d++) {
        if (space->block[d] > limits->block[d])
            return hc_set_error(HC_ERROR, 0, NULL, hint,
                                "a block of %u threads in %c; this device allows %zu",
                                space->block[d], "xyz"[d], limits -> block[d]);
        if (space->grid[d] > limits->grid[d])
            return hc_set_error(HC_ERROR, 0, NULL, hint,
                                "a grid of %u blocks in %c; this device allows %zu", space->grid[d],
                                "xyz"[d], limits -> grid[d]);
    }
    return HC_OK;
}

HcVerdict space_owners(const Space *s, const Who *who, const uint32_t *owner) {
    HcVerdict v = {.n = s->elements, .allowed = "one thread each"};
    size_t first = 0;
    for (size_t e = s->elements; e-- > 0;) {
        size_t at[3] = {e % s->n[0], e / s->n[0] % s->n[1], e / s->n[0] / s->n[1]};
        bool right = owner[e] < s->threads && who[owner[e]].inside;
        for (int d = 0; d < 3 && right; d++)
            right = at[d] == (size_t)who[owner[e]].block[d] * s->block[d] + who[owner[e]].thread[d];
        if (!right) v.wrong++, first = e;
    }
    if (v.wrong && owner[first] == (uint32_t)NO_OWNER)
        snprintf(v.first, sizeof v.first,
                 "    [%zu] has no thread: are there enough blocks, and does the guard let each "
                 "element pass?\n",
                 first);
    else if (v.wrong)
        snprintf(v.first, sizeof v.first, "    [%zu] got thread %u, which has another element\n",
                 first, owner[first]);
    return v;
}

int space_element(const Space *space, const char *text, uint32_t element[3]) {
    for (int d = 0; d < 3; d++) element[d] = space->n[d] ? space->n[d] - 1 : 0;
    if (!text) return HC_OK;
    if (!parse_shape(text, element, 0))
        return hc_set_error(HC_USAGE, 0, NULL, NULL, "--element %s: not a place, as 7 or 5x3x0",
                            text);
    for (int d = 0; d < 3; d++)
        if (element[d] >= space->n[d])
            return hc_set_error(HC_USAGE, 0, NULL, NULL, "--element %s: there are %u in %c", text,
                                space->n[d], "xyz"[d]);
    return HC_OK;
}
