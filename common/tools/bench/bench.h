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

/* What --help lists; options.c reads them. */
typedef struct BenchOptions {
    size_t size; /* elements; 0: the area's own default */
    size_t rounds;
    bool small; /* --size small: every area's least useful sizes, for a quick look and for tests */
    const char *device;   /* SPEC, or NULL: HC_DEVICE, else the default */
    const char *only;     /* --case: names split by ',', or NULL: all */
    const char *compare;  /* an earlier result, or NULL */
    const char *measured; /* with --compare: this result instead of a new run, or NULL */
    bool fail_on_regression;
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
    const char *limit; /* the case that measures what the machine can do at most, in the same unit:
                          "limits.triad"; NULL: none */
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

/* A series of measurements for a picture: it writes its data file and draws by bench_draw. What
 * run returns is read as a case's. */
typedef struct BenchSeries BenchSeries;
struct BenchSeries {
    const char *name; /* "evaluation.vector_sum" */
    const char *what;
    int (*run)(struct Bench *bench, const BenchSeries *self, size_t size);
};

typedef struct BenchArea {
    const char *name, *title;
    const BenchCase *cases;
    size_t count;
    size_t size, small; /* defaults of --size, and what --size small means */
    void (*end)(void);  /* release what the cases share; NULL: nothing */
    const BenchSeries *series;
    size_t series_count;
    bool needs_limits; /* run the area limits first, in the same run */
} BenchArea;

/* What came of one case. */
typedef struct BenchResult {
    const BenchCase *of;
    bool skipped;
    char reason[512];                /* why it was skipped */
    HcStats value, reference, ratio; /* n = 0: not measured */
    struct {
        size_t value, reference, ratio;
    } outliers; /* rounds beyond Tukey's fences; they stay in the statistics */
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
    struct cJSON *files;    /* data files and pictures, an object per picture */
    char result[4400];      /* where this run's JSON was written; "" until then */
} Bench;

/* ---- result.c: from rounds to a judged result, as JSON and as text ---- */

/* bench_judge - is the target reached?
 *   returns  MET: the median reaches it; WITHIN_NOISE: it does not, but the range between the
 *            quartiles spans it; MISSED: neither; NOT_JUDGED: no target, or fewer rounds than
 *            BENCH_MIN_ROUNDS */
BenchVerdict bench_judge(BenchSense sense, double target, const HcStats *ratio);
const char *bench_verdict_name(BenchVerdict verdict); /* "met", "within noise", "missed" or "" */

/* bench_fences, bench_outliers - a round is an outlier if it lies beyond the fences, one and a half
 * times the range between the quartiles below the first or above the third.
 *   source  Tukey, Exploratory Data Analysis, 1977, ch. 2 */
void bench_fences(const HcStats *s, double *low, double *high);
size_t bench_outliers(const double *samples, const HcStats *s);

/* bench_find - what came of a case in this run, or NULL if it was skipped or not measured. */
const BenchResult *bench_find(const Bench *bench, const char *name);

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

/* bench_write_result - keep the run as work/results/DATE.json; its path goes to bench->result.
 *   errors  HC_ERROR: it could not be written */
int bench_write_result(Bench *bench);

/* ---- text.c ---- */
void bench_report_text(const Bench *bench, FILE *out); /* the run for people */

/* ---- compare.c: two results, case by case ---- */

/* bench_change - did a figure change by more than its noise? If the ranges between the quartiles
 * overlap, it did not. */
BenchChange bench_change(const HcStats *before, const HcStats *now, bool more_is_better);

/* bench_read_result - read and check an earlier result; *root to be freed by cJSON_Delete. The
 * option that named it is for messages.
 *   errors  HC_USAGE: unreadable, not JSON, or not such a result, in words */
int bench_read_result(const char *option, const char *path, struct cJSON **root);

/* bench_compare - put the cases of two results beside each other, into *out.
 *   errors  HC_USAGE: they have no case in common */
int bench_compare(const char *path, const struct cJSON *before, const struct cJSON *now,
                  struct cJSON **out);
void bench_print_comparison(const struct cJSON *compared, FILE *out);
size_t bench_regressions(const struct cJSON *compared); /* how many cases are worse */

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

/* ---- progress.c: what runs, and how long it will still take ---- */

/* What is known of one case or series: how long it took, or is expected to take. */
typedef struct BenchStep {
    char name[96];
    double expected_s; /* from an earlier run; 0: unknown */
    double took_s;     /* 0: not yet done */
} BenchStep;

/* bench_time_left - seconds that a plan will still take: what each step took in an earlier run, or
 * the mean of the steps that are known; the step in progress by its own rounds once it has some.
 *   at         the step in progress; elapsed_s: since it began measuring; done of rounds
 *   returns    -1 if nothing is known yet */
double bench_time_left(const BenchStep *steps, size_t count, size_t at, double elapsed_s,
                       size_t done, size_t rounds);

/* bench_progress_plan - the steps to come; earlier times are read from work/durations.tsv, and
 * bench_progress_end writes them there. On a terminal, stderr shows a bar; else a line for each
 * step. */
void bench_progress_plan(const BenchOptions *options, const char *const *names, size_t count);
void bench_progress_step(const char *name);
void bench_progress_round(size_t done, size_t rounds); /* bench_interleave calls it */
void bench_progress_part(size_t part, size_t parts);   /* of a series: its sizes */
void bench_progress_end(void);

/* bench_say - a line on stderr, "hc_bench: ...", in place of the bar. */
void bench_say(const char *format, ...) HC_PRINTF(1, 2);

/* ---- picture.c: pictures, each from one data file that the reader can open ---- */

typedef struct BenchPicture {
    const char *area, *name; /* "opencl", "ratios": the files are work/opencl.ratios.* */
    const char *script;      /* of gnuplot, beside this header: "ratios.gp" */
    char variables[512];     /* further ones for the script: "count=4" */
    char data[4352];         /* path of the data file, from bench_data_open */
} BenchPicture;

/* bench_data_open - begin the picture's data file; NULL and the error is set if it cannot be made.
 * bench_data_close - HC_ERROR if the disk was full. */
FILE *bench_data_open(const Bench *bench, BenchPicture *picture);
int bench_data_close(FILE *file, const BenchPicture *picture);

/* bench_draw - SVG and PNG of the data file, which carry its SHA-256 in their text and in their
 * metadata; the paths and the hash go to bench->files, also where there is no gnuplot.
 *   errors  HC_SKIP: no gnuplot; HC_ERROR: it failed, or a file could not be written */
int bench_draw(Bench *bench, const BenchPicture *picture);

/* ---- stamp.c: a text inside a picture file ---- */

/* bench_stamp - put keyword and text into a PNG (as a tEXt chunk) or an SVG (as <metadata>).
 *   errors  HC_ERROR: not such a file, or not writable */
int bench_stamp(const char *path, const char *keyword, const char *text);

/* ---- ratios.c: the picture of every ratio of an area ---- */

/* bench_plot_ratios - errors: as bench_draw's; HC_SKIP, too: no ratio was measured */
int bench_plot_ratios(Bench *bench, const char *area);

/* ---- The areas ---- */
extern const BenchArea *const bench_areas[]; /* of this build, ended by NULL */
extern const BenchArea bench_area_limits;
extern const BenchArea bench_area_opencl;
extern const BenchArea bench_area_evaluation;
extern const BenchArea bench_area_elementwise;
extern const BenchArea bench_area_cusim;
extern const BenchArea bench_area_jit;

/* Cases of the area limits that need OpenCL (limits_opencl.c), and what checks their arithmetic. */
int bench_limits_copy_kernel(Bench *bench, const BenchCase *self, BenchSamples *samples);
int bench_limits_copy_kernel_nt(Bench *bench, const BenchCase *self, BenchSamples *samples);
int bench_limits_fma_kernel(Bench *bench, const BenchCase *self, BenchSamples *samples);
void bench_limits_end_opencl(void);
double bench_fma_sum(size_t chains, size_t lanes, double steps);

/* ---- options.c: the command line ---- */

/* bench_read_arguments - HC_CONTINUE: measure; else the exit code, all said.
 *   errors  HC_USAGE with a sentence */
int bench_read_arguments(BenchOptions *options, int argc, char **argv);
const BenchArea *bench_find_area(const char *name);
bool bench_is_wanted(const BenchOptions *options, const char *name); /* by --case */

/* bench_whole_process - a case: a recipe's whole process against the same program in PyOpenCL,
 * whose virtual environment it makes if need be (peer_pyopencl.c). */
int bench_whole_process(Bench *bench, const BenchCase *self, BenchSamples *samples);

#endif
