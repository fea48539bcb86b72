// SPDX-License-Identifier: MIT
/* Step 6, machine code: LLVM optimises the IR for this very processor, makes machine code of it in
 * memory, and says where a function begins. ORC, its just-in-time part, does the linking. One
 * target machine and one ORC session serve the whole process; each compiled function has a tracker,
 * by which its memory is given back when its module goes. With cache=True, the machine code of an
 * earlier process is linked instead, if it is in the cache (cache.c). */
#define _GNU_SOURCE /* memmem */
#include <llvm-c/Error.h>
#include <llvm-c/LLJIT.h>
#include <llvm-c/Orc.h>
#include <llvm-c/Target.h>
#include <llvm-c/Transforms/PassBuilder.h>
#include <llvm/Config/llvm-config.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emit.h"
#include "hc_files.h"
#include "machine.h"

#define NO_NUMBER "0000000000000000" /* where a symbol's number goes: see rename_function */
enum { MAX_SYMBOL = 200 };

typedef struct Machine {
    LLVMTargetMachineRef target;
    LLVMOrcLLJITRef jit;
    char *triple, *cpu, *features, *layout;
    char error[512]; /* why there is none, and what ORC said last */
} Machine;

static Machine machine;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* one compilation at a time */
static unsigned long symbols;

void jit_lock_machine(void) { pthread_mutex_lock(&lock); }
void jit_unlock_machine(void) { pthread_mutex_unlock(&lock); }

const char *jit_llvm_version(void) { return LLVM_VERSION_STRING; }

/* Keep what an LLVM call has to say; returns whether it failed. */
static bool failed(LLVMErrorRef error, char *out, size_t size) {
    if (!error) return false;
    char *message = LLVMGetErrorMessage(error);
    snprintf(out, size, "%s", message);
    LLVMDisposeErrorMessage(message);
    return true;
}

static LLVMTargetMachineRef new_target(void) {
    LLVMTargetRef target;
    char *message = NULL;
    if (LLVMGetTargetFromTriple(machine.triple, &target, &message)) {
        snprintf(machine.error, sizeof machine.error, "%s", message);
        LLVMDisposeMessage(message);
        return NULL;
    }
    return LLVMCreateTargetMachine(target, machine.triple, machine.cpu, machine.features,
                                   LLVMCodeGenLevelAggressive, LLVMRelocDefault,
                                   LLVMCodeModelJITDefault);
}

/* Make the C library's functions known to compiled code, and no others. */
static bool define_runtime(void) {
    enum { MOST = 256 };
    __typeof__(*(LLVMOrcCSymbolMapPairs)NULL) pairs[MOST];
    size_t n = 0;
    void *address;
    memset(pairs, 0, sizeof pairs);
    for (const char *name; n < MOST && (name = jit_runtime(n, &address)) != NULL; n++) {
        pairs[n].Name = LLVMOrcLLJITMangleAndIntern(machine.jit, name);
        pairs[n].Sym.Address = (LLVMOrcExecutorAddress)(uintptr_t)address;
        pairs[n].Sym.Flags.GenericFlags =
            LLVMJITSymbolGenericFlagsExported | LLVMJITSymbolGenericFlagsCallable;
    }
    char name[64];
    for (size_t i = 0; n < MOST && jit_vector_function(i, name, sizeof name, &address); i++) {
        if (!address) continue;
        pairs[n].Name = LLVMOrcLLJITMangleAndIntern(machine.jit, name);
        pairs[n].Sym.Address = (LLVMOrcExecutorAddress)(uintptr_t)address;
        pairs[n++].Sym.Flags.GenericFlags =
            LLVMJITSymbolGenericFlagsExported | LLVMJITSymbolGenericFlagsCallable;
    }
    LLVMOrcJITDylibRef library = LLVMOrcLLJITGetMainJITDylib(machine.jit);
    return !failed(LLVMOrcJITDylibDefine(library, LLVMOrcAbsoluteSymbols(pairs, n)), machine.error,
                   sizeof machine.error);
}

