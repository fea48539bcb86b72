// SPDX-License-Identifier: MIT
/* Types, and Numba's rules for them.
 *
 * What is int32 + float64? Numba asks two tables. The first says which conversions there are and
 * how good each is: exact, a promotion (int32 to int64), safe (int64 to float64) or unsafe (float64
 * to int64). The second lists the cases that an operator has. The case whose arguments need the
 * least bad conversions wins; of equals, the first. Both tables stand here in a few lines, and the
 * tests compare every pair of types with what Numba itself answers. */
#include <stdio.h>
#include <string.h>

#include "internal.h"

enum { SCALARS = K_F64 + 1 };

static const Type scalars[SCALARS] = {
    {.kind = K_UNDEF}, {.kind = K_NONE}, {.kind = K_BOOL}, {.kind = K_I8},  {.kind = K_I16},
    {.kind = K_I32},   {.kind = K_I64},  {.kind = K_U8},   {.kind = K_U16}, {.kind = K_U32},
    {.kind = K_U64},   {.kind = K_F32},  {.kind = K_F64}};
static const char *const names[SCALARS] = {"undefined", "none",    "bool",   "int8",   "int16",
                                           "int32",     "int64",   "uint8",  "uint16", "uint32",
                                           "uint64",    "float32", "float64"};
static const int bits[SCALARS] = {0, 0, 1, 8, 16, 32, 64, 8, 16, 32, 64, 32, 64};

const Type *jit_scalar(Kind kind) { return &scalars[kind]; }
bool jit_is_int(const Type *t) { return t->kind >= K_I8 && t->kind <= K_U64; }
bool jit_is_signed(const Type *t) { return t->kind >= K_I8 && t->kind <= K_I64; }
bool jit_is_float(const Type *t) { return t->kind == K_F32 || t->kind == K_F64; }
bool jit_is_number(const Type *t) { return t->kind >= K_BOOL && t->kind <= K_F64; }
int jit_bits(const Type *t) { return (int)t->kind < SCALARS ? bits[t->kind] : 128; }

Kind jit_kind_by_name(const char *name, size_t length) {
    static const struct {
        const char *name;
        Kind kind;
    } others[] = {{"boolean", K_BOOL}, {"bool_", K_BOOL}, {"intp", K_I64},   {"uintp", K_U64},
                  {"intc", K_I32},     {"uintc", K_U32},  {"int_", K_I64},   {"b1", K_BOOL},
                  {"i1", K_I8},        {"i2", K_I16},     {"i4", K_I32},     {"i8", K_I64},
                  {"u1", K_U8},        {"u2", K_U16},     {"u4", K_U32},     {"u8", K_U64},
                  {"f4", K_F32},       {"f8", K_F64},     {"double", K_F64}, {"void", K_NONE}};
    for (Kind k = K_NONE; k < SCALARS; k++)
        if (strlen(names[k]) == length && memcmp(names[k], name, length) == 0) return k;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strlen(others[i].name) == length && memcmp(others[i].name, name, length) == 0)
            return others[i].kind;
    return K_UNDEF;
}

const Type *jit_array_type(Session *s, const Type *element, int ndim, bool contiguous) {
    Type *t = jit_new(s, 1, sizeof *t);
    t->kind = K_ARRAY;
    t->element = element;
    t->ndim = ndim;
    t->contiguous = contiguous;
    return t;
}

const Type *jit_tuple_type(Session *s, const Type **items, int count) {
    Type *t = jit_new(s, 1, sizeof *t);
    t->kind = K_TUPLE;
    t->count = count;
    t->items = jit_new(s, (size_t)count, sizeof *items);
    if (count) memcpy(t->items, items, (size_t)count * sizeof *items);
    return t;
}

bool jit_same(const Type *a, const Type *b) {
    if (a->kind != b->kind) return false;
    if (a->kind == K_ARRAY)
        return a->element == b->element && a->ndim == b->ndim && a->contiguous == b->contiguous;
    if (a->kind != K_TUPLE) return true;
    if (a->count != b->count) return false;
    for (int i = 0; i < a->count; i++)
        if (!jit_same(a->items[i], b->items[i])) return false;
    return true;
}

const char *jit_type_name(Session *s, const Type *t) {
    if ((int)t->kind < SCALARS) return names[t->kind];
    if (t->kind == K_ARRAY)
        return jit_text(s, "array(%s, %dd, %c)", jit_type_name(s, t->element), t->ndim,
                        t->contiguous ? 'C' : 'A');
    bool uniform = t->count > 0;
    for (int i = 1; i < t->count; i++) uniform &= jit_same(t->items[i], t->items[0]);
    if (uniform) return jit_text(s, "UniTuple(%s x %d)", jit_type_name(s, t->items[0]), t->count);
    const char *text = "Tuple(";
    for (int i = 0; i < t->count; i++)
        text = jit_text(s, "%s%s%s", text, i ? ", " : "", jit_type_name(s, t->items[i]));
    return jit_text(s, "%s)", text);
}

