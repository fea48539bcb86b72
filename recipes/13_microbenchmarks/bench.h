// SPDX-License-Identifier: MIT
/* bench.h - what the files of this recipe share: what a device can be asked to do, in either API;
 * experiments, which are points, curves, an answer to verify and a sample to take; and what is
 * found.
 */
#ifndef BENCH_H
#define BENCH_H
#include "hc.h"

enum { MOST_POINTS = 17, MOST_CURVES = 6, MOST_COLUMNS = 10, LANES = 32 };

/* One kernel, started so often: kernel(y, x, number[0], ...). */
typedef struct Launch {
    unsigned slot;        /* which of the loaded kernels */
    size_t groups, group; /* groups of that many work-items */
    unsigned numbers;
    uint32_t number[3];
    unsigned times; /* launches ... */
    bool each;      /* ... with a wait after each of them; else one wait at the end */
} Launch;

/* How the host's side of a transfer is allocated, and who moves the bytes. */
typedef enum Kind { PAGEABLE, PINNED, MAPPED, KINDS } Kind;

typedef struct Facts {
    size_t units;       /* multiprocessors, compute units */
    size_t most_group;  /* work-items in a group */
    size_t most_warps;  /* that a multiprocessor can hold; 0: the API does not tell */
    size_t cache_bytes; /* as the driver reports it; 0: it does not */
    bool is_host;       /* the device is this computer's CPU, so the system knows its caches */
} Facts;

/* The same steps in OpenCL (device_opencl.c) and in CUDA (device_cuda.c). A call that fails ends
 * the program with a message. */
typedef struct Backend {
    void (*open)(const HcDevice *chosen, Facts *facts);
    void (*load)(unsigned slot, const char *file, const char *entry); /* kernels/FILE */
    void (*reserve)(size_t x, size_t y); /* arrays of so many numbers, in place of earlier ones */
    void (*upload)(const uint32_t *x, size_t n);
    void (*upload_y)(const uint32_t *y, size_t n);
    void (*download)(uint32_t *y, size_t n);
    double (*launch)(const Launch *launch); /* and wait; ms by the device's clock if times is 1 */
    size_t (*resident)(unsigned slot, size_t group);    /* groups on a multiprocessor; 0: unknown */
    void *(*host_memory)(Kind kind, size_t bytes);      /* 0 bytes: give it back */
    void (*transfer)(Kind kind, bool up, size_t bytes); /* and wait */
    void (*plain)(Kind kind, bool up, void *host, size_t bytes); /* same device side, plainly */
    void (*close)(void);
} Backend;
extern const Backend opencl_backend, cuda_backend;
enum { SLOT_A, SLOT_B, SLOTS };

extern const HcApi *const device_apis[]; /* those that this program was built with (device.c) */
const Backend *backend_for(const HcDevice *chosen);

/* The bench: a device, sizes, and arrays of the experiment at work. */
typedef struct Bench {
    const Backend *device;
    Facts facts;
    const HcArgs *args;
    size_t most;     /* numbers in the largest array */
    uint32_t work;   /* what a sample carries out: multiply-adds of a unit; loads: a part of it */
    bool counted;    /* on cusim: counts in place of times */
    bool one_only;   /* --only: nothing but the launch asked for */
    uint32_t *x, *y; /* what the experiment keeps on the host */
} Bench;

/* What cusim counted for one launch or several. */
typedef struct Counts {
    double launches, warps, warp_instructions, load_requests, load_sectors, bytes_read;
    double store_sectors, shared_loads, shared_wavefronts, load_conflicts, store_conflicts;
} Counts;

/* What was found: for people a table and a sentence, for programs JSON, and a plot of the columns
 * from 1 on, as many as plotted says. Column 0 is what was varied. */
typedef struct Findings {
    size_t rows, columns, plotted;
    const char *heading[MOST_COLUMNS], *key[MOST_COLUMNS];
    int digits[MOST_COLUMNS]; /* behind the point */
    double value[MOST_POINTS][MOST_COLUMNS];
    const char *title, *y_label;
    bool log_y;
    char sentence[900];
    const char *figure[MOST_CURVES]; /* single numbers beside the table, for JSON */
    double figures[MOST_CURVES];
} Findings;

