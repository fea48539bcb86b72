// SPDX-License-Identifier: MIT
/* How not to measure: the mistakes of a well-known benchmark of this chapter's subject, and of many
 * others, made on purpose. Each gives a number; the one beside it is what should have been said.
 */
#include "evaluation.h"
#ifndef HC_NO_OPENCL
#include <cjson/cJSON.h>

#include "hc_cl.h"
#include "hc_files.h"

enum { STEPS = 10000, OPERATIONS = 4, ROUNDS = 15, PYTHON_STEPS = 1000000 };

static cl_device_id device;
static cl_context context;
static cl_command_queue queue;
static HcTable *table;

/* A kernel, and what building it took. */
static cl_kernel build(const char *file, const char *entry, const char *options,
                       cl_program *program, double *ms) {
    char *source;
    cl_kernel kernel;
    CHECK_HC(hc_load_kernel(file, &source));
    double start_ms = hc_now_ms();
    CHECK_CL_OUT(*program =
                     clCreateProgramWithSource(context, 1, (const char **)&source, NULL, &err));
    CHECK_HC(hc_cl_build(*program, device, options, file, source));
    CHECK_HC(hc_cl_kernel(*program, entry, &kernel));
    *ms = hc_now_ms() - start_ms;
    free(source);
    return kernel;
}

/* One launch; what it took until the call returned, and until the device was ready. */
static double launch_ms(cl_kernel kernel, size_t n, double *returned_ms) {
    size_t group = 256, global = (n + group - 1) / group * group;
    double start_ms = hc_now_ms();
    CHECK_CL(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &global, &group, 0, NULL, NULL));
    if (returned_ms) *returned_ms = hc_now_ms() - start_ms;
    CHECK_CL(clFinish(queue));
    return hc_now_ms() - start_ms;
}

static HcStats launches(cl_kernel kernel, size_t n, HcStats *returned) {
    double ms[ROUNDS], until[ROUNDS];
    launch_ms(kernel, n, NULL);
    for (int r = 0; r < ROUNDS; r++) ms[r] = launch_ms(kernel, n, &until[r]);
    if (returned) *returned = hc_stats(until, ROUNDS);
    return hc_stats(ms, ROUNDS);
}

/* The steps of an interpreter, per second; 0 where there is no Python. */
static double python_per_s(void) {
    char python[4096], text[256], *out = NULL, *err = NULL;
    size_t size;
    double seconds = 0;
    if (!hc_find_program("python3", python, sizeof python)) return 0;
    snprintf(text, sizeof text,
             "import time\nx=[0.5]*%d\ny=[0.25]*%d\nt=time.perf_counter()\n"
             "z=[0.0]*%d\nfor i in range(%d):\n z[i]=x[i]+y[i]\nprint(time.perf_counter()-t)",
             PYTHON_STEPS, PYTHON_STEPS, PYTHON_STEPS, PYTHON_STEPS);
    const char *const command[] = {python, "-c", text, NULL};
    if (hc_run_program(python, command, "", &out, &size, &err) == 0) seconds = strtod(out, NULL);
    free(out), free(err);
    return seconds > 0 ? PYTHON_STEPS / seconds : 0;
}

/* A row of the table, and its two numbers for JSON. */
static void tell(const char *key, const char *mistake, double said, double is, const char *unit) {
    char name[64];
    hc_table_row(table, "%s|%.3g|%.3g|%s", mistake, said, is, unit);
    snprintf(name, sizeof name, "%s_said", key);
    cJSON_AddNumberToObject(hc_results(), name, said);
    snprintf(name, sizeof name, "%s_is", key);
    cJSON_AddNumberToObject(hc_results(), name, is);
}