/* This processor, or what Numba's own variables say: NUMBA_CPU_NAME=generic is one without any
 * features, whose code runs on all of this kind. */
static void choose_processor(void) {
#ifdef __x86_64__
    static const char always[] = "+64bit"; /* LLVM ends the process where a name implies less */
#else
    static const char always[] = "";
#endif
    const char *cpu = getenv("NUMBA_CPU_NAME"), *features = getenv("NUMBA_CPU_FEATURES");
    char text[4096];
    if (!features && cpu && strcmp(cpu, "generic") == 0) features = "";
    machine.cpu = cpu && *cpu ? LLVMCreateMessage(cpu) : LLVMGetHostCPUName();
    if (features) snprintf(text, sizeof text, "%.4000s,%s", features, always);
    machine.features = features ? LLVMCreateMessage(text) : LLVMGetHostCPUFeatures();
}

/* What ORC has to say beyond the error that a call returns; without this it goes to stderr. */
static void keep_report(void *unused, LLVMErrorRef error) {
    (void)unused;
    failed(error, machine.error, sizeof machine.error);
}

static void make_machine(void) {
    LLVMInitializeNativeTarget();
    LLVMInitializeNativeAsmPrinter();
    machine.triple = LLVMGetDefaultTargetTriple();
    choose_processor();
    jit_find_vector_functions(machine.features);
    machine.target = new_target();
    LLVMTargetMachineRef second = machine.target ? new_target() : NULL; /* ORC takes it over */
    if (!second) return;
    LLVMTargetDataRef data = LLVMCreateTargetDataLayout(machine.target);
    machine.layout = LLVMCopyStringRepOfTargetData(data);
    LLVMDisposeTargetData(data);
    LLVMOrcLLJITBuilderRef builder = LLVMOrcCreateLLJITBuilder();
    LLVMOrcLLJITBuilderSetJITTargetMachineBuilder(
        builder, LLVMOrcJITTargetMachineBuilderCreateFromTargetMachine(second));
    if (failed(LLVMOrcCreateLLJIT(&machine.jit, builder), machine.error, sizeof machine.error)) {
        machine.jit = NULL;
        return;
    }
    LLVMOrcExecutionSessionSetErrorReporter(LLVMOrcLLJITGetExecutionSession(machine.jit),
                                            keep_report, NULL);
    if (!define_runtime()) machine.jit = NULL;
}

void jit_start_machine(void) { pthread_once(&once, make_machine); }

static void need_machine(Session *s) {
    jit_start_machine();
    if (!machine.jit) jit_stop(s, JIT_ABSENT, "LLVM cannot compile here: %s", machine.error);
}

static void set_attribute(LLVMValueRef f, LLVMContextRef context, const char *key,
                          const char *value) {
    LLVMAddAttributeAtIndex(f, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
                            LLVMCreateStringAttribute(context, key, (unsigned)strlen(key), value,
                                                      (unsigned)strlen(value)));
}

/* Tell LLVM for which processor: without that it uses the instructions of 2003. */
static void set_target(LLVMModuleRef module, LLVMContextRef context) {
    LLVMSetTarget(module, machine.triple);
    LLVMSetDataLayout(module, machine.layout);
    bool wide = strstr(machine.features, "+avx512f") != NULL;
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        if (LLVMIsDeclaration(f)) continue;
        set_attribute(f, context, "target-cpu", machine.cpu);
        set_attribute(f, context, "target-features", machine.features);
        if (wide) set_attribute(f, context, "prefer-vector-width", "512");
    }
}

bool jit_optimise(LLVMModuleRef module, LLVMTargetMachineRef target, char *error, size_t size) {
    LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();
    LLVMPassBuilderOptionsSetLoopVectorization(options, true);
    LLVMPassBuilderOptionsSetSLPVectorization(options, true);
    LLVMPassBuilderOptionsSetLoopUnrolling(options, true);
    LLVMPassBuilderOptionsSetLoopInterleaving(options, true);
    bool bad =
        failed(LLVMRunPasses(module, "always-inline,default<O3>", target, options), error, size);
    LLVMDisposePassBuilderOptions(options);
    return !bad;
}

