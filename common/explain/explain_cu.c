// SPDX-License-Identifier: MIT
/* What --explain prints of CUDA: every driver call as it happens, its time on the host, the bytes
 * it moved, those included that the program's text does not show (staging of pageable memory,
 * managed memory), and the time that kernels and copies took on the device.
 *
 * This is a layer: a library that common/cuda/driver.c puts between program and driver when the
 * variable HC_CUDA_LAYERS names it. For each call of hc_cuda_api.def it is given the driver's
 * function and returns one of its own, which describes the call and passes it on.
 * explain_cu_calls.def says how to describe; calls that it does not have are shown by name. For
 * times on the device, an event of the layer's own goes into the stream before and after each
 * command.
 */
#define __CUDA_API_VERSION_INTERNAL /* every form of a call under its own name */
#include <cuda.h>
#include <nvrtc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

/* The driver's functions, or those of the next layer. */
static struct {
// NOLINTNEXTLINE(bugprone-macro-parentheses): a list of parameters has its own
#define HC_CU(name, suffix, since, parameters, arguments) CUresult(*name##suffix) parameters;
#include <hc_cuda_api.def>
// NOLINTNEXTLINE(bugprone-macro-parentheses)
#define HC_NVRTC(name, parameters, arguments) nvrtcResult(*name) parameters;
#include <hc_nvrtc_api.def>
} next;

/* ---- Words: how the table shows an argument ---- */

static const char *question(int number) {
    switch (number) {
        // clang-format off
#define D(x) case CU_DEVICE_ATTRIBUTE_##x: return #x;
#include "explain_cu_names.def"
    // clang-format on
    default: return hc_text("attribute %d", number);
    }
}

static const char *error_name(CUresult code) {
    const char *name = NULL;
    if (next.cuGetErrorName) next.cuGetErrorName(code, &name);
    return name ? name : "unknown CUDA error";
}

static const char *host_flags(unsigned flags) {
    return hc_text("%s%s%s%s", flags ? "" : "0",
                   flags & CU_MEMHOSTALLOC_PORTABLE ? "PORTABLE " : "",
                   flags & CU_MEMHOSTALLOC_DEVICEMAP ? "DEVICEMAP " : "",
                   flags & CU_MEMHOSTALLOC_WRITECOMBINED ? "WRITECOMBINED" : "");
}

/* A program that a driver loads is text, or begins with the mark of a file of machine code. */
static const char *image_text(const void *image) {
    const unsigned char *bytes = image;
    if (!image) return "NULL";
    if (memcmp(bytes, "\177ELF", 4) == 0) return "machine code";
    if (bytes[0] < ' ' && bytes[0] != '\n' && bytes[0] != '\t') return "binary";
    return hc_text("PTX of %s", hc_text_size(strlen(image)));
}

static const char *stream_name(CUstream stream) {
    if (!stream) return "stream 0";
    if (stream == CU_STREAM_LEGACY || stream == CU_STREAM_PER_THREAD) return "default stream";
    return hc_named(stream);
}

static const char *shape(unsigned x, unsigned y, unsigned z) {
    if (z != 1) return hc_text("%u x %u x %u", x, y, z);
    return y != 1 ? hc_text("%u x %u", x, y) : hc_text("%u", x);
}

/* ---- Kernels go by their names ---- */

enum { KERNELS = 256 };
static struct {
    CUfunction function;
    char name[64];
} kernels[KERNELS];
static unsigned kernel_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards what is static here */

static void remember_kernel(CUfunction function, const char *name) {
    pthread_mutex_lock(&lock);
    unsigned i = 0;
    while (i < kernel_count && kernels[i].function != function) i++;
    if (i < KERNELS) {
        kernels[i].function = function;
        snprintf(kernels[i].name, sizeof kernels[i].name, "%s", name);
        if (i == kernel_count) kernel_count++;
    }
    pthread_mutex_unlock(&lock);
}

