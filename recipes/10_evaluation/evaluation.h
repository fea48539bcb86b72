// SPDX-License-Identifier: MIT
/* evaluation.h - what the files of this recipe share. A problem is a table entry (problems/NAME.c),
 * a way to compute is another (serial.c, simd.c, threads.c, opencl.c, cuda.c, blas.c, ...): what
 * measures and reports knows neither by name, so that all are treated alike.
 */
#ifndef EVALUATION_H
#define EVALUATION_H
#include "hc.h"

enum {
    PARTS = 1024,   /* partial sums of a reduction, at most */
    MOST_SIZES = 8, /* of one problem */
    MOST_DEVICES = 8,
    MOST_ROWS = 4 + 3 * MOST_DEVICES, /* ways to compute it: the host's, and three a device */
    MOST_COUNTS = 10                  /* numbers of threads */
};

/* A problem at one size. All arrays are of float. */
typedef struct Shape {
    size_t out_n, in_n[2]; /* elements; in_n[1] is 0 where there is one input */
    size_t size[6];        /* what a kernel gets after its arrays */
    unsigned sizes;
    size_t units;       /* what threads share out: elements, rows or parts */
    size_t along, down; /* the index space of a kernel that computes one element each */
    double bytes;       /* what must be moved: each array once */
    double flops;       /* what must be computed */
    double in_a_row;    /* additions one after the other, for the tolerance */
} Shape;

/* Units begin .. end - 1 of a problem, on the host. */
typedef void Body(const Shape *s, float *out, const float *const *in, size_t begin, size_t end);
Body serial_vector_sum, serial_map, serial_reduction, serial_stencil, serial_matmul, serial_copy,
    serial_multiply_add;
Body simd_vector_sum, simd_map, simd_reduction, simd_stencil, simd_matmul, simd_copy,
    simd_multiply_add;

/* How a kernel is launched, in work-items; and the usual ways (plan.c): one for each element; some
 * for each core, in groups of one, which share out the elements; one for each part. */
typedef struct Launch {
    size_t global[2], local[2];
} Launch;
typedef void Launcher(const Shape *s, Launch *launch);
Launcher one_each, chunks, parts;

typedef struct Kernel {
    const char *file, *entry; /* NULL: there is none of this form */
    Launcher *launch;
} Kernel;

/* The forms of a kernel: as people write them for GPUs, and shaped with care for one kind of
 * device: in OpenCL C for CPUs, in CUDA C for GPUs. */
typedef enum { PLAIN, TUNED, FORMS } Form;

typedef struct Problem {
    const char *name, *what; /* its name, and a formula */
    void (*shape)(size_t n, Shape *s);
    float scale; /* of the input, which is uniform in [-scale, scale) */
    /* reference - the answer, computed with care; tolerance - and how near one has to come */
    void (*reference)(const Shape *s, float *want, const float *const *in);
    HcTolerance (*tolerance)(const Shape *s);
    bool partial;  /* out is partial sums, which the host adds up into out[0] */
    bool computes; /* flops limit it, else bytes */
    bool typed;    /* its kernels leave their type T open */
    bool has_blas; /* BLAS libraries have it */
    Body *serial, *simd;
    Kernel cl[FORMS], cu[FORMS];
} Problem;
extern const Problem vector_sum, sin_cos_exp, reduction, stencil, matmul;
extern const Problem copy_limit, flops_limit; /* limits.c: what others are compared with */

/* Milliseconds of one run. By the host's clock, but for a kernel on a device that has its own.
 * total: from data on the host to the result on the host. */
typedef struct Times {
    double upload, kernel, download, total;
} Times;

/* One way to compute one problem. */
typedef struct Row Row;
typedef struct Backend {
    const char *name;
    /* prepare - build and allocate for one size. HC_SKIP: not here, and the error says why */
    int (*prepare)(Row *row, const Shape *s);
    void (*run)(Row *row, const Shape *s, float *out, const float *const *in, Times *times);
    void (*finish)(Row *row); /* release what prepare made */
} Backend;

