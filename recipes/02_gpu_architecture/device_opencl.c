// SPDX-License-Identifier: MIT
/* Launches by OpenCL. device_cuda.c does the same, step by step, in CUDA. */
#include "architecture.h"
#ifndef HC_NO_OPENCL
#include "hc_cl.h"

enum { SLOTS = 3, GROUP = 256 };

static cl_device_id device;
static cl_context context;
static cl_command_queue queue;
static cl_program program[SLOTS];
static cl_kernel kernel[SLOTS];
static cl_mem d_x, d_y;

static void open_device(const HcDevice *chosen, size_t n) {
    device = chosen->handle;
    CHECK_HC(hc_cl_check_alloc(device, n, sizeof(cl_uint), 2));
    CHECK_CL_OUT(context = clCreateContext(NULL, 1, &device, NULL, NULL, &err));
    const cl_command_queue_properties profiling = CL_QUEUE_PROFILING_ENABLE;
    CHECK_CL_OUT(queue = clCreateCommandQueue(context, device, profiling, &err));
    const size_t bytes = n * sizeof(cl_uint);
    CHECK_CL_OUT(d_x = clCreateBuffer(context, CL_MEM_READ_ONLY, bytes, NULL, &err));
    CHECK_CL_OUT(d_y = clCreateBuffer(context, CL_MEM_READ_WRITE, bytes, NULL, &err));
}

static void load(unsigned slot, const char *name) {
    char file[64], *source;
    snprintf(file, sizeof file, "%s.cl", name);
    CHECK_HC(hc_load_kernel(file, &source));
    CHECK_CL_OUT(program[slot] =
                     clCreateProgramWithSource(context, 1, (const char **)&source, NULL, &err));
    CHECK_HC(hc_cl_build(program[slot], device, "", file, source));
    CHECK_HC(hc_cl_kernel(program[slot], name, &kernel[slot]));
    free(source);
}

static void upload(const uint32_t *x, size_t n) {
    CHECK_CL(clEnqueueWriteBuffer(queue, d_x, CL_TRUE, 0, n * sizeof *x, x, 0, NULL, NULL));
}

static void upload_y(const uint32_t *y, size_t n) {
    CHECK_CL(clEnqueueWriteBuffer(queue, d_y, CL_TRUE, 0, n * sizeof *y, y, 0, NULL, NULL));
}

//> launch
static double launch(const Launch *l, bool time) {
    cl_kernel k = kernel[l->slot];
    cl_event event = NULL;
    size_t group[2] = {GROUP, 1};
    CHECK_CL(clGetKernelWorkGroupInfo(k, device, CL_KERNEL_WORK_GROUP_SIZE, sizeof group[0], group,
                                      NULL));
    if (group[0] > GROUP) group[0] = GROUP;
    if (group[0] > 32 && l->across <= 32) group[0] = 32;
    const size_t global[2] = {(l->across + group[0] - 1) / group[0] * group[0], l->down};
    CHECK_CL(clSetKernelArg(k, 0, sizeof d_y, &d_y));
    CHECK_CL(clSetKernelArg(k, 1, sizeof d_x, &d_x));
    for (cl_uint i = 0; i < l->numbers; i++)
        CHECK_CL(clSetKernelArg(k, 2 + i, sizeof(cl_uint), &l->number[i]));
    for (unsigned i = 0; i < l->times; i++)
        CHECK_CL(clEnqueueNDRangeKernel(queue, k, 2, NULL, global, group, 0, NULL,
                                        time ? &event : NULL));
    CHECK_CL(clFinish(queue));
    if (!time) return 0;
    double ms = hc_cl_event_ms(event);
    CHECK_CL(clReleaseEvent(event));
    return ms;
}
//< launch

static void download(uint32_t *y, size_t n) {
    CHECK_CL(clEnqueueReadBuffer(queue, d_y, CL_TRUE, 0, n * sizeof *y, y, 0, NULL, NULL));
}

static void close_device(void) {
    for (unsigned slot = 0; slot < SLOTS && kernel[slot]; slot++) {
        CHECK_CL(clReleaseKernel(kernel[slot]));
        CHECK_CL(clReleaseProgram(program[slot]));
    }
    CHECK_CL(clReleaseMemObject(d_y));
    CHECK_CL(clReleaseMemObject(d_x));
    CHECK_CL(clReleaseCommandQueue(queue));
    CHECK_CL(clReleaseContext(context));
}

const Backend opencl_backend = {open_device, load,     upload,      upload_y,
                                launch,      download, close_device};
#endif
