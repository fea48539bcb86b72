// SPDX-License-Identifier: MIT
/* Pinned: host memory whose pages stay where they are, so that the GPU fetches them by itself.
 *
 * Copies are as fast as the bus, and return at once: the host goes on while the bytes travel, until
 * it synchronises. The price: taking pinned memory is slow, and what is pinned is lost to all other
 * programs of the machine. Pin what is copied often, once, and keep it.
 */
#include "../product.h"

void pinned(const Product *p, Laps *laps) {
    CUdeviceptr d_a, d_b, d_c;
    //> allocate
    void *a, *b, *c; /* on the host */
    CHECK_CU(cuMemHostAlloc(&a, p->bytes_a, 0));
    CHECK_CU(cuMemHostAlloc(&b, p->bytes_b, 0));
    CHECK_CU(cuMemHostAlloc(&c, p->bytes_c, 0));
    //< allocate
    CHECK_CU(cuMemAlloc(&d_a, p->bytes_a));
    CHECK_CU(cuMemAlloc(&d_b, p->bytes_b));
    CHECK_CU(cuMemAlloc(&d_c, p->bytes_c));
    lap(laps, ALLOCATE);
    memcpy(a, p->a, p->bytes_a); /* a program would make its input in place */
    memcpy(b, p->b, p->bytes_b);
    memset(c, 0xff, p->bytes_c);
    CHECK_CU(cuMemsetD8(d_c, 0xff, p->bytes_c)); /* NaN: what no kernel writes is wrong */
    CHECK_CU(cuCtxSynchronize());
    lap(laps, NOT_COUNTED);

    //> copy
    CHECK_CU(cuMemcpyHtoDAsync(d_a, a, p->bytes_a, p->stream)); /* returns at once: a is in use */
    CHECK_CU(cuMemcpyHtoDAsync(d_b, b, p->bytes_b, p->stream));
    CHECK_CU(cuStreamSynchronize(p->stream)); /* now a and b are the host's again */
    //< copy
    lap(laps, UPLOAD);
    launch(p, dense(p), d_c, d_a, d_b, p->stream);
    CHECK_CU(cuStreamSynchronize(p->stream));
    lap(laps, KERNEL);
    CHECK_CU(cuMemcpyDtoHAsync(c, d_c, p->bytes_c, p->stream));
    CHECK_CU(cuStreamSynchronize(p->stream)); /* without it c may be read too early */
    lap(laps, DOWNLOAD);
    laps->copied = p->bytes_a + p->bytes_b + p->bytes_c;
    check(p, "pinned", c);
    lap(laps, NOT_COUNTED);

    CHECK_CU(cuMemFree(d_c));
    CHECK_CU(cuMemFree(d_b));
    CHECK_CU(cuMemFree(d_a));
    CHECK_CU(cuMemFreeHost(c)); /* not free(), and not cuMemFree() */
    CHECK_CU(cuMemFreeHost(b));
    CHECK_CU(cuMemFreeHost(a));
    lap(laps, RELEASE);
}
