// SPDX-License-Identifier: MIT
/* memory.c - loads and stores of every type, in every space, as vectors, with every ordering;
 * address conversions.
 *
 * ISA, "Operand Size Exceeding Instruction-Type Size": a register wider than the type is loaded
 * sign-extended for signed types and zero-extended for others; a store takes the low bits. */
#include <stdio.h>
#include <string.h>

#include "ops.h"

static const struct {
    const char *name;
    int bytes, is_signed;
    const char *registers; /* those that may hold it */
} types[] = {{"b8", 1, 0, "hrl"},  {"u8", 1, 0, "hrl"},  {"s8", 1, 1, "hrl"}, {"b16", 2, 0, "hrl"},
             {"u16", 2, 0, "hrl"}, {"s16", 2, 1, "hrl"}, {"b32", 4, 0, "rl"}, {"u32", 4, 0, "rl"},
             {"s32", 4, 1, "rl"},  {"f32", 4, 0, "r"},   {"b64", 8, 0, "l"},  {"u64", 8, 0, "l"},
             {"s64", 8, 1, "l"},   {"f64", 8, 0, "l"}};
enum { N_TYPES = sizeof types / sizeof *types };

static uint64_t element(const unsigned char *memory, int at, int t) {
    uint64_t v = 0;
    int bytes = types[t].bytes;
    for (int i = 0; i < bytes; i++) v |= (uint64_t)memory[at + i] << 8 * i;
    if (types[t].is_signed && bytes < 8 && v >> (8 * bytes - 1)) v |= ~0ull << 8 * bytes;
    return v;
}

/* x[0] type, x[1] offset, x[2] number of elements: of the bytes of in[0], in[1] */
static bool loaded(const Case *c, const uint64_t *in, uint64_t *out) {
    unsigned char memory[32];
    for (int i = 0; i < 32; i++) memory[i] = (unsigned char)(in[i / 8] >> i % 8 * 8);
    for (int k = 0; k < c->x[2]; k++)
        out[k] = element(memory, c->x[1] + k * types[c->x[0]].bytes, c->x[0]);
    return true;
}
/* The same of the constant table. */
static bool from_table(const Case *c, const uint64_t *in, uint64_t *out) {
    unsigned char memory[256];
    for (unsigned i = 0; i < 256; i++) memory[i] = (unsigned char)table_byte(i);
    for (int k = 0; k < c->x[2]; k++)
        out[k] =
            element(memory, (int)(in[0] & 15) * 16 + c->x[1] + k * types[c->x[0]].bytes, c->x[0]);
    return true;
}
/* in[0] (x[2] = 1) is stored into the 8 bytes that in[1] was before, at offset x[1]. */
static bool stored(const Case *c, const uint64_t *in, uint64_t *out) {
    int bytes = types[c->x[0]].bytes;
    uint64_t mask = (bytes == 8 ? ~0ull : (1ull << 8 * bytes) - 1) << 8 * c->x[1];
    *out = (in[1] & ~mask) | (in[0] << 8 * c->x[1] & mask);
    return true;
}
/* Two or four elements are stored into 16 bytes, which then come back as two words. */
static bool stored_vector(const Case *c, const uint64_t *in, uint64_t *out) {
    int bytes = types[c->x[0]].bytes;
    unsigned char memory[16] = {0};
    for (int k = 0; k < c->x[2]; k++)
        for (int i = 0; i < bytes; i++) memory[k * bytes + i] = (unsigned char)(in[k] >> 8 * i);
    out[0] = out[1] = 0;
    for (int i = 0; i < 16; i++) out[i / 8] |= (uint64_t)memory[i] << i % 8 * 8;
    return true;
}

