// SPDX-License-Identifier: MIT
/* ptx.h - a PTX module as data: what the parser makes of the text, and the decoder reads.
 *
 * Everything in a module lives in one arena and dies with it. Names are resolved: an operand points
 * to its variable, function or label, or holds its register's number. Nothing here knows how
 * instructions are executed, so that another back end can start from the same module. */
#ifndef CUSIM_PTX_H
#define CUSIM_PTX_H

#include "arena.h"
#include "ops.h"

enum { CUSIM_OLDEST_PTX = 50, CUSIM_NEWEST_PTX = 90 }; /* .version, ten times */

typedef enum {
    CUSIM_SPACE_GENERIC,
    CUSIM_SPACE_GLOBAL,
    CUSIM_SPACE_CONST,
    CUSIM_SPACE_SHARED,
    CUSIM_SPACE_LOCAL,
    CUSIM_SPACE_PARAM, /* an entry's parameter, or one of a .func or of a call: see is_param_of */
    CUSIM_SPACE_REG    /* only formal parameters of old .func: (.reg .u32 x) */
} CusimSpace;

typedef enum {
    CUSIM_LOCAL_NAME,
    CUSIM_VISIBLE,
    CUSIM_EXTERN,
    CUSIM_WEAK,
    CUSIM_COMMON
} CusimLinkage;

typedef struct CusimVariable CusimVariable;
typedef struct CusimFunction CusimFunction;

/* An address in an initialiser: the address of a variable (generic if so asked) or of a function is
 * to be stored at offset. */
typedef struct {
    size_t offset;           /* in the variable, bytes */
    uint8_t bytes;           /* 4 or 8; 1 with a mask */
    uint8_t shift;           /* mask() initialisers: which byte of the address, times 8 */
    bool generic;            /* generic(x): as cvta gives it */
    int64_t addend;          /* x+4 */
    CusimVariable *variable; /* one of the two is not NULL */
    CusimFunction *function;
} CusimReloc;

/* A variable of any space; a parameter is one, too. */
struct CusimVariable {
    const char *name;
    CusimSpace space;
    CusimLinkage linkage;
    CusimType type; /* of an element; B8 for structs */
    uint8_t vector; /* 1, 2 or 4 */
    bool is_array;
    bool unsized;   /* extern .shared x[]: as large as the launch says */
    uint32_t align; /* bytes, a power of two */
    size_t bytes;   /* of the whole */
    size_t n_bytes_set;
    const uint8_t *data; /* initialiser: n_bytes_set bytes, the rest is 0; NULL without one */
    CusimReloc *relocs;
    size_t n_relocs;
    CusimFunction *owner; /* the function in whose body or parameter list it stands, or NULL */
    int reg;              /* space REG: the register's number in owner */
    uint32_t line;
    uint64_t address; /* for the loader: where it was placed in its space */
    CusimVariable *next;
};

typedef enum {
    CUSIM_REGISTER, /* reg */
    CUSIM_INTEGER,  /* bits, sign-extended to 64 */
    CUSIM_REAL,     /* bits: of a double, or, if single, of a float in the low half */
    CUSIM_ADDRESS,  /* variable + offset: its address in its own space */
    CUSIM_FUNCTION_ADDRESS,
    CUSIM_SPECIAL, /* special, component: %tid.x */
    CUSIM_LABEL,   /* label */
    CUSIM_VECTOR,  /* n elements: registers, constants or sinks */
    CUSIM_MEMORY,  /* [..]: register + offset, variable + offset, or offset alone */
    CUSIM_SINK     /* _ */
} CusimOperandKind;

/* Special registers; those with components are x y z w in a row from .x. */
typedef enum {
#define CUSIM_SPECIAL_REGISTER(name, text, type, components) CUSIM_SR_##name,
#include "special.def"
#undef CUSIM_SPECIAL_REGISTER
    CUSIM_SR_COUNT
} CusimSpecial;

