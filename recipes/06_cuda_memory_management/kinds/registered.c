// SPDX-License-Identifier: MIT
/* Registered: memory that is already there, pinned afterwards and for a while.
 *
 * Where a library, or a file that was mapped, has made the array, nobody asks for a kind of memory.
 * cuMemHostRegister pins the pages as they are; from then on copies are those of pinned memory.
 * Pinning works on whole pages, so two arrays that share a page cannot both be registered: here
 * each begins on a page of its own.
 */
#include "../product.h"

enum { PAGE = 4096 };

/* An array as somebody else may have made it: plain memory, on pages of its own. */
static void *from_elsewhere(const void *x, size_t bytes) {
    void *host = aligned_alloc(PAGE, (bytes + PAGE - 1) / PAGE * PAGE);
    CHECK_HC(host ? HC_OK : hc_set_error(HC_ERROR, 0, NULL, NULL, "no memory for %zu B", bytes));
    if (host) memcpy(host, x, bytes);
    return host;
}

void registered(const Product *p, Laps *laps) {
    memset(p->c, 0xff, p->bytes_c);
    void *a = from_elsewhere(p->a, p->bytes_a), *b = from_elsewhere(p->b, p->bytes_b);
    void *c = from_elsewhere(p->c, p->bytes_c);
    CUdeviceptr d_a, d_b, d_c;
    lap(laps, NOT_COUNTED);
    //> register
    CHECK_CU(cuMemHostRegister(a, p->bytes_a, 0));
    CHECK_CU(cuMemHostRegister(b, p->bytes_b, 0));
    CHECK_CU(cuMemHostRegister(c, p->bytes_c, 0));
    //< register
    CHECK_CU(cuMemAlloc(&d_a, p->bytes_a));
    CHECK_CU(cuMemAlloc(&d_b, p->bytes_b));
    CHECK_CU(cuMemAlloc(&d_c, p->bytes_c));
    lap(laps, ALLOCATE);
    CHECK_CU(cuMemsetD8(d_c, 0xff, p->bytes_c)); /* NaN: what no kernel writes is wrong */
    CHECK_CU(cuCtxSynchronize());
    lap(laps, NOT_COUNTED);

    CHECK_CU(cuMemcpyHtoDAsync(d_a, a, p->bytes_a, p->stream));
    CHECK_CU(cuMemcpyHtoDAsync(d_b, b, p->bytes_b, p->stream));
    CHECK_CU(cuStreamSynchronize(p->stream));
    lap(laps, UPLOAD);
    launch(p, dense(p), d_c, d_a, d_b, p->stream);
    CHECK_CU(cuStreamSynchronize(p->stream));
    lap(laps, KERNEL);
    CHECK_CU(cuMemcpyDtoHAsync(c, d_c, p->bytes_c, p->stream));
    CHECK_CU(cuStreamSynchronize(p->stream));
    lap(laps, DOWNLOAD);
    laps->copied = p->bytes_a + p->bytes_b + p->bytes_c;
    check(p, "registered", c);
    lap(laps, NOT_COUNTED);

    CHECK_CU(cuMemFree(d_c));
    CHECK_CU(cuMemFree(d_b));
    CHECK_CU(cuMemFree(d_a));
    //> unregister
    CHECK_CU(cuMemHostUnregister(c)); /* before free(), never after it */
    CHECK_CU(cuMemHostUnregister(b));
    CHECK_CU(cuMemHostUnregister(a));
    //< unregister
    lap(laps, RELEASE);
    free(c), free(b), free(a);
    lap(laps, NOT_COUNTED);
}
