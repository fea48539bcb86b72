// SPDX-License-Identifier: MIT
/* The part of the doctor that touches CUDA's libraries, in a child process of its own for each
 * question, since a driver may crash or hang, and since a process has one driver.
 *   --probe cuda cuda|sim        the driver's library, its version and its devices, one a line
 *   --probe launch cuda|sim N    run a kernel on device N; prints the milliseconds
 *   --probe compilers            NVRTC and clang, as hc_cu_compile finds them
 * Fields are split by tabs. What fails is a line: failed, exit code, message, hint.
 */
#define _GNU_SOURCE /* dladdr */
#include <dlfcn.h>

#include "compile/compile.h"
#include "doctor.h"
#include "driver.h"

static int failed(int status) {
    const HcError *e = hc_last_error();
    printf("failed\t%d\t%s%s%s\t%s\n", status, e->name, *e->name ? ": " : "", e->message, e->hint);
    return 1;
}

static int take(const char *which) {
    return hc_driver_use(strcmp(which, "sim") == 0 ? DRIVER_SIM : DRIVER_REAL);
}

/* Where the library is that a symbol comes from. */
static const char *path_of(const char *library, const char *symbol_name) {
    static char path[4096];
    Dl_info info;
    void *handle = dlopen(library, RTLD_NOW | RTLD_NOLOAD);
    void *symbol = handle ? dlsym(handle, symbol_name) : NULL;
    if (!symbol || !dladdr(symbol, &info) || !realpath(info.dli_fname, path)) return "?";
    return path;
}

static int list(const char *which) {
    int version = 0, count = 0;
    int status = take(which);
    if (status != HC_OK) return failed(status);
    cuDriverGetVersion(&version);
    printf("driver\t%s\t%d\n", path_of("libcuda.so.1", "cuInit"), version);
    cuDeviceGetCount(&count);
    for (int i = 0; i < count; i++) {
        char name[256] = "";
        int major = 0, minor = 0, mode = 0;
        size_t bytes = 0;
        CUdevice device;
        if (cuDeviceGet(&device, i) != CUDA_SUCCESS) continue;
        cuDeviceGetName(name, sizeof name, device);
        cuDeviceTotalMem(&bytes, device);
        cuDeviceGetAttribute(&major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device);
        cuDeviceGetAttribute(&minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device);
        cuDeviceGetAttribute(&mode, CU_DEVICE_ATTRIBUTE_COMPUTE_MODE, device);
        printf("device\t%d\t%s\t%d.%d\t%zu\t%d\n", i, name, major, minor, bytes, mode);
    }
    return 0;
}

/* x[i] = 7 i + 1, as PTX, so that no compiler is needed. */
static const char image[] = ".version 6.0\n"
                            ".target sm_50\n"
                            ".address_size 64\n"
                            ".visible .entry doctor(.param .u64 x)\n"
                            "{\n"
                            "  .reg .u32 %i, %v;\n"
                            "  .reg .u64 %o, %x;\n"
                            "  mov.u32 %i, %tid.x;\n"
                            "  mad.lo.u32 %v, %i, 7, 1;\n"
                            "  ld.param.u64 %x, [x];\n"
                            "  cvta.to.global.u64 %x, %x;\n"
                            "  mul.wide.u32 %o, %i, 4;\n"
                            "  add.u64 %x, %x, %o;\n"
                            "  st.global.u32 [%x], %v;\n"
                            "  ret;\n"
                            "}\n";

static int launch(const char *which, int number) {
    enum { N = 64 };
    int x[N] = {0};
    CUdevice device;
    CUcontext context;
    CUmodule module;
    CUfunction kernel;
    CUdeviceptr d_x;
    void *arguments[] = {&d_x};
    double start_ms = hc_now_ms();
    int status = take(which);
    if (status != HC_OK) return failed(status);
#define STEP(call)                                                                                 \
    do {                                                                                           \
        CUresult code = (call);                                                                    \
        if (code != CUDA_SUCCESS) return failed(hc_cu_set_error(code));                            \
    } while (0)
    STEP(cuDeviceGet(&device, number));
    STEP(cuDevicePrimaryCtxRetain(&context, device));
    STEP(cuCtxSetCurrent(context));
    if ((status = hc_cu_load(image, &module)) != HC_OK) return failed(status);
    STEP(cuModuleGetFunction(&kernel, module, "doctor"));
    STEP(cuMemAlloc(&d_x, sizeof x));
    STEP(cuLaunchKernel(kernel, 1, 1, 1, N, 1, 1, 0, NULL, arguments, NULL));
    STEP(cuMemcpyDtoH(x, d_x, sizeof x));
    for (int i = 0; i < N; i++)
        if (x[i] != 7 * i + 1) return printf("wrong\t%d\t%d\n", i, x[i]), 1;
    printf("ran\t%.1f\n", hc_now_ms() - start_ms);
    return 0;
}

static int compilers(void) {
    static HcJob job = {.source = "", .file = "doctor.cu", .arch = 60};
    int major = 0, minor = 0;
    const char *const names[] = {"libnvrtc.so", "libnvrtc.so.13", "libnvrtc.so.12",
                                 "libnvrtc.so.11.2"};
    const char *path = "?";
    setenv("HC_CACHE_DIR", "/dev/null/none", 1); /* what clang answers is kept: not by looking */
    int status = hc_nvrtc_open();
    if (status == HC_OK && nvrtcVersion(&major, &minor) == NVRTC_SUCCESS) {
        for (size_t i = 0; i < sizeof names / sizeof names[0] && *path == '?'; i++)
            path = path_of(names[i], "nvrtcVersion");
        printf("nvrtc\t%s\t%d\n", path, 1000 * major + 10 * minor);
    } else {
        printf("no nvrtc\t%s\n", hc_last_error()->message);
    }
    (void)hc_find_clang(&job); /* found: it names a target */
    if (*job.target) printf("clang\t%s\t%s\t%s\n", job.program, job.compiler, job.target);
    else printf("no clang\t%s\n", hc_last_error()->message);
    return 0;
}

int doctor_probe_cuda(int argc, char **argv) {
    uint64_t number;
    bool named = argc > 1 && (strcmp(argv[1], "cuda") == 0 || strcmp(argv[1], "sim") == 0);
    if (argc == 2 && named && strcmp(argv[0], "cuda") == 0) return list(argv[1]);
    if (argc == 3 && named && strcmp(argv[0], "launch") == 0 &&
        hc_parse_count(argv[2], 99, &number))
        return launch(argv[1], (int)number);
    if (argc == 1 && strcmp(argv[0], "compilers") == 0) return compilers();
    return HC_USAGE;
}
