// SPDX-License-Identifier: MIT
/* sums[i] = sum over j of x[i][j], one thread for each row.
 * Shapes: x is rows x cols; from one row to the next are stride elements. Launch: blocks of 64. */
extern "C" __global__ void row_sums(int *sums, const int *x, size_t rows, size_t cols,
                                    size_t stride) {
    size_t row = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
    if (row >= rows) return;
    int sum = 0;
    for (size_t col = 0; col < cols; col++) sum += x[row * stride + col];
    sums[row] = sum;
}
