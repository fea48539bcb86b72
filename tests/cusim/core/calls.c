// SPDX-License-Identifier: MIT
/* calls.c - functions: parameters of every kind, recursion, local arrays, calls that only some
 * lanes make, and calls through a register with another function in each lane. */
#include "core.h"

static void simple(void) {
    static const char ptx[] = CORE_HEAD
        ".func (.param .b32 result) twice(.param .b32 x)\n{\n.reg .b32 %a;\n"
        "ld.param.u32 %a, [x];\nadd.u32 %a, %a, %a;\nst.param.b32 [result], %a;\nret;\n}\n"
        ".func (.reg .u32 %sum) both(.reg .u32 %a, .reg .u32 %b)\n{\n"
        "add.u32 %sum, %a, %b;\nret;\n}\n" /* as old compilers wrote */
        CORE_KERNEL("setp.lt.u32 %p1, %lane, 7;\nmov.u32 %r2, 1;\n"
                    "@%p1 bra OVER;\n"
                    "{ .param .b32 x0;\n.param .b32 y0;\nst.param.b32 [x0], %i;\n"
                    "call.uni (y0), twice, (x0);\nld.param.b32 %r2, [y0];\n}\n"
                    "OVER: call (%r3), both, (%r2, %lane);\n"
                    "call (%r3), both, (%r3, 1000);\n"
                    "st.global.u32 [%slot], %r3;");
    uint32_t out[64], want[64];
    CORE_OK(core_run(ptx, (CoreLaunch){.grid = 2, .block = 32, .words = 64}, out));
    for (uint32_t i = 0; i < 64; i++) want[i] = (i % 32 < 7 ? 1 : 2 * i) + i % 32 + 1000;
    core_equal("call", out, want, 64);
}

/* fib(n), naive: lanes return at different depths, frames and local memory form a stack. A local
 * array holds the two results on the way. */
static void recursion(void) {
    static const char ptx[] = CORE_HEAD
        ".func (.param .b32 result) fib(.param .b32 x)\n{\n.reg .b32 %a<6>;\n.reg .pred %q;\n"
        ".local .align 4 .b8 keep[8];\n.reg .b64 %at;\n"
        "ld.param.u32 %a1, [x];\nmov.u64 %at, keep;\nst.local.u32 [%at+4], %a1;\n"
        "setp.lt.u32 %q, %a1, 2;\n@%q bra LEAF;\n"
        "sub.u32 %a2, %a1, 1;\n"
        "{ .param .b32 p;\n.param .b32 r;\nst.param.b32 [p], %a2;\n"
        "call (r), fib, (p);\nld.param.b32 %a3, [r];\n}\n"
        "st.local.u32 [keep], %a3;\n"
        "ld.local.u32 %a1, [%at+4];\nsub.u32 %a2, %a1, 2;\n"
        "{ .param .b32 p;\n.param .b32 r;\nst.param.b32 [p], %a2;\n"
        "call (r), fib, (p);\nld.param.b32 %a4, [r];\n}\n"
        "ld.local.u32 %a3, [keep];\nadd.u32 %a1, %a3, %a4;\n"
        "LEAF: st.param.b32 [result], %a1;\nret;\n}\n" CORE_KERNEL(
            "and.b32 %r1, %i, 15;\n"
            "{ .param .b32 p;\n.param .b32 r;\nst.param.b32 [p], %r1;\n"
            "call (r), fib, (p);\nld.param.b32 %r2, [r];\n}\n"
            "activemask.b32 %r3;\npopc.b32 %r3, %r3;\nmad.lo.u32 %r2, %r3, 65536, %r2;\n"
            "st.global.u32 [%slot], %r2;");
    static const uint32_t fib[16] = {0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610};
    uint32_t out[64], want[64];
    CORE_OK(core_run(ptx, (CoreLaunch){.grid = 1, .block = 64, .words = 64}, out));
    for (uint32_t i = 0; i < 64; i++) want[i] = fib[i & 15] + 32 * 65536;
    core_equal("recursion", out, want, 64);
}

