// SPDX-License-Identifier: MIT
/* The twins of double_matrix: CUDA C on a CUDA device, OpenCL C on an OpenCL device, and plain C,
 * all on the same matrix, which must come out the same, bit for bit, from all three.
 *   double_matrix -n MxN [--kernel-dir DIR]      the CUDA device is cusim, or --device
 */
#include "hc_cl.h"
#include "hc_cu.h"

static const HcRecipe recipe = {.name = "parity_double_matrix",
                                .summary = "double_matrix.cu, double_matrix.cl and C",
                                .apis = (const HcApi *const[]){&hc_cu_api, &hc_sim_api, NULL},
                                .size = {5, 5},
                                .rank = 2,
                                .random = true};

static void by_cuda(const HcDevice *chosen, float *a, size_t m, size_t n) {
    CUdevice device;
    CUcontext context;
    CUmodule module;
    CUfunction kernel;
    CUdeviceptr d_a;
    char *source, *image;
    CHECK_CU(cuInit(0));
    CHECK_CU(cuDeviceGet(&device, chosen->index));
    CHECK_CU(cuDevicePrimaryCtxRetain(&context, device));
    CHECK_CU(cuCtxSetCurrent(context));
    CHECK_HC(hc_load_kernel("double_matrix.cu", &source));
    CHECK_HC(hc_cu_compile(source, "double_matrix.cu", NULL, device, &image));
    CHECK_HC(hc_cu_load(image, &module));
    CHECK_HC(hc_cu_kernel(module, image, "double_matrix", &kernel));
    CHECK_CU(cuMemAlloc(&d_a, m * n * sizeof *a));
    CHECK_CU(cuMemcpyHtoD(d_a, a, m * n * sizeof *a));
    unsigned long long rows = m, columns = n;
    void *arguments[] = {&d_a, &rows, &columns};
    CHECK_CU(cuLaunchKernel(kernel, (unsigned)((n + 15) / 16), (unsigned)((m + 3) / 4), 1, 16, 4, 1,
                            0, NULL, arguments, NULL));
    CHECK_CU(cuMemcpyDtoH(a, d_a, m * n * sizeof *a));
    CHECK_CU(cuMemFree(d_a));
    CHECK_CU(cuModuleUnload(module));
    CHECK_CU(cuDevicePrimaryCtxRelease(device));
    free(image), free(source);
}

static void by_opencl(float *a, size_t m, size_t n) {
    HcDevice chosen;
    cl_context context;
    cl_command_queue queue;
    cl_program program;
    cl_kernel kernel;
    cl_mem d_a;
    char *source;
    CHECK_HC(hc_select_device((const HcApi *const[]){&hc_cl_api, NULL}, "cpu", &chosen));
    cl_device_id device = chosen.handle;
    CHECK_CL_OUT(context = clCreateContext(NULL, 1, &device, NULL, NULL, &err));
    CHECK_CL_OUT(queue = clCreateCommandQueue(context, device, 0, &err));
    CHECK_HC(hc_load_kernel("double_matrix.cl", &source));
    CHECK_CL_OUT(program =
                     clCreateProgramWithSource(context, 1, (const char **)&source, NULL, &err));
    CHECK_HC(hc_cl_build(program, device, NULL, "double_matrix.cl", source));
    CHECK_HC(hc_cl_kernel(program, "double_matrix", &kernel));
    size_t bytes = m * n * sizeof *a, local[2] = {16, 4};
    size_t global[2] = {(n + 15) / 16 * 16, (m + 3) / 4 * 4};
    cl_ulong rows = m, columns = n;
    CHECK_CL_OUT(d_a = clCreateBuffer(context, CL_MEM_READ_WRITE, bytes, NULL, &err));
    CHECK_CL(clEnqueueWriteBuffer(queue, d_a, CL_TRUE, 0, bytes, a, 0, NULL, NULL));
    CHECK_CL(clSetKernelArg(kernel, 0, sizeof d_a, &d_a));
    CHECK_CL(clSetKernelArg(kernel, 1, sizeof rows, &rows));
    CHECK_CL(clSetKernelArg(kernel, 2, sizeof columns, &columns));
    CHECK_CL(clEnqueueNDRangeKernel(queue, kernel, 2, NULL, global, local, 0, NULL, NULL));
    CHECK_CL(clEnqueueReadBuffer(queue, d_a, CL_TRUE, 0, bytes, a, 0, NULL, NULL));
    CHECK_CL(clReleaseMemObject(d_a));
    CHECK_CL(clReleaseKernel(kernel));
    CHECK_CL(clReleaseProgram(program));
    CHECK_CL(clReleaseCommandQueue(queue));
    CHECK_CL(clReleaseContext(context));
    free(source);
}

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    HcDevice chosen;
    CHECK_HC(hc_choose_device(&chosen));
    size_t m = args.size[0], n = args.size[1], count = m * n;
    float *a[3];
    for (int i = 0; i < 3; i++) {
        CHECK_HC(hc_alloc(count, sizeof **a, &a[i]));
        hc_fill(HC_F32, a[i], count, args.seed, 0);
    }
    for (size_t i = 0; i < count; i++) a[0][i] *= 2;
    if (count) by_cuda(&chosen, a[1], m, n);
    if (count) by_opencl(a[2], m, n);
    hc_verify("CUDA and C", hc_compare(HC_F32, a[1], a[0], count, HC_EXACT));
    hc_verify("OpenCL and C", hc_compare(HC_F32, a[2], a[0], count, HC_EXACT));
    hc_verify("CUDA and OpenCL", hc_compare(HC_F32, a[1], a[2], count, HC_EXACT));
    for (int i = 0; i < 3; i++) free(a[i]);
    return hc_end();
}
