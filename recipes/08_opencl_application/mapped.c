// SPDX-License-Identifier: MIT
/* The same sum without copies: where device and host share one memory, as on a CPU device or an
 * integrated GPU, a buffer can be mapped into the host's address space. The host makes its input in
 * place, hands the buffer over by unmapping it, and maps the result to read it. On a GPU with
 * memory of its own the driver copies behind the scenes, and mapping gains nothing.
 */
#include "application.h"

static void *map(const Application *app, cl_mem buffer, cl_map_flags access) {
    void *host;
    size_t bytes = app->n * hc_type_size(app->type);
    CHECK_CL_OUT(host = clEnqueueMapBuffer(app->queue, buffer, CL_TRUE, access, 0, bytes, 0, NULL,
                                           NULL, &err));
    return host;
}

void sum_mapped(const Application *app, const void *want, uint64_t seed, unsigned repeat) {
    size_t bytes = app->n * hc_type_size(app->type);
    cl_mem d[3]; /* z, x, y: the kernel's order of arguments */
    cl_ulong n = app->n;

    //> map
    /* Memory that both sides can reach, if the device has such. */
    for (int i = 0; i < 3; i++)
        CHECK_CL_OUT(d[i] = clCreateBuffer(app->context, CL_MEM_ALLOC_HOST_PTR, bytes, NULL, &err));
    double map_ms = 0;
    for (int i = 1; i < 3; i++) {
        double start_ms = hc_now_ms();
        void *input = map(app, d[i], CL_MAP_WRITE_INVALIDATE_REGION);
        map_ms += hc_now_ms() - start_ms;
        hc_fill(app->type, input, app->n, seed, (uint32_t)i - 1); /* the host's turn */
        start_ms = hc_now_ms();
        CHECK_CL(clEnqueueUnmapMemObject(app->queue, d[i], input, 0, NULL, NULL));
        CHECK_CL(clFinish(app->queue)); /* from here on the buffer is the device's */
        map_ms += hc_now_ms() - start_ms;
    }
    hc_note_time(HC_TIME_UPLOAD, map_ms);
    //< map

    size_t group = group_size(app), global = (app->n + group - 1) / group * group;
    for (cl_uint i = 0; i < 3; i++) CHECK_CL(clSetKernelArg(app->kernel, i, sizeof d[i], &d[i]));
    CHECK_CL(clSetKernelArg(app->kernel, 3, sizeof n, &n));
    CHECK_CL(
        clEnqueueNDRangeKernel(app->queue, app->kernel, 1, NULL, &global, &group, 0, NULL, NULL));
    CHECK_CL(clFinish(app->queue));

    //> map_result
    double start_ms = hc_now_ms();
    void *result = map(app, d[0], CL_MAP_READ);
    hc_note_time(HC_TIME_DOWNLOAD, hc_now_ms() - start_ms);
    bool right = hc_verify("z", hc_compare(app->type, result, want, app->n, HC_EXACT));
    CHECK_CL(clEnqueueUnmapMemObject(app->queue, d[0], result, 0, NULL, NULL));
    CHECK_CL(clFinish(app->queue));
    //< map_result

    if (right) measure_kernels(app, d[0], d[1], repeat);
    for (int i = 2; i >= 0; i--) CHECK_CL(clReleaseMemObject(d[i]));
}
