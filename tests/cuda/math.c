// SPDX-License-Identifier: MIT
/* How exact are the functions of hc_cuda_math.h? Each runs on the device, over all kinds of
 * numbers: random bits, the interval where it is most at home, neighbours of awkward points, and
 * values that C11 has rules for. The results are compared with those of libquadmath, which comes
 * with gcc and has 113 bits. Prints the largest error of each function in ulp, and fails where one
 * is beyond the bound in math.def.
 *   test_math [--device SPEC] [-n SAMPLES] [--only NAME] [--break]
 * --break spoils the last bit but one of each result, to see that it is noticed.
 */
#include <math.h>
#include <quadmath.h>

#include "hc_cu.h"

typedef struct Function {
    const char *name;
    int arguments;
    double bound, float_bound, low, high;
    __float128 (*reference)(__float128 x, __float128 y);
} Function;

static __float128 sinpi_q(__float128 x) {
    x = fmodq(x, 2);
    __float128 k = rintq(2 * x), r = (x - k / 2) * M_PIq;
    if (r == 0 && ((int)k & 1) == 0) return 0; /* its sign follows x, and is set below */
    int quadrant = (int)k & 3;
    __float128 y = quadrant & 1 ? cosq(r) : sinq(r);
    return quadrant & 2 ? -y : y;
}
static __float128 erfcx_q(__float128 x) {
    if (x < 100) return expq(x * x) * erfcq(x);
    __float128 u = 1 / (2 * x * x); /* the asymptotic series; its terms fall by u each */
    return M_2_SQRTPIq / 2 / x *
           (1 - u * (1 - 3 * u * (1 - 5 * u * (1 - 7 * u * (1 - 9 * u * (1 - 11 * u))))));
}
static __float128 logb_q(__float128 x) {
    if (x == 0) return -(__float128)INFINITY;
    return finiteq(x) ? (__float128)ilogbq(x) : x * x;
}

#define ONE(name, ulp, float_ulp, low, high, ...)                                                  \
    static __float128 name##_reference(__float128 x, __float128 y) {                               \
        (void)y;                                                                                   \
        return __VA_ARGS__;                                                                        \
    }
#define TWO(name, ulp, float_ulp, low, high, ...)                                                  \
    static __float128 name##_reference(__float128 x, __float128 y) { return __VA_ARGS__; }
#include "math.def"

