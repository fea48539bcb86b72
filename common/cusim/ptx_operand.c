// SPDX-License-Identifier: MIT
/* ptx_operand.c - the operands of an instruction, and whether they suit it.
 *
 * First an operand is read for what it is: a register, a constant, {a, b}, [a+4]. Then the list of
 * the instruction's row in ops.def, such as "=0 0 u", says for each what it must be. A type error
 * is found here, so that nothing behind the parser has to doubt an operand. */
#include "ptx_internal.h"

#include <stdio.h>
#include <string.h>

/* An operand as it was read. */
typedef struct {
    CusimOperand o;
    PtxName *forward; /* a name that is not declared yet */
    bool is_indexed;  /* table[4]: an address, or a memory operand without [] */
    uint32_t line;
} Raw;

/* ---- The operand lists of ops.def ---- */

static void read_items(PtxOpcode *opcode, const char *text) {
    while (*text && opcode->n_items < PTX_MAX_ITEMS) {
        PtxItem item = {0};
        for (; *text == '=' || *text == '?'; ++text) {
            if (*text == '=') item.is_result = true;
            else item.is_optional = true;
        }
        item.kind = *text++;
        opcode->item[opcode->n_items++] = item;
        opcode->n_required += !item.is_optional;
        if (*text == '|' && opcode->n_items < PTX_MAX_ITEMS) {
            opcode->item[opcode->n_items++] = (PtxItem){
                .kind = text[1], .is_result = true, .is_optional = true, .is_second = true};
            text += 2;
        }
        while (*text == ' ') ++text;
    }
}

PtxOpcode *cusim_ptx_opcode_of(PtxParser *p, PtxName *text) {
    if (text->opcode) return text->opcode;
    PtxOpcode *opcode = cusim_ptx_alloc(p, 1, sizeof *opcode);
    if (!opcode) return NULL;
    text->opcode = opcode;
    opcode->found = cusim_op_find(text->text, text->n, &opcode->form, opcode->reason);
    if (!opcode->found) return opcode;
    const CusimOpRow *row = &cusim_op_rows[opcode->form.op];
    bool is_access = row->group == CUSIM_GROUP_MEMORY &&
                     (strncmp(row->name, "ld", 2) == 0 || strncmp(row->name, "st", 2) == 0);
    opcode->wide_registers = is_access || row->group == CUSIM_GROUP_CONVERT;
    opcode->has_operator = cusim_has(&opcode->form, CUSIM_M_and) ||
                           cusim_has(&opcode->form, CUSIM_M_or) ||
                           cusim_has(&opcode->form, CUSIM_M_xor);
    read_items(opcode, row->operands);
    return opcode;
}

/* ---- Reading ---- */

static CusimOperand a_register(uint32_t reg) {
    return (CusimOperand){.kind = CUSIM_REGISTER, .reg = (int)reg};
}

/* .x .y .z .w, or .r .g .b .a; -1 if there is none. */
static int component(PtxParser *p) {
    if (p->token.kind != PTX_DIRECTIVE || p->token.n != 1) return -1;
    static const char names[] = "xyzwrgba";
    const char *at = strchr(names, p->token.text[0]);
    if (!at || !*at) return -1;
    cusim_ptx_next(p);
    return (int)(at - names) % 4;
}

static CusimOperand register_operand(PtxParser *p, const PtxSymbol *symbol, uint32_t number) {
    uint32_t reg = symbol->index + number * symbol->vector;
    if (symbol->vector == 1) return a_register(reg);
    int c = component(p);
    if (c >= symbol->vector) cusim_ptx_error(p, "%.60s has no such component", symbol->name->text);
    if (c >= 0) return a_register(reg + (uint32_t)c);
    CusimOperand o = {.kind = CUSIM_VECTOR, .reg = -1, .n = symbol->vector};
    o.element = cusim_ptx_alloc(p, o.n, sizeof *o.element);
    for (uint32_t i = 0; o.element && i < o.n; ++i) o.element[i] = a_register(reg + i);
    return o;
}

