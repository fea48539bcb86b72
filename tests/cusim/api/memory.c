// SPDX-License-Identifier: MIT
/* memory.c - every kind of memory, what is known about addresses, and memory in stream order. */
#include "api.h"

static void device_memory(void) {
    size_t before, after, total, pitch, bytes;
    CUdeviceptr a, b, base;
    CU(cuMemGetInfo(&before, &total));
    TRUE(before <= total && total > 0);
    CU(cuMemAlloc(&a, 1000003));
    EQUAL(a % 256, 0);
    CU(cuMemGetInfo(&after, &total));
    TRUE(before - after >= 1000003);
    CU(cuMemGetAddressRange(&base, &bytes, a + 1000002));
    EQUAL(base, a);
    EQUAL(bytes, 1000003);
    EXPECT(CUDA_ERROR_NOT_FOUND, cuMemGetAddressRange(&base, &bytes, a + 1000003));
    CU(cuMemAllocPitch(&b, &pitch, 1001, 7, 4));
    TRUE(pitch >= 1001 && pitch % 256 == 0);
    CU(cuMemGetAddressRange(NULL, &bytes, b));
    TRUE(bytes >= pitch * 7);
    CU(cuMemsetD2D8(b, pitch, 1, 1001, 7));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemFree(a + 256));
    CU(cuMemFree(a));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemFree(a));
    CU(cuMemFree(b));
    CU(cuMemGetInfo(&after, &total));
    EQUAL(before, after);
    EXPECT(CUDA_ERROR_OUT_OF_MEMORY, cuMemAlloc(&a, total + 1));
    EXPECT(CUDA_ERROR_OUT_OF_MEMORY, cuMemAlloc(&a, (size_t)1 << 60));
}

/* Host memory that a kernel reads and writes at the host's own address. */
static void shared_with_host(CUmodule module) {
    CUfunction add = kernel(module, "add");
    unsigned n = 100, k = 5, flags;
    enum { PLAIN = 16384 }; /* bytes */
    uint32_t *pinned, *plain = malloc(PLAIN);
    CUdeviceptr managed, address;
    if (!plain) exit(3);
    CU(cuMemHostAlloc((void **)&pinned, 400, CU_MEMHOSTALLOC_DEVICEMAP | CU_MEMHOSTALLOC_PORTABLE));
    CU(cuMemHostGetFlags(&flags, pinned));
    TRUE(flags & CU_MEMHOSTALLOC_DEVICEMAP && flags & CU_MEMHOSTALLOC_PORTABLE);
    CU(cuMemAllocManaged(&managed, 400, CU_MEM_ATTACH_GLOBAL));
    CU(cuMemHostRegister(plain, PLAIN, CU_MEMHOSTREGISTER_DEVICEMAP));
    uint32_t *host[3] = {pinned, (uint32_t *)(uintptr_t)managed, plain + 33};
    for (int i = 0; i < 3; i++) {
        for (unsigned j = 0; j < n; j++) host[i][j] = j;
        address = (CUdeviceptr)(uintptr_t)host[i];
        if (i != 1) CU(cuMemHostGetDevicePointer(&address, host[i], 0));
        CU(launch(add, 4, 32, NULL, &address, &n, &k));
        CU(cuCtxSynchronize());
        int wrong = 0;
        for (unsigned j = 0; j < n; j++) wrong += host[i][j] != j + 5;
        EQUAL(wrong, 0);
    }
    EXPECT(CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED, cuMemHostRegister(plain + 4, 16, 0));
    EXPECT(CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED, cuMemHostUnregister(plain + 4));
    CU(cuMemHostUnregister(plain));
    EXPECT(CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED, cuMemHostUnregister(plain));
    CU(cuMemAdvise(managed, 400, CU_MEM_ADVISE_SET_READ_MOSTLY, 0));
    CU(cuMemPrefetchAsync(managed, 400, 0, NULL));
    CU(cuMemPrefetchAsync(managed, 400, CU_DEVICE_CPU, NULL));
    CU(cuMemFree(managed));
    CU(cuMemFreeHost(pinned));
    free(plain);
}

