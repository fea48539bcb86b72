// SPDX-License-Identifier: MIT
/* ptx_constant.c - constant expressions: "4*2+1", "(5 > 3) ? 7 : 8", "0f3F800000".
 *
 * They are computed as the PTX ISA says (chapter "Constant Expressions"): integers have 64 bits and
 * are signed unless an operand is not, comparisons give 0 or 1, real numbers are doubles. Binary
 * operators are read by "precedence climbing": an operator takes as its right side all that binds
 * tighter than itself. */
#include "ptx_internal.h"

#include <string.h>

static double value_of(PtxConstant c) {
    if (!c.is_real) return c.is_unsigned ? (double)c.bits : (double)(int64_t)c.bits;
    if (c.single) {
        float f;
        uint32_t bits = (uint32_t)c.bits;
        memcpy(&f, &bits, sizeof f);
        return (double)f;
    }
    double d;
    memcpy(&d, &c.bits, sizeof d);
    return d;
}

uint64_t cusim_ptx_real_bits(PtxConstant c, unsigned bytes) {
    if (bytes == 4) {
        if (c.is_real && c.single) return c.bits; /* as written, a NaN's payload too */
        float f = (float)value_of(c);
        uint32_t bits;
        memcpy(&bits, &f, sizeof bits);
        return bits;
    }
    double d = value_of(c);
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    return bits;
}

static PtxConstant integer(uint64_t bits, bool is_unsigned) {
    return (PtxConstant){.bits = bits, .is_unsigned = is_unsigned};
}

static PtxConstant real(double value) {
    PtxConstant c = {.is_real = true};
    memcpy(&c.bits, &value, sizeof value);
    return c;
}

/* ---- Operators ---- */

static int precedence(int kind) {
    switch (kind) {
    case PTX_OR_OR: return 1;
    case PTX_AND_AND: return 2;
    case '|': return 3;
    case '^': return 4;
    case '&': return 5;
    case PTX_EQUAL:
    case PTX_NOT_EQUAL: return 6;
    case '<':
    case '>':
    case PTX_LESS_EQUAL:
    case PTX_GREATER_EQUAL: return 7;
    case PTX_SHIFT_LEFT:
    case PTX_SHIFT_RIGHT: return 8;
    case '+':
    case '-': return 9;
    case '*':
    case '/':
    case '%': return 10;
    default: return 0;
    }
}

static PtxConstant binary_real(PtxParser *p, int kind, double a, double b) {
    switch (kind) {
    case '+': return real(a + b);
    case '-': return real(a - b);
    case '*': return real(a * b);
    case '/': return real(a / b);
    case '<': return integer(a < b, false);
    case '>': return integer(a > b, false);
    case PTX_LESS_EQUAL: return integer(a <= b, false);
    case PTX_GREATER_EQUAL: return integer(a >= b, false);
    case PTX_EQUAL: return integer(a == b, false);
    case PTX_NOT_EQUAL: return integer(a != b, false);
    default: cusim_ptx_error(p, "this operator does not take real numbers"); return real(0);
    }
}

static PtxConstant divide(PtxParser *p, int kind, uint64_t a, uint64_t b, bool u) {
    if (!b) {
        cusim_ptx_error(p, "division by zero in a constant expression");
        return integer(0, u);
    }
    if (u) return integer(kind == '/' ? a / b : a % b, true);
    if (b == UINT64_MAX) return integer(kind == '/' ? 0 - a : 0, false); /* -1: INT64_MIN wraps */
    int64_t x = (int64_t)a, y = (int64_t)b;
    return integer((uint64_t)(kind == '/' ? x / y : x % y), false);
}

static PtxConstant shift(int kind, PtxConstant a, uint64_t n) {
    if (n > 63 && (a.is_unsigned || kind == PTX_SHIFT_LEFT)) return integer(0, a.is_unsigned);
    if (n > 63) n = 63;
    if (kind == PTX_SHIFT_LEFT) return integer(a.bits << n, a.is_unsigned);
    if (a.is_unsigned) return integer(a.bits >> n, true);
    return integer((uint64_t)((int64_t)a.bits >> n), false);
}

static PtxConstant binary(PtxParser *p, int kind, PtxConstant x, PtxConstant y) {
    if (kind == PTX_AND_AND) return integer(value_of(x) != 0 && value_of(y) != 0, false);
    if (kind == PTX_OR_OR) return integer(value_of(x) != 0 || value_of(y) != 0, false);
    if (x.is_real || y.is_real) return binary_real(p, kind, value_of(x), value_of(y));
    bool u = x.is_unsigned || y.is_unsigned;
    uint64_t a = x.bits, b = y.bits;
    int64_t i = (int64_t)a, k = (int64_t)b;
    switch (kind) {
    case '+': return integer(a + b, u);
    case '-': return integer(a - b, u);
    case '*': return integer(a * b, u);
    case '/':
    case '%': return divide(p, kind, a, b, u);
    case '&': return integer(a & b, u);
    case '|': return integer(a | b, u);
    case '^': return integer(a ^ b, u);
    case '<': return integer(u ? a < b : i < k, false);
    case '>': return integer(u ? a > b : i > k, false);
    case PTX_LESS_EQUAL: return integer(u ? a <= b : i <= k, false);
    case PTX_GREATER_EQUAL: return integer(u ? a >= b : i >= k, false);
    case PTX_EQUAL: return integer(a == b, false);
    case PTX_NOT_EQUAL: return integer(a != b, false);
    default: return shift(kind, x, b);
    }
}

