// SPDX-License-Identifier: MIT
/* compare.c - setp and set in every comparison, type and boolean operator; selp and slct.
 *
 * ISA: t = a cmp b; p = BoolOp(t, c), q = BoolOp(!t, c). Of floating-point comparisons the plain
 * ones are false if an operand is NaN, those with a u are true then. x[0] is the comparison,
 * x[1] bits or the format, x[2] what kind of type, x[3] the boolean operator, x[4] ftz, x[5] the
 * result's type. */
#include <stdio.h>
#include <string.h>

#include "ops.h"
#include "soft.h"

enum { BITS, UNSIGNED, SIGNED, REAL };
static const char *const comparisons[] = {"eq",  "ne",  "lt",  "le",  "gt",  "ge",
                                          "lo",  "ls",  "hi",  "hs",  "equ", "neu",
                                          "ltu", "leu", "gtu", "geu", "num", "nan"};
enum { EQ, NE, LT, LE, GT, GE, LO, LS, HI, HS, EQU, NEU, LTU, LEU, GTU, GEU, NUM, IS_NAN };
static const char *const booleans[] = {"", ".and", ".or", ".xor"};
enum { NO_BOOLEAN, AND, OR, XOR };

static Format format_of(int bits) { return bits == 16 ? f16 : bits == 32 ? f32 : f64; }

static bool compare(const Case *c, uint64_t a, uint64_t b) {
    int order, cmp = c->x[0];
    if (c->x[2] == REAL) {
        Format f = format_of(c->x[1]);
        if (c->x[4]) a = soft_flush(f, a), b = soft_flush(f, b);
        order = soft_compare(f, a, b);
        if (cmp == NUM) return order != 2;
        if (cmp == IS_NAN) return order == 2;
        if (order == 2) return cmp >= EQU;
        if (cmp >= EQU) cmp -= EQU - EQ;
    } else if (c->x[2] == SIGNED) {
        int64_t x = (int64_t)(a << (64 - c->x[1])), y = (int64_t)(b << (64 - c->x[1]));
        order = x < y ? -1 : x > y;
    } else {
        order = a < b ? -1 : a > b;
    }
    switch (cmp) {
    case EQ: return order == 0;
    case NE: return order != 0;
    case LT:
    case LO: return order < 0;
    case LE:
    case LS: return order <= 0;
    case GT:
    case HI: return order > 0;
    default: return order >= 0;
    }
}
static bool combine(const Case *c, bool t, uint64_t with) {
    return c->x[3] == AND   ? t && with
           : c->x[3] == OR  ? t || with
           : c->x[3] == XOR ? t != (with != 0)
                            : t;
}

static bool setp(const Case *c, const uint64_t *in, uint64_t *out) {
    bool t = compare(c, in[0], in[1]);
    out[0] = combine(c, t, in[2]);
    out[1] = combine(c, !t, in[2]);
    return true;
}
static bool setp_negated(const Case *c, const uint64_t *in, uint64_t *out) {
    bool t = compare(c, in[0], in[1]);
    out[0] = combine(c, t, !in[2]);
    out[1] = combine(c, !t, !in[2]);
    return true;
}
/* ISA, half-precision setp: with f16x2, p is of the lower halves and q of the upper ones. */
static bool setp_x2(const Case *c, const uint64_t *in, uint64_t *out) {
    out[0] = combine(c, compare(c, in[0] & 0xffff, in[1] & 0xffff), in[2]);
    out[1] = combine(c, compare(c, in[0] >> 16, in[1] >> 16), in[2]);
    return true;
}

enum { TO_INTEGER, TO_F32, TO_F16 };
static bool set(const Case *c, const uint64_t *in, uint64_t *out) {
    bool t = combine(c, compare(c, in[0], in[1]), in[2]);
    *out = !t ? 0 : c->x[5] == TO_INTEGER ? ~0ull : soft_one(c->x[5] == TO_F32 ? f32 : f16);
    return true;
}
static bool set_x2(const Case *c, const uint64_t *in, uint64_t *out) {
    bool l = combine(c, compare(c, in[0] & 0xffff, in[1] & 0xffff), in[2]);
    bool h = combine(c, compare(c, in[0] >> 16, in[1] >> 16), in[2]);
    *out = (l ? 0x3c00u : 0) | (h ? 0x3c000000u : 0);
    return true;
}

