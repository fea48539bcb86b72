// SPDX-License-Identifier: MIT
/* evaluation.h - the work that the area evaluation measures, done in several ways: six operations,
 * by C on one thread or on all, by OpenCL kernels shaped for a GPU or for a CPU, and the matrix
 * product by OpenBLAS too.
 */
#ifndef HC_BENCH_EVALUATION_H
#define HC_BENCH_EVALUATION_H
#include "bench.h"

typedef enum {
    EVAL_ADD,     /* z = x + y, n elements */
    EVAL_ADD_NT,  /* the same with non-temporal stores */
    EVAL_SUM,     /* the sum of x */
    EVAL_MAP,     /* z = sin x + cos x + exp -x */
    EVAL_STENCIL, /* z = the mean of the four neighbours in x: n x n elements */
    EVAL_PRODUCT  /* z = x y: n x n matrices */
} EvalWork;

typedef enum {
    EVAL_ONE,   /* C on one thread */
    EVAL_C,     /* C on all threads */
    EVAL_PLAIN, /* the OpenCL kernel of the chapter: one work-item for each element */
    EVAL_TILED, /* the product by tiles in local memory */
    EVAL_TUNED, /* the kernel shaped for a CPU, kernels/tuned */
    EVAL_BLAS,  /* OpenBLAS, as many threads as there are cores */
    EVAL_WAYS
} EvalWay;

/* eval_open - host arrays and device buffers for n elements at least; again with more: anew. */
int eval_open(Bench *bench, size_t n);
void eval_end(void);

/* eval_prepare - can this machine do it so, and is the answer right for this n? The work is done
 * once, or more often, and compared with plain C in double precision.
 *   errors  HC_SKIP with the reason; HC_WRONG */
int eval_prepare(Bench *bench, EvalWork work, EvalWay way, size_t n);

/* eval_run - do it once; *ms is wall time, from the call until the answer is known to be there. A
 * sum by OpenCL includes the download of the partial sums and their addition. Data is on the device
 * already. */
int eval_run(EvalWork work, EvalWay way, size_t n, double *ms);

/* eval_transfers - upload, kernel and download of one run, apart; ms[3]. */
int eval_transfers(EvalWork work, EvalWay way, size_t n, double ms[3]);

double eval_bytes(EvalWork work, size_t n); /* that must be moved: each element once */
double eval_flop(EvalWork work, size_t n);  /* 0: not counted */

/* ---- evaluation_blas.c: OpenBLAS, opened at run time ---- */
int eval_blas_open(Bench *bench); /* HC_SKIP: it is not installed */
void eval_blas_product(float *c, const float *a, const float *b, size_t n);

/* ---- evaluation_series.c: the pictures ---- */
int eval_series_sizes(Bench *bench, const BenchSeries *self, size_t size);
int eval_series_product_sizes(Bench *bench, const BenchSeries *self, size_t size);
int eval_series_roofline(Bench *bench, const BenchSeries *self, size_t size);
int eval_series_transfers(Bench *bench, const BenchSeries *self, size_t size);

#endif
