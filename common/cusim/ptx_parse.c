// SPDX-License-Identifier: MIT
/* ptx_parse.c - a whole module of PTX.
 *
 *   .version 7.5
 *   .target sm_75
 *   .address_size 64
 *   variables and functions, in any order
 *
 * A name may be used before it is declared. Such uses are noted and settled here, at the end. */
#include "ptx_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool cusim_ptx_grow_bytes(PtxParser *p, void **at, size_t n, size_t *room, size_t bytes) {
    if (n < *room) return true;
    size_t more = *room ? *room * 2 : 64;
    void *grown = more <= SIZE_MAX / bytes ? realloc(*at, more * bytes) : NULL;
    if (!grown) {
        cusim_ptx_error(p, "out of memory");
        return false;
    }
    *at = grown;
    *room = more;
    return true;
}

void *cusim_ptx_alloc(PtxParser *p, size_t n, size_t bytes) {
    void *at = cusim_arena_array(p->arena, n, bytes);
    if (!at) cusim_ptx_error(p, "out of memory");
    return at;
}

/* ---- The three lines at the top ---- */

enum { OLDEST = CUSIM_OLDEST_PTX, NEWEST = CUSIM_NEWEST_PTX };

static void version(PtxParser *p) {
    char text[16] = "";
    char shown[64];
    unsigned major = 0, minor = 0, used = 0;
    if (p->token.n < sizeof text) memcpy(text, p->token.text, p->token.n);
    if (p->token.kind != PTX_REAL || sscanf(text, "%2u.%2u%n", &major, &minor, (int *)&used) != 2 ||
        used != p->token.n || minor > 9) {
        cusim_ptx_error(p, "a version such as 7.5 expected, not %s", cusim_ptx_shown(p, shown));
        return;
    }
    p->module->version = (int)(major * 10 + minor);
    if (p->module->version < OLDEST || p->module->version > NEWEST)
        cusim_ptx_error(p,
                        ".version %s: cusim reads PTX %d.%d to %d.%d; ask the compiler for one "
                        "of these",
                        text, OLDEST / 10, OLDEST % 10, NEWEST / 10, NEWEST % 10);
    cusim_ptx_next(p);
}

static void target(PtxParser *p) {
    static const char *const words[] = {"texmode_independent", "texmode_unified", "debug",
                                        "map_f64_to_f32"};
    char shown[64];
    do {
        const PtxToken *t = &p->token;
        const char *digits = NULL;
        bool known = false;
        if (t->kind != PTX_NAME) {
            cusim_ptx_error(p, "a target such as sm_75 expected, not %s",
                            cusim_ptx_shown(p, shown));
            return;
        }
        PtxName *name = cusim_ptx_name(p, t->text, t->n);
        if (!name) return;
        if (strncmp(name->text, "sm_", 3) == 0) digits = name->text + 3;
        if (strncmp(name->text, "compute_", 8) == 0) digits = name->text + 8;
        for (size_t i = 0; i < sizeof words / sizeof *words; ++i)
            known |= strcmp(name->text, words[i]) == 0;
        if (digits && *digits >= '1' && *digits <= '9') {
            char *end;
            long number = strtol(digits, &end, 10);
            known = number < 1000 && (!*end || (strchr("af", *end) && !end[1]));
            p->module->target = known ? (int)number : 0;
            p->module->target_text = name->text;
        }
        if (!known) {
            cusim_ptx_error(p, ".target %.40s is unknown; sm_75 is one that cusim knows",
                            name->text);
            return;
        }
        cusim_ptx_next(p);
    } while (cusim_ptx_take(p, ','));
    if (!p->module->target_text) cusim_ptx_error(p, ".target has no architecture such as sm_75");
}

/* .version and .target, in this order, before all else. */
static bool header(PtxParser *p) {
    char shown[64];
    if (!cusim_ptx_take_directive(p, "version")) {
        cusim_ptx_error(p, "PTX begins with .version, not with %s", cusim_ptx_shown(p, shown));
        return false;
    }
    version(p);
    if (!p->panic && !cusim_ptx_take_directive(p, "target"))
        cusim_ptx_error(p, ".target expected behind .version, not %s", cusim_ptx_shown(p, shown));
    if (!p->panic) target(p);
    p->module->address_bytes = 8;
    return !p->panic;
}

static void address_size(PtxParser *p) {
    uint32_t line = p->token.line;
    uint64_t bits = cusim_ptx_count(p, 0, 1024, ".address_size");
    if (bits != 64 && !p->panic)
        cusim_ptx_error_at(p, line,
                           ".address_size %u: cusim's addresses have 64 bits; compile for a 64-bit "
                           "host",
                           (unsigned)bits);
}

/* ---- Statements of the module ---- */

