// SPDX-License-Identifier: MIT
/* Step 5, arrays: where an element lies. An array is an address, a shape and, per axis, a stride,
 * which is how many bytes lie between neighbours; so a view such as a[1:, 0] is only another
 * address, shape and strides, and nothing is copied. In a contiguous array (C order) the strides
 * follow from the shape, and LLVM can see that the elements lie side by side: without that, there
 * are no vector instructions. */
#include <string.h>

#include "emit.h"

#define B e->builder

static LLVMValueRef shape_of(const Parts *a, int axis) { return a->v[1 + axis]; }

/* The byte stride of an axis of a contiguous array is the product of the extents behind it. */
static LLVMValueRef stride_of(Emitter *e, const Parts *a, const Type *t, int axis) {
    if (!t->contiguous) return a->v[1 + t->ndim + axis];
    LLVMValueRef bytes = jit_int(e, (jit_bits(t->element) + 7) / 8);
    for (int k = axis + 1; k < t->ndim; k++) bytes = LLVMBuildNSWMul(B, bytes, shape_of(a, k), "");
    return bytes;
}

/* Can this index never be negative? A loop's variable that goes up from 0 cannot. */
static bool is_natural(Value *v) {
    int64_t start = 0, step = 1;
    v = jit_real(v);
    if (v->kind != V_ELEMENT) return false;
    const Value *range = jit_real(jit_real(v->args[0])->args[0]);
    if (range->count > 1 && !jit_const_int(range->args[0], &start)) return false;
    if (range->count > 2 && !jit_const_int(range->args[2], &step)) return false;
    return start >= 0 && step > 0;
}

/* Index k of an access as an i64 that counts from the front, checked if that was asked for. */
static LLVMValueRef index_value(Emitter *e, Value *access, int k, LLVMValueRef extent) {
    Value *v = access->args[1 + k];
    const Type *t = jit_type_of(e->sp, v);
    LLVMValueRef i = jit_get_as(e, v, jit_scalar(jit_is_signed(t) ? K_I64 : K_U64));
    LLVMValueRef zero = jit_int(e, 0);
    if (jit_is_signed(t) && !is_natural(v)) {
        LLVMValueRef minus = LLVMBuildICmp(B, LLVMIntSLT, i, zero, "");
        i = LLVMBuildSelect(B, minus, LLVMBuildAdd(B, i, extent, ""), i, "");
    }
    if (e->sp->function->options.boundscheck)
        jit_raise_if(e, LLVMBuildICmp(B, LLVMIntUGE, i, extent, ""), RAISE_INDEX, access->pos);
    return i;
}

/* x clamped to low..high, after x += extent if it is negative. */
static LLVMValueRef clamp(Emitter *e, LLVMValueRef x, LLVMValueRef extent, LLVMValueRef low,
                          LLVMValueRef high) {
    LLVMValueRef minus = LLVMBuildICmp(B, LLVMIntSLT, x, jit_int(e, 0), "");
    x = LLVMBuildSelect(B, minus, LLVMBuildAdd(B, x, extent, ""), x, "");
    x = LLVMBuildSelect(B, LLVMBuildICmp(B, LLVMIntSLT, x, low, ""), low, x, "");
    return LLVMBuildSelect(B, LLVMBuildICmp(B, LLVMIntSGT, x, high, ""), high, x, "");
}

/* start:stop:step along an axis, by Python's rules. */
static void slice_axis(Emitter *e, Value *v, LLVMValueRef extent, LLVMValueRef *start,
                       LLVMValueRef *count, LLVMValueRef *step) {
    const Type *i64 = jit_scalar(K_I64);
    LLVMValueRef zero = jit_int(e, 0), one = jit_int(e, 1), minus_one = jit_int(e, -1);
    *step = v->args[2] ? jit_get_as(e, v->args[2], i64) : one;
    if (v->args[2])
        jit_raise_if(e, LLVMBuildICmp(B, LLVMIntEQ, *step, zero, ""), RAISE_SLICE, v->pos);
    LLVMValueRef down = LLVMBuildICmp(B, LLVMIntSLT, *step, zero, "");
    LLVMValueRef last = LLVMBuildSub(B, extent, one, "");
    LLVMValueRef low = LLVMBuildSelect(B, down, minus_one, zero, "");
    LLVMValueRef high = LLVMBuildSelect(B, down, last, extent, "");
    LLVMValueRef stop = LLVMBuildSelect(B, down, low, high, "");
    *start = LLVMBuildSelect(B, down, high, low, "");
    if (v->args[0]) *start = clamp(e, jit_get_as(e, v->args[0], i64), extent, low, high);
    if (v->args[1]) stop = clamp(e, jit_get_as(e, v->args[1], i64), extent, low, high);
    LLVMValueRef way = LLVMBuildSub(B, stop, *start, "");
    way = LLVMBuildSelect(B, down, LLVMBuildNeg(B, way, ""), way, "");
    LLVMValueRef stride = LLVMBuildSelect(B, down, LLVMBuildNeg(B, *step, ""), *step, "");
    LLVMValueRef full = LLVMBuildUDiv(B, LLVMBuildSub(B, way, one, ""), stride, "");
    LLVMValueRef some = LLVMBuildICmp(B, LLVMIntSGT, way, zero, "");
    *count = LLVMBuildSelect(B, some, LLVMBuildAdd(B, full, one, ""), zero, "");
}

