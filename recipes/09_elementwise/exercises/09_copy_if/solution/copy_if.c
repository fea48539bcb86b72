// SPDX-License-Identifier: MIT
/* Keep the numbers that are greater than limit, by a scan. item counts the kept. */
#include "run.h"

const char *const item_type = "uint";
const char *const neutral = "0";
/* of element i: x[i], limit, i and n */
const char *const map = "x[i] > limit ? 1 : 0";
/* of two items a and b */
const char *const scan = "a + b";
/* item, prev_item, x[i], limit, z[...], kept[i] */
const char *const output = "kept[i] = item; if (x[i] > limit) z[prev_item] = x[i]";
