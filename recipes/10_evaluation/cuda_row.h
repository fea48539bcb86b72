// SPDX-License-Identifier: MIT
/* cuda_row.h - what cuda.c and cublas.c share: a row's arrays on a device, and what is queued
 * between upload and download.
 */
#ifndef CUDA_ROW_H
#define CUDA_ROW_H
#include "evaluation.h"
#include "hc_cu.h"

typedef struct CudaRow {
    CUfunction kernel; /* NULL: a library has its own */
    CUdeviceptr d_out, d_in[2];
    Launch launch;
    CUstream stream;
    void *library; /* a library's handle for this device */
    void (*enqueue)(struct CudaRow *self, const Shape *s);
} CudaRow;

/* cuda_arrays - row->state with arrays for one size, in the device's context, which is made
 * current; to be released by cuda_finish. */
int cuda_arrays(Row *row, const Shape *s);
void cuda_run(Row *row, const Shape *s, float *out, const float *const *in, Times *times);
void cuda_finish(Row *row);
#endif
