// SPDX-License-Identifier: MIT
/* From rounds to a result: the median and the range between the quartiles of what was measured, of
 * what it was measured against, and of their ratio round by round; how many rounds are outliers;
 * the verdict; and all of it as one JSON object (bench.schema.json). Outliers are counted and
 * shown, never removed: medians and quartiles hardly feel them.
 */
#define _XOPEN_SOURCE 700
#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

#ifndef HC_BENCH_VERSION
#define HC_BENCH_VERSION "unbuilt"
#endif

BenchVerdict bench_judge(BenchSense sense, double target, const HcStats *ratio) {
    if (sense == BENCH_NO_TARGET || ratio->n < BENCH_MIN_ROUNDS) return BENCH_NOT_JUDGED;
    bool least = sense == BENCH_AT_LEAST;
    if (least ? ratio->median >= target : ratio->median <= target) return BENCH_MET;
    if (least ? ratio->q3 >= target : ratio->q1 <= target) return BENCH_WITHIN_NOISE;
    return BENCH_MISSED;
}

const char *bench_verdict_name(BenchVerdict verdict) {
    static const char *const names[] = {"", "met", "within noise", "missed"};
    return names[verdict];
}

void bench_fences(const HcStats *s, double *low, double *high) {
    *low = s->q1 - 1.5 * (s->q3 - s->q1);
    *high = s->q3 + 1.5 * (s->q3 - s->q1);
}

size_t bench_outliers(const double *samples, const HcStats *s) {
    double low, high;
    size_t count = 0;
    bench_fences(s, &low, &high);
    for (size_t i = 0; i < s->n; i++) count += samples[i] < low || samples[i] > high;
    return count;
}

const BenchResult *bench_find(const Bench *bench, const char *name) {
    for (size_t i = 0; i < bench->count; i++)
        if (strcmp(bench->results[i].of->name, name) == 0 && !bench->results[i].skipped)
            return &bench->results[i];
    return NULL;
}

/* One more result; NULL, and the error is set, if memory ran out. */
static BenchResult *new_result(Bench *bench, const BenchCase *of) {
    if (bench->count == bench->room) {
        size_t more = bench->room ? 2 * bench->room : 16;
        BenchResult *grown = realloc(bench->results, more * sizeof *grown);
        if (!grown) {
            hc_set_error(HC_ERROR, 0, NULL, NULL, "out of memory");
            return NULL;
        }
        bench->results = grown;
        bench->room = more;
    }
    BenchResult *r = &bench->results[bench->count++];
    *r = (BenchResult){.of = of};
    return r;
}

int bench_add(Bench *bench, const BenchCase *of, BenchSamples *samples) {
    BenchResult *r = NULL;
    double *ratio;
    size_t n = samples->rounds;
    for (size_t i = 0; i < n; i++) {
        bool bad = !(samples->value[i] > 0) || !isfinite(samples->value[i]);
        bad = bad ||
              (of->reference && (!(samples->reference[i] > 0) || !isfinite(samples->reference[i])));
        if (bad)
            return hc_set_error(HC_ERROR, 0, NULL, "does the device give profiling times?",
                                "%s: round %zu gave no usable time", of->name, i + 1);
    }
    int status = hc_alloc(n, sizeof *ratio, &ratio);
    if (status == HC_OK && !(r = new_result(bench, of))) status = HC_ERROR;
    if (r) {
        r->samples = *samples;
        *samples = (BenchSamples){0};
        r->value = hc_stats(r->samples.value, n);
        r->outliers.value = bench_outliers(r->samples.value, &r->value);
        if (of->reference) {
            for (size_t i = 0; i < n; i++) ratio[i] = r->samples.value[i] / r->samples.reference[i];
            r->reference = hc_stats(r->samples.reference, n);
            r->ratio = hc_stats(ratio, n);
            r->outliers.reference = bench_outliers(r->samples.reference, &r->reference);
            r->outliers.ratio = bench_outliers(ratio, &r->ratio);
        }
        r->verdict = bench_judge(of->sense, of->target, of->reference ? &r->ratio : &r->value);
    }
    free(ratio);
    return status;
}

int bench_skip(Bench *bench, const BenchCase *of) {
    const HcError *e = hc_last_error();
    char reason[512];
    snprintf(reason, sizeof reason, "%.380s%s%.120s", e->message, *e->hint ? "; " : "", e->hint);
    BenchResult *r = new_result(bench, of);
    if (!r) return HC_ERROR;
    r->skipped = true;
    memcpy(r->reason, reason, sizeof reason);
    return HC_OK;
}

