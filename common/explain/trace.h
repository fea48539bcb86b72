// SPDX-License-Identifier: MIT
/* trace.h - the printed trace behind --explain, for any API: a line per call with its time, the
 * bytes it moved and what it gave, and a summary at the end. The layer of an API (explain_cl.c)
 * describes the calls; trace.c prints them. All functions may be called by several threads.
 */
#ifndef HC_TRACE_H
#define HC_TRACE_H
#include <stdbool.h>
#include <stddef.h>

typedef enum { QUERY, SETUP, BUILD, TRANSFER, LAUNCH, WAIT, RELEASE, KINDS } HcTraceKind;
typedef enum { UPLOAD, DOWNLOAD, INSIDE, WAYS } HcTraceWay;

typedef struct HcCall {
    HcTraceKind kind;
    const char *name;
    char args[200]; /* filled in before hc_trace_begin */
    char note[200]; /* filled in by hc_trace_note, before hc_trace_end */
    double start_ms, ms;
    int code;      /* the API's own; 0 is success */
    bool makes;    /* gives a new object: always shown */
    bool repeated; /* part of a loop: counted, not shown */
    bool waited;   /* commands queued before may have finished by now */
} HcCall;

/* An object of the API; handles of memory may be mapped for the host. */
typedef struct HcObject {
    const void *handle;
    const char *kind; /* NULL: not known by name */
    unsigned number;
    size_t mapped_bytes;
    unsigned long mapped_for;
} HcObject;

/* hc_text - printf into one of this thread's few buffers, good for the next dozen calls;
 * hc_text_size - bytes for people, as "64 MiB". */
const char *hc_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *hc_text_size(size_t bytes);

/* hc_remember - name a new object "buffer2"; hc_named - that name, or "..."; hc_find - what is
 * known of it; hc_set_mapped - keep what it is mapped for. */
const char *hc_remember(const void *handle, const char *kind);
const char *hc_named(const void *handle);
HcObject hc_find(const void *handle);
void hc_set_mapped(const void *handle, size_t bytes, unsigned long mapped_for);

/* hc_trace_begin - print the call and start its clock; hc_trace_end - print time, error and notes.
 * The error's name is "" where there is none. */
double hc_trace_now_ms(void);
void hc_trace_begin(HcCall *call);
void hc_trace_end(HcCall *call, const char *error);

/* hc_trace_note - add what the call did; hc_trace_moved - the same for bytes that it moved at once
 * or will have moved later; hc_trace_hidden - for a copy that the program's text does not show. */
void hc_trace_note(HcCall *call, const char *format, ...) __attribute__((format(printf, 2, 3)));
void hc_trace_moved(HcCall *call, HcTraceWay way, size_t bytes, bool done);
void hc_trace_hidden(HcCall *call, HcTraceWay way, size_t bytes);

/* hc_trace_staged - add that what was moved was copied on the host, too, by the driver. */
void hc_trace_staged(HcCall *call, size_t bytes);

/* hc_trace_device - a command has taken ms on the device; show: print it now. */
void hc_trace_device(const char *label, double ms, bool show);

/* hc_trace_summary - calls and times by kind, and bytes by way; nothing if there was no call. */
void hc_trace_summary(const char *api);

#endif
