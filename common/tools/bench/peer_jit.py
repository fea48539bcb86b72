# SPDX-License-Identifier: MIT
"""peer_jit.py [--once | ABOUT MEMORY] - the functions of jit_functions.py under Numba, timed when asked to.

Each line on stdin, "saxpy N", is answered with "ok MILLISECONDS", or "wrong ..." if the result does
not hold; "compile N" compiles saxpy anew. --once: a whole program, from start to the first result.
ABOUT is a file to write the versions to: SVML, Intel's vector functions, makes Numba faster where it
is installed, so that it is named. MEMORY is a file that the arrays lie in, in the same pages as those
of the other side (jit_worker.c says why).
"""
import mmap
import os
import sys
import time

import numpy as np
import numba
from numba import float32, njit

import jit_functions

STEPS = 256
SAXPY = (float32, float32[::1], float32[::1], float32[::1])
MEMORY = os.open(sys.argv[2], os.O_RDWR) if len(sys.argv) > 2 else -1


def arrays(*shape):
    """Of this shape: two of random numbers, one of zeros."""
    size = 3 * 4 * int(np.prod(shape))
    if MEMORY >= 0 and os.fstat(MEMORY).st_size < size:
        os.ftruncate(MEMORY, size)
    x, y, z = np.frombuffer(mmap.mmap(MEMORY, size), np.float32).reshape(3, *shape)
    generator = np.random.default_rng(1)
    generator.random(out=x, dtype=np.float32)
    generator.random(out=y, dtype=np.float32)
    z[:] = 0
    return x, y, z


def saxpy(n):
    x, y, z = arrays(n)
    a = np.float32(2)
    return (lambda: jit_functions.saxpy(a, x, y, z)), lambda _: np.allclose(z, a * x + y, rtol=1e-6)


def total(n):
    x, _, _ = arrays(n)
    want = x.sum(dtype=np.float64)
    return (lambda: jit_functions.total(x)), lambda got: abs(got - want) <= 1e-5 * want


def sines(n):
    x, _, z = arrays(n)
    return (lambda: jit_functions.sines(x, z)), lambda _: np.allclose(z, np.sin(x), rtol=1e-6)


def exponentials(n):
    x, _, z = arrays(n)
    return (lambda: jit_functions.exponentials(x, z)), lambda _: np.allclose(z, np.exp(x), rtol=1e-6)


def mandelbrot(n):
    counts, _, _ = arrays(n, n)
    counts = counts.view(np.int32)

    def verify(_):
        i, j = np.mgrid[0:n, 0:n]
        cx, cy = 3.0 * j / n - 2.25, 2.5 * i / n - 1.25
        x, y, want = np.zeros((n, n)), np.zeros((n, n)), np.zeros((n, n), dtype=np.int32)
        with np.errstate(all="ignore"):
            inside = np.ones((n, n), dtype=bool)
            for _ in range(STEPS):
                inside &= x * x + y * y <= 4
                want += inside
                x, y = x * x - y * y + cx, 2 * x * y + cy
        return np.count_nonzero(counts != want) <= n * n / 200

    return (lambda: jit_functions.mandelbrot(counts, STEPS)), verify


def matmul(n):
    a, b, c = arrays(n, n)
    return (lambda: jit_functions.matmul(a, b, c)), lambda _: np.allclose(c, a @ b, rtol=1e-4)


def compile_saxpy(_):
    return (lambda: njit(fastmath=True)(jit_functions.saxpy.py_func).compile(SAXPY)), lambda _: True


JOBS = {"saxpy": saxpy, "total": total, "sines": sines, "exponentials": exponentials,
        "mandelbrot": mandelbrot, "matmul": matmul, "compile": compile_saxpy}


def main():
    if sys.argv[1] == "--once":
        run, verify = saxpy(1000)
        return 0 if verify(run()) else 9
    with open(sys.argv[1], "w", encoding="utf-8") as about:
        svml = numba.core.config.USING_SVML
        print(f"{numba.__version__}, SVML {'yes' if svml else 'no'}", file=about)
    ready = None
    for line in sys.stdin:
        name, n = line.split()[0], int(line.split()[1])
        if ready != (name, n):
            run, verify = JOBS[name](n)
            if not verify(run()):
                print(f"wrong {name}", flush=True)
                continue
            ready = (name, n)
        start = time.perf_counter()
        run()
        print(f"ok {(time.perf_counter() - start) * 1e3:.6f}", flush=True)
    return 0


sys.exit(main())