typedef struct Series {
    size_t points;
    uint32_t point[MOST_POINTS];
    HcStats stats[MOST_POINTS][MOST_CURVES]; /* of the samples, in the experiment's unit */
    Counts counts[MOST_POINTS][MOST_CURVES];
} Series;

typedef struct Experiment {
    const char *name; /* also of its files and in --experiment */
    const char *varied, *heading;
    const char *curve[MOST_CURVES + 1]; /* as in --only NAME=POINT/CURVE; ended by NULL */
    const char *kernel[MOST_CURVES];    /* whose counts are asked for; NULL: nothing to count */
    uint32_t point[MOST_POINTS + 1];    /* ended by 0 */
    bool (*allows)(const Bench *b, uint32_t point); /* is it within the size? NULL: always */
    bool in_a_row; /* all samples of a point before the next, since caches remember */
    void (*open)(Bench *b, const uint32_t *point, size_t points); /* kernels, arrays, input */
    HcVerdict (*verify)(Bench *b, size_t p, uint32_t point, unsigned curve);
    double (*sample)(Bench *b, size_t p, uint32_t point, unsigned curve);
    void (*read)(const Bench *b, const Series *s, Findings *f);
    void (*read_counts)(const Bench *b, const Series *s, Findings *f);
    void (*close)(Bench *b);
} Experiment;
extern const Experiment occupancy, banks, latency, bandwidth, launch_cost;

/* EACH(e, s) - for each point p and each curve c of an experiment: both are declared here. */
#define EACH(e, s)                                                                                 \
    for (size_t p = 0; p < (s)->points; p++)                                                       \
        for (unsigned c = 0; (e)->curve[c]; c++)

/* ---- run.c: what the loops in main.c need ---- */

/* point_name - "banks=8/padded": what --only takes. Writes and returns name. */
const char *point_name(const Experiment *e, uint32_t point, unsigned c, char name[64]);

/* check_only - HC_USAGE unless text is "" or the name of a launch. */
int check_only(const Experiment *const *experiments, size_t count, const char *text);

/* check_request - HC_USAGE for a size that is too large, or counts of what is not counted. */
int check_request(const Bench *b, const char *only, bool conflict_free);

/* is_asked - does --experiment or, before it, --only ask for this one? */
bool is_asked(const Experiment *e, const char *which, const char *only);

/* plan_points - those that the size allows, and that --only does not leave out. */
void plan_points(const Experiment *e, const Bench *b, const char *only, Series *s);

void add_verdict(HcVerdict *all, HcVerdict one); /* one more comparison, into the sum of them */

/* measure - rounds samples of all points, in turn. count - cusim's counts of all points. */
int measure(const Experiment *e, Bench *b, Series *s, unsigned rounds);
int count(const Experiment *e, const Bench *b, Series *s, const char *folder);

/* ---- read.c: from samples to findings ---- */

/* table_of - columns for the medians of all curves, and one for how far samples lie apart. */
void table_of(const Experiment *e, const Series *s, Findings *f, const char *unit, int digits);
void column(Findings *f, const char *heading, const char *key, int digits); /* one more */
void say(Findings *f, const char *format, ...) HC_PRINTF(2, 3); /* more of the sentence */

/* above - is a more than factor times b, and do their quartiles lie apart? Else it may be noise. */
bool above(const HcStats *a, const HcStats *b, double factor);

/* count_launch - run this program again on cusim, for one launch only, and read what was counted
 * (counts.c).
 *   only   what --only is to be; folder: where the counts are kept, in counts.json
 *   errors HC_SKIP if the other run was skipped; HC_ERROR and its words if it did not end well */
int count_launch(const HcArgs *args, const char *only, const char *kernel, const char *folder,
                 Counts *counts);

/* show - table and sentence on the screen, JSON, plot files (show.c). */
int show(const Experiment *e, const Series *s, const Findings *f, const HcDevice *device,
         const char *folder, bool print);

/* A cache by its name, "L2". host_caches - those of this computer's first core, from the smallest
 * to the largest, as the operating system tells (caches.c); how many. */
typedef struct Cache {
    char name[8];
    size_t bytes;
} Cache;
enum { MOST_CACHES = 6 };
size_t host_caches(Cache caches[MOST_CACHES]);

#endif