static bool selp(const Case *c, const uint64_t *in, uint64_t *out) {
    (void)c;
    *out = in[2] ? in[0] : in[1];
    return true;
}
static bool selp_not(const Case *c, const uint64_t *in, uint64_t *out) {
    (void)c;
    *out = in[2] ? in[1] : in[0];
    return true;
}
static bool slct(const Case *c, const uint64_t *in, uint64_t *out) {
    bool first;
    if (c->x[0]) {
        uint64_t s = c->x[4] ? soft_flush(f32, in[2]) : in[2];
        int order = soft_compare(f32, s, 0);
        first = order == 0 || order == 1; /* unordered: b */
    } else {
        first = !(in[2] >> 31);
    }
    *out = first ? in[0] : in[1];
    return true;
}

static const struct {
    const char *type, *kinds;
    int bits, sort;
    char reg;
} types[] = {{"b16", "aap", 16, BITS, 'h'},     {"b32", "aap", 32, BITS, 'r'},
             {"b64", "aap", 64, BITS, 'l'},     {"u16", "aap", 16, UNSIGNED, 'h'},
             {"u32", "aap", 32, UNSIGNED, 'r'}, {"u64", "aap", 64, UNSIGNED, 'l'},
             {"s16", "aap", 16, SIGNED, 'h'},   {"s32", "aap", 32, SIGNED, 'r'},
             {"s64", "aap", 64, SIGNED, 'l'},   {"f32", "ffp", 32, REAL, 'r'},
             {"f64", "ddp", 64, REAL, 'l'},     {"f16", "eep", 16, REAL, 'h'},
             {"f16x2", "EEp", 16, REAL, 'r'}};
enum { N_TYPES = sizeof types / sizeof *types };

static bool allowed(int comparison, int sort) {
    if (comparison <= NE) return true;
    if (sort == BITS) return false;
    if (comparison <= GE) return true;
    return comparison <= HS ? sort == UNSIGNED : sort == REAL;
}

static const char *row(const char *prefix, const char *type) {
    static char names[2 * N_TYPES][20];
    static int n;
    char name[20];
    snprintf(name, sizeof name, "%s_%s", prefix, type);
    for (int i = 0; i < n; i++)
        if (!strcmp(names[i], name)) return names[i];
    return strcpy(names[n++], name);
}

static void fill(Case *c, int t, int comparison, int boolean, int ftz, int to) {
    c->x[0] = comparison;
    c->x[1] = types[t].bits;
    c->x[2] = types[t].sort;
    c->x[3] = boolean;
    c->x[4] = ftz;
    c->x[5] = to;
    c->n = boolean ? 300 : 700;
}

