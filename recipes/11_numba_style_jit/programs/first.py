# SPDX-License-Identifier: MIT
"""The function whose way through the compiler chapter 11 follows, and two for the exercises.

    ./cook run 11 recipes/11_numba_style_jit/programs/first.py power 3 5
    python3 recipes/11_numba_style_jit/programs/first.py      # the same under Numba, if it is there
"""
from numba import njit


@njit
def power(x, n):
    p = 1
    for i in range(n):
        p = p * x
    return p


@njit
def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


@njit
def mean(x):
    s = 0.0
    for i in range(len(x)):
        s += x[i]
    return s / len(x)


if __name__ == "__main__":
    print(power(3, 5), power(0.5, 3), collatz(27))
