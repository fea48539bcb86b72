// SPDX-License-Identifier: MIT
/* internal.h - what the phases of the compiler hand to each other.
 *
 *   text --lex.c--> tokens --parse.c, module.c--> tree (Node) --flow.c--> values in blocks (Value)
 *        --infer.c--> a type for each value --emit*.c--> LLVM's code --machine.c--> machine code
 *
 * All of it lives in the arena of one module and is freed with it. An error anywhere ends the
 * compilation by longjmp, out of jit_refuse, to the one place in api.c that began it.
 */
#ifndef JIT_INTERNAL_H
#define JIT_INTERNAL_H
#include <llvm-c/Types.h>

#include "numbers.h"
#include "tree.h"

struct JitModule {
    Session session;
    Binding *bindings;
    Binding *scope; /* while a derived function is looked at: its names */
    Function *functions;
    const char *name, *text;  /* of the file, as the session has them but while it reads a string */
    struct Special *specials; /* what was inferred and compiled: one per function and types */
    struct Compiled *compiled;
    bool no_cache;
    double compile_ms;
    JitTimes times; /* of the last launch */
};

Node *jit_parse_expression(Session *s, const char *text);
void jit_parse_module(JitModule *m);
const Binding *jit_lookup(const JitModule *m, const char *name);
/* jit_qualify - "math.sqrt" for the expressions sqrt and math.sqrt, or NULL. */
const char *jit_qualify(JitModule *m, const Node *n);

Function *jit_parse_function(JitModule *m, const char *text, const Options *options, Pos pos);

/* ---- Types (types.c) ---- */

typedef struct Type {
    enum {
        K_UNDEF,
        K_NONE,
        K_BOOL,
        K_I8,
        K_I16,
        K_I32,
        K_I64,
        K_U8,
        K_U16,
        K_U32,
        K_U64,
        K_F32,
        K_F64,
        K_ARRAY,
        K_TUPLE
    } kind;
    const struct Type *element; /* array */
    int ndim;                   /* array */
    bool contiguous;            /* array: the last axis has elements side by side, C order */
    int count;                  /* tuple */
    const struct Type **items;  /* tuple */
    struct Type *next;
} Type;

typedef int Kind;

extern const Type jit_undef, jit_none, jit_bool, jit_i32, jit_i64, jit_u64, jit_f32, jit_f64;
const Type *jit_scalar(Kind kind);
const Type *jit_array_type(Session *s, const Type *element, int ndim, bool contiguous);
const Type *jit_tuple_type(Session *s, const Type **items, int count);
bool jit_same(const Type *a, const Type *b);
const Type *jit_unify(Session *s, const Type *a, const Type *b); /* NULL: they do not go together */
const char *jit_type_name(Session *s, const Type *t);            /* as Numba writes it */
bool jit_is_int(const Type *t);                                  /* no bool */
bool jit_is_signed(const Type *t);
bool jit_is_float(const Type *t);
bool jit_is_number(const Type *t); /* bool too */
int jit_bits(const Type *t);
Kind jit_kind_by_name(const char *name, size_t length); /* "float64"; K_UNDEF: no such type */

/* A case of an operation: what it takes and what comes of it, as in Numba's own tables. */
typedef struct Case {
    Kind result, args[3];
    int count;
} Case;
const Case *jit_best_case(const Case *cases, size_t n, const Type *const *args, int count,
                          bool unsafe);
/* jit_op_case - how Numba types an operator for two operands (b NULL: one); NULL: not at all. */
const Case *jit_op_case(Op op, const Type *a, const Type *b);
/* jit_conversion - how good a conversion between scalars is. */
enum { EXACT, PROMOTE, SAFE, UNSAFE, NO_WAY };
int jit_conversion(Kind from, Kind to);

/* A signature in the text, "float64(float64[:], int64)" or "(float64,)": types of arguments. */
typedef struct Signature {
    const Type *result; /* NULL: not stated */
    const Type **args;
    int count;
} Signature;
void jit_read_signature(JitModule *m, const Node *n, Signature *out);
const Type *jit_read_type(JitModule *m, const Node *n);
/* jit_choose_signature - that of the function's own signatures which these types are meant for. */
void jit_choose_signature(JitModule *m, const Function *f, const Type *const *args, Pos pos,
                          Signature *out);

