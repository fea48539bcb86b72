// SPDX-License-Identifier: MIT
/* How fast is the sum? A kernel that only moves data can be no faster than memory, so its rate is
 * put beside that of a kernel which copies: same shape, same device, same minute, one after the
 * other in turn, since a machine that is busy for a while then slows both. Device times.
 */
#include "application.h"

size_t group_size(const Application *app) {
    size_t most = 1;
    CHECK_CL(clGetKernelWorkGroupInfo(app->kernel, app->device, CL_KERNEL_WORK_GROUP_SIZE,
                                      sizeof most, &most, NULL));
    return most < 256 ? most : 256;
}

static double launch_ms(const Application *app, cl_kernel kernel) {
    size_t group = group_size(app), global = (app->n + group - 1) / group * group;
    cl_event event;
    CHECK_CL(clEnqueueNDRangeKernel(app->queue, kernel, 1, NULL, &global, &group, 0, NULL, &event));
    CHECK_CL(clWaitForEvents(1, &event));
    double ms = hc_cl_event_ms(event);
    CHECK_CL(clReleaseEvent(event));
    return ms;
}

void measure_transfers(const Application *app, cl_mem d_x, const void *x, cl_mem d_z, void *z,
                       unsigned repeat) {
    size_t bytes = app->n * hc_type_size(app->type);
    hc_step("measuring transfers");
    for (unsigned i = 0; i < repeat; i++) {
        double start_ms = hc_now_ms();
        CHECK_CL(clEnqueueWriteBuffer(app->queue, d_x, CL_TRUE, 0, bytes, x, 0, NULL, NULL));
        double middle_ms = hc_now_ms();
        CHECK_CL(clEnqueueReadBuffer(app->queue, d_z, CL_TRUE, 0, bytes, z, 0, NULL, NULL));
        hc_note_time(HC_TIME_UPLOAD, middle_ms - start_ms);
        hc_note_time(HC_TIME_DOWNLOAD, hc_now_ms() - middle_ms);
    }
    hc_step(NULL);
}

void measure_kernels(const Application *app, cl_mem d_z, cl_mem d_x, unsigned repeat) {
    char *source;
    cl_program program;
    cl_kernel copy;
    cl_ulong n = app->n;
    double *copy_ms;
    CHECK_HC(hc_alloc(repeat, sizeof *copy_ms, &copy_ms));
    CHECK_HC(hc_load_kernel("vector_copy.cl", &source));
    CHECK_CL_OUT(
        program = clCreateProgramWithSource(app->context, 1, (const char **)&source, NULL, &err));
    CHECK_HC(hc_cl_build(program, app->device, app->type == HC_F32 ? "-DT=float" : "-DT=int",
                         "vector_copy.cl", source));
    CHECK_HC(hc_cl_kernel(program, "vector_copy", &copy));
    CHECK_CL(clSetKernelArg(copy, 0, sizeof d_z, &d_z));
    CHECK_CL(clSetKernelArg(copy, 1, sizeof d_x, &d_x));
    CHECK_CL(clSetKernelArg(copy, 2, sizeof n, &n));

    //> in_turn
    hc_step("measuring kernels");
    launch_ms(app, copy); /* the first launch may compile for this group size */
    for (unsigned i = 0; i < repeat; i++) {
        hc_note_time(HC_TIME_KERNEL, launch_ms(app, app->kernel));
        copy_ms[i] = launch_ms(app, copy);
    }
    hc_step(NULL);
    //< in_turn

    double bytes = (double)app->n * (double)hc_type_size(app->type);
    double sum_gbps = 3 * bytes / (hc_time_stats(HC_TIME_KERNEL).median * 1e6);
    double copy_gbps = 2 * bytes / (hc_stats(copy_ms, repeat).median * 1e6);
    hc_note_f64("sum_gbps", "sum", sum_gbps, "GB/s (reads x and y, writes z)");
    hc_note_f64("copy_gbps", "copy", copy_gbps, "GB/s (reads x, writes z)");
    hc_note_f64("sum_to_copy", "sum/copy", sum_gbps / copy_gbps, "");
    CHECK_CL(clReleaseKernel(copy));
    CHECK_CL(clReleaseProgram(program));
    free(source);
    free(copy_ms);
}
