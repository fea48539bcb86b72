// SPDX-License-Identifier: MIT
/* move.c - mov: copies, constants, packing and unpacking; and the special registers. */
#include <stdio.h>
#include <string.h>

#include "ops.h"

static bool copy(const Case *c, const uint64_t *in, uint64_t *out) {
    (void)c;
    *out = in[0];
    return true;
}
static bool negated(const Case *c, const uint64_t *in, uint64_t *out) {
    (void)c;
    *out = !in[0];
    return true;
}
/* x[0] and x[1]: the constant's upper and lower 32 bits */
static bool constant(const Case *c, const uint64_t *in, uint64_t *out) {
    (void)in;
    *out = (uint64_t)(uint32_t)c->x[0] << 32 | (uint32_t)c->x[1];
    return true;
}
/* x[0]: bits of an element, x[1]: how many */
static bool pack(const Case *c, const uint64_t *in, uint64_t *out) {
    uint64_t all = (1ull << c->x[0]) - 1;
    *out = 0;
    for (int i = 0; i < c->x[1]; i++) *out |= (in[i] & all) << i * c->x[0];
    return true;
}
static bool unpack(const Case *c, const uint64_t *in, uint64_t *out) {
    uint64_t all = (1ull << c->x[0]) - 1;
    for (int i = 0; i < c->x[1]; i++) out[i] = in[0] >> i * c->x[0] & all;
    return true;
}
static bool high_part(const Case *c, const uint64_t *in, uint64_t *out) {
    (void)c;
    *out = in[0] >> 32;
    return true;
}

static void a_constant(const char *rows, const char *registers, const char *text, uint64_t bits) {
    Case *c = element_case(rows, registers, "a", constant, "%s", text);
    c->x[0] = (int)(uint32_t)(bits >> 32);
    c->x[1] = (int)(uint32_t)bits;
}
static void parts(const char *rows, const char *registers, const char *kinds, Reference *reference,
                  int bits, int n, const char *text) {
    Case *c = element_case(rows, registers, kinds, reference, "%s", text);
    c->x[0] = bits;
    c->x[1] = n;
}

/* ---- Special registers ---- */
enum { WORDS = 32 };
/* Each thread writes 32 words; the block and the grid have three dimensions. */
static bool special_registers(const Case *c) {
    static const char body[] =
        "  .reg .b64 %at; .reg .b32 %b, %s;\n"
        "  mov.u32 %r0, %tid.x; mov.u32 %r1, %tid.y; mov.u32 %r2, %tid.z;\n"
        "  mov.u32 %r3, %ntid.x; mov.u32 %r4, %ntid.y; mov.u32 %r5, %ntid.z;\n"
        "  mov.u32 %r6, %ctaid.x; mov.u32 %r7, %ctaid.y; mov.u32 %r8, %ctaid.z;\n"
        "  mov.u32 %r9, %nctaid.x; mov.u32 %r10, %nctaid.y; mov.u32 %r11, %nctaid.z;\n"
        "  mov.u32 %r12, %laneid; mov.u32 %r13, %warpid;\n"
        "  mov.u32 %r14, %lanemask_eq; mov.u32 %r15, %lanemask_le; mov.u32 %r16, %lanemask_lt;\n"
        "  mov.u32 %r17, %lanemask_ge; mov.u32 %r18, %lanemask_gt;\n"
        "  mov.u32 %r19, %nwarpid; mov.u32 %r20, %smid; mov.u32 %r21, %nsmid;\n"
        "  mov.u32 %r22, %dynamic_smem_size; mov.u32 %r23, %total_smem_size;\n"
        "  mov.u32 %r24, WARP_SZ;\n"
        /* thread in its block, block in its grid, x first */
        "  mad.lo.u32 %s, %r2, %r4, %r1; mad.lo.u32 %s, %s, %r3, %r0;\n"
        "  mad.lo.u32 %b, %r8, %r10, %r7; mad.lo.u32 %b, %b, %r9, %r6;\n"
        "  mul.lo.u32 %r40, %r3, %r4; mul.lo.u32 %r40, %r40, %r5;\n"
        "  mad.lo.u32 %s, %b, %r40, %s;\n"
        "  mad.wide.u32 %at, %s, 128, %out;\n";
    char text[4000];
    size_t n = (size_t)snprintf(text, sizeof text, "%s", body);
    for (int k = 0; k < 25; k++)
        n += (size_t)snprintf(text + n, sizeof text - n, "  st.global.u32 [%%at+%d], %%r%d;\n",
                              4 * k, k);
    enum {
        BX = 5,
        BY = 7,
        BZ = 3,
        GX = 3,
        GY = 2,
        GZ = 2,
        THREADS = BX * BY * BZ,
        ALL = THREADS * GX * GY * GZ
    };
    static uint32_t out[ALL][WORDS], want[ALL][WORDS];
    memset(out, 0xee, sizeof out);
    Kernel kernel = {.body = text,
                     .grid = {GX, GY, GZ},
                     .block = {BX, BY, BZ},
                     .shared = 52,
                     .out = out,
                     .out_bytes = sizeof out};
    if (!run_kernel(c, &kernel)) return false;
    for (unsigned i = 0; i < ALL; i++) {
        unsigned t = i % THREADS, b = i / THREADS, lane = t % 32;
        uint32_t *w = want[i];
        memcpy(w, out[i], sizeof want[i]);
        w[0] = t % BX, w[1] = t / BX % BY, w[2] = t / BX / BY;
        w[3] = BX, w[4] = BY, w[5] = BZ;
        w[6] = b % GX, w[7] = b / GX % GY, w[8] = b / GX / GY;
        w[9] = GX, w[10] = GY, w[11] = GZ;
        w[12] = lane, w[13] = t / 32;
        w[14] = 1u << lane, w[16] = w[14] - 1, w[15] = w[14] | w[16];
        w[17] = ~w[16], w[18] = ~w[15];
        w[22] = 52, w[24] = 32;
        if (w[19] < 4) return complain(c, "%%nwarpid is %u, and there are 4 warps", w[19]);
        if (w[20] >= w[21]) return complain(c, "%%smid is %u of %u", w[20], w[21]);
        if (w[23] < 52)
            return complain(c, "%%total_smem_size is %u, %%dynamic_smem_size 52", w[23]);
    }
    return same32(c, "words of 32 a thread", out[0], want[0], (size_t)ALL * WORDS);
}

