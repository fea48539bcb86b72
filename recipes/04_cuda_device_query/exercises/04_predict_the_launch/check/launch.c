// SPDX-License-Identifier: MIT
/* What is true on this device: a kernel whose threads count themselves, and questions to the
 * device. Nothing here is a formula of the learner's, but for the size of the grid.
 */
#include <cjson/cJSON.h>

#include "hc_cu.h"

enum { WIDTH = 1000, HEIGHT = 700, BLOCK_X = 32, BLOCK_Y = 8, ROW = 40 };
enum { THREADS, WARPS, IDLE, BLOCKS_X, BLOCKS_Y, COUNTERS }; /* as in count.cu */

static const HcRecipe recipe = {.name = "04_predict_the_launch",
                                .summary = "counts what the exercise asks for",
                                .apis = (const HcApi *const[]){&hc_cu_api, &hc_sim_api, NULL}};

/* Run the kernel over width x height elements in blocks of block_x x block_y. */
static void run(CUfunction kernel, unsigned width, unsigned height, unsigned block_x,
                unsigned block_y, unsigned count[COUNTERS]) {
    CUdeviceptr d_count;
    size_t bytes = COUNTERS * sizeof *count;
    void *arguments[] = {&d_count, &width, &height};
    CHECK_CU(cuMemAlloc(&d_count, bytes));
    CHECK_CU(cuMemsetD32(d_count, 0, COUNTERS));
    CHECK_CU(cuLaunchKernel(kernel, (width + block_x - 1) / block_x,
                            (height + block_y - 1) / block_y, 1, block_x, block_y, 1, 0, NULL,
                            arguments, NULL));
    CHECK_CU(cuMemcpyDtoH(count, d_count, bytes));
    CHECK_CU(cuMemFree(d_count));
}

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    HcDevice chosen;
    CUdevice device;
    CUcontext context;
    CUmodule module;
    CUfunction kernel;
    char *source, *image;
    CHECK_HC(hc_choose_device(&chosen));
    CHECK_CU(cuInit(0));
    CHECK_CU(cuDeviceGet(&device, chosen.index));
    CHECK_CU(cuDevicePrimaryCtxRetain(&context, device));
    CHECK_CU(cuCtxSetCurrent(context));
    CHECK_HC(hc_load_kernel("count.cu", &source));
    CHECK_HC(hc_cu_compile(source, "count.cu", NULL, device, &image));
    CHECK_HC(hc_cu_load(image, &module));
    CHECK_HC(hc_cu_kernel(module, image, "count", &kernel));

    unsigned picture[COUNTERS], row[COUNTERS];
    int largest, rows, warp;
    run(kernel, WIDTH, HEIGHT, BLOCK_X, BLOCK_Y, picture);
    run(kernel, ROW, 1, ROW, 1, row);
    CHECK_CU(cuDeviceGetAttribute(&largest, CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK, device));
    CHECK_CU(cuDeviceGetAttribute(&rows, CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y, device));
    CHECK_CU(cuDeviceGetAttribute(&warp, CU_DEVICE_ATTRIBUTE_WARP_SIZE, device));

    unsigned blocks = picture[BLOCKS_X] * picture[BLOCKS_Y];
    cJSON *results = hc_results();
    hc_json_u64(results, "threads_per_block", picture[THREADS] / blocks);
    hc_json_u64(results, "warps_per_block", picture[WARPS] / blocks);
    hc_json_u64(results, "blocks_x", picture[BLOCKS_X]);
    hc_json_u64(results, "blocks_y", picture[BLOCKS_Y]);
    hc_json_u64(results, "idle_threads", picture[IDLE]);
    hc_json_u64(results, "warps_of_40", row[WARPS]);
    hc_json_u64(results, "empty_lanes_of_40", row[WARPS] * (unsigned)warp - row[THREADS]);
    hc_json_u64(results, "largest_block", (uint64_t)largest);
    hc_json_u64(results, "highest_image", (uint64_t)rows * BLOCK_Y);
    CHECK_CU(cuModuleUnload(module));
    CHECK_CU(cuDevicePrimaryCtxRelease(device));
    free(image), free(source);
    return hc_end();
}
