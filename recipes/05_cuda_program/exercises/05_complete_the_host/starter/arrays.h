// SPDX-License-Identifier: MIT
/* arrays.h - where the numbers come from and where they go. Nothing here needs to be changed.
 */
#ifndef ARRAYS_H
#define ARRAYS_H
#include "hc_cu.h"

typedef struct Arrays {
    size_t n;
    float factor;
    float *x; /* input, n elements */
    float *y; /* result, n elements */
} Arrays;

/* arrays_read - the numbers from a file; without one (NULL) n = 8, x[i] = i + 1, factor = 10.
 *   errors  HC_ERROR if the file cannot be read or is too short */
int arrays_read(const char *file, Arrays *arrays);

/* arrays_write - y into a file; without one (NULL) x and y are printed. */
int arrays_write(const char *file, const Arrays *arrays);

#endif