/* How a space is prepared and named in an element's text. */
typedef struct {
    const char *dot; /* ".global" */
    const char *row; /* of the load, of the store */
    const char *store_row;
    const char
        *declare; /* a place of 16 bytes for each lane, its address in s (32) or g (64 bits) */
    const char *place;
    bool from_input; /* loads read the operands where they lie */
} Space;
static const Space shared = {".shared",
                             "ld_shared",
                             "st_shared",
                             ".shared .align 16 .b8 room[2048]; .reg .b32 s; mov.u32 s, room; "
                             "mad.lo.u32 s, %t0, 16, s; ",
                             "s",
                             false};
static const Space local = {".local",
                            "ld_local",
                            "st_local",
                            ".local .align 16 .b8 room[48]; .reg .b32 s, z; mov.u32 s, room; "
                            "and.b32 z, %lane, 1; mad.lo.u32 s, z, 16, s; ",
                            "s",
                            false};
static const Space generic_shared = {
    "",
    "ld cvta",
    "st cvta",
    ".shared .align 16 .b8 room[2048]; .reg .b32 s; mov.u32 s, room; "
    "mad.lo.u32 s, %t0, 16, s; .reg .b64 g; cvt.u64.u32 g, s; "
    "cvta.shared.u64 g, g; ",
    "g",
    false};
static const Space generic_local = {"",
                                    "ld cvta",
                                    "st cvta",
                                    ".local .align 16 .b8 room[32]; .reg .b64 g; mov.u64 g, room; "
                                    "cvta.local.u64 g, g; ",
                                    "g",
                                    false};
#define UPPER_HALF ".reg .b64 g; add.u64 g, %out, 16; "
static const Space global_out = {".global", "ld_global", "st_global", UPPER_HALF, "g", true};
static const Space generic_out = {"", "ld", "st", UPPER_HALF, "g", true};

static void registers_for(char *text, char reg, int n, const char *sources) {
    int at = 0;
    for (int i = 0; i < n; i++) text[at++] = reg;
    snprintf(text + at, 12 - (size_t)at, ":%s", sources);
}

static const char *group_of(int n, const char *const *names) {
    static char text[4][20];
    static int turn;
    char *t = text[turn++ % 4];
    if (n == 1) snprintf(t, 20, "%s", names[0]);
    else if (n == 2) snprintf(t, 20, "{%s, %s}", names[0], names[1]);
    else snprintf(t, 20, "{%s, %s, %s, %s}", names[0], names[1], names[2], names[3]);
    return t;
}
static const char *const results[] = {"$d", "$e", "$f", "$g"};
static const char *const sources[] = {"$a", "$b", "$c", "$x"};

