// SPDX-License-Identifier: MIT
/* ptx_statement.c - the body of a function, statement by statement.
 *
 *   $L__BB0_2:                       a label
 *       @%p1 bra $L__BB0_2;          an instruction with a guard
 *       { .reg .b32 tmp; ... }       a scope of its own
 *       .loc 1 5 3                   the source line of what follows
 *
 * An error ends its statement only, so that one look at the log shows all that is wrong. */
#include "ptx_internal.h"

#include <stdlib.h>
#include <string.h>

bool cusim_ptx_linkage(PtxParser *p, CusimLinkage *linkage) {
    static const char *const names[] = {[CUSIM_VISIBLE] = "visible",
                                        [CUSIM_EXTERN] = "extern",
                                        [CUSIM_WEAK] = "weak",
                                        [CUSIM_COMMON] = "common"};
    for (unsigned i = CUSIM_VISIBLE; i <= CUSIM_COMMON; ++i)
        if (cusim_ptx_take_directive(p, names[i])) {
            *linkage = (CusimLinkage)i;
            return true;
        }
    return false;
}

/* .loc file line column [, function_name label[+n], inlined_at file line column] */
static void loc(PtxParser *p) {
    uint64_t file = cusim_ptx_count(p, 0, UINT32_MAX, "the file of a .loc");
    uint64_t line = cusim_ptx_count(p, 0, UINT32_MAX, "the line of a .loc");
    (void)cusim_ptx_count(p, 0, UINT32_MAX, "the column of a .loc");
    if (p->panic) return;
    p->loc_file = (uint32_t)file;
    p->loc_line = (uint32_t)line;
    while (cusim_ptx_take(p, ',')) {
        /* Words and numbers up to the next comma; a .loc has no end of its own. */
        cusim_ptx_need(p, PTX_NAME, "function_name or inlined_at");
        if (p->token.kind == PTX_NAME) {
            cusim_ptx_next(p);
            if (cusim_ptx_take(p, '+')) (void)cusim_ptx_count(p, 0, UINT32_MAX, "an offset");
        }
        for (int i = 0; i < 3 && p->token.kind == PTX_INTEGER; ++i) cusim_ptx_next(p);
    }
}

/* .file number "name" [, time, size] */
static void file(PtxParser *p) {
    uint64_t number = cusim_ptx_count(p, 0, UINT32_MAX, "the number of a .file");
    PtxToken name = p->token;
    cusim_ptx_need(p, PTX_STRING, "the name of a file in quotes");
    while (cusim_ptx_take(p, ',')) (void)cusim_ptx_count(p, 0, UINT64_MAX, "time or size");
    if (p->panic || !cusim_ptx_grow(p, &p->file)) return;
    const char *text = cusim_arena_text(p->arena, name.text, name.n);
    p->file.at[p->file.n++] = (CusimSourceFile){.number = (uint32_t)number, .name = text};
}

/* .section name { ... }: what a debugger reads. */
static void section(PtxParser *p) {
    while (p->token.kind != '{' && p->token.kind != PTX_END) cusim_ptx_next(p);
    unsigned depth = 0;
    do {
        depth += (unsigned)(p->token.kind == '{') - (unsigned)(p->token.kind == '}');
        cusim_ptx_next(p);
    } while (depth && p->token.kind != PTX_END);
}

bool cusim_ptx_anywhere(PtxParser *p) {
    if (cusim_ptx_take_directive(p, "loc")) {
        loc(p);
    } else if (cusim_ptx_take_directive(p, "file")) {
        file(p);
    } else if (cusim_ptx_take_directive(p, "pragma")) {
        do cusim_ptx_need(p, PTX_STRING, "a pragma in quotes");
        while (cusim_ptx_take(p, ','));
        cusim_ptx_need(p, ';', "\";\"");
    } else if (cusim_ptx_take_directive(p, "section")) {
        section(p);
    } else {
        return false;
    }
    return true;
}

/* ---- Labels and what follows them ---- */

static void place_label(PtxParser *p, PtxName *name) {
    PtxSymbol *symbol = cusim_ptx_declare(p, name, PTX_SYMBOL_LABEL);
    if (!symbol || !cusim_ptx_grow(p, &p->label)) return;
    symbol->index = (uint32_t)p->label.n;
    p->label.at[p->label.n++] = (CusimLabel){.name = name->text, .at = (uint32_t)p->inst.n};
}

/* A list of names, up to ';', into p->word. */
static void words(PtxParser *p) {
    p->word.n = 0;
    do {
        PtxName *name = cusim_ptx_name(p, p->token.text, p->token.n);
        cusim_ptx_need(p, PTX_NAME, "a name");
        if (p->panic || !name || !cusim_ptx_grow(p, &p->word)) return;
        p->word.at[p->word.n++] = name;
    } while (cusim_ptx_take(p, ','));
    cusim_ptx_need(p, ';', "\",\" or \";\"");
}

