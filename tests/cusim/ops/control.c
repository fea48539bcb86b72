// SPDX-License-Identifier: MIT
/* control.c - branches, calls, barriers, and how threads end. */
#include <stdio.h>
#include <string.h>

#include "ops.h"

enum { THREADS = 100, BLOCKS = 2, TOTAL = THREADS * BLOCKS };

/* Most kernels here give one word a thread. */
static bool words(const Case *c, const char *before, const char *body,
                  uint32_t (*expected)(uint32_t i)) {
    uint32_t out[TOTAL], want[TOTAL];
    memset(out, 0xee, sizeof out);
    for (uint32_t i = 0; i < TOTAL; i++) want[i] = expected(i);
    Kernel kernel = {.before = before,
                     .body = body,
                     .grid = {BLOCKS},
                     .block = {THREADS},
                     .out = out,
                     .out_bytes = sizeof out};
    return run_kernel(c, &kernel) && same32(c, "thread", out, want, TOTAL);
}
#define STORE "  mad.wide.u32 %l0, %i, 4, %out;\n  st.global.u32 [%l0], %r0;\n"

/* ---- Branches ---- */
static uint32_t collatz(uint32_t i) {
    uint32_t v = i + 1, steps = 0;
    for (; v != 1; steps++) v = v & 1 ? 3 * v + 1 : v / 2;
    return steps;
}
static bool loop(const Case *c) {
    return words(c, NULL,
                 "  add.u32 %r1, %i, 1;\n  mov.u32 %r0, 0;\n"
                 "NEXT:\n  setp.eq.u32 %p0, %r1, 1;\n  @%p0 bra DONE;\n"
                 "  add.u32 %r0, %r0, 1;\n  and.b32 %r2, %r1, 1;\n  setp.eq.u32 %p1, %r2, 0;\n"
                 "  @%p1 bra EVEN;\n  mad.lo.u32 %r1, %r1, 3, 1;\n  bra.uni NEXT;\n"
                 "EVEN:\n  shr.u32 %r1, %r1, 1;\n  bra NEXT;\nDONE:\n" STORE,
                 collatz);
}
static uint32_t nested_want(uint32_t i) {
    uint32_t d = 0;
    if (i % 2) {
        d = 1;
        if (i % 3 == 0) d += 10;
        else if (i % 5 == 0) d += 20;
        d += 100;
    } else if (i > 50) d = 5;
    return d + 1000;
}
static bool nested(const Case *c) {
    return words(
        c, NULL,
        "  mov.u32 %r0, 0;\n  and.b32 %r1, %i, 1;\n  setp.ne.u32 %p0, %r1, 0;\n  @!%p0 bra ELSE;\n"
        "  mov.u32 %r0, 1;\n  rem.u32 %r1, %i, 3;\n  setp.eq.u32 %p1, %r1, 0;\n  @%p1 bra THREE;\n"
        "  rem.u32 %r1, %i, 5;\n  setp.eq.u32 %p1, %r1, 0;\n  @!%p1 bra INNER;\n"
        "  add.u32 %r0, %r0, 20;\n  bra INNER;\nTHREE:\n  add.u32 %r0, %r0, 10;\n"
        "INNER:\n  add.u32 %r0, %r0, 100;\n  bra END;\n"
        "ELSE:\n  setp.gt.u32 %p1, %i, 50;\n  @%p1 mov.u32 %r0, 5;\nEND:\n  add.u32 %r0, %r0, "
        "1000;\n" STORE,
        nested_want);
}
/* brx.idx: a switch with a case that falls through into the next. */
static uint32_t switch_want(uint32_t i) {
    switch (i % 5) {
    case 0: return 10;
    case 1: return 20 + 1000;
    case 2: return 1000;
    case 3: return 10;
    default: return 7777;
    }
}
static bool brx(const Case *c) {
    return words(
        c, NULL,
        "  rem.u32 %r1, %i, 5;\n  mov.u32 %r0, 0;\n"
        "  TABLE: .branchtargets ZERO, ONE, TWO, ZERO, FOUR;\n"
        "  brx.idx %r1, TABLE;\n"
        "ZERO:\n  mov.u32 %r0, 10;\n  bra END;\nONE:\n  mov.u32 %r0, 20;\n"
        "TWO:\n  add.u32 %r0, %r0, 1000;\n  bra END;\nFOUR:\n  mov.u32 %r0, 7777;\nEND:\n" STORE,
        switch_want);
}

