// SPDX-License-Identifier: MIT
/* Functions made from functions. @vectorize turns a function of numbers into one of arrays, and
 * @cuda.reduce one of two numbers into a reduction. What is around the function is written in the
 * very language that is compiled here: a few lines of text, in which f is the function, go through
 * all six steps as if they stood in the file. So the loop gets the function inlined and vector
 * instructions, with prange all cores, and with cuda.grid(1) a thread of the device for each
 * element. */
#include <stdio.h>
#include <string.h>

#include "guvectorize.h"

/* The names of such a text. Others are not found, so that nothing in the file can change what range
 * means there. */
static Binding *scope_of(Session *s, Function *f) {
    static const char *const names[][2] = {{"cuda", "numba.cuda"}, {"prange", "numba.prange"}};
    Binding *scope = jit_new(s, 3, sizeof *scope);
    scope[0] = (Binding){.name = "f", .kind = BIND_FUNCTION, .function = f, .next = &scope[1]};
    for (int i = 0; i < 2; i++)
        scope[1 + i] = (Binding){.name = names[i][0],
                                 .kind = BIND_QUALIFIED,
                                 .qualified = names[i][1],
                                 .next = i ? NULL : &scope[2]};
    return scope;
}

Function *jit_derive(JitModule *m, Function *f, JitTarget target, const char *text) {
    Function *d = f->derived;
    for (; d; d = d->next)
        if (strcmp(d->text, text) == 0 && d->options.target == target) return d;
    Options options = {.kind = KIND_JIT, .target = target, .numpy_errors = true};
    options.fastmath = f->options.fastmath;
    options.cache = f->options.cache;
    options.parallel = target == JIT_PARALLEL;
    options.device = target == JIT_CUDA ? DEVICE_KERNEL : DEVICE_NO;
    d = jit_parse_function(m, text, &options, f->pos);
    d->name = jit_text(&m->session, "%s.%s", f->name, d->name);
    d->text = text;
    d->scope = scope_of(&m->session, f);
    d->next = f->derived;
    return f->derived = d;
}

/* An array's type: of one axis, its elements side by side or not. */
static const Type *row_type(Session *s, Kind kind, bool contiguous) {
    return jit_array_type(s, jit_scalar(kind), 1, contiguous);
}

/* ---- @vectorize ---- */

/* out[i] = f(a0[i], a1, ...) for all i; what is not an array is the same for all. */
static Function *loop_of(JitModule *m, Function *f, JitTarget target, const bool *is_array) {
    static const char *const heads[] = {[JIT_CPU] = "    for i in range(out.shape[0]):\n",
                                        [JIT_PARALLEL] = "    for i in prange(out.shape[0]):\n",
                                        [JIT_CUDA] =
                                            "    i = cuda.grid(1)\n    if i < out.shape[0]:\n"};
    Session *s = &m->session;
    const char *params = "", *args = "";
    for (int i = 0; i < f->arity; i++) {
        params = jit_text(s, "%s, a%d", params, i);
        args = jit_text(s, "%s%sa%d%s", args, i ? ", " : "", i, is_array[i] ? "[i]" : "");
    }
    const char *text = jit_text(s, "def vectorize(out%s):\n%s        out[i] = f(%s)\n", params,
                                heads[target], args);
    return jit_derive(m, f, target, text);
}

/* The type of f's result for elements of these kinds. */
static const Type *element_result(JitModule *m, Function *f, const JitValue *args) {
    const Type *types[MAX_LAYOUT_ARGS];
    for (int i = 0; i < f->arity; i++)
        types[i] = jit_scalar((Kind)(args[i].kind - JIT_BOOL + K_BOOL));
    const Type *t = jit_result_of(jit_infer(m, f, types));
    if (!jit_is_number(t))
        jit_refuse(&m->session, f->pos, "%s() returns %s; vectorized functions return a number",
                   f->name, jit_type_name(&m->session, t));
    return t;
}

/* The shape of the whole: axes are matched from the last to the first, and an extent of 1 serves
 * any other (broadcasting). */
