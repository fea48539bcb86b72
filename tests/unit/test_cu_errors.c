// SPDX-License-Identifier: MIT
/* The tables of CUDA's error codes: every number once, with the header's own name; every meaning,
 * hint and exit code sensible. The script cu_error_table.sh checks that no code is missing.
 */
#define _XOPEN_SOURCE 700
#include "unit.h"

#include "hc_cu.h"

#define CU_CODE(number, name, meaning, hint) _Static_assert((int)(name) == (number), #name);
#include "cu_errors.def"
#define NVRTC_CODE CU_CODE
#include "nvrtc_errors.def"
#undef CU_CODE

typedef struct Code {
    int number;
    const char *name, *meaning, *hint;
} Code;
#define CU_CODE(number, name, meaning, hint) {number, #name, meaning, hint},
static const Code cu[] = {
#include "cu_errors.def"
};
static const Code nvrtc[] = {
#include "nvrtc_errors.def"
};
enum { CU = sizeof cu / sizeof cu[0], NVRTC = sizeof nvrtc / sizeof nvrtc[0] };

static void check_words(const Code *code) {
    const HcError *e = hc_last_error();
    assert_int_equal(e->code, code->number);
    assert_string_equal(e->name, code->name);
    assert_string_equal(e->message, code->meaning); /* not cut off either */
    assert_string_equal(e->hint, code->hint);
    assert_true(strlen(e->message) >= 8 && strlen(e->hint) >= 8);
    assert_null(strchr(e->message, '\n'));
}

static void words(void **state) {
    (void)state;
    for (int i = 0; i < CU; i++) {
        int n = cu[i].number, status = hc_cu_set_error((CUresult)n);
        check_words(&cu[i]);
        assert_string_equal(hc_cu_error_name((CUresult)n), cu[i].name);
        bool build = n == 200 || n == 209 || n == 218 || n == 222 || n == 500;
        assert_int_equal(status, n == 100 || n == 34 ? HC_SKIP : build ? HC_BUILD : HC_ERROR);
        if (i) assert_true(cu[i - 1].number < n); /* in order, so once */
    }
    for (int i = 0; i < NVRTC; i++) {
        int n = nvrtc[i].number, status = hc_nvrtc_set_error((nvrtcResult)n);
        assert_int_equal(n, i);
        if (n == 7 && status == HC_SKIP) { /* NVRTC is not here, which that code then means */
            assert_non_null(strstr(hc_last_error()->message, "NVRTC"));
            continue;
        }
        check_words(&nvrtc[i]);
        assert_int_equal(status, n == 5 || n == 6 ? HC_BUILD : HC_ERROR);
    }
}

static void unknown(void **state) {
    (void)state;
    assert_int_equal(hc_cu_set_error((CUresult)4711), HC_ERROR);
    assert_int_equal(hc_last_error()->code, 4711);
    assert_string_equal(hc_last_error()->name, "unknown CUDA error");
    assert_string_equal(hc_cu_error_name((CUresult)4711), "unknown CUDA error");
    assert_true(*hc_last_error()->hint);
    assert_int_equal(hc_nvrtc_set_error((nvrtcResult)4711), HC_ERROR);
    assert_string_equal(hc_last_error()->name, "unknown NVRTC error");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(words), cmocka_unit_test(unknown)};
    return RUN(tests);
}
