// SPDX-License-Identifier: MIT
/* Do the kernels of chapter 10 give what plain C gives, as twins and in their tuned shapes? For
 * every shape of data, with index spaces that are larger and smaller than the data; what lies
 * behind the result must not be touched. --kernel map also answers how exact it is: over all
 * magnitudes of x, from denormal to infinite, and NaN.
 *
 * Tolerances: stencil none, since its sums and its one product by a power of two are rounded alike
 * everywhere. matmul: k products and sums, each rounded once, fused or not. reduction: ten times
 * what adding numbers of random sign errs by (recipes/10_evaluation/problems/reduction.c). map: the
 * functions' own errors, at most 4 ulp each by the OpenCL specification (7.4), 2 by CUDA's manual.
 * The others: a few roundings.
 */
#include <float.h>
#include <math.h>

#include "hc_cl.h"
#include "hc_cu.h"

enum { GUARD = 64, MOST_PARTIAL = 4096, STEPS = 3 };
static const char *name = "stencil", *language = "opencl", *width = "native";
static bool tuned, magnitudes;
static size_t items = 5;
static const HcOption options[] = {
    HC_CHOICE("kernel", &name, "reduction|map|stencil|matmul|multiply_add|removed_loop",
              "which of the kernels"),
    HC_CHOICE("language", &language, "opencl|cuda", "compare with C"),
    HC_FLAG("tuned", &tuned, "the tuned one"),
    HC_FLAG("magnitudes", &magnitudes, "map: x of all magnitudes, and what is no number"),
    HC_COUNT("items", &items, "work-items of kernels that take any number of them"),
    HC_CHOICE("width", &width, "native|4|8|16", "matmul: floats of a vector register"),
    HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "parity_tuned",
                                .summary = "kernels of chapter 10 against plain C",
                                .apis = (const HcApi *const[]){&hc_cl_api, &hc_sim_api, NULL},
                                .options = options,
                                .size = {33, 31, 17},
                                .rank = -1,
                                .random = true};

/* The arguments of a kernel: its result, what it reads, its sizes; and how it is launched. */
typedef struct Problem {
    size_t out_n, in_n[2], inputs, sizes, size[6];
    float *out, *in[2], *want;
    size_t global[2], local[2]; /* in work-items */
    HcTolerance tolerance;
} Problem;

static size_t round_up(size_t n, size_t to) { return (n + to - 1) / to * to; }

static bool is(const char *word) { return strcmp(name, word) == 0; }

static void plan(Problem *p, const size_t *n) {
    bool cuda = strcmp(language, "cuda") == 0;
    p->local[0] = p->local[1] = p->global[1] = 1;
    if (is("reduction") || is("map")) {
        bool strided = is("reduction") && !(tuned && !cuda);
        p->in_n[0] = p->size[0] = n[0];
        p->inputs = p->sizes = 1;
        p->out_n = is("map") ? n[0] : items;
        p->local[0] = tuned && !cuda ? 1 : 256;
        p->global[0] = strided || (tuned && !cuda) ? items * p->local[0] : round_up(n[0], 256);
        p->tolerance = (HcTolerance){.abs = 1e-6, .rel = 1e-6};
    } else if (is("multiply_add") || is("removed_loop")) {
        p->in_n[0] = p->out_n = p->size[0] = n[0];
        p->inputs = is("removed_loop") ? 2 : 1;
        p->in_n[1] = is("removed_loop") ? n[0] : 0;
        p->sizes = 2, p->size[1] = STEPS;
        p->local[0] = tuned ? 1 : 256;
        p->global[0] = tuned ? items : round_up(n[0], 256);
        p->tolerance = (HcTolerance){.abs = 1e-6, .rel = 1e-6};
    } else if (is("stencil")) {
        p->in_n[0] = p->out_n = n[0] * n[1];
        p->inputs = 1, p->sizes = 2, p->size[0] = n[0], p->size[1] = n[1];
        p->local[0] = tuned ? cuda ? 32 : 1 : 16;
        p->local[1] = tuned ? cuda ? 8 : 1 : 16;
        p->global[0] = tuned && !cuda ? items : round_up(n[1], p->local[0]);
        if (tuned && cuda) p->global[1] = (n[0] + 31) / 32 * 8;
        else if (!tuned) p->global[1] = round_up(n[0], 16);
    } else { /* c is m x n, a is m x k, b is k x n; padded, another number of elements each */
        size_t m = n[0], k = n[1], columns = n[2];
        const size_t sizes[6] = {m, columns, k, columns + 3, k + 1, columns + 2};
        memcpy(p->size, sizes, sizeof sizes);
        p->inputs = 2, p->sizes = 6;
        p->out_n = m * sizes[3], p->in_n[0] = m * sizes[4], p->in_n[1] = k * sizes[5];
        p->local[0] = cuda ? 256 : 1;
        p->global[0] = cuda ? (columns + 127) / 128 * 256 : (columns + 31) / 32;
        p->global[1] = cuda ? (m + 127) / 128 : items;
        p->tolerance.abs = (double)(k + 1) * FLT_EPSILON;
    }
}

