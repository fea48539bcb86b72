// SPDX-License-Identifier: MIT
/* Order statistics against numbers worked out by hand, and a clock that goes forward. */
#define _XOPEN_SOURCE 700
#include "unit.h"

static void is(HcStats s, size_t n, double min, double q1, double median, double q3, double max) {
    assert_int_equal(s.n, n);
    assert_true(s.min == min);
    assert_true(s.q1 == q1);
    assert_true(s.median == median);
    assert_true(s.q3 == q3);
    assert_true(s.max == max);
}

static void quartiles(void **state) {
    (void)state;
    const double five[] = {5, 1, 4, 2, 3}, four[] = {4, 3, 2, 1}, two[] = {10, 20}, one[] = {7};
    is(hc_stats(five, 5), 5, 1, 2, 3, 4, 5);
    is(hc_stats(four, 4), 4, 1, 1.75, 2.5, 3.25, 4);
    is(hc_stats(two, 2), 2, 10, 12.5, 15, 17.5, 20);
    is(hc_stats(one, 1), 1, 7, 7, 7, 7, 7);
    is(hc_stats(NULL, 0), 0, 0, 0, 0, 0, 0);
    const double again[] = {5, 1, 4, 2, 3};
    assert_memory_equal(five, again, sizeof five); /* the samples keep their order */
}

static void outlier(void **state) {
    (void)state;
    double samples[101];
    for (int i = 0; i < 101; i++) samples[i] = (i * 37) % 101; /* 0 .. 100, shuffled */
    samples[0] = 1e9;                                          /* was 0: one interrupted run */
    HcStats s = hc_stats(samples, 101);
    assert_true(s.median == 51);
    assert_true(s.max == 1e9);
}

static void clock_goes_forward(void **state) {
    (void)state;
    double last = hc_now_ms(), first = last;
    for (int i = 0; i < 100000; i++) {
        double now = hc_now_ms();
        assert_true(now >= last);
        last = now;
    }
    assert_true(last > first && last - first < 60e3); /* milliseconds, not seconds or nanoseconds */
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(quartiles), cmocka_unit_test(outlier),
                                       cmocka_unit_test(clock_goes_forward)};
    return RUN(tests);
}
