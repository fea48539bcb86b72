// SPDX-License-Identifier: MIT
/* The part of the doctor that touches drivers, in a child process: each may crash, hang or call
 * exit(). No OpenCL header is needed: the few functions and numbers used here are fixed by the
 * standard for ever, and the loader is opened at run time.
 *   --probe library PATH   can this library be opened? Prints the reason if not
 *   --probe list           loader, platforms and devices, one a line, split by tabs
 *   --probe kernel P D     build and run a kernel on a device; prints the milliseconds, or the call
 *                          that failed and its code
 */
#define _GNU_SOURCE /* dladdr */
#include <dlfcn.h>
#include <sys/resource.h>
#include <unistd.h>

#include "doctor.h"

typedef void *Id; /* every OpenCL object is a pointer */
enum {
    PLATFORM_VERSION = 0x0901,
    PLATFORM_NAME = 0x0902,
    DEVICE_TYPE = 0x1000,
    DEVICE_VENDOR_ID = 0x1001,
    DEVICE_NAME = 0x102B,
    MOST = 64 /* platforms, and devices of one */
};

static int32_t (*get_platforms)(uint32_t, Id *, uint32_t *);
static int32_t (*get_devices)(Id, uint64_t, uint32_t, Id *, uint32_t *);
static int32_t (*platform_info)(Id, uint32_t, size_t, void *, size_t *);
static int32_t (*device_info)(Id, uint32_t, size_t, void *, size_t *);
static void *loader;

/* A function of the loader; POSIX wants it copied so, since ISO C knows no such conversion. */
static void find(void *function, const char *name) {
    void *symbol = dlsym(loader, name);
    memcpy(function, &symbol, sizeof symbol);
}
#define FIND(function, name)                                                                       \
    do {                                                                                           \
        find(&(function), name);                                                                   \
        if (!(function)) return printf("failed\t%s\t0\n", name), 1;                                \
    } while (0)

static int open_loader(void) {
    loader = dlopen("libOpenCL.so.1", RTLD_NOW | RTLD_GLOBAL);
    if (!loader) return printf("%s\n", dlerror()), 1;
    FIND(get_platforms, "clGetPlatformIDs");
    FIND(get_devices, "clGetDeviceIDs");
    FIND(platform_info, "clGetPlatformInfo");
    FIND(device_info, "clGetDeviceInfo");
    return 0;
}

/* Both loaders tell name and version by the same extension; older ones do not. */
static void print_loader(void) {
    int32_t (*loader_info)(int, size_t, void *, size_t *) = NULL;
    void *(*extension)(const char *) = NULL;
    char name[128] = "", version[128] = "";
    Dl_info where = {0};
    void *symbol = dlsym(loader, "clGetPlatformIDs");
    const char *path = dladdr(symbol, &where) && where.dli_fname ? where.dli_fname : "?";
    printf("loader\t%s\t", path);
    fflush(stdout); /* the next call loads the drivers, one of which may crash */
    find(&extension, "clGetExtensionFunctionAddress");
    if (extension) {
        void *function = extension("clGetICDLoaderInfoOCLICD");
        memcpy(&loader_info, &function, sizeof function);
    }
    if (loader_info) {
        loader_info(3, sizeof name, name, NULL);
        loader_info(2, sizeof version, version, NULL);
    }
    printf("%s %s\n", name, version);
}

static int list(void) {
    Id platforms[MOST], devices[MOST];
    uint32_t platform_count = 0, device_count;
    if (open_loader() != 0) return 1;
    print_loader();
    int32_t code = get_platforms(MOST, platforms, &platform_count);
    if (code != 0) printf("platforms\t%d\n", code);
    if (code != 0) return 0;
    for (uint32_t p = 0; p < platform_count && p < MOST; p++) {
        char name[128] = "", version[256] = "";
        platform_info(platforms[p], PLATFORM_NAME, sizeof name, name, NULL);
        platform_info(platforms[p], PLATFORM_VERSION, sizeof version, version, NULL);
        device_count = 0;
        code = get_devices(platforms[p], 0xFFFFFFFF, MOST, devices, &device_count);
        if (code != 0) device_count = 0;
        printf("platform\t%u\t%s\t%s\t%d\n", p, name, version, code);
        for (uint32_t d = 0; d < device_count && d < MOST; d++) {
            char device[256] = "";
            uint64_t type = 0;
            uint32_t vendor = 0;
            device_info(devices[d], DEVICE_NAME, sizeof device, device, NULL);
            device_info(devices[d], DEVICE_TYPE, sizeof type, &type, NULL);
            device_info(devices[d], DEVICE_VENDOR_ID, sizeof vendor, &vendor, NULL);
            printf("device\t%u\t%u\t%u\t%x\t%s\n", p, d, (unsigned)type, vendor, device);
        }
        fflush(stdout);
    }
    return 0;
}

