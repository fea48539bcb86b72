// SPDX-License-Identifier: MIT
/* ptx_data.c - variables and what they hold at the start.
 *
 *   .global .align 4 .u32 table[2][2] = {{1, 2}, {3, 4}};
 *   .const .u64 pointers[2] = {table, generic(table)+8};
 *   .global .u8 bytes[2] = {0xFF(table), 0xFF00(table)};
 *
 * Numbers become bytes at once. An address is not known before the module is loaded: it becomes a
 * relocation, a note of what is to be stored where. */
#include "ptx_internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- Types ---- */

bool cusim_ptx_type(PtxParser *p, PtxType *type) {
    *type = (PtxType){.vector = 1};
    char shown[64];
    while (p->token.kind == PTX_DIRECTIVE) {
        if (cusim_ptx_take_directive(p, "align")) {
            uint32_t line = p->token.line;
            type->align = (uint32_t)cusim_ptx_count(p, 1, 1 << 16, "an alignment");
            if (type->align & (type->align - 1))
                cusim_ptx_error_at(p, line, ".align %u: an alignment is a power of two",
                                   type->align);
        } else if (cusim_ptx_take_directive(p, "attribute")) {
            /* .managed and .unified(..) say where memory lives; here there is but one. */
            cusim_ptx_need(p, '(', "\"(\"");
            for (unsigned depth = 1; depth && p->token.kind != PTX_END; cusim_ptx_next(p))
                depth += (unsigned)(p->token.kind == '(') - (unsigned)(p->token.kind == ')');
        } else if (cusim_ptx_take_directive(p, "v2")) {
            type->vector = 2;
        } else if (cusim_ptx_take_directive(p, "v4")) {
            type->vector = 4;
        } else {
            type->type = cusim_type_of_name(p->token.text, p->token.n);
            if (type->type == CUSIM_NO_TYPE) break;
            cusim_ptx_next(p);
            unsigned bytes = cusim_type_bytes(type->type) * type->vector;
            if (bytes > 16 || (type->type == CUSIM_PRED && type->vector > 1))
                cusim_ptx_error(p, "a vector of this type has more than 16 bytes");
            if (!type->align) type->align = bytes ? bytes : 1;
            return !p->panic;
        }
    }
    cusim_ptx_error(p, "a type expected, not %s", cusim_ptx_shown(p, shown));
    return false;
}

/* ---- Initialisers ---- */

typedef struct {
    CusimVariable *variable;
    uint64_t dimension[PTX_MAX_DIMENSIONS + 1]; /* the elements of a vector are the last one */
    unsigned n;
    uint32_t line;
} Shape;

/* Bytes of what one index of a level stands for. */
static uint64_t stride(const Shape *shape, unsigned level) {
    uint64_t bytes = cusim_type_bytes(shape->variable->type);
    for (unsigned i = level + 1; i < shape->n; ++i) bytes *= shape->dimension[i];
    return bytes;
}

/* The first bytes of the data up to end are there. */
static bool reach(PtxParser *p, uint64_t end) {
    if (end <= p->data.n) return true;
    if (end > PTX_MAX_DATA - p->data_bytes) {
        cusim_ptx_error(p, "initialisers of more than %d MiB", PTX_MAX_DATA >> 20);
        return false;
    }
    if (end > p->data.room) {
        size_t room = p->data.room * 2 > end ? p->data.room * 2 : (size_t)end + 256;
        uint8_t *at = realloc(p->data.at, room);
        if (!at) {
            cusim_ptx_error(p, "out of memory");
            return false;
        }
        p->data.at = at;
        p->data.room = room;
    }
    memset(p->data.at + p->data.n, 0, (size_t)end - p->data.n);
    p->data.n = (size_t)end;
    return true;
}