static void alias(PtxParser *p) {
    PtxAlias new = {.line = p->token.line};
    new.name = cusim_ptx_name(p, p->token.text, p->token.n);
    cusim_ptx_need(p, PTX_NAME, "the name of a function");
    cusim_ptx_need(p, ',', "\",\"");
    new.target = cusim_ptx_name(p, p->token.text, p->token.n);
    cusim_ptx_need(p, PTX_NAME, "the name of a function");
    cusim_ptx_need(p, ';', "\";\"");
    if (p->panic || !cusim_ptx_grow(p, &p->alias)) return;
    p->alias.at[p->alias.n++] = new;
}

static void statement(PtxParser *p) {
    CusimLinkage linkage = CUSIM_LOCAL_NAME;
    char shown[64];
    if (p->token.kind == ';') {
        cusim_ptx_next(p);
        return;
    }
    if (p->token.kind != PTX_DIRECTIVE) {
        cusim_ptx_error(p, "a directive such as .entry expected, not %s",
                        cusim_ptx_shown(p, shown));
        return;
    }
    if (cusim_ptx_anywhere(p)) return;
    if (cusim_ptx_take_directive(p, "alias")) {
        alias(p);
        return;
    }
    if (cusim_ptx_take_directive(p, "address_size")) {
        address_size(p);
        return;
    }
    while (cusim_ptx_linkage(p, &linkage)) {
    }
    if (cusim_ptx_is(p, "attribute")) { /* before the space: then a type does not follow */
        cusim_ptx_next(p);
        cusim_ptx_need(p, '(', "\"(\"");
        while (p->token.kind != ')' && p->token.kind != PTX_END) cusim_ptx_next(p);
        cusim_ptx_need(p, ')', "\")\"");
        while (cusim_ptx_linkage(p, &linkage)) {
        }
    }
    if (cusim_ptx_is(p, "entry") || cusim_ptx_is(p, "func")) cusim_ptx_function(p, linkage);
    else cusim_ptx_variables(p, linkage);
}

/* ---- Names that were used before they were declared ---- */

/* The symbol of a name at module scope. */
static const PtxSymbol *global_symbol(const PtxName *name) {
    const PtxSymbol *symbol = name->symbol;
    return symbol && (symbol->kind == PTX_SYMBOL_VARIABLE || symbol->kind == PTX_SYMBOL_FUNCTION)
               ? symbol
               : NULL;
}

static void settle_operand(PtxParser *p, const PtxForward *forward, const PtxSymbol *symbol) {
    CusimOperand *o = forward->operand;
    bool fits = true;
    if (symbol->kind == PTX_SYMBOL_VARIABLE) {
        o->variable = symbol->variable;
        fits = forward->space == CUSIM_SPACE_GENERIC || forward->space == o->variable->space;
    } else {
        fits = o->kind == CUSIM_ADDRESS && !o->offset && forward->space == CUSIM_SPACE_GENERIC;
        o->kind = CUSIM_FUNCTION_ADDRESS;
        o->function = symbol->function;
    }
    if (!fits)
        cusim_ptx_error_at(p, forward->line, "%.60s is of another kind or state space",
                           forward->name->text);
}

static void settle_call(PtxParser *p, const PtxForward *forward, const PtxSymbol *symbol) {
    if (symbol->kind != PTX_SYMBOL_FUNCTION) {
        cusim_ptx_error_at(p, forward->line, "call: %.60s is no function", forward->name->text);
    } else if (forward->inst < forward->function->n_insts) {
        forward->function->inst[forward->inst].callee = symbol->function;
    }
}

/* An error that needs no recovery, since all has been read. */
static void go_on(PtxParser *p) {
    p->panic = false;
    p->token.kind = PTX_END;
}

static void settle_forwards(PtxParser *p) {
    for (size_t i = 0; i < p->forward.n && p->n_errors < PTX_MAX_ERRORS; ++i) {
        const PtxForward *forward = &p->forward.at[i];
        const PtxSymbol *symbol = global_symbol(forward->name);
        if (!symbol) {
            cusim_ptx_error_at(p, forward->line, "%.60s is not declared", forward->name->text);
        } else if (forward->operand) {
            settle_operand(p, forward, symbol);
        } else if (forward->reloc) {
            forward->reloc->variable = symbol->variable;
            forward->reloc->function = symbol->function;
        } else {
            settle_call(p, forward, symbol);
        }
        go_on(p);
    }
    for (size_t i = 0; i < p->alias.n; ++i) {
        const PtxAlias *a = &p->alias.at[i];
        const PtxSymbol *name = global_symbol(a->name), *target = global_symbol(a->target);
        bool both = name && target && name->function && target->function;
        if (both && !name->function->has_body && target->function->has_body)
            name->function->definition = target->function;
        else
            cusim_ptx_error_at(p, a->line,
                               ".alias wants a declared function without a body, and "
                               "one with a body");
        go_on(p);
    }
}

