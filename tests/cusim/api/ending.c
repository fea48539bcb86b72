// SPDX-License-Identifier: MIT
/* ending.c - a process may end at any time: while kernels run, from a host function, with the
 * library closed. It must neither hang nor crash. One way per process:
 *   ending running | queued | callback | waiting | closed PATH_OF_LIBCUDA */
#define _POSIX_C_SOURCE 200809L
#include <dlfcn.h>
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

int main(int argc, char **argv) {
    const char *way = argc > 1 ? argv[1] : "";
    if (!strcmp(way, "closed") && argc > 2) {
        /* opened a second time and closed: the first user still has it */
        void *again = dlopen(argv[2], RTLD_NOW);
        begin();
        if (again) dlclose(again);
        return again ? 0 : 3;
    }
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
