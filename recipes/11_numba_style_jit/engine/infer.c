// SPDX-License-Identifier: MIT
/* Step 4, type inference: a type for every value, from the types of the arguments alone.
 *
 * Each operation says what comes of the types of its operands; a phi unites those of all its ways.
 * In a loop the type of x may depend on itself (x = 0 before it, x = x + 0.5 inside), so all values
 * are visited again and again until nothing changes: types only ever grow, from int64 to float64,
 * and never shrink, so this ends. A call asks for the called function with these types, which is
 * inferred likewise, in the same rounds; so functions may call themselves and each other. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guvectorize.h"
#include "hc.h"
#include "infer.h"

enum { MAX_ROUNDS = 1000, MAX_SPECIALS = 10000 };

const Type jit_undef = {.kind = K_UNDEF}, jit_none = {.kind = K_NONE}, jit_bool = {.kind = K_BOOL},
           jit_i32 = {.kind = K_I32}, jit_i64 = {.kind = K_I64}, jit_u64 = {.kind = K_U64},
           jit_f32 = {.kind = K_F32}, jit_f64 = {.kind = K_F64};

static Special *find_special(JitModule *m, Function *f, const Type **args) {
    for (Special *sp = m->specials; sp; sp = sp->next) {
        bool same = sp->function == f;
        for (int i = 0; same && i < f->arity; i++) same = jit_same(sp->args[i], args[i]);
        if (same) return sp;
    }
    return NULL;
}

Special *infer_special(Infer *in, Function *f, const Type **args, Pos pos) {
    Signature own = {0};
    Session *s = in->s;
    if (f->options.layout) {
        Layout layout;
        jit_check_layout(in->m, f, &layout);
    }
    if (f->options.count) {
        jit_choose_signature(in->m, f, args, pos, &own);
        args = own.args;
    }
    Special *sp = find_special(in->m, f, args);
    if (sp) return sp;
    int count = 0;
    for (sp = in->m->specials; sp; sp = sp->next) count++;
    if (count >= MAX_SPECIALS)
        jit_refuse(s, f->pos, "more than %d functions and combinations of types", MAX_SPECIALS);
    int parts = 0;
    for (int i = 0; i < f->arity; i++)
        parts += args[i]->kind == K_ARRAY   ? 1 + 2 * args[i]->ndim
                 : args[i]->kind == K_TUPLE ? args[i]->count
                                            : 1;
    if (parts > MAX_PARAM_PARTS) jit_refuse(s, f->pos, "too many parameters");
    Graph *g = jit_flow(in->m, f);
    sp = jit_new(s, 1, sizeof *sp);
    sp->function = f;
    sp->args = jit_new(s, (size_t)f->arity, sizeof *sp->args);
    for (int i = 0; i < f->arity; i++) sp->args[i] = args[i];
    sp->types = jit_new(s, (size_t)g->values, sizeof *sp->types);
    sp->calls = jit_new(s, (size_t)g->values, sizeof *sp->calls);
    for (int i = 0; i < g->values; i++) sp->types[i] = &jit_undef;
    sp->result = &jit_undef;
    sp->declared = own.result;
    Special **end = &in->m->specials;
    while (*end) end = &(*end)->next;
    *end = sp;
    return sp;
}

static void visit(Infer *in, Value *v) {
    if (v->same) return;
    const Type *t = infer_value(in, v);
    if (jit_same(t, in->sp->types[v->number])) return;
    in->sp->types[v->number] = t;
    in->changed = true;
}

static void visit_result(Infer *in, BasicBlock *b) {
    const Type *t = infer_type_of(in, b->result);
    Special *sp = in->sp;
    if (t->kind == K_UNDEF) return;
    if (t->kind == K_ARRAY)
        jit_refuse(in->s, b->result_pos, "an array cannot be returned: pass one to be filled");
    const Type *both = jit_unify(in->s, sp->result, t);
    if (!both)
        jit_refuse2(in->s, b->result_pos, sp->result_pos,
                    jit_text(in->s, "here it is %s", infer_show(in, sp->result)),
                    "cannot unify %s and %s for what %s() returns", infer_show(in, sp->result),
                    infer_show(in, t), sp->function->name);
    if (sp->declared && !jit_same(sp->declared, both) &&
        !(jit_is_number(sp->declared) && jit_is_number(both)))
        jit_refuse(in->s, b->result_pos, "%s() returns %s here, but its signature says %s",
                   sp->function->name, infer_show(in, both), infer_show(in, sp->declared));
    if (jit_same(both, sp->result)) return;
    sp->result = both;
    sp->result_pos = b->result_pos;
    in->changed = true;
}

/* Everything that can be reached has a type in the end; if not, it depends on a call that never
 * returns. */
static void check_all(Infer *in) {
    for (BasicBlock *b = in->sp->function->graph->entry; b; b = b->next) {
        if (!b->reachable) continue;
        for (Value *v = b->first; v; v = v->next)
            if (in->sp->types[v->number]->kind == K_UNDEF && v->kind != V_UNDEF)
                jit_refuse(in->s, v->pos, "the type of this cannot be inferred%s",
                           v->kind == V_CALL ? ": the function that is called never returns" : "");
    }
    if (in->sp->result->kind == K_UNDEF) in->sp->result = jit_scalar(K_NONE);
    in->sp->checked = true;
}

Special *jit_infer(JitModule *m, Function *f, const Type **args) {
    double start = hc_now_ms();
    Infer in = {.m = m, .s = &m->session, .changed = true};
    Special *wanted = infer_special(&in, f, args, f->pos);
    for (int round = 0; in.changed; round++) {
        in.changed = false;
        if (round == MAX_ROUNDS) jit_refuse(in.s, f->pos, "the types do not settle");
        for (Special *sp = m->specials; sp; sp = sp->next) {
            if (sp->checked) continue;
            in.sp = sp;
            for (BasicBlock *b = sp->function->graph->entry; b; b = b->next) {
                if (!b->reachable) continue;
                for (Value *v = b->phis; v; v = v->next) visit(&in, v);
                for (Value *v = b->first; v; v = v->next) visit(&in, v);
                if (b->result) visit_result(&in, b);
            }
        }
    }
    for (Special *sp = m->specials; sp; sp = sp->next) {
        in.sp = sp;
        if (!sp->checked) check_all(&in);
    }
    m->compile_ms += hc_now_ms() - start;
    return wanted;
}
