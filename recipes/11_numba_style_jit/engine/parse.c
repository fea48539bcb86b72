// SPDX-License-Identifier: MIT
/* Step 2, the parser: from tokens to a tree. "a + b * c" becomes a node + with the leaf a and a
 * node * below it.
 *
 * The method is recursive descent: one function for each rule of Python's grammar, from what binds
 * least (a if c else b) to what binds most (a name, a number). Operators of two operands share one
 * function with a table of how strongly they bind. What Python has and this language has not is
 * refused by its own name, so that nobody has to guess. */
#include <string.h>

#include "parse.h"

enum { MAX_DEPTH = 150 };

const char *const jit_op_names[] = {"+",  "-", "*",  "/", "//", "%",  "**", "&", "|", "^", "<<",
                                    ">>", "<", "<=", ">", ">=", "==", "!=", "-", "+", "~", "not"};

Node *jit_new_node(Parser *p, NodeKind kind, Pos pos) {
    Node *n = jit_new(p->s, 1, sizeof *n);
    n->kind = kind;
    n->pos = pos;
    return n;
}

static Token *peek(const Parser *p) { return &p->tokens[p->at]; }

Token *jit_take(Parser *p) {
    Token *t = peek(p);
    if (t->kind != TOK_END) p->at++;
    return t;
}

bool jit_is_mark(const Parser *p, const char *mark) {
    return peek(p)->kind == TOK_MARK && strcmp(peek(p)->text, mark) == 0;
}

bool jit_is_word(const Parser *p, const char *word) {
    return peek(p)->kind == TOK_NAME && strcmp(peek(p)->text, word) == 0;
}

bool jit_take_mark(Parser *p, const char *mark) {
    bool there = jit_is_mark(p, mark);
    p->at += there;
    return there;
}

bool jit_take_word(Parser *p, const char *word) {
    bool there = jit_is_word(p, word);
    p->at += there;
    return there;
}

void jit_unexpected(Parser *p, const char *expected) {
    const Token *t = peek(p);
    switch (t->kind) {
    case TOK_BAD: jit_refuse(p->s, t->pos, "%s", t->text);
    case TOK_END: jit_refuse(p->s, t->pos, "expected %s, but the file ends", expected);
    case TOK_NEWLINE: jit_refuse(p->s, t->pos, "expected %s, but the line ends", expected);
    case TOK_INDENT: jit_refuse(p->s, t->pos, "this line is indented further than its block");
    case TOK_DEDENT: jit_refuse(p->s, t->pos, "expected %s, but the block ends", expected);
    case TOK_STRING: jit_refuse(p->s, t->pos, "expected %s, not a string", expected);
    default: jit_refuse(p->s, t->pos, "expected %s, not '%s'", expected, t->text);
    }
}

void jit_need_mark(Parser *p, const char *mark) {
    if (!jit_take_mark(p, mark)) jit_unexpected(p, jit_text(p->s, "'%s'", mark));
}

static const char *const words[] = {
    "False", "None", "True",   "and",    "as",   "assert", "async",  "await",    "break",
    "class", "def",  "del",    "elif",   "else", "except", "for",    "continue", "finally",
    "from",  "if",   "import", "in",     "is",   "global", "lambda", "nonlocal", "not",
    "or",    "pass", "raise",  "return", "try",  "while",  "with",   "yield",    NULL};

static bool is_reserved(const char *text) {
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], text) == 0) return true;
    return false;
}

const char *jit_need_name(Parser *p, const char *what) {
    if (peek(p)->kind != TOK_NAME || is_reserved(peek(p)->text)) jit_unexpected(p, what);
    return jit_take(p)->text;
}

void jit_append(Parser *p, Node *list, Node *item) {
    if ((list->count & (list->count + 1)) == 0) { /* 0, 1, 3, 7: room for twice as many */
        Node **more = jit_new(p->s, (size_t)list->count * 2 + 2, sizeof(Node *));
        if (list->count) memcpy(more, list->items, (size_t)list->count * sizeof(Node *));
        list->items = more;
    }
    list->items[list->count++] = item;
}

