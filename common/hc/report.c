// SPDX-License-Identifier: MIT
/* What a run found: gathered figure by figure, printed once at the end, as text or as one JSON
 * object of the form in result.schema.json. A wrong answer shows no time and no rate.
 */
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>

#include "internal.h"

static const char *const time_names[HC_TIMES] = {"build", "upload", "kernel", "download"};

struct cJSON *hc_results(void) {
    if (!hc_run.results) hc_run.results = cJSON_CreateObject();
    return hc_run.results;
}

void hc_json_u64(struct cJSON *object, const char *key, uint64_t value) {
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRIu64, value);
    cJSON_AddRawToObject(object, key, digits);
}

/* JSON has no NaN and no infinity. */
static void add_f64(cJSON *object, const char *key, double value) {
    if (isfinite(value)) cJSON_AddNumberToObject(object, key, value);
    else cJSON_AddNullToObject(object, key);
}

static void add_note(const char *label, const char *text) {
    if (hc_run.note_count == sizeof hc_run.notes / sizeof hc_run.notes[0]) return;
    HcNote *note = &hc_run.notes[hc_run.note_count++];
    snprintf(note->label, sizeof note->label, "%s", label);
    snprintf(note->text, sizeof note->text, "%s", text);
}

void hc_note_f64(const char *key, const char *label, double value, const char *unit) {
    char text[64];
    snprintf(text, sizeof text, "%.4g%s%s", value, *unit ? " " : "", unit);
    add_note(label, text);
    add_f64(hc_results(), key, value);
}

void hc_note_text(const char *key, const char *label, const char *text) {
    for (size_t i = 0; i < hc_run.note_count; i++)
        if (strcmp(hc_run.notes[i].label, label) == 0) {
            hc_run.notes[i] = hc_run.notes[--hc_run.note_count];
            break;
        }
    add_note(label, text);
    cJSON_DeleteItemFromObject(hc_results(), key);
    cJSON_AddStringToObject(hc_results(), key, text);
}

void hc_note_time(HcTime what, double ms) {
    size_t n = hc_run.time_count[what];
    if ((n & (n - 1)) == 0) { /* a power of two: the room is used up */
        double *grown = realloc(hc_run.times[what], (n ? 2 * n : 1) * sizeof *grown);
        if (!grown) return;
        hc_run.times[what] = grown;
    }
    hc_run.times[what][n] = ms;
    hc_run.time_count[what]++;
}

HcStats hc_time_stats(HcTime what) { return hc_stats(hc_run.times[what], hc_run.time_count[what]); }

bool hc_verify(const char *what, HcVerdict v) {
    char count[32], text[256];
    hc_run.verified_any = true;
    hc_run.elements += v.n;
    /* NaN must win: fmax() would drop it. */
    if (isnan(v.max_error) || v.max_error > hc_run.max_error) hc_run.max_error = v.max_error;
    if (v.wrong) {
        hc_run.wrong_any = true;
        fprintf(stderr, "WRONG: %s: %zu of %zu elements differ (max error %.3g, allowed: %s)\n%s",
                what, v.wrong, v.n, v.max_error, v.allowed, v.first);
        return false;
    }
    snprintf(text, sizeof text, "yes: %s, %s elements, max error %.3g (allowed: %s)", what,
             hc_format_count(v.n, count, sizeof count), v.max_error, v.allowed);
    add_note("verified", text);
    return true;
}

static cJSON *params(void) {
    cJSON *object = cJSON_CreateObject();
    const HcRecipe *r = hc_run.recipe;
    const HcArgs *a = &hc_run.args;
    if (r->rank == 1) hc_json_u64(object, "size", a->size[0]);
    if (r->rank != 0 && r->rank != 1) {
        cJSON *size = cJSON_AddArrayToObject(object, "size");
        for (int i = 0; i < (r->rank < 0 ? 3 : r->rank); i++) {
            char digits[24];
            snprintf(digits, sizeof digits, "%zu", a->size[i]);
            cJSON_AddItemToArray(size, cJSON_CreateRaw(digits));
        }
    }
    if (r->random) hc_json_u64(object, "seed", a->seed);
    if (r->repeat) hc_json_u64(object, "repeat", a->repeat);
    for (const HcOption *o = r->options; o && o->kind != HC_KIND_END; o++) {
        if (o->kind == HC_KIND_FLAG) cJSON_AddBoolToObject(object, o->name, *(bool *)o->value);
        else if (o->kind == HC_KIND_COUNT) hc_json_u64(object, o->name, *(size_t *)o->value);
        else if (o->kind == HC_KIND_REAL) add_f64(object, o->name, *(double *)o->value);
        else if (!*(const char **)o->value) cJSON_AddNullToObject(object, o->name);
        else cJSON_AddStringToObject(object, o->name, *(const char **)o->value);
    }
    return object;
}