/* The arguments of a call are as many, and as large, as the parameters. */
static const char *call_mistake(const CusimOperand *actual, uint32_t n,
                                CusimVariable *const *formal, uint32_t n_formal) {
    if (n != n_formal) return "has another number of arguments or results than its function";
    for (uint32_t i = 0; i < n; ++i) {
        const CusimVariable *v = actual[i].kind == CUSIM_ADDRESS ? actual[i].variable : NULL;
        if (v && v->bytes != formal[i]->bytes)
            return "has an argument or result of another size than its function";
    }
    return NULL;
}

static void check_calls(PtxParser *p) {
    for (CusimFunction *f = p->module->functions; f; f = f->next)
        for (uint32_t i = 0; i < f->n_insts; ++i) {
            const CusimPtxInst *inst = &f->inst[i];
            if (inst->form.op != CUSIM_OP_call) continue;
            const CusimFunction *to = inst->callee ? inst->callee : inst->prototype;
            const char *mistake = NULL;
            if (!to) continue; /* .calltargets: known when it runs */
            if (to->is_entry) mistake = "is of a kernel, which only the host starts";
            if (!mistake)
                mistake = call_mistake(inst->operand, inst->n_operands, to->param, to->n_params);
            if (!mistake)
                mistake = call_mistake(inst->result, inst->n_results, to->result, to->n_results);
            if (mistake) {
                cusim_ptx_error_at(p, inst->line, "this call of %.60s %s", to->name, mistake);
                go_on(p);
            }
        }
}

/* ---- The module ---- */

static void parse(PtxParser *p) {
    cusim_ptx_next(p);
    if (!header(p)) return;
    while (p->n_errors < PTX_MAX_ERRORS) {
        p->braces = 0;
        if (p->token.kind == PTX_END) break;
        statement(p);
        if (p->panic) cusim_ptx_recover_module(p);
    }
    if (p->n_errors) return; /* what was not understood would seem to be undeclared */
    settle_forwards(p);
    if (!p->n_errors) check_calls(p);
    p->module->n_files = (uint32_t)p->file.n;
    p->module->file = cusim_ptx_alloc(p, p->file.n + 1, sizeof *p->module->file);
    if (p->module->file && p->file.n)
        memcpy(p->module->file, p->file.at, p->file.n * sizeof *p->module->file);
}

static void free_scratch(PtxParser *p) {
    free(p->bucket);
    free(p->inst.at);
    free(p->reg_type.at);
    free(p->reg_name.at);
    free(p->label.at);
    free(p->table.at);
    free(p->label_use.at);
    free(p->forward.at);
    free(p->alias.at);
    free(p->file.at);
    free(p->formal.at);
    free(p->actual.at);
    free(p->word.at);
    free(p->reloc.at);
    free(p->reloc_name.at);
    free(p->data.at);
}

/* A text may end with one 0 or more; another 0 in it is a mistake of the caller's. */
static bool check_text(PtxParser *p, const char *text, size_t *n) {
    while (*n && text[*n - 1] == 0) --*n;
    const char *zero = *n ? memchr(text, 0, *n) : NULL;
    if (zero) {
        uint32_t line = 1;
        for (const char *c = text; c < zero; ++c) line += *c == '\n';
        cusim_ptx_error_at(p, line, "a byte 0 in the text: this is no PTX");
    } else if (*n > PTX_MAX_TEXT) {
        cusim_ptx_error_at(p, 1, "a text of more than %d MiB", PTX_MAX_TEXT >> 20);
    }
    return !p->panic;
}

CusimPtxModule *cusim_ptx_parse(const char *text, size_t n, char *log, size_t log_bytes) {
    if (log && log_bytes) *log = 0;
    PtxParser *p = calloc(1, sizeof *p);
    CusimArena *arena = cusim_arena_new();
    CusimPtxModule *module = arena ? cusim_arena_alloc(arena, sizeof *module) : NULL;
    if (!p || !module) {
        if (log && log_bytes) (void)snprintf(log, log_bytes, "ptx: out of memory");
        free(p);
        cusim_arena_free(arena);
        return NULL;
    }
    module->arena = arena;
    p->arena = arena;
    p->module = module;
    p->log = log;
    p->log_bytes = log_bytes;
    p->line = 1;
    p->token.line = 1;
    p->n_scopes = p->scope[0].serial = 1;
    p->last_global = &module->variables;
    p->last_function = &module->functions;
    if (check_text(p, text, &n)) {
        p->at = text;
        p->end = text + n;
        if (cusim_ptx_add_specials(p)) parse(p);
    }
    unsigned n_errors = p->n_errors;
    free_scratch(p);
    free(p);
    if (!n_errors && !cusim_arena_failed(arena)) return module;
    cusim_arena_free(arena);
    return NULL;
}

void cusim_ptx_free(CusimPtxModule *module) {
    if (module) cusim_arena_free(module->arena);
}

const char *cusim_ptx_file(const CusimPtxModule *module, uint32_t number) {
    for (uint32_t i = 0; i < module->n_files; ++i)
        if (module->file[i].number == number) return module->file[i].name;
    return NULL;
}
