// SPDX-License-Identifier: MIT
/* Step 3, expressions: each becomes a value in the block where we are, or, where it depends on a
 * condition which of its parts is computed at all (and, or, a if c else b), blocks of its own. */
#include <string.h>

#include "flow.h"

/* ---- Constants ---- */

bool jit_const_int(Value *v, int64_t *out) {
    v = jit_real(v);
    if (v->kind != V_CONST || v->literal->kind != N_INT) return false;
    *out = (int64_t)v->literal->i;
    return v->literal->op == OP_NEG || v->literal->i <= INT64_MAX;
}

Value *flow_add_constant(Flow *f, Node *literal, Pos pos) {
    Value *v = flow_add_value(f, V_CONST, pos);
    v->literal = literal;
    return v;
}

Node *flow_int_literal(Flow *f, int64_t value, Pos pos) {
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
            Node *n = flow_int_literal(f, 0, pos);
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
    if (!overflow) return flow_int_literal(f, r, pos);
    /* Beyond int64, a literal may still be a uint64. */
    uint64_t ua = (uint64_t)a, ub = vb ? (uint64_t)b : 0, u = 1;
    if (a < 0 || !vb || b < 0) return NULL;
    overflow = op == OP_ADD ? __builtin_add_overflow(ua, ub, &u)
                            : op == OP_SUB || (op == OP_MUL && __builtin_mul_overflow(ua, ub, &u));
    for (uint64_t i = 0; op == OP_POW && i < ub; i++) overflow |= __builtin_mul_overflow(u, ua, &u);
    Node *n = flow_int_literal(f, 0, pos);
    n->i = u;
    return overflow ? NULL : n;
}

/* ---- Expressions ---- */

/* Evaluate n as a condition and go to then or orelse, evaluating no more than needed. */
void flow_condition(Flow *f, Node *n, BasicBlock *then, BasicBlock *orelse) {
    if (n->kind == N_UNARY && n->op == OP_NOT) flow_condition(f, n->a, orelse, then);
    else if (n->kind == N_AND || n->kind == N_OR) {
        BasicBlock *second = flow_new_block(f);
        if (n->kind == N_AND) flow_condition(f, n->a, second, orelse);
        else flow_condition(f, n->a, then, second);
        flow_start(f, second, true);
        flow_condition(f, n->b, then, orelse);
    } else if ((n->kind == N_BOOL || n->kind == N_INT)) flow_jump(f, n->i ? then : orelse);
    else if (n->kind == N_COMPARE && n->count > 2) {
        Value *left = flow_expression(f, n->items[0]);
        for (int i = 1; i < n->count; i++) {
            Value *right = flow_expression(f, n->items[i]);
            Value *v = flow_add_with(f, V_COMPARE, n->pos, left, right);
            v->op = n->ops[i - 1];
            BasicBlock *next = i == n->count - 1 ? then : flow_new_block(f);
            flow_branch(f, v, next, orelse);
            if (next != then) flow_start(f, next, true);
            left = right;
        }
    } else {
        Value *v = flow_expression(f, n);
        flow_branch(f, flow_add_with(f, V_TRUTH, n->pos, v, NULL), then, orelse);
    }
}

/* A phi of values that come by different ways: each way ends here with a value. */
static void arrive(Flow *f, Value *phi, Value *v) {
    if (f->at->reachable) flow_add_operand(f, phi, v);
    flow_jump(f, phi->block);
}

/* a and b: a if it is false, else b. */
static Value *short_circuit(Flow *f, Node *n) {
    BasicBlock *join = flow_new_block(f), *second = flow_new_block(f), *first = flow_new_block(f);
    Value *phi = flow_add_phi(f, n->pos, join, NULL);
    Value *a = flow_expression(f, n->a);
    Value *truth = flow_add_with(f, V_TRUTH, n->a->pos, a, NULL);
    if (n->kind == N_AND) flow_branch(f, truth, second, first);
    else flow_branch(f, truth, first, second);
    flow_start(f, first, true);
    arrive(f, phi, a);
    flow_start(f, second, true);
    arrive(f, phi, flow_expression(f, n->b));
    flow_start(f, join, true);
    return phi;
}

/* b if a else c; a < b < c as True or False. */
static Value *choose(Flow *f, Node *n) {
    BasicBlock *join = flow_new_block(f), *yes = flow_new_block(f), *no = flow_new_block(f);
    Value *phi = flow_add_phi(f, n->pos, join, NULL);
    flow_condition(f, n->kind == N_COND ? n->a : n, yes, no);
    for (int i = 0; i < 2; i++) {
        flow_start(f, i == 0 ? yes : no, true);
        Node *literal = NULL;
        if (n->kind != N_COND) {
            literal = flow_int_literal(f, i == 0, n->pos);
            literal->kind = N_BOOL;
        }
        arrive(f, phi,
               literal ? flow_add_constant(f, literal, n->pos)
                       : flow_expression(f, i == 0 ? n->b : n->c));
    }
    flow_start(f, join, true);
    return phi;
}

