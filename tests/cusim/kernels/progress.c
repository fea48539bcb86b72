// SPDX-License-Identifier: MIT
/* progress.c - threads that wait for each other. Those that can go on must, in one thread of the
 * host as in many; those that cannot must end in an error that names the places, never in a hang.
 *
 *   progress NAME    runs one case; 0 if it ended as it must
 *   progress --list  prints "ends NAME" and "deadlocks NAME" lines
 *
 * Every kernel is k(out, n), out being 1,024 words of zeros. */
#include <cuda.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char header[] = ".version 7.5\n.target sm_75\n.address_size 64\n";
static const char begin[] =
    ".visible .entry k(.param .u64 k_out, .param .u32 k_n)\n{\n"
    "  .reg .b32 %r<40>; .reg .b64 %l<20>; .reg .pred %p<10>;\n"
    "  .reg .b64 %out; .reg .b32 %t, %b, %i, %lane, %n;\n  .shared .align 8 .b8 room[512];\n"
    "  ld.param.u64 %out, [k_out];\n  ld.param.u32 %n, [k_n];\n  mov.u32 %t, %tid.x;\n"
    "  mov.u32 %b, %ctaid.x;\n  mov.u32 %lane, %laneid;\n  mov.u32 %r0, %ntid.x;\n"
    "  mad.lo.u32 %i, %b, %r0, %t;\n";

enum { WORDS = 1024 };
typedef struct {
    const char *name;
    unsigned blocks, threads, n;
    const char *body;
    bool (*good)(const uint32_t *out); /* NULL: it must end in an error */
    bool cooperative;
} Progress;

/* 32 lanes of one warp, each through the same lock: the lane that has it must be let go on, though
 * the others spin at another place. Then the same between warps and blocks. */
#define SPIN_LOCK                                                                                  \
    "LOCK:\n  atom.global.cas.b32 %r1, [%out], 0, 1;\n  setp.ne.u32 %p0, %r1, 0;\n"                \
    "  @%p0 bra LOCK;\n  membar.gl;\n"                                                             \
    "  ld.volatile.global.u32 %r2, [%out+4];\n  add.u32 %r2, %r2, 1;\n"                            \
    "  st.volatile.global.u32 [%out+4], %r2;\n  membar.gl;\n"                                      \
    "  atom.global.exch.b32 %r3, [%out], 0;\n"
static bool all_32(const uint32_t *out) { return out[0] == 0 && out[1] == 32; }
static bool all_600(const uint32_t *out) { return out[0] == 0 && out[1] == 600; }

/* The way compilers write it: the unlock stands behind the loop's end. */
#define TRY_LOCK                                                                                   \
    "  mov.u32 %r5, 0;\nTRY:\n  atom.global.cas.b32 %r1, [%out], 0, 1;\n"                          \
    "  setp.ne.u32 %p0, %r1, 0;\n  @%p0 bra NEXT;\n"                                               \
    "  ld.volatile.global.u32 %r2, [%out+4];\n  add.u32 %r2, %r2, 1;\n"                            \
    "  st.volatile.global.u32 [%out+4], %r2;\n  membar.gl;\n"                                      \
    "  st.volatile.global.u32 [%out], 0;\n  mov.u32 %r5, 1;\n"                                     \
    "NEXT:\n  setp.eq.u32 %p1, %r5, 0;\n  @%p1 bra TRY;\n"

