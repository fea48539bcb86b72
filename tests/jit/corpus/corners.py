# SPDX-License-Identifier: MIT
"""Corners: where rules meet that are simple by themselves."""
import math

import numpy as np
from numba import njit


@njit
def range_of(a):
    n = 0
    for i in range(a):
        n += i
    return n


@njit
def tuples_meet(flag):
    if flag:
        t = (1, 2.5)
    else:
        t = (1.5, 2)
    return t


@njit
def tuple_in_a_loop(n):
    t = (0, 1)
    for i in range(n):
        t = (t[1], t[0] + t[1])
    return t


@njit
def chained_elements(x):
    x[0] = x[1] = 3
    x[-1] = x[0] = x[2]


@njit
def triangle(n):
    c = 0
    for i in range(n):
        for j in range(i, n):
            for k in range(j, n, 2):
                c += i * j - k
    return c


@njit
def loop_variable_after(n):
    for i in range(n):
        for j in range(i):
            pass
    return i


@njit
def continue_in_else(n):
    s = 0
    for i in range(n):
        while s < i:
            s += 2
            if s % 3 == 0:
                break
        else:
            continue
        s += 100
    return s


@njit
def mixed_returns(a):
    if a > 10:
        return a
    if a > 5:
        return True
    return 0.25


@njit
def half(n):
    if n < 2:
        return 1
    return half(n - 1) / 2


@njit
def reassigned_parameter(x, n):
    x = x + n
    n = x * 0.5
    x = n > 3
    return x, n


@njit
def bool_index(flags, x):
    s = 0.0
    for i in range(len(flags)):
        if flags[i] and not flags[i - 1] or x[i] > 4:
            s += x[i]
    return s


@njit
def compare_mixed(a, b):
    return (a < b) + (a == b) * 2 + (a > b) * 4


@njit
def condition_value(a, b):
    c = a < b
    d = not c
    return c, d, c or d, c and b, c == d, c != True  # noqa: E712


@njit
def shadowed(abs):
    return abs * 2


@njit
def many(a, b, c, d, e, f, g, h):
    return ((a + b) * (c - d) // (e + 1)) % (f + 2) ** 2 - (g ^ h) & 0xFF | 3


@njit
def precedence(a, b):
    return -a ** 2, (-a) ** 2, not a == b, a + b * 2 - a // 2 % 3, a << 1 + 1, 2 ** 3 ** 2 + a, ~a + 1


@njit
def float_loop(x):
    n = 0
    while x < 1e6:
        x *= 1.5
        n += 1
        if n > 100:
            return -1
    return n


@njit
def sum_of_squares_int8(x):
    s = np.int8(0)
    for i in range(len(x)):
        s += x[i] * x[i]
    return s


@njit
def stays_small(a):
    x = np.int32(a)
    y = np.float32(a)
    return x * x, y * y, x / y, y + 1, y * 2.0


@njit
def min_of_loop(x):
    best = math.inf
    at = -1
    for i in range(len(x)):
        if x[i] < best:
            best, at = x[i], i
    return best, at


@njit
def diagonal(a):
    s = 0.0
    for i in range(min(a.shape[0], a.shape[1])):
        s += a[i, i] - a[-1 - i, -1 - i] * i
    return s


@njit
def view_of_view(a):
    b = a[1:, 1:]
    c = b[::-1, 0]
    s = 0.0
    for i in range(len(c)):
        s = 10 * s + c[i]
    return s, b.shape[0], b.size


@njit
def empty_loops(n):
    s = 0
    for i in range(n, 0):
        s += 1
    for i in range(0, n, -1):
        s += 10
    for i in range(5, 5):
        s += 100
    return s


NUMBERS = np.array([3.5, -1.0, 7.25, 0.0, 5.0])
CASES = (
    [(range_of, (a,)) for a in (5, np.int8(5), np.uint8(200), np.uint32(5), True, 2.5, np.float32(3))]
    + [(f, (a,)) for f in (tuples_meet,) for a in (True, False)]
    + [(f, (n,)) for f in (tuple_in_a_loop, triangle, continue_in_else, mixed_returns, half,
                           empty_loops) for n in (0, 1, 6, 7, 11)]
    + [(loop_variable_after, (5,)), (chained_elements, (np.arange(4),)),
       (chained_elements, (np.arange(4.0),))]
    + [(reassigned_parameter, p) for p in ((1, 2), (2.5, 4), (np.int8(3), np.float32(5)))]
    + [(bool_index, (np.array([True, False, True, True, False]), NUMBERS))]
    + [(f, p) for f in (compare_mixed, condition_value)
       for p in ((1, 2), (2, 1.5), (True, 1), (np.uint64(2**63), -1), (np.int8(-1), np.uint8(255)),
                 (float("nan"), 1))]
    + [(shadowed, (-3,)), (many, (1, 2, 3, 4, 5, 6, 7, 8)), (many, (9, -8, 7, -6, 5, -4, 3, -2))]
    + [(precedence, p) for p in ((3, 4), (-5, -5))]
    + [(float_loop, (1.0,)), (float_loop, (0.0,)), (sum_of_squares_int8, (np.arange(5, dtype=np.int8),)),
       (stays_small, (7,)), (stays_small, (0.1,)), (min_of_loop, (NUMBERS,)),
       (min_of_loop, (np.zeros(0),)),
       (diagonal, (np.arange(12.0).reshape(3, 4),)), (view_of_view, (np.arange(12.0).reshape(3, 4),))]
)
