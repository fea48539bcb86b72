// SPDX-License-Identifier: MIT
/* The picture of an area's ratios: every case that has a reference, with its rounds, quartiles,
 * outliers and target.
 */
#define _XOPEN_SOURCE 700
#include "bench.h"

static bool belongs(const BenchResult *r, const char *area) {
    size_t length = strlen(area);
    return strncmp(r->of->name, area, length) == 0 && r->of->name[length] == '.' && r->ratio.n > 0;
}

/* First block: a line for each case; the longest name takes so many letters. */
static size_t write_summary(const Bench *bench, const char *area, FILE *file, size_t *longest) {
    size_t count = 0;
    *longest = 0;
    fputs("# Ratios of each case to its reference: medians over the rounds, quartiles, target (? = "
          "none), outliers\n"
          "# number\tcase\tmedian\tq1\tq3\ttarget\tverdict\toutliers\treference\tlabel\n",
          file);
    for (size_t i = 0; i < bench->count; i++) {
        const BenchResult *r = &bench->results[i];
        if (!belongs(r, area)) continue;
        char target[32] = "?";
        if (r->of->sense != BENCH_NO_TARGET) snprintf(target, sizeof target, "%g", r->of->target);
        const char *verdict = bench_verdict_name(r->verdict), *name = strchr(r->of->name, '.') + 1;
        if (strlen(name) > *longest) *longest = strlen(name);
        fprintf(file, "%zu\t%s\t%g\t%g\t%g\t%s\t%s\t%zu\t%s\t%.3g [%.3g, %.3g]%s%s\n", ++count,
                name, r->ratio.median, r->ratio.q1, r->ratio.q3, target, *verdict ? verdict : "?",
                r->outliers.ratio, r->of->reference, r->ratio.median, r->ratio.q1, r->ratio.q3,
                *verdict ? "  " : "", verdict);
    }
    return count;
}

/* Second block: a line for each round. */
static void write_rounds(const Bench *bench, const char *area, FILE *file) {
    size_t number = 0;
    fputs("\n\n# Every round: number of the case, round as a fraction of all, ratio, is it an "
          "outlier (0, 1), subject, reference, unit\n"
          "# number\tround\tratio\toutlier\tsubject\treference\tunit\n",
          file);
    for (size_t i = 0; i < bench->count; i++) {
        const BenchResult *r = &bench->results[i];
        double low, high;
        if (!belongs(r, area)) continue;
        number++;
        bench_fences(&r->ratio, &low, &high);
        for (size_t k = 0; k < r->samples.rounds; k++) {
            double value = r->samples.value[k], reference = r->samples.reference[k];
            double ratio = value / reference;
            fprintf(file, "%zu\t%.4f\t%g\t%d\t%g\t%g\t%s\n", number,
                    ((double)k + 0.5) / (double)r->samples.rounds, ratio,
                    ratio < low || ratio > high, value, reference, r->of->unit);
        }
    }
}

int bench_plot_ratios(Bench *bench, const char *area) {
    BenchPicture picture = {.area = area, .name = "ratios", .script = "ratios.gp"};
    FILE *file = bench_data_open(bench, &picture);
    if (!file) return HC_ERROR;
    size_t longest, count = write_summary(bench, area, file, &longest);
    write_rounds(bench, area, file);
    int status = bench_data_close(file, &picture);
    if (status != HC_OK) return status;
    if (count == 0) {
        remove(picture.data);
        return hc_set_error(HC_SKIP, 0, NULL, NULL, "no ratio was measured");
    }
    snprintf(picture.variables, sizeof picture.variables, "count=%zu; longest=%zu", count, longest);
    return bench_draw(bench, &picture);
}
