# SPDX-License-Identifier: MIT
"""peer_numba.py - the vector add on Numba's simulator (NUMBA_ENABLE_CUDASIM=1), timed when asked to.

Each line on stdin, "vector_add N", is answered with "ok MILLISECONDS", or "wrong ..." if the result
does not hold. The simulator runs one Python thread for each CUDA thread.
"""
import sys
import time

import numpy as np
from numba import cuda

BLOCK = 128


@cuda.jit
def vector_add(z, x, y):
    i = cuda.grid(1)
    if i < z.size:
        z[i] = x[i] + y[i]


def main():
    for line in sys.stdin:
        n = int(line.split()[1])
        generator = np.random.default_rng(1)
        x = generator.random(n, dtype=np.float32)
        y = generator.random(n, dtype=np.float32)
        z = np.full(n, np.nan, dtype=np.float32)
        start = time.perf_counter()
        vector_add[(n + BLOCK - 1) // BLOCK, BLOCK](z, x, y)
        cuda.synchronize()
        ms = (time.perf_counter() - start) * 1e3
        print(f"ok {ms:.6f}" if np.array_equal(z, x + y) else "wrong vector_add", flush=True)


main()