static const Function functions[] = {
#define ONE(name, ulp, float_ulp, low, high, ...)                                                  \
    {#name, 1, ulp, float_ulp, low, high, name##_reference},
#define TWO(name, ulp, float_ulp, low, high, ...)                                                  \
    {#name, 2, ulp, float_ulp, low, high, name##_reference},
#include "math.def"
};
static const size_t n_functions = sizeof functions / sizeof *functions;

static const char *only;
static bool spoil;
static const HcOption options[] = {HC_TEXT("only", &only, "NAME", "only this function"),
                                   HC_FLAG("break", &spoil, "spoil the results"), HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "test_math",
                                .summary = "the errors of the device's functions",
                                .apis = (const HcApi *const[]){&hc_cu_api, &hc_sim_api, NULL},
                                .options = options,
                                .size = {3000},
                                .rank = 1,
                                .random = true};

/* ---- Inputs ---- */

static const double awkward[] = {0,
                                 -0.0,
                                 INFINITY,
                                 -INFINITY,
                                 NAN,
                                 1,
                                 -1,
                                 0.5,
                                 -0.5,
                                 2,
                                 -2,
                                 3,
                                 4,
                                 8,
                                 13,
                                 0.25,
                                 1.5,
                                 -1.5,
                                 2.5,
                                 -2.5,
                                 10,
                                 28,
                                 0x1p-27,
                                 0x1p-28,
                                 0x1p-54,
                                 0x1p-60,
                                 0x1p-12,
                                 0x1p20,
                                 0x1p53,
                                 0x1p54,
                                 -0x1p53,
                                 0x1p1023,
                                 0x1p-1022,
                                 0x1p-1074,
                                 0x1p-149,
                                 0x1p-126,
                                 0x1.fffffffffffffp1023,
                                 0x1.fffffep127,
                                 709.782712893384,
                                 -745.1332191019411,
                                 88.72283905206835,
                                 -103.97207708399179,
                                 171.62437695630272,
                                 35.04009,
                                 -170.5,
                                 0.7853981633974483,
                                 1.5707963267948966,
                                 3.141592653589793,
                                 6.283185307179586,
                                 22,
                                 1e5,
                                 0x1.6ac5b262ca1ffp849,
                                 0x1.921fb54442d18p20,
                                 26.54,
                                 0.7071067811865476,
                                 1.4142135623730951};
static const size_t n_awkward = sizeof awkward / sizeof *awkward, n_near = 5;

static double from_bits(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Number i of the inputs of one function; which: first or second argument. */
static double input(const Function *f, size_t i, unsigned which, uint64_t seed, bool single) {
    uint32_t stream = 2 * (uint32_t)(f - functions) + which;
    uint64_t r =
        (uint64_t)hc_random_u32(seed, stream, 2 * i) << 32 | hc_random_u32(seed, stream, 2 * i + 1);
    double u = (double)(r >> 11) * 0x1p-53;
    if (f->arguments == 2 && i < n_awkward * n_awkward)
        return awkward[which ? i / n_awkward : i % n_awkward];
    if (f->arguments == 1 && i < n_awkward * n_near) { /* and its neighbours */
        double x = awkward[i / n_near], to = i % 2 ? INFINITY : -INFINITY;
        for (size_t k = 0; k < (i % n_near + 1) / 2; k++)
            x = single ? (double)nextafterf((float)x, (float)to) : nextafter(x, to);
        return x;
    }
    switch (i % 6) {
    case 0: /* any bits */
        if (!single) return from_bits(r);
        float x;
        memcpy(&x, &(uint32_t){(uint32_t)r}, sizeof x);
        return (double)x;
    case 1: /* near a multiple of pi/2 */
        return (double)((__float128)(r >> (11 + r % 53)) * M_PI_2q);
    case 2: /* near a whole number */
        return rint(f->low + u * (f->high - f->low)) +
               ldexp((double)(r % 64) - 32, -(int)(r >> 58));
    case 3: /* small and large, of either sign */
        return ldexp(r & 1 ? 1 + u : -1 - u, (int)(r >> 2 & 127) - 64);
    default: return f->low + u * (f->high - f->low);
    }
}

/* ---- Errors ---- */

/* got's distance from want in units of the last place: a double's or a float's. */
static double ulps(double got, __float128 want, bool single) {
    if (isnan(got) || isnanq(want)) return isnan(got) && isnanq(want) ? 0 : INFINITY;
    double rounded = single ? (double)(float)want : (double)want;
    if (isinf(got) || isinf(rounded)) { /* overflow may begin one number too early or too late */
        if (got == rounded) return 0;
        double max = single ? 0x1.fffffep127 : 0x1.fffffffffffffp1023;
        return isinf(rounded) ? (fabs(got) == max && !isinfq(want) ? 1 : INFINITY)
                              : (fabs(rounded) == max && (got > 0) == (rounded > 0) ? 1 : INFINITY);
    }
    if (got == 0 && want == 0) return !signbit(got) == !signbitq(want) ? 0 : INFINITY;
    int e = want == 0 ? -20000 : ilogbq(want), least = single ? -126 : -1022;
    return (double)(fabsq((__float128)got - want) /
                    ldexpq(1, (e < least ? least : e) - (single ? 23 : 52)));
}

/* What C11's Annex F says where libquadmath differs or a bound does not hold. */
static bool excused(const Function *f, double x, double y, double got, __float128 want) {
    if (strcmp(f->name, "fmin") == 0 || strcmp(f->name, "fmax") == 0)
        return x == 0 && y == 0 && got == 0;     /* either zero will do */
    if (strcmp(f->name, "lgamma") == 0 && x < 0) /* it has zeros there: an absolute bound */
        return fabs(got - (double)want) <= 0x1p-50 * fmax(1, fabs((double)want));
    if (strcmp(f->name, "sinpi") == 0 || strcmp(f->name, "cospi") == 0)
        return got == 0 && want == 0 &&
               (f->name[0] == 'c' ? !signbit(got) : !signbit(got) == !signbit(x));
    return false;
}

/* ---- The device ---- */

static char *make_source(void) {
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (!out) exit(HC_ERROR);
    for (size_t i = 0; i < n_functions; i++) {
        const char *name = functions[i].name;
        if (only && strcmp(only, name) != 0) continue;
        for (int single = 0; single < 2; single++)
            fprintf(out,
                    "extern \"C\" __global__ void k_%s%s(%s *z, const %s *x, const %s *y, unsigned "
                    "n) {\n"
                    "    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;\n"
                    "    if (i < n) z[i] = %s(x[i]%s);\n}\n",
                    name, single ? "_f" : "", single ? "float" : "double",
                    single ? "float" : "double", single ? "float" : "double", name,
                    functions[i].arguments == 2 ? ", y[i]" : "");
    }
    fclose(out);
    return text;
}

static void run(CUmodule module, const char *image, const char *name, void *z, const void *x,
                const void *y, unsigned n, size_t size) {
    CUfunction kernel;
    CUdeviceptr d_x, d_y, d_z;
    CHECK_HC(hc_cu_kernel(module, image, name, &kernel));
    CHECK_CU(cuMemAlloc(&d_x, n * size));
    CHECK_CU(cuMemAlloc(&d_y, n * size));
    CHECK_CU(cuMemAlloc(&d_z, n * size));
    CHECK_CU(cuMemcpyHtoD(d_x, x, n * size));
    CHECK_CU(cuMemcpyHtoD(d_y, y, n * size));
    void *arguments[] = {&d_z, &d_x, &d_y, &n};
    CHECK_CU(cuLaunchKernel(kernel, (n + 127) / 128, 1, 1, 128, 1, 1, 0, NULL, arguments, NULL));
    CHECK_CU(cuMemcpyDtoH(z, d_z, n * size));
    CHECK_CU(cuMemFree(d_z));
    CHECK_CU(cuMemFree(d_y));
    CHECK_CU(cuMemFree(d_x));
}

/* One function in one precision: the largest error, and where. */
static double measure(const Function *f, bool single, size_t n, uint64_t seed, CUmodule module,
                      const char *image, char worst[128]) {
    double *x, *y, largest = 0;
    union {
        double *d;
        float *f;
    } z, a, b;
    size_t size = single ? sizeof(float) : sizeof(double);
    char name[64];
    CHECK_HC(hc_alloc(n, sizeof *x, &x));
    CHECK_HC(hc_alloc(n, sizeof *y, &y));
    CHECK_HC(hc_alloc(n, size, &a.d));
    CHECK_HC(hc_alloc(n, size, &b.d));
    CHECK_HC(hc_alloc(n, size, &z.d));
    for (size_t i = 0; i < n; i++) {
        x[i] = input(f, i, 0, seed, single);
        y[i] = f->arguments == 2 ? input(f, i, 1, seed, single) : 0;
        if (single)
            a.f[i] = (float)x[i], x[i] = (double)a.f[i], b.f[i] = (float)y[i],
            y[i] = (double)b.f[i];
        else a.d[i] = x[i], b.d[i] = y[i];
    }
    snprintf(name, sizeof name, "k_%s%s", f->name, single ? "_f" : "");
    run(module, image, name, z.d, a.d, b.d, (unsigned)n, size);
    *worst = '\0';
    for (size_t i = 0; i < n; i++) {
        double got = single ? (double)z.f[i] : z.d[i];
        if (spoil && isfinite(got))
            got = single ? (double)(float)(got * (1 + 0x1.8p-21)) : got * (1 + 0x1.8p-50);
        __float128 want = f->reference((__float128)x[i], (__float128)y[i]);
        double error = ulps(got, want, single);
        if (!(error <= largest) && !excused(f, x[i], y[i], got, want)) {
            largest = error;
            snprintf(worst, 128, "%s(%a%s%.0a) = %a, not %a", f->name, x[i],
                     f->arguments == 2 ? ", " : " ", y[i], got, (double)want);
        }
    }
    free(z.d), free(b.d), free(a.d), free(y), free(x);
    return largest;
}

int main(int argc, char **argv) {
    HcArgs args;
    HcDevice chosen;
    CUdevice device;
    CUcontext context;
    CUmodule module;
    char *image, worst[2][128];
    HC_START(&args, &recipe, argc, argv);
    CHECK_HC(hc_choose_device(&chosen));
    CHECK_CU(cuInit(0));
    CHECK_CU(cuDeviceGet(&device, chosen.index));
    CHECK_CU(cuDevicePrimaryCtxRetain(&context, device));
    CHECK_CU(cuCtxSetCurrent(context));
    char *source = make_source();
    CHECK_HC(hc_cu_compile(source, "math.cu", NULL, device, &image));
    CHECK_HC(hc_cu_load(image, &module));
    HcTable *table = hc_table_new("function|>double|>bound|>float|>bound");
    int wrong = 0;
    for (size_t i = 0; i < n_functions; i++) {
        const Function *f = &functions[i];
        if (only && strcmp(only, f->name) != 0) continue;
        size_t n = args.size[0] + (f->arguments == 2 ? n_awkward * n_awkward : n_awkward * n_near);
        double error = measure(f, false, n, args.seed, module, image, worst[0]);
        double float_error = measure(f, true, n, args.seed, module, image, worst[1]);
        hc_table_row(table, "%s|%.3f|%.1f|%.3f|%.1f", f->name, error, f->bound, float_error,
                     f->float_bound);
        if (!(error <= f->bound))
            wrong++, fprintf(stderr, "WRONG: %.3g ulp: %s\n", error, worst[0]);
        if (!(float_error <= f->float_bound))
            wrong++, fprintf(stderr, "WRONG: float, %.3g ulp: %s\n", float_error, worst[1]);
    }
    hc_table_print(table, stdout, 0);
    hc_table_free(table);
    CHECK_CU(cuModuleUnload(module));
    CHECK_CU(cuDevicePrimaryCtxRelease(device));
    free(image), free(source);
    int rc = hc_end();
    return wrong ? HC_WRONG : rc;
}
