// SPDX-License-Identifier: MIT
/* Latency: one work-item goes from element to element, each telling where the next one is, in an
 * order that no hardware can guess. Nothing overlaps, so the time for a load is the way to whatever
 * holds the element: the working set is made larger and larger until one cache after the other is
 * too small for it.
 *
 * One element is used in each slot of 64 bytes, which is a CPU's line, so that no line is used
 * twice. The walk for each size has an element of its own in each slot: one array holds all walks.
 */
#include "bench.h"

enum {
    FIRST = 1 << 14, /* the element at which the slots begin, 64 KiB into the array: its first pages
                      * may lie across a boundary of many MiB, and there an AMD EPYC took 5 ns for
                      * what it had in its first cache, and 1.4 ns elsewhere */
    SLOT = 16,       /* elements in a slot */
    MOST_VERIFIED = 1 << 16,
    MOST_WARM = 1 << 19, /* slots that are walked once before time is taken */
    TIMED = 1 << 15,
    NOT_WARM = -1
};
static uint32_t at[MOST_POINTS]; /* where the walk of each point is; ... */
static int warm;                 /* ... and which of them was the last to go on */

static size_t slots(uint32_t kib) { return (size_t)kib * 1024 / (SLOT * sizeof(uint32_t)); }

/* Counts are the same for large sizes. */
static bool allows(const Bench *b, uint32_t kib) {
    return (size_t)kib * 256 <= b->most && (!b->counted || kib <= 1024);
}

//> sattolo
/* A random way through slots 0 .. n-1 that comes to each of them once before it is back at the
 * first: Sattolo's algorithm. A random permutation might have short cycles; this is one cycle.
 *   source  S. Sattolo, An algorithm to generate a random cyclic permutation, 1986 */
static void make_walk(uint32_t *x, uint32_t word, uint32_t n, uint32_t *next, uint64_t seed) {
    for (uint32_t i = 0; i < n; i++) next[i] = i;
    for (uint32_t i = n - 1; i > 0; i--) {
        uint32_t j = (uint32_t)(((uint64_t)hc_random_u32(seed, word, i) * i) >> 32); /* below i */
        uint32_t old = next[i];
        next[i] = next[j], next[j] = old;
    }
    for (uint32_t i = 0; i < n; i++)
        x[FIRST + (size_t)i * SLOT + word] = FIRST + next[i] * SLOT + word;
}
//< sattolo

static void open_latency(Bench *b, const uint32_t *point, size_t points) {
    size_t most = slots(point[points - 1]), n = FIRST + most * SLOT;
    uint32_t *next;
    b->device->load(SLOT_A, "chase", "chase");
    b->device->reserve(n, 1);
    CHECK_HC(hc_alloc(n, sizeof(uint32_t), &b->x));
    CHECK_HC(hc_alloc(most, sizeof(uint32_t), &next));
    warm = NOT_WARM;
    for (uint32_t p = 0; p < points; p++) at[p] = FIRST + p;
    for (uint32_t p = 0; p < points; p++)
        make_walk(b->x, p, (uint32_t)slots(point[p]), next, b->args->seed);
    free(next);
    b->device->upload(b->x, n);
}

static void chase(const Bench *b, uint32_t steps, double *ms) {
    const Launch l = {.groups = 1, .group = 1, .numbers = 1, .number = {steps}, .times = 1};
    double took = b->device->launch(&l);
    if (ms) *ms = took;
}

//> reference
/* The reference: the same walk in plain C. */
static uint32_t walk(const uint32_t *x, uint32_t p, uint32_t steps) {
    for (uint32_t k = 0; k < steps; k++) p = x[p];
    return p;
}
//< reference

//> cycle
/* After how many steps a walk is back where it began; most if it is not by then. */
static uint32_t cycle(const uint32_t *x, uint32_t begin, uint32_t most) {
    uint32_t p = x[begin], steps = 1;
    for (; p != begin && steps < most; steps++) p = x[p];
    return steps;
}
//< cycle

static HcVerdict verify(Bench *b, size_t p, uint32_t kib, unsigned curve) {
    uint32_t n = (uint32_t)slots(kib), steps = n + n / 2 + 1;
    if (steps > MOST_VERIFIED) steps = MOST_VERIFIED;
    const uint32_t begin = FIRST + (uint32_t)p;
    const uint32_t want[2] = {walk(b->x, begin, steps), n < MOST_VERIFIED ? n : MOST_VERIFIED};
    uint32_t got[2] = {0, cycle(b->x, begin, MOST_VERIFIED)};
    (void)curve;
    b->device->upload_y(&begin, 1);
    chase(b, steps, NULL);
    b->device->download(got, 1);
    return hc_compare(HC_U32, got, want, 2, HC_EXACT);
}