static CusimOperand special_operand(PtxParser *p, const PtxSymbol *symbol, uint32_t number) {
    static const uint8_t components[CUSIM_SR_COUNT] = {
#define CUSIM_SPECIAL_REGISTER(name, text, type, n) n,
#include "special.def"
#undef CUSIM_SPECIAL_REGISTER
    };
    CusimOperand o = {.kind = CUSIM_SPECIAL, .reg = -1, .special = (CusimSpecial)symbol->index};
    if (symbol->is_range) {
        o.component = (uint8_t)number;
    } else if (components[o.special] > 1) {
        int c = component(p);
        if (c < 0)
            cusim_ptx_error(p, "%s has components: write %s.x", symbol->name->text,
                            symbol->name->text);
        o.component = (uint8_t)(c < 0 ? 0 : c);
    }
    return o;
}

/* +4, -4, +-4 behind a name; [3] behind an array. */
static void offset(PtxParser *p, Raw *raw) {
    if (p->token.kind == '+' || p->token.kind == '-') {
        raw->o.offset = cusim_ptx_integer(p);
    } else if (raw->o.kind == CUSIM_ADDRESS && cusim_ptx_take(p, '[')) {
        int64_t index = cusim_ptx_integer(p);
        const CusimVariable *v = raw->o.variable;
        int64_t bytes = v ? (int64_t)cusim_type_bytes(v->type) * v->vector : 1;
        if (!v) cusim_ptx_error(p, "an array must be declared before it is indexed");
        if (__builtin_mul_overflow(index, bytes, &raw->o.offset))
            cusim_ptx_error(p, "the index is too large");
        cusim_ptx_need(p, ']', "\"]\"");
        raw->is_indexed = true;
    }
}

static bool is_word(const PtxParser *p, const char *word) {
    return p->token.n == strlen(word) && memcmp(p->token.text, word, p->token.n) == 0;
}

static void not_declared(PtxParser *p, uint32_t line, const PtxName *name) {
    cusim_ptx_error_at(p, line, "%.60s is not declared", name->text);
}

static void name_operand(PtxParser *p, Raw *raw) {
    PtxName *name = cusim_ptx_name(p, p->token.text, p->token.n);
    if (!name) return;
    cusim_ptx_next(p);
    uint32_t number;
    const PtxSymbol *symbol = cusim_ptx_find(p, name, &number);
    if (!symbol) {
        if (name->n == 1 && name->text[0] == '_') {
            raw->o.kind = CUSIM_SINK;
        } else if (name->text[0] == '%') {
            not_declared(p, raw->line, name);
        } else {
            raw->o.kind = CUSIM_ADDRESS;
            raw->forward = name;
            offset(p, raw);
        }
        return;
    }
    switch (symbol->kind) {
    case PTX_SYMBOL_REGISTER: raw->o = register_operand(p, symbol, number); break;
    case PTX_SYMBOL_SPECIAL: raw->o = special_operand(p, symbol, number); break;
    case PTX_SYMBOL_FUNCTION:
        raw->o.kind = CUSIM_FUNCTION_ADDRESS;
        raw->o.function = symbol->function;
        break;
    case PTX_SYMBOL_VARIABLE:
        raw->o.kind = CUSIM_ADDRESS;
        raw->o.variable = symbol->variable;
        offset(p, raw);
        break;
    default: cusim_ptx_error_at(p, raw->line, "%.60s is a label, not an operand", name->text);
    }
}

static void read_operand(PtxParser *p, Raw *raw);

/* {a, b, c, d} */
static void vector_operand(PtxParser *p, Raw *raw) {
    CusimOperand element[PTX_MAX_ELEMENTS];
    uint32_t n = 0;
    cusim_ptx_next(p);
    do {
        Raw inner;
        if (n == PTX_MAX_ELEMENTS) cusim_ptx_error(p, "a vector has at most 4 elements");
        if (p->panic) return;
        if (p->token.kind == '{' || p->token.kind == '[') {
            cusim_ptx_error(p, "a vector's elements are registers and constants");
            return;
        }
        read_operand(p, &inner);
        if (inner.forward) not_declared(p, inner.line, inner.forward);
        if (inner.o.kind != CUSIM_REGISTER && inner.o.kind != CUSIM_SINK &&
            inner.o.kind != CUSIM_INTEGER && inner.o.kind != CUSIM_REAL)
            cusim_ptx_error_at(p, inner.line, "a vector's elements are registers and constants");
        element[n++] = inner.o;
    } while (cusim_ptx_take(p, ','));
    cusim_ptx_need(p, '}', "\",\" or \"}\"");
    raw->o.kind = CUSIM_VECTOR;
    raw->o.n = n;
    raw->o.element = cusim_ptx_alloc(p, n, sizeof *element);
    if (raw->o.element) memcpy(raw->o.element, element, n * sizeof *element);
}

