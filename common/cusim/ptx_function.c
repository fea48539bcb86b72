// SPDX-License-Identifier: MIT
/* ptx_function.c - .entry, .func and .callprototype: everything of a function before its body.
 *
 *   .visible .entry scale(.param .u64 x, .param .u32 n) .maxntid 256 { ... }
 *   .func (.param .b32 result) square(.param .b32 x);
 *
 * A function may be declared any number of times, and must then be the same each time; it has one
 * body at most. */
#include "ptx_internal.h"

#include <string.h>

/* (.param .u32 a, .param .u64 b): nothing, if there is no parenthesis. */
static void formals(PtxParser *p, bool is_prototype, CusimVariable ***list, uint32_t *n) {
    uint64_t bytes = 0;
    p->formal.n = 0;
    if (!cusim_ptx_take(p, '(')) return;
    while (p->token.kind != ')' && p->token.kind != PTX_END) {
        uint32_t line = p->token.line;
        CusimVariable *v = cusim_ptx_parameter(p, is_prototype);
        if (!v || p->panic || !cusim_ptx_grow(p, &p->formal)) return;
        p->formal.at[p->formal.n++] = v;
        bytes = (bytes + v->align - 1) / v->align * v->align + v->bytes;
        if (bytes > PTX_MAX_PARAM)
            cusim_ptx_error_at(p, line, "the parameters have more than %d bytes", PTX_MAX_PARAM);
        if (!cusim_ptx_take(p, ',')) break;
    }
    cusim_ptx_need(p, ')', "\",\" or \")\"");
    *n = (uint32_t)p->formal.n;
    *list = cusim_ptx_alloc(p, p->formal.n + 1, sizeof **list);
    if (*list && p->formal.n) memcpy(*list, p->formal.at, p->formal.n * sizeof **list);
}

static PtxName *signature(PtxParser *p, CusimFunction *f, bool is_prototype) {
    if (!f->is_entry) formals(p, is_prototype, &f->result, &f->n_results);
    PtxName *name = NULL;
    if (p->token.kind == PTX_NAME) name = cusim_ptx_name(p, p->token.text, p->token.n);
    f->line = p->token.line;
    f->name = name ? name->text : "";
    cusim_ptx_need(p, PTX_NAME, "the name of a function");
    if (!p->panic) formals(p, is_prototype, &f->param, &f->n_params);
    return p->panic ? NULL : name;
}

CusimFunction *cusim_ptx_prototype(PtxParser *p) {
    CusimFunction *f = cusim_ptx_alloc(p, 1, sizeof *f);
    if (!f) return NULL;
    (void)signature(p, f, true);
    f->noreturn = cusim_ptx_take_directive(p, "noreturn");
    while (cusim_ptx_take_directive(p, "abi_preserve") ||
           cusim_ptx_take_directive(p, "abi_preserve_control"))
        (void)cusim_ptx_count(p, 0, UINT32_MAX, "a number of registers");
    cusim_ptx_need(p, ';', "\";\"");
    return f;
}

/* 32 or 16, 16 or 8, 8, 8; what is left out is 1. */
static void three(PtxParser *p, uint32_t *n) {
    n[0] = (uint32_t)cusim_ptx_count(p, 1, 1024, "a number of threads");
    n[1] = n[2] = 1;
    for (int i = 1; i < 3 && cusim_ptx_take(p, ','); ++i)
        n[i] = (uint32_t)cusim_ptx_count(p, 1, 1024, "a number of threads");
    if (!p->panic && (uint64_t)n[0] * n[1] * n[2] > 1024)
        cusim_ptx_error(p, "a block has at most 1024 threads");
}

/* .maxntid, .noreturn and their like; false if the token is none. */
static bool tuning(PtxParser *p, CusimFunction *f) {
    /* Hints to the register allocator and to clusters of one block: nothing to do here. */
    static const char *const ignored[] = {"maxnctapersm", "maxclusterrank", "abi_preserve",
                                          "abi_preserve_control"};
    static const char *const refused[] = {"reqnctapercluster", "explicitcluster",
                                          "blocksareclusters"};
    char shown[64];
    if (cusim_ptx_take_directive(p, "maxntid")) {
        three(p, f->maxntid);
    } else if (cusim_ptx_take_directive(p, "reqntid")) {
        three(p, f->reqntid);
    } else if (cusim_ptx_take_directive(p, "minnctapersm")) {
        f->minnctapersm = (uint32_t)cusim_ptx_count(p, 0, UINT32_MAX, ".minnctapersm");
    } else if (cusim_ptx_take_directive(p, "maxnreg")) {
        f->maxnreg = (uint32_t)cusim_ptx_count(p, 1, UINT32_MAX, ".maxnreg");
    } else if (cusim_ptx_take_directive(p, "noreturn")) {
        f->noreturn = true;
    } else {
        for (size_t i = 0; i < sizeof ignored / sizeof *ignored; ++i)
            if (cusim_ptx_take_directive(p, ignored[i])) {
                (void)cusim_ptx_count(p, 0, UINT32_MAX, "the number of a directive");
                return true;
            }
        for (size_t i = 0; i < sizeof refused / sizeof *refused; ++i)
            if (cusim_ptx_is(p, refused[i]))
                cusim_ptx_error(p, "%s: cusim has no clusters, which begin with sm_90",
                                cusim_ptx_shown(p, shown));
        return cusim_ptx_anywhere(p);
    }
    return true;
}

