// SPDX-License-Identifier: MIT
/* The CUDA driver's calls, forwarded.
 *
 * A program that links the driver's library does not start on a machine without it. This file
 * defines the genuine symbols instead (cuInit, cuMemAlloc_v2, ...): each looks into a table that is
 * filled, at the first call, from a library opened then, the real driver or cusim. So one program
 * runs on both, and says in words what is missing. A call costs one more jump.
 *
 * A process has one driver. It is never closed: its threads would run on in memory that is gone. A
 * child of fork() has none, since the driver's threads and its hold on the device stay behind.
 */
#define _GNU_SOURCE
#define __CUDA_API_VERSION_INTERNAL /* all forms under their own names: cuMemAlloc, cuMemAlloc_v2 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>

#include "driver.h"
#include "hc_cu.h"

/* ---- The table: a symbol and, once a driver is there, its function ---- */

enum {
#define HC_CU(name, suffix, since, parameters, arguments) CALL_##name##suffix,
#define HC_CU_OTHER HC_CU
#include <hc_cuda_api.def>
    CALLS
};

static struct {
    const char *symbol;
    void *function; /* NULL: this driver does not have it */
} calls[CALLS] = {
#define HC_CU(name, suffix, since, parameters, arguments) {#name #suffix, NULL},
#define HC_CU_OTHER HC_CU
#include <hc_cuda_api.def>
};

enum { FORKED = HC_DRIVER_SIM + 1 };
static _Atomic int driver = HC_DRIVER_NONE;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* held while a driver is chosen */

/* Why the last call on this thread did not get to the driver. */
static _Thread_local CUresult why = CUDA_SUCCESS;
static _Thread_local int why_status;

bool hc_driver_is(HcDriver wanted) { return atomic_load(&driver) == (int)wanted; }

bool hc_driver_explained(int code, int *status) {
    if (code == 0 || code != (int)why) return false;
    *status = why_status;
    return true;
}

/* ---- Taking a driver ---- */

enum { LAYERS = 8 };
static HcCudaLayer
    *layers[LAYERS]; /* from the one next to the driver to the one next to the program */
static size_t layer_count;

void *hc_driver_layered(const char *symbol, void *function) {
    for (size_t i = 0; function && i < layer_count; i++) function = layers[i](symbol, function);
    return function;
}

static int open_layers(void) {
    const char *list = getenv("HC_CUDA_LAYERS");
    size_t length = list ? strlen(list) : 0;
    layer_count = 0;
    while (length > 0 && layer_count < LAYERS) { /* from the last to the first */
        size_t begin = length;
        char path[4096];
        while (begin > 0 && list[begin - 1] != ':') begin--;
        snprintf(path, sizeof path, "%.*s", (int)(length - begin), list + begin);
        length = begin > 0 ? begin - 1 : 0;
        if (!*path) continue;
        void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        union {
            void *symbol;
            HcCudaLayer *layer;
        } found = {library ? dlsym(library, "hc_cuda_layer") : NULL};
        if (!found.symbol)
            return hc_set_error(HC_ERROR, 0, NULL, "correct or unset HC_CUDA_LAYERS",
                                "the CUDA layer %s cannot be loaded: %s", path, dlerror());
        layers[layer_count++] = found.layer;
    }
    return HC_OK;
}

static void in_child(void) { atomic_store(&driver, FORKED); }

void hc_driver_forget(void) {
    static const pthread_mutex_t fresh = PTHREAD_MUTEX_INITIALIZER;
    lock = fresh; /* another thread of the parent may have held it */
    atomic_store(&driver, HC_DRIVER_NONE);
}

