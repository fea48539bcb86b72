// SPDX-License-Identifier: MIT
/* The printed trace behind --explain. A call's first half is printed before it is passed on, so
 * that one that hangs or crashes is seen; its time and what it did follow on the same line. A
 * program that measures repeats itself: after two whole rounds of the same calls in the same order,
 * further rounds are only counted. Everything goes to stderr, with colour on a terminal unless
 * NO_COLOR is set.
 */
#define _POSIX_C_SOURCE 200809L
#include "trace.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards all that is static here */

/* ---- Words ---- */

const char *hc_text(const char *format, ...) {
    static _Thread_local char buffers[12][160];
    static _Thread_local unsigned at;
    char *buffer = buffers[at++ % 12];
    va_list list;
    va_start(list, format);
    vsnprintf(buffer, sizeof buffers[0], format, list);
    va_end(list);
    return buffer;
}

const char *hc_text_size(size_t bytes) {
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = (double)bytes;
    int unit = 0;
    while (value >= 1024 && unit < 4) value /= 1024, unit++;
    return hc_text("%.4g %s", value, units[unit]);
}

static const char *colour(const char *code) {
    const char *term = getenv("TERM"), *no = getenv("NO_COLOR");
    bool plain = !isatty(STDERR_FILENO) || (no && *no) || !term || strcmp(term, "dumb") == 0;
    return plain ? "" : code;
}
#define DIM colour("\033[2m")
#define RED colour("\033[31m")
#define PLAIN colour("\033[0m")

/* ---- Objects get names in the order in which they are made ---- */

static HcObject *objects;
static size_t object_count;

/* The entry of handle, made if it is not there; the lock is held. An API may give the address of a
 * released object to a new one, which then takes over the entry. */
static HcObject *entry(const void *handle) {
    for (size_t i = object_count; i-- > 0;)
        if (objects[i].handle == handle) return &objects[i];
    HcObject *grown = realloc(objects, (object_count + 1) * sizeof *grown);
    if (!grown) abort(); /* a few bytes: the program could not go on either */
    objects = grown;
    objects[object_count] = (HcObject){.handle = handle};
    return &objects[object_count++];
}

const char *hc_remember(const void *handle, const char *kind) {
    static struct {
        const char *kind;
        unsigned made;
    } counts[16];
    pthread_mutex_lock(&lock);
    int k = 0;
    while (k < 15 && counts[k].kind && strcmp(counts[k].kind, kind) != 0) k++;
    counts[k].kind = kind;
    unsigned number = ++counts[k].made;
    *entry(handle) = (HcObject){.handle = handle, .kind = kind, .number = number};
    pthread_mutex_unlock(&lock);
    return hc_text("%s%u", kind, number);
}

HcObject hc_find(const void *handle) {
    HcObject found = {.handle = handle};
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < object_count; i++)
        if (objects[i].handle == handle) found = objects[i];
    pthread_mutex_unlock(&lock);
    return found;
}

const char *hc_named(const void *handle) {
    HcObject object = hc_find(handle);
    return !handle ? "NULL" : object.kind ? hc_text("%s%u", object.kind, object.number) : "...";
}

void hc_set_mapped(const void *handle, size_t bytes, unsigned long mapped_for) {
    pthread_mutex_lock(&lock);
    HcObject *object = entry(handle);
    object->mapped_bytes = bytes;
    object->mapped_for = mapped_for;
    pthread_mutex_unlock(&lock);
}

/* ---- Loops ---- */

enum { LONGEST = 24 };
static struct {
    unsigned long history[LONGEST]; /* hashes of the last calls */
    unsigned length;                /* calls seen */
    unsigned same[LONGEST + 1];     /* how many calls in a row equal those that lie so far back */
    unsigned period, calls;
    double ms;
} loop;

static void end_loop(void) {
    if (loop.calls)
        fprintf(stderr, "%s    ... %s over again: %u more, %.3f ms%s\n", DIM,
                loop.period > 1 ? hc_text("these %u calls", loop.period) : "this call", loop.calls,
                loop.ms, PLAIN);
    memset(loop.same, 0, sizeof loop.same);
    loop.period = loop.calls = 0;
    loop.ms = 0;
}

static bool in_loop(const HcCall *c) {
    /* djb2; what a call makes is new each time, so that one is never the same. */
    unsigned long hash = c->makes ? loop.length : 5381;
    for (const char *p = c->name; *p; p++) hash = hash * 33 + (unsigned char)*p;
    for (const char *p = c->args; *p; p++) hash = hash * 33 + (unsigned char)*p;
    bool again = loop.period && loop.history[(loop.length - loop.period) % LONGEST] == hash;
    if (!again && loop.period) end_loop();
    for (unsigned lag = 1; !again && lag <= LONGEST && lag <= loop.length; lag++) {
        bool same = loop.history[(loop.length - lag) % LONGEST] == hash;
        loop.same[lag] = same ? loop.same[lag] + 1 : 0;
        if (loop.same[lag] == lag && !loop.period) loop.period = lag;
    }
    loop.history[loop.length++ % LONGEST] = hash;
    return again;
}

/* ---- Calls ---- */

static struct {
    unsigned calls;
    double ms;
} totals[KINDS];
static size_t moved_bytes[WAYS], hidden_bytes;
static const HcCall *open_call; /* its first half is the last thing printed */

