// SPDX-License-Identifier: MIT
/* The work of evaluation.h, done: memory on both sides, one table of kernels, and for every way of
 * doing it the same check of the answer before anything is timed.
 */
#include "evaluation.h"

#include <math.h>

#include "host/host.h"
#include "lab.h"

enum { ITEMS_PER_UNIT = 64, GROUPS = 256 /* of the tree */, GROUP = 256, MOST_PARTIAL = 1 << 16 };

/* Which kernel does a work in a way; NULL: none. */
static const struct {
    const char *file, *name;
} kernels[][EVAL_WAYS] = {
    [EVAL_ADD] = {[EVAL_PLAIN] = {"vector_sum.cl", "vector_sum"}},
    [EVAL_ADD_NT] = {[EVAL_TUNED] = {"tuned/vector_sum.cpu.cl", "vector_sum"}},
    [EVAL_SUM] = {[EVAL_PLAIN] = {"reduction.cl", "reduction"},
                  [EVAL_TUNED] = {"tuned/reduction.cpu.cl", "reduction"}},
    [EVAL_MAP] = {[EVAL_PLAIN] = {"map.cl", "map"}, [EVAL_TUNED] = {"tuned/map.cpu.cl", "map"}},
    [EVAL_STENCIL] = {[EVAL_PLAIN] = {"stencil.cl", "stencil"},
                      [EVAL_TUNED] = {"tuned/stencil.cpu.cl", "stencil"}},
    [EVAL_PRODUCT] = {[EVAL_PLAIN] = {"matmul_naive.cl", "matmul_naive"},
                      [EVAL_TILED] = {"matmul_tiled.cl", "matmul_tiled"},
                      [EVAL_TUNED] = {"tuned/matmul.cpu.cl", "matmul"}},
};
enum { WORKS = sizeof kernels / sizeof kernels[0] };
static const char *const work_names[WORKS] = {
    "vector sum", "vector sum, non-temporal", "sum", "map", "stencil", "product"};
static const char *const way_names[EVAL_WAYS] = {
    "C, one thread", "C", "kernel", "tiled kernel", "tuned kernel", "OpenBLAS"};

static struct {
    HostData host;
    float *want; /* the right answer of the last check but for sums */
    double want_sum;
    EvalWork want_of;
    size_t want_n; /* 0: none yet */
    float partial[MOST_PARTIAL];
    double sum;
    cl_mem d_x, d_y, d_z, d_partial;
    cl_mem up_x, up_y; /* the same input in memory of the device's own, for uploads */
    cl_kernel kernels[WORKS][EVAL_WAYS];
} at;

void eval_end(void) {
    bench_lab_close();
    free(at.host.x);
    free(at.host.y);
    free(at.host.z);
    free(at.want);
    memset(&at, 0, sizeof at);
}

int eval_open(Bench *bench, size_t n) {
    if (at.d_z && at.host.n >= n) return HC_OK;
    if (at.d_z) eval_end();
    TRY(bench_lab_open(bench));
    TRY(hc_cl_check_alloc(bench_lab.device, n, sizeof(float), 5));
    at.host = (HostData){.n = n, .cols = 1, .a = 0.5f};
    at.host.x = host_aligned(n);
    at.host.y = host_aligned(n);
    at.host.z = host_aligned(n);
    at.want = host_aligned(n);
    if (!at.host.x || !at.host.y || !at.host.z || !at.want)
        return hc_set_error(HC_ERROR, 0, NULL, "ask for less by --size",
                            "no memory for four arrays of %zu floats", n);
    hc_fill(HC_F32, at.host.x, n, 1, 0);
    hc_fill(HC_F32, at.host.y, n, 1, 1);
    /* Kernels and C read the same pages: where the system puts an array decides how fast it is, by
     * up to a factor of two, and would decide the race. */
    TRY(bench_lab_shared(n * sizeof(float), at.host.x, &at.d_x));
    TRY(bench_lab_shared(n * sizeof(float), at.host.y, &at.d_y));
    TRY(bench_lab_buffer(CL_MEM_READ_WRITE, n * sizeof(float), NULL, &at.up_x));
    TRY(bench_lab_buffer(CL_MEM_READ_WRITE, n * sizeof(float), NULL, &at.up_y));
    TRY(bench_lab_buffer(CL_MEM_READ_WRITE, sizeof at.partial, NULL, &at.d_partial));
    return bench_lab_buffer(CL_MEM_READ_WRITE, n * sizeof(float), NULL, &at.d_z);
}

