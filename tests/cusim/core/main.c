// SPDX-License-Identifier: MIT
/* main.c - runs one area of the core tests: test_cusim_core AREA, or test_cusim_core failure CASE.
 * */
#define _DEFAULT_SOURCE // dup2, fileno
#include "core.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

unsigned core_failures;

void core_fail(const char *format, ...) {
    va_list list;
    va_start(list, format);
    (void)vfprintf(stderr, format, list);
    va_end(list);
    (void)fputc('\n', stderr);
    core_failures++;
}

void core_equal(const char *what, const uint32_t *got, const uint32_t *want, size_t n) {
    unsigned shown = 0;
    for (size_t i = 0; i < n && shown < 4; i++) {
        if (got[i] == want[i]) continue;
        core_fail("%s: element %zu is %u (0x%x), not %u (0x%x)", what, i, got[i], got[i], want[i],
                  want[i]);
        shown++;
    }
}

void core_contains(const char *what, const char *text, const char *part) {
    if (!strstr(text, part)) core_fail("%s: \"%s\" is not in:\n%s", what, part, text);
}

static int saved = -1, captured_descriptor;
static FILE *captured_file;

void core_capture(int descriptor) {
    (void)fflush(NULL);
    captured_descriptor = descriptor;
    captured_file = tmpfile();
    saved = dup(descriptor);
    if (!captured_file || saved < 0 || dup2(fileno(captured_file), descriptor) < 0) exit(3);
}

const char *core_captured(void) {
    static char text[1 << 16];
    (void)fflush(NULL);
    (void)dup2(saved, captured_descriptor);
    (void)close(saved);
    rewind(captured_file);
    text[fread(text, 1, sizeof text - 1, captured_file)] = 0;
    (void)fclose(captured_file);
    return text;
}

CUresult core_load(const char *ptx, char *log, size_t bytes) {
    CUmodule module;
    CUjit_option option[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
    void *value[] = {log, (void *)bytes};
    CUresult result = cuModuleLoadDataEx(&module, ptx, 2, option, value);
    if (result == CUDA_SUCCESS) CORE_OK(cuModuleUnload(module));
    return result;
}

static CUresult run(CUmodule module, CoreLaunch l, uint32_t *out) {
    CUfunction function;
    CUdeviceptr d_out;
    CUresult result = cuModuleGetFunction(&function, module, "k");
    if (result) return result;
    if ((result = cuMemAlloc(&d_out, l.words * 4))) return result;
    CORE_OK(cuMemsetD32(d_out, 0, l.words));
    void *args[] = {&d_out, &l.n};
    result = l.cooperative ? cuLaunchCooperativeKernel(function, l.grid, 1, 1, l.block, 1, 1,
                                                       l.dynamic, NULL, args)
                           : cuLaunchKernel(function, l.grid, 1, 1, l.block, 1, 1, l.dynamic, NULL,
                                            args, NULL);
    if (!result) result = cuCtxSynchronize();
    if (result) return result;
    CORE_OK(cuMemcpyDtoH(out, d_out, l.words * 4));
    CORE_OK(cuMemFree(d_out));
    return cuModuleUnload(module);
}

CUresult core_run(const char *ptx, CoreLaunch launch, uint32_t *out) {
    CUmodule module;
    char log[4096] = "";
    CUjit_option option[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
    void *value[] = {log, (void *)sizeof log};
    CUresult result = cuModuleLoadDataEx(&module, ptx, 2, option, value);
    if (result) {
        core_fail("the module does not load: %s", log);
        return result;
    }
    return run(module, launch, out);
}

CUresult core_run_linked(const char *const *ptx, size_t n, CoreLaunch launch, uint32_t *out) {
    CUlinkState link;
    CUmodule module;
    void *image;
    size_t bytes;
    CUresult result = cuLinkCreate(0, NULL, NULL, &link);
    for (size_t i = 0; i < n && !result; i++)
        result = cuLinkAddData(link, CU_JIT_INPUT_PTX, (void *)(uintptr_t)ptx[i],
                               strlen(ptx[i]) + 1, "text", 0, NULL, NULL);
    if (!result) result = cuLinkComplete(link, &image, &bytes);
    if (!result) result = cuModuleLoadData(&module, image);
    if (result) return result;
    CORE_OK(cuLinkDestroy(link));
    return run(module, launch, out);
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        void (*run)(void);
    } area[] = {{"divergence", test_divergence},
                {"calls", test_calls},
                {"barriers", test_barriers},
                {"sync", test_sync},
                {"progress", test_progress},
                {"device", test_device},
                {"link", test_link},
                {"big", test_big}};
    CUdevice device;
    CUcontext context;
    if (cuInit(0) || cuDeviceGet(&device, 0) || cuDevicePrimaryCtxRetain(&context, device) ||
        cuCtxSetCurrent(context)) {
        (void)fprintf(stderr, "no device\n");
        return 3;
    }
    if (argc == 3 && strcmp(argv[1], "failure") == 0) {
        test_failure(argv[2]);
        return core_failures != 0;
    }
    for (size_t i = 0; argc == 2 && i < sizeof area / sizeof area[0]; i++) {
        if (strcmp(area[i].name, argv[1]) != 0) continue;
        area[i].run();
        if (!core_failures) (void)printf("core %s: ok\n", argv[1]);
        return core_failures != 0;
    }
    (void)fprintf(stderr, "usage: %s AREA | failure CASE\n", argv[0]);
    return 2;
}
