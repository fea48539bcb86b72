// SPDX-License-Identifier: MIT
/* launch.c - a grid of blocks, shared out among threads of the host.
 *
 * Any number of threads may work on a launch; each takes the next block that nobody has begun, runs
 * it to its end, and takes another. A block that seems to wait for others is put aside: the thread
 * goes on with its other blocks, and begins new ones as long as the device could hold more. When
 * all blocks that are held do nothing but repeat themselves and none can be begun, that is a
 * deadlock. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "observer.h"
#include "warp.h"

struct CusimLaunchState {
    bool in_order;      /* one thread, blocks in their order */
    _Atomic bool taken; /* in_order: the one thread has come */
    _Atomic uint32_t resident;
    _Atomic uint32_t workers; /* threads that hold blocks */
    _Atomic uint32_t stuck;   /* of these, how many see only repetition */
    _Atomic uint64_t moved;   /* when something last changed, by cusim_now_ns() */
    _Atomic bool watch;       /* blocks shall look whether their state repeats */
    _Atomic uint64_t patience_ns;
};

struct CusimWorkerState {
    CusimBlock *spare; /* blocks that can be used again, the last kernel's first */
    uint32_t n_spare;
    uint64_t clock;
};

uint64_t cusim_clock(CusimWorker *worker) {
#if defined(__x86_64__)
    uint64_t now = __builtin_ia32_rdtsc();
#else
    uint64_t now = cusim_now_ns();
#endif
    struct CusimWorkerState *state = worker->state;
    state->clock = now > state->clock ? now : state->clock + 1;
    return state->clock;
}

/* Written by cuInit, then only read: a program may change its environment while kernels run. */
static bool in_order;
static uint32_t n_sms = 1;
static long deadlock_seconds, timeout_seconds;

void cusim_launch_start(bool one_after_the_other, uint32_t sms) {
    in_order = one_after_the_other;
    n_sms = sms;
    deadlock_seconds = cusim_env_long("CUSIM_DEADLOCK_SECONDS", -1, 0, 86400);
    timeout_seconds = cusim_env_long("CUSIM_TIMEOUT", 0, 0, 86400);
}

uint32_t cusim_n_sms(void) { return n_sms; }

/* ---- Workers ---- */

CusimWorker *cusim_worker_new(int index) {
    CusimWorker *worker = calloc(1, sizeof *worker);
    if (!worker) return NULL;
    worker->index = index;
    worker->epoch = ~(uint64_t)0; /* no window is valid yet */
    worker->state = calloc(1, sizeof *worker->state);
    if (worker->state) return worker;
    free(worker);
    return NULL;
}

static CusimBlock **next_of(CusimBlock *block) { return &block->state->next; }

void cusim_worker_free(CusimWorker *worker) {
    if (!worker) return;
    while (worker->state->spare) {
        CusimBlock *block = worker->state->spare;
        worker->state->spare = *next_of(block);
        cusim_block_free(block);
    }
    free(worker->state);
    free(worker);
}

enum { MOST_SPARE = 4 };

static CusimBlock *take_block(CusimWorker *worker, CusimLaunch *launch) {
    struct CusimWorkerState *state = worker->state;
    for (CusimBlock **at = &state->spare; *at; at = next_of(*at)) {
        CusimBlock *block = *at;
        if (!cusim_block_fits(block, launch)) continue;
        *at = *next_of(block);
        state->n_spare--;
        return block;
    }
    return cusim_block_new(worker, launch);
}

static void give_block(CusimWorker *worker, CusimBlock *block) {
    struct CusimWorkerState *state = worker->state;
    *next_of(block) = state->spare;
    state->spare = block;
    if (++state->n_spare <= MOST_SPARE) return;
    CusimBlock **last = &state->spare;
    while (*next_of(*last)) last = next_of(*last);
    cusim_block_free(*last);
    *last = NULL;
    state->n_spare--;
}

/* ---- A launch begins and ends ---- */

CUresult cusim_launch_begin(CusimLaunch *launch) {
    static _Atomic uint64_t ids;
    launch->id = atomic_fetch_add(&ids, 1) + 1;
    launch->n_blocks = (uint64_t)launch->grid[0] * launch->grid[1] * launch->grid[2];
    if (!launch->max_resident) launch->max_resident = 1;
    atomic_store(&launch->next, 0);
    atomic_store(&launch->finished, 0);
    atomic_store(&launch->stop, false);
    atomic_store(&launch->failure_set, 0);
    launch->failure.code = CUDA_SUCCESS;
    launch->failure.text[0] = 0;
    launch->ends_at_ns =
        timeout_seconds ? cusim_now_ns() + (uint64_t)timeout_seconds * 1000000000u : 0;
    launch->state = calloc(1, sizeof *launch->state);
    if (!launch->state) return CUDA_ERROR_OUT_OF_MEMORY;
    launch->state->in_order = in_order;
    if (launch->cooperative && !launch->workspace) {
        enum { WORKSPACE_BYTES = 64 };
        CUresult result =
            cusim_memory_alloc(CUSIM_MEM_INTERNAL, WORKSPACE_BYTES, 256, launch->device,
                               launch->context, "the grid's barrier", NULL, &launch->workspace);
        if (result != CUDA_SUCCESS) {
            free(launch->state);
            launch->state = NULL;
            return result;
        }
        memset(cusim_memory_host(launch->workspace, WORKSPACE_BYTES), 0, WORKSPACE_BYTES);
    }
    for (CusimObserver *o = cusim_observers; o; o = o->next)
        if (o->launch_begin) o->launch_begin(o, launch);
    return CUDA_SUCCESS;
}

