// SPDX-License-Identifier: MIT
/* fold.h - what the tests of reductions and scans share: input whose sums are exact in every type
 * and order, and the fixed order of the option deterministic, in plain C.
 */
#ifndef FOLD_H
#define FOLD_H
#include <inttypes.h>
#include <math.h>

#include "../../recipes/09_elementwise/engine/internal.h" /* common/hc has one, too */
#include "ew_test.h"

/* The device that the first argument names; strides: OpenCL with the kernels for GPUs. */
static inline EwDevice *fold_device(int argc, char **argv) {
    const char *word = argc > 1 ? argv[1] : "opencl";
    bool strides = strcmp(word, "strides") == 0;
    EwDevice *device = open_device(strides ? "opencl" : word);
    if (strides) device->shape = EW_STRIDES;
    return device;
}

/* The k-th of a sequence of small integers: -20 .. 20, or 0 .. 40. */
static inline int small(size_t k, bool positive) {
    uint64_t mixed = (k + 1) * 0x9E3779B97F4A7C15u;
    return (int)((mixed >> 40) % 41) - (positive ? 0 : 20);
}

/* n of them as elements of a type; complex: the imaginary part is that of k + 7. */
static inline void *small_values(EwType type, size_t n) {
    size_t size = ew_type_size(type);
    unsigned char *values;
    CHECK_HC(hc_alloc(n + 1, size, &values));
    for (size_t k = 0; k < n; k++) {
        int v = small(k, ew_type_kind(type) == 'U'), w = small(k + 7, false);
        float f[2] = {(float)v, (float)w};
        double d[2] = {v, w};
        int64_t i = v; /* its low bytes are the integer in each width */
        const void *from = type == EW_F32 || type == EW_C32   ? (void *)f
                           : type == EW_F64 || type == EW_C64 ? (void *)d
                                                              : (void *)&i;
        memcpy(values + k * size, from, size);
    }
    return values;
}

/* Random floats in -1 .. 1, whose sums do depend on the order. */
static inline float *random_floats(size_t n, uint64_t seed) {
    float *values;
    CHECK_HC(hc_alloc(n + 1, sizeof *values, &values));
    hc_fill(HC_F32, values, n, seed, 0);
    return values;
}

static inline EwArray array_of(EwDevice *device, EwType type, size_t n, const void *host) {
    EwArray array;
    CHECK_HC(ew_array(device, type, n, host, &array));
    return array;
}

/* The same float, bit for bit: 0 is not -0. */
static inline bool same_bits(float x, float y) {
    uint32_t a, b;
    memcpy(&a, &x, sizeof a);
    memcpy(&b, &y, sizeof b);
    return a == b;
}

/* ---- The order of the option deterministic, in plain C: tiles of 256 lanes by 16 rows ---- */
enum { LANES = 256, ROWS = 16, TILE = LANES * ROWS };

static inline float tree(float *lane) {
    for (int d = 1; d < LANES; d *= 2)
        for (int j = 0; j < LANES; j += 2 * d) lane[j] = lane[j] + lane[j + d];
    return lane[0];
}

/* The lanes of the tile from x on, here elements of it; lane j begins at j, or at 16 j in order. */
static inline void lanes(const float *x, size_t here, bool in_order, float *lane) {
    for (size_t j = 0; j < LANES; j++) lane[j] = 0;
    for (size_t k = 0; k < here && k < TILE; k++) {
        size_t j = in_order ? k / ROWS : k % LANES;
        lane[j] = lane[j] + x[k];
    }
}

/* Partial results, a tile each; returns how many. */
static inline size_t partials_of(const float *x, size_t n, bool in_order, float *partials) {
    float lane[LANES];
    size_t count = 0;
    for (size_t k = 0; k < n; k += TILE) {
        lanes(x + k, n - k, in_order, lane);
        float total = tree(lane);
        partials[count++] = in_order ? 0 + total : total;
    }
    return count;
}

/* The scan of a tile: before[k] = carry and what comes before element k; returns what comes
 * behind. The lanes, 16 elements each, are scanned as a warp's 32 do it, all at once by doubling
 * distances. */
static inline float scan_tile(const float *x, size_t here, float carry, float *before) {
    float lane[LANES], prev[LANES];
    if (here > TILE) here = TILE;
    lanes(x, here, true, lane);
    for (int w = 0; w < LANES; w += 32) {
        for (int d = 1; d < 32; d *= 2)
            for (int j = 31; j >= d; j--) lane[w + j] = lane[w + j - d] + lane[w + j];
        for (int j = 0; j < 32; j++) prev[w + j] = j ? carry + lane[w + j - 1] : carry;
        carry = carry + lane[w + 31];
    }
    for (size_t k = 0; k < here; k++)
        before[k] = k % ROWS ? before[k - 1] + x[k - 1] : prev[k / ROWS];
    return carry;
}

/* The same of n elements, each tile by itself, and of their partial results. */
static inline float scan_all(const float *x, size_t n, bool in_order, float *before) {
    size_t count = (n + TILE - 1) / TILE;
    float *partials, *bases, total = 0;
    CHECK_HC(hc_alloc(count + 1, sizeof *partials, &partials));
    CHECK_HC(hc_alloc(count + 1, sizeof *bases, &bases));
    partials_of(x, n, in_order, partials);
    for (size_t k = 0; k < count; k += TILE)
        total = scan_tile(partials + k, count - k, total, bases + k);
    for (size_t p = 0; p < count; p++)
        scan_tile(x + p * TILE, n - p * TILE, bases[p], before + p * TILE);
    free(bases), free(partials);
    return total;
}

/* ---- The program: DEVICE [up_to=N] [CASE ...] ---- */

static size_t up_to = SIZE_MAX; /* sizes beyond are left out, and most of the others */

/* The step through a list of sizes: all of them, or, with up_to, every step-th. */
static inline size_t few(size_t step) { return up_to == SIZE_MAX ? 1 : step; }

typedef struct Case {
    const char *name;
    void (*run)(void);
    bool on_demand; /* only if it is named */
} Case;

static inline int run_cases(EwDevice *device, const Case *cases, int argc, char **argv) {
    bool named = false, ran = false;
    for (int a = 2; a < argc; a++)
        if (strncmp(argv[a], "up_to=", 6) == 0) up_to = strtoul(argv[a] + 6, NULL, 10);
        else named = true;
    for (; cases->name; cases++) {
        bool wanted = !named && !cases->on_demand;
        for (int a = 2; a < argc; a++) wanted |= strcmp(argv[a], cases->name) == 0;
        double start = hc_now_ms();
        if (wanted) cases->run(), ran = true;
        if (wanted) printf("%-14s %.0f ms\n", cases->name, hc_now_ms() - start);
    }
    ew_close(device);
    if (failures || !ran) printf("%d failed\n", failures);
    return failures || !ran ? HC_WRONG : HC_OK;
}

#endif
