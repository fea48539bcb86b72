// SPDX-License-Identifier: MIT
/* float.c - single and double precision.
 *
 * What has a rounding is compared bit by bit; the .approx instructions within the bound that the
 * ISA states for them, which stands beside each. .ftz flushes subnormal operands and results;
 * .sat clamps to [0, 1] and makes NaN +0. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "real.h"

static const char *const roundings[] = {".rn", ".rz", ".rm", ".rp"};

/* ISA, min and max: NaN only if both are, or one with .NaN; xorsign.abs takes the sizes and
 * gives the result the two signs' exclusive or. Which zero is the smaller one is left open here. */
static bool min_max(const Case *c, Format f, uint64_t a, uint64_t b, uint64_t *out) {
    bool sign = soft_negative(f, a) != soft_negative(f, b);
    if (c->x[6]) {
        if (soft_negative(f, a)) a = soft_negate(f, a);
        if (soft_negative(f, b)) b = soft_negate(f, b);
    }
    bool nan_a = soft_is_nan(f, a), nan_b = soft_is_nan(f, b);
    if ((nan_a && nan_b) || (c->x[5] && (nan_a || nan_b))) {
        *out = soft_nan(f);
        return true;
    }
    if (!nan_a && !nan_b && a != b && soft_is_zero(f, a) && soft_is_zero(f, b)) return false;
    if (nan_a) *out = b;
    else if (nan_b) *out = a;
    else *out = (soft_compare(f, a, b) < 0) == (c->x[0] == R_MIN) ? a : b;
    if (c->x[6] && soft_negative(f, *out) != sign) *out = soft_negate(f, *out);
    return true;
}

bool real_result(const Case *c, Format f, const uint64_t *in, uint64_t *out) {
    uint64_t a = in[0], b = in[1], z = in[2], d = 0;
    Rounding r = (Rounding)c->x[1];
    if (c->x[2]) a = soft_flush(f, a), b = soft_flush(f, b), z = soft_flush(f, z);
    switch (c->x[0]) {
    case R_ADD: d = soft_add(f, r, a, b); break;
    case R_SUB: d = soft_add(f, r, a, soft_is_nan(f, b) ? b : soft_negate(f, b)); break;
    case R_MUL: d = soft_mul(f, r, a, b); break;
    case R_FMA: d = soft_fma(f, r, a, b, z); break;
    case R_DIV: d = soft_div(f, r, a, b); break;
    case R_RCP: d = soft_div(f, r, soft_one(f), a); break;
    case R_SQRT: d = soft_sqrt(f, r, a); break;
    case R_ABS: d = soft_negative(f, a) ? soft_negate(f, a) : a; break;
    case R_NEG: d = soft_negate(f, a); break;
    case R_MIN:
    case R_MAX:
        if (!min_max(c, f, a, b, &d)) return false;
        break;
    default: return false;
    }
    if (c->x[2]) d = soft_flush(f, d);
    if (c->x[3]) {
        if (d == soft_negate(f, 0)) return false; /* clamped or not, -0 is in [0, 1] */
        if (soft_is_nan(f, d) || soft_negative(f, d)) d = 0;
        else if (soft_compare(f, d, soft_one(f)) > 0) d = soft_one(f);
    }
    if (c->x[4] && !soft_is_nan(f, d) && soft_negative(f, d)) {
        if (soft_is_zero(f, d)) return false;
        d = 0;
    }
    *out = d;
    return true;
}

static bool single(const Case *c, const uint64_t *in, uint64_t *out) {
    return real_result(c, f32, in, out);
}
static bool twice(const Case *c, const uint64_t *in, uint64_t *out) {
    return real_result(c, f64, in, out);
}

