// SPDX-License-Identifier: MIT
/* Step 4, the rules: for each kind of value, what type comes of the types of its operands, and what
 * is refused. */
#include <string.h>

#include "infer.h"

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
            const Type *t = infer_type_of(in, v->args[i]);
            if (jit_bits(t) != bits || t->kind == K_UNDEF) continue;
            const Type *both = jit_unify(in->s, all, t);
            if (!both) {
                jit_refuse2(in->s, origin(v->args[i]), from ? origin(from) : v->pos,
                            jit_text(in->s, "here it is %s", infer_show(in, all)),
                            v->name ? "cannot unify %s and %s for '%s'"
                                    : "cannot unify %s and %s%s",
                            infer_show(in, all), infer_show(in, t), v->name ? v->name : "");
            }
            if (!jit_same(all, both) || !from) from = v->args[i];
            all = both;
        }
    return all;
}

void infer_need_number(const Infer *in, Value *v, const Type *t, const char *what) {
    if (!jit_is_number(t))
        jit_refuse(in->s, v->pos, "%s takes numbers, not %s", what, infer_show(in, t));
}

static const Type *infer_operator(Infer *in, Value *v) {
    const Type *a = infer_type_of(in, v->args[0]),
               *b = v->count > 1 ? infer_type_of(in, v->args[1]) : NULL;
    const char *name = jit_op_names[v->op];
    infer_need_number(in, v, a, jit_text(in->s, "the operator %s", name));
    if (b) infer_need_number(in, v, b, jit_text(in->s, "the operator %s", name));
    if (v->op == OP_NOT) return jit_scalar(K_BOOL);
    const Case *c = jit_op_case(v->op, a, b);
    if (!c && b)
        jit_refuse(in->s, v->pos, "the operator %s does not take %s and %s", name,
                   infer_show(in, a), infer_show(in, b));
    if (!c) jit_refuse(in->s, v->pos, "the operator %s does not take %s", name, infer_show(in, a));
    return jit_scalar(c->result);
}

static const Type *infer_cast(Infer *in, Value *v) {
    const char *to = v->builtin->code;
    if (v->count != 1) jit_refuse(in->s, v->pos, "%s() takes one argument", v->builtin->name);
    const Type *t = infer_type_of(in, v->args[0]);
    infer_need_number(in, v, t, v->builtin->name);
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
        infer_need_number(in, v, infer_type_of(in, v->args[i]), name);
        bools += infer_type_of(in, v->args[i])->kind == K_BOOL;
    }
    if (bools && (bools < v->count || v->count > 2))
        jit_refuse(in->s, v->pos, "%s() takes numbers, or two bools", name);
    for (int bits = 0; bits <= 64; bits++)
        for (int i = 0; i < v->count; i++) {
            const Type *t = infer_type_of(in, v->args[i]);
            if (jit_bits(t) != bits) continue;
            const Type *both = jit_unify(in->s, all, t);
            if (!both)
                jit_refuse(in->s, v->pos, "%s() cannot unify %s and %s", name, infer_show(in, all),
                           infer_show(in, t));
            all = both;
        }
    return all;
}

