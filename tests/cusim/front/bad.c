// SPDX-License-Identifier: MIT
/* bad.c - malformed PTX: each must be refused with the right line and a reason that says what is
 * wrong. Lines are counted from the first of the snippet. */
#include "front.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *text;
    unsigned line;
    const char *reason;
} Bad;

/* In the body of a kernel. */
static const Bad in_body[] = {
    {"frob.u32 %r1, %r2;", 1, "no instruction frob"},
    {"add.rz.s32 %r1, %r2, %r3;", 1, ".rz does not fit add"},
    {"add %r1, %r2, %r3;", 1, "add: a suffix is missing"},
    {"mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%d1}, {%d2}, {%d3}, {%d4};", 1,
     "does not execute the PTX instruction mma"},
    {"min.abs.f32 %f1, %f2, %f3;", 1, ".xorsign and .abs go together"},
    {"ld.relaxed.global.u32 %r1, [%d1];", 1, "a scope is missing"},
    {"add.s32 %r1, %r2;", 1, "2 operands do not fit"},
    {"add.s32 %r1, %r2, %r3, %r4;", 1, "4 operands do not fit"},
    {"add.s32 %r1, %r2, %r3, %r4, %r5, %r6, %r7, %r8, %r1, %r1;", 1, "operands do not fit"},
    {"\n\nadd.s32 %r1, %r99, %r3;", 3, "%r99 is not declared"},
    {"add.s32 %r1,\n%r2,\nnothing;", 3, "nothing is not declared"},
    {"add.s32 %r1, %r2, %d3;", 1, "operand 3 wants .s32, but %d3 is .b64"},
    {"add.f32 %f1, %f2, %g3;", 1, "wants .f32, but %g3 is .f64"},
    {"add.s32 %r1, %r2, %f3;", 1, "wants .s32, but %f3 is .f32"},
    {"add.s32 %r1, %r2, %p3;", 1, "wants .s32, but %p3 is .pred"},
    {"add.s32 %r1, %r2, !%r3;", 1, "has a \"!\""},
    {"add.s32 %r1, %r2, 1.5;", 1, "real number where an integer belongs"},
    {"add.f32 %f1, %f2, 1;", 1, "integer where a real number belongs"},
    {"add.s32 5, %r2, %r3;", 1, "result and must be a register"},
    {"add.u64 %d1, %d2, bytes;", 1, "is an address"},
    {"add.u32 %r1, %tid.x, %r2;", 1, "special register: mov it"},
    {"mov.u32 %r1, %tid;", 1, "%tid has components"},
    {"mov.u32 %r1, %clock64;", 1, "special register of 64 bits"},
    {"mov.u32 %r1, %nosuch;", 1, "%nosuch is not declared"},
    {"mov.u16 %h1, bytes;", 1, "an address, which has 64 bits"},
    {"mov.u32 %r1, later;", 1, "later is not declared"},
    {"mov.b64 %d1, {%r1, %h2};", 1, "a part of another size"},
    {"mov.u64 %d1, {%r1, %r2};", 1, "only .b16, .b32 and .b64"},
    {"mov.b64 %d1, {%r1, %r2, %r3};", 1, "2 or 4 parts"},
    {"mov.b64 {%r1, 5}, %d1;", 1, "a part that does not fit"},
    {"mov.b32 %r1, {[%d1], %h2};", 1, "elements are registers and constants"},
    {"mov.u32 %r1, [%d1];", 1, "belongs to loads and stores"},
    {"ld.global.u32 %r1, %d1;", 1, "must be a memory address"},
    {"ld.global.u32 %r1, [%f1];", 1, "not an integer of 32 or 64 bits"},
    {"ld.global.u32 %h1, [%d1];", 1, "wants .u32 or wider, but %h1 is .b16"},
    {"ld.global.f32 %g1, [%d1];", 1, "wants .f32 or wider, but %g1 is .f64"},
    {"ld.global.v2.u32 %r1, [%d1];", 1, "must be {..} with 2 elements"},
    {"ld.global.v4.u32 {%r1, %r2}, [%d1];", 1, "must be {..} with 4 elements"},
    {"ld.global.v2.u8 {%r1, %h2}, [%d1];", 1, "registers of different sizes"},
    {"ld.shared.u32 %r1, [bytes];", 1, "another state space: bytes is .global"},
    {"ld.param.u32 %r1, [n+1];", 1, "reaches beyond the parameter"},
    {"ld.param.u32 %r1, [n+-1];", 1, "reaches beyond the parameter"},
    {"st.param.u32 [n], %r1;", 1, "a kernel's parameter: it is only read"},
    {"ld.global.u32 %r1, [%d1+%r2];", 1, "a number expected, not \"%r2\""},
    {"ld.global.u32 %r1, [];", 1, "a number expected, not \"]\""},
    {"ld.global.u32 %r1, [%d1;", 1, "\"]\" expected"},
    {"st.global.u32 [%d1], _;", 1, "is read and cannot be \"_\""},
    {"setp.lt.s32 %p1, %r1, %r2, %p2;", 1, "4 operands do not fit"},
    {"setp.lt.and.s32 %p1, %r1, %r2;", 1, "3 operands do not fit"},
    {"setp.lt.s32 %r1, %r1, %r2;", 1, "wants .pred, but %r1 is .b32"},
    {"@%r1 bra there;\nthere:", 1, "a guard is a register of type .pred"},
    {"@ 5 bra there;\nthere:", 1, "a predicate expected behind \"@\""},
    {"\nbra nowhere;", 2, "the label nowhere is not in this function"},
    {"{ inner: }\nbra inner;", 2, "the label inner is not in this function"},
    {"twice:\ntwice:", 2, "twice is declared twice"},
    {"brx.idx %r1, here;\nhere:", 1, ".branchtargets here is not"},
    {".reg .b32 %r1;", 1, "%r1 is declared twice"},
    {".reg .b32 %q3;\n.reg .b32 %q<4>;", 2, "%q is declared twice"},
    {".reg .b32 %tid;", 1, "%tid is a special register"},
    {".reg .b32 %q<;", 1, "a number of registers up to"},
    {".reg .v4 .b64 %q;", 1, "more than 16 bytes"},
    {".reg b32 %q;", 1, "a type expected, not \"b32\""},
    {".local .pred q;", 1, "cannot be in memory"},
    {".local .b8 q[600000];", 1, "more than the 524288 bytes"},
    {".shared .u32 q = 5;", 1, "only .global and .const"},
    {".maxnreg 5;", 1, "\".maxnreg\" does not belong into a function's body"},
    {"call callee;", 1, "this call of callee has another number"},
    {"call (%r1), callee, (bytes);", 1, "arguments are .param variables and registers"},
    {"call %d1, (%r1);", 1, "names a .callprototype"},
    {"call %r1, (%r1), proto;", 1, "must have 64 bits"},
    {"call nobody, (%r1);", 1, "nobody is not declared"},
    {"call (_), callee, (p);", 1, "of another size than its function"},
    {"call kernel, (p, n);", 1, "a kernel, which only the host starts"},
    {"mov.u32 %r1, 99999999999999999999;", 1, "more than 64 bits"},
    {"mov.u32 %r1, 08;", 1, "expected, not \"08\""},
    {"mov.u32 %r1, 0x;", 1, "expected, not \"0x\""},
    {"mov.f32 %f1, 0f3F80;", 1, "expected, not \"0f3F80\""},
    {"mov.u32 %r1, 1/0;", 1, "division by zero"},
    {"mov.u32 %r1, (1;", 1, "\")\" expected"},
    {"mov.u32 %r1, 1 ? 2;", 1, "\":\" expected"},
    {"mov.u32 %r1, %r2 # 3;", 1, "expected, not \"#\""},
    {"mov.u32 %r1, %r2,;", 1, "an operand expected before \";\""},
    {"mov.u32 %r1, %r2\nadd.s32 %r1, %r1, 1;", 2, "expected, not \"add\""},
    {"/* never closed\n", 5, "has no end"},
};

