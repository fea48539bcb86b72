// SPDX-License-Identifier: MIT
/* warp.c - the lanes of a warp: how they part, meet again, call, wait for each other, and go on.
 *
 * On a GPU since Volta every thread has a program counter of its own, and every thread makes
 * progress. Here lanes that stand at the same place are kept together as a split, since one
 * instruction for many lanes is what makes a warp fast. Three rules keep the promise of progress
 * all the same:
 *
 *   - a split may take so many backward branches and looks at memory, then others have their turn;
 *   - lanes that wait at a join for others go on alone when these only repeat themselves, or have
 *     not come after some turns;
 *   - when no split of the warp can run, lanes that wait at joins go on alone, too.
 *
 * So lanes wait for ever only where the program says so: at a .sync or a barrier (barrier.c). */
#include "warp.h"

#include <stdlib.h>
#include <string.h>

static uint32_t alive(const CusimWarp *warp) { return warp->exists & ~warp->exited; }

void cusim_warp_enter(CusimWarp *warp) {
    const CusimSplit *now = &warp->state->now;
    warp->active = now->mask;
    warp->frame = now->frame->data;
    warp->local_base = now->frame->local_base;
}

static bool same_place(const CusimSplit *a, const CusimSplit *b) {
    return a->pc == b->pc && a->frame == b->frame && a->node == b->node;
}

/* A split that can run; with another at the same place it becomes one. */
static void make_ready(CusimWarp *warp, const CusimSplit *split) {
    struct CusimWarpState *s = warp->state;
    if (s->now.mask && same_place(&s->now, split)) {
        s->now.mask |= split->mask;
        return;
    }
    for (uint32_t i = 0; i < s->n_ready; i++)
        if (same_place(&s->ready[i], split)) {
            s->ready[i].mask |= split->mask;
            return;
        }
    s->ready[s->n_ready] = *split;
    s->ready[s->n_ready++].wait = CUSIM_WAIT_NONE;
}

/* ---- Nodes ---- */

static CusimNode *new_node(CusimWarp *warp, uint32_t pc, uint32_t expected) {
    struct CusimBlockState *b = warp->block->state;
    CusimNode *node = b->spare_node;
    if (node) b->spare_node = node->parent;
    else if (!(node = malloc(sizeof *node))) return NULL;
    *node = (CusimNode){.pc = pc,
                        .expected = expected,
                        .frame = warp->state->now.frame,
                        .parent = warp->state->now.node};
    return node;
}

static void free_node(CusimWarp *warp, CusimNode *node) {
    struct CusimBlockState *b = warp->block->state;
    if (node->callee) cusim_frame_free(warp->block, node->callee);
    node->parent = b->spare_node;
    b->spare_node = node;
}

/* If nobody is expected any more, those who have arrived go on as a split and the node is spare. */
static void complete(CusimWarp *warp, CusimNode *node) {
    if (node->expected != node->arrived) return;
    if (node->arrived) {
        CusimSplit split = {
            .pc = node->pc, .mask = node->arrived, .node = node->parent, .frame = node->frame};
        warp->state->yields = 0;
        make_ready(warp, &split);
    }
    free_node(warp, node);
}

/* Lanes that wait at one of the nodes that this split is expected at go on alone. */
static bool release(CusimWarp *warp, const CusimSplit *split) {
    bool any = false;
    for (CusimNode *node = split->node; node; node = node->parent) {
        if (!node->arrived) continue;
        CusimSplit alone = {
            .pc = node->pc, .mask = node->arrived, .node = node->parent, .frame = node->frame};
        node->expected &= ~node->arrived;
        node->arrived = 0;
        make_ready(warp, &alone);
        any = true;
    }
    return any;
}

/* ---- Which split runs ---- */

static bool sync_complete(CusimWarp *warp, uint32_t members, const CusimForm *form);

static void look_again(CusimWarp *warp) {
    struct CusimWarpState *s = warp->state;
    for (uint32_t i = 0; i < s->n_waiting;) {
        const CusimSplit *w = &s->waiting[i];
        bool done = w->wait == CUSIM_WAIT_SYNC &&
                    sync_complete(warp, w->members, &w->frame->code->source[w->pc]->form);
        i = done ? 0 : i + 1;
    }
}

