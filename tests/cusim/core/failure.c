// SPDX-License-Identifier: MIT
/* failure.c - launches that must end with an error and a report that helps: deadlocks of every
 * kind, false assertions, endless recursion, wrong masks. None may hang. */
#include "core.h"

#include <string.h>

typedef struct {
    const char *name, *ptx;
    CoreLaunch launch;
    CUresult want;
    const char *part[5]; /* of the report */
} Case;

#define ASSERT_CALL                                                                                \
    "{ .param .b64 a;\n.param .b64 b;\n.param .b32 c;\n.param .b64 d;\n.param .b64 e;\n"           \
    "mov.u64 %d1, text;\nst.param.b64 [a], %d1;\nst.param.b64 [b], %d1;\nst.param.b32 [c], 12;\n"  \
    "st.param.b64 [d], %d1;\nst.param.b64 [e], 1;\ncall __assertfail, (a, b, c, d, e);\n}\n"

static const Case cases[] = {
    {"barrier_missed",
     CORE_HEAD CORE_KERNEL("setp.lt.u32 %p1, %t, 32;\n@%p1 bra ONE;\nbar.sync 2;\nbra DONE;\n"
                           "ONE: bar.sync 3;\nDONE: st.global.u32 [%slot], %t;"),
     {.grid = 1, .block = 64, .words = 64},
     CUDA_ERROR_LAUNCH_FAILED,
     {"deadlock in block (0,0,0)", "barrier 2, where 1 of 2 warps", "barrier 3", "bar.sync"}},
    {"barrier_half_a_warp",
     CORE_HEAD CORE_KERNEL("setp.lt.u32 %p1, %t, 16;\n@%p1 bra ONE;\nbar.sync 2;\nbra DONE;\n"
                           "ONE: bar.sync 3;\nDONE: st.global.u32 [%slot], %t;"),
     {.grid = 1, .block = 32, .words = 32},
     CUDA_ERROR_LAUNCH_FAILED,
     {"deadlock", "0x0000ffff", "0xffff0000"}},
    {"barrier_count",
     CORE_HEAD CORE_KERNEL("bar.sync 0, 96;\nst.global.u32 [%slot], %t;"),
     {.grid = 1, .block = 64, .words = 64},
     CUDA_ERROR_LAUNCH_FAILED,
     {"deadlock", "2 of 3 warps"}},
    {"barrier_not_32",
     CORE_HEAD CORE_KERNEL("mov.u32 %r1, 40;\nbar.sync 0, %r1;\nst.global.u32 [%slot], %t;"),
     {.grid = 1, .block = 64, .words = 64},
     CUDA_ERROR_LAUNCH_FAILED,
     {"multiple of 32", "thread (0,0,0)"}},
    {"sync_missed",
     CORE_HEAD CORE_KERNEL("setp.lt.u32 %p1, %t, 16;\n@%p1 bra DONE;\n"
                           "vote.sync.ballot.b32 %r1, %p1, -1;\n"
                           "DONE: bar.sync 0;\nst.global.u32 [%slot], %t;"),
     {.grid = 1, .block = 32, .words = 32},
     CUDA_ERROR_LAUNCH_FAILED,
     {"deadlock", "waits for the lanes 0x0000ffff", "vote.sync"}},
    {"sync_not_member",
     CORE_HEAD CORE_KERNEL("vote.sync.ballot.b32 %r1, %p1, 0xff;\nst.global.u32 [%slot], %t;"),
     {.grid = 1, .block = 32, .words = 32},
     CUDA_ERROR_LAUNCH_FAILED,
     {"member mask 0x000000ff", "lane 8"}},
    {"spin_in_warp",
     CORE_HEAD CORE_KERNEL("L: ld.volatile.global.u32 %r1, [%out];\nsetp.eq.u32 %p1, %r1, 0;\n"
                           "@%p1 bra L;\nst.global.u32 [%slot], %t;"),
     {.grid = 1, .block = 32, .words = 32},
     CUDA_ERROR_LAUNCH_FAILED,
     {"deadlock", "change in memory that nobody can make", "block (0,0,0)"}},
    {"spin_plain",
     CORE_HEAD CORE_KERNEL("L: ld.global.u32 %r1, [%out];\nsetp.eq.u32 %p1, %r1, 0;\n"
                           "@%p1 bra L;\nst.global.u32 [%slot], %t;"),
     {.grid = 3, .block = 96, .words = 300},
     CUDA_ERROR_LAUNCH_FAILED,
     {"deadlock", "nobody can make"}},
    {"spin_with_barrier",
     CORE_HEAD CORE_KERNEL("L: bar.sync 0;\nld.volatile.global.u32 %r1, [%out];\n"
                           "setp.eq.u32 %p1, %r1, 0;\n@%p1 bra L;\nst.global.u32 [%slot], %t;"),
     {.grid = 2, .block = 96, .words = 300},
     CUDA_ERROR_LAUNCH_FAILED,
     {"deadlock", "nobody can make"}},
    {"spin_brx",
     CORE_HEAD CORE_KERNEL("mov.u32 %r1, 0;\nts: .branchtargets L, M;\nL: brx.idx %r1, ts;\nM:"),
     {.grid = 1, .block = 32, .words = 32},
     CUDA_ERROR_LAUNCH_FAILED,
     {"deadlock"}},
    {"grid_too_large",
     CORE_HEAD CORE_KERNEL("atom.add.global.u32 %r1, [%out], 1;\nmov.u32 %r3, %nctaid.x;\n"
                           "mul.lo.u32 %r3, %r3, %nt;\n"
                           "L: ld.volatile.global.u32 %r2, [%out];\nsetp.lt.u32 %p1, %r2, %r3;\n"
                           "@%p1 bra L;\nst.global.u32 [%slot], %t;"),
     {.grid = 20000, .block = 32, .words = 640001},
     CUDA_ERROR_LAUNCH_FAILED,
     {"deadlock", "have not begun", "cooperative"}},
    {"recursion",
     CORE_HEAD ".func down(.param .b32 x)\n{\n.reg .b32 %a;\nld.param.u32 %a, [x];\n"
               "{ .param .b32 p;\nst.param.b32 [p], %a;\ncall down, (p);\n}\nret;\n}\n" CORE_KERNEL(
                   "{ .param .b32 p;\nst.param.b32 [p], %i;\ncall down, (p);\n}"),
     {.grid = 2, .block = 64, .words = 1},
     CUDA_ERROR_LAUNCH_FAILED,
     {"stack overflow", "down"}},
    {"wrong_function",
     CORE_HEAD CORE_KERNEL("mov.u64 %d1, 64;\nproto: .callprototype _ ();\n"
                           "call %d1, (), proto;"),
     {.grid = 1, .block = 1, .words = 1},
     CUDA_ERROR_LAUNCH_FAILED,
     {"0x40", "no function"}},
    {"branch_index",
     CORE_HEAD CORE_KERNEL("ts: .branchtargets A, B;\nbrx.idx %i, ts;\nA:\nB:"),
     {.grid = 1, .block = 3, .words = 3},
     CUDA_ERROR_LAUNCH_FAILED,
     {"index 2", "thread (2,0,0)"}},
    {"trap",
     CORE_HEAD CORE_KERNEL("setp.eq.u32 %p1, %i, 70;\n@%p1 trap;"),
     {.grid = 3, .block = 32, .words = 1},
     CUDA_ERROR_LAUNCH_FAILED,
     {"trap", "thread (6,0,0) in block (2,0,0)", "kernel k"}},
    {"assert",
     CORE_HEAD ".global .b8 text[] = {111,107,0};\n"
               ".extern .func __assertfail(.param .b64 a, .param .b64 b, .param .b32 c, "
               ".param .b64 d, .param .b64 e);\n" CORE_KERNEL(
                   "setp.ne.u32 %p1, %i, 37;\n@%p1 bra FINE;\n" ASSERT_CALL "FINE:"),
     {.grid = 2, .block = 32, .words = 1},
     CUDA_ERROR_ASSERT,
     {"ok:12: ok: block: [1,0,0], thread: [5,0,0] Assertion `ok` failed.\n"}},
};

void test_failure(const char *which) {
    static uint32_t out[640001];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const Case *c = &cases[i];
        if (strcmp(c->name, which) != 0) continue;
        core_capture(2);
        CUresult result = core_run(c->ptx, c->launch, out);
        const char *text = core_captured();
        if (result != c->want)
            core_fail("%s: the launch returned %d, not %d", which, (int)result, (int)c->want);
        for (int k = 0; k < 5 && c->part[k]; k++) core_contains(which, text, c->part[k]);
        unsigned lines = 0;
        for (const char *t = text; *t; t++) lines += *t == '\n';
        if (lines > 14) core_fail("%s: the report has %u lines:\n%s", which, lines, text);
        return;
    }
    core_fail("no such case: %s", which);
}
