// SPDX-License-Identifier: MIT
/* c = a b: c[i][j] = sum over l of a[i][l] * b[l][j], one thread for each element of c.
 * Shapes: c is m x n, a is m x k, b is k x n, row by row; a row begins ldc, lda, ldb elements after
 * the one before (n, k, n, or more where rows are padded). Launch: blocks of 16 x 16 threads,
 * ceil(n / 16) x ceil(m / 16) of them. Shared memory: none. */
extern "C" __global__ void matmul_naive(float *c, const float *a, const float *b, size_t m,
                                        size_t n, size_t k, size_t ldc, size_t lda, size_t ldb) {
    size_t row = (size_t)blockIdx.y * blockDim.y + threadIdx.y;
    size_t col = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
    if (row >= m || col >= n) return;
    float sum = 0;
    for (size_t l = 0; l < k; l++) sum += a[row * lda + l] * b[l * ldb + col];
    c[row * ldc + col] = sum;
}