static void pointers(CUcontext context) {
    CUdeviceptr a, managed, address = 0;
    uint32_t *pinned;
    int on_stack = 0, is_managed = 9;
    unsigned type = 9;
    void *host = NULL;
    size_t range = 0;
    CUcontext owner = NULL;
    CU(cuMemAlloc(&a, 1000));
    CU(cuMemHostAlloc((void **)&pinned, 400, 0));
    CU(cuMemAllocManaged(&managed, 500, CU_MEM_ATTACH_GLOBAL));
    CU(cuPointerGetAttribute(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, a + 5));
    EQUAL(type, CU_MEMORYTYPE_DEVICE);
    CU(cuPointerGetAttribute(&owner, CU_POINTER_ATTRIBUTE_CONTEXT, a));
    TRUE(owner == context);
    CU(cuPointerGetAttribute(&address, CU_POINTER_ATTRIBUTE_RANGE_START_ADDR, a + 5));
    EQUAL(address, a);
    CU(cuPointerGetAttribute(&range, CU_POINTER_ATTRIBUTE_RANGE_SIZE, a + 5));
    EQUAL(range, 1000);
    CU(cuPointerGetAttribute(&address, CU_POINTER_ATTRIBUTE_DEVICE_POINTER, a + 5));
    EQUAL(address, a + 5);
    EXPECT(CUDA_ERROR_INVALID_VALUE,
           cuPointerGetAttribute(&host, CU_POINTER_ATTRIBUTE_HOST_POINTER, a));
    CUdeviceptr p = (CUdeviceptr)(uintptr_t)pinned;
    CU(cuPointerGetAttribute(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, p));
    EQUAL(type, CU_MEMORYTYPE_HOST);
    CU(cuPointerGetAttribute(&host, CU_POINTER_ATTRIBUTE_HOST_POINTER, p + 8));
    TRUE(host == (char *)pinned + 8);
    CU(cuPointerGetAttribute(&is_managed, CU_POINTER_ATTRIBUTE_IS_MANAGED, managed));
    EQUAL(is_managed, 1);
    unsigned long long id_a, id_b;
    CU(cuPointerGetAttribute(&id_a, CU_POINTER_ATTRIBUTE_BUFFER_ID, a));
    CU(cuPointerGetAttribute(&id_b, CU_POINTER_ATTRIBUTE_BUFFER_ID, managed));
    TRUE(id_a != id_b);
    CUdeviceptr unknown = (CUdeviceptr)(uintptr_t)&on_stack;
    EXPECT(CUDA_ERROR_INVALID_VALUE,
           cuPointerGetAttribute(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, unknown));
    CUpointer_attribute which[] = {CU_POINTER_ATTRIBUTE_MEMORY_TYPE,
                                   CU_POINTER_ATTRIBUTE_DEVICE_POINTER};
    void *values[] = {&type, &address};
    CU(cuPointerGetAttributes(2, which, values, unknown)); /* zeros, no error */
    EQUAL(type, 0);
    EQUAL(address, 0);
    CU(cuPointerGetAttributes(2, which, values, managed));
    EQUAL(type, CU_MEMORYTYPE_DEVICE);
    EQUAL(address, managed);
    int sync = 1;
    CU(cuPointerSetAttribute(&sync, CU_POINTER_ATTRIBUTE_SYNC_MEMOPS, a));
    CU(cuMemFree(a));
    CU(cuMemFree(managed));
    CU(cuMemFreeHost(pinned));
}

static void pools(CUmodule module) {
    CUfunction add = kernel(module, "add");
    CUmemoryPool pool, own, current;
    CUstream stream;
    CUdeviceptr a, b;
    unsigned n = 1000, k = 3;
    uint32_t host[1000];
    cuuint64_t used = 9, high = 0, threshold = 12345;
    CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
    CU(cuDeviceGetDefaultMemPool(&pool, 0));
    CU(cuDeviceGetMemPool(&current, 0));
    TRUE(pool == current);
    CU(cuMemAllocAsync(&a, 4000, stream));
    CU(cuMemPoolGetAttribute(pool, CU_MEMPOOL_ATTR_USED_MEM_CURRENT, &used));
    TRUE(used >= 4000);
    CU(cuMemsetD32Async(a, 1, n, stream));
    CU(launch(add, 8, 128, stream, &a, &n, &k));
    CU(cuMemcpyDtoHAsync(host, a, sizeof host, stream));
    CU(cuMemFreeAsync(a, stream));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemFreeAsync(a, stream));
    CU(cuStreamSynchronize(stream));
    int wrong = 0;
    for (unsigned i = 0; i < n; i++) wrong += host[i] != 4;
    EQUAL(wrong, 0);
    CU(cuMemPoolGetAttribute(pool, CU_MEMPOOL_ATTR_USED_MEM_CURRENT, &used));
    EQUAL(used, 0);
    CU(cuMemPoolGetAttribute(pool, CU_MEMPOOL_ATTR_USED_MEM_HIGH, &high));
    TRUE(high >= 4000);
    CU(cuMemPoolTrimTo(pool, 0));

    CUmemPoolProps properties = {.allocType = CU_MEM_ALLOCATION_TYPE_PINNED,
                                 .location = {CU_MEM_LOCATION_TYPE_DEVICE, 0}};
    CU(cuMemPoolCreate(&own, &properties));
    CU(cuMemPoolSetAttribute(own, CU_MEMPOOL_ATTR_RELEASE_THRESHOLD, &threshold));
    threshold = 0;
    CU(cuMemPoolGetAttribute(own, CU_MEMPOOL_ATTR_RELEASE_THRESHOLD, &threshold));
    EQUAL(threshold, 12345);
    CU(cuMemAllocFromPoolAsync(&b, 100, own, stream));
    CUmemoryPool from = NULL;
    CU(cuPointerGetAttribute(&from, CU_POINTER_ATTRIBUTE_MEMPOOL_HANDLE, b));
    TRUE(from == own);
    CU(cuMemFree(b)); /* allowed, too */
    CU(cuDeviceSetMemPool(0, own));
    CU(cuMemAllocAsync(&b, 100, stream));
    CU(cuMemPoolGetAttribute(own, CU_MEMPOOL_ATTR_USED_MEM_CURRENT, &used));
    TRUE(used >= 100);
    CU(cuMemFreeAsync(b, stream));
    CU(cuStreamSynchronize(stream));
    CU(cuMemPoolDestroy(own));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemPoolDestroy(own));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemPoolDestroy(pool));
    CU(cuMemAlloc(&a, 16)); /* memory of cuMemAlloc, freed in stream order */
    CU(cuMemFreeAsync(a, stream));
    CU(cuStreamSynchronize(stream));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemFree(a));
    CU(cuStreamDestroy(stream));
}

int main(void) {
    CUcontext context = begin();
    CUmodule module = load();
    device_memory();
    shared_with_host(module);
    pointers(context);
    pools(module);
    CU(cuModuleUnload(module));
    CU(cuDevicePrimaryCtxRelease(0));
    return failures != 0;
}
