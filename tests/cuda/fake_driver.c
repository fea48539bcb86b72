// SPDX-License-Identifier: MIT
/* A CUDA driver for tests, with the answers of a big GPU and hardly any of its abilities: built as
 * libcuda.so.1, it stands where a real driver would. What it says is set from outside:
 *   FAKE_INIT      what cuInit answers (0); crash: it ends the process
 *   FAKE_LOG       a file that gets a line when the library is loaded, and when it is closed
 *   FAKE_VERSION   the newest CUDA it speaks (12040)
 *   FAKE_DEVICES   how many devices (1)
 *   FAKE_KNOWS     the highest attribute it knows (200, which no header has; it is 7)
 *   FAKE_FAILS     an attribute that cannot be asked (none)
 *   FAKE_CC        compute capability (90)
 *   FAKE_BUSY      what cuDevicePrimaryCtxRetain answers (0)
 *   FAKE_RUNS      1: every kernel leaves 7 i + 1 in its 64 elements, as the doctor's does; 2: 7 i;
 *                  else no module can be loaded
 */
#define __CUDA_API_VERSION_INTERNAL
#include <cuda.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int setting(const char *name, int otherwise) {
    const char *text = getenv(name);
    return text && *text ? atoi(text) : otherwise;
}

static void note(const char *what) {
    const char *path = getenv("FAKE_LOG");
    FILE *file = path ? fopen(path, "a") : NULL;
    if (!file) return;
    fprintf(file, "%s %ld\n", what, (long)getpid());
    fclose(file);
}
__attribute__((constructor)) static void loaded(void) { note("loaded"); }
__attribute__((destructor)) static void closed(void) { note("closed"); }

CUresult cuInit(unsigned int flags) {
    const char *wish = getenv("FAKE_INIT");
    (void)flags;
    if (wish && strcmp(wish, "crash") == 0) abort();
    return (CUresult)setting("FAKE_INIT", 0);
}
CUresult cuDriverGetVersion(int *version) {
    *version = setting("FAKE_VERSION", 12040);
    return CUDA_SUCCESS;
}
CUresult cuDeviceGetCount(int *count) {
    *count = setting("FAKE_DEVICES", 1);
    return CUDA_SUCCESS;
}
CUresult cuDeviceGet(CUdevice *device, int ordinal) {
    *device = ordinal;
    return CUDA_SUCCESS;
}
CUresult cuDeviceGetName(char *name, int length, CUdevice device) {
    snprintf(name, (size_t)length, "Fake GPU %c", 'A' + device);
    return CUDA_SUCCESS;
}
CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice device) {
    *bytes = ((size_t)80 << 30) - (size_t)device;
    return CUDA_SUCCESS;
}
CUresult cuDeviceGetUuid_v2(CUuuid *uuid, CUdevice device) {
    for (int i = 0; i < 16; i++) uuid->bytes[i] = (char)(0xf0 + i);
    uuid->bytes[15] = (char)device;
    return CUDA_SUCCESS;
}
CUresult cuDeviceGetPCIBusId(char *id, int length, CUdevice device) {
    snprintf(id, (size_t)length, "0000:%02x:00.0", 0x65 + device);
    return CUDA_SUCCESS;
}

CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute attribute, CUdevice device) {
    (void)device;
    if ((int)attribute == setting("FAKE_FAILS", 0)) return CUDA_ERROR_UNKNOWN;
    if ((int)attribute < 1 || (int)attribute > setting("FAKE_KNOWS", 200))
        return CUDA_ERROR_INVALID_VALUE;
    switch ((int)attribute) {
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR: *value = setting("FAKE_CC", 90) / 10; break;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR: *value = setting("FAKE_CC", 90) % 10; break;
    case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT: *value = 132; break;
    case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR: *value = 2048; break;
    case CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_MULTIPROCESSOR: *value = 65536; break;
    case CU_DEVICE_ATTRIBUTE_CLOCK_RATE: *value = 1980000; break;
    case CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE: *value = 2619000; break;
    case CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH: *value = 5120; break;
    case CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE: *value = 52428800; break;
    case CU_DEVICE_ATTRIBUTE_ECC_ENABLED: *value = 1; break;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_MODE: *value = CU_COMPUTEMODE_EXCLUSIVE_PROCESS; break;
    case CU_DEVICE_ATTRIBUTE_MEMPOOL_SUPPORTED_HANDLE_TYPES: *value = 0x19; break;
    case CU_DEVICE_ATTRIBUTE_HOST_NUMA_ID: *value = -1; break;
    case 200: *value = 7; break;
    default: *value = 0;
    }
    return CUDA_SUCCESS;
}

CUresult cuDeviceCanAccessPeer(int *can, CUdevice device, CUdevice peer) {
    *can = device == 0 && peer == 1; /* one way only, so that rows and columns cannot be mixed up */
    return CUDA_SUCCESS;
}
CUresult cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device) {
    static int there;
    (void)device;
    memset(context, 0, sizeof *context);
    memcpy(context, &(int *){&there}, sizeof *context);
    return (CUresult)setting("FAKE_BUSY", 0);
}
CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) {
    (void)device;
    return CUDA_SUCCESS;
}
CUresult cuCtxSetCurrent(CUcontext context) {
    (void)context;
    return CUDA_SUCCESS;
}
CUresult cuMemGetInfo_v2(size_t *free_bytes, size_t *total_bytes) {
    *free_bytes = (size_t)79 << 30;
    *total_bytes = (size_t)80 << 30;
    return CUDA_SUCCESS;
}

static int elements[64];

// NOLINTBEGIN(readability-non-const-parameter): as the driver has it
CUresult cuModuleLoadDataEx(CUmodule *module, const void *image, unsigned int n,
                            CUjit_option *options, void **values) {
    // NOLINTEND(readability-non-const-parameter)
    (void)image, (void)n, (void)options, (void)values;
    if (!setting("FAKE_RUNS", 0)) return CUDA_ERROR_NO_BINARY_FOR_GPU;
    memset(module, 0, sizeof *module);
    return CUDA_SUCCESS;
}
CUresult cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name) {
    (void)module, (void)name;
    memset(function, 0, sizeof *function);
    return CUDA_SUCCESS;
}
CUresult cuMemAlloc_v2(CUdeviceptr *address, size_t bytes) {
    *address = 4096;
    return bytes == sizeof elements ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}
CUresult cuLaunchKernel(CUfunction function, unsigned int gx, unsigned int gy, unsigned int gz,
                        unsigned int bx, unsigned int by, unsigned int bz, unsigned int shared,
                        CUstream stream, void **parameters, void **extra) {
    (void)function, (void)gx, (void)gy, (void)gz, (void)bx, (void)by, (void)bz, (void)shared;
    (void)stream, (void)parameters, (void)extra;
    for (int i = 0; i < 64; i++) elements[i] = 7 * i + (setting("FAKE_RUNS", 0) == 1);
    return CUDA_SUCCESS;
}
CUresult cuMemcpyDtoH_v2(void *to, CUdeviceptr from, size_t bytes) {
    (void)from;
    memcpy(to, elements, bytes);
    return CUDA_SUCCESS;
}
