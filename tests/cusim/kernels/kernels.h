// SPDX-License-Identifier: MIT
/* kernels.h - whole kernels, run through the driver API and compared with plain C: what the
 * files of this folder share. */
#ifndef KERNELS_H
#define KERNELS_H

#include <cuda.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ends the program with 3 if a call fails, naming it. */
void check_call(CUresult result, const char *call, const char *file, int line);
#define CHECK(call) check_call(call, #call, __FILE__, __LINE__)

CUresult load_file(const char *folder, const char *name, CUmodule *module); /* prints the log */
CUfunction kernel_of(CUmodule module, const char *name);

/* Device memory with n bytes of the host's, and back. */
CUdeviceptr upload(const void *data, size_t bytes);
void download(void *data, CUdeviceptr from, size_t bytes); /* and hashes it */
void download_unhashed(void *data, CUdeviceptr from, size_t bytes);

/* Launch and wait. */
CUresult launch(CUfunction kernel, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
                unsigned bz, unsigned shared, void **arguments);

/* A wrong result: printed, counted; returns false. */
bool wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));
extern const char *kernel_name; /* in force, for messages */
extern size_t n_elements;

uint64_t random64(void); /* from a fixed seed, anew for each kernel */
float small_float(void); /* a whole number of -8 to 8: sums and products of it are exact */
float any_float(void);   /* of -1 to 1 */

typedef struct {
    const char *name; /* of the file, without .ptx */
    void (*run)(CUmodule module, int n);
    const int *sizes; /* ends with 0 */
} KernelTest;
extern const KernelTest kernel_tests[];
extern const size_t n_kernel_tests;
#endif
