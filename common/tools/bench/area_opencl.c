// SPDX-License-Identifier: MIT
/* The area opencl: how near a simple kernel comes to the speed of memory, what a kernel shaped for
 * the CPU gains, what a whole program costs, and what upload, download, launch and build cost
 * apart.
 *
 * Kernels are timed by the device's own clock (profiling events); transfers, launches and builds by
 * the host's, since the host waits for them. A rate counts the bytes that a kernel must move: what
 * it reads and what it writes, each once. The limit beside it is a kernel of the same shape that
 * copies.
 */
#include "lab.h"

enum {
    GROUP = 256,         /* work-items per group, as in recipe 08 */
    ITEMS_PER_UNIT = 64, /* work-items of the CPU-shaped kernels per compute unit: a core that is
                              kept busy by others then leaves its share to the rest */
    GUARD = 64,          /* elements after the last that no kernel may touch */
    LAUNCHES = 64,       /* per round of the launch cost */
    BUILD_ROUNDS = 15    /* a cold build takes long and fills the driver's cache */
};

/* What the cases share: three buffers of n + GUARD floats, and what they hold. */
static struct {
    cl_mem d_z, d_x, d_y;
    size_t n;
    float *x, *y, *z, *want; /* n + GUARD elements; want = x + y */
} data;

static void end(void) {
    bench_lab_close();
    free(data.x);
    free(data.y);
    free(data.z);
    free(data.want);
    memset(&data, 0, sizeof data);
}

static void add_range(size_t begin, size_t end_of_range, void *unused) {
    (void)unused;
    for (size_t i = begin; i < end_of_range; i++) data.want[i] = data.x[i] + data.y[i];
}

static int open_data(Bench *bench, size_t n) {
    size_t bytes = (n + GUARD) * sizeof(float);
    if (data.d_z) return HC_OK;
    TRY(bench_lab_open(bench));
    data.n = n;
    TRY(hc_cl_check_alloc(bench_lab.device, n + GUARD, sizeof(float), 3));
    TRY(hc_alloc(n + GUARD, sizeof(float), &data.x));
    TRY(hc_alloc(n + GUARD, sizeof(float), &data.y));
    TRY(hc_alloc(n + GUARD, sizeof(float), &data.z));
    TRY(hc_alloc(n + GUARD, sizeof(float), &data.want));
    hc_fill(HC_F32, data.x, n, 1, 0);
    hc_fill(HC_F32, data.y, n, 1, 1);
    hc_parallel_for(n, 0, add_range, NULL);
    TRY(bench_lab_buffer(CL_MEM_READ_ONLY, bytes, data.x, &data.d_x));
    TRY(bench_lab_buffer(CL_MEM_READ_ONLY, bytes, data.y, &data.d_y));
    return bench_lab_buffer(CL_MEM_READ_WRITE, bytes, NULL, &data.d_z);
}

/* ---- Kernels: z = x + y or z = x, plain or shaped for a CPU ---- */

typedef struct Launch {
    cl_kernel kernel;
    bool adds;       /* z = x + y, else z = x */
    bool cpu_shaped; /* few work-items with long chunks, else one work-item per element */
    size_t group, units;
} Launch;

static int set_buffers(const Launch *launch) {
    TRY_CL(clSetKernelArg(launch->kernel, 0, sizeof data.d_z, &data.d_z));
    TRY_CL(clSetKernelArg(launch->kernel, 1, sizeof data.d_x, &data.d_x));
    if (launch->adds) TRY_CL(clSetKernelArg(launch->kernel, 2, sizeof data.d_y, &data.d_y));
    return HC_OK;
}

