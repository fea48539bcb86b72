// SPDX-License-Identifier: MIT
/* Step 3, the words of CUDA: cuda.threadIdx.x, cuda.grid(1), cuda.shared.array(...),
 * cuda.atomic.add(...) and so on. They mean something in a function with @cuda.jit only, since
 * other functions may run where there are no blocks of threads. */
#include <string.h>

#include "flow.h"

static void need_kernel(Flow *f, const Builtin *b, Pos pos) {
    if (f->g->function->options.device) return;
    jit_refuse(f->s, pos, "%s only means something in a function with @cuda.jit", b->name);
}

Value *flow_cuda_register(Flow *f, const Builtin *b, Pos pos) {
    need_kernel(f, b, pos);
    Value *v = flow_add_value(f, V_BUILT, pos);
    v->builtin = b;
    return v;
}

/* A number that is known while compiling: a literal, a constant of the module, or + - * // of
 * these. */
static bool constant(Flow *f, const Node *n, int64_t *out) {
    int64_t a, b;
    if (n->kind == N_NAME && flow_find_name(f, n->name) < 0) {
        const Binding *binding = jit_lookup(f->m, n->name);
        return binding && binding->kind == BIND_CONSTANT && constant(f, binding->value, out);
    }
    if (n->kind == N_INT) *out = (int64_t)n->i;
    if (n->kind == N_INT) return n->i <= INT64_MAX;
    if (n->kind != N_BINARY || !constant(f, n->a, &a) || !constant(f, n->b, &b)) return false;
    switch (n->op) {
    case OP_ADD: return !__builtin_add_overflow(a, b, out);
    case OP_SUB: return !__builtin_sub_overflow(a, b, out);
    case OP_MUL: return !__builtin_mul_overflow(a, b, out);
    case OP_FLOORDIV:
        if (b > 0 && a >= 0) *out = a / b;
        return b > 0 && a >= 0;
    default: return false;
    }
}

/* cuda.shared.array(shape, dtype), cuda.local.array(shape, dtype). */
static Value *memory(Flow *f, const Builtin *b, Node *n) {
    enum { MOST = 1 << 20 };
    Node *given[2] = {NULL};
    for (int i = 0; i < n->count; i++) {
        Node *item = n->items[i];
        bool named = item->kind == N_KEYWORD;
        int k = !named                             ? i
                : strcmp(item->name, "shape") == 0 ? 0
                : strcmp(item->name, "dtype") == 0 ? 1
                                                   : 2;
        if (k > 1 || given[k]) jit_refuse(f->s, item->pos, "%s() takes shape and dtype", b->name);
        given[k] = named ? item->a : item;
    }
    if (!given[0] || !given[1]) jit_refuse(f->s, n->pos, "%s() takes shape and dtype", b->name);
    Made *made = jit_new(f->s, 1, sizeof *made);
    bool tuple = given[0]->kind == N_TUPLE;
    int ndim = tuple ? given[0]->count : 1;
    int64_t count = 1;
    if (ndim < 1 || ndim > 3) jit_refuse(f->s, given[0]->pos, "arrays have 1 to 3 dimensions");
    for (int k = 0; k < ndim; k++) {
        const Node *extent = tuple ? given[0]->items[k] : given[0];
        if (!constant(f, extent, &made->shape[k]) || made->shape[k] < 1)
            jit_refuse(f->s, extent->pos,
                       "the shape must be known while compiling: a literal, or a constant of the "
                       "module, such as TILE = 16");
        if (__builtin_mul_overflow(count, made->shape[k], &count) || count > MOST)
            jit_refuse(f->s, extent->pos, "more than %d elements in one such array", (int)MOST);
    }
    const Type *element = jit_read_type(f->m, given[1]);
    if (!jit_is_number(element))
        jit_refuse(f->s, given[1]->pos, "an array has numbers as its elements");
    made->type = jit_array_type(f->s, element, ndim, true);
    Value *v = flow_cuda_register(f, b, n->pos);
    v->made = made;
    return v;
}

/* cuda.atomic.add(array, index, value): the operands of array[index], and what is to be done. */
static Value *atomic(Flow *f, const Builtin *b, Node *n) {
    bool no_index = strcmp(b->code, "compare_and_swap") == 0,
         cas = no_index || strcmp(b->code, "cas") == 0;
    int want = no_index ? 3 : cas ? 4 : 3;
    Value *args[8];
    int count = 0;
    if (n->count != want) jit_refuse(f->s, n->pos, "%s() takes %d arguments", b->name, want);
    for (int i = 0; i < n->count; i++) {
        Node *item = n->items[i];
        if (i == 1 && no_index)
            args[count++] = flow_add_constant(f, flow_int_literal(f, 0, n->pos), n->pos);
        if (i == 1 && !no_index && item->kind == N_TUPLE) {
            if (item->count < 1 || item->count > 3) jit_refuse(f->s, item->pos, "1 to 3 indices");
            for (int k = 0; k < item->count; k++)
                args[count++] = flow_expression(f, item->items[k]);
        } else args[count++] = flow_expression(f, item);
    }
    Value *v = flow_cuda_register(f, b, n->pos);
    v->index = cas ? 2 : 1; /* how many values follow the index */
    for (int i = 0; i < count; i++) flow_add_operand(f, v, args[i]);
    return v;
}

Value *flow_cuda_call(Flow *f, const Builtin *b, Node *n) {
    need_kernel(f, b, n->pos);
    if (b->rule == RULE_MEMORY) return memory(f, b, n);
    for (int i = 0; i < n->count; i++)
        if (n->items[i]->kind == N_KEYWORD)
            jit_refuse(f->s, n->items[i]->pos, "%s() takes no keyword arguments", b->name);
    if (b->rule == RULE_ATOMIC) return atomic(f, b, n);
    if (b->rule == RULE_REGISTER) jit_refuse(f->s, n->pos, "%s is no function", b->name);
    int want = b->rule == RULE_GRID;
    if (n->count != want)
        jit_refuse(f->s, n->pos, "%s() takes %s", b->name, want ? "one argument" : "no arguments");
    Value *axes = want ? flow_expression(f, n->items[0]) : NULL;
    Value *v = flow_cuda_register(f, b, n->pos);
    int64_t literal;
    if (!axes) return v;
    if (!jit_const_int(axes, &literal) || literal < 1 || literal > 3)
        jit_refuse(f->s, n->items[0]->pos, "%s() takes a literal: 1, 2 or 3", b->name);
    v->index = (int)literal;
    return v;
}