/* A load whose memory is the operands themselves (global), or filled by a store of 16 bytes. */
static Case *load(const Space *space, const char *modifiers, const char *after, int t, char reg,
                  int n) {
    static const char *const vectors[] = {"", "", ".v2", "", ".v4"};
    int bytes = types[t].bytes, offset = n == 1 ? (16 - bytes) / 2 / bytes * bytes : 0;
    if (bytes * n > 16) return NULL;
    char registers[12];
    bool from_input = space->from_input;
    registers_for(registers, reg, n, from_input ? "llll" : "ll");
    Case *c;
    if (from_input)
        c = element_case(space->row, registers, "aaaa", loaded, "ld%s%s%s%s.%s %s, [%%in+%d];",
                         modifiers, space->dot, after, vectors[n], types[t].name,
                         group_of(n, results), offset);
    else
        c = element_case(space->row, registers, "aa", loaded,
                         "{ %sst%s.v2.b64 [%s], {$a, $b}; ld%s%s%s%s.%s %s, [%s+%d]; }",
                         space->declare, space->dot, space->place, modifiers, space->dot, after,
                         vectors[n], types[t].name, group_of(n, results), space->place, offset);
    c->x[0] = t;
    c->x[1] = offset;
    c->x[2] = n;
    c->n = 200;
    return c;
}
static Case *store(const Space *space, const char *modifiers, const char *after, int t, char reg,
                   int n) {
    static const char *const vectors[] = {"", "", ".v2", "", ".v4"};
    int bytes = types[t].bytes, offset = bytes < 4 ? 3 / bytes * bytes : 0;
    if (bytes * n > 16) return NULL;
    char registers[12], in[5] = {reg, 'l', 0};
    Case *c;
    if (n == 1) {
        snprintf(registers, sizeof registers, "l:%s", in);
        c = element_case(space->store_row, registers, "aa", stored,
                         "{ %sst%s.b64 [%s], $b; st%s%s%s.%s [%s+%d], $a; ld%s.b64 $d, [%s]; }",
                         space->declare, space->dot, space->place, modifiers, space->dot, after,
                         types[t].name, space->place, offset, space->dot, space->place);
    } else {
        for (int i = 0; i < n; i++) in[i] = reg;
        in[n] = '\0';
        snprintf(registers, sizeof registers, "ll:%s", in);
        c = element_case(space->store_row, registers, n == 2 ? "aa" : "aaaa", stored_vector,
                         "{ %s.reg .b64 zero; mov.u64 zero, 0; st%s.v2.b64 [%s], {zero, zero}; "
                         "st%s%s%s%s.%s [%s], %s; ld%s.v2.b64 {$d, $e}, [%s]; }",
                         space->declare, space->dot, space->place, modifiers, space->dot, after,
                         vectors[n], types[t].name, space->place, group_of(n, sources), space->dot,
                         space->place);
    }
    c->x[0] = t;
    c->x[1] = offset;
    c->x[2] = n;
    c->n = 200;
    return c;
}

static void all_types(const Space *from, const Space *to) {
    for (int t = 0; t < N_TYPES; t++)
        for (const char *reg = types[t].registers; *reg; reg++)
            for (int n = 1; n <= 4; n *= 2) {
                load(from, "", "", t, *reg, n);
                store(to, "", "", t, *reg, n);
            }
}

/* Orderings, scopes and hints change no value of a thread that is alone. */
static void all_modifiers(void) {
    static const char *const orders[] = {".weak",        ".volatile",    ".relaxed.cta",
                                         ".relaxed.gpu", ".relaxed.sys", ".acquire.cta",
                                         ".acquire.gpu", ".acquire.sys"};
    static const Space *const spaces[] = {&global_out, &generic_out, &shared};
    static const char *const widths[] = {"b8", "u16", "f32", "b64"};
    for (int s = 0; s < 3; s++)
        for (size_t k = 0; k < sizeof orders / sizeof *orders; k++)
            for (int w = 0; w < 4; w++)
                for (int t = 0; t < N_TYPES; t++) {
                    if (strcmp(types[t].name, widths[w]) != 0) continue;
                    char release[20];
                    snprintf(release, sizeof release, "%s", orders[k]);
                    if (!strncmp(release, ".acquire", 8))
                        snprintf(release, sizeof release, ".release%s", orders[k] + 8);
                    char reg = types[t].registers[0];
                    load(spaces[s], orders[k], "", t, reg, 1);
                    store(spaces[s], release, "", t, reg, 1);
                    if (k < 2) load(spaces[s], orders[k], "", t, reg, 2);
                    if (k < 2) store(spaces[s], release, "", t, reg, 2);
                }
    static const char *const cached[] = {".ca",
                                         ".cg",
                                         ".cs",
                                         ".lu",
                                         ".cv",
                                         ".nc",
                                         ".ca.nc",
                                         ".L1::evict_last",
                                         ".L1::no_allocate",
                                         ".L2::128B"};
    static const char *const written[] = {".wb", ".cg", ".cs", ".wt", ".L1::evict_first"};
    int u32 = 7;
    for (size_t k = 0; k < sizeof cached / sizeof *cached; k++)
        load(&global_out, "", cached[k], u32, 'r', 1);
    for (size_t k = 0; k < sizeof written / sizeof *written; k++)
        store(&global_out, "", written[k], u32, 'r', 1);
    load(&global_out, ".mmio.relaxed.sys", "", u32, 'r', 1)->header = newer_header;
    store(&global_out, ".mmio.relaxed.sys", "", u32, 'r', 1)->header = newer_header;
}

