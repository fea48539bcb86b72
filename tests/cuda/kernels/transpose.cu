// SPDX-License-Identifier: MIT
/* y = x transposed, through a tile with one column more, so that no two lanes meet in a bank.
 * Shapes: x is rows x cols, y is cols x rows. Launch: blocks of 32 x 8 threads,
 * ceil(cols / 32) x ceil(rows / 32) of them. Shared: 4,224 bytes. */
extern "C" __global__ void transpose(float *y, const float *x, int rows, int cols) {
    __shared__ float tile[32][33];
    int col = blockIdx.x * 32 + threadIdx.x, row = blockIdx.y * 32 + threadIdx.y;
    for (int k = 0; k < 32; k += 8)
        if (row + k < rows && col < cols)
            tile[threadIdx.y + k][threadIdx.x] = x[(size_t)(row + k) * cols + col];
    __syncthreads();
    col = blockIdx.y * 32 + threadIdx.x;
    row = blockIdx.x * 32 + threadIdx.y;
    for (int k = 0; k < 32; k += 8)
        if (row + k < cols && col < rows)
            y[(size_t)(row + k) * rows + col] = tile[threadIdx.x][threadIdx.y + k];
}
