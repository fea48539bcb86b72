// SPDX-License-Identifier: MIT
/* The area elementwise: what the kernels cost that recipe 09's engine makes from expressions,
 * against the same work written by hand, against PyOpenCL's ElementwiseKernel, and against C. Both
 * sides are timed by the host's clock, from the call until the device has nothing left to do.
 */
#include <math.h>

#include "elementwise.h"
#include "host/host.h"
#include "lab.h"

enum { GROUP = 256, ITEMS_PER_UNIT = 64, PATH_BYTES = 4400 };
static const float a = 2, b = 3;

static struct {
    HostData host;
    float *want;
    EwDevice *device;
    EwArray x, y, z, t;
    cl_mem d_x, d_y, d_z; /* of the hand-written kernels, in a context of their own */
    size_t n;
    BenchWorker peer;
} at;

static void end(void) {
    bench_worker_end(&at.peer);
    ew_array_free(&at.t);
    ew_array_free(&at.z);
    ew_array_free(&at.y);
    ew_array_free(&at.x);
    ew_close(at.device);
    bench_lab_close();
    free(at.host.x);
    free(at.host.y);
    free(at.host.z);
    free(at.want);
    memset(&at, 0, sizeof at);
}

static int open_all(Bench *bench, size_t n) {
    size_t bytes = n * sizeof(float);
    if (at.t.memory) return HC_OK;
    TRY(bench_lab_open(bench));
    TRY(hc_cl_check_alloc(bench_lab.device, n, sizeof(float), 7));
    at.n = n;
    at.host = (HostData){.n = n, .cols = 1};
    at.host.x = host_aligned(n);
    at.host.y = host_aligned(n);
    at.host.z = host_aligned(n);
    at.want = host_aligned(n);
    if (!at.host.x || !at.host.y || !at.host.z || !at.want)
        return hc_set_error(HC_ERROR, 0, NULL, "ask for less by --size",
                            "no memory for four arrays of %zu floats", n);
    hc_fill(HC_F32, at.host.x, n, 1, 0);
    hc_fill(HC_F32, at.host.y, n, 1, 1);
    TRY(bench_lab_buffer(CL_MEM_READ_ONLY, bytes, at.host.x, &at.d_x));
    TRY(bench_lab_buffer(CL_MEM_READ_ONLY, bytes, at.host.y, &at.d_y));
    TRY(bench_lab_buffer(CL_MEM_READ_WRITE, bytes, NULL, &at.d_z));
    TRY(ew_open(&bench_lab.chosen, &at.device));
    TRY(ew_array(at.device, EW_F32, n, at.host.x, &at.x));
    TRY(ew_array(at.device, EW_F32, n, at.host.y, &at.y));
    TRY(ew_array(at.device, EW_F32, n, NULL, &at.z));
    return ew_array(at.device, EW_F32, n, NULL, &at.t);
}

/* ---- One side of a race: run once, and leave z, or a sum ---- */

typedef struct Side {
    int (*run)(struct Side *side, double *ms);
    EwKernel *kernel, *second; /* of the engine */
    cl_kernel hand;
    bool shaped;  /* the hand-written kernel: few work-items */
    bool on_host; /* z is the host's */
    double sum;
} Side;

static int run_axpby(Side *side, double *ms) {
    double start_ms = hc_now_ms();
    TRY(ew_run(side->kernel, EW_ALL,
               EW_VALUES(EW_FLOAT((double)a), EW_OF(at.x), EW_FLOAT((double)b), EW_OF(at.y),
                         EW_OF(at.z))));
    (void)ew_time_ms(side->kernel); /* waits */
    *ms = hc_now_ms() - start_ms;
    return HC_OK;
}

/* The same in two kernels with an array in between, as arithmetic on whole arrays does it. */
static int run_unfused(Side *side, double *ms) {
    double start_ms = hc_now_ms();
    TRY(ew_run(side->kernel, EW_ALL, EW_VALUES(EW_FLOAT((double)b), EW_OF(at.y), EW_OF(at.t))));
    TRY(ew_run(side->second, EW_ALL,
               EW_VALUES(EW_FLOAT((double)a), EW_OF(at.x), EW_OF(at.t), EW_OF(at.z))));
    (void)ew_time_ms(side->second);
    *ms = hc_now_ms() - start_ms;
    return HC_OK;
}

/* z[i] from x[i]: sine, exponential, scan. */
static int run_map(Side *side, double *ms) {
    double start_ms = hc_now_ms();
    TRY(ew_run(side->kernel, EW_ALL, EW_VALUES(EW_OF(at.x), EW_OF(at.z))));
    (void)ew_time_ms(side->kernel);
    *ms = hc_now_ms() - start_ms;
    return HC_OK;
}