/* Reading a vector of special registers as one is not PTX; 16-bit and 64-bit reads are. */
static bool converted(const Case *c) {
    static const char body[] = "  mov.u16 %h0, %tid.x;\n  cvt.u32.u16 %r0, %h0;\n"
                               "  cvt.u64.u32 %l0, %tid.x;\n  cvt.u32.u64 %r1, %l0;\n"
                               "  mad.wide.u32 %l1, %i, 8, %out;\n"
                               "  st.global.v2.u32 [%l1], {%r0, %r1};\n";
    uint32_t out[80][2], want[80][2];
    memset(out, 0xee, sizeof out);
    for (unsigned i = 0; i < 80; i++) want[i][0] = want[i][1] = i % 40;
    Kernel kernel = {.body = body, .grid = {2}, .block = {40}, .out = out, .out_bytes = sizeof out};
    return run_kernel(c, &kernel) && same32(c, "words of 2 a thread", out[0], want[0], 160);
}

/* Clocks never run backwards, and do run; %gridid and the rest can be read. */
static bool clocks(const Case *c) {
    static const char body[] =
        "  mov.u64 %l0, %clock64;\n  mov.u32 %r0, %clock;\n  mov.u64 %l1, %globaltimer;\n"
        "  mov.u32 %r10, 0;\n"
        "LOOP:\n  add.u32 %r10, %r10, 1;\n  setp.lt.u32 %p0, %r10, 500;\n  @%p0 bra LOOP;\n"
        "  nanosleep.u32 2000;\n"
        "  mov.u64 %l2, %clock64;\n  mov.u32 %r1, %clock;\n  mov.u64 %l3, %globaltimer;\n"
        "  mov.u32 %r2, %clock_hi;\n  mov.u32 %r3, %globaltimer_lo;\n  mov.u32 %r4, "
        "%globaltimer_hi;\n"
        "  mov.u64 %l4, %gridid;\n  mov.u32 %r5, %envreg3;\n  mov.u32 %r6, %pm0;\n"
        "  sub.u64 %l2, %l2, %l0;\n  sub.u32 %r1, %r1, %r0;\n  sub.u64 %l3, %l3, %l1;\n"
        "  cvt.u64.u32 %l5, %r1;\n"
        "  mad.wide.u32 %l10, %i, 32, %out;\n"
        "  st.global.u64 [%l10], %l2;\n  st.global.u64 [%l10+8], %l5;\n"
        "  st.global.u64 [%l10+16], %l3;\n  st.global.u64 [%l10+24], %l4;\n";
    int64_t out[64][4];
    memset(out, 0xee, sizeof out);
    Kernel kernel = {.body = body, .block = {64}, .out = out, .out_bytes = sizeof out};
    if (!run_kernel(c, &kernel)) return false;
    for (int i = 0; i < 64; i++) {
        if (out[i][0] <= 0) return complain(c, "%%clock64 moved by %lld", (long long)out[i][0]);
        if (out[i][1] <= 0) return complain(c, "%%clock moved by %lld", (long long)out[i][1]);
        if (out[i][2] < 0) return complain(c, "%%globaltimer moved by %lld", (long long)out[i][2]);
        if (out[i][3] != out[0][3]) return complain(c, "%%gridid differs between threads");
    }
    return true;
}

