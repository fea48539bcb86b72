// SPDX-License-Identifier: MIT
/* Threads that count themselves: how many there are, how many of them are the first of a warp, how
 * many have no pixel, and how many blocks stand in each direction.
 * Shapes: count has 5 elements, 0 at the start. */
extern "C" __global__ void count(unsigned *count, unsigned width, unsigned height) {
    unsigned x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    unsigned in_block = threadIdx.y * blockDim.x + threadIdx.x;
    atomicAdd(&count[0], 1u);
    if (in_block % 32 == 0) atomicAdd(&count[1], 1u);
    if (x >= width || y >= height) atomicAdd(&count[2], 1u);
    if (in_block == 0 && blockIdx.y == 0) atomicAdd(&count[3], 1u);
    if (in_block == 0 && blockIdx.x == 0) atomicAdd(&count[4], 1u);
}
