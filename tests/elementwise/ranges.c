// SPDX-License-Identifier: MIT
/* Which elements a kernel does: all of them at every size, each third from the fifth on, those of a
 * view; and that it touches no other. Also what a statement may do beside z[i] = f(x[i]).
 *
 *   ranges DEVICE      DEVICE: opencl, sim, host
 */
#include "ew_test.h"

static EwDevice *device;

/* z[i] = 2*x[i] + 1 in integers, into memory of 7s; want: which i were done. */
static void check(EwKernel *kernel, size_t n, EwRange range) {
    int *x, *z;
    EwArray d_x, d_z;
    size_t stop = range.stop == SIZE_MAX ? n : range.stop, wrong = 0;
    MUST(hc_alloc(n, sizeof *x, &x));
    MUST(hc_alloc(n, sizeof *z, &z));
    for (size_t i = 0; i < n; i++) x[i] = (int)(i % 100003), z[i] = 7;
    MUST(ew_array(device, EW_I32, n, x, &d_x));
    MUST(ew_array(device, EW_I32, n, z, &d_z));
    MUST(ew_run(kernel, range, EW_VALUES(EW_OF(d_x), EW_OF(d_z))));
    MUST(ew_read(&d_z, z));
    for (size_t i = 0; i < n; i++) {
        bool done = i >= range.start && i < stop && (i - range.start) % range.step == 0;
        if (z[i] != (done ? 2 * x[i] + 1 : 7)) wrong++;
    }
    EXPECT(wrong == 0, "n = %zu, range %zu, %zu, %zu: %zu wrong", n, range.start, range.stop,
           range.step, wrong);
    ew_array_free(&d_x), ew_array_free(&d_z);
    free(x), free(z);
}

static void sizes_and_ranges(void) {
    static const size_t sizes[] = {0,  1,  2,  15, 16,   17,   31,     32,
                                   33, 63, 64, 65, 1009, 4097, 1048573};
    static const EwRange ranges[] = {{0, SIZE_MAX, 1},  {5, SIZE_MAX, 1}, {3, 29, 1}, {0, 31, 2},
                                     {5, 1009, 3},      {7, 1000, 997},   {9, 9, 1},  {9, 3, 1},
                                     {0, 17, SIZE_MAX}, {1, SIZE_MAX, 2}};
    EwKernel *kernel;
    MUST(ew_map(device, "odd", "const int *x, int *z", "z[i] = 2*x[i] + 1", NULL, &kernel));
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++)
            if (ranges[r].stop == SIZE_MAX || ranges[r].stop <= sizes[s])
                check(kernel, sizes[s], ranges[r]);
    check(kernel, ((size_t)1 << 24) + 1, EW_ALL);
    ew_free(kernel);
}

/* Views into one allocation, which begin and end at no round number; their neighbours stay. */
static void views(void) {
    enum { N = 1000 };
    float x[N], z[N];
    EwArray d_x, d_z, v_x, v_z, inner;
    EwKernel *kernel;
    for (int i = 0; i < N; i++) x[i] = (float)i, z[i] = -1;
    MUST(ew_map(device, "half_of", "const float *x, float *z", "z[i] = x[i]*0.5f", NULL, &kernel));
    MUST(ew_array(device, EW_F32, N, x, &d_x));
    MUST(ew_array(device, EW_F32, N, z, &d_z));
    MUST(ew_view(&d_x, 3, 801, &v_x));
    MUST(ew_view(&v_x, 4, 701, &inner));
    MUST(ew_view(&d_z, 11, 701, &v_z));
    MUST(ew_run(kernel, EW_ALL, EW_VALUES(EW_OF(inner), EW_OF(v_z))));
    MUST(ew_read(&d_z, z));
    for (int i = 0; i < N; i++) {
        float want = i >= 11 && i < 11 + 701 ? x[i - 11 + 7] * 0.5f : -1;
        EXPECT(z[i] == want, "views: element %d is %g, not %g", i, (double)z[i], (double)want);
    }
    /* Two parts of one array that do not touch: input and output. */
    MUST(ew_view(&d_z, 0, 500, &v_x));
    MUST(ew_view(&d_z, 500, 500, &v_z));
    MUST(ew_run(kernel, EW_ALL, EW_VALUES(EW_OF(v_x), EW_OF(v_z))));
    float read_back[500];
    MUST(ew_read(&v_z, read_back));
    for (int i = 0; i < 500; i++)
        EXPECT(read_back[i] == z[i] * 0.5f, "halves of one array: element %d", i);
    ew_free(kernel);
    ew_array_free(&d_x), ew_array_free(&d_z);
}

