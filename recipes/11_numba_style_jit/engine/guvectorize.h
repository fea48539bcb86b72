// SPDX-License-Identifier: MIT
/* guvectorize.h - generalised functions: their layouts (layout.c) and calls (guvectorize.c). */
#ifndef JIT_GUVECTORIZE_H
#define JIT_GUVECTORIZE_H
#include "internal.h"

/* The layout of a guvectorized function: for each argument its axes, as indices into the names. */
enum { MAX_AXIS_NAMES = 16 };
typedef struct Layout {
    const char *names[MAX_AXIS_NAMES];
    int axes[MAX_LAYOUT_ARGS][3], rank[MAX_LAYOUT_ARGS];
    int known, count, inputs;
} Layout;
/* jit_check_layout - read the layout; do the declared types fit it? Refused if not. */
void jit_check_layout(JitModule *m, const Function *f, Layout *out);
/* jit_gu_result - as JitApi.result_of has it. */
void jit_gu_result(JitModule *m, Function *f, const JitValue *args, size_t n, JitValue *out);
/* jit_call_guvectorized - args as JitApi.call has them.
 *   returns  the exception, or 0 */
int jit_call_guvectorized(JitModule *m, Function *f, JitTarget target, const JitValue *args,
                          size_t n);
/* jit_gu_derived - the loop around the function for arguments of these types; NULL: there is none,
 * or they do not fit. */
Special *jit_gu_derived(JitModule *m, Function *f, JitTarget target, const Type **args, int n);

#endif
