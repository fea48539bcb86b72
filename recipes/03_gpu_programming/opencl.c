// SPDX-License-Identifier: MIT
/* Launch who_am_i with OpenCL. cuda.c does the same, step by step, with CUDA: read them side by
 * side. Chapter 8 explains each call.
 */
#include "space.h"
#ifndef HC_NO_OPENCL
#include "hc_cl.h"

void run_opencl(const HcDevice *chosen, const Space *s, Who *who, uint32_t *owner) {
    cl_device_id device = chosen->handle;
    cl_context context;
    cl_command_queue queue;
    CHECK_CL_OUT(context = clCreateContext(NULL, 1, &device, NULL, NULL, &err));
    CHECK_CL_OUT(queue = clCreateCommandQueue(context, device, 0, &err));

    Limits limits = {.grid = {UINT32_MAX, UINT32_MAX, UINT32_MAX}};
    CHECK_CL(clGetDeviceInfo(device, CL_DEVICE_MAX_WORK_GROUP_SIZE, sizeof limits.in_block,
                             &limits.in_block, NULL));
    CHECK_CL(clGetDeviceInfo(device, CL_DEVICE_MAX_WORK_ITEM_SIZES, sizeof limits.block,
                             limits.block, NULL));
    CHECK_HC(space_fits(s, &limits));
    CHECK_HC(hc_cl_check_alloc(device, s->threads, sizeof *who, 1));

    char *source;
    cl_program program;
    cl_kernel kernel;
    CHECK_HC(hc_load_kernel("who_am_i.cl", &source));
    CHECK_CL_OUT(program =
                     clCreateProgramWithSource(context, 1, (const char **)&source, NULL, &err));
    CHECK_HC(hc_cl_build(program, device, NULL, "who_am_i.cl", source));
    CHECK_HC(hc_cl_kernel(program, "who_am_i", &kernel));

    size_t who_bytes = s->threads * sizeof *who, owner_bytes = s->elements * sizeof *owner;
    cl_mem d_who, d_owner;
    CHECK_CL_OUT(d_who = clCreateBuffer(context, CL_MEM_WRITE_ONLY, who_bytes, NULL, &err));
    CHECK_CL_OUT(d_owner = clCreateBuffer(context, CL_MEM_READ_WRITE, owner_bytes, NULL, &err));
    CHECK_CL(clEnqueueWriteBuffer(queue, d_owner, CL_TRUE, 0, owner_bytes, owner, 0, NULL, NULL));

    //> launch_opencl
    /* OpenCL counts work-items: the global size is how many there are, in 0, 1 and 2. */
    cl_uint warp = s->warp, nx = s->n[0], ny = s->n[1], nz = s->n[2];
    CHECK_CL(clSetKernelArg(kernel, 0, sizeof d_who, &d_who));
    CHECK_CL(clSetKernelArg(kernel, 1, sizeof d_owner, &d_owner));
    CHECK_CL(clSetKernelArg(kernel, 2, sizeof warp, &warp));
    CHECK_CL(clSetKernelArg(kernel, 3, sizeof nx, &nx));
    CHECK_CL(clSetKernelArg(kernel, 4, sizeof ny, &ny));
    CHECK_CL(clSetKernelArg(kernel, 5, sizeof nz, &nz));
    size_t global[3], local[3];
    for (int d = 0; d < 3; d++) local[d] = s->block[d], global[d] = (size_t)s->grid[d] * local[d];
    CHECK_CL(clEnqueueNDRangeKernel(queue, kernel, 3, NULL, global, local, 0, NULL, NULL));
    //< launch_opencl

    CHECK_CL(clEnqueueReadBuffer(queue, d_who, CL_TRUE, 0, who_bytes, who, 0, NULL, NULL));
    CHECK_CL(clEnqueueReadBuffer(queue, d_owner, CL_TRUE, 0, owner_bytes, owner, 0, NULL, NULL));
    CHECK_CL(clReleaseMemObject(d_owner));
    CHECK_CL(clReleaseMemObject(d_who));
    CHECK_CL(clReleaseKernel(kernel));
    CHECK_CL(clReleaseProgram(program));
    CHECK_CL(clReleaseCommandQueue(queue));
    CHECK_CL(clReleaseContext(context));
    free(source);
}
#endif
