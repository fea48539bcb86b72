// SPDX-License-Identifier: MIT
/* z[i] = x[i] + y[i] for i in 0 .. n-1. Exercises: indices, a guard, global loads and stores.
 * Shapes: x, y, z are n floats. Launch: one thread per element. */
extern "C" __global__ void vector_add(float *z, const float *x, const float *y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) z[i] = x[i] + y[i];
}
