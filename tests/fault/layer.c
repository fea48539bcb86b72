// SPDX-License-Identifier: MIT
/* layer.c - a library that the OpenCL loader puts between a program and its driver (OPENCL_LAYERS),
 * and that makes one chosen call fail, so that "the device is out of memory" can be tested on any
 * machine.
 *   FAULT_CALL=clCreateBuffer:2:-4    the second clCreateBuffer returns -4, out of device memory
 *   FAULT_CALL=clFinish:1:exit        the first clFinish calls exit(1), as PoCL on a full disk does
 *   FAULT_CALL=count                  nothing fails
 * At the end it prints on stderr how often each call was made. A loader that finds no layer says
 * nothing, so tests must look for those lines.
 */
#ifndef CL_TARGET_OPENCL_VERSION
#define CL_TARGET_OPENCL_VERSION 300
#endif
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl_layer.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const cl_icd_dispatch *driver; /* the table below this layer */
static cl_icd_dispatch table;         /* ours: the driver's, but for the calls named here */

/* The calls that can be made to fail, with their parameters; X: returns a code, Y: an object. */
#define CALLS(X, Y)                                                                                \
    Y(cl_context, clCreateContext,                                                                 \
      (const cl_context_properties *p, cl_uint n, const cl_device_id *d,                           \
       void(CL_CALLBACK * f)(const char *, const void *, size_t, void *), void *u, cl_int *e),     \
      (p, n, d, f, u, e))                                                                          \
    Y(cl_command_queue, clCreateCommandQueue,                                                      \
      (cl_context c, cl_device_id d, cl_command_queue_properties p, cl_int * e), (c, d, p, e))     \
    Y(cl_program, clCreateProgramWithSource,                                                       \
      (cl_context c, cl_uint n, const char **s, const size_t *l, cl_int *e), (c, n, s, l, e))      \
    Y(cl_kernel, clCreateKernel, (cl_program p, const char *n, cl_int *e), (p, n, e))              \
    Y(cl_mem, clCreateBuffer, (cl_context c, cl_mem_flags f, size_t b, void *h, cl_int *e),        \
      (c, f, b, h, e))                                                                             \
    Y(void *, clEnqueueMapBuffer,                                                                  \
      (cl_command_queue q, cl_mem m, cl_bool b, cl_map_flags f, size_t o, size_t s, cl_uint n,     \
       const cl_event *w, cl_event *v, cl_int *e),                                                 \
      (q, m, b, f, o, s, n, w, v, e))                                                              \
    X(clBuildProgram,                                                                              \
      (cl_program p, cl_uint n, const cl_device_id *d, const char *o,                              \
       void(CL_CALLBACK * f)(cl_program, void *), void *u),                                        \
      (p, n, d, o, f, u))                                                                          \
    X(clSetKernelArg, (cl_kernel k, cl_uint i, size_t s, const void *v), (k, i, s, v))             \
    X(clGetKernelWorkGroupInfo,                                                                    \
      (cl_kernel k, cl_device_id d, cl_kernel_work_group_info i, size_t s, void *v, size_t *r),    \
      (k, d, i, s, v, r))                                                                          \
    X(clEnqueueWriteBuffer,                                                                        \
      (cl_command_queue q, cl_mem m, cl_bool b, size_t o, size_t s, const void *p, cl_uint n,      \
       const cl_event *w, cl_event *v),                                                            \
      (q, m, b, o, s, p, n, w, v))                                                                 \
    X(clEnqueueReadBuffer,                                                                         \
      (cl_command_queue q, cl_mem m, cl_bool b, size_t o, size_t s, void *p, cl_uint n,            \
       const cl_event *w, cl_event *v),                                                            \
      (q, m, b, o, s, p, n, w, v))                                                                 \
    X(clEnqueueNDRangeKernel,                                                                      \
      (cl_command_queue q, cl_kernel k, cl_uint d, const size_t *o, const size_t *g,               \
       const size_t *l, cl_uint n, const cl_event *w, cl_event *v),                                \
      (q, k, d, o, g, l, n, w, v))                                                                 \
    X(clEnqueueUnmapMemObject,                                                                     \
      (cl_command_queue q, cl_mem m, void *p, cl_uint n, const cl_event *w, cl_event *v),          \
      (q, m, p, n, w, v))                                                                          \
    X(clFinish, (cl_command_queue q), (q))                                                         \
    X(clWaitForEvents, (cl_uint n, const cl_event *w), (n, w))                                     \
    X(clGetEventProfilingInfo, (cl_event v, cl_profiling_info i, size_t s, void *p, size_t *r),    \
      (v, i, s, p, r))                                                                             \
    X(clReleaseEvent, (cl_event v), (v))                                                           \
    X(clReleaseMemObject, (cl_mem m), (m))                                                         \
    X(clReleaseKernel, (cl_kernel k), (k))                                                         \
    X(clReleaseProgram, (cl_program p), (p))                                                       \
    X(clReleaseCommandQueue, (cl_command_queue q), (q))                                            \
    X(clReleaseContext, (cl_context c), (c))

