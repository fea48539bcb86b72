// SPDX-License-Identifier: MIT
/* The doctor's look at CUDA: the driver and its GPUs, cusim, the software device that stands in for
 * them, and what compiles CUDA C. Without a GPU the recipes run on cusim, so that its absence is a
 * note; a driver that is there and fails is a problem, since no recipe passes it over in silence.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <glob.h>
#include <signal.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "doctor.h"
#include "hc_files.h"

static const char *const group = "CUDA";

enum { MOST = 16, NONE = -1 };
typedef struct Driver {
    const char *name; /* as in a SPEC: cuda, sim */
    int status;       /* exit code of finding it; NONE: it crashed or hung */
    char path[1024], message[1200], hint[600];
    int version;
    size_t count;
    HcDevice devices[MOST];
    uint64_t bytes[MOST];
    int mode[MOST];
} Driver;
static Driver gpu = {.name = "cuda"}, cusim = {.name = "sim"};

/* ---- What there is, before anything is said of it ---- */

static void gather(Driver *driver) {
    static DoctorRun run;
    char *fields[8], *text = run.out;
    doctor_self(&run, "cuda", driver->name, NULL);
    driver->status = run.status == 0 ? HC_OK : NONE;
    if (run.status > 1) snprintf(driver->message, sizeof driver->message, "%s", doctor_end(&run));
    while (doctor_fields(&text, fields)) {
        if (strcmp(fields[0], "failed") == 0) {
            driver->status = atoi(fields[1]);
            snprintf(driver->message, sizeof driver->message, "%s", fields[2]);
            snprintf(driver->hint, sizeof driver->hint, "%s", fields[3]);
        } else if (strcmp(fields[0], "driver") == 0) {
            snprintf(driver->path, sizeof driver->path, "%s", fields[1]);
            driver->version = atoi(fields[2]);
        } else if (strcmp(fields[0], "device") == 0 && driver->count < MOST) {
            HcDevice *device = &driver->devices[driver->count];
            *device = (HcDevice){.api = driver->name,
                                 .index = atoi(fields[1]),
                                 .is_gpu = strcmp(driver->name, "cuda") == 0};
            snprintf(device->name, sizeof device->name, "%s", fields[2]);
            snprintf(device->detail, sizeof device->detail, "CUDA %d.%d, compute capability %s",
                     driver->version / 1000, driver->version % 1000 / 10, fields[3]);
            driver->bytes[driver->count] = strtoull(fields[4], NULL, 10);
            driver->mode[driver->count++] = atoi(fields[5]);
        }
    }
}

static int list(const Driver *driver, HcDevice *devices, size_t max, size_t *count) {
    *count = driver->count;
    for (size_t i = 0; i < driver->count && i < max; i++) devices[i] = driver->devices[i];
    return driver->count ? HC_OK : hc_set_error(HC_SKIP, 0, NULL, NULL, "no CUDA device");
}
static int list_gpu(HcDevice *d, size_t max, size_t *n) { return list(&gpu, d, max, n); }
static int list_sim(HcDevice *d, size_t max, size_t *n) { return list(&cusim, d, max, n); }
const HcApi doctor_gpu_api = {.name = "cuda", .list = list_gpu};
const HcApi doctor_sim_api = {.name = "sim", .list = list_sim};

void doctor_gather_cuda(void) {
    gather(&gpu);
    gather(&cusim);
}

/* ---- Drivers and devices ---- */

