// SPDX-License-Identifier: MIT
/* z[i] = x[i] + y[i] for i in 0 .. n-1.
 * Shapes: x, y, z are n elements. Launch: one work-item per element, rounded up to whole groups. */
__kernel void sum(__global int *z, __global const int *x, __global const int *y, ulong n) {
    size_t i = get_global_id(0);
    if (i < n) z[i] = x[i] + y[i];
}