/* At module scope. */
static const Bad in_module[] = {
    {"hello", 1, "a directive such as .entry expected"},
    {".frob x;", 1, "a state space such as .global expected, not \".frob\""},
    {".global .u32 a;\n.global .u32 a;", 2, "a is declared twice"},
    {".extern .global .u32 a;\n.global .u64 a;", 2, "another type in line 4"},
    {".global .align 3 .u32 a;", 1, "a power of two"},
    {".global .u32 a[];", 1, "the size of a is missing"},
    {".global .u32 a[2][];", 1, "a number expected, not \"]\""},
    {".global .u32 a[-1];", 1, "a whole number from"},
    {".global .u32 a[2] = {1, 2, 3};", 1, "more elements than it"},
    {".global .u32 a[2][2] = {1, 2};", 1, "\"{\" expected: a has 2 dimensions"},
    {".global .u32 a[2] = {{1}, 2};", 1, "braces are nested deeper"},
    {".global .u32 a[2] = 5;", 1, "an array is initialised by {..}"},
    {".global .u32 a = 1.0;", 1, "u32 cannot hold a real number"},
    {".global .f32 a = 1;", 1, "f32 cannot hold an integer"},
    {".global .u8 a = b;\n.global .u32 b;", 1, "u8 cannot hold an address"},
    {".global .u64 a = nobody;", 1, "nobody is not declared"},
    {".global .u8 a[2] = {0xF0(a), 0};", 1, "one byte of ones"},
    {".extern .global .u32 a = 5;", 1, "an .extern variable has no initialiser"},
    {".const .b8 a[65537];", 1, "more than the 65536 bytes"},
    {".const .b8 a[40000];\n.const .b8 b[40000];", 2, "b is beyond"},
    {".shared .b8 a[49153];", 1, ".extern .shared, given at the launch"},
    {".local .u32 a;", 1, "belong into a function"},
    {".reg .u32 a;", 1, "expected, not \".reg\""},
    {".func f(.param .u32 a);\n.func f(.param .u64 a) { ret; }", 2, "other parameters in line 4"},
    {".func f() { ret; }\n.func f() { ret; }", 2, "f has two bodies"},
    {".extern .func f()\n{ ret; }", 2, "is .extern and has a body"},
    {".entry f(.reg .u32 a) { ret; }", 1, "the parameters of a kernel are .param"},
    {".entry f(.param .pred a) { ret; }", 1, "cannot be a .param"},
    {".entry f(.param .b8 a[40000]) { ret; }", 1, "more than the 32764 bytes"},
    {".entry f(.param .b8 a[20000],\n.param .b8 b[20000]) { ret; }", 2, "more than 32764 bytes"},
    {".entry f .maxntid 1025 { ret; }", 1, "from 1 to 1024"},
    {".entry f .reqntid 32, 33 { ret; }", 1, "at most 1024 threads"},
    {".entry f .explicitcluster { ret; }", 1, "no clusters"},
    {".entry f\nret;", 2, "\"{\" or \";\" expected"},
    {".entry f {\nret;", 2, "the body of f has no end"},
    {".alias f, g;", 1, ".alias wants a declared function"},
    {".pragma nounroll;", 1, "a pragma in quotes"},
    {".file 1 x.cu", 1, "the name of a file in quotes"},
    {".global .texref t;", 1, "a type expected, not \".texref\""},
};

