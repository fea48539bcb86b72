// SPDX-License-Identifier: MIT
/* What is true on this device: a kernel that counts its own work-items, and questions to the
 * device.
 *
 * 1000 elements are computed in groups of 64, as the exercise says. Nothing here is a formula of
 * the learner's: the work-items count themselves, and sizes are asked back from OpenCL.
 */
#include <cjson/cJSON.h>

#include "hc_cl.h"

enum { N = 1000, GROUP = 64, MILLION = 1000000 };
enum { WORK_ITEMS, GROUPS, IDLE, BUSY_IN_LAST, GLOBAL_ID, COUNTERS }; /* as in index_space.cl */

static const HcRecipe recipe = {.name = "07_predict_the_limits",
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
    CHECK_HC(hc_load_kernel("index_space.cl", &source));
    CHECK_CL_OUT(program =
                     clCreateProgramWithSource(context, 1, (const char **)&source, NULL, &err));
    CHECK_HC(hc_cl_build(program, device, "", "index_space.cl", source));
    CHECK_HC(hc_cl_kernel(program, "count", &kernel));

    cl_uint count[COUNTERS] = {0}, n = N;
    size_t group = GROUP, global = (N + group - 1) / group * group, bytes = 0, largest = 0;
    cl_mem d_count, d_x;
    CHECK_CL_OUT(d_count = clCreateBuffer(context, CL_MEM_READ_WRITE, sizeof count, NULL, &err));
    CHECK_CL_OUT(d_x = clCreateBuffer(context, CL_MEM_READ_ONLY, N * sizeof(cl_float), NULL, &err));
    CHECK_CL(clEnqueueWriteBuffer(queue, d_count, CL_TRUE, 0, sizeof count, count, 0, NULL, NULL));
    CHECK_CL(clSetKernelArg(kernel, 0, sizeof d_count, &d_count));
    CHECK_CL(clSetKernelArg(kernel, 1, sizeof n, &n));
    CHECK_CL(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &global, &group, 0, NULL, NULL));
    CHECK_CL(clEnqueueReadBuffer(queue, d_count, CL_TRUE, 0, sizeof count, count, 0, NULL, NULL));
    CHECK_CL(clGetMemObjectInfo(d_x, CL_MEM_SIZE, sizeof bytes, &bytes, NULL));
    CHECK_CL(
        clGetDeviceInfo(device, CL_DEVICE_MAX_WORK_GROUP_SIZE, sizeof largest, &largest, NULL));

    cJSON *results = hc_results();
    hc_json_u64(results, "work_items", count[WORK_ITEMS]);
    hc_json_u64(results, "groups", count[GROUPS]);
    hc_json_u64(results, "idle", count[IDLE]);
    hc_json_u64(results, "busy_in_last_group", count[BUSY_IN_LAST]);
    hc_json_u64(results, "global_id", count[GLOBAL_ID]);
    hc_json_u64(results, "buffer_bytes", bytes);
    hc_json_u64(results, "largest_group", largest);
    hc_json_u64(results, "groups_of_largest", (MILLION + largest - 1) / largest);
    CHECK_CL(clReleaseMemObject(d_x));
    CHECK_CL(clReleaseMemObject(d_count));
    CHECK_CL(clReleaseKernel(kernel));
    CHECK_CL(clReleaseProgram(program));
    CHECK_CL(clReleaseCommandQueue(queue));
    CHECK_CL(clReleaseContext(context));
    free(source);
    return hc_end();
}
