// SPDX-License-Identifier: MIT
/* jit_cuda FILE - the kernels of cuda.py on the CUDA device, each against plain C: indices, shared
 * and local arrays, barriers, atomic operations, device functions, reductions; arrays with strides
 * and arrays that overlap; and what goes wrong: exceptions, launches, misuse. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

static JitValue array(JitKind kind, void *data, int64_t a, int64_t b, int64_t c) {
    static const int64_t sizes[] = {0, 1, 1, 2, 4, 8, 1, 2, 4, 8, 4, 8};
    JitValue v = {.kind = kind, .ndim = 1 + (b > 0) + (c > 0)};
    int64_t shape[3] = {a, b, c}, stride = sizes[kind];
    v.as.array.data = data;
    for (int k = v.ndim - 1; k >= 0; k--) {
        v.as.array.shape[k] = shape[k];
        v.as.array.stride[k] = stride;
        stride *= shape[k];
    }
    return v;
}
static JitValue real(double x) { return (JitValue){.kind = JIT_F64, .as.f64 = x}; }
static JitValue whole(int64_t x) { return (JitValue){.kind = JIT_I64, .as.i = x}; }

static int run(const char *kernel, unsigned grid, unsigned block, JitValue *args, size_t n) {
    JitLaunch launch = {JIT_DECLARED, {grid, 1, 1}, {block, 1, 1}};
    JitValue results[JIT_RESULTS];
    size_t count;
    return jit->call(module, kernel, &launch, args, n, results, &count);
}

static void elements(void) {
    enum { N = 1000 };
    double x[N], y[2 * N];
    float a[N], b[N];
    for (int i = 0; i < N; i++) x[i] = i, a[i] = (float)i / 8, b[i] = (float)(N - i);
    JitValue args[3] = {array(JIT_F64, x, N, 0, 0), real(2.5)};
    CHECK(run("scale", 8, 128, args, 2) == JIT_OK);
    bool good = true;
    for (int i = 0; i < N; i++) good &= x[i] == 2.5 * i;
    CHECK(good);
    JitTimes times = jit->times(module);
    CHECK(times.upload_ms > 0 && times.kernel_ms > 0 && times.download_ms > 0);
    args[0] = array(JIT_F32, a, N, 0, 0);
    args[1] = array(JIT_F32, b, N, 0, 0);
    args[2] = real(2); /* becomes a float32 */
    CHECK(run("saxpy", 10, 100, args, 3) == JIT_OK);
    for (int i = 0; i < N; i++) good &= a[i] == 2 * (float)(N - i) + (float)i / 8;
    CHECK(good);
    args[0] = array(JIT_F64, x, N, 0, 0);
    CHECK(run("saxpy", 10, 100, args, 3) == JIT_REFUSED);
    /* Every other element, from the back to the front. */
    for (int i = 0; i < 2 * N; i++) y[i] = i;
    args[0] = array(JIT_F64, &y[2 * N - 1], N, 0, 0);
    args[0].as.array.stride[0] = -16;
    args[1] = real(-1);
    CHECK(run("scale", 8, 128, args, 2) == JIT_OK);
    for (int i = 0; i < 2 * N; i++) good &= y[i] == (i % 2 ? -i : i);
    CHECK(good);
    args[0] = array(JIT_F64, y, 0, 0, 0);
    CHECK(run("scale", 1, 128, args, 2) == JIT_OK);
}