static const char *kernel_name(CUfunction function) {
    const char *name = "...";
    pthread_mutex_lock(&lock);
    for (unsigned i = 0; i < kernel_count; i++)
        if (kernels[i].function == function) name = hc_text("%s", kernels[i].name);
    pthread_mutex_unlock(&lock);
    return name;
}

static const char *launch_text(CUfunction function, unsigned gx, unsigned gy, unsigned gz,
                               unsigned bx, unsigned by, unsigned bz, unsigned shared,
                               CUstream stream) {
    return hc_text(
        "%s, grid %s, block %s%s, %s", kernel_name(function), shape(gx, gy, gz), shape(bx, by, bz),
        shared ? hc_text(", %s of shared memory", hc_text_size(shared)) : "", stream_name(stream));
}

/* A primary context is retained often, and is the same each time. */
static const char *remember_context(CUcontext context) {
    return hc_find(context).kind ? hc_named(context) : hc_remember(context, "context");
}

/* ---- Memory: which allocation an address is in ---- */

typedef enum { MEMORY, MANAGED, PINNED, VARIABLE } Memory;
typedef struct Range {
    CUdeviceptr at;
    size_t bytes;
    Memory kind;
    char name[32];
} Range;
static Range *ranges;
static size_t range_count;

static void add_range(HcCall *c, CUdeviceptr at, size_t bytes, Memory kind) {
    static const char *const kinds[] = {"memory", "managed", "pinned", "variable"};
    const char *name = hc_remember((const void *)(uintptr_t)at, kinds[kind]);
    hc_trace_note(c, "%s", name);
    pthread_mutex_lock(&lock);
    Range *grown = realloc(ranges, (range_count + 1) * sizeof *grown);
    if (!grown) abort(); /* a few bytes: the program could not go on either */
    ranges = grown;
    ranges[range_count] = (Range){at, bytes, kind, ""};
    snprintf(ranges[range_count++].name, sizeof ranges->name, "%s", name);
    pthread_mutex_unlock(&lock);
}

static bool find_range(CUdeviceptr at, Range *found) {
    bool is_there = false;
    pthread_mutex_lock(&lock);
    for (size_t i = range_count; i-- > 0 && !is_there;)
        if ((is_there = at - ranges[i].at < ranges[i].bytes || at == ranges[i].at))
            *found = ranges[i];
    pthread_mutex_unlock(&lock);
    return is_there;
}

static void forget_range(CUdeviceptr at) {
    pthread_mutex_lock(&lock);
    for (size_t i = range_count; i-- > 0;)
        if (ranges[i].at == at) {
            memmove(&ranges[i], &ranges[i + 1], (--range_count - i) * sizeof *ranges);
            break;
        }
    pthread_mutex_unlock(&lock);
}

static size_t managed_bytes(void) {
    size_t bytes = 0;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < range_count; i++)
        if (ranges[i].kind == MANAGED) bytes += ranges[i].bytes;
    pthread_mutex_unlock(&lock);
    return bytes;
}

static const char *pointer(CUdeviceptr at) {
    Range range;
    if (!at) return "NULL";
    if (!find_range(at, &range)) return "host memory"; /* or what the program got elsewhere */
    if (at == range.at) return hc_text("%s", range.name);
    return hc_text("%s + %zu", range.name, (size_t)(at - range.at));
}

/* ---- Questions to the driver, past the layer ---- */

static int attribute(CUdevice_attribute what) {
    CUdevice device = 0;
    int value = 0;
    if (next.cuCtxGetDevice(&device) == CUDA_SUCCESS)
        next.cuDeviceGetAttribute(&value, what, device);
    return value;
}

/* Do host and device share one memory? cusim says by its name that it is software. */
static bool is_shared(void) {
    char name[64] = "";
    CUdevice device = 0;
    if (next.cuCtxGetDevice(&device) == CUDA_SUCCESS)
        next.cuDeviceGetName(name, sizeof name, device);
    return strstr(name, "cusim") || attribute(CU_DEVICE_ATTRIBUTE_INTEGRATED);
}

