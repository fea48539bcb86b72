// SPDX-License-Identifier: MIT
/* Step 5, NumPy's functions of numbers: what the table in ufunc.c names. They never raise, but for
 * integer powers: x // 0 is 0 or, of floats, an infinity. Most are as in Numba; where that takes
 * signed integers for unsigned ones, or the other way round (np.fmod, np.sign), they are as in
 * NumPy. */
#include <math.h>
#include <string.h>

#include "emit.h"

#define B e->builder

/* The operands, which have the type t each, but for ldexp and comparisons of int64 and uint64. */
typedef struct Operands {
    LLVMValueRef a, b;
    const Type *t, *tb;
    Pos pos;
    const char *code;
} Operands;

static LLVMValueRef zero_of(LLVMValueRef v) { return LLVMConstNull(LLVMTypeOf(v)); }
static LLVMValueRef real_of(LLVMValueRef like, double value) {
    return LLVMConstReal(LLVMTypeOf(like), value);
}
static LLVMValueRef choose(Emitter *e, LLVMValueRef cond, LLVMValueRef a, LLVMValueRef b) {
    return LLVMBuildSelect(B, cond, a, b, "");
}
static LLVMValueRef real(Emitter *e, const char *name, const Operands *o, LLVMValueRef a,
                         LLVMValueRef b) {
    LLVMValueRef args[] = {a, b};
    return jit_real_function(e, name, o->t, args, b ? 2 : 1);
}

/* ---- Arithmetic ---- */

static LLVMValueRef add(Emitter *e, const Operands *o) {
    if (o->t->kind == K_BOOL) return LLVMBuildOr(B, o->a, o->b, "");
    return jit_is_float(o->t) ? LLVMBuildFAdd(B, o->a, o->b, "") : LLVMBuildAdd(B, o->a, o->b, "");
}
static LLVMValueRef subtract(Emitter *e, const Operands *o) {
    return jit_is_float(o->t) ? LLVMBuildFSub(B, o->a, o->b, "") : LLVMBuildSub(B, o->a, o->b, "");
}
static LLVMValueRef multiply(Emitter *e, const Operands *o) {
    if (o->t->kind == K_BOOL) return LLVMBuildAnd(B, o->a, o->b, "");
    return jit_is_float(o->t) ? LLVMBuildFMul(B, o->a, o->b, "") : LLVMBuildMul(B, o->a, o->b, "");
}
static LLVMValueRef square(Emitter *e, const Operands *o) {
    Operands twice = *o;
    twice.b = o->a;
    return multiply(e, &twice);
}
static LLVMValueRef divide(Emitter *e, const Operands *o) {
    return LLVMBuildFDiv(B, o->a, o->b, "");
}
static LLVMValueRef floor_divide(Emitter *e, const Operands *o) {
    if (!jit_is_float(o->t)) return jit_int_divmod(e, o->a, o->b, o->t).v[0];
    return real(e, "llvm.floor", o, divide(e, o), NULL);
}

/* The remainder with the sign of the divisor; that of floats is never -0. */
static LLVMValueRef remainder_of(Emitter *e, const Operands *o) {
    if (!jit_is_float(o->t)) return jit_int_divmod(e, o->a, o->b, o->t).v[1];
    LLVMValueRef rest = jit_remainder(e, o->a, o->b), zero = zero_of(rest);
    LLVMValueRef signs = LLVMBuildXor(B, LLVMBuildFCmp(B, LLVMRealOLT, o->b, zero, ""),
                                      LLVMBuildFCmp(B, LLVMRealOLT, rest, zero, ""), "");
    LLVMValueRef mend = LLVMBuildAnd(B, LLVMBuildFCmp(B, LLVMRealONE, rest, zero, ""), signs, "");
    return LLVMBuildFAdd(B, rest, choose(e, mend, o->b, zero), "");
}

