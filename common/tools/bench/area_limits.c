// SPDX-License-Identifier: MIT
/* The area limits: what this machine can do at most, measured in the same run by programs of the
 * same shape as those that are compared with it. Copy and triad move data through plain or
 * non-temporal stores, a sum reads only, and chains of multiply-adds in registers do nothing but
 * arithmetic. All threads against one: what the other cores add.
 *
 * Rates count what a loop must move: each element read once and written once. A plain store moves
 * more than that, since the line it is about to overwrite is read first; this is why non-temporal
 * stores are a limit of their own.
 */
#include <math.h>

#include "bench.h"
#include "host/host.h"

enum { FMA_RUNS = 256 /* of HOST_FMA_STEPS steps: some hundredths of a second on one core */ };

static HostData data;

static void end(void) {
    free(data.x);
    free(data.y);
    free(data.z);
    memset(&data, 0, sizeof data);
#ifdef HC_BENCH_OPENCL
    bench_limits_end_opencl();
#endif
}

static int open_data(size_t n) {
    if (data.x) return HC_OK;
    data = (HostData){.n = n, .cols = 1, .a = 0.5f};
    data.x = host_aligned(n);
    data.y = host_aligned(n);
    data.z = host_aligned(n);
    if (!data.x || !data.y || !data.z)
        return hc_set_error(HC_ERROR, 0, NULL, "ask for less by --size",
                            "no memory for three arrays of %zu floats", n);
    hc_fill(HC_F32, data.x, n, 1, 0);
    hc_fill(HC_F32, data.y, n, 1, 1);
    return HC_OK;
}

/* What each job has to leave; z was poisoned before it ran. */
static int verify(const char *what, HostJob job, unsigned threads) {
    size_t wrong = 0;
    double sum = 0, size = 0;
    memset(data.z, 0xff, data.n * sizeof(float)); /* NaN */
    host_job(&data, job, threads);
    for (size_t i = 0; i < data.n; i++) {
        double x = (double)data.x[i], want = x;
        if (job == HOST_TRIAD || job == HOST_TRIAD_NT) want += (double)data.a * (double)data.y[i];
        sum += x;
        size += fabs(x);
        if (job != HOST_SUM) wrong += !(fabs((double)data.z[i] - want) <= 0x1p-23);
    }
    if (job == HOST_SUM) wrong = !(fabs(data.sum - sum) <= 1e-6 * size);
    if (wrong == 0) return HC_OK;
    return hc_set_error(HC_WRONG, 0, NULL, "no time is shown of a wrong answer",
                        "%s, %u threads: %zu results are wrong", what, threads, wrong);
}

typedef struct Race {
    HostData *data;
    HostJob job;
    double work; /* per millisecond: the figure */
} Race;

static int sample(void *context, size_t variant, double *figure) {
    const Race *race = context;
    *figure = race->work / host_job(race->data, race->job, variant == 0 ? 0 : 1);
    return HC_OK;
}

/* z = x, z = x + a y, or the sum of x: one is to move vectors * n elements. */
static int memory(BenchSamples *s, const char *name, HostJob job, size_t vectors) {
    if (!host_has(job))
        return hc_set_error(HC_SKIP, 0, NULL, NULL,
                            "this instruction set has no non-temporal stores that C can name");
    int status = open_data(s->n);
    if (status == HC_OK) status = verify(name, job, 0);
    if (status == HC_OK) status = verify(name, job, 1);
    if (status != HC_OK) return status;
    s->bytes = (uint64_t)vectors * sizeof(float) * s->n;
    Race race = {&data, job, (double)s->bytes * 1e-6};
    return bench_interleave(s->rounds, 2, sample, &race, (double *[]){s->value, s->reference});
}

static int copy(Bench *bench, const BenchCase *self, BenchSamples *s) {
    (void)bench;
    return memory(s, self->name, HOST_COPY, 2);
}

static int copy_nt(Bench *bench, const BenchCase *self, BenchSamples *s) {
    (void)bench;
    return memory(s, self->name, HOST_COPY_NT, 2);
}

static int triad(Bench *bench, const BenchCase *self, BenchSamples *s) {
    (void)bench;
    return memory(s, self->name, HOST_TRIAD, 3);
}

