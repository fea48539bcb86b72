// SPDX-License-Identifier: MIT
/* link.c - one program of several PTX texts: functions and variables find their definitions, a
 * strong one wins over a weak one, .common ones are one, and what is missing has a name in the
 * message. */
#include "core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void linked(void) {
    static const char user[] =
        CORE_HEAD ".extern .func (.param .b32 r) add7(.param .b32 x);\n.extern .global .u32 base;\n"
                  ".weak .func (.param .b32 r) which()\n{\nst.param.b32 [r], 1;\nret;\n}\n"
                  ".common .global .b32 shared_word[4];\n" CORE_KERNEL(
                      "{ .param .b32 p;\n.param .b32 r;\nst.param.b32 [p], %i;\n"
                      "call (r), add7, (p);\nld.param.b32 %r1, [r];\n}\n"
                      "{ .param .b32 r;\ncall (r), which;\nld.param.b32 %r2, [r];\n}\n"
                      "ld.global.u32 %r3, [base];\nld.global.u32 %r4, [shared_word+12];\n"
                      "mad.lo.u32 %r1, %r2, 1000, %r1;\nadd.u32 %r1, %r1, %r3;\n"
                      "add.u32 %r1, %r1, %r4;\nst.global.u32 [%slot], %r1;");
    static const char library[] =
        CORE_HEAD ".visible .global .u32 base = 50000;\n.common .global .b32 shared_word[4];\n"
                  ".visible .func (.param .b32 r) which()\n{\nst.param.b32 [r], 2;\nret;\n}\n"
                  ".visible .func (.param .b32 r) add7(.param .b32 x)\n{\n.reg .b32 %a;\n"
                  "ld.param.u32 %a, [x];\nadd.u32 %a, %a, 7;\nst.param.b32 [r], %a;\n"
                  "st.global.u32 [shared_word+12], 400000;\nret;\n}\n";
    const char *both[] = {user, library};
    uint32_t out[32], want[32];
    CORE_OK(core_run_linked(both, 2, (CoreLaunch){.grid = 1, .block = 32, .words = 32}, out));
    for (uint32_t i = 0; i < 32; i++) want[i] = i + 7 + 2000 + 50000 + 400000;
    core_equal("linked", out, want, 32);
}

/* Addresses in initialisers, of variables and functions that come later. */
static void addresses(void) {
    static const char ptx[] =
        CORE_HEAD ".global .u64 at[2] = {generic(values)+4, values};\n"
                  ".global .u32 values[3] = {10, 20, 30};\n.const .u32 fixed[2] = {7, 9};\n"
                  ".global .u64 to_const = generic(fixed);\n" CORE_KERNEL(
                      "ld.global.u64 %d1, [at];\nld.u32 %r1, [%d1+4];\nld.global.u64 %d2, [at+8];\n"
                      "ld.global.u32 %r2, [%d2];\nld.global.u64 %d3, [to_const];\n"
                      "ld.u32 %r3, [%d3+4];\nld.const.u32 %r4, [fixed];\n"
                      "mad.lo.u32 %r1, %r1, 100, %r2;\nmad.lo.u32 %r1, %r1, 10, %r3;\n"
                      "mad.lo.u32 %r1, %r1, 10, %r4;\nst.global.u32 [%slot], %r1;");
    uint32_t out[1], want[1] = {((30 * 100 + 10) * 10 + 9) * 10 + 7};
    CORE_OK(core_run(ptx, (CoreLaunch){.grid = 1, .block = 1, .words = 1}, out));
    core_equal("addresses", out, want, 1);
}

static void refused(const char *what, const char *ptx, CUresult want, const char *part) {
    char log[4096] = "";
    CUresult result = core_load(ptx, log, sizeof log);
    if (result != want) core_fail("%s: the load returned %d, not %d", what, (int)result, (int)want);
    core_contains(what, log, part);
}

static void mistakes(void) {
    refused("missing function",
            CORE_HEAD ".extern .func nowhere(.param .b32 x);\n" CORE_KERNEL(
                "{ .param .b32 p;\nst.param.b32 [p], 1;\ncall nowhere, (p);\n}"),
            CUDA_ERROR_INVALID_PTX, "nowhere");
    refused("missing variable",
            CORE_HEAD ".extern .global .u32 gone;\n" CORE_KERNEL("ld.global.u32 %r1, [gone];"),
            CUDA_ERROR_INVALID_PTX, "gone");
    refused("too new", ".version 19.0\n.target sm_70\n.address_size 64\n",
            CUDA_ERROR_UNSUPPORTED_PTX_VERSION, "19.0");
    refused("local memory",
            CORE_HEAD CORE_KERNEL(".local .b8 much[600000];\nst.local.u8 [much], 1;"),
            CUDA_ERROR_INVALID_PTX, "much");
}

void test_link(void) {
    linked();
    addresses();
    mistakes();
}

/* A function of 100,000 instructions with 20,000 branches: decoding takes no more than its time. */
void test_big(void) {
    enum { BLOCKS = 20000 };
    size_t room = (size_t)BLOCKS * 200 + 4096, n = 0;
    char *body = malloc(room), *text = malloc(2 * room);
    if (!body || !text) exit(3);
    for (int k = 0; k < BLOCKS; k++)
        n += (size_t)snprintf(body + n, room - n,
                              "and.b32 %%r1, %%i, %d;\nsetp.eq.u32 %%p1, %%r1, 0;\n@%%p1 bra L%d;\n"
                              "add.u32 %%r2, %%r2, %d;\nL%d: xor.b32 %%r2, %%r2, 1;\n",
                              1 << k % 8, k, k, k);
    static const char kernel[] =
        CORE_HEAD CORE_KERNEL("mov.u32 %r2, 0;\n$$\nst.global.u32 [%slot], %r2;");
    const char *mark = strstr(kernel, "$$");
    (void)snprintf(text, 2 * room, "%.*s%s%s", (int)(mark - kernel), kernel, body, mark + 2);
    uint32_t out[256], want[256];
    CORE_OK(core_run(text, (CoreLaunch){.grid = 1, .block = 256, .words = 256}, out));
    for (uint32_t i = 0; i < 256; i++) {
        want[i] = 0;
        for (uint32_t k = 0; k < BLOCKS; k++) {
            if (i & 1u << k % 8) want[i] += k;
            want[i] ^= 1;
        }
    }
    core_equal("big", out, want, 256);
    free(body);
    free(text);
}