/* [register+4], [variable+4], [4] */
static void memory_operand(PtxParser *p, Raw *raw) {
    cusim_ptx_next(p);
    if (p->token.kind == PTX_NAME && !is_word(p, "WARP_SZ")) {
        name_operand(p, raw);
        if (raw->o.kind == CUSIM_REGISTER) offset(p, raw);
        else if (raw->o.kind != CUSIM_ADDRESS)
            cusim_ptx_error_at(p, raw->line, "an address is a register, a variable or a number");
    } else {
        raw->o.offset = cusim_ptx_integer(p);
    }
    raw->o.kind = CUSIM_MEMORY;
    cusim_ptx_need(p, ']', "\"]\"");
    (void)cusim_ptx_take_directive(p, "unified");
}

static void constant_operand(PtxParser *p, Raw *raw) {
    PtxConstant c = cusim_ptx_constant(p);
    raw->o.kind = c.is_real ? CUSIM_REAL : CUSIM_INTEGER;
    raw->o.single = c.single;
    raw->o.bits = c.bits;
}

static void read_operand(PtxParser *p, Raw *raw) {
    *raw = (Raw){.o = {.kind = CUSIM_SINK, .reg = -1}, .line = p->token.line};
    switch (p->token.kind) {
    case '{': vector_operand(p, raw); break;
    case '[': memory_operand(p, raw); break;
    case '!':
        cusim_ptx_next(p);
        if (p->token.kind == PTX_NAME) name_operand(p, raw);
        if (raw->o.kind != CUSIM_REGISTER)
            cusim_ptx_error_at(p, raw->line, "\"!\" goes before a predicate register");
        raw->o.negate = true;
        break;
    case PTX_NAME:
        if (is_word(p, "WARP_SZ")) constant_operand(p, raw);
        else name_operand(p, raw);
        break;
    default: constant_operand(p, raw);
    }
}

/* ---- Checking ---- */

/* What is checked: an operand of an instruction, with what the row wants. */
typedef struct {
    const CusimPtxInst *inst;
    const PtxOpcode *opcode;
    const PtxItem *item;
    unsigned number; /* from 1, as people count */
    uint32_t line;
} Place;

typedef enum { BITS, WHOLE, REAL } Kind;

static Kind kind_of(CusimType type) {
    if (type >= CUSIM_F16) return REAL;
    return type <= CUSIM_B128 ? BITS : WHOLE;
}

/* The PTX ISA's tables "Operand Type Checking" and "Relaxed Type-checking": bits go with anything
 * of their size; ld, st and cvt allow a register that is wider. */
static bool fits(CusimType want, CusimType have, bool wide) {
    if (want == CUSIM_PRED || have == CUSIM_PRED) return want == have;
    unsigned wanted = cusim_type_bytes(want), there = cusim_type_bytes(have);
    Kind a = kind_of(want), b = kind_of(have);
    if (wanted == there) return a == BITS || b == BITS || (a == b && (a == WHOLE || want == have));
    return wide && there > wanted && (a == REAL ? b == BITS : b != REAL);
}

static CusimType twice(CusimType type) {
    switch (type) {
    case CUSIM_U16: return CUSIM_U32;
    case CUSIM_S16: return CUSIM_S32;
    case CUSIM_U32: return CUSIM_U64;
    case CUSIM_S32: return CUSIM_S64;
    default: return CUSIM_NO_TYPE;
    }
}

static CusimType wanted_type(const Place *place) {
    const CusimForm *form = &place->opcode->form;
    switch (place->item->kind) {
    case '1': return form->type[1];
    case '2': return form->type[2];
    case 'w': return twice(form->type[0]);
    case 'p': return CUSIM_PRED;
    case 'u': return cusim_op_rows[form->op].group == CUSIM_GROUP_WARP ? CUSIM_B32 : CUSIM_U32;
    case 'U': return CUSIM_U64;
    default: return form->type[0];
    }
}

