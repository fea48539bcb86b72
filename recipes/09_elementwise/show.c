// SPDX-License-Identifier: MIT
/* What the reader sees of the columns: their first and last rows, and the lowest, highest and mean
 * value of each, which are one reduction of the engine over four fields at once.
 */
#include <cjson/cJSON.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>

#include "play.h"

enum { SHOWN = 8, LAST = 2, COLUMNS_SHOWN = 8, JSON_VALUES = 64, SUM_ULPS = 64 };

/* ---- Rows ---- */

void show_rows(const Columns *columns, const Words *words) {
    char cells[COLUMNS_SHOWN * 40 + 40], text[40];
    size_t shown[COLUMNS_SHOWN], count = 0, n = columns->n;
    for (size_t c = 0; c < columns->count; c++)
        if (count < COLUMNS_SHOWN &&
            (words->reads[c] || words->writes[c] || columns->column[c].computed))
            shown[count++] = c;
    if (!count || !n) return;
    snprintf(cells, sizeof cells, ">i");
    for (size_t k = 0; k < count; k++)
        snprintf(cells + strlen(cells), sizeof cells - strlen(cells), "|>%s",
                 columns->column[shown[k]].name);
    HcTable *table = hc_table_new(cells);
    for (size_t i = 0; i < n; i++) {
        if (n > SHOWN && i == SHOWN - LAST) {
            hc_table_row(table, "...");
            i = n - LAST;
        }
        snprintf(cells, sizeof cells, "%zu", i);
        for (size_t k = 0; k < count; k++) {
            const Column *c = &columns->column[shown[k]];
            number_print(c->type, c->data, i, false, text, sizeof text);
            snprintf(cells + strlen(cells), sizeof cells - strlen(cells), "|%s", text);
        }
        hc_table_row(table, "%s", cells);
    }
    hc_table_print(table, stdout, 0);
    hc_table_free(table);
}

/* ---- Lowest, highest, mean ---- */

/* The same in plain C, the sum with what each addition loses added in the end (Neumaier). */
static Summary reference(const Column *column, size_t n, double *sizes) {
    Summary s = {.low = (double)INFINITY, .high = -(double)INFINITY};
    double lost = 0;
    *sizes = 0;
    for (size_t i = 0; i < n; i++) {
        double x = number_real(number_get(column->type, column->data, i));
        if (isnan(x)) continue;
        s.low = x < s.low ? x : s.low;
        s.high = x > s.high ? x : s.high;
        double sum = s.sum + x;
        lost += fabs(s.sum) >= fabs(x) ? (s.sum - sum) + x : (x - sum) + s.sum;
        s.sum = sum;
        *sizes += fabs(x);
        s.count++;
    }
    if (isfinite(lost)) s.sum += lost;
    return s;
}

//> summary
/* Four reductions in one pass over the column: an item has four fields. NaN is left out. */
static int build(EwDevice *device, const Column *column, EwKernel **kernel) {
    char declarations[96];
    const EwOptions options = {.exact = true, .deterministic = true};
    snprintf(declarations, sizeof declarations, "const %s *x", ew_type_name(column->type));
    return ew_reduction(device, "summary", "double low, double high, double sum, ulong count",
                        "make_item(INFINITY, -INFINITY, 0, 0)",
                        "x[i] == x[i] ? make_item(x[i], x[i], x[i], 1)"
                        " : make_item(INFINITY, -INFINITY, 0, 0)",
                        "make_item(fmin(a.low, b.low), fmax(a.high, b.high), a.sum + b.sum, "
                        "a.count + b.count)",
                        declarations, &options, kernel);
}
//< summary

int summarize(EwDevice *device, const Column *column, size_t n, Summary *summary) {
    EwArray x = {0};
    EwKernel *kernel = NULL;
    int status = build(device, column, &kernel);
    if (status == HC_OK) status = ew_array(device, column->type, n, column->data, &x);
    if (status == HC_OK) status = ew_reduce(kernel, EW_ALL, EW_VALUES(EW_OF(x)), summary);
    ew_array_free(&x);
    ew_free(kernel);
    if (status != HC_OK) return status;
    double sizes;
    Summary want = reference(column, n, &sizes);
    HcVerdict range = hc_compare(HC_F64, summary, &want, 2, HC_EXACT);
    HcVerdict count = hc_compare(HC_U64, &summary->count, &want.count, 1, HC_EXACT);
    HcVerdict sum = hc_compare(HC_F64, &summary->sum, &want.sum, 1,
                               (HcTolerance){.abs = SUM_ULPS * DBL_EPSILON * sizes});
    if (isnan(want.sum) && isnan(summary->sum)) sum = (HcVerdict){.n = 1}; /* of inf and -inf */
    char what[64];
    snprintf(what, sizeof what, "summary of %s", column->name);
    if (range.wrong) hc_verify(what, range);
    if (count.wrong) hc_verify(what, count);
    hc_verify(what, sum);
    return HC_OK;
}

