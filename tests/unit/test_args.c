// SPDX-License-Identifier: MIT
/* Arguments: what is taken, what is refused and in which words, and that a refused value changes
 * nothing. strtol would take "12x" as 12 and "-1" as a huge size; this library must not.
 */
#define _XOPEN_SOURCE 700
#include "unit.h"

#include <math.h>

static const char *type_name;
static const char *file_name;
static bool mapped;
static size_t bins;
static double alpha;
static const HcOption options[] = {HC_CHOICE("type", &type_name, "f32|i32|u8", "element type"),
                                   HC_TEXT("file", &file_name, "FILE", "a file"),
                                   HC_FLAG("mapped", &mapped, "share memory"),
                                   HC_COUNT("bins", &bins, "how many bins"),
                                   HC_REAL("alpha", &alpha, "X", "a factor"),
                                   HC_OPTIONS_END};
static HcRecipe recipe;
static HcArgs args;

static int reset(void **state) {
    (void)state;
    recipe = (HcRecipe){.name = "99_fake",
                        .summary = "nothing",
                        .options = options,
                        .size = {7, 8, 9},
                        .rank = 1,
                        .repeat = 5,
                        .random = true};
    args = (HcArgs){0};
    type_name = "f32", file_name = NULL, mapped = false, bins = 16, alpha = 0.5;
    return 0;
}

/* Parse up to five words, ended by NULL. */
static int parse(const char *a, const char *b, const char *c, const char *d, const char *e) {
    const char *words[] = {"99_fake", a, b, c, d, e, NULL};
    int count = 1;
    while (words[count]) count++;
    char *argv[7];
    memcpy(argv, words, sizeof argv);
    return hc_parse_args(&args, &recipe, count, argv);
}
#define PARSE1(a) parse(a, NULL, NULL, NULL, NULL)
#define PARSE2(a, b) parse(a, b, NULL, NULL, NULL)

static void refused(const char *option, const char *value, const char *message) {
    reset(NULL);
    assert_int_equal(PARSE2(option, value), HC_USAGE);
    assert_contains(hc_last_error()->message, message);
    if (value) assert_contains(hc_last_error()->message, value);
    assert_string_equal(type_name, "f32");
    assert_null(file_name);
    assert_false(mapped);
    assert_int_equal(bins, 16);
    assert_true(alpha == 0.5);
    assert_int_equal(args.size[0], 7);
    assert_int_equal(args.seed, 1);
    assert_int_equal(args.repeat, 5);
}

static void defaults(void **state) {
    (void)state;
    assert_int_equal(PARSE1(NULL), HC_OK);
    assert_int_equal(args.size[0], 7);
    assert_int_equal(args.seed, 1);
    assert_int_equal(args.repeat, 5);
    assert_true(args.timeout_s == 0);
    assert_null(args.device);
    assert_null(args.kernel_dir);
    assert_false(args.list_devices || args.json || args.quiet || args.explain || args.no_cache);
    assert_false(args.help || args.version);
}

static void taken(void **state) {
    (void)state;
    assert_int_equal(parse("-n", "12", "--seed", "18446744073709551615", NULL), HC_OK);
    assert_int_equal(args.size[0], 12);
    assert_true(args.seed == UINT64_MAX);
    assert_int_equal(parse("-n12", "--repeat=1000000", "--timeout=2.5", "--json", "--quiet"),
                     HC_OK);
    assert_int_equal(args.repeat, 1000000);
    assert_true(args.timeout_s == 2.5);
    assert_true(args.json && args.quiet);
    assert_int_equal(parse("--size=0", "--type", "u8", "--file", "-"), HC_OK);
    assert_int_equal(args.size[0], 0);
    assert_string_equal(type_name, "u8");
    assert_string_equal(file_name, "-");
    assert_int_equal(parse("--mapped", "--bins=0", "--alpha", "-1e-3", "--explain"), HC_OK);
    assert_true(mapped && args.explain);
    assert_int_equal(bins, 0);
    assert_true(alpha == -1e-3);
    assert_int_equal(parse("--device=cpu", "--kernel-dir", "k", "--no-cache", "--list-devices"),
                     HC_OK);
    assert_string_equal(args.device, "cpu");
    assert_string_equal(args.kernel_dir, "k");
    assert_true(args.no_cache && args.list_devices);
    assert_int_equal(PARSE1("-h"), HC_OK);
    assert_true(args.help);
    assert_int_equal(PARSE2("--help", "--version"), HC_OK);
    assert_true(args.help && args.version);
}

