// SPDX-License-Identifier: MIT
/* Step 5 for the CUDA device: the words of CUDA, and the kernel around a compiled function. A
 * thread's indices are registers of the device, which LLVM reads by intrinsics; shared memory is a
 * variable of the module in the address space 3, one for all threads of a block. */
#include <stdio.h>
#include <string.h>

#include "emit.h"

#define B e->builder

enum { SHARED = 3, KERNEL_CALL = 71 /* the calling convention of a kernel */ };

static LLVMValueRef device_intrinsic(Emitter *e, const char *name, LLVMValueRef *args, unsigned n) {
    unsigned id = LLVMLookupIntrinsicID(name, strlen(name));
    LLVMValueRef f = LLVMGetIntrinsicDeclaration(e->module, id, NULL, 0);
    return LLVMBuildCall2(B, LLVMGlobalGetValueType(f), f, args, n, "");
}

static LLVMValueRef read_register(Emitter *e, const char *code) {
    char name[64];
    snprintf(name, sizeof name, "llvm.nvvm.read.ptx.sreg.%s", code);
    return device_intrinsic(e, name, NULL, 0);
}

/* grid(n): where the thread is in the whole grid; gridsize(n): how many threads that has. In 64
 * bits, as grids can be that large. */
static Parts grid(Emitter *e, Value *v) {
    LLVMTypeRef i64 = LLVMInt64TypeInContext(e->context);
    Parts p = {.count = v->index};
    bool size = strcmp(v->builtin->code, "gridsize") == 0;
    for (int k = 0; k < v->index; k++) {
        char name[3][16];
        LLVMValueRef part[3];
        static const char *const kinds[] = {"ntid", "nctaid", "tid"};
        for (int i = 0; i < 3; i++) {
            snprintf(name[i], sizeof name[i], "%s.%c", i == 1 && !size ? "ctaid" : kinds[i],
                     "xyz"[k]);
            part[i] = LLVMBuildZExt(B, read_register(e, name[i]), i64, "");
        }
        p.v[k] = LLVMBuildNSWMul(B, part[0], part[1], "");
        if (!size) p.v[k] = LLVMBuildNSWAdd(B, p.v[k], part[2], "");
    }
    return p;
}

static Parts memory(Emitter *e, Value *v) {
    const Type *t = v->made->type;
    LLVMTypeRef element = jit_memory_type(e, t->element);
    LLVMTypeRef generic = LLVMPointerTypeInContext(e->context, 0);
    unsigned count = 1;
    Parts p = {.count = jit_part_count(t)};
    for (int k = 0; k < t->ndim; k++) {
        count *= (unsigned)v->made->shape[k];
        p.v[1 + k] = jit_int(e, v->made->shape[k]);
    }
    if (strcmp(v->builtin->code, "shared") == 0) {
        LLVMTypeRef all = LLVMArrayType(element, count);
        LLVMValueRef variable = LLVMAddGlobalInAddressSpace(e->module, all, "shared", SHARED);
        LLVMSetInitializer(variable, LLVMGetUndef(all));
        LLVMSetLinkage(variable, LLVMInternalLinkage);
        LLVMSetAlignment(variable, 16);
        p.v[0] = LLVMConstAddrSpaceCast(variable, generic);
    } else p.v[0] = jit_slot(e, element, (int)count);
    return p;
}

/* What an atomic operation makes of the old value, where the device has no instruction. */
static LLVMValueRef combined(Emitter *e, const char *code, LLVMValueRef old, LLVMValueRef x,
                             const Type *t) {
    LLVMValueRef zero = LLVMConstNull(LLVMTypeOf(x)), one = LLVMConstInt(LLVMTypeOf(x), 1, false);
    if (strcmp(code, "inc") == 0) /* up to x, then 0 */
        return LLVMBuildSelect(B, jit_compare(e, OP_GE, old, x, t), zero,
                               LLVMBuildAdd(B, old, one, ""), "");
    if (strcmp(code, "dec") == 0) { /* down to 0, then x */
        LLVMValueRef again = LLVMBuildOr(B, jit_compare(e, OP_EQ, old, zero, t),
                                         jit_compare(e, OP_GT, old, x, t), "");
        return LLVMBuildSelect(B, again, x, LLVMBuildSub(B, old, one, ""), "");
    }
    Op op = strcmp(code, "max") == 0 ? OP_GT : OP_LT;
    return LLVMBuildSelect(B, jit_compare(e, op, x, old, t), x, old, "");
}