static void reference(const Problem *p) {
    const float *x = p->in[0];
    if (is("map")) {
        for (size_t i = 0; i < p->out_n; i++)
            p->want[i] = (float)(sin((double)x[i]) + cos((double)x[i]) + exp(-(double)x[i]));
    } else if (is("multiply_add")) {
        for (size_t i = 0; i < p->out_n; i++) {
            double sum = 0;
            for (int c = 0; c < 8; c++) {
                double v = (double)x[i] + c;
                for (int k = 0; k < STEPS; k++) v = v * 0.5 + 1;
                sum += v;
            }
            p->want[i] = (float)sum;
        }
    } else if (is("removed_loop")) {
        for (size_t i = 0; i < p->out_n; i++) {
            double sum = (double)x[i] + p->in[1][i];
            p->want[i] = (float)(sum * sum * (x[i] / 2.0));
        }
    } else if (is("stencil")) {
        size_t m = p->size[0], n = p->size[1];
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < n; j++) {
                size_t at = i * n + j;
                if (i == 0 || j == 0 || i == m - 1 || j == n - 1) p->want[at] = x[at];
                else p->want[at] = 0.25f * ((x[at - n] + x[at + n]) + (x[at - 1] + x[at + 1]));
            }
    } else if (is("matmul")) {
        size_t m = p->size[0], n = p->size[1], k = p->size[2];
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < n; j++) {
                double sum = 0;
                for (size_t l = 0; l < k; l++)
                    sum += (double)x[i * p->size[4] + l] * p->in[1][l * p->size[5] + j];
                p->want[i * p->size[3] + j] = (float)sum;
            }
    }
}

/* x of every exponent and sign; then the places where a reduction of the argument is hard. The
 * tuned kernel does 1,024 elements in another way if one of them is large: one in four of those has
 * such.
 */
static void all_magnitudes(float *x, size_t n, uint64_t seed) {
    static const float hard[] = {0.0f,     -0.0f,     INFINITY, -INFINITY, NAN,       FLT_MAX,
                                 -FLT_MAX, FLT_MIN,   1e-45f,   88.72284f, -88.7228f, 103.9f,
                                 -104.5f,  103.2789f, 8192.0f,  8192.001f, -1e30f,    8191.999f};
    for (size_t i = 0; i < n; i++) {
        uint32_t bits = hc_random_u32(seed, 2, i);
        float whole = (float)(int)(hc_random_u32(seed, 3, i) % 10430) - 5215; /* quarter turns */
        if (i % 3 == 0) memcpy(&x[i], &bits, sizeof bits);
        else if (i % 3 == 1) x[i] = whole * 1.57079637f * (1 + x[i] * 1e-6f);
        else x[i] *= 100;
        if (i % 1031 < sizeof hard / sizeof *hard) x[i] = hard[i % 1031];
        if (i / 1024 % 4 && !(fabsf(x[i]) <= 8192)) x[i] = 8192 * hc_random_f32(seed, 4, i);
    }
}

static void run_opencl(Problem *p, const char *file) {
    HcDevice chosen;
    CHECK_HC(hc_choose_device(&chosen));
    cl_device_id device = chosen.handle;
    cl_context context;
    cl_command_queue queue;
    cl_program program;
    cl_kernel kernel;
    cl_mem d[3];
    char *source, flags[32] = "";
    CHECK_HC(hc_load_kernel(file, &source));
    if (strcmp(width, "native") != 0) snprintf(flags, sizeof flags, "-DWIDTH=%s", width);
    CHECK_CL_OUT(context = clCreateContext(NULL, 1, &device, NULL, NULL, &err));
    CHECK_CL_OUT(queue = clCreateCommandQueue(context, device, 0, &err));
    CHECK_CL_OUT(program =
                     clCreateProgramWithSource(context, 1, (const char **)&source, NULL, &err));
    CHECK_HC(hc_cl_build(program, device, flags, file, source));
    CHECK_HC(hc_cl_kernel(program, name, &kernel));
    cl_uint argument = 0;
    for (size_t i = 0; i <= p->inputs; i++) {
        size_t n = i == 0 ? p->out_n + GUARD : p->in_n[i - 1];
        CHECK_CL_OUT(d[i] = clCreateBuffer(context, CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR,
                                           (n ? n : 1) * sizeof(float),
                                           i == 0 ? p->out : p->in[i - 1], &err));
        CHECK_CL(clSetKernelArg(kernel, argument++, sizeof d[i], &d[i]));
    }
    for (size_t i = 0; i < p->sizes; i++) {
        cl_ulong size = p->size[i];
        CHECK_CL(clSetKernelArg(kernel, argument++, sizeof size, &size));
    }
    if (p->global[0] && p->global[1])
        CHECK_CL(
            clEnqueueNDRangeKernel(queue, kernel, 2, NULL, p->global, p->local, 0, NULL, NULL));
    CHECK_CL(clEnqueueReadBuffer(queue, d[0], CL_TRUE, 0, (p->out_n + GUARD) * sizeof(float),
                                 p->out, 0, NULL, NULL));
    for (size_t i = 0; i <= p->inputs; i++) CHECK_CL(clReleaseMemObject(d[i]));
    CHECK_CL(clReleaseKernel(kernel));
    CHECK_CL(clReleaseProgram(program));
    CHECK_CL(clReleaseCommandQueue(queue));
    CHECK_CL(clReleaseContext(context));
    free(source);
}

