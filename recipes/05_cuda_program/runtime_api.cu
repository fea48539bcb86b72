// SPDX-License-Identifier: MIT
/* Double a matrix, by the runtime API: the same ten steps as main.c in fewer calls, because nvcc
 * has compiled the kernel beforehand and the runtime makes device, context and module by itself.
 *
 * Build:      nvcc -o runtime_api runtime_api.cu
 * Run:        ./runtime_api 1000 777          m rows, n columns; needs an NVIDIA GPU
 * Tolerance:  none. Doubling a float adds 1 to its exponent and rounds nothing.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../kernels/double_matrix.cu"

/* CHECK(call) - end the program, in words, unless the call returns cudaSuccess. */
#define CHECK(call)                                                                                \
    do {                                                                                           \
        cudaError_t code_ = (call);                                                                \
        if (code_ != cudaSuccess) {                                                                \
            fprintf(stderr, "%s:%d: %s\n    %s (%d): %s\n", __FILE__, __LINE__, #call,             \
                    cudaGetErrorName(code_), code_, cudaGetErrorString(code_));                    \
            exit(code_ == cudaErrorNoDevice || code_ == cudaErrorInsufficientDriver ? 77 : 3);     \
        }                                                                                          \
    } while (0)

/* A count from the command line; anything else, and more than blocks in y can cover, is refused. */
static unsigned long long count_of(const char *text) {
    char *end;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || value > 65535 * 8) {
        fprintf(stderr, "runtime_api: '%s' is not a number from 0 to %d\n", text, 65535 * 8);
        exit(2);
    }
    return value;
}

int main(int argc, char **argv) {
    unsigned long long m = argc > 1 ? count_of(argv[1]) : 5, n = argc > 2 ? count_of(argv[2]) : 5;
    size_t count = m * n, bytes = count * sizeof(float), wrong = 0;
    float *a = (float *)malloc(bytes + 1), *b = (float *)malloc(bytes + 1);
    if (!a || !b) return fprintf(stderr, "runtime_api: no memory\n"), 3;
    for (size_t i = 0; i < count; i++) a[i] = (float)(i % 1000) - 500.5f;

    if (count > 0) {
        //> runtime
        float *d_a;
        CHECK(cudaMalloc(&d_a, bytes));                           /* 5. allocate */
        CHECK(cudaMemcpy(d_a, a, bytes, cudaMemcpyHostToDevice)); /* 6. upload */
        dim3 block(32, 8), grid((unsigned)((n + 31) / 32), (unsigned)((m + 7) / 8));
        double_matrix<<<grid, block>>>(d_a, m, n);                /* 7. launch */
        CHECK(cudaGetLastError());                                /* was it accepted? */
        CHECK(cudaMemcpy(b, d_a, bytes, cudaMemcpyDeviceToHost)); /* 8. download */
        CHECK(cudaFree(d_a));                                     /* 10. release */
        //< runtime
    }
    for (size_t i = 0; i < count; i++) wrong += !(b[i] == 2 * a[i]); /* 9. verify */
    printf("%llu x %llu: %zu of %zu elements are wrong\n", m, n, wrong, count);
    free(b);
    free(a);
    return wrong ? 1 : 0;
}
