// SPDX-License-Identifier: MIT
/* Step 3, parallel loops: with @njit(parallel=True), the rounds of a loop over prange run on all
 * cores. The loop is cut out into a function of its own, which does a part of the rounds:
 *
 *     for i in prange(n):          def f.prange(start, stop, x, s):
 *         s += x[i]          ->        for i in range(start, stop):
 *                                          s += x[i]
 *                                      return (s,)
 *
 * and each thread calls it for its share. What the loop only reads becomes a parameter. What it
 * only changes by s += ... (also -= and *=) is a reduction: each thread begins with 0 (or 1) and
 * the results are put together in the order of the threads, so the same machine always gives the
 * same sum. What else it assigns belongs to one round; if a value is carried from round to round,
 * the rounds are not independent, and the loop is refused. */
#include <string.h>

#include "flow.h"

enum { MAX_NAMES = 48 };

/* How the names in the loop are used. */
typedef struct Names {
    const char *name[MAX_NAMES];
    Pos pos[MAX_NAMES];
    int seen[MAX_NAMES];     /* how often it stands there */
    int sums[MAX_NAMES];     /* as s += or s -= */
    int products[MAX_NAMES]; /* as s *= */
    bool assigned[MAX_NAMES];
    int count;
} Names;

static int find(Flow *f, Names *names, const Node *n) {
    for (int i = 0; i < names->count; i++)
        if (strcmp(names->name[i], n->name) == 0) return i;
    if (names->count == MAX_NAMES)
        jit_refuse(f->s, n->pos, "more than %d names in a prange loop", MAX_NAMES);
    names->name[names->count] = n->name;
    names->pos[names->count] = n->pos;
    return names->count++;
}

static void note_targets(Flow *f, Names *names, const Node *n) {
    if (n->kind == N_NAME) names->assigned[find(f, names, n)] = true;
    for (int i = 0; n->kind == N_TUPLE && i < n->count; i++) note_targets(f, names, n->items[i]);
}

static void note(Flow *f, Names *names, const Node *n, bool inner_loop) {
    for (; n; n = n->next) {
        if (n->kind == S_RETURN || (n->kind == S_BREAK && !inner_loop))
            jit_refuse(f->s, n->pos, "a prange loop cannot be left before its end");
        if (n->kind == N_NAME) names->seen[find(f, names, n)]++;
        if (n->kind == S_ASSIGN)
            for (int i = 0; i < n->count; i++) note_targets(f, names, n->items[i]);
        if (n->kind == S_AUGMENT || n->kind == S_FOR) note_targets(f, names, n->a);
        if (n->kind == S_AUGMENT && n->a->kind == N_NAME) {
            int i = find(f, names, n->a);
            names->sums[i] += n->op == OP_ADD || n->op == OP_SUB;
            names->products[i] += n->op == OP_MUL;
        }
        bool loop = inner_loop || n->kind == S_FOR || n->kind == S_WHILE;
        if (n->a) note(f, names, n->a, loop);
        if (n->b) note(f, names, n->b, loop);
        if (n->c) note(f, names, n->c, loop);
        for (int i = 0; i < n->count; i++) note(f, names, n->items[i], loop);
        note(f, names, n->body, loop);
        note(f, names, n->orelse, inner_loop);
    }
}

static Node *new_node(Flow *f, NodeKind kind, Pos pos, const char *name) {
    Node *n = jit_new(f->s, 1, sizeof *n);
    n->kind = kind;
    n->pos = pos;
    n->name = name;
    return n;
}

static void add_item(Flow *f, Node *list, Node *item, int room) {
    if (!list->items) list->items = jit_new(f->s, (size_t)room, sizeof(Node *));
    list->items[list->count++] = item;
}

/* The function that does a part of the rounds. Its loop is over range: one inside of the other runs
 * on one thread. */
static Function *cut_out(Flow *f, const Node *loop, const Names *names, const int *params,
                         int param_count, int reductions) {
    Pos pos = loop->pos;
    Function *part = jit_new(f->s, 1, sizeof *part);
    part->name = jit_text(f->s, "%s.prange", f->g->function->name);
    part->pos = pos;
    part->options = f->g->function->options;
    part->options.parallel = false;
    part->options.count = 0;
    part->scope = f->g->function->scope;
    part->arity = 2 + param_count;
    part->params = jit_new(f->s, (size_t)part->arity, sizeof *part->params);
    part->params[0] = (Param){.name = "start of prange", .pos = pos};
    part->params[1] = (Param){.name = "stop of prange", .pos = pos};
    for (int i = 0; i < param_count; i++)
        part->params[2 + i] = (Param){.name = names->name[params[i]], .pos = names->pos[params[i]]};
    Node *range = new_node(f, N_CALL, pos, NULL);
    range->a = loop->b->a; /* the name that means prange */
    add_item(f, range, new_node(f, N_NAME, pos, part->params[0].name), 2);
    add_item(f, range, new_node(f, N_NAME, pos, part->params[1].name), 2);
    Node *copy = new_node(f, S_FOR, pos, NULL);
    copy->a = loop->a;
    copy->b = range;
    copy->body = loop->body;
    part->body = copy;
    copy->next = new_node(f, S_RETURN, pos, NULL);
    if (reductions) copy->next->a = new_node(f, N_TUPLE, pos, NULL);
    for (int i = param_count - reductions; i < param_count; i++)
        add_item(f, copy->next->a, new_node(f, N_NAME, pos, names->name[params[i]]), reductions);
    return part;
}

