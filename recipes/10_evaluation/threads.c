// SPDX-License-Identifier: MIT
/* The vector loops of simd.c, shared out to POSIX threads: each gets one contiguous range of units.
 * Making the threads and waiting for them counts, as a caller has to wait for it, too.
 */
#include "evaluation.h"

//> threads
typedef struct Job {
    Body *body;
    const Shape *shape;
    float *out;
    const float *const *in;
} Job;

static void take_part(size_t begin, size_t end, void *context) {
    const Job *job = context;
    job->body(job->shape, job->out, job->in, begin, end);
}

static void run(Row *row, const Shape *s, float *out, const float *const *in, Times *times) {
    Job job = {.body = row->problem->simd, .shape = s, .in = in};
    job.out = out;
    double start_ms = hc_now_ms();
    hc_parallel_for(s->units, row->threads, take_part, &job); /* pthread_create, pthread_join */
    times->total = times->kernel = hc_now_ms() - start_ms;
}
//< threads

static int prepare(Row *row, const Shape *s) {
    (void)row, (void)s;
    return HC_OK;
}

static void finish(Row *row) { (void)row; }

const Backend threads_backend = {"threads", prepare, run, finish};
