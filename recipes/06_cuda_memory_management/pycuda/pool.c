// SPDX-License-Identifier: MIT
/* A pool of device memory, as PyCUDA's DeviceMemoryPool: what is given back is held, and serves the
 * next request of about that size.
 *
 * cuMemAlloc and cuMemFree cost tens of microseconds and may wait for the device; a program that
 * makes temporary arrays in a loop pays that each time. The pool pays it once. Its own price is
 * memory that is held without being used, so it counts: held and active blocks, and how often the
 * driver was asked. The driver's own pool, kinds/async.c, does the same in stream order.
 */
#include "../product.h"

//> pool
typedef struct Block Block;
struct Block {
    Block *next;
    CUdeviceptr data;
    size_t bytes; /* what the driver gave, at least what was asked for */
};

typedef struct Pool {
    Block *held, *active; /* given back and kept; in use */
    size_t held_blocks, active_blocks, asked_driver;
    bool stopped; /* hold nothing any more */
} Pool;
//< pool

/* Sizes are rounded up to 4, 5, 6 or 7 times a power of two, so that requests that are nearly alike
 * find the same blocks. At most a fifth is wasted. */
static size_t bin(size_t bytes) {
    size_t step = 64;
    while (bytes / step >= 8) step *= 2;
    return bytes < 256 ? 256 : (bytes + step - 1) / step * step;
}

/* Take the first block that fits a test out of a list. */
static Block *unlink_block(Block **list, size_t bytes, CUdeviceptr data) {
    for (Block **b = list; *b; b = &(*b)->next)
        if (bytes ? (*b)->bytes == bytes : (*b)->data == data) {
            Block *found = *b;
            *b = found->next;
            return found;
        }
    return NULL;
}

static void link_block(Block **list, Block *block) {
    block->next = *list;
    *list = block;
}

/* pool_free_held - give the blocks that nobody uses back to the driver. */
static int pool_free_held(Pool *pool) {
    while (pool->held) {
        Block *block = pool->held;
        CUresult code = cuMemFree(block->data);
        if (code != CUDA_SUCCESS) return hc_cu_set_error(code);
        pool->held = block->next;
        pool->held_blocks--;
        free(block);
    }
    return HC_OK;
}

//> take
static int pool_take(Pool *pool, size_t bytes, CUdeviceptr *data) {
    *data = 0;
    Block *block = unlink_block(&pool->held, bin(bytes), 0);
    if (block) {
        pool->held_blocks--;
    } else {
        block = calloc(1, sizeof *block);
        if (!block) return hc_set_error(HC_ERROR, 0, NULL, NULL, "out of host memory");
        block->bytes = bin(bytes);
        CUresult code = cuMemAlloc(&block->data, block->bytes);
        if (code == CUDA_ERROR_OUT_OF_MEMORY && pool_free_held(pool) == HC_OK)
            code = cuMemAlloc(&block->data, block->bytes); /* what was held made the difference? */
        if (code != CUDA_SUCCESS) return free(block), hc_cu_set_error(code);
        pool->asked_driver++;
    }
    link_block(&pool->active, block);
    pool->active_blocks++;
    *data = block->data;
    return HC_OK;
}

static int pool_give_back(Pool *pool, CUdeviceptr data) {
    Block *block = unlink_block(&pool->active, 0, data);
    if (!block)
        return hc_set_error(HC_ERROR, 0, NULL, "was it given back before?",
                            "address 0x%llx is no active block of this pool", data);
    pool->active_blocks--;
    link_block(&pool->held, block);
    pool->held_blocks++;
    return pool->stopped ? pool_free_held(pool) : HC_OK;
}
//< take

/* pool_stop_holding - give back to the driver what is held, and from now on what comes back. */
static int pool_stop_holding(Pool *pool) {
    pool->stopped = true;
    return pool_free_held(pool);
}

static void tell(const Product *p, const Pool *pool, const char *when) {
    if (p->tell)
        hc_say("pool       %zu active, %zu held, %zu times asked the driver: %s\n",
               pool->active_blocks, pool->held_blocks, pool->asked_driver, when);
}

void pool(const Product *p, Laps *laps) {
    Pool blocks = {0};
    CUdeviceptr d_a, d_b, d_c;
    CHECK_HC(pool_take(&blocks, p->bytes_a, &d_a));
    CHECK_HC(pool_take(&blocks, p->bytes_b, &d_b));
    CHECK_HC(pool_take(&blocks, p->bytes_c, &d_c));
    CHECK_HC(pool_give_back(&blocks, d_c));
    CHECK_HC(pool_give_back(&blocks, d_b));
    CHECK_HC(pool_give_back(&blocks, d_a));
    tell(p, &blocks, "an earlier product has come and gone");
    lap(laps, NOT_COUNTED);

    CHECK_HC(pool_take(&blocks, p->bytes_a, &d_a));
    CHECK_HC(pool_take(&blocks, p->bytes_b, &d_b));
    CHECK_HC(pool_take(&blocks, p->bytes_c, &d_c));
    lap(laps, ALLOCATE);
    tell(p, &blocks, "this product has its arrays");
    CHECK_CU(cuMemsetD8(d_c, 0xff, p->bytes_c)); /* NaN: what no kernel writes is wrong */
    CHECK_CU(cuCtxSynchronize());
    lap(laps, NOT_COUNTED);

    CHECK_CU(cuMemcpyHtoD(d_a, p->a, p->bytes_a));
    CHECK_CU(cuMemcpyHtoD(d_b, p->b, p->bytes_b));
    CHECK_CU(cuCtxSynchronize());
    lap(laps, UPLOAD);
    launch(p, dense(p), d_c, d_a, d_b, NULL);
    CHECK_CU(cuCtxSynchronize());
    lap(laps, KERNEL);
    CHECK_CU(cuMemcpyDtoH(p->c, d_c, p->bytes_c));
    lap(laps, DOWNLOAD);
    laps->copied = p->bytes_a + p->bytes_b + p->bytes_c;
    check(p, "pool", p->c);
    lap(laps, NOT_COUNTED);

    CHECK_HC(pool_give_back(&blocks, d_c));
    CHECK_HC(pool_give_back(&blocks, d_b));
    lap(laps, RELEASE);
    tell(p, &blocks, "two arrays are given back");
    CHECK_HC(pool_free_held(&blocks));
    tell(p, &blocks, "free_held: what nobody uses goes to the driver");
    CHECK_HC(pool_stop_holding(&blocks));
    CHECK_HC(pool_give_back(&blocks, d_a));
    tell(p, &blocks, "stop_holding: the last one went straight to the driver");
    lap(laps, NOT_COUNTED);
}
