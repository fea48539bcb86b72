// SPDX-License-Identifier: MIT
/* Step 3, statements: assignments change what a variable stands for; if and loops are blocks with
 * edges between them. */
#include <string.h>

#include "flow.h"

void flow_assign(Flow *f, Node *target, Value *v) {
    if (target->kind == N_NAME) flow_write_variable(f, target, v);
    else if (target->kind == N_INDEX) {
        Value *store = flow_index_operands(f, target, V_STORE);
        flow_add_operand(f, store, v);
        flow_append_value(f, store);
    } else {
        for (int i = 0; i < target->count; i++) {
            Value *item = flow_add_with(f, V_ITEM, target->pos, v, NULL);
            item->index = i;
            item->expected = target->count;
            flow_assign(f, target->items[i], item);
        }
    }
}

static void assignment(Flow *f, Node *n) {
    Node *first = n->items[0];
    if (n->count == 1 && first->kind == N_TUPLE && n->a->kind == N_TUPLE &&
        first->count == n->a->count && n->a->count <= 8) { /* a, b = b, a: no tuple is made */
        Value *values[8];
        for (int i = 0; i < n->a->count; i++) values[i] = flow_expression(f, n->a->items[i]);
        for (int i = 0; i < n->a->count; i++) flow_assign(f, first->items[i], values[i]);
        return;
    }
    Value *v = flow_expression(f, n->a);
    for (int i = 0; i < n->count; i++) flow_assign(f, n->items[i], v);
}

static void augmented(Flow *f, Node *n) {
    if (n->a->kind == N_NAME) {
        Value *old = flow_read_variable(f, flow_find_name(f, n->a->name), f->at, n->a->pos);
        flow_write_variable(f, n->a,
                            flow_binary_value(f, n->op, n->pos, old, flow_expression(f, n->b)));
        return;
    }
    Value *place = flow_index_operands(f, n->a, V_INDEX);
    flow_append_value(f, place);
    Value *v = flow_binary_value(f, n->op, n->pos, place, flow_expression(f, n->b));
    Value *store = flow_new_value(f, V_STORE, n->pos, f->at);
    for (int i = 0; i < place->count; i++) flow_add_operand(f, store, place->args[i]);
    flow_add_operand(f, store, v);
    flow_append_value(f, store);
}

static void if_statement(Flow *f, Node *n) {
    BasicBlock *then = flow_new_block(f), *orelse = flow_new_block(f), *join = flow_new_block(f);
    flow_condition(f, n->a, then, orelse);
    flow_start(f, then, true);
    flow_statements(f, n->body);
    flow_jump(f, join);
    flow_start(f, orelse, true);
    flow_statements(f, n->orelse);
    flow_jump(f, join);
    flow_start(f, join, true);
}

/* What all loops share, from the body on: header is where each round begins, end where it goes
 * when there is none left. A counter is stepped before the way back. */
static void loop_rest(Flow *f, Node *n, BasicBlock *header, BasicBlock *body, BasicBlock *end,
                      Value *counter, const Each *each) {
    BasicBlock *again = flow_new_block(f), *leave = flow_new_block(f);
    Loop loop = {again, leave, f->loop};
    flow_start(f, body, body != header);
    if (counter) {
        Value *i = flow_add_with(f, V_ELEMENT, n->a->pos, counter, NULL);
        if (each) flow_each_assign(f, n->a, each, i);
        else flow_assign(f, n->a, i);
    }
    f->loop = &loop;
    flow_statements(f, n->body);
    f->loop = loop.outer;
    flow_jump(f, again);
    flow_start(f, again, true);
    if (counter) {
        counter->partner = flow_add_with(f, V_STEP, n->pos, counter, NULL);
        flow_jump(f, header);
    } else flow_condition(f, n->a, body, end);
    flow_seal(f, header);
    flow_start(f, end, true);
    flow_statements(f, n->orelse);
    flow_jump(f, leave);
    flow_start(f, leave, true);
}

