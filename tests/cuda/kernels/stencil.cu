// SPDX-License-Identifier: MIT
/* y[i] = weights . x[i-2 .. i+2], with 0 beyond the ends. Exercises: constant memory, a variable
 * of the module that the host sets, device functions, one of them recursive, a local array,
 * clocks. Shapes: x, y are n floats, ticks is 1 long long. Launch: one thread per element. */
__constant__ float weights[5] = {0.1f, 0.2f, 0.4f, 0.2f, 0.1f};
__device__ int calls = 3;

static __device__ __noinline__ int depth(int n) { return n <= 1 ? 1 : depth(n / 2) + 1; }
static __device__ __forceinline__ float at(const float *x, int i, int n) {
    return i >= 0 && i < n ? x[i] : 0.0f;
}
extern "C" __global__ void stencil(float *y, long long *ticks, const float *x, int n, int turn) {
    long long begin = clock64();
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    float window[5];
    for (int k = 0; k < 5; k++) window[k] = at(x, i + k - 2, n);
    float sum = 0.0f;
    for (int k = 0; k < 5; k++) sum += weights[k] * window[(k + turn) % 5];
    if (i < n) y[i] = sum;
    if (i == 0) {
        calls = depth(n);
        *ticks = clock64() - begin;
    }
}
