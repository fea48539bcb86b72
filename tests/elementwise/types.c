// SPDX-License-Identifier: MIT
/* Every type that elements can have: the same statements on a device and in plain C, bit for bit,
 * at the sizes where loops, vectors and groups end. Then halves, all 65536 of them and the floats
 * around each, and complex numbers, against C's own.
 *
 *   types DEVICE      DEVICE: opencl, sim, host
 */
#include "ew_test.h"

#include <complex.h>
#include <math.h>

static const size_t sizes[] = {0, 1, 15, 31, 32, 33, 257, 1009, 65537};
enum { MOST = 65537 };

static const EwOptions exact = {.exact = true};

/* A row: the type; its name in this test, in C, in a declaration; a value of 3. */
#define ROWS_SMALL(ROW)                                                                            \
    ROW(I8, i8, int8_t, "int8_t", EW_SCALAR_I(EW_I8, 3))                                           \
    ROW(U8, u8, uint8_t, "unsigned char", EW_SCALAR_U(EW_U8, 3))                                   \
    ROW(I16, i16, int16_t, "short", EW_SCALAR_I(EW_I16, 3))                                        \
    ROW(U16, u16, uint16_t, "uint16_t", EW_SCALAR_U(EW_U16, 3))
#define ROWS_LARGE(ROW)                                                                            \
    ROW(I32, i32, int32_t, "int", EW_INT(3))                                                       \
    ROW(U32, u32, uint32_t, "unsigned", EW_SCALAR_U(EW_U32, 3))                                    \
    ROW(I64, i64, int64_t, "long long", EW_SCALAR_I(EW_I64, 3))                                    \
    ROW(U64, u64, uint64_t, "size_t", EW_SCALAR_U(EW_U64, 3))
#define ROWS_FLOAT(ROW)                                                                            \
    ROW(F32, f32, float, "float", EW_FLOAT(3))                                                     \
    ROW(F64, f64, double, "double", EW_DOUBLE(3))

/* z[i] = a*x[i] - x[i]/2 for each row, as C calculates it: small types in int. The values are
 * small, since C does not define what a signed overflow gives. All rows of a test are one
 * kernel. */
#define DECLARED(TYPE, p, T, text, three)                                                          \
    text " " #p "a, const " text " *" #p "x, " text " *" #p "z, "
#define STATED(TYPE, p, T, text, three) #p "z[i] = " #p "a*" #p "x[i] - " #p "x[i]/2;\n"
#define HOST(TYPE, p, T, text, three)                                                              \
    static T p##_x[MOST], p##_z[MOST];                                                             \
    EwArray p##_dx, p##_dz;                                                                        \
    for (size_t i = 0; i < MOST; i++) p##_x[i] = (T)(i % 41);
