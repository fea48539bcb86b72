// SPDX-License-Identifier: MIT
/* Step 6 for the CUDA device: LLVM makes PTX, the assembly that a CUDA driver takes, instead of
 * machine code for this processor. The steps before are the same; what differs is small:
 *
 *   - the function for C is a kernel (emit_cuda.c), whose arguments come by value;
 *   - sin, pow and their like are functions of device/math.bc, or of NVIDIA's libdevice if that is
 *     wanted, which are linked in as LLVM's code, so that they are optimised with the rest;
 *   - nothing may stay unresolved, since a driver refuses such a text. */
#define _POSIX_C_SOURCE 200809L
#include <llvm-c/BitReader.h>
#include <llvm-c/Comdat.h>
#include <llvm-c/Linker.h>
#include <llvm-c/Target.h>
#include <llvm/Config/llvm-config.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emit.h"
#include "hc_files.h"
#include "machine.h"

#ifndef JIT_DEVICE_MATH /* the one cc line of README, typed in the recipe's folder */
#define JIT_DEVICE_MATH "engine/device/math.bc"
#endif
__asm__(".pushsection .rodata\n"
        ".balign 16\n"
        "jit_device_math:\n"
        ".incbin \"" JIT_DEVICE_MATH "\"\n"
        "jit_device_math_end:\n"
        ".byte 0\n"
        ".popsection\n");
extern const char jit_device_math[] __attribute__((visibility("hidden")));
extern const char jit_device_math_end[] __attribute__((visibility("hidden")));

static const char triple[] = "nvptx64-nvidia-cuda";
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_targets(void) { /* there is no function for NVPTX that every LLVM has */
    LLVMInitializeAllTargetInfos();
    LLVMInitializeAllTargets();
    LLVMInitializeAllTargetMCs();
    LLVMInitializeAllAsmPrinters();
}

/* The newest architecture up to arch that this LLVM knows, and the oldest PTX that has it. */
static LLVMTargetMachineRef new_target(Session *s, int arch) {
    static const struct {
        int arch, llvm;
        const char *ptx;
    } known[] = {{60, 0, "+ptx50"},  {61, 0, "+ptx50"},  {62, 0, "+ptx50"}, {70, 0, "+ptx60"},
                 {72, 0, "+ptx61"},  {75, 0, "+ptx63"},  {80, 0, "+ptx70"}, {86, 0, "+ptx71"},
                 {87, 16, "+ptx74"}, {89, 16, "+ptx78"}, {90, 16, "+ptx78"}};
    LLVMTargetRef target;
    char *message = NULL, cpu[16];
    size_t best = 0;
    pthread_once(&once, make_targets);
    if (LLVMGetTargetFromTriple(triple, &target, &message)) {
        char copy[200];
        snprintf(copy, sizeof copy, "%s", message);
        LLVMDisposeMessage(message);
        jit_stop(s, JIT_ABSENT, "this LLVM makes no PTX: %s", copy);
    }
    if (arch < known[0].arch)
        jit_stop(s, JIT_ABSENT, "the device is of compute capability %d.%d; 6.0 is the oldest",
                 arch / 10, arch % 10);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].arch <= arch && known[i].llvm <= LLVM_VERSION_MAJOR) best = i;
    snprintf(cpu, sizeof cpu, "sm_%d", known[best].arch);
    return LLVMCreateTargetMachine(target, triple, cpu, known[best].ptx, LLVMCodeGenLevelAggressive,
                                   LLVMRelocDefault, LLVMCodeModelDefault);
}

static bool failed_text(char *message, char *error, size_t size) {
    snprintf(error, size, "%s", message ? message : "the reason is not known");
    LLVMDisposeMessage(message);
    return false;
}

/* Does the module call a function that is not in it? */
static const char *unresolved(LLVMModuleRef module) {
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        size_t length;
        const char *name = LLVMGetValueName2(f, &length);
        if (LLVMIsDeclaration(f) && strncmp(name, "llvm.", 5) != 0 && LLVMGetFirstUse(f) &&
            strcmp(name, "__nvvm_reflect") != 0) /* LLVM answers that one itself */
            return name;
    }
    return NULL;
}

enum { SAID = 200 };

/* What LLVM says while it reads a file; without this it would end the process. */
static void keep_diagnostic(LLVMDiagnosticInfoRef info, void *text) {
    char *message = LLVMGetDiagInfoDescription(info);
    if (LLVMGetDiagInfoSeverity(info) == LLVMDSError) snprintf(text, SAID, "%s", message);
    LLVMDisposeMessage(message);
}

static bool link_module(LLVMModuleRef module, LLVMMemoryBufferRef buffer) {
    LLVMModuleRef math;
    if (LLVMGetBitcodeModuleInContext2(LLVMGetModuleContext(module), buffer, &math)) {
        LLVMDisposeMemoryBuffer(buffer); /* else it is the module's, which reads what is needed */
        return false;
    }
    LLVMValueRef used = LLVMGetNamedGlobal(math, "llvm.compiler.used");
    if (used) LLVMDeleteGlobal(used); /* it would keep everything */
    LLVMSetDataLayout(math, LLVMGetDataLayoutStr(module));
    LLVMSetTarget(math, triple);
    return !LLVMLinkModules2(module, math);
}

/* Link a file of LLVM's code; name is for the error. */
static bool link_bitcode(LLVMModuleRef module, LLVMMemoryBufferRef buffer, const char *name,
                         char *error, size_t size) {
    LLVMContextRef context = LLVMGetModuleContext(module);
    char said[SAID] = "";
    LLVMContextSetDiagnosticHandler(context, keep_diagnostic, said);
    bool good = link_module(module, buffer);
    LLVMContextSetDiagnosticHandler(context, NULL, NULL);
    if (!good) snprintf(error, size, "%s cannot be linked: %s", name, said);
    return good;
}

