// SPDX-License-Identifier: MIT
/* Step 3, control flow: from the tree to values in basic blocks.
 *
 * A basic block is a row of computations without a jump; an if or a loop is blocks with edges
 * between them. Within that, each value is computed in one place and never changes (static single
 * assignment, SSA). "x = 1; x = x + 0.5" gives two values, an int and a float, and that is also why
 * a variable may change its type on the way, as in Python. Where two ways meet and have assigned
 * different values to x, a phi stands for "the one from whichever way we came".
 *
 * Phis are made on demand, while reading a variable: M. Braun et al., Simple and Efficient
 * Construction of Static Single Assignment Form, CC 2013. */
#include <string.h>

#include "flow.h"

enum { MAX_BLOCKS = 5000 };

/* ---- Blocks and values ---- */

BasicBlock *flow_new_block(Flow *f) {
    BasicBlock *b = jit_new(f->s, 1, sizeof *b);
    b->number = f->g->blocks++;
    if (f->g->blocks > MAX_BLOCKS)
        jit_refuse(f->s, f->g->function->pos, "more than %d basic blocks", MAX_BLOCKS);
    b->defs = jit_new(f->s, (size_t)f->count, sizeof(Value *));
    if (f->g->last) f->g->last->next = b;
    else f->g->entry = b;
    f->g->last = b;
    return b;
}

void flow_add_operand(Flow *f, Value *v, Value *operand) {
    if (v->count == v->room) {
        v->room = v->room * 2 + 2;
        Value **more = jit_new(f->s, (size_t)v->room, sizeof(Value *));
        if (v->count) memcpy(more, v->args, (size_t)v->count * sizeof(Value *));
        v->args = more;
    }
    v->args[v->count++] = operand;
}

Value *flow_new_value(Flow *f, ValueKind kind, Pos pos, BasicBlock *block) {
    Value *v = jit_new(f->s, 1, sizeof *v);
    v->kind = kind;
    v->pos = pos;
    v->number = f->g->values++;
    v->block = block;
    return v;
}

Value *flow_add_value(Flow *f, ValueKind kind, Pos pos) {
    Value *v = flow_new_value(f, kind, pos, f->at);
    if (f->at->last) f->at->last->next = v;
    else f->at->first = v;
    f->at->last = v;
    return v;
}

Value *flow_add_phi(Flow *f, Pos pos, BasicBlock *block, const char *name) {
    Value *phi = flow_new_value(f, V_PHI, pos, block);
    phi->name = name;
    phi->next = block->phis;
    block->phis = phi;
    return phi;
}

Value *flow_add_with(Flow *f, ValueKind kind, Pos pos, Value *a, Value *b) {
    Value *v = flow_add_value(f, kind, pos);
    flow_add_operand(f, v, a);
    if (b) flow_add_operand(f, v, b);
    return v;
}

static void add_edge(Flow *f, BasicBlock *from, BasicBlock *to) {
    if (!from->reachable) return; /* code after a return: nothing comes from there */
    if (to->pred_count == to->pred_room) {
        to->pred_room = to->pred_room * 2 + 2;
        BasicBlock **more = jit_new(f->s, (size_t)to->pred_room, sizeof(BasicBlock *));
        if (to->pred_count) memcpy(more, to->preds, (size_t)to->pred_count * sizeof(BasicBlock *));
        to->preds = more;
    }
    to->preds[to->pred_count++] = from;
}

/* Go on in block; edges to it may still be added unless sealed. */
void flow_start(Flow *f, BasicBlock *block, bool sealed) {
    block->reachable = block->pred_count > 0 || block == f->g->entry;
    block->sealed = sealed;
    f->at = block;
}

void flow_jump(Flow *f, BasicBlock *to) {
    f->at->then = to;
    add_edge(f, f->at, to);
}

void flow_branch(Flow *f, Value *cond, BasicBlock *then, BasicBlock *orelse) {
    f->at->cond = cond;
    f->at->then = then;
    f->at->orelse = orelse;
    add_edge(f, f->at, then);
    add_edge(f, f->at, orelse);
}

/* ---- Variables ---- */

int flow_find_name(const Flow *f, const char *name) {
    for (int i = 0; i < f->count; i++)
        if (strcmp(f->names[i], name) == 0) return i;
    return -1;
}

static void add_name(Flow *f, const char *name, int *room) {
    if (flow_find_name(f, name) >= 0) return;
    if (f->count == *room) {
        *room = *room * 2 + 16;
        const char **more = jit_new(f->s, (size_t)*room, sizeof *more);
        if (f->count) memcpy(more, f->names, (size_t)f->count * sizeof *more);
        f->names = more;
    }
    f->names[f->count++] = name;
}

/* A variable is what is assigned to anywhere in the function, as in Python. */
void flow_find_targets(Flow *f, const Node *n, int *room) {
    if (n->kind == N_NAME) add_name(f, n->name, room);
    for (int i = 0; n->kind == N_TUPLE && i < n->count; i++)
        flow_find_targets(f, n->items[i], room);
}

