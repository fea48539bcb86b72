// SPDX-License-Identifier: MIT
/* --same-as FUNCTION: is the result right? A second function of the file, as plain as it can be, is
 * called on the host with the same arguments, and everything is compared: integers must be equal,
 * floats within --ulp units in the last place. Instead of a name, the text of a function will
 * do. */
#include <ctype.h>

#include "program.h"

static const JitValue none;

static size_t elements(const JitValue *v) {
    size_t n = 1;
    for (int k = 0; k < v->ndim; k++) n *= (size_t)v->as.array.shape[k];
    return n;
}

/* Arrays on the command line lie densely, 8 bytes an element at most. */
int copy_values(const JitValue *values, size_t n, JitValue *copies) {
    static const size_t sizes[] = {0, 1, 1, 2, 4, 8, 1, 2, 4, 8, 4, 8};
    for (size_t i = 0; i < n; i++) {
        copies[i] = values[i];
        if (!values[i].ndim) continue;
        int status = hc_alloc(elements(&values[i]), 8, &copies[i].as.array.data);
        if (status != HC_OK) return status;
        memcpy(copies[i].as.array.data, values[i].as.array.data,
               elements(&values[i]) * sizes[values[i].kind]);
    }
    return HC_OK;
}

void free_values(const JitValue *values, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (values[i].ndim) free(values[i].as.array.data);
}

/* All elements as one of the types that hc_compare knows. */
static void widen(const JitValue *v, size_t n, HcType type, void *out) {
    for (size_t i = 0; i < n; i++) {
        JitValue item = v->ndim ? get_element(v->as.array.data, i, v->kind) : *v;
        if (item.kind == JIT_BOOL) ((int64_t *)out)[i] = item.as.b;
        else if (type == HC_F32) ((float *)out)[i] = item.as.f32;
        else memcpy((uint64_t *)out + i, &item.as, 8);
    }
}

static void compare(const char *name, const JitValue *got, const JitValue *want, uint64_t ulp) {
    size_t n = elements(got);
    void *a, *b;
    bool real = got->kind == JIT_F32 || got->kind == JIT_F64;
    HcType type = got->kind == JIT_F32   ? HC_F32
                  : got->kind == JIT_F64 ? HC_F64
                  : got->kind >= JIT_U8  ? HC_U64
                                         : HC_I64;
    if (got->kind != want->kind || got->ndim != want->ndim || elements(want) != n) {
        HcVerdict other = {.n = n, .wrong = n, .allowed = "the same type and shape"};
        hc_verify(name, other);
        return;
    }
    CHECK_HC(hc_alloc(n, 8, &a));
    CHECK_HC(hc_alloc(n, 8, &b));
    widen(got, n, type, a);
    widen(want, n, type, b);
    hc_verify(name, hc_compare(type, a, b, n, real ? HC_ULP(ulp) : HC_EXACT));
    free(a);
    free(b);
}

/* The function that is meant: of the module, or the last of a text. */
static JitModule *reference_module(JitModule *module, const char *what, const char **function) {
    JitModule *other;
    bool name = true;
    for (const char *p = what; *p; p++) name &= isalnum((unsigned char)*p) || *p == '_';
    *function = what;
    if (name) return module;
    need_jit(jit_api.load("--same-as", what, &other), "--same-as");
    *function = NULL;
    for (size_t i = 0; jit_api.functions(other, i); i++) *function = jit_api.functions(other, i);
    if (!*function)
        exit(hc_fail(hc_set_error(HC_USAGE, 0, NULL, NULL, "the text has no compiled function"),
                     program_recipe.name, 0, "--same-as"));
    return other;
}

void check_same(JitModule *module, const Outcome *got, JitValue *copies, unsigned repeat) {
    const char *function;
    JitModule *other = reference_module(module, program_same_as, &function);
    JitLaunch host = {.target = JIT_CPU};
    JitValue results[JIT_RESULTS] = {none};
    size_t count = 0;
    for (unsigned r = 0; r < repeat; r++)
        need_jit(jit_api.call(other, function, &host, copies, got->n, results, &count), function);
    if (count != got->count) {
        HcVerdict verdict = {.n = got->count, .wrong = 1, .allowed = "as many results"};
        hc_verify("result", verdict);
    } else
        for (size_t i = 0; i < count; i++)
            compare("result", &got->results[i], &results[i], program_ulp);
    for (size_t i = 0; i < got->n; i++) {
        char name[32];
        snprintf(name, sizeof name, "argument %zu", i + 1);
        if (copies[i].ndim) compare(name, &got->values[i], &copies[i], program_ulp);
    }
    if (other != module) jit_api.unload(other);
}