/* ---- Functions that are built in (builtin.c) ---- */

typedef enum {
    RULE_UNARY,  /* math.sin: float64 of integers, float32 of float32 */
    RULE_FLOOR,  /* math.floor: an integer */
    RULE_TEST,   /* math.isnan: a bool */
    RULE_PAIR,   /* math.atan2: two, as RULE_UNARY */
    RULE_FLOATS, /* math.copysign: two floats */
    RULE_SCALE,  /* math.ldexp */
    RULE_PARTS,  /* math.frexp: a float and an int32 */
    RULE_POW,    /* math.pow */
    RULE_GCD,    /* math.gcd */
    RULE_CAST,   /* int32(x), float(x) */
    RULE_ABS,    /* abs */
    RULE_MINMAX, /* min, max */
    RULE_ROUND,  /* round */
    RULE_LEN,    /* len */
    RULE_DIVMOD, /* divmod */
    RULE_RANGE,  /* range, prange: only in for */
    RULE_NUMBER, /* math.pi: no function */
    RULE_UFUNC,  /* numpy.add: see ufunc.c */
    /* The words of CUDA, in functions with @cuda.jit: */
    RULE_REGISTER, /* cuda.threadIdx.x */
    RULE_GRID,     /* cuda.grid, cuda.gridsize */
    RULE_BARRIER,  /* cuda.syncthreads, cuda.threadfence */
    RULE_MEMORY,   /* cuda.shared.array, cuda.local.array */
    RULE_ATOMIC    /* cuda.atomic.add */
} Rule;

typedef struct Builtin {
    const char *name; /* qualified: "math.sin", "numpy.float32", "abs" */
    Rule rule;
    const char *code; /* "llvm.sin" or "tan" or, for RULE_CAST, the type */
    double number;    /* RULE_NUMBER */
} Builtin;
const Builtin *jit_builtin(const char *qualified);
/* jit_is_pythons - is it a function that Python has built in and this language has not? */
bool jit_is_pythons(const char *name);
/* jit_builtin_case - how a call is typed; NULL: not for these. */
const Case *jit_builtin_case(const Builtin *b, const Type *const *args, int count);
/* The same for NumPy's functions of numbers (ufunc.c). */
const Builtin *jit_ufunc(const char *qualified);
const Case *jit_ufunc_case(const Builtin *b, const Type *const *args, int count);

/* ---- Values in blocks: static single assignment form (flow.c) ---- */

typedef enum {
    V_CONST,  /* literal: number or None */
    V_PARAM,  /* index */
    V_UNDEF,  /* read on a way on which nothing was assigned */
    V_PHI,    /* one operand for each predecessor */
    V_BINARY, /* op */
    V_UNARY,
    V_COMPARE,
    V_TRUTH,   /* is it true? */
    V_CALL,    /* callee with operands */
    V_BUILT,   /* builtin with operands */
    V_TUPLE,   /* a tuple of its operands */
    V_ITEM,    /* item index of a tuple; count says how many it must have (0: any) */
    V_INDEX,   /* array or tuple, by operands 1.. */
    V_STORE,   /* operand 0 is the array, the last the value, those between the index */
    V_SHAPE,   /* .shape .size .ndim .strides .itemsize; name */
    V_SLICE,   /* in an index: up to three operands, NULL where left out */
    V_RANGE,   /* the one to three numbers of range(...) */
    V_COUNTER, /* where a loop over a V_RANGE is; those below have it as operand */
    V_MORE,    /* is there another round? */
    V_ELEMENT, /* the number that the loop's variable gets */
    V_STEP,    /* on to the next round */
    V_PARALLEL /* a prange loop on several threads: see flow_parallel.c */
} ValueKind;

enum { ALIAS = 2, EACH = 3 /* a len() that a for loop asks for */ };

