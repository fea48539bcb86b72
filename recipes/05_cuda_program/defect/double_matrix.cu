// SPDX-License-Identifier: MIT
/* Spot the defect: a kernel from a well-known example for a 5 x 5 matrix. It compiles, it runs, no
 * call reports an error, and its result was printed, unchecked, for years.
 * Shapes: a is m x n floats, row after row. Launch: one thread per element, x along a row, y down
 * the rows, rounded up to whole blocks in both. Shared memory: none. */
extern "C" __global__ void double_matrix(float *a, unsigned long long m, unsigned long long n) {
    size_t i = (size_t)blockIdx.y * blockDim.y + threadIdx.y; /* row */
    size_t j = (size_t)blockIdx.x * blockDim.x + threadIdx.x; /* column */
    if (i < m && j < n) a[i * 4 + j] *= 2;
}
