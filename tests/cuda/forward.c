// SPDX-License-Identifier: MIT
/* forward.c CASE - what only a program can see of the forwarders: a call that the driver lacks, a
 * child of fork(), threads that call at once, the second driver. Prints what it found for
 * driver.sh; a condition that does not hold is printed, too, and ends it with 1.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver.h"
#include "hc_cu.h"

#define NEED(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s (%s)\n", __FILE__, __LINE__, #condition,            \
                    hc_last_error()->message);                                                     \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

static const HcApi *const apis[] = {&hc_cu_api, &hc_sim_api, &hc_host_api, NULL};
static HcDevice device, devices[8];
static size_t count;

static void print_error(void) {
    const HcError *e = hc_last_error();
    printf("%s (%d): %s; %s\n", e->name, e->code, e->message, e->hint);
}

/* How many libraries called libcuda.so.1 this process has mapped, by their paths. */
static int mapped(void) {
    char line[4096], seen[4][4096];
    int n = 0;
    FILE *file = fopen("/proc/self/maps", "r");
    NEED(file);
    while (fgets(line, sizeof line, file)) {
        const char *path = strchr(line, '/');
        bool known = !path || !strstr(path, "libcuda.so");
        for (int i = 0; i < n && !known; i++) known = strcmp(seen[i], path) == 0;
        if (!known && n < 4) snprintf(seen[n++], sizeof seen[0], "%s", path);
    }
    fclose(file);
    return n;
}

/* A call that the driver does not have is told from a name that it does not find. */
static void missing(void) {
    CUdeviceptr pointer;
    size_t pitch;
    int driver_version = 0;
    NEED(cuInit(0) == CUDA_SUCCESS);
    CUresult code = cuMemAllocPitch(&pointer, &pitch, 4, 4, 4);
    NEED(code == CUDA_ERROR_NOT_FOUND);
    NEED(hc_cu_set_error(code) == HC_ERROR);
    print_error();
    NEED(cuDriverGetVersion(&driver_version) == CUDA_SUCCESS);
    NEED(hc_cu_set_error(CUDA_ERROR_NOT_FOUND) == HC_BUILD); /* now it is the ordinary one */
    NEED(strstr(hc_last_error()->message, "of this name"));
}

