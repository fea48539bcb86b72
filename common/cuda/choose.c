// SPDX-License-Identifier: MIT
/* Which CUDA devices there are: the real driver's ("cuda") and cusim's ("sim"), and where the
 * libraries of both lie.
 *
 * Both libraries are called libcuda.so.1, and a process shall have one of them. So the one that is
 * not the process's own is asked in a child, which is gone afterwards.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver.h"
#include "hc_cu.h"
#include "internal.h"

static const char library_name[] = "libcuda.so.1";

static bool is_cusim(void *library) { return library && dlsym(library, "cusim_version"); }

/* ---- Where the libraries are ---- */

static int open_real(bool other, void **library) {
    /* WSL keeps the driver in a folder of its own. */
    const char *const places[] = {library_name, "/usr/lib/wsl/lib/libcuda.so.1"};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        /* The loader takes a name that it has loaded once for the same library: look past cusim. */
        *library = other ? dlmopen(LM_ID_NEWLM, places[i], RTLD_NOW | RTLD_LOCAL)
                         : dlopen(places[i], RTLD_NOW | RTLD_LOCAL);
        const char *reason = *library ? "" : dlerror();
        if (is_cusim(*library))
            return hc_set_error(HC_SKIP, 0, NULL, "see LD_LIBRARY_PATH, or take --device sim",
                                "%s is cusim in this process, not a GPU's driver", library_name);
        if (*library) return HC_OK;
        if (!strstr(reason, "No such file") || strncmp(reason, places[i], strlen(places[i])) != 0)
            return hc_driver_unloadable(reason);
    }
    return hc_driver_absent();
}

static void *open_cusim(const char *path) {
    void *library = access(path, R_OK) == 0 ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    return is_cusim(library) ? library : NULL;
}

/* cusim in a build or an installation that start lies in: in lib/cusim of a folder above it. */
static void *open_cusim_above(const char *start) {
    static const char *const places[] = {"lib/cusim", "lib64/cusim", "lib/*/cusim",
                                         "build/release/lib/cusim", "build/*/lib/cusim"};
    char folder[4096], pattern[4200];
    void *library = NULL;
    struct stat info;
    snprintf(folder, sizeof folder, "%s", start ? start : "");
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
    *library = dlopen(library_name, RTLD_NOW | RTLD_NOLOAD); /* under ./cook sim */
    if (is_cusim(*library)) return HC_OK;
    if (folder && *folder) {
        snprintf(path, sizeof path, "%s/%s", folder, library_name);
        if ((*library = open_cusim(path)) != NULL) return HC_OK;
        return hc_set_error(HC_SKIP, 0, NULL, "correct or unset HC_CUSIM_DIR",
                            "cusim, the software CUDA device, is not %s", path);
    }
    if (readlink("/proc/self/exe", path, 4096) > 0) *library = open_cusim_above(path);
    if (!*library) *library = open_cusim_above(hc_run.layers);
    if (!*library) *library = open_cusim_above(hc_run.kernels);
    if (*library) return HC_OK;
    return hc_set_error(HC_SKIP, 0, NULL,
                        "build it, as ./cook run does, or name its folder in HC_CUSIM_DIR",
                        "cusim, the software CUDA device, was not found");
}

int hc_driver_open(HcDriver wanted, bool other, void **library) {
    return wanted == HC_DRIVER_REAL ? open_real(other, library) : open_sim(library);
}

/* ---- What devices they have ---- */

static int list_here(HcDriver driver, HcDevice *devices, size_t max, size_t *count) {
    bool is_gpu = driver == HC_DRIVER_REAL;
    int found = 0, version = 0, major = 0, minor = 0;
    CUdevice id;
    CUresult code = cuDeviceGetCount(&found);
    if (code != CUDA_SUCCESS) return hc_cu_set_error(code);
    cuDriverGetVersion(&version);
    *count = (size_t)found;
    for (int i = 0; i < found && (size_t)i < max; i++) {
        HcDevice *d = &devices[i];
        *d = (HcDevice){.api = is_gpu ? "cuda" : "sim", .index = i, .is_gpu = is_gpu};
        if (cuDeviceGet(&id, i) != CUDA_SUCCESS) continue;
        cuDeviceGetName(d->name, sizeof d->name, id);
        cuDeviceGetAttribute(&major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, id);
        cuDeviceGetAttribute(&minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, id);
        snprintf(d->detail, sizeof d->detail, "CUDA %d.%d, compute capability %d.%d",
                 version / 1000, version % 1000 / 10, major, minor);
    }
    return HC_OK;
}

typedef struct Answer {
    int status;
    size_t count;
    HcError error;
    HcDevice devices[16];
} Answer;

/* Ask a driver in a child, which answers through memory that both share. */
static int list_in_child(HcDriver driver, HcDevice *devices, size_t max, size_t *count) {
    enum { ROOM = sizeof((Answer *)0)->devices / sizeof(HcDevice) };
    Answer *answer =
        mmap(NULL, sizeof *answer, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (answer == MAP_FAILED) return hc_set_error(HC_ERROR, errno, NULL, NULL, "out of memory");
    answer->status = hc_set_error(HC_ERROR, 0, NULL, "see what it says by itself: nvidia-smi",
                                  "the CUDA driver ended the process that asked for its devices");
    answer->error = *hc_last_error();
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);
        for (int fd = 1; null >= 0 && fd <= 2; fd++) dup2(null, fd);
        for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
        hc_driver_forget();
        int status = hc_driver_use(driver);
        if (status == HC_OK) status = list_here(driver, answer->devices, ROOM, &answer->count);
        answer->error = *hc_last_error();
        answer->error.detail = NULL;
        answer->status = status;
        _exit(0);
    }
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR) continue;
    int status = answer->status;
    const HcError *e = &answer->error;
    if (status != HC_OK) hc_set_error(status, e->code, e->name, e->hint, "%s", e->message);
    else *count = answer->count;
    for (size_t i = 0; i < *count && i < max && i < ROOM; i++) devices[i] = answer->devices[i];
    if (*count > ROOM) *count = ROOM;
    munmap(answer, sizeof *answer);
    return status;
}

static int list(HcDriver driver, HcDevice *devices, size_t max, size_t *count) {
    *count = 0;
    return hc_driver_is(driver) ? list_here(driver, devices, max, count)
                                : list_in_child(driver, devices, max, count);
}
static int list_real(HcDevice *devices, size_t max, size_t *count) {
    return list(HC_DRIVER_REAL, devices, max, count);
}
static int list_sim(HcDevice *devices, size_t max, size_t *count) {
    return list(HC_DRIVER_SIM, devices, max, count);
}
static int use_real(void) { return hc_driver_use(HC_DRIVER_REAL); }
static int use_sim(void) { return hc_driver_use(HC_DRIVER_SIM); }

const HcApi hc_cu_api = {"cuda", list_real, use_real}, hc_sim_api = {"sim", list_sim, use_sim};
