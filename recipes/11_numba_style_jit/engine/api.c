// SPDX-License-Identifier: MIT
/* The compiler from outside: what jit.h promises. Each function that may fail sets the place to
 * which errors leap (setjmp), does its work, and turns what happened into a status. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "internal.h"

enum { MAX_FILE = 16 << 20, MAX_CALL = 64 };

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

/* Begin something that may be refused: BEGIN(m) { ... } END(m) gives its status. After a failure
 * nothing half done stays: the session has its text back, and what was not inferred is dropped. */
#define BEGIN(m)                                                                                   \
    jmp_buf stop;                                                                                  \
    (m)->session.stop = &stop;                                                                     \
    (m)->session.status = JIT_OK;                                                                  \
    if (setjmp(stop) == 0)
#define END(m) finish(m)

static int finish(JitModule *m) {
    m->session.name = m->name;
    m->session.text = m->text;
    m->session.stop = NULL;
    Special **end = &m->specials;
    while (*end)
        if ((*end)->checked) end = &(*end)->next;
        else *end = (*end)->next;
    return m->session.status;
}

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static char *read_file(Session *s, const char *name) {
    FILE *file = fopen(name, "rb");
    struct stat info;
    if (!file) jit_stop(s, JIT_USAGE, "%s: cannot be opened", name);
    if (fstat(fileno(file), &info) != 0 || !S_ISREG(info.st_mode) || info.st_size > MAX_FILE) {
        fclose(file);
        jit_stop(s, JIT_USAGE, "%s: not a file of at most 16 MiB", name);
    }
    size_t size = (size_t)info.st_size;
    char *text = jit_new(s, size + 1, 1);
    size_t got = fread(text, 1, size, file);
    fclose(file);
    if (got != size) jit_stop(s, JIT_USAGE, "%s: cannot be read", name);
    if (memchr(text, '\0', size)) jit_stop(s, JIT_USAGE, "%s: not a text", name);
    return text;
}

static void unload(JitModule *m) {
    if (!m) return;
    jit_forget(m);
    jit_free_arena(&m->session.arena);
    free(m);
}

static int load(const char *name, const char *text, JitModule **out) {
    JitModule *m = calloc(1, sizeof *m);
    *out = NULL;
    if (!m) {
        jit_set_error("out of memory");
        return JIT_RAISED;
    }
    Session *s = &m->session;
    BEGIN(m) {
        s->name = m->name = jit_copy_text(s, name, strlen(name));
        m->text = text ? jit_copy_text(s, text, strlen(text)) : read_file(s, name);
        s->text = m->text;
        jit_parse_module(m);
    }
    int status = END(m);
    if (status != JIT_OK) unload(m);
    else *out = m;
    return status;
}

static Function *find_function(JitModule *m, const char *name) {
    const Binding *b = jit_lookup(m, name);
    if (b && b->kind == BIND_FUNCTION) return b->function;
    if (b && b->kind == BIND_PLAIN)
        jit_stop(&m->session, JIT_USAGE, "%s: '%s' has no decorator @njit", m->name, name);
    jit_stop(&m->session, JIT_USAGE, "%s: no compiled function is called '%s'", m->name, name);
}

/* ---- Types of values and back ---- */

