# SPDX-License-Identifier: MIT
"""Functions with signatures of their own: which of several a call takes, and what it converts."""
import numpy as np
from numba import njit, float32, float64, int16, int32, int64, uint8


@njit([float64(int64), float64(float32)])
def a_third(a):
    return a / 3


@njit(["float64(float32)", "float64(int32)"])
def a_seventh(a):
    return a / 7


@njit([float64(int32), float64(int64)])
def as_integer(a):
    return a * a


@njit([float64(uint8), float64(int16)])
def small(a):
    return a + 0.5


@njit([float64(int64, float64), float64(float64, int64)])
def pair(a, b):
    return a // 2 + b // 2


@njit([float64(int32, int64), float64(int64, int32)])
def mixed(a, b):
    return a * 65536 + b


@njit(["float64(float64[:], int64)", "float64(int64[:], int64)"])
def element(x, i):
    return x[i] / 2


@njit([int64(int64), float64(float64)])
def inner(a):
    return a + a


@njit
def calls_one(a):
    return inner(a) * 1.0


SCALARS = (np.int8(3), np.int32(-3), np.int64(2**40 + 1), np.uint8(200), np.uint64(5),
           np.float32(3.7), np.float64(3.7), np.bool_(True))
CASES = (
    [(f, (a,)) for f in (a_third, a_seventh, as_integer, small) for a in SCALARS]
    + [(f, (a, b)) for f in (pair, mixed) for a in (np.int32(7), 7, 3.5) for b in (np.int32(5), 5, 2.5)]
    + [(element, (np.arange(4.0), 1)), (element, (np.arange(4), -1)),
       (element, (np.arange(4).astype(np.int32), 1)), (element, (np.arange(8.0)[::2], 3))]
    + [(calls_one, (a,)) for a in (3, 3.25, np.float32(1.5), np.int16(4))]
)
