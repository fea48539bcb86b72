// SPDX-License-Identifier: MIT
/* atomic.c - atom and red. Each operator, type and space is tried twice: alone, where the old
 * and the new value are known exactly, and with all threads of a grid at the same place, where
 * nothing may be lost. */
#include <stdio.h>
#include <string.h>

#include "ops.h"
#include "soft.h"

enum { AND, OR, XOR, EXCH, CAS, ADD, INC, DEC, MIN, MAX };
enum { B16, B32, B64, U32, S32, U64, S64, F32, F64, F16, F16X2 };
static const char *const type_names[] = {"b16", "b32", "b64", "u32", "s32",  "u64",
                                         "s64", "f32", "f64", "f16", "f16x2"};
static const int type_bytes[] = {2, 4, 8, 4, 4, 8, 8, 4, 8, 2, 4};

static const struct {
    const char *name;
    int operation, type;
    const char *row, *red_row;
} all[] = {{"and", AND, B32, "atom_and", "red_and"},
           {"and", AND, B64, "atom_and", "red_and"},
           {"or", OR, B32, "atom_or", "red_or"},
           {"or", OR, B64, "atom_or", "red_or"},
           {"xor", XOR, B32, "atom_xor", "red_xor"},
           {"xor", XOR, B64, "atom_xor", "red_xor"},
           {"exch", EXCH, B32, "atom_exch", NULL},
           {"exch", EXCH, B64, "atom_exch", NULL},
           {"cas", CAS, B16, "atom_cas", NULL},
           {"cas", CAS, B32, "atom_cas", NULL},
           {"cas", CAS, B64, "atom_cas", NULL},
           {"add", ADD, U32, "atom_add_int", "red_add_int"},
           {"add", ADD, S32, "atom_add_int", "red_add_int"},
           {"add", ADD, U64, "atom_add_int", "red_add_int"},
           {"add", ADD, F32, "atom_add_f32", "red_add_f32"},
           {"add", ADD, F64, "atom_add_f64", "red_add_f64"},
           {"add.noftz", ADD, F16, "atom_add_f16", "red_add_f16"},
           {"add.noftz", ADD, F16X2, "atom_add_f16", "red_add_f16"},
           {"inc", INC, U32, "atom_inc", "red_inc"},
           {"dec", DEC, U32, "atom_dec", "red_dec"},
           {"min", MIN, U32, "atom_min", "red_min"},
           {"min", MIN, S32, "atom_min", "red_min"},
           {"min", MIN, U64, "atom_min", "red_min"},
           {"min", MIN, S64, "atom_min", "red_min"},
           {"max", MAX, U32, "atom_max", "red_max"},
           {"max", MAX, S32, "atom_max", "red_max"},
           {"max", MAX, U64, "atom_max", "red_max"},
           {"max", MAX, S64, "atom_max", "red_max"}};
enum { N_ALL = sizeof all / sizeof *all };

/* The register of a type of so many bytes. */
static char letter(int bytes) { return "..h.r...l"[bytes]; }

static bool less(int type, uint64_t a, uint64_t b) {
    if (type == S32) return (int32_t)a < (int32_t)b;
    if (type == S64) return (int64_t)a < (int64_t)b;
    return a < b;
}
static uint64_t add(int type, uint64_t a, uint64_t b) {
    switch (type) {
    case F32: /* ISA: in global memory subnormals are flushed: not among the values */
        return soft_add(f32, RN, a, b);
    case F64: return soft_add(f64, RN, a, b);
    case F16: return soft_add(f16, RN, a, b);
    case F16X2:
        return soft_add(f16, RN, a & 0xffff, b & 0xffff) |
               soft_add(f16, RN, a >> 16 & 0xffff, b >> 16 & 0xffff) << 16;
    default: return a + b;
    }
}
static uint64_t after(int operation, int type, uint64_t old, uint64_t b, uint64_t swap) {
    switch (operation) {
    case AND: return old & b;
    case OR: return old | b;
    case XOR: return old ^ b;
    case EXCH: return b;
    case CAS: return old == b ? swap : old;
    case ADD: return add(type, old, b);
    case INC: return old >= b ? 0 : old + 1;
    case DEC: return old == 0 || old > b ? b : old - 1;
    case MIN: return less(type, b, old) ? b : old;
    default: return less(type, old, b) ? b : old;
    }
}
/* d the old value, e the new; a is in memory, b and c are the operands. x[3]: red, which has no
 * d */
