// SPDX-License-Identifier: MIT
/* Step 5, prange: what the loop's part needs is put on the stack, the part is called by several
 * threads through a small function that finds its arguments there, and what the threads return is
 * reduced, thread by thread, in order. */
#include <stdio.h>

#include "emit.h"

#define B e->builder

enum { MAX_CHUNKS = 256 }; /* as in runtime.c */

/* Parts are kept in slots of 8 bytes as they are; a bool keeps its one bit. */
static LLVMValueRef load_part(Emitter *e, LLVMValueRef base, int slot, const Type *t, int part) {
    LLVMValueRef address = jit_slot_address(e, base, jit_int(e, slot));
    return LLVMBuildLoad2(B, jit_part_type(e, t, part), address, "");
}

/* int part(void *context, int64_t begin, int64_t end, void *out), for some of the rounds. */
static LLVMValueRef emit_thunk(Emitter *e, Value *v, Special *part) {
    LLVMTypeRef pointer = LLVMPointerTypeInContext(e->context, 0);
    LLVMTypeRef i64 = LLVMInt64TypeInContext(e->context), types[] = {pointer, i64, i64, pointer};
    LLVMTypeRef type = LLVMFunctionType(LLVMInt32TypeInContext(e->context), types, 4, false);
    LLVMBasicBlockRef back = LLVMGetInsertBlock(B);
    LLVMValueRef code = jit_function_of(e, part);
    char name[200];
    snprintf(name, sizeof name, "%.100s.thread.%d", part->function->name, e->declared++);
    LLVMValueRef f = LLVMAddFunction(e->module, name, type);
    LLVMSetLinkage(f, LLVMInternalLinkage);
    jit_add_attribute(e, f, (LLVMAttributeIndex)LLVMAttributeFunctionIndex, "nounwind");
    LLVMPositionBuilderAtEnd(B, LLVMAppendBasicBlockInContext(e->context, f, "entry"));
    const Type *bound = part->args[0], *wide = jit_scalar(K_I64);
    LLVMValueRef context = LLVMGetParam(f, 0), args[1 + MAX_PARAM_PARTS];
    LLVMValueRef start = load_part(e, context, 0, wide, 0);
    unsigned n = 0;
    int slot = 1, first = v->count - v->reductions;
    args[n++] = LLVMGetParam(f, 3);
    for (unsigned i = 1; i <= 2; i++) {
        LLVMValueRef at = LLVMBuildAdd(B, start, LLVMGetParam(f, i), "");
        args[n++] = jit_cast(e, at, wide, bound);
    }
    for (int i = 2; i < first; i++)
        for (int k = 0; k < jit_part_count(part->args[i]); k++)
            args[n++] = load_part(e, context, slot++, part->args[i], k);
    for (int i = first; i < v->count; i++) {
        LLVMTypeRef t = jit_llvm_type(e, part->args[i]);
        double identity = v->ops[i - first] == OP_MUL ? 1 : 0;
        args[n++] = jit_is_float(part->args[i]) ? LLVMConstReal(t, identity)
                                                : LLVMConstInt(t, (uint64_t)identity, false);
    }
    LLVMBuildRet(B, LLVMBuildCall2(B, LLVMGlobalGetValueType(code), code, args, n, ""));
    LLVMPositionBuilderAtEnd(B, back);
    return f;
}

/* The rounds, as an i64: what is left of stop - start if it is positive. */
static LLVMValueRef rounds(Emitter *e, LLVMValueRef start, LLVMValueRef stop, const Type *t) {
    LLVMValueRef some = jit_compare(e, OP_GT, stop, start, t);
    LLVMValueRef n = jit_cast(e, LLVMBuildSub(B, stop, start, ""), t, jit_scalar(K_I64));
    return LLVMBuildSelect(B, some, n, jit_int(e, 0), "rounds");
}

static LLVMValueRef combine(Emitter *e, Op op, LLVMValueRef a, LLVMValueRef b, const Type *t) {
    if (t->kind == K_BOOL) return LLVMBuildOr(B, a, b, "");
    if (op == OP_MUL)
        return jit_is_float(t) ? LLVMBuildFMul(B, a, b, "") : LLVMBuildMul(B, a, b, "");
    return jit_is_float(t) ? LLVMBuildFAdd(B, a, b, "") : LLVMBuildAdd(B, a, b, "");
}

