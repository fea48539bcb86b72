// SPDX-License-Identifier: MIT
/* Generalised functions: @guvectorize(["void(int64[:,:],int64[:,:],int64[:,:])"],
 * "(m,n),(n,p)->(m,p)") says that the function works on matrices whose extents fit together; given
 * more axes, it is called for every position along these. The layout in its second argument names
 * the axes of each argument; a name that comes twice must have one extent. Arguments that lack
 * outer axes, or have the extent 1 there, are used again and again (broadcasting). Outputs are
 * arguments, too, which the caller makes. */
#include <ctype.h>
#include <string.h>

#include "internal.h"

void jit_read_layout(JitModule *m, const Function *f, Layout *out) {
    Session *s = &m->session;
    const char *p = f->options.layout;
    Pos pos = f->options.layout_pos;
    memset(out, 0, sizeof *out);
    for (out->inputs = -1;;) {
        while (*p == ' ') p++;
        if (*p++ != '(') jit_refuse(s, pos, "a layout looks like this: (m,n),(n,p)->(m,p)");
        if (out->count == MAX_LAYOUT_ARGS) jit_refuse(s, pos, "a layout of too many arguments");
        int axes = 0;
        for (; *p && *p != ')'; p++) {
            if (*p == ' ' || *p == ',') continue;
            if (!isalpha((unsigned char)*p) || isalnum((unsigned char)p[1]) || axes == 3)
                jit_refuse(s, pos, "the axes of a layout are single letters here, at most three");
            out->axes[out->count][axes++] = *p;
        }
        if (*p++ != ')') jit_refuse(s, pos, "a layout looks like this: (m,n),(n,p)->(m,p)");
        out->count++;
        while (*p == ' ') p++;
        if (*p == '\0') break;
        if (*p == ',') p++;
        else if (p[0] == '-' && p[1] == '>' && out->inputs < 0) {
            out->inputs = out->count;
            p += 2;
        } else jit_refuse(s, pos, "a layout looks like this: (m,n),(n,p)->(m,p)");
    }
    if (out->inputs < 1) jit_refuse(s, pos, "a layout has inputs and, after ->, outputs");
    for (int i = out->inputs; i < out->count; i++)
        for (const char *axis = out->axes[i]; *axis; axis++) {
            bool known = false;
            for (int k = 0; k < out->inputs; k++) known |= strchr(out->axes[k], *axis) != NULL;
            if (!known) jit_refuse(s, pos, "the axis '%c' of an output is in no input", *axis);
        }
}

/* An argument without axes is a number, or for an output an array of one element. */
static int core_axes(const Layout *layout, int i) {
    int axes = (int)strlen(layout->axes[i]);
    return axes == 0 && i >= layout->inputs ? 1 : axes;
}

static void check_signature(JitModule *m, const Function *f, const Layout *layout, const Node *n) {
    Signature own;
    Session *s = &m->session;
    jit_read_signature(m, n, &own);
    Pos pos = f->options.layout_pos;
    if (layout->count != f->arity || own.count != f->arity)
        jit_refuse(s, pos, "%s() has %d parameters, its layout %d, its signature %d", f->name,
                   f->arity, layout->count, own.count);
    if (own.result && own.result->kind != K_NONE)
        jit_refuse(s, pos, "a guvectorized function returns nothing: it fills its outputs");
    for (int i = 0; i < f->arity; i++) {
        const Type *t = own.args[i];
        int axes = t->kind == K_ARRAY ? t->ndim : 0;
        if (axes != core_axes(layout, i))
            jit_refuse(s, pos, "the layout says %d axes for '%s', its type %d",
                       core_axes(layout, i), f->params[i].name, axes);
        if (t->kind == K_ARRAY && t->contiguous)
            jit_refuse(s, pos, "what lies inside larger arrays need not be contiguous: write [:]");
    }
}

void jit_check_layout(JitModule *m, const Function *f, const Layout *layout) {
    for (int i = 0; i < f->options.count; i++)
        check_signature(m, f, layout, f->options.signatures[i]);
}

static JitKind element_kind(const Type *t) {
    return (JitKind)((t->kind == K_ARRAY ? t->element->kind : t->kind) - K_BOOL + JIT_BOOL);
}

/* Of several signatures, the one with the arguments' elements; if there is none, the last. */
static Signature signature_for(JitModule *m, const Function *f, const JitValue *args, size_t n) {
    Signature own = {0};
    for (int i = 0; i < f->options.count; i++) {
        bool fits = n == (size_t)f->arity;
        jit_read_signature(m, f->options.signatures[i], &own);
        for (int k = 0; fits && k < own.count; k++)
            fits = args[k].kind == element_kind(own.args[k]);
        if (fits) break;
    }
    return own;
}

