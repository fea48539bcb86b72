// SPDX-License-Identifier: MIT
/* What reductions and scans refuse: items, texts and calls, each with a sentence that names what is
 * wrong; and what only the compiler can refuse, in the reader's own text.
 */
#include "fold.h"

static EwDevice *device;

/* A call must fail with this code, and message or detail must say this. */
static void refuses(int status, int want, const char *says, const char *what) {
    const HcError *e = hc_last_error();
    bool said =
        strstr(e->message, says) || strstr(e->hint, says) || (e->detail && strstr(e->detail, says));
    EXPECT(status == want, "%s: code %d, want %d", what, status, want);
    EXPECT(status == HC_OK || said, "%s: '%s' is not said, but: %s", what, says, e->message);
}

static const struct {
    const char *item, *neutral, *map, *reduce, *declarations;
    int code;
    const char *says;
} reductions[] = {
    {"", "0", "x[i]", "a + b", "const float *x", HC_USAGE, "the item is empty"},
    {" \n", "0", "x[i]", "a + b", "const float *x", HC_USAGE, "the item is empty"},
    {"flaot", "0", "x[i]", "a + b", "const float *x", HC_USAGE, "field 1, 'flaot'"},
    {"float s, flaot t", "0", "x[i]", "a + b", "const float *x", HC_USAGE, "unknown type flaot"},
    {"float s, float s", "0", "x[i]", "a + b", "const float *x", HC_USAGE, "another one called s"},
    {"float *s", "0", "x[i]", "a + b", "const float *x", HC_USAGE, "a field is a plain value"},
    {"half", "0", "x[i]", "a + b", "const float *x", HC_USAGE, "no item"},
    {"float s, half t", "0", "x[i]", "a + b", "const float *x", HC_USAGE, "no item"},
    {"int a, int b, int c, int d, int e", "0", "x[i]", "a + b", "const float *x", HC_USAGE,
     "more than 4 fields"},
    {"float", "", "x[i]", "a + b", "const float *x", HC_USAGE, "the neutral is empty"},
    {"float", "0", "", "a + b", "const float *x", HC_USAGE, "the map is empty"},
    {"float", "0", "x[i]", " ", "const float *x", HC_USAGE, "the reduce is empty"},
    {"float", "0;", "x[i]", "a + b", "const float *x", HC_USAGE, "one expression"},
    {"float", "0", "x[i]; }", "a + b", "const float *x", HC_USAGE, "this bracket closes nothing"},
    {"float", "0", "x[i]; 1", "a + b", "const float *x", HC_USAGE, "this is one expression"},
    {"float", "0", "x[i]", "{ a + b }", "const float *x", HC_USAGE, "one expression"},
    {"float", "0", "x[i", "a + b", "const float *x", HC_USAGE, "this bracket is never closed"},
    {"float", "0", "x[i]", "a + b /* sum */", "const float *x", HC_USAGE, "comments"},
    {"float", "0", "x[i]", "return a", "const float *x", HC_USAGE, "'return'"},
    {"float", "0", "x[i]", "a + b", "float *x", HC_USAGE, "argument 1 'x' is an output"},
    {"float", "0", "item[i]", "a + b", "const float *item", HC_USAGE, "this name has a meaning"},
    {"float", "0", "make_item", "a + b", "float make_item", HC_USAGE, "this name has a meaning"},
    /* What only the compiler knows: its message shows the reader's own text. */
    {"float", "0", "y[i]", "a + b", "const float *x", HC_BUILD, "y[i]"},
    {"float", "0", "x[i]", "a + c", "const float *x", HC_BUILD, "a + c"},
    {"float", "zero", "x[i]", "a + b", "const float *x", HC_BUILD, "zero"},
    {"float s, int k", "make_item(0)", "make_item(x[i], i)", "a", "const float *x", HC_BUILD,
     "make_item(0)"},
    {"float s, int k", "make_item(0, 0)", "make_item(x[i], i)", "make_item(a.s + b.t, 0)",
     "const float *x", HC_BUILD, "b.t"},
};

static void reductions_refused(void) {
    for (size_t k = 0; k < sizeof reductions / sizeof *reductions; k++) {
        EwKernel *kernel = NULL;
        int status = ew_reduction(device, "wrong", reductions[k].item, reductions[k].neutral,
                                  reductions[k].map, reductions[k].reduce,
                                  reductions[k].declarations, NULL, &kernel);
        refuses(status, reductions[k].code, reductions[k].says, reductions[k].says);
        EXPECT(!kernel, "a kernel came of it");
        ew_free(kernel);
    }
}

