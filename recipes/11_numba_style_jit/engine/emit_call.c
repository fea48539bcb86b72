// SPDX-License-Identifier: MIT
/* Step 5, calls of functions that are built in, and loops over range(). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "emit.h"

#define B e->builder

static const Type *type_of(Emitter *e, Value *v) { return jit_type_of(e->sp, v); }

/* A function of one or two floats: LLVM's, or the C library's, whose names for float end in f. */
LLVMValueRef jit_real_function(Emitter *e, const char *name, const Type *t, LLVMValueRef *args,
                               unsigned n) {
    const double pi = 3.14159265358979323846;
    LLVMTypeRef type = jit_llvm_type(e, t), types[] = {type, type};
    if (strcmp(name, "degrees") == 0)
        return LLVMBuildFMul(B, args[0], LLVMConstReal(type, 180 / pi), "");
    if (strcmp(name, "radians") == 0)
        return LLVMBuildFMul(B, args[0], LLVMConstReal(type, pi / 180), "");
    bool intrinsic = strncmp(name, "llvm.", 5) == 0;
    char real_name[32];
    snprintf(real_name, sizeof real_name, "%s%s", name, t->kind == K_F32 ? "f" : "");
    LLVMValueRef call = intrinsic ? jit_intrinsic(e, name, type, args, n)
                                  : jit_c_function(e, real_name, type, types, args, n);
    jit_offer_vectors(e, call, intrinsic ? name + strlen("llvm.") : name, type);
    return call;
}

LLVMValueRef jit_real_test(Emitter *e, const char *name, LLVMValueRef v) {
    LLVMTypeRef type = LLVMTypeOf(v);
    if (strcmp(name, "isnan") == 0) return LLVMBuildFCmp(B, LLVMRealUNO, v, v, "");
    LLVMValueRef magnitude = jit_intrinsic(e, "llvm.fabs", type, &v, 1);
    LLVMValueRef infinity = LLVMConstReal(type, (double)INFINITY);
    LLVMRealPredicate how = strcmp(name, "isinf") == 0 ? LLVMRealOEQ : LLVMRealOLT;
    return LLVMBuildFCmp(B, how, magnitude, infinity, "");
}

LLVMValueRef jit_absolute(Emitter *e, LLVMValueRef v, const Type *t) {
    if (jit_is_float(t)) return jit_intrinsic(e, "llvm.fabs", LLVMTypeOf(v), &v, 1);
    if (!jit_is_signed(t)) return v;
    LLVMValueRef minus = LLVMBuildICmp(B, LLVMIntSLT, v, LLVMConstNull(LLVMTypeOf(v)), "");
    return LLVMBuildSelect(B, minus, LLVMBuildNeg(B, v, ""), v, "");
}

/* min and max go from left to right and take what is smaller, as Python does: a NaN is never
 * smaller, so min(1, nan) is 1 and min(nan, 1) is nan. */
static LLVMValueRef minmax(Emitter *e, Value *v) {
    const Type *t = type_of(e, v->args[0]);
    LLVMValueRef best = jit_get_as(e, v->args[0], t);
    for (int i = 1; i < v->count; i++) {
        const Type *other = type_of(e, v->args[i]);
        bool narrow = jit_bits(t) <= jit_bits(other);
        const Type *both = jit_unify(e->s, narrow ? t : other, narrow ? other : t);
        best = jit_cast(e, best, t, both);
        LLVMValueRef next = jit_get_as(e, v->args[i], both);
        Op op = v->builtin->code[1] == 'i' ? OP_LT : OP_GT; /* min, max */
        best = LLVMBuildSelect(B, jit_compare(e, op, next, best, both), next, best, "");
        t = both;
    }
    return jit_cast(e, best, t, type_of(e, v));
}

static LLVMValueRef rounded(Emitter *e, Value *v, const Case *c) {
    const Type *t = jit_scalar(c->args[0]);
    LLVMValueRef x = jit_get_as(e, v->args[0], t);
    if (v->count == 1) {
        x = jit_intrinsic(e, "llvm.rint", LLVMTypeOf(x), &x, 1);
        return jit_cast(e, x, t, jit_scalar(c->result));
    }
    LLVMTypeRef f64 = LLVMDoubleTypeInContext(e->context);
    LLVMTypeRef types[] = {f64, LLVMInt64TypeInContext(e->context)};
    LLVMValueRef args[] = {jit_cast(e, x, t, jit_scalar(K_F64)),
                           jit_get_as(e, v->args[1], jit_scalar(K_I64))};
    LLVMValueRef r = jit_c_function(e, "jit_round", f64, types, args, 2);
    return jit_cast(e, r, jit_scalar(K_F64), t);
}

