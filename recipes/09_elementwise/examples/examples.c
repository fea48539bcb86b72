// SPDX-License-Identifier: MIT
/* The table of the worked examples, for --example. */
#include "examples.h"

const Example examples[] = {
    {"argmin", "the least element, and where it stands", example_argmin},
    {"mean_variance", "mean and variance in one pass, by merging", example_mean_variance},
    {"float_sums", "the error of a float sum: in sequence, as a tree, compensated",
     example_float_sums},
    {"copy_if", "the elements that are wanted, one behind the other", example_copy_if},
    {"histogram", "how often each byte occurs, by atomic additions", example_histogram},
    {NULL, NULL, NULL}};
