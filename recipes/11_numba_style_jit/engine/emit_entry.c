// SPDX-License-Identifier: MIT
/* Step 5, the two functions for C around a compiled function: one that takes its arguments by
 * address, whatever their types, and one with the types of the signature. */
#include "emit.h"

/* The parts of an array, from a JitArray at this address. */
static void load_array(Emitter *e, LLVMValueRef address, const Type *t, LLVMValueRef *args,
                       unsigned *n) {
    LLVMTypeRef pointer = LLVMPointerTypeInContext(e->context, 0);
    args[(*n)++] = LLVMBuildLoad2(e->builder, pointer, address, "");
    for (int k = 0; k < t->ndim; k++)
        args[(*n)++] =
            jit_load(e, jit_slot_address(e, address, jit_int(e, 1 + k)), jit_scalar(K_I64));
    for (int k = 0; !t->contiguous && k < t->ndim; k++)
        args[(*n)++] =
            jit_load(e, jit_slot_address(e, address, jit_int(e, 4 + k)), jit_scalar(K_I64));
}

/* int entry(void **args, void *result) */
void jit_emit_entry(Emitter *e, Special *sp, const char *symbol) {
    LLVMTypeRef pointer = LLVMPointerTypeInContext(e->context, 0), types[] = {pointer, pointer};
    LLVMTypeRef type = LLVMFunctionType(LLVMInt32TypeInContext(e->context), types, 2, false);
    LLVMValueRef f = LLVMAddFunction(e->module, symbol, type);
    LLVMPositionBuilderAtEnd(e->builder, LLVMAppendBasicBlockInContext(e->context, f, "entry"));
    LLVMValueRef args[1 + MAX_PARAM_PARTS];
    unsigned n = 0;
    args[n++] = LLVMGetParam(f, 1);
    for (int i = 0; i < sp->function->arity; i++) {
        LLVMValueRef where = jit_slot_address(e, LLVMGetParam(f, 0), jit_int(e, i));
        LLVMValueRef address = LLVMBuildLoad2(e->builder, pointer, where, "");
        if (sp->args[i]->kind == K_ARRAY) load_array(e, address, sp->args[i], args, &n);
        else args[n++] = jit_load(e, address, sp->args[i]);
    }
    LLVMBuildRet(e->builder, LLVMBuildCall2(e->builder, LLVMGlobalGetValueType(sp->code), sp->code,
                                            args, n, ""));
}

/* T plain(...): the signature in C's types. Small integers come and go as C has them. */
void jit_emit_plain(Emitter *e, Special *sp, const char *symbol) {
    const Type *result = jit_result_of(sp);
    LLVMTypeRef types[MAX_PARAM_PARTS], pointer = LLVMPointerTypeInContext(e->context, 0);
    unsigned count = (unsigned)sp->function->arity, n = 0;
    for (unsigned i = 0; i < count; i++)
        types[i] = sp->args[i]->kind == K_ARRAY ? pointer : jit_memory_type(e, sp->args[i]);
    LLVMTypeRef back =
        result->kind == K_NONE ? LLVMVoidTypeInContext(e->context) : jit_llvm_type(e, result);
    LLVMTypeRef type = LLVMFunctionType(back, types, count, false);
    LLVMValueRef f = LLVMAddFunction(e->module, symbol, type);
    if (result->kind != K_NONE && !jit_is_float(result))
        jit_add_attribute(e, f, LLVMAttributeReturnIndex,
                          jit_is_signed(result) ? "signext" : "zeroext");
    e->function = f;
    LLVMPositionBuilderAtEnd(e->builder, LLVMAppendBasicBlockInContext(e->context, f, "entry"));
    LLVMValueRef args[1 + MAX_PARAM_PARTS];
    args[n++] = jit_slot(e, LLVMInt64TypeInContext(e->context), 1);
    for (unsigned i = 0; i < count; i++) {
        LLVMValueRef param = LLVMGetParam(f, i);
        if (sp->args[i]->kind == K_ARRAY) load_array(e, param, sp->args[i], args, &n);
        else if (sp->args[i]->kind == K_BOOL)
            args[n++] =
                LLVMBuildICmp(e->builder, LLVMIntNE, param, LLVMConstNull(LLVMTypeOf(param)), "");
        else args[n++] = param;
    }
    LLVMValueRef status =
        LLVMBuildCall2(e->builder, LLVMGlobalGetValueType(sp->code), sp->code, args, n, "");
    LLVMBasicBlockRef raised = LLVMAppendBasicBlockInContext(e->context, f, "raised");
    LLVMBasicBlockRef ok = LLVMAppendBasicBlockInContext(e->context, f, "ok");
    LLVMValueRef none = LLVMConstNull(LLVMTypeOf(status));
    LLVMBuildCondBr(e->builder, LLVMBuildICmp(e->builder, LLVMIntNE, status, none, ""), raised, ok);
    LLVMPositionBuilderAtEnd(e->builder, raised);
    LLVMTypeRef status_type = LLVMTypeOf(status);
    jit_c_function(e, "jit_set_raised", LLVMVoidTypeInContext(e->context), &status_type, &status,
                   1);
    if (result->kind == K_NONE) LLVMBuildRetVoid(e->builder);
    else LLVMBuildRet(e->builder, LLVMConstNull(back));
    LLVMPositionBuilderAtEnd(e->builder, ok);
    if (result->kind == K_NONE) LLVMBuildRetVoid(e->builder);
    else LLVMBuildRet(e->builder, jit_load(e, args[0], result));
}