void jit_deeper(Parser *p) {
    if (++p->depth > MAX_DEPTH)
        jit_refuse(p->s, peek(p)->pos, "nested more than %d deep", MAX_DEPTH);
}

/* ---- What binds most: names, literals, brackets; then calls, indices and attributes ---- */

static Node *parse_atom(Parser *p) {
    Token *t = peek(p);
    Node *n;
    switch (t->kind) {
    case TOK_INT:
        n = jit_new_node(p, N_INT, t->pos);
        n->i = jit_take(p)->i;
        return n;
    case TOK_FLOAT:
        n = jit_new_node(p, N_FLOAT, t->pos);
        n->f = jit_take(p)->f;
        return n;
    case TOK_STRING:
        n = jit_new_node(p, N_STRING, t->pos);
        n->name = jit_take(p)->text;
        return n;
    case TOK_NAME:
        if (jit_is_word(p, "True") || jit_is_word(p, "False")) {
            n = jit_new_node(p, N_BOOL, t->pos);
            n->i = jit_take(p)->text[0] == 'T';
            return n;
        }
        if (jit_take_word(p, "None")) return jit_new_node(p, N_NONE, t->pos);
        if (jit_is_word(p, "lambda") || jit_is_word(p, "yield") || jit_is_word(p, "await"))
            jit_refuse(p->s, t->pos, "%s is not part of this language", t->text);
        n = jit_new_node(p, N_NAME, t->pos);
        n->name = jit_need_name(p, "an expression");
        return n;
    case TOK_MARK:
        if (jit_take_mark(p, "(")) {
            if (jit_take_mark(p, ")")) return jit_new_node(p, N_TUPLE, t->pos);
            n = jit_expression(p);
            if (jit_is_word(p, "for"))
                jit_refuse(p->s, peek(p)->pos, "generators are not part of this language");
            jit_need_mark(p, ")");
            return n;
        }
        if (p->decorator && jit_take_mark(p, "[")) {
            n = jit_new_node(p, N_LIST, t->pos);
            while (!jit_take_mark(p, "]")) {
                jit_append(p, n, jit_ternary(p));
                if (!jit_is_mark(p, "]")) jit_need_mark(p, ",");
            }
            return n;
        }
        if (jit_is_mark(p, "["))
            jit_refuse(p->s, t->pos,
                       "lists are not part of this language: use a tuple or an array");
        if (jit_is_mark(p, "{"))
            jit_refuse(p->s, t->pos, "dictionaries and sets are not part of this language");
        break;
    default: break;
    }
    jit_unexpected(p, "an expression");
}

static void parse_arguments(Parser *p, Node *call) {
    while (!jit_take_mark(p, ")")) {
        Pos pos = peek(p)->pos;
        if (jit_is_mark(p, "*") || jit_is_mark(p, "**"))
            jit_refuse(p->s, pos, "arguments with * are not part of this language");
        Node *item = jit_ternary(p);
        if (jit_is_word(p, "for"))
            jit_refuse(p->s, peek(p)->pos, "generators are not part of this language");
        if (item->kind == N_NAME && jit_take_mark(p, "=")) {
            Node *keyword = jit_new_node(p, N_KEYWORD, pos);
            keyword->name = item->name;
            keyword->a = jit_ternary(p);
            item = keyword;
        } else if (call->count && call->items[call->count - 1]->kind == N_KEYWORD)
            jit_refuse(p->s, pos, "a positional argument after a keyword argument");
        jit_append(p, call, item);
        if (!jit_is_mark(p, ")")) jit_need_mark(p, ",");
    }
}

