// SPDX-License-Identifier: MIT
/* c = a b by tiles: a block computes 16 x 16 elements of c, and fetches what it needs of a and b
 * into shared memory, 16 x 16 elements of each at a time, where each is used 16 times.
 * Shapes: c is m x n, a is m x k, b is k x n, row by row; a row begins ldc, lda, ldb elements after
 * the one before (n, k, n, or more where rows are padded). Launch: blocks of 16 x 16 threads,
 * ceil(n / 16) x ceil(m / 16) of them. Shared memory: 2,048 bytes. */
#define TILE 16
extern "C" __global__ void matmul_tiled(float *c, const float *a, const float *b, size_t m,
                                        size_t n, size_t k, size_t ldc, size_t lda, size_t ldb) {
    __shared__ float tile_a[TILE][TILE], tile_b[TILE][TILE];
    unsigned x = threadIdx.x, y = threadIdx.y;
    size_t row = (size_t)blockIdx.y * TILE + y, col = (size_t)blockIdx.x * TILE + x;
    float sum = 0;
    for (size_t first = 0; first < k; first += TILE) {
        tile_a[y][x] = row < m && first + x < k ? a[row * lda + first + x] : 0;
        tile_b[y][x] = first + y < k && col < n ? b[(first + y) * ldb + col] : 0;
        __syncthreads(); /* both tiles are complete */
        for (unsigned l = 0; l < TILE; l++) sum += tile_a[y][l] * tile_b[l][x];
        __syncthreads(); /* nobody reads them any more */
    }
    if (row < m && col < n) c[row * ldc + col] = sum;
}
