// SPDX-License-Identifier: MIT
/* block.c - one block of a launch: its warps, their frames, shared and local memory.
 *
 * A block is run by one thread of the host, one warp after the other: each goes on until it ends,
 * waits at a barrier or seems to wait for others. All that a block needs is allocated once and used
 * again for the blocks that follow, of this launch and of later ones of the same kernel. What a
 * lane did wrong is told here, too: the first fault of a launch is recorded, and ends it. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "observer.h"
#include "warp.h"

static size_t round_up(size_t n, size_t align) { return (n + align - 1) / align * align; }

/* ---- Frames ---- */

/* Writes a function's constants: those that depend on where its local memory lies, or all. */
void cusim_frame_init(const CusimCode *code, uint8_t *data, uint32_t local_base, uint32_t dynamic,
                      bool all) {
    for (uint32_t i = 0; i < code->n_constants; i++) {
        const CusimConstant *c = &code->constant[i];
        if (!all && c->base != CUSIM_BASE_LOCAL) continue;
        uint64_t value = c->value + (c->base == CUSIM_BASE_LOCAL     ? local_base
                                     : c->base == CUSIM_BASE_DYNAMIC ? dynamic
                                                                     : 0);
        uint8_t *at = data + c->offset;
        if (c->bytes == 0) memcpy(at, &value, 4);
        for (uint32_t lane = 0; c->bytes && lane < CUSIM_LANES; lane++)
            memcpy(at + (size_t)lane * c->bytes, &value, c->bytes); /* little-endian */
    }
}

/* More local memory for each lane of the block: what is there keeps its offsets. */
static bool grow_local(CusimBlock *block, uint32_t bytes) {
    struct CusimBlockState *state = block->state;
    if (bytes <= block->local_bytes) return true;
    if (bytes > state->local_limit) return false;
    uint32_t room = block->local_bytes * 2 > bytes ? block->local_bytes * 2 : bytes;
    if (room > state->local_limit) room = state->local_limit;
    room = (uint32_t)round_up(room, 64);
    uint8_t *memory = NULL;
    size_t lanes = (size_t)block->n_warps * CUSIM_LANES;
    if (posix_memalign((void **)&memory, 64, lanes * room)) return false;
    for (size_t i = 0; i < lanes; i++) {
        if (block->local_bytes)
            memcpy(memory + i * room, (uint8_t *)state->local_memory + i * block->local_bytes,
                   block->local_bytes);
        memset(memory + i * room + block->local_bytes, 0, room - block->local_bytes);
    }
    free(state->local_memory);
    state->local_memory = memory;
    block->local_bytes = room;
    for (uint32_t w = 0; w < block->n_warps; w++)
        block->warp[w].local = memory + (size_t)w * CUSIM_LANES * room;
    return true;
}

/* A call takes at least so much of the stack, as return addresses and saved registers do on a GPU;
 * it bounds a recursion without local variables. */
enum { CALL_BYTES = 64 };

CusimFrame *cusim_frame_new(CusimWarp *warp, const CusimCode *code, uint32_t local_base) {
    CusimBlock *block = warp->block;
    struct CusimBlockState *state = block->state;
    uint32_t end = local_base + code->local_bytes + CALL_BYTES;
    if (end > state->local_limit || !grow_local(block, end)) return NULL;
    uint32_t dynamic = state->code->shared_bytes;
    CusimFrame **at = &state->spare_frame;
    while (*at && (*at)->code != code) at = &(*at)->next;
    CusimFrame *frame = *at;
    if (frame) {
        *at = frame->next;
        if (frame->local_base != local_base)
            cusim_frame_init(code, frame->data, local_base, dynamic, false);
    } else {
        size_t head = round_up(sizeof *frame, 64);
        uint8_t *memory = NULL;
        if (posix_memalign((void **)&memory, 64, head + code->frame_bytes)) return NULL;
        memset(memory, 0, head + code->frame_bytes);
        frame = (CusimFrame *)(void *)memory;
        frame->data = memory + head;
        frame->code = code;
        cusim_frame_init(code, frame->data, local_base, dynamic, true);
    }
    frame->local_base = local_base;
    frame->local_end = end;
    return frame;
}

void cusim_frame_free(CusimBlock *block, CusimFrame *frame) {
    frame->next = block->state->spare_frame;
    block->state->spare_frame = frame;
}

