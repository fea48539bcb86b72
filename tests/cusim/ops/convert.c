// SPDX-License-Identifier: MIT
/* convert.c - cvt between every pair of types, with every rounding, saturation and flushing.
 *
 * ISA, cvt: float to integer clamps to the destination's range by default; NaN becomes 0 if the
 * source is not f64 and the destination not 64 bits wide, else 1 << (bits of the destination -
 * 1). .sat clamps integers to the destination's range and floats to [0, 1], NaN to +0. .ftz
 * flushes subnormal f32 sources and results. A destination register wider than the type is
 * sign-extended for signed and zero-extended for unsigned types. x[0] and x[1] are the types,
 * x[2] the rounding, x[3] sat, x[4] ftz, x[5] relu. */
#include <stdio.h>
#include <string.h>

#include "ops.h"
#include "soft.h"

enum { U8, U16, U32, U64, S8, S16, S32, S64, F16, F32, F64, N_TYPES };
static const char *const names[] = {"u8",  "u16", "u32", "u64", "s8", "s16",
                                    "s32", "s64", "f16", "f32", "f64"};
static const int bits_of_type[] = {8, 16, 32, 64, 8, 16, 32, 64, 16, 32, 64};
static bool is_float(int t) { return t >= F16; }
static bool is_signed(int t) { return t >= S8 && t <= S64; }
static Format format(int t) { return t == F16 ? f16 : t == F32 ? f32 : f64; }

static uint64_t low(uint64_t v, int bits) { return bits == 64 ? v : v & ((1ull << bits) - 1); }
static uint64_t extend(uint64_t v, int t) {
    int bits = bits_of_type[t];
    v = low(v, bits);
    return is_signed(t) && v >> (bits - 1) && bits < 64 ? v | ~0ull << bits : v;
}

static uint64_t int_to_int(const Case *c, uint64_t a) {
    int to = c->x[0], from = c->x[1], bits = bits_of_type[to];
    uint64_t v = extend(a, from);
    if (!c->x[3]) return extend(v, to);
    bool negative = is_signed(from) && v >> 63;
    uint64_t most = is_signed(to) ? (1ull << (bits - 1)) - 1 : low(~0ull, bits);
    if (negative) {
        if (!is_signed(to)) return 0;
        int64_t least = -(int64_t)most - 1;
        return (int64_t)v < least ? (uint64_t)least : v;
    }
    return v > most ? most : v;
}

/* .sat on a floating-point result: [0, 1], NaN is +0. A result of -0 is left open. */
static uint64_t saturate(Format f, uint64_t v) {
    if (soft_is_nan(f, v) || soft_negative(f, v)) return 0;
    return soft_compare(f, v, soft_one(f)) > 0 ? soft_one(f) : v;
}

static bool convert(const Case *c, const uint64_t *in, uint64_t *out) {
    int to = c->x[0], from = c->x[1];
    Rounding r = (Rounding)c->x[2];
    uint64_t a = low(in[0], bits_of_type[from]);
    if (!is_float(to) && !is_float(from)) {
        *out = int_to_int(c, a);
        return true;
    }
    if (c->x[4] && from == F32) a = soft_flush(f32, a);
    if (!is_float(to)) {
        Format f = format(from);
        int bits = bits_of_type[to];
        if (soft_is_nan(f, a)) *out = from == F64 || bits == 64 ? 1ull << (bits - 1) : 0;
        else *out = soft_to_int(f, r, a, bits, is_signed(to));
        *out = extend(*out, to);
        return true;
    }
    Format f = format(to);
    if (!is_float(from)) {
        uint64_t v = extend(a, from);
        bool negative = is_signed(from) && v >> 63;
        *out = soft_from_int(f, r, negative, negative ? 0 - v : v);
    } else if (to == from && c->x[6]) {
        *out = soft_integral(f, r, a);
    } else {
        *out = soft_convert(f, r, format(from), a);
    }
    if (c->x[4] && to == F32) *out = soft_flush(f32, *out);
    if (c->x[3] && *out == soft_negate(f, 0)) return false;
    if (c->x[3]) *out = saturate(f, *out);
    return true;
}

