// SPDX-License-Identifier: MIT
/* real.h - what an arithmetic instruction must give in a floating-point format: for float.c,
 * half.c. */
#ifndef REAL_H
#define REAL_H

#include "ops.h"
#include "soft.h"

enum { R_ADD, R_SUB, R_MUL, R_FMA, R_DIV, R_SQRT, R_RCP, R_ABS, R_NEG, R_MIN, R_MAX };
/* x[0] the operation, x[1] the rounding, x[2] ftz, x[3] sat, x[4] relu, x[5] NaN, x[6]
 * xorsign.abs */
bool real_result(const Case *c, Format f, const uint64_t *in, uint64_t *out);
#endif