static void forget(Compiled *c) {
    if (!c->tracker) return;
    LLVMConsumeError(LLVMOrcResourceTrackerRemove(c->tracker));
    LLVMOrcReleaseResourceTracker(c->tracker);
    c->tracker = NULL;
}

/* The module as an object file, to be freed. */
static bool make_object(LLVMModuleRef module, char **object, size_t *bytes, char *error,
                        size_t size) {
    char *message = NULL;
    LLVMMemoryBufferRef buffer = NULL;
    bool bad = LLVMVerifyModule(module, LLVMReturnStatusAction, &message) != 0;
    if (!bad) {
        LLVMDisposeMessage(message);
        message = NULL;
        if (!jit_optimise(module, machine.target, error, size)) return false;
        bad = LLVMTargetMachineEmitToMemoryBuffer(machine.target, module, LLVMObjectFile, &message,
                                                  &buffer) != 0;
    }
    if (bad) {
        snprintf(error, size, "%s", message);
        LLVMDisposeMessage(message);
        return false;
    }
    *bytes = LLVMGetBufferSize(buffer);
    *object = malloc(*bytes);
    if (*object) memcpy(*object, LLVMGetBufferStart(buffer), *bytes);
    else snprintf(error, size, "out of memory");
    LLVMDisposeMemoryBuffer(buffer);
    return *object != NULL;
}

/* Give the function in an object a name that no other has in this process: its last digits, which
 * are zeros in every object, become a number. The name stands there once. */
static bool rename_function(char *object, size_t bytes, char *symbol) {
    size_t length = strlen(symbol) + 1;
    char *at = memmem(object, bytes, symbol, length);
    size_t rest = at ? bytes - (size_t)(at - object) - 1 : 0;
    if (!at || memmem(at + 1, rest, symbol, length)) return false;
    snprintf(symbol + length - sizeof NO_NUMBER, sizeof NO_NUMBER, "%016lx", ++symbols);
    memcpy(at, symbol, length);
    return true;
}

/* Add the object to the session, and look the function up. */
static bool link_object(char *object, size_t bytes, const char *symbol, Compiled *c, char *error,
                        size_t size) {
    char name[MAX_SYMBOL];
    snprintf(name, sizeof name, "%s", symbol);
    if (!rename_function(object, bytes, name)) {
        snprintf(error, size, "the machine code has no function %s", symbol);
        return false;
    }
    LLVMMemoryBufferRef buffer = LLVMCreateMemoryBufferWithMemoryRangeCopy(object, bytes, name);
    c->tracker = LLVMOrcJITDylibCreateResourceTracker(LLVMOrcLLJITGetMainJITDylib(machine.jit));
    LLVMOrcExecutorAddress address = 0;
    *machine.error = '\0';
    if (failed(LLVMOrcLLJITAddObjectFileWithRT(machine.jit, c->tracker, buffer), error, size) ||
        failed(LLVMOrcLLJITLookup(machine.jit, &address, name), error, size)) {
        if (*machine.error) snprintf(error, size, "%s", machine.error);
        forget(c);
        return false;
    }
    uintptr_t number = (uintptr_t)address;
    if (c->kind == ENTRY_PLAIN) memcpy(&c->pointer, &number, sizeof number);
    else memcpy(&c->entry, &number, sizeof number);
    return true;
}

/* From the cache, or made and stored. What the cache has but ORC refuses is made anew. */
static bool build(const JitModule *m, LLVMModuleRef module, const char *symbol, Compiled *c,
                  char *error, size_t size) {
    char *object = NULL,
         *key = jit_cache_key(m, c->special->function, module, machine.target, NULL);
    size_t bytes;
    bool good = key && hc_cache_get(key, &object, &bytes) &&
                link_object(object, bytes, symbol, c, error, size);
    if (key) c->cache = good ? CACHE_HIT : CACHE_MISS;
    if (!good) {
        free(object);
        object = NULL;
        good = make_object(module, &object, &bytes, error, size);
        if (good && key) hc_cache_put(key, object, bytes);
        good = good && link_object(object, bytes, symbol, c, error, size);
    }
    free(object);
    free(key);
    return good;
}