static void last_one_wins(void **state) {
    (void)state;
    assert_int_equal(parse("-n", "12", "-n", "13", NULL), HC_OK);
    assert_int_equal(args.size[0], 13);
    assert_int_equal(parse("-n", "12", "--size", "14", NULL), HC_OK);
    assert_int_equal(args.size[0], 14);
}

static void counts(void **state) {
    (void)state;
    static const char *const bad[] = {"12x",
                                      "-1",
                                      "+1",
                                      "",
                                      " 1",
                                      "1 ",
                                      "1e3",
                                      "0x10",
                                      "1.0",
                                      "1,000",
                                      "18446744073709551616",
                                      "99999999999999999999999",
                                      "nan",
                                      "1\n"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        refused("-n", bad[i], "not a size");
        refused("--seed", bad[i], "not a seed");
        refused("--repeat", bad[i], "not a number of repetitions");
        refused("--bins", bad[i], "not a count");
        uint64_t v = 42;
        assert_false(hc_parse_count(bad[i], UINT64_MAX, &v));
        assert_true(v == 42);
    }
    refused("--repeat", "0", "1 to 1000000");
    refused("--repeat", "1000001", "1 to 1000000");
    uint64_t v = 42;
    assert_true(hc_parse_count("18446744073709551615", UINT64_MAX, &v));
    assert_true(v == UINT64_MAX);
    assert_true(hc_parse_count("00012", 12, &v));
    assert_int_equal(v, 12);
    assert_false(hc_parse_count("13", 12, &v));
    assert_int_equal(v, 12);
}

static void reals(void **state) {
    (void)state;
    static const char *const bad[] = {"1e9999", "-1e9999", "nan", "inf", "-infinity",
                                      "1x",     "",        "one", "1,5"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        refused("--alpha", bad[i], "not a finite number");
        refused("--timeout", bad[i], "not a finite number");
    }
    static const char *const times[] = {"0", "-1", "-0.0", "1e10"};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        reset(NULL);
        assert_int_equal(PARSE2("--timeout", times[i]), HC_USAGE);
        assert_contains(hc_last_error()->message, "--timeout: must be over 0");
    }
}

static void shapes(void **state) {
    (void)state;
    recipe.rank = 2;
    assert_int_equal(PARSE2("-n", "640x480"), HC_OK);
    assert_int_equal(args.size[0], 640);
    assert_int_equal(args.size[1], 480);
    recipe.rank = 3;
    assert_int_equal(PARSE2("-n", "2x3x4"), HC_OK);
    assert_int_equal(args.size[0], 2);
    assert_int_equal(args.size[1], 3);
    assert_int_equal(args.size[2], 4);
    static const char *const bad[] = {"2x3",    "2",     "2x3x4x5",
                                      "2x3x",   "x3x4",  "2xx4",
                                      "2x3x-4", "2X3X4", "2x3x18446744073709551616",
                                      "2 x3x4", ""};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        recipe.rank = 3;
        assert_int_equal(PARSE2("-n", bad[i]), HC_USAGE);
        assert_contains(hc_last_error()->message, "not a size (MxKxN");
        assert_int_equal(args.size[0], 7);
        assert_int_equal(args.size[1], 8);
        assert_int_equal(args.size[2], 9);
    }
    recipe.rank = 2;
    assert_int_equal(PARSE2("-n", "5"), HC_USAGE);
    assert_contains(hc_last_error()->message, "(MxN");
    recipe.rank = 1;
    assert_int_equal(PARSE2("-n", "5x5"), HC_USAGE);
    recipe.rank = 0; /* a recipe without a size takes any, and ignores it */
    assert_int_equal(PARSE2("-n", "5x5"), HC_OK);
    assert_int_equal(PARSE2("-n", "5x"), HC_USAGE);
    recipe.rank = -1; /* any of them: a number that is not given is 1 */
    static const char *const any[] = {"5", "5x6", "5x6x0"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(PARSE2("-n", any[i]), HC_OK);
        assert_int_equal(args.size[0], 5);
        assert_int_equal(args.size[1], i > 0 ? 6 : 1);
        assert_int_equal(args.size[2], i > 1 ? 0 : 1);
    }
    assert_int_equal(PARSE2("-n", "5x6x7x8"), HC_USAGE);
    assert_contains(hc_last_error()->message, "(N, NxN or NxNxN");
}

