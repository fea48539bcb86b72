// SPDX-License-Identifier: MIT
/* One picture, two kinds of processor: the Mandelbrot set, its left part by the host's threads, its
 * right part by a device, both at the same time.
 *
 * Run:        ./cook run 1          or: ./cook run 1 -n 640x480 --split 0.25 --mark tint
 * Shapes:     counts: height rows of width numbers, the steps that a pixel's point stays near 0
 * Tolerance:  none. Products, sums and comparisons are correctly rounded in all three languages, if
 *             no compiler joins a product and a sum into one rounding; each is told not to.
 */
#include "mandelbrot.h"

#include <cjson/cJSON.h>

//> reference
/* The reference, and what a host thread runs: the first columns of row, row + every, and so on. */
static void mandelbrot(uint32_t *counts, const View *v, size_t columns, size_t row, size_t every) {
    for (; row < v->height; row += every)
        for (size_t column = 0; column < columns; column++) {
            float cx = v->left + v->step * (float)column, cy = v->top - v->step * (float)row;
            float x = 0, y = 0;
            uint32_t n = 0;
            while (n < v->limit && x * x + y * y <= 4.0f) {
                float next = x * x - y * y + cx;
                y = 2.0f * x * y + cy;
                x = next;
                n++;
            }
            counts[row * v->width + column] = n;
        }
}
//< reference

//> both
static void host_thread(size_t t, size_t end, void *context) {
    const Job *job = context;
    for (; t < end; t++) mandelbrot(job->counts, &job->view, job->first, t, job->threads);
}

Times compute(Job *job, size_t first) {
    Times ms = {0};
    double start_ms = hc_now_ms();
    job->first = first;
    if (first < job->view.width) job->device->start(first); /* returns while the device works */
    if (first > 0) hc_parallel_for(job->threads, (unsigned)job->threads, host_thread, job);
    ms.host = hc_now_ms() - start_ms;
    if (first < job->view.width) ms.device = job->device->finish(job->counts); /* waits */
    ms.all = hc_now_ms() - start_ms;
    return ms;
}
//< both

static size_t limit = 256;
static const char *split = "measured", *mark = "line", *output = "mandelbrot.png";
static const HcOption options[] = {
    HC_TEXT("split", &split, "F", "the host's share of the columns, 0 to 1, or \"measured\""),
    HC_COUNT("limit", &limit, "steps after which a point counts as inside"),
    HC_CHOICE("mark", &mark, "line|tint|none", "how the picture shows who computed what"),
    HC_TEXT("output", &output, "FILE", "where the picture goes"), HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "01_heterogeneous_computing",
                                .summary = "one picture, part by host threads, part by a device",
                                .apis = device_apis,
                                .options = options,
                                .size = {1536, 1024},
                                .rank = 2,
                                .repeat = 5};

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    Job job = {.threads = hc_cores()};
    CHECK_HC(view_make(&job.view, args.size, limit));
    CHECK_HC(split_column(split, &job, (Times){0}, (Times){0}, &job.first));

    /* 1. A device, and the API that it belongs to. */
    HcDevice chosen;
    CHECK_HC(hc_choose_device(&chosen));
    job.device = backend_for(&chosen);

    /* 2. The answer to compare with: the whole picture in plain C, on one thread. */
    size_t width = job.view.width, pixels = width * job.view.height, first;
    if (pixels > 0) job.device->open(&chosen, &job.view); /* asks whether there is room, too */
    uint32_t *want;
    CHECK_HC(hc_alloc(pixels, sizeof *want, &want));
    CHECK_HC(hc_alloc(pixels, sizeof *want, &job.counts));
    hc_step("one thread, in plain C");
    mandelbrot(want, &job.view, width, 0, 1);
    hc_say("picture    %zux%zu pixels, at most %zu steps each\n", width, job.view.height, limit);

    if (pixels == 0) {
        hc_say("           nothing to compute, and no picture\n");
        hc_verify("counts", hc_compare(HC_U32, job.counts, want, 0, HC_EXACT));
    } else {
        hc_step("host and device");
        //> share
        /* 3. How fast is each alone? That is how to share the work; a first launch may compile. */
        compute(&job, 0);
        Times device = compute(&job, 0), host = compute(&job, width);
        CHECK_HC(split_column(split, &job, host, device, &first));
        memset(job.counts, 0xff, pixels * sizeof *want); /* a pixel that nobody computes is wrong */
        compute(&job, first);
        //< share
        hc_say("host       columns before %zu: %zu threads\n", first, job.threads);
        hc_say("device     columns from %zu on\n", first);

        /* 4. The answer first; then the picture of it, and the times. */
        if (hc_verify("counts", hc_compare(HC_U32, job.counts, want, pixels, HC_EXACT))) {
            double picture_ms = hc_now_ms();
            CHECK_HC(write_picture(output, &job, mark));
            picture_ms = hc_now_ms() - picture_ms;
            cJSON_AddItemToArray(cJSON_AddArrayToObject(hc_results(), "pictures"),
                                 cJSON_CreateString(output));
            hc_say("picture    %s\n", output);
            if (args.json || !args.quiet) report(&job, &chosen, args.repeat, picture_ms);
        }
        job.device->close();
    }
    free(job.counts), free(want);
    return hc_end();
}
