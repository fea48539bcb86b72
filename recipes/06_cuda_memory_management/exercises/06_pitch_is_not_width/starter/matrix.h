// SPDX-License-Identifier: MIT
/* matrix.h - where the numbers come from and where they go. Nothing here needs to be changed.
 */
#ifndef MATRIX_H
#define MATRIX_H
#include "hc_cu.h"

typedef struct Matrix {
    size_t rows, cols;
    int32_t *x;    /* rows x cols, row by row, without padding */
    int32_t *sums; /* the result: rows elements */
} Matrix;

/* matrix_read - the matrix from a file; without one (NULL) 4 x 5 with x[i][j] = 10 i + j.
 *   errors  HC_ERROR if the file cannot be read or is too short */
int matrix_read(const char *file, Matrix *matrix);

/* matrix_write - the sums into a file; without one (NULL) they are printed. */
int matrix_write(const char *file, const Matrix *matrix);

#endif
