// SPDX-License-Identifier: MIT
/* exec_control.c - parameters, special registers, and the instructions that decide what comes next.
 *
 * The decisions themselves are warp.c's and barrier.c's; a handler here finds out what is asked
 * for, such as the targets of an indirect branch, which may be another one in each lane. Parameters
 * of a kernel are the same for all lanes and lie in the launch's buffer; those of functions lie in
 * each lane's local memory. */
#include "exec.h"
#include "warp.h"

#include <string.h>

/* ---- Parameters. aux: 1 if narrow values are signed ---- */

static uint64_t extend(uint64_t value, const CusimInst *inst) {
    if (!(inst->aux & 1) || inst->bytes == 8) return value;
    unsigned unused = 64 - 8u * inst->bytes;
    return (uint64_t)((int64_t)(value << unused) >> unused);
}

/* Element e of the result in one lane. */
static void put(CusimWarp *warp, const CusimInst *inst, int e, int lane, uint64_t value) {
    uint8_t *to = warp->frame + inst->r[e] + (size_t)lane * inst->register_bytes;
    memcpy(to, &value, inst->register_bytes);
}

/* The two that nearly every kernel begins with: a pointer, and a number of 32 bits. */
static int ld_param_64(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    uint64_t value, *d = CUSIM_AT(uint64_t, 0);
    memcpy(&value, warp->block->launch->params + inst->imm, sizeof value);
    CUSIM_EACH(d, value);
    return CUSIM_NEXT;
}

static int ld_param_32(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    uint32_t value, *d = CUSIM_AT(uint32_t, 0);
    memcpy(&value, warp->block->launch->params + inst->imm, sizeof value);
    CUSIM_EACH(d, value);
    return CUSIM_NEXT;
}

static int ld_param(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    const uint8_t *from = warp->block->launch->params + inst->imm;
    for (int e = 0; e < inst->vector; e++, from += inst->bytes) {
        uint64_t value = 0;
        memcpy(&value, from, inst->bytes);
        value = extend(value, inst);
        if (inst->register_bytes == 8) {
            uint64_t *d = CUSIM_AT(uint64_t, e);
            CUSIM_EACH(d, value);
        } else if (inst->register_bytes == 4) {
            uint32_t *d = CUSIM_AT(uint32_t, e), low = (uint32_t)value;
            CUSIM_EACH(d, low);
        } else {
            uint16_t *d = CUSIM_AT(uint16_t, e), low = (uint16_t)value;
            CUSIM_EACH(d, low);
        }
    }
    return CUSIM_NEXT;
}

static uint64_t address_of(const CusimWarp *warp, const CusimInst *inst, int n, int lane) {
    uint64_t base = inst->address_bytes == 4 ? CUSIM_AT(const uint32_t, n)[lane]
                                             : CUSIM_AT(const uint64_t, n)[lane];
    return base + (uint64_t)inst->imm;
}

/* [register]: another address in each lane. */
static int ld_param_at(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    unsigned all = (unsigned)inst->bytes * inst->vector;
    uint32_t room = warp->block->launch->code->param_bytes;
    CUSIM_EACH_LANE(lane) {
        uint64_t at = address_of(warp, inst, inst->vector, lane);
        if (at > room || room - at < all || at % all)
            return cusim_fault(warp, inst, lane, CUDA_ERROR_ILLEGAL_ADDRESS,
                               "reads %u bytes at 0x%llx of the kernel's parameters, which have %u",
                               all, (unsigned long long)at, room);
        for (int e = 0; e < inst->vector; e++) {
            uint64_t value = 0;
            memcpy(&value, warp->block->launch->params + at + (size_t)e * inst->bytes, inst->bytes);
            put(warp, inst, e, lane, extend(value, inst));
        }
    }
    return CUSIM_NEXT;
}

/* The place of a function's parameter in a lane's local memory; NULL: outside of it. */
static uint8_t *local_place(const CusimWarp *warp, const CusimInst *inst, int n, int lane) {
    uint64_t at =
        inst->r[n] ? address_of(warp, inst, n, lane) : warp->local_base + (uint64_t)inst->imm;
    unsigned all = (unsigned)inst->bytes * inst->vector;
    uint32_t room = warp->block->local_bytes;
    if (at > room || room - at < all) return NULL;
    return warp->local + (size_t)lane * room + at;
}

