// SPDX-License-Identifier: MIT
/* jit_api - the compiler as a library: what jit.h promises, from C. Pointers to functions of every
 * scalar type, arrays, exceptions, inspection, and misuse. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "check.h"

static const char source[] =
    "import math\nimport numpy as np\nfrom numba import njit, vectorize\n"
    "@njit\n"
    "def twice(a):\n"
    "    return a + a\n"
    "@njit\n"
    "def negative(a):\n"
    "    return a < 0\n"
    "@njit\n"
    "def ratio(a, b):\n"
    "    return a / b\n"
    "@njit(fastmath=True)\n"
    "def total(x):\n"
    "    s = 0.0\n"
    "    for i in range(len(x)):\n"
    "        s += x[i]\n"
    "    return s\n"
    "@njit\n"
    "def strict(x):\n"
    "    s = 0.0\n"
    "    for i in range(len(x)):\n"
    "        s += x[i]\n"
    "    return s\n"
    "@njit\n"
    "def fill(x, v):\n"
    "    for i in range(x.shape[0]):\n"
    "        for j in range(x.shape[1]):\n"
    "            x[i, j] = v + 10 * i + j\n"
    "@njit\n"
    "def pair(a):\n"
    "    return a, a / 2\n"
    "@njit('int8(int8, uint16, float32, boolean)')\n"
    "def small(a, b, c, d):\n"
    "    return a + b + c + d\n"
    "@njit\n"
    "def onward(x, y):\n"
    "    for i in range(len(x)):\n"
    "        y[i] = x[i] + 1\n"
    "@njit(fastmath=True)\n"
    "def turned(x, n):\n"
    "    return math.sin(x) + math.cos(x), 10.0 ** x, x ** float(n), x ** (1 / 3), abs(min(x, "
    "2.5))\n"
    "@vectorize\n"
    "def weighed(a, b):\n"
    "    return 2 * a + b\n"
    "@vectorize(['int32(int32)', 'float64(float64)'], target='parallel')\n"
    "def square(a):\n"
    "    return a * a\n"
    "@njit(['int64(int64)', 'float64(float64)'])\n"
    "def either(a):\n"
    "    return a + 1\n"
    "@njit\n"
    "def rest(a, b):\n"
    "    return math.fmod(a, b), np.fmod(a, b)\n"
    "N = 3\n"
    "def python_only():\n"
    "    return [N]\n";

static void pointers(void) {
    double (*twice_f64)(double);
    float (*twice_f32)(float);
    int64_t (*twice_i8)(int8_t);
    uint64_t (*twice_u64)(uint64_t);
    bool (*negative)(int32_t);
    int8_t (*small)(int8_t, uint16_t, float, bool);
    double (*ratio)(int64_t, int64_t);
    void (*fill)(const JitArray *, double);
    void *none;
    CHECK(jit->pointer(module, "twice", "float64(float64)", (void **)&twice_f64) == JIT_OK);
    CHECK(twice_f64(1.25) == 2.5);
    CHECK(jit->pointer(module, "twice", "(float32,)", (void **)&twice_f32) == JIT_OK);
    CHECK(twice_f32(1.25F) == 2.5F);
    CHECK(jit->pointer(module, "twice", "(int8,)", (void **)&twice_i8) == JIT_OK);
    CHECK(twice_i8(-100) == -200);
    CHECK(jit->pointer(module, "twice", "(uint64,)", (void **)&twice_u64) == JIT_OK);
    CHECK(twice_u64(UINT64_C(1) << 62) == UINT64_C(1) << 63);
    CHECK(jit->pointer(module, "negative", "boolean(int32)", (void **)&negative) == JIT_OK);
    CHECK(negative(-1) == true && negative(1) == false);
    CHECK(jit->pointer(module, "small", "int8(int8, uint16, float32, boolean)", (void **)&small) ==
          JIT_OK);
    CHECK(small(-100, 50, 10.5F, true) == -38);
    CHECK(jit->pointer(module, "ratio", "(int64, int64)", (void **)&ratio) == JIT_OK);
    CHECK(ratio(7, 2) == 3.5 && jit->raised() == NULL);
    CHECK(ratio(7, 0) == 0);
    const char *raised = jit->raised();
    CHECK(raised && strstr(raised, "ZeroDivisionError"));
    CHECK(jit->raised() == NULL); /* reading it forgets it */
    double cells[2][3] = {{0}};
    JitArray a = {cells, {2, 3}, {sizeof cells[0], sizeof cells[0][0]}};
    CHECK(jit->pointer(module, "fill", "void(float64[:, ::1], float64)", (void **)&fill) == JIT_OK);
    fill(&a, 0.5);
    CHECK(cells[0][0] == 0.5 && cells[1][2] == 12.5);
    JitArray turned = {cells, {3, 2}, {sizeof cells[0][0], sizeof cells[0]}};
    CHECK(jit->pointer(module, "fill", "void(float64[:, :], float64)", (void **)&fill) == JIT_OK);
    fill(&turned, 0);
    CHECK(cells[0][2] == 20 && cells[1][0] == 1);
    CHECK(jit->pointer(module, "pair", "(int64,)", &none) == JIT_USAGE && !none);
    CHECK(jit->pointer(module, "twice", "int32(float64)", &none) == JIT_USAGE);
    CHECK(jit->pointer(module, "twice", "(float64, float64)", &none) == JIT_USAGE);
    CHECK(jit->pointer(module, "small", "(float64, float64, float64, float64)", &none) ==
          JIT_USAGE);
    CHECK(jit->pointer(module, "nosuch", "(float64,)", &none) == JIT_USAGE);
    CHECK(jit->pointer(module, "python_only", "()", &none) == JIT_USAGE);
    CHECK(jit->pointer(module, "twice", "(flaot64,)", &none) == JIT_REFUSED);
    CHECK(strstr(jit->error(), "signature:1:2: 'flaot64' is no type"));
}

