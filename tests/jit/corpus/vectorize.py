# SPDX-License-Identifier: MIT
"""@vectorize: functions of numbers become functions of arrays, with NumPy's rules for shapes and,
where there are signatures, for types."""
import math

import numpy as np
from numba import njit, vectorize, float32, float64, int32, int64


@vectorize
def add(a, b):
    return a + b


@vectorize
def ratio(a, b):
    return a / b


@vectorize
def whole(a, b):
    return a // b


@vectorize
def clipped(a, low, high):
    if a < low:
        return low
    return min(a, high)


@vectorize([int32(int32, int32), float32(float32, float32), float64(float64, float64)])
def product(a, b):
    return a * b


@vectorize(["float64(float64)"])
def root(a):
    return math.sqrt(a)


@vectorize(["int64(int64)", "float64(float64)"], target="parallel")
def cube(a):
    return a * a * a


@njit
def helper(a, b):
    return a * 2 + b


@vectorize(nopython=True)
def with_helper(a, b):
    return helper(a, b) - 1


@vectorize
def is_even(a):
    return a % 2 == 0


@vectorize
def steps(a):
    n = 0
    while a > 1:
        a = a // 2 if a % 2 == 0 else 3 * a + 1
        n += 1
    return n


def numbers(*shape):
    n = int(np.prod(shape))
    return (np.arange(n) * 37 % 19 - 9.0).reshape(shape)


KINDS = (np.bool_, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint32, np.uint64, np.float32,
         np.float64)
SHAPES = (((5,), (5,)), ((1,), (5,)), ((3, 4), (4,)), ((3, 1), (1, 4)), ((2, 3, 4), (3, 1)), ((0,), (1,)),
          ((2, 3), (2, 3)), ((2, 1, 3), (4, 3)), ((1, 1), (1,)), ((2, 0), (1, 1)))
CASES = (
    [(add, (numbers(*a), numbers(*b))) for a, b in SHAPES]
    + [(add, (numbers(4, 6).T, numbers(6, 4))), (add, (numbers(8)[::2], numbers(4))),
       (add, (numbers(4, 6)[:, ::2], numbers(3))), (add, (numbers(3, 4), np.float64(2.5))),
       (add, (np.int64(3), numbers(4).astype(np.int64)))]
    + [(add, (np.ones(3, a), np.ones(3, b))) for a in KINDS[1:] for b in KINDS[1:]]
    + [(f, (numbers(19), numbers(19)[::-1].copy())) for f in (ratio, whole)]
    + [(f, (numbers(19).astype(np.int64), numbers(19)[::-1].astype(np.int64))) for f in (ratio, whole)]
    + [(clipped, (numbers(7), np.float64(-2), np.float64(3))),
       (clipped, (numbers(2, 7).astype(np.int32), np.full((2, 1), -2, np.int32), np.full(7, 3, np.int32)))]
    + [(product, (np.full(3, 3, a), np.full(3, 2, a))) for a in KINDS]
    + [(root, (np.full(2, 7, a),)) for a in KINDS]
    + [(cube, (numbers(1000),)), (cube, (numbers(10, 7).astype(np.int16),)), (cube, (np.int64(-3),))]
    + [(with_helper, (numbers(5), numbers(5))), (is_even, (np.arange(-3, 3),)),
       (steps, (np.arange(1, 30),)), (add, (np.int64(3), np.int64(4))), (root, (np.float64(2),))]
)
