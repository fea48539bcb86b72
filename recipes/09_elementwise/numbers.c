// SPDX-License-Identifier: MIT
/* One element of a column, of whatever type: reading it from text, converting it, printing it. A
 * number that its new type cannot hold is refused and never bent: 300 is no unsigned char, 2.5 no
 * int, and 2^64 - 1 stays what it is, which it would not on the way through a double.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>

#include "columns.h"

static const struct {
    EwType type;
    const char *word;
    char kind;
    double low, high; /* of the integers: low <= x < high, both exact as double */
} types[] = {{EW_I8, "i8", 'i', -0x1p7, 0x1p7},
             {EW_U8, "u8", 'u', 0, 0x1p8},
             {EW_I16, "i16", 'i', -0x1p15, 0x1p15},
             {EW_U16, "u16", 'u', 0, 0x1p16},
             {EW_I32, "i32", 'i', -0x1p31, 0x1p31},
             {EW_U32, "u32", 'u', 0, 0x1p32},
             {EW_I64, "i64", 'i', -0x1p63, 0x1p63},
             {EW_U64, "u64", 'u', 0, 0x1p64},
             {EW_F32, "f32", 'f', 0, 0},
             {EW_F64, "f64", 'f', 0, 0}};
enum { TYPES = sizeof types / sizeof types[0] };

static size_t row_of(EwType type) {
    size_t row = 0;
    while (row < TYPES - 1 && types[row].type != type) row++;
    return row;
}

EwType type_called(const char *name) {
    for (size_t t = 0; t < TYPES; t++)
        if (strcmp(types[t].word, name) == 0) return types[t].type;
    return EW_NONE;
}

bool type_is_real(EwType type) { return type == EW_F32 || type == EW_F64; }

Number number_get(EwType type, const void *data, size_t at) {
    Number x = {.kind = types[row_of(type)].kind};
    switch (type) {
    case EW_I8: x.i = (((const uint8_t *)data)[at] ^ 0x80) - 0x80; break; /* extends the sign */
    case EW_I16: x.i = ((const int16_t *)data)[at]; break;
    case EW_I32: x.i = ((const int32_t *)data)[at]; break;
    case EW_I64: x.i = ((const int64_t *)data)[at]; break;
    case EW_U8: x.u = ((const uint8_t *)data)[at]; break;
    case EW_U16: x.u = ((const uint16_t *)data)[at]; break;
    case EW_U32: x.u = ((const uint32_t *)data)[at]; break;
    case EW_U64: x.u = ((const uint64_t *)data)[at]; break;
    case EW_F32: x.f = (double)((const float *)data)[at]; break;
    default: x.f = ((const double *)data)[at]; break;
    }
    return x;
}

double number_real(Number x) {
    return x.kind == 'f' ? x.f : x.kind == 'i' ? (double)x.i : (double)x.u;
}

/* As a signed or unsigned 64-bit integer; false if it is no whole number, or beyond both. */
static bool to_integer(char kind, Number x, int64_t *i, uint64_t *u) {
    if (x.kind == 'f') {
        if (!(x.f == floor(x.f) && x.f >= -0x1p63 && x.f < 0x1p64)) return false; /* NaN, too */
        if (x.f < 0) x = (Number){.kind = 'i', .i = (int64_t)x.f};
        else x = (Number){.kind = 'u', .u = (uint64_t)x.f};
    }
    *i = x.i, *u = x.u;
    if (x.kind == 'i') *u = (uint64_t)x.i;
    else if (kind == 'i') *i = (int64_t)(x.u & INT64_MAX);
    return x.kind == kind || (kind == 'u' ? x.i >= 0 : x.u <= INT64_MAX);
}

bool number_put(EwType type, void *data, size_t at, Number x) {
    size_t row = row_of(type);
    int64_t i = 0;
    uint64_t u = 0;
    if (types[row].kind != 'f') {
        if (!to_integer(types[row].kind, x, &i, &u)) return false;
        if (types[row].kind == 'i' && type != EW_I64 &&
            !((double)i >= types[row].low && (double)i < types[row].high))
            return false;
        if (types[row].kind == 'u' && type != EW_U64 && !((double)u < types[row].high))
            return false;
    }
    double f = number_real(x);
    switch (type) {
    case EW_I8: ((int8_t *)data)[at] = (int8_t)i; break;
    case EW_I16: ((int16_t *)data)[at] = (int16_t)i; break;
    case EW_I32: ((int32_t *)data)[at] = (int32_t)i; break;
    case EW_I64: ((int64_t *)data)[at] = i; break;
    case EW_U8: ((uint8_t *)data)[at] = (uint8_t)u; break;
    case EW_U16: ((uint16_t *)data)[at] = (uint16_t)u; break;
    case EW_U32: ((uint32_t *)data)[at] = (uint32_t)u; break;
    case EW_U64: ((uint64_t *)data)[at] = u; break;
    case EW_F32:
        if (isfinite(f) && !(fabs(f) < 0x1.ffffffp127)) return false; /* would round to infinity */
        ((float *)data)[at] = (float)f;
        break;
    default: ((double *)data)[at] = f; break;
    }
    return true;
}

bool number_parse(EwType type, const char *text, Number *x) {
    char *end;
    if (!*text || strchr(" \t\r\n\v\f", *text)) return false;
    errno = 0;
    *x = (Number){.kind = *text == '-' ? 'i' : 'u'};
    if (!type_is_real(type)) { /* exactly; what has a point or an exponent goes on below */
        if (x->kind == 'i') x->i = strtoll(text, &end, 10);
        else x->u = strtoull(text, &end, 10);
        if (end != text && !*end) return errno == 0;
        errno = 0;
    }
    x->kind = 'f';
    x->f = type == EW_F32 ? (double)strtof(text, &end) : strtod(text, &end);
    bool overflow = errno == ERANGE && isinf(x->f); /* ERANGE is also said of tiny numbers */
    return end != text && !*end && !overflow;
}

void number_print(EwType type, const void *data, size_t at, bool all_digits, char *text,
                  size_t size) {
    Number x = number_get(type, data, at);
    if (x.kind == 'i') snprintf(text, size, "%" PRId64, x.i);
    else if (x.kind == 'u') snprintf(text, size, "%" PRIu64, x.u);
    else { /* all digits: as few as give the same number when they are read */
        int digits = 6, most = !all_digits ? 6 : type == EW_F32 ? 9 : 17;
        do snprintf(text, size, "%.*g", digits, x.f);
        while (digits++ < most &&
               !(type == EW_F32 ? strtof(text, NULL) == (float)x.f : strtod(text, NULL) == x.f));
    }
}