static void arithmetic(const char *rows32, const char *rows64, const char *opcode, int operation,
                       int arity, bool bare, bool flush, bool sat) {
    for (int wide = 0; wide < 2; wide++)
        for (int r = bare ? -1 : 0; r < 4; r++)
            for (int ftz = 0; ftz < (flush && !wide ? 2 : 1); ftz++)
                for (int s = 0; s < (sat && !wide ? 2 : 1); s++) {
                    char registers[8];
                    snprintf(registers, sizeof registers, "%c:%.*s", wide ? 'l' : 'r', arity,
                             wide ? "lll" : "rrr");
                    Case *c = element_case(
                        wide ? rows64 : rows32, registers, (wide ? "ddd" : "fff") + (3 - arity),
                        wide ? twice : single, "%s%s%s%s.%s", opcode, r < 0 ? "" : roundings[r],
                        ftz ? ".ftz" : "", s ? ".sat" : "", wide ? "f64" : "f32");
                    c->compare = wide ? NAN_F64 : NAN_F32;
                    c->x[0] = operation;
                    c->x[1] = r < 0 ? RN : r;
                    c->x[2] = ftz;
                    c->x[3] = s;
                }
}

static void simple(const char *rows, const char *text, int operation, bool wide, int arity, int ftz,
                   int nan, int xorsign) {
    char registers[8];
    snprintf(registers, sizeof registers, "%c:%.*s", wide ? 'l' : 'r', arity, wide ? "ll" : "rr");
    Case *c = element_case(rows, registers, (wide ? "dd" : "ff") + (2 - arity),
                           wide ? twice : single, "%s", text);
    c->compare = wide ? NAN_F64 : NAN_F32;
    c->x[0] = operation;
    c->x[2] = ftz;
    c->x[5] = nan;
    c->x[6] = xorsign;
}

/* ---- Approximations. x[0] is the function, x[2] ftz. ---- */
enum { A_DIV, A_DIV_FULL, A_RCP, A_SQRT, A_RSQRT, A_SIN, A_COS, A_LG2, A_EX2, A_TANH };

static bool approximate(const Case *c, const uint64_t *in, uint64_t *out) {
    uint64_t bits[2] = {in[0], in[1]};
    if (c->x[2]) bits[0] = soft_flush(f32, bits[0]), bits[1] = soft_flush(f32, bits[1]);
    double a = soft_to_double(f32, bits[0]), b = soft_to_double(f32, bits[1]), d = 0.0;
    const double pi = 3.14159265358979323846;
    switch (c->x[0]) {
    case A_DIV: /* ISA: |b| in [2^-126, 2^126], at most 2 ulp; above, 0, or NaN for an infinite a */
        if (fabs(b) < 0x1p-126 && b != 0.0) return false;
        if (fabs(b) > 0x1p126 && !isinf(b)) {
            if (!isinf(a) && !isnan(a)) return false; /* 0, or what is right */
            d = isinf(a) ? NAN : a;
            if (isinf(a)) return false;
        } else d = a / b;
        break;
    case A_DIV_FULL: d = a / b; break;
    case A_RCP: d = 1.0 / a; break;
    case A_SQRT: d = sqrt(a); break;
    case A_RSQRT: d = a == 0.0 ? copysign(HUGE_VAL, a) : 1.0 / sqrt(a); break;
    case A_SIN:
    case A_COS:
        if (fabs(a) > 2 * pi && !isinf(a)) return false; /* the bound below holds in [-2pi, 2pi] */
        d = isinf(a) ? NAN : c->x[0] == A_SIN ? sin(a) : cos(a);
        break;
    case A_LG2: d = a == 0.0 ? -HUGE_VAL : a < 0 ? NAN : log2(a); break;
    case A_EX2: d = exp2(a); break;
    case A_TANH: d = tanh(a); break;
    default: return false;
    }
    /* A subnormal result is flushed; what is nearly one may be either. */
    if (c->x[2] && d != 0.0 && fabs(d) < 0x1.00001p-126) {
        if (fabs(d) > 0x0.fffffp-126) return false;
        d = 0.0;
    }
    *out = bits_of(d);
    return true;
}

static void approximation(const char *rows, const char *opcode, int function, int arity,
                          bool has_ftz, double absolute, double relative, double ulps) {
    for (int ftz = 0; ftz < (has_ftz ? 2 : 1); ftz++) {
        Case *c = element_case(rows, arity == 2 ? "r:rr" : "r:r", arity == 2 ? "ff" : "f",
                               approximate, "%s%s.f32", opcode, ftz ? ".ftz" : "");
        c->compare = CLOSE_F32;
        c->x[0] = function;
        c->x[2] = ftz;
        c->absolute = absolute;
        c->relative = relative;
        c->ulps = ulps;
    }
}