static void put_number(PtxParser *p, CusimType type, PtxConstant c, uint64_t offset) {
    unsigned bytes = cusim_type_bytes(type);
    bool is_bits = type >= CUSIM_B8 && type <= CUSIM_B128;
    bool is_float = type == CUSIM_F32 || type == CUSIM_F64;
    if (c.is_real ? !is_float && !(is_bits && (bytes == 4 || bytes == 8)) : is_float) {
        cusim_ptx_error(p, "%s cannot hold %s", cusim_type_name(type),
                        c.is_real ? "a real number" : "an integer: write 1.0 or 0f3F800000");
        return;
    }
    if (type >= CUSIM_F16 && !is_float) {
        cusim_ptx_error(p, "a variable of type %s has no initialiser: use .b%u and its bits",
                        cusim_type_name(type), bytes * 8);
        return;
    }
    uint64_t bits = c.is_real ? cusim_ptx_real_bits(c, bytes) : c.bits;
    for (unsigned i = 0; i < bytes && reach(p, offset + bytes); ++i)
        p->data.at[offset + i] = (uint8_t)(i < 8 ? bits >> 8 * i : 0);
}

/* What an address in an initialiser needs: the name, whose meaning is looked up at the end. */
static void put_address(PtxParser *p, CusimType type, uint64_t offset, CusimReloc reloc) {
    bool is_generic = p->token.n == 7 && memcmp(p->token.text, "generic", 7) == 0;
    PtxName *name = cusim_ptx_name(p, p->token.text, p->token.n);
    cusim_ptx_need(p, PTX_NAME, "a name");
    if (is_generic && cusim_ptx_take(p, '(')) {
        reloc.generic = true;
        name = cusim_ptx_name(p, p->token.text, p->token.n);
        cusim_ptx_need(p, PTX_NAME, "a name");
        cusim_ptx_need(p, ')', "\")\"");
    }
    if (p->token.kind == '+' || p->token.kind == '-') reloc.addend = cusim_ptx_integer(p);
    unsigned bytes = cusim_type_bytes(type);
    bool wide = (bytes == 4 || bytes == 8) && type < CUSIM_F16;
    if (reloc.bytes ? bytes != 1 : !wide)
        cusim_ptx_error(p, "%s cannot hold an address", cusim_type_name(type));
    reloc.offset = (size_t)offset;
    if (!reloc.bytes) reloc.bytes = (uint8_t)bytes;
    if (!name || !reach(p, offset + reloc.bytes) || !cusim_ptx_grow(p, &p->reloc) ||
        !cusim_ptx_grow(p, &p->reloc_name))
        return;
    p->reloc.at[p->reloc.n++] = reloc;
    p->reloc_name.at[p->reloc_name.n++] = name;
}

static void put_element(PtxParser *p, CusimType type, uint64_t offset) {
    if (p->token.kind == PTX_NAME && !(p->token.n == 7 && !memcmp(p->token.text, "WARP_SZ", 7))) {
        put_address(p, type, offset, (CusimReloc){0});
        return;
    }
    PtxConstant c = cusim_ptx_constant(p);
    if (p->token.kind != '(') {
        put_number(p, type, c, offset);
        return;
    }
    /* 0xFF00(name): the second byte of the address. */
    unsigned shift = 0;
    while (shift < 64 && (c.bits >> shift) != 0xff) shift += 8;
    if (c.is_real || shift == 64)
        cusim_ptx_error(p, "a mask is one byte of ones: 0xFF, 0xFF00, ...");
    cusim_ptx_next(p);
    put_address(p, type, offset, (CusimReloc){.bytes = 1, .shift = (uint8_t)shift});
    cusim_ptx_need(p, ')', "\")\"");
}

/* {1, 2, {3}}: what stands in braces at a level; returns the bytes up to the last element. */
static uint64_t put_braces(PtxParser *p, const Shape *shape, unsigned level, uint64_t offset) {
    const CusimVariable *v = shape->variable;
    uint64_t element = stride(shape, level), at = 0;
    uint64_t room = level < shape->n ? element * shape->dimension[level] : element;
    if (v->unsized && level == 0) room = PTX_MAX_DATA;
    cusim_ptx_next(p);
    while (p->token.kind != '}' && p->token.kind != PTX_END) {
        if (at >= room) {
            cusim_ptx_error(p, "the initialiser of %.60s has more elements than it", v->name);
            break;
        }
        if (p->token.kind == '{') {
            if (level + 1 >= shape->n) {
                cusim_ptx_error(p, "braces are nested deeper than the array %.60s", v->name);
                break;
            }
            (void)put_braces(p, shape, level + 1, offset + at);
        } else {
            if (level + 1 < shape->n)
                cusim_ptx_error(p, "\"{\" expected: %.60s has %u dimensions", v->name, shape->n);
            put_element(p, v->type, offset + at);
        }
        at += element;
        if (!cusim_ptx_take(p, ',')) break;
    }
    cusim_ptx_need(p, '}', "\"}\"");
    return at;
}