static void tables(void) {
    static const char *const vectors[] = {"", "", ".v2", "", ".v4"};
    for (int t = 0; t < N_TYPES; t++)
        for (const char *reg = types[t].registers; *reg; reg++)
            for (int n = 1; n <= 4; n *= 2)
                for (int generic = 0; generic < 2; generic++) {
                    if (types[t].bytes * n > 16) continue;
                    char registers[12];
                    registers_for(registers, *reg, n, "r");
                    Case *c = element_case(
                        generic ? "ld cvta" : "ld_const", registers, "a", from_table,
                        "{ .reg .b64 g; .reg .b32 s; and.b32 s, $a, 15; mov.u64 g, table; "
                        "%smad.wide.u32 g, s, 16, g; ld%s%s.%s %s, [g]; }",
                        generic ? "cvta.const.u64 g, g; " : "", generic ? "" : ".const", vectors[n],
                        types[t].name, group_of(n, results));
                    c->x[0] = t;
                    c->x[2] = n;
                    c->n = 150;
                }
    Case *c =
        element_case("ld_const", "h:r", "a", from_table,
                     "{ .reg .b64 g; .reg .b32 s; and.b32 s, $a, 15; mul.wide.u32 g, s, 16; "
                     ".reg .b64 b; mov.u64 b, table; add.u64 g, g, b; ld.const.u8 $d, [g+3]; }");
    c->x[0] = 1;
    c->x[1] = 3;
    c->x[2] = 1;
    for (int t = 0; t < N_TYPES; t++)
        for (int n = 1; n <= 4; n *= 2) {
            if (types[t].bytes * n > 16) continue;
            char registers[12];
            registers_for(registers, types[t].registers[0], n, "llll");
            c = element_case("ldu", registers, "aaaa", loaded, "ldu.global%s.%s %s, [%%in];",
                             vectors[n], types[t].name, group_of(n, results));
            c->x[0] = t;
            c->x[2] = n;
            c->n = 150;
        }
}

/* ---- Parameters of a kernel: the 4 bytes of n, read as every type ---- */
static bool parameters(const Case *c) {
    char body[6000];
    size_t n = 0;
    static uint64_t out[40], want[40];
    int k = 0;
    const uint32_t value = 0x89abcdefu;
    unsigned char memory[16] = {0xef, 0xcd, 0xab, 0x89};
    memset(out, 0xee, sizeof out);
    memcpy(want, out, sizeof want);
    for (int t = 0; t < N_TYPES; t++) {
        if (types[t].bytes > 4) continue;
        for (int offset = 0; offset + types[t].bytes <= 4; offset += types[t].bytes) {
            if (offset == 1) continue;
            char reg = types[t].registers[strlen(types[t].registers) - 1];
            n += (size_t)snprintf(
                body + n, sizeof body - n,
                "  ld.param.%s %%%c1, [k_n+%d];\n%s  st.global.u64 [%%out+%d], %%l1;\n",
                types[t].name, reg, offset, reg == 'r' ? "  cvt.u64.u32 %l1, %r1;\n" : "", 8 * k);
            want[k++] = element(memory, offset, t);
        }
    }
    n += (size_t)snprintf(body + n, sizeof body - n,
                          "  ld.param.v2.u16 {%%h0, %%h1}, [k_n];\n  mov.b32 %%r1, {%%h1, %%h0};\n"
                          "  cvt.u64.u32 %%l1, %%r1;\n  st.global.u64 [%%out+%d], %%l1;\n",
                          8 * k);
    want[k++] = 0xcdef89abu;
    (void)snprintf(
        body + n, sizeof body - n,
        "  ld.param.v4.u8 {%%r1, %%r2, %%r3, %%r4}, [k_n];\n"
        "  mad.lo.u32 %%r1, %%r1, 1000, %%r2;\n  mad.lo.u32 %%r1, %%r1, 1000, %%r3;\n"
        "  cvt.u64.u32 %%l1, %%r1;\n  add.u64 %%l1, %%l1, 0;\n  st.global.u64 [%%out+%d], %%l1;\n"
        "  cvt.u64.u32 %%l1, %%r4;\n  st.global.u64 [%%out+%d], %%l1;\n",
        8 * k, 8 * k + 8);
    want[k++] = (0xefu * 1000u + 0xcdu) * 1000u + 0xabu;
    want[k++] = 0x89;
    Kernel kernel = {.body = body, .block = {33}, .out = out, .out_bytes = sizeof out, .n = value};
    return run_kernel(c, &kernel) && same64(c, "parameter as every type", out, want, 40);
}