/* The processor's name; ARM kernels do not give one. */
static void cpu_name(char *name, size_t size) {
    struct utsname u;
    char *text = bench_read_file("/proc/cpuinfo"), *at = text ? strstr(text, "model name") : NULL;
    snprintf(name, size, "%s", uname(&u) == 0 ? u.machine : "unknown");
    if (at && (at = strchr(at, ':')) != NULL)
        snprintf(name, size, "%.*s", (int)strcspn(at + 2, "\n"), at + 2);
    free(text);
}

void bench_version(Bench *bench, const char *what, const char *version) {
    cJSON_DeleteItemFromObjectCaseSensitive(bench->versions, what);
    cJSON_AddStringToObject(bench->versions, what, version);
}

int bench_begin(Bench *bench) {
    char cpu[256], text[512];
    double load = 0;
    struct utsname u;
    bench->machine = cJSON_CreateObject();
    bench->versions = cJSON_CreateObject();
    bench->files = cJSON_CreateArray();
    if (!bench->machine || !bench->versions || !bench->files)
        return hc_set_error(HC_ERROR, 0, NULL, NULL, "out of memory");
    cpu_name(cpu, sizeof cpu);
    cJSON_AddStringToObject(bench->machine, "cpu", cpu);
    cJSON_AddNumberToObject(bench->machine, "cores", hc_cores());
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    hc_json_u64(bench->machine, "memory_bytes",
                pages > 0 && page > 0 ? (uint64_t)pages * (uint64_t)page : 0);
    char *loads = bench_read_file("/proc/loadavg");
    if (loads) load = strtod(loads, NULL);
    free(loads);
    cJSON_AddNumberToObject(bench->machine, "load_at_start",
                            load); /* over the number of cores: noisy */
    bench_version(bench, "cookbook", HC_BENCH_VERSION);
    snprintf(text, sizeof text, "unknown");
    if (uname(&u) == 0) snprintf(text, sizeof text, "%s %s %s", u.sysname, u.release, u.machine);
    bench_version(bench, "kernel", text);
#ifdef __clang__
    bench_version(bench, "compiler", __VERSION__); /* names itself */
#else
    bench_version(bench, "compiler", "gcc " __VERSION__);
#endif
    return HC_OK;
}

void bench_free(Bench *bench) {
    for (size_t i = 0; i < bench->count; i++) {
        free(bench->results[i].samples.value);
        free(bench->results[i].samples.reference);
    }
    free(bench->results);
    cJSON_Delete(bench->machine);
    cJSON_Delete(bench->versions);
    cJSON_Delete(bench->files);
    cJSON_Delete(bench->compared);
    *bench = (Bench){0};
}

/* ---- JSON ---- */

static void add_stats(cJSON *object, const HcStats *s, size_t outliers) {
    cJSON_AddNumberToObject(object, "median", s->median);
    cJSON_AddItemToObject(object, "iqr",
                          cJSON_CreateDoubleArray((const double[]){s->q1, s->q3}, 2));
    cJSON_AddNumberToObject(object, "outliers", (double)outliers);
}

/* What part of the machine's limit a case reached; null where none was measured in this run. */
static void add_limit(cJSON *object, const Bench *bench, const BenchResult *r) {
    const BenchResult *limit = r->samples.limit ? bench_find(bench, r->samples.limit) : NULL;
    if (!limit || r->skipped) {
        cJSON_AddNullToObject(object, "limit");
        return;
    }
    cJSON *one = cJSON_AddObjectToObject(object, "limit");
    cJSON_AddStringToObject(one, "name", r->samples.limit);
    cJSON_AddNumberToObject(one, "best", limit->value.max);
    cJSON_AddNumberToObject(one, "fraction", r->value.median / limit->value.max);
}

static void add_text_or_null(cJSON *object, const char *key, const char *text) {
    if (text && *text) cJSON_AddStringToObject(object, key, text);
    else cJSON_AddNullToObject(object, key);
}

