// SPDX-License-Identifier: MIT
/* architecture.h - what the files of this recipe share: launches, the two ways to carry them out,
 * experiments, which are tables of launches, and what is found.
 */
#ifndef ARCHITECTURE_H
#define ARCHITECTURE_H
#include "hc.h"

/* One kernel started so often in a row: kernel(y, x, number[0], ...). */
typedef struct Launch {
    unsigned slot;       /* which of the loaded kernels */
    size_t across, down; /* work-items each way; across is rounded up to whole groups */
    unsigned numbers;
    uint32_t number[4];
    unsigned times; /* launches before the wait */
    size_t n;       /* elements of x and y that it uses */
} Launch;

/* The same steps in OpenCL (device_opencl.c) and in CUDA (device_cuda.c). A call that fails ends
 * the program with a message. */
typedef struct Backend {
    void (*open)(const HcDevice *chosen, size_t n); /* with arrays x and y of n numbers */
    void (*load)(unsigned slot, const char *name);  /* build kernels/NAME */
    void (*upload)(const uint32_t *x, size_t n);
    void (*upload_y)(const uint32_t *y, size_t n);
    double (*launch)(const Launch *launch,
                     bool time); /* and wait; time: ms by the device's clock */
    void (*download)(uint32_t *y, size_t n);
    void (*close)(void);
} Backend;
extern const Backend opencl_backend, cuda_backend;

/* The APIs that this program was built with, and the one of a device (device.c). */
extern const HcApi *const device_apis[];
const Backend *backend_for(const HcDevice *chosen);

enum { MOST_POINTS = 12, MOST_CURVES = 2, MOST_COLUMNS = 6 };

/* What an experiment found: for people a table and a sentence, for programs JSON, and a plot of the
 * columns from 1 on, as many as curves says. */
typedef struct Findings {
    size_t rows, columns, curves; /* column 0 is what was varied */
    const char *heading[MOST_COLUMNS], *key[MOST_COLUMNS];
    int digits[MOST_COLUMNS]; /* behind the point */
    double value[MOST_POINTS][MOST_COLUMNS];
    const char *title, *y_label;
    bool linear; /* the y axis; else it is logarithmic */
    char sentence[512];
} Findings;

/* What cusim counted for one launch or several. */
typedef struct Counts {
    double launches, warps, warp_instructions, lane_instructions, divergent_branches;
    double load_requests, load_sectors, store_requests, store_sectors, bytes_read;
} Counts;

typedef struct Experiment {
    const char *name; /* also of its kernel and its files */
    const char *varied;
    const char
        *curve[MOST_CURVES + 1];     /* the ways to run each point, as in --only NAME=POINT/CURVE */
    uint32_t point[MOST_POINTS + 1]; /* ended by 0 */
    bool by_host_clock;              /* what counts is when the host can go on */
    /* plan - the launch for a point; n: elements there are; steps: how long paths are */
    void (*plan)(Launch *launch, uint32_t point, unsigned curve, size_t n, uint32_t steps);
    /* reference - the same in plain C; y is zero before */
    void (*reference)(const Launch *launch, uint32_t *y, const uint32_t *x);
    /* what the medians in ms, or the counts, of all points mean */
    void (*read_times)(Launch (*launch)[MOST_CURVES], double (*ms)[MOST_CURVES],
                       Findings *findings);
    void (*read_counts)(Launch (*launch)[MOST_CURVES], Counts (*counts)[MOST_CURVES],
                        Findings *findings);
} Experiment;
extern const Experiment stride, divergence, launch_cost;

/* Everything about the launches of one experiment. */
typedef struct Run {
    Launch launch[MOST_POINTS][MOST_CURVES];
    double *sample[MOST_POINTS][MOST_CURVES]; /* times in ms */
    size_t samples[MOST_POINTS][MOST_CURVES];
    Counts counts[MOST_POINTS][MOST_CURVES];
} Run;

typedef struct Data {
    uint32_t *x, *y, *want; /* n elements each */
} Data;

/* EACH_LAUNCH(e) - for each point p and each curve c of an experiment: both are declared here. */
#define EACH_LAUNCH(e)                                                                             \
    for (size_t p = 0; (e)->point[p]; p++)                                                         \
        for (unsigned c = 0; (e)->curve[c]; c++)

/* ---- run.c: what the loops in main.c need ---- */

/* point_name - "stride=8", "divergence=4/mixed": what --only takes. Writes and returns name. */
const char *point_name(const Experiment *e, size_t p, unsigned c, char name[32]);

/* check_only - HC_USAGE unless text is "" or the name of a launch. */
int check_only(const Experiment *const *experiments, size_t count, const char *text);

bool is_other(const Experiment *e, const char *only); /* does only ask for another experiment? */

/* round_size - *n: a multiple of every stride, at least asked; HC_USAGE if that is too much for
 * kernels that count in 32 bits */
int round_size(size_t asked, size_t *n);

void add_verdict(HcVerdict *all, HcVerdict one); /* one more comparison, into the sum of them */
void add_sample(Run *run, size_t p, unsigned c, double ms);

/* begin_output - make the folder; throw away counts of an earlier run. */
int begin_output(const char *folder);

/* find - medians of the samples, or the counts, and what they mean; frees the samples. */
int find(const Experiment *e, Run *run, bool counted, Findings *findings);

/* count_launch - run this program again on cusim, for one launch only, and read what was counted
 * (counts.c).
 *   only   what --only is to be; folder: where the counts are kept, in counts.json
 *   errors HC_SKIP if the other run was skipped; HC_ERROR and its words if it did not end well */
int count_launch(const HcArgs *args, const char *only, const char *kernel, const char *folder,
                 Counts *counts);

/* show - print the table and the sentence, keep them for JSON, write data and plot (show.c).
 *   errors HC_ERROR if a file cannot be written; a missing gnuplot is said, and no error */
int show(const Experiment *experiment, const Findings *findings, const HcDevice *device,
         const char *folder, bool print);

#endif
