// SPDX-License-Identifier: MIT
/* 12_layer.c - an OpenCL layer that lets one of several devices fail in the middle of its work, and
 * from then on for good, as a GPU that was lost does. The work sharing must not lose a tile.
 *   FAULT_DEVICE=basic    the device whose name has this in it; other devices work
 *   FAULT_CALL=launch:3   its third clEnqueueNDRangeKernel fails, and all after it
 *   FAULT_CALL=read:3     the same for clEnqueueReadBufferRect: the kernel has run for nothing
 *   FAULT_CALL=buffer:1   its first clCreateBuffer: it does not even begin
 * At the end it prints on stderr how many calls it let fail: a test must know that it was there.
 */
#ifndef CL_TARGET_OPENCL_VERSION
#define CL_TARGET_OPENCL_VERSION 300
#endif
#include <CL/cl_layer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static cl_icd_dispatch table;
static const cl_icd_dispatch *driver;
static _Atomic unsigned failed;

static int is_chosen(cl_device_id device) {
    char name[256] = "";
    const char *wish = getenv("FAULT_DEVICE");
    driver->clGetDeviceInfo(device, CL_DEVICE_NAME, sizeof name, name, NULL);
    return wish && strstr(name, wish) != NULL;
}

/* Does this call, on the chosen device, end here? */
static int fails(const char *call, _Atomic unsigned *count) {
    const char *wish = getenv("FAULT_CALL");
    size_t length = strlen(call);
    if (!wish || strncmp(wish, call, length) != 0 || wish[length] != ':') return 0;
    if (++*count < strtoul(wish + length + 1, NULL, 10)) return 0;
    failed++;
    return 1;
}

static int queue_is_chosen(cl_command_queue queue) {
    cl_device_id device = NULL;
    driver->clGetCommandQueueInfo(queue, CL_QUEUE_DEVICE, sizeof device, &device, NULL);
    return is_chosen(device);
}

static cl_int CL_API_CALL launch(cl_command_queue queue, cl_kernel kernel, cl_uint dimensions,
                                 const size_t *offset, const size_t *global, const size_t *local,
                                 cl_uint waits, const cl_event *list, cl_event *event) {
    static _Atomic unsigned count;
    if (queue_is_chosen(queue) && fails("launch", &count)) return CL_OUT_OF_RESOURCES;
    return driver->clEnqueueNDRangeKernel(queue, kernel, dimensions, offset, global, local, waits,
                                          list, event);
}

static cl_int CL_API_CALL read_rect(cl_command_queue queue, cl_mem buffer, cl_bool blocking,
                                    const size_t *from, const size_t *to, const size_t *region,
                                    size_t row, size_t slice, size_t host_row, size_t host_slice,
                                    void *host, cl_uint waits, const cl_event *list,
                                    cl_event *event) {
    static _Atomic unsigned count;
    if (queue_is_chosen(queue) && fails("read", &count)) {
        driver->clFinish(queue);
        return CL_OUT_OF_RESOURCES;
    }
    return driver->clEnqueueReadBufferRect(queue, buffer, blocking, from, to, region, row, slice,
                                           host_row, host_slice, host, waits, list, event);
}

static cl_mem CL_API_CALL buffer(cl_context context, cl_mem_flags flags, size_t bytes, void *host,
                                 cl_int *code) {
    static _Atomic unsigned count;
    cl_device_id device = NULL; /* each context of the recipe has one device */
    driver->clGetContextInfo(context, CL_CONTEXT_DEVICES, sizeof device, &device, NULL);
    if (is_chosen(device) && fails("buffer", &count)) {
        if (code) *code = CL_MEM_OBJECT_ALLOCATION_FAILURE;
        return NULL;
    }
    return driver->clCreateBuffer(context, flags, bytes, host, code);
}

static cl_int answer(const void *from, size_t bytes, size_t room, void *to, size_t *size) {
    if (size) *size = bytes;
    if (to && room < bytes) return CL_INVALID_VALUE;
    if (to) memcpy(to, from, bytes);
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clGetLayerInfo(cl_layer_info what, size_t room, void *to,
                                               size_t *size) {
    const cl_layer_api_version version = CL_LAYER_API_VERSION_100;
    if (what == CL_LAYER_API_VERSION) return answer(&version, sizeof version, room, to, size);
    if (what == CL_LAYER_NAME) return answer("test 12", sizeof "test 12", room, to, size);
    return CL_INVALID_VALUE;
}

CL_API_ENTRY cl_int CL_API_CALL clInitLayer(cl_uint entries, const cl_icd_dispatch *target,
                                            cl_uint *entries_ret, const cl_icd_dispatch **layer) {
    size_t known = entries * sizeof(void *);
    driver = target;
    memcpy(&table, target, known < sizeof table ? known : sizeof table);
    table.clEnqueueNDRangeKernel = launch;
    table.clEnqueueReadBufferRect = read_rect;
    table.clCreateBuffer = buffer;
    *entries_ret = sizeof table / sizeof(void *);
    *layer = &table;
    return CL_SUCCESS;
}

__attribute__((destructor)) static void tell(void) {
    fprintf(stderr, "layer 12: %u calls failed\n", failed);
}