/* ISA, rcp.approx.ftz.f64 and rsqrt.approx.ftz.f64: of the upper 32 bits of a; a result of which
 * the lower 32 bits are 0. Subnormals are flushed on both sides. */
static bool gross(const Case *c, const uint64_t *in, uint64_t *out) {
    uint64_t top = soft_flush(f64, in[0] & 0xffffffff00000000ull);
    if (soft_is_nan(f64, in[0])) return false;
    double a = double_of(top), d;
    if (c->x[0] == A_RCP) d = 1.0 / a;
    else d = a == 0.0 ? copysign(HUGE_VAL, a) : a < 0 ? NAN : 1.0 / sqrt(a);
    if (isnan(d)) return false;
    if (fabs(d) < 0x1.0001p-1022 && d != 0.0) {
        if (fabs(d) > 0x0.ffffp-1022) return false;
        d = copysign(0.0, d);
    }
    out[0] = bits_of(d);
    out[1] = 0;
    return true;
}
static bool nan_stays(const Case *c, const uint64_t *in, uint64_t *out) {
    double a = double_of(soft_flush(f64, in[0] & 0xffffffff00000000ull));
    if (soft_is_nan(f64, in[0]) && !isnan(a))
        return false; /* what made it a NaN is not looked at */
    if (c->x[0] == A_RSQRT && a < 0) a = NAN;
    out[0] = (uint64_t)(isnan(a) != 0);
    return true;
}
/* Not flushed: no bound is stated; that of the .ftz form is asked for. */
static bool rsqrt64(const Case *c, const uint64_t *in, uint64_t *out) {
    (void)c;
    double a = double_of(in[0]), d = a == 0.0 ? copysign(HUGE_VAL, a) : a < 0 ? NAN : 1.0 / sqrt(a);
    out[0] = bits_of(d);
    return true;
}

static bool testp(const Case *c, const uint64_t *in, uint64_t *out) {
    Format f = c->x[1] ? f64 : f32;
    uint64_t a = in[0];
    bool nan = soft_is_nan(f, a), inf = soft_is_inf(f, a), sub = soft_is_subnormal(f, a);
    const bool answers[] = {!nan && !inf, inf, !nan, nan, !nan && !inf && !sub, sub};
    *out = answers[c->x[0]]; /* ISA: zeros are considered normal numbers */
    return true;
}
static bool copy_sign(const Case *c, const uint64_t *in, uint64_t *out) {
    Format f = c->x[1] ? f64 : f32;
    *out = soft_negative(f, in[0]) != soft_negative(f, in[1]) ? soft_negate(f, in[1]) : in[1];
    return true;
}

