// SPDX-License-Identifier: MIT
/* divergence.c - lanes part and meet: if, loops of different length, nests of both, a switch by
 * brx.idx, early returns and exits, predicated everything. Each result is computed in plain C, and
 * activemask shows that lanes did meet where they should. */
#include "core.h"

enum { N = 3 * 96 };

static void if_else(void) {
    static const char ptx[] = CORE_HEAD CORE_KERNEL("and.b32 %r1, %i, 3;\n"
                                                    "setp.lt.u32 %p1, %r1, 2;\n"
                                                    "@%p1 bra SMALL;\n"
                                                    "mul.lo.u32 %r2, %i, 5;\n"
                                                    "setp.eq.u32 %p2, %r1, 3;\n"
                                                    "@!%p2 bra INNER;\n"
                                                    "add.u32 %r2, %r2, 1000;\n"
                                                    "INNER: add.u32 %r2, %r2, 1;\n"
                                                    "bra DONE;\n"
                                                    "SMALL: mov.u32 %r2, 7;\n"
                                                    "@%p1 add.u32 %r2, %r2, %i;\n"
                                                    "@!%p1 add.u32 %r2, %r2, 5000;\n"
                                                    "DONE: activemask.b32 %r3;\n"
                                                    "popc.b32 %r3, %r3;\n"
                                                    "shl.b32 %r3, %r3, 24;\n"
                                                    "add.u32 %r2, %r2, %r3;\n"
                                                    "st.global.u32 [%slot], %r2;");
    uint32_t out[N], want[N];
    CORE_OK(core_run(ptx, (CoreLaunch){.grid = 3, .block = 96, .words = N}, out));
    for (uint32_t i = 0; i < N; i++) {
        uint32_t r = i & 3;
        want[i] = (r < 2 ? 7 + i : i * 5 + (r == 3 ? 1000 : 0) + 1) + (32u << 24);
    }
    core_equal("if_else", out, want, N);
}

/* A loop in a loop with a continue and a break, another number of rounds in each lane. */
static void loops(void) {
    static const char ptx[] =
        CORE_HEAD CORE_KERNEL("mov.u32 %r1, 0;\nmov.u32 %r2, 0;\n" /* sum, outer */
                              "OUTER: mov.u32 %r3, 0;\n"
                              "INNER: add.u32 %r3, %r3, 1;\n"
                              "and.b32 %r4, %r3, 1;\nsetp.eq.u32 %p1, %r4, 0;\n"
                              "@%p1 bra NEXT;\n" /* continue */
                              "add.u32 %r1, %r1, %r3;\n"
                              "setp.gt.u32 %p2, %r1, 500;\n@%p2 bra OUT;\n" /* break of both */
                              "NEXT: setp.lt.u32 %p3, %r3, %lane;\n@%p3 bra INNER;\n"
                              "add.u32 %r2, %r2, 1;\nsetp.lt.u32 %p4, %r2, %t;\n@%p4 bra OUTER;\n"
                              "OUT: activemask.b32 %r5;\nnot.b32 %r5, %r5;\n"
                              "mad.lo.u32 %r1, %r5, 65536, %r1;\nst.global.u32 [%slot], %r1;");
    uint32_t out[N], want[N];
    CORE_OK(core_run(ptx, (CoreLaunch){.grid = 3, .block = 96, .words = N}, out));
    for (uint32_t i = 0; i < N; i++) {
        uint32_t t = i % 96, lane = t % 32, sum = 0, outer = 0;
        for (bool more = true; more;) {
            uint32_t inner = 0;
            do {
                inner++;
                if (inner % 2 == 0) continue;
                sum += inner;
                if (sum > 500) goto out;
            } while (inner < lane);
            more = ++outer < t;
        }
    out:
        want[i] = sum;
    }
    core_equal("loops", out, want, N);
}

