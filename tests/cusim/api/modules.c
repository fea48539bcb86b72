// SPDX-License-Identifier: MIT
/* modules.c - loading, logs, linking, libraries, variables, attributes, occupancy, old launches. */
#include "api.h"

static CUresult load_with_log(const char *text, char *log, size_t bytes, size_t *used) {
    CUmodule module = NULL;
    CUjit_option options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES,
                              CU_JIT_OPTIMIZATION_LEVEL};
    void *values[] = {log, (void *)(uintptr_t)bytes, (void *)(uintptr_t)3};
    memset(log, '#', bytes);
    CUresult result = cuModuleLoadDataEx(&module, text, 3, options, values);
    *used = (size_t)(uintptr_t)values[1];
    if (result == CUDA_SUCCESS) CU(cuModuleUnload(module));
    return result;
}

static void logs(void) {
    char log[512], tiny[8];
    size_t used;
    EXPECT(CUDA_SUCCESS, load_with_log(kernels, log, sizeof log, &used));
    EQUAL(used, 0);
    EXPECT(CUDA_ERROR_INVALID_PTX,
           load_with_log(".version 6.0\n.target sm_60\n.address_size 64\n.entry f() { nonsense; }",
                         log, sizeof log, &used));
    EQUAL(strlen(log), used);
    TRUE(strstr(log, "nonsense") && strstr(log, "4")); /* what, and in which line */
    EXPECT(CUDA_ERROR_INVALID_PTX,
           load_with_log(".version 6.0\n.target sm_60\n.address_size 64\n.entry f() { nonsense; }",
                         tiny, sizeof tiny, &used));
    TRUE(used < sizeof tiny && strlen(tiny) == used);
    EXPECT(CUDA_ERROR_UNSUPPORTED_PTX_VERSION,
           load_with_log(".version 42.7\n.target sm_60\n", log, sizeof log, &used));
    int driver;
    char version[32];
    CU(cuDriverGetVersion(&driver));
    (void)snprintf(version, sizeof version, "%d.%d", driver / 1000, driver % 1000 / 10);
    TRUE(strstr(log, "42.7") && strstr(log, version)); /* names both */
    EXPECT(CUDA_ERROR_UNSUPPORTED_PTX_VERSION,
           load_with_log(".version 9.9\n.target sm_60\n", log, sizeof log, &used));
    TRUE(strstr(log, "9.9") && strstr(log, "5.0 to 9.0"));
    EXPECT(CUDA_ERROR_INVALID_PTX,
           load_with_log(".version 4.3\n.target sm_60\n", log, sizeof log, &used));
    TRUE(strstr(log, "4.3") && strstr(log, "5.0 to 9.0"));
    EXPECT(CUDA_ERROR_INVALID_IMAGE, load_with_log("hello", log, sizeof log, &used));
    EXPECT(CUDA_ERROR_INVALID_IMAGE, load_with_log("", log, sizeof log, &used));
    EXPECT(CUDA_ERROR_NO_BINARY_FOR_GPU, load_with_log("\177ELF\2\1\1\0", log, sizeof log, &used));
    TRUE(strstr(log, "PTX") && strstr(log, "nvcc"));

    CUmodule module;
    float ms = -1;
    CUjit_option options[] = {CU_JIT_WALL_TIME, CU_JIT_INFO_LOG_BUFFER,
                              CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES, CU_JIT_LOG_VERBOSE};
    void *values[] = {NULL, log, (void *)sizeof log, (void *)1};
    CU(cuModuleLoadDataEx(&module, kernels, 4, options, values));
    memcpy(&ms, &values[0], sizeof ms);
    TRUE(ms > 0 && ms < 10000);
    TRUE(strlen(log) > 0 && (size_t)(uintptr_t)values[2] == strlen(log));
    CU(cuModuleUnload(module));
}

static void variables(CUmodule module) {
    CUdeviceptr address;
    size_t bytes;
    uint32_t value, table[4];
    CU(cuModuleGetGlobal(&address, &bytes, module, "counter"));
    EQUAL(bytes, 4);
    CU(cuMemcpyDtoH(&value, address, 4));
    EQUAL(value, 7);
    CU(cuModuleGetGlobal(&address, &bytes, module, "table"));
    EQUAL(bytes, 16);
    CU(cuMemcpyDtoH(table, address, 16));
    EQUAL(table[3], 4);
    table[3] = 44; /* the host may set constants */
    CU(cuMemcpyHtoD(address, table, 16));
    CU(cuMemcpyDtoH(table, address, 16));
    EQUAL(table[3], 44);
    CU(cuModuleGetGlobal(NULL, &bytes, module, "table"));
    CU(cuModuleGetGlobal(&address, NULL, module, "table"));
    EXPECT(CUDA_ERROR_NOT_FOUND, cuModuleGetGlobal(&address, &bytes, module, "tables"));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemFree(address)); /* it is the module's */
}