static void broadcast(JitModule *m, const Function *f, const JitValue *args, JitValue *out) {
    Session *s = &m->session;
    int64_t shape[3] = {1, 1, 1};
    *out = (JitValue){0};
    for (int i = 0; i < f->arity; i++) {
        if (args[i].kind < JIT_BOOL || args[i].kind > JIT_F64 || args[i].ndim < 0 ||
            args[i].ndim > 3)
            jit_stop(s, JIT_USAGE, "%s(): no such kind of value", f->name);
        if (args[i].ndim > out->ndim) out->ndim = args[i].ndim;
        for (int k = 0; k < args[i].ndim; k++) {
            int64_t extent = args[i].as.array.shape[args[i].ndim - 1 - k], *all = &shape[2 - k];
            if (extent < 0) jit_stop(s, JIT_USAGE, "%s(): a negative shape", f->name);
            if (*all == 1) *all = extent;
            else if (extent != 1 && extent != *all)
                jit_stop(s, JIT_USAGE, "%s(): the extents %lld and %lld do not go together",
                         f->name, (long long)*all, (long long)extent);
        }
    }
    for (int k = 0; k < out->ndim; k++) out->as.array.shape[k] = shape[3 - out->ndim + k];
}

void jit_lay_out(Session *s, const Function *f, JitValue *v) {
    int64_t bytes = (jit_bits(jit_scalar((Kind)(v->kind - JIT_BOOL + K_BOOL))) + 7) / 8;
    for (int k = v->ndim - 1; k >= 0; k--) {
        v->as.array.stride[k] = bytes;
        if (__builtin_mul_overflow(bytes, v->as.array.shape[k], &bytes))
            jit_stop(s, JIT_USAGE, "%s(): results of more than 2^63 bytes", f->name);
    }
}

static void need_arity(JitModule *m, const Function *f, size_t n, int more) {
    if (f->arity >= MAX_LAYOUT_ARGS)
        jit_refuse(&m->session, f->pos, "a vectorized function of more than %d arguments",
                   MAX_LAYOUT_ARGS - 1);
    if (n != (size_t)f->arity + (size_t)more)
        jit_stop(&m->session, JIT_USAGE, "%s() takes %d argument%s%s, not %zu", f->name,
                 f->arity + more, f->arity + more == 1 ? "" : "s",
                 more ? ", the array for its results included" : "", n);
}

void jit_vectorized_result(JitModule *m, Function *f, const JitValue *args, size_t n,
                           JitValue *out) {
    need_arity(m, f, n, 0);
    broadcast(m, f, args, out);
    const Type *t = element_result(m, f, args);
    out->kind = (JitKind)(t->kind - K_BOOL + JIT_BOOL);
    jit_lay_out(&m->session, f, out);
}

static bool is_dense(const JitValue *v, int64_t size) {
    for (int k = v->ndim - 1; k >= 0; k--) {
        if (v->as.array.shape[k] != 1 && v->as.array.stride[k] != size) return false;
        size *= v->as.array.shape[k];
    }
    return true;
}

