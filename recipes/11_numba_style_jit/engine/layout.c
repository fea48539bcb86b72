// SPDX-License-Identifier: MIT
/* Layouts of generalised functions: "(m,n),(n,p)->(m,p)" names the axes of each argument of
 * @guvectorize, inputs first, outputs behind the arrow. Names are words of any length. Here they
 * are read, and compared with the function's signatures. */
#include <ctype.h>
#include <string.h>

#include "guvectorize.h"

static int find_name(JitModule *m, Layout *layout, const char *name, size_t length, Pos pos) {
    for (int i = 0; i < layout->known; i++)
        if (strlen(layout->names[i]) == length && memcmp(layout->names[i], name, length) == 0)
            return i;
    if (layout->known == MAX_AXIS_NAMES)
        jit_refuse(&m->session, pos, "more than %d names in a layout", MAX_AXIS_NAMES);
    layout->names[layout->known] = jit_copy_text(&m->session, name, length);
    return layout->known++;
}

/* One argument: "(rows, cols)". Returns what follows it. */
static const char *read_axes(JitModule *m, Layout *layout, const char *p, Pos pos) {
    Session *s = &m->session;
    int i = layout->count++;
    if (*p++ != '(') jit_refuse(s, pos, "a layout looks like this: (m,n),(n,p)->(m,p)");
    if (i == MAX_LAYOUT_ARGS) jit_refuse(s, pos, "a layout of too many arguments");
    while (*p && *p != ')') {
        size_t length = 0;
        while (isalnum((unsigned char)p[length]) || p[length] == '_') length++;
        if (isdigit((unsigned char)*p))
            jit_refuse(s, pos, "a layout names its axes, and fixes no extents");
        if (length && layout->rank[i] == 3) jit_refuse(s, pos, "arrays have at most 3 axes here");
        if (length) layout->axes[i][layout->rank[i]++] = find_name(m, layout, p, length, pos);
        else if (*p != ' ' && *p != ',') break;
        p += length ? length : 1;
    }
    if (*p++ != ')') jit_refuse(s, pos, "a layout looks like this: (m,n),(n,p)->(m,p)");
    while (*p == ' ') p++;
    return p;
}

static void read_layout(JitModule *m, const Function *f, Layout *out) {
    Session *s = &m->session;
    Pos pos = f->options.layout_pos;
    const char *p = f->options.layout;
    int known_in_inputs = 0;
    *out = (Layout){.inputs = -1};
    for (;;) {
        while (*p == ' ') p++;
        p = read_axes(m, out, p, pos);
        if (*p == '\0') break;
        if (*p == ',') p++;
        else if (p[0] == '-' && p[1] == '>' && out->inputs < 0) {
            out->inputs = out->count;
            known_in_inputs = out->known;
            p += 2;
        } else jit_refuse(s, pos, "a layout looks like this: (m,n),(n,p)->(m,p)");
    }
    if (out->inputs < 1) jit_refuse(s, pos, "a layout has inputs and, after ->, outputs");
    if (out->known > known_in_inputs)
        jit_refuse(s, pos, "the axis '%s' of an output is in no input",
                   out->names[known_in_inputs]);
}

/* An argument without axes is a number or an array of one element; an output always an array. */
static bool fits_layout(const Layout *layout, int i, const Type *t) {
    int axes = t->kind == K_ARRAY ? t->ndim : 0;
    if (layout->rank[i] == 0) return axes == 1 || (axes == 0 && i < layout->inputs);
    return axes == layout->rank[i];
}

static void check_signature(JitModule *m, const Function *f, const Layout *layout, const Node *n) {
    Signature own;
    Session *s = &m->session;
    jit_read_signature(m, n, &own);
    Pos pos = f->options.layout_pos;
    if (own.count != f->arity)
        jit_refuse(s, pos, "%s() has %d parameters, its layout %d, its signature %d", f->name,
                   f->arity, layout->count, own.count);
    if (own.result && own.result->kind != K_NONE)
        jit_refuse(s, pos, "a guvectorized function returns nothing: it fills its outputs");
    for (int i = 0; i < f->arity; i++) {
        const Type *t = own.args[i];
        bool output = i >= layout->inputs && layout->rank[i] == 0;
        if (!fits_layout(layout, i, t))
            jit_refuse(s, pos, "the layout says %d axes for '%s', its type %d",
                       output ? 1 : layout->rank[i], f->params[i].name,
                       t->kind == K_ARRAY ? t->ndim : 0);
        if (t->kind == K_ARRAY && t->contiguous)
            jit_refuse(s, pos, "what lies inside larger arrays need not be contiguous: write [:]");
    }
}

void jit_check_layout(JitModule *m, const Function *f, Layout *layout) {
    read_layout(m, f, layout);
    if (layout->count != f->arity)
        jit_refuse(&m->session, f->options.layout_pos, "%s() has %d parameters, its layout %d",
                   f->name, f->arity, layout->count);
    for (int i = 0; i < f->options.count; i++)
        check_signature(m, f, layout, f->options.signatures[i]);
}
