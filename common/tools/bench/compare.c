// SPDX-License-Identifier: MIT
/* Comparing with an earlier result: case by case, by the ratio where a case has one, since a ratio
 * also holds on a machine that is slower today, else by the figure itself. A change counts only if
 * it is larger than the noise: if the ranges between the quartiles do not overlap. A case that got
 * worse is a regression, and marked.
 */
#define _XOPEN_SOURCE 700
#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>

#include "bench.h"

BenchChange bench_change(const HcStats *before, const HcStats *now, bool more_is_better) {
    if (!(now->q1 > before->q3 || now->q3 < before->q1)) return BENCH_SAME;
    return (now->median > before->median) == more_is_better ? BENCH_BETTER : BENCH_WORSE;
}

/* The object {median, iqr} as statistics; false if it is not one. */
static bool read_stats(const cJSON *object, HcStats *s) {
    const cJSON *median = cJSON_GetObjectItemCaseSensitive(object, "median");
    const cJSON *iqr = cJSON_GetObjectItemCaseSensitive(object, "iqr");
    const cJSON *q1 = cJSON_GetArrayItem(iqr, 0), *q3 = cJSON_GetArrayItem(iqr, 1);
    if (!cJSON_IsNumber(median) || !cJSON_IsNumber(q1) || !cJSON_IsNumber(q3)) return false;
    *s = (HcStats){
        .n = 1, .median = median->valuedouble, .q1 = q1->valuedouble, .q3 = q3->valuedouble};
    return s->q1 <= s->median && s->median <= s->q3;
}

static const char *text_of(const cJSON *object, const char *key) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsString(item) ? item->valuestring : NULL;
}

/* What is wrong with one case of a file; NULL: nothing. */
static const char *case_defect(const cJSON *one) {
    HcStats s;
    if (!cJSON_IsObject(one) || !text_of(one, "name")) return "a case without a name";
    if (!text_of(one, "unit")) return "a case without a unit";
    if (!cJSON_IsBool(cJSON_GetObjectItemCaseSensitive(one, "more_is_better")))
        return "a case that does not say whether more is better";
    if (text_of(one, "skipped")) return NULL;
    if (!read_stats(one, &s)) return "a case without median and iqr";
    const cJSON *ratio = cJSON_GetObjectItemCaseSensitive(one, "ratio");
    if (!cJSON_IsNull(ratio) && !read_stats(ratio, &s))
        return "a case whose ratio has no median and iqr";
    return NULL;
}

static const char *result_defect(const cJSON *root) {
    const cJSON *schema = cJSON_GetObjectItemCaseSensitive(root, "schema");
    const cJSON *cases = cJSON_GetObjectItemCaseSensitive(root, "cases"), *one;
    if (!text_of(root, "tool") || strcmp(text_of(root, "tool"), "hc_bench") != 0)
        return "it was not written by hc_bench --json";
    if (!cJSON_IsNumber(schema) || schema->valuedouble < 1 || schema->valuedouble > 1)
        return "its schema is not 1";
    if (!text_of(root, "date")) return "it has no date";
    if (!cJSON_IsArray(cases)) return "it has no cases";
    cJSON_ArrayForEach(one, cases) {
        const char *defect = case_defect(one);
        if (defect) return defect;
    }
    return NULL;
}

int bench_read_result(const char *option, const char *path, cJSON **root) {
    static const char hint[] = "each run of ./cook bench ends with the path of one";
    errno = 0;
    char *text = bench_read_file(path);
    if (!text)
        return hc_set_error(HC_USAGE, errno, NULL, hint, "%s %s: %s", option, path,
                            errno ? strerror(errno) : "could not be read");
    const char *end = text;
    *root = cJSON_ParseWithOpts(text, &end, true);
    size_t at = end ? (size_t)(end - text) : 0;
    free(text);
    if (!*root)
        return hc_set_error(HC_USAGE, 0, NULL, hint, "%s %s: not JSON (byte %zu)", option, path,
                            at);
    const char *defect = result_defect(*root);
    if (!defect) return HC_OK;
    hc_set_error(HC_USAGE, 0, NULL, hint, "%s %s: not a result of the bench: %s", option, path,
                 defect);
    cJSON_Delete(*root);
    *root = NULL;
    return HC_USAGE;
}

static const cJSON *find_case(const cJSON *root, const char *name) {
    const cJSON *one, *cases = cJSON_GetObjectItemCaseSensitive(root, "cases");
    cJSON_ArrayForEach(one, cases) {
        if (strcmp(text_of(one, "name"), name) == 0) return one;
    }
    return NULL;
}

/* The figure by which two runs of a case are compared: its ratio if both have one. False if sizes
 * or units differ. */
static bool pick_stats(const cJSON *before, const cJSON *now, HcStats *b, HcStats *n,
                       bool *is_ratio) {
    const cJSON *rb = cJSON_GetObjectItemCaseSensitive(before, "ratio");
    const cJSON *rn = cJSON_GetObjectItemCaseSensitive(now, "ratio");
    if (!cJSON_Compare(cJSON_GetObjectItemCaseSensitive(before, "size"),
                       cJSON_GetObjectItemCaseSensitive(now, "size"), true))
        return false;
    *is_ratio = read_stats(rb, b) && read_stats(rn, n);
    return *is_ratio || (read_stats(before, b) && read_stats(now, n) &&
                         strcmp(text_of(before, "unit"), text_of(now, "unit")) == 0);
}