//> removed
/* The same kernel with one step and with 10,000: does the device do what the source says? */
static void removed_loop(const cl_mem *d, size_t n, const float *const *in) {
    cl_program program;
    cl_ulong count = n, steps[2] = {1, STEPS};
    double build_ms, flops = OPERATIONS * (double)n, ms[2];
    cl_kernel kernel = build("removed_loop.cl", "removed_loop", "", &program, &build_ms);
    for (cl_uint i = 0; i < 3; i++) CHECK_CL(clSetKernelArg(kernel, i, sizeof d[i], &d[i]));
    CHECK_CL(clSetKernelArg(kernel, 3, sizeof count, &count));
    for (int i = 0; i < 2; i++) {
        CHECK_CL(clSetKernelArg(kernel, 4, sizeof steps[i], &steps[i]));
        ms[i] = launches(kernel, n, NULL).median;
    }
    tell("removed_loop", "a loop that the compiler removes", flops * STEPS / ms[1] / 1e6,
         flops / ms[1] / 1e6, "GFLOP/s");
    tell("steps", "  how often it runs: by the source, by the clock", STEPS, ms[1] / ms[0],
         "times the time of one step");
    //< removed
    float *z, *want;
    CHECK_HC(hc_alloc(n, sizeof *z, &z));
    CHECK_HC(hc_alloc(n, sizeof *want, &want));
    const size_t bytes = n * sizeof *z;
    CHECK_CL(clEnqueueReadBuffer(queue, d[0], CL_TRUE, 0, bytes, z, 0, NULL, NULL));
    for (size_t i = 0; i < n; i++) {
        float sum = in[0][i] + in[1][i];
        want[i] = sum * sum * (in[0][i] / 2);
    }
    hc_verify("removed_loop", hc_compare(HC_F32, z, want, n, HC_REL(1e-6)));
    free(want), free(z);
    CHECK_CL(clReleaseKernel(kernel));
    CHECK_CL(clReleaseProgram(program));
}

/* Numbers of 64 bits handed to a kernel that takes those of 32: nothing complains. */
static void wrong_type(size_t n) {
    cl_program program;
    cl_mem d[3];
    cl_ulong count = n;
    double build_ms;
    int64_t *x, *z;
    size_t wrong = 0, bytes = n * sizeof *x;
    CHECK_HC(hc_alloc(n, sizeof *x, &x));
    CHECK_HC(hc_alloc(n, sizeof *z, &z));
    for (size_t i = 0; i < n; i++) x[i] = (int64_t)(i % 1000) + 1;
    cl_kernel kernel = build("vector_sum.cl", "vector_sum", "-DT=int", &program, &build_ms);
    for (cl_uint i = 0; i < 3; i++) {
        const cl_mem_flags flags = CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR;
        CHECK_CL_OUT(d[i] = clCreateBuffer(context, flags, bytes, i == 0 ? z : x, &err));
        CHECK_CL(clSetKernelArg(kernel, i, sizeof d[i], &d[i]));
    }
    CHECK_CL(clSetKernelArg(kernel, 3, sizeof count, &count));
    launch_ms(kernel, n, NULL);
    CHECK_CL(clEnqueueReadBuffer(queue, d[0], CL_TRUE, 0, bytes, z, 0, NULL, NULL));
    for (size_t i = 0; i < n; i++) wrong += z[i] != 2 * x[i];
    tell("unchecked", "int64 for a kernel of int, not compared: wrong elements", 0, (double)wrong,
         "elements");
    for (int i = 0; i < 3; i++) CHECK_CL(clReleaseMemObject(d[i]));
    CHECK_CL(clReleaseKernel(kernel));
    CHECK_CL(clReleaseProgram(program));
    free(z), free(x);
}

