// SPDX-License-Identifier: MIT
/* The smallest CUDA recipe, for tests of the helper library: y = 3 x + 1 by a kernel in PTX, so
 * that no compiler is needed, and by the host under --device cpu.
 */
#include <math.h>

#include "hc_cu.h"

static const char image[] = ".version 6.0\n"
                            ".target sm_60\n"
                            ".address_size 64\n"
                            ".visible .entry probe(.param .u64 y, .param .u64 x, .param .u32 n)\n"
                            "{\n"
                            "  .reg .pred %p;\n"
                            "  .reg .u32 %i, %b, %d, %n, %v;\n"
                            "  .reg .u64 %o, %x, %y;\n"
                            "  mov.u32 %i, %tid.x;\n"
                            "  mov.u32 %b, %ctaid.x;\n"
                            "  mov.u32 %d, %ntid.x;\n"
                            "  mad.lo.u32 %i, %b, %d, %i;\n"
                            "  ld.param.u32 %n, [n];\n"
                            "  setp.ge.u32 %p, %i, %n;\n"
                            "  @%p ret;\n"
                            "  ld.param.u64 %x, [x];\n"
                            "  ld.param.u64 %y, [y];\n"
                            "  mul.wide.u32 %o, %i, 4;\n"
                            "  add.u64 %x, %x, %o;\n"
                            "  add.u64 %y, %y, %o;\n"
                            "  ld.global.u32 %v, [%x];\n"
                            "  mad.lo.u32 %v, %v, 3, 1;\n"
                            "  st.global.u32 [%y], %v;\n"
                            "  ret;\n"
                            "}\n";

static const char *fault = "none";
static const HcOption options[] = {
    HC_CHOICE("fault", &fault, "none|name|ptx|version|bounds|wrong|early", "what goes wrong"),
    HC_OPTIONS_END};
static const HcRecipe recipe = {
    .name = "98_cuda_probe",
    .summary = "a kernel's y = 3 x + 1",
    .apis = (const HcApi *const[]){&hc_cu_api, &hc_sim_api, &hc_host_api, NULL},
    .options = options,
    .size = {1000},
    .rank = 1,
    .random = true};

static bool has(const char *what) { return strcmp(fault, what) == 0; }

/* The image as the fault wants it, to be freed. */
static char *make_image(void) {
    char *text;
    CHECK_HC(hc_alloc(sizeof image, 1, &text));
    memcpy(text, image, sizeof image);
    char *version = strstr(text, "6.0"), *mad = strstr(text, "mad.lo.u32 %v");
    if (has("version") && version) version[0] = version[2] = '9';
    if (has("ptx") && mad) *mad = 'n';
    return text;
}

static void on_device(int number, uint32_t *y, const uint32_t *x, uint32_t n) {
    CUdevice device;
    CUcontext context;
    CUmodule module;
    CUfunction kernel;
    CUdeviceptr d_x, d_y;
    CUevent start, end;
    if (has("early")) CHECK_CU(cuCtxSynchronize());
    CHECK_CU(cuInit(0));
    CHECK_CU(cuDeviceGet(&device, number));
    CHECK_CU(cuDevicePrimaryCtxRetain(&context, device));
    CHECK_CU(cuCtxSetCurrent(context));
    CHECK_HC(hc_cu_check_alloc(n, sizeof *x, 2));
    char *text = make_image();
    CHECK_HC(hc_cu_load(text, &module));
    CHECK_HC(hc_cu_kernel(module, text, has("name") ? "prob" : "probe", &kernel));
    CHECK_CU(cuMemAlloc(&d_x, n * sizeof *x));
    CHECK_CU(cuMemAlloc(&d_y, n * sizeof *y));
    CHECK_CU(cuEventCreate(&start, CU_EVENT_DEFAULT));
    CHECK_CU(cuEventCreate(&end, CU_EVENT_DEFAULT));
    CHECK_CU(cuMemcpyHtoD(d_x, x, n * sizeof *x));
    uint32_t count = has("bounds") ? n + 4096 : n;
    void *arguments[] = {&d_y, &d_x, &count};
    CHECK_CU(cuEventRecord(start, NULL));
    CHECK_CU(
        cuLaunchKernel(kernel, (count + 127) / 128, 1, 1, 128, 1, 1, 0, NULL, arguments, NULL));
    CHECK_CU(cuEventRecord(end, NULL));
    CHECK_CU(cuCtxSynchronize());
    hc_note_time(HC_TIME_KERNEL, hc_cu_event_ms(start, end));
    CHECK_CU(cuMemcpyDtoH(y, d_y, n * sizeof *y));
    CHECK_CU(cuEventDestroy(end));
    CHECK_CU(cuEventDestroy(start));
    CHECK_CU(cuMemFree(d_y));
    CHECK_CU(cuMemFree(d_x));
    CHECK_CU(cuModuleUnload(module));
    CHECK_CU(cuDevicePrimaryCtxRelease(device));
    free(text);
}

int main(int argc, char **argv) {
    HcArgs args;
    HcDevice chosen;
    HC_START(&args, &recipe, argc, argv);
    CHECK_HC(hc_choose_device(&chosen));
    size_t n = args.size[0];
    uint32_t *x, *y, *want;
    CHECK_HC(hc_alloc(n, sizeof *x, &x));
    CHECK_HC(hc_alloc(n, sizeof *y, &y));
    CHECK_HC(hc_alloc(n, sizeof *want, &want));
    hc_fill(HC_U32, x, n, args.seed, 0);
    for (size_t i = 0; i < n; i++) want[i] = 3 * x[i] + 1;
    if (strcmp(chosen.api, "cpu") == 0)
        for (size_t i = 0; i < n; i++) y[i] = 3 * x[i] + 1;
    else on_device(chosen.index, y, x, (uint32_t)n);
    if (has("wrong") && n) y[n - 1]++;
    hc_verify("y", hc_compare(HC_U32, y, want, n, HC_EXACT));
    free(want), free(y), free(x);
    return hc_end();
}
