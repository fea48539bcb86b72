// SPDX-License-Identifier: MIT
/* soft.h - floating-point arithmetic by integers, for every format and rounding that PTX has.
 *
 * A result is first made exactly, as a long integer times a power of two (a quotient or a root as
 * its leading bits and a last one that says "and something more"), then rounded once. Slow, and
 * simple enough to be believed. */
#ifndef SOFT_H
#define SOFT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    int exponent_bits, mantissa_bits; /* without the hidden bit */
} Format;
extern const Format f16, bf16, f32, f64;

typedef enum { RN, RZ, RM, RP, RNA } Rounding;

/* The canonical NaN of PTX: all bits one, but the sign. */
uint64_t soft_nan(Format f);
bool soft_is_nan(Format f, uint64_t a);
bool soft_is_inf(Format f, uint64_t a);
bool soft_is_zero(Format f, uint64_t a);
bool soft_is_subnormal(Format f, uint64_t a);
bool soft_negative(Format f, uint64_t a);
uint64_t soft_flush(Format f, uint64_t a); /* .ftz: a subnormal becomes a zero of its sign */
uint64_t soft_negate(Format f, uint64_t a);
uint64_t soft_one(Format f);
/* -1, 0, 1; 2 if unordered. */
int soft_compare(Format f, uint64_t a, uint64_t b);

uint64_t soft_add(Format f, Rounding r, uint64_t a, uint64_t b);
uint64_t soft_mul(Format f, Rounding r, uint64_t a, uint64_t b);
uint64_t soft_fma(Format f, Rounding r, uint64_t a, uint64_t b, uint64_t c);
uint64_t soft_div(Format f, Rounding r, uint64_t a, uint64_t b);
uint64_t soft_sqrt(Format f, Rounding r, uint64_t a);
uint64_t soft_convert(Format to, Rounding r, Format from, uint64_t a);
uint64_t soft_from_int(Format to, Rounding r, bool negative, uint64_t magnitude);
/* Rounded to an integral value, in the same format. */
uint64_t soft_integral(Format f, Rounding r, uint64_t a);
/* To an integer of so many bits: clamped to its range. NaN is the caller's business. */
uint64_t soft_to_int(Format f, Rounding r, uint64_t a, int bits, bool is_signed);
double soft_to_double(Format f, uint64_t a);
#endif