enum Call {
#define X(name, parameters, arguments) CALL_##name,
#define Y(type, name, parameters, arguments) CALL_##name,
    CALLS(X, Y)
#undef X
#undef Y
        CALL_COUNT
};

static const char *const names[] = {
#define X(name, parameters, arguments) #name,
#define Y(type, name, parameters, arguments) #name,
    CALLS(X, Y)
#undef X
#undef Y
};

static long made[CALL_COUNT];

/* The code with which this call must fail, or CL_SUCCESS. Recipes call from one thread. */
static cl_int fault(enum Call call) {
    const char *text = getenv("FAULT_CALL");
    size_t length = strlen(names[call]);
    made[call]++;
    if (!text || strncmp(text, names[call], length) != 0 || text[length] != ':') return CL_SUCCESS;
    char *end;
    if (strtol(text + length + 1, &end, 10) != made[call] || *end != ':') return CL_SUCCESS;
    if (strcmp(end + 1, "exit") == 0) exit(1);
    return (cl_int)strtol(end + 1, NULL, 10);
}

#define X(name, parameters, arguments)                                                             \
    static cl_int CL_API_CALL my_##name parameters {                                               \
        cl_int code = fault(CALL_##name);                                                          \
        return code != CL_SUCCESS ? code : driver->name arguments;                                 \
    }
#define Y(type, name, parameters, arguments)                                                       \
    static type CL_API_CALL my_##name parameters {                                                 \
        cl_int code = fault(CALL_##name);                                                          \
        if (code == CL_SUCCESS) return driver->name arguments;                                     \
        if (e) *e = code;                                                                          \
        return NULL;                                                                               \
    }
CALLS(X, Y)
#undef X
#undef Y

static void print_counts(void) {
    for (int i = 0; i < CALL_COUNT; i++)
        if (made[i]) fprintf(stderr, "fault layer: %s %ld\n", names[i], made[i]);
}

CL_API_ENTRY cl_int CL_API_CALL clGetLayerInfo(cl_layer_info what, size_t room, void *value,
                                               size_t *size) {
    const cl_layer_api_version version = CL_LAYER_API_VERSION_100;
    const char name[] = "fault";
    const void *answer = what == CL_LAYER_API_VERSION ? (const void *)&version : name;
    size_t bytes = what == CL_LAYER_API_VERSION ? sizeof version : sizeof name;
    if (what != CL_LAYER_API_VERSION && what != CL_LAYER_NAME) return CL_INVALID_VALUE;
    if (value && room < bytes) return CL_INVALID_VALUE;
    if (value) memcpy(value, answer, bytes);
    if (size) *size = bytes;
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clInitLayer(cl_uint count, const cl_icd_dispatch *target,
                                            cl_uint *our_count, const cl_icd_dispatch **ours) {
    if (!target || !our_count || !ours || count < sizeof table / sizeof(void *))
        return CL_INVALID_VALUE;
    driver = target;
    table = *target;
#define X(name, parameters, arguments) table.name = my_##name;
#define Y(type, name, parameters, arguments) table.name = my_##name;
    CALLS(X, Y)
#undef X
#undef Y
    *ours = &table;
    *our_count = sizeof table / sizeof(void *);
    fputs("fault layer: loaded\n", stderr);
    atexit(print_counts);
    return CL_SUCCESS;
}
