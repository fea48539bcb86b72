// SPDX-License-Identifier: MIT
/* Matrix product c = a b in CUDA: the life of device memory, step by step; then the same product
 * through every other kind of memory that CUDA has (kinds/), and with what PyCUDA adds (pycuda/).
 *
 * Run:        ./cook run 6          or one kind, any shape: ./cook run 6 --kind pinned -n 9x33x7
 * Shapes:     c: m x n, a: m x k, b: k x n floats, row by row; --size is MxKxN
 * Tolerance:  sums of k products, rounded once or twice a step, as a compiler uses FMA or not:
 *             product.c has the bound and its sources.
 */
#include "product.h"

//> reference
/* The reference: what the kernels must give, in plain C, summed in double and rounded once. */
static void matmul_naive(size_t begin, size_t end, void *context) {
    const Product *p = context;
    for (size_t row = begin; row < end; row++)
        for (size_t col = 0; col < p->n; col++) {
            double sum = 0;
            for (size_t l = 0; l < p->k; l++)
                sum += (double)p->a[row * p->k + l] * (double)p->b[l * p->n + col];
            p->want[row * p->n + col] = (float)sum;
        }
}
//< reference

static const char *kind = "all", *kernel_name = "tiled";
static bool leak;
static const HcOption options[] = {
    HC_CHOICE("kind", &kind, KINDS, "kind of memory to run with; plain device memory is pageable"),
    HC_CHOICE("kernel", &kernel_name, "naive|tiled", "without or with shared memory"),
    HC_FLAG("leak", &leak, "forget to release one of --kind arrays: see it reported"),
    HC_OPTIONS_END};
static const HcRecipe recipe = {
    .name = "06_cuda_memory_management",
    .summary = "a matrix product through every kind of memory",
    .apis = (const HcApi *const[]){&hc_cu_api, &hc_sim_api, &hc_host_api, NULL},
    .options = options,
    .size = {512, 256, 384},
    .rank = 3,
    .repeat = 5,
    .random = true};

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);

    /* 1. A device: a GPU if there is one, else the software device, or what --device says. */
    HcDevice chosen;
    CHECK_HC(hc_choose_device(&chosen));

    bool on_host = strcmp(chosen.api, "cpu") == 0;
    CHECK_HC(check_options(kind, leak, on_host));
    Product p = {.m = args.size[0], .k = args.size[1], .n = args.size[2], .leak = leak};

    CUcontext context;
    if (!on_host) {
        //> context
        /* 2. The device's primary context. Memory belongs to it, and ends with it at the latest. */
        CHECK_CU(cuInit(0));
        CHECK_CU(cuDeviceGet(&p.device, chosen.index));
        CHECK_CU(cuDevicePrimaryCtxRetain(&context, p.device));
        CHECK_CU(cuCtxSetCurrent(context));
        CHECK_CU(cuStreamCreate(&p.stream, CU_STREAM_DEFAULT));
        //< context
        CHECK_HC(check_room(&p, kind)); /* a sentence now is better than error 2 later */
    }

    hc_step("making the input and the reference"); /* shown if it takes long */
    /* 3. Input on the host, and the answer to compare with. */
    CHECK_HC(make_arrays(&p)); /* a, b, c and want, or a sentence if they are too large */
    hc_fill(HC_F32, p.a, p.m * p.k, args.seed, 0);
    hc_fill(HC_F32, p.b, p.k * p.n, args.seed, 1);
    hc_parallel_for(p.m, 0, matmul_naive, &p);
    p.tolerance = tolerance(&p);
    hc_step(NULL);
    hc_say("c = a b    %zu x %zu = %zu x %zu times %zu x %zu\n", p.m, p.n, p.m, p.k, p.k, p.n);
    if (on_host) { /* no device, no device memory */
        multiply_on_host(&p);
        hc_verify("c", hc_compare(HC_F32, p.c, p.want, p.m * p.n, p.tolerance));
        free_arrays(&p);
        return hc_end();
    }

    //> build
    /* 4. The kernel: from CUDA C to an image that the driver loads. */
    bool tiled = strcmp(kernel_name, "tiled") == 0;
    const char *file = tiled ? "matmul_tiled.cu" : "matmul_naive.cu";
    char *source, *image;
    CUmodule module;
    if (tiled) CHECK_HC(hc_load_kernel("matmul_tiled.cu", &source));
    else CHECK_HC(hc_load_kernel("matmul_naive.cu", &source));
    CHECK_HC(hc_cu_compile(source, file, "-lineinfo", p.device, &image));
    CHECK_HC(hc_cu_load(image, &module));
    CHECK_HC(hc_cu_kernel(module, image, tiled ? "matmul_tiled" : "matmul_naive", &p.kernel));
    //< build

    if (strcmp(kind, "all") == 0) {
        //> allocate
        /* 5. Memory on the device. Its addresses are numbers: the host must not follow them. */
        CUdeviceptr d_a, d_b, d_c;
        CHECK_CU(cuMemAlloc(&d_a, p.bytes_a));
        CHECK_CU(cuMemAlloc(&d_b, p.bytes_b));
        CHECK_CU(cuMemAlloc(&d_c, p.bytes_c));
        //< allocate
        //> upload
        /* 6. Upload: host to device. It returns when the host's array may be changed again. */
        CHECK_CU(cuMemcpyHtoD(d_a, p.a, p.bytes_a));
        CHECK_CU(cuMemcpyHtoD(d_b, p.b, p.bytes_b));
        //< upload
        /* 7. Launch: one thread for each element of c, in blocks of 16 x 16 (product.c). */
        launch(&p, dense(&p), d_c, d_a, d_b, NULL);
        //> download
        /* 8. Download: device to host. It waits for the kernel, which came before it. */
        CHECK_CU(cuMemcpyDtoH(p.c, d_c, p.bytes_c));
        //< download
        //> free
        /* 9. Give the memory back. The driver waits for whatever still uses it. */
        CHECK_CU(cuMemFree(d_c));
        CHECK_CU(cuMemFree(d_b));
        CHECK_CU(cuMemFree(d_a));
        //< free
        check(&p, "c", p.c);
    }
    /* 10. The answer first; then the other kinds of memory, each verified, too, and timed. */
    if (checked().wrong == 0) CHECK_HC(measure_kinds(&p, kind, args.repeat));
    if (checked().wrong == 0) hc_verify("c, by each kind of memory", checked());

    //> release
    /* 11. Release in reverse order; and has every allocation been given back? */
    CHECK_CU(cuModuleUnload(module));
    CHECK_CU(cuStreamDestroy(p.stream));
    CHECK_HC(leaks_check());
    CHECK_CU(cuDevicePrimaryCtxRelease(p.device));
    //< release
    free(image), free(source);
    free_arrays(&p);
    int code = hc_end();
    if (code == HC_OK && !args.json && !args.quiet) print_kinds(strcmp(chosen.api, "sim") == 0);
    return code;
}
