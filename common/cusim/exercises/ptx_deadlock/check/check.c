// SPDX-License-Identifier: MIT
/* check.c - launches the learner's reverse with several numbers of blocks and looks at each
 * element.
 *
 *   check_ptx_deadlock FILE.ptx    exit code 0: right; 1: wrong or without end; 4: no PTX; 3: else
 *
 * The numbers are other ones each time; HC_EXERCISE_SEED gives those of an earlier run again. */
#include "../../exercise.h"

enum { BLOCK = 128, MOST_BLOCKS = 17 };
static const unsigned n_blocks[] = {1, 2, MOST_BLOCKS};

/* The number of wrong elements; the first is shown. */
static unsigned run(CUfunction function, unsigned blocks, uint64_t *seed) {
    static uint32_t x[MOST_BLOCKS * BLOCK], y[MOST_BLOCKS * BLOCK];
    unsigned n = blocks * BLOCK, n_wrong = 0;
    for (unsigned i = 0; i < n; i++) x[i] = exercise_random(seed) | 1; /* never 0 */
    CUdeviceptr d_x, d_y;
    EXERCISE_CU(cuMemAlloc(&d_x, n * sizeof x[0]));
    EXERCISE_CU(cuMemAlloc(&d_y, n * sizeof y[0]));
    EXERCISE_CU(cuMemcpyHtoD(d_x, x, n * sizeof x[0]));
    EXERCISE_CU(cuMemsetD8(d_y, 0, n * sizeof y[0]));
    void *params[] = {&d_y, &d_x};
    EXERCISE_CU(cuLaunchKernel(function, blocks, 1, 1, BLOCK, 1, 1, 0, NULL, params, NULL));
    exercise_wait();
    EXERCISE_CU(cuMemcpyDtoH(y, d_y, n * sizeof y[0]));
    EXERCISE_CU(cuMemFree(d_x));
    EXERCISE_CU(cuMemFree(d_y));
    for (unsigned i = 0; i < n; i++) {
        unsigned from = i / BLOCK * BLOCK + (BLOCK - 1 - i % BLOCK);
        if (y[i] == x[from]) continue;
        if (n_wrong++ == 0)
            printf("%u block%s: y[%u] is %" PRIu32 " and should be x[%u] = %" PRIu32 "\n", blocks,
                   blocks == 1 ? "" : "s", i, y[i], from, x[from]);
    }
    return n_wrong;
}

int main(int argc, char **argv) {
    uint64_t seed = exercise_seed();
    CUfunction function = exercise_start(argc, argv, "reverse");
    unsigned wrong[3];
    for (int i = 0; i < 3; i++) wrong[i] = run(function, n_blocks[i], &seed);
    if (!wrong[0] && !wrong[1] && !wrong[2])
        return exercise_end("Every element is in its place, and all threads came to the end");
    if (!wrong[0])
        printf("One block is right, several are not: which elements are this block's?\n");
    else
        printf(
            "It ends, but some threads read the tile before others have filled it: who must wait "
            "for whom?\n");
    return 1;
}