static bool is_square(EvalWork work) { return work == EVAL_STENCIL || work == EVAL_PRODUCT; }

static size_t elements(EvalWork work, size_t n) { return is_square(work) ? n * n : n; }

double eval_bytes(EvalWork work, size_t n) {
    static const double vectors[WORKS] = {3, 3, 1, 2, 2, 3};
    return vectors[work] * sizeof(float) * (double)elements(work, n);
}

double eval_flop(EvalWork work, size_t n) {
    static const double each[WORKS] = {1, 1, 1, 0, 4, 0}; /* a sine is no fixed number of them */
    if (work == EVAL_PRODUCT) return 2 * pow((double)n, 3);
    return each[work] * (double)elements(work, n);
}

/* ---- OpenCL ---- */

typedef struct Shape {
    cl_uint dimensions;
    size_t global[2], group[2];
} Shape;

static size_t round_up(size_t n, size_t to) { return (n + to - 1) / to * to; }

static Shape shape_of(EvalWork work, EvalWay way, size_t n) {
    size_t items = bench_lab.units * ITEMS_PER_UNIT;
    if (way == EVAL_TUNED && work == EVAL_PRODUCT) { /* strips of 32 columns, then of rows */
        size_t strips = (n + 31) / 32, rows = (items + strips - 1) / strips;
        if (rows > (n + 63) / 64) rows = (n + 63) / 64; /* the copy of b has to pay */
        return (Shape){2, {strips, rows}, {1, 1}};
    }
    if (way == EVAL_TUNED) return (Shape){1, {items, 1}, {1, 1}};
    if (is_square(work)) return (Shape){2, {round_up(n, 16), round_up(n, 16)}, {16, 16}};
    if (work == EVAL_SUM) return (Shape){1, {(size_t)GROUPS * GROUP, 1}, {GROUP, 1}};
    return (Shape){1, {round_up(n, GROUP), 1}, {GROUP, 1}};
}

static int make_kernel(EvalWork work, EvalWay way) {
    const char *file = kernels[work][way].file;
    char options[48] = "-DT=float";
    cl_uint width;
    if (at.kernels[work][way]) return HC_OK;
    if (!file)
        return hc_set_error(HC_SKIP, 0, NULL, NULL, "there is no %s of the %s", way_names[way],
                            work_names[work]);
    if (way == EVAL_TUNED) TRY(bench_lab_cpu());
    TRY_CL(clGetDeviceInfo(bench_lab.device, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT, sizeof width,
                           &width, NULL));
    if (way == EVAL_TUNED && work == EVAL_PRODUCT)
        snprintf(options, sizeof options, "-DWIDTH=%u", width >= 16 ? 16 : width >= 8 ? 8 : 4);
    return bench_lab_kernel(file, kernels[work][way].name, options, &at.kernels[work][way]);
}

static int set_arguments(EvalWork work, EvalWay way, size_t n, bool uploaded) {
    const cl_mem *x = uploaded ? &at.up_x : &at.d_x, *y = uploaded ? &at.up_y : &at.d_y;
    cl_kernel kernel = at.kernels[work][way];
    cl_ulong size = n;
    bool two = work == EVAL_ADD || work == EVAL_ADD_NT || work == EVAL_PRODUCT;
    cl_uint sizes = work == EVAL_PRODUCT ? 6 : work == EVAL_STENCIL ? 2 : 1, i = 0;
    cl_mem out = work == EVAL_SUM ? at.d_partial : at.d_z;
    TRY_CL(clSetKernelArg(kernel, i++, sizeof out, &out));
    TRY_CL(clSetKernelArg(kernel, i++, sizeof *x, x));
    if (two) TRY_CL(clSetKernelArg(kernel, i++, sizeof *y, y));
    while (sizes--) TRY_CL(clSetKernelArg(kernel, i++, sizeof size, &size));
    return HC_OK;
}

