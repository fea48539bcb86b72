// SPDX-License-Identifier: MIT
/* device.c - what a kernel gets from the device itself: special registers, parameters, printf,
 * malloc. */
#include "core.h"

#include <stdio.h>
#include <string.h>

static void specials(void) {
    static const char ptx[] = CORE_HEAD CORE_KERNEL(
        "mov.u32 %r1, %warpid;\nmov.u32 %r2, %nwarpid;\nmov.u32 %r3, %lanemask_lt;\n"
        "popc.b32 %r3, %r3;\nmov.u32 %r4, %lanemask_ge;\npopc.b32 %r4, %r4;\n"
        "mad.lo.u32 %r5, %r1, 10, %r2;\nmad.lo.u32 %r5, %r5, 100, %r3;\n"
        "mad.lo.u32 %r5, %r5, 100, %r4;\n"
        "mov.u64 %d1, %clock64;\nmov.u64 %d2, %clock64;\nsetp.gt.u64 %p1, %d2, %d1;\n"
        "selp.u32 %r6, 1, 0, %p1;\n"
        "mov.u64 %d1, %globaltimer;\nsetp.ne.u64 %p2, %d1, 0;\n@!%p2 mov.u32 %r6, 0;\n"
        "mov.u32 %r7, %nctaid.y;\nmov.u32 %r8, %ntid.z;\nmov.u32 %r9, %tid.y;\n"
        "mul.lo.u32 %r6, %r6, %r7;\nmul.lo.u32 %r6, %r6, %r8;\n"
        "add.u32 %r6, %r6, %r9;\nmad.lo.u32 %r5, %r5, 10, %r6;\n"
        "st.global.u32 [%slot], %r5;");
    uint32_t out[96], want[96];
    CORE_OK(core_run(ptx, (CoreLaunch){.grid = 1, .block = 96, .words = 96}, out));
    for (uint32_t i = 0; i < 96; i++)
        want[i] = (((i / 32 * 10 + 3) * 100 + i % 32) * 100 + 32 - i % 32) * 10 + 1;
    core_equal("special registers", out, want, 96);
}

/* Parameters of all widths at their places, by name and by address. */
static void parameters(void) {
    static const char ptx[] = CORE_HEAD
        ".visible .entry k(.param .u64 out, .param .s8 a, .param .u16 b,\n"
        ".param .align 8 .b8 s[24], .param .f64 d)\n{\n.reg .b64 %o, %x<4>;\n.reg .b32 %r<9>;\n"
        ".reg .b16 %h;\n.reg .f64 %f;\n.reg .pred %p;\n"
        "ld.param.u64 %o, [out];\nld.param.s8 %r1, [a];\nld.param.u16 %h, [b];\n"
        "cvt.u32.u16 %r2, %h;\nld.param.u32 %r3, [s+20];\nld.param.f64 %f, [d];\n"
        "cvt.rzi.u32.f64 %r4, %f;\nmov.b64 %x1, s;\nld.param.u32 %r5, [%x1+4];\n"
        "cvta.param.u64 %x2, %x1;\nld.u32 %r6, [%x2+8];\n"
        "st.global.v4.u32 [%o], {%r1, %r2, %r3, %r4};\nst.global.v2.u32 [%o+16], {%r5, %r6};\n"
        "ret;\n}\n";
    CUmodule module;
    CUfunction function;
    CUdeviceptr d_out;
    int8_t a = -5;
    uint16_t b = 60000;
    uint32_t s[6] = {1, 2, 3, 4, 5, 6}, out[6], want[6] = {(uint32_t)-5, 60000, 6, 77, 2, 3};
    double d = 77.5;
    CORE_OK(cuModuleLoadData(&module, ptx));
    CORE_OK(cuModuleGetFunction(&function, module, "k"));
    CORE_OK(cuMemAlloc(&d_out, sizeof out));
    void *args[] = {&d_out, &a, &b, s, &d};
    CORE_OK(cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, NULL, args, NULL));
    CORE_OK(cuMemcpyDtoH(out, d_out, sizeof out));
    core_equal("parameters", out, want, 6);
    CORE_OK(cuMemFree(d_out));
    CORE_OK(cuModuleUnload(module));
}

#define CALL_PRINT                                                                                 \
    "{ .param .b64 p0;\n.param .b64 p1;\n.param .b32 r0;\nst.param.b64 [p0], %d1;\n"               \
    "st.param.b64 [p1], %d2;\ncall (r0), vprintf, (p0, p1);\nld.param.b32 %r9, [r0];\n}\n"

