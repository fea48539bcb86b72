// SPDX-License-Identifier: MIT
/* The program around partition.c: input from a file, or seven small numbers; the numbers in their
 * new order to a file. Nothing here needs to be changed.
 */
#include "run.h"

#include "elementwise.h"
#include "hc_cl.h"

static const char *in, *out;
static const HcOption options[] = {HC_TEXT("in", &in, "FILE", "the array x"),
                                   HC_TEXT("out", &out, "FILE", "where the numbers go"),
                                   HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "09_partition",
                                .summary = "numbers greater than a limit to the front",
                                .apis = (const HcApi *const[]){&hc_cl_api, NULL},
                                .options = options};

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    const float small[] = {0.5f, -1, 2, 0, -3, 4, 1};
    float *x, *z;
    uint32_t *front;
    uint64_t n = sizeof small / sizeof small[0];
    FILE *file = in ? fopen(in, "rb") : NULL;
    if (in && (!file || fread(&n, sizeof n, 1, file) != 1)) return HC_ERROR;
    CHECK_HC(hc_alloc(n, sizeof *x, &x));
    CHECK_HC(hc_alloc(n, sizeof *z, &z));
    CHECK_HC(hc_alloc(n, sizeof *front, &front));
    if (file && fread(x, sizeof *x, n, file) != n) return HC_ERROR;
    if (file) fclose(file);
    else memcpy(x, small, sizeof small);

    HcDevice chosen;
    EwDevice *device;
    EwKernel *partition;
    EwArray d_x, d_z, d_front;
    CHECK_HC(hc_choose_device(&chosen));
    CHECK_HC(ew_open(&chosen, &device));
    CHECK_HC(ew_array(device, EW_F32, n, x, &d_x));
    CHECK_HC(ew_array(device, EW_F32, n, z, &d_z)); /* zeros */
    CHECK_HC(ew_array(device, EW_U32, n, front, &d_front));
    CHECK_HC(ew_scan(device, "partition", item_type, neutral, map, scan, output,
                     "float limit, const float *x, float *z, uint *front", NULL, &partition));
    CHECK_HC(
        ew_run(partition, EW_ALL, EW_VALUES(EW_FLOAT(0), EW_OF(d_x), EW_OF(d_z), EW_OF(d_front))));
    CHECK_HC(ew_read(&d_z, z));
    CHECK_HC(ew_read(&d_front, front));
    uint64_t count = n ? front[n - 1] : 0;
    file = out ? fopen(out, "wb") : NULL;
    if (file) {
        fwrite(&count, sizeof count, 1, file);
        fwrite(z, sizeof *z, n, file);
        if (fclose(file) != 0) return HC_ERROR;
    }
    for (size_t i = 0; !out && i < n; i++) printf("z[%zu] = %g\n", i, (double)z[i]);
    ew_free(partition);
    ew_array_free(&d_front), ew_array_free(&d_z), ew_array_free(&d_x);
    ew_close(device);
    free(front), free(z), free(x);
    return hc_end();
}
