// SPDX-License-Identifier: MIT
/* int.c - integer arithmetic: every instruction of the PTX ISA's chapters "Integer Arithmetic
 * Instructions" and "Extended-Precision Integer Arithmetic Instructions" that ops.def has.
 *
 * References work on 64-bit values; x[0] says which operation, x[1] how many bits it has, x[2]
 * whether they are signed, x[3] and x[4] what else the instruction says. */
#include <stdio.h>

#include "ops.h"

static uint64_t low(uint64_t v, int bits) { return bits == 64 ? v : v & ((1ull << bits) - 1); }
static int64_t extend(uint64_t v, int bits) {
    uint64_t sign = 1ull << (bits - 1);
    return (int64_t)((low(v, bits) ^ sign) - sign);
}
static bool less(uint64_t a, uint64_t b, const Case *c) {
    return c->x[2] ? extend(a, c->x[1]) < extend(b, c->x[1]) : low(a, c->x[1]) < low(b, c->x[1]);
}
/* The upper 64 bits of a 128-bit product. */
static uint64_t high_u64(uint64_t a, uint64_t b) {
    uint64_t a1 = a >> 32, a0 = a & 0xffffffffu, b1 = b >> 32, b0 = b & 0xffffffffu;
    uint64_t m = a1 * b0 + (a0 * b0 >> 32), k = a0 * b1 + (m & 0xffffffffu);
    return a1 * b1 + (m >> 32) + (k >> 32);
}
static uint64_t high(uint64_t a, uint64_t b, int bits, int is_signed) {
    if (bits < 64) {
        uint64_t product =
            is_signed ? (uint64_t)(extend(a, bits) * extend(b, bits)) : low(a, bits) * low(b, bits);
        return low(product >> bits, bits);
    }
    uint64_t h = high_u64(a, b);
    if (is_signed) {
        if (a >> 63) h -= b;
        if (b >> 63) h -= a;
    }
    return h;
}
static uint64_t clamp_s32(int64_t v) {
    if (v > INT32_MAX) v = INT32_MAX;
    if (v < INT32_MIN) v = INT32_MIN;
    return (uint64_t)v;
}

enum {
    ADD,
    SUB,
    ADD_SAT,
    SUB_SAT,
    MUL_LO,
    MUL_HI,
    MUL_WIDE,
    MAD_LO,
    MAD_HI,
    MAD_HI_SAT,
    MAD_WIDE,
    MUL24_LO,
    MUL24_HI,
    MAD24_LO,
    MAD24_HI,
    MAD24_HI_SAT,
    SAD,
    DIV,
    REM,
    ABS,
    NEG,
    MIN,
    MAX,
    POPC,
    CLZ,
    BFIND,
    BREV,
    BFE,
    BFI,
    FNS,
    SZEXT,
    BMSK,
    DP4A,
    DP2A
};

static uint64_t reverse(uint64_t v, int bits) {
    uint64_t r = 0;
    for (int i = 0; i < bits; i++) r |= (v >> i & 1) << (bits - 1 - i);
    return r;
}
static uint64_t leading_zeros(uint64_t v, int bits) {
    uint64_t n = 0;
    for (int i = bits - 1; i >= 0 && !(v >> i & 1); i--) n++;
    return n;
}