static void comparisons_of(int t) {
    bool x2 = !strcmp(types[t].type, "f16x2"), half = types[t].kinds[0] == 'e';
    char reg = types[t].reg, registers[10], kinds[5], text[120];
    for (int cmp = 0; cmp <= IS_NAN; cmp++)
        for (int boolean = 0; boolean < 4; boolean++)
            for (int ftz = 0; ftz < (types[t].sort == REAL && types[t].bits < 64 ? 2 : 1); ftz++) {
                if (!allowed(cmp, types[t].sort)) continue;
                const char *name = comparisons[cmp], *flush = ftz ? ".ftz" : "";
                snprintf(kinds, sizeof kinds, "%.*s", boolean ? 3 : 2, types[t].kinds);
                /* ISA: of the half-precision ones only f16x2 has a second destination. */
                snprintf(registers, sizeof registers, "%s:%c%c%s", half ? "p" : "pp", reg, reg,
                         boolean ? "p" : "");
                snprintf(text, sizeof text, "setp.%s%s%s.%s", name, booleans[boolean], flush,
                         types[t].type);
                Case *c = element_case(row("setp", types[t].type), registers, kinds,
                                       x2 ? setp_x2 : setp, "%s", text);
                fill(c, t, cmp, boolean, ftz, 0);
                /* set: u32, s32, f32, f16; halves: more, but not f32 */
                static const char *const plain[] = {"u32", "s32", "f32", "f16", NULL};
                static const char *const of_half[] = {"u32", "s32", "f16", "u16", "s16", NULL};
                static const char *const of_two[] = {"f16x2", NULL};
                const char *const *to = x2 ? of_two : half ? of_half : plain;
                for (; *to; to++) {
                    bool narrow = !strcmp(*to, "f16") || (*to)[1] == '1';
                    snprintf(registers, sizeof registers, "%c:%c%c%s", narrow && !x2 ? 'h' : 'r',
                             reg, reg, boolean ? "p" : "");
                    snprintf(text, sizeof text, "set.%s%s%s.%s.%s", name, booleans[boolean], flush,
                             *to, types[t].type);
                    c = element_case(row("set", types[t].type), registers, kinds, x2 ? set_x2 : set,
                                     "%s", text);
                    fill(c, t, cmp, boolean, ftz,
                         !strcmp(*to, "f32")   ? TO_F32
                         : !strcmp(*to, "f16") ? TO_F16
                                               : TO_INTEGER);
                    c->n = 150;
                }
            }
    if (x2) return;
    snprintf(registers, sizeof registers, "p:%c%c", reg, reg);
    snprintf(kinds, sizeof kinds, "%.2s", types[t].kinds);
    snprintf(text, sizeof text, "setp.ne.%s $d, $a, $b;", types[t].type);
    fill(element_case(row("setp", types[t].type), registers, kinds, setp, "%s", text), t, NE, 0, 0,
         0);
    snprintf(registers, sizeof registers, "%s:%c%cp", half ? "p" : "pp", reg, reg);
    snprintf(text, sizeof text, "setp.eq.or.%s $d%s, $a, $b, !$c;", types[t].type,
             half ? "" : "|$e");
    fill(element_case(row("setp", types[t].type), registers, types[t].kinds, setp_negated, "%s",
                      text),
         t, EQ, OR, 0, 0);
}

void add_compare_cases(void) {
    for (int t = 0; t < N_TYPES; t++) comparisons_of(t);
    static const char *const select_types[3][6] = {{"b16", "u16", "s16", "f16", "bf16", 0},
                                                   {"b32", "u32", "s32", "f32", 0, 0},
                                                   {"b64", "u64", "s64", "f64", 0, 0}};
    static const char *const rows[3][3] = {{"selp_b16", "slct_b16_s32", "slct_b16_f32"},
                                           {"selp_b32", "slct_b32_s32", "slct_b32_f32"},
                                           {"selp_b64", "slct_b64_s32", "slct_b64_f32"}};
    for (int width = 0; width < 3; width++)
        for (int k = 0; select_types[width][k]; k++) {
            const char *type = select_types[width][k];
            char registers[8], reg = "hrl"[width];
            snprintf(registers, sizeof registers, "%c:%c%cp", reg, reg, reg);
            /* ptxas knows selp for b, u, s and f types; halves are moved as b16 */
            if (k < 3 || width > 0) {
                element_case(rows[width][0], registers, "aap", selp, "selp.%s", type);
                element_case(rows[width][0], registers, "aap", selp_not, "selp.%s $d, $a, $b, !$c;",
                             type);
                registers[4] = 'r';
                element_case(rows[width][1], registers, "aaa", slct, "slct.%s.s32", type);
                for (int ftz = 0; ftz < 2; ftz++) {
                    Case *c = element_case(rows[width][2], registers, "aaf", slct, "slct%s.%s.f32",
                                           ftz ? ".ftz" : "", type);
                    c->x[0] = 1;
                    c->x[4] = ftz;
                }
            }
        }
}