/* ---- Expressions ---- */

static PtxConstant primary(PtxParser *p) {
    PtxToken token = p->token;
    if (token.kind == PTX_INTEGER) {
        cusim_ptx_next(p);
        return integer(token.bits, token.is_unsigned);
    }
    if (token.kind == PTX_REAL) {
        cusim_ptx_next(p);
        return (PtxConstant){.is_real = true, .single = token.single, .bits = token.bits};
    }
    if (token.kind == PTX_NAME && token.n == 7 && memcmp(token.text, "WARP_SZ", 7) == 0) {
        cusim_ptx_next(p);
        return integer(32, false);
    }
    char shown[64];
    cusim_ptx_error(p, "a number expected, not %s", cusim_ptx_shown(p, shown));
    return integer(0, false);
}

static PtxConstant unary(PtxParser *p);

/* (.s64) or (.u64), the '(' being taken. */
static PtxConstant cast(PtxParser *p) {
    bool u = cusim_ptx_is(p, "u64");
    if (!u && !cusim_ptx_is(p, "s64")) cusim_ptx_error(p, "a cast is (.s64) or (.u64)");
    cusim_ptx_next(p);
    cusim_ptx_need(p, ')', "\")\"");
    PtxConstant c = unary(p);
    if (!c.is_real) return integer(c.bits, u);
    double d = value_of(c); /* saturate, as C would leave it undefined */
    if (!(d == d)) return integer(0, u);
    if (u) {
        if (d <= 0) return integer(0, true);
        return integer(d >= 0x1p64 ? UINT64_MAX : (uint64_t)d, true);
    }
    if (d >= 0x1p63) return integer(INT64_MAX, false);
    return integer((uint64_t)(d < -0x1p63 ? INT64_MIN : (int64_t)d), false);
}

static PtxConstant signed_operand(PtxParser *p, int kind) {
    PtxConstant c = unary(p);
    switch (kind) {
    case '-':
        if (!c.is_real) return integer(0 - c.bits, c.is_unsigned);
        if (!c.single) return real(-value_of(c));
        c.bits ^= UINT64_C(1) << 31;
        return c;
    case '!': return integer(value_of(c) == 0, false);
    case '~':
        if (c.is_real) cusim_ptx_error(p, "~ does not take real numbers");
        return integer(~c.bits, c.is_unsigned);
    default: return c;
    }
}

static PtxConstant unary(PtxParser *p) {
    PtxConstant c = {0};
    int kind = p->token.kind;
    if (++p->nesting > PTX_MAX_DEPTH) {
        cusim_ptx_error(p, "an expression is nested more than %d deep", PTX_MAX_DEPTH);
    } else if (kind == '-' || kind == '+' || kind == '!' || kind == '~') {
        cusim_ptx_next(p);
        c = signed_operand(p, kind);
    } else if (kind == '(') {
        cusim_ptx_next(p);
        if (p->token.kind == PTX_DIRECTIVE) {
            c = cast(p);
        } else {
            c = cusim_ptx_constant(p);
            cusim_ptx_need(p, ')', "\")\"");
        }
    } else {
        c = primary(p);
    }
    --p->nesting;
    return c;
}

static PtxConstant climb(PtxParser *p, int least) {
    PtxConstant left = unary(p);
    for (;;) {
        int kind = p->token.kind, binds = precedence(kind);
        if (!binds || binds < least) return left;
        cusim_ptx_next(p);
        PtxConstant right = climb(p, binds + 1);
        left = binary(p, kind, left, right);
    }
}

PtxConstant cusim_ptx_constant(PtxParser *p) {
    PtxConstant c = {0};
    if (++p->nesting > PTX_MAX_DEPTH) {
        cusim_ptx_error(p, "an expression is nested more than %d deep", PTX_MAX_DEPTH);
    } else {
        c = climb(p, 1);
        if (cusim_ptx_take(p, '?')) {
            PtxConstant yes = cusim_ptx_constant(p);
            cusim_ptx_need(p, ':', "\":\"");
            PtxConstant no = cusim_ptx_constant(p);
            c = value_of(c) != 0 ? yes : no;
        }
    }
    --p->nesting;
    return c;
}

int64_t cusim_ptx_integer(PtxParser *p) {
    PtxConstant c = cusim_ptx_constant(p);
    if (c.is_real) cusim_ptx_error(p, "an integer expected, not a real number");
    return (int64_t)c.bits;
}

uint64_t cusim_ptx_count(PtxParser *p, uint64_t least, uint64_t most, const char *what) {
    uint32_t line = p->token.line;
    PtxConstant c = cusim_ptx_constant(p);
    if (p->panic) return least;
    bool negative = !c.is_unsigned && (int64_t)c.bits < 0;
    if (!c.is_real && !negative && c.bits >= least && c.bits <= most) return c.bits;
    cusim_ptx_error_at(p, line, "%s is a whole number from %llu to %llu", what,
                       (unsigned long long)least, (unsigned long long)most);
    return least;
}
