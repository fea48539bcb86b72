// SPDX-License-Identifier: MIT
/* contexts.c - contexts: their stack, what goes with them, failed kernels, two of them, two
 * devices. Run with CUSIM_DEVICES=2 where the device is software; the part on a second device needs
 * one. */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api.h"

static void before_init(void) {
    int n, version = 0;
    CUdevice device;
    CUcontext context;
    CUdeviceptr address;
    const char *text;
    EXPECT(CUDA_ERROR_NOT_INITIALIZED, cuDeviceGetCount(&n));
    EXPECT(CUDA_ERROR_NOT_INITIALIZED, cuDeviceGet(&device, 0));
    EXPECT(CUDA_ERROR_NOT_INITIALIZED, cuCtxGetCurrent(&context));
    EXPECT(CUDA_ERROR_NOT_INITIALIZED, cuMemAlloc(&address, 1));
    EXPECT(CUDA_SUCCESS, cuDriverGetVersion(&version));
    TRUE(version >= 12000);
    EXPECT(CUDA_SUCCESS, cuGetErrorString(CUDA_ERROR_OUT_OF_MEMORY, &text));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuInit(1));
}

static void stack(void) {
    CUcontext a, b, primary, now;
    CUdeviceptr address;
    EXPECT(CUDA_ERROR_INVALID_CONTEXT, cuMemAlloc(&address, 1));
    EXPECT(CUDA_ERROR_INVALID_CONTEXT, cuCtxPopCurrent(&now));
    CU(cuCtxCreate(&a, 0, 0));
    CU(cuCtxCreate(&b, CU_CTX_SCHED_SPIN, 0));
    CU(cuCtxGetCurrent(&now));
    TRUE(now == b);
    unsigned flags, version;
    CU(cuCtxGetFlags(&flags));
    EQUAL(flags, CU_CTX_SCHED_SPIN);
    CU(cuCtxGetApiVersion(b, &version));
    TRUE(version >= 3020);
    unsigned long long id_a, id_b;
    CU(cuCtxGetId(a, &id_a));
    CU(cuCtxGetId(NULL, &id_b));
    TRUE(id_a != id_b);
    CU(cuCtxPushCurrent(a));
    CU(cuCtxPopCurrent(&now));
    TRUE(now == a);
    CU(cuCtxSetCurrent(a)); /* in b's place: a, a */
    CU(cuCtxPopCurrent(NULL));
    CU(cuCtxGetCurrent(&now));
    TRUE(now == a);
    CU(cuCtxPushCurrent(b));
    CU(cuCtxDestroy(a)); /* below b on the stack: stays there, but is destroyed */
    EXPECT(CUDA_ERROR_INVALID_CONTEXT, cuCtxPushCurrent(a));
    CU(cuCtxDestroy(b)); /* the current one: is popped */
    EXPECT(CUDA_ERROR_CONTEXT_IS_DESTROYED, cuMemAlloc(&address, 1));
    EXPECT(CUDA_ERROR_INVALID_CONTEXT, cuCtxDestroy(b));
    CU(cuCtxPopCurrent(&now));
    CU(cuCtxGetCurrent(&now));
    TRUE(now == NULL);

    int active = 9;
    CU(cuDevicePrimaryCtxGetState(0, &flags, &active));
    EQUAL(active, 0);
    CU(cuDevicePrimaryCtxSetFlags(0, CU_CTX_SCHED_YIELD));
    CU(cuDevicePrimaryCtxRetain(&primary, 0));
    CU(cuDevicePrimaryCtxRetain(&a, 0));
    TRUE(primary == a);
    CU(cuDevicePrimaryCtxGetState(0, &flags, &active));
    EQUAL(active, 1);
    EQUAL(flags, CU_CTX_SCHED_YIELD);
    EXPECT(CUDA_ERROR_INVALID_CONTEXT, cuCtxDestroy(primary));
    CU(cuCtxSetCurrent(primary));
    CU(cuMemAlloc(&address, 1));
    CU(cuDevicePrimaryCtxRelease(0));
    CU(cuMemFree(address));
    CU(cuMemAlloc(&address, 1 << 20));
    size_t before, after, total;
    CU(cuMemGetInfo(&before, &total));
    CU(cuDevicePrimaryCtxRelease(0)); /* the last reference: the memory goes, too */
    EXPECT(CUDA_ERROR_CONTEXT_IS_DESTROYED, cuMemGetInfo(&after, &total));
    EXPECT(CUDA_ERROR_INVALID_CONTEXT, cuDevicePrimaryCtxRelease(0));
    CU(cuDevicePrimaryCtxRetain(&primary, 0));
    CU(cuCtxSetCurrent(primary));
    CU(cuMemGetInfo(&after, &total));
    TRUE(after >= before + (1 << 20));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemFree(address));
    CU(cuDevicePrimaryCtxRelease(0));
    CU(cuCtxSetCurrent(NULL));
}

