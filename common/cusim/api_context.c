// SPDX-License-Identifier: MIT
/* api_context.c - contexts: what a process has on a device, and which one a thread works with.
 *
 * Each thread has a stack of handles, the top being the current context. A handle whose context has
 * ended stays on the stacks of other threads; calls then answer CONTEXT_IS_DESTROYED. The objects
 * themselves are never freed, only emptied: there are few, and a thread may be looking at one.
 *
 * A kernel that fails leaves its code in context->error, and every later call answers that code, as
 * on a GPU: memory may be corrupt, so only a new context helps. */
#include <stdlib.h>
#include <string.h>

#include "stream.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static CusimContext *primary[CUSIM_MAX_DEVICES]; /* made on the first retain, then kept */
static unsigned primary_flags[CUSIM_MAX_DEVICES];
static CusimContext *_Atomic all; /* contexts that there ever were */
static _Atomic uint64_t last_id;

/* This thread's stack of contexts. */
static _Thread_local struct {
    CUcontext *context;
    size_t n, room;
} stack;
static pthread_key_t stack_key;
static pthread_once_t stack_once = PTHREAD_ONCE_INIT;
static void make_stack_key(void) { (void)pthread_key_create(&stack_key, free); }

static CUcontext top(void) { return stack.n ? stack.context[stack.n - 1] : NULL; }

static CUresult push(CUcontext context) {
    if (stack.n == stack.room) {
        size_t room = stack.room ? 2 * stack.room : 8;
        CUcontext *larger = realloc(stack.context, room * sizeof(CUcontext));
        if (!larger) return CUDA_ERROR_OUT_OF_MEMORY;
        stack.context = larger;
        stack.room = room;
        pthread_once(&stack_once, make_stack_key); /* freed when the thread ends */
        (void)pthread_setspecific(stack_key, larger);
    }
    stack.context[stack.n++] = context;
    return CUDA_SUCCESS;
}

/* ---- Finding contexts ---- */

static CusimContext *alive(CUcontext handle) {
    CusimContext *context = cusim_handle_get(CUSIM_HANDLE_CONTEXT, handle);
    return context && context->active ? context : NULL;
}

CUresult cusim_context_of(CUcontext handle, CusimContext **context) {
    *context = cusim_handle_get(CUSIM_HANDLE_CONTEXT, handle);
    if (!*context) return CUDA_ERROR_INVALID_CONTEXT;
    return (*context)->active ? CUDA_SUCCESS : CUDA_ERROR_CONTEXT_IS_DESTROYED;
}

CUresult cusim_current_even_failed(CusimContext **context) {
    CUSIM_TRY(cusim_ready());
    CUcontext handle = top();
    if (!handle) return CUDA_ERROR_INVALID_CONTEXT;
    *context = alive(handle);
    return *context ? CUDA_SUCCESS : CUDA_ERROR_CONTEXT_IS_DESTROYED;
}

CUresult cusim_current(CusimContext **context) {
    CUSIM_TRY(cusim_current_even_failed(context));
    return (CUresult)atomic_load_explicit(&(*context)->error, memory_order_relaxed);
}

CusimContext *cusim_context_primary(int device) {
    pthread_mutex_lock(&lock);
    CusimContext *context = primary[device];
    bool active = context && context->active;
    pthread_mutex_unlock(&lock);
    return active ? context : NULL;
}

/* ---- Beginning and ending ---- */

static void fresh(CusimContext *context, unsigned flags) {
    static const size_t limit[CUSIM_COUNT(context->limit)] = {
        [CU_LIMIT_STACK_SIZE] = 1024,
        [CU_LIMIT_PRINTF_FIFO_SIZE] = 1 << 20,
        [CU_LIMIT_DEV_RUNTIME_SYNC_DEPTH] = 2,
        [CU_LIMIT_DEV_RUNTIME_PENDING_LAUNCH_COUNT] = 2048,
        [CU_LIMIT_MAX_L2_FETCH_GRANULARITY] = 64,
    };
    context->flags = flags;
    atomic_store(&context->error, CUDA_SUCCESS);
    memcpy(context->limit, limit, sizeof limit);
    context->heap.limit = 8 << 20;
    atomic_store(&context->heap.used, 0);
    context->builtins = 0;
    memset(context->peer, 0, sizeof context->peer);
    context->cache_config = CU_FUNC_CACHE_PREFER_NONE;
    context->shared_config = CU_SHARED_MEM_CONFIG_FOUR_BYTE_BANK_SIZE;
    context->api_version = 3020;
    context->id = atomic_fetch_add(&last_id, 1) + 1;
}

