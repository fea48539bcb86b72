// SPDX-License-Identifier: MIT
/* y[phase * rows + k] = x[k * stride + phase]: all of x once, read by stride, written in order.
 * Shapes: x, y: rows * stride elements; with stride 1 this is a copy.
 * Launch: (rows, rounded up to whole groups) x stride work-items, k along the first dimension.
 * Shared memory: none. */
__kernel void stride(__global uint *y, __global const uint *x, uint rows, uint stride) {
    uint k = get_global_id(0), phase = get_global_id(1);
    if (k < rows) y[phase * rows + k] = x[k * stride + phase];
}