//> sample
/* Once round first, so that what fits into a cache is there. Then the walk goes on, timed, each
 * time from where it was. Sets of 64 MiB and more are not walked round: for them it would take
 * long. */
static double sample(Bench *b, size_t p, uint32_t kib, unsigned curve) {
    uint32_t n = (uint32_t)slots(kib), steps = b->work < TIMED ? b->work : TIMED;
    double ms;
    (void)curve;
    b->device->upload_y(&at[p], 1);
    if (warm != (int)p && n <= MOST_WARM) chase(b, n, NULL);
    warm = (int)p;
    chase(b, steps, &ms);
    b->device->download(&at[p], 1);
    return ms * 1e6 / steps;
}
//< sample

static const char *size_name(size_t bytes, char text[32]) {
    return hc_format_bytes(bytes, false, text, 32);
}

/* What the table says about one cache: the largest set that is at most half of it, beside the
 * smallest that is at least twice as large. */
static void say_cache(const Series *s, Findings *f, const char *name, size_t bytes) {
    size_t in = s->points, out = s->points;
    char size[32], from[32], to[32];
    for (size_t p = 0; p < s->points; p++) {
        size_t set = (size_t)s->point[p] * 1024;
        if (2 * set <= bytes) in = p;
        if (set >= 2 * bytes && out == s->points) out = p;
    }
    size_name(bytes, size);
    if (in == s->points || out == s->points) {
        say(f, " %s (%s): sizes on both sides of it were not measured.", name, size);
        return;
    }
    const HcStats *a = s->stats[in], *z = s->stats[out];
    bool step = above(z, a, 1.3);
    say(f, " %s (%s): %s %.3g ns at %s, %.3g ns at %s.", name, size,
        step ? "a step:" : "no step seen:", a->median, size_name((size_t)s->point[in] * 1024, from),
        z->median, size_name((size_t)s->point[out] * 1024, to));
}

static void read_times(const Bench *b, const Series *s, Findings *f) {
    size_t last = s->points - 1;
    Cache caches[MOST_CACHES];
    size_t count = b->facts.is_host ? host_caches(caches) : 0;
    char from[32], to[32];
    f->title = "Working set against latency";
    table_of(&latency, s, f, "time for one load, ns", 2);
    f->log_y = true;
    f->heading[1] = "ns/load";
    column(f, "lower quartile", "q1", 2);
    column(f, "upper quartile", "q3", 2);
    for (size_t p = 0; p <= last; p++) {
        f->value[p][f->columns - 2] = s->stats[p][0].q1;
        f->value[p][f->columns - 1] = s->stats[p][0].q3;
    }
    say(f, "A load takes %.3g ns in %s and %.3g ns in %s, %.3g times as long.",
        s->stats[0][0].median, size_name((size_t)s->point[0] * 1024, from),
        s->stats[last][0].median, size_name((size_t)s->point[last] * 1024, to),
        s->stats[last][0].median / s->stats[0][0].median);
    for (size_t i = 0; i < count; i++) say_cache(s, f, caches[i].name, caches[i].bytes);
    if (count == 0 && b->facts.cache_bytes)
        say_cache(s, f, "The cache that the driver reports", b->facts.cache_bytes);
}

static void read_counts(const Bench *b, const Series *s, Findings *f) {
    size_t last = s->points - 1;
    (void)b;
    f->title = "Working set against sectors";
    f->y_label = "32-byte sectors touched by one load";
    f->rows = s->points;
    f->plotted = 1;
    column(f, "KiB", "point", 0);
    column(f, "sectors/load", "sectors_per_load", 2);
    column(f, "loads", "loads", 0);
    column(f, "% of bytes used", "used_percent", 1);
    for (size_t p = 0; p <= last; p++) {
        const Counts *c = &s->counts[p][0];
        f->value[p][0] = s->point[p];
        f->value[p][1] = c->load_sectors / c->load_requests;
        f->value[p][2] = c->load_requests;
        f->value[p][3] = 100 * c->bytes_read / (32 * c->load_sectors);
    }
    say(f,
        "Each load touches %.3g sector in %u KiB and %.3g in %u KiB, of which it uses %.3g %%: a "
        "count does not know which memory answers, so that the steps of the caches are for a "
        "clock.",
        f->value[0][1], (unsigned)s->point[0], f->value[last][1], (unsigned)s->point[last],
        f->value[last][3]);
}

static void close_latency(Bench *b) { free(b->x); }

const Experiment latency = {
    .name = "latency",
    .varied = "working set, KiB",
    .heading = "KiB",
    .curve = {"chase"},
    .kernel = {"chase"},
    .point = {4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072},
    .allows = allows,
    .in_a_row = true,
    .open = open_latency,
    .verify = verify,
    .sample = sample,
    .read = read_times,
    .read_counts = read_counts,
    .close = close_latency};
