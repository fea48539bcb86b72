// SPDX-License-Identifier: MIT
/* stream.h - queues of commands, and the threads that carry them out. See stream.c. */
#ifndef CUSIM_STREAM_H
#define CUSIM_STREAM_H

#include "api.h"

/* A copy or a fill of a box: depth slices of height rows of width bytes. A plain copy is one row.
 * */
struct CusimTransfer {
    uint8_t *to;                                       /* host addresses, both */
    const uint8_t *from;                               /* NULL: a fill */
    size_t to_pitch, from_pitch, to_slice, from_slice; /* bytes from row to row, slice to slice */
    size_t width, height, depth;
    uint32_t value;   /* fill */
    unsigned element; /* bytes of value: 1, 2, 4 */
    void *staged;     /* what the source was copied to when the copy was queued; freed after it */
};

/* One recording of an event: done when the stream has got there. */
typedef struct {
    _Atomic int references;
    _Atomic bool done;
    uint64_t time_ns;    /* valid once done */
    CusimStream *stream; /* valid until done */
} CusimMark;
CusimMark *cusim_mark_new(void); /* one reference; NULL: out of memory */
void cusim_mark_keep(CusimMark *mark);
void cusim_mark_drop(CusimMark *mark); /* NULL is allowed */

typedef enum {
    CUSIM_COMMAND_LAUNCH,
    CUSIM_COMMAND_TRANSFER,
    CUSIM_COMMAND_RECORD,
    CUSIM_COMMAND_WAIT,     /* for a mark */
    CUSIM_COMMAND_HOST,     /* cuLaunchHostFunc */
    CUSIM_COMMAND_CALLBACK, /* cuStreamAddCallback */
    CUSIM_COMMAND_FREE      /* cuMemFreeAsync */
} CusimCommandKind;

typedef struct CusimCommand CusimCommand;
struct CusimCommand {
    CusimCommandKind kind;
    CusimStream *stream;
    CusimCommand *next;
    uint64_t number; /* 1, 2, ... in the order of submission, over all streams */
    uint64_t submitted_ns;
    bool small;    /* so little work that waking a thread for it would cost more */
    bool running;  /* somebody has begun it */
    bool begun;    /* launch: cusim_launch_begin has returned, others may join */
    bool finished; /* launch: all blocks are */
    bool ending;   /* launch: nobody may join any more */
    int helpers;   /* threads that are at it */
    union {
        CusimTransfer transfer;
        CusimMark *mark;
        struct {
            CUhostFn function;
            CUstreamCallback callback;
            CUstream handle; /* as the callback is told */
            void *data;
        } host;
        uint64_t address; /* free */
        CusimLaunch *launch;
    };
};

struct CusimStream {
    CUstream handle;
    CusimContext *context;
    uint64_t id;
    unsigned flags;
    int priority;
    bool legacy;    /* stream 0 */
    bool blocking;  /* waits for stream 0, and stream 0 for it */
    bool destroyed; /* freed when it is empty */
    int hosts;      /* host threads that are carrying out its commands */
    int pins;       /* host threads that look at it */
    CusimCommand *head, *tail;
    CusimStream *next, *previous; /* list of all streams that have commands */
    CusimStream *sibling;         /* list of all streams of the context */
};

CusimStream *cusim_stream_new(CusimContext *context, unsigned flags, int priority, bool legacy);
void cusim_stream_destroy(CusimStream *stream); /* its commands still run */
/* All streams of a context that ends; waits for their commands. */
void cusim_streams_destroy(CusimContext *context);

CusimCommand *cusim_command_new(CusimCommandKind kind);     /* zeroed; NULL: out of memory */
CusimCommand *cusim_command_new_launch(size_t param_bytes); /* with launch->params, zeroed */
void cusim_command_free(CusimCommand *command);
/* Takes the command, whatever it returns. */
CUresult cusim_submit(CusimStream *stream, CusimCommand *command);
/* Carry out a transfer in stream order and wait for it; transfer->staged must be NULL. */
CUresult cusim_transfer_now(CusimStream *stream, const CusimTransfer *transfer);

CUresult cusim_stream_wait(CusimStream *stream);
bool cusim_stream_busy(CusimStream *stream);
CUresult cusim_context_wait(CusimContext *context);
/* Until the mark is done; false: it never will be, since the process is ending. */
bool cusim_mark_wait(CusimMark *mark);

/* Host functions must not call CUDA; true in a thread that is carrying out one. */
bool cusim_in_host_function(void);
bool cusim_quitting(void); /* the process is ending */
uint64_t cusim_now_ns(void);
#endif
