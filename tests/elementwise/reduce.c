// SPDX-License-Identifier: MIT
/* Reductions against plain C, on the device that the first argument names: each type and size,
 * ranges with a step, views, items of one to four fields, operations whose order matters, NaN,
 * and the fixed order of the option deterministic. Input is small integers, whose sums are exact
 * in any order.
 */
#include "fold.h"

static EwDevice *device;
static bool thin; /* PoCL takes a third of a second for each kernel: of the types, some */

/* ---- Each type ---- */

/* The sum, the least and the largest of each type. Sums of integers are those modulo 2^bits. */
static void each_type(void) {
    enum { N = 8195 };
    int64_t sum = 0, least = 0, most = 0;
    for (EwType type = EW_I8; type <= EW_F64; type++) {
        char declaration[64], fields[96], neutral[96];
        const char *name = ew_type_name(type);
        bool positive = ew_type_kind(type) == 'U';
        if (type == EW_F16 || !ew_device_has(device, type)) continue;
        sum = 0, least = 100, most = -100;
        for (size_t k = 0; k < N; k++) {
            int v = small(k, positive);
            sum += v;
            if (v < least) least = v;
            if (v > most) most = v;
        }
        void *x = small_values(type, N);
        EwArray d_x = array_of(device, type, N, x);
        unsigned char got[32] = {0}, want[32] = {0};
        float f[2] = {(float)least, (float)most}, fsum = (float)sum;
        double d[2] = {(double)least, (double)most}, dsum = (double)sum;
        size_t size = ew_type_size(type);
        EwKernel *kernel;
        snprintf(declaration, sizeof declaration, "const %s *x", name);
        if (!thin || type == EW_I8) {
            CHECK_HC(ew_reduction(device, "sum", name, "0", "x[i]", "a + b", declaration, NULL,
                                  &kernel));
            CHECK_HC(ew_reduce(kernel, EW_ALL, EW_VALUES(EW_OF(d_x)), got));
            memcpy(want,
                   type == EW_F32   ? (void *)&fsum
                   : type == EW_F64 ? (void *)&dsum
                                    : (void *)&sum,
                   size);
            EXPECT(memcmp(got, want, size) == 0, "the sum of %s is %" PRId64, name, sum);
            ew_free(kernel);
        }
        if (!thin || type == EW_U16) {
            snprintf(fields, sizeof fields, "%s least, %s most", name, name);
            snprintf(neutral, sizeof neutral, "make_item(100, %s)", positive ? "0" : "-100");
            CHECK_HC(ew_reduction(device, "limits", fields, neutral, "make_item(x[i], x[i])",
                                  "make_item(b.least < a.least ? b.least : a.least, "
                                  "a.most < b.most ? b.most : a.most)",
                                  declaration, NULL, &kernel));
            CHECK_HC(ew_reduce(kernel, EW_ALL, EW_VALUES(EW_OF(d_x)), got));
            memcpy(want,
                   type == EW_F32   ? (void *)&f[0]
                   : type == EW_F64 ? (void *)&d[0]
                                    : (void *)&least,
                   size);
            memcpy(want + size,
                   type == EW_F32   ? (void *)&f[1]
                   : type == EW_F64 ? (void *)&d[1]
                                    : (void *)&most,
                   size);
            EXPECT(memcmp(got, want, 2 * size) == 0, "of %s: %" PRId64 ", %" PRId64, name, least,
                   most);
            ew_free(kernel);
        }
        ew_array_free(&d_x);
        free(x);
    }
}

