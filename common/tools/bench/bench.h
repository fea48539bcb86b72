// SPDX-License-Identifier: MIT
/* bench.h - the one bench runner of the cookbook, and what an area has to give it.
 *
 * An area (area_opencl.c is the first) is a table of cases. A case verifies its answer, then
 * measures its subject A and, if it has one, a reference B in turn, round by round: A B, B A,
 * A B. A machine that is busy for a while then slows both, so that their ratio stays honest. The
 * runner turns rounds into medians and quartiles, judges the ratio against its target, and prints,
 * compares and plots.
 */
#ifndef HC_BENCH_H
#define HC_BENCH_H
#include <sys/types.h>

#include "hc.h"

struct cJSON;
struct Bench;

enum {
    BENCH_ROUNDS = 31,    /* default of --rounds */
    BENCH_MIN_ROUNDS = 15 /* a ratio of fewer rounds is printed, but not judged */
};

/* What --help lists; bench.c reads them. */
typedef struct BenchOptions {
    size_t size; /* elements; 0: the area's own default */
    size_t rounds;
    const char *device;  /* SPEC, or NULL: HC_DEVICE, else the default */
    const char *only;    /* --case: names split by ',', or NULL: all */
    const char *compare; /* an earlier result, or NULL */
    const char *python;  /* makes the virtual environment of a Python peer */
    char programs[4096]; /* the folder of this program and of the recipes */
    char work[4096];     /* where data files, plots and the peer's environment go */
    bool json;
} BenchOptions;

typedef enum { BENCH_NO_TARGET, BENCH_AT_LEAST, BENCH_AT_MOST } BenchSense;
typedef enum { BENCH_NOT_JUDGED, BENCH_MET, BENCH_WITHIN_NOISE, BENCH_MISSED } BenchVerdict;
typedef enum { BENCH_BETTER, BENCH_WORSE, BENCH_SAME } BenchChange;

typedef struct BenchCase BenchCase;

/* One case's rounds, filled in by its run function: value[i] and reference[i] belong together. */
typedef struct BenchSamples {
    double *value, *reference; /* room for rounds numbers each, in the case's unit */
    size_t rounds;             /* as asked for; a case may lower it */
    size_t n;                  /* elements: --size or the area's default; a case may change it */
    uint64_t bytes;            /* moved by one run of the subject; 0: does not apply */
} BenchSamples;

/* One case of an area, and how to read its numbers. */
struct BenchCase {
    const char *name; /* "opencl.sum_to_copy": area and case */
    const char *what; /* one line: what is measured */
    const char *unit; /* "GB/s", "ms", "us" */
    bool more_is_better;
    const char *reference; /* what B is; NULL: no B, no ratio */
    BenchSense sense;      /* of the target for A/B; without a B, for A itself, in its unit */
    double target;
    /* Verify, then measure. HC_SKIP with a sentence as the error skips this case by name; any other
     * error ends the run. self lets several cases share a function. */
    int (*run)(struct Bench *bench, const BenchCase *self, BenchSamples *samples);
};

typedef struct BenchArea {
    const char *name, *title;
    const BenchCase *cases;
    size_t count;
    size_t size;       /* default of --size */
    void (*end)(void); /* release what the cases share; NULL: nothing */
} BenchArea;

/* What came of one case. */
typedef struct BenchResult {
    const BenchCase *of;
    bool skipped;
    char reason[512];                /* why it was skipped */
    HcStats value, reference, ratio; /* n = 0: not measured */
    BenchVerdict verdict;
    BenchSamples samples;
} BenchResult;

/* One run of the bench: options in, results out. */
typedef struct Bench {
    BenchOptions options;
    struct cJSON *machine, *versions; /* what was measured on; cases add to versions */
    char device[640];                 /* for people; "" until a case has chosen one */
    BenchResult *results;
    size_t count, room;
    struct cJSON *compared; /* what bench_compare found; NULL: nothing to compare with */
    struct cJSON *files;    /* data files and pictures, an object per area */
} Bench;

/* ---- result.c: from rounds to a judged result, as JSON and as text ---- */

/* bench_judge - is the target reached?
 *   returns  MET: the median reaches it; WITHIN_NOISE: it does not, but the range between the
 *            quartiles spans it; MISSED: neither; NOT_JUDGED: no target, or fewer rounds than
 *            BENCH_MIN_ROUNDS */
BenchVerdict bench_judge(BenchSense sense, double target, const HcStats *ratio);
const char *bench_verdict_name(BenchVerdict verdict); /* "met", "within noise", "missed" or "" */

/* bench_add - take the samples of a case into the results, with statistics and verdict; the results
 * own the samples from then on.
 *   errors  HC_ERROR if memory ran out, or if a sample is not a positive finite number */
int bench_add(Bench *bench, const BenchCase *of, BenchSamples *samples);

/* bench_skip - note that a case was skipped, with the last error as the reason. */
int bench_skip(Bench *bench, const BenchCase *of);

/* bench_begin - collect what machine and software this is; bench_free releases a run. */
int bench_begin(Bench *bench);
void bench_free(Bench *bench);