static int triad_nt(Bench *bench, const BenchCase *self, BenchSamples *s) {
    (void)bench;
    return memory(s, self->name, HOST_TRIAD_NT, 3);
}

static int read_only(Bench *bench, const BenchCase *self, BenchSamples *s) {
    (void)bench;
    return memory(s, self->name, HOST_SUM, 1);
}

/* The sum of all lanes after steps of v = v f + s, which began at f, 2 f, 3 f ...: by the formula
 * of the geometric series. A loop that did fewer steps, or none, has another sum. */
double bench_fma_sum(size_t chains, size_t lanes, double steps) {
    double f = (double)HOST_FMA_FACTOR, s = (double)HOST_FMA_SUMMAND, sum = 0;
    for (size_t k = 1; k <= chains; k++)
        sum += (double)lanes * ((double)k * f * pow(f, steps) + s * (1 - pow(f, steps)) / (1 - f));
    return sum;
}

static int fma_peak(Bench *bench, const BenchCase *self, BenchSamples *s) {
    (void)bench;
    const HostKernels *k = host_kernels();
    size_t chains = (size_t)k->fma_chains, lanes = (size_t)k->lanes, few = 500;
    double want = bench_fma_sum(chains, lanes, (double)few);
    double got = (double)k->fma(few, HOST_FMA_FACTOR, HOST_FMA_SUMMAND);
    HostData work = {.n = s->n < FMA_RUNS ? s->n : FMA_RUNS};
    if (!(fabs(got - want) <= 1e-4 * want))
        return hc_set_error(HC_WRONG, 0, NULL, "no time is shown of a wrong answer",
                            "%s: %g instead of %g", self->name, got, want);
    double flop = 2.0 * (double)(chains * lanes * work.n) * HOST_FMA_STEPS;
    Race race = {&work, HOST_FMA, flop * 1e-6};
    s->n = chains * lanes * work.n;
    return bench_interleave(s->rounds, 2, sample, &race, (double *[]){s->value, s->reference});
}

#define ONE_THREAD "GB/s one thread"
static const BenchCase cases[] = {
    {"limits.copy", "copy by C, plain stores, all threads against one", "GB/s", true, ONE_THREAD,
     BENCH_NO_TARGET, 0, copy},
    {"limits.copy_nt", "copy by C, non-temporal stores", "GB/s", true, ONE_THREAD, BENCH_NO_TARGET,
     0, copy_nt},
    {"limits.triad", "z = x + a y by C, plain stores", "GB/s", true, ONE_THREAD, BENCH_NO_TARGET, 0,
     triad},
    {"limits.triad_nt", "z = x + a y by C, non-temporal stores", "GB/s", true, ONE_THREAD,
     BENCH_NO_TARGET, 0, triad_nt},
    {"limits.read", "reading only: the sum of x by C", "GB/s", true, ONE_THREAD, BENCH_NO_TARGET, 0,
     read_only},
    {"limits.fma", "multiply-adds of floats in registers, by C", "GFLOP/s", true,
     "GFLOP/s one thread", BENCH_NO_TARGET, 0, fma_peak},
#ifdef HC_BENCH_OPENCL
    {"limits.copy_kernel", "vector_copy.cl against the copy by C", "GB/s", true, "GB/s C",
     BENCH_NO_TARGET, 0, bench_limits_copy_kernel},
    {"limits.copy_kernel_nt", "tuned/vector_copy.cpu.cl against C, both non-temporal", "GB/s", true,
     "GB/s C", BENCH_NO_TARGET, 0, bench_limits_copy_kernel_nt},
    {"limits.fma_kernel", "multiply-adds in registers by an OpenCL kernel, against C", "GFLOP/s",
     true, "GFLOP/s C", BENCH_NO_TARGET, 0, bench_limits_fma_kernel},
#endif
};

const BenchArea bench_area_limits = {.name = "limits",
                                     .title = "what the machine can do at most",
                                     .cases = cases,
                                     .count = sizeof cases / sizeof cases[0],
                                     .size = (size_t)1 << 25,
                                     .small = 1 << 16,
                                     .end = end};