static int outside(CusimWarp *warp, const CusimInst *inst, int lane) {
    return cusim_fault(warp, inst, lane, CUDA_ERROR_ILLEGAL_ADDRESS,
                       "the address lies outside of the function's parameters");
}

static int ld_param_func(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    CUSIM_EACH_LANE(lane) {
        const uint8_t *from = local_place(warp, inst, inst->vector, lane);
        if (!from) return outside(warp, inst, lane);
        for (int e = 0; e < inst->vector; e++) {
            uint64_t value = 0;
            memcpy(&value, from + (size_t)e * inst->bytes, inst->bytes);
            put(warp, inst, e, lane, extend(value, inst));
        }
    }
    return CUSIM_NEXT;
}

static int st_param_func(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    CUSIM_EACH_LANE(lane) {
        uint8_t *to = local_place(warp, inst, 0, lane);
        if (!to) return outside(warp, inst, lane);
        for (int e = 0; e < inst->vector; e++)
            memcpy(to + (size_t)e * inst->bytes,
                   warp->frame + inst->r[1 + e] + (size_t)lane * inst->register_bytes, inst->bytes);
    }
    return CUSIM_NEXT;
}

/* ---- Special registers. imm: which, and << 8 the component; bytes: of the result ---- */

static void set_all(CusimWarp *warp, const CusimInst *inst, uint32_t mask, uint64_t value) {
    if (inst->bytes == 8) {
        uint64_t *d = CUSIM_AT(uint64_t, 0);
        CUSIM_EACH(d, value);
    } else if (inst->bytes == 4) {
        uint32_t *d = CUSIM_AT(uint32_t, 0), low = (uint32_t)value;
        CUSIM_EACH(d, low);
    } else {
        uint16_t *d = CUSIM_AT(uint16_t, 0), low = (uint16_t)value;
        CUSIM_EACH(d, low);
    }
}

static void set_each(CusimWarp *warp, const CusimInst *inst, uint32_t mask, const uint32_t *value) {
    if (inst->bytes == 8) {
        uint64_t *d = CUSIM_AT(uint64_t, 0);
        CUSIM_EACH(d, value[lane]);
    } else if (inst->bytes == 4) {
        uint32_t *d = CUSIM_AT(uint32_t, 0);
        CUSIM_EACH(d, value[lane]);
    } else {
        uint16_t *d = CUSIM_AT(uint16_t, 0);
        CUSIM_EACH(d, (uint16_t)value[lane]);
    }
}

static int special_tid(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    unsigned component = (unsigned)(inst->imm >> 8);
    if (component < 3) set_each(warp, inst, mask, warp->tid[component]);
    else set_all(warp, inst, mask, 0);
    return CUSIM_NEXT;
}

static uint32_t dim(const uint32_t *value, unsigned component, uint32_t fourth) {
    return component < 3 ? value[component] : fourth;
}

/* Those that all lanes of a warp share. */
static uint64_t shared_value(CusimWarp *warp, CusimSpecial special, unsigned component) {
    const CusimBlock *block = warp->block;
    const CusimLaunch *launch = block->launch;
    switch (special) {
    case CUSIM_SR_ntid: return dim(launch->block, component, 1);
    case CUSIM_SR_ctaid: return dim(block->ctaid, component, 0);
    case CUSIM_SR_nctaid: return dim(launch->grid, component, 1);
    case CUSIM_SR_warpid: return warp->index;
    case CUSIM_SR_nwarpid: return block->n_warps;
    case CUSIM_SR_smid: return (uint64_t)warp->worker->index % cusim_n_sms();
    case CUSIM_SR_nsmid: return cusim_n_sms();
    case CUSIM_SR_gridid: return launch->id;
    case CUSIM_SR_clock:
    case CUSIM_SR_clock64: return cusim_clock(warp->worker);
    case CUSIM_SR_clock_hi: return cusim_clock(warp->worker) >> 32;
    case CUSIM_SR_globaltimer:
    case CUSIM_SR_globaltimer_lo: return cusim_now_ns();
    case CUSIM_SR_globaltimer_hi: return cusim_now_ns() >> 32;
    case CUSIM_SR_total_smem_size:
    case CUSIM_SR_aggr_smem_size: return block->shared_bytes;
    case CUSIM_SR_dynamic_smem_size: return launch->dynamic_shared_bytes;
    case CUSIM_SR_envreg: /* where the barrier of a cooperative grid lies */
        return component == 1   ? launch->workspace >> 32
               : component == 2 ? launch->workspace & 0xffffffff
                                : 0;
    default: return 0; /* no memory is reserved, and nothing counts for %pm */
    }
}

