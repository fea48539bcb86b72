// SPDX-License-Identifier: MIT
/* 07_layer.c - an OpenCL layer that makes the device tell of things which PoCL does not have: a
 * query that fails; doubles, sub-groups and images that are missing; local memory of its own; a
 * UUID and a PCI address; an answer of a wrong size; constants nobody knows. The device query must
 * show each for what it is.
 * LAYER_FAILS=NUMBER: that query fails, too.
 */
#ifndef CL_TARGET_OPENCL_VERSION
#define CL_TARGET_OPENCL_VERSION 300
#endif
#include <CL/cl_ext.h>
#include <CL/cl_layer.h>
#include <stdlib.h>
#include <string.h>

static cl_icd_dispatch table;
static const cl_icd_dispatch *driver;

static cl_int answer(const void *from, size_t bytes, size_t room, void *to, size_t *size) {
    if (size) *size = bytes;
    if (to && room < bytes) return CL_INVALID_VALUE;
    if (to) memcpy(to, from, bytes);
    return CL_SUCCESS;
}

static cl_int CL_API_CALL get_device_info(cl_device_id device, cl_device_info what, size_t room,
                                          void *to, size_t *size) {
    static const char extensions[] = "cl_khr_fp16_not cl_khr_device_uuid cl_khr_pci_bus_info";
    static const unsigned char uuid[16] = {0xde, 0xad, 2,  3,  4,  5,  6,  7,
                                           8,    9,    10, 11, 12, 13, 14, 255};
    const cl_device_pci_bus_info_khr pci = {1, 0x2a, 3, 4};
    const cl_ulong none = 0, half_known = CL_DEVICE_SVM_COARSE_GRAIN_BUFFER | 0x100, wide = ~none;
    const cl_device_local_mem_type local = CL_LOCAL;
    const char *fails = getenv("LAYER_FAILS");
    if (fails && strtoul(fails, NULL, 0) == what) return CL_OUT_OF_HOST_MEMORY;
    switch (what) {
    case CL_DEVICE_MAX_CLOCK_FREQUENCY: return CL_INVALID_VALUE;
    case CL_DEVICE_MAX_NUM_SUB_GROUPS: return answer(&none, sizeof(cl_uint), room, to, size);
    case CL_DEVICE_LOCAL_MEM_TYPE: return answer(&local, sizeof local, room, to, size);
    case CL_DEVICE_DOUBLE_FP_CONFIG: return answer(&none, sizeof none, room, to, size);
    case CL_DEVICE_IMAGE_SUPPORT: return answer(&none, sizeof(cl_bool), room, to, size);
    case CL_DEVICE_EXTENSIONS: return answer(extensions, sizeof extensions, room, to, size);
    case CL_DEVICE_UUID_KHR: return answer(uuid, sizeof uuid, room, to, size);
    case CL_DEVICE_PCI_BUS_INFO_KHR: return answer(&pci, sizeof pci, room, to, size);
    case CL_DEVICE_ADDRESS_BITS: return answer(&none, 3, room, to, size);
    case CL_DEVICE_SVM_CAPABILITIES: return answer(&half_known, sizeof half_known, room, to, size);
    case CL_DEVICE_GLOBAL_MEM_SIZE: return answer(&wide, sizeof wide, room, to, size);
    default: return driver->clGetDeviceInfo(device, what, room, to, size);
    }
}

CL_API_ENTRY cl_int CL_API_CALL clGetLayerInfo(cl_layer_info what, size_t room, void *to,
                                               size_t *size) {
    const cl_layer_api_version version = CL_LAYER_API_VERSION_100;
    if (what == CL_LAYER_API_VERSION) return answer(&version, sizeof version, room, to, size);
    if (what == CL_LAYER_NAME) return answer("test 07", sizeof "test 07", room, to, size);
    return CL_INVALID_VALUE;
}

CL_API_ENTRY cl_int CL_API_CALL clInitLayer(cl_uint entries, const cl_icd_dispatch *target,
                                            cl_uint *entries_ret, const cl_icd_dispatch **layer) {
    size_t known = entries * sizeof(void *);
    driver = target;
    memcpy(&table, target, known < sizeof table ? known : sizeof table);
    table.clGetDeviceInfo = get_device_info;
    *entries_ret = sizeof table / sizeof(void *);
    *layer = &table;
    return CL_SUCCESS;
}
