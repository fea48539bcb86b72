// SPDX-License-Identifier: MIT
/* Mapped, or zero copy: pinned host memory that the kernel reads and writes where it is.
 *
 * Nobody copies. Each access of the kernel that no cache of the GPU answers crosses the bus, which
 * is much slower than device memory. It pays where each element is touched once, or where GPU and
 * CPU share one memory, as in a laptop's or a Jetson's chip. Here the naive kernel reads each
 * element of a n times, and the tiled one n / 16 times: what a bus makes of that, the table shows.
 */
#include "../product.h"

void mapped(const Product *p, Laps *laps) {
    //> allocate
    void *a, *b, *c; /* on the host */
    CHECK_CU(cuMemHostAlloc(&a, p->bytes_a, CU_MEMHOSTALLOC_DEVICEMAP));
    CHECK_CU(cuMemHostAlloc(&b, p->bytes_b, CU_MEMHOSTALLOC_DEVICEMAP));
    CHECK_CU(cuMemHostAlloc(&c, p->bytes_c, CU_MEMHOSTALLOC_DEVICEMAP));
    CUdeviceptr d_a, d_b, d_c; /* the same memory, by the address that kernels use */
    CHECK_CU(cuMemHostGetDevicePointer(&d_a, a, 0));
    CHECK_CU(cuMemHostGetDevicePointer(&d_b, b, 0));
    CHECK_CU(cuMemHostGetDevicePointer(&d_c, c, 0));
    //< allocate
    lap(laps, ALLOCATE);
    memcpy(a, p->a, p->bytes_a); /* a program would make its input in place */
    memcpy(b, p->b, p->bytes_b);
    memset(c, 0xff, p->bytes_c); /* NaN: what no kernel writes is wrong */
    lap(laps, NOT_COUNTED);

    launch(p, dense(p), d_c, d_a, d_b, p->stream);
    CHECK_CU(cuStreamSynchronize(p->stream)); /* from here on the host sees what the kernel wrote */
    lap(laps, KERNEL);
    check(p, "mapped", c);
    lap(laps, NOT_COUNTED);

    CHECK_CU(cuMemFreeHost(c)); /* d_a, d_b, d_c end with it: they are no allocations */
    CHECK_CU(cuMemFreeHost(b));
    CHECK_CU(cuMemFreeHost(a));
    lap(laps, RELEASE);
}
