// SPDX-License-Identifier: MIT
/* Rounds of a ring: a[i] = a[i + 1] + 3 * a[i - 1], all at once, with a barrier of the whole grid
 * between rounds. Then sums of tiles of 16 lanes, and how many lanes of the warp are odd.
 * Shapes: a, b are as many ints as the grid has threads, sums one per 16. Launch: cooperative,
 * blocks of a multiple of 32 threads. */
#include <cooperative_groups.h>
namespace cg = cooperative_groups;

extern "C" __global__ void rounds(unsigned int *a, unsigned int *b, unsigned int *sums, int count) {
    cg::grid_group grid = cg::this_grid();
    unsigned int i = (unsigned int)grid.thread_rank(), n = (unsigned int)grid.size();
    for (int k = 0; k < count; k++) {
        b[i] = a[(i + 1) % n] + 3 * a[(i + n - 1) % n];
        grid.sync();
        a[i] = b[i];
        grid.sync();
    }
    cg::thread_block_tile<16> tile = cg::tiled_partition<16>(cg::this_thread_block());
    unsigned int sum = a[i];
    for (int step = 8; step > 0; step /= 2) sum += tile.shfl_xor(sum, step);
    unsigned int odd = __popc(__ballot_sync(0xffffffffu, a[i] & 1));
    if (a[i] & 1) {
        cg::coalesced_group group = cg::coalesced_threads();
        if (group.thread_rank() == 0) odd = group.size();
    }
    odd = __reduce_max_sync(0xffffffffu, odd);
    if (tile.thread_rank() == 0) sums[i / 16] = sum + 1000003u * odd;
}