/* ---- A block's life ---- */

bool cusim_block_fits(const CusimBlock *block, const CusimLaunch *launch) {
    const struct CusimBlockState *s = block->state;
    return s->code_id == launch->code->id && s->dynamic == launch->dynamic_shared_bytes &&
           memcmp(s->block_dim, launch->block, sizeof s->block_dim) == 0 &&
           s->observed == (cusim_observers != NULL);
}

static void set_lanes(CusimWarp *warp, const uint32_t *dim) {
    uint32_t n = dim[0] * dim[1] * dim[2];
    for (uint32_t lane = 0; lane < CUSIM_LANES; lane++) {
        uint32_t thread = warp->index * CUSIM_LANES + lane;
        if (thread >= n) break;
        warp->exists |= 1u << lane;
        warp->tid[0][lane] = thread % dim[0];
        warp->tid[1][lane] = thread / dim[0] % dim[1];
        warp->tid[2][lane] = thread / dim[0] / dim[1];
    }
}

CusimBlock *cusim_block_new(CusimWorker *worker, CusimLaunch *launch) {
    const CusimCode *code = launch->code;
    uint32_t threads = launch->block[0] * launch->block[1] * launch->block[2];
    uint32_t n_warps = (threads + CUSIM_LANES - 1) / CUSIM_LANES;
    if (n_warps < 1 || n_warps > CUSIM_MAX_WARPS) return NULL;
    CusimBlock *block = calloc(1, sizeof *block);
    struct CusimBlockState *state = calloc(1, sizeof *state);
    /* Frames a multiple of a page apart would fall on the same lines of the cache. */
    size_t frame = code->frame_bytes % 4096 ? code->frame_bytes : code->frame_bytes + 64u;
    size_t warps = round_up(n_warps * sizeof(CusimWarp), 64);
    size_t states = round_up(n_warps * sizeof(struct CusimWarpState), 64);
    size_t shared = round_up((size_t)code->shared_bytes + launch->dynamic_shared_bytes, 64) + 64;
    size_t all = warps + states + n_warps * frame + shared;
    uint8_t *memory = NULL;
    if (!block || !state || posix_memalign((void **)&memory, 64, all)) {
        free(block);
        free(state);
        return NULL;
    }
    memset(memory, 0, all);
    block->state = state;
    block->worker = worker;
    block->n_warps = n_warps;
    block->warp = (CusimWarp *)(void *)memory;
    block->shared = memory + all - shared;
    block->shared_bytes = code->shared_bytes + launch->dynamic_shared_bytes;
    state->memory = memory;
    state->backend = cusim_backend();
    state->code = code;
    state->code_id = code->id;
    state->dynamic = launch->dynamic_shared_bytes;
    state->observed = cusim_observers != NULL;
    state->local_limit = code->local_bytes;
    memcpy(state->block_dim, launch->block, sizeof state->block_dim);
    struct CusimWarpState *of_warp = (struct CusimWarpState *)(void *)(memory + warps);
    uint8_t *frames = memory + warps + states;
    for (uint32_t w = 0; w < n_warps; w++) {
        CusimWarp *warp = &block->warp[w];
        warp->block = block;
        warp->worker = worker;
        warp->index = w;
        warp->state = &of_warp[w];
        set_lanes(warp, launch->block);
        CusimFrame *entry = &warp->state->entry;
        entry->data = frames + w * frame;
        entry->code = code;
        entry->local_end = code->local_bytes;
        cusim_frame_init(code, entry->data, 0, code->shared_bytes, true);
    }
    if (!grow_local(block, code->local_bytes)) {
        cusim_block_free(block);
        return NULL;
    }
    return block;
}

void cusim_block_free(CusimBlock *block) {
    if (!block) return;
    struct CusimBlockState *state = block->state;
    while (state->spare_node) {
        CusimNode *node = state->spare_node;
        state->spare_node = node->parent;
        free(node);
    }
    while (state->spare_frame) {
        CusimFrame *frame = state->spare_frame;
        state->spare_frame = frame->next;
        free(frame);
    }
    free(state->local_memory);
    free(state->memory);
    free(state->text);
    free(state);
    free(block);
}