static const Type *type_of_value(Session *s, const JitValue *v, const char *what) {
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
static JitValue convert(JitValue v, const Type *to) {
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
static JitValue read_slot(const uint64_t *slot, const Type *t) {
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

static const char *exception(int status) {
    size_t what = (size_t)status & 0xff;
    return what < sizeof exceptions / sizeof exceptions[0] && exceptions[what] ? exceptions[what]
                                                                               : "an exception";
}

/* ---- Calls ---- */

static Compiled *compile(JitModule *m, Function *f, const Type **args) {
    double start = now_ms();
    Compiled *c = jit_compile(m, jit_infer(m, f, args), false);
    m->compile_ms += now_ms() - start;
    return c;
}

static int outcome(const JitModule *m, int status) {
    if (!status) return JIT_OK;
    jit_set_error("%s:%d: %s", m->name, status >> 8, exception(status));
    return JIT_RAISED;
}

static int run(JitModule *m, const Compiled *c, const JitValue *args, size_t n, JitValue *results,
               size_t *count) {
    const Special *sp = c->special;
    JitValue converted[MAX_CALL];
    void *addresses[MAX_CALL];
    uint64_t slots[JIT_RESULTS] = {0};
    for (size_t i = 0; i < n; i++) {
        converted[i] = args[i];
        if (!args[i].ndim) converted[i] = convert(args[i], sp->args[i]);
        addresses[i] = &converted[i].as; /* little-endian: small integers lie at its front */
    }
    int status = c->entry(addresses, slots);
    *count = 0;
    if (status) return outcome(m, status);
    const Type *t = jit_result_of(sp);
    if (t->kind == K_TUPLE)
        for (; *count < (size_t)t->count; ++*count)
            results[*count] = read_slot(&slots[*count], t->items[*count]);
    else if (t->kind != K_NONE) results[(*count)++] = read_slot(slots, t);
    return JIT_OK;
}

/* A guvectorized function: its core runs for each position of the outer axes. */
static int call_gu(JitModule *m, Function *f, const JitValue *args, size_t n) {
    Compiled *volatile c = NULL;
    Layout layout;
    JitValue copies[MAX_LAYOUT_ARGS];
    BEGIN(m) {
        jit_read_layout(m, f, &layout);
        c = compile(m, f, jit_gu_types(m, f, &layout, args, n));
        memcpy(copies, args, n * sizeof *args);
    }
    int status = END(m);
    if (status != JIT_OK || !c) return status;
    return outcome(m, jit_gu_run(&layout, c->entry, copies));
}

static int call(JitModule *m, const char *function, const JitValue *args, size_t n,
                JitValue *results, size_t *count) {
    Session *s = &m->session;
    Compiled *volatile c = NULL;
    *count = 0;
    const Binding *b = jit_lookup(m, function);
    if (b && b->kind == BIND_FUNCTION && b->function->options.layout)
        return call_gu(m, b->function, args, n);
    BEGIN(m) {
        Function *f = find_function(m, function);
        if (n != (size_t)f->arity || n > MAX_CALL)
            jit_stop(s, JIT_USAGE, "%s: %s() takes %d argument%s, not %zu", m->name, function,
                     f->arity, f->arity == 1 ? "" : "s", n);
        const Type *types[MAX_CALL];
        for (size_t i = 0; i < n; i++) types[i] = type_of_value(s, &args[i], f->params[i].name);
        c = compile(m, f, types);
    }
    int status = END(m);
    return status == JIT_OK && c ? run(m, c, args, n, results, count) : status;
}

/* The function and its types that a signature means. */
static Special *special_of(JitModule *m, const char *function, const char *signature) {
    Session *s = &m->session;
    Signature types;
    Function *f = find_function(m, function);
    s->name = "signature";
    s->text = signature;
    Node *n = jit_new(s, 1, sizeof *n);
    n->kind = N_STRING;
    n->name = signature;
    n->pos = (Pos){1, 1};
    jit_read_signature(m, n, &types);
    if (types.count != f->arity)
        jit_stop(s, JIT_USAGE, "%s() takes %d argument%s; the signature has %d", function, f->arity,
                 f->arity == 1 ? "" : "s", types.count);
    s->name = m->name;
    s->text = m->text;
    Special *sp = jit_infer(m, f, types.args);
    for (int i = 0; i < f->arity; i++)
        if (!jit_same(sp->args[i], types.args[i]))
            jit_stop(s, JIT_USAGE, "%s() was declared with another signature", function);
    if (types.result && !jit_same(types.result, jit_result_of(sp)))
        jit_stop(s, JIT_USAGE, "%s() returns %s, not %s", function,
                 jit_type_name(s, jit_result_of(sp)), jit_type_name(s, types.result));
    return sp;
}

static int pointer(JitModule *m, const char *function, const char *signature, void **out) {
    *out = NULL;
    BEGIN(m) {
        double start = now_ms();
        Special *sp = special_of(m, function, signature);
        if (jit_result_of(sp)->kind == K_TUPLE)
            jit_stop(&m->session, JIT_USAGE, "%s() returns a tuple, which C cannot", function);
        *out = jit_compile(m, sp, true)->pointer;
        m->compile_ms += now_ms() - start;
    }
    return END(m);
}

static int inspect(JitModule *m, const char *function, const char *signature, JitForm form,
                   char **text) {
    *text = NULL;
    BEGIN(m) {
        Special *sp = special_of(m, function, signature);
        switch (form) {
        case JIT_TOKENS: *text = jit_show_tokens(m, sp->function); break;
        case JIT_TREE: *text = jit_show_tree(m, sp->function); break;
        case JIT_FLOW:
        case JIT_TYPES: *text = jit_show_values(m, sp, form == JIT_TYPES); break;
        default: *text = jit_show_code(m, sp, form); break;
        }
    }
    return END(m);
}

static const char *raised(void) {
    int status = jit_take_raised();
    return status ? exception(status) : NULL;
}

static int signature_of(const JitValue *args, size_t n, char **text) {
    JitModule m = {.name = "arguments"};
    *text = NULL;
    BEGIN(&m) {
        Session *s = &m.session;
        const char *all = "(";
        for (size_t i = 0; i < n; i++) {
            const Type *t = type_of_value(s, &args[i], "an argument");
            static const char *const axes[2][4] = {{"", "[:]", "[:, :]", "[:, :, :]"},
                                                   {"", "[::1]", "[:, ::1]", "[:, :, ::1]"}};
            const char *name = jit_type_name(s, t->kind == K_ARRAY ? t->element : t);
            all = jit_text(s, "%s%s%s, ", all, name,
                           axes[t->kind == K_ARRAY && t->contiguous][args[i].ndim]);
        }
        *text = strdup(jit_text(s, "%s)", all));
        if (!*text) jit_stop(s, JIT_RAISED, "out of memory");
    }
    int status = END(&m);
    jit_free_arena(&m.session.arena);
    return status;
}

static const char *functions(const JitModule *m, size_t index) {
    const Function *f = m->functions;
    for (; f && index; index--) f = f->next;
    return f ? f->name : NULL;
}

static double compile_ms(const JitModule *m) { return m->compile_ms; }

__attribute__((visibility("default")))
const JitApi jit_api = {load,         unload,    call,      pointer,    raised,          inspect,
                        signature_of, functions, jit_error, compile_ms, jit_llvm_version};