static Value *name_value(Flow *f, Node *n) {
    int variable = flow_find_name(f, n->name);
    if (variable >= 0) return flow_read_variable(f, variable, f->at, n->pos);
    const Binding *b = jit_lookup(f->m, n->name);
    if (b && b->kind == BIND_CONSTANT) {
        Node *literal = b->value;
        Value *v = literal->kind == N_UNARY ? flow_expression(f, literal)
                                            : flow_add_constant(f, literal, n->pos);
        v->index = 1; /* Python does not compute with it beforehand: see fold */
        return v;
    }
    if (b && b->kind == BIND_QUALIFIED) {
        const Builtin *builtin = jit_builtin(b->qualified);
        if (builtin && builtin->rule == RULE_NUMBER) {
            Node *literal = flow_int_literal(f, 0, n->pos);
            literal->kind = N_FLOAT;
            literal->f = builtin->number;
            return flow_add_constant(f, literal, n->pos);
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
    bool local = n->a->kind == N_NAME && flow_find_name(f, n->a->name) >= 0;
    const char *qualified = local ? NULL : jit_qualify(f->m, n);
    if (qualified) {
        const Builtin *b = jit_builtin(qualified);
        if (!b) jit_refuse(f->s, n->pos, "%s is not supported by this compiler", qualified);
        if (b->rule == RULE_REGISTER) return flow_cuda_register(f, b, n->pos);
        if (b->rule != RULE_NUMBER) jit_refuse(f->s, n->pos, "%s can only be called", qualified);
        Node *literal = flow_int_literal(f, 0, n->pos);
        literal->kind = N_FLOAT;
        literal->f = b->number;
        return flow_add_constant(f, literal, n->pos);
    }
    if (strcmp(n->name, "shape") != 0 && strcmp(n->name, "size") != 0 &&
        strcmp(n->name, "ndim") != 0)
        jit_refuse(f->s, n->pos, "the attribute .%s is not supported by this compiler", n->name);
    Value *v = flow_add_with(f, V_SHAPE, n->pos, flow_expression(f, n->a), NULL);
    v->name = n->name;
    return v;
}

static Value *call_function(Flow *f, Node *n, Function *callee) {
    Value *args[MAX_ARGUMENTS] = {NULL};
    if (callee->options.layout && !f->g->function->scope) /* but its loop (guvectorize.c) can */
        jit_refuse(f->s, n->pos, "compiled code cannot call the guvectorized %s() here",
                   callee->name);
    if (callee->options.device == DEVICE_KERNEL)
        jit_refuse(f->s, n->pos,
                   "%s() is a kernel, which only the host can start: write "
                   "@cuda.jit(device=True)",
                   callee->name);
    if (callee->options.device && !f->g->function->options.device)
        jit_refuse(f->s, n->pos, "%s() is for the CUDA device only", callee->name);
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
        args[k] = flow_expression(f, item);
    }
    for (int k = 0; k < callee->arity; k++) {
        if (args[k]) continue;
        if (!callee->params[k].value)
            jit_refuse(f->s, n->pos, "%s() needs the argument '%s'", callee->name,
                       callee->params[k].name);
        args[k] = flow_expression(f, callee->params[k].value);
    }
    Value *v = flow_add_value(f, V_CALL, n->pos);
    v->callee = callee;
    for (int k = 0; k < callee->arity; k++) flow_add_operand(f, v, args[k]);
    return v;
}

static const Builtin *find_builtin(Flow *f, Node *n) {
    if (n->a->kind == N_NAME && flow_find_name(f, n->a->name) >= 0)
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
    if (strcmp(qualified, "enumerate") == 0 || strcmp(qualified, "zip") == 0)
        jit_refuse(f->s, n->pos, "%s() can only stand in: for ... in %s(...)", qualified,
                   qualified);
    if (!builtin && n->a->kind == N_NAME && jit_is_pythons(n->a->name))
        jit_refuse(f->s, n->pos, "Python's function '%s' is not part of this language", qualified);
    if (!builtin && n->a->kind == N_NAME && !jit_lookup(f->m, n->a->name))
        jit_refuse(f->s, n->pos, "the function '%s' is not defined", qualified);
    if (!builtin) jit_refuse(f->s, n->pos, "%s is not supported by this compiler", qualified);
    return builtin;
}

static Value *call(Flow *f, Node *n) {
    const Binding *b = n->a->kind == N_NAME && flow_find_name(f, n->a->name) < 0
                           ? jit_lookup(f->m, n->a->name)
                           : NULL;
    if (b && b->kind == BIND_FUNCTION) return call_function(f, n, b->function);
    if (b && b->kind == BIND_REFUSED) jit_stop(f->s, JIT_REFUSED, "%s", b->refusal);
    const Builtin *builtin = find_builtin(f, n);
    if (builtin->rule == RULE_RANGE)
        jit_refuse(f->s, n->pos, "%s() can only stand in: for i in %s(...)", builtin->name,
                   builtin->name);
    if (builtin->rule == RULE_NUMBER) jit_refuse(f->s, n->pos, "%s is no function", builtin->name);
    if (builtin->rule >= RULE_REGISTER) return flow_cuda_call(f, builtin, n);
    for (int i = 0; i < n->count; i++)
        if (n->items[i]->kind == N_KEYWORD)
            jit_refuse(f->s, n->items[i]->pos, "%s() takes no keyword arguments", builtin->name);
    if (builtin->rule == RULE_POW && strcmp(builtin->code, "**") == 0) {
        if (n->count != 2) jit_refuse(f->s, n->pos, "pow() takes two arguments here");
        Value *base = flow_expression(f, n->items[0]);
        Value *v = flow_add_with(f, V_BINARY, n->pos, base, flow_expression(f, n->items[1]));
        v->op = OP_POW;
        return v;
    }
    Value *args[MAX_ARGUMENTS];
    if (n->count > MAX_ARGUMENTS) jit_refuse(f->s, n->pos, "more than %d arguments", MAX_ARGUMENTS);
    for (int i = 0; i < n->count; i++) args[i] = flow_expression(f, n->items[i]);
    Value *v = flow_add_value(f, V_BUILT, n->pos);
    v->builtin = builtin;
    for (int i = 0; i < n->count; i++) flow_add_operand(f, v, args[i]);
    return v;
}

static Value *slice(Flow *f, Node *n) {
    Value *parts[3];
    Node *nodes[3] = {n->a, n->b, n->c};
    for (int i = 0; i < 3; i++) parts[i] = nodes[i] ? flow_expression(f, nodes[i]) : NULL;
    Value *v = flow_add_value(f, V_SLICE, n->pos);
    for (int i = 0; i < 3; i++) flow_add_operand(f, v, parts[i]);
    return v;
}

/* The operands of a[i, j]: the array and its indices, which are evaluated once. */
Value *flow_index_operands(Flow *f, Node *n, ValueKind kind) {
    Value *args[MAX_ARGUMENTS];
    int count = 0;
    args[count++] = flow_expression(f, n->a);
    for (int i = 0; i < n->count; i++) {
        Node *item = n->items[i];
        if (count == MAX_ARGUMENTS) jit_refuse(f->s, n->pos, "too many indices");
        args[count++] = item->kind == N_SLICE ? slice(f, item) : flow_expression(f, item);
    }
    Value *v = flow_new_value(f, kind, n->pos, f->at);
    for (int i = 0; i < count; i++) flow_add_operand(f, v, args[i]);
    return v;
}

void flow_append_value(Flow *f, Value *v) {
    v->block = f->at;
    if (f->at->last) f->at->last->next = v;
    else f->at->first = v;
    f->at->last = v;
}

Value *flow_binary_value(Flow *f, Op op, Pos pos, Value *a, Value *b) {
    Node *folded = fold(f, op, a, b, pos);
    if (folded) return flow_add_constant(f, folded, pos);
    Value *v = flow_add_with(f, V_BINARY, pos, a, b);
    v->op = op;
    return v;
}

Value *flow_expression(Flow *f, Node *n) {
    Value *v, *a;
    switch (n->kind) {
    case N_INT:
    case N_FLOAT:
    case N_BOOL:
    case N_NONE: return flow_add_constant(f, n, n->pos);
    case N_NAME: return name_value(f, n);
    case N_STRING: jit_refuse(f->s, n->pos, "strings are not part of this language");
    case N_ATTR: return attribute(f, n);
    case N_CALL: return call(f, n);
    case N_AND:
    case N_OR: return short_circuit(f, n);
    case N_COND: return choose(f, n);
    case N_BINARY:
        a = flow_expression(f, n->a);
        return flow_binary_value(f, n->op, n->pos, a, flow_expression(f, n->b));
    case N_UNARY:
        if (n->op == OP_NEG && n->a->kind == N_INT && n->a->i == (uint64_t)1 << 63)
            return flow_add_constant(f, flow_int_literal(f, INT64_MIN, n->pos), n->pos);
        a = flow_expression(f, n->a);
        Node *folded = n->op == OP_NOT ? NULL : fold(f, n->op, a, NULL, n->pos);
        if (folded) return flow_add_constant(f, folded, n->pos);
        v = flow_add_with(f, V_UNARY, n->pos, a, NULL);
        v->op = n->op;
        return v;
    case N_COMPARE:
        if (n->count > 2) return choose(f, n);
        a = flow_expression(f, n->items[0]);
        v = flow_add_with(f, V_COMPARE, n->pos, a, flow_expression(f, n->items[1]));
        v->op = n->ops[0];
        return v;
    case N_TUPLE: {
        Value *items[MAX_ARGUMENTS];
        if (n->count > 8) jit_refuse(f->s, n->pos, "tuples have at most 8 items here");
        for (int i = 0; i < n->count; i++) items[i] = flow_expression(f, n->items[i]);
        v = flow_add_value(f, V_TUPLE, n->pos);
        for (int i = 0; i < n->count; i++) flow_add_operand(f, v, items[i]);
        return v;
    }
    case N_INDEX:
        v = flow_index_operands(f, n, V_INDEX);
        flow_append_value(f, v);
        return v;
    default: jit_refuse(f->s, n->pos, "this cannot stand here");
    }
}
