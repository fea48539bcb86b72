// SPDX-License-Identifier: MIT
/* What the loops in main.c need besides: names of launches, points within the size, sums of
 * verdicts, samples in turn and their medians.
 */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <unistd.h>

#include "bench.h"

const char *point_name(const Experiment *e, uint32_t point, unsigned c, char name[64]) {
    snprintf(name, 64, "%.16s=%u/%.24s", e->name, (unsigned)point, e->curve[c]);
    return name;
}

int check_only(const Experiment *const *experiments, size_t count, const char *text) {
    char name[64], names[512];
    size_t at = 0;
    if (!*text) return HC_OK;
    for (size_t i = 0; i < count; i++) {
        const Experiment *e = experiments[i];
        for (size_t p = 0; e->point[p]; p++)
            for (unsigned c = 0; e->curve[c]; c++)
                if (strcmp(text, point_name(e, e->point[p], c, name)) == 0) return HC_OK;
        point_name(e, e->point[0], 0, name);
        at += (size_t)snprintf(names + at, sizeof names - at, "%s%s ...", at ? ", " : "", name);
    }
    return hc_set_error(HC_USAGE, 0, NULL, names, "--only: no launch is called '%s'", text);
}

int check_request(const Bench *b, const char *only, bool conflict_free) {
    if (b->most > UINT32_MAX / 2)
        return hc_set_error(HC_USAGE, 0, NULL, NULL,
                            "--size: %u numbers are the most, since kernels count in 32 bits",
                            UINT32_MAX / 2);
    if (conflict_free && (!b->counted || strncmp(only, "banks=", 6) != 0))
        return hc_set_error(HC_USAGE, 0, NULL, "as in: --device sim --only banks=32/plain",
                            "--conflict-free needs cusim, which counts, and --only banks=...");
    return HC_OK;
}

bool is_asked(const Experiment *e, const char *which, const char *only) {
    size_t length = strlen(e->name);
    if (*only) return strncmp(only, e->name, length) == 0 && only[length] == '=';
    return strcmp(which, "all") == 0 || strcmp(which, e->name) == 0;
}

void plan_points(const Experiment *e, const Bench *b, const char *only, Series *s) {
    const char *asked = *only ? strchr(only, '=') + 1 : NULL;
    s->points = 0;
    for (size_t p = 0; e->point[p]; p++) /* the first one always, so that there is something */
        if (asked ? strtoul(asked, NULL, 10) == e->point[p]
                  : p == 0 || !e->allows || e->allows(b, e->point[p]))
            s->point[s->points++] = e->point[p];
}

void add_verdict(HcVerdict *all, HcVerdict one) {
    HcVerdict sum = all->wrong ? *all : one; /* the first differences of all, in words */
    sum.n = all->n + one.n;
    sum.wrong = all->wrong + one.wrong;
    if (!(sum.max_error >= one.max_error)) sum.max_error = one.max_error;
    *all = sum;
}

//> measure
/* Samples of all points in turn, so that a busy moment slows all of them; then order statistics.
 * In a row: those of one point one after the other. */
int measure(const Experiment *e, Bench *b, Series *s, unsigned rounds) {
    double *sample;
    int status = hc_alloc((size_t)MOST_POINTS * MOST_CURVES * rounds, sizeof *sample, &sample);
    unsigned turns = e->in_a_row ? 1 : rounds, in_turn = rounds / turns;
    for (unsigned t = 0; t < turns && status == HC_OK; t++) EACH(e, s)
    for (unsigned r = t; r < t + in_turn; r++)
        sample[(p * MOST_CURVES + c) * rounds + r] = e->sample(b, p, s->point[p], c);
    if (status == HC_OK) EACH(e, s) {
            s->stats[p][c] = hc_stats(sample + (p * MOST_CURVES + c) * rounds, rounds);
            if (!(s->stats[p][c].median > 0) || !isfinite(s->stats[p][c].median))
                status = hc_set_error(HC_ERROR, 0, NULL, "choose another device",
                                      "the device's clock does not tell how long %s took", e->name);
        }
    free(sample);
    return status;
}
//< measure

/* cusim's times would be those of a simulator. Its counts are those of a GPU. */
int count(const Experiment *e, const Bench *b, Series *s, const char *folder) {
    static bool begun;
    char path[4200];
    snprintf(path, sizeof path, "%s/counts.json", folder);
    if (!begun) unlink(path); /* of an earlier run */
    begun = true;
    EACH(e, s) {
        char name[64];
        if (!e->kernel[c]) continue;
        int status = count_launch(b->args, point_name(e, s->point[p], c, name), e->kernel[c],
                                  folder, &s->counts[p][c]);
        if (status != HC_OK) return status;
    }
    return HC_OK;
}
