// SPDX-License-Identifier: MIT
/* Random numbers: the kernels' text against the published known answers of Philox4x32-10, and the
 * library's numbers against the kernels', so that one seed means the same data everywhere.
 * Source: the file kat_vectors of Random123 (Salmon et al., SC 2011).
 */
#define _XOPEN_SOURCE 700
#include "unit.h"

#include <math.h>

/* kernels/philox.h, compiled as C under other names, since the library has functions of these. */
#define hc_random_u32 kernel_random_u32
#define hc_random_f32 kernel_random_f32
#include "../../kernels/philox.h"
#undef hc_random_u32
#undef hc_random_f32

static void known_answers(void **state) {
    (void)state;
    static const struct {
        HcU32 counter[4], key[2], answer[4];
    } known[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, /* the digits of pi */
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        HcU32 x[4];
        memcpy(x, known[k].counter, sizeof x);
        hc_random_block(x, known[k].key[0], known[k].key[1]);
        for (int i = 0; i < 4; i++) assert_int_equal(x[i], known[k].answer[i]);
    }
    /* Seed, stream and number have their places in key and counter. */
    assert_int_equal(hc_random_u32(0, 0, 0), 0x6627e8d5);
    assert_int_equal(hc_random_u32(0, 0, 3), 0x9b00dbd8);
}

static void host_and_kernel_agree(void **state) {
    (void)state;
    static const uint64_t seeds[] = {0, 1, 0x123456789abcdef0u, UINT64_MAX};
    static const uint32_t streams[] = {0, 1, 7, UINT32_MAX};
    static const uint64_t starts[] = {0, 0xfffffffdu, 0x3fffffffdu, UINT64_MAX - 9};
    for (size_t a = 0; a < 4; a++)
        for (size_t b = 0; b < 4; b++)
            for (size_t c = 0; c < 4; c++)
                for (uint64_t i = starts[c]; i < starts[c] + 9; i++) {
                    assert_int_equal(hc_random_u32(seeds[a], streams[b], i),
                                     kernel_random_u32(seeds[a], streams[b], i));
                    float host = hc_random_f32(seeds[a], streams[b], i);
                    assert_true(host == kernel_random_f32(seeds[a], streams[b], i));
                    assert_true(host >= 0 && host < 1);
                }
}

static void seeds_and_streams_differ(void **state) {
    (void)state;
    int same = 0;
    for (uint64_t i = 0; i < 1000; i++) {
        same += hc_random_u32(1, 0, i) == hc_random_u32(2, 0, i);
        same += hc_random_u32(1, 0, i) == hc_random_u32(1, 1, i);
        same += hc_random_u32(1, 0, i) == hc_random_u32(1ull << 32, 0, i);
        same += hc_random_u32(1, 0, i) == hc_random_u32(1, 0, i + 1);
    }
    assert_int_equal(same, 0);
}

/* hc_fill: element i depends on seed, stream and i alone, whatever piece of the work it fell into.
 * */
static void fill(void **state) {
    (void)state;
    enum { N = 10007 };
    static int32_t i32[N], again[N];
    static uint32_t u32[N];
    static int64_t i64[N];
    static uint64_t u64[N];
    static float f32[N];
    static double f64[N];
    hc_fill(HC_I32, i32, N, 5, 2);
    hc_fill(HC_U32, u32, N, 5, 2);
    hc_fill(HC_I64, i64, N, 5, 2);
    hc_fill(HC_U64, u64, N, 5, 2);
    hc_fill(HC_F32, f32, N, 5, 2);
    hc_fill(HC_F64, f64, N, 5, 2);
    double sum = 0;
    int32_t least = 0, most = 0;
    for (size_t i = 0; i < N; i++) {
        assert_true(i32[i] >= -1000 && i32[i] < 1000);
        assert_true(u32[i] < 1000 && u64[i] == u32[i]);
        assert_true(i64[i] == i32[i]);
        assert_true(f32[i] >= -1 && f32[i] < 1 && f64[i] == (double)f32[i]);
        assert_true(f32[i] == 2 * hc_random_f32(5, 2, i) - 1);
        sum += f64[i];
        if (i32[i] < least) least = i32[i];
        if (i32[i] > most) most = i32[i];
    }
    assert_true(fabs(sum / N) < 0.03); /* five standard errors, 0.58 / sqrt(N) each */
    assert_true(least == -1000 && most == 999);
    hc_fill(HC_I32, again, 100, 5, 2); /* too few for several threads */
    assert_memory_equal(again, i32, 100 * sizeof again[0]);
    hc_fill(HC_I32, NULL, 0, 5, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers), cmocka_unit_test(host_and_kernel_agree),
        cmocka_unit_test(seeds_and_streams_differ), cmocka_unit_test(fill)};
    return RUN(tests);
}