/* ---- Calls ---- */
static uint32_t call_want(uint32_t i) { return (i + 1) * (i + 1) + 3 * i; }
static bool direct(const Case *c) {
    return words(
        c,
        ".func (.param .b32 result) square_plus(.param .b32 x, .param .b64 y)\n{\n"
        "  .reg .b32 %a, %b; .reg .b64 %w;\n  ld.param.u32 %a, [x];\n  ld.param.u64 %w, [y];\n"
        "  cvt.u32.u64 %b, %w;\n  mad.lo.u32 %a, %a, %a, %b;\n  st.param.u32 [result], %a;\n  "
        "ret;\n}\n",
        "  add.u32 %r1, %i, 1;\n  mul.wide.u32 %l1, %i, 3;\n"
        "  {\n  .param .b32 p0;\n  .param .b64 p1;\n  .param .b32 r;\n"
        "  st.param.b32 [p0], %r1;\n  st.param.b64 [p1], %l1;\n"
        "  call.uni (r), square_plus, (p0, p1);\n  ld.param.b32 %r0, [r];\n  }\n" STORE,
        call_want);
}
/* Calls in a branch, of a function that returns early in some lanes. */
static uint32_t early_want(uint32_t i) { return i % 4 == 0 ? 5 : i % 3 == 0 ? 100 + i : 200 + i; }
static bool early(const Case *c) {
    return words(c,
                 ".func (.reg .b32 result) pick(.reg .b32 x)\n{\n  .reg .b32 %a; .reg .pred %p;\n"
                 "  rem.u32 %a, x, 3;\n  setp.ne.u32 %p, %a, 0;\n  @%p bra OTHER;\n  add.u32 "
                 "result, x, 100;\n  ret;\n"
                 "OTHER:\n  add.u32 result, x, 200;\n  ret;\n}\n",
                 "  mov.u32 %r0, 5;\n  rem.u32 %r1, %i, 4;\n  setp.eq.u32 %p0, %r1, 0;\n"
                 "  @%p0 bra SKIP;\n  call (%r0), pick, (%i);\nSKIP:\n" STORE,
                 early_want);
}
static uint32_t fibonacci(uint32_t n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
static uint32_t recursion_want(uint32_t i) { return fibonacci(i % 11); }
static const char fibonacci_text[] =
    ".func (.param .b32 result) fib(.param .b32 n)\n{\n  .reg .b32 %a, %b, %c; .reg .pred %p;\n"
    "  .local .align 4 .b8 kept[4];\n"
    "  ld.param.u32 %a, [n];\n  setp.lt.u32 %p, %a, 2;\n  @%p bra SMALL;\n"
    "  sub.u32 %b, %a, 1;\n  {\n  .param .b32 q;\n  .param .b32 r;\n  st.param.b32 [q], %b;\n"
    "  call (r), fib, (q);\n  ld.param.b32 %c, [r];\n  }\n  st.local.u32 [kept], %c;\n"
    "  sub.u32 %b, %a, 2;\n  {\n  .param .b32 q;\n  .param .b32 r;\n  st.param.b32 [q], %b;\n"
    "  call (r), fib, (q);\n  ld.param.b32 %b, [r];\n  }\n  ld.local.u32 %c, [kept];\n"
    "  add.u32 %a, %b, %c;\nSMALL:\n  st.param.b32 [result], %a;\n  ret;\n}\n";
static bool recursion(const Case *c) {
    return words(c, fibonacci_text,
                 "  rem.u32 %r1, %i, 11;\n  {\n  .param .b32 q;\n  .param .b32 r;\n  st.param.b32 "
                 "[q], %r1;\n"
                 "  call (r), fib, (q);\n  ld.param.b32 %r0, [r];\n  }\n" STORE,
                 recursion_want);
}
/* Through a pointer that differs from lane to lane, by prototype and by a list of targets. */
static uint32_t indirect_want(uint32_t i) {
    return i % 3 == 0 ? i + 1 : i % 3 == 1 ? 2 * i : i * i;
}
static const char three[] =
    ".func (.param .b32 r) plus(.param .b32 x)\n{\n  .reg .b32 %a;\n  ld.param.u32 %a, [x];\n"
    "  add.u32 %a, %a, 1;\n  st.param.b32 [r], %a;\n  ret;\n}\n"
    ".func (.param .b32 r) twice(.param .b32 x)\n{\n  .reg .b32 %a;\n  ld.param.u32 %a, [x];\n"
    "  add.u32 %a, %a, %a;\n  st.param.b32 [r], %a;\n  ret;\n}\n"
    ".func (.param .b32 r) square(.param .b32 x)\n{\n  .reg .b32 %a;\n  ld.param.u32 %a, [x];\n"
    "  mul.lo.u32 %a, %a, %a;\n  st.param.b32 [r], %a;\n  ret;\n}\n"
    ".global .align 8 .u64 functions[3] = {plus, twice, square};\n";
static bool indirect(const Case *c) {
    return words(
        c, three,
        "  rem.u32 %r1, %i, 3;\n  mov.u64 %l1, functions;\n  mad.wide.u32 %l1, %r1, 8, %l1;\n"
        "  ld.global.u64 %l2, [%l1];\n  {\n  .param .b32 q;\n  .param .b32 r;\n"
        "  st.param.b32 [q], %i;\n  HOW: .callprototype (.param .b32 _) _ (.param .b32 _);\n"
        "  call (r), %l2, (q), HOW;\n  ld.param.b32 %r0, [r];\n  }\n" STORE,
        indirect_want);
}
static bool taken_address(const Case *c) {
    return words(
        c, three,
        "  rem.u32 %r1, %i, 3;\n  mov.u64 %l1, plus;\n  mov.u64 %l2, twice;\n  mov.u64 %l3, "
        "square;\n"
        "  setp.eq.u32 %p0, %r1, 0;\n  setp.eq.u32 %p1, %r1, 1;\n  selp.b64 %l4, %l2, %l3, %p1;\n"
        "  selp.b64 %l4, %l1, %l4, %p0;\n  {\n  .param .b32 q;\n  .param .b32 r;\n  st.param.b32 "
        "[q], %i;\n"
        "  WHICH: .calltargets plus, twice, square;\n  call (r), %l4, (q), WHICH;\n"
        "  ld.param.b32 %r0, [r];\n  }\n" STORE,
        indirect_want);
}
/* Structures by value: an array of bytes as a parameter and as the result. */
static uint32_t structure_want(uint32_t i) { return i * 3 + (i ^ 0x55u) + ((i + 7) & 0xff); }
static bool structure(const Case *c) {
    return words(c,
                 ".func (.param .align 16 .b8 out[16]) turn(.param .align 16 .b8 in[16])\n{\n  "
                 ".reg .b32 %a<5>; .reg .b64 %w;\n"
                 "  ld.param.v4.b32 {%a0, %a1, %a2, %a3}, [in];\n  ld.param.u8 %a4, [in+12];\n"
                 "  st.param.v2.b32 [out], {%a2, %a1};\n  st.param.b8 [out+8], %a4;\n  "
                 "st.param.b32 [out+12], %a0;\n  ret;\n}\n",
                 "  mul.lo.u32 %r1, %i, 3;\n  xor.b32 %r2, %i, 0x55;\n  add.u32 %r3, %i, 7;\n  "
                 "mov.u32 %r4, 99;\n"
                 "  {\n  .param .align 16 .b8 q[16];\n  .param .align 16 .b8 r[16];\n"
                 "  st.param.v4.b32 [q], {%r4, %r2, %r1, %r3};\n  call (r), turn, (q);\n"
                 "  ld.param.v2.b32 {%r5, %r6}, [r];\n  ld.param.b8 %r7, [r+8];\n  ld.param.b32 "
                 "%r8, [r+12];\n  }\n"
                 "  add.u32 %r0, %r5, %r6;\n  add.u32 %r0, %r0, %r7;\n  sub.u32 %r8, %r8, 99;\n  "
                 "add.u32 %r0, %r0, %r8;\n" STORE,
                 structure_want);
}

/* ---- Ends ---- */
static uint32_t exit_want(uint32_t i) { return i % 3 ? (i % THREADS < 50 ? 2 : 1) : 0xeeeeeeee; }
static bool ends(const Case *c) {
    return words(
        c,
        ".func leave(.param .b32 x)\n{\n  .reg .b32 %a; .reg .pred %p;\n  ld.param.u32 %a, [x];\n"
        "  rem.u32 %a, %a, 3;\n  setp.eq.u32 %p, %a, 0;\n  @%p exit;\n  ret;\n}\n",
        "  {\n  .param .b32 q;\n  st.param.b32 [q], %i;\n  call leave, (q);\n  }\n  mov.u32 %r0, "
        "1;\n"
        "  setp.lt.u32 %p0, %t0, 50;\n  @!%p0 bra WRITE;\n  mov.u32 %r0, 2;\nWRITE:\n" STORE,
        exit_want);
}
static uint32_t ret_want(uint32_t i) { return i % 7 == 0 ? 0xeeeeeeee : i; }
static bool returns(const Case *c) {
    return words(
        c, NULL,
        "  rem.u32 %r1, %i, 7;\n  setp.eq.u32 %p0, %r1, 0;\n  @%p0 ret;\n  mov.u32 %r0, %i;\n" STORE
        "  ret.uni;\n",
        ret_want);
}
static bool trap(const Case *c) {
    int code;
    Kernel kernel = {.body = "  setp.eq.u32 %p0, %i, 37;\n  @%p0 trap;\n", .block = {64}};
    if (!run_kernel_to_error(c, &kernel, &code)) return false;
    /* CUDA_ERROR_ILLEGAL_INSTRUCTION on some devices, CUDA_ERROR_LAUNCH_FAILED on others */
    if (code != 719 && code != 715) return complain(c, "a trap gives %d, wanted 715 or 719", code);
    kernel.body = "  setp.eq.u32 %p0, %i, 64;\n  @%p0 trap;\n";
    return run_kernel(c, &kernel);
}
/* ISA, brkpt: execution is suspended. Nobody is there to look at it, so it goes on. */
static bool brkpt(const Case *c) {
    Kernel kernel = {.body = "  setp.eq.u32 %p0, %i, 37;\n  @%p0 brkpt;\n", .block = {64}};
    return run_kernel(c, &kernel);
}
static uint32_t same_want(uint32_t i) { return i; }
static bool events(const Case *c) {
    return words(c, NULL, "  mov.u32 %r0, %i;\n  pmevent 3;\n  pmevent.mask 0x11;\n" STORE,
                 same_want);
}
static bool sleeps(const Case *c) {
    return words(c, NULL,
                 "  mov.u32 %r0, %i;\n  nanosleep.u32 100;\n  and.b32 %r1, %i, 15;\n"
                 "  setp.lt.u32 %p0, %r1, 8;\n  @%p0 nanosleep.u32 %r1;\n" STORE,
                 same_want);
}

/* ---- Barriers: x[0] which spelling ---- */
static const char *const spellings[][2] = {
    {"bar", ""}, {"barrier", ""}, {"barrier", ".aligned"}, {"bar.cta", ""}, {"barrier.cta", ""}};
static uint32_t reversed(uint32_t i) { return 3 * (99 - i % THREADS) + 1; }
/* All threads write, and read after the barrier what another one wrote; twice. */
static bool bar_sync(const Case *c) {
    char body[1500];
    const char *name = spellings[c->x[0]][0], *aligned = spellings[c->x[0]][1];
    char count[10] = "";
    if (c->x[1]) snprintf(count, sizeof count, ", %d", c->x[1]);
    snprintf(body, sizeof body,
             "  .shared .align 4 .b8 room[400];\n  mov.u32 %%r1, room;\n  mad.lo.u32 %%r2, %%t0, "
             "4, %%r1;\n"
             "  sub.u32 %%r3, 99, %%t0;\n  mad.lo.u32 %%r4, %%r3, 4, %%r1;\n"
             "  st.shared.u32 [%%r2], %%t0;\n  %s.sync%s %d%s;\n  ld.shared.u32 %%r0, [%%r4];\n"
             "  %s.sync%s %d%s;\n  mad.lo.u32 %%r5, %%t0, 3, 1;\n  st.shared.u32 [%%r2], %%r5;\n"
             "  mov.u32 %%r6, %d;\n  %s.sync%s %%r6%s;\n  ld.shared.u32 %%r0, [%%r4];\n%s",
             name, aligned, c->x[2], count, name, aligned, c->x[2], count, c->x[2], name, aligned,
             count, STORE);
    return words(c, NULL, body, reversed);
}
/* The count of threads is a multiple of the warp's size: 128 stands for a block of 100 threads. */
static uint32_t reduction_want(uint32_t i) {
    (void)i;
    uint32_t n = 0;
    for (uint32_t t = 0; t < THREADS; t++) n += t % 7 == 2;
    return n * 100 + 10 + 1; /* some, not all; none of the others */
}
static bool bar_red(const Case *c) {
    char body[1500];
    const char *name = spellings[c->x[0]][0], *aligned = spellings[c->x[0]][1];
    snprintf(
        body, sizeof body,
        "  rem.u32 %%r1, %%t0, 7;\n  setp.eq.u32 %%p0, %%r1, 2;\n  setp.lt.u32 %%p4, %%t0, 1000;\n"
        "  %s.red.popc%s.u32 %%r2, 0, %%p0;\n  %s.red.or%s.pred %%p1, 1, %%p0;\n"
        "  %s.red.and%s.pred %%p2, 1, !%%p0;\n  %s.red.and%s.pred %%p3, 0, 128, %%p4;\n"
        "  mul.lo.u32 %%r0, %%r2, 100;\n  @%%p1 add.u32 %%r0, %%r0, 10;\n"
        "  @%%p2 add.u32 %%r0, %%r0, 5000;\n  @%%p3 add.u32 %%r0, %%r0, 1;\n%s",
        name, aligned, name, aligned, name, aligned, name, aligned, STORE);
    return words(c, NULL, body, reduction_want);
}
/* One warp produces and only arrives; the other one waits for it. */
static bool arrive(const Case *c) {
    char body[1500];
    const char *name = spellings[c->x[0]][0], *aligned = spellings[c->x[0]][1];
    snprintf(body, sizeof body,
             "  .shared .align 4 .b8 room[128];\n  mov.u32 %%r1, room;\n  mad.lo.u32 %%r1, %%lane, "
             "4, %%r1;\n"
             "  mov.u32 %%r10, 0;\n  mov.u32 %%r0, 0;\n  setp.lt.u32 %%p0, %%t0, 32;\n  @%%p0 bra "
             "CONSUME;\n"
             "PRODUCE:\n  %s.sync%s 4, 64;\n  mad.lo.u32 %%r2, %%r10, 1000, %%lane;\n  "
             "st.shared.u32 [%%r1], %%r2;\n"
             "  %s.arrive%s 3, 64;\n  add.u32 %%r10, %%r10, 1;\n  setp.lt.u32 %%p1, %%r10, 20;\n  "
             "@%%p1 bra PRODUCE;\n  bra END;\n"
             "CONSUME:\n  %s.arrive%s 4, 64;\n  %s.sync%s 3, 64;\n  ld.shared.u32 %%r2, [%%r1];\n  "
             "add.u32 %%r0, %%r0, %%r2;\n"
             "  add.u32 %%r10, %%r10, 1;\n  setp.lt.u32 %%p1, %%r10, 20;\n  @%%p1 bra "
             "CONSUME;\nEND:\n%s",
             name, aligned, name, aligned, name, aligned, name, aligned, STORE);
    uint32_t out[64], want[64];
    memset(out, 0xee, sizeof out);
    for (uint32_t t = 0; t < 64; t++) want[t] = t < 32 ? 190 * 1000 + 20 * t : 0;
    Kernel kernel = {.body = body, .block = {64}, .out = out, .out_bytes = sizeof out};
    return run_kernel(c, &kernel) && same32(c, "thread", out, want, 64);
}

void add_control_cases(void) {
    custom_case("bra", loop, "a loop that lanes leave at different times");
    custom_case("bra", nested, "nested branches");
    custom_case("brx_idx", brx, "brx.idx");
    custom_case("call ld_param_func st_param_func", direct, "call.uni of a function with .param");
    custom_case("call ret", early, "call of a function with .reg, in a branch");
    custom_case("call ret ld_param_func st_param_func", recursion, "recursion");
    custom_case("call_indirect", indirect, "call through a pointer, .callprototype");
    custom_case("call_indirect", taken_address, "call through a pointer, .calltargets");
    custom_case("call ld_param_func st_param_func", structure,
                "structures as parameter and result");
    custom_case("exit", ends, "exit in a function, in some lanes");
    custom_case("ret", returns, "ret in some lanes");
    custom_case("trap", trap, "trap");
    custom_case("brkpt", brkpt, "brkpt");
    custom_case("pmevent", events, "pmevent");
    custom_case("nanosleep", sleeps, "nanosleep");
    for (int s = 0; s < 5; s++) {
        const char *dot = spellings[s][1], *name = spellings[s][0];
        bool plain = s == 0 || s == 3;
        for (int k = 0; k < 3; k++) {
            Case *c = custom_case(plain ? "bar_sync" : "barrier_sync", bar_sync, "%s.sync%s %d%s",
                                  name, dot, k * 7, k ? ", 128" : "");
            c->x[0] = s;
            c->x[1] = k ? 128 : 0;
            c->x[2] = k * 7;
        }
        custom_case(plain ? "bar_red_popc bar_red_pred" : "barrier_red_popc barrier_red_pred",
                    bar_red, "%s.red.{popc,and,or}%s", name, dot)
            ->x[0] = s;
        custom_case(plain ? "bar_arrive bar_sync" : "barrier_arrive barrier_sync", arrive,
                    "%s.arrive%s 3, 64", name, dot)
            ->x[0] = s;
    }
}
