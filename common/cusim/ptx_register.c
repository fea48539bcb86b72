// SPDX-License-Identifier: MIT
/* ptx_register.c - .reg: PTX has as many registers as a function likes to name.
 *
 *   .reg .pred %p<4>;          %p0 to %p3
 *   .reg .v4 .f32 %colour;     %colour.x to %colour.w: four registers in a row
 *
 * A register is a number in its function, with a type and a name. */
#include "ptx_internal.h"

#include <string.h>

/* "%r" + 12 + ".x" into text. */
static void spell(char *text, const PtxName *name, bool is_range, uint32_t number, int component) {
    memcpy(text, name->text, name->n);
    text += name->n;
    if (is_range) {
        char digit[10];
        unsigned n = 0;
        do digit[n++] = (char)('0' + number % 10);
        while (number /= 10);
        while (n) *text++ = digit[--n];
    }
    if (component >= 0) {
        *text++ = '.';
        *text++ = "xyzw"[component];
    }
    *text = 0;
}

int cusim_ptx_new_registers(PtxParser *p, CusimType type, uint8_t vector, uint32_t count,
                            const PtxName *name, bool is_range) {
    size_t first = p->reg_type.n, n = (size_t)count * vector;
    size_t bytes = name->n + 10 + 2 + 1; /* of a name */
    if (n > PTX_MAX_REGISTERS - first || p->registers + n > PTX_MAX_MODULE_REGISTERS) {
        cusim_ptx_error(p, "more than %d registers in a function, or %d in a module",
                        PTX_MAX_REGISTERS, PTX_MAX_MODULE_REGISTERS);
        return -1;
    }
    if (n * bytes > PTX_MAX_NAME_BYTES - p->name_bytes) {
        cusim_ptx_error(p, "the names of registers take more than %d MiB",
                        PTX_MAX_NAME_BYTES >> 20);
        return -1;
    }
    p->registers += n;
    p->name_bytes += n * bytes;
    char *text = cusim_ptx_alloc(p, n + 1, bytes);
    if (!text) return -1;
    for (size_t i = 0; i < n; ++i, text += bytes) {
        if (!cusim_ptx_grow(p, &p->reg_type) || !cusim_ptx_grow(p, &p->reg_name)) return -1;
        spell(text, name, is_range, (uint32_t)(i / vector), vector > 1 ? (int)(i % vector) : -1);
        p->reg_type.at[p->reg_type.n++] = type;
        p->reg_name.at[p->reg_name.n++] = text;
    }
    return (int)first;
}

/* %r<10> or %r */
static void one(PtxParser *p, PtxType type) {
    PtxName *name = cusim_ptx_name(p, p->token.text, p->token.n);
    PtxSymbol *symbol;
    cusim_ptx_need(p, PTX_NAME, "the name of a register");
    if (!name || p->panic) return;
    bool is_range = cusim_ptx_take(p, '<');
    uint64_t count = 1;
    if (is_range) {
        char shown[64];
        if (p->token.kind != PTX_INTEGER || p->token.bits > PTX_MAX_REGISTERS) {
            cusim_ptx_error(p, "a number of registers up to %d expected, not %s", PTX_MAX_REGISTERS,
                            cusim_ptx_shown(p, shown));
            return;
        }
        count = p->token.bits;
        cusim_ptx_next(p);
        cusim_ptx_need(p, '>', "\">\"");
        symbol = cusim_ptx_declare_range(p, name, (uint32_t)count);
    } else {
        symbol = cusim_ptx_declare(p, name, PTX_SYMBOL_REGISTER);
    }
    if (!symbol) return;
    int first = cusim_ptx_new_registers(p, type.type, type.vector, (uint32_t)count, name, is_range);
    symbol->index = first < 0 ? 0 : (uint32_t)first;
    symbol->vector = type.vector;
    if (first < 0) symbol->count = 0;
}

void cusim_ptx_registers(PtxParser *p) {
    PtxType type = {.vector = 1};
    if (!cusim_ptx_type(p, &type) || !type.vector) return;
    if (p->depth == 0) {
        cusim_ptx_error(p, ".reg belongs into a function");
        return;
    }
    do one(p, type);
    while (cusim_ptx_take(p, ','));
    cusim_ptx_need(p, ';', "\",\" or \";\"");
}