CusimState cusim_warp_pick(CusimWarp *warp) {
    struct CusimWarpState *s = warp->state;
    s->now.mask = 0;
    warp->active = 0;
    for (;;) {
        if (s->ended) {
            s->ended = false;
            look_again(warp);
        }
        if (s->n_ready) {
            s->now = s->ready[--s->n_ready];
            cusim_warp_enter(warp);
            return CUSIM_YIELDS;
        }
        if (!alive(warp)) return CUSIM_RAN_TO_END;
        bool any = false;
        for (uint32_t i = 0; i < s->n_waiting; i++) any |= release(warp, &s->waiting[i]);
        if (!any) return CUSIM_WAITS;
    }
}

/* ---- Does the warp's state repeat? ---- */

static uint64_t mix(uint64_t hash, uint64_t value) {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15ull;
    return hash ^ hash >> 29;
}

static uint64_t hash_split(uint64_t hash, const CusimSplit *split) {
    hash = mix(hash, (uint64_t)split->pc << 32 | split->mask);
    hash = mix(hash, (uint64_t)(uintptr_t)split->frame);
    const uint8_t *data = split->frame->data;
    for (uint32_t i = 0; i < split->frame->code->frame_bytes; i += 8) {
        uint64_t word;
        memcpy(&word, data + i, sizeof word);
        hash = mix(hash, word);
    }
    return hash;
}

/* How long the split that is next may run: one that only repeats itself gets short turns, one that
 * computes longer and longer ones. */
static int32_t next_budget(struct CusimWarpState *s, bool repeats) {
    if (repeats) return s->waited ? 4 * CUSIM_WAIT_COST : 256;
    if (s->waited) return CUSIM_BUDGET;
    s->turn = s->turn < CUSIM_BUDGET ? 2 * s->turn : CUSIM_BUDGET;
    return s->turn;
}

int cusim_warp_tired(CusimWarp *warp, bool *yield) {
    enum { TURNS_WITH_WAITS = 4, TURNS = 64 }; /* after which lanes at joins do not wait any more */
    struct CusimWarpState *s = warp->state;
    CusimSplit *now = &s->now;
    bool expected = false, repeats = false;
    for (const CusimNode *node = now->node; node; node = node->parent)
        expected |= node->arrived != 0;
    if (expected || !s->waited) {
        uint64_t hash = hash_split(0, now);
        repeats = hash == now->seen;
        now->seen = hash;
    }
    now->tired++;
    bool enough = repeats || now->tired % (s->waited ? TURNS_WITH_WAITS : TURNS) == 0;
    s->yields++;
    if (expected && enough && release(warp, now)) s->yields = 0;
    s->budget = next_budget(s, repeats);
    s->polled |= s->waited || repeats;
    s->waited = false;
    *yield = s->yields > s->n_ready;
    if (!*yield && !s->n_ready) return CUSIM_NEXT;
    memmove(s->ready + 1, s->ready, s->n_ready * sizeof s->ready[0]);
    s->ready[0] = *now;
    s->n_ready++;
    now->mask = 0;
    if (*yield) {
        s->yields = 0;
        return CUSIM_AWAY;
    }
    *now = s->ready[--s->n_ready];
    cusim_warp_enter(warp);
    return CUSIM_JUMP;
}

/* ---- Parting and meeting ---- */

void cusim_warp_part(CusimWarp *warp, uint32_t mask, uint32_t pc) {
    struct CusimWarpState *s = warp->state;
    CusimSplit split = s->now;
    split.pc = pc;
    split.mask = mask;
    split.tired = 0;
    s->now.mask &= ~mask;
    s->ready[s->n_ready++] = split;
    warp->active = s->now.mask;
}

CusimSplit *cusim_warp_wait(CusimWarp *warp, uint32_t mask, unsigned wait) {
    struct CusimWarpState *s = warp->state;
    CusimSplit *split = &s->waiting[s->n_waiting++];
    *split = s->now;
    split->mask = mask;
    split->wait = (uint8_t)wait;
    split->tired = 0;
    s->now.mask &= ~mask;
    warp->active = s->now.mask;
    return split;
}

