// SPDX-License-Identifier: MIT
/* The CUDA driver: found when the program runs, its calls forwarded.
 *
 * A program that links libcuda.so.1 does not start on a machine without it. So the genuine symbols
 * (cuInit, cuMemAlloc_v2, ...) are defined here: each looks into a table that is filled, at the
 * first call, from a library opened then: a GPU's driver, or cusim. One program runs on both, and
 * says in words what is missing; a call costs one more jump.
 *
 * A process has one driver. It is never closed, since its threads would run on in memory that is
 * gone; a child of fork() has none, since they stay behind. Built with -DHC_CUDA=link, the driver
 * is the linked one, and of all this only the question remains which one that is.
 */
#define _GNU_SOURCE
#define __CUDA_API_VERSION_INTERNAL /* all forms by their own names: cuMemAlloc and cuMemAlloc_v2 */
#include "driver.h"

#include <dlfcn.h>
#include <glob.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hc_cu.h"
#include "internal.h"

static int start(void) {
    int count = 0;
    CUresult code = cuInit(0);
    if (code == CUDA_SUCCESS) code = cuDeviceGetCount(&count);
    if (code == CUDA_SUCCESS && count == 0) code = CUDA_ERROR_NO_DEVICE;
    if (code == CUDA_SUCCESS) return HC_OK;
    return hc_driver_is(DRIVER_REAL) ? hc_driver_fails((int)code) : hc_cu_set_error(code);
}

static bool is_cusim(void *library) { return dlsym(library, "cusim_version") != NULL; }

#ifdef HC_CUDA_LINK
static HcDriver driver = DRIVER_NONE;

bool hc_driver_is(HcDriver wanted) { return wanted == driver; }
int hc_driver_use(HcDriver wanted) {
    HcDriver linked = is_cusim(RTLD_DEFAULT) ? DRIVER_SIM : DRIVER_REAL;
    if (wanted != DRIVER_NONE && wanted != linked)
        return hc_set_error(HC_SKIP, 0, NULL, "LD_LIBRARY_PATH decides which one it finds",
                            "this program is linked to %s",
                            linked == DRIVER_SIM ? "cusim" : "a GPU's driver");
    driver = linked;
    int status = start();
    if (status != HC_OK) driver = DRIVER_NONE;
    return status;
}
void hc_driver_forget(void) {}
bool hc_driver_explained(int code, int *status) { return (void)code, (void)status, false; }
#else

/* ---- Where the libraries are: both are called libcuda.so.1 ---- */

static const char library_name[] = "libcuda.so.1";
static bool has_cusim; /* it is mapped here, and would answer to the name of the real one */

static int open_real(void **library) {
    const char *const places[] = {library_name, "/usr/lib/wsl/lib/libcuda.so.1"};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        *library = has_cusim ? dlmopen(LM_ID_NEWLM, places[i], RTLD_NOW)
                             : dlopen(places[i], RTLD_NOW | RTLD_LOCAL);
        if (*library && is_cusim(*library))
            return hc_set_error(HC_SKIP, 0, NULL, "see LD_LIBRARY_PATH, or take --device sim",
                                "no CUDA driver here: %s is cusim", library_name);
        if (*library) return HC_OK;
        const char *reason = dlerror();
        if (!strstr(reason, "No such file") || strncmp(reason, places[i], strlen(places[i])) != 0)
            return hc_driver_unloadable(reason);
    }
    return hc_driver_absent();
}

static void *open_cusim(const char *path) {
    void *library = access(path, R_OK) == 0 ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    return library && is_cusim(library) ? library : NULL;
}

/* cusim in the build or the installation that path lies in: in lib/cusim of a folder above it. */
static void *open_cusim_above(const char *path) {
    static const char *const places[] = {"lib/cusim", "lib64/cusim", "lib/*/cusim",
                                         "build/release/lib/cusim", "build/*/lib/cusim"};
    char folder[4096], pattern[4200];
    void *library = NULL;
    struct stat info;
    snprintf(folder, sizeof folder, "%s", path ? path : "");
    for (char *end; !library && (end = strrchr(folder, '/')) != NULL;) {
        *end = '\0'; /* not from a folder into which anybody may put a library, as /tmp */
        if (stat(end == folder ? "/" : folder, &info) != 0 || (info.st_mode & S_IWOTH)) continue;
        for (size_t i = 0; !library && i < sizeof places / sizeof places[0]; i++) {
            glob_t found;
            snprintf(pattern, sizeof pattern, "%s/%s/%s", folder, places[i], library_name);
            if (glob(pattern, 0, NULL, &found) != 0) continue;
            for (size_t k = 0; !library && k < found.gl_pathc; k++)
                library = open_cusim(found.gl_pathv[k]);
            globfree(&found);
        }
    }
    return library;
}

static int open_sim(void **library) {
    char path[4200] = "";
    const char *folder = getenv("HC_CUSIM_DIR");
    *library = dlopen(library_name, RTLD_NOW | RTLD_NOLOAD); /* as under ./cook sim */
    if (*library && is_cusim(*library)) return HC_OK;
    if (folder && *folder) {
        snprintf(path, sizeof path, "%s/%s", folder, library_name);
        *library = open_cusim(path);
    } else {
        *library = readlink("/proc/self/exe", path, 4096) > 0 ? open_cusim_above(path) : NULL;
        if (!*library) *library = open_cusim_above(hc_run.layers);
        if (!*library) *library = open_cusim_above(hc_run.kernels);
    }
    if (*library) return has_cusim = true, HC_OK;
    return hc_set_error(HC_SKIP, 0, NULL,
                        folder ? "correct or unset HC_CUSIM_DIR"
                               : "build it, as ./cook run does, or name its folder in HC_CUSIM_DIR",
                        "cusim, the software CUDA device, was not found%s%s",
                        folder ? ": it is not " : "", folder ? path : "");
}

