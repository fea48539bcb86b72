// SPDX-License-Identifier: MIT
/* Reading and writing the arrays: n as 64 bits, then the elements of x, then those of y, 64 bits
 * each. The file for z has its elements only. Nothing here needs to be changed.
 */
#include "arrays.h"

#include <inttypes.h>

int arrays_read(const char *file, Arrays *arrays) {
    FILE *in = file ? fopen(file, "rb") : NULL;
    uint64_t n = 8;
    if (file && (!in || fread(&n, sizeof n, 1, in) != 1))
        return hc_set_error(HC_ERROR, 0, NULL, NULL, "cannot read %s", file);
    arrays->n = (size_t)n;
    int status = hc_alloc(arrays->n, sizeof(int64_t), &arrays->x);
    if (status == HC_OK) status = hc_alloc(arrays->n, sizeof(int64_t), &arrays->y);
    if (status == HC_OK) status = hc_alloc(arrays->n, sizeof(int64_t), &arrays->z);
    for (size_t i = 0; i < arrays->n && !in && status == HC_OK; i++) {
        arrays->x[i] = (int64_t)i + 1;
        arrays->y[i] = 10 * ((int64_t)i + 1);
    }
    if (in && status == HC_OK &&
        (fread(arrays->x, sizeof(int64_t), arrays->n, in) != arrays->n ||
         fread(arrays->y, sizeof(int64_t), arrays->n, in) != arrays->n))
        status = hc_set_error(HC_ERROR, 0, NULL, NULL, "%s is too short", file);
    if (in) fclose(in);
    return status;
}

int arrays_write(const char *file, const Arrays *arrays) {
    if (!file) {
        for (size_t i = 0; i < arrays->n; i++)
            printf("%4" PRId64 " + %4" PRId64 " = %" PRId64 "\n", arrays->x[i], arrays->y[i],
                   arrays->z[i]);
        return HC_OK;
    }
    FILE *out = fopen(file, "wb");
    bool bad = !out || fwrite(arrays->z, sizeof(int64_t), arrays->n, out) != arrays->n;
    if (out) bad = fclose(out) != 0 || bad;
    return bad ? hc_set_error(HC_ERROR, 0, NULL, NULL, "cannot write %s", file) : HC_OK;
}
