// SPDX-License-Identifier: MIT
/* c = a b by tiles: a group computes 16 x 16 elements of c, and fetches what it needs of a and b
 * into local memory, 16 x 16 elements of each at a time, where each is used 16 times.
 * Shapes: c is m x n, a is m x k, b is k x n, row by row; a row begins ldc, lda, ldb elements after
 * the one before (n, k, n, or more where rows are padded). Launch: groups of 16 x 16 work-items,
 * ceil(n / 16) x ceil(m / 16) of them. Local memory: 2,048 bytes. */
#define TILE 16
__kernel void matmul_tiled(__global float *c, __global const float *a, __global const float *b,
                           ulong m, ulong n, ulong k, ulong ldc, ulong lda, ulong ldb) {
    __local float tile_a[TILE][TILE], tile_b[TILE][TILE];
    uint x = get_local_id(0), y = get_local_id(1);
    size_t row = get_group_id(1) * TILE + y, col = get_group_id(0) * TILE + x;
    float sum = 0;
    for (size_t first = 0; first < k; first += TILE) {
        tile_a[y][x] = row < m && first + x < k ? a[row * lda + first + x] : 0;
        tile_b[y][x] = first + y < k && col < n ? b[(first + y) * ldb + col] : 0;
        barrier(CLK_LOCAL_MEM_FENCE); /* both tiles are complete */
        for (uint l = 0; l < TILE; l++) sum += tile_a[y][l] * tile_b[l][x];
        barrier(CLK_LOCAL_MEM_FENCE); /* nobody reads them any more */
    }
    if (row < m && col < n) c[row * ldc + col] = sum;
}
