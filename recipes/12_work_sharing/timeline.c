// SPDX-License-Identifier: MIT
/* When was who at work? The last run as an SVG picture, with one line for each worker and one box
 * for each tile; and as JSON in the format of Chrome's trace viewer, which chrome://tracing and
 * https://ui.perfetto.dev open: events with a begin (ts) and a length (dur) in microseconds.
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>

#include "work.h"

static const char failed_colour[] = "#d00000";

static int finish(FILE *file, const char *path) {
    bool bad = ferror(file) != 0;
    errno = 0;
    bad = fclose(file) != 0 || bad;
    return bad ? hc_set_error(HC_ERROR, errno, NULL, "is the disk full?", "cannot write %s", path)
               : HC_OK;
}

static int begin(const char *path, FILE **file) {
    *file = fopen(path, "w");
    return *file ? HC_OK
                 : hc_set_error(HC_ERROR, errno, NULL,
                                "may you write to that folder? choose with --output",
                                "cannot write %s: %s", path, strerror(errno));
}

/* A length of 1, 2 or 5 times a power of ten, so that the axis has up to ten of them. */
static double tick(double ms) {
    double power = pow(10, floor(log10(ms / 10)));
    for (int i = 0; i < 3; i++)
        if (((const int[]){1, 2, 5})[i] * power * 10 >= ms)
            return ((const int[]){1, 2, 5})[i] * power;
    return 10 * power;
}

static int write_svg(const Share *share, const char *path) {
    enum { LEFT = 110, WIDE = 820, TOP = 34, LANE = 30, BOX = 22 };
    FILE *out;
    int status = begin(path, &out);
    if (status != HC_OK) return status;
    double ms = fmax(share->ms, 1e-3), scale = WIDE / ms;
    size_t high = TOP + LANE * share->count + 34;
    fprintf(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%zu\" viewBox=\"0 0 %d "
        "%zu\" font-family=\"sans-serif\" font-size=\"13\">\n<title>%s: who computed which tile, "
        "and when</title>\n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
        "<text x=\"%d\" y=\"20\">%s: %zu tiles of %zu columns</text>\n",
        LEFT + WIDE + 30, high, LEFT + WIDE + 30, high, share->job.name, LEFT, share->job.name,
        share->job.tiles, share->job.tile_columns);
    double step = tick(ms);
    for (int i = 0; i * step <= ms; i++) {
        double at = i * step;
        fprintf(out,
                "<path d=\"M%.1f %d V%zu\" stroke=\"#cccccc\"/><text x=\"%.1f\" y=\"%zu\" "
                "text-anchor=\"middle\" fill=\"#555555\">%g%s</text>\n",
                LEFT + at * scale, TOP - 4, high - 30, LEFT + at * scale, high - 14, at,
                at == 0 ? " ms" : "");
    }
    for (size_t i = 0; i < share->count; i++) {
        const Worker *w = &share->workers[i];
        size_t y = TOP + LANE * i;
        fprintf(out, "<text x=\"%d\" y=\"%zu\" text-anchor=\"end\">%s</text>\n", LEFT - 8, y + 16,
                w->name);
        for (const Span *s = w->spans; s < w->spans + w->span_count; s++) {
            char own[8];
            snprintf(own, sizeof own, "#%02x%02x%02x", w->colour[0], w->colour[1], w->colour[2]);
            fprintf(out,
                    "<rect x=\"%.2f\" y=\"%zu\" width=\"%.2f\" height=\"%d\" fill=\"%s\" "
                    "stroke=\"white\" stroke-width=\"0.5\"><title>%s, tile %zu: %.3f ms%s</title>"
                    "</rect>\n",
                    LEFT + s->begin_ms * scale, y, fmax((s->end_ms - s->begin_ms) * scale, 1), BOX,
                    s->failed ? failed_colour : own, w->name, s->tile, s->end_ms - s->begin_ms,
                    s->failed ? ", failed" : "");
            if (s->failed)
                fprintf(out, "<text x=\"%.2f\" y=\"%zu\" fill=\"%s\">failed at tile %zu</text>\n",
                        LEFT + s->end_ms * scale + 6, y + 16, failed_colour, s->tile);
        }
    }
    fputs("</svg>\n", out);
    return finish(out, path);
}

//> trace
/* One event: "M" names a line of the viewer, "X" is a box on it. */
static cJSON *event(cJSON *events, const char *kind, const char *name, size_t line) {
    cJSON *e = cJSON_CreateObject();
    cJSON_AddItemToArray(events, e);
    cJSON_AddStringToObject(e, "ph", kind);
    cJSON_AddStringToObject(e, "name", name);
    cJSON_AddNumberToObject(e, "pid", 1);
    cJSON_AddNumberToObject(e, "tid", (double)line);
    return cJSON_AddObjectToObject(e, "args");
}

static cJSON *trace(const Share *share) {
    cJSON *root = cJSON_CreateObject(), *events = cJSON_AddArrayToObject(root, "traceEvents");
    cJSON_AddStringToObject(root, "displayTimeUnit", "ms");
    cJSON_AddStringToObject(event(events, "M", "process_name", 0), "name", share->job.name);
    for (size_t i = 0; i < share->count; i++) {
        const Worker *w = &share->workers[i];
        cJSON_AddStringToObject(event(events, "M", "thread_name", i + 1), "name", w->name);
        for (const Span *s = w->spans; s < w->spans + w->span_count; s++) {
            char name[32];
            snprintf(name, sizeof name, "tile %zu", s->tile);
            cJSON_AddBoolToObject(event(events, "X", name, i + 1), "failed", s->failed);
            cJSON *e = cJSON_GetArrayItem(events, cJSON_GetArraySize(events) - 1);
            cJSON_AddNumberToObject(e, "ts", s->begin_ms * 1000);
            cJSON_AddNumberToObject(e, "dur", (s->end_ms - s->begin_ms) * 1000);
        }
    }
    return root;
}
//< trace

static int write_trace(const Share *share, const char *path) {
    FILE *out;
    int status = begin(path, &out);
    if (status != HC_OK) return status;
    cJSON *root = trace(share);
    char *text = cJSON_PrintUnformatted(root);
    if (text) fprintf(out, "%s\n", text);
    cJSON_free(text), cJSON_Delete(root);
    return finish(out, path);
}

int write_timeline(const Share *share, const char *folder) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.svg", folder, share->job.name);
    int status = write_svg(share, path);
    if (status == HC_OK) hc_say("timeline   %s\n", path);
    snprintf(path, sizeof path, "%s/%s.json", folder, share->job.name);
    if (status == HC_OK) status = write_trace(share, path);
    if (status == HC_OK) hc_say("trace      %s\n", path);
    return status;
}