static const Type *infer_builtin(Infer *in, Value *v) {
    const Builtin *b = v->builtin;
    if (b->rule == RULE_CAST) return infer_cast(in, v);
    if (b->rule == RULE_MINMAX) return infer_minmax(in, v);
    if (b->rule >= RULE_REGISTER) return infer_cuda(in, v);
    if (b->rule == RULE_LEN) {
        if (v->count != 1) jit_refuse(in->s, v->pos, "len() takes one argument");
        const Type *t = infer_type_of(in, v->args[0]);
        if (t->kind != K_ARRAY && t->kind != K_TUPLE)
            jit_refuse(in->s, v->pos,
                       v->index == EACH
                           ? "a for loop runs over range(...), an array or a tuple, not %s"
                           : "len() takes an array or a tuple, not %s",
                       infer_show(in, t));
        return jit_scalar(K_I64);
    }
    const Type *args[3];
    if (v->count < 1 || v->count > 3)
        jit_refuse(in->s, v->pos, "%s() does not take %d arguments", b->name, v->count);
    for (int i = 0; i < v->count; i++)
        infer_need_number(in, v, args[i] = infer_type_of(in, v->args[i]), b->name);
    const Case *c = jit_builtin_case(b, args, v->count);
    if (!c)
        jit_refuse(in->s, v->pos, "%s() does not take %d argument%s of these types", b->name,
                   v->count, v->count == 1 ? "" : "s");
    const Type *both[2] = {jit_scalar(c->result), jit_scalar(c->result)};
    if (b->rule == RULE_PARTS) both[1] = jit_scalar(K_I32);
    bool two =
        b->rule == RULE_DIVMOD || b->rule == RULE_PARTS || strcmp(b->name, "numpy.divmod") == 0;
    return two ? jit_tuple_type(in->s, both, 2) : both[0];
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
    if (!jit_is_int(infer_type_of(in, index)))
        jit_refuse(in->s, v->pos, "a tuple is indexed by an integer, not by %s",
                   infer_show(in, infer_type_of(in, index)));
    for (int k = 1; k < t->count; k++)
        if (!jit_same(t->items[k], t->items[0]))
            jit_refuse(in->s, v->pos,
                       "the index of a tuple with items of several types must be a literal");
    if (!t->count) jit_refuse(in->s, v->pos, "the tuple is empty");
    if (!jit_is_number(t->items[0]))
        jit_refuse(in->s, v->pos, "the index of a tuple of %s must be a literal",
                   infer_show(in, t->items[0]));
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
        } else if (!jit_is_int(infer_type_of(in, index)))
            jit_refuse(in->s, v->pos, "an array is indexed by integers, not by %s",
                       infer_show(in, infer_type_of(in, index)));
    }
    int ndim = t->ndim - count + slices;
    return ndim ? jit_array_type(in->s, t->element, ndim, contiguous) : t->element;
}

static const Type *infer_index(Infer *in, Value *v) {
    const Type *t = infer_type_of(in, v->args[0]);
    if (t->kind == K_TUPLE) return infer_tuple_index(in, v, t);
    if (t->kind != K_ARRAY) jit_refuse(in->s, v->pos, "%s cannot be indexed", infer_show(in, t));
    return infer_array_index(in, v, t, v->count);
}

static const Type *infer_store(Infer *in, Value *v) {
    const Type *t = infer_type_of(in, v->args[0]),
               *value = infer_type_of(in, v->args[v->count - 1]);
    if (t->kind == K_TUPLE) jit_refuse(in->s, v->pos, "a tuple cannot be changed");
    if (t->kind != K_ARRAY) jit_refuse(in->s, v->pos, "%s cannot be indexed", infer_show(in, t));
    if (infer_array_index(in, v, t, v->count - 1)->kind == K_ARRAY)
        jit_refuse(in->s, v->pos, "only single elements can be assigned to: write a loop");
    if (!jit_is_number(value))
        jit_refuse(in->s, v->pos, "an element of %s cannot be %s", infer_show(in, t),
                   infer_show(in, value));
    return jit_scalar(K_NONE);
}

static const Type *infer_shape(Infer *in, Value *v) {
    const Type *t = infer_type_of(in, v->args[0]), *items[3];
    if (t->kind != K_ARRAY)
        jit_refuse(in->s, v->pos, "%s has no attribute .%s", infer_show(in, t), v->name);
    for (int i = 0; i < t->ndim; i++) items[i] = jit_scalar(K_I64);
    if (strcmp(v->name, "shape") == 0) return jit_tuple_type(in->s, items, t->ndim);
    return jit_scalar(K_I64);
}

static const Type *infer_call(Infer *in, Value *v) {
    const Type **args = jit_new(in->s, (size_t)v->count, sizeof *args);
    for (int i = 0; i < v->count; i++) {
        args[i] = infer_type_of(in, v->args[i]);
        if (args[i]->kind == K_NONE) jit_refuse(in->s, v->pos, "None cannot be an argument here");
    }
    Special *callee = infer_special(in, v->callee, args, v->pos);
    in->sp->calls[v->number] = callee;
    return callee->declared ? callee->declared : callee->result;
}

