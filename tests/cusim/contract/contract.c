// SPDX-License-Identifier: MIT
/* contract.c - what a CUDA driver answers to misuse. It knows no driver in particular: the same
 * rows run against a GPU's driver and against a software device.
 *
 *   contract [PATH_OF_LIBCUDA]   libcuda.so.1 unless a path is given
 *
 * Each row names the misuse, the code that a driver must answer, where in the CUDA Driver API
 * reference that is said, and how sure it is:
 *   documented   the reference gives this code for this call, in words or in its list of results
 *   observed     seen on the device and date that stand in the row
 *   assumed      neither; what follows from the rest, or from what programs rely on
 *
 * A row is a process of its own, since an error of a kernel spoils its context for good, and a
 * crash must not end the others. Exit: 0 all as expected, 1 not, 2 usage, 77 no driver or device.
 * */
#define _POSIX_C_SOURCE 200809L
#include "contract.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void *driver; /* as opened */

/* ---- The driver's calls, each looked up when it is first made ---- */

static void *find(const char *symbol) {
    void *found = dlsym(driver, symbol);
    if (found) return found;
    fprintf(stderr, "the driver has no %s\n", symbol);
    _exit(3);
}

// NOLINTBEGIN(bugprone-macro-parentheses): parameters and arguments bring theirs
#define HC_CU(name, suffix, since, parameters, arguments)                                          \
    CUresult name##suffix parameters {                                                             \
        static CUresult(*call) parameters;                                                         \
        if (!call) {                                                                               \
            void *symbol = find(#name #suffix);                                                    \
            memcpy(&call, &symbol, sizeof symbol);                                                 \
        }                                                                                          \
        return call arguments;                                                                     \
    }
#include <hc_cuda_api.def>
// NOLINTEND(bugprone-macro-parentheses)

/* ---- What rows find prepared ---- */

Given given;

static const char kernels[] =
    ".version 6.0\n.target sm_60\n.address_size 64\n"
    ".visible .global .align 4 .u32 counter = 7;\n"
    ".visible .entry nothing() { ret; }\n"
    ".visible .entry one(.param .u64 x) { ret; }\n"
    ".visible .entry few() .maxntid 64, 1, 1 { ret; }\n"
    ".visible .entry store(.param .u64 x)\n{\n.reg .b64 %rd<4>; .reg .b32 %r<4>;\n"
    "ld.param.u64 %rd1, [x]; mov.u32 %r1, 1; st.global.u32 [%rd1], %r1; ret;\n}\n"
    ".visible .entry wait(.param .u64 x)\n{\n.reg .b64 %rd<4>; .reg .b32 %r<4>; .reg .pred %p<2>;\n"
    "ld.param.u64 %rd1, [x];\nAGAIN: ld.volatile.global.u32 %r1, [%rd1];\n"
    "setp.eq.u32 %p1, %r1, 0;\n@%p1 bra AGAIN;\nret;\n}\n"
    ".visible .entry trapped() { trap; ret; }\n";

static CUresult prepare(Setup setup) {
    if (setup == NOTHING) return CUDA_SUCCESS;
    CUresult r = cuInit(0);
    if (r || setup == STARTED) return r;
    if ((r = cuDeviceGet(&given.device, 0))) return r;
    if ((r = cuDevicePrimaryCtxRetain(&given.context, given.device))) return r;
    if ((r = cuCtxSetCurrent(given.context))) return r;
    if ((r = cuModuleLoadData(&given.module, kernels))) return r;
    if ((r = cuModuleGetFunction(&given.nothing, given.module, "nothing"))) return r;
    if ((r = cuModuleGetFunction(&given.one, given.module, "one"))) return r;
    if ((r = cuModuleGetFunction(&given.few, given.module, "few"))) return r;
    if ((r = cuModuleGetFunction(&given.store, given.module, "store"))) return r;
    if ((r = cuModuleGetFunction(&given.wait, given.module, "wait"))) return r;
    if ((r = cuModuleGetFunction(&given.trapped, given.module, "trapped"))) return r;
    if ((r = cuMemAlloc(&given.x, sizeof given.host))) return r;
    if ((r = cuStreamCreate(&given.stream, CU_STREAM_NON_BLOCKING))) return r;
    if ((r = cuEventCreate(&given.event, CU_EVENT_DEFAULT))) return r;
    return cuCtxSynchronize();
}

/* Make a kernel fail, and see that it did. */
CUresult fail_kernel(void) {
    CUdeviceptr wrong = 16;
    void *parameters[] = {&wrong};
    CUresult r = cuLaunchKernel(given.store, 1, 1, 1, 1, 1, 1, 0, NULL, parameters, NULL);
    return r ? r : cuCtxSynchronize();
}

