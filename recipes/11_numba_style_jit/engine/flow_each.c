// SPDX-License-Identifier: MIT
/* Step 3, loops over what is no range: an array, enumerate(x), zip(x, y). They become a loop over
 * range, whose counter is an index:
 *
 *     for k, (a, b) in enumerate(zip(x, y)):    ->    for i in range(min(len(x), len(y))):
 *         ...                                             k = i; a = x[i]; b = y[i]
 *                                                         ...
 *
 * What is looped over is evaluated once, before the loop. */
#include <string.h>

#include "flow.h"

struct Each {
    enum { ITEMS, NUMBERED, TOGETHER } kind; /* x, enumerate(part, start), zip(parts) */
    Pos pos;
    Value *items, *start; /* start may be NULL */
    struct Each *parts[MAX_ARGUMENTS];
    int count;
};

static bool calls(Flow *f, const Node *n, const char *name) {
    if (n->kind != N_CALL || n->a->kind != N_NAME || flow_find_name(f, n->a->name) >= 0)
        return false;
    const char *qualified = jit_qualify(f->m, n->a);
    return qualified && strcmp(qualified, name) == 0;
}

Each *flow_each(Flow *f, Node *n) {
    Each *e = jit_new(f->s, 1, sizeof *e);
    bool numbered = calls(f, n, "enumerate"), together = calls(f, n, "zip");
    e->pos = n->pos;
    e->kind = numbered ? NUMBERED : together ? TOGETHER : ITEMS;
    if (e->kind == ITEMS) {
        e->items = flow_expression(f, n);
        return e;
    }
    if (n->count < 1 || n->count > (numbered ? 2 : MAX_ARGUMENTS))
        jit_refuse(f->s, n->pos,
                   numbered ? "enumerate() takes one or two arguments"
                            : "zip() takes one or more arguments");
    for (int i = 0; i < n->count; i++) {
        Node *item = n->items[i];
        if (item->kind == N_KEYWORD) /* Numba has none either */
            jit_refuse(f->s, item->pos, "enumerate() and zip() take no keyword arguments");
        if (numbered && i == 1) e->start = flow_expression(f, item);
        else e->parts[e->count++] = flow_each(f, item);
    }
    return e;
}

static Value *call_built(Flow *f, const char *name, Pos pos, Value *a, Value *b) {
    Value *v = flow_add_with(f, V_BUILT, pos, a, b);
    v->builtin = jit_builtin(name);
    v->index = EACH;
    return v;
}

Value *flow_each_length(Flow *f, const Each *e) {
    if (e->kind == ITEMS) return call_built(f, "len", e->pos, e->items, NULL);
    Value *least = flow_each_length(f, e->parts[0]);
    for (int i = 1; i < e->count; i++)
        least = call_built(f, "min", e->pos, least, flow_each_length(f, e->parts[i]));
    return least;
}

static Value *number_of(Flow *f, const Each *e, Value *i) {
    return e->start ? flow_binary_value(f, OP_ADD, e->pos, e->start, i) : i;
}

/* What a round gives, where one variable takes all of it. */
static Value *value_of(Flow *f, const Each *e, Value *i) {
    if (e->kind == ITEMS) return flow_add_with(f, V_INDEX, e->pos, e->items, i);
    Value *values[1 + MAX_ARGUMENTS];
    int count = 0;
    if (e->kind == NUMBERED) values[count++] = number_of(f, e, i);
    for (int k = 0; k < e->count; k++) values[count++] = value_of(f, e->parts[k], i);
    Value *tuple = flow_add_value(f, V_TUPLE, e->pos);
    for (int k = 0; k < count; k++) flow_add_operand(f, tuple, values[k]);
    return tuple;
}

void flow_each_assign(Flow *f, Node *target, const Each *e, Value *i) {
    bool apart = e->kind != ITEMS && target->kind == N_TUPLE;
    if (!apart) {
        flow_assign(f, target, value_of(f, e, i));
        return;
    }
    int at = e->kind == NUMBERED, count = at + e->count;
    if (target->count != count)
        jit_refuse(f->s, target->pos, "there are %d values in a round, and %d variables", count,
                   target->count);
    if (at) flow_assign(f, target->items[0], number_of(f, e, i));
    for (int k = 0; k < e->count; k++) flow_each_assign(f, target->items[at + k], e->parts[k], i);
}
