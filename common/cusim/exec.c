// SPDX-License-Identifier: MIT
/* exec.c - the loop that runs a warp.
 *
 * Fetch, look at the guard, call the handler, go on: an instruction without flags costs one
 * indirect call for 32 lanes. Branches are done here; what parts, joins or stops lanes otherwise is
 * left to warp.c by way of the control handlers. The loop is compiled twice, without and with
 * observers. */
#include "observer.h"
#include "warp.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))

/* The flags that leave the fast path. */
enum {
    SLOW =
        CUSIM_FLAG_GUARD | CUSIM_FLAG_CONTROL | CUSIM_FLAG_JOIN | CUSIM_FLAG_WAIT | CUSIM_FLAG_SYNC
};

/* ---- Observers ---- */

static CusimSpace space_of(CusimOp op, const CusimForm *form) {
    switch (op) {
    case CUSIM_OP_ld_global:
    case CUSIM_OP_ldu:
    case CUSIM_OP_st_global: return CUSIM_SPACE_GLOBAL;
    case CUSIM_OP_ld_const: return CUSIM_SPACE_CONST;
    case CUSIM_OP_ld_shared:
    case CUSIM_OP_st_shared: return CUSIM_SPACE_SHARED;
    case CUSIM_OP_ld_local:
    case CUSIM_OP_st_local: return CUSIM_SPACE_LOCAL;
    default: break;
    }
    if (cusim_has(form, CUSIM_M_global)) return CUSIM_SPACE_GLOBAL;
    if (cusim_has(form, CUSIM_M_shared) || cusim_has(form, CUSIM_M_shared_cta))
        return CUSIM_SPACE_SHARED;
    return CUSIM_SPACE_GENERIC;
}

/* Tells observers the addresses of a memory instruction. */
static __attribute__((noinline)) int tell_access(CusimWarp *warp, const CusimInst *inst,
                                                 uint32_t mask) {
    const CusimPtxInst *source = warp->state->now.frame->code->source[inst->index];
    if (!source) return CUSIM_NEXT;
    CusimOp op = (CusimOp)inst->op;
    const CusimOpRow *row = &cusim_op_rows[op];
    bool result = row->operands[0] == '='; /* loads and atom; stores and red begin with m */
    CusimAccess access = {.space = space_of(op, &source->form),
                          .kind = row->group == CUSIM_GROUP_ATOMIC ? CUSIM_ATOMIC
                                  : result                         ? CUSIM_READ
                                                                   : CUSIM_WRITE,
                          .bytes = (unsigned)inst->bytes * inst->vector};
    int n = result ? inst->vector : 0;
    CUSIM_EACH_LANE(lane) {
        uint64_t base =
            inst->address_bytes == 4 ? CUSIM_AT(uint32_t, n)[lane] : CUSIM_AT(uint64_t, n)[lane];
        access.address[lane] = base + (uint64_t)inst->imm;
    }
    for (CusimObserver *o = cusim_observers; o; o = o->next)
        if (o->access && o->access(o, warp, inst, mask, &access) != CUSIM_NEXT) return CUSIM_STOP;
    return CUSIM_NEXT;
}

static __attribute__((noinline)) int tell(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    for (CusimObserver *o = cusim_observers; o; o = o->next)
        if (o->instruction) o->instruction(o, warp, inst, mask);
    return inst->flags & CUSIM_FLAG_ACCESS ? tell_access(warp, inst, mask) : CUSIM_NEXT;
}

static __attribute__((noinline)) void tell_branch(CusimWarp *warp, const CusimInst *inst,
                                                  uint32_t taken, uint32_t not_taken) {
    for (CusimObserver *o = cusim_observers; o; o = o->next)
        if (o->branch) o->branch(o, warp, inst, taken, not_taken);
}

/* ---- The loop ---- */

/* .sync: are all lanes that the member masks name here? The usual case, one mask for all. */
INLINE bool members_are_here(const CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    const uint32_t *members = CUSIM_AT(const uint32_t, inst->aux & 7);
    uint32_t first = members[__builtin_ctz(mask)], differ = 0;
    CUSIM_SIMD for (int lane = 0; lane < CUSIM_LANES; lane++) differ |=
        members[lane] != first ? mask & 1u << lane : 0;
    uint32_t alive = warp->exists & ~warp->exited;
    return !differ && !(mask & ~first) && !(first & alive & ~mask);
}

