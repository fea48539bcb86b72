// SPDX-License-Identifier: MIT
/* program.h - what the program's files hand to each other. */
#ifndef JIT_PROGRAM_H
#define JIT_PROGRAM_H
#include "engine/jit.h"
#include "hc.h"

#define HELP_ARGUMENTS                                                                             \
    "ARGS, in the order of the function's parameters:\n"                                           \
    "  3   -2   2.5   1e-3   nan   True     int64, float64 or bool\n"                              \
    "  float32:2.5   uint8:3                a number of that type\n"                               \
    "  float64[1000]   int32[20x30]         an array, numbers from --seed: floats from -1 to 1,\n" \
    "                                       integers from -1000 to 999 (unsigned: 0 to 999)\n"     \
    "  float64[1000]=0   int64[3]=4,5,6     an array with these numbers; one fills it\n"           \
    "  int64[n]                             n is what --size says\n"                               \
    "  int64[10000]=1..                     an array of 1, 2, 3 and so on"

extern const JitApi jit_api; /* here we are inside of libhc_jit.so */

/* jit_main - the program: start.c finds it in libhc_jit.so by its name. */
__attribute__((visibility("default"))) int jit_main(int argc, char **argv);

/* lesson_by_cc - the first lesson by a C compiler, for comparison (by_cc.c). */
int lesson_by_cc(const HcArgs *args);

/* jit_program - FILE.py FUNCTION ARGS... [OPTIONS]: compile a function and call it. is_program: are
 * these such arguments, or those of the first lesson? */
bool is_program(int argc, char **argv);
int jit_program(int argc, char **argv);

/* What program.c's options say, and its recipe, for launch.c, which has the APIs of all devices. */
extern const char *program_inspect, *program_target, *program_grid, *program_block,
    *program_same_as;
extern size_t program_ulp, program_size;
extern HcRecipe program_recipe;
extern const HcApi *const program_apis[];

/* choose_place - the device on which the function is to run, made ready; ends the program if there
 * is none. */
JitLaunch choose_place(JitModule *module, const char *function, const char *device_wish);
/* choose_threads - a kernel's grid and blocks: as the options say, else one thread for each element
 * of the largest array. x is the first axis, as in cuda.grid(2). */
void choose_threads(JitLaunch *launch, const JitValue *values, size_t n);
/* write_picture - the last array that is one, as a PNG file. */
int write_picture(const char *path, const JitValue *values, size_t n);

/* A call: its arguments, which it may have changed, and what it returned. */
typedef struct Outcome {
    JitValue *values, results[JIT_RESULTS];
    size_t n, count;
} Outcome;

/* need_jit - end the program unless status is JIT_OK: with the compiler's words about what. */
void need_jit(int status, const char *what);
int copy_values(const JitValue *values, size_t n, JitValue *copies); /* arrays, too */
void free_values(const JitValue *values, size_t n);
/* check_same - compare with what --same-as does to the copies, called as often. */
void check_same(JitModule *module, const Outcome *got, JitValue *copies, unsigned repeat);
JitValue get_element(const void *data, size_t i, JitKind kind);

/* read_argument - one argument from the command line, as HELP_ARGUMENTS describes it. An array's
 * memory is to be freed: value->as.array.data.
 *   errors  HC_USAGE with what is wrong; HC_ERROR: no memory */
int read_argument(const char *text, uint64_t seed, unsigned number, JitValue *value);
void print_value(const char *name, const JitValue *value);
void format_number(const JitValue *value, char *text, size_t size);
const char *kind_name(JitKind kind);

#endif
