// SPDX-License-Identifier: MIT
/* Time and order statistics. A median of several runs is what this cookbook quotes: the mean moves
 * with one interrupted run, and the minimum is a run that few readers will see.
 */
#define _XOPEN_SOURCE 700
#include <math.h>
#include <time.h>

#include "hc.h"

double hc_now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The value at fraction p of sorted samples, between two of them if need be. */
static double quantile(const double *sorted, size_t n, double p) {
    double at = p * (double)(n - 1);
    size_t below = (size_t)at;
    double part = at - (double)below;
    return below + 1 < n ? sorted[below] * (1 - part) + sorted[below + 1] * part : sorted[n - 1];
}

HcStats hc_stats(const double *samples, size_t n) {
    double *sorted = n ? malloc(n * sizeof *sorted) : NULL;
    if (!sorted) return (HcStats){0};
    memcpy(sorted, samples, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, ascending);
    HcStats s = {.n = n, .min = sorted[0], .max = sorted[n - 1]};
    s.median = quantile(sorted, n, 0.5);
    s.q1 = quantile(sorted, n, 0.25), s.q3 = quantile(sorted, n, 0.75);
    free(sorted);
    return s;
}
