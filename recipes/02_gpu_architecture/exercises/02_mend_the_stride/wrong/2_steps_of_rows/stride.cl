// SPDX-License-Identifier: MIT
/* y[phase * rows + k] = x[k * stride + phase]: read by stride, written in order. */
__kernel void stride(__global uint *y, __global const uint *x, uint rows, uint stride) {
    uint k = get_global_id(0), phase = get_global_id(1);
    if (k < rows) y[phase * rows + k] = x[k * rows + phase];
}
