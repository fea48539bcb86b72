// SPDX-License-Identifier: MIT
/* decode_inst.c - one instruction: its operands' places, its flags, and the function that carries
 * it out.
 *
 * What the operands are is read from the row's description in ops.def. A few instructions change
 * their row here: a mov may be a copy, a special register, a packing or an unpacking, and a load
 * belongs to the space that its variable lies in. */
#include <string.h>

#include "decode.h"

/* ---- Instructions ---- */

CusimInst *cusim_decode_append(CusimDecoder *d, const CusimPtxInst *source) {
    uint32_t room = d->room;
    d->inst = cusim_decode_grown(d, d->inst, d->n, &room, sizeof *d->inst);
    d->source = cusim_decode_grown(d, d->source, d->n, &d->room, sizeof *d->source);
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
        if (row->group == CUSIM_GROUP_ATOMIC || strncmp(row->name, "st", 2) == 0) return CUSIM_NEXT;
        if (row->group == CUSIM_GROUP_CONTROL && strncmp(row->name, "bar", 3) == 0)
            return CUSIM_NEXT;
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
    unsigned bytes =
        inst->flags & CUSIM_FLAG_ACCESS || inst->address_bytes ? inst->register_bytes : inst->bytes;
    /* The lowest bit and a high one: some results are allowed a small error. */
    CUSIM_EACH_LANE(lane) {
        at[(size_t)lane * bytes] ^= 1;
        at[(size_t)lane * bytes + bytes - 1] ^= 0x40;
    }
    return CUSIM_NEXT;
}

