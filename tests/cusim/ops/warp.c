// SPDX-License-Identifier: MIT
/* warp.c - what the lanes of a warp do together: shfl, vote, match, redux, activemask, bar.warp.
 *
 * Blocks have 44 threads: a full warp, and one of 12 lanes. Each instruction is tried by all lanes,
 * and in a branch that some of them take; the others must keep what they have. */
#include <stdio.h>
#include <string.h>

#include "ops.h"

enum { THREADS = 44, BLOCKS = 8, TOTAL = THREADS * BLOCKS, WORDS = 4 };

/* Who takes part: x[1]. */
enum { ALL, EVERY_THIRD, LOWER_TEN, N_WHO };
static bool takes_part(int who, unsigned lane) {
    return who == ALL || (who == EVERY_THIRD ? lane % 3 == 1 : lane < 10);
}
/* The lanes of a warp that exist and take part. */
static uint32_t members(int who, unsigned warp) {
    uint32_t mask = 0;
    for (unsigned lane = 0; lane < (warp ? THREADS - 32u : 32u); lane++)
        if (takes_part(who, lane)) mask |= 1u << lane;
    return mask;
}

/* in: 4 words a thread: value, b, c, predicate. Ready are %r0-%r3 and %p0; %r10 is the member
 * mask. The instruction stands in a branch for those who take part; %r20, %r21 and %p1 are its
 * results. */
static const char before_part[] =
    "  .reg .b64 %%mine, %%put;\n  .reg .pred %%go;\n"
    "  mad.wide.u32 %%mine, %%i, 16, %%in;\n  mad.wide.u32 %%put, %%i, 16, %%out;\n"
    "  ld.global.v4.u32 {%%r0, %%r1, %%r2, %%r3}, [%%mine];\n  setp.ne.u32 %%p0, %%r3, 0;\n"
    "  mov.b64 %%l0, {%%r0, %%r3};\n"
    "  mov.u32 %%r20, 0x1111;\n  mov.u32 %%r21, 0x2222;\n  mov.u64 %%l20, 0;\n  setp.eq.u32 %%p1, "
    "0, 1;\n"
    "%s"
    "  vote.sync.ballot.b32 %%r10, %%go, %s;\n"
    "  @!%%go bra OUT;\n  %s\nOUT:\n"
    "  selp.u32 %%r22, 1, 0, %%p1;\n"
    "  st.global.v4.u32 [%%put], {%%r20, %%r21, %%r22, %%r10};\n";

static uint32_t in[TOTAL][WORDS], out[TOTAL][WORDS], want[TOTAL][WORDS];

/* The block's second warp has 12 lanes; a vote must name lanes that are there. */
static bool run(const Case *c, const char *instruction) {
    static const char *const who[] = {"  setp.eq.u32 %go, 0, 0;\n",
                                      "  rem.u32 %r30, %lane, 3;\n  setp.eq.u32 %go, %r30, 1;\n",
                                      "  setp.lt.u32 %go, %lane, 10;\n"};
    char body[3000], choose[400];
    snprintf(choose, sizeof choose,
             "%s  setp.lt.u32 %%p5, %%t0, 32;\n  selp.u32 %%r31, 0xffffffff, 0xfff, %%p5;\n",
             who[c->x[1]]);
    snprintf(body, sizeof body, before_part, choose, "%r31", instruction);
    memset(out, 0xee, sizeof out);
    for (unsigned i = 0; i < TOTAL; i++) {
        want[i][0] = 0x1111;
        want[i][1] = 0x2222;
        want[i][2] = 0;
        want[i][3] = members(c->x[1], i % THREADS / 32);
    }
    Kernel kernel = {.body = body,
                     .grid = {BLOCKS},
                     .block = {THREADS},
                     .in = in,
                     .in_bytes = sizeof in,
                     .out = out,
                     .out_bytes = sizeof out,
                     .header = c->header};
    return run_kernel(c, &kernel);
}

static unsigned lane_of(unsigned i) { return i % THREADS % 32; }
static unsigned first_of_warp(unsigned i) { return i - lane_of(i); }
static uint32_t mask_of(const Case *c, unsigned i) { return members(c->x[1], i % THREADS / 32); }

