// SPDX-License-Identifier: MIT
/* api_pool.c - memory in stream order: cuMemAllocAsync, cuMemFreeAsync, and the pools it is from.
 *
 * An allocation is made at once, since its address is what the call returns; a free is a command of
 * the stream. Pools only count: freed memory goes back to the device, where it is found again as
 * fast. */
#include <stdlib.h>
#include <string.h>

#include "stream.h"

struct CusimPool {
    CUmemoryPool handle;
    int device;
    bool is_default;
    int reuse[3];
    uint64_t threshold, used, used_high;
};

/* Memory that is from a pool, or is about to be freed by a stream: a hash table by address. */
typedef struct Piece Piece;
struct Piece {
    Piece *next;
    uint64_t address, bytes;
    CusimPool *pool; /* NULL: of cuMemAlloc */
    CusimContext *context;
    bool freeing; /* a free is queued */
};
enum { BUCKETS = 1024 };
static Piece *buckets[BUCKETS];
static CusimPool *default_pool[CUSIM_MAX_DEVICES], *current_pool[CUSIM_MAX_DEVICES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static Piece **find(uint64_t address) {
    Piece **p = &buckets[address / 256 % BUCKETS];
    while (*p && (*p)->address != address) p = &(*p)->next;
    return p;
}

static bool add(uint64_t address, uint64_t bytes, CusimPool *pool, CusimContext *context,
                bool freeing) {
    Piece *piece = malloc(sizeof *piece);
    if (!piece) return false;
    Piece **p = find(address);
    *piece = (Piece){*p, address, bytes, pool, context, freeing};
    *p = piece;
    if (!pool) return true;
    pool->used += bytes;
    if (pool->used > pool->used_high) pool->used_high = pool->used;
    return true;
}

static void drop(Piece **p) {
    Piece *piece = *p;
    if (piece->pool) piece->pool->used -= piece->bytes;
    *p = piece->next;
    free(piece);
}

/* ---- Pools ---- */

static CusimPool *new_pool(int device) {
    CusimPool *pool = calloc(1, sizeof *pool);
    if (!pool) return NULL;
    pool->device = device;
    for (size_t i = 0; i < CUSIM_COUNT(pool->reuse); i++) pool->reuse[i] = 1;
    pool->handle = cusim_handle_new(CUSIM_HANDLE_POOL, pool);
    if (pool->handle) return pool;
    free(pool);
    return NULL;
}

/* A device's default pool; needs the lock. */
static CusimPool *default_of(int device) {
    if (!default_pool[device] && (default_pool[device] = new_pool(device)))
        default_pool[device]->is_default = true;
    return default_pool[device];
}

static CusimPool *current_of(int device) {
    return current_pool[device] ? current_pool[device] : default_of(device);
}

static CUresult get_pool(CUmemoryPool *handle, CUdevice device, CusimPool *(*of)(int)) {
    CUSIM_TRY(cusim_ready());
    if (!handle) return CUDA_ERROR_INVALID_VALUE;
    if (!cusim_device_exists(device)) return CUDA_ERROR_INVALID_DEVICE;
    pthread_mutex_lock(&lock);
    CusimPool *pool = of(device);
    pthread_mutex_unlock(&lock);
    if (!pool) return CUDA_ERROR_OUT_OF_MEMORY;
    *handle = pool->handle;
    return CUDA_SUCCESS;
}
CUSIM_EXPORT CUresult cuDeviceGetDefaultMemPool(CUmemoryPool *pool, CUdevice device) {
    return get_pool(pool, device, default_of);
}
CUSIM_EXPORT CUresult cuDeviceGetMemPool(CUmemoryPool *pool, CUdevice device) {
    return get_pool(pool, device, current_of);
}

CUSIM_EXPORT CUresult cuDeviceSetMemPool(CUdevice device, CUmemoryPool handle) {
    CUSIM_TRY(cusim_ready());
    if (!cusim_device_exists(device)) return CUDA_ERROR_INVALID_DEVICE;
    CusimPool *pool = cusim_handle_get(CUSIM_HANDLE_POOL, handle);
    if (!pool || pool->device != device) return CUDA_ERROR_INVALID_VALUE;
    pthread_mutex_lock(&lock);
    current_pool[device] = pool;
    pthread_mutex_unlock(&lock);
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuMemPoolCreate(CUmemoryPool *handle, const CUmemPoolProps *properties) {
    CUSIM_TRY(cusim_ready());
    if (!handle || !properties) return CUDA_ERROR_INVALID_VALUE;
    if (properties->allocType != CU_MEM_ALLOCATION_TYPE_PINNED ||
        properties->location.type != CU_MEM_LOCATION_TYPE_DEVICE)
        return CUDA_ERROR_INVALID_VALUE;
    if (!cusim_device_exists(properties->location.id)) return CUDA_ERROR_INVALID_DEVICE;
    if (properties->handleTypes != CU_MEM_HANDLE_TYPE_NONE) return CUDA_ERROR_NOT_SUPPORTED;
    CusimPool *pool = new_pool(properties->location.id);
    if (!pool) return CUDA_ERROR_OUT_OF_MEMORY;
    *handle = pool->handle;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuMemPoolDestroy(CUmemoryPool handle) {
    CUSIM_TRY(cusim_ready());
    CusimPool *pool = cusim_handle_get(CUSIM_HANDLE_POOL, handle);
    if (!pool || pool->is_default) return CUDA_ERROR_INVALID_VALUE;
    if (!cusim_handle_drop(CUSIM_HANDLE_POOL, handle)) return CUDA_ERROR_INVALID_VALUE;
    pthread_mutex_lock(&lock);
    if (current_pool[pool->device] == pool) current_pool[pool->device] = NULL;
    /* What came from it stays valid until it is freed. */
    for (size_t i = 0; i < BUCKETS; i++)
        for (Piece *piece = buckets[i]; piece; piece = piece->next)
            if (piece->pool == pool) piece->pool = NULL;
    free(pool);
    pthread_mutex_unlock(&lock);
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuMemPoolTrimTo(CUmemoryPool handle, size_t bytes_to_keep) {
    CUSIM_TRY(cusim_ready());
    (void)bytes_to_keep; /* pools keep nothing that is not in use */
    return cusim_handle_get(CUSIM_HANDLE_POOL, handle) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUSIM_EXPORT CUresult cuMemPoolSetAttribute(CUmemoryPool handle, CUmemPool_attribute which,
                                            void *value) {
    CUSIM_TRY(cusim_ready());
    CusimPool *pool = cusim_handle_get(CUSIM_HANDLE_POOL, handle);
    if (!pool || !value) return CUDA_ERROR_INVALID_VALUE;
    uint64_t number = 0;
    CUresult result = CUDA_SUCCESS;
    pthread_mutex_lock(&lock);
    switch (which) {
    case CU_MEMPOOL_ATTR_REUSE_FOLLOW_EVENT_DEPENDENCIES:
    case CU_MEMPOOL_ATTR_REUSE_ALLOW_OPPORTUNISTIC:
    case CU_MEMPOOL_ATTR_REUSE_ALLOW_INTERNAL_DEPENDENCIES:
        memcpy(&pool->reuse[which - CU_MEMPOOL_ATTR_REUSE_FOLLOW_EVENT_DEPENDENCIES], value,
               sizeof(int));
        break;
    case CU_MEMPOOL_ATTR_RELEASE_THRESHOLD: memcpy(&pool->threshold, value, sizeof number); break;
    case CU_MEMPOOL_ATTR_RESERVED_MEM_HIGH:
    case CU_MEMPOOL_ATTR_USED_MEM_HIGH: /* may only be reset */
        memcpy(&number, value, sizeof number);
        if (number) result = CUDA_ERROR_INVALID_VALUE;
        else pool->used_high = pool->used;
        break;
    default: result = CUDA_ERROR_INVALID_VALUE;
    }
    pthread_mutex_unlock(&lock);
    return result;
}

CUSIM_EXPORT CUresult cuMemPoolGetAttribute(CUmemoryPool handle, CUmemPool_attribute which,
                                            void *value) {
    CUSIM_TRY(cusim_ready());
    CusimPool *pool = cusim_handle_get(CUSIM_HANDLE_POOL, handle);
    if (!pool || !value) return CUDA_ERROR_INVALID_VALUE;
    CUresult result = CUDA_SUCCESS;
    pthread_mutex_lock(&lock);
    uint64_t number = 0;
    switch (which) {
    case CU_MEMPOOL_ATTR_RELEASE_THRESHOLD: number = pool->threshold; break;
    case CU_MEMPOOL_ATTR_RESERVED_MEM_CURRENT:
    case CU_MEMPOOL_ATTR_USED_MEM_CURRENT: number = pool->used; break;
    case CU_MEMPOOL_ATTR_RESERVED_MEM_HIGH:
    case CU_MEMPOOL_ATTR_USED_MEM_HIGH: number = pool->used_high; break;
    default:
        if ((unsigned)which - CU_MEMPOOL_ATTR_REUSE_FOLLOW_EVENT_DEPENDENCIES < 3)
            memcpy(value, &pool->reuse[which - CU_MEMPOOL_ATTR_REUSE_FOLLOW_EVENT_DEPENDENCIES],
                   sizeof(int));
        else result = CUDA_ERROR_INVALID_VALUE;
        value = NULL;
    }
    if (value) memcpy(value, &number, sizeof number);
    pthread_mutex_unlock(&lock);
    return result;
}

CUSIM_EXPORT CUresult cuMemPoolSetAccess(CUmemoryPool handle, const CUmemAccessDesc *access,
                                         size_t n) {
    CUSIM_TRY(cusim_ready());
    CusimPool *pool = cusim_handle_get(CUSIM_HANDLE_POOL, handle);
    if (!pool || (n && !access)) return CUDA_ERROR_INVALID_VALUE;
    for (size_t i = 0; i < n; i++) {
        if (access[i].location.type != CU_MEM_LOCATION_TYPE_DEVICE) return CUDA_ERROR_INVALID_VALUE;
        if (!cusim_device_exists(access[i].location.id)) return CUDA_ERROR_INVALID_DEVICE;
        if (access[i].location.id == pool->device &&
            access[i].flags != CU_MEM_ACCESS_FLAGS_PROT_READWRITE)
            return CUDA_ERROR_INVALID_VALUE; /* its own device may always */
    }
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuMemPoolGetAccess(CUmemAccess_flags *flags, CUmemoryPool handle,
                                         CUmemLocation *location) {
    CUSIM_TRY(cusim_ready());
    if (!flags || !location || !cusim_handle_get(CUSIM_HANDLE_POOL, handle) ||
        location->type != CU_MEM_LOCATION_TYPE_DEVICE)
        return CUDA_ERROR_INVALID_VALUE;
    if (!cusim_device_exists(location->id)) return CUDA_ERROR_INVALID_DEVICE;
    *flags = CU_MEM_ACCESS_FLAGS_PROT_READWRITE;
    return CUDA_SUCCESS;
}

/* ---- Allocations ---- */

static CUresult allocate(CUdeviceptr *address, size_t bytes, CusimPool *pool,
                         CusimContext *context) {
    if (!address || !bytes || !pool) return CUDA_ERROR_INVALID_VALUE;
    uint64_t base;
    CUSIM_TRY(cusim_memory_alloc(CUSIM_MEM_DEVICE, bytes, 256, pool->device, context,
                                 "cuMemAllocAsync", NULL, &base));
    pthread_mutex_lock(&lock);
    bool added = add(base, bytes, pool, context, false);
    pthread_mutex_unlock(&lock);
    if (!added) {
        (void)cusim_memory_release(base, CUSIM_MEM_DEVICE);
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    *address = base;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuMemAllocAsync(CUdeviceptr *address, size_t bytes, CUstream handle) {
    CusimStream *stream;
    CusimContext *context;
    CUSIM_TRY(cusim_stream_of(handle, &stream, &context));
    pthread_mutex_lock(&lock);
    CusimPool *pool = current_of(context->device);
    pthread_mutex_unlock(&lock);
    return allocate(address, bytes, pool, context);
}

CUSIM_EXPORT CUresult cuMemAllocFromPoolAsync(CUdeviceptr *address, size_t bytes,
                                              CUmemoryPool handle, CUstream stream_handle) {
    CusimStream *stream;
    CusimContext *context;
    CUSIM_TRY(cusim_stream_of(stream_handle, &stream, &context));
    return allocate(address, bytes, cusim_handle_get(CUSIM_HANDLE_POOL, handle), context);
}

CUSIM_EXPORT CUresult cuMemFreeAsync(CUdeviceptr address, CUstream handle) {
    CusimStream *stream;
    CusimContext *context;
    CUSIM_TRY(cusim_stream_of(handle, &stream, &context));
    CusimAllocation a;
    if (cusim_memory_describe(address, &a) != 0 || a.freed || a.base != address ||
        a.kind != CUSIM_MEM_DEVICE)
        return CUDA_ERROR_INVALID_VALUE;
    CusimCommand *command = cusim_command_new(CUSIM_COMMAND_FREE);
    if (!command) return CUDA_ERROR_OUT_OF_MEMORY;
    command->address = address;
    command->small = true;
    pthread_mutex_lock(&lock);
    Piece *piece = *find(address);
    bool ok = piece ? !piece->freeing : add(address, a.bytes, NULL, context, true);
    if (piece) piece->freeing = true;
    pthread_mutex_unlock(&lock);
    if (ok) return cusim_submit(stream, command);
    cusim_command_free(command);
    return CUDA_ERROR_INVALID_VALUE;
}

bool cusim_pool_free(uint64_t address) {
    pthread_mutex_lock(&lock);
    Piece **p = find(address);
    bool found = *p != NULL;
    if (found) drop(p);
    pthread_mutex_unlock(&lock);
    if (found) (void)cusim_memory_release(address, CUSIM_MEM_DEVICE);
    return found;
}

bool cusim_pool_of(uint64_t address, CUmemoryPool *pool) {
    pthread_mutex_lock(&lock);
    Piece *piece = *find(address);
    bool found = piece && piece->pool;
    if (found) *pool = piece->pool->handle;
    pthread_mutex_unlock(&lock);
    return found;
}

void cusim_pools_destroy(CusimContext *context) {
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < BUCKETS; i++)
        for (Piece **p = &buckets[i]; *p;)
            if ((*p)->context == context) drop(p);
            else p = &(*p)->next;
    pthread_mutex_unlock(&lock);
}
