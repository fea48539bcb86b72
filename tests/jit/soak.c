// SPDX-License-Identifier: MIT
/* jit_soak N - compile N modules, one after the other, call what comes out, and give it all back:
 * the process may not grow. Half of them may come from the cache on disk. The first tenth does not
 * count: LLVM and malloc settle in it. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "jit.h"

enum { ALLOWED_KIB = 4096 };

static const JitApi *jit;

static bool cuda = true;

static long resident_kib(void) {
    long pages = 0, total = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%ld %ld", &total, &pages) != 2) pages = 0;
    if (file) fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static bool round_trip(long i) {
    char source[1024];
    const char *cache = i % 8 < 4 ? "True" : "False";
    const char *kernel_cache = i / 32 % 2 ? "True" : "False"; /* of those that are run */
    JitModule *module;
    JitValue args[2] = {{.kind = i % 2 ? JIT_F64 : JIT_I64}, {.kind = JIT_I64, .as.i = 10}};
    JitValue result[JIT_RESULTS];
    size_t count;
    double (*pointer)(double);
    if (i % 2) args[0].as.f64 = 1;
    else args[0].as.i = 1;
    snprintf(
        source, sizeof source,
        "from numba import njit\n"
        "@njit\ndef f%ld(a, n):\n    for i in range(n):\n        a += g(i) + %ld\n    return a\n"
        "@njit(cache=%s)\ndef g(x):\n    return x * x\n"
        "@njit\ndef bad(x):\n    return x[0]\n"
        "from numba import cuda, vectorize\nimport math\n"
        "@cuda.jit(cache=%s)\ndef kernel(x):\n    x[cuda.grid(1)] += math.exp(x[0] * 0) + %ld\n"
        "@vectorize(fastmath=True, cache=%s)\ndef v(x):\n    return math.sin(x) * 0 + x\n",
        i, i % 7, cache, kernel_cache, i % 5, cache);
    char name[32];
    snprintf(name, sizeof name, "f%ld", i);
    if (jit->load("soak.py", source, &module) != JIT_OK) return false;
    bool good = jit->call(module, name, NULL, args, 2, result, &count) == JIT_OK && count == 1;
    int64_t want = 1 + 285 + 10 * (i % 7);
    good = good && (i % 2 ? result[0].as.f64 == (double)want : result[0].as.i == want);
    good = good && jit->pointer(module, "g", "(float64,)", (void **)&pointer) == JIT_OK;
    good = good && pointer(3) == 9;
    good = good && jit->pointer(module, "bad", "(float64,)", (void **)&pointer) == JIT_REFUSED;
    double x[4] = {1, 2, 3, 4}, y[4] = {0};
    JitValue arrays[2] = {{.kind = JIT_F64, .ndim = 1, .as.array = {x, {4}, {8}}},
                          {.kind = JIT_F64, .ndim = 1, .as.array = {y, {4}, {8}}}};
    JitLaunch launch = {JIT_DECLARED, {1, 1, 1}, {4, 1, 1}};
    if (cuda && good && i % 32 == 0) { /* the device takes its time, */
        good = jit->call(module, "kernel", &launch, arrays, 1, result, &count) == JIT_OK;
        good = good && x[3] == 5 + (double)(i % 5);
    }
    if (good && i % 4 == 0) { /* and a vector function its own */
        good = jit->call(module, "v", NULL, arrays, 2, result, &count) == JIT_OK;
        good = good && y[3] == x[3];
    }
    jit->unload(module);
    return good;
}

int main(int argc, char **argv) {
    long n = argc == 2 ? strtol(argv[1], NULL, 10) : 0, first = 0;
    if (n < 100) {
        printf("FAILED: usage: jit_soak N, at least 100\n");
        return 1;
    }
    if (jit_open(&jit) != JIT_OK) {
        printf("skipped: %s\n", jit_open_error());
        return 77;
    }
    JitModule *module;
    JitLaunch launch = {.target = JIT_CUDA};
    JitValue one = {.kind = JIT_I64, .as.i = 1}, result[JIT_RESULTS];
    size_t count;
    if (jit->load("try.py", "from numba import njit\n@njit\ndef f(a):\n    return a\n", &module) !=
        JIT_OK)
        return 1;
    cuda = jit->call(module, "f", &launch, &one, 1, result, &count) != JIT_ABSENT;
    jit->unload(module);
    for (long i = 0; i < n; i++) {
        if (i == n / 10) first = resident_kib();
        if (round_trip(i)) continue;
        printf("FAILED: round %ld: %s\n", i, jit->error());
        return 1;
    }
    long grown = resident_kib() - first;
    printf("%ld modules, their functions called%s; %ld KiB, grown by %ld KiB\n", n,
           cuda ? ", one on the CUDA device" : "", resident_kib(), grown);
    return grown > ALLOWED_KIB;
}
