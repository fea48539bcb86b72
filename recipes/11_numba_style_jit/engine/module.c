// SPDX-License-Identifier: MIT
/* Step 2, continued: the module around the functions. Of a Python file, this compiler takes the
 * imports (what math, np and njit mean there), constants such as N = 16, and the functions that
 * carry one of Numba's decorators. Everything else, test code under `if __name__ == "__main__":`
 * above all, is for Python alone: it is passed over, and a compiled function that needs something
 * from there is refused. So one file serves both. */
#include <string.h>

#include "parse.h"

static Token *peek(const Parser *p) { return &p->tokens[p->at]; }

static Binding *bind_name(Parser *p, const char *name, BindKind kind, Pos pos) {
    Binding *b = jit_new(p->s, 1, sizeof *b);
    b->name = name;
    b->kind = kind;
    b->pos = pos;
    b->next = p->m->bindings; /* the latest comes first */
    p->m->bindings = b;
    return b;
}

const Binding *jit_lookup(const JitModule *m, const char *name) {
    for (const Binding *b = m->scope ? m->scope : m->bindings; b; b = b->next)
        if (strcmp(b->name, name) == 0) return b;
    return NULL;
}

const char *jit_qualify(JitModule *m, const Node *n) {
    if (n->kind == N_NAME) {
        const Binding *b = jit_lookup(m, n->name);
        if (b) return b->kind == BIND_QUALIFIED ? b->qualified : NULL;
        return n->name; /* abs, range: built in */
    }
    if (n->kind != N_ATTR) return NULL;
    if (n->a->kind == N_NAME && !jit_lookup(m, n->a->name)) return NULL;
    const char *left = jit_qualify(m, n->a);
    return left ? jit_text(&m->session, "%s.%s", left, n->name) : NULL;
}

/* Pass over the rest of a statement and the block below it. */
static void skip_statement(Parser *p) {
    while (peek(p)->kind != TOK_NEWLINE && peek(p)->kind != TOK_END) p->at++;
    if (peek(p)->kind == TOK_NEWLINE) p->at++;
    if (peek(p)->kind != TOK_INDENT) return;
    for (int depth = 0; peek(p)->kind != TOK_END;) {
        TokenKind kind = jit_take(p)->kind;
        depth += (kind == TOK_INDENT) - (kind == TOK_DEDENT);
        if (depth == 0) return;
    }
}

static const char *dotted(Parser *p) {
    const char *name = jit_need_name(p, "the name of a module");
    while (jit_take_mark(p, ".")) name = jit_text(p->s, "%s.%s", name, jit_need_name(p, "a name"));
    return name;
}

static void parse_import(Parser *p) {
    do {
        Pos pos = peek(p)->pos;
        const char *module = dotted(p), *name = module;
        if (jit_take_word(p, "as")) name = jit_need_name(p, "a name");
        else if (strchr(name, '.')) module = name = jit_copy_text(p->s, name, strcspn(name, "."));
        bind_name(p, name, BIND_QUALIFIED, pos)->qualified = module;
    } while (jit_take_mark(p, ","));
}

static void parse_from(Parser *p) {
    const char *module = dotted(p);
    if (!jit_take_word(p, "import")) jit_unexpected(p, "'import'");
    bool bracket = jit_take_mark(p, "(");
    do {
        Pos pos = peek(p)->pos;
        if (bracket && jit_is_mark(p, ")")) break;
        if (jit_is_mark(p, "*")) jit_refuse(p->s, pos, "import * hides what names mean: list them");
        const char *what = jit_need_name(p, "a name"), *name = what;
        if (jit_take_word(p, "as")) name = jit_need_name(p, "a name");
        bind_name(p, name, BIND_QUALIFIED, pos)->qualified = jit_text(p->s, "%s.%s", module, what);
    } while (jit_take_mark(p, ","));
    if (bracket) jit_need_mark(p, ")");
}

/* ---- Functions ---- */

