// SPDX-License-Identifier: MIT
/* api.h - what the tests of the driver API share: checks that name what they saw, and small
 * kernels. The tests are plain driver-API programs: they know nothing of the library behind the
 * API. */
#ifndef TEST_API_H
#define TEST_API_H

#include <cuda.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

extern int failures; /* of this program: main returns 1 if there are any */

static inline const char *error_name(CUresult code) {
    const char *name = NULL;
    return cuGetErrorName(code, &name) == CUDA_SUCCESS ? name : "unknown code";
}

/* A call that must succeed, or the test cannot go on. */
#define CU(call)                                                                                   \
    do {                                                                                           \
        CUresult code_ = (call);                                                                   \
        if (code_ != CUDA_SUCCESS) {                                                               \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #call, error_name(code_));      \
            exit(3);                                                                               \
        }                                                                                          \
    } while (0)
/* A call that must answer this code. */
#define EXPECT(code, call)                                                                         \
    do {                                                                                           \
        CUresult got_ = (call), want_ = (code);                                                    \
        if (got_ != want_) {                                                                       \
            fprintf(stderr, "%s:%d: %s: got %s, expected %s\n", __FILE__, __LINE__, #call,         \
                    error_name(got_), error_name(want_));                                          \
            failures++;                                                                            \
        }                                                                                          \
    } while (0)
/* Two integers that must be equal. */
#define EQUAL(a, b)                                                                                \
    do {                                                                                           \
        long long a_ = (long long)(a), b_ = (long long)(b);                                        \
        if (a_ != b_) {                                                                            \
            fprintf(stderr, "%s:%d: %s is %lld, %s is %lld\n", __FILE__, __LINE__, #a, a_, #b,     \
                    b_);                                                                           \
            failures++;                                                                            \
        }                                                                                          \
    } while (0)
#define TRUE(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                \
            failures++;                                                                            \
        }                                                                                          \
    } while (0)

static inline double now_ms(void) {
    struct timespec t;
    timespec_get(&t, TIME_UTC);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Kernels:
 *   nothing()
 *   add(u32 *x, u32 n, u32 k)     x[i] += k for i < n, one thread each
 *   scale(u32 *x, u32 n, u32 k)   x[i] *= k
 *   spin(u32 *flag)               wait until *flag is not 0 (one thread)
 *   burn(u32 *x, u32 n)           count to n, one thread, and store the count in x
 *   wrong(u32 *x)                 store to *x, one thread
 *   trapped()                     trap
 *   sums(u32 *x)                  x[block] = the sum of the threads' numbers, through shared memory
 *   */
extern const char kernels[];

/* The primary context of device 0, made current; the module of kernels; a kernel of it. */
CUcontext begin(void);
CUmodule load(void);
CUfunction kernel(CUmodule module, const char *name);
/* One launch of blocks of threads in a stream, with up to three parameters. */
CUresult launch(CUfunction f, unsigned blocks, unsigned threads, CUstream stream, void *a, void *b,
                void *c);
#endif
