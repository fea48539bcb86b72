// SPDX-License-Identifier: MIT
/* code.h - decoded instructions: what the interpreter runs.
 *
 * The decoder turns a function of a PTX module into an array of CusimInst. Each holds a pointer to
 * the function that carries it out for 32 lanes, and for each operand its place in the frame: the
 * block of memory that holds a function's registers and constants. A register of 32 bits is 32
 * times 4 bytes in a row, one for each lane ("structure of arrays"), so that a handler is a plain
 * loop over lanes, which the compiler turns into vector instructions. */
#ifndef CUSIM_CODE_H
#define CUSIM_CODE_H

#include "ptx.h"

enum { CUSIM_LANES = 32 };
#define CUSIM_ALL 0xffffffffu /* the mask of a whole warp */

typedef struct CusimWarp CusimWarp;
typedef struct CusimBlock CusimBlock;
typedef struct CusimInst CusimInst;
typedef struct CusimCode CusimCode;

/* What a handler tells the interpreter. */
enum {
    CUSIM_NEXT, /* go on */
    CUSIM_STOP  /* a lane has failed: the launch ends; cusim_fault() returns this */
};

/* A handler carries out one instruction for the lanes of mask, which is never 0. Lanes outside mask
 * must keep what their registers, predicates and memory hold. */
typedef int CusimHandler(CusimWarp *warp, const CusimInst *inst, uint32_t mask);

/* Operands r[0..6] are byte offsets into the frame, in the order of ops.def's operand list:
 * results, then sources; the elements of a vector one by one; an operand that is left out is 0,
 * which is the offset of no register; a sink (_) is a scratch register. Immediates are constants of
 * the frame, so that a handler need not tell them from registers; width and alignment are those of
 * a register of the operand's type, 8-bit types having 16-bit registers. A predicate is one 32-bit
 * mask.
 *
 *   memory operand   r[n] is the address register (or a constant), imm the offset to add;
 *                    address_bytes 4 or 8 is that register's width. [variable] is a constant with
 *                    the variable's address in its space
 *   all but memory   bytes is the width of operand r[0]'s register in bytes, register_bytes that of
 *                    r[1]'s (0 for a predicate or none): cvt needs both, registers may be wider
 *                    than its types. The decoder sets them before it calls bind
 *   mov {a,b}, c     r[0..1] elements, r[2] the source; vector is the number of elements
 *   mov c, {a,b}     r[0] the result, r[1..2] elements */
//> instruction
struct CusimInst {
    CusimHandler *run;
    int32_t r[7];
    int32_t guard; /* offset of the guard predicate; 0: none */
    union {
        int64_t imm;
        struct {
            uint32_t target; /* branch: index of the instruction to go to */
            uint32_t join;   /* branch: where the lanes meet again; CUSIM_NO_JOIN: at the return */
        };
    };
    uint16_t op;            /* CusimOp */
    uint8_t flags;          /* CUSIM_FLAG_* */
    uint8_t negate;         /* bit n: operand r[n] is a predicate and written !p */
    uint8_t bytes;          /* memory, atomics: of one element in memory, 1 to 8 */
    uint8_t register_bytes; /* memory: of the data registers, at least bytes, 2 to 8 */
    uint8_t vector;         /* elements: 1, 2, 4 */
    uint8_t address_bytes;
    uint32_t index; /* in code->inst; code->source[index] is the PTX instruction */
    uint32_t aux;   /* for handlers, from the form: free use by each executor's bind */
};
//< instruction
_Static_assert(sizeof(CusimInst) == 64, "one cache line");

#define CUSIM_NO_JOIN 0xffffffffu

/* The interpreter looks at these; an instruction with none runs on the fast path. */
enum {
    CUSIM_FLAG_GUARD = 1,   /* has a guard */
    CUSIM_FLAG_NOT = 2,     /* the guard is negated */
    CUSIM_FLAG_CONTROL = 4, /* branch, call, return, barrier, .sync: the interpreter does it */
    CUSIM_FLAG_JOIN = 8,    /* lanes may meet here */
    CUSIM_FLAG_ACCESS = 16, /* reads or writes memory: observers are told the addresses */
    CUSIM_FLAG_WAIT = 32, /* reads memory that others write: volatile, relaxed, acquire, atomics */
    CUSIM_FLAG_SYNC = 64  /* .sync: the lanes of its member mask meet first */
};