void cusim_warp_wake(CusimWarp *warp, uint32_t i) {
    struct CusimWarpState *s = warp->state;
    CusimSplit split = s->waiting[i];
    s->waiting[i] = s->waiting[--s->n_waiting];
    split.pc++;
    s->yields = 0;
    make_ready(warp, &split);
    if (s->now.mask) warp->active = s->now.mask;
}

/* The node that the running split's lanes shall meet at, if they part here. */
static CusimNode *node_for(CusimWarp *warp, uint32_t join) {
    CusimSplit *now = &warp->state->now;
    if (join == CUSIM_NO_JOIN) return now->node;
    CusimNode *node = now->node;
    if (node && node->pc == join && node->frame == now->frame && !node->site) return node;
    /* Without memory for it the lanes just do not meet here. */
    node = new_node(warp, join, now->mask);
    return node ? node : now->node;
}

void cusim_warp_diverge(CusimWarp *warp, uint32_t taken, uint32_t target, uint32_t next,
                        uint32_t join) {
    struct CusimWarpState *s = warp->state;
    CusimNode *node = node_for(warp, join);
    bool meets = node && join != CUSIM_NO_JOIN && node->pc == join && !node->site &&
                 node->frame == s->now.frame;
    s->now.node = node;
    uint32_t rest = s->now.mask & ~taken;
    if (meets && next == join) { /* a loop's end: who leaves waits, the others go round */
        node->arrived |= rest;
        s->now.mask = taken;
        s->now.pc = target;
    } else if (meets && target == join) { /* an if without else */
        node->arrived |= taken;
        s->now.mask = rest;
        s->now.pc = next;
    } else {
        cusim_warp_part(warp, taken, target);
        s->now.pc = next;
    }
    warp->active = s->now.mask;
}

int cusim_warp_arrive(CusimWarp *warp) {
    struct CusimWarpState *s = warp->state;
    CusimNode *node = s->now.node;
    uint32_t mask = s->now.mask;
    s->now.mask = 0;
    node->arrived |= mask;
    if (node->arrived != node->expected) return CUSIM_AWAY;
    s->yields = 0;
    s->now = (CusimSplit){
        .pc = node->pc, .mask = node->arrived, .node = node->parent, .frame = node->frame};
    free_node(warp, node);
    cusim_warp_enter(warp);
    return CUSIM_JUMP;
}

/* ---- Calls ---- */

static uint64_t read_place(const CusimWarp *warp, const uint8_t *data, uint32_t local_base,
                           const CusimPlace *place, int lane) {
    uint64_t value = 0;
    if (!place->reg) {
        uint32_t n = place->bytes < 8 ? place->bytes : 8;
        memcpy(&value,
               warp->local + (size_t)lane * warp->block->local_bytes + local_base + place->local,
               n);
    } else if (place->bytes) {
        memcpy(&value, data + place->reg + (size_t)lane * place->bytes, place->bytes);
    } else {
        uint32_t bits;
        memcpy(&bits, data + place->reg, sizeof bits);
        value = bits >> lane & 1;
    }
    return value;
}

/* Copies an argument or a result, for the lanes of mask. */
static void copy_place(const CusimWarp *warp, const CusimFrame *from, const CusimPlace *source,
                       CusimFrame *to, const CusimPlace *place, uint32_t mask) {
    CUSIM_EACH_LANE(lane) {
        uint8_t *local = warp->local + (size_t)lane * warp->block->local_bytes;
        if (!place->reg && !source->reg) {
            uint32_t n = place->bytes < source->bytes ? place->bytes : source->bytes;
            memcpy(local + to->local_base + place->local, local + from->local_base + source->local,
                   n);
            continue;
        }
        uint64_t value = read_place(warp, from->data, from->local_base, source, lane);
        if (!place->reg) {
            memcpy(local + to->local_base + place->local, &value,
                   place->bytes < 8 ? place->bytes : 8);
        } else if (place->bytes) {
            memcpy(to->data + place->reg + (size_t)lane * place->bytes, &value, place->bytes);
        } else {
            uint32_t bits;
            memcpy(&bits, to->data + place->reg, sizeof bits);
            bits = (bits & ~(1u << lane)) | (uint32_t)(value & 1) << lane;
            memcpy(to->data + place->reg, &bits, sizeof bits);
        }
    }
}

