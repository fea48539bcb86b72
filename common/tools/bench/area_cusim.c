// SPDX-License-Identifier: MIT
/* The area cusim: how fast the software CUDA device carries out kernels, beside PoCL and plain C on
 * the same machine, and what a launch and a module cost. These are times of a simulator on a CPU:
 * they say nothing about any GPU.
 *
 * The kernels are NVRTC's PTX of tests/cuda, run by a process of its own for each setting
 * (cusim_worker.c), since cusim reads its settings once. A lane-instruction is one instruction for
 * one lane; their number comes from cusim's own statistics, counted in a run that is not timed.
 */
#define _XOPEN_SOURCE 700
#include <cjson/cJSON.h>
#include <math.h>
#include <unistd.h>

#include "bench.h"
#ifdef HC_BENCH_OPENCL
#include "hc_cl.h"
#endif

#define TRY(call)                                                                                  \
    do {                                                                                           \
        int status_ = (call);                                                                      \
        if (status_ != HC_OK) return status_;                                                      \
    } while (0)

enum { PATH_BYTES = 4500, STEPS = 256, PEER_THREADS = 1024 };

/* The side of the picture and of the matrices; less with --size small. */
static size_t picture_side, matrix_side;
static void set_sides(const Bench *bench) {
    picture_side = bench->options.small ? 128 : 1024;
    matrix_side = bench->options.small ? 64 : 512;
}

/* ---- Workers: one for each setting that was asked for ---- */

typedef enum { ONE_THREAD, ALL_THREADS, AVX2, PEER_NUMBA, WORKERS } Setting;
static BenchWorker workers[WORKERS];

static int start_worker(Bench *bench, Setting setting, const char *stats) {
    char program[PATH_BYTES], file[PATH_BYTES];
    const char *const argv[] = {program, HC_BENCH_PTX, NULL};
    const char *env[4][5] = {[ONE_THREAD] = {"CUSIM_THREADS=1"},
                             [ALL_THREADS] = {"CUSIM_THREADS"},
                             [AVX2] = {"CUSIM_THREADS=1", "CUSIM_ISA=x86-64-v3"}};
    const char **more = env[setting];
    if (workers[setting].process) return HC_OK;
    snprintf(program, sizeof program, "%s/hc_bench_cusim", bench->options.programs);
    while (*more) more++;
    if (stats) {
        snprintf(file, sizeof file, "CUSIM_STATS_FILE=%s", stats);
        *more++ = file;
        *more = "CUSIM_STATS=json";
    }
    if (!*bench->device) snprintf(bench->device, sizeof bench->device, "cusim");
    return bench_worker_start(&workers[setting], argv, env[setting]);
}

static void end_workers(void) {
    for (int i = 0; i < WORKERS; i++) bench_worker_end(&workers[i]);
}

static int ask(Bench *bench, Setting setting, const char *job, size_t n, double *ms) {
    TRY(start_worker(bench, setting, NULL));
    return bench_worker_ask(&workers[setting], job, n, ms);
}

/* How many lane-instructions one run of a job takes: a worker of its own counts two runs (the one
 * that verifies and the one that is asked for). */
static int count_lanes(Bench *bench, const char *job, size_t n, double *lane_instructions) {
    char path[PATH_BYTES];
    double ms;
    TRY(bench_make_folder(bench->options.work));
    snprintf(path, sizeof path, "%s/cusim.stats.json", bench->options.work);
    unlink(path);
    bench_worker_end(&workers[ONE_THREAD]);
    TRY(start_worker(bench, ONE_THREAD, path));
    int status = bench_worker_ask(&workers[ONE_THREAD], job, n, &ms);
    int code = bench_worker_end(&workers[ONE_THREAD]);
    if (status != HC_OK) return status;
    char *text = bench_read_file(path);
    cJSON *root = text ? cJSON_Parse(text) : NULL;
    free(text);
    const cJSON *total = cJSON_GetObjectItemCaseSensitive(root, "total");
    const cJSON *lanes = cJSON_GetObjectItemCaseSensitive(total, "lane_instructions");
    *lane_instructions = cJSON_IsNumber(lanes) ? lanes->valuedouble / 2 : 0;
    cJSON_Delete(root);
    if (code == 0 && *lane_instructions > 0) return HC_OK;
    return hc_set_error(HC_ERROR, 0, NULL, NULL, "no lane_instructions in %s", path);
}

