// SPDX-License-Identifier: MIT
/* progress.c - lanes, warps and blocks that wait for each other by looking at memory: all must end.
 * */
#include "core.h"

/* A spin lock taken by every lane of every warp; the classic that hangs where lanes run in
 * lock-step: the holder leaves the loop and would wait at the join for those who wait for it. */
#define LOCKED(space, lock, count)                                                                 \
    "TRY: atom" space ".cas.b32 %r1, [" lock "], 0, 1;\n"                                          \
    "setp.ne.u32 %p1, %r1, 0;\n@%p1 bra TRY;\n"                                                    \
    "ld.volatile" space ".u32 %r2, [" count "];\nadd.u32 %r2, %r2, 1;\n"                           \
    "st.volatile" space ".u32 [" count "], %r2;\n"                                                 \
    "membar.gl;\natom" space ".exch.b32 %r1, [" lock "], 0;\n"

static void lock_in_block(void) {
    static const char ptx[] = CORE_HEAD ".shared .b32 lock, count;\n" CORE_KERNEL(
        "st.shared.u32 [lock], 0;\nst.shared.u32 [count], 0;\nbar.sync 0;\n" LOCKED(
            ".shared", "lock",
            "count") "bar.sync 0;\nld.shared.u32 %r3, [count];\nst.global.u32 [%slot], %r3;");
    uint32_t out[256], want[256];
    CORE_OK(core_run(ptx, (CoreLaunch){.grid = 1, .block = 256, .words = 256}, out));
    for (uint32_t i = 0; i < 256; i++) want[i] = 256;
    core_equal("lock in a block", out, want, 256);
}

static void lock_in_grid(void) {
    static const char ptx[] = CORE_HEAD CORE_KERNEL(LOCKED(".global", "%out", "%out+4"));
    uint32_t out[2], want[2] = {0, 20 * 64};
    CORE_OK(core_run(ptx, (CoreLaunch){.grid = 20, .block = 64, .words = 2}, out));
    core_equal("lock in a grid", out, want, 2);
}

/* A chain: each lane waits for the one above it. The last lane is the first to go on. */
static void chain(void) {
    static const char ptx[] =
        CORE_HEAD CORE_KERNEL("setp.eq.u32 %p1, %t, 63;\nmov.u32 %r2, 1;\n@%p1 bra GO;\n"
                              "LOOK: ld.volatile.global.u32 %r1, [%slot+4];\n"
                              "setp.eq.u32 %p2, %r1, 0;\n@%p2 bra LOOK;\n"
                              "add.u32 %r2, %r1, 1;\n"
                              "GO: st.volatile.global.u32 [%slot], %r2;");
    uint32_t out[64], want[64];
    CORE_OK(core_run(ptx, (CoreLaunch){.grid = 1, .block = 64, .words = 64}, out));
    for (uint32_t i = 0; i < 64; i++) want[i] = 64 - i;
    core_equal("chain of lanes", out, want, 64);
}

/* The same among blocks, with plain loads and the last block first: all must be held at once. */
static void chain_of_blocks(void) {
    static const char ptx[] =
        CORE_HEAD CORE_KERNEL("setp.eq.u32 %p1, %b, 15;\nmov.u32 %r2, 1;\n@%p1 bra GO;\n"
                              "LOOK: ld.global.u32 %r1, [%slot+4];\n"
                              "setp.eq.u32 %p2, %r1, 0;\n@%p2 bra LOOK;\n"
                              "add.u32 %r2, %r1, 1;\n"
                              "GO: st.global.u32 [%slot], %r2;");
    uint32_t out[16], want[16];
    CORE_OK(
        core_run(ptx, (CoreLaunch){.grid = 16, .block = 1, .words = 16, .cooperative = true}, out));
    for (uint32_t i = 0; i < 16; i++) want[i] = 16 - i;
    core_equal("chain of blocks", out, want, 16);
}

/* A barrier of the whole grid, made of an atomic and a look, several times over. */
static void grid_barrier(void) {
    static const char ptx[] =
        CORE_HEAD CORE_KERNEL("mov.u32 %r9, 0;\nmov.u32 %s1, %nctaid.x;\n"
                              "ROUND: add.u32 %r9, %r9, 1;\nmul.lo.u32 %r8, %r9, %s1;\n"
                              "bar.sync 0;\nsetp.ne.u32 %p1, %t, 0;\n@%p1 bra WAITED;\n"
                              "atom.add.global.u32 %r1, [%out], 1;\n"
                              "LOOK: ld.acquire.gpu.global.u32 %r2, [%out];\n"
                              "setp.lt.u32 %p2, %r2, %r8;\n@%p2 bra LOOK;\n"
                              "WAITED: bar.sync 0;\n"
                              "setp.lt.u32 %p3, %r9, 5;\n@%p3 bra ROUND;\n"
                              "ld.global.u32 %r3, [%out];\nst.global.u32 [%slot+4], %r3;");
    uint32_t out[1 + 12 * 64], want[1 + 12 * 64];
    CORE_OK(core_run(
        ptx, (CoreLaunch){.grid = 12, .block = 64, .words = 1 + 12 * 64, .cooperative = true},
        out));
    for (uint32_t i = 0; i < 1 + 12 * 64; i++) want[i] = 12 * 5;
    core_equal("barrier of a grid", out, want, 1 + 12 * 64);
}

/* Half of a warp waits in a loop without any marked instruction for what the other half does after
 * the loop's join. */
static void after_join(void) {
    static const char ptx[] =
        CORE_HEAD CORE_KERNEL("setp.ge.u32 %p1, %lane, 16;\n@%p1 bra JOIN;\n"
                              "LOOK: ld.global.u32 %r1, [%out+128];\nsetp.eq.u32 %p2, %r1, 0;\n"
                              "@%p2 bra LOOK;\n"
                              "JOIN: mov.u32 %r2, 5;\nst.global.u32 [%out+128], %r2;\n"
                              "st.global.u32 [%slot], %r2;");
    uint32_t out[33], want[33];
    CORE_OK(core_run(ptx, (CoreLaunch){.grid = 1, .block = 32, .words = 33}, out));
    for (uint32_t i = 0; i < 33; i++) want[i] = 5;
    core_equal("released from a join", out, want, 33);
}

/* A long computation is no deadlock, and nobody is disturbed by it. */
static void patience(void) {
    static const char ptx[] =
        CORE_HEAD CORE_KERNEL("mov.u32 %r1, 0;\nmov.u32 %r2, 1;\n"
                              "L: mad.lo.u32 %r2, %r2, 5, 1;\nadd.u32 %r1, %r1, 1;\n"
                              "setp.lt.u32 %p1, %r1, 3000000;\n@%p1 bra L;\n"
                              "st.global.u32 [%slot], %r2;");
    uint32_t out[64], want[64], x = 1;
    for (uint32_t i = 0; i < 3000000; i++) x = x * 5 + 1;
    CORE_OK(core_run(ptx, (CoreLaunch){.grid = 2, .block = 32, .words = 64}, out));
    for (uint32_t i = 0; i < 64; i++) want[i] = x;
    core_equal("long loop", out, want, 64);
}

void test_progress(void) {
    lock_in_block();
    lock_in_grid();
    chain();
    chain_of_blocks();
    grid_barrier();
    after_join();
    patience();
}
