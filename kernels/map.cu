// SPDX-License-Identifier: MIT
/* y[i] = sin x[i] + cos x[i] + exp(-x[i]) for i in 0 .. n-1: much arithmetic for each element.
 * Shapes: x, y are n elements. Launch: one thread per element, rounded up to whole blocks.
 * Shared memory: none. */
extern "C" __global__ void map(float *y, const float *x, unsigned long long n) {
    size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = sinf(x[i]) + cosf(x[i]) + expf(-x[i]);
}
