// SPDX-License-Identifier: MIT
/* The process that the area jit times: recipe 11's compiler, with the functions of
 * jit_functions.py. Each line on its stdin names a job and a size, each line on its stdout answers
 * with milliseconds:
 *
 *   saxpy 16777216     ->  ok 6.2
 *   compile 1          ->  ok 9.8        (saxpy, from the file to a function that can be called)
 *
 * With --once it is a whole program: from its start to the first verified result. It is a process
 * of its own so that this LLVM meets no other one. Every job but compile verifies its answer the
 * first time a size is asked for, and answers "wrong ..." if it does not hold.
 *
 * MEMORY is a file that the arrays lie in, those of Numba's process, too. Which pages an array gets
 * makes a loop up to twice as fast for as long as its process lives, and NumPy asks for huge ones:
 * with the same pages on both sides, none of that is taken for the compiler's work.
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <unistd.h>

#include "hc.h"
#include "jit.h"

enum { STEPS = 256 };
static const JitApi *jit;
static const char *path;
static int file = -1; /* with the arrays; -1: they are in memory of this process alone */

_Noreturn static void answer(const char *word, const char *format, ...) HC_PRINTF(2, 3);
static void answer(const char *word, const char *format, ...) {
    va_list list;
    printf("%s ", word);
    va_start(list, format);
    vprintf(format, list);
    va_end(list);
    putchar('\n');
    exit(strcmp(word, "wrong") == 0 ? 1 : 3);
}

static void *get(size_t n, size_t size) {
    void *memory;
    if (hc_alloc(n, size, &memory) != HC_OK) answer("error", "%s", hc_last_error()->message);
    return memory;
}

/* Zeroed at first, unless the other side has been there; it replaces what an earlier call gave. */
static void *map_memory(size_t bytes) {
    static void *memory;
    static size_t mapped;
    if (memory) munmap(memory, mapped);
    off_t end = file < 0 ? 0 : lseek(file, 0, SEEK_END);
    if (file >= 0 && (end < 0 || ((size_t)end < bytes && ftruncate(file, (off_t)bytes) != 0)))
        answer("error", "no file of %zu bytes for the arrays", bytes);
    memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                  file < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) answer("error", "no memory of %zu bytes for the arrays", bytes);
    mapped = bytes;
    return memory;
}

/* A function of the file for a signature, in a module that was loaded for it. */
static JitModule *compile(const char *name, const char *signature, void **function) {
    JitModule *module;
    if (jit->load(path, NULL, &module) != JIT_OK ||
        jit->pointer(module, name, signature, function) != JIT_OK)
        answer("error", "%s: %.300s", name, jit->error());
    return module;
}

static float *x, *y, *z;
static int32_t *counts; /* in the place of x */
static JitArray vectors[3], square[3], picture;
static void *compiled;

static void make_data(size_t n, size_t elements) {
    void *memory = map_memory(3 * sizeof *x * elements);
    counts = memory;
    x = memory;
    y = x + elements;
    z = y + elements;
    hc_fill(HC_F32, x, elements, 1, 0);
    hc_fill(HC_F32, y, elements, 1, 1);
    float *const all[] = {x, y, z};
    int64_t size = (int64_t)n, cell = sizeof(float); /* of an int32_t, too */
    for (int i = 0; i < 3; i++) {
        vectors[i] = (JitArray){all[i], {size}, {cell}};
        square[i] = (JitArray){all[i], {size, size}, {size * cell, cell}};
    }
    picture = (JitArray){counts, {size, size}, {size * cell, cell}};
}

/* ---- Jobs: run, and is what it left right? ---- */

static float sum;

static void run_saxpy(size_t n) {
    void (*f)(float, JitArray *, JitArray *, JitArray *);
    (void)n;
    memcpy(&f, &compiled, sizeof f);
    f(2, &vectors[0], &vectors[1], &vectors[2]);
}

static bool check_saxpy(size_t n) {
    size_t wrong = 0;
    for (size_t i = 0; i < n; i++) wrong += !(fabsf(z[i] - (2 * x[i] + y[i])) <= 1e-6f);
    return wrong == 0;
}

static void run_total(size_t n) {
    float (*f)(JitArray *);
    (void)n;
    memcpy(&f, &compiled, sizeof f);
    sum = f(&vectors[0]);
}

static bool check_total(size_t n) {
    double want = 0;
    for (size_t i = 0; i < n; i++) want += (double)x[i];
    return fabs((double)sum - want) <= 1e-6 * (double)n;
}

static void run_map(size_t n) {
    void (*f)(JitArray *, JitArray *);
    (void)n;
    memcpy(&f, &compiled, sizeof f);
    f(&vectors[0], &vectors[2]);
}

/* Vector functions may be off by 4 ulp. */
static bool check_map(size_t n, double (*function)(double)) {
    size_t wrong = 0;
    for (size_t i = 0; i < n; i++) {
        double want = function((double)x[i]);
        wrong += !(fabs((double)z[i] - want) <= 5e-7 * fabs(want));
    }
    return wrong == 0;
}
static bool check_sines(size_t n) { return check_map(n, sin); }
static bool check_exponentials(size_t n) { return check_map(n, exp); }