/* Where an address is: CU_MEMORYTYPE_HOST for pinned memory, _DEVICE, or 0 for plain memory. */
static CUmemorytype place(CUdeviceptr at) {
    CUmemorytype type = 0;
    Range range;
    if (find_range(at, &range))
        return range.kind == PINNED ? CU_MEMORYTYPE_HOST : CU_MEMORYTYPE_DEVICE;
    if (next.cuPointerGetAttribute(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, at) != CUDA_SUCCESS)
        return 0;
    return type;
}

static HcTraceWay way_of(CUdeviceptr to, CUdeviceptr from) {
    bool to_device = place(to) == CU_MEMORYTYPE_DEVICE;
    if (place(from) == CU_MEMORYTYPE_DEVICE) return to_device ? INSIDE : DOWNLOAD;
    return to_device ? UPLOAD : INSIDE;
}

/* ---- What calls move ---- */

/* A GPU reads and writes pinned memory only: the driver copies plain memory through a pinned buffer
 * of its own. */
static void copied(HcCall *c, HcTraceWay way, CUdeviceptr to, CUdeviceptr from, size_t bytes,
                   bool done) {
    CUdeviceptr host = way == UPLOAD ? from : to;
    hc_trace_moved(c, way, bytes, done);
    if (way != INSIDE && place(host) == 0 && !is_shared()) hc_trace_staged(c, bytes);
}

static const char *box2(const CUDA_MEMCPY2D *copy) {
    return copy ? hc_text("rows of %s, %zu of them", hc_text_size(copy->WidthInBytes), copy->Height)
                : "NULL";
}
static const char *box3(const CUDA_MEMCPY3D *copy) {
    return copy ? hc_text("rows of %s, %zu x %zu of them", hc_text_size(copy->WidthInBytes),
                          copy->Height, copy->Depth)
                : "NULL";
}

/* One end of the copy of a rectangle, as an address; device memory and arrays have none here. */
static CUdeviceptr end_of(CUmemorytype type, const void *host, CUdeviceptr device) {
    return type == CU_MEMORYTYPE_HOST ? (CUdeviceptr)(uintptr_t)host
           : type == CU_MEMORYTYPE_UNIFIED && place(device) != CU_MEMORYTYPE_DEVICE ? device
                                                                                    : 0;
}
static void copied_box(HcCall *c, CUdeviceptr to, CUdeviceptr from, size_t bytes, bool done) {
    copied(c, from && !to ? UPLOAD : to && !from ? DOWNLOAD : INSIDE, to, from, bytes, done);
}
static void copied_box2(HcCall *c, const CUDA_MEMCPY2D *copy, bool done) {
    copied_box(c, end_of(copy->dstMemoryType, copy->dstHost, copy->dstDevice),
               end_of(copy->srcMemoryType, copy->srcHost, copy->srcDevice),
               copy->WidthInBytes * copy->Height, done);
}
static void copied_box3(HcCall *c, const CUDA_MEMCPY3D *copy, bool done) {
    copied_box(c, end_of(copy->dstMemoryType, copy->dstHost, copy->dstDevice),
               end_of(copy->srcMemoryType, copy->srcHost, copy->srcDevice),
               copy->WidthInBytes * copy->Height * copy->Depth, done);
}

static void filled(HcCall *c, size_t bytes) {
    hc_trace_note(c, "the device writes %s, queued", hc_text_size(bytes));
}

static void prefetched(HcCall *c, size_t bytes, CUdevice device) {
    if (is_shared()) hc_trace_note(c, "no copy: host and device share memory");
    else hc_trace_moved(c, device == CU_DEVICE_CPU ? DOWNLOAD : UPLOAD, bytes, false);
}

/* What a launch moves by itself: managed memory. A device that cannot fetch single pages gets all
 * of it before the kernel starts; others fetch what the kernel touches, which nobody tells. */
