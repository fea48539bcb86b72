// SPDX-License-Identifier: MIT
/* The CUDA devices of this machine: the real driver's ("cuda") and cusim's ("sim").
 *
 * A process has one of the two drivers. The other one, or both while none is taken, are asked in a
 * child, which is gone afterwards, and so is what they load and reserve.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver.h"
#include "hc_cu.h"

static int list_here(HcDriver driver, HcDevice *devices, size_t max, size_t *count) {
    bool is_gpu = driver == DRIVER_REAL;
    int found = 0, version = 0, major = 0, minor = 0;
    CUdevice id;
    CUresult code = cuDeviceGetCount(&found);
    if (code != CUDA_SUCCESS) return hc_cu_set_error(code);
    cuDriverGetVersion(&version);
    *count = (size_t)found;
    for (int i = 0; i < found && (size_t)i < max; i++) {
        HcDevice *d = &devices[i];
        *d = (HcDevice){.api = is_gpu ? "cuda" : "sim", .index = i, .is_gpu = is_gpu};
        code = cuDeviceGet(&id, i);
        if (code == CUDA_SUCCESS) code = cuDeviceGetName(d->name, sizeof d->name, id);
        if (code != CUDA_SUCCESS) return hc_cu_set_error(code);
        cuDeviceGetAttribute(&major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, id);
        cuDeviceGetAttribute(&minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, id);
        snprintf(d->detail, sizeof d->detail, "CUDA %d.%d, compute capability %d.%d",
                 version / 1000, version % 1000 / 10, major, minor);
    }
    return HC_OK;
}

/* What the child answers, in memory that both share. */
typedef struct Answer {
    int status;
    size_t count;
    HcError error;
    HcDevice devices[16];
} Answer;
enum { ROOM = 16 };

static _Noreturn void answer_and_end(HcDriver driver, Answer *answer) {
    int null = open("/dev/null", O_WRONLY);
    for (int fd = 1; null >= 0 && fd <= 2; fd++) dup2(null, fd);
    for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
    hc_driver_forget();
    int status = hc_driver_use(driver);
    if (status == HC_OK) status = list_here(driver, answer->devices, ROOM, &answer->count);
    if (answer->count > ROOM) answer->count = ROOM;
    answer->error = *hc_last_error();
    answer->status = status;
    _exit(0);
}

static int list_in_child(HcDriver driver, HcDevice *devices, size_t max, size_t *count) {
    Answer *answer =
        mmap(NULL, sizeof *answer, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (answer == MAP_FAILED) return hc_set_error(HC_ERROR, errno, NULL, NULL, "out of memory");
    answer->status = hc_set_error(HC_ERROR, 0, NULL, "see what it says by itself: nvidia-smi",
                                  "the CUDA driver ended the process that asked for its devices");
    answer->error = *hc_last_error();
    pid_t child = fork();
    if (child == 0) answer_and_end(driver, answer);
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR) continue;
    int status = answer->status;
    const HcError *e = &answer->error;
    if (status != HC_OK) hc_set_error(status, e->code, e->name, e->hint, "%s", e->message);
    else *count = answer->count;
    for (size_t i = 0; i < *count && i < max; i++) devices[i] = answer->devices[i];
    munmap(answer, sizeof *answer);
    return status;
}

static int list(HcDriver driver, HcDevice *devices, size_t max, size_t *count) {
    *count = 0;
    return hc_driver_is(driver) ? list_here(driver, devices, max, count)
                                : list_in_child(driver, devices, max, count);
}
static int list_real(HcDevice *d, size_t max, size_t *n) { return list(DRIVER_REAL, d, max, n); }
static int list_sim(HcDevice *d, size_t max, size_t *n) { return list(DRIVER_SIM, d, max, n); }
static int use_real(void) { return hc_driver_use(DRIVER_REAL); }
static int use_sim(void) { return hc_driver_use(DRIVER_SIM); }

const HcApi hc_cu_api = {"cuda", list_real, use_real}, hc_sim_api = {"sim", list_sim, use_sim};
