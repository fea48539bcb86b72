// SPDX-License-Identifier: MIT
/* api_memory.c - device memory, pinned, registered and managed host memory.
 *
 * memory.c keeps the table of allocations; here are the rules of the calls: which flags there are,
 * who may free what, and that freeing waits for kernels that may still use the memory. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "stream.h"

enum { PITCH_ALIGN = 512 };

/* Flags that pinned and registered memory was asked for with; memory.c does not know them. */
typedef struct Flags Flags;
struct Flags {
    Flags *next;
    uint64_t base;
    unsigned flags;
};
static Flags *all_flags;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void remember(uint64_t base, unsigned flags) {
    Flags *f = malloc(sizeof *f);
    if (!f) return;
    f->base = base;
    f->flags = flags;
    pthread_mutex_lock(&lock);
    f->next = all_flags;
    all_flags = f;
    pthread_mutex_unlock(&lock);
}

/* The flags of the memory that begins at base; forget: it goes. */
static unsigned recall(uint64_t base, bool forget) {
    unsigned flags = 0;
    pthread_mutex_lock(&lock);
    for (Flags **f = &all_flags; *f; f = &(*f)->next)
        if ((*f)->base == base) {
            Flags *found = *f;
            flags = found->flags;
            if (forget) {
                *f = found->next;
                free(found);
            }
            break;
        }
    pthread_mutex_unlock(&lock);
    return flags;
}

/* The living allocation around an address; false: none. */
static bool inside(uint64_t address, CusimAllocation *allocation) {
    return cusim_memory_describe(address, allocation) == 0 && !allocation->freed;
}

/* ---- Device memory ---- */

static CUresult allocate(CUdeviceptr *address, size_t bytes, CusimMemKind kind, const char *call) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    if (!address || !bytes) return CUDA_ERROR_INVALID_VALUE;
    uint64_t base;
    CUSIM_TRY(cusim_memory_alloc(kind, bytes, 256, context->device, context, call, NULL, &base));
    *address = base;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuMemAlloc_v2(CUdeviceptr *address, size_t bytes) {
    return allocate(address, bytes, CUSIM_MEM_DEVICE, "cuMemAlloc");
}

CUSIM_EXPORT CUresult cuMemAllocPitch_v2(CUdeviceptr *address, size_t *pitch, size_t width,
                                         size_t height, unsigned int element_bytes) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    if (!pitch || !width || !height || width > INT32_MAX) return CUDA_ERROR_INVALID_VALUE;
    if (element_bytes != 4 && element_bytes != 8 && element_bytes != 16)
        return CUDA_ERROR_INVALID_VALUE;
    size_t row = (width + PITCH_ALIGN - 1) & ~(size_t)(PITCH_ALIGN - 1), bytes;
    if (__builtin_mul_overflow(row, height, &bytes)) return CUDA_ERROR_OUT_OF_MEMORY;
    CUSIM_TRY(allocate(address, bytes, CUSIM_MEM_DEVICE, "cuMemAllocPitch"));
    *pitch = row;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuMemAllocManaged(CUdeviceptr *address, size_t bytes, unsigned int flags) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    if (flags != CU_MEM_ATTACH_GLOBAL && flags != CU_MEM_ATTACH_HOST)
        return CUDA_ERROR_INVALID_VALUE;
    return allocate(address, bytes, CUSIM_MEM_MANAGED, "cuMemAllocManaged");
}

CUSIM_EXPORT CUresult cuMemFree_v2(CUdeviceptr address) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    CusimAllocation a;
    if (!inside(address, &a) || a.base != address) return CUDA_ERROR_INVALID_VALUE;
    if (a.kind != CUSIM_MEM_DEVICE && a.kind != CUSIM_MEM_MANAGED) return CUDA_ERROR_INVALID_VALUE;
    CUSIM_TRY(cusim_context_wait(context)); /* a kernel may be using it */
    if (cusim_pool_free(address)) return CUDA_SUCCESS;
    return cusim_memory_release(address, a.kind);
}

CUSIM_EXPORT CUresult cuMemGetInfo_v2(size_t *free_bytes, size_t *total_bytes) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    if (!free_bytes || !total_bytes) return CUDA_ERROR_INVALID_VALUE;
    *free_bytes = cusim_memory_free_bytes(context->device);
    *total_bytes = cusim_memory_total(context->device);
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuMemGetInfo(unsigned int *free_bytes, unsigned int *total_bytes) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    if (!free_bytes || !total_bytes) return CUDA_ERROR_INVALID_VALUE;
    size_t n = cusim_memory_free_bytes(context->device);
    *free_bytes = n > UINT32_MAX ? UINT32_MAX : (unsigned)n;
    n = cusim_memory_total(context->device);
    *total_bytes = n > UINT32_MAX ? UINT32_MAX : (unsigned)n;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuMemGetAddressRange_v2(CUdeviceptr *base, size_t *bytes,
                                              CUdeviceptr address) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    CusimAllocation a;
    if (!inside(address, &a)) return CUDA_ERROR_NOT_FOUND;
    if (base) *base = a.base;
    if (bytes) *bytes = a.bytes;
    return CUDA_SUCCESS;
}

/* ---- Pinned host memory ---- */

