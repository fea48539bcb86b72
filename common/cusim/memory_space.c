// SPDX-License-Identifier: MIT
/* memory_space.c - the addresses and pages of device memory.
 *
 * Device memory exists twice in the address space: as device addresses, which are PROT_NONE, so
 * that host code that uses one as a pointer faults as it would with a GPU, and as the alias, where
 * kernels and copies find the bytes: alias = device address + shift. Nothing is ever stored at the
 * device addresses, so only the alias needs pages, and these are plain anonymous memory: it comes
 * zeroed on first touch, may be huge pages (writing 192 MiB for the first time took 36 ms, 163 ms
 * in a memfd), needs no file system and no file size limit, and goes back by MADV_DONTNEED.
 *
 * Addresses are plenty, so they are handed out one after the other and begin again only after many
 * times the memory's size: a pointer that was freed stays wrong for a long time and can be named.
 * At least a red zone lies between two allocations, so that running over an end is always found.
 *
 * Ranges are mapped as they are needed, each twice as large as the one before: that is kind to
 * tools and limits for which mapped addresses count (ulimit -v, sanitizers, emulators). There are
 * two kinds of range. Small things share pages and give them back in grains of 64 KiB; large ones
 * begin at 2 MiB boundaries, so that the kernel can use huge pages and all of it goes back when
 * freed. */
#include <sys/mman.h>

#include "memory_parts.h"

#define KIB ((uint64_t)1 << 10)
#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)
#define HUGE (2 * MIB)       /* also the size from which on an allocation is large */
#define GRAIN (64 * KIB)     /* at least a page on every machine */
#define ZONE ((uint64_t)256) /* red zone */

/* Where device addresses begin if that place is free; a number that people recognise. */
#define FIRST_ADDRESS 0x200000000000ull

typedef struct {
    uint64_t start, end; /* device addresses; the first red zone is before start */
    int64_t shift;
} Range;

enum { MOST_RANGES = 64 };

typedef struct {
    uint64_t first, most; /* bytes of the first range and of the largest */
    uint64_t align;
    Range range[MOST_RANGES];
    _Atomic unsigned n;
    unsigned at;    /* the range that is being handed out */
    uint64_t next;  /* where in it */
    uint64_t total; /* bytes of all ranges */
} Space;

static Space spaces[2] = {{.first = 16 * MIB, .most = 4 * GIB, .align = ZONE},
                          {.first = 1 * GIB, .most = 64 * GIB, .align = HUGE}};
static uint64_t budget; /* bytes of addresses that each space hands out before it begins again */

static uint64_t up(uint64_t x, uint64_t align) { return (x + align - 1) & ~(align - 1); }

/* Maps bytes at a multiple of HUGE. 0: there is no room. */
static uint64_t map(uint64_t hint, uint64_t bytes, int protection) {
    void *p = mmap((void *)(uintptr_t)hint, bytes + HUGE, protection,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) return 0;
    /* A core file shall not hold it, nor a child process: it has no device. */
    (void)madvise(p, bytes + HUGE, MADV_DONTDUMP);
    (void)madvise(p, bytes + HUGE, MADV_DONTFORK);
    return up((uint64_t)(uintptr_t)p, HUGE);
}

static bool map_range(Space *space, uint64_t bytes) {
    static uint64_t hint = FIRST_ADDRESS; /* one counter for both: ranges lie in a row */
    unsigned n = atomic_load_explicit(&space->n, memory_order_relaxed);
    if (n == MOST_RANGES) return false;
    uint64_t device = map(hint, bytes, PROT_NONE);
    if (!device) return false;
    uint64_t alias = map(0, bytes, PROT_READ | PROT_WRITE);
    if (!alias) {
        (void)munmap((void *)(uintptr_t)device, bytes);
        return false;
    }
    if (space->align == HUGE) (void)madvise((void *)(uintptr_t)alias, bytes, MADV_HUGEPAGE);
    hint = device + bytes + HUGE;
    space->range[n] = (Range){device + ZONE, device + bytes, (int64_t)(alias - device)};
    space->total += bytes;
    space->at = n;
    space->next = space->range[n].start;
    atomic_store_explicit(&space->n, n + 1, memory_order_release);
    return true;
}

/* A new range, at least for need bytes, and then the smaller the less there is. */
static bool add_range(Space *space, uint64_t need) {
    uint64_t bytes = space->first;
    for (unsigned i = 0; i < space->n && bytes < space->most; i++) bytes *= 2;
    need = up(need, HUGE);
    for (; bytes > need; bytes /= 2)
        if (map_range(space, bytes)) return true;
    return map_range(space, need);
}

