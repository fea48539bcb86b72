// SPDX-License-Identifier: MIT
/* NVRTC, NVIDIA's compiler for CUDA C, found when the program runs. The names nvrtc* that a program
 * calls are defined here: each forwards to the library through one table, filled at the first
 * call. Where no library is, a call answers NVRTC_ERROR_BUILTIN_OPERATION_FAILURE, and
 * hc_nvrtc_open says where it was looked for.
 *
 * A library newer than the driver writes PTX that the driver refuses, so the first is taken that
 * is not.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <glob.h>
#include <pthread.h>
#include <unistd.h>

#include "compile.h"
#include "driver.h"

static char toolkit[4096]; /* the folder that the library's lib64 is in */

#ifdef HC_CUDA_LINK /* the names are the linked library's own */
int hc_nvrtc_open(void) { return HC_OK; }
#else

typedef struct Nvrtc {
    void *library;
    int version; /* as 12040, like the driver's */

// NOLINTNEXTLINE(bugprone-macro-parentheses): a list of parameters has its own
#define HC_NVRTC(name, parameters, arguments) nvrtcResult(*name) parameters;
#include "hc_nvrtc_api.def"
    const char *(*nvrtcGetErrorString)(nvrtcResult);
} Nvrtc;

static Nvrtc nvrtc; /* library NULL: there is none */
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* A function's address comes as a void *, which C only turns into one through memory. */
#define LOOK_UP(name)                                                                              \
    (symbol = dlsym(n.library, #name), memcpy(&n.name, &symbol, sizeof symbol), symbol != NULL)

/* Open one library; the better one stays in the table. True if there is no need to look further. */
static bool try_library(const char *path, int limit) {
    void *symbol;
    int major = 0, minor = 0;
    Nvrtc n = {.library = dlopen(path, RTLD_NOW | RTLD_LOCAL)};
    if (!n.library || n.library == nvrtc.library) return false;
    bool whole = LOOK_UP(nvrtcGetErrorString);
#define HC_NVRTC(name, parameters, arguments) whole = whole && LOOK_UP(name);
#include "hc_nvrtc_api.def"
    if (!whole || n.nvrtcVersion(&major, &minor) != NVRTC_SUCCESS) return false;
    n.version = 1000 * major + 10 * minor;
    /* The first that fits, else the oldest: its code for a GPU may still be understood. */
    bool fits = !limit || n.version <= limit;
    if (!nvrtc.library || fits || n.version < nvrtc.version) {
        Dl_info info; /* symbol is one of its functions now */
        nvrtc = n;
        if (dladdr(symbol, &info)) snprintf(toolkit, sizeof toolkit, "%s", info.dli_fname);
        for (int i = 0; i < 2 && strrchr(toolkit, '/'); i++) *strrchr(toolkit, '/') = '\0';
    }
    return fits;
}

/* Those that a pattern of paths means, the last one in the alphabet first: usually the newest. */
static bool try_pattern(int limit, const char *folder, const char *pattern) {
    char path[8192];
    glob_t found;
    bool done = false;
    if (!folder || !*folder) return false;
    snprintf(path, sizeof path, "%s/%s", folder, pattern);
    if (glob(path, 0, NULL, &found) != 0) return false;
    for (size_t i = found.gl_pathc; i-- > 0 && !done;) done = try_library(found.gl_pathv[i], limit);
    globfree(&found);
    return done;
}

static void find_library(void) {
    static const char *const names[] = {"libnvrtc.so", "libnvrtc.so.13", "libnvrtc.so.12",
                                        "libnvrtc.so.11.2"};
    const char *named = getenv("HC_NVRTC_LIBRARY");
    char folder[4096];
    int limit = 0;
    if (cuDriverGetVersion(&limit) != CUDA_SUCCESS) limit = 0;
    if (named && *named) {
        try_library(named, 0);
        return;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (try_library(names[i], limit)) return;
    if (try_pattern(limit, getenv("CUDA_HOME"), "lib64/libnvrtc.so.*")) return;
    if (try_pattern(limit, getenv("CUDA_PATH"), "lib64/libnvrtc.so.*")) return;
    if (try_pattern(limit, "/usr/local", "cuda*/lib64/libnvrtc.so.*")) return;
    ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);
    folder[length > 0 ? length : 0] = '\0';
    for (char *slash; (slash = strrchr(folder, '/'));) { /* build/, above the program */
        *slash = '\0';
        if (try_pattern(limit, folder, "nvrtc/nvidia/*/lib/libnvrtc.so.*")) return;
    }
}

static void choose_library(void) {
    void *symbol;
    find_library();
    if (!nvrtc.library) return;
#define HC_NVRTC(name, parameters, arguments)                                                      \
    memcpy(&symbol, &nvrtc.name, sizeof symbol);                                                   \
    symbol = hc_driver_layered(#name, symbol);                                                     \
    memcpy(&nvrtc.name, &symbol, sizeof symbol);
#include "hc_nvrtc_api.def"
}

int hc_nvrtc_open(void) {
    pthread_once(&once, choose_library);
    if (nvrtc.library) return HC_OK;
    const char *named = getenv("HC_NVRTC_LIBRARY");
    if (named && *named)
        return hc_set_error(HC_SKIP, 0, NULL, NULL, "HC_NVRTC_LIBRARY=%s is no NVRTC", named);
    return hc_set_error(HC_SKIP, 0, NULL,
                        "./cook setup nvrtc fetches it, if you accept its licence",
                        "no NVRTC: libnvrtc.so is not on the library path, nor in CUDA_HOME, "
                        "/usr/local/cuda* or build/nvrtc");
}

#define HC_NVRTC(name, parameters, arguments)                                                      \
    nvrtcResult name parameters {                                                                  \
        if (hc_nvrtc_open() != HC_OK) return NVRTC_ERROR_BUILTIN_OPERATION_FAILURE;                \
        return nvrtc.name arguments;                                                               \
    }
#include "hc_nvrtc_api.def"

const char *nvrtcGetErrorString(nvrtcResult result) {
    return hc_nvrtc_open() == HC_OK ? nvrtc.nvrtcGetErrorString(result) : "NVRTC is not there";
}
#endif

/* ---- The first way of hc_cu_compile ---- */

int hc_find_nvrtc(HcJob *job) {
    int major = 0, minor = 0, count = 0, archs[256] = {0}, best = 0;
    int status = hc_nvrtc_open();
    if (status != HC_OK) return status;
    if (nvrtcVersion(&major, &minor) != NVRTC_SUCCESS ||
        nvrtcGetNumSupportedArchs(&count) != NVRTC_SUCCESS || count < 1 || count > 256 ||
        nvrtcGetSupportedArchs(archs) != NVRTC_SUCCESS)
        return hc_set_error(HC_SKIP, 0, NULL, NULL, "NVRTC does not answer");
    snprintf(job->compiler, sizeof job->compiler, "NVRTC %d.%d", major, minor);
    for (int i = 0; i < count; i++)
        if (archs[i] <= job->arch && archs[i] > best) best = archs[i];
    if (!best)
        return hc_set_error(HC_SKIP, 0, NULL, NULL,
                            "%s makes nothing older than sm_%d; the device is sm_%d", job->compiler,
                            archs[0], job->arch);
    /* PTX that is too new for the driver; code for the device itself it takes within a major
     * version. */
    bool cubin = job->driver && 1000 * major + 10 * minor > job->driver;
    if (cubin && (job->simulated || job->driver / 1000 != major || best / 10 != job->arch / 10))
        return hc_set_error(HC_SKIP, 0, NULL, NULL,
                            "the PTX of %s is too new for a driver of "
                            "CUDA %d.%d",
                            job->compiler, job->driver / 1000, job->driver % 1000 / 10);
    snprintf(job->target, sizeof job->target, "%s_%d", cubin ? "sm" : "compute", best);
    hc_job_add(job, "--gpu-architecture=%s", job->target);
    for (size_t i = 0; job->options[i]; i++) hc_job_add(job, "%s", job->options[i]);
    if (*toolkit && strstr(job->source, "#include")) { /* cooperative_groups.h and the like */
        hc_job_add(job, "-I%s/include", toolkit);
        hc_job_add(job, "-I%s/include/cccl", toolkit);
    }
    return HC_OK;
}

/* A text or image of a program, to be freed; NULL if there is none. */
static char *get(nvrtcProgram program, nvrtcResult (*size)(nvrtcProgram, size_t *),
                 nvrtcResult (*copy)(nvrtcProgram, char *), size_t *bytes) {
    char *text = NULL;
    *bytes = 0;
    if (size(program, bytes) != NVRTC_SUCCESS || hc_alloc(*bytes + 1, 1, &text) != HC_OK)
        return NULL;
    if (*bytes && copy(program, text) == NVRTC_SUCCESS) return text;
    free(text);
    return NULL;
}

int hc_make_nvrtc(HcJob *job) {
    nvrtcProgram program = NULL;
    size_t bytes;
    int status = HC_OK;
    nvrtcResult result = nvrtcCreateProgram(&program, job->source, job->file, 0, NULL, NULL);
    if (result == NVRTC_SUCCESS)
        result = nvrtcCompileProgram(program, (int)job->arg_count, job->args);
    if (result == NVRTC_SUCCESS) {
        bool cubin = strncmp(job->target, "sm", 2) == 0;
        job->image = cubin ? get(program, nvrtcGetCUBINSize, nvrtcGetCUBIN, &job->size)
                           : get(program, nvrtcGetPTXSize, nvrtcGetPTX, &job->size);
        if (!job->image) result = NVRTC_ERROR_OUT_OF_MEMORY;
    }
    if (result == NVRTC_ERROR_COMPILATION || result == NVRTC_ERROR_INVALID_OPTION) {
        job->log = get(program, nvrtcGetProgramLogSize, nvrtcGetProgramLog, &bytes);
        status = HC_BUILD;
    } else if (result != NVRTC_SUCCESS) {
        status = hc_set_error(HC_SKIP, 0, NULL, NULL, "%s failed: %s", job->compiler,
                              nvrtcGetErrorString(result));
    }
    if (program) nvrtcDestroyProgram(&program);
    return status;
}