static CusimContext *new_context(int device) {
    CusimContext *context = calloc(1, sizeof *context);
    if (!context) return NULL;
    context->device = device;
    pthread_mutex_init(&context->lock, NULL);
    context->handle = cusim_handle_new(CUSIM_HANDLE_CONTEXT, context);
    if (!context->handle) {
        free(context);
        return NULL;
    }
    context->next = atomic_load(&all);
    while (!atomic_compare_exchange_weak(&all, &context->next, context)) {
    }
    return context;
}

static CUresult start(CusimContext *context, unsigned flags) {
    fresh(context, flags);
    context->legacy = cusim_stream_new(context, 0, 0, true);
    if (!context->legacy) return CUDA_ERROR_OUT_OF_MEMORY;
    context->active = true;
    return CUDA_SUCCESS;
}

/* Everything that belongs to a context goes; waits for its kernels. */
static void finish(CusimContext *context) {
    context->active = false;
    cusim_streams_destroy(context);
    cusim_events_destroy(context);
    cusim_modules_destroy(context);
    cusim_pools_destroy(context);
    cusim_memory_release_owner(context);
    atomic_store(&context->error, CUDA_SUCCESS);
}

static bool good_flags(unsigned flags) {
    unsigned schedule = flags & CU_CTX_SCHED_MASK;
    unsigned known = CU_CTX_SCHED_MASK | CU_CTX_MAP_HOST | CU_CTX_LMEM_RESIZE_TO_MAX |
                     CU_CTX_COREDUMP_ENABLE | CU_CTX_USER_COREDUMP_ENABLE | CU_CTX_SYNC_MEMOPS;
    return !(flags & ~known) && !(schedule & (schedule - 1)); /* at most one way of waiting */
}

/* ---- Primary contexts ---- */

CUSIM_EXPORT CUresult cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device) {
    CUSIM_TRY(cusim_ready());
    if (!context) return CUDA_ERROR_INVALID_VALUE;
    if (!cusim_device_exists(device)) return CUDA_ERROR_INVALID_DEVICE;
    pthread_mutex_lock(&lock);
    CUresult result = CUDA_SUCCESS;
    CusimContext **p = &primary[device];
    if (!*p && (*p = new_context(device))) (*p)->primary = true;
    if (!*p) result = CUDA_ERROR_OUT_OF_MEMORY;
    else if (!(*p)->active) result = start(*p, primary_flags[device]);
    if (result == CUDA_SUCCESS) {
        (*p)->uses++;
        *context = (*p)->handle;
    }
    pthread_mutex_unlock(&lock);
    return result;
}

static CUresult primary_release(CUdevice device) {
    CUSIM_TRY(cusim_ready());
    if (!cusim_device_exists(device)) return CUDA_ERROR_INVALID_DEVICE;
    pthread_mutex_lock(&lock);
    CusimContext *p = primary[device];
    CUresult result = p && p->uses > 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_CONTEXT;
    if (result == CUDA_SUCCESS && --p->uses == 0 && p->active) finish(p);
    pthread_mutex_unlock(&lock);
    return result;
}
CUSIM_EXPORT CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) {
    return primary_release(device);
}
CUSIM_EXPORT CUresult cuDevicePrimaryCtxRelease(CUdevice device) { return primary_release(device); }

static CUresult primary_reset(CUdevice device) {
    CUSIM_TRY(cusim_ready());
    if (!cusim_device_exists(device)) return CUDA_ERROR_INVALID_DEVICE;
    pthread_mutex_lock(&lock);
    CusimContext *p = primary[device];
    if (p && p->active) finish(p);
    pthread_mutex_unlock(&lock);
    return CUDA_SUCCESS;
}
CUSIM_EXPORT CUresult cuDevicePrimaryCtxReset_v2(CUdevice device) { return primary_reset(device); }
CUSIM_EXPORT CUresult cuDevicePrimaryCtxReset(CUdevice device) { return primary_reset(device); }

static CUresult primary_set_flags(CUdevice device, unsigned flags) {
    CUSIM_TRY(cusim_ready());
    if (!cusim_device_exists(device)) return CUDA_ERROR_INVALID_DEVICE;
    if (!good_flags(flags)) return CUDA_ERROR_INVALID_VALUE;
    pthread_mutex_lock(&lock);
    primary_flags[device] = flags;
    if (primary[device]) primary[device]->flags = flags;
    pthread_mutex_unlock(&lock);
    return CUDA_SUCCESS;
}
CUSIM_EXPORT CUresult cuDevicePrimaryCtxSetFlags_v2(CUdevice device, unsigned int flags) {
    return primary_set_flags(device, flags);
}
CUSIM_EXPORT CUresult cuDevicePrimaryCtxSetFlags(CUdevice device, unsigned int flags) {
    return primary_set_flags(device, flags);
}