static int run_hand(Side *side, double *ms) {
    size_t group = side->shaped ? 1 : GROUP;
    size_t global =
        side->shaped ? bench_lab.units * ITEMS_PER_UNIT : (at.n + GROUP - 1) / GROUP * GROUP;
    return bench_lab_launch(side->hand, 1, &global, &group, ms);
}

static int run_peer(Side *side, double *ms) {
    (void)side;
    return bench_worker_ask(&at.peer, "axpby", at.n, ms);
}

static int run_reduce(Side *side, double *ms) {
    float sum;
    double start_ms = hc_now_ms();
    TRY(ew_reduce(side->kernel, EW_ALL, EW_VALUES(EW_OF(at.x)), &sum));
    *ms = hc_now_ms() - start_ms;
    side->sum = (double)sum;
    return HC_OK;
}

static int run_host_sum(Side *side, double *ms) {
    *ms = host_job(&at.host, HOST_SUM, 0);
    side->sum = at.host.sum;
    return HC_OK;
}

static int run_host_scan(Side *side, double *ms) {
    double start_ms = hc_now_ms();
    float sum = 0;
    (void)side;
    for (size_t i = 0; i < at.n; i++) at.host.z[i] = sum += at.host.x[i];
    *ms = hc_now_ms() - start_ms;
    return HC_OK;
}

/* ---- Making sides ---- */

static int engine_map(Side *side, const char *name, const char *statement) {
    *side = (Side){.run = run_map};
    return ew_map(at.device, name, "const float *x, float *z", statement, NULL, &side->kernel);
}

static int engine_axpby(Side *side) {
    *side = (Side){.run = run_axpby};
    return ew_map(at.device, "axpby", "float a, const float *x, float b, const float *y, float *z",
                  "z[i] = a*x[i] + b*y[i]", NULL, &side->kernel);
}

static int by_hand(Side *side, const char *name, bool two, bool shaped) {
    cl_ulong n = at.n;
    cl_uint k = 0;
    char *source = bench_read_file(HC_BENCH_SOURCE "/elementwise.cl");
    *side = (Side){.run = run_hand, .shaped = shaped};
    if (!source) return hc_set_error(HC_ERROR, 0, NULL, NULL, "cannot read elementwise.cl");
    int status = bench_lab_kernel_of(source, "elementwise.cl", name, "", &side->hand);
    free(source);
    TRY(status);
    TRY_CL(clSetKernelArg(side->hand, k++, sizeof at.d_z, &at.d_z));
    TRY_CL(clSetKernelArg(side->hand, k++, sizeof at.d_x, &at.d_x));
    if (two) {
        TRY_CL(clSetKernelArg(side->hand, k++, sizeof at.d_y, &at.d_y));
        TRY_CL(clSetKernelArg(side->hand, k++, sizeof a, &a));
        TRY_CL(clSetKernelArg(side->hand, k++, sizeof b, &b));
    }
    TRY_CL(clSetKernelArg(side->hand, k++, sizeof n, &n));
    return HC_OK;
}

static int start_peer(Bench *bench) {
    char python[PATH_BYTES + 16], device[64], cache[PATH_BYTES];
    const char *const argv[] = {python, HC_BENCH_SOURCE "/peer_elementwise.py", device,
                                bench_lab.chosen.name, NULL};
    const char *const env[] = {
        cache, getenv("OCL_ICD_VENDORS") ? NULL : "OCL_ICD_VENDORS=/etc/OpenCL/vendors", NULL};
    double ms;
    TRY(bench_python(&bench->options, "venv", "peer_requirements.txt", python, sizeof python));
    snprintf(cache, sizeof cache, "XDG_CACHE_HOME=%s/cache", bench->options.work);
    snprintf(device, sizeof device, "%d:%d", bench_lab.chosen.platform, bench_lab.chosen.index);
    TRY(bench_worker_start(&at.peer, argv, env));
    int status = bench_worker_ask(&at.peer, "axpby", at.n, &ms);
    if (status != HC_ERROR) return status;
    char said[256];
    snprintf(said, sizeof said, "%.255s", hc_last_error()->message);
    return hc_set_error(HC_SKIP, 0, NULL, "its messages are above", "the PyOpenCL peer failed: %s",
                        said);
}

/* ---- Races ---- */

typedef struct Race {
    Side side[2];
    double amount; /* bytes of one run * 1e-6: GB/s */
} Race;

static int sample(void *context, size_t variant, double *gbps) {
    Race *race = context;
    double ms;
    TRY(race->side[variant].run(&race->side[variant], &ms));
    *gbps = race->amount / ms;
    return HC_OK;
}