static void find_variables(Flow *f, const Node *n, int *room) {
    for (; n; n = n->next) {
        if (n->kind == S_ASSIGN)
            for (int i = 0; i < n->count; i++) flow_find_targets(f, n->items[i], room);
        if (n->kind == S_AUGMENT || n->kind == S_FOR) flow_find_targets(f, n->a, room);
        find_variables(f, n->body, room);
        find_variables(f, n->orelse, room);
    }
}

Value *flow_read_variable(Flow *f, int variable, BasicBlock *block, Pos pos) {
    Value *v = block->defs[variable];
    if (v) return v;
    const char *name = f->names[variable];
    if (!block->sealed) {
        v = flow_add_phi(f, pos, block, name);
        if (!block->open) block->open = jit_new(f->s, (size_t)f->count, sizeof(Value *));
        block->open[variable] = v;
    } else if (block->pred_count == 0) {
        v = flow_new_value(f, V_UNDEF, pos, block);
        v->name = name;
    } else if (block->pred_count == 1) v = flow_read_variable(f, variable, block->preds[0], pos);
    else {
        v = flow_add_phi(f, pos, block, name);
        block->defs[variable] = v; /* a loop may come back here */
        for (int i = 0; i < block->pred_count; i++)
            flow_add_operand(f, v, flow_read_variable(f, variable, block->preds[i], pos));
    }
    block->defs[variable] = v;
    return v;
}

void flow_seal(Flow *f, BasicBlock *block) {
    block->sealed = true;
    for (int i = 0; block->open && i < f->count; i++)
        for (int k = 0; block->open[i] && k < block->pred_count; k++)
            flow_add_operand(f, block->open[i],
                             flow_read_variable(f, i, block->preds[k], block->open[i]->pos));
}

void flow_write_variable(Flow *f, const Node *target, Value *v) {
    if (v->name) { /* y = x: the same value, but messages need to know where y got it */
        Value *alias = flow_new_value(f, V_PHI, target->pos, f->at);
        alias->same = v;
        alias->index = ALIAS;
        v = alias;
    } else if (v->kind != V_CONST) v->name = target->name;
    f->at->defs[flow_find_name(f, target->name)] = v;
}

/* A phi all of whose operands are one value, or itself, is that value. */
static void remove_trivial_phis(Graph *g) {
    for (bool more = true; more;) {
        more = false;
        for (BasicBlock *b = g->entry; b; b = b->next)
            for (Value *phi = b->phis; phi; phi = phi->next) {
                Value *only = NULL;
                bool trivial = !phi->same && phi->count > 0;
                for (int i = 0; i < phi->count && trivial; i++) {
                    Value *v = jit_real(phi->args[i]);
                    if (v == phi || v == only) continue;
                    trivial = only == NULL;
                    only = v;
                }
                if (!trivial || !only) continue;
                phi->same = only;
                more = true;
            }
    }
}

static void check_assigned(Flow *f, Value *v) {
    v = jit_real(v);
    if (v && v->kind == V_UNDEF && v->index)
        jit_refuse(f->s, v->pos,
                   "'%s' is used after this prange loop, in which each thread has its "
                   "own",
                   v->name);
    if (v && v->kind == V_UNDEF)
        jit_refuse(f->s, v->pos, "the variable '%s' is used before anything is assigned to it",
                   v->name);
}

static void check_uses(Flow *f) {
    for (BasicBlock *b = f->g->entry; b; b = b->next) {
        if (!b->reachable) continue;
        for (Value *v = b->first; v; v = v->next)
            for (int i = 0; i < v->count; i++) check_assigned(f, v->args[i]);
        for (Value *phi = b->phis; phi; phi = phi->next)
            for (int i = 0; i < phi->count && !phi->same; i++)
                if (jit_real(phi->args[i])->index) check_assigned(f, phi->args[i]);
        check_assigned(f, b->result);
    }
}

Graph *jit_flow(JitModule *m, Function *function) {
    if (function->graph) return function->graph;
    Flow f = {.m = m, .s = &m->session};
    Binding *outer = m->scope;
    m->scope = function->scope;
    Graph *g = jit_new(f.s, 1, sizeof *g);
    f.g = g;
    g->function = function;
    int room = 0;
    for (int i = 0; i < function->arity; i++) add_name(&f, function->params[i].name, &room);
    find_variables(&f, function->body, &room);
    flow_start(&f, flow_new_block(&f), true);
    for (int i = 0; i < function->arity; i++) {
        Value *v = flow_add_value(&f, V_PARAM, function->params[i].pos);
        v->index = i;
        v->name = function->params[i].name;
        f.at->defs[i] = v;
    }
    flow_statements(&f, function->body);
    if (f.at->reachable) {
        Node *none = jit_new(f.s, 1, sizeof *none);
        none->kind = N_NONE;
        flow_return(&f, flow_add_constant(&f, none, function->pos), function->pos);
    }
    remove_trivial_phis(g);
    check_uses(&f);
    m->scope = outer;
    function->graph = g;
    return g;
}