/* The partial sums come to the host, and are added there. */
static int finish_sum(const Shape *shape) {
    size_t count = shape->global[0] / shape->group[0];
    TRY_CL(clEnqueueReadBuffer(bench_lab.queue, at.d_partial, CL_TRUE, 0, count * sizeof(float),
                               at.partial, 0, NULL, NULL));
    at.sum = 0;
    for (size_t i = 0; i < count; i++) at.sum += (double)at.partial[i];
    return HC_OK;
}

static int run_kernel(EvalWork work, EvalWay way, size_t n) {
    Shape shape = shape_of(work, way, n);
    double ms;
    TRY(set_arguments(work, way, n, false));
    TRY(bench_lab_launch(at.kernels[work][way], shape.dimensions, shape.global, shape.group, &ms));
    return work == EVAL_SUM ? finish_sum(&shape) : HC_OK;
}

/* ---- C ---- */

static void run_host(EvalWork work, EvalWay way, size_t n) {
    static const HostJob jobs[WORKS] = {HOST_ADD, HOST_ADD_NT,  HOST_SUM,
                                        HOST_MAP, HOST_STENCIL, HOST_PRODUCT};
    HostData data = at.host;
    data.n = elements(work, n);
    data.cols = n;
    host_job(&data, jobs[work], way == EVAL_ONE ? 1 : 0);
    at.sum = data.sum;
}

int eval_run(EvalWork work, EvalWay way, size_t n, double *ms) {
    double start_ms = hc_now_ms();
    if (way == EVAL_ONE || way == EVAL_C) run_host(work, way, n);
    else if (way == EVAL_BLAS) eval_blas_product(at.host.z, at.host.x, at.host.y, n);
    else TRY(run_kernel(work, way, n));
    *ms = hc_now_ms() - start_ms;
    return HC_OK;
}

int eval_transfers(EvalWork work, EvalWay way, size_t n, double ms[3]) {
    size_t bytes = elements(work, n) * sizeof(float);
    Shape shape = shape_of(work, way, n);
    bool two = work == EVAL_ADD || work == EVAL_ADD_NT || work == EVAL_PRODUCT;
    cl_command_queue queue = bench_lab.queue;
    double start_ms = hc_now_ms();
    TRY_CL(clEnqueueWriteBuffer(queue, at.up_x, CL_TRUE, 0, bytes, at.host.x, 0, NULL, NULL));
    if (two)
        TRY_CL(clEnqueueWriteBuffer(queue, at.up_y, CL_TRUE, 0, bytes, at.host.y, 0, NULL, NULL));
    ms[0] = hc_now_ms() - start_ms;
    TRY(set_arguments(work, way, n, true));
    TRY(bench_lab_launch(at.kernels[work][way], shape.dimensions, shape.global, shape.group,
                         &ms[1]));
    start_ms = hc_now_ms();
    if (work == EVAL_SUM) TRY(finish_sum(&shape));
    else TRY_CL(clEnqueueReadBuffer(queue, at.d_z, CL_TRUE, 0, bytes, at.host.z, 0, NULL, NULL));
    ms[2] = hc_now_ms() - start_ms;
    return HC_OK;
}

/* ---- The right answers ---- */

static void want_rows(size_t begin, size_t end, void *context) {
    size_t n = *(const size_t *)context;
    const float *x = at.host.x, *y = at.host.y;
    for (size_t i = begin; i < end; i++) {
        if (at.want_of == EVAL_ADD) at.want[i] = x[i] + y[i];
        if (at.want_of == EVAL_MAP) {
            double v = (double)x[i];
            at.want[i] = (float)(sin(v) + cos(v) + exp(-v));
        }
        if (at.want_of == EVAL_STENCIL)
            for (size_t j = 0, k = i * n; j < n; j++, k++)
                at.want[k] = i == 0 || j == 0 || i == n - 1 || j == n - 1
                                 ? x[k]
                                 : 0.25f * ((x[k - n] + x[k + n]) + (x[k - 1] + x[k + 1]));
    }
}

