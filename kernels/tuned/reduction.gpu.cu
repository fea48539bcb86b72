// SPDX-License-Identifier: MIT
/* partial[g] = what block g adds up; all of them together are x[0] + ... + x[n-1]. In the shape a
 * GPU likes: a thread fetches four elements at once, 16 bytes; the lanes of a warp add by shuffles,
 * from register to register without a barrier; only the warps' sums go through shared memory.
 * Shapes: x is n elements, at a multiple of 16 bytes; partial one for each block; the host adds
 * those. Launch: blocks of 256 threads, any number of them. Shared memory: 32 bytes. */
#define WARPS 8
static __device__ float add_lanes(float value) {
    for (unsigned step = 16; step > 0; step /= 2)
        value += __shfl_down_sync(0xffffffffu, value, step);
    return value; /* lane 0 has the sum */
}

extern "C" __global__ void reduction(float *partial, const float *x, unsigned long long n) {
    __shared__ float of_warp[WARPS];
    unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    size_t first = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
    size_t stride = (size_t)gridDim.x * blockDim.x, fours = n / 4;
    const float4 *x4 = (const float4 *)x;
    float sum = 0;
    for (size_t i = first; i < fours; i += stride) {
        float4 v = x4[i];
        sum += (v.x + v.y) + (v.z + v.w);
    }
    if (first < n % 4) sum += x[fours * 4 + first]; /* the rest, fewer than 4 */
    sum = add_lanes(sum);
    if (lane == 0) of_warp[warp] = sum;
    __syncthreads();
    if (warp == 0) {
        sum = add_lanes(lane < WARPS ? of_warp[lane] : 0.0f);
        if (lane == 0) partial[blockIdx.x] = sum;
    }
}