static void check_device(const Driver *driver, size_t i, bool chosen) {
    static DoctorRun run;
    char number[16], size[64], failure[1800], hint[600] = "", *fields[8], *text = run.out;
    const HcDevice *device = &driver->devices[i];
    double ms = -1;
    snprintf(number, sizeof number, "%d", device->index);
    doctor_self(&run, "launch", driver->name, number);
    snprintf(failure, sizeof failure, "%s", doctor_end(&run));
    while (doctor_fields(&text, fields)) {
        if (strcmp(fields[0], "ran") == 0) ms = strtod(fields[1], NULL);
        if (strcmp(fields[0], "failed") == 0) {
            snprintf(failure, sizeof failure, "%s", fields[2]);
            snprintf(hint, sizeof hint, "%s", fields[3]);
        }
        if (strcmp(fields[0], "wrong") == 0)
            snprintf(failure, sizeof failure, "the answer is wrong at element %s: %s", fields[1],
                     fields[2]);
    }
    doctor_device(device, ms);
    if (ms >= 0) {
        doctor_find(DOCTOR_OK, group, "device", "%s:%s  %s (%s; %s), ran a kernel in %.0f ms%s",
                    driver->name, number, device->name, strstr(device->detail, "compute"),
                    hc_format_bytes(driver->bytes[i], false, size, sizeof size), ms,
                    chosen ? "; the recipes choose it" : "");
        return;
    }
    doctor_find(chosen ? DOCTOR_PROBLEM : DOCTOR_NOTE, group, "device",
                "%s:%s  %s cannot run a kernel: %s", driver->name, number, device->name, failure);
    if (driver->mode[i] == 2 || driver->mode[i] == 3) /* CU_COMPUTEMODE_PROHIBITED, ..._PROCESS */
        doctor_advise(
            driver->mode[i] == 2
                ? "its compute mode allows no program to use it"
                : "its compute mode allows one process at a time, and another may have it",
            "sudo nvidia-smi -i %s -c DEFAULT", number);
    else
        doctor_advise(chosen ? "it is the device that the recipes choose"
                             : "recipes fail if they are told to use it",
                      "%s", *hint ? hint : "choose another device: export HC_DEVICE=sim");
}

static void check_devices(const Driver *driver) {
    HcDevice chosen = {.api = ""};
    const char *wish = doctor_is_set("HC_DEVICE");
    const HcApi *const apis[] = {&doctor_gpu_api, &doctor_sim_api, NULL};
    if (hc_select_device(apis, wish, &chosen) != HC_OK)
        hc_select_device(apis, NULL, &chosen); /* the wish is one for OpenCL, or said elsewhere */
    for (size_t i = 0; i < driver->count; i++)
        check_device(driver, i,
                     strcmp(driver->name, chosen.api) == 0 &&
                         driver->devices[i].index == chosen.index);
}

static void check_gpu(void) {
    if (gpu.status == HC_OK) {
        bool old = gpu.version < 12000;
        doctor_find(old ? DOCTOR_NOTE : DOCTOR_OK, group, "driver", "%s: CUDA %d.%d", gpu.path,
                    gpu.version / 1000, gpu.version % 1000 / 10);
        if (old)
            doctor_advise("the recipes are written for CUDA 12.0: calls that came later than this "
                          "driver fail by name",
                          "update NVIDIA's driver");
        check_devices(&gpu);
        return;
    }
    /* Only a driver that is absent, or finds no device, is passed over: HC_SKIP. */
    doctor_find(gpu.status == HC_SKIP ? DOCTOR_NOTE : DOCTOR_PROBLEM, group, "driver", "%s%s",
                gpu.status == NONE ? "the CUDA driver " : "", gpu.message);
    doctor_advise(gpu.status == HC_SKIP ? "CUDA recipes run on cusim, the software device, instead"
                                        : "every CUDA recipe ends with that, unless it is told to "
                                          "take another device",
                  "%s",
                  *gpu.hint ? gpu.hint : "export HC_DEVICE=sim; then see what nvidia-smi says");
}

static void check_cusim(void) {
    if (cusim.status == HC_OK) {
        doctor_find(DOCTOR_OK, group, "cusim", "%s: CUDA %d.%d", cusim.path, cusim.version / 1000,
                    cusim.version % 1000 / 10);
        check_devices(&cusim);
        return;
    }
    /* Not built yet, as when the doctor is the first thing that is asked for: no fault. */
    bool unbuilt = cusim.status == HC_SKIP && !doctor_is_set("HC_CUSIM_DIR") &&
                   strncmp(cusim.message, "CUDA_", 5) != 0;
    doctor_find(gpu.count || unbuilt ? DOCTOR_NOTE : DOCTOR_PROBLEM, group, "cusim", "%s",
                cusim.message);
    doctor_advise(gpu.count ? "CUDA kernels cannot be checked in software"
                            : "without a GPU, CUDA recipes run on it",
                  "%s",
                  strncmp(cusim.message, "CUDA_", 5) == 0 || !*cusim.hint
                      ? "unset the variables that begin with CUSIM_"
                  : doctor_is_set("HC_CUSIM_DIR") ? "unset HC_CUSIM_DIR"
                                                  : cusim.hint);
}

/* ---- What compiles CUDA C ---- */

