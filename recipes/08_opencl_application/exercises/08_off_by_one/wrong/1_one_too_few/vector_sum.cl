// SPDX-License-Identifier: MIT
/* z[i] = x[i] + y[i] for i in 0 .. n-1; T is the element type, chosen when the kernel is built.
 * Shapes: x, y, z are n elements. Launch: one work-item per element, rounded up to whole groups.
 * Shared memory: none. */
__kernel void vector_sum(__global T *z, __global const T *x, __global const T *y, ulong n) {
    size_t i = get_global_id(0);
    if (i < n - 1) z[i] = x[i] + y[i];
}
