// SPDX-License-Identifier: MIT
/* A wrong vector_sum, for the output that shows how a wrong answer looks: it subtracts.
 * Shapes: x, y, z are n elements. Launch: one work-item per element, rounded up to whole groups.
 * Shared memory: none. */
__kernel void vector_sum(__global T *z, __global const T *x, __global const T *y, ulong n) {
    size_t i = get_global_id(0);
    if (i < n) z[i] = x[i] - y[i];
}