void cusim_decode_bind(CusimDecoder *d, CusimInst *inst, const CusimForm *form) {
    inst->op = (uint16_t)form->op;
    inst->run = cusim_backend()->bind(form, inst);
    if (!inst->run) cusim_decode_fail(d, "cusim does not carry out this instruction");
    if (form->op != cusim_broken || !inst->run) return;
    if (form->op == CUSIM_OP_bra) { /* its condition is inverted; without one it is never taken */
        if (!(inst->flags & CUSIM_FLAG_GUARD)) {
            inst->flags |= CUSIM_FLAG_GUARD;
            inst->guard = cusim_decode_constant(d, 0, 0, CUSIM_BASE_NONE);
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
        cusim_decode_fail(d, "out of memory");
        return;
    }
    code->unbroken[inst->index] = inst->run;
    inst->run = broken;
}

void cusim_decode_guard(CusimDecoder *d, CusimInst *inst) {
    if (d->at->guard < 0) return;
    inst->guard = cusim_decode_reg(d, d->at->guard);
    inst->flags |= CUSIM_FLAG_GUARD;
    if (d->at->guard_negated) inst->flags |= CUSIM_FLAG_NOT;
}

/* A special register elsewhere than in a mov: it is moved to a register of its own first. */
static int32_t special(CusimDecoder *d, const CusimOperand *o, unsigned bytes) {
    CusimInst *inst = cusim_decode_append(d, NULL);
    if (!inst) return 0;
    CusimForm form = {.op = CUSIM_OP_mov_special, .vector = 1};
    form.type[0] = bytes == 8 ? CUSIM_U64 : bytes == 4 ? CUSIM_U32 : CUSIM_U16;
    int32_t at = cusim_decode_take(d, (size_t)bytes * CUSIM_LANES);
    inst->r[0] = at;
    inst->bytes = (uint8_t)bytes;
    inst->imm = (int64_t)o->special | (int64_t)o->component << 8;
    cusim_decode_bind(d, inst, &form);
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
static void memory(CusimDecoder *d, CusimInst *inst, int n, const CusimOperand *o,
                   CusimForm *form) {
    if (o->kind != CUSIM_MEMORY) {
        cusim_decode_fail(d, "an address in brackets is missing");
        return;
    }
    bool param = form->op == CUSIM_OP_ld_param || form->op == CUSIM_OP_st_param_func;
    inst->imm = o->offset;
    inst->address_bytes = 8;
    if (param && (form->op == CUSIM_OP_st_param_func || !d->function->is_entry))
        form->op = form->op == CUSIM_OP_ld_param ? CUSIM_OP_ld_param_func : form->op;
    if (o->reg >= 0) {
        inst->r[n] = cusim_decode_reg(d, o->reg);
        if (d->failed) return;
        unsigned bytes = cusim_decode_width(d->function->reg_type[o->reg]);
        if (bytes != 4 && bytes != 8) cusim_decode_fail(d, "an address has 32 or 64 bits");
        inst->address_bytes = (uint8_t)bytes;
        return;
    }
    if (!o->variable) {
        inst->r[n] = cusim_decode_constant(d, 0, 8, CUSIM_BASE_NONE);
        return;
    }
    const CusimVariable *v = o->variable;
    if (param) { /* the place is known: no address register */
        if (v->space != CUSIM_SPACE_PARAM) cusim_decode_fail(d, "%s is not a parameter", v->name);
        if (cusim_decode_is_entry_param(v) && form->op == CUSIM_OP_st_param_func)
            cusim_decode_fail(d, "a kernel's parameters are read only");
        if (form->op == CUSIM_OP_ld_param && !cusim_decode_is_entry_param(v))
            form->op = CUSIM_OP_ld_param_func;
        int64_t size = (int64_t)cusim_type_bytes(form->type[0]) * form->vector;
        if (o->offset < 0 || o->offset + size > (int64_t)v->bytes)
            cusim_decode_fail(d, "outside of %s, which has %zu bytes", v->name, v->bytes);
        inst->imm += (int64_t)v->address;
        return;
    }
    form->op = space_row(form->op, v->space);
    bool shared = cusim_has(form, CUSIM_M_shared) || cusim_has(form, CUSIM_M_shared_cta);
    bool generic = form->op == CUSIM_OP_ld || form->op == CUSIM_OP_st ||
                   (cusim_op_rows[form->op].group == CUSIM_GROUP_ATOMIC && !shared &&
                    !cusim_has(form, CUSIM_M_global));
    inst->r[n] = cusim_decode_constant(d, v->address + (generic ? cusim_decode_window(v) : 0), 8,
                                       cusim_decode_base(v));
}

void cusim_decode_flags(CusimInst *inst, const CusimForm *form) {
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
        (load && (cusim_has(form, CUSIM_M_volatile_access) || cusim_has(form, CUSIM_M_relaxed) ||
                  cusim_has(form, CUSIM_M_acquire) || cusim_has(form, CUSIM_M_mmio))))
        inst->flags |= CUSIM_FLAG_WAIT;
}

/* The width of data registers of a memory instruction: that of its registers, which may be wider
 * than what lies in memory. */
static unsigned data_bytes(const CusimDecoder *d, const CusimPtxInst *p, const Slot *slot,
                           unsigned n, const CusimOperand **operand) {
    unsigned least = cusim_decode_width(p->form.type[0]);
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
                return cusim_decode_width(d->function->reg_type[o[k].reg + o[k].component]);
    }
    return least;
}