/* One array as input and output, both as NAME[i]. */
static void in_place(void) {
    enum { N = 1009 };
    float x[N], z[N];
    EwArray d_x;
    EwKernel *kernel;
    for (int i = 0; i < N; i++) x[i] = (float)i;
    MUST(ew_map(device, "in_place", "const float *x, float *z", "z[i] = x[i] + 1; z[i] *= 2", NULL,
                &kernel));
    MUST(ew_array(device, EW_F32, N, x, &d_x));
    MUST(ew_run(kernel, EW_ALL, EW_VALUES(EW_OF(d_x), EW_OF(d_x))));
    MUST(ew_read(&d_x, z));
    for (int i = 0; i < N; i++) EXPECT(z[i] == (x[i] + 1) * 2, "in place: element %d", i);
    ew_free(kernel);
    ew_array_free(&d_x);
}

/* i and n as values; neighbours; a table of another length; loops with break and continue; several
 * statements; a function of the reader's own. */
static void statements(void) {
    enum { N = 1009 };
    static const EwOptions own = {.exact = true,
                                  .preamble = "/* twice: } */ float twice(float v) {\n"
                                              "    return v + v;\n}\n"
                                              "#define THIRD(v) ((v) / 3)\n"
                                              "static inline int odd(int v) { return v & 1; }\n"};
    static const char statement[] = "float before = i > 0 ? x[i - 1] : x[n - 1];\n"
                                    "int count = 0;\n"
                                    "for (int k = 0; k < 100; k++) {\n"
                                    "    if (odd(k)) continue;\n"
                                    "    if (k > x[i]) break;\n"
                                    "    count++;\n"
                                    "}\n"
                                    "z[i] = twice(before) + THIRD(table[i % 4]) + count;\n"
                                    "if (i % 2) break; /* NO */\n"
                                    "z[i] = i - n";
    float x[N], z[N];
    const float table[4] = {3, 1, 4, 1};
    EwArray d_x, d_z, d_table;
    EwKernel *kernel;
    char text[sizeof statement];
    for (int i = 0; i < N; i++) x[i] = (float)(i % 61);
    const char *comment = strstr(statement, " /* NO */");
    snprintf(text, sizeof text, "%.*s%s", (int)(comment - statement), statement, comment + 9);
    MUST(ew_map(device, "free_form", "const float *x, const float *table, float *z", text, &own,
                &kernel));
    MUST(ew_array(device, EW_F32, N, x, &d_x));
    MUST(ew_array(device, EW_F32, 4, table, &d_table));
    MUST(ew_array(device, EW_F32, N, NULL, &d_z));
    MUST(ew_run(kernel, EW_ALL, EW_VALUES(EW_OF(d_x), EW_OF(d_table), EW_OF(d_z))));
    MUST(ew_read(&d_z, z));
    for (int i = 0; i < N; i++) {
        float before = x[(i + N - 1) % N];
        int count = 0;
        for (int k = 0; k < 100 && (float)k <= x[i]; k += 2) count++;
        float want = before + before + table[i % 4] / 3 + (float)count;
        if (i % 2 == 0) want = (float)(i - N);
        EXPECT(z[i] == want, "free form: element %d is %g, not %g", i, (double)z[i], (double)want);
    }
    ew_free(kernel);
    ew_array_free(&d_x), ew_array_free(&d_z), ew_array_free(&d_table);
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    device = open_device(argv[1]);
    sizes_and_ranges();
    views();
    in_place();
    statements();
    ew_close(device);
    return failures != 0;
}
