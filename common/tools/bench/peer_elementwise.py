# SPDX-License-Identifier: MIT
"""peer_elementwise.py P:D NAME - PyOpenCL's ElementwiseKernel on the device NAME, timed when asked to.

Each line on stdin, "axpby N", is answered with "ok MILLISECONDS", or "wrong ..." if the result does
not hold. The time is that of the call until the queue is empty, with everything compiled and on the
device before.
"""
import sys
import time

import numpy as np
import pyopencl as cl
import pyopencl.array
from pyopencl.elementwise import ElementwiseKernel


def main():
    platform, number = map(int, sys.argv[1].split(":"))
    device = cl.get_platforms()[platform].get_devices()[number]
    if device.name != sys.argv[2]:
        sys.exit(f"PyOpenCL has another device at {sys.argv[1]}: '{device.name}', not '{sys.argv[2]}'")
    queue = cl.CommandQueue(cl.Context([device]))
    kernel = ElementwiseKernel(
        queue.context, "float a, const float *x, float b, const float *y, float *z",
        "z[i] = a*x[i] + b*y[i]", "axpby")
    ready = 0
    for line in sys.stdin:
        n = int(line.split()[1])
        if n != ready:
            generator = np.random.Generator(np.random.Philox(1))
            x = generator.random(n, dtype=np.float32)
            y = generator.random(n, dtype=np.float32)
            d_x, d_y = cl.array.to_device(queue, x), cl.array.to_device(queue, y)
            d_z = cl.array.zeros(queue, n, np.float32)
            kernel(np.float32(2), d_x, np.float32(3), d_y, d_z)
            want = np.float32(2) * x + np.float32(3) * y
            if not np.allclose(d_z.get(), want, rtol=1e-6, atol=0):
                print("wrong axpby", flush=True)
                continue
            ready = n
        queue.finish()
        start = time.perf_counter()
        kernel(np.float32(2), d_x, np.float32(3), d_y, d_z)
        queue.finish()
        print(f"ok {(time.perf_counter() - start) * 1e3:.6f}", flush=True)


main()