const Type **jit_gu_types(JitModule *m, const Function *f, const Layout *layout,
                          const JitValue *args, size_t n) {
    Session *s = &m->session;
    jit_check_layout(m, f, layout);
    Signature own = signature_for(m, f, args, n);
    if (!own.args) jit_refuse(s, f->pos, "%s() has no signature", f->name);
    if (n != (size_t)layout->count)
        jit_stop(s, JIT_USAGE, "%s() takes %d arguments, outputs included, not %zu", f->name,
                 layout->count, n);
    int outer = 0;
    int64_t extents[256] = {0}, shape[3] = {1, 1, 1};
    bool known[256] = {false};
    for (int i = 0; i < layout->count; i++) {
        const JitValue *a = &args[i];
        const char *name = f->params[i].name;
        for (int k = 0; k < 3 && k < a->ndim; k++)
            if (a->as.array.shape[k] < 0) jit_stop(s, JIT_USAGE, "%s: a negative shape", name);
        if (a->ndim < 0 || a->ndim > 3) jit_stop(s, JIT_USAGE, "%s: no such array", name);
        const Type *t = own.args[i]->kind == K_ARRAY ? own.args[i]->element : own.args[i];
        if (a->kind != element_kind(t))
            jit_stop(s, JIT_USAGE, "%s() takes elements of %s for '%s'", f->name,
                     jit_type_name(s, t), name);
        int core = core_axes(layout, i), beyond = a->ndim - (int)strlen(layout->axes[i]);
        if (beyond < 0 || (a->ndim == 0 && i >= layout->inputs))
            jit_stop(s, JIT_USAGE, "%s() needs an array of %d or more axes for '%s'", f->name,
                     core ? core : 1, name);
        for (int k = 0; k < (int)strlen(layout->axes[i]); k++) {
            unsigned char axis = (unsigned char)layout->axes[i][k];
            int64_t extent = a->as.array.shape[beyond + k];
            if (known[axis] && extents[axis] != extent)
                jit_stop(s, JIT_USAGE, "%s(): the axis %c is %lld in '%s', and %lld before",
                         f->name, axis, (long long)extent, name, (long long)extents[axis]);
            known[axis] = true;
            extents[axis] = extent;
        }
        /* Outer axes are matched from the last to the first. */
        if (beyond > outer) outer = beyond;
        for (int k = 0; k < beyond && k < 3; k++) {
            int64_t extent = a->as.array.shape[beyond - 1 - k], *all = &shape[2 - k];
            if (*all == 1 && i < layout->inputs) *all = extent;
            else if (extent != *all && (extent != 1 || i >= layout->inputs))
                jit_stop(s, JIT_USAGE, "%s(): the outer axes of '%s' do not fit the others",
                         f->name, name);
        }
        if (i >= layout->inputs && beyond != outer)
            jit_stop(s, JIT_USAGE, "%s(): the output '%s' has %d outer axes; %d are needed",
                     f->name, name, beyond, outer);
    }
    return own.args;
}

int jit_gu_run(const Layout *layout, int (*entry)(void **args, void *result), JitValue *args) {
    int64_t shape[3] = {1, 1, 1};
    int beyond[MAX_LAYOUT_ARGS] = {0};
    for (int i = 0; i < layout->count; i++) {
        beyond[i] = args[i].ndim - (int)strlen(layout->axes[i]);
        for (int k = 0; k < beyond[i] && k < 3; k++)
            if (shape[2 - k] == 1) shape[2 - k] = args[i].as.array.shape[beyond[i] - 1 - k];
    }
    for (int64_t at = 0; at < shape[0] * shape[1] * shape[2]; at++) {
        int64_t place[3] = {at / shape[2] / shape[1], at / shape[2] % shape[1], at % shape[2]};
        JitArray cores[MAX_LAYOUT_ARGS];
        void *addresses[MAX_LAYOUT_ARGS];
        for (int i = 0; i < layout->count; i++) {
            JitArray *a = &args[i].as.array;
            char *data = args[i].ndim ? a->data : (void *)&args[i].as;
            for (int k = 0; k < beyond[i] && k < 3; k++) {
                int axis = beyond[i] - 1 - k;
                if (a->shape[axis] != 1) data += place[2 - k] * a->stride[axis];
            }
            cores[i] = (JitArray){.data = data, .shape = {1}, .stride = {0}};
            for (int k = 0; k < (int)strlen(layout->axes[i]); k++) {
                cores[i].shape[k] = a->shape[beyond[i] + k];
                cores[i].stride[k] = a->stride[beyond[i] + k];
            }
            bool number = core_axes(layout, i) == 0;
            addresses[i] = number ? (void *)data : (void *)&cores[i];
        }
        int status = entry(addresses, NULL);
        if (status) return status;
    }
    return 0;
}
