# SPDX-License-Identifier: MIT
"""@guvectorize: functions of whole rows and matrices, which are called for every position of the
axes that the arguments have beyond those of the layout. Results are allocated, or passed."""
import math

import numpy as np
from numba import njit, guvectorize, float32, float64, int32, int64


@guvectorize([(int64[:], int64, int64[:])], "(n),()->(n)")
def add_number(x, y, out):
    for i in range(x.shape[0]):
        out[i] = x[i] + y


@guvectorize(["void(float64[:,:], float64[:,:], float64[:,:])"], "(m,n),(n,p)->(m,p)")
def product(a, b, c):
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            s = 0.0
            for k in range(a.shape[1]):
                s += a[i, k] * b[k, j]
            c[i, j] = s


@guvectorize(["float64[:,:], float64[:], float64[:]"], "(rows,cols),(cols)->(rows)",
             target="parallel")
def times_vector(a, x, y):
    for i in range(len(y)):
        y[i] = 0
        for k in range(len(x)):
            y[i] += a[i, k] * x[k]


@guvectorize(["float64[:], float64[:], float64[:]"], "(n),(n)->()", target="parallel",
             fastmath=False)
def dot(x, y, out):
    s = 0.0
    for i in range(len(x)):
        s += x[i] * y[i]
    out[0] = s


@guvectorize(["int32[:], int32[:], int32[:], int64[:]",
              "float32[:], float32[:], float32[:], int64[:]",
              "float64[:], float64[:], float64[:], int64[:]"], "(n)->(),(),()")
def extremes(x, low, high, where):
    low[0] = x[0]
    high[0] = x[0]
    where[0] = 0
    for i in range(1, len(x)):
        low[0] = min(low[0], x[i])
        if x[i] > high[0]:
            high[0] = x[i]
            where[0] = i


@guvectorize([(float64[:], float64[:], float64[:])], "(),()->()")
def old_style(a, b, out):
    out[0] = a[0] * 10 + b[0] + len(a) - 3 * len(b) + 5 * len(out)


@guvectorize([(float64, float64, float64[:])], "(),()->()")
def ratio(a, b, out):
    out[0] = a / b


@guvectorize([(int32, int32[:]), (int64, int64[:]), (float64, float64[:])], "()->()")
def half(a, out):
    out[0] = a // 2


@guvectorize(["uint8[:], boolean[:], uint8[:], int64[:]"], "(x_1),(x_1)->(x_1),()")
def select(x, keep, y, count):
    count[0] = 0
    for i in range(len(y)):
        y[i] = 0
    for i in range(len(x)):
        if keep[i]:
            y[count[0]] = x[i]
            count[0] += 1


