// SPDX-License-Identifier: MIT
/* What is wrong is refused, by name, before any compiler or device sees it: declarations,
 * statements that would change the kernel around them, and calls. And what only a compiler can
 * find is shown in the reader's own text, under the right column.
 *
 *   refused DEVICE      DEVICE: opencl, sim, host
 */
#include "ew_test.h"

static EwDevice *device;
static const char xz[] = "float a, const float *x, float *z";

/* Each is refused with HC_USAGE, and with these words. */
static const struct {
    const char *declarations, *words;
} declared[] = {
    {"float", "argument 1, 'float': a type and a name are needed"},
    {"float a, float", "argument 2, 'float'"},
    {"float a,", "argument 2, ''"},
    {"floaty a", "unknown type floaty"},
    {"long float a", "unknown type long float"},
    {"float a, int a", "argument 2, 'int a': there is another one called a"},
    {"float **x", "pointer to pointers"},
    {"float *x y", "the * stands between type and name"},
    {"float a *", "the * stands between type and name"},
    {"float * const x", "a const behind the *"},
    {"float a[3]", "unexpected ["},
    {"float a; float b", "unexpected ;"},
    {"float 2a", "not a C identifier: 2a"},
    {"int i", "i and n are the index and the length"},
    {"const float *n", "i and n are the index and the length"},
    {"float goto", "taken by the generated source: goto"},
    {"float GLOBAL", "taken by the generated source: GLOBAL"},
    {"float ew_x", "taken by the generated source: ew_x"},
    {"float __x", "taken by the generated source: __x"},
    {"float abcdefghijklmnopqrstuvwxyz_abcdef", "longer than 31 characters"},
    {"int a, int b, int c, int d, int e, int f, int g, int h, int j, int k, int l, int m, int o, "
     "int p, int q, int r, int s",
     "more than 16 arguments"},
};

static const struct {
    const char *statement, *words;
} stated[] = {
    {"", "the statement is empty"},
    {" \n", "the statement is empty"},
    {"z[i] = (x[i]", "column 8: this bracket is never closed"},
    {"z[i] = x[i])", "column 12: this bracket closes nothing"},
    {"z[i] = (x[i]]", "column 13: this bracket closes nothing"},
    {"z[i] = 0; } } {{", "column 11: this bracket closes nothing"},
    {"z[i] = 0;\n}\nKERNEL other() {", "line 2, column 1: this bracket closes nothing"},
    {"z[i] = 0;\n#define z x", "line 2, column 1: preprocessor lines"},
    {"%:define z x", "column 1: digraphs"},
    {"z[i] = 0 <% 1", "digraphs"},
    {"z[i] = 0 /* x */", "column 10: comments"},
    {"z[i] = 0 // x", "column 10: comments"},
    {"z[i] = \"x\"[0]", "column 8: texts"},
    {"z[i] = 'x'", "column 8: texts"},
    {"z[i] = 1 + \\\n 2", "column 12: a backslash"},
    {"z[i] = 1 ?\?/\n 2", "column 10: trigraphs"},
    {"z[i] = 1; return", "column 11: 'return' reaches beyond the statement"},
    {"goto end", "'goto' reaches beyond"},
    {"barrier(1)", "'barrier' reaches beyond"},
    {"asm(x)", "'asm' reaches beyond"},
    {"__syncthreads()", "'__syncthreads' reaches beyond"},
    {"z[i] = ew_n", "'ew_n' reaches beyond"},
    {"z[i] = ITEM", "'ITEM' reaches beyond"},
    {"BARRIER", "'BARRIER' reaches beyond"},
    {"typedef float T", "'typedef' reaches beyond"},
    {"int i = 3; z[i] = 0", "column 5: i is the index"},
    {"for (int i = 0; i < 3; i++) z[i] = 0", "column 10: i is the index"},
    {"z[i] = \xc3\xa9", "column 8: this character has no meaning"},
    {"z[i] = @x", "column 8: this character has no meaning"},
};

static int map(const char *declarations, const char *statement) {
    EwKernel *kernel = NULL;
    int rc = ew_map(device, "refused", declarations, statement, NULL, &kernel);
    EXPECT((rc == HC_OK) == (kernel != NULL), "a kernel in spite of the error");
    ew_free(kernel);
    return rc;
}