/* Run a side once and compare what it leaves with want, or its sum. The peer has checked itself. */
static int verify(const char *what, Side *side, HcTolerance tolerance, bool sums) {
    const float poison = NAN;
    size_t bytes = at.n * sizeof(float);
    double ms, want = 0;
    HcVerdict v;
    if (side->run == run_peer) return HC_OK;
    memset(at.host.z, 0xff, bytes);
    TRY(ew_write(&at.z, at.host.z));
    TRY_CL(clEnqueueFillBuffer(bench_lab.queue, at.d_z, &poison, sizeof poison, 0, bytes, 0, NULL,
                               NULL));
    TRY(side->run(side, &ms));
    if (sums) {
        for (size_t i = 0; i < at.n; i++) want += (double)at.host.x[i];
        v = hc_compare(HC_F64, &side->sum, &want, 1, tolerance);
    } else {
        if (side->hand)
            TRY_CL(clEnqueueReadBuffer(bench_lab.queue, at.d_z, CL_TRUE, 0, bytes, at.host.z, 0,
                                       NULL, NULL));
        else if (!side->on_host) TRY(ew_read(&at.z, at.host.z));
        v = hc_compare(HC_F32, at.host.z, at.want, at.n, tolerance);
    }
    if (v.wrong == 0) return HC_OK;
    return hc_set_error(HC_WRONG, 0, NULL, "no time is shown of a wrong answer",
                        "%s with n = %zu: %zu elements are wrong:\n%s", what, at.n, v.wrong,
                        v.first);
}

static int race_sides(BenchSamples *s, const char *what, Race *race, HcTolerance tolerance,
                      size_t vectors, bool sums, const char *limit) {
    static const char *const names[] = {"", ", its reference"};
    double first;
    int status = HC_OK;
    s->bytes = (uint64_t)vectors * sizeof(float) * at.n;
    s->limit = limit;
    race->amount = 1e-6 * (double)s->bytes;
    for (size_t i = 0; i < 2 && status == HC_OK; i++) {
        char text[128];
        snprintf(text, sizeof text, "%s%s", what, names[i]);
        status = verify(text, &race->side[i], tolerance, sums);
        if (status == HC_OK) status = sample(race, i, &first);
    }
    if (status == HC_OK)
        status = bench_interleave(s->rounds, 2, sample, race, (double *[]){s->value, s->reference});
    for (size_t i = 0; i < 2; i++) {
        ew_free(race->side[i].kernel);
        ew_free(race->side[i].second);
    }
    return status;
}

typedef double Expected(double x, double y);
static double of_axpby(double x, double y) { return (double)a * x + (double)b * y; }
static double of_sine(double x, double y) { return (void)y, sin(x); }
static double of_exponential(double x, double y) { return (void)y, exp(x); }

static void want(Expected *f) {
    for (size_t i = 0; i < at.n; i++)
        at.want[i] = (float)f((double)at.host.x[i], (double)at.host.y[i]);
}

/* The rounding of two products and a sum of numbers up to 5. */
#define AXPBY_TOLERANCE ((HcTolerance){.abs = 1e-6})
/* OpenCL allows 4 ulp of sin and 3 of exp; here of values up to e. */
#define MAP_TOLERANCE ((HcTolerance){.abs = 1e-6})

static int axpby_to(Bench *bench, const BenchCase *self, BenchSamples *s, const char *other,
                    bool shaped) {
    Race race = {.amount = 0};
    TRY(open_all(bench, s->n));
    if (shaped) TRY(bench_lab_cpu());
    want(of_axpby);
    TRY(engine_axpby(&race.side[0]));
    TRY(by_hand(&race.side[1], other, true, shaped));
    return race_sides(s, self->name, &race, AXPBY_TOLERANCE, 3, false, "limits.triad");
}

static int to_hand(Bench *bench, const BenchCase *self, BenchSamples *s) {
    return axpby_to(bench, self, s, "axpby", false);
}

static int to_shaped(Bench *bench, const BenchCase *self, BenchSamples *s) {
    return axpby_to(bench, self, s, "axpby_shaped", true);
}

static int to_pyopencl(Bench *bench, const BenchCase *self, BenchSamples *s) {
    Race race = {.side[1].run = run_peer};
    TRY(open_all(bench, s->n));
    want(of_axpby);
    TRY(start_peer(bench));
    TRY(engine_axpby(&race.side[0]));
    return race_sides(s, self->name, &race, AXPBY_TOLERANCE, 3, false, "limits.triad");
}