/* The names of functions that are gone stay in a pool until they are cleared. */
static void clear_names(void) {
    LLVMOrcExecutionSessionRef session = LLVMOrcLLJITGetExecutionSession(machine.jit);
    LLVMOrcSymbolStringPoolClearDeadEntries(LLVMOrcExecutionSessionGetSymbolStringPool(session));
}

Compiled *jit_compile(JitModule *m, Special *sp, EntryKind kind, bool apart) {
    for (Compiled *c = m->compiled; c; c = c->next)
        if (c->special == sp && c->kind == kind && c->apart == apart) return c;
    Session *s = &m->session;
    Compiled *c = jit_new(s, 1, sizeof *c);
    *c = (Compiled){.special = sp, .kind = kind, .apart = apart};
    char symbol[MAX_SYMBOL], error[512] = "";
    need_machine(s);
    pthread_mutex_lock(&lock);
    snprintf(symbol, sizeof symbol, "%.100s." NO_NUMBER, sp->function->name);
    LLVMContextRef context = LLVMContextCreate();
    LLVMModuleRef module = jit_emit(m, sp, kind, apart, symbol, context);
    LLVMSetModuleIdentifier(module, "jit", 3); /* the file may lie anywhere */
    LLVMSetSourceFileName(module, "jit", 3);
    set_target(module, context);
    bool good = build(m, module, symbol, c, error, sizeof error);
    LLVMDisposeModule(module);
    LLVMContextDispose(context);
    pthread_mutex_unlock(&lock);
    if (!good) jit_stop(s, JIT_RAISED, "LLVM: %s", error);
    c->next = m->compiled;
    m->compiled = c;
    return c;
}

void jit_forget(JitModule *m) {
    if (!m->compiled) return;
    pthread_mutex_lock(&lock);
    for (Compiled *c = m->compiled; c; c = c->next) {
        forget(c);
        jit_forget_kernel(c);
    }
    if (machine.jit) clear_names();
    pthread_mutex_unlock(&lock);
}

char *jit_print_module(LLVMModuleRef module) {
    char *printed = LLVMPrintModuleToString(module), *text = strdup(printed);
    LLVMDisposeMessage(printed);
    return text;
}

bool jit_assembly(LLVMModuleRef module, LLVMTargetMachineRef target, char **text, char *error,
                  size_t size) {
    LLVMMemoryBufferRef buffer;
    char *message = NULL;
    if (LLVMTargetMachineEmitToMemoryBuffer(target, module, LLVMAssemblyFile, &message, &buffer)) {
        snprintf(error, size, "%s", message);
        LLVMDisposeMessage(message);
        return false;
    }
    *text = strndup(LLVMGetBufferStart(buffer), LLVMGetBufferSize(buffer));
    LLVMDisposeMemoryBuffer(buffer);
    return *text != NULL;
}

char *jit_show_code(JitModule *m, Special *sp, JitForm form) {
    char error[512] = "", *text = NULL;
    need_machine(&m->session);
    pthread_mutex_lock(&lock);
    LLVMContextRef context = LLVMContextCreate();
    EntryKind kind = jit_result_of(sp)->kind == K_TUPLE ? ENTRY_CALL : ENTRY_PLAIN;
    LLVMModuleRef module = jit_emit(m, sp, kind, false, sp->function->name, context);
    if (form != JIT_LLVM) set_target(module, context);
    bool good = form == JIT_LLVM || jit_optimise(module, machine.target, error, sizeof error);
    if (good && form == JIT_ASM) jit_assembly(module, machine.target, &text, error, sizeof error);
    else if (good) text = jit_print_module(module);
    LLVMDisposeModule(module);
    LLVMContextDispose(context);
    pthread_mutex_unlock(&lock);
    if (!text) jit_stop(&m->session, JIT_RAISED, "LLVM: %s", *error ? error : "out of memory");
    return text;
}