/* bench_version - note the version of something that takes part: ("PyOpenCL", "2025.1"). */
void bench_version(Bench *bench, const char *what, const char *version);

/* bench_report_json - the run as the object of bench.schema.json, to be freed by cJSON_Delete.
 *   status  the exit code so far; error: NULL if it is HC_OK */
struct cJSON *bench_report_json(const Bench *bench, int status, const HcError *error);

/* bench_report_text - the run for people. */
void bench_report_text(const Bench *bench, FILE *out);

/* ---- compare.c: two results, case by case ---- */

/* bench_change - did a figure change by more than its noise? If the ranges between the quartiles
 * overlap, it did not. */
BenchChange bench_change(const HcStats *before, const HcStats *now, bool more_is_better);

/* bench_read_result - read and check an earlier --json result; *root to be freed by cJSON_Delete.
 *   errors  HC_USAGE: unreadable, not JSON, or not such a result, in words */
int bench_read_result(const char *path, struct cJSON **root);

/* bench_compare - put the cases of two results beside each other, into *out.
 *   errors  HC_USAGE: they have no case in common */
int bench_compare(const char *path, const struct cJSON *before, const struct cJSON *now,
                  struct cJSON **out);
void bench_print_comparison(const struct cJSON *compared, FILE *out);

/* ---- measure.c: rounds ---- */

/* bench_interleave - run variants 0 .. count-1 in turn, rounds times, every second round backwards.
 *   sample   measures one variant once and gives its figure
 *   out      out[v][r]: the figure of variant v in round r; the caller's memory */
typedef int BenchSample(void *context, size_t variant, double *value);
int bench_interleave(size_t rounds, size_t count, BenchSample *sample, void *context,
                     double *const *out);

/* ---- process.c: other programs ---- */
typedef struct BenchProcess {
    const char *const *argv; /* argv[0] is the path; ended by NULL */
    const char *const *env;  /* added to ours: "NAME=value"; "NAME" takes it away; may be NULL */
    const char *output;      /* file for its stdout; NULL: dropped */
    const char *messages;    /* file for its stderr; NULL: ours */
} BenchProcess;

/* bench_run_process - run a program to its end.
 *   *exit_code  as a shell has it: 128 + number for a signal
 *   *ms         wall time from before it is started until it has ended; may be NULL
 *   errors      HC_ERROR: it could not be started. A failing program is no error here. */
int bench_run_process(const BenchProcess *process, int *exit_code, double *ms);

/* bench_environment - our environment with changes as BenchProcess.env has them; the array is to be
 * freed, its strings are borrowed. */
int bench_environment(const char *const *changes, char ***out);

/* bench_read_file - a whole file as text, to be freed. NULL if there is none. */
char *bench_read_file(const char *path);

/* bench_last_line - the last line of text that says something, without its end. */
const char *bench_last_line(char *text);

/* bench_make_folder - make path and the folders above it.
 *   errors  HC_ERROR with the reason */
int bench_make_folder(const char *path);

/* ---- worker.c: a program that stays, and measures when it is asked ---- */
typedef struct BenchWorker {
    pid_t process; /* 0: none */
    FILE *in, *out;
} BenchWorker;

/* bench_worker_start - start a program; argv and env as in BenchProcess.
 *   errors  HC_SKIP: there is no such program; HC_ERROR */
int bench_worker_start(BenchWorker *worker, const char *const *argv, const char *const *env);
/* bench_worker_ask - one job of size n; *ms is the program's answer.
 *   errors  HC_WRONG: its answer did not verify; HC_ERROR: with what it said */
int bench_worker_ask(const BenchWorker *worker, const char *job, size_t n, double *ms);
/* bench_worker_end - let it end, and wait for it; its exit code. A zeroed worker is allowed. */
int bench_worker_end(BenchWorker *worker);

/* ---- venv.c: what a Python peer lives in ---- */

/* bench_python - the interpreter of an environment work/NAME with what requirements (a file in
 * HC_BENCH_SOURCE) lists; made the first time, which needs a network.
 *   python  receives its path
 *   errors  HC_SKIP with the reason if it cannot be made; HC_ERROR */
int bench_python(const BenchOptions *options, const char *name, const char *requirements,
                 char *python, size_t size);
/* bench_skip_because - HC_SKIP with the last line of a log as the reason. */
int bench_skip_because(const char *what, const char *log);

/* ---- plot.c: the picture, from data files that the reader can open ---- */

/* bench_plot - write work/AREA.tsv (a line per ratio) and work/AREA.rounds.tsv (a line per round),
 * and from them work/AREA.svg by gnuplot; the paths go to bench->files.
 *   errors  HC_SKIP: no gnuplot, or no ratio to show; HC_ERROR: a file could not be written */
int bench_plot(Bench *bench, const char *area);

/* ---- The areas ---- */
extern const BenchArea bench_area_opencl;
extern const BenchArea bench_area_cusim;

/* bench_whole_process - a case: a recipe's whole process against the same program in PyOpenCL,
 * whose virtual environment it makes if need be (peer_pyopencl.c). */
int bench_whole_process(Bench *bench, const BenchCase *self, BenchSamples *samples);

#endif
