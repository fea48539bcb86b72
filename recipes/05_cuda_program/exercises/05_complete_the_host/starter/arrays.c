// SPDX-License-Identifier: MIT
/* Reading and writing the arrays: n as 64 bits, then the factor, then the elements of x. The file
 * for y has its elements only. Nothing here needs to be changed.
 */
#include "arrays.h"

int arrays_read(const char *file, Arrays *arrays) {
    FILE *in = file ? fopen(file, "rb") : NULL;
    uint64_t n = 8;
    arrays->factor = 10;
    if (file && (!in || fread(&n, sizeof n, 1, in) != 1 ||
                 fread(&arrays->factor, sizeof arrays->factor, 1, in) != 1))
        return hc_set_error(HC_ERROR, 0, NULL, NULL, "cannot read %s", file);
    arrays->n = (size_t)n;
    int status = hc_alloc(arrays->n, sizeof(float), &arrays->x);
    if (status == HC_OK) status = hc_alloc(arrays->n, sizeof(float), &arrays->y);
    for (size_t i = 0; i < arrays->n && !in && status == HC_OK; i++) arrays->x[i] = (float)i + 1;
    if (in && status == HC_OK && fread(arrays->x, sizeof(float), arrays->n, in) != arrays->n)
        status = hc_set_error(HC_ERROR, 0, NULL, NULL, "%s is too short", file);
    if (in) fclose(in);
    return status;
}

int arrays_write(const char *file, const Arrays *arrays) {
    if (!file) {
        for (size_t i = 0; i < arrays->n; i++)
            printf("%g * %g = %g\n", (double)arrays->factor, (double)arrays->x[i],
                   (double)arrays->y[i]);
        return HC_OK;
    }
    FILE *out = fopen(file, "wb");
    bool bad = !out || fwrite(arrays->y, sizeof(float), arrays->n, out) != arrays->n;
    if (out) bad = fclose(out) != 0 || bad;
    return bad ? hc_set_error(HC_ERROR, 0, NULL, NULL, "cannot write %s", file) : HC_OK;
}
