// SPDX-License-Identifier: MIT
/* api_event.c - events: points in streams to wait for, and to measure between.
 *
 * An event may be recorded again and again, and those who wait mean the recording that was the
 * newest when they were told to wait. So each recording is an object of its own, a mark, which the
 * event, the stream and waiting streams share. */
#include <stdlib.h>

#include "stream.h"

struct CusimEvent {
    CUevent handle;
    CusimContext *context;
    unsigned flags;
    CusimMark *mark; /* the newest recording; NULL: there has been none */
    CusimEvent *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of marks and lists */

static CUresult event_of(CUevent handle, CusimEvent **event) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    *event = cusim_handle_get(CUSIM_HANDLE_EVENT, handle);
    if (!*event) return CUDA_ERROR_INVALID_HANDLE;
    return (CUresult)atomic_load(&(*event)->context->error);
}

/* A reference to the newest recording, or NULL. */
static CusimMark *newest(CusimEvent *event) {
    pthread_mutex_lock(&lock);
    CusimMark *mark = event->mark;
    if (mark) cusim_mark_keep(mark);
    pthread_mutex_unlock(&lock);
    return mark;
}

static bool is_done(const CusimMark *mark) {
    return atomic_load_explicit(&mark->done, memory_order_acquire);
}

CUSIM_EXPORT CUresult cuEventCreate(CUevent *handle, unsigned int flags) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    unsigned known = CU_EVENT_BLOCKING_SYNC | CU_EVENT_DISABLE_TIMING | CU_EVENT_INTERPROCESS;
    if (!handle || (flags & ~known)) return CUDA_ERROR_INVALID_VALUE;
    if (flags & CU_EVENT_INTERPROCESS) /* must come without timing; then it is only missing here */
        return flags & CU_EVENT_DISABLE_TIMING ? CUDA_ERROR_NOT_SUPPORTED
                                               : CUDA_ERROR_INVALID_VALUE;
    CusimEvent *event = calloc(1, sizeof *event);
    if (!event) return CUDA_ERROR_OUT_OF_MEMORY;
    event->context = context;
    event->flags = flags;
    event->handle = cusim_handle_new(CUSIM_HANDLE_EVENT, event);
    if (!event->handle) {
        free(event);
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    pthread_mutex_lock(&lock);
    event->next = context->events;
    context->events = event;
    pthread_mutex_unlock(&lock);
    *handle = event->handle;
    return CUDA_SUCCESS;
}

static void free_event(CusimEvent *event) {
    cusim_mark_drop(event->mark);
    free(event);
}

static CUresult destroy(CUevent handle) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    CusimEvent *event = cusim_handle_drop(CUSIM_HANDLE_EVENT, handle);
    if (!event) return CUDA_ERROR_INVALID_HANDLE;
    pthread_mutex_lock(&lock);
    for (CusimEvent **e = &event->context->events; *e; e = &(*e)->next)
        if (*e == event) {
            *e = event->next;
            break;
        }
    pthread_mutex_unlock(&lock);
    free_event(event);
    return CUDA_SUCCESS;
}
CUSIM_EXPORT CUresult cuEventDestroy_v2(CUevent event) { return destroy(event); }
CUSIM_EXPORT CUresult cuEventDestroy(CUevent event) { return destroy(event); }

void cusim_events_destroy(CusimContext *context) {
    pthread_mutex_lock(&lock);
    CusimEvent *list = context->events;
    context->events = NULL;
    pthread_mutex_unlock(&lock);
    for (CusimEvent *next; list; list = next) {
        next = list->next;
        if (cusim_handle_drop(CUSIM_HANDLE_EVENT, list->handle)) free_event(list);
    }
}

/* ---- Recording ---- */

