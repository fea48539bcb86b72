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

/* ---- Functions ---- */

static LLVMTypeRef function_type(Emitter *e, const Special *sp) {
    LLVMTypeRef types[1 + MAX_PARAM_PARTS];
    unsigned n = 0;
    types[n++] = LLVMPointerTypeInContext(e->context, 0);
    for (int i = 0; i < sp->function->arity; i++)
        for (int k = 0; k < jit_part_count(sp->args[i]); k++)
            types[n++] = jit_part_type(e, sp->args[i], k);
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
        Parts p = jit_cast_parts(e, jit_get(e, v->args[i]), jit_type_of(e->sp, v->args[i]),
                                 callee->args[i]);
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
    for (int i = 0; i < p.count; i++) p.v[i] = LLVMConstNull(jit_part_type(e, t, i));
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
        for (int i = 0; i < v->count; i++) p.v[p.count++] = jit_get(e, v->args[i]).v[0];
        break;
    case V_ITEM: return jit_one(jit_get(e, v->args[0]).v[v->index]);
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
            Parts p = jit_cast_parts(e, jit_get(e, b->result), jit_type_of(e->sp, b->result), t);
            for (int i = 0; i < p.count; i++)
                jit_store_as(e, p.v[i], slot_address(e, e->result_ptr, i),
                             t->kind == K_TUPLE ? t->items[i] : t);
        }
        LLVMBuildRet(e->builder, LLVMConstNull(LLVMInt32TypeInContext(e->context)));
    } else if (b->cond) {
        LLVMBuildCondBr(e->builder, jit_get(e, b->cond).v[0], e->blocks[b->then->number],
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
    LLVMValueRef first = jit_counts_directly(range, &step) ? jit_get(e, range).v[0] : zero;
    for (int i = 0; i < v->block->pred_count; i++) {
        LLVMValueRef value = i == 0 ? first : jit_get(e, v->partner).v[0];
        LLVMAddIncoming(jit_get(e, v).v[0], &value, &e->ends[v->block->preds[i]->number], 1);
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
    e->places = jit_new(e->s, (size_t)g->blocks, sizeof *e->places);
    bool *seen = jit_new(e->s, (size_t)g->blocks, sizeof *seen);
    BasicBlock **order = jit_new(e->s, (size_t)g->blocks, sizeof *order);
    int first = g->blocks;
    order_blocks(g->entry, seen, order, &first);
    /* The entry stays apart from the code, since slots on the stack are added to it. */
    LLVMBasicBlockRef entry = LLVMAppendBasicBlockInContext(e->context, sp->code, "entry");
    for (int i = first; i < g->blocks; i++) {
        e->blocks[order[i]->number] = LLVMAppendBasicBlockInContext(e->context, sp->code, "block");
        e->places[order[i]->number] = i;
    }
    for (int i = first; i < g->blocks; i++) {
        BasicBlock *b = order[i];
        LLVMPositionBuilderAtEnd(e->builder, e->blocks[b->number]);
        for (Value *phi = b->phis; phi; phi = phi->next) {
            const Type *t = jit_type_of(sp, phi);
            if (phi->same || t->kind == K_UNDEF) continue;
            Parts *p = &e->parts[phi->number];
            p->count = jit_part_count(t);
            for (int k = 0; k < p->count; k++)
                p->v[k] =
                    LLVMBuildPhi(e->builder, jit_part_type(e, t, k), phi->name ? phi->name : "");
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
    jit_hint_loops(e, order, first, g->blocks);
    if (sp->function->options.fastmath) allow_fast_math(sp);
    sp->emitted = true;
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
    if (apart) jit_promise_apart(&e, sp);
    jit_ask_inline(&e, sp);
    LLVMDisposeBuilder(e.builder);
    return e.module;
}
