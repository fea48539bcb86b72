// SPDX-License-Identifier: MIT
/* decode.c - from a parsed function to the instructions that the interpreter runs.
 *
 * Instructions are decoded one by one (decode_inst.c), registers and constants get places in the
 * frame (decode_frame.c). Here labels become indices, each call learns where its arguments and
 * results lie, and each branch where its lanes meet again (cfg.c). */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "cfg.h"
#include "decode.h"

/* ---- Branches and calls ---- */

static CusimPlace place_of_variable(CusimDecoder *d, const CusimVariable *v) {
    if (v->space == CUSIM_SPACE_REG) {
        CusimPlace place = {.reg = cusim_decode_reg(d, v->reg)};
        if (!d->failed) place.bytes = cusim_decode_width(d->function->reg_type[v->reg]);
        return place;
    }
    return (CusimPlace){.local = (uint32_t)v->address, .bytes = (uint32_t)v->bytes};
}

static CusimPlace place_of_operand(CusimDecoder *d, const CusimOperand *o,
                                   const CusimVariable *formal) {
    if (o->kind == CUSIM_ADDRESS && o->variable->space == CUSIM_SPACE_PARAM) {
        CusimPlace place = place_of_variable(d, o->variable);
        place.local += (uint32_t)o->offset;
        return place;
    }
    if (o->kind == CUSIM_SINK) return (CusimPlace){.reg = cusim_decode_scratch(d, 8), .bytes = 8};
    CusimType type = formal ? formal->type : CUSIM_B64;
    CusimPlace place = {.bytes = cusim_decode_width(type)};
    if (o->kind == CUSIM_REGISTER && (uint32_t)(o->reg + o->component) < d->function->n_regs)
        place.bytes = cusim_decode_width(d->function->reg_type[o->reg + o->component]);
    bool pred = o->kind == CUSIM_REGISTER && !place.bytes;
    if (!place.bytes && !pred) place.bytes = 8;
    place.reg = cusim_decode_operand(d, o, type, place.bytes, pred, true, true);
    return place;
}

static CusimCode *code_of(CusimDecoder *d, CusimFunction *f) {
    if (!f->code) f->code = cusim_arena_alloc(d->module->arena, sizeof *f->code);
    if (!f->code) cusim_decode_fail(d, "out of memory");
    return f->code;
}

static void decode_call(CusimDecoder *d, CusimInst *inst, const CusimPtxInst *p, CusimForm *form) {
    CusimCallSite *site = &d->code->call[d->n_calls];
    inst->target = d->n_calls++;
    const CusimFunction *formal = p->callee ? p->callee : p->prototype;
    if (p->callee) {
        CusimFunction *f = p->callee->definition ? p->callee->definition : p->callee;
        if (f->is_entry) {
            cusim_decode_fail(d, "%s is a kernel: only the host can start it", f->name);
            return;
        }
        site->builtin = f->has_body ? CUSIM_BUILTIN_NONE : cusim_builtin(f->name);
        if (f->has_body) site->callee = code_of(d, f);
        else if (!site->builtin) cusim_decode_fail(d, "unresolved extern function '%s'", f->name);
        formal = f;
    } else {
        form->op = CUSIM_OP_call_indirect;
        inst->r[0] = cusim_decode_reg(d, p->callee_reg);
        if (d->failed) return;
        if (cusim_decode_width(d->function->reg_type[p->callee_reg]) != 8)
            cusim_decode_fail(d, "a function's address has 64 bits");
    }
    if (formal && !site->builtin &&
        (formal->n_params != p->n_operands || formal->n_results != p->n_results)) {
        cusim_decode_fail(d, "%s has %u parameters and %u results, not %u and %u", formal->name,
                          formal->n_params, formal->n_results, p->n_operands, p->n_results);
        return;
    }
    site->n_args = p->n_operands;
    site->n_results = p->n_results;
    site->arg = cusim_arena_array(d->module->arena, site->n_args + 1, sizeof *site->arg);
    site->result = cusim_arena_array(d->module->arena, site->n_results + 1, sizeof *site->result);
    if (!site->arg || !site->result) {
        cusim_decode_fail(d, "out of memory");
        return;
    }
    for (uint32_t i = 0; i < p->n_operands && !d->failed; i++)
        site->arg[i] = place_of_operand(d, &p->operand[i],
                                        formal && i < formal->n_params ? formal->param[i] : NULL);
    for (uint32_t i = 0; i < p->n_results && !d->failed; i++)
        site->result[i] = place_of_operand(
            d, &p->result[i], formal && i < formal->n_results ? formal->result[i] : NULL);
}

void cusim_decode_control(CusimDecoder *d, CusimInst *inst, const CusimPtxInst *p,
                          CusimForm *form) {
    cusim_decode_guard(d, inst);
    if (form->op == CUSIM_OP_call) {
        decode_call(d, inst, p, form);
    } else if (form->op == CUSIM_OP_bra) {
        if (p->n_operands != 1 || p->operand[0].kind != CUSIM_LABEL ||
            p->operand[0].label >= d->function->n_labels) {
            cusim_decode_fail(d, "a label is missing");
            return;
        }
        inst->target = p->operand[0].label; /* an index once all is decoded */
    } else {
        if (p->n_operands != 2 || p->operand[1].kind != CUSIM_LABEL ||
            p->operand[1].label >= d->function->n_tables) {
            cusim_decode_fail(d, "an index and a list of .branchtargets are needed");
            return;
        }
        if (p->operand[0].kind == CUSIM_SPECIAL) {
            cusim_decode_fail(d, "the index must be a register");
            return;
        }
        inst->r[0] = cusim_decode_operand(d, &p->operand[0], CUSIM_U32, 4, false, false, false);
        inst->target = p->operand[1].label;
    }
    if (d->failed) return;
    cusim_decode_flags(inst, form);
    cusim_decode_bind(d, inst, form);
}

