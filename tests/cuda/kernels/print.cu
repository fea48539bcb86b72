// SPDX-License-Identifier: MIT
/* Prints from the device. Exercises: vprintf with int, 64-bit, double, text, percent and no
 * argument. Shapes: x is n doubles. Launch: one thread per element. */
extern "C" __global__ void print(const double *x, long long first, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i == 0) printf("begin\n");
    if (i < n) printf("%d: x[%lld] = %.3f %s %c 100%%\n", i, first + i, x[i], "ok", 'a' + i % 26);
}