static void initialise(PtxParser *p, Shape *shape) {
    CusimVariable *v = shape->variable;
    if (v->space != CUSIM_SPACE_GLOBAL && v->space != CUSIM_SPACE_CONST) {
        cusim_ptx_error(p, "%.60s: only .global and .const variables have initialisers", v->name);
        return;
    }
    p->data.n = p->reloc.n = p->reloc_name.n = 0;
    if (p->token.kind == '{') {
        uint64_t bytes = put_braces(p, shape, 0, 0);
        if (v->unsized) {
            v->unsized = false;
            v->bytes = (size_t)bytes;
        }
    } else {
        if (v->is_array) cusim_ptx_error(p, "an array is initialised by {..}");
        put_element(p, v->type, 0);
    }
    if (p->panic) return;
    uint8_t *data = cusim_ptx_alloc(p, p->data.n + 1, 1);
    CusimReloc *reloc = cusim_ptx_alloc(p, p->reloc.n + 1, sizeof *reloc);
    if (!data || !reloc) return;
    if (p->data.n) memcpy(data, p->data.at, p->data.n);
    for (size_t i = 0; i < p->reloc.n; ++i) {
        reloc[i] = p->reloc.at[i];
        if (!cusim_ptx_grow(p, &p->forward)) return;
        p->forward.at[p->forward.n++] =
            (PtxForward){.name = p->reloc_name.at[i], .line = shape->line, .reloc = &reloc[i]};
    }
    v->data = data;
    v->n_bytes_set = p->data.n;
    v->relocs = reloc;
    v->n_relocs = p->reloc.n;
    p->data_bytes += p->data.n;
}

/* ---- Declarations ---- */

/* [2][3]: the shape and the size of a variable. */
static void dimensions(PtxParser *p, Shape *shape) {
    CusimVariable *v = shape->variable;
    uint64_t bytes = cusim_type_bytes(v->type);
    while (cusim_ptx_take(p, '[')) {
        uint64_t n = 0;
        v->is_array = true;
        if (shape->n == PTX_MAX_DIMENSIONS) {
            cusim_ptx_error(p, "an array has more than %d dimensions", PTX_MAX_DIMENSIONS);
            return;
        }
        if (p->token.kind == ']' && shape->n == 0) v->unsized = true;
        else n = cusim_ptx_count(p, 0, PTX_MAX_GLOBAL, "the size of an array");
        if (n == 0 && shape->n == 0) v->unsized = true;
        else if (n == 0) cusim_ptx_error(p, "only the first dimension of an array may be left out");
        cusim_ptx_need(p, ']', "\"]\"");
        shape->dimension[shape->n++] = n;
    }
    if (v->vector > 1) shape->dimension[shape->n++] = v->vector;
    static const uint64_t most[] = {
        [CUSIM_SPACE_GLOBAL] = PTX_MAX_GLOBAL, [CUSIM_SPACE_CONST] = PTX_MAX_CONST,
        [CUSIM_SPACE_SHARED] = PTX_MAX_SHARED, [CUSIM_SPACE_LOCAL] = PTX_MAX_LOCAL,
        [CUSIM_SPACE_PARAM] = PTX_MAX_PARAM,   [CUSIM_SPACE_REG] = 16};
    for (unsigned i = 0; i < shape->n; ++i) {
        if (v->unsized && i == 0) continue;
        bool overflow = __builtin_mul_overflow(bytes, shape->dimension[i], &bytes);
        if (overflow || bytes > most[v->space]) {
            cusim_ptx_error(p, "%.60s has more than the %llu bytes a variable may have here%s",
                            v->name, (unsigned long long)most[v->space],
                            v->space == CUSIM_SPACE_SHARED
                                ? ": more shared memory is .extern .shared, given at the launch"
                                : "");
            return;
        }
    }
    v->bytes = v->unsized ? 0 : (size_t)bytes;
}