static void texts(void) {
    EwKernel *kernel;
    for (size_t k = 0; k < sizeof declared / sizeof *declared; k++) {
        int rc = map(declared[k].declarations, ";");
        EXPECT(rc == HC_USAGE && error_has(declared[k].words), "'%s': %d, %s",
               declared[k].declarations, rc, hc_last_error()->message);
    }
    for (size_t k = 0; k < sizeof stated / sizeof *stated; k++) {
        int rc = map(xz, stated[k].statement);
        EXPECT(rc == HC_USAGE && error_has(stated[k].words), "'%s': %d, %s", stated[k].statement,
               rc, hc_last_error()->message);
    }
    EXPECT(ew_map(device, "2fast", xz, "z[i] = 0", NULL, &kernel) == HC_USAGE, "name 2fast");
    EXPECT(ew_map(device, "", xz, "z[i] = 0", NULL, &kernel) == HC_USAGE, "name ''");
    EXPECT(
        map("float a, const half *x, half *z", "z[i] = x[i + 1]") == HC_USAGE &&
            strstr(hc_last_error()->hint, "an array of half is read and written as NAME[i] only") &&
            error_has("column 8: half is a type of storage"),
        "a half of another element: %s", hc_last_error()->message);
    static const char *const spoilt[] = {"float f(float x) { return x; ", "} float f() {",
                                         "int f() { return (1]; }", "/* never closed", "\"x"};
    for (size_t k = 0; k < sizeof spoilt / sizeof *spoilt; k++) {
        const EwOptions options = {.preamble = spoilt[k]};
        int rc = ew_map(device, "refused", xz, "z[i] = 0", &options, &kernel);
        EXPECT(rc == HC_USAGE && error_has("in the preamble"), "preamble '%s': %d", spoilt[k], rc);
    }
}

/* The compiler's own complaints, in the reader's text. */
static void built(void) {
    static const struct {
        const char *statement, *words;
    } wrong[] = {
        {"z[i] = a*q[i] + x[i]", "in the statement, column 10:\n        z[i] = a*q[i] + x[i]\n"
                                 "                 ^\n"},
        {"z[i] = a;\n  z[i] += nothing(x[i])", "in the statement, line 2, column 11:\n"
                                               "          z[i] += nothing(x[i])\n"
                                               "                  ^\n"},
        {"z[i] = x[i] +", "in the statement"},
        {"\tz[i] = q", "in the statement, column 9:\n        \tz[i] = q\n        \t       ^\n"},
        {"z[i] = 2.0*q[i]", "in the statement, column 12:\n"}};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        int rc = map(xz, wrong[k].statement);
        EXPECT(rc == HC_BUILD && error_has(wrong[k].words), "'%s': %d, %s\n%s", wrong[k].statement,
               rc, hc_last_error()->message, hc_last_error()->detail);
    }
    const EwOptions options = {.preamble = "float f(float x) {\n    return y;\n}\n"};
    EwKernel *kernel;
    int rc = ew_map(device, "refused", xz, "z[i] = f(x[i])", &options, &kernel);
    EXPECT(rc == HC_BUILD &&
               error_has("in the preamble, line 2, column 12:\n            return y;"),
           "preamble: %d, %s", rc, hc_last_error()->detail);
    EXPECT(map("const float *x, float *z", "x[i] = z[i]") == HC_BUILD, "an input was written");
}

