# SPDX-License-Identifier: MIT
"""NumPy's functions of numbers: their types are NumPy's, not Python's, and they never raise."""
import math

import numpy as np
from numba import njit, vectorize


@njit
def add_subtract(a, b):
    return np.add(a, b), np.subtract(a, b), np.multiply(a, b)


@njit
def divide(a, b):
    return np.divide(a, b), np.true_divide(a, b)


@njit
def whole_division(a, b):
    return np.floor_divide(a, b), np.remainder(a, b), np.mod(a, b)


@njit
def fmod(a, b):
    return np.fmod(a, b)


@njit
def power(a, b):
    return np.power(a, b)


@njit
def extremes(a, b):
    return np.maximum(a, b), np.minimum(a, b), np.fmax(a, b), np.fmin(a, b)


@njit
def bits(a, b):
    return np.bitwise_and(a, b), np.bitwise_or(a, b), np.bitwise_xor(a, b)


@njit
def shifts(a, b):
    return np.left_shift(a, b), np.right_shift(a, b)


@njit
def inverted(a):
    return np.invert(a), np.bitwise_not(a)


@njit
def divisors(a, b):
    return np.gcd(a, b), np.lcm(a, b)


@njit
def compared(a, b):
    return (np.less(a, b), np.less_equal(a, b), np.greater(a, b), np.greater_equal(a, b),
            np.equal(a, b), np.not_equal(a, b))


@njit
def logic(a, b):
    return np.logical_and(a, b), np.logical_or(a, b), np.logical_xor(a, b), np.logical_not(a)


@njit
def tests(a):
    return np.isnan(a), np.isinf(a), np.isfinite(a), np.signbit(a)


@njit
def signs(a):
    return np.absolute(a), np.abs(a), np.negative(a), np.positive(a), np.conjugate(a), np.conj(a)


@njit
def sign(a):
    return np.sign(a)


@njit
def squared(a):
    return np.square(a)


@njit
def reciprocal(a):
    return np.reciprocal(a)


@njit
def rounded(a):
    return np.floor(a), np.ceil(a), np.trunc(a), np.rint(a), np.fabs(a)


@njit
def angles(a):
    return np.degrees(a), np.rad2deg(a), np.radians(a), np.deg2rad(a)


@njit
def exponentials(a):
    return np.exp(a), np.exp2(a), np.expm1(a), np.sqrt(a), np.cbrt(a)


@njit
def logarithms(a):
    return np.log(a), np.log2(a), np.log10(a), np.log1p(a)


@njit
def trigonometric(a):
    return np.sin(a), np.cos(a), np.tan(a), np.arcsin(a), np.arccos(a), np.arctan(a)


@njit
def hyperbolic(a):
    return np.sinh(a), np.cosh(a), np.tanh(a), np.arcsinh(a), np.arccosh(a), np.arctanh(a)


@njit
def pairs(a, b):
    return np.arctan2(a, b), np.hypot(a, b)


@njit
def exact_pairs(a, b):
    return np.copysign(a, b), np.nextafter(a, b)


@njit
def sums_of_logarithms(a, b):
    return np.logaddexp(a, b), np.logaddexp2(a, b)


@njit
def spacing(a):
    return np.spacing(a)


@njit
def scaled(a, n):
    return np.ldexp(a, n)


@njit
def math_scaled(a, n):
    return math.ldexp(a, n)


@njit
def taken_apart(a):
    return math.frexp(a)


@njit
def both_divisions(a, b):
    return np.divmod(a, b)


@njit
def float_power(a, b):
    return np.float_power(a, b)


@njit
def newer_names(a):
    return (np.acos(a), np.acosh(a), np.asin(a), np.asinh(a), np.atan(a), np.atanh(a),
            np.atan2(a, a), np.pow(a, a))


@vectorize
def wave(x, y):
    return np.maximum(np.fmod(x, y), np.square(x) % 7)


INF, NAN = float("inf"), float("nan")
KINDS = (np.bool_, np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64,
         np.float32, np.float64)
REALS = ((5.5, 2.0), (-5.5, 2.0), (5.5, -2.0), (-4.0, 2.0), (0.0, -0.0), (-0.0, 3.0), (1.0, 0.0),
         (-1.0, 0.0), (INF, 2.0), (2.0, INF), (-1.0, INF), (NAN, 1.0), (1.0, NAN), (1e300, 1e-300),
         (5e-324, 3.0), (np.float32(7.25), np.float32(-2)), (np.float32(1), np.float32(0)),
         (np.float32(0.1), 3))
WHOLE = ((7, 3), (-7, 3), (7, -3), (-7, -3), (5, 0), (0, 5), (0, 0), (-2**63, -1), (2**62, 3),
         (2**53 + 1, 2))
