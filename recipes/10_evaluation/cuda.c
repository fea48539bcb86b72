// SPDX-License-Identifier: MIT
/* A problem by CUDA: upload, kernel, download, each timed. opencl.c does the same, step by step, in
 * OpenCL. Contexts and modules are kept until the end, since a module that is used is built once.
 */
#include "evaluation.h"
#ifndef HC_NO_CUDA
#include <math.h>

#include "cuda_row.h"

enum { MOST_MODULES = 16 * MOST_DEVICES };

static struct {
    bool is_open;
    CUdevice device;
    CUcontext context;
    CUstream stream;
    CUevent begun, ended;
} opened[MOST_DEVICES];
static struct {
    int index;
    const char *file;
    CUmodule module;
    CUfunction kernel;
} built[MOST_MODULES];

static int open_device(int index) {
    if (index >= MOST_DEVICES)
        return hc_set_error(HC_SKIP, 0, NULL, NULL, "more than %d devices", MOST_DEVICES);
    if (!opened[index].is_open) {
        CHECK_CU(cuInit(0));
        CHECK_CU(cuDeviceGet(&opened[index].device, index));
        CHECK_CU(cuDevicePrimaryCtxRetain(&opened[index].context, opened[index].device));
        CHECK_CU(cuCtxSetCurrent(opened[index].context));
        CHECK_CU(cuStreamCreate(&opened[index].stream, CU_STREAM_DEFAULT));
        CHECK_CU(cuEventCreate(&opened[index].begun, CU_EVENT_DEFAULT));
        CHECK_CU(cuEventCreate(&opened[index].ended, CU_EVENT_DEFAULT));
        opened[index].is_open = true;
    }
    CHECK_CU(cuCtxSetCurrent(opened[index].context));
    return HC_OK;
}

/* The source of a kernel; the element type, where it is open, is text in front. */
static int load_source(const Row *row, const char *file, char **source) {
    char *text;
    int status = hc_load_kernel(file, &text);
    if (status != HC_OK || !row->problem->typed) {
        *source = text;
        return status;
    }
    size_t size = strlen(text) + 32;
    status = hc_alloc(size, 1, source);
    if (status == HC_OK) snprintf(*source, size, "typedef float T;\n%s", text);
    free(text);
    return status;
}

static int find_kernel(Row *row, CudaRow *c) {
    const char *file = row->problem->cu[row->form].file;
    int index = row->device->index;
    size_t b = 0;
    while (built[b].file && (built[b].index != index || strcmp(built[b].file, file) != 0)) b++;
    if (!built[b].file) {
        char *source, *image = NULL;
        CHECK_HC(load_source(row, file, &source));
        double start_ms = hc_now_ms();
        int status = hc_cu_compile(source, file, NULL, opened[index].device, &image);
        if (status == HC_OK) status = hc_cu_load(image, &built[b].module);
        if (status == HC_OK)
            status = hc_cu_kernel(built[b].module, image, row->problem->cu[row->form].entry,
                                  &built[b].kernel);
        row->build_ms = hc_now_ms() - start_ms;
        free(image), free(source);
        if (status != HC_OK) return status;
        built[b].index = index;
        built[b].file = file;
    }
    c->kernel = built[b].kernel;
    return HC_OK;
}

int cuda_arrays(Row *row, const Shape *s) {
    CudaRow *c;
    CHECK_HC(hc_alloc(1, sizeof *c, &c));
    row->state = c;
    int status = open_device(row->device->index);
    if (status != HC_OK) return status;
    c->stream = opened[row->device->index].stream;
    status = hc_cu_check_alloc(s->out_n + s->in_n[0] + s->in_n[1], sizeof(float), 1);
    if (status != HC_OK || s->out_n == 0) return status;
    const size_t bytes = s->out_n * sizeof(float);
    CHECK_CU(cuMemAlloc(&c->d_out, bytes));
    for (int k = 0; k < 2 && s->in_n[k]; k++) {
        const size_t in_bytes = s->in_n[k] * sizeof(float);
        CHECK_CU(cuMemAlloc(&c->d_in[k], in_bytes));
    }
    return HC_OK;
}

