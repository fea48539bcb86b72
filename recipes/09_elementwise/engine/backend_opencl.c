// SPDX-License-Identifier: MIT
/* The engine on OpenCL: a context and a queue of its own; memory is a buffer; what was compiled
 * goes into the cache as the device's own binary. A CPU device gets kernels in the shape of chunks,
 * any other the shape of strides.
 */
#ifndef HC_NO_OPENCL
#include <math.h>

#include "hc_cl.h"
#include "hc_files.h"
#include "internal.h"

enum { MAX_ENTRIES = 8, MAX_EVENTS = 8 };

typedef struct State {
    cl_device_id device;
    cl_context context;
    cl_command_queue queue;
    bool exact_divide; /* the device rounds / and sqrt of floats correctly if it is asked to */
    char version[512]; /* everything that a binary depends on */
} State;

typedef struct Module {
    cl_program program;
    cl_kernel kernels[MAX_ENTRIES];
    char names[MAX_ENTRIES][64];
    size_t count;
    cl_event events[MAX_EVENTS]; /* of the launches of the last run */
    size_t events_count;
} Module;

static int check(cl_int code) { return code == CL_SUCCESS ? HC_OK : hc_cl_set_error(code); }

static int cl_open(EwDevice *device, const HcDevice *chosen) {
    State *s = NULL;
    cl_int code;
    cl_uint units = 1, width = 0;
    cl_device_fp_config f32 = 0, f64 = 0;
    char driver[128] = "", version[128] = "";
    int status = hc_alloc(1, sizeof *s, &s);
    if (status != HC_OK) return status;
    device->state = s;
    s->device = chosen->handle;
    clGetDeviceInfo(s->device, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof units, &units, NULL);
    clGetDeviceInfo(s->device, CL_DEVICE_NATIVE_VECTOR_WIDTH_INT, sizeof width, &width, NULL);
    clGetDeviceInfo(s->device, CL_DEVICE_DOUBLE_FP_CONFIG, sizeof f64, &f64, NULL);
    clGetDeviceInfo(s->device, CL_DEVICE_SINGLE_FP_CONFIG, sizeof f32, &f32, NULL);
    clGetDeviceInfo(s->device, CL_DRIVER_VERSION, sizeof driver, driver, NULL);
    clGetDeviceInfo(s->device, CL_DEVICE_VERSION, sizeof version, version, NULL);
    snprintf(s->version, sizeof s->version, "%s\n%s\n%s", chosen->name, driver, version);
    s->exact_divide = (f32 & CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT) != 0;
    device->shape = chosen->is_cpu ? EW_CHUNKS : EW_STRIDES;
    device->units = units ? units : 1;
    device->vector_bits = chosen->is_cpu ? 32 * (size_t)width : 0;
    device->has_f64 = f64 != 0;
    device->has_f16 = true; /* to store in; every device of OpenCL can */
    s->context = clCreateContext(NULL, 1, &s->device, NULL, NULL, &code);
    if (code == CL_SUCCESS)
        s->queue = clCreateCommandQueue(s->context, s->device, CL_QUEUE_PROFILING_ENABLE, &code);
    return check(code);
}

static void cl_close(EwDevice *device) {
    State *s = device->state;
    if (s->queue) clReleaseCommandQueue(s->queue);
    if (s->context) clReleaseContext(s->context);
    free(s);
}

static int cl_alloc(EwDevice *device, size_t bytes, void **memory) {
    State *s = device->state;
    cl_int code;
    int status = hc_cl_check_alloc(s->device, bytes, 1, 1);
    if (status != HC_OK) return status;
    *memory = clCreateBuffer(s->context, CL_MEM_READ_WRITE, bytes, NULL, &code);
    return check(code);
}

static void cl_release(EwDevice *device, void *memory) {
    (void)device;
    clReleaseMemObject(memory);
}

static int cl_write(EwDevice *device, void *memory, size_t offset, const void *host, size_t bytes) {
    State *s = device->state;
    return check(
        clEnqueueWriteBuffer(s->queue, memory, CL_TRUE, offset, bytes, host, 0, NULL, NULL));
}

static int cl_read(EwDevice *device, void *memory, size_t offset, void *host, size_t bytes) {
    State *s = device->state;
    return check(
        clEnqueueReadBuffer(s->queue, memory, CL_TRUE, offset, bytes, host, 0, NULL, NULL));
}

/* The program from a binary of the cache; false: there is none, or the driver does not take it. */
static bool from_cache(State *s, const char *key, const char *options, cl_program *program) {
    char *bytes;
    size_t size;
    cl_int code, loaded;
    double start = hc_now_ms();
    if (!hc_cache_get(key, &bytes, &size)) return false;
    const unsigned char *binary = (const unsigned char *)bytes;
    *program = clCreateProgramWithBinary(s->context, 1, &s->device, &size, &binary, &loaded, &code);
    free(bytes);
    if (code == CL_SUCCESS && clBuildProgram(*program, 1, &s->device, options, NULL, NULL) == 0) {
        hc_note_time(HC_TIME_BUILD, hc_now_ms() - start);
        return true;
    }
    if (*program) clReleaseProgram(*program);
    *program = NULL;
    return false;
}

