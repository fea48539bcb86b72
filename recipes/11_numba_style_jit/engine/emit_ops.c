// SPDX-License-Identifier: MIT
/* Step 5, operators. Numbers wrap around like the machine's, but division is Python's: // and %
 * round toward minus infinity, so -7 // 2 is -4 and -7 % 2 is 1, where C and the machine have -3
 * and -1. Dividing by zero raises ZeroDivisionError; with error_model='numpy' it gives what NumPy
 * gives, and costs no test. */
#include <string.h>

#include "emit.h"

#define B e->builder

static LLVMValueRef zero_of(LLVMValueRef v) { return LLVMConstNull(LLVMTypeOf(v)); }
static LLVMValueRef int_of(LLVMValueRef like, int64_t value) {
    return LLVMConstInt(LLVMTypeOf(like), (uint64_t)value, true);
}
static LLVMValueRef real_of(LLVMValueRef like, double value) {
    return LLVMConstReal(LLVMTypeOf(like), value);
}
static LLVMValueRef choose(Emitter *e, LLVMValueRef cond, LLVMValueRef a, LLVMValueRef b) {
    return LLVMBuildSelect(B, cond, a, b, "");
}

LLVMValueRef jit_truth(Emitter *e, LLVMValueRef a, const Type *t) {
    if (t->kind == K_BOOL) return a;
    if (jit_is_float(t)) return LLVMBuildFCmp(B, LLVMRealUNE, a, zero_of(a), "");
    return LLVMBuildICmp(B, LLVMIntNE, a, zero_of(a), "");
}

LLVMValueRef jit_compare(Emitter *e, Op op, LLVMValueRef a, LLVMValueRef b, const Type *t) {
    static const LLVMRealPredicate reals[] = {LLVMRealOLT, LLVMRealOLE, LLVMRealOGT,
                                              LLVMRealOGE, LLVMRealOEQ, LLVMRealUNE};
    static const LLVMIntPredicate ints[] = {LLVMIntSLT, LLVMIntSLE, LLVMIntSGT,
                                            LLVMIntSGE, LLVMIntEQ,  LLVMIntNE};
    static const LLVMIntPredicate unsigneds[] = {LLVMIntULT, LLVMIntULE, LLVMIntUGT,
                                                 LLVMIntUGE, LLVMIntEQ,  LLVMIntNE};
    unsigned i = (unsigned)op - OP_LT;
    if (jit_is_float(t)) return LLVMBuildFCmp(B, reals[i], a, b, "");
    return LLVMBuildICmp(B, jit_is_signed(t) ? ints[i] : unsigneds[i], a, b, "");
}

/* ---- Division ---- */

/* Quotient and remainder of integers; b is not 0 here, or was not to be tested. */
Parts jit_int_divmod(Emitter *e, LLVMValueRef a, LLVMValueRef b, const Type *t) {
    Parts p = {.count = 2};
    LLVMValueRef is_zero = LLVMBuildICmp(B, LLVMIntEQ, b, zero_of(b), "");
    LLVMValueRef one = int_of(b, 1), zero = zero_of(b);
    if (!jit_is_signed(t)) {
        LLVMValueRef divisor = choose(e, is_zero, one, b);
        p.v[0] = choose(e, is_zero, zero, LLVMBuildUDiv(B, a, divisor, ""));
        p.v[1] = choose(e, is_zero, zero, LLVMBuildURem(B, a, divisor, ""));
        return p;
    }
    /* The smallest number by -1 does not fit, and the processor would stop: Numba says 0. */
    int64_t smallest = (int64_t)((uint64_t)-1 << (jit_bits(t) - 1));
    LLVMValueRef overflow = LLVMBuildAnd(B, LLVMBuildICmp(B, LLVMIntEQ, a, int_of(a, smallest), ""),
                                         LLVMBuildICmp(B, LLVMIntEQ, b, int_of(b, -1), ""), "");
    LLVMValueRef special = LLVMBuildOr(B, is_zero, overflow, "");
    LLVMValueRef divisor = choose(e, special, one, b);
    LLVMValueRef quotient = LLVMBuildSDiv(B, a, divisor, ""),
                 rest = LLVMBuildSRem(B, a, divisor, "");
    LLVMValueRef signs = LLVMBuildICmp(B, LLVMIntSLT, LLVMBuildXor(B, b, rest, ""), zero, "");
    LLVMValueRef uneven = LLVMBuildICmp(B, LLVMIntNE, rest, zero, "");
    LLVMValueRef adjust = LLVMBuildAnd(B, uneven, signs, "");
    quotient = choose(e, adjust, LLVMBuildSub(B, quotient, one, ""), quotient);
    rest = choose(e, adjust, LLVMBuildAdd(B, rest, b, ""), rest);
    p.v[0] = choose(e, special, zero, quotient);
    p.v[1] = choose(e, special, zero, rest);
    return p;
}