bool cusim_space_start(size_t limit) {
    budget = limit > 1024 * GIB / 64 ? 1024 * GIB : 64 * (uint64_t)limit;
    if (add_range(&spaces[0], MIB)) return true;
    cusim_report("cannot reserve address space for device memory (is there a limit, ulimit -v?)");
    return false;
}

/* The first place from from on, before the range's end, for bytes with a red zone behind them. */
static uint64_t fit(const CusimMemTable *table, const Range *range, uint64_t from, uint64_t bytes,
                    uint64_t align) {
    size_t n = table->n, i = cusim_table_upto(table, from);
    uint64_t at = up(from, align);
    if (i > 0) i--; /* it may reach beyond from */
    for (; i < n && at < range->end; i++) {
        const CusimAllocation *there = &table->record[i].it;
        if (there->freed || there->base + there->bytes + ZONE <= at) continue;
        if (there->base >= range->end || (there->base > at && there->base - at >= bytes + ZONE))
            break;
        at = up(there->base + there->bytes + ZONE, align);
    }
    return at < range->end && range->end - at >= bytes + ZONE ? at : 0;
}

/* Give back the pages from from to to, multiples of the grain, but for a first and a last grain in
 * which somebody lives. i: a record of the span, or the first one behind it. */
static void give(const CusimMemTable *table, const Range *range, uint64_t from, uint64_t to,
                 uint64_t grain, size_t i) {
    for (size_t j = i; j > 0; j--) {
        const CusimAllocation *a = &table->record[j - 1].it;
        if (a->base + a->bytes <= from) break;
        if (a->freed) continue;
        from += grain;
        break;
    }
    for (size_t j = i; j < table->n && from < to; j++) {
        const CusimAllocation *a = &table->record[j].it;
        if (a->base >= to) break;
        if (a->freed) continue;
        to -= grain;
        break;
    }
    if (from < to)
        (void)madvise((void *)(uintptr_t)(from + (uint64_t)range->shift), to - from, MADV_DONTNEED);
}

uint64_t cusim_space_take(const CusimMemTable *table, size_t bytes, size_t align, int64_t *shift) {
    Space *space = &spaces[bytes >= HUGE || align > GRAIN];
    if (align < space->align) align = space->align;
    if (bytes > UINT64_MAX / 4 || align > UINT64_MAX / 4) return 0;
    uint64_t at = 0, need = bytes + align + 2 * ZONE;
    const Range *used = &space->range[space->at];
    uint64_t grain = space->next & ~(GRAIN - 1);
    /* 1. What has never been used of the range at hand; 2. a new range. */
    if (space->n > 0) at = fit(table, &space->range[space->at], space->next, bytes, align);
    if (!at && space->total < budget && add_range(space, need))
        at = fit(table, &space->range[space->at], space->next, bytes, align);
    /* 3. What was freed, the oldest first: all ranges in turn, the one at hand from its start. */
    for (unsigned n = 0; !at && n < space->n; n++) {
        space->at = (space->at + 1) % space->n;
        at = fit(table, &space->range[space->at], space->range[space->at].start, bytes, align);
    }
    /* 4. It is all in small pieces. */
    if (!at && add_range(space, need))
        at = fit(table, &space->range[space->at], space->next, bytes, align);
    if (!at) return 0;
    /* The grain that small things came from so far was kept when they were freed. */
    if (space->align == ZONE && grain >= used->start - ZONE && grain < used->end &&
        (at & ~(GRAIN - 1)) != grain)
        give(table, used, grain, grain + GRAIN, GRAIN, cusim_table_upto(table, grain));
    space->next = at + bytes + ZONE;
    *shift = space->range[space->at].shift;
    return at;
}

/* The range that holds a device address, and its space. */
static const Range *range_of(uint64_t address, const Space **space) {
    for (unsigned s = 0; s < 2; s++) {
        unsigned n = atomic_load_explicit(&spaces[s].n, memory_order_acquire);
        for (unsigned i = 0; i < n; i++) {
            const Range *range = &spaces[s].range[i];
            if (address < range->start - ZONE || address >= range->end) continue;
            *space = &spaces[s];
            return range;
        }
    }
    return NULL;
}

bool cusim_space_holds(uint64_t address) {
    const Space *space;
    return range_of(address, &space) != NULL;
}

void cusim_space_give(const CusimMemTable *table, size_t i) {
    const CusimAllocation *freed = &table->record[i].it;
    const Space *space;
    const Range *range = range_of(freed->base, &space);
    if (!range) return;
    uint64_t grain = space->align == HUGE ? HUGE : GRAIN;
    uint64_t from = freed->base & ~(grain - 1), to = up(freed->base + freed->bytes, grain);
    /* Not the grain that the next allocation will come from. */
    if (grain == GRAIN && space->next >= from && space->next < to) to = space->next & ~(grain - 1);
    if (from < to) give(table, range, from, to, grain, i);
}
