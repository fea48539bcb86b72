// SPDX-License-Identifier: MIT
/* work.h - what the files of this recipe share: a job that is cut into tiles, the workers, the
 * queue that deals the tiles out, and what is made of the times.
 */
#ifndef WORK_H
#define WORK_H
#include <pthread.h>

#include "hc.h"

enum { MAX_HOST_THREADS = 256, MAX_DEVICES = 32, MAX_WORKERS = MAX_HOST_THREADS + MAX_DEVICES };

/* A picture to be computed. A tile is some neighbouring columns of it, all rows. */
typedef struct Job {
    const char *name;           /* "mandelbrot" or "photo" */
    const char *kernel;         /* entry, and file in kernels/: "mandelbrot" or "kuwahara" */
    size_t width, height;       /* pixels */
    size_t tile_columns, tiles; /* of a tile, the last one may have fewer; how many tiles */
    uint32_t *in;               /* the photograph, 0xRRGGBB, height rows of width; or NULL */
    uint32_t *out, *want;       /* the result, the same shape: steps, or colours; plain C's */
    float left, top, step;      /* mandelbrot: pixel (0, 0) is left + top i; step to the next */
    uint32_t limit, radius;     /* mandelbrot: most steps; kuwahara: pixels to each side */
} Job;

/* compute_columns - plain C: the columns [first, first + columns) of the job into out (main.c). */
void compute_columns(const Job *job, uint32_t *out, size_t first, size_t columns);

/* mandelbrot_job - recipe 1's picture; photo_job - a photograph, read from file, or, if that is
 * NULL, the one that lies beside this recipe; of it the middle part, at most size (jobs.c).
 *   errors  HC_USAGE: too large, no picture, or none that can be read; free_job releases */
int mandelbrot_job(Job *job, const size_t size[2], size_t limit, size_t tile_columns);
int photo_job(Job *job, const char *file, const size_t size[2], size_t radius, size_t tile_columns);
void free_job(Job *job);

/* ---- The queue (queue.c) ---- */

/* The numbers of the tiles that nobody works on, and how many are not done yet. */
typedef struct Queue {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* a tile came back, or the last one is done */
    size_t *waiting, waiting_count;
    size_t undone; /* waiting, or in somebody's hands */
} Queue;

/* queue_take - the next tile. Waits while others hold the last ones, since these may come back.
 *   returns  false: every tile is done */
bool queue_take(Queue *queue, size_t *tile);
void queue_done(Queue *queue);                   /* the tile that was taken is computed */
void queue_give_back(Queue *queue, size_t tile); /* it is not: somebody else is to do it */

/* ---- Workers: host threads, and devices, each driven by a thread of its own ---- */

typedef struct Worker Worker;

/* How a device works, in the same three steps in OpenCL (device_opencl.c) and CUDA (device_cuda.c).
 * Nothing ends the program here: a step that fails returns its code, leaves the last error, and
 * the text of the call that failed in the worker. */
typedef struct Backend {
    int (*open)(Worker *worker, const Job *job); /* context, kernel, memory, the input */
    int (*compute)(Worker *worker, const Job *job, size_t first,
                   size_t columns); /* into job->out */
    void (*close)(Worker *worker);
} Backend;
extern const Backend opencl_backend, cuda_backend;

typedef struct Span { /* a tile in a worker's hands, in ms since the run began */
    size_t tile;
    double begin_ms, end_ms;
    bool failed;
} Span;

struct Worker {
    char name[32];          /* "host 1", "opencl:0:0" */
    HcDevice device;        /* api "cpu": a host thread */
    const Backend *backend; /* NULL: a host thread */
    void *state;            /* the back end's own; NULL: not open */
    size_t party;           /* 0: the host's threads, which are one processor; else a device */
    unsigned char colour[3];
    bool resting;        /* does not take part in this run */
    bool failed;         /* takes part in none any more */
    HcError error;       /* why */
    const char *call;    /* and in which call; NULL: not known */
    size_t lost_tile;    /* with which tile in its hands */
    const char *done_by; /* who did that one then; NULL: nobody, or it failed before it began */
    struct Share *share;
    Span *spans; /* of the last run */
    size_t span_count;
};

/* One job and those who share it. */
typedef struct Share {
    Job job;
    Worker *workers;
    size_t count, parties;
    Queue queue;
    double begin_ms, ms; /* of the last run */
    struct cJSON *json;  /* what the report says of it; show_run makes it */
} Share;

/* find_workers - host_threads host threads, and the device that --device or HC_DEVICE asks for,
 * else all there are; sim: cusim in place of CUDA's GPUs (workers.c).
 *   errors  as hc_choose_device; HC_USAGE: nobody is there to work */
int find_workers(const HcArgs *args, size_t host_threads, bool sim, Share *share);
extern const HcApi *const device_apis[];

/* open_workers - let each of from's workers prepare for share's job. One that cannot is left out,
 * with a sentence on stderr, unless it was asked for by name (strict).
 *   errors  a kernel that does not compile; nobody is left */
int open_workers(Share *share, const Share *from, bool strict);
void close_workers(Share *share);

/* run_share - all tiles by all workers that do not rest, each the next one when it is free
 * (queue.c). Those that fail on the way are told on stderr.
 *   errors  tiles are left, since all have failed: the error of one of them */
int run_share(Share *share);

/* keep_failure - the last error becomes the worker's, and is told on stderr: where "at tile 3". */
void keep_failure(Worker *worker, const char *where);

/* ---- What came of it ---- */

/* write_picture - the last run as FOLDER/NAME.png, with tint in the colours of those who computed
 * it (picture.c). write_timeline - NAME.svg, and NAME.json for a trace viewer (timeline.c). */
int write_picture(const Share *share, const char *folder, bool tint);
int write_timeline(const Share *share, const char *folder);

/* measure - everybody alone and all together, in turn; what that gained, and where the rest went
 * (report.c). show_run: who did what in the last run; show_failures: who has failed until now. */
int measure(Share *share, unsigned rounds);
void show_run(Share *share, const char *folder);
void show_failures(const Share *share);

#endif
