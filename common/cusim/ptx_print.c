// SPDX-License-Identifier: MIT
/* ptx_print.c - an instruction back as text: for messages and for the disassembler.
 *
 * The text is PTX again: a test prints what it parsed, parses that, and compares. */
#include "ptx.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Text that is cut off, not overrun. */
typedef struct {
    char *at;
    size_t n, room; /* room counts the final 0 */
} Out;

__attribute__((format(printf, 2, 3))) static void put(Out *out, const char *format, ...) {
    if (out->n + 1 >= out->room) return;
    va_list list;
    va_start(list, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it is started a line above */
    int n = vsnprintf(out->at + out->n, out->room - out->n, format, list);
    va_end(list);
    if (n > 0) out->n += (size_t)n < out->room - out->n ? (size_t)n : out->room - out->n - 1;
}

static const char *register_name(const CusimFunction *function, int reg) {
    return reg >= 0 && (uint32_t)reg < function->n_regs ? function->reg_name[reg] : "%?";
}

static const char *special_name(CusimSpecial special) {
    static const char *const names[CUSIM_SR_COUNT] = {
#define CUSIM_SPECIAL_REGISTER(name, text, type, components) text,
#include "special.def"
#undef CUSIM_SPECIAL_REGISTER
    };
    return special < CUSIM_SR_COUNT ? names[special] : "%?";
}

static void put_special(Out *out, const CusimOperand *o) {
    put(out, "%s", special_name(o->special));
    if (o->special == CUSIM_SR_envreg) put(out, "%u", o->component);
    else if (o->special <= CUSIM_SR_nctaid) put(out, ".%c", "xyzw"[o->component & 3]);
}

static void put_offset(Out *out, int64_t offset) {
    if (offset) put(out, "+%lld", (long long)offset); /* "+-4" is PTX */
}

static void put_name(Out *out, const char *name) { put(out, "%s", name); }

static void put_operand(Out *out, const CusimFunction *function, const CusimPtxInst *inst,
                        const CusimOperand *o) {
    switch (o->kind) {
    case CUSIM_REGISTER:
        put(out, "%s%s", o->negate ? "!" : "", register_name(function, o->reg));
        break;
    case CUSIM_INTEGER: put(out, "%lld", (long long)o->bits); break;
    case CUSIM_REAL:
        if (o->single) put(out, "0f%08llX", (unsigned long long)(o->bits & 0xffffffff));
        else put(out, "0d%016llX", (unsigned long long)o->bits);
        break;
    case CUSIM_ADDRESS:
        put_name(out, o->variable ? o->variable->name : "?");
        put_offset(out, o->offset);
        break;
    case CUSIM_FUNCTION_ADDRESS: put_name(out, o->function ? o->function->name : "?"); break;
    case CUSIM_SPECIAL: put_special(out, o); break;
    case CUSIM_LABEL:
        if (inst->form.op == CUSIM_OP_brx_idx)
            put_name(out, o->label < function->n_tables ? function->table[o->label].name : "?");
        else put_name(out, o->label < function->n_labels ? function->label[o->label].name : "?");
        break;
    case CUSIM_VECTOR:
        put(out, "{");
        for (uint32_t i = 0; i < o->n; ++i) {
            if (i) put(out, ", ");
            put_operand(out, function, inst, &o->element[i]);
        }
        put(out, "}");
        break;
    case CUSIM_MEMORY:
        put(out, "[");
        if (o->reg >= 0) put_name(out, register_name(function, o->reg));
        else if (o->variable) put_name(out, o->variable->name);
        if (o->reg >= 0 || o->variable) put_offset(out, o->offset);
        else put(out, "%lld", (long long)o->offset);
        put(out, "]");
        break;
    case CUSIM_SINK: put(out, "_"); break;
    }
}

static void put_list(Out *out, const CusimFunction *function, const CusimPtxInst *inst,
                     const CusimOperand *o, uint32_t n) {
    put(out, "(");
    for (uint32_t i = 0; i < n; ++i) {
        if (i) put(out, ", ");
        put_operand(out, function, inst, &o[i]);
    }
    put(out, ")");
}

static void put_call(Out *out, const CusimFunction *function, const CusimPtxInst *inst) {
    put(out, " ");
    if (inst->n_results) {
        put_list(out, function, inst, inst->result, inst->n_results);
        put(out, ", ");
    }
    put_name(out, inst->callee ? inst->callee->name : register_name(function, inst->callee_reg));
    if (inst->n_operands || inst->callee_reg >= 0) {
        put(out, ", ");
        put_list(out, function, inst, inst->operand, inst->n_operands);
    }
    /* How a .calltargets list was called is not kept. */
    if (inst->callee_reg >= 0) put(out, ", %s", inst->prototype ? inst->prototype->name : "_");
}

/* Is the second operand written behind a '|', as in "shfl.sync.idx.b32 %r1|%p1"? */
static bool has_pair(const CusimPtxInst *inst) {
    const char *list = cusim_op_rows[inst->form.op].operands;
    if (!strchr(list, '|')) return false;
    uint32_t n = 1; /* operands without the pair's second */
    for (const char *c = list; *c; ++c) n += *c == ' ';
    if (strchr(list, '?') && !cusim_has(&inst->form, CUSIM_M_and) &&
        !cusim_has(&inst->form, CUSIM_M_or) && !cusim_has(&inst->form, CUSIM_M_xor))
        --n;
    return inst->n_operands > n;
}

void cusim_ptx_print(const CusimFunction *function, const CusimPtxInst *inst, char *text,
                     size_t n) {
    Out out = {.at = text, .room = n};
    if (!n) return;
    *text = 0;
    if (inst->guard >= 0)
        put(&out, "@%s%s ", inst->guard_negated ? "!" : "", register_name(function, inst->guard));
    put(&out, "%s", inst->text);
    if (inst->form.op == CUSIM_OP_call) put_call(&out, function, inst);
    for (uint32_t i = 0; i < inst->n_operands && inst->form.op != CUSIM_OP_call; ++i) {
        put(&out, "%s", i == 0 ? " " : i == 1 && has_pair(inst) ? "|" : ", ");
        put_operand(&out, function, inst, &inst->operand[i]);
    }
    put(&out, ";");
}
