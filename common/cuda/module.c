// SPDX-License-Identifier: MIT
/* CUDA's error codes in words, loading what a compiler made, and what a kernel's caller asks first:
 * is there room, is the kernel there, how long did it take.
 */
#define _POSIX_C_SOURCE 200809L
#include <math.h>

#include "compile/compile.h"
#include "driver.h"
#include "hc_cu.h"
#include "internal.h"

static const HcCode cu_codes[] = {
#define CU_CODE(number, name, meaning, hint) {number, #name, meaning, hint},
#include "cu_errors.def"
    {HC_CODES_END, "unknown CUDA error", "the driver returned a code that CUDA 13 does not have",
     "see the driver's own documentation"}};

static const HcCode nvrtc_codes[] = {
#define NVRTC_CODE(number, name, meaning, hint) {number, #name, meaning, hint},
#include "nvrtc_errors.def"
    {HC_CODES_END, "unknown NVRTC error", "NVRTC returned a code that CUDA 13 does not have",
     "see its own documentation"}};

const char *hc_cu_error_name(CUresult code) { return hc_find_code(cu_codes, (int)code)->name; }

int hc_cu_set_error(CUresult code) {
    int status = HC_ERROR;
    if (hc_driver_explained((int)code, &status)) return status; /* by the forwarder, with more */
    switch ((int)code) {
    case CUDA_ERROR_STUB_LIBRARY:
    case CUDA_ERROR_NO_DEVICE: status = HC_SKIP; break;
    case CUDA_ERROR_INVALID_IMAGE:
    case CUDA_ERROR_NO_BINARY_FOR_GPU:
    case CUDA_ERROR_INVALID_PTX:
    case CUDA_ERROR_UNSUPPORTED_PTX_VERSION:
    case CUDA_ERROR_NOT_FOUND: status = HC_BUILD; break;
    default: break;
    }
    return hc_set_code(status, cu_codes, (int)code);
}

int hc_nvrtc_set_error(nvrtcResult code) {
    if (code == NVRTC_ERROR_BUILTIN_OPERATION_FAILURE && hc_nvrtc_open() != HC_OK)
        return HC_SKIP; /* the forwarder's answer for a library that is not there */
    int status =
        code == NVRTC_ERROR_COMPILATION || code == NVRTC_ERROR_INVALID_OPTION ? HC_BUILD : HC_ERROR;
    return hc_set_code(status, nvrtc_codes, (int)code);
}

int hc_cu_check_alloc(size_t n, size_t size, size_t count) {
    size_t bytes, all, available = 0, total = 0;
    char asked[64], left[64], there[64];
    CUresult code = cuMemGetInfo(&available, &total);
    if (code != CUDA_SUCCESS) return hc_cu_set_error(code);
    if (__builtin_mul_overflow(n, size, &bytes) || __builtin_mul_overflow(bytes, count, &all))
        all = bytes = SIZE_MAX; /* more than any device has */
    if (all <= available) return HC_OK;
    return hc_set_error(HC_ERROR, CUDA_ERROR_OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY",
                        "take a smaller --size, or work through the data in pieces",
                        "asked for %zu array%s of %s; the device has %s free of %s", count,
                        count == 1 ? "" : "s", hc_format_bytes(bytes, true, asked, sizeof asked),
                        hc_format_bytes(available, true, left, sizeof left),
                        hc_format_bytes(total, false, there, sizeof there));
}

int hc_cu_load(const char *image, CUmodule *module) {
    enum { LOG = 1 << 16 };
    char *log;
    int status = hc_alloc(LOG, 1, &log), version = 0, major = 0, minor = 0;
    if (status != HC_OK) return status;
    CUjit_option options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
    void *values[] = {log, (void *)(uintptr_t)LOG};
    CUresult code = cuModuleLoadDataEx(module, image, 2, options, values);
    if (code != CUDA_SUCCESS) status = hc_cu_set_error(code);
    const char *line =
        code == CUDA_ERROR_UNSUPPORTED_PTX_VERSION ? strstr(image, ".version") : NULL;
    if (line && sscanf(line, ".version %d.%d", &major, &minor) == 2) {
        cuDriverGetVersion(&version);
        hc_set_error(status, (int)code, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION",
                     "update the driver, or compile with a compiler of its version",
                     "the kernel is PTX of version %d.%d, too new for this driver (CUDA %d.%d)",
                     major, minor, version / 1000, version % 1000 / 10);
    }
    if (status != HC_OK && *log) hc_set_error_detail(hc_explain_log(log, image, NULL));
    free(log);
    return status;
}

/* The names after ".entry" in PTX, with blanks between them. */
static void list_kernels(const char *image, char *names, size_t size) {
    size_t at = 0;
    names[0] = '\0';
    for (const char *p = image; (p = strstr(p, ".entry")) != NULL && at < size;) {
        p += strlen(".entry");
        p += strspn(p, " \t\r\n");
        int length = (int)strcspn(p, " \t\r\n({");
        at += (size_t)snprintf(names + at, size - at, "%s%.*s", at ? " " : "", length, p);
    }
}

int hc_cu_kernel(CUmodule module, const char *image, const char *name, CUfunction *kernel) {
    char names[512];
    CUresult code = cuModuleGetFunction(kernel, module, name);
    if (code != CUDA_ERROR_NOT_FOUND) return code == CUDA_SUCCESS ? HC_OK : hc_cu_set_error(code);
    list_kernels(image, names, sizeof names);
    return hc_set_error(HC_BUILD, (int)code, "CUDA_ERROR_NOT_FOUND",
                        "compare the name with the extern \"C\" __global__ functions in the file",
                        "no kernel '%s' in the program; kernels found: %s", name,
                        *names ? names : "none");
}

double hc_cu_event_ms(CUevent start, CUevent end) {
    float ms;
    return cuEventElapsedTime(&ms, start, end) == CUDA_SUCCESS ? (double)ms : (double)NAN;
}