/* After a kernel has failed every call of its context answers the same code; others are not hurt.
 * */
static void sticky(void) {
    CUcontext good, bad, primary;
    CUdeviceptr x, y;
    CUevent event;
    CUstream stream;
    unsigned n = 1, k = 1;
    int device;
    uint32_t value = 0;
    CU(cuCtxCreate(&good, 0, 0));
    CUfunction add = kernel(load(), "add");
    CU(cuMemAlloc(&y, 4));
    CU(cuMemsetD32(y, 5, 1));
    CU(cuCtxCreate(&bad, 0, 0));
    CUmodule module = load();
    CUfunction wrong = kernel(module, "wrong");
    CU(cuMemAlloc(&x, 4));
    CU(cuStreamCreate(&stream, 0));
    CU(cuEventCreate(&event, 0));
    CUdeviceptr nowhere = x + (1 << 20);
    EXPECT(CUDA_SUCCESS, launch(wrong, 1, 1, stream, &nowhere, NULL, NULL)); /* told later */
    EXPECT(CUDA_ERROR_ILLEGAL_ADDRESS, cuStreamSynchronize(stream));
    EXPECT(CUDA_ERROR_ILLEGAL_ADDRESS, cuCtxSynchronize());
    EXPECT(CUDA_ERROR_ILLEGAL_ADDRESS, cuMemcpyDtoH(&value, x, 4));
    EXPECT(CUDA_ERROR_ILLEGAL_ADDRESS, cuMemAlloc(&x, 4));
    EXPECT(CUDA_ERROR_ILLEGAL_ADDRESS, cuMemFree(x));
    EXPECT(CUDA_ERROR_ILLEGAL_ADDRESS, cuStreamQuery(NULL));
    EXPECT(CUDA_ERROR_ILLEGAL_ADDRESS, cuEventRecord(event, NULL));
    EXPECT(CUDA_ERROR_ILLEGAL_ADDRESS, cuEventQuery(event));
    EXPECT(CUDA_ERROR_ILLEGAL_ADDRESS, launch(wrong, 1, 1, NULL, &nowhere, NULL, NULL));
    EXPECT(CUDA_ERROR_ILLEGAL_ADDRESS, cuModuleUnload(module));
    EXPECT(CUDA_SUCCESS, cuCtxGetDevice(&device));
    CU(cuCtxPushCurrent(good));
    CU(launch(add, 1, 1, NULL, &y, &n, &k));
    CU(cuMemcpyDtoH(&value, y, 4));
    EQUAL(value, 6);
    CU(cuCtxPopCurrent(NULL));
    CU(cuCtxDestroy(bad));
    CU(cuCtxDestroy(good));

    /* The primary context is made sound by a reset. */
    CU(cuDevicePrimaryCtxRetain(&primary, 0));
    CU(cuCtxSetCurrent(primary));
    CU(launch(kernel(load(), "trapped"), 1, 1, NULL, NULL, NULL, NULL));
    CUresult trap = cuCtxSynchronize();
    TRUE(trap == CUDA_ERROR_LAUNCH_FAILED || trap == CUDA_ERROR_ILLEGAL_INSTRUCTION);
    EXPECT(trap, cuMemAlloc(&x, 4));
    CU(cuDevicePrimaryCtxReset(0));
    CU(cuDevicePrimaryCtxRelease(0));
    CU(cuDevicePrimaryCtxRetain(&primary, 0));
    CU(cuCtxSetCurrent(primary));
    CU(cuMemAlloc(&x, 4));
    CU(cuMemFree(x));
    CU(cuDevicePrimaryCtxRelease(0));
    CU(cuCtxSetCurrent(NULL));
}

