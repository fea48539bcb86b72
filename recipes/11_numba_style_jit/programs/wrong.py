# SPDX-License-Identifier: MIT
"""What a compiler says when it cannot go on; for chapter 11."""
from numba import njit


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