void cusim_launch_end(CusimLaunch *launch) {
    for (CusimObserver *o = cusim_observers; o; o = o->next)
        if (o->launch_end) o->launch_end(o, launch);
    if (launch->failure.code != CUDA_SUCCESS && launch->failure.text[0])
        cusim_report("%s", launch->failure.text);
    if (launch->workspace) (void)cusim_memory_release(launch->workspace, CUSIM_MEM_INTERNAL);
    launch->workspace = 0;
    free(launch->state);
    launch->state = NULL;
}

/* ---- Deadlock by waiting for memory to change ---- */

/* Host code may change memory that it can see, so it is given more time. */
static uint64_t patience_ns(void) {
    if (deadlock_seconds >= 0) return (uint64_t)deadlock_seconds * 1000000000u;
    uint64_t seconds = 2;
    CusimAllocation a = {0};
    for (uint64_t at = 0; cusim_memory_next(at, &a); at = a.base)
        if (a.kind == CUSIM_MEM_PINNED || a.kind == CUSIM_MEM_REGISTERED ||
            a.kind == CUSIM_MEM_MANAGED)
            seconds = 10;
    return seconds * 1000000000u;
}

/* Called when all of this thread's blocks have given way and no new one can be begun. */
static void look_for_deadlock(CusimLaunch *launch, CusimBlock *blocks, bool *was_stuck) {
    enum { WATCH_AFTER_NS = 50000000 };
    struct CusimLaunchState *state = launch->state;
    bool stuck = true;
    for (CusimBlock *b = blocks; b; b = *next_of(b)) stuck &= cusim_block_stuck(b);
    uint64_t now = cusim_now_ns();
    if (stuck != *was_stuck) {
        *was_stuck = stuck;
        if (stuck) atomic_fetch_add(&state->stuck, 1);
        else atomic_fetch_sub(&state->stuck, 1);
        atomic_store(&state->moved, now);
    } else if (!stuck && atomic_load_explicit(&state->watch, memory_order_relaxed)) {
        atomic_store(&state->moved, now);
    }
    uint64_t moved = atomic_load(&state->moved);
    uint64_t still = now > moved ? now - moved : 0;
    if (!atomic_load_explicit(&state->watch, memory_order_relaxed)) {
        if (!moved) atomic_store(&state->moved, now);
        if (!moved || still <= WATCH_AFTER_NS) return;
        atomic_store(&state->patience_ns, patience_ns());
        atomic_store(&state->watch, true);
        return;
    }
    if (!stuck || atomic_load(&state->stuck) != atomic_load(&state->workers)) return;
    if (still >= atomic_load(&state->patience_ns)) cusim_block_standstill(blocks, CUSIM_ALL_SPIN);
}

/* ---- Work ---- */

/* Exact results need the default rounding and no flushing to zero; whatever the caller's thread has
 * set is put back. */
typedef struct {
#if defined(__x86_64__)
    unsigned control;
#elif defined(__aarch64__)
    uint64_t control;
#else
    int none;
#endif
} FloatControl;

static FloatControl enter_float(void) {
    FloatControl old;
#if defined(__x86_64__)
    enum { DEFAULT_MXCSR = 0x1f80 };
    old.control = _mm_getcsr();
    _mm_setcsr(DEFAULT_MXCSR);
#elif defined(__aarch64__)
    uint64_t zero = 0;
    __asm__ volatile("mrs %0, fpcr" : "=r"(old.control));
    __asm__ volatile("msr fpcr, %0" : : "r"(zero));
#else
    old.none = 0;
#endif
    return old;
}

static void leave_float(FloatControl old) {
#if defined(__x86_64__)
    _mm_setcsr(old.control);
#elif defined(__aarch64__)
    __asm__ volatile("msr fpcr, %0" : : "r"(old.control));
#else
    (void)old;
#endif
}

/* Numbers of blocks that a thread has taken and not begun yet: neighbours, since they mostly touch
 * memory that lies together. */
typedef struct {
    uint64_t next, end;
    uint64_t step; /* how many are taken at once */
} Share;

/* The number of the next block; n_blocks if there is none. */
static uint64_t next_number(CusimLaunch *launch, Share *share) {
    if (share->next == share->end) {
        uint64_t from = atomic_fetch_add(&launch->next, share->step);
        if (from >= launch->n_blocks) return launch->n_blocks;
        uint64_t left = launch->n_blocks - from;
        share->next = from;
        share->end = from + (left < share->step ? left : share->step);
    }
    return share->next++;
}

