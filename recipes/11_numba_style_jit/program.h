// SPDX-License-Identifier: MIT
/* program.h - what main.c, program.c and arguments.c hand to each other. */
#ifndef JIT_PROGRAM_H
#define JIT_PROGRAM_H
#include "engine/jit.h"
#include "hc.h"

extern const JitApi jit_api; /* here we are inside of libhc_jit.so */

/* jit_main - the program: start.c finds it in libhc_jit.so by its name. */
__attribute__((visibility("default"))) int jit_main(int argc, char **argv);

/* jit_program - FILE.py FUNCTION ARGS... [OPTIONS]: compile a function and call it. */
int jit_program(int argc, char **argv);

/* read_argument - one argument from the command line, as help_arguments describes it. An array's
 * memory is to be freed: value->as.array.data.
 *   errors  HC_USAGE with what is wrong; HC_ERROR: no memory */
int read_argument(const char *text, uint64_t seed, unsigned number, JitValue *value);
void print_value(const char *name, const JitValue *value);
void format_number(const JitValue *value, char *text, size_t size);
const char *kind_name(JitKind kind);
extern const char help_arguments[];

#endif