static void check_kept(bool is_needed, const char *kernels) {
    char pattern[4096];
    glob_t kept = {0};
    snprintf(pattern, sizeof pattern, "%s/ptx/*.ptx", kernels);
    glob(pattern, 0, NULL, &kept);
    if (kept.gl_pathc) {
        doctor_find(DOCTOR_OK, group, "kernels/ptx", "%zu kernels as PTX", kept.gl_pathc);
    } else {
        doctor_find(is_needed ? DOCTOR_PROBLEM : DOCTOR_NOTE, group, "kernels/ptx", "%s/ptx: none",
                    kernels);
        doctor_advise("these serve where there is no compiler for CUDA C",
                      "git checkout -- kernels/ptx");
    }
    globfree(&kept);
}

static void check_compilers(const char *kernels) {
    static DoctorRun run;
    char *fields[8], *text = run.out;
    bool has_nvrtc = false, has_clang = false;
    char no_nvrtc[1024] = "", no_clang[1024] = "";
    doctor_self(&run, "compilers", NULL, NULL);
    if (run.status > 1) {
        doctor_find(DOCTOR_PROBLEM, group, "NVRTC", "%s", doctor_end(&run));
        doctor_advise("recipes that compile CUDA C end like that",
                      "export HC_CUDA_COMPILER=clang, and reinstall the toolkit");
    }
    while (doctor_fields(&text, fields)) {
        if (strcmp(fields[0], "nvrtc") == 0) {
            int version = atoi(fields[2]);
            bool newer = gpu.count && version > gpu.version;
            has_nvrtc = true;
            doctor_find(newer ? DOCTOR_NOTE : DOCTOR_OK, group, "NVRTC", "%s: CUDA %d.%d",
                        fields[1], version / 1000, version % 1000 / 10);
            if (newer)
                doctor_advise("it is newer than the driver, which refuses its PTX: kernels are "
                              "compiled for this very device instead",
                              "update NVIDIA's driver, or take a toolkit of CUDA %d.%d",
                              gpu.version / 1000, gpu.version % 1000 / 10);
        } else if (strcmp(fields[0], "clang") == 0) {
            has_clang = true;
            doctor_find(DOCTOR_OK, group, "clang", "%s: %s, NVPTX", fields[1], fields[2]);
        } else if (strcmp(fields[0], "no nvrtc") == 0) {
            snprintf(no_nvrtc, sizeof no_nvrtc, "%s", fields[1]);
        } else if (strcmp(fields[0], "no clang") == 0) {
            snprintf(no_clang, sizeof no_clang, "%s", fields[1]);
        }
    }
    if (*no_nvrtc) {
        doctor_find(DOCTOR_NOTE, group, "NVRTC", "none: %s", no_nvrtc);
        doctor_advise(has_clang ? "CUDA C is compiled by clang instead"
                                : "CUDA C is taken from kernels/ptx, where no kernel was changed",
                      "./cook setup nvrtc, or do without");
    }
    if (*no_clang) {
        doctor_find(DOCTOR_NOTE, group, "clang", "none: %s", no_clang);
        doctor_advise(has_nvrtc ? "it is the compiler for machines without NVRTC"
                                : "without a compiler, kernels that you change cannot run in CUDA",
                      "./cook setup test (installs clang)");
    }
    check_kept(!has_nvrtc && !has_clang, kernels);
}

/* ---- Compiled kernels are kept here ---- */

static void check_cache(void) {
    const char *folder = hc_cache_folder();
    char path[4200], size[64];
    struct statvfs disk;
    if (!*folder) return;
    snprintf(path, sizeof path, "%s", folder);
    for (char *slash; access(path, F_OK) != 0 && (slash = strrchr(path, '/')) && slash != path;)
        *slash = '\0'; /* it is made when something is kept: look at what is there of it */
    if (access(path, W_OK | X_OK) != 0) {
        doctor_find(DOCTOR_NOTE, group, "cache", "%s: cannot write there: %s", folder,
                    strerror(errno));
        doctor_advise("every kernel is compiled anew in every run",
                      "export HC_CACHE_DIR to a folder that you can write");
        return;
    }
    if (statvfs(path, &disk) != 0) return;
    hc_format_bytes((uint64_t)disk.f_bavail * disk.f_frsize, false, size, sizeof size);
    doctor_find(DOCTOR_OK, group, "cache", "%s: %s free", folder, size);
}

void doctor_check_cuda(const char *kernels) {
    check_gpu();
    check_cusim();
    check_compilers(kernels);
    check_cache();
}
