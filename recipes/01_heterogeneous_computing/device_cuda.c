// SPDX-License-Identifier: MIT
/* The device's part of the picture, by CUDA. device_opencl.c does the same in OpenCL, step by step.
 */
#include "mandelbrot.h"
#ifndef HC_NO_CUDA
#include "hc_cu.h"

/* A warp is 32 neighbours in a row, which have much the same to do; 16 rows, since a grid has at
 * most 65535 blocks in its second dimension, and a picture up to a million rows. */
enum { GROUP_X = 32, GROUP_Y = 16 };

static View view;
static size_t first;
static CUdevice device;
static CUstream stream;
static CUmodule module;
static CUfunction kernel;
static CUdeviceptr d_counts;
static CUevent begun, ended;

static void open_device(const HcDevice *chosen, const View *of) {
    CUcontext context;
    char *source, *image;
    size_t pixels = of->width * of->height;
    view = *of;
    CHECK_CU(cuInit(0));
    CHECK_CU(cuDeviceGet(&device, chosen->index));
    CHECK_CU(cuDevicePrimaryCtxRetain(&context, device));
    CHECK_CU(cuCtxSetCurrent(context));
    CHECK_HC(hc_cu_check_alloc(pixels, sizeof(unsigned), 1));
    CHECK_CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
    CHECK_HC(hc_load_kernel("mandelbrot.cu", &source));
    CHECK_HC(hc_cu_compile(source, "mandelbrot.cu", "--fmad=false", device, &image));
    CHECK_HC(hc_cu_load(image, &module));
    CHECK_HC(hc_cu_kernel(module, image, "mandelbrot", &kernel));
    free(image), free(source);
    CHECK_CU(cuEventCreate(&begun, CU_EVENT_DEFAULT));
    CHECK_CU(cuEventCreate(&ended, CU_EVENT_DEFAULT));
    CHECK_CU(cuMemAlloc(&d_counts, pixels * sizeof(unsigned)));
}

//> start
static void start(size_t first_column) {
    first = first_column;
    unsigned columns = (unsigned)(view.width - first), rows = (unsigned)view.height;
    unsigned offset = (unsigned)first;
    unsigned grid_x = (columns + GROUP_X - 1) / GROUP_X, grid_y = (rows + GROUP_Y - 1) / GROUP_Y;
    void *arguments[] = {&d_counts,  &columns,  &rows,      &offset,
                         &view.left, &view.top, &view.step, &view.limit};
    CHECK_CU(cuEventRecord(begun, stream));
    CHECK_CU(
        cuLaunchKernel(kernel, grid_x, grid_y, 1, GROUP_X, GROUP_Y, 1, 0, stream, arguments, NULL));
    CHECK_CU(cuEventRecord(ended, stream));
}
//< start

//> finish
static double finish(uint32_t *counts) {
    size_t columns = view.width - first;
    CUDA_MEMCPY2D copy = {.srcMemoryType = CU_MEMORYTYPE_DEVICE,
                          .srcDevice = d_counts,
                          .srcPitch = columns * sizeof *counts,
                          .dstMemoryType = CU_MEMORYTYPE_HOST,
                          .dstXInBytes = first * sizeof *counts,
                          .dstPitch = view.width * sizeof *counts,
                          .WidthInBytes = columns * sizeof *counts,
                          .Height = view.height};
    copy.dstHost = counts;
    CHECK_CU(cuMemcpy2DAsync(&copy, stream));
    CHECK_CU(cuStreamSynchronize(stream));
    return hc_cu_event_ms(begun, ended);
}
//< finish

static void close_device(void) {
    CHECK_CU(cuMemFree(d_counts));
    CHECK_CU(cuEventDestroy(ended));
    CHECK_CU(cuEventDestroy(begun));
    CHECK_CU(cuModuleUnload(module));
    CHECK_CU(cuStreamDestroy(stream));
    CHECK_CU(cuDevicePrimaryCtxRelease(device));
}

const Backend cuda_backend = {open_device, start, finish, close_device};
#endif
