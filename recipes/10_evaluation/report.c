// SPDX-License-Identifier: MIT
/* One problem on the screen and in JSON: each way at the largest size, step by step; all ways over
 * all sizes; where the device begins to win; and what more threads bring.
 */
#include <cjson/cJSON.h>
#include <math.h>

#include "evaluation.h"

static void print_steps(const Plan *plan) {
    const Problem *p = plan->problem;
    size_t last = plan->sizes - 1;
    double serial_ms = plan->row[0].median[last].total;
    char headings[128], step[2][24];
    snprintf(headings, sizeof headings,
             "way|>build ms|>upload|>kernel|>download|>total|>%s|>of %s|>serial/total",
             p->computes ? "GFLOP/s" : "GB/s", p->computes ? "peak" : "copy");
    HcTable *table = hc_table_new(headings);
    for (size_t r = 0; r < plan->rows; r++) {
        const Row *row = &plan->row[r];
        const Times *t = &row->median[last];
        char build[24] = "", limit[24] = "";
        if (is_left_out(row)) continue;
        if (!isnan(row->build_ms)) snprintf(build, sizeof build, "%.1f", row->build_ms);
        if (row->limit > 0)
            snprintf(limit, sizeof limit, "%.0f %%", 100 * rate(plan, row, last) / row->limit);
        step[0][0] = step[1][0] = '\0'; /* the host has no way to go */
        if (row->device) snprintf(step[0], sizeof step[0], "%.3f", t->upload);
        if (row->device) snprintf(step[1], sizeof step[1], "%.3f", t->download);
        hc_table_row(table, "%s|%s|%s|%.3f|%s|%.3f|%.2f|%s|%.2f", row->name, build, step[0],
                     t->kernel, step[1], t->total, rate(plan, row, last), limit,
                     serial_ms / t->total);
    }
    hc_table_print(table, stdout, 2);
    hc_table_free(table);
    for (size_t r = 0; r < plan->rows; r++)
        if (is_left_out(&plan->row[r]))
            hc_say("  without %s: %s\n", plan->row[r].name, plan->row[r].why_not);
}

static void print_sizes(const Plan *plan) {
    char text[512];
    size_t at = (size_t)snprintf(text, sizeof text, ">n");
    const Row *device = best_device(plan);
    for (size_t r = 0; r < plan->rows; r++)
        if (!is_left_out(&plan->row[r]))
            at += (size_t)snprintf(text + at, sizeof text - at, "|>%s", plan->row[r].name);
    if (device) snprintf(text + at, sizeof text - at, "|>%s, total", device->name);
    HcTable *table = hc_table_new(text);
    for (size_t i = 0; i < plan->sizes; i++) {
        at = (size_t)snprintf(text, sizeof text, "%zu", plan->n[i]);
        for (size_t r = 0; r < plan->rows; r++)
            if (!is_left_out(&plan->row[r]))
                at += (size_t)snprintf(text + at, sizeof text - at, "|%.4f",
                                       plan->row[r].median[i].kernel);
        if (device) snprintf(text + at, sizeof text - at, "|%.4f", device->median[i].total);
        hc_table_row(table, "%s", text);
    }
    hc_say("  kernel ms by size\n");
    hc_table_print(table, stdout, 2);
    hc_table_free(table);
}

static const char *say_n(const Plan *plan, double n, char text[64]) {
    if (n == 0) snprintf(text, 64, "not up to n = %zu", plan->n[plan->sizes - 1]);
    else if (n <= (double)plan->n[0]) snprintf(text, 64, "at every size");
    else snprintf(text, 64, "from about n = %.2g on", n);
    return text;
}

/* The same device, the two shapes of the kernel. */
static void say_shapes(const Plan *plan) {
    size_t last = plan->sizes - 1;
    for (size_t r = 0; r + 1 < plan->rows; r++) {
        const Row *plain = &plan->row[r], *tuned = plain + 1;
        if (!plain->device || plain->device != tuned->device || tuned->form != TUNED) continue;
        if (plain->backend != tuned->backend || is_left_out(plain) || is_left_out(tuned)) continue;
        hc_say("  shape: %s is %.3g times as fast as %s\n", tuned->name,
               plain->median[last].kernel / tuned->median[last].kernel, plain->name);
    }
}

