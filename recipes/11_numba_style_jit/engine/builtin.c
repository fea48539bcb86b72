// SPDX-License-Identifier: MIT
/* The functions that programs find ready: abs and range, those of the module math, and the types
 * as functions, such as int32(x). One table says for each how it is typed and what it becomes: an
 * intrinsic of LLVM, which knows its meaning and can optimise it, or the C library's function. */
#include <math.h>
#include <string.h>

#include "internal.h"

static const Builtin table[] = {
    {"math.sqrt", RULE_UNARY, "llvm.sqrt", 0},
    {"math.exp", RULE_UNARY, "llvm.exp", 0},
    {"math.log", RULE_UNARY, "llvm.log", 0},
    {"math.log2", RULE_UNARY, "llvm.log2", 0},
    {"math.log10", RULE_UNARY, "llvm.log10", 0},
    {"math.sin", RULE_UNARY, "llvm.sin", 0},
    {"math.cos", RULE_UNARY, "llvm.cos", 0},
    {"math.fabs", RULE_UNARY, "llvm.fabs", 0},
    {"math.tan", RULE_UNARY, "tan", 0},
    {"math.asin", RULE_UNARY, "asin", 0},
    {"math.acos", RULE_UNARY, "acos", 0},
    {"math.atan", RULE_UNARY, "atan", 0},
    {"math.sinh", RULE_UNARY, "sinh", 0},
    {"math.cosh", RULE_UNARY, "cosh", 0},
    {"math.tanh", RULE_UNARY, "tanh", 0},
    {"math.asinh", RULE_UNARY, "asinh", 0},
    {"math.acosh", RULE_UNARY, "acosh", 0},
    {"math.atanh", RULE_UNARY, "atanh", 0},
    {"math.expm1", RULE_UNARY, "expm1", 0},
    {"math.log1p", RULE_UNARY, "log1p", 0},
    {"math.erf", RULE_UNARY, "erf", 0},
    {"math.erfc", RULE_UNARY, "erfc", 0},
    {"math.gamma", RULE_UNARY, "tgamma", 0},
    {"math.lgamma", RULE_UNARY, "lgamma", 0},
    {"math.degrees", RULE_UNARY, "degrees", 0},
    {"math.radians", RULE_UNARY, "radians", 0},
    {"math.floor", RULE_FLOOR, "llvm.floor", 0},
    {"math.ceil", RULE_FLOOR, "llvm.ceil", 0},
    {"math.trunc", RULE_FLOOR, "llvm.trunc", 0},
    {"math.isnan", RULE_TEST, "isnan", 0},
    {"math.isinf", RULE_TEST, "isinf", 0},
    {"math.isfinite", RULE_TEST, "isfinite", 0},
    {"math.atan2", RULE_PAIR, "atan2", 0},
    {"math.hypot", RULE_PAIR, "hypot", 0},
    {"math.fmod", RULE_FLOATS, "fmod", 0}, /* Numba has it on the CUDA device alone */
    {"math.ldexp", RULE_SCALE, NULL, 0},
    {"math.frexp", RULE_PARTS, NULL, 0},
    {"math.copysign", RULE_FLOATS, "llvm.copysign", 0},
    {"math.nextafter", RULE_FLOATS, "nextafter", 0},
    {"math.pow", RULE_POW, "llvm.pow", 0},
    {"math.gcd", RULE_GCD, "gcd", 0},
    {"math.pi", RULE_NUMBER, NULL, 3.14159265358979323846},
    {"math.e", RULE_NUMBER, NULL, 2.71828182845904523536},
    {"math.tau", RULE_NUMBER, NULL, 6.28318530717958647693},
    {"math.inf", RULE_NUMBER, NULL, (double)INFINITY},
    {"math.nan", RULE_NUMBER, NULL, (double)NAN},
    {"numpy.pi", RULE_NUMBER, NULL, 3.14159265358979323846},
    {"numpy.e", RULE_NUMBER, NULL, 2.71828182845904523536},
    {"numpy.inf", RULE_NUMBER, NULL, (double)INFINITY},
    {"numpy.nan", RULE_NUMBER, NULL, (double)NAN},
    {"int", RULE_CAST, "int", 0},
    {"float", RULE_CAST, "float", 0},
    {"bool", RULE_CAST, "bool", 0},
    {"abs", RULE_ABS, NULL, 0},
    {"min", RULE_MINMAX, "min", 0},
    {"max", RULE_MINMAX, "max", 0},
    {"round", RULE_ROUND, "llvm.rint", 0},
    {"len", RULE_LEN, NULL, 0},
    {"pow", RULE_POW, "**", 0},
    {"divmod", RULE_DIVMOD, NULL, 0},
    {"range", RULE_RANGE, NULL, 0},
    {"numba.prange", RULE_RANGE, NULL, 0},
};

