// SPDX-License-Identifier: MIT
/* The device's part of the picture, by OpenCL. device_cuda.c does the same, step by step, in CUDA.
 */
#include "mandelbrot.h"
#ifndef HC_NO_OPENCL
#include "hc_cl.h"

static View view;
static size_t first;
static cl_context context;
static cl_command_queue queue;
static cl_program program;
static cl_kernel kernel;
static cl_mem d_counts;
static cl_event event;
static size_t group[2];

static void open_device(const HcDevice *chosen, const View *of) {
    cl_device_id device = chosen->handle;
    char *source;
    size_t pixels = of->width * of->height, most;
    view = *of;
    CHECK_HC(hc_cl_check_alloc(device, pixels, sizeof(cl_uint), 1));
    CHECK_CL_OUT(context = clCreateContext(NULL, 1, &device, NULL, NULL, &err));
    const cl_command_queue_properties profiling = CL_QUEUE_PROFILING_ENABLE;
    CHECK_CL_OUT(queue = clCreateCommandQueue(context, device, profiling, &err));
    CHECK_HC(hc_load_kernel("mandelbrot.cl", &source));
    CHECK_CL_OUT(program =
                     clCreateProgramWithSource(context, 1, (const char **)&source, NULL, &err));
    CHECK_HC(hc_cl_build(program, device, "", "mandelbrot.cl", source));
    CHECK_HC(hc_cl_kernel(program, "mandelbrot", &kernel));
    free(source);
    CHECK_CL(clGetKernelWorkGroupInfo(kernel, device, CL_KERNEL_WORK_GROUP_SIZE, sizeof most, &most,
                                      NULL));
    group[0] = most < 32 ? 1 : 32; /* neighbours in a row have much the same to do */
    group[1] = most < 256 ? 1 : 8;
    CHECK_CL_OUT(d_counts = clCreateBuffer(context, CL_MEM_WRITE_ONLY, pixels * sizeof(cl_uint),
                                           NULL, &err));
}

//> start
static void start(size_t first_column) {
    first = first_column;
    cl_uint columns = (cl_uint)(view.width - first), rows = (cl_uint)view.height;
    cl_uint offset = (cl_uint)first;
    size_t global[2] = {(columns + group[0] - 1) / group[0] * group[0],
                        (rows + group[1] - 1) / group[1] * group[1]};
    CHECK_CL(clSetKernelArg(kernel, 0, sizeof d_counts, &d_counts));
    CHECK_CL(clSetKernelArg(kernel, 1, sizeof columns, &columns));
    CHECK_CL(clSetKernelArg(kernel, 2, sizeof rows, &rows));
    CHECK_CL(clSetKernelArg(kernel, 3, sizeof offset, &offset));
    CHECK_CL(clSetKernelArg(kernel, 4, sizeof view.left, &view.left));
    CHECK_CL(clSetKernelArg(kernel, 5, sizeof view.top, &view.top));
    CHECK_CL(clSetKernelArg(kernel, 6, sizeof view.step, &view.step));
    CHECK_CL(clSetKernelArg(kernel, 7, sizeof view.limit, &view.limit));
    CHECK_CL(clEnqueueNDRangeKernel(queue, kernel, 2, NULL, global, group, 0, NULL, &event));
    CHECK_CL(clFlush(queue)); /* begin now: a queue may keep commands until somebody waits */
}
//< start

//> finish
static double finish(uint32_t *counts) {
    size_t columns = view.width - first, pitch = view.width * sizeof(cl_uint);
    size_t from[3] = {0, 0, 0}, to[3] = {first * sizeof(cl_uint), 0, 0};
    size_t region[3] = {columns * sizeof(cl_uint), view.height, 1};
    CHECK_CL(clEnqueueReadBufferRect(queue, d_counts, CL_TRUE, from, to, region, region[0], 0,
                                     pitch, 0, counts, 0, NULL, NULL));
    double ms = hc_cl_event_ms(event);
    CHECK_CL(clReleaseEvent(event));
    return ms;
}
//< finish

static void close_device(void) {
    CHECK_CL(clReleaseMemObject(d_counts));
    CHECK_CL(clReleaseKernel(kernel));
    CHECK_CL(clReleaseProgram(program));
    CHECK_CL(clReleaseCommandQueue(queue));
    CHECK_CL(clReleaseContext(context));
}

const Backend opencl_backend = {open_device, start, finish, close_device};
#endif
