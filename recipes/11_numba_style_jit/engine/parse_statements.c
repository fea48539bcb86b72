// SPDX-License-Identifier: MIT
/* Step 2, continued: statements, and the blocks of them that stand further right than what they
 * belong to. */
#include <string.h>

#include "parse.h"

static Token *peek(const Parser *p) { return &p->tokens[p->at]; }

static void check_target(Parser *p, const Node *n) {
    if (n->kind == N_TUPLE && n->count) {
        for (int i = 0; i < n->count; i++) check_target(p, n->items[i]);
        return;
    }
    if (n->kind != N_NAME && n->kind != N_INDEX)
        jit_refuse(p->s, n->pos,
                   "only a variable, an array's element or a tuple of these can be "
                   "assigned to");
}

static Node *parse_simple(Parser *p) {
    static const char *const refused[] = {"raise",  "assert", "del",   "global", "nonlocal",
                                          "import", "from",   "yield", "await",  NULL};
    Pos pos = peek(p)->pos;
    Node *n;
    for (int i = 0; refused[i]; i++)
        if (jit_is_word(p, refused[i]))
            jit_refuse(p->s, pos, "%s in a function is not part of this language", refused[i]);
    if (jit_take_word(p, "pass")) return jit_new_node(p, S_PASS, pos);
    if (jit_is_word(p, "break") || jit_is_word(p, "continue")) {
        if (!p->loops) jit_refuse(p->s, pos, "%s outside of a loop", peek(p)->text);
        return jit_new_node(p, jit_take(p)->text[0] == 'b' ? S_BREAK : S_CONTINUE, pos);
    }
    if (jit_take_word(p, "return")) {
        n = jit_new_node(p, S_RETURN, pos);
        if (peek(p)->kind != TOK_NEWLINE && !jit_is_mark(p, ";")) n->a = jit_expression(p);
        return n;
    }
    Node *first = jit_expression(p);
    if (jit_is_mark(p, ":"))
        jit_refuse(p->s, peek(p)->pos, "annotated variables are not part of this language");
    static const char *const augmented[] = {
        "+=", "-=", "*=", "/=", "//=", "%=", "**=", "&=", "|=", "^=", "<<=", ">>="};
    for (int i = 0; i < 12; i++)
        if (jit_take_mark(p, augmented[i])) {
            check_target(p, first);
            if (first->kind == N_TUPLE) jit_refuse(p->s, pos, "%s to a tuple", augmented[i]);
            n = jit_new_node(p, S_AUGMENT, pos);
            n->op = (Op)i;
            n->a = first;
            n->b = jit_expression(p);
            return n;
        }
    n = jit_new_node(p, jit_is_mark(p, "=") ? S_ASSIGN : S_EXPR, pos);
    n->a = first;
    while (jit_take_mark(p, "=")) {
        check_target(p, n->a);
        jit_append(p, n, n->a);
        n->a = jit_expression(p);
    }
    return n;
}

/* The rest of an if: after its condition's keyword. elif is an if in the else. */
static Node *parse_if(Parser *p, Pos pos) {
    jit_deeper(p);
    Node *n = jit_new_node(p, S_IF, pos);
    n->a = jit_expression(p);
    n->body = jit_block(p);
    pos = peek(p)->pos;
    if (jit_take_word(p, "elif")) n->orelse = parse_if(p, pos);
    else if (jit_take_word(p, "else")) n->orelse = jit_block(p);
    p->depth--;
    return n;
}

/* What a for loop assigns to: a name, or several, "i, (a, b)". */
static Node *parse_targets(Parser *p) {
    Node *tuple = NULL, *one;
    do {
        Pos pos = peek(p)->pos;
        if (tuple && (jit_is_word(p, "in") || jit_is_mark(p, ")"))) break; /* "x," is one, too */
        jit_deeper(p);
        if (jit_take_mark(p, "(")) {
            one = parse_targets(p);
            jit_need_mark(p, ")");
        } else {
            one = jit_new_node(p, N_NAME, pos);
            one->name = jit_need_name(p, "the loop's variable");
        }
        p->depth--;
        if (!tuple && !jit_is_mark(p, ",")) return one;
        if (!tuple) tuple = jit_new_node(p, N_TUPLE, pos);
        jit_append(p, tuple, one);
    } while (jit_take_mark(p, ","));
    return tuple;
}

static Node *parse_loop(Parser *p, NodeKind kind, Pos pos) {
    Node *n = jit_new_node(p, kind, pos);
    if (kind == S_FOR) {
        /* The target is no expression: "i in x" would be read as a comparison. */
        n->a = parse_targets(p);
        if (!jit_take_word(p, "in")) jit_unexpected(p, "'in'");
        n->b = jit_expression(p);
    } else n->a = jit_expression(p);
    p->loops++;
    n->body = jit_block(p);
    p->loops--;
    if (jit_take_word(p, "else")) n->orelse = jit_block(p);
    return n;
}

static Node *parse_statement(Parser *p) {
    static const char *const refused[] = {"def", "class", "with", "try", "async", NULL};
    Pos pos = peek(p)->pos;
    for (int i = 0; refused[i]; i++)
        if (jit_is_word(p, refused[i]))
            jit_refuse(p->s, pos, "%s in a function is not part of this language", refused[i]);
    if (jit_take_word(p, "if")) return parse_if(p, pos);
    if (jit_take_word(p, "while")) return parse_loop(p, S_WHILE, pos);
    if (jit_take_word(p, "for")) return parse_loop(p, S_FOR, pos);
    Node *first = parse_simple(p), *last = first;
    while (jit_take_mark(p, ";")) {
        if (peek(p)->kind == TOK_NEWLINE) break;
        last = last->next = parse_simple(p);
    }
    if (peek(p)->kind != TOK_NEWLINE) jit_unexpected(p, "the end of the line");
    jit_take(p);
    return first;
}

/* ": statement" on the same line, or a block of lines that stand further right. */
Node *jit_block(Parser *p) {
    jit_need_mark(p, ":");
    jit_deeper(p);
    Node *first = NULL, **end = &first;
    if (peek(p)->kind != TOK_NEWLINE) first = parse_statement(p);
    else {
        jit_take(p);
        if (peek(p)->kind != TOK_INDENT) jit_unexpected(p, "an indented block");
        jit_take(p);
        while (peek(p)->kind != TOK_DEDENT) {
            *end = parse_statement(p);
            while (*end) end = &(*end)->next;
        }
        jit_take(p);
    }
    p->depth--;
    return first;
}
