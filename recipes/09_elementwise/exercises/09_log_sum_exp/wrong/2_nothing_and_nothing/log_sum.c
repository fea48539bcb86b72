// SPDX-License-Identifier: MIT
/* log(exp(x[0]) + exp(x[1]) + ...) by one reduction. Minus infinity less minus infinity is not a
 * number. */
#include "run.h"

const char *const fields = "double most, double sum";
const char *const neutral = "make_item(-INFINITY, 0)";
const char *const map = "make_item(x[i], 1)";
const char *const reduce = "make_item(fmax(a.most, b.most), a.sum * exp(a.most - fmax(a.most, "
                           "b.most)) + b.sum * exp(b.most - fmax(a.most, b.most)))";

double log_sum(const Item *item) { return item->most + log(item->sum); }
