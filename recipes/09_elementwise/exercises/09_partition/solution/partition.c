// SPDX-License-Identifier: MIT
/* Numbers greater than limit to the front, the others behind them, by a scan. Those behind are i -
 * prev_item before element i. */
#include "run.h"

const char *const item_type = "uint";
const char *const neutral = "0";
/* of element i: x[i], limit, i and n */
const char *const map = "x[i] > limit ? 1 : 0";
/* of two items a and b */
const char *const scan = "a + b";
/* item, prev_item, last_item, x[i], limit, i; z[...] and front[i] are written */
const char *const output = "front[i] = item; if (x[i] > limit) z[prev_item] = x[i]; else "
                           "z[last_item + i - prev_item] = x[i]";