/* Whole texts. */
static const Bad whole[] = {
    {"", 1, "PTX begins with .version, not with the end of the text"},
    {"\x7f"
     "ELF",
     1, "PTX begins with .version"},
    {".version 4.3\n.target sm_50\n", 1, "cusim reads PTX 5.0 to 9.0"},
    {".version 9.1\n.target sm_50\n", 1, "cusim reads PTX 5.0 to 9.0"},
    {".version 7\n.target sm_50\n", 1, "a version such as 7.5 expected"},
    {".version 7.5\n\n.address_size 64\n", 3, ".target expected behind .version"},
    {".version 7.5\n.target gfx900\n", 2, ".target gfx900 is unknown"},
    {".version 7.5\n.target debug\n", 3, ".target has no architecture"},
    {".version 7.5\n.target sm_75\n.address_size 32\n", 3, ".address_size 32"},
};

static void refuse(const char *shown, const char *text, size_t n, unsigned line,
                   const char *reason) {
    char log[4000], start[40];
    CusimPtxModule *module = cusim_ptx_parse(text, n, log, sizeof log);
    (void)snprintf(start, sizeof start, "ptx line %u: ", line);
    if (module) fail("%s\n  was accepted; wanted: %s", shown, reason);
    else if (strncmp(log, start, strlen(start)) != 0)
        fail("%s\n  wanted line %u, got: %s", shown, line, log);
    else {
        char *end = strchr(log, '\n');
        if (end) *end = 0;
        if (!strstr(log, reason)) fail("%s\n  wanted: %s\n  got: %s", shown, reason, log);
    }
    cusim_ptx_free(module);
}

