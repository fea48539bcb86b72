// SPDX-License-Identifier: MIT
/* y[phase * rows + k] = x[k * stride + phase]: all of x once, read by stride, written in order.
 * Shapes: x, y: rows * stride elements; with stride 1 this is a copy.
 * Launch: (rows, rounded up to whole blocks) x stride threads, k along the first dimension.
 * Shared memory: none. */
extern "C" __global__ void stride(unsigned *y, const unsigned *x, unsigned rows, unsigned stride) {
    unsigned k = blockIdx.x * blockDim.x + threadIdx.x, phase = blockIdx.y;
    if (k < rows) y[phase * rows + k] = x[k * stride + phase];
}
