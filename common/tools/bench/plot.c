// SPDX-License-Identifier: MIT
/* The picture of a run: every ratio with its rounds, its quartiles and its target, drawn by gnuplot
 * from plain files that stay beside it, so that a reader can look at the numbers or draw anew.
 */
#define _XOPEN_SOURCE 700
#include <cjson/cJSON.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"

#ifndef HC_BENCH_SOURCE
#define HC_BENCH_SOURCE "."
#endif

/* The path of a program, as a shell would find it; false if there is none. */
static bool find_program(const char *name, char *path, size_t size) {
    const char *p = getenv("PATH");
    while (p && *p) {
        size_t length = strcspn(p, ":");
        snprintf(path, size, "%.*s/%s", (int)length, p, name);
        if (length && access(path, X_OK) == 0) return true;
        p += length + (p[length] == ':');
    }
    return false;
}

/* Close a file that was written, and say so if the disk was full. */
static int close_written(FILE *file, const char *path) {
    bool bad = ferror(file) != 0;
    if (fclose(file) == 0 && !bad) return HC_OK;
    return hc_set_error(HC_ERROR, errno, NULL, "is the disk full?", "%s could not be written",
                        path);
}

static FILE *open_new(const char *path) {
    FILE *file = fopen(path, "w");
    if (!file)
        hc_set_error(HC_ERROR, errno, NULL, "choose another folder with --work-dir", "%s: %s", path,
                     strerror(errno));
    return file;
}

static bool belongs(const BenchResult *r, const char *area) {
    size_t length = strlen(area);
    return strncmp(r->of->name, area, length) == 0 && r->of->name[length] == '.' && r->ratio.n > 0;
}

static int write_summary(const Bench *bench, const char *area, const char *path, size_t *count) {
    FILE *file = open_new(path);
    if (!file) return HC_ERROR;
    *count = 0;
    fprintf(file, "# The ratios of one run: number, case, median, quartiles, target (? = none)\n"
                  "number\tcase\tmedian\tq1\tq3\ttarget\tverdict\n");
    for (size_t i = 0; i < bench->count; i++) {
        const BenchResult *r = &bench->results[i];
        if (!belongs(r, area)) continue;
        char target[32] = "?";
        if (r->of->sense != BENCH_NO_TARGET) snprintf(target, sizeof target, "%g", r->of->target);
        const char *verdict = bench_verdict_name(r->verdict);
        fprintf(file, "%zu\t%s\t%g\t%g\t%g\t%s\t%s\n", ++*count, r->of->name, r->ratio.median,
                r->ratio.q1, r->ratio.q3, target, *verdict ? verdict : "?");
    }
    return close_written(file, path);
}

static int write_rounds(const Bench *bench, const char *area, const char *path) {
    FILE *file = open_new(path);
    size_t number = 0;
    if (!file) return HC_ERROR;
    fprintf(file, "# Every round: number of the case, round, ratio, subject, reference, unit\n"
                  "number\tround\tratio\tsubject\treference\tunit\n");
    for (size_t i = 0; i < bench->count; i++) {
        const BenchResult *r = &bench->results[i];
        if (!belongs(r, area)) continue;
        number++;
        for (size_t k = 0; k < r->samples.rounds; k++)
            fprintf(file, "%zu\t%zu\t%g\t%g\t%g\t%s\n", number, k + 1,
                    r->samples.value[k] / r->samples.reference[k], r->samples.value[k],
                    r->samples.reference[k], r->of->unit);
    }
    return close_written(file, path);
}

int bench_plot(Bench *bench, const char *area) {
    const char *work = bench->options.work;
    char data[4352], rounds[4352], svg[4352], part[4400], log[4352], gnuplot[4096],
        variables[14000];
    size_t count;
    int code, status = bench_make_folder(work);
    snprintf(data, sizeof data, "%s/%s.tsv", work, area);
    snprintf(rounds, sizeof rounds, "%s/%s.rounds.tsv", work, area);
    snprintf(svg, sizeof svg, "%s/%s.svg", work, area);
    snprintf(part, sizeof part, "%s.part", svg);
    snprintf(log, sizeof log, "%s/gnuplot.log", work);
    if (status == HC_OK) status = write_summary(bench, area, data, &count);
    if (status == HC_OK) status = write_rounds(bench, area, rounds);
    if (status != HC_OK) return status;
    cJSON *files = cJSON_CreateObject();
    cJSON_AddStringToObject(files, "area", area);
    cJSON_AddStringToObject(files, "data", data);
    cJSON_AddStringToObject(files, "rounds", rounds);
    cJSON_AddNullToObject(files, "plot");
    cJSON_AddItemToArray(bench->files, files);
    if (count == 0) return hc_set_error(HC_SKIP, 0, NULL, NULL, "no ratio was measured");
    if (!find_program("gnuplot", gnuplot, sizeof gnuplot))
        return hc_set_error(HC_SKIP, 0, NULL, "install it: ./cook setup bench",
                            "gnuplot is not installed");
    snprintf(variables, sizeof variables,
             "summary='%s'; rounds='%s'; picture='%s'; area='%s'; count=%zu", data, rounds, part,
             area, count);
    const char *const argv[] = {gnuplot, "-e", variables, HC_BENCH_SOURCE "/plot.gp", NULL};
    unlink(part);
    status = bench_run_process(&(BenchProcess){.argv = argv, .messages = log}, &code, NULL);
    if (status != HC_OK) return status;
    struct stat info; /* gnuplot exits 0 even if it could not write */
    if (code != 0 || stat(part, &info) != 0 || info.st_size == 0 || rename(part, svg) != 0)
        return hc_set_error(HC_ERROR, errno, NULL, "its messages are there",
                            "gnuplot made no picture: %s", log);
    cJSON_ReplaceItemInObjectCaseSensitive(files, "plot", cJSON_CreateString(svg));
    return HC_OK;
}