static Node *parse_slice(Parser *p) {
    Pos pos = peek(p)->pos;
    if (jit_is_mark(p, "...")) jit_refuse(p->s, pos, "'...' is not part of this language");
    Node *parts[3] = {NULL, NULL, NULL};
    int colons = 0;
    for (;;) {
        if (!jit_is_mark(p, ":") && !jit_is_mark(p, "]") && !jit_is_mark(p, ","))
            parts[colons] = jit_ternary(p);
        if (colons == 2 || !jit_take_mark(p, ":")) break;
        colons++;
    }
    if (!colons) {
        if (!parts[0]) jit_unexpected(p, "an index");
        return parts[0];
    }
    Node *n = jit_new_node(p, N_SLICE, pos);
    n->a = parts[0];
    n->b = parts[1];
    n->c = parts[2];
    return n;
}

static Node *parse_postfix(Parser *p) {
    Node *n = parse_atom(p);
    for (int links = 0;; links++) {
        Pos pos = peek(p)->pos;
        Node *outer;
        if (links > MAX_DEPTH) jit_refuse(p->s, pos, "nested more than %d deep", MAX_DEPTH);
        if (jit_take_mark(p, "(")) {
            outer = jit_new_node(p, N_CALL, n->pos);
            parse_arguments(p, outer);
        } else if (jit_take_mark(p, "[")) {
            outer = jit_new_node(p, N_INDEX, n->pos);
            do jit_append(p, outer, parse_slice(p));
            while (jit_take_mark(p, ",") && !jit_is_mark(p, "]"));
            jit_need_mark(p, "]");
        } else if (jit_take_mark(p, ".")) {
            outer = jit_new_node(p, N_ATTR, pos);
            outer->name = jit_need_name(p, "the name of an attribute");
        } else return n;
        outer->a = n;
        n = outer;
    }
}

/* ---- Operators ---- */

static Node *parse_unary(Parser *p);

static Node *parse_power(Parser *p) {
    Node *a = parse_postfix(p);
    Pos pos = peek(p)->pos;
    if (!jit_take_mark(p, "**")) return a;
    Node *n = jit_new_node(p, N_BINARY, pos);
    n->op = OP_POW;
    n->a = a;
    n->b = parse_unary(p); /* binds to the right, and weaker than a sign there: 2 ** -1 */
    return n;
}

static Node *parse_unary(Parser *p) {
    Pos pos = peek(p)->pos;
    Op op = jit_is_mark(p, "-") ? OP_NEG : jit_is_mark(p, "+") ? OP_POS : OP_INVERT;
    if (op == OP_INVERT && !jit_is_mark(p, "~")) return parse_power(p);
    jit_deeper(p);
    jit_take(p);
    Node *n = jit_new_node(p, N_UNARY, pos);
    n->op = op;
    n->a = parse_unary(p);
    p->depth--;
    return n;
}

static const struct {
    const char *mark;
    Op op;
    int strength;
} binary[] = {{"|", OP_OR, 1},   {"^", OP_XOR, 2},       {"&", OP_AND, 3}, {"<<", OP_SHL, 4},
              {">>", OP_SHR, 4}, {"+", OP_ADD, 5},       {"-", OP_SUB, 5}, {"*", OP_MUL, 6},
              {"/", OP_DIV, 6},  {"//", OP_FLOORDIV, 6}, {"%", OP_MOD, 6}};
enum { BINARIES = sizeof binary / sizeof binary[0] };

/* Operators that bind at least as strongly as strength. */
static Node *parse_binary(Parser *p, int strength) {
    Node *left = parse_unary(p);
    for (int links = 0;; links++) {
        int found = -1;
        for (int i = 0; i < BINARIES; i++)
            if (binary[i].strength >= strength && jit_is_mark(p, binary[i].mark)) found = i;
        if (jit_is_mark(p, "@"))
            jit_refuse(p->s, peek(p)->pos, "'@' between matrices is not part of this language");
        if (found < 0) return left;
        if (links > MAX_DEPTH)
            jit_refuse(p->s, peek(p)->pos, "more than %d operators in a row", MAX_DEPTH);
        Node *n = jit_new_node(p, N_BINARY, jit_take(p)->pos);
        n->op = binary[found].op;
        n->a = left;
        n->b = parse_binary(p, binary[found].strength + 1);
        left = n;
    }
}