/* The condition stands before the loop and once more at its end, as in Python's own bytecode: so a
 * round has one jump, and what the condition computes of new values is near those values. */
static void while_loop(Flow *f, Node *n) {
    BasicBlock *body = flow_new_block(f), *end = flow_new_block(f);
    flow_condition(f, n->a, body, end);
    loop_rest(f, n, body, body, end, NULL, NULL);
}

/* range(...) or prange(...), or NULL. */
static const Builtin *range_of(Flow *f, const Node *n) {
    bool named = n->kind == N_CALL && !(n->a->kind == N_NAME && flow_find_name(f, n->a->name) >= 0);
    const char *qualified = named ? jit_qualify(f->m, n->a) : NULL;
    const Builtin *builtin = qualified ? jit_builtin(qualified) : NULL;
    return builtin && builtin->rule == RULE_RANGE ? builtin : NULL;
}

static Value *range_value(Flow *f, const Node *n, const Builtin *builtin) {
    Value *args[3];
    for (int i = 0; i < n->count; i++) {
        if (n->items[i]->kind == N_KEYWORD)
            jit_refuse(f->s, n->items[i]->pos, "range() takes no keyword arguments");
        args[i] = flow_expression(f, n->items[i]);
    }
    Value *range = flow_add_value(f, V_RANGE, n->pos);
    range->builtin = builtin;
    for (int i = 0; i < n->count; i++) flow_add_operand(f, range, args[i]);
    return range;
}

static void for_loop(Flow *f, Node *n) {
    const Builtin *builtin = range_of(f, n->b);
    if (builtin && (n->b->count < 1 || n->b->count > 3))
        jit_refuse(f->s, n->b->pos, "range() takes one to three arguments");
    if (builtin && n->a->kind != N_NAME)
        jit_refuse(f->s, n->a->pos, "range() gives one number in each round");
    if (builtin && f->g->function->options.parallel && strcmp(builtin->name, "numba.prange") == 0) {
        flow_parallel(f, n);
        return;
    }
    Each *each = builtin ? NULL : flow_each(f, n->b);
    Value *range;
    if (each) {
        range = flow_add_with(f, V_RANGE, n->b->pos, flow_each_length(f, each), NULL);
        range->builtin = jit_builtin("range");
    } else range = range_value(f, n->b, builtin);
    BasicBlock *header = flow_new_block(f), *body = flow_new_block(f), *end = flow_new_block(f);
    flow_jump(f, header);
    flow_start(f, header, false);
    Value *counter = flow_add_with(f, V_COUNTER, n->pos, range, NULL);
    flow_branch(f, flow_add_with(f, V_MORE, n->pos, counter, NULL), body, end);
    loop_rest(f, n, header, body, end, counter, each);
}

void flow_return(Flow *f, Value *v, Pos pos) {
    f->at->result = v;
    f->at->result_pos = pos;
    flow_start(f, flow_new_block(f), true); /* nothing leads there */
}

void flow_statements(Flow *f, Node *n) {
    for (; n; n = n->next) switch (n->kind) {
        case S_EXPR:
            if (n->a->kind != N_STRING) flow_expression(f, n->a);
            break;
        case S_ASSIGN: assignment(f, n); break;
        case S_AUGMENT: augmented(f, n); break;
        case S_IF: if_statement(f, n); break;
        case S_WHILE: while_loop(f, n); break;
        case S_FOR: for_loop(f, n); break;
        case S_BREAK:
        case S_CONTINUE:
            if (!f->loop) break; /* the parser has seen to that */
            flow_jump(f, n->kind == S_BREAK ? f->loop->leave : f->loop->again);
            flow_start(f, flow_new_block(f), true);
            break;
        case S_RETURN: {
            Node *none = jit_new(f->s, 1, sizeof *none);
            none->kind = N_NONE;
            flow_return(f, n->a ? flow_expression(f, n->a) : flow_add_constant(f, none, n->pos),
                        n->pos);
            break;
        }
        default: break;
        }
}
