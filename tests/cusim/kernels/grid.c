// SPDX-License-Identifier: MIT
/* grid.c - a kernel with cooperative groups: tiles, coalesced groups, and a barrier of the whole
 * grid. cooperative.sh has NVRTC compile it from grid.cu.
 *   grid FILE */
#include <cuda.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void check_call(CUresult result, const char *call) {
    if (!result) return;
    const char *name = NULL;
    (void)cuGetErrorName(result, &name);
    printf("%s: %s\n", call, name ? name : "?");
    exit(3);
}
#define CHECK(call) check_call(call, #call)

enum { BLOCKS = 6, THREADS = 64, N = BLOCKS * THREADS, ROUNDS = 20 };

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: grid FILE\n");
        return 2;
    }
    static char ptx[1 << 20];
    FILE *file = fopen(argv[1], "rb");
    size_t n = file ? fread(ptx, 1, sizeof ptx - 1, file) : 0;
    if (file) fclose(file);
    if (!n) {
        perror(argv[1]);
        return 2;
    }
    CUdevice device;
    CUcontext context;
    CUmodule module;
    CUfunction kernel;
    CUdeviceptr d_a, d_b, d_sums;
    uint32_t a[N], b[N], sums[N / 16], want[N], next[N];
    CHECK(cuInit(0));
    CHECK(cuDeviceGet(&device, 0));
    CHECK(cuDevicePrimaryCtxRetain(&context, device));
    CHECK(cuCtxSetCurrent(context));
    char log[4096] = "";
    CUjit_option options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
    void *values[] = {log, (void *)sizeof log};
    CUresult result = cuModuleLoadDataEx(&module, ptx, 2, options, values);
    if (result) printf("%s\n", log);
    CHECK(result);
    CHECK(cuModuleGetFunction(&kernel, module, "rounds"));
    for (uint32_t i = 0; i < N; i++) want[i] = a[i] = i * 2654435761u;
    CHECK(cuMemAlloc(&d_a, sizeof a));
    CHECK(cuMemAlloc(&d_b, sizeof b));
    CHECK(cuMemAlloc(&d_sums, sizeof sums));
    CHECK(cuMemcpyHtoD(d_a, a, sizeof a));
    int count = ROUNDS;
    void *arguments[] = {&d_a, &d_b, &d_sums, &count};
    CHECK(cuLaunchCooperativeKernel(kernel, BLOCKS, 1, 1, THREADS, 1, 1, 0, NULL, arguments));
    CHECK(cuCtxSynchronize());
    CHECK(cuMemcpyDtoH(a, d_a, sizeof a));
    CHECK(cuMemcpyDtoH(sums, d_sums, sizeof sums));
    /* Each round, element i becomes what its two neighbours in the grid were, added. */
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < N; i++) next[i] = want[(i + 1) % N] + 3 * want[(i + N - 1) % N];
        for (int i = 0; i < N; i++) want[i] = next[i];
    }
    for (int i = 0; i < N; i++)
        if (a[i] != want[i]) {
            printf("a[%d] is %u, wanted %u\n", i, a[i], want[i]);
            return 1;
        }
    for (int t = 0; t < N / 16; t++) {
        uint32_t sum = 0, odd = 0;
        for (int i = 16 * t; i < 16 * t + 16; i++) sum += want[i];
        for (int i = 16 * t / 32 * 32; i < 16 * t / 32 * 32 + 32; i++) odd += want[i] & 1;
        if (sums[t] != sum + 1000003u * odd) {
            printf("sums[%d] is %u, wanted %u\n", t, sums[t], sum + 1000003u * odd);
            return 1;
        }
    }
    CHECK(cuDevicePrimaryCtxRelease(device));
    return 0;
}
