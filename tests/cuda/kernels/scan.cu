// SPDX-License-Identifier: MIT
/* y[i] = x[0] + ... + x[i] within each block: sums over a warp by shuffles up, then over the
 * warps' totals. Exercises: __shfl_up_sync, __shfl_sync, dynamic shared memory.
 * Shapes: x, y are n ints. Launch: blocks of a multiple of 32 threads. Shared: 4 bytes per warp,
 * dynamic. */
extern "C" __global__ void scan(int *y, const int *x, int n) {
    extern __shared__ int totals[];
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    int lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32;
    int value = i < n ? x[i] : 0;
    for (int step = 1; step < 32; step *= 2) {
        int below = __shfl_up_sync(0xffffffffu, value, step);
        if (lane >= step) value += below;
    }
    int total = __shfl_sync(0xffffffffu, value, 31);
    if (lane == 0) totals[warp] = total;
    __syncthreads();
    if (warp == 0) {
        int sum = lane < warps ? totals[lane] : 0;
        for (int step = 1; step < 32; step *= 2) {
            int below = __shfl_up_sync(0xffffffffu, sum, step);
            if (lane >= step) sum += below;
        }
        if (lane < warps) totals[lane] = sum;
    }
    __syncthreads();
    if (warp > 0) value += totals[warp - 1];
    if (i < n) y[i] = value;
}
