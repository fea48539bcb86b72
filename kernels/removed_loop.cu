// SPDX-License-Identifier: MIT
/* z[i] = (x[i] + y[i])^2 x[i] / 2, computed steps times over: the loop of a benchmark that measures
 * nothing. Each round gives the same, so that a compiler is free to keep one of them.
 * Shapes: x, y, z are n elements. Launch: one thread per element, rounded up to whole blocks.
 * Shared memory: none. */
extern "C" __global__ void removed_loop(float *z, const float *x, const float *y, size_t n,
                                        size_t steps) {
    size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    float a = x[i], b = y[i], c = 0;
    for (size_t k = 0; k < steps; k++) {
        c = a + b;
        c = c * c;
        c = c * (a / 2.0f);
    }
    z[i] = c;
}