double hc_trace_now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static void print_first_half(const HcCall *c) {
    static unsigned threads;
    static _Thread_local unsigned thread;
    if (!thread) thread = ++threads;
    char line[512], who[32] = "";
    if (thread > 1) snprintf(who, sizeof who, "[thread %u] ", thread);
    snprintf(line, sizeof line, "%s%s(%s)", who, c->name, c->args);
    fprintf(stderr, "%-72s ", line);
    open_call = c;
}

void hc_trace_begin(HcCall *c) {
    static bool started;
    pthread_mutex_lock(&lock);
    if (!started) fprintf(stderr, "%s%-72s %9s%s\n", DIM, "call", "host ms", PLAIN);
    started = true;
    if (open_call) fputc('\n', stderr);
    open_call = NULL;
    c->repeated = in_loop(c);
    if (!c->repeated) print_first_half(c);
    pthread_mutex_unlock(&lock);
    c->start_ms = hc_trace_now_ms();
}

void hc_trace_end(HcCall *c, const char *error) {
    bool failed = c->code != 0;
    pthread_mutex_lock(&lock);
    totals[c->kind].calls++;
    totals[c->kind].ms += c->ms;
    if (c->repeated && !failed) {
        loop.calls++;
        loop.ms += c->ms;
    } else {
        if (c->repeated) end_loop();
        if (open_call && open_call != c) fputc('\n', stderr);
        if (open_call != c) print_first_half(c);
        if (failed) fprintf(stderr, "%9.3f  %s%s (%d)%s\n", c->ms, RED, error, c->code, PLAIN);
        else fprintf(stderr, "%9.3f%s%s\n", c->ms, *c->note ? "  " : "", c->note);
        open_call = NULL;
    }
    pthread_mutex_unlock(&lock);
}

void hc_trace_note(HcCall *c, const char *format, ...) {
    size_t at = strlen(c->note);
    if (at) at += (size_t)snprintf(c->note + at, sizeof c->note - at, ", ");
    if (at >= sizeof c->note) return;
    va_list list;
    va_start(list, format);
    vsnprintf(c->note + at, sizeof c->note - at, format, list);
    va_end(list);
}

static void count_bytes(HcTraceWay way, size_t bytes, bool hidden) {
    pthread_mutex_lock(&lock);
    moved_bytes[way] += bytes;
    if (hidden) hidden_bytes += bytes;
    pthread_mutex_unlock(&lock);
}

void hc_trace_moved(HcCall *c, HcTraceWay way, size_t bytes, bool done) {
    static const char *const words[] = {"upload", "download", "copy on the device"};
    hc_trace_note(c, "%s of %s%s", words[way], hc_text_size(bytes), done ? "" : ", queued");
    c->waited = done;
    count_bytes(way, bytes, false);
}

void hc_trace_hidden(HcCall *c, HcTraceWay way, size_t bytes) {
    hc_trace_note(c, "hidden %s of %s", way == UPLOAD ? "upload" : "download", hc_text_size(bytes));
    count_bytes(way, bytes, true);
}

void hc_trace_staged(HcCall *c, size_t bytes) {
    hc_trace_note(c, "staged: a hidden copy of %s into pinned memory", hc_text_size(bytes));
    pthread_mutex_lock(&lock);
    hidden_bytes += bytes;
    pthread_mutex_unlock(&lock);
}

/* ---- The device's side, and the end ---- */

enum { LABELS = 32 };
static struct {
    char label[64];
    unsigned times;
    double ms;
} device[LABELS]; /* what does not fit is added to the last */

void hc_trace_device(const char *label, double ms, bool show) {
    int i = 0;
    pthread_mutex_lock(&lock);
    while (i < LABELS - 1 && *device[i].label && strcmp(device[i].label, label) != 0) i++;
    snprintf(device[i].label, sizeof device[i].label, "%s", i < LABELS - 1 ? label : "others");
    device[i].times++;
    device[i].ms += ms;
    if (show && open_call) fputc('\n', stderr), open_call = NULL;
    if (show) fprintf(stderr, "%s    %-68s %9.3f  on the device%s\n", DIM, label, ms, PLAIN);
    pthread_mutex_unlock(&lock);
}

void hc_trace_summary(const char *api) {
    static const char *const kinds[] = {"questions", "setting up", "building kernels", "transfers",
                                        "launches",  "waiting",    "releasing"};
    unsigned calls = 0;
    for (int k = 0; k < KINDS; k++) calls += totals[k].calls;
    if (!calls) return;
    if (open_call) fputc('\n', stderr);
    end_loop();
    fprintf(stderr, "\n%u %s calls\n", calls, api);
    for (int k = 0; k < KINDS; k++)
        if (totals[k].calls)
            fprintf(stderr, "    %-20s %6u calls %12.3f ms on the host\n", kinds[k],
                    totals[k].calls, totals[k].ms);
    for (int i = 0; i < LABELS && device[i].times; i++)
        fprintf(stderr, "    %-20s %6u times %12.3f ms on the device\n", device[i].label,
                device[i].times, device[i].ms);
    fprintf(stderr, "    uploaded %s, downloaded %s, copied on the device %s; hidden copies: %s\n",
            hc_text_size(moved_bytes[UPLOAD]), hc_text_size(moved_bytes[DOWNLOAD]),
            hc_text_size(moved_bytes[INSIDE]), hc_text_size(hidden_bytes));
}
