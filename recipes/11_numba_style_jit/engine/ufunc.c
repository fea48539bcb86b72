// SPDX-License-Identifier: MIT
/* NumPy's functions of numbers, its ufuncs: np.sin, np.add, np.maximum and so on. NumPy types a
 * call otherwise than Python: each function has a list of loops, one for each type it can compute
 * in, from the smallest on, and takes the first that holds all its arguments without loss. So
 * np.add of two int8 is an int8, where a + b is an int64, and np.sin of an int8 is a float32.
 * What they compute is in emit_ufunc.c. */
#include <string.h>

#include "internal.h"

enum {
    BOOLS = 1,
    INTS = 2,
    SINGLES = 4,
    DOUBLES = 8,
    REALS = SINGLES | DOUBLES,
    NUMBERS = INTS | REALS,
    ALL = BOOLS | NUMBERS,
    TEST = 16
};

/* builtin comes first, so that its address is the row's.
 *   loops  of which types there are some; TEST: the result is a bool */
typedef struct Ufunc {
    Builtin builtin;
    int count, loops;
} Ufunc;

#define ROW(name, code, count, loops)                                                              \
    { {"numpy." name, RULE_UFUNC, code, 0}, count, loops }
#define REAL(name, code) ROW(name, code, 1, REALS)
static const Ufunc table[] = {
    REAL("sqrt", "llvm.sqrt"),
    REAL("exp", "llvm.exp"),
    REAL("exp2", "llvm.exp2"),
    REAL("expm1", "expm1"),
    REAL("log", "llvm.log"),
    REAL("log2", "llvm.log2"),
    REAL("log10", "llvm.log10"),
    REAL("log1p", "log1p"),
    REAL("cbrt", "cbrt"),
    REAL("sin", "llvm.sin"),
    REAL("cos", "llvm.cos"),
    REAL("tan", "tan"),
    REAL("arcsin", "asin"),
    REAL("arccos", "acos"),
    REAL("arctan", "atan"),
    REAL("sinh", "sinh"),
    REAL("cosh", "cosh"),
    REAL("tanh", "tanh"),
    REAL("arcsinh", "asinh"),
    REAL("arccosh", "acosh"),
    REAL("arctanh", "atanh"),
    REAL("fabs", "llvm.fabs"),
    REAL("floor", "llvm.floor"),
    REAL("ceil", "llvm.ceil"),
    REAL("trunc", "llvm.trunc"),
    REAL("rint", "llvm.rint"),
    REAL("degrees", "degrees"),
    REAL("rad2deg", "degrees"),
    REAL("radians", "radians"),
    REAL("deg2rad", "radians"),
    REAL("spacing", "spacing"),
    ROW("signbit", "signbit", 1, REALS | TEST),
    ROW("arctan2", "atan2", 2, REALS),
    ROW("hypot", "hypot", 2, REALS),
    ROW("copysign", "llvm.copysign", 2, REALS),
    ROW("nextafter", "nextafter", 2, REALS),
    ROW("logaddexp", "logaddexp", 2, REALS),
    ROW("logaddexp2", "logaddexp2", 2, REALS),
    ROW("divide", "/", 2, REALS),
    ROW("true_divide", "/", 2, REALS),
    ROW("add", "+", 2, ALL),
    ROW("subtract", "-", 2, NUMBERS),
    ROW("multiply", "*", 2, ALL),
    ROW("floor_divide", "//", 2, NUMBERS),
    ROW("remainder", "%", 2, NUMBERS),
    ROW("mod", "%", 2, NUMBERS),
    ROW("divmod", "divmod", 2, NUMBERS), /* has two results */
    ROW("fmod", "fmod", 2, NUMBERS),
    ROW("float_power", "**", 2, DOUBLES),
    ROW("pow", "**", 2, NUMBERS), /* NumPy's newer names */
    REAL("acos", "acos"),
    REAL("acosh", "acosh"),
    REAL("asin", "asin"),
    REAL("asinh", "asinh"),
    REAL("atan", "atan"),
    REAL("atanh", "atanh"),
    ROW("atan2", "atan2", 2, REALS),
    ROW("power", "**", 2, NUMBERS),
    ROW("maximum", "maximum", 2, ALL),
    ROW("minimum", "minimum", 2, ALL),
    ROW("fmax", "fmax", 2, ALL),
    ROW("fmin", "fmin", 2, ALL),
    ROW("absolute", "abs", 1, ALL),
    ROW("abs", "abs", 1, ALL),
    ROW("negative", "negative", 1, NUMBERS),
    ROW("positive", "positive", 1, NUMBERS),
    ROW("conjugate", "positive", 1, NUMBERS),
    ROW("conj", "positive", 1, NUMBERS),
    ROW("sign", "sign", 1, NUMBERS),
    ROW("square", "square", 1, NUMBERS),
    ROW("reciprocal", "reciprocal", 1, NUMBERS),
    ROW("ldexp", "ldexp", 2, 0), /* has loops of its own */
    ROW("gcd", "gcd", 2, INTS),
    ROW("lcm", "lcm", 2, INTS),
    ROW("bitwise_and", "&", 2, BOOLS | INTS),
    ROW("bitwise_or", "|", 2, BOOLS | INTS),
    ROW("bitwise_xor", "^", 2, BOOLS | INTS),
    ROW("invert", "~", 1, BOOLS | INTS),
    ROW("bitwise_not", "~", 1, BOOLS | INTS),
    ROW("left_shift", "<<", 2, INTS),
    ROW("right_shift", ">>", 2, INTS),
    ROW("less", "<", 2, ALL | TEST),
    ROW("less_equal", "<=", 2, ALL | TEST),
    ROW("greater", ">", 2, ALL | TEST),
    ROW("greater_equal", ">=", 2, ALL | TEST),
    ROW("equal", "==", 2, ALL | TEST),
    ROW("not_equal", "!=", 2, ALL | TEST),
    ROW("logical_and", "and", 2, ALL | TEST),
    ROW("logical_or", "or", 2, ALL | TEST),
    ROW("logical_xor", "xor", 2, ALL | TEST),
    ROW("logical_not", "not", 1, ALL | TEST),
    ROW("isnan", "isnan", 1, ALL | TEST),
    ROW("isinf", "isinf", 1, ALL | TEST),
    ROW("isfinite", "isfinite", 1, ALL | TEST),
};