CUSIM_EXPORT CUresult cuDevicePrimaryCtxGetState(CUdevice device, unsigned int *flags,
                                                 int *active) {
    CUSIM_TRY(cusim_ready());
    if (!flags || !active) return CUDA_ERROR_INVALID_VALUE;
    if (!cusim_device_exists(device)) return CUDA_ERROR_INVALID_DEVICE;
    pthread_mutex_lock(&lock);
    *flags = primary_flags[device];
    *active = primary[device] && primary[device]->active;
    pthread_mutex_unlock(&lock);
    return CUDA_SUCCESS;
}

/* ---- Contexts of one's own ---- */

static CUresult create(CUcontext *handle, unsigned flags, CUdevice device) {
    CUSIM_TRY(cusim_ready());
    if (!handle || !good_flags(flags)) return CUDA_ERROR_INVALID_VALUE;
    if (!cusim_device_exists(device)) return CUDA_ERROR_INVALID_DEVICE;
    CusimContext *context = new_context(device);
    if (!context) return CUDA_ERROR_OUT_OF_MEMORY;
    CUSIM_TRY(start(context, flags));
    context->uses = 1;
    CUSIM_TRY(push(context->handle));
    *handle = context->handle;
    return CUDA_SUCCESS;
}
CUSIM_EXPORT CUresult cuCtxCreate_v2(CUcontext *context, unsigned int flags, CUdevice device) {
    return create(context, flags, device);
}
CUSIM_EXPORT CUresult cuCtxCreate(CUcontext *context, unsigned int flags, CUdevice device) {
    return create(context, flags, device);
}
CUSIM_EXPORT CUresult cuCtxCreate_v3(CUcontext *context, CUexecAffinityParam *affinities, int n,
                                     unsigned int flags, CUdevice device) {
    CUSIM_TRY(cusim_ready());
    if (affinities || n) return CUDA_ERROR_UNSUPPORTED_EXEC_AFFINITY;
    return create(context, flags, device);
}
CUSIM_EXPORT CUresult cuCtxCreate_v4(CUcontext *context, CUctxCreateParams *parameters,
                                     unsigned int flags, CUdevice device) {
    CUSIM_TRY(cusim_ready());
    if (parameters) {
        /* Two pointers and a count: a struct of zeros asks for nothing. */
        void *first[2];
        memcpy(first, parameters, sizeof first);
        if (first[0] || first[1]) return CUDA_ERROR_UNSUPPORTED_EXEC_AFFINITY;
    }
    return create(context, flags, device);
}

static CUresult destroy(CUcontext handle) {
    CUSIM_TRY(cusim_ready());
    CusimContext *context = cusim_handle_get(CUSIM_HANDLE_CONTEXT, handle);
    if (!context || context->primary) return CUDA_ERROR_INVALID_CONTEXT;
    if (!cusim_handle_drop(CUSIM_HANDLE_CONTEXT, handle)) return CUDA_ERROR_INVALID_CONTEXT;
    if (top() == handle) stack.n--;
    finish(context);
    return CUDA_SUCCESS;
}
CUSIM_EXPORT CUresult cuCtxDestroy_v2(CUcontext context) { return destroy(context); }
CUSIM_EXPORT CUresult cuCtxDestroy(CUcontext context) { return destroy(context); }

