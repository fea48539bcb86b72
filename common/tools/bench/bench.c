// SPDX-License-Identifier: MIT
/* The bench: measures the cases of one area or of all, and prints what came of them.
 *
 * Run:   ./cook bench [AREA] [--json] [--compare FILE]        ./cook bench --help lists the rest
 *
 * Everything is verified before a time is printed. Measuring needs a quiet machine; on a busy one
 * the medians still hold, and the range between the quartiles says how far.
 */
#define _XOPEN_SOURCE 700
#include <cjson/cJSON.h>
#include <getopt.h>
#include <unistd.h>

#include "bench.h"

/* In this order when all are run: whole processes come first, while this one has not yet called
 * OpenCL, and the limits before what is compared with them. */
const BenchArea *const bench_areas[] = {
#ifdef HC_BENCH_OPENCL
    &bench_area_opencl,
#endif
    &bench_area_limits,
#ifdef HC_BENCH_OPENCL
    &bench_area_evaluation,
#endif
#ifdef HC_BENCH_ELEMENTWISE
    &bench_area_elementwise,
#endif
    &bench_area_jit,
#ifdef HC_BENCH_CUSIM
    &bench_area_cusim,
#endif
    NULL};

/* Kernels are found as in a recipe: --kernel-dir, HC_KERNEL_DIR, this build's folder. */
static void set_environment(const BenchOptions *o) {
    char folder[4352];
    if (HC_KERNELS && access(HC_KERNELS, R_OK) == 0) setenv("HC_KERNEL_DIR", HC_KERNELS, 0);
    snprintf(folder, sizeof folder, "%s/kernel_cache", o->work);
    setenv("POCL_CACHE_DIR", folder, 0);
}

static size_t size_for(const BenchOptions *o, const BenchArea *area) {
    return o->size ? o->size : o->small ? area->small : area->size;
}

static int run_case(Bench *bench, const BenchArea *area, const BenchCase *of) {
    const BenchOptions *o = &bench->options;
    BenchSamples samples = {.rounds = o->rounds, .n = size_for(o, area)};
    bench_progress_step(of->name);
    int status = hc_alloc(samples.rounds, sizeof *samples.value, &samples.value);
    if (status == HC_OK)
        status = hc_alloc(samples.rounds, sizeof *samples.reference, &samples.reference);
    if (status == HC_OK) status = of->run(bench, of, &samples);
    if (status == HC_OK) status = bench_add(bench, of, &samples);
    if (status == HC_SKIP) {
        bench_say("%s: skipped: %s", of->name, hc_last_error()->message);
        status = bench_skip(bench, of);
    }
    free(samples.value);
    free(samples.reference);
    return status;
}

/* A picture that cannot be drawn is no failure; it is said, and the data files are there. */
static int skipped_is_fine(const char *name, int status) {
    if (status != HC_SKIP) return status;
    const HcError *e = hc_last_error();
    bench_say("%s: skipped: %s%s%s", name, e->message, *e->hint ? "; " : "", e->hint);
    return HC_OK;
}

static int run_area(Bench *bench, const BenchArea *area) {
    const BenchOptions *o = &bench->options;
    int status = HC_OK;
    for (size_t i = 0; i < area->count && status == HC_OK; i++)
        if (bench_is_wanted(o, area->cases[i].name))
            status = run_case(bench, area, &area->cases[i]);
    for (size_t i = 0; i < area->series_count && status == HC_OK; i++) {
        const BenchSeries *series = &area->series[i];
        if (!bench_is_wanted(o, series->name)) continue;
        bench_progress_step(series->name);
        status = skipped_is_fine(series->name, series->run(bench, series, size_for(o, area)));
    }
    if (area->end) area->end();
    if (status == HC_OK) status = skipped_is_fine("plot", bench_plot_ratios(bench, area->name));
    return status;
}

/* Which areas this run measures: those that were named, or all; the limits before what needs them.
 * Returns their number. */
static size_t choose_areas(int argc, char **argv, const BenchArea **chosen, size_t room) {
    size_t count = 0;
    bool limits = false;
    for (size_t i = 0; bench_areas[i]; i++) {
        const BenchArea *area = optind == argc ? bench_areas[i] : NULL;
        for (int k = optind; k < argc; k++)
            if (strcmp(argv[k], bench_areas[i]->name) == 0) area = bench_areas[i];
        if (!area) continue;
        if (area->needs_limits && !limits && count < room) chosen[count++] = &bench_area_limits;
        if (area == &bench_area_limits && limits) continue; /* measured already */
        limits = limits || area->needs_limits || area == &bench_area_limits;
        if (count < room) chosen[count++] = area;
    }
    return count;
}

static void plan(const BenchOptions *o, const BenchArea *const *chosen, size_t areas) {
    const char *names[256];
    const size_t room = sizeof names / sizeof names[0];
    size_t count = 0;
    for (size_t a = 0; a < areas; a++) {
        for (size_t i = 0; i < chosen[a]->count && count < room; i++)
            if (bench_is_wanted(o, chosen[a]->cases[i].name))
                names[count++] = chosen[a]->cases[i].name;
        for (size_t i = 0; i < chosen[a]->series_count && count < room; i++)
            if (bench_is_wanted(o, chosen[a]->series[i].name))
                names[count++] = chosen[a]->series[i].name;
    }
    bench_progress_plan(o, names, count);
}

