// SPDX-License-Identifier: MIT
/* ptx_internal.h - what the files of the PTX parser share.
 *
 * A recursive-descent parser with one token of look-ahead. The files, in the order of reading:
 *   ptx_lex.c       text to tokens
 *   ptx_symbol.c    names, and what they mean in each { } scope
 *   ptx_constant.c  constant expressions
 *   ptx_data.c      variables and their initialisers
 *   ptx_register.c  .reg
 *   ptx_operand.c   operands, and whether they suit the instruction
 *   ptx_statement.c function bodies: instructions, labels, scopes
 *   ptx_function.c  .entry and .func: what stands before the body
 *   ptx_parse.c     the module, and names that were used before they were declared
 *
 * Errors: cusim_ptx_error() notes a line for the log and turns the current token into the end of
 * the text. Nothing is read any more, so that every loop ends by itself, until the outermost loop
 * calls cusim_ptx_recover(), which goes on behind the next ';' or '}'. */
#ifndef CUSIM_PTX_INTERNAL_H
#define CUSIM_PTX_INTERNAL_H

#include "ptx.h"

/* Limits that a sane module never meets; they keep nonsense from taking all memory. */
enum {
    PTX_MAX_ERRORS = 20,
    PTX_MAX_DEPTH = 64, /* of scopes, expressions, initialisers */
    PTX_MAX_DIMENSIONS = 8,
    PTX_MAX_REGISTERS = 1 << 20,        /* of a function */
    PTX_MAX_MODULE_REGISTERS = 1 << 22, /* of all functions */
    PTX_MAX_NAME_BYTES = 1 << 26,       /* of the names of all registers */
    PTX_MAX_TEXT = 1 << 28,
    PTX_MAX_ITEMS = 8,    /* operands of an instruction */
    PTX_MAX_ELEMENTS = 8, /* of a vector operand */
    PTX_MAX_SHARED = 48 * 1024,
    PTX_MAX_CONST = 64 * 1024,
    PTX_MAX_LOCAL = 512 * 1024,
    PTX_MAX_PARAM = 32764,
    PTX_MAX_DATA = 1 << 28 /* bytes of all initialisers */
};
#define PTX_MAX_GLOBAL (UINT64_C(1) << 40)

/* ---- Tokens. One character stands for itself. ---- */
enum {
    PTX_END = 0,
    PTX_NAME = 256, /* %r5, foo, $L__BB0_1 */
    PTX_DIRECTIVE,  /* .reg; text is without the dot */
    PTX_INTEGER,
    PTX_REAL,
    PTX_STRING, /* text is without the quotes */
    PTX_SHIFT_LEFT,
    PTX_SHIFT_RIGHT,
    PTX_LESS_EQUAL,
    PTX_GREATER_EQUAL,
    PTX_EQUAL,
    PTX_NOT_EQUAL,
    PTX_AND_AND,
    PTX_OR_OR,
    PTX_BAD /* a character that PTX does not have */
};

typedef struct {
    int kind;
    bool is_unsigned; /* INTEGER: with a U, or too large for 64 signed bits */
    bool single;      /* REAL: written as 0f........ */
    uint32_t line;
    uint32_t n; /* bytes of text */
    const char *text;
    uint64_t bits; /* INTEGER; REAL: the bits of a double */
} PtxToken;

/* ---- Names ---- */
typedef struct PtxName PtxName;
typedef struct PtxSymbol PtxSymbol;
typedef struct PtxOpcode PtxOpcode;

/* A word of the text, kept once, with what it means at this point. */
struct PtxName {
    const char *text;
    uint32_t n, hash;
    PtxName *chain;                      /* in the hash table */
    PtxSymbol *symbol;                   /* the innermost with this name */
    PtxSymbol *range;                    /* the innermost of .reg name<count> */
    PtxName *stem;                       /* "%r" of "%r12", if it was ever looked for */
    uint32_t number;                     /* 12 */
    bool split;                          /* stem and number are known */
    uint32_t single_scope, single_least; /* as a stem: the least register declared by itself */
    PtxOpcode *opcode;                   /* of an instruction: "add.rn.f32" */
};

typedef enum {
    PTX_SYMBOL_REGISTER,
    PTX_SYMBOL_VARIABLE,
    PTX_SYMBOL_FUNCTION,
    PTX_SYMBOL_PROTOTYPE,
    PTX_SYMBOL_TARGETS, /* .calltargets */
    PTX_SYMBOL_TABLE,   /* .branchtargets */
    PTX_SYMBOL_LABEL,
    PTX_SYMBOL_SPECIAL
} PtxSymbolKind;

