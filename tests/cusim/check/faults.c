// SPDX-License-Identifier: MIT
/* faults.c - kernels that touch what they must not, and the same ones mended.
 *
 *   faults FAULTS.PTX NAME    do NAME, and print the CUresult by which the launch ended
 *   faults CHECK.PTX compiled N     launch the kernel of kernels/check.cu for N of 32 elements
 *
 * The exit code is 0 whatever the launch said, so that a test sees what cusim makes of it; 3 where
 * a call fails that has nothing to do with the fault. */
#define _DEFAULT_SOURCE // MAP_ANONYMOUS
#include <cuda.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* NOLINTNEXTLINE(bugprone-macro-parentheses): a call, quoted */
#define CHECK_CU(call)                                                                             \
    do {                                                                                           \
        CUresult result_ = (call);                                                                 \
        if (result_ != CUDA_SUCCESS) {                                                             \
            fprintf(stderr, "%s:%d: %s = %d\n", __FILE__, __LINE__, #call, (int)result_);          \
            exit(3);                                                                               \
        }                                                                                          \
    } while (0)

/* What base is. The device has allocation 1 of 64 bytes, 2 of 4008 bytes, 3 of 64 bytes; base is 2
 * unless something else stands here. */
typedef enum { DEVICE, FREED, NOTHING, STACK, HEAP, MAPPED, PINNED } Base;

static const struct {
    const char *name, *kernel;
    Base base;
    long offset;
    unsigned stride, grid, block, shared;
} faults[] = {
    {"good", "store_global", DEVICE, 0, 4, 10, 100, 0},
    {"past_end", "store_global", DEVICE, 20, 4, 10, 100, 0}, /* the last three threads */
    {"one_past_end", "load_global", DEVICE, 4008 - 32 * 4, 4, 1, 33, 0},
    {"one_past_end_mended", "load_global", DEVICE, 4008 - 32 * 4, 4, 1, 32, 0},
    {"far_past_end", "load_global", DEVICE, 4008 + 40, 0, 1, 32, 0},
    {"before_start", "load_global", DEVICE, -8, 4, 1, 32, 0},
    {"wide_across_end", "load_vector", DEVICE, 4000, 0, 1, 1, 0},
    {"wide_good", "load_vector", DEVICE, 4000 - 16, 0, 1, 1, 0},
    {"misaligned", "load_global", DEVICE, 2, 4, 1, 32, 0},
    {"misaligned_vector", "load_vector", DEVICE, 4, 16, 1, 32, 0},
    {"atomic", "atom_global", DEVICE, 4096, 0, 1, 2, 0},
    {"freed", "load_global", FREED, 16, 4, 1, 32, 0},
    {"null", "load_global", NOTHING, 0, 4, 1, 32, 0},
    {"stack", "load_global", STACK, 0, 4, 1, 32, 0},
    {"heap", "load_global", HEAP, 0, 4, 1, 32, 0},
    {"mapped", "load_global", MAPPED, 0, 4, 1, 32, 0},
    {"pinned", "load_global", PINNED, 0, 4, 1, 32, 0},
    {"shared_past_end", "store_shared", NOTHING, 0, 4, 1, 40, 20},
    {"shared_good", "store_shared", NOTHING, 0, 4, 1, 40, 32},
    {"shared_before_start", "store_shared", NOTHING, -4, 4, 1, 32, 0},
    {"local_past_end", "load_local", NOTHING, 1 << 20, 0, 1, 32, 0},
    {"local_good", "load_local", NOTHING, 0, 0, 1, 32, 0},
    {"write_const", "store_const", NOTHING, 0, 0, 1, 1, 0},
    {"in_function", "call_put", DEVICE, 4008, 0, 1, 1, 0},
};
enum { N_FAULTS = sizeof faults / sizeof faults[0], HOST_BYTES = 1 << 20 };

static CUdeviceptr host_address(void *pointer) {
    if (!pointer) exit(3);
    memset(pointer, 0, 256);
    return (CUdeviceptr)(size_t)pointer;
}

/* sum += x[i] for n elements, of which x has only 32. */
static int compiled(CUmodule module, const char *n_text) {
    CUfunction function;
    CUdeviceptr sum, x;
    int n = (int)strtol(n_text, NULL, 10);
    CHECK_CU(cuModuleGetFunction(&function, module, "check"));
    CHECK_CU(cuMemAlloc(&sum, sizeof(int)));
    CHECK_CU(cuMemAlloc(&x, 32 * sizeof(int)));
    CHECK_CU(cuMemsetD32(sum, 0, 1));
    CHECK_CU(cuMemsetD32(x, 1, 32));
    void *params[] = {&sum, &x, &n};
    CHECK_CU(cuLaunchKernel(function, 1, 1, 1, 64, 1, 1, 0, NULL, params, NULL));
    printf("%d\n", (int)cuCtxSynchronize());
    return 0;
}

int main(int argc, char **argv) {
    if (argc != 3 && (argc != 4 || strcmp(argv[2], "compiled") != 0)) {
        fprintf(stderr, "usage: faults FAULTS.PTX NAME | CHECK.PTX compiled N\n");
        return 2;
    }
    CUdevice device;
    CUcontext context;
    CUmodule module;
    CUdeviceptr first, base, last;
    CHECK_CU(cuInit(0));
    CHECK_CU(cuDeviceGet(&device, 0));
    CHECK_CU(cuDevicePrimaryCtxRetain(&context, device));
    CHECK_CU(cuCtxSetCurrent(context));
    CHECK_CU(cuMemAlloc(&first, 64));
    CHECK_CU(cuMemAlloc(&base, 4008));
    CHECK_CU(cuMemAlloc(&last, 64));
    CHECK_CU(cuModuleLoad(&module, argv[1]));
    if (argc == 4) return compiled(module, argv[3]);
    if (strcmp(argv[2], "dereference") == 0) { /* the host touches device memory */
        printf("dereferencing\n");
        fflush(stdout);
        volatile int *d_x = (volatile int *)(size_t)base; // NOLINT(performance-no-int-to-ptr)
        *d_x = 1;
        printf("nothing happened\n");
        return 0;
    }
    for (int i = 0; i < N_FAULTS; i++) {
        if (strcmp(faults[i].name, argv[2]) != 0) continue;
        char stack[256];
        void *heap = NULL, *mapped = MAP_FAILED, *pinned = NULL;
        switch (faults[i].base) {
        case DEVICE: break;
        case FREED: CHECK_CU(cuMemFree(base)); break;
        case NOTHING: base = 0; break;
        case STACK: base = host_address(stack); break;
        case HEAP: base = host_address(heap = malloc(256)); break;
        case MAPPED:
            mapped =
                mmap(NULL, HOST_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            base = host_address(mapped == MAP_FAILED ? NULL : mapped);
            break;
        case PINNED:
            CHECK_CU(cuMemHostAlloc(&pinned, 256, 0));
            base = host_address(pinned);
            break;
        }
        CUfunction function;
        CHECK_CU(cuModuleGetFunction(&function, module, faults[i].kernel));
        long offset = faults[i].offset;
        unsigned stride = faults[i].stride;
        void *params[] = {&base, &offset, &stride};
        CHECK_CU(cuLaunchKernel(function, faults[i].grid, 1, 1, faults[i].block, 1, 1,
                                faults[i].shared, NULL, params, NULL));
        printf("%d\n", (int)cuCtxSynchronize());
        free(heap);
        return 0;
    }
    fprintf(stderr, "no fault is called '%s'\n", argv[2]);
    return 2;
}
