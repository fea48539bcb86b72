// SPDX-License-Identifier: MIT
/* Compiles one kernel file by hc_cu_compile and loads it, as a recipe would; compile.sh asks what
 * came of it.
 *   test_compile --file vector_sum.cu [--front TEXT] [--compile OPTIONS] [--show]
 *   test_compile --as-gpu DRIVER    what NVRTC is asked for, for a GPU of sm_86 with a driver of
 *                                   CUDA DRIVER (12020); there need be none
 */
#include "compile/compile.h"

static const char *file = "vector_sum.cu", *front = "", *words = "";
static bool show;
static size_t as_gpu;
static const HcOption options[] = {
    HC_TEXT("file", &file, "FILE", "the kernel"),
    HC_TEXT("front", &front, "TEXT", "text in front of it"),
    HC_TEXT("compile", &words, "OPTIONS", "options for the compiler"),
    HC_COUNT("as-gpu", &as_gpu, "for a GPU with such a driver"),
    HC_FLAG("show", &show, "print the PTX"),
    HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "97_cuda_compile",
                                .summary = "a kernel compiled and loaded",
                                .apis = (const HcApi *const[]){&hc_cu_api, &hc_sim_api, NULL},
                                .options = options};

static int for_a_gpu(void) {
    static HcJob job = {.source = "extern \"C\" __global__ void k(int *x) { *x = 1; }\n",
                        .file = "k.cu",
                        .arch = 86};
    job.driver = (int)as_gpu;
    CHECK_HC(hc_find_nvrtc(&job));
    CHECK_HC(hc_make_nvrtc(&job));
    hc_say("%s for %s: %s\n", job.compiler, job.target,
           job.image && memcmp(job.image, "\177ELF", 4) == 0 ? "a cubin" : "PTX");
    free(job.image);
    return hc_end();
}

int main(int argc, char **argv) {
    HcArgs args;
    HcDevice chosen;
    CUdevice device;
    CUcontext context;
    CUmodule module;
    char *kernel, *source, *image;
    HC_START(&args, &recipe, argc, argv);
    if (as_gpu) return for_a_gpu();
    CHECK_HC(hc_choose_device(&chosen));
    CHECK_CU(cuInit(0));
    CHECK_CU(cuDeviceGet(&device, chosen.index));
    CHECK_CU(cuDevicePrimaryCtxRetain(&context, device));
    CHECK_CU(cuCtxSetCurrent(context));
    CHECK_HC(hc_load_kernel(file, &kernel));
    size_t room = strlen(front) + strlen(kernel) + 16;
    CHECK_HC(hc_alloc(room, 1, &source));
    snprintf(source, room, "%s\n#line 1\n%s", front, kernel);
    CHECK_HC(hc_cu_compile(*front ? source : kernel, file, words, device, &image));
    if (show) hc_say("%s\n", image);
    CHECK_HC(hc_cu_load(image, &module));
    CHECK_CU(cuModuleUnload(module));
    CHECK_CU(cuDevicePrimaryCtxRelease(device));
    free(image), free(source), free(kernel);
    return hc_end();
}
