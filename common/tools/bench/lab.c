// SPDX-License-Identifier: MIT
/* The OpenCL device of the bench, and everything that was made on it. */
#include "lab.h"

enum { MOST = 64 /* kernels, and buffers, that one area makes at most */ };

BenchLab bench_lab;
static struct {
    cl_program programs[MOST];
    cl_kernel kernels[MOST];
    cl_mem buffers[MOST];
    size_t kernel_count, buffer_count;
} made;

int bench_cl_failed(cl_int code, const char *call) {
    int status = hc_cl_set_error(code);
    const HcError e = *hc_last_error();
    return hc_set_error(status, e.code, e.name, e.hint, "%.200s: %s", call, e.message);
}

int bench_lab_open(Bench *bench) {
    BenchLab *lab = &bench_lab;
    const char *spec = bench->options.device, *wish = getenv("HC_DEVICE");
    char driver[128] = "";
    cl_uint units;
    cl_int err;
    if (lab->queue) return HC_OK;
    if (!spec && wish && *wish) spec = wish;
    TRY(hc_select_device((const HcApi *const[]){&hc_cl_api, NULL}, spec, &lab->chosen));
    lab->device = lab->chosen.handle;
    snprintf(bench->device, sizeof bench->device, "opencl:%d:%d  %.255s (%.255s)",
             lab->chosen.platform, lab->chosen.index, lab->chosen.name, lab->chosen.detail);
    TRY_CL(clGetDeviceInfo(lab->device, CL_DRIVER_VERSION, sizeof driver, driver, NULL));
    TRY_CL(clGetDeviceInfo(lab->device, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof units, &units, NULL));
    lab->units = units;
    bench_version(bench, "OpenCL platform", lab->chosen.detail);
    bench_version(bench, "OpenCL driver", driver);
    lab->context = clCreateContext(NULL, 1, &lab->device, NULL, NULL, &err);
    TRY_CL(err);
    lab->queue = clCreateCommandQueue(lab->context, lab->device, CL_QUEUE_PROFILING_ENABLE, &err);
    TRY_CL(err);
    return HC_OK;
}

void bench_lab_close(void) {
    for (size_t i = 0; i < made.kernel_count; i++) {
        if (made.kernels[i]) clReleaseKernel(made.kernels[i]);
        if (made.programs[i]) clReleaseProgram(made.programs[i]);
    }
    for (size_t i = 0; i < made.buffer_count; i++) clReleaseMemObject(made.buffers[i]);
    if (bench_lab.queue) clReleaseCommandQueue(bench_lab.queue);
    if (bench_lab.context) clReleaseContext(bench_lab.context);
    memset(&made, 0, sizeof made);
    memset(&bench_lab, 0, sizeof bench_lab);
}

int bench_lab_cpu(void) {
    if (bench_lab.chosen.is_cpu) return HC_OK;
    return hc_set_error(HC_SKIP, 0, NULL, NULL,
                        "the kernel is shaped for a CPU, and the device is none");
}

int bench_lab_kernel_of(const char *source, const char *file, const char *name, const char *options,
                        cl_kernel *kernel) {
    cl_int err;
    if (made.kernel_count == MOST) return hc_set_error(HC_ERROR, 0, NULL, NULL, "too many kernels");
    size_t i = made.kernel_count++;
    made.programs[i] = clCreateProgramWithSource(bench_lab.context, 1, &source, NULL, &err);
    TRY_CL(err);
    int status = hc_cl_build(made.programs[i], bench_lab.device, options, file, source);
    const char *log = hc_last_error()->detail;
    if (status == HC_BUILD && log && strstr(log, "__builtin_nontemporal_store is missing"))
        return hc_set_error(HC_SKIP, 0, NULL, NULL,
                            "this device's compiler has no __builtin_nontemporal_store");
    TRY(status);
    TRY(hc_cl_kernel(made.programs[i], name, &made.kernels[i]));
    *kernel = made.kernels[i];
    return HC_OK;
}

int bench_lab_kernel(const char *file, const char *name, const char *options, cl_kernel *kernel) {
    char *source;
    TRY(hc_load_kernel(file, &source));
    int status = bench_lab_kernel_of(source, file, name, options, kernel);
    free(source);
    return status;
}

int bench_lab_buffer(cl_mem_flags flags, size_t size, const void *content, cl_mem *buffer) {
    cl_int err;
    if (made.buffer_count == MOST) return hc_set_error(HC_ERROR, 0, NULL, NULL, "too many buffers");
    TRY(hc_cl_check_alloc(bench_lab.device, size, 1, 1));
    *buffer = clCreateBuffer(bench_lab.context, flags, size, NULL, &err);
    TRY_CL(err);
    made.buffers[made.buffer_count++] = *buffer;
    if (content)
        TRY_CL(clEnqueueWriteBuffer(bench_lab.queue, *buffer, CL_TRUE, 0, size, content, 0, NULL,
                                    NULL));
    return HC_OK;
}

int bench_lab_shared(size_t size, void *host, cl_mem *buffer) {
    cl_int err;
    if (!bench_lab.chosen.is_cpu) return bench_lab_buffer(CL_MEM_READ_ONLY, size, host, buffer);
    if (made.buffer_count == MOST) return hc_set_error(HC_ERROR, 0, NULL, NULL, "too many buffers");
    *buffer =
        clCreateBuffer(bench_lab.context, CL_MEM_READ_ONLY | CL_MEM_USE_HOST_PTR, size, host, &err);
    TRY_CL(err);
    made.buffers[made.buffer_count++] = *buffer;
    return HC_OK;
}

int bench_lab_launch(cl_kernel kernel, cl_uint dimensions, const size_t *global,
                     const size_t *group, double *ms) {
    double start_ms = hc_now_ms();
    TRY_CL(clEnqueueNDRangeKernel(bench_lab.queue, kernel, dimensions, NULL, global, group, 0, NULL,
                                  NULL));
    TRY_CL(clFinish(bench_lab.queue));
    *ms = hc_now_ms() - start_ms;
    return HC_OK;
}
