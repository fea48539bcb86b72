// SPDX-License-Identifier: MIT
/* jit.h - the compiler of this recipe, as a program sees it.
 *
 * A module is a Python file whose functions carry Numba's decorators. Load it, and call a function
 * with typed values: it is compiled for exactly these types, once, and run. Or ask for a C function
 * pointer by a signature. All of it lies in libhc_jit.so with LLVM and is reached through one
 * table, so that LLVM's symbols meet nobody else's:
 *
 *     const JitApi *jit;
 *     if (jit_open(&jit) != JIT_OK) ...
 *     JitModule *m;
 *     jit->load("demo.py", NULL, &m);
 *     double (*f)(double, double);
 *     jit->pointer(m, "hypot2", "float64(float64, float64)", (void **)&f);
 *
 * Any thread may use a module, one at a time; compiled code runs on any number of threads.
 */
#ifndef JIT_H
#define JIT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What every function returns; the numbers are the cookbook's exit codes. */
enum {
    JIT_OK = 0,
    JIT_USAGE = 2,   /* no such file or function, or arguments of the wrong number or kind */
    JIT_RAISED = 3,  /* the compiled function raised an exception, or memory ran out */
    JIT_REFUSED = 4, /* the source is outside of the language, or its types do not fit */
    JIT_ABSENT = 77  /* no LLVM in this build, or no CUDA device */
};

typedef enum {
    JIT_NONE,
    JIT_BOOL,
    JIT_I8,
    JIT_I16,
    JIT_I32,
    JIT_I64,
    JIT_U8,
    JIT_U16,
    JIT_U32,
    JIT_U64,
    JIT_F32,
    JIT_F64
} JitKind;

/* An array, as compiled code sees it: float64[:] in a signature is a JitArray * in C.
 *   shapes  shape[k] elements along axis k, stride[k] bytes from one to the next; the first ndim
 *           axes count */
typedef struct JitArray {
    void *data;
    int64_t shape[3], stride[3];
} JitArray;

/* One argument or result: a scalar (ndim 0), in the member that fits its kind, or an array. */
typedef struct JitValue {
    JitKind kind;
    int ndim;
    union {
        bool b;
        int64_t i;  /* JIT_I8 to JIT_I64 */
        uint64_t u; /* JIT_U8 to JIT_U64 */
        float f32;
        double f64;
        JitArray array;
    } as;
} JitValue;

typedef struct JitModule JitModule;

/* Where a function runs: */
typedef enum {
    JIT_DECLARED, /* where its decorator says */
    JIT_CPU,      /* on this thread */
    JIT_PARALLEL, /* on all cores: vectorized functions */
    JIT_CUDA      /* on the CUDA device: a kernel's threads; of another function, one thread */
} JitTarget;

/* How to start a function. grid and block count for kernels alone (@cuda.jit): how many blocks, and
 * how many threads in each. */
typedef struct JitLaunch {
    JitTarget target;
    unsigned grid[3], block[3];
} JitLaunch;

/* What the last call took on the CUDA device; zeros if it ran elsewhere. */
typedef struct JitTimes {
    double upload_ms, kernel_ms, download_ms;
} JitTimes;

/* What the cache on disk did for functions with cache=True. A hit is code that an earlier process
 * has compiled; a miss was compiled here and stored for the next one. */
typedef struct JitCache {
    unsigned hits, misses; /* of compilations: each signature counts */
    bool wanted;           /* does the function have cache=True? */
    const char *folder;    /* where it lies: HC_CACHE_DIR, or else see hc_files.h */
    const char *trouble;   /* why nothing could be stored; NULL if all is well */
} JitCache;

/* What inspect shows of a function, step by step: its tokens, its tree, its values in blocks, these
 * with types, the LLVM code before and after optimisation, and the machine's: this processor's
 * assembly, or PTX, the CUDA device's. */
typedef enum {
    JIT_TOKENS,
    JIT_TREE,
    JIT_FLOW,
    JIT_TYPES,
    JIT_LLVM,
    JIT_LLVM_OPTIMISED,
    JIT_ASM,
    JIT_PTX
} JitForm;

