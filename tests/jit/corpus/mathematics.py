# SPDX-License-Identifier: MIT
"""The module math, abs, min, max, round, int, float, bool and the types as functions."""
import math

import numpy as np
from numba import njit
import numba


@njit
def sqrt(x):
    return math.sqrt(x)


@njit
def exp(x):
    return math.exp(x)


@njit
def log(x):
    return math.log(x)


@njit
def log2(x):
    return math.log2(x)


@njit
def log10(x):
    return math.log10(x)


@njit
def sin(x):
    return math.sin(x)


@njit
def cos(x):
    return math.cos(x)


@njit
def tan(x):
    return math.tan(x)


@njit
def inverse_functions(x):
    return math.asin(x), math.acos(x), math.atan(x)


@njit
def hyperbolic(x):
    return math.sinh(x), math.cosh(x), math.tanh(x)


@njit
def inverse_hyperbolic(x):
    return math.asinh(x), math.acosh(x), math.atanh(x)


@njit
def near_zero(x):
    return math.expm1(x), math.log1p(x)


@njit
def error_functions(x):
    return math.erf(x), math.erfc(x)


@njit
def gammas(x):
    return math.gamma(x), math.lgamma(x)


@njit
def angles(x):
    return math.degrees(x), math.radians(x)


@njit
def floors(x):
    return math.floor(x), math.ceil(x), math.trunc(x)


@njit
def tests(x):
    return math.isnan(x), math.isinf(x), math.isfinite(x)


@njit
def two(x, y):
    return math.atan2(x, y), math.hypot(x, y)


@njit
def signs(x, y):
    return math.copysign(x, y), math.fabs(x)


@njit
def next_after(x, y):
    return math.nextafter(x, y)


@njit
def math_pow(x, y):
    return math.pow(x, y)


@njit
def math_gcd(a, b):
    return math.gcd(a, b)


@njit
def constants():
    return math.pi, math.e, math.tau, math.inf, np.pi


@njit
def absolute(x):
    return abs(x)


@njit
def smaller(a, b):
    return min(a, b)


@njit
def larger(a, b):
    return max(a, b)


@njit
def smallest(a, b, c):
    return min(a, b, c)


@njit
def largest(a, b, c):
    return max(a, b, c)


@njit
def rounded(x):
    return round(x)


@njit
def rounded_to(x, n):
    return round(x, n)


@njit
def to_int(x):
    return int(x)


@njit
def to_float(x):
    return float(x)


@njit
def to_bool(x):
    return bool(x)


@njit
def to_small(x):
    return np.int8(x), np.int16(x), np.int32(x), np.uint8(x), np.uint16(x), np.uint32(x)


@njit
def to_real(x):
    return np.float32(x), np.float64(x), numba.float32(x)


@njit
def single(x):
    return np.float32(x) * np.float32(0.1) + np.float32(1)


@njit
def distance(x, y):
    return math.sqrt(x * x + y * y)


@njit
def newton(x):
    r = x
    for i in range(20):
        r = 0.5 * (r + x / r)
    return r


@njit
def integral(n):
    s = 0.0
    for i in range(n):
        x = (i + 0.5) / n
        s += 4.0 / (1.0 + x * x)
    return s / n


INF, NAN = float("inf"), float("nan")
REALS = (0.0, -0.0, 0.5, -0.5, 1.0, 2.75, -3.5, 100.0, 1e-10, INF, -INF, NAN, np.float32(0.3), 2, -1,
         np.uint8(3), np.int32(-2))
# Functions of the C library may differ in the last bits from one version of it to the next.
INEXACT = {exp, log, log2, log10, sin, cos, tan, inverse_functions, hyperbolic, inverse_hyperbolic,
           near_zero, error_functions, gammas, two, math_pow}
FINITE = (0.0, 0.5, -0.5, 1.5, 2.5, -2.5, 1e15, 3, -7, np.float32(2.5), np.uint8(200))
CASES = (
    [(f, (x,)) for f in (sqrt, exp, log, log2, log10, sin, cos, tan, inverse_functions, hyperbolic,
                         inverse_hyperbolic, near_zero, error_functions, angles, tests)
     for x in REALS]
    + [(gammas, (x,)) for x in (0.5, 1.0, 3.0, 4.5, -1.5, 10)]
    + [(f, (x,)) for f in (floors, to_int) for x in FINITE]
    + [(f, p) for f in (two, signs) for p in ((1.0, 2.0), (-1.5, 0.0), (0.0, -0.0), (3, 4),
                                              (np.float32(1), np.float32(2)), (1, 2.5))]
    + [(next_after, (1.0, 2.0)), (next_after, (0.0, -1.0)), (constants, ())]
    + [(math_pow, p) for p in ((2.0, 10.0), (2.0, 10), (1.5, -2), (-8.0, 1 / 3), (0.0, 0.0),
                               (np.float32(2), np.float32(0.5)))]
    + [(math_gcd, p) for p in ((12, 18), (-12, 18), (0, 5), (7, 0), (np.int32(6), np.int32(4)))]
    + [(absolute, (x,)) for x in REALS + (-2**63, np.int8(-128), np.uint64(5))]
    + [(f, p) for f in (smaller, larger)
       for p in ((1, 2), (2.5, 1), (NAN, 1.0), (1.0, NAN), (0.0, -0.0), (-0.0, 0.0),
                 (np.int32(3), 2), (np.float32(1), 2), (np.uint8(3), np.int8(-3)), (True, 2))]
    + [(f, p) for f in (smallest, largest)
       for p in ((1, 2, 3), (3, 2.5, 1), (1.5, NAN, 2.5), (NAN, 1.0, 2.0), (2, 2, 1))]
    + [(rounded, (x,)) for x in (0.5, 1.5, 2.5, -0.5, -1.5, 2.4999, 1e15, np.float32(2.5))]
    + [(rounded_to, p) for p in ((2.675, 2), (1234.5678, -2), (0.5, 0), (1e300, 5), (INF, 2),
                                 (NAN, 1), (1.23456789, 25), (5e-10, 9), (np.float32(2.375), 2))]
    + [(to_float, (x,)) for x in (1, 2.5, np.int8(-3), np.float32(0.1), np.uint64(2**63))]
    + [(to_bool, (x,)) for x in (0, 1, -1, 0.0, -0.0, NAN, 0.1, True, np.uint8(0))]
    + [(to_small, (x,)) for x in (0, 1, 127, 300, -1, 2**40 + 5, 70000)]
    + [(to_real, (x,)) for x in (1, 0.1, 1e300, np.float32(0.1), 2**60 + 1, True)]
    + [(single, (x,)) for x in (1.0, 0.3, 7)]
    + [(distance, (3.0, 4.0)), (distance, (1, 1)), (newton, (2.0,)), (integral, (1000,))]
)