static void launched(HcCall *c) {
    size_t bytes = managed_bytes();
    hc_trace_note(c, "queued");
    if (!bytes) return;
    if (is_shared()) hc_trace_note(c, "no copy of managed memory: host and device share it");
    else if (attribute(CU_DEVICE_ATTRIBUTE_CONCURRENT_MANAGED_ACCESS))
        hc_trace_note(c, "of %s of managed memory, what it touches is copied", hc_text_size(bytes));
    else hc_trace_hidden(c, UPLOAD, bytes);
}

/* ---- Time on the device: an event before and after each command, read after waiting ---- */

enum { PENDING = 1024 };
typedef struct Timer {
    CUevent from, to;
    char label[64];
} Timer;
static Timer pending[PENDING];
static unsigned pending_count;
static pthread_mutex_t pending_lock = PTHREAD_MUTEX_INITIALIZER;

static void drop_timer(Timer *timer) {
    if (timer->from) next.cuEventDestroy_v2(timer->from);
    if (timer->to) next.cuEventDestroy_v2(timer->to);
}

static Timer start_timer(CUstream stream) {
    Timer timer = {NULL, NULL, ""};
    if (next.cuEventCreate(&timer.from, CU_EVENT_DEFAULT) != CUDA_SUCCESS) timer.from = NULL;
    if (timer.from && (next.cuEventCreate(&timer.to, CU_EVENT_DEFAULT) != CUDA_SUCCESS ||
                       next.cuEventRecord(timer.from, stream) != CUDA_SUCCESS)) {
        drop_timer(&timer);
        timer.from = NULL;
    }
    return timer;
}

static void stop_timer(Timer *timer, CUstream stream, const char *label, CUresult code) {
    bool keep = timer->from && code == CUDA_SUCCESS &&
                next.cuEventRecord(timer->to, stream) == CUDA_SUCCESS;
    pthread_mutex_lock(&pending_lock);
    keep = keep && pending_count < PENDING;
    snprintf(timer->label, sizeof timer->label, "%s", label);
    if (keep) pending[pending_count++] = *timer;
    pthread_mutex_unlock(&pending_lock);
    if (!keep && timer->from) drop_timer(timer);
}

/* Take the times of the commands that have finished; going: the context ends, and with it all
 * events. */
static void collect(bool show, bool going) {
    unsigned kept = 0;
    pthread_mutex_lock(&pending_lock);
    for (unsigned i = 0; i < pending_count; i++) {
        float ms = 0;
        CUresult code = next.cuEventElapsedTime(&ms, pending[i].from, pending[i].to);
        if (code == CUDA_ERROR_NOT_READY && !going) {
            pending[kept++] = pending[i];
            continue;
        }
        if (code == CUDA_SUCCESS) hc_trace_device(pending[i].label, (double)ms, show);
        drop_timer(&pending[i]);
    }
    pending_count = kept;
    pthread_mutex_unlock(&pending_lock);
}

/* ---- The calls: a function each ---- */

static HcTraceKind kind_of(const char *name) {
    static const struct {
        const char *part;
        HcTraceKind kind;
    } parts[] = {/* the first that is part of the name */
                 {"nvrtc", BUILD},       {"Memcpy", TRANSFER},     {"Memset", TRANSFER},
                 {"Prefetch", TRANSFER}, {"LaunchHostFunc", WAIT}, {"Launch", LAUNCH},
                 {"Destroy", RELEASE},   {"Free", RELEASE},        {"Release", RELEASE},
                 {"Unload", RELEASE},    {"Unregister", RELEASE},  {"Reset", RELEASE},
                 {"Synchronize", WAIT},  {"WaitEvent", WAIT},      {"EventRecord", WAIT},
                 {"StreamQuery", WAIT},  {"EventQuery", WAIT},     {"Load", BUILD},
                 {"GetFunction", BUILD}, {"GetKernel", BUILD},     {"Link", BUILD},
                 {"Get", QUERY},         {"CanAccess", QUERY},     {"Occupancy", QUERY}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strstr(name, parts[i].part)) return parts[i].kind;
    return SETUP;
}

