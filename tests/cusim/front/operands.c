// SPDX-License-Identifier: MIT
/* operands.c - what operands become, shown by printing the instruction again. */
#include "front.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One instruction as written, and in its canonical form. */
static const struct {
    const char *text, *printed;
} rows[] = {
    {"add .u32 %r1,%r2 , 0x10;", "add.u32 %r1, %r2, 16;"},
    {"@!%p1 add.rn . f32 %f1, %f2, 1.0;", NULL},
    {"@!%p1 add.rn .f32 %f1, %f2, 1.0;", "@!%p1 add.rn.f32 %f1, %f2, 0f3F800000;"},
    {"mov.f32 %f1, 0d3FF0000000000000;", "mov.f32 %f1, 0f3F800000;"},
    {"mov.f32 %f1, 0f7FA00000;", "mov.f32 %f1, 0f7FA00000;"},
    {"mov.f64 %g1, 0f3F800000;", "mov.f64 %g1, 0d3FF0000000000000;"},
    {"mov.f64 %g1, -1e-3;", "mov.f64 %g1, 0dBF50624DD2F1A9FC;"},
    {"mov.f64 %g1, .5;", "mov.f64 %g1, 0d3FE0000000000000;"},
    {"mov.b32 %r1, 0f3F800000;", "mov.b32 %r1, 1065353216;"},
    {"mov.u32 %r1, 0b101U;", "mov.u32 %r1, 5;"},
    {"mov.u32 %r1, 017;", "mov.u32 %r1, 15;"},
    {"mov.u64 %d1, 0xffffffffffffffff;", "mov.u64 %d1, -1;"},
    {"mov.u32 %r1, 1+2*3-(4<<1)/3;", "mov.u32 %r1, 5;"},
    {"mov.u32 %r1, 7 > 3 && 2 != 2 ? 10 : 20;", "mov.u32 %r1, 20;"},
    {"mov.s32 %r1, -7 / 2 * 10 + -7 % 2;", "mov.s32 %r1, -31;"},
    {"mov.s64 %d1, (.u64)-1 / 2;", "mov.s64 %d1, 9223372036854775807;"},
    {"mov.s32 %r1, ~5 ^ 3 | 8 & 12;", "mov.s32 %r1, -7;"},
    {"mov.u32 %r1, WARP_SZ*2;", "mov.u32 %r1, 64;"},
    {"mov.u32 %r1, %tid.y;", "mov.u32 %r1, %tid.y;"},
    {"mov.u16 %h1, %ctaid.z;", "mov.u16 %h1, %ctaid.z;"},
    {"mov.u64 %d1, %clock64;", "mov.u64 %d1, %clock64;"},
    {"mov.b32 %r1, %envreg31;", "mov.b32 %r1, %envreg31;"},
    {"cvt.u64.u32 %d1, %laneid;", "cvt.u64.u32 %d1, %laneid;"},
    {"mov.u64 %d1, bytes+4;", "mov.u64 %d1, bytes+4;"},
    {"mov.u64 %d1, bytes[4];", "mov.u64 %d1, bytes+4;"},
    {"mov.b64 %d1, {%r1, 5};", "mov.b64 %d1, {%r1, 5};"},
    {"mov.b64 {_, %f2}, %d1;", "mov.b64 {_, %f2}, %d1;"},
    {"mov.b64 %g1, {%h1, %h2, %h3, %h4};", "mov.b64 %g1, {%h1, %h2, %h3, %h4};"},
    {"mov.pred %p1, !%p2;", "mov.pred %p1, !%p2;"},
    {"ld.global.u8 %r1, [%d1+-4];", "ld.global.u8 %r1, [%d1+-4];"},
    {"ld.u32 %r1, [%d1-4];", "ld.u32 %r1, [%d1+-4];"},
    {"ld.shared.u32 %r1, [common];", "ld.shared.u32 %r1, [common];"},
    {"ld.global.u32 %r1, bytes[8];", "ld.global.u32 %r1, [bytes+8];"},
    {"ld.local.u32 %r1, [0x10];", "ld.local.u32 %r1, [16];"},
    {"ld.param.u32 %r1, [p+4];", "ld.param.u32 %r1, [p+4];"},
    {"ld.global.v2.u8 {%r1, _}, [%d1].unified;", "ld.global.v2.u8 {%r1, _}, [%d1];"},
    {"st.global.v4.f32 [%d1], {%f1, 1.0, %f3, %f4};",
     "st.global.v4.f32 [%d1], {%f1, 0f3F800000, %f3, %f4};"},
    {"ld.global.L2::cache_hint.u32 %r1, [%d1], %d2;",
     "ld.global.L2::cache_hint.u32 %r1, [%d1], %d2;"},
    {"atom.add.global.u32 _, [%d1], %r2;", "atom.add.global.u32 _, [%d1], %r2;"},
    {"setp.lt.s32 %p1, %r1, %r2;", "setp.lt.s32 %p1, %r1, %r2;"},
    {"setp.lt.s32 %p1|%p2, %r1, %r2;", "setp.lt.s32 %p1|%p2, %r1, %r2;"},
    {"setp.lt.s32 _|%p2, %r1, %r2;", "setp.lt.s32 _|%p2, %r1, %r2;"},
    {"setp.lt.and.s32 %p1, %r1, %r2, !%p3;", "setp.lt.and.s32 %p1, %r1, %r2, !%p3;"},
    {"setp.lt.or.s32 %p1|%p2, %r1, %r2, %p3;", "setp.lt.or.s32 %p1|%p2, %r1, %r2, %p3;"},
    {"shfl.sync.idx.b32 %f1|%p1, %f2, %r1, 31, -1;",
     "shfl.sync.idx.b32 %f1|%p1, %f2, %r1, 31, -1;"},
    {"shfl.sync.idx.b32 %r1, %r2, %r1, 31, -1;", "shfl.sync.idx.b32 %r1, %r2, %r1, 31, -1;"},
    {"bar.sync 0;", "bar.sync 0;"},
    {"bar.sync 1, 64;", "bar.sync 1, 64;"},
    {"bar.red.popc.u32 %r1, 0, %p1;", "bar.red.popc.u32 %r1, 0, %p1;"},
    {"bar.red.popc.u32 %r1, 0, 32, !%p1;", "bar.red.popc.u32 %r1, 0, 32, !%p1;"},
    {"mul.wide.u16 %r1, %h1, 3;", "mul.wide.u16 %r1, %h1, 3;"},
    {"cvt.rn.f32.u8 %f1, %r2;", "cvt.rn.f32.u8 %f1, %r2;"},
    {"cvta.to.global.u64 %d1, %d2;", "cvta.to.global.u64 %d1, %d2;"},
    {"cvta.global.u64 %d1, bytes;", "cvta.global.u64 %d1, bytes;"},
    {"isspacep.shared %p1, %d1;", "isspacep.shared %p1, %d1;"},
    {"{ .param .b32 a, b; call.uni (a), callee, (b); }", "call.uni (a), callee, (b);"},
    {".reg .v4 .f32 %v; ld.global.v4.f32 %v, [%d1];",
     "ld.global.v4.f32 {%v.x, %v.y, %v.z, %v.w}, [%d1];"},
    {".reg .v2 .u32 %v<3>; mov.u32 %v2.y, %v1.r;", "mov.u32 %v2.y, %v1.x;"},
};