typedef struct CusimOperand CusimOperand;
struct CusimOperand {
    CusimOperandKind kind;
    bool negate;       /* !p */
    bool single;       /* REAL: written as 0f........ */
    uint8_t component; /* SPECIAL: 0 to 3; ADDRESS and REGISTER: .x .y .z .w of a vector, else 0 */
    int reg;           /* REGISTER, MEMORY with a register; else -1 */
    uint64_t bits;     /* INTEGER, REAL */
    int64_t offset;    /* ADDRESS, MEMORY */
    CusimVariable *variable; /* ADDRESS, MEMORY */
    CusimFunction *function; /* FUNCTION_ADDRESS */
    CusimSpecial special;
    uint32_t label;        /* LABEL: index into the function's labels; brx.idx: into its tables */
    CusimOperand *element; /* VECTOR */
    uint32_t n;
};

typedef struct {
    CusimForm form;
    const char *text;            /* "add.rn.f32", as written */
    uint32_t line;               /* in the PTX text, from 1 */
    uint32_t loc_file, loc_line; /* .loc in force; file 0: none */
    int guard;                   /* predicate register, or -1 */
    bool guard_negated;
    /* In the order of the row's operand list, without those that are left out. */
    CusimOperand *operand;
    uint32_t n_operands;
    /* call only: operand holds the arguments; results and callee are apart. */
    CusimOperand *result;
    uint32_t n_results;
    CusimFunction *callee; /* direct */
    int callee_reg;        /* indirect, else -1 */
    CusimFunction
        *prototype; /* indirect: a function without a body; NULL with a .calltargets list */
} CusimPtxInst;

typedef struct {
    const char *name;
    uint32_t at; /* index of the instruction that follows; may be n_insts */
} CusimLabel;

/* .branchtargets: the labels of a brx.idx. */
typedef struct {
    const char *name;
    uint32_t *label;
    uint32_t n;
} CusimTable;

struct CusimFunction {
    const char *name;
    CusimLinkage linkage;
    bool is_entry;
    bool has_body; /* false: declared, .extern, or a .callprototype */
    bool noreturn;
    uint32_t line;
    CusimVariable **param; /* of an entry or a .func, in order */
    uint32_t n_params;
    CusimVariable **result;
    uint32_t n_results;
    CusimType *reg_type;   /* of each register */
    const char **reg_name; /* its name, such as "%r5" */
    uint32_t n_regs;
    CusimPtxInst *inst;
    uint32_t n_insts;
    CusimLabel *label;
    uint32_t n_labels;
    CusimTable *table;
    uint32_t n_tables;
    CusimVariable *variables;        /* list: .shared, .local, .param of its body */
    uint32_t maxntid[3], reqntid[3]; /* 0: not said */
    uint32_t minnctapersm, maxnreg;
    struct CusimCode *code;    /* for the loader: made of the body */
    CusimFunction *definition; /* for the loader: of a declaration, where its body is */
    uint32_t number;           /* for the loader: in the program's table of functions */
    CusimFunction *next;
};

typedef struct {
    uint32_t number;
    const char *name;
} CusimSourceFile;

typedef struct {
    CusimArena *arena;
    int version; /* 75 for .version 7.5 */
    int target;  /* 75 for sm_75 */
    const char *target_text;
    int address_bytes;        /* 8 (4 is refused) */
    CusimVariable *variables; /* list, in order, module scope */
    CusimFunction *functions; /* list, in order */
    CusimSourceFile *file;
    uint32_t n_files;
} CusimPtxModule;

/* cusim_ptx_parse - make a module of PTX text.
 *   shapes  text: n bytes; a final 0 is not needed; bytes after a 0 inside are an error
 *   errors  NULL; log (log_bytes bytes with the final 0, may be NULL) then has lines such as
 *           "ptx line 17: add.rz.s32: .rz does not fit: add{.sat}.s32", at most 20 of them, the
 *           first being the most useful; out of memory is an error too
 *   source  PTX ISA, chapters "Syntax", "State Spaces, Types, and Variables", "Directives" */
CusimPtxModule *cusim_ptx_parse(const char *text, size_t n, char *log, size_t log_bytes);
void cusim_ptx_free(CusimPtxModule *module); /* NULL is allowed */

/* cusim_ptx_print - write one instruction as text into a buffer of n bytes, cut off if too long. */
void cusim_ptx_print(const CusimFunction *function, const CusimPtxInst *inst, char *text, size_t n);

const char *cusim_ptx_file(const CusimPtxModule *module, uint32_t number); /* NULL if unknown */
#endif
