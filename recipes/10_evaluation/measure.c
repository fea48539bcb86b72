// SPDX-License-Identifier: MIT
/* Measuring: all ways to compute a problem are run in turn, round after round, so that a busy
 * minute slows all of them; the first run of each, which may compile, fetch pages and fill caches,
 * does not count; of the rest the median is kept.
 */
#include <math.h>

#include "evaluation.h"

bool is_left_out(const Row *row) { return *row->why_not != '\0'; }

void run_row(Row *row, const Shape *s, float *out, const float *const *in, Times *times) {
    *times = (Times){0};
    row->backend->run(row, s, out, in, times);
    if (!row->problem->partial || s->out_n == 0) return;
    double start_ms = hc_now_ms(), sum = 0; /* the host's share of a reduction */
    for (size_t i = 0; i < s->out_n; i++) sum += out[i];
    out[0] = (float)sum;
    times->total += hc_now_ms() - start_ms;
}

/* The median of one step over all rounds. */
static double median(const Times *sample, unsigned rounds, size_t offset) {
    double *values, result = NAN;
    if (hc_alloc(rounds, sizeof *values, &values) != HC_OK) return NAN;
    for (unsigned r = 0; r < rounds; r++)
        memcpy(&values[r], (const char *)&sample[r] + offset, sizeof values[r]);
    if (rounds) result = hc_stats(values, rounds).median;
    free(values);
    return result;
}

//> measure
int measure(Plan *plan) {
    const float *const *in = (const float *const *)plan->in;
    for (size_t i = 0; i < plan->sizes; i++) {
        const Shape *s = &plan->shape[i];
        Times times;
        for (size_t r = 0; r < plan->rows; r++) {
            Row *row = &plan->row[r];
            if (is_left_out(row)) continue;
            int status = row->backend->prepare(row, s);
            if (status != HC_OK) return status;
            run_row(row, s, plan->out, in, &times); /* does not count */
        }
        for (unsigned round = 0; round < plan->rounds; round++)
            for (size_t r = 0; r < plan->rows; r++)
                if (!is_left_out(&plan->row[r]))
                    run_row(&plan->row[r], s, plan->out, in, &plan->row[r].sample[i][round]);
        for (size_t r = 0; r < plan->rows; r++)
            if (!is_left_out(&plan->row[r])) plan->row[r].backend->finish(&plan->row[r]);
    }
    //< measure
    for (size_t r = 0; r < plan->rows; r++)
        for (size_t i = 0; i < plan->sizes; i++) {
            Row *row = &plan->row[r];
            row->median[i] =
                (Times){.upload = median(row->sample[i], plan->rounds, offsetof(Times, upload)),
                        .kernel = median(row->sample[i], plan->rounds, offsetof(Times, kernel)),
                        .download = median(row->sample[i], plan->rounds, offsetof(Times, download)),
                        .total = median(row->sample[i], plan->rounds, offsetof(Times, total))};
        }
    return HC_OK;
}

/* The largest size by 1, 2, 4, ... threads, up to twice the number that was asked for: more threads
 * than cores are no faster, and the reader should see it. */
void measure_threads(Plan *plan) {
    const Shape *s = &plan->shape[plan->sizes - 1];
    Row row = {.backend = &threads_backend, .problem = plan->problem};
    unsigned most = 2 * plan->threads;
    Times *sample[MOST_COUNTS] = {NULL};
    for (unsigned t = 1; t <= most && plan->counts < MOST_COUNTS; t *= 2) {
        if (t > plan->threads && t < most) t = most;
        plan->thread_count[plan->counts++] = t;
        if (t < plan->threads && 2 * t > plan->threads && plan->counts < MOST_COUNTS)
            plan->thread_count[plan->counts++] = plan->threads; /* no power of two */
    }
    for (size_t c = 0; c < plan->counts; c++)
        if (hc_alloc(plan->rounds, sizeof *sample[c], &sample[c]) != HC_OK) plan->counts = 0;
    for (unsigned round = 0; round < plan->rounds; round++)
        for (size_t c = 0; c < plan->counts; c++) {
            row.threads = plan->thread_count[c];
            run_row(&row, s, plan->out, (const float *const *)plan->in, &sample[c][round]);
        }
    for (size_t c = 0; c < MOST_COUNTS; c++) {
        if (c < plan->counts)
            plan->threads_ms[c] = median(sample[c], plan->rounds, offsetof(Times, total));
        free(sample[c]);
    }
}

double rate(const Plan *plan, const Row *row, size_t size) {
    const Shape *s = &plan->shape[size];
    return (plan->problem->computes ? s->flops : s->bytes) / (row->median[size].kernel * 1e6);
}

double peak_rate(const Plan *plan, const Row *row, size_t size) {
    double fastest = row->median[size].kernel;
    for (unsigned r = 0; r < plan->rounds; r++)
        if (row->sample[size][r].kernel < fastest) fastest = row->sample[size][r].kernel;
    return rate(plan, row, size) * row->median[size].kernel / fastest;
}

const Row *best_host(const Plan *plan, size_t size) {
    const Row *best = NULL;
    for (size_t r = 0; r < plan->rows; r++) {
        const Row *row = &plan->row[r];
        if (row->device || is_left_out(row)) continue;
        if (!best || row->median[size].total < best->median[size].total) best = row;
    }
    return best;
}

const Row *best_device(const Plan *plan) {
    const Row *best = NULL;
    size_t last = plan->sizes - 1;
    for (size_t r = 0; r < plan->rows; r++) {
        const Row *row = &plan->row[r];
        if (!row->device || is_left_out(row)) continue;
        if (!best || row->median[last].kernel < best->median[last].kernel) best = row;
    }
    return best;
}

//> crossing
double crossing(const Plan *plan, const Row *row, bool with_transfers) {
    double before = 0, from = 0; /* how many times as fast, at the size before */
    for (size_t i = 0; i < plan->sizes; i++) {
        const Row *host = best_host(plan, i);
        if (!host) return 0;
        const Times *t = &row->median[i];
        double ratio = host->median[i].total / (with_transfers ? t->total : t->kernel);
        if (!(ratio >= 1)) {
            from = 0; /* it has not won yet, or no longer */
        } else if (from == 0) {
            from = (double)plan->n[i];
            if (i > 0 && before > 0) /* between two sizes: a straight line on logarithmic paper */
                from = (double)plan->n[i - 1] * pow((double)plan->n[i] / (double)plan->n[i - 1],
                                                    -log(before) / (log(ratio) - log(before)));
        }
        before = ratio;
    }
    return from;
}
//< crossing
