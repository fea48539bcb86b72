// SPDX-License-Identifier: MIT
/* The bench runner's arithmetic and files, on numbers worked out by hand: verdicts, noise, order of
 * the rounds, comparison with an earlier result, and programs that it starts. No time is asserted
 * on.
 */
#define _XOPEN_SOURCE 700
#include <cjson/cJSON.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"
#include "unit.h"

static HcStats stats(double q1, double median, double q3, size_t n) {
    return (HcStats){.n = n, .min = q1, .q1 = q1, .median = median, .q3 = q3, .max = q3};
}

static void verdicts(void **state) {
    (void)state;
    const HcStats high = stats(1.1, 1.2, 1.3, 15), below = stats(0.8, 0.9, 0.94, 15);
    const HcStats around = stats(0.9, 0.94, 0.96, 15), few = stats(1.1, 1.2, 1.3, 14);
    assert_int_equal(bench_judge(BENCH_AT_LEAST, 1.2, &high), BENCH_MET); /* reached exactly */
    assert_int_equal(bench_judge(BENCH_AT_LEAST, 0.95, &around), BENCH_WITHIN_NOISE);
    assert_int_equal(bench_judge(BENCH_AT_LEAST, 0.96, &around), BENCH_WITHIN_NOISE);
    assert_int_equal(bench_judge(BENCH_AT_LEAST, 0.95, &below), BENCH_MISSED);
    assert_int_equal(bench_judge(BENCH_AT_MOST, 0.9, &below), BENCH_MET);
    assert_int_equal(bench_judge(BENCH_AT_MOST, 0.8, &below), BENCH_WITHIN_NOISE);
    assert_int_equal(bench_judge(BENCH_AT_MOST, 0.79, &below), BENCH_MISSED);
    assert_int_equal(bench_judge(BENCH_AT_MOST, 1.0, &high), BENCH_MISSED);
    assert_int_equal(bench_judge(BENCH_AT_LEAST, 1.2, &few), BENCH_NOT_JUDGED);
    assert_int_equal(bench_judge(BENCH_NO_TARGET, 0, &high), BENCH_NOT_JUDGED);
    assert_string_equal(bench_verdict_name(BENCH_MET), "met");
    assert_string_equal(bench_verdict_name(BENCH_WITHIN_NOISE), "within noise");
    assert_string_equal(bench_verdict_name(BENCH_MISSED), "missed");
    assert_string_equal(bench_verdict_name(BENCH_NOT_JUDGED), "");
}

static void changes(void **state) {
    (void)state;
    const HcStats low = stats(1, 2, 3, 15), touching = stats(3, 4, 5, 15),
                  high = stats(3.5, 4, 5, 15);
    assert_int_equal(bench_change(&low, &touching, true), BENCH_SAME);
    assert_int_equal(bench_change(&low, &low, true), BENCH_SAME);
    assert_int_equal(bench_change(&low, &high, true), BENCH_BETTER);
    assert_int_equal(bench_change(&high, &low, true), BENCH_WORSE);
    assert_int_equal(bench_change(&low, &high, false), BENCH_WORSE);
    assert_int_equal(bench_change(&high, &low, false), BENCH_BETTER);
}

/* ---- Rounds ---- */

typedef struct Log {
    char order[32];
    size_t fail_at;
} Log;

static int record(void *context, size_t variant, double *value) {
    Log *log = context;
    size_t at = strlen(log->order);
    log->order[at] = (char)('A' + variant);
    *value = (double)(at + 1);
    return at + 1 == log->fail_at ? HC_WRONG : HC_OK;
}

static void rounds_alternate(void **state) {
    (void)state;
    Log log = {.fail_at = 0};
    double a[3], b[3], c[3];
    assert_int_equal(bench_interleave(3, 3, record, &log, (double *[]){a, b, c}), HC_OK);
    assert_string_equal(log.order, "ABCCBAABC");
    const double want_a[] = {1, 6, 7}, want_b[] = {2, 5, 8}, want_c[] = {3, 4, 9};
    assert_memory_equal(a, want_a, sizeof a);
    assert_memory_equal(b, want_b, sizeof b);
    assert_memory_equal(c, want_c, sizeof c);
    log = (Log){.fail_at = 4}; /* the first failure ends it */
    assert_int_equal(bench_interleave(3, 2, record, &log, (double *[]){a, b}), HC_WRONG);
    assert_string_equal(log.order, "ABBA");
}

/* ---- Results ---- */