enum { JIT_RESULTS = 8 }; /* a function returns at most so many values, as a tuple */

typedef struct JitApi {
    /* load - read and parse a module; nothing is compiled yet.
     *   name    the file, and the name in messages
     *   text    the source; NULL: what is in the file
     *   errors  JIT_USAGE: the file cannot be read; JIT_REFUSED: see error() */
    int (*load)(const char *name, const char *text, JitModule **out);

    /* unload - free a module with its machine code; NULL is tolerated. */
    void (*unload)(JitModule *module);

    /* call - run a function where launch says (NULL: where its decorator does); the first call with
     * given types compiles it for them.
     *   shapes  args: n values; results: room for JIT_RESULTS; *count of them were written, more
     *           than one for a tuple, 0 for None. A vectorized function takes one argument more,
     *           the array for its results, a guvectorized one all its outputs: see result_of.
     *           @cuda.reduce: an array of one axis and, if it is not 0, the value to begin with.
     *   errors  JIT_RAISED: the exception and its line are in error(); on the CUDA device also
     *           what the driver says */
    int (*call)(JitModule *module, const char *function, const JitLaunch *launch,
                const JitValue *args, size_t n, JitValue *results, size_t *count);

    /* result_of - kind and shape of what a vectorized function makes of n arguments, with strides
     * of an array in C order, and data NULL. A number if all arguments are numbers. Of a
     * guvectorized function: of the output that comes after n arguments, which are its inputs and
     * the outputs before; always an array. */
    int (*result_of)(JitModule *module, const char *function, const JitValue *args, size_t n,
                     JitValue *out);

    /* target - where the function runs by its decorator; JIT_DECLARED: there is no such
     * function. */
    JitTarget (*target)(const JitModule *module, const char *function);

    /* times - of the module's last call. */
    JitTimes (*times)(const JitModule *module);

    /* pointer - a C function for a signature such as "float64(float64[:], int64)". Scalars are
     * passed by value with C's types of that size, arrays as JitArray *. What is returned has the
     * type that was inferred, which the signature may state; tuples cannot be returned. If it
     * raises, it returns 0 and raised() tells. The pointer lives as long as the module. */
    int (*pointer)(JitModule *module, const char *function, const char *signature, void **out);

    /* raised - the exception of this thread's last call through a pointer, forgotten by reading it;
     * NULL if there was none. */
    const char *(*raised)(void);

    /* inspect - what became of a function for a signature; *text is to be freed. */
    int (*inspect)(JitModule *module, const char *function, const char *signature, JitForm form,
                   char **text);

    /* signatures - with which types a function has been compiled so far, as "(int64, float64[::1])
     * -> float64", one after the other; *text is to be freed, and NULL at the end. */
    int (*signatures)(JitModule *module, const char *function, size_t index, char **text);

    /* signature - which signature a call with these values has, as inspect and pointer take it;
     * *text is to be freed. */
    int (*signature)(const JitValue *args, size_t n, char **text);

    /* functions - the names of the module's compiled functions; NULL at the end. */
    const char *(*functions)(const JitModule *module, size_t index);

    /* error - what went wrong last on this thread, in words, with the line and a caret below it. */
    const char *(*error)(void);

    /* compile_ms - milliseconds spent on compiling this module so far. */
    double (*compile_ms)(const JitModule *module);

    const char *(*llvm_version)(void);

    /* vector_maths - the library of sin, exp and their like for several numbers at once, which
     * functions with fastmath=True use; NULL: there is none. */
    const char *(*vector_maths)(void);

    /* use_cache - false: from now on this module's code is neither taken from the cache nor stored,
     * whatever the decorators say. */
    void (*use_cache)(JitModule *module, bool use);

    /* cache - what the cache did for a function of this module, or NULL for all of them.
     *   errors  JIT_USAGE: there is no such function */
    int (*cache)(JitModule *module, const char *function, JitCache *out);
} JitApi;

/* jit_open - the table, out of libhc_jit.so beside the program or in HC_JIT_LIB; opened once.
 *   errors  JIT_ABSENT with a sentence in jit_open_error() */
int jit_open(const JitApi **api);
const char *jit_open_error(void);

#endif