/* Contexts are current per thread. */
static void *other_thread(void *data) {
    CUcontext now = (CUcontext)1;
    CU(cuCtxGetCurrent(&now));
    TRUE(now == NULL);
    CU(cuCtxSetCurrent(data));
    CUdeviceptr x;
    CU(cuMemAlloc(&x, 4));
    CU(cuMemFree(x));
    return NULL;
}

static void per_thread(void) {
    CUcontext context;
    pthread_t thread;
    CU(cuCtxCreate(&context, 0, 0));
    if (pthread_create(&thread, NULL, other_thread, context)) exit(3);
    pthread_join(thread, NULL);
    CU(cuCtxDestroy(context));
}

static void two_devices(void) {
    int n, can = 0;
    CU(cuDeviceGetCount(&n));
    if (n < 2) return;
    CUcontext a, b;
    CUdeviceptr x, y;
    CUuuid u, v;
    CU(cuDeviceGetUuid(&u, 0));
    CU(cuDeviceGetUuid(&v, 1));
    TRUE(memcmp(&u, &v, sizeof u) != 0);
    CU(cuDeviceCanAccessPeer(&can, 0, 1));
    EQUAL(can, 1);
    CU(cuDeviceCanAccessPeer(&can, 0, 0));
    EQUAL(can, 0);
    char id[32];
    CUdevice found;
    CU(cuDeviceGetPCIBusId(id, sizeof id, 1));
    CU(cuDeviceGetByPCIBusId(&found, id));
    EQUAL(found, 1);
    CU(cuCtxCreate(&a, 0, 0));
    CU(cuMemAlloc(&x, 4));
    CU(cuMemsetD32(x, 77, 1));
    CU(cuCtxCreate(&b, 0, 1));
    CU(cuMemAlloc(&y, 4));
    EXPECT(CUDA_ERROR_INVALID_CONTEXT, cuCtxEnablePeerAccess(b, 0));
    EXPECT(CUDA_ERROR_PEER_ACCESS_NOT_ENABLED, cuCtxDisablePeerAccess(a));
    CU(cuCtxEnablePeerAccess(a, 0));
    EXPECT(CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED, cuCtxEnablePeerAccess(a, 0));
    CU(cuMemcpyPeer(y, b, x, a, 4));
    uint32_t value;
    CU(cuMemcpyDtoH(&value, y, 4));
    EQUAL(value, 77);
    CU(cuCtxDisablePeerAccess(a));
    int device;
    CU(cuPointerGetAttribute(&device, CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL, x));
    EQUAL(device, 0);
    CU(cuPointerGetAttribute(&device, CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL, y));
    EQUAL(device, 1);
    CU(cuCtxDestroy(b));
    CU(cuCtxDestroy(a));
}

/* A child of fork has no threads of the driver's: it must not use it, and must end well. */
static void after_fork(void) {
    pid_t child = fork();
    if (child == 0) {
        int n;
        CUdeviceptr x;
        failures = 0;
        EXPECT(CUDA_ERROR_NOT_INITIALIZED, cuInit(0));
        EXPECT(CUDA_ERROR_NOT_INITIALIZED, cuDeviceGetCount(&n));
        EXPECT(CUDA_ERROR_NOT_INITIALIZED, cuMemAlloc(&x, 4));
        EXPECT(CUDA_SUCCESS, cuDriverGetVersion(&n));
        exit(failures != 0);
    }
    int status = -1;
    waitpid(child, &status, 0);
    EQUAL(status, 0);
}

int main(void) {
    before_init();
    CU(cuInit(0));
    CU(cuInit(0)); /* again does no harm */
    stack();
    sticky();
    per_thread();
    two_devices();
    after_fork();
    return failures != 0;
}