/* To 16 bits of either format, by a Format. x[0]: bf16, x[2] rounding, x[5] relu. */
static uint64_t narrow(const Case *c, uint64_t a) {
    Format f = c->x[0] ? bf16 : f16;
    uint64_t v = soft_convert(f, (Rounding)c->x[2], f32, a);
    if (c->x[5] && !soft_is_nan(f, v) && soft_negative(f, v)) v = 0;
    return v;
}
static bool one_narrow(const Case *c, const uint64_t *in, uint64_t *out) {
    *out = narrow(c, in[0]);
    return true;
}
static bool two_narrow(const Case *c, const uint64_t *in, uint64_t *out) {
    *out = narrow(c, in[0]) << 16 | narrow(c, in[1]);
    return true;
}
static bool from_bf16(const Case *c, const uint64_t *in, uint64_t *out) {
    (void)c;
    *out = soft_convert(f32, RN, bf16, in[0]);
    return true;
}
/* tf32 is a float whose last 13 bits do not count. */
static bool to_tf32(const Case *c, const uint64_t *in, uint64_t *out) {
    (void)c;
    Format tf32 = {8, 10};
    if (soft_is_nan(f32, in[0])) return false;
    *out = soft_convert(tf32, RNA, f32, in[0]) << 13;
    return true;
}
/* ISA, cvt.pack: x[0] bits, x[1] signed. With a third source its low bits move up. */
static bool pack(const Case *c, const uint64_t *in, uint64_t *out) {
    int bits = c->x[0] & 31; /* 2 to 16 */
    uint64_t packed = 0;
    for (int i = 0; i < 2; i++) {
        int64_t v = (int32_t)in[1 - i];
        int64_t most = ((int64_t)1 << (c->x[1] ? bits - 1 : bits)) - 1;
        int64_t least = c->x[1] ? -most - 1 : 0;
        v = v > most ? most : v < least ? least : v;
        packed |= low((uint64_t)v, bits) << bits * i;
    }
    *out = bits == 16 ? packed : packed | in[2] << 2 * bits;
    return true;
}

static const char *const fp_roundings[] = {".rn", ".rz", ".rm", ".rp"};
static const char *const int_roundings[] = {".rni", ".rzi", ".rmi", ".rpi"};

static const char *row(int to, int from) {
    static char rows[N_TYPES][N_TYPES][20];
    char *name = rows[to][from];
    const char *source = is_float(to) && is_float(from) ? names[from]
                         : is_float(from)               ? "float"
                                                        : "int";
    snprintf(name, sizeof rows[0][0], "cvt_%s_%s", names[to], source);
    return name;
}

static char natural(int t) { return "hhrlhhrlhrl"[t]; }
static char kind_of(int from) { return "aaaaaaaaefd"[from]; }

static void add(int to, int from, char d, char a, int rounding, const char *suffix, int sat,
                int ftz, int integral) {
    char registers[4] = {d, ':', a, 0}, kinds[2] = {kind_of(from), 0};
    Case *c = element_case(row(to, from), registers, kinds, convert, "cvt%s%s%s.%s.%s", suffix,
                           ftz ? ".ftz" : "", sat ? ".sat" : "", names[to], names[from]);
    c->x[0] = to;
    c->x[1] = from;
    c->x[2] = rounding;
    c->x[3] = sat;
    c->x[4] = ftz;
    c->x[6] = integral;
    if (is_float(to)) c->compare = to == F16 ? NAN_F16 : to == F32 ? NAN_F32 : NAN_F64;
}

/* .sat has a meaning, and is allowed, where the source has values that the destination has not. */
static bool narrows(int to, int from) {
    if (is_signed(from) && !is_signed(to)) return true;
    return bits_of_type[from] - is_signed(from) > bits_of_type[to] - is_signed(to);
}

