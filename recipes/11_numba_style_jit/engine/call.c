// SPDX-License-Identifier: MIT
/* Calls from outside: values in C become the arguments of a compiled function, which is compiled
 * for their types and its target if it is not there yet, and what comes back becomes values. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "guvectorize.h"
#include "hc.h"

enum { MAX_CALL = 64 };

static const char *const exceptions[] = {
    [RAISE_DIVISION] = "ZeroDivisionError: division by zero",
    [RAISE_MODULO] = "ZeroDivisionError: modulo by zero",
    [RAISE_INT_DIVISION] = "ZeroDivisionError: integer division by zero",
    [RAISE_INT_MODULO] = "ZeroDivisionError: integer modulo by zero",
    [RAISE_POWER] = "ZeroDivisionError: 0 cannot be raised to a negative power",
    [RAISE_OVERFLOW] = "OverflowError: the exponent is too large",
    [RAISE_INDEX] = "IndexError: index is out of bounds",
    [RAISE_TUPLE_INDEX] = "IndexError: tuple index out of range",
    [RAISE_RANGE] = "ValueError: range() arg 3 must not be zero",
    [RAISE_SLICE] = "ValueError: slice step cannot be zero"};

/* ---- Types of values and back ---- */

const Type *jit_type_of_value(Session *s, const JitValue *v, const char *what) {
    if (v->kind < JIT_BOOL || v->kind > JIT_F64 || v->ndim < 0 || v->ndim > 3)
        jit_stop(s, JIT_USAGE, "%s: no such kind of value", what);
    const Type *t = jit_scalar((Kind)(v->kind - JIT_BOOL + K_BOOL));
    if (!v->ndim) return t;
    int64_t expected = (jit_bits(t) + 7) / 8;
    bool contiguous = true, empty = false;
    for (int k = v->ndim - 1; k >= 0; k--) {
        const JitArray *a = &v->as.array;
        if (a->shape[k] < 0) jit_stop(s, JIT_USAGE, "%s: a negative shape", what);
        contiguous &= a->shape[k] == 1 || a->stride[k] == expected;
        empty |= a->shape[k] == 0;
        if (__builtin_mul_overflow(expected, a->shape[k], &expected))
            jit_stop(s, JIT_USAGE, "%s: an array of more than 2^63 bytes", what);
    }
    return jit_array_type(s, t, v->ndim, contiguous || empty);
}

/* A scalar as another kind: what a function with a signature of its own does to its arguments. */
JitValue jit_convert(JitValue v, const Type *to) {
    JitValue out = {.kind = (JitKind)(to->kind - K_BOOL + JIT_BOOL)};
    bool real = v.kind == JIT_F32 || v.kind == JIT_F64, is_unsigned = v.kind >= JIT_U8 && !real;
    double f = v.kind == JIT_F32 ? (double)v.as.f32 : v.as.f64;
    int64_t i = v.kind == JIT_BOOL ? v.as.b : v.as.i;
    if (!real) f = is_unsigned ? (double)v.as.u : (double)i;
    else if (f >= -9223372036854775808.0 && f < 9223372036854775808.0) i = (int64_t)f;
    else i = INT64_MIN;
    switch (out.kind) {
    case JIT_BOOL: out.as.b = real ? f != 0 : i != 0; break;
    case JIT_F32: out.as.f32 = (float)f; break;
    case JIT_F64: out.as.f64 = f; break;
    case JIT_I8: out.as.i = ((i & 0xff) ^ 0x80) - 0x80; break; /* extends the sign */
    case JIT_I16: out.as.i = (int16_t)i; break;
    case JIT_I32: out.as.i = (int32_t)i; break;
    case JIT_U8: out.as.u = (uint8_t)i; break;
    case JIT_U16: out.as.u = (uint16_t)i; break;
    case JIT_U32: out.as.u = (uint32_t)i; break;
    default: out.as.i = i; break;
    }
    return out;
}

