// SPDX-License-Identifier: MIT
/* A device as a worker, by OpenCL. device_cuda.c does the same, step by step, in CUDA. A call may
 * fail while the program goes on, so each is looked at, and the first that fails ends the step.
 */
#include "work.h"
#ifndef HC_NO_OPENCL
#include "hc_cl.h"

typedef struct State {
    cl_context context;
    cl_command_queue queue;
    cl_program program;
    cl_kernel kernel;
    cl_mem d_in, d_out;
    size_t group[2];
} State;

//> try
#define TRY(expression)                                                                            \
    do {                                                                                           \
        cl_int code_ = (expression);                                                               \
        if (code_ == CL_SUCCESS) break;                                                            \
        worker->call = #expression;                                                                \
        return hc_cl_set_error(code_);                                                             \
    } while (0)
//< try
#define TRY_OUT(expression)                                                                        \
    do {                                                                                           \
        cl_int err = CL_SUCCESS;                                                                   \
        expression;                                                                                \
        if (err == CL_SUCCESS) break;                                                              \
        worker->call = #expression;                                                                \
        return hc_cl_set_error(err);                                                               \
    } while (0)
#define TRY_HC(expression)                                                                         \
    do {                                                                                           \
        int status_ = (expression);                                                                \
        if (status_ != HC_OK) return status_;                                                      \
    } while (0)

static int build(Worker *worker, const Job *job, cl_device_id device, State *s) {
    char file[32], *source;
    snprintf(file, sizeof file, "%s.cl", job->kernel);
    TRY_HC(hc_load_kernel(file, &source));
    cl_int code;
    s->program = clCreateProgramWithSource(s->context, 1, (const char **)&source, NULL, &code);
    int status = code == CL_SUCCESS ? hc_cl_build(s->program, device, "", file, source)
                                    : hc_cl_set_error(code);
    free(source);
    worker->call = "building the kernel";
    if (status == HC_OK) status = hc_cl_kernel(s->program, job->kernel, &s->kernel);
    return status;
}

static int open_device(Worker *worker, const Job *job) {
    State *s;
    cl_device_id device = worker->device.handle;
    size_t pixels = job->width * job->height, most;
    TRY_HC(hc_alloc(1, sizeof *s, &worker->state));
    s = worker->state;
    TRY_HC(hc_cl_check_alloc(device, pixels, sizeof(cl_uint), 2));
    TRY_OUT(s->context = clCreateContext(NULL, 1, &device, NULL, NULL, &err));
    TRY_OUT(s->queue = clCreateCommandQueue(s->context, device, 0, &err));
    TRY_HC(build(worker, job, device, s));
    TRY(clGetKernelWorkGroupInfo(s->kernel, device, CL_KERNEL_WORK_GROUP_SIZE, sizeof most, &most,
                                 NULL));
    s->group[0] = most < 32 ? 1 : 32; /* neighbours in a row have much the same to do */
    s->group[1] = most < 256 ? 1 : 8;
    size_t bytes = job->tile_columns * job->height * sizeof(cl_uint);
    TRY_OUT(s->d_out = clCreateBuffer(s->context, CL_MEM_WRITE_ONLY, bytes, NULL, &err));
    if (!job->in) return HC_OK;
    bytes = pixels * sizeof(cl_uint);
    TRY_OUT(s->d_in = clCreateBuffer(s->context, CL_MEM_READ_ONLY, bytes, NULL, &err));
    TRY(clEnqueueWriteBuffer(s->queue, s->d_in, CL_TRUE, 0, bytes, job->in, 0, NULL, NULL));
    return HC_OK;
}

typedef struct Argument {
    size_t bytes;
    const void *value;
} Argument;
#define ARGUMENT(x)                                                                                \
    { sizeof(x), &(x) }

//> compute
static int compute(Worker *worker, const Job *job, size_t first_column, size_t tile_columns) {
    State *s = worker->state;
    cl_uint columns = (cl_uint)tile_columns, rows = (cl_uint)job->height;
    cl_uint first = (cl_uint)first_column, width = (cl_uint)job->width;
    const Argument mandelbrot[] = {ARGUMENT(s->d_out),  ARGUMENT(columns),   ARGUMENT(rows),
                                   ARGUMENT(first),     ARGUMENT(job->left), ARGUMENT(job->top),
                                   ARGUMENT(job->step), ARGUMENT(job->limit)};
    const Argument kuwahara[] = {ARGUMENT(s->d_out),   ARGUMENT(s->d_in), ARGUMENT(columns),
                                 ARGUMENT(rows),       ARGUMENT(first),   ARGUMENT(width),
                                 ARGUMENT(job->radius)};
    const Argument *arguments = job->in ? kuwahara : mandelbrot;
    for (cl_uint i = 0; i < (job->in ? 7 : 8); i++)
        TRY(clSetKernelArg(s->kernel, i, arguments[i].bytes, arguments[i].value));
    size_t global[2] = {(columns + s->group[0] - 1) / s->group[0] * s->group[0],
                        (rows + s->group[1] - 1) / s->group[1] * s->group[1]};
    TRY(clEnqueueNDRangeKernel(s->queue, s->kernel, 2, NULL, global, s->group, 0, NULL, NULL));
    size_t from[3] = {0, 0, 0}, to[3] = {first * sizeof(cl_uint), 0, 0};
    size_t region[3] = {columns * sizeof(cl_uint), rows, 1}, pitch = width * sizeof(cl_uint);
    TRY(clEnqueueReadBufferRect(s->queue, s->d_out, CL_TRUE, from, to, region, region[0], 0, pitch,
                                0, job->out, 0, NULL, NULL)); /* waits for the kernel, too */
    return HC_OK;
}
//< compute

/* What was made is released, whatever a device that has failed says to that. */
static void close_device(Worker *worker) {
    State *s = worker->state;
    if (s->d_in) clReleaseMemObject(s->d_in);
    if (s->d_out) clReleaseMemObject(s->d_out);
    if (s->kernel) clReleaseKernel(s->kernel);
    if (s->program) clReleaseProgram(s->program);
    if (s->queue) clReleaseCommandQueue(s->queue);
    if (s->context) clReleaseContext(s->context);
}

const Backend opencl_backend = {open_device, compute, close_device};
#endif
