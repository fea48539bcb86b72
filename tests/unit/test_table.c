// SPDX-License-Identifier: MIT
/* Tables and numbers for people, letter by letter. */
#define _XOPEN_SOURCE 700
#include "unit.h"

static char *print(const HcTable *table, int indent) {
    Capture c;
    CAPTURE(&c);
    hc_table_print(table, c.file, indent);
    fclose(c.file);
    return c.text;
}

static void columns(void **state) {
    (void)state;
    HcTable *t = hc_table_new("name|>GB/s|note");
    hc_table_row(t, "%s|%.1f|%s", "copy", 9.5, "first");
    hc_table_row(t, "%s|%.1f|%s", "sum of two", 123.25, "");
    char *text = print(t, 2);
    assert_string_equal(text, "  name         GB/s  note\n"
                              "  copy          9.5  first\n"
                              "  sum of two  123.2  \n");
    free(text);
    hc_table_free(t);
}

static void no_headings(void **state) {
    (void)state;
    HcTable *t = hc_table_new("|>");
    hc_table_row(t, "a|1");
    hc_table_row(t, "bc|10");
    char *text = print(t, 0);
    assert_string_equal(text, "a    1\nbc  10\n");
    free(text);
    hc_table_free(t);
}

static void characters_not_bytes(void **state) {
    (void)state;
    HcTable *t = hc_table_new("a|b");
    hc_table_row(
        t, "\xC2\xB5s|x"); /* the micro sign is two bytes wide in memory, one column on screen */
    hc_table_row(t, "ms|y");
    char *text = print(t, 0);
    assert_string_equal(text, "a   b\n\xC2\xB5s  x\nms  y\n");
    free(text);
    hc_table_free(t);
}

static void odd_rows(void **state) {
    (void)state;
    HcTable *t = hc_table_new("a|b");
    hc_table_row(t, "one");
    hc_table_row(t, "1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|18");
    char wide[6000];
    memset(wide, 'w', sizeof wide - 1);
    wide[sizeof wide - 1] = '\0';
    hc_table_row(t, "%s", wide);
    for (int i = 0; i < 100; i++) hc_table_row(t, "%d|%d", i, i);
    char *text = print(t, 0);
    assert_contains(text, "one\n");
    assert_contains(text, "99");
    free(text);
    hc_table_free(t);
    hc_table_row(NULL, "x"); /* a table for which there was no memory */
    text = print(NULL, 0);
    assert_string_equal(text, "");
    free(text);
    hc_table_free(NULL);
}

static void bytes(void **state) {
    (void)state;
    char b[64];
    assert_string_equal(hc_format_bytes(0, false, b, sizeof b), "0 B");
    assert_string_equal(hc_format_bytes(0, true, b, sizeof b), "0 B");
    assert_string_equal(hc_format_bytes(1023, true, b, sizeof b), "1023 B");
    assert_string_equal(hc_format_bytes(1024, true, b, sizeof b), "1024 (1 KiB)");
    assert_string_equal(hc_format_bytes(1536, false, b, sizeof b), "1.5 KiB");
    assert_string_equal(hc_format_bytes(2147483648u, true, b, sizeof b), "2147483648 (2 GiB)");
    assert_string_equal(hc_format_bytes(UINT64_MAX, true, b, sizeof b),
                        "18446744073709551615 (16 EiB)");
    assert_ptr_equal(hc_format_bytes(1, true, b, sizeof b), b);
    char small[4];
    hc_format_bytes(2147483648u, true, small, sizeof small);
    assert_string_equal(small, "214");
}

static void counts(void **state) {
    (void)state;
    char b[64];
    assert_string_equal(hc_format_count(0, b, sizeof b), "0");
    assert_string_equal(hc_format_count(999, b, sizeof b), "999");
    assert_string_equal(hc_format_count(1000, b, sizeof b), "1 000");
    assert_string_equal(hc_format_count(16777216, b, sizeof b), "16 777 216");
    assert_string_equal(hc_format_count(UINT64_MAX, b, sizeof b), "18 446 744 073 709 551 615");
    char small[4] = "zzz";
    hc_format_count(16777216, small, sizeof small);
    assert_true(strlen(small) < sizeof small);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(columns),
                                       cmocka_unit_test(no_headings),
                                       cmocka_unit_test(characters_not_bytes),
                                       cmocka_unit_test(odd_rows),
                                       cmocka_unit_test(bytes),
                                       cmocka_unit_test(counts)};
    return RUN(tests);
}