/* A second text calls a function of the first. */
static const char caller[] = ".version 6.0\n.target sm_60\n.address_size 64\n"
                             ".extern .func (.param .b32 r) twice(.param .b32 a);\n"
                             ".visible .entry run(.param .u64 x)\n{\n"
                             ".reg .b32 %r<4>; .reg .b64 %rd<4>; .param .b32 p; .param .b32 q;\n"
                             "ld.param.u64 %rd1, [x]; ld.global.u32 %r1, [%rd1];\n"
                             "st.param.b32 [p], %r1;\ncall (q), twice, (p);\n"
                             "ld.param.b32 %r2, [q]; st.global.u32 [%rd1], %r2;\nret;\n}\n";
static const char callee[] = ".version 6.0\n.target sm_60\n.address_size 64\n"
                             ".visible .func (.param .b32 r) twice(.param .b32 a)\n{\n"
                             ".reg .b32 %r<4>;\n"
                             "ld.param.b32 %r1, [a]; add.u32 %r2, %r1, %r1;\n"
                             "st.param.b32 [r], %r2;\nret;\n}\n";

static uint32_t run_linked(CUfunction function) {
    CUdeviceptr x;
    uint32_t value = 21;
    CU(cuMemAlloc(&x, 4));
    CU(cuMemcpyHtoD(x, &value, 4));
    CU(launch(function, 1, 1, NULL, &x, NULL, NULL));
    CU(cuMemcpyDtoH(&value, x, 4));
    CU(cuMemFree(x));
    return value;
}

static void linker(void) {
    CUlinkState state;
    void *image;
    size_t bytes;
    char log[512] = "";
    CUjit_option options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
    void *values[] = {log, (void *)sizeof log};
    CU(cuLinkCreate(2, options, values, &state));
    CU(cuLinkAddData(state, CU_JIT_INPUT_PTX, (void *)(uintptr_t)caller, sizeof caller, "caller", 0,
                     NULL, NULL));
    EXPECT(CUDA_ERROR_INVALID_PTX,
           cuLinkAddData(state, CU_JIT_INPUT_PTX,
                         ".version 6.0\n.target sm_60\n.address_size 64\n.entry f() { nonsense; }",
                         68, "third.ptx", 0, NULL, NULL));
    TRUE(strstr(log, "third.ptx"));
    CU(cuLinkAddData(state, CU_JIT_INPUT_PTX, (void *)(uintptr_t)callee, sizeof callee, "callee", 0,
                     NULL, NULL));
    EXPECT(CUDA_ERROR_FILE_NOT_FOUND,
           cuLinkAddFile(state, CU_JIT_INPUT_PTX, "/does/not/exist", 0, NULL, NULL));
    CU(cuLinkComplete(state, &image, &bytes));
    TRUE(bytes > 0);
    CUmodule module;
    CU(cuModuleLoadData(&module, image));
    CU(cuLinkDestroy(state));
    EXPECT(CUDA_ERROR_INVALID_HANDLE, cuLinkDestroy(state));
    EQUAL(run_linked(kernel(module, "run")), 42);
    CU(cuModuleUnload(module));
}

