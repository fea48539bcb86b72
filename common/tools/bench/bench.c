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

#ifndef HC_BENCH_WORK
#define HC_BENCH_WORK "build/bench"
#endif
#ifndef HC_BENCH_VERSION
#define HC_BENCH_VERSION "unbuilt"
#endif

static const BenchArea *const areas[] = {
#ifdef HC_BENCH_OPENCL
    &bench_area_opencl,
#endif
#ifdef HC_BENCH_CUSIM
    &bench_area_cusim,
#endif
    NULL};

static void print_help(void) {
    puts(
        "hc_bench: the fair measurement of the cookbook\n\n"
        "Usage: hc_bench [AREA...] [OPTIONS]          (./cook bench passes its arguments on)\n\n"
        "  --json            print one JSON object (bench.schema.json) instead of text\n"
        "  --compare FILE    put an earlier --json result beside this one, case by case\n"
        "  --case NAMES      only these cases, split by commas\n"
        "  --list            list areas and cases\n"
        "  --device SPEC     cpu, opencl, opencl:P[:D], or part of a device's name\n"
        "  --kernel-dir DIR  load kernels from DIR\n"
        "  --size N          elements (-n); each area has its own default\n"
        "  --rounds R        rounds per case (default 31); fewer than 15 are not judged\n"
        "  --work-dir DIR    where data files, the plot and the peer's environment go\n"
        "  --python FILE     the Python that makes the peer's environment (default "
        "/usr/bin/python3)\n"
        "  --help, --version\n\n"
        "A ratio is the median over rounds in which both sides run in turn, with its quartiles.\n"
        "A target is met when the median reaches it, \"within noise\" when it does not but the\n"
        "quartiles span it, else missed. A missed target is a finding, not an error: exit code 0.\n"
        "With --compare, a case is better or worse only where the quartiles of both do not "
        "overlap.\n\n"
        "Environment: HC_DEVICE (as --device), HC_KERNEL_DIR (as --kernel-dir).\n"
        "Exit codes: 0 measured and verified, 1 wrong result, 2 usage, 3 run-time error, 4 kernel\n"
        "build error, 77 every case was skipped, and why.");
}

static void print_list(void) {
    for (const BenchArea *const *a = areas; *a; a++) {
        printf("%s: %s\n", (*a)->name, (*a)->title);
        HcTable *table = hc_table_new("||");
        for (size_t i = 0; i < (*a)->count; i++) {
            const BenchCase *c = &(*a)->cases[i];
            char target[32] = "";
            if (c->sense != BENCH_NO_TARGET)
                snprintf(target, sizeof target, "%s %g",
                         c->sense == BENCH_AT_LEAST ? ">=" : "<=", c->target);
            hc_table_row(table, "%s|%s|%s", c->name, target, c->what);
        }
        hc_table_print(table, stdout, 2);
        hc_table_free(table);
    }
}

static const BenchArea *find_area(const char *name) {
    for (const BenchArea *const *a = areas; *a; a++)
        if (strcmp((*a)->name, name) == 0) return *a;
    return NULL;
}

/* Is name one of the words of list, split by ','? */
static bool in_list(const char *list, const char *name) {
    size_t length = strlen(name);
    for (const char *p = list; *p;) {
        size_t part = strcspn(p, ",");
        if (part == length && memcmp(p, name, part) == 0) return true;
        p += part + (p[part] == ',');
    }
    return false;
}

/* Does every name in --case exist? */
static int check_case_names(const char *list) {
    for (const char *p = list; *p;) {
        char name[128] = "";
        size_t part = strcspn(p, ",");
        bool known = false;
        snprintf(name, sizeof name, "%.*s", (int)part, p);
        for (const BenchArea *const *a = areas; *a; a++)
            for (size_t i = 0; i < (*a)->count; i++)
                known = known || strcmp((*a)->cases[i].name, name) == 0;
        if (!known) return hc_set_error(HC_USAGE, 0, NULL, NULL, "--case %s: no such case", name);
        p += part + (p[part] == ',');
    }
    return HC_OK;
}

