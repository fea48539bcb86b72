# SPDX-License-Identifier: MIT
"""Kernels for cuda.c, which says what they must do. They are Numba's: NUMBA_ENABLE_CUDASIM=1 runs
them under its own simulator."""
import math

from numba import cuda, float32, float64, int32, int64, njit, uint8, uint32

TILE = 8
WIDTH = 9


@cuda.jit
def scale(x, a):
    i = cuda.grid(1)
    if i < x.shape[0]:
        x[i] *= a


@cuda.jit("void(float32[:], float32[:], float32)")
def saxpy(y, x, a):
    i = cuda.threadIdx.x + cuda.blockIdx.x * cuda.blockDim.x
    if i < x.size:
        y[i] = a * x[i] + y[i]


@cuda.jit
def places(out):
    x, y, z = cuda.grid(3)
    nx, ny, nz = cuda.gridsize(3)
    if x < out.shape[0] and y < out.shape[1] and z < out.shape[2]:
        out[x, y, z] = x + nx * (y + ny * z)


@cuda.jit
def indices(out):
    i = cuda.grid(1)
    out[i, 0] = cuda.threadIdx.x + 100 * cuda.threadIdx.y + 10000 * cuda.threadIdx.z
    out[i, 1] = cuda.blockIdx.x + 100 * cuda.blockIdx.y + 10000 * cuda.blockIdx.z
    out[i, 2] = cuda.blockDim.x + 100 * cuda.blockDim.y + 10000 * cuda.blockDim.z
    out[i, 3] = cuda.gridDim.x + 100 * cuda.gridDim.y + 10000 * cuda.gridDim.z


@cuda.jit
def lanes(out):
    i = cuda.grid(1)
    out[i] = cuda.laneid + 1000 * cuda.warpsize


@cuda.jit
def product(A, B, C):
    a = cuda.shared.array(shape=(TILE, WIDTH), dtype=float32)
    b = cuda.shared.array((TILE, TILE + 1), float32)
    row, column = cuda.grid(2)
    i = cuda.threadIdx.x
    j = cuda.threadIdx.y
    s = float32(0.0)
    for t in range(0, A.shape[1], TILE):
        a[i, j] = 0
        b[i, j] = 0
        if row < A.shape[0] and t + j < A.shape[1]:
            a[i, j] = A[row, t + j]
        if column < B.shape[1] and t + i < B.shape[0]:
            b[i, j] = B[t + i, column]
        cuda.syncthreads()
        for k in range(TILE):
            s += a[i, k] * b[k, j]
        cuda.syncthreads()
    if row < C.shape[0] and column < C.shape[1]:
        C[row, column] = s


@cuda.jit
def sorted_four(x):
    """Each thread sorts four numbers in its own local array."""
    mine = cuda.local.array(4, int64)
    i = cuda.grid(1)
    if i * 4 < x.size:
        for k in range(4):
            mine[k] = x[4 * i + k]
        for k in range(1, 4):
            v = mine[k]
            j = k
            while j > 0 and mine[j - 1] > v:
                mine[j] = mine[j - 1]
                j -= 1
            mine[j] = v
        for k in range(4):
            x[4 * i + k] = mine[k]


@cuda.jit
def reverse(x):
    """A block reverses its part through shared memory of bytes."""
    part = cuda.shared.array(64, uint8)
    i = cuda.grid(1)
    t = cuda.threadIdx.x
    part[t] = x[i]
    cuda.syncthreads()
    x[i] = part[63 - t]


@cuda.jit
def histogram(h, x):
    i = cuda.grid(1)
    if i < x.size:
        cuda.atomic.add(h, x[i] % h.size, 1)


@cuda.jit
def counted(h, x):
    """A histogram in shared memory first."""
    mine = cuda.shared.array(16, int32)
    t = cuda.threadIdx.x
    if t < 16:
        mine[t] = 0
    cuda.syncthreads()
    i = cuda.grid(1)
    if i < x.size:
        cuda.atomic.add(mine, x[i] % 16, 1)
    cuda.syncthreads()
    if t < 16:
        cuda.atomic.add(h, t, mine[t])


@cuda.jit
def atomics(out, x):
    """out[k] after all threads have put in x[i]."""
    i = cuda.grid(1)
    if i < x.size:
        cuda.atomic.add(out, 0, x[i])
        cuda.atomic.sub(out, 1, x[i])
        cuda.atomic.max(out, 2, x[i])
        cuda.atomic.min(out, 3, x[i])


@cuda.jit
def bits(out, x):
    i = cuda.grid(1)
    if i < x.size:
        cuda.atomic.and_(out, 0, x[i])
        cuda.atomic.or_(out, 1, x[i])
        cuda.atomic.xor(out, 2, x[i])
        cuda.atomic.exch(out, 3, x[i])
        cuda.atomic.cas(out, 4, 7, x[i])


@cuda.jit
def wrapping(out, limit, old):
    i = cuda.grid(1)
    if i < old.shape[1]:
        old[0, i] = cuda.atomic.inc(out, 0, limit)
        old[1, i] = cuda.atomic.dec(out, 1, limit)


@cuda.jit
def first(out):
    """Who comes first? One thread alone sees the -1."""
    if cuda.atomic.compare_and_swap(out, -1, 5) == -1:
        cuda.atomic.add(out, 1, 1)


@cuda.jit
def diagonal(out):
    i = cuda.grid(1)
    if i < 100:
        cuda.atomic.add(out, (i % 3, i % 2), i)


@cuda.jit(device=True)
def smooth(a, b):
    return (a + b) / 2


@njit
def square(a):
    return a * a


@cuda.jit
def calls(x):
    i = cuda.grid(1)
    if i < x.size:
        x[i] = smooth(square(x[i]), math.sqrt(x[i]))


@cuda.jit
def divided(x, y):
    """Numba's kernels do not raise: error_model is numpy."""
    i = cuda.grid(1)
    if i < x.size:
        x[i] = x[i] / y[i]


@cuda.jit(debug=True, opt=False)
def beyond(x, n):
    i = cuda.grid(1)
    if i < n:
        x[i] = i


@cuda.jit
def shifted(x, y):
    """x and y may be the same memory: y[i] = x[i + 1] by one thread."""
    for i in range(x.size - 1):
        y[i] = x[i + 1]


@cuda.jit
def fences(x):
    i = cuda.grid(1)
    x[i] = i
    cuda.threadfence_block()
    cuda.threadfence()
    cuda.threadfence_system()
    cuda.syncwarp()
    cuda.syncthreads()


@cuda.jit(device=True)
def only_there(a):
    return a + cuda.threadIdx.x


@cuda.jit
def returns(x):
    return x[0]


@cuda.reduce
def total(a, b):
    return a + b


@cuda.reduce
def largest(a, b):
    return a if a > b else b


@cuda.reduce
def all_bits(a, b):
    return a & b
