// SPDX-License-Identifier: MIT
/* run.h - the texts of the reduction, which variance.c has, and what comes out of it. Nothing here
 * needs to be changed. */
#ifndef RUN_H
#define RUN_H

typedef struct Item { /* as "fields" declares it */
    double count, mean, second;
} Item;

extern const char *const fields, *const neutral, *const map, *const reduce;
double variance(const Item *item); /* from the item of all numbers */

#endif