static void wrong(PtxParser *p, const Place *place, const char *what) {
    cusim_ptx_error_at(p, place->line, "%.60s: operand %u %s", place->inst->text, place->number,
                       what);
}

static void check_register(PtxParser *p, const Place *place, const CusimOperand *o, CusimType want,
                           bool wide) {
    CusimType have = p->reg_type.at[o->reg];
    if (o->negate && (want != CUSIM_PRED || place->item->is_result))
        wrong(p, place, "has a \"!\", which goes with predicates that are read");
    if (fits(want, have, wide)) return;
    char text[120];
    (void)snprintf(text, sizeof text, "wants .%s%s, but %.40s is .%s", cusim_type_name(want),
                   wide ? " or wider" : "", p->reg_name.at[o->reg], cusim_type_name(have));
    wrong(p, place, text);
}

/* A constant in the bits of the type that wants it. */
static void check_constant(PtxParser *p, const Place *place, CusimOperand *o, CusimType want) {
    bool is_real = o->kind == CUSIM_REAL;
    unsigned bytes = cusim_type_bytes(want);
    bool takes_real = want == CUSIM_F32 || want == CUSIM_F64 ||
                      (kind_of(want) == BITS && (bytes == 4 || bytes == 8));
    if (is_real && !takes_real) {
        wrong(p, place, "is a real number where an integer belongs");
    } else if (!is_real && want != CUSIM_PRED && kind_of(want) == REAL) {
        wrong(p, place,
              bytes > 2 && want != CUSIM_F16X2 && want != CUSIM_BF16X2
                  ? "is an integer where a real number belongs: write 1.0 or 0f3F800000"
                  : "cannot be a constant: move its bits into a register first");
    } else if (is_real) {
        PtxConstant c = {.is_real = true, .single = o->single, .bits = o->bits};
        o->bits = cusim_ptx_real_bits(c, bytes);
        o->single = bytes == 4;
        if (kind_of(want) == BITS) {
            o->kind = CUSIM_INTEGER;
            o->single = false;
        }
    }
}

static void check_special(PtxParser *p, const Place *place, const CusimOperand *o, CusimType want) {
    static const CusimType types[CUSIM_SR_COUNT] = {
#define CUSIM_SPECIAL_REGISTER(name, text, type, components) type,
#include "special.def"
#undef CUSIM_SPECIAL_REGISTER
    };
    CusimType have = types[o->special];
    bool convert = cusim_op_rows[place->opcode->form.op].group == CUSIM_GROUP_CONVERT;
    if (place->item->kind != 's' && !convert)
        wrong(p, place, "is a special register: mov it into a register first");
    /* Old PTX reads %tid as 16 bits. */
    else if (!fits(want, have, convert) &&
             !(cusim_type_bytes(want) == 2 && have == CUSIM_U32 && kind_of(want) != REAL))
        wrong(p, place,
              cusim_type_bytes(have) == 8 ? "is a special register of 64 bits"
                                          : "is a special register of 32 bits");
}

static void check_address(PtxParser *p, const Place *place, const Raw *raw, CusimType want) {
    if (place->item->kind != 's' && place->item->kind != 'v') {
        if (raw->forward) not_declared(p, raw->line, raw->forward);
        else wrong(p, place, "is an address: mov it into a register first");
        return;
    }
    unsigned bytes = cusim_type_bytes(want);
    if (kind_of(want) == REAL || (bytes != 4 && bytes != 8))
        wrong(p, place, "is an address, which has 64 bits");
}