/* ---- Address spaces ---- */
static const char spaces_before[] =
    ".global .align 8 .b8 of_global[64];\n.const .align 8 .b8 of_const[64];\n";
static const char spaces_declared[] =
    "  .shared .align 8 .b8 of_shared[64];\n  .local .align 8 .b8 of_local[64];\n"
    "  mov.u64 %l0, of_global;\n  cvta.global.u64 %l0, %l0;\n"
    "  mov.u64 %l1, of_const;\n  cvta.const.u64 %l1, %l1;\n"
    "  mov.u64 %l2, of_shared;\n  cvta.shared.u64 %l2, %l2;\n"
    "  mov.u64 %l3, of_local;\n  cvta.local.u64 %l3, %l3;\n";
static bool isspacep(const Case *c) {
    static const char *const names[] = {"global", "const", "shared", "local"};
    char body[4000];
    size_t n = (size_t)snprintf(body, sizeof body, "%s", spaces_declared);
    uint32_t out[16], want[16];
    memset(out, 0xee, sizeof out);
    for (int s = 0; s < 4; s++)
        for (int a = 0; a < 4; a++) {
            n += (size_t)snprintf(
                body + n, sizeof body - n,
                "  add.u64 %%l5, %%l%d, 16;\n  isspacep.%s %%p0, %%l5;\n"
                "  selp.u32 %%r0, 1, 0, %%p0;\n  st.global.u32 [%%out+%d], %%r0;\n",
                a, names[s], 4 * (4 * s + a));
            want[4 * s + a] = s == a;
        }
    Kernel kernel = {
        .before = spaces_before, .body = body, .block = {32}, .out = out, .out_bytes = sizeof out};
    return run_kernel(c, &kernel) && same32(c, "isspacep (space * 4 + address)", out, want, 16);
}
/* cvta and cvta.to are each other's inverse, and generic and plain access meet in the same
 * place. */
static bool conversions(const Case *c) {
    static const char *const names[] = {"global", "const", "shared", "local"};
    static const char *const vars[] = {"of_global", "of_const", "of_shared", "of_local"};
    char body[5000];
    size_t n = (size_t)snprintf(body, sizeof body, "%s", spaces_declared);
    uint64_t out[12], want[12] = {0};
    memset(out, 0xee, sizeof out);
    for (int s = 0; s < 4; s++) {
        n += (size_t)snprintf(body + n, sizeof body - n,
                              "  cvta.to.%s.u64 %%l5, %%l%d;\n  mov.u64 %%l6, %s;\n"
                              "  sub.u64 %%l5, %%l5, %%l6;\n  st.global.u64 [%%out+%d], %%l5;\n"
                              "  cvta.%s.u64 %%l7, %s;\n  sub.u64 %%l7, %%l7, %%l%d;\n"
                              "  st.global.u64 [%%out+%d], %%l7;\n",
                              names[s], s, vars[s], 8 * s, names[s], vars[s], s, 32 + 8 * s);
        if (s == 1) continue;
        n += (size_t)snprintf(body + n, sizeof body - n,
                              "  mov.u64 %%l8, %d;\n  st.u64 [%%l%d+8], %%l8;\n"
                              "  ld.%s.u64 %%l9, [%s+8];\n  st.global.u64 [%%out+%d], %%l9;\n",
                              1000 + s, s, names[s], vars[s], 64 + 8 * s);
    }
    for (int s = 0; s < 4; s++) want[8 + s] = s == 1 ? out[9] : (uint64_t)(1000 + s);
    Kernel kernel = {
        .before = spaces_before, .body = body, .block = {1}, .out = out, .out_bytes = sizeof out};
    return run_kernel(c, &kernel) && same64(c, "address", out, want, 12);
}

