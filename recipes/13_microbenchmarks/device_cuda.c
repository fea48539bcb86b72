// SPDX-License-Identifier: MIT
/* What the experiments ask of a device, by CUDA. device_opencl.c does the same, step by step, in
 * OpenCL.
 */
#include "bench.h"
#ifndef HC_NO_CUDA
#include "hc_cu.h"

static CUdevice device;
static CUstream stream;
static CUmodule module[SLOTS];
static CUfunction kernel[SLOTS];
static CUdeviceptr d_x, d_y;
static CUevent begun, ended;
static void *host[KINDS];

static size_t attribute(CUdevice_attribute which) {
    int value;
    CHECK_CU(cuDeviceGetAttribute(&value, which, device));
    return (size_t)value;
}

static void open_device(const HcDevice *chosen, Facts *facts) {
    CUcontext context;
    CHECK_CU(cuInit(0));
    CHECK_CU(cuDeviceGet(&device, chosen->index));
    CHECK_CU(cuDevicePrimaryCtxRetain(&context, device));
    CHECK_CU(cuCtxSetCurrent(context));
    CHECK_CU(cuStreamCreate(&stream, CU_STREAM_DEFAULT));
    CHECK_CU(cuEventCreate(&begun, CU_EVENT_DEFAULT));
    CHECK_CU(cuEventCreate(&ended, CU_EVENT_DEFAULT));
    facts->units = attribute(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
    facts->most_group = attribute(CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK);
    facts->most_warps = attribute(CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR) / LANES;
    facts->cache_bytes = attribute(CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE);
}

static void load(unsigned slot, const char *name, const char *entry) {
    char file[64], *source, *image;
    snprintf(file, sizeof file, "%s.cu", name);
    CHECK_HC(hc_load_kernel(file, &source));
    if (module[slot]) CHECK_CU(cuModuleUnload(module[slot]));
    module[slot] = NULL;
    CHECK_HC(hc_cu_compile(source, file, NULL, device, &image));
    CHECK_HC(hc_cu_load(image, &module[slot]));
    CHECK_HC(hc_cu_kernel(module[slot], image, entry, &kernel[slot]));
    free(image), free(source);
}

static void release(CUdeviceptr *array) {
    if (*array) CHECK_CU(cuMemFree(*array));
    *array = 0;
}

static void reserve(size_t x, size_t y) {
    release(&d_x), release(&d_y);
    CHECK_HC(hc_cu_check_alloc(x > y ? x : y, sizeof(unsigned), 2));
    CHECK_CU(cuMemAlloc(&d_x, x * sizeof(unsigned)));
    CHECK_CU(cuMemAlloc(&d_y, y * sizeof(unsigned)));
}

static void upload(const uint32_t *x, size_t n) { CHECK_CU(cuMemcpyHtoD(d_x, x, n * sizeof *x)); }

static void upload_y(const uint32_t *y, size_t n) { CHECK_CU(cuMemcpyHtoD(d_y, y, n * sizeof *y)); }

static void download(uint32_t *y, size_t n) { CHECK_CU(cuMemcpyDtoH(y, d_y, n * sizeof *y)); }

static double launch(const Launch *l) {
    uint32_t number[3];
    void *arguments[5] = {&d_y, &d_x};
    for (unsigned i = 0; i < l->numbers; i++) {
        number[i] = l->number[i];
        arguments[2 + i] = &number[i];
    }
    if (l->times == 1) CHECK_CU(cuEventRecord(begun, stream));
    for (unsigned i = 0; i < l->times; i++) {
        CHECK_CU(cuLaunchKernel(kernel[l->slot], (unsigned)l->groups, 1, 1, (unsigned)l->group, 1,
                                1, 0, stream, arguments, NULL));
        if (l->each) CHECK_CU(cuStreamSynchronize(stream));
    }
    if (l->times == 1) CHECK_CU(cuEventRecord(ended, stream));
    CHECK_CU(cuStreamSynchronize(stream));
    return l->times == 1 ? hc_cu_event_ms(begun, ended) : 0;
}

//> resident
static size_t resident(unsigned slot, size_t group) {
    int blocks;
    CHECK_CU(cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel[slot], (int)group, 0));
    return (size_t)blocks;
}
//< resident

/* The host's side of each kind: malloc; memory that the driver has pinned, so that the device can
 * fetch from it while nobody moves it; and the same with an address on the device. */
static void *host_memory(Kind kind, size_t bytes) {
    if (bytes == 0 && kind == PAGEABLE) free(host[kind]);
    else if (bytes == 0) CHECK_CU(cuMemFreeHost(host[kind]));
    else if (kind == PAGEABLE) CHECK_HC(hc_alloc(bytes, 1, &host[kind]));
    else
        CHECK_CU(
            cuMemHostAlloc(&host[kind], bytes, kind == MAPPED ? CU_MEMHOSTALLOC_DEVICEMAP : 0));
    if (bytes == 0) host[kind] = NULL;
    return host[kind];
}

static void plain(Kind kind, bool up, void *memory, size_t bytes) {
    (void)kind; /* the device's side is d_x for all of them */
    if (up) CHECK_CU(cuMemcpyHtoD(d_x, memory, bytes));
    else CHECK_CU(cuMemcpyDtoH(memory, d_x, bytes));
}

//> transfer
/* Mapped: nobody copies; a kernel reads the host's memory, or writes it, over the bus. With stride
 * 1 the kernel stride (chapter 2) is a copy. */
static void transfer(Kind kind, bool up, size_t bytes) {
    if (kind == MAPPED) {
        CUdeviceptr window;
        CHECK_CU(cuMemHostGetDevicePointer(&window, host[kind], 0));
        unsigned rows = (unsigned)(bytes / sizeof(unsigned)), step = 1;
        void *arguments[4] = {up ? &d_x : &window, up ? &window : &d_x, &rows, &step};
        CHECK_CU(cuLaunchKernel(kernel[SLOT_A], (rows + 255) / 256, 1, 1, 256, 1, 1, 0, stream,
                                arguments, NULL));
        CHECK_CU(cuStreamSynchronize(stream));
    } else {
        plain(kind, up, host[kind], bytes);
    }
}
//< transfer

static void close_device(void) {
    for (unsigned slot = 0; slot < SLOTS && module[slot]; slot++)
        CHECK_CU(cuModuleUnload(module[slot]));
    release(&d_y), release(&d_x);
    CHECK_CU(cuEventDestroy(ended));
    CHECK_CU(cuEventDestroy(begun));
    CHECK_CU(cuStreamDestroy(stream));
    CHECK_CU(cuDevicePrimaryCtxRelease(device));
}

const Backend cuda_backend = {open_device, load,     reserve,     upload,   upload_y, download,
                              launch,      resident, host_memory, transfer, plain,    close_device};
#endif
