// SPDX-License-Identifier: MIT
/* Scans against plain C, on the device that the first argument names: inclusive and exclusive, in
 * place and not, each size, types, operations whose order matters, items too large for local
 * memory, copy_if, and the fixed order of the option deterministic.
 */
#include "fold.h"

static EwDevice *device;
static bool thin; /* PoCL takes a third of a second for each kernel */

static const size_t sizes[] = {0,   1,   2,    15,   16,   17,   31,    32,    33,    255,
                               256, 257, 4095, 4096, 4097, 8191, 12289, 32768, 65537, 131071};
enum { SIZES = sizeof sizes / sizeof *sizes, MOST = 131071 };

static void each_size(void) {
    int32_t *x = small_values(EW_I32, MOST), *z = small_values(EW_I32, MOST);
    EwArray d_x = array_of(device, EW_I32, MOST, x), d_z = array_of(device, EW_I32, MOST, NULL);
    EwKernel *inclusive, *exclusive;
    CHECK_HC(ew_scan(device, "inclusive", "int", "0", "x[i]", "a + b", "z[i] = item",
                     "const int *x, int *z", NULL, &inclusive));
    CHECK_HC(ew_scan(device, "exclusive", "int", "0", "x[i]", "a + b", "x[i] = prev_item", "int *x",
                     NULL, &exclusive));
    for (size_t s = 0; s < SIZES; s += few(7)) {
        if (sizes[s] > up_to) continue;
        size_t n = sizes[s], from = (MOST - n) / 3, wrong = 0;
        int32_t sum = 0;
        EwArray in, out;
        CHECK_HC(ew_view(&d_x, from, n, &in));
        CHECK_HC(ew_view(&d_z, from, n, &out));
        CHECK_HC(ew_run(inclusive, EW_ALL, EW_VALUES(EW_OF(in), EW_OF(out))));
        CHECK_HC(ew_read(&out, z));
        for (size_t k = 0; k < n; k++) wrong += z[k] != (sum += x[from + k]);
        EXPECT(wrong == 0, "inclusive, n %zu: %zu wrong", n, wrong);
        if (n) { /* in place, so that only what is scanned may have changed */
            CHECK_HC(ew_write(&d_z, x));
            CHECK_HC(ew_run(exclusive, EW_ALL, EW_VALUES(EW_OF(out))));
            CHECK_HC(ew_read(&d_z, z));
        }
        sum = 0;
        for (size_t k = 0; n && k < MOST; k++)
            if (k < from || k >= from + n) wrong += z[k] != x[k];
            else wrong += z[k] != sum, sum += x[k];
        EXPECT(wrong == 0, "exclusive, n %zu: %zu wrong", n, wrong);
    }
    ew_free(exclusive), ew_free(inclusive);
    ew_array_free(&d_z), ew_array_free(&d_x);
    free(z), free(x);
}

/* Sums of each type, which wrap around where they must. */
static void each_type(void) {
    enum { N = 5000 };
    for (EwType type = EW_I8; type <= EW_F64; type++) {
        if (type == EW_F16 || !ew_device_has(device, type)) continue;
        if (thin && type != EW_I8) continue;
        char declaration[64];
        const char *name = ew_type_name(type);
        size_t size = ew_type_size(type), wrong = 0;
        unsigned char *x = small_values(type, N), *z = small_values(type, N);
        EwArray d_x = array_of(device, type, N, x);
        int64_t sum = 0;
        EwKernel *kernel;
        snprintf(declaration, sizeof declaration, "%s *x", name);
        CHECK_HC(ew_scan(device, "sums", name, "0", "x[i]", "a + b", "x[i] = item", declaration,
                         NULL, &kernel));
        CHECK_HC(ew_run(kernel, EW_ALL, EW_VALUES(EW_OF(d_x))));
        CHECK_HC(ew_read(&d_x, z));
        for (size_t k = 0; k < N; k++) {
            sum += small(k, ew_type_kind(type) == 'U');
            float f = (float)sum;
            double d = (double)sum;
            const void *want = type == EW_F32   ? (void *)&f
                               : type == EW_F64 ? (void *)&d
                                                : (void *)&sum;
            wrong += memcmp(z + k * size, want, size) != 0;
        }
        EXPECT(wrong == 0, "%s: %zu wrong", name, wrong);
        ew_free(kernel);
        ew_array_free(&d_x);
        free(z), free(x);
    }
}

