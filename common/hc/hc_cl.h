// SPDX-License-Identifier: MIT
/* hc_cl.h - what the OpenCL recipes share: choosing a device, building a kernel with a readable
 * log, and saying what an error code means. The recipes make every other OpenCL call themselves.
 */
#ifndef HC_CL_H
#define HC_CL_H
#ifndef CL_TARGET_OPENCL_VERSION
#define CL_TARGET_OPENCL_VERSION 300 /* names of 3.0; a recipe asks the device before using them */
#endif
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS /* clCreateCommandQueue works on every version */
#include <CL/cl.h>

#include "hc.h"

/* The OpenCL devices of this machine, for a recipe's table of APIs. */
extern const HcApi hc_cl_api;

/* CHECK_CL(clFlush(queue)); - end the program unless the call returns CL_SUCCESS.
 * CHECK_CL_OUT(d_x = clCreateBuffer(context, flags, bytes, NULL, &err)); - the same for calls that
 * return an object and give their code through the last argument; the macro declares err. */
#define CHECK_CL(call)                                                                             \
    do {                                                                                           \
        cl_int hc_cl_code_ = (call);                                                               \
        if (hc_cl_code_ != CL_SUCCESS)                                                             \
            exit(hc_fail(hc_cl_set_error(hc_cl_code_), __FILE__, __LINE__, #call));                \
    } while (0)
#define CHECK_CL_OUT(call)                                                                         \
    do {                                                                                           \
        cl_int err = CL_SUCCESS;                                                                   \
        call;                                                                                      \
        if (err != CL_SUCCESS) exit(hc_fail(hc_cl_set_error(err), __FILE__, __LINE__, #call));     \
    } while (0)

/* hc_cl_set_error - make code the last error, with name, meaning and hint from cl_errors.def.
 *   returns  the exit code: HC_BUILD for a failed build or a missing kernel, HC_SKIP for no
 *            platform or device, else HC_ERROR */
int hc_cl_set_error(cl_int code);
const char *hc_cl_error_name(cl_int code); /* "CL_..." or "unknown OpenCL error" */

/* hc_cl_check_alloc - may the device hold count buffers of n elements of size bytes each?
 *   errors  HC_ERROR with what was asked for and the limit, which is checked before any is made,
 *           since a driver may notice only at launch, or abort */
int hc_cl_check_alloc(cl_device_id device, size_t n, size_t size, size_t count);

/* hc_cl_build - clBuildProgram for one device, timed into the report.
 *   source   the program's text, to show the lines that the log names; file is its name
 *   errors   HC_BUILD with device, options, the whole log and those source lines */
int hc_cl_build(cl_program program, cl_device_id device, const char *options, const char *file,
                const char *source);

/* hc_cl_kernel - clCreateKernel; *kernel is to be released.
 *   errors  HC_BUILD with the names of the kernels that the program does have */
int hc_cl_kernel(cl_program program, const char *name, cl_kernel *kernel);

/* hc_cl_event_ms - a finished event's time from start to end in milliseconds; its queue must have
 * CL_QUEUE_PROFILING_ENABLE. NaN if the device does not tell. */
double hc_cl_event_ms(cl_event event);

#endif
