# SPDX-License-Identifier: MIT
"""y = a * x + y: a kernel, and the plain loop that it is compared with.

    ./cook run 11 recipes/11_numba_style_jit/programs/saxpy.py saxpy float32[1000] float32[1000] \
        float32:2 --same-as plain
"""
from numba import cuda, njit


@cuda.jit
def saxpy(y, x, a):
    i = cuda.grid(1)
    if i < y.size:
        y[i] = a * x[i] + y[i]


@njit
def plain(y, x, a):
    for i in range(y.size):
        y[i] = a * x[i] + y[i]


if __name__ == "__main__":
    import numpy as np

    y = np.ones(1000, np.float32)
    saxpy[8, 128](y, np.arange(1000, dtype=np.float32), np.float32(2))
    print(y[:4])