/* ---- A function ---- */

static uint64_t round_up(uint64_t n, uint64_t align) {
    return align ? (n + align - 1) / align * align : n;
}

/* Parameters of an entry lie in the launch's buffer; everything else of space .local and .param in
 * local memory. */
static void layout(CusimDecoder *d) {
    CusimFunction *f = d->function;
    CusimCode *code = d->code;
    uint64_t local = 0;
    if (f->is_entry) {
        uint64_t at = 0;
        code->param_offset =
            cusim_arena_array(d->module->arena, f->n_params + 1, sizeof *code->param_offset);
        if (!code->param_offset) {
            cusim_decode_fail(d, "out of memory");
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
        if (at > 32764) cusim_decode_fail(d, "more than 32,764 bytes of parameters");
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
        if ((v->space == CUSIM_SPACE_LOCAL || v->space == CUSIM_SPACE_PARAM) &&
            v->bytes > 512 << 10)
            local = 1 << 30;
    if (local > 512 << 10)
        cusim_decode_fail(d, "%s: more than 512 KiB of local memory for a thread", f->name);
    code->local_bytes = (uint32_t)round_up(local, 64);
}

static void tables(CusimDecoder *d, const uint32_t *map) {
    CusimFunction *f = d->function;
    CusimCode *code = d->code;
    code->table = cusim_arena_array(d->module->arena, f->n_tables + 1, sizeof *code->table);
    code->table_n = cusim_arena_array(d->module->arena, f->n_tables + 1, sizeof *code->table_n);
    if (!code->table || !code->table_n) {
        cusim_decode_fail(d, "out of memory");
        return;
    }
    for (uint32_t i = 0; i < f->n_tables; i++) {
        const CusimTable *t = &f->table[i];
        code->table_n[i] = t->n;
        code->table[i] = cusim_arena_array(d->module->arena, t->n + 1, sizeof **code->table);
        if (!code->table[i]) {
            cusim_decode_fail(d, "out of memory");
            return;
        }
        for (uint32_t k = 0; k < t->n; k++) code->table[i][k] = map[f->label[t->label[k]].at];
    }
}

static void finish(CusimDecoder *d) {
    CusimCode *code = d->code;
    CusimArena *arena = d->module->arena;
    uint8_t *room = cusim_arena_alloc(arena, d->n * sizeof(CusimInst) + 64);
    code->source = cusim_arena_array(arena, d->n, sizeof *code->source);
    code->constant = cusim_arena_array(arena, d->n_constants + 1, sizeof *code->constant);
    if (!room || !code->source || !code->constant) {
        cusim_decode_fail(d, "out of memory");
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

static void decode_body(CusimDecoder *d) {
    CusimFunction *f = d->function;
    CusimCode *code = d->code;
    uint32_t *map = calloc((size_t)f->n_insts + 1, sizeof *map);
    d->reg = calloc((size_t)f->n_regs + 1, sizeof *d->reg);
    uint32_t n_calls = 0;
    for (uint32_t i = 0; i < f->n_insts; i++) n_calls += f->inst[i].form.op == CUSIM_OP_call;
    code->call = cusim_arena_array(d->module->arena, n_calls + 1, sizeof *code->call);
    code->formal =
        cusim_arena_array(d->module->arena, f->n_params + f->n_results + 1, sizeof *code->formal);
    if (!map || !d->reg || !code->call || !code->formal) {
        cusim_decode_fail(d, "out of memory");
        free(map);
        return;
    }
    uint32_t n_formals = f->is_entry ? 0 : f->n_params + f->n_results;
    for (uint32_t i = 0; i < n_formals && !d->failed; i++)
        code->formal[i] =
            place_of_variable(d, i < f->n_params ? f->param[i] : f->result[i - f->n_params]);
    for (uint32_t i = 0; i < f->n_insts && !d->failed; i++) {
        map[i] = d->n;
        cusim_decode_one(d, &f->inst[i]);
    }
    code->n_calls = d->n_calls;
    map[f->n_insts] = d->n;
    /* Who runs past the end returns. */
    CusimInst *last = d->failed ? NULL : cusim_decode_append(d, NULL);
    if (last) {
        CusimForm form = {.op = CUSIM_OP_ret, .vector = 1};
        last->flags = CUSIM_FLAG_CONTROL;
        d->at = NULL;
        cusim_decode_bind(d, last, &form);
    }
    if (!d->failed) tables(d, map);
    for (uint32_t i = 0; i < d->n && !d->failed; i++) {
        if (d->inst[i].op != CUSIM_OP_bra) continue;
        d->inst[i].target = map[f->label[d->inst[i].target].at];
    }
    free(map);
    if (!d->failed) finish(d);
    if (!d->failed && !cusim_cfg_joins(code)) cusim_decode_fail(d, "out of memory");
}

CusimCode *cusim_decode(CusimPtxModule *module, CusimFunction *function, char *log,
                        size_t log_bytes) {
    static _Atomic uint64_t ids;
    CusimDecoder d = {.module = module,
                      .function = function,
                      .log_bytes = log_bytes,
                      .frame = sizeof(CusimFrameHead)};
    d.log = log;
    d.code = code_of(&d, function);
    if (d.code) {
        d.code->function = function;
        d.code->module = module;
        d.code->number = function->number;
        d.code->id = atomic_fetch_add(&ids, 1) + 1;
        layout(&d);
    }
    if (d.code && !d.failed) decode_body(&d);
    free(d.inst);
    free(d.source);
    free(d.reg);
    free(d.constant);
    free(d.hash);
    return d.failed ? NULL : d.code;
}
