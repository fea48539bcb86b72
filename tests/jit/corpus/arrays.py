# SPDX-License-Identifier: MIT
"""Arrays: all element types, one to three dimensions, strided, views, negative indices, bounds."""
import numpy as np
from numba import njit


@njit
def total(x):
    s = 0
    for i in range(x.size):
        s += x[i]
    return s


@njit
def total_real(x):
    s = 0.0
    for i in range(len(x)):
        s += x[i]
    return s


@njit(fastmath=False)
def dot(x, y):
    s = 0.0
    for i in range(x.shape[0]):
        s += x[i] * y[i]
    return s


@njit
def fill(x, v):
    for i in range(x.shape[0]):
        x[i] = v


@njit
def iota(x):
    for i in range(len(x)):
        x[i] = i * i - 5


@njit
def scale(x, a):
    for i in range(x.size):
        x[i] *= a


@njit
def saxpy(a, x, y):
    for i in range(x.shape[0]):
        y[i] = a * x[i] + y[i]


@njit
def first_last(x):
    return x[0], x[-1]


@njit
def at(x, i):
    return x[i]


@njit(boundscheck=True)
def at_checked(x, i):
    return x[i]


@njit(boundscheck=True)
def put_checked(x, i, v):
    x[i] = v


@njit
def reverse(x):
    n = len(x)
    for i in range(n // 2):
        x[i], x[n - 1 - i] = x[n - 1 - i], x[i]


@njit
def matmul(a, b, c):
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            s = 0
            for k in range(a.shape[1]):
                s += a[i, k] * b[k, j]
            c[i, j] = s


@njit
def transpose(a, b):
    m, n = a.shape
    for i in range(m):
        for j in range(n):
            b[j, i] = a[i, j]


@njit
def trace3(a):
    s = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            for k in range(a.shape[2]):
                s += a[i, j, k] * (i + 10 * j + 100 * k)
    return s


@njit
def shape_of(a):
    return a.shape


@njit
def facts(a):
    return a.size, a.ndim, len(a), a.shape[0]


@njit
def shape_at(a, k):
    return a.shape[k]


@njit
def row(a, i):
    r = a[i]
    s = 0.0
    for j in range(r.size):
        s = s * 2 + r[j]
    return s


@njit
def column(a, j):
    c = a[:, j]
    s = 0.0
    for i in range(c.shape[0]):
        s = s * 2 + c[i]
    return s


@njit
def part(x, a, b, c):
    y = x[a:b:c]
    s = 0.0
    for i in range(len(y)):
        s = s * 3 + y[i]
    return s, len(y)


@njit
def tail(x, a):
    y = x[a:]
    return len(y), total_real(y)


@njit
def head(x, b):
    return total_real(x[:b])


@njit
def every_other(x):
    return total_real(x[::2])


@njit
def backwards(x):
    y = x[::-1]
    s = 0.0
    for i in range(len(y)):
        s = s * 2 + y[i]
    return s


@njit
def write_view(a):
    r = a[1, 1:]
    for i in range(len(r)):
        r[i] = -1


@njit
def plane(a):
    p = a[1]
    return p[0, 1] + p[1, 0], p.shape[0]


@njit
def element_chain(a, i, j):
    return a[i][j]


@njit
def choose_array(a, b, flag):
    if flag:
        x = a
    else:
        x = b
    return x[0] + len(x)


@njit
def maximum(x):
    m = x[0]
    for i in range(1, len(x)):
        if x[i] > m:
            m = x[i]
    return m


@njit
def argmin(x):
    k = 0
    for i in range(len(x)):
        if x[i] < x[k]:
            k = i
    return k


@njit
def cumsum(x):
    for i in range(1, len(x)):
        x[i] += x[i - 1]


@njit
def histogram(x, h):
    for i in range(len(x)):
        h[x[i] % len(h)] += 1


@njit
def bubble(x):
    n = len(x)
    for i in range(n):
        for j in range(n - 1 - i):
            if x[j] > x[j + 1]:
                x[j], x[j + 1] = x[j + 1], x[j]


@njit
def sieve(flags):
    n = len(flags)
    for i in range(n):
        flags[i] = i >= 2
    i = 2
    while i * i < n:
        if flags[i]:
            for j in range(i * i, n, i):
                flags[j] = False
        i += 1
    c = 0
    for i in range(n):
        c += flags[i]
    return c


@njit
def stencil(a, b):
    for i in range(1, a.shape[0] - 1):
        for j in range(1, a.shape[1] - 1):
            b[i, j] = 0.25 * (a[i - 1, j] + a[i + 1, j] + a[i, j - 1] + a[i, j + 1])


@njit
def horner(c, x):
    r = 0.0
    for i in range(len(c)):
        r = r * x + c[i]
    return r


@njit
def casts(x, v):
    x[0] = v
    x[1] = v + 1
    return x[0]


@njit
def index_types(x, i):
    return x[i] + x[i - 1]


def strided(x):
    """The same numbers, with gaps between them."""
    wide = np.zeros(x.shape[:-1] + (x.shape[-1] * 2,), x.dtype)
    wide[..., ::2] = x
    return wide[..., ::2]


def numbers(dtype, *shape):
    n = int(np.prod(shape))
    return ((np.arange(n) * 7919 + 13) % 101 - (0 if np.dtype(dtype).kind in "ub" else 50)
            ).astype(dtype).reshape(shape)


TYPES = (np.bool_, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64,
         np.float32, np.float64)
F = np.float64
CASES = (
    [(total, (numbers(t, 17),)) for t in TYPES if t is not np.uint64]
    + [(total_real, (numbers(t, 9),)) for t in TYPES]
    + [(iota, (numbers(t, 7),)) for t in TYPES]
    + [(first_last, (numbers(t, 5),)) for t in TYPES]
    + [(fill, (numbers(t, 5), v)) for t in TYPES for v in (3, 2.75, True)]
    + [(maximum, (numbers(t, 23),)) for t in TYPES]
    + [(argmin, (numbers(F, 23),)), (argmin, (strided(numbers(F, 23)),))]
    + [(total_real, (strided(numbers(t, 9)),)) for t in (np.float32, F, np.int16)]
    + [(dot, (numbers(F, n), numbers(F, n))) for n in (0, 1, 31, 32, 33, 1000)]
    + [(dot, (strided(numbers(F, 33)), numbers(np.float32, 33)))]
    + [(scale, (numbers(F, 33), 1.5)), (scale, (numbers(np.int32, 33), 3)),
       (scale, (strided(numbers(np.float32, 9)), 0.1)), (scale, (numbers(np.uint8, 33), 3))]
    + [(saxpy, (2.5, numbers(t, n), numbers(t, n))) for t in (np.float32, F) for n in (0, 1, 65)]
    + [(saxpy, (np.float32(2.5), numbers(np.float32, 33), strided(numbers(np.float32, 33))))]
    + [(at, (numbers(F, 5), i)) for i in (0, 4, -1, -5, np.int8(-2), np.uint8(3), np.uint64(2))]
    + [(at_checked, (numbers(F, 5), i)) for i in (0, 4, 5, -5, -6, 2**62)]
    + [(put_checked, (numbers(F, 5), i, 9)) for i in (0, -1, 5)]
    + [(reverse, (numbers(F, n),)) for n in (0, 1, 2, 7)] + [(reverse, (strided(numbers(F, 7)),))]
    + [(matmul, (numbers(t, 4, 3), numbers(t, 3, 5), np.zeros((4, 5), t)))
       for t in (np.int64, F, np.float32, np.int32)]
    + [(matmul, (strided(numbers(F, 4, 3)), numbers(F, 5, 3).T, np.zeros((4, 5))))]
    + [(transpose, (numbers(F, 3, 4), np.zeros((4, 3)))), (transpose, (numbers(F, 4, 3).T,
                                                                       np.zeros((4, 3))))]
    + [(trace3, (numbers(F, 2, 3, 4),)), (trace3, (strided(numbers(F, 2, 3, 4)),))]
    + [(f, (a,)) for f in (shape_of, facts) for a in (numbers(F, 5), numbers(F, 2, 3),
                                                      numbers(np.int8, 2, 3, 4), np.zeros((0, 3)))]
    + [(shape_at, (numbers(F, 2, 3), k)) for k in (0, 1, -1)]
    + [(f, (a, i)) for f in (row, column) for a in (numbers(F, 3, 3), strided(numbers(F, 3, 3)))
       for i in (0, 2, -1)]
    + [(part, (numbers(F, 9), a, b, c)) for a in (0, 3, -3, 20) for b in (0, 5, -1, 100, -100)
       for c in (1, 2, -1, -3)]
    + [(f, (numbers(F, 6), k)) for f in (tail, head) for k in (0, 2, -2, 6, 9, -9)]
    + [(f, (a,)) for f in (every_other, backwards) for a in (numbers(F, 7), strided(numbers(F, 4)))]
    + [(write_view, (numbers(F, 3, 4),)), (plane, (numbers(F, 2, 2, 2),)),
       (element_chain, (numbers(F, 3, 4), 1, 2)), (element_chain, (numbers(F, 3, 4), -1, -2))]
    + [(choose_array, (numbers(F, 3), numbers(F, 5), k)) for k in (True, False)]
    + [(choose_array, (numbers(F, 3), strided(numbers(F, 5)), False))]
    + [(cumsum, (numbers(t, 20),)) for t in (np.int64, F, np.int8)]
    + [(histogram, (numbers(np.uint8, 50), np.zeros(7, np.int64))), (bubble, (numbers(F, 20),)),
       (bubble, (numbers(np.int16, 20),)), (sieve, (np.zeros(100, np.bool_),)),
       (stencil, (numbers(F, 5, 6), np.zeros((5, 6)))),
       (horner, (numbers(F, 5), 0.5)), (horner, (numbers(np.int32, 5), 2))]
    + [(casts, (np.zeros(2, t), v)) for t in TYPES for v in (3, 3.7, -1)
       if not (v < 0 and np.dtype(t).kind == "u" and isinstance(v, float))]
    + [(index_types, (numbers(F, 5), i)) for i in (2, np.int32(2), np.uint8(2), np.int64(0))]
)