static const BenchCase with_target = {"area.ratio", "A against B",  "GB/s", true,
                                      "GB/s of B",  BENCH_AT_LEAST, 2,      NULL};
static const BenchCase plain = {"area.plain", "a time",        "ms", false,
                                NULL,         BENCH_NO_TARGET, 0,    NULL};

static BenchSamples samples(size_t rounds, double value, double reference) {
    BenchSamples s = {.rounds = rounds, .n = 1000, .bytes = 4000};
    assert_int_equal(hc_alloc(rounds, sizeof(double), &s.value), HC_OK);
    assert_int_equal(hc_alloc(rounds, sizeof(double), &s.reference), HC_OK);
    for (size_t i = 0; i < rounds; i++) {
        s.value[i] = value * (double)(i + 1);
        s.reference[i] = reference * (double)(i + 1);
    }
    return s;
}

/* A run with one ratio of value/reference in every round, one time, and one case that was skipped.
 * */
static void make_run(Bench *bench, double value, double reference) {
    static const BenchCase skipped = {"area.skipped", "nothing",       "ms", false,
                                      NULL,           BENCH_NO_TARGET, 0,    NULL};
    *bench = (Bench){.options = {.rounds = 15}};
    assert_int_equal(bench_begin(bench), HC_OK);
    BenchSamples s = samples(15, value, reference), t = samples(15, 1, 1);
    assert_int_equal(bench_add(bench, &with_target, &s), HC_OK);
    assert_int_equal(bench_add(bench, &plain, &t), HC_OK);
    hc_set_error(HC_SKIP, 0, NULL, "buy one", "there is no such device");
    assert_int_equal(bench_skip(bench, &skipped), HC_OK);
}

static void ratio_round_by_round(void **state) {
    (void)state;
    Bench bench;
    make_run(&bench, 6, 3);
    const BenchResult *r = &bench.results[0];
    /* Both sides rise from round to round, as on a machine that gets less busy; the ratio does not.
     * */
    assert_true(r->value.median == 48 && r->reference.median == 24);
    assert_true(r->ratio.median == 2 && r->ratio.q1 == 2 && r->ratio.q3 == 2);
    assert_int_equal(r->verdict, BENCH_MET);
    assert_int_equal(bench.results[1].ratio.n, 0);
    assert_true(bench.results[2].skipped);
    assert_string_equal(bench.results[2].reason, "there is no such device; buy one");
    bench_free(&bench);
}

static void unusable_samples(void **state) {
    (void)state;
    const double bad[] = {NAN, INFINITY, 0, -1};
    for (size_t i = 0; i < 4; i++)
        for (int side = 0; side < 2; side++) {
            Bench bench = {.options = {.rounds = 15}};
            BenchSamples s = samples(15, 1, 1);
            (side ? s.reference : s.value)[14] = bad[i];
            assert_int_equal(bench_add(&bench, &with_target, &s), HC_ERROR);
            assert_contains(hc_last_error()->message, "area.ratio: round 15");
            free(s.value); /* still the caller's */
            free(s.reference);
            bench_free(&bench);
        }
}

static double number(const cJSON *object, const char *key) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_true(cJSON_IsNumber(item));
    return item->valuedouble;
}

static const char *text(const cJSON *object, const char *key) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_true(cJSON_IsString(item));
    return item->valuestring;
}

/* The run as another program would read it. */
static cJSON *as_json(const Bench *bench, int status, const HcError *error) {
    cJSON *built = bench_report_json(bench, status, error);
    char *line = cJSON_PrintUnformatted(built);
    cJSON *root = cJSON_Parse(line);
    assert_non_null(root);
    cJSON_free(line);
    cJSON_Delete(built);
    return root;
}

