// SPDX-License-Identifier: MIT
/* c = a * b by tiles of 16 x 16. Exercises: static shared memory in two dimensions, __syncthreads,
 * an unrolled loop. Shapes: a is m x k, b is k x n, c is m x n, row by row.
 * Launch: blocks of 16 x 16 threads, ceil(n / 16) x ceil(m / 16) of them. Shared: 2,048 bytes. */
#define TILE 16
extern "C" __global__ void matmul_tiled(float *c, const float *a, const float *b, int m, int n,
                                        int k) {
    __shared__ float tile_a[TILE][TILE], tile_b[TILE][TILE];
    int tx = threadIdx.x, ty = threadIdx.y;
    int row = blockIdx.y * TILE + ty, col = blockIdx.x * TILE + tx;
    float sum = 0.0f;
    for (int base = 0; base < k; base += TILE) {
        tile_a[ty][tx] = row < m && base + tx < k ? a[(size_t)row * k + base + tx] : 0.0f;
        tile_b[ty][tx] = col < n && base + ty < k ? b[(size_t)(base + ty) * n + col] : 0.0f;
        __syncthreads();
#pragma unroll
        for (int i = 0; i < TILE; i++) sum += tile_a[ty][i] * tile_b[i][tx];
        __syncthreads();
    }
    if (row < m && col < n) c[(size_t)row * n + col] = sum;
}
