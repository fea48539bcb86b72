// SPDX-License-Identifier: MIT
/* A problem by OpenCL: upload, kernel, download, each timed. cuda.c does the same, step by step, in
 * CUDA. Contexts and programs are kept until the end, since a program that is used is built once.
 */
#include "evaluation.h"
#ifndef HC_NO_OPENCL
#include <math.h>

#include "opencl_row.h"

enum { MOST_PROGRAMS = 16 * MOST_DEVICES };

static struct {
    cl_device_id device;
    cl_context context;
    cl_command_queue queue;
} opened[MOST_DEVICES];
static struct {
    cl_device_id device;
    const char *file;
    cl_program program;
    cl_kernel kernel;
} built[MOST_PROGRAMS];

/* The device's context and queue, made when it is first met. */
static void open_device(OpenclRow *o) {
    size_t d = 0;
    while (opened[d].device && opened[d].device != o->device) d++;
    if (!opened[d].device) {
        const cl_command_queue_properties profiling = CL_QUEUE_PROFILING_ENABLE;
        opened[d].device = o->device;
        CHECK_CL_OUT(opened[d].context = clCreateContext(NULL, 1, &o->device, NULL, NULL, &err));
        CHECK_CL_OUT(opened[d].queue =
                         clCreateCommandQueue(opened[d].context, o->device, profiling, &err));
    }
    o->context = opened[d].context;
    o->queue = opened[d].queue;
}

/* The kernel in a file, built when it is first asked for. A kernel that is shaped for CPUs may need
 * a builtin that the compiler of another device lacks. */
static int find_kernel(Row *row, OpenclRow *o) {
    const char *file = row->problem->cl[row->form].file;
    size_t b = 0;
    while (built[b].file && (built[b].device != o->device || strcmp(built[b].file, file) != 0)) b++;
    if (!built[b].file) {
        char *source, options[64];
        cl_uint width = 16;
        CHECK_CL(clGetDeviceInfo(o->device, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT, sizeof width,
                                 &width, NULL));
        snprintf(options, sizeof options, "-DT=float -DWIDTH=%d",
                 width >= 16  ? 16
                 : width >= 8 ? 8
                              : 4);
        CHECK_HC(hc_load_kernel(file, &source));
        double start_ms = hc_now_ms();
        CHECK_CL_OUT(built[b].program = clCreateProgramWithSource(
                         o->context, 1, (const char **)&source, NULL, &err));
        int status = hc_cl_build(built[b].program, o->device, options, file, source);
        if (status == HC_OK)
            status =
                hc_cl_kernel(built[b].program, row->problem->cl[row->form].entry, &built[b].kernel);
        row->build_ms = hc_now_ms() - start_ms;
        free(source);
        if (status != HC_OK) {
            clReleaseProgram(built[b].program);
            if (row->form == TUNED && !row->device->is_cpu)
                return hc_set_error(HC_SKIP, 0, NULL, NULL,
                                    "shaped for CPUs, and this device's compiler refuses it");
            return status;
        }
        built[b].device = o->device;
        built[b].file = file;
    }
    o->kernel = built[b].kernel;
    return HC_OK;
}

int opencl_arrays(Row *row, const Shape *s) {
    OpenclRow *o;
    CHECK_HC(hc_alloc(1, sizeof *o, &o));
    row->state = o;
    o->device = row->device->handle;
    size_t most = s->out_n > s->in_n[0] ? s->out_n : s->in_n[0];
    int status = hc_cl_check_alloc(o->device, most, sizeof(float), 3);
    if (status != HC_OK) return status;
    open_device(o);
    if (s->out_n == 0) return HC_OK; /* OpenCL has no buffer of 0 bytes */
    CHECK_CL_OUT(o->d_out = clCreateBuffer(o->context, CL_MEM_READ_WRITE, s->out_n * sizeof(float),
                                           NULL, &err));
    for (int k = 0; k < 2 && s->in_n[k]; k++)
        CHECK_CL_OUT(o->d_in[k] = clCreateBuffer(o->context, CL_MEM_READ_ONLY,
                                                 s->in_n[k] * sizeof(float), NULL, &err));
    return HC_OK;
}