static bool alone(const Case *c, const uint64_t *in, uint64_t *out) {
    int type = c->x[1];
    if (type == F32 && (soft_is_subnormal(f32, in[0]) || soft_is_subnormal(f32, in[1])))
        return false;
    uint64_t mask = type_bytes[type] == 8 ? ~0ull : (1ull << 8 * type_bytes[type]) - 1;
    uint64_t updated = after(c->x[0], type, in[0] & mask, in[1] & mask, in[2]) & mask;
    if (type == F32 && soft_is_subnormal(f32, updated)) return false;
    out[0] = updated;
    out[1] = c->x[3] ? 0 : in[0];
    return true;
}

typedef struct {
    const char *dot, *declare, *place;
} Space;
static const Space spaces[] = {
    {".global", ".reg .b64 g; add.u64 g, %out, 16; ", "g"},
    {"", ".reg .b64 g; add.u64 g, %out, 16; ", "g"},
    {".shared",
     ".shared .align 16 .b8 room[2048]; .reg .b32 s; mov.u32 s, room; mad.lo.u32 s, %t0, 16, s; ",
     "s"},
    {"",
     ".shared .align 16 .b8 room[2048]; .reg .b32 s; mov.u32 s, room; mad.lo.u32 s, %t0, 16, s; "
     ".reg .b64 g; cvt.u64.u32 g, s; cvta.shared.u64 g, g; ",
     "g"}};

static void alone_case(int k, int space, const char *order, bool red) {
    int type = all[k].type;
    char reg = letter(type_bytes[type]), registers[10];
    bool cas = all[k].operation == CAS;
    snprintf(registers, sizeof registers, "%c%c:%c%c%s", reg, reg, reg, reg,
             cas ? (char[]){reg, 0} : "");
    const char *kinds = type == F32     ? "ff"
                        : type == F64   ? "dd"
                        : type == F16   ? "ee"
                        : type == F16X2 ? "EE"
                                        : "aaa";
    const Space *s = &spaces[space];
    Case *c = element_case(
        red ? all[k].red_row : all[k].row, registers,
        cas        ? "aaa"
        : kinds[2] ? "aa"
                   : kinds,
        alone, "{ %sst%s.b%d [%s], $a; %s%s%s.%s.%s %s[%s], $b%s; %s ld%s.b%d $d, [%s]; }",
        s->declare, s->dot, 8 * type_bytes[type], s->place, red ? "red" : "atom", order, s->dot,
        all[k].name, type_names[type], red ? "" : "$e, ", s->place, cas ? ", $c" : "",
        !red         ? ""
        : reg == 'h' ? "mov.b16 $e, 0;"
        : reg == 'r' ? "mov.b32 $e, 0;"
                     : "mov.b64 $e, 0;",
        s->dot, 8 * type_bytes[type], s->place);
    c->x[0] = all[k].operation;
    c->x[1] = type;
    c->x[3] = red;
    c->compare = type == F32     ? NAN_F32
                 : type == F64   ? NAN_F64
                 : type == F16   ? NAN_F16
                 : type == F16X2 ? NAN_F16X2
                                 : EXACT;
    c->n = 500;
}

/* ---- All at one place ---- x[0] which of all, x[1] space, x[2] red */
enum { THREADS = 100, BLOCKS = 7, TOTAL = THREADS * BLOCKS };

