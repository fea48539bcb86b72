// SPDX-License-Identifier: MIT
/* What the picture shows, and where it is cut in two. */
#include <errno.h>
#include <math.h>

#include "mandelbrot.h"

int view_make(View *view, const size_t size[2], size_t limit) {
    const size_t most = 1000000; /* of a PNG file's side */
    if (size[0] > most || size[1] > most)
        return hc_set_error(HC_USAGE, 0, NULL, NULL, "--size: %zu pixels each way are the most",
                            most);
    if (limit > INT32_MAX) /* the kernel counts in 32 bits */
        return hc_set_error(HC_USAGE, 0, NULL, NULL, "--limit: %d steps are the most", INT32_MAX);
    if (size[1] && size[0] > SIZE_MAX / sizeof(uint32_t) / size[1])
        return hc_set_error(HC_USAGE, 0, NULL, NULL, "%zux%zu pixels are too many", size[0],
                            size[1]);
    double wide = 3.0 / fmax((double)size[0], 1), high = 2.5 / fmax((double)size[1], 1);
    double step = fmax(wide, high); /* all of -2.25 .. 0.75 and of -1.25 .. 1.25 */
    *view = (View){.width = size[0], .height = size[1], .limit = (uint32_t)limit};
    view->step = (float)step;
    view->left = (float)(-0.75 - step * ((double)size[0] - 1) / 2);
    view->top = (float)(step * ((double)size[1] - 1) / 2);
    return HC_OK;
}

int split_column(const char *text, const Job *job, Times host, Times device, size_t *first) {
    const View *view = &job->view;
    char *end;
    if (strcmp(text, "measured") != 0) {
        double share = strtod(text, &end);
        if (end == text || *end || !(share >= 0 && share <= 1))
            return hc_set_error(HC_USAGE, 0, NULL, "write --split 0.5, or --split measured",
                                "--split: '%s' is no number from 0 to 1", text);
        *first = (size_t)(share * (double)view->width + 0.5);
        return HC_OK;
    }
    *first = 0;
    if (!job->counts) return HC_OK;
    //> balance
    /* Each gets steps in proportion to its speed: of the sum of both speeds, 1 / time, the host has
     * this share. Columns differ, so steps are counted until the host has its part of them. */
    double share = device.all / (host.all + device.all), all = 0, done = 0;
    size_t pixels = view->width * view->height;
    for (size_t p = 0; p < pixels; p++) all += job->counts[p] + 1.0;
    for (; *first < view->width && done < share * all; ++*first)
        for (size_t row = 0; row < view->height; row++)
            done += job->counts[row * view->width + *first] + 1.0;
    //< balance
    return HC_OK;
}