/* Quartiles of 1 .. 15 are 4.5 and 11.5, so that the fences are at -6 and 22. */
static void outliers(void **state) {
    (void)state;
    double low, high, values[15];
    for (int i = 0; i < 15; i++) values[i] = i + 1;
    HcStats s = hc_stats(values, 15);
    bench_fences(&s, &low, &high);
    assert_true(low == -6 && high == 22);
    assert_int_equal(bench_outliers(values, &s), 0);
    values[14] = 22; /* on the fence is within; the quartiles stay where they are */
    s = hc_stats(values, 15);
    assert_int_equal(bench_outliers(values, &s), 0);
    values[14] = 22.5;
    values[0] = -7;
    s = hc_stats(values, 15);
    assert_int_equal(bench_outliers(values, &s), 2);

    /* In a result: one round in which the subject alone was held up. */
    Bench bench = {.options = {.rounds = 15}};
    assert_int_equal(bench_begin(&bench), HC_OK);
    BenchSamples one = samples(15, 6, 3);
    one.value[3] *= 10;
    assert_int_equal(bench_add(&bench, &with_target, &one), HC_OK);
    const BenchResult *r = &bench.results[0];
    assert_int_equal(r->outliers.ratio, 1); /* 20 among fourteen times 2 */
    assert_int_equal(r->outliers.reference, 0);
    assert_true(r->ratio.median == 2 && r->ratio.max == 20); /* counted in, not removed */
    cJSON *root = as_json(&bench, HC_OK, NULL);
    const cJSON *json = cJSON_GetArrayItem(cJSON_GetObjectItem(root, "cases"), 0);
    assert_true(number(cJSON_GetObjectItem(json, "ratio"), "outliers") == 1);
    assert_true(number(cJSON_GetObjectItem(json, "reference"), "outliers") == 0);
    cJSON_Delete(root);
    bench_free(&bench);
}

/* A case that names its limit says which part of it was reached, if it was measured. */
static void limits(void **state) {
    static const BenchCase limit = {"limits.copy", "a limit",       "GB/s", true,
                                    NULL,          BENCH_NO_TARGET, 0,      NULL};
    (void)state;
    for (int measured = 0; measured < 2; measured++) {
        Bench bench = {.options = {.rounds = 15}};
        assert_int_equal(bench_begin(&bench), HC_OK);
        BenchSamples most = samples(15, 4, 1), s = samples(15, 6, 3); /* best: 60; median: 48 */
        s.limit = "limits.copy";
        if (measured) assert_int_equal(bench_add(&bench, &limit, &most), HC_OK);
        assert_int_equal(bench_add(&bench, &with_target, &s), HC_OK);
        cJSON *root = as_json(&bench, HC_OK, NULL);
        const cJSON *cases = cJSON_GetObjectItem(root, "cases");
        const cJSON *found = cJSON_GetObjectItem(cJSON_GetArrayItem(cases, measured), "limit");
        if (measured) assert_true(number(found, "fraction") == 48.0 / 60);
        else assert_true(cJSON_IsNull(found));
        cJSON_Delete(root);
        if (!measured) {
            free(most.value);
            free(most.reference);
        }
        bench_free(&bench);
    }
}

static void json(void **state) {
    (void)state;
    Bench bench;
    make_run(&bench, 6, 3);
    cJSON *root = as_json(&bench, HC_OK, NULL);
    const cJSON *cases = cJSON_GetObjectItem(root, "cases"), *one = cJSON_GetArrayItem(cases, 0);
    assert_string_equal(text(root, "status"), "ok");
    assert_int_equal(cJSON_GetArraySize(cases), 3);
    assert_string_equal(text(one, "met"), "met");
    assert_true(number(one, "rounds") == 15 && number(one, "median") == 48);
    assert_true(number(cJSON_GetObjectItem(one, "ratio"), "median") == 2);
    assert_true(number(cJSON_GetObjectItem(one, "target"), "value") == 2);
    assert_true(number(one, "bytes") == 4000 && number(one, "size") == 1000);
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(cJSON_GetArrayItem(cases, 1), "ratio")));
    assert_string_equal(text(cJSON_GetArrayItem(cases, 2), "skipped"),
                        "there is no such device; buy one");
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(cJSON_GetArrayItem(cases, 2), "median")));
    cJSON_Delete(root);

    HcError wrong = {.message = "the answer is wrong"};
    root = as_json(&bench, HC_WRONG, &wrong); /* a wrong answer shows no time */
    assert_string_equal(text(root, "status"), "wrong");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(root, "cases")), 0);
    assert_string_equal(text(cJSON_GetObjectItem(root, "error"), "message"), "the answer is wrong");
    cJSON_Delete(root);
    bench_free(&bench);
}

static void report(void **state) {
    (void)state;
    Bench bench;
    Capture c;
    make_run(&bench, 3, 3);
    assert_non_null(CAPTURE(&c));
    bench_report_text(&bench, c.file);
    fclose(c.file);
    assert_contains(c.text, "1.000 [1.000-1.000]");
    assert_contains(c.text, ">= 2  missed");
    assert_contains(c.text, "area.skipped: skipped: there is no such device");
    free(c.text);
    bench_free(&bench);
}

