// SPDX-License-Identifier: MIT
/* vector_add.c - a whole program, end to end: load PTX from a file, upload, launch, download,
 *   compare. vector_add VECTOR_ADD.PTX [N] */
#include "api.h"

static int run(CUfunction function, int n) {
    size_t bytes = (size_t)n * sizeof(float);
    float *host = n > 0 ? malloc(3 * bytes) : NULL;
    if (!host) return 3;
    float *a = host, *b = a + n, *c = b + n;
    for (int i = 0; i < n; i++) {
        a[i] = (float)(i % 1000) * 0.5f;
        b[i] = (float)(i % 77) * 0.25f;
        c[i] = -1;
    }
    CUdeviceptr d_a = 0, d_b = 0, d_c = 0;
    CU(cuMemAlloc(&d_a, bytes));
    CU(cuMemAlloc(&d_b, bytes));
    CU(cuMemAlloc(&d_c, bytes));
    CU(cuMemcpyHtoD(d_a, a, bytes));
    CU(cuMemcpyHtoD(d_b, b, bytes));
    void *parameters[] = {&d_c, &d_a, &d_b, &n};
    double best = 1e9;
    for (int round = 0; round < 3; round++) {
        double start = now_ms();
        CU(cuLaunchKernel(function, ((unsigned)n + 255) / 256, 1, 1, 256, 1, 1, 0, NULL, parameters,
                          NULL));
        CU(cuCtxSynchronize());
        double ms = now_ms() - start;
        if (ms < best) best = ms;
    }
    CU(cuMemcpyDtoH(c, d_c, bytes));
    int wrong = 0;
    for (int i = 0; i < n; i++) wrong += c[i] != a[i] + b[i];
    printf("n %d: %d wrong, kernel %.3f ms (best of 3)\n", n, wrong, best);
    CU(cuMemFree(d_c));
    CU(cuMemFree(d_b));
    CU(cuMemFree(d_a));
    free(host);
    return wrong != 0;
}

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    begin();
    CUmodule module;
    CU(cuModuleLoad(&module, argv[1]));
    CUfunction function = kernel(module, "vector_add");
    static const int sizes[] = {1, 31, 32, 33, 257, 9973, 1 << 20};
    int failed = 0;
    if (argc > 2) return run(function, atoi(argv[2]));
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) failed |= run(function, sizes[i]);
    CU(cuModuleUnload(module));
    CU(cuDevicePrimaryCtxRelease(0));
    return failed;
}