static void library(void) {
    CUlibrary lib;
    CUkernel k;
    CUfunction f;
    CUmodule module;
    CUdeviceptr x, address;
    size_t bytes;
    unsigned n = 1, seven = 7;
    uint32_t value;
    int threads;
    CU(cuLibraryLoadData(&lib, kernels, NULL, NULL, 0, NULL, NULL, 0));
    CU(cuLibraryGetKernel(&k, lib, "add"));
    EXPECT(CUDA_ERROR_NOT_FOUND, cuLibraryGetKernel(&k, lib, "addd"));
    CU(cuLibraryGetKernel(&k, lib, "add"));
    CU(cuKernelGetFunction(&f, k));
    CU(cuLibraryGetModule(&module, lib));
    CU(cuLibraryGetGlobal(&address, &bytes, lib, "counter"));
    EQUAL(bytes, 4);
    CU(cuKernelGetAttribute(&threads, CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, k, 0));
    EQUAL(threads, 1024);
    CU(cuMemAlloc(&x, 4));
    CU(cuMemsetD32(x, 0, 1));
    CU(launch((CUfunction)k, 1, 1, NULL, &x, &n, &seven)); /* a CUkernel may be launched as it is */
    CU(launch(f, 1, 1, NULL, &x, &n, &seven));
    CU(cuMemcpyDtoH(&value, x, 4));
    EQUAL(value, 14);
    CU(cuMemFree(x));
    CU(cuLibraryUnload(lib));
    EXPECT(CUDA_ERROR_INVALID_HANDLE, cuLibraryUnload(lib));
    EXPECT(CUDA_ERROR_INVALID_HANDLE, launch((CUfunction)k, 1, 1, NULL, &x, &n, &seven));
}

static const char shaped[] =
    ".version 6.0\n.target sm_60\n.address_size 64\n"
    ".visible .entry few() .maxntid 64, 2, 1\n{ ret; }\n"
    ".visible .entry exact() .reqntid 32, 4, 1\n{ ret; }\n"
    ".visible .entry big(.param .u64 a, .param .u8 b, .param .f64 c)\n{\n"
    ".shared .align 4 .b8 s[8192];\n.reg .b32 %r<40>; .reg .b64 %rd<12>; .reg .pred %p<9>;\n"
    "mov.u32 %r1, s;\nst.shared.u32 [%r1], %r2;\nret; }\n";

static CUresult shape(CUfunction f, unsigned x, unsigned y, unsigned shared) {
    CUresult result = cuLaunchKernel(f, 1, 1, 1, x, y, 1, shared, NULL, NULL, NULL);
    CU(cuCtxSynchronize());
    return result;
}

static size_t CUDA_CB four_per_thread(int threads) { return (size_t)threads * 4; }