/* ---- Comparison ---- */

static const char *const folder = "test_bench.tmp";

static void put_file(const char *name, const char *content, char *path, size_t size) {
    assert_int_equal(bench_make_folder(folder), HC_OK);
    snprintf(path, size, "%s/%s.%ld", folder, name, (long)getpid());
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static const cJSON *find(const cJSON *compared, const char *name) {
    const cJSON *one;
    cJSON_ArrayForEach(one, cJSON_GetObjectItem(compared, "cases")) {
        if (strcmp(text(one, "name"), name) == 0) return one;
    }
    fail_msg("%s is not in the comparison", name);
    return NULL;
}

static void compared(void **state) {
    (void)state;
    char path[256];
    Bench bench;
    make_run(&bench, 6, 3);
    cJSON *built = bench_report_json(&bench, HC_OK, NULL);
    char *line = cJSON_PrintUnformatted(built);
    put_file("before.json", line, path, sizeof path);
    cJSON_free(line);
    cJSON_Delete(built);
    bench_free(&bench);

    cJSON *before = NULL, *out = NULL;
    assert_int_equal(bench_read_result("--compare", path, &before), HC_OK);
    unlink(path);
    rmdir(folder);
    make_run(&bench, 9, 3); /* the ratio was 2 and is 3; the plain times are the same */
    cJSON *now = as_json(&bench, HC_OK, NULL);
    assert_int_equal(bench_compare("before.json", before, now, &out), HC_OK);
    const cJSON *ratio = find(out, "area.ratio");
    assert_string_equal(text(ratio, "verdict"), "better");
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(ratio, "regression")));
    assert_true(number(out, "regressions") == 0);
    assert_string_equal(text(ratio, "of"), "ratio");
    assert_true(number(ratio, "before") == 2 && number(ratio, "now") == 3);
    assert_true(number(ratio, "now_to_before") == 1.5);
    assert_string_equal(text(find(out, "area.plain"), "verdict"), "within noise");
    assert_string_equal(text(find(out, "area.plain"), "of"), "ms");
    assert_string_equal(text(find(out, "area.skipped"), "verdict"), "skipped");
    cJSON_Delete(out);

    /* The other way round it is worse; another size cannot be compared; a case may be missing. */
    assert_int_equal(bench_compare("x", now, before, &out), HC_OK);
    assert_string_equal(text(find(out, "area.ratio"), "verdict"), "worse");
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(find(out, "area.ratio"), "regression")));
    assert_true(number(out, "regressions") == 1 && bench_regressions(out) == 1);
    Capture marked;
    assert_non_null(CAPTURE(&marked));
    bench_print_comparison(out, marked.file);
    fclose(marked.file);
    assert_contains(marked.text, "!  area.ratio");
    assert_contains(marked.text, "1 worse (marked !), 0 better, 1 within noise");
    free(marked.text);
    cJSON_Delete(out);
    cJSON *cases = cJSON_GetObjectItem(before, "cases");
    cJSON_SetNumberValue(cJSON_GetObjectItem(cJSON_GetArrayItem(cases, 0), "size"), 7);
    cJSON_DeleteItemFromArray(cases, 1);
    assert_int_equal(bench_compare("x", before, now, &out), HC_OK);
    assert_string_equal(text(find(out, "area.ratio"), "verdict"), "not comparable");
    assert_string_equal(text(find(out, "area.plain"), "verdict"), "only now");
    cJSON_Delete(out);
    assert_int_equal(bench_compare("x", now, before, &out), HC_OK);
    assert_string_equal(text(find(out, "area.plain"), "verdict"), "only before");
    Capture c;
    assert_non_null(CAPTURE(&c));
    bench_print_comparison(out, c.file);
    fclose(c.file);
    assert_contains(c.text, "only before");
    assert_contains(c.text, "Compared with x of ");
    free(c.text);
    cJSON_Delete(out);
    cJSON_DeleteItemFromArray(cases, 1);
    cJSON_DeleteItemFromArray(cases, 0);
    assert_int_equal(bench_compare("x", before, now, &out), HC_USAGE);
    assert_contains(hc_last_error()->message, "no case in common");
    cJSON_Delete(now);
    cJSON_Delete(before);
    bench_free(&bench);
}

