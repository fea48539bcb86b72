// SPDX-License-Identifier: MIT
/* Step 5, code generation: from typed values to LLVM's intermediate code (IR).
 *
 * By now each value has a type and each block its neighbours, so this is the dull part, and that is
 * the point of the steps before: each value becomes a few instructions. Arrays and tuples are kept
 * as their parts, each in a register of its own, so that LLVM sees plain numbers and pointers.
 *
 * A compiled function returns a number: 0, or the exception that was raised and its line; its
 * result goes to an address, in slots of 8 bytes. A small function around it serves whoever calls:
 * see emit_entry.c for C, emit_cuda.c for the CUDA device. */
#include <llvm/Config/llvm-config.h>
#include <stdio.h>
#include <string.h>

#include "emit.h"

#define FUNCTION_ITSELF ((LLVMAttributeIndex)LLVMAttributeFunctionIndex)

/* ---- Types and small helpers ---- */

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

static LLVMTypeRef part_type(Emitter *e, const Type *t, int part) {
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

static Parts get(Emitter *e, Value *v) { return e->parts[jit_real(v)->number]; }

LLVMValueRef jit_get_as(Emitter *e, Value *v, const Type *t) {
    return jit_cast(e, get(e, v).v[0], jit_type_of(e->sp, v), t);
}

/* ---- Functions ---- */

static LLVMTypeRef function_type(Emitter *e, const Special *sp) {
    LLVMTypeRef types[1 + MAX_PARAM_PARTS];
    unsigned n = 0;
    types[n++] = LLVMPointerTypeInContext(e->context, 0);
    for (int i = 0; i < sp->function->arity; i++)
        for (int k = 0; k < jit_part_count(sp->args[i]); k++)
            types[n++] = part_type(e, sp->args[i], k);
    return LLVMFunctionType(LLVMInt32TypeInContext(e->context), types, n, false);
}

/* The LLVM function of a special, declared on first use and emitted in its turn. */
LLVMValueRef jit_function_of(Emitter *e, Special *sp) {
    if (sp->mark != e->mark) {
        char name[160];
        snprintf(name, sizeof name, "%.100s.%d", sp->function->name, e->declared++);
        sp->mark = e->mark;
        sp->emitted = false;
        sp->code = LLVMAddFunction(e->module, name, function_type(e, sp));
        LLVMSetLinkage(sp->code, LLVMInternalLinkage);
        jit_add_attribute(e, sp->code, FUNCTION_ITSELF, "nounwind");
        if (e->cuda) jit_add_attribute(e, sp->code, FUNCTION_ITSELF, "convergent"); /* barriers */
        for (int k = 0; k < 2; k++) jit_add_attribute(e, sp->code, 1, k ? "noalias" : "nocapture");
    }
    return sp->code;
}

static LLVMValueRef slot_address(Emitter *e, LLVMValueRef base, int slot) {
    return jit_slot_address(e, base, jit_int(e, slot));
}

LLVMValueRef jit_slot_address(Emitter *e, LLVMValueRef base, LLVMValueRef index) {
    return LLVMBuildInBoundsGEP2(e->builder, LLVMInt64TypeInContext(e->context), base, &index, 1,
                                 "");
}

static Parts load_slots(Emitter *e, LLVMValueRef base, const Type *t) {
    Parts p = {.count = jit_part_count(t)};
    for (int i = 0; i < p.count; i++)
        p.v[i] = jit_load(e, slot_address(e, base, i), t->kind == K_TUPLE ? t->items[i] : t);
    return p;
}

static Parts emit_call(Emitter *e, Value *v) {
    Special *callee = e->sp->calls[v->number];
    const Type *result = jit_result_of(callee);
    LLVMValueRef args[1 + MAX_PARAM_PARTS];
    unsigned n = 0;
    int slots = jit_part_count(result);
    args[n++] = jit_slot(e, LLVMInt64TypeInContext(e->context), slots ? slots : 1);
    LLVMValueRef f = jit_function_of(e, callee);
    for (int i = 0; i < v->count; i++) {
        Parts p =
            jit_cast_parts(e, get(e, v->args[i]), jit_type_of(e->sp, v->args[i]), callee->args[i]);
        for (int k = 0; k < jit_part_count(callee->args[i]); k++) args[n++] = p.v[k];
    }
    LLVMValueRef status = LLVMBuildCall2(e->builder, LLVMGlobalGetValueType(f), f, args, n, "");
    LLVMBasicBlockRef raised = LLVMAppendBasicBlockInContext(e->context, e->function, "raised");
    LLVMBasicBlockRef go_on = LLVMAppendBasicBlockInContext(e->context, e->function, "ok");
    LLVMValueRef none = LLVMConstNull(LLVMTypeOf(status));
    LLVMBuildCondBr(e->builder, LLVMBuildICmp(e->builder, LLVMIntNE, status, none, ""), raised,
                    go_on);
    LLVMPositionBuilderAtEnd(e->builder, raised);
    LLVMBuildRet(e->builder, status);
    LLVMPositionBuilderAtEnd(e->builder, go_on);
    return load_slots(e, args[0], result);
}

static LLVMValueRef constant(Emitter *e, const Value *v, const Type *t) {
    if (t->kind == K_F64) return LLVMConstReal(jit_llvm_type(e, t), v->literal->f);
    return LLVMConstInt(jit_llvm_type(e, t), v->literal->i, false);
}

static Parts zeros(Emitter *e, const Type *t) {
    Parts p = {.count = jit_part_count(t)};
    for (int i = 0; i < p.count; i++) p.v[i] = LLVMConstNull(part_type(e, t, i));
    return p;
}

static Parts emit_value(Emitter *e, Value *v) {
    const Type *t = jit_type_of(e->sp, v);
    Parts p = {.count = 0};
    switch (v->kind) {
    case V_CONST:
        if (t->kind != K_NONE) p = jit_one(constant(e, v, t));
        break;
    case V_PARAM: {
        unsigned at = 1;
        for (int i = 0; i < v->index; i++) at += (unsigned)jit_part_count(e->sp->args[i]);
        p.count = jit_part_count(t);
        for (int k = 0; k < p.count; k++) p.v[k] = LLVMGetParam(e->function, at + (unsigned)k);
        break;
    }
    case V_BINARY:
    case V_UNARY:
    case V_COMPARE: return jit_one(jit_operator(e, v));
    case V_TRUTH: return jit_one(jit_get_as(e, v->args[0], jit_scalar(K_BOOL)));
    case V_CALL: return emit_call(e, v);
    case V_PARALLEL: return jit_emit_parallel(e, v);
    case V_BUILT: return jit_emit_builtin(e, v);
    case V_TUPLE:
        for (int i = 0; i < v->count; i++) p.v[p.count++] = get(e, v->args[i]).v[0];
        break;
    case V_ITEM: return jit_one(get(e, v->args[0]).v[v->index]);
    case V_INDEX: return jit_emit_index(e, v);
    case V_STORE: jit_emit_store(e, v); break;
    case V_SHAPE: return jit_emit_shape(e, v);
    case V_RANGE: return jit_emit_range(e, v);
    case V_COUNTER: p = jit_one(LLVMBuildPhi(e->builder, jit_llvm_type(e, t), "counter")); break;
    case V_MORE:
    case V_ELEMENT:
    case V_STEP: return jit_emit_loop(e, v);
    default: break;
    }
    return p;
}

/* ---- Blocks ---- */

/* Blocks so that each comes after those that lead to it, loops aside: what it needs is there. */
static void order_blocks(BasicBlock *b, bool *seen, BasicBlock **order, int *at) {
    if (!b || seen[b->number]) return;
    seen[b->number] = true;
    if (!b->result) {
        order_blocks(b->orelse, seen, order, at);
        order_blocks(b->then, seen, order, at);
    }
    order[--*at] = b;
}

static void emit_end(Emitter *e, BasicBlock *b) {
    e->ends[b->number] = LLVMGetInsertBlock(e->builder);
    if (b->result) {
        const Type *t = jit_result_of(e->sp);
        if (t->kind != K_NONE) {
            Parts p = jit_cast_parts(e, get(e, b->result), jit_type_of(e->sp, b->result), t);
            for (int i = 0; i < p.count; i++)
                jit_store_as(e, p.v[i], slot_address(e, e->result_ptr, i),
                             t->kind == K_TUPLE ? t->items[i] : t);
        }
        LLVMBuildRet(e->builder, LLVMConstNull(LLVMInt32TypeInContext(e->context)));
    } else if (b->cond) {
        LLVMBuildCondBr(e->builder, get(e, b->cond).v[0], e->blocks[b->then->number],
                        e->blocks[b->orelse->number]);
    } else LLVMBuildBr(e->builder, e->blocks[b->then->number]);
}

/* Give a phi what comes from each predecessor, converted there, before the jump. */
static void complete_phi(Emitter *e, Value *phi) {
    const Type *t = jit_type_of(e->sp, phi);
    for (int i = 0; i < phi->count; i++) {
        Value *v = jit_real(phi->args[i]);
        LLVMBasicBlockRef from = e->ends[phi->block->preds[i]->number];
        LLVMPositionBuilderBefore(e->builder, LLVMGetBasicBlockTerminator(from));
        Parts p = v->kind == V_UNDEF || jit_type_of(e->sp, v)->kind == K_UNDEF
                      ? zeros(e, t)
                      : jit_cast_parts(e, e->parts[v->number], jit_type_of(e->sp, v), t);
        Parts to = e->parts[phi->number];
        for (int k = 0; k < to.count; k++) LLVMAddIncoming(to.v[k], &p.v[k], &from, 1);
    }
}

static void complete_counter(Emitter *e, Value *v) {
    Value *range = jit_real(v->args[0]);
    int step;
    LLVMValueRef zero = LLVMConstNull(jit_llvm_type(e, jit_type_of(e->sp, range)));
    LLVMValueRef first = jit_counts_directly(range, &step) ? get(e, range).v[0] : zero;
    for (int i = 0; i < v->block->pred_count; i++) {
        LLVMValueRef value = i == 0 ? first : get(e, v->partner).v[0];
        LLVMAddIncoming(get(e, v).v[0], &value, &e->ends[v->block->preds[i]->number], 1);
    }
}

/* fastmath: LLVM may reorder and contract what floats compute, and need not care for NaN, infinity
 * and the sign of zero. Older LLVMs have no C function to say so; they just do not use it. */
static void allow_fast_math(const Special *sp) {
#if LLVM_VERSION_MAJOR >= 18
    LLVMBasicBlockRef b = LLVMGetFirstBasicBlock(sp->code);
    for (; b; b = LLVMGetNextBasicBlock(b))
        for (LLVMValueRef v = LLVMGetFirstInstruction(b); v; v = LLVMGetNextInstruction(v))
            if (LLVMCanValueUseFastMathFlags(v)) LLVMSetFastMathFlags(v, LLVMFastMathAll);
#else
    (void)sp;
#endif
}

static void emit_function(Emitter *e, Special *sp) {
    Graph *g = sp->function->graph;
    e->sp = sp;
    e->function = sp->code;
    e->result_ptr = LLVMGetParam(sp->code, 0);
    e->parts = jit_new(e->s, (size_t)g->values, sizeof *e->parts);
    e->blocks = jit_new(e->s, (size_t)g->blocks, sizeof *e->blocks);
    e->ends = jit_new(e->s, (size_t)g->blocks, sizeof *e->ends);
    bool *seen = jit_new(e->s, (size_t)g->blocks, sizeof *seen);
    BasicBlock **order = jit_new(e->s, (size_t)g->blocks, sizeof *order);
    int first = g->blocks;
    order_blocks(g->entry, seen, order, &first);
    /* The entry stays apart from the code, since slots on the stack are added to it. */
    LLVMBasicBlockRef entry = LLVMAppendBasicBlockInContext(e->context, sp->code, "entry");
    for (int i = first; i < g->blocks; i++)
        e->blocks[order[i]->number] = LLVMAppendBasicBlockInContext(e->context, sp->code, "block");
    for (int i = first; i < g->blocks; i++) {
        BasicBlock *b = order[i];
        LLVMPositionBuilderAtEnd(e->builder, e->blocks[b->number]);
        for (Value *phi = b->phis; phi; phi = phi->next) {
            const Type *t = jit_type_of(sp, phi);
            if (phi->same || t->kind == K_UNDEF) continue;
            Parts *p = &e->parts[phi->number];
            p->count = jit_part_count(t);
            for (int k = 0; k < p->count; k++)
                p->v[k] = LLVMBuildPhi(e->builder, part_type(e, t, k), phi->name ? phi->name : "");
        }
        for (Value *v = b->first; v; v = v->next) e->parts[v->number] = emit_value(e, v);
        emit_end(e, b);
    }
    for (int i = first; i < g->blocks; i++) {
        for (Value *phi = order[i]->phis; phi; phi = phi->next)
            if (!phi->same && jit_type_of(sp, phi)->kind != K_UNDEF) complete_phi(e, phi);
        for (Value *v = order[i]->first; v; v = v->next)
            if (v->kind == V_COUNTER) complete_counter(e, v);
    }
    LLVMPositionBuilderAtEnd(e->builder, entry);
    LLVMBuildBr(e->builder, e->blocks[g->entry->number]);
    if (sp->function->options.fastmath) allow_fast_math(sp);
    sp->emitted = true;
}

/* Say that the arrays of a function lie apart; unless it is called from elsewhere, too, by itself
 * for instance, where they may not. */
static void promise_apart(Emitter *e, const Special *sp) {
    LLVMUseRef use = LLVMGetFirstUse(sp->code);
    unsigned at = 2; /* attributes count from 1, which is where the result goes */
    if (!use || LLVMGetNextUse(use)) return;
    for (int i = 0; i < sp->function->arity; i++) {
        if (sp->args[i]->kind == K_ARRAY) jit_add_attribute(e, sp->code, at, "noalias");
        at += (unsigned)jit_part_count(sp->args[i]);
    }
}

LLVMModuleRef jit_emit(JitModule *m, Special *sp, EntryKind kind, bool apart, const char *symbol,
                       LLVMContextRef context) {
    static _Thread_local int marks;
    Emitter e = {.m = m,
                 .s = &m->session,
                 .context = context,
                 .mark = ++marks,
                 .cuda = kind == ENTRY_KERNEL};
    e.module = LLVMModuleCreateWithNameInContext(m->name, context);
    e.builder = LLVMCreateBuilderInContext(context);
    jit_function_of(&e, sp);
    for (bool more = true; more;) { /* emitting one function may ask for others */
        more = false;
        for (Special *other = m->specials; other; other = other->next)
            if (other->mark == e.mark && !other->emitted) {
                emit_function(&e, other);
                more = true;
            }
    }
    if (kind == ENTRY_KERNEL) jit_emit_kernel(&e, sp, symbol);
    else if (kind == ENTRY_PLAIN) jit_emit_plain(&e, sp, symbol);
    else jit_emit_entry(&e, sp, symbol);
    if (apart) promise_apart(&e, sp);
    LLVMDisposeBuilder(e.builder);
    return e.module;
}
