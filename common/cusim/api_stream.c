// SPDX-License-Identifier: MIT
/* api_stream.c - streams as programs see them. The queues and threads behind them are stream.c. */
#include <stdlib.h>

#include "stream.h"

enum { LEAST_PRIORITY = 0, GREATEST_PRIORITY = -5 };

/* ---- The default stream of each thread, CU_STREAM_PER_THREAD: made when a thread first uses it in
 * a context, destroyed when the thread ends. ---- */

typedef struct Own Own;
struct Own {
    Own *next;
    uint64_t context; /* id, which no other context ever has */
    CUstream handle;
};
static pthread_key_t own_key;
static pthread_once_t own_once = PTHREAD_ONCE_INIT;

static void free_own(void *list) {
    for (Own *own = list, *next; own; own = next) {
        next = own->next;
        CusimStream *stream = cusim_handle_drop(CUSIM_HANDLE_STREAM, own->handle);
        if (stream) cusim_stream_destroy(stream);
        free(own);
    }
}
static void make_own_key(void) { (void)pthread_key_create(&own_key, free_own); }

static CusimStream *own_stream(CusimContext *context) {
    pthread_once(&own_once, make_own_key);
    Own *list = pthread_getspecific(own_key);
    for (Own *own = list; own; own = own->next)
        if (own->context == context->id) return cusim_handle_get(CUSIM_HANDLE_STREAM, own->handle);
    Own *own = malloc(sizeof *own);
    CusimStream *stream = own ? cusim_stream_new(context, 0, 0, false) : NULL;
    if (stream) stream->handle = cusim_handle_new(CUSIM_HANDLE_STREAM, stream);
    if (!stream || !stream->handle) {
        if (stream) cusim_stream_destroy(stream);
        free(own);
        return NULL;
    }
    *own = (Own){list, context->id, stream->handle};
    (void)pthread_setspecific(own_key, own);
    return stream;
}

/* ---- Handles ---- */

CUresult cusim_stream_of(CUstream handle, CusimStream **stream, CusimContext **context) {
    CusimContext *current;
    CUSIM_TRY(cusim_current(&current));
    if (!handle || handle == CU_STREAM_LEGACY) {
        *stream = current->legacy;
    } else if (handle == CU_STREAM_PER_THREAD) {
        *stream = own_stream(current);
        if (!*stream) return CUDA_ERROR_OUT_OF_MEMORY;
    } else {
        *stream = cusim_handle_get(CUSIM_HANDLE_STREAM, handle);
        if (!*stream) return CUDA_ERROR_INVALID_HANDLE;
        if ((*stream)->context != current)
            CUSIM_TRY((CUresult)atomic_load(&(*stream)->context->error));
    }
    if (context) *context = (*stream)->context;
    return CUDA_SUCCESS;
}