/* ISA, bfe: sbit is the sign of the field as far as it lies inside; 0 for unsigned or no length. */
static uint64_t bfe(const Case *c, uint64_t a, uint64_t b, uint64_t length) {
    int msb = c->x[1] - 1, pos = (int)(b & 0xff), len = (int)(length & 0xff);
    int at = pos + len - 1 < msb ? pos + len - 1 : msb;
    uint64_t sbit = !c->x[2] || len == 0 ? 0 : a >> at & 1, d = 0;
    for (int i = 0; i <= msb; i++)
        d |= (i < len && pos + i <= msb ? a >> (pos + i) & 1 : sbit) << i;
    return d;
}
static uint64_t bfi(int bits, uint64_t a, uint64_t b, uint64_t position, uint64_t length) {
    int pos = (int)(position & 0xff), len = (int)(length & 0xff);
    for (int i = 0; i < len && pos + i < bits; i++)
        b = (b & ~(1ull << (pos + i))) | (a >> i & 1) << (pos + i);
    return b;
}
static bool fns(const uint64_t *in, uint64_t *out) {
    uint32_t mask = (uint32_t)in[0], base = (uint32_t)in[1];
    int64_t offset = (int32_t)in[2];
    if (base > 31) return false; /* ISA: behaviour is undefined */
    *out = 0xffffffffu;
    if (offset == 0) {
        if (mask >> base & 1) *out = base;
        return true;
    }
    int64_t count = (offset < 0 ? -offset : offset) - 1;
    for (int pos = (int)base; pos >= 0 && pos<32; pos += offset> 0 ? 1 : -1) {
        if (!(mask >> pos & 1)) continue;
        if (count-- == 0) {
            *out = (uint64_t)pos;
            return true;
        }
    }
    return true;
}
/* ISA, szext: x[3] wrap takes N modulo 32; clamp lets a pass from 32 on. */
static uint64_t szext(const Case *c, uint32_t a, uint32_t n) {
    if (n >= 32) {
        if (!c->x[3]) return a;
        n &= 31;
    }
    if (n == 0) return 0;
    uint32_t field = a & ((1u << n) - 1);
    return c->x[2] && field >> (n - 1) & 1 ? field | ~((1u << n) - 1) : field;
}
static uint64_t bmsk(const Case *c, uint32_t a, uint32_t b) {
    uint32_t a1 = a & 31, b1 = b & 31, mask0 = ~0u << a1, mask1;
    bool over = a1 + b1 >= 32;
    if (!c->x[3]) {
        if (a >= 32) over = true, mask0 = 0;
        if (b >= 32) over = true;
    }
    mask1 = over ? 0 : b1 == 0 ? ~0u : ~0u << (a1 + b1);
    return mask0 & ~mask1;
}
/* x[2], x[3]: a and b are signed; x[4]: dp2a.hi */
static int64_t byte_of(uint64_t v, int i, int is_signed) {
    return is_signed ? (int8_t)(v >> 8 * i) : (uint8_t)(v >> 8 * i);
}
static uint64_t dot(const Case *c, const uint64_t *in) {
    int64_t sum = (int64_t)in[2];
    if (c->x[0] == DP4A)
        for (int i = 0; i < 4; i++) sum += byte_of(in[0], i, c->x[2]) * byte_of(in[1], i, c->x[3]);
    else
        for (int i = 0; i < 2; i++) {
            int64_t half = c->x[2] ? (int16_t)(in[0] >> 16 * i) : (uint16_t)(in[0] >> 16 * i);
            sum += half * byte_of(in[1], i + 2 * c->x[4], c->x[3]);
        }
    return (uint64_t)sum;
}

static uint64_t mul24(const Case *c, uint64_t a, uint64_t b, bool top) {
    uint64_t t = c->x[2] ? (uint64_t)(extend(a, 24) * extend(b, 24)) : low(a, 24) * low(b, 24);
    return low(top ? t >> 16 : t, 32); /* the upper 32 bits of 48 */
}

