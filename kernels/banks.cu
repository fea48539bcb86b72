// SPDX-License-Identifier: MIT
/* Each lane of a warp walks down a tile of 32 rows and 32 columns in shared memory, from element
 * lane * stride on: y[i] = sum, after rounds times sum = 3 * sum + the element; then one row down.
 * Rows begin width elements apart. Shared memory has 32 banks: element e is in bank e % 32.
 * Shapes: x: the tile, 1024 elements; y: one for each thread; stride: 1 to 32; width: 32 or 33.
 * Launch: whole blocks of a multiple of 32 threads. Shared memory: 32 * 33 * 4 bytes. */
extern "C" __global__ void banks(unsigned *y, const unsigned *x, unsigned stride, unsigned width,
                                 unsigned rounds) {
    __shared__ unsigned tile[32 * 33];
    unsigned me = threadIdx.x, lane = me % 32;
    unsigned row = lane * stride / 32, column = lane * stride % 32, sum = 0;
    for (unsigned e = me; e < 1024; e += blockDim.x) tile[e / 32 * width + e % 32] = x[e];
    __syncthreads();
    for (unsigned k = 0; k < rounds; k++) {
        sum = 3 * sum + tile[row * width + column];
        row = (row + 1) % 32;
    }
    y[blockIdx.x * blockDim.x + me] = sum;
}
