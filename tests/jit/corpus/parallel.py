# SPDX-License-Identifier: MIT
"""prange with parallel=True. Sums are of numbers that a float holds exactly, in any order."""
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def total(x):
    s = 0.0
    for i in prange(len(x)):
        s += x[i]
    return s


@njit(parallel=True)
def total_int(x):
    s = 0
    for i in prange(len(x)):
        s += x[i]
    return s


@njit(parallel=True)
def several(x):
    s = 0
    p = 1
    d = 100.0
    for i in prange(x.shape[0]):
        s += x[i]
        p *= 2 * x[i] + 1
        d -= x[i]
    return s, p, d


@njit(parallel=True)
def saxpy(a, x, y):
    for i in prange(len(x)):
        t = a * x[i]
        y[i] = t + y[i]


@njit(parallel=True)
def from_to(a, b):
    s = 10
    for i in prange(a, b):
        s += i
    return s


@njit(parallel=True)
def rows(a, out):
    for i in prange(a.shape[0]):
        s = 0.0
        for j in prange(a.shape[1]):
            s += a[i, j]
        out[i] = s


@njit(parallel=True)
def nested(a):
    s = 0.0
    for i in prange(a.shape[0]):
        for j in range(a.shape[1]):
            s += a[i, j]
    return s


@njit(parallel=True)
def conditional(x, limit):
    n = 0
    for i in prange(len(x)):
        if x[i] > limit:
            n += 1
            continue
        x[i] = limit
    return n


@njit(parallel=True)
def matmul(a, b, c):
    for i in prange(a.shape[0]):
        for j in range(b.shape[1]):
            s = 0.0
            for k in range(a.shape[1]):
                s += a[i, k] * b[k, j]
            c[i, j] = s


@njit(parallel=True)
def in_a_loop(x, n):
    s = 0.0
    for k in range(n):
        for i in prange(len(x)):
            x[i] += k
            s += x[i]
    return s


@njit
def square(v):
    return v * v


@njit(parallel=True)
def calls(x):
    s = 0
    for i in prange(len(x)):
        s += square(x[i])
    return s


@njit
def serial(x):
    s = 0
    for i in prange(len(x)):
        s += x[i]
    return s


def numbers(n):
    return (np.arange(n) * 37 % 19 - 9).astype(np.float64)


CASES = (
    [(total, (numbers(n),)) for n in (0, 1, 2, 3, 31, 1000)]
    + [(total_int, (numbers(n).astype(t),)) for n in (0, 5, 100) for t in (np.int64, np.int8)]
    + [(several, (numbers(n).astype(np.int64),)) for n in (0, 1, 7)]
    + [(saxpy, (2.5, numbers(n), numbers(n)[::-1].copy())) for n in (0, 1, 100)]
    + [(from_to, p) for p in ((0, 10), (-5, 5), (3, 3), (7, 2))]
    + [(rows, (numbers(12).reshape(3, 4), np.zeros(3))), (nested, (numbers(12).reshape(3, 4),)),
       (conditional, (numbers(50), 2.0)),
       (matmul, (numbers(12).reshape(3, 4), numbers(20).reshape(4, 5), np.zeros((3, 5)))),
       (in_a_loop, (numbers(10), 3)), (calls, (numbers(10),)), (serial, (numbers(10),))]
)