int jit_call_vectorized(JitModule *m, Function *f, JitTarget target, const JitValue *args,
                        size_t n) {
    Session *s = &m->session;
    JitValue whole, rows[MAX_LAYOUT_ARGS] = {{.kind = JIT_NONE}};
    const Type *types[MAX_LAYOUT_ARGS];
    bool is_array[MAX_LAYOUT_ARGS] = {false}, one_row = true;
    if (n == (size_t)f->arity) /* what is wrong with the arguments themselves comes first */
        jit_vectorized_result(m, f, args, n, &whole);
    need_arity(m, f, n, 1);
    jit_vectorized_result(m, f, args, n - 1, &whole);
    const JitValue *out = &args[n - 1];
    bool fits = out->kind == whole.kind && out->ndim == whole.ndim && out->ndim > 0;
    for (int k = 0; fits && k < out->ndim; k++)
        fits = out->as.array.shape[k] == whole.as.array.shape[k];
    if (!fits)
        jit_stop(s, JIT_USAGE,
                 "%s(): the array for the results must be of %s, and of the shape "
                 "that the arguments have together",
                 f->name, jit_type_name(s, jit_scalar((Kind)(whole.kind - JIT_BOOL + K_BOOL))));
    /* rows[0] is the output's, as in the text above. If all arrays lie densely in the same shape,
     * there is one long row. */
    int64_t shape[3] = {1, 1, 1}, steps[MAX_LAYOUT_ARGS][3] = {{0}};
    for (int k = 0; k < whole.ndim; k++) shape[3 - whole.ndim + k] = whole.as.array.shape[k];
    for (size_t i = 0; i < n; i++) {
        const JitValue *v = i ? &args[i - 1] : out;
        int64_t size = (jit_bits(jit_scalar((Kind)(v->kind - JIT_BOOL + K_BOOL))) + 7) / 8;
        bool same = v->ndim == whole.ndim;
        for (int k = 0; k < v->ndim; k++) {
            bool wide = v->as.array.shape[k] != 1;
            int axis = 3 - v->ndim + k;
            steps[i][axis] = wide ? v->as.array.stride[k] : 0;
            same &= v->as.array.shape[k] == shape[axis];
        }
        one_row &= !v->ndim || (same && is_dense(v, size));
    }
    for (size_t i = 0; i < n; i++) {
        const JitValue *v = i ? &args[i - 1] : out;
        const Type *t = jit_scalar((Kind)(v->kind - JIT_BOOL + K_BOOL));
        int64_t size = (jit_bits(t) + 7) / 8;
        rows[i] = *v;
        bool row = i == 0 || (one_row ? v->ndim > 0 : steps[i][2] != 0);
        int64_t step = one_row ? size : steps[i][2];
        types[i] = row ? row_type(s, (Kind)t->kind, step == size) : t;
        if (i) is_array[i - 1] = row;
        if (!row) continue;
        rows[i].ndim = 1;
        rows[i].as.array.shape[0] = one_row ? shape[0] * shape[1] * shape[2] : shape[2];
        rows[i].as.array.stride[0] = step;
    }
    Special *sp = jit_infer(m, loop_of(m, f, target, is_array), types);
    int64_t count = rows[0].as.array.shape[0];
    for (int64_t at = 0; at < (one_row ? 1 : shape[0] * shape[1]) && count; at++) {
        for (size_t i = 0; i < n && !one_row; i++) {
            const JitValue *v = i ? &args[i - 1] : out;
            if (!v->ndim) continue;
            char *data = (char *)v->as.array.data + at / shape[1] * steps[i][0] +
                         at % shape[1] * steps[i][1];
            if (rows[i].ndim) rows[i].as.array.data = data;
            if (types[i]->kind == K_ARRAY) continue;
            rows[i] = (JitValue){.kind = v->kind}; /* one number serves the row */
            memcpy(&rows[i].as, data, (size_t)(jit_bits(types[i]) + 7) / 8);
        }
        int status = jit_run_special(m, sp, target, (size_t)count, rows, n);
        if (status) return status;
    }
    return 0;
}

/* ---- @cuda.reduce ---- */

enum { REDUCE_THREADS = 128, REDUCE_BLOCKS = 64 };

/* On the host, one element after the other. On the device, each thread does so for every so many
 * elements; then the threads of a block meet in shared memory, half of them, a quarter and so on;
 * and the blocks' results go through the same kernel once more. So a reduction must not depend on
 * the order. */
static const char *reduction_text(Session *s, JitTarget target, Kind kind) {
    if (target != JIT_CUDA)
        return "def reduce(out, x, init, use):\n"
               "    s = x[0]\n"
               "    for i in range(1, x.shape[0]):\n"
               "        s = f(s, x[i])\n"
               "    out[0] = f(s, init) if use else s\n";
    return jit_text(s,
                    "def reduce(out, x, init, use):\n"
                    "    shared = cuda.shared.array(%d, %s)\n"
                    "    t = cuda.threadIdx.x\n"
                    "    n = x.shape[0]\n"
                    "    first = cuda.grid(1)\n"
                    "    if first < n:\n"
                    "        s = x[first]\n"
                    "        for i in range(first + cuda.gridsize(1), n, cuda.gridsize(1)):\n"
                    "            s = f(s, x[i])\n"
                    "        shared[t] = s\n"
                    "    cuda.syncthreads()\n"
                    "    have = n - cuda.blockIdx.x * %d\n"
                    "    width = %d\n"
                    "    while width > 0:\n"
                    "        if t < width and t + width < have:\n"
                    "            shared[t] = f(shared[t], shared[t + width])\n"
                    "        cuda.syncthreads()\n"
                    "        width //= 2\n"
                    "    if t == 0:\n"
                    "        s = shared[0]\n"
                    "        out[cuda.blockIdx.x] = f(s, init) if use else s\n",
                    REDUCE_THREADS, jit_type_name(s, jit_scalar(kind)), REDUCE_THREADS,
                    REDUCE_THREADS / 2);
}

