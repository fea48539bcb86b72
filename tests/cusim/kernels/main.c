// SPDX-License-Identifier: MIT
/* main.c - runs the kernels of tests/cuda/kernels from a folder of PTX, in awkward sizes, each
 * compared with plain C.
 *
 *   kernels FOLDER [NAME...] [--hash]
 *
 * FOLDER has vector_add.ptx and so on, by whatever compiler. --hash prints, after all, one line per
 * kernel with a hash of everything that it gave: the same on every instruction set and schedule.
 * Exit codes: 0 verified, 1 a wrong result, 2 usage, 3 a call failed. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"

const char *kernel_name = "";
size_t n_elements;
static size_t n_wrong;
static uint64_t hash, state;

void check_call(CUresult result, const char *call, const char *file, int line) {
    if (result == CUDA_SUCCESS) return;
    const char *name = NULL;
    (void)cuGetErrorName(result, &name);
    printf("%s:%d: %s, n %zu: %s: %s (%d)\n", file, line, kernel_name, n_elements, call,
           name ? name : "?", (int)result);
    exit(3);
}

CUresult load_file(const char *folder, const char *name, CUmodule *module) {
    char path[1000], log[4096] = "";
    snprintf(path, sizeof path, "%s/%s.ptx", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file) return CUDA_ERROR_FILE_NOT_FOUND;
    size_t n = 0, room = 1 << 20;
    char *text = malloc(room + 1);
    if (text) n = fread(text, 1, room, file);
    fclose(file);
    if (!text) exit(3);
    text[n] = '\0';
    CUjit_option options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
    void *values[] = {log, (void *)sizeof log};
    CUresult result = cuModuleLoadDataEx(module, text, 2, options, values);
    if (result) printf("%s: %s\n", path, log);
    free(text);
    return result;
}

CUfunction kernel_of(CUmodule module, const char *name) {
    CUfunction function;
    CHECK(cuModuleGetFunction(&function, module, name));
    return function;
}

CUdeviceptr upload(const void *data, size_t bytes) {
    CUdeviceptr d;
    CHECK(cuMemAlloc(&d, bytes));
    CHECK(cuMemcpyHtoD(d, data, bytes));
    return d;
}
void download_unhashed(void *data, CUdeviceptr from, size_t bytes) {
    CHECK(cuMemcpyDtoH(data, from, bytes));
    CHECK(cuMemFree(from));
}
void download(void *data, CUdeviceptr from, size_t bytes) {
    download_unhashed(data, from, bytes);
    for (size_t i = 0; i < bytes; i++)
        hash = (hash ^ ((unsigned char *)data)[i]) * 0x100000001b3ull;
}

CUresult launch(CUfunction kernel, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
                unsigned bz, unsigned shared, void **arguments) {
    CUresult result = cuLaunchKernel(kernel, gx, gy, gz, bx, by, bz, shared, NULL, arguments, NULL);
    return result ? result : cuCtxSynchronize();
}

bool wrong(const char *format, ...) {
    n_wrong++;
    printf("FAILED: %s, n %zu: ", kernel_name, n_elements);
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    return false;
}

uint64_t random64(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * 0x2545f4914f6cdd1dull;
}
float small_float(void) { return (float)(int)(random64() % 17) - 8.0f; }
float any_float(void) { return (float)(random64() >> 40) * 0x1p-23f - 1.0f; }

int main(int argc, char **argv) {
    bool print_hash = false;
    const char *folder = NULL, *names[100];
    int n_names = 0;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--hash")) print_hash = true;
        else if (!folder) folder = argv[i];
        else if (n_names < 100) names[n_names++] = argv[i];
    }
    if (!folder) {
        fprintf(stderr, "usage: kernels FOLDER [NAME...] [--hash]\n");
        return 2;
    }
    CUdevice device;
    CUcontext context;
    CHECK(cuInit(0));
    CHECK(cuDeviceGet(&device, 0));
    CHECK(cuDevicePrimaryCtxRetain(&context, device));
    CHECK(cuCtxSetCurrent(context));
    int done = 0;
    for (size_t k = 0; k < n_kernel_tests; k++) {
        const KernelTest *test = &kernel_tests[k];
        bool asked = n_names == 0;
        for (int i = 0; i < n_names; i++) asked |= !strcmp(names[i], test->name);
        if (!asked) continue;
        kernel_name = test->name;
        hash = 0xcbf29ce484222325ull;
        for (const int *n = test->sizes; *n; n++) {
            n_elements = (size_t)*n;
            state = 88172645463325252ull + (unsigned long long)*n;
            CUmodule module;
            CHECK(load_file(folder, test->name, &module));
            test->run(module, *n);
            /* A kernel that fails on purpose leaves no context to unload from. */
            CUresult result = cuModuleUnload(module);
            if (result && strcmp(test->name, "check") != 0) CHECK(result);
        }
        if (print_hash) printf("%s %016llx\n", test->name, (unsigned long long)hash);
        done++;
    }
    CHECK(cuDevicePrimaryCtxRelease(device));
    if (!done) {
        fprintf(stderr, "no kernel of that name\n");
        return 2;
    }
    printf("%d kernels, %zu wrong results\n", done, n_wrong);
    return n_wrong ? 1 : 0;
}