/* ---- Conversions ---- */

/* The conversions that Numba states; those between other types follow by going step by step, and
 * are as bad as the worst step. What goes one way goes unsafely the other. */
static const struct {
    unsigned char from, to, how;
} steps[] = {
    {K_BOOL, K_I8, SAFE},    {K_BOOL, K_U8, SAFE},    {K_I8, K_I16, PROMOTE},
    {K_U8, K_U16, PROMOTE},  {K_I16, K_I32, PROMOTE}, {K_U16, K_U32, PROMOTE},
    {K_I32, K_I64, PROMOTE}, {K_U32, K_U64, PROMOTE}, {K_U8, K_I16, SAFE},
    {K_U16, K_I32, SAFE},    {K_U32, K_I64, SAFE},    {K_I16, K_F32, SAFE},
    {K_I32, K_F64, SAFE},    {K_I32, K_F32, UNSAFE},  {K_I64, K_F64, SAFE},
    {K_U64, K_F64, SAFE},    {K_F32, K_F64, PROMOTE},
};
enum { STEPS = sizeof steps / sizeof steps[0] };

/* How good the conversion is: the best of all ways through the steps. */
int jit_conversion(Kind from, Kind to) {
    int reached[SCALARS];
    for (int k = 0; k < SCALARS; k++) reached[k] = k == from ? EXACT : NO_WAY;
    if (from < K_BOOL || to < K_BOOL || from >= SCALARS || to >= SCALARS)
        return from == to ? EXACT : NO_WAY;
    for (bool more = true; more;) {
        more = false;
        for (int i = 0; i < STEPS; i++) {
            int a = steps[i].from, b = steps[i].to, how = steps[i].how;
            int there = reached[a] > how ? reached[a] : how;
            int back = reached[b] > UNSAFE ? reached[b] : UNSAFE;
            if (there < reached[b]) reached[b] = there, more = true;
            if (back < reached[a]) reached[a] = back, more = true;
        }
    }
    return reached[to];
}

/* The type that holds the values of two, as NumPy's promote_types has it: uint8 and int8 go into
 * int16; int64 and uint64, for want of an integer that holds both, into float64. */
static const Type *promote(const Type *a, const Type *b) {
    int bits_a = jit_bits(a), bits_b = jit_bits(b);
    if (jit_is_float(a) || jit_is_float(b)) {
        bool narrow_a = jit_is_float(a) ? bits_a == 32 : bits_a <= 16;
        bool narrow_b = jit_is_float(b) ? bits_b == 32 : bits_b <= 16;
        return jit_scalar(narrow_a && narrow_b ? K_F32 : K_F64);
    }
    if (jit_is_signed(a) == jit_is_signed(b)) return bits_a >= bits_b ? a : b;
    const Type *with = jit_is_signed(a) ? a : b, *without = with == a ? b : a;
    if (jit_bits(with) > jit_bits(without)) return with;
    return jit_scalar(without->kind == K_U8    ? K_I16
                      : without->kind == K_U16 ? K_I32
                      : without->kind == K_U32 ? K_I64
                                               : K_F64);
}

const Type *jit_unify(Session *s, const Type *a, const Type *b) {
    if (a->kind == K_UNDEF || jit_same(a, b)) return b;
    if (b->kind == K_UNDEF) return a;
    if (a->kind == K_ARRAY && b->kind == K_ARRAY && a->element == b->element && a->ndim == b->ndim)
        return a->contiguous ? b : a;
    if (a->kind == K_TUPLE && b->kind == K_TUPLE && a->count == b->count) {
        const Type **items = jit_new(s, (size_t)a->count, sizeof *items);
        for (int i = 0; i < a->count; i++)
            if (!(items[i] = jit_unify(s, a->items[i], b->items[i]))) return NULL;
        return jit_tuple_type(s, items, a->count);
    }
    if (!jit_is_number(a) || !jit_is_number(b)) return NULL;
    if (a->kind != K_BOOL && b->kind != K_BOOL) return promote(a, b);
    Kind ka = (Kind)a->kind, kb = (Kind)b->kind;
    if (jit_conversion(ka, kb) <= SAFE) return b;
    if (jit_conversion(kb, ka) <= SAFE) return a;
    return NULL;
}