static bool integer(const Case *c, const uint64_t *in, uint64_t *out) {
    int bits = c->x[1], is_signed = c->x[2];
    uint64_t a = in[0], b = in[1];
    int64_t sa = extend(a, bits), sb = extend(b, bits);
    switch (c->x[0]) {
    case ADD: *out = a + b; break;
    case SUB: *out = a - b; break;
    case ADD_SAT: *out = clamp_s32(sa + sb); break;
    case SUB_SAT: *out = clamp_s32(sa - sb); break;
    case MUL_LO: *out = a * b; break;
    case MUL_HI: *out = high(a, b, bits, is_signed); break;
    case MUL_WIDE: *out = is_signed ? (uint64_t)(sa * sb) : a * b; break;
    case MAD_LO: *out = a * b + in[2]; break;
    case MAD_HI: *out = high(a, b, bits, is_signed) + in[2]; break;
    case MAD_HI_SAT: *out = clamp_s32(extend(high(a, b, 32, 1), 32) + extend(in[2], 32)); break;
    case MAD_WIDE: *out = (is_signed ? (uint64_t)(sa * sb) : a * b) + in[2]; break;
    case MUL24_LO: *out = mul24(c, a, b, false); break;
    case MUL24_HI: *out = mul24(c, a, b, true); break;
    case MAD24_LO: *out = mul24(c, a, b, false) + in[2]; break;
    case MAD24_HI: *out = mul24(c, a, b, true) + in[2]; break;
    case MAD24_HI_SAT:
        *out = clamp_s32(extend(mul24(c, a, b, true), 32) + extend(in[2], 32));
        break;
    case SAD: *out = in[2] + (less(a, b, c) ? b - a : a - b); break;
    case DIV:
    case REM:
        if (b == 0) return false; /* ISA: an unspecified value */
        if (is_signed) {
            if (sb == -1 && a == 1ull << (bits - 1)) return false; /* it does not fit */
            *out = (uint64_t)(c->x[0] == DIV ? sa / sb : sa % sb);
        } else {
            *out = c->x[0] == DIV ? a / b : a % b;
        }
        break;
    case ABS: *out = sa < 0 ? 0 - (uint64_t)sa : a; break;
    case NEG: *out = 0 - a; break;
    case MIN: *out = less(a, b, c) ? a : b; break;
    case MAX: *out = less(a, b, c) ? b : a; break;
    case POPC:
        *out = 0;
        for (int i = 0; i < bits; i++) *out += a >> i & 1;
        break;
    case CLZ: *out = leading_zeros(a, bits); break;
    case BFIND: {
        uint64_t v = is_signed && sa < 0 ? low(~a, bits) : a;
        uint64_t zeros = leading_zeros(v, bits);
        if (zeros == (uint64_t)bits) *out = 0xffffffffu;
        else *out = c->x[3] ? zeros : (uint64_t)bits - 1 - zeros;
        break;
    }
    case BREV: *out = reverse(a, bits); break;
    case BFE: *out = bfe(c, a, b, in[2]); break;
    case BFI: *out = bfi(bits, a, b, in[2], in[3]); break;
    case FNS: return fns(in, out);
    case SZEXT: *out = szext(c, (uint32_t)a, (uint32_t)b); break;
    case BMSK: *out = bmsk(c, (uint32_t)a, (uint32_t)b); break;
    case DP4A:
    case DP2A: *out = dot(c, in); break;
    default: return false;
    }
    return true;
}

/* Carry chains. x[0]: 0 adds, 1 subtracts, 2 mad.lo, 3 mad.hi; the first instruction sets the carry
 * and the second takes it. */
static uint64_t product(const Case *c, uint64_t a, uint64_t b) {
    return c->x[0] == 2 ? low(a * b, c->x[1]) : high(a, b, c->x[1], c->x[2]);
}
static bool chain(const Case *c, const uint64_t *in, uint64_t *out) {
    int bits = c->x[1];
    uint64_t carry;
    switch (c->x[0]) {
    case 0: /* add.cc d, a, b; addc.cc e, c, x; addc f, 0, 0 */
        out[0] = low(in[0] + in[1], bits);
        carry = out[0] < in[0];
        out[1] = low(in[2] + in[3] + carry, bits);
        out[2] = carry ? out[1] <= in[2] : out[1] < in[2];
        return true;
    case 1: /* sub.cc d, a, b; subc.cc e, c, x; subc f, 0, 0 */
        out[0] = low(in[0] - in[1], bits);
        carry = in[0] < in[1];
        out[1] = low(in[2] - in[3] - carry, bits);
        out[2] = low(0 - (uint64_t)(carry ? in[2] <= in[3] : in[2] < in[3]), bits);
        return true;
    default: { /* mad.cc d, a, b, c; madc.cc e, a, b, x; addc f, 0, 0 */
        uint64_t p = product(c, in[0], in[1]);
        out[0] = low(p + in[2], bits);
        carry = out[0] < p;
        out[1] = low(p + in[3] + carry, bits);
        out[2] = carry ? out[1] <= p : out[1] < p;
        return true;
    }
    }
}
/* subc sets no carry flag that a later instruction sees unless .cc is given; nor does plain add. */
static bool kept(const Case *c, const uint64_t *in, uint64_t *out) {
    (void)c;
    out[0] = low(in[0] + in[1], 32);
    out[1] = low(in[2] + in[3], 32);
    out[2] = out[0] < in[0];
    return true;
}