/* In the part's first loop, only reductions may come from the round before. */
static void check_independent(Flow *f, const Function *part, int reductions) {
    const BasicBlock *header = part->graph->entry->then;
    for (const Value *phi = header->phis; phi; phi = phi->next) {
        bool reduced = false;
        for (int i = part->arity - reductions; i < part->arity; i++)
            reduced |= phi->name && strcmp(part->params[i].name, phi->name) == 0;
        if (!phi->same && !reduced)
            jit_refuse(f->s, phi->pos,
                       "'%s' carries a value from one round of prange to the next; only s += x, "
                       "s -= x and s *= x can do that",
                       phi->name ? phi->name : "this");
    }
}

void flow_parallel(Flow *f, Node *n) {
    Names names = {.count = 0};
    int params[MAX_NAMES], count = 0, reductions = 0;
    Op ops[MAX_NAMES];
    if (n->orelse) jit_refuse(f->s, n->pos, "a prange loop cannot have an else");
    if (n->b->count > 2)
        jit_refuse(f->s, n->b->pos,
                   "prange goes in steps of 1: prange(stop) or prange(start, stop)");
    note(f, &names, n->body, false);
    int variable = find(f, &names, n->a);
    for (int i = 0; i < names.count; i++)
        if (!names.assigned[i] && i != variable && flow_find_name(f, names.name[i]) >= 0)
            params[count++] = i;
    for (int i = 0; i < names.count; i++) {
        bool sum = names.sums[i] == names.seen[i], product = names.products[i] == names.seen[i];
        if (!names.assigned[i] || i == variable || (!sum && !product)) continue;
        ops[reductions++] = sum ? OP_ADD : OP_MUL;
        params[count++] = i;
    }
    if (reductions > 8) jit_refuse(f->s, n->pos, "more than 8 reductions in a prange loop");
    Function *part = cut_out(f, n, &names, params, count, reductions);
    jit_flow(f->m, part);
    check_independent(f, part, reductions);

    Value *args[2];
    args[0] = n->b->count == 2 ? flow_expression(f, n->b->items[0])
                               : flow_add_constant(f, flow_int_literal(f, 0, n->pos), n->pos);
    args[1] = flow_expression(f, n->b->items[n->b->count - 1]);
    Value *operands[MAX_NAMES];
    for (int i = 0; i < count; i++)
        operands[i] = flow_read_variable(f, flow_find_name(f, names.name[params[i]]), f->at,
                                         names.pos[params[i]]);
    Value *v = flow_add_value(f, V_PARALLEL, n->pos);
    v->callee = part;
    v->builtin = jit_builtin("numba.prange");
    v->reductions = reductions;
    v->ops = jit_new(f->s, (size_t)reductions + 1, sizeof *v->ops);
    memcpy(v->ops, ops, (size_t)reductions * sizeof *ops);
    for (int i = 0; i < 2; i++) flow_add_operand(f, v, args[i]);
    for (int i = 0; i < count; i++) flow_add_operand(f, v, operands[i]);

    for (int i = 0; i < reductions; i++) {
        Value *item = flow_add_with(f, V_ITEM, n->pos, v, NULL);
        item->index = i;
        item->expected = reductions;
        flow_write_variable(
            f, new_node(f, N_NAME, n->pos, names.name[params[count - reductions + i]]), item);
    }
    /* What belongs to one round is gone after the loop. */
    for (int i = 0; i < names.count; i++) {
        bool reduced = false;
        for (int k = count - reductions; k < count; k++) reduced |= params[k] == i;
        if ((!names.assigned[i] && i != variable) || reduced) continue;
        Value *gone = flow_new_value(f, V_UNDEF, n->pos, f->at);
        gone->name = names.name[i];
        gone->index = 1;
        f->at->defs[flow_find_name(f, names.name[i])] = gone;
    }
}