//> enqueue
static void enqueue(OpenclRow *o, const Shape *s, cl_event *event) {
    cl_uint argument = 0;
    CHECK_CL(clSetKernelArg(o->kernel, argument++, sizeof o->d_out, &o->d_out));
    for (int k = 0; k < 2 && o->d_in[k]; k++)
        CHECK_CL(clSetKernelArg(o->kernel, argument++, sizeof o->d_in[k], &o->d_in[k]));
    for (unsigned i = 0; i < s->sizes; i++) {
        cl_ulong size = s->size[i];
        CHECK_CL(clSetKernelArg(o->kernel, argument++, sizeof size, &size));
    }
    CHECK_CL(clEnqueueNDRangeKernel(o->queue, o->kernel, 2, NULL, o->launch.global, o->launch.local,
                                    0, NULL, event));
}
//< enqueue

static int prepare(Row *row, const Shape *s) {
    int status = opencl_arrays(row, s);
    OpenclRow *o = row->state;
    if (status == HC_OK) status = find_kernel(row, o);
    if (status == HC_OK) {
        size_t most = 1;
        row->problem->cl[row->form].launch(s, &o->launch);
        CHECK_CL(clGetKernelWorkGroupInfo(o->kernel, o->device, CL_KERNEL_WORK_GROUP_SIZE,
                                          sizeof most, &most, NULL));
        if (most < o->launch.local[0] * o->launch.local[1])
            status = hc_set_error(HC_SKIP, 0, NULL, NULL, "the device allows groups of %zu", most);
    }
    o->enqueue = enqueue;
    if (status != HC_OK) opencl_finish(row);
    return status;
}

//> run
void opencl_run(Row *row, const Shape *s, float *out, const float *const *in, Times *times) {
    OpenclRow *o = row->state;
    cl_event event;
    *times = (Times){0};
    if (s->out_n == 0) return;
    double start_ms = hc_now_ms();
    for (int k = 0; k < 2 && s->in_n[k]; k++)
        CHECK_CL(clEnqueueWriteBuffer(o->queue, o->d_in[k], CL_TRUE, 0, s->in_n[k] * sizeof(float),
                                      in[k], 0, NULL, NULL));
    double uploaded_ms = hc_now_ms();
    o->enqueue(o, s, &event);
    CHECK_CL(clFinish(o->queue)); /* else the clock is read before the kernel has begun */
    double computed_ms = hc_now_ms();
    CHECK_CL(clEnqueueReadBuffer(o->queue, o->d_out, CL_TRUE, 0, s->out_n * sizeof(float), out, 0,
                                 NULL, NULL));
    double end_ms = hc_now_ms();
    double kernel_ms = hc_cl_event_ms(event); /* by the device's clock, without the launch */
    CHECK_CL(clReleaseEvent(event));
    *times = (Times){.upload = uploaded_ms - start_ms,
                     .kernel = kernel_ms > 0 ? kernel_ms : computed_ms - uploaded_ms,
                     .download = end_ms - computed_ms,
                     .total = end_ms - start_ms};
}
//< run

void opencl_finish(Row *row) {
    OpenclRow *o = row->state;
    for (int k = 0; k < 2; k++)
        if (o->d_in[k]) CHECK_CL(clReleaseMemObject(o->d_in[k]));
    if (o->d_out) CHECK_CL(clReleaseMemObject(o->d_out));
    free(o);
    row->state = NULL;
}

void close_opencl(void) {
    for (size_t b = 0; b < MOST_PROGRAMS && built[b].file; b++) {
        CHECK_CL(clReleaseKernel(built[b].kernel));
        CHECK_CL(clReleaseProgram(built[b].program));
    }
    for (size_t d = 0; d < MOST_DEVICES && opened[d].device; d++) {
        CHECK_CL(clReleaseCommandQueue(opened[d].queue));
        CHECK_CL(clReleaseContext(opened[d].context));
    }
}

const Backend opencl_backend = {"OpenCL", prepare, opencl_run, opencl_finish};
#else
void close_opencl(void) {}
#endif
