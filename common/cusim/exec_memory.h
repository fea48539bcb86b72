// SPDX-License-Identifier: MIT
/* exec_memory.h - how a lane's address becomes a place in host memory: loads, stores, atomics.
 *
 * An access looks at the memory of its space through a view: bytes that begin at origin in the
 * host's memory and at base in the space. For global memory that is the allocation in which the
 * same instruction found its address the last time (the worker's window), for the other spaces all
 * there is. An access that does not fit into the view goes lane by lane through cusim_place(),
 * which knows everything, and if that finds nothing, either, the address is wrong. */
#ifndef CUSIM_EXEC_MEMORY_H
#define CUSIM_EXEC_MEMORY_H

#include "exec.h"

/* inst->aux of memory and atomic instructions. */
enum {
    CUSIM_AUX_SPACE = 7, /* mask: CusimSpace */
    CUSIM_AUX_SIGNED = 8,
    CUSIM_AUX_ACQUIRE = 16,
    CUSIM_AUX_RELEASE = 32
};

/* What kernels do to memory may race with what other threads do: that is the kernel's affair, and a
 * race detector that watches cusim shall not report it. */
#define CUSIM_GUEST __attribute__((no_sanitize("thread")))
#define CUSIM_GUEST_INLINE static inline __attribute__((always_inline, no_sanitize("thread")))

/* cusim_place - the host's address of one lane's access, or NULL: no such memory, misaligned, or
 * written though read-only. space is the instruction's. Sets the instruction's window.
 * memory_place.c */
void *cusim_place(CusimWarp *warp, const CusimInst *inst, int lane, CusimSpace space,
                  uint64_t address, unsigned bytes, bool write);

typedef struct {
    uint8_t *origin;
    uint64_t base;
    int64_t bytes;
    uint64_t stride; /* local memory: from one lane's to the next lane's; else 0 */
} CusimView;

static __attribute__((noinline, cold, unused)) void cusim_forget_windows(CusimWorker *worker,
                                                                         uint64_t epoch) {
    for (int i = 0; i < 64; i++) worker->window[i].bytes = 0;
    worker->epoch = epoch;
}

/* The window of an instruction; empty if memory was allocated or freed since. */
static inline CusimWindow *cusim_window(CusimWarp *warp, const CusimInst *inst) {
    CusimWorker *worker = warp->worker;
    uint64_t epoch = atomic_load_explicit(&cusim_memory_epoch, memory_order_acquire);
    if (__builtin_expect(worker->epoch != epoch, 0)) cusim_forget_windows(worker, epoch);
    return &worker->window[inst->index % 64];
}

/* Remember a window that was found after cusim_window() was of no use. The epoch stays that of
 * before the search: if memory has been freed since, the window is forgotten with the others. */
static inline void cusim_keep_window(CusimWarp *warp, const CusimInst *inst,
                                     const CusimWindow *window) {
    warp->worker->window[inst->index % 64] = *window;
}

static inline CusimView cusim_view_window(const CusimWindow *w, bool write) {
    return (CusimView){.origin = (uint8_t *)(uintptr_t)(w->base + (uint64_t)w->shift),
                       .base = w->base,
                       .bytes = write && w->read_only ? 0 : (int64_t)w->bytes};
}

static inline CusimView cusim_view_global(CusimWarp *warp, const CusimInst *inst, bool write) {
    return cusim_view_window(cusim_window(warp, inst), write);
}

static inline CusimView cusim_view_shared(const CusimWarp *warp, uint64_t base) {
    return (CusimView){
        .origin = warp->block->shared, .base = base, .bytes = (int64_t)warp->block->shared_bytes};
}

/* address: of any lane that takes part; tells the space if that is GENERIC. */
static inline CusimView cusim_view(CusimWarp *warp, const CusimInst *inst, CusimSpace space,
                                   uint64_t address, bool write) {
    uint64_t window = space == CUSIM_SPACE_GENERIC  ? address & CUSIM_WINDOW_MASK
                      : space == CUSIM_SPACE_SHARED ? CUSIM_SHARED_WINDOW
                      : space == CUSIM_SPACE_LOCAL  ? CUSIM_LOCAL_WINDOW
                      : space == CUSIM_SPACE_PARAM  ? CUSIM_PARAM_WINDOW
                                                    : 0;
    uint64_t base = space == CUSIM_SPACE_GENERIC ? window : 0;
    const CusimBlock *block = warp->block;
    switch (window) {
    case CUSIM_SHARED_WINDOW: return cusim_view_shared(warp, base);
    case CUSIM_LOCAL_WINDOW:
        return (CusimView){.origin = warp->local,
                           .base = base,
                           .bytes = (int64_t)block->local_bytes,
                           .stride = block->local_bytes};
    case CUSIM_PARAM_WINDOW:
        return (CusimView){.origin = block->launch->params,
                           .base = base,
                           .bytes = write ? 0 : (int64_t)block->launch->code->param_bytes};
    case 0: return cusim_view_global(warp, inst, write);
    default: return (CusimView){.origin = warp->local, .bytes = 0}; /* no such space */
    }
}

/* The address of a lane, from a register of 4 or 8 bytes. Shared addresses of 32 bits wrap
 * around. */
static inline uint64_t cusim_address(const CusimWarp *warp, const CusimInst *inst, int operand,
                                     int lane, CusimSpace space) {
    const uint8_t *registers = warp->frame + inst->r[operand];
    uint64_t imm = (uint64_t)inst->imm;
    if (inst->address_bytes == 8) return ((const uint64_t *)(const void *)registers)[lane] + imm;
    uint32_t narrow = ((const uint32_t *)(const void *)registers)[lane];
    return space == CUSIM_SPACE_SHARED ? (uint32_t)(narrow + (uint32_t)imm) : narrow + imm;
}
#endif
