// SPDX-License-Identifier: MIT
/* The command line of the bench: its options, its help, and the list of what can be measured. */
#define _XOPEN_SOURCE 700
#include <getopt.h>
#include <unistd.h>

#include "bench.h"

#ifndef HC_BENCH_WORK
#define HC_BENCH_WORK "build/bench"
#endif
#ifndef HC_BENCH_VERSION
#define HC_BENCH_VERSION "unbuilt"
#endif

static void print_help(void) {
    puts("hc_bench: the fair measurement of the cookbook\n\n"
         "Usage: hc_bench [AREA...] [OPTIONS]          (./cook bench passes its arguments on)\n\n"
         "  --json            print one JSON object (bench.schema.json) instead of text\n"
         "  --compare FILE    put an earlier result beside this one, case by case\n"
         "  --measured FILE   with --compare: compare this result, and measure nothing\n"
         "  --fail-on-regression   with --compare: exit code 1 if a case got worse\n"
         "  --case NAMES      only these cases and pictures, split by commas\n"
         "  --list            list areas, cases and pictures\n"
         "  --device SPEC     cpu, opencl, opencl:P[:D], or part of a device's name\n"
         "  --kernel-dir DIR  load kernels from DIR\n"
         "  --size N          elements (-n), or the word small: each area's quick sizes\n"
         "  --rounds R        rounds per case (default 31); fewer than 15 are not judged\n"
         "  --work-dir DIR    where results, data files, plots and the peers' environments go\n"
         "  --python FILE     the Python that makes the peers' environments (default "
         "/usr/bin/python3)\n"
         "  --help, --version\n");
    puts(
        "A ratio is the median over rounds in which both sides run in turn, with its quartiles.\n"
        "A target is met when the median reaches it, \"within noise\" when it does not but the\n"
        "quartiles span it, else missed. With --compare, a case is better or worse only where the\n"
        "quartiles of both do not overlap; one that is worse is a regression, and marked with !.\n"
        "A missed target and a regression are findings, not errors: exit code 0, unless\n"
        "--fail-on-regression asks for 1.\n\n"
        "Every run that verified is kept as a file in the work folder's results/, whatever is "
        "printed;\n"
        "the end of the report says where.\n\n"
        "Environment: HC_DEVICE (as --device), HC_KERNEL_DIR (as --kernel-dir).\n"
        "Exit codes: 0 measured and verified, 1 wrong result, 2 usage, 3 run-time error, 4 kernel\n"
        "build error, 77 every case was skipped, and why.");
}

static void print_list(void) {
    for (const BenchArea *const *a = bench_areas; *a; a++) {
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
        for (size_t i = 0; i < (*a)->series_count; i++)
            hc_table_row(table, "%s|picture|%s", (*a)->series[i].name, (*a)->series[i].what);
        hc_table_print(table, stdout, 2);
        hc_table_free(table);
    }
}

const BenchArea *bench_find_area(const char *name) {
    for (const BenchArea *const *a = bench_areas; *a; a++)
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

bool bench_is_wanted(const BenchOptions *options, const char *name) {
    return !options->only || in_list(options->only, name);
}

static bool is_known(const char *name) {
    for (const BenchArea *const *a = bench_areas; *a; a++) {
        for (size_t i = 0; i < (*a)->count; i++)
            if (strcmp((*a)->cases[i].name, name) == 0) return true;
        for (size_t i = 0; i < (*a)->series_count; i++)
            if (strcmp((*a)->series[i].name, name) == 0) return true;
    }
    return false;
}

/* Does every name in --case exist? */
static int check_case_names(const char *list) {
    for (const char *p = list; *p;) {
        char name[128] = "";
        size_t part = strcspn(p, ",");
        snprintf(name, sizeof name, "%.*s", (int)part, p);
        if (!is_known(name))
            return hc_set_error(HC_USAGE, 0, NULL, NULL, "--case %s: no such case", name);
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
int bench_read_arguments(BenchOptions *o, int argc, char **argv) {
    static const struct option names[] = {{"json", no_argument, NULL, 'j'},
                                          {"compare", required_argument, NULL, 'c'},
                                          {"measured", required_argument, NULL, 'm'},
                                          {"fail-on-regression", no_argument, NULL, 'f'},
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
        case 'm': o->measured = optarg; break;
        case 'f': o->fail_on_regression = true; break;
        case 'o': o->only = optarg; break;
        case 'd': o->device = optarg; break;
        case 'k': setenv("HC_KERNEL_DIR", optarg, 1); break;
        case 'n':
            o->small = strcmp(optarg, "small") == 0;
            if (o->small) o->size = 0;
            else status = take_count("--size", optarg, (uint64_t)1 << 40, &o->size);
            break;
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
        if (!bench_find_area(argv[i]))
            return hc_set_error(HC_USAGE, 0, NULL, NULL, "%s: no such area", argv[i]);
    if ((o->measured || o->fail_on_regression) && !o->compare)
        return hc_set_error(HC_USAGE, 0, NULL, NULL, "%s: needs --compare FILE",
                            o->measured ? "--measured" : "--fail-on-regression");
    if (o->measured && optind < argc)
        return hc_set_error(HC_USAGE, 0, NULL, NULL, "--measured: measures no area, as %s",
                            argv[optind]);
    if (o->only && check_case_names(o->only) != HC_OK) return HC_USAGE;
    return HC_CONTINUE;
}