/* A kernel that runs until *flag, in pinned memory, is set; returns the flag. */
_Atomic uint32_t *keep_busy(CUstream stream) {
    _Atomic uint32_t *flag = NULL;
    if (cuMemHostAlloc((void **)&flag, 4, CU_MEMHOSTALLOC_DEVICEMAP)) return NULL;
    *flag = 0;
    CUdeviceptr address = (CUdeviceptr)(uintptr_t)flag;
    void *parameters[] = {&address};
    if (cuLaunchKernel(given.wait, 1, 1, 1, 1, 1, 1, 0, stream, parameters, NULL)) return NULL;
    return flag;
}

CUresult launch(CUfunction f, unsigned grid, unsigned block, unsigned shared) {
    return cuLaunchKernel(f, grid, 1, 1, block, 1, 1, shared, NULL, NULL, NULL);
}

/* ---- Rows ---- */

#define ROW(name, setup, misuse, expected, source, evidence, ...)                                  \
    static CUresult name(void) __VA_ARGS__
#include "rows.def"
#undef ROW

static const struct {
    const char *name;
    Setup setup;
    const char *misuse;
    CUresult expected;
    const char *source, *evidence;
    CUresult (*run)(void);
} rows[] = {
#define ROW(name, setup, misuse, expected, source, evidence, ...)                                  \
    {#name, setup, misuse, expected, source, evidence, name},
#include "rows.def"
#undef ROW
};
enum { N_ROWS = sizeof rows / sizeof rows[0] };

static const char *name_of(CUresult code) {
    const char *name = NULL;
    static char number[32];
    if (cuGetErrorName(code, &name) == CUDA_SUCCESS && name) return name;
    (void)snprintf(number, sizeof number, "%d", (int)code);
    return number;
}

/* The code that a row got, in a process of its own; text says what became of it instead. */
static bool run_row(int i, CUresult *got, char *text, size_t bytes) {
    int ends[2], status;
    if (pipe(ends)) return false;
    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        if (!getenv("CONTRACT_VERBOSE") && !freopen("/dev/null", "w", stderr)) _exit(3);
        alarm(60);
        CUresult answer[2] = {prepare(rows[i].setup), CUDA_ERROR_UNKNOWN};
        if (answer[0] == CUDA_SUCCESS) answer[1] = rows[i].run();
        _exit(write(ends[1], answer, sizeof answer) == sizeof answer ? 0 : 3);
    }
    close(ends[1]);
    CUresult answer[2];
    bool told = child > 0 && read(ends[0], answer, sizeof answer) == sizeof answer;
    close(ends[0]);
    if (child > 0) waitpid(child, &status, 0);
    if (told && answer[0] == CUDA_SUCCESS) {
        *got = answer[1];
        return true;
    }
    if (told) (void)snprintf(text, bytes, "cannot prepare: %s", name_of(answer[0]));
    else if (child > 0 && WIFSIGNALED(status))
        (void)snprintf(text, bytes, "signal %d", WTERMSIG(status));
    else (void)snprintf(text, bytes, "exit %d", child > 0 ? WEXITSTATUS(status) : -1);
    return false;
}

/* Whether there is a device, asked in a process of its own: nobody may fork after cuInit. */
static bool has_device(void) {
    pid_t child = fork();
    if (child == 0) {
        int n = 0;
        _exit(cuInit(0) || cuDeviceGetCount(&n) || n < 1);
    }
    int status = -1;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

int main(int argc, char **argv) {
    if (argc > 2) return 2;
    const char *path = argc > 1 ? argv[1] : "libcuda.so.1";
    driver = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!driver) {
        fprintf(stderr, "skipped: %s\n", dlerror());
        return 77;
    }
    if (!has_device()) {
        fprintf(stderr, "skipped: %s has no device\n", path);
        return 77;
    }
    int wrong = 0, documented = 0, assumed = 0;
    printf("%-3s %-31s %-69s %-10s %s\n", "", "answer", "misuse", "evidence", "source");
    for (int i = 0; i < N_ROWS; i++) {
        CUresult got = CUDA_SUCCESS;
        char text[64] = "";
        bool answered = run_row(i, &got, text, sizeof text);
        bool ok = answered && got == rows[i].expected;
        wrong += !ok;
        documented += rows[i].evidence[0] == 'd';
        assumed += rows[i].evidence[0] == 'a';
        const char *name = name_of(rows[i].expected);
        if (!strncmp(name, "CUDA_", 5)) name += 5;
        printf("%-3s %-31s %-69s %-10s %s\n", ok ? "ok" : "NO", name, rows[i].misuse,
               rows[i].evidence, rows[i].source);
        if (!ok) printf("    %s: got %s\n", rows[i].name, answered ? name_of(got) : text);
    }
    printf("%d rows, %d documented, %d assumed, %d observed; %d not as expected\n", N_ROWS,
           documented, assumed, N_ROWS - documented - assumed, wrong);
    return wrong != 0;
}
