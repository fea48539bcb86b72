// SPDX-License-Identifier: MIT
/* y[i] = the sum of eight values v, each v = a v + b done steps times, begun with x[i], x[i] + 1,
 * ... Nothing but multiplications and additions: the yardstick for kernels that compute. Eight
 * chains, since one alone would wait for its own result.
 * Shapes: x, y are n elements. Launch: one thread per element, rounded up to whole blocks.
 * Shared memory: none. */
#define CHAINS 8
extern "C" __global__ void multiply_add(float *y, const float *x, size_t n, size_t steps) {
    size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    float v[CHAINS], a = 0.5f, b = 1.0f, sum = 0;
    for (unsigned c = 0; c < CHAINS; c++) v[c] = x[i] + c;
    for (size_t k = 0; k < steps; k++)
        for (unsigned c = 0; c < CHAINS; c++) v[c] = v[c] * a + b;
    for (unsigned c = 0; c < CHAINS; c++) sum += v[c];
    y[i] = sum;
}