static int prepare(Launch *launch, bool adds, bool cpu_shaped) {
    static const char *const files[2][2] = {{"vector_copy.cl", "tuned/vector_copy.cpu.cl"},
                                            {"vector_sum.cl", "tuned/vector_sum.cpu.cl"}};
    *launch = (Launch){.adds = adds, .cpu_shaped = cpu_shaped};
    TRY(bench_lab_kernel(files[adds][cpu_shaped], adds ? "vector_sum" : "vector_copy", "-DT=float",
                         &launch->kernel));
    TRY_CL(clGetKernelWorkGroupInfo(launch->kernel, bench_lab.device, CL_KERNEL_WORK_GROUP_SIZE,
                                    sizeof launch->group, &launch->group, NULL));
    if (launch->group > GROUP) launch->group = GROUP;
    launch->units = bench_lab.units;
    return set_buffers(launch);
}

/* Launch for n elements and wait; *ms is the device's own time. */
static int run_launch(const Launch *launch, size_t n, double *ms) {
    cl_ulong count = n;
    size_t group = launch->cpu_shaped ? 1 : launch->group;
    size_t global =
        launch->cpu_shaped ? launch->units * ITEMS_PER_UNIT : (n + group - 1) / group * group;
    cl_event event;
    TRY_CL(clSetKernelArg(launch->kernel, launch->adds ? 3 : 2, sizeof count, &count));
    TRY_CL(clEnqueueNDRangeKernel(bench_lab.queue, launch->kernel, 1, NULL, &global, &group, 0,
                                  NULL, &event));
    cl_int code = clWaitForEvents(1, &event);
    *ms = hc_cl_event_ms(event);
    clReleaseEvent(event);
    TRY_CL(code);
    return HC_OK;
}

static uint64_t launch_bytes(const Launch *launch, size_t n) {
    return (uint64_t)n * sizeof(float) * (launch->adds ? 3 : 2);
}

/* Is z right for n elements, and was nothing written beyond? z is poisoned first, so that what an
 * earlier kernel left cannot pass for an answer. */
static int verify_launch(const char *what, const Launch *launch, size_t n) {
    static const float poison = -12345.0f; /* no sum of the input has this value */
    double ms;
    size_t bytes = (n + GUARD) * sizeof(float);
    TRY_CL(clEnqueueFillBuffer(bench_lab.queue, data.d_z, &poison, sizeof poison, 0, bytes, 0, NULL,
                               NULL));
    TRY(run_launch(launch, n, &ms));
    TRY_CL(
        clEnqueueReadBuffer(bench_lab.queue, data.d_z, CL_TRUE, 0, bytes, data.z, 0, NULL, NULL));
    float guard[GUARD];
    for (size_t i = 0; i < GUARD; i++) guard[i] = poison;
    HcVerdict v = hc_compare(HC_F32, data.z, launch->adds ? data.want : data.x, n, HC_EXACT);
    if (v.wrong == 0) {
        v = hc_compare(HC_F32, data.z + n, guard, GUARD, HC_EXACT);
        if (v.wrong == 0) return HC_OK;
        return hc_set_error(HC_WRONG, 0, NULL, "the handling of the last elements is wrong",
                            "%s wrote beyond its n = %zu elements:\n%s", what, n, v.first);
    }
    return hc_set_error(HC_WRONG, 0, NULL, "no time is shown of a wrong answer",
                        "%s with n = %zu: %zu elements are wrong:\n%s", what, n, v.wrong, v.first);
}

/* All the awkward sizes for a kernel that cuts its range into chunks, then the size to measure. */
static int verify_all(const char *what, const Launch *launch, size_t n) {
    static const size_t awkward[] = {1,  15,  16,   17,   31,    32,
                                     33, 127, 1000, 4097, 65537, (1 << 20) + 1};
    for (size_t i = 0; i < sizeof awkward / sizeof awkward[0]; i++)
        if (awkward[i] < n) TRY(verify_launch(what, launch, awkward[i]));
    return verify_launch(what, launch, n);
}

typedef struct Race {
    Launch launch[2];
    size_t n;
} Race;

