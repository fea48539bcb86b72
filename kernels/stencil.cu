// SPDX-License-Identifier: MIT
/* y[i][j] = the mean of the four neighbours of x[i][j]; on the border y = x. One step of Jacobi's
 * method for a plate whose border is kept at its temperature.
 * Shapes: x, y are m x n elements, row after row. Launch: one thread per element, x along a row
 * and y down the rows, rounded up to whole blocks in both. Shared memory: none. */
extern "C" __global__ void stencil(float *y, const float *x, size_t m, size_t n) {
    size_t i = (size_t)blockIdx.y * blockDim.y + threadIdx.y; /* row */
    size_t j = (size_t)blockIdx.x * blockDim.x + threadIdx.x; /* column */
    if (i >= m || j >= n) return;
    size_t at = i * n + j;
    if (i == 0 || j == 0 || i == m - 1 || j == n - 1) y[at] = x[at];
    else y[at] = 0.25f * ((x[at - n] + x[at + n]) + (x[at - 1] + x[at + 1]));
}