void cusim_block_begin(CusimBlock *block, CusimLaunch *launch, uint64_t number) {
    struct CusimBlockState *state = block->state;
    block->launch = launch;
    block->number = number;
    state->local_limit = (uint32_t)round_up(launch->code->local_bytes, 64) + launch->stack_bytes;
    uint64_t rest = number / launch->grid[0];
    block->ctaid[0] = (uint32_t)(number % launch->grid[0]);
    block->ctaid[1] = rest ? (uint32_t)(rest % launch->grid[1]) : 0;
    block->ctaid[2] = rest ? (uint32_t)(rest / launch->grid[1]) : 0;
    if (state->barriers_used) memset(state->barrier, 0, sizeof state->barrier);
    state->barriers_used = 0;
    state->live_warps = block->n_warps;
    state->passes = 0;
    state->watched = false;
    for (uint32_t w = 0; w < block->n_warps; w++) {
        CusimWarp *warp = &block->warp[w];
        struct CusimWarpState *s = warp->state;
        warp->exited = 0;
        s->now = (CusimSplit){.mask = 0};
        s->ready[0] = (CusimSplit){.mask = warp->exists, .frame = &s->entry};
        s->n_ready = 1;
        s->n_waiting = 0;
        s->budget = s->turn = CUSIM_FIRST_BUDGET;
        s->yields = 0;
        s->ended = s->waited = s->polled = s->done = false;
    }
    if (state->observed)
        for (CusimObserver *o = cusim_observers; o; o = o->next)
            if (o->block_begin) o->block_begin(o, block);
}

/* Frames and nodes that a block that was stopped still holds are given back. */
static void abandon(CusimBlock *block) {
    for (uint32_t w = 0; w < block->n_warps; w++) {
        CusimWarp *warp = &block->warp[w];
        struct CusimWarpState *s = warp->state;
        uint32_t alive = warp->exists & ~warp->exited;
        cusim_warp_drop(warp);
        warp->exited |= alive;
        s->n_ready = s->n_waiting = 0;
    }
}

static void end(CusimBlock *block, bool failed) {
    if (failed) abandon(block);
    cusim_block_flush(block);
    if (block->state->observed)
        for (CusimObserver *o = cusim_observers; o; o = o->next)
            if (o->block_end) o->block_end(o, block);
}

/* ---- Running ---- */

/* Brent's cycle finding, a step of it for each warp: does the state come back? */
static void watch(CusimBlock *block) {
    struct CusimBlockState *state = block->state;
    for (uint32_t w = 0; w < block->n_warps; w++) {
        struct CusimWarpState *s = block->warp[w].state;
        if (s->done) continue;
        uint64_t hash = cusim_warp_hash(&block->warp[w]);
        if (!state->watched) {
            s->kept_hash = hash;
            s->kept_steps = 0;
            s->kept_power = 1;
            s->repeats = false;
        } else if (hash == s->kept_hash) {
            s->repeats = true;
            s->kept_steps = 0;
        } else if (++s->kept_steps >= s->kept_power) {
            s->kept_hash = hash;
            s->kept_steps = 0;
            s->kept_power *= 2;
            s->repeats = false;
        }
    }
    state->watched = true;
}

bool cusim_block_stuck(const CusimBlock *block) {
    if (!block->state->watched) return false;
    for (uint32_t w = 0; w < block->n_warps; w++) {
        const struct CusimWarpState *s = block->warp[w].state;
        if (!s->done && !s->repeats) return false;
    }
    return true;
}

static bool late(const CusimLaunch *launch) {
    return launch->ends_at_ns && cusim_now_ns() > launch->ends_at_ns;
}

