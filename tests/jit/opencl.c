// SPDX-License-Identifier: MIT
/* jit_opencl opencl|jit - an OpenCL kernel and compiled Python in one process, whichever comes
 * first: PoCL brings an LLVM of its own, and neither may take the other's for its own. Both
 * compute 3 * x + 1 for the same numbers. */
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jit.h"

enum { N = 1000 };

static const char kernel_source[] =
    "__kernel void f(__global double *z, __global const double *x) {\n"
    "    size_t i = get_global_id(0);\n"
    "    z[i] = 3 * x[i] + 1;\n"
    "}\n";
static const char python_source[] = "from numba import njit\n"
                                    "@njit\n"
                                    "def f(z, x):\n"
                                    "    for i in range(len(x)):\n"
                                    "        z[i] = 3 * x[i] + 1\n";

static _Noreturn void leave(int status, const char *what) {
    printf("%s: %s\n", status == 77 ? "skipped" : "FAILED", what);
    exit(status);
}

static void by_opencl(double *z, double *x) {
    cl_platform_id platform;
    cl_device_id device;
    cl_int err;
    if (clGetPlatformIDs(1, &platform, NULL) != CL_SUCCESS) leave(77, "no OpenCL platform");
    if (clGetDeviceIDs(platform, CL_DEVICE_TYPE_CPU, 1, &device, NULL) != CL_SUCCESS)
        leave(77, "no OpenCL CPU device");
    cl_context context = clCreateContext(NULL, 1, &device, NULL, NULL, &err);
    cl_command_queue queue = clCreateCommandQueue(context, device, 0, &err);
    const char *source = kernel_source;
    cl_program program = clCreateProgramWithSource(context, 1, &source, NULL, &err);
    if (clBuildProgram(program, 1, &device, "", NULL, NULL) != CL_SUCCESS)
        leave(1, "clBuildProgram");
    cl_kernel kernel = clCreateKernel(program, "f", &err);
    cl_mem_flags out = CL_MEM_WRITE_ONLY, in = CL_MEM_READ_ONLY | CL_MEM_COPY_HOST_PTR;
    cl_mem d_z = clCreateBuffer(context, out, N * sizeof *z, NULL, &err);
    cl_mem d_x = clCreateBuffer(context, in, N * sizeof *x, x, &err);
    size_t n = N;
    if (clSetKernelArg(kernel, 0, sizeof d_z, &d_z) != CL_SUCCESS ||
        clSetKernelArg(kernel, 1, sizeof d_x, &d_x) != CL_SUCCESS ||
        clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &n, NULL, 0, NULL, NULL) != CL_SUCCESS ||
        clEnqueueReadBuffer(queue, d_z, CL_TRUE, 0, N * sizeof *z, z, 0, NULL, NULL) != CL_SUCCESS)
        leave(1, "the kernel did not run");
    clReleaseMemObject(d_x);
    clReleaseMemObject(d_z);
    clReleaseKernel(kernel);
    clReleaseProgram(program);
    clReleaseCommandQueue(queue);
    clReleaseContext(context);
}

static void by_jit(double *z, double *x) {
    const JitApi *jit;
    JitModule *module;
    JitValue args[2] = {{.kind = JIT_F64, .ndim = 1, .as.array = {z, {N}, {8}}},
                        {.kind = JIT_F64, .ndim = 1, .as.array = {x, {N}, {8}}}};
    JitValue results[JIT_RESULTS];
    size_t count;
    if (jit_open(&jit) != JIT_OK) leave(77, jit_open_error());
    if (jit->load("f.py", python_source, &module) != JIT_OK) leave(1, jit->error());
    if (jit->call(module, "f", NULL, args, 2, results, &count) != JIT_OK) leave(1, jit->error());
    jit->unload(module);
}

int main(int argc, char **argv) {
    static double x[N], z[N], y[N];
    for (int i = 0; i < N; i++) x[i] = i / 8.0;
    bool opencl_first = argc == 2 && strcmp(argv[1], "opencl") == 0;
    if (opencl_first) by_opencl(z, x);
    by_jit(y, x);
    if (!opencl_first) by_opencl(z, x);
    by_jit(y, x);
    for (int i = 0; i < N; i++)
        if (y[i] != 3 * x[i] + 1 || z[i] != y[i]) leave(1, "another result");
    printf("OpenCL and the compiler agree on %d numbers\n", N);
    return 0;
}
