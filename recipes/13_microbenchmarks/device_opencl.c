// SPDX-License-Identifier: MIT
/* What the experiments ask of a device, by OpenCL. device_cuda.c does the same, step by step, in
 * CUDA.
 */
#include "bench.h"
#ifndef HC_NO_OPENCL
#include "hc_cl.h"

static cl_device_id device;
static cl_context context;
static cl_command_queue queue;
static cl_program program[SLOTS];
static cl_kernel kernel[SLOTS];
static cl_mem d_x, d_y;
static cl_mem d_pinned, d_mapped; /* buffers that the host can map */
static void *host[KINDS];

static void open_device(const HcDevice *chosen, Facts *facts) {
    cl_uint units;
    cl_ulong cache;
    device = chosen->handle;
    CHECK_CL_OUT(context = clCreateContext(NULL, 1, &device, NULL, NULL, &err));
    const cl_command_queue_properties profiling = CL_QUEUE_PROFILING_ENABLE;
    CHECK_CL_OUT(queue = clCreateCommandQueue(context, device, profiling, &err));
    CHECK_CL(clGetDeviceInfo(device, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof units, &units, NULL));
    CHECK_CL(clGetDeviceInfo(device, CL_DEVICE_GLOBAL_MEM_CACHE_SIZE, sizeof cache, &cache, NULL));
    CHECK_CL(clGetDeviceInfo(device, CL_DEVICE_MAX_WORK_GROUP_SIZE, sizeof facts->most_group,
                             &facts->most_group, NULL));
    facts->units = units;
    facts->cache_bytes = (size_t)cache;
    facts->is_host = chosen->is_cpu;
}

static void load(unsigned slot, const char *name, const char *entry) {
    char file[64], *source;
    snprintf(file, sizeof file, "%s.cl", name);
    CHECK_HC(hc_load_kernel(file, &source));
    if (kernel[slot]) CHECK_CL(clReleaseKernel(kernel[slot]));
    if (program[slot]) CHECK_CL(clReleaseProgram(program[slot]));
    kernel[slot] = NULL, program[slot] = NULL;
    CHECK_CL_OUT(program[slot] =
                     clCreateProgramWithSource(context, 1, (const char **)&source, NULL, &err));
    CHECK_HC(hc_cl_build(program[slot], device, "", file, source));
    CHECK_HC(hc_cl_kernel(program[slot], entry, &kernel[slot]));
    free(source);
}

static void release(cl_mem *buffer) {
    if (*buffer) CHECK_CL(clReleaseMemObject(*buffer));
    *buffer = NULL;
}

static void reserve(size_t x, size_t y) {
    release(&d_x), release(&d_y);
    CHECK_HC(hc_cl_check_alloc(device, x > y ? x : y, sizeof(cl_uint), 2));
    CHECK_CL_OUT(d_x = clCreateBuffer(context, CL_MEM_READ_ONLY, x * sizeof(cl_uint), NULL, &err));
    CHECK_CL_OUT(d_y = clCreateBuffer(context, CL_MEM_READ_WRITE, y * sizeof(cl_uint), NULL, &err));
}

static void upload(const uint32_t *x, size_t n) {
    CHECK_CL(clEnqueueWriteBuffer(queue, d_x, CL_TRUE, 0, n * sizeof *x, x, 0, NULL, NULL));
}

static void upload_y(const uint32_t *y, size_t n) {
    CHECK_CL(clEnqueueWriteBuffer(queue, d_y, CL_TRUE, 0, n * sizeof *y, y, 0, NULL, NULL));
}

static void download(uint32_t *y, size_t n) {
    CHECK_CL(clEnqueueReadBuffer(queue, d_y, CL_TRUE, 0, n * sizeof *y, y, 0, NULL, NULL));
}

