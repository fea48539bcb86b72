// SPDX-License-Identifier: MIT
/* The area jit: recipe 11's compiler against Numba with the same functions (jit_functions.py): how
 * long compiling takes, how long a user waits for the first result, and how fast the code is. Both
 * sides run on one thread, in processes of their own (jit_worker.c, peer_jit.py) which are asked in
 * turn. Their arrays lie in the same pages of memory, in a file without a name that both map. What
 * remains of luck, where a process has its page tables, for instance, is as large as 15 % for one
 * and the same code: so what memory limits is run by new processes every few rounds. Numba lives in
 * a virtual environment; whether it has SVML is in the result's versions.
 */
#define _GNU_SOURCE /* memfd_create */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"

enum { PATH_BYTES = 4500, PICTURE = 1024, MATRIX = 512, LIFE = 4 /* rounds */ };

#define TRY(call)                                                                                  \
    do {                                                                                           \
        int status_ = (call);                                                                      \
        if (status_ != HC_OK) return status_;                                                      \
    } while (0)

static BenchWorker ours, theirs;
static char program[PATH_BYTES], python[PATH_BYTES];
static int memory = -1;
static const char *const functions = HC_BENCH_SOURCE "/jit_functions.py";
static const char *const peer = HC_BENCH_SOURCE "/peer_jit.py";
/* Python's compiled files stay out of the source folder. */
static const char *const peer_env[] = {"PYTHONDONTWRITEBYTECODE=1", "NUMBA_ENABLE_CUDASIM", NULL};

static void end(void) {
    bench_worker_end(&ours);
    bench_worker_end(&theirs);
    if (memory >= 0) close(memory);
    memory = -1;
}

static int find_both(Bench *bench) {
    snprintf(program, sizeof program, "%s/hc_bench_jit", bench->options.programs);
    if (access(program, X_OK) != 0)
        return hc_set_error(HC_SKIP, 0, NULL, "./cook setup jit installs LLVM, which it needs",
                            "there is no %s", program);
    if (!*bench->device) snprintf(bench->device, sizeof bench->device, "cpu");
    return bench_python(&bench->options, "venv_numba", "peer_numba_requirements.txt", python,
                        sizeof python);
}

static int open_both(Bench *bench) {
    char about[PATH_BYTES], shared[64];
    const char *const our_argv[] = {program, functions, shared, NULL};
    const char *const their_argv[] = {python, peer, about, shared, NULL};
    double ms;
    TRY(find_both(bench));
    if (ours.process && theirs.process) return HC_OK;
    snprintf(about, sizeof about, "%s/numba.txt", bench->options.work);
    if ((memory = memfd_create("jit arrays", MFD_CLOEXEC)) < 0)
        return hc_set_error(HC_ERROR, errno, NULL, NULL, "memfd_create: %s", strerror(errno));
    snprintf(shared, sizeof shared, "/proc/%ld/fd/%d", (long)getpid(), memory);
    TRY(bench_worker_start(&ours, our_argv, NULL));
    TRY(bench_worker_start(&theirs, their_argv, peer_env));
    TRY(bench_worker_ask(&theirs, "saxpy", 1, &ms));
    char *text = bench_read_file(about);
    bench_version(bench, "Numba", text ? bench_last_line(text) : "unknown");
    free(text);
    return HC_OK;
}

typedef struct Race {
    Bench *bench;
    const char *job;
    size_t n;
    double amount;    /* of the figure: amount / ms; 0: the figure is the time */
    bool short_lived; /* new processes after LIFE rounds */
    size_t asked;
} Race;

static int start_race(Race *race) {
    double unused;
    TRY(open_both(race->bench));
    for (size_t i = 0; i < 4; i++) /* the first one verifies */
        TRY(bench_worker_ask(i % 2 ? &theirs : &ours, race->job, race->n, &unused));
    race->asked = 0;
    return HC_OK;
}

static int sample(void *context, size_t side, double *figure) {
    Race *race = context;
    double ms;
    if (race->short_lived && race->asked == 2 * (size_t)LIFE) {
        end();
        TRY(start_race(race));
    }
    race->asked++;
    TRY(bench_worker_ask(side ? &theirs : &ours, race->job, race->n, &ms));
    *figure = race->amount > 0 ? race->amount / ms : ms;
    return HC_OK;
}

static int run_race(BenchSamples *s, Race race) {
    TRY(start_race(&race));
    s->n = race.n;
    return bench_interleave(s->rounds, 2, sample, &race, (double *[]){s->value, s->reference});
}

static int compile(Bench *bench, const BenchCase *self, BenchSamples *s) {
    (void)self;
    return run_race(s, (Race){.bench = bench, .job = "compile", .n = 1});
}