/* ---- The table: a symbol and, once there is a driver, its function ---- */

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

enum { DRIVER_OF_PARENT = DRIVER_SIM + 1 };
static _Atomic int driver = DRIVER_NONE;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* held while a driver is chosen */

bool hc_driver_is(HcDriver wanted) { return atomic_load(&driver) == (int)wanted; }

void hc_driver_forget(void) {
    pthread_mutex_init(&lock, NULL); /* another thread of the parent may have held it */
    atomic_store(&driver, DRIVER_NONE);
}

static void in_child(void) { atomic_store(&driver, DRIVER_OF_PARENT); }

enum { LAYERS = 8 };
static HcCudaLayer *layers[LAYERS]; /* from the one next to the driver */
static size_t layer_count;

void *hc_driver_layered(const char *symbol, void *function) {
    for (size_t i = 0; function && i < layer_count; i++) function = layers[i](symbol, function);
    return function;
}

static int open_layers(void) {
    const char *list = getenv("HC_CUDA_LAYERS");
    layer_count = 0;
    for (size_t length; list && *list && layer_count < LAYERS;
         list += length + (list[length] == ':')) {
        char path[4096];
        length = strcspn(list, ":");
        snprintf(path, sizeof path, "%.*s", (int)length, list);
        void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        union {
            void *symbol;
            HcCudaLayer *layer;
        } found = {library ? dlsym(library, "hc_cuda_layer") : NULL};
        if (!found.symbol)
            return hc_set_error(HC_ERROR, 0, NULL, "correct or unset HC_CUDA_LAYERS",
                                "the CUDA layer '%s' cannot be loaded: %s", path, dlerror());
        layers[layer_count++] = found.layer;
    }
    return HC_OK;
}

static int use(HcDriver wanted) {
    static bool registered;
    void *library;
    int now = atomic_load(&driver), status;
    if (now == (int)wanted) return HC_OK;
    if (now != DRIVER_NONE)
        return hc_set_error(HC_SKIP, 0, NULL, "run the program again for another device",
                            "a process has one CUDA driver, and this one has %s",
                            now == DRIVER_SIM    ? "cusim"
                            : now == DRIVER_REAL ? "the GPU's"
                                                 : "its parent's, which works there only");
    status = wanted == DRIVER_REAL ? open_real(&library) : open_sim(&library);
    if (status != HC_OK) return status;
    if ((status = open_layers()) != HC_OK) return status;
    for (int i = 0; i < CALLS; i++)
        calls[i].function = hc_driver_layered(calls[i].symbol, dlsym(library, calls[i].symbol));
    if (!registered) registered = pthread_atfork(NULL, NULL, in_child) == 0;
    atomic_store(&driver, (int)wanted); /* from here on the forwarders work */
    if ((status = start()) != HC_OK) atomic_store(&driver, DRIVER_NONE);
    return status;
}

int hc_driver_use(HcDriver wanted) {
    pthread_mutex_lock(&lock);
    int status = use(wanted == DRIVER_NONE ? DRIVER_REAL : wanted);
    if (wanted == DRIVER_NONE && status == HC_SKIP) status = use(DRIVER_SIM);
    pthread_mutex_unlock(&lock);
    return status;
}

/* ---- The forwarders ---- */

/* Why the last call on this thread did not get to a driver. */
static _Thread_local CUresult why;
static _Thread_local int why_status;

bool hc_driver_explained(int code, int *status) {
    if (code == CUDA_SUCCESS || code != (int)why) return false;
    *status = why_status;
    return true;
}

/* The function behind call number i; NULL with the reason in why and as the last error. */
static void *find(int i) {
    int now = atomic_load_explicit(&driver, memory_order_acquire), version = 0;
    why = CUDA_SUCCESS;
    if (now == DRIVER_NONE && (why_status = hc_driver_use(DRIVER_NONE)) != HC_OK) {
        int code = hc_last_error()->code; /* as cuInit had it */
        why = code ? (CUresult)code : CUDA_ERROR_NO_DEVICE;
    } else if (now == DRIVER_OF_PARENT) {
        why = CUDA_ERROR_NOT_INITIALIZED;
        why_status = hc_set_error(HC_ERROR, (int)why, "CUDA_ERROR_NOT_INITIALIZED",
                                  "fork() before the first CUDA call, or use posix_spawn()",
                                  "%s in a child of fork(): the driver stays with the parent",
                                  calls[i].symbol);
    } else if (!calls[i].function) {
        if (i != CALL_cuDriverGetVersion) cuDriverGetVersion(&version);
        why = CUDA_ERROR_NOT_FOUND;
        why_status = hc_set_error(HC_ERROR, (int)why, "CUDA_ERROR_NOT_FOUND",
                                  "update the driver, or take the software device: --device sim",
                                  "the driver has no %s; it speaks CUDA %d.%d", calls[i].symbol,
                                  version / 1000, version % 1000 / 10);
    }
    return why == CUDA_SUCCESS ? calls[i].function : NULL;
}

/* Hidden, so that a library which is opened later finds the driver's own and not these. */
// NOLINTBEGIN(bugprone-macro-parentheses): a list of parameters has its own
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
// NOLINTEND(bugprone-macro-parentheses)
#endif