/* What thread t brings, as text for a register of the type and as a number. */
static uint64_t brings(int k, unsigned t) {
    switch (all[k].operation) {
    case AND: return ~(uint64_t)(1ull << t % 61);
    case OR: return t % 3 ? 1ull << t % 63 : 0;
    case XOR: return (uint64_t)t * 0x9e3779b97f4a7c15ull;
    case INC:
    case DEC: return 36;
    case ADD:
        switch (all[k].type) {
        case F32: return bits_of_float((float)(t % 5));
        case F64: return bits_of((double)(t % 7) * 0.25);
        case F16: return t % 2 ? 0x3c00 : 0; /* 1.0 */
        case F16X2: return t % 2 ? 0x3c004000 : 0x40000000;
        default: return (uint64_t)t * 0x100000001ull;
        }
    case MIN:
    case MAX: return (uint64_t)(t * 2654435761u) * 0x100000001ull;
    default: return t + 1;
    }
}

/* The place lies in global or in shared memory; there each block has its own, which thread 0
 * clears and, at the end, adds to the results: out[0] of block 0, out[1] of block 1, ... Old
 * values follow. */
static bool together(const Case *c) {
    int k = c->x[0], type = all[k].type, bytes = type_bytes[type];
    bool red = c->x[2] != 0, in_shared = c->x[1] >= 2, generic = c->x[1] & 1;
    char body[3000], reg = letter(bytes);
    const char *dot = generic ? "" : in_shared ? ".shared" : ".global";
    static uint64_t in[TOTAL], out[8 + TOTAL];
    memset(out, 0, sizeof out);
    uint64_t begin = all[k].operation == AND || all[k].operation == MIN ? ~0ull : 0;
    if (all[k].operation == MIN && (type == S32 || type == S64)) begin = 0x7fffffff7fffffffull;
    for (int i = 0; i < 8; i++) out[i] = begin;
    for (unsigned t = 0; t < TOTAL; t++) in[t] = brings(k, t);
    snprintf(body, sizeof body,
             "  .shared .align 8 .b8 cell[8];\n  .reg .b64 %%at, %%mine;\n"
             "  mad.wide.u32 %%l0, %%i, 8, %%in;\n  ld.global.b%d %%%c1, [%%l0];\n"
             "  mad.wide.u32 %%mine, %%t1, 8, %%out;\n"
             "  ld.global.b64 %%l2, [%%mine];\n  setp.eq.u32 %%p0, %%t0, 0;\n"
             "  @%%p0 st.shared.b64 [cell], %%l2;\n  bar.sync 0;\n"
             "  mov.u64 %%at, %s;\n%s"
             "  %s%s.%s.%s %s[%%at], %%%c1;\n"
             "  bar.sync 0;\n  ld.shared.b64 %%l2, [cell];\n%s"
             "  mad.wide.u32 %%l0, %%i, 8, %%out;\n%s  st.global.b64 [%%l0+64], %%l3;\n",
             8 * bytes, reg, in_shared ? "cell" : "%out",
             in_shared && generic ? "  cvta.shared.u64 %at, %at;\n" : "", red ? "red" : "atom", dot,
             all[k].name, type_names[type],
             red          ? ""
             : reg == 'h' ? "%h3, "
             : reg == 'r' ? "%r3, "
                          : "%l3, ",
             reg, in_shared ? "  @%p0 st.global.b64 [%mine], %l2;\n" : "",
             red          ? "  mov.u64 %l3, 0;\n"
             : reg == 'h' ? "  cvt.u64.u16 %l3, %h3;\n"
             : reg == 'r' ? "  cvt.u64.u32 %l3, %r3;\n"
                          : "");
    Kernel kernel = {.body = body,
                     .grid = {BLOCKS},
                     .block = {THREADS},
                     .in = in,
                     .in_bytes = sizeof in,
                     .out = out,
                     .out_bytes = sizeof out,
                     .header = c->header};
    if (!run_kernel(c, &kernel)) return false;
    uint64_t mask = bytes == 8 ? ~0ull : (1ull << 8 * bytes) - 1;
    int groups = in_shared ? BLOCKS : 1;
    for (int g = 0; g < groups; g++) {
        unsigned first = in_shared ? (unsigned)g * THREADS : 0, n = in_shared ? THREADS : TOTAL;
        uint64_t want = begin & mask, exchanged = 0, olds = 0, last = out[g] & mask;
        for (unsigned t = first; t < first + n; t++) {
            uint64_t b = in[t] & mask, old = out[8 + t] & mask;
            want = after(all[k].operation, type, want, b, 0) & mask;
            exchanged += b;
            olds += old;
        }
        if (all[k].operation == EXCH) {
            /* Each value but the last one comes back once. */
            if (((olds + last) & mask) != (exchanged & mask))
                return complain(c,
                                "values were lost: %llu came back, the last is %llu, %llu went in",
                                (unsigned long long)olds, (unsigned long long)last,
                                (unsigned long long)exchanged);
            continue;
        }
        if (last != want)
            return complain(c, "place %d: got 0x%llx, wanted 0x%llx", g, (unsigned long long)last,
                            (unsigned long long)want);
        if (red || all[k].operation != INC) continue;
        /* inc counts 0 to 36: every old value appears as often as it must. */
        unsigned count[37] = {0};
        for (unsigned t = first; t < first + n; t++) {
            uint64_t old = out[8 + t];
            if (old > 36) return complain(c, "an old value is %llu", (unsigned long long)old);
            count[old]++;
        }
        for (unsigned v = 0; v <= 36; v++)
            if (count[v] != n / 37 + (v < n % 37))
                return complain(c, "old value %u came %u times of %u", v, count[v], n);
    }
    return true;
}

