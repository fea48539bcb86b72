# SPDX-License-Identifier: MIT
"""What the bench compiles with recipe 11's compiler and with Numba: one text for both."""
import math

from numba import njit


@njit(fastmath=True)
def saxpy(a, x, y, z):
    for i in range(len(x)):
        z[i] = a * x[i] + y[i]


@njit(fastmath=True)
def total(x):
    s = x[0]
    for i in range(1, len(x)):
        s += x[i]
    return s


@njit(fastmath=True)
def sines(x, z):
    for i in range(len(x)):
        z[i] = math.sin(x[i])


@njit(fastmath=True)
def exponentials(x, z):
    for i in range(len(x)):
        z[i] = math.exp(x[i])


@njit(fastmath=True)
def mandelbrot(counts, limit):
    rows, columns = counts.shape
    for i in range(rows):
        for j in range(columns):
            cx = 3.0 * j / columns - 2.25
            cy = 2.5 * i / rows - 1.25
            x = 0.0
            y = 0.0
            n = 0
            while n < limit and x * x + y * y <= 4.0:
                t = x * x - y * y + cx
                y = 2.0 * x * y + cy
                x = t
                n += 1
            counts[i, j] = n


@njit(fastmath=True)
def matmul(a, b, c):
    m, n = a.shape
    n, p = b.shape
    for i in range(m):
        for j in range(p):
            s = 0.0
            for k in range(n):
                s += a[i, k] * b[k, j]
            c[i, j] = s
