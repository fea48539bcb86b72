// SPDX-License-Identifier: MIT
/* parse.h - what the parts of step 2 share: parse.c (expressions), parse_statements.c, module.c and
 * decorator.c. */
#ifndef JIT_PARSE_H
#define JIT_PARSE_H
#include "internal.h"

typedef struct Parser {
    JitModule *m;
    Session *s;
    Token *tokens;
    size_t at;
    int depth, loops;
    bool decorator; /* a list may stand here */
} Parser;
Node *jit_expression(Parser *p); /* also a tuple without brackets */
Node *jit_ternary(Parser *p);    /* one expression, no tuple */
Node *jit_block(Parser *p);
Node *jit_new_node(Parser *p, NodeKind kind, Pos pos);
bool jit_is_mark(const Parser *p, const char *mark);
bool jit_is_word(const Parser *p, const char *word);
bool jit_take_mark(Parser *p, const char *mark);
bool jit_take_word(Parser *p, const char *word);
void jit_need_mark(Parser *p, const char *mark);
Token *jit_take(Parser *p);
const char *jit_need_name(Parser *p, const char *what);
_Noreturn void jit_unexpected(Parser *p, const char *expected);
/* jit_read_decorator - is it one of Numba's? Then what it says is in o. */
bool jit_read_decorator(Parser *p, const Node *d, Options *o);
void jit_append(Parser *p, Node *list, Node *item);
void jit_deeper(Parser *p); /* refuses what is nested too deeply */

#endif
