// SPDX-License-Identifier: MIT
/* The sum of each row of a matrix, on a CUDA device, with rows padded by cuMemAllocPitch.
 *
 * Without --in it sums up the rows of a small matrix and prints the sums. From one row to the next
 * the kernel must go by the pitch, which the driver says in bytes, and not by the width.
 */
#include "matrix.h"

static const char *in, *out;
static const HcOption options[] = {HC_TEXT("in", &in, "FILE", "the matrix"),
                                   HC_TEXT("out", &out, "FILE", "where the sums go"),
                                   HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "06_pitch_is_not_width",
                                .summary = "the sum of each row of a matrix",
                                .apis = (const HcApi *const[]){&hc_cu_api, &hc_sim_api, NULL},
                                .options = options};

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    Matrix m;
    CHECK_HC(matrix_read(in, &m));
    if (m.rows > 0) { /* no driver gives 0 bytes, and there is nothing to sum up */
        HcDevice chosen;
        CUdevice device;
        CUcontext context;
        CHECK_HC(hc_choose_device(&chosen));
        CHECK_CU(cuInit(0));
        CHECK_CU(cuDeviceGet(&device, chosen.index));
        CHECK_CU(cuDevicePrimaryCtxRetain(&context, device));
        CHECK_CU(cuCtxSetCurrent(context));

        char *source, *image;
        CUmodule module;
        CUfunction kernel;
        CHECK_HC(hc_load_kernel("row_sums.cu", &source));
        CHECK_HC(hc_cu_compile(source, "row_sums.cu", "-lineinfo", device, &image));
        CHECK_HC(hc_cu_load(image, &module));
        CHECK_HC(hc_cu_kernel(module, image, "row_sums", &kernel));

        CUdeviceptr d_x, d_sums;
        size_t width = m.cols * sizeof(int32_t), pitch;
        CHECK_CU(cuMemAllocPitch(&d_x, &pitch, width, m.rows, sizeof(int32_t)));
        CHECK_CU(cuMemAlloc(&d_sums, m.rows * sizeof(int32_t)));
        CUDA_MEMCPY2D copy = {.srcMemoryType = CU_MEMORYTYPE_HOST,
                              .srcHost = m.x,
                              .srcPitch = width,
                              .dstMemoryType = CU_MEMORYTYPE_DEVICE,
                              .dstDevice = d_x,
                              .dstPitch = width,
                              .WidthInBytes = width,
                              .Height = m.rows};
        CHECK_CU(cuMemcpy2D(&copy));

        size_t stride = pitch / sizeof(int32_t); /* elements from one row to the next */
        void *parameters[] = {&d_sums, &d_x, &m.rows, &m.cols, &stride};
        unsigned blocks = (unsigned)((m.rows + 63) / 64);
        CHECK_CU(cuLaunchKernel(kernel, blocks, 1, 1, 64, 1, 1, 0, NULL, parameters, NULL));
        CHECK_CU(cuMemcpyDtoH(m.sums, d_sums, m.rows * sizeof(int32_t)));

        CHECK_CU(cuMemFree(d_sums));
        CHECK_CU(cuMemFree(d_x));
        CHECK_CU(cuModuleUnload(module));
        CHECK_CU(cuDevicePrimaryCtxRelease(device));
        free(image), free(source);
    }
    CHECK_HC(matrix_write(out, &m));
    free(m.sums), free(m.x);
    return hc_end();
}