/* The frame begins with these; registers follow. */
typedef struct {
    uint32_t none;  /* offset 0: no operand */
    uint32_t carry; /* CC.CF of each lane, as a mask */
    uint32_t reserved[14];
} CusimFrameHead;

typedef struct {
    int32_t offset; /* in the frame */
    uint32_t bytes; /* 2, 4, 8 for each of 32 lanes; 0: a predicate mask, 4 bytes in all */
    uint64_t value;
    enum {
        CUSIM_BASE_NONE,
        CUSIM_BASE_LOCAL,
        CUSIM_BASE_DYNAMIC
    } base; /* what is added to value:
        the function's place in local memory, or where dynamic shared memory begins */
} CusimConstant;

/* Where an argument or result of a call comes from, or goes to. */
typedef struct {
    int32_t reg;    /* offset in the frame of a register or constant; 0: it is in local memory */
    uint32_t local; /* offset in the function's part of local memory */
    uint32_t bytes;
} CusimPlace;

/* A function's parameters and results, and those of a call, are such places; a call copies the one
 * to the other. Variables of space .param lie in local memory, so that they may be arrays and have
 * addresses. */
typedef enum {
    CUSIM_BUILTIN_NONE,
    CUSIM_BUILTIN_vprintf,
    CUSIM_BUILTIN_assertfail,
    CUSIM_BUILTIN_malloc,
    CUSIM_BUILTIN_free,
    CUSIM_BUILTIN_grid_handle
} CusimBuiltin;

typedef struct {
    CusimCode *callee; /* NULL: indirect, or a function of the device */
    CusimBuiltin builtin;
    CusimPlace *arg;
    uint32_t n_args;
    CusimPlace *result;
    uint32_t n_results;
} CusimCallSite;

struct CusimCode {
    const CusimFunction *function;
    const CusimPtxModule *module;
    CusimInst *inst;
    const CusimPtxInst **source; /* for each instruction, its PTX; NULL if the decoder added it */
    uint32_t n_insts;
    uint32_t frame_bytes; /* a multiple of 64 */
    CusimConstant *constant;
    uint32_t n_constants;
    uint32_t local_bytes;   /* .local of one lane, a multiple of 16 */
    uint32_t shared_bytes;  /* static .shared, with that of all functions it may call */
    uint32_t param_bytes;   /* of an entry */
    uint32_t *param_offset; /* of each parameter of an entry, in bytes */
    CusimCallSite *call;    /* a call's target is the index of its site */
    uint32_t n_calls;
    uint32_t **table; /* of brx.idx: targets; table_n of them */
    uint32_t *table_n;
    CusimPlace *formal; /* of a .func: parameters, then results */
    uint64_t id;        /* 1, 2, ... in the order of decoding: addresses come back, this does not */
    uint32_t number;    /* in program->function: what a function's address is made of */
    struct CusimProgram *program;
    CusimHandler **unbroken; /* CUSIM_FAULT: the true handlers; else NULL */
    CusimCode *next;
};

/* ---- Back ends ---- */

typedef enum {
    CUSIM_RAN_TO_END, /* every lane has returned */
    CUSIM_WAITS,      /* nothing can run before something outside the warp happens: a barrier */
    CUSIM_YIELDS,     /* can go on, but seems to wait for others: let them run first */
    CUSIM_FAILED      /* see cusim_fault */
} CusimState;

/* What executes code. The interpreter is one for each instruction set; an LLVM back end may follow.
 * bind    the handler of a form, or NULL if the form is valid PTX but not carried out here; may set
 *         inst->aux and, for the interpreter, nothing else
 * run     runs a warp until it ends, waits, yields or fails; observed: with observers told */
typedef struct {
    const char *name; /* "x86-64-v4" */
    CusimHandler *(*bind)(const CusimForm *form, CusimInst *inst);
    CusimState (*run)(CusimWarp *warp);
    CusimState (*run_observed)(CusimWarp *warp);
} CusimBackend;

/* The best for this CPU; CUSIM_ISA=x86-64|x86-64-v3|x86-64-v4|plain asks for another, for tests. */
const CusimBackend *cusim_backend(void);

/* cusim_decode - make code of one function of a module whose variables have their addresses.
 *   errors  NULL, with one line on the reason in log
 * decode.c. The code lives in the module's arena. */
CusimCode *cusim_decode(CusimPtxModule *module, CusimFunction *function, char *log,
                        size_t log_bytes);
#endif
