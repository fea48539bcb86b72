# SPDX-License-Identifier: MIT
"""How often each remainder of 128 occurs: h[k] is how many x[i] have x[i] % 128 == k. Each block
counts in shared memory, and adds what it has counted to h. Blocks have 128 threads."""
from numba import cuda, int16, int32

BINS = 128


@cuda.jit
def histogram(h, x):
    mine = cuda.shared.array(BINS, int32)
    t = cuda.threadIdx.x
    mine[t] = 0
    cuda.syncthreads()
    i = int16(cuda.grid(1))
    if i < x.size:
        cuda.atomic.add(mine, x[i] % BINS, 1)
    cuda.syncthreads()
    cuda.atomic.add(h, t, mine[t])
