// SPDX-License-Identifier: MIT
/* One pass against three. z = (a*x + y)^2 can be computed as libraries of arrays do it, one
 * operation a pass with a whole array for each intermediate result; or fused, in one kernel, where
 * these results stay in registers. Both give the same bits. Memory is what both wait for, so the
 * arrays that cross it are counted: 7 against 3.
 */
#include <math.h>

#include "play.h"

enum { PASSES = 3, UNFUSED_ARRAYS = 7, FUSED_ARRAYS = 3 };

static double gbps(double ms, size_t n, int arrays) {
    return (double)arrays * (double)n * sizeof(float) / ms / 1e6;
}

/* The median times of both, in turns, so that whatever else happens on the machine hits both. */
static void measure(EwKernel *one, EwKernel *const *pass, EwArray *const *arrays,
                    const HcArgs *args) {
    const EwArray *x = arrays[0], *y = arrays[1], *z = arrays[2], *u = arrays[3], *v = arrays[4];
    double *fused_ms, *passes_ms, *gained; /* of each round */
    CHECK_HC(hc_alloc(args->repeat, sizeof *fused_ms, &fused_ms));
    CHECK_HC(hc_alloc(args->repeat, sizeof *passes_ms, &passes_ms));
    CHECK_HC(hc_alloc(args->repeat, sizeof *gained, &gained));
    for (unsigned r = 0; r < args->repeat; r++) {
        CHECK_HC(ew_run(one, EW_ALL, EW_VALUES(EW_FLOAT(2.5), EW_OF(*x), EW_OF(*y), EW_OF(*z))));
        fused_ms[r] = ew_time_ms(one);
        hc_note_time(HC_TIME_KERNEL, fused_ms[r]);
        CHECK_HC(ew_run(pass[0], EW_ALL, EW_VALUES(EW_FLOAT(2.5), EW_OF(*x), EW_OF(*u))));
        CHECK_HC(ew_run(pass[1], EW_ALL, EW_VALUES(EW_OF(*u), EW_OF(*y), EW_OF(*v))));
        CHECK_HC(ew_run(pass[2], EW_ALL, EW_VALUES(EW_OF(*v), EW_OF(*z))));
        passes_ms[r] = ew_time_ms(pass[0]) + ew_time_ms(pass[1]) + ew_time_ms(pass[2]);
        gained[r] = passes_ms[r] / fused_ms[r];
    }
    double all = hc_stats(passes_ms, args->repeat).median;
    double single = hc_stats(fused_ms, args->repeat).median;
    if (isfinite(all) && isfinite(single) && single > 0 && all > 0) {
        hc_note_f64("unfused_gbps", "3 passes", gbps(all, x->n, UNFUSED_ARRAYS),
                    "GB/s (7 arrays: x u, u y v, v z)");
        hc_note_f64("fused_gbps", "fused", gbps(single, x->n, FUSED_ARRAYS),
                    "GB/s (3 arrays: x y z)");
        hc_note_f64("fused_speedup", "gained", hc_stats(gained, args->repeat).median,
                    "times as fast; 7 to 3 is 2.33");
    }
    free(gained), free(passes_ms), free(fused_ms);
}

void fused(EwDevice *device, const HcArgs *args) {
    size_t n = args->size[0];
    float *x, *y, *z, *want;
    const float a = 2.5f;
    const EwOptions exact = {.exact = true, .no_cache = args->no_cache};
    CHECK_HC(hc_alloc(n, sizeof *x, &x));
    CHECK_HC(hc_alloc(n, sizeof *y, &y));
    CHECK_HC(hc_alloc(n, sizeof *z, &z));
    CHECK_HC(hc_alloc(n, sizeof *want, &want));
    hc_fill(HC_F32, x, n, args->seed, 2);
    hc_fill(HC_F32, y, n, args->seed, 3);
    //> fused_reference
    for (size_t i = 0; i < n; i++) {
        float t = a * x[i] + y[i];
        want[i] = t * t;
    }
    //< fused_reference

    //> kernels
    /* Three kernels with two arrays between them; and one kernel for it all. */
    EwKernel *pass[PASSES], *one;
    CHECK_HC(ew_map(device, "scale", "float a, const float *x, float *u", "u[i] = a*x[i]", &exact,
                    &pass[0]));
    CHECK_HC(ew_map(device, "add", "const float *u, const float *y, float *v", "v[i] = u[i] + y[i]",
                    &exact, &pass[1]));
    CHECK_HC(
        ew_map(device, "square", "const float *v, float *z", "z[i] = v[i]*v[i]", &exact, &pass[2]));
    CHECK_HC(ew_map(device, "fused", "float a, const float *x, const float *y, float *z",
                    "float t = a*x[i] + y[i]; z[i] = t*t", &exact, &one));
    //< kernels

    EwArray d_x, d_y, d_z, d_u, d_v;
    CHECK_HC(ew_array(device, EW_F32, n, x, &d_x));
    CHECK_HC(ew_array(device, EW_F32, n, y, &d_y));
    CHECK_HC(ew_array(device, EW_F32, n, NULL, &d_u));
    CHECK_HC(ew_array(device, EW_F32, n, NULL, &d_v));
    CHECK_HC(ew_array(device, EW_F32, n, NULL, &d_z));
    hc_step("one pass and three");
    //> passes
    CHECK_HC(ew_run(pass[0], EW_ALL, EW_VALUES(EW_FLOAT(a), EW_OF(d_x), EW_OF(d_u))));
    CHECK_HC(ew_run(pass[1], EW_ALL, EW_VALUES(EW_OF(d_u), EW_OF(d_y), EW_OF(d_v))));
    CHECK_HC(ew_run(pass[2], EW_ALL, EW_VALUES(EW_OF(d_v), EW_OF(d_z))));
    CHECK_HC(ew_read(&d_z, z));
    bool right = hc_verify("3 passes", hc_compare(HC_F32, z, want, n, HC_EXACT));
    CHECK_HC(ew_write(&d_z, x)); /* so that the next result cannot be this one */
    CHECK_HC(ew_run(one, EW_ALL, EW_VALUES(EW_FLOAT(a), EW_OF(d_x), EW_OF(d_y), EW_OF(d_z))));
    CHECK_HC(ew_read(&d_z, z));
    right = hc_verify("fused", hc_compare(HC_F32, z, want, n, HC_EXACT)) && right;
    //< passes
    hc_say("n          %zu elements of float\n", n);
    EwArray *arrays[] = {&d_x, &d_y, &d_z, &d_u, &d_v};
    if (right && n && (args->json || !args->quiet)) measure(one, pass, arrays, args);
    hc_step(NULL);
    for (size_t k = 0; k < sizeof arrays / sizeof arrays[0]; k++) ew_array_free(arrays[k]);
    ew_free(one);
    for (size_t k = 0; k < PASSES; k++) ew_free(pass[k]);
    free(want), free(z), free(y), free(x);
}
