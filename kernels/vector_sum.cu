// SPDX-License-Identifier: MIT
/* z[i] = x[i] + y[i] for i in 0 .. n-1; T is the element type, chosen when the kernel is built.
 * Shapes: x, y, z are n elements. Launch: one thread per element, rounded up to whole blocks.
 * Shared memory: none. */
extern "C" __global__ void vector_sum(T *z, const T *x, const T *y, unsigned long long n) {
    size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) z[i] = x[i] + y[i];
}