void add_float_cases(void) {
    arithmetic("add_f32", "add_f64", "add", R_ADD, 2, true, true, true);
    arithmetic("sub_f32", "sub_f64", "sub", R_SUB, 2, true, true, true);
    arithmetic("mul_f32", "mul_f64", "mul", R_MUL, 2, true, true, true);
    arithmetic("fma_f32", "fma_f64", "fma", R_FMA, 3, false, true, true);
    arithmetic("mad_f32", "mad_f64", "mad", R_FMA, 3, false, true, true);
    arithmetic("div_f32", "div_f64", "div", R_DIV, 2, false, true, false);
    arithmetic("rcp_f32", "rcp_f64", "rcp", R_RCP, 1, false, true, false);
    arithmetic("sqrt_f32", "sqrt_f64", "sqrt", R_SQRT, 1, false, true, false);
    simple("abs_f32", "abs.f32", R_ABS, false, 1, 0, 0, 0);
    simple("abs_f32", "abs.ftz.f32", R_ABS, false, 1, 1, 0, 0);
    simple("abs_f64", "abs.f64", R_ABS, true, 1, 0, 0, 0);
    simple("neg_f32", "neg.f32", R_NEG, false, 1, 0, 0, 0);
    simple("neg_f32", "neg.ftz.f32", R_NEG, false, 1, 1, 0, 0);
    simple("neg_f64", "neg.f64", R_NEG, true, 1, 0, 0, 0);
    simple("min_f64", "min.f64", R_MIN, true, 2, 0, 0, 0);
    simple("max_f64", "max.f64", R_MAX, true, 2, 0, 0, 0);
    for (int k = 0; k < 16; k++) {
        char text[60];
        snprintf(text, sizeof text, "%s%s%s%s.f32", k & 8 ? "max" : "min", k & 1 ? ".ftz" : "",
                 k & 2 ? ".NaN" : "", k & 4 ? ".xorsign.abs" : "");
        simple(k & 8 ? "max_f32" : "min_f32", text, k & 8 ? R_MAX : R_MIN, false, 2, k & 1,
               k >> 1 & 1, k >> 2 & 1);
    }
    approximation("div_approx_f32", "div.approx", A_DIV, 2, true, 0, 0, 2.5);
    approximation("div_full_f32", "div.full", A_DIV_FULL, 2, true, 0, 0, 2.5);
    approximation("rcp_approx_f32", "rcp.approx", A_RCP, 1, true, 0, 0, 1.5); /* 1 ulp */
    approximation("sqrt_approx_f32", "sqrt.approx", A_SQRT, 1, true, 0, 0x1p-23, 0);
    approximation("rsqrt_approx_f32", "rsqrt.approx", A_RSQRT, 1, true, 0, 0x1.12p-23,
                  0);                                                                /* 2^-22.9 */
    approximation("sin_approx_f32", "sin.approx", A_SIN, 1, true, 0x1.6ap-21, 0, 0); /* 2^-20.5 */
    approximation("cos_approx_f32", "cos.approx", A_COS, 1, true, 0x1.6ap-21, 0, 0);
    approximation("lg2_approx_f32", "lg2.approx", A_LG2, 1, true, 0, 0x1p-22, 0);
    approximation("ex2_approx_f32", "ex2.approx", A_EX2, 1, true, 0, 0, 2.5); /* 2 ulp */
    approximation("tanh_approx_f32", "tanh.approx", A_TANH, 1, false, 0, 0x1p-11, 1);
    for (int root = 0; root < 2; root++) {
        const char *rows = root ? "rsqrt_approx_f64" : "rcp_approx_f64",
                   *name = root ? "rsqrt" : "rcp";
        Case *c = element_case(rows, "lr:l", "d", gross,
                               "%s.approx.ftz.f64 $d, $a; cvt.u32.u64 $e, $d;", name);
        c->compare = CLOSE_F64;
        c->relative = 0x1p-18; /* 20 bits of the mantissa go in and come out */
        c->x[0] = root ? A_RSQRT : A_RCP;
        c = element_case(rows, "p:l", "d", nan_stays,
                         "{ .reg .f64 t; %s.approx.ftz.f64 t, $a; testp.notanumber.f64 $d, t; }",
                         name);
        c->x[0] = root ? A_RSQRT : A_RCP;
    }
    Case *c = element_case("rsqrt_approx_f64", "l:l", "d", rsqrt64, "rsqrt.approx.f64");
    c->compare = CLOSE_F64;
    c->relative = 0x1p-18;
    static const char *const tests[] = {"finite",     "infinite", "number",
                                        "notanumber", "normal",   "subnormal"};
    for (int wide = 0; wide < 2; wide++) {
        for (int t = 0; t < 6; t++) {
            c = element_case(wide ? "testp_f64" : "testp_f32", wide ? "p:l" : "p:r",
                             wide ? "d" : "f", testp, "testp.%s.%s", tests[t],
                             wide ? "f64" : "f32");
            c->x[0] = t;
            c->x[1] = wide;
        }
        c = element_case(wide ? "copysign_f64" : "copysign_f32", wide ? "l:ll" : "r:rr",
                         wide ? "dd" : "ff", copy_sign, "copysign.%s", wide ? "f64" : "f32");
        c->x[1] = wide;
    }
}
