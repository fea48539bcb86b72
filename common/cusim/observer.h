// SPDX-License-Identifier: MIT
/* observer.h - those who watch a kernel run: statistics, the memory check, tests.
 *
 * The interpreter knows nothing of what they do. It is compiled twice: one build calls no observer
 * at all, the other calls every member that is not NULL. The second one is used for a launch if
 * there is any observer when it begins. Calls come from the threads that run blocks, several at
 * once: an observer keeps what it counts by worker or uses atomics. */
#ifndef CUSIM_OBSERVER_H
#define CUSIM_OBSERVER_H

#include "exec.h"

typedef enum { CUSIM_READ, CUSIM_WRITE, CUSIM_ATOMIC } CusimAccessKind;

typedef struct {
    CusimSpace space; /* of the instruction; GENERIC: look at each address */
    CusimAccessKind kind;
    unsigned bytes;                /* of the whole access of one lane: element bytes times vector */
    uint64_t address[CUSIM_LANES]; /* in that space; valid in the lanes of the mask */
} CusimAccess;

typedef struct CusimObserver CusimObserver;
struct CusimObserver {
    const char *name;
    void (*launch_begin)(CusimObserver *self, CusimLaunch *launch);
    void (*launch_end)(CusimObserver *self, CusimLaunch *launch);
    void (*block_begin)(CusimObserver *self, CusimBlock *block);
    void (*block_end)(CusimObserver *self, CusimBlock *block);
    /* Before each instruction; mask is never 0, guards applied. */
    void (*instruction)(CusimObserver *self, CusimWarp *warp, const CusimInst *inst, uint32_t mask);
    /* Before a memory instruction; returning CUSIM_STOP (from cusim_fault) ends the launch. */
    int (*access)(CusimObserver *self, CusimWarp *warp, const CusimInst *inst, uint32_t mask,
                  const CusimAccess *access);
    /* A branch; divergent if both masks are not 0. */
    void (*branch)(CusimObserver *self, CusimWarp *warp, const CusimInst *inst, uint32_t taken,
                   uint32_t not_taken);
    /* Lanes arrive at a block's barrier; and all of its lanes have arrived. */
    void (*barrier_arrive)(CusimObserver *self, CusimWarp *warp, const CusimInst *inst,
                           uint32_t mask, unsigned barrier);
    void (*barrier_done)(CusimObserver *self, CusimBlock *block, unsigned barrier);
    /* Memory comes and goes (memory.c). */
    void (*allocated)(CusimObserver *self, const CusimAllocation *allocation);
    void (*released)(CusimObserver *self, const CusimAllocation *allocation);
    CusimObserver *next;
};

extern CusimObserver *cusim_observers; /* list; set up once, before the first launch */
void cusim_observer_add(CusimObserver *observer);
/* Reads CUSIM_STATS and CUSIM_CHECK and adds what they ask for; called by cuInit. */
CUresult cusim_observers_start(void);

CusimObserver *cusim_stats(bool json);   /* stats.c; NULL: no memory */
CusimObserver *cusim_check_memory(void); /* check.c; the one there is */

/* The space that a lane's access goes to, GENERIC resolved, and the address in that space. */
CusimSpace cusim_access_space(const CusimAccess *access, int lane, uint64_t *address);
#endif
