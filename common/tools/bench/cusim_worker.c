// SPDX-License-Identifier: MIT
/* The process that the area cusim times: a plain CUDA program that runs kernels when told to. Each
 * line on its stdin names a job and a size, each line on its stdout answers with milliseconds:
 *
 *   vector_add 16777216     ->  ok 61.2
 *
 * It is a process of its own because cusim reads its settings (threads, instruction set) once; the
 * bench keeps one for each setting and asks them in turn. It knows nothing of cusim: it calls the
 * driver API of whichever libcuda.so.1 it was linked with. Every job verifies its answer the first
 * time a size is asked for, and answers "wrong ..." if it does not hold.
 */
#define _XOPEN_SOURCE 700
#include <cuda.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LOAD_BYTES = 60 * 1000, LAUNCHES = 64, STEPS = 256, TILE = 16, VECTOR_BLOCK = 256 };

static const char *folder; /* of PTX files */
static CUcontext context;

_Noreturn static void answer(const char *word, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void answer(const char *word, const char *format, ...) {
    va_list list;
    va_start(list, format);
    printf("%s ", word);
    vprintf(format, list);
    putchar('\n');
    va_end(list);
    exit(strcmp(word, "wrong") == 0 ? 1 : 3);
}

#define TRY(call) check(call, #call)
static void check(CUresult code, const char *call) {
    const char *name = "unknown";
    if (code == CUDA_SUCCESS) return;
    cuGetErrorName(code, &name);
    answer("error", "%s: %s (%d)", call, name, (int)code);
}

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static void *get(size_t n, size_t bytes) {
    void *memory = n <= SIZE_MAX / bytes ? malloc(n * bytes) : NULL;
    if (!memory) answer("error", "no memory for %zu elements", n);
    return memory;
}

static char *read_ptx(const char *name) {
    char path[4400];
    snprintf(path, sizeof path, "%s/%s.ptx", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file) answer("error", "cannot read %s", path);
    size_t room = 1 << 20;
    char *text = get(room, 1);
    size_t got = fread(text, 1, room - 1, file);
    text[got] = '\0';
    fclose(file);
    return text;
}

static CUfunction load(const char *name) {
    char *text = read_ptx(name);
    CUmodule module;
    CUfunction function;
    TRY(cuModuleLoadData(&module, text));
    TRY(cuModuleGetFunction(&function, module, name));
    free(text);
    return function;
}

/* Numbers in [0, 1) that no kernel can guess; the same in each process. */
static void fill(float *x, size_t n, uint32_t seed) {
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        x[i] = (float)(seed >> 8) * 0x1p-24f;
    }
}

static CUdeviceptr upload(const void *data, size_t bytes) {
    CUdeviceptr d;
    TRY(cuMemAlloc(&d, bytes));
    TRY(cuMemcpyHtoD(d, data, bytes));
    return d;
}

/* ---- Jobs: set up once for a size, then timed ---- */

typedef struct Job {
    const char *name;
    void (*prepare)(size_t n); /* sets everything up, runs once, verifies */
    double (*run)(size_t n);   /* milliseconds of one run, to the end of the kernel */
    size_t ready;              /* the size it was prepared for; 0: none */
} Job;

static CUfunction function;
static CUdeviceptr d_x, d_y, d_z;

static double timed(unsigned gx, unsigned gy, unsigned bx, unsigned by, void **arguments) {
    double start = now_ms();
    TRY(cuLaunchKernel(function, gx, gy, 1, bx, by, 1, 0, NULL, arguments, NULL));
    TRY(cuCtxSynchronize());
    return now_ms() - start;
}

static double run_vector_add(size_t n) {
    int count = (int)n;
    unsigned blocks = (unsigned)((n + VECTOR_BLOCK - 1) / VECTOR_BLOCK);
    return timed(blocks, 1, VECTOR_BLOCK, 1, (void *[]){&d_z, &d_x, &d_y, &count});
}

