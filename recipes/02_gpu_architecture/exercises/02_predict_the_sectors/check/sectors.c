// SPDX-License-Identifier: MIT
/* What a warp of 32 touches and where it goes: found by a kernel that marks it, and by counting the
 * marks. Which bytes a question is about stands in sectors.cl; no answer does.
 */
#include <cjson/cJSON.h>

#include "hc_cl.h"

enum { QUESTIONS = 10, SLOTS = 128, LANES = 32 };
static const char *const questions[QUESTIONS] = {
    "floats_in_a_row",  "floats_from_1_on",    "floats_stride_2",    "floats_stride_3",
    "floats_stride_16", "doubles_in_a_row",    "same_float_for_all", "paths_i_mod_4",
    "paths_i_div_8",    "paths_i_less_than_32"};

static const HcRecipe recipe = {.name = "02_predict_the_sectors",
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
    CHECK_HC(hc_load_kernel("sectors.cl", &source));
    CHECK_CL_OUT(program =
                     clCreateProgramWithSource(context, 1, (const char **)&source, NULL, &err));
    CHECK_HC(hc_cl_build(program, device, "-DSLOTS=128", "sectors.cl", source));
    CHECK_HC(hc_cl_kernel(program, "mark", &kernel));

    static cl_uint marks[QUESTIONS][SLOTS];
    cl_uint turns[2] = {0};
    size_t lanes = LANES;
    cl_mem d_marks, d_turns;
    CHECK_CL_OUT(d_marks = clCreateBuffer(context, CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR,
                                          sizeof marks, marks, &err));
    CHECK_CL_OUT(d_turns = clCreateBuffer(context, CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR,
                                          sizeof turns, turns, &err));
    CHECK_CL(clSetKernelArg(kernel, 0, sizeof d_marks, &d_marks));
    CHECK_CL(clSetKernelArg(kernel, 1, sizeof d_turns, &d_turns));
    CHECK_CL(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &lanes, &lanes, 0, NULL, NULL));
    CHECK_CL(clEnqueueReadBuffer(queue, d_marks, CL_TRUE, 0, sizeof marks, marks, 0, NULL, NULL));
    CHECK_CL(clEnqueueReadBuffer(queue, d_turns, CL_TRUE, 0, sizeof turns, turns, 0, NULL, NULL));

    cJSON *results = hc_results();
    for (int q = 0; q < QUESTIONS; q++) {
        unsigned marked = 0;
        for (int slot = 0; slot < SLOTS; slot++) marked += marks[q][slot] != 0;
        hc_json_u64(results, questions[q], marked);
    }
    hc_json_u64(results, "turns", turns[0]);
    hc_json_u64(results, "lane_turns_at_work", turns[1]);
    CHECK_CL(clReleaseMemObject(d_turns));
    CHECK_CL(clReleaseMemObject(d_marks));
    CHECK_CL(clReleaseKernel(kernel));
    CHECK_CL(clReleaseProgram(program));
    CHECK_CL(clReleaseCommandQueue(queue));
    CHECK_CL(clReleaseContext(context));
    free(source);
    return hc_end();
}
