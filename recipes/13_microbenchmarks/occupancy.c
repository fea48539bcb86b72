// SPDX-License-Identifier: MIT
/* Occupancy and latency hiding: the same number of multiply-adds on each multiprocessor, shared out
 * among 1, 2, ... 64 warps of 32 work-items. A result takes some cycles to come. Who fills them? In
 * a dependent chain only other warps can; four independent chains fill them within one warp.
 */
#include "bench.h"

enum { GROUP_WARPS = 8, GROUP = LANES * GROUP_WARPS, CHAINS = 4 };
static const uint32_t constant = 2654435769u; /* c of the kernels; any number will do */

/* The launch: groups of at most 8 warps, as many groups on each unit as it takes. */
static Launch plan(const Bench *b, uint32_t warps, unsigned curve) {
    size_t in_group = warps < GROUP_WARPS ? warps : GROUP_WARPS;
    uint32_t steps = b->work / (CHAINS * LANES * warps);
    return (Launch){.slot = curve,
                    .groups = b->facts.units * (warps / in_group),
                    .group = LANES * in_group,
                    .numbers = 2,
                    .number = {constant, steps ? steps : 1},
                    .times = 1};
}

static bool allows(const Bench *b, uint32_t warps) {
    return b->facts.most_warps == 0 || warps <= b->facts.most_warps;
}

static void open_occupancy(Bench *b, const uint32_t *point, size_t points) {
    size_t n = b->facts.units * LANES * point[points - 1];
    b->device->load(SLOT_A, "chains", "dependent");
    b->device->load(SLOT_B, "chains", "independent");
    b->device->reserve(GROUP, n);
    CHECK_HC(hc_alloc(GROUP, sizeof(uint32_t), &b->x));
    CHECK_HC(hc_alloc(2 * n, sizeof(uint32_t), &b->y)); /* what came, what should */
    hc_fill(HC_U32, b->x, GROUP, b->args->seed, 0);
    b->device->upload(b->x, GROUP);
}

//> reference
/* The reference: where one chain of steps multiply-adds ends. */
static uint32_t chain(uint32_t v, uint32_t c, uint32_t steps) {
    for (uint32_t k = 0; k < steps; k++) v = v * v + c;
    return v;
}
//< reference

static HcVerdict verify(Bench *b, size_t p, uint32_t warps, unsigned curve) {
    const Launch l = plan(b, warps, curve);
    const uint32_t c = l.number[0], steps = l.number[1];
    size_t n = l.groups * l.group;
    uint32_t *want = b->y + n;
    (void)p;
    for (size_t lane = 0; lane < l.group; lane++) {
        uint32_t v = b->x[lane], all = 0;
        for (uint32_t k = 0; k < CHAINS; k++) all ^= chain(v + k, c, steps);
        want[lane] = curve == 0 ? chain(v, c, CHAINS * steps) : all;
    }
    for (size_t i = l.group; i < n; i++) want[i] = want[i - l.group]; /* every group's are alike */
    memset(b->y, 0, n * sizeof *b->y);
    b->device->upload_y(b->y, n);
    b->device->launch(&l);
    b->device->download(b->y, n);
    return hc_compare(HC_U32, b->y, want, n, HC_EXACT);
}

/* Multiply-adds of a launch, on all units. */
static double work(const Launch *l) {
    return (double)CHAINS * l->number[1] * (double)(l->groups * l->group);
}

static double sample(Bench *b, size_t p, uint32_t warps, unsigned curve) {
    const Launch l = plan(b, warps, curve);
    (void)p;
    return work(&l) / (b->device->launch(&l) * 1e6);
}

/* Warps that fit on a multiprocessor at the same time, by the driver; 0: the API does not tell. */
static double fits(const Bench *b, uint32_t warps) {
    const Launch l = plan(b, warps, 0);
    size_t group_warps = l.group / LANES;
    return (double)(b->device->resident(SLOT_A, l.group) * group_warps);
}