static bool take_comparison(Parser *p, Op *op) {
    static const char *const texts[] = {"<", "<=", ">", ">=", "==", "!="};
    for (int i = 0; i < 6; i++)
        if (jit_take_mark(p, texts[i])) {
            *op = (Op)(OP_LT + i);
            return true;
        }
    if (jit_is_word(p, "in") || jit_is_word(p, "is") || jit_is_word(p, "not"))
        jit_refuse(p->s, peek(p)->pos, "'in' and 'is' are not part of this language");
    return false;
}

static Node *parse_comparison(Parser *p) {
    Node *first = parse_binary(p, 1);
    Pos pos = peek(p)->pos;
    Op op;
    if (!take_comparison(p, &op)) return first;
    Node *n = jit_new_node(p, N_COMPARE, pos);
    jit_append(p, n, first);
    do {
        if (n->count > MAX_DEPTH)
            jit_refuse(p->s, pos, "more than %d operators in a row", MAX_DEPTH);
        Op *ops = jit_new(p->s, (size_t)n->count, sizeof *ops);
        if (n->ops) memcpy(ops, n->ops, (size_t)(n->count - 1) * sizeof *ops);
        ops[n->count - 1] = op;
        n->ops = ops;
        jit_append(p, n, parse_binary(p, 1));
    } while (take_comparison(p, &op));
    return n;
}

static Node *parse_not(Parser *p) {
    Pos pos = peek(p)->pos;
    if (!jit_take_word(p, "not")) return parse_comparison(p);
    jit_deeper(p);
    Node *n = jit_new_node(p, N_UNARY, pos);
    n->op = OP_NOT;
    n->a = parse_not(p);
    p->depth--;
    return n;
}

static Node *parse_logic(Parser *p, NodeKind kind) {
    Node *n = kind == N_OR ? parse_logic(p, N_AND) : parse_not(p);
    for (int links = 0;; links++) {
        Pos pos = peek(p)->pos;
        if (!jit_take_word(p, kind == N_OR ? "or" : "and")) return n;
        if (links > MAX_DEPTH) jit_refuse(p->s, pos, "more than %d operators in a row", MAX_DEPTH);
        Node *outer = jit_new_node(p, kind, pos);
        outer->a = n;
        outer->b = kind == N_OR ? parse_logic(p, N_AND) : parse_not(p);
        n = outer;
    }
}

Node *jit_ternary(Parser *p) {
    jit_deeper(p);
    Node *n = parse_logic(p, N_OR);
    Pos pos = peek(p)->pos;
    if (jit_is_mark(p, ":=")) jit_refuse(p->s, pos, "':=' is not part of this language");
    if (jit_take_word(p, "if")) {
        Node *cond = jit_new_node(p, N_COND, pos);
        cond->b = n;
        cond->a = parse_logic(p, N_OR);
        if (!jit_take_word(p, "else")) jit_unexpected(p, "'else'");
        cond->c = jit_ternary(p);
        n = cond;
    }
    p->depth--;
    return n;
}

Node *jit_expression(Parser *p) {
    if (jit_is_mark(p, "*"))
        jit_refuse(p->s, peek(p)->pos, "'*' before a value is not part of this language");
    Node *first = jit_ternary(p);
    if (!jit_is_mark(p, ",")) return first;
    Node *tuple = jit_new_node(p, N_TUPLE, first->pos);
    jit_append(p, tuple, first);
    while (jit_take_mark(p, ",")) {
        if (jit_is_mark(p, "*"))
            jit_refuse(p->s, peek(p)->pos, "'*' before a value is not part of this language");
        TokenKind next = peek(p)->kind;
        if (next == TOK_NEWLINE || jit_is_mark(p, ")") || jit_is_mark(p, "=") ||
            jit_is_mark(p, ";") || jit_is_word(p, "in"))
            break;
        jit_append(p, tuple, jit_ternary(p));
    }
    return tuple;
}
