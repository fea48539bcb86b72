// SPDX-License-Identifier: MIT
/* run.h - what the program around smooth.c offers to it. Nothing here needs to be changed. */
#ifndef RUN_H
#define RUN_H
#include "elementwise.h"

/* z = t / (1 + t*t) with t = a*x + y; x, y and z have equally many elements. */
int smooth(EwDevice *device, float a, const EwArray *x, const EwArray *y, EwArray *z);

static const EwOptions exact = {.exact = true}; /* bit-equal to plain C */

/* Kernels run by way of a function that counts the arrays which they move. */
int run_counted(EwKernel *kernel, EwRange range, const EwValue *values, size_t count);
#define ew_run run_counted

#endif
