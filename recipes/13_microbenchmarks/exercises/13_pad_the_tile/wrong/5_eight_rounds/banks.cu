// SPDX-License-Identifier: MIT
/* Each lane of a warp walks down a tile of 32 rows and 32 columns, from element lane * stride on.
 * Shapes: x: the tile, 1024 elements; y: one for each thread. Launch: whole blocks of 256 threads.
 * width is what the recipe would like: do as you like with it. */
extern "C" __global__ void banks(unsigned *y, const unsigned *x, unsigned stride, unsigned width,
                                 unsigned rounds) {
    __shared__ unsigned tile[32 * 33];
    unsigned me = threadIdx.x, lane = me % 32;
    unsigned row = lane * stride / 32, column = lane * stride % 32, sum = 0;
    for (unsigned e = me; e < 1024; e += blockDim.x) tile[e / 32 * 33 + e % 32] = x[e];
    __syncthreads();
    for (unsigned k = 0; k < rounds && k < 8; k++) {
        sum = 3 * sum + tile[row * 33 + column];
        row = (row + 1) % 32;
    }
    y[blockIdx.x * blockDim.x + me] = sum;
}
