// SPDX-License-Identifier: MIT
/* The sum z = x + y of two arrays of 64-bit integers, on an OpenCL device.
 *
 * Without --in it adds two arrays of 8 small numbers and prints them. The kernel's elements must
 * have as many bits as the host's: a buffer has bytes, not types, so no call sees the difference.
 */
#include "arrays.h"

static const char *in, *out;
static const HcOption options[] = {HC_TEXT("in", &in, "FILE", "the arrays x and y"),
                                   HC_TEXT("out", &out, "FILE", "where z goes"), HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "08_find_the_defect",
                                .summary = "the sum of two arrays of 64-bit integers",
                                .apis = (const HcApi *const[]){&hc_cl_api, NULL},
                                .options = options};

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    Arrays a;
    CHECK_HC(arrays_read(in, &a));
    if (a.n > 0) { /* OpenCL has no buffer of 0 bytes, and the sum of nothing is nothing */
        HcDevice chosen;
        CHECK_HC(hc_choose_device(&chosen));
        cl_device_id device = chosen.handle;
        cl_context context;
        cl_command_queue queue;
        CHECK_CL_OUT(context = clCreateContext(NULL, 1, &device, NULL, NULL, &err));
        CHECK_CL_OUT(queue = clCreateCommandQueue(context, device, 0, &err));

        char *source;
        cl_program program;
        cl_kernel kernel;
        CHECK_HC(hc_load_kernel("sum.cl", &source));
        CHECK_CL_OUT(program =
                         clCreateProgramWithSource(context, 1, (const char **)&source, NULL, &err));
        CHECK_HC(hc_cl_build(program, device, "", "sum.cl", source));
        CHECK_HC(hc_cl_kernel(program, "sum", &kernel));

        size_t bytes = a.n * sizeof(int64_t);
        cl_mem d_x, d_y, d_z;
        CHECK_CL_OUT(d_x = clCreateBuffer(context, CL_MEM_READ_ONLY, bytes, NULL, &err));
        CHECK_CL_OUT(d_y = clCreateBuffer(context, CL_MEM_READ_ONLY, bytes, NULL, &err));
        CHECK_CL_OUT(d_z = clCreateBuffer(context, CL_MEM_WRITE_ONLY, bytes, NULL, &err));
        CHECK_CL(clEnqueueWriteBuffer(queue, d_x, CL_TRUE, 0, bytes, a.x, 0, NULL, NULL));
        CHECK_CL(clEnqueueWriteBuffer(queue, d_y, CL_TRUE, 0, bytes, a.y, 0, NULL, NULL));

        cl_ulong n = 2 * a.n;
        size_t group = 64, global = (2 * a.n + group - 1) / group * group;
        CHECK_CL(clSetKernelArg(kernel, 0, sizeof d_z, &d_z));
        CHECK_CL(clSetKernelArg(kernel, 1, sizeof d_x, &d_x));
        CHECK_CL(clSetKernelArg(kernel, 2, sizeof d_y, &d_y));
        CHECK_CL(clSetKernelArg(kernel, 3, sizeof n, &n));
        CHECK_CL(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &global, &group, 0, NULL, NULL));
        CHECK_CL(clEnqueueReadBuffer(queue, d_z, CL_TRUE, 0, bytes, a.z, 0, NULL, NULL));

        CHECK_CL(clReleaseMemObject(d_z));
        CHECK_CL(clReleaseMemObject(d_y));
        CHECK_CL(clReleaseMemObject(d_x));
        CHECK_CL(clReleaseKernel(kernel));
        CHECK_CL(clReleaseProgram(program));
        CHECK_CL(clReleaseCommandQueue(queue));
        CHECK_CL(clReleaseContext(context));
        free(source);
    }
    CHECK_HC(arrays_write(out, &a));
    free(a.z), free(a.y), free(a.x);
    return hc_end();
}
