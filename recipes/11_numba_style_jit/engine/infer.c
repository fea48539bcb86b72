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

#include "internal.h"

enum { MAX_ROUNDS = 1000, MAX_SPECIALS = 10000 };

const Type jit_undef = {.kind = K_UNDEF}, jit_none = {.kind = K_NONE}, jit_bool = {.kind = K_BOOL},
           jit_i32 = {.kind = K_I32}, jit_i64 = {.kind = K_I64}, jit_u64 = {.kind = K_U64},
           jit_f32 = {.kind = K_F32}, jit_f64 = {.kind = K_F64};

typedef struct Infer {
    JitModule *m;
    Session *s;
    Special *sp;
    bool changed;
} Infer;

static const char *show(const Infer *in, const Type *t) { return jit_type_name(in->s, t); }
static const Type *type_of(const Infer *in, Value *v) { return jit_type_of(in->sp, v); }

static Special *find_special(JitModule *m, Function *f, const Type **args) {
    for (Special *sp = m->specials; sp; sp = sp->next) {
        bool same = sp->function == f;
        for (int i = 0; same && i < f->arity; i++) same = jit_same(sp->args[i], args[i]);
        if (same) return sp;
    }
    return NULL;
}

/* The function for these types: the one that is there, or a new one that is still to be inferred.
 * A function with a signature of its own takes the types that this says. */