static void check_scalar(PtxParser *p, const Place *place, Raw *raw, CusimType want, bool wide) {
    CusimOperand *o = &raw->o;
    bool is_result = place->item->is_result;
    if (is_result && o->kind != CUSIM_REGISTER && o->kind != CUSIM_SINK) {
        wrong(p, place, "is the result and must be a register");
        return;
    }
    switch (o->kind) {
    case CUSIM_REGISTER: check_register(p, place, o, want, wide); break;
    case CUSIM_INTEGER:
    case CUSIM_REAL: check_constant(p, place, o, want); break;
    case CUSIM_SPECIAL: check_special(p, place, o, want); break;
    case CUSIM_ADDRESS:
    case CUSIM_FUNCTION_ADDRESS: check_address(p, place, raw, want); break;
    case CUSIM_SINK:
        if (!is_result) wrong(p, place, "is read and cannot be \"_\"");
        break;
    case CUSIM_VECTOR: wrong(p, place, "is {..}, which this instruction does not take"); break;
    case CUSIM_MEMORY: wrong(p, place, "is [..], which belongs to loads and stores"); break;
    default: wrong(p, place, "does not fit"); break;
    }
}

/* The state space that an instruction names; GENERIC if none. */
static CusimSpace space_of(const CusimForm *form) {
    if (cusim_has(form, CUSIM_M_global)) return CUSIM_SPACE_GLOBAL;
    if (cusim_has(form, CUSIM_M_const_space)) return CUSIM_SPACE_CONST;
    if (cusim_has(form, CUSIM_M_local)) return CUSIM_SPACE_LOCAL;
    if (cusim_has(form, CUSIM_M_shared) || cusim_has(form, CUSIM_M_shared_cta))
        return CUSIM_SPACE_SHARED;
    if (cusim_has(form, CUSIM_M_param) || cusim_has(form, CUSIM_M_param_entry) ||
        cusim_has(form, CUSIM_M_param_func))
        return CUSIM_SPACE_PARAM;
    return CUSIM_SPACE_GENERIC;
}

static void check_space(PtxParser *p, const Place *place, const CusimOperand *o) {
    static const char *const names[] = {"", ".global", ".const", ".shared", ".local", ".param", ""};
    CusimSpace want = space_of(&place->opcode->form);
    const CusimVariable *v = o->variable;
    if (!v || want == CUSIM_SPACE_GENERIC || want == v->space) return;
    char text[120];
    (void)snprintf(text, sizeof text, "is of another state space: %.50s is %s", v->name,
                   names[v->space]);
    wrong(p, place, text);
}

/* A parameter is not next to anything: an access must stay within. Kernels do not write theirs. */
static void check_parameter(PtxParser *p, const Place *place, const CusimOperand *o) {
    const CusimVariable *v = o->variable;
    if (!v || v->space != CUSIM_SPACE_PARAM) return;
    const CusimForm *form = &place->opcode->form;
    uint64_t bytes = (uint64_t)cusim_type_bytes(form->type[0]) * form->vector;
    if (o->offset < 0 || (uint64_t)o->offset > v->bytes || bytes > v->bytes - (uint64_t)o->offset)
        wrong(p, place, "reaches beyond the parameter");
    if (form->op != CUSIM_OP_st_param_func || !p->function->is_entry) return;
    for (uint32_t i = 0; i < p->function->n_params; ++i)
        if (p->function->param[i] == v) wrong(p, place, "is a kernel's parameter: it is only read");
}

static void check_memory(PtxParser *p, const Place *place, Raw *raw) {
    CusimOperand *o = &raw->o;
    if (o->kind == CUSIM_ADDRESS && raw->is_indexed) o->kind = CUSIM_MEMORY;
    if (o->kind != CUSIM_MEMORY) {
        wrong(p, place, "must be a memory address in [ ]");
        return;
    }
    if (o->reg >= 0) {
        CusimType have = p->reg_type.at[o->reg];
        unsigned bytes = cusim_type_bytes(have);
        if (have == CUSIM_PRED || kind_of(have) == REAL || (bytes != 4 && bytes != 8))
            wrong(p, place, "has an address register that is not an integer of 32 or 64 bits");
    }
    check_space(p, place, o);
    check_parameter(p, place, o);
}

