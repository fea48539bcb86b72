// SPDX-License-Identifier: MIT
/* machine.h - what the halves of step 6 share: machine.c (this processor), device.c (the CUDA
 * device), and cache.c. */
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
/* jit_cache_key - under which the cache keeps what is made of this module, to be freed; NULL: it is
 * not to be cached (cache.c).
 *   also  a file that has a part in it, or NULL */
char *jit_cache_key(const JitModule *m, const Function *f, LLVMModuleRef module,
                    LLVMTargetMachineRef target, const char *also);

#endif
