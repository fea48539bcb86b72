# SPDX-License-Identifier: MIT
"""Functions that call each other and themselves, with defaults, keywords and signatures."""
import numpy as np
from numba import njit, int32, float64

LIMIT = 10
RATE = 0.25
DEBUG = False
LOW = -4


@njit
def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


@njit
def factorial(n):
    return 1 if n <= 1 else n * factorial(n - 1)


@njit
def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


@njit
def is_even(n):
    if n == 0:
        return True
    return is_odd(n - 1)


@njit
def is_odd(n):
    if n == 0:
        return False
    return is_even(n - 1)


@njit
def helper(a, b=2, c=3.0):
    return a * b + c


@njit
def with_defaults(a):
    return helper(a) + helper(a, 5) + helper(a, 5, 1)


@njit
def with_keywords(a):
    return helper(c=a, a=1) - helper(a, c=2, b=a)


@njit
def minmax(a, b):
    if a < b:
        return a, b
    return b, a


@njit
def spread(a, b):
    low, high = minmax(a, b)
    return high - low


@njit
def tuple_item(a, b):
    return minmax(a, b)[0] * 10


@njit
def bump(x):
    for i in range(len(x)):
        x[i] += 1


@njit
def bump_twice(x):
    bump(x)
    bump(x[1:])


@njit
def polymorphic(a):
    return helper(a) + helper(1.5) + helper(True)


@njit
def uses_constants(x):
    if DEBUG:
        return 0.0
    return x * RATE + LIMIT + LOW


@njit("float64(float64, float64)")
def eager(a, b):
    return a + b


@njit(int32(int32))
def eager_32(a):
    return a * 2


@njit(float64(float64[:]))
def eager_array(x):
    return x[0] + len(x)


@njit
def calls_eager(a):
    return eager(a, 2) + eager_32(a)


@njit
def deep(n):
    if n == 0:
        return 0.0
    return 1 + deep(n - 1)


@njit
def raises_inside(a, b):
    return helper(a // b) + 1


@njit
def late(n):
    return defined_later(n) * 2


@njit
def defined_later(n):
    return n + 0.5


@njit
def power_tower(a, b):
    r = 1
    for i in range(b):
        r = square_or_mul(r, a, i)
    return r


@njit
def square_or_mul(r, a, i):
    if i % 2:
        return r * a
    return r * r + a


CASES = (
    [(fib, (n,)) for n in (0, 1, 2, 10, 20)]
    + [(factorial, (n,)) for n in (0, 1, 5, 20, 25)] + [(ackermann, (2, 3))]
    + [(f, (n,)) for f in (is_even, is_odd) for n in (0, 1, 7, 10)]
    + [(f, (a,)) for f in (with_defaults, with_keywords, polymorphic, uses_constants, late)
       for a in (1, 2.5, 7)]
    + [(f, p) for f in (minmax, spread, tuple_item) for p in ((1, 2), (5, 3), (2.5, -1.0))]
    + [(bump_twice, (np.arange(5.0),)), (bump_twice, (np.arange(5),))]
    + [(eager, (1.5, 2.0)), (eager, (1, 2)), (eager_32, (np.int32(5),)), (eager_array, (np.ones(3),)),
       (calls_eager, (3,)), (deep, (50,)), (raises_inside, (7, 2)), (raises_inside, (7, 0)),
       (power_tower, (2, 5))]
)
