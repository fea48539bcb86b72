// SPDX-License-Identifier: MIT
/* The variance of n numbers by one reduction. Two neutral elements give 0 / 0. */
#include "run.h"

const char *const fields = "double count, double mean, double second";
const char *const neutral = "make_item(0, 0, 0)";
const char *const map = "make_item(1, x[i], 0)";
const char *const reduce =
    "make_item(a.count + b.count, a.mean + (b.mean - a.mean) * (b.count / (a.count + b.count)), "
    "a.second + b.second + (b.mean - a.mean) * (b.mean - a.mean) * (a.count * b.count / (a.count + "
    "b.count)))";

double variance(const Item *item) { return item->count > 0 ? item->second / item->count : 0; }
