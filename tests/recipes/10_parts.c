// SPDX-License-Identifier: MIT
/* Parts of recipe 10 by themselves. What it reads out of its times, with times that are made up and
 * expected values that are worked out by hand: rates, the best of the host, the size from which a
 * device is faster. And its vector loops, for input that its problems do not have.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../recipes/10_evaluation/evaluation.h"

static const Problem by_bytes = {.name = "bytes"}, by_flops = {.name = "flops", .computes = true};
static const HcDevice device = {.api = "opencl"};
enum { HOST, OTHER, DEVICE, LEFT_OUT };

/* Four sizes, 1000 to 64000; two rows of the host, one of a device, one that was left out. */
static Plan made_up(const Problem *problem) {
    Plan plan = {.problem = problem, .rows = 4, .sizes = 4};
    for (size_t i = 0; i < 4; i++) {
        plan.n[i] = (size_t)1000 << 2 * i;
        plan.shape[i] = (Shape){.bytes = 12.0 * (double)plan.n[i], .flops = (double)plan.n[i]};
        double ms = (double)plan.n[i] / 1000;
        plan.row[HOST].median[i] = (Times){.kernel = ms, .total = ms};
        plan.row[OTHER].median[i] = (Times){.kernel = 2 * ms, .total = 2 * ms};
        plan.row[DEVICE].median[i] = (Times){.kernel = ms / 2, .total = ms / 2 + 8};
        plan.row[LEFT_OUT].median[i] = (Times){.kernel = 1e-9, .total = 1e-9};
    }
    plan.row[DEVICE].device = &device;
    plan.row[LEFT_OUT].device = &device;
    snprintf(plan.row[LEFT_OUT].why_not, sizeof plan.row[LEFT_OUT].why_not, "not installed");
    return plan;
}

static void rates_count_bytes_or_flops(void **state) {
    (void)state;
    Plan bytes = made_up(&by_bytes), flops = made_up(&by_flops);
    /* 12,000 bytes in 1 ms are 0.012 GB/s; 1,000 operations in 2 ms are 0.0005 GFLOP/s */
    assert_true(fabs(rate(&bytes, &bytes.row[HOST], 0) - 0.012) < 1e-12);
    assert_true(fabs(rate(&flops, &flops.row[OTHER], 3) - 0.0005) < 1e-12);
}

static void a_limit_is_the_fastest_round(void **state) {
    (void)state;
    Plan plan = made_up(&by_bytes);
    Times rounds[3] = {{.kernel = 3}, {.kernel = 0.5}, {.kernel = 1}};
    plan.rounds = 3;
    plan.row[HOST].sample[0] = rounds;
    assert_true(fabs(peak_rate(&plan, &plan.row[HOST], 0) - 0.024) < 1e-12);
}

static void the_best_is_chosen_without_those_left_out(void **state) {
    (void)state;
    Plan plan = made_up(&by_bytes);
    assert_ptr_equal(best_host(&plan, 0), &plan.row[HOST]);
    plan.row[OTHER].median[2].total = 0.1;
    assert_ptr_equal(best_host(&plan, 2), &plan.row[OTHER]);
    assert_ptr_equal(best_host(&plan, 3), &plan.row[HOST]);
    assert_ptr_equal(best_device(&plan), &plan.row[DEVICE]);
    snprintf(plan.row[DEVICE].why_not, sizeof plan.row[DEVICE].why_not, "x");
    assert_null(best_device(&plan));
}

static void a_kernel_that_always_wins_wins_from_the_first_size(void **state) {
    (void)state;
    Plan plan = made_up(&by_bytes);
    assert_true(crossing(&plan, &plan.row[DEVICE], false) == 1000);
}

/* With transfers the host needs n / 1000 ms and the device n / 2000 + 8: 16 ms both at 16,000. */
static void transfers_move_the_crossing(void **state) {
    (void)state;
    Plan plan = made_up(&by_bytes);
    assert_true(crossing(&plan, &plan.row[DEVICE], true) == 16000);
    /* Between two sizes: 4 and 16 times as slow and fast meet half way, by the logarithm. */
    plan.row[DEVICE].median[1].total = 4 * 4;
    plan.row[DEVICE].median[2].total = 16 / 4.0;
    assert_true(fabs(crossing(&plan, &plan.row[DEVICE], true) - 8000) < 1e-6);
}

