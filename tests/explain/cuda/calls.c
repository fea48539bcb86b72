// SPDX-License-Identifier: MIT
/* A program that moves bytes in every way CUDA has, for calls.sh: what --explain says of it is
 * known. Run with a word it does one thing: "fail" an invalid call, "threads" two threads with a
 * stream each, "copies" everything that moves bytes, "loop" the same two calls 50 times.
 */
#include <pthread.h>

#include "hc_cu.h"

enum { BYTES = 1 << 20, N = BYTES / 4 };
static CUcontext context;
static CUdevice device;
static char host[BYTES];

static const char image[] = ".version 6.0\n"
                            ".target sm_60\n"
                            ".address_size 64\n"
                            ".visible .entry clear(.param .u64 x)\n"
                            "{\n"
                            "  .reg .u32 %i, %b, %d;\n"
                            "  .reg .u64 %o, %x;\n"
                            "  mov.u32 %i, %tid.x;\n"
                            "  mov.u32 %b, %ctaid.x;\n"
                            "  mov.u32 %d, %ntid.x;\n"
                            "  mad.lo.u32 %i, %b, %d, %i;\n"
                            "  ld.param.u64 %x, [x];\n"
                            "  mul.wide.u32 %o, %i, 4;\n"
                            "  add.u64 %x, %x, %o;\n"
                            "  st.global.u32 [%x], 7;\n"
                            "  ret;\n"
                            "}\n";

static void fail(void) {
    CUdeviceptr x;
    if (cuMemAlloc(&x, 0) == CUDA_SUCCESS) exit(1);
}

static void loop(void) {
    char *mine = calloc(BYTES, 1); /* two threads must not share one */
    CUdeviceptr x;
    CUstream stream;
    if (!mine) exit(3);
    CHECK_CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
    CHECK_CU(cuMemAlloc(&x, BYTES));
    for (int i = 0; i < 50; i++) {
        CHECK_CU(cuMemcpyHtoD(x, mine, BYTES));
        CHECK_CU(cuMemcpyDtoH(mine, x, BYTES));
    }
    CHECK_CU(cuMemFree(x));
    CHECK_CU(cuStreamDestroy(stream));
    free(mine);
}

static void *in_thread(void *unused) {
    CHECK_CU(cuCtxSetCurrent(context));
    loop();
    return unused;
}

static void threads(void) {
    pthread_t thread[2];
    for (int i = 0; i < 2; i++) pthread_create(&thread[i], NULL, in_thread, NULL);
    for (int i = 0; i < 2; i++) pthread_join(thread[i], NULL);
}

static void copies(void) {
    CUdeviceptr a, b, managed, mapped;
    void *pinned, *window;
    CUstream stream;
    CUevent event;
    CUmodule module;
    CUfunction kernel;
    CHECK_CU(cuStreamCreate(&stream, CU_STREAM_DEFAULT));
    CHECK_CU(cuEventCreate(&event, CU_EVENT_DEFAULT));
    CHECK_CU(cuMemAlloc(&a, BYTES));
    CHECK_CU(cuMemAlloc(&b, BYTES));
    CHECK_CU(cuMemAllocHost(&pinned, BYTES));
    CHECK_CU(cuMemHostAlloc(&window, BYTES / 16, CU_MEMHOSTALLOC_DEVICEMAP));
    CHECK_CU(cuMemHostGetDevicePointer(&mapped, window, 0));
    CHECK_CU(cuMemAllocManaged(&managed, BYTES, CU_MEM_ATTACH_GLOBAL));

    CHECK_CU(cuMemcpyHtoD(a, host, BYTES));                   /* up 1 MiB, of plain memory */
    CHECK_CU(cuMemcpyHtoDAsync(a, pinned, BYTES, stream));    /* up 1 MiB, of pinned memory */
    CHECK_CU(cuMemcpyDtoHAsync(host, a, BYTES, stream));      /* down 1 MiB, to plain memory */
    CHECK_CU(cuMemcpyDtoD(b, a, BYTES));                      /* inside 1 MiB */
    CHECK_CU(cuMemcpy(b + 4096, (CUdeviceptr)pinned, 65536)); /* up 64 KiB */
    const CUDA_MEMCPY2D rows = {.srcMemoryType = CU_MEMORYTYPE_HOST,
                                .srcHost = host,
                                .srcPitch = 4096,
                                .dstMemoryType = CU_MEMORYTYPE_DEVICE,
                                .dstDevice = b,
                                .dstPitch = 2048,
                                .WidthInBytes = 1024,
                                .Height = 16};
    CHECK_CU(cuMemcpy2D(&rows)); /* up 16 KiB, of plain memory */
    CHECK_CU(cuMemsetD32Async(a, 0, N, stream));
    CHECK_CU(cuMemPrefetchAsync(managed, BYTES, device, stream)); /* up 1 MiB on a GPU */

    CHECK_CU(cuModuleLoadData(&module, image));
    CHECK_CU(cuModuleGetFunction(&kernel, module, "clear"));
    void *arguments[] = {&a};
    CHECK_CU(cuLaunchKernel(kernel, N / 256, 1, 1, 256, 1, 1, 0, stream, arguments, NULL));
    CHECK_CU(cuEventRecord(event, stream));
    CHECK_CU(cuStreamSynchronize(stream));
    CHECK_CU(cuMemcpyDtoH(pinned, a, BYTES)); /* down 1 MiB, to pinned memory */
    if (*(unsigned *)pinned != 7) exit(1);

    CHECK_CU(cuModuleUnload(module));
    CHECK_CU(cuMemFree(managed));
    CHECK_CU(cuMemFreeHost(window));
    CHECK_CU(cuMemFreeHost(pinned));
    CHECK_CU(cuMemFree(b));
    CHECK_CU(cuMemFree(a));
    CHECK_CU(cuEventDestroy(event));
    CHECK_CU(cuStreamDestroy(stream));
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    CHECK_CU(cuInit(0));
    CHECK_CU(cuDeviceGet(&device, 0));
    CHECK_CU(cuDevicePrimaryCtxRetain(&context, device));
    CHECK_CU(cuCtxSetCurrent(context));
    if (strcmp(what, "fail") == 0) fail();
    else if (strcmp(what, "loop") == 0) loop();
    else if (strcmp(what, "copies") == 0) copies();
    else if (strcmp(what, "threads") == 0) threads();
    else return 2;
    CHECK_CU(cuDevicePrimaryCtxRelease(device));
    puts("done");
    return 0;
}