static void pair(int to, int from) {
    char d = natural(to), a = natural(from);
    if (!is_float(to) && !is_float(from)) {
        for (int sat = 0; sat < (narrows(to, from) ? 2 : 1); sat++) {
            add(to, from, d, a, 0, "", sat, 0, 0);
            /* Registers wider than the types. */
            if (d != 'l') add(to, from, 'l', a, 0, "", sat, 0, 0);
            if (d == 'h') add(to, from, 'r', a, 0, "", sat, 0, 0);
            if (a != 'l') add(to, from, d, 'l', 0, "", sat, 0, 0);
            if (a == 'h') add(to, from, d, 'r', 0, "", sat, 0, 0);
        }
        return;
    }
    for (int r = 0; r < 4; r++)
        for (int sat = 0; sat < 2; sat++)
            for (int ftz = 0; ftz < (to == F32 || from == F32 ? 2 : 1); ftz++) {
                if (!is_float(to)) {
                    add(to, from, d, a, r, int_roundings[r], sat, ftz, 0);
                    if (d != 'l' && !sat && !ftz)
                        add(to, from, 'l', a, r, int_roundings[r], 0, 0, 0);
                } else if (!is_float(from)) {
                    if (!ftz) add(to, from, d, a, r, fp_roundings[r], sat, 0, 0);
                    if (!ftz && !sat && bits_of_type[from] < 64)
                        add(to, from, d, 'l', r, fp_roundings[r], 0, 0, 0);
                } else if (to == from) {
                    add(to, from, d, a, r, int_roundings[r], sat, ftz, 1);
                    if (r == 0) add(to, from, d, a, r, "", sat, ftz, 0);
                } else if (to < from) {
                    add(to, from, d, a, r, fp_roundings[r], sat, ftz, 0);
                } else if (r == 0) {
                    add(to, from, d, a, r, "", sat, ftz, 0);
                }
            }
}

void add_convert_cases(void) {
    for (int to = 0; to < N_TYPES; to++)
        for (int from = 0; from < N_TYPES; from++) pair(to, from);
    for (int r = 0; r < 2; r++)
        for (int relu = 0; relu < 2; relu++) {
            const char *clip = relu ? ".relu" : "";
            Case *c;
            c = element_case("cvt_f16_f32", "h:r", "f", one_narrow, "cvt%s%s.f16.f32",
                             fp_roundings[r], clip);
            c->x[2] = r, c->x[5] = relu, c->compare = NAN_F16;
            c = element_case("cvt_bf16_f32", "h:r", "f", one_narrow, "cvt%s%s.bf16.f32",
                             fp_roundings[r], clip);
            c->x[0] = 1, c->x[2] = r, c->x[5] = relu, c->compare = NAN_BF16;
            c = element_case("cvt_f16x2_f32", "r:rr", "ff", two_narrow, "cvt%s%s.f16x2.f32",
                             fp_roundings[r], clip);
            c->x[2] = r, c->x[5] = relu, c->compare = NAN_F16X2;
            c = element_case("cvt_bf16x2_f32", "r:rr", "ff", two_narrow, "cvt%s%s.bf16x2.f32",
                             fp_roundings[r], clip);
            c->x[0] = 1, c->x[2] = r, c->x[5] = relu, c->compare = NAN_BF16X2;
        }
    Case *c = element_case("cvt_f32_bf16", "r:h", "b", from_bf16, "cvt.f32.bf16");
    c->compare = NAN_F32;
    c->header = sm90_header;
    element_case("cvt_tf32_f32", "r:r", "f", to_tf32, "cvt.rna.tf32.f32")->compare = TOP_19_BITS;
    static const struct {
        const char *type;
        int bits, is_signed;
    } packs[] = {{"u16", 16, 0}, {"s16", 16, 1}, {"u8", 8, 0}, {"s8", 8, 1},
                 {"u4", 4, 0},   {"s4", 4, 1},   {"u2", 2, 0}, {"s2", 2, 1}};
    for (size_t i = 0; i < sizeof packs / sizeof *packs; i++) {
        bool wide = packs[i].bits == 16;
        c = element_case(wide ? "cvt_pack_16" : "cvt_pack_8", wide ? "r:rr" : "r:rrr",
                         wide ? "aa" : "aaa", pack, "cvt.pack.sat.%s.s32%s", packs[i].type,
                         wide ? "" : ".b32");
        c->x[0] = packs[i].bits;
        c->x[1] = packs[i].is_signed;
    }
}
