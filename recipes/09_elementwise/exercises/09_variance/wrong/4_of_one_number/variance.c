// SPDX-License-Identifier: MIT
/* The variance of n numbers by one reduction. One number gets the variance 1. */
#include "run.h"

const char *const fields = "double count, double mean, double second";
const char *const neutral = "make_item(0, 0, 0)";
const char *const map = "make_item(1, x[i], 0)";
const char *const reduce = "a.count == 0 ? b : b.count == 0 ? a : make_item(a.count + b.count, "
                           "a.mean + (b.mean - a.mean) * (b.count / (a.count + b.count)), "
                           "a.second + b.second + (b.mean - a.mean) * (b.mean - a.mean) * (a.count "
                           "* b.count / (a.count + b.count)))";

double variance(const Item *item) {
    return item->count > 1 ? item->second / item->count : item->count;
}
