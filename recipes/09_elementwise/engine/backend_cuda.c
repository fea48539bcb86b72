// SPDX-License-Identifier: MIT
/* The engine on CUDA, a GPU's driver or cusim: the device's primary context; memory is an address;
 * hc_cu_compile makes PTX and keeps it in the cache. Launches go to the default stream, one behind
 * the other.
 */
#ifndef HC_NO_CUDA
#include <math.h>

#include "hc_cu.h"
#include "hc_files.h"
#include "internal.h"

enum { MAX_ENTRIES = 8, MAX_EVENTS = 8 };

typedef struct State {
    CUdevice device;
    CUcontext context;
} State;

typedef struct Module {
    char *image;
    CUmodule module;
    CUfunction functions[MAX_ENTRIES];
    char names[MAX_ENTRIES][64];
    size_t count;
    CUevent begin[MAX_EVENTS], end[MAX_EVENTS]; /* around the launches of the last run */
    size_t events_count;
} Module;

static int check(CUresult code) { return code == CUDA_SUCCESS ? HC_OK : hc_cu_set_error(code); }

/* The context belongs to a thread: whichever calls, works in this device's. */
static int enter(const EwDevice *device) {
    const State *s = device->state;
    return check(cuCtxSetCurrent(s->context));
}

static int cu_open(EwDevice *device, const HcDevice *chosen) {
    State *s = NULL;
    int units = 1;
    int status = hc_alloc(1, sizeof *s, &s);
    if (status != HC_OK) return status;
    device->state = s;
    device->shape = EW_STRIDES;
    device->has_f64 = device->has_f16 = true; /* half: to store in */
    status = check(cuInit(0));
    if (status == HC_OK) status = check(cuDeviceGet(&s->device, chosen->index));
    if (status == HC_OK) status = check(cuDevicePrimaryCtxRetain(&s->context, s->device));
    if (status == HC_OK) status = enter(device);
    if (status == HC_OK)
        status = check(
            cuDeviceGetAttribute(&units, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, s->device));
    device->units = units > 0 ? (size_t)units : 1;
    return status;
}

static void cu_close(EwDevice *device) {
    State *s = device->state;
    if (s->context) cuDevicePrimaryCtxRelease(s->device);
    free(s);
}

static CUdeviceptr address(void *memory) { return (CUdeviceptr)(uintptr_t)memory; }

static int cu_alloc(EwDevice *device, size_t bytes, void **memory) {
    CUdeviceptr at = 0;
    int status = enter(device);
    if (status == HC_OK) status = hc_cu_check_alloc(bytes, 1, 1);
    if (status == HC_OK) status = check(cuMemAlloc(&at, bytes));
    *memory = (void *)(uintptr_t)at;
    return status;
}

static void cu_release(EwDevice *device, void *memory) {
    if (enter(device) == HC_OK) cuMemFree(address(memory));
}

static int cu_write(EwDevice *device, void *memory, size_t offset, const void *host, size_t bytes) {
    int status = enter(device);
    return status != HC_OK ? status : check(cuMemcpyHtoD(address(memory) + offset, host, bytes));
}

static int cu_read(EwDevice *device, void *memory, size_t offset, void *host, size_t bytes) {
    int status = enter(device);
    return status != HC_OK ? status : check(cuMemcpyDtoH(host, address(memory) + offset, bytes));
}

static int cu_build(EwDevice *device, const char *name, const char *source,
                    const EwOptions *options, void **module, bool *cached) {
    const State *s = device->state;
    Module *m = NULL;
    int status = enter(device);
    HcCacheStats before = hc_cache_stats();
    if (status == HC_OK) status = hc_alloc(1, sizeof *m, &m);
    if (status != HC_OK) return status;
    *module = m;
    status =
        hc_cu_compile(source, name, options->exact ? "--fmad=false" : NULL, s->device, &m->image);
    HcCacheStats after = hc_cache_stats();
    *cached = after.hits > before.hits && after.misses == before.misses;
    if (status == HC_OK) status = hc_cu_load(m->image, &m->module);
    return status;
}