int jit_call_reduce(JitModule *m, Function *f, JitTarget target, const JitValue *args, size_t n,
                    JitValue *result) {
    Session *s = &m->session;
    if (f->arity != 2) jit_refuse(s, f->pos, "a reduction is a function of two numbers");
    if (n < 1 || n > 2 || args[0].ndim != 1 || args[0].as.array.shape[0] < 0)
        jit_stop(s, JIT_USAGE,
                 "%s() takes an array of one axis and, if not 0, a value to begin with", f->name);
    if (args[0].kind < JIT_BOOL || args[0].kind > JIT_F64)
        jit_stop(s, JIT_USAGE, "%s(): no such kind of value", f->name);
    if (n == 2 && (args[1].ndim || args[1].kind != args[0].kind))
        jit_stop(s, JIT_USAGE, "%s(): the value to begin with has the type of the elements",
                 f->name);
    Kind kind = (Kind)(args[0].kind - JIT_BOOL + K_BOOL);
    int64_t size = (jit_bits(jit_scalar(kind)) + 7) / 8, count = args[0].as.array.shape[0];
    JitValue init = n == 2 ? args[1] : (JitValue){.kind = args[0].kind};
    *result = init;
    if (!count) return 0;
    const Type *types[4] = {row_type(s, kind, true),
                            row_type(s, kind, count == 1 || args[0].as.array.stride[0] == size),
                            jit_scalar(kind), jit_scalar(K_BOOL)};
    Function *d = jit_derive(m, f, target, reduction_text(s, target, kind));
    Special *sp = jit_infer(m, d, types);
    uint64_t partials[REDUCE_BLOCKS] = {0}, answer = 0;
    int64_t blocks = (count + REDUCE_THREADS - 1) / REDUCE_THREADS;
    if (blocks > REDUCE_BLOCKS) blocks = REDUCE_BLOCKS;
    bool two = target == JIT_CUDA && blocks > 1;
    JitValue rows[4] = {{.kind = args[0].kind, .ndim = 1}, args[0], init, {.kind = JIT_BOOL}};
    rows[0].as.array = (JitArray){two ? partials : &answer, {two ? blocks : 1}, {size}};
    rows[3].as.b = !two;
    int status = jit_run_special(m, sp, target, (size_t)(blocks * REDUCE_THREADS), rows, 4);
    if (!status && two) {
        types[1] = types[0];
        sp = jit_infer(m, d, types);
        rows[1] = rows[0];
        rows[0].as.array = (JitArray){&answer, {1}, {size}};
        rows[3].as.b = true;
        status = jit_run_special(m, sp, target, REDUCE_THREADS, rows, 4);
    }
    *result = jit_read_slot(&answer, jit_scalar(kind));
    return status;
}

/* ---- For inspect: what is around a function for arrays of these types ---- */

Special *jit_derived(JitModule *m, Function *f, JitTarget target, const Type **args, int n) {
    const Type *types[MAX_LAYOUT_ARGS];
    bool is_array[MAX_LAYOUT_ARGS] = {false}, some = false;
    JitValue values[MAX_LAYOUT_ARGS] = {{.kind = JIT_NONE}};
    if (n >= MAX_LAYOUT_ARGS) return NULL;
    if (f->options.layout) return jit_gu_derived(m, f, target, args, n);
    for (int i = 0; i < n; i++) {
        is_array[i] = args[i]->kind == K_ARRAY;
        some |= is_array[i];
        const Type *t = is_array[i] ? args[i]->element : args[i];
        values[i].kind = (JitKind)(t->kind - K_BOOL + JIT_BOOL);
        types[1 + i] = is_array[i] ? row_type(&m->session, (Kind)t->kind, args[i]->contiguous) : t;
    }
    if (!some) return NULL;
    if (f->options.kind == KIND_VECTORIZE && n == f->arity) {
        types[0] = row_type(&m->session, (Kind)element_result(m, f, values)->kind, true);
        return jit_infer(m, loop_of(m, f, target, is_array), types);
    }
    if (f->options.kind != KIND_REDUCE || n != 1) return NULL;
    Kind kind = (Kind)args[0]->element->kind;
    types[0] = row_type(&m->session, kind, true);
    types[2] = jit_scalar(kind);
    types[3] = jit_scalar(K_BOOL);
    return jit_infer(m, jit_derive(m, f, target, reduction_text(&m->session, target, kind)), types);
}