static const char *row(const char *format, const char *type) {
    static char names[400][40];
    static int n;
    snprintf(names[n], sizeof names[n], format, type);
    return names[n++ % 400];
}

static Case *op(const char *name, const char *registers, const char *kinds, int operation, int bits,
                int is_signed, const char *text) {
    Case *c = element_case(name, registers, kinds, integer, "%s", text);
    c->x[0] = operation;
    c->x[1] = bits;
    c->x[2] = is_signed;
    return c;
}

static const struct {
    const char *type;
    int bits, is_signed;
    char reg, wide;
} types[] = {{"u16", 16, 0, 'h', 'r'}, {"s16", 16, 1, 'h', 'r'}, {"u32", 32, 0, 'r', 'l'},
             {"s32", 32, 1, 'r', 'l'}, {"u64", 64, 0, 'l', 0},   {"s64", 64, 1, 'l', 0}};

/* registers: d for the type's own register, w for one of twice its width, u for 32 bits. */
static void typed(int t, const char *name, bool by_width, const char *shape, const char *kinds,
                  int operation, const char *opcode) {
    char registers[10], text[80], width[8];
    int n = 0;
    for (; shape[n]; n++) {
        registers[n] = shape[n];
        if (shape[n] == 'd') registers[n] = types[t].reg;
        if (shape[n] == 'w') registers[n] = types[t].wide;
        if (shape[n] == 'u') registers[n] = 'r';
    }
    registers[n] = '\0';
    snprintf(text, sizeof text, "%s.%s", opcode, types[t].type);
    snprintf(width, sizeof width, "i%d", types[t].bits);
    op(row(name, by_width ? width : types[t].type), registers, kinds, operation, types[t].bits,
       types[t].is_signed, text);
}

static void carry_cases(void) {
    static const struct {
        const char *rows, *text;
        int operation, bits, is_signed;
    } all[] = {
        {"add_cc_i32 addc_i32", "add.cc.u32 $d, $a, $b; addc.cc.u32 $e, $c, $x; addc.u32 $f, 0, 0;",
         0, 32, 0},
        {"add_cc_i32 addc_i32", "add.cc.s32 $d, $a, $b; addc.cc.s32 $e, $c, $x; addc.s32 $f, 0, 0;",
         0, 32, 0},
        {"add_cc_i64 addc_i64", "add.cc.u64 $d, $a, $b; addc.cc.u64 $e, $c, $x; addc.u64 $f, 0, 0;",
         0, 64, 0},
        {"add_cc_i64 addc_i64", "add.cc.s64 $d, $a, $b; addc.cc.s64 $e, $c, $x; addc.s64 $f, 0, 0;",
         0, 64, 0},
        {"sub_cc_i32 subc_i32", "sub.cc.u32 $d, $a, $b; subc.cc.u32 $e, $c, $x; subc.u32 $f, 0, 0;",
         1, 32, 0},
        {"sub_cc_i32 subc_i32", "sub.cc.s32 $d, $a, $b; subc.cc.s32 $e, $c, $x; subc.s32 $f, 0, 0;",
         1, 32, 0},
        {"sub_cc_i64 subc_i64", "sub.cc.u64 $d, $a, $b; subc.cc.u64 $e, $c, $x; subc.u64 $f, 0, 0;",
         1, 64, 0},
        {"sub_cc_i64 subc_i64", "sub.cc.s64 $d, $a, $b; subc.cc.s64 $e, $c, $x; subc.s64 $f, 0, 0;",
         1, 64, 0},
        {"mad_lo_cc_i32 madc_lo_i32",
         "mad.lo.cc.u32 $d, $a, $b, $c; madc.lo.cc.u32 $e, $a, $b, $x; addc.u32 $f, 0, 0;", 2, 32,
         0},
        {"mad_lo_cc_i32 madc_lo_i32",
         "mad.lo.cc.s32 $d, $a, $b, $c; madc.lo.cc.s32 $e, $a, $b, $x; addc.u32 $f, 0, 0;", 2, 32,
         1},
        {"mad_lo_cc_i64 madc_lo_i64",
         "mad.lo.cc.u64 $d, $a, $b, $c; madc.lo.cc.u64 $e, $a, $b, $x; addc.u64 $f, 0, 0;", 2, 64,
         0},
        {"mad_lo_cc_i64 madc_lo_i64",
         "mad.lo.cc.s64 $d, $a, $b, $c; madc.lo.cc.s64 $e, $a, $b, $x; addc.u64 $f, 0, 0;", 2, 64,
         1},
        {"mad_hi_cc_u32 madc_hi_u32",
         "mad.hi.cc.u32 $d, $a, $b, $c; madc.hi.cc.u32 $e, $a, $b, $x; addc.u32 $f, 0, 0;", 3, 32,
         0},
        {"mad_hi_cc_s32 madc_hi_s32",
         "mad.hi.cc.s32 $d, $a, $b, $c; madc.hi.cc.s32 $e, $a, $b, $x; addc.u32 $f, 0, 0;", 3, 32,
         1},
        {"mad_hi_cc_u64 madc_hi_u64",
         "mad.hi.cc.u64 $d, $a, $b, $c; madc.hi.cc.u64 $e, $a, $b, $x; addc.u64 $f, 0, 0;", 3, 64,
         0},
        {"mad_hi_cc_s64 madc_hi_s64",
         "mad.hi.cc.s64 $d, $a, $b, $c; madc.hi.cc.s64 $e, $a, $b, $x; addc.u64 $f, 0, 0;", 3, 64,
         1},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        Case *c = element_case(all[i].rows, all[i].bits == 64 ? "lll:llll" : "rrr:rrrr", "aaaa",
                               chain, "%s", all[i].text);
        c->x[0] = all[i].operation;
        c->x[1] = all[i].bits;
        c->x[2] = all[i].is_signed;
    }
    element_case("add_cc_i32 addc_i32 add_i32", "rrr:rrrr", "aaaa", kept,
                 "add.cc.u32 $d, $a, $b; add.u32 $e, $c, $x; addc.u32 $f, 0, 0;");
}

