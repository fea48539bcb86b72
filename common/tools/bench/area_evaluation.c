// SPDX-License-Identifier: MIT
/* The area evaluation: is OpenCL on this processor as fast as what else can be had on it? Each case
 * lets a kernel race against C on all threads, a library written by specialists, or the same work
 * in the shape that a GPU likes. Both sides do the whole work, timed by the host's clock from the
 * call until the answer is there.
 */
#include "evaluation.h"

enum { MATRIX = 1024, MATRIX_SMALL = 96, PLATE = 4096, PLATE_SMALL = 200 };

typedef struct Race {
    EvalWork work;
    EvalWay way[2];
    size_t n;
    double amount; /* bytes or flop of one run * 1e-6: per millisecond, the figure */
} Race;

static int sample(void *context, size_t side, double *figure) {
    const Race *race = context;
    double ms = 0;
    int status = eval_run(race->work, race->way[side], race->n, &ms);
    *figure = race->amount / ms;
    return status;
}

/* The work in one way against another; the limit is a case of the area limits. */
static int race_ways(Bench *bench, BenchSamples *s, EvalWork work, EvalWay way, EvalWay other,
                     size_t n, const char *limit) {
    bool by_flop = work == EVAL_PRODUCT;
    Race race = {work, {way, other}, n, 0};
    double first;
    race.amount = 1e-6 * (by_flop ? eval_flop(work, n) : eval_bytes(work, n));
    for (int i = 0; i < 2; i++) {
        int status = eval_prepare(bench, work, race.way[i], n);
        if (status == HC_OK) status = sample(&race, (size_t)i, &first);
        if (status != HC_OK) return status;
    }
    s->n = n;
    if (!by_flop) s->bytes = (uint64_t)eval_bytes(work, n);
    s->limit = limit;
    return bench_interleave(s->rounds, 2, sample, &race, (double *[]){s->value, s->reference});
}

static size_t side(const Bench *bench, size_t normal, size_t small) {
    return bench->options.small ? small : normal;
}

#define CASE(name, ...)                                                                            \
    static int name(Bench *bench, const BenchCase *self, BenchSamples *s) {                        \
        (void)self;                                                                                \
        return race_ways(bench, s, __VA_ARGS__);                                                   \
    }
CASE(stream, EVAL_ADD, EVAL_PLAIN, EVAL_C, s->n, "limits.triad")
CASE(stream_nt, EVAL_ADD_NT, EVAL_TUNED, EVAL_C, s->n, "limits.triad_nt")
CASE(sum, EVAL_SUM, EVAL_TUNED, EVAL_C, s->n, "limits.read")
CASE(sum_to_tree, EVAL_SUM, EVAL_TUNED, EVAL_PLAIN, s->n, "limits.read")
CASE(product, EVAL_PRODUCT, EVAL_TUNED, EVAL_BLAS, side(bench, MATRIX, MATRIX_SMALL), "limits.fma")
CASE(product_to_naive, EVAL_PRODUCT, EVAL_TUNED, EVAL_PLAIN, side(bench, MATRIX, MATRIX_SMALL),
     "limits.fma")
CASE(product_to_tiled, EVAL_PRODUCT, EVAL_TUNED, EVAL_TILED, side(bench, MATRIX, MATRIX_SMALL),
     "limits.fma")
CASE(map, EVAL_MAP, EVAL_TUNED, EVAL_C, s->n / 4, NULL)
CASE(map_to_scalar, EVAL_MAP, EVAL_TUNED, EVAL_PLAIN, s->n / 8, NULL)
CASE(stencil, EVAL_STENCIL, EVAL_TUNED, EVAL_C, side(bench, PLATE, PLATE_SMALL), "limits.copy")
CASE(stencil_to_plain, EVAL_STENCIL, EVAL_TUNED, EVAL_PLAIN, side(bench, PLATE, PLATE_SMALL),
     "limits.copy")

static const BenchCase cases[] = {
    {"evaluation.stream", "vector_sum.cl against C and pthreads, both with plain stores", "GB/s",
     true, "GB/s C", BENCH_AT_LEAST, 0.9, stream},
    {"evaluation.stream_nt", "tuned/vector_sum.cpu.cl against C, both with non-temporal stores",
     "GB/s", true, "GB/s C", BENCH_AT_LEAST, 0.9, stream_nt},
    {"evaluation.sum", "tuned/reduction.cpu.cl, with the last additions on the host, against C",
     "GB/s", true, "GB/s C", BENCH_AT_LEAST, 0.9, sum},
    {"evaluation.sum_to_tree", "the same against reduction.cl, the shape for a GPU", "GB/s", true,
     "GB/s tree", BENCH_NO_TARGET, 0, sum_to_tree},
    {"evaluation.product", "tuned/matmul.cpu.cl, 1024 x 1024, against OpenBLAS", "GFLOP/s", true,
     "GFLOP/s OpenBLAS", BENCH_AT_LEAST, 0.9, product},
    {"evaluation.product_to_naive", "the same against matmul_naive.cl", "GFLOP/s", true,
     "GFLOP/s naive", BENCH_AT_LEAST, 50, product_to_naive},
    {"evaluation.product_to_tiled", "the same against matmul_tiled.cl, the shape for a GPU",
     "GFLOP/s", true, "GFLOP/s tiled", BENCH_NO_TARGET, 0, product_to_tiled},
    {"evaluation.map", "sin x + cos x + exp -x, tuned/map.cpu.cl, against C with vector functions",
     "GB/s", true, "GB/s C", BENCH_NO_TARGET, 0, map},
    {"evaluation.map_to_scalar", "the same against map.cl, one element for each work-item", "GB/s",
     true, "GB/s map.cl", BENCH_NO_TARGET, 0, map_to_scalar},
    {"evaluation.stencil", "mean of four neighbours, tuned/stencil.cpu.cl, against C", "GB/s", true,
     "GB/s C", BENCH_NO_TARGET, 0, stencil},
    {"evaluation.stencil_to_plain", "the same against stencil.cl", "GB/s", true, "GB/s stencil.cl",
     BENCH_NO_TARGET, 0, stencil_to_plain},
};

static const BenchSeries series[] = {
    {"evaluation.vector_sum", "time and speed-up of the vector sum over its size",
     eval_series_sizes},
    {"evaluation.product_sizes", "time and speed-up of the matrix product over its size",
     eval_series_product_sizes},
    {"evaluation.roofline", "what each work reaches, under the limits of this run",
     eval_series_roofline},
    {"evaluation.transfers", "upload, kernel and download of one run, stacked",
     eval_series_transfers},
};

const BenchArea bench_area_evaluation = {
    .name = "evaluation",
    .title = "kernels against C and pthreads, OpenBLAS, and shapes for a GPU",
    .cases = cases,
    .count = sizeof cases / sizeof cases[0],
    .size = (size_t)1 << 25,
    .small = 1 << 14,
    .end = eval_end,
    .series = series,
    .series_count = sizeof series / sizeof series[0],
    .needs_limits = true};