/* The remainder with the sign of the dividend, as C has it. */
static LLVMValueRef fmod_of(Emitter *e, const Operands *o) {
    if (jit_is_float(o->t)) return jit_remainder(e, o->a, o->b);
    LLVMValueRef zero = zero_of(o->b), one = LLVMConstInt(LLVMTypeOf(zero), 1, false);
    LLVMValueRef special = LLVMBuildICmp(B, LLVMIntEQ, o->b, zero, "");
    if (jit_is_signed(o->t)) /* any number by -1 leaves nothing, and the smallest would trap */
        special = LLVMBuildOr(
            B, special, LLVMBuildICmp(B, LLVMIntEQ, o->b, LLVMConstAllOnes(LLVMTypeOf(zero)), ""),
            "");
    LLVMValueRef divisor = choose(e, special, one, o->b);
    return jit_is_signed(o->t) ? LLVMBuildSRem(B, o->a, divisor, "")
                               : LLVMBuildURem(B, o->a, divisor, "");
}

/* Integers are computed with in 64 bits. */
static LLVMValueRef power(Emitter *e, const Operands *o) {
    if (jit_is_float(o->t)) return jit_power(e, o->pos, o->a, o->t, o->b, o->t);
    const Type *wide = jit_scalar(jit_is_signed(o->t) ? K_I64 : K_U64);
    LLVMValueRef a = jit_cast(e, o->a, o->t, wide), b = jit_cast(e, o->b, o->t, wide);
    return jit_cast(e, jit_power(e, o->pos, a, wide, b, wide), wide, o->t);
}

static LLVMValueRef absolute(Emitter *e, const Operands *o) {
    return o->t->kind == K_BOOL ? o->a : jit_absolute(e, o->a, o->t);
}
static LLVMValueRef negative(Emitter *e, const Operands *o) {
    return jit_is_float(o->t) ? LLVMBuildFNeg(B, o->a, "") : LLVMBuildNeg(B, o->a, "");
}
static LLVMValueRef positive(Emitter *e, const Operands *o) {
    (void)e;
    return o->a;
}
static LLVMValueRef sign(Emitter *e, const Operands *o) {
    LLVMTypeRef type = LLVMTypeOf(o->a);
    LLVMValueRef zero = zero_of(o->a);
    LLVMValueRef one = jit_is_float(o->t) ? real_of(zero, 1) : LLVMConstInt(type, 1, false);
    LLVMValueRef minus = jit_is_float(o->t) ? real_of(zero, -1) : LLVMConstAllOnes(type);
    LLVMValueRef r = choose(e, jit_compare(e, OP_GT, o->a, zero, o->t), one, o->a); /* NaN, -0 */
    return choose(e, jit_compare(e, OP_LT, o->a, zero, o->t), minus, r);
}
static LLVMValueRef reciprocal(Emitter *e, const Operands *o) {
    if (jit_is_float(o->t)) return LLVMBuildFDiv(B, real_of(o->a, 1), o->a, "");
    LLVMTypeRef type = LLVMTypeOf(o->a);
    LLVMValueRef one = LLVMConstInt(type, 1, false), zero = zero_of(o->a);
    LLVMValueRef own = LLVMBuildICmp(B, LLVMIntEQ, o->a, one, "");
    if (jit_is_signed(o->t))
        own =
            LLVMBuildOr(B, own, LLVMBuildICmp(B, LLVMIntEQ, o->a, LLVMConstAllOnes(type), ""), "");
    /* 1 / 0 does not fit; the processor's answer in 64 bits is the smallest int64. */
    LLVMValueRef endless = LLVMConstInt(type, jit_bits(o->t) == 64 ? (uint64_t)1 << 63 : 0, false);
    LLVMValueRef rest = choose(e, LLVMBuildICmp(B, LLVMIntEQ, o->a, zero, ""), endless, zero);
    return choose(e, own, o->a, rest);
}

/* ---- Integers ---- */

