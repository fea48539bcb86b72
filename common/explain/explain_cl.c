// SPDX-License-Identifier: MIT
/* What --explain prints: every OpenCL call as it happens, its time on the host, and the bytes it
 * moves, those included that the program text does not show (CL_MEM_COPY_HOST_PTR, mapping).
 *
 * This is an OpenCL layer: a library that the OpenCL loader puts between program and driver when
 * the variable OPENCL_LAYERS names it. It works with any OpenCL program, old ones and those not in
 * C too:
 *     OPENCL_LAYERS=build/release/lib/hc/libhc_explain_cl.so clinfo -l
 * The loader hands over its table of functions (clInitLayer); the layer gives back one of its own,
 * each of whose functions describes the call and passes it on. explain_calls.def lists them all.
 * A loader without layers, such as the one that oclgrind brings, ignores the variable: nothing
 * appears.
 */
#define CL_TARGET_OPENCL_VERSION 300
#include <CL/cl_layer.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "trace.h"

static const cl_icd_dispatch *next; /* the driver's functions, or those of the next layer */

/* ---- Words: how the table shows an argument ---- */

/* The names of the bits that are set; names has one for each bit from the lowest, split by '|'. */
static const char *bits(cl_bitfield set, const char *prefix, const char *names) {
    char all[160] = "";
    for (cl_bitfield bit = 1; *names; bit <<= 1) {
        int length = (int)strcspn(names, "|");
        size_t at = strlen(all);
        if (set & bit)
            snprintf(all + at, sizeof all - at, "%s%s%.*s", at ? " | " : "", prefix, length, names);
        names += length + (names[length] == '|');
    }
    return *all ? hc_text("%s", all) : "0";
}
static const char *mem_flags(cl_mem_flags set) {
    return bits(set, "CL_MEM_",
                "READ_WRITE|WRITE_ONLY|READ_ONLY|USE_HOST_PTR|ALLOC_HOST_PTR|COPY_HOST_PTR||"
                "HOST_WRITE_ONLY|HOST_READ_ONLY|HOST_NO_ACCESS|SVM_FINE_GRAIN_BUFFER|SVM_ATOMICS");
}
static const char *map_flags(cl_map_flags set) {
    return bits(set, "CL_MAP_", "READ|WRITE|WRITE_INVALIDATE_REGION");
}
static const char *queue_flags(cl_command_queue_properties set) {
    return bits(set, "CL_QUEUE_", "OUT_OF_ORDER_EXEC_MODE_ENABLE|PROFILING_ENABLE");
}
static const char *device_type(cl_device_type set) {
    if (set == CL_DEVICE_TYPE_ALL) return "CL_DEVICE_TYPE_ALL";
    return bits(set, "CL_DEVICE_TYPE_", "DEFAULT|CPU|GPU|ACCELERATOR|CUSTOM");
}

static const char *question(cl_uint number) {
    switch (number) {
        // clang-format off
#define P(x) case CL_PLATFORM_##x: return "CL_PLATFORM_" #x;
#define D(x) case CL_DEVICE_##x: return "CL_DEVICE_" #x;
#define O(x) case CL_##x: return "CL_" #x;
#include "explain_names.def"
    // clang-format on
    default: return hc_text("0x%04X", number);
    }
}
static const char *error_name(cl_int code) {
    switch (code) {
        // clang-format off
#define CL_CODE(number, name, meaning, hint) case number: return #name;
#include "../hc/cl_errors.def"
    // clang-format on
    default: return "unknown OpenCL error";
    }
}

/* The sizes of an index space or a region: "1024 x 768". */
static const char *range(cl_uint dimensions, const size_t *n) {
    if (!n) return "left to the driver";
    if (dimensions == 1) return hc_text("%zu", n[0]);
    if (dimensions == 2) return hc_text("%zu x %zu", n[0], n[1]);
    return hc_text("%zu x %zu x %zu", n[0], n[1], n[2]);
}
static const char *when(cl_bool blocking) { return blocking ? "blocking" : "not blocking"; }
static const char *after(cl_uint events) {
    return events ? hc_text(", after %u event%s", events, events > 1 ? "s" : "") : "";
}