/* A counter by compare and swap: every thread tries until its own swap went through. x[0]: bits */
static bool counter(const Case *c) {
    int bits = c->x[0];
    char reg = letter(bits / 8), body[1000];
    snprintf(body, sizeof body,
             "  ld.global.b%d %%%c0, [%%out];\nAGAIN:\n  add.u%d %%%c1, %%%c0, 1;\n"
             "  atom.global.cas.b%d %%%c2, [%%out], %%%c0, %%%c1;\n"
             "  setp.eq.b%d %%p0, %%%c2, %%%c0;\n  mov.b%d %%%c0, %%%c2;\n  @!%%p0 bra AGAIN;\n",
             bits, reg, bits, reg, reg, bits, reg, reg, reg, bits, reg, reg, bits, reg, reg);
    uint64_t out = 0xffull << 56, want = bits == 64 ? out + TOTAL : out | TOTAL;
    Kernel kernel = {
        .body = body, .grid = {BLOCKS}, .block = {THREADS}, .out = &out, .out_bytes = 8};
    return run_kernel(c, &kernel) && same64(c, "counter", &out, &want, 1);
}

void add_atomic_cases(void) {
    static const char *const space_names[] = {"global", "generic", "shared", "generic shared"};
    static const char *const orders[] = {".relaxed.gpu", ".acquire.cta", ".release.sys",
                                         ".acq_rel.gpu", ".relaxed.cta", ".cta",
                                         ".sys"};
    for (int k = 0; k < N_ALL; k++)
        for (int space = 0; space < 4; space++)
            for (int red = 0; red < (all[k].red_row ? 2 : 1); red++) {
                alone_case(k, space, "", red);
                if (all[k].operation == CAS) continue;
                Case *c =
                    custom_case(red ? all[k].red_row : all[k].row, together,
                                "%s.%s.%s by %d threads, %s", red ? "red" : "atom", all[k].name,
                                type_names[all[k].type], TOTAL, space_names[space]);
                c->x[0] = k;
                c->x[1] = space;
                c->x[2] = red;
            }
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++)
        for (int k = 9; k < 20; k += 5) {
            alone_case(k, 0, orders[o], false);
            if (all[k].red_row && !strstr(orders[o], "acq")) alone_case(k, 2, orders[o], true);
        }
    for (int bits = 16; bits <= 64; bits *= 2)
        custom_case("atom_cas", counter, "atom.global.cas.b%d in a loop", bits)->x[0] = bits;
}