struct PtxSymbol {
    PtxSymbolKind kind;
    uint32_t depth; /* of the scope it is in; 0: the module */
    PtxName *name;
    PtxSymbol *outer;    /* the same name further out */
    PtxSymbol *in_scope; /* the next of its scope */
    bool is_range;
    uint32_t count; /* of a range */
    uint32_t index; /* register, label, table, special */
    uint8_t vector; /* register: 1, 2, 4 */
    CusimVariable *variable;
    CusimFunction *function;
};

typedef struct {
    PtxSymbol *symbols;
    uint32_t serial;      /* of all scopes of the module */
    uint32_t first_label; /* the first use of a label made in it, in Parser.label_use */
} PtxScope;

/* ---- Instructions by their text ---- */

/* An entry of an operand list of ops.def. */
typedef struct {
    char kind; /* 0 1 2 w p u U a m v l s */
    bool is_result, is_optional;
    bool is_second; /* the p of "=0|p", which is optional, too */
} PtxItem;

struct PtxOpcode {
    bool found;
    bool wide_registers; /* ld, st, cvt: registers may be wider than the type */
    bool has_operator;   /* setp.lt.and: a third source is there */
    CusimForm form;
    PtxItem item[PTX_MAX_ITEMS];
    uint32_t n_items, n_required;
    char reason[128];
};

/* ---- Growing arrays ---- */

/* PTX_ARRAY(type) declares one; cusim_ptx_grow() makes room for one more element. */
#define PTX_ARRAY(type)                                                                            \
    struct {                                                                                       \
        type *at;                                                                                  \
        size_t n, room;                                                                            \
    }

typedef struct {
    PtxName *name;
    uint32_t *where; /* the number of the label or table goes here */
    uint32_t line;
    PtxSymbolKind kind;
} PtxLabelUse;

/* A name that was used before it was declared; one of operand, reloc and function is set. */
typedef struct {
    PtxName *name;
    uint32_t line;
    CusimOperand *operand;
    CusimSpace space; /* operand: where the variable must be; GENERIC: anywhere */
    CusimReloc *reloc;
    CusimFunction *function; /* a call in it, */
    size_t inst;             /* at this index */
} PtxForward;

/* .alias name, target */
typedef struct {
    PtxName *name, *target;
    uint32_t line;
} PtxAlias;

typedef struct {
    CusimArena *arena;
    CusimPtxModule *module;

    /* The text. */
    const char *at, *end;
    uint32_t line;
    PtxToken token;
    int braces; /* '{' less '}' since the statement began */

    /* Errors. */
    bool panic;
    PtxToken stopped_at;
    unsigned n_errors;
    char *log;
    size_t log_bytes, log_used;

    /* Names. */
    PtxName **bucket;
    size_t n_buckets, n_names;
    uint32_t name_line; /* of the name that was read last: where a declaration is */
    PtxScope scope[PTX_MAX_DEPTH];
    uint32_t depth, n_scopes;
    unsigned nesting; /* of expressions */

    /* The function at hand. */
    CusimFunction *function;
    PTX_ARRAY(CusimPtxInst) inst;
    PTX_ARRAY(CusimType) reg_type;
    PTX_ARRAY(const char *) reg_name;
    PTX_ARRAY(CusimLabel) label;
    PTX_ARRAY(CusimTable) table;
    PTX_ARRAY(PtxLabelUse) label_use;
    CusimVariable **last_variable;
    uint32_t loc_file, loc_line;

    /* The module. */
    PTX_ARRAY(PtxForward) forward;
    PTX_ARRAY(PtxAlias) alias;
    PTX_ARRAY(CusimSourceFile) file;
    CusimVariable **last_global;
    CusimFunction **last_function;
    size_t registers, name_bytes, const_bytes, data_bytes;

    /* Scratch, each for one list at a time. */
    PTX_ARRAY(CusimVariable *) formal;
    PTX_ARRAY(CusimOperand) actual;
    PTX_ARRAY(PtxName *) word;
    PTX_ARRAY(CusimReloc) reloc;
    PTX_ARRAY(PtxName *) reloc_name; /* of each reloc */
    PTX_ARRAY(uint8_t) data;
} PtxParser;

/* cusim_ptx_grow - make room for one more element in a PTX_ARRAY.
 *   errors  false when there is no memory; the parser has then noted an error */
bool cusim_ptx_grow_bytes(PtxParser *p, void **at, size_t n, size_t *room, size_t bytes);
#define cusim_ptx_grow(p, array)                                                                   \
    cusim_ptx_grow_bytes(p, (void **)&(array)->at, (array)->n, &(array)->room, sizeof *(array)->at)
void *cusim_ptx_alloc(PtxParser *p, size_t n, size_t bytes); /* arena; NULL: error noted */

