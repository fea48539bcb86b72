// SPDX-License-Identifier: MIT
/* What the bench is doing, and how long it will still take. Someone who waits for minutes wants to
 * know; a terminal gets one line that is redrawn, between rounds and never within one:
 *
 *   [########------------]  7/18  evaluation.sum  round 12/31, about 1 min 40 s left
 *
 * A log gets one plain line for each case. The time left comes from an earlier run of the same
 * cases, kept in durations.tsv in the work folder, and from this one.
 */
#define _DEFAULT_SOURCE
#include <stdarg.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bench.h"

enum { MAX_STEPS = 256, BAR = 20, REDRAW_MS = 250 };

static struct {
    BenchStep steps[MAX_STEPS];
    size_t count, at, rounds, done, part, parts;
    double began_ms, first_ms, drawn_ms; /* of the step, of its rounds, of the line */
    size_t planned_rounds;
    char file[4352], size[32];
    bool terminal, shown;
} progress;

double bench_time_left(const BenchStep *steps, size_t count, size_t at, double elapsed_s,
                       size_t done, size_t rounds) {
    double known_s = 0, left_s = 0;
    size_t known = 0;
    bool measuring = done > 0 && rounds > 0;
    double whole_s = measuring ? elapsed_s * (double)rounds / (double)done : 0;
    for (size_t i = 0; i < count; i++) {
        double s = i == at && measuring      ? whole_s
                   : steps[i].took_s > 0     ? steps[i].took_s
                   : steps[i].expected_s > 0 ? steps[i].expected_s
                                             : 0;
        known_s += s;
        known += s > 0;
    }
    if (known == 0) return -1;
    for (size_t i = at; i < count; i++) {
        if (i == at && measuring) left_s += whole_s - elapsed_s;
        else if (i == at && steps[i].expected_s > 0)
            left_s += steps[i].expected_s > elapsed_s ? steps[i].expected_s - elapsed_s : 0;
        else left_s += steps[i].expected_s > 0 ? steps[i].expected_s : known_s / (double)known;
    }
    return left_s;
}

/* Lines of durations.tsv: case, --size, rounds, seconds. */
static void read_durations(void) {
    char name[96], size[32];
    double seconds;
    size_t rounds;
    FILE *file = fopen(progress.file, "r");
    if (!file) return;
    while (fscanf(file, "%95s\t%31s\t%zu\t%lf\n", name, size, &rounds, &seconds) == 4)
        for (size_t i = 0; i < progress.count && rounds > 0 && seconds > 0; i++)
            if (strcmp(progress.steps[i].name, name) == 0 && strcmp(size, progress.size) == 0)
                progress.steps[i].expected_s =
                    seconds * (double)progress.planned_rounds / (double)rounds;
    fclose(file);
}

/* New times go to the end: the last line about a case counts. A file that grew long starts anew. */
static void write_durations(void) {
    FILE *file = fopen(progress.file, "a");
    if (file && ftell(file) > 100000) file = freopen(progress.file, "w", file);
    if (!file) return; /* the next run will know less, no more */
    for (size_t i = 0; i < progress.count; i++)
        if (progress.steps[i].took_s > 0)
            fprintf(file, "%s\t%s\t%zu\t%.3f\n", progress.steps[i].name, progress.size,
                    progress.planned_rounds, progress.steps[i].took_s);
    fclose(file);
}

void bench_progress_plan(const BenchOptions *o, const char *const *names, size_t count) {
    memset(&progress, 0, sizeof progress);
    progress.terminal = isatty(STDERR_FILENO);
    progress.planned_rounds = o->rounds;
    snprintf(progress.file, sizeof progress.file, "%s/durations.tsv", o->work);
    if (o->small) snprintf(progress.size, sizeof progress.size, "small");
    else snprintf(progress.size, sizeof progress.size, "%zu", o->size);
    for (size_t i = 0; i < count && i < MAX_STEPS; i++)
        snprintf(progress.steps[progress.count++].name, sizeof progress.steps[0].name, "%s",
                 names[i]);
    progress.at = SIZE_MAX; /* none yet */
    read_durations();
}

static void wipe(void) {
    if (progress.shown) fputs("\r\033[K", stderr);
    progress.shown = false;
}

static void draw(void) {
    struct winsize window = {0};
    char line[256] = "", bar[BAR + 1], left[48] = "";
    double now_ms = hc_now_ms();
    size_t width = ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 20
                       ? window.ws_col - 1u
                       : 79;
    /* The sizes of a series take unlike times: what an earlier run took says more than the rounds
     * of one of them. */
    bool series = progress.parts > 0;
    double begin_ms = series ? progress.began_ms : progress.first_ms;
    double left_s =
        bench_time_left(progress.steps, progress.count, progress.at, (now_ms - begin_ms) * 1e-3,
                        series ? 0 : progress.done, progress.rounds);
    size_t full = progress.count ? progress.at * BAR / progress.count : 0;
    for (size_t i = 0; i < BAR; i++) bar[i] = i < full ? '#' : '-';
    bar[BAR] = '\0';
    long s = (long)(left_s + 0.5);
    if (left_s >= 60) snprintf(left, sizeof left, ", about %ld min %ld s left", s / 60, s % 60);
    else if (left_s >= 0) snprintf(left, sizeof left, ", about %ld s left", s);
    int used = snprintf(line, sizeof line, "[%s] %zu/%zu  %s  ", bar, progress.at + 1,
                        progress.count, progress.steps[progress.at].name);
    if (series && used > 0 && (size_t)used < sizeof line)
        used += snprintf(line + used, sizeof line - (size_t)used, "size %zu/%zu, ",
                         progress.part + 1, progress.parts);
    if (progress.done)
        snprintf(line + used, sizeof line - (size_t)used, "round %zu/%zu%s", progress.done,
                 progress.rounds, left);
    else snprintf(line + used, sizeof line - (size_t)used, "verifying%s", left);
    if (strlen(line) > width) line[width] = '\0';
    fprintf(stderr, "\r\033[K%s", line);
    fflush(stderr);
    progress.shown = true;
    progress.drawn_ms = now_ms;
}

static void finish_step(void) {
    if (progress.at < progress.count)
        progress.steps[progress.at].took_s = (hc_now_ms() - progress.began_ms) * 1e-3;
}

void bench_progress_step(const char *name) {
    finish_step();
    size_t i = 0;
    while (i < progress.count && strcmp(progress.steps[i].name, name) != 0) i++;
    progress.at = i;
    progress.done = progress.rounds = progress.part = progress.parts = 0;
    progress.began_ms = progress.first_ms = hc_now_ms();
    if (!progress.terminal) fprintf(stderr, "hc_bench: %s ...\n", name);
    else if (i < progress.count) draw();
}

void bench_progress_round(size_t done, size_t rounds) {
    progress.done = done;
    progress.rounds = rounds;
    if (done == 0) progress.first_ms = hc_now_ms(); /* verified: now the rounds begin */
    if (progress.terminal && progress.at < progress.count &&
        hc_now_ms() - progress.drawn_ms > REDRAW_MS)
        draw();
}

void bench_progress_part(size_t part, size_t parts) {
    progress.part = part;
    progress.parts = parts;
    progress.done = 0;
}

void bench_progress_end(void) {
    finish_step();
    wipe();
    if (progress.count) write_durations();
    progress.count = 0;
}

void bench_say(const char *format, ...) {
    va_list list;
    wipe();
    fputs("hc_bench: ", stderr);
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fputc('\n', stderr);
}
