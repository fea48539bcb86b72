// SPDX-License-Identifier: MIT
/* Vector mathematics: sin, exp and their like for several numbers at once. LLVM turns a loop into
 * vector instructions only if everything in it can be done for several numbers at once, and the C
 * library's sin() takes one. libmvec, a part of the GNU C library, has functions that take 2, 4, 8
 * or 16; a call that says so by its attribute "vector-function-abi-variant" no longer stands in the
 * way.
 *
 * They are within 4 units in the last place, where the scalar ones are within 1, and need not set
 * errno or signal; so only functions with fastmath=True get them. The name of such a function says
 * all: _ZGVdN4v_sin is for AVX2 (d), 4 lanes, one vector argument.
 *   source  Vector Function ABI for x86-64, https://sourceware.org/glibc/wiki/libmvec */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <llvm/Config/llvm-config.h>
#include <stdio.h>
#include <string.h>

#include "emit.h"

static const struct {
    const char *name;
    int args;
} functions[] = {{"sin", 1},   {"cos", 1},   {"tan", 1},   {"asin", 1},  {"acos", 1},
                 {"atan", 1},  {"sinh", 1},  {"cosh", 1},  {"tanh", 1},  {"asinh", 1},
                 {"acosh", 1}, {"atanh", 1}, {"exp", 1},   {"expm1", 1}, {"log", 1},
                 {"log2", 1},  {"log10", 1}, {"log1p", 1}, {"exp2", 1},  {"cbrt", 1},
                 {"erf", 1},   {"erfc", 1},  {"pow", 2},   {"atan2", 2}, {"hypot", 2}};
/* Instruction sets, the widest first. */
static const struct {
    char letter;
    int bytes;
    const char *feature;
} sets[] = {{'e', 64, "+avx512f"}, {'d', 32, "+avx2"}, {'b', 16, "+sse2"}};
enum {
    FUNCTIONS = sizeof functions / sizeof functions[0],
    SETS = sizeof sets / sizeof sets[0],
    KINDS = 2, /* double, float */
    ALL = (int)FUNCTIONS * (int)SETS * (int)KINDS
};

static void *addresses[ALL]; /* NULL: not there, or not for this processor */

static void name_of(size_t index, char *name, size_t size) {
    size_t f = index / KINDS / SETS, s = index / KINDS % SETS;
    bool narrow = index % KINDS != 0;
    snprintf(name, size, "_ZGV%cN%d%s_%s%s", sets[s].letter, sets[s].bytes / (narrow ? 4 : 8),
             functions[f].args == 1 ? "v" : "vv", functions[f].name, narrow ? "f" : "");
}

void jit_find_vector_functions(const char *features) {
    void *library = dlopen("libmvec.so.1", RTLD_NOW | RTLD_LOCAL); /* never closed */
    for (size_t i = 0; library && i < ALL; i++) {
        char name[64];
        name_of(i, name, sizeof name);
        if (strstr(features, sets[i / KINDS % SETS].feature)) addresses[i] = dlsym(library, name);
    }
}

bool jit_vector_function(size_t index, char *name, size_t size, void **address) {
    if (index >= ALL) return false;
    name_of(index, name, size);
    *address = addresses[index];
    return true;
}

static void add_enum(Emitter *e, LLVMValueRef f, const char *name) {
    unsigned kind = LLVMGetEnumAttributeKindForName(name, strlen(name));
    LLVMAddAttributeAtIndex(f, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
                            LLVMCreateEnumAttribute(e->context, kind, 0));
}

/* LLVM drops what nobody calls; here it cannot see the caller yet. */
static void keep(Emitter *e, LLVMValueRef *variants, unsigned count) {
    static const char name[] = "llvm.compiler.used";
    LLVMTypeRef pointer = LLVMPointerTypeInContext(e->context, 0);
    LLVMValueRef all[MAX_KEPT], old = LLVMGetNamedGlobal(e->module, name);
    unsigned n = 0;
    if (old) {
        LLVMValueRef list = LLVMGetInitializer(old);
        for (int i = 0; n < MAX_KEPT && i < LLVMGetNumOperands(list); i++)
            all[n++] = LLVMGetOperand(list, (unsigned)i);
        LLVMDeleteGlobal(old);
    }
    for (unsigned i = 0; n < MAX_KEPT && i < count; i++) all[n++] = variants[i];
    LLVMValueRef used = LLVMAddGlobal(e->module, LLVMArrayType(pointer, n), name);
    LLVMSetInitializer(used, LLVMConstArray(pointer, all, n));
    LLVMSetLinkage(used, LLVMAppendingLinkage);
    LLVMSetSection(used, "llvm.metadata");
}

void jit_offer_vectors(Emitter *e, LLVMValueRef call, const char *name, LLVMTypeRef type) {
    if (e->cuda || !e->sp->function->options.fastmath) return;
    char text[512] = "";
    size_t at = 0, length;
    unsigned count = 0;
    bool narrow = LLVMGetTypeKind(type) == LLVMFloatTypeKind;
    LLVMValueRef variants[SETS], callee = LLVMGetCalledValue(call);
    const char *scalar = LLVMGetValueName2(callee, &length);
    for (size_t i = 0; i < ALL; i++) {
        size_t f = i / KINDS / SETS;
        char variant[64];
        if (!addresses[i] || strcmp(functions[f].name, name) != 0 || (i % KINDS != 0) != narrow)
            continue;
        name_of(i, variant, sizeof variant);
        unsigned lanes = (unsigned)(sets[i / KINDS % SETS].bytes / (narrow ? 4 : 8));
        at += (size_t)snprintf(text + at, sizeof text - at, "%s_ZGV_LLVM_N%u%s_%.*s(%s)",
                               at ? "," : "", lanes, functions[f].args == 1 ? "v" : "vv",
                               (int)length, scalar, variant);
        if (LLVMGetNamedFunction(e->module, variant)) continue;
        LLVMTypeRef vector = LLVMVectorType(type, lanes), types[] = {vector, vector};
        LLVMTypeRef signature = LLVMFunctionType(vector, types, (unsigned)functions[f].args, false);
        variants[count++] = LLVMAddFunction(e->module, variant, signature);
    }
    if (count) keep(e, variants, count);
    if (!*text) return;
    static const char key[] = "vector-function-abi-variant";
    LLVMAddCallSiteAttribute(
        call, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
        LLVMCreateStringAttribute(e->context, key, sizeof key - 1, text, (unsigned)strlen(text)));
    if (strncmp(scalar, "llvm.", 5) == 0) return; /* LLVM knows that it has no side effects */
    add_enum(e, callee, "willreturn");
#if LLVM_VERSION_MAJOR >= 16
    add_enum(e, callee, "memory"); /* 0: none */
#else
    add_enum(e, callee, "readnone");
#endif
}