static void indices(void) {
    static int64_t out[5 * 6 * 7], rows[8 * 4];
    int32_t lanes[64];
    JitValue args[1] = {array(JIT_I64, out, 5, 6, 7)}, results[JIT_RESULTS];
    JitLaunch launch = {JIT_CUDA, {2, 2, 4}, {3, 4, 2}};
    size_t count;
    CHECK(jit->call(module, "places", &launch, args, 1, results, &count) == JIT_OK && count == 0);
    bool good = true;
    for (int i = 0; i < 5 * 6 * 7; i++) {
        int x = i / 42, y = i / 7 % 6, z = i % 7;
        good &= out[i] == x + 6 * (y + 8 * z);
    }
    CHECK(good);
    args[0] = array(JIT_I64, rows, 8, 4, 0);
    CHECK(run("indices", 2, 4, args, 1) == JIT_OK);
    for (size_t i = 0; i < 8; i++)
        good &= rows[4 * i] == (int64_t)i % 4 && rows[4 * i + 1] == (int64_t)i / 4 &&
                rows[4 * i + 2] == 10104 && rows[4 * i + 3] == 10102;
    CHECK(good);
    args[0] = array(JIT_I32, lanes, 64, 0, 0);
    CHECK(run("lanes", 1, 64, args, 1) == JIT_OK);
    for (int i = 0; i < 64; i++) good &= lanes[i] == i % 32 + 32000;
    CHECK(good);
}

static void arrays(void) {
    enum { M = 13, K = 17, N = 11 };
    float a[M * K], b[K * N], c[M * N];
    for (int i = 0; i < M * K; i++) a[i] = (float)(i % 7 - 3);
    for (int i = 0; i < K * N; i++) b[i] = (float)(i % 5 - 2);
    JitValue args[3] = {array(JIT_F32, a, M, K, 0), array(JIT_F32, b, K, N, 0),
                        array(JIT_F32, c, M, N, 0)};
    JitValue results[JIT_RESULTS];
    JitLaunch launch = {JIT_CUDA, {2, 2, 1}, {8, 8, 1}};
    size_t count;
    CHECK(jit->call(module, "product", &launch, args, 3, results, &count) == JIT_OK);
    bool good = true;
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++) {
            float s = 0;
            for (int k = 0; k < K; k++) s += a[i * K + k] * b[k * N + j];
            good &= c[i * N + j] == s;
        }
    CHECK(good);
    int64_t x[40];
    for (int i = 0; i < 40; i++) x[i] = i * 37 % 11 - 5;
    args[0] = array(JIT_I64, x, 40, 0, 0);
    CHECK(run("sorted_four", 1, 16, args, 1) == JIT_OK);
    for (int i = 0; i < 40; i++) good &= i % 4 == 0 || x[i - 1] <= x[i];
    CHECK(good);
    uint8_t bytes[128];
    for (int i = 0; i < 128; i++) bytes[i] = (uint8_t)i;
    args[0] = array(JIT_U8, bytes, 128, 0, 0);
    CHECK(run("reverse", 2, 64, args, 1) == JIT_OK);
    for (int i = 0; i < 128; i++) good &= bytes[i] == i / 64 * 64 + 63 - i % 64;
    CHECK(good);
    /* The same memory twice is the same on the device, too: a shift to the left. */
    for (int i = 0; i < 40; i++) x[i] = i;
    args[0] = array(JIT_I64, x, 40, 0, 0);
    args[1] = array(JIT_I64, x + 1, 39, 0, 0);
    CHECK(run("shifted", 1, 1, args, 2) == JIT_OK);
    for (int i = 0; i < 40; i++) good &= x[i] == (i < 1 ? 0 : 1);
    CHECK(!good); /* x[1] = x[1], x[2] = x[2]: nothing moves */
    good = true;
    for (int i = 0; i < 40; i++) good &= x[i] == i;
    CHECK(good);
    args[1] = args[0];
    CHECK(run("shifted", 1, 1, args, 2) == JIT_OK);
    for (int i = 0; i < 39; i++) good &= x[i] == i + 1;
    CHECK(good);
}

