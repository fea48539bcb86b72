// SPDX-License-Identifier: MIT
/* api.h - what api.c and call.c share: the way in, and out again when something was refused. */
#ifndef JIT_API_H
#define JIT_API_H
#include "internal.h"

/* Begin something that may be refused: BEGIN(m) { ... } END(m) gives its status. After a failure
 * nothing half done stays: the session has its text back, and what was not inferred is dropped. */
#define BEGIN(m)                                                                                   \
    jmp_buf stop;                                                                                  \
    (m)->session.stop = &stop;                                                                     \
    (m)->session.status = JIT_OK;                                                                  \
    if (setjmp(stop) == 0)
#define END(m) jit_finish(m)

int jit_finish(JitModule *m);
/* jit_find_function - a compiled function by its name; leaves if there is none. */
Function *jit_find_function(JitModule *m, const char *name);
const Type *jit_type_of_value(Session *s, const JitValue *v, const char *what);
const char *jit_exception(int status); /* in words, of what a compiled function returned */
/* JitApi's use_cache and cache (cache.c), call and result_of (call.c). */
void jit_use_cache(JitModule *m, bool use);
int jit_cache_of(JitModule *m, const char *function, JitCache *out);
int jit_call(JitModule *m, const char *function, const JitLaunch *wish, const JitValue *args,
             size_t n, JitValue *results, size_t *count);
int jit_result_of_call(JitModule *m, const char *function, const JitValue *args, size_t n,
                       JitValue *out);

#endif