/* ---- What is compared with: plain C, PoCL, Numba's simulator ---- */

static struct {
    size_t n;
    float *x, *y, *z;
    int *steps;
} host;

static void free_host(void) {
    free(host.x);
    free(host.y);
    free(host.z);
    free(host.steps);
    memset(&host, 0, sizeof host);
}

static int prepare_host(size_t n) {
    if (host.n >= n) return HC_OK;
    free_host();
    TRY(hc_alloc(n, sizeof(float), &host.x));
    TRY(hc_alloc(n, sizeof(float), &host.y));
    TRY(hc_alloc(n, sizeof(float), &host.z));
    TRY(hc_alloc(picture_side * picture_side, sizeof(int), &host.steps));
    hc_fill(HC_F32, host.x, n, 1, 0);
    hc_fill(HC_F32, host.y, n, 1, 1);
    host.n = n;
    return HC_OK;
}

static double c_vector_add(size_t n) {
    double start_ms = hc_now_ms();
    for (size_t i = 0; i < n; i++) host.z[i] = host.x[i] + host.y[i];
    return hc_now_ms() - start_ms;
}

static double c_mandelbrot(void) {
    double start_ms = hc_now_ms();
    const int side = (int)picture_side;
    for (int p = 0; p < side * side; p++) {
        int px = p % side, py = p / side, n = 0;
        float cx = 3.0f * (float)px / (float)side - 2.25f;
        float cy = 2.5f * (float)py / (float)side - 1.25f, x = 0, y = 0;
        for (; n < STEPS && x * x + y * y <= 4.0f; n++) {
            float next = x * x - y * y + cx;
            y = 2.0f * x * y + cy;
            x = next;
        }
        host.steps[p] = n;
    }
    return hc_now_ms() - start_ms;
}

#ifdef HC_BENCH_OPENCL
static struct {
    cl_context context;
    cl_command_queue queue;
    cl_program program;
    cl_kernel product, empty;
    cl_mem a, b, c;
} cl;

#define TRY_CL(call)                                                                               \
    do {                                                                                           \
        cl_int code_ = (call);                                                                     \
        if (code_ != CL_SUCCESS) return hc_cl_set_error(code_);                                    \
    } while (0)

static void close_cl(void) {
    if (cl.product) clReleaseKernel(cl.product);
    if (cl.empty) clReleaseKernel(cl.empty);
    if (cl.program) clReleaseProgram(cl.program);
    if (cl.a) clReleaseMemObject(cl.a);
    if (cl.b) clReleaseMemObject(cl.b);
    if (cl.c) clReleaseMemObject(cl.c);
    if (cl.queue) clReleaseCommandQueue(cl.queue);
    if (cl.context) clReleaseContext(cl.context);
    memset(&cl, 0, sizeof cl);
}

static int run_empty(double *ms) {
    const size_t one = 1;
    double start_ms = hc_now_ms();
    TRY_CL(clEnqueueNDRangeKernel(cl.queue, cl.empty, 1, NULL, &one, &one, 0, NULL, NULL));
    TRY_CL(clFinish(cl.queue));
    *ms = hc_now_ms() - start_ms;
    return HC_OK;
}

static int run_product(double *ms) {
    const size_t global[] = {matrix_side, matrix_side}, local[] = {16, 16};
    double start_ms = hc_now_ms();
    TRY_CL(clEnqueueNDRangeKernel(cl.queue, cl.product, 2, NULL, global, local, 0, NULL, NULL));
    TRY_CL(clFinish(cl.queue));
    *ms = hc_now_ms() - start_ms;
    return HC_OK;
}

static int verify_product(void) {
    TRY_CL(clEnqueueReadBuffer(cl.queue, cl.c, CL_TRUE, 0,
                               sizeof(float) * matrix_side * matrix_side, host.z, 0, NULL, NULL));
    double want = 0; /* one element is enough to see that the kernel ran on these matrices */
    for (size_t k = 0; k < matrix_side; k++)
        want += (double)host.x[7 * matrix_side + k] * (double)host.y[k * matrix_side + 9];
    double difference = (double)host.z[7 * matrix_side + 9] - want;
    if (difference * difference <= 1e-8 * want * want) return HC_OK;
    return hc_set_error(HC_WRONG, 0, NULL, NULL, "PoCL's product is wrong");
}

