// SPDX-License-Identifier: MIT
/* play.h - what the files of this recipe hand to each other: main.c is the lesson, play.c runs what
 * the reader types, with jobs (job.c), places to run them (places.c), comparison (check.c) and
 * output (show.c).
 */
#ifndef PLAY_H
#define PLAY_H
#include "columns.h"
#include "words.h"

/* ---- Options that main.c and play.c share ---- */
extern const HcOption play_options[];
extern bool play_show_source, play_compare_all, play_as_c;
bool play_wanted(void);       /* --expr, --reduce, --scan, --data or --example was given */
int play(const HcArgs *args); /* returns the exit code */
extern const HcApi *const play_apis[];

/* ---- Places: the devices that the same text runs on ---- */
typedef struct Place {
    EwDevice *device; /* NULL: it is not here, and why is */
    const char *what; /* "OpenCL", "CUDA", "CUDA (software)", "C" */
    char why[320];
} Place;
enum { PLACES = 3 };

/* places_open - place 0 computes, place 1 is what it is compared with, place 2 is the third kind.
 * Without all, a place behind the first two that can be had is left closed.
 *   errors  those of opening place 0 */
int places_open(Place places[PLACES], const HcDevice *chosen, bool all);
void places_close(Place places[PLACES]);

/* ---- Jobs: one text, its kernel on any device, its results ---- */
typedef enum JobKind { JOB_MAP, JOB_REDUCE, JOB_SCAN } JobKind;

typedef struct Job {
    JobKind kind;
    Words words;
    char shown[96];        /* what the reader typed, for the report */
    char *declarations;    /* "const double *x, double *z" */
    char *map, *statement; /* of reductions and scans; of maps and scans */
    char item[64];         /* "double", "double value, ulong index" */
    char limit[64];        /* room for neutral */
    const char *neutral, *fold;
    EwType item_type; /* of its first field */
    bool has_index;
    bool adds, multiplies; /* what the tolerance needs to know */
} Job;

typedef struct JobOptions {
    const char *map, *neutral, *output; /* texts of the general forms; NULL: not given */
    EwType to;
    const Let *lets;
    size_t let_count;
    bool exclusive;
} JobOptions;

int job_map(Job *job, Columns *columns, const char *text, const JobOptions *options);
int job_reduce(Job *job, Columns *columns, const char *text, const JobOptions *options);
int job_scan(Job *job, Columns *columns, const char *text, const JobOptions *options);
void job_free(Job *job);

/* What a job gave on one device. */
typedef struct Outcome {
    void *column[COLUMNS_MAX]; /* those that it writes, else NULL */
    union {
        unsigned char bytes[64];
        double f;
        uint64_t u;
    } item;
    double ms; /* the device's own time, the median of all runs */
    bool from_cache;
    char *source;
} Outcome;

/* job_run - build it for a device, upload, run (repeat times if it may be repeated), download. */
int job_run(const Job *job, EwDevice *device, const HcArgs *args, Outcome *outcome);
void outcome_free(Outcome *outcome);
double job_bytes(const Job *job); /* moved by one run: each column read or written */

/* ---- Comparison ---- */

/* check_job - take the comparison of two outcomes into the report.
 *   places  where got and want came from, "OpenCL and C" */
bool check_job(const Job *job, const Outcome *got, const Outcome *want, double scale,
               const char *places);
/* check_scale - for sums with rounded terms: the sum of their sizes, from that place. */
int check_scale(const Job *job, EwDevice *device, const HcArgs *args, double *scale);

/* ---- Output ---- */
typedef struct Summary {
    double low, high, sum;
    uint64_t count; /* of numbers that are none (NaN) left out */
} Summary;

/* summarize - lowest, highest and sum of a column by one reduction of the engine, compared with
 * plain C. */
int summarize(EwDevice *device, const Column *column, size_t n, Summary *summary);
void show_rows(const Columns *columns, const Words *words); /* not under --json and --quiet */
int show_columns(EwDevice *device, const Columns *columns, bool silent);
void show_item(const Job *job, const Outcome *outcome);

/* ---- The lesson's further parts ---- */
void unchecked(EwDevice *device, EwKernel *sum, const int64_t *a, const int64_t *b, size_t n);
void everywhere(const HcDevice *chosen, const int *a, const int *b, const int *want, size_t n,
                bool silent);
void fused(EwDevice *device, const HcArgs *args);

#endif
