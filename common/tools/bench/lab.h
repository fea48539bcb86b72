// SPDX-License-Identifier: MIT
/* lab.h - what the areas that measure OpenCL share: one device, one context, one queue, and kernels
 * and buffers that are released together when an area ends.
 */
#ifndef HC_BENCH_LAB_H
#define HC_BENCH_LAB_H
#include "bench.h"
#include "hc_cl.h"

/* Return from a function that gives a status, with the call in the error, unless it succeeds. */
#define TRY_CL(call)                                                                               \
    do {                                                                                           \
        cl_int code_ = (call);                                                                     \
        if (code_ != CL_SUCCESS) return bench_cl_failed(code_, #call);                             \
    } while (0)
#define TRY(call)                                                                                  \
    do {                                                                                           \
        int status_ = (call);                                                                      \
        if (status_ != HC_OK) return status_;                                                      \
    } while (0)

typedef struct BenchLab {
    HcDevice chosen;
    cl_device_id device; /* NULL: not open */
    cl_context context;
    cl_command_queue queue; /* in order, with profiling */
    size_t units;           /* compute units: cores */
} BenchLab;
extern BenchLab bench_lab;

int bench_cl_failed(cl_int code, const char *call);

/* bench_lab_open - by --device, HC_DEVICE or the default; again: nothing. */
int bench_lab_open(Bench *bench);
void bench_lab_close(void);

/* bench_lab_cpu - HC_SKIP unless the device is a CPU: for kernels of that shape. */
int bench_lab_cpu(void);

/* bench_lab_kernel_of, bench_lab_kernel - a kernel of a program text, or of a file found as a
 * recipe's kernels are.
 *   errors  HC_SKIP: the compiler lacks what the kernel says is missing */
int bench_lab_kernel_of(const char *source, const char *file, const char *name, const char *options,
                        cl_kernel *kernel);
int bench_lab_kernel(const char *file, const char *name, const char *options, cl_kernel *kernel);

/* bench_lab_buffer - size bytes, filled with content unless that is NULL. */
int bench_lab_buffer(cl_mem_flags flags, size_t size, const void *content, cl_mem *buffer);

/* bench_lab_shared - a buffer of input: on a CPU the host's own memory, as it is; elsewhere a copy.
 *   host  size bytes, which nobody changes or frees while the buffer is there */
int bench_lab_shared(size_t size, void *host, cl_mem *buffer);

/* bench_lab_launch - enqueue, and wait. *ms is wall time, as the host sees it: launch, kernel, and
 * the news that it has ended. group NULL: the driver's choice. */
int bench_lab_launch(cl_kernel kernel, cl_uint dimensions, const size_t *global,
                     const size_t *group, double *ms);
#endif
