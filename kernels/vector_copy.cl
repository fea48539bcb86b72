// SPDX-License-Identifier: MIT
/* z[i] = x[i] for i in 0 .. n-1: the yardstick for kernels that only move data.
 * Shapes: x, z are n elements. Launch: one work-item per element, rounded up to whole groups.
 * Shared memory: none. */
__kernel void vector_copy(__global T *z, __global const T *x, ulong n) {
    size_t i = get_global_id(0);
    if (i < n) z[i] = x[i];
}
