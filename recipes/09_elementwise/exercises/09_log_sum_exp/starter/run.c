// SPDX-License-Identifier: MIT
/* The program around log_sum.c: input from a file, or four numbers; the result to a file. Nothing
 * here needs to be changed.
 */
#include "run.h"

#include "elementwise.h"
#include "hc_cl.h"

static const char *in, *out;
static const HcOption options[] = {HC_TEXT("in", &in, "FILE", "the numbers"),
                                   HC_TEXT("out", &out, "FILE", "where the result goes"),
                                   HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "09_log_sum_exp",
                                .summary = "the logarithm of a sum of exponentials",
                                .apis = (const HcApi *const[]){&hc_cl_api, NULL},
                                .options = options};

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    const double small[] = {1000, 1001, 999, 1000}; /* 1002.0064 */
    double *x, result;
    uint64_t n = sizeof small / sizeof small[0];
    FILE *file = in ? fopen(in, "rb") : NULL;
    if (in && (!file || fread(&n, sizeof n, 1, file) != 1)) return HC_ERROR;
    CHECK_HC(hc_alloc(n, sizeof *x, &x));
    if (file && fread(x, sizeof *x, n, file) != n) return HC_ERROR;
    if (file) fclose(file);
    else memcpy(x, small, sizeof small);

    HcDevice chosen;
    EwDevice *device;
    EwKernel *kernel;
    EwArray d_x;
    Item item;
    CHECK_HC(hc_choose_device(&chosen));
    CHECK_HC(ew_open(&chosen, &device));
    CHECK_HC(ew_array(device, EW_F64, n, x, &d_x));
    CHECK_HC(ew_reduction(device, "log_sum", fields, neutral, map, reduce, "const double *x", NULL,
                          &kernel));
    CHECK_HC(ew_reduce(kernel, EW_ALL, EW_VALUES(EW_OF(d_x)), &item));
    result = log_sum(&item);
    file = out ? fopen(out, "wb") : NULL;
    if (file) {
        fwrite(&result, sizeof result, 1, file);
        if (fclose(file) != 0) return HC_ERROR;
    } else if (!out) printf("log_sum %.17g\n", result);
    ew_free(kernel);
    ew_array_free(&d_x);
    ew_close(device);
    free(x);
    return hc_end();
}