/* The same for floats, as CPython computes them; b is not 0. */
static Parts real_divmod(Emitter *e, LLVMValueRef a, LLVMValueRef b) {
    Parts p = {.count = 2};
    LLVMValueRef zero = zero_of(a);
    LLVMValueRef mod = jit_remainder(e, a, b);
    LLVMValueRef div = LLVMBuildFDiv(B, LLVMBuildFSub(B, a, mod, ""), b, "");
    LLVMValueRef some = LLVMBuildFCmp(B, LLVMRealUNE, mod, zero, "");
    LLVMValueRef b_minus = LLVMBuildFCmp(B, LLVMRealOLT, b, zero, "");
    LLVMValueRef mod_minus = LLVMBuildFCmp(B, LLVMRealOLT, mod, zero, "");
    LLVMValueRef signs = LLVMBuildAnd(B, some, LLVMBuildXor(B, b_minus, mod_minus, ""), "");
    div = choose(e, signs, LLVMBuildFSub(B, div, real_of(a, 1), ""), div);
    LLVMValueRef nothing = choose(e, b_minus, real_of(a, -0.0), zero); /* the divisor's sign */
    p.v[1] = choose(e, some, choose(e, signs, LLVMBuildFAdd(B, mod, b, ""), mod), nothing);
    LLVMValueRef floor = jit_intrinsic(e, "llvm.floor", LLVMTypeOf(a), &div, 1);
    LLVMValueRef far =
        LLVMBuildFCmp(B, LLVMRealOGT, LLVMBuildFSub(B, div, floor, ""), real_of(a, 0.5), "");
    floor = choose(e, far, LLVMBuildFAdd(B, floor, real_of(a, 1), ""), floor);
    LLVMValueRef sign =
        LLVMBuildFDiv(B, LLVMBuildFMul(B, LLVMBuildFMul(B, div, div, ""), a, ""), b, "");
    p.v[0] = choose(e, LLVMBuildFCmp(B, LLVMRealONE, div, zero, ""), floor, sign);
    return p;
}

Parts jit_divmod(Emitter *e, Pos pos, LLVMValueRef a, LLVMValueRef b, const Type *t, int what) {
    bool numpy = e->sp->function->options.numpy_errors;
    if (!jit_is_float(t)) {
        if (!numpy) jit_raise_if(e, LLVMBuildICmp(B, LLVMIntEQ, b, zero_of(b), ""), what, pos);
        return jit_int_divmod(e, a, b, t);
    }
    LLVMValueRef is_zero = LLVMBuildFCmp(B, LLVMRealOEQ, b, zero_of(b), "");
    if (!numpy) jit_raise_if(e, is_zero, what, pos);
    Parts p = real_divmod(e, a, b);
    if (!numpy) return p;
    p.v[0] = choose(e, is_zero, LLVMBuildFDiv(B, a, b, ""), p.v[0]);
    p.v[1] = choose(e, is_zero, jit_remainder(e, a, b), p.v[1]);
    return p;
}

static LLVMValueRef true_division(Emitter *e, Pos pos, LLVMValueRef a, LLVMValueRef b) {
    if (!e->sp->function->options.numpy_errors)
        jit_raise_if(e, LLVMBuildFCmp(B, LLVMRealOEQ, b, zero_of(b), ""), RAISE_DIVISION, pos);
    return LLVMBuildFDiv(B, a, b, "");
}

/* ---- Power ---- */

/* a to a literal exponent: multiplications, by squaring. Numba computes integer powers in integers,
 * but hands the result on as a float64: beyond 2 ** 53, only its first 53 bits count. */
