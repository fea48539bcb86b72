// SPDX-License-Identifier: MIT
/* In stream order: allocations and frees that are commands of a stream, served from a pool.
 *
 * cuMemAlloc and cuMemFree may make the whole device wait. cuMemAllocAsync hands out memory that a
 * stream may use from its next command on, and cuMemFreeAsync takes it back once the stream gets
 * there: neither waits. What is freed stays in the pool of the device and serves the next request,
 * up to a threshold: more than that the driver gives back to the system at each synchronisation.
 */
#include "../product.h"

void async(const Product *p, Laps *laps) {
    //> pool
    CUmemoryPool pool;
    cuuint64_t keep = UINT64_MAX; /* default: 0, keep nothing over a synchronisation */
    CHECK_CU(cuDeviceGetDefaultMemPool(&pool, p->device));
    CHECK_CU(cuMemPoolSetAttribute(pool, CU_MEMPOOL_ATTR_RELEASE_THRESHOLD, &keep));
    //< pool
    lap(laps, NOT_COUNTED);
    //> allocate
    CUdeviceptr d_a, d_b, d_c;
    CHECK_CU(cuMemAllocAsync(&d_a, p->bytes_a, p->stream)); /* for this stream's later commands */
    CHECK_CU(cuMemAllocAsync(&d_b, p->bytes_b, p->stream));
    CHECK_CU(cuMemAllocAsync(&d_c, p->bytes_c, p->stream));
    //< allocate
    lap(laps, ALLOCATE);
    CHECK_CU(cuMemsetD8Async(d_c, 0xff, p->bytes_c, p->stream)); /* NaN */
    CHECK_CU(cuStreamSynchronize(p->stream));
    lap(laps, NOT_COUNTED);

    CHECK_CU(cuMemcpyHtoDAsync(d_a, p->a, p->bytes_a, p->stream)); /* from pageable memory */
    CHECK_CU(cuMemcpyHtoDAsync(d_b, p->b, p->bytes_b, p->stream));
    CHECK_CU(cuStreamSynchronize(p->stream));
    lap(laps, UPLOAD);
    launch(p, dense(p), d_c, d_a, d_b, p->stream);
    CHECK_CU(cuStreamSynchronize(p->stream));
    lap(laps, KERNEL);
    CHECK_CU(cuMemcpyDtoHAsync(p->c, d_c, p->bytes_c, p->stream));
    CHECK_CU(cuStreamSynchronize(p->stream));
    lap(laps, DOWNLOAD);
    laps->copied = p->bytes_a + p->bytes_b + p->bytes_c;
    check(p, "async", p->c);
    lap(laps, NOT_COUNTED);

    //> free
    CHECK_CU(cuMemFreeAsync(d_c, p->stream)); /* when the stream gets there; it is not waited for */
    CHECK_CU(cuMemFreeAsync(d_b, p->stream));
    CHECK_CU(cuMemFreeAsync(d_a, p->stream));
    //< free
    lap(laps, RELEASE);
    CHECK_CU(cuStreamSynchronize(p->stream));
    lap(laps, NOT_COUNTED);
}
