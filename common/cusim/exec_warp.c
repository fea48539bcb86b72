// SPDX-License-Identifier: MIT
/* exec_warp.c - instructions that look at other lanes of the warp: shfl, vote, match, redux.
 *
 * Those with .sync run when all lanes of the member mask are there (exec.c and warp.c see to it).
 * Several groups with masks of their own may run at once: tiles of a warp do that. Those without
 * .sync are about the lanes that run. (PTX ISA, "shfl.sync" and what follows) */
#include "exec.h"

#include <string.h>

/* aux: bits 0-2 the operand that has the member mask; 8-9 shfl's mode; 8- others' operation */
enum { MODE_UP, MODE_DOWN, MODE_BFLY, MODE_IDX };

static int shfl(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    uint32_t *d = CUSIM_AT(uint32_t, 0), out[CUSIM_LANES], from[CUSIM_LANES];
    const uint32_t *a = CUSIM_AT(const uint32_t, 2), *b = CUSIM_AT(const uint32_t, 3),
                   *c = CUSIM_AT(const uint32_t, 4);
    uint32_t mode = inst->aux >> 8 & 3, inside = 0;
    memcpy(from, a, sizeof from);
    for (int lane = 0; lane < CUSIM_LANES; lane++) {
        int bval = (int)(b[lane] & 31), cval = (int)(c[lane] & 31);
        int segment = (int)(c[lane] >> 8 & 31);
        int most = (lane & segment) | (cval & ~segment), least = lane & segment;
        int j = 0;
        bool ok = false;
        switch (mode) {
        case MODE_UP:
            j = lane - bval;
            ok = j >= most;
            break;
        case MODE_DOWN:
            j = lane + bval;
            ok = j <= most;
            break;
        case MODE_BFLY:
            j = lane ^ bval;
            ok = j <= most;
            break;
        default:
            j = least | (bval & ~segment);
            ok = j <= most;
            break;
        }
        if (!ok) j = lane;
        inside |= (uint32_t)ok << lane;
        out[lane] = from[j & 31];
    }
    CUSIM_EACH(d, out[lane]);
    if (inst->r[1]) cusim_set_pred(warp, inst, 1, mask, inside);
    return CUSIM_NEXT;
}

/* Calls what() for each set of lanes that has one member mask. */
typedef void Group(CusimWarp *warp, const CusimInst *inst, uint32_t group);

static int for_groups(CusimWarp *warp, const CusimInst *inst, uint32_t mask, Group *what) {
    if (!(inst->flags & CUSIM_FLAG_SYNC)) {
        what(warp, inst, mask);
        return CUSIM_NEXT;
    }
    uint32_t members[CUSIM_LANES];
    memcpy(members, warp->frame + inst->r[inst->aux & 7], sizeof members);
    for (uint32_t rest = mask; rest;) {
        uint32_t group = rest & members[__builtin_ctz(rest)];
        group |= rest & -rest;
        rest &= ~group;
        what(warp, inst, group);
    }
    return CUSIM_NEXT;
}

enum { VOTE_ALL, VOTE_ANY, VOTE_UNI };

static void vote_pred_group(CusimWarp *warp, const CusimInst *inst, uint32_t group) {
    uint32_t p = CUSIM_PRED_AT(1) & group, mode = inst->aux >> 8;
    bool yes = mode == VOTE_ANY ? p != 0 : p == group || (mode == VOTE_UNI && !p);
    cusim_set_pred(warp, inst, 0, group, yes ? CUSIM_ALL : 0);
}

static int vote_pred(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    return for_groups(warp, inst, mask, vote_pred_group);
}

static void ballot_group(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    uint32_t p = CUSIM_PRED_AT(1) & mask;
    uint32_t *d = CUSIM_AT(uint32_t, 0);
    CUSIM_EACH(d, p);
}

static int ballot(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    return for_groups(warp, inst, mask, ballot_group);
}

static uint64_t value_at(const CusimWarp *warp, const CusimInst *inst, int n, int lane) {
    return inst->aux >> 8 ? CUSIM_AT(const uint64_t, n)[lane] : CUSIM_AT(const uint32_t, n)[lane];
}

static void match_any_group(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    uint32_t out[CUSIM_LANES] = {0};
    for (uint32_t rest = mask; rest;) {
        uint64_t value = value_at(warp, inst, 1, __builtin_ctz(rest));
        uint32_t same = 0;
        for (uint32_t look = rest; look; look &= look - 1)
            if (value_at(warp, inst, 1, __builtin_ctz(look)) == value) same |= look & -look;
        rest &= ~same;
        for (uint32_t look = same; look; look &= look - 1) out[__builtin_ctz(look)] = same;
    }
    uint32_t *d = CUSIM_AT(uint32_t, 0);
    CUSIM_EACH(d, out[lane]);
}

