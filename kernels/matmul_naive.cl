// SPDX-License-Identifier: MIT
/* c = a b: c[i][j] = sum over l of a[i][l] * b[l][j], one work-item for each element of c.
 * Shapes: c is m x n, a is m x k, b is k x n, row by row; a row begins ldc, lda, ldb elements after
 * the one before (n, k, n, or more where rows are padded). Launch: groups of 16 x 16 work-items,
 * ceil(n / 16) x ceil(m / 16) of them. Local memory: none. */
__kernel void matmul_naive(__global float *c, __global const float *a, __global const float *b,
                           ulong m, ulong n, ulong k, ulong ldc, ulong lda, ulong ldb) {
    size_t row = get_global_id(1);
    size_t col = get_global_id(0);
    if (row >= m || col >= n) return;
    float sum = 0;
    for (size_t l = 0; l < k; l++) sum += a[row * lda + l] * b[l * ldb + col];
    c[row * ldc + col] = sum;
}
