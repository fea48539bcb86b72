// SPDX-License-Identifier: MIT
/* The report: what a run keeps, and what text and JSON make of it. Above all: nothing about speed
 * is printed of a run whose answer was wrong.
 */
#define _XOPEN_SOURCE 700
#include "unit.h"

#include <cjson/cJSON.h>
#include <math.h>

#include "internal.h"

static const char *type_name = "f32", *absent;
static bool mapped = true;
static size_t bins = SIZE_MAX;
static double alpha = 0.25;
static const HcOption options[] = {HC_CHOICE("type", &type_name, "f32|i32", ""),
                                   HC_TEXT("file", &absent, "FILE", ""),
                                   HC_FLAG("mapped", &mapped, ""),
                                   HC_COUNT("bins", &bins, ""),
                                   HC_REAL("alpha", &alpha, "X", ""),
                                   HC_OPTIONS_END};
static HcRecipe recipe;

static int start(void **state) {
    (void)state;
    recipe =
        (HcRecipe){.name = "99_fake", .options = options, .rank = 1, .repeat = 3, .random = true};
    hc_run =
        (HcRun){.recipe = &recipe, .args = {.size = {5, 6, 7}, .seed = UINT64_MAX, .repeat = 4}};
    return 0;
}

static int finish(void **state) {
    (void)state;
    cJSON_Delete(hc_run.results);
    for (int i = 0; i < HC_TIMES; i++) free(hc_run.times[i]);
    hc_set_error(HC_OK, 0, NULL, NULL, "%s", "");
    return 0;
}

static char *text(void) {
    Capture c;
    CAPTURE(&c);
    hc_report_text(c.file);
    fclose(c.file);
    return c.text;
}

static void three_times(void) {
    for (int i = 1; i <= 3; i++) hc_note_time(HC_TIME_KERNEL, i);
    hc_note_f64("sum_gbps", "sum", 12.5, "GB/s");
    hc_note_f64("bad_gbps", "bad", (double)NAN, "GB/s");
    hc_note_f64("far", "far", (double)INFINITY, "");
}

static void verified(void **state) {
    (void)state;
    float got[2] = {1, 2.5f}, want[2] = {1, 2};
    three_times();
    assert_true(hc_verify("z", hc_compare(HC_F32, got, want, 2, (HcTolerance){.abs = 0.5})));
    char *out = text();
    assert_contains(out, "verified   yes: z, 2 elements, max error 0.5 (allowed: 0.5)");
    assert_contains(out, "sum        12.5 GB/s\n");
    assert_contains(out, "kernel");
    assert_int_equal(strncmp(out, "verified", 8), 0); /* the answer first */
    free(out);
    char *json = hc_report_json("ok", NULL, NULL, NULL, 0);
    assert_null(strchr(json, '\n'));                        /* one line */
    assert_contains(json, "\"seed\":18446744073709551615"); /* exactly, not as a double */
    assert_contains(json, "\"bins\":18446744073709551615");
    cJSON *root = cJSON_Parse(json);
    assert_non_null(root);
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(root, "verified")));
    assert_true(cJSON_GetObjectItem(root, "max_error")->valuedouble == 0.5);
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(root, "error")));
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(root, "device")));
    cJSON *params = cJSON_GetObjectItem(root, "params");
    assert_int_equal(cJSON_GetObjectItem(params, "size")->valueint, 5);
    assert_int_equal(cJSON_GetObjectItem(params, "repeat")->valueint, 4);
    assert_string_equal(cJSON_GetObjectItem(params, "type")->valuestring, "f32");
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(params, "file")));
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(params, "mapped")));
    assert_true(cJSON_GetObjectItem(params, "alpha")->valuedouble == 0.25);
    cJSON *results = cJSON_GetObjectItem(root, "results");
    assert_true(cJSON_GetObjectItem(results, "sum_gbps")->valuedouble == 12.5);
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(results, "bad_gbps")));
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(results, "far")));
    cJSON *kernel = cJSON_GetObjectItem(cJSON_GetObjectItem(root, "timings_ms"), "kernel");
    assert_true(cJSON_GetObjectItem(kernel, "median")->valuedouble == 2);
    assert_true(cJSON_GetObjectItem(kernel, "min")->valuedouble == 1);
    assert_true(cJSON_GetObjectItem(kernel, "max")->valuedouble == 3);
    assert_int_equal(cJSON_GetObjectItem(kernel, "n")->valueint, 3);
    cJSON_Delete(root);
    free(json);
}

static void wrong(void **state) {
    (void)state;
    float got = 1, want = 2;
    hc_verify("good", hc_compare(HC_F32, &want, &want, 1, HC_EXACT));
    assert_false(hc_verify("z", hc_compare(HC_F32, &got, &want, 1, HC_EXACT)));
    hc_verify("good again",
              hc_compare(HC_F32, &want, &want, 1, HC_EXACT)); /* does not make up for it */
    three_times();
    char *out = text();
    assert_string_equal(out, "verified   NO: the answer is wrong, so no time is shown\n");
    free(out);
    char *json = hc_report_json("wrong", NULL, NULL, NULL, 0);
    assert_contains(json, "\"verified\":false");
    assert_contains(json, "\"max_error\":1,");
    assert_contains(json, "\"results\":{},\"timings_ms\":{}");
    free(json);
}