static void complex_numbers(void) {
    enum { N = 5000 };
    float *x = small_values(EW_C32, N), got[2], want[2] = {0, 0};
    for (size_t k = 0; k < N; k++) want[0] += x[2 * k], want[1] += x[2 * k + 1];
    EwArray d_x = array_of(device, EW_C32, N, x);
    EwKernel *kernel;
    if (!thin) {
        CHECK_HC(ew_reduction(device, "c_sum", "complex float", "c_make(0.0f, 0.0f)", "x[i]",
                              "c_add(a, b)", "const complex float *x", NULL, &kernel));
        CHECK_HC(ew_reduce(kernel, EW_ALL, EW_VALUES(EW_OF(d_x)), got));
        EXPECT(got[0] == want[0] && got[1] == want[1], "%g + %gi, want %g + %gi", (double)got[0],
               (double)got[1], (double)want[0], (double)want[1]);
        ew_free(kernel);
    }
    struct {
        float count;
        float sum[2];
    } both; /* as struct { float count; complex float sum; } lies in C's memory */
    CHECK_HC(ew_reduction(device, "c_mean", "float count, complex float sum",
                          "make_item(0, c_make(0.0f, 0.0f))", "make_item(1, x[i])",
                          "make_item(a.count + b.count, c_add(a.sum, b.sum))",
                          "const complex float *x", NULL, &kernel));
    CHECK_HC(ew_reduce(kernel, EW_ALL, EW_VALUES(EW_OF(d_x)), &both));
    EXPECT(both.count == N && both.sum[0] == want[0] && both.sum[1] == want[1], "%g, %g + %gi",
           (double)both.count, (double)both.sum[0], (double)both.sum[1]);
    ew_free(kernel);
    ew_array_free(&d_x);
    free(x);
}

static void halves(void) {
    enum { N = 3000 };
    uint16_t *x;
    int want = 0;
    if (!ew_device_has(device, EW_F16)) return;
    CHECK_HC(hc_alloc(N, sizeof *x, &x));
    for (size_t k = 0; k < N; k++) {
        int v = 1 << (k % 5); /* 1 .. 16, whose bits as a half are the exponent alone */
        x[k] = (uint16_t)((15 + k % 5) << 10);
        want += v;
    }
    EwArray d_x = array_of(device, EW_F16, N, x);
    EwKernel *kernel;
    float got;
    CHECK_HC(ew_reduction(device, "h_sum", "float", "0", "2*x[i]", "a + b", "const half *x", NULL,
                          &kernel));
    CHECK_HC(ew_reduce(kernel, EW_ALL, EW_VALUES(EW_OF(d_x)), &got));
    EXPECT(got == (float)(2 * want), "%g, want %d", (double)got, 2 * want);
    ew_free(kernel);
    ew_array_free(&d_x);
    free(x);
}

/* ---- Each size, with an operation that may be reordered and with two that may not ---- */

typedef struct
    Affine { /* x -> p*x + q, modulo 2^32; doing a, then b, is no commutative operation */
    uint32_t p, q;
} Affine;
static Affine then(Affine a, Affine b) { return (Affine){a.p * b.p, a.q * b.p + b.q}; }
static Affine affine_at(int32_t x) { return (Affine){(uint32_t)x | 1, (uint32_t)x * 3}; }

static void sizes(void) {
    static const size_t all[] = {0,   1,   2,    15,   16,   17,   31,    32,    33,    255,   256,
                                 257, 511, 4095, 4096, 4097, 8191, 12289, 32768, 65537, 131071};
    enum { MOST = 131071 };
    int32_t *x = small_values(EW_I32, MOST);
    EwArray whole = array_of(device, EW_I32, MOST, x);
    EwKernel *sum, *affine, *first = NULL, *last;
    CHECK_HC(ew_reduction(device, "sum", "long", "0", "(long)x[i]*x[i]", "a + b", "const int *x",
                          NULL, &sum));
    CHECK_HC(ew_reduction(device, "affine", "uint p, uint q", "make_item(1, 0)",
                          "make_item(x[i] | 1, x[i]*3)", "make_item(a.p*b.p, a.q*b.p + b.q)",
                          "const int *x", NULL, &affine));
    if (!thin)
        CHECK_HC(ew_reduction(device, "first", "int", "-1000", "x[i]", "a == -1000 ? b : a",
                              "const int *x", NULL, &first));
    CHECK_HC(ew_reduction(device, "last", "int", "-1000", "x[i]", "b == -1000 ? a : b",
                          "const int *x", NULL, &last));
    for (size_t s = 0; s < sizeof all / sizeof *all; s += few(5)) {
        if (all[s] > up_to) continue;
        size_t n = all[s], from = (MOST - n) / 3; /* a view, so that it does not begin at 0 */
        int64_t want = 0, got = -1;
        Affine want_affine = {1, 0}, got_affine = {0, 0};
        int32_t got_first = 0, got_last = 0;
        EwArray view;
        for (size_t k = 0; k < n; k++) {
            want += (int64_t)x[from + k] * x[from + k];
            want_affine = then(want_affine, affine_at(x[from + k]));
        }
        CHECK_HC(ew_view(&whole, from, n, &view));
        CHECK_HC(ew_reduce(sum, EW_ALL, EW_VALUES(EW_OF(view)), &got));
        CHECK_HC(ew_reduce(affine, EW_ALL, EW_VALUES(EW_OF(view)), &got_affine));
        if (thin) got_first = n ? x[from] : -1000;
        else CHECK_HC(ew_reduce(first, EW_ALL, EW_VALUES(EW_OF(view)), &got_first));
        CHECK_HC(ew_reduce(last, EW_ALL, EW_VALUES(EW_OF(view)), &got_last));
        EXPECT(got == want, "n %zu: %" PRId64 ", want %" PRId64, n, got, want);
        EXPECT(got_affine.p == want_affine.p && got_affine.q == want_affine.q, "n %zu: %u %u", n,
               got_affine.p, got_affine.q);
        EXPECT(got_first == (n ? x[from] : -1000), "n %zu: first %d", n, got_first);
        EXPECT(got_last == (n ? x[from + n - 1] : -1000), "n %zu: last %d", n, got_last);
    }
    ew_free(last), ew_free(first), ew_free(affine), ew_free(sum);
    ew_array_free(&whole);
    free(x);
}

