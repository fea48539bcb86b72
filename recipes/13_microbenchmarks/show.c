// SPDX-License-Identifier: MIT
/* One experiment on the screen, in JSON and as files: table, sentence, data, plot. */
#include <cjson/cJSON.h>

#include "bench.h"
#include "hc_plot.h"

static void print_table(const Findings *f) {
    char text[512];
    size_t at = 0;
    for (size_t c = 0; c < f->columns; c++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%s>%s", c ? "|" : "", f->heading[c]);
    HcTable *table = hc_table_new(text);
    for (size_t r = 0; r < f->rows; r++) {
        at = 0;
        for (size_t c = 0; c < f->columns; c++)
            at += (size_t)snprintf(text + at, sizeof text - at, "%s%.*f", c ? "|" : "",
                                   f->digits[c], f->value[r][c]);
        hc_table_row(table, "%s", text);
    }
    hc_say("\n%s\n", f->title);
    hc_table_print(table, stdout, 2);
    hc_table_free(table);
    const char *line = f->sentence; /* in lines of at most 100 columns */
    while (strlen(line) > 100) {
        int cut = 100;
        while (line[cut] != ' ') cut--;
        hc_say("%.*s\n", cut, line);
        line += cut + 1;
    }
    hc_say("%s\n", line);
}

/* Medians or counts as the table has them; with quartiles where there are samples. */
static void keep_json(const Experiment *e, const Series *s, const Findings *f) {
    cJSON *object = cJSON_AddObjectToObject(hc_results(), e->name);
    cJSON *rows = cJSON_AddArrayToObject(object, "points");
    cJSON_AddStringToObject(object, "unit", f->y_label);
    for (size_t r = 0; r < f->rows; r++) {
        cJSON *row = cJSON_CreateObject();
        for (size_t c = 0; c < f->columns; c++)
            cJSON_AddNumberToObject(row, f->key[c], f->value[r][c]); /* NaN becomes null */
        for (unsigned c = 0; e->curve[c] && s->stats[r][c].n; c++) {
            char key[64];
            snprintf(key, sizeof key, "%s_q1", e->curve[c]);
            cJSON_AddNumberToObject(row, key, s->stats[r][c].q1);
            snprintf(key, sizeof key, "%s_q3", e->curve[c]);
            cJSON_AddNumberToObject(row, key, s->stats[r][c].q3);
        }
        cJSON_AddItemToArray(rows, row);
    }
    for (size_t i = 0; i < MOST_CURVES && f->figure[i]; i++)
        cJSON_AddNumberToObject(object, f->figure[i], f->figures[i]);
    cJSON_AddStringToObject(object, "reads", f->sentence);
}

int show(const Experiment *e, const Series *s, const Findings *f, const HcDevice *device,
         const char *folder, bool print) {
    double values[MOST_POINTS * (1 + MOST_CURVES)];
    const char *names[MOST_CURVES + 1] = {NULL};
    char title[512], path[4200];
    size_t n = 0;
    for (size_t r = 0; r < f->rows; r++)
        for (size_t c = 0; c <= f->plotted; c++) values[n++] = f->value[r][c];
    for (size_t c = 0; c < f->plotted; c++) names[c] = f->heading[1 + c];
    snprintf(title, sizeof title, "%s: %.80s", f->title, device->name);
    HcPlot plot = {.folder = folder,
                   .name = e->name,
                   .title = title,
                   .x_label = e->varied,
                   .y_label = f->y_label,
                   .log_x = true,
                   .log_y = f->log_y,
                   .from_zero = true,
                   .series = names,
                   .values = values,
                   .rows = f->rows};
    if (print) print_table(f);
    keep_json(e, s, f);
    int status = hc_plot(&plot);
    if (status == HC_OK) {
        snprintf(path, sizeof path, "%s/%s.png", folder, e->name);
        cJSON *pictures = cJSON_GetObjectItemCaseSensitive(hc_results(), "pictures");
        if (!pictures) pictures = cJSON_AddArrayToObject(hc_results(), "pictures");
        cJSON_AddItemToArray(pictures, cJSON_CreateString(path));
        hc_say("plot       %s, .svg; numbers: %s.tsv\n", path, e->name);
    } else if (status == HC_SKIP) {
        hc_say("no plot    %s\n           %s\n", hc_last_error()->message, hc_last_error()->hint);
        status = HC_OK;
    }
    return status;
}
