// SPDX-License-Identifier: MIT
/* Three experiments that show how a device is built: in which order memory is read (stride), how
 * many ways neighbours go (divergence), how often the host asks (tick). Each gives a table, a plot,
 * and a sentence that reads it. GPUs, and the CPU by OpenCL, are timed; cusim, the software CUDA
 * device, counts.
 *
 * Run:        ./cook run 2          or: ./cook run 2 --device sim; --only stride=8 for a profiler
 * Shapes:     x, y: n whole numbers of 32 bits
 * Tolerance:  none: whole numbers
 */
#include "architecture.h"

static const Experiment *const experiments[] = {&stride, &divergence, &launch_cost};
enum { EXPERIMENTS = 3 };

static const char *only = "", *output = "gpu_architecture";
static const HcOption options[] = {
    HC_TEXT("only", &only, "NAME=POINT", "one launch, no table: stride=8, divergence=4/mixed"),
    HC_TEXT("output", &output, "DIR", "the folder for numbers and plots"), HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "02_gpu_architecture",
                                .summary = "three experiments that show how a device is built",
                                .apis = device_apis,
                                .options = options,
                                .size = {1 << 24},
                                .rank = 1,
                                .repeat = 5,
                                .random = true};

//> verify
/* Carry out the launches of one experiment once, and compare each result with plain C. */
static bool verify(const Experiment *e, Run *run, const Backend *device, const Data *data) {
    HcVerdict all = {0};
    EACH_LAUNCH(e) {
        const Launch *launch = &run->launch[p][c];
        char name[32];
        if (*only && strcmp(only, point_name(e, p, c, name)) != 0) continue;
        memset(data->y, 0, launch->n * sizeof *data->y);
        e->reference(launch, data->want, data->x);
        device->upload_y(data->y, launch->n);
        device->launch(launch, false);
        device->download(data->y, launch->n);
        add_verdict(&all, hc_compare(HC_U32, data->y, data->want, launch->n, HC_EXACT));
    }
    return hc_verify(e->name, all);
}
//< verify

//> measure
/* Time all points in turn, so that a busy minute slows all of them, and keep the medians. */
static void measure(const Experiment *e, Run *run, const Backend *device, unsigned rounds) {
    if (e->by_host_clock) rounds *= 4; /* so short that many are needed */
    for (unsigned r = 0; r < rounds; r++) EACH_LAUNCH(e) {
            double start_ms = hc_now_ms();
            double ms = device->launch(&run->launch[p][c], !e->by_host_clock);
            add_sample(run, p, c, e->by_host_clock ? hc_now_ms() - start_ms : ms);
        }
}
//< measure

//> count
/* cusim's times would be those of a simulator. Its counts are those of a GPU. */
static int count(const Experiment *e, Run *run, const HcArgs *args) {
    EACH_LAUNCH(e) {
        char name[32];
        int status =
            count_launch(args, point_name(e, p, c, name), e->name, output, &run->counts[p][c]);
        if (status != HC_OK) return status;
    }
    return HC_OK;
}
//< count

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    CHECK_HC(check_only(experiments, EXPERIMENTS, only));
    size_t n;
    CHECK_HC(round_size(args.size[0], &n));

    /* 1. A device, and the API that it belongs to. */
    HcDevice chosen;
    CHECK_HC(hc_choose_device(&chosen));
    const Backend *device = backend_for(&chosen);
    bool counted = strcmp(chosen.api, "sim") == 0, right = true;

    /* 2. Numbers to work on, and room for results. */
    static Run runs[EXPERIMENTS];
    Data data;
    if (n > 0) device->open(&chosen, n); /* asks whether there is room, too */
    CHECK_HC(hc_alloc(n, sizeof(uint32_t), &data.x));
    CHECK_HC(hc_alloc(n, sizeof(uint32_t), &data.y));
    CHECK_HC(hc_alloc(n, sizeof(uint32_t), &data.want));
    hc_fill(HC_U32, data.x, n, args.seed, 0);
    if (n > 0) device->upload(data.x, n);
    hc_say("n          %zu numbers%s\n", n, n > args.size[0] ? ", a multiple of every stride" : "");

    /* 3. All answers first. */
    for (unsigned i = 0; i < EXPERIMENTS && n > 0; i++) {
        const Experiment *e = experiments[i];
        uint32_t steps = n < 1 << 16 ? 16 : chosen.is_gpu ? 4096 : counted ? 64 : 128;
        hc_step(e->name);
        device->load(i, e->name);
        EACH_LAUNCH(e) {
            e->plan(&runs[i].launch[p][c], e->point[p], c, n, steps);
            runs[i].launch[p][c].slot = i;
        }
        if (!is_other(e, only)) right &= verify(e, &runs[i], device, &data);
    }
    if (n == 0) hc_verify("stride", hc_compare(HC_U32, data.y, data.want, 0, HC_EXACT));

    /* 4. Then times, or counts: a table, a sentence and a plot for each. */
    bool quiet = args.quiet && !args.json;
    for (unsigned i = 0; i < EXPERIMENTS && n > 0 && right && !*only && !quiet; i++) {
        Findings findings = {0};
        hc_step(counted ? "counting" : "measuring");
        if (i == 0) CHECK_HC(begin_output(output));
        if (i == 0) hc_say("checked    every launch gives what plain C gives\n");
        if (counted) CHECK_HC(count(experiments[i], &runs[i], &args));
        else measure(experiments[i], &runs[i], device, args.repeat);
        CHECK_HC(find(experiments[i], &runs[i], counted, &findings));
        hc_step(NULL);
        CHECK_HC(show(experiments[i], &findings, &chosen, output, !args.json));
    }
    if (n > 0) device->close();
    free(data.want), free(data.y), free(data.x);
    return hc_end();
}
