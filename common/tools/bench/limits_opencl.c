// SPDX-License-Identifier: MIT
/* The limits as an OpenCL kernel meets them: the same loops as kernels, against the same in C. Both
 * sides are timed by the host's clock, from the call until the news that it is done.
 */
#include <math.h>

#include "host/host.h"
#include "lab.h"

enum { ITEMS_PER_UNIT = 64, CHAINS = 12, STEPS = 20000 };

static struct {
    HostData host;
    cl_mem d_z, d_x, d_out;
    cl_kernel kernel;
    size_t global, group, width;
    double host_work, work; /* per millisecond: the figures */
    HostJob job;
} race;

void bench_limits_end_opencl(void) {
    bench_lab_close();
    free(race.host.x);
    free(race.host.z);
    memset(&race, 0, sizeof race);
}

static int sample(void *context, size_t variant, double *figure) {
    double ms;
    (void)context;
    if (variant == 1) {
        *figure = race.host_work / host_job(&race.host, race.job, 0);
        return HC_OK;
    }
    TRY(bench_lab_launch(race.kernel, 1, &race.global, race.group ? &race.group : NULL, &ms));
    *figure = race.work / ms;
    return HC_OK;
}

static int open_data(Bench *bench, size_t n) {
    size_t bytes = n * sizeof(float);
    TRY(bench_lab_open(bench));
    if (race.host.x) return HC_OK;
    race.host = (HostData){.n = n, .cols = 1};
    race.host.x = host_aligned(n);
    race.host.z = host_aligned(n);
    if (!race.host.x || !race.host.z)
        return hc_set_error(HC_ERROR, 0, NULL, "ask for less by --size",
                            "no memory for two arrays of %zu floats", n);
    hc_fill(HC_F32, race.host.x, n, 1, 0);
    TRY(bench_lab_buffer(CL_MEM_READ_ONLY, bytes, race.host.x, &race.d_x));
    return bench_lab_buffer(CL_MEM_READ_WRITE, bytes, NULL, &race.d_z);
}

static int copy(Bench *bench, const BenchCase *self, BenchSamples *s, bool streams) {
    const float poison = NAN;
    size_t bytes = s->n * sizeof(float);
    cl_ulong n = s->n;
    double ms;
    race.job = streams ? HOST_COPY_NT : HOST_COPY;
    if (!host_has(race.job))
        return hc_set_error(HC_SKIP, 0, NULL, NULL, "C has no non-temporal stores here");
    TRY(open_data(bench, s->n));
    if (streams) TRY(bench_lab_cpu());
    TRY(bench_lab_kernel(streams ? "tuned/vector_copy.cpu.cl" : "vector_copy.cl", "vector_copy",
                         "-DT=float", &race.kernel));
    race.group = streams ? 1 : 256;
    race.global = streams ? bench_lab.units * ITEMS_PER_UNIT : (s->n + 255) / 256 * 256;
    TRY_CL(clSetKernelArg(race.kernel, 0, sizeof race.d_z, &race.d_z));
    TRY_CL(clSetKernelArg(race.kernel, 1, sizeof race.d_x, &race.d_x));
    TRY_CL(clSetKernelArg(race.kernel, 2, sizeof n, &n));
    TRY_CL(clEnqueueFillBuffer(bench_lab.queue, race.d_z, &poison, sizeof poison, 0, bytes, 0, NULL,
                               NULL));
    TRY(bench_lab_launch(race.kernel, 1, &race.global, &race.group, &ms));
    TRY_CL(clEnqueueReadBuffer(bench_lab.queue, race.d_z, CL_TRUE, 0, bytes, race.host.z, 0, NULL,
                               NULL));
    HcVerdict v = hc_compare(HC_F32, race.host.z, race.host.x, s->n, HC_EXACT);
    if (v.wrong)
        return hc_set_error(HC_WRONG, 0, NULL, "no time is shown of a wrong answer",
                            "%s: %zu elements are wrong:\n%s", self->name, v.wrong, v.first);
    s->bytes = 2 * bytes;
    race.work = race.host_work = (double)s->bytes * 1e-6;
    return bench_interleave(s->rounds, 2, sample, NULL, (double *[]){s->value, s->reference});
}

int bench_limits_copy_kernel(Bench *bench, const BenchCase *self, BenchSamples *s) {
    return copy(bench, self, s, false);
}

int bench_limits_copy_kernel_nt(Bench *bench, const BenchCase *self, BenchSamples *s) {
    return copy(bench, self, s, true);
}

/* steps and a look at what each work-item found: another number of steps has another sum. */
static int run_fma(cl_ulong steps, const char *verify) {
    double ms, want = bench_fma_sum(CHAINS, race.width, (double)steps);
    float out[1];
    TRY_CL(clSetKernelArg(race.kernel, 1, sizeof steps, &steps));
    TRY(bench_lab_launch(race.kernel, 1, &race.global, &race.group, &ms));
    if (!verify) return HC_OK;
    for (size_t i = 0; i < race.global; i++) {
        TRY_CL(clEnqueueReadBuffer(bench_lab.queue, race.d_out, CL_TRUE, i * sizeof out, sizeof out,
                                   out, 0, NULL, NULL));
        if (!(fabs((double)out[0] - want) <= 1e-4 * want))
            return hc_set_error(HC_WRONG, 0, NULL, "no time is shown of a wrong answer",
                                "%s: work-item %zu has %g instead of %g", verify, i, (double)out[0],
                                want);
    }
    return HC_OK;
}

int bench_limits_fma_kernel(Bench *bench, const BenchCase *self, BenchSamples *s) {
    char options[32], *source;
    cl_uint width;
    const float factor = HOST_FMA_FACTOR, summand = HOST_FMA_SUMMAND;
    bool small = bench->options.small || s->n < (1 << 20);
    TRY(bench_lab_open(bench));
    TRY_CL(clGetDeviceInfo(bench_lab.device, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT, sizeof width,
                           &width, NULL));
    if (width != 4 && width != 8 && width != 16) width = 4;
    race.width = width;
    race.group = 1;
    race.global = bench_lab.units * (small ? 1 : ITEMS_PER_UNIT);
    snprintf(options, sizeof options, "-DWIDTH=%u", width);
    if (!(source = bench_read_file(HC_BENCH_SOURCE "/limits.cl")))
        return hc_set_error(HC_ERROR, 0, NULL, NULL, "cannot read limits.cl");
    int status = bench_lab_kernel_of(source, "limits.cl", "fma_chains", options, &race.kernel);
    free(source);
    TRY(status);
    TRY(bench_lab_buffer(CL_MEM_WRITE_ONLY, race.global * sizeof(float), NULL, &race.d_out));
    TRY_CL(clSetKernelArg(race.kernel, 0, sizeof race.d_out, &race.d_out));
    TRY_CL(clSetKernelArg(race.kernel, 2, sizeof factor, &factor));
    TRY_CL(clSetKernelArg(race.kernel, 3, sizeof summand, &summand));
    TRY(run_fma(500, self->name));
    TRY(run_fma(STEPS, NULL));
    const HostKernels *k = host_kernels();
    HostData work = {.n = small ? 1 : race.global};
    race.work = 2e-6 * CHAINS * (double)(race.width * race.global) * STEPS;
    race.host_work = 2e-6 * k->fma_chains * k->lanes * (double)work.n * HOST_FMA_STEPS;
    s->n = CHAINS * race.width * race.global;
    HostData kept = race.host;
    race.host = work;
    race.job = HOST_FMA;
    status = bench_interleave(s->rounds, 2, sample, NULL, (double *[]){s->value, s->reference});
    race.host = kept;
    return status;
}