/* A module's variables and what they begin with. */
static bool initialised(const Case *c) {
    static const char before[] =
        ".global .align 4 .u32 one = 7;\n.global .align 8 .f64 two = 0d3FF8000000000000;\n"
        ".global .align 2 .u16 three[4] = {1, 2, 0xffff};\n.global .align 8 .u64 four[2] = {one, "
        "generic(three)};\n"
        ".const .align 4 .s32 five[2][2] = {{-1, 2}, {3, -4}};\n.global .align 4 .f32 six[2] = "
        "{1.5, 0fC0000000};\n"
        ".visible .global .align 1 .b8 seven[6] = {104, 105, 0};\n";
    static const char body[] =
        "  ld.global.u32 %r0, [one];\n  cvt.u64.u32 %l0, %r0;\n  st.global.u64 [%out], %l0;\n"
        "  ld.global.b64 %l0, [two];\n  st.global.u64 [%out+8], %l0;\n"
        "  ld.global.u64 %l0, [three];\n  st.global.u64 [%out+16], %l0;\n"
        "  ld.global.u64 %l1, [four];\n  ld.global.u32 %r0, [%l1];\n  cvt.u64.u32 %l0, %r0;\n  "
        "st.global.u64 [%out+24], %l0;\n"
        "  ld.global.u64 %l1, [four+8];\n  ld.u16 %r0, [%l1+4];\n  cvt.u64.u32 %l0, %r0;\n  "
        "st.global.u64 [%out+32], %l0;\n"
        "  ld.const.s32 %l0, [five+12];\n  st.global.u64 [%out+40], %l0;\n"
        "  ld.global.u64 %l0, [six];\n  st.global.u64 [%out+48], %l0;\n"
        "  ld.global.u8 %l0, [seven+1];\n  st.global.u64 [%out+56], %l0;\n"
        "  ld.global.u8 %l0, [seven+5];\n  st.global.u64 [%out+64], %l0;\n";
    uint64_t out[9], want[9] = {7,
                                0x3ff8000000000000ull,
                                0x0000ffff00020001ull,
                                7,
                                0xffff,
                                ~3ull,
                                0xc00000003fc00000ull,
                                105,
                                0};
    memset(out, 0xee, sizeof out);
    Kernel kernel = {
        .before = before, .body = body, .block = {1}, .out = out, .out_bytes = sizeof out};
    return run_kernel(c, &kernel) && same64(c, "variable", out, want, 9);
}