static void malformed(void **state) {
    (void)state;
#define HEAD "{\"schema\":1,\"tool\":\"hc_bench\",\"date\":\"d\",\"cases\":["
    static const struct {
        const char *content, *says;
    } files[] = {
        {"", "not JSON"},
        {"{\"schema\":1", "not JSON"},
        {HEAD "]} and more", "not JSON"},
        {"[]", "not written by hc_bench"},
        {"{\"schema\":1,\"tool\":\"hyperfine\"}", "not written by hc_bench"},
        {"{\"schema\":2,\"tool\":\"hc_bench\"}", "schema is not 1"},
        {"{\"schema\":\"1\",\"tool\":\"hc_bench\"}", "schema is not 1"},
        {"{\"schema\":1,\"tool\":\"hc_bench\"}", "no date"},
        {"{\"schema\":1,\"tool\":\"hc_bench\",\"date\":\"d\"}", "no cases"},
        {HEAD "3]}", "without a name"},
        {HEAD "{\"name\":\"a.b\"}]}", "without a unit"},
        {HEAD "{\"name\":\"a.b\",\"unit\":\"ms\"}]}", "whether more is better"},
        {HEAD "{\"name\":\"a.b\",\"unit\":\"ms\",\"more_is_better\":false}]}", "without median"},
        {HEAD
         "{\"name\":\"a.b\",\"unit\":\"ms\",\"more_is_better\":false,\"median\":1,\"iqr\":[2,3],"
         "\"ratio\":null}]}",
         "without median"}, /* a median outside its quartiles */
        {HEAD
         "{\"name\":\"a.b\",\"unit\":\"ms\",\"more_is_better\":false,\"median\":1,\"iqr\":[1,1],"
         "\"ratio\":{\"median\":\"1\"}}]}",
         "ratio has no median"},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[256];
        cJSON *root = NULL;
        put_file("bad.json", files[i].content, path, sizeof path);
        assert_int_equal(bench_read_result("--compare", path, &root), HC_USAGE);
        assert_null(root);
        assert_contains(hc_last_error()->message, files[i].says);
        assert_contains(hc_last_error()->message, path);
        unlink(path);
    }
    cJSON *root = NULL;
    assert_int_equal(bench_read_result("--measured", "no/such/file", &root), HC_USAGE);
    assert_contains(hc_last_error()->message, "--measured no/such/file: No such file");
    assert_int_equal(bench_read_result("--compare", folder, &root), HC_USAGE);
    assert_contains(hc_last_error()->message, "directory");
    rmdir(folder);
}

/* ---- How long it will still take ---- */

static void time_left(void **state) {
    (void)state;
    BenchStep steps[4] = {{.name = "a"}, {.name = "b"}, {.name = "c"}, {.name = "d"}};
    /* Nothing is known; then the first case is half done after 5 s, and the others count like
     * it. */
    assert_true(bench_time_left(steps, 4, 0, 5, 0, 0) == -1);
    assert_true(bench_time_left(steps, 4, 0, 5, 10, 20) == 5 + 3 * 10);
    /* What an earlier run says goes before a guess: the mean of 10, 20 and 30. */
    steps[1].expected_s = 20;
    steps[2].expected_s = 30;
    assert_true(bench_time_left(steps, 4, 0, 5, 10, 20) == 5 + 20 + 30 + 20);
    /* In the second case, before its rounds, and at the end. */
    steps[0].took_s = 10;
    assert_true(bench_time_left(steps, 4, 1, 1, 0, 0) == 19 + 30 + 20);
    assert_true(bench_time_left(steps, 4, 3, 8, 20, 20) == 0);
}

/* ---- A text inside a picture ---- */

/* A PNG of one grey pixel: signature, IHDR, IDAT, IEND. */
static const unsigned char png[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48,
    0x44, 0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00,
    0x00, 0x3a, 0x7e, 0x9b, 0x55, 0x00, 0x00, 0x00, 0x0a, 0x49, 0x44, 0x41, 0x54, 0x78,
    0x9c, 0x63, 0x68, 0x00, 0x00, 0x00, 0x82, 0x00, 0x81, 0x77, 0xcd, 0x72, 0xb6, 0x00,
    0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};

