// SPDX-License-Identifier: MIT
/* ops.h - instructions by name: what the text "add.rn.ftz.f32" means.
 *
 * The first word of an instruction and its suffixes select a row of ops.def; the suffixes, as a
 * set, are its form: types, rounding, space and so on. Forms are found once for each distinct text
 * of a module and then shared, so that matching costs nothing. */
#ifndef CUSIM_OPS_H
#define CUSIM_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A row of the table. CUSIM_OP_NONE is 0. */
typedef enum {
    CUSIM_OP_NONE,
#define CUSIM_OP(name, group, pattern, operands) CUSIM_OP_##name,
#include "ops.def"
#undef CUSIM_OP
    CUSIM_OP_COUNT
} CusimOp;

/* The executor file that knows a row. */
typedef enum {
    CUSIM_GROUP_INT,
    CUSIM_GROUP_MOVE,
    CUSIM_GROUP_CONVERT,
    CUSIM_GROUP_FLOAT,
    CUSIM_GROUP_HALF,
    CUSIM_GROUP_MEMORY,
    CUSIM_GROUP_ATOMIC,
    CUSIM_GROUP_WARP,
    CUSIM_GROUP_CONTROL,
    CUSIM_GROUP_COUNT
} CusimGroup;

typedef enum {
    CUSIM_NO_TYPE,
    CUSIM_B8,
    CUSIM_B16,
    CUSIM_B32,
    CUSIM_B64,
    CUSIM_B128,
    CUSIM_U8,
    CUSIM_U16,
    CUSIM_U32,
    CUSIM_U64,
    CUSIM_S8,
    CUSIM_S16,
    CUSIM_S32,
    CUSIM_S64,
    CUSIM_F16,
    CUSIM_F16X2,
    CUSIM_BF16,
    CUSIM_BF16X2,
    CUSIM_TF32,
    CUSIM_F32,
    CUSIM_F64,
    CUSIM_PRED,
    CUSIM_TYPE_COUNT
} CusimType;

/* Every suffix that is not a type: CUSIM_M_ftz for ".ftz". Names that are no C word are spelled by
 * CUSIM_MOD(name, text). */
typedef enum {
#define CUSIM_MOD(name, text) CUSIM_M_##name,
#include "mods.def"
#undef CUSIM_MOD
    CUSIM_M_COUNT
} CusimMod;

typedef struct {
    CusimOp op;
    CusimType type[3]; /* the type suffixes in their order; CUSIM_NO_TYPE past the last */
    uint8_t vector;    /* 2 or 4 with a .v2 or .v4 suffix, else 1 */
    uint64_t mods[3];  /* the set of the other suffixes */
} CusimForm;

static inline bool cusim_has(const CusimForm *form, CusimMod mod) {
    return form->mods[mod / 64] >> mod % 64 & 1;
}

typedef struct {
    const char *name; /* "add_f32" */
    CusimGroup group;
    const char *pattern;  /* as in ops.def; begins with '!' for rows that only the decoder picks */
    const char *operands; /* as in ops.def */
} CusimOpRow;

extern const CusimOpRow cusim_op_rows[CUSIM_OP_COUNT];

/* cusim_op_find - the form that an opcode with all its suffixes means.
 *   shapes  text: n bytes, "add.rn.ftz.f32", no final 0 needed
 *   errors  false if no row matches; reason (may be NULL, else at least 128 bytes) says why: no
 *           such instruction, the first suffix that does not fit, or suffixes that exclude or need
 *           each other
 *   order   suffixes are looked for in the order of the pattern first, then in any, as ptxas does
 *   source  patterns of ops.def */
bool cusim_op_find(const char *text, size_t n, CusimForm *form, char *reason);

unsigned cusim_type_bytes(CusimType type); /* 0 for pred and NO_TYPE */
const char *cusim_type_name(CusimType type);
const char *cusim_mod_name(CusimMod mod);
CusimType cusim_type_of_name(const char *text, size_t n); /* "u32" without the dot */
#endif