static bool same_type(const CusimVariable *a, const CusimVariable *b) {
    return a->space == b->space && a->type == b->type && a->vector == b->vector &&
           a->is_array == b->is_array && (a->unsized || b->unsized || a->bytes == b->bytes);
}

/* A second declaration of a module's variable: it must be the same; an .extern one gives way. */
static void merge(PtxParser *p, const PtxSymbol *old, CusimVariable *v, uint32_t line) {
    CusimVariable *first = old->kind == PTX_SYMBOL_VARIABLE ? old->variable : NULL;
    bool is_extern = v->linkage == CUSIM_EXTERN;
    if (!first || (first->linkage != CUSIM_EXTERN && !is_extern)) {
        cusim_ptx_error_at(p, line, "%.60s is declared twice", v->name);
    } else if (!same_type(first, v)) {
        cusim_ptx_error_at(p, line, "%.60s was declared with another type in line %u", v->name,
                           first->line);
    } else if (!is_extern) {
        CusimVariable *next = first->next;
        *first = *v;
        first->next = next;
    }
}

/* A variable enters the scope and its list. */
static void add_variable(PtxParser *p, PtxName *name, CusimVariable *v) {
    bool in_module = p->depth == 0;
    if (in_module && name->symbol && name->symbol->depth == 0) {
        merge(p, name->symbol, v, v->line);
        return;
    }
    PtxSymbol *symbol = cusim_ptx_declare(p, name, PTX_SYMBOL_VARIABLE);
    if (!symbol) return;
    symbol->variable = v;
    /* .global and .const variables in a body live as long as the module. */
    if (in_module || v->space == CUSIM_SPACE_GLOBAL || v->space == CUSIM_SPACE_CONST) {
        *p->last_global = v;
        p->last_global = &v->next;
    } else {
        v->owner = p->function;
        *p->last_variable = v;
        p->last_variable = &v->next;
    }
}

static CusimVariable *new_variable(PtxParser *p, PtxName **name, CusimSpace space, PtxType type) {
    CusimVariable *v = cusim_ptx_alloc(p, 1, sizeof *v);
    *name = NULL;
    if (!v) return NULL;
    if (p->token.kind == PTX_NAME) *name = cusim_ptx_name(p, p->token.text, p->token.n);
    *v = (CusimVariable){.name = *name ? (*name)->text : "",
                         .space = space,
                         .type = type.type,
                         .vector = type.vector,
                         .align = type.align,
                         .reg = -1,
                         .line = p->token.line};
    cusim_ptx_need(p, PTX_NAME, "a name");
    return *name ? v : NULL;
}

static bool space_of(PtxParser *p, CusimSpace *space) {
    static const char *const names[] = {[CUSIM_SPACE_GLOBAL] = "global",
                                        [CUSIM_SPACE_CONST] = "const",
                                        [CUSIM_SPACE_SHARED] = "shared",
                                        [CUSIM_SPACE_LOCAL] = "local",
                                        [CUSIM_SPACE_PARAM] = "param"};
    for (unsigned i = CUSIM_SPACE_GLOBAL; i <= CUSIM_SPACE_PARAM; ++i)
        if (cusim_ptx_take_directive(p, names[i])) {
            *space = (CusimSpace)i;
            return true;
        }
    return false;
}

static void check_size(PtxParser *p, const CusimVariable *v) {
    if (v->unsized && v->linkage != CUSIM_EXTERN)
        cusim_ptx_error_at(p, v->line,
                           "the size of %.60s is missing; only .extern arrays and "
                           "arrays with an initialiser may leave it out",
                           v->name);
    if (v->space == CUSIM_SPACE_CONST && (p->const_bytes += v->bytes) > PTX_MAX_CONST)
        cusim_ptx_error_at(p, v->line, "constant memory has %d bytes, and %.60s is beyond",
                           PTX_MAX_CONST, v->name);
}