static void print_threads(const Plan *plan) {
    HcTable *table = hc_table_new(">threads|>ms|>speed-up|>per thread");
    for (size_t c = 0; c < plan->counts; c++) {
        double speed_up = plan->threads_ms[0] / plan->threads_ms[c];
        hc_table_row(table, "%u|%.4f|%.2f|%.0f %%", plan->thread_count[c], plan->threads_ms[c],
                     speed_up, 100 * speed_up / plan->thread_count[c]);
    }
    hc_table_print(table, stdout, 2);
    hc_table_free(table);
}

static void keep_json(const Plan *plan) {
    cJSON *problems = cJSON_GetObjectItemCaseSensitive(hc_results(), "problems");
    if (!problems) problems = cJSON_AddArrayToObject(hc_results(), "problems");
    cJSON *object = cJSON_CreateObject(), *rows = cJSON_AddArrayToObject(object, "ways");
    cJSON_AddItemToArray(problems, object);
    cJSON_AddStringToObject(object, "name", plan->problem->name);
    cJSON_AddStringToObject(object, "rate", plan->problem->computes ? "GFLOP/s" : "GB/s");
    for (size_t r = 0; r < plan->rows; r++) {
        const Row *row = &plan->row[r];
        cJSON *one = cJSON_CreateObject(), *points;
        cJSON_AddItemToArray(rows, one);
        cJSON_AddStringToObject(one, "name", row->name);
        if (is_left_out(row)) cJSON_AddStringToObject(one, "left_out", row->why_not);
        if (is_left_out(row)) continue;
        cJSON_AddNumberToObject(one, "build_ms", row->build_ms); /* NaN becomes null */
        cJSON_AddNumberToObject(one, "limit", row->limit);
        if (row->device) {
            cJSON_AddNumberToObject(one, "wins_from_n", crossing(plan, row, true));
            cJSON_AddNumberToObject(one, "kernel_wins_from_n", crossing(plan, row, false));
        }
        points = cJSON_AddArrayToObject(one, "points");
        for (size_t i = 0; i < plan->sizes; i++) {
            cJSON *point = cJSON_CreateObject();
            cJSON_AddItemToArray(points, point);
            hc_json_u64(point, "n", plan->n[i]);
            cJSON_AddNumberToObject(point, "upload_ms", row->median[i].upload);
            cJSON_AddNumberToObject(point, "kernel_ms", row->median[i].kernel);
            cJSON_AddNumberToObject(point, "download_ms", row->median[i].download);
            cJSON_AddNumberToObject(point, "total_ms", row->median[i].total);
            cJSON_AddNumberToObject(point, "rate", rate(plan, row, i));
        }
    }
    cJSON *threads = cJSON_AddArrayToObject(object, "threads");
    for (size_t c = 0; c < plan->counts; c++) {
        cJSON *one = cJSON_CreateObject();
        cJSON_AddItemToArray(threads, one);
        cJSON_AddNumberToObject(one, "threads", plan->thread_count[c]);
        cJSON_AddNumberToObject(one, "ms", plan->threads_ms[c]);
    }
}

void report(const Plan *plan, bool print) {
    const Shape *s = &plan->shape[plan->sizes - 1];
    keep_json(plan);
    if (!print) return;
    hc_say("\n%s: %s, n = %zu", plan->problem->name, plan->problem->what, plan->n[plan->sizes - 1]);
    if (s->down > 1) hc_say(", side = %zu", s->down);
    hc_say("; %.3g MB, %.3g MFLOP\n", s->bytes / 1e6, s->flops / 1e6);
    print_steps(plan);
    if (plan->sizes > 1) print_sizes(plan);
    if (plan->counts == 0) return; /* a yardstick */
    hc_say("  faster than the best of the host:\n");
    for (size_t r = 0; r < plan->rows; r++) {
        const Row *row = &plan->row[r];
        char alone[64], in_all[64];
        if (!row->device || is_left_out(row)) continue;
        hc_say("  %s: the kernel alone %s; with transfers %s\n", row->name,
               say_n(plan, crossing(plan, row, false), alone),
               say_n(plan, crossing(plan, row, true), in_all));
    }
    say_shapes(plan);
    print_threads(plan);
}