static void calls(void) {
    JitValue results[JIT_RESULTS], five = {.kind = JIT_I64, .as.i = 5};
    size_t count;
    CHECK(jit->call(module, "pair", NULL, &five, 1, results, &count) == JIT_OK && count == 2);
    CHECK(results[0].kind == JIT_I64 && results[0].as.i == 5);
    CHECK(results[1].kind == JIT_F64 && results[1].as.f64 == 2.5);
    double compiled_ms = jit->compile_ms(module);
    CHECK(compiled_ms > 0);
    CHECK(jit->call(module, "pair", NULL, &five, 1, results, &count) == JIT_OK);
    CHECK(jit->compile_ms(module) - compiled_ms < 1); /* it was there already */
    /* A function with a signature converts its arguments. */
    JitValue mixed[4] = {{.kind = JIT_F64, .as.f64 = -100.7},
                         {.kind = JIT_I64, .as.i = 50},
                         {.kind = JIT_I64, .as.i = 10},
                         {.kind = JIT_F64, .as.f64 = 0.5}};
    CHECK(jit->call(module, "small", NULL, mixed, 4, results, &count) == JIT_OK && count == 1);
    CHECK(results[0].kind == JIT_I8 && results[0].as.i == -39);
    CHECK(jit->call(module, "pair", NULL, &five, 0, results, &count) == JIT_USAGE && count == 0);
    CHECK(jit->call(module, "nosuch", NULL, &five, 1, results, &count) == JIT_USAGE);
    JitValue array = {.kind = JIT_I64, .ndim = 1, .as.array = {&five.as.i, {1}, {8}}};
    CHECK(jit->call(module, "pair", NULL, &array, 1, results, &count) == JIT_REFUSED);
    array.as.array.shape[0] = -1;
    CHECK(jit->call(module, "total", NULL, &array, 1, results, &count) == JIT_USAGE);
    array.ndim = 4;
    CHECK(jit->call(module, "total", NULL, &array, 1, results, &count) == JIT_USAGE);
    JitValue by_zero[2] = {five, {.kind = JIT_I64}};
    CHECK(jit->call(module, "ratio", NULL, by_zero, 2, results, &count) == JIT_RAISED);
    CHECK(strstr(jit->error(), ":12: ZeroDivisionError"));
    char *signature;
    JitValue all[3] = {five,
                       {.kind = JIT_F32, .ndim = 1, .as.array = {NULL, {4}, {4}}},
                       {.kind = JIT_U8, .ndim = 2, .as.array = {NULL, {4, 4}, {1, 4}}}};
    CHECK(jit->signature(all, 3, &signature) == JIT_OK);
    CHECK(strcmp(signature, "(int64, float32[::1], uint8[:, :], )") == 0);
    free(signature);
}

