// SPDX-License-Identifier: MIT
/* Generalised functions: @guvectorize(["void(int64[:,:],int64[:,:],int64[:,:])"],
 * "(m,n),(n,p)->(m,p)") says that the function works on matrices whose extents fit together; given
 * more axes, it is called for every position along these, the outer axes. The layout in its second
 * argument names the axes of each argument; a name that comes twice must have one extent. Arguments
 * that lack outer axes, or have the extent 1 there, are used again and again (broadcasting).
 * Outputs are arguments, too, which the caller makes.
 *
 * The loop over the positions is a function around this one, as in derive.c: on the CPU range, on
 * all cores prange, on the CUDA device one thread for each position. */
#include <string.h>

#include "api.h"
#include "guvectorize.h"

/* ---- Do the arguments fit? ---- */

/* What a call's arguments say together. */
typedef struct Fit {
    Layout layout;
    const Type **types; /* of the core's parameters; NULL: no signature, and not all given */
    int64_t extents[MAX_AXIS_NAMES]; /* -1: not known yet */
    int64_t shape[3];                /* of the outer axes, the last one last */
    int outer;
} Fit;

static Kind element_kind(const Type *t) {
    return (Kind)(t->kind == K_ARRAY ? t->element->kind : t->kind);
}
static Kind kind_of(const JitValue *v) { return (Kind)v->kind - JIT_BOOL + K_BOOL; }
static JitKind value_kind(Kind k) { return (JitKind)(k - K_BOOL + JIT_BOOL); }

/* Of several signatures, the first with the arguments' elements; else the first for which numbers,
 * not arrays, are converted without loss; else the last, which the caller finds not to fit. */
static const Type **choose_types(JitModule *m, const Function *f, const JitValue *args, size_t n) {
    Signature own = {0};
    for (int loss = 0; loss < 2; loss++)
        for (int i = 0; i < f->options.count; i++) {
            bool fits = true;
            jit_read_signature(m, f->options.signatures[i], &own);
            for (size_t k = 0; fits && k < n; k++) {
                Kind from = kind_of(&args[k]), to = element_kind(own.args[k]);
                fits = from == to || (loss && !args[k].ndim && jit_conversion(from, to) <= SAFE);
            }
            if (fits) return own.args;
        }
    return own.args;
}

/* Without a signature, the arguments say what the types are. */
static const Type **own_types(Session *s, const Layout *layout, const JitValue *args) {
    const Type **types = jit_new(s, (size_t)layout->count, sizeof *types);
    for (int i = 0; i < layout->count; i++) {
        int axes = layout->rank[i] + (layout->rank[i] == 0 && i >= layout->inputs);
        types[i] = jit_scalar(kind_of(&args[i]));
        if (axes) types[i] = jit_array_type(s, types[i], axes, false);
    }
    return types;
}

static void match_argument(JitModule *m, const Function *f, Fit *fit, int i, const JitValue *a) {
    Session *s = &m->session;
    const char *name = f->params[i].name;
    int rank = fit->layout.rank[i], beyond = a->ndim - rank;
    bool output = i >= fit->layout.inputs;
    if (beyond < 0 || (a->ndim == 0 && output))
        jit_stop(s, JIT_USAGE, "%s() needs an array of %d or more axes for '%s'", f->name,
                 rank ? rank : 1, name);
    for (int k = 0; k < rank; k++) {
        int axis = fit->layout.axes[i][k];
        int64_t extent = a->as.array.shape[beyond + k], *all = &fit->extents[axis];
        if (*all >= 0 && *all != extent)
            jit_stop(s, JIT_USAGE, "%s(): the axis %s is %lld in '%s', and %lld before", f->name,
                     fit->layout.names[axis], (long long)extent, name, (long long)*all);
        *all = extent;
    }
    /* Outer axes are matched from the last to the first. */
    if (beyond > fit->outer) fit->outer = beyond;
    for (int k = 0; k < beyond; k++) {
        int64_t extent = a->as.array.shape[beyond - 1 - k], *all = &fit->shape[2 - k];
        if (*all == 1 && !output) *all = extent;
        else if (extent != *all && (extent != 1 || output))
            jit_stop(s, JIT_USAGE, "%s(): the outer axes of '%s' do not fit the others", f->name,
                     name);
    }
    if (output && beyond != fit->outer)
        jit_stop(s, JIT_USAGE, "%s(): the output '%s' has %d outer axes; %d are needed", f->name,
                 name, beyond, fit->outer);
}

static void need_count(JitModule *m, const Function *f, size_t n, bool fits) {
    if (!fits)
        jit_stop(&m->session, JIT_USAGE, "%s() takes %d arguments, outputs included, not %zu",
                 f->name, f->arity, n);
}

