// SPDX-License-Identifier: MIT
/* barriers.c - bar.sync, named barriers with counts, bar.arrive, bar.red, and lanes that have
 * ended; shared memory shows whether a barrier held. */
#include "core.h"

#define SHARED ".shared .align 8 .b32 buffer[1024];\n"
/* %d5 = address of buffer[%t] */
#define MINE "mul.wide.u32 %d5, %t, 4;\nmov.u64 %d6, buffer;\nadd.u64 %d5, %d5, %d6;\n"

/* Each warp reads what another one wrote, many times over. */
static void rounds(void) {
    static const char ptx[] = CORE_HEAD SHARED CORE_KERNEL(
        MINE "mov.u32 %r1, %i;\nmov.u32 %r2, 0;\n"
             "xor.b32 %r3, %t, 224;\nmul.wide.u32 %d7, %r3, 4;\n"
             "add.u64 %d7, %d7, %d6;\n"
             "L: st.shared.u32 [%d5], %r1;\nbar.sync 0;\n"
             "ld.shared.u32 %r4, [%d7];\nbarrier.sync 1;\n"
             "mad.lo.u32 %r1, %r4, 3, %t;\n"
             "add.u32 %r2, %r2, 1;\nsetp.lt.u32 %p1, %r2, 50;\n@%p1 bra L;\n"
             "st.global.u32 [%slot], %r1;");
    enum { T = 256 };
    uint32_t out[T], want[T], next[T];
    CORE_OK(core_run(ptx, (CoreLaunch){.grid = 1, .block = T, .words = T}, out));
    for (uint32_t i = 0; i < T; i++) want[i] = i;
    for (int round = 0; round < 50; round++) {
        for (uint32_t i = 0; i < T; i++) next[i] = want[i ^ 224] * 3 + i;
        for (uint32_t i = 0; i < T; i++) want[i] = next[i];
    }
    core_equal("bar.sync", out, want, T);
}

/* Warp 0 produces, warp 1 consumes: barrier 1 says "full", barrier 2 "empty"; warps 2 and 3 have
 * ended long ago. */
static void pipeline(void) {
    static const char ptx[] = CORE_HEAD SHARED CORE_KERNEL(
        "mov.u32 %r9, 0;\nmov.u32 %r8, 0;\nmov.u64 %d6, buffer;\n"
        "mul.wide.u32 %d5, %lane, 4;\nadd.u64 %d5, %d5, %d6;\n"
        "setp.ge.u32 %p1, %t, 64;\n@%p1 exit;\n"
        "setp.ge.u32 %p2, %t, 32;\n@%p2 bra CONSUME;\n"
        "PRODUCE: bar.sync 2, 64;\n"
        "mad.lo.u32 %r1, %r9, 100, %lane;\nst.shared.u32 [%d5], %r1;\n"
        "bar.arrive 1, 64;\nadd.u32 %r9, %r9, 1;\nsetp.lt.u32 %p3, %r9, 10;\n"
        "@%p3 bra PRODUCE;\nbra DONE;\n"
        "CONSUME: bar.arrive 2, 64;\nbar.sync 1, 64;\n"
        "ld.shared.u32 %r1, [%d5];\nadd.u32 %r8, %r8, %r1;\n"
        "add.u32 %r9, %r9, 1;\nsetp.lt.u32 %p3, %r9, 10;\n@%p3 bra CONSUME;\n"
        "DONE: st.global.u32 [%slot], %r8;\nbar.sync 0;");
    uint32_t out[128], want[128] = {0};
    CORE_OK(core_run(ptx, (CoreLaunch){.grid = 1, .block = 128, .words = 128}, out));
    for (uint32_t i = 32; i < 64; i++) want[i] = 4500 + 10 * (i - 32);
    core_equal("bar.arrive", out, want, 128);
}

