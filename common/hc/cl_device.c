// SPDX-License-Identifier: MIT
/* OpenCL devices, and OpenCL's error codes in words.
 * The loader reads which drivers ("platforms") are installed from /etc/OpenCL/vendors; a machine
 * may have none, or one that finds no device. Both are told apart, with what to install.
 */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hc_cl.h"
#include "internal.h"

static const HcCode codes[] = {
#define CL_CODE(number, name, meaning, hint) {number, #name, meaning, hint},
#include "cl_errors.def"
    {HC_CODES_END, "unknown OpenCL error", "the driver returned a code that OpenCL does not define",
     "see the driver's own documentation"}};

const char *hc_cl_error_name(cl_int code) { return hc_find_code(codes, code)->name; }

int hc_cl_set_error(cl_int code) {
    int status = code == -11 || code == -15 || code == -17 || code == -46 ? HC_BUILD
                 : code == -1 || code == -1001                            ? HC_SKIP
                                                                          : HC_ERROR;
    return hc_set_code(status, codes, code);
}

/* PoCL shows no device if it cannot make its cache, which it does with all folders above; find out,
 * since the remedy is another. */
static int check_pocl_cache(void) {
    char folder[4096] = "";
    const char *set = getenv("POCL_CACHE_DIR"), *xdg = getenv("XDG_CACHE_HOME"),
               *home = getenv("HOME");
    if (set) snprintf(folder, sizeof folder, "%s", set);
    else if (xdg) snprintf(folder, sizeof folder, "%s/pocl/kcache", xdg);
    else snprintf(folder, sizeof folder, "%s/.cache/pocl/kcache", home ? home : "/tmp");
    for (char *p = folder; (p = strchr(p + 1, '/')) != NULL; *p = '/')
        *p = '\0', mkdir(folder, 0777);
    if ((mkdir(folder, 0777) == 0 || errno == EEXIST) && access(folder, W_OK | X_OK) == 0)
        return HC_SKIP;
    return hc_set_error(
        HC_ERROR, CL_DEVICE_NOT_FOUND, "CL_DEVICE_NOT_FOUND",
        "set POCL_CACHE_DIR to a folder that you can write, on a disk that is not full",
        "PoCL shows no device because it cannot write its kernel cache %s", folder);
}

static HcDevice describe(cl_platform_id platform, cl_device_id device, cl_uint p, cl_uint d) {
    HcDevice out = {.api = "opencl", .platform = (int)p, .index = (int)d, .handle = device};
    cl_device_type type = 0;
    char version[128] = "", vendor[128] = "";
    clGetDeviceInfo(device, CL_DEVICE_NAME, sizeof out.name, out.name, NULL);
    clGetDeviceInfo(device, CL_DEVICE_TYPE, sizeof type, &type, NULL);
    clGetPlatformInfo(platform, CL_PLATFORM_NAME, sizeof vendor, vendor, NULL);
    clGetPlatformInfo(platform, CL_PLATFORM_VERSION, sizeof version, version, NULL);
    /* "OpenCL 3.0 PoCL 3.1+debian  Linux, ...": up to the first run of spaces or comma */
    char *end = strstr(version, "  ");
    if (end) *end = '\0';
    snprintf(out.detail, sizeof out.detail, "%s, %.*s", vendor, (int)strcspn(version, ",|"),
             version);
    out.is_cpu = (type & CL_DEVICE_TYPE_CPU) != 0;
    out.is_gpu = (type & CL_DEVICE_TYPE_GPU) != 0;
    return out;
}

static int list_devices(HcDevice *devices, size_t max, size_t *count) {
    enum { MAX_PLATFORMS = 32, MAX_PER_PLATFORM = 64 };
    cl_platform_id platforms[MAX_PLATFORMS];
    cl_uint platform_count = 0;
    bool pocl_is_empty = false;
    *count = 0;
    cl_int code = clGetPlatformIDs(MAX_PLATFORMS, platforms, &platform_count);
    if (code != CL_SUCCESS || platform_count == 0)
        return hc_cl_set_error(code == CL_SUCCESS ? -1001 : code);
    for (cl_uint p = 0; p < platform_count && p < MAX_PLATFORMS; p++) {
        cl_device_id ids[MAX_PER_PLATFORM];
        cl_uint found = 0;
        char name[128] = "";
        code = clGetDeviceIDs(platforms[p], CL_DEVICE_TYPE_ALL, MAX_PER_PLATFORM, ids, &found);
        clGetPlatformInfo(platforms[p], CL_PLATFORM_NAME, sizeof name, name, NULL);
        if (code != CL_SUCCESS) found = 0; /* a platform without devices must not hide the others */
        if (!found && strstr(name, "Portable Computing Language")) pocl_is_empty = true;
        for (cl_uint d = 0; d < found && d < MAX_PER_PLATFORM; d++, ++*count)
            if (*count < max) devices[*count] = describe(platforms[p], ids[d], p, d);
    }
    if (*count) return HC_OK;
    if (pocl_is_empty && check_pocl_cache() == HC_ERROR) return HC_ERROR;
    return hc_set_error(HC_SKIP, CL_DEVICE_NOT_FOUND, "CL_DEVICE_NOT_FOUND",
                        "if POCL_DEVICES is set, unset it; otherwise ./cook doctor looks further",
                        "an OpenCL platform is installed, but none has a device");
}

const HcApi hc_cl_api = {.name = "opencl", .list = list_devices};

int hc_cl_check_alloc(cl_device_id device, size_t n, size_t size, size_t count) {
    cl_ulong one = 0, all = 0;
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes)) bytes = SIZE_MAX; /* more than any device has */
    char asked[64], limit[64];
    clGetDeviceInfo(device, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof one, &one, NULL);
    clGetDeviceInfo(device, CL_DEVICE_GLOBAL_MEM_SIZE, sizeof all, &all, NULL);
    hc_format_bytes(bytes, true, asked, sizeof asked);
    hc_format_bytes(bytes > one ? one : all, true, limit, sizeof limit);
    if (bytes > one)
        return hc_set_error(HC_ERROR, CL_INVALID_BUFFER_SIZE, "CL_INVALID_BUFFER_SIZE",
                            "take a smaller --size, or work through the data in pieces",
                            "asked for a buffer of %s; the device allows %s for one buffer", asked,
                            limit);
    if (count == 0 || bytes <= all / count) return HC_OK;
    return hc_set_error(HC_ERROR, CL_MEM_OBJECT_ALLOCATION_FAILURE,
                        "CL_MEM_OBJECT_ALLOCATION_FAILURE", "take a smaller --size",
                        "asked for %zu buffers of %s; the device has %s", count, asked, limit);
}

double hc_cl_event_ms(cl_event event) {
    cl_ulong start, end;
    if (clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_START, sizeof start, &start, NULL) ||
        clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_END, sizeof end, &end, NULL))
        return (double)NAN;
    return (double)(end - start) * 1e-6; /* the API counts nanoseconds */
}