/* for each of chunks: all = all op what the chunk left. */
static Parts reduce(Emitter *e, Value *v, const Special *part, LLVMValueRef out,
                    LLVMValueRef chunks) {
    const Type *to = jit_type_of(e->sp, v);
    int first = v->count - v->reductions;
    Parts all = {.count = v->reductions};
    LLVMBasicBlockRef before = LLVMGetInsertBlock(B);
    LLVMBasicBlockRef test = LLVMAppendBasicBlockInContext(e->context, e->function, "reduce");
    LLVMBasicBlockRef body = LLVMAppendBasicBlockInContext(e->context, e->function, "chunk");
    LLVMBasicBlockRef end = LLVMAppendBasicBlockInContext(e->context, e->function, "reduced");
    LLVMValueRef initial[8];
    for (int i = 0; i < v->reductions; i++)
        initial[i] = jit_get_as(e, v->args[first + i], to->items[i]);
    LLVMBuildBr(B, test);
    LLVMPositionBuilderAtEnd(B, test);
    LLVMValueRef c = LLVMBuildPhi(B, LLVMInt64TypeInContext(e->context), "c"), zero = jit_int(e, 0);
    LLVMAddIncoming(c, &zero, &before, 1);
    for (int i = 0; i < v->reductions; i++) {
        all.v[i] = LLVMBuildPhi(B, jit_llvm_type(e, to->items[i]), "");
        LLVMAddIncoming(all.v[i], &initial[i], &before, 1);
    }
    LLVMBuildCondBr(B, LLVMBuildICmp(B, LLVMIntULT, c, chunks, ""), body, end);
    LLVMPositionBuilderAtEnd(B, body);
    for (int i = 0; i < v->reductions; i++) {
        const Type *from = jit_result_of(part)->items[i];
        LLVMValueRef slot = LLVMBuildMul(B, c, jit_int(e, v->reductions), "");
        slot = LLVMBuildAdd(B, slot, jit_int(e, i), "");
        LLVMValueRef got = jit_load(e, jit_slot_address(e, out, slot), from);
        got = combine(e, v->ops[i], all.v[i], jit_cast(e, got, from, to->items[i]), to->items[i]);
        LLVMAddIncoming(all.v[i], &got, &body, 1);
    }
    LLVMValueRef next = LLVMBuildNUWAdd(B, c, jit_int(e, 1), "");
    LLVMAddIncoming(c, &next, &body, 1);
    LLVMBuildBr(B, test);
    LLVMPositionBuilderAtEnd(B, end);
    return all;
}

Parts jit_emit_parallel(Emitter *e, Value *v) {
    Special *part = e->sp->calls[v->number];
    const Type *bound = part->args[0];
    LLVMTypeRef pointer = LLVMPointerTypeInContext(e->context, 0);
    LLVMTypeRef i32 = LLVMInt32TypeInContext(e->context), i64 = LLVMInt64TypeInContext(e->context);
    int slots = 1, slot = 0, first = v->count - v->reductions;
    for (int i = 2; i < first; i++) slots += jit_part_count(part->args[i]);
    LLVMValueRef context = jit_slot(e, i64, slots), chunks = jit_slot(e, i64, 1);
    LLVMValueRef out = jit_slot(e, i64, v->reductions ? MAX_CHUNKS * v->reductions : 1);
    LLVMValueRef start = jit_get_as(e, v->args[0], bound), stop = jit_get_as(e, v->args[1], bound);
    LLVMValueRef wide = jit_cast(e, start, bound, jit_scalar(K_I64));
    LLVMBuildStore(B, wide, jit_slot_address(e, context, jit_int(e, slot++)));
    for (int i = 2; i < first; i++) {
        const Parts *p = &e->parts[jit_real(v->args[i])->number];
        for (int k = 0; k < jit_part_count(part->args[i]); k++)
            LLVMBuildStore(B, p->v[k], jit_slot_address(e, context, jit_int(e, slot++)));
    }
    LLVMTypeRef types[] = {pointer, pointer, i64, pointer, i64, pointer};
    LLVMValueRef args[] = {emit_thunk(e, v, part),    context, rounds(e, start, stop, bound), out,
                           jit_int(e, v->reductions), chunks};
    LLVMValueRef status;
    if (e->cuda) { /* a thread of the device does all rounds itself */
        LLVMValueRef all[] = {context, jit_int(e, 0), args[2], out};
        LLVMBuildStore(B, jit_int(e, 1), chunks);
        status = LLVMBuildCall2(B, LLVMGlobalGetValueType(args[0]), args[0], all, 4, "");
    } else status = jit_c_function(e, "jit_parallel", i32, types, args, 6);
    LLVMBasicBlockRef raised = LLVMAppendBasicBlockInContext(e->context, e->function, "raised");
    LLVMBasicBlockRef go_on = LLVMAppendBasicBlockInContext(e->context, e->function, "ok");
    LLVMBuildCondBr(B, LLVMBuildICmp(B, LLVMIntNE, status, LLVMConstNull(i32), ""), raised, go_on);
    LLVMPositionBuilderAtEnd(B, raised);
    LLVMBuildRet(B, status);
    LLVMPositionBuilderAtEnd(B, go_on);
    if (!v->reductions) return (Parts){.count = 0};
    return reduce(e, v, part, out, LLVMBuildLoad2(B, i64, chunks, ""));
}
