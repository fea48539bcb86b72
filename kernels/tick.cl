// SPDX-License-Identifier: MIT
/* y[i] = x[i] + y[i] for i in 0 .. n-1: so little work that a launch costs more than what it does.
 * Launched k times in a row it adds k times x, so that the result tells how often it ran.
 * Shapes: x, y: n elements. Launch: one work-item per element, rounded up to whole groups.
 * Shared memory: none. */
__kernel void tick(__global uint *y, __global const uint *x, uint n) {
    uint i = get_global_id(0);
    if (i < n) y[i] = x[i] + y[i];
}