static void read_times(const Bench *b, const Series *s, Findings *f) {
    size_t last = s->points - 1, enough = last;
    const HcStats *one = s->stats[0], *most = s->stats[last];
    f->title = "Warps against throughput";
    table_of(&occupancy, s, f, "multiply-adds in a second, 10^9", 2);
    if (b->facts.most_warps) {
        size_t c = f->columns;
        column(f, "warps that fit", "fit", 0);
        for (size_t p = 0; p <= last; p++) f->value[p][c] = fits(b, s->point[p]);
    }
    while (enough > 0 && s->stats[enough - 1][0].median > 0.9 * most[0].median) enough--;
    say(f,
        "With one warp on each of %zu units, four independent chains carry out %.2f times as "
        "many multiply-adds as one dependent chain",
        b->facts.units, one[1].median / one[0].median);
    say(f, above(&one[1], &one[0], 1.2) ? ": they fill the waiting for results. "
                                        : ", no more than noise. ");
    if (above(&most[0], &one[0], 1.2))
        say(f,
            "%u warps raise the one chain from %.3g to %.3g G/s; from %u warps on it has 90 %% "
            "of that. There four chains are %.2f times as fast as one.",
            (unsigned)s->point[last], one[0].median, most[0].median, (unsigned)s->point[enough],
            most[1].median / most[0].median);
    else if (most[0].median < 1.2 * one[0].median && one[0].median < 1.2 * most[0].median)
        say(f,
            "More warps do not raise the one chain (%.3g and %.3g G/s): this device takes "
            "work-items one after the other, and they do not fill each other's waiting.",
            one[0].median, most[0].median);
    else
        say(f,
            "Whether more warps raise the one chain (%.3g and %.3g G/s) cannot be told: samples "
            "lie too far apart.",
            one[0].median, most[0].median);
}

static void read_counts(const Bench *b, const Series *s, Findings *f) {
    size_t last = s->points - 1;
    f->title = "Warps against instructions";
    f->y_label = "instructions of a warp for each multiply-add of its lanes";
    f->rows = s->points;
    f->plotted = 2;
    column(f, "warps", "point", 0);
    column(f, "dependent", "dependent", 3);
    column(f, "independent", "independent", 3);
    column(f, "warps that fit", "fit", 0);
    for (size_t p = 0; p <= last; p++) {
        const Launch l = plan(b, s->point[p], 0);
        f->value[p][0] = s->point[p];
        for (unsigned c = 0; c < 2; c++)
            f->value[p][1 + c] = s->counts[p][c].warp_instructions * LANES / work(&l);
        f->value[p][3] = fits(b, s->point[p]);
    }
    say(f,
        "A multiply-add of 32 lanes costs %.2f instructions in one chain and %.2f in four, for 1 "
        "warp, and %.2f and %.2f for %u: counts know how much there is to do, not who waits, "
        "which only a GPU's clock shows. ",
        f->value[0][1], f->value[0][2], f->value[last][1], f->value[last][2],
        (unsigned)s->point[last]);
    say(f,
        "In blocks of %zu warps %.0f fit, of %zu that a multiprocessor can hold: occupancy %.0f "
        "%% (by cusim's guess of registers, more than a GPU's compiler needs).",
        plan(b, s->point[last], 0).group / LANES, f->value[last][3], b->facts.most_warps,
        100 * f->value[last][3] / (double)b->facts.most_warps);
}

static void close_occupancy(Bench *b) { free(b->y), free(b->x); }

const Experiment occupancy = {.name = "occupancy",
                              .varied = "warps of 32 work-items on each multiprocessor",
                              .heading = "warps",
                              .curve = {"dependent", "independent"},
                              .kernel = {"dependent", "independent"},
                              .point = {1, 2, 4, 8, 16, 32, 64},
                              .allows = allows,
                              .open = open_occupancy,
                              .verify = verify,
                              .sample = sample,
                              .read = read_times,
                              .read_counts = read_counts,
                              .close = close_occupancy};