static void add_number(cJSON *object, const char *key, double value) {
    if (isfinite(value)) cJSON_AddNumberToObject(object, key, value);
    else cJSON_AddNullToObject(object, key);
}

static cJSON *json_value(EwType type, const void *data, size_t i) {
    char text[40];
    Number x = number_get(type, data, i);
    number_print(type, data, i, true, text, sizeof text);
    if (x.kind == 'f' && !isfinite(x.f)) return cJSON_CreateNull();
    return x.kind == 'f' ? cJSON_CreateNumber(x.f) : cJSON_CreateRaw(text); /* all 64 bits */
}

static void add_json(cJSON *list, const Column *column, size_t n, const Summary *s) {
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "name", column->name);
    cJSON_AddStringToObject(object, "type", ew_type_name(column->type));
    hc_json_u64(object, "n", n);
    hc_json_u64(object, "nan", n - s->count);
    add_number(object, "min", s->count ? s->low : (double)NAN);
    add_number(object, "max", s->count ? s->high : (double)NAN);
    add_number(object, "mean", s->sum / (double)s->count);
    if (n <= JSON_VALUES) {
        cJSON *values = cJSON_AddArrayToObject(object, "values");
        for (size_t i = 0; i < n; i++)
            cJSON_AddItemToArray(values, json_value(column->type, column->data, i));
    }
    cJSON_AddItemToArray(list, object);
}

int show_columns(EwDevice *device, const Columns *columns, bool silent) {
    HcTable *table = hc_table_new("column|type|>min|>max|>mean|>NaN");
    cJSON *list = cJSON_AddArrayToObject(hc_results(), "columns");
    int status = HC_OK;
    for (size_t c = 0; c < columns->count && status == HC_OK; c++) {
        const Column *column = &columns->column[c];
        Summary s;
        if (!column->computed) continue;
        status = summarize(device, column, columns->n, &s);
        if (status != HC_OK) break;
        add_json(list, column, columns->n, &s);
        if (s.count)
            hc_table_row(table, "%s|%s|%.6g|%.6g|%.6g|%" PRIu64, column->name,
                         ew_type_name(column->type), s.low, s.high, s.sum / (double)s.count,
                         columns->n - s.count);
        else
            hc_table_row(table, "%s|%s|-|-|-|%zu", column->name, ew_type_name(column->type),
                         columns->n);
    }
    if (cJSON_GetArraySize(list) && !silent) {
        hc_say("\n");
        hc_table_print(table, stdout, 0);
        hc_say("\n");
    }
    hc_table_free(table);
    return status;
}

void show_item(const Job *job, const Outcome *outcome) {
    char text[40], line[160];
    const void *item = &outcome->item;
    cJSON *object = cJSON_AddObjectToObject(hc_results(), "reduction");
    number_print(job->item_type, item, 0, true, text, sizeof text);
    cJSON_AddStringToObject(object, "text", job->shown);
    cJSON_AddStringToObject(object, "type", ew_type_name(job->item_type));
    cJSON_AddItemToObject(object, "value", json_value(job->item_type, item, 0));
    snprintf(line, sizeof line, "%s = %s", job->shown, text);
    if (job->has_index) {
        uint64_t index;
        memcpy(&index, outcome->item.bytes + 8, sizeof index);
        if (index == UINT64_MAX) snprintf(line, sizeof line, "%s: there is no number", job->shown);
        else snprintf(line + strlen(line), sizeof line - strlen(line), " at i = %" PRIu64, index);
        if (index == UINT64_MAX) cJSON_AddNullToObject(object, "index");
        else hc_json_u64(object, "index", index);
    }
    hc_say("%-10s %s (%s)\n", "reduced", line, ew_type_name(job->item_type));
}
