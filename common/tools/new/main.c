// SPDX-License-Identifier: MIT
/* @TITLE@: y = 2 x, in OpenCL, as the start of a recipe. Say here what it teaches.
 *
 * Run:        ./cook run @NUMBER@          or with less data: ./cook run @NUMBER@ -n 1000
 * Shapes:     x, y: n elements of float, one work-item each
 * Tolerance:  none. Twice a float is exact, as only its exponent changes.
 */
#include "hc_cl.h"

/* The reference: what the kernel must give, in plain C. */
static void @KERNEL@(float *y, const float *x, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = 2 * x[i];
}

static const HcRecipe recipe = {.name = "@NAME@",
                                .summary = "@TITLE@",
                                .apis = (const HcApi *const[]){&hc_cl_api, NULL},
                                .size = {1 << 20},
                                .rank = 1,
                                .repeat = 10,
                                .random = true};

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);

    //> input
    /* 1. A device, input on the host, and the answer to compare with. */
    HcDevice chosen;
    CHECK_HC(hc_choose_device(&chosen));
    cl_device_id device = chosen.handle;
    size_t n = args.size[0], bytes = n * sizeof(float);
    CHECK_HC(hc_cl_check_alloc(device, n, sizeof(float), 2));
    float *x, *y, *want;
    CHECK_HC(hc_alloc(n, sizeof *x, &x));
    CHECK_HC(hc_alloc(n, sizeof *y, &y));
    CHECK_HC(hc_alloc(n, sizeof *want, &want));
    hc_fill(HC_F32, x, n, args.seed, 0);
    @KERNEL@(want, x, n);
    //< input

    //> build
    /* 2. Context, queue, and the kernel, compiled for this device. */
    cl_context context;
    cl_command_queue queue;
    cl_program program;
    cl_kernel kernel;
    char *source;
    CHECK_CL_OUT(context = clCreateContext(NULL, 1, &device, NULL, NULL, &err));
    const cl_command_queue_properties profiling = CL_QUEUE_PROFILING_ENABLE;
    CHECK_CL_OUT(queue = clCreateCommandQueue(context, device, profiling, &err));
    CHECK_HC(hc_load_kernel("@KERNEL@.cl", &source));
    const char **text = (const char **)&source;
    CHECK_CL_OUT(program = clCreateProgramWithSource(context, 1, text, NULL, &err));
    CHECK_HC(hc_cl_build(program, device, "", "@KERNEL@.cl", source));
    CHECK_HC(hc_cl_kernel(program, "@KERNEL@", &kernel));
    //< build

    hc_say("n          %zu elements\n", n);
    if (n > 0) {
        //> launch
        /* 3. Upload, launch, download. One work-item per element, rounded up to whole groups. */
        cl_mem d_x, d_y;
        cl_event done;
        cl_ulong count = n;
        size_t group;
        CHECK_CL(clGetKernelWorkGroupInfo(kernel, device, CL_KERNEL_WORK_GROUP_SIZE, sizeof group,
                                          &group, NULL));
        if (group > 256) group = 256;
        size_t global = (n + group - 1) / group * group;
        CHECK_CL_OUT(d_x = clCreateBuffer(context, CL_MEM_READ_ONLY, bytes, NULL, &err));
        CHECK_CL_OUT(d_y = clCreateBuffer(context, CL_MEM_WRITE_ONLY, bytes, NULL, &err));
        CHECK_CL(clEnqueueWriteBuffer(queue, d_x, CL_TRUE, 0, bytes, x, 0, NULL, NULL));
        CHECK_CL(clSetKernelArg(kernel, 0, sizeof d_y, &d_y));
        CHECK_CL(clSetKernelArg(kernel, 1, sizeof d_x, &d_x));
        CHECK_CL(clSetKernelArg(kernel, 2, sizeof count, &count));
        for (unsigned r = 0; r < args.repeat; r++) {
            CHECK_CL(
                clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &global, &group, 0, NULL, &done));
            CHECK_CL(clWaitForEvents(1, &done));
            hc_note_time(HC_TIME_KERNEL, hc_cl_event_ms(done));
            CHECK_CL(clReleaseEvent(done));
        }
        CHECK_CL(clEnqueueReadBuffer(queue, d_y, CL_TRUE, 0, bytes, y, 0, NULL, NULL));
        //< launch
        CHECK_CL(clReleaseMemObject(d_y));
        CHECK_CL(clReleaseMemObject(d_x));
    }

    //> verify
    /* 4. The answer first: hc_end shows times only if it is right. */
    hc_verify("y", hc_compare(HC_F32, y, want, n, HC_EXACT));
    //< verify

    /* 5. Release in reverse order. */
    CHECK_CL(clReleaseKernel(kernel));
    CHECK_CL(clReleaseProgram(program));
    CHECK_CL(clReleaseCommandQueue(queue));
    CHECK_CL(clReleaseContext(context));
    free(source), free(want), free(y), free(x);
    return hc_end();
}