static int take_count(const char *option, const char *text, uint64_t max, size_t *out) {
    uint64_t v;
    if (!hc_parse_count(text, max, &v) || v == 0)
        return hc_set_error(HC_USAGE, 0, NULL, NULL, "%s %s: must be a number from 1 to %llu",
                            option, text, (unsigned long long)max);
    *out = (size_t)v;
    return HC_OK;
}

/* Beside the program lie the recipes. */
static void find_programs(char *folder, size_t size) {
    ssize_t length = readlink("/proc/self/exe", folder, size - 1);
    folder[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash) *slash = '\0';
    else snprintf(folder, size, ".");
}

/* HC_CONTINUE: measure; else the exit code. */
static int read_arguments(BenchOptions *o, int argc, char **argv) {
    static const struct option names[] = {{"json", no_argument, NULL, 'j'},
                                          {"compare", required_argument, NULL, 'c'},
                                          {"case", required_argument, NULL, 'o'},
                                          {"list", no_argument, NULL, 'l'},
                                          {"device", required_argument, NULL, 'd'},
                                          {"kernel-dir", required_argument, NULL, 'k'},
                                          {"size", required_argument, NULL, 'n'},
                                          {"rounds", required_argument, NULL, 'r'},
                                          {"work-dir", required_argument, NULL, 'w'},
                                          {"python", required_argument, NULL, 'p'},
                                          {"help", no_argument, NULL, 'h'},
                                          {"version", no_argument, NULL, 'v'},
                                          {NULL, 0, NULL, 0}};
    *o = (BenchOptions){.rounds = BENCH_ROUNDS, .python = "/usr/bin/python3"};
    snprintf(o->work, sizeof o->work, "%s", HC_BENCH_WORK);
    find_programs(o->programs, sizeof o->programs);
    opterr = 0;
    for (int c, status = HC_OK; (c = getopt_long(argc, argv, ":n:h", names, NULL)) != -1;) {
        switch (c) {
        case 'j': o->json = true; break;
        case 'c': o->compare = optarg; break;
        case 'o': o->only = optarg; break;
        case 'd': o->device = optarg; break;
        case 'k': setenv("HC_KERNEL_DIR", optarg, 1); break;
        case 'n': status = take_count("--size", optarg, (uint64_t)1 << 40, &o->size); break;
        case 'r': status = take_count("--rounds", optarg, 10000, &o->rounds); break;
        case 'w': snprintf(o->work, sizeof o->work, "%s", optarg); break;
        case 'p': o->python = optarg; break;
        case 'l': print_list(); return HC_OK;
        case 'h': print_help(); return HC_OK;
        case 'v': puts("hc_bench " HC_BENCH_VERSION); return HC_OK;
        default:
            return hc_set_error(HC_USAGE, 0, NULL, NULL, "%s: %s",
                                argv[optind > 0 ? optind - 1 : 0],
                                c == ':' ? "needs a value" : "unknown option");
        }
        if (status != HC_OK) return status;
    }
    for (int i = optind; i < argc; i++)
        if (!find_area(argv[i]))
            return hc_set_error(HC_USAGE, 0, NULL, NULL, "%s: no such area", argv[i]);
    if (o->only && check_case_names(o->only) != HC_OK) return HC_USAGE;
    return HC_CONTINUE;
}

/* Kernels are found as in a recipe: --kernel-dir, HC_KERNEL_DIR, this build's folder. */
static void set_environment(const BenchOptions *o) {
    char folder[4352];
    if (HC_KERNELS && access(HC_KERNELS, R_OK) == 0) setenv("HC_KERNEL_DIR", HC_KERNELS, 0);
    snprintf(folder, sizeof folder, "%s/kernel_cache", o->work);
    setenv("POCL_CACHE_DIR", folder, 0);
}

