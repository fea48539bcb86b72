// SPDX-License-Identifier: MIT
/* sum[0] += x[0] + ... + x[n-1]: lanes of a warp add by shuffles, warps of a block through shared
 * memory, blocks by an atomic. Exercises: shuffles of 32 and 64 bits, float and double atomics.
 * Shapes: x is n floats, sum is 1 double, wide is 1 unsigned long long that counts elements.
 * Launch: blocks of a multiple of 32 threads, at most 1,024. Shared: 128 bytes. */
extern "C" __global__ void reduce_shuffle(double *sum, unsigned long long *wide, const float *x,
                                          int n) {
    __shared__ float of_warp[32];
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    int lane = threadIdx.x % warpSize, warp = threadIdx.x / warpSize;
    float value = i < n ? x[i] : 0.0f;
    unsigned long long count = i < n ? 1 : 0;
    for (int step = warpSize / 2; step > 0; step /= 2) {
        value += __shfl_down_sync(0xffffffffu, value, step);
        count += __shfl_xor_sync(0xffffffffu, count, step);
    }
    if (lane == 0) {
        of_warp[warp] = value;
        atomicAdd(wide, count);
    }
    __syncthreads();
    if (warp == 0) {
        value = lane < (int)(blockDim.x + warpSize - 1) / warpSize ? of_warp[lane] : 0.0f;
        for (int step = warpSize / 2; step > 0; step /= 2)
            value += __shfl_down_sync(0xffffffffu, value, step);
        if (lane == 0) atomicAdd(sum, (double)value);
    }
}
