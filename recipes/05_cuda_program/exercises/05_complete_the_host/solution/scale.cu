// SPDX-License-Identifier: MIT
/* y[i] = factor * x[i] for i in 0 .. n-1.
 * Shapes: x, y are n elements. Launch: one thread per element, rounded up to whole blocks.
 * Shared memory: none. */
extern "C" __global__ void scale(float *y, const float *x, float factor, unsigned long long n) {
    size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = factor * x[i];
}