static int compare(Bench *bench, const cJSON *before) {
    cJSON *written = bench_report_json(bench, HC_OK, NULL);
    char *text = cJSON_PrintUnformatted(written);
    cJSON *now = cJSON_Parse(text); /* as a reader of both files would see it */
    int status = bench_compare(bench->options.compare, before, now, &bench->compared);
    cJSON_Delete(now);
    cJSON_free(text);
    cJSON_Delete(written);
    return status;
}

/* Nothing measured at all: the reason of the first skipped case is the reason of the run. */
static int all_skipped(const Bench *bench) {
    for (size_t i = 0; i < bench->count; i++)
        if (!bench->results[i].skipped) return HC_OK;
    if (bench->count == 0 && cJSON_GetArraySize(bench->files)) return HC_OK; /* pictures only */
    if (bench->count == 0)
        return hc_set_error(HC_SKIP, 0, NULL, "./cook doctor says what is missing",
                            "there is nothing to measure");
    return hc_set_error(HC_SKIP, 0, NULL, NULL, "every case was skipped; the first one because: %s",
                        bench->results[0].reason);
}

static int measure(Bench *bench, const cJSON *before, int argc, char **argv) {
    const BenchArea *chosen[32];
    size_t count = choose_areas(argc, argv, chosen, sizeof chosen / sizeof chosen[0]);
    int status = bench_begin(bench);
    if (status == HC_OK)
        status = bench_make_folder(bench->options.work); /* now, not after minutes */
    if (status == HC_OK) plan(&bench->options, chosen, count);
    for (size_t i = 0; i < count && status == HC_OK; i++) status = run_area(bench, chosen[i]);
    bench_progress_end();
    if (status == HC_OK) status = all_skipped(bench);
    if (status == HC_OK && before) status = compare(bench, before);
    if (status == HC_OK) status = bench_write_result(bench);
    if (status == HC_OK && bench->options.json) bench_say("result: %s", bench->result);
    return status;
}

static int print_json(const cJSON *root) {
    char *text = cJSON_PrintUnformatted(root);
    if (text) puts(text);
    cJSON_free(text);
    return text ? HC_OK : HC_ERROR;
}

/* --measured: two results that are there already. */
static int compare_files(Bench *bench, const cJSON *before) {
    cJSON *now = NULL;
    int status = bench_read_result("--measured", bench->options.measured, &now);
    if (status == HC_OK)
        status = bench_compare(bench->options.compare, before, now, &bench->compared);
    if (status == HC_OK && bench->options.json) {
        cJSON_DeleteItemFromObjectCaseSensitive(now, "compared");
        cJSON_AddItemToObject(now, "compared", cJSON_Duplicate(bench->compared, true));
        status = print_json(now);
    } else if (status == HC_OK) {
        bench_print_comparison(bench->compared, stdout);
    }
    cJSON_Delete(now);
    return status;
}

static int report(const Bench *bench, int status) {
    HcError error = *hc_last_error();
    if (status != HC_OK) {
        bench_say("%s%s%s", error.name, *error.name ? ": " : "", error.message);
        if (error.detail) fputs(error.detail, stderr);
        if (*error.hint) fprintf(stderr, "    hint: %s\n", error.hint);
    }
    if (bench->options.measured) return status; /* printed already */
    if (bench->options.json && status != HC_USAGE) {
        cJSON *root = bench_report_json(bench, status, status == HC_OK ? NULL : &error);
        if (print_json(root) != HC_OK) status = HC_ERROR;
        cJSON_Delete(root);
    } else if (status == HC_OK) {
        bench_report_text(bench, stdout);
    }
    return status;
}

/* What --fail-on-regression asks for. */
static int judge_regressions(const Bench *bench) {
    size_t worse = bench_regressions(bench->compared);
    if (!bench->options.fail_on_regression || worse == 0) return HC_OK;
    bench_say("%zu case%s worse than in %s (--fail-on-regression)", worse,
              worse == 1 ? " is" : "s are", bench->options.compare);
    return HC_WRONG;
}

int main(int argc, char **argv) {
    static Bench bench;
    cJSON *before = NULL;
    int status = bench_read_arguments(&bench.options, argc, argv);
    if (status == HC_USAGE) {
        fprintf(
            stderr,
            "hc_bench: %s\n    hint: hc_bench --list names areas and cases, --help the options\n",
            hc_last_error()->message);
        return HC_USAGE;
    }
    if (status == HC_CONTINUE) {
        const BenchOptions *o = &bench.options;
        set_environment(o);
        /* Read it first: nobody should wait for minutes to learn that the file is bad. */
        status = o->compare ? bench_read_result("--compare", o->compare, &before) : HC_OK;
        if (status == HC_OK)
            status =
                o->measured ? compare_files(&bench, before) : measure(&bench, before, argc, argv);
        status = report(&bench, status);
        if (status == HC_OK) status = judge_regressions(&bench);
    }
    cJSON_Delete(before);
    bench_free(&bench);
    if (fflush(stdout) == 0 && !ferror(stdout)) return status;
    fputs("hc_bench: stdout: could not write the result\n    hint: is the disk full?\n", stderr);
    return HC_ERROR;
}