void test_operands(void) {
    char log[4000], text[400];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; ++i) {
        unsigned first;
        char *source = module_of(rows[i].text, true, &first);
        CusimPtxModule *module = cusim_ptx_parse(source, strlen(source), log, sizeof log);
        const CusimFunction *f = module ? module->functions : NULL;
        while (f && !f->is_entry) f = f->next;
        if (!rows[i].printed) {
            if (module) fail("%s is accepted", rows[i].text);
        } else if (!f) {
            fail("%s\n  is refused: %s", rows[i].text, log);
        } else {
            cusim_ptx_print(f, &f->inst[0], text, sizeof text);
            if (strcmp(text, rows[i].printed) != 0)
                fail("%s\n  is printed %s\n  and not   %s", rows[i].text, text, rows[i].printed);
            /* Cut off, never overrun, and always with its final 0. */
            for (size_t n = 0; n < strlen(rows[i].printed); ++n) {
                memset(text, 'x', sizeof text);
                cusim_ptx_print(f, &f->inst[0], text, n);
                if (text[n] != 'x' || (n && memchr(text, 0, n) == NULL))
                    fail("%s\n  printed into %zu bytes", rows[i].text, n);
            }
        }
        cusim_ptx_free(module);
        free(source);
    }
    (void)printf("%zu instructions\n", sizeof rows / sizeof *rows);
}
