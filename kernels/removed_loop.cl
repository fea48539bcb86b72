// SPDX-License-Identifier: MIT
/* z[i] = (x[i] + y[i])^2 x[i] / 2, computed steps times over: the loop of a benchmark that measures
 * nothing. Each round gives the same, so that a compiler is free to keep one of them.
 * Shapes: x, y, z are n elements. Launch: one work-item per element, rounded up to whole groups.
 * Shared memory: none. */
__kernel void removed_loop(__global float *z, __global const float *x, __global const float *y,
                           ulong n, ulong steps) {
    size_t i = get_global_id(0);
    if (i >= n) return;
    float a = x[i], b = y[i], c = 0;
    for (ulong k = 0; k < steps; k++) {
        c = a + b;
        c = c * c;
        c = c * (a / 2.0f);
    }
    z[i] = c;
}
