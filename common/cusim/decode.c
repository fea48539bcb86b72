// SPDX-License-Identifier: MIT
/* decode.c - from a parsed function to the instructions that the interpreter runs.
 *
 * Each register gets a place in the frame when it is first used, each constant one that holds it 32
 * times, so that a handler sees offsets only. What an instruction's operands are is read from its
 * row's description in ops.def. Labels become indices, and each branch learns where its lanes meet
 * again (cfg.c). A few instructions change their row here: a mov may be a copy, a special register,
 * a packing or an unpacking, and a load belongs to the space that its variable lies in. */
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cfg.h"
#include "device.h"
#include "warp.h"

typedef struct {
    CusimPtxModule *module;
    CusimFunction *function;
    CusimCode *code;
    CusimInst *inst;
    const CusimPtxInst **source;
    uint32_t n, room;
    int32_t *reg; /* offset of each register; 0: not placed yet */
    size_t frame; /* bytes of it so far */
    int32_t pred, pred_end;
    int32_t scratch[4]; /* predicate, 16, 32, 64 bits: what a sink writes to */
    CusimConstant *constant;
    uint32_t n_constants, constant_room;
    uint32_t *hash; /* index + 1 of a constant */
    uint32_t hash_room;
    uint32_t n_calls;
    const CusimPtxInst *at;
    bool failed;
    char *log;
    size_t log_bytes;
} Decoder;

