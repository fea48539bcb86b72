// SPDX-License-Identifier: MIT
/* threads.c - many host threads at once, each with streams, events, memory and modules of its own,
 * all in one context; and threads that share a stream. For the thread sanitizer as much as for the
 * results. */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>

#include "api.h"

enum { THREADS = 8, ROUNDS = 30, N = 500 };
static CUcontext context;
static CUstream shared_stream;
static CUdeviceptr shared_x;
static CUfunction shared_add;
static _Thread_local unsigned seed;

static unsigned below(unsigned n) {
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

static void CUDA_CB increment(void *data) { ++*(int *)data; }

static void *work(void *number) {
    seed = (unsigned)(uintptr_t)number;
    CU(cuCtxSetCurrent(context));
    for (int round = 0; round < ROUNDS; round++) {
        CUmodule module;
        CUstream stream, second;
        CUevent event;
        CUdeviceptr x;
        uint32_t host[N];
        unsigned n = N, k = below(100), count = 1 + below(8), one = 1;
        int called = 0;
        CU(cuModuleLoadData(&module, kernels));
        CUfunction add = kernel(module, "add");
        CU(cuStreamCreate(&stream, below(2) ? CU_STREAM_NON_BLOCKING : CU_STREAM_DEFAULT));
        CU(cuStreamCreate(&second, CU_STREAM_NON_BLOCKING));
        CU(cuEventCreate(&event, 0));
        if (below(2)) CU(cuMemAllocAsync(&x, sizeof host, stream));
        else CU(cuMemAlloc(&x, sizeof host));
        CU(cuMemsetD32Async(x, 1, N, stream));
        for (unsigned i = 0; i < count; i++) CU(launch(add, (N + 63) / 64, 64, stream, &x, &n, &k));
        CU(cuLaunchHostFunc(stream, increment, &called));
        CU(cuEventRecord(event, stream));
        CU(cuStreamWaitEvent(second, event, 0));
        CU(launch(shared_add, 1, 1, shared_stream, &shared_x, &one, &one));
        CU(cuMemcpyDtoHAsync(host, x, sizeof host, second));
        if (below(3) == 0) (void)cuStreamQuery(stream);
        if (below(3) == 0) CU(cuEventSynchronize(event));
        if (below(3) == 0) CU(cuCtxSynchronize());
        CU(cuStreamSynchronize(second));
        EQUAL(called, 1);
        int wrong = 0;
        for (int i = 0; i < N; i++) wrong += host[i] != 1 + count * k;
        EQUAL(wrong, 0);
        CU(below(2) ? cuMemFree(x) : cuMemFreeAsync(x, second));
        CU(cuEventDestroy(event));
        CU(cuStreamDestroy(stream));
        CU(cuStreamDestroy(second));
        CU(cuModuleUnload(module));
    }
    /* each thread has a default stream of its own */
    unsigned one = 1;
    CU(launch(shared_add, 1, 1, shared_stream, &shared_x, &one, &one));
    CU(cuStreamSynchronize(CU_STREAM_PER_THREAD));
    return NULL;
}

int main(void) {
    context = begin();
    shared_add = kernel(load(), "add");
    CU(cuStreamCreate(&shared_stream, CU_STREAM_NON_BLOCKING));
    CU(cuMemAlloc(&shared_x, 4));
    CU(cuMemsetD32(shared_x, 0, 1));
    CU(cuCtxSynchronize());
    pthread_t thread[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++)
        if (pthread_create(&thread[i], NULL, work, (void *)(i + 1))) return 3;
    for (int i = 0; i < THREADS; i++) pthread_join(thread[i], NULL);
    CU(cuStreamSynchronize(shared_stream));
    uint32_t total;
    CU(cuMemcpyDtoH(&total, shared_x, 4));
    EQUAL(total, THREADS * (ROUNDS + 1));
    CU(cuDevicePrimaryCtxRelease(0));
    return failures != 0;
}