static void print(void) {
    static const char ptx[] = CORE_HEAD
        ".extern .func (.param .b32 r) vprintf(.param .b64 f, .param .b64 a);\n"
        /* "%d|%5u|%-4x|%s|%c|%.2f|%lld|%*d|%%|%p|%08.3e|%q\n" */
        ".global .b8 fmt[] = {37,100,124,37,53,117,124,37,45,52,120,124,37,115,124,37,99,124,37,46,"
        "50,102,124,37,108,108,100,124,37,42,100,124,37,37,124,37,112,124,37,48,56,46,51,101,124,"
        "37,113,10,0};\n"
        ".global .b8 word[] = {111,107,33,0};\n" CORE_KERNEL(
            ".local .align 8 .b8 args[80];\ncvta.local.u64 %d2, args;\n"
            "mov.u64 %d1, fmt;\ncvta.global.u64 %d1, %d1;\nmov.u64 %d3, word;\n"
            "cvta.global.u64 %d3, %d3;\nneg.s32 %r1, %t;\n"
            "st.local.u32 [args], %r1;\nst.local.u32 [args+4], 42;\n"
            "st.local.u32 [args+8], 255;\nst.local.u64 [args+16], %d3;\n"
            "st.local.u32 [args+24], 65;\nmov.b64 %d4, 0d400C000000000000;\n"
            "st.local.u64 [args+32], %d4;\nmov.u64 %d5, -9000000000;\n"
            "st.local.u64 [args+40], %d5;\nst.local.u32 [args+48], 6;\n"
            "st.local.u32 [args+52], 7;\nmov.u64 %d6, 0x1234;\n"
            "st.local.u64 [args+56], %d6;\nst.local.u64 [args+64], %d4;\n" CALL_PRINT
            "st.global.u32 [%slot], %r9;\n"
            "mov.u64 %d1, 12345;\n" CALL_PRINT /* no such format: -1, and no crash */
            "st.global.u32 [%slot+8], %r9;");
    char want[2048] = "";
    uint32_t out[4], numbers[4] = {11, 11, (uint32_t)-1, (uint32_t)-1};
    core_capture(1);
    CUresult result = core_run(ptx, (CoreLaunch){.grid = 1, .block = 2, .words = 4}, out);
    const char *got = core_captured();
    CORE_OK(result);
    for (int t = 0; t < 2; t++) {
        size_t n = strlen(want);
        (void)snprintf(want + n, sizeof want - n,
                       "%d|%5u|%-4x|%s|%c|%.2f|%lld|%*d|%%|%p|%08.3e|%%q\n", -t, 42u, 255u, "ok!",
                       'A', 3.5, -9000000000LL, 6, 7, (void *)0x1234, 3.5);
    }
    if (strcmp(got, want) != 0) core_fail("printf: got\n%snot\n%s", got, want);
    core_equal("printf's result", out, numbers, 4);
}

/* Each thread's memory is its own, and too much is NULL. */
static void heap(void) {
    static const char ptx[] =
        CORE_HEAD ".extern .func (.param .b64 r) malloc(.param .b64 n);\n"
                  ".extern .func free(.param .b64 p);\n" CORE_KERNEL(
                      "{ .param .b64 n0;\n.param .b64 r0;\nst.param.b64 [n0], 100;\n"
                      "call (r0), malloc, (n0);\nld.param.b64 %d1, [r0];\n}\n"
                      "st.u32 [%d1+96], %i;\nbar.sync 0;\nld.u32 %r1, [%d1+96];\n"
                      "{ .param .b64 p;\nst.param.b64 [p], %d1;\ncall free, (p);\n}\n"
                      "{ .param .b64 n0;\n.param .b64 r0;\nst.param.b64 [n0], 1099511627776;\n"
                      "call (r0), malloc, (n0);\nld.param.b64 %d1, [r0];\n}\n"
                      "setp.eq.u64 %p1, %d1, 0;\n@%p1 add.u32 %r1, %r1, 1000;\n"
                      "st.global.u32 [%slot], %r1;");
    uint32_t out[64], want[64];
    CORE_OK(core_run(ptx, (CoreLaunch){.grid = 1, .block = 64, .words = 64}, out));
    for (uint32_t i = 0; i < 64; i++) want[i] = i + 1000;
    core_equal("malloc", out, want, 64);
}

void test_device(void) {
    specials();
    parameters();
    print();
    heap();
}
