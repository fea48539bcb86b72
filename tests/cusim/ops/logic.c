// SPDX-License-Identifier: MIT
/* logic.c - and, or, xor, not, cnot, lop3, shifts, shf and prmt. x[0] is the operation, x[1] the
 * number of bits, x[2] signed, x[3] wrap, the table or the mode. */
#include <stdio.h>

#include "ops.h"

enum { AND, OR, XOR, NOT, CNOT, LOP3, SHL, SHR, SHF_L, SHF_R, PRMT };

static uint64_t lop3(int table, uint32_t a, uint32_t b, uint32_t c) {
    uint32_t d = 0;
    for (int i = 0; i < 32; i++) {
        unsigned index = (a >> i & 1) << 2 | (b >> i & 1) << 1 | (c >> i & 1);
        d |= (uint32_t)(table >> index & 1) << i;
    }
    return d;
}

/* ISA, prmt: the source bytes of the result, the highest first, for c & 3 of 0 to 3. */
static const unsigned char selected[6][4][4] = {
    {{3, 2, 1, 0}, {4, 3, 2, 1}, {5, 4, 3, 2}, {6, 5, 4, 3}}, /* f4e */
    {{5, 6, 7, 0}, {6, 7, 0, 1}, {7, 0, 1, 2}, {0, 1, 2, 3}}, /* b4e */
    {{0, 0, 0, 0}, {1, 1, 1, 1}, {2, 2, 2, 2}, {3, 3, 3, 3}}, /* rc8 */
    {{3, 2, 1, 0}, {3, 2, 1, 1}, {3, 2, 2, 2}, {3, 3, 3, 3}}, /* ecl */
    {{0, 0, 0, 0}, {1, 1, 1, 0}, {2, 2, 1, 0}, {3, 2, 1, 0}}, /* ecr */
    {{1, 0, 1, 0}, {3, 2, 3, 2}, {1, 0, 1, 0}, {3, 2, 3, 2}}, /* rc16 */
};
static uint64_t prmt(int mode, uint32_t a, uint32_t b, uint32_t c) {
    uint64_t both = (uint64_t)b << 32 | a, d = 0;
    for (int i = 0; i < 4; i++) {
        unsigned from = mode < 0 ? c >> 4 * i & 15 : selected[mode][c & 3][3 - i];
        uint64_t byte = both >> 8 * (from & 7) & 0xff;
        if (from & 8) byte = byte & 0x80 ? 0xff : 0; /* the byte's sign, eight times */
        d |= byte << 8 * i;
    }
    return d;
}

static bool logic(const Case *c, const uint64_t *in, uint64_t *out) {
    int bits = c->x[1];
    uint64_t a = in[0], b = in[1];
    switch (c->x[0]) {
    case AND: *out = a & b; break;
    case OR: *out = a | b; break;
    case XOR: *out = a ^ b; break;
    case NOT: *out = ~a; break;
    case CNOT: *out = a == 0; break;
    case LOP3: *out = lop3(c->x[3], (uint32_t)a, (uint32_t)b, (uint32_t)in[2]); break;
    case SHL: *out = b >= (uint64_t)bits ? 0 : a << b; break;
    case SHR:
        if (b > (uint64_t)bits - 1) *out = c->x[2] && a >> (bits - 1) & 1 ? ~0ull : 0;
        else {
            *out = a >> b;
            if (c->x[2] && a >> (bits - 1) & 1 && b) *out |= ~0ull << ((uint64_t)bits - b);
        }
        break;
    case SHF_L:
    case SHF_R: {
        uint64_t n = c->x[3] ? in[2] & 31 : in[2] < 32 ? in[2] : 32, both = b << 32 | a;
        *out = c->x[0] == SHF_L ? (n ? both >> (32 - n) : b) : both >> n;
        break;
    }
    case PRMT: *out = prmt(c->x[3], (uint32_t)a, (uint32_t)b, (uint32_t)in[2]); break;
    default: return false;
    }
    return true;
}

/* ISA, lop3 with a boolean operator: p = (d != 0) BoolOp q. x[4]: or */
static bool lop3_bool(const Case *c, const uint64_t *in, uint64_t *out) {
    out[0] = lop3(c->x[3], (uint32_t)in[0], (uint32_t)in[1], (uint32_t)in[2]);
    out[1] = c->x[4] ? out[0] || in[3] : out[0] && in[3];
    return true;
}

static Case *op(const char *name, const char *registers, const char *kinds, int operation, int bits,
                const char *text) {
    Case *c = element_case(name, registers, kinds, logic, "%s", text);
    c->x[0] = operation;
    c->x[1] = bits;
    return c;
}