/* The words of CUDA. code: the register, the intrinsic, or which one of several. */
#define INDEX(name, code)                                                                          \
    {"numba.cuda." name ".x", RULE_REGISTER, code ".x", 0},                                        \
        {"numba.cuda." name ".y", RULE_REGISTER, code ".y", 0}, {                                  \
        "numba.cuda." name ".z", RULE_REGISTER, code ".z", 0                                       \
    }
#define ATOMIC(name)                                                                               \
    { "numba.cuda.atomic." name, RULE_ATOMIC, name, 0 }
static const Builtin cuda[] = {
    INDEX("threadIdx", "tid"),
    INDEX("blockIdx", "ctaid"),
    INDEX("blockDim", "ntid"),
    INDEX("gridDim", "nctaid"),
    {"numba.cuda.laneid", RULE_REGISTER, "laneid", 0},
    {"numba.cuda.warpsize", RULE_REGISTER, "warpsize", 0},
    {"numba.cuda.grid", RULE_GRID, "grid", 0},
    {"numba.cuda.gridsize", RULE_GRID, "gridsize", 0},
    {"numba.cuda.syncthreads", RULE_BARRIER, "llvm.nvvm.barrier0", 0},
    {"numba.cuda.syncwarp", RULE_BARRIER, "llvm.nvvm.bar.warp.sync", 0},
    {"numba.cuda.threadfence", RULE_BARRIER, "llvm.nvvm.membar.gl", 0},
    {"numba.cuda.threadfence_block", RULE_BARRIER, "llvm.nvvm.membar.cta", 0},
    {"numba.cuda.threadfence_system", RULE_BARRIER, "llvm.nvvm.membar.sys", 0},
    {"numba.cuda.shared.array", RULE_MEMORY, "shared", 0},
    {"numba.cuda.local.array", RULE_MEMORY, "local", 0},
    ATOMIC("add"),
    ATOMIC("sub"),
    ATOMIC("max"),
    ATOMIC("min"),
    ATOMIC("and_"),
    ATOMIC("or_"),
    ATOMIC("xor"),
    ATOMIC("exch"),
    ATOMIC("inc"),
    ATOMIC("dec"),
    ATOMIC("cas"),
    ATOMIC("compare_and_swap")};

/* numpy.float32, numba.int64 and so on: RULE_CAST, one for each type. */
#define TYPE(name)                                                                                 \
    {"numpy." name, RULE_CAST, name, 0}, { "numba." name, RULE_CAST, name, 0 }
static const Builtin casts[] = {TYPE("int8"),
                                TYPE("int16"),
                                TYPE("int32"),
                                TYPE("int64"),
                                TYPE("uint8"),
                                TYPE("uint16"),
                                TYPE("uint32"),
                                TYPE("uint64"),
                                TYPE("intp"),
                                TYPE("float32"),
                                TYPE("float64"),
                                TYPE("bool_"),
                                {"numba.boolean", RULE_CAST, "bool_", 0}};

const Builtin *jit_builtin(const char *qualified) {
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i].name, qualified) == 0) return &table[i];
    for (size_t i = 0; i < sizeof cuda / sizeof cuda[0]; i++)
        if (strcmp(cuda[i].name, qualified) == 0) return &cuda[i];
    for (size_t i = 0; i < sizeof casts / sizeof casts[0]; i++)
        if (strcmp(casts[i].name, qualified) == 0) return &casts[i];
    return jit_ufunc(qualified);
}

/* ---- How calls are typed: cases as in Numba ---- */

#define ONE(result, a)                                                                             \
    { result, {a}, 1 }
#define TWO(result, a, b)                                                                          \
    { result, {a, b}, 2 }
