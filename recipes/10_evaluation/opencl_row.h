// SPDX-License-Identifier: MIT
/* opencl_row.h - what opencl.c and clblast.c share: a row's arrays on a device, and what is queued
 * between upload and download.
 */
#ifndef OPENCL_ROW_H
#define OPENCL_ROW_H
#include "evaluation.h"
#include "hc_cl.h"

typedef struct OpenclRow {
    cl_device_id device;
    cl_context context;
    cl_command_queue queue;
    cl_kernel kernel; /* NULL: a library has its own */
    cl_mem d_out, d_in[2];
    Launch launch;
    void (*enqueue)(struct OpenclRow *self, const Shape *s, cl_event *event);
} OpenclRow;

/* opencl_arrays - row->state with context, queue and arrays for one size, to be released by
 * opencl_finish. */
int opencl_arrays(Row *row, const Shape *s);
void opencl_run(Row *row, const Shape *s, float *out, const float *const *in, Times *times);
void opencl_finish(Row *row);
#endif