struct Row {
    const Backend *backend;
    const Problem *problem;
    const HcDevice *device; /* NULL: the host */
    Form form;
    unsigned threads;
    void *state;               /* the back end's own */
    char name[48];             /* "OpenCL tuned" */
    char why_not[256];         /* the reason why it was left out; "" if it was not */
    double build_ms;           /* the first build; NaN: nothing is built */
    double limit;              /* GB/s or GFLOP/s of the yardstick, computed in the same way */
    Times *sample[MOST_SIZES]; /* rounds of them */
    Times median[MOST_SIZES];
};

extern const Backend serial_backend, simd_backend, threads_backend, opencl_backend, cuda_backend,
    openblas_backend, clblast_backend, cublas_backend;
void close_opencl(void); /* release contexts and programs */
void close_cuda(void);

/* Everything about one problem. */
typedef struct Plan {
    const Problem *problem;
    Row row[MOST_ROWS];
    size_t rows, sizes;
    size_t n[MOST_SIZES]; /* ascending */
    Shape shape[MOST_SIZES];
    unsigned rounds, threads;
    float *out, *want, *in[2]; /* of the largest size, at multiples of 64 bytes */
    void *memory[4];           /* what they lie in */
    size_t counts;             /* the largest size, by so many threads */
    unsigned thread_count[MOST_COUNTS];
    double threads_ms[MOST_COUNTS];
} Plan;

/* What main.c was asked for. */
typedef struct Wish {
    size_t n, sizes, threads;
    unsigned rounds;
    uint64_t seed;
    HcDevice device[MOST_DEVICES];
    size_t devices;
    const char *only; /* of the rows: a name; "" all */
} Wish;

/* ---- device.c: which APIs this program was built with, and which devices take part ---- */
extern const HcApi *const device_apis[];
int find_devices(bool all, HcDevice *device, size_t *count);
const Backend *backend_for(const HcDevice *device);

/* ---- plan.c: rows, sizes and arrays of a problem; answers ---- */
int make_plan(Plan *plan, const Problem *problem, const Wish *wish, size_t sizes);
/* check_answers - every row at every size: a row that is not possible here gets its why_not, a
 * wrong one is noted for the report. False: wrong.
 *   errors  *status: what prepare said, if that is neither HC_OK nor HC_SKIP */
bool check_answers(Plan *plan, int *status);
/* check_only - after --only: HC_USAGE if no way is called that, HC_SKIP if it is not possible
 * here. */
int check_only(const char *only, size_t rows, const Plan *plan, size_t plans);
void free_plan(Plan *plan);

/* ---- measure.c: rounds in turn, medians ---- */
void run_row(Row *row, const Shape *s, float *out, const float *const *in, Times *times);
int measure(Plan *plan);
void measure_threads(Plan *plan);
bool is_left_out(const Row *row);
/* rate - GB/s or GFLOP/s of the kernel, by the median; peak_rate - by the fastest round. */
double rate(const Plan *plan, const Row *row, size_t size);
double peak_rate(const Plan *plan, const Row *row, size_t size);
/* best_host - the host's own fastest way; best_device - that of a device by its kernel's time, or
 * NULL. crossing - the size from which a device's row is faster than the host's best; 0: never. */
const Row *best_host(const Plan *plan, size_t size);
const Row *best_device(const Plan *plan);
double crossing(const Plan *plan, const Row *row, bool with_transfers);

/* ---- limits.c, report.c, plots.c, counters.c, how_not_to.c ---- */
void set_limits(Plan *plan, const Plan *copy, const Plan *flops); /* of each row: its like's */
void report(const Plan *plan, bool print);
int plot_times(const Plan *plan, const char *folder);
int plot_speed_ups(const Plan *plans, size_t count, const char *folder);
int count_on_cusim(const Problem *const *problems, size_t count, const HcArgs *args,
                   const char *folder);
int how_not_to(const Wish *wish, bool print);
#endif
