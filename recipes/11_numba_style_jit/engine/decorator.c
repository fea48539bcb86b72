// SPDX-License-Identifier: MIT
/* Step 2, continued: decorators. What @njit, @vectorize, @guvectorize, @cuda.jit and @cuda.reduce
 * say is kept with the function; decorators that are not Numba's leave a function to Python. */
#include <string.h>

#include "parse.h"

static bool read_flag(Parser *p, const Node *keyword) {
    if (keyword->a->kind != N_BOOL)
        jit_refuse(p->s, keyword->a->pos, "%s takes True or False", keyword->name);
    return keyword->a->i != 0;
}

static bool is_one_of(const char *word, const char *const *words) {
    for (; *words; words++)
        if (strcmp(*words, word) == 0) return true;
    return false;
}

static void read_target(Parser *p, const Node *k, Options *o) {
    const char *word = k->a->kind == N_STRING ? k->a->name : "";
    if (strcmp(word, "cpu") == 0) o->target = JIT_CPU;
    else if (strcmp(word, "parallel") == 0) o->target = JIT_PARALLEL;
    else if (strcmp(word, "cuda") == 0) o->target = JIT_CUDA;
    else jit_refuse(p->s, k->a->pos, "target takes 'cpu', 'parallel' or 'cuda'");
}

static void read_keyword(Parser *p, const Node *k, Options *o) {
    /* Nothing is to be done for these here. */
    static const char *const nothing[] = {"nogil", "nopython", NULL};
    static const char *const nothing_cuda[] = {"inline", "lineinfo", "opt", NULL};
    bool cuda = o->device != DEVICE_NO;
    if (strcmp(k->name, "fastmath") == 0) o->fastmath = read_flag(p, k);
    else if (strcmp(k->name, "cache") == 0) o->cache = read_flag(p, k);
    else if (is_one_of(k->name, cuda ? nothing_cuda : nothing)) read_flag(p, k);
    else if (cuda && strcmp(k->name, "device") == 0)
        o->device = read_flag(p, k) ? DEVICE_FUNCTION : DEVICE_KERNEL;
    else if (cuda && strcmp(k->name, "debug") == 0) { /* with it, exceptions are raised */
        o->boundscheck = read_flag(p, k);
        o->numpy_errors = !o->boundscheck;
    } else if (cuda && strcmp(k->name, "max_registers") == 0) {
        if (k->a->kind != N_INT) jit_refuse(p->s, k->a->pos, "max_registers takes a number");
    } else if (!cuda && strcmp(k->name, "boundscheck") == 0)
        o->boundscheck = k->a->kind != N_NONE && read_flag(p, k);
    else if (o->kind == KIND_JIT && !cuda && strcmp(k->name, "error_model") == 0) {
        bool numpy = k->a->kind == N_STRING && strcmp(k->a->name, "numpy") == 0;
        if (!numpy && !(k->a->kind == N_STRING && strcmp(k->a->name, "python") == 0))
            jit_refuse(p->s, k->a->pos, "error_model takes 'python' or 'numpy'");
        o->numpy_errors = numpy;
    } else if (o->kind == KIND_JIT && !cuda && strcmp(k->name, "parallel") == 0)
        o->parallel = read_flag(p, k);
    else if (o->kind != KIND_JIT && strcmp(k->name, "target") == 0) read_target(p, k, o);
    else jit_refuse(p->s, k->pos, "the option %s is not supported by this compiler", k->name);
}

static void read_signatures(Parser *p, Node *item, Options *o) {
    if (o->count) jit_refuse(p->s, item->pos, "several signatures stand in one list");
    bool list = item->kind == N_LIST;
    o->count = list ? item->count : 1;
    o->signatures = jit_new(p->s, (size_t)o->count + 1, sizeof(Node *));
    for (int i = 0; i < o->count; i++) o->signatures[i] = list ? item->items[i] : item;
    if (!o->count) jit_refuse(p->s, item->pos, "a list of signatures that has none");
}

/* Which decorator is this? KIND_NONE: none of Numba's. */
static DecoratorKind kind_of(Parser *p, const Node *d, const char *qualified, Options *o) {
    static const struct {
        const char *name;
        DecoratorKind kind;
        DeviceKind device;
        JitTarget target;
        bool numpy_errors; /* Numba's error model, where nothing else is said */
    } known[] = {{"numba.njit", KIND_JIT, DEVICE_NO, JIT_CPU, false},
                 {"numba.jit", KIND_JIT, DEVICE_NO, JIT_CPU, false},
                 {"numba.guvectorize", KIND_GUVECTORIZE, DEVICE_NO, JIT_CPU, true},
                 {"numba.vectorize", KIND_VECTORIZE, DEVICE_NO, JIT_CPU, true},
                 {"numba.cuda.jit", KIND_JIT, DEVICE_KERNEL, JIT_CUDA, true},
                 {"numba.cuda.reduce", KIND_REDUCE, DEVICE_NO, JIT_CUDA, true},
                 {"numba.cuda.Reduce", KIND_REDUCE, DEVICE_NO, JIT_CUDA, true}};
    if (!qualified || strncmp(qualified, "numba", 5) != 0) return KIND_NONE;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].name, qualified) != 0) continue;
        o->device = known[i].device;
        o->target = known[i].target;
        o->numpy_errors = known[i].numpy_errors;
        return o->kind = known[i].kind;
    }
    jit_refuse(p->s, d->pos, "the decorator %s is not supported by this compiler", qualified);
}

bool jit_read_decorator(Parser *p, const Node *d, Options *o) {
    const char *qualified = jit_qualify(p->m, d->kind == N_CALL ? d->a : d);
    DecoratorKind kind = kind_of(p, d, qualified, o);
    if (kind == KIND_NONE) return false;
    if (kind == KIND_REDUCE && d->kind == N_CALL)
        jit_refuse(p->s, d->pos, "@%s stands without arguments", qualified);
    for (int i = 0; d->kind == N_CALL && i < d->count; i++) {
        Node *item = d->items[i];
        if (item->kind == N_KEYWORD) read_keyword(p, item, o);
        else if (kind == KIND_GUVECTORIZE && !o->layout && item->kind == N_STRING &&
                 (o->count || strstr(item->name, "->"))) { /* one without signatures, too */
            o->layout = item->name;
            o->layout_pos = item->pos;
        } else read_signatures(p, item, o);
    }
    if (kind == KIND_GUVECTORIZE && !o->layout)
        jit_refuse(p->s, d->pos,
                   "guvectorize takes a signature and a layout, such as \"(m,n),(n,p)->(m,p)\"");
    return true;
}
