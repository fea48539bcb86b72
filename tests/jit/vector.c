// SPDX-License-Identifier: MIT
/* jit_vector [cuda|libdevice] - how exact the vector mathematics is: each function in a loop with
 * fastmath=True, for random arguments, against long double; it must be libmvec's, and within the 4
 * units in the last place that are stated. cuda: the device's, within 1 for double, 2 for float;
 * libdevice: NVIDIA's, of an installed toolkit, within 5. */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "jit.h"

enum { N = 20000 };
static const struct {
    const char *expression;
    long double (*one)(long double), (*two)(long double, long double);
    double low, high;
} cases[] = {{"math.sin(x)", sinl, NULL, -30, 30},
             {"math.cos(x)", cosl, NULL, -30, 30},
             {"math.tan(x)", tanl, NULL, -30, 30},
             {"math.asin(x)", asinl, NULL, -1, 1},
             {"math.acos(x)", acosl, NULL, -1, 1},
             {"math.atan(x)", atanl, NULL, -20, 20},
             {"math.sinh(x)", sinhl, NULL, -20, 20},
             {"math.cosh(x)", coshl, NULL, -20, 20},
             {"math.tanh(x)", tanhl, NULL, -5, 5},
             {"math.asinh(x)", asinhl, NULL, -50, 50},
             {"math.acosh(x)", acoshl, NULL, 1, 50},
             {"math.atanh(x)", atanhl, NULL, -1, 1},
             {"math.exp(x)", expl, NULL, -80, 80},
             {"np.exp2(x)", exp2l, NULL, -80, 80},
             {"np.cbrt(x)", cbrtl, NULL, -50, 50},
             {"math.expm1(x)", expm1l, NULL, -10, 10},
             {"math.log(x)", logl, NULL, 0, 100},
             {"math.log2(x)", log2l, NULL, 0, 100},
             {"math.log10(x)", log10l, NULL, 0, 100},
             {"math.log1p(x)", log1pl, NULL, -1, 10},
             {"math.erf(x)", erfl, NULL, -3, 3},
             {"math.erfc(x)", erfcl, NULL, -3, 5},
             {"x ** y", NULL, powl, 0, 10},
             {"math.atan2(x, y)", NULL, atan2l, -10, 10},
             {"math.hypot(x, y)", NULL, hypotl, -10, 10}};
static const JitApi *jit;
static double stated = 4; /* ulp; 0: those of the device */

static uint64_t state = 88172645463325252u;
static double random_in(double low, double high) { /* xorshift; never low itself */
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return low + (high - low) * ((double)(state >> 12) + 0.5) / 4503599627370496.0;
}

/* How many units in the last place of want (of a float or double) lie between. */
static double ulps(double got, long double want, bool narrow) {
    int exponent;
    frexpl(want, &exponent);
    if (want == 0 || exponent < (narrow ? -125 : -1021)) exponent = narrow ? -125 : -1021;
    return (double)fabsl(((long double)got - want) / ldexpl(1, exponent - (narrow ? 24 : 53)));
}

/* The first call of a function of libmvec: its name; "" if there is none. */
static const char *called(char *text) {
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        char *name = strstr(line, " call ") ? strstr(line, "@_ZGV") : NULL;
        if (!name) continue;
        name[strcspn(name, "(")] = '\0';
        return name;
    }
    return "";
}

static int check(size_t i, bool narrow, bool cuda) {
    static double x64[N], y64[N], out64[N];
    static float x32[N], y32[N], out32[N];
    char source[512], *text = NULL;
    JitModule *module;
    JitValue args[3], results[JIT_RESULTS];
    JitLaunch launch = {.target = cuda ? JIT_CUDA : JIT_CPU};
    size_t count;
    snprintf(source, sizeof source,
             "import math\nimport numpy as np\nfrom numba import njit, "
             "vectorize\n@vectorize(fastmath=%s)\n"
             "def f(x, y):\n    return %s\n"
             "@njit(fastmath=True)\ndef loop(x, y, out):\n    for i in range(len(out)):\n"
             "        out[i] = f(x[i], y[i])\n",
             cuda ? "False" : "True", cases[i].expression);
    for (int k = 0; k < N; k++) {
        x32[k] = (float)(x64[k] = random_in(cases[i].low, cases[i].high));
        y32[k] = (float)(y64[k] = random_in(-5, 5));
    }
    void *data[3] = {narrow ? (void *)x32 : x64, narrow ? (void *)y32 : y64,
                     narrow ? (void *)out32 : out64};
    for (int k = 0; k < 3; k++) {
        args[k] = (JitValue){.kind = narrow ? JIT_F32 : JIT_F64, .ndim = 1};
        args[k].as.array = (JitArray){data[k], {N}, {narrow ? 4 : 8}};
    }
    int status = jit->load("vector.py", source, &module);
    if (status == JIT_OK) status = jit->call(module, "f", &launch, args, 3, results, &count);
    const char *signature = narrow ? "(float32[::1], float32[::1], float32[::1])"
                                   : "(float64[::1], float64[::1], float64[::1])";
    if (status == JIT_OK && !cuda)
        status = jit->inspect(module, "loop", signature, JIT_LLVM_OPTIMISED, &text);
    if (status != JIT_OK) {
        printf("FAILED: %s: %s\n", cases[i].expression, jit->error());
        return 1;
    }
    const char *call = text ? called(text) : "";
    double worst = 0;
    for (int k = 0; k < N; k++) {
        long double x = narrow ? (long double)x32[k] : x64[k];
        long double y = narrow ? (long double)y32[k] : y64[k];
        long double want = cases[i].one ? cases[i].one(x) : cases[i].two(x, y);
        double apart = ulps(narrow ? (double)out32[k] : out64[k], want, narrow);
        if (apart > worst || isnan(apart)) worst = apart; /* NaN stays, and fails */
    }
    double bound = stated > 0 ? stated : narrow ? 2 : 1;
    bool good = worst <= bound && (cuda || *call);
    printf("%-6s %-18s %-8s %.2f ulp, %g allowed  %s\n", good ? "ok" : "WRONG", cases[i].expression,
           narrow ? "float32" : "float64", worst, bound, call);
    free(text);
    jit->unload(module);
    return !good;
}

int main(int argc, char **argv) {
    bool libdevice = argc == 2 && strcmp(argv[1], "libdevice") == 0;
    bool cuda = libdevice || (argc == 2 && strcmp(argv[1], "cuda") == 0);
    int wrong = 0;
    if (cuda) stated = libdevice ? 5 : 0;
    if (libdevice) {
        char path[4096];
        const char *home = getenv("CUDA_HOME");
        snprintf(path, sizeof path, "%s/nvvm/libdevice/libdevice.10.bc",
                 home && *home ? home : "/usr/local/cuda");
        if (access(path, R_OK) != 0) {
            printf("skipped: no CUDA toolkit: %s\n", path);
            return 77;
        }
        setenv("HC_LIBDEVICE", path, 1);
    }
    if (jit_open(&jit) != JIT_OK) {
        printf("skipped: %s\n", jit_open_error());
        return 77;
    }
    if (!cuda && !jit->vector_maths()) {
        printf("skipped: no libmvec with functions for this processor\n");
        return 77;
    }
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int narrow = 0; narrow < 2; narrow++) wrong += check(i, narrow, cuda);
    return wrong != 0;
}
