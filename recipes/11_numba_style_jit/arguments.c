// SPDX-License-Identifier: MIT
/* Arguments of a compiled function, typed on the command line, and results printed: 3 is an int64,
 * 2.5 a float64, float32:2.5 says its type, and float64[1000] is an array of so many numbers. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>

#include "program.h"

enum { SHOWN = 8 };

static const struct {
    const char *name;
    JitKind kind;
    size_t bytes;
} kinds[] = {{"bool", JIT_BOOL, 1},   {"int8", JIT_I8, 1},    {"int16", JIT_I16, 2},
             {"int32", JIT_I32, 4},   {"int64", JIT_I64, 8},  {"uint8", JIT_U8, 1},
             {"uint16", JIT_U16, 2},  {"uint32", JIT_U32, 4}, {"uint64", JIT_U64, 8},
             {"float32", JIT_F32, 4}, {"float64", JIT_F64, 8}};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static int bad(const char *text, const char *why) {
    return hc_set_error(HC_USAGE, 0, NULL, "--help after FILE.py lists what arguments look like",
                        "%s: %s", text, why);
}

/* A number that fills text up to end. kind JIT_NONE: whatever it looks like. */
static bool read_number(const char *text, const char *end, JitKind kind, JitValue *out) {
    char copy[64], *stop;
    size_t length = (size_t)(end - text);
    if (!length || length >= sizeof copy) return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    bool is_true = strcmp(copy, "True") == 0, is_bool = is_true || strcmp(copy, "False") == 0;
    bool real = strpbrk(copy, ".eEn") != NULL && !is_bool && strncmp(copy, "0x", 2) != 0;
    if (kind == JIT_NONE) kind = is_bool ? JIT_BOOL : real ? JIT_F64 : JIT_I64;
    *out = (JitValue){.kind = kind};
    errno = 0;
    if (is_bool) {
        out->as.b = is_true;
        return kind == JIT_BOOL;
    }
    if (kind == JIT_F32 || kind == JIT_F64) {
        double f = strtod(copy, &stop);
        if (kind == JIT_F32) out->as.f32 = (float)f;
        else out->as.f64 = f;
        return !*stop && (errno == 0 || fabs(f) < 1);
    }
    if (kind == JIT_BOOL || real) return false;
    if (kind >= JIT_U8) {
        uint64_t most = kind == JIT_U64 ? UINT64_MAX : (UINT64_C(1) << (8 << (kind - JIT_U8))) - 1;
        return hc_parse_count(copy, most, &out->as.u);
    }
    int bits = 8 << (kind - JIT_I8);
    long long i = strtoll(copy, &stop, 10), limit = bits == 64 ? 0 : 1LL << (bits - 1);
    out->as.i = i;
    if (*stop || errno || copy[0] == ' ') return false;
    return !limit || (i >= -limit && i < limit);
}

/* Element i of an array, from or to a value. */
static void put(void *data, size_t i, const JitValue *v) {
    switch (v->kind) {
    case JIT_BOOL: ((bool *)data)[i] = v->as.b; break;
    case JIT_I8:
    case JIT_U8: ((uint8_t *)data)[i] = (uint8_t)v->as.u; break;
    case JIT_I16:
    case JIT_U16: ((uint16_t *)data)[i] = (uint16_t)v->as.u; break;
    case JIT_I32:
    case JIT_U32: ((uint32_t *)data)[i] = (uint32_t)v->as.u; break;
    case JIT_F32: ((float *)data)[i] = v->as.f32; break;
    default: ((uint64_t *)data)[i] = v->as.u; break; /* float64, too, bit for bit */
    }
}

/* ... and make it the number that follows. */
static void put_next(void *data, size_t i, JitValue *v) {
    put(data, i, v);
    if (v->kind == JIT_F32) v->as.f32 += 1;
    else if (v->kind == JIT_F64) v->as.f64 += 1;
    else v->as.u++;
}

JitValue get_element(const void *data, size_t i, JitKind kind) {
    JitValue v = {.kind = kind};
    switch (kind) {
    case JIT_BOOL: v.as.b = ((const bool *)data)[i]; break;
    case JIT_I8: v.as.i = (((const uint8_t *)data)[i] ^ 0x80) - 0x80; break; /* extends the sign */
    case JIT_I16: v.as.i = ((const int16_t *)data)[i]; break;
    case JIT_I32: v.as.i = ((const int32_t *)data)[i]; break;
    case JIT_U8: v.as.u = ((const uint8_t *)data)[i]; break;
    case JIT_U16: v.as.u = ((const uint16_t *)data)[i]; break;
    case JIT_U32: v.as.u = ((const uint32_t *)data)[i]; break;
    case JIT_F32: v.as.f32 = ((const float *)data)[i]; break;
    default: v.as.u = ((const uint64_t *)data)[i]; break;
    }
    return v;
}

static void fill(JitValue *array, size_t n, uint64_t seed, unsigned stream) {
    for (size_t i = 0; i < n; i++) {
        uint32_t random = hc_random_u32(seed, stream, i);
        JitValue v = {.kind = array->kind};
        if (v.kind == JIT_BOOL) v.as.b = random & 1;
        else if (v.kind == JIT_F32) v.as.f32 = hc_random_f32(seed, stream, i) * 2 - 1;
        else if (v.kind == JIT_F64) v.as.f64 = (double)hc_random_f32(seed, stream, i) * 2 - 1;
        else if (v.kind >= JIT_U8) v.as.u = random % 1000;
        else v.as.i = (int64_t)(random % 2000) - 1000;
        put(array->as.array.data, i, &v);
    }
}