/* The parts of a result, from slots of 8 bytes. Integers fill their member to its full width. */
JitValue jit_read_slot(const uint64_t *slot, const Type *t) {
    JitValue v = {.kind = (JitKind)(t->kind - K_BOOL + JIT_BOOL)};
    uint64_t bits = *slot;
    int unused = 64 - jit_bits(t);
    switch (v.kind) {
    case JIT_BOOL: v.as.b = (bits & 0xff) != 0; break;
    case JIT_F32: memcpy(&v.as.f32, slot, sizeof v.as.f32); break;
    case JIT_F64: memcpy(&v.as.f64, slot, sizeof v.as.f64); break;
    default:
        v.as.u = bits << unused >> unused;
        if (jit_is_signed(t) && unused && v.as.u >> (jit_bits(t) - 1))
            v.as.u |= UINT64_MAX << jit_bits(t);
        break;
    }
    return v;
}

const char *jit_exception(int status) {
    size_t what = (size_t)status & 0xff;
    return what < sizeof exceptions / sizeof exceptions[0] && exceptions[what] ? exceptions[what]
                                                                               : "an exception";
}

/* ---- Calls ---- */

static Compiled *compile_special(JitModule *m, Special *sp, JitTarget target, bool apart) {
    double start = hc_now_ms();
    Compiled *c = target == JIT_CUDA ? jit_compile_kernel(m, sp, apart)
                                     : jit_compile(m, sp, ENTRY_CALL, apart);
    m->compile_ms += hc_now_ms() - start;
    return c;
}

/* Run on the target; leaves if the CUDA driver fails; returns the exception. */
static int run_compiled(JitModule *m, const Compiled *c, const JitLaunch *launch, JitValue *args,
                        size_t n, uint64_t slots[JIT_RESULTS]) {
    void *addresses[MAX_CALL];
    int raised = 0;
    if (c->kind == ENTRY_KERNEL) {
        int status = jit_run_kernel(m, c, launch, args, n, slots, &raised);
        if (status != JIT_OK)
            jit_stop(&m->session, status, "%s", jit_text(&m->session, "%s", jit_error()));
        return raised;
    }
    for (size_t i = 0; i < n; i++)
        addresses[i] = &args[i].as; /* little-endian: small integers lie at its front */
    return c->entry(addresses, slots);
}

int jit_run_special(JitModule *m, Special *sp, JitTarget target, size_t threads, JitValue *args,
                    size_t n) {
    enum { BLOCK = 128, MOST = 0x7fffffff };
    uint64_t slots[JIT_RESULTS] = {0};
    size_t blocks = (threads + BLOCK - 1) / BLOCK;
    if (blocks > MOST) jit_stop(&m->session, JIT_USAGE, "more elements than a grid has threads");
    JitLaunch launch = {target, {(unsigned)blocks, 1, 1}, {BLOCK, 1, 1}};
    return run_compiled(m, compile_special(m, sp, target, jit_lie_apart(args, n)), &launch, args, n,
                        slots);
}

static int outcome(const JitModule *m, int status) {
    if (!status) return JIT_OK;
    jit_set_error("%s:%d: %s", m->name, status >> 8, jit_exception(status));
    return JIT_RAISED;
}

/* A kernel needs a grid; another function runs on one thread of the device. */
static JitLaunch check_launch(JitModule *m, const Function *f, const JitLaunch *wish) {
    JitLaunch launch = wish ? *wish : (JitLaunch){0};
    Session *s = &m->session;
    if (launch.target == JIT_DECLARED) launch.target = f->options.target;
    if (f->options.device == DEVICE_FUNCTION)
        jit_stop(s, JIT_USAGE, "%s() is for kernels to call, and cannot be started", f->name);
    if (f->options.device && launch.target != JIT_CUDA)
        jit_stop(s, JIT_USAGE, "%s() is a kernel, and runs on the CUDA device only", f->name);
    for (int k = 0; k < 3; k++) {
        if (!f->options.device) launch.grid[k] = launch.block[k] = 1;
        if (!launch.grid[k] || !launch.block[k])
            jit_stop(s, JIT_USAGE,
                     "%s() is a kernel: how many blocks, and how many threads in each?", f->name);
    }
    return launch;
}

