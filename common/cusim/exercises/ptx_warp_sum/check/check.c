// SPDX-License-Identifier: MIT
/* check.c - launches the learner's warp_sum for many sizes and says in words what is wrong.
 *
 *   check_ptx_warp_sum FILE.ptx    exit code 0: right; 1: wrong; 4: the PTX is no PTX; 3: else
 *
 * The numbers are other ones each time; HC_EXERCISE_SEED gives those of an earlier run again. */
#include "../../exercise.h"

enum { BLOCK = 64, WARP = 32, MOST = 4099 };
static const unsigned sizes[] = {0, 1, 31, 32, 33, 64, 65, 1000, MOST};
enum { N_SIZES = sizeof sizes / sizeof sizes[0] };

/* What went wrong with one size. */
typedef struct {
    unsigned n_warps, n_wrong, first;
    uint32_t got, want;
    bool only_doubled; /* each wrong sum is 32 times lane 0's element */
} Result;

static Result run(CUfunction function, unsigned n, uint64_t *seed) {
    unsigned n_blocks = n / BLOCK + 1; /* one more than needed when n is a multiple */
    Result result = {.n_warps = n_blocks * BLOCK / WARP, .only_doubled = true};
    static uint32_t x[MOST + 1], out[MOST / WARP + BLOCK];
    for (unsigned i = 0; i < n; i++) x[i] = exercise_random(seed) >> 8;
    size_t out_bytes = result.n_warps * sizeof out[0];
    CUdeviceptr d_x, d_out;
    EXERCISE_CU(cuMemAlloc(&d_x, (n + 1) * sizeof x[0])); /* 0 bytes cannot be allocated */
    EXERCISE_CU(cuMemAlloc(&d_out, out_bytes));
    EXERCISE_CU(cuMemcpyHtoD(d_x, x, (n + 1) * sizeof x[0]));
    EXERCISE_CU(cuMemsetD8(d_out, 0xee, out_bytes));
    void *params[] = {&d_out, &d_x, &n};
    EXERCISE_CU(cuLaunchKernel(function, n_blocks, 1, 1, BLOCK, 1, 1, 0, NULL, params, NULL));
    exercise_wait();
    EXERCISE_CU(cuMemcpyDtoH(out, d_out, out_bytes));
    EXERCISE_CU(cuMemFree(d_x));
    EXERCISE_CU(cuMemFree(d_out));
    for (unsigned w = 0; w < result.n_warps; w++) {
        uint32_t want = 0, first = w * WARP, lane_0 = first < n ? x[first] : 0;
        for (uint32_t i = first; i < n && i < first + WARP; i++) want += x[i];
        if (out[w] == want) continue;
        if (result.n_wrong++ == 0) result.first = w, result.got = out[w], result.want = want;
        if (out[w] != WARP * lane_0) result.only_doubled = false;
    }
    return result;
}

int main(int argc, char **argv) {
    uint64_t seed = exercise_seed();
    CUfunction function = exercise_start(argc, argv, "warp_sum");
    unsigned n_failed = 0;
    bool whole_warps_right = true, one_block_right = true, doubled = true;
    for (int i = 0; i < N_SIZES; i++) {
        Result result = run(function, sizes[i], &seed);
        if (result.n_wrong == 0) continue;
        n_failed++;
        printf("n = %u: %u of %u sums are wrong; out[%u] is %" PRIu32 " and should be %" PRIu32
               "\n",
               sizes[i], result.n_wrong, result.n_warps, result.first, result.got, result.want);
        if (sizes[i] % WARP == 0) whole_warps_right = false;
        if (result.first == 0) one_block_right = false;
        doubled = doubled && result.only_doubled;
    }
    if (n_failed == 0) return exercise_end("Every sum is right, for all sizes");
    if (doubled)
        printf("Each wrong sum is 32 times the number of lane 0: which lane does lane 0 add?\n");
    else if (whole_warps_right)
        printf("Right where the last warp is full: what do the lanes from n on add?\n");
    else if (one_block_right)
        printf("out[0] is always right, others are not: which elements are this warp's?\n");
    else printf("How many steps does it take until lane 0 has heard of lane 1 and of lane 31?\n");
    return 1;
}