static Special *special(Infer *in, Function *f, const Type **args, Pos pos) {
    Signature own = {0};
    Session *s = in->s;
    if (f->options.layout) {
        Layout layout;
        jit_read_layout(in->m, f, &layout);
        jit_check_layout(in->m, f, &layout);
    }
    if (f->options.count) {
        jit_read_signature(in->m, f->options.signatures[0], &own);
        if (own.count != f->arity)
            jit_refuse(s, f->options.signatures[0]->pos,
                       "a signature of %d arguments for %s(), which has %d", own.count, f->name,
                       f->arity);
        for (int i = 0; i < own.count; i++)
            if (!jit_same(own.args[i], args[i]) &&
                !(jit_is_number(own.args[i]) && jit_is_number(args[i])) &&
                !(own.args[i]->kind == K_ARRAY && args[i]->kind == K_ARRAY &&
                  own.args[i]->element == args[i]->element && own.args[i]->ndim == args[i]->ndim &&
                  !own.args[i]->contiguous))
                jit_refuse(s, pos, "%s() takes %s as its argument '%s', not %s", f->name,
                           jit_type_name(s, own.args[i]), f->params[i].name,
                           jit_type_name(s, args[i]));
        args = own.args;
    }
    Special *sp = find_special(in->m, f, args);
    if (sp) return sp;
    int count = 0;
    for (sp = in->m->specials; sp; sp = sp->next) count++;
    if (count >= MAX_SPECIALS)
        jit_refuse(s, f->pos, "more than %d functions and combinations of types", MAX_SPECIALS);
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

/* ---- Rules for each kind of value ---- */

static const Type *literal_type(const Node *n) {
    switch (n->kind) {
    case N_INT: return n->op != OP_NEG && n->i > INT64_MAX ? jit_scalar(K_U64) : jit_scalar(K_I64);
    case N_FLOAT: return jit_scalar(K_F64);
    case N_BOOL: return jit_scalar(K_BOOL);
    default: return jit_scalar(K_NONE);
    }
}

/* Where the variable of a phi got its value: at y = x, if there was one, else where it was made. */
static Pos origin(const Value *v) {
    while (v->same && v->index != ALIAS) v = v->same;
    return v->pos;
}

static const Type *infer_phi(Infer *in, Value *v) {
    /* Numba unites the narrow types first. */
    const Type *all = &jit_undef;
    const Value *from = NULL;
    for (int bits = 0; bits <= 128; bits++)
        for (int i = 0; i < v->count; i++) {
            const Type *t = type_of(in, v->args[i]);
            if (jit_bits(t) != bits || t->kind == K_UNDEF) continue;
            const Type *both = jit_unify(in->s, all, t);
            if (!both) {
                jit_refuse2(in->s, origin(v->args[i]), from ? origin(from) : v->pos,
                            jit_text(in->s, "here it is %s", show(in, all)),
                            v->name ? "cannot unify %s and %s for '%s'"
                                    : "cannot unify %s and %s%s",
                            show(in, all), show(in, t), v->name ? v->name : "");
            }
            if (!jit_same(all, both) || !from) from = v->args[i];
            all = both;
        }
    return all;
}

static void need_number(const Infer *in, Value *v, const Type *t, const char *what) {
    if (!jit_is_number(t)) jit_refuse(in->s, v->pos, "%s takes numbers, not %s", what, show(in, t));
}

static const Type *infer_operator(Infer *in, Value *v) {
    const Type *a = type_of(in, v->args[0]), *b = v->count > 1 ? type_of(in, v->args[1]) : NULL;
    const char *name = jit_op_names[v->op];
    need_number(in, v, a, jit_text(in->s, "the operator %s", name));
    if (b) need_number(in, v, b, jit_text(in->s, "the operator %s", name));
    if (v->op == OP_NOT) return jit_scalar(K_BOOL);
    const Case *c = jit_op_case(v->op, a, b);
    if (!c && b)
        jit_refuse(in->s, v->pos, "the operator %s does not take %s and %s", name, show(in, a),
                   show(in, b));
    if (!c) jit_refuse(in->s, v->pos, "the operator %s does not take %s", name, show(in, a));
    return jit_scalar(c->result);
}

static const Type *infer_cast(Infer *in, Value *v) {
    const char *to = v->builtin->code;
    if (v->count != 1) jit_refuse(in->s, v->pos, "%s() takes one argument", v->builtin->name);
    const Type *t = type_of(in, v->args[0]);
    need_number(in, v, t, v->builtin->name);
    if (strcmp(to, "int") == 0) return jit_is_int(t) ? t : jit_scalar(K_I64);
    if (strcmp(to, "float") == 0) {
        if (t->kind == K_BOOL) jit_refuse(in->s, v->pos, "float() does not take bool");
        return jit_is_float(t) ? t : jit_scalar(K_F64);
    }
    return jit_scalar(jit_kind_by_name(to, strlen(to)));
}

static const Type *infer_minmax(Infer *in, Value *v) {
    const char *name = v->builtin->name;
    if (v->count < 2) jit_refuse(in->s, v->pos, "%s() takes two or more numbers here", name);
    const Type *all = &jit_undef;
    int bools = 0;
    for (int i = 0; i < v->count; i++) {
        need_number(in, v, type_of(in, v->args[i]), name);
        bools += type_of(in, v->args[i])->kind == K_BOOL;
    }
    if (bools && (bools < v->count || v->count > 2))
        jit_refuse(in->s, v->pos, "%s() takes numbers, or two bools", name);
    for (int bits = 0; bits <= 64; bits++)
        for (int i = 0; i < v->count; i++) {
            const Type *t = type_of(in, v->args[i]);
            if (jit_bits(t) != bits) continue;
            const Type *both = jit_unify(in->s, all, t);
            if (!both)
                jit_refuse(in->s, v->pos, "%s() cannot unify %s and %s", name, show(in, all),
                           show(in, t));
            all = both;
        }
    return all;
}

static const Type *infer_builtin(Infer *in, Value *v) {
    const Builtin *b = v->builtin;
    if (b->rule == RULE_CAST) return infer_cast(in, v);
    if (b->rule == RULE_MINMAX) return infer_minmax(in, v);
    if (b->rule == RULE_LEN) {
        if (v->count != 1) jit_refuse(in->s, v->pos, "len() takes one argument");
        const Type *t = type_of(in, v->args[0]);
        if (t->kind != K_ARRAY && t->kind != K_TUPLE)
            jit_refuse(in->s, v->pos, "len() takes an array or a tuple, not %s", show(in, t));
        return jit_scalar(K_I64);
    }
    const Type *args[3];
    if (v->count < 1 || v->count > 3)
        jit_refuse(in->s, v->pos, "%s() does not take %d arguments", b->name, v->count);
    for (int i = 0; i < v->count; i++)
        need_number(in, v, args[i] = type_of(in, v->args[i]), b->name);
    const Case *c = jit_builtin_case(b, args, v->count);
    if (!c)
        jit_refuse(in->s, v->pos, "%s() does not take %d argument%s of these types", b->name,
                   v->count, v->count == 1 ? "" : "s");
    if (b->rule == RULE_DIVMOD) {
        const Type *both[2] = {jit_scalar(c->result), jit_scalar(c->result)};
        return jit_tuple_type(in->s, both, 2);
    }
    return jit_scalar(c->result);
}

static const Type *infer_tuple_index(Infer *in, Value *v, const Type *t) {
    int64_t i;
    Value *index = jit_real(v->args[1]);
    if (v->count != 2) jit_refuse(in->s, v->pos, "a tuple has one index");
    if (jit_const_int(index, &i)) {
        if (i < -t->count || i >= t->count)
            jit_refuse(in->s, v->pos, "index %lld of a tuple of %d", (long long)i, t->count);
        return t->items[i < 0 ? i + t->count : i];
    }
    if (!jit_is_int(type_of(in, index)))
        jit_refuse(in->s, v->pos, "a tuple is indexed by an integer, not by %s",
                   show(in, type_of(in, index)));
    for (int k = 1; k < t->count; k++)
        if (!jit_same(t->items[k], t->items[0]))
            jit_refuse(in->s, v->pos,
                       "the index of a tuple with items of several types must be a literal");
    if (!t->count) jit_refuse(in->s, v->pos, "the tuple is empty");
    if (!jit_is_number(t->items[0]))
        jit_refuse(in->s, v->pos, "the index of a tuple of %s must be a literal",
                   show(in, t->items[0]));
    return t->items[0];
}

/* The type of a[...], of which the first last - 1 indices count. */
static const Type *infer_array_index(Infer *in, Value *v, const Type *t, int last) {
    int slices = 0, count = last - 1;
    bool contiguous = t->contiguous;
    if (count > t->ndim)
        jit_refuse(in->s, v->pos, "%d indices for an array of %d dimensions", count, t->ndim);
    for (int i = 1; i < last; i++) {
        Value *index = jit_real(v->args[i]);
        if (index->kind == V_SLICE) {
            slices++;
            contiguous &= i == last - 1 && !index->args[2];
        } else if (!jit_is_int(type_of(in, index)))
            jit_refuse(in->s, v->pos, "an array is indexed by integers, not by %s",
                       show(in, type_of(in, index)));
    }
    int ndim = t->ndim - count + slices;
    return ndim ? jit_array_type(in->s, t->element, ndim, contiguous) : t->element;
}

static const Type *infer_index(Infer *in, Value *v) {
    const Type *t = type_of(in, v->args[0]);
    if (t->kind == K_TUPLE) return infer_tuple_index(in, v, t);
    if (t->kind != K_ARRAY) jit_refuse(in->s, v->pos, "%s cannot be indexed", show(in, t));
    return infer_array_index(in, v, t, v->count);
}

static const Type *infer_store(Infer *in, Value *v) {
    const Type *t = type_of(in, v->args[0]), *value = type_of(in, v->args[v->count - 1]);
    if (t->kind == K_TUPLE) jit_refuse(in->s, v->pos, "a tuple cannot be changed");
    if (t->kind != K_ARRAY) jit_refuse(in->s, v->pos, "%s cannot be indexed", show(in, t));
    if (infer_array_index(in, v, t, v->count - 1)->kind == K_ARRAY)
        jit_refuse(in->s, v->pos, "only single elements can be assigned to: write a loop");
    if (!jit_is_number(value))
        jit_refuse(in->s, v->pos, "an element of %s cannot be %s", show(in, t), show(in, value));
    return jit_scalar(K_NONE);
}

static const Type *infer_shape(Infer *in, Value *v) {
    const Type *t = type_of(in, v->args[0]), *items[3];
    if (t->kind != K_ARRAY)
        jit_refuse(in->s, v->pos, "%s has no attribute .%s", show(in, t), v->name);
    for (int i = 0; i < t->ndim; i++) items[i] = jit_scalar(K_I64);
    if (strcmp(v->name, "shape") == 0) return jit_tuple_type(in->s, items, t->ndim);
    return jit_scalar(K_I64);
}

static const Type *infer_call(Infer *in, Value *v) {
    const Type **args = jit_new(in->s, (size_t)v->count, sizeof *args);
    for (int i = 0; i < v->count; i++) {
        args[i] = type_of(in, v->args[i]);
        if (args[i]->kind == K_NONE) jit_refuse(in->s, v->pos, "None cannot be an argument here");
    }
    Special *callee = special(in, v->callee, args, v->pos);
    in->sp->calls[v->number] = callee;
    return callee->declared ? callee->declared : callee->result;
}

/* A prange loop: the part that is cut out, called with what is reduced as it comes back. */
static const Type *infer_parallel(Infer *in, Value *v) {
    const Type *bounds[2] = {type_of(in, v->args[0]), type_of(in, v->args[1])};
    const Type *now = in->sp->types[v->number];
    for (int i = 0; i < 2; i++) need_number(in, v, bounds[i], "prange()");
    const Case *c = jit_builtin_case(v->builtin, bounds, 2);
    if (!c) jit_refuse(in->s, v->pos, "prange() takes integers");
    int first = v->count - v->reductions;
    const Type **args = jit_new(in->s, (size_t)v->count, sizeof *args), *items[8];
    args[0] = args[1] = jit_scalar(c->result);
    for (int i = 2; i < v->count; i++) {
        args[i] = type_of(in, v->args[i]);
        if (i < first) continue;
        need_number(in, v, args[i], "a reduction");
        if (now->kind == K_TUPLE) args[i] = now->items[i - first];
    }
    Special *part = special(in, v->callee, args, v->pos);
    in->sp->calls[v->number] = part;
    if (part->result->kind == K_UNDEF || !v->reductions) return part->result;
    for (int i = 0; i < v->reductions; i++) {
        items[i] = jit_unify(in->s, args[first + i], part->result->items[i]);
        if (!items[i])
            jit_refuse(in->s, v->pos, "cannot unify %s and %s for what is reduced",
                       show(in, args[first + i]), show(in, part->result->items[i]));
    }
    return jit_tuple_type(in->s, items, v->reductions);
}

static const Type *infer_item(Infer *in, Value *v) {
    const Type *t = type_of(in, v->args[0]);
    if (t->kind != K_TUPLE)
        jit_refuse(in->s, v->pos, "only a tuple can be taken apart, not %s", show(in, t));
    if (t->count != v->expected)
        jit_refuse(in->s, v->pos, "%d variables for a tuple of %d", v->expected, t->count);
    return t->items[v->index];
}

static const Type *infer_value(Infer *in, Value *v) {
    if (v->kind == V_PHI) return infer_phi(in, v);
    for (int i = 0; i < v->count; i++)
        if (v->args[i] && type_of(in, v->args[i])->kind == K_UNDEF) return &jit_undef;
    switch (v->kind) {
    case V_CONST: return literal_type(v->literal);
    case V_PARAM: return in->sp->args[v->index];
    case V_BINARY:
    case V_UNARY:
    case V_COMPARE: return infer_operator(in, v);
    case V_TRUTH:
        need_number(in, v, type_of(in, v->args[0]), "a condition");
        return jit_scalar(K_BOOL);
    case V_CALL: return infer_call(in, v);
    case V_PARALLEL: return infer_parallel(in, v);
    case V_BUILT: return infer_builtin(in, v);
    case V_TUPLE: {
        const Type *items[8];
        for (int i = 0; i < v->count; i++) {
            items[i] = type_of(in, v->args[i]);
            if (!jit_is_number(items[i]))
                jit_refuse(in->s, v->pos, "a tuple has numbers as its items here, not %s",
                           show(in, items[i]));
        }
        return jit_tuple_type(in->s, items, v->count);
    }
    case V_ITEM: return infer_item(in, v);
    case V_INDEX: return infer_index(in, v);
    case V_STORE: return infer_store(in, v);
    case V_SHAPE: return infer_shape(in, v);
    case V_SLICE:
        for (int i = 0; i < 3; i++)
            if (v->args[i] && !jit_is_int(type_of(in, v->args[i])))
                jit_refuse(in->s, v->pos, "the parts of a slice are integers, not %s",
                           show(in, type_of(in, v->args[i])));
        return jit_scalar(K_NONE);
    case V_RANGE: return infer_builtin(in, v);
    case V_COUNTER:
    case V_ELEMENT: return type_of(in, v->args[0]);
    case V_MORE: return jit_scalar(K_BOOL);
    case V_STEP: return jit_scalar(K_NONE);
    default: return &jit_undef;
    }
}

static void visit(Infer *in, Value *v) {
    if (v->same) return;
    const Type *t = infer_value(in, v);
    if (jit_same(t, in->sp->types[v->number])) return;
    in->sp->types[v->number] = t;
    in->changed = true;
}

static void visit_result(Infer *in, BasicBlock *b) {
    const Type *t = type_of(in, b->result);
    Special *sp = in->sp;
    if (t->kind == K_UNDEF) return;
    if (t->kind == K_ARRAY)
        jit_refuse(in->s, b->result_pos, "an array cannot be returned: pass one to be filled");
    const Type *both = jit_unify(in->s, sp->result, t);
    if (!both)
        jit_refuse2(in->s, b->result_pos, sp->result_pos,
                    jit_text(in->s, "here it is %s", show(in, sp->result)),
                    "cannot unify %s and %s for what %s() returns", show(in, sp->result),
                    show(in, t), sp->function->name);
    if (sp->declared && !jit_same(sp->declared, both) &&
        !(jit_is_number(sp->declared) && jit_is_number(both)))
        jit_refuse(in->s, b->result_pos, "%s() returns %s here, but its signature says %s",
                   sp->function->name, show(in, both), show(in, sp->declared));
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
    Infer in = {.m = m, .s = &m->session, .changed = true};
    Special *wanted = special(&in, f, args, f->pos);
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
    return wanted;
}