static void inspection(void) {
    char *text;
    const char *want[] = {[JIT_TOKENS] = "name twice", [JIT_TREE] = "return",
                          [JIT_FLOW] = "%1 = +",       [JIT_TYPES] = "%1: float64 = +",
                          [JIT_LLVM] = "fadd double",  [JIT_LLVM_OPTIMISED] = "target-cpu",
                          [JIT_ASM] = "twice:"};
    for (int form = JIT_TOKENS; form <= JIT_ASM; form++) {
        CHECK(jit->inspect(module, "twice", "(float64,)", (JitForm)form, &text) == JIT_OK);
        CHECK(text && strstr(text, want[form]));
        free(text);
    }
    /* Only with fastmath may a sum be reordered, and only then are there vectors. */
    CHECK(jit->inspect(module, "strict", "(float64[::1],)", JIT_LLVM_OPTIMISED, &text) == JIT_OK);
    CHECK(text && !strstr(text, "x double>"));
    free(text);
    CHECK(jit->inspect(module, "total", "(float64[::1],)", JIT_LLVM, &text) == JIT_OK);
    bool fast = text && strstr(text, "fadd fast");
    free(text);
    CHECK(fast || strtol(jit->llvm_version(), NULL, 10) < 18);
    CHECK(jit->inspect(module, "total", "(float64[::1],)", JIT_LLVM_OPTIMISED, &text) == JIT_OK);
    CHECK(!fast || strstr(text, "x double>"));
    free(text);
    CHECK(strcmp(jit->functions(module, 0), "twice") == 0);
    CHECK(strcmp(jit->functions(module, 8), "onward") == 0 && !jit->functions(module, 14));
}

static bool has_cuda(void) {
    JitValue results[JIT_RESULTS], five = {.kind = JIT_I64, .as.i = 5};
    JitLaunch cuda = {.target = JIT_CUDA};
    size_t count;
    return jit->call(module, "twice", &cuda, &five, 1, results, &count) != JIT_ABSENT;
}

/* fmod has the sign of the dividend, wherever it runs, of integers, too. */
static void remainders(void) {
    static const double reals[] = {
        0.0, -0.0, 1.0, -1.5, 7.25, -1e300, 5e-324, 3.1, (double)INFINITY, (double)NAN};
    static const int64_t whole[] = {0, 1, -1, 7, -7, 3, -3, INT64_MIN, INT64_MAX};
    enum { REALS = sizeof reals / sizeof reals[0], WHOLE = sizeof whole / sizeof whole[0] };
    JitValue results[JIT_RESULTS], args[2];
    size_t count;
    for (JitTarget target = JIT_CPU; target <= JIT_CUDA; target++) {
        JitLaunch launch = {.target = target};
        if (target == JIT_CUDA && !has_cuda()) continue;
        for (int i = 0; i < REALS * REALS; i++) {
            double a = reals[i / REALS], b = reals[i % REALS], want = fmod(a, b);
            args[0] = (JitValue){.kind = JIT_F64, .as.f64 = a};
            args[1] = (JitValue){.kind = JIT_F64, .as.f64 = b};
            CHECK(jit->call(module, "rest", &launch, args, 2, results, &count) == JIT_OK);
            for (int k = 0; k < 2; k++) {
                double got = results[k].as.f64;
                CHECK(isnan(want) ? isnan(got) : got == want && !signbit(got) == !signbit(want));
            }
        }
        for (int i = 0; i < WHOLE * WHOLE; i++) {
            int64_t a = whole[i / WHOLE], b = whole[i % WHOLE];
            args[0] = (JitValue){.kind = JIT_I64, .as.i = a};
            args[1] = (JitValue){.kind = JIT_I64, .as.i = b};
            CHECK(jit->call(module, "rest", &launch, args, 2, results, &count) == JIT_OK);
            CHECK(results[0].kind == JIT_F64 && results[1].kind == JIT_I64);
            CHECK(results[1].as.i == (b == 0 || b == -1 ? 0 : a % b));
        }
    }
}

