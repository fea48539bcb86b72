// SPDX-License-Identifier: MIT
/* a[i][j] = 2 a[i][j] for an m x n matrix, in place.
 * Shapes: a is m x n floats, row after row. Launch: one work-item per element, 0 along a row and 1
 * down the rows, rounded up to whole groups in both. Shared memory: none. */
__kernel void double_matrix(__global float *a, ulong m, ulong n) {
    size_t i = get_global_id(1); /* row */
    size_t j = get_global_id(0); /* column */
    if (i < m && j < n) a[i * n + j] *= 2;
}
