// SPDX-License-Identifier: MIT
/* jit_corpus DIR FILE|operators [cuda|parallel] - compare the compiler with what real Numba said.
 * For FILE.py in DIR, FILE.json has, for each call, the arguments, and the types and values that
 * came back, bit for bit, or that an exception was raised, or that Numba refused to compile. Where
 * libm may differ, a case allows some units in the last place; everything else is equal, or wrong.
 * cuda: the same functions on the CUDA device, one thread of it, or, if vectorized, one for each
 * element; parallel: vectorized functions on all cores. */
#define _POSIX_C_SOURCE 200809L
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jit.h"

enum { MAX_ARGS = 8, MAX_OUTPUTS = 4, SHOWN = 20 };

static const JitApi *jit;
static const char *const kinds[] = {"none",  "bool",   "int8",   "int16",  "int32",   "int64",
                                    "uint8", "uint16", "uint32", "uint64", "float32", "float64"};
static const size_t bytes[] = {0, 1, 1, 2, 4, 8, 1, 2, 4, 8, 4, 8};
static int wrong;
static JitLaunch where;

static _Noreturn void give_up(const char *what) {
    printf("FAILED: %s\n", what);
    exit(1);
}

static const char *text_of(const cJSON *object, const char *key) {
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(object, key));
    return text ? text : "";
}

static JitKind kind_of(const char *name, size_t length) {
    for (int k = 1; k < 12; k++)
        if (strlen(kinds[k]) == length && memcmp(kinds[k], name, length) == 0) return (JitKind)k;
    give_up(name);
}

/* "int64:ff" */
static JitValue read_scalar(const char *text) {
    size_t length = strcspn(text, ":");
    JitValue v = {.kind = kind_of(text, length)};
    uint64_t bits = strtoull(text + length + 1, NULL, 16);
    if (v.kind == JIT_BOOL) v.as.b = bits != 0;
    else memcpy(&v.as, &bits, v.kind == JIT_F32 ? 4 : 8);
    return v;
}

static unsigned hex(char c) { return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10); }

/* An array with its elements in the order that the case says: side by side (C), the other way round
 * (F), or with gaps between them (A). buffer is to be freed. */
static JitValue read_array(const cJSON *item, unsigned char **buffer) {
    const char *name = text_of(item, "kind"), *order = text_of(item, "order");
    JitValue v = {.kind = kind_of(name, strlen(name))};
    const cJSON *extent, *shape = cJSON_GetObjectItem(item, "shape");
    size_t n = 1, size = bytes[v.kind];
    cJSON_ArrayForEach(extent, shape) {
        v.as.array.shape[v.ndim++] = (int64_t)extent->valuedouble;
        n *= (size_t)extent->valuedouble;
    }
    int64_t stride = (int64_t)size * (*order == 'A' ? 2 : 1);
    for (int i = 0; i < v.ndim; i++) {
        int k = *order == 'F' ? i : v.ndim - 1 - i;
        v.as.array.stride[k] = stride;
        stride *= v.as.array.shape[k];
    }
    *buffer = calloc(2 * n + 1, size);
    if (!*buffer) give_up("no memory");
    v.as.array.data = *buffer;
    return v;
}

/* Copy between the array and the hexadecimal text of its elements in C order; or compare them. */
static bool walk(const JitArray *a, int ndim, size_t size, const char *data, bool compare) {
    size_t n = 1;
    for (int k = 0; k < ndim; k++) n *= (size_t)a->shape[k];
    for (size_t i = 0; i < n; i++) {
        unsigned char *p = a->data;
        size_t rest = i;
        for (int k = ndim - 1; k >= 0; k--) {
            p += (int64_t)(rest % (size_t)a->shape[k]) * a->stride[k];
            rest /= (size_t)a->shape[k];
        }
        for (size_t b = 0; b < size; b++, data += 2) {
            unsigned char byte = (unsigned char)(hex(data[0]) << 4 | hex(data[1]));
            if (compare && p[b] != byte) return false;
            p[b] = byte;
        }
    }
    return true;
}

static int64_t ordered(double x) { /* neighbours differ by 1 */
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits < 0 ? INT64_MIN - bits : bits;
}

static bool same(const JitValue *got, const JitValue *want, int64_t ulp) {
    if (got->kind != want->kind) return false;
    if (want->kind == JIT_BOOL) return got->as.b == want->as.b;
    if (want->kind == JIT_F32) {
        if (isnan(want->as.f32)) return isnan(got->as.f32);
        float apart = fabsf(got->as.f32 - want->as.f32);
        return memcmp(&got->as, &want->as, 4) == 0 ||
               (ulp && apart <= (float)ulp * 1.2e-7f * fabsf(want->as.f32));
    }
    if (want->kind != JIT_F64) return got->as.u == want->as.u;
    if (isnan(want->as.f64)) return isnan(got->as.f64);
    if (got->as.u == want->as.u) return true;
    if (isinf(got->as.f64) || isnan(got->as.f64)) return false;
    int64_t apart = ordered(got->as.f64) - ordered(want->as.f64);
    return ulp && apart >= -ulp && apart <= ulp;
}