/* x -> p*x + q: doing one after the other is associative, but not commutative. */
static void in_order_by(const EwOptions *options) {
    int32_t *x = small_values(EW_I32, MOST);
    uint32_t *got;
    CHECK_HC(hc_alloc(MOST, sizeof *got, &got));
    EwArray d_x = array_of(device, EW_I32, MOST, x), d_z = array_of(device, EW_U32, MOST, NULL);
    EwKernel *kernel;
    CHECK_HC(ew_scan(device, "affine", "uint p, uint q", "make_item(1, 0)",
                     "make_item(x[i] | 1, x[i]*3)", "make_item(a.p*b.p, a.q*b.p + b.q)",
                     "z[i] = item.p ^ item.q + prev_item.q", "const int *x, uint *z", options,
                     &kernel));
    for (size_t s = 0; s < SIZES; s += few(7)) {
        if (sizes[s] > up_to) continue;
        size_t n = sizes[s], wrong = 0;
        uint32_t p = 1, q = 0;
        EwArray in, out;
        CHECK_HC(ew_view(&d_x, 0, n, &in));
        CHECK_HC(ew_view(&d_z, 0, n, &out));
        CHECK_HC(ew_run(kernel, EW_ALL, EW_VALUES(EW_OF(in), EW_OF(out))));
        CHECK_HC(ew_read(&out, got));
        for (size_t k = 0; k < n; k++) {
            uint32_t before = q, bp = (uint32_t)x[k] | 1, bq = (uint32_t)x[k] * 3;
            p *= bp, q = q * bp + bq;
            wrong += got[k] != (p ^ (q + before));
        }
        EXPECT(wrong == 0, "n %zu: %zu wrong", n, wrong);
    }
    ew_free(kernel);
    ew_array_free(&d_z), ew_array_free(&d_x);
    free(got), free(x);
}

static void in_order(void) {
    const EwOptions fixed = {.deterministic = true};
    in_order_by(NULL);
    if (!thin) in_order_by(&fixed);
}

/* Zeros take the last number before them: on a plain type, so that warps use shuffles. */
static void fill_forward(void) {
    enum { N = 30011 };
    int32_t *x = small_values(EW_I32, N), *got = small_values(EW_I32, N), last = 0;
    size_t wrong = 0;
    for (size_t k = 0; k < N; k++) /* gaps of some and of thousands */
        if (k % 7 || (k > 9000 && k < 15000)) x[k] = 0;
    EwArray d_x = array_of(device, EW_I32, N, x), d_z = array_of(device, EW_I32, N, NULL);
    EwKernel *kernel;
    CHECK_HC(ew_scan(device, "fill", "int", "0", "x[i]", "b != 0 ? b : a", "z[i] = item",
                     "const int *x, int *z", NULL, &kernel));
    CHECK_HC(ew_run(kernel, EW_ALL, EW_VALUES(EW_OF(d_x), EW_OF(d_z))));
    CHECK_HC(ew_read(&d_z, got));
    for (size_t k = 0; k < N; k++) {
        if (x[k]) last = x[k];
        wrong += got[k] != last;
    }
    EXPECT(wrong == 0, "%zu wrong", wrong);
    ew_free(kernel);
    ew_array_free(&d_z), ew_array_free(&d_x);
    free(got), free(x);
}

/* Four sums at once: 32 bytes, too large for a tile in local memory. */
static void large_items(void) {
    enum { N = 20011 };
    int32_t *x = small_values(EW_I32, N);
    int64_t *got, a = 0, b = 0, c = 0, d = 0;
    size_t wrong = 0;
    CHECK_HC(hc_alloc(N, sizeof *got, &got));
    EwArray d_x = array_of(device, EW_I32, N, x), d_z = array_of(device, EW_I64, N, NULL);
    EwKernel *kernel;
    CHECK_HC(ew_scan(device, "four", "long one, long two, long three, long four",
                     "make_item(0, 0, 0, 0)", "make_item(x[i], 2*x[i], x[i]*x[i], i)",
                     "make_item(a.one + b.one, a.two + b.two, a.three + b.three, a.four + b.four)",
                     "z[i] = item.one + 3*item.two + 5*prev_item.three + 7*item.four",
                     "const int *x, long *z", NULL, &kernel));
    CHECK_HC(ew_run(kernel, EW_ALL, EW_VALUES(EW_OF(d_x), EW_OF(d_z))));
    CHECK_HC(ew_read(&d_z, got));
    for (size_t k = 0; k < N; k++) {
        int64_t before = c;
        a += x[k], b += 2 * (int64_t)x[k], c += (int64_t)x[k] * x[k], d += (int64_t)k;
        wrong += got[k] != a + 3 * b + 5 * before + 7 * d;
    }
    EXPECT(wrong == 0, "%zu wrong", wrong);
    ew_free(kernel);
    ew_array_free(&d_z), ew_array_free(&d_x);
    free(got), free(x);
}

