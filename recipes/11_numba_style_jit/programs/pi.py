# SPDX-License-Identifier: MIT
"""Pi by throwing darts: of n points in a square, the share that falls into the circle is pi / 4. The
random numbers are counted, not drawn: number i is made from i alone, so that any thread can make
it, and the result is the same on one core, on all, and on the CUDA device.

    P=recipes/11_numba_style_jit/programs
    ./cook run 11 $P/pi.py pi 10000000 1
    ./cook run 11 $P/pi.py throw 10000 1 int64[1]=0 --grid 40 --block 256
"""
import numpy as np
from numba import cuda, njit, prange


@njit
def mixed(seed, i):
    """SplitMix64: steps of a constant, and bits mixed by shifts and products."""
    z = np.uint64(seed) + np.uint64(i + 1) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@njit
def inside(seed, i):
    """1 if dart i hits the circle: its coordinates are the halves of 64 random bits."""
    z = mixed(seed, i)
    x = (z >> np.uint64(32)) / 4294967296.0
    y = (z & np.uint64(0xFFFFFFFF)) / 4294967296.0
    return 1 if x * x + y * y < 1 else 0


@njit(parallel=True)
def pi(n, seed):
    hits = 0
    for i in prange(n):
        hits += inside(seed, i)
    return 4 * hits / n


@cuda.jit
def throw(n, seed, hits):
    """Each thread throws every so many-th dart; the hits of a block meet in shared memory."""
    here = cuda.shared.array(1, np.int64)
    if cuda.threadIdx.x == 0:
        here[0] = 0
    cuda.syncthreads()
    mine = 0
    for i in range(cuda.grid(1), n, cuda.gridsize(1)):
        mine += inside(seed, i)
    cuda.atomic.add(here, 0, mine)
    cuda.syncthreads()
    if cuda.threadIdx.x == 0:
        cuda.atomic.add(hits, 0, here[0])


if __name__ == "__main__":
    print(pi(10000000, 1))
