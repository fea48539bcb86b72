// SPDX-License-Identifier: MIT
/* machine.h - what the two halves of step 6 share: machine.c (this processor) and device.c (the
 * CUDA device). */
#ifndef JIT_MACHINE_H
#define JIT_MACHINE_H
#include <llvm-c/Analysis.h>
#include <llvm-c/TargetMachine.h>

#include "internal.h"

/* jit_optimise - LLVM's usual optimisations; on failure error says why. */
bool jit_optimise(LLVMModuleRef module, LLVMTargetMachineRef target, char *error, size_t size);
/* jit_assembly - the target's assembly, in *text, to be freed. */
bool jit_assembly(LLVMModuleRef module, LLVMTargetMachineRef target, char **text, char *error,
                  size_t size);
char *jit_print_module(LLVMModuleRef module); /* LLVM's text; to be freed; NULL: no memory */
void jit_lock_machine(void);                  /* one compilation at a time */
void jit_unlock_machine(void);

#endif