static const struct {
    const char *neutral, *map, *scan, *output, *declarations;
    int code;
    const char *says;
} scans[] = {
    {"0", "x[i]", "a + b", "", "const int *x, int *z", HC_USAGE, "the output is empty"},
    {"0", "x[i]", "", "z[i] = item", "const int *x, int *z", HC_USAGE, "the scan is empty"},
    {"0", "x[i]", "a + b", "z[i] = item }", "const int *x, int *z", HC_USAGE, "closes nothing"},
    {"0", "x[i]", "a + b", "#if 0", "const int *x, int *z", HC_USAGE, "preprocessor"},
    {"0", "x[i]", "a + b", "int i = 0; z[i] = item", "const int *x, int *z", HC_USAGE,
     "i is the index"},
    {"0", "x[i]", "a + b", "z[i] = 1", "const int *x, int *z, int prev_item", HC_USAGE,
     "this name has a meaning"},
    {"0", "x[i]", "a + b", "z[i] = itme", "const int *x, int *z", HC_BUILD, "itme"},
    {"0", "x[i]", "a + b", "x[i] = item", "const int *x, int *z", HC_BUILD, "x[i] = item"},
};

static void scans_refused(void) {
    for (size_t k = 0; k < sizeof scans / sizeof *scans; k++) {
        EwKernel *kernel = NULL;
        int status = ew_scan(device, "wrong", "int", scans[k].neutral, scans[k].map, scans[k].scan,
                             scans[k].output, scans[k].declarations, NULL, &kernel);
        refuses(status, scans[k].code, scans[k].says, scans[k].says);
        EXPECT(!kernel, "a kernel came of it");
        ew_free(kernel);
    }
}

/* Kernels that are right, called wrongly. */
static void calls_refused(void) {
    enum { N = 100 };
    int32_t *x = small_values(EW_I32, N), result = 0;
    EwArray d_x = array_of(device, EW_I32, N, x), d_z = array_of(device, EW_I32, N, NULL), few;
    EwKernel *sum, *scan;
    CHECK_HC(ew_view(&d_z, 0, N - 1, &few));
    CHECK_HC(ew_reduction(device, "sum", "int", "0", "x[i]", "a + b", "const int *x", NULL, &sum));
    CHECK_HC(ew_scan(device, "sums", "int", "0", "x[i]", "a + b", "z[i] = item",
                     "const int *x, int *z", NULL, &scan));
    refuses(ew_run(sum, EW_ALL, EW_VALUES(EW_OF(d_x))), HC_USAGE, "is a reduction", "run");
    refuses(ew_reduce(scan, EW_ALL, EW_VALUES(EW_OF(d_x), EW_OF(d_z)), &result), HC_USAGE,
            "is no reduction", "reduce");
    refuses(ew_reduce(sum, EW_ALL, EW_VALUES(EW_INT(1)), &result), HC_USAGE,
            "expected an array of int, given a scalar int", "scalar");
    refuses(ew_reduce(sum, (EwRange){0, N + 1, 1}, EW_VALUES(EW_OF(d_x)), &result), HC_USAGE,
            "ends at 101", "range");
    refuses(ew_reduce(sum, (EwRange){0, N, 0}, EW_VALUES(EW_OF(d_x)), &result), HC_USAGE,
            "the step is 0", "step 0");
    refuses(ew_run(scan, (EwRange){0, N, 2}, EW_VALUES(EW_OF(d_x), EW_OF(d_z))), HC_USAGE,
            "by steps of 1, not of 2", "step 2");
    refuses(ew_run(scan, EW_ALL, EW_VALUES(EW_OF(d_x), EW_OF(few))), HC_USAGE,
            "expected 100 elements", "length");
    CHECK_HC(ew_reduce(sum, EW_ALL, EW_VALUES(EW_OF(d_x)), &result));
    int32_t want = 0;
    for (int k = 0; k < N; k++) want += x[k];
    EXPECT(result == want, "after all that: %d, want %d", result, want);
    ew_free(scan), ew_free(sum);
    ew_array_free(&d_z), ew_array_free(&d_x);
    free(x);
}

int main(int argc, char **argv) {
    static const Case cases[] = {{"reductions", reductions_refused, false},
                                 {"scans", scans_refused, false},
                                 {"calls", calls_refused, false},
                                 {NULL, NULL, false}};
    device = fold_device(argc, argv);
    return run_cases(device, cases, argc, argv);
}
