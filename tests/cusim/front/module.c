// SPDX-License-Identifier: MIT
/* module.c - a module as the parser hands it on: variables with their bytes and addresses,
 * functions with their parameters, scopes, labels, source lines. */
#include "front.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EQUAL(got, want)                                                                           \
    do {                                                                                           \
        long long got_ = (long long)(got), want_ = (long long)(want);                              \
        if (got_ != want_) fail("line %d: %s is %lld, not %lld", __LINE__, #got, got_, want_);     \
    } while (0)
#define TRUE(what)                                                                                 \
    do                                                                                             \
        if (!(what)) fail("line %d: %s", __LINE__, #what);                                         \
    while (0)

static CusimPtxModule *parse(const char *text) {
    char log[4000];
    CusimPtxModule *module = cusim_ptx_parse(text, strlen(text), log, sizeof log);
    if (!module) {
        (void)printf("refused: %s\n", log);
        exit(1);
    }
    if (*log) fail("accepted, but the log says: %s", log);
    return module;
}

static const CusimVariable *variable(const CusimPtxModule *m, const char *name) {
    for (const CusimVariable *v = m->variables; v; v = v->next)
        if (strcmp(v->name, name) == 0) return v;
    (void)printf("no variable %s\n", name);
    exit(1);
}

static const CusimFunction *function(const CusimPtxModule *m, const char *name) {
    for (const CusimFunction *f = m->functions; f; f = f->next)
        if (strcmp(f->name, name) == 0) return f;
    (void)printf("no function %s\n", name);
    exit(1);
}

static void holds(const CusimVariable *v, const uint8_t *bytes, size_t n) {
    EQUAL(v->n_bytes_set, n);
    if (v->n_bytes_set != n || memcmp(v->data, bytes, n) != 0) fail("the bytes of %s", v->name);
}
#define HOLDS(v, ...)                                                                              \
    holds(v, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void initialisers(void) {
    CusimPtxModule *m = parse(".version 7.5\n.target sm_75, debug\n.address_size 64\n"
                              ".global .align 8 .u16 a[2][3] = {{1, 2}, {0x103}};\n"
                              ".const .f32 f[2] = {1.5, 0f40000000}; .global .f64 d = -1.5;\n"
                              ".visible .global .v2 .b8 v[2] = {{1, 2}, {3, -1}};\n"
                              ".global .b8 s[] = {104, 1 + 2 * 3 << 1};\n"
                              ".global .u64 to[4] = {a, generic(later)+8, f-4, fun};\n"
                              ".global .u8 mask[2] = {0xFF(a), 0xFF00(a)};\n"
                              ".global .attribute(.managed) .u32 later;\n"
                              ".extern .shared .align 16 .b8 dynamic[];\n"
                              ".extern .global .b32 twice[]; .extern .global .b32 twice[];\n"
                              ".global .b32 twice[4]; .common .global .u32 shared_by_all, other;\n"
                              ".weak .func fun() { ret; }\n");
    EQUAL(m->version, 75);
    EQUAL(m->target, 75);
    EQUAL(m->address_bytes, 8);
    const CusimVariable *a = variable(m, "a"), *to = variable(m, "to"), *s = variable(m, "s");
    EQUAL(a->bytes, 12);
    EQUAL(a->align, 8);
    HOLDS(a, 1, 0, 2, 0, 0, 0, 3, 1);
    HOLDS(variable(m, "f"), 0, 0, 0xc0, 0x3f, 0, 0, 0, 0x40);
    HOLDS(variable(m, "d"), 0, 0, 0, 0, 0, 0, 0xf8, 0xbf);
    HOLDS(variable(m, "v"), 1, 2, 3, 0xff);
    EQUAL(variable(m, "v")->linkage, CUSIM_VISIBLE);
    EQUAL(s->bytes, 2);
    TRUE(!s->unsized);
    HOLDS(s, 104, 14);
    EQUAL(to->n_relocs, 4);
    TRUE(to->relocs[0].variable == a && !to->relocs[0].generic && to->relocs[0].bytes == 8);
    TRUE(to->relocs[1].variable == variable(m, "later") && to->relocs[1].generic);
    EQUAL(to->relocs[1].addend, 8);
    EQUAL(to->relocs[1].offset, 8);
    EQUAL(to->relocs[2].addend, -4);
    TRUE(to->relocs[3].function == function(m, "fun") && !to->relocs[3].variable);
    const CusimReloc *mask = variable(m, "mask")->relocs;
    EQUAL(mask[0].bytes, 1);
    EQUAL(mask[0].shift, 0);
    EQUAL(mask[1].shift, 8);
    TRUE(variable(m, "dynamic")->unsized && variable(m, "dynamic")->space == CUSIM_SPACE_SHARED);
    EQUAL(variable(m, "twice")->bytes, 16);
    EQUAL(variable(m, "twice")->linkage, CUSIM_LOCAL_NAME);
    EQUAL(variable(m, "other")->linkage, CUSIM_COMMON);
    EQUAL(function(m, "fun")->linkage, CUSIM_WEAK);
    unsigned n = 0;
    for (const CusimVariable *v = m->variables; v; v = v->next) ++n;
    EQUAL(n, 12);
    cusim_ptx_free(m);
}

static void functions(void) {
    CusimPtxModule *m = parse(
        ".version 8.0\n.target sm_90a\n"
        ".func (.param .b32 r) first(.param .b32 x);\n"
        ".visible .entry k(.param .u64 .ptr .global .align 8 p, .param .align 16 .b8 big[24])\n"
        ".maxntid 16, 2\n.minnctapersm 3\n.maxnreg 40 .pragma \"nounroll\";\n"
        "{\n.reg .b32 %r<3>; .reg .v2 .f32 %v; .reg .pred %p;\n"
        ".loc 1 7 3\n"
        "mov.b32 %r1, 1;\n"
        "{ .reg .b64 %r1; .param .b32 x; .param .b32 y; mov.u64 %r1, 2; L: bra L;\n"
        "  st.param.b32 [x], %r2; call (y), first, (x); }\n"
        ".loc 2 9 1, function_name $L__info_string0+4, inlined_at 1 7 3\n"
        "{ L: @!%p bra.uni L; bra END; }\n"
        "mov.f32 %v.y, 0f3F800000;\n"
        "T: .branchtargets A, END;\n"
        "brx.idx %r2, T;\nA: END:\nret;\n}\n"
        ".visible .func (.param .b32 r) first(.param .b32 x) .noreturn { trap; }\n"
        ".func (.reg .u32 out) old(.reg .u32 in, .reg .pred q) { @q mov.u32 out, in; ret; }\n"
        ".func other(.param .b32 _, .param .b32 _);\n"
        ".func copy(); .func f2() { call copy; ret; } .alias copy, f2;\n"
        ".file 1 \"one.cu\"\n.file 2 \"two.cu\", 5, 6\n"
        ".section .debug_abbrev { .b8 1, 2, 3\n.b32 .debug_abbrev\nlabel:\n}\n");
    EQUAL(m->target, 90);
    const CusimFunction *k = function(m, "k"), *first = function(m, "first");
    TRUE(k->is_entry && k->has_body && k->linkage == CUSIM_VISIBLE);
    EQUAL(k->n_params, 2);
    EQUAL(k->param[1]->bytes, 24);
    EQUAL(k->param[1]->align, 16);
    TRUE(k->param[0]->owner == k);
    EQUAL(k->maxntid[0], 16);
    EQUAL(k->maxntid[1], 2);
    EQUAL(k->maxntid[2], 1);
    EQUAL(k->minnctapersm, 3);
    EQUAL(k->maxnreg, 40);
    EQUAL(k->n_regs, 7); /* %r0-2, %v.x, %v.y, %p and the inner %r1 */
    EQUAL(k->n_insts, 10);
    TRUE(strcmp(k->reg_name[4], "%v.y") == 0 && k->reg_type[4] == CUSIM_F32);
    EQUAL(k->inst[0].operand[0].reg, 1);
    EQUAL(k->inst[0].loc_file, 1);
    EQUAL(k->inst[0].loc_line, 7);
    EQUAL(k->inst[1].operand[0].reg, 6);
    EQUAL(k->inst[2].operand[0].label, 0);
    EQUAL(k->label[0].at, 2);
    TRUE(k->inst[4].callee == first && k->inst[4].n_results == 1 && k->inst[4].n_operands == 1);
    EQUAL(k->inst[5].guard, 5);
    TRUE(k->inst[5].guard_negated);
    EQUAL(k->inst[5].operand[0].label, 1);
    EQUAL(k->label[1].at, 5);
    EQUAL(k->inst[5].loc_line, 9);
    EQUAL(k->inst[5].line, 15);
    EQUAL(k->inst[7].operand[0].reg, 4);
    EQUAL(k->n_tables, 1);
    EQUAL(k->table[0].n, 2);
    EQUAL(k->label[k->table[0].label[0]].at, 9);
    EQUAL(k->inst[8].operand[1].label, 0);
    unsigned n = 0;
    for (const CusimVariable *v = k->variables; v; v = v->next, ++n)
        TRUE(v->space == CUSIM_SPACE_PARAM && v->owner == k);
    EQUAL(n, 2);
    TRUE(first->has_body && first->noreturn && first->linkage == CUSIM_VISIBLE);
    TRUE(first->param[0]->owner == first);
    const CusimFunction *old = function(m, "old");
    EQUAL(old->param[0]->space, CUSIM_SPACE_REG);
    EQUAL(old->param[0]->reg, 1);
    EQUAL(old->inst[0].guard, 2);
    TRUE(!function(m, "other")->has_body && function(m, "other")->n_params == 2);
    TRUE(function(m, "copy")->definition == function(m, "f2"));
    TRUE(strcmp(cusim_ptx_file(m, 2), "two.cu") == 0 && !cusim_ptx_file(m, 3));
    cusim_ptx_free(m);
}

static void indirect(void) {
    CusimPtxModule *m = parse(
        ".version 6.0\n.target compute_60\n.func f(.param .b32 a) { ret; }\n"
        ".entry k { .reg .b64 %d; .param .b32 a;\n mov.u64 %d, f;\n"
        "P : .callprototype ()_ (.param .b32 _);\n call %d, (a), P;\n"
        "Q: .calltargets f;\n call %d, (a), Q;\n mov.u64 %d, g; mov.u64 %d, late+4; call h; ret;}\n"
        ".func g() { ret; } .func h() { ret; } .global .u32 late;");
    const CusimFunction *k = function(m, "k");
    TRUE(k->inst[0].operand[1].kind == CUSIM_FUNCTION_ADDRESS);
    TRUE(k->inst[0].operand[1].function == function(m, "f"));
    EQUAL(k->inst[1].callee_reg, 0);
    const CusimFunction *prototype = k->inst[1].prototype;
    TRUE(prototype && prototype->n_params == 1 && !prototype->has_body && !k->inst[1].callee);
    TRUE(k->inst[2].callee_reg == 0 && !k->inst[2].prototype);
    TRUE(k->inst[3].operand[1].function == function(m, "g"));
    TRUE(k->inst[4].operand[1].variable == variable(m, "late"));
    EQUAL(k->inst[4].operand[1].offset, 4);
    TRUE(k->inst[5].callee == function(m, "h"));
    cusim_ptx_free(m);
}

void test_module(void) {
    initialisers();
    functions();
    indirect();
}