static void prepare_vector_add(size_t n) {
    float *x = get(n, sizeof *x), *y = get(n, sizeof *y);
    fill(x, n, 1);
    fill(y, n, 2);
    function = load("vector_add");
    d_x = upload(x, n * sizeof *x);
    d_y = upload(y, n * sizeof *y);
    TRY(cuMemAlloc(&d_z, n * sizeof *x));
    TRY(cuMemsetD32(d_z, 0xffffffff, n));
    run_vector_add(n);
    float *z = get(n, sizeof *z);
    TRY(cuMemcpyDtoH(z, d_z, n * sizeof *z));
    for (size_t i = 0; i < n; i++)
        if (!(z[i] == x[i] + y[i])) answer("wrong", "vector_add: element %zu", i);
    free(x);
    free(y);
    free(z);
}

static double run_matmul(size_t n) {
    int size = (int)n;
    unsigned blocks = (unsigned)((n + TILE - 1) / TILE);
    return timed(blocks, blocks, TILE, TILE, (void *[]){&d_z, &d_x, &d_y, &size, &size, &size});
}

static void prepare_matmul(size_t n) {
    float *a = get(n * n, sizeof *a), *b = get(n * n, sizeof *b), *c = get(n * n, sizeof *c);
    double *row = get(n, sizeof *row);
    fill(a, n * n, 1);
    fill(b, n * n, 2);
    function = load("matmul_tiled");
    d_x = upload(a, n * n * sizeof *a);
    d_y = upload(b, n * n * sizeof *b);
    TRY(cuMemAlloc(&d_z, n * n * sizeof *c));
    TRY(cuMemsetD32(d_z, 0xffffffff, n * n));
    run_matmul(n);
    TRY(cuMemcpyDtoH(c, d_z, n * n * sizeof *c));
    /* Terms are in [0, 1): n of them, each sum rounded to float n times: n * 2^-24 relative. */
    for (size_t i = 0; i < n; i++) {
        memset(row, 0, n * sizeof *row);
        for (size_t k = 0; k < n; k++)
            /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): fill() set b */
            for (size_t j = 0; j < n; j++) row[j] += (double)a[i * n + k] * (double)b[k * n + j];
        for (size_t j = 0; j < n; j++)
            if (!(fabs((double)c[i * n + j] - row[j]) <= (double)n * 0x1p-24 * row[j]))
                answer("wrong", "matmul_tiled: row %zu, column %zu", i, j);
    }
    free(a);
    free(b);
    free(c);
    free(row);
}

static double run_mandelbrot(size_t n) {
    int size = (int)n, limit = STEPS;
    unsigned x = (unsigned)((n + 31) / 32), y = (unsigned)((n + 7) / 8);
    return timed(x, y, 32, 8, (void *[]){&d_z, &size, &size, &limit});
}

/* A point on the edge of the set may leave a step earlier or later where the compiler fused a
 * product and a sum: at most one pixel in two hundred may differ. */
static void prepare_mandelbrot(size_t n) {
    int *steps = get(n * n, sizeof *steps);
    size_t differ = 0;
    function = load("mandelbrot");
    TRY(cuMemAlloc(&d_z, n * n * sizeof *steps));
    TRY(cuMemsetD32(d_z, 0xffffffff, n * n));
    run_mandelbrot(n);
    TRY(cuMemcpyDtoH(steps, d_z, n * n * sizeof *steps));
    for (size_t p = 0; p < n * n; p++) {
        size_t px = p % n, py = p / n;
        float cx = 3.0f * (float)px / (float)n - 2.25f;
        float cy = 2.5f * (float)py / (float)n - 1.25f, x = 0, y = 0;
        int k = 0;
        for (; k < STEPS && x * x + y * y <= 4.0f; k++) {
            float next = x * x - y * y + cx;
            y = 2.0f * x * y + cy;
            x = next;
        }
        differ += steps[p] != k;
    }
    if (differ > n * n / 200) answer("wrong", "mandelbrot: %zu of %zu pixels", differ, n * n);
    free(steps);
}

