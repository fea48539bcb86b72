// SPDX-License-Identifier: MIT
/* y[i][j] = the mean of the four neighbours of x[i][j]; on the border y = x. One step of Jacobi's
 * method for a plate whose border is kept at its temperature.
 * Shapes: x, y are m x n elements, row after row. Launch: one work-item per element, 0 along a row
 * and 1 down the rows, rounded up to whole groups in both. Shared memory: none. */
__kernel void stencil(__global float *y, __global const float *x, ulong m, ulong n) {
    size_t i = get_global_id(1); /* row */
    size_t j = get_global_id(0); /* column */
    if (i >= m || j >= n) return;
    size_t at = i * n + j;
    if (i == 0 || j == 0 || i == m - 1 || j == n - 1) y[at] = x[at];
    else y[at] = 0.25f * ((x[at - n] + x[at + n]) + (x[at - 1] + x[at + 1]));
}
