// SPDX-License-Identifier: MIT
/* Memory and kernel files: sizes that overflow, and where a kernel is looked for. */
#define _XOPEN_SOURCE 700
#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

static char folder[] = "/tmp/hc_file_XXXXXX";
static const HcRecipe recipe = {.name = "99_fake"};

static void put(const char *name, const char *text) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int make_folder(void **state) {
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
    (void)state;
    static const char *const files[] = {"plain.cl", "random.cl", "philox.h", "empty.cl"};
    char path[256];
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        unlink(path);
    }
    return rmdir(folder);
}

static int reset(void **state) {
    (void)state;
    hc_run = (HcRun){.recipe = &recipe};
    unsetenv("HC_KERNEL_DIR");
    return 0;
}

static void alloc(void **state) {
    (void)state;
    char *memory = NULL;
    assert_int_equal(hc_alloc(0, 8, &memory), HC_OK);
    assert_non_null(memory);
    free(memory);
    assert_int_equal(hc_alloc(1000, 3, &memory), HC_OK);
    for (int i = 0; i < 3000; i++) assert_int_equal(memory[i], 0);
    free(memory);
    memory = (char *)folder;
    assert_int_equal(hc_alloc(SIZE_MAX, 2, &memory), HC_ERROR);
    assert_contains(hc_last_error()->message, "18446744073709551615 elements of 2 bytes");
    assert_ptr_equal(memory, folder); /* untouched */
    assert_int_equal(hc_alloc(SIZE_MAX / 4 + 2, 4, &memory), HC_ERROR);
}

static void first_place_wins(void **state) {
    (void)state;
    char *text;
    put("plain.cl", "kernel text\n");
    hc_run.kernels = folder;
    assert_int_equal(hc_load_kernel("plain.cl", &text), HC_OK);
    assert_string_equal(text, "kernel text\n");
    free(text);
    setenv("HC_KERNEL_DIR", "/nonexistent", 1);
    assert_int_equal(hc_load_kernel("plain.cl", &text),
                     HC_USAGE); /* what was asked for, or nothing */
    assert_contains(hc_last_error()->message, "plain.cl not found in: /nonexistent");
    hc_run.args.kernel_dir = folder;
    assert_int_equal(hc_load_kernel("plain.cl", &text), HC_OK);
    free(text);
    hc_run.args.kernel_dir = "/nonexistent/flag";
    setenv("HC_KERNEL_DIR", folder, 1);
    assert_int_equal(hc_load_kernel("plain.cl", &text), HC_USAGE);
    assert_contains(hc_last_error()->message, "/nonexistent/flag");
    hc_run.args.kernel_dir = NULL;
    assert_int_equal(hc_load_kernel("plain.cl", &text), HC_OK);
    free(text);
    setenv("HC_KERNEL_DIR", "", 1); /* empty is unset */
    assert_int_equal(hc_load_kernel("plain.cl", &text), HC_OK);
    free(text);
    assert_int_equal(hc_load_kernel("nosuch.cl", &text), HC_USAGE);
    assert_contains(hc_last_error()->message, folder);
    assert_contains(hc_last_error()->message, "/kernels");
    assert_contains(hc_last_error()->hint, "--kernel-dir");
}

static void empty_file(void **state) {
    (void)state;
    char *text;
    put("empty.cl", "");
    hc_run.kernels = folder;
    assert_int_equal(hc_load_kernel("empty.cl", &text), HC_OK);
    assert_string_equal(text, "");
    free(text);
}

static void not_a_file(void **state) {
    (void)state;
    char *text;
    hc_run.kernels = "/";
    assert_int_equal(hc_load_kernel("tmp", &text), HC_USAGE);
    assert_contains(hc_last_error()->message, "/tmp: not a regular file");
}

static void generator_in_front(void **state) {
    (void)state;
    char *text;
    put("random.cl", "float f(void) { return hc_random_f32(1, 2, 3); }\n");
    put("philox.h", "/* the generator */\n");
    hc_run.kernels = folder;
    assert_int_equal(hc_load_kernel("random.cl", &text), HC_OK);
    assert_string_equal(text, "/* the generator */\n\n#line 1 \"random.cl\"\n"
                              "float f(void) { return hc_random_f32(1, 2, 3); }\n");
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(alloc, reset), cmocka_unit_test_setup(first_place_wins, reset),
        cmocka_unit_test_setup(empty_file, reset), cmocka_unit_test_setup(not_a_file, reset),
        cmocka_unit_test_setup(generator_in_front, reset)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