struct cJSON *hc_device_json(const HcDevice *d) {
    char spec[32];
    cJSON *device = cJSON_CreateObject();
    cJSON_AddStringToObject(device, "api", d->api);
    cJSON_AddStringToObject(device, "name", d->name);
    cJSON_AddStringToObject(device, "platform", d->detail);
    cJSON_AddStringToObject(device, "spec", hc_device_spec(d, spec));
    return device;
}

static void add_error(cJSON *root, const HcError *e, const char *call, const char *file, int line) {
    cJSON *object =
        e ? cJSON_AddObjectToObject(root, "error") : cJSON_AddNullToObject(root, "error");
    if (!e) return;
    cJSON_AddNumberToObject(object, "code", e->code);
    cJSON_AddStringToObject(object, "name", e->name);
    cJSON_AddStringToObject(object, "message", e->message);
    cJSON_AddItemToObject(object, "call", call ? cJSON_CreateString(call) : cJSON_CreateNull());
    cJSON_AddItemToObject(object, "file", file ? cJSON_CreateString(file) : cJSON_CreateNull());
    cJSON_AddNumberToObject(object, "line", line);
    cJSON_AddStringToObject(object, "hint", e->hint);
    if (e->detail) cJSON_AddStringToObject(object, "detail", e->detail);
}

char *hc_report_json(const char *status, const HcError *error, const char *call, const char *file,
                     int line) {
    cJSON *root = cJSON_CreateObject();
    cJSON_AddNumberToObject(root, "schema", 1);
    cJSON_AddStringToObject(root, "status", status);
    add_error(root, error, call, file, line);
    cJSON_AddStringToObject(root, "recipe", hc_run.recipe->name);
    cJSON_AddStringToObject(root, "version", HC_VERSION);
    cJSON *list = hc_run.device_count > 1 ? cJSON_AddArrayToObject(root, "devices") : NULL;
    for (size_t i = 0; list && i < hc_run.device_count; i++)
        cJSON_AddItemToArray(list, hc_device_json(&hc_run.devices[i]));
    if (hc_run.device_count == 0) cJSON_AddNullToObject(root, "device");
    if (hc_run.device_count == 1)
        cJSON_AddItemToObject(root, "device", hc_device_json(hc_run.devices));
    cJSON_AddItemToObject(root, "params", params());
    bool show = !hc_run.wrong_any && !error, judged = hc_run.verified_any && !error;
    cJSON_AddItemToObject(root, "verified", judged ? cJSON_CreateBool(show) : cJSON_CreateNull());
    add_f64(root, "max_error", hc_run.verified_any ? hc_run.max_error : (double)NAN);
    cJSON_AddItemToObject(root, "results",
                          show ? cJSON_Duplicate(hc_results(), true) : cJSON_CreateObject());
    cJSON *times = cJSON_AddObjectToObject(root, "timings_ms");
    for (int i = 0; i < HC_TIMES; i++) {
        HcStats s = hc_time_stats((HcTime)i);
        if (!s.n || !show) continue;
        cJSON *one = cJSON_AddObjectToObject(times, time_names[i]);
        add_f64(one, "median", s.median);
        add_f64(one, "min", s.min);
        add_f64(one, "max", s.max);
        cJSON_AddNumberToObject(one, "n", (double)s.n);
    }
    char *text = cJSON_PrintUnformatted(root);
    cJSON_Delete(root);
    return text;
}

void hc_report_text(FILE *out) {
    if (hc_run.wrong_any) {
        fprintf(out, "verified   NO: the answer is wrong, so no time is shown\n");
        return;
    }
    for (int pass = 0; pass < 2; pass++) /* the answer first, then speed */
        for (size_t i = 0; i < hc_run.note_count; i++) {
            const HcNote *note = &hc_run.notes[i];
            if ((strcmp(note->label, "verified") == 0) == (pass == 0))
                fprintf(out, "%-10s %s\n", note->label, note->text);
        }
    HcTable *table = hc_table_new("time in ms|>median|>min|>max|>n");
    bool any = false;
    for (int i = 0; i < HC_TIMES; i++) {
        HcStats s = hc_time_stats((HcTime)i);
        if (!s.n) continue;
        any = true;
        hc_table_row(table, "%s|%.4f|%.4f|%.4f|%zu", time_names[i], s.median, s.min, s.max, s.n);
    }
    if (any) hc_table_print(table, out, 0);
    hc_table_free(table);
}