/* {a, b} of a mov: parts of the whole, all of one size. */
static void check_parts(PtxParser *p, const Place *place, const CusimOperand *o) {
    CusimType whole = place->opcode->form.type[0];
    unsigned bytes = cusim_type_bytes(whole);
    if (kind_of(whole) != BITS || (o->n != 2 && o->n != 4) || bytes / o->n == 0) {
        wrong(p, place, "is {..}: only .b16, .b32 and .b64 are moved to and from 2 or 4 parts");
        return;
    }
    for (uint32_t i = 0; i < o->n; ++i) {
        const CusimOperand *e = &o->element[i];
        bool is_constant = e->kind == CUSIM_INTEGER && !place->item->is_result;
        if (e->kind == CUSIM_REGISTER) {
            CusimType have = p->reg_type.at[e->reg];
            if (have == CUSIM_PRED || cusim_type_bytes(have) != bytes / o->n || e->negate)
                wrong(p, place, "is {..} with a part of another size");
        } else if (!is_constant && (e->kind != CUSIM_SINK || !place->item->is_result)) {
            wrong(p, place, "is {..} with a part that does not fit");
        }
    }
}

static void check_vector(PtxParser *p, const Place *place, Raw *raw, CusimType want) {
    CusimOperand *o = &raw->o;
    const CusimForm *form = &place->opcode->form;
    char text[80];
    if (o->kind != CUSIM_VECTOR || o->n != form->vector) {
        (void)snprintf(text, sizeof text, "must be {..} with %u elements", form->vector);
        wrong(p, place, text);
        return;
    }
    unsigned bytes = 0;
    for (uint32_t i = 0; i < o->n; ++i) {
        Raw element = {.o = o->element[i], .line = raw->line};
        check_scalar(p, place, &element, want, place->opcode->wide_registers);
        o->element[i] = element.o;
        if (element.o.kind != CUSIM_REGISTER || p->panic) continue;
        unsigned here = cusim_type_bytes(p->reg_type.at[element.o.reg]);
        if (bytes && bytes != here) wrong(p, place, "has registers of different sizes");
        bytes = here;
    }
}

static void check(PtxParser *p, const Place *place, Raw *raw) {
    CusimType want = wanted_type(place);
    CusimOperand *o = &raw->o;
    switch (place->item->kind) {
    case 'l': return; /* read as a label */
    case 'm': check_memory(p, place, raw); return;
    case 'a':
        if (o->kind == CUSIM_REGISTER && cusim_type_bytes(p->reg_type.at[o->reg]) == 4)
            check_register(p, place, o, CUSIM_U32, false);
        else check_scalar(p, place, raw, CUSIM_U64, false);
        return;
    case 'v': check_space(p, place, o); break;
    default: break;
    }
    CusimOp op = place->opcode->form.op;
    bool is_mov = op == CUSIM_OP_mov_b16 || op == CUSIM_OP_mov_b32 || op == CUSIM_OP_mov_b64;
    bool is_data = place->item->kind == '0';
    if (is_mov && o->kind == CUSIM_VECTOR) check_parts(p, place, o);
    else if (place->opcode->form.vector > 1 && is_data) check_vector(p, place, raw, want);
    else
        check_scalar(p, place, raw, want,
                     place->opcode->wide_registers && strchr("012", place->item->kind));
}

/* ---- The operands of an instruction ---- */

static void label_operand(PtxParser *p, Raw *raw, PtxName **name) {
    *raw = (Raw){.o = {.kind = CUSIM_LABEL, .reg = -1}, .line = p->token.line};
    *name = cusim_ptx_name(p, p->token.text, p->token.n);
    cusim_ptx_need(p, PTX_NAME, "a label");
}

/* The place in the row's list of the next operand. Which optional ones are there is known by their
 * number alone, but for p of "p|q" and the third source of setp. */
static bool is_there(const PtxOpcode *opcode, unsigned i, bool second, unsigned *extra) {
    const PtxItem *item = &opcode->item[i];
    if (!item->is_optional) return true;
    if (item->is_second) return second;
    if (item->kind == 'p' ? !opcode->has_operator : !*extra) return false;
    if (*extra) --*extra;
    return true;
}

static void too_few(PtxParser *p, const CusimPtxInst *inst, const PtxOpcode *opcode, unsigned n) {
    cusim_ptx_error_at(p, inst->line, "%.60s: %u operands do not fit: %s has %s", inst->text, n,
                       cusim_op_rows[opcode->form.op].name,
                       *cusim_op_rows[opcode->form.op].operands
                           ? cusim_op_rows[opcode->form.op].operands
                           : "none");
}