static int sample_gbps(void *context, size_t variant, double *gbps) {
    const Race *race = context;
    const Launch *launch = &race->launch[variant];
    double ms = 0;
    TRY(run_launch(launch, race->n, &ms));
    *gbps = (double)launch_bytes(launch, race->n) / (ms * 1e6);
    return HC_OK;
}

/* Two kernels in turn: the subject, and what it is measured against. */
static int race_kernels(Bench *bench, BenchSamples *s, const char *what, bool adds, bool cpu_shaped,
                        bool other_adds, bool other_cpu_shaped) {
    Race race = {.n = s->n};
    TRY(open_data(bench, s->n));
    if (cpu_shaped || other_cpu_shaped) TRY(bench_lab_cpu());
    TRY(prepare(&race.launch[0], adds, cpu_shaped));
    TRY(prepare(&race.launch[1], other_adds, other_cpu_shaped));
    TRY(verify_all(what, &race.launch[0], s->n));
    TRY(verify_all("the reference", &race.launch[1], s->n));
    s->bytes = launch_bytes(&race.launch[0], s->n);
    return bench_interleave(s->rounds, 2, sample_gbps, &race, (double *[]){s->value, s->reference});
}

static int sum_to_copy(Bench *bench, const BenchCase *self, BenchSamples *s) {
    return race_kernels(bench, s, self->name, true, false, false, false);
}

static int tuned_sum_to_sum(Bench *bench, const BenchCase *self, BenchSamples *s) {
    return race_kernels(bench, s, self->name, true, true, true, false);
}

static int tuned_sum_to_tuned_copy(Bench *bench, const BenchCase *self, BenchSamples *s) {
    return race_kernels(bench, s, self->name, true, true, false, true);
}

/* ---- What surrounds a kernel: upload, download, map, launch, build ---- */

static int verify_host(const char *what, const float *got) {
    HcVerdict v = hc_compare(HC_F32, got, data.x, data.n, HC_EXACT);
    if (v.wrong == 0) return HC_OK;
    return hc_set_error(HC_WRONG, 0, NULL, "no time is shown of a wrong answer",
                        "%s: %zu elements are wrong:\n%s", what, v.wrong, v.first);
}

/* Cases without a reference: one sample after the other. */
static int measure(BenchSamples *s, BenchSample *sample, void *context) {
    return bench_interleave(s->rounds, 1, sample, context, (double *[]){s->value});
}

static int sample_upload(void *context, size_t variant, double *gbps) {
    size_t bytes = data.n * sizeof(float);
    (void)context, (void)variant;
    double start_ms = hc_now_ms();
    TRY_CL(
        clEnqueueWriteBuffer(bench_lab.queue, data.d_z, CL_TRUE, 0, bytes, data.x, 0, NULL, NULL));
    *gbps = (double)bytes / ((hc_now_ms() - start_ms) * 1e6);
    return HC_OK;
}

static int sample_download(void *context, size_t variant, double *gbps) {
    size_t bytes = data.n * sizeof(float);
    (void)context, (void)variant;
    double start_ms = hc_now_ms();
    TRY_CL(
        clEnqueueReadBuffer(bench_lab.queue, data.d_z, CL_TRUE, 0, bytes, data.z, 0, NULL, NULL));
    *gbps = (double)bytes / ((hc_now_ms() - start_ms) * 1e6);
    return HC_OK;
}

/* There and back again must give what was sent. */
static int verify_transfers(Bench *bench, const BenchCase *self, BenchSamples *s) {
    double gbps;
    TRY(open_data(bench, s->n));
    s->bytes = data.n * sizeof(float);
    memset(data.z, 0, data.n * sizeof(float));
    TRY(sample_upload(NULL, 0, &gbps));
    TRY(sample_download(NULL, 0, &gbps));
    return verify_host(self->name, data.z);
}

static int upload(Bench *bench, const BenchCase *self, BenchSamples *s) {
    TRY(verify_transfers(bench, self, s));
    return measure(s, sample_upload, NULL);
}

