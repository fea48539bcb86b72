// SPDX-License-Identifier: MIT
/* ending.c - a process may end at any time: while kernels run, from a host function, with the
 * library closed. It must neither hang nor crash. One way per process:
 *   ending running | queued | callback | waiting | closed PATH_OF_LIBCUDA
 *   ending freeing | unloading | synchronizing
 * The last three: another thread is inside a call that waits for a kernel. It must not come back
 * while the kernel still runs, and free what that uses; and not say that the kernel is done. */
#define _POSIX_C_SOURCE 200809L
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "api.h"

static void CUDA_CB leave(void *data) {
    (void)data;
    exit(0);
}
static void CUDA_CB dawdle(void *data) {
    (void)data;
    for (;;) pause();
}

/* Waits for the kernel, in one of the calls that do. */
typedef struct {
    const char *way;
    CUcontext context;
    CUmodule module;
    void *pinned;
    CUresult result;
    _Atomic bool there;
} Waiter;

static void *wait_for_kernel(void *data) {
    Waiter *w = data;
    CU(cuCtxSetCurrent(w->context));
    atomic_store(&w->there, true);
    w->result = !strcmp(w->way, "freeing")     ? cuMemFreeHost(w->pinned)
                : !strcmp(w->way, "unloading") ? cuModuleUnload(w->module)
                                               : cuCtxSynchronize();
    return NULL;
}

static Waiter waiter;
static pthread_t waiting;

/* Registered before the library's own, it runs after that. */
static void check_waiter(void) {
    (void)pthread_join(waiting, NULL);
    if (waiter.result == CUDA_ERROR_DEINITIALIZED) return;
    fprintf(stderr, "%s: got %s\n", waiter.way, error_name(waiter.result));
    _exit(1);
}

/* The kernel spins on pinned memory, so that it runs into nothing if that is freed under it. */
static int leave_waiter(const char *way) {
    CU(cuInit(0));
    if (atexit(check_waiter)) return 3;
    waiter.way = way;
    waiter.context = begin();
    waiter.module = load();
    CU(cuMemHostAlloc(&waiter.pinned, 4, 0));
    memset(waiter.pinned, 0, 4);
    CUstream stream;
    CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
    CU(launch(kernel(waiter.module, "spin"), 8, 64, stream, &waiter.pinned, NULL, NULL));
    if (pthread_create(&waiting, NULL, wait_for_kernel, &waiter)) return 3;
    while (!atomic_load(&waiter.there)) sched_yield();
    nanosleep(&(struct timespec){0, 30000000}, NULL);
    return 0;
}

int main(int argc, char **argv) {
    const char *way = argc > 1 ? argv[1] : "";
    if (!strcmp(way, "closed") && argc > 2) {
        /* opened a second time and closed: the first user still has it */
        void *again = dlopen(argv[2], RTLD_NOW);
        begin();
        if (again) dlclose(again);
        return again ? 0 : 3;
    }
    if (!strcmp(way, "freeing") || !strcmp(way, "unloading") || !strcmp(way, "synchronizing"))
        return leave_waiter(way);
    begin();
    CUmodule module = load();
    CUdeviceptr flag;
    CUstream stream;
    CU(cuMemAlloc(&flag, 4));
    CU(cuMemsetD32(flag, 0, 1));
    CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
    CU(cuCtxSynchronize());
    CUfunction spin = kernel(module, "spin");
    if (!strcmp(way, "running") || !strcmp(way, "queued")) {
        CU(launch(spin, 1, 1, stream, &flag, NULL, NULL));
        if (!strcmp(way, "running")) nanosleep(&(struct timespec){0, 50000000}, NULL);
        for (int i = 0; i < 10; i++) CU(launch(spin, 1, 1, stream, &flag, NULL, NULL));
        return 0;
    }
    if (!strcmp(way, "callback")) {
        CU(cuLaunchHostFunc(stream, leave, NULL));
        for (;;) pause();
    }
    if (!strcmp(way, "waiting")) { /* a host function that never returns */
        CU(cuLaunchHostFunc(stream, dawdle, NULL));
        nanosleep(&(struct timespec){0, 20000000}, NULL);
        return 0;
    }
    return 2;
}
