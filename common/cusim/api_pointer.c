// SPDX-License-Identifier: MIT
/* api_pointer.c - what is known about an address, and hints on how managed memory will be used.
 *
 * Device and host share one address space ("unified addressing"), so a library can ask of a plain
 * number whether it is device memory, whose, and how large. Hints are checked and remembered, and
 * change nothing: there is one memory here, which is always where it is needed. */
#include <string.h>

#include "stream.h"

static bool inside(uint64_t address, CusimAllocation *allocation) {
    return cusim_memory_describe(address, allocation) == 0 && !allocation->freed;
}

static bool on_host(const CusimAllocation *a) {
    return a->kind == CUSIM_MEM_PINNED || a->kind == CUSIM_MEM_REGISTERED;
}

/* Store n bytes; the size is that which the reference gives for the attribute. */
#define PUT(type, x)                                                                               \
    do {                                                                                           \
        type put_ = (type)(x);                                                                     \
        memcpy(value, &put_, sizeof put_);                                                         \
        return CUDA_SUCCESS;                                                                       \
    } while (0)

/* a NULL: the address is unknown; zeros of the right size are stored. */
static CUresult attribute(void *value, CUpointer_attribute which, uint64_t address,
                          const CusimAllocation *a) {
    CusimContext *owner = a ? a->owner : NULL;
    CUmemoryPool pool = NULL;
    switch (which) {
    case CU_POINTER_ATTRIBUTE_CONTEXT: PUT(CUcontext, owner ? owner->handle : NULL);
    case CU_POINTER_ATTRIBUTE_MEMORY_TYPE:
        PUT(unsigned, !a ? 0 : on_host(a) ? CU_MEMORYTYPE_HOST : CU_MEMORYTYPE_DEVICE);
    case CU_POINTER_ATTRIBUTE_DEVICE_POINTER: PUT(CUdeviceptr, a ? address : 0);
    case CU_POINTER_ATTRIBUTE_HOST_POINTER:
        if (a && !on_host(a) && a->kind != CUSIM_MEM_MANAGED) {
            memset(value, 0, sizeof(void *));
            return CUDA_ERROR_INVALID_VALUE; /* the host cannot reach it */
        }
        PUT(void *, (uintptr_t)(a ? address : 0));
    case CU_POINTER_ATTRIBUTE_SYNC_MEMOPS: PUT(int, 0);
    case CU_POINTER_ATTRIBUTE_BUFFER_ID: PUT(unsigned long long, a ? a->number : 0);
    case CU_POINTER_ATTRIBUTE_IS_MANAGED: PUT(int, a && a->kind == CUSIM_MEM_MANAGED);
    case CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL: PUT(int, a ? a->device : 0);
    case CU_POINTER_ATTRIBUTE_IS_LEGACY_CUDA_IPC_CAPABLE: PUT(int, 0);
    case CU_POINTER_ATTRIBUTE_RANGE_START_ADDR: PUT(CUdeviceptr, a ? a->base : 0);
    case CU_POINTER_ATTRIBUTE_RANGE_SIZE: PUT(size_t, a ? a->bytes : 0);
    case CU_POINTER_ATTRIBUTE_MAPPED: PUT(int, a != NULL);
    case CU_POINTER_ATTRIBUTE_ALLOWED_HANDLE_TYPES: PUT(unsigned long long, 0);
    case CU_POINTER_ATTRIBUTE_IS_GPU_DIRECT_RDMA_CAPABLE: PUT(int, 0);
    case CU_POINTER_ATTRIBUTE_ACCESS_FLAGS:
        PUT(unsigned, a ? CU_MEM_ACCESS_FLAGS_PROT_READWRITE : CU_MEM_ACCESS_FLAGS_PROT_NONE);
    case CU_POINTER_ATTRIBUTE_MEMPOOL_HANDLE:
        if (a) (void)cusim_pool_of(a->base, &pool);
        PUT(CUmemoryPool, pool);
    case CU_POINTER_ATTRIBUTE_MAPPING_SIZE: PUT(size_t, a ? a->bytes : 0);
    case CU_POINTER_ATTRIBUTE_MAPPING_BASE_ADDR: PUT(CUdeviceptr, a ? a->base : 0);
    case CU_POINTER_ATTRIBUTE_MEMORY_BLOCK_ID: PUT(unsigned long long, a ? a->number : 0);
    case CU_POINTER_ATTRIBUTE_P2P_TOKENS: return CUDA_ERROR_NOT_SUPPORTED;
    default: return CUDA_ERROR_INVALID_VALUE;
    }
}

CUSIM_EXPORT CUresult cuPointerGetAttribute(void *value, CUpointer_attribute which,
                                            CUdeviceptr address) {
    CUSIM_TRY(cusim_ready());
    if (!value) return CUDA_ERROR_INVALID_VALUE;
    CusimAllocation a;
    if (!inside(address, &a)) return CUDA_ERROR_INVALID_VALUE;
    return attribute(value, which, address, &a);
}

