// SPDX-License-Identifier: MIT
/* The check of a call, before anything is launched: a kernel believes its arguments, so whoever
 * hands it a double for a float, or an array that is too short, gets garbage or a crash. Here each
 * argument is compared with its declaration, and the first that does not fit is refused with its
 * number, its name, what was expected, and what came.
 */
#include <math.h>

#include "internal.h"

/* "argument 2 'x': " and what is wrong. */
static int wrong(const EwKernel *kernel, size_t k, const char *hint, const char *format, ...)
    HC_PRINTF(4, 5);
static int wrong(const EwKernel *kernel, size_t k, const char *hint, const char *format, ...) {
    char text[512];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return hc_set_error(HC_USAGE, 0, NULL, hint, "%s: argument %zu '%s': %s", kernel->name, k + 1,
                        kernel->args[k].name, text);
}

static int check_type(const EwKernel *kernel, size_t k, const EwValue *value) {
    const EwArg *arg = &kernel->args[k];
    const char *want = ew_type_name(arg->type);
    const char *got =
        value->type > EW_NONE && value->type < EW_TYPES ? ew_type_name(value->type) : "no type";
    if (value->type == arg->type && !value->array == !arg->array) return HC_OK;
    return wrong(kernel, k, "convert it, or declare the argument with the type that it has",
                 "expected %s%s, given %s%s", arg->array ? "an array of " : "a scalar ", want,
                 value->array ? "an array of " : "a scalar ", got);
}

/* A scalar as the bytes that the kernel gets. */
static int convert(const EwKernel *kernel, size_t k, const EwValue *v, EwParam *param, void *room) {
    EwType type = v->type;
    size_t size = ew_type_size(type);
    unsigned bits = (unsigned)(8 * size);
    float f[2] = {(float)(ew_type_kind(type) == 'C' ? v->c[0] : v->f), 0};
    const void *from = &v->u; /* the low bytes of an integer come first on every host we run on */
    if (ew_type_kind(type) == 'I' && bits < 64 && (v->i >> (bits - 1)) != v->i >> 63)
        return wrong(kernel, k, NULL, "%lld does not fit into %s", (long long)v->i,
                     ew_type_name(type));
    if (ew_type_kind(type) == 'U' && bits < 64 && v->u >> bits)
        return wrong(kernel, k, NULL, "%llu does not fit into %s", (unsigned long long)v->u,
                     ew_type_name(type));
    if (type == EW_F16) f[0] = ew_round_half(f[0]), size = sizeof(float);
    if (type == EW_C32) f[1] = (float)v->c[1];
    if (type == EW_F16 || type == EW_F32 || type == EW_C32) from = f;
    if (type == EW_F64) from = &v->f;
    if (type == EW_C64) from = v->c;
    memcpy(room, from, size);
    *param = (EwParam){.value = room, .size = size};
    return HC_OK;
}

static int check_array(const EwKernel *kernel, size_t k, const EwArray *a) {
    size_t size = ew_type_size(a->type), bytes;
    if (a->device != kernel->device)
        return wrong(kernel, k, "make it with ew_array on the kernel's device",
                     "it lies on %s, but the kernel was built for %s",
                     a->device ? a->device->name : "no device", kernel->device->name);
    if (a->type != kernel->args[k].type)
        return wrong(kernel, k, NULL, "its value says %s, but the array has %s",
                     ew_type_name(kernel->args[k].type), ew_type_name(a->type));
    if (a->n && !a->memory)
        return wrong(kernel, k, NULL, "it has %zu elements but no memory", a->n);
    if (__builtin_add_overflow(a->first, a->n, &bytes) ||
        __builtin_mul_overflow(bytes, size, &bytes))
        return wrong(kernel, k, NULL, "%zu elements from %zu on are more than memory can hold",
                     a->n, a->first);
    if (a->n && kernel->device->backend->addresses && (uintptr_t)a->memory % size)
        return wrong(kernel, k, "begin a view at a whole element of the array",
                     "its memory is misaligned: the address is no multiple of %zu bytes", size);
    return HC_OK;
}

/* Do two arrays share a byte? */
static bool overlap(const EwArray *a, const EwArray *b) {
    size_t sa = ew_type_size(a->type), sb = ew_type_size(b->type);
    if (!a->n || !b->n) return false;
    uintptr_t at = 0, bt = 0;
    if (a->device->backend->addresses) at = (uintptr_t)a->memory, bt = (uintptr_t)b->memory;
    else if (a->memory != b->memory) return false;
    return at + a->first * sa < bt + (b->first + b->n) * sb &&
           bt + b->first * sb < at + (a->first + a->n) * sa;
}

/* No output may share memory with another argument, since the order in which elements are done is
 * no one's to know. But x and z may be one array if only x[i] and z[i] are used. */