static bool is_constant(const Node *n) {
    switch (n->kind) {
    case N_INT:
    case N_FLOAT:
    case N_BOOL: return true;
    case N_UNARY: return n->op != OP_NOT && is_constant(n->a);
    default: return false;
    }
}

static void parse_params(Parser *p, Function *f) {
    int room = 0;
    jit_need_mark(p, "(");
    while (!jit_take_mark(p, ")")) {
        Pos pos = peek(p)->pos;
        if (jit_is_mark(p, "*") || jit_is_mark(p, "**") || jit_is_mark(p, "/"))
            jit_refuse(p->s, pos, "parameters with * or / are not part of this language");
        if (f->arity == room) {
            Param *more = jit_new(p->s, (size_t)(room = room * 2 + 4), sizeof *more);
            if (f->arity) memcpy(more, f->params, (size_t)f->arity * sizeof *more);
            f->params = more;
        }
        Param *param = &f->params[f->arity];
        param->pos = pos;
        param->name = jit_need_name(p, "a parameter");
        for (int i = 0; i < f->arity; i++)
            if (strcmp(f->params[i].name, param->name) == 0)
                jit_refuse(p->s, pos, "two parameters are called '%s'", param->name);
        if (jit_take_mark(p, ":")) jit_ternary(p); /* Numba ignores annotations, too */
        if (jit_take_mark(p, "=")) {
            param->value = jit_ternary(p);
            if (!is_constant(param->value))
                jit_refuse(p->s, param->value->pos, "a default must be a number");
        } else if (f->arity && f->params[f->arity - 1].value)
            jit_refuse(p->s, pos, "a parameter without a default after one with a default");
        f->arity++;
        if (!jit_is_mark(p, ")")) jit_need_mark(p, ",");
    }
}

static void parse_function(Parser *p, const Options *options, bool compiled, size_t start) {
    Pos pos = peek(p)->pos;
    const char *name = jit_need_name(p, "the function's name");
    if (!compiled) { /* any Python may stand there */
        bind_name(p, name, BIND_PLAIN, pos);
        p->at = start;
        skip_statement(p);
        return;
    }
    Function *f = jit_new(p->s, 1, sizeof *f);
    f->name = name;
    f->pos = pos;
    f->options = *options;
    parse_params(p, f);
    if (jit_take_mark(p, "->")) jit_ternary(p);
    f->body = jit_block(p);
    bind_name(p, name, BIND_FUNCTION, pos)->function = f;
    Function **end = &p->m->functions;
    while (*end) end = &(*end)->next;
    *end = f;
}

static void parse_decorated(Parser *p) {
    Options options = {0};
    bool compiled = false, foreign = false;
    while (jit_take_mark(p, "@")) {
        p->decorator = true;
        Node *d = jit_ternary(p);
        p->decorator = false;
        bool ours = jit_read_decorator(p, d, &options);
        compiled |= ours;
        foreign |= !ours;
        if (ours && foreign)
            jit_refuse(p->s, d->pos, "only one decorator, one of Numba's, can stand here");
        if (peek(p)->kind != TOK_NEWLINE) jit_unexpected(p, "the end of the line");
        jit_take(p);
    }
    size_t start = p->at;
    if (jit_take_word(p, "def")) parse_function(p, &options, compiled && !foreign, start);
    else skip_statement(p);
}

/* A function that is outside the language does not keep others from being compiled: it is passed
 * over, and what it was refused for is said when it is needed. Python does not look into a function
 * before it is called, either. */
