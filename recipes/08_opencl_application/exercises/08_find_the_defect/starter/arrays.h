// SPDX-License-Identifier: MIT
/* arrays.h - where the numbers come from and where they go. Nothing here needs to be changed.
 */
#ifndef ARRAYS_H
#define ARRAYS_H
#include "hc_cl.h"

typedef struct Arrays {
    size_t n;
    int64_t *x, *y; /* input, n elements each */
    int64_t *z;     /* result, n elements */
} Arrays;

/* arrays_read - the arrays from a file; without one (NULL) n = 8, x[i] = i + 1, y[i] = 10 (i + 1).
 *   errors  HC_ERROR if the file cannot be read or is too short */
int arrays_read(const char *file, Arrays *arrays);

/* arrays_write - z into a file; without one (NULL) x, y and z are printed. */
int arrays_write(const char *file, const Arrays *arrays);

#endif
