// SPDX-License-Identifier: MIT
/* The pictures: for each problem the time over the size, on paper where a power is a straight line;
 * and for all of them how many times as fast the device is as the best of the host.
 */
#include <cjson/cJSON.h>
#include <math.h>

#include "evaluation.h"
#include "hc_plot.h"

enum { MOST_CURVES = MOST_ROWS + 2 };

/* Draw; a picture goes into the report, and a missing gnuplot is said, and no error. */
static int draw(const HcPlot *plot) {
    char path[4200];
    int status = hc_plot(plot);
    if (status == HC_SKIP) {
        hc_say("no plot    %s\n           %s\n", hc_last_error()->message, hc_last_error()->hint);
        return HC_OK;
    }
    if (status != HC_OK) return status;
    cJSON *pictures = cJSON_GetObjectItemCaseSensitive(hc_results(), "pictures");
    if (!pictures) pictures = cJSON_AddArrayToObject(hc_results(), "pictures");
    snprintf(path, sizeof path, "%s/%s.png", plot->folder, plot->name);
    cJSON_AddItemToArray(pictures, cJSON_CreateString(path));
    hc_say("plot       %s, .svg; numbers: %s.tsv\n", path, plot->name);
    return HC_OK;
}

int plot_times(const Plan *plan, const char *folder) {
    const char *series[MOST_CURVES + 1];
    const Row *device = best_device(plan), *curve[MOST_CURVES];
    double values[MOST_SIZES * (MOST_CURVES + 1)];
    char title[128], total[64];
    size_t curves = 0, at = 0;
    for (size_t r = 0; r < plan->rows; r++) /* the host's ways, and the fastest kernel */
        if (!is_left_out(&plan->row[r]) && (!plan->row[r].device || &plan->row[r] == device)) {
            curve[curves] = &plan->row[r];
            series[curves++] = plan->row[r].name;
        }
    if (device) {
        snprintf(total, sizeof total, "%s with transfers", device->name);
        series[curves++] = total;
    }
    series[curves] = NULL;
    for (size_t i = 0; i < plan->sizes; i++) {
        values[at++] = (double)plan->n[i];
        for (size_t c = 0; c < curves; c++)
            values[at++] =
                c + 1 == curves && device ? device->median[i].total : curve[c]->median[i].kernel;
    }
    snprintf(title, sizeof title, "%s: %s", plan->problem->name, plan->problem->what);
    return draw(&(HcPlot){.folder = folder,
                          .name = plan->problem->name,
                          .title = title,
                          .x_label = "n",
                          .y_label = "time, ms",
                          .log_x = true,
                          .log_y = true,
                          .series = series,
                          .values = values,
                          .rows = plan->sizes});
}

int plot_speed_ups(const Plan *plans, size_t count, const char *folder) {
    const char *series[MOST_CURVES + 1] = {NULL};
    double values[MOST_SIZES * (MOST_CURVES + 1)];
    size_t at = 0, curves = 0;
    for (size_t p = 0; p < count; p++)
        if (best_device(&plans[p]) && best_host(&plans[p], 0))
            series[curves++] = plans[p].problem->name;
    if (curves == 0) return HC_OK;
    for (size_t i = 0; i < plans[0].sizes; i++) {
        values[at++] = (double)plans[0].n[i];
        for (size_t p = 0; p < count; p++) {
            const Row *device = best_device(&plans[p]), *host = best_host(&plans[p], i);
            if (device && host) values[at++] = host->median[i].total / device->median[i].total;
        }
    }
    char title[128]; /* a single curve has no legend */
    snprintf(title, sizeof title, "%s%sthe device against the best of the host, transfers included",
             curves == 1 ? series[0] : "", curves == 1 ? ": " : "");
    if (curves > 1) title[0] = 'T';
    return draw(&(HcPlot){.folder = folder,
                          .name = "speed_up",
                          .title = title,
                          .x_label = "n",
                          .y_label = "times as fast; below 1: slower",
                          .log_x = true,
                          .log_y = true,
                          .series = series,
                          .values = values,
                          .rows = plans[0].sizes});
}