static bool compare(const Case *c) {
    for (unsigned i = 0; i < TOTAL; i++)
        for (int w = 0; w < WORDS; w++)
            if (out[i][w] != want[i][w])
                return complain(c,
                                "block %u thread %u (a=0x%x b=0x%x c=0x%x p=%u, members 0x%08x): "
                                "%s is 0x%08x, wanted 0x%08x",
                                i / THREADS, i % THREADS, in[i][0], in[i][1], in[i][2], in[i][3],
                                mask_of(c, i),
                                w == 0   ? "d"
                                : w == 1 ? "e"
                                : w == 2 ? "p"
                                         : "the member mask",
                                out[i][w], want[i][w]);
    return true;
}

/* ---- shfl: x[0] the mode, x[2] the kind of c, x[3] constant b and c ---- */
static const char *const modes[] = {"up", "down", "bfly", "idx"};
static bool shuffle(const Case *c) {
    static const uint32_t controls[] = {0, 31, 0x1f1f, 0x1800 | 7, 0x1c03, 0x101f, 0x1807, 0x1c1f};
    random_start(77 + (uint64_t)c->x[0]);
    for (unsigned i = 0; i < TOTAL; i++) {
        in[i][0] = (uint32_t)random64();
        in[i][1] = (uint32_t)(i / THREADS % 2 ? random64() % 40 : 1 + i / THREADS);
        in[i][2] = controls[c->x[2] < 0 ? random64() % 8 : (unsigned)c->x[2]];
        in[i][3] = 0;
    }
    char text[100];
    if (c->header)
        snprintf(text, sizeof text, "shfl.%s.b32 %%r20|%%p1, %%r0, %%r1, %%r2;", modes[c->x[0]]);
    else
        snprintf(text, sizeof text, "shfl.sync.%s.b32 %%r20|%%p1, %%r0, %%r1, %%r2, %%r10;",
                 modes[c->x[0]]);
    if (!run(c, text)) return false;
    for (unsigned i = 0; i < TOTAL; i++) {
        unsigned lane = lane_of(i);
        if (!takes_part(c->x[1], lane)) continue;
        int b = (int)(in[i][1] & 31), cval = (int)(in[i][2] & 31),
            segment = (int)(in[i][2] >> 8 & 31);
        int most = ((int)lane & segment) | (cval & ~segment), least = (int)lane & segment, j;
        bool valid;
        switch (c->x[0]) {
        case 0: j = (int)lane - b, valid = j >= most; break;
        case 1: j = (int)lane + b, valid = j <= most; break;
        case 2: j = (int)lane ^ b, valid = j <= most; break;
        default: j = least | (b & ~segment), valid = j <= most; break;
        }
        if (!valid) j = (int)lane;
        want[i][2] = valid;
        if (j >= 0 && j < 32 && mask_of(c, i) >> j & 1)
            want[i][0] = in[first_of_warp(i) + (unsigned)j][0];
        else want[i][0] = out[i][0]; /* ISA: undefined, if the source lane is not active */
    }
    return compare(c);
}

/* ---- vote: x[0] 0 all, 1 any, 2 uni, 3 ballot; x[2] what the lanes say; x[3] negated ---- */
static void predicates(int kind) {
    random_start(5);
    for (unsigned i = 0; i < TOTAL; i++) {
        unsigned lane = lane_of(i);
        in[i][0] = (uint32_t)random64();
        in[i][1] = in[i][2] = 0;
        const bool answers[] = {false, true, lane % 3 == 1, lane != 4, random64() & 1};
        in[i][3] = answers[kind];
    }
}
static bool vote(const Case *c) {
    static const char *const names[] = {"all", "any", "uni", "ballot"};
    const char *p = c->x[3] ? "!%p0" : "%p0", *sync = c->header ? "" : ".sync",
               *mask = c->header ? "" : ", %r10";
    predicates(c->x[2]);
    char text[100];
    if (c->x[0] == 3) snprintf(text, sizeof text, "vote%s.ballot.b32 %%r20, %s%s;", sync, p, mask);
    else snprintf(text, sizeof text, "vote%s.%s.pred %%p1, %s%s;", sync, names[c->x[0]], p, mask);
    if (!run(c, text)) return false;
    for (unsigned i = 0; i < TOTAL; i++) {
        uint32_t mask_bits = mask_of(c, i), ballot = 0;
        if (!takes_part(c->x[1], lane_of(i))) continue;
        for (unsigned j = 0; j < 32; j++)
            if (mask_bits >> j & 1 && (in[first_of_warp(i) + j][3] != 0) != (c->x[3] != 0))
                ballot |= 1u << j;
        if (c->x[0] == 3) want[i][0] = ballot;
        else
            want[i][2] = c->x[0] == 0   ? ballot == mask_bits
                         : c->x[0] == 1 ? ballot != 0
                                        : ballot == 0 || ballot == mask_bits;
    }
    return compare(c);
}

