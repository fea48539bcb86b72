// SPDX-License-Identifier: MIT
/* sync.c - .sync instructions wait for the lanes of their member mask, wherever these come from. */
#include "core.h"

/* Tiles of 8 lanes, each with a mask of its own, reduce and vote by themselves. */
static void tiles(void) {
    static const char ptx[] = CORE_HEAD CORE_KERNEL(
        "and.b32 %r1, %lane, 24;\nmov.u32 %r2, 255;\nshl.b32 %r2, %r2, %r1;\n"
        "mov.u32 %r3, %i;\n"
        "shfl.sync.bfly.b32 %r4, %r3, 4, 0x181f, %r2;\nadd.u32 %r3, %r3, %r4;\n"
        "shfl.sync.bfly.b32 %r4, %r3, 2, 0x181f, %r2;\nadd.u32 %r3, %r3, %r4;\n"
        "shfl.sync.bfly.b32 %r4|%p1, %r3, 1, 0x181f, %r2;\nadd.u32 %r3, %r3, %r4;\n"
        "setp.lt.u32 %p2, %lane, 13;\n"
        "vote.sync.ballot.b32 %r5, %p2, %r2;\npopc.b32 %r5, %r5;\n"
        "mad.lo.u32 %r3, %r5, 65536, %r3;\nst.global.u32 [%slot], %r3;");
    uint32_t out[64], want[64];
    CORE_OK(core_run(ptx, (CoreLaunch){.grid = 1, .block = 64, .words = 64}, out));
    for (uint32_t i = 0; i < 64; i++) {
        uint32_t sum = 0, votes = 0;
        for (uint32_t k = i & ~7u; k < (i & ~7u) + 8; k++) {
            sum += k;
            votes += k % 32 < 13;
        }
        want[i] = sum + votes * 65536;
    }
    core_equal("tiles", out, want, 64);
}

/* The same shfl at two places of the code, one for each half of the warp, and in two different
 * calls of a function: the lanes meet all the same. */
static void places(void) {
    static const char ptx[] =
        CORE_HEAD ".func (.param .b32 r) swap(.param .b32 v)\n{\n.reg .b32 %a<3>;\n"
                  "ld.param.u32 %a1, [v];\nshfl.sync.bfly.b32 %a2, %a1, 16, 31, -1;\n"
                  "st.param.b32 [r], %a2;\nret;\n}\n" CORE_KERNEL(
                      "setp.lt.u32 %p1, %lane, 16;\nadd.u32 %r1, %i, 1000;\n@%p1 bra LOW;\n"
                      "shfl.sync.idx.b32 %r2, %i, 3, 31, -1;\n"
                      "{ .param .b32 p;\n.param .b32 r;\nst.param.b32 [p], %r1;\n"
                      "call (r), swap, (p);\nld.param.b32 %r3, [r];\n}\nbra DONE;\n"
                      "LOW: add.u32 %r1, %r1, 7;\nmov.u32 %r5, 3;\n"
                      "shfl.sync.idx.b32 %r2, %r1, %r5, 31, -1;\n"
                      "{ .param .b32 p;\n.param .b32 r;\nst.param.b32 [p], %r1;\n"
                      "call (r), swap, (p);\nld.param.b32 %r3, [r];\n}\n"
                      "DONE: mad.lo.u32 %r2, %r3, 65536, %r2;\nst.global.u32 [%slot], %r2;");
    uint32_t out[32], want[32];
    CORE_OK(core_run(ptx, (CoreLaunch){.grid = 1, .block = 32, .words = 32}, out));
    for (uint32_t i = 0; i < 32; i++) {
        uint32_t j = i ^ 16;
        want[i] = 3 + 1007 + (j + 1000 + (j < 16 ? 7 : 0)) * 65536;
    }
    core_equal("one shfl at two places", out, want, 32);
}

/* Lanes that have ended or do not exist are not waited for; a guard leaves lanes out. */
static void absent(void) {
    static const char ptx[] =
        CORE_HEAD CORE_KERNEL("setp.eq.u32 %p1, %t, 5;\n@%p1 exit;\n"
                              "setp.ne.u32 %p2, %t, 1;\n"
                              "vote.sync.ballot.b32 %r1, %p2, -1;\n"
                              "and.b32 %r2, %t, 1;\nsetp.eq.u32 %p3, %r2, 0;\nmov.u32 %r3, 0;\n"
                              "and.b32 %r4, %t, 2;\n"
                              "@%p3 match.any.sync.b32 %r3, %r4, 0x55555555;\n"
                              "bar.warp.sync -1;\n"
                              "mad.lo.u32 %r1, %r3, 65536, %r1;\nst.global.u32 [%slot], %r1;");
    uint32_t out[12], want[12];
    CORE_OK(core_run(ptx, (CoreLaunch){.grid = 1, .block = 12, .words = 12}, out));
    for (uint32_t i = 0; i < 12; i++) {
        uint32_t vote = 0xfff & ~(1u << 5) & ~2u, match = i & 1 ? 0 : i & 2 ? 0x444 : 0x111;
        want[i] = i == 5 ? 0 : vote + match * 65536;
    }
    core_equal("absent lanes", out, want, 12);
}

/* bar.warp.sync at two places lets lanes that parted meet. */
static void meet(void) {
    static const char ptx[] = CORE_HEAD ".shared .b32 word;\n" CORE_KERNEL(
        "setp.lt.u32 %p1, %lane, 9;\n@%p1 bra LOW;\n"
        "bar.warp.sync -1;\nld.shared.u32 %r1, [word];\nbra DONE;\n"
        "LOW: setp.eq.u32 %p2, %lane, 4;\nmov.u32 %r1, 4711;\n"
        "@%p2 st.shared.u32 [word], %r1;\nbar.warp.sync -1;\n"
        "DONE: st.global.u32 [%slot], %r1;");
    uint32_t out[32], want[32];
    CORE_OK(core_run(ptx, (CoreLaunch){.grid = 1, .block = 32, .words = 32}, out));
    for (uint32_t i = 0; i < 32; i++) want[i] = 4711;
    core_equal("bar.warp.sync", out, want, 32);
}

void test_sync(void) {
    tiles();
    places();
    absent();
    meet();
}
