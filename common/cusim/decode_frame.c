// SPDX-License-Identifier: MIT
/* decode_frame.c - where a function's registers and constants lie in its frame.
 *
 * A register gets its place when it is first used, since declarations name many that never are. A
 * constant is written into the frame 32 times, once for each lane, so that handlers need not tell
 * it from a register; equal ones share a place. Addresses of variables are constants, too. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"

void cusim_decode_fail(CusimDecoder *d, const char *format, ...) {
    if (d->failed) return;
    d->failed = true;
    if (!d->log || !d->log_bytes) return;
    int n = 0;
    if (d->at) n = snprintf(d->log, d->log_bytes, "ptx line %u: %s: ", d->at->line, d->at->text);
    if (n < 0 || (size_t)n >= d->log_bytes) return;
    va_list list;
    va_start(list, format);
    (void)vsnprintf(d->log + n, d->log_bytes - (size_t)n, format, list);
    va_end(list);
}

void *cusim_decode_grown(CusimDecoder *d, void *old, uint32_t n, uint32_t *room, size_t bytes) {
    if (n < *room) return old;
    uint32_t more = *room ? *room * 2 : 64;
    void *p = realloc(old, more * bytes);
    if (!p) {
        cusim_decode_fail(d, "out of memory");
        return old;
    }
    *room = more;
    return p;
}

/* ---- Places in the frame ---- */

int32_t cusim_decode_take(CusimDecoder *d, size_t bytes) {
    if (d->frame + bytes > INT32_MAX / 2) {
        cusim_decode_fail(d, "the function has too many registers");
        return 64;
    }
    int32_t offset = (int32_t)d->frame;
    d->frame += bytes;
    return offset;
}

static int32_t take_pred(CusimDecoder *d) {
    if (d->pred == d->pred_end) {
        d->pred = cusim_decode_take(d, 64);
        d->pred_end = d->pred + 64;
    }
    d->pred += 4;
    return d->pred - 4;
}

/* Bytes of one lane: 8-bit registers have 16 bits; 0 for a predicate. */
unsigned cusim_decode_width(CusimType type) {
    unsigned bytes = cusim_type_bytes(type);
    return bytes == 1 ? 2 : bytes;
}

int32_t cusim_decode_reg(CusimDecoder *d, int reg) {
    if (reg < 0 || (uint32_t)reg >= d->function->n_regs) {
        cusim_decode_fail(d, "a register that was not declared");
        return 0;
    }
    if (!d->reg[reg]) {
        CusimType type = d->function->reg_type[reg];
        unsigned bytes = cusim_decode_width(type);
        if (bytes > 8) cusim_decode_fail(d, "registers of 128 bits are not supported");
        d->reg[reg] =
            type == CUSIM_PRED ? take_pred(d) : cusim_decode_take(d, (size_t)bytes * CUSIM_LANES);
    }
    return d->reg[reg];
}

int32_t cusim_decode_scratch(CusimDecoder *d, unsigned bytes) {
    int i = bytes == 0 ? 0 : bytes == 2 ? 1 : bytes == 4 ? 2 : 3;
    if (!d->scratch[i])
        d->scratch[i] = bytes ? cusim_decode_take(d, (size_t)bytes * CUSIM_LANES) : take_pred(d);
    return d->scratch[i];
}

static uint32_t constant_hash(uint64_t value, unsigned bytes, unsigned base) {
    uint64_t h = (value ^ (uint64_t)bytes << 56 ^ (uint64_t)base << 60) * 0x9e3779b97f4a7c15ull;
    return (uint32_t)(h >> 32);
}

int32_t cusim_decode_constant(CusimDecoder *d, uint64_t value, unsigned bytes, unsigned base) {
    if (bytes == 0) value = value ? CUSIM_ALL : 0;
    if (bytes == 2) value &= 0xffff;
    if (bytes == 4) value &= 0xffffffff;
    if (2 * d->n_constants >= d->hash_room) {
        uint32_t room = d->hash_room ? d->hash_room * 2 : 64;
        uint32_t *hash = calloc(room, sizeof *hash);
        if (!hash) {
            cusim_decode_fail(d, "out of memory");
            return 64;
        }
        for (uint32_t i = 0; i < d->n_constants; i++) {
            const CusimConstant *c = &d->constant[i];
            uint32_t h = constant_hash(c->value, c->bytes, c->base) & (room - 1);
            while (hash[h]) h = (h + 1) & (room - 1);
            hash[h] = i + 1;
        }
        free(d->hash);
        d->hash = hash;
        d->hash_room = room;
    }
    uint32_t h = constant_hash(value, bytes, base) & (d->hash_room - 1);
    for (; d->hash[h]; h = (h + 1) & (d->hash_room - 1)) {
        const CusimConstant *c = &d->constant[d->hash[h] - 1];
        if (c->value == value && c->bytes == bytes && c->base == base) return c->offset;
    }
    d->constant =
        cusim_decode_grown(d, d->constant, d->n_constants, &d->constant_room, sizeof *d->constant);
    if (d->failed) return 64;
    CusimConstant *c = &d->constant[d->n_constants++];
    c->value = value;
    c->bytes = bytes;
    c->base = base;
    c->offset = bytes ? cusim_decode_take(d, (size_t)bytes * CUSIM_LANES) : take_pred(d);
    d->hash[h] = d->n_constants;
    return c->offset;
}

