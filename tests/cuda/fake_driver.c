// SPDX-License-Identifier: MIT
/* fake_driver.c - a libcuda.so.1 that has a GPU where none is, for tests of the loader: few calls,
 * and each kind of trouble on demand.
 *   FAKE_INIT=803     cuInit returns this code; crash: it ends the process
 *   FAKE_COUNT=2      so many devices, else 1
 *   FAKE_LOG=FILE     a line in FILE when the library is loaded, and when it is closed
 */
#include <cuda.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int number(const char *variable, int otherwise) {
    const char *text = getenv(variable);
    return text && *text ? (int)strtol(text, NULL, 10) : otherwise;
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

CUresult cuInit(unsigned flags) {
    const char *wish = getenv("FAKE_INIT");
    if (wish && strcmp(wish, "crash") == 0) abort();
    return flags ? CUDA_ERROR_INVALID_VALUE : (CUresult)number("FAKE_INIT", CUDA_SUCCESS);
}
CUresult cuDriverGetVersion(int *version) { return *version = 11040, CUDA_SUCCESS; }
CUresult cuDeviceGetCount(int *count) { return *count = number("FAKE_COUNT", 1), CUDA_SUCCESS; }
CUresult cuDeviceGet(CUdevice *device, int ordinal) { return *device = ordinal, CUDA_SUCCESS; }
CUresult cuDeviceGetName(char *name, int length, CUdevice device) {
    snprintf(name, (size_t)length, "Fake GPU %c", 'A' + device);
    return CUDA_SUCCESS;
}
CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute attribute, CUdevice device) {
    (void)device;
    *value = attribute == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR ? 7 : 5;
    return CUDA_SUCCESS;
}