/* The first n arguments: all inputs, and as many outputs as are there. */
static void match(JitModule *m, const Function *f, const JitValue *args, size_t n, Fit *fit) {
    Session *s = &m->session;
    *fit = (Fit){.shape = {1, 1, 1}};
    jit_check_layout(m, f, &fit->layout);
    need_count(m, f, n, n >= (size_t)fit->layout.inputs && n <= (size_t)f->arity);
    for (int i = 0; i < MAX_AXIS_NAMES; i++) fit->extents[i] = -1;
    for (size_t i = 0; i < n; i++) jit_type_of_value(s, &args[i], f->params[i].name);
    if (f->options.count) fit->types = choose_types(m, f, args, n);
    else if (n == (size_t)f->arity) fit->types = own_types(s, &fit->layout, args);
    for (int i = 0; i < (int)n; i++) {
        const Type *t = fit->types ? fit->types[i] : NULL;
        Kind from = kind_of(&args[i]), to = t ? element_kind(t) : from;
        if (from != to && (args[i].ndim || jit_conversion(from, to) > SAFE))
            jit_stop(s, JIT_USAGE, "%s() takes elements of %s for '%s'", f->name,
                     jit_type_name(s, jit_scalar(to)), f->params[i].name);
        match_argument(m, f, fit, i, &args[i]);
    }
}

void jit_gu_result(JitModule *m, Function *f, const JitValue *args, size_t n, JitValue *out) {
    Fit fit;
    Session *s = &m->session;
    match(m, f, args, n, &fit);
    if (n == (size_t)f->arity)
        jit_stop(s, JIT_USAGE, "%s() takes %d arguments, and has them all", f->name, f->arity);
    if (!fit.types)
        jit_stop(s, JIT_USAGE, "%s() has no signature, which would say what '%s' is: pass it",
                 f->name, f->params[n].name);
    int rank = fit.layout.rank[n], axes = fit.outer + rank;
    if (axes > 3) jit_stop(s, JIT_USAGE, "%s(): results of %d axes; 3 are the most", f->name, axes);
    *out = (JitValue){.kind = value_kind(element_kind(fit.types[n])), .ndim = axes ? axes : 1};
    out->as.array.shape[0] = 1; /* a number: an array of one */
    for (int k = 0; k < axes; k++)
        out->as.array.shape[k] = k < fit.outer ? fit.shape[3 - fit.outer + k]
                                               : fit.extents[fit.layout.axes[n][k - fit.outer]];
    jit_lay_out(s, f, out);
}

/* ---- The loop over the positions ---- */

enum { FIRST = 3 }; /* parameters before the arguments: how many positions, and the extents */

/* f for all positions along rank outer axes: a0[i0, i1] is the part of a0 there. Bit k of has[i]
 * says that argument i has outer axis k. */
static Function *loop_of(JitModule *m, Function *f, JitTarget target, const Fit *fit, int rank,
                         const unsigned *has) {
    static const char *const heads[] = {[JIT_CPU] = "    for p in range(n):\n",
                                        [JIT_PARALLEL] = "    for p in prange(n):\n",
                                        [JIT_CUDA] = "    p = cuda.grid(1)\n    if p < n:\n"};
    static const char *const places[] = {
        "", "        i0 = p\n", "        i0 = p // s1\n        i1 = p % s1\n",
        "        i0 = p // s2 // s1\n        i1 = p // s2 % s1\n        i2 = p % s2\n"};
    Session *s = &m->session;
    const char *params = "n, s1, s2", *args = "";
    for (int i = 0; i < f->arity; i++) {
        const char *index = "";
        bool one = fit->types[i]->kind == K_ARRAY && fit->layout.rank[i] == 0;
        for (int k = 0; k < rank; k++) {
            if (!(has[i] >> k & 1)) continue;
            bool last = has[i] >> k == 1;
            index = jit_text(s, "%s%si%d", index, *index ? ", " : "", k);
            if (one && last) index = jit_text(s, "%s:i%d + 1", index, k);
        }
        params = jit_text(s, "%s, a%d", params, i);
        args = jit_text(s, *index ? "%s%sa%d[%s]" : "%s%sa%d%s", args, i ? ", " : "", i, index);
    }
    const char *text = jit_text(s, "def guvectorize(%s):\n%s%s        f(%s)\n", params,
                                heads[target], places[rank], args);
    return jit_derive(m, f, target, text);
}

/* Argument i without its outer axes of extent 1. Returns its type; *has are the axes it keeps, of
 * those that the call has, which are numbered by axis. A number may lie in *number. */