/* ---- ptx_lex.c ---- */
void cusim_ptx_next(PtxParser *p); /* to the next token */
/* The current token is the first word of an instruction: add its suffixes to the token's text. */
void cusim_ptx_opcode(PtxParser *p);
bool cusim_ptx_is(const PtxParser *p, const char *directive); /* ".reg" is "reg" */
bool cusim_ptx_take(PtxParser *p, int kind);                  /* next(), if it is one */
bool cusim_ptx_take_directive(PtxParser *p, const char *directive);
void cusim_ptx_need(PtxParser *p, int kind, const char *what); /* or an error: "... expected" */
__attribute__((format(printf, 2, 3))) void cusim_ptx_error(PtxParser *p, const char *format, ...);
__attribute__((format(printf, 3, 4))) void cusim_ptx_error_at(PtxParser *p, uint32_t line,
                                                              const char *format, ...);
/* Go on behind the ';' that ends the statement, or at the '}' that ends the scope. */
void cusim_ptx_recover(PtxParser *p);
/* The same at module scope: behind the ';' or the '}' of a whole function. */
void cusim_ptx_recover_module(PtxParser *p);
/* The text of the current token, cut to a length that suits a message. */
const char *cusim_ptx_shown(const PtxParser *p, char text[static 64]);

/* ---- ptx_symbol.c ---- */
PtxName *cusim_ptx_name(PtxParser *p, const char *text, size_t n); /* NULL: no memory */
/* The innermost symbol of a name, or NULL. *number: for a register of a range, its place in it. */
PtxSymbol *cusim_ptx_find(PtxParser *p, PtxName *name, uint32_t *number);
/* A new symbol in the current scope; an error if the scope has it already. */
PtxSymbol *cusim_ptx_declare(PtxParser *p, PtxName *name, PtxSymbolKind kind);
PtxSymbol *cusim_ptx_declare_range(PtxParser *p, PtxName *stem, uint32_t count);
bool cusim_ptx_open_scope(PtxParser *p);
void cusim_ptx_close_scope(PtxParser *p);
bool cusim_ptx_add_specials(PtxParser *p);

/* ---- ptx_constant.c ---- */
typedef struct {
    bool is_real, is_unsigned, single;
    uint64_t bits; /* an integer, or the bits of a double */
} PtxConstant;
PtxConstant cusim_ptx_constant(PtxParser *p);
int64_t cusim_ptx_integer(PtxParser *p); /* an error if it is not one */
/* An unsigned number up to most; what: for the message. */
uint64_t cusim_ptx_count(PtxParser *p, uint64_t least, uint64_t most, const char *what);
/* The value as the bits of a float (4 bytes) or a double (8); 0f........ keeps a NaN's payload. */
uint64_t cusim_ptx_real_bits(PtxConstant constant, unsigned bytes);

/* ---- ptx_data.c ---- */
/* .global .align 4 .u32 a, b[3] = {1, 2, 3}; the current token is the space. */
void cusim_ptx_variables(PtxParser *p, CusimLinkage linkage);
/* One parameter of a .entry, .func or .callprototype. */
CusimVariable *cusim_ptx_parameter(PtxParser *p, bool is_prototype);
/* .reg and .local ... : the type, with .v2, .v4 and .align before it. */
typedef struct {
    CusimType type;
    uint8_t vector;
    uint32_t align;
} PtxType;
bool cusim_ptx_type(PtxParser *p, PtxType *type);

/* ---- ptx_register.c ---- */
void cusim_ptx_registers(PtxParser *p); /* the current token follows .reg */
/* A new register; -1 if there are too many. */
int cusim_ptx_new_registers(PtxParser *p, CusimType type, uint8_t vector, uint32_t count,
                            const PtxName *name, bool is_range);

/* ---- ptx_operand.c ---- */
/* The operands of an instruction up to ';' into inst->operand, checked. */
void cusim_ptx_operands(PtxParser *p, CusimPtxInst *inst, const PtxOpcode *opcode);
void cusim_ptx_call(PtxParser *p, CusimPtxInst *inst);
/* @%p1 or @!%p1, the '@' being taken: the predicate register, or -1 with an error. */
int cusim_ptx_guard(PtxParser *p, bool *negated);
/* What an opcode with its suffixes means; looked up once for each text. */
PtxOpcode *cusim_ptx_opcode_of(PtxParser *p, PtxName *text);

/* ---- ptx_statement.c ---- */
void cusim_ptx_body(PtxParser *p); /* from behind the '{' up to and with its '}' */
/* .loc, .file, .pragma and .section, which may stand everywhere; false: it is none of them. */
bool cusim_ptx_anywhere(PtxParser *p);
bool cusim_ptx_linkage(PtxParser *p, CusimLinkage *linkage); /* .visible and its like, any number */

/* ---- ptx_function.c ---- */
void cusim_ptx_function(PtxParser *p, CusimLinkage linkage);
/* proto: .callprototype (results) _ (parameters); the current token follows .callprototype. */
CusimFunction *cusim_ptx_prototype(PtxParser *p);
#endif