int cusim_warp_call(CusimWarp *warp, const CusimInst *inst, uint32_t mask,
                    const CusimCode *callee) {
    struct CusimWarpState *s = warp->state;
    const CusimCallSite *site = &s->now.frame->code->call[inst->target];
    const CusimFunction *f = callee->function;
    int lane = __builtin_ctz(mask);
    if (site->n_args != f->n_params || site->n_results != f->n_results)
        return cusim_fault(warp, inst, lane, CUDA_ERROR_LAUNCH_FAILED,
                           "the call has %u arguments and %u results, but %s has %u and %u",
                           site->n_args, site->n_results, f->name, f->n_params, f->n_results);
    CusimFrame *caller = s->now.frame;
    CusimFrame *frame = cusim_frame_new(warp, callee, caller->local_end);
    if (!frame)
        return cusim_fault(warp, inst, lane, CUDA_ERROR_LAUNCH_FAILED,
                           "stack overflow: %s needs %u bytes beyond the %u that are in use, and a "
                           "thread has %u; is the recursion endless?",
                           f->name, callee->local_bytes, caller->local_end,
                           warp->block->state->local_limit);
    CusimNode *node = new_node(warp, s->now.pc + 1, s->now.mask);
    if (!node) {
        cusim_frame_free(warp->block, frame);
        return cusim_fault(warp, inst, lane, CUDA_ERROR_LAUNCH_FAILED, "out of memory in a call");
    }
    node->site = site;
    node->callee = frame;
    node->arrived = s->now.mask & ~mask; /* lanes that do not call wait for those that do */
    for (uint32_t i = 0; i < site->n_args; i++)
        copy_place(warp, caller, &site->arg[i], frame, &callee->formal[i], mask);
    s->now = (CusimSplit){.pc = 0, .mask = mask, .node = node, .frame = frame};
    cusim_warp_enter(warp);
    return CUSIM_JUMP;
}

/* Lanes leave the joins of their function without having come there. */
static CusimNode *leave(CusimWarp *warp, CusimNode *node, uint32_t mask, bool all) {
    while (node && (all || !node->site)) {
        CusimNode *parent = node->parent;
        node->expected &= ~mask;
        node->arrived &= ~mask;
        complete(warp, node);
        node = parent;
    }
    return node;
}

int cusim_warp_return(CusimWarp *warp, uint32_t mask) {
    struct CusimWarpState *s = warp->state;
    CusimFrame *frame = s->now.frame;
    CusimNode *start = s->now.node, *call = start;
    while (call && !call->site) call = call->parent;
    if (!call) return cusim_warp_exit(warp, mask);
    s->now.mask &= ~mask;
    s->now.pc++; /* for lanes that stay: a return may have a condition */
    if (start != call) leave(warp, start, mask, false);
    const CusimCode *code = frame->code;
    for (uint32_t i = 0; i < call->site->n_results; i++)
        copy_place(warp, frame, &code->formal[code->function->n_params + i], call->frame,
                   &call->site->result[i], mask);
    if (s->now.mask) {
        call->arrived |= mask;
        warp->active = s->now.mask;
        return CUSIM_JUMP;
    }
    s->now.mask = mask;
    s->now.node = call;
    return cusim_warp_arrive(warp);
}

int cusim_warp_exit(CusimWarp *warp, uint32_t mask) {
    struct CusimWarpState *s = warp->state;
    warp->exited |= mask;
    s->now.mask &= ~mask;
    s->now.pc++;
    s->yields = 0;
    if (s->now.node) leave(warp, s->now.node, mask, true);
    if (s->n_waiting) s->ended = true;
    cusim_barrier_ended(warp);
    warp->active = s->now.mask;
    return s->now.mask ? CUSIM_JUMP : CUSIM_AWAY;
}

void cusim_warp_drop(CusimWarp *warp) {
    struct CusimWarpState *s = warp->state;
    if (s->now.mask) s->waiting[s->n_waiting++] = s->now;
    s->now.mask = 0;
    /* Lanes that had arrived at a node come back as ready splits, until none is left. */
    while (s->n_ready || s->n_waiting) {
        CusimSplit split = s->n_ready ? s->ready[--s->n_ready] : s->waiting[--s->n_waiting];
        leave(warp, split.node, split.mask, true);
    }
}

/* ---- .sync: the lanes of a member mask meet ---- */