static LLVMValueRef unary(Emitter *e, Value *v, const Case *c) {
    const Type *t = jit_scalar(c->result);
    LLVMValueRef x =
        jit_cast(e, jit_get_as(e, v->args[0], jit_scalar(c->args[0])), jit_scalar(c->args[0]), t);
    return jit_real_function(e, v->builtin->code, t, &x, 1);
}

LLVMValueRef jit_gcd_of(Emitter *e, LLVMValueRef a, LLVMValueRef b, const Type *t) {
    const Type *wide = jit_scalar(jit_is_signed(t) ? K_I64 : K_U64);
    LLVMTypeRef i64 = LLVMInt64TypeInContext(e->context), types[] = {i64, i64};
    LLVMValueRef args[] = {jit_cast(e, jit_absolute(e, a, t), t, wide),
                           jit_cast(e, jit_absolute(e, b, t), t, wide)};
    return jit_cast(e, jit_c_function(e, "jit_gcd", i64, types, args, 2), wide, t);
}

/* x times 2 to a power, which C takes as an int. */
LLVMValueRef jit_scaled(Emitter *e, LLVMValueRef x, const Type *t, LLVMValueRef n, const Type *tn) {
    LLVMTypeRef i32 = LLVMInt32TypeInContext(e->context), type = jit_llvm_type(e, t);
    LLVMTypeRef types[] = {type, i32};
    LLVMValueRef args[] = {x, jit_cast(e, n, tn, jit_scalar(K_I32))};
    return jit_c_function(e, t->kind == K_F32 ? "ldexpf" : "ldexp", type, types, args, 2);
}

/* math.frexp: x as a number from 0.5 to 1, times 2 to the power of the second part. */
static Parts taken_apart(Emitter *e, LLVMValueRef x, const Type *t) {
    LLVMTypeRef i32 = LLVMInt32TypeInContext(e->context), type = jit_llvm_type(e, t);
    LLVMTypeRef types[] = {type, LLVMPointerTypeInContext(e->context, 0)};
    LLVMValueRef args[] = {x, jit_slot(e, i32, 1)};
    LLVMValueRef part =
        jit_c_function(e, t->kind == K_F32 ? "frexpf" : "frexp", type, types, args, 2);
    return (Parts){.v = {part, LLVMBuildLoad2(B, i32, args[1], "")}, .count = 2};
}

static LLVMValueRef length(Emitter *e, Value *v) {
    const Type *t = type_of(e, v->args[0]);
    return t->kind == K_TUPLE ? jit_int(e, t->count) : e->parts[jit_real(v->args[0])->number].v[1];
}

Parts jit_emit_builtin(Emitter *e, Value *v) {
    const Builtin *b = v->builtin;
    const Type *t = type_of(e, v);
    if (b->rule == RULE_CAST) return jit_one(jit_get_as(e, v->args[0], t));
    if (b->rule == RULE_MINMAX) return jit_one(minmax(e, v));
    if (b->rule == RULE_LEN) return jit_one(length(e, v));
    if (b->rule >= RULE_REGISTER) return jit_emit_cuda(e, v);
    const Type *types[3];
    for (int i = 0; i < v->count; i++) types[i] = type_of(e, v->args[i]);
    const Case *c = jit_builtin_case(b, types, v->count);
    const Type *ta = jit_scalar(c->args[0]), *tb = jit_scalar(c->args[1]);
    LLVMValueRef args[2] = {jit_get_as(e, v->args[0], ta),
                            v->count > 1 ? jit_get_as(e, v->args[1], tb) : NULL};
    switch (b->rule) {
    case RULE_UNARY: return jit_one(unary(e, v, c));
    case RULE_FLOOR:
        if (!jit_is_float(ta)) return jit_one(args[0]);
        return jit_one(jit_cast(e, jit_real_function(e, b->code, ta, args, 1), ta, t));
    case RULE_TEST:
        if (jit_is_float(ta)) return jit_one(jit_real_test(e, b->code, args[0]));
        return jit_one(LLVMConstInt(jit_llvm_type(e, t), strcmp(b->code, "isfinite") == 0, false));
    case RULE_PAIR:
        for (int i = 0; i < 2; i++) args[i] = jit_cast(e, args[i], ta, t);
        return jit_one(jit_real_function(e, b->code, t, args, 2));
    case RULE_FLOATS: return jit_one(jit_real_function(e, b->code, t, args, 2));
    case RULE_POW: return jit_one(jit_power(e, v->pos, args[0], ta, args[1], tb));
    case RULE_GCD:
        for (int i = 0; i < 2; i++) args[i] = jit_cast(e, args[i], jit_scalar(c->args[i]), t);
        return jit_one(jit_gcd_of(e, args[0], args[1], t));
    case RULE_PARTS: return taken_apart(e, args[0], ta);
    case RULE_SCALE: return jit_one(jit_scaled(e, args[0], t, args[1], tb));
    case RULE_UFUNC: return jit_emit_ufunc(e, v, c, args[0], args[1]);
    case RULE_ABS: return jit_one(jit_absolute(e, args[0], ta));
    case RULE_ROUND: return jit_one(rounded(e, v, c));
    case RULE_DIVMOD:
        return jit_divmod(e, v->pos, args[0], args[1], ta,
                          jit_is_float(ta) ? RAISE_MODULO : RAISE_INT_DIVISION);
    default: return (Parts){.count = 0};
    }
}