/* Calls: what is wrong is said with the argument's number and name, and nothing is launched. */
static void calls(void) {
    enum { N = 100 };
    float host[N], back[N];
    EwArray x, y, z, small, ints, view, tail;
    EwKernel *k, *shifted, *bytes, *all_i;
    EwDevice *other;
    for (int i = 0; i < N; i++) host[i] = -1;
    MUST(ew_map(device, "k", xz, "z[i] = a*x[i]", NULL, &k));
    MUST(ew_map(device, "shifted", "const float *x, float *z", "z[i] = x[(i + 1) % n]", NULL,
                &shifted));
    MUST(ew_map(device, "bytes", "int8_t a, uint8_t b, float *z", "z[i] = a + b", NULL, &bytes));
    MUST(ew_map(device, "all_i", "int a", "(void)(a + i)", NULL, &all_i));
    MUST(ew_array(device, EW_F32, N, host, &x));
    MUST(ew_array(device, EW_F32, N, host, &y));
    MUST(ew_array(device, EW_F32, N, host, &z));
    MUST(ew_array(device, EW_F32, N - 1, NULL, &small));
    MUST(ew_array(device, EW_I32, N, NULL, &ints));
    MUST(ew_view(&z, 1, N - 1, &tail));
    MUST(ew_open(NULL, &other));
    EwArray foreign, hand = z;
    MUST(ew_array(other, EW_F32, N, NULL, &foreign));

#define REFUSED(kernel, range, words, ...)                                                         \
    do {                                                                                           \
        int rc_ = ew_run(kernel, range, EW_VALUES(__VA_ARGS__));                                   \
        EXPECT(rc_ == HC_USAGE && error_has(words), "%s: %d, %s", words, rc_,                      \
               hc_last_error()->message);                                                          \
    } while (0)
    REFUSED(k, EW_ALL, "k: expected 3 arguments, given 2", EW_FLOAT(1), EW_OF(x));
    REFUSED(k, EW_ALL, "expected 3 arguments, given 4", EW_FLOAT(1), EW_OF(x), EW_OF(z), EW_OF(z));
    REFUSED(k, EW_ALL, "argument 1 'a': expected a scalar float, given an array of float", EW_OF(y),
            EW_OF(x), EW_OF(z));
    REFUSED(k, EW_ALL, "argument 2 'x': expected an array of float, given a scalar float",
            EW_FLOAT(1), EW_FLOAT(1), EW_OF(z));
    REFUSED(k, EW_ALL, "argument 1 'a': expected a scalar float, given a scalar double",
            EW_DOUBLE(1), EW_OF(x), EW_OF(z));
    REFUSED(k, EW_ALL, "argument 3 'z': expected an array of float, given an array of int",
            EW_FLOAT(1), EW_OF(x), EW_OF(ints));
    REFUSED(k, EW_ALL, "argument 1 'a': expected a scalar float, given a scalar no type",
            (EwValue){0}, EW_OF(x), EW_OF(z));
    REFUSED(k, EW_ALL, "argument 3 'z': expected 100 elements, as argument 2 'x' has, given 99",
            EW_FLOAT(1), EW_OF(x), EW_OF(small));
    REFUSED(k, EW_ALL, "argument 2 'x': it lies on C", EW_FLOAT(1), EW_OF(foreign), EW_OF(z));
    REFUSED(k, ((EwRange){0, 101, 1}), "the range ends at 101, but the arrays have 100 elements",
            EW_FLOAT(1), EW_OF(x), EW_OF(z));
    REFUSED(k, ((EwRange){0, 100, 0}), "the step is 0", EW_FLOAT(1), EW_OF(x), EW_OF(z));
    REFUSED(bytes, EW_ALL, "argument 1 'a': 128 does not fit into int8_t", EW_SCALAR_I(EW_I8, 128),
            EW_SCALAR_U(EW_U8, 1), EW_OF(z));
    REFUSED(bytes, EW_ALL, "argument 1 'a': -129 does not fit", EW_SCALAR_I(EW_I8, -129),
            EW_SCALAR_U(EW_U8, 1), EW_OF(z));
    REFUSED(bytes, EW_ALL, "argument 2 'b': 256 does not fit into uint8_t",
            EW_SCALAR_I(EW_I8, -128), EW_SCALAR_U(EW_U8, 256), EW_OF(z));
    REFUSED(all_i, EW_ALL, "no argument is an array", EW_INT(1));

    /* Overlap: a shifted view always; the same array if it is read at other places than [i]. */
    MUST(ew_view(&z, 0, N - 1, &view));
    REFUSED(k, EW_ALL, "argument 3 'z': this output overlaps argument 2 'x'", EW_FLOAT(1),
            EW_OF(view), EW_OF(tail));
    REFUSED(shifted, EW_ALL, "argument 2 'z': this output overlaps argument 1 'x'", EW_OF(z),
            EW_OF(z));
    EwKernel *two;
    MUST(ew_map(device, "two", "float *y, float *z", "y[i] = 1; z[i] = 2", NULL, &two));
    REFUSED(two, EW_ALL, "argument 2 'z': this output overlaps argument 1 'y'", EW_OF(z), EW_OF(z));
    /* Arrays made by hand: no memory; an address that no float can have. */
    hand.memory = NULL;
    REFUSED(k, EW_ALL, "argument 3 'z': it has 100 elements but no memory", EW_FLOAT(1), EW_OF(x),
            EW_OF(hand));
    hand = z, hand.first = SIZE_MAX - 1;
    REFUSED(k, EW_ALL, "more than memory can hold", EW_FLOAT(1), EW_OF(x), EW_OF(hand));
    if (strncmp(ew_device_name(device), "OpenCL", 6) != 0) {
        hand = z, hand.memory = (char *)z.memory + 2;
        REFUSED(k, EW_ALL,
                "argument 3 'z': its memory is misaligned: the address is no multiple "
                "of 4 bytes",
                EW_FLOAT(1), EW_OF(x), EW_OF(hand));
    }
    EXPECT(ew_view(&z, 1, N, &view) == HC_USAGE && error_has("100 elements from element 1 on"),
           "a view beyond the end");
    EXPECT(ew_view(&z, SIZE_MAX, 2, &view) == HC_USAGE, "a view that wraps around");
    MUST(ew_read(&z, back));
    for (int i = 0; i < N; i++) EXPECT(back[i] == host[i], "a refused call has written");
    EXPECT(ew_array(device, EW_F64, SIZE_MAX / 4, NULL, &view) == HC_ERROR, "more than memory");
    EXPECT(ew_array(device, EW_U8, SIZE_MAX / 4, NULL, &view) == HC_ERROR, "too large");
    EXPECT(ew_array(device, EW_NONE, 1, NULL, &view) == HC_USAGE, "no type");
    ew_free(k), ew_free(shifted), ew_free(bytes), ew_free(two), ew_free(all_i);
    ew_array_free(&x), ew_array_free(&y), ew_array_free(&z), ew_array_free(&small);
    ew_array_free(&ints), ew_array_free(&foreign);
    ew_close(other);
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    device = open_device(argv[1]);
    texts();
    built();
    calls();
    ew_close(device);
    return failures != 0;
}