void add_move_cases(void) {
    static const char *const names[3][4] = {
        {"b16", "u16", "s16", 0}, {"b32", "u32", "s32", "f32"}, {"b64", "u64", "s64", "f64"}};
    static const char *const rows[] = {"mov_b16", "mov_b32", "mov_b64"};
    static const char *const registers[] = {"h:h", "r:r", "l:l"};
    element_case("mov_pred", "p:p", "p", copy, "mov.pred");
    element_case("mov_pred", "p:p", "p", negated,
                 "{ .reg .pred t; not.pred t, $a; mov.pred $d, t; }");
    for (int width = 0; width < 3; width++)
        for (int k = 0; k < 4; k++)
            if (names[width][k])
                element_case(rows[width], registers[width], "a", copy, "mov.%s", names[width][k]);
    a_constant("mov_b16", "h:h", "mov.u16 $d, 0xfedc;", 0xfedc);
    a_constant("mov_b16", "h:h", "mov.s16 $d, -2;", 0xfffe);
    a_constant("mov_b32", "r:r", "mov.b32 $d, 4000000000;", 4000000000u);
    a_constant("mov_b32", "r:r", "mov.s32 $d, -17;", 0xffffffefu);
    a_constant("mov_b32", "r:r", "mov.f32 $d, 0f40490FDB;", 0x40490fdb);
    a_constant("mov_b32", "r:r", "mov.f32 $d, 1.5;", 0x3fc00000);
    a_constant("mov_b32", "r:r", "mov.f32 $d, 0d3FF8000000000000;", 0x3fc00000);
    a_constant("mov_b64", "l:l", "mov.f64 $d, 0d400921FB54442D18;", 0x400921fb54442d18ull);
    a_constant("mov_b64", "l:l", "mov.f64 $d, -2.5e-3;", bits_of(-2.5e-3));
    a_constant("mov_b64", "l:l", "mov.u64 $d, 0xfedcba9876543210;", 0xfedcba9876543210ull);
    a_constant("mov_b64", "l:l", "mov.s64 $d, -1;", ~0ull);
    a_constant("mov_b32", "r:r", "mov.u32 $d, (3 << 4 | 1) + -2 * 5;", 39);
    a_constant("mov_b32", "r:r", "mov.u32 $d, 5 > 4 ? 0b101 : 017;", 5);
    parts("mov_pack_b32", "r:hh", "aa", pack, 16, 2, "mov.b32 $d, {$a, $b};");
    parts("mov_pack_b64", "l:rr", "aa", pack, 32, 2, "mov.b64 $d, {$a, $b};");
    parts("mov_pack_b64", "l:hhhh", "aaaa", pack, 16, 4, "mov.b64 $d, {$a, $b, $c, $x};");
    parts("mov_unpack_b32", "hh:r", "a", unpack, 16, 2, "mov.b32 {$d, $e}, $a;");
    parts("mov_unpack_b64", "rr:l", "a", unpack, 32, 2, "mov.b64 {$d, $e}, $a;");
    parts("mov_unpack_b64", "hhhh:l", "a", unpack, 16, 4, "mov.b64 {$d, $e, $f, $g}, $a;");
    parts("mov_unpack_b64", "r:l", "a", high_part, 0, 0, "mov.b64 {_, $d}, $a;");
    parts("mov_pack_b16", "h:hh", "aa", pack, 8, 2,
          "{ .reg .b8 u, v; cvt.u8.u16 u, $a; cvt.u8.u16 v, $b; mov.b16 $d, {u, v}; }");
    parts("mov_pack_b32", "r:hhhh", "aaaa", pack, 8, 4,
          "{ .reg .b8 u, v, w, z; cvt.u8.u16 u, $a; cvt.u8.u16 v, $b; cvt.u8.u16 w, $c; "
          "cvt.u8.u16 z, $x; mov.b32 $d, {u, v, w, z}; }");
    parts("mov_unpack_b16", "hh:h", "a", unpack, 8, 2,
          "{ .reg .b8 u, v; mov.b16 {u, v}, $a; cvt.u16.u8 $d, u; cvt.u16.u8 $e, v; }");
    parts("mov_unpack_b32", "hhhh:r", "a", unpack, 8, 4,
          "{ .reg .b8 u, v, w, z; mov.b32 {u, v, w, z}, $a; cvt.u16.u8 $d, u; cvt.u16.u8 $e, v; "
          "cvt.u16.u8 $f, w; cvt.u16.u8 $g, z; }");
    custom_case("mov_special", special_registers, "mov.u32 d, %%tid.x and others");
    custom_case("mov_special", converted, "mov.u16 d, %%tid.x");
    custom_case("mov_special nanosleep", clocks, "mov.u64 d, %%clock64; nanosleep.u32 2000");
}