CusimState cusim_block_run(CusimBlock *block) {
    /* Warps that only compute give way now and then, but other blocks need not run for that. */
    enum { PATIENCE = 16 };
    struct CusimBlockState *state = block->state;
    CusimState (*run)(CusimWarp *) =
        state->observed ? state->backend->run_observed : state->backend->run;
    for (;;) {
        bool any = false, gave_way = false, polled = false;
        if (late(block->launch)) {
            cusim_block_standstill(block, CUSIM_TOO_LATE);
            end(block, true);
            return CUSIM_FAILED;
        }
        for (uint32_t w = 0; w < block->n_warps; w++) {
            CusimWarp *warp = &block->warp[w];
            struct CusimWarpState *s = warp->state;
            if (s->done || (!s->n_ready && !s->ended)) continue;
            any = true;
            switch (run(warp)) {
            case CUSIM_RAN_TO_END: s->done = true; break;
            case CUSIM_WAITS: break;
            case CUSIM_YIELDS:
                gave_way = true;
                polled |= s->polled;
                s->polled = false;
                break;
            case CUSIM_FAILED: end(block, true); return CUSIM_FAILED;
            }
        }
        if (!any) {
            if (!state->live_warps) {
                end(block, false);
                return CUSIM_RAN_TO_END;
            }
            cusim_block_standstill(block, CUSIM_ALL_WAIT);
            end(block, true);
            return CUSIM_FAILED;
        }
        if (!gave_way) continue;
        if (atomic_load_explicit(&block->launch->stop, memory_order_relaxed)) {
            end(block, true);
            return CUSIM_FAILED;
        }
        if (!polled && ++state->passes < PATIENCE) continue;
        state->passes = 0;
        if (state->watch) watch(block);
        else state->watched = false;
        return CUSIM_YIELDS;
    }
}

/* ---- What a kernel prints ---- */

void cusim_block_flush(CusimBlock *block) {
    struct CusimBlockState *state = block->state;
    if (state->text_bytes) {
        (void)fwrite(state->text, 1, state->text_bytes, stdout);
        (void)fflush(stdout);
    }
    state->text_bytes = 0;
}

void cusim_block_text(CusimBlock *block, const char *text, size_t n) {
    enum { MOST = 1 << 20 }; /* of a block's output is kept; then it is written before its end */
    struct CusimBlockState *state = block->state;
    if (state->text_bytes + n > MOST) cusim_block_flush(block);
    if (state->text_bytes + n > state->text_room) {
        size_t room = 2 * (state->text_bytes + n) + 1024;
        char *more = realloc(state->text, room);
        if (!more) return;
        state->text = more;
        state->text_room = room;
    }
    if (n) memcpy(state->text + state->text_bytes, text, n);
    state->text_bytes += n;
}

/* ---- Faults ---- */

