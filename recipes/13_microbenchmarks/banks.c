// SPDX-License-Identifier: MIT
/* Bank conflicts: the lanes of a warp read elements of shared memory that are 1, 2, ... 32 elements
 * apart. Shared memory answers from 32 banks at once, one element from each; lanes that want
 * different elements of the same bank take turns. Padded: rows of 32 elements begin 33 apart.
 */
#include "bench.h"

enum { TILE = 1024, GROUP = 256, LEAST_ROUNDS = 8, COUNTED_ROUNDS = 16 };

static Launch plan(const Bench *b, uint32_t stride, unsigned curve) {
    uint32_t rounds = b->work / 1024 > LEAST_ROUNDS ? b->work / 1024 : LEAST_ROUNDS;
    if (b->counted && rounds > COUNTED_ROUNDS) rounds = COUNTED_ROUNDS;
    size_t each = b->facts.is_host || b->counted ? 1 : 8; /* as many as it takes to be busy */
    return (Launch){.groups = b->facts.units * each,
                    .group = GROUP,
                    .numbers = 3,
                    .number = {stride, curve == 0 ? 32 : 33, rounds},
                    .times = 1};
}

static void open_banks(Bench *b, const uint32_t *point, size_t points) {
    (void)points;
    const Launch l = plan(b, point[0], 0);
    size_t n = l.groups * l.group;
    b->device->load(SLOT_A, "banks", "banks");
    b->device->reserve(TILE, n);
    CHECK_HC(hc_alloc(TILE, sizeof(uint32_t), &b->x));
    CHECK_HC(hc_alloc(2 * n, sizeof(uint32_t), &b->y)); /* what came, what should */
    hc_fill(HC_U32, b->x, TILE, b->args->seed, 1);
    b->device->upload(b->x, TILE);
}

//> reference
/* The reference: the walk of one lane. How the tile is laid out does not change what it meets. */
static uint32_t walk(const uint32_t *x, uint32_t lane, uint32_t stride, uint32_t rounds) {
    uint32_t sum = 0;
    for (uint32_t k = 0; k < rounds; k++) sum = 3 * sum + x[(lane * stride + 32 * k) % TILE];
    return sum;
}
//< reference

static HcVerdict verify(Bench *b, size_t p, uint32_t stride, unsigned curve) {
    const Launch l = plan(b, stride, curve);
    size_t n = l.groups * l.group;
    uint32_t *want = b->y + n;
    (void)p;
    for (uint32_t i = 0; i < n; i++)
        want[i] = i < LANES ? walk(b->x, i, stride, l.number[2]) : want[i - LANES];
    memset(b->y, 0, n * sizeof *b->y);
    b->device->upload_y(b->y, n);
    b->device->launch(&l);
    b->device->download(b->y, n);
    return hc_compare(HC_U32, b->y, want, n, HC_EXACT);
}

static double sample(Bench *b, size_t p, uint32_t stride, unsigned curve) {
    const Launch l = plan(b, stride, curve);
    size_t loads = l.groups * (l.group / LANES) * l.number[2];
    (void)p;
    return b->device->launch(&l) * 1e6 * (double)b->facts.units / (double)loads;
}

/* Lanes 32 elements apart meet in a bank: by stride, how many different elements of one bank. */
static uint32_t passes(uint32_t stride) {
    uint32_t a = stride, banks_left = 32;
    while (banks_left) {
        uint32_t rest = a % banks_left;
        a = banks_left, banks_left = rest;
    }
    return a; /* the greatest common divisor of stride and 32 */
}

static void read_times(const Bench *b, const Series *s, Findings *f) {
    size_t last = s->points - 1;
    const HcStats *first = s->stats[0], *end = s->stats[last];
    (void)b;
    f->title = "Stride in shared memory against time";
    table_of(&banks, s, f, "time for a load of 32 lanes, ns", 3);
    column(f, "passes by the rule", "passes", 0);
    for (size_t p = 0; p <= last; p++) f->value[p][f->columns - 1] = passes(s->point[p]);
    say(f,
        "A load of 32 lanes takes %.3g ns at stride 1 and %.3g ns at stride %u, where 32 banks "
        "would need %u passes: ",
        first[0].median, end[0].median, (unsigned)s->point[last], passes(s->point[last]));
    if (above(&end[0], &first[0], 1.3))
        say(f, "%.2g times as long. With rows padded to 33 elements it is %.3g ns%s.",
            end[0].median / first[0].median, end[1].median,
            above(&end[1], &first[1], 1.3) ? ", and the padding does not help here"
                                           : ": the padding takes the difference away");
    else
        say(f,
            "no step seen. This device has no such banks, or other work hides them; padding "
            "(%.3g ns) has nothing to mend.",
            end[1].median);
}

static void read_counts(const Bench *b, const Series *s, Findings *f) {
    size_t last = s->points - 1, worst = 0;
    (void)b;
    f->title = "Stride in shared memory against bank conflicts";
    f->y_label = "bank conflicts of a load of 32 lanes";
    f->rows = s->points;
    f->plotted = 2;
    column(f, "stride", "point", 0);
    column(f, "plain", "plain", 2);
    column(f, "padded", "padded", 2);
    column(f, "by the rule, plain", "rule", 0);
    column(f, "loads", "loads", 0);
    column(f, "conflicts, plain", "plain_conflicts", 0);
    column(f, "padded", "padded_conflicts", 0);
    for (size_t p = 0; p <= last; p++) {
        const Counts *c = s->counts[p];
        f->value[p][0] = s->point[p];
        f->value[p][1] = c[0].load_conflicts / c[0].shared_loads;
        f->value[p][2] = c[1].load_conflicts / c[1].shared_loads;
        f->value[p][3] = passes(s->point[p]) - 1;
        f->value[p][4] = c[0].shared_loads;
        f->value[p][5] = c[0].load_conflicts;
        f->value[p][6] = c[1].load_conflicts;
        if (f->value[p][2] > f->value[worst][2]) worst = p;
    }
    say(f,
        "A load has %.3g conflicts at stride 1 and %.3g at stride %u; the rule is the greatest "
        "common divisor of stride and 32, less 1. Rows padded to 33 elements leave %.3g at "
        "stride %u",
        f->value[0][1], f->value[last][1], (unsigned)s->point[last], f->value[last][2],
        (unsigned)s->point[last]);
    if (f->value[worst][2] > 0)
        say(f, ", and %.3g at stride %u, which has %.3g without.", f->value[worst][2],
            (unsigned)s->point[worst], f->value[worst][1]);
    else say(f, ", and none elsewhere.");
}

static void close_banks(Bench *b) { free(b->y), free(b->x); }

const Experiment banks = {.name = "banks",
                          .varied = "stride in shared memory, in elements of 4 bytes",
                          .heading = "stride",
                          .curve = {"plain", "padded"},
                          .kernel = {"banks", "banks"},
                          .point = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32},
                          .open = open_banks,
                          .verify = verify,
                          .sample = sample,
                          .read = read_times,
                          .read_counts = read_counts,
                          .close = close_banks};