static LLVMValueRef gcd(Emitter *e, const Operands *o) { return jit_gcd_of(e, o->a, o->b, o->t); }
static LLVMValueRef lcm(Emitter *e, const Operands *o) {
    LLVMValueRef zero = zero_of(o->a), one = LLVMConstInt(LLVMTypeOf(zero), 1, false);
    LLVMValueRef none = LLVMBuildICmp(B, LLVMIntEQ, o->a, zero, "");
    LLVMValueRef divisor = choose(e, none, one, gcd(e, o));
    LLVMValueRef part = jit_int_divmod(e, o->b, divisor, o->t).v[0];
    return jit_absolute(e, LLVMBuildMul(B, o->a, part, ""), o->t); /* 0 if a is */
}
static LLVMValueRef bits(Emitter *e, const Operands *o) {
    if (*o->code == '&') return LLVMBuildAnd(B, o->a, o->b, "");
    if (*o->code == '|') return LLVMBuildOr(B, o->a, o->b, "");
    return *o->code == '^' ? LLVMBuildXor(B, o->a, o->b, "") : LLVMBuildNot(B, o->a, "");
}
static LLVMValueRef shift(Emitter *e, const Operands *o) { /* in 64 bits, as the processor does */
    const Type *wide = jit_scalar(jit_is_signed(o->t) ? K_I64 : K_U64);
    Op op = *o->code == '<' ? OP_SHL : OP_SHR;
    LLVMValueRef a = jit_cast(e, o->a, o->t, wide), b = jit_cast(e, o->b, o->t, wide);
    return jit_cast(e, jit_shift(e, op, a, b, wide), wide, o->t);
}

/* ---- Comparisons and tests ---- */

static Op comparison(const char *code) {
    bool equal = code[1] == '=';
    if (*code == '=') return OP_EQ;
    if (*code == '!') return OP_NE;
    if (*code == '<') return equal ? OP_LE : OP_LT;
    return equal ? OP_GE : OP_GT;
}

static LLVMValueRef compare(Emitter *e, const Operands *o) {
    Op op = comparison(o->code);
    if (o->t == o->tb) return jit_compare(e, op, o->a, o->b, o->t);
    /* One is an int64: if it is negative, it is less than any uint64. */
    bool first = jit_is_signed(o->t), less = op == OP_LT || op == OP_LE;
    LLVMValueRef i = first ? o->a : o->b;
    bool truth = op == OP_NE || (op != OP_EQ && less == first);
    LLVMValueRef minus = LLVMBuildICmp(B, LLVMIntSLT, i, zero_of(i), "");
    LLVMValueRef rest = jit_compare(e, op, o->a, o->b, jit_scalar(K_U64));
    return choose(e, minus, LLVMConstInt(LLVMTypeOf(rest), truth, false), rest);
}

static LLVMValueRef logic(Emitter *e, const Operands *o) {
    LLVMValueRef a = jit_truth(e, o->a, o->t), b = o->b ? jit_truth(e, o->b, o->t) : NULL;
    if (*o->code == 'n') return LLVMBuildNot(B, a, "");
    if (*o->code == 'a') return LLVMBuildAnd(B, a, b, "");
    return *o->code == 'o' ? LLVMBuildOr(B, a, b, "") : LLVMBuildXor(B, a, b, "");
}

static LLVMValueRef test(Emitter *e, const Operands *o) {
    if (jit_is_float(o->t)) return jit_real_test(e, o->code, o->a);
    return LLVMConstInt(LLVMInt1TypeInContext(e->context), strcmp(o->code, "isfinite") == 0, false);
}

static LLVMValueRef signbit_of(Emitter *e, const Operands *o) {
    LLVMTypeRef type = LLVMIntTypeInContext(e->context, (unsigned)jit_bits(o->t));
    LLVMValueRef i = LLVMBuildBitCast(B, o->a, type, "");
    return LLVMBuildICmp(B, LLVMIntSLT, i, LLVMConstNull(type), "");
}

/* maximum and minimum give NaN if one is a NaN, fmax and fmin the other one; of equals the
 * first. */
static LLVMValueRef extreme(Emitter *e, const Operands *o) {
    bool max = strstr(o->code, "max") != NULL, keep_nan = *o->code == 'm';
    if (o->t->kind == K_BOOL)
        return max ? LLVMBuildOr(B, o->a, o->b, "") : LLVMBuildAnd(B, o->a, o->b, "");
    LLVMValueRef first = jit_compare(e, max ? OP_GE : OP_LE, o->a, o->b, o->t);
    if (jit_is_float(o->t)) { /* a NaN in a, or in b, makes a the result */
        LLVMValueRef v = keep_nan ? o->a : o->b;
        first = LLVMBuildOr(B, first, LLVMBuildFCmp(B, LLVMRealUNO, v, v, ""), "");
    }
    return choose(e, first, o->a, o->b);
}

