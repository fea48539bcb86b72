// SPDX-License-Identifier: MIT
/* Step 4, the words of CUDA: their types, which are Numba's. */
#include <string.h>

#include "infer.h"

static bool counts_modulo(const char *code) {
    return strcmp(code, "inc") == 0 || strcmp(code, "dec") == 0;
}

static bool takes_floats(const char *code) {
    static const char *const those[] = {"add", "sub", "max", "min", NULL};
    for (int i = 0; those[i]; i++)
        if (strcmp(those[i], code) == 0) return true;
    return false;
}

static const Type *infer_atomic(Infer *in, Value *v) {
    const Builtin *b = v->builtin;
    const Type *array = infer_type_of(in, v->args[0]);
    int indices = v->count - 1 - v->index;
    if (array->kind != K_ARRAY)
        jit_refuse(in->s, v->pos, "%s() takes an array, not %s", b->name, infer_show(in, array));
    if (array->ndim != indices)
        jit_refuse(in->s, v->pos, "%s(): %d indices for an array of %d dimensions", b->name,
                   indices, array->ndim);
    for (int i = 1; i <= indices; i++)
        if (!jit_is_int(infer_type_of(in, v->args[i])))
            jit_refuse(in->s, v->pos, "an array is indexed by integers, not by %s",
                       infer_show(in, infer_type_of(in, v->args[i])));
    for (int i = indices + 1; i < v->count; i++)
        infer_need_number(in, v, infer_type_of(in, v->args[i]), b->name);
    const Type *t = array->element;
    bool wide = jit_bits(t) >= 32, is_unsigned = jit_is_int(t) && !jit_is_signed(t);
    if (!wide || (jit_is_float(t) && !takes_floats(b->code)) ||
        (counts_modulo(b->code) && !is_unsigned))
        jit_refuse(in->s, v->pos, "%s() does not take elements of %s", b->name, infer_show(in, t));
    return t;
}

const Type *infer_cuda(Infer *in, Value *v) {
    const Type *items[3] = {jit_scalar(K_I64), jit_scalar(K_I64), jit_scalar(K_I64)};
    switch (v->builtin->rule) {
    case RULE_REGISTER: return jit_scalar(K_I32);
    case RULE_GRID:
        return v->index == 1 ? jit_scalar(K_I64) : jit_tuple_type(in->s, items, v->index);
    case RULE_MEMORY: return v->made->type;
    case RULE_ATOMIC: return infer_atomic(in, v);
    default: return jit_scalar(K_NONE);
    }
}