static void table(void) {
    static const char ptx[] =
        CORE_HEAD CORE_KERNEL("rem.u32 %r1, %i, 5;\nmov.u32 %r9, 0;\n"
                              "AGAIN: ts: .branchtargets A, B, C, D, B;\n"
                              "setp.ne.u32 %p1, %r1, 77;\n"
                              "@%p1 brx.idx %r1, ts;\n"
                              "A: add.u32 %r2, %i, 100;\nbra DONE;\n"
                              "B: add.u32 %r2, %i, 200;\nbra DONE;\n"
                              "C: add.u32 %r2, %i, 300;\n" /* falls into D */
                              "D: add.u32 %r2, %i, 400;\nadd.u32 %r9, %r9, 1;\n"
                              "mov.u32 %r1, 0;\nsetp.lt.u32 %p2, %r9, 3;\n@%p2 bra AGAIN;\n"
                              "DONE: activemask.b32 %r3;\npopc.b32 %r3, %r3;\n"
                              "mad.lo.u32 %r2, %r3, 65536, %r2;\nst.global.u32 [%slot], %r2;");
    uint32_t out[64], want[64];
    CORE_OK(core_run(ptx, (CoreLaunch){.grid = 1, .block = 64, .words = 64}, out));
    for (uint32_t i = 0; i < 64; i++) {
        uint32_t k = i % 5;
        want[i] = i + (k == 1 || k == 4 ? 200 : 100) + 32 * 65536;
    }
    core_equal("brx.idx", out, want, 64);
}

/* Lanes end at different places; the others must not wait for them. */
static void early(void) {
    static const char ptx[] =
        CORE_HEAD CORE_KERNEL("mov.u32 %r1, 1;\nst.global.u32 [%slot], %r1;\n"
                              "setp.lt.u32 %p1, %lane, 5;\n@%p1 exit;\n"
                              "setp.lt.u32 %p2, %lane, 20;\n@!%p2 bra REST;\n"
                              "mov.u32 %r1, 2;\nst.global.u32 [%slot], %r1;\n"
                              "setp.lt.u32 %p3, %lane, 10;\n@%p3 ret;\n"
                              "mov.u32 %r1, 3;\nst.global.u32 [%slot], %r1;\n"
                              "REST: activemask.b32 %r2;\nst.global.u32 [%slot], %r2;\n"
                              "bar.sync 0;");
    uint32_t out[96], want[96];
    CORE_OK(core_run(ptx, (CoreLaunch){.grid = 1, .block = 96, .words = 96}, out));
    for (uint32_t i = 0; i < 96; i++) want[i] = i % 32 < 5 ? 1 : i % 32 < 10 ? 2 : 0xfffffc00u;
    core_equal("early ends", out, want, 96);
}

/* Predicates keep what other lanes have, a block's last warp has fewer lanes, and branches to the
 * next instruction are fine. */
static void odd(void) {
    static const char ptx[] = CORE_HEAD CORE_KERNEL(
        "setp.lt.u32 %p1, %lane, 9;\n"
        "setp.ge.u32 %p2, %lane, 4;\n"
        "@%p1 setp.lt.u32 %p2, %lane, 2;\n"
        "@%p2 bra NEXT;\nNEXT: selp.u32 %r1, 1, 0, %p2;\n"
        "activemask.b32 %r2;\npopc.b32 %r2, %r2;\nmad.lo.u32 %r1, %r2, 16, %r1;\n"
        "st.global.u32 [%slot], %r1;");
    uint32_t out[45], want[45];
    CORE_OK(core_run(ptx, (CoreLaunch){.grid = 1, .block = 45, .words = 45}, out));
    for (uint32_t i = 0; i < 45; i++) {
        uint32_t lane = i % 32;
        want[i] = (lane < 9 ? lane < 2 : 1) + 16 * (i < 32 ? 32u : 13u);
    }
    core_equal("odd", out, want, 45);
}

void test_divergence(void) {
    if_else();
    loops();
    table();
    early();
    odd();
}
