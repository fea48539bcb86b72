// SPDX-License-Identifier: MIT
/* What only a kernel knows. How many work-items a device likes to see in a group depends on the
 * kernel, so before OpenCL 3.0 there is no question to put to the device alone: a kernel must be
 * built for it first. The copy kernel serves, since it runs on every device.
 */
#include "query.h"

Value probe_kernel(const Target *target, cl_uint what) {
    Value value = {.what = what, .state = FAILED};
    cl_context context = NULL;
    cl_program program = NULL;
    cl_kernel kernel = NULL;
    size_t answer = 0;
    hc_step("building a kernel to ask it");
    context = clCreateContext(NULL, 1, &target->device, NULL, NULL, &value.code);
    if (value.code != CL_SUCCESS) goto done;
    program =
        clCreateProgramWithSource(context, 1, (const char **)&target->source, NULL, &value.code);
    if (value.code != CL_SUCCESS) goto done;
    value.code = clBuildProgram(program, 1, &target->device, "-DT=int", NULL, NULL);
    if (value.code != CL_SUCCESS) goto done;
    kernel = clCreateKernel(program, "vector_copy", &value.code);
    if (value.code != CL_SUCCESS) goto done;
    value.code =
        clGetKernelWorkGroupInfo(kernel, target->device, what, sizeof answer, &answer, NULL);
    if (value.code != CL_SUCCESS) goto done;
    CHECK_HC(hc_alloc(1, sizeof answer, &value.data));
    value.size = sizeof answer;
    memcpy(value.data, &answer, sizeof answer);
    value.state = KNOWN;
done:
    hc_step(NULL);
    if (kernel) clReleaseKernel(kernel);
    if (program) clReleaseProgram(program);
    if (context) clReleaseContext(context);
    return value;
}
