// SPDX-License-Identifier: MIT
/* events.c - recording, asking, waiting, and the time between two events. */
#define _POSIX_C_SOURCE 200809L
#include <stdatomic.h>

#include "api.h"

int main(void) {
    begin();
    CUmodule module = load();
    CUfunction burn = kernel(module, "burn"), spin = kernel(module, "spin");
    CUstream stream;
    CUevent start, end, untimed, never;
    CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
    CU(cuEventCreate(&start, CU_EVENT_DEFAULT));
    CU(cuEventCreate(&end, CU_EVENT_BLOCKING_SYNC));
    CU(cuEventCreate(&untimed, CU_EVENT_DISABLE_TIMING));
    CU(cuEventCreate(&never, CU_EVENT_DEFAULT));

    /* An event that was never recorded counts as having happened. */
    EXPECT(CUDA_SUCCESS, cuEventQuery(never));
    EXPECT(CUDA_SUCCESS, cuEventSynchronize(never));
    EXPECT(CUDA_SUCCESS, cuStreamWaitEvent(stream, never, 0));

    /* The time between two events is that of the kernel between them, as the host sees it. */
    CUdeviceptr x;
    unsigned n = 2000000;
    CU(cuMemAlloc(&x, 4));
    CU(launch(burn, 1, 1, stream, &x, &n, NULL));
    CU(cuStreamSynchronize(stream));
    double host_start = now_ms();
    CU(cuEventRecord(start, stream));
    CU(launch(burn, 1, 1, stream, &x, &n, NULL));
    CU(cuEventRecord(end, stream));
    CU(cuEventSynchronize(end));
    double host_ms = now_ms() - host_start;
    float ms = -1, back = 1, same = 1;
    CU(cuEventElapsedTime(&ms, start, end));
    CU(cuEventElapsedTime(&back, end, start));
    CU(cuEventElapsedTime(&same, end, end));
    printf("kernel %.3f ms by events, %.3f ms by the host's clock\n", (double)ms, host_ms);
    TRUE(ms > 0 && (double)ms <= host_ms + 0.1 && (double)ms >= host_ms / 4);
    TRUE(back == -ms);
    TRUE(same == 0);
    EXPECT(CUDA_ERROR_INVALID_HANDLE, cuEventElapsedTime(&ms, start, untimed));
    EXPECT(CUDA_ERROR_INVALID_HANDLE, cuEventElapsedTime(&ms, start, never));

    /* Not ready as long as what stands before it is not done. */
    _Atomic uint32_t *flag;
    CU(cuMemHostAlloc((void **)&flag, 4, 0));
    *flag = 0;
    CUdeviceptr address = (CUdeviceptr)(uintptr_t)flag;
    CU(launch(spin, 1, 1, stream, &address, NULL, NULL));
    CU(cuEventRecord(end, stream));
    CU(cuEventRecordWithFlags(untimed, stream, CU_EVENT_RECORD_DEFAULT));
    EXPECT(CUDA_ERROR_NOT_READY, cuEventQuery(end));
    EXPECT(CUDA_ERROR_NOT_READY, cuEventQuery(untimed));
    EXPECT(CUDA_ERROR_NOT_READY, cuEventElapsedTime(&ms, start, end));
    *flag = 1;
    CU(cuEventSynchronize(untimed));
    EXPECT(CUDA_SUCCESS, cuEventQuery(end));
    CU(cuEventElapsedTime(&ms, start, end));
    TRUE(ms > 0);

    /* An event may go while it is pending. */
    *flag = 0;
    CU(launch(spin, 1, 1, stream, &address, NULL, NULL));
    CU(cuEventRecord(untimed, stream));
    CU(cuEventDestroy(untimed));
    EXPECT(CUDA_ERROR_INVALID_HANDLE, cuEventQuery(untimed));
    *flag = 1;
    CU(cuStreamSynchronize(stream));

    CU(cuEventDestroy(start));
    CU(cuEventDestroy(end));
    CU(cuEventDestroy(never));
    CU(cuMemFreeHost(flag));
    CU(cuMemFree(x));
    CU(cuStreamDestroy(stream));
    CU(cuModuleUnload(module));
    CU(cuDevicePrimaryCtxRelease(0));
    return failures != 0;
}
