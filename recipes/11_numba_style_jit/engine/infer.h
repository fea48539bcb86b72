// SPDX-License-Identifier: MIT
/* infer.h - what the parts of step 4 share: infer.c (the rounds, calls), infer_rules.c (what comes
 * of each kind of value) and infer_cuda.c (the words of CUDA). */
#ifndef JIT_INFER_H
#define JIT_INFER_H
#include "internal.h"

typedef struct Infer {
    JitModule *m;
    Session *s;
    Special *sp;
    bool changed;
} Infer;

static inline const char *infer_show(const Infer *in, const Type *t) {
    return jit_type_name(in->s, t);
}
static inline const Type *infer_type_of(const Infer *in, Value *v) {
    return jit_type_of(in->sp, v);
}
void infer_need_number(const Infer *in, Value *v, const Type *t, const char *what);
/* infer_special - the function for these types: the one that is there, or a new one that is still
 * to be inferred. A function with signatures of its own takes the types that these say. */
Special *infer_special(Infer *in, Function *f, const Type **args, Pos pos);
const Type *infer_value(Infer *in, Value *v); /* of a value, from those of its operands */
const Type *infer_cuda(Infer *in, Value *v);

#endif
