// SPDX-License-Identifier: MIT
/* y = factor * x for n floats, on a CUDA device: the host's side. The kernel, scale.cu, is right.
 *
 * Without --in it takes the numbers 1 to 8 and the factor 10, and prints what comes of them.
 */
#include "arrays.h"

static const char *in, *out;
static const HcOption options[] = {HC_TEXT("in", &in, "FILE", "the factor and the array x"),
                                   HC_TEXT("out", &out, "FILE", "where y goes"), HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "05_complete_the_host",
                                .summary = "an array of floats times a factor",
                                .apis = (const HcApi *const[]){&hc_cu_api, &hc_sim_api, NULL},
                                .options = options};

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    Arrays a; /* a.n floats in a.x, the result to a.y, the factor in a.factor */
    CHECK_HC(arrays_read(in, &a));

    /* 1 to 4: device, context and kernel. */
    HcDevice chosen;
    CUdevice device;
    CUcontext context;
    CHECK_HC(hc_choose_device(&chosen));
    CHECK_CU(cuInit(0));
    CHECK_CU(cuDeviceGet(&device, chosen.index));
    CHECK_CU(cuDevicePrimaryCtxRetain(&context, device));
    CHECK_CU(cuCtxSetCurrent(context));

    char *source, *ptx;
    CUmodule module;
    CUfunction kernel;
    CHECK_HC(hc_load_kernel("scale.cu", &source));
    CHECK_HC(hc_cu_compile(source, "scale.cu", "-lineinfo", device, &ptx));
    CHECK_CU(cuModuleLoadData(&module, ptx));
    CHECK_CU(cuModuleGetFunction(&kernel, module, "scale"));

    /* TODO 5. Memory on the device, for x and for y: cuMemAlloc. How many bytes?
     * TODO 6. Upload x: cuMemcpyHtoD.
     * TODO 7. Launch: cuLaunchKernel, in blocks of 128 threads. How many blocks? What does the
     *         kernel take, in which order and of which type?
     * TODO 8. Download y: cuMemcpyDtoH.
     * TODO 10. Free the memory: cuMemFree.
     * And if there are no elements? There is no memory of 0 bytes, and no grid of 0 blocks. */

    CHECK_CU(cuModuleUnload(module));
    CHECK_CU(cuDevicePrimaryCtxRelease(device));
    CHECK_HC(arrays_write(out, &a));
    free(ptx), free(source), free(a.y), free(a.x);
    return hc_end();
}