void add_int_cases(void) {
    for (int t = 0; t < 6; t++) {
        int is_signed = types[t].is_signed, bits = types[t].bits;
        typed(t, "add_%s", true, "d:dd", "aa", ADD, "add");
        typed(t, "sub_%s", true, "d:dd", "aa", SUB, "sub");
        typed(t, "mul_lo_%s", true, "d:dd", "aa", MUL_LO, "mul.lo");
        typed(t, "mul_hi_%s", false, "d:dd", "aa", MUL_HI, "mul.hi");
        typed(t, "mad_lo_%s", true, "d:ddd", "aaa", MAD_LO, "mad.lo");
        typed(t, "mad_hi_%s", false, "d:ddd", "aaa", MAD_HI, "mad.hi");
        if (bits < 64) {
            typed(t, "mul_wide_%s", false, "w:dd", "aa", MUL_WIDE, "mul.wide");
            typed(t, "mad_wide_%s", false, "w:ddw", "aaa", MAD_WIDE, "mad.wide");
        }
        typed(t, "sad_%s", false, "d:ddd", "aaa", SAD, "sad");
        typed(t, "div_%s", false, "d:dd", "aa", DIV, "div");
        typed(t, "rem_%s", false, "d:dd", "aa", REM, "rem");
        typed(t, "min_%s", false, "d:dd", "aa", MIN, "min");
        typed(t, "max_%s", false, "d:dd", "aa", MAX, "max");
        if (is_signed) {
            typed(t, "abs_%s", false, "d:d", "a", ABS, "abs");
            typed(t, "neg_%s", false, "d:d", "a", NEG, "neg");
        }
        if (bits == 16) continue;
        typed(t, "bfe_%s", false, "d:duu", "amm", BFE, "bfe");
        typed(t, "bfind_%s", false, "u:d", "a", BFIND, "bfind");
        char name[20], text[40];
        snprintf(text, sizeof text, "bfind.shiftamt.%s", types[t].type);
        snprintf(name, sizeof name, "%s", types[t].type);
        op(row("bfind_%s", name), bits == 64 ? "r:l" : "r:r", "a", BFIND, bits, is_signed, text)
            ->x[3] = 1;
    }
    op("add_sat_s32", "r:rr", "aa", ADD_SAT, 32, 1, "add.sat.s32");
    op("sub_sat_s32", "r:rr", "aa", SUB_SAT, 32, 1, "sub.sat.s32");
    op("mad_hi_sat_s32", "r:rrr", "aaa", MAD_HI_SAT, 32, 1, "mad.hi.sat.s32");
    op("mul24_u32", "r:rr", "aa", MUL24_LO, 32, 0, "mul24.lo.u32");
    op("mul24_u32", "r:rr", "aa", MUL24_HI, 32, 0, "mul24.hi.u32");
    op("mul24_s32", "r:rr", "aa", MUL24_LO, 32, 1, "mul24.lo.s32");
    op("mul24_s32", "r:rr", "aa", MUL24_HI, 32, 1, "mul24.hi.s32");
    op("mad24_u32", "r:rrr", "aaa", MAD24_LO, 32, 0, "mad24.lo.u32");
    op("mad24_u32", "r:rrr", "aaa", MAD24_HI, 32, 0, "mad24.hi.u32");
    op("mad24_s32", "r:rrr", "aaa", MAD24_LO, 32, 1, "mad24.lo.s32");
    op("mad24_s32", "r:rrr", "aaa", MAD24_HI, 32, 1, "mad24.hi.s32");
    op("mad24_sat_s32", "r:rrr", "aaa", MAD24_HI_SAT, 32, 1, "mad24.hi.sat.s32");
    op("popc_b32", "r:r", "a", POPC, 32, 0, "popc.b32");
    op("popc_b64", "r:l", "a", POPC, 64, 0, "popc.b64");
    op("clz_b32", "r:r", "a", CLZ, 32, 0, "clz.b32");
    op("clz_b64", "r:l", "a", CLZ, 64, 0, "clz.b64");
    op("brev_b32", "r:r", "a", BREV, 32, 0, "brev.b32");
    op("brev_b64", "l:l", "a", BREV, 64, 0, "brev.b64");
    op("bfi_b32", "r:rrrr", "aamm", BFI, 32, 0, "bfi.b32");
    op("bfi_b64", "l:llrr", "aamm", BFI, 64, 0, "bfi.b64");
    op("fns_b32", "r:rrr", "amm", FNS, 32, 0, "fns.b32");
    op("fns_b32", "r:rr", "am", FNS, 32, 0, "fns.b32 $d, $a, $b, 0;");
    op("szext_u32", "r:rr", "as", SZEXT, 32, 0, "szext.clamp.u32");
    op("szext_u32", "r:rr", "as", SZEXT, 32, 0, "szext.wrap.u32")->x[3] = 1;
    op("szext_s32", "r:rr", "as", SZEXT, 32, 1, "szext.clamp.s32");
    op("szext_s32", "r:rr", "as", SZEXT, 32, 1, "szext.wrap.s32")->x[3] = 1;
    op("bmsk_b32", "r:rr", "ss", BMSK, 32, 0, "bmsk.clamp.b32");
    op("bmsk_b32", "r:rr", "ss", BMSK, 32, 0, "bmsk.wrap.b32")->x[3] = 1;
    for (int k = 0; k < 4; k++) {
        char text[40];
        snprintf(text, sizeof text, "dp4a.%s.%s", k & 1 ? "s32" : "u32", k & 2 ? "s32" : "u32");
        op("dp4a", "r:rrr", "aaa", DP4A, 32, k & 1, text)->x[3] = k >> 1;
        for (int top = 0; top < 2; top++) {
            snprintf(text, sizeof text, "dp2a.%s.%s.%s", top ? "hi" : "lo", k & 1 ? "s32" : "u32",
                     k & 2 ? "s32" : "u32");
            Case *c = op("dp2a", "r:rrr", "aaa", DP2A, 32, k & 1, text);
            c->x[3] = k >> 1;
            c->x[4] = top;
        }
    }
    /* Constants where a register may stand. */
    op("add_i32", "r:r", "a", ADD, 32, 0, "add.s32 $d, $a, 0;");
    op("mul_lo_i32", "r:rr", "aa", MUL_LO, 32, 0, "mul.lo.s32 $d, $a, $b; add.s32 $d, $d, 0x0;");
    carry_cases();
}
