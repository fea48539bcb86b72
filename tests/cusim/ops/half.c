// SPDX-License-Identifier: MIT
/* half.c - f16, f16x2, bf16 and bf16x2: each result is that of the exact operation, rounded once to
 * nearest even; the x2 forms do the same to both halves of a register. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "real.h"

static bool brain(const Case *c) { return c->x[7] != 0; }
static bool one(const Case *c, const uint64_t *in, uint64_t *out) {
    return real_result(c, brain(c) ? bf16 : f16, in, out);
}
static bool two(const Case *c, const uint64_t *in, uint64_t *out) {
    uint64_t half[2][3], d[2] = {0, 0};
    for (int h = 0; h < 2; h++) {
        for (int k = 0; k < 3; k++) half[h][k] = in[k] >> 16 * h & 0xffff;
        if (!real_result(c, brain(c) ? bf16 : f16, half[h], &d[h])) return false;
    }
    *out = d[1] << 16 | d[0];
    return true;
}

/* x[0]: 0 ex2, 1 tanh */
static double approximate(const Case *c, uint64_t a) {
    double v = soft_to_double(f16, a);
    return c->x[0] ? tanh(v) : exp2(v);
}
static bool approximate_one(const Case *c, const uint64_t *in, uint64_t *out) {
    out[0] = bits_of(approximate(c, in[0]));
    return true;
}
static bool approximate_two(const Case *c, const uint64_t *in, uint64_t *out) {
    out[0] = bits_of(approximate(c, in[0] & 0xffff));
    out[1] = bits_of(approximate(c, in[0] >> 16));
    return true;
}

static const char *row(const char *prefix, int type) {
    static char names[300][20];
    static const char *const types[] = {"f16", "f16x2", "bf16", "bf16x2"};
    static int n;
    snprintf(names[n], sizeof names[0], "%s_%s", prefix, types[type]);
    return names[n++ % 300];
}

/* The types are f16, f16x2, bf16, bf16x2. */
static Case *add(const char *prefix, int type, int arity, int operation, const char *text) {
    static const char *const suffix[] = {"f16", "f16x2", "bf16", "bf16x2"};
    static const char *const kinds[] = {"eee", "EEE", "bbb", "BBB"};
    char registers[8];
    snprintf(registers, sizeof registers, "%c:%.*s", type & 1 ? 'r' : 'h', arity,
             type & 1 ? "rrr" : "hhh");
    Case *c = element_case(row(prefix, type), registers, kinds[type] + 3 - arity,
                           type & 1 ? two : one, "%s.%s", text, suffix[type]);
    c->x[0] = operation;
    c->x[7] = type >= 2;
    static const Compare compares[] = {NAN_F16, NAN_F16X2, NAN_BF16, NAN_BF16X2};
    c->compare = compares[type];
    return c;
}

void add_half_cases(void) {
    char text[80];
    static const struct {
        const char *name;
        int operation;
    } binary[] = {{"add", R_ADD}, {"sub", R_SUB}, {"mul", R_MUL}};
    for (int type = 0; type < 2; type++)
        for (int k = 0; k < 8; k++) {
            for (int i = 0; i < 3; i++) {
                snprintf(text, sizeof text, "%s%s%s%s", binary[i].name, k & 4 ? ".rn" : "",
                         k & 1 ? ".ftz" : "", k & 2 ? ".sat" : "");
                Case *c = add(binary[i].name, type, 2, binary[i].operation, text);
                c->x[2] = k & 1;
                c->x[3] = k >> 1 & 1;
            }
            if ((k & 6) == 6) continue; /* .sat and .relu exclude each other */
            snprintf(text, sizeof text, "fma.rn%s%s%s", k & 1 ? ".ftz" : "", k & 2 ? ".sat" : "",
                     k & 4 ? ".relu" : "");
            Case *c = add("fma", type, 3, R_FMA, text);
            c->x[2] = k & 1;
            c->x[3] = k >> 1 & 1;
            c->x[4] = k >> 2;
        }
    for (int type = 2; type < 4; type++)
        for (int relu = 0; relu < 2; relu++)
            add("fma", type, 3, R_FMA, relu ? "fma.rn.relu" : "fma.rn")->x[4] = relu;
    for (int type = 0; type < 4; type++) {
        for (int ftz = 0; ftz < (type < 2 ? 2 : 1); ftz++) {
            add("neg", type, 1, R_NEG, ftz ? "neg.ftz" : "neg")->x[2] = ftz;
            add("abs", type, 1, R_ABS, ftz ? "abs.ftz" : "abs")->x[2] = ftz;
        }
        for (int k = 0; k < 16; k++) {
            if (type >= 2 && k & 1) continue;
            snprintf(text, sizeof text, "%s%s%s%s", k & 8 ? "max" : "min", k & 1 ? ".ftz" : "",
                     k & 2 ? ".NaN" : "", k & 4 ? ".xorsign.abs" : "");
            Case *c = add(k & 8 ? "max" : "min", type, 2, k & 8 ? R_MAX : R_MIN, text);
            c->x[2] = k & 1;
            c->x[5] = k >> 1 & 1;
            c->x[6] = k >> 2 & 1;
        }
    }
    for (int k = 0; k < 4; k++) {
        bool pair = k & 1, tangent = k & 2;
        Case *c =
            element_case(row(tangent ? "tanh_approx" : "ex2_approx", pair), pair ? "r:r" : "h:h",
                         pair ? "E" : "e", pair ? approximate_two : approximate_one, "%s.approx.%s",
                         tangent ? "tanh" : "ex2", pair ? "f16x2" : "f16");
        c->compare = pair ? CLOSE_F16X2 : CLOSE_F16;
        c->x[0] = tangent;
        /* ISA: ex2.approx.f16 has a relative error of at most 2^-9.9, tanh.approx.f16 an
         * absolute one of at most 2^-10.987; a subnormal result is rounded besides. */
        if (tangent) c->absolute = 0x1.03p-11;
        else c->relative = 0x1.12p-10;
        c->ulps = 1;
    }
}