static double launch(const Launch *l) {
    cl_kernel k = kernel[l->slot];
    cl_event event;
    const size_t global = l->groups * l->group;
    CHECK_CL(clSetKernelArg(k, 0, sizeof d_y, &d_y));
    CHECK_CL(clSetKernelArg(k, 1, sizeof d_x, &d_x));
    for (cl_uint i = 0; i < l->numbers; i++)
        CHECK_CL(clSetKernelArg(k, 2 + i, sizeof(cl_uint), &l->number[i]));
    for (unsigned i = 0; i < l->times; i++) {
        CHECK_CL(clEnqueueNDRangeKernel(queue, k, 1, NULL, &global, &l->group, 0, NULL,
                                        l->times == 1 ? &event : NULL));
        if (l->each) CHECK_CL(clFinish(queue));
    }
    CHECK_CL(clFinish(queue));
    if (l->times != 1) return 0;
    double ms = hc_cl_event_ms(event);
    CHECK_CL(clReleaseEvent(event));
    return ms;
}

/* OpenCL has no question for it. */
static size_t resident(unsigned slot, size_t group) {
    (void)slot, (void)group;
    return 0;
}

/* The host's side of each kind: malloc; a buffer that the driver makes in memory it can read
 * directly, mapped for as long as it is in use; and one that is mapped for each transfer. */
static void *host_memory(Kind kind, size_t bytes) {
    const cl_mem_flags flags = CL_MEM_READ_WRITE | CL_MEM_ALLOC_HOST_PTR;
    if (bytes == 0 && kind == PINNED && d_pinned) {
        CHECK_CL(clEnqueueUnmapMemObject(queue, d_pinned, host[PINNED], 0, NULL, NULL));
        CHECK_CL(clFinish(queue));
        release(&d_pinned);
    } else if (bytes == 0) {
        free(host[kind]);
        if (kind == MAPPED) release(&d_mapped);
    } else if (kind == PINNED) {
        CHECK_CL_OUT(d_pinned = clCreateBuffer(context, flags, bytes, NULL, &err));
        CHECK_CL_OUT(host[kind] =
                         clEnqueueMapBuffer(queue, d_pinned, CL_TRUE, CL_MAP_READ | CL_MAP_WRITE, 0,
                                            bytes, 0, NULL, NULL, &err));
    } else {
        CHECK_HC(hc_alloc(bytes, 1, &host[kind]));
        if (kind == MAPPED)
            CHECK_CL_OUT(d_mapped = clCreateBuffer(context, flags, bytes, NULL, &err));
    }
    if (bytes == 0) host[kind] = NULL;
    return host[kind];
}

static void plain(Kind kind, bool up, void *memory, size_t bytes) {
    cl_mem buffer = kind == MAPPED ? d_mapped : d_x;
    if (up) CHECK_CL(clEnqueueWriteBuffer(queue, buffer, CL_TRUE, 0, bytes, memory, 0, NULL, NULL));
    else CHECK_CL(clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, bytes, memory, 0, NULL, NULL));
}

//> transfer
/* Mapped: the host itself writes into the buffer, or reads it, while it is the host's. */
static void transfer(Kind kind, bool up, size_t bytes) {
    if (kind == MAPPED) {
        void *window;
        const cl_map_flags flags = up ? CL_MAP_WRITE_INVALIDATE_REGION : CL_MAP_READ;
        CHECK_CL_OUT(window = clEnqueueMapBuffer(queue, d_mapped, CL_TRUE, flags, 0, bytes, 0, NULL,
                                                 NULL, &err));
        memcpy(up ? window : host[kind], up ? host[kind] : window, bytes);
        CHECK_CL(clEnqueueUnmapMemObject(queue, d_mapped, window, 0, NULL, NULL));
        CHECK_CL(clFinish(queue));
    } else {
        plain(kind, up, host[kind], bytes);
    }
}
//< transfer

static void close_device(void) {
    for (unsigned slot = 0; slot < SLOTS && kernel[slot]; slot++) {
        CHECK_CL(clReleaseKernel(kernel[slot]));
        CHECK_CL(clReleaseProgram(program[slot]));
    }
    release(&d_y), release(&d_x);
    CHECK_CL(clReleaseCommandQueue(queue));
    CHECK_CL(clReleaseContext(context));
}

const Backend opencl_backend = {open_device, load,     reserve, upload,
                                upload_y,    download, launch,  resident,
                                host_memory, transfer, plain,   close_device};
#endif
