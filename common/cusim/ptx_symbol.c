// SPDX-License-Identifier: MIT
/* ptx_symbol.c - names, and what they mean where.
 *
 * Every word is kept once, in a hash table. A word points to its innermost meaning, and that to the
 * one it hides; closing a { } scope puts the hidden ones back. Registers are mostly declared by the
 * hundred, ".reg .b32 %r<400>": such a range is one symbol of the name "%r", and "%r12" finds it by
 * its stem. Labels may be used before they stand anywhere, so their uses wait for the end of the
 * scope. */
#include "ptx_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t hash(const char *text, size_t n) {
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < n; ++i) h = (h ^ (unsigned char)text[i]) * 16777619u;
    return h ^ h >> 15;
}

static bool grow_table(PtxParser *p) {
    size_t n = p->n_buckets ? p->n_buckets * 4 : 1024;
    PtxName **bucket = calloc(n, sizeof *bucket);
    if (!bucket) {
        cusim_ptx_error(p, "out of memory");
        return false;
    }
    for (size_t i = 0; i < p->n_buckets; ++i)
        for (PtxName *name = p->bucket[i], *next; name; name = next) {
            next = name->chain;
            name->chain = bucket[name->hash % n];
            bucket[name->hash % n] = name;
        }
    free(p->bucket);
    p->bucket = bucket;
    p->n_buckets = n;
    return true;
}

PtxName *cusim_ptx_name(PtxParser *p, const char *text, size_t n) {
    if (p->n_names >= p->n_buckets && !grow_table(p)) return NULL;
    uint32_t h = hash(text, n);
    PtxName **bucket = &p->bucket[h % p->n_buckets];
    for (PtxName *name = *bucket; name; name = name->chain)
        if (name->hash == h && name->n == n && memcmp(name->text, text, n) == 0) return name;
    PtxName *name = cusim_ptx_alloc(p, 1, sizeof *name);
    const char *copy = cusim_arena_text(p->arena, text, n);
    if (!name || !copy) {
        cusim_ptx_error(p, "out of memory");
        return NULL;
    }
    *name = (PtxName){.text = copy, .n = (uint32_t)n, .hash = h, .chain = *bucket};
    *bucket = name;
    ++p->n_names;
    return name;
}

/* "%r12" is number 12 of "%r"; "%r012" and "%r" are nobody's. */
static void split(PtxParser *p, PtxName *name) {
    name->split = true;
    uint32_t n = name->n;
    while (n && name->text[n - 1] >= '0' && name->text[n - 1] <= '9') --n;
    uint32_t digits = name->n - n;
    if (!n || !digits || digits > 9 || (digits > 1 && name->text[n] == '0')) return;
    name->stem = cusim_ptx_name(p, name->text, n);
    name->number = (uint32_t)strtoul(name->text + n, NULL, 10);
}

PtxSymbol *cusim_ptx_find(PtxParser *p, PtxName *name, uint32_t *number) {
    *number = 0;
    if (!name->split) split(p, name);
    PtxSymbol *symbol = name->symbol;
    PtxSymbol *range = name->stem ? name->stem->range : NULL;
    while (range && range->count <= name->number) range = range->outer;
    if (!range || (symbol && symbol->depth >= range->depth)) return symbol;
    *number = name->number;
    return range;
}

static PtxSymbol *new_symbol(PtxParser *p, PtxName *name, PtxSymbolKind kind) {
    PtxSymbol *symbol = cusim_ptx_alloc(p, 1, sizeof *symbol);
    if (!symbol) return NULL;
    PtxScope *scope = &p->scope[p->depth];
    *symbol = (PtxSymbol){.kind = kind,
                          .depth = p->depth,
                          .name = name,
                          .in_scope = scope->symbols,
                          .count = 1,
                          .vector = 1};
    scope->symbols = symbol;
    return symbol;
}

static void duplicate(PtxParser *p, const PtxName *name) {
    cusim_ptx_error_at(p, p->name_line, "%.60s is declared twice in this scope", name->text);
}