//> enqueue
static void enqueue(CudaRow *c, const Shape *s) {
    void *arguments[9] = {&c->d_out};
    size_t size[6], count = 1;
    for (int k = 0; k < 2 && c->d_in[k]; k++) arguments[count++] = &c->d_in[k];
    for (unsigned i = 0; i < s->sizes; i++) {
        size[i] = s->size[i];
        arguments[count++] = &size[i];
    }
    const Launch *l = &c->launch;
    unsigned x = (unsigned)(l->global[0] / l->local[0]), y = (unsigned)(l->global[1] / l->local[1]);
    CHECK_CU(cuLaunchKernel(c->kernel, x, y, 1, (unsigned)l->local[0], (unsigned)l->local[1], 1, 0,
                            c->stream, arguments, NULL));
}
//< enqueue

static int prepare(Row *row, const Shape *s) {
    int status = cuda_arrays(row, s);
    CudaRow *c = row->state;
    if (status == HC_OK) status = find_kernel(row, c);
    if (status == HC_OK) {
        row->problem->cu[row->form].launch(s, &c->launch);
        if (c->launch.global[1] / c->launch.local[1] > 65535)
            status = hc_set_error(HC_SKIP, 0, NULL, NULL, "a grid is at most 65,535 blocks high");
    }
    c->enqueue = enqueue;
    if (status != HC_OK) cuda_finish(row);
    return status;
}

//> run
void cuda_run(Row *row, const Shape *s, float *out, const float *const *in, Times *times) {
    CudaRow *c = row->state;
    int index = row->device->index;
    *times = (Times){0};
    if (s->out_n == 0) return;
    CHECK_CU(cuCtxSetCurrent(opened[index].context));
    double start_ms = hc_now_ms();
    for (int k = 0; k < 2 && s->in_n[k]; k++)
        CHECK_CU(cuMemcpyHtoD(c->d_in[k], in[k], s->in_n[k] * sizeof(float)));
    double uploaded_ms = hc_now_ms();
    CHECK_CU(cuEventRecord(opened[index].begun, c->stream));
    c->enqueue(c, s);
    CHECK_CU(cuEventRecord(opened[index].ended, c->stream));
    CHECK_CU(cuStreamSynchronize(c->stream)); /* else the clock is read before it has begun */
    double computed_ms = hc_now_ms();
    CHECK_CU(cuMemcpyDtoH(out, c->d_out, s->out_n * sizeof(float)));
    double end_ms = hc_now_ms();
    double kernel_ms = hc_cu_event_ms(opened[index].begun, opened[index].ended);
    *times = (Times){.upload = uploaded_ms - start_ms,
                     .kernel = kernel_ms > 0 ? kernel_ms : computed_ms - uploaded_ms,
                     .download = end_ms - computed_ms,
                     .total = end_ms - start_ms};
}
//< run

void cuda_finish(Row *row) {
    CudaRow *c = row->state;
    for (int k = 0; k < 2; k++)
        if (c->d_in[k]) CHECK_CU(cuMemFree(c->d_in[k]));
    if (c->d_out) CHECK_CU(cuMemFree(c->d_out));
    free(c);
    row->state = NULL;
}

void close_cuda(void) {
    for (int d = 0; d < MOST_DEVICES; d++) {
        if (!opened[d].is_open) continue;
        CHECK_CU(cuCtxSetCurrent(opened[d].context));
        for (size_t b = 0; b < MOST_MODULES && built[b].file; b++)
            if (built[b].index == d) CHECK_CU(cuModuleUnload(built[b].module));
        CHECK_CU(cuEventDestroy(opened[d].ended));
        CHECK_CU(cuEventDestroy(opened[d].begun));
        CHECK_CU(cuStreamDestroy(opened[d].stream));
        CHECK_CU(cuDevicePrimaryCtxRelease(opened[d].device));
    }
}

const Backend cuda_backend = {"CUDA", prepare, cuda_run, cuda_finish};
#else
void close_cuda(void) {}
#endif
