// SPDX-License-Identifier: MIT
/* Verification: what passes, what fails, and what is said about it. A verification that a NaN slips
 * through, or that compares nothing, is worse than none.
 */
#define _XOPEN_SOURCE 700
#include "unit.h"

#include <float.h>
#include <math.h>

#define NAN_F ((float)NAN)
#define INF_F ((float)INFINITY)

static size_t wrong_f32(float got, float want, HcTolerance t) {
    HcVerdict v = hc_compare(HC_F32, &got, &want, 1, t);
    assert_int_equal(v.n, 1);
    assert_int_equal(v.wrong != 0, v.first[0] != '\0');
    return v.wrong;
}
static size_t wrong_f64(double got, double want, HcTolerance t) {
    return hc_compare(HC_F64, &got, &want, 1, t).wrong;
}

static void type_sizes(void **state) {
    (void)state;
    assert_int_equal(hc_type_size(HC_I32), 4);
    assert_int_equal(hc_type_size(HC_U32), 4);
    assert_int_equal(hc_type_size(HC_F32), 4);
    assert_int_equal(hc_type_size(HC_I64), 8);
    assert_int_equal(hc_type_size(HC_U64), 8);
    assert_int_equal(hc_type_size(HC_F64), 8);
}

static void nothing(void **state) {
    (void)state;
    HcVerdict v = hc_compare(HC_F32, NULL, NULL, 0, HC_EXACT);
    assert_int_equal(v.n, 0);
    assert_int_equal(v.wrong, 0);
    assert_true(v.max_error == 0);
    assert_string_equal(v.first, "");
}

static void exact(void **state) {
    (void)state;
    assert_int_equal(wrong_f32(1, 1, HC_EXACT), 0);
    assert_int_equal(wrong_f32(nextafterf(1, 2), 1, HC_EXACT), 1);
    assert_int_equal(wrong_f32(-0.0f, 0.0f, HC_EXACT), 0); /* IEEE: equal */
    assert_int_equal(wrong_f32(INF_F, INF_F, HC_EXACT), 0);
    assert_int_equal(wrong_f32(INF_F, -INF_F, HC_EXACT), 1);
    assert_int_equal(wrong_f32(FLT_TRUE_MIN, 0, HC_EXACT), 1);
    assert_int_equal(wrong_f64(nextafter(1, 2), 1, HC_EXACT), 1);
}

static void not_a_number(void **state) {
    (void)state;
    const HcTolerance all[] = {HC_EXACT,       HC_REL(1e30),      HC_ULP(UINT64_MAX),
                               {.abs = 1e300}, {.abs = INFINITY}, HC_REL(INFINITY)};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        assert_int_equal(wrong_f32(NAN_F, 1, all[i]), 1);
        assert_int_equal(wrong_f32(1, NAN_F, all[i]), 1);
        assert_int_equal(wrong_f32(NAN_F, NAN_F, all[i]), 1);
        assert_int_equal(wrong_f64((double)NAN, 1, all[i]), 1);
        assert_int_equal(wrong_f32(INF_F, 1, all[i]), 1);
        assert_int_equal(wrong_f32(1, INF_F, all[i]), 1);
        assert_int_equal(wrong_f32(FLT_MAX, INF_F, all[i]), 1);
    }
    float got[3] = {1, NAN_F, 5}, want[3] = {1, 1, 1};
    HcVerdict v = hc_compare(HC_F32, got, want, 3, HC_EXACT);
    assert_true(isnan(v.max_error)); /* a larger finite error does not hide it */
    assert_int_equal(v.wrong, 2);
}

static void absolute(void **state) {
    (void)state;
    assert_int_equal(wrong_f32(1.5f, 1, (HcTolerance){.abs = 0.5}), 0);
    assert_int_equal(wrong_f32(1.5f, 1, (HcTolerance){.abs = 0.4999}), 1);
    int32_t got = 7, want = 5;
    assert_int_equal(hc_compare(HC_I32, &got, &want, 1, (HcTolerance){.abs = 2}).wrong, 0);
    assert_int_equal(hc_compare(HC_I32, &got, &want, 1, (HcTolerance){.abs = 1}).wrong, 1);
}

static void relative(void **state) {
    (void)state;
    assert_int_equal(wrong_f64(-101, -100, HC_REL(0.01)), 0);
    assert_int_equal(wrong_f64(-101.1, -100, HC_REL(0.01)), 1);
    assert_int_equal(wrong_f64(1e-300, 0, HC_REL(0.5)), 1); /* relative to nothing is nothing */
}