INLINE CusimState run(CusimWarp *warp, bool observed) {
    struct CusimWarpState *s = warp->state;
    const CusimInst *code = NULL;
    uint32_t pc = 0;
    int what = CUSIM_AWAY;
    for (;;) {
        if (what != CUSIM_NEXT) { /* the running split has changed */
            if (what == CUSIM_STOP) return CUSIM_FAILED;
            if (what == CUSIM_AWAY) {
                CusimState state = cusim_warp_pick(warp);
                if (state != CUSIM_YIELDS) return state;
            } else {
                cusim_warp_enter(warp);
            }
            code = s->now.frame->code->inst;
            pc = s->now.pc;
            what = CUSIM_NEXT;
        }
        const CusimInst *inst = code + pc;
        unsigned flags = inst->flags;
        if (__builtin_expect(!(flags & SLOW), 1)) {
            if (observed && tell(warp, inst, warp->active) != CUSIM_NEXT) return CUSIM_FAILED;
            if (__builtin_expect(inst->run(warp, inst, warp->active) != CUSIM_NEXT, 0))
                return CUSIM_FAILED;
            pc++;
            continue;
        }
        if (flags & CUSIM_FLAG_JOIN) {
            const CusimNode *node = s->now.node;
            if (node && node->pc == pc && node->frame == s->now.frame && !node->site) {
                what = cusim_warp_arrive(warp);
                continue;
            }
        }
        uint32_t mask = warp->active;
        if (flags & CUSIM_FLAG_GUARD) {
            uint32_t guard;
            memcpy(&guard, warp->frame + inst->guard, sizeof guard);
            mask &= flags & CUSIM_FLAG_NOT ? ~guard : guard;
        }
        if (inst->op == CUSIM_OP_bra) {
            if (observed) {
                for (CusimObserver *o = cusim_observers; o; o = o->next)
                    if (o->instruction && mask) o->instruction(o, warp, inst, mask);
                tell_branch(warp, inst, mask, warp->active & ~mask);
            }
            uint32_t next = pc + 1, target = inst->target;
            bool back = target <= pc && mask;
            if (mask == warp->active) {
                pc = target;
            } else if (!mask) {
                pc = next;
            } else {
                cusim_warp_diverge(warp, mask, target, next, inst->join);
                pc = s->now.pc;
            }
            if (back && --s->budget <= 0) goto tired;
            continue;
        }
        if (!mask) {
            pc++;
            continue;
        }
        if (observed && tell(warp, inst, mask) != CUSIM_NEXT) return CUSIM_FAILED;
        if (flags & CUSIM_FLAG_SYNC && !members_are_here(warp, inst, mask)) {
            s->now.pc = pc;
            what = cusim_warp_sync(warp, inst, mask);
            continue;
        }
        if (flags & CUSIM_FLAG_CONTROL) {
            s->now.pc = pc;
            what = inst->run(warp, inst, mask);
            if (what == CUSIM_NEXT) pc++;
            if (what != CUSIM_JUMP || s->budget > 0) continue;
            pc = s->now.pc;
            goto tired;
        }
        if (inst->run(warp, inst, mask) != CUSIM_NEXT) return CUSIM_FAILED;
        pc++;
        if (flags & CUSIM_FLAG_WAIT) {
            s->waited = true;
            s->budget -= CUSIM_WAIT_COST;
            if (s->budget <= 0) goto tired;
        }
        continue;
    tired:;
        bool yield = false;
        s->now.pc = pc;
        what = cusim_warp_tired(warp, &yield);
        if (yield) return CUSIM_YIELDS;
    }
}

static CusimState run_plain(CusimWarp *warp) { return run(warp, false); }
static CusimState run_observed(CusimWarp *warp) { return run(warp, true); }

/* ---- The back end of this instruction set ---- */

static CusimHandler *bind(const CusimForm *form, CusimInst *inst) {
    switch (cusim_op_rows[form->op].group) {
    case CUSIM_GROUP_INT: return CUSIM_ISA(bind_int)(form, inst);
    case CUSIM_GROUP_MOVE: return CUSIM_ISA(bind_move)(form, inst);
    case CUSIM_GROUP_CONVERT: return CUSIM_ISA(bind_convert)(form, inst);
    case CUSIM_GROUP_FLOAT: return CUSIM_ISA(bind_float)(form, inst);
    case CUSIM_GROUP_HALF: return CUSIM_ISA(bind_half)(form, inst);
    case CUSIM_GROUP_MEMORY:
        if (form->op == CUSIM_OP_ld_param || form->op == CUSIM_OP_ld_param_func ||
            form->op == CUSIM_OP_st_param_func)
            return CUSIM_ISA(bind_control)(form, inst);
        return CUSIM_ISA(bind_memory)(form, inst);
    case CUSIM_GROUP_ATOMIC: return CUSIM_ISA(bind_atomic)(form, inst);
    case CUSIM_GROUP_WARP: return CUSIM_ISA(bind_warp)(form, inst);
    case CUSIM_GROUP_CONTROL: return CUSIM_ISA(bind_control)(form, inst);
    case CUSIM_GROUP_COUNT: break;
    }
    return NULL;
}

#define STRING_(text) #text
#define STRING(text) STRING_(text)
extern const CusimBackend CUSIM_ISA(backend);
const CusimBackend CUSIM_ISA(backend) = {
    .name = STRING(CUSIM_ISA_NAME), .bind = bind, .run = run_plain, .run_observed = run_observed};
