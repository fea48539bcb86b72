// SPDX-License-Identifier: MIT
/* Overlapped: while one half of the product is computed, the other half travels.
 *
 * A GPU has engines for copies beside its multiprocessors. Two streams give both something to do:
 * each takes half of the rows of a, and gives half of those of c. b is needed by both: the first
 * stream uploads it and records an event, and the second waits for that event, on the device, not
 * on the host. All host memory is pinned: a copy from pageable memory would hold the host up.
 */
#include "../product.h"

enum { STREAMS = 2 };
enum { BEGIN, UPLOADED, COMPUTED, END, MARKS };

void overlapped(const Product *p, Laps *laps) {
    void *a, *b, *c;
    CUdeviceptr d_a, d_b, d_c;
    CUstream stream[STREAMS];
    CUevent mark[STREAMS][MARKS], b_is_there;
    CHECK_CU(cuMemHostAlloc(&a, p->bytes_a, 0));
    CHECK_CU(cuMemHostAlloc(&b, p->bytes_b, 0));
    CHECK_CU(cuMemHostAlloc(&c, p->bytes_c, 0));
    CHECK_CU(cuMemAlloc(&d_a, p->bytes_a));
    CHECK_CU(cuMemAlloc(&d_b, p->bytes_b));
    CHECK_CU(cuMemAlloc(&d_c, p->bytes_c));
    CHECK_CU(cuEventCreate(&b_is_there, CU_EVENT_DISABLE_TIMING));
    for (int s = 0; s < STREAMS; s++) {
        CHECK_CU(cuStreamCreate(&stream[s], CU_STREAM_NON_BLOCKING));
        for (int e = 0; e < MARKS; e++) CHECK_CU(cuEventCreate(&mark[s][e], CU_EVENT_DEFAULT));
    }
    lap(laps, ALLOCATE);
    memcpy(a, p->a, p->bytes_a);
    memcpy(b, p->b, p->bytes_b);
    memset(c, 0xff, p->bytes_c);
    CHECK_CU(cuMemsetD8(d_c, 0xff, p->bytes_c)); /* NaN: what no kernel writes is wrong */
    CHECK_CU(cuCtxSynchronize());
    lap(laps, NOT_COUNTED);

    //> halves
    double start_ms = hc_now_ms();
    for (size_t s = 0; s < STREAMS; s++) { /* nothing in this loop waits */
        size_t first = s * p->m / STREAMS, rows = (s + 1) * p->m / STREAMS - first;
        size_t at_a = first * p->k * sizeof(float), bytes_a = rows * p->k * sizeof(float);
        size_t at_c = first * p->n * sizeof(float), bytes_c = rows * p->n * sizeof(float);
        CHECK_CU(cuEventRecord(mark[s][BEGIN], stream[s]));
        if (s == 0) {
            CHECK_CU(cuMemcpyHtoDAsync(d_b, b, p->bytes_b, stream[s]));
            CHECK_CU(cuEventRecord(b_is_there, stream[s]));
        }
        if (bytes_a) CHECK_CU(cuMemcpyHtoDAsync(d_a + at_a, (char *)a + at_a, bytes_a, stream[s]));
        CHECK_CU(cuEventRecord(mark[s][UPLOADED], stream[s]));
        CHECK_CU(cuStreamWaitEvent(stream[s], b_is_there, 0)); /* the stream waits, not the host */
        launch(p, (Layout){rows, p->n, p->k, p->n}, d_c + at_c, d_a + at_a, d_b, stream[s]);
        CHECK_CU(cuEventRecord(mark[s][COMPUTED], stream[s]));
        if (bytes_c) CHECK_CU(cuMemcpyDtoHAsync((char *)c + at_c, d_c + at_c, bytes_c, stream[s]));
        CHECK_CU(cuEventRecord(mark[s][END], stream[s]));
    }
    for (int s = 0; s < STREAMS; s++) CHECK_CU(cuStreamSynchronize(stream[s]));
    laps->side_by_side_ms = hc_now_ms() - start_ms;
    //< halves
    for (int s = 0; s < STREAMS; s++) { /* the device's own clock, stream by stream */
        laps->ms[UPLOAD] += hc_cu_event_ms(mark[s][BEGIN], mark[s][UPLOADED]);
        laps->ms[KERNEL] += hc_cu_event_ms(mark[s][UPLOADED], mark[s][COMPUTED]);
        laps->ms[DOWNLOAD] += hc_cu_event_ms(mark[s][COMPUTED], mark[s][END]);
    }
    laps->copied = p->bytes_a + p->bytes_b + p->bytes_c;
    check(p, "overlapped", c);
    lap(laps, NOT_COUNTED);

    for (int s = STREAMS - 1; s >= 0; s--) {
        for (int e = 0; e < MARKS; e++) CHECK_CU(cuEventDestroy(mark[s][e]));
        CHECK_CU(cuStreamDestroy(stream[s]));
    }
    CHECK_CU(cuEventDestroy(b_is_there));
    CHECK_CU(cuMemFree(d_c));
    CHECK_CU(cuMemFree(d_b));
    CHECK_CU(cuMemFree(d_a));
    CHECK_CU(cuMemFreeHost(c));
    CHECK_CU(cuMemFreeHost(b));
    CHECK_CU(cuMemFreeHost(a));
    lap(laps, RELEASE);
}