static void reductions(void) {
    static const char ptx[] =
        CORE_HEAD CORE_KERNEL("setp.lt.u32 %p1, %t, %n;\n"
                              "bar.red.popc.u32 %r1, 0, %p1;\n"
                              "bar.red.and.pred %p2, 3, %p1;\nbar.red.or.pred %p3, 0, !%p1;\n"
                              "barrier.red.popc.u32 %r2, 5, 128, !%p1;\n"
                              "selp.u32 %r3, 256, 0, %p2;\nselp.u32 %r4, 512, 0, %p3;\n"
                              "or.b32 %r1, %r1, %r3;\nor.b32 %r1, %r1, %r4;\n"
                              "mad.lo.u32 %r1, %r2, 65536, %r1;\nst.global.u32 [%slot], %r1;");
    for (uint32_t n = 0; n <= 128; n += 64) {
        uint32_t out[128], want[128];
        CORE_OK(core_run(ptx, (CoreLaunch){.grid = 1, .block = 128, .n = n, .words = 128}, out));
        for (uint32_t i = 0; i < 128; i++)
            want[i] = n | (n == 128 ? 256 : 0) | (n < 128 ? 512 : 0) | (128 - n) << 16;
        core_equal("bar.red", out, want, 128);
    }
}

/* Both sides of a branch have a barrier, the number is in a register, the last warp is not whole,
 * and some lanes end before the others wait. */
static void divided(void) {
    static const char ptx[] = CORE_HEAD SHARED CORE_KERNEL(
        MINE "st.shared.u32 [%d5], %i;\nmov.u32 %r5, 7;\n"
             "setp.eq.u32 %p5, %t, 3;\n@%p5 exit;\n"
             "and.b32 %r1, %t, 1;\nsetp.eq.u32 %p1, %r1, 0;\n@%p1 bra EVEN;\n"
             "barrier.sync %r5;\nadd.u32 %r2, %t, 1;\nbra DONE;\n"
             "EVEN: barrier.sync %r5;\nadd.u32 %r2, %t, 2;\n"
             "DONE: rem.u32 %r2, %r2, 50;\nmul.wide.u32 %d7, %r2, 4;\n"
             "add.u64 %d7, %d7, %d6;\n"
             "ld.shared.u32 %r3, [%d7];\nst.global.u32 [%slot], %r3;");
    uint32_t out[50], want[50];
    CORE_OK(core_run(ptx, (CoreLaunch){.grid = 1, .block = 50, .words = 50}, out));
    for (uint32_t i = 0; i < 50; i++) want[i] = i == 3 ? 0 : (i + (i & 1 ? 1 : 2)) % 50;
    core_equal("barriers in both branches", out, want, 50);
}

/* Dynamic shared memory follows the static one. */
static void dynamic(void) {
    static const char ptx[] = CORE_HEAD
        ".extern .shared .align 16 .b8 more[];\n.shared .b32 few[3];\n.shared .b32 unused[4000];\n"
        ".func (.param .b32 r) get(.param .b32 at)\n{\n.reg .b32 %a;\n.reg .b64 %l<3>;\n"
        "ld.param.u32 %a, [at];\nmul.wide.u32 %l1, %a, 4;\nmov.u64 %l2, more;\n"
        "add.u64 %l1, %l1, %l2;\nld.shared.u32 %a, [%l1];\nst.param.b32 [r], "
        "%a;\nret;\n}\n" CORE_KERNEL(
            "mul.wide.u32 %d1, %t, 4;\nmov.u64 %d2, more;\nadd.u64 %d1, %d1, %d2;\n"
            "st.shared.u32 [%d1], %i;\nst.shared.u32 [few+8], 123;\nbar.sync 0;\n"
            "sub.u32 %r1, 63, %t;\n"
            "{ .param .b32 p;\n.param .b32 r;\nst.param.b32 [p], %r1;\n"
            "call (r), get, (p);\nld.param.b32 %r2, [r];\n}\n"
            "mov.u32 %r3, %dynamic_smem_size;\nadd.u32 %r2, %r2, %r3;\n"
            "st.global.u32 [%slot], %r2;");
    uint32_t out[64], want[64];
    CORE_OK(core_run(ptx, (CoreLaunch){.grid = 1, .block = 64, .dynamic = 256, .words = 64}, out));
    for (uint32_t i = 0; i < 64; i++) want[i] = 63 - i + 256;
    core_equal("dynamic shared memory", out, want, 64);
}

void test_barriers(void) {
    rounds();
    pipeline();
    reductions();
    divided();
    dynamic();
}
