// SPDX-License-Identifier: MIT
/* What PoCL runs beside cusim: the kernel of tests/cuda/kernels/matmul_tiled.cu, line by line, and
 * one that does nothing. Shapes: a is m x k, b is k x n, c is m x n; groups of 16 x 16. */
#define TILE 16
__kernel void matmul_tiled(__global float *c, __global const float *a, __global const float *b,
                           int m, int n, int k) {
    __local float tile_a[TILE][TILE], tile_b[TILE][TILE];
    int tx = get_local_id(0), ty = get_local_id(1);
    int row = get_group_id(1) * TILE + ty, col = get_group_id(0) * TILE + tx;
    float sum = 0.0f;
    for (int base = 0; base < k; base += TILE) {
        tile_a[ty][tx] = row < m && base + tx < k ? a[(size_t)row * k + base + tx] : 0.0f;
        tile_b[ty][tx] = col < n && base + ty < k ? b[(size_t)(base + ty) * n + col] : 0.0f;
        barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll
        for (int i = 0; i < TILE; i++) sum += tile_a[ty][i] * tile_b[i][tx];
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    if (row < m && col < n) c[(size_t)row * n + col] = sum;
}

__kernel void empty(void) {}
