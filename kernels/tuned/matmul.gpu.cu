// SPDX-License-Identifier: MIT
/* c = a b: c[i][j] = sum over l of a[i][l] * b[l][j], in the shape a GPU likes. A block computes
 * 128 x 128 elements of c, a thread 8 x 8 of those, with all 64 sums in registers. Of a and b, 128
 * x 8 elements at a time lie in shared memory; sixteen values that a thread fetches from there make
 * 64 products, where matmul_tiled needs two values for each.
 * A thread's 8 rows are 4 and 4, half a tile apart, and so are its columns: neighbours then read
 * neighbouring 16 bytes, and where the compiler makes one load of these, as NVRTC does, no bank of
 * shared memory is asked twice.
 * Shapes: c is m x n, a is m x k, b is k x n, row by row; a row begins ldc, lda, ldb elements after
 * the one before. Launch: blocks of 256 threads, ceil(n / 128) x ceil(m / 128) of them. Shared
 * memory: 8,320 bytes. */
#define TILE 128
#define DEPTH 8
#define EACH 8
#define THREADS 256
#define HALF (TILE / 2)
extern "C" __global__ void matmul(float *c, const float *a, const float *b, size_t m, size_t n,
                                  size_t k, size_t ldc, size_t lda, size_t ldb) {
    __shared__ __align__(16) float tile_a[DEPTH][TILE + 4], tile_b[DEPTH][TILE]; /* a: transposed */
    unsigned me = threadIdx.x, x = me % 16 * 4, y = me / 16 * 4;
    size_t top = (size_t)blockIdx.y * TILE, left = (size_t)blockIdx.x * TILE;
    float sum[EACH][EACH];
#pragma unroll
    for (unsigned r = 0; r < EACH; r++)
#pragma unroll
        for (unsigned s = 0; s < EACH; s++) sum[r][s] = 0;
    for (size_t first = 0; first < k; first += DEPTH) {
#pragma unroll
        for (unsigned e = me; e < TILE * DEPTH; e += THREADS) {
            unsigned row = e / DEPTH, l = e % DEPTH; /* of a: 32 bytes of each row */
            bool inside = top + row < m && first + l < k;
            tile_a[l][row] = inside ? a[(top + row) * lda + first + l] : 0.0f;
            unsigned deep = e / TILE, column = e % TILE; /* of b: whole lines */
            inside = first + deep < k && left + column < n;
            tile_b[deep][column] = inside ? b[(first + deep) * ldb + left + column] : 0.0f;
        }
        __syncthreads(); /* both tiles are complete */
#pragma unroll
        for (unsigned l = 0; l < DEPTH; l++) {
            const float4 a0 = *(const float4 *)&tile_a[l][y],
                         a1 = *(const float4 *)&tile_a[l][HALF + y];
            const float4 b0 = *(const float4 *)&tile_b[l][x],
                         b1 = *(const float4 *)&tile_b[l][HALF + x];
            const float down[EACH] = {a0.x, a0.y, a0.z, a0.w, a1.x, a1.y, a1.z, a1.w};
            const float along[EACH] = {b0.x, b0.y, b0.z, b0.w, b1.x, b1.y, b1.z, b1.w};
#pragma unroll
            for (unsigned r = 0; r < EACH; r++)
#pragma unroll
                for (unsigned s = 0; s < EACH; s++) sum[r][s] += down[r] * along[s];
        }
        __syncthreads(); /* nobody reads them any more */
    }
#pragma unroll
    for (unsigned r = 0; r < EACH; r++)
#pragma unroll
        for (unsigned s = 0; s < EACH; s++) {
            size_t row = top + y + r % 4 + r / 4 * HALF, column = left + x + s % 4 + s / 4 * HALF;
            if (row < m && column < n) c[row * ldc + column] = sum[r][s];
        }
}
