// SPDX-License-Identifier: MIT
/* Double a matrix: a complete CUDA program by the driver API, step by step.
 *
 * Run:        ./cook run 5          or another size, or the host's threads:
 *             ./cook run 5 -n 1000x777            ./cook run 5 --device cpu
 * Shapes:     a, b, want: m x n floats, row after row; one thread per element
 * Tolerance:  none. Doubling a float adds 1 to its exponent and rounds nothing.
 */
#include "program.h"

//> reference
/* The reference: what the kernel must give, in plain C. */
void double_matrix(float *a, size_t m, size_t n) {
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) a[i * n + j] *= 2;
}
//< reference

//> launch
/* 7. Launch: one thread per element, in blocks of 32 x 8; x runs along a row, and the last blocks
 * may be partly idle. A grid has at most 65535 blocks in y: a taller matrix takes more launches. */
void launch(CUfunction kernel, CUdeviceptr d_a, size_t m, size_t n) {
    enum { WIDTH = 32, HEIGHT = 8, TALLEST = 65535 * HEIGHT };
    for (size_t row = 0; row < m; row += TALLEST) {
        unsigned long long rows = m - row < TALLEST ? m - row : TALLEST, columns = n;
        unsigned grid_x = (unsigned)((columns + WIDTH - 1) / WIDTH);
        unsigned grid_y = (unsigned)((rows + HEIGHT - 1) / HEIGHT);
        CUdeviceptr d_rows = d_a + row * n * sizeof(float);
        void *arguments[] = {&d_rows, &rows, &columns}; /* addresses, in the kernel's order */
        CHECK_CU(
            cuLaunchKernel(kernel, grid_x, grid_y, 1, WIDTH, HEIGHT, 1, 0, NULL, arguments, NULL));
    }
}
//< launch

static bool by_nvrtc;
static const HcOption options[] = {
    HC_FLAG("nvrtc", &by_nvrtc, "compile the kernel by NVRTC's own calls (nvrtc.c)"),
    HC_OPTIONS_END};
static const HcRecipe recipe = {
    .name = "05_cuda_program",
    .summary = "a matrix doubled, as a complete CUDA program",
    .apis = (const HcApi *const[]){&hc_cu_api, &hc_sim_api, &hc_host_api, NULL},
    .options = options,
    .size = {5, 5},
    .rank = 2,
    .repeat = 10,
    .random = true};

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    size_t m = args.size[0], n = args.size[1];

    //> device
    /* 1. A device: a GPU if there is one, else the software device, or what --device says. */
    HcDevice chosen;
    CHECK_HC(hc_choose_device(&chosen));
    //< device

    if (strcmp(chosen.api, "cpu") == 0) return double_on_host(&args);

    //> context
    /* 2. A context holds what belongs to this program on the device, and this thread works in it.
     * The primary context is the one that the runtime API and libraries use, too. */
    CUdevice device;
    CUcontext context;
    CHECK_CU(cuInit(0));
    CHECK_CU(cuDeviceGet(&device, chosen.index));
    CHECK_CU(cuDevicePrimaryCtxRetain(&context, device));
    CHECK_CU(cuCtxSetCurrent(context));
    //< context

    hc_step("making the input and the reference"); /* shown if it takes long */
    //> input
    /* 3. Input on the host, and the answer to compare with; but is there room for all of it? */
    size_t count =
        n && m > SIZE_MAX / n ? SIZE_MAX : m * n; /* too many, if the product overflows */
    float *a, *b, *want;
    CHECK_HC(hc_cu_check_alloc(count, sizeof *a, 1));
    CHECK_HC(hc_alloc(count, sizeof *a, &a));
    CHECK_HC(hc_alloc(count, sizeof *b, &b));
    CHECK_HC(hc_alloc(count, sizeof *want, &want));
    hc_fill(HC_F32, a, count, args.seed, 0);
    memcpy(want, a, count * sizeof *want);
    double_matrix(want, m, n);
    //< input
    hc_step(NULL);
    show_matrix("a", a, m, n);

    //> build
    /* 4. The kernel: CUDA C is compiled now, to PTX, and the driver makes a module of it. With
     * -lineinfo tools can tell which line of the kernel they speak of. */
    char *source, *ptx;
    CUmodule module;
    CUfunction kernel;
    CHECK_HC(hc_load_kernel("double_matrix.cu", &source));
    if (by_nvrtc) CHECK_HC(compile_by_nvrtc(source, "double_matrix.cu", device, &ptx));
    else CHECK_HC(hc_cu_compile(source, "double_matrix.cu", "-lineinfo", device, &ptx));
    CHECK_CU(cuModuleLoadData(&module, ptx));
    CHECK_CU(cuModuleGetFunction(&kernel, module, "double_matrix"));
    //< build

    if (count == 0) {
        hc_say("           nothing to launch: there is no element to double\n");
        hc_verify("b", hc_compare(HC_F32, b, want, 0, HC_EXACT));
    } else {
        hc_step("running on the device");
        //> allocate
        /* 5. Memory on the device. d_a is an address there: the host must not look behind it. */
        size_t bytes = count * sizeof *a;
        CUdeviceptr d_a;
        CHECK_CU(cuMemAlloc(&d_a, bytes));
        //< allocate

        //> upload
        /* 6. Upload: host to device. When the call returns, a may be used again. */
        CHECK_CU(cuMemcpyHtoD(d_a, a, bytes));
        //< upload
        launch(kernel, d_a, m, n);

        //> download
        /* 8. Download: device to host. This waits for the kernel, and tells if it failed. */
        CHECK_CU(cuMemcpyDtoH(b, d_a, bytes));
        //< download

        //> verify
        /* 9. The answer first; then speed (measure.c), if the answer is right. */
        show_matrix("b", b, m, n);
        bool right = hc_verify("b", hc_compare(HC_F32, b, want, count, HC_EXACT));
        if (!right) show_factors(b, a, m, n);
        else if (args.json || !args.quiet) measure(kernel, d_a, a, b, m, n, args.repeat);
        //< verify
        CHECK_CU(cuMemFree(d_a));
    }

    //> release
    /* 10. Release in reverse order. */
    CHECK_CU(cuModuleUnload(module));
    CHECK_CU(cuDevicePrimaryCtxRelease(device));
    //< release
    free(ptx), free(source), free(want), free(b), free(a);
    return hc_end();
}