static int take(HcDriver wanted, void *library) {
    static bool registered;
    int status, count = 0;
    for (int i = 0; i < CALLS; i++) calls[i].function = dlsym(library, calls[i].symbol);
    if (!calls[CALL_cuInit].function || !calls[CALL_cuDeviceGetCount].function)
        return hc_set_error(HC_ERROR, 0, NULL, "see what LD_LIBRARY_PATH names",
                            "the libcuda.so.1 that was found is no CUDA driver");
    if ((status = open_layers()) != HC_OK) return status;
    for (int i = 0; i < CALLS; i++)
        calls[i].function = hc_driver_layered(calls[i].symbol, calls[i].function);
    atomic_store(&driver, (int)wanted); /* from here on the forwarders work */
    CUresult code = cuInit(0);
    if (code == CUDA_SUCCESS) code = cuDeviceGetCount(&count);
    if (code == CUDA_SUCCESS && count == 0) code = CUDA_ERROR_NO_DEVICE;
    if (code != CUDA_SUCCESS) {
        atomic_store(&driver, HC_DRIVER_NONE);
        return wanted == HC_DRIVER_REAL ? hc_driver_fails((int)code) : hc_cu_set_error(code);
    }
    if (!registered) registered = pthread_atfork(NULL, NULL, in_child) == 0;
    return HC_OK;
}

static int use(HcDriver wanted) {
    static bool mapped[HC_DRIVER_SIM + 1];
    void *library = NULL;
    int now = atomic_load(&driver), status;
    if (now == (int)wanted) return HC_OK;
    if (now != HC_DRIVER_NONE)
        return hc_set_error(HC_SKIP, 0, NULL, "run the program again for another device",
                            "a process has one CUDA driver, and this one has %s",
                            now == FORKED          ? "its parent's, which does not work in a child"
                            : now == HC_DRIVER_SIM ? "cusim"
                                                   : "the GPU's");
    bool other = mapped[HC_DRIVER_REAL + HC_DRIVER_SIM - wanted];
    if ((status = hc_driver_open(wanted, other, &library)) != HC_OK) return status;
    mapped[wanted] = true;
    return take(wanted, library);
}

int hc_driver_use(HcDriver wanted) {
    pthread_mutex_lock(&lock);
    int status = use(wanted);
    pthread_mutex_unlock(&lock);
    return status;
}

/* A call, and nobody chose a driver: the real one if it has a device, else cusim. */
static int use_any(void) {
    pthread_mutex_lock(&lock);
    int status = atomic_load(&driver) != HC_DRIVER_NONE ? HC_OK : use(HC_DRIVER_REAL);
    if (status == HC_SKIP) status = use(HC_DRIVER_SIM);
    pthread_mutex_unlock(&lock);
    return status;
}

/* ---- The forwarders ---- */

/* The function behind call number i; NULL with the reason in why and as the last error. */
static void *find(int i) {
    int now = atomic_load_explicit(&driver, memory_order_acquire);
    why = CUDA_SUCCESS;
    if (now == HC_DRIVER_NONE && (why_status = use_any()) != HC_OK) {
        int code = hc_last_error()->code; /* as cuInit had it */
        why = code ? (CUresult)code : CUDA_ERROR_NO_DEVICE;
        return NULL;
    }
    if (now == FORKED) {
        why = CUDA_ERROR_NOT_INITIALIZED;
        why_status = hc_set_error(
            HC_ERROR, (int)why, "CUDA_ERROR_NOT_INITIALIZED",
            "fork() before the first CUDA call, or start a program of its own with posix_spawn()",
            "%s in a child of fork(): CUDA stays with the parent", calls[i].symbol);
        return NULL;
    }
    if (calls[i].function) return calls[i].function;
    int version = 0;
    if (i != CALL_cuDriverGetVersion) cuDriverGetVersion(&version);
    why = CUDA_ERROR_NOT_FOUND;
    why_status = hc_set_error(HC_ERROR, (int)why, "CUDA_ERROR_NOT_FOUND",
                              "install a newer driver, or take the software device: --device sim",
                              "the driver has no %s; it speaks CUDA %d.%d", calls[i].symbol,
                              version / 1000, version % 1000 / 10);
    return NULL;
}

/* Hidden, so that a library that is loaded later finds the driver's own and not these. */
#define HC_CU(name, suffix, since, parameters, arguments)                                          \
    __attribute__((visibility("hidden"))) CUresult name##suffix parameters {                       \
        union {                                                                                    \
            void *symbol;                                                                          \
            CUresult(*function) parameters;                                                        \
        } call = {find(CALL_##name##suffix)};                                                      \
        return call.symbol ? call.function arguments : why;                                        \
    }
#define HC_CU_OTHER HC_CU
#include <hc_cuda_api.def>