/* The operands r[0..] of each row, for lanes that execute it in different frames. */
enum { R_PRED = 1, R_32 = 4, R_64 = 8, R_RESULT = 16, R_DATA = 32 };
static const uint8_t *sync_operands(CusimOp op) {
    static const uint8_t shfl[7] = {R_RESULT | R_32, R_RESULT | R_PRED, R_32, R_32, R_32, R_32};
    static const uint8_t vote_pred[7] = {R_RESULT | R_PRED, R_PRED, R_32};
    static const uint8_t ballot[7] = {R_RESULT | R_32, R_PRED, R_32};
    static const uint8_t match_any[7] = {R_RESULT | R_32, R_DATA, R_32};
    static const uint8_t match_all[7] = {R_RESULT | R_32, R_RESULT | R_PRED, R_DATA, R_32};
    static const uint8_t redux[7] = {R_RESULT | R_32, R_32, R_32};
    static const uint8_t none[7] = {R_32};
    switch (op) {
    case CUSIM_OP_shfl_sync: return shfl;
    case CUSIM_OP_vote_sync_pred: return vote_pred;
    case CUSIM_OP_vote_sync_ballot: return ballot;
    case CUSIM_OP_match_any: return match_any;
    case CUSIM_OP_match_all: return match_all;
    case CUSIM_OP_redux_int:
    case CUSIM_OP_redux_bits: return redux;
    default: return none;
    }
}

/* One execution for splits in different frames or at different instructions: their operands are
 * brought together in a frame made for it, and the results back. */
enum { GATHER_SLOT = 256, GATHER_BYTES = 64 + 7 * GATHER_SLOT };

static unsigned operand_bytes(uint8_t kind, const CusimInst *inst) {
    if (kind & R_PRED) return 0;
    return kind & R_DATA && inst->aux >> 8 ? 8 : 4; /* exec_warp.c: a match of 64 bits */
}

static void gather(uint8_t *to, const CusimSplit *split, const uint8_t *kinds) {
    const CusimInst *inst = &split->frame->code->inst[split->pc];
    for (int k = 0; k < 7 && kinds[k]; k++) {
        if (!inst->r[k] || kinds[k] & R_RESULT) continue;
        const uint8_t *from = split->frame->data + inst->r[k];
        uint8_t *slot = to + 64 + (size_t)k * GATHER_SLOT;
        unsigned bytes = operand_bytes(kinds[k], inst);
        if (!bytes) {
            uint32_t have, bits;
            memcpy(&bits, from, sizeof bits);
            if (inst->negate >> k & 1) bits = ~bits;
            memcpy(&have, slot, sizeof have);
            have = (have & ~split->mask) | (bits & split->mask);
            memcpy(slot, &have, sizeof have);
            continue;
        }
        uint32_t mask = split->mask;
        CUSIM_EACH_LANE(lane)
        memcpy(slot + (size_t)lane * bytes, from + (size_t)lane * bytes, bytes);
    }
}

static void scatter(const uint8_t *data, const CusimSplit *split, const uint8_t *kinds) {
    const CusimInst *inst = &split->frame->code->inst[split->pc];
    for (int k = 0; k < 7 && kinds[k]; k++) {
        if (!inst->r[k] || !(kinds[k] & R_RESULT)) continue;
        uint8_t *to = split->frame->data + inst->r[k];
        const uint8_t *slot = data + 64 + (size_t)k * GATHER_SLOT;
        if (kinds[k] & R_PRED) {
            uint32_t have, bits;
            memcpy(&bits, slot, sizeof bits);
            memcpy(&have, to, sizeof have);
            have = (have & ~split->mask) | (bits & split->mask);
            memcpy(to, &have, sizeof have);
            continue;
        }
        uint32_t mask = split->mask;
        CUSIM_EACH_LANE(lane)
        memcpy(to + (size_t)lane * 4, slot + (size_t)lane * 4, 4);
    }
}

static bool waits_with(const CusimSplit *w, uint32_t members, const CusimForm *form) {
    if (w->wait != CUSIM_WAIT_SYNC || w->members != members) return false;
    const CusimForm *other = &w->frame->code->source[w->pc]->form;
    return other->op == form->op && memcmp(other->type, form->type, sizeof form->type) == 0 &&
           memcmp(other->mods, form->mods, sizeof form->mods) == 0;
}

