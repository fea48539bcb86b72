// SPDX-License-Identifier: MIT
/* emit.h - what the parts of step 5 share: emit*.c, which make LLVM's code. */
#ifndef JIT_EMIT_H
#define JIT_EMIT_H
#include <llvm-c/Core.h>

#include "internal.h"

enum { MAX_PARTS = 24, MAX_KEPT = 128 };

/* A value in LLVM's code: a scalar is one part, an array its pointer, shape and strides, a tuple
 * the parts of its items. */
typedef struct Parts {
    LLVMValueRef v[MAX_PARTS];
    int count;
} Parts;

typedef struct Emitter {
    JitModule *m;
    Session *s;
    Special *sp;
    LLVMContextRef context;
    LLVMModuleRef module;
    LLVMBuilderRef builder;
    LLVMValueRef function, result_ptr;
    LLVMBasicBlockRef *blocks; /* by BasicBlock.number: where it begins */
    LLVMBasicBlockRef *ends;   /* ... and where it ends */
    int *places;               /* ... and which one it is in the order of the code */
    Parts *parts;              /* by Value.number */
    int mark, declared;
    bool cuda; /* for the CUDA device, not this processor */
} Emitter;

/* jit_emit - an LLVM module with sp, all that it calls, and a function of this kind around it,
 * called symbol. apart: the arrays that it gets do not overlap. */
LLVMModuleRef jit_emit(JitModule *m, Special *sp, EntryKind kind, bool apart, const char *symbol,
                       LLVMContextRef context);
LLVMTypeRef jit_llvm_type(Emitter *e, const Type *t); /* of a scalar in a register */
LLVMTypeRef jit_memory_type(Emitter *e, const Type *t);
int jit_part_count(const Type *t);
LLVMTypeRef jit_part_type(Emitter *e, const Type *t, int part);
Parts jit_get(Emitter *e, Value *v);
LLVMValueRef jit_cast(Emitter *e, LLVMValueRef v, const Type *from, const Type *to);
Parts jit_cast_parts(Emitter *e, Parts p, const Type *from, const Type *to);
LLVMValueRef jit_operator(Emitter *e, Value *v);
LLVMValueRef jit_truth(Emitter *e, LLVMValueRef a, const Type *ta);
LLVMValueRef jit_compare(Emitter *e, Op op, LLVMValueRef a, LLVMValueRef b, const Type *t);
LLVMValueRef jit_power(Emitter *e, Pos pos, LLVMValueRef a, const Type *ta, LLVMValueRef b,
                       const Type *tb);
Parts jit_divmod(Emitter *e, Pos pos, LLVMValueRef a, LLVMValueRef b, const Type *t, int what);
Parts jit_int_divmod(Emitter *e, LLVMValueRef a, LLVMValueRef b, const Type *t); /* by 0: 0 */
LLVMValueRef jit_shift(Emitter *e, Op op, LLVMValueRef a, LLVMValueRef b, const Type *t);
Parts jit_emit_builtin(Emitter *e, Value *v);
/* Parts of it: a function of C's mathematics for floats of type t; isnan and its like; abs, gcd,
 * ldexp. */
LLVMValueRef jit_real_function(Emitter *e, const char *name, const Type *t, LLVMValueRef *args,
                               unsigned n);
LLVMValueRef jit_real_test(Emitter *e, const char *name, LLVMValueRef v);
LLVMValueRef jit_absolute(Emitter *e, LLVMValueRef v, const Type *t);
LLVMValueRef jit_gcd_of(Emitter *e, LLVMValueRef a, LLVMValueRef b, const Type *t);
LLVMValueRef jit_scaled(Emitter *e, LLVMValueRef x, const Type *t, LLVMValueRef n, const Type *tn);
/* jit_emit_ufunc - a function of NumPy's, of one or two operands (b NULL) that have c's types. */
Parts jit_emit_ufunc(Emitter *e, Value *v, const Case *c, LLVMValueRef a, LLVMValueRef b);
Parts jit_emit_index(Emitter *e, Value *v);
void jit_emit_store(Emitter *e, Value *v);
/* jit_element_address - of a[...], whose indices are v's operands from the second on. */
LLVMValueRef jit_element_address(Emitter *e, Value *v, const Parts *a, const Type *t);
/* jit_offer_vectors - say that this call of a function of C's mathematics, called name, may be made
 * for several numbers at once, if fastmath allows it (vector.c). */
void jit_offer_vectors(Emitter *e, LLVMValueRef call, const char *name, LLVMTypeRef type);
Parts jit_emit_cuda(Emitter *e, Value *v);
LLVMValueRef jit_remainder(Emitter *e, LLVMValueRef a, LLVMValueRef b); /* C's fmod */
/* jit_promise_apart - the arrays of a function lie apart. jit_ask_inline - put it into the one
 * around it first of all, or it would be optimised twice, alone and there. Neither if it is called
 * from elsewhere, too, by itself for instance. */
void jit_promise_apart(Emitter *e, const Special *sp);
void jit_ask_inline(Emitter *e, const Special *sp);
/* jit_hint_loops - what LLVM should know of the loops among blocks first .. end - 1 in order. */
void jit_hint_loops(Emitter *e, BasicBlock **order, int first, int end);
void jit_emit_kernel(Emitter *e, Special *sp, const char *symbol);
void jit_emit_entry(Emitter *e, Special *sp, const char *symbol);
void jit_emit_plain(Emitter *e, Special *sp, const char *symbol);
Parts jit_emit_shape(Emitter *e, Value *v);
Parts jit_emit_parallel(Emitter *e, Value *v);
LLVMValueRef jit_function_of(Emitter *e, Special *sp);
LLVMValueRef jit_slot_address(Emitter *e, LLVMValueRef base, LLVMValueRef index);
void jit_add_attribute(Emitter *e, LLVMValueRef f, LLVMAttributeIndex where, const char *name);
Parts jit_emit_range(Emitter *e, Value *v);
Parts jit_emit_loop(Emitter *e, Value *v); /* V_MORE, V_ELEMENT, V_STEP */
bool jit_counts_directly(Value *range, int *step);
void jit_raise_if(Emitter *e, LLVMValueRef cond, int what, Pos pos);
LLVMValueRef jit_slot(Emitter *e, LLVMTypeRef type, int count); /* on the stack */
LLVMValueRef jit_intrinsic(Emitter *e, const char *name, LLVMTypeRef type, LLVMValueRef *args,
                           unsigned n);
LLVMValueRef jit_c_function(Emitter *e, const char *name, LLVMTypeRef result, LLVMTypeRef *types,
                            LLVMValueRef *args, unsigned n);
LLVMValueRef jit_int(Emitter *e, int64_t value); /* an i64 */
LLVMValueRef jit_load(Emitter *e, LLVMValueRef address, const Type *t);
void jit_store_as(Emitter *e, LLVMValueRef v, LLVMValueRef address, const Type *t);
LLVMValueRef jit_get_as(Emitter *e, Value *v, const Type *t); /* a scalar, converted */
static inline Parts jit_one(LLVMValueRef v) { return (Parts){.v = {v}, .count = 1}; }

#endif
