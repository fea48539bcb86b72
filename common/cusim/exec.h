// SPDX-License-Identifier: MIT
/* exec.h - what handlers see: a warp, its frame, its block; and the macros they are written with.
 *
 * The files exec_*.c are compiled once for each instruction set; CUSIM_ISA(name) gives every symbol
 * that leaves such a file its own name in each. A handler file ends with its bind function:
 *
 *   CusimHandler *CUSIM_ISA(bind_int)(const CusimForm *form, CusimInst *inst)
 *   {
 *       switch (form->op) {
 *       case CUSIM_OP_add_i32: return add_i32;
 *       ...
 *       default: return NULL;
 *       }
 *   } */
#ifndef CUSIM_EXEC_H
#define CUSIM_EXEC_H

#include "code.h"
#include "device.h"

#ifndef CUSIM_ISA_NAME
#define CUSIM_ISA_NAME plain
#endif
#define CUSIM_PASTE_(a, b) cusim_##b##_##a
#define CUSIM_PASTE(a, b) CUSIM_PASTE_(a, b)
#define CUSIM_ISA(name) CUSIM_PASTE(CUSIM_ISA_NAME, name) /* cusim_bind_int_v4 */

#define CUSIM_BIND(group)                                                                          \
    CusimHandler *CUSIM_ISA(bind_##group)(const CusimForm *form, CusimInst *inst)
CUSIM_BIND(int);
CUSIM_BIND(bits); /* the second half of int: bind_int asks it */
CUSIM_BIND(move);
CUSIM_BIND(convert);
CUSIM_BIND(float);
CUSIM_BIND(half);
CUSIM_BIND(memory);
CUSIM_BIND(atomic);
CUSIM_BIND(warp);
CUSIM_BIND(control);

/* The first fields are what handlers use; the rest belongs to exec.c and block.c (warp.h). */
struct CusimWarp {
    uint8_t *frame; /* of the running function: 64-byte aligned */
    CusimBlock *block;
    CusimWorker *worker;
    uint32_t active;     /* lanes that run now: a handler's mask is part of it */
    uint32_t exists;     /* lanes that the block has; a last warp may have fewer than 32 */
    uint32_t exited;     /* lanes that have ended */
    uint32_t index;      /* of the warp in its block */
    uint8_t *local;      /* .local memory: lane l's begins at local + l * block->local_bytes */
    uint32_t local_base; /* of the running function in each lane's local memory: its frames below */
    uint32_t tid[3][CUSIM_LANES];
    struct CusimWarpState *state; /* splits, frames, waits: warp.h */
};

struct CusimBlock {
    CusimLaunch *launch;
    CusimWorker *worker;
    uint64_t number; /* x + gridDim.x * (y + gridDim.y * z) */
    uint32_t ctaid[3];
    uint8_t *shared; /* 64-byte aligned: static first, then dynamic */
    uint32_t shared_bytes;
    uint32_t local_bytes; /* of one lane, all frames */
    uint32_t n_warps;
    CusimWarp *warp;
    struct CusimBlockState *state; /* barriers: warp.h */
};

/* ---- Operands ---- */
#define CUSIM_AT(type, n) ((type *)__builtin_assume_aligned(warp->frame + inst->r[n], 64))
/* The predicate operand n as a mask, !p already turned. */
#define CUSIM_PRED_AT(n)                                                                           \
    (*(const uint32_t *)(const void *)(warp->frame + inst->r[n]) ^ (0u - (inst->negate >> (n)&1u)))
/* Set predicate operand n to value in the lanes of mask. */
static inline void cusim_set_pred(CusimWarp *warp, const CusimInst *inst, int n, uint32_t mask,
                                  uint32_t value) {
    uint32_t *p = (uint32_t *)(void *)(warp->frame + inst->r[n]);
    *p = (*p & ~mask) | (value & mask);
}

/* ---- Loops over lanes ----
 * CUSIM_EACH(d, expression): d[lane] = expression for the lanes of mask. Both loops vectorise: the
 * first for a whole warp, the second keeps what the other lanes had. d may be one of the sources;
 * registers are either the same or apart, never partly over each other. */
/* NOLINTBEGIN(bugprone-macro-parentheses): lane is a name, not an expression */
//> each
#define CUSIM_SIMD _Pragma("omp simd")
#define CUSIM_EACH(d, expression)                                                                  \
    do {                                                                                           \
        if (mask == CUSIM_ALL) {                                                                   \
            CUSIM_SIMD for (int lane = 0; lane < CUSIM_LANES; lane++)(d)[lane] = (expression);     \
        } else {                                                                                   \
            CUSIM_SIMD for (int lane = 0; lane < CUSIM_LANES; lane++) {                            \
                __typeof__((d)[0] + 0) kept_ = (d)[lane], new_ = (expression);                     \
                (d)[lane] = (__typeof__((d)[0]))(mask >> lane & 1 ? new_ : kept_);                 \
            }                                                                                      \
        }                                                                                          \
    } while (0)
//< each
/* The same one lane after the other, for what is slow or must not be computed for idle lanes. */
#define CUSIM_EACH_LANE(lane)                                                                      \
    for (int lane = 0; lane < CUSIM_LANES; lane++)                                                 \
        if (mask >> lane & 1)
/* NOLINTEND(bugprone-macro-parentheses) */
#endif