static void ranges(void) {
    static const EwRange all[] = {
        {0, 10007, 1},     {1, 10007, 1}, {0, 10007, 2},  {3, 10007, 7},     {5, 6, 100},
        {10006, 10007, 1}, {77, 77, 1},   {9000, 100, 3}, {0, 10007, 10007}, {4096, 8193, 4096}};
    enum { N = 10007 };
    int32_t *x = small_values(EW_I32, N);
    EwArray d_x = array_of(device, EW_I32, N, x);
    EwKernel *sum, *affine;
    CHECK_HC(
        ew_reduction(device, "isum", "long", "0", "x[i]*i", "a + b", "const int *x", NULL, &sum));
    CHECK_HC(ew_reduction(device, "affine", "uint p, uint q", "make_item(1, 0)",
                          "make_item(x[i] | 1, x[i]*3)", "make_item(a.p*b.p, a.q*b.p + b.q)",
                          "const int *x", NULL, &affine));
    for (size_t r = 0; r < sizeof all / sizeof *all; r++) {
        int64_t want = 0, got = -1;
        Affine want_affine = {1, 0}, got_affine = {0, 0};
        for (size_t i = all[r].start; i < all[r].stop; i += all[r].step) {
            want += x[i] * (int64_t)i;
            want_affine = then(want_affine, affine_at(x[i]));
        }
        CHECK_HC(ew_reduce(sum, all[r], EW_VALUES(EW_OF(d_x)), &got));
        CHECK_HC(ew_reduce(affine, all[r], EW_VALUES(EW_OF(d_x)), &got_affine));
        EXPECT(got == want, "range %zu: %" PRId64 ", want %" PRId64, r, got, want);
        EXPECT(got_affine.p == want_affine.p && got_affine.q == want_affine.q, "range %zu", r);
    }
    ew_free(affine), ew_free(sum);
    ew_array_free(&d_x);
    free(x);
}

/* ---- Items of three and four fields, with gaps between them ---- */