static int run_case(Bench *bench, const BenchArea *area, const BenchCase *of) {
    const BenchOptions *o = &bench->options;
    BenchSamples samples = {.rounds = o->rounds, .n = o->size ? o->size : area->size};
    fprintf(stderr, "hc_bench: %s ...\n", of->name);
    int status = hc_alloc(samples.rounds, sizeof *samples.value, &samples.value);
    if (status == HC_OK)
        status = hc_alloc(samples.rounds, sizeof *samples.reference, &samples.reference);
    if (status == HC_OK) status = of->run(bench, of, &samples);
    if (status == HC_OK) status = bench_add(bench, of, &samples);
    if (status == HC_SKIP) {
        fprintf(stderr, "hc_bench: %s: skipped: %s\n", of->name, hc_last_error()->message);
        status = bench_skip(bench, of);
    }
    free(samples.value);
    free(samples.reference);
    return status;
}

static int run_area(Bench *bench, const BenchArea *area) {
    int status = HC_OK;
    for (size_t i = 0; i < area->count && status == HC_OK; i++)
        if (!bench->options.only || in_list(bench->options.only, area->cases[i].name))
            status = run_case(bench, area, &area->cases[i]);
    if (area->end) area->end();
    if (status == HC_OK) {
        int plotted = bench_plot(bench, area->name);
        if (plotted == HC_SKIP)
            fprintf(stderr, "hc_bench: plot: skipped: %s\n", hc_last_error()->message);
        else status = plotted;
    }
    return status;
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
    if (bench->count == 0)
        return hc_set_error(HC_SKIP, 0, NULL, "./cook doctor says what is missing",
                            "this build has no area to measure");
    return hc_set_error(HC_SKIP, 0, NULL, NULL, "every case was skipped; the first one because: %s",
                        bench->results[0].reason);
}

static int measure(Bench *bench, const cJSON *before, int argc, char **argv) {
    int status = bench_begin(bench);
    if (status == HC_OK)
        status = bench_make_folder(bench->options.work); /* now, not after minutes */
    if (optind == argc)
        for (const BenchArea *const *a = areas; *a && status == HC_OK; a++)
            status = run_area(bench, *a);
    for (int i = optind; i < argc && status == HC_OK; i++)
        status = run_area(bench, find_area(argv[i]));
    if (status == HC_OK) status = all_skipped(bench);
    if (status == HC_OK && before) status = compare(bench, before);
    return status;
}

static int report(const Bench *bench, int status) {
    HcError error = *hc_last_error();
    if (status != HC_OK) {
        fprintf(stderr, "hc_bench: %s%s%s\n%s", error.name, *error.name ? ": " : "", error.message,
                error.detail ? error.detail : "");
        if (*error.hint) fprintf(stderr, "    hint: %s\n", error.hint);
    }
    if (bench->options.json && status != HC_USAGE) {
        cJSON *root = bench_report_json(bench, status, status == HC_OK ? NULL : &error);
        char *text = cJSON_PrintUnformatted(root);
        if (text) puts(text);
        else status = HC_ERROR;
        cJSON_free(text);
        cJSON_Delete(root);
    } else if (status == HC_OK) {
        bench_report_text(bench, stdout);
    }
    return status;
}

int main(int argc, char **argv) {
    static Bench bench;
    cJSON *before = NULL;
    int status = read_arguments(&bench.options, argc, argv);
    if (status == HC_USAGE) {
        fprintf(
            stderr,
            "hc_bench: %s\n    hint: hc_bench --list names areas and cases, --help the options\n",
            hc_last_error()->message);
        return HC_USAGE;
    }
    if (status == HC_CONTINUE) {
        set_environment(&bench.options);
        /* Read it first: nobody should wait for minutes to learn that the file is bad. */
        status = bench.options.compare ? bench_read_result(bench.options.compare, &before) : HC_OK;
        if (status == HC_OK) status = measure(&bench, before, argc, argv);
        status = report(&bench, status);
    }
    cJSON_Delete(before);
    bench_free(&bench);
    if (fflush(stdout) == 0 && !ferror(stdout)) return status;
    fputs("hc_bench: stdout: could not write the result\n    hint: is the disk full?\n", stderr);
    return HC_ERROR;
}