/* out[0..3] after add, sub, max and min of x[i], whatever the type. */
#define ATOMICS(type, kind, low)                                                                   \
    do {                                                                                           \
        type x_[N], out_[4] = {1, 2, (type)(low), 100}, want_[4] = {1, 2, (type)(low), 100};       \
        for (int i_ = 0; i_ < N; i_++) {                                                           \
            x_[i_] = (type)((i_ * 7 + 3) % 50 + 1);                                                \
            want_[0] += x_[i_];                                                                    \
            want_[1] -= x_[i_];                                                                    \
            if (x_[i_] > want_[2]) want_[2] = x_[i_];                                              \
            if (x_[i_] < want_[3]) want_[3] = x_[i_];                                              \
        }                                                                                          \
        JitValue args_[2] = {array(kind, out_, 4, 0, 0), array(kind, x_, N, 0, 0)};                \
        CHECK(run("atomics", 4, 64, args_, 2) == JIT_OK);                                          \
        for (int i_ = 0; i_ < 4; i_++) CHECK(out_[i_] == want_[i_]);                               \
    } while (0)

static void atomics(void) {
    enum { N = 200 };
    ATOMICS(int32_t, JIT_I32, -5);
    ATOMICS(uint32_t, JIT_U32, 0);
    ATOMICS(int64_t, JIT_I64, -5);
    ATOMICS(uint64_t, JIT_U64, 0);
    ATOMICS(float, JIT_F32, -5);
    ATOMICS(double, JIT_F64, -5);
    int32_t h[16] = {0}, want[16] = {0}, x[N];
    for (int i = 0; i < N; i++) x[i] = i * i, want[i * i % 16]++;
    JitValue args[3] = {array(JIT_I32, h, 16, 0, 0), array(JIT_I32, x, N, 0, 0)};
    CHECK(run("histogram", 4, 64, args, 2) == JIT_OK && memcmp(h, want, sizeof h) == 0);
    memset(h, 0, sizeof h);
    CHECK(run("counted", 4, 64, args, 2) == JIT_OK && memcmp(h, want, sizeof h) == 0);
    uint32_t out[5] = {~0u, 0, 0, 0, 7}, all[4] = {~0u, 0, 0, 0};
    for (int i = 0; i < N; i++) {
        x[i] = i % 3 ? 0xff0 + i % 3 : 0xf00;
        all[0] &= (uint32_t)x[i];
        all[1] |= (uint32_t)x[i];
        all[2] ^= (uint32_t)x[i];
    }
    args[0] = array(JIT_U32, out, 5, 0, 0);
    args[1] = array(JIT_U32, x, N, 0, 0);
    CHECK(run("bits", 4, 64, args, 2) == JIT_OK && memcmp(out, all, 3 * sizeof *out) == 0);
    CHECK(out[3] >= 0xf00 && out[3] <= 0xff2 && out[4] >= 0xf00 && out[4] <= 0xff2);
    uint64_t counters[2] = {3, 3}, old[2][12], seen[2][6] = {{0}};
    args[0] = array(JIT_U64, counters, 2, 0, 0);
    args[1] = (JitValue){.kind = JIT_U64, .as.u = 5};
    args[2] = array(JIT_U64, old, 2, 12, 0);
    CHECK(run("wrapping", 1, 12, args, 3) == JIT_OK && counters[0] == 3 && counters[1] == 3);
    for (int i = 0; i < 24; i++)
        if (old[i / 12][i % 12] < 6) seen[i / 12][old[i / 12][i % 12]]++;
    for (int i = 0; i < 12; i++) CHECK(seen[i / 6][i % 6] == 2);
    int64_t who[2] = {-1, 0}, cells[3][2] = {{0}}, sums[3][2] = {{0}};
    args[0] = array(JIT_I64, who, 2, 0, 0);
    CHECK(run("first", 3, 50, args, 1) == JIT_OK && who[0] == 5 && who[1] == 1);
    for (int i = 0; i < 100; i++) sums[i % 3][i % 2] += i;
    args[0] = array(JIT_I64, cells, 3, 2, 0);
    CHECK(run("diagonal", 2, 64, args, 1) == JIT_OK && memcmp(cells, sums, sizeof sums) == 0);
}