static void not_a_number(void **state) {
    (void)state;
    float got[2] = {(float)NAN, 9}, want[2] = {1, 1};
    assert_false(hc_verify("z", hc_compare(HC_F32, got, want, 2, HC_REL(10))));
    hc_verify("later", hc_compare(HC_F32, want, got + 1, 1, HC_REL(10)));
    assert_true(isnan(hc_run.max_error));
    char *json = hc_report_json("wrong", NULL, NULL, NULL, 0);
    assert_contains(json, "\"max_error\":null");
    free(json);
}

static void nothing_to_verify(void **state) {
    (void)state;
    char *json = hc_report_json("ok", NULL, NULL, NULL, 0);
    assert_contains(json, "\"verified\":null,\"max_error\":null,\"results\":{},\"timings_ms\":{}");
    free(json);
    char *out = text();
    assert_string_equal(out, "");
    free(out);
}

static void failed(void **state) {
    (void)state;
    float x = 1;
    hc_verify("z", hc_compare(HC_F32, &x, &x, 1, HC_EXACT));
    three_times();
    hc_set_error(HC_ERROR, -5, "CL_OUT_OF_RESOURCES", "do less", "it \"failed\"");
    hc_set_error_detail(strdup("a log\n"));
    hc_run.device_count = 1;
    hc_run.devices[0] =
        (HcDevice){.api = "opencl", .platform = 1, .index = 2, .name = "N", .detail = "P"};
    char *json = hc_report_json("error", hc_last_error(), "f(x)", "main.c", 12);
    assert_contains(json,
                    "\"error\":{\"code\":-5,\"name\":\"CL_OUT_OF_RESOURCES\",\"message\":\"it "
                    "\\\"failed\\\"\",\"call\":\"f(x)\",\"file\":\"main.c\",\"line\":12,\"hint\":"
                    "\"do less\",\"detail\":\"a log\\n\"}");
    assert_contains(json,
                    "\"device\":{\"api\":\"opencl\",\"name\":\"N\",\"platform\":\"P\",\"spec\":"
                    "\"opencl:1:2\"}");
    hc_add_device(&(HcDevice){.api = "cpu", .name = "M", .detail = "Q"}); /* and a second one */
    char *both = hc_report_json("error", hc_last_error(), "f(x)", "main.c", 12);
    assert_contains(both, "\"devices\":[{\"api\":\"opencl\",");
    assert_contains(both, "\"spec\":\"opencl:1:2\"},{\"api\":\"cpu\",\"name\":\"M\",");
    assert_null(strstr(both, "\"device\":"));
    free(both);
    assert_contains(json, "\"verified\":null"); /* what came before the error does not count */
    assert_contains(json, "\"results\":{},\"timings_ms\":{}");
    free(json);
}

static void shapes(void **state) {
    (void)state;
    recipe.rank = 3, recipe.random = false, recipe.repeat = 0, recipe.options = NULL;
    char *json = hc_report_json("ok", NULL, NULL, NULL, 0);
    assert_contains(json, "\"params\":{\"size\":[5,6,7]}");
    free(json);
    recipe.rank = 0;
    json = hc_report_json("ok", NULL, NULL, NULL, 0);
    assert_contains(json, "\"params\":{}");
    free(json);
}

/* More figures and times than there is room for at first. */
static void many(void **state) {
    (void)state;
    for (int i = 0; i < 1000; i++) hc_note_time(HC_TIME_BUILD, 1000 - i);
    HcStats s = hc_time_stats(HC_TIME_BUILD);
    assert_int_equal(s.n, 1000);
    assert_true(s.min == 1 && s.max == 1000 && s.median == 500.5);
    for (int i = 0; i < 100; i++) {
        char key[16];
        snprintf(key, sizeof key, "k%d", i);
        hc_note_f64(key, key, i, "");
    }
    char *json = hc_report_json("ok", NULL, NULL, NULL, 0);
    assert_contains(json, "\"k99\":99");
    free(json);
}

static void errors(void **state) {
    (void)state;
    assert_int_equal(hc_set_error(HC_USAGE, 7, "NAME", "hint", "%s %d", "text", 5), HC_USAGE);
    const HcError *e = hc_last_error();
    assert_int_equal(e->code, 7);
    assert_string_equal(e->name, "NAME");
    assert_string_equal(e->message, "text 5");
    assert_string_equal(e->hint, "hint");
    hc_set_error_detail(strdup("one"));
    hc_set_error_detail(strdup("two"));
    assert_string_equal(e->detail, "two");
    char longer[4000];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    hc_set_error(HC_ERROR, 0, longer, longer, "%s", longer); /* cut, not overrun */
    assert_int_equal(strlen(e->message), sizeof e->message - 1);
    assert_int_equal(strlen(e->hint), sizeof e->hint - 1);
    assert_null(e->detail);
    hc_set_error(HC_ERROR, 0, NULL, NULL, "plain");
    assert_string_equal(e->name, "");
    assert_string_equal(e->hint, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(verified, start, finish),
        cmocka_unit_test_setup_teardown(wrong, start, finish),
        cmocka_unit_test_setup_teardown(not_a_number, start, finish),
        cmocka_unit_test_setup_teardown(nothing_to_verify, start, finish),
        cmocka_unit_test_setup_teardown(failed, start, finish),
        cmocka_unit_test_setup_teardown(shapes, start, finish),
        cmocka_unit_test_setup_teardown(many, start, finish),
        cmocka_unit_test_setup_teardown(errors, start, finish),
    };
    return RUN(tests);
}