#define SHOW(...) snprintf(c.args, sizeof c.args, __VA_ARGS__)
#define NOTE(...) hc_trace_note(&c, __VA_ARGS__)
/* What all have in common: describe, print, pass on, and, if it went well, say what it did. */
#define PASS_ON(call_name, show, call, ...)                                                        \
    HcCall c = {.kind = kind_of(#call_name), .name = #call_name};                                  \
    show;                                                                                          \
    hc_trace_begin(&c);                                                                            \
    CUresult code = call;                                                                          \
    c.ms = hc_trace_now_ms() - c.start_ms;                                                         \
    c.code = code == CUDA_ERROR_NOT_READY ? 0 : (int)code;                                         \
    if (code == CUDA_SUCCESS) {                                                                    \
        __VA_ARGS__;                                                                               \
    } else if (code == CUDA_ERROR_NOT_READY) {                                                     \
        NOTE("not yet");                                                                           \
    }                                                                                              \
    hc_trace_end(&c, error_name(code))
#define CALL(name, suffix, params, args, show, ...)                                                \
    static CUresult explain_##name##suffix params {                                                \
        PASS_ON(name, show, next.name##suffix args, __VA_ARGS__);                                  \
        if (c.waited) collect(!c.repeated, false);                                                 \
        return code;                                                                               \
    }
#define QUEUED(name, suffix, label, params, args, show, ...)                                       \
    static CUresult explain_##name##suffix params {                                                \
        Timer timer = start_timer(stream);                                                         \
        PASS_ON(name, show, next.name##suffix args, __VA_ARGS__);                                  \
        stop_timer(&timer, stream, label, code);                                                   \
        return code;                                                                               \
    }
#include "explain_cu_calls.def"

/* Those that are shown by name only. */
#define HC_CU(name, suffix, since, parameters, arguments)                                          \
    static CUresult named_##name##suffix parameters {                                              \
        PASS_ON(name, SHOW("..."), next.name##suffix arguments, );                                 \
        return code;                                                                               \
    }
#include <hc_cuda_api.def>

/* ---- NVRTC: only compiling takes time ---- */

static nvrtcResult explain_nvrtcCompileProgram(nvrtcProgram program, int n,
                                               const char *const *options) {
    HcCall c = {.kind = BUILD, .name = "nvrtcCompileProgram"};
    size_t at = 0;
    for (int i = 0; i < n && at < sizeof c.args; i++)
        at += (size_t)snprintf(c.args + at, sizeof c.args - at, "%s%s", i ? " " : "", options[i]);
    hc_trace_begin(&c);
    nvrtcResult result = next.nvrtcCompileProgram(program, n, options);
    c.ms = hc_trace_now_ms() - c.start_ms;
    c.code = (int)result;
    hc_trace_end(&c, result == NVRTC_ERROR_COMPILATION ? "NVRTC_ERROR_COMPILATION" : "NVRTC error");
    return result;
}

/* ---- The layer ---- */

/* Called for each symbol: keep the driver's function, give ours. ISO C has no way from a function
 * to void * and back but by its bytes. */
#define TAKE(function_name, ours)                                                                  \
    if (strcmp(symbol, #function_name) == 0) {                                                     \
        __typeof__(next.function_name) replacement = ours;                                         \
        memcpy(&next.function_name, &function, sizeof function);                                   \
        memcpy(&function, &replacement, sizeof function);                                          \
        return function;                                                                           \
    }

__attribute__((visibility("default"))) void *hc_cuda_layer(const char *symbol, void *function) {
#define CALL(name, suffix, ...) TAKE(name##suffix, explain_##name##suffix)
#define QUEUED CALL
#include "explain_cu_calls.def"
#define HC_CU(name, suffix, since, parameters, arguments) TAKE(name##suffix, named_##name##suffix)
#include <hc_cuda_api.def>
    TAKE(nvrtcCompileProgram, explain_nvrtcCompileProgram)
    return function;
}

__attribute__((destructor)) static void at_exit(void) { hc_trace_summary("CUDA"); }
