// SPDX-License-Identifier: MIT
/* warp.h - the inside of a warp and a block: splits, joins, frames, barriers.
 *
 * A warp's lanes that are at the same place are a split: a place in the code and a mask. Where a
 * branch parts them, two splits go on, one after the other, and a node remembers where they shall
 * meet (the immediate post-dominator of the branch) and which lanes are still to come. A call is a
 * node, too: its lanes meet after the call when they return. Nodes form a tree by their parents.
 *
 * Meeting again is for speed only. A lane never waits for ever at a join: when those it waits for
 * seem to wait for it, it is released and goes on by itself (warp.c). */
#ifndef CUSIM_WARP_H
#define CUSIM_WARP_H

#include "exec.h"

/* Registers and constants of one running function. */
typedef struct CusimFrame CusimFrame;
struct CusimFrame {
    uint8_t *data; /* 64-byte aligned */
    const CusimCode *code;
    uint32_t local_base; /* of the function in each lane's local memory */
    uint32_t local_end;  /* where that of a function called from here begins */
    CusimFrame *next;    /* in the block's list of spare frames */
};

typedef struct CusimNode CusimNode;
struct CusimNode {
    uint32_t pc;       /* where the lanes meet */
    uint32_t expected; /* lanes that are to come or have come, less those that ended */
    uint32_t arrived;
    const CusimCallSite *site; /* a call; NULL: a branch */
    CusimFrame *frame;         /* in which lanes go on after the meeting */
    CusimFrame *callee;        /* a call: spare when all have returned */
    CusimNode *parent;
};

enum { CUSIM_WAIT_NONE, CUSIM_WAIT_SYNC, CUSIM_WAIT_BARRIER };

typedef struct {
    uint32_t pc, mask;
    CusimNode *node; /* the innermost that waits for these lanes; NULL: none */
    CusimFrame *frame;
    uint16_t tired; /* how often the budget was used up since the split last met others */
    uint8_t wait;   /* CUSIM_WAIT_ */
    uint8_t barrier;
    uint32_t members; /* WAIT_SYNC: the member mask */
    uint64_t seen;    /* hash of its registers when it last used up its turn */
} CusimSplit;

/* One split runs; the others are ready (the last is next) or wait. At most 32 in all, since each
 * has a lane. */
struct CusimWarpState {
    CusimSplit now; /* its mask is warp->active while it runs, and 0 if none runs */
    int32_t budget; /* backward branches before others get their turn */
    uint32_t n_ready, n_waiting;
    uint32_t yields; /* budgets used up since a split last ended, met others or was released */
    bool ended;      /* a lane has ended: a .sync may be complete now */
    bool waited;     /* an instruction of CUSIM_FLAG_WAIT ran in this turn */
    bool polled;     /* the same, or a repetition, since the warp last gave way */
    int32_t turn;    /* the budget of those that compute */
    bool done;       /* all lanes have ended */
    CusimSplit ready[CUSIM_LANES], waiting[CUSIM_LANES];
    CusimFrame entry; /* the kernel's own frame */
    /* Does the state repeat? Brent: compare with a state kept, keep a newer one at 1, 2, 4, ... */
    uint64_t kept_hash;
    uint32_t kept_steps, kept_power;
    bool repeats;
};

/* What a handler of control tells the run loop besides CUSIM_NEXT and CUSIM_STOP. */
enum {
    CUSIM_JUMP = 2, /* go on with state->now, which has changed */
    CUSIM_AWAY      /* no split runs: pick another */
};

enum { CUSIM_BARRIERS = 16, CUSIM_MAX_WARPS = 32 };

typedef struct {
    uint32_t expected;              /* threads, a multiple of 32; 0: nobody has arrived */
    bool all;                       /* all of the block */
    uint32_t arrived;               /* 32 for each warp of which all lanes have arrived */
    uint32_t part[CUSIM_MAX_WARPS]; /* lanes of warps of which others are missing */
    uint32_t waiting;               /* lanes */
    uint32_t popc, n;               /* bar.red: lanes with a true predicate, all lanes */
} CusimBarrier;

struct CusimBlockState {
    const CusimBackend *backend;
    const CusimCode *code;
    uint64_t code_id;
    uint32_t block_dim[3], dynamic;
    bool observed;
    uint32_t live_warps; /* with lanes that have not ended */
    uint32_t barriers_used;
    uint32_t passes; /* of all warps, since other blocks had their turn */
    bool watch;      /* launch.c: does the state repeat? */
    bool watched;    /* the warps' kept_hash is set */
    CusimBarrier barrier[CUSIM_BARRIERS];
    CusimNode *spare_node;
    CusimFrame *spare_frame;
    uint32_t local_limit;
    void *memory;       /* of warps, states, entry frames and shared memory */
    void *local_memory; /* of all warps */
    char *text;         /* what printf wrote */
    size_t text_bytes, text_room;
    CusimBlock *next; /* launch.c: resident blocks, spare blocks */
};

