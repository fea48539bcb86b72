// SPDX-License-Identifier: MIT
/* barrier.c - the sixteen barriers of a block: bar and barrier, with .sync, .arrive and .red.
 *
 * A barrier counts warps: a warp has arrived when all of its lanes that have not ended have,
 * wherever in the code they are, and counts 32 threads. A barrier without a thread count is for all
 * warps of the block that still have a lane; warps that end are not waited for. A block is run by
 * one thread of the host, so nothing here needs a lock. (PTX ISA, "bar, barrier" and "exit") */
#include "observer.h"
#include "warp.h"

#include <string.h>

static bool is_red_popc(CusimOp op) {
    return op == CUSIM_OP_bar_red_popc || op == CUSIM_OP_barrier_red_popc;
}
static bool is_red(CusimOp op) {
    return is_red_popc(op) || op == CUSIM_OP_bar_red_pred || op == CUSIM_OP_barrier_red_pred;
}

/* The result of bar.red for one waiting split. */
static void deliver(const CusimSplit *split, const CusimBarrier *barrier) {
    const CusimInst *inst = &split->frame->code->inst[split->pc];
    CusimOp op = (CusimOp)inst->op;
    if (!is_red(op)) return;
    uint32_t wrong = op == cusim_broken, mask = split->mask;
    uint32_t *to = (uint32_t *)(void *)(split->frame->data + inst->r[0]);
    if (is_red_popc(op)) {
        CUSIM_EACH_LANE(lane) to[lane] = barrier->popc ^ wrong;
    } else {
        bool all = cusim_has(&split->frame->code->source[split->pc]->form, CUSIM_M_and);
        bool result = (all ? barrier->popc == barrier->n : barrier->popc != 0) != (wrong != 0);
        *to = (*to & ~mask) | (result ? mask : 0);
    }
}

static bool is_complete(const CusimBlock *block, const CusimBarrier *b) {
    return b->expected && b->arrived >= (b->all ? block->state->live_warps * 32 : b->expected);
}

/* All have arrived: wakes who waits, and the barrier is as new. */
static void complete(CusimBlock *block, unsigned number) {
    CusimBarrier *b = &block->state->barrier[number];
    for (uint32_t w = 0; w < block->n_warps; w++) {
        CusimWarp *warp = &block->warp[w];
        struct CusimWarpState *s = warp->state;
        for (uint32_t i = s->n_waiting; i-- > 0;) {
            if (s->waiting[i].wait != CUSIM_WAIT_BARRIER || s->waiting[i].barrier != number)
                continue;
            deliver(&s->waiting[i], b);
            cusim_warp_wake(warp, i);
        }
    }
    memset(b, 0, sizeof *b);
    if (block->state->observed)
        for (CusimObserver *o = cusim_observers; o; o = o->next)
            if (o->barrier_done) o->barrier_done(o, block, number);
}

/* Counts warps of which the last lanes have come, or ended. */
static void count(CusimBlock *block, CusimBarrier *b, uint32_t w) {
    uint32_t alive = block->warp[w].exists & ~block->warp[w].exited;
    if (!b->part[w] || alive & ~b->part[w]) return;
    b->part[w] = 0;
    b->arrived += 32;
}

void cusim_barrier_ended(CusimWarp *warp) {
    CusimBlock *block = warp->block;
    struct CusimBlockState *state = block->state;
    if (!(warp->exists & ~warp->exited)) state->live_warps--;
    for (uint32_t used = state->barriers_used; used; used &= used - 1) {
        unsigned number = (unsigned)__builtin_ctz(used);
        CusimBarrier *b = &state->barrier[number];
        if (!b->expected) continue;
        count(block, b, warp->index);
        if (is_complete(block, b)) complete(block, number);
    }
}

/* Lanes that name the same barrier and the same count. */
static int arrive(CusimWarp *warp, const CusimInst *inst, uint32_t mask, uint32_t number,
                  uint32_t threads, bool counted) {
    CusimBlock *block = warp->block;
    int lane = __builtin_ctz(mask);
    CusimOp op = (CusimOp)inst->op;
    bool arrive_only = op == CUSIM_OP_bar_arrive || op == CUSIM_OP_barrier_arrive;
    if (number >= CUSIM_BARRIERS)
        return cusim_fault(warp, inst, lane, CUDA_ERROR_LAUNCH_FAILED,
                           "barrier %u: a block has the barriers 0 to 15", number);
    if (counted && (!threads || threads % 32))
        return cusim_fault(warp, inst, lane, CUDA_ERROR_LAUNCH_FAILED,
                           "barrier %u is given %u threads: the number must be a multiple of 32, "
                           "the warp size",
                           number, threads);
    CusimBarrier *b = &block->state->barrier[number];
    uint32_t everybody = block->n_warps * 32;
    if (!counted) threads = everybody;
    if (b->expected && b->expected != threads)
        return cusim_fault(warp, inst, lane, CUDA_ERROR_LAUNCH_FAILED,
                           "barrier %u is awaited by %u threads here, but by %u where others have "
                           "arrived: all must say the same",
                           number, threads, b->expected);
    if (!b->expected) b->all = false;
    b->expected = threads;
    b->all |= threads == everybody && !arrive_only;
    block->state->barriers_used |= 1u << number;
    if (is_red(op)) {
        b->popc += (uint32_t)__builtin_popcount(CUSIM_PRED_AT(3) & mask);
        b->n += (uint32_t)__builtin_popcount(mask);
    }
    if (block->state->observed)
        for (CusimObserver *o = cusim_observers; o; o = o->next)
            if (o->barrier_arrive) o->barrier_arrive(o, warp, inst, mask, number);
    b->part[warp->index] |= mask;
    count(block, b, warp->index);
    if (arrive_only) {
        if (is_complete(block, b)) complete(block, number);
        return CUSIM_NEXT;
    }
    cusim_warp_wait(warp, mask, CUSIM_WAIT_BARRIER)->barrier = (uint8_t)number;
    if (is_complete(block, b)) complete(block, number);
    return CUSIM_NEXT;
}

int cusim_barrier(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    struct CusimWarpState *s = warp->state;
    int at = is_red((CusimOp)inst->op) ? 1 : 0; /* after the result */
    const uint32_t *numbers = CUSIM_AT(uint32_t, at);
    static const uint32_t none[CUSIM_LANES];
    bool counted = inst->r[at + 1];
    const uint32_t *counts = counted ? CUSIM_AT(uint32_t, at + 1) : none;
    uint32_t number[CUSIM_LANES], threads[CUSIM_LANES], differ = 0;
    memcpy(number, numbers, sizeof number); /* an arrival may change the registers */
    memcpy(threads, counts, sizeof threads);
    CUSIM_SIMD for (int lane = 0; lane < CUSIM_LANES; lane++) differ |=
        (number[lane] ^ number[0]) | (threads[lane] ^ threads[0]);
    for (uint32_t rest = mask; rest;) {
        int first = __builtin_ctz(rest);
        uint32_t group = differ ? 0 : rest; /* all the same, as nearly always */
        for (uint32_t look = group ? 0 : rest; look; look &= look - 1) {
            int lane = __builtin_ctz(look);
            if (number[lane] == number[first] && threads[lane] == threads[first])
                group |= 1u << lane;
        }
        rest &= ~group;
        /* The wait remembers this instruction; whoever is woken at once is at the next one. */
        int result = arrive(warp, inst, group, number[first], threads[first], counted);
        if (result != CUSIM_NEXT) return result;
    }
    if (!s->now.mask) return CUSIM_AWAY;
    s->now.pc++;
    warp->active = s->now.mask;
    return CUSIM_JUMP;
}