/* Arrays that lie apart and arrays that do not are different code: with the same memory, each round
 * sees what the one before has written. */
static void overlapping(void) {
    enum { N = 100 };
    int64_t x[N + 1] = {0}, y[N] = {0};
    JitValue results[JIT_RESULTS];
    size_t count;
    JitValue args[2] = {{.kind = JIT_I64, .ndim = 1, .as.array = {x, {N}, {8}}},
                        {.kind = JIT_I64, .ndim = 1, .as.array = {y, {N}, {8}}}};
    CHECK(jit->call(module, "onward", NULL, args, 2, results, &count) == JIT_OK);
    CHECK(y[0] == 1 && y[N - 1] == 1);
    args[1].as.array.data = x + 1;
    CHECK(jit->call(module, "onward", NULL, args, 2, results, &count) == JIT_OK);
    bool good = true;
    for (int i = 0; i <= N; i++) good &= x[i] == i;
    CHECK(good);
}

/* Vectorized functions: the shape of the result, broadcasting, in place, and misuse. */
static void vectorized(void) {
    float a[2][3] = {{1, 2, 3}, {4, 5, 6}}, b[3] = {10, 20, 30}, out[2][3];
    int32_t n[3] = {-3, 4, 5}, squares[3] = {0};
    JitValue results[JIT_RESULTS], result;
    size_t count;
    JitValue args[3] = {{.kind = JIT_F32, .ndim = 2, .as.array = {a, {2, 3}, {12, 4}}},
                        {.kind = JIT_F32, .ndim = 1, .as.array = {b, {3}, {4}}}};
    CHECK(jit->result_of(module, "weighed", args, 2, &result) == JIT_OK);
    CHECK(result.kind == JIT_F64 && result.ndim == 2 && result.as.array.shape[1] == 3);
    CHECK(result.as.array.stride[0] == 24 && !result.as.array.data);
    double wide[2][3] = {{0}};
    args[2] = result;
    args[2].as.array.data = wide;
    CHECK(jit->call(module, "weighed", NULL, args, 3, results, &count) == JIT_OK && count == 0);
    CHECK(wide[0][0] == 12 && wide[1][2] == 42);
    args[2] = args[0]; /* a float32 array for float64 results */
    args[2].as.array.data = out;
    CHECK(jit->call(module, "weighed", NULL, args, 3, results, &count) == JIT_USAGE);
    CHECK(strstr(jit->error(), "must be of float64"));
    CHECK(jit->call(module, "weighed", NULL, args, 1, results, &count) == JIT_USAGE);
    args[1].as.array.shape[0] = 2;
    CHECK(jit->result_of(module, "weighed", args, 2, &result) == JIT_USAGE);
    CHECK(strstr(jit->error(), "the extents 3 and 2 do not go together"));
    CHECK(jit->result_of(module, "twice", args, 1, &result) == JIT_USAGE);
    args[0] = (JitValue){.kind = JIT_I32, .ndim = 1, .as.array = {n, {3}, {4}}};
    args[1] = (JitValue){.kind = JIT_I32, .ndim = 1, .as.array = {squares, {3}, {4}}};
    CHECK(jit->target(module, "square") == JIT_PARALLEL);
    CHECK(jit->call(module, "square", NULL, args, 2, results, &count) == JIT_OK);
    CHECK(squares[0] == 9 && squares[2] == 25);
    args[1] = args[0]; /* in place */
    CHECK(jit->call(module, "square", NULL, args, 2, results, &count) == JIT_OK && n[1] == 16);
    JitValue two = {.kind = JIT_F32, .as.f32 = 1.5F};
    CHECK(jit->call(module, "square", NULL, &two, 1, results, &count) == JIT_OK && count == 1);
    CHECK(results[0].kind == JIT_F64 && results[0].as.f64 == 2.25);
}