static cJSON *result_json(const Bench *bench, const BenchResult *r) {
    cJSON *one = cJSON_CreateObject();
    cJSON_AddStringToObject(one, "name", r->of->name);
    cJSON_AddStringToObject(one, "what", r->of->what);
    cJSON_AddStringToObject(one, "unit", r->of->unit);
    cJSON_AddBoolToObject(one, "more_is_better", r->of->more_is_better);
    add_text_or_null(one, "skipped", r->skipped ? r->reason : NULL);
    cJSON_AddNumberToObject(one, "rounds", (double)r->value.n);
    if (r->value.n) {
        add_stats(one, &r->value, r->outliers.value);
    } else {
        cJSON_AddNullToObject(one, "median");
        cJSON_AddNullToObject(one, "iqr");
        cJSON_AddNullToObject(one, "outliers");
    }
    if (r->samples.n) hc_json_u64(one, "size", r->samples.n);
    else cJSON_AddNullToObject(one, "size");
    if (r->samples.bytes) hc_json_u64(one, "bytes", r->samples.bytes);
    else cJSON_AddNullToObject(one, "bytes");
    if (r->ratio.n) {
        cJSON *reference = cJSON_AddObjectToObject(one, "reference");
        cJSON_AddStringToObject(reference, "what", r->of->reference);
        add_stats(reference, &r->reference, r->outliers.reference);
        add_stats(cJSON_AddObjectToObject(one, "ratio"), &r->ratio, r->outliers.ratio);
    } else {
        cJSON_AddNullToObject(one, "reference");
        cJSON_AddNullToObject(one, "ratio");
    }
    add_limit(one, bench, r);
    if (r->of->sense == BENCH_NO_TARGET) {
        cJSON_AddNullToObject(one, "target");
    } else {
        cJSON *target = cJSON_AddObjectToObject(one, "target");
        cJSON_AddStringToObject(target, "at", r->of->sense == BENCH_AT_LEAST ? "least" : "most");
        cJSON_AddNumberToObject(target, "value", r->of->target);
    }
    add_text_or_null(one, "met", bench_verdict_name(r->verdict));
    return one;
}

static void add_error(cJSON *root, const HcError *e) {
    if (!e) {
        cJSON_AddNullToObject(root, "error");
        return;
    }
    cJSON *object = cJSON_AddObjectToObject(root, "error");
    cJSON_AddNumberToObject(object, "code", e->code);
    cJSON_AddStringToObject(object, "name", e->name);
    cJSON_AddStringToObject(object, "message", e->message);
    cJSON_AddStringToObject(object, "hint", e->hint);
    add_text_or_null(object, "detail", e->detail);
}

cJSON *bench_report_json(const Bench *bench, int status, const HcError *error) {
    char date[32] = "";
    time_t now = time(NULL);
    struct tm utc;
    cJSON *root = cJSON_CreateObject();
    if (gmtime_r(&now, &utc)) strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &utc);
    cJSON_AddNumberToObject(root, "schema", 1);
    cJSON_AddStringToObject(root, "tool", "hc_bench");
    cJSON_AddStringToObject(root, "status",
                            status == HC_OK      ? "ok"
                            : status == HC_WRONG ? "wrong"
                            : status == HC_SKIP  ? "skip"
                                                 : "error");
    add_error(root, error);
    cJSON_AddStringToObject(root, "date", date);
    cJSON_AddItemToObject(root, "machine", cJSON_Duplicate(bench->machine, true));
    cJSON_AddItemToObject(root, "versions", cJSON_Duplicate(bench->versions, true));
    add_text_or_null(root, "device", bench->device);
    cJSON *cases = cJSON_AddArrayToObject(root, "cases");
    /* A run that went wrong shows no time. */
    for (size_t i = 0; i < bench->count && status != HC_WRONG; i++)
        cJSON_AddItemToArray(cases, result_json(bench, &bench->results[i]));
    cJSON_AddItemToObject(root, "files", cJSON_Duplicate(bench->files, true));
    if (bench->compared)
        cJSON_AddItemToObject(root, "compared", cJSON_Duplicate(bench->compared, true));
    else cJSON_AddNullToObject(root, "compared");
    return root;
}

int bench_write_result(Bench *bench) {
    char folder[4300], date[32] = "";
    time_t now = time(NULL);
    struct tm utc;
    FILE *file = NULL;
    if (gmtime_r(&now, &utc)) strftime(date, sizeof date, "%Y-%m-%dT%H-%M-%SZ", &utc);
    snprintf(folder, sizeof folder, "%s/results", bench->options.work);
    int status = bench_make_folder(folder);
    if (status != HC_OK) return status;
    snprintf(bench->result, sizeof bench->result, "%s/%s.json", folder, date);
    for (int i = 2; !(file = fopen(bench->result, "wx")) && errno == EEXIST && i < 1000; i++)
        snprintf(bench->result, sizeof bench->result, "%s/%s_%d.json", folder, date, i);
    cJSON *root = bench_report_json(bench, HC_OK, NULL);
    char *text = cJSON_Print(root);
    bool good = file && text && fputs(text, file) >= 0 && fputc('\n', file) != EOF;
    if (file && fclose(file) != 0) good = false;
    cJSON_free(text);
    cJSON_Delete(root);
    if (good) return HC_OK;
    return hc_set_error(HC_ERROR, errno, NULL, "is the disk full?", "%s could not be written",
                        bench->result);
}
