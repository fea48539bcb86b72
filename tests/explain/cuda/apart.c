// SPDX-License-Identifier: MIT
/* A CUDA layer for calls.sh: it makes cusim say that it is a GPU with memory of its own, so that
 * the hidden copies of one can be tested without one. With APART_WHOLE set, it is a GPU that
 * cannot fetch single pages of managed memory.
 */
#include <cuda.h>
#include <stdlib.h>
#include <string.h>

static CUresult (*next_name)(char *, int, CUdevice);
static CUresult (*next_attribute)(int *, CUdevice_attribute, CUdevice);

static CUresult device_name(char *name, int length, CUdevice device) {
    CUresult code = next_name(name, length, device);
    if (code == CUDA_SUCCESS && length > 5) strcpy(name, "Apart");
    return code;
}

static CUresult device_attribute(int *value, CUdevice_attribute attribute, CUdevice device) {
    CUresult code = next_attribute(value, attribute, device);
    if (getenv("APART_WHOLE") && attribute == CU_DEVICE_ATTRIBUTE_CONCURRENT_MANAGED_ACCESS)
        *value = 0;
    return code;
}

void *hc_cuda_layer(const char *symbol, void *next);
void *hc_cuda_layer(const char *symbol, void *next) {
    CUresult (*name)(char *, int, CUdevice) = device_name;
    CUresult (*attribute)(int *, CUdevice_attribute, CUdevice) = device_attribute;
    if (strcmp(symbol, "cuDeviceGetName") == 0) {
        memcpy(&next_name, &next, sizeof next);
        memcpy(&next, &name, sizeof next);
    } else if (strcmp(symbol, "cuDeviceGetAttribute") == 0) {
        memcpy(&next_attribute, &next, sizeof next);
        memcpy(&next, &attribute, sizeof next);
    }
    return next;
}