/* With fastmath LLVM takes other functions of the C library than those that were called. */
static void fast(void) {
    JitValue results[JIT_RESULTS],
        args[2] = {{.kind = JIT_F64, .as.f64 = 1.5}, {.kind = JIT_I64, .as.i = 7}};
    const double want[] = {1.0682321882717555, 31.622776601683793, 17.0859375, 1.1447142425533319,
                           1.5};
    size_t count;
    for (int narrow = 0; narrow < 2; narrow++) {
        CHECK(jit->call(module, "turned", NULL, args, 2, results, &count) == JIT_OK && count == 5);
        for (size_t i = 0; i < count; i++) {
            double got = results[i].kind == JIT_F32 ? (double)results[i].as.f32 : results[i].as.f64;
            double apart = got / want[i] - 1;
            CHECK(apart < 1e-6 && apart > -1e-6);
        }
        args[0] = (JitValue){.kind = JIT_F32, .as.f32 = 1.5F};
    }
}

static void several_signatures(void) {
    JitValue results[JIT_RESULTS], i = {.kind = JIT_I32, .as.i = 4},
                                   f = {.kind = JIT_F32, .as.f32 = 4},
                                   u = {.kind = JIT_U8, .as.u = 4};
    size_t count;
    char *text;
    CHECK(jit->signatures(module, "either", 0, &text) == JIT_OK && !text);
    CHECK(jit->call(module, "either", NULL, &i, 1, results, &count) == JIT_OK);
    CHECK(results[0].kind == JIT_I64 && results[0].as.i == 5);
    CHECK(jit->call(module, "either", NULL, &f, 1, results, &count) == JIT_OK);
    CHECK(results[0].kind == JIT_F64 && results[0].as.f64 == 5);
    CHECK(jit->call(module, "either", NULL, &u, 1, results, &count) == JIT_REFUSED);
    CHECK(strstr(jit->error(), "equally well"));
    CHECK(jit->signatures(module, "either", 1, &text) == JIT_OK && text);
    CHECK(text && strcmp(text, "(float64) -> float64") == 0);
    free(text);
    CHECK(jit->signatures(module, "either", 2, &text) == JIT_OK && !text);
    CHECK(jit->signatures(module, "nosuch", 0, &text) == JIT_USAGE && !text);
    double (*pointer)(double);
    CHECK(jit->pointer(module, "either", "float64(float64)", (void **)&pointer) == JIT_OK);
    CHECK(pointer(0.5) == 1.5);
}

/* Statistics of cache=True: a module that has never been compiled, and the same once more. */
static void cached(void) {
    char text[400];
    struct timespec now;
    JitCache cache;
    JitValue results[JIT_RESULTS], two = {.kind = JIT_I64, .as.i = 2};
    size_t count;
    double (*pointer)(double);
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t number = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
    snprintf(text, sizeof text,
             "from numba import njit\n@njit(cache=True)\ndef f(a):\n    return a + %lld\n"
             "@njit\ndef g(a):\n    return f(a)\n",
             (long long)number);
    for (unsigned round = 0; round < 3; round++) {
        JitModule *m;
        CHECK(jit->load("cached.py", text, &m) == JIT_OK);
        jit->use_cache(m, round < 2);
        CHECK(jit->cache(m, NULL, &cache) == JIT_OK && cache.wanted && !cache.trouble);
        CHECK(cache.hits == 0 && cache.misses == 0 && *cache.folder);
        CHECK(jit->call(m, "g", NULL, &two, 1, results, &count) == JIT_OK);
        CHECK(jit->call(m, "f", NULL, &two, 1, results, &count) == JIT_OK);
        CHECK(results[0].as.i == number + 2);
        CHECK(jit->call(m, "f", NULL, &two, 1, results, &count) == JIT_OK); /* there already */
        CHECK(jit->pointer(m, "f", "(float64,)", (void **)&pointer) == JIT_OK);
        CHECK(pointer(1) == 1 + (double)number);
        CHECK(jit->cache(m, "f", &cache) == JIT_OK && cache.wanted);
        CHECK(cache.hits == (round == 1 ? 2 : 0) && cache.misses == (round == 0 ? 2 : 0));
        CHECK(jit->cache(m, "g", &cache) == JIT_OK && !cache.wanted);
        CHECK(cache.hits == 0 && cache.misses == 0);
        CHECK(jit->cache(m, "nosuch", &cache) == JIT_USAGE);
        jit->unload(m);
    }
}

