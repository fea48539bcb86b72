// SPDX-License-Identifier: MIT
/* y[i] = the sum of eight values v, each v = a v + b done steps times, begun with x[i], x[i] + 1,
 * ... The yardstick for kernels that compute, in the shape a CPU likes: whole vector registers, and
 * eight chains of them, since one alone would wait for its own result.
 * Build: -DWIDTH=16, 8 or 4, the floats of a register (CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT).
 * Shapes: x, y are n elements. Launch: any number of work-items; groups of one. Shared memory:
 * none. */
#ifndef WIDTH
#define WIDTH 16
#endif
#define CHAINS 8
#define JOIN(a, b) a##b
#define VECTOR(T, width) JOIN(T, width)
#define V VECTOR(float, WIDTH)
#define LOAD VECTOR(vload, WIDTH)
#define STORE VECTOR(vstore, WIDTH)

__kernel void multiply_add(__global float *y, __global const float *x, ulong n, ulong steps) {
    for (size_t i = get_global_id(0) * WIDTH; i < n; i += get_global_size(0) * WIDTH) {
        float rest[WIDTH];
        bool whole = i + WIDTH <= n;
        for (uint l = 0; l < WIDTH; l++) rest[l] = !whole && i + l < n ? x[i + l] : 0;
        V v[CHAINS], a = 0.5f, b = 1.0f, sum = 0, first = whole ? LOAD(0, x + i) : LOAD(0, rest);
#pragma unroll
        for (uint c = 0; c < CHAINS; c++) v[c] = first + (float)c;
        for (ulong k = 0; k < steps; k++)
#pragma unroll
            for (uint c = 0; c < CHAINS; c++) v[c] = v[c] * a + b;
#pragma unroll
        for (uint c = 0; c < CHAINS; c++) sum += v[c];
        if (whole) {
            STORE(sum, 0, y + i);
        } else {
            STORE(sum, 0, rest);
            for (uint l = 0; i + l < n; l++) y[i + l] = rest[l];
        }
    }
}
