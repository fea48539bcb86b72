// SPDX-License-Identifier: MIT
/* y[i] = sin x[i] + cos x[i] + exp(-x[i]) for i in 0 .. n-1: much arithmetic for each element.
 * Shapes: x, y are n elements. Launch: one work-item per element, rounded up to whole groups.
 * Shared memory: none. */
__kernel void map(__global float *y, __global const float *x, ulong n) {
    size_t i = get_global_id(0);
    if (i < n) y[i] = sin(x[i]) + cos(x[i]) + exp(-x[i]);
}