static cJSON *compare_case(const char *name, const cJSON *before, const cJSON *now) {
    static const char *const words[] = {"better", "worse", "within noise"};
    HcStats b = {0}, n = {0};
    bool is_ratio = false,
         both = before && now && !text_of(before, "skipped") && !text_of(now, "skipped");
    const char *verdict = !now                                         ? "only before"
                          : !before                                    ? "only now"
                          : !both                                      ? "skipped"
                          : pick_stats(before, now, &b, &n, &is_ratio) ? NULL
                                                                       : "not comparable";
    cJSON *row = cJSON_CreateObject();
    cJSON_AddStringToObject(row, "name", name);
    if (verdict) {
        cJSON_AddStringToObject(row, "verdict", verdict);
        return row;
    }
    bool more = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(now, "more_is_better"));
    BenchChange change = bench_change(&b, &n, more);
    cJSON_AddStringToObject(row, "verdict", words[change]);
    cJSON_AddBoolToObject(row, "regression", change == BENCH_WORSE);
    cJSON_AddStringToObject(row, "of", is_ratio ? "ratio" : text_of(now, "unit"));
    cJSON_AddNumberToObject(row, "before", b.median);
    cJSON_AddNumberToObject(row, "now", n.median);
    if (isfinite(n.median / b.median))
        cJSON_AddNumberToObject(row, "now_to_before", n.median / b.median);
    else cJSON_AddNullToObject(row, "now_to_before");
    return row;
}

static size_t count_verdicts(const cJSON *compared, const char *verdict) {
    const cJSON *one;
    size_t count = 0;
    cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(compared, "cases")) {
        count += strcmp(text_of(one, "verdict"), verdict) == 0;
    }
    return count;
}

size_t bench_regressions(const cJSON *compared) {
    return compared ? count_verdicts(compared, "worse") : 0;
}

int bench_compare(const char *path, const cJSON *before, const cJSON *now, cJSON **out) {
    const cJSON *one;
    size_t common = 0;
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "file", path);
    cJSON_AddStringToObject(root, "date", text_of(before, "date"));
    const cJSON *m1 = cJSON_GetObjectItemCaseSensitive(before, "machine");
    const cJSON *m2 = cJSON_GetObjectItemCaseSensitive(now, "machine");
    const char *cpu1 = text_of(m1, "cpu"), *cpu2 = text_of(m2, "cpu");
    cJSON_AddBoolToObject(root, "same_cpu", cpu1 && cpu2 && strcmp(cpu1, cpu2) == 0);
    cJSON *rows = cJSON_AddArrayToObject(root, "cases");
    cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(now, "cases")) {
        const cJSON *old = find_case(before, text_of(one, "name"));
        common += old != NULL;
        cJSON_AddItemToArray(rows, compare_case(text_of(one, "name"), old, one));
    }
    cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(before, "cases")) {
        if (!find_case(now, text_of(one, "name")))
            cJSON_AddItemToArray(rows, compare_case(text_of(one, "name"), one, NULL));
    }
    cJSON_AddNumberToObject(root, "regressions", (double)bench_regressions(root));
    if (common) {
        *out = root;
        return HC_OK;
    }
    cJSON_Delete(root);
    return hc_set_error(HC_USAGE, 0, NULL, "name the same area as then",
                        "--compare %s: it has no case in common with this run", path);
}

/* A regression must not be overlooked in a long table. */
static const char *mark_of(const cJSON *change) {
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(change, "regression")) ? "!" : "";
}

void bench_print_comparison(const cJSON *compared, FILE *out) {
    const cJSON *one;
    fprintf(out, "\nCompared with %s of %s\n", text_of(compared, "file"),
            text_of(compared, "date"));
    if (!cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(compared, "same_cpu")))
        fputs("  beware: another CPU; compare ratios only\n", out);
    HcTable *table = hc_table_new("|case|of|>before|>now|>now/before|verdict");
    cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(compared, "cases")) {
        const cJSON *b = cJSON_GetObjectItemCaseSensitive(one, "before");
        const cJSON *n = cJSON_GetObjectItemCaseSensitive(one, "now");
        const cJSON *r = cJSON_GetObjectItemCaseSensitive(one, "now_to_before");
        if (!cJSON_IsNumber(b) || !cJSON_IsNumber(n) || !cJSON_IsNumber(r))
            hc_table_row(table, "|%s|||||%s", text_of(one, "name"), text_of(one, "verdict"));
        else
            hc_table_row(table, "%s|%s|%s|%.4g|%.4g|%.3f|%s", mark_of(one), text_of(one, "name"),
                         text_of(one, "of"), b->valuedouble, n->valuedouble, r->valuedouble,
                         text_of(one, "verdict"));
    }
    hc_table_print(table, out, 2);
    hc_table_free(table);
    fprintf(out,
            "  %zu worse%s, %zu better, %zu within noise; beyond noise: the quartiles of both "
            "do not overlap\n",
            bench_regressions(compared), bench_regressions(compared) ? " (marked !)" : "",
            count_verdicts(compared, "better"), count_verdicts(compared, "within noise"));
}
