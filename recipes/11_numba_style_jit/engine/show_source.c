// SPDX-License-Identifier: MIT
/* What the first two steps made of a function, for people: its tokens, a line of them for each line
 * of the source, and its tree, which grows to the right. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static FILE *begin(JitModule *m, char **text, size_t *size) {
    FILE *out = open_memstream(text, size);
    if (!out) jit_stop(&m->session, JIT_RAISED, "out of memory");
    return out;
}

static char *end(JitModule *m, FILE *out, char **text) {
    if (fclose(out) == 0 && *text) return *text;
    free(*text);
    jit_stop(&m->session, JIT_RAISED, "out of memory");
}

char *jit_show_tokens(JitModule *m, const Function *f) {
    static const char *const kinds[] = {"end", "newline", "indent", "dedent", "name",
                                        "int", "float",   "string", "mark",   "bad"};
    char *text = NULL;
    size_t size, count;
    Token *tokens = jit_lex(&m->session, m->text, &count);
    FILE *out = begin(m, &text, &size);
    int depth = 0;
    for (size_t i = 0; i < count; i++) {
        const Token *t = &tokens[i];
        if (t->pos.line < f->pos.line || t->kind == TOK_END) continue;
        fprintf(out, "%s", kinds[t->kind]);
        if (t->kind >= TOK_NAME && t->kind <= TOK_MARK) fprintf(out, " %s", t->text);
        fprintf(out, "%s", t->kind == TOK_NEWLINE ? "\n" : "  ");
        depth += (t->kind == TOK_INDENT) - (t->kind == TOK_DEDENT);
        if (t->kind == TOK_DEDENT && depth == 0) break;
    }
    fputc('\n', out);
    return end(m, out, &text);
}

static const char *const kinds[] = {
    [N_INT] = "int",         [N_FLOAT] = "float",     [N_BOOL] = "bool",
    [N_NONE] = "None",       [N_STRING] = "string",   [N_NAME] = "name",
    [N_BINARY] = "",         [N_UNARY] = "",          [N_AND] = "and",
    [N_OR] = "or",           [N_COMPARE] = "compare", [N_COND] = "if-else",
    [N_CALL] = "call",       [N_KEYWORD] = "keyword", [N_INDEX] = "index",
    [N_SLICE] = "slice",     [N_ATTR] = "attribute",  [N_TUPLE] = "tuple",
    [N_LIST] = "list",       [S_EXPR] = "expression", [S_ASSIGN] = "assign",
    [S_AUGMENT] = "augment", [S_IF] = "if",           [S_WHILE] = "while",
    [S_FOR] = "for",         [S_BREAK] = "break",     [S_CONTINUE] = "continue",
    [S_RETURN] = "return",   [S_PASS] = "pass"};

static void show_nodes(FILE *out, const Node *n, int indent, const char *label) {
    for (; n; n = n->next) {
        fprintf(out, "%*s%s%s", indent, "", label, kinds[n->kind]);
        if (n->kind == N_BINARY || n->kind == N_UNARY) fprintf(out, "%s", jit_op_names[n->op]);
        if (n->kind == S_AUGMENT) fprintf(out, " %s=", jit_op_names[n->op]);
        if (n->kind == N_INT || n->kind == N_BOOL) fprintf(out, " %llu", (unsigned long long)n->i);
        if (n->kind == N_FLOAT) fprintf(out, " %.17g", n->f);
        if (n->name) fprintf(out, " %s", n->name);
        for (int i = 0; n->kind == N_COMPARE && i + 1 < n->count; i++)
            fprintf(out, " %s", jit_op_names[n->ops[i]]);
        fputc('\n', out);
        int deeper = indent + 2;
        bool target = n->kind == S_ASSIGN;
        for (int i = 0; target && i < n->count; i++) show_nodes(out, n->items[i], deeper, "to ");
        if (n->a) show_nodes(out, n->a, deeper, "");
        if (n->b) show_nodes(out, n->b, deeper, "");
        if (n->c) show_nodes(out, n->c, deeper, "");
        for (int i = 0; !target && i < n->count; i++) show_nodes(out, n->items[i], deeper, "");
        if (n->body) show_nodes(out, n->body, deeper + 2, "");
        if (n->orelse) fprintf(out, "%*selse\n", deeper, "");
        if (n->orelse) show_nodes(out, n->orelse, deeper + 2, "");
    }
}

char *jit_show_tree(JitModule *m, const Function *f) {
    char *text = NULL;
    size_t size;
    FILE *out = begin(m, &text, &size);
    fprintf(out, "def %s", f->name);
    for (int i = 0; i < f->arity; i++) fprintf(out, " %s", f->params[i].name);
    fputc('\n', out);
    show_nodes(out, f->body, 2, "");
    return end(m, out, &text);
}
