// SPDX-License-Identifier: MIT
/* The run as a table for people: medians, in brackets the quartiles, how many rounds, and how many
 * of them are outliers; the part of the machine's limit that was reached; ratio, target and
 * verdict.
 */
#define _XOPEN_SOURCE 700
#include <cjson/cJSON.h>

#include "bench.h"

static void print_machine(const Bench *bench, FILE *out) {
    char memory[32];
    const cJSON *m = bench->machine, *one;
    double bytes = strtod(cJSON_GetObjectItem(m, "memory_bytes")->valuestring, NULL);
    fprintf(out, "machine    %s, %.0f cores, %s; load at the start %.2f\n",
            cJSON_GetObjectItem(m, "cpu")->valuestring,
            cJSON_GetObjectItem(m, "cores")->valuedouble,
            hc_format_bytes((uint64_t)bytes, false, memory, sizeof memory),
            cJSON_GetObjectItem(m, "load_at_start")->valuedouble);
    fputs("versions   ", out);
    cJSON_ArrayForEach(one, bench->versions) {
        fprintf(out, "%s %s%s", one->string, one->valuestring, one->next ? ", " : "\n");
    }
    if (*bench->device) fprintf(out, "device     %s\n", bench->device);
}

static void print_row(HcTable *table, const Bench *bench, const BenchResult *r) {
    char ratio[64] = "", target[32] = "", reference[160] = "", limit[128] = "";
    const HcStats *v = &r->value;
    const BenchResult *most = r->samples.limit ? bench_find(bench, r->samples.limit) : NULL;
    size_t outliers = r->ratio.n ? r->outliers.ratio : r->outliers.value;
    if (r->ratio.n) {
        snprintf(ratio, sizeof ratio, "%.3f [%.3f-%.3f]", r->ratio.median, r->ratio.q1,
                 r->ratio.q3);
        snprintf(reference, sizeof reference, "%.4g %s", r->reference.median, r->of->reference);
    }
    if (most)
        snprintf(limit, sizeof limit, "%.0f %% %s", 100 * v->median / most->value.max,
                 r->samples.limit);
    if (r->of->sense != BENCH_NO_TARGET)
        snprintf(target, sizeof target, "%s %g",
                 r->of->sense == BENCH_AT_LEAST ? ">=" : "<=", r->of->target);
    const char *verdict = bench_verdict_name(r->verdict);
    if (!*verdict && *target) verdict = "too few rounds";
    hc_table_row(table, "%s|%.4g [%.4g-%.4g]|%s|%s|%s|%s|%s|%s|%zu|%zu", r->of->name, v->median,
                 v->q1, v->q3, r->of->unit, limit, reference, ratio, target, verdict, v->n,
                 outliers);
}

void bench_report_text(const Bench *bench, FILE *out) {
    print_machine(bench, out);
    fputs("figures    medians over n rounds, and in brackets the quartiles; a ratio is taken round "
          "by round;\n           outliers: rounds further beyond the quartiles than 1.5 times the "
          "range between them (counted in);\n           a limit is the best of its rounds, as "
          "measured in this run\n\n",
          out);
    HcTable *table =
        hc_table_new("case|>median [quartiles]|unit|of the limit|reference|>ratio [quartiles]|"
                     ">target|verdict|>n|>outliers");
    for (size_t i = 0; i < bench->count; i++)
        if (!bench->results[i].skipped) print_row(table, bench, &bench->results[i]);
    hc_table_print(table, out, 0);
    hc_table_free(table);
    fputc('\n', out);
    for (size_t i = 0; i < bench->count; i++)
        fprintf(out, "%s: %s%s\n", bench->results[i].of->name,
                bench->results[i].skipped ? "skipped: " : bench->results[i].of->what,
                bench->results[i].reason);
    const cJSON *files;
    static const char *const keys[] = {"svg", "png", "data"};
    if (cJSON_GetArraySize(bench->files)) fputc('\n', out);
    cJSON_ArrayForEach(files, bench->files) {
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
            const cJSON *path = cJSON_GetObjectItemCaseSensitive(files, keys[i]);
            if (cJSON_IsString(path)) fprintf(out, "%-10s %s\n", keys[i], path->valuestring);
        }
    }
    if (*bench->result) fprintf(out, "result     %s\n", bench->result);
    if (bench->compared) bench_print_comparison(bench->compared, out);
}
