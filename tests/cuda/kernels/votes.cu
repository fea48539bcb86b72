// SPDX-License-Identifier: MIT
/* What the lanes of a warp know together. Exercises: votes, ballots, the active lanes of a branch,
 * barriers that count. Shapes: x is n ints, out is 8 ints per warp, blocks is 3 ints per block.
 * Launch: blocks of a multiple of 32 threads. */
extern "C" __global__ void votes(int *out, int *blocks, const int *x, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    int value = i < n ? x[i] : 0;
    int odd = value & 1;
    int all = __all_sync(0xffffffffu, odd), any = __any_sync(0xffffffffu, odd);
    unsigned int lanes = __ballot_sync(0xffffffffu, odd), active = 0;
    if (odd) active = __activemask();
    __syncwarp();
    int rank = __popc(lanes & ((1u << (threadIdx.x % 32)) - 1u));
    int *mine = out + (size_t)(i / 32) * 8;
    if (threadIdx.x % 32 == 0) {
        mine[0] = all;
        mine[1] = any;
        mine[2] = (int)lanes;
        mine[3] = __ffs((int)lanes);
    }
    if (odd && rank == 0) mine[4] = (int)active;
    if (rank == 3 && odd) mine[5] = (int)(threadIdx.x % 32);
    int count = __syncthreads_count(odd), both = __syncthreads_and(odd),
        one = __syncthreads_or(odd);
    if (threadIdx.x == 0) {
        blocks[3 * blockIdx.x] = count;
        blocks[3 * blockIdx.x + 1] = both != 0;
        blocks[3 * blockIdx.x + 2] = one != 0;
    }
}
