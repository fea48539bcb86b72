# SPDX-License-Identifier: MIT
"""Loops over arrays and tuples, enumerate and zip."""
import numpy as np
from numba import njit


@njit
def total(a):
    s = a[0] * 0
    for x in a:
        s = s * 2 + x
    return s


@njit
def rows(a):
    s = 0.0
    for row in a:
        for x in row:
            s = s * 2 + x
    return s


@njit
def rows_shape(a):
    s = 0
    for row in a:
        s = s * 10 + row.shape[0] + len(row)
    return s


@njit
def numbered(a):
    s = 0.0
    for i, x in enumerate(a):
        s = s * 2 + i * x
    return s


@njit
def numbered_from(a, first):
    s = 0.0
    last = first
    for i, x in enumerate(a, first):
        s += i * x
        last = i
    return s, last


@njit
def numbered_below(a):
    s = 0
    for i, x in enumerate(a, -1):
        s = s * 3 + i
    return s


@njit
def together(a, b):
    s = 0.0
    n = 0
    for x, y in zip(a, b):
        s += x * y
        n += 1
    return s, n


@njit
def three(a, b, c):
    s = 0.0
    for x, y, z in zip(a, b, c):
        s = s * 2 + x + y * z
    return s


@njit
def deep(a, b):
    s = 0.0
    for i, (x, y) in enumerate(zip(a, b), 10):
        if i == 11:
            continue
        if i == 14:
            break
        s += i * x * y
    else:
        s += 1000
    return s


@njit
def deeper(a, b):
    s = 0.0
    for (i, x), (k, y) in zip(enumerate(a), enumerate(b, 1)):
        s = s * 2 + i * y - k * x
    return s


@njit
def whole(a, b):
    s = 0.0
    for p in enumerate(a):
        for q in zip(a, b):
            s += p[0] * p[1] + q[0] - q[1]
    return s


@njit
def last(a):
    x = a[0]
    for x in a:
        if x > 3:
            break
    return x


@njit
def rebound(a):
    s = 0.0
    for x in a:
        a = a[1:]
        s += x + len(a)
    return s


@njit
def changed(a):
    s = 0.0
    for i, x in enumerate(a):
        a[len(a) - 1] = 100
        s = s * 2 + x
    return s


@njit
def backwards(a):
    s = 0.0
    for x in a[::-1]:
        s = s * 2 + x
    return s


@njit
def of_tuple(a, b):
    s = a
    for x in (a, b, a):
        s = s * 2 + x
    return s


@njit
def own_names(enumerate, zip):
    s = 0
    for i in range(enumerate):
        s += zip
    return s


@njit
def nested(a):
    n = 0
    for x in a:
        for y in a:
            if x < y:
                n += 1
            elif x > y:
                break
        else:
            n += 100
    return n


KINDS = ("int8", "int32", "int64", "uint8", "uint64", "float32", "float64")
FLOATS = np.array([1.5, -2.0, 5.25, 0.0, 3.0, 7.5])
INTS = np.array([3, 1, 4, 1, 5])
TABLE = np.arange(12, dtype=np.float64).reshape(3, 4)
CASES = (
    [(f, (INTS.astype(k),)) for f in (total, numbered, last, numbered_below) for k in KINDS]
    + [(f, (a,)) for f in (numbered, numbered_below, last, rebound, changed, backwards, nested)
       for a in (FLOATS, FLOATS[1::2], FLOATS[::-1], FLOATS[:1])]
    + [(total, (np.array([True, False, True]),))]
    + [(f, (a,)) for f in (rows, rows_shape)
       for a in (TABLE, TABLE.T, TABLE[:, ::2], TABLE[:0], TABLE[:, :0])]
    + [(rows_shape, (np.zeros((2, 3, 4)),))]
    + [(numbered_from, (FLOATS, first)) for first in (0, 1, -7, np.int32(5), np.uint8(200))]
    + [(f, (a, b)) for f in (together, deep, deeper, whole)
       for a in (FLOATS, FLOATS[:2], FLOATS[:0]) for b in (INTS, INTS[::2], INTS.astype(np.int8))]
    + [(three, (FLOATS, INTS, FLOATS[::-1])), (three, (FLOATS, INTS[:2], FLOATS))]
    + [(of_tuple, p) for p in ((1, 2), (1.5, 2.5), (np.float32(1.5), np.float32(0.25)))]
    + [(own_names, (3, 4))]
)