static int download(Bench *bench, const BenchCase *self, BenchSamples *s) {
    TRY(verify_transfers(bench, self, s));
    return measure(s, sample_download, NULL);
}

static int sample_map(void *context, size_t variant, double *us) {
    const char *verify = context; /* the case's name, or NULL: do not look at the memory */
    cl_int err;
    (void)variant;
    double start_ms = hc_now_ms();
    float *host = clEnqueueMapBuffer(bench_lab.queue, data.d_x, CL_TRUE, CL_MAP_READ, 0,
                                     data.n * sizeof(float), 0, NULL, NULL, &err);
    TRY_CL(err);
    int status = verify ? verify_host(verify, host) : HC_OK;
    TRY_CL(clEnqueueUnmapMemObject(bench_lab.queue, data.d_x, host, 0, NULL, NULL));
    TRY_CL(clFinish(bench_lab.queue));
    *us = (hc_now_ms() - start_ms) * 1e3;
    return status;
}

static int map_unmap(Bench *bench, const BenchCase *self, BenchSamples *s) {
    double us;
    char name[64];
    TRY(open_data(bench, s->n));
    snprintf(name, sizeof name, "%s", self->name);
    TRY(sample_map(name, 0, &us));
    s->bytes = data.n * sizeof(float);
    return measure(s, sample_map, NULL);
}

typedef struct Empty {
    cl_kernel kernel;
    bool wait_for_each;
} Empty;

static int sample_empty(void *context, size_t variant, double *us) {
    const Empty *empty = context;
    const size_t one = 1;
    (void)variant;
    double start_ms = hc_now_ms();
    for (int i = 0; i < LAUNCHES; i++) {
        TRY_CL(clEnqueueNDRangeKernel(bench_lab.queue, empty->kernel, 1, NULL, &one, &one, 0, NULL,
                                      NULL));
        if (empty->wait_for_each || i == LAUNCHES - 1) TRY_CL(clFinish(bench_lab.queue));
    }
    *us = (hc_now_ms() - start_ms) * 1e3 / LAUNCHES;
    return HC_OK;
}

static int launch_cost(Bench *bench, BenchSamples *s, bool wait_for_each) {
    const char *source = "__kernel void empty(void) {}";
    Empty empty = {.wait_for_each = wait_for_each};
    double us;
    TRY(open_data(bench, s->n));
    s->n = 0;
    TRY(bench_lab_kernel_of(source, "empty", "empty", "", &empty.kernel));
    TRY(sample_empty(&empty, 0, &us)); /* the first launch may compile */
    return measure(s, sample_empty, &empty);
}

static int launch(Bench *bench, const BenchCase *self, BenchSamples *s) {
    (void)self;
    return launch_cost(bench, s, true);
}

static int launch_queued(Bench *bench, const BenchCase *self, BenchSamples *s) {
    (void)self;
    return launch_cost(bench, s, false);
}

typedef struct Build {
    const char *source;
    bool cold;
    unsigned long long nonce; /* makes the options new, so that no cache knows the program */
    Launch launch;
} Build;

/* From source text to the end of the first launch, since drivers put off work until then. */
static int sample_build(void *context, size_t variant, double *ms) {
    Build *build = context;
    char options[96] = "-DT=float -DHC_BENCH_BUILD=0";
    cl_int err;
    double kernel_ms;
    Launch first = build->launch;
    (void)variant;
    if (build->cold)
        snprintf(options, sizeof options, "-DT=float -DHC_BENCH_BUILD=%llu", ++build->nonce);
    double start_ms = hc_now_ms();
    cl_program program =
        clCreateProgramWithSource(bench_lab.context, 1, &build->source, NULL, &err);
    TRY_CL(err);
    first.kernel = NULL;
    int status = hc_cl_build(program, bench_lab.device, options, "vector_sum.cl", build->source);
    if (status == HC_OK) status = hc_cl_kernel(program, "vector_sum", &first.kernel);
    if (status == HC_OK) status = set_buffers(&first);
    if (status == HC_OK) status = run_launch(&first, 1, &kernel_ms);
    *ms = hc_now_ms() - start_ms;
    if (first.kernel) clReleaseKernel(first.kernel);
    clReleaseProgram(program);
    return status;
}

