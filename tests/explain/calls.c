// SPDX-License-Identifier: MIT
/* A program that moves bytes in every way OpenCL has, for calls.sh: what --explain says of it is
 * known. Run with a word it does one thing: "fail" an invalid call, "threads" two threads with a
 * queue each, "copies" everything that moves bytes, "loop" the same two calls 50 times.
 */
#define CL_TARGET_OPENCL_VERSION 300
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES = 1 << 20 };
static cl_context context;
static cl_device_id device;
static char host[BYTES];

static void check(cl_int code, int line) {
    if (code == CL_SUCCESS) return;
    fprintf(stderr, "calls.c:%d: code %d\n", line, code);
    exit(3);
}
#define CHECK(call) check(call, __LINE__)

static cl_command_queue queue(cl_command_queue_properties set) {
    cl_int code;
    cl_command_queue made = clCreateCommandQueue(context, device, set, &code);
    CHECK(code);
    return made;
}

static cl_mem buffer(cl_mem_flags set, void *from) {
    cl_int code;
    cl_mem made = clCreateBuffer(context, set, BYTES, from, &code);
    CHECK(code);
    return made;
}

static void fail(void) {
    cl_int code;
    if (clCreateBuffer(context, CL_MEM_READ_ONLY, 0, NULL, &code) || code == CL_SUCCESS) exit(1);
}

static void loop(void) {
    char *mine = calloc(BYTES, 1); /* two threads must not share one */
    cl_command_queue q = queue(0);
    if (!mine) exit(3);
    cl_mem a = buffer(CL_MEM_READ_WRITE, NULL);
    for (int i = 0; i < 50; i++) {
        CHECK(clEnqueueWriteBuffer(q, a, CL_TRUE, 0, BYTES, mine, 0, NULL, NULL));
        CHECK(clEnqueueReadBuffer(q, a, CL_TRUE, 0, BYTES, mine, 0, NULL, NULL));
    }
    CHECK(clReleaseMemObject(a));
    CHECK(clReleaseCommandQueue(q));
    free(mine);
}

static void copies(void) {
    cl_int code;
    cl_command_queue q = queue(CL_QUEUE_PROFILING_ENABLE);
    cl_mem a = buffer(CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR, host);
    cl_mem b = buffer(CL_MEM_READ_WRITE, NULL), u = buffer(CL_MEM_USE_HOST_PTR, host);
    cl_buffer_region half = {0, BYTES / 2};
    cl_mem part = clCreateSubBuffer(b, 0, CL_BUFFER_CREATE_TYPE_REGION, &half, &code);
    CHECK(code);
    cl_event written;
    CHECK(clEnqueueWriteBuffer(q, b, CL_FALSE, 0, BYTES, host, 0, NULL, &written));
    CHECK(clEnqueueCopyBuffer(q, b, a, 0, 0, BYTES, 1, &written, NULL));
    CHECK(clEnqueueFillBuffer(q, part, "abcd", 4, 0, BYTES / 2, 0, NULL, NULL));
    CHECK(clFinish(q));
    void *p = clEnqueueMapBuffer(q, a, CL_TRUE, CL_MAP_READ | CL_MAP_WRITE, 0, BYTES, 0, NULL, NULL,
                                 &code);
    CHECK(code);
    CHECK(clEnqueueUnmapMemObject(q, a, p, 0, NULL, NULL));
    p = clEnqueueMapBuffer(q, a, CL_TRUE, CL_MAP_READ, 0, BYTES, 0, NULL, NULL, NULL);
    CHECK(clEnqueueUnmapMemObject(q, a, p, 0, NULL, NULL));
    CHECK(clEnqueueReadBuffer(q, b, CL_TRUE, 0, BYTES, host, 0, NULL, NULL));
    if (memcmp(host, "abcd", 4) != 0) exit(1);
    size_t zero[3] = {0, 0, 0}, region[3] = {1024, 16, 1};
    CHECK(clEnqueueReadBufferRect(q, b, CL_TRUE, zero, zero, region, 0, 0, 0, 0, host, 0, NULL,
                                  NULL));
    char *shared = clSVMAlloc(context, CL_MEM_READ_WRITE, BYTES, 0);
    if (shared) {
        CHECK(clEnqueueSVMMemcpy(q, CL_TRUE, shared, host, BYTES, 0, NULL, NULL));
        CHECK(clEnqueueSVMMemcpy(q, CL_TRUE, host, shared, BYTES, 0, NULL, NULL));
        clSVMFree(context, shared);
    }
    CHECK(clReleaseEvent(written));
    CHECK(clReleaseMemObject(part));
    CHECK(clReleaseMemObject(u));
    CHECK(clReleaseMemObject(b));
    CHECK(clReleaseMemObject(a));
    CHECK(clReleaseCommandQueue(q));
}

static void *in_thread(void *unused) {
    (void)unused;
    loop();
    return NULL;
}

static void threads(void) {
    pthread_t thread[2];
    for (int i = 0; i < 2; i++) pthread_create(&thread[i], NULL, in_thread, NULL);
    for (int i = 0; i < 2; i++) pthread_join(thread[i], NULL);
}

int main(int argc, char **argv) {
    cl_platform_id platform;
    cl_int code;
    const char *what = argc > 1 ? argv[1] : "";
    CHECK(clGetPlatformIDs(1, &platform, NULL));
    CHECK(clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &device, NULL));
    context = clCreateContext(NULL, 1, &device, NULL, NULL, &code);
    CHECK(code);
    if (strcmp(what, "fail") == 0) fail();
    else if (strcmp(what, "loop") == 0) loop();
    else if (strcmp(what, "copies") == 0) copies();
    else if (strcmp(what, "threads") == 0) threads();
    else return 2;
    CHECK(clReleaseContext(context));
    puts("done");
    return 0;
}