/* ---- match: x[0] all, x[2] 64 bits ---- */
static bool match(const Case *c) {
    random_start(9);
    for (unsigned i = 0; i < TOTAL; i++) {
        unsigned block = i / THREADS;
        in[i][0] = block == 0 ? 42 : (uint32_t)(random64() % (block + 1));
        in[i][3] = block == 1 ? lane_of(i) / 16 : 1; /* the upper half of a 64-bit value */
        in[i][1] = in[i][2] = 0;
    }
    char text[100];
    snprintf(text, sizeof text,
             c->x[0] ? "match.all.sync.b%d %%r20|%%p1, %s, %%r10;"
                     : "match.any.sync.b%d %%r20, %s, %%r10;",
             c->x[2] ? 64 : 32, c->x[2] ? "%l0" : "%r0");
    if (!run(c, text)) return false;
    for (unsigned i = 0; i < TOTAL; i++) {
        uint32_t mask = mask_of(c, i), equal = 0;
        if (!takes_part(c->x[1], lane_of(i))) continue;
        for (unsigned j = 0; j < 32; j++) {
            if (!(mask >> j & 1)) continue; /* the last warp has fewer lanes */
            const uint32_t *other = in[first_of_warp(i) + j];
            if (other[0] == in[i][0] && (!c->x[2] || other[3] == in[i][3])) equal |= 1u << j;
        }
        want[i][0] = c->x[0] ? (equal == mask ? mask : 0) : equal;
        if (c->x[0]) want[i][2] = equal == mask;
    }
    return compare(c);
}

/* ---- redux: x[0] 0 add, 1 min, 2 max, 3 and, 4 or, 5 xor; x[2] signed ---- */
static const char *const reductions[] = {"add", "min", "max", "and", "or", "xor"};
static bool redux(const Case *c) {
    int op = c->x[0];
    random_start(13);
    for (unsigned i = 0; i < TOTAL; i++) {
        in[i][0] = (uint32_t)random64();
        if (i / THREADS == 1) in[i][0] |= 0xfff0fff0u;
        if (i / THREADS == 2) in[i][0] &= 0x7fffu;
        in[i][1] = in[i][2] = in[i][3] = 0;
    }
    char text[100];
    snprintf(text, sizeof text, "redux.sync.%s.%s %%r20, %%r0, %%r10;", reductions[op],
             op > 2    ? "b32"
             : c->x[2] ? "s32"
                       : "u32");
    if (!run(c, text)) return false;
    for (unsigned i = 0; i < TOTAL; i++) {
        uint32_t mask = mask_of(c, i), sum = 0;
        bool first = true;
        if (!takes_part(c->x[1], lane_of(i))) continue;
        for (unsigned j = 0; j < 32; j++) {
            if (!(mask >> j & 1)) continue;
            uint32_t v = in[first_of_warp(i) + j][0];
            bool below = c->x[2] ? (int32_t)v < (int32_t)sum : v < sum;
            if (first) sum = v;
            else if (op == 0) sum += v;
            else if (op == 1) sum = below ? v : sum;
            else if (op == 2) sum = below ? sum : v;
            else if (op == 3) sum &= v;
            else if (op == 4) sum |= v;
            else sum ^= v;
            first = false;
        }
        want[i][0] = sum;
    }
    return compare(c);
}

