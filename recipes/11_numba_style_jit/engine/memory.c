// SPDX-License-Identifier: MIT
/* Where arrays lie. LLVM must suppose that writing to one array may change another, and then
 * reloads what it had in registers, or tests in front of each loop whether they overlap. Before a
 * call it takes a few comparisons to see that they do not; so functions are compiled twice if need
 * be, for arrays that lie apart, which is the rule, and for others. */
#include "internal.h"

/* From the lowest element to the end of the highest, whatever the signs of the strides. */
Stretch jit_covered(const JitValue *v) {
    const JitArray *a = &v->as.array;
    Stretch s = {.begin = a->data, .end = a->data};
    for (int k = 0; k < v->ndim; k++)
        if (a->shape[k] == 0) return s;
    for (int k = 0; k < v->ndim; k++) {
        int64_t way = (a->shape[k] - 1) * a->stride[k];
        if (way < 0) s.begin += way;
        else s.end += way;
    }
    s.end += (jit_bits(jit_scalar((Kind)(v->kind - JIT_BOOL + K_BOOL))) + 7) / 8;
    return s;
}

bool jit_overlap(Stretch a, Stretch b) { return a.begin < b.end && b.begin < a.end; }

bool jit_lie_apart(const JitValue *args, size_t n) {
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (args[i].ndim && args[k].ndim &&
                jit_overlap(jit_covered(&args[i]), jit_covered(&args[k])))
                return false;
    return true;
}