/* An array that is made in a kernel. */
typedef struct Made {
    const Type *type;
    int64_t shape[3];
} Made;

typedef struct Value {
    ValueKind kind;
    Op op;
    Pos pos;
    int number; /* %7 in what inspect prints */
    struct Value **args;
    int count, room;
    struct Value *same; /* stands for this one; NULL: itself */
    struct BasicBlock *block;
    struct Value *next; /* in the block */
    Node *literal;      /* V_CONST */
    int index;          /* V_PARAM, V_ITEM; ALIAS in a phi for y = x; RULE_GRID: axes; EACH */
    Made *made;         /* RULE_MEMORY */
    int expected;       /* V_ITEM */
    const char *name;   /* the variable it was assigned to; V_SHAPE: the attribute */
    Function *callee;
    const Builtin *builtin;
    struct Value *partner; /* V_COUNTER: its V_STEP */
    Op *ops;               /* V_PARALLEL: how each of its last operands is reduced */
    int reductions;
} Value;

typedef struct BasicBlock {
    int number;
    Value *first, *last;
    Value *phis;
    struct BasicBlock **preds;
    int pred_count, pred_room;
    bool sealed, reachable; /* sealed: all predecessors are known */
    Value **defs;           /* the variables' values at its end, so far */
    Value **open;           /* not sealed: the phis to be completed, by variable */
    /* How it ends: jump to then; or, if cond, then or orelse; or return value (then NULL). */
    Value *cond, *result;
    Pos result_pos;
    struct BasicBlock *then, *orelse;
    struct BasicBlock *next;
} BasicBlock;

typedef struct Graph {
    Function *function;
    BasicBlock *entry, *last;
    int blocks, values;
} Graph;

Graph *jit_flow(JitModule *m, Function *f);
static inline Value *jit_real(Value *v) {
    while (v && v->same) v = v->same;
    return v;
}
bool jit_const_int(Value *v, int64_t *out);

/* ---- Types of all values (infer.c) ---- */

typedef struct Special {
    Function *function;
    const Type **args;
    const Type **types;            /* by Value.number */
    struct Special **calls;        /* by Value.number: what a V_CALL calls */
    const Type *result, *declared; /* inferred; stated by the function's own signature, or NULL */
    Pos result_pos;
    bool checked;
    LLVMValueRef code; /* in the LLVM module with this mark */
    int mark;
    bool emitted;
    struct Special *next;
} Special;

enum { MAX_PARAM_PARTS = 512 }; /* registers that the arguments of a function take */

Special *jit_infer(JitModule *m, Function *f, const Type **args);
static inline const Type *jit_type_of(const Special *sp, Value *v) {
    return sp->types[jit_real(v)->number];
}
static inline const Type *jit_result_of(const Special *sp) {
    return sp->declared ? sp->declared : sp->result;
}
/* What inspect shows (show.c, show_source.c); all to be freed. */
char *jit_show_tokens(JitModule *m, const Function *f);
char *jit_show_tree(JitModule *m, const Function *f);
char *jit_show_values(JitModule *m, const Special *sp, bool types);

/* ---- Functions made from functions: @vectorize, @cuda.reduce (derive.c) ---- */

enum { MAX_LAYOUT_ARGS = 16 }; /* arguments of one function, the result included */
/* jit_derive - a function made of this text, in which f is the function; made once. */
Function *jit_derive(JitModule *m, Function *f, JitTarget target, const char *text);
/* jit_lay_out - strides of an array in C order; leaves if it is too large. */
void jit_lay_out(Session *s, const Function *f, JitValue *v);
/* jit_vectorized_result - kind and shape of what n arguments give, data NULL. */
void jit_vectorized_result(JitModule *m, Function *f, const JitValue *args, size_t n,
                           JitValue *out);
/* jit_call_vectorized, jit_call_reduce - args as JitApi.call has them.
 *   returns  the exception, or 0 */
int jit_call_vectorized(JitModule *m, Function *f, JitTarget target, const JitValue *args,
                        size_t n);
int jit_call_reduce(JitModule *m, Function *f, JitTarget target, const JitValue *args, size_t n,
                    JitValue *result);