static void units_in_the_last_place(void **state) {
    (void)state;
    float one = nextafterf(1, 2), three = nextafterf(nextafterf(one, 2), 2);
    assert_int_equal(wrong_f32(one, 1, HC_ULP(1)), 0);
    assert_int_equal(wrong_f32(three, 1, HC_ULP(2)), 1);
    assert_int_equal(wrong_f32(three, 1, HC_ULP(3)), 0);
    assert_int_equal(wrong_f32(-FLT_TRUE_MIN, FLT_TRUE_MIN, HC_ULP(2)), 0); /* across both zeros */
    assert_int_equal(wrong_f32(-FLT_TRUE_MIN, FLT_TRUE_MIN, HC_ULP(1)), 1);
    assert_int_equal(wrong_f32(1, -1, HC_ULP(1000)), 1);
    assert_int_equal(wrong_f64(nextafter(-5, 0), -5, HC_ULP(1)), 0);
    assert_int_equal(wrong_f64(-DBL_MAX, DBL_MAX, HC_ULP(UINT64_MAX)),
                     1); /* their distance overflows */
    uint32_t got = 6, want = 5;
    assert_int_equal(hc_compare(HC_U32, &got, &want, 1, HC_ULP(9)).wrong, 1); /* floats only */
}

static void integers(void **state) {
    (void)state;
    int64_t got[] = {INT64_MIN, INT64_MAX, INT64_MAX, INT64_MAX - 1};
    int64_t want[] = {INT64_MAX, INT64_MIN, INT64_MAX, INT64_MAX};
    HcVerdict v = hc_compare(HC_I64, got, want, 4, HC_EXACT);
    assert_int_equal(v.wrong, 3); /* the last differs by 1, which a double does not show */
    assert_true(v.max_error == 0x1p64);
    assert_contains(v.first, "[0] got -9223372036854775808, want 9223372036854775807\n");
    assert_contains(v.first, "[3] got 9223372036854775806, want 9223372036854775807\n");
    uint64_t ugot = UINT64_MAX, uwant = 0;
    v = hc_compare(HC_U64, &ugot, &uwant, 1, HC_EXACT);
    assert_int_equal(v.wrong, 1);
    assert_contains(v.first, "got 18446744073709551615, want 0");
    int32_t igot = INT32_MIN, iwant = INT32_MAX;
    v = hc_compare(HC_I32, &igot, &iwant, 1, HC_EXACT);
    assert_true(v.max_error == 4294967295.0);
    uint32_t wgot = 0, wwant = UINT32_MAX;
    v = hc_compare(HC_U32, &wgot, &wwant, 1, HC_EXACT);
    assert_true(v.wrong == 1 && v.max_error == 4294967295.0);
}

static void first_differences(void **state) {
    (void)state;
    double got[100] = {0}, want[100] = {0};
    for (size_t i = 10; i < 100; i++) got[i] = -DBL_MAX / 3, want[i] = -DBL_TRUE_MIN;
    HcVerdict v = hc_compare(HC_F64, got, want, 100, HC_EXACT);
    assert_int_equal(v.wrong, 90);
    assert_contains(v.first, "    [10] got ");
    assert_contains(v.first, "    [14] got ");
    assert_null(strstr(v.first, "[15]")); /* the first five are enough */
    assert_int_equal(v.first[strlen(v.first) - 1], '\n');
    assert_contains(hc_compare(HC_F32, (float[]){0.1f}, (float[]){0.2f}, 1, HC_EXACT).first,
                    "[0] got 0.100000001, want 0.200000003\n");
    assert_string_equal(hc_compare(HC_F32, NULL, NULL, 0, HC_EXACT).allowed, "0, equal");
    const HcTolerance three = {.abs = 1e-3, .rel = 1e-5, .ulp = 4};
    assert_string_equal(hc_compare(HC_F32, NULL, NULL, 0, three).allowed,
                        "0.001 or 1e-05 of the value or 4 ulp");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(type_sizes),
        cmocka_unit_test(nothing),
        cmocka_unit_test(exact),
        cmocka_unit_test(not_a_number),
        cmocka_unit_test(absolute),
        cmocka_unit_test(relative),
        cmocka_unit_test(units_in_the_last_place),
        cmocka_unit_test(integers),
        cmocka_unit_test(first_differences),
    };
    return RUN(tests);
}