CUSIM_EXPORT CUresult cuPointerGetAttributes(unsigned int n, CUpointer_attribute *which,
                                             void **values, CUdeviceptr address) {
    CUSIM_TRY(cusim_ready());
    if (!n || !which || !values) return CUDA_ERROR_INVALID_VALUE;
    CusimAllocation a;
    bool known = inside(address, &a);
    for (unsigned i = 0; i < n; i++) {
        if (!values[i]) return CUDA_ERROR_INVALID_VALUE;
        CUresult result = attribute(values[i], which[i], address, known ? &a : NULL);
        if (result != CUDA_SUCCESS && which[i] != CU_POINTER_ATTRIBUTE_HOST_POINTER) return result;
    }
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuPointerSetAttribute(const void *value, CUpointer_attribute which,
                                            CUdeviceptr address) {
    CUSIM_TRY(cusim_ready());
    CusimAllocation a;
    if (!value || which != CU_POINTER_ATTRIBUTE_SYNC_MEMOPS || !inside(address, &a))
        return CUDA_ERROR_INVALID_VALUE;
    return CUDA_SUCCESS; /* synchronous copies are synchronous here in any case */
}

/* ---- Managed memory ---- */

static CUresult managed_range(CUdeviceptr address, size_t bytes) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    CusimAllocation a;
    if (!bytes || !inside(address, &a) || a.kind != CUSIM_MEM_MANAGED)
        return CUDA_ERROR_INVALID_VALUE;
    return bytes <= a.base + a.bytes - address ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

static bool a_device_or_host(CUdevice device) {
    return device == CU_DEVICE_CPU || cusim_device_exists(device);
}

/* CUmemLocation as the device that older forms of the calls have; CU_DEVICE_INVALID if it is none.
 * */
static CUdevice device_at(CUmemLocation location) {
    switch (location.type) {
    case CU_MEM_LOCATION_TYPE_DEVICE: return location.id;
    case CU_MEM_LOCATION_TYPE_HOST:
    case CU_MEM_LOCATION_TYPE_HOST_NUMA:
    case CU_MEM_LOCATION_TYPE_HOST_NUMA_CURRENT: return CU_DEVICE_CPU;
    default: return CU_DEVICE_INVALID;
    }
}

static CUresult prefetch(CUdeviceptr address, size_t bytes, CUdevice device, CUstream handle) {
    CusimStream *stream;
    CUSIM_TRY(managed_range(address, bytes));
    CUSIM_TRY(cusim_stream_of(handle, &stream, NULL));
    return a_device_or_host(device) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}
CUSIM_EXPORT CUresult cuMemPrefetchAsync(CUdeviceptr address, size_t bytes, CUdevice device,
                                         CUstream stream) {
    return prefetch(address, bytes, device, stream);
}
CUSIM_EXPORT CUresult cuMemPrefetchAsync_v2(CUdeviceptr address, size_t bytes,
                                            CUmemLocation location, unsigned int flags,
                                            CUstream stream) {
    CUSIM_TRY(cusim_ready());
    if (flags) return CUDA_ERROR_INVALID_VALUE;
    return prefetch(address, bytes, device_at(location), stream);
}

static CUresult advise(CUdeviceptr address, size_t bytes, CUmem_advise advice, CUdevice device) {
    CUSIM_TRY(managed_range(address, bytes));
    switch (advice) {
    case CU_MEM_ADVISE_SET_READ_MOSTLY:
    case CU_MEM_ADVISE_UNSET_READ_MOSTLY:
    case CU_MEM_ADVISE_UNSET_PREFERRED_LOCATION: return CUDA_SUCCESS; /* the device is not read */
    case CU_MEM_ADVISE_SET_PREFERRED_LOCATION:
    case CU_MEM_ADVISE_SET_ACCESSED_BY:
    case CU_MEM_ADVISE_UNSET_ACCESSED_BY:
        return a_device_or_host(device) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
    default: return CUDA_ERROR_INVALID_VALUE;
    }
}
CUSIM_EXPORT CUresult cuMemAdvise(CUdeviceptr address, size_t bytes, CUmem_advise advice,
                                  CUdevice device) {
    return advise(address, bytes, advice, device);
}
CUSIM_EXPORT CUresult cuMemAdvise_v2(CUdeviceptr address, size_t bytes, CUmem_advise advice,
                                     CUmemLocation location) {
    return advise(address, bytes, advice, device_at(location));
}

CUSIM_EXPORT CUresult cuStreamAttachMemAsync(CUstream handle, CUdeviceptr address, size_t bytes,
                                             unsigned int flags) {
    CusimStream *stream;
    CusimAllocation a;
    CUSIM_TRY(cusim_stream_of(handle, &stream, NULL));
    if (flags != CU_MEM_ATTACH_GLOBAL && flags != CU_MEM_ATTACH_HOST &&
        flags != CU_MEM_ATTACH_SINGLE)
        return CUDA_ERROR_INVALID_VALUE;
    if (flags == CU_MEM_ATTACH_SINGLE && stream->legacy) return CUDA_ERROR_INVALID_VALUE;
    if (!inside(address, &a) || a.kind != CUSIM_MEM_MANAGED) return CUDA_ERROR_INVALID_VALUE;
    /* Always the whole allocation: bytes is 0 or its size. */
    return a.base == address && (!bytes || bytes == a.bytes) ? CUDA_SUCCESS
                                                             : CUDA_ERROR_INVALID_VALUE;
}
