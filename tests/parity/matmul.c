// SPDX-License-Identifier: MIT
/* Do both matrix products give the same bits in CUDA C, OpenCL C and C? Contraction is switched off
 * in all three, so that each product and each sum is rounded once, and all add in the same order:
 * nothing is left to differ. Rows are padded, another number of elements in each matrix, and what
 * lies behind a row must not be touched.
 */
#include "hc_cl.h"
#include "hc_cu.h"

enum { TILE = 16 };
static const char *name = "matmul_naive", *only = "both";
static const HcOption options[] = {
    HC_CHOICE("kernel", &name, "matmul_naive|matmul_tiled", "which of the kernels"),
    HC_CHOICE("language", &only, "both|opencl|cuda", "compare with C"), HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "parity_matmul",
                                .summary = "matrix products in three languages, bit by bit",
                                .apis = (const HcApi *const[]){&hc_cl_api, &hc_sim_api, NULL},
                                .options = options,
                                .size = {33, 31, 17},
                                .rank = 3,
                                .random = true};

/* c has rows x ldc elements, of which n in each row are computed; the others keep what they are. */
typedef struct Problem {
    size_t m, k, n, ldc, lda, ldb, bytes_c, bytes_a, bytes_b;
    float *c, *a, *b, *want;
} Problem;

static void reference(const Problem *p) {
    for (size_t row = 0; row < p->m; row++)
        for (size_t col = 0; col < p->n; col++) {
            float sum = 0;
            for (size_t l = 0; l < p->k; l++)
                sum += p->a[row * p->lda + l] * p->b[l * p->ldb + col];
            p->want[row * p->ldc + col] = sum;
        }
}

/* The pragma that switches contraction off must come before everything else. */
static char *prepend(const char *text, char *source) {
    size_t length = strlen(text) + strlen(source) + 1;
    char *joined;
    CHECK_HC(hc_alloc(length, 1, &joined));
    snprintf(joined, length, "%s%s", text, source);
    free(source);
    return joined;
}

static void run_opencl(Problem *p) {
    HcDevice chosen;
    CHECK_HC(hc_select_device((const HcApi *const[]){&hc_cl_api, NULL}, "cpu", &chosen));
    cl_device_id device = chosen.handle;
    cl_context context;
    cl_command_queue queue;
    cl_program program;
    cl_kernel kernel;
    cl_mem d[3];
    char file[32], *source;
    snprintf(file, sizeof file, "%s.cl", name);
    CHECK_HC(hc_load_kernel(file, &source));
    source = prepend("#pragma OPENCL FP_CONTRACT OFF\n", source);
    CHECK_CL_OUT(context = clCreateContext(NULL, 1, &device, NULL, NULL, &err));
    CHECK_CL_OUT(queue = clCreateCommandQueue(context, device, 0, &err));
    CHECK_CL_OUT(program =
                     clCreateProgramWithSource(context, 1, (const char **)&source, NULL, &err));
    CHECK_HC(hc_cl_build(program, device, "", file, source));
    CHECK_HC(hc_cl_kernel(program, name, &kernel));
    float *host[3] = {p->c, p->a, p->b};
    size_t bytes[3] = {p->bytes_c, p->bytes_a, p->bytes_b};
    cl_ulong sizes[6] = {p->m, p->n, p->k, p->ldc, p->lda, p->ldb};
    for (cl_uint i = 0; i < 3; i++) {
        const cl_mem_flags flags = CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR;
        CHECK_CL_OUT(d[i] = clCreateBuffer(context, flags, bytes[i], host[i], &err));
        CHECK_CL(clSetKernelArg(kernel, i, sizeof d[i], &d[i]));
    }
    for (cl_uint i = 0; i < 6; i++)
        CHECK_CL(clSetKernelArg(kernel, 3 + i, sizeof sizes[i], &sizes[i]));
    const size_t group[2] = {TILE, TILE};
    size_t global[2] = {(p->n + TILE - 1) / TILE * TILE, (p->m + TILE - 1) / TILE * TILE};
    if (global[0] && global[1])
        CHECK_CL(clEnqueueNDRangeKernel(queue, kernel, 2, NULL, global, group, 0, NULL, NULL));
    CHECK_CL(clEnqueueReadBuffer(queue, d[0], CL_TRUE, 0, p->bytes_c, p->c, 0, NULL, NULL));
    for (int i = 0; i < 3; i++) CHECK_CL(clReleaseMemObject(d[i]));
    CHECK_CL(clReleaseKernel(kernel));
    CHECK_CL(clReleaseProgram(program));
    CHECK_CL(clReleaseCommandQueue(queue));
    CHECK_CL(clReleaseContext(context));
    free(source);
}

