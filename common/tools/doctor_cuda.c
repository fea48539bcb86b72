// SPDX-License-Identifier: MIT
/* The doctor's look at CUDA: the driver and its GPUs, and cusim, the software device that stands in
 * for them. Without a GPU the recipes run on cusim, so that its absence is a note; a driver that is
 * there and fails is a problem, since no recipe passes it over in silence.
 */
#include "doctor.h"

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
    doctor_find(gpu.count ? DOCTOR_NOTE : DOCTOR_PROBLEM, group, "cusim", "%s", cusim.message);
    doctor_advise(gpu.count ? "CUDA kernels cannot be checked in software"
                            : "without a GPU, CUDA recipes run on it",
                  "%s",
                  strncmp(cusim.message, "CUDA_", 5) == 0 || !*cusim.hint
                      ? "unset the variables that begin with CUSIM_"
                  : doctor_is_set("HC_CUSIM_DIR") ? "unset HC_CUSIM_DIR"
                                                  : cusim.hint);
}

void doctor_check_cuda(void) {
    check_gpu();
    check_cusim();
}

int doctor_gpu_version(void) { return gpu.count ? gpu.version : 0; }
