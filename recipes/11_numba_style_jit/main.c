// SPDX-License-Identifier: MIT
/* The first lesson in just-in-time compilation: one expression becomes machine code while the
 * program runs, and is called through a function pointer. The second lesson is engine/, where the
 * expressions come from Python source; `./cook run 11 FILE.py FUNCTION ARGS` leads there.
 *
 * Run:        ./cook run 11          or with fewer numbers: ./cook run 11 -n 1000
 * Shapes:     x, y, z: n doubles on the host; z = x * x + y * y
 * Tolerance:  1 ulp: where the C compiler may fuse a * b + c, it rounds once instead of twice
 */
#include <llvm-c/Analysis.h>
#include <llvm-c/Core.h>
#include <llvm-c/LLJIT.h>
#include <llvm-c/Target.h>

#include "program.h"

//> reference
static double reference(double x, double y) { return x * x + y * y; }
//< reference

static const char *via = "llvm";
static const HcOption options[] = {
    HC_CHOICE("via", &via, "llvm|cc", "how to get machine code: LLVM, or C and a C compiler"),
    HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "11_numba_style_jit",
                                .summary = "a just-in-time compiler in the style of Numba\n\n"
                                           "Or:    11_numba_style_jit FILE.py FUNCTION ARGS... "
                                           "[OPTIONS]  (--help there says more)",
                                .apis = (const HcApi *const[]){&hc_host_api, NULL},
                                .options = options,
                                .size = {1 << 20},
                                .rank = 1,
                                .repeat = 10,
                                .random = true};

/* LLVM reports failure by an error object; hc wants a status and a sentence. */
static int check(LLVMErrorRef error) {
    if (!error) return HC_OK;
    char *message = LLVMGetErrorMessage(error);
    int status = hc_set_error(HC_ERROR, 0, "LLVM", NULL, "%s", message);
    LLVMDisposeErrorMessage(message);
    return status;
}

int jit_main(int argc, char **argv) {
    if (is_program(argc, argv)) return jit_program(argc, argv); /* the second lesson */
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    HcDevice host; /* the host itself; LLVM asks for its processor by itself */
    CHECK_HC(hc_choose_device(&host));
    if (strcmp(via, "cc") == 0) return lesson_by_cc(&args); /* the other way: by_cc.c */
    size_t n = args.size[0];

    /* 1. Input, and the answer to compare with. */
    double *x, *y, *z, *want;
    CHECK_HC(hc_alloc(n, sizeof *x, &x));
    CHECK_HC(hc_alloc(n, sizeof *y, &y));
    CHECK_HC(hc_alloc(n, sizeof *z, &z));
    CHECK_HC(hc_alloc(n, sizeof *want, &want));
    hc_fill(HC_F64, x, n, args.seed, 0);
    hc_fill(HC_F64, y, n, args.seed, 1);
    for (size_t i = 0; i < n; i++) want[i] = reference(x[i], y[i]);

    double start_ms = hc_now_ms();
    //> module
    /* 2. A module holds functions; this one gets double f(double, double), with one block. */
    LLVMOrcThreadSafeContextRef shared = LLVMOrcCreateNewThreadSafeContext();
    LLVMContextRef context = LLVMOrcThreadSafeContextGetContext(shared);
    LLVMModuleRef module = LLVMModuleCreateWithNameInContext("lesson", context);
    LLVMTypeRef real = LLVMDoubleTypeInContext(context), types[] = {real, real};
    LLVMValueRef f = LLVMAddFunction(module, "f", LLVMFunctionType(real, types, 2, false));
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(context);
    LLVMPositionBuilderAtEnd(builder, LLVMAppendBasicBlockInContext(context, f, "entry"));
    //< module

    //> expression
    /* 3. The expression: each call appends one instruction. Nothing is computed yet. */
    LLVMValueRef a = LLVMGetParam(f, 0), b = LLVMGetParam(f, 1);
    LLVMValueRef squares[] = {LLVMBuildFMul(builder, a, a, "xx"),
                              LLVMBuildFMul(builder, b, b, "yy")};
    LLVMBuildRet(builder, LLVMBuildFAdd(builder, squares[0], squares[1], "sum"));
    LLVMDisposeBuilder(builder);
    char *text = LLVMPrintModuleToString(module);
    hc_say("%s\n", text);
    LLVMDisposeMessage(text);
    //< expression

    //> compile
    /* 4. Machine code for this processor, in memory that may be executed; ORC owns the module. */
    LLVMInitializeNativeTarget();
    LLVMInitializeNativeAsmPrinter();
    LLVMOrcLLJITRef jit;
    CHECK_HC(check(LLVMOrcCreateLLJIT(&jit, NULL)));
    LLVMOrcThreadSafeModuleRef safe = LLVMOrcCreateNewThreadSafeModule(module, shared);
    CHECK_HC(check(LLVMOrcLLJITAddLLVMIRModule(jit, LLVMOrcLLJITGetMainJITDylib(jit), safe)));
    //< compile

    //> pointer
    /* 5. Ask where f begins. That number is a function pointer like any other. */
    LLVMOrcExecutorAddress address;
    CHECK_HC(check(LLVMOrcLLJITLookup(jit, &address, "f")));
    double (*compiled)(double, double);
    uintptr_t number = (uintptr_t)address;
    memcpy(&compiled, &number, sizeof compiled);
    //< pointer
    hc_note_time(HC_TIME_BUILD, hc_now_ms() - start_ms);

    //> call
    /* 6. Call it, and compare: the answer first, then speed. */
    for (unsigned r = 0; r < args.repeat; r++) {
        start_ms = hc_now_ms();
        for (size_t i = 0; i < n; i++) z[i] = compiled(x[i], y[i]);
        hc_note_time(HC_TIME_KERNEL, hc_now_ms() - start_ms);
    }
    hc_verify("z", hc_compare(HC_F64, z, want, n, HC_ULP(1)));
    //< call

    /* 7. Release: with the session goes the machine code, and the pointer is worth nothing. */
    CHECK_HC(check(LLVMOrcDisposeLLJIT(jit)));
    LLVMOrcDisposeThreadSafeContext(shared);
    free(want), free(z), free(y), free(x);
    return hc_end();
}
