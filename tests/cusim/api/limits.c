// SPDX-License-Identifier: MIT
/* limits.c - what cuCtxSetLimit changes for kernels: how much malloc in a kernel may give out, and
 * how deep functions may call each other. Once a kernel that may call malloc has been launched, its
 * limit cannot be changed any more (cuCtxSetLimit). With CUSIM_TIMEOUT=1 a kernel
 * that never ends, and changes something each time round, is stopped. */
#include "api.h"

static const char text[] =
    ".version 6.0\n.target sm_60\n.address_size 64\n"
    ".extern .func (.param .b64 r) malloc(.param .b64 n);\n"
    /* x[0] = did malloc(n) give anything? */
    ".visible .entry take(.param .u64 x, .param .u64 n)\n{\n"
    ".reg .b64 %rd<4>; .reg .b32 %r<2>; .reg .pred %p;\n"
    "ld.param.u64 %rd1, [x]; ld.param.u64 %rd2, [n];\n"
    "{ .param .b64 a; .param .b64 b; st.param.b64 [a], %rd2; call (b), malloc, (a);\n"
    "ld.param.b64 %rd3, [b]; }\n"
    "setp.ne.u64 %p, %rd3, 0; selp.u32 %r1, 1, 0, %p; st.global.u32 [%rd1], %r1; ret;\n}\n"
    /* x[0] = depth(n) = n, by as many calls */
    ".func (.param .b32 result) depth(.param .b32 n)\n{\n"
    ".reg .b32 %r<4>; .reg .pred %p;\n"
    "ld.param.u32 %r1, [n]; setp.eq.u32 %p, %r1, 0; mov.u32 %r3, 0; @%p bra END;\n"
    "sub.u32 %r2, %r1, 1;\n"
    "{ .param .b32 a; .param .b32 b; st.param.b32 [a], %r2; call (b), depth, (a);\n"
    "ld.param.b32 %r3, [b]; }\nadd.u32 %r3, %r3, 1;\n"
    "END: st.param.b32 [result], %r3; ret;\n}\n"
    ".visible .entry deep(.param .u64 x, .param .u32 n)\n{\n"
    ".reg .b64 %rd; .reg .b32 %r<3>;\n"
    "ld.param.u64 %rd, [x]; ld.param.u32 %r1, [n];\n"
    "{ .param .b32 a; .param .b32 b; st.param.b32 [a], %r1; call (b), depth, (a);\n"
    "ld.param.b32 %r2, [b]; }\nst.global.u32 [%rd], %r2; ret;\n}\n"
    ".visible .entry endless(.param .u64 x)\n{\n"
    ".reg .b64 %rd; .reg .b32 %r<3>; .reg .pred %p;\n"
    "ld.param.u64 %rd, [x]; mov.u32 %r2, 0;\n"
    "AGAIN: add.u32 %r2, %r2, 1; st.volatile.global.u32 [%rd+4], %r2;\n"
    "ld.volatile.global.u32 %r1, [%rd]; setp.eq.u32 %p, %r1, 0; @%p bra AGAIN; ret;\n}\n";

static CUmodule module;
static CUdeviceptr x;

static unsigned run(const char *name, void *argument) {
    unsigned result = 99;
    CU(cuMemsetD32(x, 99, 1));
    CU(launch(kernel(module, name), 1, 1, NULL, &x, argument, NULL));
    CU(cuMemcpyDtoH(&result, x, sizeof result));
    return result;
}

static void limits(void) {
    size_t value = 0;
    unsigned long long large = 9 << 20, more = 20 << 20;
    CU(cuCtxGetLimit(&value, CU_LIMIT_MALLOC_HEAP_SIZE));
    EQUAL(value, (size_t)8 << 20);
    CU(cuCtxSetLimit(CU_LIMIT_PRINTF_FIFO_SIZE, 2 << 20));
    CU(cuCtxSetLimit(CU_LIMIT_MALLOC_HEAP_SIZE, 16 << 20));
    CU(cuCtxGetLimit(&value, CU_LIMIT_MALLOC_HEAP_SIZE));
    EQUAL(value, (size_t)16 << 20);
    EQUAL(run("take", &large), 1);
    EQUAL(run("take", &large), 0); /* the first 9 MiB are still taken */
    EQUAL(run("take", &more), 0);
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuCtxSetLimit(CU_LIMIT_MALLOC_HEAP_SIZE, 32 << 20));
    unsigned n = 4000; /* at 64 bytes at least for each call */
    CU(cuCtxSetLimit(CU_LIMIT_STACK_SIZE, 512 << 10));
    EQUAL(run("deep", &n), 4000);
    /* The new life of a primary context begins with an empty heap, of 8 MiB. */
    CU(cuDevicePrimaryCtxReset(0));
    (void)begin();
    CU(cuModuleLoadData(&module, text));
    CU(cuMemAlloc(&x, 8));
    CU(cuCtxGetLimit(&value, CU_LIMIT_MALLOC_HEAP_SIZE));
    EQUAL(value, (size_t)8 << 20);
    EQUAL(run("take", &large), 0);
    large = 7 << 20;
    EQUAL(run("take", &large), 1);
}

static void too_deep(void) {
    unsigned n = 4000;
    CU(launch(kernel(module, "deep"), 1, 1, NULL, &x, &n, NULL));
    EXPECT(CUDA_ERROR_LAUNCH_FAILED, cuCtxSynchronize());
}

int main(int argc, char **argv) {
    const char *way = argc > 1 ? argv[1] : "";
    (void)begin();
    CU(cuModuleLoadData(&module, text));
    CU(cuMemAlloc(&x, 8));
    if (!strcmp(way, "limits")) {
        limits();
    } else if (!strcmp(way, "deep")) {
        too_deep();
    } else if (!strcmp(way, "timeout")) {
        CU(cuMemsetD32(x, 0, 2));
        CU(launch(kernel(module, "endless"), 3, 64, NULL, &x, NULL, NULL));
        EXPECT(CUDA_ERROR_LAUNCH_TIMEOUT, cuCtxSynchronize());
    } else {
        return 2;
    }
    return failures != 0;
}
