// SPDX-License-Identifier: MIT
/* y[i][j] = the mean of the four neighbours of x[i][j]; on the border y = x. In the shape a GPU
 * likes: a block fetches 32 x 32 elements and a rim of one around them into shared memory, where
 * each is used five times, and a thread computes four.
 * Shapes: x, y are m x n elements, row after row. Launch: blocks of 32 x 8 threads, ceil(n / 32) x
 * ceil(m / 32) of them. Shared memory: 4,624 bytes. */
#define TILE 32
#define DOWN 8 /* threads down a tile */
extern "C" __global__ void stencil(float *y, const float *x, size_t m, size_t n) {
    __shared__ float tile[TILE + 2][TILE + 2];
    size_t top = (size_t)blockIdx.y * TILE, left = (size_t)blockIdx.x * TILE;
    unsigned me = threadIdx.y * TILE + threadIdx.x;
    for (unsigned e = me; e < (TILE + 2) * (TILE + 2); e += TILE * DOWN) {
        unsigned row = e / (TILE + 2), column = e % (TILE + 2);
        size_t i = top + row, j = left + column; /* one more than the element's own */
        bool inside = i > 0 && i <= m && j > 0 && j <= n;
        tile[row][column] = inside ? x[(i - 1) * n + (j - 1)] : 0.0f;
    }
    __syncthreads();
    for (unsigned r = threadIdx.y; r < TILE; r += DOWN) {
        size_t i = top + r, j = left + threadIdx.x;
        if (i >= m || j >= n) return;
        float *here = &tile[r + 1][threadIdx.x + 1];
        if (i == 0 || j == 0 || i == m - 1 || j == n - 1) y[i * n + j] = *here;
        else y[i * n + j] = 0.25f * ((here[-TILE - 2] + here[TILE + 2]) + (here[-1] + here[1]));
    }
}