static void who_loses_again_has_not_won(void **state) {
    (void)state;
    Plan plan = made_up(&by_bytes);
    plan.row[DEVICE].median[3].kernel = 65;
    assert_true(crossing(&plan, &plan.row[DEVICE], false) == 0);
    plan.row[DEVICE].median[3].kernel = 32;
    plan.row[DEVICE].median[1].kernel = 8; /* slower at 4,000 only */
    double n = crossing(&plan, &plan.row[DEVICE], false);
    assert_true(n > 4000 && n < 16000);
    plan.row[DEVICE].median[2].kernel = NAN; /* what was not measured is no win */
    n = crossing(&plan, &plan.row[DEVICE], false);
    assert_true(n == 64000);
}

static void without_a_host_there_is_no_crossing(void **state) {
    (void)state;
    Plan plan = made_up(&by_bytes);
    plan.row[HOST].device = plan.row[OTHER].device = &device;
    assert_true(crossing(&plan, &plan.row[DEVICE], false) == 0);
}

/* sin + cos + exp by vectors: x of all magnitudes, NaN and infinity, begun and ended anywhere. */
static void vectors_of_functions_hold_for_all_magnitudes(void **state) {
    (void)state;
    enum { N = 20000 };
    static float x[N], y[N + 1];
    static const float hard[] = {NAN, INFINITY, -INFINITY, 0,    1e-45f, 80,
                                 -80, 88.7f,    -104,      8192, 1e30f};
    const float *const in[1] = {x};
    const Shape shape = {.out_n = N, .in_n = {N}, .size = {N}};
    for (size_t i = 0; i < N; i++) {
        uint32_t bits = hc_random_u32(1, 0, i);
        memcpy(&x[i], &bits, sizeof bits);
        if (i / 1024 % 2 && !(fabsf(x[i]) <= 80)) x[i] = 160 * hc_random_f32(1, 1, i) - 80;
        if (i % 2048 < sizeof hard / sizeof *hard) x[i] = hard[i % 2048];
    }
    y[3] = y[N] = 12345;
    simd_map(&shape, y, in, 4, 4);
    simd_map(&shape, y, in, 4, N - 5);
    assert_true(y[3] == 12345);
    simd_map(&shape, y, in, N - 5, N);
    simd_map(&shape, y, in, 0, 4);
    assert_true(y[N] == 12345);
    for (size_t i = 0; i < N; i++) {
        double want = sin((double)x[i]) + cos((double)x[i]) + exp(-(double)x[i]);
        float rounded = (float)want;
        if (isnan(want)) assert_true(isnan(y[i]));
        else if (isinf(rounded)) assert_true(y[i] == rounded);
        else if (!(fabs(y[i] - want) <= 1e-6 * fmax(1, fabs(want))))
            fail_msg("x[%zu] = %.9g: %.9g, not %.9g", i, (double)x[i], (double)y[i], want);
    }
}

/* A reduction of n elements in fewer parts than 1,024, for every small n; whole numbers are
 * exact. */
static void parts_add_up_to_the_whole(void **state) {
    (void)state;
    enum { N = 3000 };
    static float x[N], parts_of[4];
    const float *const in[1] = {x};
    for (size_t i = 0; i < N; i++) x[i] = (float)(i % 7);
    for (size_t n = 1; n <= N; n += n < 70 ? 1 : 97)
        for (size_t parts = 1; parts <= 3; parts += 2) {
            const Shape shape = {.out_n = parts, .in_n = {n}, .size = {n}};
            float want = 0, serial = 0, simd = 0;
            for (size_t i = 0; i < n; i++) want += x[i];
            serial_reduction(&shape, parts_of, in, 0, parts);
            for (size_t p = 0; p < parts; p++) serial += parts_of[p];
            simd_reduction(&shape, parts_of, in, 0, parts);
            for (size_t p = 0; p < parts; p++) simd += parts_of[p];
            assert_true(serial == want);
            assert_true(simd == want);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_count_bytes_or_flops),
        cmocka_unit_test(a_limit_is_the_fastest_round),
        cmocka_unit_test(the_best_is_chosen_without_those_left_out),
        cmocka_unit_test(a_kernel_that_always_wins_wins_from_the_first_size),
        cmocka_unit_test(transfers_move_the_crossing),
        cmocka_unit_test(who_loses_again_has_not_won),
        cmocka_unit_test(without_a_host_there_is_no_crossing),
        cmocka_unit_test(vectors_of_functions_hold_for_all_magnitudes),
        cmocka_unit_test(parts_add_up_to_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