static bool activemask(const Case *c) {
    predicates(0);
    /* Lanes that have left a branch may or may not be together again; bar.warp.sync brings them. */
    if (!run(c, "bar.warp.sync %r10; activemask.b32 %r20; bar.warp.sync %r10;")) return false;
    for (unsigned i = 0; i < TOTAL; i++)
        if (takes_part(c->x[1], lane_of(i))) want[i][0] = mask_of(c, i);
    return compare(c);
}

/* bar.warp.sync: what a lane writes before, all may read after. */
static bool bar_warp(const Case *c) {
    static const char body[] =
        "  .shared .align 4 .b8 room[128];\n  mov.u32 %r0, room;\n  mad.lo.u32 %r1, %lane, 4, "
        "%r0;\n"
        "  mov.u32 %r2, 0;\n"
        /* lanes come at different times */
        "WAIT:\n  add.u32 %r2, %r2, 1;\n  setp.le.u32 %p0, %r2, %lane;\n  @%p0 bra WAIT;\n"
        "  mad.lo.u32 %r3, %lane, 7, 3;\n  st.volatile.shared.u32 [%r1], %r3;\n"
        "  bar.warp.sync 0xffffffff;\n"
        "  xor.b32 %r4, %lane, 21;\n  mad.lo.u32 %r4, %r4, 4, %r0;\n  ld.volatile.shared.u32 %r5, "
        "[%r4];\n"
        "  mad.wide.u32 %l0, %lane, 4, %out;\n  st.global.u32 [%l0], %r5;\n";
    uint32_t got[32], expected[32];
    memset(got, 0, sizeof got);
    for (uint32_t i = 0; i < 32; i++) expected[i] = (i ^ 21) * 7 + 3;
    Kernel kernel = {.body = body, .block = {32}, .out = got, .out_bytes = sizeof got};
    return run_kernel(c, &kernel) && same32(c, "lane", got, expected, 32);
}

/* Two halves of a warp, each waiting for the other's lanes at two different instructions in
 * turn. */
static bool halves(const Case *c) {
    static const char body[] =
        "  setp.lt.u32 %p0, %lane, 16;\n  mov.u32 %r0, 0xffff;\n  mov.u32 %r1, 0xffff0000;\n"
        "  @%p0 bra LOW;\n"
        "  shfl.sync.bfly.b32 %r2, %lane, 1, 31, %r1;\n  bar.warp.sync 0xffffffff;\n"
        "  redux.sync.add.u32 %r3, %r2, 0xffffffff;\n  bra JOIN;\n"
        "LOW:\n  shfl.sync.bfly.b32 %r2, %lane, 2, 31, %r0;\n  vote.sync.any.pred %p1, %p0, "
        "0xffff;\n"
        "  bar.warp.sync 0xffffffff;\n  redux.sync.add.u32 %r3, %r2, 0xffffffff;\n"
        "JOIN:\n  mad.wide.u32 %l0, %lane, 8, %out;\n  st.global.v2.u32 [%l0], {%r2, %r3};\n";
    uint32_t got[32][2], expected[32][2];
    memset(got, 0, sizeof got);
    for (uint32_t i = 0; i < 32; i++) {
        expected[i][0] = i < 16 ? i ^ 2 : i ^ 1;
        expected[i][1] = 31 * 16;
    }
    Kernel kernel = {.body = body, .block = {32}, .out = got, .out_bytes = sizeof got};
    return run_kernel(c, &kernel) && same32(c, "words of 2 a lane", got[0], expected[0], 64);
}