/* ---- Questions to the driver, past the layer ---- */

static const char *kernel_name(cl_kernel kernel) {
    char name[100] = "...";
    if (kernel) next->clGetKernelInfo(kernel, CL_KERNEL_FUNCTION_NAME, sizeof name, name, NULL);
    return hc_text("%s", name);
}

static const char *argument(size_t bytes, const void *value) {
    const void *handle = NULL;
    if (!value) return hc_text("%s of local memory", hc_text_size(bytes));
    if (bytes == sizeof handle) memcpy(&handle, value, bytes);
    if (handle && hc_find(handle).kind) return hc_named(handle);
    return hc_text("a value of %s", hc_text_size(bytes));
}

/* Do host and device share one memory? The device is that of the queue, or the context's first. */
static bool unified(cl_context context, cl_command_queue queue) {
    cl_device_id devices[64] = {NULL};
    cl_bool yes = CL_FALSE;
    if (queue)
        next->clGetCommandQueueInfo(queue, CL_QUEUE_DEVICE, sizeof devices[0], devices, NULL);
    else if (context)
        next->clGetContextInfo(context, CL_CONTEXT_DEVICES, sizeof devices, devices, NULL);
    if (devices[0])
        next->clGetDeviceInfo(devices[0], CL_DEVICE_HOST_UNIFIED_MEMORY, sizeof yes, &yes, NULL);
    return yes;
}

static size_t mem_size(cl_mem object) {
    size_t bytes = 0;
    next->clGetMemObjectInfo(object, CL_MEM_SIZE, sizeof bytes, &bytes, NULL);
    return bytes;
}

static size_t volume(const size_t *region) {
    return region ? region[0] * region[1] * region[2] : 0;
}
static size_t pixels(cl_mem image, const size_t *region) {
    size_t bytes = 0;
    next->clGetImageInfo(image, CL_IMAGE_ELEMENT_SIZE, sizeof bytes, &bytes, NULL);
    return bytes * volume(region);
}

/* ---- Copies that the program's text does not show ---- */

static void created(HcCall *c, const void *made, const char *kind, cl_context context,
                    cl_mem_flags set, size_t bytes) {
    hc_trace_note(c, "%s", hc_remember(made, kind));
    if (set & CL_MEM_COPY_HOST_PTR) hc_trace_hidden(c, UPLOAD, bytes);
    if (!(set & CL_MEM_USE_HOST_PTR)) return;
    if (unified(context, NULL)) hc_trace_note(c, "no copy: host and device share memory");
    else hc_trace_note(c, "may be copied before and after each use");
}

static void mapped(HcCall *c, cl_command_queue queue, const void *pointer, size_t bytes,
                   cl_map_flags set, bool done) {
    hc_set_mapped(pointer, bytes, set);
    c->waited = done;
    if (unified(NULL, queue)) hc_trace_note(c, "no copy: host and device share memory");
    else if (set & (CL_MAP_READ | CL_MAP_WRITE)) hc_trace_hidden(c, DOWNLOAD, bytes);
    else hc_trace_note(c, "no copy: the old content is not wanted");
}

static void unmapped(HcCall *c, cl_command_queue queue, const void *pointer) {
    HcObject object = hc_find(pointer);
    bool written = (object.mapped_for & (CL_MAP_WRITE | CL_MAP_WRITE_INVALIDATE_REGION)) != 0;
    if (unified(NULL, queue)) hc_trace_note(c, "no copy: host and device share memory");
    else if (written) hc_trace_hidden(c, UPLOAD, object.mapped_bytes);
    else hc_trace_note(c, "no copy: it was mapped for reading");
}

/* ---- Device time: known for queues with CL_QUEUE_PROFILING_ENABLE, once something has waited ----
 */

enum { PENDING = 1024 };
static struct {
    cl_event event;
    cl_command_queue queue;
    char label[64];
} pending[PENDING];
static unsigned pending_count;
static pthread_mutex_t pending_lock = PTHREAD_MUTEX_INITIALIZER;

/* Where the driver shall put a command's event: where the program wants it, or, if the queue keeps
 * times and the program wants none, into one of our own. */