/* ---- warp.c: splits and joins ---- */
/* A new split becomes the running one; frame, mask and local_base of the warp follow. */
void cusim_warp_enter(CusimWarp *warp);
/* Makes the next ready split the running one. RAN_TO_END: no lane is left; WAITS; YIELDS here means
 * that there is one. */
CusimState cusim_warp_pick(CusimWarp *warp);
/* The running split is at state->now.pc, where its node's lanes meet. JUMP or AWAY. */
int cusim_warp_arrive(CusimWarp *warp);
/* A branch that parts the lanes: taken go to target, the rest of the running split to next. */
void cusim_warp_diverge(CusimWarp *warp, uint32_t taken, uint32_t target, uint32_t next,
                        uint32_t join);
/* Puts lanes off as a ready split of their own; the running split loses them. */
void cusim_warp_part(CusimWarp *warp, uint32_t mask, uint32_t pc);
/* The same, waiting. */
CusimSplit *cusim_warp_wait(CusimWarp *warp, uint32_t mask, unsigned wait);
int cusim_warp_call(CusimWarp *warp, const CusimInst *inst, uint32_t mask, const CusimCode *callee);
int cusim_warp_return(CusimWarp *warp, uint32_t mask);
int cusim_warp_exit(CusimWarp *warp, uint32_t mask);
/* .sync: mask is not all of the members that it needs: wait for the others, or run it with those
 * who waited. */
int cusim_warp_sync(CusimWarp *warp, const CusimInst *inst, uint32_t mask);
/* The budget is used up. JUMP: go on with another split; AWAY and *yield: let other warps run. */
int cusim_warp_tired(CusimWarp *warp, bool *yield);
/* Makes ready the waiting split i; merges it with one that is at the same place. */
void cusim_warp_wake(CusimWarp *warp, uint32_t i);
/* Gives back the frames and nodes of a warp that will not run any more. */
void cusim_warp_drop(CusimWarp *warp);
uint64_t cusim_warp_hash(const CusimWarp *warp);

enum { CUSIM_BUDGET = 1 << 16, CUSIM_FIRST_BUDGET = 4096, CUSIM_WAIT_COST = 1024 };

/* ---- block.c: one block of a launch, on one thread ---- */
CusimBlock *cusim_block_new(CusimWorker *worker, CusimLaunch *launch);     /* NULL: no memory */
bool cusim_block_fits(const CusimBlock *block, const CusimLaunch *launch); /* may be used again */
void cusim_block_free(CusimBlock *block);
void cusim_block_begin(CusimBlock *block, CusimLaunch *launch, uint64_t number);
CusimState cusim_block_run(CusimBlock *block);   /* RAN_TO_END, YIELDS or FAILED; never WAITS */
bool cusim_block_stuck(const CusimBlock *block); /* the state of all that runs repeats */
/* Ends the launch, with a report of who is where. */
typedef enum { CUSIM_ALL_WAIT, CUSIM_ALL_SPIN, CUSIM_TOO_LATE } CusimStandstill;
void cusim_block_standstill(CusimBlock *block, CusimStandstill kind);
void cusim_block_text(CusimBlock *block, const char *text, size_t n); /* printf's output */
void cusim_block_flush(CusimBlock *block);
CusimFrame *cusim_frame_new(CusimWarp *warp, const CusimCode *code, uint32_t local_base);
void cusim_frame_free(CusimBlock *block, CusimFrame *frame);
void cusim_frame_init(const CusimCode *code, uint8_t *data, uint32_t local_base, uint32_t dynamic,
                      bool all);

/* ---- barrier.c ---- */
int cusim_barrier(CusimWarp *warp, const CusimInst *inst, uint32_t mask);
void cusim_barrier_ended(CusimWarp *warp); /* lanes of the warp have ended */

/* ---- calls.c: functions that the device provides ---- */
CusimBuiltin cusim_builtin(const char *name);
int cusim_builtin_call(CusimWarp *warp, const CusimInst *inst, uint32_t mask,
                       const CusimCallSite *site, CusimBuiltin builtin);

/* ---- decode.c, cfg.c, backend.c ---- */
extern CusimOp
    cusim_broken; /* CUSIM_FAULT=op:NAME: the row that shall be wrong, for tests of tests */
uint64_t cusim_clock(CusimWorker *worker); /* grows with each call */
uint64_t cusim_now_ns(void);
uint32_t cusim_n_sms(void); /* %nsmid */
#endif