/* name: .branchtargets label, label; */
static void branch_targets(PtxParser *p, PtxName *name) {
    uint32_t line = p->token.line;
    words(p);
    PtxSymbol *symbol = p->panic ? NULL : cusim_ptx_declare(p, name, PTX_SYMBOL_TABLE);
    if (!symbol || !cusim_ptx_grow(p, &p->table)) return;
    size_t n = p->word.n;
    uint32_t *label = cusim_ptx_alloc(p, n, sizeof *label);
    for (size_t i = 0; label && i < n && cusim_ptx_grow(p, &p->label_use); ++i)
        p->label_use.at[p->label_use.n++] = (PtxLabelUse){
            .name = p->word.at[i], .where = &label[i], .line = line, .kind = PTX_SYMBOL_LABEL};
    symbol->index = (uint32_t)p->table.n;
    p->table.at[p->table.n++] = (CusimTable){.name = name->text, .label = label, .n = (uint32_t)n};
}

/* name: has been read; an instruction or a list of targets may follow. */
static void label(PtxParser *p, PtxName *name) {
    if (cusim_ptx_take_directive(p, "branchtargets")) {
        branch_targets(p, name);
    } else if (cusim_ptx_take_directive(p, "calltargets")) {
        /* A promise of which functions a call may reach: the call finds them by itself. */
        words(p);
        if (!p->panic) (void)cusim_ptx_declare(p, name, PTX_SYMBOL_TARGETS);
    } else if (cusim_ptx_take_directive(p, "callprototype")) {
        CusimFunction *prototype = cusim_ptx_prototype(p);
        PtxSymbol *symbol = p->panic ? NULL : cusim_ptx_declare(p, name, PTX_SYMBOL_PROTOTYPE);
        if (!symbol) return;
        prototype->name = name->text; /* its own is mostly "_" */
        symbol->function = prototype;
    } else {
        place_label(p, name);
    }
}

/* ---- Instructions ---- */

static void instruction(PtxParser *p, int guard, bool negated) {
    char shown[64];
    if (p->token.kind != PTX_NAME) {
        cusim_ptx_error(p, "an instruction expected, not %s", cusim_ptx_shown(p, shown));
        return;
    }
    uint32_t line = p->token.line;
    cusim_ptx_opcode(p);
    PtxName *text = cusim_ptx_name(p, p->token.text, p->token.n);
    PtxOpcode *opcode = text ? cusim_ptx_opcode_of(p, text) : NULL;
    if (!opcode) return;
    if (!opcode->found) {
        cusim_ptx_error(p, "%s", opcode->reason);
        return;
    }
    cusim_ptx_next(p);
    CusimPtxInst inst = {.form = opcode->form,
                         .text = text->text,
                         .line = line,
                         .loc_file = p->loc_file,
                         .loc_line = p->loc_line,
                         .guard = guard,
                         .guard_negated = negated,
                         .callee_reg = -1};
    if (opcode->form.op == CUSIM_OP_call) cusim_ptx_call(p, &inst);
    else cusim_ptx_operands(p, &inst, opcode);
    cusim_ptx_need(p, ';', "\";\"");
    if (p->panic || !cusim_ptx_grow(p, &p->inst)) return;
    p->inst.at[p->inst.n++] = inst;
}

/* A name at the start of a statement: "label:" or an instruction. */
static void named(PtxParser *p) {
    const char *c = p->at;
    while (c < p->end && (*c == ' ' || *c == '\t')) ++c;
    if (c == p->end || *c != ':') {
        instruction(p, -1, false);
        return;
    }
    PtxName *name = cusim_ptx_name(p, p->token.text, p->token.n);
    cusim_ptx_need(p, PTX_NAME, "a label");
    cusim_ptx_need(p, ':', "\":\"");
    if (name) label(p, name);
}

static void directive(PtxParser *p) {
    char shown[64];
    CusimLinkage linkage = CUSIM_LOCAL_NAME;
    if (cusim_ptx_anywhere(p)) return;
    if (cusim_ptx_take_directive(p, "reg")) {
        cusim_ptx_registers(p);
        return;
    }
    while (cusim_ptx_linkage(p, &linkage)) {
    }
    static const char *const spaces[] = {"param", "shared", "local", "global", "const"};
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; ++i)
        if (cusim_ptx_is(p, spaces[i])) {
            cusim_ptx_variables(p, linkage);
            return;
        }
    cusim_ptx_error(p, "%s does not belong into a function's body", cusim_ptx_shown(p, shown));
}

static void statement(PtxParser *p) {
    char shown[64];
    switch (p->token.kind) {
    case PTX_NAME: named(p); break;
    case PTX_DIRECTIVE: directive(p); break;
    case ';': cusim_ptx_next(p); break;
    case '@': {
        bool negated;
        cusim_ptx_next(p);
        int guard = cusim_ptx_guard(p, &negated);
        instruction(p, guard, negated);
        break;
    }
    default: cusim_ptx_error(p, "a statement expected, not %s", cusim_ptx_shown(p, shown));
    }
}

void cusim_ptx_body(PtxParser *p) {
    uint32_t outermost = p->depth;
    if (!cusim_ptx_open_scope(p)) return;
    while (p->depth > outermost) {
        p->braces = 0;
        if (p->token.kind == PTX_END) {
            cusim_ptx_error(p, "\"}\" expected: the body of %.60s has no end", p->function->name);
            break;
        }
        if (p->token.kind == '{') {
            cusim_ptx_next(p);
            if (cusim_ptx_open_scope(p)) continue;
        } else if (cusim_ptx_take(p, '}')) {
            cusim_ptx_close_scope(p);
            continue;
        } else {
            statement(p);
        }
        if (p->panic) cusim_ptx_recover(p);
    }
    while (p->depth > outermost) cusim_ptx_close_scope(p);
}
