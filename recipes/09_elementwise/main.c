// SPDX-License-Identifier: MIT
/* Kernels from expressions: z[i] = a*x[i] + y[i] is all that is written of this kernel; the engine
 * makes the rest.
 *
 * Run:        ./cook run 9          or less data: ./cook run 9 -n 1000
 * Shapes:     x, y, z: n floats
 * Tolerance:  none: "exact" rounds product and sum each, as the reference does.
 */
#include "elementwise.h"
#ifndef HC_NO_OPENCL
#include "hc_cl.h"
#endif
#ifndef HC_NO_CUDA
#include "hc_cu.h"
#endif

static const HcApi *const apis[] = {
#ifndef HC_NO_OPENCL
    &hc_cl_api,
#endif
#ifndef HC_NO_CUDA
    &hc_cu_api, &hc_sim_api,
#endif
    &hc_host_api, NULL};
static bool show_source;
static const HcOption options[] = {HC_FLAG("show-source", &show_source, "print what was generated"),
                                   HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "09_elementwise",
                                .summary = "kernels generated from expressions",
                                .apis = apis,
                                .options = options,
                                .size = {1 << 20},
                                .rank = 1,
                                .random = true};

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    size_t n = args.size[0];
    HcDevice chosen;
    EwDevice *device;
    CHECK_HC(hc_choose_device(&chosen));
    CHECK_HC(ew_open(&chosen, &device));

    float *x, *y, *z, *want;
    CHECK_HC(hc_alloc(n, sizeof *x, &x));
    CHECK_HC(hc_alloc(n, sizeof *y, &y));
    CHECK_HC(hc_alloc(n, sizeof *z, &z));
    CHECK_HC(hc_alloc(n, sizeof *want, &want));
    hc_fill(HC_F32, x, n, args.seed, 0);
    hc_fill(HC_F32, y, n, args.seed, 1);
    for (size_t i = 0; i < n; i++) want[i] = 2 * x[i] + y[i];

    EwKernel *axpy;
    EwArray d_x, d_y, d_z;
    const EwOptions how = {.exact = true, .no_cache = args.no_cache};
    CHECK_HC(ew_array(device, EW_F32, n, x, &d_x));
    CHECK_HC(ew_array(device, EW_F32, n, y, &d_y));
    CHECK_HC(ew_array(device, EW_F32, n, NULL, &d_z));
    CHECK_HC(ew_map(device, "axpy", "float a, const float *x, const float *y, float *z",
                    "z[i] = a*x[i] + y[i]", &how, &axpy));
    if (show_source) hc_say("%s", ew_source(axpy));
    CHECK_HC(ew_run(axpy, EW_ALL, EW_VALUES(EW_FLOAT(2), EW_OF(d_x), EW_OF(d_y), EW_OF(d_z))));
    CHECK_HC(ew_read(&d_z, z));
    if (hc_verify("z", hc_compare(HC_F32, z, want, n, HC_EXACT)) && n)
        hc_note_time(HC_TIME_KERNEL, ew_time_ms(axpy));
    ew_free(axpy);
    ew_array_free(&d_z), ew_array_free(&d_y), ew_array_free(&d_x);
    ew_close(device);
    free(want), free(z), free(y), free(x);
    return hc_end();
}
