// SPDX-License-Identifier: MIT
/* All kinds of memory in one table: which there are, what each is for, and how long one product
 * took with it. Each is measured in rounds, and verified in each; a table of medians comes last.
 */
#include <cjson/cJSON.h>

#include "product.h"

static const struct Kind {
    const char *name;
    Story *run;
    bool on_host; /* takes no memory of the device */
    int needs;    /* the attribute of devices that can do it; 0: all can */
    const char *what_for;
} kinds[] = {
    {"pageable", pageable, false, 0, "what is copied once"},
    {"pinned", pinned, false, 0, "what is copied often"},
    {"mapped", mapped, true, CU_DEVICE_ATTRIBUTE_CAN_MAP_HOST_MEMORY, "what is touched once"},
    {"registered", registered, false, CU_DEVICE_ATTRIBUTE_HOST_REGISTER_SUPPORTED,
     "memory of others"},
    {"managed", managed, false, CU_DEVICE_ATTRIBUTE_MANAGED_MEMORY, "what is used in part"},
    {"pitched", pitched, false, 0, "rows of any length"},
    {"async", async, false, CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED, "arrays of one stream"},
    {"overlapped", overlapped, false, 0, "copies behind kernels"},
    {"arrays", arrays, false, 0, "shape and life time"},
    {"arguments", arguments, false, 0, "one call, made once"},
    {"pool", pool, false, 0, "short lives in a loop"},
};
enum { KINDS_COUNT = sizeof kinds / sizeof kinds[0] };

/* The columns that are timed: the parts, and upload, kernel and download together. */
enum { PRODUCT = PARTS, TIMES };
static const char *const time_keys[TIMES] = {"allocate_ms", "upload_ms",  "kernel_ms",
                                             "download_ms", "release_ms", "product_ms"};
static struct Measured {
    bool done;
    double ms[TIMES], copied_gbps; /* medians; 0: nothing was copied */
} measured[KINDS_COUNT];

static bool supports(const Product *p, const struct Kind *kind) {
    int yes = 1;
    if (kind->needs)
        CHECK_CU(cuDeviceGetAttribute(&yes, (CUdevice_attribute)kind->needs, p->device));
    return yes != 0;
}

static int measure(const Product *p, size_t i, bool alone, unsigned repeat) {
    double *ms[TIMES];
    for (int t = 0; t < TIMES; t++) CHECK_HC(hc_alloc(repeat, sizeof(double), &ms[t]));
    size_t copied = 0;
    bool overlap = false;
    hc_step(kinds[i].name);
    for (unsigned round = 0; round < repeat && checked().wrong == 0; round++) {
        Product copy = *p;
        copy.tell = alone && round == 0;
        Laps laps = {.last_ms = hc_now_ms()};
        kinds[i].run(&copy, &laps);
        for (int t = 0; t < PARTS; t++) ms[t][round] = laps.ms[t];
        ms[PRODUCT][round] = laps.side_by_side_ms > 0
                                 ? laps.side_by_side_ms
                                 : laps.ms[UPLOAD] + laps.ms[KERNEL] + laps.ms[DOWNLOAD];
        copied = laps.copied;
        overlap = laps.side_by_side_ms > 0;
        if (!alone && i > 0) continue; /* the times of a run are those of plain device memory */
        if (laps.ms[UPLOAD] > 0) hc_note_time(HC_TIME_UPLOAD, laps.ms[UPLOAD]);
        hc_note_time(HC_TIME_KERNEL, laps.ms[KERNEL]);
        if (laps.ms[DOWNLOAD] > 0) hc_note_time(HC_TIME_DOWNLOAD, laps.ms[DOWNLOAD]);
    }
    hc_step(NULL);
    struct Measured *m = &measured[i];
    for (int t = 0; t < TIMES; t++) {
        m->ms[t] = hc_stats(ms[t], repeat).median;
        free(ms[t]);
    }
    double copying_ms = m->ms[UPLOAD] + m->ms[DOWNLOAD];
    m->copied_gbps = copying_ms > 0 && !overlap ? (double)copied / (copying_ms * 1e6) : 0;
    m->done = true;
    return HC_OK;
}

