// SPDX-License-Identifier: MIT
/* Building an OpenCL kernel so that a mistake can be read: the whole log, the options and the
 * device, and the source lines that the log names, with their numbers.
 */
#define _XOPEN_SOURCE 700
#include "hc_cl.h"
#include "internal.h"

static char *build_log(cl_program program, cl_device_id device) {
    size_t bytes = 0;
    char *log = NULL;
    clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, 0, NULL, &bytes);
    if (hc_alloc(bytes + 1, 1, &log) == HC_OK)
        clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, bytes, log, NULL);
    return log;
}

int hc_cl_build(cl_program program, cl_device_id device, const char *options, const char *file,
                const char *source) {
    char name[256] = "";
    clGetDeviceInfo(device, CL_DEVICE_NAME, sizeof name, name, NULL);
    hc_step("building the kernel");
    double start = hc_now_ms();
    cl_int code = clBuildProgram(program, 1, &device, options, NULL, NULL);
    hc_note_time(HC_TIME_BUILD, hc_now_ms() - start);
    hc_step(NULL);
    if (code == CL_SUCCESS) return HC_OK;
    hc_set_error(HC_BUILD, code, hc_cl_error_name(code),
                 "read the log from its first error on, and look at the options",
                 "%s did not compile for %s, options '%s'", file, name, options ? options : "");
    char *log = build_log(program, device);
    if (log) hc_set_error_detail(hc_explain_log(log, source, NULL));
    free(log);
    return HC_BUILD;
}

int hc_cl_kernel(cl_program program, const char *name, cl_kernel *kernel) {
    cl_int code;
    char names[512] = "";
    *kernel = clCreateKernel(program, name, &code);
    if (code == CL_SUCCESS) return HC_OK;
    if (code != CL_INVALID_KERNEL_NAME && code != CL_INVALID_PROGRAM_EXECUTABLE)
        return hc_cl_set_error(code);
    clGetProgramInfo(program, CL_PROGRAM_KERNEL_NAMES, sizeof names, names, NULL);
    return hc_set_error(HC_BUILD, CL_INVALID_KERNEL_NAME, "CL_INVALID_KERNEL_NAME",
                        "compare the name with the __kernel functions in the file",
                        "no kernel '%s' in the program; kernels found: %s", name,
                        *names ? names : "none");
}
