// SPDX-License-Identifier: MIT
/* mandelbrot.h - what the files of this recipe share: the view, the device's part of the work, and
 * what is made of pixels and times.
 */
#ifndef MANDELBROT_H
#define MANDELBROT_H
#include "hc.h"

/* The part of the complex plane that the picture shows. Pixel (column, row) stands for the number
 * (left + step * column) + (top - step * row) i, computed in float. */
typedef struct View {
    size_t width, height;
    float left, top, step;
    uint32_t limit; /* a point that stays near 0 for so many steps counts as inside */
} View;

/* view_make - the whole set, centred, for a picture of this size (view.c).
 *   errors  HC_USAGE if a side or limit does not fit in 31 bits */
int view_make(View *view, const size_t size[2], size_t limit);

/* The device's part, the columns from first on: the same four steps in OpenCL (device_opencl.c) and
 * in CUDA (device_cuda.c). Each ends the program with a message if a call fails. */
typedef struct Backend {
    void (*open)(const HcDevice *chosen, const View *view); /* context, kernel, memory */
    void (*start)(size_t first);        /* launch, and return while the device works */
    double (*finish)(uint32_t *counts); /* wait, and copy into the picture; the kernel's own ms */
    void (*close)(void);
} Backend;
extern const Backend opencl_backend, cuda_backend;

/* The APIs that this program was built with, and the one of a device (device.c). */
extern const HcApi *const device_apis[];
const Backend *backend_for(const HcDevice *chosen);

typedef struct Job {
    View view;
    const Backend *device;
    size_t first, threads; /* the device's first column; the host's threads */
    uint32_t *counts;      /* the picture: height rows of width */
} Job;

/* Times in ms. All ends when all counts are in the host's memory. */
typedef struct Times {
    double all, host, device; /* everything; the host's part; the device's kernel */
} Times;

/* compute - columns before first by the host's threads, the others by the device (main.c). */
Times compute(Job *job, size_t first);

/* split_column - the device's first column: width times the fraction in text, or, for "measured",
 * the one that gives each the steps which it does in the same time when alone (view.c).
 *   shapes  job->counts: the whole picture; NULL: only look at text
 *   errors  HC_USAGE if text is neither */
int split_column(const char *text, const Job *job, Times host, Times device, size_t *first);

/* write_picture - colour the counts, and write them as a PNG file (picture.c).
 *   mark    "line": before the device's first column; "tint": the device's part in other colours
 *   errors  HC_ERROR if the file cannot be written */
int write_picture(const char *path, const Job *job, const char *mark);

/* report - measure one thread, the host alone, the device alone and both, in turn, and say what
 * that gained, and what Amdahl's law makes of it (amdahl.c).
 *   units   picture_ms: colours and file, which one thread does in any case */
void report(Job *job, const HcDevice *chosen, unsigned rounds, double picture_ms);

#endif
