// SPDX-License-Identifier: MIT
/* The table of OpenCL's error codes: every number once, every name the header's own, every meaning
 * and every exit code sensible. The script cl_error_table.sh checks the other direction.
 */
#define _XOPEN_SOURCE 700
#include "unit.h"

#include "hc_cl.h"
#include <CL/cl_egl.h>
#include <CL/cl_ext.h>
#include <CL/cl_gl.h>
#include <CL/cl_icd.h>

/* The text that the header puts in the name's place; the name itself if the header lacks it. */
#define TEXT_OF(name) #name
#define CL_CODE(number, name, meaning, hint) {number, TEXT(name), #name, meaning, hint},
#define TEXT(name) TEXT_OF(name)
static const struct {
    int number;
    const char *expanded, *name, *meaning, *hint;
} codes[] = {
#include "cl_errors.def"
};
enum { CODES = sizeof codes / sizeof codes[0] };

static void numbers_are_the_headers(void **state) {
    (void)state;
    int checked = 0;
    for (int i = 0; i < CODES; i++) {
        if (strcmp(codes[i].expanded, codes[i].name) == 0) continue;
        const char *text = codes[i].expanded;
        long number = strtol(text + (*text == '('), NULL, 10);
        if (number != codes[i].number)
            fail_msg("%s is %ld, not %d", codes[i].name, number, codes[i].number);
        checked++;
    }
    assert_true(checked >= 60); /* OpenCL 1.2 alone has 59 and a header */
}

static void every_code_once(void **state) {
    (void)state;
    for (int i = 0; i < CODES; i++) {
        assert_true(codes[i].number < 0);
        assert_int_equal(strncmp(codes[i].name, "CL_", 3), 0);
        for (int j = 0; j < i; j++) {
            assert_int_not_equal(codes[i].number, codes[j].number);
            assert_string_not_equal(codes[i].name, codes[j].name);
        }
    }
}

/* Gaps in the range would be codes without words. */
static void no_gaps(void **state) {
    (void)state;
    for (int number = -1; number >= -72; number--) {
        if (number < -19 && number > -30) continue; /* OpenCL has none there */
        assert_int_equal(strncmp(hc_cl_error_name(number), "CL_", 3), 0);
    }
}

static void words(void **state) {
    (void)state;
    for (int i = 0; i < CODES; i++) {
        int status = hc_cl_set_error(codes[i].number);
        const HcError *e = hc_last_error();
        assert_int_equal(e->code, codes[i].number);
        assert_string_equal(e->name, codes[i].name);
        assert_string_equal(e->message, codes[i].meaning);
        assert_string_equal(e->hint, codes[i].hint);
        assert_true(strlen(e->message) >= 10);
        assert_null(strchr(e->message, '\n'));
        if (codes[i].number > -1000) assert_true(*e->hint); /* all of the core say what to do */
        int number = codes[i].number;
        int expected = number == -1 || number == -1001 ? HC_SKIP
                       : number == -11 || number == -15 || number == -17 || number == -46
                           ? HC_BUILD
                           : HC_ERROR;
        assert_int_equal(status, expected);
    }
    assert_int_equal(hc_cl_set_error(-4711), HC_ERROR);
    assert_int_equal(hc_last_error()->code, -4711);
    assert_contains(hc_last_error()->name, "unknown");
    assert_true(*hc_last_error()->hint);
    assert_string_equal(hc_cl_error_name(-4711), hc_last_error()->name);
    assert_string_equal(hc_cl_error_name(-5), "CL_OUT_OF_RESOURCES");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_are_the_headers),
                                       cmocka_unit_test(every_code_once), cmocka_unit_test(no_gaps),
                                       cmocka_unit_test(words)};
    return RUN(tests);
}
