// SPDX-License-Identifier: MIT
/* What steps 3 and 4 made of a function, for people: its blocks and values, without and with their
 * types, as `--inspect flow` and `--inspect types` print them. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static const char *const kinds[] = {
    [V_CONST] = "constant", [V_PARAM] = "parameter", [V_UNDEF] = "undefined",
    [V_PHI] = "phi",        [V_BINARY] = "",         [V_UNARY] = "",
    [V_COMPARE] = "",       [V_TRUTH] = "true?",     [V_CALL] = "call",
    [V_BUILT] = "call",     [V_TUPLE] = "tuple",     [V_ITEM] = "item",
    [V_INDEX] = "load",     [V_STORE] = "store",     [V_SHAPE] = "attribute",
    [V_SLICE] = "slice",    [V_RANGE] = "range",     [V_COUNTER] = "counter",
    [V_MORE] = "more?",     [V_ELEMENT] = "element", [V_STEP] = "step"};

static void show_literal(FILE *out, const Node *n) {
    if (n->kind == N_NONE) fprintf(out, " None");
    else if (n->kind == N_BOOL) fprintf(out, " %s", n->i ? "True" : "False");
    else if (n->kind == N_FLOAT) fprintf(out, " %.17g", n->f);
    else if (n->op == OP_NEG) fprintf(out, " %lld", (long long)n->i);
    else fprintf(out, " %llu", (unsigned long long)n->i);
}

static void show_value(FILE *out, JitModule *m, const Special *sp, Value *v, bool types) {
    const Type *t = jit_type_of(sp, v);
    fprintf(out, "    ");
    if (t->kind != K_NONE && types)
        fprintf(out, "%%%d: %s = ", v->number, jit_type_name(&m->session, t));
    else if (t->kind != K_NONE) fprintf(out, "%%%d = ", v->number);
    if (v->kind == V_BINARY || v->kind == V_UNARY || v->kind == V_COMPARE)
        fprintf(out, "%s", jit_op_names[v->op]);
    else fprintf(out, "%s", kinds[v->kind]);
    if (v->kind == V_CONST) show_literal(out, v->literal);
    if (v->kind == V_CALL) fprintf(out, " %s", v->callee->name);
    if (v->kind == V_BUILT) fprintf(out, " %s", v->builtin->name);
    if (v->kind == V_ITEM) fprintf(out, " %d of", v->index);
    if (v->kind == V_SHAPE) fprintf(out, " .%s of", v->name);
    for (int i = 0; i < v->count; i++) {
        if (!v->args[i]) fprintf(out, " -");
        else fprintf(out, " %%%d", jit_real(v->args[i])->number);
        if (v->kind == V_PHI) fprintf(out, " from %d", v->block->preds[i]->number);
        if (i + 1 < v->count) fputc(',', out);
    }
    if (v->name && v->kind != V_SHAPE) fprintf(out, "    # %s, line %d", v->name, v->pos.line);
    else if (v->pos.line) fprintf(out, "    # line %d", v->pos.line);
    fputc('\n', out);
}

char *jit_show_values(JitModule *m, const Special *sp, bool types) {
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out) jit_stop(&m->session, JIT_RAISED, "out of memory");
    fprintf(out, "%s(", sp->function->name);
    for (int i = 0; i < sp->function->arity; i++) {
        fprintf(out, "%s%s", i ? ", " : "", sp->function->params[i].name);
        if (types) fprintf(out, ": %s", jit_type_name(&m->session, sp->args[i]));
    }
    fprintf(out, ")%s%s\n", types ? " -> " : "",
            types ? jit_type_name(&m->session, jit_result_of(sp)) : "");
    for (BasicBlock *b = sp->function->graph->entry; b; b = b->next) {
        if (!b->reachable) continue;
        fprintf(out, "  block %d:\n", b->number);
        for (Value *v = b->phis; v; v = v->next)
            if (!v->same && jit_type_of(sp, v)->kind != K_UNDEF) show_value(out, m, sp, v, types);
        for (Value *v = b->first; v; v = v->next) show_value(out, m, sp, v, types);
        if (b->result) fprintf(out, "    return %%%d\n", jit_real(b->result)->number);
        else if (b->cond)
            fprintf(out, "    if %%%d goto %d else %d\n", jit_real(b->cond)->number,
                    b->then->number, b->orelse->number);
        else fprintf(out, "    goto %d\n", b->then->number);
    }
    if (fclose(out) != 0 || !text) {
        free(text);
        jit_stop(&m->session, JIT_RAISED, "out of memory");
    }
    return text;
}
