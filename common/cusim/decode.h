// SPDX-License-Identifier: MIT
/* decode.h - what the files of the decoder share: decode.c (a function), decode_frame.c (places of
 * registers and constants in the frame) and decode_inst.c (an instruction). */
#ifndef CUSIM_DECODE_H
#define CUSIM_DECODE_H

#include "device.h"
#include "warp.h"

typedef struct {
    CusimPtxModule *module;
    CusimFunction *function;
    CusimCode *code;
    CusimInst *inst;
    const CusimPtxInst **source;
    uint32_t n, room;
    int32_t *reg; /* offset of each register; 0: not placed yet */
    size_t frame; /* bytes of it so far */
    int32_t pred, pred_end;
    int32_t scratch[4]; /* predicate, 16, 32, 64 bits: what a sink writes to */
    CusimConstant *constant;
    uint32_t n_constants, constant_room;
    uint32_t *hash; /* index + 1 of a constant */
    uint32_t hash_room;
    uint32_t n_calls;
    const CusimPtxInst *at;
    bool failed;
    char *log;
    size_t log_bytes;
} CusimDecoder;

/* The first mistake is noted in the log; the rest of the decoder then does nothing of use. */
void cusim_decode_fail(CusimDecoder *d, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* An array with room for at least one more than n elements. */
void *cusim_decode_grown(CusimDecoder *d, void *old, uint32_t n, uint32_t *room, size_t bytes);

/* ---- decode_frame.c: each returns an offset in the frame ---- */
int32_t cusim_decode_take(CusimDecoder *d, size_t bytes);
int32_t cusim_decode_reg(CusimDecoder *d, int reg);
int32_t cusim_decode_scratch(CusimDecoder *d, unsigned bytes); /* what a sink writes to */
int32_t cusim_decode_constant(CusimDecoder *d, uint64_t value, unsigned bytes, unsigned base);
/* type and bytes are what the instruction wants; wider: registers may have more bytes; generic: an
 * address is to be generic. */
int32_t cusim_decode_operand(CusimDecoder *d, const CusimOperand *o, CusimType type, unsigned bytes,
                             bool is_pred, bool wider, bool generic);
unsigned cusim_decode_width(CusimType type); /* bytes of one lane of a register; 0: predicate */
bool cusim_decode_is_entry_param(const CusimVariable *v);
bool cusim_decode_is_func_param(const CusimVariable *v);
unsigned cusim_decode_base(const CusimVariable *v);
uint64_t cusim_decode_window(const CusimVariable *v); /* of generic addresses */

/* ---- decode_inst.c ---- */
CusimInst *cusim_decode_append(CusimDecoder *d, const CusimPtxInst *source); /* NULL: failed */
void cusim_decode_guard(CusimDecoder *d, CusimInst *inst);
void cusim_decode_flags(CusimInst *inst, const CusimForm *form);
void cusim_decode_bind(CusimDecoder *d, CusimInst *inst, const CusimForm *form);
void cusim_decode_one(CusimDecoder *d, const CusimPtxInst *p);

/* ---- decode.c: branches and calls ---- */
void cusim_decode_control(CusimDecoder *d, CusimInst *inst, const CusimPtxInst *p, CusimForm *form);
#endif
