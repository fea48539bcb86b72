// SPDX-License-Identifier: MIT
/* What a launch costs when the kernel does nothing: k launches, the host waiting after each of
 * them, and k launches of which it waits for the last only. The kernel is tick (chapter 2), which
 * adds x to y, so that the result tells how often it ran; told that there are no elements, it is an
 * empty kernel, and that is what is timed.
 */
#include "bench.h"

enum { ELEMENTS = LANES, BOTH = 2 * ELEMENTS };

static Launch plan(uint32_t times, unsigned curve, uint32_t n) {
    return (Launch){.groups = 1,
                    .group = LANES,
                    .numbers = 1,
                    .number = {n},
                    .times = times,
                    .each = curve == 0};
}

static void open_launch(Bench *b, const uint32_t *point, size_t points) {
    (void)point, (void)points;
    b->device->load(SLOT_A, "tick", "tick");
    b->device->reserve(ELEMENTS, ELEMENTS);
    CHECK_HC(hc_alloc(ELEMENTS, sizeof(uint32_t), &b->x));
    CHECK_HC(hc_alloc(BOTH, sizeof(uint32_t), &b->y)); /* what came, what should */
    hc_fill(HC_U32, b->x, ELEMENTS, b->args->seed, 3);
    b->device->upload(b->x, ELEMENTS);
}

/* The reference: y = 0 after k launches that add x is k * x. */
static void ticks(uint32_t *y, const uint32_t *x, uint32_t k) {
    for (uint32_t i = 0; i < ELEMENTS; i++) y[i] = k * x[i];
}

static HcVerdict verify(Bench *b, size_t p, uint32_t times, unsigned curve) {
    const Launch full = plan(times, curve, ELEMENTS), empty = plan(times, curve, 0);
    uint32_t *want = b->y + ELEMENTS;
    (void)p;
    ticks(want, b->x, times);
    memset(b->y, 0, ELEMENTS * sizeof *b->y);
    b->device->upload_y(b->y, ELEMENTS);
    b->device->launch(&full);
    if (!b->one_only) b->device->launch(&empty); /* must change nothing */
    b->device->download(b->y, ELEMENTS);
    return hc_compare(HC_U32, b->y, want, ELEMENTS, HC_EXACT);
}

//> sample
static double sample(Bench *b, size_t p, uint32_t times, unsigned curve) {
    const Launch empty = plan(times, curve, 0);
    (void)p;
    double start_ms = hc_now_ms();
    b->device->launch(&empty);
    return 1000 * (hc_now_ms() - start_ms) / times;
}
//< sample

static void read_times(const Bench *b, const Series *s, Findings *f) {
    size_t last = s->points - 1;
    const HcStats *end = s->stats[last];
    (void)b;
    f->title = "Launches against time for each";
    table_of(&launch_cost, s, f, "time for each launch, microseconds", 2);
    say(f,
        "Of %u launches of an empty kernel each takes %.3g us if the host waits after each of "
        "them (quartiles %.3g and %.3g), and %.3g us if they are queued (%.3g and %.3g)",
        (unsigned)s->point[last], end[0].median, end[0].q1, end[0].q3, end[1].median, end[1].q1,
        end[1].q3);
    if (above(&end[0], &end[1], 1.2))
        say(f, ": waiting makes up %.0f %% of a launch.",
            100 * (1 - end[1].median / end[0].median));
    else say(f, ": no difference beyond noise.");
}

static void read_counts(const Bench *b, const Series *s, Findings *f) {
    size_t last = s->points - 1;
    (void)b;
    f->title = "Launches against instructions";
    f->y_label = "instructions of a warp for each launch";
    f->rows = s->points;
    f->plotted = 2;
    column(f, "launches", "point", 0);
    column(f, "waited", "waited", 1);
    column(f, "queued", "queued", 1);
    column(f, "launches counted", "launches", 0);
    for (size_t p = 0; p <= last; p++) {
        const Counts *c = s->counts[p];
        f->value[p][0] = s->point[p];
        for (unsigned i = 0; i < 2; i++)
            f->value[p][1 + i] = c[i].warp_instructions / c[i].launches;
        f->value[p][3] = c[1].launches;
    }
    say(f,
        "Each of %.0f launches carries out %.3g instructions, waited for or queued (%.3g): what "
        "driver and device do around them is no instruction of the kernel.",
        f->value[last][3], f->value[last][1], f->value[last][2]);
}

static void close_launch(Bench *b) { free(b->y), free(b->x); }

const Experiment launch_cost = {.name = "launch",
                                .varied = "launches in a row",
                                .heading = "launches",
                                .curve = {"waited", "queued"},
                                .kernel = {"tick", "tick"},
                                .point = {1, 4, 16, 64, 256},
                                .open = open_launch,
                                .verify = verify,
                                .sample = sample,
                                .read = read_times,
                                .read_counts = read_counts,
                                .close = close_launch};