static void fields(void) {
    enum { N = 20011 };
    int32_t *x = small_values(EW_I32, N);
    EwArray d_x = array_of(device, EW_I32, N, x);
    struct Four {
        uint8_t parity;
        double sum;
        int16_t least;
        uint64_t at;
    } four = {0}, want = {0, 0, 100, UINT64_MAX};
    struct Three {
        int8_t most;
        int32_t count;
        uint16_t bits;
    } three = {0};
    int most = -100, count = 0, bits = 0;
    for (size_t k = 0; k < N; k++) {
        want.parity ^= (uint8_t)(x[k] & 1);
        want.sum += x[k];
        if (x[k] < want.least) want.least = (int16_t)x[k], want.at = k;
        if (x[k] > most) most = x[k];
        count += x[k] > 0;
        bits |= x[k] & 0x5;
    }
    EwKernel *kernel;
    CHECK_HC(ew_reduction(
        device, "four", "uchar parity, double sum, short least, ulong at",
        "make_item(0, 0, 100, ~0ul)", "make_item(x[i] & 1, x[i], x[i], i)",
        "make_item(a.parity ^ b.parity, a.sum + b.sum, b.least < a.least ? b.least : a.least, "
        "b.least < a.least ? b.at : a.at)",
        "const int *x", NULL, &kernel));
    CHECK_HC(ew_reduce(kernel, EW_ALL, EW_VALUES(EW_OF(d_x)), &four));
    EXPECT(four.parity == want.parity && four.sum == want.sum && four.least == want.least &&
               four.at == want.at,
           "%u %g %d %" PRIu64, four.parity, four.sum, four.least, four.at);
    ew_free(kernel);
    CHECK_HC(ew_reduction(device, "three", "char most, int count, ushort bits",
                          "make_item(-100, 0, 0)", "make_item(x[i], x[i] > 0, x[i] & 5)",
                          "make_item(a.most < b.most ? b.most : a.most, a.count + b.count, "
                          "a.bits | b.bits)",
                          "const int *x", NULL, &kernel));
    CHECK_HC(ew_reduce(kernel, EW_ALL, EW_VALUES(EW_OF(d_x)), &three));
    EXPECT(three.most == most && three.count == count && three.bits == bits, "%d %d %u", three.most,
           three.count, three.bits);
    ew_free(kernel);
    if (!thin) {
        CHECK_HC(ew_reduction(device, "one", "int only", "make_item(0)", "make_item(x[i])",
                              "make_item(a.only + b.only)", "const int *x", NULL, &kernel));
        int32_t only = -1;
        CHECK_HC(ew_reduce(kernel, EW_ALL, EW_VALUES(EW_OF(d_x)), &only));
        EXPECT(only == (int32_t)want.sum, "%d", only);
        ew_free(kernel);
    }
    ew_array_free(&d_x);
    free(x);
}

/* ---- NaN: fmin and fmax take the other one, wherever it stands ---- */

static void nan_in_minimum(void) {
    enum { N = 9001 };
    static const struct {
        size_t from, until;
    } cases[] = {{0, 0}, {0, 1}, {0, 500}, {N - 1, N}, {4000, 5000}, {0, N - 1}, {0, N}};
    float *x = small_values(EW_F32, N), got;
    EwKernel *least, *most = NULL;
    CHECK_HC(ew_reduction(device, "least", "float", "INFINITY", "x[i]", "fmin(a, b)",
                          "const float *x", NULL, &least));
    if (!thin)
        CHECK_HC(ew_reduction(device, "most", "float", "-INFINITY", "x[i]", "fmax(a, b)",
                              "const float *x", NULL, &most));
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        float *y = small_values(EW_F32, N), low = INFINITY, high = -INFINITY;
        for (size_t k = 0; k < N; k++) {
            if (k >= cases[c].from && k < cases[c].until) y[k] = NAN;
            else low = x[k] < low ? x[k] : low, high = x[k] > high ? x[k] : high;
        }
        EwArray d_y = array_of(device, EW_F32, N, y);
        CHECK_HC(ew_reduce(least, EW_ALL, EW_VALUES(EW_OF(d_y)), &got));
        EXPECT(got == low, "case %zu: least %g, want %g", c, (double)got, (double)low);
        if (thin) high = got;
        else CHECK_HC(ew_reduce(most, EW_ALL, EW_VALUES(EW_OF(d_y)), &got));
        EXPECT(got == high, "case %zu: most %g, want %g", c, (double)got, (double)high);
        ew_array_free(&d_y);
        free(y);
    }
    ew_free(most), ew_free(least);
    free(x);
}

/* ---- deterministic: bit-equal to its order in plain C, so to every other device ---- */