static void show(const char *what, const JitValue *v) {
    printf("  %s %s ", what, kinds[v->kind]);
    if (v->kind == JIT_F64) printf("%.17g (%016" PRIx64 ")\n", v->as.f64, v->as.u);
    else if (v->kind == JIT_F32) printf("%.9g\n", (double)v->as.f32);
    else if (v->kind == JIT_BOOL) printf("%d\n", v->as.b);
    else printf("%" PRId64 "\n", v->as.i);
}

static void complain(const cJSON *row, const char *what) {
    if (++wrong > SHOWN) return;
    char *text = cJSON_PrintUnformatted(row);
    printf("WRONG %.400s\n  %s\n", text, what);
    free(text);
}

/* Make room for the next array that a vectorized function fills, if its kind and shape fit. */
static int add_output(JitModule *module, const cJSON *row, const cJSON *want, JitValue *args,
                      size_t n) {
    unsigned char *buffer;
    JitValue expected = read_array(want, &buffer), *out = &args[n];
    free(buffer);
    int status = jit->result_of(module, text_of(row, "function"), args, n, out);
    if (status != JIT_OK) return status;
    bool fits = out->kind == expected.kind && out->ndim == expected.ndim && out->ndim > 0;
    for (int k = 0; fits && k < expected.ndim; k++)
        fits = out->as.array.shape[k] == expected.as.array.shape[k];
    if (!fits) {
        complain(row, "an array of another type or shape");
        *out = (JitValue){.kind = JIT_NONE};
        return JIT_RAISED;
    }
    size_t size = bytes[out->kind];
    for (int k = 0; k < out->ndim; k++) size *= (size_t)out->as.array.shape[k];
    if (!(out->as.array.data = calloc(size + 1, 1))) give_up("no memory");
    return JIT_OK;
}

/* A vectorized function: what comes back are arrays, each to be freed. */
static int call_for_arrays(JitModule *module, const cJSON *row, const cJSON *wants, JitValue *args,
                           size_t n) {
    JitValue results[JIT_RESULTS];
    const cJSON *want;
    size_t count, all = n;
    int before = wrong, status = JIT_OK;
    cJSON_ArrayForEach(want, wants) {
        if (all == MAX_ARGS + MAX_OUTPUTS) give_up("too many results");
        args[all] = (JitValue){.kind = JIT_NONE};
        if (status == JIT_OK) status = add_output(module, row, want, args, all++);
    }
    if (status == JIT_OK)
        status = jit->call(module, text_of(row, "function"), &where, args, all, results, &count);
    want = wants->child;
    for (size_t i = n; i < all; i++, want = want->next) {
        if (status == JIT_OK && !walk(&args[i].as.array, args[i].ndim, bytes[args[i].kind],
                                      text_of(want, "data"), true))
            complain(row, "an array of other elements");
        if (args[i].ndim) free(args[i].as.array.data);
    }
    return wrong > before ? JIT_OK : status; /* what is wrong was said */
}

static void check(const cJSON *row, JitModule *module) {
    JitValue args[MAX_ARGS + MAX_OUTPUTS], results[JIT_RESULTS];
    unsigned char *buffers[MAX_ARGS] = {NULL};
    size_t n = 0, count = 0, i = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(row, "args")) {
        if (n == MAX_ARGS) give_up("too many arguments");
        if (cJSON_IsString(item)) args[n] = read_scalar(item->valuestring);
        else {
            args[n] = read_array(item, &buffers[n]);
            walk(&args[n].as.array, args[n].ndim, bytes[args[n].kind], text_of(item, "data"),
                 false);
        }
        n++;
    }
    const cJSON *arrays = cJSON_GetObjectItem(row, "arrays");
    int status =
        arrays ? call_for_arrays(module, row, arrays, args, n)
               : jit->call(module, text_of(row, "function"), &where, args, n, results, &count);
    const char *raises = text_of(row, "raises");
    if (*raises) {
        const char *error = jit->error();
        if (status != JIT_RAISED || !strstr(error, raises)) complain(row, "did not raise that");
    } else if (cJSON_HasObjectItem(row, "refused")) {
        if (status != JIT_REFUSED) complain(row, "Numba refuses to compile this");
    } else if (status != JIT_OK) complain(row, jit->error());
    else if (!arrays) {
        const cJSON *wants = cJSON_GetObjectItem(row, "results");
        int64_t ulp = (int64_t)cJSON_GetNumberValue(cJSON_GetObjectItem(row, "ulp"));
        if (!cJSON_HasObjectItem(row, "ulp")) ulp = 0;
        if (count != (size_t)cJSON_GetArraySize(wants)) complain(row, "another number of results");
        else cJSON_ArrayForEach(item, wants) {
                JitValue want = read_scalar(item->valuestring);
                if (!same(&results[i], &want, ulp)) {
                    complain(row, "another value:");
                    if (wrong <= SHOWN) show("got ", &results[i]), show("want", &want);
                }
                i++;
            }
        const cJSON *after = cJSON_GetArrayItem(cJSON_GetObjectItem(row, "after"), 0);
        item = cJSON_GetObjectItem(row, "args")->child;
        for (i = 0; i < n; i++, item = item->next) {
            if (!args[i].ndim) continue;
            const char *data = after ? after->valuestring : text_of(item, "data");
            if (!walk(&args[i].as.array, args[i].ndim, bytes[args[i].kind], data, true))
                complain(row, "an array has other elements afterwards");
            if (after) after = after->next;
        }
    }
    for (i = 0; i < n; i++) free(buffers[i]);
}