static void note_forward(PtxParser *p, const CusimPtxInst *inst, const PtxOpcode *opcode,
                         const Raw *raw, unsigned n) {
    for (unsigned i = 0; i < n; ++i)
        if (raw[i].forward && cusim_ptx_grow(p, &p->forward))
            p->forward.at[p->forward.n++] = (PtxForward){.name = raw[i].forward,
                                                         .line = raw[i].line,
                                                         .operand = &inst->operand[i],
                                                         .space = space_of(&opcode->form)};
}

void cusim_ptx_operands(PtxParser *p, CusimPtxInst *inst, const PtxOpcode *opcode) {
    Raw raw[PTX_MAX_ITEMS];
    PtxName *label = NULL;
    unsigned n = 0;
    bool second = false;
    bool wants_label = opcode->n_items && opcode->item[opcode->n_items - 1].kind == 'l';
    while (p->token.kind != ';' && p->token.kind != PTX_END) {
        if (n == PTX_MAX_ITEMS) {
            too_few(p, inst, opcode, n + 1);
            return;
        }
        if (wants_label && n == opcode->n_items - 1) label_operand(p, &raw[n++], &label);
        else read_operand(p, &raw[n++]);
        if (n == 1 && opcode->n_items > 1 && opcode->item[1].is_second && p->token.kind == '|') {
            second = true;
            cusim_ptx_next(p);
            read_operand(p, &raw[n++]);
        }
        if (p->token.kind == ';') break;
        cusim_ptx_need(p, ',', "\",\" or \";\"");
        if (p->token.kind == ';') cusim_ptx_error(p, "an operand expected before \";\"");
    }
    if (p->panic) return;
    unsigned needed = opcode->n_required + second, k = 0;
    unsigned extra = n > needed ? n - needed : 0;
    for (unsigned i = 0; i < opcode->n_items && !p->panic; ++i) {
        if (!is_there(opcode, i, second, &extra)) continue;
        if (k == n) {
            too_few(p, inst, opcode, n);
            return;
        }
        Place place = {.inst = inst,
                       .opcode = opcode,
                       .item = &opcode->item[i],
                       .number = k + 1,
                       .line = raw[k].line};
        check(p, &place, &raw[k++]);
    }
    if (k != n) too_few(p, inst, opcode, n);
    if (p->panic) return;
    inst->n_operands = n;
    inst->operand = n ? cusim_ptx_alloc(p, n, sizeof *inst->operand) : NULL;
    if (!inst->operand) return;
    for (unsigned i = 0; i < n; ++i) inst->operand[i] = raw[i].o;
    note_forward(p, inst, opcode, raw, n);
    if (!label || !cusim_ptx_grow(p, &p->label_use)) return;
    p->label_use.at[p->label_use.n++] = (PtxLabelUse){
        .name = label,
        .where = &inst->operand[n - 1].label,
        .line = inst->line,
        .kind = opcode->form.op == CUSIM_OP_bra ? PTX_SYMBOL_LABEL : PTX_SYMBOL_TABLE};
}

/* @%p1 or @!%p1; the '@' is taken. */
int cusim_ptx_guard(PtxParser *p, bool *negated) {
    char shown[64];
    *negated = cusim_ptx_take(p, '!');
    if (p->token.kind != PTX_NAME) {
        cusim_ptx_error(p, "a predicate expected behind \"@\", not %s", cusim_ptx_shown(p, shown));
        return -1;
    }
    Raw raw = {.o = {.kind = CUSIM_SINK, .reg = -1}, .line = p->token.line};
    name_operand(p, &raw);
    if (p->panic) return -1;
    if (raw.o.kind == CUSIM_REGISTER && p->reg_type.at[raw.o.reg] == CUSIM_PRED) return raw.o.reg;
    cusim_ptx_error_at(p, raw.line, "a guard is a register of type .pred");
    return -1;
}

/* ---- Calls ---- */