/* TYPE[2x3] or TYPE[2x3]=1,2,...: text begins behind the bracket. */
static int read_array(const char *all, const char *text, size_t bytes, uint64_t seed,
                      unsigned number, JitValue *v) {
    JitArray *a = &v->as.array;
    size_t n = 1;
    for (;;) {
        char *end = (char *)text + 1;
        if ((*text < '0' || *text > '9') && *text != 'n')
            return bad(all, "not a shape: write [10], [20x30], or [n] for --size");
        errno = 0;
        long long extent = *text == 'n' ? (long long)program_size : strtoll(text, &end, 10);
        if (errno || v->ndim == 3 || __builtin_mul_overflow(n, (size_t)extent, &n))
            return bad(all, "an array has 1 to 3 extents, and fits into memory");
        a->shape[v->ndim++] = extent;
        text = end + 1;
        if (*end == ']') break;
        if (*end != 'x' && *end != ',') return bad(all, "not a shape: write [10] or [20x30]");
    }
    int64_t stride = (int64_t)bytes;
    for (int k = v->ndim - 1; k >= 0; k--) {
        a->stride[k] = stride;
        if (__builtin_mul_overflow(stride, a->shape[k] ? a->shape[k] : 1, &stride))
            return bad(all, "an array fits into memory");
    }
    int status = hc_alloc(n, bytes, &a->data);
    if (status != HC_OK) return status;
    if (!*text) {
        fill(v, n, seed, number);
        return HC_OK;
    }
    size_t count = 0, length = strlen(text);
    JitValue item = {.kind = v->kind};
    if (length > 2 && strcmp(text + length - 2, "..") == 0 && v->kind != JIT_BOOL &&
        read_number(text + 1, text + length - 2, v->kind, &item)) {
        for (size_t i = 0; i < n; i++) put_next(a->data, i, &item);
        return HC_OK;
    }
    if (!n && *text == '=' && read_number(text + 1, text + length, v->kind, &item))
        return HC_OK; /* nothing to fill */
    while (*text == (count ? ',' : '=')) {
        const char *begin = text + 1, *end = begin + strcspn(begin, ",");
        if (count == n || !read_number(begin, end, v->kind, &item)) break;
        put(a->data, count++, &item);
        text = end;
    }
    if (!*text && count == 1)
        while (count < n) put(a->data, count++, &item);
    if (!*text && count == n) return HC_OK;
    free(a->data);
    return bad(all, "one number of that type, or as many as the array has");
}

int read_argument(const char *text, uint64_t seed, unsigned number, JitValue *v) {
    *v = (JitValue){0};
    for (int i = 0; i < KINDS; i++) {
        size_t length = strlen(kinds[i].name);
        if (strncmp(text, kinds[i].name, length) != 0) continue;
        v->kind = kinds[i].kind;
        const char *rest = text + length + 1;
        if (text[length] == '[') return read_array(text, rest, kinds[i].bytes, seed, number, v);
        if (text[length] != ':') continue;
        if (read_number(rest, rest + strlen(rest), kinds[i].kind, v)) return HC_OK;
        return bad(text, "not a number of that type");
    }
    if (read_number(text, text + strlen(text), JIT_NONE, v)) return HC_OK;
    return bad(text, "not an argument");
}

/* ---- Printing ---- */

const char *kind_name(JitKind kind) {
    for (int i = 0; i < KINDS; i++)
        if (kinds[i].kind == kind) return kinds[i].name;
    return "none";
}

void format_number(const JitValue *v, char *text, size_t size) {
    bool nan = (v->kind == JIT_F32 && isnan(v->as.f32)) || (v->kind == JIT_F64 && isnan(v->as.f64));
    if (nan) snprintf(text, size, "nan"); /* C would show its sign, too */
    else if (v->kind == JIT_BOOL) snprintf(text, size, "%s", v->as.b ? "True" : "False");
    else if (v->kind == JIT_F32) snprintf(text, size, "%.9g", (double)v->as.f32);
    else if (v->kind == JIT_F64) snprintf(text, size, "%.17g", v->as.f64);
    else if (v->kind >= JIT_U8) snprintf(text, size, "%" PRIu64, v->as.u);
    else snprintf(text, size, "%" PRId64, v->as.i);
}

void print_value(const char *name, const JitValue *v) {
    hc_say("%-10s %s", name, kind_name(v->kind));
    char text[64];
    if (!v->ndim) {
        format_number(v, text, sizeof text);
        hc_say(" %s\n", text);
        return;
    }
    size_t n = 1;
    for (int k = 0; k < v->ndim; k++) {
        hc_say("%c%" PRId64, k ? 'x' : '[', v->as.array.shape[k]);
        n *= (size_t)v->as.array.shape[k];
    }
    hc_say("]");
    for (size_t i = 0; i < n && i < SHOWN; i++) {
        JitValue item = get_element(v->as.array.data, i, v->kind);
        format_number(&item, text, sizeof text);
        hc_say(" %s", text);
    }
    hc_say("%s\n", n > SHOWN ? " ..." : "");
}