static int check_overlap(const EwKernel *kernel, size_t k, const EwValue *values) {
    for (size_t o = 0; o < kernel->arg_count; o++) {
        const EwArg *arg = &kernel->args[k], *other = &kernel->args[o];
        if (o == k || !other->array || !arg->written || (other->written && o > k)) continue;
        const EwArray *a = values[k].array, *b = values[o].array;
        if (!overlap(a, b)) continue;
        bool same =
            a->memory == b->memory && a->first == b->first && a->n == b->n && a->type == b->type;
        if (same && !other->written && !arg->elsewhere && !other->elsewhere) continue;
        return wrong(kernel, k,
                     same && !other->written
                         ? "the same array may be input and output only if both are used as "
                           "NAME[i] alone; write into another array"
                         : "write into an array of its own",
                     "this output overlaps argument %zu '%s'", o + 1, other->name);
    }
    return HC_OK;
}

/* n, and that every array used as NAME[i] has this length. Tables, used otherwise alone, may have
 * another, unless there is nothing else to say what n is. */
static int check_lengths(const EwKernel *kernel, const EwValue *values, bool *known, EwCall *call) {
    size_t from = 0;
    *known = false;
    for (int tables = 0; tables < 2 && !*known; tables++)
        for (size_t k = 0; k < kernel->arg_count; k++) {
            const EwArg *arg = &kernel->args[k];
            if (!arg->array || (!tables && !arg->at_i)) continue;
            size_t n = values[k].array->n;
            if (!*known) *known = true, call->n = n, from = k;
            if (n == call->n || (tables && arg->elsewhere)) continue;
            return wrong(kernel, k, "all arrays used as NAME[i] have one length",
                         "expected %zu elements, as argument %zu '%s' has, given %zu", call->n,
                         from + 1, kernel->args[from].name, n);
        }
    return HC_OK;
}

static int check_range(const EwKernel *kernel, EwRange range, bool known, EwCall *call) {
    if (range.stop == SIZE_MAX && !known)
        return hc_set_error(HC_USAGE, 0, NULL, "give a range: (EwRange){0, n, 1}",
                            "%s: no argument is an array, so nothing says how many i there are",
                            kernel->name);
    if (!known) call->n = range.stop;
    if (range.stop == SIZE_MAX) range.stop = call->n;
    if (range.step == 0)
        return hc_set_error(HC_USAGE, 0, NULL, "a step of 1 is every i", "%s: the step is 0",
                            kernel->name);
    if (range.stop > call->n)
        return hc_set_error(HC_USAGE, 0, NULL, "EW_ALL is every i",
                            "%s: the range ends at %zu, but the arrays have %zu elements",
                            kernel->name, range.stop, call->n);
    call->start = range.start;
    call->step = range.step;
    call->items = range.start < range.stop ? (range.stop - range.start - 1) / range.step + 1 : 0;
    return HC_OK;
}

static void add_u64(EwCall *call, uint64_t value) {
    call->room[call->count].u = value;
    call->params[call->count] =
        (EwParam){.value = &call->room[call->count].u, .size = sizeof(uint64_t)};
    call->count++;
}

int ew_check_call(const EwKernel *kernel, EwRange range, const EwValue *values, size_t count,
                  EwCall *call) {
    int status = HC_OK;
    bool known = false;
    *call = (EwCall){0};
    if (count != kernel->arg_count)
        return hc_set_error(HC_USAGE, 0, NULL,
                            "give one value for each declared argument, in order",
                            "%s: expected %zu argument%s, given %zu", kernel->name,
                            kernel->arg_count, kernel->arg_count == 1 ? "" : "s", count);
    for (size_t k = 0; status == HC_OK && k < count; k++) {
        status = check_type(kernel, k, &values[k]);
        if (status == HC_OK && values[k].array) status = check_array(kernel, k, values[k].array);
    }
    for (size_t k = 0; status == HC_OK && k < count; k++)
        if (values[k].array) status = check_overlap(kernel, k, values);
    if (status == HC_OK) status = check_lengths(kernel, values, &known, call);
    if (status == HC_OK) status = check_range(kernel, range, known, call);
    for (size_t k = 0; status == HC_OK && k < count; k++) {
        EwParam *param = &call->params[call->count];
        const EwArray *array = values[k].array;
        if (array) {
            *param = (EwParam){.memory = array->memory, .is_memory = true};
            call->count++;
            add_u64(call, array->first);
        } else {
            status = convert(kernel, k, &values[k], param, call->room[call->count].bytes);
            call->count++;
        }
    }
    add_u64(call, call->n);
    add_u64(call, call->start);
    add_u64(call, call->step);
    add_u64(call, call->items);
    return status;
}