static void wait_for(pid_t child) {
    int status = -1;
    NEED(child > 0 && waitpid(child, &status, 0) == child);
    NEED(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void forked(void) {
    int n = 0, version = 0;
    pid_t child = fork(); /* nothing was used yet: the child may begin */
    if (child == 0) {
        NEED(cuInit(0) == CUDA_SUCCESS && cuDeviceGetCount(&n) == CUDA_SUCCESS && n >= 1);
        _exit(0);
    }
    wait_for(child);
    NEED(hc_driver_is(DRIVER_NONE));
    NEED(cuInit(0) == CUDA_SUCCESS);
    fflush(stdout);
    child = fork();
    if (child == 0) {
        NEED(cuInit(0) == CUDA_ERROR_NOT_INITIALIZED);
        NEED(cuDriverGetVersion(&version) == CUDA_ERROR_NOT_INITIALIZED);
        NEED(cuDeviceGetCount(&n) == CUDA_ERROR_NOT_INITIALIZED);
        NEED(hc_cu_set_error(CUDA_ERROR_NOT_INITIALIZED) == HC_ERROR);
        print_error();
        NEED(hc_select_device(apis, "sim", &device) == HC_SKIP);
        NEED(strstr(hc_last_error()->message, "its parent's"));
        fflush(stdout);
        _exit(0);
    }
    wait_for(child);
    NEED(cuDeviceGetCount(&n) == CUDA_SUCCESS && n >= 1); /* the parent goes on */
}

static void *call(void *barrier) {
    int n = 0;
    pthread_barrier_wait(barrier);
    NEED(cuInit(0) == CUDA_SUCCESS && cuDeviceGetCount(&n) == CUDA_SUCCESS && n >= 1);
    return NULL;
}

static void threads(void) {
    enum { THREADS = 8 };
    pthread_t ids[THREADS];
    pthread_barrier_t barrier;
    NEED(pthread_barrier_init(&barrier, NULL, THREADS) == 0);
    for (int i = 0; i < THREADS; i++) NEED(pthread_create(&ids[i], NULL, call, &barrier) == 0);
    for (int i = 0; i < THREADS; i++) NEED(pthread_join(ids[i], NULL) == 0);
    NEED(mapped() == 1);
}

/* Looking at all devices takes no driver; taking one rules out the other, which is still listed.
 * There is a real driver with two devices here, and cusim. */
static void both(void) {
    NEED(hc_cu_api.list(devices, 8, &count) == HC_OK && count == 2);
    NEED(strcmp(devices[1].name, "Fake GPU B") == 0 && devices[1].index == 1 && devices[1].is_gpu);
    NEED(strcmp(devices[1].detail, "CUDA 12.4, compute capability 9.0") == 0);
    NEED(hc_sim_api.list(devices, 8, &count) == HC_OK && count >= 1 && !devices[0].is_gpu);
    NEED(hc_cu_api.list(devices, 1, &count) == HC_OK && count == 2);
    NEED(mapped() == 0 && hc_driver_is(DRIVER_NONE));
    NEED(hc_select_device(apis, "gpu b", &device) == HC_OK && strcmp(device.api, "cuda") == 0);
    NEED(device.index == 1 && hc_driver_is(DRIVER_REAL) && mapped() == 1);
    NEED(hc_sim_api.list(devices, 8, &count) == HC_OK && count >= 1);
    NEED(strcmp(devices[0].api, "sim") == 0);
    NEED(hc_select_device(apis, "sim", &device) == HC_SKIP);
    NEED(strstr(hc_last_error()->message, "a process has one CUDA driver"));
    NEED(hc_select_device(apis, "cuda:0", &device) == HC_OK);
    NEED(hc_select_device(apis, NULL, &device) == HC_OK && device.is_gpu);
    NEED(hc_driver_is(DRIVER_REAL) && mapped() == 1);
}

/* The same the other way: cusim is taken, and has the name of the real driver's library. */
static void sim_first(void) {
    NEED(hc_select_device(apis, "cusim", &device) == HC_OK && hc_driver_is(DRIVER_SIM));
    NEED(hc_cu_api.list(devices, 8, &count) == HC_OK && count == 2);
    NEED(strcmp(devices[0].name, "Fake GPU A") == 0);
    NEED(hc_select_device(apis, "cuda", &device) == HC_SKIP);
    NEED(hc_driver_is(DRIVER_SIM) && mapped() == 1);
}

/* The first call chooses, if nobody did; prints what. */
static void first(void) {
    CUdevice id;
    char name[256] = "";
    CUresult code = cuInit(0);
    if (code != CUDA_SUCCESS) {
        printf("status %d, code %d, ", hc_cu_set_error(code), (int)code);
        print_error();
        return;
    }
    NEED(cuDeviceGet(&id, 0) == CUDA_SUCCESS && cuDeviceGetName(name, 256, id) == CUDA_SUCCESS);
    printf("%s\n", name);
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        void (*run)(void);
    } cases[] = {{"missing", missing}, {"forked", forked},       {"threads", threads},
                 {"both", both},       {"sim_first", sim_first}, {"first", first}};
    for (size_t i = 0; argc > 1 && i < sizeof cases / sizeof cases[0]; i++)
        if (strcmp(argv[1], cases[i].name) == 0) {
            cases[i].run();
            FILE *log = getenv("FAKE_LOG") ? fopen(getenv("FAKE_LOG"), "a") : NULL;
            if (log) fprintf(log, "end of main\n"), fclose(log);
            return 0;
        }
    fprintf(stderr, "usage: forward CASE\n");
    return 2;
}
