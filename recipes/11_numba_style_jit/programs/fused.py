# SPDX-License-Identifier: MIT
"""A fused map: three functions of each element in one pass, without arrays in between. As Python
with NumPy, np.sin(x) + np.cos(x) + np.exp(-x) goes over memory seven times.

    P=recipes/11_numba_style_jit/programs
    ./cook run 11 $P/fused.py fused float32[10000000] --repeat 10
    ./cook run 11 $P/fused.py exact float32[10000000] --repeat 10
    ./cook run 11 $P/fused.py fused float32[10000] --target cuda
"""
import math

from numba import vectorize


@vectorize(fastmath=True)
def fused(x):
    """With fastmath, sin, cos and exp are done for 8 or 16 elements at once, within 4 ulp each."""
    return math.sin(x) + math.cos(x) + math.exp(-x)


@vectorize
def exact(x):
    return math.sin(x) + math.cos(x) + math.exp(-x)


if __name__ == "__main__":
    import numpy as np

    x = np.linspace(-1, 1, 1000, dtype=np.float32)
    print(np.abs(fused(x) - exact(x)).max())
