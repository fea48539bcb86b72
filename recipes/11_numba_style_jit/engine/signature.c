// SPDX-License-Identifier: MIT
/* Signatures in the text, such as float64(float64[:], int64): what they say, and which of several
 * a call means. Numba takes the one whose arguments need the least bad conversions, as for an
 * operator; a vectorized function is NumPy's kind, and takes the first that loses nothing. */
#include <string.h>

#include "internal.h"

const Type *jit_read_type(JitModule *m, const Node *n) {
    Session *s = &m->session;
    if (n->kind == N_NAME || n->kind == N_ATTR) {
        const char *last = n->name;
        if (n->kind == N_NAME && jit_lookup(m, last)) { /* from numba import int64 as i */
            const char *qualified = jit_qualify(m, n);
            const char *dot = qualified ? strrchr(qualified, '.') : NULL;
            last = dot ? dot + 1 : last;
        }
        Kind kind = jit_kind_by_name(last, strlen(last));
        if (kind == K_UNDEF && strcmp(last, "int") == 0) kind = K_I64;
        if (kind == K_UNDEF && strcmp(last, "float") == 0) kind = K_F64;
        if (kind == K_UNDEF) jit_refuse(s, n->pos, "'%s' is no type of this language", last);
        return jit_scalar(kind);
    }
    if (n->kind != N_INDEX) jit_refuse(s, n->pos, "expected a type, such as int64 or float64[:]");
    const Type *element = jit_read_type(m, n->a);
    if (!jit_is_number(element)) jit_refuse(s, n->pos, "an array has numbers as its elements");
    if (n->count > 3) jit_refuse(s, n->pos, "arrays have 1 to 3 dimensions");
    bool contiguous = false;
    for (int i = 0; i < n->count; i++) {
        const Node *axis = n->items[i];
        bool step = axis->kind == N_SLICE && axis->c && axis->c->kind == N_INT && axis->c->i == 1;
        if (axis->kind != N_SLICE || axis->a || axis->b || (axis->c && !step) ||
            (step && i != n->count - 1))
            jit_refuse(s, axis->pos, "each dimension is ':', and the last may be '::1'");
        contiguous |= step;
    }
    return jit_array_type(s, element, n->count, contiguous);
}

void jit_read_signature(JitModule *m, const Node *n, Signature *out) {
    Session *s = &m->session;
    if (n->kind == N_STRING) {
        n = jit_parse_expression(s, n->name);
        jit_read_signature(m, n, out);
        return;
    }
    *out = (Signature){0};
    if (n->kind == N_CALL) out->result = jit_read_type(m, n->a);
    else if (n->kind != N_TUPLE) { /* (int64) is just int64 */
        out->args = jit_new(s, 1, sizeof *out->args);
        out->args[0] = jit_read_type(m, n);
        out->count = 1;
        return;
    }
    out->count = n->count;
    out->args = jit_new(s, (size_t)n->count, sizeof *out->args);
    for (int i = 0; i < n->count; i++) {
        out->args[i] = jit_read_type(m, n->items[i]);
        if (out->args[i]->kind == K_NONE)
            jit_refuse(s, n->items[i]->pos, "an argument cannot have the type void");
    }
}

enum { UNSAFE_WEIGHT = 64 * 64 };

/* How badly args fit a signature; -1: not at all. */
static int badness(const Type *const *args, const Signature *to) {
    static const int weight[] = {0, 1, 64, UNSAFE_WEIGHT}; /* the worst decides */
    int sum = 0;
    for (int i = 0; i < to->count; i++) {
        const Type *a = args[i], *b = to->args[i];
        if (jit_same(a, b)) continue;
        if (jit_is_number(a) && jit_is_number(b)) {
            int how = jit_conversion((Kind)a->kind, (Kind)b->kind);
            if (how == NO_WAY) return -1;
            sum += weight[how];
        } else if (a->kind == K_ARRAY && b->kind == K_ARRAY && a->element == b->element &&
                   a->ndim == b->ndim && !b->contiguous)
            sum += weight[SAFE];
        else return -1;
    }
    return sum;
}

static const char *names_of(Session *s, const Type *const *args, int count) {
    const char *all = "(";
    for (int i = 0; i < count; i++)
        all = jit_text(s, "%s%s%s", all, i ? ", " : "", jit_type_name(s, args[i]));
    return jit_text(s, "%s)", all);
}

void jit_choose_signature(JitModule *m, const Function *f, const Type *const *args, Pos pos,
                          Signature *out) {
    Session *s = &m->session;
    int best = -1, equals = 0;
    bool ufunc = f->options.kind == KIND_VECTORIZE;
    for (int i = 0; i < f->options.count; i++) {
        Signature one;
        jit_read_signature(m, f->options.signatures[i], &one);
        if (one.count != f->arity)
            jit_refuse(s, f->options.signatures[i]->pos,
                       "a signature of %d arguments for %s(), which has %d", one.count, f->name,
                       f->arity);
        int bad = badness(args, &one);
        bool safe = bad >= 0 && bad < UNSAFE_WEIGHT; /* no unsafe conversion among them */
        if (bad < 0 || (ufunc && (!safe || best >= 0))) continue;
        if (best < 0 || bad < best) {
            best = bad;
            equals = 0;
            *out = one;
        }
        equals += bad == best;
    }
    if (best < 0 && f->options.count == 1) { /* say which argument it is */
        jit_read_signature(m, f->options.signatures[0], out);
        for (int i = 0; i < out->count; i++) {
            Signature one = {.args = &out->args[i], .count = 1};
            int bad = badness(&args[i], &one);
            if (bad >= 0 && (!ufunc || bad < UNSAFE_WEIGHT)) continue;
            jit_refuse(s, pos, "%s() takes %s as its argument '%s', not %s", f->name,
                       jit_type_name(s, out->args[i]), f->params[i].name,
                       jit_type_name(s, args[i]));
        }
    }
    if (best < 0)
        jit_refuse(s, pos, "none of the %d signatures of %s() takes %s", f->options.count, f->name,
                   names_of(s, args, f->arity));
    if (equals > 1)
        jit_refuse(s, pos, "several signatures of %s() take %s equally well", f->name,
                   names_of(s, args, f->arity));
}