/* ---- Addresses ---- */

bool cusim_decode_is_entry_param(const CusimVariable *v) {
    return v->space == CUSIM_SPACE_PARAM && v->reg == -2; /* set by layout() */
}

bool cusim_decode_is_func_param(const CusimVariable *v) {
    return v->space == CUSIM_SPACE_PARAM && !cusim_decode_is_entry_param(v);
}

/* What is added to a variable's address when a frame is made. */
unsigned cusim_decode_base(const CusimVariable *v) {
    if (v->space == CUSIM_SPACE_LOCAL || cusim_decode_is_func_param(v)) return CUSIM_BASE_LOCAL;
    return v->space == CUSIM_SPACE_SHARED && v->unsized ? CUSIM_BASE_DYNAMIC : CUSIM_BASE_NONE;
}

uint64_t cusim_decode_window(const CusimVariable *v) {
    if (v->space == CUSIM_SPACE_SHARED) return CUSIM_SHARED_WINDOW;
    if (v->space == CUSIM_SPACE_LOCAL || cusim_decode_is_func_param(v)) return CUSIM_LOCAL_WINDOW;
    return v->space == CUSIM_SPACE_PARAM ? CUSIM_PARAM_WINDOW : 0;
}

static const CusimFunction *definition(const CusimFunction *f) {
    return f->definition ? f->definition : f;
}

/* ---- Operands ---- */

static uint64_t float_bits(const CusimOperand *o, CusimType type) {
    float single;
    double real;
    uint32_t bits = (uint32_t)o->bits;
    memcpy(&single, &bits, sizeof single);
    memcpy(&real, &o->bits, sizeof real);
    if (o->kind == CUSIM_INTEGER) real = (double)(int64_t)o->bits;
    else if (o->single) real = (double)single;
    if (type == CUSIM_F64 || (type != CUSIM_F32 && !o->single)) {
        uint64_t out;
        memcpy(&out, &real, sizeof out);
        return out;
    }
    if (o->kind == CUSIM_REAL && o->single) return bits; /* a NaN keeps its payload */
    single = (float)real;
    memcpy(&bits, &single, sizeof bits);
    return bits;
}

int32_t cusim_decode_operand(CusimDecoder *d, const CusimOperand *o, CusimType type, unsigned bytes,
                             bool is_pred, bool wider, bool generic) {
    switch (o->kind) {
    case CUSIM_REGISTER: {
        int reg = o->reg + o->component;
        int32_t at = cusim_decode_reg(d, reg);
        if (d->failed) return 0;
        CusimType has = d->function->reg_type[reg];
        if ((has == CUSIM_PRED) != is_pred)
            cusim_decode_fail(d, is_pred ? "%s is not a predicate" : "%s is a predicate",
                              d->function->reg_name[reg]);
        else if (!is_pred &&
                 (wider ? cusim_decode_width(has) < bytes : cusim_decode_width(has) != bytes))
            cusim_decode_fail(d, "%s has %u bits, not %u", d->function->reg_name[reg],
                              cusim_decode_width(has) * 8, bytes * 8);
        return at;
    }
    case CUSIM_INTEGER:
        if (type == CUSIM_F32 || type == CUSIM_F64)
            return cusim_decode_constant(d, float_bits(o, type), bytes, CUSIM_BASE_NONE);
        return cusim_decode_constant(d, o->bits, is_pred ? 0 : bytes, CUSIM_BASE_NONE);
    case CUSIM_REAL: return cusim_decode_constant(d, float_bits(o, type), bytes, CUSIM_BASE_NONE);
    case CUSIM_ADDRESS: {
        const CusimVariable *v = o->variable;
        if (v->space == CUSIM_SPACE_REG) return cusim_decode_reg(d, v->reg);
        return cusim_decode_constant(
            d, v->address + (uint64_t)o->offset + (generic ? cusim_decode_window(v) : 0), bytes,
            cusim_decode_base(v));
    }
    case CUSIM_FUNCTION_ADDRESS: {
        const CusimFunction *f = definition(o->function);
        return cusim_decode_constant(d, CUSIM_FUNCTION_TAG + f->number, bytes, CUSIM_BASE_NONE);
    }
    case CUSIM_SINK: return cusim_decode_scratch(d, is_pred ? 0 : bytes);
    case CUSIM_SPECIAL:
    case CUSIM_LABEL:
    case CUSIM_VECTOR:
    case CUSIM_MEMORY: break;
    }
    cusim_decode_fail(d, "an operand that does not fit");
    return 0;
}
