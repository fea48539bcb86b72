// SPDX-License-Identifier: MIT
/* What the loops in main.c need besides: names of launches, sums of verdicts, samples and medians.
 */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <unistd.h>

#include "architecture.h"
#include "hc_plot.h"

enum { LARGEST_STRIDE = 32 };

const char *point_name(const Experiment *e, size_t p, unsigned c, char name[32]) {
    int length = snprintf(name, 32, "%.12s=%u", e->name, (unsigned)e->point[p]);
    if (e->curve[1]) snprintf(name + length, 32 - (size_t)length, "/%s", e->curve[c]);
    return name;
}

int check_only(const Experiment *const *experiments, size_t count, const char *text) {
    char name[32], names[2048];
    size_t at = 0;
    if (!*text) return HC_OK;
    for (size_t i = 0; i < count; i++) EACH_LAUNCH(experiments[i]) {
            point_name(experiments[i], p, c, name);
            if (strcmp(text, name) == 0) return HC_OK;
            at += (size_t)snprintf(names + at, sizeof names - at, "%s%s", at ? " " : "", name);
        }
    return hc_set_error(HC_USAGE, 0, NULL, names, "--only: no launch is called '%s'", text);
}

bool is_other(const Experiment *e, const char *only) {
    size_t length = strlen(e->name);
    return *only && (strncmp(only, e->name, length) != 0 || only[length] != '=');
}

int round_size(size_t asked, size_t *n) {
    const size_t most = (size_t)1 << 30;
    if (asked > most)
        return hc_set_error(HC_USAGE, 0, NULL, NULL,
                            "--size: %zu numbers are the most, since kernels count in 32 bits",
                            most);
    *n = (asked + LARGEST_STRIDE - 1) / LARGEST_STRIDE * LARGEST_STRIDE;
    return HC_OK;
}

void add_verdict(HcVerdict *all, HcVerdict one) {
    HcVerdict sum = all->wrong ? *all : one; /* the first differences of all, in words */
    sum.n = all->n + one.n;
    sum.wrong = all->wrong + one.wrong;
    if (!(sum.max_error >= one.max_error)) sum.max_error = one.max_error;
    *all = sum;
}

void add_sample(Run *run, size_t p, unsigned c, double ms) {
    size_t n = run->samples[p][c];
    double *grown = realloc(run->sample[p][c], (n + 1) * sizeof *grown);
    if (!grown) return;
    grown[n] = ms;
    run->sample[p][c] = grown;
    run->samples[p][c]++;
}

int begin_output(const char *folder) {
    char path[4200];
    int status = hc_make_folder(folder);
    snprintf(path, sizeof path, "%s/counts.json", folder);
    if (status == HC_OK) unlink(path);
    return status;
}

int find(const Experiment *e, Run *run, bool counted, Findings *f) {
    double ms[MOST_POINTS][MOST_CURVES];
    EACH_LAUNCH(e) {
        ms[p][c] = hc_stats(run->sample[p][c], run->samples[p][c]).median;
        free(run->sample[p][c]);
        run->sample[p][c] = NULL;
        if (!counted && !(ms[p][c] > 0))
            return hc_set_error(HC_ERROR, 0, NULL, "choose another device",
                                "the device's clock does not tell how long %s took", e->name);
        f->value[p][0] = e->point[p];
        f->rows = p + 1;
    }
    if (counted) e->read_counts(run->launch, run->counts, f);
    else e->read_times(run->launch, ms, f);
    return HC_OK;
}