/* A row of the product in double precision. */
static void want_product(size_t begin, size_t end, void *context) {
    size_t n = *(const size_t *)context;
    double *row;
    if (hc_alloc(n, sizeof *row, &row) != HC_OK) return; /* want stays NaN: the check will fail */
    for (size_t i = begin; i < end; i++) {
        memset(row, 0, n * sizeof *row);
        for (size_t k = 0; k < n; k++) {
            double a = (double)at.host.x[i * n + k];
            for (size_t j = 0; j < n; j++) row[j] += a * (double)at.host.y[k * n + j];
        }
        for (size_t j = 0; j < n; j++) at.want[i * n + j] = (float)row[j];
    }
    free(row);
}

/* Make the answer, unless the last check was for the same. */
static void make_want(EvalWork work, size_t n) {
    EvalWork of = work == EVAL_ADD_NT ? EVAL_ADD : work;
    if (at.want_n == n && at.want_of == of) return;
    at.want_of = of;
    at.want_n = n;
    if (of == EVAL_SUM) {
        at.want_sum = 0;
        for (size_t i = 0; i < n; i++) at.want_sum += (double)at.host.x[i];
        return;
    }
    memset(at.want, 0xff, elements(work, n) * sizeof(float));
    hc_parallel_for(n, 0, of == EVAL_PRODUCT ? want_product : want_rows, &n);
}

/* How far an answer may lie from the exact one; the input is in [-1, 1). */
static HcTolerance tolerance_of(EvalWork work, size_t n) {
    switch (work) {
    case EVAL_SUM: return (HcTolerance){.abs = 1e-6 * (double)n}; /* magnitudes: n / 2 */
    case EVAL_MAP: return (HcTolerance){.abs = 4e-6}; /* a few ulp of each of three functions */
    case EVAL_STENCIL: return (HcTolerance){.abs = 0x1p-22}; /* another order of four numbers */
    case EVAL_PRODUCT: return (HcTolerance){.abs = 0x1p-23 * (double)n}; /* n roundings */
    default: return HC_EXACT;
    }
}

static int verify(EvalWork work, EvalWay way, size_t n) {
    const float poison = NAN;
    size_t count = elements(work, n), bytes = count * sizeof(float);
    bool on_host = way == EVAL_ONE || way == EVAL_C || way == EVAL_BLAS;
    HcVerdict v;
    double ms;
    make_want(work, n);
    memset(at.host.z, 0xff, bytes);
    at.sum = NAN;
    if (!on_host)
        TRY_CL(clEnqueueFillBuffer(bench_lab.queue, at.d_z, &poison, sizeof poison, 0, bytes, 0,
                                   NULL, NULL));
    TRY(eval_run(work, way, n, &ms));
    if (work == EVAL_SUM) {
        v = hc_compare(HC_F64, &at.sum, &at.want_sum, 1, tolerance_of(work, n));
    } else {
        if (!on_host)
            TRY_CL(clEnqueueReadBuffer(bench_lab.queue, at.d_z, CL_TRUE, 0, bytes, at.host.z, 0,
                                       NULL, NULL));
        v = hc_compare(HC_F32, at.host.z, at.want, count, tolerance_of(work, n));
    }
    if (v.wrong == 0) return HC_OK;
    return hc_set_error(HC_WRONG, 0, NULL, "no time is shown of a wrong answer",
                        "%s by %s with n = %zu: %zu elements are wrong:\n%s", work_names[work],
                        way_names[way], n, v.wrong, v.first);
}

int eval_prepare(Bench *bench, EvalWork work, EvalWay way, size_t n) {
    bool host = way == EVAL_ONE || way == EVAL_C;
    TRY(eval_open(bench, elements(work, n)));
    if (host && work == EVAL_ADD_NT && !host_has(HOST_ADD_NT))
        return hc_set_error(HC_SKIP, 0, NULL, NULL, "C has no non-temporal stores here");
    if (way == EVAL_BLAS) TRY(eval_blas_open(bench));
    else if (!host) TRY(make_kernel(work, way));
    return verify(work, way, n);
}