static int build_cost(Bench *bench, const BenchCase *self, BenchSamples *s, bool cold) {
    char *source;
    double ms;
    Build build = {.cold = cold, .nonce = (unsigned long long)(hc_now_ms() * 1e3)};
    TRY(open_data(bench, s->n));
    TRY(prepare(&build.launch, true, false));
    TRY(verify_launch(self->name, &build.launch, s->n));
    s->n = 0;
    if (s->rounds > BUILD_ROUNDS) s->rounds = BUILD_ROUNDS;
    TRY(hc_load_kernel("vector_sum.cl", &source));
    build.source = source;
    int status = sample_build(&build, 0, &ms);
    if (status == HC_OK) status = measure(s, sample_build, &build);
    free(source);
    return status;
}

static int build_cold(Bench *bench, const BenchCase *self, BenchSamples *s) {
    return build_cost(bench, self, s, true);
}

static int build_warm(Bench *bench, const BenchCase *self, BenchSamples *s) {
    return build_cost(bench, self, s, false);
}

static const BenchCase cases[] = {
    /* First, while this program has not yet called OpenCL: no thread of a driver is in the way. */
    {"opencl.whole_process",
     "recipe 08 from start to end, kernel cache warm, against the same in PyOpenCL", "ms", false,
     "ms PyOpenCL", BENCH_AT_MOST, 0.4, bench_whole_process},
    {"opencl.sum_to_copy", "vector_sum.cl against a copy kernel of the same shape", "GB/s", true,
     "GB/s vector_copy", BENCH_AT_LEAST, 0.95, sum_to_copy},
    {"opencl.tuned_sum_to_sum",
     "the vector sum shaped for a CPU, non-temporal, against vector_sum.cl", "GB/s", true,
     "GB/s vector_sum", BENCH_AT_LEAST, 1.2, tuned_sum_to_sum},
    {"opencl.tuned_sum_to_tuned_copy",
     "the same against a non-temporal copy kernel of its own shape", "GB/s", true,
     "GB/s tuned copy", BENCH_NO_TARGET, 0, tuned_sum_to_tuned_copy},
    {"opencl.upload", "host to device, by clEnqueueWriteBuffer", "GB/s", true, NULL,
     BENCH_NO_TARGET, 0, upload},
    {"opencl.download", "device to host, by clEnqueueReadBuffer", "GB/s", true, NULL,
     BENCH_NO_TARGET, 0, download},
    {"opencl.map", "map a buffer of that size for reading, and unmap it", "us", false, NULL,
     BENCH_NO_TARGET, 0, map_unmap},
    {"opencl.launch", "an empty kernel, waiting for each", "us", false, NULL, BENCH_NO_TARGET, 0,
     launch},
    {"opencl.launch_queued", "the same, queued, with one wait at the end of 64", "us", false, NULL,
     BENCH_NO_TARGET, 0, launch_queued},
    {"opencl.build_cold", "vector_sum.cl from source to the end of the first launch, in no cache",
     "ms", false, NULL, BENCH_NO_TARGET, 0, build_cold},
    {"opencl.build_warm", "the same with the driver's kernel cache warm", "ms", false, NULL,
     BENCH_NO_TARGET, 0, build_warm},
};

const BenchArea bench_area_opencl = {.name = "opencl",
                                     .title = "the vector sum, and what surrounds a kernel",
                                     .cases = cases,
                                     .count = sizeof cases / sizeof cases[0],
                                     .size = (size_t)1 << 25,
                                     .small = 1 << 16,
                                     .end = end};