/* jit_derived - what is around a vectorized function or a reduction for arrays of these types;
 * NULL: it is not that, or there is no array. */
Special *jit_derived(JitModule *m, Function *f, JitTarget target, const Type **args, int n);
/* jit_run_special - compile for the target and run, on the CUDA device with that many threads or
 * more (call.c).
 *   returns  the exception, or 0 */
int jit_run_special(JitModule *m, Special *sp, JitTarget target, size_t threads, JitValue *args,
                    size_t n);
JitValue jit_read_slot(const uint64_t *slot, const Type *t);
JitValue jit_convert(JitValue v, const Type *to); /* a number as another kind */

/* ---- Where arrays lie (memory.c) ---- */

typedef struct Stretch {
    char *begin, *end;
} Stretch;
Stretch jit_covered(const JitValue *v); /* by an array */
bool jit_overlap(Stretch a, Stretch b);
bool jit_lie_apart(const JitValue *args, size_t n); /* do no two of the arrays overlap? */

/* ---- Machine code (machine.c) ---- */

/* What is around a compiled function: */
typedef enum {
    ENTRY_CALL,  /* int entry(void **args, void *result), whatever the types */
    ENTRY_PLAIN, /* a C function with the types of the signature */
    ENTRY_KERNEL /* a kernel for the CUDA device */
} EntryKind;

/* What the cache on disk had to do with it (cache.c). */
typedef enum { CACHE_UNUSED, CACHE_HIT, CACHE_MISS } CacheUse;

typedef struct Compiled {
    Special *special;
    EntryKind kind;
    bool apart;                                   /* for arrays that do not overlap */
    int (*entry)(void **args, void *result);      /* each argument by address */
    void *pointer;                                /* plain: a C function of the signature */
    struct LLVMOrcOpaqueResourceTracker *tracker; /* its memory */
    struct Kernel *kernel;                        /* ENTRY_KERNEL: what the driver has (cuda.c) */
    CacheUse cache;
    struct Compiled *next;
} Compiled;

Compiled *jit_compile(JitModule *m, Special *sp, EntryKind kind, bool apart);
void jit_forget(JitModule *m); /* frees the machine code of a module */
char *jit_show_code(JitModule *m, Special *sp, JitForm form);
const char *jit_llvm_version(void);
void jit_start_machine(void); /* once; what compiles calls it by itself */

/* jit_find_vector_functions - those of libmvec that a processor with these features has; and one
 * after the other: its name and address (NULL: not here); false at the end (vector.c). */
void jit_find_vector_functions(const char *features);
bool jit_vector_function(size_t index, char *name, size_t size, void **address);

/* ---- The CUDA device (device.c, cuda.c) ---- */

/* jit_ptx - a function as a kernel called symbol, for devices from compute capability arch (75) on:
 * as LLVM's code, the same optimised, or PTX; to be freed.
 *   *cache  if the function has cache=True: whether it came from there; CACHE_MISS when called: it
 *           is made anew and stored. NULL: the cache is left alone */
char *jit_ptx(JitModule *m, Special *sp, bool apart, const char *symbol, int arch, JitForm form,
              CacheUse *cache);
/* jit_compile_kernel - the kernel for the device of this thread's CUDA context. */
Compiled *jit_compile_kernel(JitModule *m, Special *sp, bool apart);
/* jit_run_kernel - upload the arrays, launch, download them; args have the kernel's types. What it
 * returned lies in slots, and *raised is its exception.
 *   errors  a JIT_* with jit_error() */
int jit_run_kernel(JitModule *m, const Compiled *c, const JitLaunch *launch, const JitValue *args,
                   size_t n, uint64_t slots[JIT_RESULTS], int *raised);
int jit_device_arch(Session *s); /* 75 for compute capability 7.5 */
void jit_forget_kernel(Compiled *c);

/* What compiled code may call (runtime.c): the name and address of one; NULL at the end. */
const char *jit_runtime(size_t index, void **address);
int jit_take_raised(void); /* the status that a function called by pointer left; forgets it */

#endif
