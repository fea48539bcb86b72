// SPDX-License-Identifier: MIT
/* opcodes.c - cusim_op_find: what the text of an instruction means, and why one has no meaning. */
#include "front.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *text, *row, *types;
    unsigned vector;
} good[] = {
    {"add.u32", "add_i32", "u32", 1},
    {"add.rn.ftz.sat.f32", "add_f32", "f32", 1},
    {"add.f32.ftz", "add_f32", "f32", 1},
    {"setp.lt.and.ftz.f32", "setp_f32", "f32", 1},
    {"setp.ftz.lt.f32", "setp_f32", "f32", 1},
    {"set.lo.u32.u64", "set_u64", "u32 u64", 1},
    {"cvt.rzi.s32.f64", "cvt_s32_float", "s32 f64", 1},
    {"cvt.u16.s8", "cvt_u16_int", "u16 s8", 1},
    {"cvt.pack.sat.u8.s32.b32", "cvt_pack_8", "u8 s32 b32", 1},
    {"dp4a.u32.s32", "dp4a", "u32 s32", 1},
    {"ld.f32", "ld", "f32", 1},
    {"ld.volatile.global.v4.u32", "ld_global", "u32", 4},
    {"ld.global.volatile.v4.u32", "ld_global", "u32", 4},
    {"ld.global.nc.L1::no_allocate.L2::128B.v2.f64", "ld_global", "f64", 2},
    {"ld.mmio.relaxed.sys.global.u32", "ld_global", "u32", 1},
    {"ld.acquire.gpu.global.u32", "ld_global", "u32", 1},
    {"ld.const.u8", "ld_const", "u8", 1},
    {"st.shared::cta.b8", "st_shared", "b8", 1},
    {"ld.param::func.b64", "ld_param", "b64", 1},
    {"atom.add.release.gpu.u32", "atom_add_int", "u32", 1},
    {"atom.acq_rel.gpu.global.cas.b64", "atom_cas", "b64", 1},
    {"vote.sync.ballot.b32", "vote_sync_ballot", "b32", 1},
    {"bar.sync", "bar_sync", "", 1},
    {"bar.warp.sync", "bar_warp", "", 1},
    {"membar.gl", "membar", "", 1},
    {"min.xorsign.abs.f32", "min_f32", "f32", 1},
    {"mov.pred", "mov_pred", "pred", 1},
    {"ret", "ret", "", 1},
};

static const struct {
    const char *text, *reason;
} bad[] = {
    {"foo", "no instruction foo"},
    {"", "no instruction "},
    {"ad.u32", "no instruction ad"},
    {"addx.u32", "no instruction addx"},
    {"add.rz.s32", "add.rz.s32: .rz does not fit add.u32|s32"},
    {"add", "add: a suffix is missing: add.u16|s16"},
    {"add.", "add.: . does not fit"},
    {"add..u32", "add..u32: . does not fit"},
    {"add.u32.", "add.u32.: . does not fit"},
    {"add.u32.u32", "add.u32.u32: .u32 does not fit add.u32|s32"},
    {"mul.u32", "mul.u32: .u32 does not fit mul.lo.u32|s32"},
    {"cvt.f32.s32", "cvt.f32.s32: .f32 does not fit"},
    {"cvt.s32.u32.rn", "does not fit"},
    {"ld.globl.u32", "ld.globl.u32: .globl does not fit"},
    {"ld.global.f16", "does not fit"},
    {"ld.relaxed.u32", "a scope is missing"},
    {"ld.gpu.u32", "a scope goes with"},
    {"ld.mmio.relaxed.gpu.u32", ".mmio goes with .relaxed.sys"},
    {"max.xorsign.f32", ".xorsign and .abs go together"},
    {"div.f32", "does not fit div"},
    {"wgmma.fence.sync.aligned", "cusim does not execute the PTX instruction wgmma"},
    {"cp.async.ca.shared.global", "cusim does not execute the PTX instruction cp"},
};