/* PoCL on the CPU: the device that cusim shares the machine with. */
static int open_cl(Bench *bench) {
    HcDevice chosen;
    cl_int err;
    char *source, driver[128] = "";
    if (cl.product) return HC_OK;
    set_sides(bench);
    TRY(hc_select_device((const HcApi *const[]){&hc_cl_api, NULL}, "cpu", &chosen));
    cl_device_id device = chosen.handle;
    TRY_CL(clGetDeviceInfo(device, CL_DRIVER_VERSION, sizeof driver, driver, NULL));
    bench_version(bench, "OpenCL platform", chosen.detail);
    bench_version(bench, "OpenCL driver", driver);
    cl.context = clCreateContext(NULL, 1, &device, NULL, NULL, &err);
    TRY_CL(err);
    cl.queue = clCreateCommandQueue(cl.context, device, 0, &err);
    TRY_CL(err);
    if (!(source = bench_read_file(HC_BENCH_SOURCE "/cusim_peer.cl")))
        return hc_set_error(HC_ERROR, 0, NULL, NULL, "cannot read cusim_peer.cl");
    cl.program = clCreateProgramWithSource(cl.context, 1, (const char *[]){source}, NULL, &err);
    if (err == CL_SUCCESS) {
        int status = hc_cl_build(cl.program, device, "", "cusim_peer.cl", source);
        if (status == HC_OK) status = hc_cl_kernel(cl.program, "matmul_tiled", &cl.product);
        if (status == HC_OK) status = hc_cl_kernel(cl.program, "empty", &cl.empty);
        free(source);
        TRY(status);
    } else {
        free(source);
        return hc_cl_set_error(err);
    }
    size_t bytes = sizeof(float) * matrix_side * matrix_side;
    const cl_int size = (cl_int)matrix_side;
    TRY(prepare_host(matrix_side * matrix_side));
    cl.a = clCreateBuffer(cl.context, CL_MEM_COPY_HOST_PTR, bytes, host.x, &err);
    TRY_CL(err);
    cl.b = clCreateBuffer(cl.context, CL_MEM_COPY_HOST_PTR, bytes, host.y, &err);
    TRY_CL(err);
    cl.c = clCreateBuffer(cl.context, CL_MEM_READ_WRITE, bytes, NULL, &err);
    TRY_CL(err);
    TRY_CL(clSetKernelArg(cl.product, 0, sizeof cl.c, &cl.c));
    TRY_CL(clSetKernelArg(cl.product, 1, sizeof cl.a, &cl.a));
    TRY_CL(clSetKernelArg(cl.product, 2, sizeof cl.b, &cl.b));
    for (cl_uint i = 3; i < 6; i++) TRY_CL(clSetKernelArg(cl.product, i, sizeof size, &size));
    double ms;
    TRY(run_product(&ms));
    TRY(run_empty(&ms));
    return verify_product();
}
#else
static void close_cl(void) {}
static int no_opencl(void) {
    return hc_set_error(HC_SKIP, 0, NULL, "./cook setup run", "this build has no OpenCL");
}
static int open_cl(Bench *bench) {
    (void)bench;
    return no_opencl();
}
static int run_empty(double *ms) {
    *ms = 0;
    return no_opencl();
}
static int run_product(double *ms) {
    *ms = 0;
    return no_opencl();
}
#endif

static int open_numba(Bench *bench) {
    char python[PATH_BYTES];
    const char *const env[] = {"NUMBA_ENABLE_CUDASIM=1", NULL};
    const char *const argv[] = {python, HC_BENCH_SOURCE "/peer_numba.py", NULL};
    if (workers[PEER_NUMBA].process) return HC_OK;
    TRY(bench_python(&bench->options, "venv_numba", "peer_numba_requirements.txt", python,
                     sizeof python));
    bench_version(bench, "Numba", "0.60.0");
    return bench_worker_start(&workers[PEER_NUMBA], argv, env);
}

/* ---- Cases ---- */

typedef struct Race {
    Bench *bench;
    const char *job;
    size_t n;
    Setting setting[2];
    double scale[2]; /* of a side's figure: figure = scale / ms, or scale * ms if by_time */
    bool by_time;
    int (*other)(struct Race *race, double *ms); /* side 1; NULL: a worker, too */
} Race;