void add_logic_cases(void) {
    static const struct {
        int bits;
        const char *two, *one, *shift, *and, * or, *xor, *not, *cnot, *shl, *shr_u, *shr_s;
    } all[] = {{1, "p:pp", "p:p", 0, "and_pred", "or_pred", "xor_pred", "not_pred", 0, 0, 0, 0},
               {16, "h:hh", "h:h", "h:hr", "and_b16", "or_b16", "xor_b16", "not_b16", "cnot_b16",
                "shl_b16", "shr_u16", "shr_s16"},
               {32, "r:rr", "r:r", "r:rr", "and_b32", "or_b32", "xor_b32", "not_b32", "cnot_b32",
                "shl_b32", "shr_u32", "shr_s32"},
               {64, "l:ll", "l:l", "l:lr", "and_b64", "or_b64", "xor_b64", "not_b64", "cnot_b64",
                "shl_b64", "shr_u64", "shr_s64"}};
    for (int i = 0; i < 4; i++) {
        int bits = all[i].bits;
        char type[8], text[40];
        const char *kinds = bits == 1 ? "pp" : "aa";
        snprintf(type, sizeof type, bits == 1 ? "pred" : "b%d", bits);
#define TEXT(opcode) (snprintf(text, sizeof text, opcode ".%s", type), text)
        op(all[i].and, all[i].two, kinds, AND, bits, TEXT("and"));
        op(all[i].or, all[i].two, kinds, OR, bits, TEXT("or"));
        op(all[i].xor, all[i].two, kinds, XOR, bits, TEXT("xor"));
        op(all[i].not, all[i].one, kinds + 1, NOT, bits, TEXT("not"));
        if (bits == 1) continue;
        op(all[i].cnot, all[i].one, "a", CNOT, bits, TEXT("cnot"));
        op(all[i].shl, all[i].shift, "as", SHL, bits, TEXT("shl"));
        op(all[i].shr_u, all[i].shift, "as", SHR, bits, TEXT("shr"));
        snprintf(type, sizeof type, "u%d", bits);
        op(all[i].shr_u, all[i].shift, "as", SHR, bits, TEXT("shr"));
        snprintf(type, sizeof type, "s%d", bits);
        op(all[i].shr_s, all[i].shift, "as", SHR, bits, TEXT("shr"))->x[2] = 1;
#undef TEXT
    }
    for (int table = 0; table < 256; table += table % 16 == 8 ? 3 : 1) {
        char text[60];
        snprintf(text, sizeof text, "lop3.b32 $d, $a, $b, $c, %d;", table);
        Case *c = op("lop3_b32", "r:rrr", "aaa", LOP3, 32, text);
        c->x[3] = table;
        c->n = 50;
    }
    for (int k = 0; k < 4; k++) {
        int table = k & 2 ? 0x80 : 0x96;
        Case *c =
            element_case("lop3_bool_b32", "rp:rrrp", "aaap", lop3_bool,
                         "lop3.%s.b32 $d|$e, $a, $b, $c, %d, $x;", k & 1 ? "or" : "and", table);
        c->x[3] = table;
        c->x[4] = k & 1;
        c->header = newer_header;
    }
    op("shf_l_b32", "r:rrr", "aas", SHF_L, 32, "shf.l.clamp.b32");
    op("shf_l_b32", "r:rrr", "aas", SHF_L, 32, "shf.l.wrap.b32")->x[3] = 1;
    op("shf_r_b32", "r:rrr", "aas", SHF_R, 32, "shf.r.clamp.b32");
    op("shf_r_b32", "r:rrr", "aas", SHF_R, 32, "shf.r.wrap.b32")->x[3] = 1;
    op("prmt_b32", "r:rrr", "aaa", PRMT, 32, "prmt.b32")->x[3] = -1;
    op("prmt_b32", "r:rrr", "aam", PRMT, 32, "prmt.b32.f4e")->x[3] = 0;
    op("prmt_b32", "r:rrr", "aam", PRMT, 32, "prmt.b32.b4e")->x[3] = 1;
    op("prmt_b32", "r:rrr", "aam", PRMT, 32, "prmt.b32.rc8")->x[3] = 2;
    op("prmt_b32", "r:rrr", "aam", PRMT, 32, "prmt.b32.ecl")->x[3] = 3;
    op("prmt_b32", "r:rrr", "aam", PRMT, 32, "prmt.b32.ecr")->x[3] = 4;
    op("prmt_b32", "r:rrr", "aam", PRMT, 32, "prmt.b32.rc16")->x[3] = 5;
    /* Predicates may be negated where they are read, and constants stand for registers. */
    op("shl_b32", "r:r", "a", SHL, 32, "shl.b32 $d, $a, 0;");
}