static bool warps_count(const uint32_t *out) {
    for (uint32_t i = 0; i < 32; i++)
        if (out[i] != 20 * (i + 1) + 190) return false;
    return true;
}
static bool chain_good(const uint32_t *out) {
    for (uint32_t i = 0; i < 200; i++)
        if (out[i] != i + 1) return false;
    return true;
}
static bool grid_good(const uint32_t *out) { return out[1] == 36 * 64 && out[2] == 36; }
static bool lanes_good(const uint32_t *out) {
    for (uint32_t i = 0; i < 32; i++)
        if (out[i + 1] != 31 - i) return false;
    return true;
}
static bool early_good(const uint32_t *out) {
    for (uint32_t i = 0; i < 128; i++)
        if (out[i] != (i < 50 ? 0u : 78u)) return false;
    return true;
}
static bool divergent_good(const uint32_t *out) {
    for (uint32_t i = 0; i < 64; i++)
        if (out[i] != 63 - i) return false;
    return true;
}
static bool break_good(const uint32_t *out) {
    for (uint32_t i = 0; i < 200; i++) {
        uint32_t sum = 0;
        for (uint32_t k = 0; k < 50; k++) {
            if ((i + k) % 3 == 0) continue;
            if (k > i % 40) break;
            sum += k;
        }
        if (out[i] != sum) return false;
    }
    return true;
}
static uint32_t fibonacci(uint32_t n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
static bool fibonacci_good(const uint32_t *out) {
    for (uint32_t i = 0; i < 64; i++)
        if (out[i] != fibonacci(i % 13)) return false;
    return true;
}

static bool ended_good(const uint32_t *out) {
    for (uint32_t i = 0; i < 32; i++)
        if (out[i] != (i == 9 ? 0 : 10)) return false;
    return true;
}

static const Progress all[] = {
    {"spin_lock_of_lanes", 1, 32, 0, SPIN_LOCK, all_32, false},
    {"spin_lock_of_blocks", 5, 120, 0, SPIN_LOCK, all_600, false},
    {"try_lock_of_lanes", 1, 32, 0, TRY_LOCK, all_32, false},
    {"try_lock_of_blocks", 5, 120, 0, TRY_LOCK, all_600, false},
    /* Warp 0 waits in a loop for what warp 1 writes into shared memory, twenty times. */
    {"producer_and_consumer_warps", 1, 64, 0,
     "  mov.u32 %r10, 0;\n  mov.u32 %r11, 0;\n  mov.u32 %r1, room;\n"
     "  setp.eq.u32 %p5, %t, 0;\n  mov.u32 %r13, 0;\n  @%p5 st.volatile.shared.u32 [room], %r13;\n"
     "  @%p5 st.volatile.shared.u32 [room+4], %r13;\n  bar.sync 0;\n"
     "  mad.lo.u32 %r2, %lane, 4, %r1;\n  setp.lt.u32 %p0, %t, 32;\n  @%p0 bra CONSUME;\n"
     "PRODUCE:\n  ld.volatile.shared.u32 %r3, [room+4];\n  setp.lt.u32 %p1, %r3, %r10;\n  @%p1 bra "
     "PRODUCE;\n"
     "  add.u32 %r4, %lane, 1;\n  add.u32 %r4, %r4, %r10;\n  st.volatile.shared.u32 [%r2+128], "
     "%r4;\n"
     "  bar.warp.sync 0xffffffff;\n  add.u32 %r10, %r10, 1;\n  setp.eq.u32 %p2, %lane, 0;\n"
     "  @%p2 st.volatile.shared.u32 [room], %r10;\n  setp.lt.u32 %p1, %r10, 20;\n  @%p1 bra "
     "PRODUCE;\n  bra END;\n"
     "CONSUME:\n  ld.volatile.shared.u32 %r3, [room];\n  setp.le.u32 %p1, %r3, %r10;\n  @%p1 bra "
     "CONSUME;\n"
     "  ld.volatile.shared.u32 %r4, [%r2+128];\n  add.u32 %r11, %r11, %r4;\n  bar.warp.sync "
     "0xffffffff;\n"
     "  add.u32 %r10, %r10, 1;\n  setp.eq.u32 %p2, %lane, 0;\n  @%p2 st.volatile.shared.u32 "
     "[room+4], %r10;\n"
     "  setp.lt.u32 %p1, %r10, 20;\n  @%p1 bra CONSUME;\n"
     "  mad.wide.u32 %l0, %lane, 4, %out;\n  st.global.u32 [%l0], %r11;\nEND:\n",
     warps_count, false},
    /* Block b waits for block b - 1: from the first on all blocks have been begun in that order. */
    {"chain_of_blocks", 200, 32, 0,
     "  mad.wide.u32 %l0, %b, 4, %out;\n  mov.u32 %r1, 0;\n  setp.eq.u32 %p0, %b, 0;\n  @%p0 bra "
     "MINE;\n"
     "WAIT:\n  ld.acquire.gpu.global.u32 %r1, [%l0+-4];\n  setp.eq.u32 %p1, %r1, 0;\n  @%p1 bra "
     "WAIT;\n"
     "MINE:\n  add.u32 %r1, %r1, 1;\n  setp.eq.u32 %p2, %t, 0;\n  bar.warp.sync 0xffffffff;\n"
     "  @%p2 st.release.gpu.global.u32 [%l0], %r1;\n",
     chain_good, false},
    /* The first block waits for the last of those that fit, which only comes after it. */
    {"first_block_waits_for_last", 200, 32, 0,
     "  setp.ne.u32 %p0, %b, 0;\n  mad.wide.u32 %l0, %b, 4, %out;\n  @%p0 bra WRITE;\n"
     "WAIT:\n  ld.volatile.global.u32 %r1, [%out+28];\n  setp.ne.u32 %p1, %r1, 8;\n  @%p1 bra "
     "WAIT;\n"
     "WRITE:\n  add.u32 %r2, %b, 1;\n  st.volatile.global.u32 [%l0], %r2;\n",
     chain_good, false},
    /* A barrier of the whole grid, by counting; all blocks are resident, so all must go on. */
    {"grid_barrier", 36, 64, 0,
     "  atom.global.add.u32 %r1, [%out+4], 1;\n  bar.sync 0;\n  setp.ne.u32 %p0, %t, 0;\n  @%p0 "
     "bra JOIN;\n"
     "  membar.gl;\n  atom.global.add.u32 %r1, [%out], 1;\n"
     "WAIT:\n  ld.acquire.gpu.global.u32 %r1, [%out];\n  setp.lt.u32 %p1, %r1, 36;\n  @%p1 bra "
     "WAIT;\n"
     "  ld.volatile.global.u32 %r2, [%out+4];\n  setp.ne.u32 %p2, %r2, 2304;\n  @%p2 trap;\n"
     "  atom.global.add.u32 %r1, [%out+8], 1;\n"
     "JOIN:\n  bar.sync 0;\n",
     grid_good, true},
    /* Lane 31 goes first, each other one waits for the lane above: by memory, in a divergent
     * loop. */
    {"lanes_one_by_one", 1, 32, 0,
     "  sub.u32 %r2, 31, %lane;\n  add.u32 %r9, %lane, 1;\n  mad.wide.u32 %l1, %r9, 4, %out;\n"
     "WAIT:\n  ld.volatile.global.u32 %r1, [%out];\n  setp.ne.u32 %p0, %r1, %r2;\n  @%p0 bra "
     "WAIT;\n"
     "  st.global.u32 [%l1], %r1;\n  add.u32 %r1, %r1, 1;\n  st.volatile.global.u32 [%out], %r1;\n",
     lanes_good, false},
    /* Threads that have ended do not count at a barrier. */
    {"some_end_before_a_barrier", 1, 128, 0,
     "  setp.lt.u32 %p0, %t, 50;\n  @%p0 exit;\n"
     "  setp.eq.u32 %p1, %t, 60;\n  @%p1 st.shared.u32 [room], 78;\n  bar.sync 0;\n"
     "  ld.shared.u32 %r1, [room];\n  mad.wide.u32 %l0, %t, 4, %out;\n  st.global.u32 [%l0], "
     "%r1;\n",
     early_good, false},
    /* From sm_70 on, each thread arrives at a barrier by itself: two branches, one barrier. */
    {"barrier_in_two_branches", 1, 64, 0,
     "  mov.u32 %r1, room;\n  mad.lo.u32 %r2, %t, 4, %r1;\n  and.b32 %r3, %t, 1;\n  setp.eq.u32 "
     "%p0, %r3, 0;\n"
     "  st.shared.u32 [%r2], %t;\n  @%p0 bra EVEN;\n  barrier.sync 0;\n  bra JOIN;\nEVEN:\n  "
     "barrier.sync 0;\n"
     "JOIN:\n  sub.u32 %r4, 63, %t;\n  mad.lo.u32 %r4, %r4, 4, %r1;\n  ld.shared.u32 %r5, [%r4];\n"
     "  mad.wide.u32 %l0, %t, 4, %out;\n  st.global.u32 [%l0], %r5;\n",
     divergent_good, false},
    {"break_and_continue", 2, 100, 0,
     "  mov.u32 %r1, 0;\n  mov.u32 %r2, 0;\n  rem.u32 %r3, %i, 40;\n"
     "LOOP:\n  setp.ge.u32 %p0, %r2, 50;\n  @%p0 bra DONE;\n  add.u32 %r4, %i, %r2;\n  rem.u32 "
     "%r4, %r4, 3;\n"
     "  setp.eq.u32 %p1, %r4, 0;\n  @%p1 bra CONTINUE;\n  setp.gt.u32 %p2, %r2, %r3;\n  @%p2 bra "
     "DONE;\n"
     "  add.u32 %r1, %r1, %r2;\nCONTINUE:\n  add.u32 %r2, %r2, 1;\n  bra LOOP;\n"
     "DONE:\n  mad.wide.u32 %l0, %i, 4, %out;\n  st.global.u32 [%l0], %r1;\n",
     break_good, false},
    {"recursion", 1, 64, 0,
     "  rem.u32 %r1, %i, 13;\n  {\n  .param .b32 q;\n  .param .b32 r;\n  st.param.b32 [q], %r1;\n"
     "  call (r), fib, (q);\n  ld.param.b32 %r2, [r];\n  }\n"
     "  mad.wide.u32 %l0, %i, 4, %out;\n  st.global.u32 [%l0], %r2;\n",
     fibonacci_good, false},
    /* ISA, shfl.sync: it waits for all non-exited threads of the mask. */
    {"shfl_without_a_lane_that_ended", 1, 32, 0,
     "  setp.eq.u32 %p0, %lane, 9;\n  @%p0 exit;\n  add.u32 %r2, %lane, 7;\n"
     "  shfl.sync.idx.b32 %r1, %r2, 3, 31, 0xffffffff;\n"
     "  mad.wide.u32 %l0, %t, 4, %out;\n  st.global.u32 [%l0], %r1;\n",
     ended_good, false},

    /* ---- What can never end ---- */
    {"bar_sync_of_half_the_warps", 1, 128, 0,
     "  setp.lt.u32 %p0, %t, 64;\n  @%p0 bar.sync 1, 128;\n  setp.ge.u32 %p0, %t, 64;\n  @%p0 "
     "bar.sync 2, 128;\n",
     NULL, false},
    {"bar_sync_with_a_count_too_high", 1, 64, 0, "  bar.sync 3, 96;\n", NULL, false},
    {"bar_sync_after_some_wait_elsewhere", 1, 64, 0,
     "  setp.eq.u32 %p0, %t, 5;\n  @%p0 bra OTHER;\n  barrier.sync 0;\n  bra END;\nOTHER:\n  "
     "barrier.sync 7;\nEND:\n",
     NULL, false},
    {"shfl_waits_for_lanes_elsewhere", 1, 32, 0,
     "  setp.lt.u32 %p0, %lane, 16;\n  @%p0 bra LOW;\n  shfl.sync.idx.b32 %r1, %lane, 0, 31, "
     "0xffffffff;\n  bra END;\n"
     "LOW:\n  bar.warp.sync 0xffffffff;\nEND:\n  mad.wide.u32 %l0, %t, 4, %out;\n  st.global.u32 "
     "[%l0], %r1;\n",
     NULL, false},
    {"endless_wait_for_memory", 1, 32, 0,
     "WAIT:\n  ld.volatile.global.u32 %r1, [%out];\n  setp.eq.u32 %p0, %r1, 0;\n  @%p0 bra WAIT;\n",
     NULL, false},
    {"two_blocks_wait_for_each_other", 2, 32, 0,
     "  mad.wide.u32 %l0, %b, 4, %out;\n  xor.b32 %r2, %b, 1;\n  mad.wide.u32 %l1, %r2, 4, %out;\n"
     "WAIT:\n  ld.volatile.global.u32 %r1, [%l1];\n  setp.eq.u32 %p0, %r1, 0;\n  @%p0 bra WAIT;\n"
     "  st.volatile.global.u32 [%l0], 1;\n",
     NULL, false},
    {"lock_that_is_never_given_back", 1, 32, 0,
     "LOCK:\n  atom.global.cas.b32 %r1, [%out], 0, 1;\n  setp.ne.u32 %p0, %r1, 0;\n  @%p0 bra "
     "LOCK;\n",
     NULL, false},
};
enum { N_ALL = sizeof all / sizeof *all };

static const char fib[] =
    ".func (.param .b32 result) fib(.param .b32 n)\n{\n  .reg .b32 %a, %b, %c; .reg .pred %p;\n"
    "  ld.param.u32 %a, [n];\n  setp.lt.u32 %p, %a, 2;\n  @%p bra SMALL;\n"
    "  sub.u32 %b, %a, 1;\n  {\n  .param .b32 q;\n  .param .b32 r;\n  st.param.b32 [q], %b;\n"
    "  call (r), fib, (q);\n  ld.param.b32 %c, [r];\n  }\n"
    "  sub.u32 %b, %a, 2;\n  {\n  .param .b32 q;\n  .param .b32 r;\n  st.param.b32 [q], %b;\n"
    "  call (r), fib, (q);\n  ld.param.b32 %b, [r];\n  }\n"
    "  add.u32 %a, %b, %c;\nSMALL:\n  st.param.b32 [result], %a;\n  ret;\n}\n";

static void check_call(CUresult result, const char *call) {
    if (!result) return;
    const char *name = NULL;
    (void)cuGetErrorName(result, &name);
    printf("%s: %s\n", call, name ? name : "?");
    exit(3);
}
#define CHECK(call) check_call(call, #call)

static char *ptx_of(const Progress *p) {
    size_t room = strlen(header) + strlen(fib) + strlen(begin) + strlen(p->body) + 100;
    char *text = malloc(room);
    if (!text) exit(3);
    snprintf(text, room, "%s%s%s%s  ret;\n}\n", header, fib, begin, p->body);
    return text;
}

static int run(const Progress *p) {
    char log[4096] = "", *ptx = ptx_of(p);
    CUdevice device;
    CUcontext context;
    CUmodule module;
    CUfunction kernel;
    CUdeviceptr d_out;
    static uint32_t out[WORDS];
    CHECK(cuInit(0));
    CHECK(cuDeviceGet(&device, 0));
    CHECK(cuDevicePrimaryCtxRetain(&context, device));
    CHECK(cuCtxSetCurrent(context));
    CUjit_option options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
    void *values[] = {log, (void *)sizeof log};
    CUresult result = cuModuleLoadDataEx(&module, ptx, 2, options, values);
    if (result) printf("%s\n", log);
    CHECK(result);
    CHECK(cuModuleGetFunction(&kernel, module, "k"));
    CHECK(cuMemAlloc(&d_out, sizeof out));
    CHECK(cuMemsetD8(d_out, 0, sizeof out));
    unsigned n = p->n;
    void *arguments[] = {&d_out, &n};
    if (p->cooperative)
        CHECK(cuLaunchCooperativeKernel(kernel, p->blocks, 1, 1, p->threads, 1, 1, 0, NULL,
                                        arguments));
    else CHECK(cuLaunchKernel(kernel, p->blocks, 1, 1, p->threads, 1, 1, 0, NULL, arguments, NULL));
    result = cuCtxSynchronize();
    const char *name = NULL;
    (void)cuGetErrorName(result, &name);
    free(ptx);
    if (!p->good) {
        printf("it ended in %s\n", name ? name : "?");
        return result == CUDA_SUCCESS ? 1 : 0;
    }
    check_call(result, "cuCtxSynchronize()");
    CHECK(cuMemcpyDtoH(out, d_out, sizeof out));
    CHECK(cuMemFree(d_out));
    CHECK(cuModuleUnload(module));
    CHECK(cuDevicePrimaryCtxRelease(device));
    if (p->good(out)) return 0;
    printf("wrong: %u %u %u %u %u %u %u %u\n", out[0], out[1], out[2], out[3], out[4], out[5],
           out[6], out[7]);
    return 1;
}

int main(int argc, char **argv) {
    for (int i = 0; argc == 2 && i < N_ALL; i++) {
        if (!strcmp(argv[1], "--list"))
            printf("%s %s\n", all[i].good ? "ends" : "deadlocks", all[i].name);
        else if (!strcmp(argv[1], all[i].name)) return run(&all[i]);
    }
    for (int i = 0; argc == 3 && !strcmp(argv[1], "--ptx") && i < N_ALL; i++)
        if (!strcmp(argv[2], all[i].name)) {
            char *ptx = ptx_of(&all[i]);
            fputs(ptx, stdout);
            free(ptx);
            return 0;
        }
    if (argc == 2 && !strcmp(argv[1], "--list")) return 0;
    fprintf(stderr, "usage: progress NAME | --list | --ptx NAME\n");
    return 2;
}