/* (a, b, c): arguments or results. */
static CusimOperand *actuals(PtxParser *p, bool is_result, uint32_t *n) {
    p->actual.n = 0;
    *n = 0;
    while (p->token.kind != ')' && p->token.kind != PTX_END) {
        Raw raw;
        read_operand(p, &raw);
        if (raw.forward) not_declared(p, raw.line, raw.forward);
        CusimOperandKind kind = raw.o.kind;
        bool is_param = kind == CUSIM_ADDRESS && !raw.o.offset && raw.o.variable &&
                        raw.o.variable->space == CUSIM_SPACE_PARAM;
        bool is_constant = kind == CUSIM_INTEGER || kind == CUSIM_REAL;
        if (!is_param && kind != CUSIM_REGISTER && (kind != CUSIM_SINK || !is_result) &&
            (!is_constant || is_result))
            cusim_ptx_error_at(p, raw.line, "call: %s are .param variables and registers",
                               is_result ? "results" : "arguments");
        if (raw.o.negate) cusim_ptx_error_at(p, raw.line, "call: \"!\" does not belong here");
        if (p->panic || !cusim_ptx_grow(p, &p->actual)) return NULL;
        p->actual.at[p->actual.n++] = raw.o;
        if (!cusim_ptx_take(p, ',')) break;
    }
    cusim_ptx_need(p, ')', "\",\" or \")\"");
    CusimOperand *list = cusim_ptx_alloc(p, p->actual.n + 1, sizeof *list);
    if (!list) return NULL;
    if (p->actual.n) memcpy(list, p->actual.at, p->actual.n * sizeof *list);
    *n = (uint32_t)p->actual.n;
    return list;
}

/* What is called: a function, perhaps one that follows later, or a register with its address. */
static void call_target(PtxParser *p, CusimPtxInst *inst) {
    uint32_t number, line = p->token.line;
    PtxName *name = cusim_ptx_name(p, p->token.text, p->token.n);
    cusim_ptx_need(p, PTX_NAME, "the function that is called");
    if (!name || p->panic) return;
    const PtxSymbol *symbol = cusim_ptx_find(p, name, &number);
    if (symbol && symbol->kind == PTX_SYMBOL_FUNCTION) {
        inst->callee = symbol->function;
    } else if (symbol && symbol->kind == PTX_SYMBOL_REGISTER && symbol->vector == 1) {
        inst->callee_reg = (int)(symbol->index + number);
        CusimType type = p->reg_type.at[inst->callee_reg];
        if (cusim_type_bytes(type) != 8 || kind_of(type) == REAL)
            cusim_ptx_error_at(p, line, "call: %.60s must have 64 bits to hold a function",
                               name->text);
    } else if (symbol || name->text[0] == '%') {
        cusim_ptx_error_at(p, line, "call: %.60s is no function", name->text);
    } else if (cusim_ptx_grow(p, &p->forward)) {
        p->forward.at[p->forward.n++] =
            (PtxForward){.name = name, .line = line, .function = p->function, .inst = p->inst.n};
    }
}

static void call_prototype(PtxParser *p, CusimPtxInst *inst) {
    uint32_t number;
    PtxName *name = cusim_ptx_name(p, p->token.text, p->token.n);
    const PtxSymbol *symbol = name ? cusim_ptx_find(p, name, &number) : NULL;
    if (symbol && symbol->kind == PTX_SYMBOL_PROTOTYPE) inst->prototype = symbol->function;
    else if (!symbol || symbol->kind != PTX_SYMBOL_TARGETS)
        cusim_ptx_error(p, "call: a .callprototype or .calltargets expected that stands before");
    cusim_ptx_next(p);
}

/* call (results), function, (arguments), prototype; */
void cusim_ptx_call(PtxParser *p, CusimPtxInst *inst) {
    inst->callee_reg = -1;
    bool has_prototype = false;
    if (cusim_ptx_take(p, '(')) {
        inst->result = actuals(p, true, &inst->n_results);
        cusim_ptx_need(p, ',', "\",\"");
    }
    call_target(p, inst);
    if (cusim_ptx_take(p, ',')) {
        if (cusim_ptx_take(p, '(')) {
            inst->operand = actuals(p, false, &inst->n_operands);
            has_prototype = cusim_ptx_take(p, ',');
        } else {
            has_prototype = true;
        }
    }
    if (has_prototype) call_prototype(p, inst);
    if (inst->callee_reg >= 0 && !has_prototype)
        cusim_ptx_error_at(p, inst->line,
                           "call: a call through a register names a .callprototype at its end");
}