ONE = (0.0, -0.0, 0.5, -0.75, 2.5, -3.5, 100.0, 5e-324, 1e300, INF, -INF, NAN, np.float32(0.3),
       np.float32(-2.5), 2, -1, True, np.uint8(3), np.int16(-2), np.uint64(7))
NUMBERS = [x for x in ONE if not isinstance(x, bool)]
INTEGERS = [x for x in ONE if not isinstance(x, (float, np.float32))]
# Functions of the C library may differ in the last bits from one version of it to the next.
INEXACT = {power, exponentials, logarithms, trigonometric, hyperbolic, pairs, sums_of_logarithms,
           float_power, newer_names}


def three(kind):
    return kind(3) if kind is not np.bool_ else np.True_


CASES = (
    # The types, for each pair; then the values.
    [(f, (three(a), three(b))) for f in (add_subtract, extremes, compared) for a in KINDS
     for b in KINDS]
    + [(f, (three(a), three(b))) for f in (divide, whole_division, fmod, power, bits, shifts,
                                           divisors, logic, pairs)
       for a, b in zip(KINDS, KINDS[3:] + KINDS[:3])]
    + [(f, (three(a),)) for f in (sign, squared, reciprocal, signs, tests, rounded, inverted,
                                  trigonometric)
       for a in KINDS]
    + [(f, p) for f in (add_subtract, divide, whole_division, fmod, extremes, compared, logic,
                        pairs, exact_pairs)
       for p in REALS]
    + [(power, p) for p in REALS[:-1]]
    + [(f, p) for f in (add_subtract, divide, extremes, compared, logic) for p in WHOLE]
    + [(whole_division, p) for p in WHOLE if p != (-2**63, -1)]  # Numba stops there: SIGFPE
    + [(fmod, p) for p in WHOLE if min(p) >= 0]  # it takes negative ones for unsigned
    + [(power, p) for p in ((2, 10), (-3, 3), (2, 0), (0, 0), (1, -5), (-1, -5), (7, -1),
                            (np.int8(2), np.int8(6)), (np.uint8(3), np.uint8(4)),
                            (np.uint64(3), np.uint64(30)))]
    + [(f, p) for f in (bits, divisors) for p in ((12, 18), (-12, 18), (5, 0), (0, 7),
                                                  (2**40 + 2, 2**20 - 4))]
    + [(shifts, p) for p in ((1, 5), (-5, 1), (1, 63), (-1, 64), (np.int8(1), np.int8(9)),
                             (np.uint8(200), np.uint8(1)))]
    + [(f, (x,)) for f in (sign, squared, tests, rounded, angles) for x in NUMBERS]
    + [(signs, (x,)) for x in ONE]
    + [(inverted, (x,)) for x in INTEGERS]
    + [(reciprocal, (x,)) for x in (2.0, -0.0, INF, NAN, np.float32(3), 1, -1, 2, 0, np.int8(0),
                                    np.uint8(1))]
    + [(f, (x,)) for f in (exponentials, logarithms, trigonometric, hyperbolic) for x in NUMBERS]
    + [(sums_of_logarithms, p) for p in REALS]
    + [(spacing, (x,)) for x in (0.0, 1.0, -1.0, 3.5, INF, NAN, np.float32(1), np.float32(-0.1), 2)]
    + [(compared, p) for p in ((-1, np.uint64(1)), (-1, np.uint64(2**64 - 1)),
                               (np.uint64(2**63), -1), (2**53 + 1, np.uint64(2**53)),
                               (np.uint64(2**53 + 1), 2**53 + 1))]
    + [(f, p) for f in (scaled, math_scaled)
       for p in ((1.5, 3), (0.75, -1074), (1.0, 2000), (np.float32(1.5), np.int32(3)), (3, 2),
                 (NAN, 1), (-0.0, 5), (np.int8(1), np.int8(3)), (np.float32(1.5), 4),
                 (1.0, np.uint8(3)))]
    + [(scaled, (1.0, np.uint64(3)))]
    + [(taken_apart, (x,)) for x in ONE]
    + [(both_divisions, p) for p in REALS + WHOLE + ((np.int8(5), np.uint8(3)), (True, True))
       if p != (-2**63, -1)]
    + [(float_power, p) for p in ((2.0, 0.5), (2, 3), (np.float32(2), np.float32(3)),
                                  (np.int8(2), np.int8(9)))]
    + [(newer_names, (x,)) for x in (0.5, np.float32(0.25), 1, 0.0)]
    + [(wave, (np.linspace(-3, 3, 13), np.linspace(2, 1, 13)))]
)