/* One small kernel, from source to answer. */
static int run_kernel(unsigned p, unsigned d) {
    enum { N = 64 };
    static const char *source = "__kernel void doctor(__global int *x) {"
                                " size_t i = get_global_id(0); x[i] = 7 * (int)i + 1; }";
    Id platforms[MOST], devices[MOST], context, queue, program, kernel, buffer;
    int32_t code = 0, x[N] = {0};
    size_t n = N;
    Id (*create_context)(const void *, uint32_t, const Id *, void *, void *, int32_t *);
    Id (*create_queue)(Id, Id, uint64_t, int32_t *);
    Id (*create_program)(Id, uint32_t, const char **, const size_t *, int32_t *);
    int32_t (*build)(Id, uint32_t, const Id *, const char *, void *, void *);
    Id (*create_kernel)(Id, const char *, int32_t *);
    Id (*create_buffer)(Id, uint64_t, size_t, void *, int32_t *);
    int32_t (*set_arg)(Id, uint32_t, size_t, const void *);
    int32_t (*launch)(Id, Id, uint32_t, const size_t *, const size_t *, const size_t *, uint32_t,
                      const void *, void *);
    int32_t (*read)(Id, Id, uint32_t, size_t, size_t, void *, uint32_t, const void *, void *);
    if (open_loader() != 0) return 1;
    FIND(create_context, "clCreateContext");
    FIND(create_queue, "clCreateCommandQueue");
    FIND(create_program, "clCreateProgramWithSource");
    FIND(build, "clBuildProgram");
    FIND(create_kernel, "clCreateKernel");
    FIND(create_buffer, "clCreateBuffer");
    FIND(set_arg, "clSetKernelArg");
    FIND(launch, "clEnqueueNDRangeKernel");
    FIND(read, "clEnqueueReadBuffer");
#define STEP(name, call)                                                                           \
    do {                                                                                           \
        call;                                                                                      \
        if (code != 0) return printf("failed\t%s\t%d\n", name, code), 1;                           \
    } while (0)
    if (p >= MOST || d >= MOST) return 1;
    STEP("clGetPlatformIDs", code = get_platforms(MOST, platforms, NULL));
    STEP("clGetDeviceIDs", code = get_devices(platforms[p], 0xFFFFFFFF, MOST, devices, NULL));
    double start_ms = hc_now_ms();
    STEP("clCreateContext", context = create_context(NULL, 1, &devices[d], NULL, NULL, &code));
    STEP("clCreateCommandQueue", queue = create_queue(context, devices[d], 0, &code));
    STEP("clCreateProgramWithSource", program = create_program(context, 1, &source, NULL, &code));
    STEP("clBuildProgram", code = build(program, 1, &devices[d], "", NULL, NULL));
    STEP("clCreateKernel", kernel = create_kernel(program, "doctor", &code));
    STEP("clCreateBuffer", buffer = create_buffer(context, 1, sizeof x, NULL, &code));
    STEP("clSetKernelArg", code = set_arg(kernel, 0, sizeof buffer, &buffer));
    STEP("clEnqueueNDRangeKernel", code = launch(queue, kernel, 1, NULL, &n, NULL, 0, NULL, NULL));
    STEP("clEnqueueReadBuffer", code = read(queue, buffer, 1, 0, sizeof x, x, 0, NULL, NULL));
    for (int i = 0; i < N; i++)
        if (x[i] != 7 * i + 1) return printf("wrong\t%d\t%d\n", i, x[i]), 1;
    printf("ran\t%.1f\n", hc_now_ms() - start_ms);
    return 0;
}

int doctor_probe(int argc, char **argv) {
    uint64_t p, d;
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    alarm(20); /* a driver that hangs ends here */
    if (argc == 2 && strcmp(argv[0], "library") == 0) {
        if (dlopen(argv[1], RTLD_NOW | RTLD_LOCAL)) return 0;
        printf("%s\n", dlerror());
        return 1;
    }
    if (argc == 1 && strcmp(argv[0], "list") == 0) return list();
#ifdef DOCTOR_CUDA
    if (argc >= 1 && strcmp(argv[0], "kernel") != 0) return doctor_probe_cuda(argc, argv);
#endif
    if (argc == 3 && strcmp(argv[0], "kernel") == 0 && hc_parse_count(argv[1], 99, &p) &&
        hc_parse_count(argv[2], 99, &d))
        return run_kernel((unsigned)p, (unsigned)d);
    return HC_USAGE;
}