static cl_event *wanted(cl_command_queue queue, cl_event *event, cl_event *own, bool *watch) {
    cl_command_queue_properties set = 0;
    if (queue) next->clGetCommandQueueInfo(queue, CL_QUEUE_PROPERTIES, sizeof set, &set, NULL);
    *watch = (set & CL_QUEUE_PROFILING_ENABLE) != 0;
    return *watch && !event ? own : event;
}

static void watch_event(cl_command_queue queue, cl_event event, bool own, const char *label) {
    if (!own) next->clRetainEvent(event);
    pthread_mutex_lock(&pending_lock);
    bool room = pending_count < PENDING;
    if (room) {
        pending[pending_count].event = event;
        pending[pending_count].queue = queue;
        snprintf(pending[pending_count++].label, sizeof pending[0].label, "%s", label);
    }
    pthread_mutex_unlock(&pending_lock);
    if (!room) next->clReleaseEvent(event);
}

/* Take the times of the commands that have finished, and forget those of a queue that is going: an
 * event keeps its queue alive, which must not live on because of ours. */
static void collect(bool show, cl_command_queue going) {
    unsigned kept = 0;
    pthread_mutex_lock(&pending_lock);
    for (unsigned i = 0; i < pending_count; i++) {
        cl_event event = pending[i].event;
        cl_int state = CL_QUEUED;
        cl_ulong from, to;
        next->clGetEventInfo(event, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof state, &state, NULL);
        if (state > CL_COMPLETE && pending[i].queue != going) {
            pending[kept++] = pending[i];
            continue;
        }
        cl_int code = next->clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_START, sizeof from,
                                                    &from, NULL);
        code |=
            next->clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_END, sizeof to, &to, NULL);
        if (state == CL_COMPLETE && code == CL_SUCCESS)
            hc_trace_device(pending[i].label, (double)(to - from) * 1e-6, show);
        next->clReleaseEvent(event);
    }
    pending_count = kept;
    pthread_mutex_unlock(&pending_lock);
}

/* ---- The calls: a function each ---- */

#define SHOW(...) snprintf(c.args, sizeof c.args, __VA_ARGS__)
#define NOTE(...) hc_trace_note(&c, __VA_ARGS__)
#define UNPACK(...) __VA_ARGS__
/* What all have in common: describe, print, pass on, and, if it went well, say what it did. */
#define PASS_ON(call_kind, call_name, show, call, ...)                                             \
    HcCall c = {.kind = call_kind, .name = #call_name};                                            \
    show;                                                                                          \
    hc_trace_begin(&c);                                                                            \
    call;                                                                                          \
    c.ms = hc_trace_now_ms() - c.start_ms;                                                         \
    if (c.code == CL_SUCCESS) {                                                                    \
        __VA_ARGS__;                                                                               \
    }                                                                                              \
    hc_trace_end(&c, error_name(c.code));                                                          \
    if (c.waited) collect(!c.repeated, NULL)
#define CODE(kind, name, params, args, show, ...)                                                  \
    static CL_API_ENTRY cl_int CL_API_CALL explain_##name params {                                 \
        PASS_ON(kind, name, show, c.code = next->name args, __VA_ARGS__);                          \
        return c.code;                                                                             \
    }
#define MAKE(kind, type, name, params, args, show, ...)                                            \
    static CL_API_ENTRY type CL_API_CALL explain_##name(UNPACK params, cl_int *code) {             \
        PASS_ON(kind, name, show;                                                                  \
                c.makes = true, type made = next->name(UNPACK args, &c.code), __VA_ARGS__);        \
        if (code) *code = c.code;                                                                  \
        return made;                                                                               \
    }
#define COMMAND(kind, name, label, params, args, show, ...)                                        \
    static CL_API_ENTRY cl_int CL_API_CALL explain_##name(                                         \
        cl_command_queue queue, UNPACK params, cl_uint n, const cl_event *wait, cl_event *event) { \
        bool watch;                                                                                \
        cl_event own = NULL, *out = wanted(queue, event, &own, &watch);                            \
        PASS_ON(kind, name, show, c.code = next->name(queue, UNPACK args, n, wait, out),           \
                __VA_ARGS__;                                                                       \
                if (watch) watch_event(queue, *out, out == &own, label));                          \
        return c.code;                                                                             \
    }
