// SPDX-License-Identifier: MIT
/* A device as a worker, by CUDA. device_opencl.c does the same, step by step, in OpenCL. A context
 * belongs to the thread that made it current, and each worker has a thread of its own, so each step
 * begins with that.
 */
#include "work.h"
#ifndef HC_NO_CUDA
#include "hc_cu.h"

/* A warp is 32 neighbours in a row, which have much the same to do; 16 rows, since a grid has at
 * most 65535 blocks in its second dimension, and a picture up to a million rows. */
enum { GROUP_X = 32, GROUP_Y = 16 };

typedef struct State {
    CUdevice device;
    CUcontext context; /* NULL: not retained */
    CUstream stream;
    CUmodule module;
    CUfunction kernel;
    CUdeviceptr d_in, d_out;
} State;

#define TRY(expression)                                                                            \
    do {                                                                                           \
        CUresult code_ = (expression);                                                             \
        if (code_ == CUDA_SUCCESS) break;                                                          \
        worker->call = #expression;                                                                \
        return hc_cu_set_error(code_);                                                             \
    } while (0)
#define TRY_HC(expression)                                                                         \
    do {                                                                                           \
        int status_ = (expression);                                                                \
        if (status_ != HC_OK) return status_;                                                      \
    } while (0)

static int build(Worker *worker, const Job *job, State *s) {
    char file[32], *source, *image = NULL;
    snprintf(file, sizeof file, "%s.cu", job->kernel);
    TRY_HC(hc_load_kernel(file, &source));
    int status = hc_cu_compile(source, file, "--fmad=false", s->device, &image);
    worker->call = "building the kernel";
    if (status == HC_OK) status = hc_cu_load(image, &s->module);
    if (status == HC_OK) status = hc_cu_kernel(s->module, image, job->kernel, &s->kernel);
    free(image), free(source);
    return status;
}

static int open_device(Worker *worker, const Job *job) {
    State *s;
    size_t pixels = job->width * job->height;
    TRY_HC(hc_alloc(1, sizeof *s, &worker->state));
    s = worker->state;
    TRY(cuInit(0));
    TRY(cuDeviceGet(&s->device, worker->device.index));
    TRY(cuDevicePrimaryCtxRetain(&s->context, s->device));
    TRY(cuCtxSetCurrent(s->context));
    TRY_HC(hc_cu_check_alloc(pixels, sizeof(unsigned), 2));
    TRY(cuStreamCreate(&s->stream, CU_STREAM_DEFAULT));
    TRY_HC(build(worker, job, s));
    TRY(cuMemAlloc(&s->d_out, job->tile_columns * job->height * sizeof(unsigned)));
    if (!job->in) return HC_OK;
    TRY(cuMemAlloc(&s->d_in, pixels * sizeof(unsigned)));
    TRY(cuMemcpyHtoD(s->d_in, job->in, pixels * sizeof(unsigned)));
    return HC_OK;
}

//> compute
static int compute(Worker *worker, const Job *job, size_t first_column, size_t tile_columns) {
    State *s = worker->state;
    unsigned columns = (unsigned)tile_columns, rows = (unsigned)job->height;
    unsigned first = (unsigned)first_column, width = (unsigned)job->width;
    unsigned limit = job->limit, radius = job->radius;
    float left = job->left, top = job->top, step = job->step;
    void *mandelbrot[] = {&s->d_out, &columns, &rows, &first, &left, &top, &step, &limit};
    void *kuwahara[] = {&s->d_out, &s->d_in, &columns, &rows, &first, &width, &radius};
    void **arguments = job->in ? kuwahara : mandelbrot;
    unsigned grid_x = (columns + GROUP_X - 1) / GROUP_X, grid_y = (rows + GROUP_Y - 1) / GROUP_Y;
    CUDA_MEMCPY2D copy = {.srcMemoryType = CU_MEMORYTYPE_DEVICE,
                          .srcDevice = s->d_out,
                          .srcPitch = columns * sizeof(unsigned),
                          .dstMemoryType = CU_MEMORYTYPE_HOST,
                          .dstHost = job->out,
                          .dstXInBytes = first * sizeof(unsigned),
                          .dstPitch = width * sizeof(unsigned),
                          .WidthInBytes = columns * sizeof(unsigned),
                          .Height = rows};
    TRY(cuCtxSetCurrent(s->context));
    TRY(cuLaunchKernel(s->kernel, grid_x, grid_y, 1, GROUP_X, GROUP_Y, 1, 0, s->stream, arguments,
                       NULL));
    TRY(cuMemcpy2DAsync(&copy, s->stream));
    TRY(cuStreamSynchronize(s->stream));
    return HC_OK;
}
//< compute

/* What was made is released, whatever a device that has failed says to that. */
static void close_device(Worker *worker) {
    State *s = worker->state;
    if (!s->context) return;
    cuCtxSetCurrent(s->context);
    if (s->d_in) cuMemFree(s->d_in);
    if (s->d_out) cuMemFree(s->d_out);
    if (s->module) cuModuleUnload(s->module);
    if (s->stream) cuStreamDestroy(s->stream);
    cuDevicePrimaryCtxRelease(s->device);
}

const Backend cuda_backend = {open_device, compute, close_device};
#endif
