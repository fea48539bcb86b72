// SPDX-License-Identifier: MIT
/* a[i][j] = 2 a[i][j] for an m x n matrix, in place.
 * Shapes: a is m x n floats, row after row. Launch: one thread per element, x along a row, y down
 * the rows, rounded up to whole blocks in both. Shared memory: none. */
extern "C" __global__ void double_matrix(float *a, unsigned long long m, unsigned long long n) {
    size_t i = (size_t)blockIdx.y * blockDim.y + threadIdx.y; /* row */
    size_t j = (size_t)blockIdx.x * blockDim.x + threadIdx.x; /* column */
    if (i < m && j < n) a[i * n + j] *= 2;
}
