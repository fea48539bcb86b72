// SPDX-License-Identifier: MIT
/* Step 1, the lexer: from text to tokens. "x = a[i] + 1" becomes the six or so words that the
 * parser thinks in: name, mark, name, ...
 *
 * Python's blocks are made of indentation, so the lexer also says where one begins and ends: it
 * keeps a stack of the columns at which the open blocks stand, and each line that begins further
 * right is an INDENT, each that begins further left is one DEDENT for every block it leaves. Inside
 * brackets a new line means nothing. What is no token of our language becomes a token BAD with its
 * reason: it may stand in a part of the file that is never compiled. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum { MAX_BLOCKS = 100 };

typedef struct Lexer {
    Session *s;
    const char *at, *line_start;
    int line, brackets;
    int columns[MAX_BLOCKS], depth;
    Token *tokens;
    size_t count, room;
} Lexer;

static Token *add(Lexer *l, TokenKind kind, const char *start, const char *end) {
    if (l->count == l->room) {
        size_t room = l->room ? l->room * 2 : 256;
        Token *more = jit_new(l->s, room, sizeof *more);
        if (l->count) memcpy(more, l->tokens, l->count * sizeof *more);
        l->tokens = more;
        l->room = room;
    }
    Token *t = &l->tokens[l->count++];
    t->kind = kind;
    t->pos = (Pos){l->line, (int)(start - l->line_start) + 1};
    t->text = jit_copy_text(l->s, start, (size_t)(end - start));
    return t;
}

static void add_bad(Lexer *l, const char *start, const char *why) {
    add(l, TOK_BAD, start, start)->text = why;
}

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* The digits of an integer in a base, '_' between them; NULL if it does not fit into 64 bits. */
static const char *digits(const char *p, unsigned base, uint64_t *value) {
    *value = 0;
    for (; isxdigit((unsigned char)*p) || *p == '_'; p++) {
        if (*p == '_') continue;
        unsigned d = isdigit((unsigned char)*p) ? (unsigned)(*p - '0')
                                                : (unsigned)(tolower((unsigned char)*p) - 'a') + 10;
        if (d >= base) break;
        if (__builtin_mul_overflow(*value, base, value) ||
            __builtin_add_overflow(*value, (uint64_t)d, value))
            return NULL;
    }
    return p;
}

static void lex_number(Lexer *l) {
    const char *start = l->at, *p = start, *end;
    uint64_t value;
    int prefix = p[0] == '0' ? tolower((unsigned char)p[1]) : '\0';
    unsigned base = prefix == 'x' ? 16 : prefix == 'o' ? 8 : prefix == 'b' ? 2 : 10;
    while (is_word(*p) || *p == '.' ||
           (base == 10 && (*p == '+' || *p == '-') && (p[-1] == 'e' || p[-1] == 'E')))
        p++;
    l->at = p;
    bool real = base == 10 && memchr(start, '.', (size_t)(p - start)) != NULL;
    for (const char *q = start; base == 10 && q < p; q++) real |= *q == 'e' || *q == 'E';
    if (p[-1] == 'j' || p[-1] == 'J') {
        add_bad(l, start, "complex numbers are not part of this language");
        return;
    }
    if (!real) {
        const char *first = base == 10 ? start : start + 2;
        end = digits(first, base, &value);
        if (!end) add_bad(l, start, "an integer literal of more than 64 bits");
        else if (end != p || end == first) add_bad(l, start, "not a number");
        else if (base == 10 && *start == '0' && value)
            add_bad(l, start, "an octal number begins with 0o");
        else add(l, TOK_INT, start, p)->i = value;
        return;
    }
    char buffer[128];
    size_t n = 0;
    for (const char *q = start; q < p; q++)
        if (*q != '_' && n < sizeof buffer - 1) buffer[n++] = *q;
    buffer[n] = '\0';
    char *stop;
    double f = strtod(buffer, &stop);
    if (*stop || n == sizeof buffer - 1) add_bad(l, start, "not a number");
    else add(l, TOK_FLOAT, start, p)->f = f;
}

/* A string, of which only docstrings and signatures are ever used: escapes stay as they are. */
static void lex_string(Lexer *l, const char *start, bool formatted) {
    const char *p = l->at, *line_start = l->line_start;
    char quote = *p;
    int line = l->line;
    bool triple = p[1] == quote && p[2] == quote;
    p += triple ? 3 : 1;
    const char *body = p;
    for (;; p++) {
        if (*p == '\0' || (*p == '\n' && !triple)) {
            add_bad(l, start, "a string that does not end");
            l->at = p;
            return;
        }
        if (*p == quote && (!triple || (p[1] == quote && p[2] == quote))) break;
        if (*p == '\\' && p[1]) p++;
        if (*p == '\n') {
            line++;
            line_start = p + 1;
        }
    }
    if (formatted) add_bad(l, start, "f-strings are not part of this language");
    else {
        Token *t = add(l, TOK_STRING, start, start);
        t->text = jit_copy_text(l->s, body, (size_t)(p - body));
    }
    l->at = p + (triple ? 3 : 1);
    l->line = line;
    l->line_start = line_start;
}