static void deterministic(void) {
    static const size_t all[] = {1, 257, 4096, 4097, 40000, 300001};
    enum { MOST = 300001 };
    const EwOptions fixed = {.exact = true, .deterministic = true};
    float *x = random_floats(MOST, 3), *y = random_floats(MOST, 4), *products, *partials;
    CHECK_HC(hc_alloc(MOST, sizeof *products, &products));
    CHECK_HC(hc_alloc(MOST / TILE + 2, sizeof *partials, &partials));
    for (size_t k = 0; k < MOST; k++) products[k] = x[k] * y[k];
    EwArray d_x = array_of(device, EW_F32, MOST, x), d_y = array_of(device, EW_F32, MOST, y), v, w;
    EwKernel *dot, *ordered;
    CHECK_HC(ew_reduction(device, "dot", "float", "0", "x[i]*y[i]", "a + b",
                          "const float *x, const float *y", &fixed, &dot));
    CHECK_HC(ew_reduction(device, "dot_in_order", "float s", "make_item(0)", "make_item(x[i]*y[i])",
                          "make_item(a.s + b.s)", "const float *x, const float *y", &fixed,
                          &ordered));
    for (size_t s = 0; s < sizeof all / sizeof *all; s++)
        for (int in_order = 0; in_order < 2; in_order++) {
            if (all[s] > up_to) continue;
            size_t n = all[s], count = partials_of(products, n, in_order, partials);
            float got = 0, want = partials[0], lane[LANES];
            if (count > 1) {
                want = 0;
                for (size_t k = 0; k < count; k += TILE) {
                    lanes(partials + k, count - k, true, lane);
                    want = want + tree(lane);
                }
            }
            CHECK_HC(ew_view(&d_x, 0, n, &v));
            CHECK_HC(ew_view(&d_y, 0, n, &w));
            CHECK_HC(
                ew_reduce(in_order ? ordered : dot, EW_ALL, EW_VALUES(EW_OF(v), EW_OF(w)), &got));
            EXPECT(same_bits(got, want), "n %zu, in order %d: %a, want %a", n, in_order,
                   (double)got, (double)want);
        }
    ew_free(ordered), ew_free(dot);
    ew_array_free(&d_y), ew_array_free(&d_x);
    free(partials), free(products), free(y), free(x);
}

/* ---- More partial results than lanes, and more than a tile: so as on a large device ---- */

static void affine_of(size_t n, const EwOptions *options) {
    int8_t *x = small_values(EW_I8, n);
    Affine want = {1, 0}, got = {0, 0};
    for (size_t k = 0; k < n; k++) want = then(want, affine_at(x[k]));
    EwArray d_x = array_of(device, EW_I8, n, x);
    EwKernel *kernel;
    CHECK_HC(ew_reduction(device, "affine", "uint p, uint q", "make_item(1, 0)",
                          "make_item(x[i] | 1, x[i]*3)", "make_item(a.p*b.p, a.q*b.p + b.q)",
                          "const char *x", options, &kernel));
    CHECK_HC(ew_reduce(kernel, EW_ALL, EW_VALUES(EW_OF(d_x)), &got));
    EXPECT(got.p == want.p && got.q == want.q, "n %zu: %u %u", n, got.p, got.q);
    ew_free(kernel);
    ew_array_free(&d_x);
    free(x);
}

static void many_groups(void) {
    size_t units = device->units;
    if (up_to != SIZE_MAX) return;
    device->units = 200;
    affine_of((size_t)300 * TILE + 1, NULL);
    device->units = units;
}

static void large(void) {
    const EwOptions fixed = {.deterministic = true};
    affine_of((size_t)4097 * TILE + 1, &fixed); /* over 2^24 */
}

int main(int argc, char **argv) {
    static const Case cases[] = {{"types", each_type, false},
                                 {"complex", complex_numbers, false},
                                 {"halves", halves, false},
                                 {"sizes", sizes, false},
                                 {"ranges", ranges, false},
                                 {"fields", fields, false},
                                 {"nan", nan_in_minimum, false},
                                 {"deterministic", deterministic, false},
                                 {"many_groups", many_groups, false},
                                 {"large", large, true},
                                 {NULL, NULL, false}};
    device = fold_device(argc, argv);
    thin = argc > 1 && strcmp(argv[1], "opencl") == 0;
    return run_cases(device, cases, argc, argv);
}