static int special_shared(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    set_all(warp, inst, mask,
            shared_value(warp, (CusimSpecial)(inst->imm & 0xff), (unsigned)(inst->imm >> 8)));
    return CUSIM_NEXT;
}

static int special_lane(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    uint32_t value[CUSIM_LANES];
    for (uint32_t lane = 0; lane < CUSIM_LANES; lane++) {
        uint32_t eq = 1u << lane;
        switch ((CusimSpecial)(inst->imm & 0xff)) {
        case CUSIM_SR_lanemask_eq: value[lane] = eq; break;
        case CUSIM_SR_lanemask_lt: value[lane] = eq - 1; break;
        case CUSIM_SR_lanemask_le: value[lane] = eq | (eq - 1); break;
        case CUSIM_SR_lanemask_gt: value[lane] = ~(eq | (eq - 1)); break;
        case CUSIM_SR_lanemask_ge: value[lane] = ~(eq - 1); break;
        default: value[lane] = lane; break;
        }
    }
    set_each(warp, inst, mask, value);
    return CUSIM_NEXT;
}

static CusimHandler *bind_special(const CusimInst *inst) {
    switch ((CusimSpecial)(inst->imm & 0xff)) {
    case CUSIM_SR_tid: return special_tid;
    case CUSIM_SR_laneid:
    case CUSIM_SR_lanemask_eq:
    case CUSIM_SR_lanemask_lt:
    case CUSIM_SR_lanemask_le:
    case CUSIM_SR_lanemask_gt:
    case CUSIM_SR_lanemask_ge: return special_lane;
    default: return special_shared;
    }
}

/* ---- Branches, calls, ends ---- */

static int bra(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    (void)warp, (void)inst, (void)mask; /* exec.c does it */
    return CUSIM_NEXT;
}

/* Each target in turn takes its lanes; those of the last one stay with the running split. */
static int brx_idx(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    struct CusimWarpState *s = warp->state;
    const CusimCode *code = s->now.frame->code;
    const uint32_t *table = code->table[inst->target];
    uint32_t index[CUSIM_LANES], n = code->table_n[inst->target];
    memcpy(index, warp->frame + inst->r[0], sizeof index);
    CUSIM_EACH_LANE(lane) {
        if (index[lane] >= n)
            return cusim_fault(warp, inst, lane, CUDA_ERROR_LAUNCH_FAILED,
                               "index %u, but the list of branch targets has %u", index[lane], n);
    }
    uint32_t here = s->now.pc;
    bool back = false;
    for (uint32_t rest = mask; rest;) {
        uint32_t target = table[index[__builtin_ctz(rest)]], group = 0;
        for (uint32_t look = rest; look; look &= look - 1)
            if (table[index[__builtin_ctz(look)]] == target) group |= look & -look;
        rest &= ~group;
        back |= target <= here;
        if (group == s->now.mask) {
            s->now.pc = target;
        } else { /* the others come back here in the next round, or have a false guard */
            cusim_warp_diverge(warp, group, target, here, inst->join);
            if (!rest) s->now.pc = here + 1;
        }
    }
    if (back) s->budget -= 1;
    return CUSIM_JUMP;
}

static int call(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    const CusimCallSite *site = &warp->state->now.frame->code->call[inst->target];
    if (site->callee) return cusim_warp_call(warp, inst, mask, site->callee);
    return cusim_builtin_call(warp, inst, mask, site, (CusimBuiltin)site->builtin);
}