/* Blank lines, comments and the indentation of the next line that has a token on it. */
static void lex_indentation(Lexer *l) {
    int column = 0;
    bool tab = false;
    const char *p = l->at;
    for (;;) {
        column = 0;
        tab = false;
        for (; *p == ' ' || *p == '\t' || *p == '\f'; p++) {
            tab |= *p == '\t';
            column = *p == '\t' ? column / 8 * 8 + 8 : *p == '\f' ? 0 : column + 1;
        }
        if (*p == '#')
            while (*p && *p != '\n') p++;
        if (*p == '\r' && p[1] == '\n') p++;
        if (*p != '\n') break;
        l->line++;
        l->line_start = ++p;
    }
    l->at = p;
    if (!*p) column = 0;
    int *top = &l->columns[l->depth];
    if (column > *top) {
        if (tab) add_bad(l, p, "indent with spaces, not with tabs");
        else if (l->depth + 1 == MAX_BLOCKS) add_bad(l, p, "more than 100 blocks in each other");
        else {
            l->columns[++l->depth] = column;
            add(l, TOK_INDENT, p, p);
        }
        return;
    }
    bool aligned = false;
    for (int i = 0; i <= l->depth; i++) aligned |= l->columns[i] == column;
    if (!aligned) add_bad(l, p, "this line is not aligned with any block");
    while (column < l->columns[l->depth]) {
        l->depth--;
        add(l, TOK_DEDENT, p, p);
    }
}

static const char *const marks[] = {"**=", "//=", "<<=", ">>=", "...", "**", "//", "<<", ">>",
                                    "<=",  ">=",  "==",  "!=",  "->",  "+=", "-=", "*=", "/=",
                                    "%=",  "&=",  "|=",  "^=",  ":=",  "@=", NULL};

static void lex_mark(Lexer *l) {
    const char *start = l->at;
    size_t length = 0;
    for (int i = 0; marks[i] && !length; i++)
        if (strncmp(start, marks[i], strlen(marks[i])) == 0) length = strlen(marks[i]);
    if (!length && strchr("+-*/%@&|^~<>()[]{},:.;=", *start)) length = 1;
    if (!length) {
        add_bad(l, start, "this character means nothing in Python");
        l->at = start + 1;
        return;
    }
    if (strchr("([{", *start)) l->brackets++;
    if (strchr(")]}", *start) && l->brackets) l->brackets--;
    l->at = start + length;
    add(l, TOK_MARK, start, l->at);
}

/* One token, or what lies between two of them. */
static void lex_one(Lexer *l) {
    const char *p = l->at;
    if (*p == ' ' || *p == '\t' || *p == '\f' || *p == '\r') l->at++;
    else if (*p == '#')
        while (*l->at && *l->at != '\n') l->at++;
    else if (*p == '\\' && (p[1] == '\n' || (p[1] == '\r' && p[2] == '\n'))) {
        l->at += p[1] == '\n' ? 2 : 3;
        l->line++;
        l->line_start = l->at;
    } else if (*p == '\n') {
        if (!l->brackets) add(l, TOK_NEWLINE, p, p);
        l->line++;
        l->line_start = ++l->at;
        if (!l->brackets) lex_indentation(l);
    } else if (isdigit((unsigned char)*p) || (*p == '.' && isdigit((unsigned char)p[1])))
        lex_number(l);
    else if (*p == '"' || *p == '\'') lex_string(l, p, false);
    else if (is_word(*p)) {
        while (is_word(*l->at)) l->at++;
        size_t n = (size_t)(l->at - p);
        bool prefix = n <= 2 && (*l->at == '"' || *l->at == '\'');
        for (size_t i = 0; i < n; i++) prefix &= strchr("rRbBuUfF", p[i]) != NULL;
        if (prefix) lex_string(l, p, memchr(p, 'f', n) || memchr(p, 'F', n));
        else add(l, TOK_NAME, p, l->at);
    } else if ((unsigned char)*p >= 0x80) {
        while ((unsigned char)*l->at >= 0x80) l->at++;
        add_bad(l, p, "names are made of ASCII letters, digits and _");
    } else lex_mark(l);
}

Token *jit_lex(Session *s, const char *text, size_t *count) {
    Lexer l = {.s = s, .at = text, .line_start = text, .line = 1};
    if (strncmp(text, "\xef\xbb\xbf", 3) == 0) l.at = l.line_start = text + 3;
    lex_indentation(&l);
    while (*l.at) lex_one(&l);
    bool open = l.brackets > 0; /* then the end comes where nobody expects it */
    if (!open && l.count && l.tokens[l.count - 1].kind != TOK_NEWLINE)
        add(&l, TOK_NEWLINE, l.at, l.at);
    for (; !open && l.depth > 0; l.depth--) add(&l, TOK_DEDENT, l.at, l.at);
    add(&l, TOK_END, l.at, l.at);
    *count = l.count;
    return l.tokens;
}