static int sample(void *context, size_t side, double *figure) {
    Race *race = context;
    double ms = 0;
    if (side == 1 && race->other) TRY(race->other(race, &ms));
    else TRY(ask(race->bench, race->setting[side], race->job, race->n, &ms));
    *figure = race->by_time ? race->scale[side] * ms : race->scale[side] / ms;
    return HC_OK;
}

/* Two untimed runs of each side, then the rounds. */
static int run_race(Race *race, BenchSamples *s, size_t sides) {
    double unused;
    for (size_t i = 0; i < 2 * sides; i++) TRY(sample(race, i % sides, &unused));
    return bench_interleave(s->rounds, sides, sample, race, (double *[]){s->value, s->reference});
}

static int rate_of(Bench *bench, BenchSamples *s, Setting setting) {
    set_sides(bench);
    Race race = {.bench = bench, .job = "mandelbrot", .n = picture_side, .setting = {setting}};
    s->n = picture_side * picture_side;
    TRY(count_lanes(bench, race.job, race.n, &race.scale[0]));
    race.scale[0] *= 1e-6; /* per ms to 10^9 per second */
    return run_race(&race, s, 1);
}

static int mandelbrot_avx512(Bench *bench, const BenchCase *self, BenchSamples *s) {
    (void)self;
#if defined __x86_64__
    if (!__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512dq"))
#endif
        return hc_set_error(HC_SKIP, 0, NULL, NULL, "this processor has no AVX-512");
    return rate_of(bench, s, ONE_THREAD);
}

static int mandelbrot_avx2(Bench *bench, const BenchCase *self, BenchSamples *s) {
    (void)self;
#if defined __x86_64__
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
#endif
        return hc_set_error(HC_SKIP, 0, NULL, NULL, "this processor has no AVX2");
    return rate_of(bench, s, AVX2);
}

static int other_mandelbrot(Race *race, double *ms) {
    (void)race;
    *ms = c_mandelbrot();
    return HC_OK;
}

static int other_vector_add(Race *race, double *ms) {
    *ms = c_vector_add(race->n);
    return HC_OK;
}

static int other_product(Race *race, double *ms) {
    (void)race;
    return run_product(ms);
}

static int other_empty(Race *race, double *ms) {
    (void)race;
    return run_empty(ms);
}

static int other_numba(Race *race, double *ms) {
    (void)race;
    return bench_worker_ask(&workers[PEER_NUMBA], "vector_add", PEER_THREADS, ms);
}

static int mandelbrot_to_c(Bench *bench, const BenchCase *self, BenchSamples *s) {
    (void)self;
    set_sides(bench);
    Race race = {.bench = bench,
                 .job = "mandelbrot",
                 .n = picture_side,
                 .setting = {ONE_THREAD},
                 .scale = {1, 1},
                 .by_time = true,
                 .other = other_mandelbrot};
    s->n = picture_side * picture_side;
    TRY(prepare_host(s->n));
    return run_race(&race, s, 2);
}

static int vector_add(Bench *bench, const BenchCase *self, BenchSamples *s) {
    (void)self;
    Race race = {.bench = bench,
                 .job = "vector_add",
                 .n = s->n,
                 .setting = {ONE_THREAD},
                 .scale = {1},
                 .by_time = true};
    s->bytes = 3 * sizeof(float) * s->n;
    return run_race(&race, s, 1);
}

static int vector_add_to_c(Bench *bench, const BenchCase *self, BenchSamples *s) {
    (void)self;
    set_sides(bench);
    Race race = {.bench = bench,
                 .job = "vector_add",
                 .n = s->n,
                 .setting = {ONE_THREAD},
                 .scale = {1, 1},
                 .by_time = true,
                 .other = other_vector_add};
    s->bytes = 3 * sizeof(float) * s->n;
    TRY(prepare_host(s->n));
    return run_race(&race, s, 2);
}

static int vector_add_threads(Bench *bench, const BenchCase *self, BenchSamples *s) {
    (void)self;
    double gb = 3e-6 * sizeof(float) * (double)s->n;
    Race race = {.bench = bench,
                 .job = "vector_add",
                 .n = s->n,
                 .setting = {ALL_THREADS, ONE_THREAD},
                 .scale = {gb, gb}};
    if (hc_cores() < 2) return hc_set_error(HC_SKIP, 0, NULL, NULL, "there is one core only");
    s->bytes = 3 * sizeof(float) * s->n;
    return run_race(&race, s, 2);
}

static int vector_add_to_numba(Bench *bench, const BenchCase *self, BenchSamples *s) {
    (void)self;
    Race race = {.bench = bench,
                 .job = "vector_add",
                 .n = s->n,
                 .setting = {ONE_THREAD},
                 .scale = {(double)s->n * 1e3, PEER_THREADS * 1e3},
                 .other = other_numba};
    TRY(open_numba(bench));
    return run_race(&race, s, 2);
}

static int matmul(Bench *bench, const BenchCase *self, BenchSamples *s) {
    (void)self;
    set_sides(bench);
    double gflop = 2e-6 * pow((double)matrix_side, 3); /* per ms: GFLOP/s */
    Race race = {.bench = bench,
                 .job = "matmul",
                 .n = matrix_side,
                 .setting = {ALL_THREADS},
                 .scale = {gflop, gflop},
                 .other = other_product};
    s->n = matrix_side;
    TRY(open_cl(bench));
    return run_race(&race, s, 2);
}

static int launch(Bench *bench, const BenchCase *self, BenchSamples *s) {
    Race race = {.bench = bench,
                 .job = "launch",
                 .n = 1,
                 .setting = {ALL_THREADS},
                 .scale = {1e3, 1e3},
                 .by_time = true,
                 .other = other_empty};
    s->n = 0;
    if (!self->reference) return run_race(&race, s, 1);
    TRY(open_cl(bench));
    return run_race(&race, s, 2);
}

static int load(Bench *bench, const BenchCase *self, BenchSamples *s) {
    (void)self;
    Race race = {.bench = bench,
                 .job = "load",
                 .n = 1,
                 .setting = {ALL_THREADS},
                 .scale = {1},
                 .by_time = true};
    s->n = 0;
    return run_race(&race, s, 1);
}

static void end(void) {
    end_workers();
    close_cl();
    free_host();
}

static const BenchCase cases[] = {
    {"cusim.mandelbrot", "mandelbrot, 1024 x 1024 points, 256 steps, on one thread with AVX-512",
     "G lane-instr/s", true, NULL, BENCH_AT_LEAST, 5, mandelbrot_avx512},
    {"cusim.mandelbrot_avx2", "the same picture with the build for AVX2", "G lane-instr/s", true,
     NULL, BENCH_AT_LEAST, 3, mandelbrot_avx2},
    {"cusim.mandelbrot_to_c", "the same picture, on one thread, against plain C", "ms", false,
     "ms plain C", BENCH_NO_TARGET, 0, mandelbrot_to_c},
    {"cusim.vector_add", "vector sum of 16 Mi floats, on one thread", "ms", false, NULL,
     BENCH_AT_MOST, 100, vector_add},
    {"cusim.vector_add_to_c", "the same sum against plain C on one thread", "ms", false,
     "ms plain C", BENCH_NO_TARGET, 0, vector_add_to_c},
    {"cusim.vector_add_threads", "the same sum on all threads against one", "GB/s", true,
     "GB/s one thread", BENCH_AT_LEAST, 1.8, vector_add_threads},
    {"cusim.matmul", "product of 512 x 512 by tiles of 16 x 16, against PoCL with the same kernel",
     "GFLOP/s", true, "GFLOP/s PoCL", BENCH_AT_LEAST, 1, matmul},
    {"cusim.launch", "an empty kernel, waiting for each", "us", false, NULL, BENCH_AT_MOST, 5,
     launch},
    {"cusim.launch_to_opencl", "the same launch against PoCL", "us", false, "us PoCL",
     BENCH_AT_MOST, 0.3, launch},
    {"cusim.load", "a module of 60 kB of PTX, from text to ready", "ms", false, NULL, BENCH_AT_MOST,
     5, load},
    {"cusim.vector_add_to_numba",
     "threads per second of the vector add, against Numba's simulator with 1,024 threads",
     "threads/s", true, "threads/s Numba", BENCH_AT_LEAST, 10000, vector_add_to_numba},
};

const BenchArea bench_area_cusim = {.name = "cusim",
                                    .title = "the software CUDA device, beside PoCL and plain C",
                                    .cases = cases,
                                    .count = sizeof cases / sizeof cases[0],
                                    .size = (size_t)1 << 24,
                                    .small = 1 << 16,
                                    .end = end};