#define SAME(k) TWO(k, k, k)

static const Case unary[] = {ONE(K_F64, K_I64), ONE(K_F64, K_U64), ONE(K_F32, K_F32),
                             ONE(K_F64, K_F64)};
static const Case to_int[] = {ONE(K_I64, K_I64), ONE(K_U64, K_U64), ONE(K_I64, K_F32),
                              ONE(K_I64, K_F64)};
static const Case tests[] = {ONE(K_BOOL, K_I64), ONE(K_BOOL, K_U64), ONE(K_BOOL, K_F32),
                             ONE(K_BOOL, K_F64)};
static const Case pairs[] = {TWO(K_F64, K_I64, K_I64), TWO(K_F64, K_U64, K_U64), SAME(K_F32),
                             SAME(K_F64)};
static const Case floats[] = {SAME(K_F32), SAME(K_F64)};
static const Case parts[] = {ONE(K_F64, K_F64), ONE(K_F32, K_F32)};
static const Case scales[] = {TWO(K_F64, K_F64, K_I32), TWO(K_F32, K_F32, K_I32)};
static const Case math_pow[] = {TWO(K_F64, K_F64, K_I64), TWO(K_F64, K_F64, K_U64), SAME(K_F32),
                                SAME(K_F64)};
static const Case gcd[] = {SAME(K_I64), SAME(K_I32), SAME(K_I16), SAME(K_I8),
                           SAME(K_U64), SAME(K_U32), SAME(K_U16), SAME(K_U8)};
static const Case absolute[] = {
    ONE(K_I8, K_I8),   ONE(K_I16, K_I16), ONE(K_I32, K_I32), ONE(K_I64, K_I64), ONE(K_U8, K_U8),
    ONE(K_U16, K_U16), ONE(K_U32, K_U32), ONE(K_U64, K_U64), ONE(K_F32, K_F32), ONE(K_F64, K_F64)};
static const Case rounded[] = {ONE(K_I64, K_F32), ONE(K_I64, K_F64), TWO(K_F32, K_F32, K_I64),
                               TWO(K_F64, K_F64, K_I64)};
static const Case divided[] = {SAME(K_I64), SAME(K_U64), SAME(K_F32), SAME(K_F64)};
static const Case ranges[] = {
    {K_I32, {K_I32}, 1}, {K_I32, {K_I32, K_I32}, 2}, {K_I32, {K_I32, K_I32, K_I32}, 3},
    {K_I64, {K_I64}, 1}, {K_I64, {K_I64, K_I64}, 2}, {K_I64, {K_I64, K_I64, K_I64}, 3},
    {K_U64, {K_U64}, 1}, {K_U64, {K_U64, K_U64}, 2}, {K_U64, {K_U64, K_U64, K_U64}, 3}};
#define BEST(cases) jit_best_case(cases, sizeof(cases) / sizeof(cases)[0], args, count, true)

const Case *jit_builtin_case(const Builtin *b, const Type *const *args, int count) {
    switch (b->rule) {
    case RULE_UNARY: return BEST(unary);
    case RULE_FLOOR: return BEST(to_int);
    case RULE_TEST: return BEST(tests);
    case RULE_PAIR: return BEST(pairs);
    case RULE_FLOATS: return BEST(floats);
    case RULE_SCALE: return BEST(scales);
    case RULE_PARTS: return BEST(parts);
    case RULE_POW: return BEST(math_pow);
    case RULE_GCD: return BEST(gcd);
    case RULE_ABS: return BEST(absolute);
    case RULE_ROUND: return BEST(rounded);
    case RULE_DIVMOD: return BEST(divided);
    case RULE_RANGE: return BEST(ranges);
    case RULE_UFUNC: return jit_ufunc_case(b, args, count);
    default: return NULL;
    }
}

bool jit_is_pythons(const char *name) {
    static const char *const names[] = {
        "print", "sum",     "list",  "tuple",  "dict",       "set",      "str",  "map", "filter",
        "any",   "all",     "iter",  "next",   "sorted",     "reversed", "chr",  "ord", "hash",
        "id",    "type",    "input", "open",   "isinstance", "slice",    "repr", "bin", "hex",
        "oct",   "complex", "bytes", "format", "getattr",    "setattr"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}
