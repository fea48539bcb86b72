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

#include "internal.h"

enum { MAX_BLOCKS = 5000, MAX_ARGUMENTS = 64 };

typedef struct Loop {
    BasicBlock *again, *leave;
    struct Loop *outer;
} Loop;

typedef struct Flow {
    JitModule *m;
    Session *s;
    Graph *g;
    BasicBlock *at; /* where the next value goes */
    const char **names;
    int count;
    Loop *loop;
} Flow;

/* ---- Blocks and values ---- */

static BasicBlock *new_block(Flow *f) {
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

static void add_operand(Flow *f, Value *v, Value *operand) {
    if (v->count == v->room) {
        v->room = v->room * 2 + 2;
        Value **more = jit_new(f->s, (size_t)v->room, sizeof(Value *));
        if (v->count) memcpy(more, v->args, (size_t)v->count * sizeof(Value *));
        v->args = more;
    }
    v->args[v->count++] = operand;
}

static Value *new_value(Flow *f, ValueKind kind, Pos pos, BasicBlock *block) {
    Value *v = jit_new(f->s, 1, sizeof *v);
    v->kind = kind;
    v->pos = pos;
    v->number = f->g->values++;
    v->block = block;
    return v;
}

static Value *add_value(Flow *f, ValueKind kind, Pos pos) {
    Value *v = new_value(f, kind, pos, f->at);
    if (f->at->last) f->at->last->next = v;
    else f->at->first = v;
    f->at->last = v;
    return v;
}

static Value *add_phi(Flow *f, Pos pos, BasicBlock *block, const char *name) {
    Value *phi = new_value(f, V_PHI, pos, block);
    phi->name = name;
    phi->next = block->phis;
    block->phis = phi;
    return phi;
}

static Value *add_with(Flow *f, ValueKind kind, Pos pos, Value *a, Value *b) {
    Value *v = add_value(f, kind, pos);
    add_operand(f, v, a);
    if (b) add_operand(f, v, b);
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
static void start(Flow *f, BasicBlock *block, bool sealed) {
    block->reachable = block->pred_count > 0 || block == f->g->entry;
    block->sealed = sealed;
    f->at = block;
}

static void jump(Flow *f, BasicBlock *to) {
    f->at->then = to;
    add_edge(f, f->at, to);
}

static void branch(Flow *f, Value *cond, BasicBlock *then, BasicBlock *orelse) {
    f->at->cond = cond;
    f->at->then = then;
    f->at->orelse = orelse;
    add_edge(f, f->at, then);
    add_edge(f, f->at, orelse);
}

/* ---- Variables ---- */

static int find_name(const Flow *f, const char *name) {
    for (int i = 0; i < f->count; i++)
        if (strcmp(f->names[i], name) == 0) return i;
    return -1;
}

static void add_name(Flow *f, const char *name, int *room) {
    if (find_name(f, name) >= 0) return;
    if (f->count == *room) {
        *room = *room * 2 + 16;
        const char **more = jit_new(f->s, (size_t)*room, sizeof *more);
        if (f->count) memcpy(more, f->names, (size_t)f->count * sizeof *more);
        f->names = more;
    }
    f->names[f->count++] = name;
}

/* A variable is what is assigned to anywhere in the function, as in Python. */
static void find_targets(Flow *f, const Node *n, int *room) {
    if (n->kind == N_NAME) add_name(f, n->name, room);
    for (int i = 0; n->kind == N_TUPLE && i < n->count; i++) find_targets(f, n->items[i], room);
}

static void find_variables(Flow *f, const Node *n, int *room) {
    for (; n; n = n->next) {
        if (n->kind == S_ASSIGN)
            for (int i = 0; i < n->count; i++) find_targets(f, n->items[i], room);
        if (n->kind == S_AUGMENT || n->kind == S_FOR) find_targets(f, n->a, room);
        find_variables(f, n->body, room);
        find_variables(f, n->orelse, room);
    }
}

static Value *read_variable(Flow *f, int variable, BasicBlock *block, Pos pos) {
    Value *v = block->defs[variable];
    if (v) return v;
    const char *name = f->names[variable];
    if (!block->sealed) {
        v = add_phi(f, pos, block, name);
        if (!block->open) block->open = jit_new(f->s, (size_t)f->count, sizeof(Value *));
        block->open[variable] = v;
    } else if (block->pred_count == 0) {
        v = new_value(f, V_UNDEF, pos, block);
        v->name = name;
    } else if (block->pred_count == 1) v = read_variable(f, variable, block->preds[0], pos);
    else {
        v = add_phi(f, pos, block, name);
        block->defs[variable] = v; /* a loop may come back here */
        for (int i = 0; i < block->pred_count; i++)
            add_operand(f, v, read_variable(f, variable, block->preds[i], pos));
    }
    block->defs[variable] = v;
    return v;
}

static void seal(Flow *f, BasicBlock *block) {
    block->sealed = true;
    for (int i = 0; block->open && i < f->count; i++)
        for (int k = 0; block->open[i] && k < block->pred_count; k++)
            add_operand(f, block->open[i],
                        read_variable(f, i, block->preds[k], block->open[i]->pos));
}

static void write_variable(Flow *f, const Node *target, Value *v) {
    f->at->defs[find_name(f, target->name)] = v;
    if (!v->name && v->kind != V_CONST) v->name = target->name;
}

/* ---- Constants ---- */

bool jit_const_int(Value *v, int64_t *out) {
    v = jit_real(v);
    if (v->kind != V_CONST || v->literal->kind != N_INT) return false;
    *out = (int64_t)v->literal->i;
    return v->literal->op == OP_NEG || v->literal->i <= INT64_MAX;
}

static Value *add_constant(Flow *f, Node *literal, Pos pos) {
    Value *v = add_value(f, V_CONST, pos);
    v->literal = literal;
    return v;
}

static Node *int_literal(Flow *f, int64_t value, Pos pos) {
    Node *n = jit_new(f->s, 1, sizeof *n);
    n->kind = N_INT;
    n->pos = pos;
    n->i = (uint64_t)value;
    if (value < 0) n->op = OP_NEG;
    return n;
}

/* Python computes with literals before Numba sees them: -1 and 2 ** 10 are literals, 2 ** -1 is the
 * float 0.5. Returns NULL where the result does not fit. */
static Node *fold(Flow *f, Op op, Value *va, Value *vb, Pos pos) {
    int64_t a, b = 0, r = 1;
    if (!jit_const_int(va, &a) || (vb && !jit_const_int(vb, &b))) return NULL;
    if (jit_real(va)->index || (vb && jit_real(vb)->index)) return NULL;
    bool overflow = false;
    switch (op) {
    case OP_NEG: overflow = __builtin_sub_overflow((int64_t)0, a, &r); break;
    case OP_INVERT: r = ~a; break;
    case OP_ADD: overflow = __builtin_add_overflow(a, b, &r); break;
    case OP_SUB: overflow = __builtin_sub_overflow(a, b, &r); break;
    case OP_MUL: overflow = __builtin_mul_overflow(a, b, &r); break;
    case OP_POW:
        if (b < 0 && a) {
            Node *n = int_literal(f, 0, pos);
            n->kind = N_FLOAT;
            n->op = OP_ADD;
            n->f = __builtin_pow((double)a, (double)b);
            return n;
        }
        if (b < 0 || b > 64) return NULL;
        for (int64_t i = 0; i < b; i++) overflow |= __builtin_mul_overflow(r, a, &r);
        break;
    default: return NULL;
    }
    if (!overflow) return int_literal(f, r, pos);
    /* Beyond int64, a literal may still be a uint64. */
    uint64_t ua = (uint64_t)a, ub = vb ? (uint64_t)b : 0, u = 1;
    if (a < 0 || !vb || b < 0) return NULL;
    overflow = op == OP_ADD ? __builtin_add_overflow(ua, ub, &u)
                            : op == OP_SUB || (op == OP_MUL && __builtin_mul_overflow(ua, ub, &u));
    for (uint64_t i = 0; op == OP_POW && i < ub; i++) overflow |= __builtin_mul_overflow(u, ua, &u);
    Node *n = int_literal(f, 0, pos);
    n->i = u;
    return overflow ? NULL : n;
}

/* ---- Expressions ---- */

static Value *expression(Flow *f, Node *n);

/* Evaluate n as a condition and go to then or orelse, evaluating no more than needed. */
static void condition(Flow *f, Node *n, BasicBlock *then, BasicBlock *orelse) {
    if (n->kind == N_UNARY && n->op == OP_NOT) condition(f, n->a, orelse, then);
    else if (n->kind == N_AND || n->kind == N_OR) {
        BasicBlock *second = new_block(f);
        if (n->kind == N_AND) condition(f, n->a, second, orelse);
        else condition(f, n->a, then, second);
        start(f, second, true);
        condition(f, n->b, then, orelse);
    } else if ((n->kind == N_BOOL || n->kind == N_INT)) jump(f, n->i ? then : orelse);
    else if (n->kind == N_COMPARE && n->count > 2) {
        Value *left = expression(f, n->items[0]);
        for (int i = 1; i < n->count; i++) {
            Value *right = expression(f, n->items[i]);
            Value *v = add_with(f, V_COMPARE, n->pos, left, right);
            v->op = n->ops[i - 1];
            BasicBlock *next = i == n->count - 1 ? then : new_block(f);
            branch(f, v, next, orelse);
            if (next != then) start(f, next, true);
            left = right;
        }
    } else {
        Value *v = expression(f, n);
        branch(f, add_with(f, V_TRUTH, n->pos, v, NULL), then, orelse);
    }
}

/* A phi of values that come by different ways: each way ends here with a value. */
static void arrive(Flow *f, Value *phi, Value *v) {
    if (f->at->reachable) add_operand(f, phi, v);
    jump(f, phi->block);
}

/* a and b: a if it is false, else b. */
static Value *short_circuit(Flow *f, Node *n) {
    BasicBlock *join = new_block(f), *second = new_block(f), *first = new_block(f);
    Value *phi = add_phi(f, n->pos, join, NULL);
    Value *a = expression(f, n->a);
    Value *truth = add_with(f, V_TRUTH, n->a->pos, a, NULL);
    if (n->kind == N_AND) branch(f, truth, second, first);
    else branch(f, truth, first, second);
    start(f, first, true);
    arrive(f, phi, a);
    start(f, second, true);
    arrive(f, phi, expression(f, n->b));
    start(f, join, true);
    return phi;
}

/* b if a else c; a < b < c as True or False. */
static Value *choose(Flow *f, Node *n) {
    BasicBlock *join = new_block(f), *yes = new_block(f), *no = new_block(f);
    Value *phi = add_phi(f, n->pos, join, NULL);
    condition(f, n->kind == N_COND ? n->a : n, yes, no);
    for (int i = 0; i < 2; i++) {
        start(f, i == 0 ? yes : no, true);
        Node *literal = NULL;
        if (n->kind != N_COND) {
            literal = int_literal(f, i == 0, n->pos);
            literal->kind = N_BOOL;
        }
        arrive(f, phi,
               literal ? add_constant(f, literal, n->pos) : expression(f, i == 0 ? n->b : n->c));
    }
    start(f, join, true);
    return phi;
}

static Value *name_value(Flow *f, Node *n) {
    int variable = find_name(f, n->name);
    if (variable >= 0) return read_variable(f, variable, f->at, n->pos);
    const Binding *b = jit_lookup(f->m, n->name);
    if (b && b->kind == BIND_CONSTANT) {
        Node *literal = b->value;
        Value *v =
            literal->kind == N_UNARY ? expression(f, literal) : add_constant(f, literal, n->pos);
        v->index = 1; /* Python does not compute with it beforehand: see fold */
        return v;
    }
    if (b && b->kind == BIND_QUALIFIED) {
        const Builtin *builtin = jit_builtin(b->qualified);
        if (builtin && builtin->rule == RULE_NUMBER) {
            Node *literal = int_literal(f, 0, n->pos);
            literal->kind = N_FLOAT;
            literal->f = builtin->number;
            return add_constant(f, literal, n->pos);
        }
    }
    if (b && b->kind == BIND_OPAQUE)
        jit_refuse2(f->s, n->pos, b->pos, "it is assigned here",
                    "'%s' is no number that is known before the program runs: pass it as an "
                    "argument",
                    n->name);
    if (b) jit_refuse(f->s, n->pos, "'%s' is no value that compiled code can use here", n->name);
    if (jit_builtin(n->name)) jit_refuse(f->s, n->pos, "'%s' can only be called", n->name);
    jit_refuse(f->s, n->pos, "the name '%s' is not defined", n->name);
}

static Value *attribute(Flow *f, Node *n) {
    bool local = n->a->kind == N_NAME && find_name(f, n->a->name) >= 0;
    const char *qualified = local ? NULL : jit_qualify(f->m, n);
    if (qualified) {
        const Builtin *b = jit_builtin(qualified);
        if (!b) jit_refuse(f->s, n->pos, "%s is not supported by this compiler", qualified);
        if (b->rule != RULE_NUMBER) jit_refuse(f->s, n->pos, "%s can only be called", qualified);
        Node *literal = int_literal(f, 0, n->pos);
        literal->kind = N_FLOAT;
        literal->f = b->number;
        return add_constant(f, literal, n->pos);
    }
    if (strcmp(n->name, "shape") != 0 && strcmp(n->name, "size") != 0 &&
        strcmp(n->name, "ndim") != 0)
        jit_refuse(f->s, n->pos, "the attribute .%s is not supported by this compiler", n->name);
    Value *v = add_with(f, V_SHAPE, n->pos, expression(f, n->a), NULL);
    v->name = n->name;
    return v;
}

static Value *call_function(Flow *f, Node *n, Function *callee) {
    Value *args[MAX_ARGUMENTS] = {NULL};
    if (callee->options.layout)
        jit_refuse(f->s, n->pos, "compiled code cannot call the guvectorized %s() here",
                   callee->name);
    if (callee->arity > MAX_ARGUMENTS || n->count > MAX_ARGUMENTS)
        jit_refuse(f->s, n->pos, "more than %d arguments", MAX_ARGUMENTS);
    for (int i = 0; i < n->count; i++) {
        Node *item = n->items[i];
        int k = i;
        if (item->kind == N_KEYWORD) {
            for (k = 0; k < callee->arity; k++)
                if (strcmp(callee->params[k].name, item->name) == 0) break;
            if (k == callee->arity)
                jit_refuse(f->s, item->pos, "%s() has no parameter '%s'", callee->name, item->name);
            item = item->a;
        }
        if (k >= callee->arity)
            jit_refuse(f->s, item->pos, "%s() takes %d arguments, not %d", callee->name,
                       callee->arity, n->count);
        if (args[k]) jit_refuse(f->s, item->pos, "'%s' is given twice", callee->params[k].name);
        args[k] = expression(f, item);
    }
    for (int k = 0; k < callee->arity; k++) {
        if (args[k]) continue;
        if (!callee->params[k].value)
            jit_refuse(f->s, n->pos, "%s() needs the argument '%s'", callee->name,
                       callee->params[k].name);
        args[k] = expression(f, callee->params[k].value);
    }
    Value *v = add_value(f, V_CALL, n->pos);
    v->callee = callee;
    for (int k = 0; k < callee->arity; k++) add_operand(f, v, args[k]);
    return v;
}

static const Builtin *find_builtin(Flow *f, Node *n) {
    if (n->a->kind == N_NAME && find_name(f, n->a->name) >= 0)
        jit_refuse(f->s, n->pos, "'%s' is a variable; only functions can be called", n->a->name);
    const char *qualified = jit_qualify(f->m, n->a);
    if (!qualified) {
        const Binding *b = n->a->kind == N_NAME ? jit_lookup(f->m, n->a->name) : NULL;
        if (b && b->kind == BIND_PLAIN)
            jit_refuse2(
                f->s, n->pos, b->pos, "it is defined here",
                "'%s' has no decorator @njit, and compiled code can only call compiled code",
                n->a->name);
        jit_refuse(f->s, n->pos, "only functions can be called");
    }
    const Builtin *builtin = jit_builtin(qualified);
    if (!builtin && n->a->kind == N_NAME && !jit_lookup(f->m, n->a->name))
        jit_refuse(f->s, n->pos, "the function '%s' is not defined", qualified);
    if (!builtin) jit_refuse(f->s, n->pos, "%s is not supported by this compiler", qualified);
    return builtin;
}

static Value *call(Flow *f, Node *n) {
    const Binding *b =
        n->a->kind == N_NAME && find_name(f, n->a->name) < 0 ? jit_lookup(f->m, n->a->name) : NULL;
    if (b && b->kind == BIND_FUNCTION) return call_function(f, n, b->function);
    const Builtin *builtin = find_builtin(f, n);
    if (builtin->rule == RULE_RANGE)
        jit_refuse(f->s, n->pos, "%s() can only stand in: for i in %s(...)", builtin->name,
                   builtin->name);
    if (builtin->rule == RULE_NUMBER) jit_refuse(f->s, n->pos, "%s is no function", builtin->name);
    for (int i = 0; i < n->count; i++)
        if (n->items[i]->kind == N_KEYWORD)
            jit_refuse(f->s, n->items[i]->pos, "%s() takes no keyword arguments", builtin->name);
    if (builtin->rule == RULE_POW && strcmp(builtin->code, "**") == 0) {
        if (n->count != 2) jit_refuse(f->s, n->pos, "pow() takes two arguments here");
        Value *base = expression(f, n->items[0]);
        Value *v = add_with(f, V_BINARY, n->pos, base, expression(f, n->items[1]));
        v->op = OP_POW;
        return v;
    }
    Value *args[MAX_ARGUMENTS];
    if (n->count > MAX_ARGUMENTS) jit_refuse(f->s, n->pos, "more than %d arguments", MAX_ARGUMENTS);
    for (int i = 0; i < n->count; i++) args[i] = expression(f, n->items[i]);
    Value *v = add_value(f, V_BUILT, n->pos);
    v->builtin = builtin;
    for (int i = 0; i < n->count; i++) add_operand(f, v, args[i]);
    return v;
}

static Value *slice(Flow *f, Node *n) {
    Value *parts[3];
    Node *nodes[3] = {n->a, n->b, n->c};
    for (int i = 0; i < 3; i++) parts[i] = nodes[i] ? expression(f, nodes[i]) : NULL;
    Value *v = add_value(f, V_SLICE, n->pos);
    for (int i = 0; i < 3; i++) add_operand(f, v, parts[i]);
    return v;
}

/* The operands of a[i, j]: the array and its indices, which are evaluated once. */
static Value *index_operands(Flow *f, Node *n, ValueKind kind) {
    Value *args[MAX_ARGUMENTS];
    int count = 0;
    args[count++] = expression(f, n->a);
    for (int i = 0; i < n->count; i++) {
        Node *item = n->items[i];
        if (count == MAX_ARGUMENTS) jit_refuse(f->s, n->pos, "too many indices");
        args[count++] = item->kind == N_SLICE ? slice(f, item) : expression(f, item);
    }
    Value *v = new_value(f, kind, n->pos, f->at);
    for (int i = 0; i < count; i++) add_operand(f, v, args[i]);
    return v;
}

static void append_value(Flow *f, Value *v) {
    v->block = f->at;
    if (f->at->last) f->at->last->next = v;
    else f->at->first = v;
    f->at->last = v;
}

static Value *binary_value(Flow *f, Op op, Pos pos, Value *a, Value *b) {
    Node *folded = fold(f, op, a, b, pos);
    if (folded) return add_constant(f, folded, pos);
    Value *v = add_with(f, V_BINARY, pos, a, b);
    v->op = op;
    return v;
}

static Value *expression(Flow *f, Node *n) {
    Value *v, *a;
    switch (n->kind) {
    case N_INT:
    case N_FLOAT:
    case N_BOOL:
    case N_NONE: return add_constant(f, n, n->pos);
    case N_NAME: return name_value(f, n);
    case N_STRING: jit_refuse(f->s, n->pos, "strings are not part of this language");
    case N_ATTR: return attribute(f, n);
    case N_CALL: return call(f, n);
    case N_AND:
    case N_OR: return short_circuit(f, n);
    case N_COND: return choose(f, n);
    case N_BINARY:
        a = expression(f, n->a);
        return binary_value(f, n->op, n->pos, a, expression(f, n->b));
    case N_UNARY:
        if (n->op == OP_NEG && n->a->kind == N_INT && n->a->i == (uint64_t)1 << 63)
            return add_constant(f, int_literal(f, INT64_MIN, n->pos), n->pos);
        a = expression(f, n->a);
        Node *folded = n->op == OP_NOT ? NULL : fold(f, n->op, a, NULL, n->pos);
        if (folded) return add_constant(f, folded, n->pos);
        v = add_with(f, V_UNARY, n->pos, a, NULL);
        v->op = n->op;
        return v;
    case N_COMPARE:
        if (n->count > 2) return choose(f, n);
        a = expression(f, n->items[0]);
        v = add_with(f, V_COMPARE, n->pos, a, expression(f, n->items[1]));
        v->op = n->ops[0];
        return v;
    case N_TUPLE: {
        Value *items[MAX_ARGUMENTS];
        if (n->count > 8) jit_refuse(f->s, n->pos, "tuples have at most 8 items here");
        for (int i = 0; i < n->count; i++) items[i] = expression(f, n->items[i]);
        v = add_value(f, V_TUPLE, n->pos);
        for (int i = 0; i < n->count; i++) add_operand(f, v, items[i]);
        return v;
    }
    case N_INDEX:
        v = index_operands(f, n, V_INDEX);
        append_value(f, v);
        return v;
    default: jit_refuse(f->s, n->pos, "this cannot stand here");
    }
}

/* ---- Statements ---- */

static void assign(Flow *f, Node *target, Value *v) {
    if (target->kind == N_NAME) write_variable(f, target, v);
    else if (target->kind == N_INDEX) {
        Value *store = index_operands(f, target, V_STORE);
        add_operand(f, store, v);
        append_value(f, store);
    } else {
        for (int i = 0; i < target->count; i++) {
            Value *item = add_with(f, V_ITEM, target->pos, v, NULL);
            item->index = i;
            item->expected = target->count;
            assign(f, target->items[i], item);
        }
    }
}

static void assignment(Flow *f, Node *n) {
    Node *first = n->items[0];
    if (n->count == 1 && first->kind == N_TUPLE && n->a->kind == N_TUPLE &&
        first->count == n->a->count && n->a->count <= 8) { /* a, b = b, a: no tuple is made */
        Value *values[8];
        for (int i = 0; i < n->a->count; i++) values[i] = expression(f, n->a->items[i]);
        for (int i = 0; i < n->a->count; i++) assign(f, first->items[i], values[i]);
        return;
    }
    Value *v = expression(f, n->a);
    for (int i = 0; i < n->count; i++) assign(f, n->items[i], v);
}

static void augmented(Flow *f, Node *n) {
    if (n->a->kind == N_NAME) {
        Value *old = read_variable(f, find_name(f, n->a->name), f->at, n->a->pos);
        write_variable(f, n->a, binary_value(f, n->op, n->pos, old, expression(f, n->b)));
        return;
    }
    Value *place = index_operands(f, n->a, V_INDEX);
    append_value(f, place);
    Value *v = binary_value(f, n->op, n->pos, place, expression(f, n->b));
    Value *store = new_value(f, V_STORE, n->pos, f->at);
    for (int i = 0; i < place->count; i++) add_operand(f, store, place->args[i]);
    add_operand(f, store, v);
    append_value(f, store);
}

static void statements(Flow *f, Node *n);

static void if_statement(Flow *f, Node *n) {
    BasicBlock *then = new_block(f), *orelse = new_block(f), *join = new_block(f);
    condition(f, n->a, then, orelse);
    start(f, then, true);
    statements(f, n->body);
    jump(f, join);
    start(f, orelse, true);
    statements(f, n->orelse);
    jump(f, join);
    start(f, join, true);
}

/* What all loops share, from the body on: header is where each round begins, end where it goes
 * when there is none left. step is called before the way back. */
static void loop_rest(Flow *f, Node *n, BasicBlock *header, BasicBlock *body, BasicBlock *end,
                      Value *counter, const Node *target) {
    BasicBlock *again = new_block(f), *leave = new_block(f);
    Loop loop = {again, leave, f->loop};
    start(f, body, true);
    if (counter) write_variable(f, target, add_with(f, V_ELEMENT, target->pos, counter, NULL));
    f->loop = &loop;
    statements(f, n->body);
    f->loop = loop.outer;
    jump(f, again);
    start(f, again, true);
    if (counter) counter->partner = add_with(f, V_STEP, n->pos, counter, NULL);
    jump(f, header);
    seal(f, header);
    start(f, end, true);
    statements(f, n->orelse);
    jump(f, leave);
    start(f, leave, true);
}

static void while_loop(Flow *f, Node *n) {
    BasicBlock *header = new_block(f), *body = new_block(f), *end = new_block(f);
    jump(f, header);
    start(f, header, false);
    condition(f, n->a, body, end);
    loop_rest(f, n, header, body, end, NULL, NULL);
}

static void for_loop(Flow *f, Node *n) {
    bool named =
        n->b->kind == N_CALL && !(n->b->a->kind == N_NAME && find_name(f, n->b->a->name) >= 0);
    const char *qualified = named ? jit_qualify(f->m, n->b->a) : NULL;
    const Builtin *builtin = qualified ? jit_builtin(qualified) : NULL;
    if (!builtin || builtin->rule != RULE_RANGE)
        jit_refuse(f->s, n->b->pos, "a for loop runs over range(...) or prange(...) here");
    if (n->b->count < 1 || n->b->count > 3)
        jit_refuse(f->s, n->b->pos, "range() takes one to three arguments");
    Value *args[3];
    for (int i = 0; i < n->b->count; i++) {
        if (n->b->items[i]->kind == N_KEYWORD)
            jit_refuse(f->s, n->b->items[i]->pos, "range() takes no keyword arguments");
        args[i] = expression(f, n->b->items[i]);
    }
    Value *range = add_value(f, V_RANGE, n->b->pos);
    range->builtin = builtin;
    for (int i = 0; i < n->b->count; i++) add_operand(f, range, args[i]);
    BasicBlock *header = new_block(f), *body = new_block(f), *end = new_block(f);
    jump(f, header);
    start(f, header, false);
    Value *counter = add_with(f, V_COUNTER, n->pos, range, NULL);
    branch(f, add_with(f, V_MORE, n->pos, counter, NULL), body, end);
    loop_rest(f, n, header, body, end, counter, n->a);
}

static void return_statement(Flow *f, Value *v, Pos pos) {
    f->at->result = v;
    f->at->result_pos = pos;
    start(f, new_block(f), true); /* nothing leads there */
}

static void statements(Flow *f, Node *n) {
    for (; n; n = n->next) switch (n->kind) {
        case S_EXPR:
            if (n->a->kind != N_STRING) expression(f, n->a);
            break;
        case S_ASSIGN: assignment(f, n); break;
        case S_AUGMENT: augmented(f, n); break;
        case S_IF: if_statement(f, n); break;
        case S_WHILE: while_loop(f, n); break;
        case S_FOR: for_loop(f, n); break;
        case S_BREAK:
        case S_CONTINUE:
            if (!f->loop) break; /* the parser has seen to that */
            jump(f, n->kind == S_BREAK ? f->loop->leave : f->loop->again);
            start(f, new_block(f), true);
            break;
        case S_RETURN: {
            Node *none = jit_new(f->s, 1, sizeof *none);
            none->kind = N_NONE;
            return_statement(f, n->a ? expression(f, n->a) : add_constant(f, none, n->pos), n->pos);
            break;
        }
        default: break;
        }
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
    if (v && v->kind == V_UNDEF)
        jit_refuse(f->s, v->pos, "the variable '%s' is used before anything is assigned to it",
                   v->name);
}

static void check_uses(Flow *f) {
    for (BasicBlock *b = f->g->entry; b; b = b->next) {
        if (!b->reachable) continue;
        for (Value *v = b->first; v; v = v->next)
            for (int i = 0; i < v->count; i++) check_assigned(f, v->args[i]);
        check_assigned(f, b->result);
    }
}

Graph *jit_flow(JitModule *m, Function *function) {
    if (function->graph) return function->graph;
    Flow f = {.m = m, .s = &m->session};
    Graph *g = jit_new(f.s, 1, sizeof *g);
    f.g = g;
    g->function = function;
    int room = 0;
    for (int i = 0; i < function->arity; i++) add_name(&f, function->params[i].name, &room);
    find_variables(&f, function->body, &room);
    start(&f, new_block(&f), true);
    for (int i = 0; i < function->arity; i++) {
        Value *v = add_value(&f, V_PARAM, function->params[i].pos);
        v->index = i;
        v->name = function->params[i].name;
        f.at->defs[i] = v;
    }
    statements(&f, function->body);
    if (f.at->reachable) {
        Node *none = jit_new(f.s, 1, sizeof *none);
        none->kind = N_NONE;
        return_statement(&f, add_constant(&f, none, function->pos), function->pos);
    }
    remove_trivial_phis(g);
    check_uses(&f);
    function->graph = g;
    return g;
}