/* Compare and swap until nobody came between. */
static LLVMValueRef swap_loop(Emitter *e, const char *code, LLVMValueRef address, LLVMValueRef x,
                              const Type *t) {
    LLVMTypeRef type = jit_llvm_type(e, t);
    LLVMTypeRef bits = LLVMIntTypeInContext(e->context, (unsigned)jit_bits(t));
    LLVMBasicBlockRef before = LLVMGetInsertBlock(B);
    LLVMBasicBlockRef again = LLVMAppendBasicBlockInContext(e->context, e->function, "again");
    LLVMBasicBlockRef done = LLVMAppendBasicBlockInContext(e->context, e->function, "done");
    LLVMValueRef first = LLVMBuildLoad2(B, bits, address, "");
    LLVMSetAlignment(first, (unsigned)jit_bits(t) / 8);
    LLVMSetVolatile(first, true);
    LLVMBuildBr(B, again);
    LLVMPositionBuilderAtEnd(B, again);
    LLVMValueRef old = LLVMBuildPhi(B, bits, "old");
    LLVMAddIncoming(old, &first, &before, 1);
    LLVMValueRef value = LLVMBuildBitCast(B, old, type, "");
    LLVMValueRef next = LLVMBuildBitCast(B, combined(e, code, value, x, t), bits, "");
    LLVMValueRef pair = LLVMBuildAtomicCmpXchg(B, address, old, next, LLVMAtomicOrderingMonotonic,
                                               LLVMAtomicOrderingMonotonic, false);
    LLVMValueRef seen = LLVMBuildExtractValue(B, pair, 0, "");
    LLVMAddIncoming(old, &seen, &again, 1);
    LLVMBuildCondBr(B, LLVMBuildExtractValue(B, pair, 1, ""), done, again);
    LLVMPositionBuilderAtEnd(B, done);
    return value;
}

static Parts atomic(Emitter *e, Value *v) {
    static const struct {
        const char *code;
        LLVMAtomicRMWBinOp on_signed, on_unsigned;
    } instructions[] = {{"add", LLVMAtomicRMWBinOpAdd, LLVMAtomicRMWBinOpAdd},
                        {"sub", LLVMAtomicRMWBinOpSub, LLVMAtomicRMWBinOpSub},
                        {"max", LLVMAtomicRMWBinOpMax, LLVMAtomicRMWBinOpUMax},
                        {"min", LLVMAtomicRMWBinOpMin, LLVMAtomicRMWBinOpUMin},
                        {"and_", LLVMAtomicRMWBinOpAnd, LLVMAtomicRMWBinOpAnd},
                        {"or_", LLVMAtomicRMWBinOpOr, LLVMAtomicRMWBinOpOr},
                        {"xor", LLVMAtomicRMWBinOpXor, LLVMAtomicRMWBinOpXor},
                        {"exch", LLVMAtomicRMWBinOpXchg, LLVMAtomicRMWBinOpXchg}};
    const char *code = v->builtin->code;
    const Type *array = jit_type_of(e->sp, v->args[0]), *t = array->element;
    LLVMValueRef address =
        jit_element_address(e, v, &e->parts[jit_real(v->args[0])->number], array);
    LLVMValueRef x = jit_get_as(e, v->args[v->count - 1], t);
    if (v->index == 2) {
        LLVMValueRef old = jit_get_as(e, v->args[v->count - 2], t);
        LLVMValueRef pair = LLVMBuildAtomicCmpXchg(B, address, old, x, LLVMAtomicOrderingMonotonic,
                                                   LLVMAtomicOrderingMonotonic, false);
        return jit_one(LLVMBuildExtractValue(B, pair, 0, ""));
    }
    if (jit_is_float(t)) {
        if (strcmp(code, "sub") == 0) x = LLVMBuildFNeg(B, x, "");
        if (strcmp(code, "add") == 0 || strcmp(code, "sub") == 0)
            return jit_one(LLVMBuildAtomicRMW(B, LLVMAtomicRMWBinOpFAdd, address, x,
                                              LLVMAtomicOrderingMonotonic, false));
        return jit_one(swap_loop(e, code, address, x, t));
    }
    for (size_t i = 0; i < sizeof instructions / sizeof instructions[0]; i++)
        if (strcmp(instructions[i].code, code) == 0)
            return jit_one(LLVMBuildAtomicRMW(
                B, jit_is_signed(t) ? instructions[i].on_signed : instructions[i].on_unsigned,
                address, x, LLVMAtomicOrderingMonotonic, false));
    return jit_one(swap_loop(e, code, address, x, t));
}