void cusim_ptx_variables(PtxParser *p, CusimLinkage linkage) {
    CusimSpace space;
    PtxType type;
    char shown[64];
    if (!space_of(p, &space)) {
        cusim_ptx_error(p, "a state space such as .global expected, not %s",
                        cusim_ptx_shown(p, shown));
        return;
    }
    if (!cusim_ptx_type(p, &type)) return;
    if (type.type == CUSIM_PRED) {
        cusim_ptx_error(p, "a predicate is a register; it cannot be in memory");
        return;
    }
    if (p->depth == 0 && (space == CUSIM_SPACE_LOCAL || space == CUSIM_SPACE_PARAM)) {
        cusim_ptx_error(p, ".local and .param variables belong into a function");
        return;
    }
    do {
        PtxName *name;
        Shape shape = {.line = p->token.line};
        shape.variable = new_variable(p, &name, space, type);
        if (!shape.variable) return;
        shape.variable->linkage = linkage;
        dimensions(p, &shape);
        if (p->token.kind == '=' && linkage == CUSIM_EXTERN)
            cusim_ptx_error(p, "an .extern variable has no initialiser");
        if (cusim_ptx_take(p, '=')) initialise(p, &shape);
        if (p->panic) return;
        check_size(p, shape.variable);
        add_variable(p, name, shape.variable);
    } while (cusim_ptx_take(p, ','));
    cusim_ptx_need(p, ';', "\",\" or \";\"");
}

/* .ptr .global .align 8: a promise about a parameter that holds a pointer. */
static void pointer_attribute(PtxParser *p) {
    CusimSpace space;
    if (!cusim_ptx_take_directive(p, "ptr")) return;
    (void)space_of(p, &space);
    if (cusim_ptx_take_directive(p, "align")) (void)cusim_ptx_count(p, 1, 1 << 16, "an alignment");
}

CusimVariable *cusim_ptx_parameter(PtxParser *p, bool is_prototype) {
    PtxType type;
    PtxName *name;
    char shown[64];
    bool in_register = cusim_ptx_take_directive(p, "reg");
    if (!in_register && !cusim_ptx_take_directive(p, "param")) {
        cusim_ptx_error(p, ".param expected, not %s", cusim_ptx_shown(p, shown));
        return NULL;
    }
    if (in_register && p->function->is_entry) {
        cusim_ptx_error(p, "the parameters of a kernel are .param");
        return NULL;
    }
    if (!cusim_ptx_type(p, &type)) return NULL;
    pointer_attribute(p);
    if (type.type == CUSIM_PRED && !in_register) {
        cusim_ptx_error(p, "a predicate is a register; it cannot be a .param");
        return NULL;
    }
    Shape shape = {0};
    CusimVariable *v = shape.variable =
        new_variable(p, &name, in_register ? CUSIM_SPACE_REG : CUSIM_SPACE_PARAM, type);
    if (!v) return NULL;
    dimensions(p, &shape);
    if (v->unsized) cusim_ptx_error(p, "cusim has no functions with a variable parameter list");
    v->owner = is_prototype ? NULL : p->function;
    bool unnamed = name->n == 1 && name->text[0] == '_';
    if (p->panic || is_prototype || (unnamed && !in_register)) return p->panic ? NULL : v;
    if (in_register) v->reg = cusim_ptx_new_registers(p, v->type, v->vector, 1, name, false);
    if (unnamed || p->panic) return v;
    PtxSymbol *symbol =
        cusim_ptx_declare(p, name, in_register ? PTX_SYMBOL_REGISTER : PTX_SYMBOL_VARIABLE);
    if (!symbol) return NULL;
    symbol->variable = v;
    symbol->vector = v->vector;
    symbol->index = in_register ? (uint32_t)v->reg : 0;
    return v;
}
