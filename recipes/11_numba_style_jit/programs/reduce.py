# SPDX-License-Identifier: MIT
"""The reduction of the Python book's section on Numba, its body unchanged: the sum of 1 to 10000, on
the CUDA device.

    ./cook run 11 recipes/11_numba_style_jit/programs/reduce.py sum_reduce int64[10000]=1..
"""
from numba import cuda


@cuda.reduce
def sum_reduce(a, b):
    return a + b


if __name__ == "__main__":
    import numpy as np

    print(sum_reduce(np.arange(10000, dtype=np.int64) + 1))