static LLVMValueRef literal_power(Emitter *e, Pos pos, LLVMValueRef a, const Type *t, int64_t n) {
    bool real = jit_is_float(t), numpy = e->sp->function->options.numpy_errors;
    LLVMValueRef result = real ? real_of(a, 1) : int_of(a, 1), square = a;
    for (uint64_t k = n < 0 ? 0 - (uint64_t)n : (uint64_t)n; k; k >>= 1) {
        if (k & 1)
            result =
                real ? LLVMBuildFMul(B, result, square, "") : LLVMBuildMul(B, result, square, "");
        square = real ? LLVMBuildFMul(B, square, square, "") : LLVMBuildMul(B, square, square, "");
    }
    if (n >= 0 && real) return result;
    if (n >= 0) return jit_cast(e, jit_cast(e, result, t, jit_scalar(K_F64)), jit_scalar(K_F64), t);
    if (real) { /* whatever the error model */
        jit_raise_if(e, LLVMBuildFCmp(B, LLVMRealOEQ, result, zero_of(a), ""), RAISE_DIVISION, pos);
        return LLVMBuildFDiv(B, real_of(a, 1), result, "");
    }
    /* 1 and -1 are their own inverses; those of larger integers are 0. */
    LLVMValueRef is_zero = LLVMBuildICmp(B, LLVMIntEQ, result, zero_of(a), "");
    if (!numpy) jit_raise_if(e, is_zero, RAISE_POWER, pos);
    LLVMValueRef one = LLVMBuildOr(B, LLVMBuildICmp(B, LLVMIntEQ, result, int_of(a, 1), ""),
                                   LLVMBuildICmp(B, LLVMIntEQ, result, int_of(a, -1), ""), "");
    LLVMValueRef inverse = choose(e, one, result, zero_of(a));
    int64_t smallest = (int64_t)((uint64_t)-1 << (jit_bits(t) - 1));
    return numpy ? choose(e, is_zero, int_of(a, smallest), inverse) : inverse;
}

/* a to an integer that is known only then, by a C function of runtime.c, whose status says whether
 * it worked. */
static LLVMValueRef int_power(Emitter *e, Pos pos, LLVMValueRef a, const Type *ta, LLVMValueRef n,
                              const Type *tn) {
    bool real = jit_is_float(ta);
    const Type *wide = real ? jit_scalar(K_F64) : ta;
    const char *name = real ? (ta->kind == K_F32 ? "jit_power_f32" : "jit_power_f64")
                            : (jit_is_signed(ta) ? "jit_power_i64" : "jit_power_u64");
    LLVMTypeRef i32 = LLVMInt32TypeInContext(e->context), i64 = LLVMInt64TypeInContext(e->context);
    LLVMTypeRef type = jit_llvm_type(e, ta->kind == K_F32 ? ta : wide);
    LLVMTypeRef types[] = {type, i64, i32, LLVMPointerTypeInContext(e->context, 0)};
    bool numpy = e->sp->function->options.numpy_errors, is_unsigned = !jit_is_signed(tn);
    LLVMValueRef slot = jit_slot(e, i64, 1);
    LLVMValueRef mode = LLVMConstInt(i32, (numpy ? 1u : 0u) + (is_unsigned ? 2u : 0u), false);
    LLVMValueRef args[] = {a, jit_cast(e, n, tn, jit_scalar(K_I64)), mode, slot};
    LLVMValueRef status = jit_c_function(e, name, i32, types, args, 4);
    jit_raise_if(e, LLVMBuildICmp(B, LLVMIntEQ, status, int_of(status, RAISE_POWER), ""),
                 RAISE_POWER, pos);
    jit_raise_if(e, LLVMBuildICmp(B, LLVMIntEQ, status, int_of(status, RAISE_OVERFLOW), ""),
                 RAISE_OVERFLOW, pos);
    jit_raise_if(e, LLVMBuildICmp(B, LLVMIntEQ, status, int_of(status, RAISE_DIVISION), ""),
                 RAISE_DIVISION, pos);
    return LLVMBuildLoad2(B, type, slot, "");
}

LLVMValueRef jit_power(Emitter *e, Pos pos, LLVMValueRef a, const Type *ta, LLVMValueRef b,
                       const Type *tb) {
    if (!jit_is_float(tb)) return int_power(e, pos, a, ta, b, tb);
    LLVMValueRef args[] = {a, b};
    LLVMValueRef call = jit_intrinsic(e, "llvm.pow", LLVMTypeOf(a), args, 2);
    jit_offer_vectors(e, call, "pow", LLVMTypeOf(a));
    return call;
}