static void parse_or_pass_over(Parser *p) {
    Session *s = p->s;
    size_t start = p->at;
    jmp_buf here, *outer = s->stop;
    s->stop = &here;
    if (setjmp(here) == 0) {
        parse_decorated(p);
        s->stop = outer;
        return;
    }
    s->stop = outer;
    if (s->status != JIT_REFUSED) longjmp(*outer, 1);
    p->at = start;
    p->depth = p->loops = 0;
    p->decorator = false;
    while (jit_is_mark(p, "@")) skip_statement(p);
    bool named = jit_is_word(p, "def") || jit_is_word(p, "class");
    if (!named || p->tokens[p->at + 1].kind != TOK_NAME) longjmp(*outer, 1);
    Binding *b = bind_name(p, p->tokens[p->at + 1].text, BIND_REFUSED, peek(p)->pos);
    b->refusal = jit_copy_text(s, jit_error(), strlen(jit_error()));
    s->status = JIT_OK;
    skip_statement(p);
}

/* NAME = number, or any other statement, which is Python's business; a name that it assigns to is
 * remembered as one that compiled code cannot have. */
static void parse_other(Parser *p) {
    size_t start = p->at;
    if (peek(p)->kind == TOK_NAME && p->tokens[start + 1].kind == TOK_MARK &&
        strcmp(p->tokens[start + 1].text, "=") == 0) {
        Pos pos = peek(p)->pos;
        const char *name = jit_take(p)->text;
        jit_take(p);
        size_t end = p->at;
        if (jit_is_mark(p, "-") || jit_is_mark(p, "+") || jit_is_mark(p, "~")) end++;
        TokenKind kind = p->tokens[end].kind;
        const char *text = p->tokens[end].text;
        bool number =
            kind == TOK_INT || kind == TOK_FLOAT ||
            (kind == TOK_NAME && (strcmp(text, "True") == 0 || strcmp(text, "False") == 0));
        if (number && p->tokens[end + 1].kind == TOK_NEWLINE)
            bind_name(p, name, BIND_CONSTANT, pos)->value = jit_ternary(p);
        else bind_name(p, name, BIND_OPAQUE, pos);
    }
    p->at = start;
    skip_statement(p);
}

void jit_parse_module(JitModule *m) {
    Parser p = {.m = m, .s = &m->session};
    size_t count;
    p.tokens = jit_lex(p.s, p.s->text, &count);
    while (peek(&p)->kind != TOK_END) {
        size_t start = p.at;
        if (jit_is_mark(&p, "@")) parse_or_pass_over(&p);
        else if (jit_take_word(&p, "def")) parse_function(&p, NULL, false, start);
        else if (jit_take_word(&p, "import")) parse_import(&p);
        else if (jit_take_word(&p, "from")) parse_from(&p);
        else if (jit_take_mark(&p, ";")) continue;
        else if (peek(&p)->kind == TOK_NEWLINE || peek(&p)->kind == TOK_STRING) jit_take(&p);
        else if (peek(&p)->kind == TOK_INDENT) jit_unexpected(&p, "a statement of the module");
        else if (peek(&p)->kind == TOK_DEDENT) jit_take(&p);
        else parse_other(&p);
    }
}

/* A function that stands in no file, but was made for one that does: see derive.c. */
Function *jit_parse_function(JitModule *m, const char *text, const Options *options, Pos pos) {
    Parser p = {.m = m, .s = &m->session};
    size_t count;
    p.tokens = jit_lex(p.s, text, &count);
    for (size_t i = 0; i < count; i++) p.tokens[i].pos = pos; /* messages name that function */
    Function *f = jit_new(p.s, 1, sizeof *f);
    jit_take(&p); /* def */
    f->name = jit_need_name(&p, "the function's name");
    f->pos = pos;
    f->options = *options;
    parse_params(&p, f);
    f->body = jit_block(&p);
    return f;
}

/* A signature that comes as a string, "float64(int64)": an expression without a module. */
Node *jit_parse_expression(Session *s, const char *text) {
    Parser p = {.s = s};
    size_t count;
    p.tokens = jit_lex(s, text, &count);
    Node *n = jit_expression(&p);
    if (peek(&p)->kind == TOK_NEWLINE) jit_take(&p);
    if (peek(&p)->kind != TOK_END) jit_unexpected(&p, "the end");
    return n;
}