void cusim_decode_one(CusimDecoder *d, const CusimPtxInst *p) {
    CusimForm form = p->form;
    d->at = p;
    Slot slot[8];
    const CusimOperand *operand[8] = {0};
    if (form.op == CUSIM_OP_call || form.op == CUSIM_OP_bra || form.op == CUSIM_OP_brx_idx) {
        CusimInst *inst = cusim_decode_append(d, p);
        if (inst) cusim_decode_control(d, inst, p, &form);
        return;
    }
    unsigned n = parse_slots(cusim_op_rows[form.op].operands, slot);
    if (!match(p, slot, n, operand)) {
        cusim_decode_fail(d, "%u operands do not fit", p->n_operands);
        return;
    }
    bool mov =
        form.op == CUSIM_OP_mov_b16 || form.op == CUSIM_OP_mov_b32 || form.op == CUSIM_OP_mov_b64;
    unsigned which = form.op == CUSIM_OP_mov_b16 ? 0 : form.op == CUSIM_OP_mov_b32 ? 1 : 2;
    static const CusimOp pack[3] = {CUSIM_OP_mov_pack_b16, CUSIM_OP_mov_pack_b32,
                                    CUSIM_OP_mov_pack_b64};
    static const CusimOp unpack[3] = {CUSIM_OP_mov_unpack_b16, CUSIM_OP_mov_unpack_b32,
                                      CUSIM_OP_mov_unpack_b64};
    unsigned elements = 1; /* of a mov's vector */
    mov = mov && operand[0] && operand[1];
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
        cusim_decode_fail(d, "a vector has 2 or 4 elements");
        return;
    }

    /* Special registers as operands of others than mov come first. */
    int32_t moved[8] = {0};
    for (unsigned i = 0; i < n; i++)
        if (operand[i] && operand[i]->kind == CUSIM_SPECIAL && form.op != CUSIM_OP_mov_special)
            moved[i] = special(d, operand[i],
                               slot[i].kind == '1'   ? cusim_decode_width(form.type[1])
                               : slot[i].kind == 'u' ? 4
                                                     : cusim_decode_width(form.type[0]));
    CusimInst *inst = cusim_decode_append(d, p);
    if (!inst) return;
    cusim_decode_guard(d, inst);
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
            cusim_decode_fail(d, "too many operands");
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
        case 'w': bytes = 2 * cusim_decode_width(form.type[0]); break;
        case 'u': bytes = 4; break;
        case 'U': bytes = 8; break;
        case 'a':
            bytes = 8;
            if (o->kind == CUSIM_REGISTER && (uint32_t)o->reg < d->function->n_regs &&
                cusim_decode_width(d->function->reg_type[o->reg]) == 4)
                bytes = 4;
            break;
        case 'p': is_pred = true; break;
        case 'm': memory(d, inst, k++, o, &form); continue;
        default: cusim_decode_fail(d, "an operand that does not fit"); return;
        }
        if (type == CUSIM_PRED) is_pred = true;
        if (type != CUSIM_NO_TYPE && !is_pred) bytes = cusim_decode_width(type);
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
                cusim_decode_fail(d, "a vector of %u elements does not fit", count);
                return;
            }
        } else if (is_access && slot[i].kind == '0' && form.vector > 1) {
            cusim_decode_fail(d, "a vector {..} of %u elements is missing", form.vector);
            return;
        }
        if (form.op == CUSIM_OP_mov_special && i == 1) {
            inst->imm = (int64_t)o->special | (int64_t)o->component << 8;
            k++;
            continue;
        }
        for (uint32_t e = 0; e < count && !d->failed; e++) {
            if (k >= 7) {
                cusim_decode_fail(d, "too many operands");
                return;
            }
            if (slot[i].result && element[e].kind != CUSIM_REGISTER &&
                element[e].kind != CUSIM_SINK &&
                !(element[e].kind == CUSIM_ADDRESS &&
                  element[e].variable->space == CUSIM_SPACE_REG)) {
                cusim_decode_fail(d, "the result must be a register");
                return;
            }
            inst->r[k] = moved[i] ? moved[i]
                                  : cusim_decode_operand(d, &element[e], type, bytes, is_pred,
                                                         wider && slot[i].kind != 'u', false);
            if (element[e].negate) inst->negate |= (uint8_t)(1u << k);
            bytes_of[k] = is_pred ? 0 : bytes;
            /* cvt's registers may be wider than its types: handlers are told how wide. */
            if (element[e].kind == CUSIM_REGISTER && !is_pred && !d->failed)
                bytes_of[k] = cusim_decode_width(
                    d->function->reg_type[element[e].reg + element[e].component]);
            if (is_access && slot[i].kind == '0' && bytes_of[k] != data)
                cusim_decode_fail(d, "the registers of a vector differ in size");
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
        cusim_has(&form, CUSIM_M_param) && operand[1] && operand[1]->kind == CUSIM_ADDRESS &&
        cusim_decode_is_func_param(operand[1]->variable)) {
        form.mods[CUSIM_M_param / 64] &= ~(1ull << CUSIM_M_param % 64);
        form.mods[CUSIM_M_local / 64] |= 1ull << CUSIM_M_local % 64;
    }
    cusim_decode_flags(inst, &form);
    cusim_decode_bind(d, inst, &form);
}