/* ---- All operators ---- */

LLVMValueRef jit_shift(Emitter *e, Op op, LLVMValueRef a, LLVMValueRef b, const Type *t) {
    LLVMValueRef amount = LLVMBuildAnd(B, b, int_of(b, 63), ""); /* as the processor does */
    if (op == OP_SHL) return LLVMBuildShl(B, a, amount, "");
    return jit_is_signed(t) ? LLVMBuildAShr(B, a, amount, "") : LLVMBuildLShr(B, a, amount, "");
}

static LLVMValueRef unary(Emitter *e, Value *v, const Type *to) {
    LLVMValueRef a;
    const Type *t = jit_type_of(e->sp, v->args[0]);
    if (t->kind == K_BOOL && v->op == OP_NEG) t = to;
    switch (v->op) {
    case OP_NOT: a = jit_get_as(e, v->args[0], jit_scalar(K_BOOL)); return LLVMBuildNot(B, a, "");
    case OP_NEG: /* in the operand's own width, then widened: -int8(-128) is -128 */
        a = jit_get_as(e, v->args[0], t);
        a = jit_is_float(t) ? LLVMBuildFNeg(B, a, "") : LLVMBuildNeg(B, a, "");
        return jit_cast(e, a, t, to);
    case OP_INVERT: return jit_cast(e, LLVMBuildNot(B, jit_get_as(e, v->args[0], t), ""), t, to);
    default: return jit_get_as(e, v->args[0], to);
    }
}

static LLVMValueRef power(Emitter *e, Value *v, const Case *c) {
    int64_t n;
    const Type *ta = jit_scalar(c->args[0]), *tb = jit_scalar(c->args[1]);
    const Type *to = jit_scalar(c->result);
    const Type *base = jit_type_of(e->sp, v->args[0]);
    if (jit_const_int(v->args[1], &n) && n >= -0x10000 && n <= 0x10000 && base->kind != K_BOOL)
        return literal_power(e, v->pos, jit_cast(e, jit_get_as(e, v->args[0], ta), ta, to), to, n);
    LLVMValueRef a = jit_get_as(e, v->args[0], ta), b = jit_get_as(e, v->args[1], tb);
    return jit_power(e, v->pos, jit_cast(e, a, ta, to), to, b, tb);
}

LLVMValueRef jit_operator(Emitter *e, Value *v) {
    const Type *t = jit_type_of(e->sp, v);
    if (v->kind == V_UNARY) return unary(e, v, t);
    const Type *given[] = {jit_type_of(e->sp, v->args[0]), jit_type_of(e->sp, v->args[1])};
    const Case *c = jit_op_case(v->op, given[0], given[1]);
    const Type *ta = jit_scalar(c->args[0]), *tb = jit_scalar(c->args[1]);
    if (v->op == OP_POW) return power(e, v, c);
    LLVMValueRef a = jit_get_as(e, v->args[0], ta), b = jit_get_as(e, v->args[1], tb);
    if (v->kind == V_COMPARE) return jit_compare(e, v->op, a, b, ta);
    a = jit_cast(e, a, ta, t);
    b = jit_cast(e, b, tb, t);
    bool real = jit_is_float(t);
    switch (v->op) {
    case OP_ADD: return real ? LLVMBuildFAdd(B, a, b, "") : LLVMBuildAdd(B, a, b, "");
    case OP_SUB: return real ? LLVMBuildFSub(B, a, b, "") : LLVMBuildSub(B, a, b, "");
    case OP_MUL: return real ? LLVMBuildFMul(B, a, b, "") : LLVMBuildMul(B, a, b, "");
    case OP_DIV: return true_division(e, v->pos, a, b);
    case OP_FLOORDIV:
        return jit_divmod(e, v->pos, a, b, t, real ? RAISE_DIVISION : RAISE_INT_DIVISION).v[0];
    case OP_MOD: return jit_divmod(e, v->pos, a, b, t, real ? RAISE_MODULO : RAISE_INT_MODULO).v[1];
    case OP_AND: return LLVMBuildAnd(B, a, b, "");
    case OP_OR: return LLVMBuildOr(B, a, b, "");
    case OP_XOR: return LLVMBuildXor(B, a, b, "");
    default: return jit_shift(e, v->op, a, b, t);
    }
}
