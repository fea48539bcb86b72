// SPDX-License-Identifier: MIT
/* run.h - the texts of the reduction, which log_sum.c has, and what comes out of it. Nothing here
 * needs to be changed. */
#ifndef RUN_H
#define RUN_H
#include <math.h>

typedef struct Item { /* as "fields" declares it */
    double most, sum;
} Item;

extern const char *const fields, *const neutral, *const map, *const reduce;
double log_sum(const Item *item); /* from the item of all numbers */

#endif
