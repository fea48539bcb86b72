// SPDX-License-Identifier: MIT
/* Step 5, hints: what LLVM cannot see in the code, but may rely on or had better know.
 *
 * The hint for loops saves a third of the time of a compilation. A loop with vector instructions
 * leaves one for single elements, for the last few rounds, and for all of them if arrays overlap.
 * LLVM unrolls it eight times, since for all it knows that is where the time goes. It does where
 * one round's element is far from the next one's, as in b[k, j] in a loop over k; where all are
 * side by side, as in z[i] = a * x[i] + y[i], it is only more code to compile. */
#include <llvm-c/DebugInfo.h>
#include <string.h>

#include "emit.h"

#define FUNCTION_ITSELF ((LLVMAttributeIndex)LLVMAttributeFunctionIndex)

/* ---- Functions ---- */

void jit_promise_apart(Emitter *e, const Special *sp) {
    LLVMUseRef use = LLVMGetFirstUse(sp->code);
    unsigned at = 2; /* attributes count from 1, which is where the result goes */
    if (!use || LLVMGetNextUse(use)) return;
    for (int i = 0; i < sp->function->arity; i++) {
        if (sp->args[i]->kind == K_ARRAY) jit_add_attribute(e, sp->code, at, "noalias");
        at += (unsigned)jit_part_count(sp->args[i]);
    }
}

void jit_ask_inline(Emitter *e, const Special *sp) {
    LLVMUseRef use = LLVMGetFirstUse(sp->code);
    if (use && !LLVMGetNextUse(use))
        jit_add_attribute(e, sp->code, FUNCTION_ITSELF, "alwaysinline");
}

/* ---- Loops ---- */

/* Is a value computed anew in each round? header: the place of the block where rounds begin. */
static bool is_new(Emitter *e, Value *v, int header) {
    v = jit_real(v);
    return v->kind != V_CONST && e->places[v->block->number] >= header;
}

/* Is an index the loop's variable, which goes up or down by one, give or take what stays? */
static bool goes_along(Emitter *e, Value *v, int header) {
    int step;
    v = jit_real(v);
    if (!is_new(e, v, header)) return true;
    if (v->kind == V_BINARY && (v->op == OP_ADD || v->op == OP_SUB))
        return goes_along(e, v->args[0], header) && goes_along(e, v->args[1], header);
    return v->kind == V_ELEMENT &&
           jit_counts_directly(jit_real(jit_real(v->args[0])->args[0]), &step);
}

/* May a value be in a loop whose elements are side by side? It counts as found if it is one. */
static bool is_side_by_side(Emitter *e, Value *v, int header, int *found) {
    if (v->kind == V_CALL)
        for (int i = 0; i < v->count; i++)
            if (jit_type_of(e->sp, v->args[i])->kind == K_ARRAY) return false;
    if (v->kind != V_INDEX && v->kind != V_STORE) return true;
    const Type *t = jit_type_of(e->sp, v->args[0]);
    if (t->kind != K_ARRAY) return true;
    if (!t->contiguous || v->count <= t->ndim) return false;
    for (int k = 1; k < t->ndim; k++)
        if (is_new(e, v->args[k], header)) return false;
    ++*found;
    return goes_along(e, v->args[t->ndim], header);
}

static LLVMMetadataRef hint(Emitter *e, const char *name, LLVMMetadataRef *more, size_t count) {
    LLVMMetadataRef all[3] = {LLVMMDStringInContext2(e->context, name, strlen(name))};
    for (size_t i = 0; i < count; i++) all[1 + i] = more[i];
    return LLVMMDNodeInContext2(e->context, all, 1 + count);
}

/* A hint stands at the jump back to where a round begins. */
static void keep_rest_short(Emitter *e, LLVMValueRef jump) {
    LLVMTypeRef i32 = LLVMInt32TypeInContext(e->context);
    LLVMMetadataRef yes = LLVMValueAsMetadata(LLVMConstInt(i32, 1, false));
    LLVMMetadataRef rest[] = {hint(e, "llvm.loop.unroll.runtime.disable", NULL, 0),
                              hint(e, "llvm.loop.isvectorized", &yes, 1)};
    /* Each loop's node begins with itself, by which it is told from others. */
    LLVMMetadataRef self = LLVMTemporaryMDNode(e->context, NULL, 0);
    LLVMMetadataRef all[] = {self, hint(e, "llvm.loop.vectorize.followup_epilogue", rest, 2)};
    LLVMMetadataRef node = LLVMMDNodeInContext2(e->context, all, 2);
    LLVMMetadataReplaceAllUsesWith(self, node);
    LLVMSetMetadata(jump, LLVMGetMDKindIDInContext(e->context, "llvm.loop", 9),
                    LLVMMetadataAsValue(e->context, node));
}

void jit_hint_loops(Emitter *e, BasicBlock **order, int first, int end) {
    for (int last = first; last < end && !e->cuda; last++) {
        const BasicBlock *b = order[last];
        const BasicBlock *to[] = {b->result ? NULL : b->then, b->cond ? b->orelse : NULL};
        for (int way = 0; way < 2; way++) {
            int header = to[way] ? e->places[to[way]->number] : end, found = 0;
            bool good = header <= last; /* a way back: a loop from header to last */
            for (int i = header; good && i <= last; i++)
                for (Value *v = order[i]->first; v && good; v = v->next)
                    good = is_side_by_side(e, v, header, &found);
            if (good && found) keep_rest_short(e, LLVMGetBasicBlockTerminator(e->ends[b->number]));
        }
    }
}
