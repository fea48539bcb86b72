// SPDX-License-Identifier: MIT
/* The program around smooth.c: input from a file, or three small numbers; the result to a file,
 * with the number of arrays that were moved in front. Nothing here needs to be changed.
 */
#include "run.h"

#include <inttypes.h>

#include "hc_cl.h"
#undef ew_run

static uint64_t moved;

int run_counted(EwKernel *kernel, EwRange range, const EwValue *values, size_t count) {
    for (size_t k = 0; k < count; k++) moved += values[k].array != NULL;
    return ew_run(kernel, range, values, count);
}

static const char *in, *out;
static const HcOption options[] = {HC_TEXT("in", &in, "FILE", "the arrays x and y"),
                                   HC_TEXT("out", &out, "FILE", "where z goes"), HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "09_one_pass",
                                .summary = "z = t / (1 + t*t) with t = a*x + y",
                                .apis = (const HcApi *const[]){&hc_cl_api, NULL},
                                .options = options};

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    const float small[] = {1, 2, 3, 0, -1, -2};
    float *x, *z;
    uint64_t n = 3;
    FILE *file = in ? fopen(in, "rb") : NULL;
    if (in && (!file || fread(&n, sizeof n, 1, file) != 1)) return HC_ERROR;
    CHECK_HC(hc_alloc(2 * n, sizeof *x, &x));
    CHECK_HC(hc_alloc(n, sizeof *z, &z));
    if (file && fread(x, sizeof *x, 2 * n, file) != 2 * n) return HC_ERROR;
    if (file) fclose(file);
    else memcpy(x, small, sizeof small);

    HcDevice chosen;
    EwDevice *device;
    EwArray d_x, d_y, d_z;
    CHECK_HC(hc_choose_device(&chosen));
    CHECK_HC(ew_open(&chosen, &device));
    CHECK_HC(ew_array(device, EW_F32, n, x, &d_x));
    CHECK_HC(ew_array(device, EW_F32, n, x + n, &d_y));
    CHECK_HC(ew_array(device, EW_F32, n, z, &d_z)); /* zeros */
    CHECK_HC(smooth(device, 2.5f, &d_x, &d_y, &d_z));
    CHECK_HC(ew_read(&d_z, z));
    file = out ? fopen(out, "wb") : NULL;
    if (file) {
        fwrite(&moved, sizeof moved, 1, file);
        fwrite(z, sizeof *z, n, file);
        if (fclose(file) != 0) return HC_ERROR;
    } else if (!out) {
        for (size_t i = 0; i < n; i++) printf("z[%zu] = %g\n", i, (double)z[i]);
        printf("%" PRIu64 " arrays moved\n", moved);
    }
    ew_array_free(&d_z), ew_array_free(&d_y), ew_array_free(&d_x);
    ew_close(device);
    free(z), free(x);
    return hc_end();
}
