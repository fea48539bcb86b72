// SPDX-License-Identifier: MIT
/* What is true: a launch of the shape that the exercise names, whose work-items say who they are.
 * The numbers are counted from what they wrote.
 */
#include "hc_cl.h"

enum { NX = 40, NY = 10, BLOCK_X = 16, BLOCK_Y = 4, X = 37, Y = 6, WARP = 32 };

static const HcRecipe recipe = {.name = "03_predict_the_thread",
                                .summary = "counts what the exercise asks for",
                                .apis = (const HcApi *const[]){&hc_cl_api, NULL}};

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    HcDevice chosen;
    CHECK_HC(hc_choose_device(&chosen));
    cl_device_id device = chosen.handle;
    cl_context context;
    cl_command_queue queue;
    char *source;
    cl_program program;
    cl_kernel kernel;
    CHECK_CL_OUT(context = clCreateContext(NULL, 1, &device, NULL, NULL, &err));
    CHECK_CL_OUT(queue = clCreateCommandQueue(context, device, 0, &err));
    CHECK_HC(hc_load_kernel("threads.cl", &source));
    CHECK_CL_OUT(program =
                     clCreateProgramWithSource(context, 1, (const char **)&source, NULL, &err));
    CHECK_HC(hc_cl_build(program, device, "", "threads.cl", source));
    CHECK_HC(hc_cl_kernel(program, "threads", &kernel));

    const size_t local[2] = {BLOCK_X, BLOCK_Y};
    const size_t global[2] = {(NX + BLOCK_X - 1) / BLOCK_X * BLOCK_X,
                              (NY + BLOCK_Y - 1) / BLOCK_Y * BLOCK_Y};
    size_t threads = global[0] * global[1], bytes = threads * sizeof(cl_uint);
    cl_uint *busy, owner[5] = {0}, shape[4] = {NX, NY, X, Y};
    cl_mem d_busy, d_owner;
    CHECK_HC(hc_alloc(threads, sizeof *busy, &busy));
    CHECK_CL_OUT(d_busy = clCreateBuffer(context, CL_MEM_WRITE_ONLY, bytes, NULL, &err));
    CHECK_CL_OUT(d_owner = clCreateBuffer(context, CL_MEM_WRITE_ONLY, sizeof owner, NULL, &err));
    CHECK_CL(clSetKernelArg(kernel, 0, sizeof d_busy, &d_busy));
    CHECK_CL(clSetKernelArg(kernel, 1, sizeof d_owner, &d_owner));
    for (cl_uint i = 0; i < 4; i++)
        CHECK_CL(clSetKernelArg(kernel, 2 + i, sizeof shape[i], &shape[i]));
    CHECK_CL(clEnqueueNDRangeKernel(queue, kernel, 2, NULL, global, local, 0, NULL, NULL));
    CHECK_CL(clEnqueueReadBuffer(queue, d_busy, CL_TRUE, 0, bytes, busy, 0, NULL, NULL));
    CHECK_CL(clEnqueueReadBuffer(queue, d_owner, CL_TRUE, 0, sizeof owner, owner, 0, NULL, NULL));

    size_t idle = 0, idle_warps = 0;
    for (size_t warp = 0; warp < threads / WARP; warp++) {
        size_t here = 0;
        for (size_t lane = 0; lane < WARP; lane++) here += busy[warp * WARP + lane];
        idle += WARP - here;
        idle_warps += here == 0;
    }
    struct cJSON *results = hc_results();
    hc_json_u64(results, "blocks", threads / (BLOCK_X * BLOCK_Y));
    hc_json_u64(results, "threads", threads);
    hc_json_u64(results, "idle", idle);
    hc_json_u64(results, "block_x", owner[0]);
    hc_json_u64(results, "block_y", owner[1]);
    hc_json_u64(results, "place_x", owner[2]);
    hc_json_u64(results, "place_y", owner[3]);
    hc_json_u64(results, "warp", owner[4] / WARP);
    hc_json_u64(results, "lane", owner[4] % WARP);
    hc_json_u64(results, "idle_warps", idle_warps);
    CHECK_CL(clReleaseMemObject(d_owner));
    CHECK_CL(clReleaseMemObject(d_busy));
    CHECK_CL(clReleaseKernel(kernel));
    CHECK_CL(clReleaseProgram(program));
    CHECK_CL(clReleaseCommandQueue(queue));
    CHECK_CL(clReleaseContext(context));
    free(busy), free(source);
    return hc_end();
}