/* Dynamic shared memory lies behind the static; each lane has its own local array, by index. */
static bool arrays(const Case *c) {
    static const char before[] = ".extern .shared .align 16 .b8 dynamic[];\n";
    static const char body[] =
        "  .shared .align 4 .b8 fixed[256];\n  .local .align 4 .b8 mine[64];\n"
        "  mov.u32 %r0, fixed;\n  mad.lo.u32 %r0, %t0, 4, %r0;\n"
        "  mov.u32 %r1, dynamic;\n  mad.lo.u32 %r1, %t0, 4, %r1;\n"
        "  st.shared.u32 [%r0], %t0;\n  mul.lo.u32 %r2, %t0, 3;\n  st.shared.u32 [%r1], %r2;\n"
        "  mov.u32 %r10, 0;\n"
        "FILL:\n  mov.u32 %r3, mine;\n  mad.lo.u32 %r3, %r10, 4, %r3;\n  mad.lo.u32 %r4, %t0, 100, "
        "%r10;\n"
        "  st.local.u32 [%r3], %r4;\n  add.u32 %r10, %r10, 1;\n  setp.lt.u32 %p0, %r10, 16;\n  "
        "@%p0 bra FILL;\n"
        "  bar.sync 0;\n"
        "  xor.b32 %r5, %t0, 33;\n  mov.u32 %r0, fixed;\n  mad.lo.u32 %r0, %r5, 4, %r0;\n"
        "  mov.u32 %r1, dynamic;\n  mad.lo.u32 %r1, %r5, 4, %r1;\n"
        "  ld.shared.u32 %r20, [%r0];\n  ld.shared.u32 %r21, [%r1];\n"
        "  and.b32 %r6, %t0, 15;\n  mov.u32 %r3, mine;\n  mad.lo.u32 %r3, %r6, 4, %r3;\n  "
        "ld.local.u32 %r22, [%r3];\n"
        "  mad.wide.u32 %l0, %t0, 16, %out;\n  mov.u32 %r23, 5;\n"
        "  st.global.v4.u32 [%l0], {%r20, %r21, %r22, %r23};\n";
    uint32_t out[64][4], want[64][4];
    memset(out, 0xee, sizeof out);
    for (uint32_t t = 0; t < 64; t++) {
        want[t][0] = t ^ 33;
        want[t][1] = 3 * (t ^ 33);
        want[t][2] = 100 * t + (t & 15);
        want[t][3] = 5;
    }
    Kernel kernel = {.before = before,
                     .body = body,
                     .block = {64},
                     .shared = 256,
                     .out = out,
                     .out_bytes = sizeof out};
    return run_kernel(c, &kernel) && same32(c, "words of 4 a thread", out[0], want[0], 256);
}

static bool same(const Case *c, const uint64_t *in, uint64_t *out) {
    (void)c;
    *out = in[0];
    return true;
}

void add_memory_cases(void) {
    all_types(&global_out, &global_out);
    all_types(&generic_out, &generic_out);
    all_types(&shared, &shared);
    all_types(&local, &local);
    all_types(&generic_shared, &generic_shared);
    all_types(&generic_local, &generic_local);
    all_modifiers();
    tables();
    custom_case("ld_param", parameters, "ld.param of every type");
    custom_case("isspacep cvta", isspacep, "isspacep.{global,const,shared,local}");
    custom_case("cvta_to cvta ld st", conversions, "cvta.to.{global,const,shared,local}.u64");
    custom_case("ld_global ld_const", initialised, "variables with initialisers");
    custom_case("ld_shared st_shared ld_local st_local", arrays,
                "static, dynamic shared and local arrays");
    static const struct {
        const char *row, *text;
    } quiet[] = {{"prefetch", "prefetch.global.L1 [%in];"},
                 {"prefetch", "prefetch.global.L2 [%in+8];"},
                 {"prefetch", "prefetch.L2 [%in];"},
                 {"prefetch", "prefetch.global.L2::evict_last [%in];"},
                 {"prefetchu", "prefetchu.L1 [%in];"},
                 {"membar", "membar.cta;"},
                 {"membar", "membar.gl;"},
                 {"membar", "membar.sys;"},
                 {"fence", "fence.sc.cta;"},
                 {"fence", "fence.acq_rel.gpu;"},
                 {"fence", "fence.sys;"}};
    for (size_t i = 0; i < sizeof quiet / sizeof *quiet; i++) {
        Case *c = element_case(quiet[i].row, "l:l", "a", same, "%s mov.b64 $d, $a;", quiet[i].text);
        c->n = 100;
    }
}