static CUresult record(CUevent handle, CUstream stream_handle) {
    CusimEvent *event;
    CusimStream *stream;
    CUSIM_TRY(event_of(handle, &event));
    CUSIM_TRY(cusim_stream_of(stream_handle, &stream, NULL));
    if (stream->context != event->context) return CUDA_ERROR_INVALID_HANDLE;
    CusimCommand *command = cusim_command_new(CUSIM_COMMAND_RECORD);
    CusimMark *mark = command ? cusim_mark_new() : NULL;
    if (!mark) {
        cusim_command_free(command);
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    command->mark = mark;
    cusim_mark_keep(mark);
    /* Submitted before others can see it: who waits for a mark looks at the stream it is in. */
    CUresult result = cusim_submit(stream, command);
    if (result != CUDA_SUCCESS) {
        cusim_mark_drop(mark);
        return result;
    }
    pthread_mutex_lock(&lock);
    CusimMark *old = event->mark;
    event->mark = mark;
    pthread_mutex_unlock(&lock);
    cusim_mark_drop(old);
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuEventRecord(CUevent event, CUstream stream) {
    return record(event, stream);
}
CUSIM_EXPORT CUresult cuEventRecordWithFlags(CUevent event, CUstream stream, unsigned int flags) {
    CUSIM_TRY(cusim_ready());
    if (flags & ~(unsigned)CU_EVENT_RECORD_EXTERNAL) return CUDA_ERROR_INVALID_VALUE;
    return record(event, stream);
}

CUSIM_EXPORT CUresult cuStreamWaitEvent(CUstream stream_handle, CUevent handle,
                                        unsigned int flags) {
    CusimEvent *event;
    CusimStream *stream;
    CUSIM_TRY(cusim_stream_of(stream_handle, &stream, NULL));
    if (flags & ~(unsigned)CU_EVENT_WAIT_EXTERNAL) return CUDA_ERROR_INVALID_VALUE;
    CUSIM_TRY(event_of(handle, &event));
    CusimMark *mark = newest(event);
    if (!mark || is_done(mark)) { /* nothing to wait for */
        cusim_mark_drop(mark);
        return CUDA_SUCCESS;
    }
    CusimCommand *command = cusim_command_new(CUSIM_COMMAND_WAIT);
    if (!command) {
        cusim_mark_drop(mark);
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    command->mark = mark;
    return cusim_submit(stream, command);
}

/* ---- Waiting and measuring ---- */

CUSIM_EXPORT CUresult cuEventQuery(CUevent handle) {
    CusimEvent *event;
    CUSIM_TRY(event_of(handle, &event));
    CusimMark *mark = newest(event);
    bool done = !mark || is_done(mark);
    cusim_mark_drop(mark);
    if (!done) return CUDA_ERROR_NOT_READY;
    return (CUresult)atomic_load(&event->context->error);
}

CUSIM_EXPORT CUresult cuEventSynchronize(CUevent handle) {
    CusimEvent *event;
    CUSIM_TRY(event_of(handle, &event));
    CusimMark *mark = newest(event);
    bool done = !mark || cusim_mark_wait(mark);
    cusim_mark_drop(mark);
    if (!done) return CUDA_ERROR_DEINITIALIZED;
    return (CUresult)atomic_load(&event->context->error);
}

static CUresult elapsed(float *milliseconds, CUevent start_handle, CUevent end_handle) {
    CusimEvent *start, *end;
    CUSIM_TRY(event_of(start_handle, &start));
    CUSIM_TRY(event_of(end_handle, &end));
    if (!milliseconds) return CUDA_ERROR_INVALID_VALUE;
    if (start->context != end->context) return CUDA_ERROR_INVALID_HANDLE;
    if ((start->flags | end->flags) & CU_EVENT_DISABLE_TIMING) return CUDA_ERROR_INVALID_HANDLE;
    CusimMark *a = newest(start), *b = newest(end);
    CUresult result = CUDA_SUCCESS;
    if (!a || !b) result = CUDA_ERROR_INVALID_HANDLE; /* never recorded */
    else if (!is_done(a) || !is_done(b)) result = CUDA_ERROR_NOT_READY;
    else *milliseconds = (float)((double)(int64_t)(b->time_ns - a->time_ns) / 1e6);
    cusim_mark_drop(a);
    cusim_mark_drop(b);
    return result;
}
CUSIM_EXPORT CUresult cuEventElapsedTime(float *milliseconds, CUevent start, CUevent end) {
    return elapsed(milliseconds, start, end);
}
CUSIM_EXPORT CUresult cuEventElapsedTime_v2(float *milliseconds, CUevent start, CUevent end) {
    return elapsed(milliseconds, start, end);
}