const Case *jit_best_case(const Case *cases, size_t n, const Type *const *args, int count,
                          bool unsafe) {
    const Case *best = NULL;
    int best_rate = 0;
    for (size_t i = 0; i < n; i++) {
        int rate = 0;
        bool fits = cases[i].count == count;
        for (int k = 0; k < count && fits; k++) {
            /* Unsafe conversions weigh most, then safe ones, then promotions. */
            static const int weight[] = {0, 1, 16, 256};
            int how = jit_conversion((Kind)args[k]->kind, cases[i].args[k]);
            fits = how != NO_WAY && (how != UNSAFE || unsafe);
            rate += fits ? weight[how] : 0;
        }
        if (fits && (!best || rate < best_rate)) {
            best = &cases[i];
            best_rate = rate;
        }
    }
    return best;
}

/* ---- Operators ---- */

#define INTEGERS                                                                                   \
    {K_I64, {K_I64, K_I64}, 2}, {K_I64, {K_I64, K_U64}, 2}, {K_I64, {K_U64, K_I64}, 2}, {          \
        K_U64, {K_U64, K_U64}, 2                                                                   \
    }
#define FLOATS                                                                                     \
    {K_F32, {K_F32, K_F32}, 2}, { K_F64, {K_F64, K_F64}, 2 }
#define SHIFT(type, wide)                                                                          \
    {wide, {type, K_U64}, 2}, { wide, {type, K_I64}, 2 }
#define UNARY(type, wide)                                                                          \
    { wide, {type}, 1 }
#define SIGNED_UNARY                                                                               \
    UNARY(K_I8, K_I64), UNARY(K_I16, K_I64), UNARY(K_I32, K_I64), UNARY(K_I64, K_I64)
#define UNSIGNED_UNARY                                                                             \
    UNARY(K_U8, K_U64), UNARY(K_U16, K_U64), UNARY(K_U32, K_U64), UNARY(K_U64, K_U64)
#define COMPARE(type)                                                                              \
    { K_BOOL, {type, type}, 2 }

static const Case arithmetic[] = {INTEGERS, FLOATS};
static const Case division[] = {{K_F64, {K_I64, K_I64}, 2},
                                {K_F64, {K_I64, K_U64}, 2},
                                {K_F64, {K_U64, K_I64}, 2},
                                {K_F64, {K_U64, K_U64}, 2},
                                FLOATS};
static const Case power[] = {INTEGERS,
                             {K_F32, {K_F32, K_I32}, 2},
                             {K_F32, {K_F32, K_I64}, 2},
                             {K_F32, {K_F32, K_U64}, 2},
                             {K_F64, {K_F64, K_I32}, 2},
                             {K_F64, {K_F64, K_I64}, 2},
                             {K_F64, {K_F64, K_U64}, 2},
                             FLOATS};
static const Case logic[] = {{K_BOOL, {K_BOOL, K_BOOL}, 2}, INTEGERS};
static const Case shift[] = {SHIFT(K_I8, K_I64),  SHIFT(K_I16, K_I64), SHIFT(K_I32, K_I64),
                             SHIFT(K_I64, K_I64), SHIFT(K_U8, K_U64),  SHIFT(K_U16, K_U64),
                             SHIFT(K_U32, K_U64), SHIFT(K_U64, K_U64)};
static const Case sign[] = {UNSIGNED_UNARY, SIGNED_UNARY, UNARY(K_F32, K_F32), UNARY(K_F64, K_F64),
                            UNARY(K_BOOL, K_I64)};
static const Case invert[] = {UNARY(K_BOOL, K_BOOL), UNSIGNED_UNARY, SIGNED_UNARY};
static const Case compare[] = {COMPARE(K_BOOL), COMPARE(K_I8),  COMPARE(K_I16), COMPARE(K_I32),
                               COMPARE(K_I64),  COMPARE(K_U8),  COMPARE(K_U16), COMPARE(K_U32),
                               COMPARE(K_U64),  COMPARE(K_F32), COMPARE(K_F64)};
#define BEST(cases, n, unsafe)                                                                     \
    jit_best_case(cases, sizeof(cases) / sizeof(cases)[0], args, n, unsafe)

const Case *jit_op_case(Op op, const Type *a, const Type *b) {
    const Type *const args[] = {a, b};

    switch (op) {
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
    case OP_FLOORDIV:
    case OP_MOD: return BEST(arithmetic, 2, true);
    case OP_DIV: return BEST(division, 2, true);
    case OP_POW: return BEST(power, 2, true);
    case OP_AND:
    case OP_OR:
    case OP_XOR: return BEST(logic, 2, false);
    case OP_SHL:
    case OP_SHR: return BEST(shift, 2, false);
    case OP_NEG:
    case OP_POS: return BEST(sign, 1, true);
    case OP_INVERT: return BEST(invert, 1, false);
    default: return BEST(compare, 2, true);
    }
}
