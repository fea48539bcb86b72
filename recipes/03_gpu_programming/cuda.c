// SPDX-License-Identifier: MIT
/* Launch who_am_i with CUDA. opencl.c does the same, step by step, with OpenCL: read them side by
 * side. Chapter 5 explains each call.
 */
#include "space.h"
#ifndef HC_NO_CUDA
#include "hc_cu.h"

static size_t attribute(CUdevice_attribute name, CUdevice device) {
    int value;
    CHECK_CU(cuDeviceGetAttribute(&value, name, device));
    return (size_t)value;
}

void run_cuda(const HcDevice *chosen, const Space *s, Who *who, uint32_t *owner) {
    CUdevice device;
    CUcontext context;
    CHECK_CU(cuInit(0));
    CHECK_CU(cuDeviceGet(&device, chosen->index));
    CHECK_CU(cuDevicePrimaryCtxRetain(&context, device));
    CHECK_CU(cuCtxSetCurrent(context));

    Limits limits = {.in_block = attribute(CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK, device),
                     .block = {attribute(CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X, device),
                               attribute(CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y, device),
                               attribute(CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z, device)},
                     .grid = {attribute(CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X, device),
                              attribute(CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y, device),
                              attribute(CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z, device)}};
    CHECK_HC(space_fits(s, &limits));

    char *source, *image;
    CUmodule module;
    CUfunction kernel;
    CHECK_HC(hc_load_kernel("who_am_i.cu", &source));
    CHECK_HC(hc_cu_compile(source, "who_am_i.cu", "-lineinfo", device, &image));
    CHECK_CU(cuModuleLoadData(&module, image));
    CHECK_CU(cuModuleGetFunction(&kernel, module, "who_am_i"));

    CUdeviceptr d_who, d_owner;
    CHECK_CU(cuMemAlloc(&d_who, s->threads * sizeof *who));
    CHECK_CU(cuMemAlloc(&d_owner, s->elements * sizeof *owner));
    CHECK_CU(cuMemcpyHtoD(d_owner, owner, s->elements * sizeof *owner));

    //> launch_cuda
    /* CUDA counts blocks: the grid is how many there are, in x, y and z. */
    uint32_t warp = s->warp, nx = s->n[0], ny = s->n[1], nz = s->n[2];
    void *arguments[] = {&d_who, &d_owner, &warp, &nx, &ny, &nz};
    CHECK_CU(cuLaunchKernel(kernel, s->grid[0], s->grid[1], s->grid[2], /* blocks */
                            s->block[0], s->block[1], s->block[2],      /* threads of a block */
                            0, NULL, arguments, NULL));
    //< launch_cuda

    CHECK_CU(cuMemcpyDtoH(who, d_who, s->threads * sizeof *who));
    CHECK_CU(cuMemcpyDtoH(owner, d_owner, s->elements * sizeof *owner));
    CHECK_CU(cuMemFree(d_owner));
    CHECK_CU(cuMemFree(d_who));
    CHECK_CU(cuModuleUnload(module));
    CHECK_CU(cuDevicePrimaryCtxRelease(device));
    free(image), free(source);
}
#endif