#define INFO(name, type)                                                                           \
    CODE(QUERY, name, (type object, cl_uint what, size_t room, void *value, size_t *length),       \
         (object, what, room, value, length), SHOW("%s", question(what)),                          \
         if (!value && length) NOTE("the answer has %s", hc_text_size(*length)))
#define INFO2(name, type, type2)                                                                   \
    CODE(QUERY, name,                                                                              \
         (type object, type2 of, cl_uint what, size_t room, void *value, size_t *length),          \
         (object, of, what, room, value, length), SHOW("%s", question(what)),                      \
         if (!value && length) NOTE("the answer has %s", hc_text_size(*length)))
#define HOLD(kind, name, type)                                                                     \
    CODE(kind, name, (type object), (object), SHOW("%s", hc_named(object)), )
#include "explain_calls.def"

static CL_API_ENTRY void *CL_API_CALL explain_clSVMAlloc(cl_context context, cl_svm_mem_flags set,
                                                         size_t bytes, cl_uint alignment) {
    PASS_ON(SETUP, clSVMAlloc,
            SHOW("%s, %s, %s", hc_named(context), mem_flags(set), hc_text_size(bytes));
            c.makes = true, void *made = next->clSVMAlloc(context, set, bytes, alignment);
            c.code = made ? CL_SUCCESS : CL_MEM_OBJECT_ALLOCATION_FAILURE,
            NOTE("%s", hc_remember(made, "svm")));
    return made;
}

static CL_API_ENTRY void CL_API_CALL explain_clSVMFree(cl_context context, void *pointer) {
    PASS_ON(RELEASE, clSVMFree, SHOW("%s, %s", hc_named(context), hc_named(pointer)),
            next->clSVMFree(context, pointer), );
}

/* ---- The layer: what the loader asks for, then its table ---- */

#define EXPORTED __attribute__((visibility("default"))) CL_API_ENTRY

EXPORTED cl_int CL_API_CALL clGetLayerInfo(cl_layer_info what, size_t room, void *value,
                                           size_t *length) {
    static const char name[] = "hc_explain_cl";
    static const cl_layer_api_version version = CL_LAYER_API_VERSION_100;
    if (what != CL_LAYER_NAME && what != CL_LAYER_API_VERSION) return CL_INVALID_VALUE;
    const void *answer = what == CL_LAYER_NAME ? (const void *)name : &version;
    size_t bytes = what == CL_LAYER_NAME ? sizeof name : sizeof version;
    if (value && room < bytes) return CL_INVALID_VALUE;
    if (value) memcpy(value, answer, bytes);
    if (length) *length = bytes;
    return CL_SUCCESS;
}

/* Called once: target is what we call, ours what the program will call. */
EXPORTED cl_int CL_API_CALL clInitLayer(cl_uint target_entries, const cl_icd_dispatch *target,
                                        cl_uint *our_entries, const cl_icd_dispatch **ours) {
    static cl_icd_dispatch table;
    const cl_uint entries = sizeof table / sizeof(void (*)(void));
    if (!target || !our_entries || !ours || target_entries < entries) return CL_INVALID_VALUE;
    next = target;
    table = *target;
#undef CODE
#undef MAKE
#undef COMMAND
#undef INFO
#undef INFO2
#undef HOLD
#define CODE(kind, name, ...) table.name = explain_##name;
#define MAKE(kind, type, name, ...) table.name = explain_##name;
#define COMMAND(kind, name, ...) table.name = explain_##name;
#define INFO(name, type) table.name = explain_##name;
#define INFO2(name, type, type2) table.name = explain_##name;
#define HOLD(kind, name, type) table.name = explain_##name;
#include "explain_calls.def"
    table.clSVMAlloc = explain_clSVMAlloc;
    table.clSVMFree = explain_clSVMFree;
    *our_entries = entries;
    *ours = &table;
    return CL_SUCCESS;
}

__attribute__((destructor)) static void at_exit(void) { hc_trace_summary("OpenCL"); }
