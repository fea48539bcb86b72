// SPDX-License-Identifier: MIT
/* streams.c - order within and between streams, host functions, priorities, work without the host.
 * */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdatomic.h>

#include "api.h"

static CUfunction add, scale, spin, burn;

static void sleep_ms(long ms) {
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/* A flag in pinned memory, for a kernel that waits for the host. */
static _Atomic uint32_t *new_flag(CUdeviceptr *address) {
    _Atomic uint32_t *flag;
    CU(cuMemHostAlloc((void **)&flag, 4, 0));
    CU(cuMemHostGetDevicePointer(address, flag, 0));
    *flag = 0;
    return flag;
}

/* (((x + 1) * 3) + 2) * 3 ... in one stream: wrong if any two commands change places. */
static void order_in_one_stream(void) {
    enum { N = 1000, ROUNDS = 12 };
    unsigned n = N, one = 1, three = 3;
    uint32_t host[N], want = 0;
    CUstream stream;
    CUdeviceptr x;
    CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
    CU(cuMemAlloc(&x, sizeof host));
    CU(cuMemsetD32Async(x, 0, N, stream));
    for (int i = 0; i < ROUNDS; i++) {
        CU(launch(add, (N + 63) / 64, 64, stream, &x, &n, &one));
        CU(launch(scale, (N + 127) / 128, 128, stream, &x, &n, &three));
        want = (want + 1) * 3;
    }
    CU(cuMemcpyDtoHAsync(host, x, sizeof host, stream));
    CU(cuStreamSynchronize(stream));
    int wrong = 0;
    for (int i = 0; i < N; i++) wrong += host[i] != want;
    EQUAL(wrong, 0);
    CU(cuMemFree(x));
    CU(cuStreamDestroy(stream));
}

/* A stream that waits for an event of another one, whose kernel waits for the host. */
static void wait_for_event(void) {
    CUstream a, b;
    CUevent event;
    CUdeviceptr flag_address, x;
    unsigned n = 1, seven = 7, two = 2;
    _Atomic uint32_t *flag = new_flag(&flag_address);
    CU(cuStreamCreate(&a, CU_STREAM_NON_BLOCKING));
    CU(cuStreamCreate(&b, CU_STREAM_NON_BLOCKING));
    CU(cuEventCreate(&event, CU_EVENT_DEFAULT));
    CU(cuMemAlloc(&x, 4));
    CU(cuMemsetD32(x, 0, 1));
    CU(cuCtxSynchronize());
    CU(launch(spin, 1, 1, a, &flag_address, NULL, NULL));
    CU(launch(add, 1, 1, a, &x, &n, &seven));
    CU(cuEventRecord(event, a));
    CU(cuStreamWaitEvent(b, event, 0));
    CU(launch(scale, 1, 1, b, &x, &n, &two));
    sleep_ms(20);
    EXPECT(CUDA_ERROR_NOT_READY, cuStreamQuery(a));
    EXPECT(CUDA_ERROR_NOT_READY, cuStreamQuery(b));
    EXPECT(CUDA_ERROR_NOT_READY, cuEventQuery(event));
    *flag = 1;
    CU(cuStreamSynchronize(b));
    uint32_t got;
    CU(cuMemcpyDtoHAsync(&got, x, 4, b));
    CU(cuStreamSynchronize(b));
    EQUAL(got, 14);
    EXPECT(CUDA_SUCCESS, cuEventQuery(event));
    /* The event is recorded anew: what waited for the first recording is not held up. */
    *flag = 0;
    CU(launch(spin, 1, 1, a, &flag_address, NULL, NULL));
    CU(cuEventRecord(event, a));
    CU(cuStreamSynchronize(b));
    EXPECT(CUDA_ERROR_NOT_READY, cuEventQuery(event));
    *flag = 1;
    CU(cuEventSynchronize(event));
    CU(cuMemFree(x));
    CU(cuEventDestroy(event));
    CU(cuStreamDestroy(a));
    CU(cuStreamDestroy(b));
    CU(cuMemFreeHost(flag));
}

/* Stream 0 waits for blocking streams, and they for it; a non-blocking one does neither. */
static void legacy_stream(void) {
    CUstream blocking, apart;
    CUdeviceptr flag_address, x;
    unsigned n = 1, one = 1;
    _Atomic uint32_t *flag = new_flag(&flag_address);
    CU(cuStreamCreate(&blocking, CU_STREAM_DEFAULT));
    CU(cuStreamCreate(&apart, CU_STREAM_NON_BLOCKING));
    CU(cuMemAlloc(&x, 8));
    CU(cuMemsetD32(x, 0, 2));
    CU(cuCtxSynchronize());

    CU(launch(spin, 1, 1, blocking, &flag_address, NULL, NULL));
    CU(launch(add, 1, 1, NULL, &x, &n, &one)); /* waits for the blocking stream */
    sleep_ms(5);
    EXPECT(CUDA_ERROR_NOT_READY, cuStreamQuery(NULL));
    CU(launch(add, 1, 1, apart, &x, &n, &one)); /* does not */
    CU(cuStreamSynchronize(apart));
    EXPECT(CUDA_ERROR_NOT_READY, cuStreamQuery(NULL));
    *flag = 1;
    CU(cuStreamSynchronize(NULL));
    EXPECT(CUDA_SUCCESS, cuStreamQuery(blocking));

    *flag = 0;
    CU(launch(spin, 1, 1, CU_STREAM_LEGACY, &flag_address, NULL, NULL));
    CU(launch(add, 1, 1, blocking, &x, &n, &one));
    CUdeviceptr y = x + 4; /* the two streams go on beside each other */
    CU(launch(add, 1, 1, CU_STREAM_PER_THREAD, &y, &n, &one)); /* a blocking stream, too */
    sleep_ms(5);
    EXPECT(CUDA_ERROR_NOT_READY, cuStreamQuery(blocking));
    EXPECT(CUDA_ERROR_NOT_READY, cuStreamQuery(CU_STREAM_PER_THREAD));
    *flag = 1;
    CU(cuStreamSynchronize(blocking));
    CU(cuStreamSynchronize(CU_STREAM_PER_THREAD));
    uint32_t got[2];
    CU(cuMemcpyDtoH(got, x, 8));
    EQUAL(got[0], 3);
    EQUAL(got[1], 1);
    CU(cuMemFree(x));
    CU(cuStreamDestroy(blocking));
    CU(cuStreamDestroy(apart));
    CU(cuMemFreeHost(flag));
}

/* ---- Host functions ---- */

static _Atomic int calls, last_order;
static pthread_t main_thread;
static void CUDA_CB count(void *data) {
    int expected = (int)(intptr_t)data;
    if (atomic_exchange(&last_order, expected) != expected - 1) atomic_fetch_add(&calls, 1000);
    if (pthread_equal(pthread_self(), main_thread)) atomic_fetch_add(&calls, 100000);
    int device;
    if (cuCtxGetDevice(&device) == CUDA_SUCCESS) atomic_fetch_add(&calls, 1000000);
    atomic_fetch_add(&calls, 1);
}
static void CUDA_CB called_back(CUstream stream, CUresult status, void *data) {
    (void)stream;
    if (status != CUDA_SUCCESS) atomic_fetch_add(&calls, 1000);
    count(data);
}
static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
static void CUDA_CB take(void *data) {
    (void)data;
    pthread_mutex_lock(&held);
    pthread_mutex_unlock(&held);
}

static void host_functions(void) {
    CUstream stream;
    CUdeviceptr x;
    unsigned n = 1, one = 1;
    main_thread = pthread_self();
    CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
    CU(cuMemAlloc(&x, 4));
    for (int i = 1; i <= 20; i++) {
        CU(launch(add, 1, 1, stream, &x, &n, &one));
        if (i % 2) CU(cuLaunchHostFunc(stream, count, (void *)(intptr_t)i));
        else CU(cuStreamAddCallback(stream, called_back, (void *)(intptr_t)i, 0));
    }
    CU(cuStreamSynchronize(stream));
    EQUAL(atomic_load(&calls), 20);
    CU(cuMemFree(x));
    CU(cuStreamDestroy(stream));
}

/* A host function that blocks holds up its own stream, and no other. */
static void blocked_host_function(void) {
    CUstream stream;
    CUdeviceptr x;
    unsigned n = 1, one = 1;
    CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
    CU(cuMemAlloc(&x, 4));
    pthread_mutex_lock(&held);
    CU(cuLaunchHostFunc(stream, take, NULL));
    EXPECT(CUDA_ERROR_NOT_READY, cuStreamQuery(stream));
    CUstream other;
    CU(cuStreamCreate(&other, CU_STREAM_NON_BLOCKING));
    CU(launch(add, 1, 1, other, &x, &n, &one));
    CU(cuStreamSynchronize(other));
    pthread_mutex_unlock(&held);
    CU(cuStreamSynchronize(stream));
    CU(cuMemFree(x));
    CU(cuStreamDestroy(stream));
    CU(cuStreamDestroy(other));
}

/* Two kernels of two streams, the second of which lets the first end: only if both run at once. */
static void side_by_side(void) {
    CUstream a, b;
    CUdeviceptr flag;
    unsigned n = 1, one = 1;
    CU(cuStreamCreate(&a, CU_STREAM_NON_BLOCKING));
    CU(cuStreamCreate(&b, CU_STREAM_NON_BLOCKING));
    CU(cuMemAlloc(&flag, 4));
    CU(cuMemsetD32(flag, 0, 1));
    CU(cuCtxSynchronize());
    CU(launch(spin, 1, 1, a, &flag, NULL, NULL));
    CU(launch(add, 1, 1, b, &flag, &n, &one));
    CU(cuStreamSynchronize(b));
    CU(cuStreamSynchronize(a));
    CU(cuMemFree(flag));
    CU(cuStreamDestroy(a));
    CU(cuStreamDestroy(b));
}

/* A destroyed stream still does what was queued; many streams at once. */
static void many(void) {
    enum { STREAMS = 200 };
    unsigned n = 1, one = 1;
    CUdeviceptr x;
    CU(cuMemAlloc(&x, STREAMS * sizeof(uint32_t)));
    CU(cuMemsetD32(x, 0, STREAMS));
    CU(cuCtxSynchronize());
    for (int i = 0; i < STREAMS; i++) {
        CUstream stream;
        CUdeviceptr mine = x + 4 * (CUdeviceptr)i;
        CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
        for (int j = 0; j <= i % 5; j++) CU(launch(add, 1, 1, stream, &mine, &n, &one));
        CU(cuStreamDestroy(stream));
        EXPECT(CUDA_ERROR_INVALID_HANDLE, cuStreamQuery(stream));
    }
    CU(cuCtxSynchronize());
    uint32_t host[STREAMS];
    CU(cuMemcpyDtoH(host, x, sizeof host));
    int wrong = 0;
    for (int i = 0; i < STREAMS; i++) wrong += host[i] != (uint32_t)(i % 5 + 1);
    EQUAL(wrong, 0);
    CU(cuMemFree(x));
}

static void questions(CUcontext context) {
    CUstream stream;
    int least = 9, greatest = 9, priority = 9;
    unsigned flags = 9;
    unsigned long long id = 0, id0 = 0;
    CUcontext owner = NULL;
    CU(cuCtxGetStreamPriorityRange(&least, &greatest));
    TRUE(greatest < least && least == 0);
    CU(cuStreamCreateWithPriority(&stream, CU_STREAM_NON_BLOCKING, greatest - 100));
    CU(cuStreamGetPriority(stream, &priority));
    EQUAL(priority, greatest);
    CU(cuStreamGetFlags(stream, &flags));
    EQUAL(flags, CU_STREAM_NON_BLOCKING);
    CU(cuStreamGetId(stream, &id));
    CU(cuStreamGetId(NULL, &id0));
    TRUE(id != id0);
    CU(cuStreamGetCtx(stream, &owner));
    TRUE(owner == context);
    CU(cuStreamDestroy(stream));
}

int main(void) {
    CUcontext context = begin();
    CUmodule module = load();
    add = kernel(module, "add");
    scale = kernel(module, "scale");
    spin = kernel(module, "spin");
    burn = kernel(module, "burn");
    order_in_one_stream();
    wait_for_event();
    host_functions();
    /* These need streams that go on beside each other; TEST_ONE_AT_A_TIME: the device has none. */
    if (!getenv("TEST_ONE_AT_A_TIME")) {
        legacy_stream();
        blocked_host_function();
        side_by_side();
    }
    many();
    questions(context);
    CU(cuModuleUnload(module));
    CU(cuDevicePrimaryCtxRelease(0));
    return failures != 0;
}