static void check_good(void) {
    char reason[128], types[40];
    for (size_t i = 0; i < sizeof good / sizeof *good; ++i) {
        CusimForm form;
        if (!cusim_op_find(good[i].text, strlen(good[i].text), &form, reason)) {
            fail("%s: %s", good[i].text, reason);
            continue;
        }
        types[0] = 0;
        for (int k = 0; k < 3 && form.type[k]; ++k) {
            size_t n = strlen(types);
            (void)snprintf(types + n, sizeof types - n, "%s%s", k ? " " : "",
                           cusim_type_name(form.type[k]));
        }
        if (strcmp(cusim_op_rows[form.op].name, good[i].row) != 0 ||
            strcmp(types, good[i].types) != 0 || form.vector != good[i].vector)
            fail("%s is %s, types %s, vector %u", good[i].text, cusim_op_rows[form.op].name, types,
                 form.vector);
    }
    CusimForm form;
    (void)cusim_op_find("vote.sync.ballot.b32", 20, &form, NULL);
    if (!cusim_has(&form, CUSIM_M_ballot) || !cusim_has(&form, CUSIM_M_sync) ||
        cusim_has(&form, CUSIM_M_any))
        fail("the suffixes of vote.sync.ballot.b32");
}

static void check_bad(void) {
    char reason[128];
    CusimForm form;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
        if (cusim_op_find(bad[i].text, strlen(bad[i].text), &form, reason))
            fail("\"%s\" is %s", bad[i].text, cusim_op_rows[form.op].name);
        else if (!strstr(reason, bad[i].reason))
            fail("\"%s\": wanted %s, got %s", bad[i].text, bad[i].reason, reason);
    }
    /* The text need not end with a 0, and a long one is cut short in the reason. */
    static const char pieces[] = "ret.very.long.suffixes.that.go.on.and.on.and.on.and.on.and.on"
                                 ".and.on.and.on.and.on.and.on.and.on.and.on.and.on.and.on.and.on";
    for (size_t n = 0; n < sizeof pieces; ++n)
        if (cusim_op_find(pieces, n, &form, reason) != (n == 3) || strlen(reason) > 127)
            fail("the first %zu bytes of %s", n, pieces);
    if (cusim_op_find("foo", 3, &form, NULL)) fail("foo, without a reason");
}

/* Each row must be found by the simplest text of its own pattern. */
static void check_rows(void) {
    char text[200], reason[128];
    for (int op = 1; op < CUSIM_OP_COUNT; ++op) {
        const char *c = cusim_op_rows[op].pattern;
        size_t n = 0;
        bool optional = false, other = false;
        if (*c == '!') continue;
        for (; *c && n < sizeof text - 1; ++c) {
            if (*c == '{') optional = true;
            else if (*c == '}') optional = other = false;
            else if (*c == '|') other = true;
            else {
                if (*c == '.' && !optional) other = false;
                if (!optional && !other) text[n++] = *c;
            }
        }
        CusimForm form;
        if (!cusim_op_find(text, n, &form, reason)) fail("%s: %s", cusim_op_rows[op].name, reason);
        else if (form.op != (CusimOp)op)
            fail("%.*s is %s, though it is the first of %s", (int)n, text,
                 cusim_op_rows[form.op].name, cusim_op_rows[op].name);
    }
}

static void *find_one(void *unused) {
    CusimForm form;
    (void)unused;
    return cusim_op_find("ret", 3, &form, NULL) ? &failures : NULL;
}

void test_opcodes(void) {
    /* The table is made by the first call: let it come from several threads at once. */
    pthread_t thread[4];
    for (int i = 0; i < 4; ++i)
        if (pthread_create(&thread[i], NULL, find_one, NULL)) fail("no thread");
    for (int i = 0; i < 4; ++i) {
        void *found = NULL;
        if (pthread_join(thread[i], &found) || !found) fail("ret, from thread %d", i);
    }
    check_good();
    check_bad();
    check_rows();
    for (int type = 1; type < CUSIM_TYPE_COUNT; ++type) {
        const char *name = cusim_type_name((CusimType)type);
        if (cusim_type_of_name(name, strlen(name)) != (CusimType)type) fail("type %s", name);
    }
    if (cusim_type_of_name("rn", 2) || cusim_type_of_name("u128", 4)) fail("rn is no type");
}