static void run_cuda(Problem *p, const char *file) {
    HcDevice chosen;
    CHECK_HC(hc_select_device((const HcApi *const[]){&hc_sim_api, NULL}, "sim", &chosen));
    CUdevice device;
    CUcontext context;
    CUmodule module;
    CUfunction kernel;
    CUdeviceptr d[3];
    char *source, *image;
    void *arguments[9];
    size_t count = 0;
    CHECK_HC(hc_load_kernel(file, &source));
    CHECK_CU(cuInit(0));
    CHECK_CU(cuDeviceGet(&device, chosen.index));
    CHECK_CU(cuDevicePrimaryCtxRetain(&context, device));
    CHECK_CU(cuCtxSetCurrent(context));
    CHECK_HC(hc_cu_compile(source, file, NULL, device, &image));
    CHECK_HC(hc_cu_load(image, &module));
    CHECK_HC(hc_cu_kernel(module, image, name, &kernel));
    for (size_t i = 0; i <= p->inputs; i++) {
        size_t bytes = (i == 0 ? p->out_n + GUARD : p->in_n[i - 1]) * sizeof(float);
        CHECK_CU(cuMemAlloc(&d[i], bytes ? bytes : 1));
        if (bytes) CHECK_CU(cuMemcpyHtoD(d[i], i == 0 ? p->out : p->in[i - 1], bytes));
        arguments[count++] = &d[i];
    }
    for (size_t i = 0; i < p->sizes; i++) arguments[count++] = &p->size[i];
    unsigned x = (unsigned)(p->global[0] / p->local[0]), y = (unsigned)(p->global[1] / p->local[1]);
    if (x && y)
        CHECK_CU(cuLaunchKernel(kernel, x, y, 1, (unsigned)p->local[0], (unsigned)p->local[1], 1, 0,
                                NULL, arguments, NULL));
    CHECK_CU(cuMemcpyDtoH(p->out, d[0], (p->out_n + GUARD) * sizeof(float)));
    for (size_t i = 0; i <= p->inputs; i++) CHECK_CU(cuMemFree(d[i]));
    CHECK_CU(cuModuleUnload(module));
    CHECK_CU(cuDevicePrimaryCtxRelease(device));
    free(image), free(source);
}

/* Partial sums have no order of their own: their sum is compared. */
static HcVerdict compare_sums(const Problem *p) {
    double got = 0, want = 0;
    for (size_t i = 0; i < p->out_n; i++) got += p->out[i];
    for (size_t i = 0; i < p->in_n[0]; i++) want += p->in[0][i];
    double lanes = (double)items * (tuned ? 64 : 256), in_a_row = (double)p->in_n[0] / lanes + 64;
    return hc_compare(HC_F64, &got, &want, 1,
                      (HcTolerance){.abs = 2 * FLT_EPSILON * in_a_row * sqrt(lanes)});
}

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    bool cuda = strcmp(language, "cuda") == 0;
    Problem p = {0};
    if (items == 0 || items > MOST_PARTIAL) items = 1;
    plan(&p, args.size);
    for (size_t i = 0; i < p.inputs; i++) {
        CHECK_HC(hc_alloc(p.in_n[i] + 1, sizeof(float), &p.in[i]));
        hc_fill(HC_F32, p.in[i], p.in_n[i], args.seed, (uint32_t)i);
    }
    if (magnitudes) all_magnitudes(p.in[0], p.in_n[0], args.seed);
    CHECK_HC(hc_alloc(p.out_n + GUARD, sizeof(float), &p.out));
    CHECK_HC(hc_alloc(p.out_n + GUARD, sizeof(float), &p.want));
    for (size_t i = 0; i < p.out_n + GUARD; i++) p.out[i] = p.want[i] = 12345;
    reference(&p);

    char file[64];
    snprintf(file, sizeof file, "%s%s.%s", tuned ? "tuned/" : "", name,
             tuned  ? cuda ? "gpu.cu" : "cpu.cl"
             : cuda ? "cu"
                    : "cl");
    if (cuda) run_cuda(&p, file);
    else run_opencl(&p, file);

    hc_verify("guard", hc_compare(HC_F32, p.out + p.out_n, p.want + p.out_n, GUARD, HC_EXACT));
    if (is("reduction")) {
        hc_verify(file, compare_sums(&p));
    } else {
        for (size_t i = 0; magnitudes && i < p.out_n; i++) /* what hc_compare takes for wrong */
            if ((isnan(p.want[i]) && isnan(p.out[i])) ||
                (isinf(p.want[i]) && p.want[i] == p.out[i]))
                p.want[i] = p.out[i] = 0;
        hc_verify(file, hc_compare(HC_F32, p.out, p.want, p.out_n, p.tolerance));
    }
    free(p.want), free(p.out);
    for (size_t i = 0; i < p.inputs; i++) free(p.in[i]);
    return hc_end();
}