/* How operators are typed: nothing is run, only inferred. */
static void check_operator(const cJSON *row) {
    const char *op = cJSON_GetArrayItem(row, 0)->valuestring, *words[3] = {NULL};
    int operands = cJSON_GetArraySize(row) - 2;
    char source[256], signature[64], *text = NULL;
    for (int i = 0; i < operands + 1; i++) {
        const char *word = cJSON_GetStringValue(cJSON_GetArrayItem(row, i + 1));
        words[i] = word && strcmp(word, "boolean") == 0 ? "bool" : word;
    }
    const char *want = words[operands];
    snprintf(source, sizeof source,
             "from numba import njit\n@njit\ndef f(a%s):\n    return %s%s%s\n",
             operands == 2 ? ", b" : "", operands == 2 ? "a " : "", op, operands == 2 ? " b" : "a");
    snprintf(signature, sizeof signature, "(%s, %s%s)", words[0], operands == 2 ? words[1] : "",
             operands == 2 ? "," : "");
    JitModule *module;
    if (jit->load("operator", source, &module) != JIT_OK) give_up(jit->error());
    int status = jit->inspect(module, "f", signature, JIT_TYPES, &text);
    char *arrow = text ? strstr(text, ") -> ") : NULL;
    size_t length = arrow ? strcspn(arrow + 5, "\n") : 0;
    bool good = want ? arrow && strlen(want) == length && memcmp(arrow + 5, want, length) == 0
                     : status == JIT_REFUSED;
    if (!good) {
        complain(row, text ? "another type:" : jit->error());
        if (wrong <= SHOWN && arrow) printf("  got  %.*s\n", (int)length, arrow + 5);
    }
    free(text);
    jit->unload(module);
}

static cJSON *read_corpus(const char *folder, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.json", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file) give_up(path);
    size_t room = 1 << 24, size;
    char *text = malloc(room);
    if (!text) give_up("no memory");
    size = fread(text, 1, room - 1, file);
    fclose(file);
    text[size] = '\0';
    cJSON *all = cJSON_Parse(text);
    free(text);
    if (!all) give_up("that is no JSON");
    return all;
}

int main(int argc, char **argv) {
    const char *target = argc == 4 ? argv[3] : "";
    if (strcmp(target, "cuda") == 0) where.target = JIT_CUDA;
    else if (strcmp(target, "parallel") == 0) where.target = JIT_PARALLEL;
    else if (argc != 3) give_up("usage: jit_corpus DIR FILE|operators [cuda|parallel]");
    if (jit_open(&jit) != JIT_OK) {
        printf("skipped: %s\n", jit_open_error());
        return 77;
    }
    cJSON *all = read_corpus(argv[1], argv[2]);
    const cJSON *row;
    int count = 0;
    if (strcmp(argv[2], "operators") == 0) {
        cJSON_ArrayForEach(row, cJSON_GetObjectItem(all, "operators")) {
            check_operator(row);
            count++;
        }
    } else {
        char path[4096];
        JitModule *module;
        snprintf(path, sizeof path, "%s/%s.py", argv[1], argv[2]);
        if (jit->load(path, NULL, &module) != JIT_OK) give_up(jit->error());
        cJSON_ArrayForEach(row, cJSON_GetObjectItem(all, "cases")) {
            check(row, module);
            count++;
        }
        printf("compiled in %.0f ms\n", jit->compile_ms(module));
        jit->unload(module);
    }
    cJSON_Delete(all);
    printf("%d compared, %d wrong (LLVM %s)\n", count, wrong, jit->llvm_version());
    return wrong || !count;
}