static int call_plain(JitModule *m, Function *f, JitLaunch launch, const JitValue *args, size_t n,
                      JitValue *results, size_t *count) {
    Session *s = &m->session;
    if (n != (size_t)f->arity || n > MAX_CALL)
        jit_stop(s, JIT_USAGE, "%s: %s() takes %d argument%s, not %zu", m->name, f->name, f->arity,
                 f->arity == 1 ? "" : "s", n);
    const Type *types[MAX_CALL];
    JitValue converted[MAX_CALL];
    uint64_t slots[JIT_RESULTS] = {0};
    for (size_t i = 0; i < n; i++) types[i] = jit_type_of_value(s, &args[i], f->params[i].name);
    Special *sp = jit_infer(m, f, types);
    const Type *t = jit_result_of(sp);
    if (f->options.device && t->kind != K_NONE)
        jit_refuse(s, f->pos, "a kernel returns nothing: %s() returns %s", f->name,
                   jit_type_name(s, t));
    for (size_t i = 0; i < n; i++)
        converted[i] = args[i].ndim ? args[i] : jit_convert(args[i], sp->args[i]);
    const Compiled *c = compile_special(m, sp, launch.target, jit_lie_apart(args, n));
    int raised = run_compiled(m, c, &launch, converted, n, slots);
    if (raised) return raised;
    if (t->kind == K_TUPLE)
        for (; *count < (size_t)t->count; ++*count)
            results[*count] = jit_read_slot(&slots[*count], t->items[*count]);
    else if (t->kind != K_NONE) results[(*count)++] = jit_read_slot(slots, t);
    return RAISE_NONE;
}

static bool has_array(const JitValue *args, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (args[i].ndim) return true;
    return false;
}

int jit_call(JitModule *m, const char *function, const JitLaunch *wish, const JitValue *args,
             size_t n, JitValue *results, size_t *count) {
    volatile int raised = 0;
    *count = 0;
    m->times = (JitTimes){0};
    BEGIN(m) {
        Function *f = jit_find_function(m, function);
        JitLaunch launch = check_launch(m, f, wish);
        switch (f->options.kind) {
        case KIND_GUVECTORIZE: raised = jit_call_guvectorized(m, f, launch.target, args, n); break;
        case KIND_VECTORIZE: /* numbers alone give a number */
            if (n == (size_t)f->arity && !has_array(args, n))
                raised = call_plain(m, f, launch, args, n, results, count);
            else raised = jit_call_vectorized(m, f, launch.target, args, n);
            break;
        case KIND_REDUCE:
            raised = jit_call_reduce(m, f, launch.target, args, n, results);
            *count = 1;
            break;
        default: raised = call_plain(m, f, launch, args, n, results, count);
        }
    }
    int status = END(m);
    if (status == JIT_OK) status = outcome(m, raised);
    if (status != JIT_OK) *count = 0;
    return status;
}

int jit_result_of_call(JitModule *m, const char *function, const JitValue *args, size_t n,
                       JitValue *out) {
    *out = (JitValue){0};
    BEGIN(m) {
        Function *f = jit_find_function(m, function);
        if (f->options.kind == KIND_GUVECTORIZE) jit_gu_result(m, f, args, n, out);
        else if (f->options.kind == KIND_VECTORIZE) jit_vectorized_result(m, f, args, n, out);
        else
            jit_stop(&m->session, JIT_USAGE, "%s() is not vectorized: it returns its result",
                     function);
    }
    return END(m);
}