PtxSymbol *cusim_ptx_declare(PtxParser *p, PtxName *name, PtxSymbolKind kind) {
    uint32_t number;
    PtxSymbol *old = cusim_ptx_find(p, name, &number);
    if (old && old->depth == p->depth && !(old->is_range && kind != PTX_SYMBOL_REGISTER)) {
        duplicate(p, name);
        return NULL;
    }
    if (old && old->kind == PTX_SYMBOL_SPECIAL) {
        cusim_ptx_error_at(p, p->name_line, "%s is a special register and cannot be declared",
                           name->text);
        return NULL;
    }
    PtxSymbol *symbol = new_symbol(p, name, kind);
    if (!symbol) return NULL;
    symbol->outer = name->symbol;
    name->symbol = symbol;
    PtxName *stem = name->stem;
    if (stem && kind == PTX_SYMBOL_REGISTER) { /* a range may follow that has it, too */
        uint32_t serial = p->scope[p->depth].serial;
        if (stem->single_scope != serial || name->number < stem->single_least)
            stem->single_least = name->number;
        stem->single_scope = serial;
    }
    return symbol;
}

PtxSymbol *cusim_ptx_declare_range(PtxParser *p, PtxName *stem, uint32_t count) {
    if ((stem->range && stem->range->depth == p->depth) ||
        (stem->single_scope == p->scope[p->depth].serial && stem->single_least < count)) {
        duplicate(p, stem);
        return NULL;
    }
    PtxSymbol *symbol = new_symbol(p, stem, PTX_SYMBOL_REGISTER);
    if (!symbol) return NULL;
    symbol->is_range = true;
    symbol->count = count;
    symbol->outer = stem->range;
    stem->range = symbol;
    return symbol;
}

bool cusim_ptx_open_scope(PtxParser *p) {
    if (p->depth + 1 >= PTX_MAX_DEPTH) {
        cusim_ptx_error(p, "scopes are nested more than %d deep", PTX_MAX_DEPTH - 1);
        return false;
    }
    p->scope[++p->depth] =
        (PtxScope){.serial = ++p->n_scopes, .first_label = (uint32_t)p->label_use.n};
    return true;
}

/* Uses of labels that this scope has are settled; the others are for the scope around it. */
static void settle_labels(PtxParser *p, const PtxScope *scope) {
    size_t kept = scope->first_label;
    for (size_t i = kept; i < p->label_use.n; ++i) {
        PtxLabelUse use = p->label_use.at[i];
        const PtxSymbol *symbol = use.name->symbol;
        if (symbol && symbol->depth == p->depth && symbol->kind == use.kind)
            *use.where = symbol->index;
        else p->label_use.at[kept++] = use;
    }
    p->label_use.n = kept;
}

void cusim_ptx_close_scope(PtxParser *p) {
    PtxScope *scope = &p->scope[p->depth];
    settle_labels(p, scope);
    for (PtxSymbol *symbol = scope->symbols; symbol; symbol = symbol->in_scope) {
        if (symbol->is_range) symbol->name->range = symbol->outer;
        else symbol->name->symbol = symbol->outer;
    }
    --p->depth;
}

bool cusim_ptx_add_specials(PtxParser *p) {
    static const char *const text[CUSIM_SR_COUNT] = {
#define CUSIM_SPECIAL_REGISTER(name, text, type, components) text,
#include "special.def"
#undef CUSIM_SPECIAL_REGISTER
    };
    for (unsigned i = 0; i < CUSIM_SR_COUNT; ++i) {
        PtxName *name = cusim_ptx_name(p, text[i], strlen(text[i]));
        if (!name) return false;
        if (i == CUSIM_SR_envreg) { /* %envreg0 to %envreg31 */
            PtxSymbol *range = cusim_ptx_declare_range(p, name, 32);
            if (!range) return false;
            range->kind = PTX_SYMBOL_SPECIAL;
            range->index = i;
            continue;
        }
        PtxSymbol *symbol = cusim_ptx_declare(p, name, PTX_SYMBOL_SPECIAL);
        if (!symbol) return false;
        symbol->index = i;
    }
    return true;
}
