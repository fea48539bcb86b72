// SPDX-License-Identifier: MIT
/* What each step costs. Copies are timed by the host's clock, since cuMemcpyHtoD and cuMemcpyDtoH
 * wait until they are done. A launch does not wait, so the device itself notes when the kernel
 * began and ended: an event is a mark in its queue.
 */
#include "program.h"

void measure(CUfunction kernel, CUdeviceptr d_a, const float *a, float *b, size_t m, size_t n,
             unsigned repeat) {
    size_t bytes = m * n * sizeof *a;
    CUevent start, stop;
    CHECK_CU(cuEventCreate(&start, CU_EVENT_DEFAULT));
    CHECK_CU(cuEventCreate(&stop, CU_EVENT_DEFAULT));
    hc_step("measuring");
    for (unsigned i = 0; i < repeat; i++) {
        //> measure
        double start_ms = hc_now_ms();
        CHECK_CU(cuMemcpyHtoD(d_a, a, bytes));
        hc_note_time(HC_TIME_UPLOAD, hc_now_ms() - start_ms);

        CHECK_CU(cuEventRecord(start, NULL));
        launch(kernel, d_a, m, n);
        CHECK_CU(cuEventRecord(stop, NULL));
        CHECK_CU(cuEventSynchronize(stop));
        hc_note_time(HC_TIME_KERNEL, hc_cu_event_ms(start, stop));

        start_ms = hc_now_ms();
        CHECK_CU(cuMemcpyDtoH(b, d_a, bytes));
        hc_note_time(HC_TIME_DOWNLOAD, hc_now_ms() - start_ms);
        //< measure
    }
    hc_step(NULL);
    CHECK_CU(cuEventDestroy(stop));
    CHECK_CU(cuEventDestroy(start));
}
