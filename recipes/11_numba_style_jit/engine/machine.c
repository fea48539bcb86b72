// SPDX-License-Identifier: MIT
/* Step 6, machine code: LLVM optimises the IR for this very processor, makes machine code of it in
 * memory, and says where a function begins. ORC, its just-in-time part, does the linking. One
 * target machine and one ORC session serve the whole process; each compiled function has a tracker,
 * by which its memory is given back when its module goes. */
#define _POSIX_C_SOURCE 200809L
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
#include "machine.h"

typedef struct Machine {
    LLVMTargetMachineRef target;
    LLVMOrcLLJITRef jit;
    char *triple, *cpu, *features, *layout;
    char error[512]; /* why there is none */
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

static void make_machine(void) {
    LLVMInitializeNativeTarget();
    LLVMInitializeNativeAsmPrinter();
    machine.triple = LLVMGetDefaultTargetTriple();
    machine.cpu = LLVMGetHostCPUName();
    machine.features = LLVMGetHostCPUFeatures();
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

/* Optimise, add to the session, and look up; on failure error says why. */
static bool build(LLVMModuleRef module, LLVMOrcThreadSafeContextRef context, const char *symbol,
                  Compiled *c, char *error, size_t size) {
    if (!jit_optimise(module, machine.target, error, size)) {
        LLVMDisposeModule(module);
        return false;
    }
    LLVMOrcJITDylibRef library = LLVMOrcLLJITGetMainJITDylib(machine.jit);
    LLVMOrcResourceTrackerRef tracker = LLVMOrcJITDylibCreateResourceTracker(library);
    LLVMOrcThreadSafeModuleRef safe = LLVMOrcCreateNewThreadSafeModule(module, context);
    c->tracker = tracker;
    if (failed(LLVMOrcLLJITAddLLVMIRModuleWithRT(machine.jit, tracker, safe), error, size)) {
        LLVMOrcDisposeThreadSafeModule(safe);
        return false;
    }
    LLVMOrcExecutorAddress address = 0;
    if (failed(LLVMOrcLLJITLookup(machine.jit, &address, symbol), error, size)) return false;
    uintptr_t number = (uintptr_t)address;
    if (c->kind == ENTRY_PLAIN) memcpy(&c->pointer, &number, sizeof number);
    else memcpy(&c->entry, &number, sizeof number);
    return true;
}

static void forget(Compiled *c) {
    if (!c->tracker) return;
    LLVMConsumeError(LLVMOrcResourceTrackerRemove(c->tracker));
    LLVMOrcReleaseResourceTracker(c->tracker);
    c->tracker = NULL;
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
    c->kind = kind;
    c->apart = apart;
    char symbol[200], error[512] = "";
    need_machine(s);
    pthread_mutex_lock(&lock);
    snprintf(symbol, sizeof symbol, "%.100s.%lu", sp->function->name, ++symbols);
    LLVMOrcThreadSafeContextRef context = LLVMOrcCreateNewThreadSafeContext();
    LLVMContextRef plain_context = LLVMOrcThreadSafeContextGetContext(context);
    LLVMModuleRef module = jit_emit(m, sp, kind, apart, symbol, plain_context);
    set_target(module, plain_context);
    char *message = NULL;
    bool good = !LLVMVerifyModule(module, LLVMReturnStatusAction, &message);
    if (!good) {
        snprintf(error, sizeof error, "%s", message);
        LLVMDisposeModule(module);
    } else good = build(module, context, symbol, c, error, sizeof error);
    LLVMDisposeMessage(message);
    LLVMOrcDisposeThreadSafeContext(context);
    if (!good) forget(c);
    pthread_mutex_unlock(&lock);
    if (!good) jit_stop(s, JIT_RAISED, "LLVM: %s", error);
    c->special = sp;
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
