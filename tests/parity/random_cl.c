// SPDX-License-Identifier: MIT
/* Do kernels make the same random numbers as the host? A kernel writes numbers of several streams
 * and seeds, from the beginning, across the 32-bit border of the counter, and near its end; the
 * host's Random123 must give the same 32 bits, and the same floats.
 */
#include "hc_cl.h"

enum { N = 1009 }; /* a prime: the last group is not full */

static const HcRecipe recipe = {.name = "parity_random",
                                .summary = "random numbers of kernels against the host's",
                                .apis = (const HcApi *const[]){&hc_cl_api, NULL}};

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    HcDevice chosen;
    CHECK_HC(hc_choose_device(&chosen));
    cl_device_id device = chosen.handle;
    cl_context context;
    cl_command_queue queue;
    cl_program program;
    cl_kernel kernel;
    cl_mem d_u, d_f;
    char *source;
    CHECK_CL_OUT(context = clCreateContext(NULL, 1, &device, NULL, NULL, &err));
    CHECK_CL_OUT(queue = clCreateCommandQueue(context, device, 0, &err));
    CHECK_HC(hc_load_kernel("random.cl", &source));
    CHECK_CL_OUT(program =
                     clCreateProgramWithSource(context, 1, (const char **)&source, NULL, &err));
    CHECK_HC(hc_cl_build(program, device, "", "random.cl", source));
    CHECK_HC(hc_cl_kernel(program, "random_numbers", &kernel));
    CHECK_CL_OUT(d_u = clCreateBuffer(context, CL_MEM_WRITE_ONLY, N * sizeof(cl_uint), NULL, &err));
    CHECK_CL_OUT(d_f =
                     clCreateBuffer(context, CL_MEM_WRITE_ONLY, N * sizeof(cl_float), NULL, &err));

    static const cl_ulong seeds[] = {0, 1, 0x123456789abcdef0u, UINT64_MAX};
    static const cl_uint streams[] = {0, 1, UINT32_MAX};
    static const cl_ulong firsts[] = {0, 0xffffff00u, 0x3ffffff00u, UINT64_MAX - N + 1};
    static uint32_t u[N], want_u[N];
    static float f[N], want_f[N];
    const size_t global = 1024;
    const cl_ulong n = N;
    for (size_t a = 0; a < 4; a++)
        for (size_t b = 0; b < 3; b++)
            for (size_t c = 0; c < 4; c++) {
                CHECK_CL(clSetKernelArg(kernel, 0, sizeof d_u, &d_u));
                CHECK_CL(clSetKernelArg(kernel, 1, sizeof d_f, &d_f));
                CHECK_CL(clSetKernelArg(kernel, 2, sizeof seeds[a], &seeds[a]));
                CHECK_CL(clSetKernelArg(kernel, 3, sizeof streams[b], &streams[b]));
                CHECK_CL(clSetKernelArg(kernel, 4, sizeof firsts[c], &firsts[c]));
                CHECK_CL(clSetKernelArg(kernel, 5, sizeof n, &n));
                CHECK_CL(
                    clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &global, NULL, 0, NULL, NULL));
                CHECK_CL(clEnqueueReadBuffer(queue, d_u, CL_TRUE, 0, sizeof u, u, 0, NULL, NULL));
                CHECK_CL(clEnqueueReadBuffer(queue, d_f, CL_TRUE, 0, sizeof f, f, 0, NULL, NULL));
                for (size_t i = 0; i < N; i++) {
                    want_u[i] = hc_random_u32(seeds[a], streams[b], firsts[c] + i);
                    want_f[i] = hc_random_f32(seeds[a], streams[b], firsts[c] + i);
                }
                hc_verify("bits", hc_compare(HC_U32, u, want_u, N, HC_EXACT));
                hc_verify("floats", hc_compare(HC_F32, f, want_f, N, HC_EXACT));
            }
    CHECK_CL(clReleaseMemObject(d_f));
    CHECK_CL(clReleaseMemObject(d_u));
    CHECK_CL(clReleaseKernel(kernel));
    CHECK_CL(clReleaseProgram(program));
    CHECK_CL(clReleaseCommandQueue(queue));
    CHECK_CL(clReleaseContext(context));
    free(source);
    return hc_end();
}