/* ---- Declarations and definitions of one function ---- */

static bool same_formals(CusimVariable **a, uint32_t n_a, CusimVariable **b, uint32_t n_b) {
    bool same = n_a == n_b;
    for (uint32_t i = 0; same && i < n_a; ++i)
        same = a[i]->space == b[i]->space && a[i]->bytes == b[i]->bytes;
    return same;
}

/* The function of this name: a new one, or the one declared before. */
static CusimFunction *settle(PtxParser *p, PtxName *name, const CusimFunction *f) {
    PtxSymbol *symbol = name->symbol;
    while (symbol && symbol->depth) symbol = symbol->outer;
    if (!symbol) {
        CusimFunction *new = cusim_ptx_alloc(p, 1, sizeof *new);
        uint32_t depth = p->depth;
        p->depth = 0; /* a function belongs to the module, not to the scope of its parameters */
        symbol = new ? cusim_ptx_declare(p, name, PTX_SYMBOL_FUNCTION) : NULL;
        p->depth = depth;
        if (!symbol) return NULL;
        *new = *f;
        symbol->function = new;
        *p->last_function = new;
        p->last_function = &new->next;
        return new;
    }
    CusimFunction *old = symbol->function;
    if (symbol->kind != PTX_SYMBOL_FUNCTION) {
        cusim_ptx_error_at(p, f->line, "%.60s is declared twice", name->text);
    } else if (old->is_entry != f->is_entry ||
               !same_formals(old->param, old->n_params, f->param, f->n_params) ||
               !same_formals(old->result, old->n_results, f->result, f->n_results)) {
        cusim_ptx_error_at(p, f->line, "%.60s was declared with other parameters in line %u",
                           name->text, old->line);
    }
    return p->panic ? NULL : old;
}

/* A copy of a growing array in the arena. */
#define KEEP(p, array) keep(p, (array).at, (array).n, sizeof *(array).at)

static void *keep(PtxParser *p, const void *from, size_t n, size_t bytes) {
    void *to = cusim_ptx_alloc(p, n + 1, bytes);
    if (to && n) memcpy(to, from, n * bytes);
    return to;
}

static void define(PtxParser *p, CusimFunction *f) {
    f->has_body = true;
    cusim_ptx_next(p);
    cusim_ptx_body(p);
    f->inst = KEEP(p, p->inst);
    f->n_insts = (uint32_t)p->inst.n;
    f->label = KEEP(p, p->label);
    f->n_labels = (uint32_t)p->label.n;
    f->table = KEEP(p, p->table);
    f->n_tables = (uint32_t)p->table.n;
}

static void missing_labels(PtxParser *p) {
    for (size_t i = 0; i < p->label_use.n; ++i) {
        const PtxLabelUse *use = &p->label_use.at[i];
        cusim_ptx_error_at(p, use->line,
                           "%s %.60s is not in this function, or in a scope that is "
                           "closed",
                           use->kind == PTX_SYMBOL_TABLE ? ".branchtargets" : "the label",
                           use->name->text);
        p->panic = false; /* nothing has to be skipped: the text has been read */
        p->token = p->stopped_at;
    }
}

static void reset(PtxParser *p, CusimFunction *f, CusimVariable **list) {
    p->inst.n = p->reg_type.n = p->reg_name.n = p->label.n = p->table.n = p->label_use.n = 0;
    p->loc_file = p->loc_line = 0;
    p->function = f;
    p->last_variable = list;
}

void cusim_ptx_function(PtxParser *p, CusimLinkage linkage) {
    CusimFunction head = {.linkage = linkage, .is_entry = cusim_ptx_is(p, "entry")};
    char shown[64];
    cusim_ptx_next(p);
    reset(p, &head, &head.variables);
    if (!cusim_ptx_open_scope(p)) return;
    PtxName *name = signature(p, &head, false);
    while (!p->panic && p->token.kind == PTX_DIRECTIVE && tuning(p, &head)) {
    }
    CusimFunction *f = name && !p->panic ? settle(p, name, &head) : NULL;
    if (f && p->token.kind == '{') {
        if (f->has_body) cusim_ptx_error_at(p, head.line, "%.60s has two bodies", name->text);
        if (linkage == CUSIM_EXTERN)
            cusim_ptx_error(p, "%.60s is .extern and has a body", name->text);
        if (!p->panic) {
            CusimFunction *next = f->next;
            *f = head;
            f->next = next;
            p->function = f;
            p->last_variable = &f->variables;
            for (uint32_t i = 0; i < f->n_params; ++i) f->param[i]->owner = f;
            for (uint32_t i = 0; i < f->n_results; ++i) f->result[i]->owner = f;
            define(p, f);
        }
    } else if (f && !cusim_ptx_take(p, ';')) {
        cusim_ptx_error(p, "\"{\" or \";\" expected, not %s", cusim_ptx_shown(p, shown));
    }
    cusim_ptx_close_scope(p);
    if (!f || p->panic) return;
    f->reg_type = KEEP(p, p->reg_type);
    f->reg_name = KEEP(p, p->reg_name);
    f->n_regs = (uint32_t)p->reg_type.n;
    missing_labels(p);
}
