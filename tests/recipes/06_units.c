// SPDX-License-Identifier: MIT
/* The pool and the owned arrays of recipe 6 by themselves: sizes and bins, what happens when the
 * device has no more memory, and every misuse that must be an error and not a crash. Each check
 * tells what it expected; the leak report at the end must be empty, and must not be if one array is
 * forgotten. Its device is cusim with CUSIM_MEMORY=8M.
 */
/* NOLINTBEGIN(bugprone-suspicious-include): what is tested is static. */
#include "../../recipes/06_cuda_memory_management/pycuda/arrays.c"
#include "../../recipes/06_cuda_memory_management/pycuda/pool.c"
/* NOLINTEND(bugprone-suspicious-include) */

static int failures;
#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            failures++;                                                                            \
            fprintf(stderr, "line %d: not so: %s\n    %s\n", __LINE__, #condition,                 \
                    hc_last_error()->message);                                                     \
        }                                                                                          \
    } while (0)

static const HcRecipe recipe = {.name = "06_units",
                                .summary = "pool and arrays of recipe 6",
                                .apis = (const HcApi *const[]){&hc_sim_api, NULL}};

static void check_bins(void) {
    size_t before = 0;
    for (size_t bytes = 1; bytes < 100000; bytes++) {
        EXPECT(bin(bytes) >= bytes);
        EXPECT(bin(bytes) >= before);
        EXPECT(bytes < 256 || (bin(bytes) - bytes) * 4 <= bytes);
        EXPECT(bin(bin(bytes)) == bin(bytes));
        before = bin(bytes);
    }
    EXPECT(bin((size_t)3 << 30) == (size_t)3 << 30);
}

static void check_pool(void) {
    const size_t big = 3 << 20; /* of 8 MiB in all: two at a time */
    Pool blocks = {0};
    CUdeviceptr x, y, z;
    EXPECT(pool_take(&blocks, big, &x) == HC_OK);
    EXPECT(pool_give_back(&blocks, x) == HC_OK);
    EXPECT(blocks.held_blocks == 1 && blocks.active_blocks == 0);
    EXPECT(pool_give_back(&blocks, x) == HC_ERROR); /* twice */
    EXPECT(pool_give_back(&blocks, 0x1234) == HC_ERROR);
    EXPECT(pool_take(&blocks, big - 1000, &y) == HC_OK && y == x); /* of about that size */
    EXPECT(blocks.asked_driver == 1);
    EXPECT(pool_take(&blocks, big, &x) == HC_OK && x != y);
    EXPECT(pool_take(&blocks, big, &z) == HC_ERROR); /* all are in use: really no more memory */
    EXPECT(strcmp(hc_last_error()->name, "CUDA_ERROR_OUT_OF_MEMORY") == 0);
    EXPECT(blocks.active_blocks == 2 && blocks.held_blocks == 0);
    EXPECT(pool_give_back(&blocks, x) == HC_OK && pool_give_back(&blocks, y) == HC_OK);
    EXPECT(pool_take(&blocks, 5 << 20, &z) == HC_OK); /* fits, since what was held is let go */
    EXPECT(blocks.active_blocks == 1 && blocks.held_blocks == 0);
    EXPECT(pool_stop_holding(&blocks) == HC_OK);
    EXPECT(pool_give_back(&blocks, z) == HC_OK && blocks.held_blocks == 0);
    EXPECT(pool_free_held(&blocks) == HC_OK); /* nothing to do */
}

static void check_arrays(CUcontext context) {
    const float host[6] = {1, 2, 3, 4, 5, 6};
    float back[6] = {0};
    Array x = {0}, y;
    CUcontext current;
    EXPECT(array_upload(&x, host) == HC_ERROR); /* never created */
    EXPECT(array_create(&x, 2, 3) == HC_OK && x.bytes == sizeof host);
    CHECK_CU(cuCtxSetCurrent(NULL)); /* as on a new thread: the array brings its context */
    EXPECT(array_upload(&x, host) == HC_OK);
    EXPECT(array_download(back, &x) == HC_OK);
    EXPECT(hc_compare(HC_F32, back, host, 6, HC_EXACT).wrong == 0);
    CHECK_CU(cuCtxGetCurrent(&current));
    EXPECT(current == NULL);                            /* and leaves the thread as it was */
    EXPECT(array_create(&y, 1, 1) != HC_OK && !y.data); /* no context, no array */
    EXPECT(array_release(&x) == HC_OK && !x.data);
    CHECK_CU(cuCtxSetCurrent(context));
    EXPECT(array_release(&x) == HC_ERROR); /* twice */
    EXPECT(array_download(back, &x) == HC_ERROR);
    EXPECT(array_create(&y, SIZE_MAX, 2) == HC_ERROR && !y.data);
    EXPECT(array_create(&y, SIZE_MAX / 4, 1) == HC_ERROR && !y.data);
    EXPECT(array_create(&y, 0, 7) == HC_OK && y.bytes == sizeof(float));
    EXPECT(leaks_check() == HC_WRONG); /* y is alive, and the list is forgotten with that */
    EXPECT(strstr(hc_last_error()->detail, "06_units.c:") != NULL);
    EXPECT(array_release(&y) == HC_OK);
}

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    HcDevice chosen;
    CUdevice device;
    CUcontext context;
    CHECK_HC(hc_choose_device(&chosen));
    CHECK_CU(cuDeviceGet(&device, chosen.index));
    CHECK_CU(cuDevicePrimaryCtxRetain(&context, device));
    CHECK_CU(cuCtxSetCurrent(context));
    check_bins();
    check_pool();
    EXPECT(leaks_check() == HC_OK);
    check_arrays(context);
    EXPECT(leaks_check() == HC_OK);
    CHECK_CU(cuDevicePrimaryCtxRelease(device));
    int code = hc_end();
    return failures ? HC_WRONG : code;
}
