// SPDX-License-Identifier: MIT
/* Step 5, types, conversions and small helpers: what each kind of value is in LLVM's code. */
#include <stdio.h>
#include <string.h>

#include "emit.h"

#define FUNCTION_ITSELF ((LLVMAttributeIndex)LLVMAttributeFunctionIndex)

LLVMTypeRef jit_llvm_type(Emitter *e, const Type *t) {
    if (t->kind == K_BOOL) return LLVMInt1TypeInContext(e->context);
    if (t->kind == K_F32) return LLVMFloatTypeInContext(e->context);
    if (t->kind == K_F64) return LLVMDoubleTypeInContext(e->context);
    return LLVMIntTypeInContext(e->context, (unsigned)jit_bits(t));
}

LLVMTypeRef jit_memory_type(Emitter *e, const Type *t) {
    return t->kind == K_BOOL ? LLVMInt8TypeInContext(e->context) : jit_llvm_type(e, t);
}

/* How many parts: an array that is contiguous needs no strides. */
int jit_part_count(const Type *t) {
    if (t->kind == K_NONE) return 0;
    if (t->kind == K_ARRAY) return 1 + t->ndim * (t->contiguous ? 1 : 2);
    if (t->kind != K_TUPLE) return 1;
    int count = 0;
    for (int i = 0; i < t->count; i++) count += jit_part_count(t->items[i]);
    return count;
}

LLVMTypeRef jit_part_type(Emitter *e, const Type *t, int part) {
    if (t->kind == K_ARRAY)
        return part == 0 ? LLVMPointerTypeInContext(e->context, 0)
                         : LLVMInt64TypeInContext(e->context);
    if (t->kind == K_TUPLE) return jit_llvm_type(e, t->items[part]); /* items are scalars */
    return jit_llvm_type(e, t);
}

LLVMValueRef jit_int(Emitter *e, int64_t value) {
    return LLVMConstInt(LLVMInt64TypeInContext(e->context), (uint64_t)value, true);
}

LLVMValueRef jit_load(Emitter *e, LLVMValueRef address, const Type *t) {
    LLVMValueRef v = LLVMBuildLoad2(e->builder, jit_memory_type(e, t), address, "");
    LLVMSetAlignment(v, (unsigned)(jit_bits(t) + 7) / 8);
    if (t->kind != K_BOOL) return v;
    return LLVMBuildICmp(e->builder, LLVMIntNE, v, LLVMConstNull(LLVMTypeOf(v)), "");
}

void jit_store_as(Emitter *e, LLVMValueRef v, LLVMValueRef address, const Type *t) {
    if (t->kind == K_BOOL) v = LLVMBuildZExt(e->builder, v, LLVMInt8TypeInContext(e->context), "");
    LLVMSetAlignment(LLVMBuildStore(e->builder, v, address), (unsigned)(jit_bits(t) + 7) / 8);
}

LLVMValueRef jit_slot(Emitter *e, LLVMTypeRef type, int count) {
    LLVMBasicBlockRef now = LLVMGetInsertBlock(e->builder);
    LLVMBasicBlockRef entry = LLVMGetEntryBasicBlock(e->function);
    LLVMValueRef first = LLVMGetFirstInstruction(entry);
    if (first) LLVMPositionBuilderBefore(e->builder, first);
    else LLVMPositionBuilderAtEnd(e->builder, entry);
    LLVMTypeRef array = LLVMArrayType(type, (unsigned)count);
    LLVMValueRef slot = LLVMBuildAlloca(e->builder, array, "slot");
    LLVMPositionBuilderAtEnd(e->builder, now);
    return slot;
}

/* LLVM's NVPTX back end has instructions for these; for a sine it ends the process. */
static bool device_has(const char *name) {
    static const char *const those[] = {"sqrt",  "fabs", "floor",   "ceil",
                                        "trunc", "rint", "copysign"};
    for (size_t i = 0; i < sizeof those / sizeof those[0]; i++)
        if (strcmp(name + strlen("llvm."), those[i]) == 0) return true;
    return false;
}

LLVMValueRef jit_intrinsic(Emitter *e, const char *name, LLVMTypeRef type, LLVMValueRef *args,
                           unsigned n) {
    if (e->cuda && !device_has(name)) {
        char function[32];
        LLVMTypeRef types[] = {type, type};
        bool narrow = LLVMGetTypeKind(type) == LLVMFloatTypeKind;
        snprintf(function, sizeof function, "%s%s", name + strlen("llvm."), narrow ? "f" : "");
        return jit_c_function(e, function, type, types, args, n);
    }
    unsigned id = LLVMLookupIntrinsicID(name, strlen(name));
    LLVMValueRef f = LLVMGetIntrinsicDeclaration(e->module, id, &type, 1);
    return LLVMBuildCall2(e->builder, LLVMGlobalGetValueType(f), f, args, n, "");
}