static void to_cache(const char *key, cl_program program) {
    size_t size = 0;
    unsigned char *binary = NULL;
    if (clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof size, &size, NULL) != 0 || !size)
        return;
    if (hc_alloc(size, 1, &binary) == HC_OK &&
        clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof binary, &binary, NULL) == 0)
        hc_cache_put(key, binary, size);
    free(binary);
}

static int cl_build(EwDevice *device, const char *name, const char *source,
                    const EwOptions *options, void **module, bool *cached) {
    State *s = device->state;
    Module *m = NULL;
    char *key = NULL;
    cl_int code = CL_SUCCESS;
    const char *words =
        options->exact && s->exact_divide ? "-cl-fp32-correctly-rounded-divide-sqrt" : "";
    EwText text = {0};
    int status = hc_alloc(1, sizeof *m, &m);
    if (status != HC_OK) return status;
    ew_add(&text, "element-wise, OpenCL\n%s\n%s\n%s", s->version, words, source);
    status = ew_text_take(&text, &key);
    *cached = status == HC_OK && !options->no_cache && from_cache(s, key, words, &m->program);
    if (status == HC_OK && !*cached) {
        m->program = clCreateProgramWithSource(s->context, 1, &source, NULL, &code);
        status = check(code);
        if (status == HC_OK) status = hc_cl_build(m->program, s->device, words, name, source);
        if (status == HC_OK && !options->no_cache) to_cache(key, m->program);
    }
    free(key);
    *module = m;
    return status;
}

static void forget_events(Module *m) {
    for (size_t k = 0; k < m->events_count; k++) clReleaseEvent(m->events[k]);
    m->events_count = 0;
}

static void cl_unload(EwDevice *device, void *module) {
    Module *m = module;
    (void)device;
    forget_events(m);
    for (size_t k = 0; k < m->count; k++) clReleaseKernel(m->kernels[k]);
    if (m->program) clReleaseProgram(m->program);
    free(m);
}

static int find_kernel(Module *m, const char *entry, cl_kernel *kernel) {
    for (size_t k = 0; k < m->count; k++)
        if (strcmp(m->names[k], entry) == 0) {
            *kernel = m->kernels[k];
            return HC_OK;
        }
    if (m->count == MAX_ENTRIES)
        return hc_set_error(HC_ERROR, 0, NULL, NULL, "more than %d kernels in one source",
                            MAX_ENTRIES);
    int status = hc_cl_kernel(m->program, entry, kernel);
    if (status != HC_OK) return status;
    snprintf(m->names[m->count], sizeof m->names[0], "%s", entry);
    m->kernels[m->count++] = *kernel;
    return HC_OK;
}

static int cl_launch(EwDevice *device, void *module, const char *entry, size_t groups, size_t group,
                     const EwParam *params, size_t count, bool first) {
    State *s = device->state;
    Module *m = module;
    cl_kernel kernel;
    cl_event event = NULL;
    size_t global = groups * group;
    int status = find_kernel(m, entry, &kernel);
    for (size_t k = 0; status == HC_OK && k < count; k++) {
        const EwParam *p = &params[k];
        cl_mem memory = p->memory;
        status = check(p->is_memory ? clSetKernelArg(kernel, (cl_uint)k, sizeof memory, &memory)
                                    : clSetKernelArg(kernel, (cl_uint)k, p->size, p->value));
    }
    if (status != HC_OK) return status;
    status =
        check(clEnqueueNDRangeKernel(s->queue, kernel, 1, NULL, &global, &group, 0, NULL, &event));
    if (status == HC_OK) status = check(clFlush(s->queue));
    if (first) forget_events(m);
    if (event && m->events_count < MAX_EVENTS) m->events[m->events_count++] = event;
    else if (event) clReleaseEvent(event);
    return status;
}

static double cl_time_ms(EwDevice *device, void *module) {
    Module *m = module;
    double sum = 0;
    (void)device;
    if (m->events_count == 0 || clWaitForEvents((cl_uint)m->events_count, m->events) != 0)
        return (double)NAN;
    for (size_t k = 0; k < m->events_count; k++) sum += hc_cl_event_ms(m->events[k]);
    return sum;
}

const EwBackend ew_opencl = {.name = "OpenCL",
                             .language = EW_OPENCL_C,
                             .open = cl_open,
                             .close = cl_close,
                             .alloc = cl_alloc,
                             .release = cl_release,
                             .write = cl_write,
                             .read = cl_read,
                             .build = cl_build,
                             .unload = cl_unload,
                             .launch = cl_launch,
                             .time_ms = cl_time_ms};
#else
typedef int ew_no_opencl; /* an empty file is no C */
#endif
