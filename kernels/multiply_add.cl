// SPDX-License-Identifier: MIT
/* y[i] = the sum of eight values v, each v = a v + b done steps times, begun with x[i], x[i] + 1,
 * ... Nothing but multiplications and additions: the yardstick for kernels that compute. Eight
 * chains, since one alone would wait for its own result.
 * Shapes: x, y are n elements. Launch: one work-item per element, rounded up to whole groups.
 * Shared memory: none. */
#define CHAINS 8
__kernel void multiply_add(__global float *y, __global const float *x, ulong n, ulong steps) {
    size_t i = get_global_id(0);
    if (i >= n) return;
    float v[CHAINS], a = 0.5f, b = 1.0f, sum = 0;
    for (uint c = 0; c < CHAINS; c++) v[c] = x[i] + c;
    for (ulong k = 0; k < steps; k++)
        for (uint c = 0; c < CHAINS; c++) v[c] = v[c] * a + b;
    for (uint c = 0; c < CHAINS; c++) sum += v[c];
    y[i] = sum;
}