void jit_add_attribute(Emitter *e, LLVMValueRef f, LLVMAttributeIndex where, const char *name) {
    unsigned kind = LLVMGetEnumAttributeKindForName(name, strlen(name));
    LLVMAddAttributeAtIndex(f, where, LLVMCreateEnumAttribute(e->context, kind, 0));
}

LLVMValueRef jit_c_function(Emitter *e, const char *name, LLVMTypeRef result, LLVMTypeRef *types,
                            LLVMValueRef *args, unsigned n) {
    LLVMTypeRef type = LLVMFunctionType(result, types, n, false);
    char device_name[40]; /* the device's have names that LLVM does not take for C's */
    if (e->cuda && strncmp(name, "jit_", 4) != 0) {
        snprintf(device_name, sizeof device_name, "hc_%s", name);
        name = device_name;
    }
    LLVMValueRef f = LLVMGetNamedFunction(e->module, name);
    if (!f) {
        f = LLVMAddFunction(e->module, name, type);
        jit_add_attribute(e, f, FUNCTION_ITSELF, "nounwind");
    }
    return LLVMBuildCall2(e->builder, type, f, args, n, "");
}

LLVMValueRef jit_remainder(Emitter *e, LLVMValueRef a, LLVMValueRef b) {
    if (!e->cuda) return LLVMBuildFRem(e->builder, a, b, "");
    LLVMTypeRef type = LLVMTypeOf(a), types[] = {type, type};
    LLVMValueRef args[] = {a, b};
    bool narrow = LLVMGetTypeKind(type) == LLVMFloatTypeKind;
    return jit_c_function(e, narrow ? "fmodf" : "fmod", type, types, args, 2);
}

LLVMValueRef jit_cast(Emitter *e, LLVMValueRef v, const Type *from, const Type *to) {
    LLVMBuilderRef b = e->builder;
    LLVMTypeRef type = jit_llvm_type(e, to);
    if (from->kind == to->kind) return v;
    if (to->kind == K_BOOL) return jit_truth(e, v, from);
    if (jit_is_float(to)) {
        if (jit_is_float(from)) return LLVMBuildFPCast(b, v, type, "");
        return jit_is_signed(from) ? LLVMBuildSIToFP(b, v, type, "")
                                   : LLVMBuildUIToFP(b, v, type, "");
    }
    if (jit_is_float(from)) {
        /* What does not fit gives some number; freeze: always the same one. */
        v = jit_is_signed(to) ? LLVMBuildFPToSI(b, v, type, "") : LLVMBuildFPToUI(b, v, type, "");
        return LLVMBuildFreeze(b, v, "");
    }
    return LLVMBuildIntCast2(b, v, type, jit_is_signed(from), "");
}

/* The byte stride of an axis: of a contiguous array it follows from the shape. */
static LLVMValueRef stride(Emitter *e, const Parts *p, const Type *t, int axis) {
    if (!t->contiguous) return p->v[1 + t->ndim + axis];
    LLVMValueRef bytes = jit_int(e, (jit_bits(t->element) + 7) / 8);
    for (int k = axis + 1; k < t->ndim; k++)
        bytes = LLVMBuildNSWMul(e->builder, bytes, p->v[1 + k], "");
    return bytes;
}

Parts jit_cast_parts(Emitter *e, Parts p, const Type *from, const Type *to) {
    if (jit_is_number(to)) {
        p.v[0] = jit_cast(e, p.v[0], from, to);
        return p;
    }
    Parts out = p;
    if (to->kind == K_TUPLE)
        for (int i = 0; i < to->count; i++)
            out.v[i] = jit_cast(e, p.v[i], from->items[i], to->items[i]);
    if (to->kind == K_ARRAY && from->contiguous && !to->contiguous) {
        for (int k = 0; k < to->ndim; k++) out.v[1 + to->ndim + k] = stride(e, &p, from, k);
        out.count = jit_part_count(to);
    }
    return out;
}

void jit_raise_if(Emitter *e, LLVMValueRef cond, int what, Pos pos) {
    LLVMBasicBlockRef raise = LLVMAppendBasicBlockInContext(e->context, e->function, "raise");
    LLVMBasicBlockRef go_on = LLVMAppendBasicBlockInContext(e->context, e->function, "ok");
    LLVMBuildCondBr(e->builder, cond, raise, go_on);
    LLVMPositionBuilderAtEnd(e->builder, raise);
    int64_t line = pos.line < 1 << 22 ? pos.line : 0;
    LLVMBuildRet(e->builder, LLVMConstInt(LLVMInt32TypeInContext(e->context),
                                          (uint64_t)(line << 8 | what), false));
    LLVMPositionBuilderAtEnd(e->builder, go_on);
}

Parts jit_get(Emitter *e, Value *v) { return e->parts[jit_real(v)->number]; }

LLVMValueRef jit_get_as(Emitter *e, Value *v, const Type *t) {
    return jit_cast(e, jit_get(e, v).v[0], jit_type_of(e->sp, v), t);
}
