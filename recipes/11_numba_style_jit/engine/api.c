// SPDX-License-Identifier: MIT
/* The compiler from outside: what jit.h promises. Each function that may fail sets the place to
 * which errors leap (setjmp), does its work, and turns what happened into a status. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "api.h"
#include "hc.h"

enum { MAX_FILE = 16 << 20 };

int jit_finish(JitModule *m) {
    m->session.name = m->name;
    m->session.text = m->text;
    m->session.stop = NULL;
    m->scope = NULL;
    Special **end = &m->specials;
    while (*end)
        if ((*end)->checked) end = &(*end)->next;
        else *end = (*end)->next;
    return m->session.status;
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

Function *jit_find_function(JitModule *m, const char *name) {
    const Binding *b = jit_lookup(m, name);
    if (b && b->kind == BIND_FUNCTION) return b->function;
    if (b && b->kind == BIND_REFUSED) jit_stop(&m->session, JIT_REFUSED, "%s", b->refusal);
    if (b && b->kind == BIND_PLAIN)
        jit_stop(&m->session, JIT_USAGE, "%s: '%s' has no decorator @njit", m->name, name);
    jit_stop(&m->session, JIT_USAGE, "%s: no compiled function is called '%s'", m->name, name);
}

/* The function and its types that a signature means. */
static Special *special_of(JitModule *m, const char *function, const char *signature,
                           JitTarget target) {
    Session *s = &m->session;
    Signature types;
    Function *f = jit_find_function(m, function);
    s->name = "signature";
    s->text = signature;
    Node *n = jit_new(s, 1, sizeof *n);
    n->kind = N_STRING;
    n->name = signature;
    n->pos = (Pos){1, 1};
    jit_read_signature(m, n, &types);
    if (target != JIT_DECLARED) {
        s->name = m->name;
        s->text = m->text;
        Special *around = jit_derived(m, f, target, types.args, types.count);
        if (around) return around;
    }
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
        Special *sp = special_of(m, function, signature, JIT_DECLARED);
        if (jit_result_of(sp)->kind == K_TUPLE)
            jit_stop(&m->session, JIT_USAGE, "%s() returns a tuple, which C cannot", function);
        if (sp->function->options.device)
            jit_stop(&m->session, JIT_USAGE, "%s() is for the CUDA device, and C cannot call it",
                     function);
        double start = hc_now_ms();
        *out = jit_compile(m, sp, ENTRY_PLAIN, false)->pointer;
        m->compile_ms += hc_now_ms() - start;
    }
    return END(m);
}

static int inspect(JitModule *m, const char *function, const char *signature, JitForm form,
                   char **text) {
    *text = NULL;
    BEGIN(m) {
        JitTarget where = form == JIT_PTX ? JIT_CUDA : form == JIT_ASM ? JIT_CPU : JIT_DECLARED;
        if (where == JIT_DECLARED) where = jit_find_function(m, function)->options.target;
        Special *sp = special_of(m, function, signature, where);
        switch (form) {
        case JIT_TOKENS: *text = jit_show_tokens(m, sp->function); break;
        case JIT_TREE: *text = jit_show_tree(m, sp->function); break;
        case JIT_FLOW:
        case JIT_TYPES: *text = jit_show_values(m, sp, form == JIT_TYPES); break;
        case JIT_PTX:
            *text = jit_ptx(m, sp, false, function, jit_device_arch(&m->session), form, NULL);
            break;
        case JIT_ASM:
            if (sp->function->options.device)
                jit_stop(&m->session, JIT_USAGE, "%s() is for the CUDA device: it has ptx, no asm",
                         function);
            /* fall through */
        default:
            if (sp->function->options.device)
                *text = jit_ptx(m, sp, false, function, jit_device_arch(&m->session), form, NULL);
            else *text = jit_show_code(m, sp, form);
        }
    }
    return END(m);
}

static const char *raised(void) {
    int status = jit_take_raised();
    return status ? jit_exception(status) : NULL;
}

static int signature_of(const JitValue *args, size_t n, char **text) {
    JitModule m = {.name = "arguments"};
    *text = NULL;
    BEGIN(&m) {
        Session *s = &m.session;
        const char *all = "(";
        for (size_t i = 0; i < n; i++) {
            const Type *t = jit_type_of_value(s, &args[i], "an argument");
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

static int signatures(JitModule *m, const char *function, size_t index, char **text) {
    *text = NULL;
    BEGIN(m) {
        Session *s = &m->session;
        size_t skipped = 0;
        const Function *f = jit_find_function(m, function);
        for (const Special *sp = m->specials; sp && !*text; sp = sp->next) {
            if (sp->function != f || !sp->checked || skipped++ < index) continue;
            const char *all = "(";
            for (int i = 0; i < f->arity; i++)
                all = jit_text(s, "%s%s%s", all, i ? ", " : "", jit_type_name(s, sp->args[i]));
            *text = strdup(jit_text(s, "%s) -> %s", all, jit_type_name(s, jit_result_of(sp))));
            if (!*text) jit_stop(s, JIT_RAISED, "out of memory");
        }
    }
    return END(m);
}

static JitTarget target(const JitModule *m, const char *function) {
    const Binding *b = jit_lookup(m, function);
    return b && b->kind == BIND_FUNCTION ? b->function->options.target : JIT_DECLARED;
}

static JitTimes times(const JitModule *m) { return m->times; }

static const char *vector_maths(void) {
    char name[64];
    void *address = NULL;
    jit_start_machine();
    for (size_t i = 0; jit_vector_function(i, name, sizeof name, &address); i++)
        if (address) return "libmvec";
    return NULL;
}

static double compile_ms(const JitModule *m) { return m->compile_ms; }

__attribute__((visibility("default"))) const JitApi jit_api = {
    load,      unload,     jit_call,         jit_result_of_call, target,        times,
    pointer,   raised,     inspect,          signatures,         signature_of,  functions,
    jit_error, compile_ms, jit_llvm_version, vector_maths,       jit_use_cache, jit_cache_of};
