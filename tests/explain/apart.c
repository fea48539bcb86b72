// SPDX-License-Identifier: MIT
/* An OpenCL layer for calls.sh: it makes the device say that it shares no memory with the host, as
 * a graphics card does, so that the hidden copies of mapping can be tested on a CPU.
 */
#define CL_TARGET_OPENCL_VERSION 300
#include <CL/cl_layer.h>
#include <string.h>

static const cl_icd_dispatch *next;

static cl_int CL_API_CALL device_info(cl_device_id device, cl_device_info what, size_t room,
                                      void *value, size_t *length) {
    cl_int code = next->clGetDeviceInfo(device, what, room, value, length);
    if (code == CL_SUCCESS && what == CL_DEVICE_HOST_UNIFIED_MEMORY && value)
        memset(value, 0, sizeof(cl_bool));
    return code;
}

cl_int CL_API_CALL clGetLayerInfo(cl_layer_info what, size_t room, void *value, size_t *length) {
    const cl_layer_api_version version = CL_LAYER_API_VERSION_100;
    if (what != CL_LAYER_API_VERSION || (value && room < sizeof version)) return CL_INVALID_VALUE;
    if (value) memcpy(value, &version, sizeof version);
    if (length) *length = sizeof version;
    return CL_SUCCESS;
}

cl_int CL_API_CALL clInitLayer(cl_uint entries, const cl_icd_dispatch *target, cl_uint *our_entries,
                               const cl_icd_dispatch **ours) {
    static cl_icd_dispatch table;
    next = target;
    table = *target;
    table.clGetDeviceInfo = device_info;
    *our_entries = entries;
    *ours = &table;
    return CL_SUCCESS;
}