static const char empty_ptx[] = ".version 6.0\n.target sm_70\n.address_size 64\n"
                                ".visible .entry empty()\n{\n    ret;\n}\n";

static double run_launch(size_t n) {
    (void)n;
    double start = now_ms();
    for (int i = 0; i < LAUNCHES; i++) {
        TRY(cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, NULL, NULL, NULL));
        TRY(cuCtxSynchronize());
    }
    return (now_ms() - start) / LAUNCHES;
}

static void prepare_launch(size_t n) {
    CUmodule module;
    TRY(cuModuleLoadData(&module, empty_ptx));
    TRY(cuModuleGetFunction(&function, module, "empty"));
    run_launch(n);
}

/* A module of about 60 kB: the tiled product again and again, under names of its own. */
static char *big_module;
static double run_load(size_t n) {
    CUmodule module;
    (void)n;
    double start = now_ms();
    TRY(cuModuleLoadData(&module, big_module));
    double ms = now_ms() - start;
    TRY(cuModuleUnload(module));
    return ms;
}

static void prepare_load(size_t n) {
    char *text = read_ptx("matmul_tiled"), *from = strstr(text, ".visible .entry");
    if (!from) answer("error", "matmul_tiled.ptx has no entry");
    big_module = get(LOAD_BYTES, 3);
    size_t used = (size_t)(from - text);
    memcpy(big_module, text, used);
    for (int copy = 0; used < LOAD_BYTES; copy++)
        for (const char *p = from; *p;) {
            if (strncmp(p, "matmul_tiled", 12) == 0) {
                used += (size_t)snprintf(big_module + used, 32, "product_%d", copy);
                p += 12;
            } else if (strncmp(p, "$L__BB0", 7) == 0) {
                used += (size_t)snprintf(big_module + used, 32, "$L__BB%d", copy);
                p += 7;
            } else {
                big_module[used++] = *p++;
            }
        }
    big_module[used] = '\0';
    free(text);
    run_load(n);
}

static Job jobs[] = {{"vector_add", prepare_vector_add, run_vector_add, 0},
                     {"matmul", prepare_matmul, run_matmul, 0},
                     {"mandelbrot", prepare_mandelbrot, run_mandelbrot, 0},
                     {"launch", prepare_launch, run_launch, 0},
                     {"load", prepare_load, run_load, 0}};

int main(int argc, char **argv) {
    char line[128], name[64];
    size_t n;
    CUdevice device;
    if (argc != 2) {
        fprintf(stderr, "usage: hc_bench_cusim FOLDER     (of PTX files; reads jobs from stdin)\n");
        return 2;
    }
    folder = argv[1];
    TRY(cuInit(0));
    TRY(cuDeviceGet(&device, 0));
    TRY(cuDevicePrimaryCtxRetain(&context, device));
    TRY(cuCtxSetCurrent(context));
    for (Job *last = NULL; fgets(line, sizeof line, stdin);) {
        Job *job = NULL;
        if (sscanf(line, "%63s %zu", name, &n) != 2 || n == 0 || n > (size_t)1 << 30)
            answer("error", "bad line: %.60s", line);
        for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++)
            if (strcmp(jobs[i].name, name) == 0) job = &jobs[i];
        if (!job) answer("error", "no such job: %s", name);
        if (job != last || job->ready != n) { /* one job is set up at a time */
            if (d_x) TRY(cuMemFree(d_x));
            if (d_y) TRY(cuMemFree(d_y));
            if (d_z) TRY(cuMemFree(d_z));
            d_x = d_y = d_z = 0;
            job->prepare(n);
            job->ready = n;
            last = job;
        }
        printf("ok %.9g\n", job->run(n));
        fflush(stdout);
    }
    return cuDevicePrimaryCtxRelease(device) == CUDA_SUCCESS ? 0 : 3;
}
