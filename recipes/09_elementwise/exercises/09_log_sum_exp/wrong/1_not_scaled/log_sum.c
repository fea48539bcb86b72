// SPDX-License-Identifier: MIT
/* log(exp(x[0]) + exp(x[1]) + ...) by one reduction. Sums that refer to different numbers are
 * added. */
#include "run.h"

const char *const fields = "double most, double sum";
const char *const neutral = "make_item(-INFINITY, 0)";
const char *const map = "make_item(x[i], 1)";
const char *const reduce =
    "a.sum == 0 ? b : b.sum == 0 ? a : make_item(fmax(a.most, b.most), a.sum + b.sum)";

double log_sum(const Item *item) { return item->most + log(item->sum); }
