// SPDX-License-Identifier: MIT
/* elementwise.h - kernels from expressions: what the engine beside main.c offers to a program.
 *
 *     EwKernel *axpy;
 *     CHECK_HC(ew_map(device, "axpy", "float a, const float *x, const float *y, float *z",
 *                     "z[i] = a*x[i] + y[i]", NULL, &axpy));
 *     CHECK_HC(ew_run(axpy, EW_ALL, EW_VALUES(EW_FLOAT(2), EW_OF(x), EW_OF(y), EW_OF(z))));
 *
 * The declarations say what the arguments are, the statement is what happens to element i of n.
 * From both, the engine makes the source of a kernel for the device's language (OpenCL C, CUDA C,
 * or C for the threads of the host), compiles it, keeps the result in the cache, and checks every
 * call before anything is launched. Its phases, a file each: types, arguments (args.c), the
 * statement (scan.c makes tokens of it), the source (prologue.c, source_*.c), the back ends
 * (backend_*.c), the check of a call (call.c).
 */
#ifndef ELEMENTWISE_H
#define ELEMENTWISE_H
#include "hc.h"

/* ---- Types of elements; types.def is the one table of them ---- */
typedef enum EwType {
    EW_NONE,
    EW_I8,
    EW_U8,
    EW_I16,
    EW_U16,
    EW_I32,
    EW_U32,
    EW_I64,
    EW_U64,
    EW_F16, /* half: to store in; the device calculates in float, and h is used as h[i] alone */
    EW_F32,
    EW_F64,
    EW_C32, /* complex float: two floats; c_add, c_mul ... in expressions */
    EW_C64, /* complex double */
    EW_TYPES
} EwType;

size_t ew_type_size(EwType type);
const char *ew_type_name(EwType type); /* as a declaration has it: "float", "complex float" */

/* ---- Devices: the one that was chosen, or the threads of the host ---- */
typedef struct EwDevice EwDevice;

/* ew_open - make ready a device of OpenCL, CUDA or cusim; chosen NULL, or the host: C and threads,
 * by the C compiler that HC_CC names, else cc, gcc or clang.
 *   errors  HC_SKIP: no C compiler is here; else the API's */
int ew_open(const HcDevice *chosen, EwDevice **device);
void ew_close(EwDevice *device); /* NULL is tolerated; kernels and arrays first */
const char *ew_device_name(const EwDevice *device); /* "OpenCL, NAME", for tables */
bool ew_device_has(const EwDevice *device, EwType type);

/* ---- Arrays on a device ---- */
typedef struct EwArray {
    EwDevice *device;
    EwType type;
    size_t n;     /* elements, from first on */
    size_t first; /* where this array begins in its memory, in elements: a view */
    void *memory; /* the back end's handle; NULL if n is 0 */
} EwArray;

/* ew_array - n elements on the device, copied from host, or not initialised if that is NULL. */
int ew_array(EwDevice *device, EwType type, size_t n, const void *host, EwArray *array);
/* ew_view - n elements of an array from its element first on: the same memory, not to be freed.
 *   errors  HC_USAGE: it does not lie within the array */
int ew_view(const EwArray *array, size_t first, size_t n, EwArray *view);
int ew_read(const EwArray *array, void *host); /* download: all that was launched is done then */
int ew_write(const EwArray *array, const void *host);
void ew_array_free(EwArray *array);

/* ---- Values: the arguments of a call ---- */
typedef struct EwValue {
    EwType type;
    const EwArray *array; /* NULL: a scalar */
    union {
        int64_t i;  /* of all signed integers */
        uint64_t u; /* of all unsigned ones */
        double f;   /* of half, float and double */
        double c[2];
    };
} EwValue;

#define EW_OF(a) ((EwValue){.type = (a).type, .array = &(a)})
#define EW_SCALAR_I(t, v) ((EwValue){.type = (t), .i = (v)})
#define EW_SCALAR_U(t, v) ((EwValue){.type = (t), .u = (v)})
#define EW_SCALAR_F(t, v) ((EwValue){.type = (t), .f = (v)})
#define EW_INT(v) EW_SCALAR_I(EW_I32, v)
#define EW_FLOAT(v) EW_SCALAR_F(EW_F32, v)
#define EW_DOUBLE(v) EW_SCALAR_F(EW_F64, v)
/* Two parameters at once: the values, and how many they are. */
#define EW_VALUES(...)                                                                             \
    (const EwValue[]){__VA_ARGS__}, sizeof((const EwValue[]){__VA_ARGS__}) / sizeof(EwValue)

