// SPDX-License-Identifier: MIT
/* exercise.h - what the checkers of the PTX exercises share: a device, the learner's kernel, and
 * sentences for what may go wrong before there is a result to look at. */
#ifndef CUSIM_EXERCISE_H
#define CUSIM_EXERCISE_H

#include <cuda.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* NOLINTNEXTLINE(bugprone-macro-parentheses): a call, quoted */
#define EXERCISE_CU(call)                                                                          \
    do {                                                                                           \
        CUresult result_ = (call);                                                                 \
        if (result_ != CUDA_SUCCESS) exercise_die(#call, result_);                                 \
    } while (0)

_Noreturn static inline void exercise_die(const char *call, CUresult result) {
    const char *name = "an unknown error";
    cuGetErrorName(result, &name);
    fprintf(stderr, "%s = %s (%d)\n", call, name, (int)result);
    exit(3);
}

/* splitmix64, upper half: the same numbers everywhere. */
static inline uint32_t exercise_random(uint64_t *state) {
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ z >> 31) >> 32);
}

static inline uint64_t exercise_seed(void) {
    const char *text = getenv("HC_EXERCISE_SEED");
    uint64_t seed = text && *text ? strtoull(text, NULL, 10) : (uint64_t)time(NULL);
    printf("seed %" PRIu64 "\n", seed);
    return seed;
}

/* A path's last part: the file as the learner knows it. */
static inline const char *name_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The kernel called name of the file that the command line names. */
static inline CUfunction exercise_start(int argc, char **argv, const char *name) {
    static char log[4096];
    CUdevice device;
    CUcontext context;
    CUmodule module;
    CUfunction function;
    if (argc != 2) {
        fprintf(stderr, "usage: %s FILE.ptx\n", argv[0]);
        exit(2);
    }
    FILE *file = fopen(argv[1], "rb");
    if (!file) {
        perror(argv[1]);
        exit(3);
    }
    static char text[1 << 16];
    size_t n = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[n] = '\0';
    EXERCISE_CU(cuInit(0));
    EXERCISE_CU(cuDeviceGet(&device, 0));
    EXERCISE_CU(cuDevicePrimaryCtxRetain(&context, device));
    EXERCISE_CU(cuCtxSetCurrent(context));
    CUjit_option options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
    void *values[] = {log, (void *)sizeof log}; // NOLINT(performance-no-int-to-ptr)
    if (cuModuleLoadDataEx(&module, text, 2, options, values) != CUDA_SUCCESS) {
        printf("%s is no valid PTX:\n%s\n", name_of(argv[1]), log);
        exit(4);
    }
    if (cuModuleGetFunction(&function, module, name) != CUDA_SUCCESS) {
        printf("%s has no kernel called %s\n", name_of(argv[1]), name);
        exit(4);
    }
    return function;
}

/* Wait for the launch; a kernel that failed ends the check. */
static inline void exercise_wait(void) {
    fflush(stdout);
    CUresult result = cuCtxSynchronize();
    if (result == CUDA_SUCCESS) return;
    const char *name = "an unknown error";
    cuGetErrorName(result, &name);
    printf("The launch ended with %s (%d); the lines of cusim say why\n", name, (int)result);
    exit(1);
}

static inline int exercise_end(const char *praise) {
    printf("%s\n", praise);
    return 0;
}
#endif