static void run_mandelbrot(size_t n) {
    void (*f)(JitArray *, int64_t);
    (void)n;
    memcpy(&f, &compiled, sizeof f);
    f(&picture, STEPS);
}

/* A point at the edge may leave a step earlier or later, since fastmath may fuse a product and a
 * sum: at most one in two hundred may differ. */
static bool check_mandelbrot(size_t n) {
    size_t differ = 0;
    for (size_t p = 0; p < n * n; p++) {
        size_t i = p / n, j = p % n;
        double cx = 3.0 * (double)j / (double)n - 2.25;
        double cy = 2.5 * (double)i / (double)n - 1.25, u = 0, v = 0;
        int k = 0;
        for (; k < STEPS && u * u + v * v <= 4; k++) {
            double t = u * u - v * v + cx;
            v = 2 * u * v + cy;
            u = t;
        }
        differ += counts[p] != k;
    }
    return differ <= n * n / 200;
}

static void run_matmul(size_t n) {
    void (*f)(JitArray *, JitArray *, JitArray *);
    (void)n;
    memcpy(&f, &compiled, sizeof f);
    f(&square[0], &square[1], &square[2]);
}

static bool check_matmul(size_t n) {
    size_t wrong = 0;
    double *row = get(n, sizeof *row);
    for (size_t i = 0; i < n; i++) {
        memset(row, 0, n * sizeof *row);
        for (size_t k = 0; k < n; k++)
            for (size_t j = 0; j < n; j++) row[j] += (double)x[i * n + k] * (double)y[k * n + j];
        for (size_t j = 0; j < n; j++)
            wrong += !(fabs((double)z[i * n + j] - row[j]) <= 1e-6 * (double)n);
    }
    free(row);
    return wrong == 0;
}

#define VECTOR "float32[::1]"
#define MATRIX "float32[:, ::1]"
#define MAP "void(" VECTOR ", " VECTOR ")"
#define SAXPY "void(float32, " VECTOR ", " VECTOR ", " VECTOR ")"

static void run_compile(size_t n) {
    void *function;
    (void)n;
    jit->unload(compile("saxpy", SAXPY, &function));
}

static bool check_nothing(size_t n) { return n > 0; }

static const struct {
    const char *name, *signature;
    int rank;
    void (*run)(size_t n);
    bool (*check)(size_t n);
} jobs[] = {
    {"saxpy", SAXPY, 1, run_saxpy, check_saxpy},
    {"total", "float32(" VECTOR ")", 1, run_total, check_total},
    {"sines", MAP, 1, run_map, check_sines},
    {"exponentials", MAP, 1, run_map, check_exponentials},
    {"mandelbrot", "void(int32[:, ::1], int64)", 2, run_mandelbrot, check_mandelbrot},
    {"matmul", "void(" MATRIX ", " MATRIX ", " MATRIX ")", 2, run_matmul, check_matmul},
    {"compile", NULL, 1, run_compile, check_nothing},
};
enum { JOBS = sizeof jobs / sizeof jobs[0] };

/* Set up a job for a size, run it once, and verify. */
static void prepare(size_t job, size_t n) {
    static JitModule *module;
    make_data(n, jobs[job].rank == 2 ? n * n : n);
    jit->unload(module);
    module = jobs[job].signature ? compile(jobs[job].name, jobs[job].signature, &compiled) : NULL;
    jobs[job].run(n);
    if (!jobs[job].check(n)) answer("wrong", "%s %zu", jobs[job].name, n);
}

int main(int argc, char **argv) {
    char line[128], name[64];
    size_t n, ready = JOBS, ready_n = 0;
    if (argc < 2) {
        fputs("usage: hc_bench_jit FILE.py [--once | MEMORY]     (reads jobs from stdin)\n",
              stderr);
        return 2;
    }
    path = argv[1];
    if (jit_open(&jit) != JIT_OK) {
        fprintf(stderr, "hc_bench_jit: %s\n", jit_open_error());
        return HC_SKIP;
    }
    if (argc > 2 && strcmp(argv[2], "--once") == 0) {
        prepare(0, 1000);
        return 0;
    }
    if (argc > 2 && (file = open(argv[2], O_RDWR | O_CLOEXEC)) < 0)
        answer("error", "%s cannot be opened", argv[2]);
    while (fgets(line, sizeof line, stdin)) {
        size_t job = 0;
        if (sscanf(line, "%63s %zu", name, &n) != 2 || n == 0 || n > (size_t)1 << 30)
            answer("error", "bad line: %.60s", line);
        while (job < JOBS && strcmp(jobs[job].name, name) != 0) job++;
        if (job == JOBS) answer("error", "no such job: %s", name);
        if (job != ready || n != ready_n) prepare(job, n);
        ready = job, ready_n = n;
        double start_ms = hc_now_ms();
        jobs[job].run(n);
        printf("ok %.9g\n", hc_now_ms() - start_ms);
        fflush(stdout);
    }
    return 0;
}