/* ---- Floats ---- */

static LLVMValueRef spacing(Emitter *e, const Operands *o) {
    LLVMValueRef far = real(e, "llvm.copysign", o, real_of(o->a, (double)INFINITY), o->a);
    return LLVMBuildFSub(B, real(e, "nextafter", o, o->a, far), o->a, "");
}

/* log(exp(a) + exp(b)), or the same to the base of 2, without an overflow on the way. */
static LLVMValueRef logaddexp(Emitter *e, const Operands *o) {
    bool two = strcmp(o->code, "logaddexp2") == 0;
    LLVMValueRef apart = LLVMBuildFSub(B, o->a, o->b, "");
    LLVMValueRef larger =
        choose(e, LLVMBuildFCmp(B, LLVMRealOGT, apart, zero_of(apart), ""), o->a, o->b);
    LLVMValueRef size = real(e, "llvm.fabs", o, apart, NULL);
    LLVMValueRef part =
        real(e, two ? "llvm.exp2" : "llvm.exp", o, LLVMBuildFNeg(B, size, ""), NULL);
    part = real(e, "log1p", o, part, NULL);
    if (two) part = LLVMBuildFMul(B, part, real_of(part, 1.44269504088896340736), "");
    LLVMValueRef sum = LLVMBuildFAdd(B, larger, part, "");
    LLVMValueRef nan = LLVMBuildFCmp(B, LLVMRealUNO, apart, apart, "");
    LLVMValueRef same = LLVMBuildFCmp(B, LLVMRealOEQ, o->a, o->b, ""); /* infinities, too */
    LLVMValueRef twice =
        LLVMBuildFAdd(B, o->a, real_of(o->a, two ? 1 : 0.69314718055994530942), "");
    return choose(e, same, twice, choose(e, nan, apart, sum));
}

static LLVMValueRef ldexp_of(Emitter *e, const Operands *o) {
    return jit_scaled(e, o->a, o->t, o->b, o->tb);
}

Parts jit_emit_ufunc(Emitter *e, Value *v, const Case *c, LLVMValueRef a, LLVMValueRef b) {
    static const struct {
        const char *code;
        LLVMValueRef (*emit)(Emitter *e, const Operands *o);
    } own[] = {{"+", add},
               {"-", subtract},
               {"*", multiply},
               {"/", divide},
               {"//", floor_divide},
               {"%", remainder_of},
               {"fmod", fmod_of},
               {"**", power},
               {"maximum", extreme},
               {"minimum", extreme},
               {"fmax", extreme},
               {"fmin", extreme},
               {"abs", absolute},
               {"negative", negative},
               {"positive", positive},
               {"sign", sign},
               {"square", square},
               {"reciprocal", reciprocal},
               {"gcd", gcd},
               {"lcm", lcm},
               {"&", bits},
               {"|", bits},
               {"^", bits},
               {"~", bits},
               {"<<", shift},
               {">>", shift},
               {"<", compare},
               {"<=", compare},
               {">", compare},
               {">=", compare},
               {"==", compare},
               {"!=", compare},
               {"and", logic},
               {"or", logic},
               {"xor", logic},
               {"not", logic},
               {"isnan", test},
               {"isinf", test},
               {"isfinite", test},
               {"signbit", signbit_of},
               {"spacing", spacing},
               {"ldexp", ldexp_of},
               {"logaddexp", logaddexp},
               {"logaddexp2", logaddexp}};
    Operands o = {a, b, jit_scalar(c->args[0]), jit_scalar(c->args[1]), v->pos, v->builtin->code};
    if (strcmp(o.code, "divmod") == 0)
        return (Parts){.v = {floor_divide(e, &o), remainder_of(e, &o)}, .count = 2};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (strcmp(own[i].code, o.code) == 0) return jit_one(own[i].emit(e, &o));
    return jit_one(real(e, o.code, &o, a, b)); /* a function of C's mathematics */
}