static int call_indirect(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    struct CusimWarpState *s = warp->state;
    const CusimCode *code = s->now.frame->code;
    const CusimCallSite *site = &code->call[inst->target];
    const CusimProgram *program = code->program;
    uint64_t address[CUSIM_LANES];
    memcpy(address, warp->frame + inst->r[0], sizeof address);
    int first = __builtin_ctz(mask);
    uint32_t group = 0;
    CUSIM_EACH_LANE(lane) group |= (uint32_t)(address[lane] == address[first]) << lane;
    uint64_t number = address[first] - CUSIM_FUNCTION_TAG;
    if (number >= program->n_functions)
        return cusim_fault(warp, inst, first, CUDA_ERROR_LAUNCH_FAILED,
                           "calls the address 0x%llx, where no function is",
                           (unsigned long long)address[first]);
    const CusimFunction *f = program->function[number];
    /* Lanes that call another function stay behind, and call it when it is their turn; all of them
     * meet after the call. */
    if (group != mask) {
        uint32_t here = s->now.pc;
        cusim_warp_diverge(warp, mask & ~group, here, here, here + 1);
        if (!(s->now.mask & ~group)) mask = group;
        else { /* lanes with a false guard are among them */ uint32_t idle = s->now.mask & ~group;
            cusim_warp_part(warp, idle, here + 1);
            mask = group;
        }
    }
    if (f->is_entry || (!f->has_body && !cusim_builtin(f->name)))
        return cusim_fault(warp, inst, first, CUDA_ERROR_LAUNCH_FAILED,
                           "calls %s, which is not a function that a kernel can call", f->name);
    if (f->has_body) return cusim_warp_call(warp, inst, mask, f->code);
    return cusim_builtin_call(warp, inst, mask, site, cusim_builtin(f->name));
}

static int ret(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    (void)inst;
    return cusim_warp_return(warp, mask);
}

static int exit_lanes(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    (void)inst;
    return cusim_warp_exit(warp, mask);
}

static int trap(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    return cusim_fault(warp, inst, __builtin_ctz(mask), CUDA_ERROR_LAUNCH_FAILED,
                       "trap: the kernel itself has ended the launch");
}

static int nothing(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    (void)warp, (void)inst, (void)mask;
    return CUSIM_NEXT;
}

CUSIM_BIND(control) {
    bool narrow_signed =
        form->type[0] == CUSIM_S8 || form->type[0] == CUSIM_S16 || form->type[0] == CUSIM_S32;
    switch (form->op) {
    case CUSIM_OP_ld_param:
        inst->aux = narrow_signed;
        if (inst->r[inst->vector]) return ld_param_at;
        if (inst->vector == 1 && inst->bytes == inst->register_bytes && inst->bytes >= 4)
            return inst->bytes == 8 ? ld_param_64 : ld_param_32;
        return ld_param;
    case CUSIM_OP_ld_param_func: inst->aux = narrow_signed; return ld_param_func;
    case CUSIM_OP_st_param_func: return st_param_func;
    case CUSIM_OP_mov_special: return bind_special(inst);
    case CUSIM_OP_bar_sync:
    case CUSIM_OP_bar_arrive:
    case CUSIM_OP_bar_red_popc:
    case CUSIM_OP_bar_red_pred:
    case CUSIM_OP_barrier_sync:
    case CUSIM_OP_barrier_arrive:
    case CUSIM_OP_barrier_red_popc:
    case CUSIM_OP_barrier_red_pred: return cusim_barrier;
    case CUSIM_OP_bra: return bra;
    case CUSIM_OP_brx_idx: return brx_idx;
    case CUSIM_OP_call: return call;
    case CUSIM_OP_call_indirect: return call_indirect;
    case CUSIM_OP_ret: return ret;
    case CUSIM_OP_exit: return exit_lanes;
    case CUSIM_OP_trap: return trap;
    case CUSIM_OP_brkpt:
    case CUSIM_OP_pmevent:
    case CUSIM_OP_nanosleep: return nothing;
    default: return NULL;
    }
}