static void functions(void) {
    double x[10], y[10] = {1, 0, 2};
    int32_t f[128];
    for (int i = 0; i < 10; i++) x[i] = i;
    JitValue args[2] = {array(JIT_F64, x, 10, 0, 0), array(JIT_F64, y, 10, 0, 0)};
    CHECK(run("calls", 1, 32, args, 1) == JIT_OK);
    bool good = true;
    for (int i = 0; i < 10; i++) good &= x[i] == (i * i + sqrt(i)) / 2;
    CHECK(good);
    x[3] = 0;
    CHECK(run("divided", 1, 32, args, 2) == JIT_OK);
    CHECK(isinf(x[1]) && isnan(x[3]) && isinf(x[9]));
    args[0] = array(JIT_I32, f, 128, 0, 0);
    CHECK(run("fences", 2, 64, args, 1) == JIT_OK);
    for (int i = 0; i < 128; i++) good &= f[i] == i;
    CHECK(good);
}

static void reductions(void) {
    static const int sizes[] = {1, 2, 31, 127, 128, 129, 1000, 10000, 65537};
    int64_t *x = malloc(65537 * sizeof *x);
    JitValue results[JIT_RESULTS], args[2];
    size_t count;
    CHECK(x);
    if (!x) return;
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
        for (JitTarget target = JIT_DECLARED; target <= JIT_CUDA; target++) {
            JitLaunch where = {.target = target};
            int64_t sum = 0, most = -1000, bits = -1;
            for (int i = 0; i < sizes[s]; i++) {
                x[i] = i * 37 % 1001 - 700;
                sum += x[i];
                most = x[i] > most ? x[i] : most;
                bits &= x[i];
            }
            args[0] = array(JIT_I64, x, sizes[s], 0, 0);
            CHECK(jit->call(module, "total", &where, args, 1, results, &count) == JIT_OK);
            CHECK(count == 1 && results[0].kind == JIT_I64 && results[0].as.i == sum);
            args[1] = whole(-5000);
            CHECK(jit->call(module, "largest", &where, args, 2, results, &count) == JIT_OK);
            CHECK(results[0].as.i == most);
            args[1] = whole(-1);
            CHECK(jit->call(module, "all_bits", &where, args, 2, results, &count) == JIT_OK);
            CHECK(results[0].as.i == bits);
        }
    /* As in Numba, the value to begin with counts, and is 0 if none is given. */
    x[0] = x[1] = -7;
    args[0] = array(JIT_I64, x, 2, 0, 0);
    CHECK(jit->call(module, "largest", NULL, args, 1, results, &count) == JIT_OK);
    CHECK(results[0].as.i == 0);
    args[0] = array(JIT_I64, x, 0, 0, 0);
    args[1] = whole(9);
    CHECK(jit->call(module, "total", NULL, args, 2, results, &count) == JIT_OK);
    CHECK(results[0].as.i == 9);
    float f[3] = {1.5F, 9, 2.25F}; /* every other element */
    args[0] = array(JIT_F32, f, 2, 0, 0);
    args[0].as.array.stride[0] = 8;
    CHECK(jit->call(module, "total", NULL, args, 1, results, &count) == JIT_OK);
    CHECK(results[0].kind == JIT_F32 && results[0].as.f32 == 3.75F);
    CHECK(jit->call(module, "total", NULL, args, 2, results, &count) == JIT_USAGE); /* an int64 */
    args[0].ndim = 2;
    CHECK(jit->call(module, "total", NULL, args, 1, results, &count) == JIT_USAGE);
    free(x);
}

