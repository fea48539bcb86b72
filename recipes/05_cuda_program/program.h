// SPDX-License-Identifier: MIT
/* program.h - what the files of this recipe share.
 * Shapes everywhere: a, b, want are m x n floats, row after row; d_a is the same on the device.
 */
#ifndef PROGRAM_H
#define PROGRAM_H
#include "hc_cu.h"

void double_matrix(float *a, size_t m, size_t n); /* the reference, main.c */

/* launch - queue the kernel for a whole matrix that lies on the device. */
void launch(CUfunction kernel, CUdeviceptr d_a, size_t m, size_t n);

/* measure - upload a, launch, download into b, repeat times, and note the three times. */
void measure(CUfunction kernel, CUdeviceptr d_a, const float *a, float *b, size_t m, size_t n,
             unsigned repeat);

/* double_on_host - the same by the host's threads, for --device cpu, from the input to the report.
 *   returns  the program's exit code */
int double_on_host(const HcArgs *args);

/* compile_by_nvrtc - CUDA C to PTX for a device, by NVRTC's own calls.
 *   *ptx    to be freed
 *   errors  HC_BUILD with the compiler's log */
int compile_by_nvrtc(const char *source, const char *file, CUdevice device, char **ptx);

/* show_matrix - say how large a matrix is, and print it if it is small enough to be read.
 * show_factors - what each element of b is of its a, where 2 is right. */
void show_matrix(const char *name, const float *a, size_t m, size_t n);
void show_factors(const float *b, const float *a, size_t m, size_t n);

#endif