static int match_any(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    return for_groups(warp, inst, mask, match_any_group);
}

static void match_all_group(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    uint64_t value = value_at(warp, inst, 2, __builtin_ctz(mask));
    bool same = true;
    CUSIM_EACH_LANE(lane) same &= value_at(warp, inst, 2, lane) == value;
    uint32_t *d = CUSIM_AT(uint32_t, 0);
    CUSIM_EACH(d, same ? mask : 0);
    if (inst->r[1]) cusim_set_pred(warp, inst, 1, mask, same ? CUSIM_ALL : 0);
}

static int match_all(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    return for_groups(warp, inst, mask, match_all_group);
}

enum {
    REDUX_ADD,
    REDUX_MIN_U,
    REDUX_MAX_U,
    REDUX_MIN_S,
    REDUX_MAX_S,
    REDUX_AND,
    REDUX_OR,
    REDUX_XOR
};

static void redux_group(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    const uint32_t *a = CUSIM_AT(const uint32_t, 1);
    uint32_t all = a[__builtin_ctz(mask)];
    for (uint32_t rest = mask & (mask - 1); rest; rest &= rest - 1) {
        uint32_t x = a[__builtin_ctz(rest)];
        switch (inst->aux >> 8) {
        case REDUX_ADD: all += x; break;
        case REDUX_MIN_U: all = x < all ? x : all; break;
        case REDUX_MAX_U: all = x > all ? x : all; break;
        case REDUX_MIN_S: all = (int32_t)x < (int32_t)all ? x : all; break;
        case REDUX_MAX_S: all = (int32_t)x > (int32_t)all ? x : all; break;
        case REDUX_AND: all &= x; break;
        case REDUX_OR: all |= x; break;
        default: all ^= x; break;
        }
    }
    uint32_t *d = CUSIM_AT(uint32_t, 0);
    CUSIM_EACH(d, all);
}

static int redux(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    return for_groups(warp, inst, mask, redux_group);
}

static int activemask(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    uint32_t *d = CUSIM_AT(uint32_t, 0);
    CUSIM_EACH(d, mask);
    return CUSIM_NEXT;
}

/* Lanes have met, which is all that it is for. Memory is in order among the lanes of a warp. */
static int bar_warp(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    (void)warp, (void)inst, (void)mask;
    return CUSIM_NEXT;
}

static uint32_t vote_mode(const CusimForm *form) {
    return cusim_has(form, CUSIM_M_all)   ? VOTE_ALL
           : cusim_has(form, CUSIM_M_any) ? VOTE_ANY
                                          : VOTE_UNI;
}

static uint32_t redux_mode(const CusimForm *form) {
    bool s = form->type[0] == CUSIM_S32;
    if (cusim_has(form, CUSIM_M_add)) return REDUX_ADD;
    if (cusim_has(form, CUSIM_M_min)) return s ? REDUX_MIN_S : REDUX_MIN_U;
    if (cusim_has(form, CUSIM_M_max)) return s ? REDUX_MAX_S : REDUX_MAX_U;
    if (cusim_has(form, CUSIM_M_and)) return REDUX_AND;
    return cusim_has(form, CUSIM_M_or) ? REDUX_OR : REDUX_XOR;
}

CUSIM_BIND(warp) {
    switch (form->op) {
    case CUSIM_OP_shfl_sync:
    case CUSIM_OP_shfl: {
        uint32_t mode = cusim_has(form, CUSIM_M_up)     ? MODE_UP
                        : cusim_has(form, CUSIM_M_down) ? MODE_DOWN
                        : cusim_has(form, CUSIM_M_bfly) ? MODE_BFLY
                                                        : MODE_IDX;
        inst->aux = mode << 8 | 5;
        return shfl;
    }
    case CUSIM_OP_vote_sync_pred:
    case CUSIM_OP_vote_pred: inst->aux = vote_mode(form) << 8 | 2; return vote_pred;
    case CUSIM_OP_vote_sync_ballot:
    case CUSIM_OP_vote_ballot: inst->aux = 2; return ballot;
    case CUSIM_OP_match_any:
        inst->aux = (cusim_type_bytes(form->type[0]) == 8 ? 1u << 8 : 0) | 2;
        return match_any;
    case CUSIM_OP_match_all:
        inst->aux = (cusim_type_bytes(form->type[0]) == 8 ? 1u << 8 : 0) | 3;
        return match_all;
    case CUSIM_OP_redux_int:
    case CUSIM_OP_redux_bits: inst->aux = redux_mode(form) << 8 | 2; return redux;
    case CUSIM_OP_activemask: return activemask;
    case CUSIM_OP_bar_warp: return bar_warp;
    default: return NULL;
    }
}