/* ---- Loops over range ----
 * With a step of 1 or -1 the counter is the variable itself, as in for (i = a; i < b; i++). With
 * any other, the rounds are counted beforehand, so that nothing can overflow on the way. */

bool jit_counts_directly(Value *range, int *step) {
    int64_t literal = 1;
    range = jit_real(range);
    if (range->count == 3 && !jit_const_int(range->args[2], &literal)) return false;
    *step = (int)(literal == 1) - (int)(literal == -1);
    return *step != 0;
}

/* Parts: start, stop, step, number of rounds. */
Parts jit_emit_range(Emitter *e, Value *v) {
    const Type *t = type_of(e, v);
    LLVMTypeRef type = jit_llvm_type(e, t);
    LLVMValueRef zero = LLVMConstNull(type), one = LLVMConstInt(type, 1, false);
    Parts p = {.v = {zero, zero, one, zero}, .count = 4};
    int direct;
    if (v->count == 1) p.v[1] = jit_get_as(e, v->args[0], t);
    else
        for (int i = 0; i < v->count; i++) p.v[i] = jit_get_as(e, v->args[i], t);
    if (jit_counts_directly(v, &direct)) return p;
    LLVMValueRef start = p.v[0], stop = p.v[1], step = p.v[2];
    jit_raise_if(e, LLVMBuildICmp(B, LLVMIntEQ, step, zero, ""), RAISE_RANGE, v->pos);
    LLVMValueRef way = LLVMBuildSub(B, stop, start, ""), some;
    if (jit_is_signed(t)) {
        LLVMValueRef down = LLVMBuildICmp(B, LLVMIntSLT, step, zero, "");
        way = LLVMBuildSelect(B, down, LLVMBuildNeg(B, way, ""), way, "");
        step = LLVMBuildSelect(B, down, LLVMBuildNeg(B, step, ""), step, "");
        some = LLVMBuildICmp(B, LLVMIntSGT, way, zero, "");
    } else some = LLVMBuildICmp(B, LLVMIntUGT, stop, start, "");
    LLVMValueRef full = LLVMBuildUDiv(B, LLVMBuildSub(B, way, one, ""), step, "");
    p.v[3] = LLVMBuildSelect(B, some, LLVMBuildAdd(B, full, one, ""), zero, "rounds");
    return p;
}

Parts jit_emit_loop(Emitter *e, Value *v) {
    Value *counter = jit_real(v->args[0]), *range = jit_real(counter->args[0]);
    const Type *t = type_of(e, range);
    LLVMValueRef k = e->parts[counter->number].v[0];
    const Parts *r = &e->parts[range->number];
    int step;
    bool direct = jit_counts_directly(range, &step), is_signed = jit_is_signed(t);
    LLVMValueRef one = LLVMConstInt(LLVMTypeOf(k), 1, false);
    switch (v->kind) {
    case V_MORE:
        if (!direct) return jit_one(LLVMBuildICmp(B, LLVMIntULT, k, r->v[3], ""));
        return jit_one(jit_compare(e, step > 0 ? OP_LT : OP_GT, k, r->v[1], t));
    case V_ELEMENT:
        if (direct) return jit_one(k);
        return jit_one(LLVMBuildAdd(B, r->v[0], LLVMBuildMul(B, k, r->v[2], ""), ""));
    default: /* V_STEP: k is below or above stop, or below the rounds, so one more fits */
        if (!direct) return jit_one(LLVMBuildNUWAdd(B, k, one, ""));
        if (step < 0)
            return jit_one(is_signed ? LLVMBuildNSWSub(B, k, one, "")
                                     : LLVMBuildNUWSub(B, k, one, ""));
        return jit_one(is_signed ? LLVMBuildNSWAdd(B, k, one, "") : LLVMBuildNUWAdd(B, k, one, ""));
    }
}
