// SPDX-License-Identifier: MIT
/* Vector sum z = x + y: a complete OpenCL program, step by step.
 *
 * Run:        ./cook run 8          or with less data and integers: ./cook run 8 -n 1000 --type i32
 * Shapes:     x, y, z: n elements of float (f32) or int (i32), one work-item each
 * Tolerance:  none. One IEEE addition is correctly rounded on host and device alike, and the input
 *             has no denormals, which a device may flush; integers stay far from overflow.
 */
#include "application.h"

//> reference
/* The reference: what the kernel must give, in plain C. */
static void vector_sum(HcType type, void *z, const void *x, const void *y, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (type == HC_F32) ((float *)z)[i] = ((const float *)x)[i] + ((const float *)y)[i];
        else ((int32_t *)z)[i] = ((const int32_t *)x)[i] + ((const int32_t *)y)[i];
}
//< reference

static const char *type_name = "f32";
static bool mapped;
static const HcOption options[] = {
    HC_CHOICE("type", &type_name, "f32|i32", "element type"),
    HC_FLAG("mapped", &mapped, "share the buffers with the host instead of copying (mapped.c)"),
    HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "08_opencl_application",
                                .summary = "the sum of two vectors, as a complete OpenCL program",
                                .apis = (const HcApi *const[]){&hc_cl_api, NULL},
                                .options = options,
                                .size = {1 << 24},
                                .rank = 1,
                                .repeat = 10,
                                .random = true};

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    Application app = {.n = args.size[0], .type = strcmp(type_name, "f32") == 0 ? HC_F32 : HC_I32};

    //> device
    /* 1. A device: a GPU if there is one, else the CPU, or what --device says. */
    HcDevice chosen;
    CHECK_HC(hc_choose_device(&chosen));
    app.device = chosen.handle;
    //< device

    hc_step("making the input and the reference"); /* shown if it takes long */
    //> input
    /* 2. Input on the host, and the answer to compare with. */
    size_t n = app.n, size = hc_type_size(app.type);
    void *x, *y, *z, *want;
    CHECK_HC(hc_cl_check_alloc(app.device, n, size, 3));
    CHECK_HC(hc_alloc(n, size, &x));
    CHECK_HC(hc_alloc(n, size, &y));
    CHECK_HC(hc_alloc(n, size, &z));
    CHECK_HC(hc_alloc(n, size, &want));
    hc_fill(app.type, x, n, args.seed, 0);
    hc_fill(app.type, y, n, args.seed, 1);
    vector_sum(app.type, want, x, y, n);
    //< input

    //> context
    /* 3. A context holds the device's objects; a queue takes its commands, in order. */
    cl_context context;
    cl_command_queue queue;
    CHECK_CL_OUT(context = clCreateContext(NULL, 1, &app.device, NULL, NULL, &err));
    const cl_command_queue_properties profiling = CL_QUEUE_PROFILING_ENABLE;
    CHECK_CL_OUT(queue = clCreateCommandQueue(context, app.device, profiling, &err));
    //< context
    app.context = context;
    app.queue = queue;

    //> build
    /* 4. The kernel is compiled now, for this device, with the element type put in for T. */
    char *source;
    const char *build_options = app.type == HC_F32 ? "-DT=float" : "-DT=int";
    cl_program program;
    cl_kernel kernel;
    CHECK_HC(hc_load_kernel("vector_sum.cl", &source));
    CHECK_CL_OUT(program =
                     clCreateProgramWithSource(context, 1, (const char **)&source, NULL, &err));
    CHECK_HC(hc_cl_build(program, app.device, build_options, "vector_sum.cl", source));
    CHECK_HC(hc_cl_kernel(program, "vector_sum", &kernel));
    //< build
    app.kernel = kernel;

    hc_say("n          %zu elements of %s\n", n, type_name);
    if (n == 0) {
        hc_say("           nothing to launch: the sum of two empty vectors is empty\n");
        hc_verify("z", hc_compare(app.type, z, want, 0, HC_EXACT));
    } else if (mapped) {
        sum_mapped(&app, want, args.seed, args.repeat);
    } else {
        size_t bytes = n * size;
        hc_step("running on the device");
        //> buffers
        /* 5. Memory on the device: the kernel cannot see the host's. */
        cl_mem d_x, d_y, d_z;
        CHECK_CL_OUT(d_x = clCreateBuffer(context, CL_MEM_READ_ONLY, bytes, NULL, &err));
        CHECK_CL_OUT(d_y = clCreateBuffer(context, CL_MEM_READ_ONLY, bytes, NULL, &err));
        CHECK_CL_OUT(d_z = clCreateBuffer(context, CL_MEM_WRITE_ONLY, bytes, NULL, &err));
        //< buffers

        //> upload
        /* 6. Upload: host to device. CL_TRUE waits until the host's array may be used again. */
        CHECK_CL(clEnqueueWriteBuffer(queue, d_x, CL_TRUE, 0, bytes, x, 0, NULL, NULL));
        CHECK_CL(clEnqueueWriteBuffer(queue, d_y, CL_TRUE, 0, bytes, y, 0, NULL, NULL));
        //< upload

        //> launch
        /* 7. Launch: one work-item per element, in groups; the last group may be partly idle. */
        cl_ulong count = n;
        size_t group = group_size(&app), global = (n + group - 1) / group * group;
        CHECK_CL(clSetKernelArg(kernel, 0, sizeof d_z, &d_z));
        CHECK_CL(clSetKernelArg(kernel, 1, sizeof d_x, &d_x));
        CHECK_CL(clSetKernelArg(kernel, 2, sizeof d_y, &d_y));
        CHECK_CL(clSetKernelArg(kernel, 3, sizeof count, &count));
        CHECK_CL(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &global, &group, 0, NULL, NULL));
        //< launch

        //> download
        /* 8. Download: device to host. The queue is in order, so this waits for the kernel. */
        CHECK_CL(clEnqueueReadBuffer(queue, d_z, CL_TRUE, 0, bytes, z, 0, NULL, NULL));
        //< download

        hc_step("verifying");
        //> verify
        /* 9. The answer first; then speed (measure.c), if the answer is right. */
        bool right = hc_verify("z", hc_compare(app.type, z, want, n, HC_EXACT));
        if (right && (args.json || !args.quiet)) {
            measure_transfers(&app, d_x, x, d_z, z, args.repeat);
            measure_kernels(&app, d_z, d_x, args.repeat);
        }
        //< verify
        CHECK_CL(clReleaseMemObject(d_z));
        CHECK_CL(clReleaseMemObject(d_y));
        CHECK_CL(clReleaseMemObject(d_x));
    }

    //> release
    /* 10. Release in reverse order. */
    CHECK_CL(clReleaseKernel(kernel));
    CHECK_CL(clReleaseProgram(program));
    CHECK_CL(clReleaseCommandQueue(queue));
    CHECK_CL(clReleaseContext(context));
    //< release
    free(source), free(want), free(z), free(y), free(x);
    return hc_end();
}