/* The same for calls that look at a stream without queueing anything. */
static CUresult look(CUstream handle, const void *out, CusimStream **stream) {
    CUSIM_TRY(cusim_stream_of(handle, stream, NULL));
    return out ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

static CUresult create(CUstream *handle, unsigned flags, int priority) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    if (!handle || (flags & ~(unsigned)CU_STREAM_NON_BLOCKING)) return CUDA_ERROR_INVALID_VALUE;
    if (priority > LEAST_PRIORITY) priority = LEAST_PRIORITY;
    if (priority < GREATEST_PRIORITY) priority = GREATEST_PRIORITY;
    CusimStream *stream = cusim_stream_new(context, flags, priority, false);
    if (!stream) return CUDA_ERROR_OUT_OF_MEMORY;
    stream->handle = cusim_handle_new(CUSIM_HANDLE_STREAM, stream);
    if (!stream->handle) {
        cusim_stream_destroy(stream);
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    *handle = stream->handle;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuStreamCreate(CUstream *stream, unsigned int flags) {
    return create(stream, flags, LEAST_PRIORITY);
}
CUSIM_EXPORT CUresult cuStreamCreateWithPriority(CUstream *stream, unsigned int flags,
                                                 int priority) {
    return create(stream, flags, priority);
}

static CUresult destroy(CUstream handle) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    if (!handle || handle == CU_STREAM_LEGACY || handle == CU_STREAM_PER_THREAD)
        return CUDA_ERROR_INVALID_HANDLE;
    CusimStream *stream = cusim_handle_drop(CUSIM_HANDLE_STREAM, handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    cusim_stream_destroy(stream);
    return CUDA_SUCCESS;
}
CUSIM_EXPORT CUresult cuStreamDestroy_v2(CUstream stream) { return destroy(stream); }
CUSIM_EXPORT CUresult cuStreamDestroy(CUstream stream) { return destroy(stream); }

/* ---- Waiting ---- */

CUSIM_EXPORT CUresult cuStreamSynchronize(CUstream handle) {
    CusimStream *stream;
    CUSIM_TRY(cusim_stream_of(handle, &stream, NULL));
    return cusim_stream_wait(stream);
}

CUSIM_EXPORT CUresult cuStreamQuery(CUstream handle) {
    CusimStream *stream;
    CusimContext *context;
    CUSIM_TRY(cusim_stream_of(handle, &stream, &context));
    if (cusim_stream_busy(stream)) return CUDA_ERROR_NOT_READY;
    return (CUresult)atomic_load(&context->error);
}

/* ---- Host functions ---- */

static CUresult call_host(CUstream handle, CusimCommandKind kind, CUhostFn function,
                          CUstreamCallback callback, void *data) {
    CusimStream *stream;
    CUSIM_TRY(cusim_stream_of(handle, &stream, NULL));
    if (!function && !callback) return CUDA_ERROR_INVALID_VALUE;
    CusimCommand *command = cusim_command_new(kind);
    if (!command) return CUDA_ERROR_OUT_OF_MEMORY;
    command->host.function = function;
    command->host.callback = callback;
    command->host.handle = handle;
    command->host.data = data;
    return cusim_submit(stream, command);
}

CUSIM_EXPORT CUresult cuLaunchHostFunc(CUstream stream, CUhostFn function, void *data) {
    return call_host(stream, CUSIM_COMMAND_HOST, function, NULL, data);
}

CUSIM_EXPORT CUresult cuStreamAddCallback(CUstream stream, CUstreamCallback function, void *data,
                                          unsigned int flags) {
    CUSIM_TRY(cusim_ready());
    if (flags) return CUDA_ERROR_INVALID_VALUE;
    return call_host(stream, CUSIM_COMMAND_CALLBACK, NULL, function, data);
}

/* ---- Questions ---- */

CUSIM_EXPORT CUresult cuStreamGetPriority(CUstream handle, int *priority) {
    CusimStream *stream;
    CUSIM_TRY(look(handle, priority, &stream));
    *priority = stream->priority;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuStreamGetFlags(CUstream handle, unsigned int *flags) {
    CusimStream *stream;
    CUSIM_TRY(look(handle, flags, &stream));
    *flags = stream->flags;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuStreamGetId(CUstream handle, unsigned long long *id) {
    CusimStream *stream;
    CUSIM_TRY(look(handle, id, &stream));
    *id = stream->id;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuStreamGetCtx(CUstream handle, CUcontext *context) {
    CusimStream *stream;
    CUSIM_TRY(look(handle, context, &stream));
    *context = stream->context->handle;
    return CUDA_SUCCESS;
}
CUSIM_EXPORT CUresult cuStreamGetCtx_v2(CUstream handle, CUcontext *context, CUgreenCtx *green) {
    CusimStream *stream;
    CUSIM_TRY(look(handle, context, &stream));
    if (!green) return CUDA_ERROR_INVALID_VALUE;
    *context = stream->context->handle;
    *green = NULL;
    return CUDA_SUCCESS;
}