static void stamps(void **state) {
    (void)state;
    char path[256];
    unsigned char got[sizeof png + 64];
    put_file("one.png", "", path, sizeof path);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(png, 1, sizeof png, file), sizeof png);
    fclose(file);
    assert_int_equal(bench_stamp(path, "Key", "abc"), HC_OK);
    file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(got, 1, sizeof got, file), sizeof png + 12 + 7);
    fclose(file);
    unlink(path);
    /* Length 7, type, key, 0, text, and the checksum of type and data as zlib's crc32 has it. */
    static const unsigned char want[] = {0,   0, 0,   7,   't', 'E',  'X',  't',  'K', 'e',
                                         'y', 0, 'a', 'b', 'c', 0x9c, 0xed, 0x85, 0x79};
    assert_memory_equal(got, png, 33);
    assert_memory_equal(got + 33, want, sizeof want);
    assert_memory_equal(got + 33 + sizeof want, png + 33, sizeof png - 33);

    put_file("one.svg", "<?xml?>\n<svg width='1'\n height='1'><g/></svg>\n", path, sizeof path);
    assert_int_equal(bench_stamp(path, "Key", "abc"), HC_OK);
    char *svg = bench_read_file(path);
    assert_string_equal(svg, "<?xml?>\n<svg width='1'\n height='1'>\n"
                             "<metadata>Key: abc</metadata><g/></svg>\n");
    free(svg);
    unlink(path);
    put_file("text", "GIF89a", path, sizeof path);
    assert_int_equal(bench_stamp(path, "Key", "abc"), HC_ERROR);
    assert_contains(hc_last_error()->message, "neither PNG nor SVG");
    unlink(path);
    rmdir(folder);
    assert_int_equal(bench_stamp("no/such/file", "Key", "abc"), HC_ERROR);
}

/* ---- Files and programs ---- */

static void programs(void **state) {
    (void)state;
    char path[256];
    int code = -1;
    double ms = -1;
    put_file("output", "old", path, sizeof path);
    const char *const echo[] = {"/bin/sh", "-c", "echo \"$HC_ONE-${HC_TWO-none}\"; exit 7", NULL};
    const char *const env[] = {"HC_ONE=1", "HC_TWO", NULL};
    setenv("HC_ONE", "zero", 1);
    setenv("HC_TWO", "two", 1);
    assert_int_equal(
        bench_run_process(&(BenchProcess){.argv = echo, .env = env, .output = path}, &code, &ms),
        HC_OK);
    assert_int_equal(code, 7);
    assert_true(ms > 0);
    char *said = bench_read_file(path);
    assert_string_equal(said, "1-none\n");
    free(said);
    unlink(path);
    rmdir(folder);

    const char *const crash[] = {"/bin/sh", "-c", "kill -9 $$", NULL};
    assert_int_equal(bench_run_process(&(BenchProcess){.argv = crash}, &code, NULL), HC_OK);
    assert_int_equal(code, 128 + 9);
    const char *const absent[] = {"/no/such/program", NULL};
    assert_int_equal(bench_run_process(&(BenchProcess){.argv = absent}, &code, NULL), HC_ERROR);
    assert_contains(hc_last_error()->message, "/no/such/program could not be started");
}

static void lines_and_folders(void **state) {
    (void)state;
    char three[] = "one\ntwo\nERROR: three \n\n", one[] = "only", empty[] = "\n";
    assert_string_equal(bench_last_line(three), "ERROR: three");
    assert_string_equal(bench_last_line(one), "only");
    assert_string_equal(bench_last_line(empty), "");
    assert_string_equal(bench_last_line(NULL), "");
    assert_null(bench_read_file("/no/such/file"));
    assert_null(bench_read_file("/"));
    struct stat info;
    assert_int_equal(bench_make_folder("test_bench.tmp2/a/b"), HC_OK);
    assert_int_equal(bench_make_folder("test_bench.tmp2/a/b"), HC_OK);
    assert_int_equal(stat("test_bench.tmp2/a/b", &info), 0);
    rmdir("test_bench.tmp2/a/b"), rmdir("test_bench.tmp2/a"), rmdir("test_bench.tmp2");
    assert_int_equal(bench_make_folder("/proc/none/below"), HC_ERROR);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts),
        cmocka_unit_test(changes),
        cmocka_unit_test(rounds_alternate),
        cmocka_unit_test(ratio_round_by_round),
        cmocka_unit_test(unusable_samples),
        cmocka_unit_test(outliers),
        cmocka_unit_test(limits),
        cmocka_unit_test(json),
        cmocka_unit_test(report),
        cmocka_unit_test(compared),
        cmocka_unit_test(malformed),
        cmocka_unit_test(time_left),
        cmocka_unit_test(stamps),
        cmocka_unit_test(programs),
        cmocka_unit_test(lines_and_folders),
    };
    return RUN(tests);
}