static void misuse(void) {
    int64_t x[4] = {0};
    JitValue args[2] = {array(JIT_I64, x, 4, 0, 0), whole(4)}, results[JIT_RESULTS];
    JitLaunch none = {0}, cpu = {JIT_CPU, {1, 1, 1}, {1, 1, 1}};
    size_t count;
    CHECK(run("beyond", 1, 32, args, 2) == JIT_OK && x[3] == 3);
    args[1] = whole(5); /* debug=True: looked at, and it says where */
    CHECK(run("beyond", 1, 32, args, 2) == JIT_RAISED);
    CHECK(strstr(jit->error(), "IndexError") && strstr(jit->error(), "cuda.py:"));
    CHECK(jit->call(module, "scale", NULL, args, 2, results, &count) == JIT_USAGE);
    CHECK(jit->call(module, "scale", &none, args, 2, results, &count) == JIT_USAGE);
    CHECK(jit->call(module, "scale", &cpu, args, 2, results, &count) == JIT_USAGE);
    CHECK(run("scale", 1, 2000, args, 2) == JIT_RAISED);
    CHECK(strstr(jit->error(), "CUDA_ERROR_INVALID_VALUE"));
    CHECK(run("returns", 1, 1, args, 1) == JIT_REFUSED);
    CHECK(strstr(jit->error(), "a kernel returns nothing"));
    CHECK(run("only_there", 1, 1, args + 1, 1) == JIT_USAGE);
    CHECK(jit->target(module, "scale") == JIT_CUDA && jit->target(module, "square") == JIT_CPU);
    CHECK(jit->target(module, "nosuch") == JIT_DECLARED);
    void *pointer;
    CHECK(jit->pointer(module, "scale", "(float64[:], float64)", &pointer) == JIT_USAGE);
    /* A function without threads runs as well there: one thread of the device. */
    JitLaunch cuda = {.target = JIT_CUDA};
    CHECK(jit->call(module, "square", &cuda, args + 1, 1, results, &count) == JIT_OK);
    CHECK(count == 1 && results[0].as.i == 25);
}

/* What the driver gets: nothing unresolved, nothing of NVIDIA's. */
static void texts(void) {
    char *text = NULL;
    CHECK(jit->inspect(module, "calls", "(float64[::1],)", JIT_PTX, &text) == JIT_OK);
    CHECK(text && strstr(text, ".entry calls") && strstr(text, "sqrt.rn.f64"));
    CHECK(text && !strstr(text, ".extern") && !strstr(text, "__nv_"));
    free(text);
    CHECK(jit->inspect(module, "product", "(float32[:, ::1], float32[:, ::1], float32[:, ::1])",
                       JIT_PTX, &text) == JIT_OK);
    CHECK(text && strstr(text, ".shared") && strstr(text, "ld.shared.f32") &&
          strstr(text, "bar.sync"));
    free(text);
    CHECK(jit->inspect(module, "calls", "(float64[::1],)", JIT_LLVM, &text) == JIT_OK);
    CHECK(text && strstr(text, "nvvm.read.ptx.sreg.tid.x"));
    free(text);
    CHECK(jit->inspect(module, "calls", "(float64[::1],)", JIT_ASM, &text) == JIT_USAGE);
    CHECK(jit->signatures(module, "scale", 0, &text) == JIT_OK && text);
    CHECK(text && strcmp(text, "(array(float64, 1d, C), float64) -> none") == 0);
    free(text);
    CHECK(jit->signatures(module, "scale", 9, &text) == JIT_OK && !text);
}

int main(int argc, char **argv) {
    if (argc != 2 || jit_open(&jit) != JIT_OK) {
        printf("skipped: %s\n", argc == 2 ? jit_open_error() : "usage: jit_cuda FILE");
        return argc == 2 ? 77 : 1;
    }
    if (jit->load(argv[1], NULL, &module) != JIT_OK) {
        printf("%s\n", jit->error());
        return 1;
    }
    elements();
    indices();
    arrays();
    atomics();
    functions();
    reductions();
    misuse();
    texts();
    jit->unload(module);
    return failed != 0;
}
