// SPDX-License-Identifier: MIT
/* One experiment on the screen, in JSON and as files: table, sentence, data, plot. */
#include <cjson/cJSON.h>

#include "architecture.h"
#include "hc_plot.h"

static void print_table(const Findings *f) {
    char text[512];
    size_t at = (size_t)snprintf(text, sizeof text, "%s", f->heading[0]);
    for (size_t c = 1; c < f->columns; c++)
        at += (size_t)snprintf(text + at, sizeof text - at, "|%s", f->heading[c]);
    HcTable *table = hc_table_new(text);
    for (size_t r = 0; r < f->rows; r++) {
        at = (size_t)snprintf(text, sizeof text, "%g", f->value[r][0]);
        for (size_t c = 1; c < f->columns; c++)
            at += (size_t)snprintf(text + at, sizeof text - at, "|%.*f", f->digits[c],
                                   f->value[r][c]);
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

static void keep_json(const Experiment *e, const Findings *f) {
    cJSON *object = cJSON_AddObjectToObject(hc_results(), e->name);
    cJSON *rows = cJSON_AddArrayToObject(object, "points");
    for (size_t r = 0; r < f->rows; r++) {
        cJSON *row = cJSON_CreateObject();
        cJSON_AddNumberToObject(row, "point", f->value[r][0]);
        for (size_t c = 1; c < f->columns; c++)
            cJSON_AddNumberToObject(row, f->key[c], f->value[r][c]); /* NaN becomes null */
        cJSON_AddItemToArray(rows, row);
    }
    cJSON_AddStringToObject(object, "reads", f->sentence);
}

int show(const Experiment *e, const Findings *f, const HcDevice *device, const char *folder,
         bool print) {
    double values[MOST_POINTS * (1 + MOST_CURVES)];
    char title[512], path[4200];
    size_t curves = f->curves ? f->curves : 1, n = 0;
    for (size_t r = 0; r < f->rows; r++)
        for (size_t c = 0; c <= curves; c++) values[n++] = f->value[r][c];
    snprintf(title, sizeof title, "%s: %.80s", f->title, device->name);
    HcPlot plot = {.folder = folder,
                   .name = e->name,
                   .title = title,
                   .x_label = e->varied,
                   .y_label = f->y_label,
                   .log_x = true,
                   .log_y = !f->linear,
                   .from_zero = true,
                   .series = e->curve,
                   .values = values,
                   .rows = f->rows};
    if (print) print_table(f);
    keep_json(e, f);
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