/* Appends to a failure's text; it is cut off when it is full. */
static void add(CusimFailure *failure, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void add(CusimFailure *failure, const char *format, ...) {
    size_t n = strlen(failure->text);
    va_list list;
    va_start(list, format);
    (void)vsnprintf(failure->text + n, sizeof failure->text - n, format, list);
    va_end(list);
}

/* The instruction as people know it: its own PTX, or the one that the decoder made it from. */
static const CusimPtxInst *source_of(const CusimCode *code, uint32_t index) {
    if (index >= code->n_insts) return NULL;
    for (uint32_t i = index; i < code->n_insts; i++)
        if (code->source[i]) return code->source[i];
    return NULL;
}

static void add_place(CusimFailure *failure, const CusimCode *code, uint32_t index) {
    const CusimPtxInst *p = source_of(code, index);
    if (!p) {
        add(failure, "the end of %s", code->function->name);
        return;
    }
    char text[160];
    cusim_ptx_print(code->function, p, text, sizeof text);
    add(failure, "PTX line %u: %s", p->line, text);
    const char *file = p->loc_file ? cusim_ptx_file(code->module, p->loc_file) : NULL;
    if (file) add(failure, " (%s:%u)", file, p->loc_line);
}

/* True for the one who may write the launch's failure. */
static bool claim(CusimLaunch *launch, CUresult code) {
    int free_now = 0;
    if (!atomic_compare_exchange_strong(&launch->failure_set, &free_now, 1)) {
        atomic_store(&launch->stop, true);
        return false;
    }
    launch->failure.code = code;
    launch->failure.text[0] = 0;
    return true;
}

int cusim_fault(CusimWarp *warp, const CusimInst *inst, int lane, CUresult code, const char *format,
                ...) {
    CusimBlock *block = warp->block;
    CusimLaunch *launch = block->launch;
    if (!claim(launch, code)) return CUSIM_STOP;
    CusimFailure *failure = &launch->failure;
    add(failure, "kernel %s failed: ", launch->code->function->name);
    va_list list;
    va_start(list, format);
    size_t n = strlen(failure->text);
    (void)vsnprintf(failure->text + n, sizeof failure->text - n, format, list);
    va_end(list);
    add(failure, "\n  at ");
    if (inst && warp->state->now.frame)
        add_place(failure, warp->state->now.frame->code, inst->index);
    else add(failure, "an unknown place");
    if (lane < 0 || lane >= CUSIM_LANES) lane = 0;
    add(failure, "\n  by thread (%u,%u,%u) in block (%u,%u,%u)\n", warp->tid[0][lane],
        warp->tid[1][lane], warp->tid[2][lane], block->ctaid[0], block->ctaid[1], block->ctaid[2]);
    atomic_store(&launch->stop, true);
    return CUSIM_STOP;
}

/* ---- Standstill: who is where ---- */

static void add_lanes(CusimFailure *failure, const CusimWarp *warp, uint32_t mask) {
    int first = __builtin_ctz(mask), n = __builtin_popcount(mask);
    add(failure, "warp %u, ", warp->index);
    if (n == 1)
        add(failure, "thread (%u,%u,%u)", warp->tid[0][first], warp->tid[1][first],
            warp->tid[2][first]);
    else
        add(failure, "%d threads (lanes 0x%08x, first (%u,%u,%u))", n, mask, warp->tid[0][first],
            warp->tid[1][first], warp->tid[2][first]);
}

static void add_split(CusimFailure *failure, const CusimBlock *block, const CusimWarp *warp,
                      const CusimSplit *split) {
    add(failure, "  ");
    add_lanes(failure, warp, split->mask);
    add(failure, "%s ", split->wait ? " at" : " runs round at");
    add_place(failure, split->frame->code, split->pc);
    uint32_t alive = warp->exists & ~warp->exited;
    if (split->wait == CUSIM_WAIT_SYNC) {
        add(failure, ": waits for the lanes 0x%08x of its member mask 0x%08x",
            split->members & alive & ~split->mask, split->members);
    } else if (split->wait == CUSIM_WAIT_BARRIER) {
        const CusimBarrier *b = &block->state->barrier[split->barrier];
        uint32_t want = b->all ? block->state->live_warps * 32 : b->expected;
        add(failure, ": waits at barrier %u, where %u of %u warps have arrived", split->barrier,
            b->arrived / 32, want / 32);
        if (b->part[warp->index])
            add(failure, "; the lanes 0x%08x of this warp are missing",
                alive & ~b->part[warp->index]);
    }
    add(failure, "\n");
}

void cusim_block_standstill(CusimBlock *block, CusimStandstill kind) {
    enum { MOST_LINES = 10 };
    CusimLaunch *launch = block->launch;
    /* Before the claim: whoever comes too late for it stops the launch, and then none is left. */
    uint64_t begun = atomic_load(&launch->next);
    bool is_late = kind == CUSIM_TOO_LATE, spinning = kind == CUSIM_ALL_SPIN;
    if (!claim(launch, is_late ? CUDA_ERROR_LAUNCH_TIMEOUT : CUDA_ERROR_LAUNCH_FAILED)) return;
    CusimFailure *failure = &launch->failure;
    static const char *const what[] = {"deadlock", "deadlock", "stopped by CUSIM_TIMEOUT"};
    static const char *const why[] = {
        "each of these waits for others, and nobody can go on",
        "each of these waits for a change in memory that nobody can make any more",
        "these were still running"};
    add(failure, "kernel %s failed: %s in block (%u,%u,%u): %s\n", launch->code->function->name,
        what[kind], block->ctaid[0], block->ctaid[1], block->ctaid[2], why[kind]);
    uint32_t left_out = 0, lines = 0, ended = 0;
    for (uint32_t w = 0; w < block->n_warps; w++) {
        const CusimWarp *warp = &block->warp[w];
        const struct CusimWarpState *s = warp->state;
        ended += (uint32_t)__builtin_popcount(warp->exited);
        for (uint32_t i = 0; i < s->n_ready + s->n_waiting; i++) {
            const CusimSplit *split = i < s->n_ready ? &s->ready[i] : &s->waiting[i - s->n_ready];
            if (lines++ < MOST_LINES) add_split(failure, block, warp, split);
            else left_out++;
        }
    }
    if (left_out) add(failure, "  and %u more groups of threads\n", left_out);
    if (spinning && begun < launch->n_blocks)
        add(failure,
            "  %llu blocks of the grid have not begun: the device holds %u at once. Blocks may "
            "wait "
            "for each other only in a cooperative launch\n",
            (unsigned long long)(launch->n_blocks - begun), launch->max_resident);
    if (ended) add(failure, "  %u threads of the block have ended\n", ended);
    atomic_store(&launch->stop, true);
}
