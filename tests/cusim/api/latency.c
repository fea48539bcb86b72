// SPDX-License-Identifier: MIT
/* latency.c - what an empty launch and a wait for it cost, and that work starts without the host.
 *   latency [MICROSECONDS]   fails if the median launch with its wait takes longer; 0: only print
 *   */
#define _POSIX_C_SOURCE 200809L
#include <stdatomic.h>

#include "api.h"

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    enum { ROUNDS = 201, EACH = 50 };
    begin();
    CUmodule module = load();
    CUfunction nothing = kernel(module, "nothing"), add = kernel(module, "add");
    CUstream stream;
    CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
    double us[ROUNDS];
    for (int r = 0; r < ROUNDS; r++) {
        double start = now_ms();
        for (int i = 0; i < EACH; i++) {
            CU(launch(nothing, 1, 32, stream, NULL, NULL, NULL));
            CU(cuStreamSynchronize(stream));
        }
        us[r] = (now_ms() - start) * 1e3 / EACH;
    }
    qsort(us, ROUNDS, sizeof us[0], compare);
    printf("launch + synchronize: median %.2f us, best %.2f us\n", us[ROUNDS / 2], us[0]);
    double median = us[ROUNDS / 2];

    /* Asking, but never waiting: it must be done soon, and a host that sleeps must find it done. */
    double slowest = 0;
    for (int r = 0; r < 20; r++) {
        CU(launch(nothing, 1, 32, stream, NULL, NULL, NULL));
        double start = now_ms();
        while (cuStreamQuery(stream) == CUDA_ERROR_NOT_READY && now_ms() - start < 5000) {
        }
        double ms = now_ms() - start;
        if (ms > slowest) slowest = ms;
    }
    printf("launch + query: slowest %.3f ms\n", slowest);
    TRUE(slowest < 5000);
    _Atomic uint32_t *shared_x;
    CU(cuMemHostAlloc((void **)&shared_x, 4, 0));
    unsigned n = 1, k = 5;
    for (int r = 0; r < 5; r++) {
        *shared_x = 1;
        CUdeviceptr x = (CUdeviceptr)(uintptr_t)shared_x;
        nanosleep(&(struct timespec){0, 20000000}, NULL); /* let the workers fall asleep */
        CU(launch(add, 1, 1, stream, &x, &n, &k));
        double start = now_ms();
        while (*shared_x != 6 && now_ms() - start < 5000) {
        }
        EQUAL(*shared_x, 6);
        CU(cuStreamSynchronize(stream));
    }
    CU(cuMemFreeHost(shared_x));
    CU(cuStreamDestroy(stream));
    CU(cuModuleUnload(module));
    double limit = argc > 1 ? atof(argv[1]) : 0;
    if (limit > 0) TRUE(median <= limit);
    return failures != 0;
}