static void attributes(void) {
    CUmodule module;
    CU(cuModuleLoadData(&module, shaped));
    CUfunction few = kernel(module, "few"), exact = kernel(module, "exact");
    CUfunction big = kernel(module, "big");
    int value, limit, optin;
    CU(cuFuncGetAttribute(&value, CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, few));
    EQUAL(value, 128);
    CU(cuFuncGetAttribute(&value, CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES, big));
    EQUAL(value, 8192);
    CU(cuFuncGetAttribute(&value, CU_FUNC_ATTRIBUTE_PTX_VERSION, big));
    EQUAL(value, 60);
    CU(cuFuncGetAttribute(&value, CU_FUNC_ATTRIBUTE_NUM_REGS, big));
    TRUE(value > 0 && value <= 255);
    CUmodule from;
    CU(cuFuncGetModule(&from, big));
    TRUE(from == module);

    EXPECT(CUDA_SUCCESS, shape(few, 64, 2, 0));
    EXPECT(CUDA_SUCCESS, shape(few, 128, 1, 0));
    EXPECT(CUDA_ERROR_INVALID_VALUE, shape(few, 129, 1, 0));
    EXPECT(CUDA_SUCCESS, shape(exact, 32, 4, 0));
    EXPECT(CUDA_ERROR_INVALID_VALUE, shape(exact, 64, 2, 0));

    /* Dynamic shared memory: 48 KiB with the static part, more once it is asked for. */
    CU(cuDeviceGetAttribute(&limit, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK, 0));
    CU(cuDeviceGetAttribute(&optin, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, 0));
    EXPECT(CUDA_SUCCESS, shape(few, 1, 1, (unsigned)limit));
    EXPECT(CUDA_ERROR_INVALID_VALUE, shape(few, 1, 1, (unsigned)limit + 1));
    if (optin > limit) {
        CU(cuFuncSetAttribute(few, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, optin));
        EXPECT(CUDA_SUCCESS, shape(few, 1, 1, (unsigned)optin));
    }
    EXPECT(CUDA_ERROR_INVALID_VALUE, shape(few, 1, 1, (unsigned)optin + 1));
    EXPECT(CUDA_ERROR_INVALID_VALUE,
           cuFuncSetAttribute(few, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, optin + 1));

    /* Parameters in one buffer, at the offsets that their alignment gives. */
    struct {
        uint64_t a;
        uint8_t b;
        double c;
    } packed = {1, 2, 3};
    size_t bytes = sizeof packed;
    void *extra[] = {CU_LAUNCH_PARAM_BUFFER_POINTER, &packed, CU_LAUNCH_PARAM_BUFFER_SIZE, &bytes,
                     CU_LAUNCH_PARAM_END};
    EXPECT(CUDA_SUCCESS, cuLaunchKernel(big, 1, 1, 1, 1, 1, 1, 0, NULL, NULL, extra));
    bytes = 16;
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuLaunchKernel(big, 1, 1, 1, 1, 1, 1, 0, NULL, NULL, extra));
    CU(cuCtxSynchronize());

    /* Occupancy: 8 KiB of shared memory and threads decide. */
    int blocks, threads_per_sm, shared_per_sm, blocks_per_sm, sms, grid, size, reserved;
    CU(cuDeviceGetAttribute(&threads_per_sm, CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR,
                            0));
    CU(cuDeviceGetAttribute(&shared_per_sm,
                            CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR, 0));
    CU(cuDeviceGetAttribute(&blocks_per_sm, CU_DEVICE_ATTRIBUTE_MAX_BLOCKS_PER_MULTIPROCESSOR, 0));
    CU(cuDeviceGetAttribute(&reserved, CU_DEVICE_ATTRIBUTE_RESERVED_SHARED_MEMORY_PER_BLOCK, 0));
    CU(cuDeviceGetAttribute(&sms, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, 0));
    CU(cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, big, 32, 0));
    int by_shared = shared_per_sm / (8192 + reserved);
    EQUAL(blocks, by_shared < blocks_per_sm ? by_shared : blocks_per_sm);
    CU(cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, few, 128, 0));
    int by_threads = threads_per_sm / 128;
    EQUAL(blocks, by_threads < blocks_per_sm ? by_threads : blocks_per_sm);
    CU(cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, few, 256, 0));
    EQUAL(blocks, 0);
    CU(cuOccupancyMaxPotentialBlockSize(&grid, &size, few, NULL, 0, 0));
    EQUAL(size, 128);
    TRUE(grid > 0 && grid % sms == 0);
    CU(cuOccupancyMaxPotentialBlockSize(&grid, &size, big, four_per_thread, 0, 0));
    TRUE(size > 0 && size <= 1024 && size % 32 == 0);
    size_t room;
    CU(cuOccupancyAvailableDynamicSMemPerBlock(&room, big, 2, 32));
    TRUE(room > 0 && room + 8192 <= (size_t)shared_per_sm / 2);

    /* A cooperative grid must fit on the device at once. */
    CU(cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, few, 64, 0));
    unsigned most = (unsigned)(blocks * sms);
    EXPECT(CUDA_SUCCESS, cuLaunchCooperativeKernel(few, most, 1, 1, 64, 1, 1, 0, NULL, NULL));
    EXPECT(CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE,
           cuLaunchCooperativeKernel(few, most + 1, 1, 1, 64, 1, 1, 0, NULL, NULL));
    CU(cuCtxSynchronize());
    CU(cuModuleUnload(module));
    EXPECT(CUDA_ERROR_INVALID_HANDLE, shape(few, 1, 1, 0));
}

static void old_launch(CUmodule module) {
    CUfunction add = kernel(module, "add");
    CUdeviceptr x;
    uint32_t host[64];
    CU(cuMemAlloc(&x, sizeof host));
    CU(cuMemsetD32(x, 1, 64));
    CU(cuFuncSetBlockShape(add, 16, 1, 1));
    CU(cuFuncSetSharedSize(add, 0));
    CU(cuParamSetv(add, 0, &x, sizeof x));
    CU(cuParamSeti(add, 8, 64));
    CU(cuParamSeti(add, 12, 9));
    CU(cuParamSetSize(add, 16));
    CU(cuLaunchGrid(add, 4, 1));
    CU(cuLaunch(add)); /* the first block once more */
    CU(cuMemcpyDtoH(host, x, sizeof host));
    EQUAL(host[0], 19);
    EQUAL(host[16], 10);
    EQUAL(host[63], 10);
    CU(cuMemFree(x));
}

int main(void) {
    begin();
    CUmodule module = load();
    logs();
    variables(module);
    linker();
    library();
    attributes();
    old_launch(module);
    CU(cuModuleUnload(module));
    CU(cuDevicePrimaryCtxRelease(0));
    return failures != 0;
}
