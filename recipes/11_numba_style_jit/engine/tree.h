// SPDX-License-Identifier: MIT
/* tree.h - memory and errors of a compilation, and what steps 1 and 2 make: tokens, and the
 * tree. */
#ifndef JIT_TREE_H
#define JIT_TREE_H
#include <setjmp.h>

#include "jit.h"

#define JIT_PRINTF(text, first) __attribute__((format(printf, text, first)))

/* ---- Memory and errors (arena.c) ---- */

typedef struct Arena {
    struct ArenaBlock *blocks;
} Arena;

typedef struct Pos {
    int line, column; /* from 1; line 0: nowhere */
} Pos;

/* What is being compiled: where memory comes from, and where errors go. */
typedef struct Session {
    Arena arena;
    const char *name, *text; /* the source */
    jmp_buf *stop;           /* where jit_refuse goes */
    int status;              /* JIT_* that it leaves */
} Session;

/* jit_new - zeroed memory that lives as long as the module. Does not return if there is none. */
void *jit_new(Session *s, size_t count, size_t size);
char *jit_copy_text(Session *s, const char *text, size_t length);
char *jit_text(Session *s, const char *format, ...) JIT_PRINTF(2, 3);
void jit_free_arena(Arena *arena);

/* jit_refuse - end the compilation: the message, the line it is about, and a caret below. */
_Noreturn void jit_refuse(Session *s, Pos pos, const char *format, ...) JIT_PRINTF(3, 4);
/* ... with a second place that has to do with it; note says how. */
_Noreturn void jit_refuse2(Session *s, Pos pos, Pos also, const char *note, const char *format, ...)
    JIT_PRINTF(5, 6);
_Noreturn void jit_stop(Session *s, int status, const char *format, ...) JIT_PRINTF(3, 4);
void jit_set_error(const char *format, ...) JIT_PRINTF(1, 2);
const char *jit_error(void);

/* ---- Tokens (lex.c) ---- */

typedef enum {
    TOK_END,
    TOK_NEWLINE,
    TOK_INDENT,
    TOK_DEDENT,
    TOK_NAME,
    TOK_INT,
    TOK_FLOAT,
    TOK_STRING,
    TOK_MARK, /* an operator or a bracket */
    TOK_BAD   /* something that is not Python, or not ours; text says what */
} TokenKind;

typedef struct Token {
    TokenKind kind;
    Pos pos;
    const char *text; /* NAME, MARK, BAD; STRING without its quotes */
    uint64_t i;       /* INT */
    double f;         /* FLOAT */
} Token;

Token *jit_lex(Session *s, const char *text, size_t *count);

/* ---- The tree (parse.c, module.c) ---- */

typedef enum {
    OP_ADD,
    OP_SUB,
    OP_MUL,
    OP_DIV,
    OP_FLOORDIV,
    OP_MOD,
    OP_POW,
    OP_AND,
    OP_OR,
    OP_XOR,
    OP_SHL,
    OP_SHR,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_EQ,
    OP_NE,
    OP_NEG,
    OP_POS,
    OP_INVERT,
    OP_NOT
} Op;
extern const char *const jit_op_names[]; /* "+" ... */

typedef enum {
    N_INT,
    N_FLOAT,
    N_BOOL,
    N_NONE,
    N_STRING,
    N_NAME,
    N_BINARY,
    N_UNARY,
    N_AND,
    N_OR,
    N_COMPARE, /* a < b: a chain a < b < c has several items and ops */
    N_COND,    /* b if a else c */
    N_CALL,    /* a(items), keywords as N_KEYWORD */
    N_KEYWORD, /* name=a */
    N_INDEX,   /* a[items] */
    N_SLICE,   /* a:b:c, each may be NULL */
    N_ATTR,    /* a.name */
    N_TUPLE,
    N_LIST, /* only in a decorator */
    S_EXPR,
    S_ASSIGN,  /* items = a; several items: x = y = a */
    S_AUGMENT, /* a op= b */
    S_IF,      /* if a: body else: orelse */
    S_WHILE,
    S_FOR, /* for a in b: body else: orelse */
    S_BREAK,
    S_CONTINUE,
    S_RETURN,
    S_PASS
} NodeKind;

typedef struct Node {
    NodeKind kind;
    Op op;
    Pos pos;
    uint64_t i; /* N_INT, N_BOOL */
    double f;
    const char *name;
    struct Node *a, *b, *c;
    struct Node **items;
    int count;
    Op *ops;                    /* N_COMPARE: count - 1 of them */
    struct Node *body, *orelse; /* statements, by next */
    struct Node *next;
} Node;

typedef struct Param {
    const char *name;
    Node *value; /* default, or NULL */
    Pos pos;
} Param;

typedef enum { DEVICE_NO, DEVICE_KERNEL, DEVICE_FUNCTION } DeviceKind;
typedef enum { KIND_NONE, KIND_JIT, KIND_VECTORIZE, KIND_GUVECTORIZE, KIND_REDUCE } DecoratorKind;

/* What the decorator said. */
typedef struct Options {
    bool fastmath, boundscheck, numpy_errors, parallel, cache;
    DecoratorKind kind;
    DeviceKind device;  /* @cuda.jit */
    JitTarget target;   /* where it runs if the caller does not say */
    const char *layout; /* guvectorize: "(m,n),(n,p)->(m,p)", else NULL */
    Pos layout_pos;
    Node **signatures; /* eager ones */
    int count;
} Options;

typedef struct Function {
    const char *name;
    Pos pos;
    Param *params;
    int arity;
    Node *body;
    Options options;
    struct Graph *graph;      /* made by flow.c when first needed */
    struct Binding *scope;    /* derived: what its names mean, instead of the module's */
    struct Function *derived; /* those made for this one (derive.c), by next */
    const char *text;         /* derived: its text */
    struct Function *next;
} Function;

/* A name of the module: what it stands for. */
typedef enum {
    BIND_QUALIFIED,
    BIND_CONSTANT,
    BIND_FUNCTION,
    BIND_REFUSED, /* a function outside the language: refused where it is needed */
    BIND_PLAIN,
    BIND_OPAQUE
} BindKind;
typedef struct Binding {
    const char *name;
    BindKind kind;
    const char *qualified; /* "math.sqrt", "numpy" */
    const char *refusal;   /* BIND_REFUSED: the message, with line and caret */
    Node *value;           /* BIND_CONSTANT */
    Function *function;
    Pos pos;
    struct Binding *next;
} Binding;

#endif