/* If all lanes of members wait at such an instruction it is executed, and they go on. */
static bool sync_complete(CusimWarp *warp, uint32_t members, const CusimForm *form) {
    struct CusimWarpState *s = warp->state;
    uint32_t all = 0;
    const CusimSplit *first = NULL;
    bool same = true;
    for (uint32_t i = 0; i < s->n_waiting; i++) {
        const CusimSplit *w = &s->waiting[i];
        if (!waits_with(w, members, form)) continue;
        all |= w->mask;
        if (!first) first = w;
        same &= w->pc == first->pc && w->frame == first->frame;
    }
    if (!first || members & alive(warp) & ~all) return false;
    const CusimInst *inst = &first->frame->code->inst[first->pc];
    uint8_t *frame = warp->frame;
    CusimFrame *now = s->now.frame;
    uint32_t active = warp->active;
    warp->active = all;
    s->now.frame = first->frame; /* whose code it is */
    if (same) {
        warp->frame = first->frame->data;
        (void)inst->run(warp, inst, all);
    } else {
        _Alignas(64) uint8_t data[GATHER_BYTES] = {0};
        const uint8_t *kinds = sync_operands((CusimOp)inst->op);
        CusimInst copy = *inst;
        for (int k = 0; k < 7; k++)
            copy.r[k] = inst->r[k] || kinds[k] & R_RESULT ? 64 + k * GATHER_SLOT : 0;
        copy.negate = 0;
        for (uint32_t i = 0; i < s->n_waiting; i++)
            if (waits_with(&s->waiting[i], members, form)) gather(data, &s->waiting[i], kinds);
        warp->frame = data;
        (void)inst->run(warp, &copy, all);
        for (uint32_t i = 0; i < s->n_waiting; i++)
            if (waits_with(&s->waiting[i], members, form)) scatter(data, &s->waiting[i], kinds);
    }
    warp->frame = frame;
    warp->active = active;
    s->now.frame = now;
    for (uint32_t i = s->n_waiting; i-- > 0;)
        if (waits_with(&s->waiting[i], members, form)) cusim_warp_wake(warp, i);
    return true;
}

int cusim_warp_sync(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    struct CusimWarpState *s = warp->state;
    const CusimPtxInst *source = s->now.frame->code->source[inst->index];
    const uint32_t *members =
        (const uint32_t *)(const void *)(warp->frame + inst->r[inst->aux & 7]);
    uint32_t ready = 0, value_of[CUSIM_LANES], group_of[CUSIM_LANES], n = 0;
    for (uint32_t rest = mask; rest;) {
        uint32_t value = members[__builtin_ctz(rest)], group = 0;
        for (uint32_t look = rest; look; look &= look - 1)
            if (members[__builtin_ctz(look)] == value) group |= look & -look;
        rest &= ~group;
        if (group & ~value)
            return cusim_fault(warp, inst, __builtin_ctz(group & ~value), CUDA_ERROR_LAUNCH_FAILED,
                               "lane %d executes this with the member mask 0x%08x, which does not "
                               "name it: every lane that gets here must be in the mask",
                               __builtin_ctz(group & ~value), value);
        if (value & alive(warp) & ~group) {
            value_of[n] = value;
            group_of[n++] = group;
        } else {
            ready |= group;
        }
    }
    if (ready) {
        int result = inst->run(warp, inst, ready);
        if (result != CUSIM_NEXT) return result;
    }
    for (uint32_t i = 0; i < n; i++)
        cusim_warp_wait(warp, group_of[i], CUSIM_WAIT_SYNC)->members = value_of[i];
    s->now.pc++;
    for (uint32_t i = 0; i < n; i++) sync_complete(warp, value_of[i], &source->form);
    warp->active = s->now.mask;
    return s->now.mask ? CUSIM_JUMP : CUSIM_AWAY;
}

uint64_t cusim_warp_hash(const CusimWarp *warp) {
    const struct CusimWarpState *s = warp->state;
    uint64_t hash = warp->exited;
    for (uint32_t i = 0; i < s->n_ready; i++) hash = hash_split(hash, &s->ready[i]);
    for (uint32_t i = 0; i < s->n_waiting; i++) hash = hash_split(hash, &s->waiting[i]);
    return hash;
}