static void run_cuda(Problem *p) {
    HcDevice chosen;
    CHECK_HC(hc_select_device((const HcApi *const[]){&hc_sim_api, NULL}, "sim", &chosen));
    CUdevice device;
    CUcontext context;
    CUmodule module;
    CUfunction kernel;
    CUdeviceptr d_c, d_a, d_b;
    char file[32], *source, *image;
    snprintf(file, sizeof file, "%s.cu", name);
    CHECK_CU(cuDeviceGet(&device, chosen.index));
    CHECK_CU(cuDevicePrimaryCtxRetain(&context, device));
    CHECK_CU(cuCtxSetCurrent(context));
    CHECK_HC(hc_load_kernel(file, &source));
    CHECK_HC(hc_cu_compile(source, file, "--fmad=false", device, &image));
    CHECK_HC(hc_cu_load(image, &module));
    CHECK_HC(hc_cu_kernel(module, image, name, &kernel));
    CHECK_CU(cuMemAlloc(&d_c, p->bytes_c));
    CHECK_CU(cuMemAlloc(&d_a, p->bytes_a));
    CHECK_CU(cuMemAlloc(&d_b, p->bytes_b));
    CHECK_CU(cuMemcpyHtoD(d_c, p->c, p->bytes_c));
    CHECK_CU(cuMemcpyHtoD(d_a, p->a, p->bytes_a));
    CHECK_CU(cuMemcpyHtoD(d_b, p->b, p->bytes_b));
    void *parameters[] = {&d_c, &d_a, &d_b, &p->m, &p->n, &p->k, &p->ldc, &p->lda, &p->ldb};
    unsigned x = (unsigned)((p->n + TILE - 1) / TILE), y = (unsigned)((p->m + TILE - 1) / TILE);
    if (x && y) CHECK_CU(cuLaunchKernel(kernel, x, y, 1, TILE, TILE, 1, 0, NULL, parameters, NULL));
    CHECK_CU(cuMemcpyDtoH(p->c, d_c, p->bytes_c));
    CHECK_CU(cuMemFree(d_b));
    CHECK_CU(cuMemFree(d_a));
    CHECK_CU(cuMemFree(d_c));
    CHECK_CU(cuModuleUnload(module));
    CHECK_CU(cuDevicePrimaryCtxRelease(device));
    free(image), free(source);
}

/* Everything in c but what is computed is a mark that no product gives. */
static void wipe(float *c, const Problem *p) {
    for (size_t i = 0; i < p->bytes_c / sizeof(float); i++) c[i] = -1e30f;
}

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    Problem p = {.m = args.size[0], .k = args.size[1], .n = args.size[2]};
    p.ldc = p.n + 3, p.lda = p.k + 1,
    p.ldb = p.n + 2; /* rows are never empty, so neither is memory */
    size_t count_c = (p.m + 1) * p.ldc, count_a = (p.m + 1) * p.lda, count_b = (p.k + 1) * p.ldb;
    p.bytes_c = count_c * sizeof(float);
    p.bytes_a = count_a * sizeof(float);
    p.bytes_b = count_b * sizeof(float);
    CHECK_HC(hc_alloc(count_c, sizeof(float), &p.c));
    CHECK_HC(hc_alloc(count_c, sizeof(float), &p.want));
    CHECK_HC(hc_alloc(count_a, sizeof(float), &p.a));
    CHECK_HC(hc_alloc(count_b, sizeof(float), &p.b));
    hc_fill(HC_F32, p.a, count_a, args.seed, 0);
    hc_fill(HC_F32, p.b, count_b, args.seed, 1);
    wipe(p.want, &p);
    reference(&p);
    if (strcmp(only, "cuda") != 0) {
        wipe(p.c, &p);
        run_opencl(&p);
        hc_verify("OpenCL C", hc_compare(HC_F32, p.c, p.want, count_c, HC_EXACT));
    }
    if (strcmp(only, "opencl") != 0) {
        wipe(p.c, &p);
        run_cuda(&p);
        hc_verify("CUDA C", hc_compare(HC_F32, p.c, p.want, count_c, HC_EXACT));
    }
    free(p.b), free(p.a), free(p.want), free(p.c);
    return hc_end();
}