static int saxpy(Bench *bench, const BenchCase *self, BenchSamples *s) {
    (void)self;
    s->bytes = 3 * sizeof(float) * s->n;
    const Race race = {.bench = bench,
                       .job = "saxpy",
                       .n = s->n,
                       .short_lived = true,
                       .amount = (double)s->bytes * 1e-6};
    return run_race(s, race);
}

static int total(Bench *bench, const BenchCase *self, BenchSamples *s) {
    (void)self;
    s->bytes = sizeof(float) * s->n;
    const Race race = {.bench = bench,
                       .job = "total",
                       .n = s->n,
                       .short_lived = true,
                       .amount = (double)s->bytes * 1e-6};
    return run_race(s, race);
}

static int map(Bench *bench, const BenchCase *self, BenchSamples *s) {
    bool sine = strcmp(self->name, "jit.sin") == 0;
    return run_race(s, (Race){.bench = bench,
                              .job = sine ? "sines" : "exponentials",
                              .n = s->n,
                              .amount = (double)s->n * 1e-6});
}

static int mandelbrot(Bench *bench, const BenchCase *self, BenchSamples *s) {
    size_t side = bench->options.small ? 64 : PICTURE;
    (void)self;
    const double pixels = (double)(side * side);
    return run_race(
        s, (Race){.bench = bench, .job = "mandelbrot", .n = side, .amount = pixels * 1e-3});
}

static int matmul(Bench *bench, const BenchCase *self, BenchSamples *s) {
    size_t side = bench->options.small ? 48 : MATRIX;
    (void)self;
    const double flops = 2 * (double)(side * side) * (double)side;
    return run_race(s, (Race){.bench = bench, .job = "matmul", .n = side, .amount = flops * 1e-6});
}

/* A whole process, from the shell to the first verified result. */
static int sample_process(void *context, size_t side, double *ms) {
    const char *const our_argv[] = {program, functions, "--once", NULL};
    const char *const their_argv[] = {python, peer, "--once", NULL};
    const BenchProcess process = {.argv = side ? their_argv : our_argv,
                                  .env = side ? peer_env : NULL};
    int code;
    (void)context;
    TRY(bench_run_process(&process, &code, ms));
    if (code == 0) return HC_OK;
    bool wrong = code == (side ? 9 : HC_WRONG); /* Python itself ends with 1 after an exception */
    return hc_set_error(wrong ? HC_WRONG : HC_ERROR, 0, NULL, "its messages are above",
                        "%s ended with exit code %d", process.argv[0], code);
}

static int first_result(Bench *bench, const BenchCase *self, BenchSamples *s) {
    double unused;
    (void)self;
    s->n = 1000;
    TRY(find_both(bench));
    for (size_t i = 0; i < 4; i++) TRY(sample_process(NULL, i % 2, &unused));
    return bench_interleave(s->rounds, 2, sample_process, NULL,
                            (double *[]){s->value, s->reference});
}

static const BenchCase cases[] = {
    {"jit.first_result", "a process from its start to the first result of saxpy", "ms", false,
     "ms Python and Numba", BENCH_AT_MOST, 1.0 / 15, first_result},
    {"jit.compile", "saxpy from source to a function that can be called", "ms", false,
     "ms Numba's njit", BENCH_AT_MOST, 1.0 / 8, compile},
    {"jit.saxpy", "z = a x + y, floats, on one thread", "GB/s", true, "GB/s Numba", BENCH_AT_LEAST,
     1, saxpy},
    {"jit.sum", "the sum of floats, fastmath, on one thread", "GB/s", true, "GB/s Numba",
     BENCH_AT_LEAST, 1, total},
    {"jit.sin", "the sine of floats, fastmath, on one thread", "Gelement/s", true,
     "Gelement/s Numba", BENCH_AT_LEAST, 3, map},
    {"jit.exp", "the exponential of floats, fastmath, on one thread", "Gelement/s", true,
     "Gelement/s Numba", BENCH_AT_LEAST, 3, map},
    {"jit.mandelbrot", "mandelbrot, at most 256 steps, doubles, on one thread", "Mpixel/s", true,
     "Mpixel/s Numba", BENCH_AT_LEAST, 1, mandelbrot},
    {"jit.matmul", "matrix product by three loops i, j, k, floats, on one thread", "GFLOP/s", true,
     "GFLOP/s Numba", BENCH_AT_LEAST, 1, matmul},
};

const BenchArea bench_area_jit = {.name = "jit",
                                  .title = "recipe 11's compiler against Numba",
                                  .cases = cases,
                                  .count = sizeof cases / sizeof cases[0],
                                  .size = (size_t)1 << 24,
                                  .small = 1 << 12,
                                  .end = end};
