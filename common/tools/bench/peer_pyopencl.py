# SPDX-License-Identifier: MIT
"""The peer of recipe 08: the same program, step for step, as one would write it with PyOpenCL.

Same n, same kernel text, same group size, and the answer is verified. Recipe 08 measures nothing
under --quiet, and nor does this. The bench times both as whole processes:

    peer_pyopencl.py --device P:D --kernels DIR --size N
"""
import argparse
import json
import sys

import numpy as np
import pyopencl as cl


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", default="0:0")
    parser.add_argument("--kernels", required=True)
    parser.add_argument("--size", type=int, default=1 << 20)
    args = parser.parse_args()
    n = args.size

    # 1. The device.
    platform, number = map(int, args.device.split(":"))
    device = cl.get_platforms()[platform].get_devices()[number]

    # 2. Input on the host, from the same generator as in C, and the answer to compare with.
    random = np.random.Generator(np.random.Philox(1))
    x = random.random(n, dtype=np.float32) * np.float32(2) - np.float32(1)
    y = random.random(n, dtype=np.float32) * np.float32(2) - np.float32(1)
    z = np.zeros_like(x)
    want = x + y

    # 3. Context and queue.
    context = cl.Context([device])
    queue = cl.CommandQueue(context, properties=cl.command_queue_properties.PROFILING_ENABLE)

    # 4. The kernel, compiled here and now.
    def build(name):
        with open(f"{args.kernels}/{name}.cl", encoding="utf-8") as file:
            program = cl.Program(context, file.read()).build(options="-DT=float")
        return cl.Kernel(program, name)

    kernel = build("vector_sum")

    # 5. Memory on the device.
    d_x = cl.Buffer(context, cl.mem_flags.READ_ONLY, x.nbytes)
    d_y = cl.Buffer(context, cl.mem_flags.READ_ONLY, y.nbytes)
    d_z = cl.Buffer(context, cl.mem_flags.WRITE_ONLY, z.nbytes)

    # 6. Upload.
    cl.enqueue_copy(queue, d_x, x)
    cl.enqueue_copy(queue, d_y, y)

    # 7. Launch.
    most = kernel.get_work_group_info(cl.kernel_work_group_info.WORK_GROUP_SIZE, device)
    group = min(256, most)
    shape = (-(-n // group) * group,)
    kernel.set_args(d_z, d_x, d_y, np.uint64(n))
    cl.enqueue_nd_range_kernel(queue, kernel, shape, (group,))

    # 8. Download, and 9. verify.
    cl.enqueue_copy(queue, z, d_z)
    if not np.array_equal(z, want):
        print("wrong result", file=sys.stderr)
        return 9  # not 1: Python itself ends with that after an exception

    print(json.dumps({"device": device.name, "verified": True, "pyopencl": cl.VERSION_TEXT,
                      "numpy": np.__version__, "python": sys.version.split()[0]}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