/* Which i: start, start + step ... below stop. EW_ALL: 0 .. n, n being the length of the arrays. */
typedef struct EwRange {
    size_t start, stop, step;
} EwRange;
#define EW_ALL ((EwRange){0, SIZE_MAX, 1})

/* ---- Kernels from expressions ---- */
typedef struct EwKernel EwKernel;

typedef struct EwOptions {
    const char
        *preamble;      /* functions in the common subset of C, OpenCL C and CUDA C, put in front */
    bool exact;         /* no contraction to FMA: + - * / sqrt are bit-equal on all devices */
    bool deterministic; /* reductions and scans: one fixed order of operations on all devices */
    bool no_cache;
} EwOptions;

/* ew_map - z[i] = f(x[i], y[i] ...): a kernel that does statement for each i.
 *   name          of the kernel; a C identifier
 *   declarations  "float a, const float *x, float *z": scalars, inputs (const), outputs
 *   statement     one or more C statements over the arguments, i and n, which are long. break and
 *                 continue end what is done for this i
 *   options       NULL: none
 *   errors        HC_USAGE: a declaration is wrong: its number, its text, and what is allowed; or
 *                 the statement would change the kernel around it: column and caret. HC_BUILD: the
 *                 compiler's words, with line, column and caret in the reader's own statement */
int ew_map(EwDevice *device, const char *name, const char *declarations, const char *statement,
           const EwOptions *options, EwKernel **kernel);

/* ew_run - launch for a range. Arrays used as NAME[i] have all one length, n; others, tables, may
 * have another.
 *   errors  HC_USAGE before anything is launched, naming the argument by number and name: wrong
 *           count, scalar for array, wrong type (expected and given), a value that does not fit,
 *           wrong length, another device, misaligned, an output that overlaps another argument
 *           (the same array is allowed as input and output if both are used as NAME[i] alone) */
int ew_run(EwKernel *kernel, EwRange range, const EwValue *values, size_t count);

/* ew_reduction - reduce(... reduce(map(0), map(1)) ...) over i.
 *   item     what is reduced: a type, "float", or up to four fields, "double value, ulong index",
 *            which make the type item and the function make_item(value, index), also for the
 *            preamble
 *   neutral  "0", "make_item(INFINITY, ~0ul)": joined with an item, it gives that item
 *   map      an expression over the arguments, i and n: "x[i]*y[i]"
 *   reduce   an expression over two items a and b: "a + b". It has to be associative, but for the
 *            rounding of floats; the order of the elements is kept, so it need not be
 *            commutative. a + b, a*b, fmin(a, b) and their like on a plain type are known to be,
 *            and faster. With NaN, fmin and fmax give the other one; min, max and a < b ? a : b
 *            give what the order of the joins makes of it
 *   options  exact and deterministic together: bit-equal on all devices, if map and reduce are */
int ew_reduction(EwDevice *device, const char *name, const char *item, const char *neutral,
                 const char *map, const char *reduce, const char *declarations,
                 const EwOptions *options, EwKernel **kernel);

/* ew_reduce - run a reduction; an empty range gives the neutral element.
 *   *result  the item, as a C struct of its fields in order (or the one type) lies in memory */
int ew_reduce(EwKernel *kernel, EwRange range, const EwValue *values, size_t count, void *result);

/* ew_scan - prefix sums, for any associative operation: after it, output has been done for each i
 * with item = the reduction of map(0) .. map(i), prev_item = that of map(0) .. map(i-1) (neutral
 * for i = 0), and last_item = that of all. An inclusive scan has output "z[i] = item", an exclusive
 * one "z[i] = prev_item"; copy_if is an output statement, too. In place, "x[i] = item" for float
 * *x, map reads x[i] alone: it is evaluated more than once. Run by ew_run, by steps of 1. */
int ew_scan(EwDevice *device, const char *name, const char *item, const char *neutral,
            const char *map, const char *scan, const char *output, const char *declarations,
            const EwOptions *options, EwKernel **kernel);

const char *ew_source(const EwKernel *kernel); /* what was generated */
bool ew_from_cache(const EwKernel *kernel);
double
ew_time_ms(const EwKernel *kernel); /* of the last run on the device; NaN if it cannot tell */
void ew_free(EwKernel *kernel);

#endif
