// SPDX-License-Identifier: MIT
/* examples.h - worked examples of reductions and scans, a file each: --example NAME runs one.
 */
#ifndef EXAMPLES_H
#define EXAMPLES_H
#include "elementwise.h"

typedef struct Example {
    const char *name, *summary;
    /* On n elements from seed: prints what it found, and verifies it against plain C. */
    int (*run)(EwDevice *device, size_t n, uint64_t seed);
} Example;

extern const Example examples[]; /* ended by one without a name */

int example_argmin(EwDevice *device, size_t n, uint64_t seed);
int example_mean_variance(EwDevice *device, size_t n, uint64_t seed);
int example_float_sums(EwDevice *device, size_t n, uint64_t seed);
int example_copy_if(EwDevice *device, size_t n, uint64_t seed);
int example_histogram(EwDevice *device, size_t n, uint64_t seed);

#endif