static void fail(Decoder *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void fail(Decoder *d, const char *format, ...) {
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

static void *grown(Decoder *d, void *old, uint32_t n, uint32_t *room, size_t bytes) {
    if (n < *room) return old;
    uint32_t more = *room ? *room * 2 : 64;
    void *p = realloc(old, more * bytes);
    if (!p) {
        fail(d, "out of memory");
        return old;
    }
    *room = more;
    return p;
}

/* ---- Places in the frame ---- */

static int32_t take(Decoder *d, size_t bytes) {
    if (d->frame + bytes > INT32_MAX / 2) {
        fail(d, "the function has too many registers");
        return 64;
    }
    int32_t offset = (int32_t)d->frame;
    d->frame += bytes;
    return offset;
}

static int32_t take_pred(Decoder *d) {
    if (d->pred == d->pred_end) {
        d->pred = take(d, 64);
        d->pred_end = d->pred + 64;
    }
    d->pred += 4;
    return d->pred - 4;
}

/* Bytes of one lane: 8-bit registers have 16 bits; 0 for a predicate. */
static unsigned width(CusimType type) {
    unsigned bytes = cusim_type_bytes(type);
    return bytes == 1 ? 2 : bytes;
}

static int32_t place_reg(Decoder *d, int reg) {
    if (reg < 0 || (uint32_t)reg >= d->function->n_regs) {
        fail(d, "a register that was not declared");
        return 0;
    }
    if (!d->reg[reg]) {
        CusimType type = d->function->reg_type[reg];
        unsigned bytes = width(type);
        if (bytes > 8) fail(d, "registers of 128 bits are not supported");
        d->reg[reg] = type == CUSIM_PRED ? take_pred(d) : take(d, (size_t)bytes * CUSIM_LANES);
    }
    return d->reg[reg];
}

static int32_t place_scratch(Decoder *d, unsigned bytes) {
    int i = bytes == 0 ? 0 : bytes == 2 ? 1 : bytes == 4 ? 2 : 3;
    if (!d->scratch[i]) d->scratch[i] = bytes ? take(d, (size_t)bytes * CUSIM_LANES) : take_pred(d);
    return d->scratch[i];
}

static uint32_t constant_hash(uint64_t value, unsigned bytes, unsigned base) {
    uint64_t h = (value ^ (uint64_t)bytes << 56 ^ (uint64_t)base << 60) * 0x9e3779b97f4a7c15ull;
    return (uint32_t)(h >> 32);
}

static int32_t place_constant(Decoder *d, uint64_t value, unsigned bytes, unsigned base) {
    if (bytes == 0) value = value ? CUSIM_ALL : 0;
    if (bytes == 2) value &= 0xffff;
    if (bytes == 4) value &= 0xffffffff;
    if (2 * d->n_constants >= d->hash_room) {
        uint32_t room = d->hash_room ? d->hash_room * 2 : 64;
        uint32_t *hash = calloc(room, sizeof *hash);
        if (!hash) {
            fail(d, "out of memory");
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
    d->constant = grown(d, d->constant, d->n_constants, &d->constant_room, sizeof *d->constant);
    if (d->failed) return 64;
    CusimConstant *c = &d->constant[d->n_constants++];
    c->value = value;
    c->bytes = bytes;
    c->base = base;
    c->offset = bytes ? take(d, (size_t)bytes * CUSIM_LANES) : take_pred(d);
    d->hash[h] = d->n_constants;
    return c->offset;
}

/* ---- Addresses ---- */

static bool is_entry_param(const CusimVariable *v) {
    return v->space == CUSIM_SPACE_PARAM && v->reg == -2; /* set by layout() */
}

static bool is_func_param(const CusimVariable *v) {
    return v->space == CUSIM_SPACE_PARAM && !is_entry_param(v);
}

/* What is added to a variable's address when a frame is made. */
static unsigned base_of(const CusimVariable *v) {
    if (v->space == CUSIM_SPACE_LOCAL || is_func_param(v)) return CUSIM_BASE_LOCAL;
    return v->space == CUSIM_SPACE_SHARED && v->unsized ? CUSIM_BASE_DYNAMIC : CUSIM_BASE_NONE;
}

static uint64_t window_of(const CusimVariable *v) {
    if (v->space == CUSIM_SPACE_SHARED) return CUSIM_SHARED_WINDOW;
    if (v->space == CUSIM_SPACE_LOCAL || is_func_param(v)) return CUSIM_LOCAL_WINDOW;
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
    if (o->kind == CUSIM_INTEGER)
        real = (double)(int64_t)o->bits;
    else if (o->single)
        real = (double)single;
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

static int32_t place_operand(Decoder *d, const CusimOperand *o, CusimType type, unsigned bytes,
                             bool is_pred, bool wider, bool generic) {
    switch (o->kind) {
    case CUSIM_REGISTER: {
        int reg = o->reg + o->component;
        int32_t at = place_reg(d, reg);
        if (d->failed) return 0;
        CusimType has = d->function->reg_type[reg];
        if ((has == CUSIM_PRED) != is_pred)
            fail(d, is_pred ? "%s is not a predicate" : "%s is a predicate",
                 d->function->reg_name[reg]);
        else if (!is_pred && (wider ? width(has) < bytes : width(has) != bytes))
            fail(d, "%s has %u bits, not %u", d->function->reg_name[reg], width(has) * 8,
                 bytes * 8);
        return at;
    }
    case CUSIM_INTEGER:
        if (type == CUSIM_F32 || type == CUSIM_F64)
            return place_constant(d, float_bits(o, type), bytes, CUSIM_BASE_NONE);
        return place_constant(d, o->bits, is_pred ? 0 : bytes, CUSIM_BASE_NONE);
    case CUSIM_REAL: return place_constant(d, float_bits(o, type), bytes, CUSIM_BASE_NONE);
    case CUSIM_ADDRESS: {
        const CusimVariable *v = o->variable;
        if (v->space == CUSIM_SPACE_REG) return place_reg(d, v->reg);
        return place_constant(d, v->address + (uint64_t)o->offset + (generic ? window_of(v) : 0),
                              bytes, base_of(v));
    }
    case CUSIM_FUNCTION_ADDRESS: {
        const CusimFunction *f = definition(o->function);
        return place_constant(d, CUSIM_FUNCTION_TAG + f->number, bytes, CUSIM_BASE_NONE);
    }
    case CUSIM_SINK: return place_scratch(d, is_pred ? 0 : bytes);
    case CUSIM_SPECIAL:
    case CUSIM_LABEL:
    case CUSIM_VECTOR:
    case CUSIM_MEMORY: break;
    }
    fail(d, "an operand that does not fit");
    return 0;
}

/* ---- Instructions ---- */

static CusimInst *append(Decoder *d, const CusimPtxInst *source) {
    uint32_t room = d->room;
    d->inst = grown(d, d->inst, d->n, &room, sizeof *d->inst);
    d->source = grown(d, d->source, d->n, &d->room, sizeof *d->source);
    if (d->failed) return NULL;
    CusimInst *inst = &d->inst[d->n];
    memset(inst, 0, sizeof *inst);
    inst->index = d->n;
    inst->vector = 1;
    d->source[d->n++] = source;
    return inst;
}

/* The handler that CUSIM_FAULT asks for: the true one, and then a wrong result. */
static int broken(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    const CusimCode *code = warp->state->now.frame->code;
    const CusimOpRow *row = &cusim_op_rows[inst->op];
    if (row->operands[0] != '=') {
        /* No result to spoil: stores, reductions and barriers are left out; what changes nothing
         * that a kernel could see fails. */
        if (row->group == CUSIM_GROUP_ATOMIC || row->operands[0] == 'm') return CUSIM_NEXT;
        if (row->group == CUSIM_GROUP_WARP || strncmp(row->name, "bar", 3) == 0) return CUSIM_NEXT;
        if (strncmp(row->name, "call", 4) == 0 || inst->op == CUSIM_OP_trap) return CUSIM_NEXT;
        return cusim_fault(warp, inst, __builtin_ctz(mask), CUDA_ERROR_LAUNCH_FAILED,
                           "CUSIM_FAULT=op:%s", row->name);
    }
    int result = code->unbroken[inst->index](warp, inst, mask);
    if (result != CUSIM_NEXT || strncmp(row->name, "bar", 3) == 0) return result; /* barrier.c */
    uint8_t *at = warp->frame + inst->r[0];
    if (row->operands[1] == 'p') {
        uint32_t *p = (uint32_t *)(void *)at;
        *p ^= mask;
        return CUSIM_NEXT;
    }
    unsigned bytes = inst->flags & CUSIM_FLAG_ACCESS || inst->address_bytes ? inst->register_bytes
                                                                            : inst->bytes;
    CUSIM_EACH_LANE(lane) at[(unsigned)lane * bytes] ^= 1;
    return CUSIM_NEXT;
}

static void bind(Decoder *d, CusimInst *inst, const CusimForm *form) {
    inst->op = (uint16_t)form->op;
    inst->run = cusim_backend()->bind(form, inst);
    if (!inst->run) fail(d, "cusim does not carry out this instruction");
    if (form->op != cusim_broken || !inst->run) return;
    if (form->op == CUSIM_OP_bra) { /* its condition is inverted; without one it is never taken */
        if (!(inst->flags & CUSIM_FLAG_GUARD)) {
            inst->flags |= CUSIM_FLAG_GUARD;
            inst->guard = place_constant(d, 0, 0, CUSIM_BASE_NONE);
        } else {
            inst->flags ^= CUSIM_FLAG_NOT;
        }
        return;
    }
    CusimCode *code = d->code;
    if (!code->unbroken)
        code->unbroken = cusim_arena_array(d->module->arena, 8 * d->function->n_insts + 64,
                                           sizeof *code->unbroken);
    if (!code->unbroken) {
        fail(d, "out of memory");
        return;
    }
    code->unbroken[inst->index] = inst->run;
    inst->run = broken;
}

static void guard(Decoder *d, CusimInst *inst) {
    if (d->at->guard < 0) return;
    inst->guard = place_reg(d, d->at->guard);
    inst->flags |= CUSIM_FLAG_GUARD;
    if (d->at->guard_negated) inst->flags |= CUSIM_FLAG_NOT;
}

/* A special register elsewhere than in a mov: it is moved to a register of its own first. */
static int32_t special(Decoder *d, const CusimOperand *o, unsigned bytes) {
    CusimInst *inst = append(d, NULL);
    if (!inst) return 0;
    CusimForm form = {.op = CUSIM_OP_mov_special, .vector = 1};
    form.type[0] = bytes == 8 ? CUSIM_U64 : bytes == 4 ? CUSIM_U32 : CUSIM_U16;
    int32_t at = take(d, (size_t)bytes * CUSIM_LANES);
    inst->r[0] = at;
    inst->bytes = (uint8_t)bytes;
    inst->imm = (int64_t)o->special | (int64_t)o->component << 8;
    bind(d, inst, &form);
    return at;
}

/* What ops.def says of one operand. */
typedef struct {
    char kind; /* 0 1 2 w u U p a m v l s */
    bool result, optional;
} Slot;

static unsigned parse_slots(const char *text, Slot *slot) {
    unsigned n = 0;
    while (*text && n < 8) {
        Slot s = {0};
        for (; *text == '=' || *text == '?'; text++) {
            if (*text == '=') s.result = true;
            if (*text == '?') s.optional = true;
        }
        s.kind = *text++;
        slot[n++] = s;
        if (*text == '|') {
            text++;
            slot[n++] = (Slot){.kind = *text++, .result = true, .optional = true};
        }
        while (*text == ' ') text++;
    }
    return n;
}

/* Which operand each slot has; NULL where an optional one is left out. */
static bool match(const CusimPtxInst *p, const Slot *slot, unsigned n, const CusimOperand **out) {
    unsigned optional = 0;
    for (unsigned i = 0; i < n; i++) optional += slot[i].optional;
    if (p->n_operands > n || p->n_operands < n - optional) return false;
    unsigned extra = p->n_operands - (n - optional), at = 0;
    bool wants_pred = cusim_has(&p->form, CUSIM_M_and) || cusim_has(&p->form, CUSIM_M_or) ||
                      cusim_has(&p->form, CUSIM_M_xor);
    for (unsigned i = 0; i < n; i++) {
        out[i] = NULL;
        if (slot[i].optional) {
            /* Of p|q and a trailing predicate only the suffixes tell which one is there. */
            unsigned later = 0;
            for (unsigned j = i + 1; j < n; j++)
                later += slot[j].optional && (slot[j].kind != 'p' || wants_pred);
            bool here = slot[i].result ? extra > later : slot[i].kind != 'p' || wants_pred;
            if (!extra || !here) continue;
            extra--;
        }
        out[i] = &p->operand[at++];
    }
    return at == p->n_operands;
}

static bool is_memory_group(CusimOp op) {
    CusimGroup g = cusim_op_rows[op].group;
    return g == CUSIM_GROUP_MEMORY || g == CUSIM_GROUP_ATOMIC;
}

static CusimOp space_row(CusimOp op, CusimSpace space) {
    if (op == CUSIM_OP_ld) switch (space) {
        case CUSIM_SPACE_GLOBAL: return CUSIM_OP_ld_global;
        case CUSIM_SPACE_CONST: return CUSIM_OP_ld_const;
        case CUSIM_SPACE_SHARED: return CUSIM_OP_ld_shared;
        case CUSIM_SPACE_LOCAL: return CUSIM_OP_ld_local;
        default: return op;
        }
    if (op == CUSIM_OP_st) switch (space) {
        case CUSIM_SPACE_GLOBAL: return CUSIM_OP_st_global;
        case CUSIM_SPACE_SHARED: return CUSIM_OP_st_shared;
        case CUSIM_SPACE_LOCAL: return CUSIM_OP_st_local;
        default: return op;
        }
    return op;
}

/* [register + offset], [variable + offset], [number] */
static void memory(Decoder *d, CusimInst *inst, int n, const CusimOperand *o, CusimForm *form) {
    if (o->kind != CUSIM_MEMORY) {
        fail(d, "an address in brackets is missing");
        return;
    }
    bool param = form->op == CUSIM_OP_ld_param || form->op == CUSIM_OP_st_param_func;
    inst->imm = o->offset;
    inst->address_bytes = 8;
    if (param && (form->op == CUSIM_OP_st_param_func || !d->function->is_entry))
        form->op = form->op == CUSIM_OP_ld_param ? CUSIM_OP_ld_param_func : form->op;
    if (o->reg >= 0) {
        inst->r[n] = place_reg(d, o->reg);
        if (d->failed) return;
        unsigned bytes = width(d->function->reg_type[o->reg]);
        if (bytes != 4 && bytes != 8) fail(d, "an address has 32 or 64 bits");
        inst->address_bytes = (uint8_t)bytes;
        return;
    }
    if (!o->variable) {
        inst->r[n] = place_constant(d, 0, 8, CUSIM_BASE_NONE);
        return;
    }
    const CusimVariable *v = o->variable;
    if (param) { /* the place is known: no address register */
        if (v->space != CUSIM_SPACE_PARAM) fail(d, "%s is not a parameter", v->name);
        if (is_entry_param(v) && form->op == CUSIM_OP_st_param_func)
            fail(d, "a kernel's parameters are read only");
        if (form->op == CUSIM_OP_ld_param && !is_entry_param(v)) form->op = CUSIM_OP_ld_param_func;
        int64_t size = (int64_t)cusim_type_bytes(form->type[0]) * form->vector;
        if (o->offset < 0 || o->offset + size > (int64_t)v->bytes)
            fail(d, "outside of %s, which has %zu bytes", v->name, v->bytes);
        inst->imm += (int64_t)v->address;
        return;
    }
    form->op = space_row(form->op, v->space);
    bool shared = cusim_has(form, CUSIM_M_shared) || cusim_has(form, CUSIM_M_shared_cta);
    bool generic = form->op == CUSIM_OP_ld || form->op == CUSIM_OP_st ||
                   (cusim_op_rows[form->op].group == CUSIM_GROUP_ATOMIC && !shared &&
                    !cusim_has(form, CUSIM_M_global));
    inst->r[n] = place_constant(d, v->address + (generic ? window_of(v) : 0), 8, base_of(v));
}

static void flags(CusimInst *inst, const CusimForm *form) {
    CusimOp op = form->op;
    const char *name = cusim_op_rows[op].name;
    bool atom = strncmp(name, "atom", 4) == 0;
    switch (cusim_op_rows[op].group) {
    case CUSIM_GROUP_ATOMIC: inst->flags |= CUSIM_FLAG_ACCESS; break;
    case CUSIM_GROUP_MEMORY:
        if ((strncmp(name, "ld", 2) == 0 || strncmp(name, "st", 2) == 0) && !strstr(name, "param"))
            inst->flags |= CUSIM_FLAG_ACCESS;
        break;
    case CUSIM_GROUP_WARP:
        if (cusim_has(form, CUSIM_M_sync)) inst->flags |= CUSIM_FLAG_SYNC;
        break;
    case CUSIM_GROUP_CONTROL:
        if (op != CUSIM_OP_mov_special && op != CUSIM_OP_nanosleep && op != CUSIM_OP_trap &&
            op != CUSIM_OP_brkpt && op != CUSIM_OP_pmevent)
            inst->flags |= CUSIM_FLAG_CONTROL;
        break;
    default: break;
    }
    bool load = name[0] == 'l' && name[1] == 'd';
    if (atom || op == CUSIM_OP_nanosleep ||
        (load &&
         (cusim_has(form, CUSIM_M_volatile_access) || cusim_has(form, CUSIM_M_relaxed) ||
          cusim_has(form, CUSIM_M_acquire) || cusim_has(form, CUSIM_M_mmio))))
        inst->flags |= CUSIM_FLAG_WAIT;
}

static void decode_control(Decoder *d, CusimInst *inst, const CusimPtxInst *p, CusimForm *form);

/* The width of data registers of a memory instruction: that of its registers, which may be wider
 * than what lies in memory. */
static unsigned data_bytes(const Decoder *d, const CusimPtxInst *p, const Slot *slot, unsigned n,
                           const CusimOperand **operand) {
    unsigned least = width(p->form.type[0]);
    for (unsigned i = 0; i < n; i++) {
        if (slot[i].kind != '0' || !operand[i]) continue;
        const CusimOperand *o = operand[i];
        uint32_t count = 1;
        if (o->kind == CUSIM_VECTOR) {
            count = o->n;
            o = o->element;
        }
        for (uint32_t k = 0; k < count; k++)
            if (o[k].kind == CUSIM_REGISTER &&
                (uint32_t)(o[k].reg + o[k].component) < d->function->n_regs)
                return width(d->function->reg_type[o[k].reg + o[k].component]);
    }
    return least;
}

static void decode_one(Decoder *d, const CusimPtxInst *p) {
    CusimForm form = p->form;
    d->at = p;
    Slot slot[8];
    const CusimOperand *operand[8] = {0};
    if (form.op == CUSIM_OP_call || form.op == CUSIM_OP_bra || form.op == CUSIM_OP_brx_idx) {
        CusimInst *inst = append(d, p);
        if (inst) decode_control(d, inst, p, &form);
        return;
    }
    unsigned n = parse_slots(cusim_op_rows[form.op].operands, slot);
    if (!match(p, slot, n, operand)) {
        fail(d, "%u operands do not fit", p->n_operands);
        return;
    }
    bool mov = form.op == CUSIM_OP_mov_b16 || form.op == CUSIM_OP_mov_b32 ||
               form.op == CUSIM_OP_mov_b64;
    unsigned which = form.op == CUSIM_OP_mov_b16 ? 0 : form.op == CUSIM_OP_mov_b32 ? 1 : 2;
    static const CusimOp pack[3] = {CUSIM_OP_mov_pack_b16, CUSIM_OP_mov_pack_b32,
                                    CUSIM_OP_mov_pack_b64};
    static const CusimOp unpack[3] = {CUSIM_OP_mov_unpack_b16, CUSIM_OP_mov_unpack_b32,
                                      CUSIM_OP_mov_unpack_b64};
    unsigned elements = 1; /* of a mov's vector */
    if (mov && operand[0]->kind == CUSIM_VECTOR) {
        form.op = unpack[which];
        elements = operand[0]->n;
    } else if (mov && operand[1]->kind == CUSIM_VECTOR) {
        form.op = pack[which];
        elements = operand[1]->n;
    } else if (mov && operand[1]->kind == CUSIM_SPECIAL) {
        form.op = CUSIM_OP_mov_special;
    }
    if (mov && elements > 1 && elements != 2 && elements != 4) {
        fail(d, "a vector has 2 or 4 elements");
        return;
    }

    /* Special registers as operands of others than mov come first. */
    int32_t moved[8] = {0};
    for (unsigned i = 0; i < n; i++)
        if (operand[i] && operand[i]->kind == CUSIM_SPECIAL && form.op != CUSIM_OP_mov_special)
            moved[i] = special(d, operand[i],
                               slot[i].kind == '1' ? width(form.type[1])
                               : slot[i].kind == 'u' ? 4 : width(form.type[0]));
    CusimInst *inst = append(d, p);
    if (!inst) return;
    guard(d, inst);
    bool is_memory = false;
    for (unsigned i = 0; i < n; i++) is_memory |= slot[i].kind == 'm';
    bool is_access = is_memory && is_memory_group(form.op);
    unsigned data = is_access ? data_bytes(d, p, slot, n, operand) : 0;
    bool wider = cusim_op_rows[form.op].group == CUSIM_GROUP_CONVERT || is_access;
    inst->vector = is_access ? form.vector : (uint8_t)elements;

    int k = 0;
    unsigned bytes_of[8] = {0};
    for (unsigned i = 0; i < n && !d->failed; i++) {
        const CusimOperand *o = operand[i];
        if (k >= 7) {
            fail(d, "too many operands");
            return;
        }
        if (!o) {
            k++;
            continue;
        }
        CusimType type = CUSIM_NO_TYPE;
        unsigned bytes = 0;
        bool is_pred = false;
        switch (slot[i].kind) {
        case '0': type = form.type[0]; break;
        case '1': type = form.type[1]; break;
        case '2': type = form.type[2]; break;
        case 's':
        case 'v': type = form.type[0]; break;
        case 'w':
            bytes = 2 * width(form.type[0]);
            break;
        case 'u': bytes = 4; break;
        case 'U': bytes = 8; break;
        case 'a':
            bytes = 8;
            if (o->kind == CUSIM_REGISTER && (uint32_t)o->reg < d->function->n_regs &&
                width(d->function->reg_type[o->reg]) == 4)
                bytes = 4;
            break;
        case 'p': is_pred = true; break;
        case 'm': memory(d, inst, k++, o, &form); continue;
        default: fail(d, "an operand that does not fit"); return;
        }
        if (type == CUSIM_PRED) is_pred = true;
        if (type != CUSIM_NO_TYPE && !is_pred) bytes = width(type);
        if (is_access && slot[i].kind == '0') bytes = data;
        uint32_t count = 1;
        const CusimOperand *element = o;
        if (o->kind == CUSIM_VECTOR) {
            count = o->n;
            element = o->element;
            if (mov) {
                bytes = cusim_type_bytes(form.type[0]) / count;
                if (bytes < 2) bytes = bytes ? 2 : 0;
            }
            if (count != (mov ? elements : form.vector) || (mov && !bytes)) {
                fail(d, "a vector of %u elements does not fit", count);
                return;
            }
        } else if (is_access && slot[i].kind == '0' && form.vector > 1) {
            fail(d, "a vector {..} of %u elements is missing", form.vector);
            return;
        }
        if (form.op == CUSIM_OP_mov_special && i == 1) {
            inst->imm = (int64_t)o->special | (int64_t)o->component << 8;
            k++;
            continue;
        }
        for (uint32_t e = 0; e < count && !d->failed; e++) {
            if (k >= 7) {
                fail(d, "too many operands");
                return;
            }
            if (slot[i].result && element[e].kind != CUSIM_REGISTER &&
                element[e].kind != CUSIM_SINK &&
                !(element[e].kind == CUSIM_ADDRESS &&
                  element[e].variable->space == CUSIM_SPACE_REG)) {
                fail(d, "the result must be a register");
                return;
            }
            inst->r[k] = moved[i] ? moved[i]
                                  : place_operand(d, &element[e], type, bytes, is_pred,
                                                  wider && slot[i].kind != 'u', false);
            if (element[e].negate) inst->negate |= (uint8_t)(1u << k);
            bytes_of[k] = is_pred ? 0 : bytes;
            /* cvt's registers may be wider than its types: handlers are told how wide. */
            if (element[e].kind == CUSIM_REGISTER && !is_pred && !d->failed)
                bytes_of[k] = width(d->function->reg_type[element[e].reg + element[e].component]);
            if (is_access && slot[i].kind == '0' && bytes_of[k] != data)
                fail(d, "the registers of a vector differ in size");
            k++;
        }
    }
    if (d->failed) return;
    if (is_access) {
        inst->bytes = (uint8_t)cusim_type_bytes(form.type[0]);
        inst->register_bytes = (uint8_t)data;
    } else {
        inst->bytes = (uint8_t)bytes_of[0];
        inst->register_bytes = (uint8_t)bytes_of[1];
    }
    /* A function's parameters lie in local memory. */
    if ((form.op == CUSIM_OP_cvta || form.op == CUSIM_OP_cvta_to) &&
        cusim_has(&form, CUSIM_M_param) && operand[1]->kind == CUSIM_ADDRESS &&
        is_func_param(operand[1]->variable)) {
        form.mods[CUSIM_M_param / 64] &= ~(1ull << CUSIM_M_param % 64);
        form.mods[CUSIM_M_local / 64] |= 1ull << CUSIM_M_local % 64;
    }
    flags(inst, &form);
    bind(d, inst, &form);
}

/* ---- Branches and calls ---- */

static CusimPlace place_of_variable(Decoder *d, const CusimVariable *v) {
    if (v->space == CUSIM_SPACE_REG) {
        CusimPlace place = {.reg = place_reg(d, v->reg)};
        if (!d->failed) place.bytes = width(d->function->reg_type[v->reg]);
        return place;
    }
    return (CusimPlace){.local = (uint32_t)v->address, .bytes = (uint32_t)v->bytes};
}

static CusimPlace place_of_operand(Decoder *d, const CusimOperand *o, const CusimVariable *formal) {
    if (o->kind == CUSIM_ADDRESS && o->variable->space == CUSIM_SPACE_PARAM) {
        CusimPlace place = place_of_variable(d, o->variable);
        place.local += (uint32_t)o->offset;
        return place;
    }
    if (o->kind == CUSIM_SINK) return (CusimPlace){.reg = place_scratch(d, 8), .bytes = 8};
    CusimType type = formal ? formal->type : CUSIM_B64;
    CusimPlace place = {.bytes = width(type)};
    if (o->kind == CUSIM_REGISTER && (uint32_t)(o->reg + o->component) < d->function->n_regs)
        place.bytes = width(d->function->reg_type[o->reg + o->component]);
    bool pred = o->kind == CUSIM_REGISTER && !place.bytes;
    if (!place.bytes && !pred) place.bytes = 8;
    place.reg = place_operand(d, o, type, place.bytes, pred, true, true);
    return place;
}

static CusimCode *code_of(Decoder *d, CusimFunction *f) {
    if (!f->code) f->code = cusim_arena_alloc(d->module->arena, sizeof *f->code);
    if (!f->code) fail(d, "out of memory");
    return f->code;
}

static void decode_call(Decoder *d, CusimInst *inst, const CusimPtxInst *p, CusimForm *form) {
    CusimCallSite *site = &d->code->call[d->n_calls];
    inst->target = d->n_calls++;
    const CusimFunction *formal = p->callee ? p->callee : p->prototype;
    if (p->callee) {
        CusimFunction *f = p->callee->definition ? p->callee->definition : p->callee;
        if (f->is_entry) {
            fail(d, "%s is a kernel: only the host can start it", f->name);
            return;
        }
        site->builtin = f->has_body ? 0 : (int)cusim_builtin(f->name);
        if (f->has_body)
            site->callee = code_of(d, f);
        else if (!site->builtin)
            fail(d, "unresolved extern function '%s'", f->name);
        formal = f;
    } else {
        form->op = CUSIM_OP_call_indirect;
        inst->r[0] = place_reg(d, p->callee_reg);
        if (d->failed) return;
        if (width(d->function->reg_type[p->callee_reg]) != 8) fail(d, "a function's address has 64 bits");
    }
    if (formal && !site->builtin &&
        (formal->n_params != p->n_operands || formal->n_results != p->n_results)) {
        fail(d, "%s has %u parameters and %u results, not %u and %u", formal->name,
             formal->n_params, formal->n_results, p->n_operands, p->n_results);
        return;
    }
    site->n_args = p->n_operands;
    site->n_results = p->n_results;
    site->arg = cusim_arena_array(d->module->arena, site->n_args + 1, sizeof *site->arg);
    site->result = cusim_arena_array(d->module->arena, site->n_results + 1, sizeof *site->result);
    if (!site->arg || !site->result) {
        fail(d, "out of memory");
        return;
    }
    for (uint32_t i = 0; i < p->n_operands && !d->failed; i++)
        site->arg[i] = place_of_operand(d, &p->operand[i],
                                        formal && i < formal->n_params ? formal->param[i] : NULL);
    for (uint32_t i = 0; i < p->n_results && !d->failed; i++)
        site->result[i] = place_of_operand(
            d, &p->result[i], formal && i < formal->n_results ? formal->result[i] : NULL);
}

static void decode_control(Decoder *d, CusimInst *inst, const CusimPtxInst *p, CusimForm *form) {
    guard(d, inst);
    if (form->op == CUSIM_OP_call) {
        decode_call(d, inst, p, form);
    } else if (form->op == CUSIM_OP_bra) {
        if (p->n_operands != 1 || p->operand[0].kind != CUSIM_LABEL ||
            p->operand[0].label >= d->function->n_labels) {
            fail(d, "a label is missing");
            return;
        }
        inst->target = p->operand[0].label; /* an index once all is decoded */
    } else {
        if (p->n_operands != 2 || p->operand[1].kind != CUSIM_LABEL ||
            p->operand[1].label >= d->function->n_tables) {
            fail(d, "an index and a list of .branchtargets are needed");
            return;
        }
        if (p->operand[0].kind == CUSIM_SPECIAL) {
            fail(d, "the index must be a register");
            return;
        }
        inst->r[0] = place_operand(d, &p->operand[0], CUSIM_U32, 4, false, false, false);
        inst->target = p->operand[1].label;
    }
    if (d->failed) return;
    flags(inst, form);
    bind(d, inst, form);
}

/* ---- A function ---- */

static uint64_t round_up(uint64_t n, uint64_t align) {
    return align ? (n + align - 1) / align * align : n;
}

/* Parameters of an entry lie in the launch's buffer; everything else of space .local and .param in
 * local memory. */
static void layout(Decoder *d) {
    CusimFunction *f = d->function;
    CusimCode *code = d->code;
    uint64_t local = 0;
    if (f->is_entry) {
        uint64_t at = 0;
        code->param_offset =
            cusim_arena_array(d->module->arena, f->n_params + 1, sizeof *code->param_offset);
        if (!code->param_offset) {
            fail(d, "out of memory");
            return;
        }
        for (uint32_t i = 0; i < f->n_params; i++) {
            CusimVariable *v = f->param[i];
            at = round_up(at, v->align ? v->align : 1);
            v->address = at;
            v->reg = -2; /* an entry's parameter */
            code->param_offset[i] = (uint32_t)at;
            at += v->bytes;
        }
        if (at > 32764) fail(d, "more than 32,764 bytes of parameters");
        code->param_bytes = (uint32_t)at;
    } else {
        for (uint32_t i = 0; i < f->n_params + f->n_results; i++) {
            CusimVariable *v = i < f->n_params ? f->param[i] : f->result[i - f->n_params];
            if (v->space != CUSIM_SPACE_PARAM) continue;
            local = round_up(local, v->align ? v->align : 1);
            v->address = local;
            local += v->bytes;
        }
    }
    for (CusimVariable *v = f->variables; v; v = v->next) {
        if (v->space != CUSIM_SPACE_LOCAL && v->space != CUSIM_SPACE_PARAM) continue;
        if (v->bytes > 512 << 10 || local > 512 << 10) break;
        local = round_up(local, v->align ? v->align : 1);
        v->address = local;
        local += v->bytes;
        if (v->space == CUSIM_SPACE_PARAM) v->reg = -1;
    }
    for (CusimVariable *v = f->variables; v; v = v->next)
        if ((v->space == CUSIM_SPACE_LOCAL || v->space == CUSIM_SPACE_PARAM) && v->bytes > 512 << 10)
            local = 1 << 30;
    if (local > 512 << 10) fail(d, "%s: more than 512 KiB of local memory for a thread", f->name);
    code->local_bytes = (uint32_t)round_up(local, 64);
}

static void tables(Decoder *d, const uint32_t *map) {
    CusimFunction *f = d->function;
    CusimCode *code = d->code;
    code->table = cusim_arena_array(d->module->arena, f->n_tables + 1, sizeof *code->table);
    code->table_n = cusim_arena_array(d->module->arena, f->n_tables + 1, sizeof *code->table_n);
    if (!code->table || !code->table_n) {
        fail(d, "out of memory");
        return;
    }
    for (uint32_t i = 0; i < f->n_tables; i++) {
        const CusimTable *t = &f->table[i];
        code->table_n[i] = t->n;
        code->table[i] = cusim_arena_array(d->module->arena, t->n + 1, sizeof **code->table);
        if (!code->table[i]) {
            fail(d, "out of memory");
            return;
        }
        for (uint32_t k = 0; k < t->n; k++) code->table[i][k] = map[f->label[t->label[k]].at];
    }
}

static void finish(Decoder *d) {
    CusimCode *code = d->code;
    CusimArena *arena = d->module->arena;
    uint8_t *room = cusim_arena_alloc(arena, d->n * sizeof(CusimInst) + 64);
    code->source = cusim_arena_array(arena, d->n, sizeof *code->source);
    code->constant = cusim_arena_array(arena, d->n_constants + 1, sizeof *code->constant);
    if (!room || !code->source || !code->constant) {
        fail(d, "out of memory");
        return;
    }
    code->inst = (CusimInst *)(void *)(room + (64 - (uintptr_t)room % 64) % 64);
    memcpy(code->inst, d->inst, d->n * sizeof(CusimInst));
    memcpy(code->source, d->source, d->n * sizeof *code->source);
    if (d->n_constants)
        memcpy(code->constant, d->constant, d->n_constants * sizeof *code->constant);
    code->n_insts = d->n;
    code->n_constants = d->n_constants;
    code->frame_bytes = (uint32_t)round_up(d->frame, 64);
}

static void decode_body(Decoder *d) {
    CusimFunction *f = d->function;
    CusimCode *code = d->code;
    uint32_t *map = calloc((size_t)f->n_insts + 1, sizeof *map);
    d->reg = calloc((size_t)f->n_regs + 1, sizeof *d->reg);
    if (!map || !d->reg) {
        fail(d, "out of memory");
        free(map);
        return;
    }
    uint32_t n_calls = 0;
    for (uint32_t i = 0; i < f->n_insts; i++) n_calls += f->inst[i].form.op == CUSIM_OP_call;
    code->call = cusim_arena_array(d->module->arena, n_calls + 1, sizeof *code->call);
    code->formal =
        cusim_arena_array(d->module->arena, f->n_params + f->n_results + 1, sizeof *code->formal);
    if (!code->call || !code->formal) fail(d, "out of memory");
    for (uint32_t i = 0; i < f->n_params + f->n_results && !f->is_entry && !d->failed; i++)
        code->formal[i] = place_of_variable(d, i < f->n_params ? f->param[i]
                                                               : f->result[i - f->n_params]);
    for (uint32_t i = 0; i < f->n_insts && !d->failed; i++) {
        map[i] = d->n;
        decode_one(d, &f->inst[i]);
    }
    code->n_calls = d->n_calls;
    map[f->n_insts] = d->n;
    CusimInst *last = d->failed ? NULL : append(d, NULL); /* who runs past the end returns */
    if (last) {
        CusimForm form = {.op = CUSIM_OP_ret, .vector = 1};
        last->flags = CUSIM_FLAG_CONTROL;
        d->at = NULL;
        bind(d, last, &form);
    }
    if (!d->failed) tables(d, map);
    for (uint32_t i = 0; i < d->n && !d->failed; i++) {
        if (d->inst[i].op != CUSIM_OP_bra) continue;
        d->inst[i].target = map[f->label[d->inst[i].target].at];
    }
    free(map);
    if (!d->failed) finish(d);
    if (!d->failed && !cusim_cfg_joins(code)) fail(d, "out of memory");
}

CusimCode *cusim_decode(CusimPtxModule *module, CusimFunction *function, char *log,
                        size_t log_bytes) {
    static _Atomic uint64_t ids;
    Decoder d = {.module = module,
                 .function = function,
                 .log = log,
                 .log_bytes = log_bytes,
                 .frame = sizeof(CusimFrameHead)};
    d.code = code_of(&d, function);
    if (d.code) {
        d.code->function = function;
        d.code->module = module;
        d.code->number = function->number;
        d.code->id = atomic_fetch_add(&ids, 1) + 1;
        layout(&d);
    }
    if (!d.failed) decode_body(&d);
    free(d.inst);
    free(d.source);
    free(d.reg);
    free(d.constant);
    free(d.hash);
    return d.failed ? NULL : d.code;
}