static LLVMValueRef add_bytes(Emitter *e, LLVMValueRef address, LLVMValueRef bytes) {
    LLVMTypeRef i8 = LLVMInt8TypeInContext(e->context);
    return LLVMBuildGEP2(B, i8, address, &bytes, 1, "");
}

LLVMValueRef jit_element_address(Emitter *e, Value *v, const Parts *a, const Type *t) {
    LLVMValueRef i[3] = {NULL};
    for (int k = 0; k < t->ndim; k++) i[k] = index_value(e, v, k, shape_of(a, k));
    if (!t->contiguous) {
        LLVMValueRef address = a->v[0];
        for (int k = 0; k < t->ndim; k++)
            address = add_bytes(e, address, LLVMBuildNSWMul(B, i[k], stride_of(e, a, t, k), ""));
        return address;
    }
    LLVMValueRef linear = i[0];
    for (int k = 1; k < t->ndim; k++)
        linear = LLVMBuildNSWAdd(B, LLVMBuildNSWMul(B, linear, shape_of(a, k), ""), i[k], "");
    return LLVMBuildInBoundsGEP2(B, jit_memory_type(e, t->element), a->v[0], &linear, 1, "");
}

/* What is left of the array when some indices are slices, or fewer than there are axes. */
static Parts view(Emitter *e, Value *v, const Parts *a, const Type *t, const Type *to) {
    LLVMValueRef address = a->v[0], shape[3], strides[3];
    int axes = 0;
    for (int k = 0; k < t->ndim; k++) {
        Value *index = k + 1 < v->count ? jit_real(v->args[k + 1]) : NULL;
        LLVMValueRef bytes = stride_of(e, a, t, k);
        if (!index) {
            shape[axes] = shape_of(a, k);
            strides[axes++] = bytes;
        } else if (index->kind == V_SLICE) {
            LLVMValueRef start, step;
            slice_axis(e, index, shape_of(a, k), &start, &shape[axes], &step);
            address = add_bytes(e, address, LLVMBuildMul(B, start, bytes, ""));
            strides[axes++] = LLVMBuildMul(B, step, bytes, "");
        } else {
            LLVMValueRef i = index_value(e, v, k, shape_of(a, k));
            address = add_bytes(e, address, LLVMBuildMul(B, i, bytes, ""));
        }
    }
    Parts p = {.v = {address}, .count = jit_part_count(to)};
    for (int k = 0; k < axes; k++) {
        p.v[1 + k] = shape[k];
        if (!to->contiguous) p.v[1 + axes + k] = strides[k];
    }
    return p;
}

static Parts tuple_item(Emitter *e, Value *v, const Parts *p, const Type *t) {
    int64_t literal;
    if (jit_const_int(v->args[1], &literal))
        return jit_one(p->v[literal < 0 ? literal + t->count : literal]);
    LLVMValueRef i = jit_get_as(e, v->args[1], jit_scalar(K_I64)), n = jit_int(e, t->count);
    LLVMValueRef minus = LLVMBuildICmp(B, LLVMIntSLT, i, jit_int(e, 0), "");
    i = LLVMBuildSelect(B, minus, LLVMBuildAdd(B, i, n, ""), i, "");
    jit_raise_if(e, LLVMBuildICmp(B, LLVMIntUGE, i, n, ""), RAISE_TUPLE_INDEX, v->pos);
    LLVMValueRef item = p->v[0];
    for (int k = 1; k < t->count; k++)
        item = LLVMBuildSelect(B, LLVMBuildICmp(B, LLVMIntEQ, i, jit_int(e, k), ""), p->v[k], item,
                               "");
    return jit_one(item);
}

Parts jit_emit_index(Emitter *e, Value *v) {
    const Type *t = jit_type_of(e->sp, v->args[0]), *to = jit_type_of(e->sp, v);
    const Parts *a = &e->parts[jit_real(v->args[0])->number];
    if (t->kind == K_TUPLE) return tuple_item(e, v, a, t);
    if (to->kind == K_ARRAY) return view(e, v, a, t, to);
    return jit_one(jit_load(e, jit_element_address(e, v, a, t), to));
}

void jit_emit_store(Emitter *e, Value *v) {
    const Type *t = jit_type_of(e->sp, v->args[0]);
    const Parts *a = &e->parts[jit_real(v->args[0])->number];
    LLVMValueRef value = jit_get_as(e, v->args[v->count - 1], t->element);
    jit_store_as(e, value, jit_element_address(e, v, a, t), t->element);
}

Parts jit_emit_shape(Emitter *e, Value *v) {
    const Type *t = jit_type_of(e->sp, v->args[0]);
    const Parts *a = &e->parts[jit_real(v->args[0])->number];
    Parts p = {.count = t->ndim};
    if (strcmp(v->name, "ndim") == 0) return jit_one(jit_int(e, t->ndim));
    if (strcmp(v->name, "shape") == 0) {
        for (int k = 0; k < t->ndim; k++) p.v[k] = shape_of(a, k);
        return p;
    }
    LLVMValueRef size = shape_of(a, 0);
    for (int k = 1; k < t->ndim; k++) size = LLVMBuildMul(B, size, shape_of(a, k), "");
    return jit_one(size);
}