static int fused(Bench *bench, const BenchCase *self, BenchSamples *s) {
    Race race = {.amount = 0};
    TRY(open_all(bench, s->n));
    want(of_axpby);
    TRY(engine_axpby(&race.side[0]));
    race.side[1].run = run_unfused;
    TRY(ew_map(at.device, "times", "float b, const float *y, float *t", "t[i] = b*y[i]", NULL,
               &race.side[1].kernel));
    TRY(ew_map(at.device, "plus", "float a, const float *x, const float *t, float *z",
               "z[i] = a*x[i] + t[i]", NULL, &race.side[1].second));
    return race_sides(s, self->name, &race, AXPBY_TOLERANCE, 3, false, "limits.triad");
}

static int sine(Bench *bench, const BenchCase *self, BenchSamples *s) {
    Race race = {.amount = 0};
    TRY(open_all(bench, s->n));
    want(of_sine);
    TRY(engine_map(&race.side[0], "sine", "z[i] = sin(x[i])"));
    TRY(by_hand(&race.side[1], "sine", false, false));
    return race_sides(s, self->name, &race, MAP_TOLERANCE, 2, false, "limits.copy");
}

static int exponential(Bench *bench, const BenchCase *self, BenchSamples *s) {
    Race race = {.amount = 0};
    TRY(open_all(bench, s->n));
    want(of_exponential);
    TRY(engine_map(&race.side[0], "exponential", "z[i] = exp(x[i])"));
    TRY(by_hand(&race.side[1], "exponential", false, false));
    return race_sides(s, self->name, &race, MAP_TOLERANCE, 2, false, "limits.copy");
}

static int sum(Bench *bench, const BenchCase *self, BenchSamples *s) {
    Race race = {.side = {{.run = run_reduce}, {.run = run_host_sum, .on_host = true}}};
    TRY(open_all(bench, s->n));
    TRY(ew_reduction(at.device, "sum", "float", "0", "x[i]", "a + b", "const float *x", NULL,
                     &race.side[0].kernel));
    return race_sides(s, self->name, &race, (HcTolerance){.abs = 1e-6 * (double)at.n}, 1, true,
                      "limits.read");
}

/* Sums of up to n numbers in [-1, 1) of another order each: they wander off by some sqrt(n) ulp. */
static int scan(Bench *bench, const BenchCase *self, BenchSamples *s) {
    Race race = {.side = {{.run = run_map}, {.run = run_host_scan, .on_host = true}}};
    double total = 0;
    TRY(open_all(bench, s->n));
    for (size_t i = 0; i < at.n; i++) at.want[i] = (float)(total += (double)at.host.x[i]);
    TRY(ew_scan(at.device, "prefix", "float", "0", "x[i]", "a + b", "z[i] = item",
                "const float *x, float *z", NULL, &race.side[0].kernel));
    return race_sides(s, self->name, &race, (HcTolerance){.abs = 1e-6 * (double)at.n}, 2, false,
                      "limits.copy");
}

static const BenchCase cases[] = {
    {"elementwise.axpby", "z = a x + b y from an expression, against the same kernel by hand",
     "GB/s", true, "GB/s by hand", BENCH_AT_LEAST, 0.95, to_hand},
    {"elementwise.axpby_to_shaped", "the same against a kernel by hand in the shape for a CPU",
     "GB/s", true, "GB/s by hand, shaped", BENCH_AT_LEAST, 0.95, to_shaped},
    {"elementwise.axpby_to_pyopencl", "the same against PyOpenCL's ElementwiseKernel", "GB/s", true,
     "GB/s PyOpenCL", BENCH_AT_LEAST, 20, to_pyopencl},
    {"elementwise.sum", "a sum from an expression, against C and pthreads", "GB/s", true, "GB/s C",
     BENCH_AT_LEAST, 0.9, sum},
    {"elementwise.sine", "z = sin x from an expression, against sin by hand for each element",
     "GB/s", true, "GB/s by hand", BENCH_AT_LEAST, 10, sine},
    {"elementwise.exponential", "z = exp x from an expression, against exp by hand", "GB/s", true,
     "GB/s by hand", BENCH_AT_LEAST, 10, exponential},
    {"elementwise.fused", "z = a x + b y in one kernel, against two with an array in between",
     "GB/s", true, "GB/s in two", BENCH_NO_TARGET, 0, fused},
    {"elementwise.scan", "prefix sums from an expression, against C on one thread", "GB/s", true,
     "GB/s C, one thread", BENCH_NO_TARGET, 0, scan},
};

const BenchArea bench_area_elementwise = {.name = "elementwise",
                                          .title = "kernels from expressions, recipe 09",
                                          .cases = cases,
                                          .count = sizeof cases / sizeof cases[0],
                                          .size = (size_t)1 << 24,
                                          .small = 1 << 14,
                                          .end = end,
                                          .needs_limits = true};
