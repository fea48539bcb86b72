// SPDX-License-Identifier: MIT
/* core.h - what the tests of control flow share: a kernel of a few PTX lines, launched on an array
 * of 32-bit numbers, and the array compared with what plain C says. */
#ifndef CORE_H
#define CORE_H

#include <cuda.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A kernel has the parameters out (pointer) and n (u32). Its body may use, without declaring them:
 *   %out  the array's address        %slot  the address of the thread's own element
 *   %n    the second parameter       %i     the thread's number in the grid
 *   %t    its number in the block    %b     the block's number     %lane
 * and the registers %r<40> %s<20> (b32), %d<20> (b64), %p<20> (pred). */
#define CORE_HEAD ".version 7.0\n.target sm_70\n.address_size 64\n"
#define CORE_KERNEL(body)                                                                          \
    ".visible .entry k(.param .u64 out, .param .u32 n)\n{\n"                                       \
    ".reg .b64 %out, %slot, %off;\n.reg .b32 %n, %i, %t, %b, %lane, %nt;\n"                        \
    ".reg .b32 %r<40>;\n.reg .b32 %s<20>;\n.reg .b64 %d<20>;\n.reg .pred %p<20>;\n"                \
    "ld.param.u64 %out, [out];\nld.param.u32 %n, [n];\n"                                           \
    "mov.u32 %t, %tid.x;\nmov.u32 %b, %ctaid.x;\nmov.u32 %nt, %ntid.x;\n"                          \
    "mad.lo.u32 %i, %b, %nt, %t;\nmov.u32 %lane, %laneid;\n"                                       \
    "mul.wide.u32 %off, %i, 4;\nadd.u64 %slot, %out, %off;\n" body "\nret;\n}\n"

typedef struct {
    unsigned grid, block, dynamic;
    uint32_t n;   /* the second parameter */
    size_t words; /* of out; all 0 at first */
    bool cooperative;
} CoreLaunch;

/* Loads the text, or several that are linked, and launches k; what the launch or its end returned.
 * */
CUresult core_run(const char *ptx, CoreLaunch launch, uint32_t *out);
CUresult core_run_linked(const char *const *ptx, size_t n, CoreLaunch launch, uint32_t *out);
/* The load alone, with the log of errors. */
CUresult core_load(const char *ptx, char *log, size_t bytes);

/* stdout or stderr of what runs in between. */
void core_capture(int descriptor);
const char *core_captured(void);

extern unsigned core_failures;
void core_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
void core_equal(const char *what, const uint32_t *got, const uint32_t *want, size_t n);
void core_contains(const char *what, const char *text, const char *part);
#define CORE_OK(call)                                                                              \
    do {                                                                                           \
        CUresult result_ = (call);                                                                 \
        if (result_) core_fail("%s:%d: %s returned %d", __FILE__, __LINE__, #call, (int)result_);  \
    } while (0)

void test_divergence(void);
void test_calls(void);
void test_barriers(void);
void test_sync(void);
void test_progress(void);
void test_device(void);
void test_link(void);
void test_big(void);
/* These end the context with an error: one for each process. */
void test_failure(const char *which);
#endif
