// SPDX-License-Identifier: MIT
/* Mean and variance in one pass over memory. The formula of schools, mean(x*x) - mean(x)^2, loses
 * everything where the mean is large beside the spread: both terms are nearly equal, and rounded.
 * Instead an item holds how many elements it stands for, their mean, and m2, the sum of their
 * squared distances from that mean; two of them are merged into one (Chan, Golub and LeVeque,
 * 1979).
 *
 * Tolerance: k*(rows + 40)*eps for the variance, where k = sqrt(1 + mean^2/variance) says how
 * much of each number the mean takes, and a chain of rows = n/1000 merges at most goes into a
 * result.
 */
#include <float.h>
#include <math.h>

#include "examples.h"

typedef struct Moments { /* as "ulong count, float mean, float m2" lies in memory */
    uint64_t count;
    float mean, m2;
} Moments;

/* In two passes of double: first the mean, then the distances from it. */
static void reference(const float *x, size_t n, double *mean, double *variance) {
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++) sum += (double)x[i];
    *mean = n ? sum / (double)n : 0;
    for (size_t i = 0; i < n; i++) squares += ((double)x[i] - *mean) * ((double)x[i] - *mean);
    *variance = n ? squares / (double)n : 0;
}

static const char merge[] = "item merge(const item a, const item b) {\n"
                            "    const float total = fmax((float)(a.count + b.count), 1.0f);\n"
                            "    const float apart = b.mean - a.mean, share = b.count / total;\n"
                            "    return make_item(a.count + b.count, a.mean + apart * share,\n"
                            "                     a.m2 + b.m2 + apart * apart * a.count * share);\n"
                            "}\n";

int example_mean_variance(EwDevice *device, size_t n, uint64_t seed) {
    const EwOptions options = {.preamble = merge};
    const char *declarations = "const float *x";
    double mean, variance;
    float *x, squares, sum;
    EwArray d_x;
    EwKernel *moments, *square_sum, *plain_sum;
    Moments got;
    CHECK_HC(hc_alloc(n, sizeof *x, &x));
    hc_fill(HC_F32, x, n, seed, 0);
    for (size_t i = 0; i < n; i++) x[i] += 1000; /* 999 .. 1001: variance 1/3 */
    reference(x, n, &mean, &variance);

    CHECK_HC(ew_array(device, EW_F32, n, x, &d_x));
    CHECK_HC(ew_reduction(device, "moments", "ulong count, float mean, float m2",
                          "make_item(0, 0, 0)", "make_item(1, x[i], 0)", "merge(a, b)",
                          declarations, &options, &moments));
    CHECK_HC(ew_reduction(device, "square_sum", "float", "0", "x[i]*x[i]", "a + b", declarations,
                          NULL, &square_sum));
    CHECK_HC(ew_reduction(device, "plain_sum", "float", "0", "x[i]", "a + b", declarations, NULL,
                          &plain_sum));
    CHECK_HC(ew_reduce(moments, EW_ALL, EW_VALUES(EW_OF(d_x)), &got));
    CHECK_HC(ew_reduce(square_sum, EW_ALL, EW_VALUES(EW_OF(d_x)), &squares));
    CHECK_HC(ew_reduce(plain_sum, EW_ALL, EW_VALUES(EW_OF(d_x)), &sum));

    float count = n ? (float)n : 1, one_pass = got.m2 / count;
    float school = squares / count - (sum / count) * (sum / count);
    hc_say("%-24s %-12s %-12s %s\n", "method", "mean", "variance", "its error");
    hc_say("%-24s %-12.8g %.8g\n", "two passes, double", mean, variance);
    hc_say("%-24s %-12.8g %-12.8g %.1e\n", "one pass, merged", (double)got.mean, (double)one_pass,
           fabs((double)one_pass - variance));
    hc_say("%-24s %-12.8g %-12.8g %.1e\n", "mean(x*x) - mean(x)^2", (double)(sum / count),
           (double)school, fabs((double)school - variance));

    double k = variance > 0 ? sqrt(1 + mean * mean / variance) : 0;
    double steps = (double)n / 1000 + 40, got_mean = (double)got.mean,
           got_variance = (double)one_pass;
    uint64_t want_count = n;
    bool right = hc_verify("count", hc_compare(HC_U64, &got.count, &want_count, 1, HC_EXACT));
    right &= hc_verify("mean", hc_compare(HC_F64, &got_mean, &mean, 1,
                                          (HcTolerance){.rel = steps * (double)FLT_EPSILON}));
    right &= hc_verify("variance", hc_compare(HC_F64, &got_variance, &variance, 1,
                                              (HcTolerance){.rel = k * steps * (double)FLT_EPSILON,
                                                            .abs = (double)FLT_MIN}));
    ew_free(plain_sum), ew_free(square_sum), ew_free(moments);
    ew_array_free(&d_x);
    free(x);
    return right ? HC_OK : HC_WRONG;
}
