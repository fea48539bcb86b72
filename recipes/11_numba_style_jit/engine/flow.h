// SPDX-License-Identifier: MIT
/* flow.h - what the parts of step 3 share: flow.c (blocks, variables), flow_statements.c,
 * flow_expr.c (expressions), flow_each.c (loops over arrays), flow_parallel.c (prange) and
 * flow_cuda.c (the words of CUDA). */
#ifndef JIT_FLOW_H
#define JIT_FLOW_H
#include "internal.h"

enum { MAX_ARGUMENTS = 64 };

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

BasicBlock *flow_new_block(Flow *f);
Value *flow_new_value(Flow *f, ValueKind kind, Pos pos, BasicBlock *block); /* in no block's row */
Value *flow_add_value(Flow *f, ValueKind kind, Pos pos); /* the next in the row */
Value *flow_add_with(Flow *f, ValueKind kind, Pos pos, Value *a, Value *b); /* b may be NULL */
Value *flow_add_phi(Flow *f, Pos pos, BasicBlock *block, const char *name);
void flow_append_value(Flow *f, Value *v);
void flow_add_operand(Flow *f, Value *v, Value *operand);

/* flow_start - go on in block; edges to it may still be added unless sealed. */
void flow_start(Flow *f, BasicBlock *block, bool sealed);
void flow_jump(Flow *f, BasicBlock *to);
void flow_branch(Flow *f, Value *cond, BasicBlock *then, BasicBlock *orelse);

void flow_seal(Flow *f, BasicBlock *block); /* all edges to it are there now */
void flow_return(Flow *f, Value *v, Pos pos);
void flow_statements(Flow *f, Node *n); /* n and those after it */

int flow_find_name(const Flow *f, const char *name); /* -1: no variable of this function */
void flow_find_targets(Flow *f, const Node *n, int *room);
Value *flow_read_variable(Flow *f, int variable, BasicBlock *block, Pos pos);
void flow_write_variable(Flow *f, const Node *target, Value *v);

Value *flow_expression(Flow *f, Node *n);
/* flow_condition - evaluate n as a condition and go to then or orelse. */
void flow_condition(Flow *f, Node *n, BasicBlock *then, BasicBlock *orelse);
Value *flow_add_constant(Flow *f, Node *literal, Pos pos);
Node *flow_int_literal(Flow *f, int64_t value, Pos pos);
Value *flow_binary_value(Flow *f, Op op, Pos pos, Value *a, Value *b);
void flow_assign(Flow *f, Node *target, Value *v);
/* Loops over what is no range (flow_each.c): what is looped over, evaluated; how many rounds there
 * are; and assigning what the round with index i gives. */
typedef struct Each Each;
Each *flow_each(Flow *f, Node *n);
Value *flow_each_length(Flow *f, const Each *e);
void flow_each_assign(Flow *f, Node *target, const Each *e, Value *i);
/* flow_parallel - a loop over prange, cut out into a function of its own. */
void flow_parallel(Flow *f, Node *n);
/* The words of CUDA (flow_cuda.c): cuda.threadIdx.x; a call of one of the others. */
Value *flow_cuda_register(Flow *f, const Builtin *b, Pos pos);
Value *flow_cuda_call(Flow *f, const Builtin *b, Node *n);
/* flow_index_operands - the operands of a[i, j]: the array and its indices, evaluated once. */
Value *flow_index_operands(Flow *f, Node *n, ValueKind kind);

#endif