/* NVIDIA's own mathematics, if HC_LIBDEVICE names the file (nvvm/libdevice/libdevice.10.bc of a
 * CUDA toolkit): faster on a GPU, and other in the last digits. Its functions are called __nv_sin
 * where ours are hc_sin. */
static bool link_libdevice(LLVMModuleRef module, char *error, size_t size) {
    const char *path = getenv("HC_LIBDEVICE");
    char *message = NULL;
    LLVMMemoryBufferRef buffer;
    if (!path || !*path) return true;
    if (LLVMCreateMemoryBufferWithContentsOfFile(path, &buffer, &message)) {
        snprintf(error, size, "HC_LIBDEVICE=%s: %s", path, message);
        LLVMDisposeMessage(message);
        return false;
    }
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        size_t length;
        char name[64];
        const char *ours = LLVMGetValueName2(f, &length);
        if (!LLVMIsDeclaration(f) || strncmp(ours, "hc_", 3) != 0) continue;
        snprintf(name, sizeof name, "__nv_%s", ours + 3);
        LLVMSetValueName2(f, name, strlen(name));
    }
    return link_bitcode(module, buffer, path, error, size);
}

/* Link the functions of math.bc that are called; what is not called stays out, as each is inline
 * (linkonce_odr). What came in is for this module alone, so that LLVM may inline and drop it. */
static bool link_math(LLVMModuleRef module, const char *symbol, char *error, size_t size) {
    if (!unresolved(module)) return true;
    if (!link_libdevice(module, error, size)) return false;
    size_t bytes = (size_t)(jit_device_math_end - jit_device_math);
    LLVMMemoryBufferRef buffer =
        LLVMCreateMemoryBufferWithMemoryRangeCopy(jit_device_math, bytes, "math.bc");
    if (!link_bitcode(module, buffer, "math.bc", error, size)) return false;
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        size_t length;
        if (LLVMIsDeclaration(f) || strcmp(LLVMGetValueName2(f, &length), symbol) == 0) continue;
        LLVMSetComdat(f, NULL);
        LLVMSetLinkage(f, LLVMInternalLinkage);
        static const char *const fixed[] = {"target-cpu", "target-features"};
        for (int i = 0; i < 2; i++) /* they keep LLVM from inlining */
            LLVMRemoveStringAttributeAtIndex(f, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
                                             fixed[i], (unsigned)strlen(fixed[i]));
    }
    const char *name = unresolved(module);
    if (name) snprintf(error, size, "the CUDA device has no function %s", name);
    return !name;
}

static void set_target(LLVMModuleRef module, LLVMTargetMachineRef target) {
    LLVMTargetDataRef data = LLVMCreateTargetDataLayout(target);
    char *layout = LLVMCopyStringRepOfTargetData(data);
    LLVMSetTarget(module, triple);
    LLVMSetDataLayout(module, layout);
    LLVMDisposeMessage(layout);
    LLVMDisposeTargetData(data);
}

static bool make(LLVMModuleRef module, const char *symbol, LLVMTargetMachineRef target,
                 JitForm form, char **text, char *error, size_t size) {
    char *message = NULL;
    if (form == JIT_LLVM) return (*text = jit_print_module(module)) != NULL;
    if (!link_math(module, symbol, error, size)) return false;
    if (LLVMVerifyModule(module, LLVMReturnStatusAction, &message))
        return failed_text(message, error, size);
    LLVMDisposeMessage(message);
    if (!jit_optimise(module, target, error, size)) return false;
    if (form == JIT_LLVM_OPTIMISED) return (*text = jit_print_module(module)) != NULL;
    return jit_assembly(module, target, text, error, size);
}

/* PTX from the cache, or made and stored. */
static bool make_cached(const JitModule *m, const Function *f, LLVMModuleRef module,
                        const char *symbol, LLVMTargetMachineRef target, CacheUse *use, char **text,
                        char *error, size_t size) {
    size_t length;
    LLVMSetModuleIdentifier(module, "jit", 3); /* the file may lie anywhere */
    LLVMSetSourceFileName(module, "jit", 3);
    char *key = jit_cache_key(m, f, module, target, getenv("HC_LIBDEVICE"));
    bool hit = key && *use != CACHE_MISS && hc_cache_get(key, text, &length);
    bool good = hit || make(module, symbol, target, JIT_PTX, text, error, size);
    if (good && key && !hit) hc_cache_put(key, *text, strlen(*text));
    if (key) *use = hit ? CACHE_HIT : CACHE_MISS;
    free(key);
    return good;
}

char *jit_ptx(JitModule *m, Special *sp, bool apart, const char *symbol, int arch, JitForm form,
              CacheUse *cache) {
    char error[512] = "out of memory", *text = NULL;
    LLVMTargetMachineRef target = new_target(&m->session, arch);
    jit_lock_machine();
    LLVMContextRef context = LLVMContextCreate();
    LLVMModuleRef module = jit_emit(m, sp, ENTRY_KERNEL, apart, symbol, context);
    set_target(module, target);
    bool good = cache ? make_cached(m, sp->function, module, symbol, target, cache, &text, error,
                                    sizeof error)
                      : make(module, symbol, target, form, &text, error, sizeof error);
    if (!good) text = NULL;
    LLVMDisposeModule(module);
    LLVMContextDispose(context);
    LLVMDisposeTargetMachine(target);
    jit_unlock_machine();
    if (!text) jit_stop(&m->session, JIT_RAISED, "LLVM: %s", error);
    return text;
}