@njit
def weight(i, n):
    return math.fabs(i - n // 2) + 1


@guvectorize(["float64[:], float64[:]"], "(n) -> (n)")
def smoothed(x, out):
    n = len(x)
    for i in range(n):
        s = 0.0
        total = 0.0
        for k in range(-2, 3):
            if 0 <= i + k < n:
                w = weight(k, 1)
                s += w * x[i + k]
                total += w
        out[i] = s / total


@guvectorize(["float32[:,:,:], float32[:]"], "(i,j,k)->()")
def total(x, out):
    out[0] = 0
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            for k in range(x.shape[2]):
                out[0] += x[i, j, k]


@guvectorize("(n),()->(n)")
def shifted(x, by, out):
    for i in range(len(x)):
        out[i] = x[(i + by) % len(x)]


@guvectorize(["int64[:], int64[:], int64[:]"], "(n),(m)->(m)")
def histogram(x, edges, counts):
    for k in range(len(edges)):
        counts[k] = 0
    for i in range(len(x)):
        for k in range(len(edges)):
            if x[i] < edges[k]:
                counts[k] += 1


@guvectorize(["float64[:], int64, float64[:]"], "(n),()->(n)")
def steps(x, n, out):
    for i in range(len(x)):
        out[i] = x[i]
        for k in range(n):
            out[i] = math.sqrt(out[i] * out[i] + 1)


def numbers(*shape):
    n = int(np.prod(shape))
    return (np.arange(n) * 37 % 19 - 9.0).reshape(shape)


def integers(*shape):
    return numbers(*shape).astype(np.int64)


CASES = (
    [(add_number, p) for p in ((integers(5), np.int64(2)), (integers(3, 5), np.int64(-1)),
                               (integers(3, 5), integers(3)), (integers(5), integers(4)),
                               (integers(2, 3, 4), integers(3)),
                               (integers(2, 1, 4), integers(1, 3)), (integers(1, 4), integers(1)),
                               (integers(0), np.int64(1)), (integers(0, 4), np.int64(1)),
                               (integers(3, 0), integers(3)), (integers(4, 6).T, integers(6)),
                               (integers(4, 6)[:, ::2], integers(4)),
                               (integers(9, 4)[::-2, ::-1].copy(), integers(5)))]
    + [(add_number, (integers(n, 3), integers(n))) for n in (1, 31, 32, 33, 127, 128, 129, 1009)]
    + [(product, p) for p in ((numbers(2, 3), numbers(3, 4)), (numbers(5, 2, 3), numbers(3, 4)),
                              (numbers(2, 3), numbers(5, 3, 4)),
                              (numbers(7, 2, 3), numbers(7, 3, 4)),
                              (numbers(1, 2, 3), numbers(5, 3, 1)), (numbers(3, 0), numbers(0, 2)),
                              (numbers(0, 2, 2), numbers(2, 2)), (numbers(3, 2).T, numbers(4, 3).T),
                              (numbers(4, 3, 2).transpose(2, 1, 0), numbers(4, 5)))]
    + [(times_vector, p) for p in ((numbers(3, 4), numbers(4)), (numbers(33, 3, 4), numbers(4)),
                                   (numbers(3, 4), numbers(31, 4)),
                                   (numbers(3, 4), numbers(2, 5, 4)),
                                   (numbers(2, 3, 4), numbers(2, 4)),
                                   (numbers(2, 0, 4), numbers(4)), (numbers(2, 3, 0), numbers(0)))]
    + [(dot, p) for p in ((numbers(5), numbers(5)), (numbers(6, 5), numbers(5)),
                          (numbers(2, 3, 5), numbers(3, 5)), (numbers(2, 1, 5), numbers(1, 4, 5)),
                          (numbers(0), numbers(0)), (numbers(4, 0), numbers(0)),
                          (numbers(257, 3), numbers(3)), (numbers(5, 7).T, numbers(5)))]
    + [(extremes, (numbers(*shape).astype(kind),))
       for shape in ((7,), (3, 7), (2, 3, 5), (1, 1), (67, 3))
       for kind in (np.int32, np.float32, np.float64)]
    + [(f, p) for f in (old_style, ratio)
       for p in ((np.float64(3), np.float64(4)), (numbers(5), np.float64(2)),
                 (numbers(3, 1), numbers(4)), (numbers(2, 3, 4), numbers(3, 1)),
                 (numbers(19), numbers(19)[::-1].copy()), (numbers(0), numbers(1)))]
    + [(half, (x,)) for x in (np.int32(7), np.int64(-7), np.float64(-7), integers(5), numbers(5),
                              numbers(3, 5).astype(np.int32), numbers(2, 3, 5))]
    + [(select, p) for p in ((np.arange(6, dtype=np.uint8), np.arange(6) % 2 == 0),
                             (np.arange(12, dtype=np.uint8).reshape(2, 6), np.arange(6) % 3 == 0),
                             (np.arange(6, dtype=np.uint8), numbers(3, 6) > 0))]
    + [(smoothed, (numbers(*shape),)) for shape in ((7,), (1,), (3, 7), (2, 5, 7), (3, 0), (0, 3))]
    + [(total, (numbers(2, 3, 4).astype(np.float32),)),
       (total, (numbers(2, 0, 4).astype(np.float32),))]
    + [(shifted, p) for p in ((numbers(5), np.int64(2), np.zeros(5)),
                              (numbers(3, 5), integers(3), np.zeros((3, 5))),
                              (integers(4).astype(np.int8), integers(31),
                               np.zeros((31, 4), np.int8)),
                              (numbers(5), np.int32(1), np.zeros((1, 5))))]
    + [(histogram, p) for p in ((integers(9), integers(4)), (integers(3, 9), integers(4)),
                                (integers(9), integers(2, 3, 4)),
                                (integers(2, 1, 9), integers(3, 4)))]
    + [(add_number, (integers(3, 5), integers(3), np.zeros((3, 5), np.int64))),
       (dot, (numbers(6, 5), numbers(5), np.zeros(6))),
       (dot, (numbers(6, 5), numbers(5), np.zeros(12)[::2])),
       (product, (numbers(5, 2, 3), numbers(3, 4), np.zeros((5, 2, 4))))]
    + [(steps, (numbers(37, 5), integers(37) + 9)), (steps, (numbers(4), np.int64(3)))]
)