static void words(void **state) {
    (void)state;
    refused("--type", "f64", "--type f64: must be one of f32|i32|u8");
    refused("--type", "", "must be one of");
    refused("--type", "f3", "must be one of");
    refused("--type", "f32|i32", "must be one of");
    refused("--type", "F32", "must be one of");
}

static void unknown(void **state) {
    (void)state;
    assert_int_equal(PARSE1("--nosuch"), HC_USAGE);
    assert_string_equal(hc_last_error()->message, "--nosuch: unknown option");
    assert_int_equal(PARSE1("--nosuch=3"), HC_USAGE);
    assert_contains(hc_last_error()->message, "--nosuch=3: unknown option");
    assert_int_equal(PARSE1("-z"), HC_USAGE);
    assert_string_equal(hc_last_error()->message, "-z: unknown option");
    assert_int_equal(PARSE1("-hzq"), HC_USAGE); /* in the middle of a word */
    assert_string_equal(hc_last_error()->message, "-z: unknown option");
    assert_int_equal(PARSE1("-n"), HC_USAGE);
    assert_string_equal(hc_last_error()->message, "-n: needs a value");
    assert_int_equal(PARSE1("--device"), HC_USAGE);
    assert_string_equal(hc_last_error()->message, "--device: needs a value");
    assert_int_equal(PARSE1("--quiet=yes"), HC_USAGE);
    assert_string_equal(hc_last_error()->message, "--quiet=yes: takes no value");
    assert_int_equal(PARSE2("--quiet", "1000"), HC_USAGE);
    assert_string_equal(hc_last_error()->message, "1000: unexpected argument");
    assert_int_equal(PARSE2("--", "-n"), HC_USAGE);
    assert_string_equal(hc_last_error()->message, "-n: unexpected argument");
    assert_int_equal(PARSE1("-n5"), HC_OK); /* and the next one begins anew */
}

static void help(void **state) {
    (void)state;
    Capture c;
    CAPTURE(&c);
    hc_print_help(&recipe, c.file);
    fclose(c.file);
    static const char *const lines[] = {"99_fake: nothing",
                                        "--type f32|i32|u8",
                                        "(default f32)",
                                        "--bins N",
                                        "(default 16)",
                                        "(default 0.5)",
                                        "--size N",
                                        "--seed",
                                        "--repeat",
                                        "--device",
                                        "--list-devices",
                                        "--timeout",
                                        "--kernel-dir",
                                        "--no-cache",
                                        "--explain",
                                        "--json",
                                        "--quiet",
                                        "--help",
                                        "--version",
                                        "Defaults: --size 7 --seed 1 --repeat 5",
                                        "HC_DEVICE",
                                        "HC_KERNEL_DIR",
                                        "77",
                                        "124",
                                        "130"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) assert_contains(c.text, lines[i]);
    assert_null(strstr(c.text, "without effect"));
    free(c.text);

    recipe = (HcRecipe){.name = "99_fake", .summary = "nothing"};
    CAPTURE(&c);
    hc_print_help(&recipe, c.file);
    fclose(c.file);
    static const char *const idle[] = {"--size N", "--seed S", "--repeat R"};
    for (size_t i = 0; i < 3; i++) {
        char line[80];
        snprintf(line, sizeof line, "  %-28s accepted, without effect here\n", idle[i]);
        assert_contains(c.text, line);
    }
    assert_null(strstr(c.text, "Defaults"));
    free(c.text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(defaults, reset),      cmocka_unit_test_setup(taken, reset),
        cmocka_unit_test_setup(last_one_wins, reset), cmocka_unit_test_setup(counts, reset),
        cmocka_unit_test_setup(reals, reset),         cmocka_unit_test_setup(shapes, reset),
        cmocka_unit_test_setup(words, reset),         cmocka_unit_test_setup(unknown, reset),
        cmocka_unit_test_setup(help, reset),
    };
    return RUN(tests);
}