/* Two halves write in branches of their own, and read, still there, what the other one wrote. */
static bool bar_warp_in_branches(const Case *c) {
    static const char body[] =
        "  .shared .align 4 .b8 room[128];\n  mov.u32 %r0, room;\n  mad.lo.u32 %r1, %lane, 4, "
        "%r0;\n"
        "  xor.b32 %r2, %lane, 17;\n  mad.lo.u32 %r2, %r2, 4, %r0;\n  mov.u32 %r3, 0;\n"
        "  st.volatile.shared.u32 [%r1], %r3;\n  setp.lt.u32 %p0, %lane, 16;\n  @%p0 bra LOW;\n"
        "  add.u32 %r4, %lane, 100;\n  st.volatile.shared.u32 [%r1], %r4;\n  bar.warp.sync "
        "0xffffffff;\n"
        "  ld.volatile.shared.u32 %r5, [%r2];\n  bra JOIN;\n"
        "LOW:\n  add.u32 %r4, %lane, 200;\n  st.volatile.shared.u32 [%r1], %r4;\n  bar.warp.sync "
        "0xffffffff;\n"
        "  ld.volatile.shared.u32 %r5, [%r2];\n"
        "JOIN:\n  mad.wide.u32 %l0, %lane, 4, %out;\n  st.global.u32 [%l0], %r5;\n";
    uint32_t got[32], expected[32];
    memset(got, 0, sizeof got);
    for (uint32_t i = 0; i < 32; i++) expected[i] = (i ^ 17) + (i < 16 ? 100 : 200);
    Kernel kernel = {.body = body, .block = {32}, .out = got, .out_bytes = sizeof got};
    return run_kernel(c, &kernel) && same32(c, "lane", got, expected, 32);
}

void add_warp_cases(void) {
    static const char *const who[] = {"all lanes", "every third lane", "the lower ten lanes"};
    for (int w = 0; w < N_WHO; w++) {
        for (int mode = 0; mode < 4; mode++)
            for (int control = -1; control < 8; control++)
                for (int old = 0; old < 2; old++) {
                    if (old && control > 1) continue;
                    Case *c = custom_case(old ? "shfl" : "shfl_sync", shuffle,
                                          "shfl%s.%s.b32, control %d, %s", old ? "" : ".sync",
                                          modes[mode], control, who[w]);
                    c->x[0] = mode;
                    c->x[1] = w;
                    c->x[2] = control;
                    if (old) c->header = sm60_header;
                }
        for (int kind = 0; kind < 4; kind++)
            for (int said = 0; said < 5; said++)
                for (int k = 0; k < 4; k++) {
                    bool old = k & 1;
                    const char *row = old ? (kind == 3 ? "vote_ballot" : "vote_pred")
                                          : (kind == 3 ? "vote_sync_ballot" : "vote_sync_pred");
                    Case *c = custom_case(row, vote, "vote%s.%s %s, lanes' answer %d, %s",
                                          old ? "" : ".sync",
                                          kind == 0   ? "all"
                                          : kind == 1 ? "any"
                                          : kind == 2 ? "uni"
                                                      : "ballot",
                                          k & 2 ? "!p" : "p", said, who[w]);
                    c->x[0] = kind;
                    c->x[1] = w;
                    c->x[2] = said;
                    c->x[3] = k >> 1;
                    if (old) c->header = sm60_header;
                }
        for (int k = 0; k < 4; k++) {
            Case *c = custom_case(k & 1 ? "match_all" : "match_any", match, "match.%s.sync.b%d, %s",
                                  k & 1 ? "all" : "any", k & 2 ? 64 : 32, who[w]);
            c->x[0] = k & 1;
            c->x[1] = w;
            c->x[2] = k >> 1;
        }
        for (int op = 0; op < 6; op++)
            for (int is_signed = 0; is_signed < (op < 3 ? 2 : 1); is_signed++) {
                Case *c = custom_case(op < 3 ? "redux_int" : "redux_bits", redux,
                                      "redux.sync.%s.%s, %s", reductions[op],
                                      op > 2      ? "b32"
                                      : is_signed ? "s32"
                                                  : "u32",
                                      who[w]);
                c->x[0] = op;
                c->x[1] = w;
                c->x[2] = is_signed;
            }
        custom_case("activemask bar_warp", activemask, "activemask.b32, %s", who[w])->x[1] = w;
    }
    custom_case("bar_warp", bar_warp, "bar.warp.sync, lanes that come at different times");
    custom_case("bar_warp", bar_warp_in_branches, "bar.warp.sync in two branches");
    custom_case("bar_warp shfl_sync redux_int vote_sync_pred", halves, "two halves of a warp");
}