static void refuse_all(const Bad *bad, size_t n, bool in_a_body) {
    for (size_t i = 0; i < n; ++i) {
        unsigned first;
        char *text = module_of(bad[i].text, in_a_body, &first);
        refuse(bad[i].text, text, strlen(text), first + bad[i].line - 1, bad[i].reason);
        free(text);
    }
}

/* Several mistakes in one text: each is told, in its order, once; 20 at most. */
static void several(void) {
    char log[8000];
    unsigned first, lines = 1;
    char text[4000] = "";
    for (int i = 0; i < 30; ++i) {
        (void)snprintf(text + strlen(text), sizeof text - strlen(text),
                       "mov.u32 %%r1, {%%q%d};\nmov.u32 %%r1, %%r2;\n", i);
    }
    char *module = module_of(text, true, &first);
    if (cusim_ptx_parse(module, strlen(module), log, sizeof log)) fail("30 mistakes were accepted");
    for (const char *c = log; *c; ++c) lines += *c == '\n';
    if (lines != 20) fail("30 mistakes make %u lines in the log, not 20:\n%s", lines, log);
    char wanted[40];
    (void)snprintf(wanted, sizeof wanted, "ptx line %u: %%q19", first + 38);
    if (!strstr(log, wanted)) fail("the 20th mistake is not told:\n%s", log);
    /* A short log is cut off, never overrun; none at all is allowed. */
    memset(log, 'x', sizeof log);
    (void)cusim_ptx_parse(module, strlen(module), log, 20);
    if (strlen(log) >= 20) fail("the log is longer than its room");
    if (cusim_ptx_parse(module, strlen(module), NULL, 0)) fail("without a log: accepted");
    free(module);
}

void test_bad(void) {
    refuse_all(in_body, sizeof in_body / sizeof *in_body, true);
    refuse_all(in_module, sizeof in_module / sizeof *in_module, false);
    for (size_t i = 0; i < sizeof whole / sizeof *whole; ++i)
        refuse(whole[i].text, whole[i].text, strlen(whole[i].text), whole[i].line, whole[i].reason);
    static const char zero[] = ".version 7.5\n.target sm_75\n\0.entry k { ret; }";
    refuse("a byte 0", zero, sizeof zero - 1, 3, "a byte 0 in the text");
    several();
    (void)printf("%zu malformed texts\n", sizeof in_body / sizeof *in_body +
                                              sizeof in_module / sizeof *in_module +
                                              sizeof whole / sizeof *whole + 1);
}