static CUresult host_alloc(void **host, size_t bytes, unsigned flags, const char *call) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    unsigned known =
        CU_MEMHOSTALLOC_PORTABLE | CU_MEMHOSTALLOC_DEVICEMAP | CU_MEMHOSTALLOC_WRITECOMBINED;
    if (!host || !bytes || (flags & ~known)) return CUDA_ERROR_INVALID_VALUE;
    uint64_t base;
    CUSIM_TRY(cusim_memory_alloc(CUSIM_MEM_PINNED, bytes, 4096, context->device, context, call,
                                 NULL, &base));
    remember(base, flags);
    *host = (void *)(uintptr_t)base;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuMemHostAlloc(void **host, size_t bytes, unsigned int flags) {
    return host_alloc(host, bytes, flags, "cuMemHostAlloc");
}
CUSIM_EXPORT CUresult cuMemAllocHost_v2(void **host, size_t bytes) {
    return host_alloc(host, bytes, 0, "cuMemAllocHost");
}
CUSIM_EXPORT CUresult cuMemAllocHost(void **host, unsigned int bytes) {
    return host_alloc(host, bytes, 0, "cuMemAllocHost");
}

CUSIM_EXPORT CUresult cuMemFreeHost(void *host) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    CusimAllocation a;
    uint64_t base = (uintptr_t)host;
    if (!inside(base, &a) || a.base != base || a.kind != CUSIM_MEM_PINNED)
        return CUDA_ERROR_INVALID_VALUE;
    CUSIM_TRY(cusim_context_wait(context));
    (void)recall(base, true);
    return cusim_memory_release(base, CUSIM_MEM_PINNED);
}

CUSIM_EXPORT CUresult cuMemHostGetDevicePointer_v2(CUdeviceptr *address, void *host,
                                                   unsigned int flags) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    CusimAllocation a;
    if (!address || flags || !inside((uintptr_t)host, &a)) return CUDA_ERROR_INVALID_VALUE;
    if (a.kind != CUSIM_MEM_PINNED && a.kind != CUSIM_MEM_REGISTERED)
        return CUDA_ERROR_INVALID_VALUE;
    *address = (uintptr_t)host;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuMemHostGetFlags(unsigned int *flags, void *host) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    CusimAllocation a;
    if (!flags || !inside((uintptr_t)host, &a) || a.kind != CUSIM_MEM_PINNED)
        return CUDA_ERROR_INVALID_VALUE;
    /* With unified addressing all pinned memory is portable and mapped, asked for or not. */
    *flags = recall(a.base, false) | CU_MEMHOSTALLOC_DEVICEMAP;
    return CUDA_SUCCESS;
}

/* ---- Registered host memory ---- */

/* Whether all pages of a range are mapped, so that reading it cannot fault. */
static bool is_mapped(uint64_t begin, size_t bytes) {
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), at = begin & ~(page - 1);
    unsigned char residency[256];
    while (at < begin + bytes) {
        size_t n = (size_t)(begin + bytes - at), most = sizeof residency * (size_t)page;
        if (n > most) n = most;
        if (mincore((void *)(uintptr_t)at, n, residency) != 0) return false;
        at += n;
    }
    return true;
}

static CUresult host_register(void *host, size_t bytes, unsigned flags) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    unsigned known = CU_MEMHOSTREGISTER_PORTABLE | CU_MEMHOSTREGISTER_DEVICEMAP |
                     CU_MEMHOSTREGISTER_IOMEMORY | CU_MEMHOSTREGISTER_READ_ONLY;
    uint64_t base = (uintptr_t)host, end;
    if (!host || !bytes || (flags & ~known)) return CUDA_ERROR_INVALID_VALUE;
    if (__builtin_add_overflow(base, bytes, &end)) return CUDA_ERROR_INVALID_VALUE;
    if (flags & CU_MEMHOSTREGISTER_IOMEMORY) return CUDA_ERROR_NOT_SUPPORTED;
    CusimAllocation a;
    bool overlaps = inside(base, &a) || inside(end - 1, &a);
    if (!overlaps) overlaps = cusim_memory_next(base, &a) && a.base < end;
    if (overlaps)
        return a.kind == CUSIM_MEM_PINNED || a.kind == CUSIM_MEM_REGISTERED
                   ? CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED
                   : CUDA_ERROR_INVALID_VALUE;
    if (!is_mapped(base, bytes)) return CUDA_ERROR_INVALID_VALUE;
    CUSIM_TRY(cusim_memory_alloc(CUSIM_MEM_REGISTERED, bytes, 1, context->device, context,
                                 "cuMemHostRegister", host, &base));
    remember(base, flags);
    return CUDA_SUCCESS;
}
CUSIM_EXPORT CUresult cuMemHostRegister_v2(void *host, size_t bytes, unsigned int flags) {
    return host_register(host, bytes, flags);
}
CUSIM_EXPORT CUresult cuMemHostRegister(void *host, size_t bytes, unsigned int flags) {
    return host_register(host, bytes, flags);
}

CUSIM_EXPORT CUresult cuMemHostUnregister(void *host) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    if (!host) return CUDA_ERROR_INVALID_VALUE;
    CusimAllocation a;
    uint64_t base = (uintptr_t)host;
    if (!inside(base, &a) || a.base != base || a.kind != CUSIM_MEM_REGISTERED)
        return CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED;
    CUSIM_TRY(cusim_context_wait(context));
    (void)recall(base, true);
    return cusim_memory_release(base, CUSIM_MEM_REGISTERED);
}
