// SPDX-License-Identifier: MIT
/* The same question as random_cl.c, for CUDA C: a kernel writes numbers of several streams and
 * seeds, from the beginning, across the 32-bit border of the counter, and near its end; the host's
 * Random123 must give the same 32 bits, and the same floats.
 */
#include "hc_cu.h"

enum { N = 1009, BLOCK = 64 }; /* a prime: the last block is not full */

static const HcRecipe recipe = {.name = "96_parity_random_cuda",
                                .summary = "random numbers of kernels against the host's",
                                .apis = (const HcApi *const[]){&hc_cu_api, &hc_sim_api, NULL}};

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    HcDevice chosen;
    CHECK_HC(hc_choose_device(&chosen));
    CUdevice device;
    CUcontext context;
    CUmodule module;
    CUfunction kernel;
    CUdeviceptr d_u, d_f;
    char *source, *image;
    CHECK_CU(cuInit(0));
    CHECK_CU(cuDeviceGet(&device, chosen.index));
    CHECK_CU(cuDevicePrimaryCtxRetain(&context, device));
    CHECK_CU(cuCtxSetCurrent(context));
    CHECK_HC(hc_load_kernel("random.cu", &source));
    CHECK_HC(hc_cu_compile(source, "random.cu", NULL, device, &image));
    CHECK_HC(hc_cu_load(image, &module));
    CHECK_HC(hc_cu_kernel(module, image, "random_numbers", &kernel));
    CHECK_CU(cuMemAlloc(&d_u, N * sizeof(uint32_t)));
    CHECK_CU(cuMemAlloc(&d_f, N * sizeof(float)));

    static const uint64_t seeds[] = {0, 1, 0x123456789abcdef0u, UINT64_MAX};
    static const uint32_t streams[] = {0, 1, UINT32_MAX};
    static const uint64_t firsts[] = {0, 0xffffff00u, 0x3ffffff00u, UINT64_MAX - N + 1};
    static uint32_t u[N], want_u[N];
    static float f[N], want_f[N];
    for (size_t a = 0; a < 4; a++)
        for (size_t b = 0; b < 3; b++)
            for (size_t c = 0; c < 4; c++) {
                uint64_t seed = seeds[a], first = firsts[c], n = N;
                uint32_t stream = streams[b];
                void *arguments[] = {&d_u, &d_f, &seed, &stream, &first, &n};
                CHECK_CU(cuLaunchKernel(kernel, (N + BLOCK - 1) / BLOCK, 1, 1, BLOCK, 1, 1, 0, NULL,
                                        arguments, NULL));
                CHECK_CU(cuMemcpyDtoH(u, d_u, sizeof u));
                CHECK_CU(cuMemcpyDtoH(f, d_f, sizeof f));
                for (size_t i = 0; i < N; i++) {
                    want_u[i] = hc_random_u32(seed, stream, first + i);
                    want_f[i] = hc_random_f32(seed, stream, first + i);
                }
                hc_verify("bits", hc_compare(HC_U32, u, want_u, N, HC_EXACT));
                hc_verify("floats", hc_compare(HC_F32, f, want_f, N, HC_EXACT));
            }
    CHECK_CU(cuMemFree(d_f));
    CHECK_CU(cuMemFree(d_u));
    CHECK_CU(cuModuleUnload(module));
    CHECK_CU(cuDevicePrimaryCtxRelease(device));
    free(image);
    free(source);
    return hc_end();
}
