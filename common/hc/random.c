// SPDX-License-Identifier: MIT
/* Random input: element i of a stream is a function of (seed, stream, i), so it is the same
 * whatever the number of threads, and a kernel can make the same numbers (kernels/philox.h).
 * The generator is Philox4x32-10 of the Random123 library: a block cipher run over a counter.
 */
#include <Random123/philox.h>

#include "hc.h"

/* One call of the cipher makes four numbers: 4 * block to 4 * block + 3 of the stream. */
static philox4x32_ctr_t random_block(uint64_t seed, uint32_t stream, uint64_t block) {
    philox4x32_ctr_t counter = {{(uint32_t)block, (uint32_t)(block >> 32), stream, 0}};
    philox4x32_key_t key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
    return philox4x32_R(10, counter, key);
}

uint32_t hc_random_u32(uint64_t seed, uint32_t stream, uint64_t i) {
    return random_block(seed, stream, i / 4).v[i % 4];
}

float hc_random_f32(uint64_t seed, uint32_t stream, uint64_t i) {
    return (float)(hc_random_u32(seed, stream, i) >> 8) * 0x1p-24f; /* 24 bits: exact */
}

typedef struct Fill {
    HcType type;
    void *x;
    uint64_t seed;
    uint32_t stream;
} Fill;

static void fill_range(size_t begin, size_t end, void *context) {
    const Fill *f = context;
    philox4x32_ctr_t block = random_block(f->seed, f->stream, begin / 4);
    for (size_t i = begin; i < end; i++) {
        if (i % 4 == 0) block = random_block(f->seed, f->stream, i / 4);
        uint32_t r = block.v[i % 4];
        int32_t whole = (int32_t)(((uint64_t)r * 2000) >> 32) - 1000;
        float part = (float)(r >> 8) * 0x1p-23f - 1.0f;
        switch (f->type) {
        case HC_I32: ((int32_t *)f->x)[i] = whole; break;
        case HC_I64: ((int64_t *)f->x)[i] = whole; break;
        case HC_U32: ((uint32_t *)f->x)[i] = (uint32_t)(whole + 1000) / 2; break;
        case HC_U64: ((uint64_t *)f->x)[i] = (uint64_t)(whole + 1000) / 2; break;
        case HC_F32: ((float *)f->x)[i] = part; break;
        case HC_F64: ((double *)f->x)[i] = (double)part; break;
        }
    }
}

void hc_fill(HcType type, void *x, size_t n, uint64_t seed, uint32_t stream) {
    Fill fill = {type, x, seed, stream};
    hc_parallel_for(n, 0, fill_range, &fill);
}