#define UPLOAD(TYPE, p, T, text, three)                                                            \
    memset(p##_z, 0x55, sizeof p##_z);                                                             \
    MUST(ew_array(device, EW_##TYPE, n, p##_x, &p##_dx));                                          \
    MUST(ew_array(device, EW_##TYPE, n, NULL, &p##_dz));
#define VALUE(TYPE, p, T, text, three) three, EW_OF(p##_dx), EW_OF(p##_dz),
#define COMPARE(TYPE, p, T, text, three)                                                           \
    MUST(ew_read(&p##_dz, p##_z));                                                                 \
    for (size_t i = 0; i < n; i++) {                                                               \
        const T want = (T)((T)3 * p##_x[i] - p##_x[i] / 2);                                        \
        EXPECT(p##_z[i] == want, "%s, n = %zu: element %zu", text, n, i);                          \
    }                                                                                              \
    ew_array_free(&p##_dx), ew_array_free(&p##_dz);
#define TEST_ROWS(name, ROWS)                                                                      \
    static void name(EwDevice *device) {                                                           \
        ROWS(HOST)                                                                                 \
        uint8_t x[MOST];                                                                           \
        int more[MOST];                                                                            \
        EwKernel *kernel;                                                                          \
        EwArray d_x, d_more;                                                                       \
        for (size_t i = 0; i < MOST; i++) x[i] = (uint8_t)i;                                       \
        MUST(ew_map(device, "rows", ROWS(DECLARED) "const uint8_t *x, int *more",                  \
                    ROWS(STATED) "more[i] = (x[i] + x[i]) * (x[i] > 7)", &exact, &kernel));        \
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {                                \
            size_t n = sizes[s];                                                                   \
            ROWS(UPLOAD)                                                                           \
            MUST(ew_array(device, EW_U8, n, x, &d_x));                                             \
            MUST(ew_array(device, EW_I32, n, NULL, &d_more));                                      \
            MUST(ew_run(kernel, EW_ALL, EW_VALUES(ROWS(VALUE) EW_OF(d_x), EW_OF(d_more))));        \
            ROWS(COMPARE)                                                                          \
            MUST(ew_read(&d_more, more)); /* what is promoted to int loses nothing */              \
            for (size_t i = 0; i < n; i++)                                                         \
                EXPECT(more[i] == (x[i] > 7 ? 2 * x[i] : 0), "promoted: element %zu", i);          \
            ew_array_free(&d_x), ew_array_free(&d_more);                                           \
        }                                                                                          \
        ew_free(kernel);                                                                           \
    }
TEST_ROWS(test_small, ROWS_SMALL)
TEST_ROWS(test_large, ROWS_LARGE)
TEST_ROWS(test_float, ROWS_FLOAT)

/* A half by its definition: sign, 5 bits of exponent, 10 of the fraction. */
static double half_value(unsigned h) {
    int e = (int)(h >> 10 & 31);
    double fraction = h & 1023, sign = h & 0x8000 ? -1 : 1;
    if (e == 31) return fraction != 0 ? (double)NAN : sign * (double)INFINITY;
    return sign * (e ? ldexp(1024 + fraction, e - 25) : ldexp(fraction, -24));
}

/* The half next to x, ties to even, by comparing distances. */
static unsigned nearest_half(double x) {
    unsigned sign = signbit(x) ? 0x8000 : 0, low = 0, high = 0x7c00;
    x = fabs(x);
    if (x >= 65520) return sign | 0x7c00;
    while (high - low > 1) {
        unsigned middle = (low + high) / 2;
        if (half_value(middle) <= x) low = middle;
        else high = middle;
    }
    double top = high == 0x7c00 ? 65536 : half_value(high);
    double below = x - half_value(low), above = top - x;
    return sign | (below < above || (below == above && low % 2 == 0) ? low : high);
}

/* One kernel of three statements: a half to a float, a float to the half next to it, and halves
 * times a scalar, which is rounded to a half first: 0.1 is none. */
static void test_half(EwDevice *device) {
    enum { N = 65536, M = 3 * N };
    static const size_t three = 3; /* elements around each half */
    static uint16_t h[M], got[M], scaled[M];
    static float f[M], x[M];
    EwArray d_h, d_f, d_x, d_got, d_scaled;
    EwKernel *kernel;
    for (size_t i = 0; i < N; i++) {
        unsigned bits = (unsigned)i;
        float middle = (float)((half_value(bits) + half_value(bits + 1)) / 2); /* exact */
        x[three * i] = middle;
        x[three * i + 1] = nextafterf(middle, INFINITY);
        x[three * i + 2] = nextafterf(middle, -INFINITY);
        h[i] = h[N + i] = h[N + N + i] = (uint16_t)i;
    }
    MUST(ew_map(device, "halves",
                "half a, const half *h, float *f, const float *x, half *got, half *scaled",
                "f[i] = h[i]; got[i] = x[i]; scaled[i] = h[i]; scaled[i] *= a", NULL, &kernel));
    MUST(ew_array(device, EW_F16, M, h, &d_h));
    MUST(ew_array(device, EW_F32, M, NULL, &d_f));
    MUST(ew_array(device, EW_F32, M, x, &d_x));
    MUST(ew_array(device, EW_F16, M, NULL, &d_got));
    MUST(ew_array(device, EW_F16, M, NULL, &d_scaled));
    MUST(ew_run(kernel, EW_ALL,
                EW_VALUES(EW_SCALAR_F(EW_F16, 0.1), EW_OF(d_h), EW_OF(d_f), EW_OF(d_x),
                          EW_OF(d_got), EW_OF(d_scaled))));
    MUST(ew_read(&d_f, f));
    MUST(ew_read(&d_got, got));
    MUST(ew_read(&d_scaled, scaled));
    float tenth = (float)half_value(nearest_half(0.1));
    for (unsigned i = 0; i < M; i++) {
        double want = half_value(h[i]);
        bool nan = (got[i] & 0x7fff) > 0x7c00;
        EXPECT(isnan(want) ? isnan(f[i]) : (double)f[i] == want && !signbit(f[i]) == !signbit(want),
               "half %04x became %a", h[i], (double)f[i]);
        EXPECT(isnan(x[i]) ? nan : got[i] == nearest_half((double)x[i]),
               "%a became half %04x, not %04x", (double)x[i], got[i], nearest_half((double)x[i]));
        if ((h[i] & 0x7fff) < 0x7c00)
            EXPECT(scaled[i] == nearest_half((double)((float)want * tenth)),
                   "half %04x * 0.1 gave %04x", h[i], scaled[i]);
    }
    ew_free(kernel);
    ew_array_free(&d_h), ew_array_free(&d_f), ew_array_free(&d_x), ew_array_free(&d_got);
    ew_array_free(&d_scaled);
}

static void near(const char *what, size_t i, double complex got, double complex want, double eps) {
    double error = cabs(got - want);
    EXPECT(error <= eps * (1 + cabs(want)), "%s, element %zu: %g%+gi, not %g%+gi", what, i,
           creal(got), cimag(got), creal(want), cimag(want));
}

/* The bounds: a few roundings for arithmetic; OpenCL allows exp, sin, cos and log 4 ulp or less of
 * each part, and their arguments here are below 4. */
static void test_complex(EwDevice *device) {
    enum { N = 1009 };
    static float complex x[N], y[N], z[N], r[N], e[N];
    static double complex u[N], v[N], w[N];
    EwArray d_x, d_y, d_z, d_r, d_e, d_u, d_v, d_w;
    EwKernel *single, *both;
    for (int i = 0; i < N; i++) {
        x[i] = (float)(i % 37 - 18) / 9 + (float)(i % 31 - 15) / 8 * I;
        y[i] = (float)(i % 29 + 1) / 7 - (float)(i % 23) / 6 * I;
        u[i] = (double complex)y[i], v[i] = (double complex)x[i];
    }
    MUST(ew_map(device, "single",
                "complex float a, const complex float *x, const complex float *y, "
                "complex float *z, complex float *r, complex float *e",
                "cfloat p = c_mul(a, x[i]); z[i] = c_sub(c_add(p, y[i]), c_conj(x[i]));"
                "r[i] = c_div(x[i], y[i]);"
                "e[i] = c_make(c_real(c_exp(x[i])) + c_abs(c_sqrt(x[i])), c_imag(c_log(y[i])))",
                NULL, &single));
    MUST(ew_map(device, "both",
                "const complex float *x, complex double a, const complex double *u, "
                "const complex double *v, complex double *w",
                "w[i] = c_add(c_mul(u[i], c_neg(v[i])), c_scale(a, c_norm(x[i])))", NULL, &both));
    MUST(ew_array(device, EW_C32, N, x, &d_x));
    MUST(ew_array(device, EW_C32, N, y, &d_y));
    MUST(ew_array(device, EW_C32, N, NULL, &d_z));
    MUST(ew_array(device, EW_C32, N, NULL, &d_r));
    MUST(ew_array(device, EW_C32, N, NULL, &d_e));
    MUST(ew_array(device, EW_C64, N, u, &d_u));
    MUST(ew_array(device, EW_C64, N, v, &d_v));
    MUST(ew_array(device, EW_C64, N, NULL, &d_w));
    const EwValue a = {.type = EW_C32, .c = {0.5, -1.5}}, b = {.type = EW_C64, .c = {0.25, 2}};
    MUST(ew_run(single, EW_ALL,
                EW_VALUES(a, EW_OF(d_x), EW_OF(d_y), EW_OF(d_z), EW_OF(d_r), EW_OF(d_e))));
    MUST(ew_run(both, EW_ALL, EW_VALUES(EW_OF(d_x), b, EW_OF(d_u), EW_OF(d_v), EW_OF(d_w))));
    MUST(ew_read(&d_z, z));
    MUST(ew_read(&d_r, r));
    MUST(ew_read(&d_e, e));
    MUST(ew_read(&d_w, w));
    for (size_t i = 0; i < N; i++) {
        double complex X = (double complex)x[i], Y = (double complex)y[i];
        near("arithmetic", i, (double complex)z[i], (0.5 - 1.5 * I) * X + Y - conj(X), 4e-7);
        near("division", i, (double complex)r[i], X / Y, 6e-7);
        near("functions", i, (double complex)e[i],
             creal(cexp(X)) + cabs(csqrt(X)) + cimag(clog(Y)) * I, 2e-6);
        double norm = creal(X) * creal(X) + cimag(X) * cimag(X);
        near("double", i, w[i], u[i] * -v[i] + (0.25 + 2 * I) * norm, 1e-6);
    }
    EwKernel *product;
    int rc = ew_map(device, "product", "const complex float *x, complex float *z",
                    "z[i] = x[i]*x[i]", NULL, &product);
    EXPECT(rc == HC_BUILD, "x[i]*x[i] of complex numbers compiled: %d", rc);
    ew_free(single), ew_free(both);
    ew_array_free(&d_x), ew_array_free(&d_y), ew_array_free(&d_z), ew_array_free(&d_r);
    ew_array_free(&d_e), ew_array_free(&d_u), ew_array_free(&d_v), ew_array_free(&d_w);
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    EwDevice *device = open_device(argv[1]);
    test_small(device);
    test_large(device);
    if (ew_device_has(device, EW_F64)) test_float(device), test_complex(device);
    test_half(device);
    ew_close(device);
    return failures != 0;
}