static void forget_events(Module *m) {
    for (size_t k = 0; k < m->events_count; k++)
        cuEventDestroy(m->begin[k]), cuEventDestroy(m->end[k]);
    m->events_count = 0;
}

static void cu_unload(EwDevice *device, void *module) {
    Module *m = module;
    if (enter(device) == HC_OK) {
        forget_events(m);
        if (m->module) cuModuleUnload(m->module);
    }
    free(m->image);
    free(m);
}

static int find_function(Module *m, const char *entry, CUfunction *function) {
    for (size_t k = 0; k < m->count; k++)
        if (strcmp(m->names[k], entry) == 0) {
            *function = m->functions[k];
            return HC_OK;
        }
    if (m->count == MAX_ENTRIES)
        return hc_set_error(HC_ERROR, 0, NULL, NULL, "more than %d kernels in one source",
                            MAX_ENTRIES);
    int status = hc_cu_kernel(m->module, m->image, entry, function);
    if (status != HC_OK) return status;
    snprintf(m->names[m->count], sizeof m->names[0], "%s", entry);
    m->functions[m->count++] = *function;
    return HC_OK;
}

/* The pair of events for one more launch; without room, or if it fails, the run has no time. */
static bool new_events(Module *m, CUevent *begin, CUevent *end) {
    *begin = *end = NULL;
    if (m->events_count == MAX_EVENTS || cuEventCreate(begin, CU_EVENT_DEFAULT) != CUDA_SUCCESS)
        return false;
    if (cuEventCreate(end, CU_EVENT_DEFAULT) == CUDA_SUCCESS) {
        m->begin[m->events_count] = *begin;
        m->end[m->events_count++] = *end;
        return true;
    }
    cuEventDestroy(*begin);
    return false;
}

static int cu_launch(EwDevice *device, void *module, const char *entry, size_t groups, size_t group,
                     const EwParam *params, size_t count, bool first) {
    enum { MOST = 3 * EW_MAX_ARGS + 8 };
    Module *m = module;
    CUfunction function;
    CUdeviceptr memory[MOST];
    void *values[MOST];
    CUevent begin, end;
    int status = enter(device);
    if (status == HC_OK) status = find_function(m, entry, &function);
    if (status != HC_OK) return status;
    for (size_t k = 0; k < count && k < MOST; k++) {
        memory[k] = address(params[k].memory);
        values[k] = params[k].is_memory ? (void *)&memory[k] : (void *)(uintptr_t)params[k].value;
    }
    if (first) forget_events(m);
    bool timed = new_events(m, &begin, &end);
    if (timed) status = check(cuEventRecord(begin, NULL));
    if (status == HC_OK)
        status = check(cuLaunchKernel(function, (unsigned)groups, 1, 1, (unsigned)group, 1, 1, 0,
                                      NULL, values, NULL));
    if (status == HC_OK && timed) status = check(cuEventRecord(end, NULL));
    return status;
}

static double cu_time_ms(EwDevice *device, void *module) {
    Module *m = module;
    double sum = 0;
    if (m->events_count == 0 || enter(device) != HC_OK ||
        cuEventSynchronize(m->end[m->events_count - 1]) != CUDA_SUCCESS)
        return (double)NAN;
    for (size_t k = 0; k < m->events_count; k++) sum += hc_cu_event_ms(m->begin[k], m->end[k]);
    return sum;
}

const EwBackend ew_cuda = {.name = "CUDA",
                           .language = EW_CUDA_C,
                           .addresses = true,
                           .open = cu_open,
                           .close = cu_close,
                           .alloc = cu_alloc,
                           .release = cu_release,
                           .write = cu_write,
                           .read = cu_read,
                           .build = cu_build,
                           .unload = cu_unload,
                           .launch = cu_launch,
                           .time_ms = cu_time_ms};
#else
typedef int ew_no_cuda; /* an empty file is no C */
#endif
