// SPDX-License-Identifier: MIT
/* Managed, or unified memory: one address for host and device, and the driver moves the pages.
 *
 * No copy stands in the program. A page that the other side touches is moved there when it is
 * touched: comfortable, and good for data of which only a part is used. The cost has not gone, it
 * is in the kernel's time, page fault by page fault. While a kernel runs, older GPUs, and all under
 * Windows, allow the host no access to any managed memory; so this waits before it reads.
 */
#include "../product.h"

void managed(const Product *p, Laps *laps) {
    //> allocate
    CUdeviceptr d_a, d_b, d_c;
    CHECK_CU(cuMemAllocManaged(&d_a, p->bytes_a, CU_MEM_ATTACH_GLOBAL));
    CHECK_CU(cuMemAllocManaged(&d_b, p->bytes_b, CU_MEM_ATTACH_GLOBAL));
    CHECK_CU(cuMemAllocManaged(&d_c, p->bytes_c, CU_MEM_ATTACH_GLOBAL));
    void *a = (void *)(uintptr_t)d_a; /* of no other memory of the device may the host do that */
    void *b = (void *)(uintptr_t)d_b;
    void *c = (void *)(uintptr_t)d_c;
    //< allocate
    lap(laps, ALLOCATE);
    memcpy(a, p->a, p->bytes_a); /* a program would make its input in place */
    memcpy(b, p->b, p->bytes_b);
    memset(c, 0xff, p->bytes_c); /* NaN: what no kernel writes is wrong */
    lap(laps, NOT_COUNTED);

    launch(p, dense(p), d_c, d_a, d_b, p->stream); /* the driver moves a, b and c to the device */
    CHECK_CU(cuStreamSynchronize(p->stream));
    lap(laps, KERNEL);
    check(p, "managed",
          c); /* c comes back page by page as it is read: nobody can time that apart */
    lap(laps, NOT_COUNTED);

    CHECK_CU(cuMemFree(d_c));
    CHECK_CU(cuMemFree(d_b));
    CHECK_CU(cuMemFree(d_a));
    lap(laps, RELEASE);
}
