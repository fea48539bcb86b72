// SPDX-License-Identifier: MIT
/* How wrong is a sum of floats? Each addition is rounded, and the error of a sum depends on the
 * order: in sequence, n roundings may pile up on one number; in a tree, each element goes through
 * few of them; compensated (after Kahan, Neumaier, and Knuth's two-sum), the item carries along
 * what rounding took away, and the result is as good as if it had been rounded once. The bounds
 * are Higham's (Accuracy and Stability of Numerical Algorithms, chapter 4), times the sum of |x|:
 * depth*eps/2, where depth is how many additions an element goes through; eps alone for the
 * compensated sum.
 */
#include <float.h>
#include <math.h>

#include "examples.h"

/* The exact sum, but for one rounding to long double at the end: multiples of 2^-24 below 1, which
 * is what hc_random_f32 gives, add up exactly as integers. */
static long double exact_sum(const float *x, size_t n) {
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += (uint64_t)(x[i] * 0x1p24f);
    return (long double)sum / 0x1p24L;
}

static float in_sequence(const float *x, size_t n) {
    float sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i];
    return sum;
}

/* a.sum + b.sum and what its rounding took away (two-sum: six additions, no condition). */
static const char join[] = "item join(const item a, const item b) {\n"
                           "    const float sum = a.sum + b.sum;\n"
                           "    const float b_in_it = sum - a.sum, a_in_it = sum - b_in_it;\n"
                           "    const float lost = (a.sum - a_in_it) + (b.sum - b_in_it);\n"
                           "    return make_item(sum, a.rest + b.rest + lost);\n"
                           "}\n";

static bool show(const char *method, long double got, long double exact, double depth) {
    double error = fabs((double)(got - exact)), eps = (double)FLT_EPSILON;
    double bound = (depth > 0 ? depth / 2 : 1) * eps * (double)exact;
    hc_say("%-30s %-14.9g %-10.1e %.1e\n", method, (double)got, error, bound);
    return hc_verify(method, hc_compare(HC_F64, &(double){(double)got}, &(double){(double)exact}, 1,
                                        (HcTolerance){.abs = bound}));
}

int example_float_sums(EwDevice *device, size_t n, uint64_t seed) {
    const EwOptions fixed = {.exact = true, .deterministic = true};
    const EwOptions compensated = {.exact = true, .preamble = join};
    float *x, fast_sum, fixed_sum;
    struct { /* "float sum, float rest" */
        float sum, rest;
    } parts;
    EwArray d_x;
    EwKernel *fast, *tree, *two_sum;
    CHECK_HC(hc_alloc(n, sizeof *x, &x));
    for (size_t i = 0; i < n; i++) x[i] = hc_random_f32(seed, 0, i);

    CHECK_HC(ew_array(device, EW_F32, n, x, &d_x));
    CHECK_HC(
        ew_reduction(device, "fast", "float", "0", "x[i]", "a + b", "const float *x", NULL, &fast));
    CHECK_HC(ew_reduction(device, "tree", "float", "0", "x[i]", "a + b", "const float *x", &fixed,
                          &tree));
    CHECK_HC(ew_reduction(device, "two_sum", "float sum, float rest", "make_item(0, 0)",
                          "make_item(x[i], 0)", "join(a, b)", "const float *x", &compensated,
                          &two_sum));
    CHECK_HC(ew_reduce(fast, EW_ALL, EW_VALUES(EW_OF(d_x)), &fast_sum));
    CHECK_HC(ew_reduce(tree, EW_ALL, EW_VALUES(EW_OF(d_x)), &fixed_sum));
    CHECK_HC(ew_reduce(two_sum, EW_ALL, EW_VALUES(EW_OF(d_x)), &parts));

    /* How deep: lanes of a tile have 16 elements, or as many as the device's share of all is; a
     * tree of 256 is 8 deep; the partial results, up to 4096, are one tile more. */
    double count = (double)n, tiles = count / 4096, lanes = count / 256;
    long double exact = exact_sum(x, n);
    hc_say("%-30s %-14s %-10s %s\n", "method", "sum", "error", "bound");
    hc_say("%-30s %.9Lg\n", "exact", exact);
    bool right = show("in sequence", (long double)in_sequence(x, n), exact, count + 1);
    right &= show("the device's own order", (long double)fast_sum, exact, lanes + 40);
    right &=
        show("deterministic, tiles and trees", (long double)fixed_sum, exact, 50 + tiles / 4096);
    right &= show("compensated", (long double)parts.sum + (long double)parts.rest, exact, 0);
    ew_free(two_sum), ew_free(tree), ew_free(fast);
    ew_array_free(&d_x);
    free(x);
    return right ? HC_OK : HC_WRONG;
}