static const Type *strip(JitModule *m, const Fit *fit, int i, JitValue *v, const int axis[3],
                         unsigned *has, JitValue *number) {
    const Type *core = fit->types[i], *t = jit_scalar(element_kind(core));
    int beyond = v->ndim - fit->layout.rank[i], axes = 0;
    JitArray old = v->as.array;
    *has = 0;
    if (!v->ndim) {
        *number = jit_convert(*v, t);
        old.data = &number->as;
    }
    *v = (JitValue){.kind = value_kind(element_kind(core)), .ndim = v->ndim};
    v->as.array = (JitArray){.data = old.data, .shape = {1}};
    for (int k = 0; k < v->ndim; k++) {
        if (k < beyond && old.shape[k] == 1) continue;
        if (k < beyond) *has |= 1U << axis[3 - beyond + k];
        v->as.array.shape[axes] = old.shape[k];
        v->as.array.stride[axes++] = old.stride[k];
    }
    v->ndim = axes;
    if (!axes && core->kind == K_ARRAY) v->ndim = 1; /* of one element */
    if (v->ndim) return jit_array_type(&m->session, t, v->ndim, false);
    *v = (JitValue){.kind = v->kind}; /* one number serves all positions */
    memcpy(&v->as, old.data, (size_t)(jit_bits(t) + 7) / 8);
    return t;
}

int jit_call_guvectorized(JitModule *m, Function *f, JitTarget target, const JitValue *args,
                          size_t n) {
    Fit fit;
    Session *s = &m->session;
    match(m, f, args, n, &fit); /* what is wrong with the inputs comes first */
    need_count(m, f, n, n == (size_t)f->arity);
    JitValue values[FIRST + MAX_LAYOUT_ARGS] = {{.kind = JIT_NONE}}, numbers[MAX_LAYOUT_ARGS];
    const Type *types[FIRST + MAX_LAYOUT_ARGS];
    unsigned has[MAX_LAYOUT_ARGS];
    int rank = 0, axis[3] = {0};
    int64_t total = 1, extents[3] = {1, 1, 1};
    for (int k = 0; k < 3; k++) {
        if (fit.shape[k] == 1) continue;
        extents[rank] = fit.shape[k];
        axis[k] = rank++;
        if (__builtin_mul_overflow(total, fit.shape[k], &total))
            jit_stop(s, JIT_USAGE, "%s(): more than 2^63 positions", f->name);
    }
    if (!total) return 0;
    for (int i = 0; i < f->arity; i++) {
        JitValue *v = &values[FIRST + i];
        *v = args[i];
        types[FIRST + i] = strip(m, &fit, i, v, axis, &has[i], &numbers[i]);
    }
    if (!rank && target != JIT_CUDA) { /* a single position needs no loop */
        Special *sp = jit_infer(m, f, fit.types);
        return jit_run_special(m, sp, target, 1, values + FIRST, n);
    }
    for (int k = 0; k < FIRST; k++) {
        types[k] = &jit_i64;
        values[k] = (JitValue){.kind = JIT_I64, .as.i = k ? extents[k] : total};
    }
    Special *sp = jit_infer(m, loop_of(m, f, target, &fit, rank, has), types);
    return jit_run_special(m, sp, target, (size_t)total, values, FIRST + n);
}

/* ---- For inspect: all outer axes are taken for larger than 1 ---- */

Special *jit_gu_derived(JitModule *m, Function *f, JitTarget target, const Type **args, int n) {
    Fit fit = {.types = NULL};
    JitValue values[MAX_LAYOUT_ARGS] = {{.kind = JIT_NONE}};
    const Type *types[FIRST + MAX_LAYOUT_ARGS] = {&jit_i64, &jit_i64, &jit_i64};
    unsigned has[MAX_LAYOUT_ARGS] = {0};
    int rank = 0;
    jit_check_layout(m, f, &fit.layout);
    if (n != f->arity && (n != fit.layout.inputs || !f->options.count)) return NULL;
    for (int i = 0; i < n; i++) {
        int axes = args[i]->kind == K_ARRAY ? args[i]->ndim : 0, beyond = axes - fit.layout.rank[i];
        values[i] = (JitValue){.kind = value_kind(element_kind(args[i])), .ndim = axes};
        if (beyond < 0) return NULL;
        if (beyond > rank) rank = beyond;
    }
    fit.types = f->options.count ? choose_types(m, f, values, (size_t)n)
                                 : own_types(&m->session, &fit.layout, values);
    if (!rank && target != JIT_CUDA) return jit_infer(m, f, fit.types);
    for (int i = 0; i < f->arity; i++) {
        int axes = i < n ? values[i].ndim : rank + fit.layout.rank[i];
        int beyond = axes - fit.layout.rank[i];
        has[i] = ((1U << beyond) - 1) << (rank - beyond);
        types[FIRST + i] = jit_scalar(element_kind(i < n ? args[i] : fit.types[i]));
        if (axes > 3) return NULL;
        if (!axes && fit.types[i]->kind == K_ARRAY) axes = 1; /* of one element */
        if (axes) types[FIRST + i] = jit_array_type(&m->session, types[FIRST + i], axes, false);
    }
    return jit_infer(m, loop_of(m, f, target, &fit, rank, has), types);
}