CUSIM_EXPORT CUresult cuCtxAttach(CUcontext *handle, unsigned int flags) {
    CusimContext *context;
    CUSIM_TRY(cusim_current_even_failed(&context));
    if (!handle || flags) return CUDA_ERROR_INVALID_VALUE;
    pthread_mutex_lock(&lock);
    context->uses++;
    pthread_mutex_unlock(&lock);
    *handle = context->handle;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuCtxDetach(CUcontext handle) {
    CUSIM_TRY(cusim_ready());
    CusimContext *context = cusim_handle_get(CUSIM_HANDLE_CONTEXT, handle);
    if (!context || context->primary || top() != handle) return CUDA_ERROR_INVALID_CONTEXT;
    pthread_mutex_lock(&lock);
    bool last = --context->uses == 0;
    pthread_mutex_unlock(&lock);
    return last ? destroy(handle) : CUDA_SUCCESS;
}

/* ---- The stack ---- */

static CUresult push_current(CUcontext handle) {
    CUSIM_TRY(cusim_ready());
    if (!alive(handle)) return CUDA_ERROR_INVALID_CONTEXT;
    return push(handle);
}
CUSIM_EXPORT CUresult cuCtxPushCurrent_v2(CUcontext context) { return push_current(context); }
CUSIM_EXPORT CUresult cuCtxPushCurrent(CUcontext context) { return push_current(context); }

static CUresult pop_current(CUcontext *handle) {
    CUSIM_TRY(cusim_ready());
    if (!stack.n) return CUDA_ERROR_INVALID_CONTEXT;
    stack.n--;
    if (handle) *handle = stack.context[stack.n]; /* NULL is allowed */
    return CUDA_SUCCESS;
}
CUSIM_EXPORT CUresult cuCtxPopCurrent_v2(CUcontext *context) { return pop_current(context); }
CUSIM_EXPORT CUresult cuCtxPopCurrent(CUcontext *context) { return pop_current(context); }

CUSIM_EXPORT CUresult cuCtxSetCurrent(CUcontext handle) {
    CUSIM_TRY(cusim_ready());
    if (handle && !alive(handle)) return CUDA_ERROR_INVALID_CONTEXT;
    if (stack.n) stack.n--;
    return handle ? push(handle) : CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuCtxGetCurrent(CUcontext *handle) {
    CUSIM_TRY(cusim_ready());
    if (!handle) return CUDA_ERROR_INVALID_VALUE;
    *handle = top();
    return CUDA_SUCCESS;
}

/* ---- Questions and settings ---- */

CUSIM_EXPORT CUresult cuCtxGetDevice(CUdevice *device) {
    CusimContext *context;
    CUSIM_TRY(cusim_current_even_failed(&context));
    if (!device) return CUDA_ERROR_INVALID_VALUE;
    *device = context->device;
    return CUDA_SUCCESS;
}
CUSIM_EXPORT CUresult cuCtxGetDevice_v2(CUdevice *device, CUcontext handle) {
    CusimContext *context;
    CUSIM_TRY(handle ? cusim_ready() : cusim_current_even_failed(&context));
    if (handle) CUSIM_TRY(cusim_context_of(handle, &context));
    if (!device) return CUDA_ERROR_INVALID_VALUE;
    *device = context->device;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuCtxGetFlags(unsigned int *flags) {
    CusimContext *context;
    CUSIM_TRY(cusim_current_even_failed(&context));
    if (!flags) return CUDA_ERROR_INVALID_VALUE;
    *flags = context->flags;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuCtxGetId(CUcontext handle, unsigned long long *id) {
    CusimContext *context;
    CUSIM_TRY(handle ? cusim_ready() : cusim_current_even_failed(&context));
    if (handle) CUSIM_TRY(cusim_context_of(handle, &context));
    if (!id) return CUDA_ERROR_INVALID_VALUE;
    *id = context->id;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuCtxGetApiVersion(CUcontext handle, unsigned int *version) {
    CusimContext *context;
    CUSIM_TRY(handle ? cusim_ready() : cusim_current_even_failed(&context));
    if (handle) CUSIM_TRY(cusim_context_of(handle, &context));
    if (!version) return CUDA_ERROR_INVALID_VALUE;
    *version = context->api_version;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuCtxSynchronize(void) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    return cusim_context_wait(context);
}
CUSIM_EXPORT CUresult cuCtxSynchronize_v2(CUcontext handle) {
    CusimContext *context;
    CUSIM_TRY(handle ? cusim_ready() : cusim_current(&context));
    if (handle) CUSIM_TRY(cusim_context_of(handle, &context));
    return cusim_context_wait(context);
}

CUSIM_EXPORT CUresult cuCtxGetLimit(size_t *value, CUlimit limit) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    if (!value) return CUDA_ERROR_INVALID_VALUE;
    if ((unsigned)limit > CU_LIMIT_PERSISTING_L2_CACHE_SIZE) return CUDA_ERROR_UNSUPPORTED_LIMIT;
    pthread_mutex_lock(&context->lock);
    *value = limit == CU_LIMIT_MALLOC_HEAP_SIZE ? context->heap.limit : context->limit[limit];
    pthread_mutex_unlock(&context->lock);
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuCtxSetLimit(CUlimit limit, size_t value) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    unsigned fixed_by = 0; /* a launch of a kernel that may call one of these */
    switch (limit) {
    case CU_LIMIT_STACK_SIZE:
        if (value > (size_t)512 * 1024) return CUDA_ERROR_INVALID_VALUE;
        value = (value + 15) & ~(size_t)15;
        break;
    case CU_LIMIT_MAX_L2_FETCH_GRANULARITY:
        if (value > 128) return CUDA_ERROR_INVALID_VALUE;
        value = value > 64 ? 128 : value > 32 ? 64 : 32;
        break;
    case CU_LIMIT_PERSISTING_L2_CACHE_SIZE: value = 0; break; /* there is no such cache */
    case CU_LIMIT_PRINTF_FIFO_SIZE:
        fixed_by = 1u << CUSIM_BUILTIN_vprintf;
        if (value > cusim_memory_total(context->device)) return CUDA_ERROR_OUT_OF_MEMORY;
        break;
    case CU_LIMIT_MALLOC_HEAP_SIZE:
        fixed_by = 1u << CUSIM_BUILTIN_malloc | 1u << CUSIM_BUILTIN_free;
        if (value > cusim_memory_total(context->device)) return CUDA_ERROR_OUT_OF_MEMORY;
        break;
    case CU_LIMIT_DEV_RUNTIME_SYNC_DEPTH:
    case CU_LIMIT_DEV_RUNTIME_PENDING_LAUNCH_COUNT: break;
    default: return CUDA_ERROR_UNSUPPORTED_LIMIT;
    }
    pthread_mutex_lock(&context->lock);
    bool fixed = context->builtins & fixed_by;
    if (!fixed && limit == CU_LIMIT_MALLOC_HEAP_SIZE) context->heap.limit = value;
    else if (!fixed) context->limit[limit] = value;
    pthread_mutex_unlock(&context->lock);
    return fixed ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuCtxGetCacheConfig(CUfunc_cache *config) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    if (!config) return CUDA_ERROR_INVALID_VALUE;
    *config = (CUfunc_cache)context->cache_config;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuCtxSetCacheConfig(CUfunc_cache config) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    if ((unsigned)config > CU_FUNC_CACHE_PREFER_EQUAL) return CUDA_ERROR_INVALID_VALUE;
    context->cache_config = (int)config;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuCtxGetSharedMemConfig(CUsharedconfig *config) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    if (!config) return CUDA_ERROR_INVALID_VALUE;
    *config = (CUsharedconfig)context->shared_config;
    return CUDA_SUCCESS;
}

/* Banks are 4 bytes wide since compute capability 5.0, whatever is asked for. */
CUSIM_EXPORT CUresult cuCtxSetSharedMemConfig(CUsharedconfig config) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    if ((unsigned)config > CU_SHARED_MEM_CONFIG_EIGHT_BYTE_BANK_SIZE)
        return CUDA_ERROR_INVALID_VALUE;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuCtxGetStreamPriorityRange(int *least, int *greatest) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    if (least) *least = 0;
    if (greatest) *greatest = -5;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuCtxResetPersistingL2Cache(void) {
    CusimContext *context;
    return cusim_current(&context);
}

/* ---- Peers. All devices share one address space here, so that access always works; the calls
 * check what a program must do on real devices. ---- */

CUSIM_EXPORT CUresult cuCtxEnablePeerAccess(CUcontext handle, unsigned int flags) {
    CusimContext *context, *peer;
    CUSIM_TRY(cusim_current(&context));
    if (flags) return CUDA_ERROR_INVALID_VALUE;
    CUSIM_TRY(cusim_context_of(handle, &peer));
    if (peer == context) return CUDA_ERROR_INVALID_CONTEXT;
    if (peer->device == context->device) return CUDA_ERROR_PEER_ACCESS_UNSUPPORTED;
    pthread_mutex_lock(&context->lock);
    bool already = context->peer[peer->device];
    context->peer[peer->device] = true;
    pthread_mutex_unlock(&context->lock);
    return already ? CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED : CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuCtxDisablePeerAccess(CUcontext handle) {
    CusimContext *context, *peer;
    CUSIM_TRY(cusim_current(&context));
    CUSIM_TRY(cusim_context_of(handle, &peer));
    pthread_mutex_lock(&context->lock);
    bool enabled = context->peer[peer->device];
    context->peer[peer->device] = false;
    pthread_mutex_unlock(&context->lock);
    return enabled ? CUDA_SUCCESS : CUDA_ERROR_PEER_ACCESS_NOT_ENABLED;
}