const Builtin *jit_ufunc(const char *qualified) {
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i].builtin.name, qualified) == 0) return &table[i].builtin;
    return NULL;
}

/* ---- Loops ---- */

/* The loops for one and two arguments, with results of the same type and with bools, in NumPy's
 * order. */
#define FOR_ALL(X) X(K_BOOL) X(K_I8) X(K_U8) X(K_I16) X(K_U16) X(K_I32) X(K_U32) X(K_I64) X(K_U64)
#define SAME(k) {{k, {k}, 1}, {k, {k, k}, 2}, {K_BOOL, {k}, 1}, {K_BOOL, {k, k}, 2}},
static const Case loops[][4] = {
    FOR_ALL(SAME)
    /* int64 and uint64 are compared as what they are; no other function has such a loop. */
    {{0}, {0}, {0}, {K_BOOL, {K_I64, K_U64}, 2}},
    {{0}, {0}, {0}, {K_BOOL, {K_U64, K_I64}, 2}},
    SAME(K_F32) SAME(K_F64)};

static const Case scales[] = {{K_F32, {K_F32, K_I32}, 2},
                              {K_F32, {K_F32, K_I64}, 2},
                              {K_F64, {K_F64, K_I32}, 2},
                              {K_F64, {K_F64, K_I64}, 2}};

/* Does the type hold all values of another? mixed: of an integer beside a float, as NumPy takes it,
 * any float does. */
static bool holds(const Type *t, Kind k, bool mixed) {
    const Type *to = jit_scalar(k);
    if (jit_same(t, to) || t->kind == K_BOOL) return true;
    if (k == K_BOOL) return false;
    if (jit_is_float(t)) return jit_is_float(to) && jit_bits(t) <= jit_bits(to);
    if (jit_is_float(to)) return mixed || k == K_F64 || jit_bits(t) <= 16;
    if (jit_is_signed(t)) return jit_is_signed(to) && jit_bits(t) <= jit_bits(to);
    return jit_is_signed(to) ? jit_bits(t) < jit_bits(to) : jit_bits(t) <= jit_bits(to);
}

const Case *jit_ufunc_case(const Builtin *b, const Type *const *args, int count) {
    const Ufunc *u = (const Ufunc *)b;
    bool real = false, whole = false;
    if (count != u->count) return NULL;
    for (int k = 0; k < count; k++) {
        real |= jit_is_float(args[k]);
        whole |= jit_is_int(args[k]);
    }
    size_t n = u->loops ? sizeof loops / sizeof loops[0] : sizeof scales / sizeof scales[0];
    for (size_t i = 0; i < n; i++) {
        const Case *c = u->loops ? &loops[i][(u->loops & TEST ? 2 : 0) + count - 1] : &scales[i];
        Kind first = c->args[0];
        int of = first == K_BOOL  ? BOOLS
                 : first == K_F32 ? SINGLES
                 : first == K_F64 ? DOUBLES
                                  : INTS;
        bool fits = c->count && (!u->loops || u->loops & of);
        for (int k = 0; fits && k < count; k++) fits = holds(args[k], c->args[k], real && whole);
        if (fits) return c;
    }
    return NULL;
}