Parts jit_emit_cuda(Emitter *e, Value *v) {
    LLVMValueRef all;
    switch (v->builtin->rule) {
    case RULE_REGISTER: return jit_one(read_register(e, v->builtin->code));
    case RULE_GRID: return grid(e, v);
    case RULE_MEMORY: return memory(e, v);
    case RULE_ATOMIC: return atomic(e, v);
    default: /* a barrier; that of a warp is for all of its lanes */
        all = LLVMConstInt(LLVMInt32TypeInContext(e->context), UINT32_MAX, false);
        device_intrinsic(e, v->builtin->code, &all, strstr(v->builtin->code, "warp") != NULL);
        return (Parts){.count = 0};
    }
}

/* void kernel(int *status, void *result, ...): arrays come as their parts, one parameter each. The
 * first thread that raises an exception leaves it in status. */
void jit_emit_kernel(Emitter *e, Special *sp, const char *symbol) {
    LLVMTypeRef pointer = LLVMPointerTypeInContext(e->context, 0), types[2 + MAX_PARAM_PARTS];
    unsigned count = 2, n = 0, at = 2;
    types[0] = types[1] = pointer;
    for (int i = 0; i < sp->function->arity; i++) {
        const Type *t = sp->args[i];
        for (int k = 0; k < jit_part_count(t); k++)
            types[count++] = t->kind != K_ARRAY ? jit_memory_type(e, t)
                             : k == 0           ? pointer
                                                : LLVMInt64TypeInContext(e->context);
    }
    LLVMTypeRef nothing = LLVMVoidTypeInContext(e->context);
    LLVMValueRef f =
        LLVMAddFunction(e->module, symbol, LLVMFunctionType(nothing, types, count, false));
    LLVMSetFunctionCallConv(f, KERNEL_CALL);
    LLVMBasicBlockRef entry = LLVMAppendBasicBlockInContext(e->context, f, "entry");
    LLVMBasicBlockRef raised = LLVMAppendBasicBlockInContext(e->context, f, "raised");
    LLVMBasicBlockRef end = LLVMAppendBasicBlockInContext(e->context, f, "end");
    LLVMPositionBuilderAtEnd(B, entry);
    LLVMValueRef args[1 + MAX_PARAM_PARTS];
    args[n++] = LLVMGetParam(f, 1);
    for (int i = 0; i < sp->function->arity; i++)
        for (int k = 0; k < jit_part_count(sp->args[i]); k++) {
            LLVMValueRef x = LLVMGetParam(f, at++);
            if (sp->args[i]->kind == K_BOOL)
                x = LLVMBuildICmp(B, LLVMIntNE, x, LLVMConstNull(LLVMTypeOf(x)), "");
            args[n++] = x;
        }
    LLVMValueRef status =
        LLVMBuildCall2(B, LLVMGlobalGetValueType(sp->code), sp->code, args, n, "");
    LLVMValueRef none = LLVMConstNull(LLVMTypeOf(status));
    LLVMBuildCondBr(B, LLVMBuildICmp(B, LLVMIntNE, status, none, ""), raised, end);
    LLVMPositionBuilderAtEnd(B, raised);
    LLVMBuildAtomicCmpXchg(B, LLVMGetParam(f, 0), none, status, LLVMAtomicOrderingMonotonic,
                           LLVMAtomicOrderingMonotonic, false);
    LLVMBuildBr(B, end);
    LLVMPositionBuilderAtEnd(B, end);
    LLVMBuildRetVoid(B);
}
