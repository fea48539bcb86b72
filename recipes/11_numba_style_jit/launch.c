// SPDX-License-Identifier: MIT
/* Where a function runs, for the command line: --target, --grid and --block; the device, and a
 * kernel's blocks and threads where nothing is said. */
#include "program.h"
#ifndef HC_NO_CUDA
#include "hc_cu.h"
#define CUDA_APIS &hc_cu_api, &hc_sim_api
#else
#define CUDA_APIS &hc_host_api
#endif

const HcApi *const program_apis[] = {&hc_host_api, CUDA_APIS, NULL};
static const HcApi *const on_host[] = {&hc_host_api, NULL}, *const on_cuda[] = {CUDA_APIS, NULL};

/* "16x16": up to three numbers, those left out are 1. */
static void read_shape(const char *name, const char *text, unsigned shape[3]) {
    int used = 0, count = sscanf(text, "%ux%ux%u%n", &shape[0], &shape[1], &shape[2], &used);
    if (count < 3) used = (int)strspn(text, "0123456789x");
    bool good = count > 0 && text[used] == '\0' && text[used - 1] != 'x';
    for (const char *p = text; *p; p++) /* no number of ten digits, which might not fit */
        good &= strspn(p, "0123456789") < 9;
    for (int k = 0; k < 3; k++) {
        if (k >= count) shape[k] = 1;
        good &= shape[k] > 0;
    }
    if (!good)
        exit(hc_fail(hc_set_error(HC_USAGE, 0, NULL, "write 4, 4x4 or 4x4x4", "--%s %s: no shape",
                                  name, text),
                     program_recipe.name, 0, name));
}

/* Kernels: so many threads that each element of the largest array has one. x is the first axis, as
 * in cuda.grid(2). */
void choose_threads(JitLaunch *launch, const JitValue *values, size_t n) {
    static const unsigned usual[4][3] = {{1, 1, 1}, {128, 1, 1}, {16, 16, 1}, {8, 8, 8}};
    int64_t shape[3] = {1, 1, 1};
    int axes = 0;
    for (size_t i = 0; i < n; i++) {
        if (values[i].ndim > axes) axes = values[i].ndim;
        for (int k = 0; k < 3 && k < values[i].ndim; k++)
            if (values[i].as.array.shape[k] > shape[k]) shape[k] = values[i].as.array.shape[k];
    }
    memcpy(launch->block, usual[axes], sizeof launch->block);
    if (*program_block) read_shape("block", program_block, launch->block);
    for (int k = 0; k < 3; k++) {
        int64_t blocks = (shape[k] + launch->block[k] - 1) / launch->block[k];
        launch->grid[k] = blocks > 0x7fffffff ? 0x7fffffff : (unsigned)blocks;
    }
    if (*program_grid) read_shape("grid", program_grid, launch->grid);
}

/* The device that the target needs; CUDA's context is made here, and the compiler finds it. */
JitLaunch choose_place(JitModule *module, const char *function, const char *device_wish) {
    JitLaunch launch = {.target = JIT_DECLARED};
    if (strcmp(program_target, "cpu") == 0) launch.target = JIT_CPU;
    else if (strcmp(program_target, "parallel") == 0) launch.target = JIT_PARALLEL;
    else if (strcmp(program_target, "cuda") == 0) launch.target = JIT_CUDA;
    if (launch.target == JIT_DECLARED && device_wish &&
        (strncmp(device_wish, "sim", 3) == 0 || strncmp(device_wish, "cuda", 4) == 0))
        launch.target = JIT_CUDA; /* --device sim says it as well */
    bool cuda = launch.target == JIT_CUDA || strcmp(program_inspect, "ptx") == 0 ||
                (launch.target == JIT_DECLARED && jit_api.target(module, function) == JIT_CUDA);
    HcDevice device;
    program_recipe.apis = cuda ? on_cuda : on_host;
    CHECK_HC(hc_choose_device(&device));
#ifndef HC_NO_CUDA
    CUcontext context;
    CUdevice number;
    if (!cuda) return launch;
    CHECK_CU(cuInit(0));
    CHECK_CU(cuDeviceGet(&number, device.index));
    CHECK_CU(cuDevicePrimaryCtxRetain(&context, number));
    CHECK_CU(cuCtxSetCurrent(context));
#endif
    return launch;
}