/* What a clock says of one and the same sum, read at the wrong places. */
static void wrong_clock(const cl_mem *d, size_t n, const float *const *in, const Plan *plan) {
    cl_program program;
    cl_ulong count = n;
    double build_ms, upload_ms[ROUNDS], download_ms[ROUNDS];
    const size_t bytes = n * sizeof(float);
    cl_kernel kernel = build("vector_sum.cl", "vector_sum", "-DT=float", &program, &build_ms);
    for (cl_uint i = 0; i < 3; i++) CHECK_CL(clSetKernelArg(kernel, i, sizeof d[i], &d[i]));
    CHECK_CL(clSetKernelArg(kernel, 3, sizeof count, &count));
    double first_ms = build_ms + launch_ms(kernel, n, NULL);
    HcStats returned, ms = launches(kernel, n, &returned);
    float *z;
    CHECK_HC(hc_alloc(n, sizeof *z, &z));
    for (int r = 0; r < ROUNDS; r++) {
        double start_ms = hc_now_ms();
        for (int i = 1; i < 3; i++)
            CHECK_CL(
                clEnqueueWriteBuffer(queue, d[i], CL_TRUE, 0, bytes, in[i - 1], 0, NULL, NULL));
        upload_ms[r] = hc_now_ms() - start_ms;
        start_ms = hc_now_ms();
        CHECK_CL(clEnqueueReadBuffer(queue, d[0], CL_TRUE, 0, bytes, z, 0, NULL, NULL));
        download_ms[r] = hc_now_ms() - start_ms;
    }
    double transfers_ms = hc_stats(upload_ms, ROUNDS).median + hc_stats(download_ms, ROUNDS).median;
    const Row *serial = &plan->row[0], *threads = &plan->row[2];
    double serial_ms = serial->median[0].total, threads_ms = threads->median[0].total;
    tell("not_awaited", "the clock read before the device is ready", returned.median, ms.median,
         "ms");
    tell("first_run", "the first run, which builds, as if all were like it", first_ms, ms.median,
         "ms");
    tell("no_transfers", "transfers left out", ms.median, ms.median + transfers_ms, "ms");
    tell("one_run", "one run; the fastest and the slowest of 15 alike", ms.min, ms.max, "ms");
    tell("one_core", "one core of the host against all of the device", serial_ms / ms.median,
         threads_ms / ms.median, "times as fast as the host");
    double steps = python_per_s();
    if (steps > 0)
        tell("interpreter", "an interpreted loop against a kernel",
             (double)n / steps * 1e3 / ms.median, threads_ms / ms.median,
             "times as fast as the host");
    else hc_say("without the interpreted loop: python3 is not installed\n");
    free(z);
    CHECK_CL(clReleaseKernel(kernel));
    CHECK_CL(clReleaseProgram(program));
}

int how_not_to(const Wish *wish, bool print) {
    Wish host = *wish;
    Plan plan;
    int status;
    cl_mem d[3];
    host.devices = 0;
    if (strcmp(wish->device[0].api, "opencl") != 0)
        return hc_set_error(HC_USAGE, 0, NULL, "leave --device out, or name one: --device cpu",
                            "--how-not-to measures by OpenCL, and the device is %s",
                            wish->device[0].api);
    if (wish->n == 0) return hc_set_error(HC_USAGE, 0, NULL, NULL, "--how-not-to needs data: -n");
    status = make_plan(&plan, &vector_sum, &host, 1); /* the sum by the host, measured well */
    if (status != HC_OK) return status;
    if (!check_answers(&plan, &status)) return status == HC_OK ? HC_WRONG : status;
    measure(&plan);
    const float *const *in = (const float *const *)plan.in;
    const size_t bytes = wish->n * sizeof(float);
    device = wish->device[0].handle;
    status = hc_cl_check_alloc(device, wish->n, sizeof(int64_t), 3);
    if (status != HC_OK) return status;
    CHECK_CL_OUT(context = clCreateContext(NULL, 1, &device, NULL, NULL, &err));
    CHECK_CL_OUT(queue = clCreateCommandQueue(context, device, 0, &err));
    for (int i = 0; i < 3; i++)
        CHECK_CL_OUT(d[i] = clCreateBuffer(context, CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR, bytes,
                                           i == 0 ? plan.out : plan.in[i - 1], &err));
    table = hc_table_new("mistake|>said|>is|in");
    removed_loop(d, wish->n, in);
    wrong_clock(d, wish->n, in, &plan);
    wrong_type(wish->n);
    if (print) hc_table_print(table, stdout, 0);
    hc_table_free(table);
    for (int i = 0; i < 3; i++) CHECK_CL(clReleaseMemObject(d[i]));
    CHECK_CL(clReleaseCommandQueue(queue));
    CHECK_CL(clReleaseContext(context));
    free_plan(&plan);
    return HC_OK;
}
#else
int how_not_to(const Wish *wish, bool print) {
    (void)wish, (void)print;
    return hc_set_error(HC_SKIP, 0, NULL, NULL, "this program was built without OpenCL");
}
#endif
