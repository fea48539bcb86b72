// SPDX-License-Identifier: MIT
/* Launches by CUDA. device_opencl.c does the same, step by step, in OpenCL. */
#include "architecture.h"
#ifndef HC_NO_CUDA
#include "hc_cu.h"

enum { SLOTS = 3, GROUP = 256 };

static CUdevice device;
static CUstream stream;
static CUmodule module[SLOTS];
static CUfunction kernel[SLOTS];
static CUdeviceptr d_x, d_y;
static CUevent begun, ended;

static void open_device(const HcDevice *chosen, size_t n) {
    CUcontext context;
    CHECK_CU(cuInit(0));
    CHECK_CU(cuDeviceGet(&device, chosen->index));
    CHECK_CU(cuDevicePrimaryCtxRetain(&context, device));
    CHECK_CU(cuCtxSetCurrent(context));
    CHECK_HC(hc_cu_check_alloc(n, sizeof(unsigned), 2));
    CHECK_CU(cuStreamCreate(&stream, CU_STREAM_DEFAULT));
    CHECK_CU(cuEventCreate(&begun, CU_EVENT_DEFAULT));
    CHECK_CU(cuEventCreate(&ended, CU_EVENT_DEFAULT));
    const size_t bytes = n * sizeof(unsigned);
    CHECK_CU(cuMemAlloc(&d_x, bytes));
    CHECK_CU(cuMemAlloc(&d_y, bytes));
}

static void load(unsigned slot, const char *name) {
    char file[64], *source, *image;
    snprintf(file, sizeof file, "%s.cu", name);
    CHECK_HC(hc_load_kernel(file, &source));
    CHECK_HC(hc_cu_compile(source, file, NULL, device, &image));
    CHECK_HC(hc_cu_load(image, &module[slot]));
    CHECK_HC(hc_cu_kernel(module[slot], image, name, &kernel[slot]));
    free(image), free(source);
}

static void upload(const uint32_t *x, size_t n) { CHECK_CU(cuMemcpyHtoD(d_x, x, n * sizeof *x)); }

static void upload_y(const uint32_t *y, size_t n) { CHECK_CU(cuMemcpyHtoD(d_y, y, n * sizeof *y)); }

//> launch
static double launch(const Launch *l, bool time) {
    unsigned group = l->across <= 32 ? 32 : GROUP;
    unsigned grid = (unsigned)((l->across + group - 1) / group);
    uint32_t number[4];
    void *arguments[6] = {&d_y, &d_x};
    for (unsigned i = 0; i < l->numbers; i++) {
        number[i] = l->number[i];
        arguments[2 + i] = &number[i];
    }
    if (time) CHECK_CU(cuEventRecord(begun, stream));
    for (unsigned i = 0; i < l->times; i++)
        CHECK_CU(cuLaunchKernel(kernel[l->slot], grid, (unsigned)l->down, 1, group, 1, 1, 0, stream,
                                arguments, NULL));
    if (time) CHECK_CU(cuEventRecord(ended, stream));
    CHECK_CU(cuStreamSynchronize(stream));
    return time ? hc_cu_event_ms(begun, ended) : 0;
}
//< launch

static void download(uint32_t *y, size_t n) { CHECK_CU(cuMemcpyDtoH(y, d_y, n * sizeof *y)); }

static void close_device(void) {
    for (unsigned slot = 0; slot < SLOTS && module[slot]; slot++)
        CHECK_CU(cuModuleUnload(module[slot]));
    CHECK_CU(cuMemFree(d_y));
    CHECK_CU(cuMemFree(d_x));
    CHECK_CU(cuEventDestroy(ended));
    CHECK_CU(cuEventDestroy(begun));
    CHECK_CU(cuStreamDestroy(stream));
    CHECK_CU(cuDevicePrimaryCtxRelease(device));
}

const Backend cuda_backend = {open_device, load, upload, upload_y, launch, download, close_device};
#endif