/* A prange loop: the part that is cut out, called with what is reduced as it comes back. */
static const Type *infer_parallel(Infer *in, Value *v) {
    const Type *bounds[2] = {infer_type_of(in, v->args[0]), infer_type_of(in, v->args[1])};
    const Type *now = in->sp->types[v->number];
    for (int i = 0; i < 2; i++) infer_need_number(in, v, bounds[i], "prange()");
    const Case *c = jit_builtin_case(v->builtin, bounds, 2);
    if (!c) jit_refuse(in->s, v->pos, "prange() takes integers");
    int first = v->count - v->reductions;
    const Type **args = jit_new(in->s, (size_t)v->count, sizeof *args), *items[8];
    args[0] = args[1] = jit_scalar(c->result);
    for (int i = 2; i < v->count; i++) {
        args[i] = infer_type_of(in, v->args[i]);
        if (i < first) continue;
        infer_need_number(in, v, args[i], "a reduction");
        if (now->kind == K_TUPLE) args[i] = now->items[i - first];
    }
    Special *part = infer_special(in, v->callee, args, v->pos);
    in->sp->calls[v->number] = part;
    if (part->result->kind == K_UNDEF || !v->reductions) return part->result;
    for (int i = 0; i < v->reductions; i++) {
        items[i] = jit_unify(in->s, args[first + i], part->result->items[i]);
        if (!items[i])
            jit_refuse(in->s, v->pos, "cannot unify %s and %s for what is reduced",
                       infer_show(in, args[first + i]), infer_show(in, part->result->items[i]));
    }
    return jit_tuple_type(in->s, items, v->reductions);
}

static const Type *infer_item(Infer *in, Value *v) {
    const Type *t = infer_type_of(in, v->args[0]);
    if (t->kind != K_TUPLE)
        jit_refuse(in->s, v->pos, "only a tuple can be taken apart, not %s", infer_show(in, t));
    if (t->count != v->expected)
        jit_refuse(in->s, v->pos, "%d variables for a tuple of %d", v->expected, t->count);
    return t->items[v->index];
}

const Type *infer_value(Infer *in, Value *v) {
    if (v->kind == V_PHI) return infer_phi(in, v);
    for (int i = 0; i < v->count; i++)
        if (v->args[i] && infer_type_of(in, v->args[i])->kind == K_UNDEF) return &jit_undef;
    switch (v->kind) {
    case V_CONST: return literal_type(v->literal);
    case V_PARAM: return in->sp->args[v->index];
    case V_BINARY:
    case V_UNARY:
    case V_COMPARE: return infer_operator(in, v);
    case V_TRUTH:
        infer_need_number(in, v, infer_type_of(in, v->args[0]), "a condition");
        return jit_scalar(K_BOOL);
    case V_CALL: return infer_call(in, v);
    case V_PARALLEL: return infer_parallel(in, v);
    case V_BUILT: return infer_builtin(in, v);
    case V_TUPLE: {
        const Type *items[8];
        for (int i = 0; i < v->count; i++) {
            items[i] = infer_type_of(in, v->args[i]);
            if (!jit_is_number(items[i]))
                jit_refuse(in->s, v->pos, "a tuple has numbers as its items here, not %s",
                           infer_show(in, items[i]));
        }
        return jit_tuple_type(in->s, items, v->count);
    }
    case V_ITEM: return infer_item(in, v);
    case V_INDEX: return infer_index(in, v);
    case V_STORE: return infer_store(in, v);
    case V_SHAPE: return infer_shape(in, v);
    case V_SLICE:
        for (int i = 0; i < 3; i++)
            if (v->args[i] && !jit_is_int(infer_type_of(in, v->args[i])))
                jit_refuse(in->s, v->pos, "the parts of a slice are integers, not %s",
                           infer_show(in, infer_type_of(in, v->args[i])));
        return jit_scalar(K_NONE);
    case V_RANGE: return infer_builtin(in, v);
    case V_COUNTER:
    case V_ELEMENT: return infer_type_of(in, v->args[0]);
    case V_MORE: return jit_scalar(K_BOOL);
    case V_STEP: return jit_scalar(K_NONE);
    default: return &jit_undef;
    }
}