int check_options(const char *kind, bool leak, bool on_host) {
    if (on_host && (leak || strcmp(kind, "all") != 0))
        return hc_set_error(HC_USAGE, 0, NULL, "choose a CUDA device: --device sim, --device cuda",
                            "--device cpu: the host's own memory is of one kind only");
    if (leak && strcmp(kind, "all") != 0 && strcmp(kind, "arrays") != 0)
        return hc_set_error(HC_USAGE, 0, NULL, "add --kind arrays",
                            "--leak: --kind %s makes none of the arrays that could be forgotten",
                            kind);
    return HC_OK;
}

int check_room(const Product *p, const char *kind) {
    for (size_t i = 0; i < KINDS_COUNT; i++)
        if (kinds[i].on_host && strcmp(kinds[i].name, kind) == 0) return HC_OK;
    size_t a, b, c, n;
    if (__builtin_mul_overflow(p->m, p->k, &a) || __builtin_mul_overflow(p->k, p->n, &b) ||
        __builtin_mul_overflow(p->m, p->n, &c) || __builtin_add_overflow(a, b, &n) ||
        __builtin_add_overflow(n, c, &n))
        n = SIZE_MAX; /* whose size in bytes overflows, which is then said */
    return hc_cu_check_alloc(n, sizeof(float), 1);
}

int measure_kinds(const Product *p, const char *name, unsigned repeat) {
    bool all = strcmp(name, "all") == 0;
    cJSON *json = cJSON_AddObjectToObject(hc_results(), "kinds");
    for (size_t i = 0; i < KINDS_COUNT; i++) {
        if (!all && strcmp(name, kinds[i].name) != 0) continue;
        if (!supports(p, &kinds[i])) {
            if (!all)
                return hc_set_error(HC_SKIP, 0, NULL, "choose another --kind, or another --device",
                                    "this device has no memory that is %s", name);
            hc_say("not here   %s: this device does not support it\n", kinds[i].name);
            continue;
        }
        int status = measure(p, i, !all, repeat);
        if (status != HC_OK) return status;
        cJSON *one = cJSON_AddObjectToObject(json, kinds[i].name);
        for (int t = 0; t < TIMES; t++)
            cJSON_AddNumberToObject(one, time_keys[t], measured[i].ms[t]);
        cJSON_AddNumberToObject(one, "copied_gbps", measured[i].copied_gbps);
    }
    return HC_OK;
}

/* A time for people; nothing where nothing was done. */
static const char *cell(double ms, char text[16]) {
    if (ms > 0) snprintf(text, 16, "%.3f", ms);
    else snprintf(text, 16, "-");
    return text;
}

void print_kinds(bool simulated) {
    HcTable *table = hc_table_new(
        "ms, medians|>upload|>kernel|>download|>product|>allocate|>release|>GB/s|good for");
    for (size_t i = 0; i < KINDS_COUNT; i++) {
        char t[TIMES][16], gbps[16];
        const struct Measured *m = &measured[i];
        if (!m->done) continue;
        snprintf(gbps, sizeof gbps, m->copied_gbps > 0 ? "%.2f" : "-", m->copied_gbps);
        hc_table_row(table, "%s|%s|%s|%s|%s|%s|%s|%s|%s", kinds[i].name, cell(m->ms[UPLOAD], t[0]),
                     cell(m->ms[KERNEL], t[1]), cell(m->ms[DOWNLOAD], t[2]),
                     cell(m->ms[PRODUCT], t[3]), cell(m->ms[ALLOCATE], t[4]),
                     cell(m->ms[RELEASE], t[5]), gbps, kinds[i].what_for);
    }
    hc_table_print(table, stdout, 0);
    hc_table_free(table);
    printf("product: upload, kernel and download; GB/s: bytes copied, by upload and download.\n");
    if (simulated)
        printf("These are times of a CPU that plays the device. They say nothing about a GPU's.\n");
}