static void out_of_memory(CusimLaunch *launch) {
    int unset = 0;
    if (atomic_compare_exchange_strong(&launch->failure_set, &unset, 1)) {
        launch->failure.code = CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES;
        (void)snprintf(launch->failure.text, sizeof launch->failure.text,
                       "kernel %s failed: out of memory for a block's registers",
                       launch->code->function->name);
    }
    atomic_store(&launch->stop, true);
}

/* Begins the next block, if there is one and the device could hold it. A thread without a block may
 * always begin its first. */
static CusimBlock *begin_block(CusimLaunch *launch, CusimWorker *worker, bool first, Share *share,
                               uint64_t *ended) {
    struct CusimLaunchState *state = launch->state;
    if (share->next == share->end &&
        atomic_load_explicit(&launch->next, memory_order_relaxed) >= launch->n_blocks)
        return NULL;
    uint32_t resident = atomic_fetch_add(&state->resident, 1);
    if (first || launch->cooperative || resident < launch->max_resident) {
        uint64_t number = next_number(launch, share);
        CusimBlock *block = number < launch->n_blocks ? take_block(worker, launch) : NULL;
        if (block) {
            cusim_block_begin(block, launch, number);
            return block;
        }
        if (number < launch->n_blocks) {
            out_of_memory(launch);
            ++*ended;
        }
    }
    atomic_fetch_sub(&state->resident, 1);
    return NULL;
}

/* Blocks that nobody has begun will not be: they count as finished. */
static uint64_t cancel_rest(CusimLaunch *launch) {
    uint64_t next = atomic_exchange(&launch->next, launch->n_blocks);
    return next < launch->n_blocks ? launch->n_blocks - next : 0;
}

/* A ring of the blocks that this thread holds, run one after the other; returns how many ended. */
static uint64_t run_many(CusimLaunch *launch, CusimWorker *worker, CusimBlock *blocks,
                         Share *share) {
    struct CusimLaunchState *state = launch->state;
    uint64_t ended = 0;
    bool stuck = false;
    CusimBlock **tail = next_of(blocks);
    *tail = NULL;
    while (blocks) {
        bool moved = false;
        if (!atomic_load_explicit(&launch->stop, memory_order_relaxed)) {
            CusimBlock *more = begin_block(launch, worker, false, share, &ended);
            if (more) {
                *next_of(more) = NULL;
                CusimBlock **at = &blocks;
                while (*at) at = next_of(*at);
                *at = more;
                moved = true;
            }
        }
        bool watch = atomic_load_explicit(&state->watch, memory_order_relaxed);
        for (CusimBlock **at = &blocks; *at;) {
            CusimBlock *block = *at;
            block->state->watch = watch;
            if (cusim_block_run(block) == CUSIM_YIELDS) {
                at = next_of(block);
                continue;
            }
            *at = *next_of(block);
            give_block(worker, block);
            atomic_fetch_sub(&state->resident, 1);
            ended++;
            moved = true;
        }
        if (moved) {
            if (watch || stuck) atomic_store(&state->moved, cusim_now_ns());
            if (stuck) atomic_fetch_sub(&state->stuck, 1);
            stuck = false;
        } else {
            look_for_deadlock(launch, blocks, &stuck);
        }
    }
    return ended;
}

bool cusim_launch_work(CusimLaunch *launch, CusimWorker *worker) {
    struct CusimLaunchState *state = launch->state;
    if (state->in_order && atomic_exchange(&state->taken, true)) return false;
    FloatControl control = enter_float();
    uint64_t ended = 0;
    CusimBlock *block = NULL; /* kept for the next number: the usual case costs nothing */
    bool counted = false;
    enum { MOST_AT_ONCE = 16, PARTS = 256 }; /* small enough that threads finish together */
    uint64_t step = launch->cooperative ? 1 : launch->n_blocks / PARTS;
    Share share = {.step = step < 1 ? 1 : step > MOST_AT_ONCE ? MOST_AT_ONCE : step};
    while (!atomic_load_explicit(&launch->stop, memory_order_relaxed)) {
        if (!block) {
            if (!counted) atomic_fetch_add(&state->workers, 1);
            counted = true;
            if (!(block = begin_block(launch, worker, true, &share, &ended))) break;
        } else {
            uint64_t number = next_number(launch, &share);
            if (number == launch->n_blocks) break;
            cusim_block_begin(block, launch, number);
        }
        block->state->watch = false;
        if (cusim_block_run(block) == CUSIM_YIELDS) {
            ended += run_many(launch, worker, block, &share);
            block = NULL;
            continue;
        }
        ended++;
    }
    if (block) {
        give_block(worker, block);
        atomic_fetch_sub(&state->resident, 1);
    }
    if (counted) atomic_fetch_sub(&state->workers, 1);
    if (atomic_load(&launch->stop)) ended += cancel_rest(launch) + (share.end - share.next);
    leave_float(control);
    if (!ended) return false;
    uint64_t before = atomic_fetch_add(&launch->finished, ended);
    return before + ended == launch->n_blocks;
}