/* Another function in each lane, by way of a table in global memory; a structure as an argument. */
static void indirect(void) {
    static const char ptx[] = CORE_HEAD
        ".func (.param .b32 r) f0(.param .align 8 .b8 s[16])\n{\n.reg .b32 %a<4>;\n.reg .b64 %l;\n"
        "ld.param.u32 %a1, [s];\nld.param.u32 %a2, [s+4];\nld.param.u64 %l, [s+8];\n"
        "cvt.u32.u64 %a3, %l;\nadd.u32 %a1, %a1, %a2;\nadd.u32 %a1, %a1, %a3;\n"
        "st.param.b32 [r], %a1;\nret;\n}\n"
        ".func (.param .b32 r) f1(.param .align 8 .b8 s[16])\n{\n.reg .b32 %a<4>;\n"
        "ld.param.v2.u32 {%a1, %a2}, [s];\nmul.lo.u32 %a1, %a1, %a2;\n"
        "st.param.b32 [r], %a1;\nret;\n}\n"
        ".func (.param .b32 r) f2(.param .align 8 .b8 s[16])\n{\n.reg .b32 %a<4>;\n"
        "ld.param.u8 %a1, [s+4];\nst.param.b32 [r], %a1;\nret;\n}\n"
        ".global .u64 table[3] = {f0, f1, f2};\n" CORE_KERNEL(
            "rem.u32 %r1, %i, 3;\nmul.wide.u32 %d1, %r1, 8;\nmov.u64 %d2, table;\n"
            "add.u64 %d1, %d1, %d2;\nld.global.u64 %d3, [%d1];\n"
            "add.u32 %r2, %i, 500;\nmov.u64 %d4, 1000000;\n"
            "setp.ge.u32 %p1, %lane, 2;\nmov.u32 %r5, 4;\n"
            "proto: .callprototype (.param .b32 _) _ (.param .align 8 .b8 _[16]);\n"
            "{ .param .align 8 .b8 p[16];\n.param .b32 r;\n"
            "st.param.v2.u32 [p], {%i, %r2};\nst.param.u64 [p+8], %d4;\n"
            "@%p1 call (r), %d3, (p), proto;\n@%p1 ld.param.b32 %r5, [r];\n}\n"
            "activemask.b32 %r3;\npopc.b32 %r3, %r3;\nshl.b32 %r3, %r3, 25;\n"
            "add.u32 %r5, %r3, %r5;\nst.global.u32 [%slot], %r5;");
    uint32_t out[64], want[64];
    CORE_OK(core_run(ptx, (CoreLaunch){.grid = 1, .block = 64, .words = 64}, out));
    for (uint32_t i = 0; i < 64; i++) {
        uint32_t s = i + 500, k = i % 3;
        want[i] = (i % 32 < 2 ? 4
                   : k == 0   ? i + s + 1000000
                   : k == 1   ? i * s
                              : (s & 255)) +
                  (32u << 25);
    }
    core_equal("call through a register", out, want, 64);
}

/* The address of a local variable is the lane's own, in any function. */
static void addresses(void) {
    static const char ptx[] = CORE_HEAD
        ".func bump(.param .b64 at)\n{\n.reg .b64 %a;\n.reg .b32 %v;\n.local .b32 other;\n"
        "ld.param.u64 %a, [at];\nst.local.u32 [other], 99;\n"
        "ld.u32 %v, [%a];\nadd.u32 %v, %v, 3;\nst.u32 [%a], %v;\nret;\n}\n" CORE_KERNEL(
            ".local .align 8 .b8 mine[24];\n"
            "cvta.local.u64 %d1, mine;\nadd.u64 %d1, %d1, 8;\nst.u32 [%d1], %i;\n"
            "{ .param .b64 p;\nst.param.b64 [p], %d1;\ncall bump, (p);\n}\n"
            "{ .param .b64 p;\nst.param.b64 [p], %d1;\ncall bump, (p);\n}\n"
            "ld.local.u32 %r1, [mine+8];\nst.global.u32 [%slot], %r1;");
    uint32_t out[40], want[40];
    CORE_OK(core_run(ptx, (CoreLaunch){.grid = 1, .block = 40, .words = 40}, out));
    for (uint32_t i = 0; i < 40; i++) want[i] = i + 6;
    core_equal("local addresses", out, want, 40);
}

void test_calls(void) {
    simple();
    recursion();
    indirect();
    addresses();
}
