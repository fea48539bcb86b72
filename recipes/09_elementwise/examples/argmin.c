// SPDX-License-Identifier: MIT
/* Where is the least element? A reduction whose item has two fields: the value and its index. Of
 * equal ones the first is meant, and "a is less than b, or equal and further left" makes that so
 * on every device, in whatever order it works. A NaN is less than nothing and equal to nothing,
 * so that it would win against whatever it meets first: the map puts INFINITY in its place.
 */
#include <math.h>

#include "examples.h"

typedef struct Least { /* as "float value, ulong at" lies in memory */
    float value;
    uint64_t at;
} Least;

static Least reference(const float *x, size_t n) {
    Least least = {INFINITY, UINT64_MAX};
    for (size_t i = 0; i < n; i++)
        if (x[i] < least.value) least = (Least){x[i], i};
    return least;
}

int example_argmin(EwDevice *device, size_t n, uint64_t seed) {
    float *x;
    EwArray d_x;
    EwKernel *argmin;
    Least got;
    CHECK_HC(hc_alloc(n, sizeof *x, &x));
    hc_fill(HC_F32, x, n, seed, 0);
    if (n > 2) x[n / 3] = NAN, x[n / 2] = x[n - 1] = -2; /* the least, twice */
    Least want = reference(x, n);

    CHECK_HC(ew_array(device, EW_F32, n, x, &d_x));
    CHECK_HC(ew_reduction(device, "argmin", "float value, ulong at",
                          "make_item(INFINITY, ~0ul)",                   /* neutral */
                          "make_item(isnan(x[i]) ? INFINITY : x[i], i)", /* map */
                          "a.value < b.value || (a.value == b.value && a.at < b.at) ? a : b",
                          "const float *x", NULL, &argmin));
    CHECK_HC(ew_reduce(argmin, EW_ALL, EW_VALUES(EW_OF(d_x)), &got));

    if (n) hc_say("argmin     x[%zu] = %g is the least\n", (size_t)got.at, (double)got.value);
    else hc_say("argmin     of nothing: the neutral element\n");
    bool right =
        hc_verify("place of the least", hc_compare(HC_U64, &got.at, &want.at, 1, HC_EXACT));
    ew_free(argmin);
    ew_array_free(&d_x);
    free(x);
    return right ? HC_OK : HC_WRONG;
}
