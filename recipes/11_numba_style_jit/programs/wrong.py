# SPDX-License-Identifier: MIT
"""What a compiler says when it cannot go on; for chapter 11."""
from numba import njit, prange


@njit
def either(x, n):
    if n > 0:
        y = n
    else:
        y = x
    return y


@njit
def ratio(a, b):
    return a // b


@njit(parallel=True)
def smooth(x):
    level = 0.0
    for i in prange(len(x)):
        level = 0.5 * level + x[i]
        x[i] = level