/* The elements over 5, one behind the other, and how many: each knows the total by last_item. */
static void copy_if(void) {
    int32_t *x = small_values(EW_I32, MOST), *got = small_values(EW_I32, MOST);
    EwArray d_x = array_of(device, EW_I32, MOST, x), d_z = array_of(device, EW_I32, MOST, got);
    EwArray d_count = array_of(device, EW_U32, 1, NULL);
    EwKernel *kernel;
    CHECK_HC(
        ew_scan(device, "copy_if", "uint", "0", "x[i] > 5", "a + b",
                "if (prev_item != item) z[prev_item] = x[i]; if (i == n - 1) count[0] = last_item",
                "const int *x, int *z, uint *count", NULL, &kernel));
    for (size_t s = 1; s < SIZES; s += few(7)) {
        if (sizes[s] > up_to) continue;
        size_t n = sizes[s], wrong = 0, count = 0;
        uint32_t got_count = 77;
        EwArray in;
        CHECK_HC(ew_view(&d_x, 0, n, &in));
        CHECK_HC(ew_run(kernel, EW_ALL, EW_VALUES(EW_OF(in), EW_OF(d_z), EW_OF(d_count))));
        CHECK_HC(ew_read(&d_z, got));
        CHECK_HC(ew_read(&d_count, &got_count));
        for (size_t k = 0; k < n; k++)
            if (x[k] > 5) wrong += got[count++] != x[k];
        EXPECT(wrong == 0 && got_count == count, "n %zu: %zu wrong, count %u, want %zu", n, wrong,
               got_count, count);
    }
    ew_free(kernel);
    ew_array_free(&d_count), ew_array_free(&d_z), ew_array_free(&d_x);
    free(got), free(x);
}

static void deterministic(void) {
    static const size_t all[] = {1, 17, 4096, 4097, 50000, 131071};
    const EwOptions fixed = {.exact = true, .deterministic = true};
    float *x = random_floats(MOST, 5), *got = random_floats(MOST, 6), *want;
    CHECK_HC(hc_alloc(MOST + TILE, sizeof *want, &want));
    EwArray d_x = array_of(device, EW_F32, MOST, x), d_z = array_of(device, EW_F32, MOST, NULL);
    EwArray d_last = array_of(device, EW_F32, MOST, NULL);
    EwKernel *kernels[2];
    CHECK_HC(ew_scan(device, "sums", "float", "0", "x[i]", "a + b",
                     "z[i] = prev_item; last[i] = last_item",
                     "const float *x, float *z, float *last", &fixed, &kernels[0]));
    CHECK_HC(ew_scan(device, "sums_in_order", "float s", "make_item(0)", "make_item(x[i])",
                     "make_item(a.s + b.s)", "z[i] = prev_item.s; last[i] = last_item.s",
                     "const float *x, float *z, float *last", &fixed, &kernels[1]));
    for (size_t s = 0; s < sizeof all / sizeof *all; s++)
        for (int order = 0; order < 2; order++) {
            if (all[s] > up_to) continue;
            size_t n = all[s], wrong = 0;
            EwArray in, out, last;
            CHECK_HC(ew_view(&d_x, 0, n, &in));
            CHECK_HC(ew_view(&d_z, 0, n, &out));
            CHECK_HC(ew_view(&d_last, 0, n, &last));
            CHECK_HC(ew_run(kernels[order], EW_ALL, EW_VALUES(EW_OF(in), EW_OF(out), EW_OF(last))));
            float total = scan_all(x, n, order, want);
            CHECK_HC(ew_read(&out, got));
            for (size_t k = 0; k < n; k++) wrong += !same_bits(got[k], want[k]);
            CHECK_HC(ew_read(&last, got));
            for (size_t k = 0; k < n; k++) wrong += !same_bits(got[k], total);
            EXPECT(wrong == 0, "n %zu, in order %d: %zu wrong", n, order, wrong);
        }
    ew_free(kernels[1]), ew_free(kernels[0]);
    ew_array_free(&d_last), ew_array_free(&d_z), ew_array_free(&d_x);
    free(want), free(got), free(x);
}

/* 2^24 + 1 bytes, in more tiles than one tile holds partial results. */
static void large(void) {
    const size_t n = ((size_t)1 << 24) + 1;
    const EwOptions fixed = {.deterministic = true};
    uint8_t *x = small_values(EW_U8, n);
    uint32_t *z, sum = 0;
    size_t wrong = 0;
    CHECK_HC(hc_alloc(n, sizeof *z, &z));
    EwArray d_x = array_of(device, EW_U8, n, x), d_z = array_of(device, EW_U32, n, NULL);
    EwKernel *kernel;
    CHECK_HC(ew_scan(device, "bytes", "uint", "0", "x[i]", "a + b", "z[i] = item",
                     "const uchar *x, uint *z", &fixed, &kernel));
    CHECK_HC(ew_run(kernel, EW_ALL, EW_VALUES(EW_OF(d_x), EW_OF(d_z))));
    CHECK_HC(ew_read(&d_z, z));
    for (size_t k = 0; k < n; k++) wrong += z[k] != (sum += x[k]);
    EXPECT(wrong == 0, "%zu wrong", wrong);
    ew_free(kernel);
    ew_array_free(&d_z), ew_array_free(&d_x);
    free(z), free(x);
}

int main(int argc, char **argv) {
    static const Case cases[] = {{"sizes", each_size, false},
                                 {"types", each_type, false},
                                 {"in_order", in_order, false},
                                 {"fill_forward", fill_forward, false},
                                 {"large_items", large_items, false},
                                 {"copy_if", copy_if, false},
                                 {"deterministic", deterministic, false},
                                 {"large", large, true},
                                 {NULL, NULL, false}};
    device = fold_device(argc, argv);
    thin = argc > 1 && strcmp(argv[1], "opencl") == 0;
    return run_cases(device, cases, argc, argv);
}
