// SPDX-License-Identifier: MIT
/* Five microbenchmarks, each a table, a plot and a sentence that is computed from the numbers: what
 * many work-items hide (occupancy), what shared memory costs (banks), how far memory is (latency),
 * how fast data get to the device (bandwidth), what an order costs (launch).
 * GPUs, and the CPU by OpenCL, are timed; cusim, the software CUDA device, counts.
 *
 * Run:        ./cook run 13         or: ./cook run 13 --experiment latency; --device sim
 * Shapes:     n is the largest array, in numbers of 32 bits; smaller ones are tried up to it
 * Tolerance:  none: whole numbers
 */
#include <math.h>

#include "bench.h"

static const Experiment *const experiments[] = {&occupancy, &banks, &latency, &bandwidth,
                                                &launch_cost};
enum { EXPERIMENTS = 5, MOST_WORK = 1 << 20, COUNTED_WORK = 1 << 16 };

static const char *which = "all", *only = "", *output = "microbenchmarks";
static bool conflict_free;
static const HcOption options[] = {
    HC_CHOICE("experiment", &which, "all|occupancy|banks|latency|bandwidth|launch",
              "which of the five"),
    HC_TEXT("only", &only, "NAME=POINT/CURVE", "one launch, no table: banks=8/padded"),
    HC_FLAG("conflict-free", &conflict_free, "wrong if cusim counts bank conflicts of --only"),
    HC_TEXT("output", &output, "DIR", "the folder for numbers and plots"), HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "13_microbenchmarks",
                                .summary =
                                    "five small measurements that show how a device is built",
                                .apis = device_apis,
                                .options = options,
                                .size = {1 << 25},
                                .rank = 1,
                                .repeat = 5,
                                .random = true};

//> verify
/* Carry out each point of an experiment once, and compare with plain C. */
static bool verify(const Experiment *e, Bench *b, const Series *s) {
    HcVerdict all = {0};
    EACH(e, s) {
        char name[64];
        if (b->one_only && strcmp(only, point_name(e, s->point[p], c, name)) != 0) continue;
        add_verdict(&all, e->verify(b, p, s->point[p], c));
    }
    return hc_verify(e->name, all);
}
//< verify

/* --conflict-free: is the launch of --only, which has been verified, free of bank conflicts? */
static int verify_conflicts(const Bench *b) {
    Counts counts;
    const uint32_t none = 0;
    int status = count_launch(b->args, only, "banks", output, &counts);
    if (status != HC_OK) return status;
    if (isnan(counts.load_conflicts + counts.store_conflicts))
        return hc_set_error(HC_ERROR, 0, NULL, NULL, "cusim counted no conflicts of %s", only);
    uint32_t conflicts = (uint32_t)(counts.load_conflicts + counts.store_conflicts);
    hc_verify("count of bank conflicts", hc_compare(HC_U32, &conflicts, &none, 1, HC_EXACT));
    return HC_OK;
}

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    CHECK_HC(check_only(experiments, EXPERIMENTS, only));

    /* 1. A device, and the API that it belongs to. */
    HcDevice chosen;
    CHECK_HC(hc_choose_device(&chosen));
    size_t n = args.size[0];
    Bench bench = {.device = backend_for(&chosen),
                   .args = &args,
                   .most = n,
                   .work = (uint32_t)(n < MOST_WORK ? n : MOST_WORK),
                   .counted = strcmp(chosen.api, "sim") == 0,
                   .one_only = *only != '\0'};
    CHECK_HC(check_request(&bench, only, conflict_free));
    if (bench.counted && bench.work > COUNTED_WORK) bench.work = COUNTED_WORK; /* no noise */
    hc_say("n          %zu numbers in the largest array\n", n);
    if (n > 0) bench.device->open(&chosen, &bench.facts);
    if (bench.counted) bench.facts.units = 1; /* the share of one: the same on every machine */
    if (n == 0) hc_verify("nothing", hc_compare(HC_U32, NULL, NULL, 0, HC_EXACT));

    /* 2. One experiment after the other: the answers first, then times, or counts. */
    bool shown = !*only && (!args.quiet || args.json);
    for (unsigned i = 0; i < EXPERIMENTS && n > 0; i++) {
        const Experiment *e = experiments[i];
        static Series series[EXPERIMENTS];
        Series *s = &series[i];
        Findings findings = {0};
        if (!is_asked(e, which, only)) continue;
        hc_step(e->name);
        plan_points(e, &bench, only, s);
        e->open(&bench, s->point, s->points);
        bool right = verify(e, &bench, s);
        if (right && conflict_free) CHECK_HC(verify_conflicts(&bench));
        if (right && shown) {
            if (bench.counted) CHECK_HC(count(e, &bench, s, output));
            else CHECK_HC(measure(e, &bench, s, args.repeat));
            (bench.counted ? e->read_counts : e->read)(&bench, s, &findings);
            hc_step(NULL);
            CHECK_HC(show(e, s, &findings, &chosen, output, !args.json));
        }
        e->close(&bench);
    }

    if (n > 0) bench.device->close();
    return hc_end();
}
