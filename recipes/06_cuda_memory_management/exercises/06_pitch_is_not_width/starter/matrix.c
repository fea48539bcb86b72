// SPDX-License-Identifier: MIT
/* Reading the matrix: rows and cols with 64 bits each, then the elements, 32 bits each. Writing the
 * sums: one after the other, 32 bits each. Nothing here needs to be changed.
 */
#include "matrix.h"

#include <inttypes.h>

int matrix_read(const char *file, Matrix *m) {
    FILE *in = file ? fopen(file, "rb") : NULL;
    uint64_t size[2] = {4, 5};
    if (file && (!in || fread(size, sizeof size, 1, in) != 1))
        return hc_set_error(HC_ERROR, 0, NULL, NULL, "cannot read %s", file);
    m->rows = (size_t)size[0], m->cols = (size_t)size[1];
    size_t n = m->rows * m->cols;
    int status = hc_alloc(n, sizeof(int32_t), &m->x);
    if (status == HC_OK) status = hc_alloc(m->rows, sizeof(int32_t), &m->sums);
    for (size_t i = 0; i < n && !in && status == HC_OK; i++)
        m->x[i] = (int32_t)(10 * (i / m->cols) + i % m->cols);
    if (in && status == HC_OK && fread(m->x, sizeof(int32_t), n, in) != n)
        status = hc_set_error(HC_ERROR, 0, NULL, NULL, "%s is too short", file);
    if (in) fclose(in);
    return status;
}

int matrix_write(const char *file, const Matrix *m) {
    if (!file) {
        for (size_t row = 0; row < m->rows; row++)
            printf("row %zu: %" PRId32 "\n", row, m->sums[row]);
        return HC_OK;
    }
    FILE *out = fopen(file, "wb");
    bool bad = !out || fwrite(m->sums, sizeof(int32_t), m->rows, out) != m->rows;
    if (out) bad = fclose(out) != 0 || bad;
    return bad ? hc_set_error(HC_ERROR, 0, NULL, NULL, "cannot write %s", file) : HC_OK;
}