/* An exception names the line where it is raised, not where the index was made. */
static void raised_where(void) {
    static const char text[] = "from numba import njit\n"
                               "@njit(boundscheck=True)\n"
                               "def f(x, i):\n"
                               "    k = i + 1\n"
                               "    x[0] = 1\n"
                               "    a = x[k]\n"
                               "    x[i] = a\n"
                               "    return a\n";
    JitModule *m;
    double numbers[3] = {0};
    JitValue args[2] = {{.kind = JIT_F64, .ndim = 1, .as.array = {numbers, {3}, {8}}},
                        {.kind = JIT_I64}};
    JitValue got;
    size_t count = 0;
    CHECK(jit->load("where.py", text, &m) == JIT_OK);
    args[1].as.i = 5;
    CHECK(jit->call(m, "f", NULL, args, 2, &got, &count) == JIT_RAISED);
    CHECK(strstr(jit->error(), "where.py:6: IndexError"));
    args[1].as.i = -4;
    CHECK(jit->call(m, "f", NULL, args, 2, &got, &count) == JIT_RAISED);
    CHECK(strstr(jit->error(), "where.py:7: IndexError"));
    jit->unload(m);
}

/* A function outside the language is refused when it is needed, and keeps no other from running. */
static void refused_when_needed(void) {
    static const char text[] =
        "import numba\nfrom numba import njit\n"
        "@njit(locals={'x': int}, cache=True)\ndef a(x, *rest):\n    return [x,\n        x]\n"
        "@njit\ndef b(x):\n    return a(x)\n"
        "@njit\ndef c(x):\n    return x + 1\n"
        "@numba.experimental.jitclass([('x', int)])\nclass d:\n    def e(self):\n        pass\n"
        "@njit\ndef f(x):\n    return c(x) + 1\n";
    JitModule *m;
    JitValue two = {.kind = JIT_I64, .as.i = 2}, got;
    size_t count = 0;
    CHECK(jit->load("some.py", text, &m) == JIT_OK);
    CHECK(jit->call(m, "f", NULL, &two, 1, &got, &count) == JIT_OK && got.as.i == 4);
    CHECK(jit->call(m, "a", NULL, &two, 1, &got, &count) == JIT_REFUSED);
    CHECK(strncmp(jit->error(), "some.py:3:", 10) == 0 && strchr(jit->error(), '^'));
    CHECK(jit->call(m, "b", NULL, &two, 1, &got, &count) == JIT_REFUSED);
    CHECK(strncmp(jit->error(), "some.py:3:", 10) == 0);
    CHECK(jit->call(m, "d", NULL, &two, 1, &got, &count) == JIT_REFUSED);
    CHECK(strncmp(jit->error(), "some.py:13:", 11) == 0 && strstr(jit->error(), "jitclass"));
    CHECK(jit->call(m, "c", NULL, &two, 1, &got, &count) == JIT_OK && got.as.i == 3);
    jit->unload(m);
    CHECK(jit->load("bad.py", "from numba import njit\n@njit(1 +\n", &m) == JIT_REFUSED);
}

int main(void) {
    if (jit_open(&jit) != JIT_OK) {
        printf("skipped: %s\n", jit_open_error());
        return 77;
    }
    JitModule *other;
    CHECK(jit->load("nosuch.py", NULL, &other) == JIT_USAGE && !other);
    CHECK(jit->load("/", NULL, &other) == JIT_USAGE && !other);
    CHECK(jit->load("empty.py", "", &other) == JIT_OK && !jit->functions(other, 0));
    jit->unload(other);
    jit->unload(NULL);
    if (jit->load("api.py", source, &module) != JIT_OK) {
        printf("%s\n", jit->error());
        return 1;
    }
    pointers();
    calls();
    inspection();
    remainders();
    overlapping();
    vectorized();
    fast();
    several_signatures();
    cached();
    raised_where();
    refused_when_needed();
    jit->unload(module);
    return failed != 0;
}
